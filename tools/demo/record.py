"""销售过程记录 as reps lay it out: the card with its boxes, the contacts, the plan, the review.

Owns the layouts of the record. Refuses: what happened, and faults other than a wrongly ticked box.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from salesxl.schemas import block_spec
from tools.demo.dirt import Row
from tools.demo.entry import Entry, Ledger
from tools.demo.labels import header_text
from tools.demo.page import Page
from tools.demo.tables import card_rows, draw_table, heading
from tools.demo.words import Headers, Rng, chance, pick, words

__all__ = ["RecordLook", "boxes", "draw_record", "record_look"]

_TICKS = (
    *(("☑", "□"), ("■", "□"), ("√", "□"), ("✓", "□"), ("✔", "□"), ("●", "○"), ("☑", "☐"), ("[√]", "[ ]")),
    *(("（√）", "（ ）"), ("[x]", "[ ]"), ("√", "")),
)
_PAIRS = (("customer_name", "contact_name"), ("industry", "first_contact"), ("source", "rep"))


@dataclass(frozen=True, slots=True)
class RecordLook:
    """How a rep lays out the record; the same on every sheet, which is copied from the first."""

    title: str
    merged: int
    colon: str
    tick: tuple[str, str]
    spread: bool
    plain: bool
    glue: str
    word_alone: bool
    numbered: bool
    with_number: bool
    reason: bool
    fields: tuple[str, ...]
    progress: bool
    review: str
    gap: int
    left: int


def record_look(rng: Rng) -> RecordLook:
    """Choose a rep's layout."""
    optional = [n for n in ("need_points", "pain_points", "entered_at") if chance(rng, 0.75)]
    return RecordLook(
        title=pick(rng, words()["forms"]["record"]),
        merged=pick(rng, (0, 0, 1, 2)),
        colon=pick(rng, ("", "", "：", ":")),
        tick=pick(rng, _TICKS),
        spread=chance(rng, 0.12),
        plain=chance(rng, 0.15),
        glue=pick(rng, (" ", "  ", "", "\u3000", "\n")),
        word_alone=chance(rng, 0.12),
        numbered=chance(rng, 0.3),
        with_number=chance(rng, 0.4),
        reason=chance(rng, 0.35),
        fields=("contact_time", "method", "summary", *optional),
        progress=chance(rng, 0.8),
        review=pick(rng, ("full", "full", "none", "unsigned")),
        gap=pick(rng, (0, 0, 1)),
        left=pick(rng, (1, 1, 1, 2)),
    )


def boxes(stage: str, stages: Sequence[str], look: RecordLook, ticked: int = 1) -> str:
    """Return the stage as ticked boxes; ``ticked`` 0 leaves all empty, 2 ticks another one as well."""
    if look.word_alone and ticked == 1:
        return stage
    right = {stage} if ticked else set()
    if ticked == 2:
        right.add(next(s for s in stages if s != stage))
    full, empty = look.tick
    glue = look.glue or (" " if not empty else "")
    return glue.join(f"{full if s in right else empty}{s}" for s in stages)


def draw_record(
    rng: Rng,
    sheet: str,
    card: Mapping[str, Entry],
    talks: Sequence[Row],
    plans: Sequence[Row],
    look: RecordLook,
    pools: Headers,
    ledger: Ledger,
) -> Page:
    """Draw one customer's record."""
    page = Page(sheet)
    left, width = look.left, 8
    page.put(1, left, look.title, "title")
    page.merge(1, left, 1, left + width - 1)
    row = heading(page, 2 + look.gap, left, pick(rng, words()["forms"]["basics"]), width, merged=True)
    step = 3 + look.merged
    pairs = [*([("customer_no",)] if look.with_number else []), *_PAIRS]
    row, cells = card_rows(
        rng, page, row, left, "record", card, pairs, pools, step=step, colon=look.colon, merged=look.merged
    )
    spec = block_spec("record")
    for name in ("stage", *(["end_reason"] if look.reason else [])):
        page.put(row, left, header_text(rng, pools, "record", spec.column(name)) + look.colon, "label")
        cells[name] = page.put(row, left + 1, card[name])
        parts = str(card[name].typed or "").split()
        if look.spread and name == "stage" and len(parts) > 2 and all(p[0] in look.tick for p in parts):
            for n, part in enumerate(parts):
                page.put(row, left + 1 + n, part)
        elif card[name].typed is not None:
            page.merge(row, left + 1, row, left + width - 1)
        row += 1
    titles = (("communication", "二、"), ("action", "三、"))
    for (block, number), rows in zip(titles, (talks, plans), strict=True):
        title = (number if look.numbered else "") + block_spec(block).title
        row += look.gap
        if not look.plain:
            row = heading(page, row, left, title, width, merged=True)
        fields = (
            look.fields
            if block == "communication"
            else ("action", "owner", "due", "progress")[: 3 + look.progress]
        )
        row = draw_table(rng, page, row, left, block, rows, fields, pools, ledger, spare=pick(rng, (0, 0, 2)))
    row = max(row, page.height + 1)
    if look.review != "none":
        if chance(rng, 0.5):
            title = pick(rng, words()["forms"]["review"])
            row = heading(page, row + 1, left, title, width, merged=True)
        notes = [("notes",), ("rep_signature", "rep_signed_on"), ("review", "reviewer", "reviewed_on")]
        _, more = card_rows(
            rng, page, row + look.gap, left, "record", card, notes, pools, step=2, colon=look.colon
        )
        cells |= more
    ledger.put(sheet, 2, "record", card, cells)
    return page
