"""A grid with its merged areas resolved, so that the other parts of this room ask by address.

Owns: what stands in a cell, which area a cell belongs to, which rows hold anything. Refuses: meaning.
"""

from __future__ import annotations

from itertools import zip_longest
from typing import TypeGuard

from salesxl.model import Area, CellValue, Grid

__all__ = ["Sheet", "is_missing", "is_text"]

_BEYOND = 40  # blank merged cells lie beyond the last filled one: where a value is still to be filled in
_LARGE = 4000  # an area of so many cells is cut to the filled part of the sheet


def is_text(value: CellValue) -> TypeGuard[str]:
    """Tell whether a cell holds text that shows."""
    return isinstance(value, str) and not (value == "" or value.isspace())


def is_missing(value: CellValue) -> bool:
    """Tell whether a cell holds nothing; white space alone is nothing."""
    return value is None or (isinstance(value, str) and (not value or value.isspace()))


class Sheet:
    """A grid by address: rows and columns count from 1, anything off the grid is blank.

    Large merged areas are cut to what the grid holds, so that one over whole columns costs nothing. A value
    that stands in a merged area is seen at its top-left cell only.
    """

    def __init__(self, grid: Grid) -> None:
        self.grid = grid
        self.rows = grid.rows
        self.height = len(grid.rows)
        self.width = max((len(row) for row in grid.rows), default=0)
        self._areas: dict[tuple[int, int], Area] = {}
        for area in grid.merged:
            beyond = _BEYOND if (area.bottom - area.top + 1) * (area.right - area.left + 1) < _LARGE else 0
            bottom, right = min(area.bottom, self.height + beyond), min(area.right, self.width + beyond)
            cut = Area(area.top, area.left, max(bottom, area.top), max(right, area.left))
            for row in range(area.top, bottom + 1):
                for column in range(area.left, right + 1):
                    self._areas[row, column] = cut
        self.merged = bool(self._areas)
        self._used: frozenset[int] | None = None

    def value(self, row: int, column: int) -> CellValue:
        """Return what stands in the cell itself; white space alone is blank."""
        if not 0 < row <= self.height:
            return None
        cells = self.rows[row - 1]
        if not 0 < column <= len(cells):
            return None
        found = cells[column - 1]
        return None if isinstance(found, str) and (not found or found.isspace()) else found

    def filled(self, row: int, column: int) -> bool:
        """Tell whether the cell holds a value, an error or a formula without a result."""
        at = (row, column)
        return self.value(row, column) is not None or at in self.grid.errors or at in self.grid.uncalculated

    def area(self, row: int, column: int) -> Area:
        """Return the merged area the cell belongs to, or the cell alone."""
        return self._areas.get((row, column)) or Area(row, column, row, column)

    def merged_at(self, row: int, column: int) -> Area | None:
        """Return the merged area the cell belongs to, None where it belongs to none."""
        return self._areas.get((row, column)) if self._areas else None

    def anchor(self, row: int, column: int) -> tuple[int, int]:
        """Return the top-left cell of the area the cell belongs to."""
        area = self.merged_at(row, column)
        return (row, column) if area is None else (area.top, area.left)

    def shown(self, row: int, column: int) -> CellValue:
        """Return what a reader sees at the cell: for merged cells the value of their area."""
        return self.value(*self.anchor(row, column))

    def nothing_between(self, left: int, right: int) -> bool:
        """Tell whether nothing stands in the columns between two, on the whole sheet."""
        if self._used is None:
            columns = enumerate(zip_longest(*self.rows), 1)
            self._used = frozenset(c for c, cells in columns if any(not is_missing(v) for v in cells))
        return self._used.isdisjoint(range(left + 1, right))

    def cells(
        self, row: int, left: int = 1, right: int | None = None, most: int | None = None
    ) -> list[tuple[int, CellValue]]:
        """Return (column, value) of the filled cells of a row, from left to right, no more than ``most``."""
        found: list[tuple[int, CellValue]] = []
        if not 0 < row <= self.height:
            return found
        errors = self.grid.errors
        for column, value in enumerate(self.rows[row - 1][left - 1 : right], left):
            if value is None or (type(value) is str and (not value or value.isspace())):
                if not errors or (row, column) not in errors:
                    continue
                value = errors[row, column]  # noqa: PLW2901
            found.append((column, value))
            if len(found) == most:
                break
        return found
