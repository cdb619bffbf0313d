"""How far each customer ever came, what became of it, and the chance to win that follows. docs/domain.md 3.4.

Owns the way of a customer through the books of all weeks, and which probability the forecast goes by.
Refuses: counting stages (``pipeline``) and days (``stage_time``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

import pandas as pd

from salesxl.model import Team
from salesxl.rulebook import Rulebook, Stage
from salesxl.rules.outcomes import outcomes
from salesxl.state.identity import known_by
from salesxl.summary.figures.plain import true
from salesxl.summary.figures.stage_time import sightings

__all__ = ["ON_PATH", "Chance", "chances", "from_settings", "furthest", "paths"]

ON_PATH = ("open", "won", "after")
PLACES = Decimal("0.0001")
"""A rate is kept to a hundredth of a per cent."""


@dataclass(frozen=True, slots=True)
class Chance:
    """A stage's chance to win: ``source`` history or settings; ``won`` of ``cases`` is what history says."""

    probability: Decimal | None
    source: str
    cases: int = 0
    won: int = 0


def paths(team: Team, rulebook: Rulebook) -> pd.DataFrame:
    """Return a row per customer of any book and round, by both: ``furthest`` and ``outcome``.

    ``furthest`` is the position on the path of the furthest open stage that any book has seen the customer in
    while it was open; missing if none has. ``outcome`` is that of the last book with this round in it.
    """
    seen = sightings(team).dropna(subset=["key"]).sort_values("week_start", kind="stable")
    seen["outcome"] = outcomes(seen.drop(columns="outcome", errors="ignore"), rulebook)
    at = _positions(seen["stage"], rulebook).where(true(seen["outcome"] == "open"))
    grouped = seen.assign(at=at).groupby(["key", "round"])
    return pd.DataFrame({"furthest": grouped["at"].max(), "outcome": grouped["outcome"].last()})


def furthest(team: Team, rulebook: Rulebook) -> pd.Series | None:
    """Return by the index of the team's customers how far each came: a position on the path.

    For those on the path it is where they are; of those off it, where an earlier book saw them last to be
    furthest. Missing where no book tells; None for a team without earlier books.
    """
    if not true(team.tables["number"]["week_start"] < pd.Timestamp(team.week[0])).any():
        return None
    customers = team.tables["customer"]
    here = _positions(customers["stage"], rulebook)
    rounds = customers["round"].fillna(1).astype("string")
    now = pd.MultiIndex.from_arrays([known_by(customers), rounds])
    came = paths(team, rulebook)["furthest"].reindex(now).array
    return here.fillna(pd.Series(came, index=customers.index))


def chances(team: Team, rulebook: Rulebook) -> dict[str, Chance]:
    """Return each stage's chance: from the team's own cases once there are enough, else from the settings.

    A case of an open stage is a customer that was seen open, came at least as far as this stage and has been
    won or lost since; who is won has come all the way. ``history_cases`` of them are enough.
    """
    enough = rulebook.parameters.history_cases
    found = from_settings(rulebook)
    ended = paths(team, rulebook)
    ended = ended[ended["furthest"].notna() & true(ended["outcome"].isin(["won", "lost"]))]
    won = true(ended["outcome"] == "won")
    for at, stage in enumerate(_path(rulebook)):
        if stage.kind != "open":
            continue
        cases = won | true(ended["furthest"] >= at)
        number, wins = int(cases.sum()), int((cases & won).sum())
        if number >= enough:
            rate = (Decimal(wins) / number).quantize(PLACES, ROUND_HALF_UP)
            found[stage.name] = Chance(rate, "history", number, wins)
        else:
            found[stage.name] = Chance(stage.probability, "settings", number, wins)
    return found


def from_settings(rulebook: Rulebook) -> dict[str, Chance]:
    """Return the chances of the settings' stages."""
    return {s.name: Chance(s.probability, "settings") for s in rulebook.stages}


def _path(rulebook: Rulebook) -> list[Stage]:
    return [s for s in rulebook.stages if s.kind in ON_PATH]


def _positions(stage: pd.Series, rulebook: Rulebook) -> pd.Series:
    order: Mapping[str, int] = {s.name: at for at, s in enumerate(_path(rulebook))}
    return stage.map(order).astype("Int64")
