"""The whole job on a real-looking week: all is there, nothing is lost, a second run changes nothing."""

from __future__ import annotations

import datetime as dt
import hashlib
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from salesxl import friday, messages, settings
from salesxl.cli import report
from salesxl.errors import DestinationBusyError, SettingsError, TemplateError, UsageError
from salesxl.workers import Hands, Local
from salesxl.workers.pool import Task
from salesxl.workspace import folder as team_folder
from tests.sheets import AS_OF, WORDS, archive, weekly

WEEK_DATA = Path(__file__).parent / "data" / "week"
WEEK = friday.Week(dt.date(2026, 11, 16), AS_OF)


def lay_out(root: Path) -> team_folder.TeamFolder:
    """Make a team's folder with the roster of the sample week."""
    folder = team_folder.TeamFolder(root, WORDS)
    members = team_folder.read_members(WEEK_DATA / "roster.tsv")
    team_folder.lay_out(folder, settings.default_rulebook(), members)
    return folder


def hashes(root: Path) -> dict[str, str]:
    """Return a digest of every file below a folder."""
    return {
        p.relative_to(root).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in sorted(root.rglob("*"))
        if p.is_file()
    }


# openpyxl warns of what it does not know in a workbook (data bars of 2010); it is Excel that has to
pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")


@pytest.fixture(scope="module")
def team(tmp_path_factory):
    folder = lay_out(tmp_path_factory.mktemp("team") / "华东销售部")
    shutil.copytree(WEEK_DATA / "inbox", folder.inbox, dirs_exist_ok=True)
    before = hashes(folder.inbox)
    outcome = friday.run(folder, WEEK)
    return folder, outcome, before


def test_everything_a_team_needs_is_there(team):
    folder, outcome, _ = team
    week = folder.root / "2026-W47"
    assert outcome.folder == week
    assert {p.name for p in week.iterdir()} == {
        "团队汇总.xlsx",
        "团队汇总-打印.xlsx",
        "经理消息.txt",
        "团队台账.xlsx",
        "退回",
        "下发",
    }
    assert (folder.archive / "2026-W47" / "原件" / "刘勇_客户档案.xlsx").is_file()
    assert (folder.archive / "过程记录" / "佛山信诚云帆商贸集团有限公司_20261116.xlsx").is_file()


NOT_HANDED_IN = ("数据问题", "提交情况", "变更记录", "编号登记", "成交记录", "退回未改")


def test_every_row_read_is_accounted_for(team):
    _, outcome, _ = team
    tally = outcome.counts
    assert tally.records == tally.accepted + tally.returned
    book = load_workbook(outcome.book)
    sheets = [n for n in book.sheetnames if n not in NOT_HANDED_IN]
    rows = sum(1 for n in sheets for row in book[n].iter_rows(min_row=2, values_only=True) if any(row))
    assert rows == tally.accepted
    (header, *body) = book["提交情况"].iter_rows(values_only=True)
    sums = {
        n: sum(r[header.index(n)] or 0 for r in body)
        for n in ("读入行数", "接收行数", "退回行数", "空白行", "合计行")
    }
    assert sums == {
        "读入行数": tally.records,
        "接收行数": tally.accepted,
        "退回行数": tally.returned,
        "空白行": tally.blank,
        "合计行": tally.total,
    }
    assert len(outcome.checked.findings) == sum(
        1 for row in book["数据问题"].iter_rows(min_row=2) if row[0].value
    )


def test_originals_stay_as_they_came(team):
    folder, _, before = team
    assert hashes(folder.inbox) == before


def test_every_faulty_workbook_goes_back_with_a_message(team):
    folder, outcome, _ = team
    grave = ("error", "warning")
    faulty = {f.place.file for f in outcome.checked.findings if f.severity in grave}
    assert {p.name.removesuffix(".需要修改.xlsx") for p in outcome.returned} == faulty - {"食堂菜单.xlsx"}
    mere = {f.place.file for f in outcome.checked.findings if f.severity == "error"}
    assert outcome.to_check == len(outcome.returned) - len(mere)
    home = folder.root / "2026-W47" / "退回" / "刘勇"
    assert {"刘勇_客户档案.xlsx", "消息.md", "消息.txt"} <= {p.name for p in home.iterdir()}
    assert "C3" in (home / "消息.txt").read_text(encoding="utf-8")
    marked = load_workbook(home / "刘勇_客户档案.xlsx")
    assert marked.sheetnames == ["需要修改", "客户档案"]
    assert marked["客户档案"]["C3"].comment is not None


def test_the_summary_is_finished_and_says_what_is_held_back(team):
    _, outcome, _ = team
    book = load_workbook(outcome.summary)
    texts = [str(c.value) for s in book for row in s.iter_rows() for c in row if c.value is not None]
    assert not [t for t in texts if "{{" in t or "{%" in t or t.startswith("#")]
    held = sum(int(n or 0) for n in (outcome.counts.returned,))
    assert any(f"{held} 行" in t for t in texts), held


class _Counted(Hands):
    """Hands that tell what they were given, and to whom everything pays."""

    def __init__(self) -> None:
        super().__init__(2)
        self.given: list[str] = []

    def spread(self, task: Task, items: Sequence[Any], size: int) -> Any:
        self.given.append("spread")
        return super().spread(task, items, 10**9)

    def aside(self, task: Task, item: Any, size: int) -> Any:
        self.given.append("aside")
        return super().aside(task, item, 10**9)


@pytest.mark.slow
def test_the_same_week_again_gives_the_same_bytes_whoever_works(team):
    folder, outcome, _ = team
    before = hashes(outcome.folder)
    hands = _Counted()
    friday.run(folder, WEEK, Local(2), hands)
    assert hands.given == ["spread", "spread", "aside"]
    assert hashes(outcome.folder) == before
    assert [p.name for p in folder.root.iterdir() if p.name.startswith(".")] == [".salesxl"]


def test_a_book_open_in_excel_stops_the_run_and_changes_nothing(team):
    folder, outcome, _ = team
    before = hashes(outcome.folder)
    lock = outcome.folder / "~$团队台账.xlsx"
    lock.write_bytes(b"x")
    try:
        with pytest.raises(DestinationBusyError, match="团队台账"):
            friday.run(folder, WEEK)
    finally:
        lock.unlink()
    assert hashes(outcome.folder) == before


@pytest.mark.slow
def test_the_next_week_keeps_numbers_and_adds_up_the_month(tmp_path):
    folder = lay_out(tmp_path / "队")
    archive(folder.inbox / "a.xlsx", [{"customer_no": None}], rep="刘勇")
    weekly(folder.inbox / "b.xlsx", rep="刘勇", completed_amount="10.01万")
    first = friday.run(folder, WEEK)
    number = cells(first.book, "客户档案", "客户编号")
    assert number == ["CRM202610001"]
    for path in folder.inbox.iterdir():
        path.unlink()
    late = {"customer_no": None, "customer_name": "丙丁贸易有限公司"}
    archive(folder.inbox / "a.xlsx", [{"customer_no": None}, late], rep="刘勇")
    monday = dt.datetime(2026, 11, 23)
    weekly(
        folder.inbox / "b.xlsx",
        rep="刘勇",
        week_start=monday,
        week_end=monday + dt.timedelta(days=6),
        completed_amount=0.02,
    )
    second = friday.run(folder, friday.Week(monday.date(), dt.date(2026, 11, 27)))
    assert cells(second.book, "客户档案", "客户编号") == ["CRM202610001", "CRM202610002"]
    assert cells(second.book, "周报", "本月累计完成") == [100100, 100100.02]


def cells(path: Path, sheet: str, label: str) -> list[object]:
    """Return a column of a book by its label."""
    (header, *body) = load_workbook(path)[sheet].iter_rows(values_only=True)
    return [row[header.index(label)] for row in body]


@pytest.mark.slow
def test_an_english_run_speaks_english_where_the_team_has_no_template_of_its_own(tmp_path):
    folder = lay_out(tmp_path / "队")
    archive(folder.inbox / "刘勇.xlsx", [{"expected_amount": "面议"}], rep="刘勇")
    english = team_folder.TeamFolder(folder.root, messages.load("en", report.label_of))
    outcome = friday.run(english, WEEK)
    title = load_workbook(outcome.summary).worksheets[0]
    shown = " ".join(str(c.value) for row in title.iter_rows() for c in row if c.value)
    assert "Attainment" in shown or "attainment" in shown
    message = outcome.returned[0].parent / "消息.txt"
    assert "Hello 刘勇" in message.read_text(encoding="utf-8")
    assert load_workbook(outcome.returned[0]).sheetnames[0] == "To mend"
    rows = outcome.figures["problems"]["rows"]
    assert {row["severity"] for row in rows} == {"error", "warning"}
    assert any("面议" in row["message"] and "is no amount" in row["message"] for row in rows), rows
    assert cells(outcome.book, "数据问题", "严重程度") == ["错误", *["警告"] * 6]


@pytest.mark.slow
def test_a_team_template_that_lacks_a_column_costs_its_looks_and_not_the_week(tmp_path):
    folder = lay_out(tmp_path / "队")
    archive(folder.inbox / "刘勇.xlsx", [{}], rep="刘勇")
    own = folder.reports / "团队台账.xlsx"
    opened = load_workbook(own)
    opened["客户档案"]["A1"] = "别的列"
    opened.save(own)
    outcome = friday.run(folder, WEEK)
    assert "销售代表" in (outcome.set_aside or "")
    assert cells(outcome.book, "客户档案", "销售代表") == ["刘勇"]
    assert outcome.summary.is_file()


@pytest.mark.slow
def test_a_team_template_that_lacks_a_sheet_costs_its_looks_and_not_the_week(tmp_path):
    folder = lay_out(tmp_path / "队")
    archive(folder.inbox / "刘勇.xlsx", [{}], rep="刘勇")
    deleted = Path(__file__).parent / "data" / "cases" / "templates" / "book_sheet_deleted.xlsx"
    (folder.reports / "团队台账.xlsx").write_bytes(deleted.read_bytes())
    outcome = friday.run(folder, WEEK)
    assert "问题与措施" in (outcome.set_aside or "")
    assert cells(outcome.book, "客户档案", "销售代表") == ["刘勇"]
    assert outcome.summary.is_file()


def test_a_folder_without_settings_says_how_to_get_them(tmp_path):
    with pytest.raises(SettingsError, match="no_settings"):
        friday.run(team_folder.TeamFolder(tmp_path, WORDS), WEEK)


def test_an_empty_inbox_says_so(tmp_path):
    with pytest.raises(UsageError, match="收件箱"):
        friday.run(lay_out(tmp_path / "队"), WEEK)


@pytest.mark.slow
def test_a_marked_workbook_that_was_mended_is_simply_the_next_submission(tmp_path):
    folder = lay_out(tmp_path / "队")
    archive(
        folder.inbox / "刘勇.xlsx",
        [{"expected_amount": "面议"}, {"customer_name": "丙丁贸易有限公司", "customer_no": None}],
        rep="刘勇",
    )
    first = friday.run(folder, WEEK)
    (marked,) = first.returned
    book = load_workbook(marked)
    assert book["客户档案"]["N4"].fill.fgColor.rgb != "00000000"
    book["客户档案"]["N4"] = 280000
    book.save(folder.inbox / "刘勇.xlsx")
    second = friday.run(folder, WEEK)
    assert second.returned == ()
    assert cells(second.book, "客户档案", "预计成交金额") == [280000, 280000]
    assert [f.code for f in second.checked.findings if f.severity != "notice"] == ["missing_report"] * 6


@pytest.mark.slow
def test_faulty_rows_are_taken_in_with_a_mark_where_the_team_wants_it(tmp_path):
    folder = lay_out(tmp_path / "队")
    book = load_workbook(folder.settings)
    sheet = book["参数"]
    (row,) = [r for r in sheet.iter_rows() if any(c.value == "有错误的行" for c in r)]
    (value,) = [c for c in row if c.value == "退回"]
    value.value = "带标记并入"
    book.save(folder.settings)
    archive(
        folder.inbox / "刘勇.xlsx", [{"contact": "12"}, {"customer_name": "丙丁贸易有限公司"}], rep="刘勇"
    )
    outcome = friday.run(folder, WEEK)
    assert cells(outcome.book, "客户档案", "带标记") == ["格式不符", None]


@pytest.mark.slow
def test_an_own_template_that_cannot_be_read_is_named_or_set_aside(tmp_path):
    folder = lay_out(tmp_path / "队")
    archive(folder.inbox / "a.xlsx", [{}], rep="刘勇")
    (folder.reports / "团队台账.xlsx").write_bytes(b"garbage")
    outcome = friday.run(folder, WEEK)
    assert "团队台账.xlsx" in (outcome.set_aside or "")
    (folder.reports / "团队汇总.xlsx").write_bytes(b"garbage")
    with pytest.raises(TemplateError, match=r"template_unreadable.*团队汇总\.xlsx"):
        friday.run(folder, WEEK)
