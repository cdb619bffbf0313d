"""Faulty workbooks go back to who they are by, marked, with a message to paste."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path

import pytest
from openpyxl import load_workbook

from salesxl import returns
from salesxl.errors import UsageError
from salesxl.excel.marks import MARK_SHEET_PROPERTY
from salesxl.receive import receive
from salesxl.validate import check
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


def test_each_rep_has_a_folder_with_the_files_that_have_errors(sent):
    assert names(sent) == {"张三", "王五", "坏_名_李四", "未注明销售代表"}
    assert names(sent / "王五") == {"王五_断.xlsx.需要修改.xlsx", "消息.md", "消息.txt"}


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


def test_nothing_goes_back_without_an_error(checked, sent):
    assert "王五" in returns.to_return(checked)
    assert set(returns.to_return(checked)["王五"]) == {"王五_断.xlsx"}
    assert "赵六" not in names(sent)


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


def test_copies_are_refused_where_the_originals_are(batch, checked, inbox):
    before = {p: p.read_bytes() for p in inbox.rglob("*") if p.is_file()}
    with pytest.raises(UsageError, match="原件"):
        returns.mark(inbox, checked, batch.files, WORDS)
    assert {p: p.read_bytes() for p in inbox.rglob("*") if p.is_file()} == before


def test_a_file_of_two_reps_goes_to_each_who_has_an_error(tmp_path):
    path = archive(tmp_path / "合.xlsx", [{"contact": None}])
    opened = load_workbook(path)
    for name, contact in (("李四", None), ("王五", "13800138000")):
        other = opened.copy_worksheet(opened["客户档案"])
        other.title, other["B1"], other["I4"] = name, name, contact
    opened.save(path)
    found = returns.to_return(check(receive([path], RULES), RULES, AS_OF))
    assert {rep: set(files) for rep, files in found.items()} == {"张三": {"合.xlsx"}, "李四": {"合.xlsx"}}
