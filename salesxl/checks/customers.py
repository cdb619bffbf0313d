"""Rules on whose customer is whose. docs/domain.md 2.4, 4: duplicate, conflict, handed over, unknown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

import pandas as pd
from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from salesxl import parsing
from salesxl.checks.case import Case, Cell, Fault, error, notice, positions, warning
from salesxl.checks.listed import Row, carried, listed, repeated
from salesxl.rules.identity import SEPARATOR, customer_keys, near_pairs
from salesxl.rules.people import roster

__all__ = [
    "conflict",
    "duplicate",
    "handed_over",
    "near_name",
    "opportunities",
    "same_person",
    "signatures",
    "unknown_customer",
]

MOST = 3
"""Names in one message of customers that share a telephone."""

SHORT = 3
"""Characters of a compared name up to which one wrong character may as well mean another customer."""

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
    """Report a customer that stands twice in an owner's archive, and a number that two customers bear.

    The first stays, each later one is an error: two rows of one customer would count its amounts twice. Of
    several files of a rep the newest row stands, which is none (``supersede``). What a rep has handed over is
    its new owner's, and gives way to that one's own row (docs/domain.md 2.4). A row that we had filled in
    says only what was changed on it, and stands beside one of another file.
    """
    stack = case.stacks["customer"]
    for row, first in repeated(listed(case)):
        if _beside_its_own(case, row.at, first.at):
            continue
        other = case.place_text(stack, first.at, "customer_name")
        if not row.given:
            yield error("duplicate", stack, row.at, "customer_name", other=other)
        elif _is_news(case, row):
            facts = {"why": "listed_by_both", "other": other, "to": row.owner}
            yield notice("handed_over", stack, row.at, "customer_name", day=row.given.date(), **facts)
    # a number that is none is a finding already
    sound = re.compile(stack.spec.column("customer_no").pattern or "")
    holders: dict[str, int] = {}
    told: set[tuple[str, str]] = set()
    for row in listed(case):
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
    holders: dict[tuple[str, str | None], Row] = {}
    told: set[tuple[str, str | None, str]] = set()
    for row in listed(case):
        number = numbers.at[row.at]
        if row.key is None or number is pd.NA or (number, row.owner, row.key) in told:
            continue
        told.add((number, row.owner, row.key))
        holder = holders.setdefault((number, row.owner), row)
        if holder.key != row.key:
            other = case.place_text(stack, holder.at, "own_no")
            yield warning("duplicate", stack, row.at, "own_no", why="number", other=other)


def handed_over(case: Case) -> Iterator[Fault]:
    """Tell, once, of a customer that a rep still lists though it was handed over in an earlier week.

    In the week of the handover itself nothing is said: the archives were filled in side by side. After the
    first week that follows neither: the rep has signed for it.
    """
    stack = case.stacks["customer"]
    twice = {row.at for row, _ in repeated(listed(case))}
    week = pd.Timestamp(case.week[0])
    for row in listed(case):
        if row.given and row.given < week and row.at not in twice and _is_news(case, row):
            facts = {"to": row.owner, "day": row.given.date()}
            yield notice("handed_over", stack, row.at, "customer_name", **facts)


def _is_news(case: Case, row: Row) -> bool:
    """Say whether a handover came after the week before, or came in since: then no week has told of it."""
    book, moves = case.past.get("customer"), case.past.get("moves")
    if book is None or book.empty or moves is None or row.given is None:
        return True
    (key,) = customer_keys(pd.Series([row.name], dtype="string"))
    known = (moves["key"] == key) & (moves["to_rep"] == row.owner) & (moves["day"] == row.given)
    return bool(row.given >= book["week_start"].max()) or not known.any()


def conflict(case: Case) -> Iterator[Fault]:
    """Warn, at each claim, of a customer that two reps claim (撞单): by its name, else by its telephone.

    One telephone under different names may be one customer, or one person who buys for two: the rep is asked.
    Claims that stand in the state alone count as well; those of somebody off the roster are nobody's. What
    拆开 says is another customer of that name claims nothing of the first.
    """
    stack = case.stacks["customer"]
    known = roster(case.rulebook) if case.rulebook.has_roster else None
    rows = [row for row in listed(case) if row.key is not None and row.owner is not None]
    rows = [row for row in rows if known is None or row.owner in known] + carried(case)
    apart = _apart(case)
    several = _several((row.key, row.owner) for row in rows if (row.key, row.owner) not in apart)
    for row in rows:
        if row.key in several and row.at >= 0 and (row.key, row.owner) not in apart:
            reps = tuple(sorted(several[row.key]))
            yield warning("conflict", stack, row.at, "customer_name", reps=reps)
    phones = [(phone, row) for row in rows if row.contact for phone in row.contact.split(SEPARATOR)]
    callers = _several((phone, row.owner) for phone, row in phones)
    called = _several((phone, row.key) for phone, row in phones if phone in callers)
    bearers: dict[str, dict[int, Row]] = {}
    for phone, row in phones:
        if phone in called:
            bearers.setdefault(phone, {})[row.at] = row
    for phone, mine in sorted(bearers.items()):
        for row in mine.values():
            if row.key in several or row.at < 0:
                continue
            others = dict.fromkeys(other.name for other in mine.values() if other.key != row.key)
            facts = {"why": "phone", "phone": phone, "reps": tuple(sorted(callers[phone]))}
            facts["others"] = tuple(others)[:MOST]
            yield warning("conflict", stack, row.at, "customer_name", **facts)


def _apart(case: Case) -> set[tuple[str | None, str | None]]:
    """Return by compared name and rep the customers that the settings take apart from others of that name."""
    known = case.past.get("customer")
    seen: dict[str, str] = {}
    if known is not None:
        seen = dict(zip(known["customer_no"], customer_keys(known["customer_name"]), strict=True))
    lines = (line for line in case.rulebook.corrections if line.action == "part")
    return {
        (seen.get(line.customer.upper(), parsing.customer_key(line.customer)), line.value) for line in lines
    }


def near_name(case: Case) -> Iterator[Fault]:
    """Suggest, at the later of two rows, that two names which differ by a slip may mean one customer."""
    stack = case.stacks["customer"]
    first: dict[str, Row] = {}
    for row in listed(case):
        if row.key is not None:
            first.setdefault(row.key, row)
    least = float(case.rulebook.parameters.near_name_likeness)
    pairs = near_pairs(pd.Series(list(first), dtype="string"), least)
    places = [(sorted((first[one].at, first[other].at)), share) for one, other, share in pairs]
    names = {row.at: row.name for row in first.values()}
    bare = dict(zip(names, customer_keys(pd.Series(list(names.values()), dtype="string")), strict=True))
    for (earlier, later), share in sorted(places):
        if bare[earlier] == bare[later]:
            continue  # that is said by ``known``
        facts = {
            "other_name": names[earlier],
            "other": case.place_text(stack, earlier, "customer_name"),
            "likeness": f"{share:.0%}",
        }
        yield notice("near_name", stack, later, "customer_name", **facts)


def _several(pairs: Iterable[tuple[Any, Any]]) -> dict[Any, set[Any]]:
    """Return the firsts that stand with more than one second, and these."""
    one: dict[Any, Any] = {}
    several: dict[Any, set[Any]] = {}
    for first, second in pairs:
        known = one.setdefault(first, second)
        if known != second:
            several.setdefault(first, {known}).add(second)
    return several


def unknown_customer(case: Case) -> Iterator[Fault]:
    """Warn of a customer who is in no archive, nor in the state; only of reps whose archive is at hand.

    A team's own fields may name a customer by its number too.
    """
    archive = case.stacks["customer"]
    owned = case.rep_of(archive)
    names, numbers = [archive.frame["customer_name"]], set(archive.frame["customer_no"].dropna())
    with_archive = set(owned.dropna())
    book = case.past.get("customer")
    if book is not None and not book.empty:
        with_archive |= set(book["rep"].dropna())
        former = book["former_names"].dropna().str.split(SEPARATOR).explode()
        names += [book["customer_name"], former]
        numbers |= set(book["customer_no"].dropna())
    every = pd.concat(names).dropna()
    known = dict(zip(customer_keys(every).tolist(), every.tolist(), strict=True))
    known.pop(pd.NA, None)
    if not known:
        return
    pools: dict[Any, tuple[Cell, ...]] = {}
    for kind, field in (*((kind, "customer_name") for kind in REFERENCES), *_own_references(case)):
        stack = case.stacks[kind]
        keys = case.keys(stack) if field == "customer_name" else customer_keys(stack.frame[field])
        reps = case.rep_of(stack)
        asked = reps.isin(with_archive) & case.inside(stack) & keys.notna()
        own = stack.spec.column(field).origin is not None
        if own:
            asked &= ~stack.frame[field].str.upper().isin(numbers) & ~stack.flagged[field]
        for at, (ask, key) in enumerate(zip(asked.tolist(), keys.tolist(), strict=True)):
            if ask and key not in known:
                if reps[at] not in pools:
                    rows = positions(owned == reps[at])
                    pools[reps[at]] = tuple(("customer", row, "customer_name") for row in rows)
                near = {"near": known[one]} if own and (one := _nearest(key, known, case)) else {}
                fault = warning("unknown_reference", stack, at, field, why="archive", **near)
                yield replace(fault, pool=pools[reps[at]], share=key)


def _own_references(case: Case) -> list[tuple[str, str]]:
    """Return the fields of a team's own that name a customer of the archive, as (kind, field)."""
    return [
        (kind, column.field)
        for kind, stack in case.stacks.items()
        for column in stack.spec.columns
        if column.reference == "customer"
    ]


def _nearest(key: str, known: Iterable[str], case: Case) -> str | None:
    """Return the known customer whose compared name is a slip away, or as near as ``near_name`` asks for."""
    least = float(case.rulebook.parameters.near_name_likeness) * 100
    near = sorted(
        (fuzz.ratio(key, one), one)
        for one in known
        if fuzz.ratio(key, one, score_cutoff=least)
        or (len(key) > SHORT and OSA.distance(key, one, score_cutoff=1) == 1)
    )
    sure = near and (len(near) == 1 or near[-1][0] > near[-2][0])
    return near[-1][1] if sure else None


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
