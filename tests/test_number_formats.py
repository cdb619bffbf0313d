"""What a number format shows belongs to the value, in every kind of workbook."""

from __future__ import annotations

import struct
import zipfile
from pathlib import Path
from typing import Any

import pytest
import xlwt

from salesxl.xlsx.number_format import shown_by
from salesxl.xlsx.read import grid
from tests import hostile
from tests.cases import ARCHIVE, accepted, case, changed, errors, shown, values


@pytest.mark.parametrize(
    ("code", "number", "expected"),
    [
        ('0"万"', 12.5, "12.5万"),
        ('#,##0.00"万元"', 12, "12万元"),
        ('0!.0,"万"', 125400, "12.54万"),
        ('0\\.0,"万"', 125000, "12.5万"),
        ('#!.0000"万"', 125000, "12.5万"),
        ('[>=10000]0!.0,"万";0', 125000, "12.5万"),
        ('[>=10000]0!.0,"万";0', 800, 800),
        ("#,##0,", 120000, "120千"),
        ("0.00,,", 1200000, "1.2百万"),
        ('0.0,"K"', 1200, "1.2千"),
        ('0.0,"万"', 125000, '125000 (0.0,"万")'),  # shows 125万 and holds 12.5万
        ('"$"#,##0.00', 100000, "$100000"),
        ("[$USD] #,##0", 5, "USD5"),
        ("[$€-2] #,##0", 5, "€5"),
        ("[$￥-411]#,##0", 5, "JPY5"),
        ("[$HK$-C04]0", 5, "HK$5"),
        ("[$$-en-US]#,##0.00", 5, "$5"),
        ("[$€-x-euro2]0", 5, "€5"),
        ("[$HK$-zh-HK]#,##0", 5, "HK$5"),
        ("[$£-en-GB]0", 5, "£5"),
        ("[$¥-ja-JP]0", 5, "JPY5"),
        ("[$¥-ja]0", 5, "JPY5"),
        ("[$¥-30411]0", 5, "JPY5"),
        ("[$USD-x]0", 5, "USD5"),
        ("[$kr.-da-DK,2]0", 5, "kr.5"),
        ("0%", 0.6, "60%"),
        ("00000000", 12345, "00012345"),
        ('"CRM"0', 202405001, "CRM202405001"),
        ('"HT-"0000', 12, "HT-0012"),
        ("000-0000-0000", 13800001000, "138-0000-1000"),
        ('General"万元"', 12, "12万元"),
        ('0"万";(0"万")', -5, "-5万"),
    ],
)
def test_a_format_that_adds_to_a_number_shows_it_digits_in_full(
    code: str, number: float, expected: Any
) -> None:
    show = shown_by(code)
    assert show is not None
    assert show(number) == expected


@pytest.mark.parametrize(
    "code",
    [
        "General",
        "0",
        "#,##0.00",
        "0.00_);[Red]\\(0.00\\)",
        '_ ¥* #,##0.00_ ;_ ¥* -#,##0.00_ ;_ ¥* "-"??_ ;_ @_ ',
        "[$¥-804]#,##0",
        "[$¥-zh-CN]#,##0",
        "[$-x-sysdate]yyyy-mm-dd",
        "[$-zh-CN]#,##0",
        "yyyy-mm-dd",
        'yyyy"年"m"月"',
        "[h]:mm",
        "@",
        "0.00E+00",
        "# ?/?",
        "[Red][<60]0.00;[Blue]0.00",
    ],
)
def test_other_formats_add_nothing(code: str) -> None:
    assert shown_by(code) is None


def test_a_number_that_its_format_hides_counts_all_the_same() -> None:
    show = shown_by(";;;")
    assert show is not None
    assert (show(5), show(0)) == (5, 0)


def test_the_cases_show_their_unit_currency_and_leading_zeros() -> None:
    assert values(case("n1_format_wan"), "expected_amount") == [120000, 120000]
    dollars = case("n2_format_usd")
    assert errors(dollars) == {("K4", "type", "currency"), ("K5", "type", "currency")}
    assert values(case("c3_contract_leading_zero"), "contract_no") == ["00012345"]
    digits = case("c1_contract_sci")
    assert errors(digits) == {("N4", "format", "lost_digits")}
    assert accepted(digits) == [False, True]


@pytest.mark.parametrize(
    ("header", "code", "number", "expected"),
    [
        ("预计成交金额(万元)", '0"万"', 12, 120_000),
        ("预计成交金额(万元)", '0"元"', 120_000, 120_000),
        ("预计成交金额(万元)", '"¥"0', 12, 120_000),
        ("预计成交金额(千元)", "#,##0,", 120_000, 120_000),
        ("预计成交金额", "#,##0,", 120_000, 120_000),
        ("预计成交金额(万元)", "#,##0,", 120_000, None),
        ("预计成交金额(万元)", '"$"0', 12, None),
        ("预计成交金额", '0"积分"', 12, None),
        ("预计成交金额", "0%", 0.5, None),
    ],
)
def test_a_format_and_a_header_are_taken_together(
    header: str, code: str, number: float, expected: float | None, tmp_path: Path
) -> None:
    checked = changed(ARCHIVE, tmp_path, shown("K4", number, code), cells={"K3": header})
    assert values(checked, "expected_amount")[0] == expected
    assert accepted(checked)[0] == (expected is not None)


@pytest.mark.parametrize(
    ("number", "code", "expected"),
    [
        (3.51e17, "General", None),
        ("3.51E+17", "@", None),
        (123456789012345, "0", "123456789012345"),
        (12, '"HT"0000', "HT0012"),
    ],
)
def test_a_contract_number_is_taken_as_shown_or_refused_where_digits_are_lost(
    number: Any, code: str, expected: str | None, tmp_path: Path
) -> None:
    checked = changed(ARCHIVE, tmp_path, shown("N4", number, code))
    assert values(checked, "contract_no")[0] == expected
    assert (("N4", "format", "lost_digits") in errors(checked)) == (expected is None)


FORMATS = ('0"万"', '"$"#,##0.00', "00000000", '"HT"0000', "0.00", "[Red]0")


def test_an_old_xls_shows_its_formats(tmp_path: Path) -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("表")
    for row, code in enumerate(FORMATS):
        style = xlwt.XFStyle()
        style.num_format_str = code
        sheet.write(row, 0, 125, style)
        sheet.write(row, 1, 125, style)  # beside it: several numbers in one record
    path = tmp_path / "a.xls"
    book.save(str(path))
    rows = grid.read(path, file="a.xls").grids[0].rows
    assert [row[0] for row in rows] == ["125万", "$125", "00000125", "HT0125", 125, 125]
    assert [row[0] for row in rows] == [row[1] for row in rows]


def _biff5(formats: tuple[str, ...], number: float) -> bytes:
    """Return an .xls of the days before Unicode: in each row a number twice, under one of the formats."""

    def begin(kind: int) -> bytes:
        return hostile.record(0x0809, struct.pack("<HHHH", 0x0500, kind, 0, 0))

    head = begin(5) + hostile.record(0x42, struct.pack("<H", 936))
    for place, code in enumerate(formats):
        text = code.encode("gbk")
        head += hostile.record(0x041E, struct.pack("<HB", 164 + place, len(text)) + text)
    for place in range(len(formats)):
        head += hostile.record(0x00E0, struct.pack("<HH12x", 0, 164 + place))
    bound = hostile.record(0x85, struct.pack("<IBBB", len(head) + 4 + 8 + 4, 0, 0, 1) + b"S")
    cells = b""
    for row in range(len(formats)):
        cells += hostile.record(0x0203, struct.pack("<HHHd", row, 0, row, number))
        cells += hostile.record(0x027E, struct.pack("<HHHI", row, 1, row, int(number) << 2 | 2))
    return hostile.xls(
        ("Book",), head + bound + hostile.record(0x0A) + begin(0x10) + cells + hostile.record(0x0A)
    )


def test_colours_and_conditions_do_not_make_a_day_of_a_number_in_a_xls_of_excel_95(tmp_path: Path) -> None:
    path = tmp_path / "a.xls"
    path.write_bytes(
        _biff5(("[Red][<60]0.00;[Blue]0.00", "[Magenta]0", "[DBNum1]0", '[>=10000]0!.0,"万";0'), 46000)
    )
    rows = grid.read(path, file="a.xls").grids[0].rows
    assert rows == [[46000, 46000], [46000, 46000], [46000, 46000], ["4.6万", "4.6万"]]


def test_an_open_document_shows_its_formats(tmp_path: Path) -> None:
    cells = (
        ("float", "12.5", "13万", ""),
        ("currency", "100", "$100.00", ' office:currency="USD"'),
        ("currency", "100", "¥100.00", ' office:currency="CNY"'),
        ("float", "12345", "00012345", ""),
        ("percentage", "0.6", "60%", ""),
        ("float", "1234.5", "1,234.50", ""),
        ("float", "125000", "12.5万", ""),
        ("float", "120000", "120", ""),
    )
    rows = "".join(
        f'<table:table-row><table:table-cell office:value-type="{kind}" office:value="{value}"{more}>'
        f"<text:p>{text}</text:p></table:table-cell></table:table-row>"
        for kind, value, text, more in cells
    )
    path = tmp_path / "a.ods"
    path.write_bytes(hostile.ods(rows))
    found = [row[0] for row in grid.read(path, file="a.ods").grids[0].rows]
    assert found == ["12.5万", "USD 100", 100, "00012345", "60%", 1234.5, "12.5万", "120千"]


def test_a_sheet_written_in_an_unusual_way_shows_its_formats_too(tmp_path: Path) -> None:
    checked = changed(ARCHIVE, tmp_path, shown("K4", 12, '0"万"'))
    path = tmp_path / f"{ARCHIVE}.xlsx"
    with zipfile.ZipFile(path) as archive:
        plain = {name: archive.read(name) for name in archive.namelist()}
    name = next(name for name in plain if name.endswith("sheet1.xml"))
    plain[name] = plain[name].replace(b"<c r=", b"<c  r=")
    path.write_bytes(hostile.packed(plain))
    assert grid.read(path, file="a.xlsx").grids[0].rows[3][10] == "12万"
    assert values(checked, "expected_amount")[0] == 120_000
