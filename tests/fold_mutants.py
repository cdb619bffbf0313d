"""The fold, bent in one place at a time; ``python -m tests.fold_mutants`` says which life finds each.

Every one of ``MUTANTS`` must be caught by the differences between a life and its truth (docs/proofs.md).
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from importlib import import_module
from typing import Any
from unittest.mock import patch

import numpy as np
import pandas as pd

from salesxl.rules.identity import customer_keys
from salesxl.state import absence, claims, customers, editions, identity
from tests import life
from tests.folded import played

consolidate, validate, fold = map(
    import_module, ("salesxl.consolidate", "salesxl.validate", "salesxl.state.fold")
)
"""Modules whose names in their packages may be functions."""
LIVES = ((1, "keep"), (2, "keep"), (3, "keep"))
Bent = Callable[..., Any]


def _always(value: Any) -> Callable[[Bent], Bent]:
    return lambda real: lambda *given, **named: value


def _first(real: Bent) -> Bent:
    """Give back the first argument unchanged."""
    return lambda first, *given, **named: first


def _never(real: Bent) -> Bent:
    return lambda *given, **named: np.zeros_like(real(*given, **named))


def _all(value: bool) -> Callable[[Bent], Bent]:
    def bending(real: Bent) -> Bent:
        def bent(*given: Any, **named: Any) -> Any:
            found = real(*given, **named)
            return pd.Series(np.full(len(found), value), index=found.index)

        return bent

    return bending


def _with(at: int, put: Callable[[Any], Any]) -> Callable[[Bent], Bent]:
    """Change one of what is given."""

    def bending(real: Bent) -> Bent:
        def bent(*given: Any, **named: Any) -> Any:
            return real(*given[:at], put(given[at]), *given[at + 1 :], **named)

        return bent

    return bending


def _then(put: Callable[[Any], Any]) -> Callable[[Bent], Bent]:
    """Change what comes out."""
    return lambda real: lambda *given, **named: put(real(*given, **named))


def _older_wins(ages: Any) -> Any:
    order = sorted(range(len(ages.rank)), key=ages.rank.__getitem__, reverse=True)
    return replace(ages, rank=[order.index(number) for number in range(len(order))])


def _everybody_whole(real: Bent) -> Bent:
    return lambda before, rows, *given: frozenset(rows["rep"].dropna())


def _one_sign(real: Bent) -> Bent:
    return lambda self, other: self.agree(other)


def _numbered_anew(real: Bent) -> Bent:
    def bent(table: pd.DataFrame, *given: Any) -> Any:
        told = [f"CRM202601{at + 1:03d}" for at in range(len(table))]
        return pd.Series(pd.array(told, dtype="string"), index=table.index)

    return bent


def _each_record_is_all(real: Bent) -> Bent:
    def bent(old: pd.DataFrame, new: pd.DataFrame, *given: Any) -> Any:
        return real(old[~old["rep"].isin(new["rep"])].reset_index(drop=True), new, *given)

    return bent


def _blank_clears(real: Bent) -> Bent:
    return lambda *given: real(*given[:6], (), *given[7:])


def _reports_forgotten(real: Bent) -> Bent:
    def bent(before: pd.DataFrame, rows: pd.DataFrame, key: list[str], *given: Any) -> Any:
        return real(before.iloc[:0] if "week_start" in key else before, rows, key, *given)

    return bent


def _by_name(table: pd.DataFrame) -> pd.Series:
    return customer_keys(table["customer_name"])


MUTANTS: dict[str, tuple[Any, str, Callable[[Bent], Bent]]] = {
    "an older file wins over a newer one": (validate, "ages_of", _then(_older_wins)),
    "a backup counts as new": (validate, "outdated", _always({})),
    "absence is ignored": (absence, "whole_archives", _always(frozenset())),
    "every archive is whole": (absence, "whole_archives", _everybody_whole),
    "what was handed over can be lacked at once": (absence, "_received", _never),
    "who is listed again stays missing": (absence, "after_absence", _with(2, lambda _: set())),
    "a row held back makes its customer missing": (absence, "after_absence", _with(3, lambda _: set())),
    "both claims count": (consolidate, "counted", _then(lambda counts: counts | True)),
    "of two claims the smaller counts": (
        consolidate, "counted", _with(0, lambda t: t.assign(expected_amount=-t["expected_amount"])),
    ),
    "a claim given up stays": (claims, "over", _all(False)),
    "handovers are not followed": (fold, "moves_of", _then(lambda moves: moves.iloc[:0])),
    "a handover moves no talks and plans": (fold, "_owned", _first),
    "a handover leaves the customer with the giver": (customers, "_handed_over", _first),
    "one sign makes a rename": (identity.Signs, "agree_twice", _one_sign),
    "no rename is seen": (identity, "_renamed", _always(None)),
    "a renamed customer's talks keep the old name": (fold, "_called", _first),
    "names equal without 股份 are one": (identity.Signs, "alike", _always(True)),
    "numbers are given anew each week": (consolidate, "given", _numbered_anew),
    "talks that a new edition lacks stay": (editions, "_withdrawn", _never),
    "each record replaces all talks before it": (editions, "joined", _each_record_is_all),
    "a blank progress beats a filled one": (editions, "joined", _blank_clears),
    "plans of lost customers stay open": (fold, "_closed", _first),
    "coming back is no new round": (claims, "rounds", _then(lambda number: number.clip(upper=1))),
    "earlier reports are forgotten": (fold, "_newest", _reports_forgotten),
    "files taken before are taken again": (consolidate, "with_earlier", _with(0, lambda old: old.iloc[:0])),
}  # fmt: skip
"""By what is wrong: where it is, what it is called there, and what takes its place."""


@contextmanager
def bent(name: str) -> Iterator[None]:
    """Let one thing be wrong for a while."""
    home, what, bend = MUTANTS[name]
    with patch.object(home, what, bend(getattr(home, what))):
        yield


def caught(name: str) -> str | None:
    """Return where a mutant first differs from the truth; a fold that fails is caught too."""
    with bent(name):
        for seed, habit in LIVES:
            try:
                for week, found in played(life.weeks(seed, habit), 99):
                    if found:
                        return f"seed {seed}, {habit}, week {week.number}: {found[0]}"
            except Exception as failed:  # noqa: BLE001
                return f"seed {seed}, {habit}: {type(failed).__name__}: {failed}"
    return None


if __name__ == "__main__":
    missed = 0
    for each in sys.argv[1:] or MUTANTS:
        where = caught(each)
        missed += where is None
        print(f"{each}: {where or 'NOT CAUGHT'}", flush=True)
    sys.exit(missed)
