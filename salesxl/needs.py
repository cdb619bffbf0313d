"""What a team's own forms ask for: the schemas' columns with the team's word on each. docs/domain.md 3.8.

Owns what 必填, 选填 and 不用 make of a block, and what becomes of columns of which one is enough. A block is
optional once nothing in it is asked for. Refuses: reading the settings sheet 表单 (``settings``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from salesxl.columns import BlockSpec, Column, Form, Need
from salesxl.rulebook import FieldRule, Rulebook

__all__ = ["AS_SHIPPED", "Needs", "asked_of", "needs_of"]


@dataclass(frozen=True, slots=True)
class Needs:
    """What a team asks for where it differs from the schemas: (block, field, need), plain and hashable."""

    told: tuple[tuple[str, str, str], ...] = ()

    def spec(self, spec: BlockSpec) -> BlockSpec:
        """Return a block as this team has it; the block itself where nothing differs."""
        return _block(self, spec) if self.told else spec

    def form(self, form: Form) -> Form:
        """Return a form as this team has it."""
        return _form(self, form) if self.told else form


AS_SHIPPED = Needs()
"""Nothing differs."""


def needs_of(fields: Mapping[tuple[str, str], FieldRule]) -> Needs:
    """Return what a team's rules on fields ask for."""
    return Needs(tuple((*at, rule.need) for at, rule in sorted(fields.items()) if rule.need is not None))


def asked_of(rulebook: Rulebook, kind: str) -> BlockSpec:
    """Return the block of that kind as a team has it; KeyError if it has none."""
    return needs_of(rulebook.fields).spec(rulebook.forms.block(kind))


@lru_cache(maxsize=256)
def _block(needs: Needs, spec: BlockSpec) -> BlockSpec:
    """Return a block with the team's needs; the date of a signature that it does without goes along."""
    told = {field: Need(need) for kind, field, need in needs.told if kind == spec.kind}
    if not told:
        return spec
    told |= {c.field: Need.OMITTED for c in spec.columns if told.get(c.follows or "") is Need.OMITTED}
    rest = _either(spec.columns, told)
    columns = tuple(
        replace(c, need=told.get(c.field, rest if c.need is Need.EITHER else c.need)) for c in spec.columns
    )
    asked = [told.get(c.field) for c in spec.columns if c.required]
    gone = bool(asked) and all(need in (Need.OMITTED, Need.OPTIONAL) for need in asked)
    return replace(spec, columns=columns, optional=spec.optional or gone)


def _either(columns: Iterable[Column], told: Mapping[str, Need]) -> Need:
    """Return what is asked of the other columns of which one is enough, once a team speaks of some.

    One that the form does not have leaves the others to be filled in; one that is asked for anyway, or need
    not be filled in, frees them.
    """
    spoken = {told[c.field] for c in columns if c.need is Need.EITHER and c.field in told}
    return Need.OPTIONAL if spoken - {Need.OMITTED} else Need.EITHER


@lru_cache(maxsize=64)
def _form(needs: Needs, form: Form) -> Form:
    return replace(form, blocks=tuple(needs.spec(block) for block in form.blocks))
