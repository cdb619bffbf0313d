"""Lists that stand side by side: bands over the same rows, each in columns of its own.

Owns when bands are filled side by side, and which columns each of them has where its name covers whole rows.
Two lists over the same rows that no cell joins would otherwise be multiplied with one another. Refuses:
laying them out, which is the matter of ``excel.bands``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import combinations, pairwise

from salesxl.errors import TemplateFaultError
from salesxl.model import column_letters
from salesxl.template.bands import Band
from salesxl.template.survey import Found
from salesxl.xlsx.refs import LAST_COLUMN

__all__ = ["side_by_side"]


def side_by_side(sheet: str, rows: Sequence[Band], texts: Iterable[Found]) -> list[Band]:
    """Return a sheet's bands of rows, those side by side put together as one.

    Raises TemplateFaultError for lists over the same rows that can be told apart neither by their names'
    columns nor by what their cells say.
    """
    left = list(rows)
    found: list[Found] | None = None
    for first, last in sorted({(band.first, band.last) for band in rows}):
        same = [band for band in left if (band.first, band.last) == (first, last) and band.repeats]
        group = [b for b in same if any(_apart(b, other) for other in same if other is not b)]
        if len(group) < 2:
            continue
        if found is None:
            found = [text for text in texts if text.sheet == sheet and text.row is not None]
        inside = [text for text in found if first <= (text.row or 0) <= last]
        if sides := _sides(sheet, group, inside):
            left = [band for band in left if band not in group]
            left.append(_together(sides))
    _check(sheet, left)
    return left


def _apart(one: Band, other: Band) -> bool:
    """Tell whether neither list belongs to the other's items; two lists of one owner stand apart."""
    owners = [band.expression.partition(".")[0] if "." in band.expression else "" for band in (one, other)]
    if owners[0] and owners[0] == owners[1]:
        return True
    return not any(
        owner in (band.variable, "row") for owner, band in zip(owners, (other, one), strict=True) if owner
    )


def _sides(sheet: str, bands: Sequence[Band], texts: Sequence[Found]) -> list[Band]:
    """Return the bands with the columns of each; none where a cell joins their lists."""
    if all(band.columns for band in bands) and _disjoint([band.columns for band in bands]):
        return sorted(bands, key=lambda band: band.columns or (0, 0))
    if len({band.expression for band in bands}) < len(bands):
        raise _fault(sheet, bands)
    for one, other in combinations(bands, 2):
        if any(_speaks(text, one) and _speaks(text, other) for text in texts):
            return []  # a row for each pair is what it asks for
    spoken = [sorted({t.column or 0 for t in texts if _speaks(t, band)}) for band in bands]
    loose = any(re.search(r"\b(?:row|loop)\b", text.text) for text in texts)
    if loose or not all(spoken) or not _disjoint([(at[0], at[-1]) for at in spoken]):
        raise _fault(sheet, bands)
    order = sorted(zip(spoken, bands, strict=True), key=lambda pair: pair[0])
    starts = [1, *(at[0] for at, _ in order[1:]), LAST_COLUMN + 1]
    ends = pairwise(starts)
    return [
        replace(band, columns=(low, high - 1)) for (low, high), (_, band) in zip(ends, order, strict=True)
    ]


def _speaks(text: Found, band: Band) -> bool:
    return re.search(rf"(?<![\w.]){re.escape(str(band.variable))}\b", text.text) is not None


def _disjoint(columns: Iterable[tuple[int, int] | None]) -> bool:
    known = sorted(span for span in columns if span is not None)
    return all(one[1] < other[0] for one, other in pairwise(known))


def _together(sides: Sequence[Band]) -> Band:
    """Return one band that is as long as the longest of its sides."""
    return Band(
        " + ".join(side.name for side in sides),
        max((side.expression for side in sides), key=lambda text: text.count(".")),
        sides[0].first,
        sides[0].last,
        optional=all(side.optional for side in sides),
        sides=tuple(sides),
    )


def _check(sheet: str, rows: Sequence[Band]) -> None:
    """Refuse bands beside others that take other rows: they could not grow each by itself."""
    for one, other in combinations(rows, 2):
        if one.last < other.first or other.last < one.first:
            continue
        for outer, inner in ((one, other), (other, one)):
            within = outer.first <= inner.first and inner.last <= outer.last
            if outer.sides and within and (inner.first, inner.last) != (outer.first, outer.last):
                raise _fault(sheet, (outer, inner))
        spans = [band.columns for band in (one, other)]
        if all(spans) and _disjoint(spans) and one.repeats and other.repeats:
            raise _fault(sheet, (one, other))


def _fault(sheet: str, bands: Sequence[Band]) -> TemplateFaultError:
    one, other = bands[0], bands[1]
    example = f"${column_letters(1)}${one.first}:${column_letters(2)}${one.last}"
    return TemplateFaultError(
        "same_rows", name=one.name, other=other.name, rows=one.rows, others=other.rows, example=example
    ).at(sheet, "")  # fmt: skip
