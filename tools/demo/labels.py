"""How labels and headers are written: which word a rep uses, and what people add to it.

Owns stars, line breaks, blanks, labels with their value in one cell. Refuses: where they stand.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from salesxl.columns import Column, Need
from tools.demo.entry import Entry
from tools.demo.words import Headers, Rng, pick

__all__ = ["as_text", "decorated", "header_text", "inline"]


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


def as_text(entry: Entry) -> str:
    """Return what a cell shows, to stand behind its label in the same cell."""
    typed = entry.typed
    if typed is None:
        return ""
    return typed.isoformat()[:10] if isinstance(typed, dt.date) else str(typed)
