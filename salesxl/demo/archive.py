"""客户档案 as reps lay it out: their headers and order, titles, groups, totals, notes, rows between.

Owns the layouts of the archive. Refuses: what the customers are, and faults.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from salesxl import schemas
from salesxl.columns import Column, Kind, Need
from salesxl.demo.dirt import Row
from salesxl.demo.entry import Entry, Ledger
from salesxl.demo.page import Formula, Page
from salesxl.demo.words import Headers, Rng, chance, pick, shuffled, words
from salesxl.model import column_letters

__all__ = ["Decor", "as_text", "decorated", "draw_archive", "header_text", "inline"]


@dataclass(frozen=True, slots=True)
class Decor:
    """What may stand around the values of a form; each is the share of forms that have it."""

    title: float = 0.8
    shift: float = 0.2
    card: float = 0.75
    groups: float = 0.15
    example: float = 0.2
    serial: float = 0.35
    totals: float = 0.35
    notes: float = 0.35
    gaps: float = 0.12
    hidden: float = 0.3
    filter: float = 0.4
    marks: float = 0.3
    reorder: float = 0.6
    extra: float = 0.2
    avoid: frozenset[str] = field(default_factory=frozenset)


def header_text(rng: Rng, pools: Headers, block: str, column: Column) -> str:
    """Return the header a rep uses for a field."""
    pool = pools.get(block, {}).get(column.field)
    return pick(rng, pool) if pool else column.label


def decorated(rng: Rng, text: str, column: Column, *, marked: bool) -> str:
    """Return a header with what people add: a star, a line break, blanks between the letters, a hint."""
    if marked and column.need in (Need.REQUIRED, Need.EITHER):
        text = pick(rng, [f"{text}*", f"*{text}", f"{text} *", f"{text}（必填）", f"＊{text}"])
    point = rng.random()
    if point < 0.06 and len(text) >= 6 and not set("(（*＊") & set(text):
        cut = len(text) // 2
        return f"{text[:cut]}\n{text[cut:]}"
    if point < 0.1 and len(text) <= 4 and text.isalpha():
        return " ".join(text)
    if point < 0.14:
        return f"{text} "
    return text


def inline(rng: Rng, parts: Sequence[tuple[str, str]]) -> str:
    """Return label–value pairs in one cell."""
    gap = pick(rng, ["    ", "  ", "\u3000\u3000"])
    colon = pick(rng, ["：", ":", "： "])
    return gap.join(f"{label}{colon}{value}" for label, value in parts)


def draw_archive(
    rng: Rng,
    sheet: str,
    head: Mapping[str, Entry],
    rows: Sequence[Row],
    fields: Sequence[str],
    pools: Headers,
    ledger: Ledger,
    decor: Decor,
    title: str,
) -> Page:
    """Draw an archive; ``fields`` are the columns the rep keeps."""
    page = Page(sheet)
    spec = schemas.block_spec("customer")
    columns = [spec.column(name) for name in _order(rng, fields, decor)]
    left = 2 if chance(rng, decor.shift) else 1
    top = 1 + (2 if chance(rng, decor.shift / 2) else 0)
    serial = chance(rng, decor.serial)
    width = len(columns) + serial
    if chance(rng, decor.title):
        page.put(top, left, title, "title")
        page.merge(top, left, top, left + min(width, 10) - 1)
        top += 1
        if chance(rng, decor.notes / 3):
            page.put(top, left, pick(rng, words()["forms"]["instructions"]), "note")
            page.merge(top, left, top, left + width - 1)
            top += 1
    card_on_top = chance(rng, decor.card)
    if card_on_top:
        top = _head(rng, page, top, left, head, pools, ledger)
        top += chance(rng, 0.4)
    first = left + serial
    last_header = _headers(rng, page, top, left, columns, pools, decor, serial)
    extra = pick(rng, words()["forms"]["extra"]) if chance(rng, decor.extra) else None
    if extra:
        page.put(last_header, first + len(columns), extra[0], "head")
    row = last_header + 1
    if chance(rng, decor.example):
        _example(rng, page, row, first, columns, serial)
        row += 1
    start = row
    for number, values in enumerate(rows, start=1):
        if number > 2 and chance(rng, decor.gaps):
            row += 1
        if serial:
            page.put(row, left, number)
        cells = {c.field: page.put(row, first + at, values[c.field], "cell") for at, c in enumerate(columns)}
        if extra:
            page.put(row, first + len(columns), extra[1])
        ledger.put(sheet, row, "customer", values, cells)
        row += 1
    _frame(rng, page, (last_header, left, row - 1, left + width - 1), decor, start)
    _below(rng, page, row, left, first, columns, start, decor)
    if not card_on_top and chance(rng, 0.5):
        below = page.height + 2
        rep, day = head["rep"], head["filled_on"]
        texts = [header_text(rng, pools, "archive_head", _head_column(n)) for n in ("rep", "filled_on")]
        cells = {
            "rep": page.put(below, left, inline(rng, [(texts[0], as_text(rep))])),
            "filled_on": page.put(below, left + 3, inline(rng, [(texts[1], as_text(day))])),
        }
        ledger.put(sheet, below, "archive_head", head, cells)
    return page


def _head_column(name: str) -> Column:
    return schemas.block_spec("archive_head").column(name)


def as_text(entry: Entry) -> str:
    """Return what a cell shows, to stand behind its label in the same cell."""
    typed = entry.typed
    if typed is None:
        return ""
    return typed.isoformat()[:10] if isinstance(typed, dt.date) else str(typed)


def _order(rng: Rng, fields: Sequence[str], decor: Decor) -> list[str]:
    """Return the columns in the rep's order: as asked for, by groups, or any, the customer first."""
    if not chance(rng, decor.reorder):
        return list(fields)
    lead = [n for n in fields if n in ("customer_no", "customer_name")]
    rest = [n for n in fields if n not in lead]
    return [*lead, *shuffled(rng, rest)] if chance(rng, 0.8) else shuffled(rng, fields)


def _head(
    rng: Rng,
    page: Page,
    top: int,
    left: int,
    head: Mapping[str, Entry],
    pools: Headers,
    ledger: Ledger,
) -> int:
    """Draw the card above the table: label beside value, or all in one cell; return the next row."""
    columns = schemas.block_spec("archive_head").columns
    texts = {c.field: header_text(rng, pools, "archive_head", c) for c in columns}
    cells: dict[str, str] = {}
    if chance(rng, 0.25):
        line = inline(rng, [(texts[c.field], as_text(head[c.field])) for c in columns])
        at = page.put(top, left, line, "label")
        page.merge(top, left, top, left + 7)
        cells = dict.fromkeys(texts, at)
    else:
        step = 3 if chance(rng, 0.5) else 2
        colon = "：" if chance(rng, 0.4) else ""
        for n, c in enumerate(columns):
            page.put(top, left + n * step, texts[c.field] + colon, "label")
            cells[c.field] = page.put(top, left + n * step + 1, head[c.field])
    ledger.put(page.name, top, "archive_head", head, cells)
    return top + 1


def _headers(
    rng: Rng,
    page: Page,
    top: int,
    left: int,
    columns: Sequence[Column],
    pools: Headers,
    decor: Decor,
    serial: bool,
) -> int:
    """Draw the header in one row or, by groups, in two; return its last row."""
    marked = chance(rng, decor.marks)
    texts = [decorated(rng, header_text(rng, pools, "customer", c), c, marked=marked) for c in columns]
    first = left + serial
    number = pick(rng, words()["forms"]["serial"])
    grouped = chance(rng, decor.groups)
    bottom = top + grouped
    if grouped:
        _group_row(page, top, first, columns)
    if serial:
        page.put(top, left, number, "head")
        page.merge(top, left, bottom, left)
    for at, text in enumerate(texts):
        page.put(bottom, first + at, text, "head")
        page.widths[first + at] = max(10.0, columns[at].width * 0.9)
    page.frozen = bottom if chance(rng, 0.5) else 0
    return bottom


def _group_row(page: Page, row: int, first: int, columns: Sequence[Column]) -> None:
    """Draw the upper row of a two-row header over runs of columns of one group."""
    group_of = {name: group for group, names in words()["groups"].items() for name in names}
    at = 0
    while at < len(columns):
        group = group_of[columns[at].field]
        end = at
        while end + 1 < len(columns) and group_of[columns[end + 1].field] == group:
            end += 1
        page.put(row, first + at, group, "head")
        page.merge(row, first + at, row, first + end)
        at = end + 1


def _example(rng: Rng, page: Page, row: int, first: int, columns: Sequence[Column], serial: bool) -> None:
    """Leave the form's example row in."""
    for at, c in enumerate(columns):
        value: object = c.example or None
        if c.kind in (Kind.AMOUNT, Kind.AMOUNT_WAN, Kind.WHOLE) and c.example:
            value = int(c.example)
        page.put(row, first + at, value if isinstance(value, str | int) else None)
    if serial:
        page.put(row, first - 1, pick(rng, words()["forms"]["example"]))


def _frame(rng: Rng, page: Page, area: tuple[int, int, int, int], decor: Decor, start: int) -> None:
    """Set the filter, and hide a row or two as a filter does."""
    if chance(rng, decor.filter):
        page.filter = area
        if chance(rng, decor.hidden) and area[2] - start > 3:
            page.hidden.append(start + 1 + int(rng.random() * (area[2] - start - 1)))


def _below(
    rng: Rng, page: Page, row: int, left: int, first: int, columns: Sequence[Column], start: int, decor: Decor
) -> None:
    """Draw what stands below: a total, a note."""
    sums = [at for at, c in enumerate(columns) if c.field == "expected_amount"]
    if sums and chance(rng, decor.totals):
        row += chance(rng, 0.4)
        page.put(row, left, pick(rng, words()["forms"]["totals"]), "label")
        letter = column_letters(first + sums[0])
        if first + sums[0] != left:
            summed = [page.cells.get((r, first + sums[0]), (None, ""))[0] for r in range(start, row)]
            known = sum(v for v in summed if isinstance(v, int | float))
            total = Formula(f"=SUM({letter}{start}:{letter}{row - 1})", known)
            page.put(row, first + sums[0], total, "amount")
        row += 1
    if chance(rng, decor.notes):
        row += 1 + chance(rng, 0.5)
        page.put(row, left, pick(rng, words()["forms"]["notes"]), "note")
