"""The rules beyond a single cell's type: one small module per group of rules, pure functions.

Every rule takes a ``Case`` and yields ``Fault``s. Owns the rules of docs/domain.md 4; refuses files, prose,
and any threshold or choice of its own: those come from the Rulebook.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

from salesxl.checks import cells, contracts, customers, dates, figures, weeks
from salesxl.checks import cells as presence
from salesxl.checks import customers as handover
from salesxl.checks import dates as reports
from salesxl.checks import figures as stages
from salesxl.checks.case import Case, Fault

__all__ = ["RULES", "Case", "Fault", "Rule"]

Rule: TypeAlias = Callable[[Case], Iterator[Fault]]

RULES: tuple[Rule, ...] = (
    presence.conditional,
    presence.absent_column,
    cells.vague,
    dates.future,
    dates.far,
    dates.slips,
    dates.order,
    reports.missing,
    weeks.weeks,
    dates.stale,
    dates.late_entry,
    customers.duplicate,
    customers.handed_over,
    customers.conflict,
    customers.near_name,
    customers.unknown_rep,
    customers.nobody,
    customers.unknown_customer,
    figures.grade,
    figures.month_target,
    figures.counts,
    contracts.claims,
    stages.jump,
    handover.signatures,
    handover.same_person,
    handover.opportunities,
)
"""All rules in the order in which they are run; the findings are sorted by sheet afterwards."""
