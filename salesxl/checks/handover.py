"""Rules on handover lists. docs/domain.md 2.4: three signatures, two persons, nothing open left out."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from salesxl.checks.case import Case, Fault, error, positions, warning

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
