"""Quarter and year to date, the other measures of the month, and the quota behind them. docs/domain.md 3.3.

Owns the rows beside the month's attainment (``attainment``). Refuses: which weeks are known (``attainment``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from salesxl.model import Team
from salesxl.rulebook import Rulebook
from salesxl.rules.money import ratio, settled_share, share, total
from salesxl.rules.outcomes import outcomes
from salesxl.rules.periods import rep_target, target_for
from salesxl.rules.workdays import Pace, between
from salesxl.state.identity import known_by
from salesxl.summary.figures.attainment import (
    MEASURES,
    SCOPES,
    Period,
    done,
    finished,
    is_judged,
    summed,
    weeks_known,
    within,
)
from salesxl.summary.figures.counting import counting
from salesxl.summary.figures.customers import concrete_needs
from salesxl.summary.figures.paths import Chance
from salesxl.summary.figures.pipeline import by_group
from salesxl.summary.figures.plain import Person, counts, plain, teams_of, true
from salesxl.summary.figures.stage_time import sightings

__all__ = ["adjustments", "measures", "quotas", "reserve_lost", "to_date"]

OTHERS = ("collected", "deals", "new_customers")
"""The measures of the month beside the signed amount."""

IN_ORDER = ("signed", "collected", "deals", "average_deal", "reserve", "forecast")
"""What a quota is held against, in the order in which it is named."""


def to_date(
    every: pd.DataFrame, period: Period, team: Team, rulebook: Rulebook, persons: Sequence[Person]
) -> list[dict[str, Any]]:
    """Return the signed amount of a period to date: all, regions, product lines, teams, reps, in this order.

    ``scope`` and ``name`` (None for all) say whom a row is of, ``weeks`` how many of the period's weeks are
    reported, ``weeks_due`` how many there are. Where a whole week is reported by nobody (``weeks_missing``),
    what is completed is not all there was: the row then has no pace and no state but ``unknown``.
    """
    sums, known = done(every, period), weeks_known(every, period)
    elapsed = between(period.first, period.last, team.as_of, rulebook.days)
    complete = len(known[None]) == len(period.weeks)

    def row(scope: str, name: str | None, facts: Mapping[str, Any], weeks: int) -> dict[str, Any]:
        found = finished({"scope": scope, "name": name, **facts}, rulebook, elapsed, complete=complete)
        return {**found, "weeks": weeks, "weeks_due": len(period.weeks)}

    reps = []
    for person in persons:
        source, target = rep_target(rulebook, person.name, period.year, period.name, "signed", person.until)
        facts = {"completed": sums.get((person.name, "signed")), "target": plain(target), "source": source}
        facts |= {"left": person.gone}
        weeks = len(known.get(person.name, ()))
        reps.append(row("rep", person.name, {"rep": person.name, "team": person.team, **facts}, weeks))
    wholes: list[tuple[str, str | None]] = [("all", None)]
    wholes += [(scope, name) for scope in SCOPES for name in teams_of(tuple(persons), scope)]
    found = []
    for scope, name in wholes:
        inside = {p.name for p in persons if scope == "all" or getattr(p, scope) == name}
        own = plain(target_for(rulebook, scope, name, period.year, period.name, "signed"))
        facts = summed([r for r in reps if r["rep"] in inside], own, ("completed",))
        reported = {day for rep in inside for day in known.get(rep, ())}
        found.append(row(scope, name, facts, len(reported)))
    return [*found, *reps]


def measures(
    every: pd.DataFrame, period: Period, rulebook: Rulebook, persons: Sequence[Person]
) -> list[dict[str, Any]]:
    """Return a row per rep, and last one of all (rep None): collected, deals and new customers of the month.

    Each measure is ``done``, ``target``, ``attainment``; ``blanks`` names those that a report of the rep
    leaves out. ``average_deal`` = signed ÷ deals (元), both of the weeks whose report counts the deals: what
    was signed in another one must not lift the average.
    """
    both = every[every["deals"].notna() & every["completed_amount"].notna()]
    sums, counted = done(every, period), done(both, period)
    warning = float(rulebook.parameters.attainment_warning)
    left_out = {m: counts(within(every[every[MEASURES[m]].isna()], period), "rep") for m in OTHERS}
    found = []
    for person in persons:
        row: dict[str, Any] = {"rep": person.name, "team": person.team}
        row["blanks"] = [measure for measure in OTHERS if left_out[measure].get(person.name)]
        for measure in OTHERS:
            _, target = rep_target(rulebook, person.name, period.year, period.name, measure, person.until)
            row[measure] = _judged(sums.get((person.name, measure)), plain(target), warning)
        signed, deals = (counted.get((person.name, measure)) for measure in ("signed", "deals"))
        found.append({**row, "signed": signed, "average_deal": _average(signed, deals)})
    whole: dict[str, Any] = {"rep": None, "team": None}
    for measure in OTHERS:
        own = plain(target_for(rulebook, "all", None, period.year, period.name, measure))
        parts = [
            {"rep": r["rep"], "completed": r[measure]["done"], "target": r[measure]["target"]} for r in found
        ]
        added = summed(parts, own, ("completed",))
        whole[measure] = _judged(added["completed"], added["target"], warning)
    signed, deals = (
        total([counted.get((person.name, measure)) for person in persons]) for measure in ("signed", "deals")
    )
    return [*found, {**whole, "signed": signed, "average_deal": _average(signed, deals)}]


def _judged(amount: float | None, target: float | None, warning: float) -> dict[str, float | None]:
    return {"done": amount, "target": target, "attainment": settled_share(share(amount, target), warning, 1)}


def _average(signed: float | None, deals: float | None) -> float | None:
    average = ratio(signed, deals)
    return None if average is None else round(average, 2)


def quotas(
    team: Team,
    period: Period,
    elapsed: Pace,
    rulebook: Rulebook,
    persons: Sequence[Person],
    month: Sequence[Mapping[str, Any]],
    rest: Sequence[Mapping[str, Any]],
    chances: Mapping[str, Chance],
) -> list[dict[str, Any]]:
    """Return a row per rep, of what stands behind the quota; nothing where none applies. docs/domain.md 3.3.

    ``month`` and ``rest`` are the rows of the month's attainment and of ``measures``. ``reserve`` are the
    rep's open customers with a concrete need and a known amount, ``reserve_due`` the quota of them × its
    months; ``forecast`` is the weighted forecast of the open customers, ``forecast_share`` = forecast ÷ the
    month's target; ``lost_rate`` is the share of the customers open in the last book before this month (or
    the first one known) that are lost by now. ``short`` names what falls short: signed, collected and deals
    of the share of the month's working days that is over, the rest of its bound. A figure at it is enough; a
    blank one is short too, and named under ``blank``, as is one that is short where a report of the month
    leaves it out. Where the month is not judged (``is_judged``), what is added up over it is not short.
    """
    parameters = rulebook.parameters
    if not parameters.quota_applies:
        return []
    customers = counting(team.tables["customer"], rulebook)
    reserve = counts(customers[_qualified(customers, rulebook)], "rep")
    names = [p.name for p in persons]
    weighted = {r["rep"]: r["weighted"] for r in by_group(customers, rulebook, "rep", names, chances)}
    due = parameters.quota_reserve_per_month * parameters.quota_reserve_months
    signed = {r["rep"]: r for r in month}
    others = {r["rep"]: r for r in rest}
    lost = reserve_lost(team, period, rulebook)
    average_due = float(parameters.quota_average_deal)
    found = []
    for name in names:
        own, other = signed[name], others[name]
        shares = {
            "reserve": share(reserve.get(name, 0), due),
            "forecast": share(weighted[name], own["target"]),
        }
        aims = {"reserve": due, "forecast": own["target"]}
        if is_judged(rulebook, elapsed, complete=not own["weeks_missing"]):
            so_far = {"signed": (own["completed"], own["target"])}
            so_far |= {key: (other[key]["done"], other[key]["target"]) for key in ("collected", "deals")}
            aims |= {key: aim for key, (_, aim) in so_far.items()} | {"average_deal": average_due}
            shares |= {
                **{key: share(*of, elapsed.elapsed, elapsed.days) for key, of in so_far.items()},
                "average_deal": share(other["average_deal"], average_due),
            }
        asked = [(key, shares[key]) for key in IN_ORDER if aims.get(key)]
        short = [(key, part) for key, part in asked if part is None or part < 1]
        blank = [key for key, part in short if part is None or key in other["blanks"]]
        found.append(
            {
                "rep": name,
                "signed": own["attainment"],
                "collected": other["collected"]["attainment"],
                "deals": other["deals"]["attainment"],
                "deals_done": other["deals"]["done"],
                "deals_due": other["deals"]["target"],
                "average_deal": other["average_deal"],
                "average_share": settled_share(share(other["average_deal"], average_due), 1),
                "reserve": reserve.get(name, 0),
                "reserve_due": due,
                "reserve_share": settled_share(shares["reserve"], 1),
                "lost_rate": lost.get(name),
                "forecast": weighted[name],
                "forecast_share": settled_share(shares["forecast"], 1),
                "short": [key for key, _ in short],
                "blank": blank,
            }
        )
    return found


def _qualified(customers: pd.DataFrame, rulebook: Rulebook) -> pd.Series:
    is_concrete = concrete_needs(customers, rulebook)
    is_open = true(outcomes(customers, rulebook) == "open")
    return is_open & is_concrete & true(customers["expected_amount"] > 0)


def reserve_lost(team: Team, period: Period, rulebook: Rulebook) -> dict[str | None, float | None]:
    """Return by rep, and of all (None), the share of the customers once open that are lost by now.

    Open in the last book before the period, or in the first one known; empty without any.
    """
    seen = sightings(team)
    start = pd.Timestamp(period.weeks[0])
    earlier = seen["week_start"] < start
    if not earlier.any():
        start = seen["week_start"].min()
        earlier = seen["week_start"] == start
        if start >= pd.Timestamp(team.week[0]) or pd.isna(start):
            return {}
    chosen = seen[earlier].drop_duplicates("key", keep="last")
    then = chosen[true(outcomes(chosen, rulebook) == "open")]
    customers = counting(team.tables["customer"], rulebook)
    now_lost = customers[true(outcomes(customers, rulebook) == "lost")]
    reps = dict(zip(known_by(customers), customers["rep"], strict=True))
    then = then.assign(rep=pd.array([reps.get(key) for key in then["key"]], dtype="string"))
    gone = then["key"].isin(set(known_by(now_lost).dropna()))
    found: dict[str | None, float | None] = {None: ratio(int(gone.sum()), len(gone))}
    for rep, mine in gone.groupby(then["rep"]):
        found[str(rep)] = ratio(int(mine.sum()), len(mine))
    return found


def adjustments(rulebook: Rulebook, year: int) -> list[dict[str, Any]]:
    """Return the year's adjusted targets, a row an adjustment: what stood before it and what stands now."""
    found = []
    for target in rulebook.targets:
        if target.year != year:
            continue
        before = target.original
        for made in target.adjustments:
            found.append(
                {
                    "year": target.year,
                    "period": target.period,
                    "scope": target.scope,
                    "name": target.name,
                    "measure": target.measure,
                    "before": plain(before),
                    "amount": plain(made.amount),
                    "reason": made.reason,
                    "basis": made.basis,
                    "reviewer": made.reviewer,
                    "approver": made.approver,
                }
            )
            before = made.amount
    return found
