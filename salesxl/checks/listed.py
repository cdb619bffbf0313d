"""Whose customers stand on the archives, and what the state has beside them. docs/domain.md 2.4, 4.2.

Owns the rows that rules on customers speak of. Refuses: judging them; that is ``customers`` and ``known``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import repeat
from typing import Any, NamedTuple

import pandas as pd

from salesxl.checks.case import Case
from salesxl.rules import ownership
from salesxl.rules.identity import SEPARATOR, customer_keys, told_apart
from salesxl.rules.outcomes import outcomes

__all__ = ["Row", "carried", "listed", "passed_over", "repeated"]

SIGNS = ["customer_name", "contact", "contact_name", "first_contact"]
NOT_CLAIMED = ("missing", "unverified")
"""How the state marks a customer whom a newer whole archive of its rep lacks."""


class Row(NamedTuple):
    """A customer on an archive that counts; what is not known is None.

    ``owner`` is the rep unless a signed handover says otherwise; then ``given`` is its day. ``at`` is below
    zero for a customer that only the state has.
    """

    at: int
    key: str | None
    name: str | None
    number: str | None
    contact: str | None
    owner: str | None
    given: pd.Timestamp | None


def listed(case: Case) -> list[Row]:
    """Return the customers on archives that count, and whose they are now; newer rows alone."""
    return _lists(case)[0]


def carried(case: Case) -> list[Row]:
    """Return what the state has of these customers, or under their telephones, for other reps.

    A claim that its rep's own archive repeats is not among them, nor one that is lost, or that a newer whole
    archive of its rep lacks.
    """
    return _lists(case)[1]


def _lists(case: Case) -> tuple[list[Row], list[Row]]:
    return case.once(("listed",), lambda: _read_lists(case))


def _read_lists(case: Case) -> tuple[list[Row], list[Row]]:
    stack = case.stacks["customer"]
    reps, counts = case.rep_of(stack), case.counting(stack)
    book = _beside(case)
    frame = pd.concat([stack.frame[SIGNS], book[SIGNS]], ignore_index=True) if len(book) else stack.frame
    keys = told_apart(frame)
    now, then = keys.iloc[: len(stack.frame)], keys.iloc[len(stack.frame) :].set_axis(book.index)
    rows = _rows(stack.frame, now, reps, case)
    rows = [row for row, here in zip(rows, counts.tolist(), strict=True) if here]
    own = {(row.key, row.owner) for row in rows}
    kept = _rows(book, then, book["rep"], case) if len(book) else []
    kept = [row for row in kept if row.owner and (row.key, row.owner) not in own]
    return rows, [row._replace(at=-1 - at) for at, row in enumerate(kept)]


def _rows(frame: pd.DataFrame, keys: pd.Series, reps: pd.Series, case: Case) -> list[Row]:
    columns = (keys, *(frame[name] for name in ("customer_name", "customer_no", "contact")), reps)
    told = ([None if value is pd.NA else value for value in column.tolist()] for column in columns)
    rows = map(Row._make, zip(frame.index.tolist(), *told, repeat(None), strict=False))
    moved = case.owners(customer_keys(frame["customer_name"]), reps)
    days = zip(moved["owner"], moved["day"], strict=True)
    now = {at: {"owner": owner, "given": day} for at, (owner, day) in zip(moved.index, days, strict=True)}
    return [row._replace(**now[row.at]) if row.at in now else row for row in rows]


def _beside(case: Case) -> pd.DataFrame:
    """Return the claims of the state under a name or a telephone of the batch."""
    book = case.past.get("customer")
    if book is None or book.empty or "contact" not in book:
        return pd.DataFrame(columns=[*SIGNS, "customer_no", "rep"])
    stack = case.stacks["customer"]
    phones = {phone for one in stack.frame["contact"].dropna() for phone in one.split(SEPARATOR)}
    same = customer_keys(book["customer_name"]).isin(case.keys(stack).dropna())
    called = [not pd.isna(one) and not phones.isdisjoint(one.split(SEPARATOR)) for one in book["contact"]]
    near = book[(same | pd.Series(called, index=book.index)).astype(bool)]
    claimed = ~near["carried"].isin(NOT_CLAIMED) & (outcomes(near, case.rulebook) != "lost").fillna(True)
    return near[claimed.astype(bool)].reset_index(drop=True)


def repeated(rows: Collection[Row]) -> Iterator[tuple[Row, Row]]:
    """Yield each row whose customer its owner has already, with the first one; given rows come last."""
    first: dict[tuple[str, str | None], Row] = {}
    for row in sorted((row for row in rows if row.key is not None), key=lambda row: row.given is not None):
        one = first.setdefault((str(row.key), row.owner), row)
        if one is not row:
            yield row, one


def passed_over(case: Case) -> frozenset[int]:
    """Return the rows of handed-over customers that say nothing: where the new owner's own row is at hand.

    That is on the new owner's archive, or, from the week after the handover on, in the state.
    """
    rows = listed(case)
    given = [row for row in rows if row.given is not None]
    if not given:
        return frozenset()
    both = {row.at for row, _ in repeated(rows) if row.given is not None}
    week = pd.Timestamp(case.week[0])
    late = [row for row in given if row.at not in both and row.given < week]
    return frozenset(both | {row.at for row in late if (row.key, row.owner) in _in_state(case)})


def _in_state(case: Case) -> set[tuple[Any, Any]]:
    """Return the customers that the state has, with their owners by now."""
    return case.once(("in state",), lambda: _owned(case))


def _owned(case: Case) -> set[tuple[Any, Any]]:
    book = case.past.get("customer")
    if book is None or book.empty:
        return set()
    keys = customer_keys(book["customer_name"])
    now = ownership.owners(keys, book["rep"], case.moves)["owner"].reindex(book.index)
    return set(zip(keys.tolist(), now.fillna(book["rep"]).tolist(), strict=True))
