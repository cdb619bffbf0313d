"""state(W) = fold(state(W−1), accepted in W): the tables of a team's book, carried on. docs/domain.md 4.2.

Owns the order of the steps. Refuses: what a row is made of; ``consolidate`` hands in tables.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from salesxl.columns import columns_of
from salesxl.model import TableName
from salesxl.rulebook import Rulebook
from salesxl.rules import ownership
from salesxl.rules.identity import customer_keys
from salesxl.rules.outcomes import outcomes
from salesxl.rules.people import team_of
from salesxl.state import corrections, customers, editions
from salesxl.state.identity import known_by
from salesxl.state.incoming import Incoming
from salesxl.state.overlay import known_already, overlaid
from salesxl.tables import model

__all__ = ["Folded", "blank", "deals", "fold", "moves_of"]

OF_A_WEEK: tuple[TableName, ...] = ("key_customer", "issue", "next_week")
EDITIONS: tuple[tuple[TableName, tuple[str, ...], str], ...] = (
    ("communication", ("rep", "customer_name", "contact_time", "method"), "contact_time"),
    ("action", ("rep", "customer_name", "action", "due"), "due"),
)
"""Tables of dated rows, by what their rows are told, and when they were."""
ON = ["from_rep", "to_rep", "date"]
OTHERS_NEVER_BLANK = ("progress",)


@dataclass(frozen=True, slots=True)
class Folded:
    """The tables after a week, and why rows are as they are (``changes``).

    ``who`` and ``lacked`` are by the index of the customers; see ``customers.Joined``.
    """

    tables: Mapping[TableName, pd.DataFrame]
    who: pd.Series
    causes: Mapping[tuple[str, str, str], str]
    lacked: pd.Series
    whole: frozenset[str]
    listed: pd.DataFrame


def blank(name: TableName) -> pd.DataFrame:
    """Return a table without rows."""
    return pd.DataFrame({c.field: pd.Series(dtype=c.kind.dtype) for c in columns_of(model(name))})


def moves_of(
    tables: Mapping[TableName, pd.DataFrame], until: pd.Timestamp, as_of: dt.date, rulebook: Rulebook
) -> pd.DataFrame:
    """Return who got what by a day, as a state's handovers and the corrections tell (``ownership.MOVES``)."""
    items = tables["handover_item"]
    listed = items[(items["item"] == "handover_customer").fillna(False).astype(bool)]
    heads = ownership.signed_by(tables["handover"].drop_duplicates(ON, keep="last"), as_of)
    found = ownership.signed(heads, listed, ON)
    return ownership.moved({"moves": corrections.moves(tables, rulebook)}, found, until)


def fold(
    before: Mapping[TableName, pd.DataFrame],
    rows: Mapping[TableName, pd.DataFrame],
    listed: pd.DataFrame,
    come: Incoming,
    week: tuple[pd.Timestamp, pd.Timestamp],
    as_of: dt.date,
    rulebook: Rulebook,
) -> Folded:
    """Return the state after a week.

    ``before`` are the tables of the state before, ``rows`` those accepted since, with ``submission`` and
    ``codes``; ``listed`` are all customers on archives that count, held back ones too.
    """
    after: dict[TableName, pd.DataFrame] = dict(before)
    after["handover"] = _newest(before["handover"], rows["handover"], ON, come)
    after["handover_item"] = _items(before["handover_item"], rows["handover_item"], come)
    moves = moves_of(after, week[1], as_of, rulebook)
    found = customers.joined(before["customer"], rows["customer"], listed, come, moves, week, rulebook)
    after["customer"] = found.customers
    for name, key, moment in EDITIONS:
        old, new = (_owned(_called(t[name], found.renamed), moves, rulebook) for t in (before, rows))
        age, when = come.ages(new["submission"]), _weeks(new, come)
        old = old[~editions.replaced(old, new, name, come)].reset_index(drop=True)
        whole, says = come.whole(new["submission"]), partial(come.says, name, rows=new)
        after[name] = editions.joined(old, new, age, when, key, moment, OTHERS_NEVER_BLANK, whole, says)
    old, new = (_owned(_called(t["record"], found.renamed), moves, rulebook) for t in (before, rows))
    after["record"] = _newest(old, new, ["customer_name"], come, "record")
    after["weekly_report"] = _newest(
        before["weekly_report"], rows["weekly_report"], ["rep", "week_start"], come
    )
    for name in OF_A_WEEK:
        after[name] = _of_reports(before[name], rows[name], rows["weekly_report"], come)
    after["action"] = _closed(after["action"], found.customers, rulebook)
    causes = corrections.causes(before["customer"], moves, found.causes, corrections.moves(after, rulebook))
    return Folded(after, found.who, causes, found.lacked, found.whole, found.listed)


def _closed(plans: pd.DataFrame, customers: pd.DataFrame, rulebook: Rulebook) -> pd.DataFrame:
    """Close the plans of lost customers, for good: who comes back is planned with anew."""
    lost = customers[(outcomes(customers, rulebook) == "lost").fillna(False).astype(bool)]
    gone = set(zip(lost["rep"].tolist(), customer_keys(lost["customer_name"]).tolist(), strict=True))
    pairs = zip(plans["rep"].tolist(), customer_keys(plans["customer_name"]).tolist(), strict=True)
    over = np.array([pair in gone for pair in pairs], dtype=bool)
    return plans.assign(closed=plans["closed"].mask(over & plans["closed"].isna(), "lost"))


def _weeks(rows: pd.DataFrame, come: Incoming) -> pd.Series:
    return come.week.reindex(rows["submission"]).reset_index(drop=True)


def _keys(frame: pd.DataFrame, key: list[str], alone: str) -> list[tuple[object, ...]]:
    """Return what tells each row; one that lacks a part of it stands alone."""
    parts = [customer_keys(frame[n]) if n == "customer_name" else frame[n] for n in key]
    lacking = pd.concat([part.isna() for part in parts], axis=1).any(axis=1).tolist()
    told = zip(*(part.tolist() for part in parts), strict=True)
    return [(alone, at) if out else one for at, (one, out) in enumerate(zip(told, lacking, strict=True))]


def _newest(
    before: pd.DataFrame, rows: pd.DataFrame, key: list[str], come: Incoming, kind: str | None = None
) -> pd.DataFrame:
    """Return a table in which the newest row of each key holds whole, but for what was handed out with it."""
    rows = rows.reset_index(drop=True)
    age, keys, new = come.ages(rows["submission"]), _keys(before, key, "old"), _keys(rows, key, "new")
    fresh = ~known_already(new, keys)

    def applies(name: str) -> np.ndarray:
        says: np.ndarray = fresh | come.says(kind or "", name, rows)
        return says

    return overlaid(before, keys, rows, new, age, _weeks(rows, come), applies)


def _of_reports(
    before: pd.DataFrame, rows: pd.DataFrame, reports: pd.DataFrame, come: Incoming
) -> pd.DataFrame:
    """Return what stands beside the figures of reports: of each report the newest edition's rows."""
    now = set(zip(reports["rep"].tolist(), reports["week_start"].tolist(), strict=True))
    told = zip(before["rep"].tolist(), before["week_start"].tolist(), strict=True)
    kept = before[np.array([pair not in now for pair in told], dtype=bool)].reset_index(drop=True)
    newest: dict[tuple[object, object], int] = {}
    ages = zip(zip(reports["rep"], reports["week_start"], strict=True), reports["submission"], strict=True)
    for pair, number in ages:
        if pair not in newest or come.age[number] >= come.age[newest[pair]]:
            newest[pair] = number
    pairs = zip(zip(rows["rep"], rows["week_start"], strict=True), rows["submission"], strict=True)
    holds = [newest.get(pair, number) == number for pair, number in pairs]
    rows = rows[np.array(holds, dtype=bool)].reset_index(drop=True)
    alone = [("old", at) for at in range(len(kept))]
    return overlaid(
        kept,
        alone,
        rows,
        [("new", at) for at in range(len(rows))],
        come.ages(rows["submission"]),
        _weeks(rows, come),
    )


def _items(before: pd.DataFrame, rows: pd.DataFrame, come: Incoming) -> pd.DataFrame:
    """Return what handover lists hand over: lists of one day are joined, row by row."""
    key = [*ON, "item", "customer_name"]
    rows = rows.reset_index(drop=True)
    parts = [*key, "contact_time", "opportunity"]
    old, new = (
        list(zip(_keys(f, key, alone), *(f[n].astype(object).tolist() for n in parts[-2:]), strict=True))
        for f, alone in ((before, "old"), (rows, "new"))
    )
    return overlaid(before, old, rows, new, come.ages(rows["submission"]), _weeks(rows, come))


def _called(frame: pd.DataFrame, renamed: Mapping[str, str]) -> pd.DataFrame:
    """Give rows of renamed customers their present names."""
    if not renamed or frame.empty:
        return frame
    present = customer_keys(frame["customer_name"]).map(renamed).astype("string")
    return frame.assign(customer_name=present.fillna(frame["customer_name"]))


def _owned(table: pd.DataFrame, moves: pd.DataFrame, rulebook: Rulebook) -> pd.DataFrame:
    """Give the rows of handed-over customers to their new owner; who wrote them stands in ``original_rep``.

    docs/domain.md 2.4: customers, records and what is planned go along; the source stays as it is.
    """
    found = ownership.owners(customer_keys(table["customer_name"]), table["rep"], moves)["owner"]
    owner = found.reindex(table.index)
    given = owner.notna()
    teams = team_of(rulebook)
    wrote = (
        table["original_rep"] if "original_rep" in table else pd.Series(pd.NA, table.index, dtype="string")
    )
    return table.assign(
        original_rep=wrote.fillna(table["rep"].where(given)),
        rep=owner.fillna(table["rep"]),
        team=table["team"].where(~given, owner.map(teams).astype("string")),
    ).reset_index(drop=True)


def deals(before: pd.DataFrame, team: pd.DataFrame, monday: pd.Timestamp, rulebook: Rulebook) -> pd.DataFrame:
    """Return 成交记录 with the customers that are won now: one row per customer, rep and round.

    What was won before stays; a deal stays his who won it when the customer is handed over.
    """
    won = team[(outcomes(team, rulebook) == "won").fillna(False).astype(bool)]
    now = pd.DataFrame(
        {
            **{name: won[name] for name in OF_A_DEAL},
            "amount": won["contract_amount"].fillna(won["expected_amount"]),
            "week_start": monday,
        }
    )[list(before.columns)].astype(before.dtypes.to_dict())
    place = {key: at for at, key in enumerate(_deal_keys(before, before["rep"]))}
    new = _deal_keys(now, won["rep"])
    won_by = _deal_keys(now, won["original_rep"])
    new = [theirs if theirs in place else own for own, theirs in zip(new, won_by, strict=True)]
    after = before.reindex(range(len(before)))
    fresh = [at for at, key in enumerate(new) if key not in place]
    for name in (n for n in before.columns if n not in ("week_start", "rep")):
        column = after[name].array.copy()
        known = [(place[key], at) for at, key in enumerate(new) if key in place]
        if known:
            column[[spot for spot, _ in known]] = now[name].array[[at for _, at in known]]
        after[name] = column
    return pd.concat([after, now.iloc[fresh]], ignore_index=True) if fresh else after


OF_A_DEAL = (
    *("customer_no", "customer_name", "rep", "round"),
    *("contract_no", "signed_on", "contract_end"),
)


def _deal_keys(frame: pd.DataFrame, reps: pd.Series) -> list[tuple[object, ...]]:
    return list(zip(known_by(frame).tolist(), reps.tolist(), frame["round"].tolist(), strict=True))
