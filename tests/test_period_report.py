"""月报, 季报 and 年报 against invented weeks, counted again in plain Python. docs/domain.md 9."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from click.testing import CliRunner

from salesxl import drawing
from salesxl.cli import main
from salesxl.errors import UsageError
from salesxl.files.packaged import shipped
from salesxl.messages import LOCALES, load
from salesxl.periodic import span_asked
from salesxl.render import render
from salesxl.rulebook import Member
from salesxl.summary.figures.calendar import span_of
from salesxl.summary.period import period_report
from salesxl.workspace import book
from salesxl.workspace.folder import TeamFolder
from tests.ordered import with_rows
from tests.recount import grids
from tests.teams import FRIDAY, MONDAY, WORDS, customer, report, rules, target, team, with_past
from tools.period_template import draw_period_template

ROSTER = (Member("甲", "一组", "华东"), Member("乙", "一组", "华东"))
TARGETS = (target(100_000), target(500_000, name="乙"), target(300_000, month=12))
WEEKS = [MONDAY - dt.timedelta(days=7 * back) for back in range(1, 8)]
"""The weeks before, back to that of 28 September, whose Thursday is in October."""


def past(signed: float = 70_000.0) -> list[tuple[dt.date, Any]]:
    return [
        (monday, {"weekly_report": [report(week_start=str(monday), completed=signed, collected_amount=1e4)]})
        for monday in WEEKS
    ]


def told(key: str = "month", **tables: Any) -> dict[str, Any]:
    own = tables.pop("own", {})
    given = {"weekly_report": [report(completed=50_000.0), report("乙", 90_000.0)], **tables}
    now = with_rows(with_past(team(**given), *past()), **own)
    return period_report(
        now, rules(members=ROSTER, targets=TARGETS), WORDS, span_of(key, FRIDAY, FRIDAY), "队"
    )


def test_signed_of_the_month_against_target_and_as_many_weeks_of_the_month_before():
    results = told()["results"]
    # W45 to W47 are November's three weeks so far; October's first three are W40 to W42
    assert {k: results["all"][k] for k in ("completed", "target", "before", "collected")} == {
        **{"completed": 50_000.0 + 90_000.0 + 2 * 70_000.0, "target": 600_000.0},
        **{"before": 3 * 70_000.0, "collected": 20_000.0},
    }
    assert results["all"]["growth"] == pytest.approx((280_000 - 210_000) / 210_000)
    assert results["all"]["yearly"] is None
    assert [(row["name"], row["completed"], row["attainment"]) for row in results["reps"]] == [
        ("甲", 190_000.0, 1.9),
        ("乙", 90_000.0, 0.18),
    ]


def test_a_quarter_of_which_a_whole_week_is_unknown_is_compared_with_nothing():
    results = told("quarter")["results"]
    assert results["all"]["completed"] == 50_000.0 + 90_000.0 + 7 * 70_000.0
    assert (results["all"]["before"], results["all"]["growth"]) == (None, None)


def issue(rep: str, problem: str, week: dt.date = MONDAY, measure: str = "先送旧款") -> dict[str, Any]:
    return {"rep": rep, "week_start": str(week), "problem": problem, "measure": measure}


def test_problems_of_all_weeks_stand_there_once_with_who_named_them_and_since_when():
    found = told(
        issue=[
            issue("甲", "样品库存不足，送样排队", WEEKS[1]),
            issue("乙", "样品库存不足 送样要排队！", measure="借用展品"),
            issue("甲", "竞品降价两成"),
            issue("甲", "上个月的事", WEEKS[4]),
        ]
    )["problems"]
    assert [(row["problem"], row["reps"], row["reports"]) for row in found] == [
        ("样品库存不足 送样要排队！", ["甲", "乙"], 2),
        ("竞品降价两成", ["甲"], 1),
    ]
    assert (found[0]["since"], found[0]["until"]) == (WEEKS[1], MONDAY)
    assert found[0]["measures_text"] == "甲：先送旧款；乙：借用展品"


def measure(**more: Any) -> dict[str, Any]:
    plain = {
        **{"rep": "乙", "措施": "走访6家老客户", "计划完成日期": "2026-11-18", "负责人": "乙"},
        **{"完成情况": "进行中", "周期开始": "2026-11-01", "周期结束": "2026-11-30"},
    }
    return {**plain, **more}


def test_who_is_below_the_warning_line_owes_an_improvement_plan_until_it_is_there():
    assert told()["owed"] == ["乙"]
    found = told(
        own={"改进计划": [measure(), measure(措施="上季的事", 周期开始="2026-07-01", 周期结束="2026-09-30")]}
    )
    assert found["owed"] == []
    assert [(row["measure"], row["late"], row["state"]) for row in found["measures"]] == [
        ("走访6家老客户", True, "已过期")
    ]
    (done,) = told(own={"改进计划": [measure(完成情况="已完成")]})["measures"]
    assert (done["open"], done["late"], done["state"]) == (False, False, "已完成")


def deal(name: str, amount: float, signed: str | None, week: str = "2026-11-16") -> dict[str, Any]:
    return {
        **{"customer_name": name, "rep": "甲", "round": 1, "amount": amount},
        **{"week_start": week, "signed_on": signed},
    }


def test_the_review_lists_what_was_won_and_lost_in_the_period_with_reasons():
    lost = {"stage": "线索终止", "status": "流失", "customer_no": "CRM202601001"}
    change = {
        **{"week_start": "2026-11-09", "table": "customer", "customer_no": "CRM202601001"},
        **{"field": "stage", "old": "需求确认", "new": "线索终止"},
    }
    older = {**change, "week_start": "2026-10-12", "customer_no": "CRM202601002"}
    # given as a state, not as weeks: what changed when is what is asked
    now = team(
        weekly_report=[report(completed=1.0)],
        deal=[
            deal("新签公司", 8e5, "2026-11-03"),
            deal("上月公司", 9e5, "2026-10-30"),
            deal("无日公司", 1e5, None),
        ],
        customer=[
            customer("丢单公司", loss_reason="价格过高", expected_amount=2e5, **lost),
            customer("早丢公司", **{**lost, "customer_no": "CRM202601002"}),
        ],
        change=[change, older],
    )
    found = period_report(now, rules(members=ROSTER), WORDS, span_of("month", FRIDAY, FRIDAY), "队")["review"]
    assert [(row["customer_name"], row["amount"]) for row in found["won"]] == [
        ("新签公司", 8e5),
        ("无日公司", 1e5),
    ]
    assert [(row["customer_name"], row["loss_reason"]) for row in found["lost"]] == [("丢单公司", "价格过高")]
    assert found["reasons"] == [{"reason": "价格过高", "count": 1, "amount": 2e5}]
    assert found["win_rate"] == pytest.approx(2 / 3)


def test_the_next_period_has_targets_and_what_is_expected_to_sign_in_it():
    found = told(
        customer=[
            customer("十二月", expected_close="2026-12-31", expected_amount=1e5),
            customer("本月底", expected_close="2026-11-30"),
            customer("明年", expected_close="2027-01-01"),
        ]
    )["next"]
    chance = float(next(s.probability for s in rules().stages if s.name == "需求确认"))
    first = found["reps"][0]
    assert {k: first[k] for k in ("name", "target", "count", "amount", "weighted", "short")} == {
        **{"name": "甲", "target": 300_000.0, "count": 1, "amount": 1e5, "weighted": 1e5 * chance},
        "short": 300_000.0 - 1e5 * chance,
    }
    assert (found["period"], found["all"]["target"]) == ("2026年12月", None)  # 乙 has none


@pytest.mark.parametrize("lang", LOCALES)
def test_every_sheet_is_rendered_and_that_of_orders_only_where_there_are_any(lang):
    words = load(lang, lambda block, field: None)
    source, sheets = draw_period_template(words), words.names("report_sheet")
    span, given = span_of("month", FRIDAY, FRIDAY), team(weekly_report=[report(completed=50_000.0)])
    without = period_report(given, rules(members=ROSTER, targets=TARGETS), words, span, "队")
    pages = grids(render(source, without, words=words))
    assert list(pages) == [name for key, name in sheets.items() if key != "orders"]
    assert ["甲", 50_000, 100_000, 0.5] in [row[1:5] for row in pages[sheets["overview"]]]
    line = {"rep": "甲", "订单编号": "D1", "数量": 2, "单价": 45_000.0, "下单日期": "2026-11-09"}
    some = period_report(with_rows(given, 销售订单=[line]), rules(members=ROSTER), words, span, "队")
    pages = grids(render(source, some, words=words))
    assert list(pages) == list(sheets.values())
    assert any(90_000 in row for row in pages[sheets["orders"]])


# ---- how a period is written, and from which book it is made


@pytest.mark.parametrize(
    ("key", "said", "first", "last"),
    [
        *(
            ("month", said, "2026-11-01", "2026-11-30")
            for said in ("2026-11", "2026年11月", "202611", "２０２６/11")
        ),
        *(("quarter", said, "2026-10-01", "2026-12-31") for said in ("2026Q4", "2026-q4", "2026年第4季度")),
        *(("year", said, "2026-01-01", "2026-12-31") for said in ("2026", "2026年")),
    ],
)
def test_a_period_may_be_written_in_several_ways(key, said, first, last):
    span = span_asked(key, said)
    assert (str(span.first), str(span.last)) == (first, last)


@pytest.mark.parametrize(("key", "said"), [("month", "2026-13"), ("quarter", "2026Q5"), ("year", "今年")])
def test_what_is_no_period_is_refused(key, said):
    with pytest.raises(UsageError) as refused:
        span_asked(key, said)
    assert refused.value.code == f"no_{key}"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> TeamFolder:
    """A team's folder with the books of two weeks: the last that begins in November, and one after it."""
    home = TeamFolder(tmp_path_factory.mktemp("teams") / "华东销售部", WORDS)
    home.root.mkdir()
    home.settings.write_bytes(drawing.settings_workbook(rules(members=ROSTER, targets=TARGETS)))
    for name, monday, signed in (("2026-W47", MONDAY, 1.0), ("2026-W49", dt.date(2026, 11, 30), 2.0)):
        made = team(
            monday + dt.timedelta(days=4),
            monday,
            weekly_report=[report(completed=50_000.0), report("乙", signed)],
        )
        home.week(name).mkdir()
        source = shipped(WORDS.text("file.book"))
        book.write_book(made, source, home.week(name) / WORDS.text("file.book"), WORDS)
    return home


def test_a_month_that_is_over_is_made_from_the_first_book_that_knows_all_of_it(folder):
    said = CliRunner().invoke(main, ["report", str(folder.root), "--month", "2026-11"])
    assert said.exit_code == 0, said.output
    assert "2026-W49" in said.output
    made = grids(folder.root / "月报季报年报" / "月报_2026-11.xlsx")
    assert made["业绩"][0][1] == "华东销售部 2026年11月月报"
    assert ["合计", 50_002] in [row[1:3] for row in made["业绩"]]


def test_a_period_that_is_not_over_is_made_from_the_last_book(folder):
    said = CliRunner().invoke(main, ["report", str(folder.root), "--year", "2026", "--format", "json"])
    assert '"completed": 50002' in said.output
    assert (folder.root / "月报季报年报" / "年报_2026.xlsx").is_file()


@pytest.mark.parametrize(
    ("words", "refused"),
    [
        (["--year", "2025"], "2025"),
        (["--month", "2027-01"], "2027-01"),
        ([], "--month"),
        (["--month", "2026-11", "--year", "2026"], "--month"),
    ],
)
def test_a_period_without_a_week_and_none_or_two_periods_are_refused(folder, words, refused):
    said = CliRunner().invoke(main, ["report", str(folder.root), *words])
    assert said.exit_code != 0
    assert refused in said.output
