"""The boxes in which Excel shows notes: text spliced into the sheet's old-style drawing.

That drawing is often not well-formed XML (Excel itself writes ``<br>`` into form controls), so it is never
parsed: shapes are put in before its end and cut out by their own text. Owns these boxes only.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from salesxl.excel.inplace.sheet import Sheet

__all__ = ["Shapes"]

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
"""A note's width in pixels: about 23 Chinese characters a line at 10 points."""
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
    while (width := _wide(sheet.columns.width(column))) < pixels and column < 16384:
        pixels -= width
        column += 1
    return column - 1, round(pixels)


def _down(sheet: Sheet, row: int, pixels: float) -> tuple[int, int]:
    """Return (row from 0, pixels into it) of a point so many pixels below a row's top edge."""
    while (height := _height(sheet, row)) < pixels and row < 1048576:
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
