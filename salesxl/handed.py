"""What a workbook was handed out with, kept in it: a cell that stands as handed out says nothing.

Owns the hidden record (week, digests of each row's values) and holding what comes back against it.
Refuses: what is handed out, and what becomes of a cell that says nothing. docs/domain.md 4.2.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from salesxl.model import Block, CellValue, Finding, Grid, HandedOut, Severity, Submission
from salesxl.xlsx.marks import HANDED_PROPERTY

__all__ = ["TOLD_BY", "Line", "digest", "handed_lines", "held_against"]

KEYS: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "customer": (("customer_no",), ("customer_name",)),
    "record": (("customer_no",), ("customer_name",)),
    "communication": (("contact_time", "summary"), ("contact_time",), ("summary",)),
    "action": (("action", "due"), ("action",), ("due",)),
    "weekly_report": (("week_start",),),
    "next_week": (("plan", "customer_name"),),
}
"""By kind of block the fields by which a row is told again, the surest first."""
TOLD_BY: Mapping[str, tuple[str, ...]] = {
    "communication": ("contact_time", "method"),
    "action": ("action", "due"),
}
"""Fields that make a talk or a plan: one of which any was changed takes the place of what it was."""
LISTS = frozenset({"customer"})
"""Kinds of which a row that nobody changed still says that it is there."""
FORMS_OF_CHANGES = frozenset({"process_record", "weekly_report"})
"""Forms that nobody handed in where nothing on them was changed."""
ANYWHERE = ""
"""In place of a sheet: one that was added, as a copy for another customer, bears what was handed out too."""
_LENGTH = 10


@dataclass(frozen=True, slots=True)
class Line:
    """A row as handed out: its kind of block, its sheet, and what stood in its cells, blanks left out."""

    kind: str
    sheet: str
    values: Mapping[str, Any]


def digest(value: CellValue) -> str | None:
    """Return what tells a cell's value, None for a blank; the same after any program has saved it."""
    told = _plain(value)
    return hashlib.sha256(told.encode()).hexdigest()[:_LENGTH] if told else None


def _plain(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, int | float):
        return f"{value:.15g}"
    if isinstance(value, dt.datetime):
        near = (value + dt.timedelta(seconds=30)).replace(second=0, microsecond=0, tzinfo=None)
        return near.isoformat(" ", "minutes").removesuffix(" 00:00")
    if isinstance(value, dt.date):
        return value.isoformat()
    return " ".join(str(value).split())


def handed_lines(week: dt.date, lines: Sequence[Line]) -> Iterator[list[str]]:
    """Yield the rows of the hidden sheet, texts all: what it is, the week, then a row per line."""
    yield [HANDED_PROPERTY, week.isoformat()]
    for line in lines:
        told = {name: digest(value) for name, value in line.values.items()}
        number = str(line.values.get("customer_no") or "") if line.kind in LISTS else ""
        body = json.dumps({n: d for n, d in told.items() if d}, separators=(",", ":"), ensure_ascii=False)
        yield [line.kind, line.sheet, number, body]


def held_against(forms: Iterable[Submission], grid: Grid) -> list[Submission]:
    """Return the forms of a workbook held against its record: of each row, which fields were changed.

    Rows of talks and plans that nobody changed go, and so does a record or a report on which nothing was
    changed: nobody handed them in. A record that is damaged says nothing, and every cell counts.
    """
    week = str(grid.rows[0][1]) if len(grid.rows[0]) > 1 else ""
    known: dict[tuple[str, str], list[Mapping[str, str]]] = {}
    numbers: list[str] = []
    for kind, sheet, number, body in (_texts(row) for row in grid.rows[1:]):
        try:
            told = {str(name): str(value) for name, value in json.loads(body).items()}
        except (ValueError, AttributeError, RecursionError):
            continue
        for where in {sheet, ANYWHERE}:
            known.setdefault((kind, where), []).append(told)
        numbers += [number] if number else []
    base = HandedOut(week, tuple(numbers))
    compared = (_form(form, known, base) for form in forms)
    return [form for form in compared if form is not None]


def _texts(row: Sequence[CellValue]) -> tuple[str, str, str, str]:
    kind, sheet, number, body = (str(v) if v is not None else "" for v in [*row, *([None] * 4)][:4])
    return kind, sheet, number, body


def _form(
    form: Submission, known: Mapping[tuple[str, str], Sequence[Mapping[str, str]]], base: HandedOut
) -> Submission | None:
    """Return a form with what was changed; None for one on which nothing was."""
    told = [
        _block(b, known.get((b.kind, form.sheet)) or known.get((b.kind, ANYWHERE), ())) for b in form.blocks
    ]
    blocks = tuple(b if b.kind in LISTS or b.cells else _without_standing(b) for b in told)
    if form.form in FORMS_OF_CHANGES and any(b.handed for b in told):
        changed = any(b.rows if not b.cells else _says(b) for b in blocks)
        if not changed and not form.errors and not form.uncalculated:
            return None
    findings = tuple(found for found in form.findings if not _said_before(found, told))
    return replace(form, blocks=blocks, handed=base, findings=findings)


def _said_before(found: Finding, blocks: Iterable[Block]) -> bool:
    """Say whether a finding is about a cell that stands as handed out, and no error."""
    return found.severity is not Severity.ERROR and any(
        block.kind == found.block and block.stands(found.field or "", found.row or 0) for block in blocks
    )


def _says(card: Block) -> bool:
    """Say whether a card holds anything that was not handed out."""
    return any(card.handed.get(row, ("",)) for row in card.rows)


def _block(block: Block, lines: Sequence[Mapping[str, str]]) -> Block:
    """Return a block with the fields of each handed row that were changed."""
    if not lines:
        return block
    now = {name: [digest(value) for value in values] for name, values in block.values.items()}
    columns = [(name, told) for name, told in now.items() if name in block.columns or name in block.cells]
    by_key = [(key, _by_key(lines, key)) for key in KEYS.get(block.kind, ())]
    handed: dict[int, tuple[str, ...]] = {}
    was: dict[int, Mapping[str, str]] = {}
    told_by = TOLD_BY.get(block.kind, ())
    for at, row in enumerate(block.rows):
        line = _line_of({name: told[at] for name, told in columns}, by_key)
        if line is not None:
            handed[row] = tuple(name for name, told in columns if told[at] != line.get(name))
            if any(name in told_by for name in handed[row]):
                was[row] = {name: line.get(name, "") for name in told_by}
    return replace(block, handed=handed, was=was)


_ByKey = Mapping[tuple[str | None, ...], Mapping[str, str]]


def _by_key(lines: Sequence[Mapping[str, str]], key: Sequence[str]) -> _ByKey:
    """Return the lines by a key; of several with one key none."""
    found: dict[tuple[str | None, ...], Mapping[str, str]] = {}
    twice: set[tuple[str | None, ...]] = set()
    for line in lines:
        told = tuple(line.get(name) for name in key)
        if told in found:
            twice.add(told)
        found[told] = line
    return {told: line for told, line in found.items() if told not in twice and None not in told}


def _line_of(
    row: Mapping[str, str | None], by_key: Sequence[tuple[Sequence[str], _ByKey]]
) -> Mapping[str, str] | None:
    """Return the line that a row was handed out as, None for one that was added."""
    for key, lines in by_key:
        line = lines.get(tuple(row.get(name) for name in key))
        if line is not None:
            return line
    return None


def _without_standing(block: Block) -> Block:
    """Return a table without the rows that nobody changed."""
    kept = [at for at, row in enumerate(block.rows) if block.handed.get(row, ("",))]
    if len(kept) == len(block.rows):
        return block
    values = {name: [column[at] for at in kept] for name, column in block.values.items()}
    rows = tuple(block.rows[at] for at in kept)
    handed = {row: block.handed[row] for row in rows if row in block.handed}
    return replace(block, rows=rows, values=values, handed=handed)
