"""What was ordered, by whom and of what, delivered when, and who should order again. docs/domain.md 6.

Owns the order lines that count, their sums by group and period, delivery, buying behaviour, churn and new
customers. Refuses: what reports say was signed (``attainment``); prose.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from salesxl.model import Team
from salesxl.rules.identity import customer_keys
from salesxl.rules.money import share, total
from salesxl.summary.figures.calendar import Span, months_before
from salesxl.summary.figures.own import ended, own_rows
from salesxl.summary.figures.plain import Person, counts, rows, sums, true

__all__ = [
    "GROUPS",
    "buying",
    "by_group",
    "churn",
    "delivery",
    "late",
    "lines",
    "months",
    "new_buyers",
    "whole",
]

GROUPS = ("rep", "team", "region", "product", "model", "grade", "industry")
"""What sums are taken by."""
MEASURES = ("amount", "volume", "profit")
YEAR = 12


def lines(team: Team, persons: Sequence[Person]) -> pd.DataFrame:
    """Return the order lines that count, up to the day of the summary, oldest first.

    ``amount`` = 数量 × 单价 where it is blank, ``profit`` = amount − 成本, both in 元; ``key`` tells the
    customer, whose ``grade`` and ``industry`` are those of the archive; ``team`` and, where the line says
    none, ``region`` are the rep's. Cancelled lines and those without a day are left out.
    """
    every = own_rows(team, "order")
    until = pd.Timestamp(team.as_of) + pd.Timedelta(days=1)
    every = every[true(every["ordered"] < until) & ~true(every["state"].isin(ended("order")))]
    every = every.sort_values("ordered", kind="stable", ignore_index=True)
    amount = every["amount"].fillna((every["volume"] * every["price"]).round(2))
    people = {p.name: p for p in persons}
    return every.assign(
        amount=amount,
        profit=(amount - every["cost"]).round(2),
        key=customer_keys(every["customer_name"]),
        team=_of_rep(every, {name: p.team for name, p in people.items()}),
        region=every["region"].fillna(_of_rep(every, {name: p.region for name, p in people.items()})),
        **_of_customers(every, team.tables["customer"]),
    )


def _of_rep(every: pd.DataFrame, known: Mapping[str, str | None]) -> pd.Series:
    return every["rep"].map({name: value for name, value in known.items() if value}).astype("string")


def _of_customers(every: pd.DataFrame, customers: pd.DataFrame) -> dict[str, pd.Series]:
    keys = customer_keys(customers["customer_name"])
    known = customers.assign(key=keys).drop_duplicates("key").set_index("key")
    return {
        name: customer_keys(every["customer_name"]).map(known[name].astype("string")).astype("string")
        for name in ("grade", "industry")
    }


def inside(every: pd.DataFrame, span: Span, column: str = "ordered") -> pd.DataFrame:
    """Return the lines whose day is in a span, both ends included."""
    when = every[column]
    end = pd.Timestamp(span.until) + pd.Timedelta(days=1)
    return every[true(when >= pd.Timestamp(span.first)) & true(when < end)]


def whole(every: pd.DataFrame, span: Span) -> dict[str, Any]:
    """Return what was ordered in a span, and against the span before and the same a year before.

    ``amount``, ``profit`` (元), ``volume``, ``orders``; ``margin`` = profit ÷ amount where costs are known;
    ``growth`` (环比) and ``yearly`` (同比) of each measure in ``growths`` and ``yearlies``.
    """
    now, before, ago = (_measured(inside(every, one)) for one in (span, span.before, span.year_ago))
    return {**now, **_compared(now, before, ago)}


def by_group(every: pd.DataFrame, span: Span, group: str, most: int | None = None) -> list[dict[str, Any]]:
    """Return a row per value of a group, the largest amount first; what has none comes last, under None.

    ``share`` is that of the span's amount. Values of the spans that are compared stand there as well. After
    ``most`` rows the rest is one row, ``name`` … with the number of the others in ``others``.
    """
    spans = [inside(every, one) for one in (span, span.before, span.year_ago)]
    parts = [dict(iter(one.groupby(one[group].fillna("")))) for one in spans]
    names = dict.fromkeys(name for part in parts for name in part)
    sum_of_all = total(spans[0]["amount"])
    found = []
    for name in names:
        now, before, ago = (
            _measured(part.get(name, one.head(0))) for part, one in zip(parts, spans, strict=True)
        )
        found.append({"name": name or None, "others": 0, **now, **_compared(now, before, ago)})
    found.sort(key=lambda row: (row["name"] is None, -(row["amount"] or 0.0), row["name"] or ""))
    if most is not None and len(found) > most:
        kept = [row["name"] or "" for row in found[: most - 1]]
        rest = every.assign(**{group: every[group].where(every[group].isin(kept), pd.NA)})
        *head, last = by_group(rest, span, group)
        found = [*head, {**last, "others": len(found) - len(kept)}]
    return [{**row, "share": share(row["amount"], sum_of_all)} for row in found]


def _measured(some: pd.DataFrame) -> dict[str, Any]:
    known = some[some["profit"].notna()]
    profit = total(known["profit"])
    return {
        "amount": total(some["amount"]),
        "volume": total(some["volume"]),
        "profit": profit,
        "margin": share(profit, total(known["amount"])),
        "orders": int(some["order_no"].nunique()),
    }


def _compared(now: Mapping[str, Any], before: Mapping[str, Any], ago: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "before": before["amount"],
        "year_ago": ago["amount"],
        "growth": grown(_known(now, "amount"), before["amount"]),
        "yearly": grown(_known(now, "amount"), ago["amount"]),
        "growths": {name: grown(_known(now, name), before[name]) for name in MEASURES},
        "yearlies": {name: grown(_known(now, name), ago[name]) for name in MEASURES},
    }


def _known(now: Mapping[str, Any], name: str) -> float | None:
    """Return a measure: nothing where nothing was ordered, blank where it is only unknown."""
    value: float | None = now[name]
    return value if now["orders"] else 0.0


def grown(now: float | None, then: float | None) -> float | None:
    """Return (now − then) ÷ then; blank where either is unknown, or what was is not above zero."""
    if now is None or then is None or then <= 0:
        return None
    return share(round(now - then, 2), then)


def delivery(every: pd.DataFrame, span: Span, as_of: dt.date) -> dict[str, Any]:
    """Return ``due`` lines of a span, those ``on_time`` and ``late``, and the ``rate`` on time.

    A line that is due later and not delivered yet is not judged.
    """
    whole_span = Span(span.key, span.first, span.last, span.last)
    due = inside(every, whole_span, "due")
    done = due["delivered"]
    on_time = true(done.dt.normalize() <= due["due"].dt.normalize())
    late_now = true(done.isna()) & true(due["due"] < pd.Timestamp(as_of))
    behind = late_now | (true(done.notna()) & ~on_time)
    judged = int(on_time.sum() + behind.sum())
    return {
        "due": judged,
        "on_time": int(on_time.sum()),
        "late": int(behind.sum()),
        "rate": share(float(on_time.sum()), float(judged)),
    }


SHOWN = ("order_no", "customer_name", "rep", "model", "volume", "amount", "due")


def late(every: pd.DataFrame, as_of: dt.date) -> list[dict[str, Any]]:
    """Return the lines that are overdue and not delivered, the latest first, with ``days`` beyond."""
    behind = every[true(every["delivered"].isna()) & true(every["due"] < pd.Timestamp(as_of))]
    behind = behind.sort_values(["due", "order_no", "model"], kind="stable")
    return [{**row, "days": (as_of - row["due"]).days} for row in rows(behind, SHOWN)]


def _orders(every: pd.DataFrame) -> pd.DataFrame:
    """Return an order each: its customer, first day, amount and rep."""
    number = every["order_no"].fillna("").where(every["order_no"].notna(), every.index.astype("string"))
    grouped = every.assign(number=number).groupby(["key", "number"], sort=False)
    found = grouped.agg(ordered=("ordered", "min"), rep=("rep", "last"), name=("customer_name", "last"))
    found["amount"] = pd.Series(sums(every.assign(number=number), "amount", "key", "number"), dtype="float64")
    return found.reset_index().sort_values("ordered", kind="stable", ignore_index=True)


def buying(every: pd.DataFrame, as_of: dt.date, times: float) -> list[dict[str, Any]]:
    """Return a row per customer who ordered in the last 12 months, or is due to: the most overdue first.

    ``orders`` and ``amount`` of these months, ``average`` order, ``last`` order and ``days`` since,
    ``months`` between orders (median, of 30.4 days), and ``due``: the last order plus ``times`` the median.
    ``overdue`` are the days beyond it, None where it lies ahead or one day of order tells no rhythm.
    """
    since = pd.Timestamp(months_before(as_of, YEAR))
    found = []
    for _, mine in _orders(every).groupby("key", sort=True):
        recent = mine[true(mine["ordered"] > since)]
        days = mine["ordered"].dt.normalize().drop_duplicates()
        gaps = days.diff().dropna().dt.days
        last = days.iloc[-1].date()
        median = float(gaps.median()) if len(gaps) else None
        due = None if median is None else last + dt.timedelta(days=int(np.ceil(median * times)))
        beyond = (as_of - due).days if due is not None else 0
        amount = total(recent["amount"])
        found.append(
            {
                **{"customer_name": mine["name"].iloc[-1], "rep": rows(mine.tail(1), ["rep"])[0]["rep"]},
                **{"orders": len(recent), "amount": amount, "last": last, "days": (as_of - last).days},
                "average": None if amount is None else round(amount / len(recent), 2),
                "months": None if median is None else round(median / MONTH, 1),
                **{"due": due, "overdue": beyond if beyond > 0 else None},
            }
        )
    found = [row for row in found if row["orders"] or row["overdue"]]
    return sorted(found, key=lambda r: (-(r["overdue"] or 0), -(r["amount"] or 0.0), r["customer_name"]))


MONTH = 30.4375
"""Days of a month on the average."""


def churn(every: pd.DataFrame, span: Span, silent: int) -> dict[str, Any]:
    """Return ``base``: customers with an order in the 12 months before a span; ``lost`` of them, ``rate``.

    Lost is who has ordered nothing in the last ``silent`` months of the span; ``names`` are theirs.
    """
    first, end = pd.Timestamp(span.first), pd.Timestamp(span.until) + pd.Timedelta(days=1)
    since = pd.Timestamp(months_before(span.first, YEAR))
    base = every[true(every["ordered"] >= since) & true(every["ordered"] < first)]
    quiet = pd.Timestamp(months_before(span.until, silent)) + pd.Timedelta(days=1)
    still = set(every.loc[true(every["ordered"] >= quiet) & true(every["ordered"] < end), "key"])
    named = base.drop_duplicates("key", keep="last")
    lost = named[~named["key"].isin(still)]
    return {
        "base": len(named),
        "lost": len(lost),
        "rate": share(float(len(lost)), float(len(named))),
        "names": sorted(lost["customer_name"].dropna()),
    }


def new_buyers(every: pd.DataFrame, span: Span) -> dict[str, int]:
    """Return how many customers ordered for the first time in a span, by rep."""
    first = every.drop_duplicates("key")
    return counts(inside(first, span), "rep")


def months(every: pd.DataFrame, day: dt.date, number: int = YEAR + 1) -> list[dict[str, Any]]:
    """Return amount, volume and profit of the last months, the oldest first."""
    found = []
    for back in reversed(range(number)):
        first = months_before(day.replace(day=1), back)
        last = months_before(first, -1) - dt.timedelta(days=1)
        found.append({"month": first, **_measured(inside(every, Span("month", first, last, last)))})
    return found
