"""What a form says of its columns beside their headers: a row of units or hints, a unit for the whole sheet.

Owns: telling such a row from a record, and the unit it gives. Refuses: reading values.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from salesxl.columns import BlockSpec, Column, Kind
from salesxl.model import Block, CellValue
from salesxl.reading.contents import IN_DIGITS, is_company, is_customer
from salesxl.reading.sheet import Sheet, is_text
from salesxl.tidy import label_unit, simplified

__all__ = ["is_legend", "is_unit", "unit_above", "unit_under", "with_unit", "with_units"]

_AMOUNTS = frozenset({Kind.AMOUNT, Kind.AMOUNT_WAN})
_UNIT = (
    r"(?:人民币)?(?:元|千元|万元?|百万元?|亿元)|人民币|rmb|cny|usd|美元"
    r"|人|个|家|户|次|单|台|套|件|吨|天|日|月|年|岁|%|小时|分钟"
)
_DAY = r"(?:yyyy|yy|年)[-/.年]?(?:mm?|月)[-/.月]?(?:dd?|日)?日?|(?:mm?|月)[-/.月](?:dd?|日)日?"
_SORT = (
    r"(?:纯|填)?(?:文字|文本|数字|数值|整数|金额|日期|时间|年月日|字符)(?:型|格式|类型)?"
    r"|(?:单选|多选|下拉|必填|选填|必选|可选|非必填|自动|公式|系统|手填)(?:项|选择|菜单|列表|框|生成|计算|填写)*"
    r"|(?:手机|电话)(?:号码?)?|座机|固话|邮箱|微信号?"
)
_SURE = re.compile(rf"(?:单位:?)?(?:{_UNIT})|{_DAY}|{_SORT}", re.I)
_UNIT_ALONE = re.compile(rf"(?:单位[:：]?)?(?:{_UNIT}|人次|家次|[笔份项万])", re.I)
_HINT = re.compile(
    r"^(?:请|须|需|应|可|按|从|填|选|写|如|例|见|格式|注|不|限|至少)|填写|下拉|选择|选填|必填|格式|为准|\d+\s*位|精确到|保留|选一|之一|优先|区号|全称|含税|单位:",
    re.I,
)
_LONGEST = 40
_LONGEST_UNIT = 8
_ROWS_ABOVE = 8  # a unit for all amounts stands at most so many rows above them
_TOP = 4  # or among the first rows of the sheet
_FOR_ALL = re.compile(
    r"(?:金额|计量|货币|数据)?(?:单位|币种)(?:均?为|是)?[:\s]*(?:人民币)?[(\[]?(元|千元|万元|百万元|亿元)(?![\u4e00-\u9fff/或、])"
)


def is_legend(cells: Sequence[tuple[int, CellValue]], columns: Mapping[int, Column | None]) -> bool:
    """Tell whether a row right below a header gives units and hints, and no record.

    Every cell is a short text, none of those under dates, amounts and the like could be one, and of all of
    them at least half say nothing but what is to be typed. A record that badly filled in does not occur.
    """
    for _, value in cells:
        if type(value) is not str or len(value) > _LONGEST:
            return False
    sure = hints = digits = 0
    for column, value in cells:
        spec = columns.get(column)
        text = simplified(str(value)).strip().strip("()（）[]【】<>《》*＊").replace("：", ":").strip()
        exact = _SURE.fullmatch(text) is not None
        hint = exact or _HINT.search(text) is not None
        if spec is not None:
            if is_customer(spec) and is_company(value):
                return False
            if spec.kind in IN_DIGITS:
                if not hint:
                    return False
                digits += exact
        sure += exact
        hints += hint
    few = len(cells) <= 2  # 元 below one amount alone is enough
    return hints * 2 >= len(cells) and (sure > 1 or (few and digits > 0) or hints == len(cells) > 1)


def unit_under(value: CellValue) -> str | None:
    """Return the unit that a cell of such a row gives."""
    return label_unit(f"({str(value).strip('()（） ')})") if is_text(value) else None


def is_unit(value: CellValue) -> bool:
    """Tell whether a cell holds a unit and nothing else: 元, （万元）, 家."""
    if not is_text(value) or len(value) > _LONGEST_UNIT:
        return False
    return _UNIT_ALONE.fullmatch(simplified(value).strip().strip("()（）")) is not None


def unit_above(sheet: Sheet, row: int) -> str | None:
    """Return the unit that stands above a row for all amounts below it: 单位：万元 beside the title."""
    near = max(row - _ROWS_ABOVE, 1)
    for above in [*range(row - 1, near - 1, -1), *range(1, min(_TOP, near - 1) + 1)]:
        for value in sheet.rows[above - 1] if above <= sheet.height else ():
            if type(value) is str and ("位" in value or "币" in value or "幣" in value):
                found = _FOR_ALL.search(simplified(value).replace("：", ":"))
                if found:
                    return found[1]
    return None


def with_unit(label: str, column: Column, unit: str | None) -> str:
    """Return an amount's label with the unit that stands elsewhere, if it has none of its own."""
    if unit is None or column.kind not in _AMOUNTS or label_unit(label):
        return label
    return f"{label}({unit})"


def with_units(sheet: Sheet, spec: BlockSpec, card: Block) -> Block:
    """Return a card whose amounts say their unit too where it stands behind the value or above the card."""
    amounts = [name for name in card.cells if spec.column(name).kind in _AMOUNTS]
    if not amounts:
        return card
    above = unit_above(sheet, min(row for row, _ in card.cells.values()))
    headers = dict(card.headers)
    for name in amounts:
        row, column = card.cells[name]
        around = (sheet.value(row, sheet.area(row, column).right + 1), sheet.value(row, max(column - 1, 1)))
        unit = next((unit_under(value) for value in around if is_unit(value)), None)
        headers[name] = with_unit(headers[name], spec.column(name), unit or above)
    return replace(card, headers=headers)
