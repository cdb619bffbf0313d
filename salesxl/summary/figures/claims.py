"""What reps claim for the week beside the contracts of their archives. docs/domain.md 4, mismatch.

Owns the gap of each rep. Refuses: which contracts belong to a week (``checks.contracts``), and judging it.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from salesxl.checks.contracts import signed_in_weeks
from salesxl.model import Team
from salesxl.rulebook import Rulebook
from salesxl.rules.money import fen
from salesxl.rules.outcomes import outcomes
from salesxl.summary.figures.plain import rows, true

__all__ = ["claims"]


def claims(team: Team, rulebook: Rulebook) -> list[dict[str, Any]]:
    """Return a row per rep who has reported the week, the widest gap first.

    ``claimed`` and ``deals`` are the report's, ``signed`` (元) and ``contracts`` those that the archive says
    were signed in the week, ``gap`` and ``deals_gap`` claimed less signed. ``undated`` are won customers
    without 签约日期, which may belong to it. The right side is blank where the archive has no such date at
    all, unless it could (``Team.dated``) and ``undated`` cannot account for what is claimed.
    """
    table, customers = team.tables["weekly_report"], team.tables["customer"]
    reports = table[true(table["week_start"] == pd.Timestamp(team.week[0])) & table["rep"].notna()]
    reports = reports.drop_duplicates("rep", keep="last")
    won = true(outcomes(customers, rulebook) == "won")
    found = signed_in_weeks(reports, customers.assign(won=won))
    dated = customers["rep"][customers["signed_on"].notna()]
    known = reports["rep"].isin(dated.dropna()) | (reports["rep"].isin(team.dated) & _beyond(reports, found))
    signed = (found["fen"] / 100).where(known).astype("Float64")
    contracts = found["contracts"].where(known).astype("Int64")
    undated = found["undated"].astype("Int64")
    gap = ((reports["completed_amount"] - signed) * 100).round() / 100
    listed = pd.DataFrame(
        {
            "rep": reports["rep"],
            "team": reports["team"],
            "claimed": reports["completed_amount"],
            "signed": signed,
            "gap": gap,
            "deals": reports["deals"],
            "contracts": contracts,
            "deals_gap": reports["deals"] - contracts,
            "undated": undated.mask(undated == 0),
            "apart": gap.abs(),
        }
    )
    listed = listed.sort_values(["apart", "rep"], ascending=[False, True], kind="stable")
    return rows(listed, [name for name in listed if name != "apart"])


def _beyond(reports: pd.DataFrame, found: pd.DataFrame) -> pd.Series:
    """Say which reports claim more than all that may have been signed in their week, in amount or number."""
    amounts = pd.Series(fen(reports["completed_amount"]), index=reports.index)
    more = (found["unknown"] == 0) & (amounts > found["fen"] + found["undated_fen"])
    return more | true(reports["deals"] > found["contracts"] + found["undated"])
