"""考核: scores and ranks of a period with the words that go with them. docs/domain.md 8.

Owns which columns and cells the sheet is given. Refuses: scoring (``figures.kpi``).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from salesxl.messages import Words
from salesxl.model import Team
from salesxl.rulebook import Rulebook
from salesxl.summary.figures import kpi
from salesxl.summary.figures.calendar import Span, span_of
from salesxl.summary.figures.plain import Person, percent

__all__ = ["scored"]

Row = dict[str, Any]
RATES = frozenset({"attainment", "churn", "conversion", "on_time", "expense"})
"""Measures that are shares."""
PARTS = {"quarter": ("month",), "year": ("quarter", "month")}
"""What a longer period's mean scores are of."""


def scored(
    team: Team, rulebook: Rulebook, words: Words, persons: Sequence[Person], span: Span
) -> dict[str, Any]:
    """Return 考核: ``columns`` of measures, ``reps``, and ``means`` of shorter periods.

    A year has no measures of its own: it is the mean of its quarters. Ranks of the period before stand
    beside. ``any`` says whether anything at all is known.
    """
    known = kpi.Known.of(team, rulebook, persons)
    table = _table(known, span, words)
    means = [
        {
            "title": words.text(f"report.mean_of_{key}"),
            "rows": [_mean(row, words) for row in kpi.mean_of(known, span, key)],
        }
        for key in PARTS.get(span.key, ())
        if any(k.period == key for k in rulebook.kpis)
    ]
    every = (table["reps"], *(mean["rows"] for mean in means))
    told = any(row["score"] is not None for rows in every for row in rows)
    return {**table, "means": means, "any": told}


def _table(known: kpi.Known, span: Span, words: Words) -> Row:
    kpis = [k for k in known.rulebook.kpis if k.period == span.key]
    names = {o.kind: o.value for o in known.rulebook.choices["考核指标"]}
    before = {row["rep"]: row for row in kpi.scores(known, span_of(span.key, span.before.first))}
    rows = kpi.scores(known, span) if kpis else []
    blank = [
        names[k.measure] for k in kpis if all(row["measures"][k.measure]["value"] is None for row in rows)
    ]
    for row in rows:
        then = before.get(row["rep"])
        row["before"], row["rank_before"] = (then["score"], then["rank"]) if then else (None, None)
        for measure, cell in row["measures"].items():
            cell["text"] = _said(measure, cell["value"])
    return {
        "title": words.text(f"report.scores_{span.key}") if kpis else "",
        "columns": [
            {"key": k.measure, "name": names[k.measure],
             "line": words.text("report.lines", weight=k.weight, zero=k.zero, full=k.full)}
            for k in kpis
        ],
        "reps": rows,
        "blank": words.text("report.no_value", measures=words.text("summary.orders.join").join(blank))
        if blank
        else "",
    }  # fmt: skip


def _said(measure: str, value: float | None) -> str:
    """Return a value as it is read: shares as per cent, all else with thousands separated."""
    if value is None:
        return ""
    return percent(value) if measure in RATES else f"{value:,.2f}".rstrip("0").rstrip(".")


def _mean(row: Row, words: Words) -> Row:
    blank = words.text("summary.orders.blank")
    parts = [blank if part is None else f"{part:g}" for part in row["parts"]]
    return {**row, "parts_text": words.text("summary.orders.join").join(parts)}
