"""Change a sheet's cells and remember what each change replaced."""

from __future__ import annotations

from collections.abc import Callable

from salesxl.excel.inplace import Book, cell_name

__all__ = ["Pen"]


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
