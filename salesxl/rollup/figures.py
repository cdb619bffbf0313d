"""What the teams' weeks come to: by team, region and product line, and as a whole. docs/domain.md 3.15.

Owns sums over teams, whose target holds, and the change against the roll-up before. Amounts are in 元; what
is not known stays blank. Refuses: prose.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

from salesxl.rollup.terms import Terms
from salesxl.rulebook import Rulebook
from salesxl.rules.money import ratio, share, total
from salesxl.rules.periods import target_for
from salesxl.rules.workdays import Pace
from salesxl.summary.figures.attainment import Period, finished
from salesxl.summary.figures.plain import plain

__all__ = ["SCOPES", "by_scope", "by_team", "compared", "grades", "stages", "targets", "whole"]

Told: TypeAlias = Mapping[str, Any]

SCOPES = ("region", "product_line")
SUMMED = ("completed", "collected", "week_completed", "deals")
CHANGES = ("open_amount", "forecast", "completed", "attainment", "won")
"""What is held against the roll-up before."""


def by_team(
    found: Mapping[str, Told],
    rulebook: Rulebook,
    month: Period,
    elapsed: Pace,
    before: Mapping[str, Told],
) -> list[dict[str, Any]]:
    """Return a row per team, as its own summary has it; in the order given.

    A team without a target of its own has that of the company's settings. ``issued`` is the company's target
    for it; ``…_before`` and ``…_change`` are those of the roll-up before, blank without.
    """
    rows = []
    for team, told in found.items():
        issued = _issued(rulebook, "team", team, month)
        row = dict(told["month"])
        if row["target"] is None and issued is not None:
            complete = not told["missing_weeks"]
            row = finished(
                {**row, "target": issued, "source": "company"}, rulebook, elapsed, complete=complete
            )
        row |= {
            "unit": team,
            "issued": issued,
            "reps": sum(not rep["left"] for rep in told["reps"]),
            **{name: told[name] for name in ("open_count", "open_amount", "forecast", "won", "lost")},
            **{
                name: told[name]
                for name in ("customers", "overdue", "held", "held_amount", "quarter", "year")
            },
            **{name: len(told[name]) for name in ("warned", "unreported")},
        }
        rows.append({**row, **_change(row, before.get(team))})
    return rows


def _change(row: Told, before: Told | None) -> dict[str, Any]:
    told: dict[str, Any] = {}
    for name in CHANGES:
        old = None if before is None else before.get(name)
        told[f"{name}_before"] = old
        told[f"{name}_change"] = None if old is None or row[name] is None else round(row[name] - old, 6)
    return told


def _issued(rulebook: Rulebook, scope: str, name: str | None, period: Period) -> float | None:
    aim: float | None = plain(target_for(rulebook, scope, name, period.year, period.name, "signed"))
    return aim


def by_scope(
    found: Mapping[str, Told],
    teams: Sequence[Told],
    rulebook: Rulebook,
    month: Period,
    elapsed: Pace,
    scope: str,
    *,
    complete: bool,
) -> list[dict[str, Any]]:
    """Return a row per region or product line, over all teams, the one of nobody (name None) last.

    Its target is the company's own; else the sum of its reps', and of the teams that are in it as a whole. It
    stands only if everybody in it with a result has one.
    """
    parts: dict[str | None, list[tuple[str, list[Told]]]] = {}
    for team, told in found.items():
        for name in dict.fromkeys(rep[scope] for rep in told["reps"]):
            parts.setdefault(name, []).append((team, [r for r in told["reps"] if r[scope] == name]))
    own = {row["unit"]: row["target"] for row in teams}
    rows = []
    for name in sorted(parts, key=lambda name: name is None):
        reps = [rep for _, some in parts[name] for rep in some]
        aims = [_aim(own[team], some, found[team]["reps"]) for team, some in parts[name]]
        issued = _issued(rulebook, scope, name, month) if name is not None else None
        summed = None if any(aim is None for aim in aims) else total(aims)
        facts = {
            "name": name,
            "units": len(parts[name]),
            "reps": sum(not rep["left"] for rep in reps),
            **_summed(reps),
            "target": summed if issued is None else issued,
            "source": "company" if issued is not None else "reps" if summed is not None else None,
        }
        rows.append(finished(facts, rulebook, elapsed, complete=complete))
    return rows


def _aim(own: float | None, some: Sequence[Told], every: Sequence[Told]) -> float | None:
    """Return the target of some of a team's reps: the team's own where they are all of it, else theirs."""
    if len(some) == len(every) and own is not None:
        return own
    known = all(r["target"] is not None or r["left"] for r in some if r["completed"] is not None)
    return total([r["target"] for r in some]) if known else None


def _summed(reps: Iterable[Told]) -> dict[str, Any]:
    every = list(reps)
    sums: dict[str, Any] = {name: total([rep[name] for rep in every]) for name in SUMMED}
    sums["open_amount"] = total([rep["open_amount"] for rep in every])
    sums["forecast"] = total([rep["weighted"] for rep in every])
    return sums | {name: sum(rep[name] or 0 for rep in every) for name in ("open_count", "won", "lost")}


def whole(
    teams: Sequence[Told],
    rulebook: Rulebook,
    month: Period,
    elapsed: Pace,
    twice: Told,
    *,
    complete: bool,
) -> dict[str, Any]:
    """Return the row of all teams that have delivered; what two teams claim is in its pipeline once.

    Its target is the company's own, else the sum of the teams', where every team with a result has one.
    """
    known = all(row["target"] is not None for row in teams if row["completed"] is not None)
    summed = total([row["target"] for row in teams]) if known else None
    issued = _issued(rulebook, "all", None, month)
    sums = {
        name: total([row[name] for row in teams])
        for name in (*SUMMED, "open_amount", "forecast", "held_amount")
    }
    counts = ("reps", "open_count", "won", "lost", "customers", "overdue", "held", "warned", "unreported")
    facts: dict[str, Any] = {
        **sums,
        **{name: sum(row[name] for row in teams) for name in counts},
        "target": summed if issued is None else issued,
        "source": "company" if issued is not None else "teams" if summed is not None else None,
    }
    facts["open_count"] -= twice["count"]
    for name, double in (("open_amount", twice["amount"]), ("forecast", twice["weighted"])):
        if double is not None:
            facts[name] = total([facts[name], -double])
    row = finished(facts, rulebook, elapsed, complete=complete)
    return {**row, "win_rate": ratio(row["won"], row["won"] + row["lost"])}


def compared(teams: Sequence[Told]) -> dict[str, Any]:
    """Return what the teams that stand in both roll-ups come to: ``…_before``, ``…_now``, ``…_change``."""
    told: dict[str, Any] = {}
    for name in ("open_amount", "forecast", "completed", "won"):
        both = [row for row in teams if row[f"{name}_change"] is not None]
        old, new = (total([row[key] for row in both]) for key in (f"{name}_before", name))
        told |= {f"{name}_before": old, f"{name}_now": new}
        told[f"{name}_change"] = None if old is None or new is None else total([new, -old])
    return {**told, "teams": sum(row["open_amount_before"] is not None for row in teams)}


def targets(
    teams: Sequence[Told], lacking: Sequence[Told], rulebook: Rulebook, periods: Sequence[Period]
) -> list[dict[str, Any]]:
    """Return the target of the whole against its teams', for month, quarter and year to date.

    ``issued`` is the company's own, ``teams`` the sum of the teams' that have one (``known`` of ``units``;
    of the month those too that have not delivered), ``gap`` the one less the other.
    """
    rows = []
    for period in periods:
        own = [row if period.key == "month" else row[period.key] for row in teams]
        aims = [row["target"] for row in own]
        if period.key == "month":
            aims += [row["target"] for row in lacking]
        known = [aim for aim in aims if aim is not None]
        issued, summed = _issued(rulebook, "all", None, period), total(known)
        done = total([row["completed"] for row in own])
        aim = summed if issued is None else issued
        rows.append(
            {
                "period": period.key,
                "issued": issued,
                "teams": summed,
                "known": len(known),
                "units": len(teams) + len(lacking),
                "gap": None if issued is None or summed is None else total([issued, -summed]),
                "completed": done,
                "attainment": share(done, aim),
            }
        )
    return rows


def stages(found: Mapping[str, Told], known: Terms) -> list[dict[str, Any]]:
    """Return a row per stage of the company over all teams, and one per kind (name None) of what fits none.

    ``weighted`` is by each team's own chances.
    """
    rows: dict[tuple[str | None, str], list[Told]] = {(s.name, s.kind): [] for s in known.stages}
    for team, told in found.items():
        for row in told["stages"]:
            if row["count"] or known.stage_of[team][row["stage"]] is not None:
                name = known.stage_of[team][row["stage"]]
                kind = next((s.kind for s in known.stages if s.name == name), row["kind"])
                rows.setdefault((name, kind), []).append(row)
    return [
        {
            "stage": name,
            "kind": kind,
            **{key: sum(row[key] for row in some) for key in ("count", "open_count")},
            **{key: total([row[key] for row in some]) for key in ("open_amount", "weighted")},
        }
        for (name, kind), some in rows.items()
    ]


def grades(found: Mapping[str, Told], known: Terms) -> list[dict[str, Any]]:
    """Return how many customers have each of the company's grades; None is for all others."""
    often: Counter[str | None] = Counter()
    for team, told in found.items():
        for row in told["grades"]:
            often[known.grade_of[team].get(row["grade"])] += row["count"]
    every = sum(often.values())
    names = [*known.grades, *([None] if often[None] else [])]
    return [{"grade": n, "count": often[n], "share": ratio(often[n], every)} for n in names]
