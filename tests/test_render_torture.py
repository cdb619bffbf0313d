"""One template with every feature, rendered with 0, 1, 2 and 500 items, and calculated by LibreOffice."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from lxml import etree
from openpyxl import Workbook

from salesxl.render import lint, render
from salesxl.template.charts import charts_of
from salesxl.xlsx.package import Package

from . import office

COUNTS = (0, 1, 2, 500)
PERSON = "{{ head.name }}"
HEADS = 12
"""Sheets at most: LibreOffice takes minutes for hundreds with charts."""
NS = {
    "m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "xm": "http://schemas.microsoft.com/office/excel/2006/main",
    "x14": "http://schemas.microsoft.com/office/spreadsheetml/2009/9/main",
    "xdr": "http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing",
    "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
    "c": "http://schemas.openxmlformats.org/drawingml/2006/chart",
}
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)
X14_VALIDATION = (
    '<extLst><ext uri="{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}" '
    'xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main">'
    '<x14:dataValidations xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main" count="1">'
    '<x14:dataValidation type="list" allowBlank="1"><x14:formula1><xm:f>明细!$A$3:$A$3</xm:f></x14:formula1>'
    "<xm:sqref>A4</xm:sqref></x14:dataValidation></x14:dataValidations></ext>"
)


def template() -> bytes:
    """Draw it: a list of reps, a block per rep with its deals inside, a table, columns per stage."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    money = book.add_format({"num_format": "#,##0", "border": 1})
    share = book.add_format({"num_format": "0.0%", "border": 1})
    day = book.add_format({"num_format": "yyyy-mm-dd", "border": 1})
    head = book.add_format({"bold": True, "bg_color": "#1F4E79", "font_color": "white", "border": 1})
    bold = book.add_format({"bold": True})
    red = book.add_format({"bg_color": "#FFC7CE"})
    sheet, detail, stages = (book.add_worksheet(name) for name in ("汇总", "明细", "阶段 表"))
    person, extra = (book.add_worksheet(name) for name in (PERSON, "附页"))

    sheet.merge_range("A1:I1", "{{ team }} 周报", head)
    sheet.write_rich_string("A2", bold, "截至 ", "{{ as_of | date('m月d日') }}，共 {{ reps | length }} 人")
    sheet.write_row("A3", ["姓名", "目标", "完成", "达成率", "占比", "累计", "日期", "备注", ""], head)
    sheet.set_row(3, 24)
    sheet.write_row("A4", ["{{ rep.name }}", "{{ rep.target }}", "{{ rep.done }}"], money)
    sheet.write_formula("D4", "=IF(B4=0,0,C4/B4)", share)
    sheet.write_formula("E4", "=IF(SUM(C$4:C$4)=0,0,C4/SUM(C$4:C$4))", share)
    sheet.write_formula("F4", "=SUM(C$3:C4)", money)
    sheet.write("G4", "{{ rep.day }}", day)
    sheet.merge_range("H4:I4", "{{ rep.note }}", money)
    sheet.write_formula("J4", "=SHARED")
    sheet.write("A5", "合计", head)
    sheet.write_formula("B5", "=SUM(B4:B4)", money)
    sheet.write_formula("C5", "=SUM(C4:C4)", money)
    sheet.write_formula("D5", "=IF(B5=0,0,C5/B5)", share)
    sheet.write_formula("J5", "=CHILD")
    sheet.write_array_formula("A6:A6", "{=SUM(B4:B4*2)}")
    sheet.write_formula("B6", '=SUMIF(A4:A4,"张2",C4:C4)')
    sheet.write_formula("C6", '=VLOOKUP("合计",$A$3:$C$5,3,FALSE)')
    sheet.write_formula("D6", '=COUNTIF(明细!$B$3:$B$3,">0")')
    sheet.write_formula("E6", "=SUM(业绩)-C5+SUM(deals[金额])")
    sheet.write_formula("F6", "=SUM('阶段 表'!B2:B2)+ROWS(4:4)")
    sheet.write("A7", "{{ remark }}")

    sheet.merge_range("A9:C9", "{{ rep.name }} 的商机", bold)
    sheet.write_row("A10", ["{{ deal.title }}", "{{ deal.amount }}"], money)
    sheet.write_formula("C10", "=IF(B11=0,0,B10/B11)", share)
    sheet.write("A11", "小计")
    sheet.write_formula("B11", "=SUM(B10:B10)", money)
    sheet.write("A13", "总计")
    sheet.write_formula("B13", '=SUMIF(A9:A12,"小计",B9:B12)')
    sheet.write_formula("C13", "=B13-SUM(deals[金额])")
    sheet.set_h_pagebreaks([12])
    sheet.insert_image("E9", "logo.png", {"image_data": io.BytesIO(PIXEL), "object_position": 2})
    sheet.insert_textbox("F14", "{{ team }} 说明", {"width": 120, "height": 30})

    sheet.conditional_format("D4", {"type": "cell", "criteria": "<", "value": 0.6, "format": red})
    sheet.conditional_format("C4", {"type": "data_bar", "data_bar_2010": True})
    rule = {"type": "formula", "criteria": "=$C4=MAX($C$4:$C$4)", "format": bold}
    sheet.conditional_format("A4:I4", rule)
    sheet.conditional_format("B11", {"type": "cell", "criteria": ">", "value": 9, "format": red})
    sheet.data_validation("B4", {"validate": "whole", "criteria": "<=", "value": "=$B$5"})
    sheet.add_sparkline("J4", {"range": "明细!B3:C3"})
    sheet.write_comment("A4", "{{ rep.name }} 说")
    sheet.write_comment("A5", "不含税")
    sheet.write_url("A15", "https://example.com/{{ slug }}", string="网页")
    sheet.write_url("B15", "internal:'明细'!A4", string="到明细末行")
    sheet.autofilter("A3:I4")
    sheet.print_area("A1:I13")
    sheet.repeat_rows(2)
    sheet.freeze_panes(3, 1)
    sheet.set_header("&C{{ team }} &A&R&P/&N")
    sheet.set_footer("&L{{ as_of | date('m月d日') }}")
    sheet.insert_textbox("L3", "全部", {"width": 60, "height": 60, "textlink": "=汇总!$C$5"})
    chart = book.add_chart({"type": "column"})
    for column in "BC":
        chart.add_series(
            {
                "name": f"=汇总!${column}$3",
                "categories": "=汇总!$A$4:$A$4",
                "values": f"=汇总!${column}$4:${column}$4",
            }
        )
    chart.add_series({"name": "达成率", "categories": "=汇总!$A$4:$A$4", "values": "=汇总!$D$4:$D$4"})
    chart.set_title({"name": "{{ team }} 完成情况"})
    chart.set_x_axis({"name": "{{ slug }}"})
    chart.set_y_axis({"name": "{{ unit }}"})
    sheet.insert_chart("A17", chart)

    detail.write("A1", "明细")
    detail.add_table("A2:C3", {"name": "deals", "columns": [{"header": h} for h in ("商机", "金额", "次数")]})
    detail.write_row("A3", ["{{ row.title }}", "{{ row.amount }}", "{{ loop.index }}"])
    detail.write("A4", "末行")
    detail.write("A6", "{{ head.name }}")
    detail.write_formula("B6", f"='{PERSON}'!B2")
    detail.write_formula("B7", "=SUM(B6:B6)")
    stages.write_row("A1", ["姓名", "{{ stage }}", "合计", "备注", "两列"])
    stages.write_row("A2", ["{{ rep.name }}", "{{ rep.target * loop.index }}"])
    stages.write_formula("C2", "=SUM(B2:B2)")
    stages.write("D2", "{{ rep.target }}")
    stages.write_formula("E2", "=SUM(C2:D2)")
    stages.autofilter("A1:E2")
    stages.filter_column("E", "x > 5")
    stages.write_formula("B3", "=SUM(B2:B2)")
    stages.set_column("B:B", 12)

    person.write_row("A1", ["{{ head.name }}", "{{ head.target }}"])
    person.write_formula("B2", "=SUM(own[金额])+B1")
    person.add_table("A3:B4", {"name": "own", "columns": [{"header": "商机"}, {"header": "金额"}]})
    person.write_row("A4", ["{{ deal.title }}", "{{ deal.amount }}"])
    person.write_comment("A1", "{{ head.name }} 的一页")
    one = book.add_chart({"type": "bar"})
    one.add_series({"categories": f"='{PERSON}'!$A$4:$A$4", "values": f"='{PERSON}'!$B$4:$B$4"})
    one.set_title({"name": "{{ head.name }}"})
    person.insert_chart("A8", one)
    extra.write("A1", "{{ team }}")

    for name, target in {
        "each_heads_sheet": f"='{PERSON}'!$A$1",
        "each_head__deals": f"='{PERSON}'!$4:$4",
        "each_heads": "=明细!$6:$6",
        "if_extra": "='阶段 表'!$D:$D",
        "if_extra_sheet": "=附页!$A$1",
        "each_reps": "=汇总!$4:$4",
        "if_remark": "=汇总!$7:$7",
        "each_reps.2": "=汇总!$A$9:$C$12",
        "each_rep__deals": "=汇总!$10:$10",
        "each_deals": "=明细!$3:$3",
        "each_reps.3": "='阶段 表'!$2:$2",
        "each_stages": "='阶段 表'!$B:$B",
        "业绩": "=汇总!$C$4:$C$4",
    }.items():
        book.define_name(name, target)
    book.set_properties({"title": "{{ team }} 周报", "author": "团队"})
    book.set_custom_property("salesxl.form", "summary")
    book.set_custom_property("team", "{{ team }}")
    book.close()
    return _raw(buffer.getvalue())


def _raw(data: bytes) -> bytes:
    """Add what the writer cannot: a shared formula and a validation of the 2010 kind."""
    source = zipfile.ZipFile(io.BytesIO(data))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            part = source.read(name)
            if name == "xl/worksheets/sheet1.xml":
                text = part.decode()
                text = text.replace("<f>SHARED</f>", '<f t="shared" ref="J4:J5" si="0">C4*2</f>')
                text = text.replace("<f>CHILD</f>", '<f t="shared" si="0"/>')
                assert text.count("<extLst>") >= 1
                at = text.rindex("<extLst>")
                part = (text[:at] + X14_VALIDATION + text[at + len("<extLst>") :]).encode()
            target.writestr(name, part)
    return buffer.getvalue()


def data(count: int) -> dict[str, Any]:
    people = [
        {
            "name": f"张{i}",
            "target": 100 * i,
            "done": 50 * i + 1,
            "day": dt.date(2024, 3, 1) + dt.timedelta(days=i % 28),
            "note": "=危险" if i % 2 else None,
            "deals": [{"title": f"机会{i}-{k}", "amount": i + k} for k in range(i % 3)],
        }
        for i in range(1, count + 1)
    ]
    deals = [deal for person in people for deal in person["deals"]]
    return {
        "team": "华东 & 一部",
        "as_of": dt.date(2024, 3, 15),
        "reps": people,
        "deals": deals,
        "heads": people[:HEADS],
        "stages": ["线索", "方案", "成交"][: min(count, 3)],
        "remark": "有备注" if count % 2 else "",
        "slug": "a&b",
        "extra": count != 1,
        "unit": "元",
    }


class Made:
    """A rendered workbook, as openpyxl sees it and as it stands in the file."""

    def __init__(self, count: int, folder: Path, source: bytes) -> None:
        self.count = count
        self.path = folder / f"torture-{count}.xlsx"
        self.path.write_bytes(render(source, data(count)))
        self.zip = zipfile.ZipFile(self.path)
        self.book: Workbook = office.load(self.path)
        self.last = 3 + max(count, 1)
        """The last row of the list of reps."""
        self.total = self.last + 1
        # the row of figures, the remark if any, and a blank row before the blocks
        self.block = self.total + (4 if count % 2 else 3)

    def xml(self, part: str) -> etree._Element:
        return etree.fromstring(self.zip.read(part))

    def texts(self, part: str, path: str) -> list[str]:
        return [str(found) for found in self.xml(part).xpath(path, namespaces=NS)]

    def charts(self, sheet: str) -> list[str]:
        """Return the parts of a sheet's charts."""
        package = Package.open(self.path)
        part = dict(package.sheets())[sheet]
        return charts_of(package, part)

    @property
    def blocks_end(self) -> int:
        """The last row of the last block."""
        sizes = [3 + max(i % 3, 1) for i in range(1, self.count + 1)] or [4]
        return self.block + sum(sizes) - 1


@pytest.fixture(scope="module")
def source() -> bytes:
    return template()


@pytest.fixture(scope="module")
def all_made(tmp_path_factory: pytest.TempPathFactory, source: bytes) -> dict[int, Made]:
    folder = tmp_path_factory.mktemp("torture")
    return {count: Made(count, folder, source) for count in COUNTS}


@pytest.fixture(params=COUNTS)
def made(request: pytest.FixtureRequest, all_made: dict[int, Made]) -> Made:
    return all_made[request.param]


SHEET = "xl/worksheets/sheet1.xml"


def test_the_template_is_sound(source: bytes) -> None:
    assert {p.code for p in lint(source, data(2))} <= {"uncalculated"}


def test_formulas_follow_in_the_list_and_below(made: Made) -> None:
    sheet, last, total = made.book["汇总"], made.last, made.total
    formula = {
        cell.coordinate: cell.value for row in sheet.iter_rows() for cell in row if cell.data_type == "f"
    }
    if made.count:
        assert formula[f"D{last}"] == f"=IF(B{last}=0,0,C{last}/B{last})"
        assert formula[f"E{last}"] == f"=IF(SUM(C$4:C${last})=0,0,C{last}/SUM(C$4:C${last}))"
        assert formula[f"F{last}"] == f"=SUM(C$3:C{last})"
        assert formula[f"J{last}"] == f"=C{last}*2"
    else:
        assert "D4" not in formula
    assert formula[f"C{total}"] == f"=SUM(C4:C{last})"
    assert formula[f"J{total}"] == f"=C{total}*2"
    array = formula[f"A{total + 1}"]
    assert (array.ref, array.text) == (f"A{total + 1}", f"=SUM(B4:B{last}*2)")
    assert formula[f"B{total + 1}"] == f'=SUMIF(A4:A{last},"张2",C4:C{last})'
    assert formula[f"C{total + 1}"] == f'=VLOOKUP("合计",$A$3:$C${total},3,FALSE)'
    deals = max(len(data(made.count)["deals"]), 1)
    assert formula[f"D{total + 1}"] == f'=COUNTIF(明细!$B$3:$B${2 + deals},">0")'
    end = "BBCD"[min(made.count, 3)]
    assert formula[f"F{total + 1}"] == f"=SUM('阶段 表'!B2:{end}{1 + max(made.count, 1)})+ROWS(4:{last})"
    below = made.blocks_end + 1
    assert formula[f"B{below}"] == (f'=SUMIF(A{made.block}:A{below - 1},"小计",B{made.block}:B{below - 1})')


def test_merges_heights_and_styles_are_repeated(made: Made) -> None:
    sheet = made.book["汇总"]
    merged = {str(area) for area in sheet.merged_cells.ranges}
    rows = range(4, made.last + 1)
    expected = {"A1:I1", *(f"H{row}:I{row}" for row in rows)}
    assert expected <= merged
    assert len(merged) == len(expected) + max(made.count, 1)
    assert f"A{made.block}:C{made.block}" in merged
    for row in (4, made.last):
        assert sheet.row_dimensions[row].height == 24
        assert sheet.cell(row, 4).number_format == "0.0%"
        assert sheet.cell(row, 7).number_format == "yyyy-mm-dd"
    assert sheet.row_dimensions[made.total].height is None


def test_formats_and_validations_grow_and_do_not_multiply(made: Made) -> None:
    last = made.last

    def upto(text: str) -> str:
        return text if last == 4 else f"{text}:{text[0]}{last}"

    ranges = made.texts(SHEET, "//m:conditionalFormatting/@sqref")
    block_ends = ranges.pop()
    assert ranges == [upto("D4"), upto("C4"), f"A4:I{last}"]
    assert len(block_ends.split()) == max(made.count, 1)
    assert f"$C4=MAX($C$4:$C${last})" in made.texts(SHEET, "//m:cfRule/m:formula/text()")
    assert made.texts(SHEET, "//x14:conditionalFormatting/xm:sqref/text()") == [upto("C4")]
    assert made.texts(SHEET, "//m:dataValidation/@sqref") == [upto("B4")]
    assert made.texts(SHEET, "//m:dataValidation/m:formula1/text()") == [f"$B${made.total}"]
    assert made.texts(SHEET, "//x14:dataValidation/xm:sqref/text()") == [upto("A4")]
    deals = max(len(data(made.count)["deals"]), 1)
    assert made.texts(SHEET, "//x14:dataValidation//xm:f/text()") == [f"明细!$A$3:$A${2 + deals}"]


def test_sparklines_notes_links_and_breaks_stand_at_their_cells(made: Made) -> None:
    assert made.texts(SHEET, "//x14:sparkline/xm:sqref/text()") == [
        f"J{row}" for row in range(4, made.last + 1)
    ]
    notes = {n.get("ref"): "".join(n.itertext()) for n in made.xml("xl/comments1.xml").iter("{*}comment")}
    expected = {f"A{3 + i}": f"张{i} 说" for i in range(1, made.count + 1)}
    assert notes == {**expected, f"A{made.total}": "不含税"}
    frames = made.xml("xl/drawings/vmlDrawing1.vml")
    rows = sorted(int(node.text or "") + 1 for node in frames.iter("{*}Row"))
    assert rows == [*range(4, 4 + made.count), made.total]
    shapes = [node.get("id") for node in frames.iter("{*}shape")]
    assert len(set(shapes)) == len(shapes) == made.count + 1
    sheet = made.book["汇总"]
    row = made.blocks_end + 3
    assert sheet[f"A{row}"].hyperlink.target == "https://example.com/a&b"
    deals = max(len(data(made.count)["deals"]), 1)
    assert sheet[f"B{row}"].hyperlink.location == f"明细!A{3 + deals}"
    breaks = made.texts(SHEET, "//m:rowBreaks/m:brk/@id")
    assert len(breaks) == max(made.count, 1)
    assert breaks[-1] == str(made.blocks_end)


def test_filters_print_settings_tables_and_names_grow(made: Made) -> None:
    sheet = made.book["汇总"]
    assert sheet.auto_filter.ref == f"A3:I{made.last}"
    assert sheet.print_area == f"'汇总'!$A$1:$I${made.blocks_end + 1}"
    assert sheet.print_title_rows == "$3:$3"
    assert sheet.freeze_panes == "B4"
    assert sheet.oddHeader.center.text == "华东 && 一部 &A"
    assert sheet.dimensions.startswith("A1:")
    deals = max(len(data(made.count)["deals"]), 1)
    table = made.book["明细"].tables["deals"]
    assert (table.ref, table.autoFilter.ref) == (f"A2:C{2 + deals}", f"A2:C{2 + deals}")
    names = made.book.defined_names
    assert set(names) == {"业绩"}
    assert names["业绩"].attr_text == f"汇总!$C$4:$C${made.last}"
    assert made.book.properties.title == "华东 & 一部 周报"
    assert made.book.custom_doc_props["salesxl.form"].value == "summary"


def test_charts_follow_with_the_values_they_store(made: Made) -> None:
    chart = "xl/charts/chart1.xml"
    end = made.last
    grown = [f"汇总!${c}$4" if made.count < 2 else f"汇总!${c}$4:${c}${end}" for c in "ABC"]
    found = made.texts(chart, "//c:f/text()")
    assert found[:3] == ["汇总!$B$3", f"汇总!$A$4:$A${end}", f"汇总!$B$4:$B${end}"] or found[1:3] == grown[:2]
    stored = made.texts(chart, "(//c:ser)[2]/c:val//c:pt/c:v/text()")
    assert stored == [str(50 * i + 1) for i in range(1, made.count + 1)]
    labels = made.texts(chart, "(//c:ser)[1]/c:cat//c:pt/c:v/text()")
    assert labels == [f"张{i}" for i in range(1, made.count + 1)]
    # nobody has calculated the rates yet, so none are stored
    assert made.texts(chart, "(//c:ser)[3]/c:val//c:pt/c:v/text()") == []
    assert made.texts(chart, "//a:t/text()") == ["华东 & 一部 完成情况", "a&b", "元"]


def test_pictures_repeat_with_their_block_and_what_stands_below_moves(made: Made) -> None:
    drawing = made.xml("xl/drawings/drawing1.xml")
    pictures = [
        int(anchor.findtext("xdr:from/xdr:row", namespaces=NS) or "")
        for anchor in drawing
        if anchor.find("xdr:pic", NS) is not None
    ]
    assert len(pictures) == made.count
    if made.count:
        assert pictures[0] == made.block - 1
    ids = [node.get("id") for node in drawing.iter("{*}cNvPr")]
    assert len(ids) == len(set(ids))
    assert made.texts("xl/drawings/drawing1.xml", "//a:t/text()") == ["华东 & 一部 说明", "全部"]
    chart = next(a for a in drawing if a.find("xdr:graphicFrame", NS) is not None)
    rows = [int(chart.findtext(f"xdr:{end}/xdr:row", namespaces=NS) or "") for end in ("from", "to")]
    assert rows == [made.blocks_end + 4, made.blocks_end + 4 + 14]


def test_nothing_of_the_template_stays_behind(made: Made, source: bytes) -> None:
    for name in made.zip.namelist():
        assert b"{{" not in made.zip.read(name), name
    assert "xl/calcChain.xml" not in made.zip.namelist()
    workbook = made.zip.read("xl/workbook.xml")
    assert b'fullCalcOnLoad="1"' in workbook
    assert not re.search(rb"<f>[^<]*</f><v>", made.zip.read(SHEET))
    old = zipfile.ZipFile(io.BytesIO(source))
    for name in ("xl/styles.xml", "xl/theme/theme1.xml", "xl/media/image1.png"):
        assert made.zip.read(name) == old.read(name)


def test_text_never_becomes_a_formula(made: Made) -> None:
    if made.count:
        cell = made.book["汇总"]["H4"]
        assert (cell.value, cell.data_type) == ("=危险", "s")


def test_a_sheet_an_item_with_its_name_chart_table_and_note(made: Made) -> None:
    heads = data(made.count)["heads"]
    assert made.book.sheetnames == [
        *("汇总", "明细", "阶段 表"),
        *(head["name"] for head in heads),
        *(["附页"] if made.count != 1 else []),
    ]
    for number, head in enumerate(heads):
        sheet = made.book[head["name"]]
        last = 3 + max(len(head["deals"]), 1)
        (table,) = sheet.tables.values()
        assert table.displayName == ("own" if not number else f"own_{number + 1}")
        assert table.ref == f"A3:B{last}"
        assert sheet["B2"].value == f"=SUM({table.displayName}[金额])+B1"
        assert sheet["A1"].comment.text == f"{head['name']} 的一页"
        (chart,) = sheet._charts
        end = f"$4:${{}}${last}" if last > 4 else "$4"
        values = [str(made.xml(name).find(".//c:val//c:f", NS).text) for name in made.charts(head["name"])]
        assert values in ([f"{head['name']}!$B{end.format('B')}"], [f"{head['name']}!$B$4:$B${last}"])
        assert made.texts(made.charts(head["name"])[0], "//a:t/text()")[0] == head["name"]
        assert chart.anchor._from.row == 7 + last - 4


def test_a_cell_means_the_sheet_of_its_own_item(made: Made) -> None:
    heads = data(made.count)["heads"]
    sheet = made.book["明细"]
    top = 6 + max(len(data(made.count)["deals"]), 1) - 1
    assert [sheet.cell(top + n, 2).value for n in range(len(heads))] == [f"={h['name']}!B2" for h in heads]
    assert sheet.cell(top + max(len(heads), 1), 2).value == f"=SUM(B{top}:B{top + max(len(heads), 1) - 1})"


def test_columns_repeat_and_fall_away_and_the_filter_keeps_its_column(made: Made) -> None:
    sheet = made.book["阶段 表"]
    stages = data(made.count)["stages"]
    kept = ["备注"] if made.count != 1 else []
    assert [cell.value for cell in sheet[1]] == ["姓名", *(stages or [None]), "合计", *kept, "两列"]
    last, end = 1 + max(made.count, 1), "ABCDEFGH"[1 + max(len(stages), 1) + len(kept) + 1]
    assert sheet.auto_filter.ref == f"A1:{end}{last}"
    assert [column.colId for column in sheet.auto_filter.filterColumn] == ["ABCDEFGH".index(end)]
    if made.count:
        total, both = "ABCDEFGH"[1 + len(stages)], "ABCDEFGH"[1 + len(stages) + len(kept)]
        assert sheet[f"{total}{last}"].value == f"=SUM(B{last}:{'ABCDEFGH'[len(stages)]}{last})"
        assert sheet[f"{end}{last}"].value == f"=SUM({total}{last}:{both}{last})"
    assert sheet.column_dimensions["B"].width == pytest.approx(12.7, abs=0.1)


def test_shapes_axes_footers_and_properties_follow(made: Made) -> None:
    assert made.book["汇总"].oddFooter.left.text == "3月15日"
    assert made.book.custom_doc_props["team"].value == "华东 & 一部"
    drawing = made.xml("xl/drawings/drawing1.xml")
    (shape,) = [sp for sp in drawing.iter("{*}sp") if sp.get("textlink")]
    assert shape.get("textlink") == f"汇总!$C${made.total}"
    anchor = shape.getparent()
    rows = [int(anchor.findtext(f"xdr:{end}/xdr:row", namespaces=NS) or "") for end in ("from", "to")]
    # drawn from the head to the total, it covers the list however long that is
    assert rows == [2, made.total - 1]


@pytest.mark.office
@pytest.mark.skipif(not office.available(), reason="LibreOffice is not installed")
def test_libreoffice_calculates_every_rendering_and_a_template_it_saved_still_renders(
    all_made: dict[int, Made], source: bytes, tmp_path: Path
) -> None:
    restyled = tmp_path / "restyled.xlsx"
    restyled.write_bytes(source)
    paths = [*(made.path for made in all_made.values()), restyled]
    (tmp_path / "saved").mkdir()
    *again, saved = office.convert_all(paths, "xlsx", tmp_path / "saved")
    for made, path in zip(all_made.values(), again, strict=True):
        assert office.mismatches(made.path, path) == []
        check_figures(made, office.load(path, data_only=True))
    folder = tmp_path / "rendered"
    folder.mkdir()
    from_saved = Made(2, folder, saved.read_bytes())
    calculated = office.convert(from_saved.path, "xlsx", tmp_path)
    assert office.mismatches(from_saved.path, calculated) == []
    check_figures(from_saved, office.load(calculated, data_only=True))


def check_figures(made: Made, calculated: Workbook) -> None:
    """Compare the figures LibreOffice arrived at with those of the data."""
    sheet = calculated["汇总"]
    people = data(made.count)["reps"]
    total = sum(person["done"] for person in people)
    assert sheet[f"C{made.total}"].value == total
    assert sheet[f"J{made.total}"].value == 2 * total
    assert sheet[f"C{made.total + 1}"].value == total
    amounts = sum(deal["amount"] for deal in data(made.count)["deals"])
    assert sheet[f"B{made.blocks_end + 1}"].value == amounts
    assert sheet[f"C{made.blocks_end + 1}"].value == 0
    for head in data(made.count)["heads"]:
        own = head["target"] + sum(deal["amount"] for deal in head["deals"])
        assert calculated[head["name"]]["B2"].value == own
    detail = calculated["明细"]
    below = next(row for row in range(4, 2000) if detail.cell(row, 1).value == "末行")
    if people:
        assert sheet[f"F{made.last}"].value == total
        shown = [detail.cell(below + 2 + n, 2).value for n in range(len(data(made.count)["heads"]))]
        assert shown == [calculated[head["name"]]["B2"].value for head in data(made.count)["heads"]]
