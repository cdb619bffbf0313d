"""What a formula, a bound or a condition may name: the fields of its record, by their labels.

Owns which field a label means there, and what type it is in an expression. Refuses: reading formulas,
and values.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from salesxl import parsing
from salesxl.columns import BlockSpec, Column, Form, Kind, Shape
from salesxl.expressions import Ref, Type

__all__ = ["COUNT", "TOTAL", "Operand", "called", "named", "operands", "operands_of", "total_of", "type_of"]

COUNT, TOTAL = "个数", "合计"
"""What a card may ask of a table: how many rows it has, and the sum of a column."""


@dataclass(frozen=True, slots=True, eq=False)
class Operand:
    """A field that may be named: the block it stands in, and its column."""

    kind: str
    column: Column


def operands(form: Form, block: BlockSpec) -> dict[str, Operand]:
    """Return the fields that a record of a block may name, by label as compared: its own, then its cards'."""
    cards = [other for other in form.blocks if other.shape is Shape.CARD and other is not block]
    return operands_of((block, *cards))


def operands_of(blocks: tuple[BlockSpec, ...]) -> dict[str, Operand]:
    """Return the fields of some blocks by label as compared; the first of equals counts."""
    found: dict[str, Operand] = {}
    every = [(spec, column) for spec in blocks for column in spec.columns]
    for spec, column in every:
        found.setdefault(parsing.normalise_label(called(spec, column)), Operand(spec.kind, column))
    for spec, column in every:
        for word in (column.shown, column.english, *column.aliases):
            if word and not column.follows:
                found.setdefault(parsing.normalise_label(word), Operand(spec.kind, column))
    return found


def called(spec: BlockSpec, column: Column) -> str:
    """Return what a field is called in the settings: a label that stands twice says after which it comes."""
    return spec.column(column.follows).label + column.label if column.follows else column.label


def named(label: str, known: Mapping[str, Operand]) -> Operand | None:
    """Return the field of that label, None where there is none."""
    return known.get(_compared(label))


@lru_cache(maxsize=4096)
def _compared(label: str) -> str:
    return parsing.normalise_label(label)


_SORTS: Mapping[Kind, Type] = {
    **dict.fromkeys((Kind.NUMBER, Kind.WHOLE, Kind.PERCENT), Type("number")),
    Kind.AMOUNT: Type("number", "元"),
    Kind.AMOUNT_WAN: Type("number", "万元"),
    Kind.DATE: Type("date"),
    Kind.MOMENT: Type("moment"),
    **dict.fromkeys((Kind.YES_NO, Kind.PICTURE), Type("other")),
}


def type_of(column: Column) -> Type:
    """Return what a field is in an expression."""
    return _SORTS.get(column.kind, Type("text"))


def total_of(ref: Ref, form: Form) -> tuple[BlockSpec, Column | None] | None:
    """Return the table, and of 合计 the column, that 合计【block·label】 or 个数【block】 means."""
    title, _, label = ref.label.partition("·")
    block = next((b for b in form.blocks if _compared(b.title) == _compared(title)), None)
    if block is None or block.shape is not Shape.TABLE:
        return None
    if ref.of == COUNT:
        return (block, None) if not label else None
    found = named(label, operands_of((block,)))
    return (block, found.column) if found and type_of(found.column).sort == "number" else None
