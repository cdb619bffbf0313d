"""本周变化, 各周业绩 and what the first page says of last week. docs/domain.md 3.9."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from salesxl.messages import LOCALES, load
from salesxl.render import render
from salesxl.rulebook import Member
from salesxl.summary import summarise
from tests.recount import grids
from tests.teams import MONDAY, WORDS, customer, report, rules, submission, team, with_past
from tools.summary_template import draw_summary_template

BEFORE = MONDAY - dt.timedelta(days=7)
GONE = {"carried": "missing", "absences": 1, "absent_since": MONDAY.isoformat()}


def one(number: int, amount: float = 100_000.0, **more: Any) -> dict[str, Any]:
    return customer(f"客户{number}", **{"customer_no": f"N{number}", "expected_amount": amount, **more})


def seen(old: list[dict[str, Any]], new: list[dict[str, Any]], lang: str = "zh") -> dict[str, Any]:
    words = WORDS if lang == "zh" else load(lang, lambda block, field: None)
    before = team(monday=BEFORE, as_of=BEFORE + dt.timedelta(4), customer=old, submission=[submission()])
    return summarise(team(customer=new, submission=[submission()]), rules(), words, before)


OLD = [one(1), one(2, 900_000), one(3, 50_000)]
NEW = [one(1, stage="成交签约", status="成交"), one(2, 900_000, **GONE), one(3, 80_000), one(4, 20_000)]


def test_the_page_names_the_week_it_compares_with_and_how_many_lie_between():
    assert "2026年第46周（2026-11-09 至 2026-11-15）" in seen(OLD, NEW)["changes"]["compared"]
    assert "中间" not in seen(OLD, NEW)["changes"]["compared"]
    early = team(monday=MONDAY - dt.timedelta(days=28), customer=OLD)
    told = summarise(team(customer=NEW), rules(), WORDS, early)["changes"]["compared"]
    assert "中间有 3 周没有汇总" in told


def test_the_bridge_runs_between_the_figures_of_the_two_summaries():
    found = seen(OLD, NEW)
    rows = found["changes"]["rows"]
    assert [(r["name"], r["amount"], r["after"]) for r in rows] == [
        ("上周在谈", None, 1_050_000),
        ("成交", -100_000, 950_000),
        ("新增客户", 20_000, 970_000),
        ("金额调增", 30_000, 1_000_000),
        ("本周在谈", None, 1_000_000),
    ]
    assert found["stages"]["open_amount"] == rows[-1]["after"]
    trend = {row["key"]: row for row in found["trend"]["rows"]}
    assert trend["open_amount"]["before"] * 10_000 == rows[0]["after"]
    assert found["changes"]["line"] in found["headline"]


def test_the_chart_stands_on_what_came_before():
    drawn = [
        (r["name"], r["base"], r["whole"] or r["rise"] or r["fall"])
        for r in seen(OLD, NEW)["chart"]["bridge"]
    ]
    assert drawn == [
        ("上周在谈 105", 0, 20),
        ("成交 −10", 10, 10),
        ("新增客户 +2", 10, 2),
        ("金额调增 +3", 12, 3),
        ("本周在谈 100", 0, 15),
    ]


def test_a_chart_is_cut_off_below_only_where_the_pipeline_would_hide_what_moved():
    low = seen([one(1, 100_000)], [one(1, 160_000)])
    assert [(r["base"], r["whole"]) for r in low["chart"]["bridge"]] == [(0, 10), (10, None), (0, 16)]
    assert "截去" not in low["changes"]["chart_title"]
    assert [r["whole"] for r in seen(OLD, OLD)["chart"]["bridge"]] == [105, 105]
    assert "截去" in seen(OLD, NEW)["changes"]["chart_title"]


@pytest.mark.parametrize("lang", LOCALES)
def test_the_sheet_shows_the_bridge_and_every_list(lang):
    words = load(lang, lambda block, field: None)
    made = grids(render(draw_summary_template(words), seen(OLD, NEW, lang)))
    shown = [
        str(cell) for row in made[words.name("summary_sheet", "changes")] for cell in row if cell is not None
    ]
    for key in ("vanished", "won", "new", "up"):
        assert any(cell.startswith(words.name("weekly_change", key)) for cell in shown), key
    assert not any(cell.startswith(words.name("weekly_change", "slipped")) for cell in shown)
    assert not any("{{" in cell for cell in shown)


def test_a_first_week_has_nothing_to_compare_with():
    found = summarise(team(customer=NEW, submission=[submission()]), rules(), WORDS)
    assert (found["changes"]["known"], found["changes"]["lists"], found["last_today"]) == (False, [], [])
    made = grids(render(draw_summary_template(WORDS), found))["本周变化"]
    shown = [cell for row in made for cell in row if cell is not None]
    assert found["changes"]["line"] in shown
    assert not {"项目", "序号"} & set(shown)


def test_a_row_of_a_list_leads_to_the_customer_and_the_rep():
    (won,) = next(row["rows"] for row in seen(OLD, NEW)["changes"]["lists"] if row["key"] == "won")
    found = seen(OLD, NEW)
    first, last = won["span"]
    assert first == last
    assert found["detail"]["rows"][first - 1]["customer_no"] == "N1"
    assert won["page"] == "'甲'!A1"


def test_a_vanished_customer_is_a_task_and_stands_in_the_headline():
    found = seen(OLD, NEW)
    (task,) = [item for item in found["today"] if item["kind"] == "vanished"]
    assert "客户2" in task["text"]
    assert "90 万元" in task["text"]
    assert task["sheet"] == "changes"
    assert "1 家客户从档案里不见了，涉及 90 万元" in found["headline"]


def test_a_vanished_customer_of_unknown_amount_is_a_task_from_the_second_archive_on():
    def kinds(absences: int) -> list[str]:
        gone = one(1, None, carried="missing", absences=absences, absent_since=MONDAY.isoformat())
        return [item["kind"] for item in seen([one(1, None)], [gone])["today"]]

    assert "vanished" not in kinds(1)
    assert "vanished" in kinds(2)


def test_last_weeks_tasks_say_what_became_of_them():
    late = {"last_contact": "2026-06-01"}
    old = [one(1, **late), one(2, **late)]
    found = seen(old, [one(1, last_contact="2026-11-19"), one(2, **late)])
    told = [(item["text"], item["state"]) for item in found["last_today"] if item["kind"] == "overdue"]
    by_name = {name: state for name in ("客户1", "客户2") for text, state in told if name in text}
    assert by_name == {"客户1": "done", "客户2": "open"}


def test_a_report_that_was_missing_is_done_once_it_came_in():
    both = rules(members=[Member("甲"), Member("乙")])
    owed = {"submission": [submission(), submission("乙", "weekly_report", status="missing")]}
    before = team(monday=BEFORE, as_of=BEFORE + dt.timedelta(6), customer=[one(1)], **owed)
    late = report("乙", 5.0, week_start=BEFORE.isoformat())
    states = []
    for reports in ([], [late]):
        now = team(customer=[one(1)], submission=[submission()], weekly_report=reports)
        told = summarise(now, both, WORDS, before)["last_today"]
        states += [item["state"] for item in told if item["kind"] == "missing"]
    assert states == ["open", "done"]


# ---- totals count a customer once


CLAIMS = [one(1, 300_000, stage="谈判推进"), one(1, 200_000, rep="乙", counted=False)]


def test_of_two_claims_every_total_counts_one_and_the_lists_show_both():
    found = summarise(team(customer=[*CLAIMS, one(2)]), rules(), WORDS)
    stages, grades = found["stages"], found["grades"]
    assert (stages["count"], stages["open_amount"]) == (2, 400_000)
    by_rep = {row["rep"]: (row["total"], row["open_amount"]) for row in stages["reps"]}
    assert by_rep == {"甲": (2, 400_000), "乙": (0, None)}
    assert sum(row["total"] for row in grades["reps"]) == grades["total"] == 2
    assert sum(row["weighted"] or 0 for row in stages["reps"]) == stages["forecast"]
    assert found["losses"]["all"]["count"] == 2
    late = [{**one, "last_contact": "2026-06-01"} for one in CLAIMS]
    assert "30 万元" in summarise(team(customer=late), rules(), WORDS)["cards"]["overdue"]["note"]
    assert {(row["rep"], row["counts"]) for row in found["detail"]["rows"]} == {("甲", True), ("乙", False)}
    assert {(c["rep"], c["counted_text"]) for c in found["conflicts"]["claims"]} == {
        ("甲", "是"),
        ("乙", "否（只算另一人的）"),
    }


def test_what_nobody_can_verify_is_out_of_the_pipeline():
    unsure = one(1, carried="unverified", absences=4)
    found = summarise(team(customer=[unsure, one(2)]), rules(), WORDS)
    assert found["stages"]["open_amount"] == 100_000
    won = one(1, carried="unverified", absences=4, stage="成交签约", status="成交")
    assert summarise(team(customer=[won]), rules(), WORDS)["losses"]["all"]["won"] == 1


# ---- every report of the year


def weeks_of(**more: Any) -> dict[str, Any]:
    now = team(weekly_report=[report("甲", 1000.1, month_completed=1030.13, collected_amount=7.0)], **more)
    past = [
        (
            MONDAY - dt.timedelta(days=7 * n),
            {"weekly_report": [report("甲", 10.01 * n), report("丙", 5.0 * n, month_completed=15.0)]},
        )
        for n in (1, 2, 8)
    ]
    return summarise(with_past(now, *past), rules(members=[Member("甲")]), WORDS)


def test_every_sum_is_that_of_its_weeks():
    found = weeks_of()
    spans = {row["period"]: set(row["known"]) for row in found["attainment"]["weeks"]}
    day_of = {week["key"]: week["monday"] for week in found["weeks"]["weeks"]}
    for row in (*found["weeks"]["reps"], found["weeks"]["all"]):
        for period, known in spans.items():
            cells = [row["signed"][key] for key, monday in day_of.items() if monday in known]
            total = sum(Decimal(str(amount)) for amount in cells if amount is not None)
            assert Decimal(str(row["signed"][period])) == total
    done = {(r["scope"], r["name"]): r for r in found["attainment"]["progress"]}
    for row in found["weeks"]["reps"]:
        for period in ("quarter", "year"):
            assert done["rep", row["rep"]][period]["completed"] == row["signed"][period]
    assert done["all", "全队"]["year"]["completed"] == found["weeks"]["all"]["signed"]["year"]
    assert found["attainment"]["all"]["completed"] == found["weeks"]["all"]["signed"]["month"]


def test_a_week_without_a_report_is_blank_and_the_newest_week_stands_first():
    found = weeks_of()["weeks"]
    assert [week["number"] for week in found["weeks"]] == [47, 46, 45, 44, 43, 42, 41, 40, 39]
    reps = {row["rep"]: row for row in found["reps"]}
    assert reps["丙"]["signed"]["W202647"] is None
    assert reps["丙"]["signed"]["W202646"] == 5
    assert (reps["甲"]["reports"], reps["丙"]["reports"], found["all"]["reports"]) == (4, 3, 7)


def test_who_sold_and_left_is_in_every_sum_and_nobody_else_of_earlier_weeks():
    gone = [{"rep": "旧", "week_start": "2026-01-05", "table": "customer"}]
    talk = {"rep": "旧二", "customer_name": "客户1", "contact_time": "2026-10-06", "carried": "carried"}
    found = weeks_of(change=gone, number=gone, deal=gone, communication=[talk])
    assert [row["rep"] for row in found["weeks"]["reps"]] == ["甲", "丙"]


def test_who_has_left_owes_no_report_though_his_customers_stay():
    members = [Member("甲"), Member("丙", left=dt.date(2026, 10, 30))]
    one_week = team(
        customer=[one(1), one(2, rep="丙")], weekly_report=[report("甲", 5.0)], submission=[submission()]
    )
    found = summarise(one_week, rules(members=members), WORDS)
    assert [row["rep"] for row in found["stages"]["reps"]] == ["甲", "丙"]
    assert found["reports"]["expected"] == 1


def test_the_sheet_of_weeks_has_a_column_per_week():
    made = grids(render(draw_summary_template(WORDS), weeks_of()))["各周业绩"]
    (head, *_) = [row for row in made if "第47周·11月" in row]
    assert [cell for cell in head if cell and str(cell).startswith("第")][:2] == [
        "第47周·11月",
        "第46周·11月",
    ]
    mine = next(row for row in made if row[1] == "甲")
    assert mine[head.index("第46周·11月")] == 10.01
    assert mine[head.index("本年")] == pytest.approx(1000.1 + 10.01 * 11)
