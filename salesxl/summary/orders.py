"""订单分析: figures of the order lines with the sentences that go with them. docs/domain.md 6.

Owns which figures the sheet is given, and that there is none where no order line is known. Refuses:
computing them (``figures.orders``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from salesxl.messages import Words
from salesxl.model import Team
from salesxl.rulebook import Rulebook
from salesxl.rules.money import share, total
from salesxl.summary.figures import orders
from salesxl.summary.figures.calendar import MONTHS, Span, span_of
from salesxl.summary.figures.plain import Person, percent, wan

__all__ = ["compared", "grouped", "orders_section"]

Row = dict[str, Any]
MOST = 15
"""Rows of a group; the rest is one more row."""


def orders_section(
    team: Team,
    rulebook: Rulebook,
    words: Words,
    persons: Sequence[Person],
    reached: Sequence[Mapping[str, Any]],
) -> dict[str, Any]:
    """Return 订单分析; ``any`` says whether there is an order line: without one there is no such sheet.

    The periods are the month, quarter and year of the day of the summary. ``reached`` are the rows of
    业绩达成 by rep, with what reports say was signed and collected.
    """
    every = orders.lines(team, persons)
    spans = {key: span_of(key, team.as_of, team.as_of) for key in MONTHS}
    month = spans["month"]
    buying = orders.buying(every, team.as_of, float(rulebook.parameters.reorder_times))
    late = orders.late(every, team.as_of)
    periods = [compared(every, span, team.as_of, rulebook, words) for span in spans.values()]
    due = [row for row in buying if row["overdue"]]
    return {
        "any": bool(len(every)),
        "periods": periods,
        "groups": grouped(every, month, words),
        "months": _by_month(every, team.as_of, words),
        "late": late,
        "late_title": words.text("summary.orders.late", count=len(late)),
        "no_late": not late,
        "due": due,
        "due_title": words.text("summary.orders.due", count=len(due)),
        "no_due": not due,
        "buying": buying[:MOST] if due else sorted(buying, key=lambda r: -(r["amount"] or 0.0))[:MOST],
        "customers": len(buying),
        "lost": [{"customer_name": name} for name in orders.churn(every, month, _silent(rulebook))["names"]],
        "collected": _collected(every, month, reached),
        "line": _line(periods[0], late, due, words) if len(every) else "",
    }


def compared(every: pd.DataFrame, span: Span, as_of: dt.date, rulebook: Rulebook, words: Words) -> Row:
    """Return a period's sums with 环比 and 同比, delivery, churn and new customers."""
    shipped, gone = orders.delivery(every, span, as_of), orders.churn(every, span, _silent(rulebook))
    return {
        "period": span.key,
        "name": words.text(f"summary.orders.{span.key}", start=span.first, end=span.until),
        **orders.whole(every, span),
        **{"due": shipped["due"], "late": shipped["late"], "on_time": shipped["rate"]},
        **{"base": gone["base"], "lost": gone["lost"], "churn": gone["rate"]},
        "new": sum(orders.new_buyers(every, span).values()),
    }


def grouped(every: pd.DataFrame, span: Span, words: Words) -> list[Row]:
    """Return a table per group that says anything: its title and its rows."""
    found = []
    for key in orders.GROUPS:
        most = None if key in ("rep", "team") else MOST
        listed = orders.by_group(every, span, key, most)
        if not any(row["name"] for row in listed):
            continue
        for row in listed:
            row["name"] = row["name"] or (
                words.text("summary.orders.others", count=row["others"])
                if row["others"]
                else words.text("summary.unknown")
            )
        found.append({"group": key, "title": words.text(f"summary.orders.by_{key}"), "rows": listed})
    return found


def _by_month(every: pd.DataFrame, as_of: dt.date, words: Words) -> list[Row]:
    found = orders.months(every, as_of)
    for row in found:
        row["label"] = words.text(
            "summary.orders.of_month", year=str(row["month"].year), month=row["month"].month
        )
        for name in ("amount", "profit"):
            row[f"{name}_wan"] = None if row[name] is None else row[name] / 10_000
    return found


def _collected(every: pd.DataFrame, month: Span, reached: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return what was ordered, signed and collected in the month, by rep and in all."""
    ordered = {row["name"]: row["amount"] for row in orders.by_group(every, month, "rep")}
    listed = [
        {
            **{"rep": row["rep"], "ordered": ordered.get(row["rep"])},
            **_owed(row["completed"], row["collected"]),
        }
        for row in reached
    ]
    sums = {name: total([row[name] for row in listed]) for name in ("ordered", "signed", "collected")}
    return {"reps": listed, "all": {"ordered": sums["ordered"], **_owed(sums["signed"], sums["collected"])}}


def _owed(signed: float | None, collected: float | None) -> Row:
    known = None not in (signed, collected)
    return {
        "signed": signed,
        "collected": collected,
        "rate": share(collected, signed),
        "open": round((signed or 0.0) - (collected or 0.0), 2) if known else None,
    }


def _silent(rulebook: Rulebook) -> int:
    return rulebook.parameters.churn_months


def _line(month: Row, late: Sequence[Row], due: Sequence[Row], words: Words) -> str:
    """Say what the month has brought, and what is to be done about it."""
    blank = words.text("summary.orders.blank")
    facts = {name: percent(month[name]) or blank for name in ("growth", "yearly", "on_time", "margin")}
    parts = [
        words.text("summary.orders.line", amount=wan(month["amount"]) or "0", count=month["orders"], **facts)
    ]
    if late:
        parts.append(words.text("summary.orders.line_late", count=len(late)))
    if due:
        named = words.text("summary.orders.join").join(row["customer_name"] for row in due[:3])
        parts.append(words.text("summary.orders.line_due", count=len(due), customers=named))
    return words.gap.join(parts)
