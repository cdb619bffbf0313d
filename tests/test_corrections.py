"""更正 and settings that change: what becomes of the state over two weeks."""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

from salesxl import drawing, friday, settings
from salesxl.consolidate import consolidate
from salesxl.intake import receive
from salesxl.model import Checked, Finding, History, Team
from salesxl.rulebook import Correction, Member, Rulebook
from salesxl.settings.presets import with_derived
from salesxl.summary import summarise
from salesxl.validate import check, validate
from salesxl.workspace.book import read_book, write_book
from salesxl.workspace.folder import TeamFolder, lay_out
from tests.sheets import AS_OF, RULES, WORDS, archive, record
from tools.book_template import blank_book

TEAM: Rulebook = replace(RULES, members=(Member("张三", "一组"), Member("李四", "一组")), has_roster=True)
ONE, OTHER, THIRD = "甲乙丙机械有限公司", "苏州云帆科技有限公司", "无锡长风物流有限公司"
NO, OTHER_NO = "CRM202610001", "CRM202610002"
SIGNS = {"contact": "13900139001", "contact_name": "李娜"}
THEIRS = {"customer_name": OTHER, "customer_no": OTHER_NO, **SIGNS}
LATER = AS_OF + dt.timedelta(days=7)


def put(home: Path, *forms: tuple[str, list[dict[str, Any]]]) -> Path:
    """Write an inbox: archives by rep."""
    home.mkdir()
    for rep, customers in forms:
        archive(home / f"{rep}.xlsx", customers, rep=rep)
    return home


def week(inbox: Path, rules: Rulebook, before: Team | None = None, day: dt.date = AS_OF) -> Team:
    """Make the state of a week."""
    history = None
    if before is not None:
        latest = replace(before, version="2")
        history = History(latest=latest, register=before.tables["number"])
    checked: Checked = validate([inbox], rules, day)
    return consolidate(checked, rules, history)


def line(customer: str, action: str, value: str | None = None, day: dt.date | None = None) -> Correction:
    return Correction(customer, action, value, "录错了", day, ("团队设置.xlsx", "更正", 5, "A5", "C5"))


def with_lines(*lines: Correction) -> Rulebook:
    return replace(TEAM, corrections=lines)


def shown(team: Team, *columns: str) -> list[tuple[Any, ...]]:
    rows = team.tables["customer"][list(columns)].astype(object)
    return sorted(rows.where(rows.notna(), None).itertuples(index=False, name=None), key=str)


def causes(team: Team, cause: str) -> pd.DataFrame:
    change = team.tables["change"]
    return change[change["cause"] == cause]


def of_settings(team: Team, code: str) -> list[Finding]:
    return [f for f in team.findings if f.code == code and f.place.file == "团队设置.xlsx"]


@pytest.fixture
def first(tmp_path: Path) -> Path:
    home = put(tmp_path / "一", ("张三", [{"customer_no": NO}, THEIRS]))
    record(home / "记录.xlsx", [{}], [{}])
    return home


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    home = tmp_path / "空"
    home.mkdir()
    return home


def test_a_voided_customer_is_out_of_everything_and_its_number_is_never_given_again(first, tmp_path):
    before = week(first, TEAM)
    assert len(before.tables["communication"]) == len(before.tables["action"]) == 1
    rules = with_lines(line(ONE, "void"))
    new = {"customer_name": THIRD, "customer_no": None, "contact": "13900139005"}
    again = put(tmp_path / "二", ("张三", [{"customer_no": NO}, THEIRS, new]))
    team = week(again, rules, before, LATER)
    assert shown(team, "customer_name", "customer_no") == [(THIRD, "CRM202610003"), (OTHER, OTHER_NO)]
    assert [len(team.tables[n]) for n in ("communication", "action", "record")] == [0, 0, 0]
    assert NO in team.tables["number"]["customer_no"].tolist()
    gone = causes(team, "correction")
    assert gone[gone["field"] == "expected_amount"]["old"].tolist() == ["280000"]
    third = week(again, rules, team, LATER)
    assert not causes(third, "correction").iloc[len(gone) :].shape[0]
    assert of_settings(third, "unknown_reference") == []


def test_a_customer_voided_in_the_week_it_came_is_known_the_week_after(first, empty):
    rules = with_lines(line(ONE, "void"))
    team = week(first, rules)
    assert shown(team, "customer_name") == [(OTHER,)]
    later = week(empty, rules, team, LATER)
    assert of_settings(later, "unknown_reference") == []


def test_a_number_that_was_voided_is_taken_off_another_customer(first, tmp_path):
    before = week(first, TEAM)
    wrong = {"customer_name": THIRD, "customer_no": NO, "contact": "13900139005", "contact_name": "周强"}
    again = put(tmp_path / "二", ("张三", [THEIRS, wrong]))
    team = week(again, with_lines(line(ONE, "void")), before, LATER)
    assert shown(team, "customer_name", "customer_no") == [(THIRD, "CRM202610003"), (OTHER, OTHER_NO)]


def test_a_merged_customer_gives_talks_and_plans_to_the_other_and_stays_a_former_name(first, tmp_path):
    before = week(first, TEAM)
    rules = with_lines(line(NO, "merge", OTHER))
    again = put(tmp_path / "二", ("张三", [{"customer_no": NO, "expected_amount": 999}, THEIRS]))
    team = week(again, rules, before, LATER)
    assert shown(team, "customer_name", "customer_no", "former_names", "expected_amount") == [
        (OTHER, OTHER_NO, ONE, 280000)
    ]
    for name in ("communication", "action", "record"):
        assert team.tables[name]["customer_name"].tolist() == [OTHER]
    change = team.tables["change"]
    assert not (change["table"] == "communication").any()  # it moved, and was not withdrawn
    assert NO in team.tables["number"]["customer_no"].tolist()
    third = week(again, rules, team, LATER)
    assert shown(third, "customer_name", "former_names") == [(OTHER, ONE)]
    assert of_settings(third, "unknown_reference") == []


def test_a_merged_claim_of_another_rep_stays_his(tmp_path):
    home = put(tmp_path / "一", ("张三", [{"customer_no": NO}]), ("李四", [THEIRS]))
    before = week(home, TEAM)
    (tmp_path / "二").mkdir()
    team = week(tmp_path / "二", with_lines(line(ONE, "merge", OTHER_NO)), before, LATER)
    assert shown(team, "rep", "customer_no", "counted") == [
        ("张三", OTHER_NO, True),
        ("李四", OTHER_NO, False),
    ]
    told = causes(team, "correction")
    assert dict(zip(told["field"], told["new"], strict=True))["customer_no"] == OTHER_NO


def test_two_customers_of_one_name_are_apart_by_rep_and_both_count(tmp_path, empty):
    home = put(tmp_path / "一", ("张三", [{"customer_no": NO}]), ("李四", [{"customer_no": None}]))
    before = week(home, TEAM)
    assert shown(before, "rep", "customer_no", "counted") == [("张三", NO, True), ("李四", NO, False)]
    rules = with_lines(line(NO, "part", "李四"))
    team = week(empty, rules, before, LATER)
    assert shown(team, "rep", "customer_no", "counted") == [
        ("张三", NO, True),
        ("李四", "CRM202610002", True),
    ]
    told = causes(team, "correction")
    moved = told[told["field"] == "customer_no"][["rep", "old", "new"]]
    assert moved.values.tolist() == [["李四", NO, "CRM202610002"]]
    third = week(home, rules, team, LATER)
    assert shown(third, "rep", "customer_no") == [("张三", NO), ("李四", "CRM202610002")]
    assert "conflict" in {f.code for f in before.findings}
    seen = team.tables["customer"].assign(week_start=pd.Timestamp(2026, 11, 23))
    again = check(receive([home], rules), rules, LATER, past={"customer": seen})
    assert "conflict" not in {f.code for f in again.findings}


def test_a_claim_that_is_new_is_taken_apart_at_once(tmp_path):
    before = week(put(tmp_path / "一", ("张三", [{"customer_no": NO}])), TEAM)
    again = put(tmp_path / "二", ("张三", [{"customer_no": NO}]), ("李四", [{"customer_no": None}]))
    team = week(again, with_lines(line(ONE, "part", "李四")), before, LATER)
    assert shown(team, "rep", "customer_no") == [("张三", NO), ("李四", "CRM202610002")]


def test_a_former_name_is_freed(first, tmp_path):
    merged = with_lines(line(ONE, "merge", OTHER))
    before = week(first, merged, week(first, TEAM), LATER)
    assert shown(before, "customer_name", "former_names") == [(OTHER, ONE)]
    again = put(tmp_path / "二", ("张三", [{"customer_no": NO}, THEIRS]))
    team = week(again, with_lines(line(OTHER, "part", ONE)), before, LATER)
    assert shown(team, "customer_name", "customer_no", "former_names") == [
        (ONE, NO, None),
        (OTHER, OTHER_NO, None),
    ]


def test_an_owner_is_given_like_by_a_handover_with_its_own_cause(first, tmp_path):
    before = week(first, TEAM)
    rules = with_lines(line(ONE, "owner", "李四", dt.date(2026, 11, 23)))
    again = put(tmp_path / "二", ("张三", [{"customer_no": NO}, THEIRS]))
    team = week(again, rules, before, LATER)
    assert shown(team, "customer_name", "rep", "original_rep") == [
        (ONE, "李四", "张三"),
        (OTHER, "张三", None),
    ]
    told = causes(team, "correction")
    assert told[told["field"] == "rep"][["old", "new"]].values.tolist() == [["张三", "李四"]]
    third = week(again, rules, team, LATER + dt.timedelta(days=7))
    assert shown(third, "customer_name", "rep") == [(ONE, "李四"), (OTHER, "张三")]


def test_an_owner_is_not_given_before_the_day(first, empty):
    before = week(first, TEAM)
    rules = with_lines(line(ONE, "owner", "李四", dt.date(2026, 12, 7)))
    assert {rep for (rep,) in shown(week(empty, rules, before, LATER), "rep")} == {"张三"}


def test_an_owner_by_number_leaves_the_other_customer_of_that_name(tmp_path, empty):
    home = put(tmp_path / "一", ("张三", [{"customer_no": NO}]), ("李四", [{"customer_no": None}]))
    three = replace(TEAM, members=(*TEAM.members, Member("王五", "一组")))
    lines = (line(NO, "part", "李四"), line(NO, "owner", "王五", dt.date(2026, 11, 23)))
    rules = replace(three, corrections=lines)
    team = week(empty, rules, week(home, replace(three, corrections=lines[:1])), LATER)
    assert shown(team, "rep", "customer_no") == [("李四", "CRM202610002"), ("王五", NO)]
    third = week(home, rules, team, LATER + dt.timedelta(days=7))
    assert shown(third, "rep", "customer_no") == [("李四", "CRM202610002"), ("王五", NO)]


def test_personal_data_are_blank_in_all_that_is_kept_and_older_files_are_named(first, tmp_path, empty):
    before = week(first, TEAM)
    rules = with_lines(line(NO, "erase"))
    team = week(empty, rules, before, LATER)
    kept = team.tables["customer"].set_index("customer_no").loc[NO]
    assert kept[["contact_name", "contact_title", "contact", "birthday"]].isna().all()
    assert kept["customer_name"] == ONE
    assert team.tables["record"]["contact_name"].isna().all()
    told = causes(team, "correction")
    assert told[told["field"] == "contact"][["old", "new"]].isna().all(axis=None)
    (found,) = of_settings(team, "erased")
    assert found.place.cell == "A5"
    assert found.facts["files"] == "张三.xlsx、记录.xlsx"
    assert found.facts["weeks"] == "2026-W47"
    assert of_settings(week(empty, rules, team, LATER), "erased") == []
    again = put(tmp_path / "二", ("张三", [{"customer_no": NO}, THEIRS]))
    third = week(again, rules, team, LATER)
    assert third.tables["customer"].set_index("customer_no").loc[NO, "contact"] is pd.NA
    assert "13800138000" not in third.tables["change"].astype(str).to_string()


def test_personal_data_are_quoted_in_no_finding_and_in_no_column_of_a_reps_own(first, tmp_path):
    before = week(first, TEAM)
    again = put(
        tmp_path / "三",
        ("张三", [{"customer_name": ONE, "customer_no": NO, "contact": "1380013800x"}, THEIRS]),
    )
    form = openpyxl.load_workbook(again / "张三.xlsx")
    sheet = form.worksheets[0]
    column = sheet.max_column + 1
    sheet.cell(3, column, "车牌号")
    for row in (4, 5):
        sheet.cell(row, column, "苏E12345")
    form.save(again / "张三.xlsx")
    kept = week(again, TEAM, before, LATER).tables
    assert "1380013800x" in kept["finding"].astype(str).to_string()
    team = week(again, with_lines(line(NO, "erase")), before, LATER)
    assert [f.value for f in team.findings if f.field == "contact"] == ["***"]
    assert "1380013800x" not in team.tables["finding"].astype(str).to_string()
    customers = team.tables["customer"].set_index("customer_no")
    assert "苏E12345" in customers.loc[OTHER_NO, "others"]
    assert customers.loc[NO, "others"] is pd.NA


@pytest.mark.parametrize(
    ("one", "cell"), [(line("没有的公司", "void"), "A5"), (line(ONE, "merge", "没有的"), "C5")]
)
def test_a_customer_that_nobody_knows_is_told_at_its_cell(first, empty, one, cell):
    team = week(empty, with_lines(one), week(first, TEAM), LATER)
    (found,) = of_settings(team, "unknown_reference")
    assert found.place.cell == cell
    assert len(team.tables["customer"]) == 2


def without_stage(name: str, **alias: tuple[str, ...]) -> Rulebook:
    kept = tuple(
        replace(s, aliases=(*s.aliases, *alias.get(s.name, ()))) for s in TEAM.stages if s.name != name
    )
    return with_derived(replace(TEAM, stages=kept))


def test_a_stage_that_the_settings_lack_keeps_its_kind_and_its_chance(first, empty):
    before = week(first, TEAM)
    (old,) = (s for s in TEAM.stages if s.name == "需求确认")
    team = week(empty, without_stage("需求确认"), before, LATER)
    assert set(shown(team, "stage")) == {("需求确认（设置中已无）",)}
    (found,) = of_settings(team, "no_longer")
    assert (found.value, found.facts["list"], found.facts["count"]) == ("需求确认", "阶段", 3)
    figures = summarise(team, without_stage("需求确认"), WORDS, before)
    (row,) = (s for s in figures["stages"]["stages"] if s["stage"] == "需求确认（设置中已无）")
    assert (row["count"], row["open_amount"]) == (2, 560000)
    assert old.probability is not None
    assert row["weighted"] == float(560000 * old.probability)
    moved = causes(team, "settings")
    assert moved[moved["table"] == "customer"]["field"].tolist() == ["stage", "stage"]
    third = week(empty, without_stage("需求确认"), team, LATER)
    assert set(shown(third, "stage")) == {("需求确认（设置中已无）",)}
    back = week(empty, TEAM, third, LATER)
    assert set(shown(back, "stage")) == {("需求确认",)}


def test_an_alias_carries_rows_over_to_what_the_stage_is_called_now(first, empty):
    before = week(first, TEAM)
    team = week(empty, without_stage("需求确认", 方案呈现=("需求确认",)), before, LATER)
    assert set(shown(team, "stage")) == {("方案呈现",)}
    assert of_settings(team, "no_longer") == []
    assert set(causes(team, "settings")["cause"]) == {"settings"}
    assert causes(team, "newer").empty


def test_a_grade_that_the_settings_lack_is_worked_out_anew(first, empty):
    before = week(first, TEAM)
    assert set(shown(before, "grade")) == {("A",)}
    grades = tuple(replace(g, name="甲") if g.name == "A" else g for g in TEAM.grades)
    team = week(empty, with_derived(replace(TEAM, grades=grades)), before, LATER)
    assert set(shown(team, "grade")) == {("甲",)}
    assert of_settings(team, "no_longer") == []


def test_a_status_that_the_settings_lack_keeps_its_kind(first, empty):
    before = week(first, TEAM)
    kept = tuple(o for o in TEAM.choices["跟进状态"] if o.value != "意向")
    rules = replace(TEAM, choices={**TEAM.choices, "跟进状态": kept})
    team = week(empty, rules, before, LATER)
    assert set(shown(team, "status", "grade")) == {
        ("意向（设置中已无）", grade) for (grade,) in shown(before, "grade")
    }
    assert summarise(team, rules, WORDS)["stages"]["open_amount"] == 560000


def test_what_a_book_keeps_of_the_settings_is_read_again(first, tmp_path):
    team = week(first, TEAM)
    write_book(team, blank_book(WORDS), tmp_path / "b.xlsx", WORDS)
    assert read_book(tmp_path / "b.xlsx", WORDS).terms == team.terms
    assert ("阶段", "需求确认", "open", str(Decimal("0.25"))) in team.terms


@pytest.mark.slow
def test_a_file_with_something_open_is_read_again_when_the_settings_change(tmp_path):
    folder = TeamFolder(tmp_path / "队", WORDS)
    lay_out(folder, settings.default_rulebook(), [Member("张三", "一组")])
    (folder.reports / WORDS.text("file.summary")).write_bytes(tiny())
    (folder.reports / WORDS.text("file.book")).write_bytes(blank_book(WORDS))
    archive(folder.inbox / "张三.xlsx", [{"customer_no": NO, "status": "有戏得很"}, THEIRS])

    def friday_of(day: dt.date) -> tuple[set[str], list[str | None]]:
        week = friday.Week(day - dt.timedelta(days=4), day)
        made = friday.run(folder, week, agree=lambda _: None)  # nothing new has come
        customers = read_book(made.book, WORDS).tables["customer"]
        return {f.code for f in made.checked.findings}, sorted(customers["customer_name"])

    said, names = friday_of(AS_OF)
    assert "choice" in said
    assert names == [OTHER]
    said, names = friday_of(LATER)
    assert {"known_files", "still_open"} <= said
    assert "choice" not in said
    assert names == [OTHER]
    with_cells(folder.settings, "选项", {("跟进状态", "意向"): {"D": "有意向、有戏得很"}})
    said, names = friday_of(LATER + dt.timedelta(days=7))
    assert "still_open" not in said
    assert "choice" not in said
    assert names == [ONE, OTHER]


@pytest.mark.slow
def test_a_sheet_of_corrections_is_read_where_it_was_drawn(tmp_path):
    path = tmp_path / "团队设置.xlsx"
    day = dt.date(2026, 11, 23)
    lines = (line(ONE, "void"), line(NO, "merge", OTHER), line(THIRD, "owner", "李四", day))
    path.write_bytes(drawing.settings_workbook(with_lines(*lines)))
    rules, findings = settings.load(path)
    assert rules.corrections == lines
    assert [c.source[:3] for c in rules.corrections] == [("团队设置.xlsx", "更正", row) for row in (4, 5, 6)]
    assert [f for f in findings if f.block == "correction"] == []


def test_a_correction_that_cannot_hold_is_told_at_its_cell(tmp_path):
    path = tmp_path / "团队设置.xlsx"
    lines = (
        line(ONE, "void"),
        line(ONE, "merge", OTHER),
        line(OTHER, "merge"),
        line(OTHER, "merge", OTHER),
        line(THIRD, "owner", "张三"),
        line(THIRD, "owner", "赵六", dt.date(2026, 11, 23)),
        line(THIRD, "erase"),
    )
    path.write_bytes(drawing.settings_workbook(with_lines(*lines)))
    rules, findings = settings.load(path)
    assert [c.action for c in rules.corrections] == ["void", "erase"]
    assert [(f.code, f.place.cell) for f in findings if f.block == "correction"] == [
        ("duplicate", "A5"),
        ("required", "C6"),
        ("duplicate", "A7"),
        ("required", "E8"),
        ("unknown_reference", "C9"),
    ]


def tiny() -> bytes:
    """Return a template of one cell."""
    made, buffer = openpyxl.Workbook(), io.BytesIO()
    made.active["A1"] = "{{ title }}"
    made.save(buffer)
    return buffer.getvalue()


def with_cells(path: Path, sheet: str, changes: dict[tuple[str, str], dict[str, str]]) -> None:
    """Change cells of the settings as an assistant would, in the rows that begin with two words."""
    workbook = openpyxl.load_workbook(path)
    for row in workbook[sheet].iter_rows():
        for column, value in changes.get((row[0].value, row[1].value), {}).items():
            workbook[sheet][f"{column}{row[0].row}"] = value
    workbook.save(path)
