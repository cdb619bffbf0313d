"""Finding the labels on a sheet: every cell, or part of a cell, whose text names a field.

Owns: which text is a label, and a label with its value in one cell after a colon. Refuses: whether it
belongs to a card or to a table.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from salesxl.model import Area, cell_name
from salesxl.parsing import names_unit
from salesxl.recognition.sheet import Sheet, is_text
from salesxl.recognition.vocabulary import Sense, Senses, Vocabulary
from salesxl.xlsx.marks import is_mark_column

__all__ = ["Title", "Token", "ends_with_colon", "scan", "title_above"]

# A label may begin with one of these before its own first letter: marks, brackets, numbering, blanks.
_LEADING = frozenset(" \t\r\n\u3000\xa0*＊(（[【<★☆※●•·◆■①②③④⑤⑥⑦⑧⑨⑩")
_NUMBERS = frozenset("0123456789一二三四五六七八九十")
_AFTER_NUMBER = frozenset(" .、．)）")
_COLON = re.compile(r"[:：](?!//)")
_AROUND = " \t\r\n\u3000\xa0,，;；|｜"
_FILL_IN = re.compile(r"[\s_＿‗]*")
_LONGEST_LABEL = 60
_LONGEST_LINE = 400
_TITLE_ROWS = 40
_MOST_WIDE = 3000  # so many different texts
_LONGEST_WIDE = 60  # with its value behind a colon
_WIDE_ROWS, _WIDE_COLUMNS = 400, 80  # so far words that no schema knows are taken apart
_SENTENCE = re.compile("[:：，,。；;]")


class Token(NamedTuple):
    """A label on a sheet. ``inline`` is the text after its colon in the same cell, None for a label alone."""

    row: int
    column: int
    key: str
    text: str
    area: Area
    senses: Senses
    inline: str | None = None
    part: int = 0

    def fields(self, block: str) -> tuple[Sense, ...]:
        """Return what the label may mean in a block."""
        return self.senses.by_block.get(block, ())


class _Seen(NamedTuple):
    """A text that may be a label: its key, its key as a title, whether it is our own or holds a colon."""

    word: str | None
    title: str | None
    mark: bool
    colon: bool


@dataclass(frozen=True, slots=True)
class Title:
    """A text that stands alone in its row and names a form or a block."""

    row: int
    column: int
    names: tuple[tuple[str, str | None], ...]
    exact: bool


def ends_with_colon(text: str) -> bool:
    """Tell whether a text asks for something after it."""
    return text.rstrip().rstrip("_＿ ").endswith((":", "："))


def scan(sheet: Sheet, vocabulary: Vocabulary) -> tuple[list[Token], list[Title], set[int]]:
    """Return all labels in reading order, all titles, and the columns that hold the toolkit's own marks."""
    tokens: list[Token] = []
    titles: list[Title] = []
    marks: set[int] = set()
    for row, column, text, (word, title, mark, colon) in _telling(sheet, vocabulary):
        if mark:
            marks.add(column)
        inline = list(_inline(sheet, vocabulary, row, column, text)) if colon else []
        tokens += inline
        if word is not None and not inline:
            tokens.append(Token(row, column, word, text, sheet.area(row, column), vocabulary.named(word)))
        if title is not None:
            titles.append(Title(row, column, vocabulary.titles[title], exact=True))
    titles.extend(_buried_titles(sheet, vocabulary, {t.row for t in titles}))
    return tokens, titles, marks


def title_above(sheet: Sheet, row: int) -> tuple[str, str] | None:
    """Return (cell, text) of the first text that stands alone in a row above another one."""
    for above in range(1, min(row, _TITLE_ROWS)):
        cells = sheet.cells(above, most=2)
        if len(cells) == 1 and is_text(cells[0][1]) and len(cells[0][1]) <= _LONGEST_LABEL:
            return cell_name(above, cells[0][0]), cells[0][1].strip()
    return None


def _telling(sheet: Sheet, vocabulary: Vocabulary) -> Iterator[tuple[int, int, str, _Seen]]:
    """Yield (row, column, text, what it may be) of every cell that may be more than a value.

    Most cells of a long table are no labels: they are told by their first letters alone.
    """
    beginnings, wide = vocabulary.beginnings, vocabulary.wide
    seen: dict[str, _Seen | None] = {}
    dull: set[str] = set()  # first letters with which no label begins
    for row, cells in enumerate(sheet.rows, 1):
        for column, value in enumerate(cells, 1):
            if type(value) is not str or not value:
                continue
            if value[:2] not in beginnings and not (
                wide and len(value) <= _LONGEST_WIDE and row <= _WIDE_ROWS and column <= _WIDE_COLUMNS
            ):
                if value[:2] in dull or value[:3] in dull:
                    continue
                if not _may_begin(value):
                    if value[0] not in _NUMBERS:
                        dull.add(value[:2])
                    elif len(value) > 2:  # the third letter decides
                        dull.add(value[:3])
                    continue
            if value not in seen:
                if wide and len(seen) >= _MOST_WIDE:
                    continue
                seen[value] = _look_at(value, vocabulary)
            known = seen[value]
            if known is not None:
                yield row, column, value, known


def _look_at(value: str, vocabulary: Vocabulary) -> _Seen | None:
    """Return what a text may be to a form, None where it is nothing."""
    word = title = None
    if vocabulary.may_know(value):
        word, title = vocabulary.word(value), vocabulary.title(value)
    mark = word is None and title is None and is_mark_column(value)
    colon = len(value) <= _LONGEST_LINE and (":" in value or "：" in value) and not _bare_colon(value)
    if colon and word is not None and names_unit(_COLON.split(value, maxsplit=1)[-1].strip("()（） ")):
        colon = False  # 本月目标 单位：万元 is a label, and no value yet
    return _Seen(word, title, mark, colon) if word or title or mark or colon else None


def _bare_colon(value: str) -> bool:
    """Tell whether the only colon of a text is at its end: a label alone."""
    return _COLON.search(value.rstrip()[:-1]) is None and not value.endswith(("_", "＿"))


def _may_begin(value: str) -> bool:
    """Tell whether a label may hide behind marks, numbering, wide letters or blanks between its letters."""
    first, second = value[0], value[1:2]
    if first in _LEADING or first > "\uff00":
        return True
    if first in _NUMBERS:
        return second in _AFTER_NUMBER or value[2:3] in _AFTER_NUMBER
    return second.isspace()


def _buried_titles(sheet: Sheet, vocabulary: Vocabulary, known: set[int]) -> Iterator[Title]:
    """Yield titles that a longer heading holds, e.g. 华东一组2026年第47周销售周报, where it stands alone."""
    for row in range(1, min(sheet.height, _TITLE_ROWS) + 1):
        alone = sheet.cells(row, most=2)
        if row in known or len(alone) != 1 or not is_text(alone[0][1]):
            continue
        column, value = alone[0][0], str(alone[0][1])
        if len(value) > _LONGEST_LABEL or _SENTENCE.search(value):
            continue
        text = next(iter(vocabulary.keys(value)), "")
        found = [t for t in vocabulary.long_titles if t in text]
        if found:
            best = max(found, key=lambda t: (len(t), t))
            yield Title(row, column, vocabulary.titles[best], exact=False)


def _inline(sheet: Sheet, vocabulary: Vocabulary, row: int, column: int, value: str) -> Iterator[Token]:
    """Yield the labels of a cell that holds labels and values: ``销售代表：张三  填表日期：2026-11-20``."""
    area = sheet.area(row, column)
    found: list[tuple[int, int, str, str]] = []  # label start, value start, key, label
    start = 0
    for colon in _COLON.finditer(value):
        at = colon.start()
        if value[at + 1 : at + 2].isdigit() and value[at - 1 : at].isdigit():
            continue  # a time of day
        label = _label_before(vocabulary, value, start, at, first=not found)
        if label is not None and found and label[0] - start == 1 and value[start].isspace():
            continue  # 终止原因： 客户：希望分期 is one label and its text
        if label is not None:
            found.append((label[0], at + 1, label[1], value[label[0] : at]))
            start = at + 1
        elif not found:
            return
    for place, (_, begin, key, text) in enumerate(found):
        end = found[place + 1][0] if place + 1 < len(found) else len(value)
        inline = value[begin:end].strip(_AROUND).lstrip(":：").strip(_AROUND)
        if _FILL_IN.fullmatch(inline):
            inline = ""
        senses = vocabulary.named(key)
        yield Token(row, column, key, text, area, senses, inline.strip("_＿ \u3000"), place)


def _label_before(
    vocabulary: Vocabulary, value: str, start: int, end: int, *, first: bool
) -> tuple[int, str] | None:
    """Return (start, key) of the longest label that ends at a colon; the first one must fill its cell."""
    if first:
        key = vocabulary.word(value[start:end])
        if key is None:
            return None
        return start, key
    for begin in range(max(start, end - 16), end - 1):
        if begin > start and not (value[begin - 1].isspace() or value[begin - 1] in ",，;；|｜、_＿/。"):
            continue
        key = vocabulary.word(value[begin:end])
        if key is not None and begin > start:
            return begin, key
    return None
