"""A team's week, read from its book and judged by its own settings: what a roll-up takes from it.

The figures are those of the team's own summary. Runs in worker processes: what it finds comes back as JSON,
and the customers are left in a file of the roll-up's own room. Owns why a book cannot be had. Refuses: what
other teams have.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from salesxl.errors import RefusedError, SalesxlError
from salesxl.messages import Words
from salesxl.model import Team
from salesxl.rollup.sources import TeamSource, rules_of
from salesxl.rulebook import Rulebook
from salesxl.rules.money import total
from salesxl.rules.outcomes import outcomes
from salesxl.rules.periods import month_of_week, rep_target, target_for
from salesxl.state.terms import read_today
from salesxl.summary import summarise
from salesxl.summary.figures.counting import counting
from salesxl.summary.figures.plain import Person, people
from salesxl.workspace import history, published
from salesxl.workspace.folder import week_bounds, week_name

__all__ = ["CUSTOMER", "TeamWeek", "spooled"]

CUSTOMER = (
    *("rep", "team", "region", "product_line", "customer_no", "customer_name", "industry", "source"),
    *("status", "stage", "grade", "outcome", "counts", "expected_amount", "weighted", "expected_close"),
    *("first_contact", "last_contact", "contract_no", "contract_amount", "signed_on", "loss_reason"),
    *("carried", "contact", "contact_name", "source_file", "source_sheet", "source_row"),
)
"""What is taken of a customer; telephones and contacts only to tell customers apart: no result has them."""

MONTH = (
    *("completed", "collected", "week_completed", "deals", "target", "attainment", "pace", "expected"),
    *("gap", "state", "source", "below"),
)
LONGER = ("completed", "target", "attainment", "pace", "state")
REP = ("rep", "completed", "collected", "week_completed", "deals", "target", "state", "reported", "left")
STAGE = ("stage", "kind", "probability", "count", "open_count", "open_amount", "weighted")


def spooled(room: Path, at: int) -> Path:
    """Return where the customers of a team are left, by its place in the list."""
    return room / f"{at}.pickle"


@dataclass(frozen=True, slots=True)
class TeamWeek:
    """Reads the week of a team, by its place in the list; the outcome is JSON: ``failed`` or its figures."""

    sources: Sequence[TeamSource]
    week: str
    room: Path
    words: Words

    def __call__(self, at: int) -> bytes:
        source = self.sources[at]
        book = source.folder.week(self.week) / self.words.text("file.book")
        if not book.is_file():
            failed = "absent" if source.folder.root.is_dir() else "no_folder"
            told = {"failed": failed, "last": source.last_week(self.week)}
            return _told({**told, "target": _target(source, self.week)})
        try:
            found = self._read(source, spooled(self.room, at))
        except (SalesxlError, OSError) as stopped:
            found = {"failed": "unreadable", "why": _why(stopped, self.words)}
        if "failed" in found:
            found |= {"last": source.last_week(self.week), "target": _target(source, self.week)}
        return _told(found)

    def _read(self, source: TeamSource, spool: Path) -> dict[str, Any]:
        rulebook, settings = rules_of(source, self.week)
        home, edited = published.believed(source.folder, self.week)
        name = self.words.text("file.book")
        earlier = [path / name for path in source.folder.earlier_weeks(self.week)]
        team = history.state_of([*filter(Path.is_file, earlier), home / name], self.words, rulebook)
        assert team is not None  # a book was given
        if week_name(team.week[0]) != self.week:
            return {"failed": "other_week", "why": week_name(team.week[0])}
        figures = summarise(team, rulebook, self.words)
        today = read_today(team, rulebook)
        persons = {person.name: person for person in people(today.team, today.rulebook)}
        chances = {row["stage"]: row["probability"] for row in figures["stages"]["stages"]}
        customers = _customers(today.team, today.rulebook, persons, chances)
        customers.to_pickle(spool)
        return {
            "as_of": team.as_of.isoformat(),
            "rows": len(customers),
            "settings": settings,
            "edited": len(edited),
            "stateless": team.version is None,
            **_figures(figures, customers, persons),
            "grades": _grades(customers, today.rulebook),
            "aliases": {stage.name: stage.aliases for stage in today.rulebook.stages},
        }


def _figures(
    figures: Mapping[str, Any], customers: pd.DataFrame, persons: Mapping[str, Person]
) -> dict[str, Any]:
    """Return what the team's summary says, as far as the company's needs it."""
    month, stages, lost = figures["attainment"], figures["stages"], figures["losses"]["all"]
    quarter = next(row for row in month["progress"] if row["scope"] == "all")
    held, late = figures["held"], figures["follow_up"]["overdue"]
    flow = {row["rep"]: row for row in stages["reps"]}
    opened = customers["rep"][customers["counts"] & (customers["outcome"] == "open").fillna(False)]
    counts = opened.value_counts().to_dict()
    reps = []
    for row in month["reps"]:
        person, own = persons.get(row["rep"]), flow.get(row["rep"], {})
        place = {name: getattr(person, name, None) for name in ("team", "region", "product_line")}
        mine = {name: own.get(name) for name in ("open_amount", "weighted", "won", "lost")}
        open_count = int(counts.get(row["rep"], 0))
        reps.append({**{name: row[name] for name in REP}, **place, **mine, "open_count": open_count})
    return {
        "month": {name: month["all"][name] for name in MONTH},
        "quarter": {name: quarter["quarter"][name] for name in LONGER},
        "year": {name: quarter["year"][name] for name in LONGER},
        "missing_weeks": month["weeks"][0]["missing_text"],
        "weeks": [day.isoformat() for day in month["weeks"][0]["known"]],
        "reps": reps,
        "stages": [{name: row[name] for name in STAGE} for row in stages["stages"]],
        "open_count": stages["open_count"],
        "open_amount": stages["open_amount"],
        "forecast": stages["forecast"],
        "won": lost["won"],
        "lost": lost["lost"],
        "customers": lost["count"],
        "warned": [row["rep"] for row in month["reps"] if row["state"] == "warning"],
        "overdue": len(late),
        "unreported": list(figures["reports"]["missing"]) if figures["reports"]["is_due"] else [],
        "held": held["rows"],
        "held_amount": held["amount"],
        "claims": len({row["no"] for row in figures["conflicts"]["claims"]}),
    }


def _customers(
    team: Team, rulebook: Rulebook, persons: Mapping[str, Person], chances: Mapping[str, float | None]
) -> pd.DataFrame:
    """Return the team's customers with where their reps belong, and whether the team's sums count them."""
    table = team.tables["customer"]
    outcome = outcomes(table, rulebook)
    counts = pd.Series(table.index.isin(counting(table.assign(outcome=outcome), rulebook).index), table.index)
    where = {
        name: pd.array(
            [getattr(persons.get(rep), name, None) for rep in table["rep"].tolist()], dtype="string"
        )
        for name in ("team", "region", "product_line")
    }
    odds = table["stage"].map(chances).astype("Float64")
    weighted = (table["expected_amount"] * odds).where((outcome == "open").fillna(False))
    found = table.assign(outcome=outcome, counts=counts, weighted=weighted.round(2), **where)
    return found[[name for name in CUSTOMER if name in found]].reset_index(drop=True)


def _grades(customers: pd.DataFrame, rulebook: Rulebook) -> list[dict[str, Any]]:
    """Return how many customers that count have each grade, and None for those without."""
    counted = customers["grade"][customers["counts"]]
    often = counted.value_counts().to_dict()
    known = {grade.name: list(grade.aliases) for grade in rulebook.grades}
    names = [*known, *sorted(set(often) - set(known))]
    told = [{"grade": n, "aliases": known.get(n, []), "count": int(often.get(n, 0))} for n in names]
    return [*told, {"grade": None, "aliases": [], "count": int(counted.isna().sum())}]


def _target(source: TeamSource, week: str) -> float | None:
    """Return what a team that has not delivered is to sign in the month, where its settings say so."""
    try:
        rulebook, _ = rules_of(source, week)
    except (SalesxlError, OSError):
        return None
    year, month = month_of_week(week_bounds(week)[0])
    own = target_for(rulebook, "all", None, year, str(month), "signed")
    if own is not None:
        return float(own)
    parts = [rep_target(rulebook, m.name, year, str(month), "signed", m.left)[1] for m in rulebook.members]
    return total([float(part) for part in parts if part is not None]) if all(parts) else None


def _why(stopped: BaseException, words: Words) -> str:
    """Say what stopped the reading of a book, without the way out, which is the team's."""
    while isinstance(stopped, SalesxlError) and isinstance(stopped.facts.get("why"), SalesxlError):
        stopped = stopped.facts["why"]
    if isinstance(stopped, RefusedError):
        return words.refusal(stopped, fix=False)
    if isinstance(stopped, OSError):
        return words.reason(stopped)
    return words.error(stopped) if isinstance(stopped, SalesxlError) else str(stopped)


def _told(found: Mapping[str, Any]) -> bytes:
    return json.dumps(found, ensure_ascii=False, default=_plain).encode()


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, (dt.date, dt.datetime)) else str(value)
