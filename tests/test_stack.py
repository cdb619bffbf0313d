"""Raw blocks become typed frames; what cannot be read is flagged at its cell."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pandas as pd
import pytest
from openpyxl import load_workbook

from salesxl.model import Block, Submission
from salesxl.parsing.frames import stack
from salesxl.rulebook import Member
from tests.sheets import RULES, archive, check, label, record, spots


@pytest.mark.parametrize(
    ("header", "typed", "expected"),
    [
        ("预计成交金额", 28, 28),
        ("预计成交金额(元)", "28万", 280000),
        ("预计成交金额(万元)", 28, 280000),
        ("预计成交金额（万元）", "28.5", 285000),
        ("预计成交金额(万元)", "280000元", 280000),
    ],
)
def test_an_amount_stands_in_the_unit_of_its_header(tmp_path, header, typed, expected):
    path = archive(tmp_path / "a.xlsx", [{"expected_amount": typed}])
    book = load_workbook(path)
    cells = {c.value: c for c in book.active[3]}
    cells[label("customer", "expected_amount")].value = header
    book.save(path)
    assert check(path).frames["customer"]["expected_amount"].tolist() == [expected]


def test_a_missing_year_is_taken_from_the_forms_date_and_reported(tmp_path):
    filled = dt.date(2025, 1, 10)
    checked = check(archive(tmp_path / "a.xlsx", [{"first_contact": "12月20日"}], filled_on=filled))
    assert checked.frames["customer"]["first_contact"].tolist() == [dt.datetime(2024, 12, 20)]
    assert ("K4", "format") in spots(checked, "format")


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("3月15日", dt.datetime(2026, 3, 15)),
        ("12月3日", dt.datetime(2026, 12, 3)),
        ("1月5日", dt.datetime(2026, 1, 5)),
    ],
)
def test_what_has_happened_lies_in_the_past_but_a_slip_of_days_is_told(tmp_path, typed, read):
    row = {"first_contact": typed, "expected_close": "3月15日"}
    checked = check(archive(tmp_path / "a.xlsx", [row], filled_on=dt.date(2026, 11, 20)))
    found = {spot for spot in spots(checked, "future_date") if spot[0] == "K4"}
    assert bool(found) == (read > dt.datetime(2026, 11, 20))
    if not found:
        assert checked.frames["customer"]["first_contact"].tolist() == [read]
        assert checked.frames["customer"]["expected_close"].tolist() == [dt.datetime(2027, 3, 15)]


def test_an_error_value_is_a_finding_and_not_a_blank(tmp_path):
    path = archive(tmp_path / "a.xlsx", [{"expected_amount": "#REF!"}])
    book = load_workbook(path)
    book.active["N4"].data_type = "e"
    book.save(path)
    assert spots(check(path)) == {("N4", "formula")}


def test_a_formula_that_nothing_calculated_is_a_finding(tmp_path):
    path = archive(tmp_path / "a.xlsx", [{"expected_amount": "=1+2"}])
    assert spots(check(path)) == {("N4", "uncalculated")}


def test_an_empty_mark_is_blank_in_a_typed_cell_but_text_in_a_free_one(tmp_path):
    talks = [{"need_points": "无", "method": "N/A"}]
    checked = check(record(tmp_path / "c.xlsx", talks))
    assert {code for _, code in spots(checked)} == {"required"}


def test_every_record_read_is_accepted_or_returned(tmp_path):
    rows = [{}, {"customer_name": None}, {"customer_name": "丙丁贸易有限公司", "customer_no": None}]
    frame = check(archive(tmp_path / "a.xlsx", rows)).frames["customer"]
    assert frame["accepted"].tolist() == [True, False, True]
    assert frame["codes"].tolist() == ["", "required", ""]


@pytest.mark.parametrize(
    ("typed", "rep"), [("刘　勇", "刘勇"), ("刘 勇 ", "刘勇"), ("李  四", "李四"), ("Li Si", "Li Si")]
)
def test_a_reps_name_is_read_as_the_roster_spells_it(tmp_path, typed, rep):
    rules = replace(RULES, members=(Member("刘勇"),))
    assert check(archive(tmp_path / "a.xlsx", [{}], rep=typed), rules=rules).reps == (rep,)


def form(number, **typed):
    rows = tuple(range(4, 4 + len(next(iter(typed.values())))))
    columns = {name: at for at, name in enumerate(typed, 1)}
    block = Block("customer", rows, typed, columns=columns)
    return Submission(f"{number}.xlsx", "客户档案", "customer_archive", (block,))


def test_equal_values_of_different_types_are_read_each_by_itself():
    got = stack("customer", [form(1, employees=[1, 1.0, True, "1"])], RULES, {})
    assert got.frame["employees"].tolist() == [1, 1, pd.NA, 1]
    assert [(f.at, f.value, f.code) for f in got.faults] == [(2, True, "type")]


def test_a_value_that_cannot_be_read_is_told_at_every_cell_that_holds_it():
    forms = [form(1, first_contact=["下周", dt.date(2026, 3, 2)]), form(2, first_contact=["3月2日", "下周"])]
    near = {0: dt.date(2026, 11, 20), 1: dt.date(2025, 11, 20)}
    got = stack("customer", forms, RULES, near)
    assert got.frame["first_contact"].dropna().tolist() == [
        pd.Timestamp("2026-03-02"),
        pd.Timestamp("2025-03-02"),
    ]
    assert [(f.at, f.code, f.severity) for f in got.faults] == [
        (0, "type", "error"),
        (2, "format", "notice"),
        (3, "type", "error"),
    ]
    assert got.flagged["first_contact"].tolist() == [True, False, False, True]


def test_a_card_cell_that_answers_two_fields_is_told_once():
    typed, cells = {"week_start": ["下周"], "week_end": ["下周"]}, {"week_start": (2, 4), "week_end": (2, 4)}
    apart = {**cells, "week_end": (2, 6)}
    blocks = [Block("weekly_report", (2,), typed, cells=places) for places in (cells, apart)]
    forms = [Submission(f"{n}.xlsx", "周报", "weekly_report", (block,)) for n, block in enumerate(blocks)]
    got = stack("weekly_report", forms, RULES, {})
    told = [(f.cell, f.code, f.severity) for f in got.faults]
    assert told == [
        (("weekly_report", 0, "week_start"), "type", "error"),
        (("weekly_report", 1, "week_start"), "type", "error"),
        (("weekly_report", 1, "week_end"), "type", "error"),
    ]
    assert got.flagged[["week_start", "week_end"]].all(axis=None)


def test_a_column_that_only_one_form_has_is_blank_on_the_others():
    forms = [form(1, customer_name=["甲公司"]), form(2, customer_name=["乙公司"], notes=["电话不通"])]
    got = stack("customer", forms, RULES, {})
    assert got.frame["notes"].tolist() == [pd.NA, "电话不通"]
    assert got.present["notes"].tolist() == [False, True]
    assert got.frame[["submission", "row"]].to_numpy().tolist() == [[0, 4], [1, 4]]


def test_without_any_form_a_stack_is_empty_and_keeps_its_dtypes():
    got = stack("customer", [], RULES, {})
    filled = stack("customer", [form(1, customer_name=["甲公司"])], RULES, {})
    assert got.frame.empty
    assert got.frame.dtypes.equals(filled.frame.dtypes)
