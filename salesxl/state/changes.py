"""变更记录: what a week's state says that the one before did not, cell by cell, and why. docs/domain.md 4.2.

It is the difference of two states and is never written while they are made. Owns what is compared, and the
cause. Refuses: judging a change.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from salesxl import schemas
from salesxl.model import TableName
from salesxl.rules.identity import customer_keys
from salesxl.state.absence import MISSING, UNVERIFIED
from salesxl.state.identity import known_by
from salesxl.state.overlay import same
from salesxl.tables import book_words

__all__ = ["COMPARED", "GONE", "changes", "written"]

COLUMNS = (
    *("week_start", "cause", "table", "customer_no", "customer_name", "rep", "field", "old", "new", "about"),
    *("source_file", "source_sheet", "source_row"),
)
COMPARED: Mapping[TableName, tuple[str, ...]] = {
    "communication": ("rep", "customer_name", "contact_time", "method"),
    "action": ("rep", "customer_name", "action", "due"),
    "record": ("customer_name",),
    "weekly_report": ("rep", "week_start"),
    "key_customer": ("rep", "week_start", "customer_name"),
    "issue": ("rep", "week_start", "problem"),
    "next_week": ("rep", "week_start", "plan"),
    "handover": ("from_rep", "to_rep", "date"),
    "handover_item": ("from_rep", "to_rep", "item", "customer_name", "contact_time", "opportunity"),
}
"""By table: the columns that tell one row from another."""
FOLLOW: frozenset[TableName] = frozenset({"communication", "action", "record"})
"""Tables whose rows bear a customer's present name: under a new one they are the same rows."""
BLOCKS: Mapping[TableName, tuple[str, ...]] = {
    "handover_item": ("handover_customer", "handover_contact", "handover_opportunity")
}
GONE = "gone"
"""In place of a field, among causes: why rows of a customer are there no more."""
NOT_TOLD = frozenset({"last_contact"})
"""Fields of a form that the toolkit works out anew each week."""


def changes(
    before: Mapping[TableName, pd.DataFrame],
    after: Mapping[TableName, pd.DataFrame],
    who: pd.Series,
    monday: pd.Timestamp,
    causes: Mapping[tuple[str, str, str], str],
) -> pd.DataFrame:
    """Return a row for each value that stands no longer, for each row that is new, and each that is gone.

    ``who`` says of the customers of ``after`` who they were in ``before``. ``causes`` say by (table, who,
    field) why, where it is not that a newer form says so; an empty field stands for all of a row, ``GONE``
    for rows that are there no more. A customer seen for the first time is one row (cause ``new``), a row that
    is gone is a row per value (``withdrawn``).
    """
    parts = [_of_customers(before["customer"], after["customer"], who, causes)]
    names = _new_names(before["customer"], after["customer"], who)
    parts += [
        _of_table(name, before[name], after[name], key, causes, names) for name, key in COMPARED.items()
    ]
    found = pd.concat(parts, ignore_index=True)
    return found.assign(week_start=monday)[list(COLUMNS)]


def _new_names(before: pd.DataFrame, after: pd.DataFrame, who: pd.Series) -> dict[str, str]:
    """Return the compared names of renamed customers by those they had, if nobody bears these any more."""
    was = dict(zip(known_by(before).tolist(), customer_keys(before["customer_name"]).tolist(), strict=True))
    keys = customer_keys(after["customer_name"]).tolist()
    pairs = ((was.get(one, pd.NA), key) for one, key in zip(who.tolist(), keys, strict=True))
    borne = set(keys)
    return {old: new for old, new in pairs if not pd.isna(old) and not pd.isna(new) and old not in borne}


def _of_customers(
    before: pd.DataFrame, after: pd.DataFrame, who: pd.Series, causes: Mapping[tuple[str, str, str], str]
) -> pd.DataFrame:
    fields = [c.field for c in schemas.block_spec("customer").columns if c.field not in NOT_TOLD]
    fields = [name for name in dict.fromkeys([*fields, "rep", "counted", "round"]) if name in after]
    if "others" in after:
        fields.append("others")
    if "carried" in after and "carried" in before:
        before, after = (frame.assign(carried=_absence(frame)) for frame in (before, after))
        fields.append("carried")
    return _compared("customer", before, after, known_by(before), who, fields, causes)


def _absence(customers: pd.DataFrame) -> pd.Series:
    """Return whether customers are missing or unverified, in the book's words; blank for all others."""
    said = {code: book_words().name("carried", code) for code in (MISSING, UNVERIFIED)}
    return customers["carried"].map(said).astype("string")


def _of_table(
    name: TableName,
    before: pd.DataFrame,
    after: pd.DataFrame,
    key: Sequence[str],
    causes: Mapping[tuple[str, str, str], str],
    names: Mapping[str, str],
) -> pd.DataFrame:
    blocks = BLOCKS.get(name, (name,))
    fields = [c.field for block in blocks for c in schemas.block_spec(block).columns]
    fields = [field for field in dict.fromkeys([*fields, "rep"]) if field in after]
    told = _joined(before, key, names if name in FOLLOW else {})
    return _compared(name, before, after, told, _joined(after, key, {}), fields, causes)


def _joined(frame: pd.DataFrame, key: Sequence[str], names: Mapping[str, str]) -> pd.Series:
    """Return what tells a table's rows, as one text; equal ones are counted. ``names`` gives new for old."""
    parts = [
        customer_keys(frame[n]).replace(dict(names)) if n == "customer_name" else _texts(frame[n])
        for n in key
    ]
    whole = pd.Series(pd.array([""] * len(frame), dtype="string"), index=frame.index)
    for part in parts:
        whole = whole + "|" + part.fillna("")
    number = whole.groupby(whole).cumcount().astype("string")
    return whole + "|" + number


def _compared(
    name: TableName,
    before: pd.DataFrame,
    after: pd.DataFrame,
    old_who: pd.Series,
    new_who: pd.Series,
    fields: Sequence[str],
    causes: Mapping[tuple[str, str, str], str],
) -> pd.DataFrame:
    """Compare two states of a table, whose rows ``old_who`` and ``new_who`` tell."""
    old_at, new_at = _pairs(before, after, old_who, new_who, by_rep=name == "customer")
    both = (old_at >= 0) & (new_at >= 0)
    rows: list[dict[str, Any]] = []
    old, new = before.iloc[old_at[both]], after.iloc[new_at[both]]
    for field in fields:
        differs = ~same(old[field].array, new[field].array)
        if not differs.any():
            continue
        was, now = _texts(old[field][differs]).tolist(), _texts(new[field][differs]).tolist()
        for at, one, other in zip(new_at[both][differs].tolist(), was, now, strict=True):
            who = str(new_who.iloc[at])
            cause = causes.get((name, who, field)) or causes.get((name, who, ""), "newer")
            rows.append(_row(after, at, name, field, one, other, cause))
    for at in new_at[old_at < 0].tolist():
        who = str(new_who.iloc[at])
        if name == "customer":
            rows.append(_row(after, at, name, None, None, None, causes.get((name, who, ""), "new")))
    for at in old_at[new_at < 0].tolist():
        who = str(old_who.iloc[at])
        cause = causes.get((name, who, GONE)) or causes.get((name, who, ""), "withdrawn")
        for field in fields:
            value = before[field].iloc[at]
            if not pd.isna(value):
                rows.append(_row(before, at, name, field, written(value), None, cause))
    return _frame(rows)


def _pairs(
    before: pd.DataFrame, after: pd.DataFrame, old_who: pd.Series, new_who: pd.Series, *, by_rep: bool
) -> tuple[np.ndarray, np.ndarray]:
    """Return which older row goes with which newer one: positions, -1 where there is none."""
    if by_rep:
        old_keys = list(zip(old_who.tolist(), before["rep"].tolist(), strict=True))
        new_keys = list(zip(new_who.tolist(), after["rep"].tolist(), strict=True))
    else:
        old_keys, new_keys = old_who.tolist(), new_who.tolist()
    place: dict[object, int] = {}
    for at, key in enumerate(old_keys):
        place.setdefault(key, at)
    taken: set[int] = set()
    old_at = np.full(len(after), -1, dtype="int64")
    for at, key in enumerate(new_keys):
        spot = place.get(key, -1)
        if spot >= 0 and spot not in taken:
            old_at[at] = spot
            taken.add(spot)
    if by_rep:  # a customer may have gone to another rep
        left: dict[object, int] = {}
        for at, who in enumerate(old_who.tolist()):
            if at not in taken:
                left.setdefault(who, at)
        for at in np.flatnonzero(old_at < 0).tolist():
            spot = left.pop(new_who.iloc[at], -1)
            if spot >= 0:
                old_at[at] = spot
                taken.add(spot)
    gone = [at for at in range(len(before)) if at not in taken]
    return (
        np.concatenate([old_at, np.array(gone, dtype="int64")]),
        np.concatenate([np.arange(len(after)), np.full(len(gone), -1, dtype="int64")]),
    )


def _row(
    frame: pd.DataFrame, at: int, table: str, field: str | None, old: Any, new: Any, cause: str
) -> dict[str, Any]:
    def of(name: str) -> Any:
        value = frame[name].iloc[at] if name in frame else None
        return None if value is None or pd.isna(value) else value

    about = of("contact_time") if table == "communication" else of("due") if table == "action" else None
    about = of("week_start") if about is None and table != "customer" else about
    return {
        **{"cause": cause, "table": table, "field": field, "old": old, "new": new},
        **{name: of(name) for name in ("customer_no", "customer_name", "rep")},
        "about": None if about is None else written(about),
        **{name: of(name) for name in ("source_file", "source_sheet", "source_row")},
    }


def _frame(rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    made: dict[str, Any] = {}
    for name in COLUMNS:
        values = [row.get(name) for row in rows]
        kind = "Int64" if name == "source_row" else "datetime64[us]" if name == "week_start" else "string"
        made[name] = (
            pd.array(values, dtype=kind)
            if kind != "datetime64[us]"
            else pd.Series([pd.NaT] * len(rows), dtype=kind)
        )
    return pd.DataFrame(made)


def _texts(column: pd.Series) -> pd.Series:
    """Return values as they are written in the record of changes."""
    values = [None if pd.isna(v) else written(v) for v in column.tolist()]
    return pd.Series(pd.array(values, dtype="string"), index=column.index)


def written(value: Any) -> str:
    """Return a value as text: days as 2026-11-20, whole numbers without a point, yes and no as 1 and 0."""
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%d}" if value == value.normalize() else f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, (bool, np.bool_)):
        return "1" if value else "0"
    if isinstance(value, (float, np.floating)) and float(value).is_integer():
        return str(int(value))
    return str(value)
