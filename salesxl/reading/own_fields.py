"""A card's labels that nobody knows, with what is filled in beside them: a company's own fields.

Owns: which of them are kept. Refuses: what they mean.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from salesxl.columns import Kind
from salesxl.reading.cards import Answer, Reader
from salesxl.reading.labels import Token
from salesxl.reading.sheet import Sheet

__all__ = ["own_fields"]

_REMARK = re.compile(r"(?:说明|须知|要求|提示|注意|注意事项|备注|附注|注|签字|签名|签章|日期)\s*\d?$")


def own_fields(
    sheet: Sheet,
    labels: Sequence[Token],
    answers: Mapping[str, Answer],
    taken: Callable[[int, int], bool],
    free: Iterable[int],
) -> list[Answer]:
    """Return what is filled in beside labels of a card that nobody knows: a company's own fields."""
    reader = Reader.of(sheet, labels, taken)
    used = {(a.token.row, a.token.column, a.token.part) for a in answers.values()}
    values = {a.cell for a in answers.values()}
    found = []
    for token in reader.unknown(labels, free):
        text = token.text.strip()
        answer = reader.answer(token, Kind.TEXT)
        beside = answer.cell[0] == token.row and answer.cell not in values
        if (token.row, token.column, token.part) in used or not text or _REMARK.search(text):
            continue
        if answer.value is not None and beside and (token.row, token.column) not in values:
            found.append(answer)
    return found
