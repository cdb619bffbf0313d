"""The company's sentences: the headline, six figures, what the director should ask, the change.

Owns what is said first. Refuses: computing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from salesxl.messages import Words
from salesxl.summary.figures.plain import percent, wan

__all__ = ["asks", "cards", "few", "headline", "signed", "trend", "unjudged"]

Told: TypeAlias = Mapping[str, Any]

NAMED = 3
"""Teams that a sentence names before it only counts them."""
ASKED, OF_A_KIND = 8, 3
"""Things that the first page asks for, and how many of one kind before others have had their turn."""


def few(units: Sequence[str], words: Words, most: int = NAMED) -> str:
    """Return a few names, and how many there are when they are more."""
    joined = words.text("rollup.join").join(units[:most])
    return joined if len(units) <= most else words.text("rollup.many", names=joined, count=len(units))


def signed(amount: float | None, words: Words) -> str:
    """Write a change in 万元 with its sign; blank for None."""
    if amount is None:
        return words.text("rollup.unknown")
    return f"{'+' if amount > 0 else '−' if amount < 0 else ''}{wan(abs(amount))}"


def unjudged(missing: Sequence[int], whole: Told, words: Words) -> str:
    """Say why the whole is held against no pace; blank where it is."""
    if whole["pace"] is not None or whole["attainment"] is None:
        return ""
    if missing:
        weeks = words.text("rollup.join").join(
            words.text("summary.weeks.one", first=n, last=n) for n in missing
        )
        return words.text("rollup.headline.weeks_missing", weeks=weeks)
    return words.text("rollup.headline.early")


def headline(found: Told, words: Words) -> str:
    """Return the one sentence: attainment, who is behind, the pipeline, who is missing, claims."""

    def say(key: str, **facts: Any) -> str:
        return words.text(f"rollup.headline.{key}", **facts)

    missing = [row["unit"] for row in found["missing"]]
    if not found["units"]:
        parts = [say("nothing")]
    else:
        parts = [_done(found, say), *_behind(found, say, words), _pipeline(found, say, words)]
    if missing:
        parts.append(say("missing", units=few(missing, words)))
    twice = found["twice"]
    if twice["customers"]:
        key = "claims_amount" if twice["amount"] else "claims"
        parts.append(say(key, count=twice["customers"], amount=wan(twice["amount"])))
    return words.text("rollup.headline.join").join(parts) + words.text("rollup.headline.end")


def _done(found: Told, say: Callable[..., str]) -> str:
    whole = found["all"]
    if whole["completed"] is None:
        return say("no_figures")
    if whole["attainment"] is None:
        return say("no_target", completed=wan(whole["completed"]))
    facts = {
        "attainment": percent(whole["attainment"]),
        "completed": wan(whole["completed"]),
        "target": wan(whole["target"]),
    }
    if found["judged"]:
        return say("done", share=percent(found["share"]), **facts)
    return say("done_no_pace", why=found["unjudged"], **facts)


def _behind(found: Told, say: Callable[..., str], words: Words) -> list[str]:
    by_state = {
        state: [row["unit"] for row in found["units"] if row["state"] == state]
        for state in ("warning", "behind")
    }
    keys = (("warning", "warned"), ("behind", "behind"))
    told = [say(key, units=few(by_state[state], words)) for state, key in keys if by_state[state]]
    return told or ([say("fine")] if found["judged"] else [])


def _pipeline(found: Told, say: Callable[..., str], words: Words) -> str:
    whole, change = found["all"], found["compared"]["open_amount_change"]
    facts = {"amount": wan(whole["open_amount"]) or "0", "forecast": wan(whole["forecast"]) or "0"}
    if change is None:
        return say("pipeline", **facts)
    return say("pipeline_change", week=found["last"], change=signed(change, words), **facts)


def cards(found: Told, words: Words) -> dict[str, dict[str, Any]]:
    """Return the six figures by key: ``value`` (a number or blank), ``note``, ``alert``; amounts in 万元."""
    whole, missing, twice = found["all"], found["missing"], found["twice"]
    values = {
        "attainment": (whole["attainment"], whole["state"] == "warning"),
        "week": (_wan(whole["week_completed"]), False),
        "pipeline": (_wan(whole["open_amount"]), False),
        "forecast": (_wan(whole["forecast"]), False),
        "missing": (len(missing), bool(missing)),
        "claims": (twice["customers"], bool(twice["customers"])),
    }
    notes = _notes(found, words)
    return {
        key: {"value": value, "note": notes[key], "alert": alert} for key, (value, alert) in values.items()
    }


def _wan(amount: float | None) -> float | None:
    return None if amount is None else amount / 10_000


def _notes(found: Told, words: Words) -> dict[str, str]:
    whole, missing, twice, compared = (found[key] for key in ("all", "missing", "twice", "compared"))

    def say(key: str, **facts: Any) -> str:
        return words.text(f"rollup.card.{key}", **facts)

    amounts = {name: wan(whole[name]) or words.text("rollup.unknown") for name in ("completed", "target")}
    flow = {}
    for key, name in (("pipeline", "open_amount"), ("forecast", "forecast")):
        change = compared[f"{name}_change"]
        facts = {"count": whole["open_count"]}
        flow[key] = (
            say(f"{key}_note", **facts)
            if change is None
            else say(f"{key}_change", change=signed(change, words), **facts)
        )
    return {
        "attainment": say("attainment_none")
        if whole["attainment"] is None
        else say("attainment_note", share=percent(found["share"]), **amounts)
        if found["judged"]
        else say("attainment_unjudged", **amounts),
        "week": say("week_note", completed=wan(whole["completed"]))
        if whole["completed"] is not None
        else say("week_none"),
        **flow,
        "missing": say("missing_note", units=few([row["unit"] for row in missing], words, 2))
        if missing
        else say("missing_none", count=len(found["units"])),
        "claims": say("claims_none")
        if not twice["customers"]
        else say("claims_note", amount=wan(twice["amount"]))
        if twice["amount"]
        else say("claims_won"),
    }


def asks(found: Told, words: Words) -> list[dict[str, Any]]:
    """Return what the director should ask first: the furthest behind, who is missing, whose a customer is.

    Of teams in warning, missing or behind there are more where nothing else waits.
    """
    kinds = [
        list(_of_state(found, "warning", words)),
        list(_absent(found, words)),
        list(_claimed(found, words)),
        list(_of_state(found, "behind", words)),
        list(_dropped(found, words)),
        list(_held(found, words)),
    ]
    first = [row for rows in kinds for row in rows[:OF_A_KIND]]
    rest = [row for rows in (kinds[0], kinds[1], kinds[3]) for row in rows[OF_A_KIND:]]
    chosen = [*first, *rest][:ASKED]
    return [{"no": number, **row} for number, row in enumerate(chosen, 1)]


def _ask(kind: str, row: Told, words: Words, **facts: Any) -> dict[str, Any]:
    unit, place = row["unit"], {"link": row.get("link", ""), "place": row.get("place", "")}
    text = words.text(f"rollup.ask.{kind}", unit=unit, **facts)
    return {"kind": kind, "unit": unit, "text": text, **place}


def _of_state(found: Told, state: str, words: Words) -> list[dict[str, Any]]:
    rows = [row for row in found["units"] if row["state"] == state]
    return [
        _ask(
            state,
            row,
            words,
            completed=wan(row["completed"]),
            target=wan(row["target"]),
            attainment=percent(row["attainment"]),
            share=percent(found["share"]),
            gap=wan(row["gap"]) or "0",
            count=row["warned"],
        )
        for row in rows
    ]


def _absent(found: Told, words: Words) -> list[dict[str, Any]]:
    told = []
    for row in found["missing"]:
        kind = "never" if row["failed"] == "absent" and row["last"] is None else row["failed"]
        last = row["reason"] if kind == "other_week" else row["last"]
        facts = {"week": found["week"]["label"], "last": last, "why": row["reason"]}
        told.append(_ask(kind, {"unit": row["unit"]}, words, **facts))
    return told


def _claimed(found: Told, words: Words) -> list[dict[str, Any]]:
    by_customer: dict[int, list[Told]] = {}
    for row in found["claims"]["rows"]:
        by_customer.setdefault(row["no"], []).append(row)
    told = []
    for rows in by_customer.values():
        units = list(dict.fromkeys(row["unit"] for row in rows))
        amounts = [row["expected_amount"] for row in rows if row["expected_amount"] is not None]
        facts = {
            "customer": rows[0]["customer_name"],
            "units": few(units, words),
            "amount": wan(max(amounts)) if amounts else "",
        }
        kind = "claim" if amounts else "claim_unknown"
        told.append(_ask(kind, {"unit": units[0]}, words, **facts))
    return told


def _dropped(found: Told, words: Words) -> list[dict[str, Any]]:
    """Return the teams whose pipeline has fallen, the most first."""
    fallen = [row for row in found["units"] if (row["open_amount_change"] or 0) < 0]
    fallen.sort(key=lambda row: row["open_amount_change"])
    return [
        _ask(
            "dropped",
            row,
            words,
            before=wan(row["open_amount_before"]),
            now=wan(row["open_amount"]) or "0",
        )
        for row in fallen
    ]


def _held(found: Told, words: Words) -> list[dict[str, Any]]:
    rows = sorted((row for row in found["units"] if row["held_amount"]), key=lambda row: -row["held_amount"])
    return [_ask("held", row, words, rows=row["held"], amount=wan(row["held_amount"])) for row in rows]


def trend(found: Told, words: Words) -> str:
    """Return the line on the change against the roll-up before; blank without one."""
    compared = found["compared"]
    if found["last"] is None or not compared["teams"]:
        return ""
    facts: dict[str, Any] = {"week": found["last"], "teams": compared["teams"]}
    for key, name in (("open", "open_amount"), ("forecast", "forecast"), ("completed", "completed")):
        for when in ("before", "now"):
            facts[f"{key}_{when}"] = wan(compared[f"{name}_{when}"]) or words.text("rollup.unknown")
    for when in ("before", "now"):
        facts[f"won_{when}"] = f"{int(compared[f'won_{when}'] or 0):,}"
    return words.text("rollup.trend.line", **facts)
