"""客户档案 as reps lay it out: their headers and order, titles, groups, totals, notes, rows between.

Owns the layouts of the archive. Refuses: what the customers are, and faults.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from salesxl import schemas
from salesxl.columns import Column, Kind
from salesxl.model import column_letters
from tools.demo.dirt import Row
from tools.demo.entry import Entry, Ledger
from tools.demo.labels import as_text, decorated, header_text, inline
from tools.demo.page import Formula, Page
from tools.demo.words import Headers, Rng, chance, pick, shuffled, words

__all__ = ["Decor", "draw_archive"]


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
    wan: float = 0.12
    short: float = 0.4
    again: float = 0.06
    subtotal: float = 0.06


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
    wan = "expected_amount" in fields and chance(rng, decor.wan)
    left = 2 if chance(rng, decor.shift) else 1
    serial = chance(rng, decor.serial)
    width = len(columns) + serial
    top = _title(rng, page, left, width, decor, title)
    card_on_top = chance(rng, decor.card)
    if card_on_top:
        top = _head(rng, page, top, left, head, pools, ledger) + chance(rng, 0.4)
    header = _headers(rng, page, top, left, columns, pools, decor, serial, wan)
    start = header + 1
    if chance(rng, decor.example):
        _example(rng, page, start, left + serial, columns, serial)
        start += 1
    typed = [_in_wan(row) if wan else row for row in rows]
    row = _records(rng, page, header, start, left, columns, typed, ledger, decor, serial)
    _frame(rng, page, (header, left, row - 1, left + width - 1), decor, start)
    _below(rng, page, row, left, left + serial, columns, start, decor)
    if not card_on_top and chance(rng, 0.5):
        _foot(rng, page, left, head, pools, ledger)
    return page


def _title(rng: Rng, page: Page, left: int, width: int, decor: Decor, title: str) -> int:
    """Draw title and instruction, if there are any; return the next row."""
    top = 1 + (2 if chance(rng, decor.shift / 2) else 0)
    if chance(rng, decor.title):
        page.put(top, left, title, "title")
        page.merge(top, left, top, left + min(width, 10) - 1)
        top += 1
        if chance(rng, decor.notes / 3):
            page.put(top, left, pick(rng, words()["forms"]["instructions"]), "note")
            page.merge(top, left, top, left + width - 1)
            top += 1
    return top


def _records(
    rng: Rng,
    page: Page,
    header: int,
    start: int,
    left: int,
    columns: Sequence[Column],
    rows: Sequence[Row],
    ledger: Ledger,
    decor: Decor,
    serial: bool,
) -> int:
    """Draw the customers, with what comes between them; return the next row."""
    first = left + serial
    extra = pick(rng, words()["forms"]["extra"]) if chance(rng, decor.extra) else None
    if extra:
        page.put(header, first + len(columns), extra[0], "head")
    row = start
    for number, values in enumerate(rows, start=1):
        if number > 2 and chance(rng, decor.gaps):
            row += 1
        if number == len(rows) // 2 and chance(rng, decor.again):
            _repeat(page, header, row)
            row += 1
        if number == len(rows) // 2 and chance(rng, decor.subtotal):
            page.put(row, left, words()["forms"]["subtotal"], "label")
            row += 1
        if serial:
            page.put(row, left, number)
        cells = {c.field: page.put(row, first + at, values[c.field]) for at, c in enumerate(columns)}
        if extra:
            page.put(row, first + len(columns), extra[1])
        ledger.put(page.name, row, "customer", values, cells)
        row += 1
    return row


def _foot(rng: Rng, page: Page, left: int, head: Mapping[str, Entry], pools: Headers, ledger: Ledger) -> None:
    """Draw the card below the table: who filled it in, and when."""
    below = page.height + 2
    cells: dict[str, str] = {}
    for n, name in enumerate(("rep", "filled_on")):
        text = header_text(rng, pools, "archive_head", _head_column(name))
        cells[name] = page.put(below, left + 3 * n, inline(rng, [(text, as_text(head[name]))]))
    ledger.put(page.name, below, "archive_head", head, cells)


def _head_column(name: str) -> Column:
    return schemas.block_spec("archive_head").column(name)


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
    columns = [c for c in schemas.block_spec("archive_head").columns if c.field in head]
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
    wan: bool,
) -> int:
    """Draw the header in one row or, by groups, in two; return its last row.

    With ``wan`` the expected amount is asked for in 万元.
    """
    marked = chance(rng, decor.marks)
    texts = [decorated(rng, header_text(rng, pools, "customer", c), c, marked=marked) for c in columns]
    if wan:
        at = next(n for n, c in enumerate(columns) if c.field == "expected_amount")
        texts[at] = pick(rng, words()["forms"]["in_wan"])
    first = left + serial
    number = pick(rng, words()["forms"]["serial"])
    grouped = chance(rng, decor.groups)
    bottom = top + grouped
    if grouped:
        _group_row(page, top, first, columns)
        if chance(rng, decor.short):
            _shorten(columns, texts)
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


def _shorten(columns: Sequence[Column], texts: list[str]) -> None:
    """Shorten the headers below a group that stands together and says the rest: 联系人 over 姓名, 电话."""
    short = words()["short"]
    for names in short.values():
        at = [n for n, c in enumerate(columns) if c.field in names]
        if len(at) == len(names) and at[-1] - at[0] == len(at) - 1:
            for n in at:
                texts[n] = names[columns[n].field]


def _repeat(page: Page, header: int, row: int) -> None:
    """Put the header in once more, as it stands on every printed page."""
    for (r, column), (value, look) in list(page.cells.items()):
        if r == header:
            page.cells[row, column] = (value, look)


def _in_wan(row: Row) -> Row:
    """Return a row with its expected amount typed in 万元, where it is a figure."""
    entry = row["expected_amount"]
    if entry.value is None:
        return row
    typed = entry.value / 10_000
    return {**row, "expected_amount": replace(entry, typed=typed, style=None)}


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
        row += int(rng.random() * 3)
        page.put(row, left, pick(rng, words()["forms"]["notes"]), "note")
