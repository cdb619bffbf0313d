"""Rows in which nobody typed: the form itself set a choice, a name or a nought in each of them.

Owns: telling such rows, which count only where several are alike. Refuses: dropping them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from salesxl.columns import Column, Kind
from salesxl.model import CellValue
from salesxl.parsing import names_unit, simplified
from salesxl.recognition.evidence import FIGURES, IN_DIGITS, is_customer
from salesxl.recognition.names import is_company
from salesxl.recognition.sheet import is_text

__all__ = ["is_legend", "may_be_preset", "preset_key", "times_preset"]

Cells = Sequence[tuple[int, CellValue]]

_CHOSEN = frozenset({Kind.CHOICE, Kind.YES_NO, Kind.TICKED})
_TWICE, _THRICE = 2, 3


def may_be_preset(cells: Cells, columns: Mapping[int, Column | None]) -> bool:
    """Tell quickly, by its first cells, whether a row may hold nothing but what a form sets by itself."""
    some = False
    for column, value in cells:
        spec = columns.get(column)
        if spec is not None:
            if not _may_be_set(spec, value):
                return False
            some = True
    return some


def preset_key(cells: Cells, columns: Mapping[int, Column | None]) -> tuple[tuple[int, str], ...]:
    """Return what such a row says besides its running number; nothing if a rep may have typed it."""
    said = []
    for column, value in cells:
        spec = columns.get(column)
        if spec is None and (not is_text(value) or value.strip().isdigit()):
            continue  # a running number
        if spec is not None and not _may_be_set(spec, value):
            return ()
        said.append((column, str(value)))
    return tuple(said)


def times_preset(same: Sequence[tuple[int, str]], columns: Mapping[int, Column | None]) -> int:
    """Return in how many rows the same must stand: choices in two, a name or a nought in one more."""
    specs = [columns.get(column) for column, _ in same]
    return _TWICE if all(spec is not None and spec.kind in _CHOSEN for spec in specs) else _THRICE


def _may_be_set(spec: Column, value: CellValue) -> bool:
    if spec.kind in _CHOSEN:
        return True
    if spec.kind is Kind.NAME:
        return not is_customer(spec)
    return spec.kind in FIGURES and value in (0, "0") and not isinstance(value, bool)


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
_HINT = re.compile(
    r"^(?:请|须|需|应|可|按|从|填|选|写|如|例|见|格式|注|不|限|至少)|填写|下拉|选择|选填|必填|格式|为准|\d+\s*位|精确到|保留|选一|之一|优先|区号|全称|含税|单位:",
    re.I,
)
_LONGEST = 40


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
        exact = _SURE.fullmatch(text) is not None or names_unit(text)
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
