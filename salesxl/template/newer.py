"""Functions that only newer spreadsheet programs know.

Owns their list; what does the same everywhere stands in the words. Refuses: formulas themselves.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

__all__ = ["newer"]

_NEWER = tuple(
    """XLOOKUP XMATCH FILTER UNIQUE SORT SORTBY SEQUENCE LET LAMBDA TEXTJOIN CONCAT IFS SWITCH MAXIFS MINIFS
    VSTACK HSTACK GROUPBY TAKE TEXTSPLIT""".split()  # noqa: SIM905 - a list of names reads better so
)
"""Functions that older Excel, WPS or LibreOffice do not all know; words say what does the same everywhere."""
_CALL = re.compile(r"(?:_xlfn\.|_xlws\.)*([A-Z][A-Z0-9.]*)\(")
_QUOTED = re.compile(r'"(?:[^"]|"")*"')


def newer(formula: str) -> Iterator[str]:
    """Return which of these functions a formula calls, each once."""
    yield from dict.fromkeys(name for name in _CALL.findall(_QUOTED.sub("", formula)) if name in _NEWER)
