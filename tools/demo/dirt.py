"""The faults of a real week, one cell at a time (docs/domain.md 4).

Owns which faults there are and what a reader can still make of the cell. Refuses: spellings without a fault.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from salesxl.model import CellValue
from salesxl.rulebook import Rulebook
from tools.demo.entry import Entry, blank, fault
from tools.demo.words import Rng, pick, shuffled, words

__all__ = ["Row", "spoil_customers", "spoil_record", "spoil_week"]

Row: TypeAlias = dict[str, Entry]


def spoil_customers(
    rng: Rng, rows: Sequence[Row], featured: Sequence[bool], count: int, today: dt.date, rulebook: Rulebook
) -> None:
    """Put faults into the rows of an archive, at most one per row and in rows that bear them.

    A customer whom other forms name keeps its name. Cells that would get a second finding out of the same
    fault are emptied.
    """
    kinds = shuffled(rng, list(_CUSTOMER))
    order = shuffled(rng, range(len(rows)))
    done: set[int] = set()
    for name in kinds[:count]:
        for at in order:
            if at not in done and _CUSTOMER[name](rng, rows[at], today, featured[at], rulebook):
                done.add(at)
                break


def _lacking(field: str) -> Callable[[Rng, Row, dt.date, bool, Rulebook], bool]:
    def put(rng: Rng, row: Row, _today: dt.date, featured: bool, _rules: Rulebook) -> bool:
        if row[field].value is None or (field == "customer_name" and featured):
            return False
        marks = words()["bad"]["blank_text" if field == "need" else "blank"]
        row[field] = fault(row[field], pick(rng, marks) or None, "required")
        return True

    return put


def _wrong(field: str, code: str, bad: str, severity: str | None = None) -> Any:
    def put(rng: Rng, row: Row, today: dt.date, _featured: bool, _rules: Rulebook) -> bool:
        if row[field].value is None:
            return False
        typed = pick(rng, words()["bad"][bad]).format(year=today.year)
        value = typed if severity == "warning" or code == "vague" or field == "customer_no" else None
        row[field] = fault(row[field], typed, code, value=value, severity=severity)
        return True

    return put


def _negative(rng: Rng, row: Row, _today: dt.date, _featured: bool, _rules: Rulebook) -> bool:
    value = -1000 * (1 + int(rng.random() * 9))
    row["expected_amount"] = fault(row["expected_amount"], value, "range", value=value)
    return True


def _future(rng: Rng, row: Row, today: dt.date, featured: bool, _rules: Rulebook) -> bool:
    close = row["expected_close"].value
    day = today + dt.timedelta(days=10 + int(rng.random() * 20))
    if featured or close is None or close <= day:
        return False
    row["first_contact"] = fault(row["first_contact"], day, "future_date", value=day)
    row["last_contact"] = blank()
    return True


def _reversed(rng: Rng, row: Row, _today: dt.date, _featured: bool, _rules: Rulebook) -> bool:
    first = row["first_contact"].value
    if row["expected_close"].value is None or first is None:
        return False
    day = first - dt.timedelta(days=10 + int(rng.random() * 30))
    row["expected_close"] = fault(row["expected_close"], day, "date_order", value=day)
    return True


def _stale(rng: Rng, row: Row, today: dt.date, _featured: bool, _rules: Rulebook) -> bool:
    first = row["first_contact"].value
    day = today - dt.timedelta(days=3 + int(rng.random() * 40))
    if row["expected_close"].value is None or first is None or first > day:
        return False
    row["expected_close"] = fault(row["expected_close"], day, "stale", value=day)
    return True


def _grade(rng: Rng, row: Row, _today: dt.date, _featured: bool, rules: Rulebook) -> bool:
    right = row["grade"].value
    if right is None:
        return False
    other = pick(rng, [g.name for g in rules.grades if g.name != right])
    row["grade"] = fault(row["grade"], other, "mismatch", value=other)
    return True


_CUSTOMER: Mapping[str, Callable[[Rng, Row, dt.date, bool, Rulebook], bool]] = {
    **{
        f"no_{field}": _lacking(field)
        for field in (
            *("customer_name", "industry", "source", "contact", "need", "first_contact", "status", "stage"),
            *("expected_amount", "expected_close", "contact_name"),
        )
    },
    "amount": _wrong("expected_amount", "type", "amount"),
    "purchase": _wrong("annual_purchase", "type", "amount"),
    "employees": _wrong("employees", "type", "whole"),
    "first": _wrong("first_contact", "type", "date"),
    "close": _wrong("expected_close", "type", "date"),
    "status": _wrong("status", "choice", "status"),
    "source": _wrong("source", "choice", "source"),
    "stage": _wrong("stage", "choice", "stage"),
    "industry": _wrong("industry", "choice", "industry", "warning"),
    "contact": _wrong("contact", "format", "contact"),
    "number": _wrong("customer_no", "format", "number"),
    "vague": _wrong("need", "vague", "vague"),
    "negative": _negative,
    "future": _future,
    "reversed": _reversed,
    "stale": _stale,
    "grade": _grade,
}


def spoil_record(rng: Rng, talks: list[Row], plans: list[Row], card: Row, today: dt.date) -> None:
    """Put one fault into a process record."""
    bad = words()["bad"]
    talk, plan = pick(rng, talks), pick(rng, plans)
    met: dt.datetime = talk["contact_time"].value
    late = met + dt.timedelta(hours=26 + int(rng.random() * 20))
    early = met - dt.timedelta(minutes=90)
    vague, moment = pick(rng, bad["vague"]), pick(rng, bad["moment"]).format(year=today.year)
    overdue = dt.datetime(today.year, today.month, today.day) - dt.timedelta(days=2 + int(rng.random() * 2))
    faults: list[tuple[Row, str, CellValue, str, Any]] = [
        (talk, "method", pick(rng, bad["method"]), "choice", None),
        (talk, "method", None, "required", None),
        (talk, "summary", None, "required", None),
        (talk, "summary", vague, "vague", vague),
        (talk, "entered_at", late, "late_entry", late),
        (talk, "entered_at", early, "date_order", early),
        (talk, "contact_time", moment, "type", None),
        (plan, "action", vague, "vague", vague),
        (plan, "owner", None, "required", None),
        (card, "contact_name", None, "required", None),
        (card, "source", pick(rng, bad["source"]), "choice", None),
    ]
    if overdue > min(row["contact_time"].value for row in talks):
        faults.append((plan, "due", overdue, "overdue", overdue))
    row, name, typed, code, value = pick(rng, faults)
    row[name] = fault(row[name], typed, code, value=value)


def spoil_week(
    rng: Rng, card: Row, keys: Sequence[Row], *, settings: bool, blanks: bool, kind: str | None = None
) -> None:
    """Put one fault into a weekly report: a figure nobody can read, or one that disagrees.

    ``settings`` says that the target can be held against the settings, ``blanks`` that a blank has a cell.
    """
    bad = words()["bad"]
    kinds = ["new", "follow", "progress", "completed"]
    kinds += ["no_figure"] * blanks + ["target"] * settings
    chosen = kind or pick(rng, kinds)
    if chosen == "new":
        card["new_customers"] = fault(card["new_customers"], pick(rng, bad["week_count"]), "type")
    elif chosen == "follow":
        value = int(card["follow_ups"].value) + 2 + int(rng.random() * 9)
        card["follow_ups"] = fault(card["follow_ups"], value, "mismatch", value=value)
    elif chosen == "target":
        value = int(card["month_target"].value) + 50_000
        card["month_target"] = fault(card["month_target"], value, "mismatch", value=value)
    elif chosen == "completed":
        card["completed_amount"] = fault(card["completed_amount"], pick(rng, bad["amount"]), "type")
    elif chosen == "no_figure":
        card["expected_amount"] = fault(card["expected_amount"], None, "required")
    elif keys:
        typed = pick(rng, bad["vague"])
        keys[0]["progress"] = fault(keys[0]["progress"], typed, "vague", value=typed)
