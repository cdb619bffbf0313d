"""Jinja2 with its doors shut: what a template's expression may touch, and how much of it.

Owns the allowed statements, filters and methods, and the checks on operators that could eat memory or time.
Refuses: assignments, macros, includes, and every attribute that begins with an underscore.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sized
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from functools import partial
from typing import Any

from jinja2 import StrictUndefined, nodes
from jinja2.exceptions import SecurityError, UndefinedError
from jinja2.parser import Parser
from jinja2.runtime import Context
from jinja2.sandbox import SandboxedEnvironment
from jinja2.utils import missing

from salesxl.errors import TemplateFaultError
from salesxl.template.blanks import OPERATORS, compared, for_blanks, reckoned
from salesxl.template.filters import FILTERS, as_text, guarded, kind_of
from salesxl.template.spelling import AS_IS, Spelling

__all__ = ["Budget", "Limits", "Sandbox", "Unknown", "UnknownNameError", "member"]

_KEPT_FILTERS = """abs capitalize count first float groupby int items last length list lower map max min
reject rejectattr reverse select selectattr sort title trim unique upper"""
_METHODS: Mapping[type, str] = {
    str: "upper lower strip lstrip rstrip startswith endswith split title isdigit find count",
    dict: "get items keys values",
    dt.date: "isoformat weekday isoweekday date time isocalendar",
}
"""Which methods of which kinds of value may be called."""
_ORDERED = ("lt", "le", "gt", "ge")
_ALIASES = {"<": "lt", "<=": "le", ">": "gt", ">=": "ge", "lessthan": "lt", "greaterthan": "gt"}
_STATEMENTS = (nodes.Template, nodes.Output, nodes.TemplateData, nodes.If, nodes.For)
_EXPRESSIONS = (
    nodes.Name, nodes.Literal, nodes.Getattr, nodes.Getitem, nodes.Filter, nodes.Test, nodes.Call,
    nodes.CondExpr, nodes.BinExpr, nodes.UnaryExpr, nodes.Compare, nodes.Operand, nodes.Concat,
    nodes.Slice, nodes.Keyword, nodes.Pair, nodes.EvalContext,
)  # fmt: skip


class UnknownNameError(UndefinedError):
    """A name the data does not have; ``owner`` is what it was looked up in, None for the data itself."""

    def __init__(self, message: str | None = None, *, name: str = "", owner: Any = None) -> None:
        super().__init__(message)
        self.name, self.owner = name, owner


class Unknown(StrictUndefined):
    """Stands for an unknown name; complains as soon as it is used and knows what to suggest."""

    __slots__ = ()

    def __init__(self, hint: str | None = None, obj: Any = missing, name: Any = None, _: Any = None) -> None:
        error: Any = partial(UnknownNameError, name=str(name), owner=None if obj is missing else obj)
        super().__init__(hint, obj, name, error)


def member(owner: Any, name: str) -> Any:
    """Return ``owner.name`` as expressions mean it: a key first, then an attribute; of None all is blank.

    Raises UnknownNameError, and SecurityError for a name that begins with an underscore.
    """
    if isinstance(owner, Mapping):
        if name in owner:
            return owner[name]
    elif owner is None:
        return None
    elif name.startswith("_"):
        raise SecurityError(name)
    else:
        found = getattr(owner, name, Unknown)
        if found is not Unknown and not callable(found):
            return found
    raise UnknownNameError(name=name, owner=owner)


class Sandbox(SandboxedEnvironment):
    """The environment of one workbook; ``finish`` is applied to whatever an expression puts into a text."""

    intercepted_binops = OPERATORS
    intercepted_unops = frozenset({"+", "-"})

    def __init__(
        self,
        budget: Budget,
        finish: Callable[[str], str] | None = None,
        spelling: Spelling = AS_IS,
    ) -> None:
        super().__init__(
            undefined=Unknown,
            optimized=False,
            keep_trailing_newline=True,
            finalize=as_text if finish is None else lambda value: finish(as_text(value)),
        )
        self._budget, self._spelling = budget, spelling
        kept = for_blanks({name: self.filters[name] for name in _KEPT_FILTERS.split()})
        made: dict[str, Callable[..., Any]] = {
            **kept, "string": as_text, "sum": self._sum, "round": _round, "join": self._join,
            "replace": self._replace,
        }  # fmt: skip
        self.filters = {
            **{name: guarded(name, apply) for name, apply in made.items()}, **FILTERS,
            "_counted": self._turns, "_concat": self._concat, "_compared": compared,
        }  # fmt: skip
        own: dict[str, Any] = {name: partial(_compared_with, signs=name) for name in _ORDERED}
        self.tests |= {**own, **{alias: own[name] for alias, name in _ALIASES.items()}}
        self.globals = {"range": self._range}

    # ---- what may be written

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = Parser(self, source, name, filename).parse()
        self.guard(tree)
        return tree

    def guard(self, tree: nodes.Node) -> None:
        """Refuse statements that are not allowed, and put counters into loops and joins.

        Raises SecurityError.
        """
        for node in list(tree.iter_child_nodes()):
            if not isinstance(node, (*_STATEMENTS, *_EXPRESSIONS)):
                raise TemplateFaultError("statement", what=type(node).__name__)
            if isinstance(node, nodes.Getattr) and node.attr.startswith("_"):
                raise SecurityError(node.attr)
            if isinstance(node, nodes.For):
                node.iter = nodes.Filter(node.iter, "_counted", [], [], None, None, lineno=node.lineno)
            self.guard(node)
        for name, value in tree.iter_fields():
            if isinstance(value, (nodes.Concat, nodes.Compare)):
                setattr(tree, name, self._own(value))
            elif isinstance(value, list):
                value[:] = [
                    self._own(v) if isinstance(v, (nodes.Concat, nodes.Compare)) else v for v in value
                ]

    @staticmethod
    def _own(node: nodes.Concat | nodes.Compare) -> nodes.Filter:
        """Join and compare as this engine does: within bounds, and with blanks."""
        line = node.lineno
        if isinstance(node, nodes.Concat):
            return nodes.Filter(
                nodes.List(node.nodes, lineno=line), "_concat", [], [], None, None, lineno=line
            )
        values = nodes.List([node.expr, *(other.expr for other in node.ops)], lineno=line)
        signs = nodes.Const(" ".join(other.op for other in node.ops), lineno=line)
        return nodes.Filter(values, "_compared", [signs], [], None, None, lineno=line)

    # ---- what may be touched

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Look a key up before an attribute, so that ``order.items`` is the data's and not a method."""
        if isinstance(obj, Mapping) and attribute in obj:
            return obj[attribute]
        if obj is None:
            return None
        attribute = self._spelling.of(obj, attribute)
        if isinstance(obj, Mapping) and attribute in obj:
            return obj[attribute]
        return super().getattr(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        """Look a key up; of a blank all is blank."""
        return None if obj is None else super().getitem(obj, self._spelling.of(obj, argument))

    def call(self, context: Context, obj: Any, *given: Any, **named: Any) -> Any:
        """Call what may be called; of a blank all is blank.

        Raises SecurityError.
        """
        if obj is None:
            return None
        if not isinstance(obj, Unknown) and not self.is_safe_callable(obj):
            raise SecurityError(getattr(obj, "__name__", None) or type(obj).__name__)
        return super().call(context, obj, *given, **named)

    def unsafe_undefined(self, obj: Any, attribute: str) -> Any:  # noqa: ARG002
        """Refuse what no expression may touch.

        Raises SecurityError.
        """
        raise SecurityError(attribute)

    def call_unop(self, context: Context, operator: str, arg: Any) -> Any:
        """Leave a blank blank."""
        return reckoned(
            operator, lambda one, _: super(Sandbox, self).call_unop(context, operator, one), arg, 0
        )

    def is_safe_callable(self, obj: Any) -> bool:
        """Allow ``range`` and a few methods of texts, dictionaries and dates."""
        if obj == self._range:
            return True
        owner, name = getattr(obj, "__self__", None), getattr(obj, "__name__", "")
        return any(isinstance(owner, kind) and name in names.split() for kind, names in _METHODS.items())

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Check the size of what comes out before it is made."""
        if operator == "%" and isinstance(left, (str, bytes)):
            raise TemplateFaultError("percent_sign")
        if operator == "*":
            if isinstance(left, (list, tuple)) or isinstance(right, (list, tuple)):
                raise TemplateFaultError("operands", left=kind_of(left), right=kind_of(right), sign=operator)
            for one, other in ((left, right), (right, left)):
                if isinstance(one, (str, bytes)) and isinstance(other, int):
                    self._budget.text(len(one) * other)
        if operator == "+" and isinstance(left, Sized) and isinstance(right, Sized):
            self._budget.text(len(left) + len(right))
        if isinstance(left, int) and isinstance(right, int):
            if operator == "*":
                self._budget.whole(left.bit_length() + right.bit_length())
            elif operator == "**" and right > 0:
                self._budget.whole(left.bit_length() * right)
        apply = super().call_binop
        return reckoned(operator, lambda one, other: apply(context, operator, one, other), left, right)

    # ---- what a filter may cost

    def _turns(self, items: Any) -> Iterator[Any]:
        if items is None:
            return iter(())
        if not isinstance(items, Iterable):
            raise TemplateFaultError("not_a_list", kind=kind_of(items))
        return self._budget.counted(items)

    def _range(self, *bounds: int) -> Iterator[int]:
        return self._budget.counted(range(*bounds))

    def _concat(self, parts: Iterable[Any]) -> str:
        return self._join(parts)

    def _join(self, values: Iterable[Any] | None, separator: str = "", attribute: str | None = None) -> str:
        picked = (member(v, attribute) if attribute else v for v in values or ())
        texts: list[str] = []
        size = 0
        for value in picked:
            if isinstance(value, Unknown):
                str(value)  # raises: an unknown name is no blank
            texts.append(as_text(value))
            size += len(texts[-1]) + len(separator)
            self._budget.text(size - len(separator))
        return separator.join(texts)

    def _replace(self, value: Any, old: str, new: str) -> str:
        text = as_text(value)
        self._budget.text(len(text) + text.count(old) * max(0, len(new) - len(old)))
        return text.replace(old, new)

    def _sum(self, values: Iterable[Any] | None, attribute: str | None = None) -> Any:
        total: Any = 0
        for value in values or ():
            number = member(value, self._spelling.of(value, attribute)) if attribute else value
            if number is None:
                continue
            if not isinstance(number, (int, float, Decimal, dt.timedelta)):
                raise TemplateFaultError("operands", left=kind_of(total), right=kind_of(number), sign="+")
            if isinstance(total, Decimal) != isinstance(number, Decimal) and total:
                total, number = Decimal(str(total)), Decimal(str(number))
            total = total + number if total else number
        return total


def _compared_with(value: Any, other: Any, *, signs: str) -> bool | None:
    return compared((value, other), {"le": "lteq", "ge": "gteq"}.get(signs, signs))


def _round(value: Any, digits: int = 0) -> Any:
    """Round half up, as people do, and keep whole numbers whole."""
    if value is None:
        return None
    number = Decimal(str(value)).quantize(Decimal(1).scaleb(-max(-12, min(int(digits), 12))), ROUND_HALF_UP)
    if digits <= 0:
        return int(number)
    return number if isinstance(value, Decimal) else float(number)


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one rendering; all can be raised by the caller."""

    seconds: float = 300.0
    """Time for the whole workbook."""
    loops: int = 20_000
    """Turns of all ``{% for %}`` loops and of ``range()`` within one text."""
    text: int = 32_767
    """Characters a text may grow to: what an Excel cell can hold."""
    digits: int = 400
    """Decimal digits of a whole number."""
    rows: int = 1_048_576
    """Rows of one sheet, at most what Excel has."""


@dataclass(slots=True)
class Budget:
    """What is left of the bounds while a workbook is rendered. The clock only stops; it never shows."""

    limits: Limits
    turns: int = 0
    _calls: int = 0
    _end: float = field(init=False)

    def __post_init__(self) -> None:
        self._end = time.monotonic() + self.limits.seconds

    def begin(self) -> None:
        """Start a text anew: loops are counted for each one."""
        self.turns = 0
        self._calls += 1
        if not self._calls % 256:
            self.check_time()

    def check_time(self) -> None:
        """Raise TemplateError when the time is up."""
        if time.monotonic() > self._end:
            raise TemplateFaultError("time_up", seconds=f"{self.limits.seconds:g}")

    def counted(self, items: Iterable[Any]) -> Iterator[Any]:
        """Go through the items of a loop, counting its turns."""
        for item in items:
            self.turns += 1
            if self.turns > self.limits.loops:
                raise TemplateFaultError("too_many_turns", most=self.limits.loops)
            if not self.turns % 1024:
                self.check_time()
            yield item

    def text(self, size: int) -> None:
        """Raise TemplateError for a text that has become too long."""
        if size > self.limits.text:
            raise TemplateFaultError("text_too_long", most=self.limits.text)

    def whole(self, bits: float) -> None:
        """Raise TemplateError for a whole number that has become too large."""
        if bits > self.limits.digits * 3.33:
            raise TemplateFaultError("number_too_long", most=self.limits.digits)
