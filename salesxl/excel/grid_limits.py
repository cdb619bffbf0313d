"""The bounds that a submitted file must keep, and the one way of saying which of them it broke.

Owns figures that protect the machine (bytes, parts, cells), never business thresholds. They are generous: a
real company file may hold two thousand pictures. Each may be replaced: ``Limits(max_cells=…)``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from salesxl.errors import Refused

__all__ = ["DEFAULT", "Limits", "damaged", "unreadable", "unsafe"]

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """What a file may cost before it is refused; a refusal names the limit and its value.

    Apache POI's defaults (1,000 entries, ratio 1:100 from 100 KB) refuse real files, so these are wider and
    lean on the bytes that really come out instead of what the archive's directory claims.
    """

    max_file_bytes: int = 256 * MIB
    """The file as it lies on the disk."""
    max_parts: int = 20_000
    """Entries of the archive."""
    max_inflated_bytes: int = 512 * MIB
    """What all parts together inflate to, counted while inflating."""
    max_ratio: int = 300
    """How much a part may inflate, once it has passed ``ratio_from_bytes``."""
    ratio_from_bytes: int = 16 * MIB
    """Below this a part may inflate as much as it likes: blank styled rows pack very well."""
    max_cells: int = 5_000_000
    """Cells that hold something, over all sheets."""
    max_area: int = 10_000_000
    """Cells of the rectangle from A1 to the last filled cell, blanks included, a sheet."""
    max_sheets: int = 2_000
    """Sheets of a workbook; a sheet is copied per customer, so there may be many."""


DEFAULT = Limits()


def unreadable(reason: str, **facts: Any) -> Refused:
    """Return the refusal of a file that cannot be read."""
    return Refused("unreadable", reason=reason, **facts)


def unsafe(reason: str, **facts: Any) -> Refused:
    """Return the refusal of a file that could be read, but at too high a price."""
    return Refused("unsafe", reason=reason, **facts)


def damaged(detail: object, **facts: Any) -> Refused:
    """Return the refusal of a file that does not hold together; ``detail`` is for the log, not for words."""
    return unreadable("damaged", detail=str(detail)[:200], **facts)
