"""The rows behind the figures: one per customer, in an order in which a rep's rows stand together.

Owns the columns of 明细 and where in it the rows of a rep, or of a rep's stage, begin and end. Refuses:
figures.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

import pandas as pd

from salesxl.files.links import cell_place
from salesxl.model import Team
from salesxl.parsing.text import customer_key
from salesxl.rulebook import Rulebook
from salesxl.rules.identity import customer_keys
from salesxl.summary.figures.counting import counting
from salesxl.summary.figures.follow_up import LISTS
from salesxl.summary.figures.plain import in_order, rows, true

__all__ = ["details", "lead", "spans", "to_rows"]

SHOWN = (
    *("rep", "customer_name", "customer_no", "grade", "status", "stage", "source", "expected_amount"),
    *("expected_close", "first_contact", "last_contact", "late", "next_action", "next_due"),
    *("contact_name", "contact", "source_file", "source_sheet", "source_row", "counts"),
)

Span = tuple[int, int]
"""First and last of some rows, counted from 1."""


def details(
    team: Team, rulebook: Rulebook, reps: Sequence[str], overdue: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Return a row per customer that went in: by rep, then by stage, then the largest first.

    ``late`` are the days since the follow-up was due (from ``overdue``), ``next_action`` and ``next_due``
    the first planned action that is neither done nor cancelled; ``counts`` says whether the totals count it.
    """
    customers = team.tables["customer"]
    order = {name: at for at, name in enumerate(reps)}
    stages = {stage.name: at for at, stage in enumerate(rulebook.stages)}
    found = customers[[name for name in SHOWN if name in customers]].assign(
        by_rep=customers["rep"].map(order).fillna(len(order)),
        by_stage=customers["stage"].map(stages).fillna(len(stages)),
        late=_late(customers, overdue),
        counts=customers.index.isin(counting(customers, rulebook).index),
    )
    found = _with_actions(found, team.tables["action"], rulebook)
    sorted_by = ["by_rep", "by_stage", "expected_amount", "customer_name", "source_row"]
    return rows(in_order(found, sorted_by, descending=["expected_amount"]), SHOWN)


def _late(customers: pd.DataFrame, overdue: Sequence[Mapping[str, Any]]) -> pd.Series:
    days = {(r["source_file"], r["source_sheet"], r["source_row"]): r["days"] for r in overdue}
    where = zip(*(customers[n].tolist() for n in ("source_file", "source_sheet", "source_row")), strict=True)
    return pd.Series(list(map(days.get, where)), index=customers.index, dtype="Int64")


def _with_actions(customers: pd.DataFrame, actions: pd.DataFrame, rulebook: Rulebook) -> pd.DataFrame:
    ended = {o.value for o in rulebook.choices["完成情况"] if o.kind in ("done", "cancelled")}
    waiting = actions[~true(actions["progress"].isin(ended)) & actions["closed"].isna()]
    waiting = waiting[waiting["action"].notna()]
    waiting = waiting.assign(key=customer_keys(waiting["customer_name"]))
    waiting = waiting.sort_values("due", kind="stable").drop_duplicates(["rep", "key"])
    first = {
        pair: at for at, pair in enumerate(zip(waiting["rep"].tolist(), waiting["key"].tolist(), strict=True))
    }
    keys = customer_keys(customers["customer_name"]).tolist()
    at = [first.get(pair, -1) for pair in zip(customers["rep"].tolist(), keys, strict=True)]
    told = {f"next_{name}": waiting[name].array.take(at, allow_fill=True) for name in ("action", "due")}
    return customers.assign(**told)


def spans(found: Sequence[Mapping[str, Any]]) -> dict[tuple[str, str | None], Span]:
    """Return where the rows of each rep stand (stage None), and of each rep's stage."""
    told: dict[tuple[str, str | None], Span] = {}
    last = 0
    for (rep, stage), together in groupby(found, key=itemgetter("rep", "stage")):
        begin, last = last + 1, last + sum(1 for _ in together)
        for key in {(rep, None), (rep, stage)}:
            first, _ = told.get(key, (begin, last))
            told[key] = (first, last)
    return told


def to_rows(context: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> None:
    """Tell every row of a list that names a customer where it stands among ``rows`` (``span``).

    Found by number, else by name as compared, and by rep. Of a list the first rows lead there: Excel opens no
    sheet with more than 65,530 links.
    """
    numbered = {(row["customer_no"], row["rep"]): n for n, row in enumerate(rows, 1) if row["customer_no"]}
    named: dict[tuple[str, str], int] = {}
    for number, row in enumerate(rows, 1):
        named.setdefault((customer_key(row["customer_name"] or ""), row["rep"]), number)
    for listed in _lists(context):
        for place, row in enumerate(listed):
            spot = numbered.get((row.get("customer_no"), row["rep"]))
            if spot is None and row["customer_name"]:
                spot = named.get((customer_key(row["customer_name"]), row["rep"]))
            row["span"] = (spot, spot) if spot and place < LINKED else None


def _lists(context: Mapping[str, Any]) -> Iterator[Sequence[dict[str, Any]]]:
    yield from (context["follow_up"][one.key] for one in LISTS)
    yield from (view["rows"] for view in context["named"]["views"])
    yield from (listed["rows"] for listed in context["changes"]["lists"])
    yield from (person["rows"] for person in context["briefing"]["reps"])
    yield context["conflicts"]["claims"]


LINKED = 1_000
"""Rows of one list that lead to 明细."""

BY_REP = (
    *("attainment", "stages", "grades", "reports", "problems", "weeks", "closing", "activity", "briefing"),
)
"""Sections that have a table with a row per rep (``reps``)."""


def lead(
    context: Mapping[str, Any],
    pages: Sequence[dict[str, Any]],
    rows: Sequence[Mapping[str, Any]],
    sheets: Mapping[str, str],
) -> None:
    """Tell the rows by rep and the things of today where they lead.

    ``page`` is the rep's own sheet, blank where the rep has none. In 预测 ``span`` are the first and last of
    the rep's ``rows``, counted from 1, and ``spans`` those by stage. ``place`` is where a thing of today is
    dealt with. ``sheets`` are the names of the summary's sheets.
    """
    own = {page["rep"]: page["page"] for page in pages}
    where = spans(rows)
    for section in BY_REP:
        for row in context[section]["reps"]:
            row["page"] = own.get(row["rep"], "")
    for row in context["stages"]["reps"]:
        row["span"] = where.get((row["rep"], None))
        row["spans"] = {name: where.get((row["rep"], name)) for name in context["stages"]["names"]}
    for listed in context["changes"]["lists"]:
        for row in listed["rows"]:
            row["page"] = own.get(row["rep"], "")
    for page in pages:
        page["span"] = where.get((page["rep"], None))
    for item in context["today"]:
        item["sheet_name"] = sheets[item["sheet"]]
        item["place"] = own.get(item["rep"]) or cell_place("", item["sheet_name"], None)
