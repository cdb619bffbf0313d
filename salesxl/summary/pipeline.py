"""阶段漏斗 and 预测: figures with the sentences that go with them. docs/domain.md 3.2, 3.4.

Owns which figures these sheets are given. Refuses: computing them; each question has its module.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import pandas as pd

from salesxl.messages import Words
from salesxl.model import Team
from salesxl.rulebook import Rulebook
from salesxl.rules.money import total
from salesxl.summary.figures import losses, paths, pipeline, progress, stage_time
from salesxl.summary.figures.attainment import periods
from salesxl.summary.figures.counting import counting
from salesxl.summary.figures.plain import Person, percent, teams_of, true, wan
from salesxl.summary.today import names

__all__ = ["stages_section"]

MEDIAN = Decimal("0.5")


def stages_section(
    team: Team,
    rulebook: Rulebook,
    words: Words,
    persons: Sequence[Person],
    chances: pipeline.Chances,
    context: Mapping[str, Any],
) -> dict[str, Any]:
    """Return 阶段漏斗 and 预测: the path, its leak, the forecast, days in each stage, what targets take."""
    customers = counting(team.tables["customer"], rulebook)
    found = pipeline.by_stage(customers, rulebook, chances, paths.furthest(team, rulebook))
    path = [s for s in found if s["reached"] is not None]
    leak = pipeline.leak(path)
    told = _needed(path, rulebook, context)
    days = _days(found, team, rulebook)
    for row in found:
        row["kind_name"] = words.name("stage_kind", row["kind"])
        row["leak"] = leak is not None and row["stage"] == leak["from"]
        row["mark"] = words.text("summary.funnel.leak_mark") if row["leak"] else ""
        row["chance_name"] = _chance_name(row, words)
    if leak is not None:
        leak = {**leak, "line": _leak_line(leak, words)}
    sign = next((s for s in path if s["kind"] == "won"), None)
    reps = pipeline.by_rep(customers, rulebook, tuple(p.name for p in persons), chances)
    lost = progress.reserve_lost(team, periods(team)[0], rulebook)
    for row in reps:
        row["lost_rate"] = lost.get(row["rep"])
    return {
        "names": [s["stage"] for s in found],
        "counts": {s["stage"]: s["count"] for s in found},
        "stages": found,
        "path": path,
        "reps": reps,
        "lost_rate": lost.get(None),
        **_groups(customers, rulebook, words, persons, chances),
        "leak": leak,
        "leak_line": leak["line"] if leak else words.text("summary.funnel.no_leak"),
        "ideal_line": words.gap.join([_ideal_line(path, words), *_won_line(path, sign, words)]),
        "lead_to_won": sign["reached_share"] if sign else None,
        "needed_line": _needed_line(told, path, words),
        "chance_line": _chance_line(found, rulebook, words),
        "days_line": words.text("summary.funnel.days_rule", share=percent(days)),
        "count": len(customers),
        "amount": total(customers["expected_amount"]),
        "open_count": sum(s["open_count"] for s in found),
        "open_amount": total([s["open_amount"] for s in found]),
        "forecast": pipeline.forecast(found),
        "win_rate": context["losses"]["all"]["win_rate"],
    }


def _needed(
    path: Sequence[dict[str, Any]], rulebook: Rulebook, context: Mapping[str, Any]
) -> dict[str, Any] | None:
    """Put on the path how many customers it takes to close the month's gap, as things go and ideally."""
    gap, average = context["attainment"]["all"]["gap"], context["losses"]["all"]["average_deal"]
    if average is None and rulebook.parameters.quota_applies:
        average = float(rulebook.parameters.quota_average_deal)
    wanted = gap if gap is not None and gap > 0 else None
    ideal = [{**s, "conversion": s["ideal"]} for s in path]
    for key, steps in (("needed", path), ("needed_ideal", ideal)):
        for row, count in zip(path, pipeline.needed(steps, wanted, average), strict=True):
            row[key] = count
    told = any(row["needed"] is not None for row in path)
    return {"gap": gap, "average": average} if told else None


def _needed_line(told: Mapping[str, Any] | None, path: Sequence[Mapping[str, Any]], words: Words) -> str:
    if told is None:
        return words.text("summary.funnel.needed_none")
    line = words.text("summary.funnel.needed_rule", gap=wan(told["gap"]), average=wan(told["average"]))
    top = path[0]
    if top["needed"] is None or top["needed_ideal"] is None:
        return line
    opened = sum(s["open_count"] for s in path)
    facts = {"stage": top["stage"], "count": top["needed"], "ideal": top["needed_ideal"], "open": opened}
    return line + words.gap + words.text("summary.funnel.needed_top", **facts)


def _days(found: Sequence[dict[str, Any]], team: Team, rulebook: Rulebook) -> float:
    """Put on each stage how long customers stay: usually, at most before it is long, and who is over it."""
    share = rulebook.parameters.stuck_percentile
    every = stage_time.stays(team, rulebook)
    usual, long = stage_time.long_after(every, MEDIAN), stage_time.long_after(every, share)
    for row in found:
        mine = every[true(every["stage"] == row["stage"])]
        limit = long.get(row["stage"])
        over = mine[~mine["over"] & true(mine["days"] > limit)] if limit is not None else mine[:0]
        is_open = row["kind"] == "open"
        row |= {
            "days_usual": usual.get(row["stage"]),
            "days_long": limit,
            "stays": len(mine) if is_open else None,
        }
        row["stuck"] = len(over) if limit is not None else None
    return float(share)


def _leak_line(leak: Mapping[str, Any], words: Words) -> str:
    facts = {"from_stage": leak["from"], "to_stage": leak["to"], "conversion": percent(leak["conversion"])}
    key = "leak" if leak["conversion"] else "leak_all"
    return words.text(f"summary.funnel.{key}", reached=leak["reached"], stopped=leak["stopped"], **facts)


def _ideal_line(path: Sequence[Mapping[str, Any]], words: Words) -> str:
    """Say where the funnel falls furthest short of the ideal one."""
    below = pipeline.farthest_below(path)
    if below is None:
        known = any(s["short"] is not None for s in path)
        return words.text(f"summary.funnel.{'ideal_fine' if known else 'ideal_none'}")
    after = path[[s["stage"] for s in path].index(below["stage"]) + 1]
    return words.text(
        "summary.funnel.ideal_below",
        from_stage=below["stage"],
        to_stage=after["stage"],
        conversion=percent(below["conversion"]),
        ideal=percent(below["ideal"]),
    )


def _won_line(path: Sequence[Mapping[str, Any]], sign: Mapping[str, Any] | None, words: Words) -> list[str]:
    """Say how many of those on top have signed."""
    if sign is None or sign["reached_share"] is None:
        return []
    share = percent(sign["reached_share"])
    return [words.text("summary.funnel.won", stage=path[0]["stage"], reached=path[0]["reached"], share=share)]


def _chance_name(row: Mapping[str, Any], words: Words) -> str:
    """Say where a stage's probability is from."""
    if row["kind"] != "open":
        return ""
    return words.text(f"summary.funnel.chance_{row['probability_source']}", cases=row["cases"])


def _chance_line(found: Sequence[Mapping[str, Any]], rulebook: Rulebook, words: Words) -> str:
    own = [s["stage"] for s in found if s["kind"] == "open" and s["probability_source"] == "history"]
    key = "chances_none" if not own else "chances"
    enough = rulebook.parameters.history_cases
    return words.text(f"summary.funnel.{key}", cases=enough, stages=names(own, words, len(own)))


def _groups(
    customers: pd.DataFrame,
    rulebook: Rulebook,
    words: Words,
    persons: Sequence[Person],
    chances: pipeline.Chances,
) -> dict[str, list[dict[str, Any]]]:
    """Return the stages by team, industry and source; customers without one stand under the word for that."""
    blank = words.text("summary.unknown")
    team_of = {p.name: p.team for p in persons}
    cut = customers.assign(
        team=customers["rep"].map(team_of).astype("string").fillna(blank),
        industry=losses.main_industry(customers).fillna(blank),
        source=customers["source"].fillna(blank),
    )
    order = {
        "team": teams_of(tuple(persons)),
        "industry": [row["industry"] or blank for row in losses.industries(customers, rulebook)],
        "source": [row["source"] or blank for row in losses.sources(customers, rulebook)],
    }
    found = {}
    for column, known in order.items():
        present = [*known, *([blank] if blank not in known and (cut[column] == blank).any() else [])]
        found[f"{column}_groups"] = pipeline.by_group(cut, rulebook, column, present, chances)
    return found
