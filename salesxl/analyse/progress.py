"""Quarter and year to date, the other measures of the month, and the quota behind them. docs/domain.md 3.3.

Owns the rows beside the month's attainment (``attainment``). Refuses: which weeks are known (``periods``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from salesxl.analyse.attainment import SCOPES, finished, summed
from salesxl.analyse.outcomes import outcomes
from salesxl.analyse.paths import Chance
from salesxl.analyse.people import Person, teams_of
from salesxl.analyse.periods import Period, done, weeks_known
from salesxl.analyse.plain import counts, plain, true
from salesxl.analyse.stage_time import customer_key
from salesxl.analyse.stages import by_group
from salesxl.analyse.standing import concrete_needs
from salesxl.analyse.workdays import Pace, between
from salesxl.model import Rulebook, Team
from salesxl.money import ratio, total
from salesxl.targets import rep_target, target_for

__all__ = ["adjustments", "measures", "quotas", "reserve_lost", "to_date"]

OTHERS = ("collected", "deals", "new_customers")
"""The measures of the month beside the signed amount."""


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
        found = finished({"scope": scope, "name": name, **facts}, rulebook, elapsed)
        found |= {"weeks": weeks, "weeks_due": len(period.weeks), "weeks_missing": not complete}
        if complete:
            return found
        return {**found, "below": False, "expected": None, "pace": None, "state": "unknown"}

    reps = []
    for person in persons:
        source, target = rep_target(rulebook, person.name, period.year, period.name, "signed")
        facts = {"completed": sums.get((person.name, "signed")), "target": plain(target), "source": source}
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
    """Return a row a rep, and last one of all (rep None): collected, deals and new customers of the month.

    Each measure is ``done``, ``target`` and ``attainment``; ``average_deal`` = signed ÷ deals (元).
    """
    sums = done(every, period)
    found = []
    for person in persons:
        row: dict[str, Any] = {"rep": person.name, "team": person.team}
        for measure in OTHERS:
            _, target = rep_target(rulebook, person.name, period.year, period.name, measure)
            row[measure] = _judged(sums.get((person.name, measure)), plain(target))
        signed, deals = (sums.get((person.name, measure)) for measure in ("signed", "deals"))
        found.append({**row, "signed": signed, "average_deal": _average(signed, deals)})
    whole: dict[str, Any] = {"rep": None, "team": None}
    for measure in OTHERS:
        own = plain(target_for(rulebook, "all", None, period.year, period.name, measure))
        parts = [
            {"rep": r["rep"], "completed": r[measure]["done"], "target": r[measure]["target"]} for r in found
        ]
        added = summed(parts, own, ("completed",))
        whole[measure] = _judged(added["completed"], added["target"])
    # what was signed where deals are known: a rep who leaves the count blank must not lift the average
    counted = [r for r in found if r["deals"]["done"] is not None and r["signed"] is not None]
    signed = total([r["signed"] for r in counted])
    average = _average(signed, sum(r["deals"]["done"] for r in counted))
    return [*found, {**whole, "signed": signed, "average_deal": average}]


def _judged(amount: float | None, target: float | None) -> dict[str, float | None]:
    return {"done": amount, "target": target, "attainment": ratio(amount, target)}


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
    """Return a row a rep of what stands behind the quota; nothing where none applies. docs/domain.md 3.3.

    ``month`` and ``rest`` are the rows of the month's attainment and of ``measures``. ``reserve`` are the
    rep's open customers with a concrete need and a known amount, ``reserve_due`` the quota of them × its
    months; ``forecast`` is the weighted forecast of the open customers, ``forecast_share`` = forecast ÷ the
    month's target; ``lost_rate`` is the share of the customers open in the last book before this month (or
    the first one known) that are lost by now. ``short`` names what falls short: signed, collected and deals
    of the share of the month's working days that is over, the rest of its bound. A figure at it is enough.
    """
    parameters = rulebook.parameters
    if not parameters["quota_applies"]:
        return []
    customers = team.tables["customer"]
    reserve = counts(customers[_qualified(customers, rulebook)], "rep")
    names = [p.name for p in persons]
    weighted = {r["rep"]: r["weighted"] for r in by_group(customers, rulebook, "rep", names, chances)}
    due = int(parameters["quota_reserve_per_month"]) * int(parameters["quota_reserve_months"])
    signed = {r["rep"]: r for r in month}
    others = {r["rep"]: r for r in rest}
    lost = reserve_lost(team, period, rulebook)
    found = []
    for name in names:
        row: dict[str, Any] = {
            "rep": name,
            "signed": signed[name]["attainment"],
            "collected": others[name]["collected"]["attainment"],
            "deals": others[name]["deals"]["attainment"],
            "deals_done": others[name]["deals"]["done"],
            "deals_due": others[name]["deals"]["target"],
            "average_deal": others[name]["average_deal"],
            "average_share": ratio(others[name]["average_deal"], float(parameters["quota_average_deal"])),
            "reserve": reserve.get(name, 0),
            "reserve_due": due,
            "reserve_share": ratio(reserve.get(name, 0), due),
            "lost_rate": lost.get(name),
            "forecast": weighted[name],
            "forecast_share": ratio(weighted[name], signed[name]["target"]),
        }
        so_far = {key: ratio(row[key], elapsed.share) for key in ("signed", "collected", "deals")}
        shares = {
            **so_far,
            "average_deal": row["average_share"],
            "reserve": row["reserve_share"],
            "forecast": row["forecast_share"],
        }
        row["short"] = [key for key, share in shares.items() if share is not None and share < 1]
        found.append(row)
    return found


def _qualified(customers: pd.DataFrame, rulebook: Rulebook) -> pd.Series:
    is_concrete = concrete_needs(customers, rulebook)
    is_open = true(outcomes(customers, rulebook) == "open")
    return is_open & is_concrete & true(customers["expected_amount"] > 0)


def reserve_lost(team: Team, period: Period, rulebook: Rulebook) -> dict[str | None, float | None]:
    """Return by rep, and of all (None), the share of the customers once open that are lost by now.

    Open in the last book before the period, or in the first one known; empty without any.
    """
    before = team.past.get("customer")
    if before is None or before.empty:
        return {}
    weeks = before["week_start"]
    earlier = weeks[weeks < pd.Timestamp(period.weeks[0])]
    chosen = before[weeks == (earlier.max() if len(earlier) else weeks.min())]
    then = chosen[true(outcomes(chosen, rulebook) == "open")]
    customers = team.tables["customer"]
    now_lost = customers[true(outcomes(customers, rulebook) == "lost")]
    gone = customer_key(then).isin(set(customer_key(now_lost).dropna()))
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
