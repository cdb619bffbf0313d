"""One rep's forms of one week, filled in: which columns it keeps, its spellings and its faults.

Owns what goes into each form and the figures that must agree between them. Refuses: files and folders.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from salesxl import schemas
from salesxl.columns import Need
from salesxl.rulebook import Rulebook
from tools.demo import dirt
from tools.demo.archive import Decor, draw_archive
from tools.demo.dirt import Row
from tools.demo.entry import Entry, Ledger, blank, fault
from tools.demo.page import Page
from tools.demo.people import Client, Rep
from tools.demo.record import RecordLook, boxes, draw_record, record_look
from tools.demo.typed import entry
from tools.demo.weekly import WeeklyLook, draw_handover, draw_weekly, weekly_look
from tools.demo.words import Headers, Rng, chance, headers, pick, shuffled, words

__all__ = ["Desk", "Setup", "WeekFigures"]


@dataclass(frozen=True, slots=True)
class Setup:
    """How wild an inbox is.

    ``messy`` is the share of cells not typed as asked for, ``faults`` the least and most faulty rows of an
    archive, ``faulty_records`` and ``faulty_weeks`` the share of such forms with a fault.
    """

    pools: Headers = field(default_factory=headers)
    decor: Decor = field(default_factory=Decor)
    messy: float = 0.25
    faults: tuple[int, int] = (1, 4)
    faulty_records: float = 0.25
    faulty_weeks: float = 0.4


@dataclass(frozen=True, slots=True)
class WeekFigures:
    """What a weekly report says that cannot be seen from the rep's customers."""

    start: dt.date
    completed: int
    title_week: int
    month_target: int | None


class Desk:
    """A rep filling in forms: keeps its layouts and what it has written down so far."""

    def __init__(self, rng: Rng, rep: Rep, rulebook: Rulebook, today: dt.date, setup: Setup) -> None:
        self.rng, self.rep, self.rulebook, self.today, self.setup = rng, rep, rulebook, today, setup
        self.record_look: RecordLook = record_look(rng)
        self.weekly_look: WeeklyLook = weekly_look(rng)
        self.first_contacts: list[dt.date] = []
        self.contacts: list[dt.date] = []

    def row(self, block: str, values: Mapping[str, Any]) -> Row:
        """Type a record's values; fields without one stay blank."""
        spec = schemas.block_spec(block)
        messy = self.setup.messy
        return {c.field: entry(self.rng, c, values.get(c.field), self.today, messy) for c in spec.drawn}

    def archive(
        self, sheet: str, ledger: Ledger, claimed: Iterable[str] = (), twice: str | None = None
    ) -> Page:
        """Fill in the archive.

        ``claimed`` are names of customers that another rep claims too; ``twice`` is a customer that this
        rep has on the list a second time.
        """
        rng, setup = self.rng, self.setup
        contested = set(claimed)
        clients = shuffled(rng, self.rep.clients)
        rows = [self.row("customer", client.values) for client in clients]
        fixed = [c.featured or c.name in contested or c.name == twice for c in clients]
        low, high = setup.faults
        count = low + int(rng.random() * (high - low + 1))
        fields = self._fields(clients)
        dirt.spoil_customers(rng, rows, fixed, count, self.today, self.rulebook)
        noted: set[str] = set()
        for client, row in zip(clients, rows, strict=True):
            self._without_columns(row, fields, noted)
            if client.name in contested:
                row["customer_name"] = replace(row["customer_name"], code="conflict")
        if twice is not None:
            rows.append(self._second(next(c for c in clients if c.name == twice), fields, noted))
        self.first_contacts = [r["first_contact"].value for r in rows if r["first_contact"].value]
        head = self.row(
            "archive_head", {"rep": self.rep.name, "team": self.rep.team, "filled_on": self.today}
        )
        title = self._title("archive")
        return draw_archive(rng, sheet, head, rows, fields, setup.pools, ledger, setup.decor, title)

    def _second(self, client: Client, fields: Sequence[str], noted: set[str]) -> Row:
        row = self.row("customer", client.values)
        self._without_columns(row, fields, noted)
        name = client.name
        typed = pick(self.rng, [name.removesuffix("有限公司") or name, f"{name[:4]} {name[4:]}", f"{name} "])
        row["customer_name"] = fault(row["customer_name"], typed, "duplicate", value=typed)
        return row

    def _fields(self, clients: Sequence[Client]) -> list[str]:
        """Choose the columns the rep keeps: all that are asked for, and some of the others."""
        rng = self.rng
        spec = schemas.block_spec("customer")
        kept = []
        closed = {n for c in clients for n in ("contract_no", "loss_reason") if c.values.get(n)}
        either = pick(rng, ({"employees"}, {"annual_revenue_wan"}, {"employees", "annual_revenue_wan"}))
        contract = "contract_no" in closed and chance(rng, 0.85)
        lost = "loss_reason" in closed and chance(rng, 0.85)
        for c in spec.drawn:
            if c.need is Need.EITHER:
                keep = c.field in either
            elif c.need in (Need.REQUIRED, Need.WHEN_OPEN):
                keep = True
            elif c.need is Need.WHEN_WON or c.field == "signed_on":
                keep = contract
            elif c.need is Need.WHEN_LOST:
                keep = lost
            elif c.field == "grade_reason":
                keep = False  # reps who grade by hand are few
            else:
                keep = chance(rng, _KEPT.get(c.field, 0.35))
            if keep:
                kept.append(c.field)
        if "annual_purchase" not in kept and "grade" in kept:
            kept.remove("grade")
        return kept

    def _without_columns(self, row: Row, fields: Sequence[str], noted: set[str]) -> None:
        """Note what is missed where closed customers' columns are not on the sheet, once a kind of end."""
        status = row["status"]
        for name in ("contract_no", "loss_reason"):
            lacking = row[name].mended is not None and name not in fields
            if lacking and name not in noted and status.code is None and status.value is not None:
                noted.add(name)
                row["status"] = replace(status, code="incomplete")

    def record(self, sheet: str, client: Client, ledger: Ledger, *, overdue: bool = False) -> Page:
        """Fill in one customer's process record; ``overdue`` leaves an action undone past its day."""
        rng, look, rep = self.rng, self.record_look, self.rep
        values = client.values
        signed = look.review == "full"
        stages = [s.name for s in self.rulebook.stages if s.kind != "off"]
        role = pick(rng, words()["people"]["roles"])
        card = self.row(
            "record",
            {
                **{
                    n: values[n]
                    for n in ("customer_name", "customer_no", "industry", "first_contact", "source")
                },
                "contact_name": f"{values['contact_name'].split(':')[-1]}({role})",
                "rep": rep.name,
                "notes": values["notes"],
                "rep_signature": rep.name,
                "rep_signed_on": self.today,
                "review": pick(rng, words()["said"]["opinions"]) if signed else None,
                "reviewer": rep.manager if signed else None,
                "reviewed_on": self.today if signed else None,
            },
        )
        stage: str = values["stage"]
        text = boxes(stage, stages, look)
        card["stage"] = Entry(text, stage, mended=stage)
        talks = [self.row("communication", talk.values) for talk in client.talks]
        plans = [self.row("action", plan) for plan in client.plans]
        if chance(rng, self.setup.faulty_records):
            if chance(rng, 0.2):
                ticked = pick(rng, (0, 2))
                typed = boxes(stage, stages, look, ticked)
                card["stage"] = fault(
                    card["stage"], typed, "choice" if ticked or not look.tick[1] else "required"
                )
            else:
                dirt.spoil_record(rng, talks, plans, card, self.today)
        day = _midnight(self.today - dt.timedelta(days=1))
        if overdue and plans[0]["due"].code is None and day > client.talks[0].values["contact_time"]:
            plans[0]["due"] = fault(plans[0]["due"], day, "overdue", value=day)
        self.contacts += [t["contact_time"].value.date() for t in talks if t["contact_time"].value]
        return draw_record(rng, sheet, card, talks, plans, look, self.setup.pools, ledger)

    def weekly(
        self,
        sheet: str,
        figures: WeekFigures,
        ledger: Ledger,
        fault_kind: str | None = None,
        short: bool = False,
    ) -> Page:
        """Fill in a weekly report; archive and records must have been filled in before, for the counts.

        ``fault_kind`` asks for a certain fault, "" for none; ``short`` lets the week end on Friday.
        """
        rng, said = self.rng, words()["said"]
        end = figures.start + dt.timedelta(days=6)
        chosen = [c for c in self.rep.clients if c.featured][: 2 + int(rng.random() * 2)]
        keys = [self.row("key_customer", self._progress(client)) for client in chosen]
        # What a report claims is what the archive says was signed in its week (see ``week._sign``).
        signed = [
            c.values["contract_amount"]
            for c in self.rep.clients
            if (day := c.values.get("signed_on")) and figures.start <= day <= end
        ]
        completed = figures.completed
        card = self.row(
            "weekly_report",
            {
                "rep": self.rep.name,
                "team": self.rep.team,
                "week_start": figures.start,
                "week_end": end,
                "new_customers": _within(self.first_contacts, figures.start),
                "follow_ups": _within(self.contacts, figures.start),
                "expected_amount": sum(c.values["expected_amount"] for c in chosen),
                "completed_amount": completed,
                "collected_amount": completed * 8 // 10 // 1000 * 1000,
                "deals": len(signed) or -(-completed // 150_000),
                "month_target": figures.month_target,
            },
        )
        if short:
            friday = figures.start + dt.timedelta(days=4)
            card["week_end"] = fault(card["week_end"], friday, "range", value=friday, severity="warning")
        issues = [
            self.row(
                "issue",
                dict(zip(("problem", "measure", "support"), (p or None for p in said_of), strict=True)),
            )
            for said_of in shuffled(rng, said["problems"])[: int(rng.random() * 3)]
        ]
        plans = [
            self.row(
                "next_week",
                {
                    "plan": pick(rng, said["plans"]),
                    "customer_name": client.name if chance(rng, 0.7) else None,
                    "due": _midnight(end + dt.timedelta(days=1 + n)),
                },
            )
            for n, client in enumerate(chosen[:2])
        ]
        if fault_kind != "" and (fault_kind or chance(rng, self.setup.faulty_weeks)):
            targets = figures.month_target is not None and self.rulebook.has_roster
            on_sheet = targets and "month_target" in self.weekly_look.optional
            blanks = not self.weekly_look.in_cell
            dirt.spoil_week(rng, card, keys, settings=on_sheet, blanks=blanks, kind=fault_kind)
            if fault_kind == "target" and "month_target" not in self.weekly_look.optional:
                self.weekly_look.optional.append("month_target")
        title = self._title("weekly", figures.title_week)
        look, pools = self.weekly_look, self.setup.pools
        return draw_weekly(rng, sheet, card, keys, issues, plans, look, pools, ledger, title)

    def _progress(self, client: Client) -> dict[str, Any]:
        said, rng = words()["said"], self.rng
        return {
            "customer_name": client.name,
            "stage": client.values["stage"],
            "progress": pick(rng, said["summaries"]).format(n=2 + int(rng.random() * 7)),
            "next_step": pick(rng, said["actions"]).format(n=2 + int(rng.random() * 5)),
            "expected_close": client.values["expected_close"],
            "amount": client.values["expected_amount"],
        }

    def handover(self, sheet: str, to: Rep, ledger: Ledger, missing: str | None) -> Page:
        """Fill in a handover of some customers to another rep; ``missing`` is a signature nobody gave."""
        rng = self.rng
        given = [c for c in self.rep.clients if c.featured and c.values["customer_no"]]
        signed = {"from": self.rep.name, "to": to.name, "manager": self.rep.manager}
        values: dict[str, Any] = {
            "from_rep": self.rep.name,
            "to_rep": to.name,
            "date": self.today,
            "reason": pick(rng, words()["said"]["reasons"]),
        }
        for who, name in signed.items():
            values |= {f"{who}_signature": name, f"{who}_signed_on": self.today}
        card = self.row("handover", values)
        if missing is not None:
            card[missing] = fault(blank(), None, "incomplete")
            card[missing.replace("signature", "signed_on")] = blank()
        pattern = words()["said"]["opportunities"]
        tables = (
            ("handover_customer", [self.row("handover_customer", c.values) for c in given]),
            (
                "handover_contact",
                [
                    self.row("handover_contact", {**c.talks[-1].values, "customer_name": c.name})
                    for c in given
                ],
            ),
            (
                "handover_opportunity",
                [
                    self.row(
                        "handover_opportunity",
                        {
                            **c.values,
                            "opportunity": pick(rng, pattern).format(company=c.name[:5]),
                            "next_action": c.plans[0]["action"],
                        },
                    )
                    for c in given
                ],
            ),
        )
        return draw_handover(rng, sheet, card, tables, self.setup.pools, ledger)

    def _title(self, form: str, week: int = 0) -> str:
        patterns: Sequence[str] = words()["forms"][form]
        return pick(self.rng, patterns).format(
            rep=self.rep.name, team=self.rep.team, year=self.today.year, month=self.today.month, week=week
        )


_KEPT = {
    **{"customer_no": 0.9, "contact_title": 0.8, "annual_purchase": 0.9, "strategic": 0.6, "grade": 0.4},
    **{"tags": 0.7, "last_contact": 0.7, "competitor": 0.3, "history": 0.25, "notes": 0.8, "birthday": 0},
    **{"decision_chain": 0},
}
"""How likely a rep keeps an optional column."""


def _within(days: Sequence[dt.date], start: dt.date) -> int:
    return sum(start <= day <= start + dt.timedelta(days=6) for day in days)


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime(day.year, day.month, day.day)
