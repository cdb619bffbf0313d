"""Rules on whose customer is whose. docs/domain.md 2.4, 4: duplicate, conflict, handed over, unknown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import repeat
from typing import Any, NamedTuple

import pandas as pd

from salesxl import parsing
from salesxl.checks.case import Case, Cell, Fault, error, notice, positions, warning
from salesxl.rules.identity import near_pairs
from salesxl.schemas import BY_ROW

__all__ = [
    "conflict",
    "duplicate",
    "handed_over",
    "near_name",
    "nobody",
    "opportunities",
    "same_person",
    "signatures",
    "unknown_customer",
    "unknown_rep",
]

MOST = 3
"""Names in one message of customers that share a telephone."""

REPS = (
    ("archive_head", "rep"),
    ("log_head", "rep"),
    ("record", "rep"),
    ("weekly_report", "rep"),
    ("handover", "from_rep"),
    ("handover", "to_rep"),
)
REFERENCES = (
    "record",
    "visit",
    "key_customer",
    "next_week",
    "handover_customer",
    "handover_contact",
    "handover_opportunity",
)


def duplicate(case: Case) -> Iterator[Fault]:
    """Report a customer that stands twice in one owner's archives, and a number that two customers bear.

    The first stays, each later one is an error: two rows of one customer would count its amounts twice. What
    a rep has handed over is its new owner's, and gives way to that one's own row (docs/domain.md 2.4). A row
    that we had filled in says only what was changed on it, and stands beside one of another file.
    """
    stack = case.stacks["customer"]
    for row, first in _repeated(_listed(case)):
        if _beside_its_own(case, row.at, first.at):
            continue
        other = case.place_text(stack, first.at, "customer_name")
        if row.given:
            facts = {"why": "listed_by_both", "other": other, "to": row.owner}
            yield error("handed_over", stack, row.at, "customer_name", day=row.given.date(), **facts)
        else:
            yield error("duplicate", stack, row.at, "customer_name", other=other)
    # a number that is none is a finding already
    sound = re.compile(stack.spec.column("customer_no").pattern or "")
    holders: dict[str, int] = {}
    told: set[tuple[str, str]] = set()
    for row in _listed(case):
        if row.key is None or row.number is None or (row.number, row.key) in told:
            continue
        told.add((row.number, row.key))
        if not sound.match(row.number):
            continue
        holder = holders.setdefault(row.number, row.at)
        if holder != row.at:
            other = case.place_text(stack, holder, "customer_no")
            yield warning("duplicate", stack, row.at, "customer_no", why="number", other=other)
    yield from _own_twice(case)


def _beside_its_own(case: Case, at: int, other: int) -> bool:
    """Say whether one of two rows is of a workbook that we had filled in, and the other of another file."""
    if all(form.handed is None for form in case.submissions):
        return False
    stack = case.stacks["customer"]
    apart = case.origin(stack, at)[0].file != case.origin(stack, other)[0].file
    return apart and any(case.was_handed_out(stack, one) for one in (at, other))


def _own_twice(case: Case) -> Iterator[Fault]:
    """Warn of a company's own number that stands with two customers of one rep."""
    stack = case.stacks["customer"]
    numbers = stack.frame["own_no"]
    holders: dict[tuple[str, str | None], _Row] = {}
    told: set[tuple[str, str | None, str]] = set()
    for row in _listed(case):
        number = numbers.at[row.at]
        if row.key is None or number is pd.NA or (number, row.owner, row.key) in told:
            continue
        told.add((number, row.owner, row.key))
        holder = holders.setdefault((number, row.owner), row)
        if holder.key != row.key:
            other = case.place_text(stack, holder.at, "own_no")
            yield warning("duplicate", stack, row.at, "own_no", why="number", other=other)


def handed_over(case: Case) -> Iterator[Fault]:
    """Warn of a customer that a rep still lists though it was handed over in an earlier week.

    In the week of the handover itself nothing is said: the archives were filled in side by side.
    """
    stack = case.stacks["customer"]
    twice = {row.at for row, _ in _repeated(_listed(case))}
    week = pd.Timestamp(case.week[0])
    for row in _listed(case):
        if row.given and row.given < week and row.at not in twice:
            facts = {"to": row.owner, "day": row.given.date()}
            yield warning("handed_over", stack, row.at, "customer_name", **facts)


def conflict(case: Case) -> Iterator[Fault]:
    """Warn, at each claim, of a customer that two reps claim (撞单): by its name, else by its telephone.

    One telephone under different names may be one customer, or one person who buys for two: the rep is asked.
    """
    stack = case.stacks["customer"]
    rows = [row for row in _listed(case) if row.key is not None and row.owner is not None]
    several = _several((row.key, row.owner) for row in rows)
    for row in rows:
        if row.key in several:
            reps = tuple(sorted(several[row.key]))
            yield warning("conflict", stack, row.at, "customer_name", reps=reps)
    phones = [(phone, row) for row in rows if row.contact for phone in row.contact.split("、")]
    callers = _several((phone, row.owner) for phone, row in phones)
    called = _several((phone, row.key) for phone, row in phones if phone in callers)
    bearers: dict[str, dict[int, _Row]] = {}
    for phone, row in phones:
        if phone in called:
            bearers.setdefault(phone, {})[row.at] = row
    for phone, mine in sorted(bearers.items()):
        for row in mine.values():
            if row.key in several:
                continue
            others = dict.fromkeys(other.name for other in mine.values() if other.key != row.key)
            facts = {"why": "phone", "phone": phone, "reps": tuple(sorted(callers[phone]))}
            facts["others"] = tuple(others)[:MOST]
            yield warning("conflict", stack, row.at, "customer_name", **facts)


def near_name(case: Case) -> Iterator[Fault]:
    """Suggest, at the later of two rows, that two names which differ by a slip may mean one customer."""
    stack = case.stacks["customer"]
    first: dict[str, _Row] = {}
    for row in _listed(case):
        if row.key is not None:
            first.setdefault(row.key, row)
    least = float(case.rulebook.parameters.near_name_likeness)
    pairs = near_pairs(pd.Series(list(first), dtype="string"), least)
    places = [(sorted((first[one].at, first[other].at)), share) for one, other, share in pairs]
    names = {row.at: row.name for row in first.values()}
    for (earlier, later), share in sorted(places):
        facts = {
            "other_name": names[earlier],
            "other": case.place_text(stack, earlier, "customer_name"),
            "likeness": f"{share:.0%}",
        }
        yield notice("near_name", stack, later, "customer_name", **facts)


class _Row(NamedTuple):
    """A customer on an archive that counts; what is not known is None.

    ``owner`` is the rep unless a signed handover says otherwise; then ``given`` is its day.
    """

    at: int
    key: str | None
    name: str | None
    number: str | None
    contact: str | None
    owner: str | None
    given: pd.Timestamp | None


def _listed(case: Case) -> list[_Row]:
    """Return the customers on archives that count, and whose they are now."""
    return case.once(("listed",), lambda: _read_lists(case))


def _read_lists(case: Case) -> list[_Row]:
    stack = case.stacks["customer"]
    keys, reps = case.keys(stack), case.rep_of(stack)
    columns = (keys, *(stack.frame[name] for name in ("customer_name", "customer_no", "contact")), reps)
    told = ([None if value is pd.NA else value for value in column.tolist()] for column in columns)
    rows = map(_Row._make, zip(keys.index.tolist(), *told, repeat(None), strict=False))
    moved = case.owners(keys, reps)
    days = zip(moved["owner"], moved["day"], strict=True)
    now = {at: {"owner": owner, "given": day} for at, (owner, day) in zip(moved.index, days, strict=True)}
    return [
        row._replace(**now[row.at]) if row.at in now else row
        for row, counts in zip(rows, case.inside(stack).tolist(), strict=True)
        if counts
    ]


def _repeated(rows: list[_Row]) -> Iterator[tuple[_Row, _Row]]:
    """Yield each row whose customer its owner has already, with the first one; given rows come last."""
    first: dict[tuple[str, str | None], _Row] = {}
    for row in sorted((row for row in rows if row.key is not None), key=lambda row: row.given is not None):
        one = first.setdefault((str(row.key), row.owner), row)
        if one is not row:
            yield row, one


def _several(pairs: Iterable[tuple[Any, Any]]) -> dict[Any, set[Any]]:
    """Return the firsts that stand with more than one second, and these."""
    one: dict[Any, Any] = {}
    several: dict[Any, set[Any]] = {}
    for first, second in pairs:
        known = one.setdefault(first, second)
        if known != second:
            several.setdefault(first, {known}).add(second)
    return several


def unknown_rep(case: Case) -> Iterator[Fault]:
    """Warn of a rep who is not on the roster; without a roster nothing is said."""
    if not case.rulebook.has_roster:
        return
    roster = {parsing.name(m.name).value for m in case.rulebook.members}
    for kind, name in REPS:
        stack = case.stacks[kind]
        values = stack.frame[name]
        for at in positions(values.notna() & ~values.isin(roster)):
            yield warning("unknown_reference", stack, at, name, why="roster")
    for kind in BY_ROW:
        stack = case.stacks[kind]
        rows = stack.frame[["submission", "rep"]].dropna()
        for at in rows[~rows["rep"].isin(roster)].drop_duplicates().index.tolist():
            yield warning("unknown_reference", stack, at, "rep", why="roster")


def nobody(case: Case) -> Iterator[Fault]:
    """Report rows that no card, no file name and no cell gives to a rep: nobody would hear of them.

    Where the column of reps stands, at each row; else once a form, at its first row.
    """
    for kind in BY_ROW:
        stack = case.stacks[kind]
        lost = case.rep_of(stack).isna() & case.inside(stack)
        for at in positions(lost & stack.present["rep"] & ~stack.flagged["rep"]):
            yield error("required", stack, at, "rep")
        whole = stack.frame.loc[lost & ~stack.present["rep"], "submission"].drop_duplicates()
        for at in whole.index.tolist():
            yield warning("required", stack, at, "rep", why="nobody")


def unknown_customer(case: Case) -> Iterator[Fault]:
    """Warn of a customer who is in no archive; only of reps whose archive is at hand."""
    archive = case.stacks["customer"]
    owned = case.rep_of(archive)
    known = set(case.keys(archive).dropna().tolist())
    with_archive = owned.dropna().unique().tolist()
    if not known:
        return
    pools: dict[Any, tuple[Cell, ...]] = {}
    for kind in REFERENCES:
        stack = case.stacks[kind]
        keys, reps = case.keys(stack), case.rep_of(stack)
        asked = reps.isin(with_archive) & case.inside(stack) & keys.notna()
        for at, (ask, key) in enumerate(zip(asked.tolist(), keys.tolist(), strict=True)):
            if ask and key not in known:
                if reps[at] not in pools:
                    rows = positions(owned == reps[at])
                    pools[reps[at]] = tuple(("customer", row, "customer_name") for row in rows)
                fault = warning("unknown_reference", stack, at, "customer_name", why="archive")
                yield replace(fault, pool=pools[reps[at]], share=key)


SIGNATURES = (
    ("from_signature", "from_signed_on"),
    ("to_signature", "to_signed_on"),
    ("manager_signature", "manager_signed_on"),
)


def signatures(case: Case) -> Iterator[Fault]:
    """Warn of each signature that is missing, and of each that bears no date."""
    stack = case.stacks["handover"]
    for signature, signed_on in SIGNATURES:
        signed = stack.frame[signature].notna()
        for at in positions(~signed & ~stack.flagged[signature]):
            yield warning("incomplete", stack, at, signature, why="signature")
        undated = stack.frame[signed_on].isna() & ~stack.flagged[signed_on]
        for at in positions(signed & undated & stack.present[signed_on]):
            facts = {"why": "signed_on", "label": stack.spec.column(signature).label}
            yield warning("incomplete", stack, at, signed_on, **facts)


def same_person(case: Case) -> Iterator[Fault]:
    """Report a list on which giver and receiver are one person."""
    stack = case.stacks["handover"]
    for at in positions(stack.frame["from_rep"] == stack.frame["to_rep"]):
        yield error("mismatch", stack, at, "to_rep", why="same_person")


def opportunities(case: Case) -> Iterator[Fault]:
    """Warn of a handed-over customer who is open in the giver's archive, but has no opportunity listed."""
    listed, open_ones = case.stacks["handover_customer"], case.stacks["handover_opportunity"]
    archive = case.stacks["customer"]
    given = list(zip(case.keys(listed).tolist(), case.rep_of(listed).tolist(), strict=True))
    going = case.status_kinds(archive).isin(["open", "keen"]) & (case.stage_kinds(archive) == "open")
    going &= case.inside(archive) & case.keys(archive).isin({key for key, _ in given if key is not pd.NA})
    holds = going.to_numpy(dtype=bool, na_value=False)
    still_open = set(zip(case.keys(archive)[holds], case.rep_of(archive)[holds], strict=True))
    on_list = set(zip(open_ones.frame["submission"].tolist(), case.keys(open_ones).tolist(), strict=True))
    sheets = listed.frame["submission"].tolist()
    for at, (key, giver) in enumerate(given):
        if (key, giver) in still_open and (sheets[at], key) not in on_list:
            yield warning("incomplete", listed, at, "customer_name", why="opportunity")
