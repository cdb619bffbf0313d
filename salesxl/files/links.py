"""Where a workbook leads to from another one: addresses that still hold when both are moved together.

Owns relative addresses as spreadsheet programs read them, and a cell as the place in the other workbook.
Refuses: knowing which file lies where.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

__all__ = ["Places", "cell_place", "places"]

Places = Mapping[tuple[str, str], str]
"""Addresses by (rep, file); under the rep "" the file's original."""

WITHOUT_SHEETS = (".csv", ".tsv", ".txt")
"""Text tables: a program names their one sheet itself, so that a place in them leads nowhere."""


def places(
    home: Path, marked: Mapping[tuple[str, str], Path], originals: Mapping[str, Path]
) -> dict[tuple[str, str], str]:
    """Return where the files are, seen from the folder ``home``, as relative addresses.

    ``marked`` are copies by (rep, file) that carry marks; ``originals`` the files as they came. Nothing in
    an address names a folder above the two, so the team's folder may be moved or sent as a whole.
    """
    found = {("", file): _address(path, home) for file, path in originals.items()}
    return found | {key: _address(path, home) for key, path in marked.items()}


def _address(path: Path, home: Path) -> str:
    """Return a relative address in UTF-8 and percent signs, as the standard of the package asks for."""
    relative = Path(os.path.relpath(path, home)).as_posix()
    return quote(relative, errors="replace")  # a name that is no Unicode cannot be led to


def cell_place(address: str, sheet: str | None, cell: str | None) -> str:
    """Return the place in a workbook: 客户档案, E7 → ``'客户档案'!E7``; blank where it has no sheets by name.

    Quotes are right around every name and needed for many; an apostrophe in one is doubled.
    """
    if not sheet or address.lower().endswith(WITHOUT_SHEETS):
        return ""
    name = sheet.replace("'", "''")
    return f"'{name}'!{cell or 'A1'}"
