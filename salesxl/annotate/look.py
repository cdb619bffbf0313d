"""The colours of the marks, by which they are also recognised, and how a fill is put over a rep's own.

What stood under a mark must be found again after any program saved the workbook, wherever the cell went by
then. So the mark's colour itself carries a number, in its last bits, too fine to be seen: which of the fills
that the record keeps it covers. And since a solid fill shows only its foreground, its background holds the
rep's colour once more, for programs that drop the record.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import quoteattr

from lxml import etree

from salesxl.model import Severity, cell_name
from salesxl.xlsx.edit import Book, Styles
from salesxl.xlsx.values import whole

__all__ = [
    "COLUMN_HEAD",
    "COLUMN_TEXT",
    "FILLS",
    "LIST_TAB",
    "NO_FILL",
    "Cover",
    "Ours",
    "Pen",
    "covered",
    "fill",
    "font",
    "mark_color",
]


@dataclass(frozen=True, slots=True)
class MarkFill:
    """A mark's colour: AARRGGBB of the mark that covers no fill; the next ones up cover one each."""

    color: str

    def numbered(self, number: int) -> str:
        """Return the colour that carries a number."""
        return f"{int(self.color, 16) + number:08X}"

    def number(self, color: str) -> int | None:
        """Return the number that a colour carries, None for a colour that is no such mark."""
        try:
            number = int(color, 16) - int(self.color, 16)
        except ValueError:
            return None
        return number if 0 <= number <= MOST else None


MOST = 24
"""Different fills that can be told apart under one kind of mark; more share the last number."""

FILLS: Mapping[Severity, MarkFill] = {
    Severity.ERROR: MarkFill("FFFFC9C4"),
    Severity.WARNING: MarkFill("FFFFE79B"),
}
"""Light red and light amber, a shade off Excel's own so that they are ours alone. Notices are not filled."""

COLUMN_HEAD = ("FFC8443C", "FFC8453C")
"""The header of the column of explanations, under white letters; the second: a filter was added with it."""

COLUMN_TEXT = {Severity.ERROR: "FFFFF2F1", Severity.WARNING: "FFFFF9E4"}
"""The explanations themselves, by the worst in the row."""

LIST_TAB = b"FFC8443C"
"""The colour of the list's tab, by which its part is known before it is read."""

NO_FILL = '<patternFill patternType="none"/>'


class Cover:
    """Puts marks over formats; ``under`` are the fills that were covered, by number from 1."""

    def __init__(self, styles: Styles) -> None:
        self.styles = styles
        self.under: list[str] = []
        self._made: dict[tuple[int, Severity], int] = {}

    def over(self, base: int, severity: Severity) -> int:
        """Return a format like another, filled with a mark over its own fill."""
        if (base, severity) not in self._made:
            self._made[base, severity] = self._over(base, severity)
        return self._made[base, severity]

    def _over(self, base: int, severity: Severity) -> int:
        styles, own = self.styles, self.styles.inside_of_fill(base)
        if own is not None and own not in self.under:
            self.under.append(own)
        color = FILLS[severity].numbered(min(self.under.index(own) + 1, MOST) if own is not None else 0)
        fill = styles.fill_of(base)
        front = fill.find("{*}patternFill[@patternType='solid']/{*}fgColor") if fill is not None else None
        behind = _attributes(front) if front is not None and len(front.attrib) else 'indexed="64"'
        return styles.clone(base, fillId=styles.add_fill(_solid(f'rgb="{color}"', behind)))


def mark_color(fill: etree._Element | None) -> str:
    """Return the colour of a plain fill as AARRGGBB, "" for any other fill."""
    front = fill.find("{*}patternFill[@patternType='solid']/{*}fgColor") if fill is not None else None
    return front.get("rgb", "").upper() if front is not None else ""


def covered(fill: etree._Element, under: Sequence[str], *, back_kept: bool = True) -> str:
    """Return the inside of the fill that stood under a mark.

    ``back_kept``: whether the program that saved last leaves background colours alone.
    """
    color = mark_color(fill)
    number = next((n for mark in FILLS.values() if (n := mark.number(color)) is not None), 0)
    if number == 0:
        return NO_FILL
    if number < MOST and number <= len(under):
        return under[number - 1]
    back = fill.find("{*}patternFill/{*}bgColor")
    if back is None or not back_kept or back.get("indexed") in ("64", "65"):
        return NO_FILL
    return _solid(_attributes(back), 'indexed="64"')


class Ours:
    """The indexes of the cell formats that marking made: over a rep's fill, and of our own text."""

    def __init__(self, styles: Styles) -> None:
        colors = [mark_color(fill) for fill in styles.items("fills")]
        formats = [whole(xf.get("fillId")) for xf in styles.items("cellXfs")]
        known = [colors[at] if at < len(colors) else "" for at in formats]
        texts = {*COLUMN_HEAD, *COLUMN_TEXT.values()}
        marks = [any(mark.number(color) is not None for mark in FILLS.values()) for color in known]
        self.over = frozenset(at for at, marked in enumerate(marks) if marked)
        self.text = frozenset(at for at, color in enumerate(known) if color in texts)
        self.filtered = frozenset(at for at, color in enumerate(known) if color == COLUMN_HEAD[True])
        self.all = self.over | self.text


def font(styles: Styles, size: float, color: str, flags: str = "") -> int:
    """Add a font of ours, in the face of the workbook's default font."""
    name = quoteattr(styles.font_name() or "微软雅黑")
    return styles.add_font(
        f'{flags}<sz val="{size:g}"/><color rgb="{color}"/><name val={name}/><family val="2"/>'
    )


def fill(styles: Styles, color: str) -> int:
    """Add a plain fill."""
    return styles.add_fill(_solid(f'rgb="{color}"', 'indexed="64"'))


def _solid(front: str, back: str) -> str:
    return f'<patternFill patternType="solid"><fgColor {front}/><bgColor {back}/></patternFill>'


def _attributes(node: etree._Element) -> str:
    return " ".join(f'{name!s}="{value!s}"' for name, value in node.items())


class Pen:
    """Writes marks on one sheet and keeps what is needed to take them off."""

    def __init__(self, book: Book, name: str) -> None:
        self.name, self.sheet = name, book.sheet(name)
        self.cells: dict[str, tuple[str | None, bool]] = {}
        self.rows: dict[str, str | None] = {}
        self._spans: dict[int, str | None] = {}
        self._known = set(self.sheet.numbers())

    def style(self, row: int, column: int, change: Callable[[int], int]) -> None:
        """Change the format of a cell; ``change`` gets the format that shows there now."""
        self.sheet.set_style(row, column, self._noted(row, column, change))
        self._grown(row)

    def write(self, row: int, column: int, text: str, change: Callable[[int], int]) -> None:
        """Put text into a cell that is blank, in a format made from the one that shows there."""
        self.sheet.append_text(row, column, text, self._noted(row, column, change))
        self._grown(row)

    def _noted(self, row: int, column: int, change: Callable[[int], int]) -> int:
        """Keep what the record needs and return the new format."""
        base = self.sheet.style(row, column)
        stands, written = self.sheet.written_style(row, column)
        self._spans.setdefault(row, self.sheet.spans(row))
        self.cells.setdefault(
            cell_name(row, column), (written if stands else (str(base) if base else None), stands)
        )
        return change(base)

    def _grown(self, row: int) -> None:
        if row not in self._known:
            self.rows.setdefault(str(row), None)
        elif self._spans[row] is not None and self.sheet.spans(row) != self._spans[row]:
            self.rows.setdefault(str(row), self._spans[row])

    def pieces(self) -> dict[str, tuple[str | None, str | None]]:
        """Return the sheet's other children that changed, as they were and as they are."""
        changes = self.sheet.pieces.changes()
        return {name: (_text(was), _text(now)) for name, (was, now) in changes.items()}


def _text(raw: bytes | None) -> str | None:
    return raw.decode() if raw is not None else None
