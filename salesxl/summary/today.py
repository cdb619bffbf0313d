"""The few things that need the manager today, and the one sentence that says it.

Owns the choice and its order; every sentence is words (``text.summary``). Refuses: figures; they come ready.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain, islice, zip_longest
from typing import Any

from salesxl.messages import Words
from salesxl.summary.figures.plain import percent, wan

__all__ = ["headline", "names", "today", "worth"]

THINGS = 5
"""As many as are done in a day; the lists on the sheets hold the rest."""

NAMED = 3
"""Names in one sentence before the rest is only counted."""

_ABOUT_REPS = ("attainment", "held")
"""Kinds that are a talk with one rep, whose own page says the most about them."""

Item = dict[str, Any]


def names(reps: Sequence[str], words: Words, most: int = NAMED) -> str:
    """Return a few names, and how many there are when they are more."""
    joiner = words.text("definition_part.join")
    if len(reps) <= most:
        return joiner.join(reps)
    return words.text("summary.many", names=joiner.join(reps[:most]), count=len(reps))


def worth(amount: float | None, completed: float | None, words: Words) -> str:
    """Return what is known to stand on rows held back."""
    known = []
    if amount:
        known.append(words.text("summary.held.amount", amount=wan(amount)))
    if completed:
        known.append(words.text("summary.held.completed", completed=wan(completed)))
    return words.text("summary.held.join").join(known) or words.text("summary.held.no_amount")


def headline(context: Mapping[str, Any], words: Words) -> str:
    """Return the one sentence of 总览: who is behind, where the funnel leaks, whom to call first."""
    if not context["reports"]["handed_in"]:
        return words.text("summary.headline.nothing")
    parts = [_behind(context, words)]
    if context["reports"]["missing"]:
        missing = names(context["reports"]["missing"], words)
        parts.append(words.text("summary.headline.missing", reps=missing))
    leak = context["stages"]["leak"]
    if leak is not None:
        key = "leak" if leak["conversion"] else "leak_all"
        facts = {"from_stage": leak["from"], "to_stage": leak["to"]}
        parts.append(words.text(f"summary.headline.{key}", conversion=percent(leak["conversion"]), **facts))
    overdue = context["follow_up"]["overdue"]
    if overdue:
        first = overdue[0]
        facts = {"customer": first["customer_name"], "rep": first["rep"], "days": first["days"]}
        parts.append(words.text("summary.headline.call", count=len(overdue), **facts))
    else:
        parts.append(words.text("summary.headline.no_call"))
    return words.text("summary.headline.join").join(parts) + words.text("summary.headline.end")


def _behind(context: Mapping[str, Any], words: Words) -> str:
    whole = context["attainment"]["all"]
    if whole["completed"] is None:
        return words.text("summary.headline.no_figures")
    if whole["attainment"] is None and not any(r["attainment"] for r in context["attainment"]["reps"]):
        return words.text("summary.headline.no_target", completed=wan(whole["completed"]))
    if context["attainment"]["unjudged_line"]:
        why = context["attainment"]["unjudged_line"]
        return words.text("summary.headline.unjudged", completed=wan(whole["completed"]), why=why)
    by_state = {
        state: [r["rep"] for r in context["attainment"]["reps"] if r["state"] == state]
        for state in ("warning", "behind")
    }
    key = "behind" if by_state["warning"] else "slow" if by_state["behind"] else "fine"
    reps = by_state["warning"] or by_state["behind"]
    shown = percent(whole["attainment"]) or words.text("summary.unknown")
    share = percent(context["attainment"]["workdays"]["share"])
    return words.text(f"summary.headline.{key}", attainment=shown, share=share, reps=names(reps, words))


def today(context: Mapping[str, Any], words: Words) -> list[Item]:
    """Return what to do today, at most five: of each kind the most pressing first, then the next of each.

    Each has ``no``, ``text`` and ``sheet``, the key of the sheet that holds the rest.
    """
    kinds = [list(islice(make(context, words), THINGS)) for make in _KINDS]
    turns = chain.from_iterable(zip_longest(*kinds))
    chosen = list(islice((item for item in turns if item is not None), THINGS))
    return [{"no": number, **item} for number, item in enumerate(chosen, 1)]


def _say(words: Words, kind: str, sheet: str, /, **facts: Any) -> Item:
    text = words.text(f"summary.today.{kind}", **facts)
    rep = facts.get("rep") if kind in _ABOUT_REPS else None
    return {"kind": kind, "text": text, "sheet": sheet, "rep": rep}


def _attainment(context: Mapping[str, Any], words: Words) -> Iterator[Item]:
    share = percent(context["attainment"]["workdays"]["share"])
    for row in context["attainment"]["reps"]:
        if row["state"] == "warning":
            facts = {name: wan(row[name]) for name in ("completed", "target")}
            done = percent(row["attainment"])
            yield _say(
                words, "attainment", "attainment", rep=row["rep"], attainment=done, share=share, **facts
            )


def _overdue(context: Mapping[str, Any], words: Words) -> Iterator[Item]:
    for row in context["follow_up"]["overdue"]:
        facts = {
            "customer": row["customer_name"],
            "amount": wan(row["expected_amount"]) or words.text("summary.unknown"),
        }
        yield _say(words, "overdue", "follow_up", **_picked(row, "rep", "grade", "due", "days"), **facts)


def _conflict(context: Mapping[str, Any], words: Words) -> Iterator[Item]:
    for row in context["conflicts"]["customers"]:
        amount = wan(row["amount"]) or words.text("summary.unknown")
        yield _say(
            words, "conflict", "conflicts", customer=row["customer_name"], reps=row["reps"], amount=amount
        )


def _held(context: Mapping[str, Any], words: Words) -> Iterator[Item]:
    held = [r for r in context["reports"]["reps"] if r["returned"]]
    held = sorted(held, key=lambda r: -(r["held_amount"] or 0) - (r["held_completed"] or 0))
    for row in held:
        known = worth(row["held_amount"], row["held_completed"], words)
        yield _say(words, "held", "reports", rep=row["rep"], rows=row["returned"], known=known)


def _missing(context: Mapping[str, Any], words: Words) -> Iterator[Item]:
    if context["reports"]["missing"]:
        yield _say(words, "missing", "reports", reps=names(context["reports"]["missing"], words))


def _renewal(context: Mapping[str, Any], words: Words) -> Iterator[Item]:
    for row in context["follow_up"]["renewals"]:
        facts = {"customer": row["customer_name"], "end": row["contract_end"], "days": abs(row["days"])}
        kind = "expired" if row["expired"] else "renewal"
        yield _say(words, kind, "follow_up", rep=row["rep"], **facts)


def _close(context: Mapping[str, Any], words: Words) -> Iterator[Item]:
    for row in context["follow_up"]["closes"]:
        facts = {
            "customer": row["customer_name"],
            "day": row["expected_close"],
            "amount": wan(row["expected_amount"]) or words.text("summary.unknown"),
        }
        yield _say(words, "close", "follow_up", **_picked(row, "rep", "days"), **facts)


def _handover(context: Mapping[str, Any], words: Words) -> Iterator[Item]:
    for row in context["conflicts"]["handovers"]:
        yield _say(words, "handover", "conflicts", message=row["message"].rstrip("。."))


def _action(context: Mapping[str, Any], words: Words) -> Iterator[Item]:
    for row in context["follow_up"]["actions"]:
        facts = {
            "rep": row["owner"] or row["rep"],
            "customer": row["customer_name"] or words.text("summary.unknown"),
        }
        yield _say(words, "action", "follow_up", **_picked(row, "action", "due", "days"), **facts)


def _first(context: Mapping[str, Any], words: Words) -> Iterator[Item]:
    for row in context["follow_up"]["first"]:
        days = (context["as_of"] - row["since"]).days
        yield _say(words, "first", "follow_up", customer=row["customer_name"], rep=row["rep"], days=days)


def _after_sales(context: Mapping[str, Any], words: Words) -> Iterator[Item]:
    for row in context["follow_up"]["after_sales"]:
        facts = {"customer": row["customer_name"], "day": row["since"]}
        yield _say(words, "after_sales", "follow_up", **_picked(row, "rep", "days"), **facts)


def _review(context: Mapping[str, Any], words: Words) -> Iterator[Item]:
    for row in context["follow_up"]["reviews"]:
        facts = {"customer": row["customer_name"]}
        yield _say(words, "review", "follow_up", **_picked(row, "rep", "due", "days"), **facts)


def _stuck(context: Mapping[str, Any], words: Words) -> Iterator[Item]:
    for row in context["follow_up"]["stuck"]:
        facts = {"customer": row["customer_name"], "usual": row["bound"]}
        yield _say(words, "stuck", "follow_up", **_picked(row, "rep", "stage", "days"), **facts)


def _birthday(context: Mapping[str, Any], words: Words) -> Iterator[Item]:
    for row in context["follow_up"]["birthdays"]:
        facts = {"customer": row["customer_name"], "contact": row["contact_name"], "day": row["next"]}
        yield _say(words, "birthday", "follow_up", rep=row["rep"], **facts)


def _picked(row: Mapping[str, Any], *wanted: str) -> dict[str, Any]:
    return {name: row[name] for name in wanted}


_KINDS: tuple[Callable[[Mapping[str, Any], Words], Iterator[Item]], ...] = (
    *(_attainment, _overdue, _conflict, _held, _missing, _renewal),
    *(_close, _handover, _action, _first, _after_sales, _review, _stuck, _birthday),
)
"""What needs the manager, the most pressing kind first."""
