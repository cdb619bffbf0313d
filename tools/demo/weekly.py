"""销售周报 and 客户交接清单 as reps lay them out.

Owns their layouts. Refuses: the figures, and faults.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from salesxl.schemas import block_spec
from tools.demo.dirt import Row
from tools.demo.entry import Entry, Ledger
from tools.demo.labels import header_text
from tools.demo.page import Page
from tools.demo.tables import card_rows, draw_table, heading
from tools.demo.words import Headers, Rng, chance, pick, words

__all__ = ["WeeklyLook", "draw_handover", "draw_weekly", "weekly_look"]

_SIGNATURES = (
    ("from_signature", "from_signed_on"),
    ("to_signature", "to_signed_on"),
    ("manager_signature", "manager_signed_on"),
)


class WeeklyLook:
    """How a rep lays out the weekly report: the same for every week, since each sheet is copied."""

    def __init__(self, rng: Rng) -> None:
        self.per_row = pick(rng, (1, 2, 2, 3))
        self.step = pick(rng, (2, 3))
        self.colon = pick(rng, ("", "", "：", ":"))
        self.in_cell = chance(rng, 0.15)
        self.stacked = chance(rng, 0.12)
        self.numbered = chance(rng, 0.3)
        self.merged_titles = chance(rng, 0.6)
        self.left = pick(rng, (1, 1, 1, 2))
        self.gap = pick(rng, (0, 1, 1))
        self.optional = [n for n in ("collected_amount", "deals", "month_target") if chance(rng, 0.75)]
        self.closes = chance(rng, 0.7)
        self.amounts = chance(rng, 0.8)


def weekly_look(rng: Rng) -> WeeklyLook:
    """Choose a rep's layout."""
    return WeeklyLook(rng)


def draw_weekly(
    rng: Rng,
    sheet: str,
    card: Mapping[str, Entry],
    keys: Sequence[Row],
    issues: Sequence[Row],
    plans: Sequence[Row],
    look: WeeklyLook,
    pools: Headers,
    ledger: Ledger,
    title: str,
) -> Page:
    """Draw one week's report."""
    page = Page(sheet)
    left = look.left
    page.put(1, left, title, "title")
    page.merge(1, left, 1, left + 5)
    names = ["rep", "team", "week_start", "week_end", "new_customers", "follow_ups"]
    names += ["expected_amount", "completed_amount", *look.optional]
    head = names[:4] if look.stacked else []
    figures = names[len(head) :]
    per_row = len(figures) if look.stacked else look.per_row
    pairs = [figures[at : at + per_row] for at in range(0, len(figures), per_row)]
    row = 2 + look.gap
    cells: dict[str, str] = {}
    if head:
        row, cells = card_rows(
            rng, page, row, left, "weekly_report", card, [head[:2], head[2:]], pools, step=2, colon=look.colon
        )
    row, more = card_rows(
        rng,
        page,
        row,
        left,
        "weekly_report",
        card,
        pairs,
        pools,
        step=look.step,
        colon=look.colon,
        in_cell=look.in_cell and not look.stacked,
        stacked=look.stacked,
    )
    cells |= more
    ledger.put(sheet, 2, "weekly_report", card, cells)
    key_fields = ["customer_name", "stage", "progress", "next_step"]
    key_fields += ["expected_close"] * look.closes + ["amount"] * look.amounts
    tables = (
        ("key_customer", keys, key_fields),
        ("issue", issues, ["problem", "measure", "support"]),
        ("next_week", plans, ["plan", "customer_name", "due"]),
    )
    for number, (block, rows, fields) in zip("一二三", tables, strict=True):
        text = (f"{number}、" if look.numbered else "") + block_spec(block).title
        width = len(fields)
        row = heading(page, row + look.gap, left, text, width, merged=look.merged_titles)
        row = draw_table(rng, page, row, left, block, rows, fields, pools, ledger)
    return page


def draw_handover(
    rng: Rng,
    sheet: str,
    card: Mapping[str, Entry],
    tables: Sequence[tuple[str, Sequence[Row]]],
    pools: Headers,
    ledger: Ledger,
) -> Page:
    """Draw a handover list: card, three tables, signatures."""
    page = Page(sheet)
    page.put(1, 1, pick(rng, words()["forms"]["handover"]), "title")
    page.merge(1, 1, 1, 7)
    colon = pick(rng, ("", "：", ":"))
    row, cells = card_rows(
        rng,
        page,
        2,
        1,
        "handover",
        card,
        [("from_rep", "to_rep"), ("date", "reason")],
        pools,
        step=3,
        colon=colon,
    )
    for block, rows in tables:
        spec = block_spec(block)
        fields = [c.field for c in spec.drawn]
        row = heading(page, row + 1, 1, spec.title, len(fields), merged=chance(rng, 0.5))
        row = draw_table(rng, page, row, 1, block, rows, fields, pools, ledger)
    row += 1
    spec = block_spec("handover")
    beside = chance(rng, 0.5)
    for n, (signature, signed) in enumerate(_SIGNATURES):
        at_row, at = (row, 1 + 2 * n) if beside else (row + n, 1)
        page.put(at_row, at, header_text(rng, pools, "handover", spec.column(signature)) + colon, "label")
        cells[signature] = page.put(at_row, at + 1, card[signature])
        at_row, at = (row + 1, at) if beside else (at_row, 3)
        page.put(at_row, at, header_text(rng, pools, "handover", spec.column(signed)) + colon, "label")
        cells[signed] = page.put(at_row, at + 1, card[signed])
    ledger.put(sheet, 2, "handover", card, cells)
    return page
