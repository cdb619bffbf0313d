"""Which grade a customer has under a team's rules, and why. docs/domain.md 3.1.

Owns the grade rule; the cadence that hangs on a grade is read from the same rows. Refuses: reports, files.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any

import numpy as np
import pandas as pd

from salesxl import parsing
from salesxl.messages import Words
from salesxl.rulebook import Grade, Rulebook
from salesxl.rules.money import fen

__all__ = [
    "concrete",
    "due_after",
    "grades",
    "reasons",
    "recent_contacts",
    "settled",
    "stage_kinds",
    "status_kinds",
]


def status_kinds(status: pd.Series, rulebook: Rulebook) -> pd.Series:
    """Return what each 跟进状态 means: open, keen (open, clear intent), won, lost; else missing."""
    return _kinds(status, {o.value: o.kind for o in rulebook.choices["跟进状态"]})


def stage_kinds(stage: pd.Series, rulebook: Rulebook) -> pd.Series:
    """Return what each stage means: open, won, after, off; missing stays missing."""
    return _kinds(stage, {s.name: s.kind for s in rulebook.stages})


def _kinds(values: pd.Series, kinds: Mapping[str, str | None]) -> pd.Series:
    meant = pd.array(list(map(kinds.get, values.tolist())), dtype="string")
    return pd.Series(meant, index=values.index, name=values.name)


def concrete(text: object, rulebook: Rulebook) -> bool:
    """Say whether a text is more than a stock phrase. docs/domain.md 4, vague text."""
    if not isinstance(text, str):
        return False
    bare, parameters = _bare(text), rulebook.parameters
    return bare not in _stock(parameters.vague_phrases) and len(bare) >= parameters.min_concrete_length


@cache
def _bare(text: str) -> str:
    """Return a text as it is compared; many questions ask about the same needs."""
    return parsing.normalise_label(text).strip("。．.!！~～,，;；、")


@lru_cache(maxsize=8)
def _stock(phrases: tuple[str, ...]) -> frozenset[str]:
    """Return stock phrases as they are compared."""
    return frozenset(parsing.normalise_label(p) for p in phrases)


def grades(customers: pd.DataFrame, rulebook: Rulebook, contacts: pd.Series | None = None) -> pd.DataFrame:
    """Grade customers by the team's rules.

    ``customers`` needs annual_purchase (元), strategic, status, need, expected_amount; ``contacts`` is the
    number of follow-ups in the last months by the same index (only the score uses it). Returns ``grade``
    (string), ``basis`` (Float64: 元, or points 0–100), ``bound`` (the grade's own, Float64) and ``why``, same
    index: ``bound``, ``strategic`` (the flag settled it), ``intent`` (the amount would do for a higher grade,
    intent or need do not), ``need`` (the need is not clear, and the team has a grade for that) or ``rest``
    (below all bounds). A customer without the figure that grades are made of has no grade, unless a strategic
    flag or a need that is not clear settles it.
    """
    basis = _settled_score(customers, rulebook, contacts) if _by_score(rulebook) else None
    basis = customers["annual_purchase"] if basis is None else basis
    strategic = customers["strategic"].fillna(False).astype(bool)
    status = status_kinds(customers["status"], rulebook)
    said = {text: concrete(text, rulebook) for text in customers["need"].dropna().unique()}
    needs = customers["need"].map(said).astype("boolean").fillna(False).astype(bool)
    intent = status.isin(["keen", "won"]).fillna(False).astype(bool) & needs
    index = customers.index
    found, why = (pd.Series(pd.NA, index=index, dtype="string") for _ in range(2))
    bound = pd.Series(pd.NA, index=index, dtype="Float64")
    refused = pd.Series(False, index=index)
    known, figure = basis.notna(), fen(basis)  # points have two digits too
    for rule in rulebook.grades:
        floor = pd.Series(True, index=index)
        if rule.at_least is not None:
            floor = pd.Series(figure >= round(rule.at_least * 100), index=index)
        reached = floor & known
        enters = reached & intent if rule.clear_intent else reached
        taken = found.isna() & (enters | strategic if rule.strategic else enters)
        found = found.mask(taken, rule.name)
        why = why.mask(taken, "rest" if rule.at_least is None else "bound")
        why = why.mask(taken & ~enters, "strategic").mask(taken & enters & refused, "intent")
        if rule.at_least is not None:
            bound = bound.mask(taken, float(rule.at_least))
        refused |= reached & ~enters & found.isna()
    exempt = strategic & any(rule.strategic for rule in rulebook.grades)
    capped = _capped(found, needs | exempt, rulebook)
    if capped.any():
        cap = next(g for g in rulebook.grades if g.name == rulebook.parameters.unclear_need_grade)
        found, why = found.mask(capped, cap.name), why.mask(capped, "need")
        bound = bound.mask(capped, pd.NA if cap.at_least is None else float(cap.at_least))
    columns = {"grade": found, "basis": basis.astype("Float64"), "bound": bound, "why": why}
    return pd.DataFrame(columns, index=index)


def _capped(found: pd.Series, let: pd.Series, rulebook: Rulebook) -> pd.Series:
    """Say whose grade is too high for a need that is not clear, but for those ``let``. docs/domain.md 3.1."""
    names = [grade.name for grade in rulebook.grades]
    cap = rulebook.parameters.unclear_need_grade
    if cap not in names:
        return pd.Series(False, index=found.index)
    return ~let & (found.isna() | found.isin(names[: names.index(cap)]))


def settled(customers: pd.DataFrame, rulebook: Rulebook, contacts: pd.Series | None = None) -> pd.DataFrame:
    """Return which grade holds: by the rules, unless a person set another one and said why.

    ``customers`` also needs grade (as filled in) and grade_reason. Beside the columns of ``grades`` is
    ``by_rule`` (the rules' own grade), and ``why`` may also be ``override`` (another grade was filled in,
    with its reason) or ``hand`` (the rules cannot tell, the one filled in stands).
    """
    ruled = grades(customers, rulebook, contacts)
    filled, by_rule = customers["grade"], ruled["grade"]
    differs = filled.notna() & (filled != by_rule).fillna(True)
    override = (differs & customers["grade_reason"].notna()).astype(bool)
    alone = (differs & by_rule.isna()).astype(bool) & ~override
    why = ruled["why"].mask(override, "override").mask(alone, "hand")
    return ruled.assign(by_rule=by_rule, grade=by_rule.mask(override | alone, filled), why=why)


def reasons(found: pd.DataFrame, said: pd.Series, rulebook: Rulebook, words: Words) -> pd.Series:
    """Say why each customer has its grade. ``found`` is from ``settled``, ``said`` the reasons filled in."""
    basis = "score" if _by_score(rulebook) else "annual_purchase"
    none = words.text("grade_basis.none")

    @cache
    def line(why: str | None, figure: Any, bound: Any, by_rule: str | None, told: str | None) -> str | None:
        if why is None:
            return None
        facts = {"by_rule": by_rule or none, "reason": told, "bound": bound}
        figure_text = "" if figure is None else words.text(f"grade_basis.{basis}", figure=figure)
        return words.text(f"grade_why.{why}", basis=figure_text, **facts)

    columns = (*(found[name] for name in ("why", "basis", "bound", "by_rule")), said)
    facts = ([None if v is pd.NA else v for v in column.tolist()] for column in columns)
    return pd.Series(pd.array(list(map(line, *facts)), dtype="string"), index=found.index)


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
    return rulebook.parameters.grade_basis == "score"


def _settled_score(customers: pd.DataFrame, rulebook: Rulebook, contacts: pd.Series | None) -> pd.Series:
    """Return the points, missing where a figure that is not known could still make another grade."""
    least, most = (_score(customers, rulebook, contacts, unknown) for unknown in (0, 1))
    bounds = [float(rule.at_least) for rule in rulebook.grades if rule.at_least is not None]
    settled_by = [(least >= bound) == (most >= bound) for bound in bounds]
    return least.where(pd.DataFrame(settled_by).all().reindex(least.index, fill_value=True))


def _score(
    customers: pd.DataFrame, rulebook: Rulebook, contacts: pd.Series | None, unknown: int
) -> pd.Series:
    """Points 0–100 from yearly amount, frequency and potential, each against its full mark.

    A figure that is not known counts as nothing, or as its full mark where ``unknown`` is 1.
    """
    parameters = rulebook.parameters
    counts = contacts if contacts is not None else pd.Series(0, index=customers.index)
    parts = (
        (customers["annual_purchase"], parameters.score_amount_weight, parameters.score_amount_full),
        (counts.astype("Float64"), parameters.score_frequency_weight, parameters.score_frequency_full),
        (customers["expected_amount"], parameters.score_potential_weight, parameters.score_potential_full),
    )
    total = pd.Series(0.0, index=customers.index, dtype="Float64")
    weights = Decimal(0)
    for values, weight, full in parts:
        total += (values / float(full)).clip(0, 1).fillna(unknown) * float(weight)
        weights += weight
    points = (total / float(weights or 1) * 100).round(6)
    # two digits are shown: 69.996 shown as 70 would contradict its grade
    return np.floor((points * 100).round(4)) / 100


def recent_contacts(owners: pd.DataFrame, contacts: pd.DataFrame, as_of: dt.date, months: int) -> pd.Series:
    """Count each customer's contacts in the last months.

    ``owners`` and ``contacts`` have ``rep`` and ``key`` (customer key); contacts also ``contact_time``.
    Returns whole numbers by the index of ``owners``.
    """
    since = pd.Timestamp(as_of) - pd.DateOffset(months=months)
    late = contacts[(contacts["contact_time"] > since).fillna(False).astype(bool)]
    late = late.dropna(subset=["rep", "key"])
    counts = Counter(zip(late["rep"].tolist(), late["key"].tolist(), strict=True))
    pairs = zip(owners["rep"].tolist(), owners["key"].tolist(), strict=True)
    return pd.Series(pd.array([counts[pair] for pair in pairs], dtype="Int64"), index=owners.index)
