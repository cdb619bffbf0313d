"""The unit of a form's amounts where it stands beside them: in a row of units, a cell, a column, a note.

Owns: which of several words holds for an amount. The nearest does: what the cell itself says, its own row's
column of currencies, its header, the row of units below that or the cell beside the value, a note above the
block, one below it, the sheet's name. Refuses: what the words mean, which is ``parsing``; reading values.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from salesxl.columns import BlockSpec, Column, Kind
from salesxl.model import Block, CellValue
from salesxl.parsing import foreign, money_unit, names_unit, simplified, unit_note
from salesxl.recognition.sheet import Sheet, is_text

__all__ = ["is_unit", "unit_around", "unit_under", "with_row_units", "with_unit", "with_units"]

_AMOUNTS = frozenset({Kind.AMOUNT, Kind.AMOUNT_WAN})
_COUNTED = re.compile(
    r"(?:单位[:：]?)?(?:人|个|家|户|次|单|台|套|件|吨|天|日|月|年|岁|%|小时|分钟|人次|家次|[笔份项])"
)
_LONGEST_UNIT = 12
_ROWS_ABOVE = 8  # a unit for all amounts stands at most so many rows above them
_TOP = 4  # or among the first rows of the sheet
_ROWS_BELOW = 5  # or in one of so many filled rows below them
_SPEAKS = re.compile(
    r"[元圆圓万萬千亿億币幣位$€£¥￥＄美]|\b(?:in|units?|currency|usd|eur|hkd|gbp|jpy|rmb|cny)\b", re.I
)
_CURRENCY_COLUMN = re.compile(
    r"(?:结算|报价|合同|金额|交易)?(?:币种|币别|货币|货币种类|currency|ccy)(?:单位)?", re.I
)
_UNIT_COLUMN = re.compile(r"(?:金额|货币|计价|计量)?单位|unit", re.I)
_BARE_NUMBER = re.compile(r"\s*-?[\d,.]+\s*", re.ASCII)


def unit_under(value: CellValue) -> str | None:
    """Return the unit that a cell of a row of units gives, in words that ``money_unit`` understands."""
    if not is_text(value):
        return None
    bare = value.strip("()（）[]【】 ")
    return bare if money_unit(f"({bare})") else None


def is_unit(value: CellValue) -> bool:
    """Tell whether a cell holds a unit and nothing else: 元, （万元）, USD, 家."""
    if not is_text(value) or len(value) > _LONGEST_UNIT:
        return False
    bare = simplified(value).strip().strip("()（）")
    return _COUNTED.fullmatch(bare) is not None or names_unit(_UNIT_SAID.sub("", bare))


_UNIT_SAID = re.compile(r"^(?:金额|货币)?单位[:：]?\s*")


def unit_around(sheet: Sheet, top: int, bottom: int) -> str | None:
    """Return the unit that a note gives for all amounts between two rows: 单位：万元 beside the title.

    Nearest above, then nearest below, then in the sheet's name.
    """
    near = max(top - _ROWS_ABOVE, 1)
    for row in [*range(top - 1, near - 1, -1), *range(1, min(_TOP, near - 1) + 1)]:
        if said := _note(sheet, row):
            return said
    seen = 0
    for row in range(bottom + 1, sheet.height + 1):
        cells = sheet.cells(row)
        if not cells:
            continue
        seen += 1
        if seen > _ROWS_BELOW or _heads_another(sheet, row + 1):
            break
        if said := _note(sheet, row):
            return said
    return unit_note(sheet.grid.sheet, alone=True) if _SPEAKS.search(sheet.grid.sheet) else None


def _heads_another(sheet: Sheet, row: int) -> bool:
    """Tell whether a row right below a note is a table's header or record: the note speaks of that."""
    return len(sheet.cells(row, most=3)) >= 3


def _note(sheet: Sheet, row: int) -> str | None:
    values = sheet.rows[row - 1] if row <= sheet.height else ()
    found = [value for value in values if type(value) is str and _SPEAKS.search(value)]
    if not found:
        return None
    alone = len(sheet.cells(row, most=2)) == 1
    return next((said for value in found if (said := unit_note(value, alone=alone))), None)


def _aside(sheet: Sheet, row: int, answers: set[tuple[int, int]], beside: bool) -> str | None:
    """Return the unit that a note beside a card's own lines gives for all of it."""
    for column, value in sheet.cells(row):
        if not is_text(value) or (row, column) in answers or not _SPEAKS.search(value):
            continue
        if not (beside and is_unit(value)) and (said := unit_note(value)):
            return said
    return None


def with_unit(label: str, column: Column, unit: str | None) -> str:
    """Return an amount's label with the unit that stands elsewhere, where it has none of its own.

    A label that names only the currency (RMB) takes the scale from elsewhere; another currency there is
    never outdone by a mere scale (万元) of the label's own.
    """
    if unit is None or column.kind not in _AMOUNTS:
        return label
    own = money_unit(label)
    if own is None or (own.unit and not own.scaled):
        return f"{label}({unit})"
    if own.unit and foreign(unit) and money_unit(f"{label}(万元)") == own:
        return f"{label}({unit})"
    return label


def with_units(sheet: Sheet, spec: BlockSpec, card: Block) -> Block:
    """Return a card whose amounts say their unit too where it stands beside the value, above or below."""
    amounts = [name for name in card.cells if spec.column(name).kind in _AMOUNTS]
    if not amounts:
        return card
    rows = [row for row, _ in card.cells.values()]
    beside = {card.cells[name][0] for name in amounts}  # rows in which a unit is that of the value beside it
    answers = set(card.cells.values())
    within = (_aside(sheet, row, answers, row in beside) for row in range(min(rows), max(rows) + 1))
    noted = next((said for said in within if said), None) or unit_around(sheet, min(rows), max(rows))
    headers = dict(card.headers)
    for name in amounts:
        row, column = card.cells[name]
        around = (sheet.value(row, sheet.area(row, column).right + 1), sheet.value(row, max(column - 1, 1)))
        unit = next((unit_under(value) for value in around if is_unit(value)), None)
        headers[name] = with_unit(headers[name], spec.column(name), unit or noted)
    return replace(card, headers=headers)


def with_row_units(
    data: Mapping[str, list[CellValue]],
    columns: Mapping[str, int],
    spec: BlockSpec,
    others: Sequence[tuple[int, str, Sequence[CellValue]]],
) -> None:
    """Give each amount the currency or unit that a column of its own says for its row: 币种, 单位.

    ``others`` are the columns that hold no field: number, header and values. What is written into ``data``
    reads as if it had been typed into the amount's cell: 12.5 beside 万元 becomes 12.5万元.
    """
    for number, header, values in others:
        amounts = [name for name in columns if spec.column(name).kind in _AMOUNTS]
        bare = "".join(header.split())
        if not _CURRENCY_COLUMN.fullmatch(bare):
            said = [value for value in values if value is not None]
            if not said or not all(is_text(v) and names_unit(simplified(v).strip()) for v in said):
                continue
            if bare and not _UNIT_COLUMN.fullmatch(bare):
                continue
            amounts = [name for name in amounts if bare or columns[name] == number - 1]
        for name in amounts:
            data[name][:] = [_joined(v, unit) for v, unit in zip(data[name], values, strict=True)]


def _joined(value: CellValue, unit: CellValue) -> CellValue:
    if not is_text(unit) or value is None or isinstance(value, bool):
        return value
    said = money_unit(f"({unit})")
    if said is not None and said.unit and not said.scaled:
        return value  # the yuan
    if isinstance(value, str) and not _BARE_NUMBER.fullmatch(value):
        return value
    return f"{value}{unit.strip()}" if isinstance(value, str | int | float) else value
