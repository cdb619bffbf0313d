"""A company's roll-up: the books of many teams' weeks in, one book, one summary and a short text out.

Owns the order of the steps and what is published. Each team's Friday stays its own: nothing of a team's is
written to, and a team that cannot be had costs a line. Refuses: printing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from salesxl.errors import SalesxlError
from salesxl.files import journal, publish
from salesxl.files.packaged import template
from salesxl.intake import room
from salesxl.messages import Words
from salesxl.model import Team
from salesxl.render import Limits, render_file
from salesxl.rollup import ledger, notices
from salesxl.rollup.claims import claims, double
from salesxl.rollup.company import Company
from salesxl.rollup.context import context, lines
from salesxl.rollup.sources import CompanyFolder, TeamSource, links_of, sources
from salesxl.rollup.team_week import TeamWeek, spooled
from salesxl.rollup.terms import terms
from salesxl.rulebook import Rulebook
from salesxl.settings import default_rulebook, load
from salesxl.summary.figures.attainment import periods
from salesxl.workers import Hands
from salesxl.workspace.week import Week

__all__ = ["RolledUp", "run"]

AMPLE = Limits(seconds=3600)
"""Bounds of the summary: a slow machine takes its time over hundreds of teams."""

Progress: TypeAlias = Callable[[str, int, int], object]
Told: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RolledUp:
    """What a roll-up did: its figures, and where the results are.

    ``delivered`` are the teams whose week is in it, ``missing`` why another is not, by team.
    """

    figures: dict[str, Any]
    folder: Path
    summary: Path
    book: Path
    note: Path
    delivered: tuple[str, ...]
    missing: Mapping[str, str]


def run(
    company: Path,
    teams: Sequence[Path],
    week: Week,
    words: Words,
    hands: Hands | None = None,
    progress: Progress | None = None,
) -> RolledUp:
    """Bring the books of many teams' weeks together in the company's folder.

    ``teams`` are their folders, or folders that hold some; none are those inside the company's. The books are
    read by ``hands``, one at a time in each, and what is held of a team afterwards are sums: its customers
    wait in a file. The result never depends on who reads.

    Raises:
        UsageError: there are no teams, or a folder that is given is none.
        SettingsError: the company's own settings workbook leaves no rule to go by.
        DestinationBusyError: a workbook of the week is open in Excel, or another run is under way.
    """
    home, hands, tell = CompanyFolder(company, words), hands or Hands(1), progress or _silent
    every = sources(company, teams, words)
    rulebook, remarks, own = _rules(home)
    with (
        journal.locked(home.kept / "lock"),
        room() as kept,
    ):
        told = _read(every, TeamWeek(every, week.name, kept, words), hands, tell)
        tell("write", 0, 1)
        found = {name: facts for name, facts in told.items() if "failed" not in facts}
        spools = {source.name: spooled(kept, at) for at, source in enumerate(every) if source.name in found}
        last, before, unread = _before(home, week.name, words)
        claimed = claims(spools, rulebook)
        made = Company(
            week=week,
            periods=periods(Team({}, week.as_of, week.bounds)),
            rulebook=rulebook,
            own=own,
            found=found,
            lacking={name: facts for name, facts in told.items() if "failed" in facts},
            known=terms(found, rulebook, own=own),
            claims=claimed,
            twice=double(claimed),
            links=links_of((company / week.name).absolute(), every, week.name),
            before=before,
            last=last,
        )
        whole = words.text("rollup.notice.whole")
        lines_of = [words.text("rollup.notice.settings", remark=words.remark(one)) for one in remarks]
        figures = context(made, [{"unit": whole, "text": line} for line in [*lines_of, *unread]], words)
        _publish(home, made, figures, spools, words)
    return RolledUp(
        figures=figures,
        folder=company / week.name,
        summary=home.summary(week.name),
        book=home.book(week.name),
        note=home.note(week.name),
        delivered=tuple(found),
        missing={row["unit"]: row["why"] for row in figures["missing"]},
    )


def _rules(home: CompanyFolder) -> tuple[Rulebook, Sequence[Any], bool]:
    """Return the company's rules, what is wrong with them, and whether they are its own."""
    if not home.settings.is_file():
        return default_rulebook(), (), False
    rulebook, remarks = load(home.settings)
    return rulebook, remarks, True


def _read(every: Sequence[TeamSource], task: TeamWeek, hands: Hands, tell: Progress) -> dict[str, Told]:
    """Return what each team's week tells, in the order of the teams."""
    name = task.words.text("file.book")
    books = (source.folder.week(task.week) / name for source in every)
    size = sum(path.stat().st_size for path in books if path.is_file())
    told: dict[int, Told] = {}
    for at, outcome in hands.spread(task, range(len(every)), size):
        told[at] = json.loads(outcome)
        tell("rollup", len(told), len(every))
    return {source.name: told[at] for at, source in enumerate(every)}


def _before(
    home: CompanyFolder, week: str, words: Words
) -> tuple[str | None, dict[str, dict[str, Any]], list[str]]:
    """Return the week of the roll-up before and its teams; one that cannot be read is said."""
    books = home.earlier_books(week)
    if not books:
        return None, {}, []
    try:
        rows = ledger.read_teams(books[-1], words)
    except (SalesxlError, OSError) as stopped:
        why = words.error(stopped) if isinstance(stopped, SalesxlError) else words.reason(stopped)
        return None, {}, [words.text("rollup.notice.before", path=books[-1], why=why)]
    before = {name: row for name, row in rows.items() if row["delivery"] == "delivered"}
    return books[-1].parent.name, before, []


def _publish(
    home: CompanyFolder, made: Company, figures: Told, spools: Mapping[str, Path], words: Words
) -> None:
    """Write book, summary and text beside what stands, and put them in its place."""
    week = made.week
    with publish.new_files(home.root / week.name) as draft:
        own = home.root / words.text("file.templates") / words.text("file.reports")
        book, summary = home.book(week.name).name, home.summary(week.name).name
        ledger.write(
            draft / book,
            template(book, own),
            _rows(made, figures),
            spools,
            {name: facts["rows"] for name, facts in made.found.items()},
            made.known,
            (week.monday, week.as_of),
            words,
        )
        source = template(summary, own, words.lang)
        render_file(source, dict(figures), draft / summary, limits=AMPLE, words=words)
        text = "\n".join(lines(figures, summary, words)) + "\n"
        (draft / home.note(week.name).name).write_text(text, encoding="utf-8", newline="\n")


def _rows(made: Company, figures: Told) -> dict[str, list[Told]]:
    """Return the rows of every sheet of the book but that of the customers."""
    by_unit = {row["unit"]: row for row in figures["units"]}
    units: list[Told] = [{**by_unit[unit], "delivery": "delivered"} for unit in made.found]
    units += [{**row, "delivery": row["failed"]} for row in figures["missing"]]
    reps: list[Told] = []
    for unit, facts in made.found.items():
        reps += [{**rep, "unit": unit, "forecast": rep["weighted"]} for rep in facts["reps"]]
    claimed: list[Told] = [
        {**row, "company_no": f"{row['unit']}/{row['customer_no']}" if row["customer_no"] else None}
        for row in made.claims
    ]
    return {
        "unit": units,
        "rep": reps,
        "claim": claimed,
        "term": [*notices.matched(made)],
        "notice": list(figures["notices"]),
    }


def _silent(step: str, done: int, total: int) -> None:
    """Tell nobody."""
