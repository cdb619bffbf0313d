"""What became of each customer: open, won or lost. docs/domain.md 2.1, 3.2.

Owns reading status and stage together; everything that counts customers asks here. Refuses: counting.
"""

from __future__ import annotations

import pandas as pd

from salesxl.rulebook import Rulebook
from salesxl.rules.grading import stage_kinds, status_kinds

__all__ = ["outcomes"]


def outcomes(customers: pd.DataFrame, rulebook: Rulebook) -> pd.Series:
    """Return ``open``, ``won`` or ``lost`` by the index of ``customers`` (columns status, stage).

    A frame that carries them already (column ``outcome``, as categories, which are quick to compare) is asked
    for them: they are needed often. A lost status or a stage off the path means lost; else a won status or a
    stage at or after signing means won; else the customer is open. Missing where neither status nor stage
    says anything.
    """
    if "outcome" in customers:
        return customers["outcome"]
    status, stage = status_kinds(customers["status"], rulebook), stage_kinds(customers["stage"], rulebook)
    found = pd.Series(pd.NA, index=customers.index, dtype="string")
    open_ = status.isin(["open", "keen"]) | (stage == "open").fillna(False)
    found = found.mask(open_.astype(bool), "open")
    won = (status == "won").fillna(False) | stage.isin(["won", "after"])
    found = found.mask(won.astype(bool), "won")
    lost = (status == "lost").fillna(False) | (stage == "off").fillna(False)
    return found.mask(lost.astype(bool), "lost")
