"""Texts with expressions in them, made ready to be evaluated often.

A text that is one expression gives a value of its own kind; any other gives text. Plain paths such as
``rep.name``, with or without the field's filters, take a short way that costs a few lookups a row.
Refuses: knowing where the text stands beyond naming it in errors.
"""

from __future__ import annotations

import ast
import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, is_dataclass
from decimal import Decimal
from difflib import get_close_matches
from itertools import pairwise
from typing import Any

from jinja2 import Undefined, meta, nodes
from jinja2.exceptions import SecurityError, TemplateSyntaxError
from jinja2.exceptions import TemplateError as JinjaError
from jinja2.parser import Parser

from salesxl.errors import TemplateError
from salesxl.excel.render_terms import Field
from salesxl.templating.filters import FILTERS, as_text
from salesxl.templating.limits import Budget
from salesxl.templating.sandbox import Sandbox, UnknownNameError, member

__all__ = ["Engine", "Evaluate", "near"]

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
_FAULTS = (TypeError, ValueError, ArithmeticError, AttributeError, LookupError, RecursionError)


class Engine:
    """Compiles the texts of one workbook within one budget."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._sandboxes: dict[Callable[[str], str] | None, Sandbox] = {None: Sandbox(budget)}
        self._ready: dict[tuple[str, str, str, Callable[[str], str] | None], Evaluate] = {}

    def names(self, text: str) -> set[str]:
        """Return the top-level names a text uses. Raises jinja2's errors for a text that does not parse."""
        return set(meta.find_undeclared_variables(self._sandboxes[None].parse(text))) - {"range"}

    def __call__(
        self, text: str, sheet: str, cell: str, *, finish: Callable[[str], str] | None = None
    ) -> Evaluate:
        """Compile a text; errors, now and when evaluated, name the sheet and the cell of the template.

        Raises TemplateError for a text that does not parse or uses what is not allowed.
        """
        key = text, sheet, cell, finish
        if key not in self._ready:  # a note in a band is asked for once a copy
            if finish not in self._sandboxes:
                self._sandboxes[finish] = Sandbox(self._budget, finish)
            located = _Located(text, sheet, cell, self._budget)
            try:
                evaluate = located.wrap(self._compile(text, self._sandboxes[finish], finish))
            except (JinjaError, RecursionError) as error:
                raise located.fault(_reason(error)) from error
            self._ready[key] = (_shortest(text, evaluate) if finish is None else None) or evaluate
        return self._ready[key]

    def value(self, expression: str, sheet: str, name: str) -> Evaluate:
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
            for piece in template.root_render_func(template.new_context(_only(used, scope))):
                pieces.append(piece)
                size += len(piece)
                budget.text(size)
            return "".join(pieces)

        return evaluate

    def _expression(self, source: str, sandbox: Sandbox) -> Evaluate:
        if source == _MIXED:
            return lambda scope: ""  # noqa: ARG005
        quick = _quick(source)
        if quick is not None:
            return quick
        parser = Parser(sandbox, source, state="variable")
        tree = parser.parse_expression()
        if not parser.stream.eos:
            raise TemplateSyntaxError("表达式之后有多余的内容", 1)
        body = nodes.Assign(nodes.Name("result", "store"), tree, lineno=1)
        holder = nodes.Output([tree], lineno=1)
        sandbox.guard(holder)
        body.node = holder.nodes[0]
        whole = nodes.Template([body], lineno=1)
        whole.set_environment(sandbox)
        used = meta.find_undeclared_variables(whole)
        template = sandbox.from_string(whole)

        def evaluate(scope: Mapping[str, Any]) -> Any:
            context = template.new_context(_only(used, scope))
            for _ in template.root_render_func(context):
                pass
            return context.vars["result"]

        return evaluate


def _only(used: Iterable[str], scope: Mapping[str, Any]) -> dict[str, Any]:
    """Return the variables that an expression uses: a context of its own is made for each evaluation."""
    return {name: scope[name] for name in used if name in scope}


def _quick(source: str) -> Evaluate | None:
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
            value = scope[first]
        except KeyError:
            raise UnknownNameError(name=first) from None
        for step in steps:
            if (type(value) is dict and step in value) or isinstance(step, int):  # by far the most frequent
                value = value[step]
            else:
                value = member(value, step)
        for apply, arguments in filters:
            value = apply(value, *arguments)
        return value

    return evaluate


def _shortest(text: str, slow: Evaluate) -> Field | None:
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

    return Field(first, second, evaluate, _SCALARS)


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
    """Turns what goes wrong in one text into an error that says where it stands."""

    def __init__(self, text: str, sheet: str, cell: str, budget: Budget, *, lists: bool = False) -> None:
        self.text, self.sheet, self.cell, self.budget, self.lists = text, sheet, cell, budget, lists

    def wrap(self, evaluate: Evaluate) -> Evaluate:
        def located(scope: Mapping[str, Any]) -> Any:
            self.budget.begin()
            try:
                value = _defined(evaluate(scope))
            except UnknownNameError as error:
                raise self.fault(_unknown(error, scope)) from None
            except TemplateError as error:
                raise self.fault(str(error)) from None
            except (JinjaError, *_FAULTS) as error:
                raise self.fault(_reason(error)) from error
            if not self.lists and isinstance(value, (list, tuple, dict, set)):
                raise self.fault(
                    "结果是列表，一个单元格放不下。请用 | join_cn 连接，或用 each_ 区域逐行列出。"
                )
            return value

        return located

    def fault(self, reason: str) -> TemplateError:
        shown = self.text.removesuffix("{{''}}")
        shown = shown if len(shown) <= 80 else shown[:79] + "…"
        return TemplateError(f"模板 {self.sheet}!{self.cell} “{shown}”：{reason}")


def _reason(error: Exception) -> str:
    if isinstance(error, ZeroDivisionError):
        return "除数为零。请先判断，例如 {{ a / b if b else '' }}。"
    if isinstance(error, SecurityError):
        return f"{error}。"
    if isinstance(error, TemplateSyntaxError):
        return f"写法有误：{error.message}。"
    return f"无法计算：{error}。若数据可能为空，请先判断，例如 {{{{ x if x is not none else '' }}}}。"


def _unknown(error: UnknownNameError, scope: Mapping[str, Any]) -> str:
    known = near(error.name, _names_of(scope if error.owner is None else error.owner))
    hint = f"，是否想写 {'、'.join(known)}？" if known else "。"
    return f"没有名为 {error.name} 的数据{hint}"


def near(name: str, known: Iterable[str]) -> list[str]:
    """Return up to three names that look like one that is not known."""
    return get_close_matches(name, sorted(known), n=3, cutoff=0.5)


def _names_of(owner: Any) -> list[str]:
    if isinstance(owner, Mapping):
        return [key for key in owner if isinstance(key, str)]
    if is_dataclass(owner):
        return [field.name for field in fields(owner)]
    return [name for name in dir(owner) if not name.startswith("_")]
