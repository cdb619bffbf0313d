"""The account of a batch: what was read, what became of it, whose it is."""

from __future__ import annotations

import pytest
from openpyxl import load_workbook

from salesxl.model import Finding, Place, Severity
from salesxl.workspace import batch_report
from tests.sheets import RULES, archive, check, record, week, weekly


@pytest.fixture(scope="module")
def mixed(tmp_path_factory):
    """Return a batch with accepted, returned, superseded and skipped rows, and files that are no forms."""
    home = tmp_path_factory.mktemp("mixed")
    rows = [
        {"customer_name": "示例公司", "customer_no": None, "notes": "示例"},
        {"expected_amount": 280000.1},
        {"customer_name": None, "expected_amount": 100.2},
        {"customer_name": "丙", "customer_no": None, "contact": None, "expected_amount": 0.1},
        {"customer_name": "丁", "customer_no": None, "expected_amount": "面议"},
        {"customer_name": "戊", "customer_no": None, "expected_amount": -5},
    ]
    archive(home / "a.xlsx", rows)
    opened = load_workbook(home / "a.xlsx")
    sheet = opened["客户档案"]
    sheet["B4"].value = "（示例）示例公司"
    sheet.append([])
    sheet.append([None] * sheet.max_column)
    sheet.cell(sheet.max_row + 2, 1, "合计")
    opened.save(home / "a.xlsx")
    weekly(home / "b.xlsx", completed_amount=7, follow_ups="不少")
    weekly(home / "b(2).xlsx", completed_amount=9, rep="李四")
    weekly(home / "b(3).xlsx", completed_amount=9, rep="李四", deals=2)
    record(home / "c.xlsx")
    (home / "李四_旧表.xlsx").write_bytes(b"PK\x03\x04 cut off")
    (home / "张三").mkdir()
    (home / "张三" / "照片.png").write_bytes(b"\x89PNG")
    return check(home)


def test_rows_read_are_accepted_or_returned(mixed):
    tally = batch_report.counts(mixed)
    assert tally.records == tally.accepted + tally.returned
    assert (tally.accepted, tally.returned, tally.superseded) == (1 + 1 + 3, 4 + 1, 1)
    assert tally.files == 6
    assert tally.errors == sum(f.severity is Severity.ERROR for f in mixed.findings)


def test_every_form_row_adds_up(mixed):
    table = batch_report.submissions(mixed, RULES)
    forms = table[table["form"].notna() & (table["status"] != "superseded")]
    assert (forms["read"] == forms["accepted"] + forms["returned"]).all()
    tally = batch_report.counts(mixed)
    assert forms["accepted"].sum() == tally.accepted
    assert forms["returned"].sum() == tally.returned
    assert (forms["errors"].sum(), table["errors"].sum()) == (tally.errors - 1, tally.errors)


def test_what_is_held_back_is_said_with_its_known_amount(mixed):
    table = batch_report.submissions(mixed, RULES).set_index("source_file")
    assert table.at["a.xlsx", "held_amount"] == 100.3
    assert table.at["b.xlsx", "held_completed"] == 7
    assert table.loc[["c.xlsx", "b(3).xlsx"], ["held_amount", "held_completed"]].isna().all(axis=None)


def test_a_superseded_form_returns_nothing(mixed):
    row = batch_report.submissions(mixed, RULES).set_index("source_file").loc["b(2).xlsx"]
    assert (row["status"], row["accepted"], row["returned"]) == ("superseded", 0, 0)


def test_a_file_that_gave_no_form_stands_in_the_account_under_who_it_is_by(mixed):
    table = batch_report.submissions(mixed, RULES).set_index("source_file")
    assert table.loc["李四_旧表.xlsx", ["rep", "status"]].tolist() == ["李四", "unreadable"]
    assert table.loc["张三/照片.png", ["rep", "status"]].tolist() == ["张三", "unrecognised"]
    told = batch_report.findings(mixed).set_index("source_file")
    assert told.at["李四_旧表.xlsx", "rep"] == "李四"


def test_every_finding_is_one_row_in_order(mixed):
    table = batch_report.findings(mixed)
    assert table["code"].tolist() == [f.code for f in mixed.findings]
    assert table["message"].notna().all()
    assert table["source_row"].dtype == "Int64"


def test_of_two_reps_in_one_file_each_has_their_own_findings(tmp_path):
    path = archive(tmp_path / "合.xlsx", [{"contact": None}])
    opened = load_workbook(path)
    other = opened.copy_worksheet(opened["客户档案"])
    other.title = "李四"
    other["B1"] = "李四"
    opened.save(path)
    checked = check(path)
    whose = batch_report.owner(checked)
    assert [whose(f) for f in checked.findings if f.code == "required"] == ["张三", "李四"]
    assert whose(Finding("unreadable", Severity.ERROR, Place("合.xlsx"))) is None
    table = batch_report.submissions(checked, RULES)
    assert table["errors"].tolist() == [1, 1]


def test_the_sample_week_adds_up():
    tally = batch_report.counts(week())
    blocks = [b for s in week().submissions for b in s.blocks]
    rows = sum(len(b.frame) for b in blocks if b.kind != "archive_head")
    assert rows == tally.accepted + tally.returned + tally.superseded
    assert tally.example + tally.blank + tally.total == sum(sum(b.skipped.values()) for b in blocks)
