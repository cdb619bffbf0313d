"""按月预测, 跟进活动 and 走势: figures with the sentences that go with them. docs/domain.md 3.11, 3.12.

Owns which figures these sheets are given. Refuses: computing them; each question has its module.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from salesxl.messages import Words
from salesxl.model import Team
from salesxl.rulebook import Rulebook
from salesxl.rules.money import total
from salesxl.summary.figures import activity, attainment, closing, pipeline, trend
from salesxl.summary.figures.counting import counting
from salesxl.summary.figures.plain import Person, percent, wan

__all__ = ["closing_section", "of_the_weeks"]

Row = dict[str, Any]
GROUPS = (("teams", "team"), ("product_lines", "product_line"))


def closing_section(
    team: Team,
    rulebook: Rulebook,
    words: Words,
    persons: Sequence[Person],
    chances: pipeline.Chances,
    reached: Mapping[str, Any],
) -> dict[str, Any]:
    """Return 按月预测: a row per month of closing, and by rep, team and product line.

    ``reached`` is the section of 业绩达成, whose gaps these amounts are held against.
    """
    day = attainment.month(team)
    opens = closing.with_buckets(counting(team.tables["customer"], rulebook), rulebook, day, team.as_of)
    months = closing.by_month(opens, rulebook, chances, day, reached["all"], persons)
    for row in months:
        month = row["month"] and row["month"].month
        row["name"] = words.text(f"summary.closing.{row['bucket']}", month=month)
        row["coverage_name"] = _times(row["coverage"], words)
    reps = [row for row in reached["reps"] if row["rep"] in {p.name for p in persons}]
    found = closing.by_reps(opens, rulebook, chances, [(row, [row["rep"]]) for row in reps])
    by_rep = [{"rep": row["rep"], **more} for row, more in zip(reps, found, strict=True)]
    whole: Row = {
        "count": sum(row["count"] for row in months),
        "amount": total([row["amount"] for row in months]),
        "weighted": total([row["weighted"] for row in months]),
        "amounts": {row["bucket"]: row["amount"] for row in months},
    }
    return {
        "months": months,
        "all": {
            **whole,
            **{f"this_{key}": months[0][key] for key in ("gap", "weighted", "coverage", "short")},
        },
        "names": {row["bucket"]: row["name"] for row in months},
        "reps": by_rep,
        **{key: _groups(opens, rulebook, chances, reached[key], persons, scope) for key, scope in GROUPS},
        "line": _line(months, words),
    }


def _times(times: float | None, words: Words) -> str | None:
    return None if times is None else words.text("summary.closing.times", times=f"{times:.1f}")


def _groups(
    opens: Any,
    rulebook: Rulebook,
    chances: pipeline.Chances,
    reached: Sequence[Row],
    persons: Sequence[Person],
    scope: str,
) -> list[Row]:
    named = [(row, [p.name for p in persons if getattr(p, scope) == row[scope]]) for row in reached]
    found = closing.by_reps(opens, rulebook, chances, named)
    return [{"name": row[scope], **more} for (row, _), more in zip(named, found, strict=True)]


def _line(months: Sequence[Row], words: Words) -> str:
    """Say whether what is to close this month fills the month's gap, and what has no honest date."""
    this = months[0]
    blank = words.text("summary.unknown")
    key = "line_no_gap" if this["gap"] is None else "line_done" if this["gap"] <= 0 else "line_short"
    if key == "line_short" and not this["short"]:
        key = "line_filled"
    facts = {name: wan(this[name]) or "0" for name in ("gap", "amount", "weighted", "short")}
    times = _times(this["coverage"], words) or blank
    parts = [words.text(f"summary.closing.{key}", count=this["count"], times=times, **facts)]
    for bucket in ("overdue", "undated"):
        row = next(row for row in months if row["bucket"] == bucket)
        if row["count"]:
            amount = wan(row["amount"]) or blank
            parts.append(words.text(f"summary.closing.line_{bucket}", count=row["count"], amount=amount))
    return words.gap.join(parts)


def of_the_weeks(
    team: Team, rulebook: Rulebook, words: Words, persons: Sequence[Person], reached: Mapping[str, Any]
) -> dict[str, dict[str, Any]]:
    """Return the sections ``activity`` (跟进活动) and ``trend_page`` (走势) of the last weeks.

    ``reached`` is the team's row of 业绩达成, where the last week stands as well.
    """
    found = activity.contacts(team)
    weeks = trend.last_weeks(team, rulebook, persons, found, reached)
    for row in weeks:
        row["label"] = words.text("summary.trend_page.week", week=row["number"])
        for name in ("signed", "pipeline"):
            row[f"{name}_wan"] = None if row[name] is None else row[name] / 10_000
    return {
        "activity": _activity(found, weeks, team, rulebook, words, persons),
        "trend_page": {"weeks": weeks, "line": _trend_line(weeks, words)},
    }


def _activity(
    found: Any,
    weeks: Sequence[Row],
    team: Team,
    rulebook: Rulebook,
    words: Words,
    persons: Sequence[Person],
) -> dict[str, Any]:
    """Return contacts by rep and way in this week, and by way in each of the last."""
    ways = activity.methods(found, rulebook)
    reps, every = activity.by_method(found, persons, ways, team.week[0])
    shown = []
    for week in reversed(weeks):
        _, whole = activity.by_method(found, persons, ways, week["monday"])
        shown.append({"label": week["label"], "by": whole["by"], "count": whole["count"]})
    blank = words.text("summary.unknown")
    before = blank if every["before"] is None else every["before"]
    silent = sum(not row["count"] for row in reps)
    return {
        "methods": [{"key": way or "", "name": way or blank} for way in ways],
        "reps": reps,
        "all": every,
        "weeks": shown,
        "line": words.text("summary.activity.line", count=every["count"], before=before, silent=silent),
    }


def _trend_line(weeks: Sequence[Row], words: Words) -> str:
    """Say how the last week stands against the mean of those before it."""
    *before, now = weeks
    parts = []
    for name in ("signed", "pipeline", "new", "won", "contacts"):
        known = [row[name] for row in before if row[name] is not None and (row["kept"] or name == "signed")]
        if now[name] is None or not known:
            continue
        amount = name in ("signed", "pipeline")
        mean = sum(known) / len(known)
        value, usual = (wan(now[name]), wan(round(mean, 2))) if amount else (now[name], f"{mean:.1f}")
        what = words.text(f"summary.trend_page.{name}")
        parts.append(words.text("summary.trend_page.part", name=what, value=value, mean=usual))
    if not parts:
        return words.text("summary.trend_page.first")
    if now["attainment"] is not None:
        parts.insert(0, words.text("summary.trend_page.reached", attainment=percent(now["attainment"])))
    return words.text("summary.trend_page.line", parts=words.text("summary.trend_page.join").join(parts))
