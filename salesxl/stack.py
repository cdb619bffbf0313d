"""Raw blocks of one kind, stacked over all submissions and typed column by column.

Owns the dispatch from a column's kind to the function of ``tidy`` that reads it, and which cells could not be
read. Refuses: judging values; that is ``checks``.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial
from typing import Any, cast

import numpy as np
import pandas as pd

from salesxl import schemas, tidy
from salesxl.columns import BlockSpec, Column, Kind
from salesxl.model import Block, Option, Rulebook, Submission, Tidied

__all__ = ["CellFault", "Stack", "options_of", "stack"]

DTYPES: Mapping[Kind, str] = {
    Kind.AMOUNT: "Float64",
    Kind.AMOUNT_WAN: "Float64",
    Kind.NUMBER: "Float64",
    Kind.PERCENT: "Float64",
    Kind.WHOLE: "Int64",
    Kind.DATE: "datetime64[us]",
    Kind.MOMENT: "datetime64[us]",
    Kind.YES_NO: "boolean",
}
TEXT_DTYPE = "string"
UNITS: Mapping[str, int] = {"元": 1, "千元": 1_000, "万元": 10_000, "百万元": 1_000_000, "亿元": 100_000_000}
"""Units that a header may give, in 元: an amount under 预计成交金额(万元) is in 万元."""
PEOPLE = frozenset({"rep", "from_rep", "to_rep"})
"""Fields that name a rep."""
_DATED = frozenset({Kind.DATE, Kind.MOMENT})
OWN_UNIT: Mapping[Kind, str] = {Kind.AMOUNT: "元", Kind.AMOUNT_WAN: "万元"}


@dataclass(frozen=True, slots=True)
class CellFault:
    """A cell that could not be read as what its column asks for, or was read only by inference."""

    at: int
    field: str
    code: str
    value: Any
    facts: Mapping[str, Any]
    only_notice: bool = False


@dataclass(frozen=True, slots=True)
class Stack:
    """All blocks of one kind.

    ``frame`` is typed (one column a field, plus ``submission`` and ``row``), index 0…n; ``raw`` is what the
    rep typed, a list a field and one for each column that no schema knows; ``present`` says whether the field
    stands on the sheet; ``flagged`` marks cells that already have an error, so that no rule speaks of them
    again.
    """

    spec: BlockSpec
    frame: pd.DataFrame
    raw: Mapping[str, Sequence[Any]]
    present: pd.DataFrame
    flagged: pd.DataFrame
    faults: tuple[CellFault, ...]

    def facts(self, name: str) -> dict[str, Any]:
        """Return what a message about that field may say: its kind and help."""
        spec = self.spec.column(name)
        return {"kind": spec.kind.value, "help": spec.help}


def options_of(spec: Column, rulebook: Rulebook) -> tuple[Option, ...]:
    """Return the choices of a column under a team's rules; empty for columns without a list."""
    if spec.choices is None:
        return ()
    if spec.choices == "阶段":
        return tuple(Option(s.name, s.aliases, s.kind) for s in rulebook.stages)
    if spec.choices == "等级":
        return tuple(Option(g.name) for g in rulebook.grades)
    return tuple(rulebook.choices.get(spec.choices, ()))


def stack(
    kind: str, submissions: Sequence[Submission], rulebook: Rulebook, near: Mapping[int, dt.date]
) -> Stack:
    """Stack and type all blocks of a kind.

    ``near`` gives, by submission number, the date from which a missing year is inferred. Columns the sheet
    does not have are all-missing and not ``present``.
    """
    spec = schemas.block_spec(kind)
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
    filled = {name for _, block in found for name in block.values}
    for column in spec.columns:
        values, flags = typed_in[column.field], list[int]()
        if column.field in filled:
            asides = [(_aside(column, block, near.get(n)), len(block.rows)) for n, block in found]
            values, flags = _read_column(column, values, asides, _reader(column, rulebook), faults)
        typed[column.field] = _array(values, column.kind)
        marks[column.field][[*flags, *already.get(column.field, ())]] = True
    typed["submission"] = np.repeat(np.array([n for n, _ in found], dtype="int64"), lengths)
    typed["row"] = np.array([row for _, block in found for row in block.rows], dtype="int64")
    present, flagged = pd.DataFrame(here, columns=names), pd.DataFrame(marks)
    return Stack(spec, pd.DataFrame(typed), typed_in, present, flagged, tuple(faults))


def _gathered(found: Sequence[tuple[int, Block]], names: Sequence[str]) -> dict[str, list[Any]]:
    """Return what was typed, a list a field over all blocks, then a list for each column nobody knows."""
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


Aside = tuple[dt.date | None, str | None]
"""What reading a cell may depend on beside it: the date near, and its header's unit."""

Reader = Callable[[Any, dt.date | None, str | None], Tidied]

# A day without a year, in a column of what has happened: 3月15日 on a November form is the March before it.
# The year nearest to a date so long before the form's own reaches to a month after it, so that a slip of the
# pen (12月3日) is still said to lie in the future.
_PAST = dt.timedelta(days=152)
_EPOCH = dt.datetime(1970, 1, 1)
_NOT_PLAIN = (Decimal, tuple)
_TICK = dt.timedelta(microseconds=1)
_NO_TIME = int(np.datetime64("NaT", "us").astype("int64"))


def _aside(column: Column, block: Block, near: dt.date | None) -> Aside:
    """Return what reading a column of a block depends on: a date's form, the unit in an amount's header."""
    if column.kind in _DATED:
        return near, None
    if column.kind not in OWN_UNIT:
        return None, None
    unit = tidy.label_unit(block.headers.get(column.field, ""))
    return None, unit if unit in UNITS else None


class _Readings(dict[Any, Any]):
    """What cells of one Python type were read as; each value is read when it comes for the first time.

    A value of which something is to be told is kept as the ``Tidied`` that tells it.
    """

    def __init__(self, read: Reader, aside: Aside, *, free_text: bool) -> None:
        super().__init__()
        self._read, self._aside, self._free_text = read, aside, free_text

    def __missing__(self, value: Any) -> Any:
        if tidy.is_blank(value, free_text=self._free_text):
            kept = None
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
    if kind not in _DATED:
        return pd.array(values, dtype=DTYPES.get(kind, TEXT_DTYPE))
    # pandas and numpy look at dates one by one; a column has few that differ
    ticks = {day: _NO_TIME if day is None else (_moment(day) - _EPOCH) // _TICK for day in set(values)}
    return np.array([ticks[day] for day in values], dtype="int64").view(DTYPES[kind])


def _moment(value: dt.date) -> dt.datetime:
    return value if isinstance(value, dt.datetime) else dt.datetime.combine(value, dt.time())


def _reader(column: Column, rulebook: Rulebook) -> Reader:
    """Return the function that reads a cell of that column."""
    kind = column.kind
    options = options_of(column, rulebook)
    names = [o.value for o in options]
    aliases = {alias: o.value for o in options for alias in o.aliases}
    plain: dict[Kind, Callable[[Any], Tidied]] = {
        Kind.TEXT: tidy.text,
        Kind.NAME: tidy.name,
        Kind.CODE: tidy.code_text,
        Kind.ITEMS: tidy.items,
        Kind.NUMBER: tidy.number,
        Kind.WHOLE: tidy.whole,
        Kind.PERCENT: tidy.percent,
        Kind.CONTACT: tidy.contact,
        Kind.YES_NO: tidy.yes_no,
        Kind.INDUSTRY: lambda v: tidy.industry(v, names),
        Kind.CHOICE: lambda v: _with_options(tidy.choice(v, names, aliases), names),
        Kind.TICKED: lambda v: _ticked(tidy.one_ticked(v, names, aliases), names),
    }
    if column.field in PEOPLE:
        spelled = {_bare(str(got)): str(got) for m in rulebook.members if (got := tidy.name(m.name).value)}
        return lambda v, _near, _unit: _person(v, spelled)
    if kind in _DATED:
        dated = tidy.date if kind is Kind.DATE else tidy.moment
        back = _PAST if column.past_only else dt.timedelta()
        return lambda v, near, _unit: dated(v, near=near - back if near else None)
    if kind in OWN_UNIT:
        return lambda v, _near, unit: _amount(v, unit or OWN_UNIT[kind], OWN_UNIT[kind])
    read = plain[kind]
    return lambda v, _near, _unit: read(v)


def _person(value: Any, spelled: Mapping[str, str]) -> Tidied:
    """Read a rep's name as the roster spells it: 刘　勇, padded to the width of three, is 刘勇."""
    got = tidy.name(value)
    if got.value is None:
        return got
    name = str(got.value)
    return replace(got, value=spelled.get(_bare(name)) or (name if name.isascii() else _bare(name)))


def _bare(name: str) -> str:
    return "".join(name.split())


def _amount(value: Any, unit: str, own: str) -> Tidied:
    """Read an amount that stands in one unit, and return it in the column's own."""
    got = tidy.amount(value, unit=cast("tidy.Unit", unit))
    if got.value is None or unit == own:
        return got
    return replace(got, value=got.value * UNITS[unit] / UNITS[own])


def _with_options(got: Tidied, names: Sequence[str]) -> Tidied:
    if got.code is None:
        return got
    among = got.facts.get("options", ())  # those in question, where it may be one of several
    return Tidied(got.value, got.code, {**got.facts, "among": among, "options": tuple(names)}, got.changed)


def _ticked(got: Tidied, names: Sequence[str]) -> Tidied:
    ticks = got.facts.get("ticked")
    if got.code == "choice" and ticks and len(ticks) > 1:
        return Tidied(None, got.code, {**got.facts, "why": "several_ticks", "options": tuple(names)})
    return _with_options(got, names)
