"""业绩达成: figures with the sentences that go with them. docs/domain.md 3.3.

Owns which figures the sheet is given. Refuses: computing them; each question has its module.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import pandas as pd

from salesxl.messages import Words
from salesxl.model import Team
from salesxl.rulebook import Rulebook
from salesxl.rules.workdays import Pace, pace
from salesxl.summary.figures import activity, attainment, pipeline, progress
from salesxl.summary.figures.attainment import Period, periods, reports, runs, weeks_known
from salesxl.summary.figures.plain import Person, counts, percent
from salesxl.summary.figures.weeks import by_week, week_key
from salesxl.summary.today import names

__all__ = ["attainment_section", "weeks_section"]


def attainment_section(
    team: Team, rulebook: Rulebook, words: Words, persons: tuple[Person, ...], chances: pipeline.Chances
) -> dict[str, Any]:
    """Return 业绩达成: the month, quarter and year to date, the other measures, the quota, adjusted targets.

    Reps stand with the furthest behind first; with every figure comes how far the month is, and from which
    weeks' reports it stands.
    """
    day = attainment.month(team)
    elapsed = pace(day.year, day.month, team.as_of, rulebook.days)
    every = reports(team)
    month, *longer = periods(team)
    complete = len(weeks_known(every, month)[None]) == len(month.weeks)
    reps = attainment.by_rep(team, rulebook, persons, elapsed, complete=complete)
    groups = {
        scope: attainment.by_scope(reps, rulebook, persons, day, elapsed, scope, complete=complete)
        for scope in attainment.SCOPES
    }
    whole = attainment.all_of_us(reps, rulebook, day, elapsed, complete=complete)
    for row in (*reps, *(r for found in groups.values() for r in found), whole):
        _name(row, words)
    others = progress.measures(every, month, rulebook, persons)
    quotas = progress.quotas(team, month, elapsed, rulebook, persons, reps, others, chances)
    for row in quotas:
        short = [_short(key, row["blank"], words) for key in row["short"]]
        row["short_names"] = names(short, words, len(short))
    warning = float(rulebook.parameters.attainment_warning)
    judged = attainment.is_judged(rulebook, elapsed, complete=complete)
    due = rulebook.parameters.quota_reserve_per_month * rulebook.parameters.quota_reserve_months
    return {
        "month": day,
        "warning": warning,
        "marked_below": warning if judged else None,
        "judged": judged,
        "rule": words.text(
            "summary.attainment.rule",
            warning=percent(warning),
            workday=rulebook.parameters.judged_from_workday,
        ),
        "unjudged_line": "" if judged else _unjudged(elapsed, every, month, words),
        "reps": _furthest_behind_first(reps),
        "teams": groups["team"],
        "regions": groups["region"],
        "product_lines": groups["product_line"],
        "all": whole,
        "unknown": words.text("summary.attainment.unknown", reps=whole["unknown"])
        if whole["unknown"]
        else "",
        "progress": _progress([progress.to_date(every, p, team, rulebook, persons) for p in longer], words),
        "weeks": _weeks(every, (month, *longer), words),
        "weeks_line": _weeks_line(every, (month, *longer), words),
        "measures": others[:-1],
        "measures_all": others[-1],
        "quotas": quotas,
        "quota_line": words.text("summary.attainment.quota_rule", reserve=due),
        "adjustments": _adjustments(progress.adjustments(rulebook, day.year), words),
        "workdays": _workdays(elapsed, team, words),
    }


def weeks_section(
    team: Team, rulebook: Rulebook, words: Words, persons: tuple[Person, ...]
) -> dict[str, Any]:
    """Return 各周业绩: every report of the year, and the sums that the other sheets show."""
    spans = periods(team)
    found = by_week(reports(team), spans, persons)
    for week in found["weeks"]:
        week["label"] = words.text("summary.weeks.label", week=week["number"], month=week["month"])
    names = {p.key: words.name("period", p.key) for p in spans}
    _add_contacts(found, team, spans, rulebook)
    return {**found, "names": names}


def _add_contacts(found: dict[str, Any], team: Team, spans: Sequence[Period], rulebook: Rulebook) -> None:
    """Put each rep's contacts (``talks``) beside the reports of the same weeks, by week and by period.

    They are known since the quarter began and for the weeks of the trend: older rows may be closed. A week
    before, and a period that reaches further back, has None.
    """
    (quarter,) = (p for p in spans if p.key == "quarter")
    since = min(quarter.weeks[0], team.week[0] - dt.timedelta(weeks=rulebook.parameters.trend_weeks))
    talks = activity.contacts(team)
    by = {(rep, week.date()): count for (rep, week), count in counts(talks, "rep", "week").items()}
    mondays = [week["monday"] for week in found["weeks"]]
    for row in found["reps"]:
        weeks = {monday: by.get((row["rep"], monday), 0) if monday >= since else None for monday in mondays}
        sums = {p.key: _sum([weeks[day] for day in mondays if day in p.weeks]) for p in spans}
        row["talks"] = {**{week_key(day): count for day, count in weeks.items()}, **sums}
    keys = [*map(week_key, mondays), *(p.key for p in spans)]
    found["all"]["talks"] = {key: _sum([row["talks"][key] for row in found["reps"]]) for key in keys}


def _sum(counted: Sequence[int | None]) -> int | None:
    known = [count for count in counted if count is not None]
    return sum(known) if len(known) == len(counted) else None


def _short(key: str, blank: Sequence[str], words: Words) -> str:
    name = words.name("quota", key)
    return words.text("summary.attainment.short_blank", name=name) if key in blank else name


def _unjudged(elapsed: Pace, every: pd.DataFrame, month: Period, words: Words) -> str:
    """Say why nobody is judged by the month's figures: weeks that nobody reported, or too few days."""
    (row,) = _weeks(every, (month,), words)
    if row["missing"]:
        return words.text("summary.attainment.weeks_missing", missing=row["missing_text"])
    return words.text("summary.attainment.early", elapsed=elapsed.elapsed)


def _name(row: dict[str, Any], words: Words) -> None:
    partial = row["completed"] is not None and row["weeks_missing"]
    row["state_name"] = words.name("attainment_state", "partial" if partial else row["state"])
    row["source_name"] = words.name("target_source", row["source"]) if row["source"] else None


def _furthest_behind_first(reps: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the rows so that who has furthest to go stands first, and who cannot be judged last."""
    return sorted(
        reps,
        key=lambda r: (
            r["pace"] is None,
            r["pace"] if r["pace"] is not None else 0,
            r["attainment"] is None,
            r["attainment"] if r["attainment"] is not None else 0,
        ),
    )


def _progress(found: Sequence[Sequence[dict[str, Any]]], words: Words) -> list[dict[str, Any]]:
    """Put quarter and year beside each other: a row for all, each region, product line, team and rep."""
    rows = []
    for quarter, year in zip(*found, strict=True):
        for row in (quarter, year):
            _name(row, words)
        scope = words.name("scope", quarter["scope"])
        name = quarter["name"] or words.text("summary.whole_team")
        rows.append(
            {"scope": quarter["scope"], "scope_name": scope, "name": name, "quarter": quarter, "year": year}
        )
    return rows


def _weeks(every: pd.DataFrame, spans: Sequence[Period], words: Words) -> list[dict[str, Any]]:
    """Return which weeks each period's figures stand from, and which nobody has reported."""
    found = []
    for period in spans:
        known = weeks_known(every, period)[None]
        missing = [monday for monday in period.weeks if monday not in known]
        found.append(
            {
                "period": period.key,
                "known": list(known),
                "missing": missing,
                "known_text": _runs(known, words),
                "missing_text": _runs(missing, words),
            }
        )
    return found


def _runs(weeks: Sequence[Any], words: Words) -> str:
    parts = [
        words.text("summary.weeks.one" if first == last else "summary.weeks.run", first=first, last=last)
        for first, last in runs(weeks)
    ]
    return words.text("definition_part.join").join(parts)


def _weeks_line(every: pd.DataFrame, spans: Sequence[Period], words: Words) -> str:
    """Say from which weeks the figures stand."""
    parts = []
    for row in _weeks(every, spans, words):
        key = "none" if not row["known"] else "missing" if row["missing"] else "part"
        facts = {"known": row["known_text"], "missing": row["missing_text"]}
        parts.append(words.text(f"summary.weeks.{key}", period=words.name("period", row["period"]), **facts))
    return words.text("summary.weeks.line", parts=words.text("summary.weeks.join").join(parts))


def _adjustments(found: list[dict[str, Any]], words: Words) -> list[dict[str, Any]]:
    for row in found:
        key = "month" if row["period"].isdigit() else "quarter" if row["period"] != "year" else "year"
        row["period_name"] = words.text(f"summary.period.{key}", number=row["period"].lstrip("Q"))
        row["scope_name"] = words.name("scope", row["scope"])
        row["name"] = row["name"] or words.text("summary.whole_team")
        row["measure_name"] = words.name("measure", row["measure"])
    return found


def _workdays(elapsed: Pace, team: Team, words: Words) -> dict[str, Any]:
    known = elapsed.source != "weekdays"
    source = words.text(f"summary.workdays.{elapsed.source}", year=str(elapsed.year))
    return {
        "elapsed": elapsed.elapsed,
        "days": elapsed.days,
        "share": elapsed.share,
        "source": elapsed.source,
        "known": known,
        "line": words.text(
            "summary.workdays.line",
            month=elapsed.month,
            days=elapsed.days,
            as_of=team.as_of,
            elapsed=elapsed.elapsed,
            share=percent(elapsed.share),
        ),
        "source_line": source,
        "alarm": "" if known else source,
    }
