"""Columns of customers that no word names: told by what they are called beside it, and by what stands there.

Owns: whether a table has such a column. Refuses: taking it, which is ``guesses``.
"""

from __future__ import annotations

from typing import Final

from salesxl import parsing
from salesxl.recognition import weights
from salesxl.recognition.evidence import possible, share
from salesxl.recognition.headers import Header
from salesxl.recognition.meaning import meaning_of
from salesxl.recognition.names import is_company, is_institution
from salesxl.recognition.sheet import Sheet

__all__ = ["CUSTOMER", "name_customers"]

CUSTOMER: Final = "customer_name"
_ROWS = 20  # so many rows below a header are looked at


def name_customers(sheet: Sheet, header: Header) -> bool:
    """Tell whether customers stand below one of a header's cells that name no field."""
    rows = range(header.bottom + 1, min(header.bottom + _ROWS, sheet.height) + 1)
    known = set(header.fields.values())
    column = header.spec.column(CUSTOMER)
    for place, cell in enumerate(header.cells):
        if place in known:
            continue
        values = [v for row in rows if not parsing.is_blank(v := sheet.value(row, cell.left))]
        called = any(_is_called(header.spec.kind, word) for word in cell.words)
        if values and share(values, is_company) >= weights.SURE_CONTENT:
            return True
        if values and called and all(possible(column, v) for v in values):
            return True
    return False


def _is_called(kind: str, word: str) -> bool:
    """Tell whether a word asks for a customer rather than for anything else, as far as it is known."""
    scores = meaning_of(kind, word).scores
    own = max(scores.get(CUSTOMER, 0.0), weights.BESIDE_UNKNOWN if is_institution(word) else 0.0)
    return own >= weights.GENERIC and own == max((own, *scores.values()))
