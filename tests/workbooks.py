"""Small workbooks with every feature that tools tend to lose on the way through, built here and never stored.

``workbook("charts", "table")`` gives a form with those features; ``FEATURES`` names them all. The form is a
customer archive on sheet 客户档案: header in row 3, customers in rows 4 to 13, columns A to F.
"""

from __future__ import annotations

import datetime as dt
import io
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import xlsxwriter

from salesxl.xlsx.package import ROOT, STRICT, TRANSITIONAL, Package

SHEET = "客户档案"
HEADER_ROW, FIRST, LAST = 3, 4, 13
HEADERS = ("客户编号", "客户名称", "所属行业", "预计成交金额", "首次接触时间", "备注")
REL = TRANSITIONAL.rel_base
OFFICE = "http://schemas.microsoft.com/office"

FEATURES = (
    "plain",
    "sparklines",
    "data_bars",
    "x14_dropdown",
    "dropdown",
    "text_box",
    "form_controls",
    "slicer",
    "pivot",
    "chart",
    "image",
    "notes",
    "threaded",
    "macros",
    "table",
    "filter",
    "protected",
    "merged",
    "hidden_rows",
    "cell_images",
    "conditional",
    "signature",
    "defined_names",
    "custom_xml",
    "fills",
    "strict",
)
"""Every feature a workbook can be built with."""


def png(size: int = 8) -> bytes:
    """Return a small red picture."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + b"\xd0\x20\x20" * size for _ in range(size))
    head = struct.pack(">2I5B", size, size, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


def workbook(*features: str, rows: int = LAST - FIRST + 1) -> bytes:
    """Build the form with the named features."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    book.set_properties({"created": dt.datetime(2026, 11, 20)})
    sheet = book.add_worksheet(SHEET)
    other = book.add_worksheet("说明")
    other.write("A1", "填写说明")
    other.write_formula("A2", f"=SUM({SHEET}!D{FIRST}:D{LAST})", None, 5500)
    head = book.add_format({"bold": True, "bg_color": "#4472C4", "font_color": "white", "border": 1})
    body = book.add_format({"border": 1})
    date = book.add_format({"num_format": "yyyy-mm-dd", "border": 1})
    banded = book.add_format({"border": 1, "bg_color": "#E2EFDA"})
    striped = book.add_format({"border": 1, "pattern": 5, "bg_color": "#DDEBF7", "fg_color": "#9BC2E6"})
    sheet.set_column("A:F", 16)
    sheet.write("A1", "客户档案", book.add_format({"bold": True, "font_size": 16}))
    sheet.write("A2", "销售代表")
    sheet.write("B2", "张三")
    for column, text in enumerate(HEADERS):
        sheet.write(HEADER_ROW - 1, column, text, head)
    for number in range(rows):
        row = FIRST - 1 + number
        look = banded if "fills" in features and number % 2 else body
        look = striped if "fills" in features and number == 2 else look
        sheet.write(row, 0, f"CRM202611{number:03}", look)
        sheet.write(row, 1, f"苏州第{number}精密机械有限公司", look)
        sheet.write(row, 2, "制造业-机械设备", look)
        sheet.write(row, 3, 100 * (number + 1), look)
        sheet.write(row, 4, 46000 + number, date)
    for feature in features:
        _DRAWN.get(feature, lambda *_: None)(book, sheet)
    book.close()
    data = stream.getvalue()
    for feature in features:
        if feature in _RAW:
            package = Package.open(data)
            _RAW[feature](package)
            data = package.to_bytes()
    return data


def everything(*without: str) -> bytes:
    """Build the form with all features that go together, but for those named."""
    kept = [each for each in FEATURES if each not in ("strict", "filter", *without)]
    return workbook(*kept)


# ---- features that XlsxWriter draws


def _sparklines(book, sheet) -> None:
    sheet.add_sparkline("H4", {"range": f"{SHEET}!D4:D13", "markers": True})


def _data_bars(book, sheet) -> None:
    sheet.conditional_format("D4:D13", {"type": "data_bar", "data_bar_2010": True, "bar_solid": True})


def _dropdown(book, sheet) -> None:
    sheet.data_validation("C4:C13", {"validate": "list", "source": ["制造业-机械设备", "零售业-快消品"]})


def _text_box(book, sheet) -> None:
    sheet.insert_textbox("H8", "填表须知：先选行业", {"width": 180, "height": 60})


def _form_controls(book, sheet) -> None:
    sheet.insert_button("H12", {"caption": "提交", "macro": "Submit"})
    sheet.insert_checkbox("H2", True)


def _chart(book, sheet) -> None:
    chart = book.add_chart({"type": "column"})
    chart.add_series({"values": f"={SHEET}!$D$4:$D$13", "categories": f"={SHEET}!$B$4:$B$13"})
    sheet.insert_chart("H16", chart)


def _image(book, sheet) -> None:
    sheet.insert_image("H14", "stamp.png", {"image_data": io.BytesIO(png())})


def _notes(book, sheet) -> None:
    sheet.write_comment("B5", "老客户，先别催", {"author": "张三"})
    sheet.write_comment("D6", "口头报价", {"author": "张三"})


def _macros(book, sheet) -> None:
    binary = Path(__file__).parent / "data" / "vbaProject.bin"
    source = io.BytesIO(binary.read_bytes() if binary.exists() else b"\xd0\xcf\x11\xe0" + bytes(508))
    book.add_vba_project(source, True)
    book.set_vba_name("ThisWorkbook")
    sheet.set_vba_name("Sheet1")


def _table(book, sheet) -> None:
    columns = [{"header": text} for text in HEADERS]
    sheet.add_table("A3:F13", {"name": "客户", "columns": columns})


def _filter(book, sheet) -> None:
    sheet.autofilter("A3:F13")


def _protected(book, sheet) -> None:
    sheet.protect("geheim", {"format_cells": True})


def _merged(book, sheet) -> None:
    sheet.merge_range("A15:C16", "备注：请于周五前交回", book.add_format({"border": 1}))
    sheet.merge_range("B1:F1", "")


def _hidden_rows(book, sheet) -> None:
    sheet.set_row(6, None, None, {"hidden": True})
    sheet.set_column("L:N", 3, None, {"hidden": True})


def _conditional(book, sheet) -> None:
    red = book.add_format({"bg_color": "#FFC7CE"})
    sheet.conditional_format("D4:D13", {"type": "cell", "criteria": "<", "value": 0, "format": red})


def _defined_names(book, sheet) -> None:
    book.define_name("行业", f"={SHEET}!$C$4:$C$13")
    sheet.print_area("A1:F13")
    sheet.repeat_rows(2)
    book.get_worksheet_by_name("说明").print_area("A1:B9")


# ---- features written as raw parts


def _x14_dropdown(package: Package) -> None:
    _extend(
        package,
        '<ext uri="{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}" '
        f'xmlns:x14="{OFFICE}/spreadsheetml/2009/9/main"><x14:dataValidations count="1" '
        f'xmlns:xm="{OFFICE}/excel/2006/main"><x14:dataValidation type="list" allowBlank="1">'
        "<x14:formula1><xm:f>说明!$A$1:$A$9</xm:f></x14:formula1><xm:sqref>C4:C13</xm:sqref>"
        "</x14:dataValidation></x14:dataValidations></ext>",
    )


def _slicer(package: Package) -> None:
    space = f"{OFFICE}/spreadsheetml/2009/9/main"
    sheet, main = package.sheets()[0][1], package.main()
    package.write(
        "xl/slicerCaches/slicerCache1.xml", _xml("slicerCacheDefinition", space, ' name="切片器_行业"')
    )
    package.set_content_type("xl/slicerCaches/slicerCache1.xml", "application/vnd.ms-excel.slicerCache+xml")
    package.add_rel(main, f"{OFFICE}/2007/relationships/slicerCache", "xl/slicerCaches/slicerCache1.xml")
    inside = '<slicer name="行业" cache="切片器_行业" caption="行业" rowHeight="241300"/>'
    package.write("xl/slicers/slicer1.xml", _xml("slicers", space, "", inside))
    package.set_content_type("xl/slicers/slicer1.xml", "application/vnd.ms-excel.slicer+xml")
    rid = package.add_rel(sheet, f"{OFFICE}/2007/relationships/slicer", "xl/slicers/slicer1.xml")
    _extend(
        package,
        f'<ext uri="{{A8765BA9-456A-4dab-B4F3-ACF838C121DE}}" xmlns:x14="{space}"><x14:slicerList>'
        f'<x14:slicer xmlns:r="{REL}" r:id="{rid}"/></x14:slicerList></ext>',
    )


def _pivot(package: Package) -> None:
    main, other = package.main(), package.sheets()[1][1]
    cache, table = "xl/pivotCache/pivotCacheDefinition1.xml", "xl/pivotTables/pivotTable1.xml"
    source = f'<cacheSource type="worksheet"><worksheetSource ref="A3:B13" sheet="{SHEET}"/></cacheSource>'
    fields = "".join(
        f'<cacheField name="{name}" numFmtId="0"><sharedItems/></cacheField>' for name in HEADERS[:2]
    )
    inside = f'{source}<cacheFields count="2">{fields}</cacheFields>'
    body = _xml("pivotCacheDefinition", TRANSITIONAL.main, ' refreshOnLoad="1" recordCount="0"', inside)
    package.write(cache, body)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml."
    package.set_content_type(cache, f"{kind}pivotCacheDefinition+xml")
    rid = package.add_rel(main, "pivotCacheDefinition", cache)
    listed = f'<pivotCaches><pivotCache cacheId="1" xmlns:r="{REL}" r:id="{rid}"/></pivotCaches></workbook>'
    package.write(main, package.read(main).replace(b"</workbook>", listed.encode()))
    inside = (
        '<location ref="D5:E8" firstHeaderRow="1" firstDataRow="1" firstDataCol="1"/>'
        '<pivotFields count="2"><pivotField showAll="0"/><pivotField showAll="0"/></pivotFields>'
    )
    attributes = ' name="透视表1" cacheId="1" dataCaption="值"'
    package.write(table, _xml("pivotTableDefinition", TRANSITIONAL.main, attributes, inside))
    package.set_content_type(table, f"{kind}pivotTable+xml")
    package.add_rel(other, "pivotTable", table)
    package.add_rel(table, "pivotCacheDefinition", cache)


def _threaded(package: Package) -> None:
    """A conversation on C5, with the note that stands in for it in older programs."""
    sheet = package.sheets()[0][1]
    space = f"{OFFICE}/spreadsheetml/2018/threadedcomments"
    guid, person = "{5A4B0C52-0000-4B4E-9E55-5A1E5A11E001}", "{5A4B0C52-0000-4B4E-9E55-5A1E5A11E002}"
    inside = (
        f'<threadedComment ref="C5" personId="{person}" id="{guid}"><text>行业对吗？</text></threadedComment>'
    )
    package.write("xl/threadedComments/threadedComment1.xml", _xml("ThreadedComments", space, "", inside))
    package.set_content_type(
        "xl/threadedComments/threadedComment1.xml", "application/vnd.ms-excel.threadedcomments+xml"
    )
    package.add_rel(
        sheet, f"{OFFICE}/2017/10/relationships/threadedComment", "xl/threadedComments/threadedComment1.xml"
    )
    inside = f'<person displayName="经理" id="{person}" userId="m" providerId="None"/>'
    package.write("xl/persons/person.xml", _xml("personList", space, "", inside))
    package.set_content_type("xl/persons/person.xml", "application/vnd.ms-excel.person+xml")
    package.add_rel(package.main(), f"{OFFICE}/2017/10/relationships/person", "xl/persons/person.xml")
    listed = package.related(sheet, "comments")
    note = '<comment ref="C5" authorId="{}"><text><t>[批注]行业对吗？</t></text></comment>'
    if listed:
        text = package.read(listed[0]).decode()
        at = text.count("<author>")
        text = text.replace("</authors>", f"<author>tc={guid}</author></authors>")
        text = text.replace("</commentList>", note.format(at) + "</commentList>")
        package.write(listed[0], text.encode())
        return
    inside = f"<authors><author>tc={guid}</author></authors><commentList>{note.format(0)}</commentList>"
    package.write("xl/comments1.xml", _xml("comments", TRANSITIONAL.main, "", inside))
    package.set_content_type(
        "xl/comments1.xml", "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
    )
    package.add_rel(sheet, "comments", "xl/comments1.xml")


def _cell_images(package: Package) -> None:
    """A picture inside a cell as WPS keeps it: a part of its own and a formula that names it."""
    space = "http://www.wps.cn/officeDocument/2017/etCustomData"
    package.write("xl/cellimages.xml", _xml("cellImages", space))
    package.set_content_type("xl/cellimages.xml", "application/vnd.wps-officedocument.cellimage+xml")
    package.add_rel(package.main(), "http://www.wps.cn/officeDocument/2020/cellImage", "xl/cellimages.xml")
    sheet = package.sheets()[0][1]
    formula = b'<f>_xlfn.DISPIMG("ID_9C0F",1)</f><v>=DISPIMG("ID_9C0F",1)</v>'
    cell = b'<row r="20"><c r="A20" t="str">' + formula + b"</c></row>"
    package.write(sheet, package.read(sheet).replace(b"</sheetData>", cell + b"</sheetData>"))


def _signature(package: Package) -> None:
    space = "http://schemas.openxmlformats.org/package/2006/"
    package.write("_xmlsignatures/origin.sigs", b"")
    package.set_default_type("sigs", "application/vnd.openxmlformats-package.digital-signature-origin")
    package.add_rel(ROOT, f"{space}relationships/digital-signature/origin", "_xmlsignatures/origin.sigs")
    package.write("_xmlsignatures/sig1.xml", _xml("Signature", "http://www.w3.org/2000/09/xmldsig#"))
    package.set_content_type(
        "_xmlsignatures/sig1.xml", "application/vnd.openxmlformats-package.digital-signature-xmlsignature+xml"
    )
    kind = f"{space}relationships/digital-signature/signature"
    package.add_rel("_xmlsignatures/origin.sigs", kind, "_xmlsignatures/sig1.xml")


def _custom_xml(package: Package) -> None:
    package.write("customXml/item1.xml", b'<form xmlns="urn:a-team" id="7"/>')
    package.add_rel(package.main(), "customXml", "customXml/item1.xml")
    space = "http://schemas.openxmlformats.org/officeDocument/2006/customXml"
    item = ' itemID="{5A4B0C52-0000-4B4E-9E55-5A1E5A11E003}"'
    props = f'<d:datastoreItem xmlns:d="{space}" d:{item.strip()}><d:schemaRefs/></d:datastoreItem>'
    package.write("customXml/itemProps1.xml", props.encode())
    kind = "application/vnd.openxmlformats-officedocument.customXmlProperties+xml"
    package.set_content_type("customXml/itemProps1.xml", kind)
    package.add_rel("customXml/item1.xml", "customXmlProps", "customXml/itemProps1.xml")


def _strict(package: Package) -> None:
    """Spell every name the Strict way."""
    pairs = [
        (getattr(TRANSITIONAL, each), getattr(STRICT, each))
        for each in ("main", "drawing", "spreadsheet_drawing", "rel_base")
    ]
    for name in package.names():
        if name.endswith((".xml", ".rels")):
            text = package.read(name).decode()
            for old, new in pairs:
                text = text.replace(f'"{old}', f'"{new}')
            if name == "xl/workbook.xml":
                text = text.replace("<workbook ", '<workbook conformance="strict" ', 1)
            package.write(name, text.encode())


def _extend(package: Package, extension: str) -> None:
    """Add to the extension list of the first sheet."""
    sheet = package.sheets()[0][1]
    text = package.read(sheet).decode()
    if "</extLst>" in text:
        text = text.replace("</extLst>", extension + "</extLst>")
    else:
        text = text.replace("</worksheet>", f"<extLst>{extension}</extLst></worksheet>")
    package.write(sheet, text.encode())


def _xml(root: str, space: str, attributes: str = "", inside: str = "") -> bytes:
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    return f'{head}<{root} xmlns="{space}"{attributes}>{inside}</{root}>'.encode()


_DRAWN: dict[str, Callable[..., None]] = {
    "sparklines": _sparklines,
    "data_bars": _data_bars,
    "dropdown": _dropdown,
    "text_box": _text_box,
    "form_controls": _form_controls,
    "chart": _chart,
    "image": _image,
    "notes": _notes,
    "macros": _macros,
    "table": _table,
    "filter": _filter,
    "protected": _protected,
    "merged": _merged,
    "hidden_rows": _hidden_rows,
    "conditional": _conditional,
    "defined_names": _defined_names,
}
_RAW: dict[str, Callable[[Package], None]] = {
    "x14_dropdown": _x14_dropdown,
    "slicer": _slicer,
    "pivot": _pivot,
    "threaded": _threaded,
    "cell_images": _cell_images,
    "signature": _signature,
    "custom_xml": _custom_xml,
    "strict": _strict,
}
