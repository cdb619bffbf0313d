"""The first sheet: every finding in a row, the worst first, each with a link to its cell.

Owns the sheet's look and its XML; which findings and which words is said by the caller. The same sheet makes
up the findings workbook of a file that cannot be marked in place.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from xml.sax.saxutils import escape, quoteattr

from salesxl.annotate.look import LIST_TAB, fill, font
from salesxl.annotate.terms import Label, MarkWords, Tell
from salesxl.model import CellValue, Finding, Severity
from salesxl.xlsx.edit import Book, Styles
from salesxl.xlsx.edit.tables import FILTER_NAME
from salesxl.xlsx.marks import MARK_SHEET_PROPERTY, ORIGINAL
from salesxl.xlsx.values import stored_text

__all__ = ["FIRST_ROW", "HEADER_ROW", "Line", "lines", "list_sheet", "print_names", "shown"]

HEADER_ROW, FIRST_ROW = 5, 6
_SEVERITIES = (Severity.ERROR, Severity.WARNING, Severity.NOTICE)
_WIDTHS = (2.0, 8.5, 20.0, 9.5, 18.0, 26.0, 46.0, 46.0)
_LETTERS = " ABCDEFGH"
_LINE_HEIGHT, _PADDING = 16.5, 9.0
_LINE = "FFE3E6EA"
_TINTS = {Severity.ERROR: "FFFFE3E1", Severity.WARNING: "FFFFF1CC", Severity.NOTICE: "FFEAF1F8"}
_INKS = {Severity.ERROR: "FFB42318", Severity.WARNING: "FF8A5A00", Severity.NOTICE: "FF3B5B7A"}


@dataclass(frozen=True, slots=True)
class Line:
    """One finding as it is listed; ``cell`` is linked when ``linked``."""

    severity: Severity
    sheet: str
    cell: str
    field: str
    value: str
    message: str
    fix: str
    linked: bool


def lines(
    findings: Sequence[Finding], tell: Tell, label: Label, words: MarkWords, linkable: Mapping[str, object]
) -> list[Line]:
    """Turn findings, already in order, into the rows of the list; cells on ``linkable`` sheets get a link."""
    made = []
    for finding in findings:
        message, fix = tell(finding)
        place = finding.place
        value = shown(finding.value)
        if not value and place.cell and finding.field:
            value = words.blank
        sheet = place.sheet or words.whole_file
        linked = bool(place.cell) and place.sheet in linkable
        made.append(
            Line(finding.severity, sheet, place.cell or "", label(finding), value, message, fix, linked)
        )
    return made


def shown(value: CellValue) -> str:
    """Return a typed value as the rep would write it."""
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        return f"{value:%Y-%m-%d}" if value.time() == dt.time() else f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, float) and value == int(value) and abs(value) < 1e15:
        return str(int(value))
    return str(value)


def list_sheet(
    book: Book, made: Sequence[Line], words: MarkWords, file: str, original: str | None = None
) -> bytes:
    """Return the finished part of the list; its formats are added to the book.

    ``original`` is the digest of the file that is marked, by which it is known again beside the mended copy.
    """
    names = book.package.namespaces
    look = _Look(book.styles)
    counts = {s: sum(1 for line in made if line.severity is s) for s in _SEVERITIES}
    summary = words.summary.format(
        file=file,
        errors=counts[Severity.ERROR],
        warnings=counts[Severity.WARNING],
        notices=counts[Severity.NOTICE],
    )
    heads = (
        words.head_severity,
        words.head_sheet,
        words.head_cell,
        words.head_field,
        words.head_value,
        words.head_message,
        words.head_fix,
    )
    known = [(1, f"{ORIGINAL}{original}", look.hidden)] if original else []
    rows = [
        _row(1, 34, [(1, MARK_SHEET_PROPERTY, look.hidden), (2, words.sheet, look.title)]),
        _row(2, 20, [*known, (2, summary, look.summary[bool(counts[Severity.ERROR])])]),
        _row(3, 20, [(2, words.how, look.how)]),
        _row(4, 6, []),
        _row(
            HEADER_ROW,
            24,
            [(at, head, look.heads[at in (2, 4)]) for at, head in enumerate(heads, 2)],
        ),
    ]
    links = []
    for number, line in enumerate(made, FIRST_ROW):
        texts = (line.sheet, line.field, line.value, line.message, line.fix)
        widths = (_WIDTHS[2], _WIDTHS[4], _WIDTHS[5], _WIDTHS[6], _WIDTHS[7])
        tall = max(_lines(text, width) for text, width in zip(texts, widths, strict=True))
        cells = [
            (2, words.severities[line.severity], look.severity[line.severity]),
            (3, line.sheet, look.text),
            (4, line.cell, look.link if line.linked else look.cell),
            (5, line.field, look.text),
            (6, line.value, look.value),
            (7, line.message, look.strong if line.severity is Severity.ERROR else look.text),
            (8, line.fix, look.text),
        ]
        rows.append(_row(number, min(tall * _LINE_HEIGHT + _PADDING, 400), cells))
        if line.linked:
            target = "'" + line.sheet.replace("'", "''") + "'!" + line.cell
            ref = f"D{number}"
            links.append(
                f'<hyperlink ref="{ref}" location={quoteattr(target)} display={quoteattr(line.cell)}/>'
            )
    last = max(FIRST_ROW, FIRST_ROW + len(made) - 1)
    columns = "".join(
        f'<col min="{at}" max="{at}" width="{width}" customWidth="1"/>' for at, width in enumerate(_WIDTHS, 1)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        f'<worksheet xmlns="{names.main}" xmlns:r="{names.rel}">'
        f'<sheetPr><tabColor rgb="{LIST_TAB.decode()}"/><pageSetUpPr fitToPage="1"/></sheetPr>'
        f'<dimension ref="A1:H{last}"/>'
        '<sheetViews><sheetView showGridLines="0" workbookViewId="0" tabSelected="1">'
        f'<pane ySplit="{HEADER_ROW}" topLeftCell="A{FIRST_ROW}" activePane="bottomLeft" state="frozen"/>'
        f'<selection pane="bottomLeft" activeCell="D{FIRST_ROW}" sqref="D{FIRST_ROW}"/>'
        "</sheetView></sheetViews>"
        f'<sheetFormatPr defaultRowHeight="15"/><cols>{columns}</cols><sheetData>{"".join(rows)}</sheetData>'
        f'<autoFilter ref="B{HEADER_ROW}:H{last}"/>'
        + (f"<hyperlinks>{''.join(links)}</hyperlinks>" if links else "")
        + '<printOptions horizontalCentered="1"/>'
        '<pageMargins left="0.4" right="0.4" top="0.5" bottom="0.6" header="0.3" footer="0.3"/>'
        '<pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/>'
        "<headerFooter><oddFooter>&amp;R&amp;P / &amp;N</oddFooter></headerFooter></worksheet>"
    ).encode()


def print_names(book: Book, name: str, count: int) -> None:
    """Add the names that the first sheet, a list of so many lines, needs for its filter and for printing."""
    quoted = "'" + name.replace("'", "''") + "'"
    last = HEADER_ROW + max(count, 1)
    book.define(FILTER_NAME, f"{quoted}!$B${HEADER_ROW}:$H${last}", 0, hidden=True)
    book.define("_xlnm.Print_Titles", f"{quoted}!${HEADER_ROW}:${HEADER_ROW}", 0)


def _row(number: int, height: float, cells: Sequence[tuple[int, str, int]]) -> str:
    inside = "".join([_cell(f"{_LETTERS[column]}{number}", text, style) for column, text, style in cells])
    return f'<row r="{number}" ht="{height:g}" customHeight="1">{inside}</row>'


def _cell(ref: str, text: str, style: int) -> str:
    if not text:
        return f'<c r="{ref}" s="{style}"/>'
    inside = f'<is><t xml:space="preserve">{escape(stored_text(text))}</t></is>'
    return f'<c r="{ref}" s="{style}" t="inlineStr">{inside}</c>'


def _lines(text: str, width: float) -> int:
    """Estimate the lines a text takes in a column; a Chinese character is as wide as two digits."""
    room = max(width - 2, 4)
    if "\n" not in text and len(text) * 1.95 <= room:
        return 1
    widths = (sum(1.85 if ord(char) > 0x1FFF else 0.95 for char in line) for line in text.split("\n"))
    return sum(max(1, int(-(-each // room))) for each in widths)


class _Look:
    """The formats of the list, made from the workbook's own default font."""

    def __init__(self, styles: Styles) -> None:
        face, tint = partial(font, styles), partial(fill, styles)
        side = f'style="thin"><color rgb="{_LINE}"/>'
        lined = styles.add_border(f"<left/><right/><top/><bottom {side}</bottom><diagonal/>")
        plain = styles.add_border("<left/><right/><top/><bottom/><diagonal/>")

        def style(
            font_id: int, fill_id: int = 0, border_id: int = lined, *, wrap: bool = False, at: str = "left"
        ) -> int:
            look = {"vertical": "center", "horizontal": at}
            if at == "left" and border_id == lined:
                look["indent"] = "1"
            if wrap:
                look["wrapText"] = "1"
            return styles.clone(
                0, alignment=look, fontId=font_id, fillId=fill_id, borderId=border_id, numFmtId=0
            )

        ink = "FF1F2933"
        self.hidden = style(face(1, "FFFFFFFF"), border_id=plain)
        self.title = style(face(20, ink, "<b/>"), border_id=plain)
        inks = (_INKS[Severity.WARNING], _INKS[Severity.ERROR])
        self.summary = tuple(style(face(12, color, "<b/>"), border_id=plain) for color in inks)
        self.how = style(face(10.5, "FF52606D"), border_id=plain)
        heads = (style(face(11, "FFFFFFFF", "<b/>"), tint("FF334155"), at=at) for at in ("left", "center"))
        self.heads = tuple(heads)
        self.text = style(face(10.5, ink), wrap=True)
        self.strong = style(face(10.5, ink, "<b/>"), wrap=True)
        self.value = style(face(10.5, "FF52606D"), wrap=True)
        self.cell = style(face(10.5, ink), at="center")
        self.link = style(face(10.5, "FF0B62C4", "<u/>"), at="center")
        self.severity = {
            s: style(face(10.5, _INKS[s], "<b/>"), tint(_TINTS[s]), at="center") for s in _SEVERITIES
        }
