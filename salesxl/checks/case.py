"""What every rule is given, and what it gives back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as default
from typing import Any, TypeAlias, TypeVar

import pandas as pd

from salesxl.columns import Column, Kind
from salesxl.model import PastName, Severity, Submission, cell_name
from salesxl.parsing.frames import Stack
from salesxl.rulebook import Rulebook
from salesxl.rules import ownership
from salesxl.rules.grading import stage_kinds, status_kinds
from salesxl.rules.identity import customer_keys

__all__ = ["Case", "Cell", "Fault"]

Cell: TypeAlias = tuple[str, int, str]
"""A cell by its block, the position of its record there, and its field."""
ROW = ""
"""In place of a field: the record as a whole, which an error anywhere on it keeps from counting."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Fault:
    """One broken rule: block, position of the record (None: no record), field to blame.

    ``rests_on`` are other cells that the rule believed: where one of them is at fault, this may be nothing
    but its consequence; of two held ``against`` each other either may be the wrong one. Of the records in
    ``pool`` it takes ``needs`` that are at fault to explain it, one for each ``share`` among faults of one
    code and pool. ``doubts`` is false where the cell's value is believed all the same. All this is for
    ``causes``. Of the ``held`` cells an error alone explains it, of ``ROW`` any error on the record; beside a
    pool they are of its records.
    """

    code: str
    severity: Severity
    kind: str | None
    at: int | None
    field: str | None
    facts: Mapping[str, Any] = default(default_factory=dict)
    value: Any = None
    rests_on: tuple[Cell, ...] = ()
    against: tuple[Cell, ...] = ()
    pool: tuple[Cell, ...] = ()
    held: tuple[Cell, ...] = ()
    needs: int = 1
    share: str | None = None
    doubts: bool = True
    on_header: bool = False

    @property
    def basis(self) -> tuple[Cell, ...]:
        """All single cells that the rule believed."""
        return (*self.rests_on, *self.against)

    @property
    def any_of(self) -> tuple[Cell, ...]:
        """All cells of which only some need be wrong to explain it."""
        return (*self.pool, *self.held)

    @property
    def cell(self) -> Cell | None:
        """The cell to blame, where there is one."""
        if self.kind is None or self.at is None or self.field is None:
            return None
        return self.kind, self.at, self.field


@dataclass(frozen=True, slots=True)
class Case:
    """A batch under check: every stack, whose each submission is, the rules, the day and the week.

    ``as_of`` is the day on which the check is made; ``week`` is Monday and Sunday of the week under report.
    ``out`` are submissions that another one supersedes: rules across forms leave them alone. ``moves`` are
    the signed handovers up to now (``ownership.MOVES``), ``past`` what earlier books say (``Team.past``).
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
        """Return which records belong to submissions that count."""
        return ~stack.frame["submission"].isin(self.out)

    def owners(self, keys: pd.Series, reps: pd.Series) -> pd.DataFrame:
        """Return ``owner`` and ``day`` of the customers that these reps have handed over, by their index."""
        return ownership.owners(keys, reps, self.moves)

    def place_text(self, stack: Stack, at: int, name: str) -> str:
        """Return where a field of a record stands, in words that need no translation: file › sheet!cell."""
        submission = self.submissions[int(stack.frame.at[at, "submission"])]
        row = int(stack.frame.at[at, "row"])
        block = submission.block(stack.spec.kind)
        cell = block.place(name, row) if block else None
        spot = f"!{cell_name(*cell)}" if cell else ""
        return f"{submission.file} › {submission.sheet}{spot}"


def error(code: str, stack: Stack, at: int, name: str, **facts: Any) -> Fault:
    """Build an error on a field of a record."""
    return Fault(code, Severity.ERROR, stack.spec.kind, int(at), name, {**stack.facts(name), **facts})


def warning(code: str, stack: Stack, at: int, name: str, **facts: Any) -> Fault:
    """Build a warning on a field of a record."""
    return Fault(code, Severity.WARNING, stack.spec.kind, int(at), name, {**stack.facts(name), **facts})


def notice(code: str, stack: Stack, at: int, name: str, **facts: Any) -> Fault:
    """Build a notice on a field of a record."""
    return Fault(code, Severity.NOTICE, stack.spec.kind, int(at), name, {**stack.facts(name), **facts})


def positions(mask: pd.Series) -> list[int]:
    """Return the positions where a mask holds; missing counts as no."""
    holds = mask.to_numpy(dtype=bool, na_value=False)
    return [int(at) for at in mask.index[holds]] if holds.any() else []
