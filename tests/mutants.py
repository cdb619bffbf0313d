"""A good form, bent in one place at a time, as programs, mail gateways and curious hands bend them.

``MUTANTS`` maps a name to a function of the form's parts; ``mutant(name)`` gives the workbook. The form is
that of ``workbooks``: customers on sheet 客户档案 in rows 4 to 13.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable

from tests.workbooks import workbook

Parts = dict[str, bytes]
Bend = Callable[[Parts], None]

SHEET, BOOK, STYLES = "xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/styles.xml"
STRINGS, TYPES = "xl/sharedStrings.xml", "[Content_Types].xml"
BOOK_RELS, SHEET_RELS = "xl/_rels/workbook.xml.rels", "xl/worksheets/_rels/sheet1.xml.rels"
BASE = ("notes", "table", "conditional", "dropdown", "defined_names", "custom_xml", "fills")


def parts_of(data: bytes) -> Parts:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(parts: Parts) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(zipfile.ZipInfo(name), data)
    return stream.getvalue()


def mutant(name: str) -> bytes:
    """Return the good form with one thing bent."""
    parts = parts_of(workbook(*BASE))
    MUTANTS[name](parts)
    return packed(parts)


def _sub(part: str, old: bytes, new: bytes, count: int = 1) -> Bend:
    def bend(parts: Parts) -> None:
        bent = re.sub(old, new, parts[part], count=count)
        assert bent != parts[part], (part, old)
        parts[part] = bent

    return bend


def _gone(*names: str) -> Bend:
    def bend(parts: Parts) -> None:
        for name in names:
            found = [each for each in parts if re.fullmatch(name, each)]
            assert found, name
            for each in found:
                del parts[each]

    return bend


def _all(*bends: Bend) -> Bend:
    def bend(parts: Parts) -> None:
        for each in bends:
            each(parts)

    return bend


def _before(part: str, mark: bytes, raw: bytes) -> Bend:
    return _sub(part, re.escape(mark), raw.replace(b"\\", b"\\\\") + mark)


def _recoded(part: str, codec: str, declared: str, bom: bytes = b"") -> Bend:
    def bend(parts: Parts) -> None:
        text = parts[part].decode("utf-8")
        text = re.sub(r"^<\?xml.*?\?>", f'<?xml version="1.0" encoding="{declared}"?>', text)
        parts[part] = bom + text.encode(codec)

    return bend


def _renamed(old: str, new: str) -> Bend:
    def bend(parts: Parts) -> None:
        items = [(new if name == old else name, data) for name, data in parts.items()]
        parts.clear()
        parts.update(items)

    return bend


def _prefixed(parts: Parts) -> None:
    """Write the sheet with a prefix on every element, as some libraries do."""
    raw = parts[SHEET]
    raw = re.sub(rb"<(/?)([a-zA-Z]\w*)(?=[\s/>])", rb"<\1x:\2", raw)
    parts[SHEET] = raw.replace(b'xmlns="', b'xmlns:x="', 1)


def _all_parts(suffix: bytes) -> Bend:
    def bend(parts: Parts) -> None:
        for name in parts:
            if name.endswith((".xml", ".rels")):
                parts[name] += suffix

    return bend


_ROW7 = rb'(<row r="7".*?</row>)'
_SHEET_ENTRY = b"</sheets>"

MUTANTS: dict[str, Bend] = {
    # parts that are not there
    "styles_missing": _gone(STYLES),
    "styles_and_its_relationship_missing": _all(
        _gone(STYLES), _sub(BOOK_RELS, rb"<Relationship [^>]*styles[^>]*/>", b"")
    ),
    "styles_relationship_missing": _sub(BOOK_RELS, rb"<Relationship [^>]*styles[^>]*/>", b""),
    "theme_missing": _gone("xl/theme/theme1.xml"),
    "comments_missing": _gone("xl/comments1.xml"),
    "vml_missing": _gone(r"xl/drawings/vmlDrawing1\.vml"),
    "comments_and_vml_missing": _gone("xl/comments1.xml", r"xl/drawings/vmlDrawing1\.vml"),
    "table_missing": _gone("xl/tables/table1.xml"),
    "sheet_relationships_missing": _gone(SHEET_RELS),
    "properties_missing": _gone("docProps/app.xml", "docProps/core.xml"),
    "custom_xml_missing": _gone("customXml/item1.xml"),
    "other_sheet_missing": _gone("xl/worksheets/sheet2.xml"),
    "other_sheet_without_relationship": _sub(
        BOOK_RELS, rb'<Relationship [^>]*worksheets/sheet2.xml"[^>]*/>', b""
    ),
    "entry_without_relationship": _before(
        BOOK, _SHEET_ENTRY, b'<sheet name="ghost" sheetId="9" r:id="rId99"/>'
    ),
    "entry_without_id": _before(BOOK, _SHEET_ENTRY, b'<sheet name="ghost" sheetId="9"/>'),
    "entry_without_name": _before(BOOK, _SHEET_ENTRY, b'<sheet sheetId="9" r:id="rId98"/>'),
    "content_types_without_sheet": _sub(TYPES, rb"<Override [^>]*sheet1.xml[^>]*/>", b""),
    "content_types_without_defaults": _sub(TYPES, rb'<Default Extension="xml"[^>]*/>', b""),
    "calc_chain_broken": _all(
        lambda parts: parts.update({"xl/calcChain.xml": b"<calcChain><c"}),
        _before(
            BOOK_RELS,
            b"</Relationships>",
            b'<Relationship Id="rId77" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
            b'relationships/calcChain" Target="calcChain.xml"/>',
        ),
    ),
    # sheets of another kind
    "chart_sheet": _all(
        lambda parts: parts.update(
            {
                "xl/chartsheets/sheet1.xml": b'<chartsheet xmlns="http://schemas.openxmlformats.org/'
                b'spreadsheetml/2006/main"><sheetViews><sheetView workbookViewId="0"/></sheetViews>'
                b"</chartsheet>"
            }
        ),
        _before(BOOK, _SHEET_ENTRY, b'<sheet name="chart" sheetId="9" r:id="rId97"/>'),
        _before(
            BOOK_RELS,
            b"</Relationships>",
            b'<Relationship Id="rId97" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
            b'relationships/chartsheet" Target="chartsheets/sheet1.xml"/>',
        ),
    ),
    "macro_sheet": _all(
        lambda parts: parts.update({"xl/macrosheets/sheet1.xml": b"<xm:macrosheet xmlns:xm='urn:x'/>"}),
        _before(BOOK, _SHEET_ENTRY, b'<sheet name="macro" sheetId="9" r:id="rId96"/>'),
        _before(
            BOOK_RELS,
            b"</Relationships>",
            b'<Relationship Id="rId96" Type="http://schemas.microsoft.com/office/2006/relationships/'
            b'xlMacrosheet" Target="macrosheets/sheet1.xml"/>',
        ),
    ),
    "sheet_of_unknown_kind": _all(
        lambda parts: parts.update({"xl/odd/sheet1.xml": b"<odd/>"}),
        _before(BOOK, _SHEET_ENTRY, b'<sheet name="odd" sheetId="9" r:id="rId95"/>'),
        _before(
            BOOK_RELS,
            b"</Relationships>",
            b'<Relationship Id="rId95" Type="urn:vendor:gridsheet" Target="odd/sheet1.xml"/>',
        ),
    ),
    "dialog_sheet_missing": _all(
        _before(BOOK, _SHEET_ENTRY, b'<sheet name="dialog" sheetId="9" r:id="rId94"/>'),
        _before(
            BOOK_RELS,
            b"</Relationships>",
            b'<Relationship Id="rId94" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
            b'relationships/dialogsheet" Target="dialogsheets/sheet1.xml"/>',
        ),
    ),
    # attributes that are none
    "dimension_whole_column": _sub(SHEET, rb'<dimension ref="[^"]*"', b'<dimension ref="A:A"'),
    "dimension_junk": _sub(SHEET, rb'<dimension ref="[^"]*"', b'<dimension ref="#REF!"'),
    "dimension_empty": _sub(SHEET, rb'<dimension ref="[^"]*"', b'<dimension ref=""'),
    "dimension_missing": _sub(SHEET, rb"<dimension[^>]*/>", b""),
    "filter_whole_columns": _before(SHEET, b"<conditionalFormatting", b'<autoFilter ref="A:R"/>'),
    "filter_junk": _before(SHEET, b"<conditionalFormatting", b'<autoFilter ref="zz"/>'),
    "filter_empty": _before(SHEET, b"<conditionalFormatting", b"<autoFilter/>"),
    "active_tab_junk": _sub(BOOK, rb"<workbookView ", b'<workbookView activeTab="zz" firstSheet="-3" '),
    "active_tab_far": _sub(BOOK, rb"<workbookView ", b'<workbookView activeTab="99" '),
    "views_missing": _sub(BOOK, rb"<bookViews>.*?</bookViews>", b""),
    "sheet_views_missing": _sub(SHEET, rb"<sheetViews>.*?</sheetViews>", b""),
    "sheet_id_junk": _sub(BOOK, rb'sheetId="1"', b'sheetId="eins"'),
    "sheet_ids_twice": _sub(BOOK, rb'sheetId="2"', b'sheetId="1"'),
    "style_negative": _sub(SHEET, rb'(<c r="D7" s=")\d+"', rb'\g<1>-1"'),
    "style_empty": _sub(SHEET, rb'(<c r="D7" s=")\d+"', rb'\g<1>"'),
    "style_far": _sub(SHEET, rb'(<c r="D7" s=")\d+"', rb'\g<1>99999"'),
    "style_words": _sub(SHEET, rb'(<c r="D7" s=")\d+"', rb'\g<1>bold"'),
    "style_in_single_quotes": _sub(SHEET, rb'(<c r="D7") s="(\d+)"', rb"\1 s='\2'"),
    "style_with_spaces": _sub(SHEET, rb'(<c r="D7") s="(\d+)"', rb'\1 s = "\2"'),
    "columns_junk": _sub(SHEET, rb"<cols>.*?</cols>", b'<cols><col min="x" max="" width="wide"/></cols>'),
    "default_width_junk": _sub(SHEET, rb"<sheetFormatPr ", b'<sheetFormatPr defaultColWidth="wide" '),
    "row_spans_junk": _sub(SHEET, rb'(<row r="7") spans="[^"]*"', rb'\1 spans="a:b"'),
    "row_height_junk": _sub(SHEET, rb'<row r="7"', b'<row r="7" ht="tall"'),
    "row_style_junk": _sub(SHEET, rb'<row r="7"', b'<row r="7" s="x" customFormat="1"'),
    "format_without_fill": _sub(STYLES, rb'(<cellXfs.*?<xf [^>]*)fillId="\d+"', rb'\1fillId="many"'),
    "format_fill_far": _sub(STYLES, rb'(<cellXfs.*?<xf [^>]*)fillId="\d+"', rb'\1fillId="999"'),
    "formats_none": _sub(STYLES, rb"<cellXfs.*?</cellXfs>", b""),
    "fills_none": _sub(STYLES, rb"<fills.*?</fills>", b""),
    "fonts_none": _sub(STYLES, rb"<fonts.*?</fonts>", b""),
    "styles_empty": _sub(STYLES, rb"(?s)(<styleSheet[^>]*>).*</styleSheet>", rb"\1</styleSheet>"),
    "styles_broken": lambda parts: parts.update({STYLES: parts[STYLES][:200]}),
    "comment_author_far": _sub("xl/comments1.xml", rb'authorId="0"', b'authorId="77"', 0),
    "comment_author_junk": _sub("xl/comments1.xml", rb'authorId="0"', b'authorId="x"', 0),
    "comment_ref_junk": _sub("xl/comments1.xml", rb'ref="B5"', b'ref="nowhere"'),
    "comments_broken": lambda parts: parts.update({"xl/comments1.xml": b"<comments"}),
    "legacy_drawing_leads_nowhere": _sub(
        SHEET, rb'<legacyDrawing r:id="[^"]*"', b'<legacyDrawing r:id="rId42"'
    ),
    "table_ref_junk": _sub("xl/tables/table1.xml", rb'ref="A3:F13"', b'ref="#REF!"', 0),
    "table_without_columns": _sub("xl/tables/table1.xml", rb"(?s)<tableColumns.*?</tableColumns>", b""),
    "table_ids_junk": _sub("xl/tables/table1.xml", rb'<tableColumn id="1"', b'<tableColumn id="one"'),
    "table_broken": lambda parts: parts.update({"xl/tables/table1.xml": b"<table"}),
    "merged_junk": _before(
        SHEET,
        b"<conditionalFormatting",
        b'<mergeCells count="2"><mergeCell ref="x"/><mergeCell/></mergeCells>',
    ),
    "hyperlinks_junk": _before(
        SHEET,
        b"<pageMargins",
        b'<hyperlinks><hyperlink ref="??" r:id="rId88"/><hyperlink/></hyperlinks>',
    ),
    "conditional_junk": _sub(
        SHEET, rb'<conditionalFormatting sqref="[^"]*"', b'<conditionalFormatting sqref="~"'
    ),
    "validation_junk": _sub(SHEET, rb'sqref="C4:C13"', b'sqref="C4:::"'),
    "defined_names_junk": _sub(
        BOOK,
        rb"<definedNames>",
        b'<definedNames><definedName name="">#REF!</definedName><definedName name="a" localSheetId="x">('
        b"</definedName><definedName/>",
    ),
    "defined_name_sheet_far": _sub(
        BOOK, rb"<definedNames>", b'<definedNames><definedName name="far" localSheetId="44">1</definedName>'
    ),
    "relationship_without_target": _before(
        SHEET_RELS, b"</Relationships>", b'<Relationship Id="rId70" Type="urn:x/image"/>'
    ),
    "relationship_ids_twice": _before(
        SHEET_RELS, b"</Relationships>", b'<Relationship Id="rId1" Type="urn:x/image" Target="../x.png"/>'
    ),
    # rows and cells out of place
    "row_twice": _sub(SHEET, _ROW7, rb"\1\1"),
    "row_twice_with_other_cells": _sub(SHEET, _ROW7, rb'\1<row r="7"><c r="H7"><v>5</v></c></row>'),
    "cell_twice": _sub(SHEET, rb'(<c r="D7".*?</c>)', rb'\1<c r="D7"><v>9</v></c>'),
    "cell_in_another_row": _sub(SHEET, rb'<c r="D8"', b'<c r="H7"'),
    "rows_backwards": _sub(SHEET, rb'(<row r="7".*?</row>)(<row r="8".*?</row>)', rb"\2\1"),
    "cells_backwards": _sub(SHEET, rb'(<c r="C7".*?</c>)(<c r="D7".*?</c>)', rb"\2\1"),
    "row_without_number": _sub(SHEET, rb'<row r="7"', b"<row"),
    "rows_without_numbers": _sub(SHEET, rb'<row r="\d+"', b"<row", 0),
    "cells_without_addresses": _sub(SHEET, rb'<c r="[A-Z]+7"', b"<c", 0),
    "all_without_addresses": _all(
        _sub(SHEET, rb'<row r="\d+"', b"<row", 0), _sub(SHEET, rb'<c r="[A-Z]+\d+"', b"<c", 0)
    ),
    "cells_in_lower_case": _sub(SHEET, rb'<c r="D7"', b'<c r="d7"'),
    "cell_with_style_first": _sub(SHEET, rb'<c r="D7" s="(\d+)"', rb'<c s="\1" r="D7"'),
    "row_number_zero": _before(SHEET, b'<row r="1"', b'<row r="0"/>'),
    "row_empty_tag": _sub(SHEET, rb'<row r="3"', b'<row r="2"/><row r="3"')
    if False
    else _before(SHEET, b"</sheetData>", b'<row r="20"/>'),
    "sheet_data_twice": _sub(SHEET, rb"</sheetData>", b"</sheetData><sheetData/>"),
    "string_index_far": _sub(SHEET, rb'(<c r="A2"[^>]*t="s"[^>]*><v>)\d+', rb"\g<1>9999"),
    "string_index_junk": _sub(SHEET, rb'(<c r="A2"[^>]*t="s"[^>]*><v>)\d+', rb"\g<1>x"),
    "type_unknown": _sub(SHEET, rb'<c r="D7"', b'<c r="D7" t="zz"'),
    "strings_count_lies": _sub(STRINGS, rb'uniqueCount="\d+"', b'uniqueCount="1"'),
    # spellings
    "byte_order_marks": lambda parts: parts.update(
        {n: b"\xef\xbb\xbf" + d for n, d in parts.items() if n.endswith((".xml", ".rels"))}
    ),
    "sheet_utf16": _recoded(SHEET, "utf-16-le", "UTF-16", b"\xff\xfe"),
    "sheet_utf16_big": _recoded(SHEET, "utf-16-be", "UTF-16", b"\xfe\xff"),
    "book_utf16": _recoded(BOOK, "utf-16-le", "UTF-16", b"\xff\xfe"),
    "styles_utf16": _recoded(STYLES, "utf-16-le", "UTF-16", b"\xff\xfe"),
    "types_utf16": _recoded(TYPES, "utf-16-le", "UTF-16", b"\xff\xfe"),
    "book_rels_utf16": _recoded(BOOK_RELS, "utf-16-le", "UTF-16", b"\xff\xfe"),
    "sheet_gbk": _recoded(SHEET, "gbk", "GBK"),
    "strings_gb18030": _recoded(STRINGS, "gb18030", "gb18030"),
    "sheet_without_declaration": _sub(SHEET, rb"^<\?xml.*?\?>\s*", b""),
    "sheet_with_comment": _before(SHEET, b"<sheetData>", b"<!-- exported </sheetData> -->"),
    "sheet_with_comment_in_data": _sub(SHEET, rb"<sheetData>", b"<sheetData><!-- <row r='7'> -->"),
    "strings_in_cdata": _sub(STRINGS, rb"<t>([^<]*)</t>", rb"<t><![CDATA[\1]]></t>"),
    "sheet_with_instruction": _sub(SHEET, rb"(<worksheet)", rb"<?mso-application progid='x'?>\1"),
    "sheet_prefixed": _prefixed,
    "blank_after_the_end": _all_parts(b"\r\n \n"),
    "absolute_targets": _sub(BOOK_RELS, rb'Target="worksheets/', b'Target="/xl/worksheets/', 0),
    "backslash_targets": _sub(BOOK_RELS, rb'Target="worksheets/', rb'Target="worksheets\\', 0),
    "dotted_targets": _sub(BOOK_RELS, rb'Target="worksheets/', b'Target="./../xl/worksheets/', 0),
    "escaped_targets": _sub(BOOK_RELS, rb'Target="worksheets/sheet1', b'Target="worksheets/%73heet1'),
    "backslash_names": lambda parts: (
        [_renamed(name, name.replace("/", "\\"))(parts) for name in [*parts]] and None
    ),
    "upper_case_names": lambda parts: (
        [_renamed(name, name.upper())(parts) for name in [*parts] if "sheet" in name] and None
    ),
    "upper_case_targets": _sub(
        BOOK_RELS, rb'Target="worksheets/sheet1.xml"', b'Target="Worksheets/Sheet1.XML"'
    ),
    "directory_entries": lambda parts: parts.update({"xl/": b"", "xl/worksheets/": b""}),
    "types_last": lambda parts: parts.update({TYPES: parts.pop(TYPES)}),
}
