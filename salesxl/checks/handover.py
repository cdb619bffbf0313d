"""Rules on handover lists. docs/domain.md 2.4: three signatures, two persons, nothing open left out."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from salesxl.checks.case import Case, Fault, error, positions, warning
from salesxl.checks.customers import customer_keys
from salesxl.grading import stage_kinds, status_kinds

__all__ = ["opportunities", "same_person", "signatures"]

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
    going = status_kinds(archive.frame["status"], case.rulebook).isin(["open", "keen"])
    going &= stage_kinds(archive.frame["stage"], case.rulebook) == "open"
    archived = pd.DataFrame(
        {"key": customer_keys(archive.frame["customer_name"]), "rep": case.rep_of(archive)}
    )
    going &= case.inside(archive)
    still_open = set(archived[going.fillna(False).astype(bool)].itertuples(index=False, name=None))
    there = pd.DataFrame(
        {"submission": open_ones.frame["submission"], "key": customer_keys(open_ones.frame["customer_name"])}
    )
    on_list = set(there.itertuples(index=False, name=None))
    keys, givers = customer_keys(listed.frame["customer_name"]), case.rep_of(listed)
    for at in positions(keys.notna()):
        has_one = (listed.frame.at[at, "submission"], keys[at]) in on_list
        if (keys[at], givers[at]) in still_open and not has_one:
            yield warning("incomplete", listed, at, "customer_name", why="opportunity")
