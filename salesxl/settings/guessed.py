"""Of which kind a field of a team's workbook is: by its validation, its label, what is filled in.

Refuses: where it stands; that is ``proposed``.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

from salesxl import codes, parsing
from salesxl.model import CellValue, Grid
from salesxl.parsing.text import plain
from salesxl.xlsx.read.validations import Validation, named_values

__all__ = ["Guess", "guess"]

SURE = 0.9
"""So many of the cells must be of a kind."""
FEW, MANY = 12, 20
"""At most so many different texts in at least so many cells are choices."""
EPOCH = dt.date(1899, 12, 30)
MONEY = ("元", "万元", "万")
BOUNDS: Mapping[str, tuple[str, str]] = {
    "greaterThan": ("minimum", ">"),
    "greaterThanOrEqual": ("minimum", ""),
    "lessThan": ("maximum", "<"),
    "lessThanOrEqual": ("maximum", ""),
}


@dataclass(slots=True)
class Guess:
    """What is said of a field, by columns of 表单, and which of it is unsure."""

    said: dict[str, Any]
    unsure: set[str] = field(default_factory=set)
    note: str = ""


def guess(
    label: str,
    unit: str | None,
    samples: Sequence[CellValue],
    rule: Validation | None,
    sheet: str,
    grids: Sequence[Grid],
    known: Mapping[str, str],
) -> Guess:
    """Return the kind of a field and what goes with it; the first of what tells anything counts."""
    found = _by_rule(rule, sheet, grids) if rule is not None else None
    found = found or _by_label(label, known) or _by_samples(unit, samples)
    if unit and found.said["kind"] in ("数字", "整数"):
        found.said |= {"kind": "金额", "unit": unit} if unit in MONEY else {"unit": unit}
    if unit in MONEY and found.said["kind"] == "金额":
        found.said["unit"] = unit
    if rule is not None and rule.kind == "custom":
        found.note = "原表的自定义校验没有带过来"
    example = _words().get(found.said["kind"], {}).get("example")
    if example is None and samples and found.said["kind"] not in ("计算", "图片"):
        example = _shown(samples[0])
    if example:
        found.said["sample"] = example
    return found


def _by_rule(rule: Validation, sheet: str, grids: Sequence[Grid]) -> Guess | None:
    if rule.kind == "list":
        items = named_values(rule, sheet, grids)
        return Guess({"kind": "选项", "choices": "、".join(items)}) if items else None
    kind = {"whole": "整数", "decimal": "数字", "date": "日期", "time": "时刻"}.get(rule.kind)
    if kind is None:
        return None
    said: dict[str, Any] = {"kind": kind}
    first, second = (_bound(text, dated=kind == "日期") for text in (rule.first, rule.second))
    if rule.test == "between":
        said |= {name: text for name, text in (("minimum", first), ("maximum", second)) if text}
    elif rule.test in BOUNDS and first:
        name, sign = BOUNDS[rule.test]
        said[name] = sign + first
    return Guess(said)


def _bound(text: str, *, dated: bool) -> str | None:
    """Return a bound as 表单 has it: a number, a day, 今天; None for any other formula."""
    if text.strip("=").upper() == "TODAY()":
        return "今天"
    try:
        number = float(text)
    except ValueError:
        return None
    return (EPOCH + dt.timedelta(days=int(number))).isoformat() if dated else f"{number:.15g}"


def _by_label(label: str, known: Mapping[str, str]) -> Guess | None:
    key = parsing.normalise_label(label)
    for kind, told in _words().items():
        if key in told["words"]:
            return Guess({"kind": kind})
    return Guess({"kind": "选项", "choices": known[key]}) if key in known else None


def _by_samples(unit: str | None, samples: Sequence[CellValue]) -> Guess:
    if not samples:
        money = unit in MONEY
        return Guess({"kind": "金额" if money else "文字"}, set() if money else {"kind"})
    for kind, fits in KINDS.items():
        if sum(map(fits, samples)) >= SURE * len(samples):
            return Guess({"kind": kind})
    texts = list(dict.fromkeys(plain(value).strip() for value in samples))
    if len(samples) >= MANY and len(texts) <= FEW:
        return Guess({"kind": "选项", "choices": "、".join(sorted(texts))}, {"kind", "choices"})
    return Guess({"kind": "文字"}, {"kind"})


def _coded(name: str) -> Callable[[CellValue], bool]:
    """Return what tells that a cell holds a number with a check digit; a bare figure is none."""
    return lambda v: codes.slip(name, codes.evened(plain(v)), dt.date(9999, 1, 1)) is None


def _mobile(value: CellValue) -> bool:
    digits = plain(value).replace(" ", "").replace("-", "")
    return len(digits) == 11 and digits.isdigit() and digits[0] == "1" and digits[1] in "3456789"


def _dated(value: CellValue, *, timed: bool) -> bool:
    if isinstance(value, dt.datetime):
        return bool(value.hour or value.minute) is timed
    return isinstance(value, str) and not timed and parsing.date(value).code is None


def _figure(value: CellValue, *, whole: bool) -> bool:
    if isinstance(value, bool) or parsing.number(value).code:
        return False
    return not whole or parsing.whole(value).code is None


KINDS: Mapping[str, Callable[[CellValue], bool]] = {
    "身份证": _coded("id_card"),
    "车架号": _coded("vin"),
    "统一社会信用代码": _coded("uscc"),
    "手机": _mobile,
    "邮箱": lambda v: isinstance(v, str) and v.count("@") == 1 and parsing.contact(v).code is None,
    "是否": lambda v: isinstance(v, str) and v.strip() in ("是", "否", "√", "×", "Y", "N"),
    "时刻": lambda v: _dated(v, timed=True),
    "日期": lambda v: isinstance(v, dt.datetime) or _dated(v, timed=False),
    "整数": lambda v: _figure(v, whole=True),
    "数字": lambda v: _figure(v, whole=False),
}
"""What tells a kind from the cells, the narrowest first."""


def _shown(value: CellValue) -> str:
    if isinstance(value, dt.datetime):
        return value.strftime("%Y-%m-%d %H:%M" if value.hour or value.minute else "%Y-%m-%d")
    return plain(value)


@cache
def _words() -> Mapping[str, Mapping[str, Any]]:
    text = resources.files("salesxl").joinpath("presets", "proposing.toml").read_text(encoding="utf-8")
    return {
        row["kind"]: {**row, "words": {parsing.normalise_label(word) for word in row["words"]}}
        for row in tomllib.loads(text)["kind"]
    }
