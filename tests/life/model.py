"""The words of the simulator: customers as a rep writes them, files as rows, weeks and their truth."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

HABITS = ("keep", "empty", "changed")
"""All files stay in the inbox; only this week's lie there; only those whose content changed."""
WEEKS = 14
START = dt.date(2026, 10, 12)
"""The Monday of the first week: the life crosses a quarter's and a year's end, and a week 53."""
PATH = ("线索培育", "需求确认", "方案呈现", "谈判推进")
WON, AFTER, LOST = "成交签约", "售后维护", "线索终止"


def monday(week: int) -> dt.date:
    """Return the Monday of a week of the life, counted from 0."""
    return START + dt.timedelta(weeks=week)


def friday(week: int) -> dt.date:
    """Return the day on which a week is run."""
    return monday(week) + dt.timedelta(days=4)


def kind_of(stage: str) -> str:
    """Return what a stage means: open, won (after-sale too) or lost."""
    return "open" if stage in PATH else "lost" if stage == LOST else "won"


@dataclass
class Customer:
    """A row of a rep's archive as he would write it today; two claimants each have their own."""

    cid: int
    customer_name: str
    industry: str
    source: str
    employees: int
    contact_name: str
    contact: str
    need: str
    first_contact: dt.date
    status: str
    stage: str
    expected_amount: int
    expected_close: dt.date
    customer_no: str | None = None  # the company's own number; ours are the product's to give
    annual_purchase: int | None = None
    last_contact: dt.date | None = None
    contract_no: str | None = None
    contract_amount: int | None = None
    signed_on: dt.date | None = None
    contract_end: dt.date | None = None
    loss_reason: str | None = None
    notes: str | None = None

    def row(self) -> dict[str, Any]:
        """Return what stands on the form, by field."""
        return asdict(self)


@dataclass
class Talk:
    cid: int
    contact_time: dt.datetime
    method: str
    summary: str


@dataclass
class Plan:
    cid: int
    action: str
    due: dt.datetime
    progress: str = "未开始"


@dataclass(frozen=True)
class Event:
    """What happened in a week, for whoever reads the life; the files are made of what it did to the world."""

    week: int
    kind: str
    rep: str | None = None
    cid: int | None = None
    note: str = ""


@dataclass(frozen=True)
class FileRows:
    """A file as rows: ``rows`` by field, plus hidden ``cid`` (who it really is) and ``fault`` (held back).

    An archive has one row a customer; a record one row a sheet with ``talks`` and ``actions``; a report one
    row with ``key_customers`` and ``next_week``; a handover one row with ``customers`` and the dates.
    ``fault`` of the file itself means that all of it goes back.
    """

    name: str
    form: str
    rep: str
    stamp: dt.datetime
    week: int
    head: Mapping[str, Any]
    rows: tuple[Mapping[str, Any], ...]
    fault: str | None = None
    by: str = ""  # who really handed it in, where the file says a misspelt name

    @property
    def digest(self) -> str:
        """What stands in the file, with its stamp."""
        told = repr((self.form, self.rep, self.stamp, sorted(self.head.items()), self.rows))
        return hashlib.sha256(told.encode()).hexdigest()

    @property
    def content(self) -> str:
        """What a rep wrote, without stamp and 填表日期: how one sees that nothing changed."""
        head = {name: value for name, value in self.head.items() if name != "filled_on"}
        return repr((self.form, self.rep, sorted(head.items()), self.rows))


@dataclass(frozen=True)
class Correction:
    """A row of 更正: 作废 (the customer never was one) or 归属 (whose it is now)."""

    cid: int
    name: str
    what: str
    value: str | None
    reason: str
    day: dt.date


@dataclass(frozen=True)
class Settings:
    """团队设置 in a week: members (name, team, joined, left), month targets, stage aliases, 更正."""

    members: tuple[tuple[str, str, dt.date | None, dt.date | None], ...]
    targets: Mapping[str, int]
    aliases: Mapping[str, tuple[str, ...]]
    corrections: tuple[Correction, ...] = ()


@dataclass(frozen=True)
class Known:
    """What the team knows of one claim after a week; ``counts`` is False for the weaker of two."""

    cid: int
    name: str
    owner: str
    stage: str
    status: str
    amount: int
    close: dt.date
    round: int
    wins: int
    last_contact: dt.date | None
    talks: int
    counts: bool
    lacking: int
    unverified: bool
    waiting: bool
    former: tuple[str, ...]

    @property
    def open(self) -> int:
        """What it adds to the pipeline, in 元."""
        return self.amount if self.counts and not self.unverified and kind_of(self.stage) == "open" else 0


@dataclass(frozen=True)
class Move:
    """What changed since the last made week: kind, who, whose, by how much."""

    kind: str
    cid: int
    name: str
    rep: str
    amount: int


@dataclass(frozen=True)
class OpenPlan:
    cid: int
    name: str
    rep: str
    action: str
    due: dt.datetime
    overdue: bool


@dataclass(frozen=True)
class Truth:
    """What is true after a week's run. Sums in 元; ``won`` by rep: (month, quarter, year) to date.

    ``talks`` are by the customer's name now, those with customers whose row was never accepted included;
    ``outcomes`` are what 提交情况 says of each file; ``missing`` is who owes this week's report.
    """

    week: int
    known: tuple[Known, ...]
    pipeline: Mapping[str, int]
    won: Mapping[str, tuple[int, int, int]]
    reports: Mapping[tuple[str, int], int]
    moves: tuple[Move, ...]
    bridge: Mapping[str, int]
    plans: tuple[OpenPlan, ...]
    talks: Mapping[str, int]
    targets: Mapping[str, int]
    outcomes: Mapping[str, str]
    missing: tuple[str, ...]

    @property
    def open_total(self) -> int:
        """The team's open pipeline."""
        return sum(self.pipeline.values())

    @property
    def won_total(self) -> tuple[int, int, int]:
        """The team's month, quarter and year to date."""
        parts = list(self.won.values())
        return (sum(p[0] for p in parts), sum(p[1] for p in parts), sum(p[2] for p in parts))


@dataclass(frozen=True)
class Week:
    """One Friday: what lies in the inbox, the settings, and the truth after it.

    ``made`` is False for the week that everybody skipped: nothing is run. ``undone`` are files that lay there
    in a first run that was taken back before the real one.
    """

    number: int
    files: tuple[FileRows, ...]
    settings: Settings
    truth: Truth
    events: tuple[Event, ...]
    made: bool = True
    undone: tuple[FileRows, ...] = field(default=())

    @property
    def monday(self) -> dt.date:
        return monday(self.number)

    @property
    def friday(self) -> dt.date:
        return friday(self.number)
