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
from decimal import Decimal
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from salesxl import parsing, schemas
from salesxl.columns import BlockSpec, Column, Kind
from salesxl.model import Block, Submission, Tidied
from salesxl.needs import needs_of
from salesxl.parsing.columns import DATED, Aside, Reader, aside_of, reader, unit_fault
from salesxl.rulebook import Rulebook

__all__ = ["CellFault", "Stack", "look_up", "stack"]


@dataclass(frozen=True, slots=True)
class CellFault:
    """A cell that could not be read as what its column asks for, or was read only by inference."""

    at: int
    field: str
    code: str
    value: Any
    facts: Mapping[str, Any]
    only_notice: bool = False
    on_header: bool = False


@dataclass(frozen=True, slots=True)
class Stack:
    """All blocks of one kind.

    ``frame`` is typed (one column per field, plus ``submission`` and ``row``), index 0…n; ``raw`` is what the
    rep typed, a list per field and per column that no schema knows; ``present`` says whether the field
    stands on the sheet; ``flagged`` marks cells that already have an error, so that no rule speaks of them
    again. ``unread`` are records with an error that one finding on the header tells: places and code.
    """

    spec: BlockSpec
    frame: pd.DataFrame
    raw: Mapping[str, Sequence[Any]]
    present: pd.DataFrame
    flagged: pd.DataFrame
    faults: tuple[CellFault, ...]
    unread: tuple[tuple[int, str], ...] = ()

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
    spec = needs_of(rulebook.fields).spec(schemas.block_spec(kind))
    names = [c.field for c in spec.columns]
    found = [(n, block) for n, s in enumerate(submissions) if (block := s.block(kind)) and block.rows]
    lengths = [len(block.rows) for _, block in found]
    typed_in = _gathered(found, names)
    on_sheet = [[n in block.columns or n in block.cells for n in names] for _, block in found]
    here = np.repeat(np.array(on_sheet, dtype=bool).reshape(-1, len(names)), lengths, axis=0)
    faults: list[CellFault] = []
    already = _flag_formulas(spec, typed_in, found, submissions, faults)
    marks = {name: np.zeros(sum(lengths), dtype=bool) for name in names}
    typed: dict[str, Any] = {}
    unread: list[tuple[int, str]] = []
    filled = {name for _, block in found for name in block.values}
    for column in spec.columns:
        values, flags = typed_in[column.field], list[int]()
        if column.field in filled:
            asides = [(aside_of(column, block, near.get(n)), len(block.rows)) for n, block in found]
            before = len(faults)
            values, flags = _read_column(column, values, asides, reader(column, rulebook), faults)
            if gone := _flag_units(column, found, values, typed_in[column.field], faults, before):
                unread += gone
                flags = [*flags, *(at for at, _ in gone)]
        typed[column.field] = _array(values, column.kind)
        marks[column.field][[*flags, *already.get(column.field, ())]] = True
    typed["submission"] = np.repeat(np.array([n for n, _ in found], dtype="int64"), lengths)
    typed["row"] = np.array([row for _, block in found for row in block.rows], dtype="int64")
    present, flagged = pd.DataFrame(here, columns=names), pd.DataFrame(marks)
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
    faults: list[CellFault],
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
                faults.append(CellFault(at, column.field, code, value, {"kind": column.kind.value}))
        start += len(block.rows)
    return flagged


def _flag_units(
    column: Column,
    found: Sequence[tuple[int, Block]],
    values: list[Any],
    typed_in: Sequence[Any],
    faults: list[CellFault],
    before: int,
) -> list[tuple[int, str]]:
    """Take back the amounts of blocks whose header gives a unit that is none of the yuan.

    One fault on the header says it, in place of those that were found in its cells (from ``before`` on); the
    places of these records are returned, with its code.
    """
    gone: list[tuple[int, str]] = []
    said: list[CellFault] = []
    start = 0
    for _, block in found:
        places = range(start, start + len(block.rows))
        start = places.stop
        fault = unit_fault(column, block)
        if fault is None or column.field not in block.values:
            continue
        filled = [at for at in places if not parsing.is_blank(typed_in[at])]
        for at in filled:
            values[at] = None
            gone.append((at, "type"))
        if filled:
            facts = {"kind": column.kind.value, "why": f"header_{fault.why}", "seen": fault.seen.upper()}
            said.append(
                CellFault(filled[0], column.field, "type", block.headers[column.field], facts, on_header=True)
            )
    if gone:
        places_gone = {at for at, _ in gone}
        faults[before:] = [fault for fault in faults[before:] if fault.at not in places_gone] + said
    return gone


_EPOCH = dt.datetime(1970, 1, 1)
_NOT_PLAIN = (Decimal, tuple)
_TICK = dt.timedelta(microseconds=1)
_NO_TIME = int(np.datetime64("NaT", "us").astype("int64"))


class _Readings(dict[Any, Any]):
    """What cells of one Python type were read as; each value is read when it comes for the first time.

    A value of which something is to be told is kept as the ``Tidied`` that tells it.
    """

    def __init__(self, read: Reader, aside: Aside, *, free_text: bool) -> None:
        super().__init__()
        self._read, self._aside, self._free_text = read, aside, free_text

    def __missing__(self, value: Any) -> Any:
        if parsing.is_blank(value, free_text=self._free_text):
            kept = None
        elif parsing.is_picture(value):
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
    column: Column,
    typed_in: Sequence[Any],
    asides: Sequence[tuple[Aside, int]],
    read: Reader,
    faults: list[CellFault],
) -> tuple[list[Any], list[int]]:
    """Type one column, reading each distinct value once; return the values, and the places of errors."""
    free = not column.kind.typed
    known: dict[Aside, defaultdict[type, _Readings]] = {}
    values: list[Any] = []
    for aside, blocks in itertools.groupby(asides, key=lambda block: block[0]):
        if aside not in known:  # 1, 1.0 and True are equal, but do not mean the same: each type by itself
            known[aside] = defaultdict(partial(_Readings, read, aside, free_text=free))
        by_type = known[aside]
        start = len(values)
        end = start + sum(length for _, length in blocks)
        values += [by_type[value.__class__][value] for value in typed_in[start:end]]
    distinct = (
        got for by_type in known.values() for readings in by_type.values() for got in readings.values()
    )
    if not any(got.__class__ is Tidied for got in distinct):
        return values, []
    flags: list[int] = []
    for at, got in enumerate(values):
        if got.__class__ is not Tidied:
            continue
        values[at] = got.value
        if got.code is not None:
            facts = {"kind": column.kind.value, "help": column.help, **got.facts}
            keep = column.kind is Kind.INDUSTRY and got.value is not None
            if not keep:
                flags.append(at)
            faults.append(CellFault(at, column.field, got.code, typed_in[at], facts, only_notice=keep))
        else:
            facts = {"kind": column.kind.value, "why": "inferred", "after": got.value}
            faults.append(CellFault(at, column.field, "format", typed_in[at], facts, only_notice=True))
    return values, flags


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
