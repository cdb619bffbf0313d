"""The forms that a team has: ours, with its own fields on them, and those that it has defined itself.

Owns finding a form or a block by its name, and what tells one set of forms from another. Refuses: what is on
a form, and reading definitions.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from salesxl.columns import BlockSpec, Column, Form, Shape
from salesxl.schemas import FORMS

__all__ = ["BUILT_IN", "Forms", "forms_of"]


@dataclass(frozen=True, eq=False)
class Forms:
    """A team's forms, in order. Two are equal if they say the same; a copy from another process is no copy.

    >>> BUILT_IN.form("weekly_report").title
    '销售周报'
    """

    items: tuple[Form, ...]

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, Forms) and self.digest == other.digest)

    def __hash__(self) -> int:
        return hash(self.digest)

    def __reduce__(self) -> str | tuple[Any, ...]:
        return "BUILT_IN" if self is BUILT_IN else (_copied, (self.items, self.digest))

    def form(self, name: str) -> Form:
        """Return the form of that name; KeyError if there is none."""
        return self._forms[name]

    def block(self, kind: str) -> BlockSpec:
        """Return the block of that kind; KeyError if there is none."""
        return self._blocks[kind]

    @property
    def blocks(self) -> Iterable[BlockSpec]:
        """The blocks of all forms, in order."""
        return self._blocks.values()

    @cached_property
    def by_title(self) -> Mapping[str, Form]:
        """The forms by what they are called: title, English title and aliases; the first of a name counts."""
        named = ((word, f) for f in self.items for word in (f.title, f.english, *f.aliases) if word)
        return dict(reversed(list(named)))

    @cached_property
    def own(self) -> tuple[Form, ...]:
        """The forms that the team has defined itself."""
        return tuple(form for form in self.items if form.origin is not None)

    def having(self, role: str, *shapes: Shape) -> tuple[tuple[str, str], ...]:
        """Return the fields of a role in blocks of these shapes, as (kind, field), each block's first."""
        found: dict[str, str] = {}
        for block in self.blocks:
            for column in block.columns if block.shape in shapes else ():
                if role in column.roles:
                    found.setdefault(block.kind, column.field)
        return tuple(found.items())

    @cached_property
    def by_row(self) -> tuple[str, ...]:
        """Kinds of table in which a row may name its own rep."""
        return tuple(
            b.kind for b in self.blocks if b.shape is Shape.TABLE and any(c.field == "rep" for c in b.columns)
        )

    @cached_property
    def digest(self) -> str:
        """What tells these forms from others, by all that they say."""
        return _digest(_told(form, lambda column: column) for form in self.items)

    @cached_property
    def reading_digest(self) -> str:
        """What tells how these forms are found on a sheet; bounds, conditions, help and messages do not."""
        return _digest(_told(form, _read_by) for form in self.items)

    def label_of(self, block: str | None, field: str | None) -> str | None:
        """Return a field's label; None where there is no such field."""
        spec = self._blocks.get(block or "")
        return next((c.label for c in spec.columns if c.field == field), None) if spec else None

    @cached_property
    def _forms(self) -> Mapping[str, Form]:
        return {form.name: form for form in self.items}

    @cached_property
    def _blocks(self) -> Mapping[str, BlockSpec]:
        return {block.kind: block for form in self.items for block in form.blocks}


def _told(form: Form, of: Any) -> Iterable[object]:
    yield form.name, form.title, form.english, form.aliases, form.blank, form.key, form.keep, form.every
    for block in form.blocks:
        yield block.kind, block.shape, block.title, block.english, block.sheet, block.aliases, block.optional
        yield from (of(column) for column in block.columns)


def _read_by(column: Column) -> tuple[object, ...]:
    words = column.label, column.english, column.shown, column.aliases, column.follows, column.section
    return (column.field, *words, column.kind, column.need, column.choices, column.unit, column.format)


def _digest(told: Iterable[Iterable[object]]) -> str:
    found = hashlib.sha256()
    for part in told:
        for line in part:
            found.update(f"{line!r}\n".encode())
    return found.hexdigest()[:16]


BUILT_IN = Forms(FORMS)
"""The forms that everybody has."""


def forms_of(items: tuple[Form, ...]) -> Forms:
    """Return forms as a team has them; those of everybody where it defines nothing."""
    return BUILT_IN if items == FORMS else Forms(items)


def _copied(items: tuple[Form, ...], digest: str) -> Forms:
    """Return forms that came from another process: the first copy of them, of which things are known."""
    forms = Forms(items)
    vars(forms)["digest"] = digest
    return _first(forms)


@lru_cache(maxsize=8)
def _first(forms: Forms) -> Forms:
    return forms
