"""The cells of a header: one row, or two of which the upper groups the lower; what each may be called.

Owns: merged headers, groups over headers, runs of neighbouring cells. Refuses: which table they head.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from salesxl.columns import BlockSpec
from salesxl.model import CellValue
from salesxl.reading.sheet import Sheet, is_text
from salesxl.reading.vocabulary import Vocabulary

__all__ = ["LONGEST_HEADER", "HeaderCell", "header_cells", "match", "runs", "spans_down"]

LONGEST_HEADER = 60
_GROUP_END = re.compile(r"(?:基本)?(?:信息|资料|情况|详情|相关)$")


@dataclass(frozen=True, slots=True)
class HeaderCell:
    """One column's header, over one or several columns; ``words`` are its texts, the most telling first."""

    left: int
    right: int
    text: str
    words: tuple[str, ...]
    row: int = 0


def match(spec: BlockSpec, cells: Sequence[HeaderCell], vocabulary: Vocabulary) -> dict[str, int]:
    """Return which cell names which field of a block: each field once, the surest word first."""
    claims: list[tuple[int, int, int, str]] = []
    for place, cell in enumerate(cells):
        for depth, word in enumerate(cell.words):
            senses = vocabulary.senses_in(word, spec.kind)
            if senses:
                claims += [(sense.rank, depth, place, sense.field) for sense in senses]
                break
    fields: dict[str, int] = {}
    taken: set[int] = set()
    for _, _, place, name in sorted(claims, key=lambda claim: claim[:3]):
        if name not in fields and place not in taken:
            fields[name] = place
            taken.add(place)
    return fields


def spans_down(sheet: Sheet, row: int) -> bool:
    """Tell whether a cell of the row is merged with just the one below it."""
    return sheet.merged and any(
        (area := sheet.area(row, column)).top == row and area.bottom == row + 1
        for column in range(1, sheet.width + 1)
    )


def header_cells(sheet: Sheet, top: int, bottom: int, vocabulary: Vocabulary) -> list[HeaderCell]:
    """Return the header cells of a band of one or two rows; none if the two cannot be one header."""
    if bottom > top and not _plausible(sheet, top, bottom, vocabulary):
        return []
    cells: list[HeaderCell] = []
    column = 1
    while column <= sheet.width:
        area = sheet.area(bottom, column)
        right = max(area.right, column) if area.left == column else column
        lower = sheet.shown(bottom, column) if area.top >= top else None
        words: tuple[str, ...] = ()
        text = ""
        if bottom > top:
            at = _group(sheet, top, column)
            upper = sheet.value(*at)
            if lower is None or area.top < bottom:
                if is_text(upper) and at[1] == column:
                    words, text = (str(upper),), str(upper)
                    right = max(right, sheet.area(*at).right)
            elif is_text(lower):
                words = (*_under(str(upper), lower), lower) if is_text(upper) else (lower,)
                text = f"{upper} {lower}" if is_text(upper) else lower
        elif lower is not None and area.left == column and _like_header(lower):
            words, text = (str(lower),), str(lower)
        if words:
            cells.append(HeaderCell(column, right, " ".join(text.split()), words, area.top))
        column = right + 1
    return cells


def _plausible(sheet: Sheet, top: int, bottom: int, vocabulary: Vocabulary) -> bool:
    """Tell whether two rows can be one header: the upper is no title, the lower holds headers, no record."""
    if len(list(islice(sheet.cells(top), 2))) < 2:
        return False
    known = texts = 0
    for column, value in sheet.cells(bottom):
        if sheet.area(bottom, column).top < bottom:
            continue
        if not is_text(value) or len(value) > LONGEST_HEADER:
            return False
        texts += 1
        group = sheet.value(*_group(sheet, top, column))
        known += vocabulary.word(value) is not None or (
            is_text(group) and any(vocabulary.word(word) for word in _under(str(group), value))
        )
    return texts == 0 or known * 2 >= texts


def _group(sheet: Sheet, row: int, column: int) -> tuple[int, int]:
    """Return the cell of the upper header row that stands over a column."""
    area = sheet.area(row, column)
    if area.left < column or sheet.value(row, column) is not None:
        return area.top, area.left
    while column > 1 and sheet.value(row, column) is None and sheet.value(row + 1, column) is not None:
        column -= 1
    return sheet.anchor(row, column)


def _under(group: str, lower: str) -> list[str]:
    """Return what a header below a group may be called in full: 联系人信息 over 姓名 is 联系人姓名."""
    bare = _GROUP_END.sub("", group.strip())
    return list(dict.fromkeys([group + lower, bare + lower] if bare else [group + lower]))


def _like_header(value: CellValue) -> bool:
    return not isinstance(value, bool) and len(str(value)) <= LONGEST_HEADER


def runs(cells: Sequence[HeaderCell]) -> list[list[HeaderCell]]:
    """Return the cells in groups of neighbours without a blank between them."""
    found: list[list[HeaderCell]] = []
    for cell in cells:
        if found and found[-1][-1].right + 1 == cell.left:
            found[-1].append(cell)
        else:
            found.append([cell])
    return found
