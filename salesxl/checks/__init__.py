"""The rules beyond a single cell's type: one small module per group of rules, pure functions.

Every rule takes a ``Case`` and yields ``Fault``s. Owns the rules of docs/domain.md 4; refuses files, prose,
and any threshold or choice of its own: those come from the Rulebook.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

from salesxl.checks import cells, contracts, customers, dates, defined, figures, known, people, rules, weeks
from salesxl.checks.case import Case, Fault

__all__ = ["RULES", "Case", "Fault", "Rule"]

Rule: TypeAlias = Callable[[Case], Iterator[Fault]]

RULES: tuple[Rule, ...] = (
    cells.conditional,
    cells.absent_column,
    cells.vague,
    dates.future,
    dates.far,
    dates.slips,
    dates.order,
    dates.missing,
    weeks.weeks,
    dates.stale,
    dates.late_entry,
    customers.duplicate,
    customers.handed_over,
    customers.conflict,
    customers.near_name,
    known.number_and_name,
    known.suspected,
    people.unknown_rep,
    people.other_file,
    people.nobody,
    customers.unknown_customer,
    figures.states,
    figures.grade,
    figures.month_target,
    figures.counts,
    contracts.claims,
    figures.jump,
    customers.signatures,
    customers.same_person,
    customers.opportunities,
    defined.bounds,
    defined.formats,
    defined.choices,
    defined.members,
    defined.twice,
    defined.asked,
    rules.in_one_row,
)
"""All rules in the order in which they are run; the findings are sorted by sheet afterwards."""
