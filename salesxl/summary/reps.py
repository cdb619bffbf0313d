"""What a manager wants at hand for a talk with one rep: a page each. docs/domain.md 1, 3.3.

Owns which figures of the whole are put together for a rep, who gets a page, and what it is called.
Refuses: computing figures; all of them stand on the sheets of the team already.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from salesxl.files.links import cell_place
from salesxl.messages import Words
from salesxl.rules.money import ratio, total
from salesxl.summary.figures.follow_up import LISTS
from salesxl.summary.figures.plain import percent, wan
from salesxl.template.sheets import tab_name

__all__ = ["talks"]

CALLS, ACTIONS, PROBLEMS, WRITTEN = 10, 5, 6, 9
"""Rows that one printed page has room for; the title says how many there are."""

KINDS = tuple(key for _, key in sorted((one.call, one.key) for one in LISTS if one.call is not None))
"""Lists of 跟进预警 that are reasons to call a customer, the most pressing first."""

AMOUNTS = ("week_completed", "completed", "target", "weighted", "open_amount")
COUNTS = ("overdue", "actions", "returned")
SHARES = ("completeness",)

Row = dict[str, Any]
Reasons = list[tuple[str, Row]]
"""A customer's rows in the lists, each with the list's name."""


def talks(context: Mapping[str, Any], words: Words, most: int) -> list[Row]:
    """Return a page per rep who has not left, those first who have furthest to go; at most ``most``.

    ``sheet`` is what its tab is called, ``own`` and ``average`` are figures side by side: ``average`` is the
    whole team's for attainment and pace, else the mean of the reps whose figure is known. ``stages`` is the
    pipeline, ``calls`` a row per customer with every reason to call, ``actions`` and ``problems`` what is
    overdue and what is to be mended.
    """
    reps = [row["rep"] for row in context["attainment"]["reps"] if not row["left"]]
    own = _figures(context, reps)
    whole = {key: context["attainment"]["all"][key] for key in ("attainment", "pace")}
    average = {**whole, **_means(list(own.values()))}
    nobody = words.text("no_rep")
    chosen = [rep for rep in reps if rep != nobody][: max(0, most)]
    names = _tabs(chosen, words)
    calls = _calls(context, chosen)
    actions = _by_rep(context["follow_up"]["actions"])
    problems = _by_rep(context["problems"]["rows"])
    written = {row["rep"]: row["rows"] for row in context["briefing"]["reps"]}
    found = []
    for rep in chosen:
        lists: dict[str, tuple[Mapping[str, list[Any]], int]] = {
            "briefing": (written, WRITTEN),
            "calls": (calls, CALLS),
            "actions": (actions, ACTIONS),
            "problems": (problems, PROBLEMS),
        }
        shown: dict[str, list[Any]] = {key: of.get(rep, [])[:room] for key, (of, room) in lists.items()}
        shown["calls"] = [_call(reasons, words) for reasons in shown["calls"]]
        counted = {key: len(of.get(rep, [])) for key, (of, _) in lists.items()}
        row = {
            "rep": rep,
            "sheet": names[rep],
            "page": cell_place("", names[rep], None),
            "own": own[rep],
            "average": average,
            "stages": _stages(context, rep),
            **shown,
            **{f"no_{key}": not rows for key, rows in shown.items()},
            "titles": {key: _title(key, counted[key], len(shown[key]), words) for key in lists},
        }
        found.append({**row, "headline": _headline(row, context, counted, words)})
    return found


def _tabs(reps: Sequence[str], words: Words) -> dict[str, str]:
    """Return a name for each rep's tab that a spreadsheet program takes, unlike all others."""
    taken = set(words.names("summary_sheet").values())
    found = {}
    for rep in reps:
        found[rep] = tab_name(rep, taken)
        taken.add(found[rep])
    return found


def _figures(context: Mapping[str, Any], reps: Iterable[str]) -> dict[str, Row]:
    """Return each rep's figures, amounts in 元."""
    done = {row["rep"]: row for row in context["attainment"]["reps"]}
    pipeline = {row["rep"]: row for row in context["stages"]["reps"]}
    handed = {row["rep"]: row for row in context["reports"]["reps"]}
    late, actions = _by_rep(context["follow_up"]["overdue"]), _by_rep(context["follow_up"]["actions"])
    found = {}
    for rep in reps:
        parts: tuple[tuple[Mapping[str, Mapping[str, Any]], tuple[str, ...]], ...] = (
            (done, ("attainment", "pace", "week_completed", "completed", "target", "gap", "state")),
            (done, ("state_name", "source_name", "team", "expected")),
            (pipeline, ("weighted", "open_amount", "total")),
            (handed, ("returned", "completeness", "report", "report_name", "read", "accepted")),
        )
        found[rep] = {
            **{key: of.get(rep, {}).get(key) for of, keys in parts for key in keys},
            "overdue": len(late.get(rep, [])),
            "actions": len(actions.get(rep, [])),
        }
    return found


def _means(figures: Sequence[Row]) -> dict[str, float | None]:
    """Return the mean of each figure over the reps that have it: amounts to the fen, None without any."""
    found: dict[str, float | None] = {}
    for key in (*AMOUNTS, *COUNTS, *SHARES):
        known = [row[key] for row in figures if row[key] is not None]
        if key in AMOUNTS:
            mean = ratio(total(known), len(known))
            found[key] = None if mean is None else round(mean, 2)
        else:
            found[key] = ratio(sum(known), len(known))
    return found


def _by_rep(rows: Iterable[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row["rep"], []).append(row)
    return found


def _stages(context: Mapping[str, Any], rep: str) -> list[Row]:
    """Return the rep's pipeline: a row an open stage, in the order of the funnel."""
    none: Row = {"counts": {}}
    mine = next((row for row in context["stages"]["reps"] if row["rep"] == rep), none)
    opens = mine.get("amounts", {})
    return [
        {"stage": name, "count": mine["counts"].get(name, 0), "open_amount": opens.get(name)}
        for name in (row["stage"] for row in context["stages"]["path"] if row["kind"] == "open")
    ]


def _calls(context: Mapping[str, Any], reps: Iterable[str]) -> dict[str, list[Reasons]]:
    """Return, by rep, the customers to call, each once with all reasons, the most pressing first.

    By grade, then by the list's place in ``KINDS``, then as the lists have them: a key customer with a
    contract to renew stands before leads that were left alone.
    """
    found: dict[str, dict[str, Reasons]] = {rep: {} for rep in reps}
    for kind in KINDS:
        for row in context["follow_up"].get(kind, []):
            if row["rep"] in found:
                found[row["rep"]].setdefault(row["customer_name"], []).append((kind, row))
    ranks = {grade: at for at, grade in enumerate(context["grades"]["names"])}

    def rank(reasons: Reasons) -> int:
        return ranks.get(reasons[0][1]["grade"], len(ranks))

    return {rep: sorted(customers.values(), key=rank) for rep, customers in found.items()}


def _call(reasons: Reasons, words: Words) -> Row:
    """Return one customer to call, with why."""
    first = reasons[0][1]
    told = []
    for kind, row in reasons:
        facts = {key: row.get(key) for key in ("days", "due", "expected_close", "contract_end")}
        key = "expired" if row.get("expired") else kind
        told.append(words.text(f"summary.talk.reason.{key}", **facts))
    last = (row.get("last_contact") or (kind == "overdue" and row.get("since")) for kind, row in reasons)
    shown = ("rep", "customer_name", "grade", "stage", "expected_amount", "contact_name", "contact", "span")
    return {
        **{key: first.get(key) for key in shown},
        "last": next((day for day in last if day), None),
        "why": words.text("summary.talk.reason.join").join(told),
    }


def _title(key: str, count: int, shown: int, words: Words) -> str:
    more = words.text("summary.talk.shown", shown=shown) if count > shown else ""
    return words.text(f"summary.talk.{key}", count=count) + more


def _headline(row: Row, context: Mapping[str, Any], counted: Mapping[str, int], words: Words) -> str:
    """Return the one sentence with which the talk begins."""
    own = row["own"]
    say: list[str] = []
    if own["attainment"] is None:
        say.append(words.text("summary.talk.headline.unknown"))
    else:
        share = percent(context["attainment"]["workdays"]["share"])
        facts = {"attainment": percent(own["attainment"]), "share": share, "state": own["state_name"]}
        say.append(words.text("summary.talk.headline.done", **facts))
        if own["gap"] is not None and own["gap"] > 0:
            say.append(words.text("summary.talk.headline.gap", gap=wan(own["gap"])))
    if own["report"] == "missing":
        say.append(words.text("summary.talk.headline.missing"))
    if row["calls"]:
        facts = {"count": counted["calls"], "customer": row["calls"][0]["customer_name"]}
        say.append(words.text("summary.talk.headline.call", **facts))
    if counted["actions"]:
        say.append(words.text("summary.talk.headline.actions", count=counted["actions"]))
    if own["returned"]:
        say.append(words.text("summary.talk.headline.held", count=own["returned"]))
    return words.text("summary.headline.join").join(say) + words.text("summary.headline.end")
