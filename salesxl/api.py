"""The front door for programmers: paths in, frames and workbooks out. docs/python-api.md shows it at work.

Owns what is taken for granted where nothing is said: today, the settings of the team in whose folder the
files lie, every core. What stops a verb is a ``SalesxlError`` whose note says the way out. Refuses: deciding
anything; whatever is done is done by the rooms.
"""

from __future__ import annotations

import datetime as dt
import os
import shutil
import warnings
import weakref
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, TypeAlias

import pandas as pd

from salesxl import messages
from salesxl.checks.own import Check, RowFinding, Schema, of_function, of_schema, placed
from salesxl.consolidate import consolidate
from salesxl.errors import RefusedError, SalesxlError, UsageError
from salesxl.files import publish
from salesxl.files.packaged import shipped
from salesxl.friday import AMPLE, Outcome, build_summary, run, week_asked
from salesxl.intake import Batch, receive
from salesxl.letters import tables_of, template_data
from salesxl.model import Checked, History, Severity, Team
from salesxl.render import render_file
from salesxl.rollup import RolledUp
from salesxl.rollup import run as roll_up
from salesxl.rulebook import Rulebook
from salesxl.schemas import label_of
from salesxl.settings import default_rulebook, load, refuse_faulty
from salesxl.summary import summarise
from salesxl.validate import check
from salesxl.workers import Hands, Local
from salesxl.workspace import returns
from salesxl.workspace.batch_report import counts, finding_json
from salesxl.workspace.book import write_book
from salesxl.workspace.folder import TeamFolder, inbox_of, settings_near
from salesxl.workspace.output import check_output

__all__ = [
    "RowFinding",
    "TeamBook",
    "Validation",
    "friday",
    "load_settings",
    "read_form",
    "render",
    "rollup",
    "validate",
]

Route: TypeAlias = "str | os.PathLike[str]"
Day: TypeAlias = "dt.date | str | None"
"""A day, be it as 2026-11-20 in text; None is today."""
Settings: TypeAlias = "Rulebook | Route | None"
"""A team's rules, or its 团队设置.xlsx; None is that of the folder the files lie in, else the presets."""

FINDING = ("file", "sheet", "cell", "field", "label", "code", "severity", "value", "message", "fix")
_UNREAD = frozenset({"unreadable", "unsafe", "unrecognised"})


def validate(
    paths: Route | Iterable[Route],
    *,
    as_of: Day = None,
    settings: Settings = None,
    checks: Sequence[Check] = (),
    schemas: Mapping[str, Schema] | None = None,
    jobs: int | None = None,
    lang: str = "zh",
) -> Validation:
    """Read and check the workbooks at a path, or under several: every fault at its cell. docs/domain.md 4.

    A team's folder stands for its inbox. ``as_of`` is the day on which "in the future" and "gone by" are
    judged. ``checks`` are rules of your own, from frames to findings; ``schemas`` are pandera models by kind
    of block that hold beside those of ``salesxl.schemas``. ``jobs`` processes read (one per core); ``lang``
    is zh or en, for what is said.

    Raises:
        UsageError: a path does not exist, or a schema asks for columns that its block does not have.
        SettingsError: the settings workbook is missing or holds errors.

    >>> import salesxl
    >>> found = salesxl.validate("examples/收件箱", as_of="2026-11-20")
    >>> found.accepted("customer")["expected_amount"].sum()  # 元
    """
    with _told(lang) as words:
        given = [inbox_of(path, words) for path in _paths(paths)]
        rulebook = _rules(settings, given, lang)
        rules = [*map(of_function, checks), *(of_schema(kind, s) for kind, s in (schemas or {}).items())]
        home = Path(mkdtemp(prefix="salesxl-"))
        try:
            batch = receive(given, rulebook, Local(jobs), home=home)
            checked = check(batch, rulebook, _day(as_of), rules=rules)
        except BaseException:
            shutil.rmtree(home, ignore_errors=True)
            raise
        return Validation(checked, batch, rulebook, words, home)


class Validation:
    """What a check found: frames of the rows read by kind of block, and every finding.

    ``found["customer"]`` holds all rows, ``accepted`` those without an error, ``rejected`` those with one.
    Each frame has the fields of docs/reference/fields.md, typed: text is string, amounts are Float64 (元; a
    field that ends in _wan 万元), counts Int64, days and moments datetime64[us], yes or no boolean. Beside
    them: rep, file, sheet, row (Excel's), accepted, superseded, codes (of its errors), others (what stood in
    columns that no schema knows).
    """

    def __init__(
        self, checked: Checked, batch: Batch, rulebook: Rulebook, words: messages.Words, home: Path
    ) -> None:
        self.checked, self.settings = checked, rulebook
        self._batch, self._words = batch, words
        weakref.finalize(self, shutil.rmtree, home, ignore_errors=True)  # the copies of what came in

    def __repr__(self) -> str:
        tally = counts(self.checked)
        lines = [
            f"Validation of {tally.files} files as of {self.checked.as_of}: {tally.accepted} rows accepted, "
            f"{tally.returned} rejected; {tally.errors} errors, {tally.warnings} warnings"
        ]
        for kind in self.kinds:
            rows = self.checked.frames[kind]
            taken, left = int(rows["accepted"].sum()), int(rows["superseded"].sum())
            out = f", {left:>4} superseded" if left else ""
            lines.append(f"  {kind:<22}{taken:>6} accepted, {len(rows) - taken - left:>4} rejected{out}")
        return "\n".join(lines)

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of block of which there are rows."""
        return tuple(kind for kind, frame in self.checked.frames.items() if len(frame))

    @property
    def ok(self) -> bool:
        """Whether there is no error."""
        return not any(f.severity is Severity.ERROR for f in self.checked.findings)

    def __getitem__(self, kind: str) -> pd.DataFrame:
        """Return every row of a kind of block, a frame of your own. Raises KeyError for an unknown kind."""
        if kind not in self.checked.frames:
            near = get_close_matches(kind, self.checked.frames, 1) or list(self.checked.frames)
            raise KeyError(f"no kind of block {kind!r}; did you mean {', '.join(near)}?")
        return placed(self.checked.frames[kind], self.checked.submissions)

    def accepted(self, kind: str) -> pd.DataFrame:
        """Return the rows without an error; those of superseded forms are not among them."""
        rows = self[kind]
        return rows[rows["accepted"].astype(bool)]

    def rejected(self, kind: str) -> pd.DataFrame:
        """Return the rows with an error; ``codes`` says which."""
        rows = self[kind]
        return rows[~rows["accepted"].astype(bool) & ~rows["superseded"]]

    @property
    def findings(self) -> pd.DataFrame:
        """One finding per row, in sheet order; docs/reference/findings.md has the codes.

        Columns are file, sheet, cell, field, label, code, severity, value, message and fix: all of them text,
        but for ``value``, which is what stands in the cell, as typed (dates as ISO text).
        """
        rows = [finding_json(found, self._words) for found in self.checked.findings]
        table = pd.DataFrame(rows, columns=list(FINDING), dtype=object)
        return table.astype({name: "string" for name in FINDING if name != "value"})

    def annotate(self, folder: Route) -> list[Path]:
        """Write a marked copy of each workbook with errors or warnings into a folder; return their paths.

        The originals are never written to.

        Raises:
            UsageError: a copy would take the place of a file that was handed in.
            DestinationBusyError: one of the copies is open in Excel or WPS.
        """
        with _told(self._words.lang):
            batch = self._batch
            return returns.mark(
                Path(folder), self.checked, batch.files, self._words, Hands(1), copies=batch.copies
            )

    def consolidate(self) -> TeamBook:
        """Return the team's tables, made of the rows accepted: numbers given, grades and sums worked out.

        docs/domain.md 2.1 (C), 2.4, 3.1, 3.3.
        """
        team = consolidate(self.checked, self.settings, History())
        return TeamBook(
            team.tables,
            team.as_of,
            team.week,
            findings=team.findings,
            settings=self.settings,
            words=self._words,
            sources=tuple(self._batch.files.values()),
        )


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class TeamBook(Team):
    """The team's tables with what it takes to write them: a ``Team`` that can become a workbook.

    ``tables`` are frames by name (customer, communication, weekly_report …), every row with rep, source_file,
    source_sheet and source_row; amounts are in 元.
    """

    settings: Rulebook
    words: messages.Words
    sources: tuple[Path, ...] = ()

    def __repr__(self) -> str:
        lines = [f"Team of the week {self.week[0]} to {self.week[1]}, as of {self.as_of}"]
        return "\n".join(
            [*lines, *(f"  {name:<22}{len(rows):>6} rows" for name, rows in self.tables.items())]
        )

    def to_excel(self, path: Route) -> Path:
        """Write the team's book 团队台账.xlsx, one sheet per table, and return its path.

        Raises:
            UsageError: the book would take the place of a file that was handed in.
            DestinationBusyError: the book is open in Excel or WPS.
        """
        target = Path(path)
        with _told(self.words.lang) as words, _new(target, self.sources, words) as draft:
            write_book(self, shipped(self.words.text("file.book")), draft, self.words)
        return target


def read_form(
    path: Route, *, as_of: Day = None, settings: Settings = None, lang: str = "zh"
) -> dict[str, pd.DataFrame]:
    """Return what stands on a filled-in form as typed frames by kind of block, as ``Validation`` has them.

    A cell that cannot be read is missing, and ``codes`` says why; ``validate`` says it at its cell.

    Raises:
        UsageError: there is no such file.
        RefusedError: it cannot be read, or is none of the known forms.

    >>> import salesxl
    >>> salesxl.read_form("examples/收件箱/陆小寒_客户档案.xlsx", as_of="2026-11-20")["customer"]
    """
    found = validate(path, as_of=as_of, settings=settings, jobs=1, lang=lang)
    with _told(lang):
        if not found.kinds:
            for one in found.checked.findings:
                if one.code in _UNREAD:
                    raise RefusedError(one.code, **{"reason": one.facts.get("why"), **one.facts})
        return {kind: found[kind] for kind in found.kinds}


def render(
    template: Route,
    data: Team | Mapping[str, Any] | Route,
    out: Route,
    *,
    settings: Settings = None,
    lang: str = "zh",
) -> Path:
    """Fill a template workbook, write it to ``out`` and return that path. docs/templates.md is the guide.

    ``data`` are values by name, frames among them (a list of rows each); or a team, or the path of its book
    团队台账.xlsx: then the template may name all that docs/reference/template-names.md lists.

    Raises:
        UsageError: a file is missing, or the result would take the place of one that is read.
        SettingsError: the book is none.
        TemplateError: the template names something unknown, or cannot be rendered.
        DestinationBusyError: the target is open in Excel or WPS.

    >>> import salesxl
    >>> team = salesxl.validate("examples/收件箱", as_of="2026-11-20").consolidate()
    >>> salesxl.render("templates/团队汇总.xlsx", team, "团队汇总.xlsx")
    """
    design, target = Path(template), Path(out)
    book = None if isinstance(data, (Team, Mapping)) else Path(data)
    with _told(lang) as words:
        _there([path for path in (design, book) if path])
        read = [design, *([book] if book else []), *(data.sources if isinstance(data, TeamBook) else ())]
        if settings is not None and not isinstance(settings, Rulebook):
            read.append(Path(settings))
        if book:
            check_output(target, read, words)
            build_summary(design.read_bytes(), book, target, _rules(settings, [design, book], lang), words)
            return target
        if isinstance(data, Team):
            own = data.settings if settings is None and isinstance(data, TeamBook) else None
            figures = template_data(
                summarise(data, own or _rules(settings, (), lang), words), tables_of(data)
            )
        else:
            figures = {name: _plain(value) for name, value in data.items()}  # type: ignore[union-attr]
        limits = AMPLE if isinstance(data, Team) else None
        with _new(target, read, words) as draft:
            render_file(design.read_bytes(), figures, draft, limits=limits, words=words)
    return target


def load_settings(path: Route | None = None, *, lang: str = "zh") -> Rulebook:
    """Return a team's rules as its 团队设置.xlsx has them; without a path, the presets. docs/domain.md 3.

    What is odd in the workbook without being wrong is a warning (``UserWarning``).

    Raises:
        SettingsError: it is missing, unreadable, or holds errors; all of them are said, each at its cell.

    >>> import salesxl
    >>> [stage.name for stage in salesxl.load_settings("examples/团队设置.xlsx").stages]
    """
    if path is None:
        return default_rulebook()
    with _told(lang) as words:
        rulebook, remarks = load(Path(path))
        refuse_faulty(remarks, words)
    for found in remarks:
        warnings.warn(words.remark(found), stacklevel=2)
    return rulebook


def friday(
    folder: Route,
    *,
    week: str | None = None,
    as_of: Day = None,
    redo: bool = False,
    jobs: int | None = None,
    lang: str = "zh",
) -> Outcome:
    """Run the whole Friday job for a team's folder, as ``salesxl friday`` does, and say what it made.

    ``week`` is as 2026-W47, by default that of the day. ``redo`` agrees to making an earlier week again, with
    every later one.

    Raises:
        SettingsError: the settings workbook is missing or holds errors.
        UsageError: there is no inbox, or nothing in it; or an earlier week is asked for without ``redo``.
        DestinationBusyError: a workbook of the week is open in Excel or WPS, or another run is under way.

    >>> import salesxl
    >>> salesxl.friday("华东销售部", as_of="2026-11-20").summary
    """
    with _told(lang) as words:
        asked = week_asked(week, None if as_of is None else _day(as_of), dt.date.today())
        home, agree = TeamFolder(Path(folder), words), (lambda _: None) if redo else None
        return run(home, asked, Local(jobs), Hands(jobs), agree=agree)


def rollup(
    company: Route,
    *teams: Route,
    week: str | None = None,
    as_of: Day = None,
    jobs: int | None = None,
    lang: str = "zh",
) -> RolledUp:
    """Bring many teams' weeks together in a company's folder, as ``salesxl rollup`` does.

    ``teams`` are their folders, or folders that hold some; without any, those inside the company's. ``week``
    is as 2026-W47, by default that of the day. Amounts in ``figures`` are in 元. docs/domain.md 3.10.

    Raises:
        UsageError: there are no teams, or a folder that is given is none.
        SettingsError: the company's own settings workbook leaves no rule to go by.
        DestinationBusyError: a workbook of the week is open in Excel or WPS, or another run is under way.

    >>> import salesxl
    >>> salesxl.friday("华东销售部", as_of="2026-11-20")
    >>> salesxl.rollup("公司", "华东销售部", as_of="2026-11-20").figures["headline"]
    """
    with _told(lang) as words:
        asked = week_asked(week, None if as_of is None else _day(as_of), dt.date.today())
        return roll_up(Path(company), _paths(teams), asked, words, Hands(jobs))


@contextmanager
def _told(lang: str) -> Iterator[messages.Words]:
    """Yield the words of a language; what stops a verb has a note in them, with the way out."""
    words = messages.load(lang, label_of)
    try:
        yield words
    except SalesxlError as stopped:
        stopped.add_note(words.error(stopped))
        raise


def _paths(paths: Route | Iterable[Route]) -> list[Path]:
    return [Path(paths)] if isinstance(paths, (str, os.PathLike)) else [Path(path) for path in paths]


def _day(as_of: Day) -> dt.date:
    if isinstance(as_of, str):
        return dt.date.fromisoformat(as_of)
    return as_of.date() if isinstance(as_of, dt.datetime) else as_of or dt.date.today()


def _rules(settings: Settings, near: Sequence[Path], lang: str) -> Rulebook:
    if isinstance(settings, Rulebook):
        return settings
    if settings is None and near:
        settings = settings_near(near, messages.load(lang, label_of))
    return load_settings(settings, lang=lang)


def _there(paths: Iterable[Path]) -> None:
    for path in paths:
        if not path.is_file():
            raise UsageError("not_found", path=path)


@contextmanager
def _new(target: Path, sources: Iterable[Path], words: messages.Words) -> Iterator[Path]:
    check_output(target, sources, words)
    with publish.new_file(target) as draft:
        yield draft


def _plain(value: Any) -> Any:
    """Return a value as templates take it: a frame as a list of rows, missing as None."""
    if isinstance(value, pd.DataFrame):
        return value.astype(object).where(value.notna(), None).to_dict("records")
    return value
