"""Who has handed in what, who has not, and what is held back. docs/domain.md 3.5, 4 (missing report).

Owns the account by rep: rows read = accepted + returned, with the amounts known on what was returned.
Refuses: reading forms.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from salesxl.columns import Need
from salesxl.model import Team
from salesxl.needs import asked_of
from salesxl.rulebook import Rulebook
from salesxl.rules.money import ratio, total
from salesxl.rules.outcomes import outcomes
from salesxl.summary.figures.plain import Person, counts, rows, sums, true

__all__ = ["before", "by_rep", "completeness", "held", "unread"]

COUNTS = ("read", "accepted", "returned", "errors", "warnings")
AMOUNTS = ("held_amount", "held_completed")
NOBODY = ""
"""Stands for a missing rep while counting."""

GIVEN_AT_NEED = frozenset({"grade_reason"})
"""Columns that nobody is asked for: a reason is due only where a grade is set by hand."""

ONCE_WON = frozenset({"signed_on"})
"""Optional columns that only won customers can fill in."""

FORMS = ("customer_archive", "process_record", "weekly_report")


def by_rep(
    submissions: pd.DataFrame,
    persons: tuple[Person, ...],
    scores: Mapping[str, float | None],
    week: tuple[Any, Any],
    earlier: pd.DataFrame,
) -> list[dict[str, Any]]:
    """Return a row per rep, and one without a rep (None) for forms that name nobody and files not read.

    ``report`` is what became of the week's report: ``accepted``, ``returned``, ``missing``, or ``none`` where
    nobody asks for it. ``earlier`` are the points that earlier weeks left open: they are in the amounts held
    back, and ``returned_before`` counts them.
    """
    named = submissions.assign(rep=submissions["rep"].fillna(NOBODY))
    current = named[true(named["status"] != "superseded")]
    handed = current[true(current["status"] != "missing")]
    numbers = current.groupby("rep")[list(COUNTS)].sum().to_dict("index")
    earlier = earlier.assign(rep=earlier["rep"].fillna(NOBODY))
    left_open = counts(earlier, "rep")
    every = pd.concat([current[["rep", *AMOUNTS]], earlier[["rep", *AMOUNTS]]])
    amounts = {name: sums(every, name, "rep") for name in AMOUNTS}
    forms = counts(handed, "rep", "form")
    files = handed[handed["form"].notna()].groupby("rep")["source_file"].nunique().to_dict()
    weekly = current[true(current["form"] == "weekly_report")]
    reported = _reported(weekly, week[0])
    nobody = [Person(NOBODY, None, False)] if NOBODY in numbers else []
    found = []
    for person in (*persons, *nobody):
        rep = person.name
        own = {name: int(numbers.get(rep, {}).get(name, 0)) for name in COUNTS}
        found.append(
            {
                "rep": rep or None,
                "team": person.team,
                "on_roster": person.on_roster,
                "report": reported.get(rep, "none"),
                "forms": {key: forms.get((rep, key), 0) for key in FORMS},
                "files": int(files.get(rep, 0)),
                **own,
                "returned_before": left_open.get(rep, 0),
                "accepted_share": ratio(own["accepted"], own["read"]),
                **{name: amounts[name].get(rep) for name in AMOUNTS},
                "completeness": scores.get(rep),
            }
        )
    return found


def _reported(weekly: pd.DataFrame, monday: Any) -> dict[str, str]:
    """Return what became of each rep's report of the week; the best of several counts."""
    found: dict[str, str] = {}
    order = ("accepted", "returned", "missing")
    for row in rows(weekly, ("rep", "status", "returned", "week_start")):
        if row["status"] == "missing":
            state = "missing"
        elif row["week_start"] in (monday, None):
            state = "accepted" if not row["returned"] else "returned"
        else:
            continue
        before = found.get(row["rep"], state)
        found[row["rep"]] = min(before, state, key=order.index)
    return found


def before(team: Team) -> pd.DataFrame:
    """Return what earlier weeks held back and is still open."""
    found = team.tables["held"]
    return found[true(found["taken"] < pd.Timestamp(team.week[0]))]


def held(team: Team) -> dict[str, Any]:
    """Return what is held back in all: rows, and the amounts known on them (元). Never left unsaid.

    ``before`` are the rows that earlier weeks left open.
    """
    submissions, earlier = team.tables["submission"], before(team)
    current = submissions[true(submissions["status"] != "superseded")]
    every = pd.concat([current[list(AMOUNTS)], earlier[list(AMOUNTS)]])
    return {
        "rows": int(current["returned"].fillna(0).sum()) + len(earlier),
        "before": len(earlier),
        "amount": total(every["held_amount"]),
        "completed": total(every["held_completed"]),
    }


def unread(submissions: pd.DataFrame, findings: pd.DataFrame) -> list[dict[str, Any]]:
    """Return files and sheets from which nothing was read, each with what the findings say of it."""
    lost = submissions[true(submissions["status"].isin(["unreadable", "unrecognised"]))]
    about = findings[true(findings["code"].isin(["unreadable", "unsafe", "unrecognised"]))]
    said: dict[tuple[str, str], tuple[str, str]] = {}
    for row in rows(about, ("source_file", "source_sheet", "message", "fix")):
        said.setdefault((row["source_file"], row["source_sheet"] or ""), (row["message"], row["fix"]))
    found = rows(lost, ("status", "source_file", "source_sheet"))
    for row in found:
        row["message"], row["fix"] = said.get((row["source_file"], row["source_sheet"] or ""), ("", ""))
    return found


def completeness(customers: pd.DataFrame, rulebook: Rulebook) -> dict[str, float | None]:
    """Return, by rep, how much of what the archive asks for is filled in: filled ÷ asked cells.

    Over the rows that went in. Asked are all columns but computed ones, of either-or columns one, and the
    columns for won and lost customers only where they apply.
    """
    spec = asked_of(rulebook, "customer")
    state = outcomes(customers, rulebook)
    number = len(customers)
    asked, filled = (np.zeros(number, dtype="int64") for _ in range(2))
    either, always = np.zeros(number, dtype=bool), np.ones(number, dtype=bool)
    when = {
        need: true(state == name).to_numpy()
        for need, name in ((Need.WHEN_OPEN, "open"), (Need.WHEN_WON, "won"), (Need.WHEN_LOST, "lost"))
    }
    one = int(any(column.need is Need.EITHER for column in spec.columns))
    for column in spec.drawn:
        if column.need in (Need.COMPUTED, Need.OMITTED) or column.field in GIVEN_AT_NEED:
            continue
        has = customers[column.field].notna().to_numpy()
        if column.need is Need.EITHER:
            either |= has
            continue
        applies = when.get(Need.WHEN_WON if column.field in ONCE_WON else column.need, always)
        asked += applies
        filled += applies & has
    cells = pd.DataFrame({"rep": customers["rep"], "asked": asked + one, "filled": filled + either})
    sums = cells.groupby("rep").sum()
    return {
        str(rep): ratio(filled, asked)
        for rep, asked, filled in zip(
            sums.index, sums["asked"].tolist(), sums["filled"].tolist(), strict=True
        )
    }
