"""docs/domain.md 3.4: how far customers came, and the chance to win from the team's own cases."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from salesxl.summary.figures import paths, pipeline
from tests.teams import MONDAY, customer, rules, team, with_past

WEEK = dt.timedelta(days=7)
PATHS = {
    "process": ("线索培育", "需求确认", "方案呈现", "谈判推进", "成交签约", "线索终止"),
    "crm": ("线索", "需求分析", "方案制定", "商务谈判", "成交", "失败"),
    "toolbox": ("需求确认", "方案提供", "商务谈判", "合同签订", "流失"),
}


def named(name, stage, status="意向"):
    return customer(name, stage=stage, status=status)


def after(was, now):
    """Build a team from pairs of (stage a week ago, (stage, status) now)."""
    before = [named(f"客户{n}", stage) for n, stage in enumerate(was)]
    today = [named(f"客户{n}", stage, status) for n, (stage, status) in enumerate(now)]
    return with_past(team(customer=today), (MONDAY - WEEK, {"customer": before}))


WON, LOST = ("成交签约", "成交"), ("线索终止", "流失")


@pytest.mark.parametrize(("cases", "source"), [(29, "settings"), (30, "history"), (31, "history")])
def test_own_cases_count_once_there_are_enough(cases, source):
    one = after(["方案呈现"] * cases, [WON] * 12 + [LOST] * (cases - 12))
    found = paths.chances(one, rules())
    assert (found["方案呈现"].source, found["方案呈现"].cases, found["方案呈现"].won) == (source, cases, 12)
    own = (Decimal(12) / cases).quantize(Decimal("0.0001"))
    assert found["方案呈现"].probability == (own if source == "history" else Decimal("0.45"))


@pytest.mark.parametrize(("preset", "names"), PATHS.items())
def test_who_was_lost_was_a_case_of_the_stages_up_to_the_furthest_and_who_won_of_all(preset, names):
    second, won, off = names[1], names[-2], names[-1]
    one = after([second, second, names[0]], [(won, "成交"), (off, "流失"), (off, "流失")])
    found = paths.chances(one, rules(stages=preset, history_cases=1))
    shares = {name: (found[name].won, found[name].cases) for name in names[:-2]}
    expected = {names[0]: (1, 3), second: (1, 2)} | dict.fromkeys(names[2:-2], (1, 1))
    assert shares == expected
    assert {found[name].source for name in names[:-2]} == {"history"}
    assert {found[name].source for name in (won, off)} == {"settings"}


def test_who_was_never_seen_open_or_is_open_still_is_no_case():
    one = after(["成交签约", "方案呈现"], [WON, ("谈判推进", "意向")])
    assert {c.cases for c in paths.chances(one, rules()).values()} == {0}
    assert {c.cases for c in paths.chances(team(customer=[named("a", *WON)]), rules()).values()} == {0}


def test_who_has_gone_from_the_books_is_what_the_last_book_says():
    before = (MONDAY - 2 * WEEK, {"customer": [named("a", "方案呈现")]})
    later = (MONDAY - WEEK, {"customer": [named("a", *LOST)]})
    found = paths.chances(with_past(team(), before, later), rules())
    assert [found[s].cases for s in PATHS["process"][:4]] == [1, 1, 1, 0]


def test_the_forecast_goes_by_the_chance_that_holds_and_says_which():
    one = after(["方案呈现"] * 4, [WON, LOST, LOST, ("方案呈现", "意向")])
    rulebook = rules(history_cases=3)
    rows = pipeline.by_stage(one.tables["customer"], rulebook, paths.chances(one, rulebook))
    third = rows[2]
    assert (third["probability"], third["probability_source"], third["cases"]) == (0.3333, "history", 3)
    assert third["weighted"] == 33_330
    assert (rows[3]["probability_source"], rows[3]["cases"]) == ("settings", 1)


def test_lost_customers_count_as_reached_up_to_the_furthest_stage_a_book_saw_them_in():
    one = after(["谈判推进", "需求确认", "谈判推进"], [LOST, LOST, WON])
    come = paths.furthest(one, rules())
    assert come.tolist() == [3, 1, 4]
    rows = pipeline.by_stage(one.tables["customer"], rules(), came=come)
    assert [r["reached"] for r in rows[:6]] == [3, 3, 2, 2, 1, 0]
    assert [r["lost"] for r in rows[:6]] == [0, 1, 0, 1, 0, 0]
    assert rows[1]["conversion"] == pytest.approx(2 / 3)


def test_without_earlier_books_it_is_not_known_where_customers_were_lost():
    one = team(customer=[named("a", *LOST)])
    assert paths.furthest(one, rules()) is None
    assert {r["lost"] for r in pipeline.by_stage(one.tables["customer"], rules())} == {None}


@pytest.mark.parametrize(
    ("preset", "ideal"),
    [
        ("process", [0.4, 0.25 / 0.45, 0.45 / 0.7, 0.7, None, None]),
        ("crm", [0.4, 0.25 / 0.45, 0.45 / 0.7, 0.7, None]),
        ("toolbox", [0.5, 0.4 / 0.7, 0.7, None]),
    ],
)
def test_the_ideal_conversion_is_the_chance_of_the_stage_by_that_of_the_next(preset, ideal):
    rows = pipeline.by_stage(team(customer=[]).tables["customer"], rules(stages=preset))
    assert [r["ideal"] for r in rows[:-1]] == pytest.approx(ideal)


@pytest.mark.parametrize(("onward", "below"), [(3, True), (4, False), (5, False)])
def test_a_step_is_below_the_ideal_only_if_fewer_go_on_than_the_ideal_share(onward, below):
    rows = [named(f"a{n}", "线索培育") for n in range(10 - onward)]
    rows += [named(f"b{n}", *WON) for n in range(onward)]
    found = pipeline.by_stage(team(customer=rows).tables["customer"], rules())
    worst = pipeline.farthest_below(found[:6])
    assert (worst is not None and worst["stage"] == "线索培育") == below
    assert found[0]["short"] == pytest.approx(onward / 10 - 0.4)
    assert [r["ideal_reached"] for r in found[:6]] == [10, 4, 2, 1, 1, None]


def test_a_group_has_counts_open_amounts_forecast_and_win_rate():
    rows = [named("a", "方案呈现"), named("b", *WON), named("c", *LOST), named("d", *LOST)]
    table = team(customer=[{**r, "source": s} for r, s in zip(rows, "展展展转", strict=True)]).tables[
        "customer"
    ]
    one, other, none = pipeline.by_group(table, rules(), "source", ("展", "转", "无"))
    assert (one["counts"]["方案呈现"], one["amounts"]["方案呈现"], one["total"]) == (1, 100_000, 3)
    assert (one["amount"], one["open_amount"], one["weighted"]) == (300_000, 100_000, 45_000)
    assert (one["won"], one["lost"], one["win_rate"]) == (1, 1, 0.5)
    assert (other["open_amount"], other["win_rate"]) == (None, 0)
    assert (none["total"], none["amount"], none["win_rate"]) == (0, None, None)
