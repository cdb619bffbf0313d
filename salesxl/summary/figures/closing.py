"""When the open customers are expected to sign, against what is left to reach. docs/domain.md 3.11.

Owns the months of closing, and gap and coverage of each. Refuses: the forecast by stage (``pipeline``), and
targets, which ``attainment`` and ``rules.periods`` have.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from salesxl.rulebook import Rulebook
from salesxl.rules.money import share, total
from salesxl.rules.outcomes import outcomes
from salesxl.summary.figures.attainment import target_of_all
from salesxl.summary.figures.pipeline import Chances, by_group
from salesxl.summary.figures.plain import Person, true

__all__ = ["AHEAD", "BUCKETS", "by_month", "by_reps", "month_after", "with_buckets"]

AHEAD = ("this", "next", "after")
"""The months that are held against targets, from the month under report on."""
BUCKETS = (*AHEAD, "later", "overdue", "undated")
FIGURES = ("total", "open_amount", "weighted")


def month_after(day: dt.date, months: int) -> dt.date:
    """Return the first day of the month so many months after that of a day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(year, month + 1, 1)


def with_buckets(customers: pd.DataFrame, rulebook: Rulebook, day: dt.date, as_of: dt.date) -> pd.DataFrame:
    """Return the open customers, each with its ``bucket``: when it is expected to sign.

    ``day`` is the first of the month under report. A date before ``as_of`` is ``overdue``, whatever its
    month; without a date it is ``undated``; one in a month before ``day`` that is still to come counts to
    ``this``.
    """
    opens = customers[true(outcomes(customers, rulebook) == "open")]
    close = opens["expected_close"]
    bucket = pd.Series("later", index=opens.index)
    for at in reversed(range(len(AHEAD))):
        bucket = bucket.mask(true(close < pd.Timestamp(month_after(day, at + 1))), AHEAD[at])
    bucket = bucket.mask(true(close < pd.Timestamp(as_of)), "overdue").mask(close.isna(), "undated")
    return opens.assign(bucket=bucket)


def by_month(
    opens: pd.DataFrame,
    rulebook: Rulebook,
    chances: Chances,
    day: dt.date,
    whole: Mapping[str, Any],
    persons: Sequence[Person],
) -> list[dict[str, Any]]:
    """Return a row per bucket: ``count``, ``amount``, ``weighted``; for months ahead what is to be filled.

    ``gap`` is the month's target less what is completed of it (this month: ``whole``, the team's row of
    ``attainment``), ``coverage`` = amount ÷ gap and ``weighted_coverage`` = weighted ÷ gap, blank without a
    target or where nothing is left to reach; ``short`` is what the weighted amount leaves of the gap.
    """
    found = []
    for row in by_group(opens, rulebook, "bucket", BUCKETS, chances):
        at = AHEAD.index(row["bucket"]) if row["bucket"] in AHEAD else None
        target = None if at is None else target_of_all(rulebook, month_after(day, at), persons)
        target, done = (whole["target"], whole["completed"]) if at == 0 else (target, None)
        gap = whole["gap"] if at == 0 else target
        found.append(
            {
                "bucket": row["bucket"],
                "month": None if at is None else month_after(day, at),
                **dict(zip(("count", "amount", "weighted"), (row[n] for n in FIGURES), strict=True)),
                "target": target,
                "completed": done,
                **_covered(gap, row["open_amount"], row["weighted"]),
            }
        )
    return found


def _covered(gap: float | None, amount: float | None, weighted: float | None) -> dict[str, Any]:
    left = gap if gap is not None and gap > 0 else None
    short = None
    if gap is not None:
        short = max(0.0, round(gap - (weighted or 0.0), 2)) if gap > 0 else 0.0
    return {
        "gap": gap,
        "coverage": share(amount or 0.0, left),
        "weighted_coverage": share(weighted or 0.0, left),
        "short": short,
    }


def by_reps(
    opens: pd.DataFrame,
    rulebook: Rulebook,
    chances: Chances,
    named: Sequence[tuple[Mapping[str, Any], Sequence[str]]],
) -> list[dict[str, Any]]:
    """Return a row per group of reps: open ``amounts`` by bucket, and what the month still asks for.

    ``named`` are the groups' rows of ``attainment`` (``target``, ``completed``, ``gap``) with their reps.
    ``weighted`` is that of this month; ``coverage`` as in ``by_month``, of this month.
    """
    keyed = opens.assign(at=opens["rep"].astype("string") + "|" + opens["bucket"])
    reps = list(dict.fromkeys(rep for _, members in named for rep in members))
    keys = [f"{rep}|{bucket}" for rep in reps for bucket in BUCKETS]
    by = {row["at"]: row for row in by_group(keyed, rulebook, "at", keys, chances)}
    found = []
    for row, members in named:
        amounts = {b: total([by[f"{rep}|{b}"]["open_amount"] for rep in members]) for b in BUCKETS}
        weighted = total([by[f"{rep}|this"]["weighted"] for rep in members])
        found.append(
            {
                **{key: row[key] for key in ("target", "completed")},
                "amounts": amounts,
                "open_amount": total(list(amounts.values())),
                "count": sum(by[f"{rep}|{b}"]["total"] for rep in members for b in BUCKETS),
                "weighted": weighted,
                **_covered(row["gap"], amounts["this"], weighted),
            }
        )
    return found
