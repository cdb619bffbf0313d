"""Filters for the field: 万元, per cent, dates, masked phones, Chinese lists.

Owns how a value is put into words inside a mixed text. A cell that holds one expression needs none of them:
its own number format does the work. Refuses: anything that depends on a locale or the clock.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from functools import wraps
from typing import Any

from jinja2 import Undefined

from salesxl.errors import Phrase, TemplateFaultError, phrase

__all__ = ["FILTERS", "as_text", "guarded", "kind_of"]

_TOKENS = re.compile(r"yyyy|yy|mm|m|dd|d|hh|h|ss|s|%[YmdHMSy]|\"[^\"]*\"", re.IGNORECASE)
_PERCENT_CODES = {"%Y": "yyyy", "%y": "yy", "%m": "mm", "%d": "dd", "%H": "hh", "%M": "nn", "%S": "ss"}

COLOURS = ("红", "橙", "黄", "绿", "蓝", "灰")
"""What the colours of grades are called, the most pressing first; a template may give its own."""


def as_text(value: Any) -> str:
    """Return a value as it stands in a mixed text: no exponent, no trailing ``.0``, dates year first."""
    if value is None or type(value) is str:
        return value or ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        if value != value:  # noqa: PLR0124 - not a number shows as blank
            return ""
        return format(Decimal(repr(value)), "f").removesuffix(".0") if abs(value) < 1e21 else repr(value)
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, dt.datetime):
        return date(value, "yyyy-mm-dd hh:mm")
    if isinstance(value, dt.date):
        return date(value)
    if isinstance(value, dt.time):
        return value.strftime("%H:%M")
    return str(value)


def wan(value: Any, digits: int | None = None) -> Any:
    """Turn yuan into 万元, as a number: 125000 → 12.5; ``digits`` rounds it, half up."""
    if value is None or value == "":
        return None
    number = Decimal(str(value)) / 10_000
    if digits is not None:
        return _rounded(number, digits)
    return number.normalize() if number else Decimal(0)


def percent(value: Any, digits: int = 0) -> str:
    """Write a share as per cent: 0.853 → ``85%``; blank for None."""
    if value is None or value == "":
        return ""
    return f"{_rounded(Decimal(str(value)) * 100, digits):f}%"


def date(value: Any, pattern: str = "yyyy-mm-dd") -> str:
    """Write a date in Excel's letters: ``{{ due | date('m月d日') }}``; ``mm`` after ``hh`` are minutes."""
    if value is None or value == "":
        return ""
    if not isinstance(value, (dt.date, dt.time)):
        raise TypeError
    hours_seen = False

    def written(found: re.Match[str]) -> str:
        nonlocal hours_seen
        token = _PERCENT_CODES.get(found[0], found[0].lower())
        if token.startswith('"'):
            return token[1:-1]
        if token in ("mm", "m") and hours_seen:
            token = token.replace("m", "n")
        hours_seen = token in ("hh", "h") or (hours_seen and token not in ("nn", "n"))
        return _part(value, token)

    return _TOKENS.sub(written, pattern)


def _part(value: Any, token: str) -> str:
    names = {"y": "year", "m": "month", "d": "day", "h": "hour", "n": "minute", "s": "second"}
    number = getattr(value, names[token[0]], 0)
    if token == "yy":
        return f"{number % 100:02d}"
    return f"{number:0{len(token)}d}"


def mask(value: Any) -> str:
    """Hide the middle of a phone number: 13800138000 → ``138****8000``; shorter texts keep less."""
    text = as_text(value).strip()
    if len(text) >= 8:
        return f"{text[:3]}****{text[-4:]}"
    return text[:1] + "*" * (len(text) - 1)


def join_cn(values: Any, separator: str = "、", attribute: str | None = None) -> str:
    """Join a list as Chinese does: 甲、乙、丙. Blanks are left out."""
    if values is None:
        return ""
    if isinstance(values, str) or not isinstance(values, Iterable):
        return as_text(values)
    picked = [_member(value, attribute) if attribute else value for value in values]
    return separator.join(as_text(value) for value in picked if value not in (None, ""))


def _member(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, dict) else getattr(value, name, None)


def colour(value: Any, ranks: Iterable[Any] = (), names: Iterable[str] = COLOURS) -> str:
    """Name the colour of a grade by its place among the team's grades, the highest first: VIP → 红.

    Beyond the last colour the last one holds; a grade that is not among ``ranks`` has none. A cell's own
    colour is a matter of its conditional format, which goes by the grade's name.
    """
    known, chosen = [as_text(rank) for rank in ranks], list(names)
    text = as_text(value)
    if text not in known or not chosen:
        return ""
    return chosen[min(known.index(text), len(chosen) - 1)]


def default(value: Any, other: Any = "", boolean: bool = False) -> Any:
    """Give another value for one that is missing, None or blank (or false, with ``boolean``)."""
    if isinstance(value, Undefined) or value is None or value == "" or (boolean and not value):
        return other
    return value


def _rounded(number: Decimal, digits: int) -> Decimal:
    return number.quantize(Decimal(1).scaleb(-max(0, min(digits, 12))), ROUND_HALF_UP)


_KINDS: tuple[tuple[Any, str], ...] = (
    (type(None), "blank"), (bool, "yes_no"), ((int, float, Decimal), "number"), (str, "text"),
    ((dt.date, dt.time), "date"), (dt.timedelta, "span"), (Mapping, "group"), (Iterable, "list"),
)  # fmt: skip
_WANTED = {
    **dict.fromkeys(("wan", "percent", "round", "abs", "int", "float"), "number"),
    "date": "date",
    **dict.fromkeys(("upper", "lower", "title", "trim", "capitalize", "replace", "mask"), "text"),
}
"""What kind of value a filter is for; all others are for lists."""
_SHOWN = 20


def kind_of(value: Any) -> Phrase:
    """Say what kind of value this is."""
    kind = next((name for known, name in _KINDS if isinstance(value, known)), "other")
    return phrase(f"kind.{kind}")


def guarded(name: str, apply: Callable[..., Any]) -> Callable[..., Any]:
    """Return a filter that says in plain words which value it is not for."""

    @wraps(apply)
    def checked(*given: Any, **named: Any) -> Any:
        try:
            return apply(*given, **named)
        except (TypeError, ValueError, ArithmeticError, AttributeError, LookupError) as error:
            value = given[1] if hasattr(apply, "jinja_pass_arg") else given[0]
            wanted = phrase(f"kind.{_WANTED.get(name, 'list')}")
            if kind_of(value) == wanted:
                raise TemplateFaultError("filter_arguments", filter=name) from error
            shown = as_text(value)[:_SHOWN] if isinstance(value, (str, int, float, Decimal, dt.date)) else ""
            what = phrase("shown_value", value=shown, kind=kind_of(value)) if shown else kind_of(value)
            raise TemplateFaultError("filter_value", filter=name, what=what, wanted=wanted) from error

    return checked


_OWN: dict[str, Callable[..., Any]] = {
    "wan": wan, "percent": percent, "date": date, "mask": mask, "join_cn": join_cn, "colour": colour,
}  # fmt: skip
FILTERS: dict[str, Callable[..., Any]] = {
    **{name: guarded(name, apply) for name, apply in _OWN.items()}, "default": default, "d": default,
}  # fmt: skip
