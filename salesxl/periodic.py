"""月报, 季报 and 年报: the state of a team's book in, a workbook for the meeting about a period out.

Owns how a period is written, which week's book knows it, and where the workbook lies. Refuses: figures
(``summary.period``); printing.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from salesxl.errors import UsageError
from salesxl.files import publish
from salesxl.files.packaged import template
from salesxl.letters import template_data
from salesxl.render import render_file
from salesxl.settings import refuse_faulty
from salesxl.summary.figures.calendar import Span, span_of
from salesxl.summary.period import period_report
from salesxl.workspace import book
from salesxl.workspace.folder import TeamFolder, week_bounds

__all__ = ["Reported", "report", "span_asked"]

_SAID = {
    "month": re.compile(r"(\d{4})\s*[-/.年]?\s*(0?[1-9]|1[0-2])\s*月?(?:份)?"),
    "quarter": re.compile(r"(\d{4})\s*[-/年]?\s*(?:Q|第)?\s*([1-4])\s*(?:季度?)?", re.IGNORECASE),
    "year": re.compile(r"(\d{4})\s*年?"),
}


@dataclass(frozen=True, slots=True)
class Reported:
    """What came of it: the workbook, its figures, and the week whose book it is made from."""

    path: Path
    figures: dict[str, Any]
    week: str


def span_asked(key: str, said: str) -> Span:
    """Return the period that is asked for: 2026-11, 2026年11月; 2026Q4, 2026年第4季度; 2026, 2026年.

    Raises:
        UsageError: it is no such period.
    """
    found = _SAID[key].fullmatch(unicodedata.normalize("NFKC", said).strip())
    if found is None or int(found[1]) < 1:
        raise UsageError(f"no_{key}", name=said)
    number = int(found[2]) if key != "year" else 1
    month = number if key == "month" else 3 * number - 2 if key == "quarter" else 1
    return span_of(key, dt.date(int(found[1]), month, 1))


def report(folder: TeamFolder, span: Span) -> Reported:
    """Make the report of a period from the team's book: of the first week that ends after it, else the last.

    A period that is not over by then is reported to date. The team's own template, if it has one, is used.

    Raises:
        SettingsError: the settings workbook is missing or leaves no rule to go by.
        UsageError: no week of the period was made yet.
        DestinationBusyError: the workbook is open in Excel.
    """
    words = folder.words
    rulebook, remarks = folder.rules()
    refuse_faulty(remarks, words)
    source = _book(folder, span)
    team = book.read_book(source, words)
    known = span_of(span.key, span.first, team.as_of)
    figures = period_report(team, rulebook, words, known, folder.root.absolute().name)
    home = folder.root / words.text("file.periods")
    target = home / words.text(f"file.report_{span.key}", period=_named(span))
    own = template(words.text("file.period_report"), folder.reports, words.lang)
    home.mkdir(exist_ok=True)
    with publish.new_file(target) as draft:
        render_file(own, template_data(figures, {}), draft, words=words)
    return Reported(target, figures, source.parent.name)


def _book(folder: TeamFolder, span: Span) -> Path:
    """Return the book of the first week whose Friday is not before the period's end, else the last of it."""
    name = folder.words.text("file.book")
    weeks = [path for path in folder.earlier_weeks("9999") if (path / name).is_file()]
    begun = [path for path in weeks if week_bounds(path.name)[1] >= span.first]
    if not begun or week_bounds(begun[0].name)[0] > span.last + dt.timedelta(days=7):
        raise UsageError("period_not_made", name=_named(span))
    ended = (path for path in begun if week_bounds(path.name)[0] + FRIDAY >= span.last)
    return next(ended, begun[-1]) / name


FRIDAY = dt.timedelta(days=4)


def _named(span: Span) -> str:
    """Return what a period is called in a file's name: 2026-11, 2026Q4, 2026."""
    year = span.first.year
    if span.key == "quarter":
        return f"{year}Q{(span.first.month + 2) // 3}"
    return f"{year}-{span.first.month:02d}" if span.key == "month" else str(year)
