"""Rules on whose customer is whose. docs/domain.md 4: duplicate, conflict, unknown reference."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from salesxl import tidy
from salesxl.checks.case import Case, Fault, error, positions, warning
from salesxl.stack import Stack

__all__ = ["conflict", "customer_keys", "duplicate", "unknown_customer", "unknown_rep"]

REPS = (
    ("archive_head", "rep"),
    ("record", "rep"),
    ("weekly_report", "rep"),
    ("handover", "from_rep"),
    ("handover", "to_rep"),
)
REFERENCES = (
    "record",
    "key_customer",
    "next_week",
    "handover_customer",
    "handover_contact",
    "handover_opportunity",
)


def customer_keys(names: pd.Series) -> pd.Series:
    """Return the key by which customers are told apart; missing stays missing."""
    known = {name: tidy.customer_key(name) for name in names.dropna().unique()}
    return names.map(known).astype("string")


def duplicate(case: Case) -> Iterator[Fault]:
    """Report a customer that stands twice in one rep's archives, and a number that two customers bear.

    The first stays, each later one is an error: two rows of one customer would count its amounts twice.
    """
    stack = case.stacks["customer"]
    frame = pd.DataFrame(
        {
            "key": customer_keys(stack.frame["customer_name"]),
            "number": stack.frame["customer_no"],
            "rep": case.rep_of(stack).fillna(""),
            "inside": case.inside(stack),
        }
    )
    frame = frame[frame["inside"]]
    named = frame.dropna(subset=["key"])
    first = named.groupby(["rep", "key"], sort=False)["key"].transform(lambda s: s.index[0])
    for at in positions(named.duplicated(["rep", "key"])):
        other = case.place_text(stack, int(first[at]), "customer_name")
        yield error("duplicate", stack, at, "customer_name", other=other)
    numbered = named.dropna(subset=["number"]).drop_duplicates(["number", "key"])
    holder = numbered.groupby("number", sort=False)["key"].transform(lambda s: s.index[0])
    for at in positions(numbered.duplicated("number")):
        other = case.place_text(stack, int(holder[at]), "customer_no")
        yield warning("duplicate", stack, at, "customer_no", why="number", other=other)


def conflict(case: Case) -> Iterator[Fault]:
    """Warn, at each claim, of a customer that two reps claim (撞单)."""
    stack = case.stacks["customer"]
    frame = pd.DataFrame({"key": customer_keys(stack.frame["customer_name"]), "rep": case.rep_of(stack)})
    frame = frame[case.inside(stack)].dropna()
    claims = frame.groupby("key", sort=False)["rep"].agg(lambda reps: tuple(sorted(set(reps))))
    for at, key in frame["key"].items():
        if len(claims[key]) > 1:
            yield warning("conflict", stack, int(at), "customer_name", reps=claims[key])


def unknown_rep(case: Case) -> Iterator[Fault]:
    """Warn of a rep who is not on the roster; without a roster nothing is said."""
    if not case.rulebook.has_roster:
        return
    roster = {tidy.name(m.name).value for m in case.rulebook.members}
    for kind, name in REPS:
        stack = case.stacks[kind]
        values = stack.frame[name]
        for at in positions(values.notna() & ~values.isin(roster)):
            yield warning("unknown_reference", stack, at, name, why="roster")


def unknown_customer(case: Case) -> Iterator[Fault]:
    """Warn of a customer who is in no archive; only of reps whose archive is at hand."""
    archive = case.stacks["customer"]
    known = set(customer_keys(archive.frame["customer_name"]).dropna())
    with_archive = set(case.rep_of(archive).dropna())
    if not known:
        return
    for kind in REFERENCES:
        stack = case.stacks[kind]
        keys = customer_keys(stack.frame["customer_name"])
        mine = case.rep_of(stack).isin(with_archive) & case.inside(stack)
        for at in positions(mine & keys.notna() & ~keys.isin(known)):
            yield _unknown(stack, at)


def _unknown(stack: Stack, at: int) -> Fault:
    return warning("unknown_reference", stack, at, "customer_name", why="archive")
