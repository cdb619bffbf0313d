"""Chart series that become several: where rows and columns both repeat, one series per item.

A series drawn along the columns of a row that repeats stands for each of its copies, and the other way round.
Owns which way a series runs, and its copies' numbers and colours. Refuses: stored values.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, replace

from lxml import etree

from salesxl.errors import TemplateFaultError
from salesxl.template.references import Moves, Sheet, Spot
from salesxl.xlsx.refs import Ref, parse

__all__ = ["Drawn", "spread_series"]

MOST_SERIES = 255
"""Series of one chart, as Excel has it."""

_VALUES = ("val", "yVal")
_LABELS = ("cat", "xVal", "tx")
_OWN_LOOK = ("spPr", "dPt", "extLst")
"""What a copy does not take over: its colour, colours of single points, and numbers that must be unique."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a formula of a chart draws now."""

    sheet: Sheet
    ref: Ref


def spread_series(root: etree._Element, spot: Spot, moves: Moves) -> dict[etree._Element, Drawn]:
    """Put one series per item in the place of a series that would become a block of cells.

    Return what the formulas of these series draw; all others are for the caller to move.
    """
    found: dict[etree._Element, Drawn] = {}
    for series in list(root.iter("{*}ser")):
        found |= _spread(series, spot, moves)
    if found:
        for at, series in enumerate(root.iter("{*}ser")):
            for name in ("idx", "order"):
                node = series.find(f"{{*}}{name}")
                if node is not None:
                    node.set("val", str(at))
    return found


def _spread(series: etree._Element, spot: Spot, moves: Moves) -> dict[etree._Element, Drawn]:
    values = next((ref for name in _VALUES if (ref := _ref_of(series, name)) is not None), None)
    if values is None:
        return {}
    grown = _grown(values, spot, moves)
    along = _runs_along(series, values)
    if grown is None or _size(values, not along) != 1 or _size(grown.ref, not along) < 2:
        return {}
    count = _size(grown.ref, not along)
    if count > MOST_SERIES:
        raise TemplateFaultError("too_many_series", count=count, most=MOST_SERIES)
    copies = [series, *(_copy(series) for _ in range(count - 1))]
    parent = series.getparent()
    assert parent is not None  # it was found below a root
    at = parent.index(series) + 1
    parent[at:at] = copies[1:]
    found: dict[etree._Element, Drawn] = {}
    for number, copy in enumerate(copies):
        for node in copy.iter("{*}f"):
            drawn = _of_item(node.text or "", number, count, along, spot, moves)
            if drawn is not None:
                node.text = str(drawn.ref)
                found[node] = drawn
    return found


def _of_item(text: str, number: int, count: int, along: bool, spot: Spot, moves: Moves) -> Drawn | None:
    """Return what a copy's formula draws: its own line of what has grown with the series."""
    ref = _only_ref(text)
    grown = None if ref is None else _grown(ref, spot, moves)
    if ref is None or grown is None or _size(ref, not along) != 1 or _size(grown.ref, not along) != count:
        return grown
    first = grown.ref.top if along else grown.ref.left
    line = (first or 1) + number
    own = replace(grown.ref, top=line, bottom=line) if along else replace(grown.ref, left=line, right=line)
    return Drawn(grown.sheet, replace(own, ranged=ref.ranged))


def _copy(series: etree._Element) -> etree._Element:
    made = deepcopy(series)
    for name in _OWN_LOOK:
        for node in made.findall(f"{{*}}{name}"):
            made.remove(node)
    return made


def _runs_along(series: etree._Element, values: Ref) -> bool:
    """Tell whether a series runs along a row: by its labels, its name, its own shape."""
    for name in _LABELS:
        other = _ref_of(series, name)
        if other is None:
            continue
        beside = (other.left, other.right) == (values.left, values.right)
        level = (other.top, other.bottom) == (values.top, values.bottom)
        if beside != level:
            return level if name == "tx" else beside
    return _size(values, along=True) > 1


def _size(ref: Ref, along: bool) -> int:
    first, last = (ref.left, ref.right) if along else (ref.top, ref.bottom)
    return 0 if first is None or last is None else last - first + 1


def _grown(ref: Ref, spot: Spot, moves: Moves) -> Drawn | None:
    found = moves.target(ref, spot)
    return None if found is None or found[0] is None else Drawn(found[0], found[1])


def _ref_of(series: etree._Element, name: str) -> Ref | None:
    node = next((f for holder in series.iterchildren(f"{{*}}{name}") for f in holder.iter("{*}f")), None)
    return None if node is None else _only_ref(node.text or "")


def _only_ref(text: str) -> Ref | None:
    pieces: Iterator[str | Ref] = iter(parse(text.strip()))
    first = next(pieces, None)
    return first if isinstance(first, Ref) and next(pieces, None) is None else None
