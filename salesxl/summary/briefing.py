"""本周汇报: what reps wrote, put together for the meeting. docs/domain.md 3.10.

Owns which lines the page and each rep's own page are given, and their words. Refuses: judging what was
written; ``figures.briefing`` says what is the same, open or overtaken.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from salesxl.messages import Words
from salesxl.model import Team
from salesxl.rulebook import Rulebook
from salesxl.summary.definitions import with_lines
from salesxl.summary.figures import briefing
from salesxl.summary.figures.plain import Person
from salesxl.summary.today import names

__all__ = ["briefing_section"]

Row = dict[str, Any]
COLUMNS = ("customer_name", "text", "more", "when", "amount", "state_name")
KINDS = ("key_customer", "issue", "last_plan", "next_week")
"""What a rep's lines are about, in their order."""
ON_FIRST_PAGE = 5


def briefing_section(
    team: Team, rulebook: Rulebook, words: Words, persons: Sequence[Person]
) -> dict[str, Any]:
    """Return 本周汇报: ``support`` asked for, ``shared`` problems, and ``reps`` with their ``rows``."""
    reps = [person.name for person in persons]
    likeness = float(rulebook.parameters.same_problem_likeness)
    became = briefing.became_of_plans(team, rulebook)
    lines = {
        "key_customer": briefing.written(team, "key_customer"),
        "issue": briefing.written(team, "issue"),
        "last_plan": became,
        "next_week": briefing.written(team, "next_week"),
    }
    support = [_asked(row, words) for row in briefing.requests(team, rulebook, reps)]
    shared = [
        _shared(group, words)
        for group in briefing.gathered(lines["issue"], "problem", likeness)
        if len({row["rep"] for row in group}) > 1
    ]
    said = [_of_rep(rep, lines, words) for rep in reps]
    support, shared = with_lines("support", support), with_lines("shared", shared)
    every = _on_pages([row for row in said if row["rows"]], [*support, *shared])
    wrote = [row["rep"] for row in said if any(line["kind"] != "last_plan" for line in row["rows"])]
    states = {state: sum(row["state"] == state for row in became) for state in words.names("plan_state")}
    return {
        "support": support,
        "first_support": support[:ON_FIRST_PAGE],
        "support_title": words.text("summary.briefing.support", count=len(support)),
        "no_support": not support,
        "shared": sorted(shared, key=lambda row: -row["count"]),
        "no_shared": not shared,
        "reps": every,
        "none": not every,
        "line": words.text(
            "summary.briefing.line",
            reps=len(wrote),
            **{f"{kind}s": len(lines[kind]) for kind in KINDS},
        ),
        "plans": states,
        "plans_line": _plans_line(states, words),
    }


def _on_pages(reps: Sequence[Row], above: Sequence[Row]) -> list[Row]:
    """Say before whose lines a printed page has to end (``breaks``): no heading stands alone at its foot.

    How much a page holds depends on program and printer: a heading must be safe on all of ``PAGES``.
    """
    used = dict.fromkeys(PAGES, ABOVE + sum(map(_height, above)))
    found = []
    for rep in reps:
        heights = [_height(row) for row in rep["rows"]]
        kept = HEADING + sum(heights[:TOGETHER])
        breaks = any(used[page] + kept > page for page in PAGES)
        for page in PAGES:
            at = HEADING if breaks else used[page] + HEADING
            for height in heights:
                at = height if at + height > page else at + height
            used[page] = at
        found.append({**rep, "breaks": breaks})
    return found


def _height(row: Mapping[str, Any]) -> int:
    return next(points for flag, points in POINTS.items() if row[flag])


POINTS: Mapping[str, int] = {"one": 21, "two": 33, "three": 47, "many": 92}
PAGES = (545, 575, 605)
ABOVE, HEADING = 158, 56
"""Points of a row by its lines, of a printed page, of what stands above the lists, and of a rep's heading."""
TOGETHER = 2
"""Rows that a heading keeps on its page."""


def _plans_line(states: Mapping[str, int], words: Words) -> str:
    """Say what became of last week's plans, in numbers."""
    parts = [
        words.text("summary.briefing.plan_part", name=words.name("plan_state", state), count=count)
        for state, count in states.items()
        if count
    ]
    if not parts:
        return words.text("summary.briefing.no_plans")
    join = words.text("definition_part.join")
    return words.text("summary.briefing.plans", count=sum(states.values()), parts=join.join(parts))


def _asked(row: Row, words: Words) -> Row:
    key = "new" if row["weeks"] == 1 else "again"
    reps = names(row["reps"], words, len(row["reps"]))
    said = words.text(f"summary.briefing.asked_{key}", weeks=row["weeks"])
    problems = words.text("summary.briefing.join").join(row["problems"])
    line = words.text("summary.briefing.support_line", support=row["support"], reps=reps, since=said)
    return {**row, "reps_text": reps, "problems_text": problems, "since_name": said, "line": line}


def _shared(group: Sequence[Row], words: Words) -> Row:
    """Return a problem that several reps name: who, in whose words, and what each does about it."""
    reps = list(dict.fromkeys(row["rep"] for row in group))
    first = group[0]["problem"]
    join = words.text("summary.briefing.join")
    others = [row for row in group if row["problem"] != first]
    measures: dict[str, list[str]] = {}
    for row in group:
        if row["measure"]:
            measures.setdefault(row["measure"], []).append(row["rep"])
    return {
        "problem": first,
        "reps": reps,
        "reps_text": names(reps, words, len(reps)),
        "count": len(reps),
        "others": join.join(_by(row["rep"], row["problem"], words) for row in others),
        "measures": join.join(
            text if len(measures) == 1 else _by(names(who, words, len(who)), text, words)
            for text, who in measures.items()
        ),
    }


def _by(who: str, text: str, words: Words) -> str:
    return words.text("summary.briefing.by", rep=who, text=text)


def _of_rep(rep: str, lines: Mapping[str, Sequence[Row]], words: Words) -> Row:
    """Return a rep's lines; ``kind_name`` stands on the first of a kind only."""
    found: list[Row] = []
    for kind in KINDS:
        mine = [_LINE[kind](row, words) for row in lines[kind] if row["rep"] == rep]
        for at, line in enumerate(mine):
            shown = {name: line.get(name) for name in COLUMNS}
            name = words.name("briefing_kind", kind) if at == 0 else ""
            found.append({"rep": rep, "kind": kind, "kind_name": name, **shown})
    return {"rep": rep, "title": rep, "rows": with_lines("briefing", found)}


def _key_customer(row: Row, _: Words) -> Row:
    return {
        **{"customer_name": row["customer_name"], "text": row["progress"], "more": row["next_step"]},
        **{"when": row["expected_close"], "amount": row["amount"], "state_name": row["stage"]},
    }


def _issue(row: Row, words: Words) -> Row:
    support = row["support"] and words.text("summary.briefing.needs", support=row["support"])
    return {"text": row["problem"], "more": row["measure"], "state_name": support}


def _plan(row: Row, _: Words) -> Row:
    return {"customer_name": row["customer_name"], "text": row["plan"], "when": row["due"]}


def _last_plan(row: Row, words: Words) -> Row:
    said = words.name("plan_state", row["state"])
    if row["on"] is not None:
        said = words.text("summary.briefing.touched_on", on=row["on"])
    if row["state"] == "again":
        said = words.text("summary.briefing.again", weeks=row["weeks"])
    return {**_plan(row, words), "more": row["told"], "state_name": said}


_LINE = {"key_customer": _key_customer, "issue": _issue, "last_plan": _last_plan, "next_week": _plan}
