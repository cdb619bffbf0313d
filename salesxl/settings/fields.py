"""表单: what a team's own forms have, ask for and call their fields. docs/domain.md 3.8.

Owns which field a row means, and what may be said of it. What the sheet offers and is not supported yet is a
finding where it is filled in. Refuses: what a need does to a form (``needs``), own forms and own fields.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from salesxl import parsing
from salesxl.columns import BlockSpec, Column, Form, Need, Shape
from salesxl.rulebook import FieldRule, Option
from salesxl.schemas import FORMS, block_spec
from salesxl.settings.sheets import Entry, Sheet, facts_for

__all__ = ["field_name", "fields"]

SUPPORTED = frozenset({"form", "block", "label", "shown", "need", "help", "aliases"})
"""Columns of the sheet that already mean something."""
ONE_OF = (("stage", "status"),)
"""Fields of a block of which the one is worked out from the other, so that not both may be done without."""
NEAR = 0.5
Rules = dict[tuple[str, str], FieldRule]
Lists = Mapping[str, Sequence[Option]]


@dataclass(slots=True)
class _Above:
    """What the rows above say for those that leave it blank."""

    form: Form | None = None
    named: bool = False
    block: BlockSpec | None = None


def fields(sheet: Sheet, lists: Lists) -> Rules:
    """Return what the team says of fields, by (block, field); a faulty row says nothing."""
    needs = {o.value: str(o.kind) for o in lists["是否必填"]}
    found: Rules = {}
    first: dict[tuple[str, str], Entry] = {}
    above = _Above()
    for entry in sheet.entries:
        if not _placed(sheet, entry, above) or not entry.sound:
            continue
        meant = _meant(sheet, entry, above)
        if meant is None:
            continue
        spec, column = meant
        at = spec.kind, column.field
        if at in found:
            sheet.fault("duplicate", entry, "label", why="settings", other=first[at].row)
            continue
        rule = _rule(sheet, entry, column, needs)
        if rule is not None:
            found[at], first[at] = rule, entry
    _one_left(sheet, found, first)
    return found


def _placed(sheet: Sheet, entry: Entry, above: _Above) -> bool:
    """Follow which form and block the rows are about; return whether this row's are known."""
    said = entry["form"]
    if said is not None:
        above.named, above.block = True, None
        above.form = next((f for f in FORMS if _same(said, (f.title, f.english, *f.aliases))), None)
        if above.form is None:
            titles = tuple(f.title for f in FORMS)
            sheet.fault("unknown_reference", entry, "form", **_near(said, titles), list=titles)
    elif not above.named:
        sheet.fault("required", entry, "form", **facts_for(sheet.spec.column("form")))
    if above.form is None:
        return False
    said = entry["block"]
    if said is not None:
        blocks = above.form.blocks
        above.block = next((b for b in blocks if _same(said, (b.title, b.english, *b.aliases))), None)
        if above.block is None:
            titles = tuple(b.title for b in blocks)
            sheet.fault("unknown_reference", entry, "block", **_near(said, titles), list=titles)
            return False
    return True


def _meant(sheet: Sheet, entry: Entry, above: _Above) -> tuple[BlockSpec, Column] | None:
    """Return the field a row is about; without a block its form's main table goes before its cards."""
    assert above.form is not None
    blocks = [above.block] if above.block else list(above.form.blocks)
    said = entry["label"]
    every = [(spec, column) for spec in blocks for column in spec.columns]
    found = [meant for meant in every if _same(said, (field_name(*meant),))]
    found = found or [(spec, column) for spec, column in every if _same(said, _other_names(column))]
    if len(found) == 1:
        return found[0]
    if not found:
        names = tuple(field_name(spec, column) for spec in blocks for column in spec.columns)
        where = (above.block or above.form).title
        sheet.fault("unknown_reference", entry, "label", why="no_field", **_near(said, names), form=where)
        return None
    tables = [meant for meant in found if meant[0].shape is Shape.TABLE]
    if len(tables) == 1 and len([b for b in above.form.blocks if b.shape is Shape.TABLE]) == 1:
        return tables[0]
    titles = tuple(spec.title for spec, _ in found)
    sheet.fault("required", entry, "block", why="which_block", options=titles)
    return None


def _rule(sheet: Sheet, entry: Entry, column: Column, needs: Mapping[str, str]) -> FieldRule | None:
    """Return what a row says of its field; what it may not say is a finding and is left out."""
    for other in sheet.spec.columns:
        if other.field not in SUPPORTED and not parsing.is_blank(entry.typed.get(other.field)):
            sheet.fault("unknown_reference", entry, other.field, why="not_yet")
    need = needs.get(entry["need"])
    if need in (Need.OPTIONAL, Need.OMITTED) and column.fixed:
        sheet.fault("choice", entry, "need", why="fixed", about=column.label)
        need = None
    elif need == Need.REQUIRED and column.need is Need.COMPUTED:
        sheet.fault("choice", entry, "need", why="computed", about=column.label)
        need = None
    if need == column.need:
        need = None
    return FieldRule(need, entry["shown"], entry["help"], tuple(entry["aliases"] or ()))


def _one_left(sheet: Sheet, found: Rules, first: Mapping[tuple[str, str], Entry]) -> None:
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


def field_name(spec: BlockSpec, column: Column) -> str:
    """Return what a field is called on the sheet: a label that stands more than once says after which."""
    return spec.column(column.follows).label + column.label if column.follows else column.label


def _other_names(column: Column) -> tuple[str, ...]:
    return () if column.follows else (column.english, *column.aliases)


def _same(said: str, names: Sequence[str]) -> bool:
    return parsing.normalise_label(said) in {parsing.normalise_label(name) for name in names}


def _near(said: str, names: Sequence[str]) -> dict[str, Any]:
    near = get_close_matches(said, names, n=1, cutoff=NEAR)
    return {"near": near[0]} if near else {}
