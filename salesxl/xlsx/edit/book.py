"""A workbook that is edited in place: sheets, formats and notes on demand, saved with all else left alone.

Owns the workbook part: the order of sheets, which is shown first, and names that count sheets by position.
Parts are read when asked for and written only if their bytes changed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path

from lxml import etree

from salesxl.errors import RefusedError
from salesxl.xlsx.edit.notes import Notes
from salesxl.xlsx.edit.sheet import Sheet
from salesxl.xlsx.package import Package, parse_xml
from salesxl.xlsx.pieces import Piece, Pieces
from salesxl.xlsx.styles import MINIMAL, Styles
from salesxl.xlsx.values import string_text, unescape, whole

__all__ = ["Book"]

SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
STYLES_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"
_ORDER = (  # noqa: SIM905  a schema's order reads better as words
    "fileVersion fileSharing workbookPr workbookProtection bookViews sheets functionGroups "
    "externalReferences definedNames calcPr oleSize customWorkbookViews pivotCaches smartTagPr smartTagTypes "
    "webPublishing fileRecoveryPr webPublishObjects extLst"
).split()
_SELECTED = re.compile(rb"""\stabSelected\s*=\s*["'](?:1|true)["']""")
_VIEW = re.compile(rb"<(?:[\w.-]+:)?sheetView[\s/>]")
_OWN_PARTS = {"comments", "vmlDrawing", "drawing", "table", "printerSettings", "threadedComment"}


class Book:
    """One workbook being edited."""

    def __init__(self, package: Package) -> None:
        self.package = package
        self._main = package.main()
        kind = package.content_type(self._main) or ""
        if "+xml" not in kind or not ("spreadsheetml" in kind or "ms-excel" in kind):
            raise RefusedError("unreadable", reason="no_workbook")  # a document, or the binary form (.xlsb)
        self._pieces = Pieces(package.read(self._main), _ORDER)
        self._sheets: dict[str, Sheet] = {}
        self._read: dict[str, bytes] = {}
        self._notes: dict[str, Notes] = {}
        self._styles: Styles | None = None
        self._parts: dict[str, str] | None = None

    @classmethod
    def open(cls, source: Path | str | bytes) -> Book:
        """Open a workbook for editing. Raises RefusedError for what is no package of parts."""
        return cls(Package.open(source))

    # ---- what it holds

    @property
    def date1904(self) -> bool:
        """Whether dates count from 1904."""
        piece = self._pieces.find("workbookPr")
        return piece is not None and piece.node.get("date1904") in ("1", "true")

    def sheets(self) -> list[tuple[str, str]]:
        """Return (name, part) of every sheet in order."""
        rels, rid = self.package.rels(self._main), self.package.namespaces.rid()
        return [
            (n.get("name", ""), rels[n.get(rid, "")].target)
            for n in self._listed()
            if n.get(rid) in rels and rels[n.get(rid, "")].target in self.package
        ]

    def position(self, name: str) -> int:
        """Return a sheet's position among all that the workbook lists, those it does not hold included."""
        return next(at for at, node in enumerate(self._listed()) if node.get("name", "") == name)

    def part(self, name: str) -> str:
        """Return the part of a sheet by its name. Raises KeyError when there is no such sheet."""
        if self._parts is None:
            self._parts = dict(self.sheets())
        return self._parts[name]

    def worksheets(self) -> list[str]:
        """Return the names of the sheets that hold cells (no chart or dialog sheets)."""
        return [name for name, part in self.sheets() if self.package.content_type(part) == SHEET_TYPE]

    def sheet(self, name: str) -> Sheet:
        """Return a sheet to be read or edited. Raises KeyError when there is none of that name."""
        part = self.part(name)
        if part not in self._sheets:
            self._read[part] = self.package.read(part)
            self._sheets[part] = Sheet(self._read[part], date1904=self.date1904)
        return self._sheets[part]

    def notes(self, name: str) -> Notes:
        """Return the notes of a sheet."""
        part = self.part(name)
        if part not in self._notes:
            self._notes[part] = Notes(self.package, part, self.sheet(name))
        return self._notes[part]

    @property
    def styles(self) -> Styles:
        """The workbook's cell formats; a workbook without any gets the least there must be."""
        if self._styles is None:
            part = self._styles_part()
            if part is None:
                named = self.package.missing(self._main, "styles")
                usual = "xl/styles.xml"  # one that nothing leads to stays as it is
                free = self.package.free_name("xl/styles{}.xml") if usual in self.package else usual
                part = named or free
                self.package.write(part, MINIMAL.format(main=self.package.namespaces.main).encode())
                self.package.set_content_type(part, STYLES_TYPE)
                if named is None:
                    self.package.add_rel(self._main, "styles", part)
            self._styles = Styles(self.package.read(part))
        return self._styles

    def text(self, name: str, row: int, column: int) -> str | None:
        """Return a cell's text, None for a cell that is blank or holds no text."""
        cell = self.sheet(name).cell(row, column)
        if cell is None:
            return None
        kind = cell.get("t")
        value = cell.find(f"{{{etree.QName(cell).namespace}}}v")
        if kind == "s" and value is not None:
            return self._strings[int(value.text or 0)]
        if kind == "inlineStr":
            return string_text(cell)
        return unescape(value.text or "") if kind == "str" and value is not None else None

    # ---- sheets

    def insert_sheet(self, name: str, data: bytes, at: int = 0, *, hidden: bool = False) -> str:
        """Add a sheet from its finished part at a position (0 = first) and return the part's name.

        A ``hidden`` one can be shown by programs alone. Names that belong to a sheet by its position, and the
        views, keep pointing to the sheets they did.
        """
        part = self.package.free_name("xl/worksheets/sheet{}.xml")
        self.package.write(part, data)
        self.package.set_content_type(part, SHEET_TYPE)
        rid = self.package.add_rel(self._main, "worksheet", part)
        listed = self._pieces.get("sheets").node
        number = max((whole(node.get("sheetId")) for node in listed), default=0) + 1
        node = listed.makeelement(
            self.package.namespaces.tag("sheet"), {"name": name, "sheetId": str(number)}
        )
        if hidden:
            node.set("state", "veryHidden")
        node.set(self.package.namespaces.rid(), rid)
        listed.insert(at, node)
        self._parts = None
        self._renumber(lambda index: index + 1 if index >= at else index)
        return part

    def remove_sheet(self, name: str) -> None:
        """Take a sheet out, with the parts that only it has and the names that belong to it."""
        part = self.part(name)
        at = self.position(name)
        for rel in self.package.rels(part).values():
            if rel.kind in _OWN_PARTS and not rel.external and rel.target in self.package:
                self.package.remove(rel.target)
        for rid, rel in self.package.rels(self._main).items():
            if rel.target == part:
                self.package.remove_rel(self._main, rid)
        self.package.remove(part)
        self._sheets.pop(part, None)
        self._notes.pop(part, None)
        listed = self._pieces.get("sheets").node
        listed.remove(listed[at])
        self._parts = None
        self._renumber(lambda index: None if index == at else index - (index > at))

    def active(self) -> int:
        """Return the position of the sheet that shows when the workbook is opened."""
        return next((whole(view.get("activeTab")) for view in self._views()), 0)

    def activate(self, at: int) -> None:
        """Show a sheet first; no other stays selected, or what is typed would go to both."""
        for view in self._views():
            view.set("activeTab", str(at))
            if view.get("firstSheet") and whole(view.get("firstSheet"), at + 1) > at:
                view.set("firstSheet", str(at))
        for index, (name, part) in enumerate(self.sheets()):
            current = self._sheets[part].pieces.find("sheetViews") if part in self._sheets else None
            raw = current.raw if current is not None else self.package.peek(part)
            views = len(_VIEW.findall(raw)) if index == at else 0
            if len(_SELECTED.findall(raw)) != views and self.package.content_type(part) == SHEET_TYPE:
                self._select(self.sheet(name), index == at)

    def define(self, name: str, value: str, sheet: int | None = None, *, hidden: bool = False) -> None:
        """Add a defined name, or replace it; ``sheet`` is the position of the sheet it belongs to."""
        self.undefine(name, sheet)
        parent = self._pieces.get("definedNames").node
        node = parent.makeelement(self.package.namespaces.tag("definedName"), {"name": name})
        if sheet is not None:
            node.set("localSheetId", str(sheet))
        if hidden:
            node.set("hidden", "1")
        node.text = value
        # Excel wants them sorted by name and repairs nothing if they are; same names go by sheet
        key = (name.lower(), sheet if sheet is not None else -1)
        keys = [(n.get("name", "").lower(), whole(n.get("localSheetId"), -1)) for n in parent]
        parent.insert(next((i for i, each in enumerate(keys) if each > key), len(keys)), node)

    def undefine(self, name: str, sheet: int | None = None) -> None:
        """Take a defined name away; an empty list of names goes too."""
        piece = self._pieces.find("definedNames")
        if piece is None:
            return
        for node in [*piece.node]:
            local = node.get("localSheetId")
            if node.get("name") == name and (whole(local) if local else None) == sheet:
                piece.node.remove(node)
        if not len(piece.node):
            self._pieces.remove(piece)

    def defined(self, name: str, sheet: int | None = None) -> etree._Element | None:
        """Return a defined name's element."""
        piece = self._pieces.find("definedNames")
        local = None if sheet is None else str(sheet)
        nodes = piece.node if piece is not None else ()
        return next((n for n in nodes if n.get("name") == name and n.get("localSheetId") == local), None)

    def names(self) -> list[etree._Element]:
        """Return the defined names' elements."""
        piece = self._pieces.find("definedNames")
        return [*piece.node] if piece is not None else []

    # ---- saving

    def flush(self) -> None:
        """Write what changed to the package."""
        for notes in self._notes.values():
            notes.save()
        for part, sheet in self._sheets.items():
            self._put(part, sheet.to_bytes(), self._read[part])
        self._put(self._main, self._pieces.to_bytes(), self.package.read(self._main))
        styles = self._styles_part()
        if self._styles is not None and styles is not None:
            self._put(styles, self._styles.to_bytes(), self.package.read(styles))

    def to_bytes(self) -> bytes:
        """Return the workbook."""
        self.flush()
        return self.package.to_bytes()

    # ---- helpers

    @cached_property
    def _strings(self) -> list[str]:
        part = next(iter(self.package.related(self._main, "sharedStrings")), None)
        return [string_text(item) for item in parse_xml(self.package.read(part))] if part else []

    def _put(self, part: str, data: bytes, before: bytes) -> None:
        if data != before:
            self.package.write(part, data)
            self._read[part] = data

    def _listed(self) -> Iterator[etree._Element]:
        yield from self._pieces.get("sheets").node

    def _views(self) -> Iterator[etree._Element]:
        piece = self._pieces.find("bookViews")
        if piece is not None:
            yield from piece.node

    def _renumber(self, moved: Callable[[int], int | None]) -> None:
        piece: Piece | None = self._pieces.find("definedNames")
        for node in [*piece.node] if piece is not None else []:
            local = node.get("localSheetId")
            new = moved(whole(local)) if local else -1
            if new is None:
                piece.node.remove(node)  # type: ignore[union-attr]
            elif local:
                node.set("localSheetId", str(new))
        if piece is not None and not len(piece.node):
            self._pieces.remove(piece)
        for view in self._views():
            for name in ("activeTab", "firstSheet"):
                if view.get(name):
                    view.set(name, str(moved(whole(view.get(name))) or 0))
                elif (moved(0) or 0) > 0:
                    view.set(name, str(moved(0)))

    def _select(self, sheet: Sheet, selected: bool) -> None:
        piece = sheet.pieces.find("sheetViews")
        for view in piece.node if piece is not None else ():
            if selected:
                view.set("tabSelected", "1")
            else:
                view.attrib.pop("tabSelected", "")

    def _styles_part(self) -> str | None:
        return next(iter(self.package.related(self._main, "styles")), None)
