"""What stands in the first cell of a list that has no items: the text that its band gives for that.

Owns which lists those are at an output row, and in which cell the text goes. Refuses: rows that stand instead
of a list's own, which are a band like any other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from salesxl.template.bands import Abreast, Band, Scope, Stop
from salesxl.template.terms import Compile
from salesxl.xlsx.refs import LAST_COLUMN
from salesxl.xlsx.values import cell_tail

__all__ = ["told_instead"]


def told_instead(stop: Stop, filled: Sequence[int], sheet: str, compile_text: Compile) -> dict[int, str]:
    """Return what is written instead, by the template's column; ``filled`` are the columns with content."""
    said: dict[int, str] = {}
    for band, scope in _without_items(stop):
        first, last = band.columns or (1, LAST_COLUMN)
        at = next((column for column in filled if first <= column <= last), None)
        if band.picks.empty and at is not None:
            text = compile_text(band.picks.empty + "{{''}}", sheet, band.name)(scope)
            said[at] = cell_tail(str(text))
    return said


def _without_items(stop: Stop) -> Iterator[tuple[Band, Scope]]:
    """Return the lists without items whose first row a stop is, and the variables around them."""
    for copies, index in stop.path:
        if index or stop.row != copies.band.first:
            continue
        if copies.blank:
            for band in copies.band.sides or (copies.band,):
                yield band, copies.scope
            return
        if isinstance(copies.items, Abreast):
            for band, items in zip(copies.band.sides, copies.items.lists, strict=True):
                if not len(items):
                    yield band, copies.scope
