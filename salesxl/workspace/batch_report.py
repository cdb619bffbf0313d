"""The account of a batch: every finding as a row, and what became of every form and file.

Owns the counts: rows read = accepted + returned, with examples, blank and total rows counted beside. Refuses:
deciding anything.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from salesxl import schemas
from salesxl.columns import columns_of
from salesxl.intake import read_under
from salesxl.messages import Words
from salesxl.model import Checked, Finding, Place, Severity, TableName
from salesxl.rulebook import Rulebook
from salesxl.rules.money import total
from salesxl.rules.people import team_of
from salesxl.tables import book_words, model

__all__ = ["Counts", "counts", "finding_json", "findings", "owner", "passed_over", "submissions", "waiting"]

HELD = {
    "held_amount": ("customer", "expected_amount"),
    "held_completed": ("weekly_report", "completed_amount"),
}
"""Amounts known on rows that are held back: the block and the field in which they stand."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How many files, form sheets and rows there were, and what became of them.

    ``records`` = ``accepted`` + ``returned``. Rows of superseded forms, examples, blank rows and totals are
    no records; they are counted beside.
    """

    files: int
    sheets: int
    records: int
    accepted: int
    returned: int
    superseded: int
    example: int
    blank: int
    total: int
    errors: int
    warnings: int


HEADS = frozenset(b.kind for form in schemas.FORMS for b in form.blocks if not b.sheet)
"""Cards that only head a table: they are no records."""


def counts(checked: Checked) -> Counts:
    """Count a batch."""
    recorded = [f for kind, f in checked.frames.items() if kind not in HEADS]
    read = sum(len(f) for f in recorded)
    superseded = sum(int(f["superseded"].sum()) for f in recorded)
    accepted = sum(int(f["accepted"].sum()) for f in recorded)
    returned = sum(int((~f["accepted"] & ~f["superseded"]).sum()) for f in recorded)
    if read != accepted + returned + superseded:
        raise AssertionError(f"{read} rows read, {accepted} accepted, {returned} returned")
    skipped = _skipped(checked)
    return Counts(
        files=len(checked.files),
        sheets=len(checked.submissions),
        records=read - superseded,
        accepted=accepted,
        returned=returned,
        superseded=superseded,
        errors=sum(f.severity is Severity.ERROR for f in checked.findings),
        warnings=sum(f.severity is Severity.WARNING for f in checked.findings),
        **{name: int(skipped[name].sum()) for name in ("example", "blank", "total")},
    )


def owner(checked: Checked) -> Callable[[Finding], str | None]:
    """Return what tells whose a finding is: whose its row is, else who its sheet is by, else its file.

    A file or a sheet tells it if it is one rep's alone; a table may hold rows of several.
    """
    rows = _by_row(checked)
    sheets: dict[tuple[str, str], str] = {}
    files: dict[str, set[str]] = {}
    named: dict[tuple[str, str], set[str]] = {}
    for (file, sheet, _, _), own in rows.items():
        named.setdefault((file, sheet), set()).add(own)
        files.setdefault(file, set()).add(own)
    for submission, rep in zip(checked.submissions, checked.reps, strict=True):
        spot = submission.file, submission.sheet
        if rep and rep != together(named.get(spot, ())):
            sheets.setdefault(spot, rep)
            files.setdefault(submission.file, set()).add(rep)

    def whose(found: Finding) -> str | None:
        place = found.place
        spot = place.file, place.sheet or ""
        row = rows.get((*spot, found.block, found.row))
        told = found.facts.get("rep") or row or sheets.get(spot)
        alone = files.get(place.file, set())
        return str(told) if told else next(iter(alone)) if len(alone) == 1 else None

    return whose


def _by_row(checked: Checked) -> dict[tuple[str, str, str | None, int | None], str]:
    """Return whose a row is, by file, sheet, kind of block and row, where its form alone does not tell."""
    found: dict[tuple[str, str, str | None, int | None], str] = {}
    whole = dict(enumerate(checked.reps))
    for kind in (kind for kind in schemas.BY_ROW if kind in checked.frames):
        rows = checked.frames[kind][["submission", "row", "rep"]].dropna()
        apart = rows[rows["rep"] != rows["submission"].map(whole).astype("string").fillna("")]
        for number, row, rep in apart.itertuples(index=False, name=None):
            submission = checked.submissions[number]
            found[submission.file, submission.sheet, kind, int(row)] = str(rep)
    return found


def together(reps: Iterable[str]) -> str:
    """Return several reps as one text: whose a form is that names one per row."""
    return "、".join(sorted(reps))


def finding_json(found: Finding, words: Words) -> dict[str, Any]:
    """Return one finding as the JSON contract has it (docs/reference/findings.md)."""
    value = found.value
    if isinstance(value, (dt.date, dt.time)):
        value = value.isoformat()
    elif value is not None and not isinstance(value, (bool, int, float)):
        value = str(value)
    return {
        "file": found.place.file,
        "sheet": found.place.sheet,
        "cell": found.place.cell,
        "field": found.field,
        "label": words.label(found),
        "code": found.code,
        "severity": found.severity.value,
        "value": value,
        "message": words.message(found),
        "fix": words.fix(found),
    }


def findings(checked: Checked) -> pd.DataFrame:
    """Return one row per finding, in sheet order."""
    words = book_words()
    forms = {(s.file, s.sheet): s.form for s in checked.submissions}
    whose = owner(checked)
    rows = []
    for found in checked.findings:
        form = forms.get((found.place.file, found.place.sheet or ""))
        label = words.label(found)
        known = label is not None and schemas.labels_of(form).get(found.field or "") == label
        rows.append(
            {
                "severity": found.severity.value,
                "code": found.code,
                "rep": whose(found),
                "form": form,
                "cell": found.place.cell,
                "field": found.field if known else label,
                "value": words.value(found) or None,
                "message": words.message(found),
                "fix": words.fix(found),
                "source_file": found.place.file or None,
                "source_sheet": found.place.sheet,
                "source_row": found.row,
            }
        )
    return _typed(rows, "finding")


BOUNDS = ("week_start", "week_end")


def submissions(checked: Checked, rulebook: Rulebook) -> pd.DataFrame:
    """Return one row per form sheet, per file that gave no form, and per member who has not reported."""
    teams = team_of(rulebook)
    said: dict[tuple[str, str], list[Finding]] = {}
    for found in checked.findings:
        said.setdefault((found.place.file, found.place.sheet or ""), []).append(found)
    rows = [*_form_rows(checked), *_fileless_rows(said), *_missing_rows(checked)]
    rules = read_under(rulebook)
    for row in rows:
        row["team"] = teams.get(row["rep"]) or row.get("team")
        row["digest"] = checked.digests.get(row.get("source_file") or "")
        row["rules"] = rules if row["digest"] else None
    return _typed(rows, "submission")


def _form_rows(checked: Checked) -> Iterator[dict[str, Any]]:
    skipped = _skipped(checked).to_dict("records")
    tally = _tally(checked).to_numpy().tolist()
    said = _by_form(checked)
    held = {name: _held(checked.frames[kind], column) for name, (kind, column) in HELD.items()}
    reports = checked.frames["weekly_report"].drop_duplicates("submission")
    bounds = {name: dict(zip(reports["submission"], reports[name], strict=True)) for name in BOUNDS}
    for number, submission in enumerate(checked.submissions):
        read, accepted, superseded = tally[number]
        mine = said.get(number, [])
        yield {
            "rep": checked.reps[number],
            "form": submission.form,
            "status": _status(read, accepted, superseded),
            "read": read,
            "accepted": accepted,
            "returned": read - accepted - superseded,
            **{name: amounts.get(number) for name, amounts in held.items()},
            **skipped[number],
            "errors": sum(f.severity is Severity.ERROR for f in mine),
            "warnings": sum(f.severity is Severity.WARNING for f in mine),
            **{name: days.get(number) for name, days in bounds.items()},
            "source_file": submission.file,
            "source_sheet": submission.sheet,
            "stamp": submission.modified,
        }


def _by_form(checked: Checked) -> dict[int, list[Finding]]:
    """Return the findings of each form by its number; those of no row go to the sheet's first form."""
    first: dict[tuple[str, str], int] = {}
    rows: dict[tuple[str, str, str | None, int | None], int] = {}
    for number, submission in enumerate(checked.submissions):
        spot = submission.file, submission.sheet
        first.setdefault(spot, number)
        for block in submission.blocks:
            rows.update({(*spot, block.kind, row): number for row in block.rows})
    found: dict[int, list[Finding]] = {}
    for finding in checked.findings:
        spot = finding.place.file, finding.place.sheet or ""
        of = rows.get((*spot, finding.block, finding.row), first.get(spot))
        if of is not None:
            found.setdefault(of, []).append(finding)
    return found


def _status(read: int, accepted: int, superseded: int) -> str:
    if superseded and superseded == read:
        return "superseded"
    if accepted + superseded == read:
        return "accepted"
    return "partly" if accepted else "returned"


def _tally(checked: Checked) -> pd.DataFrame:
    """Count the rows of each submission: read, accepted, superseded."""
    states = ["accepted", "superseded"]
    rows = pd.concat([f[["submission", *states]] for kind, f in checked.frames.items() if kind not in HEADS])
    rows = rows.assign(read=1).astype("int64")
    counted = rows.groupby("submission")[["read", *states]].sum()
    return counted.reindex(range(len(checked.submissions)), fill_value=0)


def _held(rows: pd.DataFrame, column: str) -> dict[int, float | None]:
    """Add, by submission, what is known to stand on rows held back, in 元; below zero nothing is known."""
    out = ~rows["accepted"] & ~rows["superseded"] & (rows[column] >= 0).fillna(False)
    return {int(n): total(held) for n, held in rows[out.astype(bool)].groupby("submission")[column]}


def _fileless_rows(said: dict[tuple[str, str], list[Finding]]) -> Iterator[dict[str, Any]]:
    """Yield files and sheets from which no form was read, by the finding that says why."""
    for (file, sheet), found in said.items():
        for one in found:
            status = _NO_FORM.get(one.code)
            if file and status and (one.code != "superseded" or not sheet):
                yield {
                    "status": status,
                    "errors": int(one.severity is Severity.ERROR),
                    "warnings": int(one.severity is Severity.WARNING),
                    "source_file": file,
                    "source_sheet": sheet or None,
                    "rep": one.facts.get("rep"),
                }


_NO_FORM = {
    "unreadable": "unreadable",
    "unsafe": "unreadable",
    "unrecognised": "unrecognised",
    "superseded": "superseded",
}


def passed_over(passed: Mapping[str, str], partly: Collection[str]) -> Iterator[Finding]:
    """Say how many files were passed over as known, and at which something is still open."""
    if passed:
        yield Finding("known_files", Severity.NOTICE, Place(""), facts={"count": len(passed)})
    for name, digest in passed.items():
        if digest in partly:
            yield Finding("still_open", Severity.NOTICE, Place(name))


def waiting(checked: Checked) -> tuple[str, ...]:
    """Return the members without a report for the week, in the order of the findings.

    A report that names nobody of the roster may be the missing one; its finding says so, and whose it may be.
    """
    told: list[str] = []
    for found in checked.findings:
        told += [str(found.value)] if found.code == "missing_report" else found.facts.get("instead_of", ())
    return tuple(dict.fromkeys(told))


def _missing_rows(checked: Checked) -> Iterator[dict[str, Any]]:
    for rep in waiting(checked):
        yield {
            "rep": rep,
            "form": "weekly_report",
            "status": "missing",
            "warnings": 1,
            "week_start": checked.week[0],
            "week_end": checked.week[1],
        }


def _skipped(checked: Checked) -> pd.DataFrame:
    """Count, by submission, the rows that are no records."""
    rows = []
    for submission in checked.submissions:
        tally = {"example": 0, "blank": 0, "total": 0}
        for block in submission.blocks:
            for reason, number in block.skipped.items():
                tally[reason if reason in tally else "total"] += number
        rows.append(tally)
    return pd.DataFrame(rows, columns=["example", "blank", "total"]).fillna(0).astype("int64")


def _typed(rows: list[dict[str, Any]], table: TableName) -> pd.DataFrame:
    made: dict[str, pd.Series] = {}
    for column in columns_of(model(table)):
        values = [row.get(column.field) for row in rows]
        known = [None if pd.isna(value) else value for value in values]
        made[column.field] = pd.Series(known, dtype=object).astype(column.kind.dtype)
    return pd.DataFrame(made)
