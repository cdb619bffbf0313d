"""The few things that need the manager today, and the one sentence that says it.

Owns the choice and its order; every sentence is words (``text.summary``). Refuses: figures; they come ready.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain, islice, zip_longest
from typing import Any, TypeAlias

from salesxl.messages import Words
from salesxl.rules.money import total
from salesxl.summary.figures.follow_up import LISTS, FollowUpList
from salesxl.summary.figures.plain import percent, wan
from salesxl.summary.figures.weeks import week_key

__all__ = ["became", "headline", "names", "today", "worth"]

THINGS = 5
"""As many as are done in a day; the lists on the sheets hold the rest."""

NAMED = 3
"""Names in one sentence before the rest is only counted."""

_ABOUT_REPS = ("attainment", "held")
"""Kinds that are a talk with one rep, whose own page says the most about them."""

Item = dict[str, Any]
Maker: TypeAlias = Callable[[Mapping[str, Any], Words], Iterator[Item]]


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
    parts += _moved(context, words)
    overdue = context["follow_up"]["overdue"]
    if overdue:
        first = overdue[0]
        facts = {"customer": first["customer_name"], "rep": first["rep"], "days": first["days"]}
        parts.append(words.text("summary.headline.call", count=len(overdue), **facts))
    else:
        parts.append(words.text("summary.headline.no_call"))
    return words.text("summary.headline.join").join(parts) + words.text("summary.headline.end")


def _moved(context: Mapping[str, Any], words: Words) -> list[str]:
    """Say how the pipeline moved since last week, and what vanished from it."""
    said = [context["changes"]["line"]] if context["changes"]["known"] else []
    gone = context["vanished"]
    if gone:
        amount = wan(total([row["expected_amount"] for row in gone])) or words.text("summary.unknown")
        said.append(words.text("summary.headline.vanished", count=len(gone), amount=amount))
    return said


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
        state: [r["rep"] for r in context["attainment"]["reps"] if r["state"] == state and not r["left"]]
        for state in ("warning", "behind")
    }
    key = "behind" if by_state["warning"] else "slow" if by_state["behind"] else "fine"
    reps = by_state["warning"] or by_state["behind"]
    facts = {
        "attainment": percent(whole["attainment"]),
        "share": percent(context["attainment"]["workdays"]["share"]),
        "completed": wan(whole["completed"]),
    }
    known = "done" if whole["attainment"] is not None else "done_no_target"
    done = words.text(f"summary.headline.{known}", **facts)
    return words.text(f"summary.headline.{key}", done=done, reps=names(reps, words))


def today(context: Mapping[str, Any], words: Words) -> list[Item]:
    """Return what to do today, at most five: of each kind the most pressing first, then the next of each.

    Each has ``no``, ``text``, ``about`` (what tells it from others, in any week) and ``sheet``, the key of
    the sheet that holds the rest.
    """
    kinds = [list(islice(make(context, words), THINGS)) for make in _KINDS]
    turns = chain.from_iterable(zip_longest(*kinds))
    chosen = list(islice((item for item in turns if item is not None), THINGS))
    return [{"no": number, **item} for number, item in enumerate(chosen, 1)]


def became(past: Mapping[str, Any], context: Mapping[str, Any], words: Words) -> list[Item]:
    """Return last week's five things, each with what became of it: ``state`` done or open.

    ``past`` are last week's figures, from which its five are chosen anew. A thing is open while the same
    would still have to be done today; what a rep owes, until it came in.
    """
    still = {item["about"] for make in _KINDS for item in make(context, words)}
    found = []
    for item in today(past, words):
        owed = _owed(item, past, context)
        state = "open" if (item["about"] in still if owed is None else owed) else "done"
        found.append({**item, "state": state, "state_name": words.name("task_state", state)})
    return found


def _owed(item: Item, past: Mapping[str, Any], context: Mapping[str, Any]) -> bool | None:
    """Say whether a rep still owes a report, or a corrected form; None where it is not about that."""
    if item["kind"] == "missing":
        known = {row["rep"]: row["known"] for row in context["weeks"]["reps"]}
        week = week_key(past["week"]["start"])
        return any(week not in known.get(rep, ()) for rep in past["reports"]["missing"])
    if item["kind"] == "held":
        mine = [row for row in context["reports"]["reps"] if row["rep"] == item["rep"]]
        return any(row["returned"] or not row["files"] for row in mine)
    return None


def _say(words: Words, kind: str, sheet: str, /, **facts: Any) -> Item:
    text = words.text(f"summary.today.{kind}", **facts)
    rep = facts.get("rep") if kind in _ABOUT_REPS else None
    customer = facts.get("customer_no") or facts.get("customer")
    whom = customer or facts.get("rep") or facts.get("reps") or ""
    about = "|".join(str(part) for part in (kind, whom, facts.get("action") or facts.get("message") or ""))
    return {"kind": kind, "text": text, "sheet": sheet, "rep": rep, "about": about}


def _attainment(context: Mapping[str, Any], words: Words) -> Iterator[Item]:
    share = percent(context["attainment"]["workdays"]["share"])
    for row in context["attainment"]["reps"]:
        if row["state"] == "warning" and not row["left"]:
            facts = {name: wan(row[name]) for name in ("completed", "target")}
            done = percent(row["attainment"])
            yield _say(
                words, "attainment", "attainment", rep=row["rep"], attainment=done, share=share, **facts
            )


def _conflict(context: Mapping[str, Any], words: Words) -> Iterator[Item]:
    for row in context["conflicts"]["customers"]:
        amount = wan(row["amount"]) or words.text("summary.unknown")
        yield _say(
            words, "conflict", "conflicts", customer=row["customer_name"], reps=row["reps"], amount=amount
        )


def _held(context: Mapping[str, Any], words: Words) -> Iterator[Item]:
    held = [r for r in context["reports"]["reps"] if r["returned"] or r["returned_before"]]
    held = sorted(held, key=lambda r: -(r["held_amount"] or 0) - (r["held_completed"] or 0))
    for row in held:
        known = worth(row["held_amount"], row["held_completed"], words)
        yield _say(
            words,
            "held",
            "reports",
            rep=row["rep"],
            rows=row["returned"] + row["returned_before"],
            known=known,
        )


def _missing(context: Mapping[str, Any], words: Words) -> Iterator[Item]:
    if context["reports"]["missing"]:
        yield _say(words, "missing", "reports", reps=names(context["reports"]["missing"], words))


def _vanished(context: Mapping[str, Any], words: Words) -> Iterator[Item]:
    for row in context["vanished"]:
        if row["expected_amount"] or row["absences"] > 1:
            amount = wan(row["expected_amount"]) or words.text("summary.unknown")
            facts = {"customer": row["customer_name"], "customer_no": row["customer_no"], "rep": row["rep"]}
            yield _say(words, "vanished", "changes", amount=amount, absences=row["absences"], **facts)


def _handover(context: Mapping[str, Any], words: Words) -> Iterator[Item]:
    for row in context["conflicts"]["handovers"]:
        yield _say(words, "handover", "conflicts", message=row["message"].rstrip("。."))


def _listed(one: FollowUpList, kind: str) -> Maker:
    """Return what tells of a list of 跟进预警: its rows' own columns, and what is said in other words."""

    def make(context: Mapping[str, Any], words: Words) -> Iterator[Item]:
        unknown = words.text("summary.unknown")
        for row in context["follow_up"][one.key]:
            since = row.get("since")
            if row.get("early"):
                continue
            facts = {
                "customer": row["customer_name"] or unknown,
                "rep": row.get("owner") or row["rep"],
                "amount": wan(row.get("expected_amount")) or unknown,
                "left": None if row["days"] is None else abs(row["days"]),
                "waited": (context["as_of"] - since).days if since else None,
            }
            told = "expired" if row.get("expired") else kind
            yield _say(words, told, "follow_up", **{**row, **facts})

    return make


_PLACES: dict[int, Maker] = {
    **{1: _attainment, 3: _vanished, 4: _conflict},
    **{5: _held, 6: _missing, 11: _handover},
}
_PLACES |= {one.today[1]: _listed(one, one.today[0]) for one in LISTS if one.today is not None}
_KINDS = tuple(make for _, make in sorted(_PLACES.items()))
"""What needs the manager, the most pressing kind first."""
