"""Rows in which nobody typed: the form itself set a choice, a name or a nought in each of them.

Owns: telling such rows, which count only where several are alike. Refuses: dropping them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from salesxl.columns import Column, Kind
from salesxl.model import CellValue
from salesxl.reading.contents import FIGURES, is_customer
from salesxl.reading.sheet import is_text

__all__ = ["may_be_preset", "preset_key", "times_preset"]

Cells = Sequence[tuple[int, CellValue]]

_CHOSEN = frozenset({Kind.CHOICE, Kind.YES_NO, Kind.TICKED})
_TWICE, _THRICE = 2, 3


def may_be_preset(cells: Cells, columns: Mapping[int, Column | None]) -> bool:
    """Tell quickly, by its first cells, whether a row may hold nothing but what a form sets by itself."""
    some = False
    for column, value in cells:
        spec = columns.get(column)
        if spec is not None:
            if not _may_be_set(spec, value):
                return False
            some = True
    return some


def preset_key(cells: Cells, columns: Mapping[int, Column | None]) -> tuple[tuple[int, str], ...]:
    """Return what such a row says besides its running number; nothing if a rep may have typed it."""
    said = []
    for column, value in cells:
        spec = columns.get(column)
        if spec is None and (not is_text(value) or value.strip().isdigit()):
            continue  # a running number
        if spec is not None and not _may_be_set(spec, value):
            return ()
        said.append((column, str(value)))
    return tuple(said)


def times_preset(same: Sequence[tuple[int, str]], columns: Mapping[int, Column | None]) -> int:
    """Return in how many rows the same must stand: choices in two, a name or a nought in one more."""
    specs = [columns.get(column) for column, _ in same]
    return _TWICE if all(spec is not None and spec.kind in _CHOSEN for spec in specs) else _THRICE


def _may_be_set(spec: Column, value: CellValue) -> bool:
    if spec.kind in _CHOSEN:
        return True
    if spec.kind is Kind.NAME:
        return not is_customer(spec)
    return spec.kind in FIGURES and value in (0, "0") and not isinstance(value, bool)
