"""The list of findings as a workbook of its own, for a file that cannot be marked in place.

An old .xls, an .et, a .csv or a file under a password goes back untouched, with this beside it. Owns the
least a workbook must hold; the list itself is the one that marked workbooks carry.
"""

from __future__ import annotations

from collections.abc import Sequence

from salesxl.annotate.listing import lines as listed
from salesxl.annotate.listing import list_sheet, print_names
from salesxl.annotate.marking import in_order
from salesxl.annotate.words import Label, MarkWords, Tell
from salesxl.excel.archive import deflate
from salesxl.excel.inplace import Book
from salesxl.excel.package import ROOT, TRANSITIONAL, Package
from salesxl.model import Finding

__all__ = ["findings_workbook"]

_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/></Types>'
)
_WORKBOOK_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
_WORKBOOK = (
    f'<workbook xmlns="{TRANSITIONAL.main}" xmlns:r="{TRANSITIONAL.rel}">'
    '<bookViews><workbookView xWindow="0" yWindow="0" windowWidth="24000" windowHeight="12000"/></bookViews>'
    "<sheets/></workbook>"
)


def findings_workbook(
    findings: Sequence[Finding],
    tell: Tell,
    words: MarkWords,
    *,
    label: Label = lambda finding: finding.field or "",
    file: str | None = None,
) -> bytes:
    """Return a workbook that lists findings as a marked workbook's first sheet does, without links.

    The same findings always give the same bytes.
    """
    package = Package([deflate("[Content_Types].xml", (_HEAD + _TYPES).encode())])
    package.write("xl/workbook.xml", (_HEAD + _WORKBOOK).encode())
    package.set_content_type("xl/workbook.xml", _WORKBOOK_TYPE)
    package.add_rel(ROOT, "officeDocument", "xl/workbook.xml")
    book = Book(package)
    names = dict.fromkeys(f.place.sheet for f in findings if f.place.sheet)
    order = {name: at for at, name in enumerate(names)}
    made = listed(in_order(findings, order), tell, label, words, {})
    name = file or next((finding.place.file for finding in findings), "")
    book.insert_sheet(words.sheet, list_sheet(book, made, words, name))
    print_names(book, words.sheet, len(made))
    book.activate(0)
    return book.to_bytes()
