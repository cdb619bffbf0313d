"""How many lines a row of long texts takes, so that a template can give it a height.

Owns the estimate and the widths it goes by. Spreadsheet programs fit heights on opening, phones and
converters do not; so the template holds a row of each height and the data says which one to keep. Refuses:
the template; a test holds its columns against these widths.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

__all__ = ["HEIGHTS", "WIDTHS", "with_lines"]

WIDTHS: Mapping[str, Mapping[str, int]] = {
    "problems": {"source_file": 26, "source_sheet": 16, "field": 15, "value": 18, "message": 40, "fix": 40},
    "conflicts": {
        "source_file": 33, "source_sheet": 12, "field": 24, "value": 18, "message": 44, "fix": 44,
    },
    "definitions": {"name": 20, "text": 96, "source": 42},
}  # fmt: skip
"""Width of each wrapped column in characters, by page and field."""

HEIGHTS: Mapping[str, int] = {"one": 1, "two": 2, "three": 3, "many": 6}
"""The template's rows by how many lines they hold."""

MARGIN = 3
"""Characters lost to the indent and to words that do not break where the line ends."""


def with_lines(page: str, rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the rows, each with ``one``, ``two``, ``three`` and ``many``, of which one is true."""
    return [{**row, **_flags(page, row)} for row in rows]


def _flags(page: str, row: Mapping[str, Any]) -> dict[str, bool]:
    lines = max(
        -(-_width(str(row[field])) // (width - MARGIN)) if row.get(field) else 1
        for field, width in WIDTHS[page].items()
    )
    fits = next((name for name, most in HEIGHTS.items() if lines <= most), "many")
    return {name: name == fits for name in HEIGHTS}


def _width(text: str) -> int:
    """Return a text's width in characters: Chinese and full-width ones take two."""
    return sum(map(_WIDTH_OF.__getitem__, text))


class _Widths(dict[str, int]):
    """The characters met so far, each with its width."""

    def __missing__(self, character: str) -> int:
        self[character] = 2 if unicodedata.east_asian_width(character) in "WFA" else 1
        return self[character]


_WIDTH_OF = _Widths()
