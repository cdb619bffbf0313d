"""Where customers stand on the path, where they stop, and what is to be expected. docs/domain.md 3.2, 3.4.

Owns counts, conversion, the weighted forecast, and the way back from the target to the leads it takes.
Refuses: history; a week's picture says who has come how far, not how long it took.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from typing import Any

import pandas as pd

from salesxl.analyse.outcomes import outcomes
from salesxl.analyse.plain import counts, sums, true
from salesxl.model import Rulebook, Stage
from salesxl.money import ratio, total

__all__ = ["by_rep", "by_stage", "forecast", "leak", "needed"]

ON_PATH = ("open", "won", "after")
FEN = Decimal("0.01")


def by_stage(customers: pd.DataFrame, rulebook: Rulebook) -> list[dict[str, Any]]:
    """Return a row a stage, in the order of the path, empty ones included; stages off the path come last.

    ``customers`` has stage, status, expected_amount (元). ``count`` and ``amount`` take all customers whose
    form says this stage. ``reached`` are those at it or beyond, ``reached_share`` of all on the path,
    ``conversion`` the share of ``reached`` that also reached the next stage. ``weighted`` = open amount ×
    probability; blank for stages that are not open.
    """
    state = outcomes(customers, rulebook)
    path = [s for s in rulebook.stages if s.kind in ON_PATH]
    here = counts(customers, "stage")
    reached = [sum(here.get(s.name, 0) for s in path[at:]) for at in range(len(path))]
    found = []
    for at, stage in enumerate(path):
        after = reached[at + 1] if at + 1 < len(path) else None
        row = _row(stage, customers, state)
        row["reached"] = reached[at]
        row["reached_share"] = ratio(reached[at], reached[0])
        row["conversion"] = ratio(after, reached[at])
        found.append(row)
    for stage in rulebook.stages:
        if stage.kind not in ON_PATH:
            row = _row(stage, customers, state)
            found.append({**row, "reached": None, "reached_share": None, "conversion": None})
    return found


def _row(stage: Stage, customers: pd.DataFrame, state: pd.Series) -> dict[str, Any]:
    here = true(customers["stage"] == stage.name)
    open_here = customers.loc[here & true(state == "open"), "expected_amount"]
    return {
        "stage": stage.name,
        "kind": stage.kind,
        "count": int(here.sum()),
        "amount": total(customers.loc[here, "expected_amount"]),
        "unknown_amounts": int(customers.loc[here, "expected_amount"].isna().sum()),
        "open_count": len(open_here),
        "open_amount": total(open_here),
        "probability": None if stage.probability is None else float(stage.probability),
        "weighted": _weighted(open_here, stage) if stage.kind == "open" else None,
    }


def _weighted(amounts: pd.Series, stage: Stage) -> float | None:
    """Return Σ amount × probability in 元, rounded once to whole fen."""
    amount = total(amounts)
    return None if amount is None else _share(amount, stage)


def _share(amount: float, stage: Stage) -> float | None:
    if stage.probability is None:
        return None
    return float((Decimal(str(amount)) * stage.probability).quantize(FEN, ROUND_HALF_UP))


def forecast(stages: Sequence[Mapping[str, Any]]) -> float | None:
    """Return the weighted forecast of all open stages in 元; None when nothing is known."""
    return total(pd.Series([s["weighted"] for s in stages], dtype="Float64"))


def leak(stages: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
    """Return the step up to signing at which the smallest share goes on; None without customers on the path.

    After-sale stages are no part of it: a customer who stays signed has not been lost. Of equal shares the
    step that more customers have come to counts, then the earlier one.
    """
    steps = []
    for at, (one, after) in enumerate(pairwise(stages)):
        if one["kind"] == "open" and after["kind"] in ("open", "won") and one["conversion"] is not None:
            steps.append((one["conversion"], -one["reached"], at, one, after))
    if not steps:
        return None
    share, _, _, one, after = min(steps, key=lambda step: step[:3])
    return {
        "from": one["stage"],
        "to": after["stage"],
        "conversion": share,
        "stopped": one["reached"] - after["reached"],
        "reached": one["reached"],
    }


def by_rep(customers: pd.DataFrame, rulebook: Rulebook, reps: tuple[str, ...]) -> list[dict[str, Any]]:
    """Return a row a rep: customers by stage, open amount and weighted forecast in 元."""
    at_stage, every = counts(customers, "rep", "stage"), counts(customers, "rep")
    still_open = customers[true(outcomes(customers, rulebook) == "open")]
    amounts = sums(still_open, "expected_amount", "rep", "stage")
    opens = sums(still_open, "expected_amount", "rep")
    found = []
    for rep in reps:
        parts = [
            _share(amounts[rep, s.name], s)
            for s in rulebook.stages
            if s.kind == "open" and (rep, s.name) in amounts
        ]
        found.append(
            {
                "rep": rep,
                "counts": {s.name: at_stage.get((rep, s.name), 0) for s in rulebook.stages},
                "total": every.get(rep, 0),
                "open_amount": opens.get(rep),
                "weighted": total(pd.Series(parts, dtype="Float64")),
            }
        )
    return found


def needed(
    stages: Sequence[Mapping[str, Any]], gap: float | None, average_deal: float | None
) -> list[int | None]:
    """Return, stage by stage, how many customers must reach it to close ``gap`` (元). docs/domain.md 3.4.

    From the deals that are missing backwards by the conversion of each step; blank where a step has no
    conversion to go by, and for everything above it.
    """
    found: list[int | None] = [None] * len(stages)
    sign = next((at for at, s in enumerate(stages) if s["kind"] == "won"), None)
    if sign is None or gap is None or not average_deal:
        return found
    count: float | None = max(0.0, gap) / average_deal
    for at in range(sign, -1, -1):
        if at < sign:
            share = stages[at]["conversion"]
            count = count / share if count is not None and share else None
        # what is short of a whole customer by rounding of the division is that customer
        found[at] = None if count is None else math.ceil(round(count, 9))
    return found
