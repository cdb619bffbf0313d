"""下发/: next week's workbook, filled in; what stands as handed out says nothing. docs/domain.md 4.2."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from salesxl import friday
from salesxl.handed import digest
from salesxl.intake.codec import dumps, loads
from salesxl.intake.reader import Job, Reader
from salesxl.model import Severity
from salesxl.rulebook import Member
from salesxl.workspace import book, folder
from tests import office, one_week, sheets
from tests.sheets import WORDS

W47, W48, W49 = dt.date(2026, 11, 20), dt.date(2026, 11, 27), dt.date(2026, 12, 4)
CLIENT = sheets.CUSTOMER["customer_name"]
READER = Reader({}, {})
SOURCE = {"source_file", "source_sheet", "source_row", "carried"}

# openpyxl warns of what it does not know in a workbook
pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")


def friday_of(home: Path, day: dt.date) -> friday.Outcome:
    monday = day - dt.timedelta(days=day.weekday())
    return friday.run(folder.TeamFolder(home, WORDS), friday.Week(monday, day))


def tables(home: Path, day: dt.date) -> Any:
    return book.read_book(home / folder.week_name(day) / "团队台账.xlsx", WORDS).tables


@pytest.fixture(scope="module")
def played(tmp_path_factory) -> Path:
    """Return a team's folder after its first week, the inbox emptied."""
    home = tmp_path_factory.mktemp("team")
    rules = replace(one_week.RULES, members=(*one_week.RULES.members, Member("李四", "一组", left=W47)))
    place = folder.TeamFolder(home, WORDS)
    folder.lay_out(place, rules, rules.members)
    one_week.sound(place.inbox)
    friday_of(home, W47)
    shutil.rmtree(place.inbox)
    place.inbox.mkdir()
    return home


@pytest.fixture
def team(played, tmp_path) -> Path:
    """Return a copy of it, to go on with."""
    return Path(shutil.copytree(played, tmp_path / "team"))


def handed_out(home: Path, week: str = "2026-W47") -> Path:
    return home / week / "下发" / "张三.xlsx"


@contextmanager
def edited(home: Path, name: str = "张三.xlsx", week: str = "2026-W47") -> Iterator[Any]:
    """Give the workbook that was handed out for a change, and put it into the inbox."""
    made = load_workbook(handed_out(home, week))
    yield made
    made.save(home / "收件箱" / name)


def cell(sheet: Any, label: str, row: int | None = None) -> Any:
    """Return the cell right of a card's label, or in a row under a table's header."""
    spots = [c for line in sheet.iter_rows() for c in line if str(c.value or "").rstrip(" *") == label]
    at = spots[-1] if row else spots[0]
    return sheet.cell(at.row + row, at.column) if row else sheet.cell(at.row, at.column + 1)


def row_of(sheet: Any, text: str) -> int:
    return next(c.row for line in sheet.iter_rows() for c in line if c.value == text)


def fill(made: Any, new: int = 0, talks: int = 0, done: float = 0) -> None:
    """Change the three cells that a report still lacks."""
    for label, value in (("本周新增客户数", new), ("有效跟进次数", talks), ("本周完成业绩", done)):
        cell(made["销售周报"], label).value = value


def told(outcome: friday.Outcome) -> set[tuple[str, str | None]]:
    """Return code and field of everything that must be mended or looked at."""
    return {(f.code, f.field) for f in outcome.checked.findings if f.severity is not Severity.NOTICE}


def test_everybody_on_the_team_next_week_gets_a_workbook(played):
    assert [path.name for path in (played / "2026-W47" / "下发").iterdir()] == ["张三.xlsx"]


def test_it_holds_the_report_the_archive_and_a_record(played):
    made = load_workbook(handed_out(played))
    shown = [name for name in made.sheetnames if made[name].sheet_state == "visible"]
    assert shown == ["销售周报", "客户档案", CLIENT]
    assert made["下发记录"].sheet_state == "veryHidden"
    report = made["销售周报"]
    labels = ("销售代表", "所属团队", "周期开始", "周期结束", "本周完成业绩")
    assert [cell(report, label).value for label in labels] == [
        "张三", "一组", dt.datetime(2026, 11, 23), dt.datetime(2026, 11, 29), None,
    ]  # fmt: skip
    numbers = [cell(made["客户档案"], "客户编号", row).value for row in range(1, 8)]
    assert all(numbers[:6])
    assert numbers[6] is None
    assert cell(made[CLIENT], "行动具体内容", 1).value == "寄送两台样机到客户现场"


def test_three_cells_changed_are_a_full_report(team):
    with edited(team) as made:
        fill(made)
    outcome = friday_of(team, W48)
    assert told(outcome) == set()
    before, after = tables(team, W47), tables(team, W48)
    assert after["customer"]["carried"].isna().all()
    for name in ("customer", "communication", "action", "record"):
        kept = [c for c in before[name].columns if c not in SOURCE]
        assert before[name][kept].equals(after[name][kept]), name
    assert len(after["change"]) == 0
    assert after["weekly_report"]["week_start"].dt.day.tolist() == [16, 23]


@pytest.mark.slow
@pytest.mark.skipif(not office.available(), reason="no LibreOffice here")
def test_another_program_that_saved_it_changes_nothing(team, tmp_path):
    with edited(team) as made:
        fill(made)
    path = team / "收件箱" / "张三.xlsx"
    path.write_bytes(office.convert(path, "xlsx", tmp_path).read_bytes())
    assert told(friday_of(team, W48)) == set()
    assert len(tables(team, W48)["change"]) == 0


def test_what_was_changed_counts_and_nothing_else(team):
    with edited(team) as made:
        fill(made)
        archive = made["客户档案"]
        row = row_of(archive, CLIENT) - row_of(archive, "客户名称 *")
        cell(archive, "预计成交金额", row).value = 300000
        cell(made[CLIENT], "完成情况", 1).value = "已完成"
    assert told(friday_of(team, W48)) == set()
    after = tables(team, W48)
    assert after["change"][["field", "old", "new"]].values.tolist() == [
        ["expected_amount", "280000", "300000"], ["progress", "未开始", "已完成"],
    ]  # fmt: skip


def test_a_plan_put_off_takes_the_place_of_what_it_was(team):
    with edited(team) as made:
        fill(made)
        cell(made[CLIENT], "计划完成时间", 1).value = dt.datetime(2026, 12, 3, 18)
    friday_of(team, W48)
    plans = tables(team, W48)["action"]
    assert plans["due"].dt.date.tolist() == [dt.date(2026, 11, 27), dt.date(2026, 12, 3)]


def test_an_older_base_does_not_undo_what_came_between(team):
    with edited(team) as made:
        fill(made)
        archive = made["客户档案"]
        row = row_of(archive, CLIENT) - row_of(archive, "客户名称 *")
        cell(archive, "预计成交金额", row).value = 300000
        talks = made[CLIENT]
        cell(talks, "沟通时间", 3).value = dt.datetime(2026, 11, 25, 9)
        cell(talks, "沟通方式", 3).value = "电话拜访"
        cell(talks, "沟通内容摘要", 3).value = "客户确认样机参数，要求十二月到货"
    friday_of(team, W48)
    (team / "收件箱" / "张三.xlsx").unlink()
    with edited(team, "迟到.xlsx") as made:
        archive = made["客户档案"]
        row = row_of(archive, CLIENT) - row_of(archive, "客户名称 *")
        cell(archive, "备注", row).value = "一月再谈"
    outcome = friday_of(team, W49)
    after = tables(team, W49)
    mine = after["customer"][after["customer"]["customer_name"] == CLIENT].iloc[0]
    assert (mine["expected_amount"], mine["notes"]) == (300000, "一月再谈")
    assert len(after["communication"]) == 3
    assert {"missing_report"} == {code for code, _ in told(outcome)}


def test_two_in_one_week_are_both_heard(team):
    for name, label, value in (("一.xlsx", "预计成交金额", 300000), ("二.xlsx", "备注", "一月再谈")):
        with edited(team, name) as made:
            archive = made["客户档案"]
            row = row_of(archive, CLIENT) - row_of(archive, "客户名称 *")
            cell(archive, label, row).value = value
    outcome = friday_of(team, W48)
    assert "duplicate" not in {code for code, _ in told(outcome)}
    rows = tables(team, W48)["customer"]
    mine = rows[rows["customer_name"] == CLIENT].iloc[0]
    assert (mine["expected_amount"], mine["notes"]) == (300000, "一月再谈")


def test_rows_may_be_added_and_put_in_another_order(team):
    with edited(team) as made:
        fill(made, new=1)
        archive = made["客户档案"]
        top = row_of(archive, "客户名称 *")
        first, last = ([c.value for c in archive[top + at]] for at in (1, 6))
        for column, (one, other) in enumerate(zip(first, last, strict=True), 1):
            archive.cell(top + 1, column).value = other
            archive.cell(top + 6, column).value = one
        for column, value in enumerate(last, 1):
            archive.cell(top + 7, column).value = value
        new = {
            "客户名称": "镇江新海电子有限公司",
            "联系方式": "13900139077",
            "客户编号": None,
            "最近跟进时间": None,
        }
        for label, value in {**new, "首次接触时间": dt.datetime(2026, 11, 24)}.items():
            cell(archive, label, 7).value = value
    outcome = friday_of(team, W48)
    assert {code for code, _ in told(outcome)} <= {"near_name"}
    after = tables(team, W48)
    assert len(after["customer"]) == 7
    assert after["change"]["cause"].tolist() == ["new"]


def test_a_customer_deleted_from_it_is_missing(team):
    with edited(team) as made:
        fill(made)
        archive = made["客户档案"]
        for line in archive.iter_rows(min_row=row_of(archive, CLIENT), max_row=row_of(archive, CLIENT)):
            for spot in line:
                spot.value = None
    friday_of(team, W48)
    rows = tables(team, W48)["customer"].set_index("customer_name")["carried"]
    assert rows[CLIENT] == "missing"
    assert rows.drop(CLIENT).isna().all()


def test_untouched_it_is_no_report_and_nobody_is_missing(team):
    shutil.copy(handed_out(team), team / "收件箱" / "张三.xlsx")
    outcome = friday_of(team, W48)
    assert {code for code, _ in told(outcome)} == {"missing_report"}
    assert tables(team, W48)["customer"]["carried"].isna().all()


def test_what_was_held_back_is_handed_out_as_typed_and_marked(played, tmp_path):
    home = Path(shutil.copytree(played, tmp_path / "team"))
    one_week.sound(home / "收件箱")
    with one_week.edit(home / "收件箱", one_week.ARCHIVE) as sheet:
        stage = next(c for c in sheet[one_week.FIRST - 1] if c.value == "成交阶段")
        amount = next(c for c in sheet[one_week.FIRST - 1] if c.value == "预计成交金额")
        sheet.cell(one_week.FIRST, stage.column).value = "聊着呢"
        sheet.cell(one_week.FIRST, amount.column).value = 310000
    friday_of(home, W48)
    made = load_workbook(handed_out(home, "2026-W48"))
    assert made.sheetnames[0] == "需要修改"
    archive = made["客户档案"]
    row = row_of(archive, CLIENT) - row_of(archive, "客户名称 *")
    assert cell(archive, "成交阶段", row).value == "聊着呢"
    assert cell(archive, "成交阶段", row).comment
    shutil.rmtree(home / "收件箱")
    (home / "收件箱").mkdir()
    with edited(home, week="2026-W48") as made:
        fill(made)
        cell(made["客户档案"], "成交阶段", row).value = "方案呈现"
    assert told(friday_of(home, W49)) == set()
    mine = tables(home, W49)["customer"].set_index("customer_name").loc[CLIENT]
    assert (mine["stage"], mine["expected_amount"]) == ("方案呈现", 310000)


def test_it_may_be_switched_off(played, tmp_path):
    home = Path(shutil.copytree(played, tmp_path / "team"))
    settings = load_workbook(home / "团队设置.xlsx")
    names = [row[0] for row in settings["参数"].iter_rows()]
    next(c for c in names if c.value == "下发工作簿").offset(0, 1).value = "否"
    settings.save(home / "团队设置.xlsx")
    one_week.sound(home / "收件箱")
    assert friday_of(home, W48).handed_out == ()


def test_the_same_week_hands_out_the_same_bytes(played, tmp_path):
    home = Path(shutil.copytree(played, tmp_path / "team"))
    before = handed_out(home).read_bytes()
    one_week.sound(home / "收件箱")
    friday_of(home, W47)
    assert handed_out(home).read_bytes() == before


def test_what_was_read_travels_with_what_was_handed_out(played):
    path = handed_out(played)
    read = READER.read(Job(path.name, path))
    assert loads(dumps(read), path.name) == read
    (form,) = read.submissions  # of report and record nothing was changed
    assert form.handed is not None
    assert (form.handed.week, len(form.handed.numbers)) == ("2026-11-16", 6)
    block = form.block("customer")
    assert block is not None
    assert set(block.handed.values()) == {()}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (280000, 280000.0),
        ("13800138000", 13800138000),
        (dt.date(2026, 11, 20), dt.datetime(2026, 11, 20)),
        (dt.datetime(2026, 11, 20, 18), dt.datetime(2026, 11, 20, 17, 59, 59, 999000)),
        (" 王总 ", "王总"),
        ("", None),
    ],
)
def test_a_value_is_the_same_whatever_program_saved_it(one, other):
    assert digest(one) == digest(other)


@pytest.fixture(scope="module")
def own(tmp_path_factory) -> Path:
    """Return a team's folder after its first week, with an archive of its own: other labels, another unit."""
    home = tmp_path_factory.mktemp("own")
    place = folder.TeamFolder(home, WORDS)
    folder.lay_out(place, one_week.RULES, one_week.RULES.members)
    blank = load_workbook(place.templates / "客户档案.xlsx")
    sheet = blank["客户档案"]
    sheet["A1"].value = "华东区客户台账"
    for spot in sheet[5]:
        names = {"预计成交金额 *": "预计成交金额(万元)", "竞争对手": "片区"}
        spot.value = names.get(spot.value, spot.value)
    blank.save(place.templates / "客户档案.xlsx")
    one_week.sound(place.inbox)
    friday_of(home, W47)
    shutil.rmtree(place.inbox)
    place.inbox.mkdir()
    return home


def test_a_teams_own_form_is_filled_in_place(own):
    path = own / "2026-W47" / "下发" / "张三_客户档案.xlsx"
    assert load_workbook(handed_out(own)).sheetnames[:2] == ["销售周报", CLIENT]
    sheet = load_workbook(path)["客户档案"]
    assert sheet["A1"].value == "华东区客户台账"
    row = row_of(sheet, CLIENT)
    heads = {c.value: c.column for c in sheet[5]}
    assert sheet.cell(row, heads["预计成交金额(万元)"]).value == 28
    assert sheet.cell(row, heads["首次接触时间 *"]).value == dt.datetime(2026, 10, 12)
    assert sheet.cell(row, heads["片区"]).value is None


def test_a_teams_own_form_comes_back_with_what_was_changed(own, tmp_path):
    home = Path(shutil.copytree(own, tmp_path / "team"))
    with edited(home) as made:
        fill(made)
    back = load_workbook(home / "2026-W47" / "下发" / "张三_客户档案.xlsx")
    sheet = back["客户档案"]
    column = next(c.column for c in sheet[5] if c.value == "预计成交金额(万元)")
    sheet.cell(row_of(sheet, CLIENT), column).value = 30
    back.save(home / "收件箱" / "档案.xlsx")
    assert told(friday_of(home, W48)) == set()
    change = tables(home, W48)["change"]
    assert change[["field", "old", "new"]].values.tolist() == [["expected_amount", "280000", "300000"]]


def test_an_own_form_that_does_not_read_back_gives_way_to_ours(played, tmp_path):
    home = Path(shutil.copytree(played, tmp_path / "team"))
    blank = load_workbook(home / "模板" / "客户档案.xlsx")
    blank["客户档案"].delete_rows(5, 2)  # nothing is left to tell its columns by
    blank.save(home / "模板" / "客户档案.xlsx")
    one_week.sound(home / "收件箱")
    outcome = friday_of(home, W48)
    assert [path.name for path in outcome.handed_out] == ["张三.xlsx"]
    assert "客户档案" in load_workbook(outcome.handed_out[0]).sheetnames


def test_nobody_gets_a_row_of_somebody_else(tmp_path):
    home = tmp_path / "team"
    place = folder.TeamFolder(home, WORDS)
    rules = replace(one_week.RULES, members=(*one_week.RULES.members, Member("李四", "一组")))
    folder.lay_out(place, rules, rules.members)
    one_week.sound(place.inbox)
    sheets.archive(place.inbox / "李四.xlsx", [{"customer_name": "泰州顺达纺织有限公司"}], rep="李四")
    friday_of(home, W47)
    for name, foreign in (("张三", "泰州顺达"), ("李四", "甲乙丙")):
        made = load_workbook(home / "2026-W47" / "下发" / f"{name}.xlsx")
        texts = " ".join(str(c.value) for ws in made for line in ws.iter_rows() for c in line if c.value)
        assert foreign not in texts


def test_a_talk_held_back_stands_on_its_record_and_counts_once_it_is_mended(played, tmp_path):
    home = Path(shutil.copytree(played, tmp_path / "team"))
    talk = {"contact_time": dt.datetime(2026, 11, 24, 9), "entered_at": dt.datetime(2026, 11, 24, 12)}
    sheets.record(
        home / "收件箱" / "记录.xlsx", [*one_week.TALKS, {**talk, "method": "飞鸽传书"}], one_week.ACTIONS
    )
    friday_of(home, W48)
    sheet = load_workbook(handed_out(home, "2026-W48"))[CLIENT]
    assert [cell(sheet, "沟通方式", row).value for row in (1, 2, 3, 4)] == [
        "电话拜访",
        "电话拜访",
        "飞鸽传书",
        None,
    ]
    assert cell(sheet, "沟通方式", 3).comment
    (home / "收件箱" / "记录.xlsx").unlink()
    with edited(home, week="2026-W48") as made:
        fill(made)
        cell(made[CLIENT], "沟通方式", 3).value = "上门拜访"
    assert told(friday_of(home, W49)) == set()
    assert tables(home, W49)["communication"]["method"].tolist() == ["电话拜访", "电话拜访", "上门拜访"]


def test_a_record_copied_for_another_customer_does_not_take_the_old_talks_along(team):
    with edited(team) as made:
        fill(made)
        copy = made.copy_worksheet(made[CLIENT])
        cell(copy, "客户名称").value = one_week.CUSTOMERS[1]["customer_name"]
        cell(copy, "客户编号").value = None
        talk = (dt.datetime(2026, 11, 25, 9), "电话拜访", "客户确认样机参数，要求十二月到货")
        for label, value in zip(("沟通时间", "沟通方式", "沟通内容摘要"), talk, strict=True):
            cell(copy, label, 3).value = value
    friday_of(team, W48)
    talks = tables(team, W48)["communication"]
    assert talks["customer_name"].tolist() == [CLIENT, CLIENT, one_week.CUSTOMERS[1]["customer_name"]]


@pytest.mark.parametrize("body", ["", "[]", "{", '{"customer_name": 7}', "[" * 20000])
def test_a_damaged_record_of_what_was_handed_out_says_nothing(played, tmp_path, body):
    made = load_workbook(handed_out(played))
    for line in made["下发记录"].iter_rows(min_row=2):
        line[3].value = body
    made.save(tmp_path / "张三.xlsx")
    read = READER.read(Job("张三.xlsx", tmp_path / "张三.xlsx"))
    assert {form.form for form in read.submissions} == {"weekly_report", "customer_archive", "process_record"}
    assert all(not block.handed for form in read.submissions for block in form.blocks)


def test_a_plain_archive_of_the_same_week_is_heard_beside_it(team):
    one_week.sound(team / "收件箱")
    for name in (one_week.RECORD, one_week.REPORT):
        (team / "收件箱" / name).unlink()
    with one_week.edit(team / "收件箱", one_week.ARCHIVE) as sheet:
        amount = next(c for c in sheet[one_week.FIRST - 1] if c.value == "预计成交金额")
        sheet.cell(one_week.FIRST, amount.column).value = 310000
    with edited(team, "最后.xlsx") as made:
        fill(made)
    outcome = friday_of(team, W48)
    assert told(outcome) == set()
    rows = tables(team, W48)["customer"].set_index("customer_name")
    assert rows.loc[CLIENT, "expected_amount"] == 310000
    assert len(rows) == len(one_week.CUSTOMERS)


def test_a_double_claim_is_told_to_both_also_at_a_cell_that_stands(team):
    with edited(team) as made:
        fill(made)
    sheets.archive(team / "收件箱" / "李四.xlsx", [{"customer_no": None}], rep="李四")
    found = friday_of(team, W48).checked.findings
    assert {f.place.file for f in found if f.code == "conflict"} == {"张三.xlsx", "李四.xlsx"}
