"""Labels of cards and tables in the form in which headers are compared. Refuses: knowing any label."""

from __future__ import annotations

import re

from salesxl.parsing.text import clean, simplified
from salesxl.parsing.units import without_unit

__all__ = ["normalise_label"]

_UNITS = (
    "元|千元|万元|百万元|亿元|万|人民币|¥|rmb|cny|人民币元|人民币万元|万人民币|rmb万|万rmb"
    "|10krmb|10kcny|rmb10k|cny10k|人|年|月|天|日|小时|分钟|次|个|单|家|台|套|件|%"
)
_PLAIN = re.compile(r"[\u4e00-\u9fff]+")
_SPACES = re.compile(r"\s+")
_IN_CIRCLES = re.compile(r"^\s*[①-⑳⓪❶-❿⑴-⒇⒈-⒛㈠-㈩Ⓐ-ⓩ]+(?=\s*\w)")
_NUMBERING = re.compile(r"^(?:\(?(?:\d{1,2}|[一二三四五六七八九十]{1,2})[、.)](?!\d))+")
_MARKERS = re.compile(
    r"[(\[【<](?:必填项?|必须填写|选填项?|可选|非必填|可不填|自动|自动生成|自动计算|勿填|系统生成|必选|下拉选择|下拉|下拉框|单选|单选框|多选|多选框|单行文本|多行文本|文本|数字"
    r"|是/否|y/n|yes/no|多个用[^()\[\]【】<>]*|required|optional"
    r"|(?:请|如|例如|例|比如|格式|注|示例|yyyy)[^()\[\]【】<>]*)[)\]】>]"
)
_UNIT = re.compile(rf"[(\[【](?:单位)?:?({_UNITS})[)\]】]")
_UNIT_AFTER = re.compile(r"(?<=[额收入价金润本款])/(元|万元)$")
_EDGES = ":*·.-_"


def _one_line(label: str) -> str:
    bare = label if label.isascii() else _IN_CIRCLES.sub("", label)
    return simplified(_SPACES.sub("", clean(bare or label)).casefold())


def normalise_label(label: str) -> str:
    """Return a label as headers are compared.

    One width, lower case, no white space; without numbering, colons, asterisks, marks such as （必填）, hints
    such as （如 2024-03-15） and a unit in brackets (docs/domain.md 5).
    """
    if _PLAIN.fullmatch(label):
        return simplified(label)  # nothing below would find anything
    bare = _MARKERS.sub("", _one_line(label))
    bare = without_unit(_UNIT_AFTER.sub("", _UNIT.sub("", bare)).strip(_EDGES)).strip(_EDGES)
    return (_NUMBERING.sub("", bare) or bare).strip(_EDGES)
