"""Scores and ranks of reps by the measures of 考核指标. docs/domain.md 8.

Owns what each measure is in a period, its score, and who has which rank. Refuses: figures that other
questions have (``orders``, ``period``); prose.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from salesxl.model import Team
from salesxl.rulebook import Kpi, Rulebook
from salesxl.rules.money import share, total
from salesxl.summary.figures import orders, period
from salesxl.summary.figures.calendar import MONTHS, Span, months_before, span_of
from salesxl.summary.figures.own import own_rows, word
from salesxl.summary.figures.plain import Person, plain, true

__all__ = ["Known", "mean_of", "measured", "ranked", "score", "scores"]

Row = dict[str, Any]
Values = Mapping[str, float]
"""A measure by rep; who is not in it has none."""


@dataclass(frozen=True, eq=False)
class Known:
    """What measures are made of: the team, its order lines, and what was handed in beside (考核数据)."""

    team: Team
    rulebook: Rulebook
    persons: Sequence[Person]
    lines: pd.DataFrame
    told: pd.DataFrame

    @classmethod
    def of(cls, team: Team, rulebook: Rulebook, persons: Sequence[Person]) -> Known:
        """Return what is known of a team's reps."""
        return cls(team, rulebook, persons, orders.lines(team, persons), own_rows(team, "told"))


def scores(known: Known, span: Span) -> list[Row]:
    """Return a row per rep: by measure ``value``, ``score``, ``weight``; and ``score`` and ``rank`` of all.

    A measure without a value is blank, and its weight is shared among those known: ``known`` is the weight
    of these. A rep of whom nothing is known has no score and no rank. Who had left before the span is not
    in it.
    """
    kpis = [kpi for kpi in known.rulebook.kpis if kpi.period == span.key]
    values = {kpi.measure: measured(known, kpi.measure, span) for kpi in kpis}
    cap = float(known.rulebook.parameters.kpi_cap)
    found = []
    for person in known.persons:
        if person.until is not None and person.until < span.first:
            continue
        cells = {}
        for kpi in kpis:
            value = values[kpi.measure].get(person.name)
            mine = None if value is None else round(score(kpi, value, cap), 2)
            cells[kpi.measure] = {"value": value, "score": mine, "weight": float(kpi.weight)}
        found.append({"rep": person.name, "team": person.team, "measures": cells, **_summed(cells)})
    return ranked(found)


def score(kpi: Kpi, value: float, cap: float) -> float:
    """Return weight × clamp((value − zero) ÷ (full − zero), 0, cap).

    >>> from decimal import Decimal
    >>> churn = Kpi("churn", "quarter", Decimal(20), Decimal("0.3"), Decimal(0))
    >>> score(churn, 0.15, 1.2)
    10.0
    """
    zero, full = float(kpi.zero), float(kpi.full)
    reached = (value - zero) / (full - zero)
    return float(kpi.weight) * min(max(reached, 0.0), cap)


def _summed(cells: Mapping[str, Row]) -> Row:
    """Return the score of all measures: what is unknown leaves its weight to the others."""
    known = [cell for cell in cells.values() if cell["score"] is not None]
    weights, whole = (sum(c["weight"] for c in some) for some in (known, cells.values()))
    if not weights:
        return {"score": None, "known": 0.0}
    return {"score": round(sum(c["score"] for c in known) * whole / weights, 2), "known": weights}


def ranked(found: Sequence[Row]) -> list[Row]:
    """Return the rows with their ``rank``, the best first: equal scores share one; without a score none."""
    every = sorted((row["score"] for row in found if row["score"] is not None), reverse=True)
    told = [{**row, "rank": None if row["score"] is None else every.index(row["score"]) + 1} for row in found]
    return sorted(told, key=lambda row: (row["rank"] is None, row["rank"] or 0))


def mean_of(known: Known, span: Span, key: str) -> list[Row]:
    """Return the mean score of a longer span's months or quarters (``key``) by rep, with ``rank``.

    ``parts`` are the scores of each, None where a rep has none; those that have not begun are left out.
    """
    step = MONTHS[key]
    starts = [months_before(span.first, -at) for at in range(0, MONTHS[span.key], step)]
    spans = [span_of(key, start, span.until) for start in starts if start <= span.until]
    by_span = [{row["rep"]: row["score"] for row in scores(known, one)} for one in spans]
    found = []
    for person in known.persons:
        parts = [by.get(person.name) for by in by_span]
        there = [part for part in parts if part is not None]
        mean = round(sum(there) / len(there), 2) if there else None
        found.append({"rep": person.name, "team": person.team, "parts": parts, "score": mean})
    return ranked(found)


def measured(known: Known, measure: str, span: Span) -> Values:
    """Return a measure of a span by rep: what 考核数据 says of the period, else what the other forms tell."""
    return {**_MADE[measure](known, span), **_told(known, measure, span)}


def _told(known: Known, measure: str, span: Span) -> Values:
    """Return what was handed in for just this period; the last row of a rep counts."""
    rows = known.told[true(known.told["measure"] == _label(known, measure)) & _of_period(known.told, span)]
    return _by_rep(rows["value"].groupby(rows["rep"]).last())


def _label(known: Known, measure: str) -> str:
    return next(o.value for o in known.rulebook.choices["考核指标"] if o.kind == measure)


def _of_period(told: pd.DataFrame, span: Span) -> pd.Series:
    """Say which rows are of a period, as the form lets it be written (``own.toml``)."""
    parts = told["period"].str.normalize("NFKC").str.strip().str.extract(f"^{word('told', span.key)}$")
    number = {"month": span.first.month, "quarter": (span.first.month + 2) // 3}.get(span.key)
    same = true(parts[0] == str(span.first.year))
    return same if number is None else same & true(pd.to_numeric(parts[1], errors="coerce") == number)


def _by_rep(values: pd.Series) -> Values:
    return {str(rep): float(value) for rep, value in values.items() if plain(value) is not None}


def _of_orders(measure: str) -> Callable[[Known, Span], Values]:
    def made(known: Known, span: Span) -> Values:
        listed = orders.by_group(known.lines, span, "rep")
        return {row["name"]: row[measure] for row in listed if row["name"] and row[measure] is not None}

    return made


def _amount(known: Known, span: Span) -> Values:
    """Return what was ordered; where the team hands in no orders, what was signed."""
    return _of_orders("amount")(known, span) if len(known.lines) else _reported(known, span, "completed")


def _reported(known: Known, span: Span, field: str) -> Values:
    rows = period.results(known.team, span, known.rulebook, known.persons)
    return {r["name"]: r[field] for r in rows if r["scope"] == "rep" and r[field] is not None}


def _new(known: Known, span: Span) -> Values:
    if not len(known.lines):
        return _reported(known, span, "new_customers")
    found = orders.new_buyers(known.lines, span)
    return {rep: float(found.get(rep, 0)) for rep in known.lines["rep"].dropna().unique()}


def _each_rep(rate: Callable[[pd.DataFrame], float | None]) -> Callable[[pd.DataFrame], Values]:
    def made(lines: pd.DataFrame) -> Values:
        rates = {str(rep): rate(mine) for rep, mine in lines.groupby("rep")}
        return {rep: value for rep, value in rates.items() if value is not None}

    return made


def _churn(known: Known, span: Span) -> Values:
    silent = known.rulebook.parameters.churn_months
    return _each_rep(lambda mine: orders.churn(mine, span, silent)["rate"])(known.lines)


def _on_time(known: Known, span: Span) -> Values:
    as_of = min(known.team.as_of, span.until)
    return _each_rep(lambda mine: orders.delivery(mine, span, as_of)["rate"])(known.lines)


def _conversion(known: Known, span: Span) -> Values:
    """Return won ÷ (won + lost) of what was decided in the span."""
    won = [row["rep"] for row in period.deals(known.team, span)]
    gone = [row["rep"] for row in period.lost(known.team, span, known.rulebook)]
    reps = {rep for rep in (*won, *gone) if rep}
    return {rep: won.count(rep) / (won.count(rep) + gone.count(rep)) for rep in sorted(reps)}


def _satisfaction(known: Known, span: Span) -> Values:
    calls = orders.inside(own_rows(known.team, "call"), span, "called")
    return _by_rep(calls.groupby("rep")["satisfaction"].mean())


def _expense(known: Known, span: Span) -> Values:
    """Return expenses ÷ budget: of the period itself, else of its months added up."""
    found: dict[str, float] = {}
    spent, budget = (_added(known, name, span) for name in ("spent", "budget"))
    for rep, amount in spent.items():
        rate = share(amount, budget.get(rep))
        if rate is not None:
            found[rep] = rate
    return found


def _added(known: Known, name: str, span: Span) -> Values:
    mine = known.told[true(known.told["measure"] == word("told", name))]
    whole = mine[_of_period(mine, span)]
    if len(whole) or span.key == "month":
        return _by_rep(whole["value"].groupby(whole["rep"]).last())
    starts = [months_before(span.first, -at) for at in range(MONTHS[span.key])]
    parts = [_by_rep(p["value"].groupby(p["rep"]).last()) for p in
             (mine[_of_period(mine, span_of("month", start))] for start in starts)]  # fmt: skip
    reps = {rep for part in parts for rep in part}
    return {rep: total([part.get(rep) for part in parts]) or 0.0 for rep in reps}


_MADE: Mapping[str, Callable[[Known, Span], Values]] = {
    "amount": _amount,
    "volume": _of_orders("volume"),
    "profit": _of_orders("profit"),
    "attainment": lambda known, span: _reported(known, span, "attainment"),
    "satisfaction": _satisfaction,
    "new_customers": _new,
    "churn": _churn,
    "conversion": _conversion,
    "on_time": _on_time,
    "expense": _expense,
}
