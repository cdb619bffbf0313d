"""Which of several claims on one customer counts, which are over, and the rounds. docs/domain.md 4.2.

Owns ``counted`` and ``round``. Refuses: deciding whose the customer is; a conflict is the manager's.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from salesxl.rulebook import Rulebook
from salesxl.rules.money import fen
from salesxl.rules.outcomes import outcomes
from salesxl.state.absence import UNVERIFIED
from salesxl.state.identity import known_by

__all__ = ["counted", "over", "rounds"]

RANK = {"won": 0, "open": 1, "lost": 2}


def counted(customers: pd.DataFrame, rulebook: Rulebook) -> pd.Series:
    """Say which rows count in sums: of several claims won before open before lost, then the larger amount.

    Of equal ones the earlier counts, by first contact, then by the order of the book. A claim on a customer
    that nobody can verify gives way to any other.
    """
    who = known_by(customers)
    several = who.notna() & who.duplicated(keep=False)
    result = pd.Series(pd.array(np.ones(len(customers), dtype=bool), dtype="boolean"), index=customers.index)
    if not several.any():
        return result
    mine = customers[several.astype(bool)]
    ranked = pd.DataFrame(
        {
            "who": who[mine.index],
            "unsure": (mine["carried"] == UNVERIFIED).fillna(False).astype(bool),
            "rank": outcomes(mine, rulebook).map(RANK).fillna(len(RANK)).astype(int),
            "amount": -np.nan_to_num(fen(mine["expected_amount"]), nan=-1),
            "first": mine["first_contact"].fillna(pd.Timestamp.max.floor("s")),
        },
        index=mine.index,
    ).sort_values(["who", "unsure", "rank", "amount", "first"], kind="stable")
    result[ranked.index[ranked.duplicated("who")]] = False
    return result


def over(customers: pd.DataFrame, who: pd.Series, rulebook: Rulebook) -> pd.Series:
    """Say which claims are given up: a whole archive of their rep lacks them, and another rep's stands.

    A lost claim is none, neither given up nor standing: then nobody else has the customer, who is missing.
    """
    alive = who.notna() & (outcomes(customers, rulebook) != "lost").fillna(True).astype(bool)
    missing = (customers["absences"].fillna(0) > 0).astype(bool)
    found: pd.Series = alive & missing & who.isin(who[alive & ~missing])
    return found


def rounds(before: pd.DataFrame, after: pd.DataFrame, rulebook: Rulebook) -> pd.Series:
    """Return the round of each customer: the one it had, and one more where an ended one is open again.

    ``before`` has the same rows in the same order as the first of ``after``.
    """
    then = outcomes(before, rulebook).reindex(after.index)
    again = then.isin(["won", "lost"]) & (outcomes(after, rulebook) == "open")
    number = before["round"].reindex(after.index).fillna(1).astype("Int64")
    return number + again.fillna(False).astype("Int64")
