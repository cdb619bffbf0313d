"""The bounds that a submitted file must keep, and the one way of saying which of them it broke.

Owns figures that protect the machine (bytes, parts, cells), never business thresholds. They are generous: a
real company file may hold two thousand pictures. Each may be replaced: ``Limits(max_cells=…)``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from salesxl.errors import RefusedError

__all__ = ["DEFAULT", "REASONS", "Limits", "broken", "damaged", "unreadable", "unsafe"]

_MIB = 1024 * 1024

REASONS = {
    "unreadable": (
        *("damaged", "empty", "encrypted", "foreign", "html", "web_archive", "missing", "no_permission"),
        *("no_sheets", "changing", "link", "no_entry", "not_a_regular_file", "truncated"),
    ),
    "unsafe": (
        *("area_too_large", "dtd", "duplicate_part", "escaping_part", "inflates_too_much", "too_large"),
        *("too_many_cells", "too_many_parts", "too_many_sheets"),
        *("crashed", "too_much_memory", "too_slow"),  # known only when a worker has read it
    ),
}
"""Every reason that a refusal may give, by finding code."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a file may cost before it is refused; a refusal names the limit and its value.

    Apache POI's defaults (1,000 entries, ratio 1:100 from 100 KB) refuse real files, so these are wider and
    lean on the bytes that really come out instead of what the archive's directory claims.
    """

    max_file_bytes: int = 256 * _MIB
    """The file as it lies on the disk."""
    max_parts: int = 20_000
    """Entries of the archive."""
    max_inflated_bytes: int = 512 * _MIB
    """What all parts together inflate to, counted while inflating."""
    max_ratio: int = 300
    """How many times its packed size a part may inflate to, once it has passed ``ratio_from_bytes``."""
    ratio_from_bytes: int = 16 * _MIB
    """Below this a part may inflate as much as it likes: blank styled rows pack very well."""
    max_cells: int = 5_000_000
    """Cells that hold something, over all sheets."""
    max_area: int = 4_000_000
    """Cells of the rectangle from A1 to the last filled cell of a sheet, blanks included."""
    max_sheets: int = 2_000
    """Sheets of a workbook; a sheet is copied per customer, so there may be many."""


DEFAULT = Limits()


def unreadable(reason: str, **facts: Any) -> RefusedError:
    """Return the refusal of a file that cannot be read."""
    return RefusedError("unreadable", reason=reason, **facts)


def unsafe(reason: str, **facts: Any) -> RefusedError:
    """Return the refusal of a file that must not be read."""
    return RefusedError("unsafe", reason=reason, **facts)


def broken(reason: str, limits: Limits, limit: str, **facts: Any) -> RefusedError:
    """Return the refusal of a file that breaks a limit, which is named and quoted."""
    return unsafe(reason, limit=limit, limit_value=getattr(limits, limit), **facts)


def damaged(detail: object, **facts: Any) -> RefusedError:
    """Return the refusal of a file that does not hold together; ``detail`` is for the log, not for words."""
    return unreadable("damaged", detail=str(detail)[:200], **facts)
