"""Marks on a rep's workbook: what shows, what stays as it was, and that they come off again."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from salesxl.annotate import (
    MarkWords,
    Returned,
    TableArea,
    annotate,
    findings_workbook,
    is_marked,
    message,
    strip,
)
from salesxl.errors import RefusedError, TemplateError
from salesxl.model import Finding, Grid, Place, Severity
from salesxl.xlsx.edit import Book
from salesxl.xlsx.marks import MARK_COLUMN, MARK_SHEET_PROPERTY, is_mark_column, is_mark_sheet
from salesxl.xlsx.package import Package
from salesxl.xlsx.values import unescape
from tests import office
from tests.workbooks import FEATURES, FIRST, HEADER_ROW, LAST, SHEET, everything, workbook

ERROR, WARNING, NOTICE = Severity.ERROR, Severity.WARNING, Severity.NOTICE
TABLE = [TableArea(SHEET, HEADER_ROW, 1, 6, FIRST, LAST)]
WORDS = MarkWords(
    sheet="需要修改",
    summary="{file}：{errors} 处必须修改，{warnings} 处请核对",
    how="点蓝色地址直接跳到要改的格子。改好后保存，原样交回。",
    column="错误说明",
    severities={"error": "必须改", "warning": "请核对", "notice": "说明"},
    prefixes={"error": "【需要修改】", "warning": "【请核对】", "notice": "【说明】"},
    head_severity="程度",
    head_sheet="工作表",
    head_cell="单元格",
    head_field="栏目",
    head_value="您填的",
    head_message="问题",
    head_fix="怎么改",
    blank="（空着）",
    whole_file="整个文件",
)


def finding(
    code: str, severity: Severity, cell: str | None, field: str = "行业", value: object = None
) -> Finding:
    sheet = SHEET if cell else None
    return Finding(code, severity, Place("张三.xlsx", sheet, cell), field, value)  # type: ignore[arg-type]


def tell(each: Finding) -> tuple[str, str]:
    return f"{each.field}“{each.value}”不对（{each.code}）。", f"请核对{each.field}。"


FINDINGS = [
    finding("vague", WARNING, "F6", "备注"),
    finding("required", ERROR, "C5", "所属行业"),
    finding("range", ERROR, "D6", "预计成交金额", 300),
    finding("stale", WARNING, "D6", "预计成交金额", 300),
    finding("format", NOTICE, "A8", "客户编号", "CRM"),
    finding("stale", WARNING, "B2", "销售代表", "张三"),
    finding("missing_report", ERROR, None),
]


def marked(source: bytes, findings: list[Finding] = FINDINGS) -> bytes:
    return annotate(source, findings, tell, WORDS, tables=TABLE, file="张三.xlsx").data


def parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        assert opened.testzip() is None
        return {info.filename: opened.read(info) for info in opened.infolist()}


def load(data: bytes) -> openpyxl.Workbook:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        return openpyxl.load_workbook(io.BytesIO(data))


def fill(book: openpyxl.Workbook, cell: str, sheet: str = SHEET) -> str:
    return str(book[sheet][cell].fill.fgColor.rgb)


def rows_of(part: bytes) -> dict[str, str]:
    """Return each row of a sheet's part as canonical text."""
    root = etree.fromstring(part)
    return {row.get("r", ""): etree.tostring(row, method="c14n").decode() for row in root.iter("{*}row")}


# ---- what stays as it was


TOUCHED = re.compile(
    r"\[Content_Types\]\.xml|xl/workbook\.xml|xl/_rels/workbook\.xml\.rels|xl/styles\.xml|"
    r"xl/worksheets/sheet1\.xml|xl/worksheets/_rels/sheet1\.xml\.rels|xl/comments1\.xml|"
    r"xl/drawings/vmlDrawing1\.vml|xl/tables/table1\.xml"
)


@pytest.mark.parametrize("feature", [*FEATURES, "everything"])
def test_only_the_parts_that_carry_marks_change_and_stripping_gives_all_back(feature):
    source = everything() if feature == "everything" else workbook(feature)
    before, result = parts(source), marked(source)
    after = parts(result)
    changed = [name for name in before if before[name] != after[name]]
    assert [name for name in changed if not TOUCHED.fullmatch(name)] == []
    assert list(after)[: len(before)] == list(before)
    assert parts(strip(result)) == before
    assert list(parts(strip(result))) == list(before)


@pytest.mark.parametrize("feature", ["plain", "table", "x14_dropdown", "sparklines", "strict", "cell_images"])
def test_the_touched_sheet_differs_only_in_marked_rows_and_listed_children(feature):
    source = workbook(feature)
    before, after = (parts(each)["xl/worksheets/sheet1.xml"] for each in (source, marked(source)))
    rows = rows_of(before), rows_of(after)
    differ = {number for number in {*rows[0], *rows[1]} if rows[0].get(number) != rows[1].get(number)}
    assert differ == {"2", "3", "5", "6", "8"} - {"8"}  # a notice is not filled and not explained
    roots = [etree.fromstring(each) for each in (before, after)]
    children = [
        {etree.QName(c).localname: etree.tostring(c, method="c14n") for c in root if "sheetData" not in c.tag}
        for root in roots
    ]
    differ = {name for name in {*children[0], *children[1]} if children[0].get(name) != children[1].get(name)}
    assert differ <= {"dimension", "sheetViews", "cols", "autoFilter", "legacyDrawing"}


def test_unmarked_rows_and_children_keep_even_their_bytes():
    source = workbook("x14_dropdown", "conditional")
    before, after = (parts(each)["xl/worksheets/sheet1.xml"] for each in (source, marked(source)))
    for number in (4, 7, 9, 13):
        row = re.search(rb'<row r="%d".*?</row>' % number, before)
        assert row is not None
        assert row[0] in after
    extension = re.search(rb"<extLst>.*</extLst>", before)
    assert extension is not None
    assert extension[0] in after


def test_the_reps_values_formulas_and_fills_elsewhere_stay():
    source = everything()
    one, two = load(source)[SHEET], load(marked(source))[SHEET]
    for row in one.iter_rows(max_col=6):
        for cell in row:
            assert two[cell.coordinate].value == cell.value
            if cell.coordinate not in ("B2", "C5", "D6", "F6"):
                assert repr(two[cell.coordinate].fill) == repr(cell.fill)


def test_marking_is_a_function_of_its_arguments():
    source = everything()
    assert marked(source) == marked(source)


def test_a_signature_and_macros_survive():
    result = annotate(workbook("signature", "macros"), FINDINGS, tell, WORDS)
    source = workbook("signature", "macros")
    assert parts(result.data)["xl/vbaProject.bin"] == parts(source)["xl/vbaProject.bin"]
    assert parts(result.data)["_xmlsignatures/sig1.xml"] == parts(source)["_xmlsignatures/sig1.xml"]


def test_a_protected_sheet_stays_protected():
    sheet = load(marked(workbook("protected")))[SHEET]
    assert sheet.protection.sheet
    assert sheet.protection.password


@pytest.mark.slow
def test_every_feature_is_kept_where_openpyxl_loses_more_than_half(capsys):
    from bench.features_kept import main

    rows = main()
    assert [name for name, ours, _ in rows if not ours] == []
    assert sum(theirs for _, _, theirs in rows) < len(rows) / 2


# ---- what shows


def test_errors_are_light_red_warnings_amber_and_notices_not_filled():
    book = load(marked(workbook()))
    assert fill(book, "C5").startswith("FFFFC9")
    assert fill(book, "F6").startswith("FFFFE7")
    assert fill(book, "D6").startswith("FFFFC9")  # the worst of two
    assert fill(book, "A8") == fill(load(workbook()), "A8")


def test_a_marked_cell_keeps_number_format_border_and_font():
    before = load(workbook())[SHEET]["E9"]
    after = load(marked(workbook(), [finding("stale", WARNING, "E9")]))[SHEET]["E9"]
    assert after.number_format == before.number_format == "yyyy-mm-dd"
    assert repr(after.border) == repr(before.border)
    assert repr(after.font) == repr(before.font)
    assert after.value == before.value


def test_a_cell_has_one_note_with_all_its_findings_and_how_to_mend_them():
    comment = load(marked(workbook()))[SHEET]["D6"].comment
    assert comment.author == "salesxl"
    assert comment.text.startswith("【需要修改】")
    assert "（range）" in comment.text
    assert "（stale）" in comment.text
    assert comment.text.count("请核对预计成交金额") == 2


def test_the_reps_own_note_stays_with_ours_below_it():
    source = workbook("notes")
    sheet = load(marked(source))[SHEET]
    assert sheet["B5"].comment.text == "老客户，先别催"
    assert sheet["D6"].comment.text.startswith("口头报价\n【需要修改】")
    assert sheet["D6"].comment.author == "张三"


def test_a_threaded_conversation_is_left_alone_and_reported():
    source = workbook("threaded")
    result = annotate(source, FINDINGS, tell, WORDS)
    assert result.unnoted == ((SHEET, "C5"),)
    before, after = parts(source), parts(result.data)
    assert (
        before["xl/threadedComments/threadedComment1.xml"]
        == after["xl/threadedComments/threadedComment1.xml"]
    )
    assert "[批注]行业对吗？" in after["xl/comments1.xml"].decode()
    assert fill(load(result.data), "C5").startswith("FFFFC9")


def test_a_finding_inside_a_merged_area_is_marked_on_its_first_cell():
    book = load(marked(workbook("merged"), [finding("vague", WARNING, "C16", "备注")]))
    assert fill(book, "A15").startswith("FFFFE7")
    assert book[SHEET]["A15"].comment is not None


def test_a_cell_that_is_not_in_the_file_is_filled_in_the_style_of_its_column():
    source = workbook("plain")
    book = load(marked(source, [finding("required", ERROR, "F30", "备注")]))
    assert fill(book, "F30").startswith("FFFFC9")
    assert parts(strip(marked(source, [finding("required", ERROR, "F30")]))) == parts(source)


def test_the_column_of_explanations_stands_right_of_the_table():
    sheet = load(marked(workbook()))[SHEET]
    assert sheet["G3"].value == MARK_COLUMN
    assert sheet["G5"].value == "所属行业“None”不对（required）。"
    assert sheet["G6"].value.count("不对") == 3
    assert sheet["G4"].value is None
    assert sheet["G8"].value is None  # a notice asks for nothing


def test_a_plain_table_is_given_a_filter_that_covers_the_column():
    sheet = load(marked(workbook()))[SHEET]
    assert sheet.auto_filter.ref == "A3:G13"


def test_a_filter_that_is_there_grows_by_the_column_with_its_hidden_name():
    book = Book.open(marked(workbook("filter")))
    assert load(marked(workbook("filter")))[SHEET].auto_filter.ref == "A3:G13"
    name = book.defined("_xlnm._FilterDatabase", 1)
    assert name is not None
    assert str(name.text).endswith("!$A$3:$G$13")


def test_an_excel_table_grows_by_the_column():
    table = load(marked(workbook("table")))[SHEET].tables["客户"]
    assert table.ref == "A3:G13"
    assert table.autoFilter.ref == "A3:G13"
    assert [c.name for c in table.tableColumns][-1] == MARK_COLUMN


def test_a_table_that_has_such_a_column_already_gets_another_name():
    source = Book.open(workbook("table"))
    root = source.package.xml("xl/tables/table1.xml")
    root.find("{*}tableColumns")[-1].set("name", MARK_COLUMN)
    source.package.touch("xl/tables/table1.xml")
    source.sheet(SHEET).set_value(3, 6, MARK_COLUMN)
    data = source.to_bytes()
    result = marked(data)
    columns = load(result)[SHEET].tables["客户"].tableColumns
    assert [c.name for c in columns][-2:] == [MARK_COLUMN, f"{MARK_COLUMN}2"]
    assert parts(strip(result)) == parts(data)


def test_what_stands_right_of_the_table_is_not_overwritten():
    book = Book.open(workbook())
    book.sheet(SHEET).set_value(7, 7, "我的备忘")
    sheet = load(marked(book.to_bytes()))[SHEET]
    assert sheet["G7"].value == "我的备忘"
    assert sheet["H3"].value == MARK_COLUMN
    assert sheet.auto_filter.ref is None  # a filter cannot reach across


def test_columns_of_narrow_and_wide_tables_on_a_sheet_line_up():
    areas = [TableArea(SHEET, 3, 1, 6, 4, 8), TableArea(SHEET, 10, 1, 3, 11, 13)]
    findings = [finding("required", ERROR, "C5"), finding("required", ERROR, "B12")]
    sheet = load(annotate(workbook(), findings, tell, WORDS, tables=areas).data)[SHEET]
    assert sheet["G3"].value == MARK_COLUMN
    assert sheet["G12"].value is not None
    assert sheet.auto_filter.ref is None  # one filter cannot serve two tables


def test_the_list_comes_first_with_the_worst_on_top_and_links_to_the_cells():
    book = load(marked(workbook()))
    sheet = book.worksheets[0]
    assert sheet.title == "需要修改"
    assert book.active is sheet
    lines = [[cell.value for cell in row[1:5]] for row in sheet.iter_rows(min_row=6)]
    assert lines == [
        ["必须改", "整个文件", None, "行业"],
        ["必须改", SHEET, "C5", "所属行业"],
        ["必须改", SHEET, "D6", "预计成交金额"],
        ["请核对", SHEET, "B2", "销售代表"],
        ["请核对", SHEET, "D6", "预计成交金额"],
        ["请核对", SHEET, "F6", "备注"],
        ["说明", SHEET, "A8", "客户编号"],
    ]
    assert sheet["D7"].hyperlink.location == f"'{SHEET}'!C5"
    assert sheet["F7"].value == "（空着）"
    assert sheet.freeze_panes == "A6"
    assert sheet.auto_filter.ref == "B5:H12"
    assert sheet.page_setup.orientation == "landscape"
    assert "3 处必须修改，3 处请核对" in sheet["B2"].value


def test_no_other_sheet_stays_selected_or_typing_would_go_to_both():
    for part in ("xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml"):
        assert b"tabSelected" not in parts(marked(workbook()))[part]


def test_names_that_belong_to_a_sheet_still_belong_to_it():
    book = load(marked(workbook("defined_names")))
    assert book[SHEET].print_area == f"'{SHEET}'!$A$1:$F$13"
    assert book["说明"].print_area == "'说明'!$A$1:$B$9"
    assert "行业" in book.defined_names


def test_a_sheet_of_the_reps_with_the_lists_name_is_kept():
    source = Book.open(workbook())
    part = source.part("说明")
    source.insert_sheet("需要修改", source.package.read(part), at=1)
    result = marked(source.to_bytes())
    assert load(result).sheetnames == ["需要修改2", SHEET, "需要修改", "说明"]
    assert parts(strip(result)) == parts(source.to_bytes())


def test_findings_that_point_nowhere_are_listed_and_reported():
    lost = Finding("required", ERROR, Place("张三.xlsx", "没有这张表", "A1"), "行业")
    odd = Finding("required", ERROR, Place("张三.xlsx", SHEET, "第3格"), "行业")
    result = annotate(workbook(), [lost, odd], tell, WORDS)
    assert set(map(id, result.unplaced)) == {id(lost), id(odd)}
    assert load(result.data)["需要修改"]["C6"].value == "没有这张表"


def test_an_empty_sheet_and_rows_without_cells_are_given_back():
    book = openpyxl.Workbook()
    book.active.title = SHEET
    stream = io.BytesIO()
    book.save(stream)
    empty = stream.getvalue()
    assert parts(strip(marked(empty))) == parts(empty)
    bare = Book.open(workbook())
    bare.sheet(SHEET).ensure_row(20).set("ht", "8.25")
    source = bare.to_bytes()
    assert parts(strip(marked(source, [finding("required", ERROR, "C20")]))) == parts(source)


def test_text_that_looks_like_a_formula_or_markup_is_listed_as_text():
    nasty = finding("type", ERROR, "D6", "金额", "=cmd|' /C calc'!A0 <b>&\x07")
    sheet = load(marked(workbook(), [nasty])).worksheets[0]
    assert unescape(sheet["F6"].value) == "=cmd|' /C calc'!A0 <b>&\x07"
    assert sheet["F6"].data_type == "s" or sheet["F6"].data_type == "inlineStr"


def test_words_by_which_the_marks_would_not_be_known_again_are_refused():
    from dataclasses import replace

    with pytest.raises(ValueError, match="column"):
        annotate(workbook(), FINDINGS, tell, replace(WORDS, column="错在哪"))


def test_what_is_no_workbook_of_parts_is_refused():
    with pytest.raises(RefusedError):
        annotate(b"\xd0\xcf\x11\xe0 old binary file", FINDINGS, tell, WORDS)
    letter = Package.open(workbook())
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    letter.set_content_type(letter.main(), kind)
    with pytest.raises(RefusedError, match="no_workbook"):
        annotate(letter.to_bytes(), FINDINGS, tell, WORDS)


# ---- handed in again


def test_marking_again_takes_the_old_marks_off_first():
    source = workbook("notes", "table")
    once = marked(source)
    assert marked(once) == marked(source)
    other = [finding("range", ERROR, "D9")]
    assert parts(strip(marked(once, other))) == parts(source)


def test_a_cell_mended_meanwhile_keeps_its_new_content_and_nothing_else_differs():
    source = workbook("fills", "table")
    book = Book.open(marked(source))
    book.sheet(SHEET).set_value(5, 3, "零售业-快消品")
    stripped = parts(strip(book.to_bytes()))
    before = parts(source)
    assert {n for n in before if before[n] != stripped[n]} == {"xl/worksheets/sheet1.xml"}
    rows = rows_of(before["xl/worksheets/sheet1.xml"]), rows_of(stripped["xl/worksheets/sheet1.xml"])
    assert {n for n in rows[0] if rows[0][n] != rows[1][n]} == {"5"}
    cells = load(strip(book.to_bytes()))[SHEET]
    assert cells["C5"].value == "零售业-快消品"
    assert repr(cells["C5"].fill) == repr(load(source)[SHEET]["C5"].fill)


def test_a_blank_cell_that_was_filled_in_keeps_the_look_it_would_have_had():
    source = workbook()
    book = Book.open(marked(source))
    book.sheet(SHEET).set_value(6, 6, "客户要求先寄样品3件")
    sheet = load(strip(book.to_bytes()))[SHEET]
    assert sheet["F6"].value == "客户要求先寄样品3件"
    assert sheet["F6"].fill.fill_type is None


def test_stripping_a_workbook_without_marks_returns_it_as_it_is():
    source = everything()
    assert strip(source) is source
    assert not is_marked(source)
    assert is_marked(marked(source))


def test_reading_can_tell_the_list_and_the_column():
    rows = [[cell.value for cell in row] for row in load(marked(workbook())).worksheets[0].iter_rows()]
    assert rows[0][0] == MARK_SHEET_PROPERTY
    assert is_mark_sheet(Grid("随便叫什么", rows))
    assert is_mark_sheet(Grid("x", [[], [], *rows]))
    assert not is_mark_sheet(Grid("需要修改", [["客户名称"]]))
    assert is_mark_column("错误说明")
    assert is_mark_column(" 错误说明2 ")
    assert not is_mark_column("错误说明书")
    assert not is_mark_column(None)


def saved_by_openpyxl(data: bytes) -> bytes:
    book, stream = load(data), io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def shown(data: bytes) -> dict[object, object]:
    """Return everything of a workbook that a mark could have left behind."""
    book = load(data)
    found: dict[object, object] = {"sheets": book.sheetnames}
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                kind = cell.fill.fill_type
                filled = None if kind in (None, "none") else str(cell.fill.fgColor.rgb)
                note = cell.comment.text if cell.comment else None
                if cell.value is not None or filled or note:
                    found[sheet.title, cell.coordinate] = cell.value, filled, note
        tables = [(t.ref, t.autoFilter.ref if t.autoFilter else None) for t in sheet.tables.values()]
        found[sheet.title] = sheet.auto_filter.ref, tables
    return found


@pytest.mark.parametrize("feature", ["plain", "notes", "table", "filter", "merged", "hidden_rows"])
def test_a_program_that_drops_the_record_leaves_nothing_of_the_marks(feature):
    source = workbook(feature)
    again = saved_by_openpyxl(marked(source))
    assert is_marked(again)
    assert shown(strip(again)) == shown(saved_by_openpyxl(source))
    assert not is_marked(strip(again))


def test_a_reps_plain_fill_is_found_behind_the_mark_even_without_the_record():
    source = workbook("fills")
    again = saved_by_openpyxl(marked(source, [finding("required", ERROR, "C5"), finding("x", WARNING, "C7")]))
    assert fill(load(strip(again)), "C5") == "FFE2EFDA"
    assert fill(load(strip(again)), "C7") == "FFE2EFDA"


def test_marks_come_off_where_rows_have_moved_since():
    again = load(marked(workbook("notes")))
    again[SHEET].insert_rows(1, 2)
    stream = io.BytesIO()
    again.save(stream)
    left = shown(strip(stream.getvalue()))
    assert not [cell for cell, value in left.items() if isinstance(value, tuple) and "FFC9" in str(value[1])]
    assert MARK_COLUMN not in str(left)


def test_rows_that_only_our_filter_had_hidden_show_again():
    book = Book.open(saved_by_openpyxl(marked(workbook("filter"))))
    piece = book.sheet(SHEET).pieces.get("autoFilter").node
    column = etree.SubElement(piece, piece.tag.replace("autoFilter", "filterColumn"), {"colId": "6"})
    etree.SubElement(column, piece.tag.replace("autoFilter", "filters"), {"blank": "1"})
    row = book.sheet(SHEET).row(4)
    assert row is not None
    row.set("hidden", "1")
    sheet = load(strip(book.to_bytes()))[SHEET]
    assert sheet.auto_filter.ref == "A3:F13"
    assert not sheet.row_dimensions[4].hidden


@pytest.mark.parametrize("findings", [FINDINGS, [finding("vague", WARNING, "B2", "销售代表")]])
def test_marks_are_known_even_when_record_and_list_are_gone(findings):
    book = load(marked(workbook("notes"), findings))
    del book["需要修改"]
    stream = io.BytesIO()
    book.save(stream)
    assert is_marked(stream.getvalue())
    assert shown(strip(stream.getvalue())) == shown(saved_by_openpyxl(workbook("notes")))


def test_a_reps_own_light_red_is_no_mark():
    book = Book.open(workbook("notes"))
    red = '<patternFill patternType="solid"><fgColor rgb="FFFFC9C9"/><bgColor indexed="64"/></patternFill>'
    book.sheet(SHEET).set_style(5, 2, book.styles.clone(0, fillId=book.styles.add_fill(red)))
    source = book.to_bytes()
    assert strip(source) is source


def test_a_record_that_is_damaged_does_not_stop_the_stripping():
    package = Package.open(marked(workbook("fills")))
    part = next(n for n in package.names() if n.startswith("customXml/item1"))
    package.write(part, b'<marks xmlns="urn:salesxl:marks:1">{"added":7}</marks>')
    assert not is_marked(strip(package.to_bytes()))


cells = st.tuples(st.sampled_from("ABCDEFGKZ"), st.integers(1, 30)).map(lambda at: f"{at[0]}{at[1]}")
marks = st.lists(
    st.tuples(cells, st.sampled_from(list(Severity))).map(lambda m: finding("range", m[1], m[0])), max_size=12
)
SOURCES = [
    workbook(),
    workbook("notes", "fills", "merged"),
    workbook("table", "form_controls"),
    workbook("strict"),
]


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(marks, st.sampled_from(SOURCES))
def test_annotate_then_strip_is_the_original(findings, source):
    assert parts(strip(marked(source, findings))) == parts(source)


# ---- other ways back


def test_a_findings_workbook_lists_the_same_lines():
    data = findings_workbook(FINDINGS, tell, WORDS, file="张三.xls")
    assert data == findings_workbook(FINDINGS, tell, WORDS, file="张三.xls")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        mine = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
    theirs = load(marked(workbook())).worksheets[0]
    values = [
        [[cell.value for cell in row] for row in sheet.iter_rows(min_row=3)] for sheet in (mine, theirs)
    ]
    assert values[0] == values[1]
    assert "张三.xls" in mine["B2"].value


def test_the_message_says_what_where_and_by_when():
    files = [Returned("张三.xlsx", FINDINGS)]
    text = message("张三", files, tell, due="11月23日 18:00", form="txt")
    assert "张三" in text
    assert "11月23日 18:00" in text
    assert f"{SHEET} C5" in text
    assert "3 处必须修改" in text
    assert "客户编号" not in text  # a notice asks for nothing
    assert not re.search(r"\n\n\n|[ \t]\n", text)


def test_markdown_shows_names_and_values_as_they_stand():
    starred = [finding("type", ERROR, "D6", "备注", "*跟进* [x](y) 1_2")]
    text = message("张三", [Returned("a_b.xlsx", starred, marked=False)], tell)
    assert r"a\_b.xlsx" in text
    assert r"\*跟进\* \[x\](y) 1\_2" in text


def test_a_long_list_is_cut_short_with_the_number_of_the_rest():
    many = [finding("range", ERROR, f"D{n}") for n in range(4, 34)]
    text = message("张三", [Returned("a.xlsx", many)], tell, form="txt")
    assert text.count("（range）") == 10
    assert "20" in text


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("form", ["md", "txt"])
def test_every_language_and_form_has_a_template(lang, form):
    assert "D6" in message("Zhang San", [Returned("a.xlsx", FINDINGS)], tell, lang=lang, form=form)


def test_an_english_message_says_one_place_and_several():
    errors = [f for f in FINDINGS if f.severity is ERROR]
    for number, said in ((1, "1 place to mend"), (2, "2 places to mend")):
        assert said in message("Li Si", [Returned("a.xlsx", errors[:number])], tell, lang="en", form="txt")
    unread = message(
        "Li Si", [Returned("a.docx", [finding("unrecognised", WARNING, None)], read=False)], tell, lang="en"
    )
    assert "1 file was not read" in unread
    assert "taken in" not in unread


def test_a_team_may_write_the_message_itself(tmp_path: Path):
    (tmp_path / "message.zh.md.j2").write_text("{{ rep }}，改 {{ errors }} 处", encoding="utf-8")
    assert message("李四", [Returned("a.xlsx", FINDINGS)], tell, folder=tmp_path) == "李四，改 3 处\n"


@pytest.mark.parametrize(
    "text", ["{{ rep", "{{ nobody }}", "{{ rep.__class__.__mro__ }}", "{% include 'x' %}", "{{ errors / 0 }}"]
)
def test_a_team_template_with_a_fault_names_the_file(tmp_path: Path, text: str):
    (tmp_path / "message.zh.md.j2").write_text(text, encoding="utf-8")
    with pytest.raises(TemplateError, match=r"message\.zh\.md\.j2"):
        message("李四", [Returned("a.xlsx", FINDINGS)], tell, folder=tmp_path)


# ---- other programs


@pytest.mark.office
def test_libreoffice_opens_and_saves_marked_workbooks_and_the_marks_still_come_off(tmp_path: Path):
    features = ["plain", "notes", "table", "fills", "strict", "everything"]
    sources = {f: everything() if f == "everything" else workbook(f) for f in features}
    paths, plain = [], []
    for feature, source in sources.items():
        paths.append(tmp_path / f"{feature}.xlsx")
        paths[-1].write_bytes(marked(source))
        plain.append(tmp_path / f"{feature}_before.xlsx")
        plain[-1].write_bytes(source)
    (tmp_path / "out").mkdir()
    made = office.convert_all([*paths, *plain], "xlsx", tmp_path / "out")
    for after, before in zip(made[: len(paths)], made[len(paths) :], strict=True):
        assert is_marked(after)
        left, right = shown(strip(after.read_bytes())), shown(before.read_bytes())
        # LibreOffice makes patterns plain before a mark is taken off, so the one striped cell may differ
        left.pop((SHEET, "D6")), right.pop((SHEET, "D6"))
        assert left == right
