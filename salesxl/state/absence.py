"""What absence from a newer whole archive means. docs/domain.md 4.2.

Owns which archives are whole, and how long a customer has been missing. Refuses: deleting anything.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

import numpy as np
import pandas as pd

from salesxl.model import Checked, Finding, Place, Severity
from salesxl.rulebook import Rulebook
from salesxl.state.identity import known_by
from salesxl.state.incoming import Incoming

__all__ = ["MISSING", "UNVERIFIED", "after_absence", "asked", "listed_from", "whole_archives"]

MISSING, UNVERIFIED = "missing", "unverified"
ALL, PART = "all", "part"


def whole_archives(
    before: pd.DataFrame, rows: pd.DataFrame, come: Incoming, monday: pd.Timestamp, rulebook: Rulebook
) -> frozenset[str]:
    """Return the reps whose archives of the week, taken together, list all they have.

    One of them says so (填报范围 全部), or they hold at least the share ``whole_archive_share`` of the rep's
    customers; but none of them says 部分. ``rows`` are all customers listed, held back ones among them.
    Nobody of whom something was not read is among the reps.
    """
    now = rows[come.week.reindex(rows["submission"]).to_numpy() == np.datetime64(monday)]
    said: dict[str, set[str | None]] = {}
    pairs = now[["submission", "rep"]].dropna().drop_duplicates()
    for number, rep in pairs.itertuples(index=False, name=None):
        said.setdefault(rep, set()).add(come.scope.get(int(number)))
    who = known_by(before)
    own = before.assign(who=who)[~_received(before)]
    owned = own.groupby("rep")["who"].agg(set).to_dict()
    listed = now[["rep", "who"]].dropna().groupby("rep")["who"].agg(set).to_dict()
    share = float(rulebook.parameters.whole_archive_share)
    found = set()
    for rep, scopes in said.items():
        mine = owned.get(rep, set())
        enough = len(mine & listed.get(rep, set())) >= share * len(mine)
        if rep not in come.unsure and PART not in scopes and (ALL in scopes or enough):
            found.add(rep)
    return frozenset(found)


def _received(customers: pd.DataFrame) -> np.ndarray:
    """Say which customers came by handover and stand on no list of their owner yet: he cannot lack them."""
    received: np.ndarray = customers["original_rep"].notna().to_numpy(dtype=bool)
    return received


def listed_from(rows: pd.DataFrame, come: Incoming) -> dict[str, frozenset[str]]:
    """Return the numbers that the archives were handed out with, of reps who handed in no others."""
    found: dict[str, frozenset[str]] = {}
    others: set[str] = set()
    pairs = rows[["rep", "submission"]].dropna().drop_duplicates()
    for rep, number in pairs.itertuples(index=False, name=None):
        if number in come.handed:
            found[rep] = found.get(rep, frozenset()) | come.handed[number]
        else:
            others.add(rep)
    return {rep: numbers for rep, numbers in found.items() if rep not in others}


def after_absence(
    customers: pd.DataFrame,
    who: pd.Series,
    here: Collection[tuple[object, ...]],
    held: Collection[tuple[object, ...]],
    whole: Collection[str],
    monday: pd.Timestamp,
    rulebook: Rulebook,
    made_from: Mapping[str, frozenset[str]],
) -> pd.DataFrame:
    """Return the customers with how long each has been missing.

    ``who`` tells each row's customer; ``here`` and ``held`` are (customer, rep) of the rows listed and of
    those held back. A rep's customer that a whole archive lacks is missing from that week on; ``absences``
    counts these weeks. After ``absent_archives`` of them it is unverified. Who is listed again is neither.
    A workbook that we had filled in can only lack whom it was handed out with (``made_from``, by rep), and
    those whom the rep's archives lacked before: nobody who is missing is handed out.
    """
    pairs = list(zip(who.tolist(), customers["rep"].tolist(), strict=True))
    listed = np.array([pair in here for pair in pairs], dtype=bool)
    back = np.array([pair in held for pair in pairs], dtype=bool) & ~listed
    lacking = customers["rep"].isin(list(whole)).to_numpy(dtype=bool) & ~listed & ~back
    lacking &= ~_received(customers)
    count = customers["absences"].fillna(0).to_numpy(dtype="int64")
    columns = (customers[name].tolist() for name in ("rep", "customer_no"))
    lacking &= (count > 0) | np.array(
        [rep not in made_from or number in made_from[rep] for rep, number in zip(*columns, strict=True)],
        dtype=bool,
    )
    count = np.where(listed | back, 0, count + lacking)
    since = customers["absent_since"].to_numpy(dtype="datetime64[us]").copy()
    since[listed | back] = np.datetime64("NaT")
    since[lacking & np.isnat(since)] = np.datetime64(monday)
    carried = customers["carried"].to_numpy(dtype=object, na_value=None).copy()
    carried[back] = "held"
    carried[count > 0] = MISSING
    carried[count >= rulebook.parameters.absent_archives] = UNVERIFIED
    return customers.assign(
        carried=pd.array(carried, dtype="string"),
        absences=pd.array(np.where(count > 0, count, 0), dtype="Int64"),
        absent_since=since,
    )


def asked(customers: pd.DataFrame, lacked: pd.Series, checked: Checked) -> Iterator[Finding]:
    """Ask the reps of the customers that their whole archives of the week lack, at the archive."""
    places: dict[str, Place] = {}
    for form, rep in zip(checked.submissions, checked.reps, strict=True):
        if form.form == "customer_archive" and rep:
            places.setdefault(rep, Place(form.file, form.sheet))
    told = customers.loc[lacked, ["rep", "customer_name", "absences"]].sort_values(["rep", "customer_name"])
    for rep, name, count in told.itertuples(index=False, name=None):
        facts = {"rep": rep, "count": int(count)}
        yield Finding("vanished", Severity.WARNING, places.get(rep, Place("")), value=name, facts=facts)
