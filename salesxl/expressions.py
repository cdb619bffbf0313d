"""Formulas, bounds and values of a definition, read, typed and worked out on columns: 【数量】×【单价】.

``expr = term {(+|-) term}``; ``term = unit {(×|÷) unit}``; ``unit = [-] (number[%|万] | number span | day |
今天 | 【label】 | 合计【block·label】 | 个数【block】 | ( expr ))``; spans are 天, 工作日, 小时 and 月.
Signs and digits of full width and ``* / [ ]`` are read too. Numbers are exact throughout.

Owns this grammar. Refuses: which labels there are, and what is said of a formula that is none.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, localcontext
from functools import lru_cache
from typing import Any, Literal, TypeAlias

import numpy as np

__all__ = [
    "Calendar", "ExpressionError", "Node", "Ref", "Type", "evaluate", "has_hours", "parse", "refs", "type_of",
]  # fmt: skip

Sort: TypeAlias = Literal["number", "date", "moment", "span", "text", "other"]
Calendar: TypeAlias = Callable[[dt.date, int], dt.date]
"""From a day and a number of working days (before it, where negative) to the day so many later."""

EXACT = 40
"""Digits with which quotients are worked out."""


class ExpressionError(ValueError):
    """A text that is no formula here: ``why``, where it is wrong counted from 1, and what stands there.

    ``why`` is syntax, label, text, dates, days, units or product.
    """

    def __init__(self, why: str, at: int, seen: str = "") -> None:
        super().__init__(f"{why}: {seen}")
        self.why, self.at, self.seen = why, at, seen


@dataclass(frozen=True, slots=True)
class Type:
    """What an expression is: its sort, and of amounts 元 or 万元."""

    sort: Sort
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Constant:
    """A number, a day, or today (None)."""

    value: Decimal | dt.date | None
    at: int


@dataclass(frozen=True, slots=True)
class Span:
    """So many days, workdays, hours or months."""

    number: int
    unit: Literal["day", "workday", "hour", "month"]
    at: int


@dataclass(frozen=True, slots=True)
class Ref:
    """A field of the same record by its label; ``of`` is 合计 or 个数 for what a card asks of a table."""

    label: str
    at: int
    of: str = ""

    @property
    def key(self) -> str:
        """The name under which its values are handed to ``evaluate``."""
        return f"{self.of}【{self.label}】" if self.of else self.label


@dataclass(frozen=True, slots=True)
class Op:
    """Two operands of + - × ÷."""

    sign: str
    left: Node
    right: Node
    at: int


Node: TypeAlias = Constant | Span | Ref | Op

_SPANS: Mapping[str, tuple[int, Any]] = {
    **dict.fromkeys(("天", "日"), (1, "day")),
    **dict.fromkeys(("个工作日", "工作日"), (1, "workday")),
    **dict.fromkeys(("个小时", "小时"), (1, "hour")),
    **dict.fromkeys(("个月", "月"), (1, "month")),
    **dict.fromkeys(("周", "星期"), (7, "day")),
    "年": (12, "month"),
}
_NUMBER = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
_TOKEN = re.compile(
    r"\s*(?:(?P<day>\d{4}(?:-\d{1,2}-|/\d{1,2}/|年\d{1,2}月)\d{1,2}日?(?!\d))"
    rf"|(?P<number>{_NUMBER})\s*(?P<suffix>%|万元|万|元|{'|'.join(sorted(_SPANS, key=len, reverse=True))})?"
    r"|(?P<today>今天|今日|当天)"
    r"|(?P<of>合计|个数)?\s*[【\[](?P<label>[^】\]]+)[】\]]"
    r"|(?P<sign>[-+×÷()]))",
    re.ASCII,
)
_SAME = str.maketrans({"*": "×", "x": "×", "X": "×", "/": "÷", "−": "-", "–": "-", "—": "-"})
_DAY = re.compile(r"\d+")
SCALES = {"%": Decimal("0.01"), "万": Decimal(10000), "万元": Decimal(10000)}


def parse(text: str) -> Node:
    """Read an expression. Raises ExpressionError: at which sign it cannot be read.

    >>> parse("【数量】×2").sign
    '×'
    """
    return _parse(text)


@lru_cache(maxsize=2048)
def _parse(text: str) -> Node:
    reader = _Reader(text)
    found = reader.expression()
    if reader.at < len(reader.tokens):
        raise reader.lost()
    return found


class _Reader:
    """A text's tokens, and how far they are read."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = list(_tokens(text))
        self.at = 0

    def expression(self) -> Node:
        left = self._term()
        while token := self._take("+-"):
            left = Op(token["sign"], left, self._term(), token.start("sign") + 1)
        return left

    def _term(self) -> Node:
        left = self._unit()
        while token := self._take("×÷"):
            left = Op(token["sign"], left, self._unit(), token.start("sign") + 1)
        return left

    def _unit(self) -> Node:
        if token := self._take("-"):
            at = token.start("sign") + 1
            inner = self._unit()
            return Span(-inner.number, inner.unit, at) if isinstance(inner, Span) else _minus(inner, at)
        if self._take("("):
            inner = self.expression()
            if not self._take(")"):
                raise self.lost()
            return inner
        if self.at >= len(self.tokens) or self.tokens[self.at]["sign"]:
            raise self.lost()
        token = self.tokens[self.at]
        self.at += 1
        return _leaf(token)

    def _take(self, signs: str) -> re.Match[str] | None:
        if self.at < len(self.tokens) and (sign := self.tokens[self.at]["sign"]) and sign in signs:
            self.at += 1
            return self.tokens[self.at - 1]
        return None

    def lost(self) -> ExpressionError:
        """Return the fault of the sign at which nothing fits any more."""
        if self.at < len(self.tokens):
            token = self.tokens[self.at]
            start = token.start() + len(token[0]) - len(token[0].lstrip())
            return ExpressionError("syntax", start + 1, self.text[start : token.end()])
        return ExpressionError("syntax", len(self.text.rstrip()), self.text.rstrip()[-1:])


def _tokens(text: str) -> Iterator[re.Match[str]]:
    even = _evened(text)
    at, end = 0, len(even.rstrip())
    while at < end:
        token = _TOKEN.match(even, at)
        if token is None:
            start = at + len(even[at:]) - len(even[at:].lstrip())
            seen = re.match(r"[^\s【\[(]+|.", text[start:])
            raise ExpressionError("syntax", start + 1, seen[0] if seen else "")
        yield token
        at = token.end()


def _evened(text: str) -> str:
    """Return a text in one width, sign for sign; what stands in brackets is a label and stays."""
    single = "".join(e if len(e := unicodedata.normalize("NFKC", sign)) == 1 else sign for sign in text)
    parts = re.split(r"([【\[][^】\]]*[】\]])", single)
    return "".join(part if at % 2 else part.translate(_SAME) for at, part in enumerate(parts))


def _leaf(token: re.Match[str]) -> Node:
    at = next(token.start(name) for name in ("day", "number", "today", "label") if token[name]) + 1
    if token["label"]:
        return Ref(token["label"].strip(), at, token["of"] or "")
    if token["today"]:
        return Constant(None, at)
    if token["day"]:
        try:
            return Constant(dt.date(*map(int, _DAY.findall(token["day"]))), at)
        except ValueError:
            raise ExpressionError("syntax", at, token["day"]) from None
    number, suffix = Decimal(token["number"].replace(",", "")), token["suffix"] or ""
    if suffix in _SPANS:
        if number != int(number):
            raise ExpressionError("syntax", at, token[0].strip())
        times, unit = _SPANS[suffix]
        return Span(int(number) * times, unit, at)
    return Constant(number * SCALES.get(suffix, 1), at)


def _minus(inner: Node, at: int) -> Node:
    if isinstance(inner, Constant) and isinstance(inner.value, Decimal):
        return Constant(-inner.value, at)
    return Op("×", Constant(Decimal(-1), at), inner, at)


def refs(node: Node) -> Iterator[Ref]:
    """Yield the fields that an expression names, from left to right."""
    if isinstance(node, Ref):
        yield node
    elif isinstance(node, Op):
        yield from refs(node.left)
        yield from refs(node.right)


def has_hours(node: Node) -> bool:
    """Say whether hours stand in it: then times are compared to the minute, else by day."""
    if isinstance(node, Op):
        return has_hours(node.left) or has_hours(node.right)
    return isinstance(node, Span) and node.unit == "hour"


NUMBER, DATE = Type("number"), Type("date")


def type_of(node: Node, known: Mapping[str, Type]) -> Type:
    """Return what an expression is, by the types of the fields it may name (``Ref.key``).

    Raises:
        ExpressionError: it names another field, or joins what cannot be joined.
    """
    if isinstance(node, Ref):
        if node.key not in known:
            raise ExpressionError("label", node.at, node.label)
        return known[node.key]
    if isinstance(node, Span):
        return Type("span", node.unit)
    if isinstance(node, Constant):
        return NUMBER if isinstance(node.value, Decimal) else DATE
    left, right = (type_of(part, known) for part in (node.left, node.right))
    for part, got in ((node.left, left), (node.right, right)):
        if got.sort in {"text", "other"}:
            raise ExpressionError("text", node.at, part.label if isinstance(part, Ref) else "")
    return _product(node, left, right) if node.sign in "×÷" else _sum(node, left, right)


def _product(node: Op, left: Type, right: Type) -> Type:
    if {left.sort, right.sort} != {"number"}:
        raise ExpressionError("product", node.at, node.sign)
    if left.unit and right.unit:
        if node.sign == "÷":
            return NUMBER if left.unit == right.unit else _no_unit(node)
        return _no_unit(node)
    unit = left.unit or ("" if node.sign == "÷" else right.unit)
    ten_thousand = any(isinstance(part, Constant) and part.value == 10000 for part in (node.left, node.right))
    turned = {("×", "万元"): "元", ("÷", "元"): "万元"}.get((node.sign, unit))
    return Type("number", turned if ten_thousand and turned else unit)


def _no_unit(node: Op) -> Type:
    raise ExpressionError("units", node.at, node.sign)


def _sum(node: Op, left: Type, right: Type) -> Type:
    days = ("date", "moment")
    if left.sort == "number" and right.sort == "number":
        if left.unit and right.unit and left.unit != right.unit:
            raise ExpressionError("units", node.at, node.sign)
        return Type("number", left.unit or right.unit)
    if left.sort in days and right.sort in days:
        if node.sign == "+":
            raise ExpressionError("dates", node.at, node.sign)
        return NUMBER
    if node.sign == "+" and left.sort in ("number", "span") and right.sort in days:
        left, right = right, left
    if left.sort in days and (right.sort == "span" or (right.sort == "number" and not right.unit)):
        return Type("moment") if right.unit == "hour" else left
    raise ExpressionError("days", node.at, node.sign)


def evaluate(
    node: Node, columns: Mapping[str, Any], size: int, today: Any, workdays: Calendar
) -> tuple[Any, Any]:
    """Work an expression out on whole columns: its values, and where there are any.

    ``columns`` has the values of every field that it names (by ``Ref.key``) as a pair of that kind: numbers
    as objects of Decimal, days and times as datetime64[us], texts as objects. ``today`` is a datetime64 or an
    array of them. Where an operand is blank, or 0 under ÷, there is no value.
    """
    with localcontext() as context:
        context.prec = EXACT
        return _worked_out(node, columns, size, today, workdays)


def _worked_out(
    node: Node, columns: Mapping[str, Any], size: int, today: Any, workdays: Calendar
) -> tuple[Any, Any]:
    if isinstance(node, Ref):
        found: tuple[Any, Any] = columns[node.key]
        return found
    if isinstance(node, Constant):
        if isinstance(node.value, Decimal):
            return np.full(size, node.value, dtype=object), np.ones(size, dtype=bool)
        day = today if node.value is None else np.datetime64(node.value)
        values = np.broadcast_to(np.asarray(day, dtype="datetime64[us]"), size)
        return values, ~np.isnat(values)
    assert isinstance(node, Op)
    if node.sign == "+" and isinstance(node.left, Span):
        node = Op("+", node.right, node.left, node.at)
    left, there = _worked_out(node.left, columns, size, today, workdays)
    if isinstance(node.right, Span):
        number = node.right.number if node.sign == "+" else -node.right.number
        return _moved(left, there, number, node.right.unit, workdays), there
    right, also = _worked_out(node.right, columns, size, today, workdays)
    return _joined(node.sign, left, right, there & also)


def _joined(sign: str, left: Any, right: Any, both: Any) -> tuple[Any, Any]:
    """Return the sum, difference, product or quotient where both operands have values."""
    days = [values.dtype.kind == "M" for values in (left, right)]
    if all(days):
        gap = left.astype("datetime64[D]") - right.astype("datetime64[D]")
        return _numbers(gap.astype("int64"), both), both
    if any(days):
        day, number = (left, right) if days[0] else (right, left)
        shift = np.zeros(len(day), dtype="int64")
        shift[both] = [int(n) for n in number[both]]
        moved = day + (shift if sign == "+" else -shift).astype("timedelta64[D]")
        return moved, both
    if sign == "÷":
        both = both & np.array([there and n != 0 for n, there in zip(right, both, strict=True)], dtype=bool)
    values = np.full(len(left), None, dtype=object)
    one, other = left[both], right[both]
    values[both] = (
        one + other
        if sign == "+"
        else one - other
        if sign == "-"
        else one * other
        if sign == "×"
        else one / other
    )
    return values, both


def _numbers(whole: Any, there: Any) -> Any:
    values = np.full(len(whole), None, dtype=object)
    values[there] = [Decimal(int(n)) for n in whole[there]]
    return values


def _moved(days: Any, there: Any, number: int, unit: str, workdays: Calendar) -> Any:
    """Return days or times so many days, hours, months or working days later."""
    if unit == "day":
        return days + np.timedelta64(number, "D")
    if unit == "hour":
        return days + np.timedelta64(number, "h")
    midnights = days.astype("datetime64[D]")
    later = {
        day: _months_later(day, number) if unit == "month" else workdays(day, number)
        for day in set(midnights[there].tolist())
    }
    moved = midnights.copy()
    moved[there] = [np.datetime64(later[day]) for day in midnights[there].tolist()]
    return moved.astype("datetime64[us]") + (days - midnights)


def _months_later(day: dt.date, number: int) -> dt.date:
    """Return the same day of another month, its last one where there is none."""
    first = np.datetime64(day, "M") + number
    last = (first + 1).astype("datetime64[D]") - np.timedelta64(1, "D")
    found: dt.date = min(first.astype("datetime64[D]") + np.timedelta64(day.day - 1, "D"), last).item()
    return found
