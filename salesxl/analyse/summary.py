"""Everything the manager's summary shows, as plain values: for the template and for ``--format json``.

Owns putting the questions' answers together under the names that templates use. Refuses: files, the clock.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd

from salesxl.analyse import (
    attainment,
    conflicts,
    follow_up,
    grades,
    losses,
    overview,
    problems,
    reports,
    stages,
)
from salesxl.analyse.definitions import cadence, definitions
from salesxl.analyse.lines import with_lines
from salesxl.analyse.outcomes import outcomes
from salesxl.analyse.people import Person, people
from salesxl.analyse.plain import percent, wan
from salesxl.analyse.today import headline, names, today
from salesxl.analyse.workdays import pace
from salesxl.model import Rulebook, Team
from salesxl.money import total
from salesxl.words import LOCALES, Words, load

__all__ = ["summarise"]

OWNED = ("customer", "communication", "action", "weekly_report")
NAMED = {
    "submission": {"form": "form", "status": "status"},
    "finding": {"form": "form", "severity": "severity"},
}
"""Columns that hold names of a group of words."""

IN_CHART = 15
"""Reps in the chart of targets: more bars cannot be read; the table has everybody."""


def summarise(team: Team, rulebook: Rulebook, words: Words, before: Team | None = None) -> dict[str, Any]:
    """Answer all questions of the summary. docs/domain.md 3.

    Values are plain: text, numbers, dates, None for blank, lists and dictionaries. Amounts are in 元.
    ``before`` is the team a week earlier, for the line that compares.
    """
    named = _named(team, rulebook, words)
    context = _figures(named, rulebook, words)
    context["cards"] = overview.cards(context, words)
    merged = rulebook.parameters["faulty_rows"] == "merge"
    context["held"]["line"] = overview.held_line(context, words, merged=merged)
    context["held"]["unread"] = overview.unread_line(context, words)
    earlier = None if before is None else _figures(_named(before, rulebook, words), rulebook, words)
    context["trend"] = overview.trend(context, earlier, words)
    context["headline"] = headline(context, words)
    context["today"] = today(context, words)
    sheets = words.names("summary_sheet")
    for item in context["today"]:
        item["sheet_name"] = sheets[item["sheet"]]
    context["quiet"] = not context["today"]
    meant = definitions(rulebook, words, context["attainment"]["workdays"]["source_line"])
    context["definitions"] = with_lines("definitions", meant)
    return context


def _named(team: Team, rulebook: Rulebook, words: Words) -> Team:
    """Give rows of nobody a name, so that tables by rep add up to the whole; say names in these words."""
    nobody = words.text("no_rep")
    tables = {n: t.assign(rep=t["rep"].fillna(nobody)) if n in OWNED else t for n, t in team.tables.items()}
    customers = tables["customer"]
    tables["customer"] = customers.assign(outcome=outcomes(customers, rulebook))
    for table, groups in NAMED.items():
        said = {column: _in_words(tables[table][column], group, words) for column, group in groups.items()}
        tables[table] = tables[table].assign(**said)
    return replace(team, tables=tables)


def _in_words(column: pd.Series, group: str, words: Words) -> pd.Series:
    """Say names of a group in these words, also where the team's book was made in another language."""
    known = {name: key for lang in LOCALES for key, name in load(lang, _no_label).names(group).items()}
    said = column.map(lambda name: words.name(group, known[name]) if name in known else name)
    return said.astype("string")


def _no_label(block: str | None, field: str | None) -> None:  # noqa: ARG001 - no message is made here
    return None


def _figures(team: Team, rulebook: Rulebook, words: Words) -> dict[str, Any]:
    customers, findings = team.tables["customer"], team.tables["finding"]
    persons = people(team, rulebook)
    reps = tuple(p.name for p in persons)
    monday, sunday = team.week
    year, number, _ = monday.isocalendar()
    day = attainment.month(team)
    context: dict[str, Any] = {
        "title": words.text("summary.title", year=str(year), week=number),
        "subtitle": words.text(
            "summary.subtitle",
            start=monday,
            end=sunday,
            as_of=team.as_of,
            month=day.month,
            reps=len(reps),
        ),
        "week": {"label": f"{year}-W{number:02d}", "start": monday, "end": sunday},
        "as_of": team.as_of,
        "attainment": _attainment(team, rulebook, words, persons),
        "grades": _grades(customers, rulebook, words, reps),
        "follow_up": _follow_up(team, rulebook, words),
        "losses": {
            "reasons": losses.reasons(customers, rulebook),
            "sources": losses.sources(customers, rulebook),
            "no_reasons": not losses.reasons(customers, rulebook),
            "all": losses.overall(customers, rulebook),
        },
        "conflicts": _conflicts(customers, findings, words),
        "reports": _reports(team, rulebook, words, persons),
        "problems": _problems(findings, words, reps),
    }
    context["held"] = reports.held(team.tables["submission"], words.name("status", "superseded"))
    context["stages"] = _stages(customers, rulebook, words, reps, context)
    _blanks(context, words)
    late = {g["grade"]: 0 for g in context["grades"]["grades"]}
    for row in context["follow_up"]["overdue"]:
        late[row["grade"]] += 1
    for grade in context["grades"]["grades"]:
        grade["overdue"] = late[grade["grade"]]
    context["chart"] = _chart(context, words)
    return context


def _attainment(team: Team, rulebook: Rulebook, words: Words, persons: tuple[Person, ...]) -> dict[str, Any]:
    day = attainment.month(team)
    elapsed = pace(day.year, day.month, team.as_of, rulebook.days)
    reps = attainment.by_rep(team, rulebook, persons, elapsed)
    teams = attainment.by_team(reps, rulebook, persons, day, elapsed)
    whole = attainment.all_of_us(reps, rulebook, day, elapsed)
    for row in (*reps, *teams, whole):
        row["state_name"] = words.name("attainment_state", row["state"])
        row["source_name"] = words.name("target_source", row["source"]) if row["source"] else None
    # who has furthest to go stands first; who cannot be judged stands last
    reps = sorted(
        reps,
        key=lambda r: (
            r["pace"] is None,
            r["pace"] if r["pace"] is not None else 0,
            r["attainment"] if r["attainment"] is not None else 0,
        ),
    )
    share = elapsed.share
    unknown = ""
    if whole["unknown"]:
        unknown = words.text("summary.attainment.unknown", reps=whole["unknown"])
    return {
        "month": day,
        "warning": float(rulebook.parameters["attainment_warning"]),
        "rule": words.text(
            "summary.attainment.rule", warning=percent(float(rulebook.parameters["attainment_warning"]))
        ),
        "reps": reps,
        "teams": teams,
        "all": whole,
        "unknown": unknown,
        "workdays": {
            "elapsed": elapsed.elapsed,
            "days": elapsed.days,
            "share": share,
            "source": elapsed.source,
            "known": elapsed.source != "weekdays",
            "line": words.text(
                "summary.workdays.line",
                month=day.month,
                days=elapsed.days,
                as_of=team.as_of,
                elapsed=elapsed.elapsed,
                share=percent(share),
            ),
            "source_line": words.text(f"summary.workdays.{elapsed.source}", year=str(day.year)),
        },
    }


def _grades(
    customers: pd.DataFrame, rulebook: Rulebook, words: Words, reps: tuple[str, ...]
) -> dict[str, Any]:
    found = grades.by_grade(customers, rulebook)
    for row, grade in zip(found, rulebook.grades, strict=True):
        row["cadence"] = cadence(grade, words)
    return {
        "names": [g.name for g in rulebook.grades],
        "grades": found,
        "reps": grades.by_rep(customers, rulebook, reps),
        "ungraded": grades.ungraded(customers),
        "total": len(customers),
    }


def _stages(
    customers: pd.DataFrame,
    rulebook: Rulebook,
    words: Words,
    reps: tuple[str, ...],
    context: dict[str, Any],
) -> dict[str, Any]:
    found = stages.by_stage(customers, rulebook)
    path = [s for s in found if s["reached"] is not None]
    leak = stages.leak(path)
    whole, average = context["attainment"]["all"], context["losses"]["all"]["average_deal"]
    gap = whole["gap"]
    for row in found:
        row["kind_name"] = words.name("stage_kind", row["kind"])
        row["leak"] = leak is not None and row["stage"] == leak["from"]
        row["mark"] = words.text("summary.funnel.leak_mark") if row["leak"] else ""
        row["needed"] = None
    missing = gap is not None and gap > 0
    for row, count in zip(path, stages.needed(path, gap if missing else None, average), strict=True):
        row["needed"] = count
    told = any(row["needed"] is not None for row in path)
    facts = {} if leak is None else {"from_stage": leak["from"], "to_stage": leak["to"], **leak}
    facts.pop("from", None)
    facts.pop("to", None)
    if leak is not None:
        facts["conversion"] = percent(leak["conversion"])
        leak = {
            **leak,
            "line": words.text(f"summary.funnel.{'leak' if leak['conversion'] else 'leak_all'}", **facts),
        }
    return {
        "names": [s["stage"] for s in found],
        "counts": {s["stage"]: s["count"] for s in found},
        "stages": found,
        "path": path,
        "reps": stages.by_rep(customers, rulebook, reps),
        "leak": leak,
        "leak_line": leak["line"] if leak else words.text("summary.funnel.no_leak"),
        "needed_line": words.text("summary.funnel.needed_rule", gap=wan(gap), average=wan(average))
        if told
        else words.text("summary.funnel.needed_none"),
        "count": len(customers),
        "amount": total(customers["expected_amount"]),
        "open_count": sum(s["open_count"] for s in found),
        "open_amount": total(pd.Series([s["open_amount"] for s in found], dtype="Float64")),
        "forecast": stages.forecast(found),
    }


def _follow_up(team: Team, rulebook: Rulebook, words: Words) -> dict[str, Any]:
    parameters = rulebook.parameters
    lists = {
        "overdue": follow_up.overdue_follow_up(team, rulebook),
        "first": follow_up.first_follow_up(team, rulebook),
        "actions": follow_up.overdue_actions(team, rulebook),
        "closes": follow_up.expected_past(team, rulebook),
        "renewals": follow_up.renewals(team, rulebook),
        "birthdays": follow_up.birthdays(team, rulebook),
        "potential": follow_up.high_potential(team, rulebook),
        "ungraded": grades.ungraded(team.tables["customer"]),
    }
    facts = {
        "first": {"days": parameters["first_follow_up_days"]},
        "renewals": {"months": parameters["renewal_months"]},
        "birthdays": {
            "grade": rulebook.grades[0].name if rulebook.grades else "",
            "days": parameters["birthday_days"],
        },
        "potential": {
            "grade": parameters["high_potential_grade"],
            "months": parameters["high_potential_months"],
            "count": parameters["high_potential_follow_ups"],
        },
    }
    for rows in lists.values():
        for number, row in enumerate(rows, 1):
            row["no"] = number
    unjudged = follow_up.unjudged(team, rulebook)
    return {
        **lists,
        "titles": {
            key: words.text(f"summary.follow_up.{key}", **facts.get(key, {}))
            + words.text("summary.follow_up.suffix", count=len(rows))
            for key, rows in lists.items()
        },
        "unjudged": unjudged,
        "note": words.text("summary.follow_up.note", count=unjudged),
    }


def _conflicts(customers: pd.DataFrame, findings: pd.DataFrame, words: Words) -> dict[str, Any]:
    claimed = conflicts.conflicts(customers, findings)
    lists = {
        "customers": claimed,
        "claims": [{**claim, "no": n} for n, c in enumerate(claimed, 1) for claim in c["claims"]],
        "duplicates": conflicts.of_code(findings, "duplicate"),
        "mismatches": conflicts.of_code(findings, "mismatch"),
        "unknown": conflicts.of_code(findings, "unknown_reference"),
        "handovers": [
            f
            for f in conflicts.of_code(findings, "incomplete")
            if f["form"] == words.name("form", "handover_list")
        ],
    }
    for name in ("duplicates", "mismatches", "unknown", "handovers"):
        lists[name] = with_lines("conflicts", lists[name])
    return {**lists, **{f"no_{name}": not rows for name, rows in lists.items()}}


def _reports(team: Team, rulebook: Rulebook, words: Words, persons: tuple[Person, ...]) -> dict[str, Any]:
    submissions = team.tables["submission"]
    called = {"form": words.names("form"), "status": words.names("status")}
    scores = reports.completeness(team.tables["customer"], rulebook)
    found = reports.by_rep(submissions, persons, scores, called, team.week)
    for row in found:
        row["report_name"] = words.name("report_state", row["report"])
    sums = {
        key: sum(row[key] for row in found) for key in ("read", "accepted", "returned", "errors", "warnings")
    }
    sums |= {
        key: total(pd.Series([row[key] for row in found], dtype="Float64"))
        for key in ("held_amount", "held_completed")
    }
    expected = [p for p in persons if p.on_roster] if rulebook.has_roster else []
    return {
        "reps": found,
        "all": sums,
        "missing": [row["rep"] for row in found if row["report"] == "missing"],
        "expected": len(expected),
        "handed_in": sum(row["files"] for row in found),
        "unread": reports.unread(submissions, team.tables["finding"], called["status"]),
    }


def _problems(findings: pd.DataFrame, words: Words, reps: tuple[str, ...]) -> dict[str, Any]:
    severities = {key: words.name("severity", key) for key in ("error", "warning", "notice")}
    codes = problems.by_code(findings, severities)
    for row in codes:
        row["reps_text"] = names(row["reps"], words)
    return {
        "codes": codes,
        "reps": problems.by_rep(findings, severities, reps),
        "rows": with_lines("problems", problems.listed(findings, severities)),
        "counts": {key: int((findings["severity"] == name).sum()) for key, name in severities.items()},
    }


def _blanks(context: dict[str, Any], words: Words) -> None:
    """Give what has no name the word for it."""
    blank = words.text("summary.unknown")
    for row in context["losses"]["reasons"]:
        row["reason"] = row["reason"] or blank
    for row in context["losses"]["sources"]:
        row["source"] = row["source"] or blank
    for row in context["reports"]["reps"]:
        row["rep"] = row["rep"] or words.text("no_rep")


def _chart(context: dict[str, Any], words: Words) -> dict[str, Any]:
    """Return what the charts draw: amounts in 万元, the most pressing reps, stages on the path."""
    reps = [r for r in context["attainment"]["reps"] if r["target"] is not None or r["completed"] is not None]
    shown = reps[:IN_CHART]
    title = "chart" if len(reps) <= IN_CHART else "chart_more"
    return {
        "attainment_title": words.text(f"summary.attainment.{title}", count=IN_CHART),
        "attainment": [
            {
                "rep": r["rep"],
                "done": None if r["completed"] is None else r["completed"] / 10_000,
                "aim": None if r["target"] is None else r["target"] / 10_000,
            }
            for r in shown
        ],
        "funnel": [{"stage": s["stage"], "reached": s["reached"]} for s in context["stages"]["path"]],
        "grades": [{"grade": g["grade"], "count": g["count"]} for g in context["grades"]["grades"]],
        "reasons": [{"reason": r["reason"], "count": r["count"]} for r in context["losses"]["reasons"]],
        "sources": [
            {k: r[k] for k in ("source", "won", "open", "lost")} for r in context["losses"]["sources"]
        ],
        "ungraded": len(context["grades"]["ungraded"]),
    }
