"""Where customers stand on the path, where they stop, and what is to be expected. docs/domain.md 3.2, 3.4.

Owns counts, conversion beside the ideal one, the weighted forecast, and the way back from the target to the
leads it takes. Refuses: history, which ``paths`` and ``stage_time`` read from the books of earlier weeks.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from typing import Any, TypeAlias

import pandas as pd

from salesxl.analyse.outcomes import outcomes
from salesxl.analyse.paths import ON_PATH, Chance, from_settings
from salesxl.analyse.plain import counts, sums, true
from salesxl.model import Rulebook, Stage
from salesxl.money import ratio, total

__all__ = ["by_group", "by_rep", "by_stage", "farthest_below", "forecast", "leak", "needed"]

Chances: TypeAlias = Mapping[str, Chance]

FEN = Decimal("0.01")


def by_stage(
    customers: pd.DataFrame,
    rulebook: Rulebook,
    chances: Chances | None = None,
    came: pd.Series | None = None,
) -> list[dict[str, Any]]:
    """Return a row a stage, in the order of the path, empty ones included; stages off the path come last.

    ``customers`` has stage, status, expected_amount (元). ``count`` and ``amount`` take all customers whose
    form says this stage. ``reached`` are those at it or beyond, ``reached_share`` of all on the path,
    ``conversion`` the share of ``reached`` that also reached the next stage, ``lost`` the lost ones that came
    no further. ``ideal`` is the conversion that the settings' probabilities stand for (that of the stage ÷
    that of the next, up to signing), ``ideal_reached`` what it would leave of the customers on top, ``short``
    the conversion less the ideal one. ``weighted`` = open amount × probability; blank for stages not open.

    ``chances`` are those of the settings unless given, ``came`` (a position on the path by customer, see
    ``paths.furthest``) says how far customers off the path had come; without it they have reached nothing and
    ``lost`` is blank.
    """
    state = outcomes(customers, rulebook)
    path = [s for s in rulebook.stages if s.kind in ON_PATH]
    order = {s.name: at for at, s in enumerate(path)}
    position = customers["stage"].map(order).astype("Int64")
    if came is not None:
        position = position.fillna(came)
    reached = [int(true(position >= at).sum()) for at in range(len(path))]
    chances = chances or from_settings(rulebook)
    found = []
    for at, stage in enumerate(path):
        after = reached[at + 1] if at + 1 < len(path) else None
        row = _row(stage, customers, state, chances[stage.name])
        row["reached"] = reached[at]
        row["reached_share"] = ratio(reached[at], reached[0])
        row["conversion"] = ratio(after, reached[at])
        stopped = true(position == at) & true(state == "lost")
        row["lost"] = None if came is None else int(stopped.sum())
        row["ideal"] = _ideal(path, at, at + 1)
        row["ideal_reached"] = _ideal_count(reached[0], _ideal(path, 0, at))
        row["short"] = None
        if row["ideal"] is not None and row["conversion"] is not None:
            row["short"] = round(row["conversion"] - row["ideal"], 6)
        found.append(row)
    for stage in rulebook.stages:
        if stage.kind not in ON_PATH:
            row = _row(stage, customers, state, chances[stage.name])
            found.append({**row, **dict.fromkeys(OF_THE_PATH)})
    return found


OF_THE_PATH = ("reached", "reached_share", "conversion", "lost", "ideal", "ideal_reached", "short")
"""What only a stage on the path has."""


def _ideal(path: Sequence[Stage], at: int, to: int) -> float | None:
    """Return the share of those at one stage that the settings' probabilities let come to another."""
    if to >= len(path) or path[to].kind == "after":
        return None
    one, other = path[at].probability, path[to].probability
    return None if one is None or not other else float(one / other)


def _ideal_count(top: int, share: float | None) -> int | None:
    return None if share is None else math.floor(top * share + 0.5)


def _row(stage: Stage, customers: pd.DataFrame, state: pd.Series, chance: Chance) -> dict[str, Any]:
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
        "probability": None if chance.probability is None else float(chance.probability),
        "probability_source": chance.source,
        "cases": chance.cases if stage.kind == "open" else None,
        "weighted": _weighted(open_here, chance) if stage.kind == "open" else None,
    }


def _weighted(amounts: pd.Series, chance: Chance) -> float | None:
    """Return Σ amount × probability in 元, rounded once to whole fen."""
    amount = total(amounts)
    return None if amount is None else _share(amount, chance)


def _share(amount: float, chance: Chance) -> float | None:
    if chance.probability is None:
        return None
    return float((Decimal(str(amount)) * chance.probability).quantize(FEN, ROUND_HALF_UP))


def forecast(stages: Sequence[Mapping[str, Any]]) -> float | None:
    """Return the weighted forecast of all open stages in 元; None when nothing is known."""
    return total([s["weighted"] for s in stages])


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


def farthest_below(stages: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """Return the stage from which the conversion falls furthest short of the ideal one; None if none does."""
    below = [s for s in stages if s["short"] is not None and s["short"] < 0]
    return min(below, key=lambda s: s["short"], default=None)


def by_rep(
    customers: pd.DataFrame, rulebook: Rulebook, reps: tuple[str, ...], chances: Chances | None = None
) -> list[dict[str, Any]]:
    """Return a row a rep, see ``by_group``."""
    return by_group(customers, rulebook, "rep", reps, chances)


def by_group(
    customers: pd.DataFrame,
    rulebook: Rulebook,
    column: str,
    names: Sequence[str],
    chances: Chances | None = None,
) -> list[dict[str, Any]]:
    """Return a row for each of the names in a column: customers and open amounts (元) by stage, and in all.

    ``amount`` is the expected amount of all, ``open_amount`` and ``weighted`` (Σ over stages, each rounded to
    whole fen) of the open ones; ``win_rate`` = won ÷ (won + lost), blank while nothing is decided.
    """
    chances = chances or from_settings(rulebook)
    state = outcomes(customers, rulebook)
    at_stage, every = counts(customers, column, "stage"), counts(customers, column)
    still_open = customers[true(state == "open")]
    amounts = sums(still_open, "expected_amount", column, "stage")
    opens = sums(still_open, "expected_amount", column)
    all_amounts = sums(customers, "expected_amount", column)
    ended = {key: counts(customers[true(state == key)], column) for key in ("won", "lost")}
    found = []
    for name in names:
        parts = [
            _share(amounts[name, s.name], chances[s.name])
            for s in rulebook.stages
            if s.kind == "open" and (name, s.name) in amounts
        ]
        won, lost = (ended[key].get(name, 0) for key in ("won", "lost"))
        found.append(
            {
                column: name,
                "counts": {s.name: at_stage.get((name, s.name), 0) for s in rulebook.stages},
                "amounts": {s.name: amounts.get((name, s.name)) for s in rulebook.stages},
                "total": every.get(name, 0),
                "amount": all_amounts.get(name),
                "open_amount": opens.get(name),
                "weighted": total(parts),
                "won": won,
                "lost": lost,
                "win_rate": ratio(won, won + lost),
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
