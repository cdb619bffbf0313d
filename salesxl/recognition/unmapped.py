"""Labels of a card that no word names, told by where they stand.

Owns: rows of labels over rows of values, columns of labels, texts that ask for something. Refuses: what they
mean.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from collections.abc import Set as AbstractSet

from salesxl.model import CellValue
from salesxl.recognition.ends import asks_day, signs, width
from salesxl.recognition.labels import Token
from salesxl.recognition.sheet import Sheet, is_text
from salesxl.recognition.vocabulary import Senses

__all__ = ["strangers", "unknown_labels"]

_AROUND = " \t\r\n\u3000\xa0_＿,，;；"
_FURTHER = re.compile(r"[\s_＿,，;；]+([^\s\d:_＿,，;；]{1,12}):([^:]*)")  # 赵总 日期:2026-11-19
_LONGEST_LABEL = 18  # how wide a label is at most that no word names


def strangers(
    sheet: Sheet, labels: Sequence[Token], taken: Callable[[int, int], bool]
) -> set[tuple[int, int]]:
    """Return the cells that must be labels too, since they stand in a row of labels over a row of values.

    Two labels that touch each other, or all but a few cells of the row, say that the values stand below. What
    is ``taken`` by a table is no value.
    """
    rows: dict[int, dict[int, Token]] = {}
    for token in labels:
        if token.inline is None:
            rows.setdefault(token.row, {})[token.column] = token
    known = {(t.row, t.column) for t in labels}
    found: set[tuple[int, int]] = set()
    for row, mine in rows.items():
        if len(mine) < 2:
            continue
        cells = sheet.cells(row)
        others = [(column, value) for column, value in cells if column not in mine]
        touching = any(t.area.right + 1 in mine for t in mine.values())
        if not others or not (touching or len(mine) * 2 > len(cells)):
            continue
        if not all(is_text(value) and len(value) <= _LONGEST_LABEL for _, value in others):
            continue
        below = [(sheet.area(row, column).bottom + 1, column) for column, _ in cells]
        filled = sum(sheet.filled(*at) and not taken(*at) for at in below)
        if filled * 3 >= len(below) * 2 and known.isdisjoint(below):
            found |= {(row, column) for column, _ in others}
    return found


def unknown_labels(
    sheet: Sheet,
    tokens: Sequence[Token],
    labels: AbstractSet[tuple[int, int]],
    strange_at: AbstractSet[tuple[int, int]],
    taken: Callable[[int, int], bool],
    free: Iterable[int],
) -> list[Token]:
    """Return cells among a card's labels, or in rows ``free`` of tables, that read like labels nobody knows.

    They end with a colon, or stand in a column of labels with something filled in beside them, or at the
    beginning of a row, before a value and a further label where labels are near, or in turn with values in a
    row of pairs, or ask for a signature.
    """
    columns = {t.column for t in tokens}
    near = {row for t in tokens for row in range(t.row - 1, t.row + 2)}
    begun: set[int] = set()  # columns in which rows of pairs begin
    found = []
    for row in sorted(near.union(free)):
        cells = sheet.cells(row)
        lone = len(cells) == 1 and row not in near
        for place, (column, value) in enumerate(cells):
            if not is_text(value) or taken(row, column):
                continue
            strange = (row, column) in strange_at
            if not strange and (row, column) in labels:
                continue
            label, colon, rest = value.replace("：", ":").partition(":")
            if not strange and width(label) > _LONGEST_LABEL:
                continue
            if not (strange or colon):
                begins = place == 0 and (row not in near or column in begun or _in_turns(row, cells, labels))
                if begins and row in near:
                    begun.add(column)
                paired = place % 2 == 0 and _in_pairs(row, cells, labels)
                if lone or not (begins or paired or column in columns or signs(value) or asks_day(value)):
                    continue
            area = sheet.area(row, column)
            if not colon:
                found.append(Token(row, column, "", label, area, Senses()))
                continue
            more = [(label, rest), *_FURTHER.findall(rest)]
            for part, (name, filled) in enumerate(more):
                inline = _FURTHER.split(filled, maxsplit=1)[0].strip(_AROUND)
                found.append(Token(row, column, "", name, area, Senses(), inline, part))
    return found


def _in_turns(row: int, cells: Sequence[tuple[int, CellValue]], labels: AbstractSet[tuple[int, int]]) -> bool:
    """Tell whether a row goes on with a value and then a label, as one of pairs does that begins so."""
    return len(cells) > 2 and (row, cells[1][0]) not in labels and (row, cells[2][0]) in labels


def _in_pairs(row: int, cells: Sequence[tuple[int, CellValue]], labels: AbstractSet[tuple[int, int]]) -> bool:
    """Tell whether a row is one of pairs, label and value: several labels that are known say so."""
    known = [place for place, (column, _) in enumerate(cells) if (row, column) in labels]
    return len(cells) % 2 == 0 and len(known) > 1 and all(place % 2 == 0 for place in known)
