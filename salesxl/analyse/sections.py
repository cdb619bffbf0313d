"""The sections of the summary: one dictionary a sheet, figures with the sentences that go with them.

Owns which figures a sheet is given. Refuses: computing them (each question has its module), and what only
the whole can say (``summary``).
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from salesxl.analyse import (
    attainment,
    conflicts,
    follow_up,
    grades,
    problems,
    reports,
    stages,
)
from salesxl.analyse.definitions import cadence
from salesxl.analyse.lines import with_lines
from salesxl.analyse.people import Person
from salesxl.analyse.plain import percent, wan
from salesxl.analyse.today import names
from salesxl.analyse.workdays import pace
from salesxl.model import Rulebook, Team
from salesxl.money import total
from salesxl.words import Words

__all__ = [
    "attainment_section",
    "conflicts_section",
    "follow_up_section",
    "grades_section",
    "problems_section",
    "reports_section",
    "stages_section",
]


def attainment_section(
    team: Team, rulebook: Rulebook, words: Words, persons: tuple[Person, ...]
) -> dict[str, Any]:
    """Return 业绩达成: reps, the furthest behind first, teams, everybody, and how far the month is."""
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


def grades_section(
    customers: pd.DataFrame, rulebook: Rulebook, words: Words, reps: tuple[str, ...]
) -> dict[str, Any]:
    """Return 客户分级: by grade and by rep, and who has no grade."""
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


def stages_section(
    customers: pd.DataFrame,
    rulebook: Rulebook,
    words: Words,
    reps: tuple[str, ...],
    context: dict[str, Any],
) -> dict[str, Any]:
    """Return 阶段漏斗 and 预测: the path, its leak, the forecast, and what the target takes."""
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


def follow_up_section(team: Team, rulebook: Rulebook, words: Words) -> dict[str, Any]:
    """Return 跟进预警: every list with its title."""
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


def conflicts_section(customers: pd.DataFrame, findings: pd.DataFrame, words: Words) -> dict[str, Any]:
    """Return 撞单与核对: claims, and findings that contradict each other."""
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


def reports_section(
    team: Team, rulebook: Rulebook, words: Words, persons: tuple[Person, ...]
) -> dict[str, Any]:
    """Return 提交情况: who has handed in what, and what was not read."""
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


def problems_section(findings: pd.DataFrame, words: Words, reps: tuple[str, ...]) -> dict[str, Any]:
    """Return 数据问题: by kind, by rep, and one by one."""
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
