"""Talks and plans: a newer form that repeats one of an older one is its new edition. docs/domain.md 4.2.

Between its first and its last, what it lacks is withdrawn; outside, both count. Owns what is withdrawn.
Refuses: what becomes of a withdrawn row; ``changes`` tells of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from salesxl.handed import digest
from salesxl.rules.identity import customer_keys
from salesxl.state.incoming import Incoming
from salesxl.state.overlay import known_already, overlaid

__all__ = ["joined", "replaced"]


def joined(
    before: pd.DataFrame,
    rows: pd.DataFrame,
    age: np.ndarray,
    week: pd.Series,
    key: Sequence[str],
    moment: str,
    never_blank: Sequence[str] = (),
    whole: np.ndarray | None = None,
    says: Callable[[str], np.ndarray] | None = None,
) -> pd.DataFrame:
    """Return a table of dated rows with newer ones joined.

    ``key`` are the columns that tell one row of a customer (``customer_name``, by its compared name); of
    several equal ones of a form each is one. ``moment`` is the column by which a form's first and last row
    are told. Only rows of forms that are ``whole`` withdraw what they lack: one that we had filled in holds
    but what was changed. ``says`` tells of a field on which rows it says anything (all of them unless given).
    """
    old_keys, new_keys = _keys(before, key), _keys(rows, key)
    counting = np.ones(len(rows), dtype=bool) if whole is None else whole
    told = [one for one, counts in zip(new_keys, counting, strict=True) if counts]
    gone = _withdrawn(before, old_keys, rows[counting].reset_index(drop=True), told, moment)
    kept = before[~gone].reset_index(drop=True)
    left = [one for one, out in zip(old_keys, gone, strict=True) if not out]
    fresh = ~known_already(new_keys, left)

    def applies(name: str) -> np.ndarray:
        found: np.ndarray = fresh | says(name) if says else np.ones(len(rows), dtype=bool)
        return found

    return overlaid(kept, left, rows, new_keys, age, week, applies, never_blank)


def replaced(before: pd.DataFrame, rows: pd.DataFrame, kind: str, come: Incoming) -> np.ndarray:
    """Say which older rows were handed out and came back as others: with another day or text."""
    gone = np.zeros(len(before), dtype=bool)
    if not come.was or before.empty or rows.empty:
        return gone
    names = customer_keys(rows["customer_name"]).tolist()
    asked: dict[tuple[object, object], list[Mapping[str, str]]] = {}
    places = zip(rows["submission"].tolist(), rows["row"].tolist(), rows["rep"].tolist(), names, strict=True)
    for number, row, rep, name in places:
        told = come.was.get((kind, number, row))
        if told is not None:
            asked.setdefault((rep, name), []).append(told)
    old = zip(before["rep"].tolist(), customer_keys(before["customer_name"]).tolist(), strict=True)
    for at, owner in enumerate(old):
        for told in asked.get(owner, ()):
            gone[at] |= all((digest(_plain(before[n].iloc[at])) or "") == was for n, was in told.items())
    return gone


def _plain(value: Any) -> Any:
    """Return a value as its cell had it."""
    return None if pd.isna(value) else value.to_pydatetime() if isinstance(value, pd.Timestamp) else value


def _keys(frame: pd.DataFrame, key: Sequence[str]) -> list[tuple[object, ...]]:
    """Return what tells each row; equal ones of one form are counted, those without a key stand alone."""
    parts = [
        customer_keys(frame[name]) if name == "customer_name" else frame[name].astype(object) for name in key
    ]
    columns = [part.astype(object).where(part.notna(), None).tolist() for part in parts]
    forms = frame["submission"].tolist() if "submission" in frame else [None] * len(frame)
    seen: dict[tuple[object, ...], int] = {}
    found: list[tuple[object, ...]] = []
    for at, (form, *told) in enumerate(zip(forms, *columns, strict=True)):
        number = seen[form, *told] = seen.get((form, *told), 0) + 1
        known = told[0] is not None and told[1] is not None
        found.append((*told, number) if known else ("", form, at, number))
    return found


def _withdrawn(
    before: pd.DataFrame,
    old_keys: Sequence[tuple[object, ...]],
    rows: pd.DataFrame,
    new_keys: Sequence[tuple[object, ...]],
    moment: str,
) -> np.ndarray:
    """Say which older rows a newer edition lacks: of its rep and customer, between its first and last row."""
    gone = np.zeros(len(before), dtype=bool)
    if before.empty or rows.empty:
        return gone
    fresh, known = set(new_keys), set(old_keys)
    names = customer_keys(rows["customer_name"])
    groups: dict[tuple[object, object, object], list[int]] = {}
    for at, whose in enumerate(zip(rows["submission"], rows["rep"], names, strict=True)):
        groups.setdefault(whose, []).append(at)
    of: dict[object, list[int]] = {}
    old_names = customer_keys(before["customer_name"])
    asked = {(rep, name) for _, rep, name in groups}
    for at, owner in enumerate(zip(before["rep"].tolist(), old_names.tolist(), strict=True)):
        if owner in asked:
            of.setdefault(owner, []).append(at)
    times, old_times = rows[moment], before[moment]
    for (_, rep, name), mine in groups.items():
        if not any(new_keys[at] in known for at in mine):
            continue
        first, last = times.iloc[mine].min(), times.iloc[mine].max()
        for at in of.get((rep, name), ()):
            inside = first <= old_times.iloc[at] <= last if pd.notna(old_times.iloc[at]) else False
            gone[at] |= inside and old_keys[at] not in fresh
    return gone
