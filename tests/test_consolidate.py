"""Many submissions become the team's tables: no row lost, every row with its source."""

from __future__ import annotations

import datetime as dt
import shutil
from dataclasses import replace

import pandas as pd
import pytest
from openpyxl import load_workbook

from salesxl import parsing
from salesxl.consolidate import consolidate, numbers_told
from salesxl.model import History, Team
from salesxl.rulebook import Member
from salesxl.workspace.batch_report import counts
from tests import sheets, teams
from tests.sheets import RULES, archive, check, handover, record, week, weekly

NOT_HANDED_IN = ("finding", "submission", "change", "number", "deal", "held")
NAMELESS = {"customer_no": None}
MERGE = replace(RULES, parameters=replace(RULES.parameters, faulty_rows="merge"))


def team_of(*paths, rules=RULES, history=None) -> Team:
    return consolidate(check(*paths, rules=rules), rules, history)


def customers(team: Team, field: str = "customer_no") -> dict[str, object]:
    table = team.tables["customer"]
    values = table[field].astype(object).where(table[field].notna(), None)
    return dict(zip(table["customer_name"], values, strict=True))


def company(name: str, day: int = 12, **more) -> dict[str, object]:
    first = dt.datetime(2026, 10, day)
    return {"customer_name": name, "customer_no": None, "first_contact": first, **more}


def test_every_row_of_the_sample_week_is_in_the_book_or_returned():
    team = consolidate(week(), RULES)
    tally = counts(week())
    gone_in = [len(t) for name, t in team.tables.items() if name not in NOT_HANDED_IN]
    assert sum(gone_in) == tally.accepted
    account = team.tables["submission"]
    assert account["read"].sum() == tally.accepted + tally.returned + tally.superseded
    for name, table in team.tables.items():
        if name not in NOT_HANDED_IN:
            assert table[["source_file", "source_sheet", "source_row"]].notna().all(axis=None), name


@pytest.mark.slow
def test_a_batch_does_not_depend_on_what_its_files_are_called(tmp_path):
    """Rows follow the files' order; what stands in them does not."""
    shared = company("共有科技有限公司")
    makers = [
        lambda p: archive(
            p, [company("甲有限公司"), shared, {"customer_name": "乙", "customer_no": "CRM202610007"}]
        ),
        lambda p: archive(p, [company("丙有限公司"), shared], rep="李四"),
        lambda p: archive(p, [{**shared, "customer_no": "CRM202610009"}], rep="王五"),
        lambda p: record(p, customer_name="甲有限公司"),
    ]
    seen = []
    for names in ("abcd", "dcba", "bdac"):
        home = tmp_path / names
        home.mkdir()
        for name, make in zip(names, makers, strict=True):
            make(home / f"{name}.xlsx")
        table = team_of(home).tables["customer"].sort_values(["customer_name", "rep"])
        columns = ["customer_name", "rep", "customer_no", "grade", "last_contact", "team"]
        seen.append(table[columns].reset_index(drop=True))
    pd.testing.assert_frame_equal(seen[0], seen[1])
    pd.testing.assert_frame_equal(seen[0], seen[2])
    assert set(seen[0].loc[seen[0]["customer_name"] == "共有科技有限公司", "customer_no"]) == {"CRM202610009"}


def test_a_number_is_kept_carried_or_the_next_of_its_month(tmp_path):
    rows = [
        {"customer_name": "有号", "customer_no": "CRM202610005"},
        company("后来", day=20),
        company("先来", day=3),
        company("上月", first_contact=dt.datetime(2026, 9, 1)),
        company("老客户"),
        company("交接客户"),
    ]
    archive(tmp_path / "a.xlsx", rows)
    handover(tmp_path / "h.xlsx", [{"customer_name": "交接客户", "customer_no": "CRM202401099"}], [])
    history = History({"老客户": "CRM202503001"})
    assert customers(team_of(tmp_path, history=history)) == {
        "有号": "CRM202610005",
        "先来": "CRM202610006",
        "后来": "CRM202610007",
        "上月": "CRM202609001",
        "老客户": "CRM202503001",
        "交接客户": "CRM202401099",
    }


def test_a_number_on_a_row_held_back_is_given_to_nobody_else(tmp_path):
    held = {"customer_name": "待改", "customer_no": "CRM202610001", "contact": None}
    assert customers(team_of(archive(tmp_path / "a.xlsx", [held, company("新客户")]))) == {
        "新客户": "CRM202610002"
    }


def test_a_number_once_given_stands_in_later_weeks(tmp_path):
    first = customers(team_of(archive(tmp_path / "a.xlsx", [company("乙", 20), company("丙", 21)])))
    known = History({str(k): str(v) for k, v in first.items()})
    later = archive(tmp_path / "b.xlsx", [company("甲", 1), company("乙", 20), company("丙", 21)])
    assert customers(team_of(later, history=known)) == {"甲": "CRM202610003", **first}


def test_a_running_number_beyond_999_grows(tmp_path):
    rows = [{"customer_name": "有号", "customer_no": "CRM202610999"}, company("新客户")]
    assert customers(team_of(archive(tmp_path / "a.xlsx", rows)))["新客户"] == "CRM2026101000"


def test_two_reps_who_claim_one_customer_get_one_number(tmp_path):
    archive(tmp_path / "a.xlsx", [company("甲乙机械有限公司")])
    archive(tmp_path / "b.xlsx", [company("甲乙机械 有限公司", day=15)], rep="李四")
    table = team_of(tmp_path).tables["customer"]
    assert table["customer_no"].tolist() == ["CRM202610001"] * 2
    assert table["rep"].tolist() == ["张三", "李四"]


def test_a_number_is_told_once_it_is_settled_and_never_demanded(tmp_path):
    paths = (
        archive(tmp_path / "a.xlsx", [company("甲公司", customer_no="CRM202610007"), company("新公司")]),
        handover(tmp_path / "h.xlsx", [company("甲公司"), company("乙公司"), company("丙公司")]),
    )
    checked = check(*paths)
    assert not [f for f in checked.findings if f.field == "customer_no"]
    told = numbers_told(checked, History(numbers={parsing.customer_key("乙公司"): "CRM202609001"}))
    assert told == {"张三": (("甲公司", "CRM202610007"), ("乙公司", "CRM202609001"))}
    items = consolidate(checked, RULES).tables["handover_item"]
    listed = items[items["item"] == "handover_customer"]
    numbers = listed["customer_no"].astype(object).where(listed["customer_no"].notna(), None).tolist()
    assert numbers == ["CRM202610007", None, None]


def test_a_number_that_the_book_before_has_is_told_unless_two_customers_bear_the_name(tmp_path):
    checked = check(archive(tmp_path / "a.xlsx", [company("甲公司"), company("乙公司"), company("丙公司")]))
    names = [("甲公司", "CRM202609001"), ("乙公司", "CRM202609002"), ("乙集团", "CRM202609003")]
    latest = teams.team(customer=[{"customer_name": name, "customer_no": no} for name, no in names])
    told = numbers_told(checked, History(latest=latest))
    assert told == {"张三": (("甲公司", "CRM202609001"),)}


def test_a_talk_dates_its_customers_last_contact(tmp_path):
    archive(tmp_path / "a.xlsx", [{"last_contact": dt.datetime(2026, 11, 1)}])
    record(tmp_path / "r.xlsx")
    assert list(customers(team_of(tmp_path), "last_contact").values()) == [pd.Timestamp(2026, 11, 17)]


def test_a_fault_on_the_card_does_not_make_its_rows_nobodys(tmp_path):
    record(tmp_path / "r.xlsx", stage="□线索培育 □需求确认")
    talks = team_of(tmp_path).tables["communication"]
    assert talks["customer_name"].tolist() == [sheets.CUSTOMER["customer_name"]]
    assert len(team_of(tmp_path).tables["record"]) == 0


def test_a_handover_with_a_faulty_head_still_says_who_gives_and_takes(tmp_path):
    items = team_of(handover(tmp_path / "h.xlsx", reason="看心情")).tables["handover_item"]
    assert set(items["from_rep"]) == {"张三"}
    assert set(items["to_rep"]) == {"李四"}
    assert items["item"].tolist() == ["handover_customer", "handover_opportunity"]


@pytest.mark.parametrize("lacking", [None, "manager_signature", "to_signed_on"])
def test_a_handover_takes_effect_with_three_signatures_and_their_dates(tmp_path, lacking):
    changes = {lacking: None} if lacking else {}
    table = team_of(handover(tmp_path / "h.xlsx", **changes)).tables["handover"]
    assert table["effective"].tolist() == [lacking is None]


@pytest.mark.parametrize(
    ("start", "done", "expected"),
    [
        (dt.datetime(2026, 11, 16), 0.1, 0.6),  # 0.1 + 0.2 + 0.3: whole fen, no drift
        (dt.datetime(2026, 9, 28), 0.1, 0.1),  # its Thursday is 1 October
        (dt.datetime(2026, 10, 26), 0.1, 0.1),  # its Thursday is 29 October; November lies ahead
        (dt.datetime(2026, 11, 9), 0.1, 0.4),  # handed in anew: the old figure no longer counts
        (dt.datetime(2026, 11, 16), None, None),  # a required amount: the row is held back
    ],
)
def test_the_month_to_date_counts_weeks_by_their_thursday(tmp_path, start, done, expected):
    past = [
        teams.report("张三", amount, week_start=monday, week_end=None)
        for monday, amount in (("2026-11-02", 0.3), ("2026-11-09", 0.2))
    ]
    path = weekly(
        tmp_path / "w.xlsx", week_start=start, week_end=start + dt.timedelta(6), completed_amount=done
    )
    before = History(latest=teams.team(monday=dt.date(2026, 11, 9), weekly_report=past))
    table = team_of(path, history=before).tables["weekly_report"]
    mine = table[table["source_file"] == "w.xlsx"]
    assert mine["month_completed"].tolist() == ([] if expected is None else [expected])
    assert table["month_collected"].isna().all()


def test_a_week_reported_on_two_sheets_of_a_file_counts_once_to_its_month(tmp_path):
    path = weekly(tmp_path / "w.xlsx", completed_amount=100)
    opened = load_workbook(path)
    opened.copy_worksheet(opened.active).title = "副本"
    opened.save(path)
    assert team_of(path).tables["weekly_report"]["month_completed"].tolist() == [100]


def test_faulty_rows_go_in_with_their_marks_where_the_team_says_so(tmp_path):
    rows = [{}, {"customer_name": "丙", "customer_no": None, "contact": None, "source": "托梦"}]
    path = archive(tmp_path / "a.xlsx", rows)
    kept, merged = team_of(path).tables["customer"], team_of(path, rules=MERGE).tables["customer"]
    assert kept["customer_name"].tolist() == [sheets.CUSTOMER["customer_name"]]
    assert merged["flags"].astype(object).where(merged["flags"].notna(), None).tolist() == [
        None,
        "choice required",
    ]
    assert merged["source"].isna().tolist() == [False, True]


def test_superseded_rows_never_go_in(tmp_path):
    archive(tmp_path / "a.xlsx", [{}])
    archive(tmp_path / "a(2).xlsx", [{"contact_title": "厂长"}])
    table = team_of(tmp_path, rules=MERGE).tables["customer"]
    assert table["source_file"].tolist() == ["a(2).xlsx"]


def test_columns_nobody_knows_are_kept_as_text(tmp_path):
    path = archive(tmp_path / "a.xlsx", [{}, company("丙")])
    opened = load_workbook(path)
    sheet = opened["客户档案"]
    at = sheet.max_column + 1
    for row, value in ((3, "客户生辰八字"), (4, "甲子"), (5, None)):
        sheet.cell(row, at, value)
    opened.save(path)
    others = team_of(path).tables["customer"]["others"]
    assert others.astype(object).where(others.notna(), None).tolist() == ["客户生辰八字: 甲子", None]


def test_the_roster_tells_the_team_else_the_form_does(tmp_path):
    rules = replace(RULES, members=(Member("张三", "华东"),), has_roster=True)
    path = archive(tmp_path / "a.xlsx", [{}], team="一组")
    assert list(customers(team_of(path, rules=rules), "team").values()) == ["华东"]
    assert list(customers(team_of(path), "team").values()) == ["一组"]


def test_a_batch_without_a_form_gives_every_table_empty(tmp_path):
    (tmp_path / "空.xlsx").write_bytes(b"")
    team = team_of(tmp_path)
    assert {len(t) for n, t in team.tables.items() if n not in ("finding", "submission")} == {0}
    assert team.tables["submission"]["status"].tolist() == ["unreadable"]


def test_checking_twice_gives_the_same_tables(tmp_path):
    shutil.copy(sheets.WEEK_FOLDER / "inbox" / "刘勇_客户档案.xlsx", tmp_path / "a.xlsx")
    one, two = team_of(tmp_path), team_of(tmp_path)
    for name, table in one.tables.items():
        pd.testing.assert_frame_equal(table, two.tables[name])
