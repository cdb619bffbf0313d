"""月报, 季报 and 年报: a period of the team's state as figures with the sentences that go with them.

Owns which figures the report is given. Refuses: computing them; each question has its module. Which book the
state is read from (``periodic``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from salesxl.messages import Words
from salesxl.model import Team
from salesxl.rulebook import Rulebook
from salesxl.rules.money import share, total
from salesxl.rules.outcomes import outcomes
from salesxl.rules.periods import rep_target, target_for
from salesxl.state.terms import read_today
from salesxl.summary import orders as order_page
from salesxl.summary.context import with_names
from salesxl.summary.definitions import with_lines
from salesxl.summary.figures import orders, period
from salesxl.summary.figures.calendar import Span
from salesxl.summary.figures.counting import counting
from salesxl.summary.figures.paths import chances
from salesxl.summary.figures.pipeline import by_group
from salesxl.summary.figures.plain import Person, people, percent, true, wan
from salesxl.summary.figures.standing import verified
from salesxl.summary.scored import scored
from salesxl.summary.today import names

__all__ = ["WIDTHS", "period_report"]

Row = dict[str, Any]
WIDTHS: Mapping[str, Mapping[str, int]] = {
    "problems": {"problem": 52, "reps_text": 24, "measures_text": 66},
    "causes": {"reasons": 24, "analysis": 94},
    "measures": {"measure": 52, "outcome": 40},
}
"""Width of each wrapped column in characters, by list and field."""
ORDERED = ("rep", "region", "product", "model")
"""Groups of orders that the report shows."""


def period_report(team: Team, rulebook: Rulebook, words: Words, span: Span, unit: str) -> dict[str, Any]:
    """Answer the questions of a month's, quarter's or year's meeting. docs/domain.md 9.

    ``team`` is the state of a week at or after its end, where there is one; ``unit`` is what the team is
    called. Values are plain, amounts in 元.
    """
    told = read_today(team, rulebook)
    rulebook = told.rulebook
    team = verified(with_names(told.team, rulebook, words), rulebook)
    persons = people(team, rulebook)
    called = _called(span, words)
    listed = period.results(team, span, rulebook, persons)
    every = orders.lines(team, persons)
    won, gone = period.deals(team, span), period.lost(team, span, rulebook)
    return {
        "title": words.text(f"report.title_{span.key}", unit=unit, period=called),
        "subtitle": words.text("report.subtitle", start=span.first, end=span.until, as_of=team.as_of),
        "period": called,
        "results": {
            "all": listed[0],
            "groups": [r for r in listed[1:] if r["scope"] != "rep"],
            "reps": _by_attainment([r for r in listed if r["scope"] == "rep"]),
            "names": {
                "now": called,
                "before": _called(span.before, words),
                "year_ago": _called(span.year_ago, words),
            },
        },
        "headline": _headline(listed[0], won, gone, words),
        "orders": _orders(every, span, team, rulebook, words),
        **_problems(team, span, rulebook, words),
        **_plans(team, span, listed, words),
        "kpi": scored(team, rulebook, words, persons, span),
        "review": _review(won, gone, words),
        "next": _next(team, span, rulebook, words, persons),
    }


def _called(span: Span, words: Words) -> str:
    quarter = (span.first.month + 2) // 3
    facts = {"year": str(span.first.year), "month": span.first.month, "quarter": quarter}
    return words.text(f"report.{span.key}", **facts)


def _by_attainment(reps: Sequence[Row]) -> list[Row]:
    """Return who did anything or was asked for anything, the best first."""
    told = [row for row in reps if row["target"] is not None or row["completed"] is not None]
    return sorted(
        told, key=lambda r: (r["attainment"] is None, -(r["attainment"] or 0.0), -(r["completed"] or 0.0))
    )


def _headline(whole: Row, won: Sequence[Row], gone: Sequence[Row], words: Words) -> str:
    blank = words.text("summary.orders.blank")
    facts = {name: percent(whole[name]) or blank for name in ("attainment", "growth", "yearly")}
    amounts = {name: wan(whole[name]) or blank for name in ("completed", "target", "collected")}
    parts = [words.text("report.headline", **facts, **amounts)]
    parts.append(words.text("report.headline_deals", won=len(won), lost=len(gone)))
    if whole["weeks_missing"]:
        parts.append(words.text("report.weeks_missing", weeks=whole["weeks"], due=whole["weeks_due"]))
    return words.gap.join(parts)


def _orders(every: Any, span: Span, team: Team, rulebook: Rulebook, words: Words) -> dict[str, Any]:
    row = order_page.compared(every, span, team.as_of, rulebook, words)
    groups = [g for g in order_page.grouped(every, span, words) if g["group"] in ORDERED]
    for group in groups:
        group["title"] = words.text(f"report.by_{group['group']}")
    row["name"] = _called(span, words)
    return {"any": bool(len(every)), "periods": [row], "groups": groups}


def _problems(team: Team, span: Span, rulebook: Rulebook, words: Words) -> dict[str, Any]:
    weeks = period.period_of(span, team.week[0]).weeks
    found = period.problems(team, weeks, float(rulebook.parameters.same_problem_likeness))
    join = words.text("summary.briefing.join")
    for row in found:
        row["reps_text"] = names(row["reps"], words, len(row["reps"]))
        row["measures_text"] = join.join(
            text
            if len(row["measures"]) == 1
            else words.text("summary.briefing.by", rep=names(who, words, len(who)), text=text)
            for text, who in row["measures"].items()
        )
        row["measures"] = list(row["measures"])
    return {"problems": with_lines(WIDTHS["problems"], found), "no_problems": not found}


def _plans(team: Team, span: Span, listed: Sequence[Row], words: Words) -> dict[str, Any]:
    """Return causes and measures of improvement plans, and who owes one: judged below the line, with none."""
    found = period.plans(team, span)
    filed = {row["rep"] for part in found.values() for row in part}
    owed = [
        r["name"]
        for r in listed
        if r["scope"] == "rep" and r["below"] and not r["left"] and r["name"] not in filed
    ]
    for row in found["measures"]:
        row["state"] = words.text("report.late") if row["late"] else row["progress"]
    line = words.text("report.owed", reps=names(owed, words, len(owed))) if owed else ""
    return {
        "causes": with_lines(WIDTHS["causes"], found["causes"]),
        "no_causes": not found["causes"],
        "measures": with_lines(WIDTHS["measures"], found["measures"]),
        "no_measures": not found["measures"],
        "owed": owed,
        "owed_line": line,
    }


def _review(won: Sequence[Row], gone: Sequence[Row], words: Words) -> dict[str, Any]:
    amounts = {"won": total([r["amount"] for r in won]), "lost": total([r["expected_amount"] for r in gone])}
    reasons = period.reasons_said(gone)
    blank = words.text("summary.unknown")
    for row in (*reasons, *gone):
        key = "reason" if "reason" in row else "loss_reason"
        row[key] = row[key] or blank
    rate = share(float(len(won)), float(len(won) + len(gone)))
    texts = {name: wan(amount) or "0" for name, amount in amounts.items()}
    return {
        "won": list(won), "lost": list(gone), "reasons": reasons, "win_rate": rate,
        "no_won": not won, "no_lost": not gone,
        "won_title": words.text("report.won_title", count=len(won), amount=texts["won"]),
        "lost_title": words.text("report.lost_title", count=len(gone), amount=texts["lost"]),
        "line": words.text(
            "report.review_line", won=len(won), lost=len(gone),
            rate=percent(rate) or words.text("summary.orders.blank"),
            reason=reasons[0]["reason"] if reasons else words.text("summary.orders.blank"),
        ),
    }  # fmt: skip


def _next(
    team: Team, span: Span, rulebook: Rulebook, words: Words, persons: Sequence[Person]
) -> dict[str, Any]:
    """Return the next period: the target of each, and what open customers are expected to sign in it."""
    coming = span.next
    customers = counting(team.tables["customer"], rulebook)
    opens = customers[true(outcomes(customers, rulebook) == "open")]
    close, from_day = opens["expected_close"], max(coming.first, team.as_of)
    opens = opens[true(close >= pd.Timestamp(from_day)) & true(close <= pd.Timestamp(coming.last))]
    staying = [p for p in persons if not p.gone]
    found = {
        r["rep"]: r
        for r in by_group(opens, rulebook, "rep", [p.name for p in staying], chances(team, rulebook))
    }
    name = period.period_of(coming, team.week[0]).name
    listed = [
        _covered(
            {"name": p.name, "target": rep_target(rulebook, p.name, coming.first.year, name, "signed")[1]},
            found[p.name]["total"], found[p.name]["open_amount"], found[p.name]["weighted"],
        )
        for p in staying
    ]  # fmt: skip
    own = target_for(rulebook, "all", None, coming.first.year, name, "signed")
    known = all(row["target"] is not None for row in listed)
    target = own if own is not None else total([r["target"] for r in listed]) if known else None
    sums = {key: total([row[key] for row in listed]) for key in ("amount", "weighted")}
    whole = _covered({"name": words.text("summary.orders.total"), "target": target},
                     sum(row["count"] for row in listed), sums["amount"], sums["weighted"])  # fmt: skip
    return {"period": _called(coming, words), "reps": listed, "all": whole}


def _covered(row: Row, count: int, amount: float | None, weighted: float | None) -> Row:
    target = None if row["target"] is None else float(row["target"])
    return {
        **row, "target": target, "count": count, "amount": amount, "weighted": weighted,
        "coverage": share(amount or 0.0, target) if target else None,
        "short": None if target is None else max(0.0, round(target - (weighted or 0.0), 2)),
    }  # fmt: skip
