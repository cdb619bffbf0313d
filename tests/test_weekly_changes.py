"""docs/domain.md 3.9: the bridge between two weeks' pipelines, and who moved."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from salesxl.model import Team
from salesxl.summary.figures import weekly_changes
from tests.teams import MONDAY, customer, rules, team

BEFORE = MONDAY - dt.timedelta(days=7)
OPEN, WON, LOST = {}, {"stage": "成交签约", "status": "成交"}, {"stage": "线索终止", "status": "流失"}
UNVERIFIED = {"carried": "unverified", "absences": 4}

Rows = Sequence[Mapping[str, Any]]


def two_weeks(old: Rows, new: Rows, changes: Rows = ()) -> tuple[Team, Team]:
    told = [{"week_start": MONDAY.isoformat(), "table": "customer", **row} for row in changes]
    return team(monday=BEFORE, customer=old), team(customer=new, change=told)


def one(number: int, amount: float | None = 100.0, rep: str = "甲", **more: Any) -> dict[str, Any]:
    return customer(f"客户{number}", customer_no=f"N{number}", expected_amount=amount, rep=rep, **more)


def bars(old: Rows, new: Rows, changes: Rows = ()) -> dict[str, float]:
    found = weekly_changes.bridge(weekly_changes.compared(*two_weeks(old, new, changes), rules()))
    return {bar["key"]: bar["amount"] for bar in found["bars"] if bar["count"]}


def listed(key: str, old: Rows, new: Rows, changes: Rows = ()) -> list[tuple[Any, ...]]:
    both = weekly_changes.compared(*two_weeks(old, new, changes), rules())
    names = ("customer_name", "was", "now", "amount")
    return [tuple(row[name] for name in names) for row in weekly_changes.lists(both, rules())[key]]


CAUSED = {"customer_no": "N1", "cause": "settings", "field": "stage"}


@pytest.mark.parametrize(
    ("old", "new", "changes", "expected"),
    [
        ([one(1)], [one(1, 120.0, **WON)], [], {"won": -100}),
        ([one(1)], [one(1, 120.0, **LOST)], [], {"lost": -100}),
        ([one(1)], [one(1, 120.0, **UNVERIFIED)], [], {"unverified": -100}),
        ([one(1)], [], [], {"removed": -100}),
        ([one(1)], [one(1, 70.0)], [], {"cut": -30}),
        ([one(1)], [one(1, 170.25)], [], {"up": 70.25}),
        ([], [one(1)], [], {"new": 100}),
        ([one(1, **WON)], [one(1, 30.0)], [], {"round": 30}),
        ([one(1, **LOST)], [one(1, 30.0)], [], {"round": 30}),
        ([one(1, **UNVERIFIED)], [one(1, 30.0)], [], {"returned": 30}),
        ([one(1)], [one(1, **WON)], [CAUSED], {"settings": -100}),
        ([one(1), one(2, 40.0)], [one(1)], [{"customer_no": "N2", "cause": "merge"}], {"corrected": -40}),
        ([one(1)], [one(1), one(2, 40.0)], [{"customer_no": "N2", "cause": "correction"}], {"corrected": 40}),
        ([one(1)], [one(1)], [], {}),
        ([one(1, None)], [one(1, 50.0)], [], {"up": 50}),
        ([one(1)], [one(1, None)], [], {"cut": -100}),
        ([one(1)], [one(1, rep="乙")], [{"customer_no": "N1", "cause": "handover", "field": "rep"}], {}),
    ],
)
def test_a_customer_is_in_the_bar_of_what_became_of_it(old, new, changes, expected):
    assert bars(old, new, changes) == expected


def test_of_two_claims_the_counted_one_is_the_customer():
    claims = [one(1, 300.0), one(1, 200.0, rep="乙", counted=False)]
    assert bars(claims, claims) == {}
    assert bars([one(1, 300.0)], claims) == {}
    other = [one(1, 300.0, **LOST, counted=False), one(1, 200.0, rep="乙", counted=True)]
    assert bars(claims, other) == {"claims": -100}


def test_a_customer_is_known_again_by_its_number_or_its_name():
    assert bars([one(1)], [one(1) | {"customer_name": "新名"}]) == {}
    unnumbered = customer("无号客户", expected_amount=10.0)
    assert bars([unnumbered], [unnumbered | {"customer_no": "N9"}]) == {}
    renamed = unnumbered | {"customer_no": "N9", "customer_name": "新名", "former_names": "无号客户"}
    assert bars([unnumbered], [renamed]) == {}


def test_who_moved_is_listed_with_what_stood_and_what_stands():
    assert listed("forward", [one(1)], [one(1, stage="谈判推进")]) == [("客户1", "需求确认", "谈判推进", 100)]
    assert listed("back", [one(1)], [one(1, stage="线索培育")]) == [("客户1", "需求确认", "线索培育", 100)]
    dates = [one(1, expected_close="2026-12-01")], [one(1, expected_close="2027-01-01")]
    assert listed("slipped", *dates) == [("客户1", dt.date(2026, 12, 1), dt.date(2027, 1, 1), 100)]
    assert listed("slipped", *reversed(dates)) == []
    assert listed("won", [one(1)], [one(1, 90.0, **WON)]) == [("客户1", "需求确认", "成交签约", 100)]
    assert listed("renamed", [one(1)], [one(1) | {"customer_name": "新名"}]) == [
        ("新名", "客户1", "新名", 100)
    ]
    assert listed("handed_over", [one(1)], [one(1, rep="乙")]) == [("客户1", "甲", "乙", 100)]
    gone = one(1, carried="missing", absences=1, absent_since=MONDAY.isoformat())
    assert [row[0] for row in listed("vanished", [one(1)], [gone])] == ["客户1"]
    assert listed("vanished", [one(1)], [one(1)]) == []


def test_larger_amounts_stand_first():
    assert [row[0] for row in listed("new", [], [one(1), one(2, 900.0), one(3, None)])] == [
        *("客户2", "客户1", "客户3")
    ]


def recounted(rows: Rows) -> int:
    """Add a pipeline up in fen, in plain Python."""
    every = [r for r in rows if r.get("counted") is not False and r["stage"] not in ("成交签约", "线索终止")]
    return sum(round((r["expected_amount"] or 0) * 100) for r in every if r.get("carried") != "unverified")


def week(draw: random.Random, before: Rows) -> list[dict[str, Any]]:
    """Return a week of a team at random, that goes on from another."""
    found = []
    for row in before:
        if draw.random() < 0.08:
            continue
        changed = {k: v for k, v in row.items() if k not in ("carried", "absences")}
        if draw.random() < 0.5:
            changed |= draw.choice([OPEN, WON, LOST, UNVERIFIED, {"stage": "谈判推进", "status": "意向"}])
        if draw.random() < 0.3:
            changed["expected_amount"] = draw.choice([None, round(draw.uniform(0, 9e6), 2)])
        if draw.random() < 0.1:
            changed["rep"] = draw.choice("甲乙丙")
        found.append(changed)
    first = len(before) * 10 + 1
    for number in range(first, first + draw.randrange(6)):
        found.append(one(number, round(draw.uniform(0, 9e6), 2), draw.choice("甲乙丙")))
    return [row for row in found if row.get("counted") is not False] + claims(draw, found)


def claims(draw: random.Random, rows: Rows) -> list[dict[str, Any]]:
    chosen = [row for row in rows if row.get("counted") is not False and draw.random() < 0.15]
    return [{**row, "rep": "丁", "counted": False, "expected_amount": 77.7} for row in chosen]


@pytest.mark.parametrize("seed", range(40))
def test_the_bars_of_any_two_weeks_add_up_to_the_fen(seed):
    draw = random.Random(seed)
    old = week(draw, [one(n, round(draw.uniform(0, 9e6), 2), draw.choice("甲乙")) for n in range(40)])
    new = week(draw, old)
    both = weekly_changes.compared(*two_weeks(old, new), rules())
    found = weekly_changes.bridge(both)
    start, end = (round(found[key]["amount"] * 100) for key in ("start", "end"))
    assert (start, end) == (recounted(old), recounted(new))
    assert sum(round(bar["amount"] * 100) for bar in found["bars"]) == end - start
    assert found["bars"][-1]["after"] == found["end"]["amount"]
    assert sum(bar["count"] for bar in found["bars"]) == int(both["bar"].notna().sum())
    assert both.index.is_unique
