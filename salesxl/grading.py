"""Which grade a customer has under a team's rules, and why. docs/domain.md 3.1.

Owns the grade rule; the cadence that hangs on a grade is read from the same rows. Refuses: reports, files.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache

import pandas as pd

from salesxl import tidy
from salesxl.model import Grade, Rulebook

__all__ = ["concrete", "due_after", "grades", "stage_kinds", "status_kinds"]


def status_kinds(status: pd.Series, rulebook: Rulebook) -> pd.Series:
    """Return what each 跟进状态 means: open, keen (open, clear intent), won, lost; else missing."""
    return _kinds(status, {o.value: o.kind for o in rulebook.choices["跟进状态"]})


def stage_kinds(stage: pd.Series, rulebook: Rulebook) -> pd.Series:
    """Return what each stage means: open, won, after, off; missing stays missing."""
    return _kinds(stage, {s.name: s.kind for s in rulebook.stages})


def _kinds(values: pd.Series, kinds: Mapping[str, str | None]) -> pd.Series:
    return (
        values.astype("object").map(lambda v: kinds.get(v) if isinstance(v, str) else None).astype("string")
    )


def concrete(text: object, rulebook: Rulebook) -> bool:
    """Say whether a text is more than a stock phrase. docs/domain.md 4, vague text."""
    if not isinstance(text, str):
        return False
    bare = tidy.normalise_label(text).strip("。．.!！~～,，;；、")
    return bare not in _stock(tuple(rulebook.parameters["vague_phrases"])) and len(bare) >= int(
        rulebook.parameters["min_concrete_length"]
    )


@lru_cache(maxsize=8)
def _stock(phrases: tuple[str, ...]) -> frozenset[str]:
    """Return stock phrases as they are compared."""
    return frozenset(tidy.normalise_label(p) for p in phrases)


def grades(customers: pd.DataFrame, rulebook: Rulebook, contacts: pd.Series | None = None) -> pd.DataFrame:
    """Grade customers.

    ``customers`` needs annual_purchase (元), strategic, status, need, expected_amount; ``contacts`` is the
    number of follow-ups in the last three months by the same index (only the score uses it). Returns
    ``grade`` (string) and ``basis`` (Float64: 元, or points 0–100), same index. A customer without the figure
    that grades are made of has no grade, unless a strategic flag settles it.
    """
    basis = _score(customers, rulebook, contacts) if _by_score(rulebook) else customers["annual_purchase"]
    strategic = customers["strategic"].fillna(False).astype(bool)
    status = status_kinds(customers["status"], rulebook)
    needs = customers["need"].map(lambda v: concrete(v, rulebook)).astype(bool)
    intent = status.isin(["keen", "won"]).fillna(False).astype(bool) & needs
    found = pd.Series(pd.NA, index=customers.index, dtype="string")
    known = basis.notna()
    for rule in rulebook.grades:
        floor = pd.Series(True, index=customers.index)
        if rule.at_least is not None:
            floor = (basis >= float(rule.at_least)).fillna(False).astype(bool)
        enters = floor & known
        if rule.clear_intent:
            enters &= intent
        if rule.strategic:
            enters |= strategic
        found = found.mask(found.isna() & enters, rule.name)
    return pd.DataFrame({"grade": found, "basis": basis.astype("Float64")}, index=customers.index)


def due_after(last: dt.date, grade: Grade) -> dt.date | None:
    """Return the day by which the next follow-up is due; None where the grade has no cadence."""
    if grade.every is None:
        return None
    if grade.unit == "day":
        return last + dt.timedelta(days=grade.every)
    months = grade.every * (3 if grade.unit == "quarter" else 1)
    due: dt.date = (pd.Timestamp(last) + pd.DateOffset(months=months)).date()
    return due


def _by_score(rulebook: Rulebook) -> bool:
    return str(rulebook.parameters["grade_basis"]) == "score"


def _score(customers: pd.DataFrame, rulebook: Rulebook, contacts: pd.Series | None) -> pd.Series:
    """Points 0–100 from yearly amount, frequency and potential, each against its full mark."""
    parameters = rulebook.parameters
    counts = contacts if contacts is not None else pd.Series(0, index=customers.index)
    parts = {
        "amount": customers["annual_purchase"],
        "frequency": counts.astype("Float64"),
        "potential": customers["expected_amount"],
    }
    total = pd.Series(0.0, index=customers.index, dtype="Float64")
    weights = Decimal(0)
    for name, values in parts.items():
        weight = Decimal(str(parameters[f"score_{name}_weight"]))
        full = float(parameters[f"score_{name}_full"])
        total += (values.fillna(0) / full).clip(0, 1) * float(weight)
        weights += weight
    return (total / float(weights or 1) * 100).round(6)


def recent_contacts(owners: pd.DataFrame, contacts: pd.DataFrame, as_of: dt.date, months: int) -> pd.Series:
    """Count each customer's contacts in the last months.

    ``owners`` and ``contacts`` have ``rep`` and ``key`` (customer key); contacts also ``contact_time``.
    Returns whole numbers by the index of ``owners``.
    """
    since = pd.Timestamp(as_of) - pd.DateOffset(months=months)
    late = contacts[(contacts["contact_time"] > since).fillna(False).astype(bool)]
    counts = late.groupby(["rep", "key"]).size()
    pairs = pd.MultiIndex.from_frame(owners[["rep", "key"]])
    return pd.Series(counts.reindex(pairs).fillna(0).to_numpy(), index=owners.index).astype("Int64")
