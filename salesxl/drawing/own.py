"""A form as a team has it: without what it does not use, under its own labels. docs/domain.md 3.8.

Owns what of a form is drawn. Refuses: where it is drawn.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from salesxl.columns import BlockSpec, Column, Form, Need
from salesxl.needs import needs_of
from salesxl.rulebook import FieldRule, Rulebook

__all__ = ["own_form"]

_NOTHING = FieldRule()
_SENTENCE = re.compile(r"[^。；]*[。；]?")
_UNIT = re.compile(r"[(（].*")


def own_form(form: Form, rulebook: Rulebook) -> Form:
    """Return a form as it is drawn for a team; the form itself where the team says nothing of it."""
    asked = needs_of(rulebook.fields).form(form)
    if not any((spec.kind, c.field) in rulebook.fields for spec in form.blocks for c in spec.columns):
        return form
    gone = [c.label for spec in asked.blocks for c in spec.columns if c.need is Need.OMITTED]
    gone = [label for label in gone if not any(label == c.label for s in asked.blocks for c in _kept(s))]
    blocks = tuple(
        replace(spec, columns=tuple(_own(c, spec, rulebook, gone) for c in _kept(spec)))
        for spec in asked.blocks
    )
    return replace(form, blocks=blocks, instruction=_without(form.instruction, gone))


def _kept(spec: BlockSpec) -> Iterable[Column]:
    return (column for column in spec.columns if column.need is not Need.OMITTED)


def _own(column: Column, spec: BlockSpec, rulebook: Rulebook, gone: list[str]) -> Column:
    rule = rulebook.fields.get((spec.kind, column.field), _NOTHING)
    return replace(column, shown=rule.shown or column.shown, help=rule.help or _without(column.help, gone))


def _without(text: str, gone: Iterable[str]) -> str:
    """Return a text without the sentences that speak of a field the form does not have."""
    names = [_UNIT.sub("", label) for label in gone]
    kept = [s for s in _SENTENCE.findall(text) if not any(name in s for name in names)]
    return "".join(kept)
