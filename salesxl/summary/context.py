"""Everything the manager's summary shows, as plain values: for the template and for ``--format json``.

Owns putting the questions' answers together under the names that templates use. Refuses: files, the clock.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd

from salesxl.files.links import Places
from salesxl.messages import LOCALES, Words
from salesxl.model import Team
from salesxl.rulebook import Rulebook
from salesxl.rules.outcomes import outcomes
from salesxl.state.terms import read_today
from salesxl.summary import details, outlook, overview, pipeline, reps, sections, targets
from salesxl.summary.briefing import briefing_section
from salesxl.summary.cases import cases_section
from salesxl.summary.changes import changes_section
from salesxl.summary.definitions import definitions, with_lines
from salesxl.summary.figures import attainment, findings, losses, reports
from salesxl.summary.figures.alerts import vanished
from salesxl.summary.figures.counting import counting
from salesxl.summary.figures.customers import concrete_needs, follow_up_counts
from salesxl.summary.figures.paths import chances
from salesxl.summary.figures.plain import handed_in_now, people
from salesxl.summary.figures.stage_time import CARRIED, in_stage
from salesxl.summary.figures.standing import verified
from salesxl.summary.masking import masked
from salesxl.summary.orders import orders_section
from salesxl.summary.today import became, headline, today

__all__ = ["summarise", "with_names"]

OWNED = (*("customer", "communication", "action", "weekly_report", "key_customer", "issue", "next_week"),)
"""Tables whose rows are somebody's."""

IN_CHART = 15
"""Reps in the chart of targets: more bars cannot be read; the table has everybody."""


def summarise(
    team: Team,
    rulebook: Rulebook,
    words: Words,
    before: Team | None = None,
    places: Places | None = None,
) -> dict[str, Any]:
    """Answer all questions of the summary. docs/domain.md 3.

    Values are plain: text, numbers, dates, None for blank, lists and dictionaries. Amounts are in 元.
    ``before`` is the team of the last week that was made, with which this one is compared; ``places`` tell
    where the files lie that findings point into, as seen from the summary.
    """
    told = read_today(team, rulebook)
    yesterday = read_today(before, rulebook) if before is not None else None
    team, rulebook = told.team, told.rulebook
    whole = with_names(team, rulebook, words)
    named = verified(whole, rulebook)
    context = _figures(named, whole, rulebook, words)
    then = None if yesterday is None else with_names(yesterday.team, yesterday.rulebook, words)
    context["changes"] = changes_section(whole, then, rulebook, words)
    context["chart"]["bridge"] = context["changes"]["chart"]
    context["cards"] = overview.cards(context, words)
    merged = rulebook.parameters.faulty_rows == "merge"
    context["held"]["line"] = overview.held_line(context, words, merged=merged)
    context["held"]["unread"] = overview.unread_line(context, words)
    _of_the_weeks(context, named, whole, rulebook, words)
    past = None
    if yesterday is not None and then is not None:
        past = _figures(verified(then, yesterday.rulebook), then, yesterday.rulebook, words)
    context["trend"] = overview.trend(context, past, words)
    context["headline"] = headline(context, words)
    context["today"] = today(context, words)
    context["last_today"] = [] if past is None else became(past, context, words)
    _drill_down(context, named, rulebook, words, places or {})
    context["quiet"] = not context["today"]
    asked = [{"text": row["line"]} for row in context["briefing"]["first_support"]]
    context["phone"] = {"today": with_lines("phone", context["today"]), "support": with_lines("phone", asked)}
    meant = definitions(rulebook, words, context["attainment"]["workdays"]["source_line"])
    context["definitions"] = with_lines("definitions", meant)
    return masked(context) if rulebook.parameters.mask_contacts else context


def _of_the_weeks(context: dict[str, Any], team: Team, whole: Team, rulebook: Rulebook, words: Words) -> None:
    """Add what was written in the reports, and what several weeks make; last week's figures need none."""
    persons = people(team, rulebook)
    context["briefing"] = briefing_section(team, rulebook, words, persons)
    context["orders"] = orders_section(whole, rulebook, words, persons, context["attainment"]["reps"])
    context["cases"] = cases_section(whole, rulebook, words)
    context |= outlook.of_the_weeks(whole, rulebook, words, persons, context["attainment"]["all"])


def _drill_down(
    context: dict[str, Any], team: Team, rulebook: Rulebook, words: Words, places: Places
) -> None:
    """Add what the figures lead to: pages a rep, the rows of 明细, and the cells of the findings."""
    context["problems"]["rows"] = findings.linked(context["problems"]["rows"], places)
    for name in sections.CONTRADICTIONS:
        context["conflicts"][name] = findings.linked(context["conflicts"][name], places)
    named = [row["rep"] for row in context["stages"]["reps"]]
    found = details.details(team, rulebook, named, context["follow_up"]["overdue"])
    for row in found:
        row["counts_name"] = "" if row["counts"] else words.text("summary.detail.not_counted")
    most = rulebook.parameters.rep_pages
    details.to_rows(context, found)
    context["talks"] = reps.talks(context, words, most)
    context["detail"] = {
        "rows": found,
        "count": len(found),
        "title": words.text("summary.detail.title", count=len(found)),
    }
    several = len(named) > len(context["talks"])
    context["attainment"]["pages_line"] = (
        words.text("summary.talk.most", most=most, reps=len(named)) if several else ""
    )
    details.lead(context, context["talks"], found, words.names("summary_sheet"))


def with_names(team: Team, rulebook: Rulebook, words: Words) -> Team:
    """Give rows of nobody a name, so that tables by rep add up to the whole; say findings in these words."""
    nobody = words.text("no_rep")
    tables = {n: t.assign(rep=t["rep"].fillna(nobody)) if n in OWNED else t for n, t in team.tables.items()}
    tables["submission"] = handed_in_now(team)
    customers = tables["customer"]
    tables["customer"] = customers.assign(outcome=outcomes(customers, rulebook).astype("category"))
    named = replace(team, tables=tables)
    stays = in_stage(named, rulebook)
    tables["customer"] = tables["customer"].assign(
        **{n: stays[of] for n, of in CARRIED.items()},
        need_concrete=concrete_needs(customers, rulebook),
        follow_ups=follow_up_counts(named, rulebook),
    )
    tables["finding"] = _said(team, words)
    return replace(team, tables=tables)


def _said(team: Team, words: Words) -> pd.DataFrame:
    """Return the findings, said in these words where they are at hand; else as the team's book says them."""
    table, found = team.tables["finding"], team.findings
    if words.lang == LOCALES[0] or [one.code for one in found] != table["code"].tolist():
        return table
    said = {
        "value": [words.value(one) or None for one in found],
        "message": [words.message(one) for one in found],
        "fix": [words.fix(one) for one in found],
    }
    return table.assign(**{name: pd.array(texts, dtype="string") for name, texts in said.items()})


def _figures(team: Team, whole: Team, rulebook: Rulebook, words: Words) -> dict[str, Any]:
    """Answer the questions for a team; ``whole`` has the customers too that nobody can verify."""
    customers = counting(team.tables["customer"], rulebook)
    persons = people(team, rulebook)
    named = tuple(p.name for p in persons)
    monday, sunday = team.week
    year, number, _ = monday.isocalendar()
    day = attainment.month(team)
    odds = chances(team, rulebook)
    lost = losses.reasons(customers, rulebook)
    context: dict[str, Any] = {
        "title": words.text("summary.title", year=str(year), week=number),
        "subtitle": words.text(
            "summary.subtitle",
            start=monday,
            end=sunday,
            as_of=team.as_of,
            month=day.month,
            reps=len(named),
        ),
        "week": {"label": f"{year}-W{number:02d}", "start": monday, "end": sunday},
        "as_of": team.as_of,
        "attainment": targets.attainment_section(team, rulebook, words, persons, odds),
        "grades": sections.grades_section(team, rulebook, words, named),
        "follow_up": sections.follow_up_section(team, whole, rulebook, words),
        "losses": {
            "reasons": lost,
            "sources": losses.sources(customers, rulebook),
            "industries": losses.industries(customers, rulebook),
            "no_reasons": not lost,
            "all": losses.overall(customers, rulebook),
        },
        "named": sections.views_section(team, rulebook, words),
        "conflicts": sections.conflicts_section(team, rulebook, words),
        "reports": sections.reports_section(team, rulebook, words, persons),
        "problems": sections.problems_section(team.tables["finding"], words, named),
        "weeks": targets.weeks_section(team, rulebook, words, persons),
    }
    context["vanished"] = vanished(whole, rulebook)
    context["held"] = reports.held(team)
    context["stages"] = pipeline.stages_section(team, rulebook, words, persons, odds, context)
    reached = context["attainment"]
    context["closing"] = outlook.closing_section(team, rulebook, words, persons, odds, reached)
    _blanks(context, words)
    late = {g["grade"]: 0 for g in context["grades"]["grades"]}
    for row in context["follow_up"]["overdue"]:
        late[row["grade"]] += 1
    for grade in context["grades"]["grades"]:
        grade["overdue"] = late[grade["grade"]]
    context["chart"] = _chart(context, words)
    return context


def _blanks(context: dict[str, Any], words: Words) -> None:
    """Give what has no name the word for it."""
    blank = words.text("summary.unknown")
    for row in context["losses"]["reasons"]:
        row["reason"] = row["reason"] or blank
    for key, name in (("sources", "source"), ("industries", "industry")):
        for row in context["losses"][key]:
            row[name] = row[name] or blank
    for row in context["reports"]["reps"]:
        row["rep"] = row["rep"] or words.text("no_rep")


def _chart(context: dict[str, Any], words: Words) -> dict[str, Any]:
    """Return what the charts draw: amounts in 万元, the most pressing reps, stages on the path."""
    told = [r for r in context["attainment"]["reps"] if r["target"] is not None or r["completed"] is not None]
    shown = told[:IN_CHART]
    title = "chart" if len(told) <= IN_CHART else "chart_more"
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
