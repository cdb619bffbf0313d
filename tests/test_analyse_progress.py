"""docs/domain.md 3.3: quarter and year to date, the other measures, quotas, adjusted targets."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, replace
from decimal import Decimal
from typing import Any

import pytest

from salesxl import settings
from salesxl.rulebook import Adjustment, Member, Target
from salesxl.rules import periods as targets
from salesxl.rules import workdays
from salesxl.summary import summarise
from salesxl.summary.figures import attainment, paths, progress
from salesxl.summary.figures import attainment as periods
from salesxl.summary.figures.plain import people
from tests.teams import MONDAY, WORDS, customer, report, rules, team, with_past

WEEK = dt.timedelta(days=7)
A, B = Member("甲", "一组", "华东", "软件"), Member("乙", "二组", "华东", "硬件")


def aim(period: str, amount: float, scope: str = "rep", name: str | None = "甲", measure: str = "signed"):
    return Target(2026, period, scope, name, measure, Decimal(str(amount)))


def said(monday: dt.date, rep: str = "甲", **figures: Any):
    return {"rep": rep, "week_start": monday.isoformat(), **figures}


def books(*weeks: tuple[dt.date, list[dict[str, Any]]], now: list[dict[str, Any]] | None = None, **more: Any):
    today = now if now is not None else [report(completed=10)]
    return with_past(team(weekly_report=today, **more), *((m, {"weekly_report": r}) for m, r in weeks))


# ------------------------------------------------------------------ periods


def test_the_periods_of_a_week_are_its_month_quarter_and_year():
    month, quarter, year = periods.periods(team())
    assert [(p.key, p.name, p.first, p.last) for p in (month, quarter, year)] == [
        ("month", "11", dt.date(2026, 11, 1), dt.date(2026, 11, 30)),
        ("quarter", "Q4", dt.date(2026, 10, 1), dt.date(2026, 12, 31)),
        ("year", "year", dt.date(2026, 1, 1), dt.date(2026, 12, 31)),
    ]
    assert [len(p.weeks) for p in (month, quarter, year)] == [3, 8, 47]
    assert {p.weeks[-1] for p in (month, quarter, year)} == {MONDAY}


@pytest.mark.parametrize(
    ("monday", "month", "quarter", "year"),
    [
        (dt.date(2026, 9, 28), "10", "Q4", 2026),  # its Thursday is 1 October
        (dt.date(2026, 9, 21), "9", "Q3", 2026),
        (dt.date(2026, 12, 28), "12", "Q4", 2026),  # 31 December
        (dt.date(2027, 1, 4), "1", "Q1", 2027),
        (dt.date(2025, 12, 29), "1", "Q1", 2026),  # 1 January
    ],
)
def test_a_week_counts_to_the_period_of_its_thursday(monday, month, quarter, year):
    found = periods.periods(team(as_of=monday, monday=monday))
    assert [(p.name, p.year) for p in found] == [(month, year), (quarter, year), ("year", year)]
    assert len(found[0].weeks) == (1 if month in ("10", "1") else len(found[0].weeks))


def test_this_weeks_reports_and_those_of_earlier_books_are_added_up_once_each():
    old = [said(MONDAY - WEEK, completed_amount=5.0), said(MONDAY, completed_amount=99.0)]
    one = books((MONDAY - WEEK, []), now=[report(completed=10)])
    again = with_past(one, *((dt.date.fromisoformat(r["week_start"]), {"weekly_report": [r]}) for r in old))
    one = again
    month = periods.periods(one)[0]
    assert periods.done(periods.reports(one), month) == {("甲", "signed"): 15}


def test_reports_of_weeks_to_come_do_not_count():
    one = team(weekly_report=[report(completed=10), said(MONDAY + WEEK, completed_amount=5.0)])
    assert periods.done(periods.reports(one), periods.periods(one)[1]) == {("甲", "signed"): 10}


def test_sums_of_reports_are_in_whole_fen():
    weeks = [said(MONDAY - WEEK * n, completed_amount=0.1) for n in range(3)]
    one = team(weekly_report=weeks)
    assert periods.done(periods.reports(one), periods.periods(one)[0]) == {("甲", "signed"): 0.3}


def test_runs_of_weeks_break_where_one_is_missing():
    weeks = [MONDAY - 3 * WEEK, MONDAY - WEEK, MONDAY]
    assert periods.runs(weeks) == [(44, 44), (46, 47)]
    assert periods.runs([]) == []


# ------------------------------------------------------------------ targets


def test_a_longer_period_without_a_target_has_the_sum_of_its_parts():
    months = [aim(str(m), m) for m in (10, 11, 12)]
    rulebook = rules(targets=months)
    assert targets.target_for(rulebook, "rep", "甲", 2026, "Q4", "signed") == 33
    assert targets.target_for(rulebook, "rep", "甲", 2026, "year", "signed") is None
    assert targets.target_for(rules(targets=months[:2]), "rep", "甲", 2026, "Q4", "signed") is None
    own = rules(targets=[*months, aim("Q4", 40)])
    assert targets.target_for(own, "rep", "甲", 2026, "Q4", "signed") == 40
    year = [aim(q, 10) for q in ("Q1", "Q2", "Q3")]
    assert targets.target_for(rules(targets=[*months, *year]), "rep", "甲", 2026, "year", "signed") == 63


def test_the_quota_stands_in_for_months_without_a_target():
    quota = {"quota_applies": True, "quota_signed": Decimal(100)}
    assert targets.rep_target(rules(**quota), "甲", 2026, "Q4", "signed") == ("quota", 300)
    assert targets.rep_target(rules(**quota), "甲", 2026, "year", "signed") == ("quota", 1200)
    mixed = rules(targets=[aim("11", 7)], **quota)
    assert targets.rep_target(mixed, "甲", 2026, "11", "signed") == ("settings", 7)
    assert targets.rep_target(mixed, "甲", 2026, "Q4", "signed") == ("quota", 207)
    assert targets.rep_target(rules(**quota), "甲", 2026, "11", "new_customers") == (None, None)
    assert targets.rep_target(rules(), "甲", 2026, "Q4", "signed") == (None, None)


def test_the_five_step_quota_is_what_it_says():
    five = settings.default_rulebook(quota="five-step")
    found = {m: targets.rep_target(five, "甲", 2026, "11", m)[1] for m in ("signed", "collected", "deals")}
    assert found == {"signed": 1_000_000, "collected": 600_000, "deals": 4}


# ------------------------------------------------------------------ quarter and year


def quarter_of(one, rulebook):
    _, quarter, _ = periods.periods(one)
    rows = progress.to_date(periods.reports(one), quarter, one, rulebook, people(one, rulebook))
    return {(r["scope"], r["name"]): r for r in rows}


def whole_quarter(done: float):
    """Build a team of which every week of the quarter is reported, with so much done in all."""
    start = MONDAY - 7 * WEEK
    weeks = [(start + WEEK * n, [said(start + WEEK * n, completed_amount=0.0)]) for n in range(7)]
    return books(*weeks, now=[report(completed=done)], as_of=dt.date(2026, 12, 18))


@pytest.mark.parametrize(
    ("done", "state", "below"),
    [(29_999.99, "warning", True), (30_000, "behind", False), (46_000, "good", False)],
)
def test_the_quarter_is_judged_as_the_month_is(done, state, below):
    one = whole_quarter(done)
    row = quarter_of(one, rules(members=[A], targets=[aim("Q4", 50_000)]))["rep", "甲"]
    assert (row["state"], row["below"]) == (state, below)
    assert (row["weeks"], row["weeks_due"], row["weeks_missing"]) == (8, 8, False)
    elapsed = workdays.between(dt.date(2026, 10, 1), dt.date(2026, 12, 31), one.as_of, {})
    assert row["pace"] == pytest.approx(done / 50_000 / elapsed.share)


def test_with_a_week_nobody_reported_figures_stand_but_are_not_judged():
    row = quarter_of(books(), rules(members=[A], targets=[aim("Q4", 50)]))["rep", "甲"]
    assert (row["completed"], row["attainment"]) == (10, 0.2)
    assert (row["pace"], row["expected"], row["state"], row["below"]) == (None, None, "unknown", False)
    assert (row["weeks"], row["weeks_due"], row["weeks_missing"]) == (1, 8, True)


def test_wholes_come_first_and_add_up_their_reps():
    now = [report("甲", 10), report("乙", 30)]
    found = quarter_of(books(now=now), rules(members=[A, B], targets=[aim("Q4", 40, "region", "华东")]))
    assert list(found) == [
        ("all", None), ("region", "华东"), ("product_line", "软件"), ("product_line", "硬件"),
        ("team", "一组"), ("team", "二组"), ("rep", "甲"), ("rep", "乙"),
    ]  # fmt: skip
    assert [r["completed"] for r in found.values()] == [40, 40, 10, 30, 10, 30, 10, 30]
    assert found["region", "华东"]["attainment"] == 1
    assert found["all", None]["target"] is None
    assert found["all", None]["attainment"] is None


@pytest.mark.parametrize("scope", ["region", "product_line", "team"])
def test_the_month_is_known_by_region_product_line_and_team(scope):
    now = [report("甲", 60), report("乙", 30)]
    one = team(weekly_report=now)
    name = getattr(A, scope)
    rulebook = rules(members=[A, B], targets=[aim("11", 100, scope, name)])
    persons = people(one, rulebook)
    pace = workdays.Pace(2026, 11, 21, 21, "official")
    reps = attainment.by_rep(one, rulebook, persons, pace)
    row = attainment.by_scope(reps, rulebook, persons, dt.date(2026, 11, 1), pace, scope)[0]
    assert (row[scope], row["target"], row["attainment"]) == (name, 100, 0.9 if scope == "region" else 0.6)


# ------------------------------------------------------------------ other measures


def measures_of(one, rulebook):
    month = periods.periods(one)[0]
    return progress.measures(periods.reports(one), month, rulebook, people(one, rulebook))


def test_collected_deals_and_new_customers_stand_beside_their_targets():
    now = [report("甲", 100, collected_amount=50, deals=2, new_customers=3)]
    goals = [
        aim("11", 200, measure="collected"),
        aim("11", 4, measure="deals"),
        aim("11", 0, measure="new_customers"),
    ]
    row, whole = measures_of(books(now=now), rules(members=[A], targets=goals))
    assert row["collected"] == {"done": 50, "target": 200, "attainment": 0.25}
    assert row["deals"] == {"done": 2, "target": 4, "attainment": 0.5}
    assert row["new_customers"] == {"done": 3, "target": 0, "attainment": None}
    assert row["average_deal"] == 50
    assert whole["collected"] == {"done": 50, "target": 200, "attainment": 0.25}


def test_without_deals_there_is_no_average_deal():
    for deals in (0, None):
        row, whole = measures_of(books(now=[report("甲", 100, deals=deals)]), rules(members=[A]))
        assert (row["average_deal"], whole["average_deal"]) == (None, None)


def test_who_leaves_the_count_of_deals_blank_does_not_lift_the_average():
    now = [report("甲", 100, deals=2), report("乙", 900)]
    *_, whole = measures_of(books(now=now), rules(members=[A, B]))
    assert (whole["signed"], whole["average_deal"]) == (100, 50)


# ------------------------------------------------------------------ quotas


def quota_of(one, elapsed=workdays.Pace(2026, 11, 20, 20, "official"), **parameters: Any):  # noqa: B008 - frozen
    five = asdict(settings.default_rulebook(quota="five-step").parameters)
    rulebook = rules(members=[A], **{k: v for k, v in five.items() if k.startswith("quota_")} | parameters)
    persons, every, month = people(one, rulebook), periods.reports(one), periods.periods(one)[0]
    reps = attainment.by_rep(one, rulebook, persons, elapsed)
    others = progress.measures(every, month, rulebook, persons)
    chances = paths.chances(one, rulebook)
    return progress.quotas(one, month, elapsed, rulebook, persons, reps, others, chances)


def full(completed=1_000_000.0, collected=600_000.0, deals=4, reserve=48, amount=1_000_000.0):
    now = [report("甲", completed, collected_amount=collected, deals=deals)]
    stands = [customer(f"客户{n}", expected_amount=amount, stage="需求确认") for n in range(reserve)]
    return team(weekly_report=now, customer=stands)


def test_without_quotas_there_are_no_rows():
    assert quota_of(full(), quota_applies=False) == []


@pytest.mark.parametrize(
    ("figures", "short"),
    [
        ({}, []),
        ({"completed": 999_999.99}, ["signed"]),  # 249,999.9975 a deal is 250,000.00
        ({"completed": 999_999.96}, ["signed", "average_deal"]),
        ({"collected": 599_999.99}, ["collected"]),
        ({"collected": 600_000.01}, []),
        ({"deals": 3}, ["deals"]),
        ({"deals": 5}, ["average_deal"]),
        ({"completed": 1_250_000.0, "deals": 5}, []),
        ({"reserve": 47}, ["reserve"]),
        ({"reserve": 49}, []),
        ({"amount": 83_333.0}, ["forecast"]),  # × 48 × 25 % = 999,996
        ({"amount": 83_333.34}, []),  # 1,000,000.08
        ({"amount": 83_333.34, "reserve": 47}, ["reserve", "forecast"]),
    ],
)
def test_what_is_below_its_quota_falls_short_and_what_is_at_it_does_not(figures, short):
    (row,) = quota_of(full(**figures))
    assert row["short"] == short


@pytest.mark.parametrize(
    ("completed", "short"), [(499_999.99, True), (500_000.0, False), (500_000.01, False)]
)
def test_during_the_month_the_share_due_by_working_days_is_asked_for(completed, short):
    (row,) = quota_of(full(completed=completed, deals=2), workdays.Pace(2026, 11, 10, 20, "official"))
    assert ("signed" in row["short"]) == short


@pytest.mark.parametrize(
    "unfit",
    [
        {"need": "无"},
        {"expected_amount": None},
        {"expected_amount": 0.0},
        {"status": "流失"},
        {"stage": "成交签约"},
    ],
)
def test_the_reserve_is_of_open_customers_with_a_concrete_need_and_an_amount(unfit):
    (row,) = quota_of(team(customer=[customer("a"), customer("b", **unfit)]))
    assert (row["reserve"], row["reserve_due"]) == (1, 48)


def test_the_reserve_asked_for_is_months_times_what_a_month_needs():
    (row,) = quota_of(full(), quota_reserve_per_month=10, quota_reserve_months=2)
    assert row["reserve_due"] == 20


def test_the_loss_of_the_reserve_is_measured_from_the_last_book_before_the_month():
    numbers = [f"CRM20260900{n}" for n in range(4)]
    then = [customer(f"客户{n}", customer_no=no) for n, no in enumerate(numbers)]
    lost = {"stage": "线索终止", "status": "流失"}
    now = [{**then[0], **lost}, *then[1:]]
    october, november = MONDAY - 3 * WEEK, MONDAY - WEEK
    one = team(customer=now)
    (row,) = quota_of(with_past(one, (october, {"customer": then}), (november, {"customer": then[:1]})))
    assert row["lost_rate"] == 0.25
    (row,) = quota_of(with_past(one, (november, {"customer": then[:2]})))
    assert row["lost_rate"] == 0.5
    assert quota_of(one)[0]["lost_rate"] is None


# ------------------------------------------------------------------ adjusted targets


def test_adjusted_targets_show_what_stood_before_each_change():
    made = (
        Adjustment(Decimal(50), "客户推迟", "纪要", "李", "王"),
        Adjustment(Decimal(45), "再推迟", "纪要", "李", "王"),
    )
    changed = replace(aim("11", 45), original=Decimal(60), adjustments=made)
    found = progress.adjustments(rules(targets=[changed, aim("12", 9)]), 2026)
    assert [(r["before"], r["amount"], r["reason"]) for r in found] == [
        (60, 50, "客户推迟"),
        (50, 45, "再推迟"),
    ]
    assert progress.adjustments(rules(targets=[changed]), 2025) == []


# ------------------------------------------------------------------ working days


def test_a_year_is_counted_by_the_official_calendar_and_the_teams_own_days():
    first, last = dt.date(2026, 1, 1), dt.date(2026, 12, 31)
    plain = workdays.between(first, last, last, {})
    own = workdays.between(first, last, last, {dt.date(2026, 11, 20): False})
    assert (plain.days - own.days, plain.source, own.source) == (1, "official", "official")
    assert workdays.between(first, last, dt.date(2026, 1, 1), {}).elapsed == 0


@pytest.mark.parametrize(
    ("figures", "short"),
    [
        ({"collected": None}, ["collected"]),
        ({"deals": None}, ["deals", "average_deal"]),
        ({"amount": None}, ["reserve", "forecast"]),
        ({"completed": None}, ["signed", "average_deal"]),
        ({"deals": 0}, ["average_deal"]),
    ],
)
def test_a_blank_is_short_of_its_quota_and_is_named(figures, short):
    (row,) = quota_of(full(**figures))
    assert set(short) <= set(row["short"])
    assert set(row["blank"]) == set(short) - {"reserve"}
    for key in set(short) - {"reserve"}:
        assert f"{WORDS.name('quota', key)}（空白）" in quota_text(full(**figures))


def quota_text(one):
    five = asdict(settings.default_rulebook(quota="five-step").parameters)
    rulebook = rules(members=[A], **{k: v for k, v in five.items() if k.startswith("quota_")})
    weeks = [(MONDAY - n * WEEK, [said(MONDAY - n * WEEK, completed_amount=0.0, deals=0)]) for n in (1, 2)]
    return summarise(with_past(one, *((m, {"weekly_report": r}) for m, r in weeks)), rulebook, WORDS)[
        "attainment"
    ]["quotas"][0]["short_names"]


def test_who_has_reported_nothing_is_short_of_everything_but_what_is_known():
    (row,) = quota_of(team())
    assert row["short"] == ["signed", "collected", "deals", "average_deal", "reserve", "forecast"]
    assert row["blank"] == ["signed", "collected", "deals", "average_deal", "forecast"]


def test_in_the_first_days_and_in_a_month_not_judged_only_what_stands_today_can_be_short():
    early = workdays.Pace(2026, 11, 4, 20, "official")
    (row,) = quota_of(full(completed=0.0, collected=None, deals=0, reserve=47), early)
    assert (row["short"], row["blank"]) == (["reserve"], [])


def test_what_is_not_asked_for_cannot_be_short():
    (row,) = quota_of(full(collected=None), quota_collected=Decimal(0))
    assert row["short"] == []


# ------------------------------------------------------------------ average deal


def test_the_average_deal_counts_only_weeks_that_report_their_deals():
    weeks = [
        (MONDAY - WEEK, [said(MONDAY - WEEK, completed_amount=900.0)]),  # no deals counted
        (MONDAY - 2 * WEEK, [said(MONDAY - 2 * WEEK, completed_amount=100.0, deals=1)]),
    ]
    row, whole = measures_of(books(*weeks, now=[report("甲", 50, deals=2)]), rules(members=[A]))
    assert (row["average_deal"], whole["average_deal"], row["deals"]["done"]) == (50, 50, 3)


def test_a_week_without_deals_counts_as_none_and_one_without_sales_is_left_out():
    weeks = [
        (MONDAY - WEEK, [said(MONDAY - WEEK, completed_amount=0.0, deals=0)]),
        (MONDAY - 2 * WEEK, [said(MONDAY - 2 * WEEK, deals=7)]),
    ]
    row, _ = measures_of(books(*weeks, now=[report("甲", 90, deals=3)]), rules(members=[A]))
    assert row["average_deal"] == 30


def test_in_the_first_days_of_a_quarter_it_is_not_judged():
    monday = dt.date(2026, 6, 29)
    one = team(dt.date(2026, 7, 3), monday, weekly_report=[said(monday, completed_amount=1.0)])
    row = quarter_of(one, rules(members=[A], targets=[Target(2026, "Q3", "rep", "甲", "signed", Decimal(9))]))
    assert (row["rep", "甲"]["state"], row["rep", "甲"]["pace"]) == ("early", None)
