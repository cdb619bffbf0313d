"""表单, rows of the standard forms: what a team asks of a field and calls it. docs/domain.md 3.8.

Owns which field a row means, and what may be said of one that the schemas have. Refuses: what a need does to
a form (``needs``), fields of a team's own (``own``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from salesxl import parsing
from salesxl.columns import BlockSpec, Column, Form, Need, Shape
from salesxl.operands import called
from salesxl.rulebook import FieldRule
from salesxl.schemas import block_spec
from salesxl.settings.formulas import near
from salesxl.settings.sheets import Entry, Sheet

__all__ = ["Rules", "meant", "one_left", "rule_of", "same"]

ONE_OF = (("stage", "status"),)
"""Fields of a block of which the one is worked out from the other, so that not both may be done without."""
NOT_HERE = ("shape", "kind", "choices", "unit", "role", "format")
"""What a row of a standard field cannot say: the book and the figures rest on it."""
Rules = dict[tuple[str, str], FieldRule]


def meant(
    sheet: Sheet, entry: Entry, form: Form, block: BlockSpec | None
) -> tuple[BlockSpec, Column | None] | None:
    """Return the field that a row of a standard form is about; without a column where it adds one.

    Without a block a form's main table goes before its cards. None, with a finding, where it cannot be told.
    """
    blocks = [block] if block else list(form.blocks)
    said = entry["label"]
    every = [(spec, column) for spec in blocks for column in spec.columns]
    found = [one for one in every if same(said, (called(*one),))]
    found = found or [(spec, column) for spec, column in every if same(said, _other_names(column))]
    if len(found) == 1:
        return found[0]
    tables = [spec for spec in blocks if spec.shape is Shape.TABLE]
    if not found:
        if entry["kind"] is not None:
            return (tables or blocks)[0], None
        names = tuple(called(spec, column) for spec in blocks for column in spec.columns)
        where = (block or form).title
        sheet.fault("unknown_reference", entry, "label", why="no_field", **near(said, names), form=where)
        return None
    in_tables = [one for one in found if one[0].shape is Shape.TABLE]
    if len(in_tables) == 1 and len([b for b in form.blocks if b.shape is Shape.TABLE]) == 1:
        return in_tables[0]
    titles = tuple(spec.title for spec, _ in found)
    sheet.fault("required", entry, "block", why="which_block", options=titles)
    return None


def rule_of(sheet: Sheet, entry: Entry, column: Column, needs: Mapping[str, str]) -> FieldRule:
    """Return what a row says of its field; what it may not say is a finding and is left out."""
    for name in NOT_HERE:
        if not parsing.is_blank(entry.typed.get(name)):
            sheet.fault("choice", entry, name, why="kind_fixed", about=column.label)
    need = needs.get(entry["need"])
    if need in (Need.OPTIONAL, Need.OMITTED, Need.CONDITIONAL) and column.fixed:
        sheet.fault("choice", entry, "need", why="fixed", about=column.label)
        need = None
    elif need in (Need.REQUIRED, Need.CONDITIONAL) and column.need is Need.COMPUTED:
        sheet.fault("choice", entry, "need", why="computed", about=column.label)
        need = None
    if need == column.need:
        need = None
    return FieldRule(need, entry["shown"], entry["help"], tuple(entry["aliases"] or ()))


def one_left(sheet: Sheet, found: Rules, first: Mapping[tuple[str, str], Entry]) -> None:
    """Say where a form would be left without both of two fields that stand for each other."""
    loose = (Need.OPTIONAL, Need.OMITTED)
    for pair in ONE_OF:
        for kind in dict.fromkeys(kind for kind, field in found if field in pair):
            spec = block_spec(kind)
            there = [name for name in pair if any(c.field == name and c.required for c in spec.columns)]
            gone = [name for name in there if (rule := found.get((kind, name))) and rule.need in loose]
            if len(there) > 1 and gone == there:
                last = max(gone, key=lambda name: first[kind, name].row)
                labels = tuple(spec.column(name).label for name in gone)
                sheet.fault("choice", first[kind, last], "need", why="both_gone", labels=labels)
                rule = found[kind, last]
                found[kind, last] = FieldRule(None, rule.shown, rule.help, rule.aliases)


def _other_names(column: Column) -> tuple[str, ...]:
    return () if column.follows else (column.english, *column.aliases)


def same(said: str, names: Sequence[str]) -> bool:
    """Say whether a text is one of some names, as labels are compared."""
    return parsing.normalise_label(said) in {parsing.normalise_label(name) for name in names}
