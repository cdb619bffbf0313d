"""Values as the text of cells: a column at once gives what its values give one by one."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from salesxl.xlsx.namespaces import TRANSITIONAL
from salesxl.xlsx.values import (
    LONGEST_TEXT,
    cell_tail,
    cell_tails,
    escape,
    serial,
    set_content,
    stored_text,
    string_text,
    unescape,
)

COLUMNS: dict[str, list[Any]] = {
    "whole": [1, 2, None],
    "fractions": [1.5, float("nan"), None, 2.0, -0.0, float("inf")],
    "yes and no": [True, False, None],
    "days": [dt.date(2020, 1, 1), None, dt.date(1800, 1, 1)],
    "moments": [dt.datetime(2020, 1, 1, 3), dt.datetime(2020, 1, 1)],
    "texts": ["a&b", " b", "", None, "甲"],
    "alike": [1, True, 1.0, Decimal("1.00")],
}


@pytest.mark.parametrize("date1904", [False, True])
@pytest.mark.parametrize("column", COLUMNS.values(), ids=COLUMNS)
def test_a_column_is_written_as_its_values_are(column: list[Any], date1904: bool) -> None:
    assert cell_tails(column, date1904=date1904) == [cell_tail(v, date1904=date1904) for v in column]


def test_days_count_from_1904_where_the_workbook_does() -> None:
    assert cell_tail(dt.date(2020, 1, 1)) == "><v>43831</v></c>"
    assert cell_tail(dt.date(2020, 1, 1), date1904=True) == "><v>42369</v></c>"
    assert cell_tail(dt.datetime(2020, 1, 1, 12), date1904=True) == "><v>42369.5</v></c>"


@pytest.mark.parametrize(
    ("value", "number", "number1904"),
    [
        (dt.date(1800, 1, 1), None, None),
        (dt.date(1899, 12, 30), None, None),
        (dt.date(1899, 12, 31), None, None),
        (dt.datetime(1899, 12, 31, 23, 59), None, None),
        (dt.date(1900, 1, 1), 1, None),
        (dt.date(1900, 2, 28), 59, None),
        (dt.date(1900, 3, 1), 61, None),
        (dt.datetime(1900, 2, 28, 12), 59.5, None),
        (dt.date(1903, 12, 31), 1461, None),
        (dt.date(1904, 1, 1), 1462, 0),
        (dt.datetime(1904, 1, 1, 6), 1462.25, 0.25),
        (dt.date(2026, 11, 20), 46346, 44884),
        (dt.datetime(2026, 11, 20), 46346, 44884),
        (dt.datetime(2026, 11, 20, 18), 46346.75, 44884.75),
        (dt.datetime(2026, 11, 20, 23, 59, 59, 999_900), 46347, 44885),
        (dt.date(9999, 12, 31), 2_958_465, 2_957_003),
        (dt.time(), 0, 0),
        (dt.time(0, 0, 0, 600_000), 0.6 / 86_400, 0.6 / 86_400),
        (dt.time(12), 0.5, 0.5),
        (dt.timedelta(days=2), 2, 2),
        (dt.timedelta(hours=-6), -0.25, -0.25),
    ],
)
def test_days_are_counted_as_excel_counts_them_in_both_calendars(
    value: Any, number: float | None, number1904: float | None
) -> None:
    assert (serial(value), serial(value, date1904=True)) == (number, number1904)
    for date1904, days in ((False, number), (True, number1904)):
        cell = etree.Element("{m}c")
        set_content(cell, value, date1904=date1904)
        text = str(value) if days is None else None
        assert cell.findtext("{m}is/{m}t") == text
        tail = f' t="inlineStr"><is><t>{text}</t></is></c>' if days is None else f"><v>{days}</v></c>"
        assert cell_tail(value, date1904=date1904) == tail
        assert cell.findtext("{m}v") == (None if days is None else repr(days))


@pytest.mark.parametrize(
    ("text", "coded"),
    [
        ("a\tb\nc", "a\tb\nc"),
        ("a\r\nb\r", "a_x000D_\nb_x000D_"),
        ("\x00\x07\x1f\x0b", "_x0000__x0007__x001F__x000B_"),
        ("\ufffe\uffff", "_xFFFE__xFFFF_"),
        ("\ud83d", "_xD83D_"),
        ("\U0001f600", "\U0001f600"),
        ("_x0041_", "_x005F_x0041_"),
        ("_x005F_", "_x005F_x005F_"),
        ("_x41_", "_x41_"),
        ("\x85\xa0", "\x85\xa0"),
    ],
)
def test_what_xml_forbids_is_coded_and_comes_back(text: str, coded: str) -> None:
    assert stored_text(text) == escape(text) == coded
    assert unescape(coded) == text
    cell = etree.Element("{m}c")
    set_content(cell, text)
    assert etree.fromstring(etree.tostring(cell)).findtext("{m}is/{m}t") == coded


@given(st.text(max_size=80))
def test_any_text_comes_back_from_a_cell(text: str) -> None:
    xml = etree.fromstring(f"<t>{escape(text)}</t>".encode())
    assert unescape(xml.text or "") == unescape(stored_text(text)) == text


def test_the_two_halves_of_one_character_come_back_as_it() -> None:
    assert unescape("_xD83D__xDE00_") == "\U0001f600"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("甲" * LONGEST_TEXT, "甲" * LONGEST_TEXT),
        ("甲" * (LONGEST_TEXT + 1), "甲" * (LONGEST_TEXT - 1) + "…"),
        ("\x07" * LONGEST_TEXT, "_x0007_" * LONGEST_TEXT),
        ("a" + "\U0001f600" * 16_383, "a" + "\U0001f600" * 16_383),
        ("\U0001f600" * 16_384, "\U0001f600" * 16_383 + "…"),
        ("a" + "\U0001f600" * 16_384, "a" + "\U0001f600" * 16_382 + "…"),
    ],
)
def test_a_text_is_cut_to_the_units_a_cell_can_hold(text: str, kept: str) -> None:
    assert stored_text(text) == kept
    assert cell_tail(text) == f' t="inlineStr"><is><t>{kept}</t></is></c>'
    assert cell_tails([text, "a"]) == [cell_tail(text), cell_tail("a")]


@pytest.mark.parametrize(
    ("xml", "text"),
    [
        ("<t>甲_x000D_\n乙</t>", "甲\r\n乙"),
        ("<r><t>甲</t></r><r><rPr><b/></rPr><t xml:space='preserve'> 乙</t></r>", "甲 乙"),
        ("<t>東京</t><rPh sb='0' eb='2'><t>トウキョウ</t></rPh>", "東京"),
        ("<r><t>_x005</t></r><r><t>F_</t></r>", "_"),
        ("<t/>", ""),
        ("", ""),
    ],
)
def test_the_text_of_a_string_is_that_of_its_runs_without_phonetic_hints(xml: str, text: str) -> None:
    for namespace in ("", f" xmlns='{TRANSITIONAL.main}'"):
        assert string_text(etree.fromstring(f"<si{namespace}>{xml}</si>")) == text
