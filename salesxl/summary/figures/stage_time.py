"""How long each customer has been in its present stage, as far as 变更记录 tells. docs/domain.md 3.4, 3.6.

A stay is known by weeks: it began in the week in which the customer was first seen in the stage. Owns stays,
their days and the bound beyond which one is long. Refuses: listing who is stuck.
"""

from __future__ import annotations

import math
from decimal import Decimal
from typing import TypeAlias

import pandas as pd

from salesxl.model import Team
from salesxl.rulebook import Rulebook
from salesxl.rules.outcomes import outcomes
from salesxl.state.identity import known_by
from salesxl.summary.figures.counting import counting
from salesxl.summary.figures.plain import true

__all__ = ["CARRIED", "in_stage", "long_after", "sightings", "stays"]

DAY_DTYPE = "datetime64[us]"
CARRIED = {"stage_since": "since", "stage_days": "days", "stage_exact": "exact"}
"""Columns under which a table of customers may carry its stays."""


def in_stage(team: Team, rulebook: Rulebook) -> pd.DataFrame:
    """Return, by the index of the team's customers: ``customer_no``, ``since``, ``days`` and ``exact``.

    ``since`` is the Monday of the first week of the unbroken run of weeks in which the customer was seen in
    its present stage and round, or the first contact where that is later (a customer new in that week). One
    that has only ever been seen in the first stage of the path has been there since the first contact.
    ``days`` runs from there to the day of the book. ``exact`` says that the change to this stage was seen, or
    that the stay began with the first contact; else the days are *at least* as many. Missing where the stage
    is.

    Customers that carry it already (the columns of ``CARRIED``) are asked for it: it is needed often.
    """
    customers = team.tables["customer"]
    if "stage_since" in customers:
        return customers[["customer_no", *CARRIED]].rename(columns=CARRIED)
    first_contact = customers["first_contact"].astype(DAY_DTYPE).dt.normalize()
    monday = pd.Timestamp(team.week[0])
    weeks = _weeks_before(team, customers)
    weeks["same"] = (weeks["then"] == weeks["now"]) & (weeks["round_then"] == weeks["round_now"])
    by_week = weeks.groupby(["at", "week_start"], as_index=False)["same"].any()
    other = by_week[~by_week["same"]].groupby("at")["week_start"].max()
    last_other = other.reindex(customers.index).astype(DAY_DTYPE)
    run = by_week[by_week["same"]]
    run = run[~(run["week_start"] < last_other.reindex(run["at"]).array)]
    began = run.groupby("at")["week_start"].min().reindex(customers.index).fillna(monday).astype(DAY_DTYPE)
    changed = last_other.notna()
    is_new = true(first_contact >= began)
    path = [s.name for s in rulebook.stages if s.kind == "open"]
    from_start = true(customers["stage"].isin(path[:1])) & last_other.isna() & first_contact.notna()
    since = began.mask(is_new | from_start, first_contact).where(true(customers["stage"].notna()))
    days = (pd.Timestamp(team.as_of) - since).dt.days.clip(lower=0)
    return pd.DataFrame(
        {
            "customer_no": customers["customer_no"],
            "since": since,
            "days": days.astype("Int64"),
            "exact": (changed | is_new | from_start).astype("boolean").mask(since.isna()),
        }
    )


def sightings(team: Team) -> pd.DataFrame:
    """Return when customers were first seen as they were: ``key``, ``week_start``, stage, status and round.

    Read from 变更记录: the state in the week of the first sight, and the one after each week in which one of
    these changed; the present one comes last. Of several claims the one that counts comes last.
    """
    now = team.tables["customer"]
    order = now["counted"].fillna(True).astype(bool) if "counted" in now else pd.Series(True, index=now.index)
    now = now.assign(key=known_by(now), order=order, round=_texts(now["round"])).dropna(subset=["key"])
    several = set(now["key"][now["key"].duplicated(keep=False)])
    monday = pd.Timestamp(team.week[0])
    steps = _steps(team, several)
    number = team.tables["number"].dropna(subset=["customer_no"]).drop_duplicates("customer_no")
    since = dict(zip(number["customer_no"], number["week_start"], strict=True))
    found: list[tuple[object, ...]] = []
    for key, rep, counts, *now_is in now[["key", "rep", "order", *STATES]].itertuples(index=False, name=None):
        state: dict[str, object] = dict(zip(STATES, now_is, strict=True))
        found.append((key, monday, counts, *state.values()))
        first, last = since.get(key, monday), None
        for week, field, old in steps.get((key, rep if key in several else None), ()):
            if field is None:
                first = week
            else:
                if week != last:
                    found.append((key, week, counts, *state.values()))
                state[field], last = old, week
        found.append((key, min(first, monday), counts, *state.values()))
    frame = pd.DataFrame(found, columns=["key", "week_start", "counts", *STATES]).drop_duplicates()
    types = {"key": "string", "week_start": DAY_DTYPE, **dict.fromkeys(STATES, "string")}
    frame = frame.astype(types).sort_values(["week_start", "key", "counts"], kind="stable", ignore_index=True)
    return frame.drop(columns="counts")


def _texts(rounds: pd.Series) -> pd.Series:
    """Return rounds as 变更记录 writes them; who has none is in the first."""
    return rounds.fillna(1).astype("string")


def _steps(team: Team, several: set[str]) -> dict[tuple[str, object], list[Step]]:
    """Return the changes of stage and status by customer and, of ``several`` claims, rep; the last first."""
    told = team.tables["change"]
    told = told[true(told["table"] == "customer") & (told["field"].isin(STATES) | told["field"].isna())]
    told = told.assign(key=known_by(told)).sort_values("week_start", ascending=False, kind="stable")
    found: dict[tuple[str, object], list[Step]] = {}
    columns = (told[name].tolist() for name in ("key", "rep", "week_start", "field", "old"))
    for key, rep, week, field, old in zip(*columns, strict=True):
        step = week, None if pd.isna(field) else field, old
        found.setdefault((key, rep if key in several else None), []).append(step)
    return found


STATES = ("stage", "status", "round")
Step: TypeAlias = tuple[pd.Timestamp, str | None, object]
"""A change: its week, the field (None for a first sight), and what stood before."""


def stays(team: Team, rulebook: Rulebook) -> pd.DataFrame:
    """Return stays in open stages: ``stage``, ``days`` and ``over`` (the customer has moved on since).

    Stays that are over run from the Monday of their first week to that of the first week in another stage;
    those that go on are the open customers of today (``in_stage``). A stage of which no stay is known exactly
    has none: that its customers have been there since the books began says nothing about the usual time.
    """
    seen = sightings(team).dropna(subset=["key", "stage"])
    seen = seen[seen["key"].duplicated(keep=False)]  # who was seen once has not moved on
    seen = seen.drop_duplicates(["key", "week_start"], keep="last").sort_values(["key", "week_start"])
    told = seen[["key", "stage", "round"]]
    same = told.eq(told.shift()).fillna(False).all(axis=1)
    runs = seen[~same]
    ended = runs["week_start"].shift(-1).where(true(runs["key"] == runs["key"].shift(-1)))
    over = pd.DataFrame(
        {"stage": runs["stage"], "days": (ended - runs["week_start"]).dt.days.astype("Int64")}
    )
    customers = counting(team.tables["customer"], rulebook)
    still = in_stage(team, rulebook).loc[customers.index]
    still = still[true(outcomes(customers, rulebook) == "open")]
    stage = customers["stage"].reindex(still.index)
    goes_on = pd.DataFrame(
        {"stage": stage, "days": still["days"], "over": False, "exact": true(still["exact"])}
    )
    every = pd.concat([over.assign(over=True, exact=True), goes_on], ignore_index=True)
    open_stages = [s.name for s in rulebook.stages if s.kind == "open"]
    every = every[every["days"].notna() & true(every["stage"].isin(open_stages))]
    known = every["stage"].isin(every.loc[every["exact"], "stage"].unique())
    return every.loc[known, ["stage", "days", "over"]].reset_index(drop=True)


def long_after(found: pd.DataFrame, percentile: Decimal) -> dict[str, int]:
    """Return by stage the days that the given share of its ``stays`` does not exceed: longer means stuck.

    The nearest rank: the least number of days that at least this share of the stays keeps to. So nobody is
    beyond the bound of a stage with few stays (at 90 % fewer than ten). docs/domain.md 3.6.
    """
    bounds = {}
    for stage, days in found.groupby("stage")["days"]:
        ordered = sorted(days.astype("int64").tolist())
        rank = math.ceil(percentile * len(ordered))
        bounds[str(stage)] = ordered[max(rank, 1) - 1]
    return bounds


def _weeks_before(team: Team, customers: pd.DataFrame) -> pd.DataFrame:
    """Return a row for each customer of today (``at``) and each earlier sighting of it."""
    now = pd.DataFrame({"at": customers.index, "key": known_by(customers), "now": customers["stage"]})
    now["round_now"] = _texts(customers["round"])
    every = sightings(team)
    before = every[every["week_start"] < pd.Timestamp(team.week[0])]
    before = before.dropna(subset=["key", "stage"])[["key", "week_start", "stage", "round"]]
    now = now[now["key"].isin(before["key"])]
    return now.merge(before.rename(columns={"stage": "then", "round": "round_then"}), on="key")
