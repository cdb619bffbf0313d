"""What the writers of a template's parts agree on: expressions, shared strings, who watches which cells.

Owns these few types and how an expression is recognised in a text. Refuses: evaluating it.
"""
# ruff: noqa: ARG002 - who watches nothing still takes what it is told

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, Protocol

from lxml import etree

from salesxl.errors import Label
from salesxl.excel.bands import Scope
from salesxl.excel.package import Package
from salesxl.excel.render_xml import runs_text

__all__ = [
    "FORMULA",
    "ONE",
    "Compile",
    "Evaluate",
    "Field",
    "Shared",
    "Tracked",
    "Untracked",
    "is_balanced",
    "is_template",
    "place_of",
]

Evaluate = Callable[[Mapping[str, Any]], Any]
"""An expression or a text with expressions, ready: variables → value."""


@dataclass(frozen=True, slots=True)
class Field:
    """A text that is one field of one variable, as large bands have it: whole columns can be looked up."""

    owner: str
    name: str
    evaluate: Evaluate
    kinds: frozenset[type]

    def __call__(self, scope: Mapping[str, Any]) -> Any:
        return self.evaluate(scope)

    def column(self, items: Sequence[Any], scope: Scope, around: Scope) -> list[Any] | None:
        """Return the field of each of a band's items; None where they have to be evaluated one by one.

        ``scope`` are the variables of the first item's copy, ``around`` those around the band: the owner must
        be the item.
        """
        if scope.get(self.owner) is not items[0] or around.get(self.owner) is items[0]:
            return None
        try:
            values = list(map(itemgetter(self.name), items))
        except (KeyError, TypeError):
            return None
        return values if self.kinds.issuperset(map(type, values)) else None


class Compile(Protocol):
    """How a text becomes something that can be evaluated."""

    def __call__(
        self, text: str, sheet: str, cell: Label, *, finish: Callable[[str], str] | None = None
    ) -> Evaluate:
        """Compile a text of a cell; ``finish`` is applied to what each expression in it gives."""


def is_template(text: str | None) -> bool:
    """Tell whether a text holds an expression."""
    return text is not None and ("{{" in text or "{%" in text)


def place_of(link: etree._Element) -> str | None:
    """Return a link's place in a workbook as it was typed.

    LibreOffice writes a dot between sheet and cell while it has a workbook open, and on saving takes the last
    dot for that one, even within an expression: ``{{ row.place }}`` comes back as ``'{{ row'!place }}``.
    """
    text = link.get("location")
    if text is None or not is_template(text) or not text.startswith("'"):
        return text
    before, mark, after = text[1:].rpartition("'!")
    if not mark or before.count("{{") == before.count("}}"):
        return text
    parts = _EXPRESSION.split(f"{before}.{after}")
    for at in range(len(parts) - 1, -1, -2):  # what stands between expressions
        if "." in parts[at]:
            parts[at] = "!".join(parts[at].rsplit(".", 1))
            break
    return "".join(parts)


_EXPRESSION = re.compile(r"(\{\{.*?\}\}|\{%.*?%\})")


class Tracked(Protocol):
    """Who wants to know the values of some cells (charts do)."""

    def wants(self, row: int, column: int) -> bool:
        """Tell whether a template cell is wanted."""

    def note(self, row: int, column: int, value: Any) -> None:
        """Take the value of an output cell."""


class Untracked:
    """Nobody wants any value."""

    def wants(self, row: int, column: int) -> bool:
        return False

    def note(self, row: int, column: int, value: Any) -> None:
        """Never called."""


@dataclass(frozen=True, slots=True)
class Shared:
    """The workbook's shared strings: plain texts, and the elements themselves for their formats."""

    texts: Sequence[str]
    items: Sequence[etree._Element]

    @classmethod
    def of(cls, package: Package) -> Shared:
        """Return those of a workbook, which may have none."""
        parts = package.related(package.main(), "sharedStrings")
        if not parts or parts[0] not in package:
            return cls([], [])
        ns = package.namespaces
        items = list(package.xml(parts[0]).iterchildren(ns.tag("si")))
        return cls([runs_text(item, ns.main) for item in items], items)


FORMULA = object()
"""Stands for the value of a cell that only a spreadsheet program can calculate."""

ONE = re.compile(r"\s*\{\{(?:(?!\{\{|\}\}).)*\}\}\s*\Z", re.DOTALL)
_OPENED, _CLOSED = re.compile(r"\{%-?\s*(?:if|for)\b"), re.compile(r"\{%-?\s*end(?:if|for)\b")


def is_balanced(text: str) -> bool:
    """Tell whether every expression that begins in a text ends in it."""
    if text.count("{{") != text.count("}}") or text.count("{%") != text.count("%}"):
        return False
    return "{%" not in text or len(_OPENED.findall(text)) == len(_CLOSED.findall(text)) > 0
