"""One fault in a sound week gives one finding, at its cell, and what only follows from it is not said."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from salesxl.model import Checked, Severity
from tests import one_week
from tests.one_week import ARCHIVE, RECORD, REPORT

DAY = dt.datetime
EXPENSES = (
    ["费用项目", "发生日期", "报销金额"],
    ["高铁票", DAY(2026, 11, 18), 553],
    ["招待", DAY(2026, 11, 19), 880],
)
Change = Callable[[Any], None]


def cells(**values: Any) -> Change:
    """Type values into cells."""

    def change(sheet: Any) -> None:
        for cell, value in values.items():
            sheet[cell] = value

    return change


def pasted(row: int) -> Change:
    """Paste another table, beginning in a row."""

    def change(sheet: Any) -> None:
        for number, values in enumerate(EXPENSES, row):
            for column, value in enumerate(values, 1):
                sheet.cell(number, column, value)

    return change


def shifted(rows: range, first: int, last: int) -> Change:
    """Move the values of columns one to the left, formats with them, over the one before ``first``."""

    def change(sheet: Any) -> None:
        for row in rows:
            for column in range(first, last + 1):
                _copy(sheet.cell(row, column), sheet.cell(row, column - 1))
            sheet.cell(row, last).value = None

    return change


def swapped(rows: range, one: int, other: int) -> Change:
    def change(sheet: Any) -> None:
        for row in rows:
            a, b = sheet.cell(row, one), sheet.cell(row, other)
            a.value, b.value = b.value, a.value

    return change


def again(rows: range, at: int) -> Change:
    """Paste rows that are there already once more."""

    def change(sheet: Any) -> None:
        for row in rows:
            for column in range(1, sheet.max_column + 1):
                _copy(sheet.cell(row, column), sheet.cell(at + row - rows[0], column))

    return change


def without_column(number: int) -> Change:
    """Take a column of the archive's table away, the card above it left alone."""

    def change(sheet: Any) -> None:
        card = [cell.value for cell in sheet[1]]
        sheet.delete_cols(number)
        for column, value in enumerate(card, 1):
            sheet.cell(1, column).value = value

    return change


def note(row: int, cell: str, text: str) -> Change:
    def change(sheet: Any) -> None:
        sheet.insert_rows(row)
        sheet[cell] = text

    return change


def without_row(row: int) -> Change:
    return lambda sheet: sheet.delete_rows(row)


def _copy(source: Any, target: Any) -> None:
    target.value, target.number_format = source.value, source.number_format


ROWS = range(one_week.FIRST, one_week.LAST + 1)
A_YEAR_AGO = cells(B4=DAY(2025, 11, 17), B5=DAY(2025, 11, 23))
BACKWARDS = cells(B4=DAY(2026, 11, 22), B5=DAY(2026, 11, 16))
FAULTS: tuple[tuple[str, str, Change, str, str], ...] = (
    ("first contact in 2062", ARCHIVE, cells(K4=DAY(2062, 10, 12)), "K4", "future_date"),
    ("first contact next year", ARCHIVE, cells(K6=DAY(2027, 11, 18)), "K6", "future_date"),
    ("first contact of a new customer ten years ago", ARCHIVE, cells(K5=DAY(2016, 11, 17)), "K5", "mismatch"),
    ("first contact after today and its close", ARCHIVE, cells(K4=DAY(2027, 3, 12)), "K4", "future_date"),
    ("a day that is none", ARCHIVE, cells(K6="2026-02-31"), "K6", "type"),
    ("a month that is none", ARCHIVE, cells(K6="2026-13-01"), "K6", "type"),
    ("a count that Excel shows as a day", ARCHIVE, cells(K6=DAY(1900, 1, 18)), "K6", "type"),
    ("a word for a day", ARCHIVE, cells(K5="昨天"), "K5", "type"),
    ("two days in a cell", ARCHIVE, cells(K6="2026-11-17、2026-11-18"), "K6", "type"),
    ("a new customer without a day", ARCHIVE, cells(K6=None), "K6", "required"),
    ("no name", ARCHIVE, cells(B4=None), "B4", "required"),
    ("a name that is an error value", ARCHIVE, cells(B4="#N/A"), "B4", "formula"),
    ("a close ten years ago", ARCHIVE, cells(O4=DAY(2016, 1, 20)), "O4", "date_order"),
    ("a close gone by", ARCHIVE, cells(O4=DAY(2026, 11, 1)), "O4", "stale"),
    ("status unread", ARCHIVE, cells(L7="好"), "L7", "choice"),
    ("stage unread", ARCHIVE, cells(M7="好"), "M7", "choice"),
    ("signed in 2062", ARCHIVE, cells(X7=DAY(2062, 11, 19)), "X7", "future_date"),
    ("signed on a day unread", ARCHIVE, cells(X7="上周四"), "X7", "type"),
    ("contract amount unread", ARCHIVE, cells(U7="十来万"), "U7", "type"),
    ("a telephone lacks a figure", ARCHIVE, cells(I5="1390013900"), "I5", "format"),
    ("a rep who is nobody", ARCHIVE, cells(B1="张叁"), "B1", "unknown_reference"),
    ("the form's date ten years ago", ARCHIVE, cells(H1=DAY(2016, 11, 20)), "H1", "mismatch"),
    ("no column of first contacts", ARCHIVE, without_column(11), "A3", "missing_column"),
    ("no column of names", ARCHIVE, without_column(2), "A3", "missing_column"),
    ("no column of statuses", ARCHIVE, without_column(12), "A3", "missing_column"),
    ("one row shifted", ARCHIVE, shifted(range(5, 6), 3, 24), "C5", "displaced"),
    ("all columns shifted", ARCHIVE, shifted(ROWS, 4, 24), "C4", "displaced"),
    ("three columns shifted", ARCHIVE, shifted(ROWS, 11, 13), "K4", "displaced"),
    ("two columns swapped", ARCHIVE, swapped(ROWS, 12, 13), "L4", "displaced"),
    ("a note between", ARCHIVE, note(7, "A7", "以下为老客户"), "A7", "fragment"),
    ("a note among the names", ARCHIVE, note(7, "B7", "以下为老客户（9月前）"), "B7", "fragment"),
    ("a note at the end", ARCHIVE, cells(B10="以上客户均已核对，请查收"), "B10", "fragment"),
    ("a customer begun", ARCHIVE, cells(B10="镇江新客户有限公司"), "B10", "fragment"),
    ("a table below", ARCHIVE, pasted(12), "A12", "fragment"),
    ("a table right below", ARCHIVE, pasted(10), "A10", "fragment"),
    ("a row twice", ARCHIVE, again(range(6, 7), 10), "B10", "duplicate"),
    ("all rows twice", ARCHIVE, again(ROWS, 10), "B10", "duplicate"),
    ("all rows and the header twice", ARCHIVE, again(range(3, 10), 12), "B13", "duplicate"),
    ("a record of a customer unknown", RECORD, cells(B2="某某公司"), "B2", "unknown_reference"),
    ("a record's first contact in 2062", RECORD, cells(B5=DAY(2062, 10, 12)), "B5", "future_date"),
    ("a record's first contact after all talks", RECORD, cells(B5=DAY(2026, 11, 19)), "B5", "date_order"),
    ("no tick", RECORD, cells(B8="□线索培育 □需求确认 □方案呈现"), "B8", "required"),
    ("a talk a year ago", RECORD, cells(A11=DAY(2025, 11, 17, 10)), "A11", "date_order"),
    ("a talk in 2062", RECORD, cells(A11=DAY(2062, 11, 17, 10)), "A11", "future_date"),
    ("a talk next week", RECORD, cells(A11=DAY(2026, 11, 24, 10)), "A11", "future_date"),
    ("a talk next month", RECORD, cells(A12=DAY(2026, 12, 18, 14)), "A12", "future_date"),
    ("a talk a month ago", RECORD, cells(A11=DAY(2026, 10, 17, 10)), "D11", "late_entry"),
    ("a talk without a time", RECORD, cells(A11=None), "A11", "required"),
    ("entered a year ago", RECORD, cells(D11=DAY(2025, 11, 17, 18)), "D11", "date_order"),
    ("entered in a year", RECORD, cells(D11=DAY(2027, 11, 17, 18)), "D11", "future_date"),
    ("due ten years ago", RECORD, cells(C16=DAY(2016, 11, 27)), "C16", "mismatch"),
    ("due a year ago", RECORD, cells(C16=DAY(2025, 11, 27)), "C16", "mismatch"),
    ("talks shifted", RECORD, shifted(range(11, 13), 2, 4), "A11", "displaced"),
    ("both days a year ago", REPORT, A_YEAR_AGO, "B4", "missing_report"),
    ("both days in 2062", REPORT, cells(B4=DAY(2062, 11, 16), B5=DAY(2062, 11, 22)), "B4", "future_date"),
    ("last week's days", REPORT, cells(B4=DAY(2026, 11, 9), B5=DAY(2026, 11, 15)), "B4", "missing_report"),
    ("the start a year ago", REPORT, cells(B4=DAY(2025, 11, 16)), "B4", "range"),
    ("the end a year ago", REPORT, cells(B5=DAY(2025, 11, 22)), "B5", "date_order"),
    ("the end in a year", REPORT, cells(B5=DAY(2027, 11, 22)), "B5", "range"),
    ("the start in 2062", REPORT, cells(B4=DAY(2062, 11, 16)), "B4", "date_order"),
    ("the end before the start", REPORT, BACKWARDS, "B5", "date_order"),
    ("a report by nobody known", REPORT, cells(B2="张叁"), "B2", "unknown_reference"),
    ("a report by nobody", REPORT, cells(B2=None), "B2", "required"),
    ("no label of the rep", REPORT, without_row(2), "A1", "missing_column"),
    ("no label of the start", REPORT, without_row(4), "A1", "missing_column"),
    ("a count unread", REPORT, cells(B6="两三个"), "B6", "type"),
    ("a count wrong", REPORT, cells(B7=9), "B7", "mismatch"),
    ("the plan ten years ago", REPORT, cells(C25=DAY(2016, 11, 25)), "C25", "mismatch"),
    ("key customers shifted", REPORT, shifted(range(16, 18), 2, 6), "B16", "displaced"),
    ("a table right below the plans", REPORT, pasted(26), "A26", "fragment"),
    ("a note below the key customers", REPORT, cells(A18="以上为重点客户，其他正常推进"), "A18", "fragment"),
)  # fmt: skip


def said(checked: Checked) -> list[tuple[str, str | None, str]]:
    return [
        (f.place.file, f.place.cell, f.code) for f in checked.findings if f.severity is not Severity.NOTICE
    ]


def test_a_sound_week_has_no_finding(tmp_path):
    assert said(one_week.checked(one_week.sound(tmp_path))) == []


@pytest.mark.parametrize(
    ("file", "change", "cell", "code"), [f[1:] for f in FAULTS], ids=[f[0] for f in FAULTS]
)
def test_one_fault_is_one_finding_at_its_cell(tmp_path, file, change, cell, code):
    one_week.sound(tmp_path)
    with one_week.edit(tmp_path, file) as sheet:
        change(sheet)
    assert said(one_week.checked(tmp_path)) == [(file, cell, code)]


@pytest.mark.parametrize(
    ("change", "rows", "count"),
    [
        (shifted(ROWS, 4, 24), "4–9", 6),
        (pasted(12), "12–14", 3),
        (again(ROWS, 10), "10–15", 6),
    ],
)
def test_what_is_said_once_names_its_rows_and_they_all_stay_out(tmp_path, change, rows, count):
    one_week.sound(tmp_path)
    with one_week.edit(tmp_path, ARCHIVE) as sheet:
        change(sheet)
    checked = one_week.checked(tmp_path)
    found = next(f for f in checked.findings if f.severity is Severity.ERROR)
    assert (found.facts["rows"], found.facts["count"]) == (rows, count)
    assert (~checked.frames["customer"]["accepted"]).sum() == count


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        # a wrong day explains one talk more or less, not seven
        ({RECORD: {"A11": "上周"}, REPORT: {"B7": 9}}, {("A11", "type"), ("B7", "mismatch")}),
        ({RECORD: {"A11": DAY(2062, 11, 17)}, REPORT: {"B7": 9}},
         {("A11", "future_date"), ("B7", "mismatch")}),
        ({ARCHIVE: {"K4": DAY(2062, 10, 12)}, REPORT: {"B6": 0}},
         {("K4", "future_date"), ("B6", "mismatch")}),
        # a late entry of a day says nothing against its contact
        ({RECORD: {"D11": DAY(2026, 11, 19)}, REPORT: {"B7": 1}},
         {("D11", "late_entry"), ("B7", "mismatch")}),
        # one name that is missing may be one of two that nobody knows
        (
            {ARCHIVE: {"B6": None}, REPORT: {"A16": "某某公司", "A17": "另一公司"}},
            {("B6", "required"), ("A16", "unknown_reference"), ("A17", "unknown_reference")},
        ),
        # an odd week does not hide a wrong count
        (
            {REPORT: {"B4": DAY(2026, 11, 15), "B5": DAY(2026, 11, 21), "B7": 9}},
            {("B4", "range"), ("B7", "mismatch")},
        ),
        # a customer begun, with a telephone that is none
        ({ARCHIVE: {"B10": "镇江新客户有限公司", "I10": "1390"}}, {("B10", "fragment"), ("I10", "format")}),
        # two cells unread side by side are two faults where neither holds what the other asks for
        ({ARCHIVE: {"L4": "好", "M4": "快了"}}, {("L4", "choice"), ("M4", "choice")}),
        ({ARCHIVE: {"N4": "面议", "O4": "明年"}}, {("N4", "type"), ("O4", "type")}),
    ],
)  # fmt: skip
def test_a_second_fault_is_said_beside_the_first(tmp_path, changes, expected):
    one_week.sound(tmp_path)
    for file, values in changes.items():
        with one_week.edit(tmp_path, file) as sheet:
            cells(**values)(sheet)
    assert {(cell, code) for _, cell, code in said(one_week.checked(tmp_path))} == expected
