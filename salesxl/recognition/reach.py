"""Which of a team's own forms can stand on a sheet at all, by the words found there.

Owns: passing over forms before their headers are looked for. Refuses: which form stands there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from salesxl.columns import BlockSpec, Form, Need
from salesxl.needs import Needs
from salesxl.recognition import weights
from salesxl.recognition.labels import Title, Token

__all__ = ["required_fields", "within_reach"]


@lru_cache(maxsize=256)
def required_fields(spec: BlockSpec) -> Sequence[tuple[str, ...]]:
    """Return what a block asks for, each a group of fields of which one must be there."""
    groups: list[tuple[str, ...]] = [(c.field,) for c in spec.columns if c.required]
    either = tuple(c.field for c in spec.columns if c.need is Need.EITHER)
    return [*groups, either] if either else groups


def within_reach(
    form: Form,
    of_tables: Mapping[str, Sequence[Token]],
    of_cards: Mapping[str, Sequence[Token]],
    titles: Sequence[Title],
    needs: Needs,
    *,
    taught: bool,
) -> bool:
    """Tell whether a form can be recognised by the words of a sheet; ours always may.

    A team's own form is passed over where no title names it and too few of the labels that it asks for
    stand anywhere: its headers need not be looked for. ``taught`` tells that the team has own headers,
    for which fewer labels are enough.
    """
    if form.origin is None or any(form.name == name for t in titles for name, _ in t.names):
        return True
    found = {f for t in of_tables.get(form.name, ()) for f in t.senses.tables[form.name]}
    found.update(f for t in of_cards.get(form.name, ()) for f in t.senses.cards[form.name])
    if len(found) < weights.FEWEST_LABELS:
        return False
    asked = met = 0
    for spec in map(needs.spec, form.blocks):
        if not spec.optional:
            groups = required_fields(spec)
            asked += len(groups)
            met += sum(any((spec.kind, name) in found for name in group) for group in groups)
    return met >= (weights.ENOUGH_TAUGHT if taught else weights.ENOUGH) * asked
