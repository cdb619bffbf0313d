"""Addresses between workbooks: relative, in the characters every program reads, whatever the names."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote

import pytest

from salesxl.files.links import cell_place, places


def test_an_address_goes_from_the_weeks_folder_to_the_copy_or_the_original(tmp_path):
    week = tmp_path / "华东销售部" / "2026-W47"
    original = tmp_path / "华东销售部" / "归档" / "2026-W47" / "原件" / "刘勇 客户#1.xlsx"
    marked = week / "退回" / "刘勇" / "刘勇 客户#1.xlsx"
    found = places(week, {("刘勇", "a.xlsx"): marked}, {"a.xlsx": original})
    assert unquote(found["刘勇", "a.xlsx"]) == "退回/刘勇/刘勇 客户#1.xlsx"
    assert unquote(found["", "a.xlsx"]) == "../归档/2026-W47/原件/刘勇 客户#1.xlsx"
    assert all(address.isascii() and " " not in address and "#" not in address for address in found.values())


def test_no_address_names_a_folder_above_the_teams(tmp_path):
    root = tmp_path / "队"
    found = places(root / "2026-W47", {}, {"a.xlsx": root / "归档" / "a.xlsx"})
    assert tmp_path.name not in found["", "a.xlsx"]
    assert found["", "a.xlsx"].count("..") == 1


@pytest.mark.parametrize(
    ("sheet", "place"),
    [
        ("客户档案", "'客户档案'!E7"),
        ("Sheet 1 (2)", "'Sheet 1 (2)'!E7"),
        ("Lee's", "'Lee''s'!E7"),
        (None, ""),
    ],
)
def test_a_cell_is_a_place_with_its_sheet_in_quotes(sheet, place):
    assert cell_place("a.xlsx", sheet, "E7") == place


def test_a_place_without_a_cell_is_the_top_of_the_sheet_and_a_text_table_has_none():
    assert cell_place("a.xls", "档案", None) == "'档案'!A1"
    assert cell_place("a.CSV", "a", "E7") == ""


def test_a_name_that_is_no_unicode_does_not_stop_the_summary(tmp_path):
    assert places(tmp_path, {}, {"x": Path(f"{tmp_path}/\udce4.xlsx")})["", "x"].endswith(".xlsx")
