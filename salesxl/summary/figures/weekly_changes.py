"""What became of each customer since last week's book, and the bridge between the two pipelines.

The bridge is a partition: each customer falls in one bar at most, one that leaves at last week's amount, one
that arrives at this week's. So start + bars = end, to the fen. docs/domain.md 3.9. Owns which customer is
which, its bar, and the lists. Refuses: words.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from salesxl.model import Team
from salesxl.parsing.text import customer_key
from salesxl.rulebook import Rulebook
from salesxl.rules.identity import SEPARATOR, customer_keys
from salesxl.rules.money import addable, fen, yuan
from salesxl.rules.outcomes import outcomes
from salesxl.state.absence import MISSING
from salesxl.state.identity import known_by
from salesxl.summary.figures.counting import out_of_pipeline
from salesxl.summary.figures.plain import in_order, rows, true

__all__ = ["BARS", "LISTS", "bridge", "compared", "lists"]

BARS = (
    *("won", "lost", "unverified", "removed", "cut"),
    *("new", "round", "returned", "up"),
    *("claims", "corrected", "settings", "other"),
)
"""The bars between last week's pipeline and this week's: what leaves, what arrives, what may do either."""

LISTS = (
    *("vanished", "won", "lost", "new", "round", "forward", "back", "slipped", "up", "cut"),
    *("handed_over", "renamed", "unverified", "returned", "removed", "claims", "corrected", "settings"),
    "other",
)
"""The lists of 本周变化 in the order in which a manager reads them."""

KEPT = (
    *("customer_no", "customer_name", "rep", "stage", "status", "expected_amount", "expected_close"),
    *("carried", "absent_since", "absences"),
)
CORRECTED = ("merge", "correction")


def compared(before: Team, team: Team, rulebook: Rulebook, then: Rulebook | None = None) -> pd.DataFrame:
    """Return a row per customer of either week.

    Columns: those of ``KEPT`` as ``old_…`` and ``new_…`` (missing in a week without the customer), ``was``
    and ``is`` (in the pipeline: open, and not 待核实), ``left`` and ``came`` (the amounts there, in fen),
    ``old_state`` and ``new_state``, ``bar`` (one of ``BARS`` or missing) and ``causes`` (those of 变更记录).
    Of several claims the counted one is the customer. ``then`` are the settings of the week before, where
    they are other ones.
    """
    old = _counted(before.tables["customer"], then or rulebook)
    new = _counted(team.tables["customer"], rulebook)
    new.index = pd.Index(_same(old, new), name="key")
    both = old.add_prefix("old_").join(new.add_prefix("new_"), how="outer")
    for side in ("old", "new"):
        both[f"{side}_here"] = true(both[f"{side}_here"])
        both[f"{side}_open"] = true(both[f"{side}_open"])
        both[f"{side}_fen"] = both[f"{side}_fen"].fillna(0.0)
    both = both.assign(
        left=both["old_fen"].where(both["old_open"], 0.0),
        came=both["new_fen"].where(both["new_open"], 0.0),
        switched=_switched(before, team, both),
    )
    told = _causes(team)
    number = both["new_customer_no"].fillna(both["old_customer_no"])
    both["causes"] = [told.get(one, told.get(key, ())) for one, key in zip(number, both.index, strict=True)]
    return both.assign(bar=_bars(both))


def _counted(customers: pd.DataFrame, rulebook: Rulebook) -> pd.DataFrame:
    """Return the rows that count, by what each is known by."""
    mine = customers[customers["counted"].fillna(True).astype(bool)]
    key = known_by(mine)
    alone = "?" + mine["rep"].fillna("") + key.isna().cumsum().astype("string")
    state, unsure = outcomes(mine, rulebook).astype("string"), out_of_pipeline(mine, rulebook)
    found = mine[list(KEPT)].assign(
        names=mine["former_names"],
        state=state,
        here=True,
        open=true(state == "open") & ~unsure,
        unsure=unsure,
        fen=fen(mine["expected_amount"]),
    )
    found.index = pd.Index(key.fillna(alone), name="key")
    return found[~found.index.duplicated()]


def _same(old: pd.DataFrame, new: pd.DataFrame) -> list[str]:
    """Return what this week's customers were known by: who had no number yet is found by name."""
    known, taken = set(old.index), set(new.index) & set(old.index)
    found = []
    columns = (new.index, customer_keys(new["customer_name"]), new["names"])
    for key, name, former in zip(*columns, strict=True):
        was = str(key)
        if was not in known:
            names = [] if pd.isna(former) else str(former).split(SEPARATOR)
            tried = [name, *map(customer_key, names)]
            was = next((one for one in tried if one in known and one not in taken), was)
            taken.add(was)
        found.append(was)
    return found


def _switched(before: Team, team: Team, both: pd.DataFrame) -> pd.Series:
    """Say whose counted claim is another rep's, both reps claiming the customer in one of the weeks."""
    other = true(both["old_rep"] != both["new_rep"])
    pairs: set[tuple[Any, Any]] = set()
    for one in (before, team):
        table = one.tables["customer"]
        table = table[~table["counted"].fillna(True).astype(bool)]
        pairs |= set(zip(known_by(table), table["rep"], strict=True))
    claimed = [
        other_one and ((key, mine) in pairs or (key, yours) in pairs)
        for other_one, key, mine, yours in zip(
            other, both["new_customer_no"].fillna(pd.Series(both.index, index=both.index)),
            both["old_rep"], both["new_rep"], strict=True,
        )
    ]  # fmt: skip
    return pd.Series(claimed, index=both.index, dtype=bool)


def _causes(team: Team) -> Mapping[str, tuple[str, ...]]:
    """Return the causes of this week's changes of a customer that are not just a newer form."""
    told = team.tables["change"]
    told = told[true(told["table"] == "customer") & true(told["week_start"] == pd.Timestamp(team.week[0]))]
    told = told[true(told["cause"].isin([*CORRECTED, "settings", "handover"]))]
    found: dict[str, tuple[str, ...]] = {}
    columns = (known_by(told), told["cause"], told["field"])
    for key, cause, field in zip(*columns, strict=True):
        about = pd.isna(field) or field in ("stage", "status", "expected_amount")
        if not pd.isna(key) and (cause != "settings" or about):
            found[key] = (*found.get(key, ()), cause)
    return found


def _bars(both: pd.DataFrame) -> pd.Series:
    """Return each customer's bar; the first that holds is its one."""
    was, is_ = both["old_open"], both["new_open"]
    delta = both["came"] - both["left"]
    moved = (was != is_) | ((delta != 0) & was & is_)
    has = _has(both)
    alike = true(both["old_stage"].fillna("") == both["new_stage"].fillna(""))
    alike &= true(both["old_status"].fillna("") == both["new_status"].fillna(""))
    known = both["old_here"] & both["new_here"]
    judged = (
        known & alike & ~both["switched"] & true(both["old_state"].fillna("") != both["new_state"].fillna(""))
    )
    out, here = was & ~is_, is_ & ~was
    cases = (
        ("settings", has("settings") | judged),
        ("corrected", (~known) & has(*CORRECTED)),
        ("removed", out & ~both["new_here"]),
        ("unverified", out & both["new_unsure"].fillna(False).astype(bool)),
        ("claims", both["switched"] & ~has("handover")),
        ("won", out & true(both["new_state"] == "won")),
        ("lost", out & true(both["new_state"] == "lost")),
        ("new", here & ~both["old_here"]),
        ("round", here & true(both["old_state"].isin(["won", "lost"]))),
        ("returned", here & both["old_unsure"].fillna(False).astype(bool)),
        ("corrected", was & is_ & has(*CORRECTED)),
        ("up", was & is_ & (delta > 0)),
        ("cut", was & is_ & (delta < 0)),
    )
    found = np.select([(moved & case).to_numpy(bool) for _, case in cases], [k for k, _ in cases], "other")
    return pd.Series(pd.array(found, dtype="string"), index=both.index).where(moved)


def _has(both: pd.DataFrame) -> Any:
    def has(*causes: str) -> pd.Series:
        told = [not set(causes).isdisjoint(mine) for mine in both["causes"]]
        return pd.Series(told, index=both.index, dtype=bool)

    return has


def bridge(both: pd.DataFrame) -> dict[str, Any]:
    """Return ``start``, ``end`` (元) and ``bars``: ``key``, ``count``, ``amount`` (元) and ``after``.

    ``after`` is the pipeline once the bar is put on those before it; after the last it is ``end``.
    """
    start, end = (_sum(both[name]) for name in ("left", "came"))
    delta = both["came"] - both["left"]
    found, level = [], start
    for key in BARS:
        mine = true(both["bar"] == key)
        amount = _sum(delta[mine])
        level += amount
        found.append({"key": key, "count": int(mine.sum()), "amount": yuan(amount), "after": yuan(level)})
    return {
        "start": {"count": int(both["old_open"].sum()), "amount": yuan(start)},
        "end": {"count": int(both["new_open"].sum()), "amount": yuan(end)},
        "bars": found,
    }


def _sum(amounts: pd.Series) -> Any:
    return addable(amounts.to_numpy(dtype="float64")).sum()


LISTED = (
    *("rep", "customer_name", "customer_no", "was", "now", "amount", "change"),
    *("absent_since", "absences"),
)


def lists(both: pd.DataFrame, rulebook: Rulebook) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of each of ``LISTS``, the largest amount first.

    ``was`` and ``now`` are what the list is about (stages, days, amounts, names, reps); ``amount`` (元) is
    this week's, last week's of a customer that has left the pipeline; ``change`` what it moves the pipeline.
    """
    amount = both["new_fen"].where(
        both["new_here"] & ~true(both["bar"].isin(["won", "lost"])), both["old_fen"]
    )
    told = both.assign(
        rep=both["new_rep"].fillna(both["old_rep"]),
        customer_name=both["new_customer_name"].fillna(both["old_customer_name"]),
        customer_no=both["new_customer_no"].fillna(both["old_customer_no"]),
        amount=(amount / 100).where(
            both["new_expected_amount"].notna() | both["old_expected_amount"].notna()
        ),
        absent_since=both["new_absent_since"],
        absences=both["new_absences"],
        change=(both["came"] - both["left"]) / 100,
    )
    found = {}
    for key, (mask, about) in _masks(both, rulebook).items():
        mine = told.assign(was=both[f"old_{about}"], now=both[f"new_{about}"])[mask]
        ordered = in_order(mine, ["amount", "rep", "customer_name"], descending=["amount"])
        found[key] = rows(ordered, LISTED)
    return found


def _masks(both: pd.DataFrame, rulebook: Rulebook) -> dict[str, tuple[pd.Series, str]]:
    """Return who is on each list, and the column that it tells."""
    path = {s.name: at for at, s in enumerate(s for s in rulebook.stages if s.kind == "open")}
    here = both["old_here"] & both["new_here"]
    stays = both["old_open"] & both["new_open"]
    step = both["new_stage"].map(path) - both["old_stage"].map(path)
    bar, absent = both["bar"], true(both["new_carried"] == MISSING)
    close = both["new_expected_close"] > both["old_expected_close"]
    became = {
        state: true(both["new_state"] == state) & ~true(both["old_state"] == state)
        & ~true(bar.isin(["settings", "corrected", "claims"]))
        for state in ("won", "lost")
    }  # fmt: skip
    found = {
        "vanished": (absent & true(both["new_state"] != "lost"), "stage"),
        "won": (became["won"], "stage"),
        "lost": (became["lost"], "stage"),
        "new": (both["new_here"] & ~both["old_here"] & ~true(bar == "corrected"), "stage"),
        "forward": (stays & true(step > 0), "stage"),
        "back": (stays & true(step < 0), "stage"),
        "slipped": (stays & true(close), "expected_close"),
        "handed_over": (here & true(both["old_rep"] != both["new_rep"]) & ~both["switched"], "rep"),
        "renamed": (here & true(both["old_customer_name"] != both["new_customer_name"]), "customer_name"),
    }
    about = {"up": "expected_amount", "cut": "expected_amount", "claims": "rep"}
    for key in LISTS:
        if key not in found:
            found[key] = true(bar == key), about.get(key, "stage")
    return {key: found[key] for key in LISTS}
