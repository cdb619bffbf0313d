"""What marking needs to be told: sentences, the tables' places, and what a finding says.

Owns no sentence itself; a caller fills these from its words.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from salesxl.model import Finding

__all__ = ["Label", "MarkWords", "TableArea", "Tell"]

Tell: TypeAlias = Callable[[Finding], tuple[str, str]]
"""A finding → (what is wrong, how to mend it)."""

Label: TypeAlias = Callable[[Finding], str]
"""A finding → the label of its field as the form has it, "" for none."""


@dataclass(frozen=True, slots=True)
class TableArea:
    """Where a table stands on its sheet: bounds included, counted from 1.

    ``header_row`` is the last row of its header, ``top`` and ``bottom`` its first and last record.
    """

    sheet: str
    header_row: int
    left: int
    right: int
    top: int
    bottom: int


@dataclass(frozen=True, slots=True)
class MarkWords:
    """The sentences of the marks, in one language.

    ``column`` must be one of ``salesxl.xlsx.marks.MARK_COLUMNS`` and every note prefix one of its
    ``NOTE_PREFIXES``, or the marks would not be known again. ``summary`` is filled with ``file``, ``errors``,
    ``warnings`` and ``notices``. The maps are keyed by severity: ``error``, ``warning``, ``notice``.
    """

    sheet: str
    """Name and title of the list of findings."""
    summary: str
    how: str
    """What the rep does with the list, in one sentence."""
    column: str
    """Header of the column right of each table."""
    severities: Mapping[str, str]
    prefixes: Mapping[str, str]
    """How a note begins, by the worst finding in it."""
    head_severity: str
    head_sheet: str
    head_cell: str
    head_field: str
    head_value: str
    head_message: str
    head_fix: str
    blank: str
    """Stands for an empty cell in the list."""
    whole_file: str
    """Stands for the sheet of a finding about the file."""
