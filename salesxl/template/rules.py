"""Expressions in the rules of a sheet: data validations and conditional formats.

An expression stands within quotes, as Excel wants a text there: ``"{{ target }}"`` alone becomes the value
itself, a number without quotes; what stands beside other words becomes part of the text. What is said to
whoever types (prompt, error) is text as in a cell. Refuses: where rules lie, and references.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, TypeAlias

from lxml import etree

from salesxl.errors import Label, TemplateFaultError
from salesxl.model import Area
from salesxl.template.filters import as_text
from salesxl.template.terms import Compile, is_template

__all__ = ["RuleTexts", "expressions", "fill", "join"]

_Place: TypeAlias = "tuple[etree._Element, str | None]"
_Write: TypeAlias = "Callable[[Mapping[str, Any]], str]"

_LITERAL = re.compile(r'"((?:[^"]|"")*)"')
_ALONE = re.compile(r"\s*\{\{(?:(?!\{\{|\}\}).)*\}\}\s*\Z", re.DOTALL)
_FORMULAS = ("formula", "formula1", "formula2", "f")
_LONGEST = {"promptTitle": 32, "errorTitle": 32, "prompt": 255, "error": 225}
"""Characters beyond which Excel calls a workbook damaged."""
_CHOICES = 255
"""Characters of choices that are typed into a rule."""
_DAY_NOUGHT = dt.datetime(1899, 12, 30)


def expressions(rule: etree._Element) -> Iterator[str]:
    """Return every text with an expression that a validation or a format holds, as expressions are read."""
    for node, name in _places(rule):
        text = _text(node, name)
        if name is not None:
            yield text
        else:
            yield from (found.replace('""', '"') for found in _LITERAL.findall(text) if is_template(found))


def _places(rule: etree._Element) -> Iterator[_Place]:
    for node in rule.iter("*"):
        if etree.QName(node).localname in _FORMULAS and _quoted(node.text):
            yield node, None
        for name, value in node.attrib.items():
            if is_template(str(value)):
                yield node, str(name)


def _quoted(text: str | None) -> bool:
    """Tell whether an expression stands within quotes; elsewhere none can be typed."""
    return any(is_template(found) for found in _LITERAL.findall(text or ""))


def _text(node: etree._Element, name: str | None) -> str:
    return (node.text if name is None else node.get(name)) or ""


@dataclass(slots=True)
class RuleTexts:
    """What one rule says, ready to be said of every item."""

    rule: etree._Element
    compile_text: Compile
    sheet: str
    where: Label

    def writers(self) -> list[_Write]:
        """Return how each of its texts comes to be; none where it holds no expression."""
        return [self._writer(*place) for place in _places(self.rule)]

    def _writer(self, node: etree._Element, name: str | None) -> _Write:
        text = _text(node, name)
        if name is not None:
            return self._attribute(text, name)
        choices = self.rule.get("type") == "list"
        pieces: list[str | _Write] = []
        end = 0
        for found in _LITERAL.finditer(text):
            pieces += [text[end : found.start()], self._literal(found[1].replace('""', '"'), choices=choices)]
            end = found.end()
        pieces.append(text[end:])
        return lambda scope: "".join(p if isinstance(p, str) else p(scope) for p in pieces)

    def _literal(self, text: str, *, choices: bool) -> str | _Write:
        if not is_template(text):
            return '"' + text.replace('"', '""') + '"'
        evaluate = self.compile_text(text, self.sheet, self.where)
        alone = _ALONE.match(text) is not None

        def write(scope: Mapping[str, Any]) -> str:
            value = evaluate(scope)
            if alone and not choices and (number := _number(value)) is not None:
                return number
            said = as_text(value)
            if choices and len(said) > _CHOICES:
                fault = TemplateFaultError("choices_too_long", most=_CHOICES)
                raise fault.at(self.sheet, self.where, text)
            return '"' + said.replace('"', '""') + '"'

        return write

    def _attribute(self, text: str, name: str) -> _Write:
        evaluate = self.compile_text(text + "{{''}}", self.sheet, self.where)
        most = _LONGEST.get(name)

        def write(scope: Mapping[str, Any]) -> str:
            said = str(evaluate(scope))
            return said if most is None or len(said) <= most else said[: most - 1] + "…"

        return write


def fill(rule: etree._Element, texts: Sequence[str]) -> None:
    """Put the texts of one item into a copy of a rule, in the order of its places."""
    for (node, name), text in zip(list(_places(rule)), texts, strict=True):
        if name is None:
            node.text = text
        else:
            node.set(name, text)


def join(areas: list[Area], area: Area) -> None:
    """Add an area to others, as one with the last where it goes on right below that."""
    last = areas[-1] if areas else None
    if last and (last.left, last.right, last.bottom + 1) == (area.left, area.right, area.top):
        areas[-1] = replace(last, bottom=area.bottom)
    else:
        areas.append(area)


def _number(value: Any) -> str | None:
    """Return a value as a formula holds it without quotes; None for a text or a blank."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, (int, float, Decimal)):
        return as_text(value)
    if isinstance(value, dt.date):
        day = value if isinstance(value, dt.datetime) else dt.datetime(value.year, value.month, value.day)
        days = (day.replace(tzinfo=None) - _DAY_NOUGHT) / dt.timedelta(days=1)
        return as_text(days)
    return None
