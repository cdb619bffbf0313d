"""本周变化: the bridge from last week's pipeline to this week's, and who moved, with the sentences.

Owns which figures the sheet is given. Refuses: computing them (``weekly_changes``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from salesxl.messages import Words
from salesxl.model import Team
from salesxl.rulebook import Rulebook
from salesxl.rules.money import total
from salesxl.summary.figures import weekly_changes
from salesxl.summary.figures.plain import wan

__all__ = ["changes_section"]

SPOKEN = 3
"""Bars that the one sentence names, the largest first."""

LARGE = 3
"""From how many times what moved on a pipeline hides it in a chart that begins at 0."""

WEEK = dt.timedelta(days=7)


def changes_section(
    team: Team, before: Team | None, rulebook: Rulebook, words: Words, then: Rulebook | None = None
) -> dict[str, Any]:
    """Return 本周变化: ``line``, the bridge as a table and as a chart, and the lists that are not empty.

    ``before`` is the team of the last week that was made; without one there is nothing to compare with
    (``none``). ``then`` are its settings, where they were other ones.
    """
    if before is None:
        line = words.text("summary.changes.first")
        empty: dict[str, Any] = {"start": {}, "end": {}, "bars": []}
        return {
            **{"none": True, "known": False, "line": line, "compared": "", "bridge": empty},
            **{"rows": [], "chart": [], "chart_title": "", "lists": [], "vanished": [], "no_lists": False},
        }
    both = weekly_changes.compared(before, team, rulebook, then)
    bridge = weekly_changes.bridge(both)
    found = weekly_changes.lists(both, rulebook)
    title, chart = _chart(bridge, words)
    told = [_list(key, rows, words) for key, rows in found.items() if rows]
    return {
        "none": False,
        "known": True,
        "line": _line(bridge, words),
        "compared": _compared(before, team, words),
        "bridge": bridge,
        "rows": _rows(bridge, words),
        "chart": chart,
        "chart_title": title,
        "lists": told,
        "no_lists": not told,
        "vanished": found["vanished"],
    }


def _compared(before: Team, team: Team, words: Words) -> str:
    """Name the week that this one is compared with, and how many lie between that were never made."""
    start, end = before.week
    year, number, _ = start.isocalendar()
    line = words.text("summary.changes.compared", year=str(year), week=number, start=start, end=end)
    between = (team.week[0] - start) // WEEK - 1
    return line + (words.text("summary.changes.between", count=between) if between > 0 else "")


def _line(bridge: Mapping[str, Any], words: Words) -> str:
    """Say in one sentence from what the pipeline came to what, and by which bars most."""
    moved = sorted((b for b in bridge["bars"] if b["amount"]), key=lambda b: -abs(b["amount"]))
    facts = {key: wan(bridge[key]["amount"]) for key in ("start", "end")}
    if not moved:
        return words.text("summary.changes.still", **facts)
    parts = [
        words.text("summary.changes.part", name=words.name("bridge", b["key"]), amount=_signed(b["amount"]))
        for b in moved[:SPOKEN]
    ]
    said = words.text("summary.changes.join").join(parts)
    more = words.text("summary.changes.more") if len(moved) > SPOKEN else ""
    return words.text("summary.changes.line", parts=said + more, **facts)


def _signed(amount: float) -> str:
    return ("+" if amount > 0 else "−") + wan(abs(amount))


def _rows(bridge: Mapping[str, Any], words: Words) -> list[dict[str, Any]]:
    """Return the table: the two pipelines and, between them, the bars in which there is anybody."""
    ends = {
        key: {
            **{"name": words.text(f"summary.changes.{key}"), "count": bridge[key]["count"], "amount": None},
            **{"after": bridge[key]["amount"], "meant": "", "whole": True},
        }
        for key in ("start", "end")
    }
    bars = [
        {
            **{"name": words.name("bridge", b["key"]), "count": b["count"], "amount": b["amount"]},
            **{"after": b["after"], "meant": words.text(f"bridge.{b['key']}"), "whole": False},
        }
        for b in bridge["bars"]
        if b["count"]
    ]
    return [ends["start"], *bars, ends["end"]]


def _chart(bridge: Mapping[str, Any], words: Words) -> tuple[str, list[dict[str, Any]]]:
    """Return the waterfall's title and its columns in units of 10,000 元.

    A column stands on ``base`` and goes as far as ``whole``, ``rise`` or ``fall``. Where nobody would see
    what moved on so large a pipeline, the same piece is cut off below all columns, and the title says so.
    """
    start, end = (bridge[key]["amount"] for key in ("start", "end"))
    moved = [bar for bar in bridge["bars"] if bar["amount"]]
    levels = [start, *(bar["after"] for bar in moved), end]
    spread = max(levels) - min(levels)
    cut = max(min(levels) - spread, 0) if 0 < spread * LARGE < min(levels) else 0
    blank: dict[str, Any] = {"base": 0.0, "whole": None, "rise": None, "fall": None}

    def whole(key: str, amount: float) -> dict[str, Any]:
        name = f"{words.text(f'summary.changes.{key}')} {wan(amount)}"
        return {**blank, "name": name, "whole": (amount - cut) / 10_000}

    found, level = [whole("start", start)], start
    for bar in moved:
        base, side = min(level, bar["after"]) - cut, "rise" if bar["amount"] > 0 else "fall"
        name = f"{words.name('bridge', bar['key'])} {_signed(bar['amount'])}"
        found.append({**blank, "name": name, "base": base / 10_000, side: abs(bar["amount"]) / 10_000})
        level = bar["after"]
    title = words.text("summary.changes.chart_cut" if cut else "summary.changes.chart")
    return title, [*found, whole("end", end)]


def _list(key: str, rows: Sequence[Mapping[str, Any]], words: Words) -> dict[str, Any]:
    """Return a list with its title; what stood and what stands are written out: they are of all kinds."""
    amount = wan(total([row["amount"] for row in rows])) or "0"
    title = words.text(
        "summary.changes.list", name=words.name("weekly_change", key), count=len(rows), amount=amount
    )
    return {
        "key": key,
        "title": title,
        "rows": [
            {
                **row,
                "no": number,
                "list": words.name("weekly_change", key),
                "was": _said(row["was"], words),
                "now": _said(row["now"], words) if key != "vanished" else _absent(row, words),
            }
            for number, row in enumerate(rows, 1)
        ],
    }


def _absent(row: Mapping[str, Any], words: Words) -> str:
    since = row["absent_since"] and row["absent_since"].isocalendar().week
    return words.text("summary.changes.absent", week=since, count=row["absences"])


def _said(value: Any, words: Words) -> str:
    if value is None:
        return words.text("summary.changes.nothing")
    if isinstance(value, dt.date):
        return f"{value:%Y-%m-%d}"
    return words.text("summary.changes.amount", amount=wan(value)) if isinstance(value, float) else str(value)
