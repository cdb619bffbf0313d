"""Next week's workbook for each rep, filled in: 下发/. docs/domain.md 4.2.

Owns who gets one, and what stands in it: nobody's customers but the rep's own. Refuses: how it looks.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from salesxl import annotate, parsing
from salesxl.catalogue import Forms
from salesxl.columns import BlockSpec, Column, Kind
from salesxl.drawing import Filled, FilledSheet, filled_workbook
from salesxl.files import publish
from salesxl.files.naming import fitting
from salesxl.messages import Words
from salesxl.model import Checked, Finding, Place, Team
from salesxl.rulebook import Member, Rulebook
from salesxl.rules.grading import due_after
from salesxl.rules.identity import customer_keys
from salesxl.rules.money import total
from salesxl.rules.outcomes import outcomes
from salesxl.rules.periods import month_of_week, target_of
from salesxl.schemas import form
from salesxl.state.absence import MISSING, UNVERIFIED
from salesxl.tables import book_words
from salesxl.workspace.held import Held, held_rows
from salesxl.workspace.in_place import filled_in_place
from salesxl.workspace.marked_copies import mark_words, tell
from salesxl.workspace.returns import folder_name

__all__ = ["Plan", "plans", "write"]

ALONE = frozenset({"customer_archive", "weekly_report"})
"""Forms of which a workbook holds one: a team's own is filled in place."""
TALKS = 3
"""Last talks with a customer that stand above the next ones."""
RECORDS = 40
"""Records in one workbook at most, those with the nearest plans first: more sheets nobody leafs through."""
LINES = 12
"""Customers in 下周计划 at most, the first due first."""
SIZE = 100_000
"""Bytes of an everyday workbook, for whether it pays to share the work out."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A workbook to be made: whose, its forms, and what is marked on it, by the place among the forms."""

    rep: str
    sheets: tuple[FilledSheet, ...]
    marks: tuple[tuple[int, str, int, Finding], ...] = ()


def plans(team: Team, checked: Checked, rulebook: Rulebook) -> list[Plan]:
    """Return what goes to each member of the team in the week after, in the order of the roster.

    Without a roster everybody with a customer gets one. Who has left by then gets none. ``checked`` has the
    rows of the week that were held back.
    """
    monday = team.week[0] + dt.timedelta(days=7)
    state = _State(team, rulebook, monday)
    held = held_rows(checked, rulebook)
    return [_plan(member, state, held.get(member.name, ())) for member in _members(team, rulebook, monday)]


def write(
    folder: Path,
    made: Sequence[Plan],
    week: dt.date,
    rulebook: Rulebook,
    words: Words,
    spread: Callable[..., Any],
    tick: Callable[[int, int], object] | None = None,
    own: Mapping[str, bytes] | None = None,
) -> list[Path]:
    """Write the workbooks, each under its rep's name, and return their paths; ``spread`` shares them out.

    ``week`` is the Monday of the book that they are made from. ``own`` are the team's own blank forms: each
    is a workbook of its own, filled in where its fields stand, if that is sure; else ours stands for it.
    """
    items = list(zip(_names(folder, made), made, strict=True))
    if items:
        folder.mkdir(parents=True, exist_ok=True)
    found: dict[int, list[str]] = {}
    writer = _Writer(week, rulebook, words, own or {})
    with closing(spread(writer, items, len(items) * SIZE)) as outcomes_:
        for at, outcome in outcomes_:
            found[at] = json.loads(outcome)
            if tick:
                tick(len(found), len(items))
    return [folder / name for at in sorted(found) for name in found[at]]


@dataclass(frozen=True, slots=True)
class _Writer:
    """Makes the workbooks of one rep, wherever it is told to; what comes back are their names, as JSON."""

    week: dt.date
    rulebook: Rulebook
    words: Words
    own: Mapping[str, bytes]

    def __call__(self, item: tuple[Path, Plan]) -> bytes:
        path, plan = item
        apart: dict[int, Filled] = {}
        for number, sheet in enumerate(plan.sheets):
            template = self.own.get(sheet.form) if sheet.form in ALONE else None
            filled = template and filled_in_place(template, sheet, self.week, self.rulebook)
            if filled:
                apart[number] = filled
        left = [number for number in range(len(plan.sheets)) if number not in apart]
        names = []
        if left:
            ours = filled_workbook([plan.sheets[n] for n in left], self.week, self.rulebook)
            self._put(path, ours, [(left.index(n), *more) for n, *more in plan.marks if n in left])
            names.append(path.name)
        for number, filled in apart.items():
            target = path.with_name(fitting(f"{path.stem}_{form(plan.sheets[number].form).title}.xlsx"))
            self._put(target, filled, [(0, *more) for n, *more in plan.marks if n == number])
            names.append(target.name)
        return json.dumps(names).encode()

    def _put(self, path: Path, filled: Filled, marks: Iterable[tuple[Any, ...]]) -> None:
        """Write one workbook, marked where it must be."""
        findings = []
        for number, kind, at, finding in marks:
            spots = ((number, kind, at, name) for name in (finding.field or "", "customer_name"))
            place = next((filled.places[spot] for spot in spots if spot in filled.places), None)
            if place:
                findings.append(replace(finding, place=Place(path.name, *place)))
        data, label = filled.data, self.words.label
        if findings:
            said, sentences = mark_words(self.words), tell(self.words)
            data = annotate.annotate(
                data, findings, sentences, said, label=lambda f: label(f) or "", file=path.name
            ).data
        with publish.named(path):
            path.write_bytes(data)


def _names(folder: Path, made: Sequence[Plan]) -> list[Path]:
    """Return a path for each rep; two whose names make one file are numbered."""
    found: list[Path] = []
    for plan in made:
        stem, number = folder_name(plan.rep), 1
        path = folder / fitting(f"{stem}.xlsx")
        while path in found:
            number += 1
            path = folder / fitting(f"{stem}({number}).xlsx")
        found.append(path)
    return found


def _members(team: Team, rulebook: Rulebook, monday: dt.date) -> list[Member]:
    """Return who is on the team in the week of a Monday."""
    if not rulebook.members:
        owners = team.tables["customer"][["rep", "team"]].dropna(subset=["rep"]).drop_duplicates("rep")
        pairs = owners.astype(object).where(owners.notna(), None).itertuples(index=False, name=None)
        return [Member(str(rep), of) for rep, of in sorted(pairs, key=lambda pair: str(pair[0]))]
    sunday = monday + dt.timedelta(days=6)
    named = (replace(m, name=str(parsing.name(m.name).value)) for m in rulebook.members)
    return [m for m in named if (m.left is None or m.left >= monday) and (not m.joined or m.joined <= sunday)]


class _State:
    """The team's state, by rep."""

    def __init__(self, team: Team, rulebook: Rulebook, monday: dt.date) -> None:
        self.rulebook, self.monday = rulebook, monday
        customers = team.tables["customer"]
        gone = customers["carried"].isin([MISSING, UNVERIFIED])
        customers = customers[~gone.fillna(False).astype(bool)]
        outcome = outcomes(customers, rulebook)
        self.customers = _by_rep(customers.assign(_outcome=outcome, _key=_keys(customers)))
        ended = {o.value for o in rulebook.choices["完成情况"] if o.kind in ("done", "cancelled")}
        actions = team.tables["action"]
        self.actions = _by_rep(_keyed(actions[~actions["progress"].isin(list(ended))], "due"))
        self.talks = _by_rep(_keyed(team.tables["communication"], "contact_time"))
        self.records = _by_rep(_keyed(team.tables["record"]))


def _keys(frame: pd.DataFrame) -> pd.Series:
    return customer_keys(frame["customer_name"])


def _keyed(frame: pd.DataFrame, order: str | None = None) -> pd.DataFrame:
    found = frame.assign(_key=_keys(frame))
    return found.sort_values(order, kind="stable") if order else found


def _by_rep(frame: pd.DataFrame) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of each rep as plain values, blanks left out."""
    found: dict[str, list[dict[str, Any]]] = {}
    columns = {name: frame[name].astype(object).where(frame[name].notna(), None) for name in frame.columns}
    for told in zip(*(column.tolist() for column in columns.values()), strict=True):
        row = {name: value for name, value in zip(columns, told, strict=True) if value is not None}
        if "rep" in row:
            found.setdefault(row["rep"], []).append(row)
    return found


def _plan(member: Member, state: _State, held: Sequence[Held]) -> Plan:
    """Return one rep's workbook: the report first, then the archive, then a record for each open customer."""
    mine = state.customers.get(member.name, [])
    archive, marks = _archive(
        member, mine, [one for one in held if one.kind == "customer"], state.rulebook.forms
    )
    sheets, marked = [_report(member, mine, state), archive], [(1, "customer", *mark) for mark in marks]
    for record, found in _records(member.name, mine, state, [one for one in held if one.kind != "customer"]):
        marked += [(len(sheets), *mark) for mark in found]
        sheets.append(record)
    return Plan(member.name, tuple(sheets), tuple(marked))


def _archive(
    member: Member, mine: Sequence[Mapping[str, Any]], held: Sequence[Held], forms: Forms
) -> tuple[FilledSheet, list[tuple[int, Finding]]]:
    """Return the archive: what the state has, but what was held back as the rep typed it."""
    known = [_shown(forms.block("customer"), row) for row in mine]
    rows = [dict(row) for row in known]
    at_number = {row["customer_no"]: at for at, row in enumerate(known) if "customer_no" in row}
    at_key = {row["_key"]: at for at, row in enumerate(mine) if "_key" in row}
    marks: list[tuple[int, Finding]] = []
    for one in held:
        at = at_number.get(str(one.number), at_key.get(str(one.key)))
        if at is None:
            at = len(rows)
            rows.append({})
        rows[at] = _typed_over(rows[at], one, forms)
        marks += [(at, finding) for finding in one.findings]
    head = {"rep": member.name, "team": member.team} if member.team else {"rep": member.name}
    sheet = form("customer_archive").title
    given = {"archive_head": [head], "customer": rows}
    return FilledSheet("customer_archive", sheet, given, {"customer": known, "archive_head": []}), marks


def _report(member: Member, mine: Sequence[Mapping[str, Any]], state: _State) -> FilledSheet:
    """Return the report of the week after, with whom the cadence makes due in it."""
    monday = state.monday
    year, month = month_of_week(monday)
    target = target_of(state.rulebook, "rep", member.name, dt.date(year, month, 1), "signed")
    open_ = [row for row in mine if row.get("_outcome") == "open" and row.get("counted", True)]
    expected = total([row.get("expected_amount") for row in open_]) if open_ else None
    card = {
        "rep": member.name,
        "team": member.team,
        "week_start": monday,
        "week_end": monday + dt.timedelta(days=6),
        "expected_amount": expected,
        "month_target": None if target is None else float(target),
    }
    kept = {name: value for name, value in card.items() if value is not None}
    due = [line for _, _, line in sorted(_due(mine, state), key=lambda told: told[:2])]
    return FilledSheet(
        "weekly_report",
        form("weekly_report").title,
        {"weekly_report": [kept], "next_week": due[:LINES]},
    )


def _due(mine: Sequence[Mapping[str, Any]], state: _State) -> Iterator[tuple[dt.date, float, dict[str, Any]]]:
    """Yield whom to follow up by the end of the week: the day, the amount (largest first) and the line."""
    grades = {grade.name: grade for grade in state.rulebook.grades}
    sunday = state.monday + dt.timedelta(days=6)
    for row in mine:
        grade, last = grades.get(row.get("grade", "")), row.get("last_contact", row.get("first_contact"))
        if grade is None or last is None or row.get("_outcome") == "lost":
            continue
        due = due_after(last.date(), grade)
        if due is not None and due <= sunday:
            plan = book_words().text("handout.plan", grade=grade.name, last=last.date())
            line = {"plan": plan, "customer_name": row["customer_name"], "due": max(due, state.monday)}
            yield due, -float(row.get("expected_amount", 0)), line


def _records(
    rep: str, mine: Sequence[Mapping[str, Any]], state: _State, held: Sequence[Held]
) -> Iterator[tuple[FilledSheet, list[tuple[str, int, Finding]]]]:
    """Yield a record for each open customer that has one, or a plan that is not done; and what is marked."""
    actions, talks = (_by_customer(table.get(rep, ())) for table in (state.actions, state.talks))
    records = {row.get("_key"): row for row in state.records.get(rep, ())}
    back: dict[str | None, list[Held]] = {}
    for one in held:
        back.setdefault(one.key, []).append(one)
    never, forms = pd.Timestamp.max, state.rulebook.forms
    asked = [
        row
        for row in mine
        if row.get("_key") in back
        or (row.get("_outcome") == "open" and (row.get("_key") in records or row.get("_key") in actions))
    ]
    nearest = sorted(
        asked,
        key=lambda row: (
            row["_key"] not in back,
            min((a.get("due", never) for a in actions.get(row["_key"], ())), default=never),
        ),
    )
    for row in nearest[:RECORDS]:
        key = row["_key"]
        basics = {**records.get(key, {}), **{name: row[name] for name in FROM_ARCHIVE if name in row}}
        card = {**basics, "contact_name": basics.get("contact_name", row.get("contact_name")), "rep": rep}
        known = {
            "record": [_shown(forms.block("record"), card)],
            "communication": [
                _shown(forms.block("communication"), talk) for talk in talks.get(key, ())[-TALKS:]
            ],
            "action": [_shown(forms.block("action"), plan) for plan in actions.get(key, ())],
        }
        rows = {kind: [*those] for kind, those in known.items()}
        marks: list[tuple[str, int, Finding]] = []
        for one in back.get(key, ()):
            at = 0 if one.kind == "record" else len(rows[one.kind])
            rows[one.kind][at:] = [
                _typed_over(known["record"][0] if one.kind == "record" else {}, one, forms)
            ]
            marks += [(one.kind, at, finding) for finding in one.findings]
        yield FilledSheet("process_record", row["customer_name"], rows, known), marks


def _typed_over(row: Mapping[str, Any], held: Held, forms: Forms) -> dict[str, Any]:
    """Return a row as its rep typed it, over what the state has where his form says nothing."""
    spec = forms.block(held.kind)
    typed = {name: _cell(spec.column(name), value) for name, value in held.values.items()}
    return {name: value for name, value in {**row, **typed}.items() if value is not None}


FROM_ARCHIVE = ("customer_name", "customer_no", "industry", "first_contact", "source", "stage")
"""What a record says of its customer as the archive has it now."""


def _by_customer(rows: Iterable[Mapping[str, Any]]) -> dict[str, list[Mapping[str, Any]]]:
    found: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        if "_key" in row:
            found.setdefault(row["_key"], []).append(row)
    return found


def _shown(spec: BlockSpec, row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row of the state as its cells have it."""
    return {
        c.field: _cell(c, row[c.field]) for c in spec.drawn if c.field in row and row[c.field] is not None
    }


def _cell(column: Column, value: Any) -> Any:
    """Return a value as a cell has it: a day without a time, yes and no in words."""
    if isinstance(value, bool) and column.kind is Kind.YES_NO:
        return book_words().name("answer", "yes" if value else "no")
    if isinstance(value, pd.Timestamp):
        plain = value.to_pydatetime()
        return plain.date() if plain.time() == dt.time() else plain
    return value
