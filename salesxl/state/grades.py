"""When a grade is given anew: at a quarter's end; in between another is only suggested. docs/domain.md 3.1.

Owns which of the old and the new grade holds. Refuses: what the rules say; that is ``rules.grading``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

import numpy as np
import pandas as pd

__all__ = ["held", "regrades"]


def regrades(before: dt.date | None, sunday: dt.date) -> bool:
    """Say whether the week up to a Sunday is the first made one that reaches the end of a quarter.

    ``before`` is the Sunday of the week made before; without one all grades are new anyway.
    """
    return before is None or _quarters_ended(before) < _quarters_ended(sunday)


def _quarters_ended(day: dt.date) -> int:
    """Return how many quarters have ended by a day, that day included."""
    after = day + dt.timedelta(days=1)
    return 4 * after.year + (after.month - 1) // 3


def held(
    customers: pd.DataFrame,
    who: pd.Series,
    before: pd.DataFrame,
    before_who: pd.Series,
    found: pd.DataFrame,
    why: pd.Series,
    known: Collection[str],
    *,
    anew: bool,
) -> pd.DataFrame:
    """Return the customers with their grade, why, and where another is suggested, that and why.

    ``found`` and ``why`` are what the rules say now (``grading.settled``, ``grading.reasons``). A customer
    without a grade before gets it at once, and so does one whose grade a person has set with a reason, or
    whose grade is none of those ``known`` to the settings.
    """
    place = {
        key: row for row, key in enumerate(zip(before_who.tolist(), before["rep"].tolist(), strict=True))
    }
    owner: dict[object, int] = {}
    for row, one in enumerate(before_who.tolist()):
        owner.setdefault(one, row)  # it may have changed hands
    pairs = zip(who.tolist(), customers["rep"].tolist(), strict=True)
    at = np.array([place.get(pair, owner.get(pair[0], -1)) for pair in pairs], dtype="int64")
    old, basis = (_at(before[name], at, customers.index) for name in ("grade", "grade_basis"))
    by_person = (found["why"] == "override").fillna(False).astype(bool)
    stays = old.isin(list(known)) & ~by_person & (not anew)
    differs = (stays & (found["grade"] != old).fillna(True)).astype(bool)
    other = differs & found["grade"].notna()
    return customers.assign(
        grade=found["grade"].mask(stays, old),
        grade_basis=why.mask(stays, basis.where(differs, why)),
        suggested_grade=found["grade"].where(other),
        suggested_why=why.where(other),
    )


def _at(column: pd.Series, at: np.ndarray, index: pd.Index) -> pd.Series:
    """Return values by position, missing where it is -1."""
    values = column.reindex(range(len(column) + 1)).array  # the last one is blank
    return pd.Series(values[at], index=index)
