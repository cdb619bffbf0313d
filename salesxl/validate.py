"""Submissions → accepted rows and findings: every fault at once, in sheet order.

Owns the order of work: cards first (they tell the rep and the date), then tables, one pandera call per kind
of block, then the rules of ``checks``. Refuses: printing, prose.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from salesxl.checks import RULES, Case, Fault, Rule, cells, defined, people, whose
from salesxl.checks.case import positions
from salesxl.checks.causes import without_consequences
from salesxl.checks.gather import gathered
from salesxl.checks.listed import passed_over
from salesxl.checks.own import said_once
from salesxl.checks.rules import across
from salesxl.checks.supersede import older_rows, remark, remarks_on_rows, remarks_on_stamps, superseded
from salesxl.checks.weeks import TYPED, settled
from salesxl.columns import Shape
from salesxl.files.naming import natural
from salesxl.intake import Batch, receive
from salesxl.model import Checked, Finding, PastName, Place, Severity, Submission, cell_name
from salesxl.parsing.frames import Stack, stack
from salesxl.rulebook import Rulebook
from salesxl.rules import ownership
from salesxl.rules.age import ages_of, stamps_by_digest
from salesxl.rules.identity import told_apart
from salesxl.rules.people import roster
from salesxl.rules.states import with_states
from salesxl.workers import Crew
from salesxl.workspace.batch_report import together
from salesxl.xlsx.refs import split_cell

__all__ = ["check", "validate", "week_of"]

_EXTRA = "其他列:"


def validate(
    paths: Sequence[Path],
    rulebook: Rulebook,
    as_of: dt.date,
    *,
    week: tuple[dt.date, dt.date] | None = None,
    crew: Crew | None = None,
) -> Checked:
    """Read and check every workbook under the given paths.

    ``as_of`` is the day on which "in the future" and "gone by" are judged; ``week`` is Monday and Sunday of
    the week under report, by default the one of ``as_of``.

    Raises:
        UsageError: a path does not exist.
    """
    return check(receive(paths, rulebook, crew), rulebook, as_of, week=week)


def week_of(day: dt.date) -> tuple[dt.date, dt.date]:
    """Return Monday and Sunday of the week that holds a day."""
    monday = day - dt.timedelta(days=day.weekday())
    return monday, monday + dt.timedelta(days=6)


def check(
    batch: Batch,
    rulebook: Rulebook,
    as_of: dt.date,
    *,
    week: tuple[dt.date, dt.date] | None = None,
    past: Mapping[PastName, pd.DataFrame] | None = None,
    rules: Sequence[Rule] = (),
) -> Checked:
    """Check what came in. docs/domain.md 4 has the rules, 2 what each form asks for.

    ``past`` is what the book before says (``History``): the stages of the week before, and which
    customers were handed over. ``rules`` come after those of ``checks``.
    """
    submissions = batch.submissions
    stacks = _stacks(submissions, rulebook, as_of)
    reps, guessed = whose.reps_of(submissions, stacks, rulebook)
    by_rows = whose.in_rows(stacks, rulebook.forms)
    whole = _of_forms(reps, by_rows)
    bounds, known_before = week or week_of(as_of), past or {}
    last_day = as_of + dt.timedelta(days=rulebook.parameters.stamp_days_ahead)
    ages = ages_of(submissions, whole, last_day, stamps_by_digest(known_before.get("submission")))
    replaced = superseded(submissions, reps, by_rows, stacks, ages)
    out = frozenset(replaced)
    moves = _moves(stacks, known_before, as_of, bounds[1], out, rulebook)
    case = Case(stacks, submissions, reps, rulebook, as_of, bounds, out, moves, known_before, batch.whole)
    worked, off = defined.worked_out(case)
    case = replace(case, stacks=worked)
    archive = worked["customer"]
    older = older_rows(submissions, archive.frame, told_apart(archive.frame), case.rep_of(archive), out, ages)
    case = replace(case, older=frozenset(older))
    if passed := passed_over(case):
        case = replace(case, passed=passed)
    faults = [fault for one in worked.values() for fault in one.faults]
    faults += [fault for one in worked.values() for fault in cells.structure(one)]
    faults += [*off, *(fault for rule in RULES for fault in rule(case))]
    faults += across(case, faults)
    own, again = said_once((fault for rule in rules for fault in rule(case)), case)
    faults += own
    faults = [f for f in defined.worded(faults, case) if _counts(f, case) and not _said_before(f, case)]
    faults, unsaid = gathered(faults, case)
    unsaid += [*again, *people.held(case)]
    faults = without_consequences(faults, unsaid, case)
    by_file, known = _by_file(submissions, whole), whose.spelled(whose.known(reps, rulebook), rulebook)
    findings = [
        *(_with_rep(f, by_file, known) for f in batch.findings),
        *(f for number, s in enumerate(submissions) if number not in replaced for f in s.findings),
        *(finding for number, finding in guessed.items() if number not in replaced),
        *(remark(submissions[early], submissions[late]) for early, late in sorted(replaced.items())),
        *remarks_on_rows(submissions, archive.frame, older),
        *remarks_on_stamps(submissions, ages),
        *(_finding(fault, case) for fault in faults),
    ]
    by_kind: dict[str | None, list[Fault]] = {}
    for fault in (*faults, *unsaid):
        by_kind.setdefault(fault.kind, []).append(fault)
    frames = {kind: _frame(one, case, by_kind.get(kind, ())) for kind, one in worked.items()}
    ordered = _in_sheet_order(findings, list(batch.files), submissions)
    outlines = tuple(submission.outline() for submission in submissions)
    return Checked(
        tuple(batch.files), outlines, tuple(whole), frames, ordered, as_of, case.week, batch.digests
    )


def _counts(fault: Fault, case: Case) -> bool:
    """Say whether a fault is on something that counts; that a row is passed over is said all the same."""
    if fault.kind is None:
        return True
    if fault.kind == "customer" and (fault.at in case.older or fault.at in case.passed):
        return fault.code == "handed_over"
    return case.stacks[fault.kind].frame.at[fault.at, "submission"] not in case.out


NEVER_TOLD = frozenset({"stale", "overdue", "conflict"})
"""What becomes true without a change of the cell: a day goes by, and another rep claims the customer."""


def _said_before(fault: Fault, case: Case) -> bool:
    """Say whether a fault blames a cell that stands as we handed it out; errors are told again."""
    if fault.severity is Severity.ERROR or fault.code in NEVER_TOLD or fault.cell is None:
        return False
    kind, at, name = fault.cell
    return case.stands(case.stacks[kind], at, name)


def _moves(
    stacks: Mapping[str, Stack],
    past: Mapping[PastName, pd.DataFrame],
    as_of: dt.date,
    sunday: dt.date,
    out: frozenset[int],
    rulebook: Rulebook,
) -> pd.DataFrame:
    """Return the signed handovers up to a week's end.

    Those of lists that another one supersedes are left out, and those to somebody off the roster.
    """
    heads, listed = (stacks[kind].frame for kind in ("handover", "handover_customer"))
    if rulebook.has_roster:
        heads = heads[heads["to_rep"].isin(roster(rulebook))]
    heads = ownership.signed_by(heads[~heads["submission"].isin(out)], as_of)
    now = ownership.signed(heads, listed, ["submission"])
    return ownership.moved(past, now, pd.Timestamp(sunday))


def _stacks(submissions: Sequence[Submission], rulebook: Rulebook, as_of: dt.date) -> dict[str, Stack]:
    """Stack every kind of block: cards first, since a card's date tells the year of dates without one."""
    near = dict.fromkeys(range(len(submissions)), as_of)
    stacks: dict[str, Stack] = {}
    blocks = rulebook.forms.blocks
    for spec in blocks:
        if spec.shape is Shape.CARD:
            stacks[spec.kind] = stack(spec.kind, submissions, rulebook, near)
    stacks["weekly_report"] = settled(stacks["weekly_report"])
    for kind, name in rulebook.forms.having("date", Shape.CARD):
        dated = stacks[kind].frame[["submission", name]].dropna()
        near |= {int(n): day.date() for n, day in dated.itertuples(index=False, name=None)}
    for spec in blocks:
        if spec.shape is not Shape.CARD:
            stacks[spec.kind] = with_states(stack(spec.kind, submissions, rulebook, near), rulebook)
    return stacks


def _of_forms(reps: Sequence[str | None], rows: Mapping[int, set[str]]) -> list[str | None]:
    """Return whose each form is on the whole: whom it names, else all whom its rows name."""
    return [rep or together(rows.get(number, ())) or None for number, rep in enumerate(reps)]


def _by_file(submissions: Sequence[Submission], reps: Sequence[str | None]) -> dict[str, set[str]]:
    """Return the reps whose forms stand in each file."""
    found: dict[str, set[str]] = {}
    for submission, rep in zip(submissions, reps, strict=True):
        if rep:
            found.setdefault(submission.file, set()).add(rep)
    return found


def _with_rep(found: Finding, by_file: Mapping[str, set[str]], known: Mapping[str, str]) -> Finding:
    """Say whose file a finding is about that gave no form: who else would learn of it?"""
    told_by = by_file.get(found.place.file) or whose.named_by(found.place.file, known)
    return replace(found, facts={**found.facts, "rep": next(iter(told_by))}) if len(told_by) == 1 else found


def _finding(fault: Fault, case: Case) -> Finding:
    """Turn a fault into a finding at its cell."""
    if fault.kind is None or fault.at is None:
        return Finding(fault.code, fault.severity, Place(""), value=fault.value, facts=fault.facts)
    stack = case.stacks[fault.kind]
    submission, block, row = case.origin(stack, fault.at)
    header = block.header_row if fault.on_header else None
    cell = block.place(fault.field, header or row) if fault.field else None
    if cell is None and fault.field and block.header_row and block.columns:
        cell = block.header_row, min(block.columns.values())  # what is missing on the sheet
    value, facts = fault.value, fault.facts
    if value is None and fault.field is not None:
        value = stack.raw[fault.field][fault.at]
    if fault.field and stack.spec.column(fault.field).origin:
        facts = {"label": stack.spec.column(fault.field).label, **facts}
    return Finding(
        fault.code,
        fault.severity,
        Place(submission.file, submission.sheet, cell_name(*cell) if cell else None),
        field=fault.field,
        value=value,
        facts=facts,
        block=fault.kind,
        row=row if header is None else None,
    )


def _frame(one: Stack, case: Case, faults: Sequence[Fault]) -> pd.DataFrame:
    """Return a stack's records with what became of them. ``faults`` are those of its kind."""
    frame = one.frame.drop(columns=[name for name in TYPED if name in one.frame])
    errors: dict[int, list[str]] = {}
    for fault in faults:
        if fault.severity is Severity.ERROR and fault.at is not None:
            errors.setdefault(fault.at, []).append(fault.code)
    for at in one.unread:
        errors.setdefault(at, []).append("type")
    for column in one.spec.columns:
        if column.required:
            lacking = ~one.present[column.field] & frame[column.field].isna()
            for at in positions(lacking):
                errors.setdefault(at, []).append("missing_column")
    frame["rep"] = case.rep_of(one) if "rep" not in frame else frame["rep"].fillna(case.rep_of(one))
    frame["superseded"] = ~case.inside(one)
    codes = [""] * len(frame)
    for at, said in errors.items():
        codes[at] = " ".join(sorted(set(said)))
    frame["codes"] = pd.array(codes, dtype="string")
    sound = np.ones(len(frame), dtype=bool)
    sound[list(errors)] = False
    frame["accepted"] = pd.array(sound, dtype="boolean") & ~frame["superseded"]
    frame["others"] = _others(one)
    return frame


def _others(one: Stack) -> Any:
    """Return what stood in columns that no schema knows, as one text per record: header: value; …"""
    texts: list[str | None] = [None] * len(one.frame)
    for name in one.raw:
        if name.startswith(_EXTRA):
            header = name.removeprefix(_EXTRA)
            for at, value in enumerate(one.raw[name]):
                if value is not None:
                    before = texts[at]
                    texts[at] = f"{before}；{header}: {value}" if before else f"{header}: {value}"
    return pd.array(texts, dtype="string")


def _in_sheet_order(
    findings: Iterable[Finding], files: Sequence[str], submissions: Sequence[Submission]
) -> tuple[Finding, ...]:
    """Sort findings by file, sheet and cell, as a reader goes through them."""
    file_order = {name: at for at, name in enumerate(files)}
    sheet_order = {(s.file, s.sheet): at for at, s in enumerate(submissions)}

    def key(finding: Finding) -> tuple[Any, ...]:
        place = finding.place
        row, column = split_cell(place.cell) if place.cell else (0, 0)
        return (
            file_order.get(place.file, len(file_order)),
            sheet_order.get((place.file, place.sheet or ""), -1),
            place.sheet or "",
            row,
            column,
            finding.code,
            natural(str(finding.value)),
        )

    return tuple(sorted(findings, key=key))
