"""What every rule is given, and what it gives back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as default
from functools import partial
from typing import Any, TypeVar

import pandas as pd

from salesxl.columns import Column, Kind
from salesxl.model import Block, PastName, Severity, Submission, cell_name
from salesxl.parsing.frames import ROW, Cell, Fault, Stack
from salesxl.rulebook import Rulebook
from salesxl.rules import ownership
from salesxl.rules.grading import stage_kinds, status_kinds
from salesxl.rules.identity import customer_keys

__all__ = ["ROW", "Case", "Cell", "Fault", "error", "notice", "positions", "warning"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Case:
    """A batch under check: every stack, whose each submission is, the rules, the day and the week.

    ``as_of`` is the day on which the check is made; ``week`` is Monday and Sunday of the week under report.
    ``out`` are submissions that another one supersedes: rules across forms leave them alone; so do they the
    customers of which a newer archive of the rep has the row (``older``), and those that a rep has handed
    over and whose new owner's row is at hand (``passed``), by their positions. ``moves`` are
    the signed handovers up to now (``ownership.MOVES``), ``past`` what the book before says (``History``).
    ``whole`` says that all that was handed in is here.
    """

    stacks: Mapping[str, Stack]
    submissions: Sequence[Submission]
    reps: Sequence[str | None]
    rulebook: Rulebook
    as_of: dt.date
    week: tuple[dt.date, dt.date]
    out: frozenset[int] = frozenset()
    moves: pd.DataFrame = default(default_factory=lambda: pd.DataFrame(columns=ownership.MOVES))
    past: Mapping[PastName, pd.DataFrame] = default(default_factory=dict)
    whole: bool = True
    older: frozenset[int] = frozenset()
    passed: frozenset[int] = frozenset()
    worked_out: dict[tuple[str, ...], Any] = default(
        default_factory=dict, init=False, repr=False, compare=False
    )
    """What several rules need of this batch, worked out by the first that asked; nobody changes it."""

    def once(self, what: tuple[str, ...], work_out: Callable[[], T]) -> T:
        """Return what is known under a name, worked out when it is asked for the first time."""
        if what not in self.worked_out:
            self.worked_out[what] = work_out()
        found: T = self.worked_out[what]
        return found

    def columns(self, *kinds: Kind) -> Iterator[tuple[Stack, Column]]:
        """Yield every column of those kinds that has rows, with its stack."""
        for stack in self.stacks.values():
            if stack.frame.empty:
                continue
            for column in stack.spec.columns:
                if column.kind in kinds:
                    yield stack, column

    def rep_of(self, stack: Stack) -> pd.Series:
        """Return the rep of each record of a stack: as its own row says, else as its form does."""
        return self.once(("rep", stack.spec.kind), lambda: self._whose(stack))

    def _whose(self, stack: Stack) -> pd.Series:
        of_form = self._reps(stack.frame["submission"])
        return stack.frame["rep"].fillna(of_form) if "rep" in stack.frame else of_form

    def _reps(self, numbers: pd.Series) -> pd.Series:
        reps = [self.reps[number] for number in numbers.tolist()]
        return pd.Series(pd.array(reps, dtype="string"), index=numbers.index, name=numbers.name)

    def keys(self, stack: Stack) -> pd.Series:
        """Return the customer key of each record of a stack."""
        names = stack.frame["customer_name"]
        return self.once(("key", stack.spec.kind), lambda: customer_keys(names))

    def status_kinds(self, stack: Stack) -> pd.Series:
        """Return what the status of each record of a stack means (``grading.status_kinds``)."""
        status = stack.frame["status"]
        return self.once(("status", stack.spec.kind), lambda: status_kinds(status, self.rulebook))

    def stage_kinds(self, stack: Stack) -> pd.Series:
        """Return what the stage of each record of a stack means (``grading.stage_kinds``)."""
        stage = stack.frame["stage"]
        return self.once(("stage", stack.spec.kind), lambda: stage_kinds(stage, self.rulebook))

    def inside(self, stack: Stack) -> pd.Series:
        """Return which records count: of submissions that do, and neither older ones nor passed over."""
        counts = self.counting(stack)
        return counts & ~counts.index.isin(self.passed) if stack.spec.kind == "customer" else counts

    def counting(self, stack: Stack) -> pd.Series:
        """Return which records count, with those of customers that were handed over."""
        counts = ~stack.frame["submission"].isin(self.out)
        return counts & ~counts.index.isin(self.older) if stack.spec.kind == "customer" else counts

    def owners(self, keys: pd.Series, reps: pd.Series) -> pd.DataFrame:
        """Return ``owner`` and ``day`` of the customers that these reps have handed over, by their index."""
        return ownership.owners(keys, reps, self.moves)

    def origin(self, stack: Stack, at: int) -> tuple[Submission, Block, int]:
        """Return the form and the block that a record is from, and its Excel row."""
        submission = self.submissions[int(stack.frame.at[at, "submission"])]
        block = submission.block(stack.spec.kind)
        assert block is not None
        return submission, block, int(stack.frame.at[at, "row"])

    def stands(self, stack: Stack, at: int, name: str) -> bool:
        """Say whether a cell stands as we handed it out: it says nothing."""
        _, block, row = self.origin(stack, at)
        return block.stands(name, row)

    def was_handed_out(self, stack: Stack, at: int) -> bool:
        """Say whether we had filled a record in, be it changed since or not."""
        _, block, row = self.origin(stack, at)
        return row in block.handed

    def place_text(self, stack: Stack, at: int, name: str) -> str:
        """Return where a field of a record stands, in words that need no translation: file › sheet!cell."""
        submission, block, row = self.origin(stack, at)
        cell = block.place(name, row)
        spot = f"!{cell_name(*cell)}" if cell else ""
        return f"{submission.file} › {submission.sheet}{spot}"


def _fault(severity: Severity, code: str, stack: Stack, at: int, name: str, **facts: Any) -> Fault:
    """Build a fault on a field of a record."""
    return Fault(code, severity, stack.spec.kind, int(at), name, {**stack.facts(name), **facts})


error = partial(_fault, Severity.ERROR)
warning = partial(_fault, Severity.WARNING)
notice = partial(_fault, Severity.NOTICE)


def positions(mask: pd.Series) -> list[int]:
    """Return the positions where a mask holds; missing counts as no."""
    holds = mask.to_numpy(dtype=bool, na_value=False)
    return [int(at) for at in mask.index[holds]] if holds.any() else []
