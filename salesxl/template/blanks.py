"""How expressions reckon: a blank is unknown, so what is made of it is blank too.

Owns operators, comparisons, and the filters that Jinja2 would let fail or guess on a blank. A comparison
with a blank is neither true nor false: blank. Refuses: which of them a template may use.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from jinja2 import Undefined
from jinja2.filters import FILTERS as JINJA

from salesxl.errors import TemplateFaultError
from salesxl.template.filters import kind_of

__all__ = ["OPERATORS", "SIGNS", "compared", "for_blanks", "reckoned"]

SIGNS = {
    "lt": "<",
    "lteq": "<=",
    "gt": ">",
    "gteq": ">=",
    "eq": "==",
    "ne": "!=",
    "in": "in",
    "notin": "not in",
}
OPERATORS = frozenset({"+", "-", "*", "/", "//", "%", "**"})
_ORDER: Mapping[str, Callable[[Any, Any], bool]] = {
    "lt": operator.lt, "lteq": operator.le, "gt": operator.gt, "gteq": operator.ge,
}  # fmt: skip
_SCALAR = ("abs", "capitalize", "lower", "title", "trim", "upper")
_LISTS = (
    "count", "groupby", "items", "length", "list", "map", "reject", "rejectattr", "reverse", "select",
    "selectattr", "unique",
)  # fmt: skip


def reckoned(sign: str, apply: Callable[..., Any], left: Any, right: Any) -> Any:
    """Return what an operator makes of two values: blank where one is; both kinds of numbers go together."""
    if left is None or right is None:
        return None
    if isinstance(left, Decimal) and isinstance(right, float):
        right = Decimal(str(right))
    elif isinstance(left, float) and isinstance(right, Decimal):
        left = Decimal(str(left))
    try:
        return apply(left, right)
    except ZeroDivisionError:
        raise TemplateFaultError("zero") from None
    except (TypeError, ValueError) as error:
        key = "join_texts" if sign == "+" and isinstance(left, str) != isinstance(right, str) else "operands"
        raise TemplateFaultError(key, left=kind_of(left), right=kind_of(right), sign=sign) from error
    except ArithmeticError as error:
        raise TemplateFaultError("number_too_large") from error


def compared(values: Sequence[Any], signs: str) -> bool | None:
    """Return whether a chain of comparisons holds; None where it hangs on a blank."""
    unknown = False
    for left, right, sign in zip(values, values[1:], signs.split(), strict=False):
        holds = _one(left, right, sign)
        if holds is None:
            unknown = True
        elif not holds:
            return False
    return None if unknown else True


def _one(left: Any, right: Any, sign: str) -> bool | None:
    if sign in ("eq", "ne"):
        return bool(left == right) == (sign == "eq")
    for value in (left, right):
        if isinstance(value, Undefined):
            str(value)  # an unknown name is no blank: this says so
    if sign in ("in", "notin"):
        if right is None or (left is None and isinstance(right, str)):
            return sign == "notin"
    elif left is None or right is None:
        return None
    try:
        if sign in ("in", "notin"):
            return (left in right) == (sign == "in")
        return bool(_ORDER[sign](*_alike(left, right)))
    except TypeError as error:
        facts = {"left": kind_of(left), "right": kind_of(right), "sign": SIGNS[sign]}
        raise TemplateFaultError("not_comparable", **facts) from error


def _alike(left: Any, right: Any) -> tuple[Any, Any]:
    """Let a day be compared with a moment: at its beginning."""
    if hasattr(left, "hour") and not hasattr(right, "hour") and hasattr(right, "day"):
        return left.date(), right
    if hasattr(right, "hour") and not hasattr(left, "hour") and hasattr(left, "day"):
        return left, right.date()
    return left, right


def for_blanks(kept: Mapping[str, Callable[..., Any]]) -> dict[str, Callable[..., Any]]:
    """Return Jinja2's filters as they take blanks: of a blank comes a blank, of a blank list an empty one."""
    made = dict(kept)
    made |= {name: _passing(kept[name]) for name in _SCALAR if name in kept}
    made |= {name: _empty(kept[name]) for name in _LISTS if name in kept}
    return made | {
        "int": _whole, "float": _float, "first": _first, "last": _last, "sort": _sorted,
        "max": _extreme(JINJA["max"]), "min": _extreme(JINJA["min"]),
    }  # fmt: skip


def _passing(apply: Callable[..., Any]) -> Callable[..., Any]:
    def passed(*given: Any, **named: Any) -> Any:
        return None if given[_at(apply)] is None else apply(*given, **named)

    passed.__dict__.update(vars(apply) if hasattr(apply, "__dict__") else {})
    return passed


def _empty(apply: Callable[..., Any]) -> Callable[..., Any]:
    def filled(*given: Any, **named: Any) -> Any:
        at = _at(apply)
        if given[at] is None:
            given = (*given[:at], (), *given[at + 1 :])
        return apply(*given, **named)

    filled.__dict__.update(vars(apply) if hasattr(apply, "__dict__") else {})
    return filled


def _at(apply: Callable[..., Any]) -> int:
    return 1 if hasattr(apply, "jinja_pass_arg") else 0


def _whole(value: Any, default: Any = None) -> Any:
    number = _float(value, default)
    return int(number) if isinstance(number, (float, Decimal)) else number


def _float(value: Any, default: Any = None) -> Any:
    if value is None or value == "":
        return default
    try:
        return value if isinstance(value, (int, Decimal)) else float(value)
    except (TypeError, ValueError):
        if default is not None:
            return default
        raise


def _listed(values: Any) -> list[Any]:
    return [] if values is None else list(values)


def _first(values: Any) -> Any:
    return next(iter(() if values is None else values), None)


def _last(values: Any) -> Any:
    found = _listed(values)
    return found[-1] if found else None


def _member(value: Any, name: str | int | None) -> Any:
    for step in str(name).split(".") if name is not None else ():
        value = value.get(step) if isinstance(value, Mapping) else getattr(value, step, None)
    return value


def _sorted(env: Any, values: Any, *given: Any, **named: Any) -> list[Any]:
    """Sort as Jinja2 does, blanks last."""
    attribute = named.get("attribute", given[2] if len(given) > 2 else None)
    keys = str(attribute).split(",") if attribute is not None else [None]
    found = _listed(values)
    blank = [value for value in found if any(_member(value, key) is None for key in keys)]
    rest = [value for value in found if all(_member(value, key) is not None for key in keys)]
    return [*JINJA["sort"](env, rest, *given, **named), *blank]


_sorted.__dict__.update(JINJA["sort"].__dict__)


def _extreme(apply: Callable[..., Any]) -> Callable[..., Any]:
    def found(env: Any, values: Iterable[Any] | None, *given: Any, **named: Any) -> Any:
        attribute = named.get("attribute", given[1] if len(given) > 1 else None)
        known = [value for value in _listed(values) if _member(value, attribute) is not None]
        return apply(env, known, *given, **named) if known else None

    found.__dict__.update(apply.__dict__)
    return found
