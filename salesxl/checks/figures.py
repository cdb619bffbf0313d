"""Figures that must agree with figures elsewhere. docs/domain.md 4, mismatch."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

import pandas as pd

from salesxl.checks.case import Case, Fault, positions, warning
from salesxl.checks.names import customer_keys
from salesxl.frames import look_up
from salesxl.grading import recent_contacts, settled
from salesxl.stack import Stack
from salesxl.targets import month_of_week, target_of

__all__ = ["counts", "grade", "month_target", "signed"]

BOUNDS = ("week_start", "week_end")


def grade(case: Case) -> Iterator[Fault]:
    """Warn where a hand-filled grade differs from the computed one, unless a reason for it is given."""
    stack = case.stacks["customer"]
    if stack.frame.empty:
        return
    found = settled(stack.frame, case.rulebook, _follow_ups(case, stack))
    filled = stack.frame["grade"]
    differs = filled.notna() & (filled != found["by_rule"]).fillna(False) & (found["why"] != "override")
    for at in positions(differs):
        yield warning("mismatch", stack, at, "grade", why="grade", expected=found.at[at, "by_rule"])


def _follow_ups(case: Case, stack: Stack) -> pd.Series:
    """Return each customer's follow-ups of the last months, as its rep's records have them."""
    record, contacts, visits = (case.stacks[kind] for kind in ("record", "communication", "visit"))
    names = record.frame.set_index("submission")["customer_name"]
    of_records = customer_keys(look_up(contacts.frame["submission"], names))
    parts = [
        pd.DataFrame({"rep": case.rep_of(talks), "key": keys, "contact_time": talks.frame["contact_time"]})[
            case.inside(talks)
        ]
        for talks, keys in ((contacts, of_records), (visits, case.keys(visits)))
    ]
    met = pd.concat([part for part in parts if not part.empty] or parts[:1], ignore_index=True)
    owned = pd.DataFrame({"rep": case.rep_of(stack), "key": case.keys(stack)})
    months = int(case.rulebook.parameters["high_potential_months"])
    return recent_contacts(owned, met, case.as_of, months)


def month_target(case: Case) -> Iterator[Fault]:
    """Warn where a report's 本月目标 differs from the settings; without targets nothing is said."""
    stack = case.stacks["weekly_report"]
    reps = case.rep_of(stack)
    for at in positions(stack.frame["month_target"].notna() & stack.frame["week_start"].notna()):
        rep = reps[at]
        if pd.isna(rep):
            continue
        year, month = month_of_week(stack.frame.at[at, "week_start"].date())
        expected = target_of(case.rulebook, "rep", rep, dt.date(year, month, 1), "signed")
        if expected is not None and float(expected) != float(stack.frame.at[at, "month_target"]):
            yield warning("mismatch", stack, at, "month_target", why="month_target", expected=expected)


def counts(case: Case) -> Iterator[Fault]:
    """Warn where a report's new customers or follow-ups differ from that week's archive and records.

    Only reps whose archive (for new customers) or records (for follow-ups) are at hand are held to it. A date
    there that could not be read may or may not belong to the week: as many more are not held against them.
    """
    stack = case.stacks["weekly_report"]
    sources = (
        ("new_customers", ("customer",), "first_contact"),
        ("follow_ups", ("communication", "visit"), "contact_time"),
    )
    for name, kinds, moment in sources:
        weeks = _added([_in_weeks(case, kind, moment) for kind in kinds])
        said = stack.frame[name]
        apart = (said < weeks["rows"]) | (said > weeks["rows"] + weeks["unread"])
        for at in positions(said.notna() & weeks["known"] & apart):
            expected = int(weeks.at[at, "rows"])
            yield warning("mismatch", stack, at, name, why=name, expected=expected)


def _added(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Return what several kinds of rows come to together; known where any of them is at hand."""
    whole = parts[0].copy()
    for part in parts[1:]:
        for name in ("rows", "unread"):
            whole[name] = whole[name] + part[name]
        whole["known"] |= part["known"]
    return whole


def signed(case: Case) -> Iterator[Fault]:
    """Warn where a report claims less than the contracts that the archive says were signed in the week.

    More is no contradiction: customers of old buy again without a new line in the archive.
    """
    stack = case.stacks["weekly_report"]
    weeks = _in_weeks(case, "customer", "signed_on", "contract_amount")
    known = weeks["known"] & (weeks["unread"] == 0) & (weeks["rows"] > 0)
    for name, column, kind in (("completed_amount", "amount", float), ("deals", "rows", int)):
        for at in positions(known & stack.frame[name].notna() & (stack.frame[name] < weeks[column])):
            expected = kind(weeks.at[at, column])
            yield warning("mismatch", stack, at, name, why=f"signed_{column}", expected=expected)


def _in_weeks(case: Case, kind: str, moment: str, amount: str | None = None) -> pd.DataFrame:
    """Return, for each weekly report, the ``rows`` of its rep that fall into its week, and their ``amount``.

    ``unread`` are the rep's rows whose date could not be read; ``known`` is false where the rep has no such
    rows at all.
    """
    reports, other = case.stacks["weekly_report"], case.stacks[kind]
    rows = pd.DataFrame({"rep": case.rep_of(other), "day": other.frame[moment].dt.normalize()})
    rows["amount"] = other.frame[amount] if amount else 0
    rows["unread"] = other.flagged[moment] | (~other.present[moment] if amount is None else False)
    rows = rows[case.inside(other)].dropna(subset=["rep"])
    unread = rows.groupby("rep")["unread"].sum()
    asked = pd.DataFrame({"rep": case.rep_of(reports), **{b: reports.frame[b] for b in BOUNDS}})
    asked = asked.assign(at=asked.index)
    # most rows fall into nobody's week
    late = (rows["day"] >= asked["week_start"].min()) & (rows["day"] <= asked["week_end"].max())
    pairs = asked.merge(rows[late], on="rep")
    pairs = pairs[(pairs["day"] >= pairs["week_start"]) & (pairs["day"] <= pairs["week_end"])]
    sums = pairs.groupby("at").agg(rows=("day", "size"), amount=("amount", "sum")).reindex(asked.index)
    known = asked["rep"].isin(unread.index) & case.inside(reports)
    known &= asked[list(BOUNDS)].notna().all(axis=1)
    return sums.fillna(0).assign(unread=asked["rep"].map(unread).fillna(0).astype(int), known=known)
