"""Where customers stand on the path, where they stop, and what is to be expected. docs/domain.md 3.2, 3.4.

Owns counts, conversion beside the ideal one, the weighted forecast, and the way back from the target to the
leads it takes. Refuses: history, which ``paths`` and ``stage_time`` read from the books of earlier weeks.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise, product
from typing import Any, TypeAlias

import pandas as pd

from salesxl.rulebook import Rulebook, Stage
from salesxl.rules.money import fen, ratio, total
from salesxl.rules.outcomes import outcomes
from salesxl.summary.figures.paths import ON_PATH, Chance, from_settings
from salesxl.summary.figures.plain import true

__all__ = ["by_group", "by_rep", "by_stage", "farthest_below", "forecast", "leak", "needed"]

Chances: TypeAlias = Mapping[str, Chance]

FEN = Decimal("0.01")


def by_stage(
    customers: pd.DataFrame,
    rulebook: Rulebook,
    chances: Chances | None = None,
    came: pd.Series | None = None,
) -> list[dict[str, Any]]:
    """Return a row per stage, in the order of the path, empty ones included; stages off the path come last.

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
    path = [s for s in rulebook.stages if s.kind in ON_PATH]
    order = {s.name: at for at, s in enumerate(path)}
    position = customers["stage"].map(order).astype("Int64")
    if came is not None:
        position = position.fillna(came)
    stand = Counter(position.dropna().tolist())
    lost = Counter(position[true(outcomes(customers, rulebook) == "lost")].dropna().tolist())
    reached = [sum(n for there, n in stand.items() if there >= at) for at in range(len(path))]
    chances = chances or from_settings(rulebook)
    tallies = _tallies(customers, rulebook)
    found = []
    for at, stage in enumerate(path):
        after = reached[at + 1] if at + 1 < len(path) else None
        row = _row(stage, tallies, chances[stage.name])
        row["reached"] = reached[at]
        row["reached_share"] = ratio(reached[at], reached[0])
        row["conversion"] = ratio(after, reached[at])
        row["lost"] = None if came is None else lost[at]
        row["ideal"] = _ideal(path, at, at + 1)
        row["ideal_reached"] = _ideal_count(reached[0], _ideal(path, 0, at))
        row["short"] = None
        if row["ideal"] is not None and row["conversion"] is not None:
            row["short"] = round(row["conversion"] - row["ideal"], 6)
        found.append(row)
    for stage in rulebook.stages:
        if stage.kind not in ON_PATH:
            row = _row(stage, tallies, chances[stage.name])
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


@dataclass(slots=True)
class _Tally:
    """How many customers there are, of how many the expected amount is known, and their sum in whole fen."""

    count: int = 0
    known: int = 0
    fen: int = 0

    @property
    def amount(self) -> float | None:
        """The sum in 元; None where no amount is known."""
        return self.fen / 100 if self.known else None

    def __iadd__(self, other: _Tally) -> _Tally:
        self.count, self.known = self.count + other.count, self.known + other.known
        self.fen += other.fen
        return self


_Tallies: TypeAlias = Mapping[tuple[Any, Any, Any], _Tally]
"""Tallies by group, stage and outcome. Sums over some of these stand under ``_ALL`` in their place."""

_ALL = object()


def _tallies(customers: pd.DataFrame, rulebook: Rulebook, column: str = "stage") -> _Tallies:
    """Tally the customers by a column, stage and outcome, and by each of these without the others."""
    cut = pd.DataFrame(
        {"group": customers[column], "stage": customers["stage"], "state": outcomes(customers, rulebook)}
    )
    cut["fen"] = fen(customers["expected_amount"])
    grouped = cut.groupby(["group", "stage", "state"], dropna=False, sort=False)["fen"]
    found: defaultdict[tuple[Any, Any, Any], _Tally] = defaultdict(_Tally)
    for (group, stage, state), row in grouped.agg(["size", "count", "sum"]).to_dict("index").items():
        tally = _Tally(int(row["size"]), int(row["count"]), int(row["sum"]))
        for key in product((group, _ALL), (stage, _ALL), (state, _ALL)):
            found[key] += tally
    return found


def _row(stage: Stage, tallies: _Tallies, chance: Chance) -> dict[str, Any]:
    here, open_here = tallies[_ALL, stage.name, _ALL], tallies[_ALL, stage.name, "open"]
    return {
        "stage": stage.name,
        "kind": stage.kind,
        "count": here.count,
        "amount": here.amount,
        "unknown_amounts": here.count - here.known,
        "open_count": open_here.count,
        "open_amount": open_here.amount,
        "probability": None if chance.probability is None else float(chance.probability),
        "probability_source": chance.source,
        "cases": chance.cases if stage.kind == "open" else None,
        "weighted": _share(open_here.amount, chance) if stage.kind == "open" else None,
    }


def _share(amount: float | None, chance: Chance) -> float | None:
    """Return Σ amount × probability in 元, rounded once to whole fen."""
    if amount is None or chance.probability is None:
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
    """Return a row per rep, see ``by_group``."""
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
    tallies = _tallies(customers, rulebook, column)
    found = []
    for name in names:
        amounts = {s.name: tallies[name, s.name, "open"].amount for s in rulebook.stages}
        parts = [_share(amounts[s.name], chances[s.name]) for s in rulebook.stages if s.kind == "open"]
        every = tallies[name, _ALL, _ALL]
        won, lost = (tallies[name, _ALL, state].count for state in ("won", "lost"))
        found.append(
            {
                column: name,
                "counts": {s.name: tallies[name, s.name, _ALL].count for s in rulebook.stages},
                "amounts": amounts,
                "total": every.count,
                "amount": every.amount,
                "open_amount": tallies[name, _ALL, "open"].amount,
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
