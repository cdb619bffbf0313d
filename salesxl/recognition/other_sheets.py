"""What a sheet that is no form of ours holds: a list worth a word, customers with amounts or days.

Owns: telling a list of customers from one of anything else, in no particular layout; sheets that only help.
Refuses: forms.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from salesxl.model import CellValue, Grid
from salesxl.parsing import normalise_label
from salesxl.recognition.evidence import is_day, is_figure, reachable
from salesxl.recognition.labels import Token, scan
from salesxl.recognition.names import is_company
from salesxl.recognition.sheet import Sheet, is_text
from salesxl.recognition.vocabulary import Vocabulary

__all__ = ["holds_much", "is_help", "names_customers"]

_LOOKED_AT = 500  # so many rows tell what a sheet is about
_FEW = 6  # so many filled cells are a jotting
_CUSTOMER = "customer_name"
_HELP_TITLE = re.compile(r"(?:说明|须知|指南|指引|帮助|要求|规范|字典)$")
_HELP_NAME = re.compile(r"(?:字段|列名|栏目|填写项|填写项目|项目|内容)(?:名称?)?")
_HELP_TEXT = re.compile(r"说明|要求|规则|示例|必填|注意|解释|含义|怎么填|如何填")
_HELP_ROWS, _HELP_LONGEST = 15, 20


def holds_much(grid: Grid) -> bool:
    """Tell whether more than a few cells of a sheet are filled in."""
    sheet, filled = Sheet(grid), 0
    for row in range(1, sheet.height + 1):
        filled += len(sheet.cells(row, most=_FEW + 1))
        if filled > _FEW:
            return True
    return False


def names_customers(grid: Grid, vocabulary: Vocabulary) -> bool:
    """Tell whether a sheet names customers, each with an amount or a day: in its row, or on one card."""
    sheet = Sheet(replace(grid, rows=grid.rows[:_LOOKED_AT]))
    tokens, _, _ = scan(sheet, vocabulary)
    labels = [t for t in tokens if any(sense.field == _CUSTOMER for sense in t.senses)]
    figures = _figures(sheet)
    on_cards = {t.row for t in labels}
    for row in range(1, sheet.height + 1):
        cells = sheet.cells(row)
        named = any(is_company(value) for _, value in cells)
        if figures and named and row in on_cards:
            return True
        if row in figures and (named or _below(labels, row, cells)):
            return True
    return False


def _below(labels: Iterable[Token], row: int, cells: Iterable[tuple[int, CellValue]]) -> bool:
    """Tell whether a text stands in the row under a header that means the customer."""
    texts = {column for column, value in cells if is_text(value)}
    return any(t.row < row and t.column in texts for t in labels)


def _figures(sheet: Sheet) -> set[int]:
    """Return the rows with an amount or a day; numbers that only count the rows and phones are none."""
    found: set[int] = set()
    numbers: dict[int, list[tuple[int, CellValue]]] = {}
    for row in range(1, sheet.height + 1):
        for column, value in sheet.cells(row):
            if is_day(value):
                found.add(row)
            elif is_figure(value) and not reachable(value):
                numbers.setdefault(column, []).append((row, value))
    for cells in numbers.values():
        told = [str(value).removesuffix(".0") for _, value in cells]
        if told != [str(n) for n in range(1, len(told) + 1)]:
            found.update(row for row, _ in cells)
    return found


def is_help(sheet: Sheet) -> bool:
    """Tell whether a sheet explains how to fill in a form: its labels are then no form's."""
    title = False
    for row in range(1, min(sheet.height, _HELP_ROWS) + 1):
        texts = [v for _, v in sheet.cells(row) if is_text(v) and len(v) <= _HELP_LONGEST]
        first = [normalise_label(text) for text in texts[:2]]
        if not title and first:
            title = True
            if _HELP_TITLE.search(first[0]):
                return True
        named = any(_HELP_NAME.fullmatch(text) for text in first)
        if named and any(_HELP_TEXT.search(normalise_label(text)) for text in texts[1:]):
            return True
    return False
