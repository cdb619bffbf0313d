"""Raw blocks of one kind, stacked over all submissions and typed column by column.

Owns the frames, and which cells could not be read. Refuses: how one cell is read; that is ``columns``. And
judging values; that is ``checks``.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from dataclasses import field as default
from decimal import Decimal
from functools import partial
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from salesxl import parsing
from salesxl.columns import BlockSpec, Column, Kind, Shape
from salesxl.model import Block, Severity, Submission, Tidied
from salesxl.needs import asked_of
from salesxl.parsing.columns import DATED, Aside, Reader, aside_of, reader, unit_fault
from salesxl.rulebook import Rulebook

__all__ = ["ROW", "Cell", "Fault", "Stack", "look_up", "stack"]

Cell: TypeAlias = tuple[str, int, str]
"""A cell by its block, the position of its record there, and its field."""
ROW = ""
"""In place of a field: the record as a whole, which an error anywhere on it keeps from counting."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One broken rule: block, position of the record (None: no record), field to blame.

    ``validate`` makes it a ``Finding`` at the cell, or at the header; without a ``value``, with the cell's.

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
class Stack:
    """All blocks of one kind.

    ``frame`` is typed (one column per field, plus ``submission`` and ``row``), index 0…n; ``raw`` is what the
    rep typed, a list per field and per column that no schema knows; ``present`` says whether the field
    stands on the sheet; ``flagged`` marks cells that already have an error, so that no rule speaks of them
    again. ``unread`` are the places of records with a ``type`` that one fault on the header tells.
    """

    spec: BlockSpec
    frame: pd.DataFrame
    raw: Mapping[str, Sequence[Any]]
    present: pd.DataFrame
    flagged: pd.DataFrame
    faults: tuple[Fault, ...]
    unread: tuple[int, ...] = ()

    def facts(self, name: str) -> dict[str, Any]:
        """Return what a message about that field may say: its kind and help."""
        spec = self.spec.column(name)
        return {"kind": spec.kind.value, "help": spec.help}


def stack(
    kind: str, submissions: Sequence[Submission], rulebook: Rulebook, near: Mapping[int, dt.date]
) -> Stack:
    """Stack and type all blocks of a kind.

    ``near`` gives, by submission number, the date from which a missing year is inferred. Columns the sheet
    does not have are all-missing and not ``present``.
    """
    spec = asked_of(rulebook, kind)
    names = [c.field for c in spec.columns]
    found = [(n, block) for n, s in enumerate(submissions) if (block := s.block(kind)) and block.rows]
    lengths = [len(block.rows) for _, block in found]
    typed_in = _gathered(found, names)
    on_sheet = [[n in block.columns or n in block.cells for n in names] for _, block in found]
    here = np.repeat(np.array(on_sheet, dtype=bool).reshape(-1, len(names)), lengths, axis=0)
    faults: list[Fault] = []
    already = _flag_formulas(spec, typed_in, found, submissions, faults)
    marks = {name: np.zeros(sum(lengths), dtype=bool) for name in names}
    typed: dict[str, Any] = {}
    unread: list[int] = []
    filled = {name for _, block in found for name in block.values}
    for column in spec.columns:
        values, flags = typed_in[column.field], list[int]()
        if column.field in filled:
            asides = [(aside_of(column, block, near.get(n)), len(block.rows)) for n, block in found]
            values, told = _read_column(kind, column, values, asides, reader(column, rulebook))
            flags = [at for at, fault in told.items() if fault.severity is Severity.ERROR]
            gone, on_header = _flag_units(kind, column, found, values, typed_in[column.field])
            for at in gone:
                told.pop(at, None)
            flags += gone
            unread += gone
            faults += [*told.values(), *on_header]
        typed[column.field] = _array(values, column.kind)
        marks[column.field][[*flags, *already.get(column.field, ())]] = True
    typed["submission"] = np.repeat(np.array([n for n, _ in found], dtype="int64"), lengths)
    typed["row"] = np.array([row for _, block in found for row in block.rows], dtype="int64")
    present, flagged = pd.DataFrame(here, columns=names), pd.DataFrame(marks)
    if spec.shape is Shape.CARD:
        faults = _once(faults, [block for _, block in found for _ in block.rows])
    return Stack(spec, pd.DataFrame(typed), typed_in, present, flagged, tuple(faults), tuple(unread))


def _gathered(found: Sequence[tuple[int, Block]], names: Sequence[str]) -> dict[str, list[Any]]:
    """Return what was typed, a list per field over all blocks, then a list for each column nobody knows."""
    extras = dict.fromkeys(name for _, block in found for name in block.values if name not in names)
    gathered: dict[str, list[Any]] = {name: [] for name in (*names, *extras)}
    for _, block in found:
        nothing = [None] * len(block.rows)
        for name, values in gathered.items():
            values.extend(block.values.get(name, nothing))
    return gathered


def _flag_formulas(
    spec: BlockSpec,
    typed_in: Mapping[str, list[Any]],
    found: Sequence[tuple[int, Block]],
    submissions: Sequence[Submission],
    faults: list[Fault],
) -> dict[str, set[int]]:
    """Flag cells that hold an error value, or a formula that nothing has calculated yet: places by field.

    Such a cell is blank to whatever reads it; its fault says what stood there.
    """
    flagged: dict[str, set[int]] = {}
    start = 0
    for number, block in found:
        submission = submissions[number]
        if submission.errors or submission.uncalculated:
            places = itertools.product(enumerate(block.rows, start), spec.columns)
            for (at, row), column in places:
                cell = block.place(column.field, row)
                if cell is None:
                    continue
                if cell in submission.errors:
                    code, value = "formula", submission.errors[cell]
                elif cell in submission.uncalculated:
                    code, value = "uncalculated", None
                else:
                    continue
                flagged.setdefault(column.field, set()).add(at)
                typed_in[column.field][at] = None
                facts = {"kind": column.kind.value}
                faults.append(Fault(code, Severity.ERROR, spec.kind, at, column.field, facts, value))
        start += len(block.rows)
    return flagged


def _flag_units(
    kind: str, column: Column, found: Sequence[tuple[int, Block]], values: list[Any], typed_in: Sequence[Any]
) -> tuple[list[int], list[Fault]]:
    """Take back the amounts of blocks whose header gives a unit that is none of the yuan.

    Return the places of these records, and a fault on each header, in place of those found in its cells.
    """
    gone: list[int] = []
    said: list[Fault] = []
    start = 0
    for _, block in found:
        places = range(start, start + len(block.rows))
        start = places.stop
        unit = unit_fault(column, block)
        if unit is None or column.field not in block.values:
            continue
        filled = [at for at in places if not parsing.is_blank(typed_in[at])]
        for at in filled:
            values[at] = None
        gone += filled
        if filled:
            facts = {"kind": column.kind.value, "why": f"header_{unit.why}", "seen": unit.seen.upper()}
            told = "type", Severity.ERROR, kind, filled[0], column.field, facts, block.headers[column.field]
            said.append(Fault(*told, on_header=True))
    return gone, said


def _once(faults: Sequence[Fault], blocks: Sequence[Block]) -> list[Fault]:
    """Return the faults of cards, each once: one cell may answer two fields, as a period does."""
    once: dict[tuple[object, ...], Fault] = {}
    for fault in faults:
        if fault.cell is not None:
            _, at, name = fault.cell
            once.setdefault((at, blocks[at].cells.get(name, name), fault.code), fault)
    return list(once.values())


_EPOCH = dt.datetime(1970, 1, 1)
_NOT_PLAIN = (Decimal, tuple)
_TICK = dt.timedelta(microseconds=1)
_NO_TIME = int(np.datetime64("NaT", "us").astype("int64"))


class _Readings(dict[Any, Any]):
    """What cells of one Python type were read as; each value is read when it comes for the first time.

    A value of which something is to be told is kept as the ``Tidied`` that tells it.
    """

    def __init__(self, read: Reader, aside: Aside, *, free_text: bool, pictures: bool) -> None:
        super().__init__()
        self._read, self._aside, self._free_text, self._pictures = read, aside, free_text, pictures

    def __missing__(self, value: Any) -> Any:
        if parsing.is_blank(value, free_text=self._free_text):
            kept = None
        elif parsing.is_picture(value) and not self._pictures:
            kept = Tidied(code="type", facts={"why": "picture"})
        else:
            got = self._read(value, *self._aside)
            kept = got.value
            if isinstance(kept, _NOT_PLAIN):
                kept = _plain(kept)
            if got.code is not None or got.changed:
                kept = replace(got, value=kept)
        self[value] = kept
        return kept


def _read_column(
    kind: str, column: Column, typed_in: Sequence[Any], asides: Sequence[tuple[Aside, int]], read: Reader
) -> tuple[list[Any], dict[int, Fault]]:
    """Type one column, reading each distinct value once; return the values, and the faults by places."""
    free, pictures = not column.kind.typed, column.kind is Kind.PICTURE
    known: dict[Aside, defaultdict[type, _Readings]] = {}
    values: list[Any] = []
    for aside, blocks in itertools.groupby(asides, key=lambda block: block[0]):
        if aside not in known:  # 1, 1.0 and True are equal, but do not mean the same: each type by itself
            known[aside] = defaultdict(partial(_Readings, read, aside, free_text=free, pictures=pictures))
        by_type = known[aside]
        start = len(values)
        end = start + sum(length for _, length in blocks)
        values += [by_type[value.__class__][value] for value in typed_in[start:end]]
    distinct = (
        got for by_type in known.values() for readings in by_type.values() for got in readings.values()
    )
    if not any(got.__class__ is Tidied for got in distinct):
        return values, {}
    faults: dict[int, Fault] = {}
    for at, got in enumerate(values):
        if got.__class__ is not Tidied:
            continue
        values[at] = got.value
        facts = {"kind": column.kind.value, "why": "inferred", "after": got.value}
        severity = Severity.NOTICE
        if got.code is not None:
            facts = {"kind": column.kind.value, "help": column.help, **got.facts}
            kept = column.kind is Kind.INDUSTRY and got.value is not None
            severity = Severity.WARNING if kept else Severity.ERROR
        faults[at] = Fault(got.code or "format", severity, kind, at, column.field, facts, typed_in[at])
    return values, faults


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, tuple):
        return "、".join(str(v) for v in value)
    return value


def _array(values: Sequence[Any], kind: Kind) -> Any:
    """Return a column's values in its dtype."""
    if kind not in DATED:
        return pd.array(values, dtype=kind.dtype)
    # pandas and numpy look at dates one by one; a column has few that differ
    ticks = {day: _NO_TIME if day is None else (_moment(day) - _EPOCH) // _TICK for day in set(values)}
    return np.array([ticks[day] for day in values], dtype="int64").view(kind.dtype)


def _moment(value: dt.date) -> dt.datetime:
    return value if isinstance(value, dt.datetime) else dt.datetime.combine(value, dt.time())


def look_up(keys: pd.Series, values: pd.Series) -> pd.Series:
    """Return for each key the value that stands under it in ``values``, missing where there is none.

    Keeps the dtype of ``values`` also when there is no key at all, which ``Series.map`` does not. The first
    of several values under one key counts.
    """
    once = values[~values.index.duplicated()]
    found = once.reindex(pd.Index(keys))
    return pd.Series(found.array, index=keys.index)
