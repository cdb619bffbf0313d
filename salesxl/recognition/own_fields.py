"""Customer numbers in one column: ours, CRM202405001, and those a company has itself, KH0001.

Owns: telling them apart by their shape, and giving the latter their own field. Refuses: judging ours.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from salesxl.columns import Kind
from salesxl.model import Block, CellValue
from salesxl.parsing import is_blank
from salesxl.recognition.cards import Answer, Reader
from salesxl.recognition.labels import Token
from salesxl.recognition.sheet import Sheet

__all__ = ["is_own_number", "own_fields", "with_own_numbers"]

T = TypeVar("T")
_OURS, _OWN = "customer_no", "own_no"
_LETTERS = "CRM"
_BETWEEN = re.compile(r"[\s\-_./#:：]+")
_PARTS = re.compile(r"([A-Z]*)(\d*)(.*)", re.DOTALL)
_MONTH = re.compile(r"20\d\d(?:0[1-9]|1[0-2])\d")
_NUMBER = re.compile(r"(?=.*\d)[\w\-./#()（）【】\[\] ]{1,24}")
_CHINESE = re.compile("[\u4e00-\u9fff]")
_MOST_CHINESE = 6


def is_own_number(value: CellValue) -> bool:
    """Tell whether a cell holds a number of a company's own: none that is meant to be ours, or no number."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return False
    if isinstance(value, float) and not value.is_integer():
        return False
    text = unicodedata.normalize("NFKC", str(int(value)) if isinstance(value, float) else str(value)).strip()
    if is_blank(text) or _NUMBER.fullmatch(text) is None or len(_CHINESE.findall(text)) > _MOST_CHINESE:
        return False
    found = _PARTS.match(_BETWEEN.sub("", text).upper())
    letters, digits = (found[1], found[2]) if found else ("", "")
    meant = _LETTERS in letters or (_MONTH.match(digits) and _is_slip(letters))
    return not meant


def _is_slip(letters: str) -> bool:
    """Tell whether letters are ours but for one: missing, too many, wrong, or two that changed places."""
    if abs(len(letters) - len(_LETTERS)) > 1 or len(letters) < len(_LETTERS) - 1:
        return False
    if sorted(letters) == sorted(_LETTERS):
        return True
    if len(letters) == len(_LETTERS):
        return sum(a != b for a, b in zip(letters, _LETTERS, strict=True)) == 1
    short, long = sorted((letters, _LETTERS), key=len)
    return any(long[:at] + long[at + 1 :] == short for at in range(len(long)))


def with_own_numbers(block: Block) -> Block:
    """Return a block with a company's own numbers in their own field, out of the column of ours."""
    typed = block.values.get(_OURS)
    if typed is None or _OWN not in block.values:
        return block
    own = list(block.values[_OWN])
    ours = list(typed)
    for at, value in enumerate(typed):
        if is_own_number(value) and (own[at] is None or str(own[at]) == str(value)):
            own[at], ours[at] = value, None
    if ours == list(typed):
        return block
    return replace(
        block,
        values={**block.values, _OURS: ours, _OWN: own},
        columns=_also(block.columns) if block.columns else block.columns,
        cells=_also(block.cells) if block.cells else block.cells,
        headers=_also(block.headers) if _OURS in block.headers else block.headers,
    )


def _also(places: Mapping[str, T]) -> dict[str, T]:
    """Return where fields stand, the own numbers where ours would."""
    return {_OWN: places[_OURS], **places}


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
