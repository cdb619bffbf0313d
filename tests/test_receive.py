"""Which files there are, what stands in them, and whose they are."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from openpyxl import load_workbook

from salesxl import validate
from salesxl.checks import whose
from salesxl.errors import UsageError
from salesxl.intake import receive
from salesxl.model import Severity
from salesxl.rulebook import Member
from salesxl.workers import Executors
from tests.sheets import AS_OF, RULES, WORDS, archive, check, record, weekly

ROSTER = replace(RULES, members=(Member("张勇"), Member("张勇萍"), Member("刘 勇")), has_roster=True)


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Path:
    home = tmp_path_factory.mktemp("receive")
    (home / "二组" / "深").mkdir(parents=True)
    archive(home / "b.xlsx", [{}])
    record(home / "二组" / "深" / "a.xlsx")
    weekly(home / "二组" / "W.XLSX")
    for lock in ("~$b.xlsx", ".隐藏.xlsx", "Thumbs.db"):
        (home / lock).write_bytes(b"x")
    (home / "照片.png").write_bytes(b"\x89PNG")
    (home / "空.xlsx").write_bytes(b"")
    (home / "断.xlsx").write_bytes((home / "b.xlsx").read_bytes()[:2000])
    (home / "空2.xlsx").write_bytes(b"")
    return home


@pytest.fixture(scope="module")
def batch(home):
    return receive([home], RULES)


def test_files_are_named_by_their_path_in_the_folder_and_locks_are_left_out(batch):
    assert list(batch.files) == sorted(
        ["b.xlsx", "二组/W.XLSX", "二组/深/a.xlsx", "断.xlsx", "空.xlsx", "空2.xlsx"]
    )


def test_every_form_is_found_in_the_order_of_the_files(batch):
    assert [(s.file, s.form) for s in batch.submissions] == [
        ("b.xlsx", "customer_archive"),
        ("二组/W.XLSX", "weekly_report"),
        ("二组/深/a.xlsx", "process_record"),
    ]


def test_a_file_that_gives_nothing_costs_one_finding(batch):
    assert sorted((f.place.file, f.code, f.facts["why"], f.severity) for f in batch.findings) == [
        ("断.xlsx", "unreadable", "truncated", Severity.ERROR),
        ("照片.png", "unrecognised", "foreign", Severity.WARNING),
        ("空.xlsx", "unreadable", "empty", Severity.ERROR),
        ("空2.xlsx", "unreadable", "empty", Severity.ERROR),
    ]


def test_what_is_said_of_a_file_says_how_to_mend_it(batch):
    said = {f.place.file: WORDS.message(f) + WORDS.fix(f) for f in batch.findings}
    assert said["断.xlsx"] == "文件不完整，可能没有下载完或复制完。请重新发送完整的文件。"
    assert said["空.xlsx"] == "文件是空的。请重新发送。"
    assert said["照片.png"].startswith("不是 Excel 文件")


def test_reading_in_parallel_gives_the_same(home, batch):
    with ThreadPoolExecutor(2) as executor:
        other = receive([home], RULES, Executors(executor))
    assert [(s.file, s.sheet, s.form) for s in other.submissions] == [
        (s.file, s.sheet, s.form) for s in batch.submissions
    ]
    assert other.findings == batch.findings


def test_forms_bear_the_stamp_of_their_workbook(batch):
    stamps = [s.modified for s in batch.submissions]
    assert all(stamp and dt.datetime.fromisoformat(stamp).tzinfo for stamp in stamps)
    assert not any(s.marked for s in batch.submissions)


def test_a_path_that_is_not_there_stops_the_run(tmp_path):
    with pytest.raises(UsageError, match="没有这个"):
        receive([tmp_path / "没有这个"], RULES)


@pytest.mark.parametrize(
    ("file", "sheet", "rep"),
    [
        ("张勇_档案.xlsx", "客户档案", "张勇"),
        ("张勇萍_档案.xlsx", "客户档案", "张勇萍"),
        ("张勇和张勇萍.xlsx", "客户档案", None),
        ("张勇萍/档案.xlsx", "客户档案", "张勇萍"),
        ("档案.xlsx", "张勇", "张勇"),
        ("刘勇.xlsx", "客户档案", "刘 勇"),
        ("档案.xlsx", "客户档案", None),
    ],
)
def test_a_form_without_a_name_is_by_who_its_file_folder_or_sheet_names(tmp_path, file, sheet, rep):
    path = tmp_path / file
    path.parent.mkdir(exist_ok=True)
    opened = load_workbook(archive(tmp_path / "x.xlsx", [{}], rep=None))
    opened["客户档案"].title = sheet
    (tmp_path / "x.xlsx").unlink()
    opened.save(path)
    batch = receive([tmp_path], ROSTER)
    stacks = validate._stacks(batch.submissions, ROSTER, AS_OF)
    assert whose.reps_of(batch.submissions, stacks, ROSTER)[0] == [rep]


def test_a_form_without_a_name_is_by_who_the_other_sheets_of_its_file_name(tmp_path):
    path = weekly(tmp_path / "x.xlsx", rep="李四")
    opened, other = load_workbook(path), load_workbook(archive(tmp_path / "y.xlsx", [{}], rep=None))
    sheet = opened.create_sheet("客户档案")
    for row in other.active.iter_rows(values_only=True):
        sheet.append(row)
    opened.save(path)
    (tmp_path / "y.xlsx").unlink()
    assert check(tmp_path).reps == ("李四", "李四")


def test_the_teams_own_headers_are_understood(tmp_path):
    path = archive(tmp_path / "a.xlsx", [{}])
    opened = load_workbook(path)
    for cell in opened["客户档案"][3]:
        if cell.value == "联系方式":
            cell.value = "怎么找他"
    opened.save(path)
    taught = replace(RULES, aliases={("", "怎么找他"): "联系方式"})
    assert "contact" in receive([path], taught).submissions[0].block("customer").columns
