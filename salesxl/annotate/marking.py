"""Put the marks into a workbook: fills, notes, the column of explanations, the list in front.

Owns what a returned workbook looks like. Everything done is written down in the record, so that strip.py can
undo it. Refuses to change a value the rep typed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from salesxl.annotate import record as records
from salesxl.annotate.columns import add_columns, unused
from salesxl.annotate.listing import lines, list_sheet, print_names
from salesxl.annotate.look import FILLS, Cover, Pen
from salesxl.annotate.record import Record, SheetRecord, digest, pack
from salesxl.annotate.strip import original, without_marks
from salesxl.annotate.terms import Label, MarkWords, TableArea, Tell
from salesxl.errors import RefusedError
from salesxl.model import Area, Finding, Severity, cell_name
from salesxl.xlsx.archive import deflate
from salesxl.xlsx.edit import Book, Run
from salesxl.xlsx.limits import DEFAULT, Limits
from salesxl.xlsx.marks import MARK_COLUMNS, NOTE_AUTHOR, NOTE_PREFIXES
from salesxl.xlsx.package import ROOT, TRANSITIONAL, Package, parse_xml
from salesxl.xlsx.refs import split_cell

__all__ = ["AnnotateResult", "annotate", "findings_workbook", "in_order"]

_RANK = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.NOTICE: 2}
_INKS = {Severity.ERROR: "B42318", Severity.WARNING: "8A5A00", Severity.NOTICE: "3B5B7A"}
_MAX_LIST = 20000
"""Findings listed at most: a rep mends no more at a time, and the sheet stays quick to open."""


@dataclass(frozen=True, slots=True)
class AnnotateResult:
    """A marked workbook.

    ``unplaced`` are findings that point to a sheet or cell the workbook does not have; they are listed all
    the same. ``unnoted`` are cells in a threaded conversation, which can carry no note.
    """

    data: bytes
    unplaced: tuple[Finding, ...] = ()
    unnoted: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True)
class _Spot:
    """The findings of one cell, in order."""

    row: int
    column: int
    findings: list[Finding] = field(default_factory=list)

    @property
    def worst(self) -> Severity:
        return min((f.severity for f in self.findings), key=_RANK.__getitem__)


def annotate(
    source: Path | bytes,
    findings: Sequence[Finding],
    tell: Tell,
    words: MarkWords,
    *,
    tables: Sequence[TableArea] = (),
    label: Label = lambda finding: finding.field or "",
    file: str | None = None,
    limits: Limits = DEFAULT,
) -> AnnotateResult:
    """Return a copy of a workbook with its findings marked and nothing else changed.

    Cells with errors are filled light red, with warnings light amber, over the rep's own fill; each gets one
    note with what is wrong and how to mend it; right of every table with faults stands a column with the same
    words, which the table's filter covers; the first sheet lists everything, the worst first. Marks of an
    earlier round are taken off before. Macros, protection, pictures and all other parts stay byte for byte.

    Raises RefusedError for what cannot be edited in place (an old .xls, an encrypted file): return a
    ``findings_workbook`` instead; ``limits`` are those of reading. Raises ValueError for words by which the
    marks would not be known again.
    """
    if words.column not in MARK_COLUMNS or not set(words.prefixes.values()) <= set(NOTE_PREFIXES):
        raise ValueError("the marks' column and note prefixes must be among those in salesxl.xlsx.marks")
    before = without_marks(source, limits)
    book = Book(before.copy())
    record = Record()
    part = records.reserve(book)
    name = file or next((f.place.file for f in findings), "")
    order = dict(book.sheets())
    ordered = in_order(findings, order)
    tell = _once(tell, ordered)
    spots, unplaced = _spots(book, ordered)
    pens = {sheet: Pen(book, sheet) for sheet in {*spots, *(t.sheet for t in tables if t.sheet in order)}}
    cover, unnoted = Cover(book.styles), []
    for sheet, here in spots.items():
        merged = book.sheet(sheet).merged()
        for spot in _merged(here, merged):
            if spot.worst in FILLS:
                pens[sheet].style(spot.row, spot.column, partial(cover.over, severity=spot.worst))
            if not book.notes(sheet).add(spot.row, spot.column, _runs(spot, tell, words), NOTE_AUTHOR):
                unnoted.append((sheet, cell_name(spot.row, spot.column)))
    record.under = cover.under
    add_columns(book, pens, ordered, tell, words, [t for t in tables if t.sheet in pens])
    _insert_list(book, ordered, tell, label, words, name, original(source, limits))
    _write_down(book, before, record, pens, part)
    return AnnotateResult(book.package.to_bytes(), tuple(unplaced), tuple(unnoted))


def _once(tell: Tell, findings: Sequence[Finding]) -> Tell:
    """Make each finding's words once; note, column and list all say them."""
    told = {id(finding): tell(finding) for finding in findings}
    return lambda finding: told[id(finding)]


def in_order(findings: Sequence[Finding], sheets: Iterable[str] | None = None) -> list[Finding]:
    """Return findings as they are listed: the worst first, then as the sheets, rows and columns go.

    Without ``sheets`` these go as the findings name them.
    """
    named = (f.place.sheet for f in findings if f.place.sheet) if sheets is None else sheets
    order = {name: at for at, name in enumerate(dict.fromkeys(named))}

    def key(finding: Finding) -> tuple[int, int, int, int]:
        row, column = _address(finding) or (finding.row or 0, 0)
        return _RANK[finding.severity], order.get(finding.place.sheet or "", -1), row, column

    return sorted(findings, key=key)


# ---- cells


def _address(finding: Finding) -> tuple[int, int] | None:
    if not finding.place.cell:
        return None
    try:
        return split_cell(finding.place.cell.partition(":")[0])
    except ValueError:
        return None


def _spots(book: Book, findings: Sequence[Finding]) -> tuple[dict[str, list[_Spot]], list[Finding]]:
    known = set(book.worksheets())
    found: dict[str, dict[tuple[int, int], _Spot]] = defaultdict(dict)
    unplaced = []
    for finding in findings:
        sheet, at = finding.place.sheet, _address(finding)
        if sheet in known and at is not None:
            found[sheet].setdefault(at, _Spot(*at)).findings.append(finding)
        elif finding.place.sheet is not None and (sheet not in known or finding.place.cell):
            unplaced.append(finding)
    return {sheet: [here[at] for at in sorted(here)] for sheet, here in found.items()}, unplaced


def _merged(spots: Sequence[_Spot], merged: Sequence[Area]) -> Iterable[_Spot]:
    """Move what points into a merged cell to its first cell, the only one that shows."""
    if not merged:
        yield from spots
        return
    moved: dict[tuple[int, int], _Spot] = {}
    for spot in spots:
        hit = (a for a in merged if a.top <= spot.row <= a.bottom and a.left <= spot.column <= a.right)
        area = next(hit, Area(spot.row, spot.column, spot.row, spot.column))
        moved.setdefault((area.top, area.left), _Spot(area.top, area.left)).findings.extend(spot.findings)
    yield from moved.values()


def _runs(spot: _Spot, tell: Tell, words: MarkWords) -> list[Run]:
    runs = [Run(words.prefixes[spot.worst], bold=True, color=_INKS[spot.worst], size=11)]
    for number, finding in enumerate(spot.findings, 1):
        message, fix = tell(finding)
        lead = f"{number}. " if len(spot.findings) > 1 else ""
        runs.append(Run(f"\n{lead}{message}", color="1F2933"))
        if fix:
            runs.append(Run(f"\n→ {fix}", color="0B62C4"))
    return runs


# ---- the list


def _insert_list(
    book: Book,
    findings: Sequence[Finding],
    tell: Tell,
    label: Label,
    words: MarkWords,
    file: str,
    known: str,
) -> None:
    sheets = dict(book.sheets())
    name = unused(words.sheet, sheets)
    made = lines(findings[:_MAX_LIST], tell, label, words, sheets)
    book.insert_sheet(name, list_sheet(book, made, words, file, known), at=0)
    print_names(book, name, len(made))
    book.activate(0)


# ---- the record


_KEPT = (b"v>", b"is>", b"f>")
"""Ends of what a cell holds: none may be fewer after marking."""


def _refuse_broken(name: str, data: bytes, before: bytes) -> None:
    """Refuse to hand out a part that no program could open, or that holds less than it did.

    Workbooks come in that bend the format in ways that nobody has thought of.
    """
    if name.lower().endswith((".xml", ".rels")):
        parse_xml(data, name)
    if any(data.count(b"</" + end) < before.count(b"</" + end) for end in _KEPT):
        raise RefusedError("unreadable", reason="damaged", part=name)


def _write_down(book: Book, before: Package, record: Record, pens: Mapping[str, Pen], part: str) -> None:
    """Compare the package with what it was, and put what is needed to undo it into the record."""
    book.flush()
    package = book.package
    known = set(before.names())
    sheets = {part: name for name, part in book.sheets()}
    own = records.own_parts(package, part)
    record.added = [name for name in package.names() if name not in known]
    for name in package.names():
        if name not in known or not package.differs(name, before):
            continue
        data = package.read(name)
        now = digest(data)
        _refuse_broken(name, data, before.read(name) if name in sheets else b"")
        if name in sheets:
            pen = pens.get(sheets[name]) or Pen(book, sheets[name])
            made = SheetRecord(pen.name, now, cells=pen.cells, rows=pen.rows, pieces=pen.pieces())
            if not pen.sheet.faithful or not pen.sheet.pieces.faithful:
                made.was = pack(before.read(name))
            record.sheets[name] = made
        else:
            record.parts[name] = (now, pack(before.read(name)))
    record.added = [name for name in record.added if name not in own] + own
    records.write(package, part, record)


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
    made = lines(in_order(findings), tell, label, words, {})
    name = file or next((finding.place.file for finding in findings), "")
    book.insert_sheet(words.sheet, list_sheet(book, made, words, name))
    print_names(book, words.sheet, len(made))
    book.activate(0)
    return book.to_bytes()
