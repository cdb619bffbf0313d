"""Which customers totals are made of: every customer once. docs/domain.md 3.9.

Owns the one place that leaves out second claims and what nobody can verify, so that parts add up. Refuses:
lists, which show every claim.
"""

from __future__ import annotations

import pandas as pd

from salesxl.rulebook import Rulebook
from salesxl.rules.outcomes import outcomes
from salesxl.state.absence import UNVERIFIED
from salesxl.summary.figures.plain import true

__all__ = ["counting", "out_of_pipeline"]


def counting(customers: pd.DataFrame, rulebook: Rulebook) -> pd.DataFrame:
    """Return the customers that count in totals: of several claims one, and nobody ``out_of_pipeline``."""
    counted = customers["counted"].fillna(True).astype(bool)
    return customers[counted & ~out_of_pipeline(customers, rulebook)]


def out_of_pipeline(customers: pd.DataFrame, rulebook: Rulebook) -> pd.Series:
    """Say which customers are still open, but have been missing so long that they are 待核实."""
    return true(customers["carried"] == UNVERIFIED) & true(outcomes(customers, rulebook) == "open")
