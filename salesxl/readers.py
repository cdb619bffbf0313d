"""From a column to the function that reads a cell of it.

Owns the dispatch from a column's kind to the function of ``tidy``, and what beside the cell decides how it is
read: a date's form, the unit in an amount's header, the team's lists and names. Refuses: whole columns, which
are ``stack``; judging values, which is ``checks``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeAlias, cast

from salesxl import tidy
from salesxl.columns import Column, Kind
from salesxl.model import Block, Option, Rulebook, Tidied

__all__ = ["DATED", "Aside", "Reader", "aside_of", "options_of", "reader"]

UNITS: Mapping[str, int] = {"元": 1, "千元": 1_000, "万元": 10_000, "百万元": 1_000_000, "亿元": 100_000_000}
"""Units that a header may give, in 元: an amount under 预计成交金额(万元) is in 万元."""
PEOPLE = frozenset({"rep", "from_rep", "to_rep"})
"""Fields that name a rep."""
DATED = frozenset({Kind.DATE, Kind.MOMENT})
OWN_UNIT: Mapping[Kind, str] = {Kind.AMOUNT: "元", Kind.AMOUNT_WAN: "万元"}

Aside: TypeAlias = tuple[dt.date | None, str | None]
"""What reading a cell may depend on beside it: the date near, and its header's unit."""
Reader: TypeAlias = Callable[[Any, dt.date | None, str | None], Tidied]
"""Reads a cell's value, with what stands aside."""

# A day without a year, in a column of what has happened: 3月15日 on a November form is the March before it.
# The year nearest to a date so long before the form's own reaches to a month after it, so that a slip of the
# pen (12月3日) is still said to lie in the future.
_PAST = dt.timedelta(days=152)


def options_of(spec: Column, rulebook: Rulebook) -> tuple[Option, ...]:
    """Return the choices of a column under a team's rules; empty for columns without a list."""
    if spec.choices is None:
        return ()
    if spec.choices == "阶段":
        return tuple(Option(s.name, s.aliases, s.kind) for s in rulebook.stages)
    if spec.choices == "等级":
        return tuple(Option(g.name) for g in rulebook.grades)
    return tuple(rulebook.choices.get(spec.choices, ()))


def aside_of(column: Column, block: Block, near: dt.date | None) -> Aside:
    """Return what reading a column of a block depends on: a date's form, the unit in an amount's header."""
    if column.kind in DATED:
        return near, None
    if column.kind not in OWN_UNIT:
        return None, None
    unit = tidy.label_unit(block.headers.get(column.field, ""))
    return None, unit if unit in UNITS else None


def reader(column: Column, rulebook: Rulebook) -> Reader:
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
        Kind.INDUSTRY: lambda v: tidy.industry(v, names, aliases),
        Kind.CHOICE: lambda v: (
            _ticked(tidy.one_ticked(v, names, aliases), names)
            if tidy.has_boxes(v)
            else _with_options(tidy.choice(v, names, aliases), names)
        ),
        Kind.TICKED: lambda v: _ticked(tidy.one_ticked(v, names, aliases), names),
    }
    if column.field in PEOPLE:
        spelled = {_bare(str(got)): str(got) for m in rulebook.members if (got := tidy.name(m.name).value)}
        return lambda v, _near, _unit: _person(v, spelled)
    if kind in DATED:
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
