"""Change a sheet's cells and remember what each change replaced."""

from __future__ import annotations

from collections.abc import Callable

from salesxl.excel.inplace import Book, to_ref

__all__ = ["Pen"]


class Pen:
    """Writes marks on one sheet and keeps what is needed to take them off."""

    def __init__(self, book: Book, name: str) -> None:
        self.name, self.sheet = name, book.sheet(name)
        self.cells: dict[str, tuple[str | None, bool]] = {}
        self.rows: dict[str, str | None] = {}
        self._known = set(self.sheet.numbers())

    def style(self, row: int, column: int, change: Callable[[int], int]) -> None:
        """Change the format of a cell; ``change`` gets the format that shows there now."""
        ref = to_ref(row, column)
        node = self.sheet.row(row)
        if row not in self._known:
            self.rows.setdefault(str(row), None)
        spans = node.get("spans") if node is not None else None
        cell = self.sheet.cell(row, column)
        base = self.sheet.style(row, column)
        written = cell.get("s") if cell is not None else (str(base) if base else None)
        self.cells.setdefault(ref, (written, cell is not None))
        self.sheet.set_style(row, column, change(base))
        node = self.sheet.ensure_row(row)
        if spans is not None and node.get("spans") != spans:
            self.rows.setdefault(str(row), spans)

    def write(self, row: int, column: int, text: str, change: Callable[[int], int]) -> None:
        """Put text into a cell that is blank."""
        self.style(row, column, change)
        self.sheet.set_value(row, column, text)

    def pieces(self) -> dict[str, tuple[str | None, str | None]]:
        """Return the sheet's other children that changed, as they were and as they are."""
        changes = self.sheet.pieces.changes()
        return {name: (_text(was), _text(now)) for name, (was, now) in changes.items()}


def _text(raw: bytes | None) -> str | None:
    return raw.decode() if raw is not None else None
