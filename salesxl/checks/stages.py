"""The rule on the way through the stages. docs/domain.md 4: stage jump."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from salesxl.checks.case import Case, Fault, positions, warning
from salesxl.checks.names import customer_keys

__all__ = ["jump"]


def jump(case: Case) -> Iterator[Fault]:
    """Warn of a customer whose stage moved back since the last book, or skipped one since the week before.

    Only stages on the path count: who ends, or comes back after an end, jumps nowhere. Over more than a week
    a customer may well have been in the stages between, so skipping is told of two weeks in a row only.
    """
    seen = case.past.get("customer")
    if seen is None or seen.empty:
        return
    last = seen["week_start"].max()
    path = [s.name for s in case.rulebook.stages if s.kind != "off"]
    place = {name: at for at, name in enumerate(path)}
    stack = case.stacks["customer"]
    keys = case.keys(stack)
    now = stack.frame["stage"].map(place).astype("Int64")
    before = _before(seen[seen["week_start"] == last], keys, case.rep_of(stack))
    then = before.map(place).astype("Int64")
    back, skipped = now < then, now > then + 1
    if last + pd.Timedelta(days=7) != pd.Timestamp(case.week[0]):
        skipped &= False
    concerned = (back | skipped).fillna(False) & case.inside(stack)
    for at in positions(concerned):
        facts = {"before": before[at], "since": last.date()}
        if now[at] < then[at]:
            yield warning("stage_jump", stack, at, "stage", why="back", **facts)
        else:
            left_out = tuple(path[int(then[at]) + 1 : int(now[at])])
            yield warning("stage_jump", stack, at, "stage", why="skipped", left_out=left_out, **facts)


def _before(book: pd.DataFrame, keys: pd.Series, reps: pd.Series) -> pd.Series:
    """Return each customer's stage in an earlier book: the rep's own row, else the only row there is."""
    rows = pd.DataFrame(
        {"key": customer_keys(book["customer_name"]), "rep": book["rep"], "stage": book["stage"]}
    )
    rows = rows.dropna(subset=["key", "stage"])
    own = rows.dropna(subset=["rep"]).drop_duplicates(["rep", "key"]).set_index(["rep", "key"])["stage"]
    alone = rows[~rows.duplicated("key", keep=False)].set_index("key")["stage"]
    pairs = pd.MultiIndex.from_arrays([reps.to_numpy(dtype=object), keys.to_numpy(dtype=object)])
    mine = pd.Series(own.reindex(pairs).to_numpy(dtype=object), index=keys.index, dtype="string")
    return mine.fillna(keys.map(alone).astype("string"))
