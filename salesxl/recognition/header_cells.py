"""The cells of a header: one row, or two of which the upper groups the lower; what each may be called.

Owns: merged headers, groups over headers, runs of neighbouring cells. Refuses: which table they head.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import pairwise
from operator import itemgetter
from typing import NamedTuple

from salesxl.recognition.labels import ends_with_colon
from salesxl.recognition.parts import spread
from salesxl.recognition.sheet import Sheet, is_missing, is_text
from salesxl.recognition.units import says_unit
from salesxl.recognition.vocabulary import Vocabulary

__all__ = ["LONGEST_HEADER", "HeaderCell", "Run", "header_cells", "runs", "spans_down"]

LONGEST_HEADER = 60
_SPACED = 6  # so many headers that nowhere touch may be kept apart by blank columns
_GROUP_END = re.compile(r"(?:基本)?(?:信息|资料|情况|详情|相关)$")
_FIRST = re.compile(
    r"(.*[^\W\d_])\s*[(（]?[1１一①][)）]?\s*$"
)  # 联系人1 beside 联系人2: the first of several
_SUREST = itemgetter(0, 1, 2)


class HeaderCell(NamedTuple):
    """One column's header, over one or several columns; ``words`` are its texts, the most telling first."""

    left: int
    right: int
    text: str
    words: tuple[str, ...]
    row: int = 0


class Claim(NamedTuple):
    """A cell, by its place, that may name a field of a block; the surest claim is the least."""

    rank: int
    depth: int
    place: int
    field: str


@dataclass(frozen=True, slots=True)
class Run:
    """Neighbouring header cells and what they claim: by kind of block the claims, the surest first.

    ``labels`` are the (place, field) where a cell bears the field's very label.
    """

    cells: Sequence[HeaderCell]
    claims: Mapping[str, Sequence[Claim]]
    labels: Mapping[str, AbstractSet[tuple[int, str]]]

    @classmethod
    def of(cls, cells: Sequence[HeaderCell], vocabulary: Vocabulary) -> Run:
        """Return the run of these cells."""
        claims: dict[str, list[Claim]] = defaultdict(list)
        labels: dict[str, set[tuple[int, str]]] = defaultdict(set)
        for place, cell in enumerate(cells):
            for kind, (fields, own) in vocabulary.claims(cell.words).items():
                claims[kind] += [Claim(rank, depth, place, name) for rank, depth, name in fields]
                if own:
                    labels[kind].update((place, name) for name in own)
        for found in claims.values():
            found.sort(key=_SUREST)
        return cls(cells, claims, labels)

    def match(self, kind: str, start: int, end: int) -> dict[str, int]:
        """Return which of the cells from ``start`` to before ``end`` names which field of a block.

        Each field once, the surest word first.
        """
        fields: dict[str, int] = {}
        taken: set[int] = set()
        for _, _, place, name in self.claims.get(kind, ()):
            if start <= place < end and place not in taken and name not in fields:
                fields[name] = place
                taken.add(place)
        return fields


def spans_down(sheet: Sheet, row: int) -> bool:
    """Tell whether a cell of the row is merged with just the one below it."""
    return sheet.merged and any(
        (area := sheet.merged_at(row, column)) is not None and area.top == row and area.bottom == row + 1
        for column in range(1, sheet.width + 1)
    )


def header_cells(sheet: Sheet, top: int, bottom: int, vocabulary: Vocabulary) -> list[HeaderCell]:
    """Return the header cells of a band of one or two rows; none if the two cannot be one header."""
    if bottom == top:
        return _cells_of_row(sheet, top)
    if len(sheet.cells(top, most=2)) < 2:
        return []  # a title
    upper = [value for _, value in sheet.cells(top)]
    colons = sum(is_text(value) and ends_with_colon(value) for value in upper)
    if 2 * colons >= len(upper) or not all(map(is_text, upper)):
        return []  # labels of a card with their values
    groups = _groups(sheet, top)
    return _cells_of_two(sheet, top, groups) if _is_header(sheet, top + 1, groups, vocabulary) else []


def _cells_of_row(sheet: Sheet, row: int) -> list[HeaderCell]:
    cells: list[HeaderCell] = []
    if says_unit(sheet, row):
        return cells
    free = 1  # the first column that no merged cell so far covers
    for column, value in enumerate(sheet.rows[row - 1] if row <= sheet.height else (), 1):
        if column < free:
            continue
        area = sheet.merged_at(row, column)
        if area is not None and area.left == column:
            free = area.right + 1
        if isinstance(value, bool) or is_missing(value) or len(text := str(value)) > LONGEST_HEADER:
            continue
        if area is None or (area.top, area.left) == (row, column):
            right = column if area is None else area.right
            first = _FIRST.match(text)
            words = (text, first[1]) if first else (text,)
            cells.append(HeaderCell(column, right, " ".join(text.split()), words, row))
    return cells


def _cells_of_two(sheet: Sheet, top: int, groups: Sequence[tuple[int, int]]) -> list[HeaderCell]:
    cells: list[HeaderCell] = []
    bottom, column = top + 1, 1
    while column <= sheet.width:
        area = sheet.area(bottom, column)
        right = max(area.right, column) if area.left == column else column
        lower = sheet.shown(bottom, column) if area.top >= top else None
        words: tuple[str, ...] = ()
        text = ""
        at = groups[column - 1]
        upper = sheet.value(*at)
        if lower is None or area.top < bottom:
            if is_text(upper) and at[1] == column:
                words, text = (str(upper),), str(upper)
                right = max(right, sheet.area(*at).right)
        elif is_text(lower):
            words = (*_under(str(upper), lower), lower) if is_text(upper) else (lower,)
            text = f"{upper} {lower}" if is_text(upper) else lower
        if words:
            cells.append(HeaderCell(column, right, " ".join(text.split()), words, area.top))
        column = right + 1
    return cells


def _is_header(sheet: Sheet, row: int, groups: Sequence[tuple[int, int]], vocabulary: Vocabulary) -> bool:
    """Tell whether a row below groups holds headers and no record."""
    known = texts = 0
    for column, value in sheet.cells(row):
        if sheet.anchor(row, column)[0] < row:
            continue
        if not is_text(value) or len(value) > LONGEST_HEADER:
            return False
        texts += 1
        group = sheet.value(*groups[column - 1])
        known += vocabulary.word(value) is not None or (
            is_text(group) and any(vocabulary.word(word) for word in _under(str(group), value))
        )
    return texts == 0 or known * 2 >= texts


def _groups(sheet: Sheet, row: int) -> list[tuple[int, int]]:
    """Return, for every column, the cell of the upper header row that stands over it.

    A blank cell over a filled one belongs to what stands left of it.
    """
    groups: list[tuple[int, int]] = []
    stop = 1  # the column where a look to the left ends
    for column in range(1, sheet.width + 1):
        blank = sheet.value(row, column) is None
        if not blank or sheet.value(row + 1, column) is None:
            stop = column
        area = sheet.merged_at(row, column)
        if not blank or (area is not None and area.left < column):
            groups.append((row, column) if area is None else (area.top, area.left))
        else:
            groups.append(sheet.anchor(row, stop))
    return groups


def _under(group: str, lower: str) -> list[str]:
    """Return what a header below a group may be called in full: 联系人信息 over 姓名 is 联系人姓名.

    What the group begins with may hold for all below it: 预计成交 over 签约日期 is 预计签约日期.
    """
    bare = _GROUP_END.sub("", group.strip())
    names = [group + lower, bare + lower] if bare else [group + lower]
    if (begun := spread((group, lower))[1]) != lower:
        names.append(begun)
    return list(dict.fromkeys(names))


def runs(cells: Sequence[HeaderCell], sheet: Sheet) -> list[list[HeaderCell]]:
    """Return the cells in groups of neighbours without a blank between them.

    Where no two touch, columns in which nothing stands on the whole sheet only keep them apart.
    """
    apart = len(cells) >= _SPACED and not any(a.right + 1 == b.left for a, b in pairwise(cells))
    found: list[list[HeaderCell]] = []
    for cell in cells:
        last = found[-1][-1].right if found else 0
        if found and (last + 1 == cell.left or (apart and sheet.nothing_between(last, cell.left))):
            found[-1].append(cell)
        else:
            found.append([cell])
    return found
