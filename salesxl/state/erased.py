"""删除个人信息 in what is said of a week: findings quote no person any more. docs/domain.md 4.2.

Owns which findings quote a person. Refuses: the tables; those are ``corrections``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from salesxl.model import Checked, Finding
from salesxl.state.corrections import PERSONAL
from salesxl.state.meant import Meant
from salesxl.xlsx.refs import split_cell

__all__ = ["unquoted"]

LISTED = ("customer", "handover_customer", "handover_contact")
"""Blocks with a customer a row; a record is of one customer as a whole."""
MASK = "***"


def unquoted(checked: Checked, erased: Sequence[Meant]) -> tuple[Finding, ...]:
    """Return the findings, without what stood in personal fields of the customers that are erased."""
    if not erased:
        return checked.findings
    places = set(_places(checked, erased))
    return tuple(
        replace(found, value=MASK, facts=_masked(found))
        if found.field in PERSONAL and _at(found) & places
        else found
        for found in checked.findings
    )


def _masked(found: Finding) -> dict[str, Any]:
    """Return the facts of a finding without what stands in its cell, or a part of that."""
    said = str(found.value)
    told = {name: str(value) for name, value in found.facts.items()}
    quoted = {name for name, text in told.items() if text and (said in text or text in said)}
    return {name: MASK if name in quoted else value for name, value in found.facts.items()}


def _places(checked: Checked, erased: Sequence[Meant]) -> Iterator[tuple[str, str, int | None]]:
    """Yield file, sheet and row of what the week's forms say of these customers, held back or not."""
    for kind in (*LISTED, "record"):
        rows = checked.frames[kind]
        for meant in erased:
            mine = rows[meant.come(rows)]
            for number, row in zip(mine["submission"].tolist(), mine["row"].tolist(), strict=True):
                form = checked.submissions[number]
                yield form.file, form.sheet, int(row) if kind in LISTED else None


def _at(found: Finding) -> set[tuple[str, str, int | None]]:
    """Return the places of ``_places`` at which a finding stands."""
    file, sheet = found.place.file, found.place.sheet or ""
    row = found.row or (split_cell(found.place.cell)[0] if found.place.cell else None)
    return {(file, sheet, row), (file, sheet, None)}
