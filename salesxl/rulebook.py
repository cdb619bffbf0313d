"""A team's policy as data: grades, stages, lists, roster, targets, named lists of customers.

Frozen dataclasses; ``settings`` fills them from 团队设置.xlsx or the presets. Refuses: reading, computing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as default
from decimal import Decimal
from typing import Any, Literal

from salesxl.catalogue import BUILT_IN, Forms
from salesxl.model import Clause

__all__ = [
    "Adjustment",
    "Condition",
    "Correction",
    "FieldRule",
    "Grade",
    "Kpi",
    "Member",
    "Option",
    "Parameters",
    "Rulebook",
    "Stage",
    "Target",
    "View",
]


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a list; ``kind`` says what it means where that matters (open, won, lost)."""

    value: str
    aliases: tuple[str, ...] = ()
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage of the pipeline; ``kind`` is open, won, after or off. docs/domain.md 3.2."""

    name: str
    kind: str
    probability: Decimal | None = None
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Grade:
    """A customer grade; ``every`` and ``unit`` (day, month, quarter) are its cadence. docs/domain.md 3.1."""

    name: str
    at_least: Decimal | None = None
    strategic: bool = False
    clear_intent: bool = False
    every: int | None = None
    unit: str = "day"
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Member:
    """A person on the roster."""

    name: str
    team: str | None = None
    region: str | None = None
    product_line: str | None = None
    manager: str | None = None
    joined: dt.date | None = None
    left: dt.date | None = None
    former_names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Adjustment:
    """A target changed on the way: the new value, why, on what basis, and who has agreed."""

    amount: Decimal
    reason: str
    basis: str | None = None
    reviewer: str | None = None
    approver: str | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """A target: ``period`` is year, Q1–Q4 or 1–12 as text; ``scope`` all, team, region, product_line, rep.

    ``measure`` is signed or collected (元), deals or new_customers. ``amount`` counts now, ``original``
    before the ``adjustments``, the first of them first.
    """

    year: int
    period: str
    scope: str
    name: str | None
    measure: str
    amount: Decimal
    original: Decimal | None = None
    adjustments: tuple[Adjustment, ...] = ()


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition of a named list of customers: a field, how it is compared, and with what.

    ``field`` is of the customer archive or one of 名单字段 (rep, outcome …); ``value`` is what field and
    comparison ask for: texts, a number, a date, days, a truth value; None where nothing is.
    """

    field: str
    test: str
    value: Any = None


@dataclass(frozen=True, slots=True)
class View:
    """A named list of customers: those that meet all of its conditions. docs/domain.md 3.6."""

    name: str
    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Kpi:
    """A measure that reps are scored by, in each month or quarter. docs/domain.md 8.

    The score is ``weight`` at the ``full`` line, nothing at the ``zero`` line; full < zero: less is better.
    """

    measure: str
    period: str
    weight: Decimal
    zero: Decimal
    full: Decimal


@dataclass(frozen=True, slots=True)
class Correction:
    """What is put right about a customer: ``action`` is void, merge, part, owner or erase.

    ``customer`` is a name or a number, ``value`` what the action asks for. ``source`` is where it stands:
    file, sheet, row, and the cells of customer and value.
    """

    customer: str
    action: str
    value: str | None = None
    reason: str | None = None
    day: dt.date | None = None
    source: tuple[str, str, int, str | None, str | None] = default(
        default=("", "", 0, None, None), compare=False
    )


@dataclass(frozen=True, slots=True)
class FieldRule:
    """What a team says of a field: its ``columns.Need``, name and help on the blank form, other headers."""

    need: str | None = None
    shown: str | None = None
    help: str | None = None
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FormRule:
    """What a record must keep (``must``) while all of ``when`` hold. ``kind`` is the block it is about."""

    name: str
    form: str
    kind: str
    when: tuple[Clause, ...]
    must: tuple[Clause, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """Thresholds and deadlines; what each means stands in presets/parameters.toml, which has their values.

    Shares and amounts (元) are exact; ``report_due`` is a weekday, Monday 1.
    """

    attainment_warning: Decimal
    judged_from_workday: int
    faulty_rows: Literal["return", "merge"]
    report_due: int
    amount_limit: Decimal
    revenue_limit: Decimal
    count_limit: int
    plan_days_ahead: int
    close_years_ahead: int
    contract_years_ahead: int
    entry_hours: int
    first_follow_up_days: int
    needs_report_workdays: int
    contract_review_workdays: int
    after_sales_days: int
    reply_days: int
    renewal_months: int
    birthday_days: int
    unknown_birthday: dt.date
    vague_phrases: tuple[str, ...]
    min_concrete_length: int
    near_name_likeness: Decimal
    same_problem_likeness: Decimal
    high_potential_grade: str
    high_potential_follow_ups: int
    high_potential_months: int
    stuck_percentile: Decimal
    history_cases: int
    grade_basis: Literal["annual_purchase", "score"]
    unclear_need_grade: str
    score_amount_weight: Decimal
    score_frequency_weight: Decimal
    score_potential_weight: Decimal
    score_amount_full: Decimal
    score_frequency_full: int
    score_potential_full: Decimal
    quota_applies: bool
    quota_collected: Decimal
    quota_signed: Decimal
    quota_deals: int
    quota_average_deal: Decimal
    quota_reserve_per_month: int
    quota_reserve_months: int
    rep_pages: int
    trend_weeks: int
    unhappy_below: int
    reorder_times: Decimal
    churn_months: int
    kpi_cap: Decimal
    mask_contacts: bool
    whole_archive_share: Decimal
    stamp_days_ahead: int
    absent_archives: int
    absent_days: int
    hand_out: bool


@dataclass(frozen=True, slots=True)
class Rulebook:
    """A team's policy, as read from its settings workbook or from the presets. docs/domain.md 3.

    ``choices`` are lists by name, ``loose`` those of which an option counts that stands in other words;
    ``aliases`` map (form or "", normalised header) to a standard label; ``days`` are the team's own holidays
    (False) and make-up workdays (True). ``views`` are the named lists of customers, ``fields`` what the
    team's own forms have, by (block, field), ``forms`` what forms there are; ``corrections`` put its state
    right. ``rules`` are the team's own, of the sheet 检查规则; ``typed`` are the rows of 表单, 表单清单 and
    检查规则 as they stand there, by block. ``has_roster`` is False where no settings were given: roster and
    target checks are off.
    """

    grades: tuple[Grade, ...]
    stages: tuple[Stage, ...]
    choices: Mapping[str, tuple[Option, ...]]
    parameters: Parameters
    members: tuple[Member, ...] = ()
    targets: tuple[Target, ...] = ()
    aliases: Mapping[tuple[str, str], str] = default(default_factory=dict)
    days: Mapping[dt.date, bool] = default(default_factory=dict)
    views: tuple[View, ...] = ()
    kpis: tuple[Kpi, ...] = ()
    has_roster: bool = False
    loose: frozenset[str] = frozenset()
    fields: Mapping[tuple[str, str], FieldRule] = default(default_factory=dict)
    corrections: tuple[Correction, ...] = ()
    forms: Forms = BUILT_IN
    rules: tuple[FormRule, ...] = ()
    typed: Mapping[str, tuple[Mapping[str, Any], ...]] = default(default_factory=dict)
