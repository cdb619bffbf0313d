"""The sections of the summary: one dictionary per sheet, figures with the sentences that go with them (see
also ``targets`` and ``pipeline``).

Owns which figures a sheet is given. Refuses: computing them (each question has its module), and what only
the whole can say (``context``).
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from salesxl.checks.dates import due
from salesxl.messages import CODES, Words, show
from salesxl.model import Severity, Team
from salesxl.rulebook import Condition, Rulebook
from salesxl.rules.money import total
from salesxl.schemas import labels_of
from salesxl.settings import typed_condition
from salesxl.summary.definitions import bound, cadence, facts_of, with_lines
from salesxl.summary.figures import alerts, claims, customers, findings, reports
from salesxl.summary.figures.counting import counting
from salesxl.summary.figures.follow_up import LISTS
from salesxl.summary.figures.plain import Person, people
from salesxl.summary.figures.standing import Unasked
from salesxl.summary.today import names

__all__ = [
    "CONTRADICTIONS",
    "conflicts_section",
    "follow_up_section",
    "grades_section",
    "problems_section",
    "reports_section",
    "views_section",
]

CONTRADICTIONS = (
    *("phones", "mismatches", "jumps", "still_listed", "duplicates", "near", "unknown", "handovers"),
)
"""Lists of findings on 撞单与核对, in their order there."""


def grades_section(team: Team, rulebook: Rulebook, words: Words, reps: tuple[str, ...]) -> dict[str, Any]:
    """Return 客户分级: by grade and by rep, who has none, whose was set by hand, and whose changed."""
    archive = counting(team.tables["customer"], rulebook)
    found = customers.by_grade(archive, rulebook)
    for row, grade in zip(found, rulebook.grades, strict=True):
        row["cadence"] = cadence(grade, words)
        row["rule"] = bound(grade, words)
    changed = customers.changes(team, rulebook, words)
    by_hand = customers.overrides(team, rulebook)
    suggested = customers.suggestions(team)
    lines = (("change_line", changed), ("override_line", by_hand), ("suggestion_line", suggested))
    for key, listed in lines:
        for row in listed:
            row["line"] = _grade_line(key, row, words)
    return {
        "names": [g.name for g in rulebook.grades],
        "grades": found,
        "reps": customers.by_rep(archive, rulebook, reps),
        "ungraded": customers.ungraded(archive),
        "total": len(archive),
        "changes": changed,
        "no_changes": not changed,
        "overrides": by_hand,
        "no_overrides": not by_hand,
        "suggestions": suggested,
        "no_suggestions": not suggested,
    }


def _grade_line(key: str, row: dict[str, Any], words: Words) -> str:
    """Say in one line whose grade is another one, from what, and why."""
    before = row["before"] or words.text("summary.grades.without")
    facts = {name: row[name] for name in ("rep", "grade", "reason")}
    line = words.text(f"summary.grades.{key}", customer=row["customer_name"], before=before, **facts)
    return line.strip()


def follow_up_section(team: Team, whole: Team, rulebook: Rulebook, words: Words) -> dict[str, Any]:
    """Return 跟进预警: every list with its title; ``whole`` has the unverified customers too."""
    facts = facts_of(rulebook, words)
    unasked = Unasked(whole, people(whole, rulebook))
    lists = {
        one.key: one.make(whole, rulebook)
        if one.whole
        else [row for row in one.make(team, rulebook) if row not in unasked]
        for one in LISTS
    }
    for rows in lists.values():
        for number, row in enumerate(rows, 1):
            row["no"] = number
    unjudged = alerts.unjudged(team, rulebook)
    return {
        **lists,
        "titles": {
            one.key: words.text(f"summary.follow_up.{one.key}", **facts)
            + words.text("summary.follow_up.suffix", count=len(lists[one.key]))
            for one in LISTS
        },
        "unjudged": unjudged,
        "note": words.text("summary.follow_up.note", count=unjudged),
    }


def views_section(team: Team, rulebook: Rulebook, words: Words) -> dict[str, Any]:
    """Return 客户名单: the team's named lists, each with its conditions in words and its customers."""
    found = alerts.views(team, rulebook)
    join = words.text("summary.views.join")
    for view in found:
        said = [" ".join(str(part) for part in said_of(c, rulebook)) for c in view["conditions"]]
        view["conditions"] = join.join(said)
        view["count"] = len(view["rows"])
        view["title"] = words.text("summary.views.one", name=view["name"], count=len(view["rows"]))
        view["none"] = not view["rows"]
        for number, row in enumerate(view["rows"], 1):
            row["no"] = number
    return {"views": found, "none": not found}


def said_of(condition: Condition, rulebook: Rulebook) -> tuple[str, str, str]:
    """Return a condition in the words of the settings."""
    field, test, value = typed_condition(condition, rulebook.choices, rulebook.forms)
    return field, test, show(value) if value is not None else ""


def conflicts_section(team: Team, rulebook: Rulebook, words: Words) -> dict[str, Any]:
    """Return 撞单与核对: claims, findings that contradict each other, and who got whose customers."""
    archive, told = team.tables["customer"], team.tables["finding"]
    claimed = findings.conflicts(archive, told)
    lists = {
        "customers": claimed,
        "claims": [{**claim, "no": n} for n, c in enumerate(claimed, 1) for claim in c["claims"]],
        "duplicates": findings.of_code(told, "duplicate"),
        "mismatches": findings.of_code(told, "mismatch"),
        "unknown": findings.of_code(told, "unknown_reference"),
        "phones": findings.by_phone(told, claimed),
        "near": findings.of_code(told, "near_name"),
        "jumps": findings.of_code(told, "stage_jump"),
        "still_listed": findings.of_code(told, "handed_over"),
        "handovers": [f for f in findings.of_code(told, "incomplete") if f["form"] == "handover_list"],
    }
    for name in CONTRADICTIONS:
        lists[name] = with_lines("conflicts", [in_words(row, words) for row in lists[name]])
    for claim in lists["claims"]:
        key = "held" if claim["counted"] is None else "counts" if claim["counted"] else "passed"
        claim["counted_text"] = words.text(f"summary.conflicts.{key}")
    lists["contracts"] = claims.claims(team, rulebook)
    for row in lists["contracts"]:
        facts = {key: row[key] for key in ("deals", "contracts", "undated")}
        both = row["deals"] is not None and row["contracts"] is not None
        row["deals_text"] = words.text("summary.conflicts.deals_both", **facts) if both else ""
        key = "undated" if row["undated"] else "no_dates" if row["signed"] is None else ""
        row["undated_text"] = words.text(f"summary.conflicts.{key}", **facts) if key else ""
    lists["moved"] = findings.moved(archive, team.tables["change"], pd.Timestamp(team.week[0]))
    return {**lists, **{f"no_{name}": not rows for name, rows in lists.items()}}


def reports_section(
    team: Team, rulebook: Rulebook, words: Words, persons: tuple[Person, ...]
) -> dict[str, Any]:
    """Return 提交情况: who has handed in what, and what was not read."""
    submissions = team.tables["submission"]
    scores = reports.completeness(team.tables["customer"], rulebook)
    found = reports.by_rep(submissions, persons, scores, team.week, reports.before(team))
    for row in found:
        row["report_name"] = words.name("report_state", row["report"])
    sums = {
        key: sum(row[key] for row in found) for key in ("read", "accepted", "returned", "errors", "warnings")
    }
    sums |= {key: total([row[key] for row in found]) for key in ("held_amount", "held_completed")}
    unread = reports.unread(submissions, team.tables["finding"])
    for row in unread:
        row["status"] = words.name("status", row["status"])
    expected = [p for p in persons if p.on_roster and not p.gone] if rulebook.has_roster else []
    return {
        "reps": found,
        "all": sums,
        "missing": [row["rep"] for row in found if row["report"] == "missing"],
        "reported": sum(row["report"] in ("accepted", "returned") for row in found),
        "due": due(team.week, rulebook),
        "is_due": team.as_of >= due(team.week, rulebook),
        "expected": len(expected),
        "handed_in": sum(row["files"] for row in found),
        "unread": unread,
    }


def problems_section(told: pd.DataFrame, words: Words, reps: tuple[str, ...]) -> dict[str, Any]:
    """Return 数据问题: by kind, by rep, and one by one."""
    codes = [in_words(row, words) for row in findings.by_code(told)]
    for row in codes:
        row["reps_text"] = names(row["reps"], words)
    return {
        "codes": codes,
        "reps": findings.by_rep(told, reps),
        "rows": with_lines("problems", [in_words(row, words) for row in findings.listed(told)]),
        "counts": {s.value: int((told["severity"] == s.value).sum()) for s in Severity},
    }


def in_words(row: dict[str, Any], words: Words) -> dict[str, Any]:
    """Return a row of findings with words for its codes, and what its code is called."""
    severity, code, form = row["severity"], row["code"], row.get("form")
    said = {
        "severity": severity and words.name("severity", severity),
        "code": code,
        "title": words.title(code) if code in CODES else code,
    }
    if "form" in row:
        label = labels_of(form).get(row["field"], row["field"])
        said |= {"form": form and words.name("form", form), "field": label}
    return {**dict.fromkeys(("severity", "code", "title")), **row, **said}
