"""What reps wrote in their weekly reports: customers, problems, requests, plans. docs/domain.md 3.10.

Owns whose report says what, which problems are one, which requests are open, and what became of a plan.
Refuses: words of its own.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd
from rapidfuzz import fuzz

from salesxl.model import TableName, Team
from salesxl.parsing.text import customer_key
from salesxl.rulebook import Rulebook
from salesxl.summary.figures.plain import rows, true

__all__ = ["became_of_plans", "gathered", "requests", "written"]

Row = dict[str, Any]
TEXTS: Mapping[TableName, tuple[str, ...]] = {
    "key_customer": ("customer_name", "stage", "progress", "next_step", "expected_close", "amount"),
    "issue": ("problem", "measure", "support"),
    "next_week": ("plan", "customer_name", "due"),
}
_MARKS = re.compile(r"[\W_]+")


def written(team: Team, name: TableName, monday: dt.date | None = None) -> list[Row]:
    """Return the rows of the reports of a week (this one by default), as they stand: by rep, then by row."""
    table = team.tables[name]
    day = pd.Timestamp(monday or team.week[0])
    mine = table[true(table["week_start"] == day)]
    return rows(mine, ("rep", "week_start", *TEXTS[name], "source_file", "source_row"))


def gathered(texts: Iterable[Row], field: str, likeness: float) -> list[list[Row]]:
    """Return rows in groups that say the same in a field, each group where its first row stood.

    Compared without punctuation and blanks: texts of a group are at least so like its first one, or hold it
    whole. A row without the text is in no group.
    """
    groups: list[tuple[str, list[Row]]] = []
    for row in texts:
        key = _key(row[field])
        if not key:
            continue
        mine = next((found for first, found in groups if _alike(first, key, likeness)), None)
        if mine is None:
            groups.append((key, [row]))
        else:
            mine.append(row)
    return [found for _, found in groups]


def _key(text: str | None) -> str:
    return _MARKS.sub("", text or "").casefold()


def _alike(one: str, other: str, likeness: float) -> bool:
    if one == other:
        return True
    short, long = sorted((one, other), key=len)
    return (len(short) >= SAYING and short in long) or fuzz.ratio(one, other) / 100 >= likeness


SAYING = 6
"""Characters from which a text that another one holds whole says the same."""


def requests(team: Team, rulebook: Rulebook, reps: Sequence[str]) -> list[Row]:
    """Return what reps ask support for in the last report of each, the longest asked for first.

    Requests that say the same are one: ``support``, ``reps``, ``problems``, ``since`` (the Monday of the
    first report of an unbroken run in which one of them asked for it) and ``weeks`` of that run.
    """
    every = team.tables["issue"]
    every = every[every["week_start"].notna() & (every["week_start"] <= pd.Timestamp(team.week[0]))]
    last = _last_reports(team)
    asked = [
        row
        for row in rows(every, ("rep", "week_start", *TEXTS["issue"]))
        if row["support"] and row["rep"] in reps
    ]
    nothing = {_key(text) for text in rulebook.parameters.vague_phrases}
    asked = [row for row in asked if _key(row["support"]) not in nothing]
    asked.sort(key=lambda row: (reps.index(row["rep"]), -row["week_start"].toordinal()))
    found = []
    for group in gathered(asked, "support", float(rulebook.parameters.same_problem_likeness)):
        now = [row for row in group if row["week_start"] == last.get(row["rep"])]
        if not now:
            continue
        since = min(_since(group, rep, last, team) for rep in {row["rep"] for row in now})
        latest = max(row["week_start"] for row in now)
        found.append(
            {
                "support": now[0]["support"],
                "reps": list(dict.fromkeys(row["rep"] for row in now)),
                "problems": list(dict.fromkeys(row["problem"] for row in now if row["problem"])),
                "since": since,
                "last": latest,
                "weeks": (latest - since).days // 7 + 1,
            }
        )
    return sorted(found, key=lambda row: (-row["weeks"], -len(row["reps"])))


def _last_reports(team: Team) -> dict[str, dt.date]:
    """Return the Monday of each rep's last report up to this week."""
    reports = team.tables["weekly_report"][["rep", "week_start"]].dropna()
    reports = reports[reports["week_start"] <= pd.Timestamp(team.week[0])]
    last = reports.groupby("rep", observed=True)["week_start"].max()
    return {str(rep): week.date() for rep, week in last.items()}


def _since(group: Sequence[Row], rep: str, last: Mapping[str, dt.date], team: Team) -> dt.date:
    """Return the Monday of the first of a rep's reports in a row, up to the last, that ask for it."""
    asked = {row["week_start"] for row in group if row["rep"] == rep}
    reports = team.tables["weekly_report"]
    mine = rows(reports[true(reports["rep"] == rep)], ("week_start",))
    weeks = sorted({row["week_start"] for row in mine if row["week_start"]}, reverse=True)
    since = last[rep]
    for week in (week for week in weeks if week <= last[rep]):
        if week not in asked:
            break
        since = week
    return since


def became_of_plans(team: Team, rulebook: Rulebook) -> list[Row]:
    """Return what reps planned in the last report before this week, each with what became of it.

    ``state``: ``done`` or ``cancelled`` (an action of the same words says so), ``again`` (this week's report
    plans it once more), ``touched`` (there was a contact with its customer since, on the day ``on``),
    ``told`` (this week's report tells of its customer), ``ahead`` (not due yet), ``unknown`` (no report this
    week), ``silent``. ``told`` is what is said of it. ``weeks`` counts the reports in a row that plan it.
    """
    table = team.tables["next_week"]
    monday = pd.Timestamp(team.week[0])
    before = table[table["rep"].notna() & true(table["week_start"] < monday)]
    last = before.groupby("rep", observed=True)["week_start"].transform("max")
    planned = rows(before[before["week_start"] == last], ("rep", "week_start", *TEXTS["next_week"]))
    likeness = float(rulebook.parameters.same_problem_likeness)
    now = _by(written(team, "next_week"), "rep")
    earlier = _by(rows(before, ("rep", "week_start", *TEXTS["next_week"])), "rep")
    evidence = _Evidence(team, rulebook)
    found = []
    for row in planned:
        again = any(_same_plan(row, other, likeness) for other in now.get(row["rep"], ()))
        state, on, told = evidence.of(row, again=again)
        found.append(
            {
                **row,
                **{"state": state, "on": on, "told": told},
                "weeks": _weeks_planned(row, earlier[row["rep"]], likeness) + again,
            }
        )
    return found


def _weeks_planned(row: Row, earlier: Sequence[Row], likeness: float) -> int:
    """Return how many reports in a row, back from a plan's own, have it."""
    count = 0
    for week in sorted({other["week_start"] for other in earlier}, reverse=True):
        if not any(other["week_start"] == week and _same_plan(row, other, likeness) for other in earlier):
            break
        count += 1
    return count


def _same_plan(one: Row, other: Row, likeness: float) -> bool:
    mine, theirs = _customer(one), _customer(other)
    about = not mine or not theirs or mine == theirs
    return about and _alike(_key(one["plan"]), _key(other["plan"]), likeness)


def _customer(row: Mapping[str, Any]) -> str:
    return customer_key(row["customer_name"]) if row["customer_name"] else ""


def _by(found: Iterable[Row], field: str) -> dict[Any, list[Row]]:
    groups: dict[Any, list[Row]] = {}
    for row in found:
        groups.setdefault(row[field], []).append(row)
    return groups


class _Evidence:
    """What the week's forms say of a plan."""

    def __init__(self, team: Team, rulebook: Rulebook) -> None:
        self._as_of, self._monday = team.as_of, team.week[0]
        self._likeness = float(rulebook.parameters.same_problem_likeness)
        self._ends = {o.value: o.kind for o in rulebook.choices["完成情况"] if o.kind}
        reports = team.tables["weekly_report"]
        self._reported = set(reports.loc[true(reports["week_start"] == pd.Timestamp(self._monday)), "rep"])
        actions = rows(team.tables["action"], ("rep", "customer_name", "action", "progress"))
        self._actions = _by(actions, "rep")
        self._progress = _by(written(team, "key_customer"), "rep")
        talks = team.tables["communication"]
        talks = talks[talks["contact_time"] >= pd.Timestamp(self._monday)]
        talks = talks[talks["contact_time"] < pd.Timestamp(self._as_of) + pd.Timedelta(days=1)]
        self._talks = _by(rows(talks, ("rep", "customer_name", "contact_time", "summary")), "rep")

    def of(self, plan: Row, *, again: bool) -> tuple[str, dt.date | None, str | None]:
        rep, whom = plan["rep"], _customer(plan)
        for action in self._actions.get(rep, ()):
            kind = self._ends.get(action["progress"])
            same = {"plan": action["action"], "customer_name": action["customer_name"]}
            if kind in ("done", "cancelled") and _same_plan(plan, same, self._likeness):
                return kind, None, action["progress"]
        if again:
            return "again", None, None
        talks = [talk for talk in self._talks.get(rep, ()) if whom and _customer(talk) == whom]
        if talks:
            last = max(talks, key=lambda talk: pd.Timestamp(talk["contact_time"]))
            return "touched", pd.Timestamp(last["contact_time"]).date(), last["summary"]
        for row in self._progress.get(rep, ()):
            if whom and _customer(row) == whom:
                return "told", None, row["progress"]
        due = plan["due"]
        if due is not None and pd.Timestamp(due).date() >= self._as_of:
            return "ahead", None, None
        return ("silent" if rep in self._reported else "unknown"), None, None
