"""Rules on whose customer is whose. docs/domain.md 2.4, 4: duplicate, conflict, handed over, unknown."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from salesxl import tidy
from salesxl.checks.case import Case, Fault, error, notice, positions, warning
from salesxl.checks.names import customer_keys, near_pairs
from salesxl.stack import Stack

__all__ = [
    "conflict",
    "customer_keys",
    "duplicate",
    "handed_over",
    "near_name",
    "unknown_customer",
    "unknown_rep",
]

MOST = 3
"""Names in one message of customers that share a telephone."""

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


def duplicate(case: Case) -> Iterator[Fault]:
    """Report a customer that stands twice in one owner's archives, and a number that two customers bear.

    The first stays, each later one is an error: two rows of one customer would count its amounts twice. What
    a rep has handed over is its new owner's, and gives way to that one's own row (docs/domain.md 2.4).
    """
    stack = case.stacks["customer"]
    frame = _listed(case)
    named = frame.dropna(subset=["key"]).sort_values("given", kind="stable")
    named = named.assign(owner=named["owner"].fillna(""), at=named.index)
    first = named.groupby(["owner", "key"], sort=False)["at"].transform("first")
    for at in positions(named.duplicated(["owner", "key"])):
        other = case.place_text(stack, int(first[at]), "customer_name")
        if named.at[at, "given"]:
            facts = {"why": "listed_by_both", "other": other, "to": named.at[at, "owner"]}
            yield error("handed_over", stack, at, "customer_name", day=named.at[at, "day"].date(), **facts)
        else:
            yield error("duplicate", stack, at, "customer_name", other=other)
    pattern = stack.spec.column("customer_no").pattern or ""
    # a number that is none is a finding already
    sound = frame["key"].notna() & frame["number"].str.match(pattern).fillna(False)
    numbered = frame[sound.astype(bool)].drop_duplicates(["number", "key"])
    numbered = numbered.assign(at=numbered.index)
    holder = numbered.groupby("number", sort=False)["at"].transform("first")
    for at in positions(numbered.duplicated("number")):
        other = case.place_text(stack, int(holder[at]), "customer_no")
        yield warning("duplicate", stack, at, "customer_no", why="number", other=other)


def handed_over(case: Case) -> Iterator[Fault]:
    """Warn of a customer that a rep still lists though it was handed over in an earlier week.

    In the week of the handover itself nothing is said: the archives were filled in side by side.
    """
    stack = case.stacks["customer"]
    frame = _listed(case)
    twice = frame.sort_values("given", kind="stable").duplicated(["owner", "key"])
    late = frame["given"] & (frame["day"] < pd.Timestamp(case.week[0])) & ~twice
    for at in positions(late):
        facts = {"to": frame.at[at, "owner"], "day": frame.at[at, "day"].date()}
        yield warning("handed_over", stack, at, "customer_name", **facts)


def conflict(case: Case) -> Iterator[Fault]:
    """Warn, at each claim, of a customer that two reps claim (撞单): by its name, else by its telephone.

    One telephone under different names may be one customer, or one person who buys for two: the rep is asked.
    """
    stack = case.stacks["customer"]
    frame = _listed(case)[["key", "owner", "name", "contact"]].dropna(subset=["key", "owner"])
    claims = frame.drop_duplicates(["key", "owner"])
    several: dict[str, tuple[str, ...]] = {}
    for key, rep in (
        claims[claims.duplicated("key", keep=False)].sort_values("owner")[["key", "owner"]].values
    ):
        several[key] = (*several.get(key, ()), rep)
    by_name = frame["key"].isin(list(several))
    for at in positions(by_name):
        yield warning("conflict", stack, at, "customer_name", reps=several[frame.at[at, "key"]])
    called = frame.assign(contact=frame["contact"].str.split("、")).explode("contact").dropna()
    groups = called.groupby("contact", sort=True)
    shared = (groups["owner"].transform("nunique") > 1) & (groups["key"].transform("nunique") > 1)
    for contact, mine in called[shared.astype(bool)].groupby("contact", sort=True):
        reps = tuple(sorted(set(mine["owner"])))
        for at in mine.index[~mine.index.duplicated()]:
            if by_name[at]:
                continue
            others = mine.loc[mine["key"] != mine.at[at, "key"], "name"].drop_duplicates()
            facts = {"why": "phone", "phone": contact, "reps": reps, "others": tuple(others[:MOST])}
            yield warning("conflict", stack, int(at), "customer_name", **facts)


def near_name(case: Case) -> Iterator[Fault]:
    """Suggest, at the later of two rows, that two names which differ by a slip may mean one customer."""
    stack = case.stacks["customer"]
    frame = _listed(case).dropna(subset=["key"])
    at = frame[~frame["key"].duplicated()].reset_index().set_index("key")["index"]
    least = float(case.rulebook.parameters["near_name_likeness"])
    pairs = near_pairs(frame["key"], least)
    places = [(sorted((int(at[one]), int(at[other]))), share) for one, other, share in pairs]
    for (earlier, later), share in sorted(places):
        facts = {
            "other_name": frame.at[earlier, "name"],
            "other": case.place_text(stack, earlier, "customer_name"),
            "likeness": f"{share:.0%}",
        }
        yield notice("near_name", stack, later, "customer_name", **facts)


def _listed(case: Case) -> pd.DataFrame:
    """Return the customers on archives that count: key, name, number, contact, rep, and whose they are now.

    ``owner`` is the rep unless a signed handover says otherwise; then ``given`` is true and ``day`` its day.
    """
    if "listed" in case.worked_out:
        return case.worked_out["listed"]
    stack = case.stacks["customer"]
    frame = pd.DataFrame(
        {
            "key": customer_keys(stack.frame["customer_name"]),
            "name": stack.frame["customer_name"],
            "number": stack.frame["customer_no"],
            "contact": stack.frame["contact"],
            "rep": case.rep_of(stack),
        }
    )[case.inside(stack)]
    moved = case.owners(frame["key"], frame["rep"])
    frame["owner"] = moved["owner"].reindex(frame.index).fillna(frame["rep"])
    frame["day"] = moved["day"].reindex(frame.index)
    frame["given"] = frame["day"].notna()
    case.worked_out["listed"] = frame
    return frame


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
