"""The files of a week as rows of the team's tables, for a fold that is tested without Excel.

Fields and tables are called as in the team's book; ``HIDDEN`` is what a row carries beside them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from tests.life.model import FileRows

Row = dict[str, Any]
HIDDEN = ("cid", "accepted", "stamp", "week", "scope", "filled_on")
"""Who the customer really is, whether the row is held back, how old and how whole its file is."""


def tables(files: Iterable[FileRows]) -> dict[str, list[Row]]:
    """Return the rows by table; those of files that are none of ours are left out."""
    found: dict[str, list[Row]] = {}
    for file in files:
        for table, row in _MADE.get(file.form, lambda _: ())(file):
            found.setdefault(table, []).append({name: _moment(value) for name, value in row.items()})
    return found


def _common(file: FileRows, row: Mapping[str, Any]) -> Row:
    return {
        "rep": file.rep,
        "team": file.head.get("team"),
        "source_file": file.name,
        "stamp": file.stamp,
        "week": file.week,
        "accepted": file.fault is None and row.get("fault") is None,
    }


def _customers(file: FileRows) -> Iterable[tuple[str, Row]]:
    for row in file.rows:
        told = {name: value for name, value in row.items() if name not in ("fault", "customer_no")}
        head = {"scope": file.head["scope"], "filled_on": file.head["filled_on"]}
        if row["fault"] == "type":
            told["expected_amount"] = None
        yield "customer", {**told, "own_no": row["customer_no"], **_common(file, row), **head}


def _records(file: FileRows) -> Iterable[tuple[str, Row]]:
    for row in file.rows:
        who = {**_common(file, row), "cid": row["cid"], "customer_name": row["customer_name"]}
        card = {name: value for name, value in row.items() if name not in ("talks", "actions", "customer_no")}
        yield "record", {**card, "own_no": row["customer_no"], **who}
        yield from (("communication", {**talk, **who}) for talk in row["talks"])
        yield from (("action", {**action, **who}) for action in row["actions"])


def _reports(file: FileRows) -> Iterable[tuple[str, Row]]:
    row = file.rows[0]
    who = {**_common(file, row), "week_start": row["week_start"]}
    figures = {name: value for name, value in row.items() if not isinstance(value, tuple)}
    yield "weekly_report", {**figures, **who}
    yield from (("key_customer", {**each, **who}) for each in row["key_customers"])
    yield from (("next_week", {**each, **who}) for each in row["next_week"])


def _handovers(file: FileRows) -> Iterable[tuple[str, Row]]:
    row = file.rows[0]
    who = _common(file, row)
    card = {name: value for name, value in row.items() if not isinstance(value, tuple)}
    signed = all(row[f"{one}_signed_on"] for one in ("from", "to", "manager"))
    yield "handover", {**card, **who, "effective": signed}
    between = {**who, "from_rep": row["from_rep"], "to_rep": row["to_rep"]}
    for item in ("customers", "contacts", "opportunities"):
        kind = {"customers": "customer", "contacts": "contact", "opportunities": "opportunity"}[item]
        yield from (("handover_item", {**each, **between, "item": f"handover_{kind}"}) for each in row[item])


def _moment(value: Any) -> Any:
    plain = isinstance(value, dt.date) and not isinstance(value, dt.datetime)
    return dt.datetime.combine(value, dt.time()) if plain else value


_MADE = {"archive": _customers, "record": _records, "report": _reports, "handover": _handovers}
