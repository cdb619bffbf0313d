"""What python-calamine does not tell of an .xlsx sheet, taken from its XML as cheaply as possible.

Owns: true extent and cell count (before the reader allocates anything), error cells, formulas and whether
they were ever calculated, hidden rows and columns. A sheet written the usual way (``<c r="A1" …>``, as Excel,
WPS, LibreOffice and the common libraries do) is looked at as bytes only; any other legal spelling
goes through expat. Refuses: cell values, which are the reader's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from html import unescape
from typing import Any
from xml.parsers import expat

import numpy as np

from salesxl.model import column_number
from salesxl.xlsx.limits import damaged
from salesxl.xlsx.refs import LAST_COLUMN, LAST_ROW, shift

__all__ = ["SheetScan", "check_address", "measure", "scan_sheet"]

_ADDRESS = re.compile(rb'<c r="([A-Z]+)(\d+)"')
_FILLED = re.compile(rb'<c r="([A-Z]+)(\d+)"[^>]*(?<!/)>(?!</c>)')
_FORMULA = re.compile(
    rb'<c r="([A-Z]+)(\d+)"([^>]*)>\s*<f\b([^>]*?)(?:/>|>([^<]*)</f>)\s*(?:<v[^>]*/>|<v[^>]*>([^<]*)</v>)?'
)
_ERROR = re.compile(
    rb'<c r="([A-Z]+)(\d+)"(?=[^>]*\st="e")[^>]*>(?:\s*<f\b(?:[^>]*/>|[^>]*>[^<]*</f>))?\s*<v>([^<]*)</v>'
)
_STYLED = rb'<c r="([A-Z]+)(\d+)"[^>]*?\ss="(%s)"[^>]*(?<!/)>'
_HIDDEN_ROW = re.compile(rb'<row r="(\d+)"[^>]*\shidden="(?:1|true)"')
_COLUMN = re.compile(rb"<(?:\w+:)?col\s[^>]*>")
_MIN_MAX = re.compile(rb"\b(min|max|hidden)\s*=\s*[\"']\s*(\w+)\s*[\"']")
_TYPE = re.compile(rb'\st="(\w+)"')
_SHARED = re.compile(rb'\bt="shared"')
_SHARED_NUMBER = re.compile(rb'\bsi="(\d+)"')

Key = tuple[int, int]


@dataclass(slots=True)
class SheetScan:
    """What was found on one sheet: keys are (row, column) from 1.

    No filled cell lies outside of ``rows`` × ``columns``, which is the extent itself only where ``exact``.
    """

    cells: int = 0
    rows: int = 0
    columns: int = 0
    exact: bool = False
    errors: dict[Key, str] = field(default_factory=dict)
    uncalculated: set[Key] = field(default_factory=set)
    formulas: dict[Key, str] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    texts: dict[Key, str] = field(default_factory=dict)  # what is to stand in place of the reader's text
    numbers: dict[Key, int | float] = field(default_factory=dict)  # … of a day that is none
    styled: dict[Key, int] = field(default_factory=dict)  # the style of cells whose format adds to the number


def scan_sheet(xml: bytes, styles: Collection[int] = ()) -> SheetScan:
    """Look through a worksheet's XML; cells in one of these ``styles`` are told.

    Raises:
        RefusedError: unreadable, reason damaged, where the XML ends early or an address is no address.
    """
    start, end = xml.find(b"<sheetData"), xml.rfind(b"</sheetData>")
    if 0 < start < end and xml.rstrip().endswith(b"</worksheet>") and xml.rfind(b"sheetData") == end + 2:
        scan = _search(xml, start, end, styles) or _Walk(styles).run(xml)
    else:
        scan = _Walk(styles).run(xml)
    if b"hidden=" in xml[:start]:
        scan.hidden_columns = _hidden_columns(xml[:start])
    return scan


def _search(xml: bytes, start: int, end: int, styles: Collection[int]) -> SheetScan | None:
    """Look through a sheet written the usual way; None where its spelling is not all usual.

    Works on the bytes behind every ``<`` at once: a regular expression over the cells would cost as much as
    reading them. What follows ``end`` is longer than any tag's first bytes, so no index runs over.
    """
    data = np.frombuffer(xml, np.uint8)
    tags = start + np.flatnonzero(data[start:end] == ord("<"))
    second = data[tags + 1]
    cells = tags[second == ord("c")]
    colons = start + np.flatnonzero(data[start:end] == ord(":"))
    usual = (
        (data[cells + 2] == ord(" ")).all()  # else <color>, <c>: rich text or no address
        and (data[cells + 3] == ord("r")).all()
        and (data[cells + 4] == ord("=")).all()
        and (data[cells + 5] == ord('"')).all()
        and not (second == ord("!")).any()
        and not (data[colons + 1] == ord("c")).any()  # <x:c
    )
    hidden = xml.find(b" hidden=", start, end) > 0
    if not usual or (hidden and xml.count(b"<row ", start, end) != xml.count(b'<row r="', start, end)):
        return None
    scan = SheetScan(cells=len(cells))
    scan.rows, scan.columns = _bound(data, cells)
    if not scan.rows:
        measure(xml, scan)
    if (second == ord("f")).any():
        _formulas(_FORMULA.findall(xml, start, end), scan)
    if xml.find(b' t="e"', start, end) > 0:
        for letters, row, text in _ERROR.findall(xml, start, end):
            scan.errors[int(row), column_number(letters.decode())] = unescape(text.decode("utf-8", "replace"))
    if styles:
        wanted = b"|".join(str(style).encode() for style in sorted(styles))
        for letters, row, style in re.findall(_STYLED % wanted, xml[start:end]):
            scan.styled[int(row), column_number(letters.decode())] = int(style)
    if hidden:
        scan.hidden_rows = {int(row) for row in _HIDDEN_ROW.findall(xml, start, end)}
    return scan


def _bound(
    data: np.ndarray[Any, np.dtype[np.uint8]], cells: np.ndarray[Any, np.dtype[np.intp]]
) -> tuple[int, int]:
    """Return a bound of the extent where no address has more than two letters and four digits, or (0, 0)."""
    if not len(cells):
        return 0, 0
    digits = cells + 7
    two = data[digits] >= ord("A")
    digits += two
    if (data[digits] > ord("9")).any():
        return 0, 0
    closed = np.zeros(len(cells), bool)
    for length in range(1, 5):
        closed |= data[digits + length] == ord('"')
        if closed.all():
            break
    else:
        return 0, 0
    first = int(data[cells[two] + 6].max()) - ord("A") + 1 if two.any() else 0
    return 10**length - 1, 26 * (first + 1)


def measure(xml: bytes, scan: SheetScan) -> None:
    """Make the bounds of a scan exact: the last row and column that hold something.

    Raises:
        RefusedError: unreadable, reason damaged, where a cell's address is none.
    """
    if scan.exact:
        return
    found = _FILLED.findall(xml)
    if len(_ADDRESS.findall(xml)) != scan.cells:
        raise damaged("a cell without a proper address")
    scan.cells = len(found)
    scan.rows = max((int(row) for _, row in found), default=0)
    scan.columns = max(
        (column_number(letters.decode()) for letters in {letters for letters, _ in found}), default=0
    )
    scan.exact = True
    check_address(scan.rows, scan.columns)


def check_address(row: int, column: int) -> None:
    """Raise RefusedError (damaged) where an address lies outside of any sheet."""
    if row > LAST_ROW or column > LAST_COLUMN:
        raise damaged(f"no such address: row {row}, column {column}")


def _formulas(found: Iterable[tuple[bytes, ...]], scan: SheetScan) -> None:
    masters: dict[bytes, tuple[Key, str]] = {}
    for letters, row, attributes, formula_attributes, text, value in found:
        key = int(row), column_number(letters.decode())
        formula = unescape(text.decode("utf-8", "replace"))
        if _SHARED.search(formula_attributes) and (number := _SHARED_NUMBER.search(formula_attributes)):
            formula = _shared(masters, number[1], key, formula)
        scan.formulas[key] = formula
        kind = _TYPE.search(attributes)
        # A formula that returned "" is stored as t="str" with an empty value: that one is calculated.
        if not value.strip() and not (kind and kind[1] == b"str"):
            scan.uncalculated.add(key)


def _shared(masters: dict[bytes, tuple[Key, str]], number: bytes, key: Key, formula: str) -> str:
    """Return a cell's own text of a shared formula, whose text stands only in the first cell."""
    if formula:
        masters[number] = key, formula
        return formula
    if number not in masters:
        return ""
    (row, column), text = masters[number]
    return shift(text, key[0] - row, key[1] - column)


def _hidden_columns(head: bytes) -> set[int]:
    hidden: set[int] = set()
    for tag in _COLUMN.findall(head):
        facts = dict(_MIN_MAX.findall(tag))
        if facts.get(b"hidden") in (b"1", b"true") and facts.get(b"min", b"").isdigit():
            first = int(facts[b"min"])
            last = facts.get(b"max", facts[b"min"])
            hidden.update(range(first, min(int(last) if last.isdigit() else first, LAST_COLUMN) + 1))
    return hidden


class _Walk:
    """The slow way round: an expat pass that needs no addresses and knows every legal spelling."""

    def __init__(self, styles: Collection[int]) -> None:
        self.scan = SheetScan(exact=True)
        self.styles = {str(style): style for style in styles}
        self.style: int | None = None
        self.row = self.column = 0
        self.kind = ""
        self.filled = False
        self.parts: dict[str, list[str]] = {}
        self.formula: Mapping[str, str] | None = None
        self.masters: dict[bytes, tuple[Key, str]] = {}
        self.inside = ""

    def run(self, xml: bytes) -> SheetScan:
        parser = expat.ParserCreate("utf-8")
        parser.buffer_text = True
        parser.StartElementHandler = self.start
        parser.EndElementHandler = self.end
        parser.CharacterDataHandler = self.text
        try:
            parser.Parse(xml, True)
        except expat.ExpatError as error:
            raise damaged(error) from error
        return self.scan

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        name = tag.rpartition(":")[2]
        handler: Callable[[Mapping[str, str]], Any] | None = {"row": self._row, "c": self._cell}.get(name)
        if handler:
            handler(attributes)
        elif name in {"v", "f", "is"}:
            self.inside = name
            self.filled = True
            self.parts.setdefault(name, [])
            if name == "f":
                self.formula = attributes

    def _row(self, attributes: Mapping[str, str]) -> None:
        self.row = _number(attributes["r"]) if "r" in attributes else self.row + 1
        self.column = 0
        if attributes.get("hidden") in {"1", "true"}:
            self.scan.hidden_rows.add(self.row)

    def _cell(self, attributes: Mapping[str, str]) -> None:
        address = attributes.get("r", "")
        if address:
            match = re.fullmatch(r"([A-Za-z]{1,7})(\d{1,10})", address)
            if not match:
                raise damaged(f"no such address: {address}")
            self.column, self.row = column_number(match[1]), int(match[2])
        else:
            self.column += 1
        self.kind = attributes.get("t", "")
        self.style = self.styles.get(attributes.get("s", ""))
        self.filled = False
        self.parts = {}
        self.formula = None

    def text(self, data: str) -> None:
        if self.inside in {"v", "f"}:
            self.parts[self.inside].append(data)

    def end(self, tag: str) -> None:
        name = tag.rpartition(":")[2]
        if name == self.inside:
            self.inside = ""
        elif name == "c" and self.filled:
            self._filled_cell((self.row, self.column), "".join(self.parts.get("v", ())))

    def _filled_cell(self, key: Key, value: str) -> None:
        check_address(*key)
        scan = self.scan
        scan.cells += 1
        scan.rows, scan.columns = max(scan.rows, key[0]), max(scan.columns, key[1])
        if self.kind == "e":
            scan.errors[key] = value
        if self.style is not None:
            scan.styled[key] = self.style
        if self.formula is None:
            return
        formula = "".join(self.parts.get("f", ()))
        if self.formula.get("t") == "shared":
            formula = _shared(self.masters, self.formula.get("si", "").encode(), key, formula)
        scan.formulas[key] = formula
        if not value.strip() and self.kind != "str":
            scan.uncalculated.add(key)


def _number(text: str) -> int:
    if not re.fullmatch(r"\d{1,10}", text):
        raise damaged(f"no such row: {text}")
    return int(text)
