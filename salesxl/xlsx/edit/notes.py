"""Notes on cells: the comments part, the drawing that shows them, and what ties both to the sheet.

Notes that are there stay as they are; where a cell has one, text is added below it. A cell in a threaded
conversation gets none, because Excel shows either the one or the other. Owns notes only.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from lxml import etree

from salesxl.model import cell_name
from salesxl.xlsx.edit.sheet import Sheet
from salesxl.xlsx.package import Package
from salesxl.xlsx.pieces import Pieces
from salesxl.xlsx.refs import LAST_COLUMN, LAST_ROW, split_cell
from salesxl.xlsx.values import stored_text, whole

__all__ = ["Notes", "Run", "Shapes"]

COMMENTS_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
DRAWING_TYPE = "application/vnd.openxmlformats-officedocument.vmlDrawing"
_THREAD = "tc="
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_EMPTY = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    '<comments xmlns="{}"><authors/><commentList/></comments>'
)


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of a note's text in one look; ``color`` is RRGGBB."""

    text: str
    bold: bool = False
    color: str = "000000"
    size: int = 10


class Notes:
    """The notes of one sheet; ``save`` writes them to the package."""

    def __init__(self, package: Package, part: str, sheet: Sheet) -> None:
        self.package, self.part, self.sheet = package, part, sheet
        self._space = package.namespaces.main
        found = package.related(part, "comments")
        self._name = found[0] if found else None
        names = package.namespaces
        data = package.read(self._name) if self._name else _EMPTY.format(names.main).encode()
        self._pieces = Pieces(data, ("authors", "commentList", "extLst"))
        drawings = package.related(part, "vmlDrawing")
        legacy = sheet.pieces.find("legacyDrawing")
        wanted = legacy.node.get(names.rid()) if legacy is not None else None
        lead = package.rels(part).get(wanted) if wanted else None
        if lead is not None and lead.target in package:
            self._drawing: str | None = lead.target
        else:
            self._drawing = drawings[0] if drawings else None
        self._shapes: Shapes | None = None
        self._by_cell = {node.get("ref"): node for node in self._pieces.get("commentList").node}
        self._changed = False

    # ---- reading

    def texts(self) -> dict[str, tuple[str, str]]:
        """Return (author, text) of every note by its cell."""
        authors = [node.text or "" for node in self._pieces.get("authors").node]
        found = {}
        for node in self._pieces.get("commentList").node:
            at = whole(node.get("authorId"))
            found[node.get("ref", "")] = (authors[at] if at < len(authors) else "", _text(node))
        return found

    # ---- changing

    def add(self, row: int, column: int, runs: Sequence[Run], author: str) -> bool:
        """Put a note on a cell, below the text of one that is there; say whether it could be put."""
        ref = cell_name(row, column)
        listed = self._pieces.get("commentList").node
        own = self._by_cell.get(ref)
        if own is None:
            own = listed.makeelement(f"{{{self._space}}}comment", {"ref": ref})
            own.set("authorId", str(self._author(author)))
            etree.SubElement(own, f"{{{self._space}}}text")
            self._place(listed, own)
            self._by_cell[ref] = own
            self._drawn().add(self.sheet, row, column, "".join(run.text for run in runs))
        elif self._author_name(own).startswith(_THREAD):
            return False
        else:
            runs = [Run("\n"), *runs]
        body = own.find(f"{{{self._space}}}text")
        assert body is not None  # made above, or required by the format
        lone = body.find(f"{{{self._space}}}t")
        if lone is not None:  # plain text and runs do not mix
            body.remove(lone)
            run = etree.SubElement(body, f"{{{self._space}}}r")
            run.append(lone)
            lone.set(_SPACE, "preserve")
        body.extend(self._runs(runs))
        self._changed = True
        return True

    def remove(self, ours: Callable[[str, str], bool]) -> int:
        """Take out the notes that ``ours(author, text)`` owns to, with their boxes; return how many."""
        listed = self._pieces.get("commentList").node
        gone = [node for node in listed if ours(self._author_name(node), _text(node))]
        for node in gone:
            listed.remove(node)
            self._by_cell.pop(node.get("ref"))
        if gone:
            self._drawn().remove({split_cell(node.get("ref", "")) for node in gone})
            self._changed = True
        return len(gone)

    def cut(self, marker: str) -> int:
        """Cut off what stands below a line that begins with the marker, in every note; return how many."""
        count = 0
        for node in self._pieces.get("commentList").node:
            at = _text(node).find("\n" + marker)
            if at < 0 or self._author_name(node).startswith(_THREAD):
                continue
            for run in [*node.iter(f"{{{self._space}}}t")]:
                size = len(run.text or "")
                run.text = (run.text or "")[: max(at, 0)]
                at -= size
                parent = run.getparent()
                if not run.text and parent is not None and etree.QName(parent).localname == "r":
                    parent.getparent().remove(parent)  # type: ignore[union-attr]
            count, self._changed = count + 1, True
        return count

    def save(self) -> None:
        """Write the notes to the package; parts that no note needs any more are taken out."""
        if not self._changed:
            return
        names = self.package.namespaces
        if not len(self._pieces.get("commentList").node):
            self._take_out()
            return
        if self._name is None:
            named = self.package.missing(self.part, "comments")
            self._name = named or self.package.free_name("xl/comments{}.xml")
            self.package.write(self._name, b"")
            self.package.set_content_type(self._name, COMMENTS_TYPE)
            if named is None:
                self.package.add_rel(self.part, "comments", self._name)
        self.package.write(self._name, self._pieces.to_bytes())
        if self._shapes is None:
            return
        if self._drawing is None:
            self._drawing = self.package.free_name("xl/drawings/vmlDrawing{}.vml")
            self.package.write(self._drawing, b"")
            self.package.set_default_type("vml", DRAWING_TYPE)
            self.package.set_content_type(self._drawing, DRAWING_TYPE)
            rid = self.package.add_rel(self.part, "vmlDrawing", self._drawing)
            nowhere = self.sheet.pieces.find("legacyDrawing")
            if nowhere is not None:  # it led to a drawing that is not there
                self.sheet.pieces.remove(nowhere)
            prefix = self.sheet.pieces.prefix.decode()
            raw = f'<{prefix}legacyDrawing xmlns:r="{names.rel}" r:id="{escape(rid)}"/>'
            self.sheet.pieces.add(raw.encode(), "legacyDrawing")
        self.package.write(self._drawing, self._shapes.data)

    # ---- helpers

    def _drawn(self) -> Shapes:
        if self._shapes is None:
            data = self.package.read(self._drawing) if self._drawing else None
            name = self._drawing or self.package.free_name("xl/drawings/vmlDrawing{}.vml")
            self._shapes = Shapes(data, int((re.findall(r"\d+", name) or ["1"])[-1]))
        return self._shapes

    def _take_out(self) -> None:
        if self._name is not None:
            self._unrelate(self._name)
        if self._drawing is not None and self._shapes is not None:
            if self._shapes.empty:
                self._unrelate(self._drawing)
                legacy = self.sheet.pieces.find("legacyDrawing")
                if legacy is not None:
                    self.sheet.pieces.remove(legacy)
            else:
                self.package.write(self._drawing, self._shapes.data)

    def _unrelate(self, name: str) -> None:
        for rid, rel in self.package.rels(self.part).items():
            if rel.target == name:
                self.package.remove_rel(self.part, rid)
        self.package.remove(name)

    def _author(self, name: str) -> int:
        authors = self._pieces.get("authors").node
        for at, node in enumerate(authors):
            if (node.text or "") == name:
                return at
        etree.SubElement(authors, f"{{{self._space}}}author").text = name
        return len(authors) - 1

    def _author_name(self, comment: etree._Element) -> str:
        authors = self._pieces.get("authors").node
        at = whole(comment.get("authorId"))
        return (authors[at].text or "") if at < len(authors) else ""

    def _place(self, listed: etree._Element, comment: etree._Element) -> None:
        """Keep the list in the order of rows, which some readers rely on."""
        key = split_cell(comment.get("ref", ""))
        for node in listed.iterchildren(reversed=True):
            if split_cell(node.get("ref") or "A1") < key:
                node.addnext(comment)
                return
        listed.insert(0, comment)

    def _runs(self, runs: Sequence[Run]) -> list[etree._Element]:
        """Build runs from their text at once, in the part's own prefix."""
        prefix = self._pieces.prefix.decode()
        written = "".join(_run(run) for run in runs)
        text = f"<text>{written}</text>".replace("</", f"</{prefix}") if prefix else f"<text>{written}</text>"
        if prefix:
            text = _OPENING.sub(rf"<{prefix}\1", text)
        return [*self._pieces.wrapper.parse(text.encode())]


_OPENING = re.compile(r"<([a-zA-Z])")


def _run(run: Run) -> str:
    bold = "<b/>" if run.bold else ""
    look = f'<sz val="{run.size}"/><color rgb="FF{run.color}"/><rFont val="微软雅黑"/><family val="2"/>'
    return f'<r><rPr>{bold}{look}</rPr><t xml:space="preserve">{escape(stored_text(run.text))}</t></r>'


def _text(comment: etree._Element) -> str:
    return "".join(node.text or "" for node in comment.iter("{*}t"))


_ROOT = (
    '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    'xmlns:x="urn:schemas-microsoft-com:office:excel">'
    '<o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="{}"/></o:shapelayout></xml>'
)
_SHAPE_TYPE = (
    '<v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">'
    '<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
)
_SHAPE = (
    '<v:shape id="_x0000_s{id}" type="#_x0000_t202" style="position:absolute;margin-left:60pt;margin-top:2pt;'
    'width:{width}pt;height:{height}pt;z-index:{z};visibility:hidden" fillcolor="#fffbe6" '
    'strokecolor="#c9a227" o:insetmode="auto"{names}><v:fill color2="#fffbe6"/>'
    '<v:shadow on="t" color="black" obscured="t"/><v:path o:connecttype="none"/>'
    '<v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div></v:textbox>'
    '<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/><x:Anchor>{anchor}</x:Anchor>'
    "<x:AutoFill>False</x:AutoFill><x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>"
)
_ONE_SHAPE = re.compile(rb"<v:shape[\s>].*?</v:shape>\s*", re.DOTALL)
_ID = re.compile(rb'id="_x0000_s(\d+)"')
_NAMES = {
    b"v": b"urn:schemas-microsoft-com:vml",
    b"o": b"urn:schemas-microsoft-com:office:office",
    b"x": b"urn:schemas-microsoft-com:office:excel",
}
_ROW = re.compile(rb"<x:Row>\s*(\d+)\s*</x:Row>")
_COLUMN = re.compile(rb"<x:Column>\s*(\d+)\s*</x:Column>")
_HEIGHT = re.compile(rb'\sht="([\d.]+)"')

WIDTH = 300
"""A note's width in pixels: about 23 Chinese characters per line at 10 points."""
_LINE, _PADDING, _CHARACTERS = 19, 16, 42
_SHAPES_A_BLOCK = 1024


class Shapes:
    """A sheet's old-style drawing as text."""

    def __init__(self, data: bytes | None, block: int) -> None:
        """Take a drawing's text, or begin one; ``block`` numbers its shapes apart from other sheets'."""
        self._data = data if data is not None else _ROOT.format(block).encode()
        used = [int(number) for number in _ID.findall(self._data)]
        self._next = max(used, default=block * _SHAPES_A_BLOCK) + 1
        self._added: list[str] = [] if b'id="_x0000_t202"' in self._data else [_SHAPE_TYPE]
        self._across: dict[int, tuple[int, ...]] = {}
        missing = [key for key in _NAMES if b"xmlns:" + key + b"=" not in self._data]
        self._names = "".join(f' xmlns:{key.decode()}="{_NAMES[key].decode()}"' for key in missing)

    @property
    def data(self) -> bytes:
        """The drawing's text as it stands now."""
        if not any(each.startswith("<v:shape ") for each in self._added):
            return self._data
        end = self._data.rfind(b"</xml>")
        return b"".join((self._data[:end], "".join(self._added).encode(), self._data[end:]))

    @property
    def empty(self) -> bool:
        """Whether no shape is left, of notes or of anything else."""
        return not any(tag in self.data for tag in (b"<v:shape ", b"<v:group", b"<v:rect"))

    def add(self, sheet: Sheet, row: int, column: int, text: str) -> None:
        """Add the box of a note, large enough for its text, to the right of its cell."""
        height = min(_lines(text), 18) * _LINE + _PADDING
        if column not in self._across:
            self._across[column] = (*_across(sheet, column + 1, 12), *_across(sheet, column + 1, 12 + WIDTH))
        left, right = self._across[column][:2], self._across[column][2:]
        top, bottom = _down(sheet, max(row - 1, 1), 4), _down(sheet, max(row - 1, 1), 4 + height)
        shape = _SHAPE.format(
            id=self._next,
            width=WIDTH * 0.75,
            height=height * 0.75,
            z=self._next % _SHAPES_A_BLOCK,
            names=self._names,
            anchor=", ".join(map(str, (*left, *top, *right, *bottom))),
            row=row - 1,
            column=column - 1,
        )
        self._added.append(shape)
        self._next += 1

    def remove(self, cells: Collection[tuple[int, int]]) -> None:
        """Cut out the boxes of the notes on some cells, each (row, column)."""

        def kept(match: re.Match[bytes]) -> bytes:
            row, column = _ROW.search(match[0]), _COLUMN.search(match[0])
            if b'ObjectType="Note"' not in match[0] or row is None or column is None:
                return match[0]
            return b"" if (int(row[1]) + 1, int(column[1]) + 1) in cells else match[0]

        self._data, self._added = _ONE_SHAPE.sub(kept, self.data), []


def _lines(text: str) -> int:
    """Estimate how many lines a text takes; a Chinese character is twice as wide as a letter."""
    widths = (sum(2 if ord(char) > 0x2E7F else 1 for char in line) for line in text.split("\n"))
    return sum(max(1, -(-width // _CHARACTERS)) for width in widths)


def _across(sheet: Sheet, column: int, pixels: float) -> tuple[int, int]:
    """Return (column from 0, pixels into it) of a point so many pixels right of a column's left edge."""
    while (width := _wide(sheet.columns.width(column))) < pixels and column < LAST_COLUMN:
        pixels -= width
        column += 1
    return column - 1, round(pixels)


def _down(sheet: Sheet, row: int, pixels: float) -> tuple[int, int]:
    """Return (row from 0, pixels into it) of a point so many pixels below a row's top edge."""
    while (height := _height(sheet, row)) < pixels and row < LAST_ROW:
        pixels -= height
        row += 1
    return row - 1, round(pixels)


def _wide(characters: float) -> float:
    return characters * 7 + 5 if characters else 0.0


def _height(sheet: Sheet, row: int) -> float:
    raw = sheet.raw_head(row)
    if b'hidden="1"' in raw or b'hidden="true"' in raw:
        return 0.0
    stated = _HEIGHT.search(raw)
    return float(stated[1]) / 0.75 if stated else 20.0
