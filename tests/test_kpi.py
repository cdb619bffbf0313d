"""考核: scores and ranks, counted again from invented orders, calls and expenses. docs/domain.md 8."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from salesxl import settings
from salesxl.messages import load
from salesxl.render import render
from salesxl.rulebook import Kpi, Member, Rulebook
from salesxl.summary.figures import kpi
from salesxl.summary.figures.calendar import span_of
from salesxl.summary.figures.plain import people
from salesxl.summary.period import period_report
from tests.ordered import with_rows
from tests.recount import grids
from tests.teams import FRIDAY, report, rules, target, team
from tests.test_orders import line
from tests.test_settings import read
from tools.period_template import draw_period_template

ROSTER = (Member("甲", "一组"), Member("乙", "一组"), Member("丙", "一组"))


def ruled(*kpis: tuple[str, str, str, str, str], **parameters: Any) -> Rulebook:
    given = tuple(Kpi(m, p, *map(Decimal, lines)) for m, p, *lines in kpis)
    return replace(rules(members=ROSTER, targets=[target(100_000)], **parameters), kpis=given)


def known(rulebook: Rulebook, *, own: dict[str, Any], **tables: Any) -> kpi.Known:
    given = with_rows(team(**{"weekly_report": [report(completed=80_000.0)], **tables}), **own)
    return kpi.Known.of(given, rulebook, people(given, rulebook))


def value(measure: str, key: str = "quarter", *, own: dict[str, Any], **tables: Any) -> dict[str, float]:
    told = known(rules(members=ROSTER, targets=[target(100_000)]), own=own, **tables)
    return dict(kpi.measured(told, measure, span_of(key, FRIDAY, FRIDAY)))


@pytest.mark.parametrize(
    ("lines", "actual", "wanted"),
    [
        (("30", "0", "1000000"), 500_000, 15.0),
        (("30", "0", "1000000"), 1_100_000, 33.0),
        (("30", "0", "1000000"), 9_000_000, 36.0),  # no more than 120 %
        (("30", "0.5", "1"), 0.4, 0.0),
        (("20", "0.3", "0"), 0.15, 10.0),  # less is better
        (("20", "0.3", "0"), 0.6, 0.0),
        (("15", "1.2", "1"), 1.0, 15.0),
    ],
)
def test_a_score_runs_from_the_zero_line_to_the_cap(lines, actual, wanted):
    assert kpi.score(Kpi("amount", "month", *map(Decimal, lines)), actual, 1.2) == pytest.approx(wanted)


ORDERS = [
    line(成本=60_000.0, 实际交货日期="2026-11-12"),
    line(订单编号="DD-2", 客户名称="山海公司", 数量=1, 交货日期="2026-11-12"),
    line(rep="乙", 订单编号="DD-3", 单价=1000.0, 下单日期="2026-10-09", 实际交货日期="2026-11-16"),
    line(rep="乙", 订单编号="DD-4", 客户名称="旧友公司", 下单日期="2026-01-09", 实际交货日期="2026-11-01"),
]


@pytest.mark.parametrize(
    ("measure", "key", "wanted"),
    [
        ("amount", "month", {"甲": 135_000.0}),
        ("amount", "quarter", {"甲": 135_000.0, "乙": 2_000.0}),
        ("volume", "quarter", {"甲": 3.0, "乙": 2.0}),
        ("profit", "quarter", {"甲": 30_000.0}),
        ("on_time", "quarter", {"甲": 0.5, "乙": 1.0}),
        ("new_customers", "quarter", {"甲": 2.0, "乙": 0.0}),
        ("churn", "quarter", {"乙": 1.0}),
        ("attainment", "month", {"甲": 0.8}),
    ],
)
def test_what_a_measure_is_made_of(measure, key, wanted):
    lines = [{**row, "客户名称": f"{row['rep']}的{row['客户名称']}"} for row in ORDERS]
    if measure == "new_customers":
        lines[2]["客户名称"] = lines[3]["客户名称"]
    assert value(measure, key, own={"销售订单": lines}) == wanted


def test_without_orders_amount_and_new_customers_are_those_of_the_reports():
    tables = {"weekly_report": [report(completed=80_000.0, new_customers=3)]}
    assert value("amount", "month", own={}, **tables) == {"甲": 80_000.0}
    assert value("new_customers", "month", own={}, **tables) == {"甲": 3.0}


def test_satisfaction_is_the_mean_of_the_calls_of_the_quarter():
    calls = [
        {"rep": "甲", "客户名称": "蓝湖公司", "回访时间": f"{day} 10:30", "满意度": points}
        for day, points in (("2026-10-01", 5), ("2026-11-20", 2), ("2026-09-30", 1))
    ]
    assert value("satisfaction", own={"售后回访": calls}) == {"甲": 3.5}


def told(period: str, measure: str, number: float, rep: str = "甲") -> dict[str, Any]:
    return {"rep": rep, "期间": period, "指标": measure, "数值": number, "来源": "财务"}


def test_expenses_are_held_against_the_budget_of_the_quarter_or_of_its_months():
    data = [
        *(told(f"2026年{m}月", "费用", 1_000.0 * m) for m in (9, 10, 11)),
        *(told(f"2026-{m}", "费用预算", 10_000.0) for m in (10, 11)),
        told("2026Q4", "费用", 500.0, "乙"),
        told("2026年第4季度", "费用预算", 1_000.0, "乙"),
    ]
    assert value("expense", own={"考核数据": data[:5]}) == {"甲": 21_000 / 20_000}
    assert value("expense", own={"考核数据": data[5:]}) == {"乙": 0.5}
    assert value("expense", "month", own={"考核数据": data}) == {"甲": 1.1}


def test_what_was_handed_in_for_the_period_goes_before_what_other_forms_tell():
    data = [
        told("2026Q4", "客户满意度", 4.6),
        told("2026Q3", "客户满意度", 1.0),
        told("2026-4", "客户满意度", 2.0),
    ]
    assert value("satisfaction", own={"考核数据": data}) == {"甲": 4.6}


def test_an_unknown_measure_leaves_its_weight_to_the_others_and_equal_scores_share_a_rank():
    rulebook = ruled(
        ("satisfaction", "quarter", "60", "0", "5"), ("expense", "quarter", "40", "2", "1"),
        ("amount", "month", "100", "0", "1"),
    )  # fmt: skip
    data = [
        *(told("2026Q4", "客户满意度", 4.0, rep) for rep in "甲乙"),
        *(told("2026Q4", name, 100.0) for name in ("费用", "费用预算")),
    ]
    rows = kpi.scores(known(rulebook, own={"考核数据": data}), span_of("quarter", FRIDAY, FRIDAY))
    assert [(row["rep"], row["score"], row["rank"], row["known"]) for row in rows] == [
        ("甲", 48.0 + 40.0, 1, 100.0),
        ("乙", 48.0 / 60 * 100, 2, 60.0),
        ("丙", None, None, 0.0),
    ]
    same = kpi.ranked(
        [{"rep": r, "score": s} for r, s in (("甲", 1.0), ("乙", 2.0), ("丙", 1.0), ("丁", 0.5))]
    )
    assert [(row["rep"], row["rank"]) for row in same] == [("乙", 1), ("甲", 2), ("丙", 2), ("丁", 4)]


def test_a_year_is_the_mean_of_its_quarters_that_are_known():
    rulebook = ruled(("satisfaction", "quarter", "100", "0", "5"))
    data = [told("2026Q1", "客户满意度", 5.0), told("2026年第3季度", "客户满意度", 4.0)]
    rows = kpi.mean_of(known(rulebook, own={"考核数据": data}), span_of("year", FRIDAY, FRIDAY), "quarter")
    assert (rows[0]["rep"], rows[0]["parts"], rows[0]["score"]) == ("甲", [100.0, None, 80.0, None], 90.0)


# ---- the sheet of the settings


def row(measure: str, period: str, weight: object, zero: object = 0, full: object = 1) -> list[object]:
    return [measure, period, weight, zero, full]


def test_measures_are_read_from_their_sheet_and_the_presets_make_one_hundred():
    found, remarks = read(
        考核指标=[row("达成率", "月", 100, "0.5", "1"), row("客户流失率", "季", 100, 0.3, 0)]
    )
    assert remarks == []
    assert found.kpis == (
        Kpi("attainment", "month", Decimal(100), Decimal("0.5"), Decimal(1)),
        Kpi("churn", "quarter", Decimal(100), Decimal("0.3"), Decimal(0)),
    )
    preset = settings.default_rulebook().kpis
    for period in ("month", "quarter"):
        assert sum(k.weight for k in preset if k.period == period) == 100


@pytest.mark.parametrize(
    ("rows", "code", "cell", "kept"),
    [
        ([row("销售额", "月", 60), row("签约额", "月", 40)], "duplicate", "A4", 1),
        ([row("销售额", "月", 100, 1, 1)], "range", "E3", 0),
        ([row("销售额", "月", 60), row("销售量", "月", 30)], "mismatch", "C3", 2),
        ([row("笑容", "月", 100)], "choice", "A3", 0),
    ],
)
def test_faults_of_the_sheet_stand_at_their_cell(rows, code, cell, kept):
    found, remarks = read(考核指标=rows)
    assert (code, cell) in [(f.code, f.place.cell) for f in remarks]
    assert len(found.kpis) == kept


@pytest.mark.parametrize(("lang", "key"), [("zh", "month"), ("en", "quarter"), ("zh", "year")])
def test_the_sheet_of_scores_has_a_column_per_measure_and_a_pair_of_rows_per_rep(lang, key):
    words = load(lang, lambda block, field: None)
    rulebook = ruled(("satisfaction", "quarter", "100", "0", "5"), ("amount", "month", "100", "0", "100000"))
    data = [told("2026Q4", "客户满意度", 4.0), told("2026Q3", "客户满意度", 3.0)]
    given = with_rows(team(weekly_report=[report(completed=80_000.0)]), 考核数据=data)
    figures = period_report(given, rulebook, words, span_of(key, FRIDAY, FRIDAY), "队")
    page = grids(render(draw_period_template(words), figures, words=words))[words.name("report_sheet", "kpi")]
    wanted = {"month": ["甲", 80, 1], "quarter": ["甲", 80, 1, 60, 1], "year": ["甲", 70, 1]}[key]
    shown = [[cell for cell in line if isinstance(cell, (int, float)) or cell == "甲"] for line in page]
    if key == "year":
        assert wanted in shown
    else:
        at = next(n for n, line in enumerate(page) if line[1] == "甲")
        assert [cell for cell in page[at + 1] if isinstance(cell, (int, float))][1:] == wanted[1:]
