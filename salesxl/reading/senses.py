"""What a word may mean: fields of blocks of forms.

Owns the meanings, in the ways recognition asks for them. Refuses: which words have them; that is
``vocabulary``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, TypeAlias

__all__ = ["NOTHING", "Claims", "Sense", "Senses"]


@dataclass(frozen=True, slots=True)
class Sense:
    """One meaning of a word: a field of a block of a form. The lower the rank, the surer the word."""

    form: str
    block: str
    field: str
    card: bool
    rank: int


Named: TypeAlias = frozenset[tuple[str, str]]
"""Fields that a word names, as (block, field)."""


class Senses(tuple[Sense, ...]):
    """What a word may mean, also by block, and as the fields it names on a form's cards and in its tables.

    The same word stands on hundreds of sheets, so all of this is made once for a word.
    """

    @cached_property
    def by_block(self) -> Mapping[str, tuple[Sense, ...]]:
        """The senses by kind of block, in their order."""
        found: dict[str, list[Sense]] = {}
        for sense in self:
            found.setdefault(sense.block, []).append(sense)
        return {block: tuple(senses) for block, senses in found.items()}

    @cached_property
    def cards(self) -> Mapping[str, Named]:
        """The fields of cards by form."""
        return self._fields(card=True)

    @cached_property
    def tables(self) -> Mapping[str, Named]:
        """The fields of tables by form."""
        return self._fields(card=False)

    def _fields(self, *, card: bool) -> Mapping[str, Named]:
        found: dict[str, set[tuple[str, str]]] = {}
        for sense in self:
            if sense.card is card:
                found.setdefault(sense.form, set()).add((sense.block, sense.field))
        return {form: frozenset(fields) for form, fields in found.items()}


NOTHING = Senses()


class Claims(NamedTuple):
    """What a header cell claims in a block: (rank, depth, field) by the first of its words that names any.

    ``labels`` are the fields of which one of its words is the very label.
    """

    fields: tuple[tuple[int, int, str], ...]
    labels: frozenset[str]
