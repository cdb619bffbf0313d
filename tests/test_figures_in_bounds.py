"""Figures beyond what can be meant, days beyond any plan, and cells that hold no value at all."""

from __future__ import annotations

import datetime as dt
import io
import struct
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from salesxl.rules import money
from salesxl.summary.figures.plain import sums
from salesxl.xlsx.read import grid
from salesxl.xlsx.read.styles import formats_of_xlsx
from tests.cases import ARCHIVE, CASES, REPORT, accepted, case, changed, errors, values
from tests.test_grid import xlsb


def test_the_cases_with_huge_figures_are_errors_and_no_crash() -> None:
    account = case("F5_19_digits")
    assert errors(account) == {("N6", "type", "account")}
    assert values(account, "expected_amount") == [None, 1000]
    assert errors(case("F5_1e30_crash")) == {("N6", "range", "too_large")}


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        (1_000_000_000, None),
        (1_000_000_000.01, "too_large"),
        (-5e9, "too_large"),
        ("110亿", "too_large"),
        (1e30, "too_large"),
        ("1e30", "too_large"),
        (1e308, "too_large"),
        ("NaN", "not_a_number"),
        ("inf", "not_a_number"),
        (13800138000, "phone"),
        ("13800138000", "phone"),
        ("138-0013-8000", "phone"),
        ("0571-88886666", "phone"),
        ("6222 0210 0111 6245 702", "account"),
        ("330102199001011234", "account"),
        ("33010219900101123X", "account"),
    ],
)
def test_an_amount_has_a_limit_and_other_numbers_are_named(
    typed: Any, why: str | None, tmp_path: Path
) -> None:
    checked = changed(ARCHIVE, tmp_path, cells={"K4": typed})
    assert {reason for _, _, reason in errors(checked)} == ({why} if why else set())
    assert accepted(checked)[0] is (why is None)


@pytest.mark.parametrize(
    ("typed", "why"),
    [(10_000_000, None), (10_000_001, "too_large"), (1e30, "too_large"), (13800138000, "phone")],
)
def test_a_count_has_a_limit_too(typed: float, why: str | None, tmp_path: Path) -> None:
    checked = changed(ARCHIVE, tmp_path, cells={"D4": typed})
    assert {reason for _, _, reason in errors(checked)} == ({why} if why else set())


def test_a_large_customer_s_revenue_is_no_error(tmp_path: Path) -> None:
    cells = {"P3": "年营收(亿元)", "P4": 8809, "P5": "9000亿", "P6": 60_000}
    checked = changed(ARCHIVE, tmp_path, cells=cells)
    assert values(checked, "annual_revenue_wan") == [88_090_000, 90_000_000, None]
    assert errors(checked) == {("P6", "range", "too_large")}


def test_sums_do_not_overflow() -> None:
    huge = [6.2e18, 6.2e18, 1.0]
    assert money.total(huge) == pytest.approx(1.24e19)
    frame = pd.DataFrame({"rep": ["张三"] * 3, "amount": huge})
    assert sums(frame, "amount", "rep")["张三"] == pytest.approx(1.24e19)
    assert money.total([0.1] * 3) == 0.3
    assert money.addable(np.array([1.0, 2.0])).dtype == "int64"


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (dt.datetime(2027, 11, 15), dt.datetime(2027, 11, 21), {("B3", "future_date", "year")}),
        (dt.datetime(2026, 11, 16), dt.datetime(2027, 11, 22), {("B4", "range", "period")}),
        (dt.datetime(2026, 11, 23), dt.datetime(2026, 11, 29), {("B3", "future_date", "week")}),
        (dt.datetime(2026, 11, 16), dt.datetime(2026, 11, 22), set()),
    ],
)
def test_a_report_of_a_week_to_come_is_one_error(
    start: dt.datetime, end: dt.datetime, expected: set[Any], tmp_path: Path
) -> None:
    checked = changed(REPORT, tmp_path, cells={"B3": start, "B4": end})
    assert errors(checked) == expected


@pytest.mark.parametrize(
    ("name", "cell", "day", "why"),
    [
        (ARCHIVE, "L4", dt.datetime(2031, 11, 20), None),
        (ARCHIVE, "L4", dt.datetime(2031, 11, 21), "far"),
        (REPORT, "B22", dt.datetime(2027, 11, 21), None),
        (REPORT, "B22", dt.datetime(2027, 11, 22), "year"),
    ],
)
def test_a_plan_too_far_ahead_is_an_error(
    name: str, cell: str, day: dt.datetime, why: str | None, tmp_path: Path
) -> None:
    checked = changed(name, tmp_path, cells={cell: day})
    assert errors(checked) == ({(cell, "future_date", why)} if why else set())


def _with_cell(cell: bytes) -> bytes:
    """Return the case of an unknown error value with another cell in the place of K4."""
    made = io.BytesIO()
    with zipfile.ZipFile(CASES / "e1_getting_data.xlsx") as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            old_cell = b'<c r="K4" t="e"><f>X()</f><v>#GETTING_DATA</v></c>'
            new.writestr(name, old.read(name).replace(old_cell, cell))
    return made.getvalue()


@pytest.mark.parametrize(
    "text", ["#GETTING_DATA", "#SPILL!", "#CALC!", "#FIELD!", "#BLOCKED!", "#BUSY!", "#PYTHON!", "foo"]
)
@pytest.mark.parametrize(
    "spelling", ['<c r="K4" t="e"><v>{}</v></c>', "<c r='K4' t='e'><f>X()</f><v>{}</v></c>"]
)
def test_an_error_value_nobody_knows_costs_its_cell_only(text: str, spelling: str, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(_with_cell(spelling.format(text).encode()))
    found = grid.read(path, file="a.xlsx").grids[0]
    assert found.errors == {(4, 11): text}
    assert (found.rows[3][10], found.rows[4][10]) == (None, 101000)


def test_the_case_of_an_unknown_error_value_is_one_finding() -> None:
    checked = case("e1_getting_data")
    assert errors(checked) == {("K4", "formula", None)}
    assert accepted(checked) == [False, True, True]


def test_an_error_number_nobody_knows_costs_its_cell_only_in_binary_files(tmp_path: Path) -> None:
    old, new = struct.pack("<II", 1, 0) + b"\x2a", struct.pack("<II", 1, 0) + b"\x99"
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(xlsb())) as before, zipfile.ZipFile(made, "w") as after:
        for name in before.namelist():
            after.writestr(name, before.read(name).replace(old, new))
    (tmp_path / "a.xlsb").write_bytes(made.getvalue())
    found = grid.read(tmp_path / "a.xlsb", file="a.xlsb").grids[0]
    assert (found.errors, found.rows[0][0], found.rows[2][2]) == ({(2, 2): "#153"}, "名称", 7)


def test_a_picture_is_no_text() -> None:
    checked = case("i1_dispimg_need")
    assert errors(checked) == {("G4", "type", "picture")}
    assert accepted(checked) == [False, True]


@pytest.mark.parametrize(
    "typed", ['=DISPIMG("ID_A",1)', '=_xlfn.DISPIMG("ID_A",1)', '=_xlfn.IMAGE("https://example.com/a.png")']
)
@pytest.mark.parametrize("cell", ["A4", "G4", "K4", "H4", "N4"])
def test_a_picture_that_was_never_calculated_is_one_too(typed: str, cell: str, tmp_path: Path) -> None:
    assert errors(changed(ARCHIVE, tmp_path, cells={cell: typed})) == {(cell, "type", "picture")}


def test_a_picture_that_excel_placed_in_a_cell_is_one_too(tmp_path: Path) -> None:
    data = _with_cell(b'<c r="K4" t="e" vm="1"><v>#VALUE!</v></c>')
    structure = b'<rvStructures><s t="_localImage"><k n="_rvRel:LocalImageIdentifier"/></s></rvStructures>'
    made = io.BytesIO(data)
    with zipfile.ZipFile(made, "a") as archive:
        archive.writestr("xl/richData/rdrichvaluestructure.xml", structure)
    path = tmp_path / "a.xlsx"
    path.write_bytes(made.getvalue())
    found = grid.read(path, file="a.xlsx").grids[0]
    assert (found.rows[3][10], found.errors) == ("=DISPIMG()", {})


def test_styles_with_absurd_numbers_are_passed_over() -> None:
    styles = b'<numFmts><numFmt numFmtId="%s" formatCode="0&quot;x&quot;"/></numFmts>' % (b"9" * 5000)
    styles += b'<cellXfs><xf numFmtId="%s"/><xf numFmtId="9"/></cellXfs>' % (b"9" * 5000)
    assert set(formats_of_xlsx(styles)) == {1}
