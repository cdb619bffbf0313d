"""The figures of 总览: six cards, the held-back line, the comparison with the week before.

Owns which figure and which note; every sentence is words. Refuses: computing what the sheets hold.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from salesxl.messages import Words
from salesxl.rules.money import total
from salesxl.summary.figures.plain import percent, wan
from salesxl.summary.today import names, worth

__all__ = ["cards", "held_line", "trend", "unread_line"]

MOST = 8
"""Reps that the held-back line names before it only counts them."""


def cards(context: Mapping[str, Any], words: Words) -> dict[str, dict[str, Any]]:
    """Return the six figures by key: ``name``, ``value`` (a number or blank), ``note``, ``sheet``, ``alert``.

    Amounts are in units of 10,000 元; ``alert`` colours a figure that asks for something.
    """
    whole, flow = context["attainment"]["all"], context["stages"]
    late, reports, held = context["follow_up"]["overdue"], context["reports"], context["held"]
    known = len(reports["missing"]) if reports["expected"] and reports["is_due"] else None
    found = {
        "attainment": (whole["attainment"], "attainment", whole["state"] == "warning"),
        "week": (_wan(whole["week_completed"]), "attainment", False),
        "forecast": (_wan(flow["forecast"]), "forecast", False),
        "overdue": (len(late), "follow_up", bool(late)),
        "missing": (known, "reports", bool(known)),
        "held": (held["rows"], "reports", bool(held["rows"])),
    }
    notes = _notes(context, words)
    return {
        key: {
            "name": words.text(f"summary.card.{key}"),
            "value": value,
            "note": notes[key],
            "sheet": sheet,
            "alert": alert,
        }
        for key, (value, sheet, alert) in found.items()
    }


def _wan(amount: float | None) -> float | None:
    return None if amount is None else amount / 10_000


def _notes(context: Mapping[str, Any], words: Words) -> dict[str, str]:
    whole, flow, reports = context["attainment"]["all"], context["stages"], context["reports"]
    late, held = context["follow_up"]["overdue"], context["held"]
    blank = words.text("summary.unknown")

    def say(key: str, **facts: Any) -> str:
        return words.text(f"summary.card.{key}", **facts)

    share = percent(context["attainment"]["workdays"]["share"])
    amounts = {name: wan(whole[name]) or blank for name in ("completed", "target")}
    lost = wan(total([row["expected_amount"] for row in late if row["counted"] is not False])) or blank
    return {
        "attainment": say("attainment_none")
        if whole["target"] is None
        else say("attainment_note", share=share, **amounts)
        if context["attainment"]["judged"]
        else say("attainment_unjudged", **amounts),
        "week": _week_note(whole, say),
        "forecast": say("forecast_note", count=flow["open_count"], amount=wan(flow["open_amount"]) or blank)
        if flow["open_count"]
        else say("forecast_none"),
        "overdue": say("overdue_note", days=max(row["days"] for row in late), amount=lost)
        if late
        else say("overdue_none" if flow["count"] else "overdue_nobody"),
        "missing": _missing_note(reports, words, say),
        "held": say("held_note", known=worth(held["amount"], held["completed"], words))
        if held["rows"]
        else say("held_none"),
    }


def _week_note(whole: Mapping[str, Any], say: Callable[..., str]) -> str:
    if whole["completed"] is None:
        return say("week_none")
    if whole["week_collected"] is None:
        return say("week_plain", completed=wan(whole["completed"]))
    return say("week_note", collected=wan(whole["week_collected"]), completed=wan(whole["completed"]))


def _missing_note(reports: Mapping[str, Any], words: Words, say: Callable[..., str]) -> str:
    if not reports["expected"]:
        return say("missing_unknown")
    if not reports["is_due"]:
        return say("missing_due", count=reports["reported"], due=reports["due"])
    if not reports["missing"]:
        return say("missing_none", count=reports["expected"])
    return say("missing_note", reps=names(reports["missing"], words))


def held_line(context: Mapping[str, Any], words: Words, *, merged: bool) -> str:
    """Return the line that never lets held-back rows be overlooked."""
    held = context["held"]
    if not held["rows"]:
        return words.text("summary.held.none")
    if merged:
        return words.text("summary.held.merged", rows=held["rows"])
    blank = words.text("summary.unknown")
    parts = [
        words.text(
            "summary.held.part", rep=row["rep"] or blank, rows=row["returned"] + row["returned_before"]
        )
        for row in context["reports"]["reps"]
        if row["returned"] or row["returned_before"]
    ]
    line = words.text(
        "summary.held.line",
        rows=held["rows"],
        known=worth(held["amount"], held["completed"], words),
        parts=names(parts, words, MOST),
    )
    before = words.text("summary.held.before", rows=held["before"]) if held["before"] else ""
    return line + (words.gap + before if before else "")


def unread_line(context: Mapping[str, Any], words: Words) -> str:
    """Return the line on files that could not be read; blank where there are none."""
    unread = context["reports"]["unread"]
    sheet = words.name("summary_sheet", "reports")
    return words.text("summary.held.unread", count=len(unread), sheet=sheet) if unread else ""


def trend(now: Mapping[str, Any], before: Mapping[str, Any] | None, words: Words) -> dict[str, Any] | None:
    """Return key figures beside those of the week before, and the line that says them."""
    if before is None:
        return None
    rows = []
    for key, figure in _KEY_FIGURES.items():
        old, new = figure(before), figure(now)
        rows.append({"key": key, "name": words.text(f"summary.trend.{key}"), "before": old, "now": new})
    parts = [
        words.text(
            "summary.trend.part",
            name=r["name"],
            before=_shown(r["before"], words),
            now=_shown(r["now"], words),
        )
        for r in rows
    ]
    line = words.text("summary.trend.line", parts=words.text("summary.trend.join").join(parts))
    return {"rows": rows, "line": line}


_KEY_FIGURES: Mapping[str, Callable[[Mapping[str, Any]], Any]] = {
    "overdue": lambda c: len(c["follow_up"]["overdue"]),
    "open_amount": lambda c: _wan(c["stages"]["open_amount"]),
    "forecast": lambda c: _wan(c["stages"]["forecast"]),
    "won": lambda c: c["losses"]["all"]["won"],
}


def _shown(value: float | None, words: Words) -> str:
    if value is None:
        return words.text("summary.unknown")
    return f"{value:,}" if isinstance(value, int) else wan(value * 10_000)
