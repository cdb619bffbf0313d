"""Small tables and cards under a heading, as the other three forms have them.

Owns drawing one table or one card of any block. Refuses: which blocks a form has.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from salesxl import schemas
from tools.demo.dirt import Row
from tools.demo.entry import Entry, Ledger
from tools.demo.labels import as_text, decorated, header_text, inline
from tools.demo.page import Page
from tools.demo.words import Headers, Rng, chance

__all__ = ["card_rows", "draw_table", "heading"]


def heading(page: Page, row: int, left: int, text: str, width: int, *, merged: bool) -> int:
    """Put a heading over a block, merged across it or not; return the next row."""
    page.put(row, left, text, "label")
    if merged:
        page.merge(row, left, row, left + width - 1)
    return row + 1


def draw_table(
    rng: Rng,
    page: Page,
    top: int,
    left: int,
    block: str,
    rows: Sequence[Row],
    fields: Sequence[str],
    pools: Headers,
    ledger: Ledger,
    *,
    marked: bool = False,
    spare: int = 0,
) -> int:
    """Draw a table's header and records; return the row below it, after ``spare`` blank ones."""
    spec = schemas.block_spec(block)
    columns = [spec.column(name) for name in fields]
    for at, column in enumerate(columns):
        text = decorated(rng, header_text(rng, pools, block, column), column, marked=marked)
        page.put(top, left + at, text, "head")
        page.widths[left + at] = max(page.widths.get(left + at, 0), 14.0)
    row = top + 1
    for values in rows:
        cells = {c.field: page.put(row, left + at, values[c.field]) for at, c in enumerate(columns)}
        ledger.put(page.name, row, block, values, cells)
        row += 1
    return row + spare


def card_rows(
    rng: Rng,
    page: Page,
    top: int,
    left: int,
    block: str,
    entries: Mapping[str, Entry],
    pairs: Sequence[Sequence[str]],
    pools: Headers,
    *,
    step: int,
    colon: str,
    merged: int = 0,
    in_cell: bool = False,
    stacked: bool = False,
) -> tuple[int, dict[str, str]]:
    """Draw a card, one row a pair (or triple) of labels; return the next row and the cell of each field.

    ``step`` is the distance between labels, ``merged`` how many columns a value is merged over beyond its
    first; with ``in_cell`` label and value stand in one cell, with ``stacked`` the value below its label.
    """
    spec = schemas.block_spec(block)
    cells: dict[str, str] = {}
    row = top
    for pair in pairs:
        for n, name in enumerate(pair):
            column = left + n * step
            text = header_text(rng, pools, block, spec.column(name))
            entry = entries[name]
            if in_cell:
                cells[name] = page.put(row, column, inline(rng, [(text, as_text(entry))]), "label")
                continue
            if stacked:
                page.put(row, left + n, text, "head")
                cells[name] = page.put(row + 1, left + n, entry)
                continue
            page.put(row, column, text + colon, "label")
            cells[name] = page.put(row, column + 1, entry)
            if merged and entry.typed is not None:
                page.merge(row, column + 1, row, column + 1 + merged)
        row += 2 if stacked else 1
    return row + chance(rng, 0.2), cells
