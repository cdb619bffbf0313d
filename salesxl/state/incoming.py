"""What a week hands to the state: of each form how old it is, what it covers, and which fields stand on it.

Owns the order of age. Refuses: rows; those are the tables that consolidation made of them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
import pandas as pd

from salesxl.model import Checked
from salesxl.rulebook import Rulebook
from salesxl.rules.age import ages_of, outdated, stamps_by_digest
from salesxl.schemas import block_spec
from salesxl.state.files import taken_before

__all__ = ["Incoming", "incoming"]


Stood: TypeAlias = tuple[list[int], Mapping[str, list[int]]]
"""Rows that were handed out, and by field those in which it was changed; each as form and row in one."""
_ROWS = 2**21
"""More than a sheet has rows."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """The forms of a batch, by their number: ``age`` ranks them, the oldest 0; ``week`` is when each came in.

    ``here`` are by kind of block the fields that each form has. ``scope`` is what an archive says it covers
    (``all``, ``part`` or None). ``of`` is whose each form is, ``unsure`` whose archives were not read whole.
    ``handed`` are the customers' numbers on each form that we had filled in, ``stood`` by kind of block its
    rows, and by field those that were changed since, ``was`` by kind, form and row what tells the older row
    that a newer one takes the place of.
    """

    age: np.ndarray
    week: pd.Series
    here: Mapping[str, Mapping[int, frozenset[str]]]
    scope: Mapping[int, str | None] = field(default_factory=dict)
    of: Sequence[str | None] = ()
    unsure: frozenset[str] = frozenset()
    handed: Mapping[int, frozenset[str]] = field(default_factory=dict)
    stood: Mapping[str, Stood] = field(default_factory=dict)
    was: Mapping[tuple[str, int, int], Mapping[str, str]] = field(default_factory=dict)

    def applies(self, kind: str, name: str, numbers: pd.Series) -> np.ndarray:
        """Say for rows by their forms' numbers whether the field stands on the form."""
        here = self.here.get(kind, {})
        known = {number for number, fields in here.items() if name in fields}
        found: np.ndarray = numbers.isin(known).to_numpy(dtype=bool)
        return found

    def says(self, kind: str, name: str, rows: pd.DataFrame) -> np.ndarray:
        """Say of rows by ``submission`` and ``row`` whether their field says anything.

        One that stands as it was handed out does not, nor does a blank of what no form has.
        """
        if kind not in self.stood:
            return np.ones(len(rows), dtype=bool)
        places, changed = self.stood[kind]
        at = rows["submission"].to_numpy(dtype="int64") * _ROWS + rows["row"].to_numpy(dtype="int64")
        said: np.ndarray = ~np.isin(at, places) | np.isin(at, changed.get(name, []))
        if name not in {column.field for column in block_spec(kind).columns}:
            said |= rows[name].notna().to_numpy(dtype=bool)
        return said

    def whole(self, numbers: pd.Series) -> np.ndarray:
        """Say of rows by their forms' numbers whether the form says all that it holds."""
        found: np.ndarray = ~numbers.isin(list(self.handed)).to_numpy(dtype=bool)
        return found

    def ages(self, numbers: pd.Series) -> np.ndarray:
        """Return the age of the form of each row."""
        found: np.ndarray = self.age[numbers.to_numpy(dtype="int64")]
        return found


def incoming(
    checked: Checked,
    files: pd.DataFrame,
    rulebook: Rulebook,
) -> Incoming:
    """Rank the forms of a batch; ``files`` are those that earlier weeks took.

    What came in later is newer; within a week ``rules.age`` says. Of stamps more than ``stamp_days_ahead``
    after the run none is believed. An archive of before an earlier week's covers no more than a part.
    """
    forms, taken, stamps = checked.submissions, taken_before(files), stamps_by_digest(files)
    monday = checked.week[0]
    weeks = [taken.get(form.digest or "", monday) for form in forms]
    last_day = checked.as_of + dt.timedelta(days=rulebook.parameters.stamp_days_ahead)
    rank = ages_of(forms, checked.reps, last_day, stamps).rank
    order = sorted(range(len(forms)), key=lambda n: (weeks[n], rank[n]))
    age = np.empty(len(forms), dtype="int64")
    age[order] = np.arange(len(forms))
    here: dict[str, dict[int, frozenset[str]]] = {}
    for number, form in enumerate(forms):
        for block in form.blocks:
            fields = frozenset(block.columns) | frozenset(block.cells)
            here.setdefault(block.kind, {})[number] = fields
    came = pd.Series(pd.array([pd.Timestamp(week) for week in weeks], dtype="datetime64[us]"))
    handed = {number: frozenset(form.handed.numbers) for number, form in enumerate(forms) if form.handed}
    return Incoming(
        age,
        came,
        here,
        _scopes(checked, rulebook)
        | dict.fromkeys(outdated(forms, checked.reps, checked.frames["archive_head"], files), "part"),
        checked.reps,
        _unsure(checked, rulebook),
        handed,
        _stood(checked),
        {
            (block.kind, number, row): told
            for number, form in enumerate(forms)
            for block in form.blocks
            for row, told in block.was.items()
        },
    )


def _stood(checked: Checked) -> dict[str, Stood]:
    """Return by kind of block what stands as it was handed out."""
    found: dict[str, tuple[list[int], dict[str, list[int]]]] = {}
    for number, form in enumerate(checked.submissions):
        for block in form.blocks:
            for row, names in block.handed.items():
                places, changed = found.setdefault(block.kind, ([], {}))
                places.append(number * _ROWS + row)
                for name in names:
                    changed.setdefault(name, []).append(number * _ROWS + row)
    return dict(found)


def _scopes(checked: Checked, rulebook: Rulebook) -> dict[int, str | None]:
    """Return by form what archives say they cover, as a code."""
    meant = {option.value: option.kind for option in rulebook.choices.get("填报范围", ())}
    told = checked.frames["archive_head"][["submission", "scope"]].dropna()
    return {int(n): meant.get(str(scope)) for n, scope in told.itertuples(index=False, name=None)}


def _unsure(checked: Checked, rulebook: Rulebook) -> frozenset[str]:
    """Return the reps of whom something could not be read: nothing is absent because of that.

    A file of which nothing was read is that of the members whom its name names, else anybody's.
    """
    archives = {s.file for s in checked.submissions if s.form == "customer_archive"}
    members = {member.name for member in rulebook.members} | {rep for rep in checked.reps if rep}
    reps: dict[str, set[str]] = {}
    for submission, rep in zip(checked.submissions, checked.reps, strict=True):
        if rep:
            reps.setdefault(submission.file, set()).add(rep)
    found = _nameless(checked)
    for one in checked.findings:
        file = one.place.file
        if one.code in _CLOSED:
            found |= reps.get(file) or {name for name in members if name in file} or members
        elif one.code in _UNREAD and file in archives:
            found |= reps.get(file, set())
    return frozenset(found)


def _nameless(checked: Checked) -> set[str]:
    """Return the reps with a row held back that names no customer: it may be any of theirs."""
    rows = checked.frames["customer"]
    out = rows["customer_name"].isna() & ~rows["accepted"] & ~rows["superseded"]
    return set(rows["rep"][out.astype(bool)].dropna())


_CLOSED = frozenset({"unreadable", "unsafe"})
_UNREAD = frozenset({"unrecognised", "unread"})
"""Findings that say that a file, or a part of one, was there and was not taken in."""
