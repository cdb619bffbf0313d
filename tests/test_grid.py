"""Cells come out typed and at their true addresses, whatever program wrote the file."""

from __future__ import annotations

import datetime as dt
import io
import re
import struct
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
import xlwt
from openpyxl.chart import BarChart
from openpyxl.packaging.custom import StringProperty

from salesxl.errors import RefusedError
from salesxl.model import Area, Grid, Workbook
from salesxl.xlsx.read import csv, grid
from salesxl.xlsx.read import sheet as grid_xml
from tests import hostile

MAIN = hostile.MAIN
STRICT = {
    hostile.MAIN: "http://purl.oclc.org/ooxml/spreadsheetml/main",
    hostile.RELATIONS: "http://purl.oclc.org/ooxml/officeDocument/relationships",
}


@pytest.fixture
def read(tmp_path):
    """Read bytes, or the sheetData of a small .xlsx, as a file of that name."""

    def run(content: bytes | str, name: str = "张三.xlsx", **around: str) -> Workbook:
        data = hostile.book(content, **around) if isinstance(content, str) else content
        path = tmp_path / name
        path.write_bytes(data)
        return grid.read(path, file=name)

    return run


def only(workbook: Workbook) -> Grid:
    (found,) = workbook.grids
    return found


def row(*cells: str, number: int = 1) -> str:
    return f'<row r="{number}">{"".join(cells)}</row>'


def cell(address: str, inside: str, attributes: str = "") -> str:
    return f'<c r="{address}" {attributes}>{inside}</c>'


def saved(workbook: openpyxl.Workbook) -> bytes:
    target = io.BytesIO()
    workbook.save(target)
    return target.getvalue()


# --- addresses ---------------------------------------------------------------------------------------------


def test_rows_begin_at_a1_though_the_first_cell_lies_elsewhere(read):
    assert only(read(row(cell("C3", "<v>7</v>"), number=3))).rows == [
        [None, None, None],
        [None, None, None],
        [None, None, 7],
    ]


@pytest.mark.parametrize("dimension", ["A1", "A1:XFD1048576", "C3:C3", "nonsense"])
def test_a_wrong_dimension_is_not_believed(read, dimension):
    data = row(cell("A1", "<v>1</v>")) + row(cell("D9", "<v>5</v>"), number=9)
    found = only(read(data, before=f'<dimension ref="{dimension}"/>'))
    assert (len(found.rows), found.rows[0][0], found.rows[8][3]) == (9, 1, 5)


def test_rows_and_cells_without_addresses_follow_each_other(read):
    data = "<row><c><v>1</v></c><c><v>2</v></c></row>"
    data += "<row r='4'><c><v>3</v></c><c r='D4'><v>4</v></c><c><v>5</v></c></row>"
    assert only(read(data + "<row><c><v>6</v></c></row>")).rows == [
        [1, 2, None, None, None],
        [None] * 5,
        [None] * 5,
        [3, None, None, 4, 5],
        [6, None, None, None, None],
    ]


def test_rows_out_of_order_land_where_they_say(read):
    data = row(cell("A3", "<v>3</v>"), number=3) + row(cell("B1", "<v>1</v>"))
    assert only(read(data)).rows == [[None, 1], [None, None], [3, None]]


def test_blank_styled_cells_far_away_do_not_stretch_the_sheet(read):
    data = row(cell("A1", "<v>1</v>")) + '<row r="1048576"><c r="XFD1048576" s="1"/></row>'
    assert only(read(data)).rows == [[1]]


def test_three_letter_columns_are_read(read):
    data = row(cell("ABC1", "<v>1</v>")) + row(cell("A50", "<v>2</v>"), number=50)
    found = only(read(data))
    assert (len(found.rows), found.rows[0][730], found.rows[49][0]) == (50, 1, 2)


def test_five_digit_rows_are_read(read):
    found = only(read(row(cell("A1", "<v>1</v>")) + row(cell("B12345", "<v>2</v>"), number=12345)))
    assert (len(found.rows), found.rows[12344]) == (12345, [None, 2])


# --- values ------------------------------------------------------------------------------------------------


def test_whole_numbers_are_int_and_others_float(read):
    found = only(
        read(
            row(
                *(
                    cell(f"{c}1", f"<v>{v}</v>")
                    for c, v in zip("ABCDE", ("13800138000", "1.5", "-3", "0", "2E3"), strict=True)
                )
            )
        )
    )
    assert found.rows == [[13800138000, 1.5, -3, 0, 2000]]
    assert [type(value) for value in found.rows[0]] == [int, float, int, int, int]


@pytest.mark.parametrize(
    ("text", "value"),
    [("9007199254740991", 9007199254740991), ("9007199254740992", 9007199254740992.0), ("1e300", 1e300)],
)
def test_a_float_beyond_exactness_stays_a_float(read, text, value):
    found = only(read(row(cell("A1", f"<v>{text}</v>")))).rows[0][0]
    assert (found, type(found)) == (value, type(value))


def test_a_number_that_is_none_comes_as_text(read):
    assert only(read(row(cell("A1", "<v>1e400</v>"), cell("B1", "<v>NaN</v>")))).rows == [["inf", "nan"]]


def test_booleans_stay_booleans(read):
    found = only(read(row(cell("A1", "<v>1</v>", 't="b"'), cell("B1", "<v>0</v>", 't="b"')))).rows[0]
    assert found[0] is True
    assert found[1] is False


def test_dates_are_datetimes_and_times_are_times(read):
    cells = (
        cell("A1", "<v>45366</v>", 's="1"'),
        cell("B1", "<v>45366.5</v>", 's="2"'),
        cell("C1", "<v>0.5</v>", 's="3"'),
    )
    found = only(read(row(*cells, cell("D1", "<v>2024-03-15T10:00:00</v>", 't="d"')))).rows[0]
    assert found == [
        dt.datetime(2024, 3, 15),
        dt.datetime(2024, 3, 15, 12),
        dt.time(12),
        dt.datetime(2024, 3, 15, 10),
    ]
    assert type(found[0]) is dt.datetime


def test_the_1904_calendar_is_heeded(read):
    data = hostile.changed("xl/workbook.xml", b"<sheets>", b'<workbookPr date1904="1"/><sheets>')
    parts = hostile.parts(row(cell("A1", "<v>43904</v>", 's="1"')))
    parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace(
        b"<sheets>", b'<workbookPr date1904="1"/><sheets>'
    )
    assert only(read(data)).rows == [[1]]
    assert only(read(hostile.packed(parts))).rows == [[dt.datetime(2024, 3, 15)]]


@pytest.mark.parametrize("number", [14, 22, 27, 30, 31, 36, 50, 57, 58])
def test_chinese_built_in_date_formats_are_dates(read, number):
    parts = hostile.parts(row(cell("A1", "<v>45366</v>", 's="1"')))
    parts["xl/styles.xml"] = hostile.STYLES.replace('numFmtId="14"', f'numFmtId="{number}"').encode()
    assert only(read(hostile.packed(parts))).rows == [[dt.datetime(2024, 3, 15)]]


def test_text_keeps_its_blanks_rich_runs_join_and_phonetic_hints_are_left_out(read):
    strings = (
        f'<sst xmlns="{MAIN}" count="6" uniqueCount="6"><si><t xml:space="preserve"> a </t></si>'
        "<si><r><t>销</t></r><r><rPr><b/></rPr><t>售</t></r><rPh sb='0' eb='1'><t>シ</t></rPh></si>"
        "<si><t>甲_x000D_乙_x005F_x000D_</t></si><si><t/></si>"
        '<si><t xml:space="preserve">  </t></si><si/></sst>'
    )
    cells = [cell(f"{column}1", f"<v>{index}</v>", 't="s"') for index, column in enumerate("ABCDEF")]
    assert only(read(row(*cells), strings=strings)).rows == [
        [" a ", "销售", "甲\r乙_x000D_", None, "  ", None]
    ]


def test_inline_text_is_read_like_shared_text(read):
    rich = "<is><r><rPr><color rgb='FF0000'/></rPr><t>甲</t></r><r><t>乙</t></r>"
    rich += "<rPh sb='0' eb='1'><t>ビ</t></rPh></is>"
    assert only(
        read(row(cell("A1", "<is><t>甲乙</t></is>", 't="inlineStr"'), cell("B1", rich, 't="inlineStr"')))
    ).rows == [["甲乙", "甲乙"]]


# --- what the reader does not tell --------------------------------------------------------------------------


@pytest.fixture(params=["usual", "single quotes", "prefixed"])
def spelled(request):
    """Return one sheet in the usual spelling, and in two others that are as legal."""

    def spell(data: str) -> bytes:
        parts = hostile.parts(data)
        sheet = parts["xl/worksheets/sheet1.xml"].decode()
        if request.param == "single quotes":
            sheet = sheet.replace('"', "'")
        elif request.param == "prefixed":
            sheet = sheet.replace("<", "<x:").replace("<x:/", "</x:").replace(" xmlns=", " xmlns:x=")
        return hostile.packed({**parts, "xl/worksheets/sheet1.xml": sheet.encode()})

    return spell


def test_error_cells_are_none_and_named(read, spelled):
    found = only(
        read(
            spelled(
                row(cell("A1", "<v>#N/A</v>", 't="e"'), cell("B1", "<f>1/0</f><v>#DIV/0!</v>", 's="1" t="e"'))
                + row(
                    cell("C2", '<f t="shared" si="0"/><v>#REF!</v>', 't="e"'),
                    cell("D2", "<v>1</v>"),
                    number=2,
                )
            )
        )
    )
    assert found.errors == {(1, 1): "#N/A", (1, 2): "#DIV/0!", (2, 3): "#REF!"}
    assert found.rows == [[None, None, None, None], [None, None, None, 1]]


def test_formulas_never_calculated_are_told_from_blank_results(read, spelled):
    cells = (
        cell("A1", "<f>B1+1</f>"),
        cell("B1", "<f>1/0</f><v></v>"),
        cell("C1", "<f>A1&amp;&quot;x&quot;</f><v/>"),
        cell("D1", "<f>IF(1,&quot;&quot;)</f><v></v>", 't="str"'),
        cell("E1", "<f>2</f><v>2</v>"),
        cell("F1", "<v>3</v>"),
    )
    found = only(read(spelled(row(*cells))))
    assert found.uncalculated == {(1, 1), (1, 2), (1, 3)}
    assert found.formulas == {
        (1, 1): "B1+1",
        (1, 2): "1/0",
        (1, 3): 'A1&"x"',
        (1, 4): 'IF(1,"")',
        (1, 5): "2",
    }
    assert found.rows == [[None, None, None, None, 2, 3]]


def test_a_shared_formula_reads_in_each_cell_as_that_cell_means_it(read, spelled):
    data = row(cell("A1", '<f t="shared" ref="A1:A3" si="0">B1*$C$1</f><v>1</v>')) + "".join(
        row(cell(f"A{n}", '<f t="shared" si="0"/><v>1</v>'), number=n) for n in (2, 3)
    )
    found = only(read(spelled(data)))
    assert found.formulas == {(1, 1): "B1*$C$1", (2, 1): "B2*$C$1", (3, 1): "B3*$C$1"}
    assert found.uncalculated == frozenset()


def test_hidden_rows_and_columns_are_told_within_the_used_area(read, spelled):
    data = (
        row(cell("A1", "<v>1</v>"))
        + '<row r="2" hidden="1"><c r="C2"><v>2</v></c></row><row r="9" hidden="1"/>'
    )
    sheet = '<cols><col min="2" max="16384" width="9" hidden="1"/></cols>'
    source = hostile.parts(data, before=sheet)["xl/worksheets/sheet1.xml"]
    found = only(read(hostile.packed({**hostile.parts(), "xl/worksheets/sheet1.xml": source})))
    assert (found.hidden_rows, found.hidden_columns) == ({2}, {2, 3})
    assert only(read(spelled(data))).hidden_rows == {2}


def test_a_hidden_row_whose_number_is_not_its_first_attribute_is_found(read):
    assert only(read(f'<row hidden="true" r="1">{cell("A1", "<v>1</v>")}</row>')).hidden_rows == {1}


def test_comments_in_the_sheet_hold_no_cells(read):
    found = only(read(row(cell("A1", "<v>1</v>")) + '<!-- <c r="B9" t="e"><f>1</f></c> -->'))
    assert (found.rows, found.errors, found.formulas) == ([[1]], {}, {})


def test_the_quick_and_the_thorough_look_agree():
    data = "".join(
        row(
            cell(f"A{n}", "<v>1</v>"),
            cell(f"B{n}", f"<f>A{n}*2</f>" + ("<v>2</v>" if n % 2 else "")),
            cell(f"C{n}", "<v>#N/A</v>", 't="e"'),
            number=n,
        )
        for n in range(1, 30)
    )
    sheet = hostile.parts(data)["xl/worksheets/sheet1.xml"]
    quick = grid_xml.scan_sheet(sheet)
    assert not quick.exact
    grid_xml.measure(sheet, quick)
    assert quick == grid_xml.scan_sheet(sheet.replace(b"<sheetData>", b"<sheetData ><!-- -->"))


def test_merged_areas_and_sheet_visibility_and_chart_sheets(read):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "客户档案"
    sheet["A1"] = "标题"
    sheet.merge_cells("A1:C2")
    hidden = book.create_sheet("藏")
    hidden["B2"] = 1
    hidden.sheet_state = "veryHidden"
    book.create_chartsheet("图").add_chart(BarChart())
    first, second = read(saved(book)).grids
    assert (first.sheet, first.visible, first.merged) == ("客户档案", True, (Area(1, 1, 2, 3),))
    assert (second.sheet, second.visible, second.rows) == ("藏", False, [[None, None], [None, 1]])


def test_custom_document_properties_are_read(read):
    book = openpyxl.Workbook()
    book.active["A1"] = 1
    book.custom_doc_props.append(StringProperty(name="salesxl.form", value="customer"))
    book.custom_doc_props.append(StringProperty(name="salesxl.version", value="2"))
    found = {k: v for k, v in read(saved(book)).properties.items() if k != "modified"}
    assert found == {"salesxl.form": "customer", "salesxl.version": "2"}


# --- packages ----------------------------------------------------------------------------------------------


def repacked(change):
    """Return a small .xlsx whose parts went through ``change(name, data)``."""
    return hostile.packed(dict(change(name, data) for name, data in hostile.parts().items()))


def strict(name: str, data: bytes) -> tuple[str, bytes]:
    for old, new in STRICT.items():
        data = data.replace(old.encode(), new.encode())
    return name, data


@pytest.mark.parametrize(
    "change",
    [
        strict,
        lambda name, data: (name.replace("/", "\\"), data),
        lambda name, data: (name if "Content" in name else name.upper(), data),
        lambda name, data: (name.replace("xl/", "book/"), data.replace(b'"xl/', b'"book/')),
        lambda name, data: (
            name.replace("workbook.xml", "book1.xml"),
            data.replace(b"workbook.xml", b"book1.xml"),
        ),
        lambda name, data: (name, data.replace(b'"worksheets/sheet1', b'"/xl/worksheets/sheet1')),
        lambda name, data: (name, data.replace(b'"worksheets/', b'"../xl/./worksheets/')),
        lambda name, data: (
            name.replace("sheet1", "表 1"),
            data.replace(b"sheet1.xml", "表%201.xml".encode()),
        ),
        lambda name, data: (name, data.decode().encode("utf-16") if "sheet1" in name else data),
        lambda name, data: (
            name,
            b'<?xml version="1.0" encoding="GBK"?>' + data.decode().encode("gbk")
            if name == "xl/workbook.xml"
            else data,
        ),
        lambda name, data: (name, b"\xef\xbb\xbf" + data if "sheet1" in name else data),
    ],
    ids=[
        "strict",
        "backslash",
        "case",
        "folder",
        "renamed",
        "absolute",
        "dotted",
        "spaced",
        "utf-16",
        "gbk",
        "bom",
    ],
)
def test_legal_and_common_oddities_of_a_package_are_read(read, change):
    found = only(read(repacked(change)))
    assert (found.sheet, found.rows) == ("表", [[1]])


def test_what_xlsxwriter_writes_is_read(read):
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as book:
        sheet = book.add_worksheet("台账")
        day = book.add_format({"num_format": 'yyyy"年"m"月"d"日"'})
        sheet.write_row(0, 0, ["客户名称", 12.5, True])
        sheet.write_datetime(1, 1, dt.datetime(2024, 3, 15), day)
        sheet.write_string(2, 0, "=1+1")
        sheet.write_blank(3, 9, None, day)
    assert only(read(target.getvalue())).rows == [
        ["客户名称", 12.5, True],
        [None, dt.datetime(2024, 3, 15), None],
        ["=1+1", None, None],
    ]


# --- old, binary and open documents -------------------------------------------------------------------------


def test_an_old_xls_is_read_with_errors_formulas_and_hidden_rows(read):
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("客户档案")
    sheet.write(1, 1, "名称")
    sheet.write(2, 2, 13800138000)
    sheet.write(3, 3, dt.datetime(2024, 3, 15), xlwt.easyxf(num_format_str="yyyy-mm-dd"))
    sheet.write(4, 4, xlwt.Formula("C3+1"))
    sheet.write_merge(5, 6, 0, 2, "合并")
    sheet.row(7).set_cell_error(0, 0x2A)
    sheet.row(3).hidden = True
    sheet.col(1).hidden = True
    book.add_sheet("藏").visibility = 1
    target = io.BytesIO()
    book.save(target)
    workbook = read(target.getvalue(), "a.et")
    first, second = workbook.grids
    assert workbook.kind == "xls"
    assert [first.rows[1][1], first.rows[2][2], first.rows[3][3]] == [
        "名称",
        13800138000,
        dt.datetime(2024, 3, 15),
    ]
    assert (first.merged, first.errors) == ((Area(6, 1, 7, 3),), {(8, 1): "#N/A"})
    assert (first.formulas, first.uncalculated) == ({(5, 5): ""}, frozenset())
    assert (first.hidden_rows, first.hidden_columns) == ({4}, {2})
    assert (second.visible, second.rows) == (False, [])


def _biff5(codepage: int, text: bytes) -> bytes:
    """Return an .xls of the days before Unicode: one label in a codepage."""
    bof = lambda kind: hostile.record(0x0809, struct.pack("<HHHH", 0x0500, kind, 0, 0))  # noqa: E731
    head = bof(5) + hostile.record(0x42, struct.pack("<H", codepage))
    name = "客户".encode("gbk")
    place = len(head) + 4 + 7 + len(name) + 4
    bound = hostile.record(0x85, struct.pack("<IBBB", place, 0, 0, len(name)) + name)
    label = hostile.record(0x0204, struct.pack("<HHHH", 1, 2, 0, len(text)) + text)
    return hostile.xls(
        ("Book",), head + bound + hostile.record(0x0A) + bof(0x10) + label + hostile.record(0x0A)
    )


def test_an_xls_from_before_unicode_is_read_in_its_codepage(read):
    found = only(read(_biff5(936, "销售代表".encode("gbk")), "旧.xls"))
    assert (found.sheet, found.rows) == ("客户", [[None] * 3, [None, None, "销售代表"]])


def _bin(kind: int, body: bytes = b"") -> bytes:
    head = bytes([kind]) if kind < 128 else bytes([kind & 0x7F | 0x80, kind >> 7])
    size = len(body)
    length = bytes([size]) if size < 128 else bytes([size & 0x7F | 0x80, size >> 7])
    return head + length + body


def _wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def xlsb(last_row: int = 3) -> bytes:
    """Return a binary workbook: A1 text, B2 an error, C3 a formula's number, row 2 hidden, A1:B1 merged."""

    def line(number: int, flags: int = 0) -> bytes:
        return _bin(0, struct.pack("<IIHBBBI", number - 1, 0, 300, 0, flags, 0, 0))

    def at(column: int) -> bytes:
        return struct.pack("<II", column - 1, 0)

    sheet = _bin(129) + _bin(148, struct.pack("<4I", 0, last_row - 1, 0, 2)) + _bin(145)
    sheet += line(1) + _bin(6, at(1) + _wide("名称"))
    sheet += line(2, 0x10) + _bin(3, at(2) + b"\x2a")
    sheet += line(last_row) + _bin(9, at(3) + struct.pack("<dHI", 7.0, 0, 0) + bytes(4))
    sheet += (
        _bin(146)
        + _bin(177, struct.pack("<I", 1))
        + _bin(176, struct.pack("<4I", 0, 0, 0, 1))
        + _bin(178)
        + _bin(130)
    )
    book = (
        _bin(131)
        + _bin(143)
        + _bin(156, struct.pack("<II", 0, 1) + _wide("rId1") + _wide("表"))
        + _bin(144)
        + _bin(132)
    )
    types = b'<Types a="application/vnd.ms-excel.sheet.binary.macroEnabled.main"/>'
    return hostile.packed(
        {
            "[Content_Types].xml": types,
            "_rels/.rels": hostile.relations(("rId1", "officeDocument", "xl/workbook.bin")).encode(),
            "xl/workbook.bin": book,
            "xl/_rels/workbook.bin.rels": hostile.relations(
                ("rId1", "worksheet", "worksheets/sheet1.bin")
            ).encode(),
            "xl/worksheets/sheet1.bin": sheet,
        }
    )


def test_a_binary_workbook_is_read_with_errors_formulas_and_merged_areas(read):
    workbook = read(xlsb(), "a.xlsb")
    found = only(workbook)
    assert (workbook.kind, found.sheet) == ("xlsb", "表")
    assert found.rows == [["名称", None, None], [None, None, None], [None, None, 7]]
    assert (found.errors, found.formulas) == ({(2, 2): "#N/A"}, {(3, 3): ""})
    assert (found.merged, found.hidden_rows) == ((Area(1, 1, 1, 2),), {2})


def test_a_binary_workbook_with_an_impossible_row_is_refused(read):
    with pytest.raises(RefusedError) as caught:
        read(xlsb(2**31), "a.xlsb")
    assert caught.value.facts["reason"] == "damaged"


def test_an_open_document_is_read_with_repeats_errors_and_merged_areas(read):
    text = 'office:value-type="string"><text:p>{}</text:p></table:table-cell>'
    error = '<table:table-cell table:formula="of:=1/0" ' + text.format("#DIV/0!")
    blank = '<table:table-cell table:number-columns-repeated="16000"/>'
    spans = 'table:number-columns-spanned="2" table:number-rows-spanned="1" '
    spanned = "<table:table-cell " + spans + text.format("合并") + "<table:covered-table-cell/>"
    data = (
        '<table:table-column/><table:table-column table:visibility="collapse"/>'
        '<table:table-row table:number-rows-repeated="2">'
        f"{hostile.ODS_CELL.format('')}{blank}</table:table-row>"
        f'<table:table-row table:visibility="filter">{spanned}{error}</table:table-row>'
        f'<table:table-row table:number-rows-repeated="1048000">{blank}</table:table-row>'
    )
    workbook = read(hostile.ods(data), "a.ods")
    found = only(workbook)
    assert workbook.kind == "ods"
    assert found.rows == [[1, None, None], [1, None, None], ["合并", None, None]]
    assert (found.errors, found.formulas) == ({(3, 3): "#DIV/0!"}, {(3, 3): "1/0"})
    assert (found.merged, found.hidden_rows, found.hidden_columns) == ((Area(3, 1, 3, 2),), {3}, {2})


# --- text --------------------------------------------------------------------------------------------------

CSV = (
    '客户名称,联系方式,金额,备注\r\n甲公司,013800138000,"1,200",\r\n'
    '乙公司,="00123",3500.00,"第一行\n第二行"\r\n'
)


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
def test_a_csv_is_read_in_every_usual_encoding_and_stays_text(read, codec):
    workbook = read(CSV.encode(codec), "张三_客户档案.csv")
    found = only(workbook)
    assert (workbook.kind, found.sheet) == ("csv", "张三_客户档案")
    assert found.rows == [
        ["客户名称", "联系方式", "金额", "备注"],
        ["甲公司", "013800138000", "1,200", None],
        ["乙公司", "00123", "3500.00", "第一行\n第二行"],
    ]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("a,b\n1,2\n", ","),
        ("a\tb\n1,200\t2\n1\t2,5\n", "\t"),
        ("a;b\n1,5;2\n2,5;3\n7,5;8\n", ";"),
        ("a|b\n1|2\n", "|"),
        ("sep=;\na,b;c\n", ";"),
        ("销售代表,张三\n\n客户名称,联系人,金额\n甲,王总;李总,1\n乙,王总;李总,2\n", ","),
        ("只有一列\n甲\n", ","),
        ("", ","),
    ],
)
def test_the_separator_is_the_one_that_rows_agree_on(text, wanted):
    assert csv.separator(text) == wanted


def test_a_declared_separator_is_no_row(read):
    assert only(read(b"sep=;\na;b\n1;2\n", "a.csv")).rows == [["a", "b"], ["1", "2"]]


def test_a_quotation_mark_never_closed_swallows_no_rows(read):
    found = only(read('客户,备注\n甲,"15寸\n乙,好\n丙,好\n'.encode(), "a.csv"))
    assert [line[0] for line in found.rows] == ["客户", "甲", "乙", "丙"]


def test_blank_rows_of_a_csv_keep_their_place(read):
    assert only(read(b"a,b\n\n,\n1,2\n\n", "a.csv")).rows == [["a", "b"], [], [None, None], ["1", "2"]]


def test_a_web_page_called_xls_is_read_as_a_table(read):
    page = (
        "<html><head><meta charset='gbk'></head><body><table>"
        "<tr><th colspan=2>客户档案</th></tr>"
        "<tr><td rowspan=2>甲</td><td>1,200</td></tr><tr><td>&nbsp;x<br>y</td></tr></table></body></html>"
    )
    workbook = read(page.encode("gbk"), "导出.xls")
    found = only(workbook)
    assert (workbook.kind, found.sheet) == ("html", "导出")
    assert found.rows == [["客户档案"], ["甲", "1,200"], [None, "xy"]]
    assert found.merged == (Area(1, 1, 1, 2), Area(2, 1, 3, 1))


def test_a_spreadsheet_in_the_xml_of_office_2003_is_read(read):
    short = (
        '<ss:Workbook xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">'
        '<ss:Worksheet ss:Name="客户"><T>'
        '<R ss:Index="2"><C ss:Index="2" ss:MergeAcross="1"><D ss:Type="String">名称</D></C>'
        '<C><D ss:Type="Number">12</D></C></R>'
        '<R ss:Hidden="1"><C><D ss:Type="DateTime">2024-03-15T00:00:00.000</D></C>'
        '<C><D ss:Type="Error">#N/A</D></C><C><D ss:Type="Boolean">1</D></C></R>'
        "</T></ss:Worksheet></ss:Workbook>"
    )
    names = {"T": "ss:Table", "R": "ss:Row", "C": "ss:Cell", "D": "ss:Data"}
    data = re.sub(r"(</?)([TRCD])\b", lambda match: match[1] + names[match[2]], short)
    found = only(read(data.encode(), "导出.xls"))
    assert found.sheet == "客户"
    assert found.rows == [[], [None, "名称", None, 12], [dt.datetime(2024, 3, 15), None, True]]
    assert (found.errors, found.merged, found.hidden_rows) == ({(3, 2): "#N/A"}, (Area(2, 2, 2, 3),), {3})


# --- faults of the reader -----------------------------------------------------------------------------------


class PanicException(BaseException):
    """Bears the name of the reader's panic, which cannot be imported."""


@pytest.mark.parametrize(
    "thrown", [PanicException("boom"), OSError("gone"), grid.calamine.CalamineError("bad")]
)
def test_whatever_the_reader_throws_is_a_refusal(read, monkeypatch, thrown):
    class Broken:
        @staticmethod
        def from_filelike(source: object) -> None:
            raise thrown

    monkeypatch.setattr(grid.calamine, "CalamineWorkbook", Broken)
    with pytest.raises(RefusedError) as caught:
        read(hostile.book())
    assert (caught.value.code, caught.value.facts["reason"]) == ("unreadable", "damaged")


def test_a_stop_by_the_user_is_no_fault_of_the_file(read, monkeypatch):
    class Stopped:
        @staticmethod
        def from_filelike(source: object) -> None:
            raise KeyboardInterrupt

    monkeypatch.setattr(grid.calamine, "CalamineWorkbook", Stopped)
    with pytest.raises(KeyboardInterrupt):
        read(hostile.book())


def test_reading_never_changes_the_file(tmp_path: Path):
    path = tmp_path / "a.xlsx"
    data = hostile.book()
    path.write_bytes(data)
    path.chmod(0o400)
    grid.read(path, file="a.xlsx")
    assert path.read_bytes() == data


@pytest.mark.parametrize(("row", "bound"), [(9, 9), (10, 99), (176, 999), (9999, 9999)])
def test_the_bound_of_an_extent_has_as_many_digits_as_its_rows(row, bound):
    cell = f'<row r="{row}"><c r="AB{row}"><v>1</v></c></row>'
    scan = grid_xml.scan_sheet(f"<worksheet><sheetData>{cell}</sheetData></worksheet>".encode())
    assert (scan.rows, scan.columns) == (bound, 52)
