"""Lives of a team folded in this process: files as forms without Excel, the state of each week, the book.

What the command does between reading and drawing; ``life.run`` plays the same weeks through the command.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from salesxl import settings
from salesxl.consolidate import consolidate
from salesxl.intake import Batch, read_under
from salesxl.model import Block, Finding, History, Place, Severity, Submission, Team
from salesxl.rulebook import Correction, Member, Rulebook, Target
from salesxl.state.files import known_files
from salesxl.summary import summarise
from salesxl.tables import TABLES, book_words
from salesxl.validate import check
from salesxl.workspace.batch_report import passed_over
from salesxl.workspace.book_cells import columns, values
from salesxl.workspace.history import history_of
from tests.life import FileRows, Week
from tests.life.compare import Book, Difference, Numbers, differences
from tests.life.model import Settings
from tests.teams import WORDS

CARDS = {"record": "record", "report": "weekly_report", "handover": "handover"}
TABLES_OF = {
    "record": {"communication": "talks", "action": "actions"},
    "report": {"key_customer": "key_customers", "next_week": "next_week"},
    "handover": {
        "handover_customer": "customers", "handover_contact": "contacts",
        "handover_opportunity": "opportunities",
    },
}  # fmt: skip
FORMS = {"record": "process_record", "report": "weekly_report", "handover": "handover_list"}
HIDDEN = ("cid", "fault")
ACTIONS = {"作废": "void", "归属": "owner", "合并到": "merge", "拆开": "part"}
MONTHS = ((2026, 10), (2026, 11), (2026, 12), (2027, 1))


class Folded:
    """A team's weeks; ``team`` is its state after the last, ``before`` the one it was folded onto."""

    def __init__(self) -> None:
        self.team: Team | None = None
        self.before: Team | None = None
        self.rules = settings.default_rulebook()
        self.numbers = Numbers()

    def take(self, week: Week) -> Team:
        """Take in a week's files; return the state after it."""
        self.rules = ruled(week.settings)
        past = history_of(self.team, self.rules) if self.team else History()
        whole, partly = (
            known_files(self.team.tables["submission"], read_under(self.rules)) if self.team else ((), ())
        )
        batch = received(week.files, {*whole, *partly})
        bounds = (week.monday, week.monday + dt.timedelta(days=6))
        checked = check(batch, self.rules, week.friday, week=bounds, past=past.tables)
        told = (*passed_over(batch.passed, partly), *checked.findings)
        self.before, self.team = self.team, consolidate(replace(checked, findings=told), self.rules, past)
        return self.team

    def week(self, week: Week, *, figures: bool = True) -> list[Difference]:
        """Take in a week's files; return what differs from the truth, in the book and in the ``figures``."""
        if not week.made:
            return []
        team = self.take(week)
        book = book_of(team)
        told = summarise(team, self.rules, WORDS, self.before) if figures else None
        return [*differences(week.truth, book, told), *self.numbers.differences(week.truth, book)]


def played(life: Sequence[Week], every: int = 1) -> Iterator[tuple[Week, list[Difference]]]:
    """Yield each week of a life with what differs from its truth, in the figures ``every`` so many weeks."""
    team = Folded()
    for week in life:
        yield week, team.week(week, figures=(week.number + 1) % every == 0)


def ruled(told: Settings) -> Rulebook:
    """Return a week's settings as rules."""
    rules = settings.default_rulebook()
    members = tuple(
        Member(name, group, joined=joined, left=left) for name, group, joined, left in told.members
    )
    targets = tuple(
        Target(year, str(month), "rep", rep, "signed", Decimal(amount))
        for rep, amount in told.targets.items()
        for year, month in MONTHS
    )
    stages = tuple(
        replace(stage, aliases=(*stage.aliases, *told.aliases.get(stage.name, ()))) for stage in rules.stages
    )
    lines = tuple(Correction(c.name, ACTIONS[c.what], c.value, c.reason, c.day) for c in told.corrections)
    return replace(rules, members=members, has_roster=True, targets=targets, stages=stages, corrections=lines)


def received(files: Sequence[FileRows], known: set[str]) -> Batch:
    """Return what reading the workbooks of these files gives, but for those that are ``known``."""
    passed = {file.name: file.digest for file in files if file.digest in known}
    fresh: dict[str, FileRows] = {}
    findings = []
    for file in files:
        if file.name in passed:
            continue
        if (twin := fresh.setdefault(file.digest, file)) is not file:
            facts = {"why": "same_file", "other": twin.name}
            findings.append(Finding("superseded", Severity.NOTICE, Place(file.name), facts=facts))
        if file.form == "wrong":
            why = {"why": "nothing"}
            findings.append(Finding("unrecognised", Severity.WARNING, Place(file.name, "Sheet"), facts=why))
    return Batch(
        {file.name: Path(file.name) for file in files if file.name not in passed},
        tuple(form for file in fresh.values() for form in forms_of(file)),
        tuple(findings),
        digests={file.name: file.digest for file in files},
        passed=passed,
    )


def forms_of(file: FileRows) -> Iterator[Submission]:
    """Yield a file's forms: one, but of records one a sheet."""
    if file.form == "archive":
        head = _card("archive_head", {"rep": file.rep, **file.head})
        yield _form(file, "客户档案", "customer_archive", [head, _table("customer", file.rows, 6)])
    elif file.form in CARDS:
        for number, row in enumerate(file.rows, 1):
            tables = TABLES_OF[file.form]
            card = {name: value for name, value in row.items() if name not in tables.values()}
            if file.form != "handover":
                card["rep"] = file.rep
            blocks = [_card(CARDS[file.form], {**card, **file.head})]
            blocks += [
                _table(kind, row[name], 30 + 30 * at) for at, (kind, name) in enumerate(tables.items())
            ]
            yield _form(file, f"{number}", FORMS[file.form], blocks)


def _form(file: FileRows, sheet: str, form: str, blocks: Sequence[Block]) -> Submission:
    rep = None if form == "handover_list" else file.rep
    return Submission(
        file.name,
        sheet,
        form,
        tuple(blocks),
        rep,
        modified=f"{file.stamp:%Y-%m-%dT%H:%M:%SZ}",
        digest=file.digest,
    )


def _card(kind: str, row: Mapping[str, Any]) -> Block:
    plain = _plain(row)
    cells = {name: (2 + at, 2) for at, name in enumerate(plain)}
    return Block(kind, (2,), {name: [value] for name, value in plain.items()}, cells=cells)


def _table(kind: str, rows: Sequence[Mapping[str, Any]], first: int) -> Block:
    plain = [_plain(row) for row in rows]
    names = list(dict.fromkeys(name for row in plain for name in row))
    return Block(
        kind,
        tuple(range(first, first + len(plain))),
        {name: [row.get(name) for row in plain] for name in names},
        {name: at for at, name in enumerate(names, 1)},
        header_row=first - 1,
        last_header_row=first - 1,
    )


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row's cells; a number that is not one of ours is the company's own."""
    cells = {name: value for name, value in row.items() if name not in HIDDEN}
    if "customer_no" in cells:
        number = cells.pop("customer_no")
        ours = number is None or str(number).startswith("CRM")
        cells |= {"customer_no": number} if ours else {"customer_no": None, "own_no": number}
    return {name: _cell(value) for name, value in cells.items()}


def _cell(value: Any) -> Any:
    plain = isinstance(value, dt.date) and not isinstance(value, dt.datetime)
    return dt.datetime.combine(value, dt.time()) if plain else value


def book_of(team: Team) -> Book:
    """Return a team's tables as its book shows them, closed rows first."""
    words, book = book_words(), Book()
    for table in TABLES:
        shown = columns(table, words)
        parts = [*(piece.rows() for piece in team.closed.get(table, ())), team.tables[table]]
        cells = [row for part in parts for row in zip(*values(part, shown, words, 0, len(part)), strict=True)]
        labels = [column.label for column in shown]
        book.sheets[words.name("sheet", table)] = [dict(zip(labels, row, strict=True)) for row in cells]
    return book
