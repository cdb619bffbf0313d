"""Faulty workbooks go back to who they are by, marked, with a message to paste."""

from __future__ import annotations

import csv
import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest
from openpyxl import load_workbook

from salesxl import drawing
from salesxl.errors import UsageError
from salesxl.intake import receive
from salesxl.rulebook import Member
from salesxl.validate import check
from salesxl.workspace import returns
from salesxl.workspace.batch_report import waiting
from salesxl.xlsx.marks import MARK_SHEET_PROPERTY
from tests.sheets import AS_OF, RULES, WORDS, archive, weekly

DUE = dt.date(2026, 11, 24)
NASTY = "../../坏:名/李四"


def as_csv(path: Path, target: Path) -> None:
    """Write a workbook's first sheet as comma-separated text, as business systems do."""
    with target.open("w", encoding="gb18030", newline="") as stream:
        writer = csv.writer(stream)
        for row in load_workbook(path).active.iter_rows(values_only=True):
            writer.writerow([v.date() if isinstance(v, dt.datetime) else v for v in row])


@pytest.fixture(scope="module")
def inbox(tmp_path_factory) -> Path:
    home = tmp_path_factory.mktemp("inbox")
    for folder, lacking in (("一组", "contact"), ("二组", "need")):
        (home / folder).mkdir()
        rows = [{"customer_name": folder, "customer_no": None, lacking: None}]
        archive(home / folder / "客户.xlsx", rows, rep="张三")
        as_csv(home / folder / "客户.xlsx", home / folder / "客户.csv")
        changed = archive(home / folder / "另.xlsx", [{**rows[0], "customer_name": f"{folder}另"}])
        as_csv(changed, home / folder / "客户.csv")
        changed.unlink()
    archive(home / "坏名.xlsx", [{"contact": None, "customer_no": None}], rep=NASTY)
    archive(home / "只有警告.xlsx", [{"need": "无", "customer_no": None}], rep="王五")
    weekly(home / "好的.xlsx", rep="赵六")
    (home / "王五_断.xlsx").write_bytes(b"PK\x03\x04 cut off")
    (home / "谁的.xlsx").write_bytes(b"PK\x03\x04 cut off too")
    return home


@pytest.fixture(scope="module")
def batch(inbox):
    return receive([inbox], RULES)


@pytest.fixture(scope="module")
def checked(batch):
    return check(batch, RULES, AS_OF)


@pytest.fixture(scope="module")
def sent(batch, checked, tmp_path_factory) -> Path:
    home = tmp_path_factory.mktemp("week") / "退回"
    made = returns.write(home, checked, batch.files, WORDS, due=DUE)
    books = [p for p in home.rglob("*") if p.is_file() and p.suffix == ".xlsx"]
    assert sorted(one.path for one in made) == sorted(books)
    return home


def names(folder: Path) -> set[str]:
    return {p.name for p in folder.iterdir()}


def test_each_rep_has_a_folder_with_the_files_that_have_errors_or_warnings(sent):
    assert names(sent) == {"张三", "王五", "坏_名_李四", "未注明销售代表"}
    assert names(sent / "王五") == {"王五_断.xlsx.需要修改.xlsx", "只有警告.xlsx", "消息.md", "消息.txt"}


def test_two_files_of_one_name_both_come_back(sent):
    assert {n for n in names(sent / "张三") if not n.startswith("消息")} == {
        "客户.xlsx",
        "客户(2).xlsx",
        "客户.csv.需要修改.xlsx",
        "客户(2).csv.需要修改.xlsx",
    }


def test_what_a_rep_typed_for_a_name_never_leads_out_of_the_folder(sent):
    assert names(sent.parent) == {"退回"}
    assert names(sent.parent.parent).isdisjoint({"坏:名", "李四"})
    assert "坏名.xlsx" in names(sent / "坏_名_李四")


def test_a_marked_copy_lists_what_is_wrong_and_keeps_what_was_typed(sent, inbox):
    copy = load_workbook(sent / "张三" / "客户.xlsx")
    assert copy.worksheets[0]["A1"].value == MARK_SHEET_PROPERTY
    marked, original = copy["客户档案"], load_workbook(inbox / "一组" / "客户.xlsx")["客户档案"]
    typed = {c.coordinate: c.value for row in original for c in row if c.value is not None}
    assert {at: marked[at].value for at in typed} == typed
    listed = [c.value for row in copy.worksheets[0] for c in row]
    assert any("联系方式未填" in str(value) for value in listed)


def test_a_marked_copy_handed_in_again_is_found_to_have_the_same_faults(sent, checked, tmp_path):
    again = check(receive([sent / "张三" / "客户.xlsx"], RULES), RULES, AS_OF)
    first = [(f.place.cell, f.code) for f in checked.findings if f.place.file == "一组/客户.xlsx"]
    assert [(f.place.cell, f.code) for f in again.findings] == [f for f in first if f[1] != "superseded"]
    assert all(s.marked for s in again.submissions)


def test_the_message_names_the_rep_the_day_and_every_cell(sent):
    text = (sent / "张三" / "消息.txt").read_text(encoding="utf-8")
    assert text.startswith("张三")
    assert "2026-11-24" in text
    assert "I4" in text
    assert "J4" in text
    assert "客户(2).csv" in text
    assert "**" in (sent / "张三" / "消息.md").read_text(encoding="utf-8")


def test_what_has_neither_error_nor_warning_stays(checked, sent):
    assert set(returns.to_return(checked)["王五"]) == {"王五_断.xlsx", "只有警告.xlsx"}
    assert "赵六" not in names(sent)


def test_a_file_with_mere_warnings_asks_to_be_checked_and_not_to_be_redone(sent):
    book = load_workbook(sent / "王五" / "只有警告.xlsx")
    assert book.sheetnames[0] == "请核对"
    assert book.worksheets[0]["A1"].value == MARK_SHEET_PROPERTY
    cell = next(c for row in book["客户档案"] for c in row if c.comment)
    assert cell.comment.text.startswith("【请核对】")
    assert cell.fill.fgColor.rgb.startswith("FFFFE")


def written(home: Path, paths: list[Path], rules=RULES, **given) -> dict[str, set[str]]:
    """Check files, write what goes back, and return the names in each rep's folder."""
    batch = receive(paths, rules)
    returns.write(home, check(batch, rules, AS_OF), batch.files, WORDS, due=DUE, **given)
    return {folder.name: names(folder) for folder in home.iterdir()} if home.exists() else {}


def said(home: Path, rep: str) -> str:
    return (home / rep / "消息.txt").read_text(encoding="utf-8")


def test_only_warnings_are_told_as_nothing_that_must_be_redone(tmp_path):
    archive(tmp_path / "a.xlsx", [{"need": "无", "customer_no": None}], rep="王五")
    assert set(written(tmp_path / "退回", [tmp_path / "a.xlsx"])) == {"王五"}
    text = said(tmp_path / "退回", "王五")
    assert "没有必须改的" in text
    assert "不用再交" in text


def test_both_reps_hear_that_they_claim_one_customer(tmp_path):
    for name in ("张三", "李四"):
        archive(tmp_path / f"{name}.xlsx", [{"contact": f"1380000000{len(name)}"}], rep=name)
    found = written(tmp_path / "退回", [tmp_path / "张三.xlsx", tmp_path / "李四.xlsx"])
    assert {"张三", "李四"} <= set(found)
    for name in ("张三", "李四"):
        assert "同时由 张三、李四 登记" in said(tmp_path / "退回", name)


def test_who_owes_a_report_is_reminded_though_nothing_was_handed_in(tmp_path):
    rules = replace(RULES, members=(Member("张三"), Member("赵六"), Member("孙七")), has_roster=True)
    weekly(tmp_path / "w.xlsx", rep="赵六")
    old = (dt.date(2026, 11, 9), dt.date(2026, 11, 15))
    weekly(tmp_path / "old.xlsx", week_start=old[0], week_end=old[1], rep="孙七")
    found = written(tmp_path / "退回", [tmp_path], rules)
    assert found["张三"] == {"消息.md", "消息.txt"}
    assert "2026-11-16 至 2026-11-22 的销售周报" in said(tmp_path / "退回", "张三")
    assert "2026-11-09 至 2026-11-15" in said(tmp_path / "退回", "孙七")
    assert "赵六" not in found


def test_a_mended_file_that_bears_our_marks_comes_back_clean(tmp_path):
    archive(tmp_path / "a.xlsx", [{"contact": None, "customer_no": None}], rep="王五")
    written(tmp_path / "退回", [tmp_path / "a.xlsx"])
    again = load_workbook(tmp_path / "退回" / "王五" / "a.xlsx")
    cell = next(c for row in again["客户档案"] for c in row if c.comment)
    cell.value = "13800138000"
    again.save(tmp_path / "改好.xlsx")
    assert written(tmp_path / "下次", [tmp_path / "改好.xlsx"])["王五"] == {
        "改好.xlsx",
        "消息.md",
        "消息.txt",
    }
    clean = load_workbook(tmp_path / "下次" / "王五" / "改好.xlsx")
    assert clean.sheetnames == ["客户档案"]
    assert not [c for row in clean["客户档案"] for c in row if c.comment]
    assert clean["客户档案"][cell.coordinate].value == "13800138000"
    assert "都没有问题了" in said(tmp_path / "下次", "王五")


def test_a_mended_file_whose_list_was_deleted_comes_back_clean_too(tmp_path):
    archive(tmp_path / "a.xlsx", [{"contact": None, "customer_no": None}], rep="王五")
    written(tmp_path / "退回", [tmp_path / "a.xlsx"])
    again = load_workbook(tmp_path / "退回" / "王五" / "a.xlsx")
    next(c for row in again["客户档案"] for c in row if c.comment).value = "13800138000"
    del again[again.sheetnames[0]]
    again.save(tmp_path / "改好.xlsx")
    written(tmp_path / "下次", [tmp_path / "改好.xlsx"])
    clean = load_workbook(tmp_path / "下次" / "王五" / "改好.xlsx")["客户档案"]
    assert not [c for row in clean for c in row if c.comment]


def test_a_form_that_is_no_workbook_is_told_to_whom_it_names(tmp_path):
    weekly(tmp_path / "w.xlsx", rep="王五")
    (tmp_path / "王五_周报.pdf").write_bytes(b"%PDF-1.4")
    (tmp_path / "通知.pdf").write_bytes(b"%PDF-1.4")
    found = written(tmp_path / "退回", [tmp_path])
    assert found == {"王五": {"王五_周报.pdf.请核对.xlsx", "消息.md", "消息.txt"}}


def test_known_customer_numbers_are_told_with_what_goes_back(tmp_path):
    archive(tmp_path / "a.xlsx", [{"contact": None, "customer_no": None}], rep="王五")
    numbers = {"王五": [("甲公司", "CRM202611001")]}
    written(tmp_path / "退回", [tmp_path / "a.xlsx"], numbers=numbers)
    assert "甲公司　CRM202611001" in said(tmp_path / "退回", "王五")


def test_marked_copies_keep_their_sub_folders_and_include_mere_warnings(batch, checked, tmp_path):
    made = returns.mark(tmp_path / "out", checked, batch.files, WORDS)
    found = {p.relative_to(tmp_path / "out").as_posix() for p in made}
    assert found == {
        "一组/客户.xlsx",
        "二组/客户.xlsx",
        "一组/客户.csv.需要修改.xlsx",
        "二组/客户.csv.需要修改.xlsx",
        "坏名.xlsx",
        "只有警告.xlsx",
        "王五_断.xlsx.需要修改.xlsx",
        "谁的.xlsx.需要修改.xlsx",
    }
    again = returns.mark(tmp_path / "out", checked, batch.files, WORDS)
    assert again == made
    assert len([p for p in (tmp_path / "out").rglob("*") if p.is_file()]) == len(made)


def test_a_copy_never_takes_the_place_of_a_file_that_is_not_marked(batch, checked, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    (out / "只有警告.xlsx").write_bytes(drawing.blank_form("customer_archive"))
    (out / "坏名.xlsx").symlink_to(tmp_path / "nowhere.xlsx")
    (out / "一组").mkdir()
    (out / "一组" / "客户.csv").write_text("姓名", encoding="utf-8")  # beside it the list is numbered too
    before = {p: p.read_bytes() for p in out.rglob("*") if p.is_file()}
    made = returns.mark(out, checked, batch.files, WORDS)
    found = {p.relative_to(out).as_posix() for p in made}
    assert {"只有警告(2).xlsx", "坏名(2).xlsx", "一组/客户(2).csv.需要修改.xlsx", "一组/客户.xlsx"} < found
    assert {p: p.read_bytes() for p in before} == before
    assert (out / "坏名.xlsx").is_symlink()
    again = returns.mark(out, checked, batch.files, WORDS)
    assert again == made  # the numbered ones are ours


def test_copies_are_refused_where_the_originals_are(batch, checked, inbox):
    before = {p: p.read_bytes() for p in inbox.rglob("*") if p.is_file()}
    with pytest.raises(UsageError, match="originals"):
        returns.mark(inbox, checked, batch.files, WORDS)
    assert {p: p.read_bytes() for p in inbox.rglob("*") if p.is_file()} == before


def test_a_file_of_two_reps_goes_to_each_who_has_an_error(tmp_path):
    path = archive(tmp_path / "合.xlsx", [{"contact": None}])
    opened = load_workbook(path)
    for name, contact in (("李四", None), ("王五", "13800138000")):
        other = opened.copy_worksheet(opened["客户档案"])
        other.title, other["B1"], other["I4"] = name, name, contact
        other["A4"], other["B4"] = None, f"{name}的客户"
    opened.save(path)
    found = returns.to_return(check(receive([path], RULES), RULES, AS_OF))
    assert {rep: set(files) for rep, files in found.items()} == {"张三": {"合.xlsx"}, "李四": {"合.xlsx"}}


def test_a_file_that_was_not_read_is_not_said_to_be_taken_in(tmp_path):
    weekly(tmp_path / "w.xlsx", rep="王五")
    (tmp_path / "王五_周报.docx").write_bytes(b"PK\x03\x04 a letter")
    written(tmp_path / "退回", [tmp_path])
    text = said(tmp_path / "退回", "王五")
    assert "1 个文件没有读入" in text
    assert "Excel 空白表，在 2026-11-24 前重新交" in text
    assert "改原来的文件" not in text
    assert "收下" not in text
    assert "不用再交" not in text


def test_a_report_of_another_week_is_told_once_and_without_contradiction(tmp_path):
    rules = replace(RULES, members=(Member("孙七"),), has_roster=True)
    weekly(tmp_path / "w.xlsx", week_start=dt.date(2026, 11, 9), week_end=dt.date(2026, 11, 15), rep="孙七")
    written(tmp_path / "退回", [tmp_path / "w.xlsx"], rules)
    text = said(tmp_path / "退回", "孙七")
    assert text.count("2026-11-16 至 2026-11-22") == 1
    assert "这份周报属于 2026-11-09 至 2026-11-15 这一周" in text
    assert "请在 2026-11-24 前改好交回" in text
    for wrong in ("孙七 交的", "不用再交", "收下", "还没有收到"):
        assert wrong not in text


def test_a_report_of_a_week_to_come_goes_back_with_word_of_the_one_that_is_owed(tmp_path):
    rules = replace(RULES, members=(Member("孙七"),), has_roster=True)
    weekly(tmp_path / "w.xlsx", week_start=dt.date(2026, 11, 30), week_end=dt.date(2026, 12, 6), rep="孙七")
    batch = receive([tmp_path / "w.xlsx"], rules)
    checked = check(batch, rules, AS_OF)
    assert not [f for f in checked.findings if f.code == "missing_report"]
    assert set(returns.owing(checked)) == set(waiting(checked)) == {"孙七"}
    written(tmp_path / "退回", [tmp_path / "w.xlsx"], rules)
    text = said(tmp_path / "退回", "孙七")
    assert "2026-11-16 至 2026-11-22 的销售周报还缺" in text
    assert "还没有收到" not in text
