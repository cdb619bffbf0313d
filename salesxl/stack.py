"""Raw blocks of one kind, stacked over all submissions and typed column by column.

Owns the dispatch from a column's kind to the function of ``tidy`` that reads it, and which cells could not be
read. Refuses: judging values; that is ``checks``.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
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

    ``frame`` is typed (one column a field, plus ``submission`` and ``row``), index 0…n; ``raw`` has the same
    shape as typed by the rep; ``present`` says whether the field stands on the sheet; ``flagged`` marks
    cells that already have an error, so that no rule speaks of them again.
    """

    spec: BlockSpec
    frame: pd.DataFrame
    raw: pd.DataFrame
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
    if not found:
        empty = pd.DataFrame({name: pd.Series(dtype=object) for name in names})
        home = pd.DataFrame({"submission": pd.Series(dtype="int64"), "row": pd.Series(dtype="int64")})
        flags = empty.astype(bool)
        return Stack(spec, _typed_empty(spec).join(home), empty, flags, flags.copy(), ())
    lengths = [len(block.rows) for _, block in found]
    typed_in = _gathered(found, names)
    home = pd.DataFrame(
        {
            "submission": np.repeat([n for n, _ in found], lengths),
            "row": np.fromiter((row for _, block in found for row in block.rows), "int64"),
        }
    )
    on_sheet = [[n in block.columns or n in block.cells for n in names] for _, block in found]
    here = pd.DataFrame(np.repeat(on_sheet, lengths, axis=0), columns=names)
    faults: list[CellFault] = []
    already = _flag_formulas(spec, typed_in, found, submissions, faults)
    marks = {name: np.zeros(len(home), dtype=bool) for name in names}
    typed: dict[str, pd.Series] = {}
    for column in spec.columns:
        asides = [(near.get(n), _unit(column, block), len(block.rows)) for n, block in found]
        read = _reader(column, rulebook)
        values, flags = _read_column(column, typed_in[column.field], asides, read, faults)
        typed[column.field] = _series(values, column.kind)
        marks[column.field][[*flags, *already.get(column.field, ())]] = True
    frame = pd.DataFrame(typed, index=home.index).join(home)
    raw = pd.DataFrame(typed_in, index=home.index, dtype=object)
    return Stack(spec, frame, raw, here, pd.DataFrame(marks, index=home.index), tuple(faults))


def _gathered(found: Sequence[tuple[int, Block]], names: Sequence[str]) -> dict[str, list[Any]]:
    """Return what was typed, a list a field over all blocks, then a list for each column nobody knows."""
    extras = dict.fromkeys(name for _, block in found for name in block.values if name not in names)
    gathered: dict[str, list[Any]] = {name: [] for name in (*names, *extras)}
    for _, block in found:
        nothing = [None] * len(block.rows)
        for name, values in gathered.items():
            values.extend(block.values.get(name, nothing))
    return gathered


def _typed_empty(spec: BlockSpec) -> pd.DataFrame:
    return pd.DataFrame({c.field: pd.Series(dtype=DTYPES.get(c.kind, TEXT_DTYPE)) for c in spec.columns})


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


Aside = tuple[dt.date | None, str | None, int]
"""What reading cells depends on beside them: the date near, their header's unit, and for how many rows."""

Reader = Callable[[Any, dt.date | None, str | None], Tidied]

# A day without a year, in a column of what has happened: 3月15日 on a November form is the March before it.
# The year nearest to a date so long before the form's own reaches to a month after it, so that a slip of the
# pen (12月3日) is still said to lie in the future.
_PAST = dt.timedelta(days=152)


def _unit(column: Column, block: Block) -> str | None:
    """Return the unit in which a block's amounts stand, where its header gives one."""
    if column.kind not in OWN_UNIT:
        return None
    unit = tidy.label_unit(block.headers.get(column.field, ""))
    return unit if unit in UNITS else None


def _read_column(
    column: Column, typed_in: Sequence[Any], asides: Sequence[Aside], read: Reader, faults: list[CellFault]
) -> tuple[list[Any], list[int]]:
    """Type one column, reading each distinct value once; return the values, and the places of errors."""
    dated = column.kind in (Kind.DATE, Kind.MOMENT)
    free = not column.kind.typed
    known: dict[Any, dict[Any, Tidied]] = {}
    values: list[Any] = []
    flags: list[int] = []
    at = 0
    for near, unit, length in asides:
        read_before = known.setdefault((near if dated else None, unit), {})
        for value in typed_in[at : at + length]:
            if value is None:
                values.append(None)
                at += 1
                continue
            key = value if value.__class__ is str else (value.__class__, value)  # 1, 1.0 and True are equal
            got = read_before.get(key)
            if got is None:
                got = tidy.BLANK if tidy.is_blank(value, free_text=free) else read(value, near, unit)
                if isinstance(got.value, Decimal | tuple):
                    got = replace(got, value=_plain(got.value))
                read_before[key] = got
            if got.code is not None:
                facts = {"kind": column.kind.value, "help": column.help, **got.facts}
                keep = column.kind is Kind.INDUSTRY and got.value is not None
                if not keep:
                    flags.append(at)
                faults.append(CellFault(at, column.field, got.code, value, facts, only_notice=keep))
            elif got.changed:
                facts = {"kind": column.kind.value, "why": "inferred", "after": got.value}
                faults.append(CellFault(at, column.field, "format", value, facts, only_notice=True))
            values.append(got.value)
            at += 1
    return values, flags


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, tuple):
        return "、".join(str(v) for v in value)
    return value


def _series(values: Sequence[Any], kind: Kind) -> pd.Series:
    dtype = DTYPES.get(kind, TEXT_DTYPE)
    if dtype.startswith("datetime"):
        return pd.Series([None if v is None else _moment(v) for v in values], dtype=dtype)
    return pd.Series(pd.array(values, dtype=dtype))


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
    if kind in (Kind.DATE, Kind.MOMENT):
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
