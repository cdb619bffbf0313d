"""What weekly reports claim against the contracts that the archive says were signed in the week.

Owns which contracts belong to a report, and both ways of differing. docs/domain.md 4, mismatch. Refuses: the
report's other figures (``figures``).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pandas as pd

from salesxl.checks.case import ROW, Case, Cell, Fault, positions, warning
from salesxl.checks.figures import own_rows, period_of
from salesxl.rules.identity import customer_keys
from salesxl.rules.money import fen

__all__ = ["claims", "signed_in_weeks"]


def signed_in_weeks(reports: pd.DataFrame, customers: pd.DataFrame) -> pd.DataFrame:
    """Return, for each weekly report, what its rep's archive says was signed in its week; by its index.

    ``reports`` have rep, week_start, week_end; ``customers`` rep, customer_name, signed_on, contract_amount
    and ``won``. ``contracts`` and ``fen`` are those of the week, ``undated`` and ``undated_fen`` those of won
    customers without 签约日期, which may belong to it; ``unknown`` counts contracts of either kind without an
    amount. One contract in two rows counts once.
    """
    asked = reports[["rep", "week_start", "week_end"]].assign(at=reports.index)
    rows = pd.DataFrame(
        {
            "rep": customers["rep"],
            "key": customer_keys(customers["customer_name"]),
            "day": customers["signed_on"].dt.normalize(),
            "fen": fen(customers["contract_amount"]),
        },
        index=customers.index,
    )
    dated = rows["day"].notna()
    first, last = asked["week_start"].min(), asked["week_end"].max()
    near = dated & (rows["day"] >= first).fillna(False) & (rows["day"] <= last).fillna(False)
    rows = rows[near | (~dated & customers["won"])].dropna(subset=["rep"]).drop_duplicates()
    pairs = asked.dropna(subset=["rep"]).merge(rows, on="rep")
    inside = (pairs["day"] >= pairs["week_start"]) & (pairs["day"] <= pairs["week_end"])
    open_day = pairs["day"].isna()
    found = pd.DataFrame(
        0, index=asked.index, columns=["contracts", "fen", "undated", "undated_fen", "unknown"]
    )
    for part, count, amount in (
        (pairs[inside], "contracts", "fen"),
        (pairs[open_day], "undated", "undated_fen"),
    ):
        of_report = part.groupby("at")["fen"]
        found[count] = of_report.size().reindex(found.index, fill_value=0)
        found[amount] = of_report.sum().reindex(found.index, fill_value=0).astype("int64")
    unknown = pairs[(inside | open_day) & pairs["fen"].isna()].groupby("at").size()
    found["unknown"] = unknown.reindex(found.index, fill_value=0)
    return found


def claims(case: Case) -> Iterator[Fault]:
    """Warn where a report claims less than the contracts signed in its week, or more than may have been.

    More is only known where the rep's archive has 签约日期: won customers without the date may have signed in
    the week, and a contract without an amount may be of any. Deals are spoken of only where amounts agree.
    """
    reports, archive = case.stacks["weekly_report"], case.stacks["customer"]
    if reports.frame.empty:
        return
    won = case.stage_kinds(archive).isin(["won", "after"]) | (case.status_kinds(archive) == "won")
    fields = ["customer_name", "signed_on", "contract_amount"]
    customers = archive.frame[fields].assign(rep=case.rep_of(archive), won=won.fillna(False).astype(bool))
    customers = customers[case.inside(archive)]
    asked = reports.frame[["week_start", "week_end"]].assign(rep=case.rep_of(reports))
    weeks = signed_in_weeks(asked, customers)
    here = archive.present["signed_on"] & ~archive.flagged["signed_on"] & ~archive.flagged["contract_amount"]
    owned = customers["rep"].notna()
    undated = customers["rep"][owned & ~here[customers.index]]
    dated = asked["rep"].isin(customers["rep"][owned]) & ~asked["rep"].isin(undated)
    known = case.inside(reports) & asked.notna().all(axis=1)
    said = reports.frame
    amounts = pd.Series(fen(said["completed_amount"]), index=said.index)
    under = known & (amounts < weeks["fen"])
    over = known & dated & (weeks["unknown"] == 0) & (amounts > weeks["fen"] + weeks["undated_fen"])
    deals = said["deals"].astype("Float64")
    few = known & ~under & ~over & (deals < weeks["contracts"])
    many = known & ~under & ~over & dated & (deals > weeks["contracts"] + weeks["undated"])
    for at in positions(under | over):
        expected = int(weeks.at[at, "fen"]) / 100
        facts = {"expected": expected, "difference": abs(int(amounts[at]) - int(weeks.at[at, "fen"])) / 100}
        why = "signed_amount" if under[at] else "claimed_amount"
        fault = warning("mismatch", reports, at, "completed_amount", why=why, **facts)
        yield replace(fault, rests_on=period_of(at), held=_held(case, at, customers["won"], under[at]))
    for at in positions(few | many):
        expected = int(weeks.at[at, "contracts"])
        facts = {"expected": expected, "difference": abs(int(deals[at]) - expected)}
        fault = warning(
            "mismatch", reports, at, "deals", why="signed_rows" if few[at] else "claimed_rows", **facts
        )
        yield replace(fault, rests_on=period_of(at), held=_held(case, at, customers["won"], few[at]))


def _held(case: Case, report: int, won: pd.Series, counted: bool) -> tuple[Cell, ...]:
    """Return where an error may be the reason: on a won customer without 签约日期, or on one in the week.

    Of the others, whose day is of another week or who have not signed, only on what says otherwise.
    """
    signed_on = case.stacks["customer"].frame["signed_on"]
    return tuple(
        ("customer", at, name)
        for at in own_rows(case, report, "customer", "signed_on", counted=counted)
        for name in (
            (ROW,) if counted or (won[at] and pd.isna(signed_on[at])) else ("signed_on", "contract_amount")
        )
    )
