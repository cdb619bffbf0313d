"""Reading the team's own book: fast, and without the limits that protect from strangers' files.

A book is our own if it says so: by its hidden sheet, or by the week that every book notes. Its sheets are
read one at a time, straight from the file. Of rows that were packed by themselves only those are unpacked
that are asked for; a book that another program has saved has none any more and is read whole. Refuses: types
of cells and what they mean.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import Any, TypeAlias

import python_calamine as calamine
from lxml import etree

from salesxl.errors import RefusedError
from salesxl.xlsx.archive import entry_of, inflate, members
from salesxl.xlsx.hidden import values_of
from salesxl.xlsx.limits import Limits, damaged
from salesxl.xlsx.namespaces import Relationship, parse_xml
from salesxl.xlsx.packed import Packed, joined_crc, unpack
from salesxl.xlsx.read import parts as layouts
from salesxl.xlsx.read.encryption import opened
from salesxl.xlsx.read.inspect import contents, inspect
from salesxl.xlsx.read.package import Parts, stored
from salesxl.xlsx.read.xls import SIGNATURE, Compound

__all__ = ["OWN", "RUNS", "STATE", "WEEK", "KeptRun", "OwnBook"]

STATE = "salesxl.state"
"""The very hidden sheet with what the program keeps for itself, by name."""
RUNS = "salesxl.runs"
"""The name under which it says how rows were packed."""
WEEK = "salesxl.week"

OWN = Limits(
    max_file_bytes=4 * 1024**3,
    max_inflated_bytes=64 * 1024**3,
    max_ratio=1100,
    max_cells=1_000_000_000,
    max_area=100_000_000,
)
"""No more than that a damaged book cannot fill the disk: as much as Excel's rows and deflate can come to."""

BATCH = 65_536
"""Rows that are held as lists at once."""

_READER_ERRORS = (calamine.CalamineError, OSError, ValueError, TypeError, OverflowError)
_BEFORE, _AFTER = b"<worksheet><sheetData>", b"</sheetData></worksheet>"

Cells = Sequence[Sequence[Any]]


@dataclass(frozen=True, slots=True)
class KeptRun:
    """Rows of an earlier book that stand there packed; ``first`` is the Excel row in which they begin."""

    label: str
    rows: int
    first: int
    look: str
    piece: Packed


_Looked: TypeAlias = tuple[tuple[KeptRun, ...], bytes, bytes]


class OwnBook:
    """A team's book whose sheets are read when they are asked for."""

    def __init__(self, path: Path) -> None:
        """Open a book.

        Raises:
            RefusedError: it is no workbook, or damaged.
        """
        self.path = path
        self._data, self._source = _contents(path)
        self._infos = members(self._data, OWN)
        small = {name: self._content(name) for name in self._infos if _is_small(name)}
        self._parts = Parts(tuple(self._infos), small)
        self._main = layouts.workbook_part(self._parts, "xl/workbook.xml")
        leads = layouts.relations(self._parts, self._main)
        root = parse_xml(self._parts.find(self._main) or b"")
        self.sheets: dict[str, str] = {}
        for node in root.iter("{*}sheet"):
            rid = next((str(value) for key, value in node.attrib.items() if str(key).endswith("}id")), "")
            if rid in leads:
                self.sheets[node.get("name", "")] = leads[rid].target
        self._known: dict[str, _Looked] = {}
        self._reader: calamine.CalamineWorkbook | None = None
        self.properties: Mapping[str, str] = layouts.document_properties(self._parts)

    @property
    def is_own(self) -> bool:
        """Whether the book says that it is the program's."""
        return STATE in self.sheets or WEEK in self.properties

    @cached_property
    def meta(self) -> Mapping[str, str]:
        """What the program has noted for itself, by name."""
        if STATE not in self.sheets:
            return {}
        return values_of(row for rows in self.batches(STATE) for row in rows)

    def batches(self, sheet: str) -> Iterator[Cells]:
        """Yield all rows of a sheet from row 1 on, some at a time; blank cells are ``""``.

        Raises:
            RefusedError: the sheet is damaged.
        """
        with _refusing():
            if self._reader is None:
                self._reader = calamine.load_workbook(self._source)
            yield from _in_batches(self._reader.get_sheet_by_name(sheet))

    def runs(self, sheet: str) -> tuple[KeptRun, ...]:
        """Return the runs of a sheet in their order; none where another program has saved it."""
        return self._looked(sheet)[0]

    def open_rows(self, sheet: str) -> Cells:
        """Return the header row of a sheet that has runs, and the rows behind them."""
        _, head, tail = self._looked(sheet)
        return [*self._cells(head + _AFTER), *self._cells(_BEFORE + tail)]

    def run_rows(self, sheet: str, run: KeptRun) -> Cells:
        """Return the header row of a sheet that has runs, and the rows of one of them."""
        header = self._cells(self._looked(sheet)[1] + _AFTER)
        return [*header, *self._cells(_BEFORE + unpack(run.piece) + _AFTER)]

    @cached_property
    def _noted(self) -> Mapping[str, Any]:
        try:
            noted = json.loads(self.meta.get(RUNS, "{}"))
        except ValueError as odd:
            raise damaged(odd, sheet=STATE) from odd
        return noted if isinstance(noted, dict) else {}

    def _looked(self, sheet: str) -> _Looked:
        if sheet not in self._known:
            self._known[sheet] = self._look(sheet)
        return self._known[sheet]

    def _look(self, sheet: str) -> _Looked:
        """Return a sheet's runs, and the XML before and behind them."""
        noted, name = self._noted.get(sheet), self.sheets.get(sheet, "")
        if not noted or name not in self._infos:
            return (), b"", b""
        entry = entry_of(self._data, self._infos[name], name)
        if (noted.get("crc"), noted.get("size")) != (entry.crc, entry.size):
            return (), b"", b""  # another program has saved it
        try:
            return _taken_apart(memoryview(entry.data), noted, entry.crc)
        except (KeyError, TypeError, ValueError) as odd:
            raise damaged(odd, sheet=sheet) from odd

    def _cells(self, sheet: bytes) -> Cells:
        """Read the XML of one sheet with the styles of this workbook."""
        root = parse_xml(self._parts.find(self._main) or b"")
        nodes = [*root.iter("{*}sheet")]
        for node in nodes[1:]:
            parent = node.getparent()
            assert parent is not None  # the root is the workbook
            parent.remove(node)
        rid = next(str(value) for key, value in nodes[0].attrib.items() if str(key).endswith("}id"))
        alone = layouts.Sheet(nodes[0].get("name", ""), rid, "worksheet", sheet)
        plain = layouts.plain_parts(
            self._looks, layouts.Layout(etree.tostring(root), self._leads, (alone,), {})
        )
        with _refusing():
            found = calamine.CalamineWorkbook.from_filelike(stored(plain)).get_sheet_by_index(0)
            left = found.start[1] if found.start else 0
            rows = found.to_python(skip_empty_area=True)
        return [[""] * left + row for row in rows] if left else rows

    @cached_property
    def _leads(self) -> Mapping[str, Relationship]:
        """Where the styles and texts are that cells refer to."""
        leads = layouts.relations(self._parts, self._main)
        return {rid: lead for rid, lead in leads.items() if lead.kind in ("styles", "sharedStrings")}

    @cached_property
    def _looks(self) -> Parts:
        names = [lead.target for lead in self._leads.values() if lead.target in self._infos]
        return Parts(tuple(names), {name: self._content(name) for name in names})

    def _content(self, name: str) -> bytes:
        return inflate(entry_of(self._data, self._infos[name], name), OWN)


def _contents(path: Path) -> tuple[bytes, Path | BytesIO]:
    """Return the package in a file, and where the reader finds it.

    Why there is none, the look at strangers' files says.
    """
    try:
        data = path.read_bytes()
    except OSError as failed:
        contents(path)
        raise damaged(failed.strerror) from failed
    if data.startswith(SIGNATURE):
        data = opened(Compound(data), OWN)
        return data, BytesIO(data)
    if not data.startswith(b"PK"):
        inspect(path, limits=OWN, data=data)
        raise damaged("no package")
    return data, path


def _taken_apart(data: memoryview, noted: Mapping[str, Any], crc: int) -> _Looked:
    """Take a sheet apart where it was put together; its runs are not unpacked for that."""
    runs: list[KeptRun] = []
    row, end = noted["first"], 0
    for label, count, start, length, packed_crc, plain_crc, size in noted["runs"]:
        piece = Packed(data[start : start + length], plain_crc, size)
        if zlib.crc32(piece.data) != packed_crc:
            raise damaged("a packed piece differs from its checksum", run=label)
        runs.append(KeptRun(label, count, row, noted["look"], piece))
        row, end = row + count, start + length
    head, tail = _inflated(data[: noted["runs"][0][2]]), _inflated(data[end:])
    found = zlib.crc32(head)
    for run in runs:
        found = joined_crc(found, run.piece.crc, run.piece.size)
    if joined_crc(found, zlib.crc32(tail), len(tail)) != crc:
        raise damaged("checksum differs")
    return tuple(runs), head, tail


def _is_small(name: str) -> bool:
    """Tell whether a part is one of those that say where the others are and how they look."""
    lower = name.lower()
    return lower.endswith(".rels") or lower.startswith("docprops/") or lower.rpartition("/")[2] in _SMALL


_SMALL = ("workbook.xml", "styles.xml", "[content_types].xml")


def _in_batches(sheet: calamine.CalamineSheet) -> Iterator[Cells]:
    rows = iter(sheet.iter_rows())
    while batch := list(islice(rows, BATCH)):
        yield batch


def _inflated(data: memoryview) -> bytes:
    try:
        return zlib.decompressobj(-15).decompress(data)
    except zlib.error as failed:
        raise damaged(failed) from failed


@contextmanager
def _refusing() -> Iterator[None]:
    """Turn whatever the reader throws, a panic included, into a refusal."""
    try:
        yield
    except RefusedError:
        raise
    except _READER_ERRORS as failed:
        raise damaged(failed) from failed
    except BaseException as failed:
        if type(failed).__name__ != "PanicException":  # it derives from BaseException and has no public name
            raise
        raise damaged(failed) from None
