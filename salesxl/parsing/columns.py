"""From a column to the function that reads a cell of it.

Owns the dispatch from a column's kind to the function that reads, and what beside the cell decides how it is
read: a date's form, the unit in an amount's header, the team's lists and names. Refuses: whole columns, which
are ``frames``; judging values, which is ``checks``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, TypeAlias, cast

from salesxl import parsing
from salesxl.columns import Column, Kind
from salesxl.model import Block, Tidied
from salesxl.parsing.days import FIRST_YEAR
from salesxl.rulebook import Option, Rulebook

__all__ = ["DATED", "Aside", "Reader", "aside_of", "options_of", "reader", "unit_fault"]

PEOPLE = frozenset({"rep", "from_rep", "to_rep"})
"""Fields that name a rep."""
ENDS = frozenset({"won", "lost", "off", "done", "cancelled"})
"""What an option may mean that ends something."""
OWN_SHEETS = frozenset({"阶段", "等级"})
"""Lists that have a sheet of their own in the settings; the others stand on 选项."""
DATED = frozenset({Kind.DATE, Kind.MOMENT})
LONG_AGO = frozenset({"birthday"})
"""Fields whose days may lie any number of years back; 1900-01-01 is a birthday that nobody knows."""
FIRST_OF_TRADE = 1980
"""The first year of any other date on a form."""
WEEK_ENDS: Mapping[str, int] = {"week_start": 0, "week_end": 1}
"""Fields that say one end of a week, which may be told as a whole: 第47周."""
OWN_UNIT: Mapping[Kind, parsing.Unit] = {Kind.AMOUNT: "元", Kind.AMOUNT_WAN: "万元"}
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
        return tuple(Option(g.name, g.aliases) for g in rulebook.grades)
    return tuple(rulebook.choices.get(spec.choices, ()))


def aside_of(column: Column, block: Block, near: dt.date | None) -> Aside:
    """Return what reading a column of a block depends on: a date's form, the unit in an amount's header."""
    if column.kind in DATED:
        return near, None
    if column.kind is Kind.WHOLE:
        return None, str(parsing.count_places(block.headers.get(column.field, "")))
    if column.kind not in OWN_UNIT:
        return None, None
    said = parsing.money_unit(block.headers.get(column.field, ""))
    return None, said.unit if said else None


def unit_fault(column: Column, block: Block) -> parsing.MoneyUnit | None:
    """Return what the header of an amount says of its unit, where no yuan can be made of it."""
    if column.kind not in OWN_UNIT:
        return None
    said = parsing.money_unit(block.headers.get(column.field, ""))
    return said if said and said.why else None


def reader(column: Column, rulebook: Rulebook) -> Reader:
    """Return the function that reads a cell of that column."""
    kind = column.kind
    options = options_of(column, rulebook)
    names = [o.value for o in options]
    aliases = {alias: o.value for o in options for alias in o.aliases}
    manner = parsing.Manner(
        column.choices in rulebook.loose, frozenset(o.value for o in options if o.kind not in ENDS)
    )
    home: dict[str, str | None] = {"list": column.choices}
    if column.choices in OWN_SHEETS:
        home = {"sheet": column.choices}
    elif column.origin and column.choices == f"{column.origin}·{column.label}":
        home = {"cell": column.cell}  # its choices stand in its own row of 表单
    plain: dict[Kind, Callable[[Any], Tidied]] = {
        Kind.TEXT: parsing.text,
        Kind.NAME: parsing.name,
        Kind.CODE: parsing.code_text,
        Kind.ITEMS: parsing.items,
        Kind.NUMBER: parsing.number,
        Kind.PERCENT: parsing.percent,
        Kind.CONTACT: parsing.contact,
        Kind.YES_NO: parsing.yes_no,
        Kind.PICTURE: _picture,
        Kind.INDUSTRY: lambda v: parsing.industry(v, names, aliases),
        Kind.CHOICE: lambda v: (
            _ticked(parsing.one_ticked(v, names, aliases, manner), names, home)
            if parsing.has_boxes(v)
            else _with_options(parsing.choice(v, names, aliases, manner), names, home)
        ),
        Kind.TICKED: lambda v: _ticked(parsing.one_ticked(v, names, aliases, manner), names, home),
    }
    if column.field in PEOPLE:
        told = [(m.name, name) for m in rulebook.members for name in m.former_names]
        told += [(m.name, m.name) for m in rulebook.members]
        spelled = {_bare(name): str(got) for whose, name in told if (got := parsing.name(whose).value)}
        return lambda v, _near, _unit: _person(v, spelled)
    if kind in DATED:
        dated = parsing.date if kind is Kind.DATE else parsing.moment
        if (end := WEEK_ENDS.get(column.field)) is not None:
            return lambda v, near, _unit: _week_end(v, near, end)
        back = _PAST if column.past_only else dt.timedelta()
        first = FIRST_YEAR if column.field in LONG_AGO else FIRST_OF_TRADE
        return lambda v, near, _unit: _since(first, dated(v, near=near - back if near else None))
    limits = rulebook.parameters
    if kind in OWN_UNIT:
        most = limits.amount_limit if kind is Kind.AMOUNT else limits.revenue_limit
        limit = most.scaleb(-parsing.SCALES[OWN_UNIT[kind]])
        return lambda v, _near, unit: _bounded(_amount(v, unit or OWN_UNIT[kind], OWN_UNIT[kind]), v, limit)
    if kind is Kind.WHOLE:
        count = Decimal(limits.count_limit)
        unit = column.unit or ""

        def counted(value: Any, _near: dt.date | None, places: str | None) -> Tidied:
            plain = _without_unit(value, unit) if unit else value
            return _bounded(parsing.whole(plain, places=int(places or 0)), plain, count)

        return counted
    read = plain[kind]
    if column.unit:
        return lambda v, _near, _unit: read(_without_unit(v, column.unit or ""))
    return lambda v, _near, _unit: read(v)


def _without_unit(value: Any, unit: str) -> Any:
    """Return a value without the unit of its column where it is written behind the figure: 8公里."""
    if not isinstance(value, str):
        return value
    bare = value.strip()
    return bare[: -len(unit)].strip() if bare.casefold().endswith(unit.casefold()) else value


def _picture(value: Any) -> Tidied:
    """Tell that a picture lies in a cell; words about one are none."""
    return Tidied(True) if parsing.is_picture(value) else Tidied(code="type", facts={"why": "no_picture"})


def _since(first: int, got: Tidied) -> Tidied:
    """Refuse a date of long ago: a small number that a cell shows as a day of 1900."""
    if isinstance(got.value, dt.date) and got.value.year < first:
        return Tidied(code="type", facts={"why": "year"})
    return got


def _week_end(value: Any, near: dt.date | None, end: int) -> Tidied:
    """Read one end of a week, as a date or told by the week."""
    got = parsing.date(value, near=near)
    if got.code is None:
        return _since(FIRST_OF_TRADE, got)
    whole = parsing.week(value, near=near)
    if whole.value is not None:
        return replace(whole, value=whole.value[end])
    return got if whole.facts.get("why") == "not_a_date" else whole


def _person(value: Any, spelled: Mapping[str, str]) -> Tidied:
    """Read a rep's name as the roster spells it: 刘　勇, padded to the width of three, is 刘勇.

    A former name of a member is the present one.
    """
    got = parsing.name(value)
    if got.value is None:
        return got
    name = str(got.value)
    return replace(got, value=spelled.get(_bare(name)) or (name if name.isascii() else _bare(name)))


def _bare(name: str) -> str:
    return "".join(name.split())


def _amount(value: Any, unit: str, own: str) -> Tidied:
    """Read an amount that stands in one unit, and return it in the column's own."""
    got = parsing.amount(value, unit=cast("parsing.Unit", unit))
    if got.value is None or unit == own:
        return got
    return replace(got, value=got.value.scaleb(parsing.SCALES[unit] - parsing.SCALES[own]))


_ODD = frozenset({"not_a_number", "grouping", "interval", "date", "ambiguous"})
"""Why a telephone number may not have been read as an amount."""


def _bounded(got: Tidied, value: Any, limit: Decimal) -> Tidied:
    """Refuse a figure that is another kind of number, or larger than can be meant. docs/domain.md 4."""
    if got.value is None and got.facts.get("why") not in _ODD:
        return got
    if (why := parsing.number_of(value)) is not None:
        return Tidied(code="type", facts={"why": why})
    if got.value is not None and abs(got.value) > limit:
        return Tidied(code="range", facts={"why": "too_large", "maximum": int(limit)})
    return got


def _with_options(got: Tidied, names: Sequence[str], home: Mapping[str, str | None]) -> Tidied:
    """Add what a message names: all options, those in question, and where the team's words for them stand."""
    if got.code is None:
        return got
    among = got.facts.get("options", ())  # those in question, where it may be one of several
    facts = {**got.facts, **home, "among": among, "options": tuple(names)}
    return Tidied(got.value, got.code, facts, got.changed)


def _ticked(got: Tidied, names: Sequence[str], home: Mapping[str, str | None]) -> Tidied:
    ticks = got.facts.get("ticked")
    if got.code == "choice" and ticks and len(ticks) > 1:
        return Tidied(None, got.code, {**got.facts, "why": "several_ticks", "options": tuple(names)})
    return _with_options(got, names, home)
