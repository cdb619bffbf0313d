"""Texts with expressions in them, made ready to be evaluated often.

A text that is one expression gives a value of its own kind; any other gives text. Plain paths such as
``rep.name``, with or without the field's filters, take a short way that costs a few lookups per row.
Refuses: knowing where the text stands beyond naming it in errors.
"""

from __future__ import annotations

import ast
import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Any

from jinja2 import Undefined, meta, nodes
from jinja2.exceptions import SecurityError, TemplateSyntaxError
from jinja2.exceptions import TemplateError as JinjaError
from jinja2.parser import Parser

from salesxl.errors import Label, TemplateFaultError
from salesxl.template.bands import LOOP_OF_ROWS
from salesxl.template.filters import FILTERS, as_text
from salesxl.template.sandbox import Budget, Sandbox, UnknownNameError, member
from salesxl.template.spelling import OWN, Spelling
from salesxl.template.syntax import BRACES, syntax_fault
from salesxl.template.terms import Field
from salesxl.template.unknown import unknown_list, unknown_name

__all__ = ["Engine", "Evaluate", "Loop", "items_of"]

Evaluate = Callable[[Mapping[str, Any]], Any]

_PIECES = re.compile(r"\{\{-?(.*?)-?\}\}", re.DOTALL)
_MIXED = "''"
"""An expression added to a text to say that it is mixed: it adds nothing, but then the result is text."""

_NAME = r"[^\W\d]\w*"
_PATH = re.compile(rf"\s*({_NAME})((?:\.(?:{_NAME}|\d+)|\[\d+\])*)\s*(.*)\Z", re.DOTALL)
_STEP = re.compile(rf"\.({_NAME})|[.\[](\d+)")
_FILTER = re.compile(rf"\|\s*({_NAME})\s*(\([^()]*\))?\s*")
_ONE_STEP = re.compile(rf"\s*\{{\{{\s*({_NAME})\.({_NAME})\s*\}}\}}\s*\Z")
_QUICK_FILTERS = ("wan", "percent", "date", "mask", "join_cn")
_WORDS = frozenset(("true", "false", "none", "True", "False", "None", "not"))
_SCALARS: frozenset[type] = frozenset((str, int, float, bool, type(None), Decimal, dt.date, dt.datetime))
_LABEL = 20
_FAULTS = (TypeError, ValueError, ArithmeticError, AttributeError, LookupError, RecursionError)


class Engine:
    """Compiles the texts of one workbook within one budget."""

    def __init__(self, budget: Budget, names: Mapping[str, Sequence[str]] | None = None) -> None:
        """``names`` are further names of what the data have (see ``spelling``)."""
        self._budget, self.spelling = budget, Spelling(_together(OWN, names or {}))
        self._sandboxes: dict[Callable[[str], str] | None, Sandbox] = {
            None: Sandbox(budget, spelling=self.spelling)
        }
        self._ready: dict[tuple[str, str, Label, Callable[[str], str] | None], Evaluate] = {}

    def names(self, text: str) -> set[str]:
        """Return the top-level names a text uses. Raises TemplateFaultError for what does not parse."""
        try:
            return set(meta.find_undeclared_variables(self._sandboxes[None].parse(text))) - {"range"}
        except (JinjaError, RecursionError) as error:
            raise self._unread(text, error) from error

    def leftovers(self, text: str) -> list[str]:
        """Return what of a text, beside its expressions, looks like a piece of one."""
        tokens = self._sandboxes[None].lex(text)
        return [found for _, kind, found in tokens if kind == "data" and BRACES.search(found)]

    def _unread(self, text: str, error: Exception) -> TemplateFaultError:
        if isinstance(error, TemplateSyntaxError):
            return syntax_fault(text, error, self._sandboxes[None].filters)
        return _reason(error)

    def __call__(
        self, text: str, sheet: str, cell: Label, *, finish: Callable[[str], str] | None = None
    ) -> Evaluate:
        """Compile a text; errors, now and when evaluated, name the sheet and the cell of the template.

        Raises TemplateFaultError for a text that does not parse or uses what is not allowed.
        """
        key = text, sheet, cell, finish
        if key not in self._ready:  # a note in a band is asked for once a copy
            if finish not in self._sandboxes:
                self._sandboxes[finish] = Sandbox(self._budget, finish, self.spelling)
            located = _Located(text, sheet, cell, self._budget)
            try:
                evaluate = located.wrap(self._compile(text, self._sandboxes[finish], finish))
            except TemplateFaultError as fault:
                raise located.fault(fault) from None
            except (JinjaError, RecursionError) as error:
                raise located.fault(self._unread(text, error)) from error
            self._ready[key] = (
                _shortest(text, evaluate, self.spelling) if finish is None else None
            ) or evaluate
        return self._ready[key]

    def value(self, expression: str, sheet: str, name: Label) -> Evaluate:
        """Compile an expression that may give a list, as a band's does."""
        text = f"{{{{ {expression} }}}}"
        return _Located(text, sheet, name, self._budget, lists=True).wrap(
            self._expression(expression, self._sandboxes[None])
        )

    def _compile(self, text: str, sandbox: Sandbox, finish: Callable[[str], str] | None) -> Evaluate:
        found = list(_PIECES.finditer(text))
        if "{%" in text or "{#" in text or not found:
            return self._template(text, sandbox)
        try:
            parts = [self._expression(piece[1], sandbox) for piece in found]
        except TemplateSyntaxError:
            # braces or quotes inside an expression: let Jinja find its end
            return self._template(text, sandbox)
        if len(parts) == 1 and not text[: found[0].start()].strip() and not text[found[0].end() :].strip():
            return parts[0]
        edges = [0, *(edge for piece in found for edge in piece.span()), len(text)]
        fixed = [text[a:b] for a, b in zip(edges[::2], edges[1::2], strict=True)]
        budget = self._budget
        asked = [at for at, piece in enumerate(found) if piece[1] != _MIXED]
        parts = [parts[at] for at in asked]
        fixed = ["".join(fixed[a:b]) for a, b in pairwise([0, *(at + 1 for at in asked), len(fixed)])]

        def evaluate(scope: Mapping[str, Any]) -> str:
            texts = [fixed[0]]
            for part, after in zip(parts, fixed[1:], strict=True):
                shown = as_text(_defined(part(scope)))
                texts += (shown if finish is None else finish(shown), after)
            whole = "".join(texts)
            budget.text(len(whole))
            return whole

        return evaluate

    def _template(self, text: str, sandbox: Sandbox) -> Evaluate:
        template, budget = sandbox.from_string(text), self._budget
        used = meta.find_undeclared_variables(sandbox.parse(text))

        def evaluate(scope: Mapping[str, Any]) -> str:
            pieces: list[str] = []
            size = 0
            for piece in template.root_render_func(template.new_context(self._only(used, scope))):
                pieces.append(piece)
                size += len(piece)
                budget.text(size)
            return "".join(pieces)

        return evaluate

    def _expression(self, source: str, sandbox: Sandbox) -> Evaluate:
        if source == _MIXED:
            return lambda scope: ""  # noqa: ARG005
        quick = _quick(source, self.spelling)
        if quick is not None:
            return quick
        parser = Parser(sandbox, source, state="variable")
        tree = parser.parse_expression()
        if not parser.stream.eos:
            raise TemplateSyntaxError("", 1)
        body = nodes.Assign(nodes.Name("result", "store"), tree, lineno=1)
        holder = nodes.Output([tree], lineno=1)
        sandbox.guard(holder)
        body.node = holder.nodes[0]
        whole = nodes.Template([body], lineno=1)
        whole.set_environment(sandbox)
        used = meta.find_undeclared_variables(whole)
        template = sandbox.from_string(whole)

        def evaluate(scope: Mapping[str, Any]) -> Any:
            context = template.new_context(self._only(used, scope))
            for _ in template.root_render_func(context):
                pass
            return context.vars["result"]

        return evaluate

    def member(self, owner: Any, name: str) -> Any:
        """Return what an item has under a name or a further name of it. Raises UnknownNameError."""
        return member(owner, self.spelling.of(owner, name))

    def _only(self, used: Iterable[str], scope: Mapping[str, Any]) -> dict[str, Any]:
        """Return the variables that an expression uses: a context of its own is made for each evaluation."""
        own = ((name, self.spelling.of(scope, name)) for name in used)
        return {name: scope[known] for name, known in own if known in scope}


def _together(
    own: Mapping[str, Sequence[str]], more: Mapping[str, Sequence[str]]
) -> dict[str, Sequence[str]]:
    return {**own, **{name: (*own.get(name, ()), *others) for name, others in more.items()}}


def _quick(source: str, spelling: Spelling) -> Evaluate | None:
    """Return the short way for ``name.name | filter(1)``, None for anything richer."""
    found = _PATH.match(source)
    if found is None or found[1] in _WORDS:
        return None
    first = found[1]
    steps: list[str | int] = [name or int(number) for name, number in _STEP.findall(found[2])]
    filters = _quick_filters(found[3])
    if filters is None:
        return None

    def evaluate(scope: Mapping[str, Any]) -> Any:
        try:
            value = scope[spelling.of(scope, first)]
        except KeyError:
            raise UnknownNameError(name=first) from None
        for step in steps:
            if type(value) is dict and step in value:  # by far the most frequent
                value = value[step]
            elif isinstance(step, int):
                value = _item(value, step)
            else:
                value = member(value, spelling.of(value, step))
        for apply, arguments in filters:
            value = apply(value, *arguments)
        return value

    return evaluate


def _item(owner: Any, number: int) -> Any:
    if owner is None:
        return None
    if isinstance(owner, Sequence) and number >= len(owner):
        raise UnknownNameError(name=str(number), owner=owner)
    return owner[number]


def _shortest(text: str, slow: Evaluate, spelling: Spelling) -> Field | None:
    """Return the way for ``{{ row.name }}`` alone, as large bands have it; anything odd goes slowly."""
    found = _ONE_STEP.match(text)
    if found is None or found[1] in _WORDS:
        return None
    first, second = found[1], found[2]

    def evaluate(scope: Mapping[str, Any]) -> Any:
        try:
            owner = scope[first]
            if type(owner) is dict:
                value = owner[second]
                if type(value) in _SCALARS:
                    return value
        except KeyError:
            pass
        return slow(scope)

    return Field(first, second, evaluate, _SCALARS, spelling)


def _quick_filters(text: str) -> list[tuple[Callable[..., Any], tuple[Any, ...]]] | None:
    filters: list[tuple[Callable[..., Any], tuple[Any, ...]]] = []
    while text:
        found = _FILTER.match(text)
        if found is None or found[1] not in _QUICK_FILTERS:
            return None
        arguments: tuple[Any, ...] = ()
        if found[2]:
            try:
                arguments = ast.literal_eval(f"({found[2][1:-1]},)" if found[2][1:-1].strip() else "()")
            except (ValueError, SyntaxError):
                return None
        filters.append((FILTERS[found[1]], arguments))
        text = text[found.end() :]
    return filters


def _defined(value: Any) -> Any:
    if isinstance(value, Undefined):
        str(value)  # raises UnknownNameError with all it knows
    return value


class _Located:
    """Turns what goes wrong in one text into a fault that says where it stands, and for which item."""

    def __init__(self, text: str, sheet: str, cell: Label, budget: Budget, *, lists: bool = False) -> None:
        self.text, self.sheet, self.cell, self.budget, self.lists = text, sheet, cell, budget, lists

    def wrap(self, evaluate: Evaluate) -> Evaluate:
        def located(scope: Mapping[str, Any]) -> Any:
            self.budget.begin()
            try:
                value = _defined(evaluate(scope))
            except UnknownNameError as error:
                raise self.fault(self._unknown(error, scope), scope) from None
            except TemplateFaultError as error:
                raise self.fault(error, scope) from None
            except (JinjaError, *_FAULTS) as error:
                raise self.fault(_reason(error), scope) from error
            if not self.lists and isinstance(value, (list, tuple, dict, set)):
                raise self.fault(TemplateFaultError("list_in_cell"), scope)
            return value

        return located

    def fault(self, found: TemplateFaultError, scope: Mapping[str, Any] | None = None) -> TemplateFaultError:
        shown = self.text.removesuffix("{{''}}")
        shown = shown if len(shown) <= 80 else shown[:79] + "…"
        return found.at(self.sheet, self.cell, shown, () if scope is None else items_of(scope))

    def _unknown(self, error: UnknownNameError, scope: Mapping[str, Any]) -> TemplateFaultError:
        if self.lists and (found := unknown_list(self.text.strip("{} "), scope)):
            return found
        return unknown_name(error, scope, self.text)


def _reason(error: Exception) -> TemplateFaultError:
    if isinstance(error, ZeroDivisionError):
        return TemplateFaultError("zero")
    if isinstance(error, SecurityError):
        return TemplateFaultError("not_allowed")
    if isinstance(error, RecursionError):
        return TemplateFaultError("too_deep")
    return TemplateFaultError("cannot_compute")


def items_of(scope: Mapping[str, Any]) -> tuple[tuple[int, str], ...]:
    """Return which items of which bands these variables belong to: (number, what the item is called)."""
    found: dict[int, Loop] = {}
    for name in ("loop", LOOP_OF_ROWS):
        loop = scope.get(name)
        while isinstance(loop, Loop):
            found.setdefault(id(loop), loop)
            loop = loop.parent
    return tuple((loop.index, _called(loop._item)) for loop in reversed(found.values()))


def _called(item: Any) -> str:
    """Return what an item is called: the first text it holds."""
    values = item.values() if isinstance(item, Mapping) else (item,)
    text = next((value for value in values if isinstance(value, str) and value.strip()), "")
    return text if len(text) <= _LABEL else text[: _LABEL - 1] + "…"


@dataclass(frozen=True, slots=True)
class Loop:
    """What ``loop`` is inside a band; ``parent`` is the loop of the band around it."""

    index0: int
    length: int
    parent: Any = None
    _item: Any = None

    @property
    def index(self) -> int:
        """The copy's number, from 1."""
        return self.index0 + 1

    @property
    def first(self) -> bool:
        """True in the first copy."""
        return self.index0 == 0

    @property
    def last(self) -> bool:
        """True in the last copy."""
        return self.index0 == self.length - 1
