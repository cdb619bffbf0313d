"""Formulas, bounds and values as they stand in the settings: read, typed, and what is wrong with them.

Owns which finding a wrong one is. Refuses: what a formula is for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from salesxl import expressions
from salesxl.columns import Form
from salesxl.expressions import ExpressionError, Node, Type
from salesxl.operands import Operand, named, total_of, type_of

__all__ = ["Misread", "near", "read_formula"]

NEAR = 0.5
"""From this likeness on one label is offered for another."""


@dataclass(slots=True)
class Misread(Exception):
    """What is wrong with a cell: the column of the sheet to blame, the finding's code, and its facts."""

    field: str
    code: str
    facts: Mapping[str, Any]


def near(said: str, names: Mapping[str, Any] | tuple[str, ...]) -> dict[str, Any]:
    """Return the name that was probably meant, as a fact."""
    found = get_close_matches(said, list(names), n=1, cutoff=NEAR)
    return {"near": found[0]} if found else {}


def read_formula(
    text: str, known: Mapping[str, Operand], at: str, form: Form | None = None
) -> tuple[Node, Type]:
    """Read a formula over the fields that it may name; with a form, over its tables too (合计, 个数).

    Raises:
        Misread: at the column ``at`` of the sheet.
    """
    types: dict[str, Type] = {}
    try:
        node = expressions.parse(text)
        for ref in expressions.refs(node):
            if ref.of:
                if form is None or total_of(ref, form) is None:
                    raise ExpressionError("label", ref.at, ref.label)
                column = total_of(ref, form)
                types[ref.key] = type_of(column[1]) if column and column[1] else Type("number")
            elif (found := named(ref.label, known)) is not None:
                types[ref.key] = type_of(found.column)
        return node, expressions.type_of(node, types)
    except ExpressionError as wrong:
        raise Misread(at, *_told(wrong, known)) from None


def _told(wrong: ExpressionError, known: Mapping[str, Operand]) -> tuple[str, dict[str, Any]]:
    if wrong.why == "syntax":
        return "format", {"why": "formula_syntax", "at": wrong.at, "seen": wrong.seen}
    if wrong.why == "label":
        names = tuple(dict.fromkeys(operand.column.label for operand in known.values()))
        return "unknown_reference", {"why": "formula_label", "seen": wrong.seen, **near(wrong.seen, names)}
    return "type", {"why": f"formula_{wrong.why}", "at": wrong.at, "seen": wrong.seen}
