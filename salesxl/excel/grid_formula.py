"""Moving the relative references of a shared formula to the cell that shares it.

Owns one function; no calculation, no parsing beyond telling references from names, functions and strings.
"""

from __future__ import annotations

import re

from salesxl.model import column_letters, column_number

__all__ = ["shifted"]

_TOKEN = re.compile(
    r"""("(?:[^"]|"")*"|'(?:[^']|'')*'!)"""  # text and quoted sheet names stay
    r"""|(?<![\w.$])(\$?)([A-Za-z]{1,3})(\$?)([1-9]\d{0,6})(?![\w.(!])"""
)


def shifted(formula: str, rows: int, columns: int) -> str:
    """Return the formula as it reads ``rows`` further down and ``columns`` further right."""

    def move(match: re.Match[str]) -> str:
        if match[1]:
            return match[0]
        column = column_number(match[3]) + (0 if match[2] else columns)
        row = int(match[5]) + (0 if match[4] else rows)
        if column < 1 or row < 1:
            return "#REF!"
        return f"{match[2]}{column_letters(column)}{match[4]}{row}"

    return _TOKEN.sub(move, formula)
