"""Editing a workbook in place: what is asked for changes, everything else keeps its bytes."""

from __future__ import annotations

import datetime as dt
import io
import re
import warnings
import zipfile
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from salesxl.errors import RefusedError
from salesxl.model import Area, cell_name
from salesxl.xlsx.edit import (
    Book,
    Run,
    Sheet,
    filter_area,
    grow_table,
    set_filter,
    tables,
)
from salesxl.xlsx.pieces import Pieces
from salesxl.xlsx.refs import read_area, split_cell
from salesxl.xlsx.styles import MINIMAL, Styles
from tests.workbooks import FEATURES, SHEET, everything, workbook

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        return {info.filename: opened.read(info) for info in opened.infolist()}


def load(data: bytes) -> openpyxl.Workbook:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        return openpyxl.load_workbook(io.BytesIO(data))


def changed(before: bytes, after: bytes) -> set[str]:
    one, two = parts(before), parts(after)
    return {name for name in {*one, *two} if one.get(name) != two.get(name)}


def bare(rows: str) -> Sheet:
    return Sheet(f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'.encode())


def values(data: bytes) -> dict[str, object]:
    rows = load(data)[SHEET].iter_rows()
    return {cell.coordinate: cell.value for row in rows for cell in row if cell.value is not None}


# ---- pieces


@pytest.mark.parametrize("feature", [*FEATURES, "everything"])
def test_every_part_cut_into_pieces_and_joined_is_the_same(feature):
    source = everything() if feature == "everything" else workbook(feature)
    for name, data in parts(source).items():
        if name.endswith((".xml", ".rels")):
            pieces = Pieces(data)
            for child in pieces.children:
                assert child.node is not None  # parsed, not changed
            assert pieces.to_bytes() == data, name


def test_a_changed_piece_leaves_the_bytes_of_its_neighbours():
    odd = b"<?xml version='1.0'?>\n<a xmlns='u'\n b = '1'><x  c='2' /> <y></y><z d='1'/></a>\n"
    pieces = Pieces(odd)
    pieces.get("z").node.set("d", "2")
    assert pieces.to_bytes() == odd.replace(b"<z d='1'/>", b'<z d="2" />')
    assert not pieces.get("y").node.text
    assert not pieces.faithful


def test_a_new_piece_stands_where_the_schema_wants_it():
    pieces = Pieces(b"<a><b/><d/></a>", ("b", "c", "d"))
    pieces.get("c")
    assert pieces.to_bytes() == b"<a><b/><c/><d/></a>"


def test_comments_cdata_and_other_encodings_are_rewritten_plainly():
    data = '<?xml version="1.0" encoding="UTF-16"?><a><!-- <b/> --><c><![CDATA[<x>]]></c></a>'.encode(
        "utf-16"
    )
    pieces = Pieces(data)
    assert [child.name for child in pieces.children] == ["c"]
    assert pieces.get("c").node.text == "<x>"


@pytest.mark.parametrize("data", [b"", b"<a>", b"no xml", b"<!DOCTYPE a><a/>"])
def test_what_is_not_plain_xml_is_refused(data):
    with pytest.raises(RefusedError):
        Pieces(data)


# ---- cells


def test_nothing_changes_when_nothing_is_edited():
    source = everything()
    book = Book.open(source)
    for name in book.worksheets():
        book.sheet(name).row(4)
        book.notes(name).texts()
    assert book.styles.font_name()
    assert book.to_bytes() == source


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("苏州  精密\n机械 ", "苏州  精密\n机械 "),
        ("=cmd|' /C calc'!A0", "=cmd|' /C calc'!A0"),
        ("A & <b>", "A & <b>"),
        (12, 12),
        (0.1, 0.1),
        (Decimal("1234567.89"), 1234567.89),
        (True, True),
        (dt.datetime(2026, 11, 20, 18, 0), 46346.75),
        (None, None),
    ],
)
def test_a_value_is_written_as_what_it_is(value, read):
    book = Book.open(workbook())
    book.sheet(SHEET).set_value(5, 6, value)
    data = book.to_bytes()
    cell = load(data)[SHEET]["F5"]
    assert cell.value == read
    assert cell.data_type != "f"
    assert changed(workbook(), data) <= {"xl/worksheets/sheet1.xml"}


def test_text_that_looks_like_an_escape_is_read_back_as_typed():
    book = Book.open(workbook())
    book.sheet(SHEET).set_value(5, 6, "_x0041_")
    assert Book.open(book.to_bytes()).text(SHEET, 5, 6) == "_x0041_"
    assert Book.open(workbook()).text(SHEET, 3, 2) == "客户名称"


def test_only_the_edited_row_differs():
    source = workbook("x14_dropdown")
    book = Book.open(source)
    book.sheet(SHEET).set_value(5, 2, "改过")
    one, two = (parts(each)["xl/worksheets/sheet1.xml"] for each in (source, book.to_bytes()))
    head, tail = one.index(b'<row r="5"'), one.index(b'<row r="6"')
    assert two.startswith(one[:head])
    assert two.endswith(one[tail:])


def test_cells_and_rows_are_added_in_order():
    book = Book.open(workbook())
    sheet = book.sheet(SHEET)
    for row, column in ((40, 3), (20, 5), (20, 1), (5, 30), (1, 4)):
        sheet.set_value(row, column, "x")
    root = etree.fromstring(parts(book.to_bytes())["xl/worksheets/sheet1.xml"])
    rows = [int(row.get("r", 0)) for row in root.iter(f"{{{MAIN}}}row")]
    assert rows == sorted(set(rows))
    for row in root.iter(f"{{{MAIN}}}row"):
        columns = [split_cell(cell.get("r", ""))[1] for cell in row]
        assert columns == sorted(set(columns))
    assert root.find(f"{{{MAIN}}}dimension").get("ref") == "A1:AD40"


def test_a_new_cell_looks_like_its_row_or_column():
    book = Book.open(workbook())
    styles = book.styles
    bold = styles.clone(0, fontId=styles.add_font("<b/>"))
    sheet = book.sheet(SHEET)
    row = sheet.ensure_row(30)
    row.set("s", str(bold))
    row.set("customFormat", "1")
    sheet.set_value(30, 2, "x")
    sheet.columns.set_width(8, 12.5)
    sheet.columns.spec(8).set("style", str(bold))
    sheet.set_value(31, 8, "x")
    data = load(book.to_bytes())[SHEET]
    assert data["B30"].font.b
    assert data["H31"].font.b


def test_rows_and_cells_without_addresses_are_counted():
    sheet = bare("<row><c><v>1</v></c><c><v>2</v></c></row><row/>")
    assert sheet.filled(1, 2)
    assert not sheet.filled(1, 3)
    sheet.set_value(2, 2, 5)
    root = etree.fromstring(sheet.to_bytes())
    assert [cell.findtext("{*}v") for cell in root.iter(f"{{{MAIN}}}c")] == ["1", "2", "5"]
    assert sheet.cell(2, 2) is not None


def test_a_sheet_with_prefixed_names_is_edited_with_its_prefix():
    rows = '<x:sheetData><x:row r="1"><x:c r="A1" s="0"/></x:row></x:sheetData>'
    sheet = Sheet(f'<x:worksheet xmlns:x="{MAIN}">{rows}</x:worksheet>'.encode())
    sheet.set_style(1, 1, 3)
    sheet.append_text(1, 2, "a<b", 4)
    sheet.set_value(2, 1, "c")
    written = sheet.to_bytes().decode()
    assert '<x:c r="A1" s="3"/>' in written
    assert "<x:t" in written
    assert "ns0" not in written
    assert etree.fromstring(written.encode()) is not None


def test_formats_are_added_with_the_prefix_of_their_part():
    prefixed = re.sub(r"<(/?)(?=[a-zA-Z])", r"<\1x:", MINIMAL.format(main=MAIN)).replace("xmlns=", "xmlns:x=")
    styles = Styles(prefixed.encode())
    fill = styles.add_fill('<patternFill patternType="solid"><fgColor rgb="FF00FF00"/></patternFill>')
    styles.clone(0, fillId=fill, alignment={"vertical": "center"})
    written = styles.to_bytes().decode()
    assert (
        '<x:fill><x:patternFill patternType="solid"><x:fgColor rgb="FF00FF00"/></x:patternFill></x:fill>'
        in written
    )
    assert '<x:alignment vertical="center"/></x:xf></x:cellXfs>' in written
    assert written.count("xmlns") == 1


def test_a_formula_that_goes_takes_the_calculation_chain_with_it_when_told():
    book = Book.open(workbook())
    assert book.sheet("说明").set_value(2, 1, 5)
    assert not book.sheet("说明").set_value(1, 1, "x")


def test_a_formula_that_others_share_is_not_overwritten():
    sheet = bare('<row r="1"><c r="A1"><f t="shared" ref="A1:A9" si="0">B1</f></c></row>')
    with pytest.raises(ValueError, match="A1"):
        sheet.set_value(1, 1, 2)


def test_one_columns_width_changes_and_its_neighbours_keep_theirs():
    book = Book.open(workbook())
    book.sheet(SHEET).columns.set_width(3, 40)
    sheet = book.sheet(SHEET).columns
    assert [sheet.width(column) for column in (2, 3, 4, 6)] == [pytest.approx(16.71, abs=0.1), 40] + [
        pytest.approx(16.71, abs=0.1)
    ] * 2
    assert load(book.to_bytes())[SHEET].column_dimensions["C"].width == 40


@given(st.integers(1, 1048576), st.integers(1, 16384))
def test_addresses_are_read_as_they_are_written(row, column):
    assert split_cell(cell_name(row, column)) == (row, column)


# ---- styles


def test_a_clone_changes_one_index_and_the_same_wish_gives_the_same_format():
    book = Book.open(workbook())
    styles = book.styles
    fill = styles.add_fill('<patternFill patternType="solid"><fgColor rgb="FF00FF00"/></patternFill>')
    assert styles.add_fill('<patternFill patternType="solid"><fgColor rgb="FF00FF00"/></patternFill>') == fill
    count = len(styles.items("cellXfs"))
    made = styles.clone(2, fillId=fill)
    assert made == styles.clone(2, fillId=fill) == count
    book.sheet(SHEET).set_style(4, 1, made)
    data = load(book.to_bytes())[SHEET]
    assert data["A4"].fill.fgColor.rgb == "FF00FF00"
    assert repr(data["A4"].border) == repr(load(workbook())[SHEET]["A4"].border)


def test_a_workbook_without_styles_gets_some():
    book = Book.open(workbook())
    main = book.package.main()
    rid = next(r.id for r in book.package.rels(main).values() if r.kind == "styles")
    book.package.remove_rel(main, rid)
    book.package.remove("xl/styles.xml")
    assert book.styles.clone(0, alignment={"wrapText": "1"}) == 1
    assert "xl/styles.xml" in parts(book.to_bytes())


# ---- notes


def test_a_note_is_added_to_a_sheet_without_any():
    book = Book.open(workbook())
    assert book.notes(SHEET).add(5, 3, [Run("标题", bold=True), Run("\n正文 <&>")], "作者")
    comment = load(book.to_bytes())[SHEET]["C5"].comment
    assert comment.text == "标题\n正文 <&>"
    assert comment.author == "作者"


def test_notes_join_those_that_are_there_and_leave_form_controls_alone():
    source = workbook("notes", "form_controls")
    book = Book.open(source)
    assert book.notes(SHEET).add(9, 3, [Run("新")], "作者")
    data = book.to_bytes()
    sheet = load(data)[SHEET]
    assert sheet["B5"].comment.text == "老客户，先别催"
    assert sheet["C9"].comment.text == "新"
    drawing = parts(data)["xl/drawings/vmlDrawing1.vml"]
    assert drawing.startswith(parts(source)["xl/drawings/vmlDrawing1.vml"][:-6])
    assert drawing.count(b"<v:shape ") == 4


def test_a_drawing_that_is_not_well_formed_is_spliced_not_parsed():
    book = Book.open(workbook("form_controls"))
    part = "xl/drawings/vmlDrawing1.vml"
    broken = book.package.read(part).replace(b"</div>", b"<br></div>", 1)
    book.package.write(part, broken)
    assert book.notes(SHEET).add(9, 3, [Run("新")], "作者")
    assert b"<br>" in parts(book.to_bytes())[part]


def test_notes_that_are_taken_out_take_their_parts_with_them():
    source = workbook()
    book = Book.open(source)
    book.notes(SHEET).add(5, 3, [Run("x")], "我们")
    again = Book.open(book.to_bytes())
    assert again.notes(SHEET).remove(lambda author, text: author == "我们") == 1
    left = parts(again.to_bytes())
    assert not [name for name in left if "comments" in name or "vml" in name]
    assert b"legacyDrawing" not in left["xl/worksheets/sheet1.xml"]


# ---- sheets and names


def test_a_sheet_in_front_leaves_every_local_name_with_its_sheet():
    book = Book.open(workbook("defined_names", "filter"))
    data = parts(workbook())["xl/worksheets/sheet2.xml"]
    book.insert_sheet("前言", data, at=0)
    book.activate(0)
    made = load(book.to_bytes())
    assert made.sheetnames == ["前言", SHEET, "说明"]
    assert made[SHEET].print_area == f"'{SHEET}'!$A$1:$F$13"
    assert made.active.title == "前言"
    book.remove_sheet("前言")
    assert load(book.to_bytes())[SHEET].print_title_rows == "$3:$3"


def test_removing_a_sheet_removes_what_only_it_had():
    book = Book.open(everything())
    book.remove_sheet(SHEET)
    left = parts(book.to_bytes())
    assert "xl/worksheets/sheet1.xml" not in left
    assert "xl/comments1.xml" not in left
    assert load(book.to_bytes()).sheetnames == ["说明"]


# ---- tables, filters


def test_a_table_grows_by_a_column_and_its_filter_with_it():
    book = Book.open(workbook("table"))
    table = tables(book, SHEET)[0]
    assert table.area == Area(3, 1, 13, 6)
    book.sheet(SHEET).set_value(3, 7, "新列")
    grow_table(book, table, "新列")
    made = load(book.to_bytes())[SHEET].tables["客户"]
    assert (made.ref, made.autoFilter.ref) == ("A3:G13", "A3:G13")


def test_a_filter_is_set_and_removed_with_its_hidden_name():
    source = workbook()
    book = Book.open(source)
    set_filter(book, SHEET, read_area("A3:F13"))
    assert filter_area(book, SHEET) == Area(3, 1, 13, 6)
    assert b"_xlnm._FilterDatabase" in parts(book.to_bytes())["xl/workbook.xml"]
    set_filter(book, SHEET, None)
    assert parts(book.to_bytes()) == parts(source)
