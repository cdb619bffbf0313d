"""Many faults in a row, or in rows below each other, that are one: a table pasted below, shifted values.

Owns: telling such rows by their faults and cells, and the one fault that is said of them. The others are not
said, but hold their rows as before. Refuses: which fault is the consequence of another; that is ``causes``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from itertools import groupby
from typing import Any

from salesxl import parsing
from salesxl.checks.case import Case, Fault
from salesxl.columns import Column, Kind, Shape
from salesxl.model import Severity
from salesxl.parsing.columns import DATED, Reader, reader
from salesxl.parsing.frames import Stack
from salesxl.recognition.evidence import FIGURES, is_customer
from salesxl.recognition.findings import spans
from salesxl.recognition.names import is_company

__all__ = ["gathered"]

Rows = Mapping[int, Sequence[Fault]]
"""The faults of each record of one kind of block, by its position."""

_LACKING = 3
"""With so many required cells blank, and half as many filled, a row is no record that was filled in."""
_REPEATED = 3
"""So many rows below each other that are there already were pasted twice."""
_MOST_LABELS = 6
_UNREAD = frozenset({"type", "choice", "format"})
_NEIGHBOURS = (1, -1, 2, -2)
_WORDS = frozenset({Kind.TEXT, Kind.NAME, Kind.ITEMS, Kind.CODE})
_TYPED = FIGURES | DATED


def gathered(faults: Sequence[Fault], case: Case) -> tuple[list[Fault], list[Fault]]:
    """Return the faults to be said, one for those that belong together, and those that are not said."""
    by_kind: dict[str, dict[int, list[Fault]]] = {}
    for fault in faults:
        if fault.kind is not None and fault.at is not None and not fault.on_header:
            by_kind.setdefault(fault.kind, {}).setdefault(fault.at, []).append(fault)
    said: list[Fault] = []
    gone: set[int] = set()
    for kind, rows in by_kind.items():
        stack = case.stacks[kind]
        several = len(rows) >= _REPEATED or any(len(found) > 1 for found in rows.values())
        if stack.spec.shape is Shape.TABLE and several:
            for cause, theirs in _causes(stack, rows, case):
                said.append(cause)
                gone.update(map(id, theirs))
    for cause, theirs in _of_notes(faults, case):
        said.append(cause)
        gone.update(map(id, theirs))
    return [f for f in faults if id(f) not in gone] + said, [f for f in faults if id(f) in gone]


def _of_notes(faults: Sequence[Fault], case: Case) -> Iterator[tuple[Fault, list[Fault]]]:
    """Yield one fault for the amounts of a sheet to which one note gives a unit that is none of the yuan."""
    found: dict[tuple[int, Any, Any], list[Fault]] = {}
    for fault in faults:
        if fault.on_header and fault.kind is not None and fault.at is not None:
            number = int(case.stacks[fault.kind].frame.at[fault.at, "submission"])
            block = case.submissions[number].block(fault.kind)
            if block is not None and fault.field in block.noted:
                key = number, fault.facts["why"], fault.facts["seen"]
                found.setdefault(key, []).append(fault)
    for theirs in found.values():
        specs = [case.stacks[str(fault.kind)].spec for fault in theirs]
        named = (spec.column(str(f.field)).label for spec, f in zip(specs, theirs, strict=True))
        label = " / ".join(dict.fromkeys(named))
        yield replace(theirs[0], facts={**theirs[0].facts, "label": label}), theirs


def _causes(stack: Stack, rows: Rows, case: Case) -> Iterator[tuple[Fault, list[Fault]]]:
    displaced = _displaced(stack, rows, case)
    by_sheet: dict[int, list[int]] = {}
    for at in displaced:
        by_sheet.setdefault(int(stack.frame.at[at, "submission"]), []).append(at)
    for found in by_sheet.values():
        theirs = [f for at in found for f in displaced[at]]
        yield _one("displaced", stack, theirs[0], found), theirs
    left = {at: found for at, found in rows.items() if at not in displaced}
    for run in _runs(stack, (at for at, found in left.items() if _is_odd(stack, at, found))):
        if not (hollow := [_is_hollow(stack, at, left[at]) for at in run]) or not (
            all(hollow) or (len(run) > 1 and any(_is_strange(stack, at) for at in run))
        ):
            continue
        ours = [_is_ours(stack, at, left[at]) for at in run]
        theirs = [f for at, own in zip(run, ours, strict=True) for f in left[at] if not own or _lacks(f)]
        first = replace(theirs[0], field=_first_filled(stack, run[0]) or theirs[0].field)
        labels = _lacking(stack, left[run[0]]) if any(ours) else ()
        yield _one("fragment", stack, first, run, labels=labels), theirs
    again = {
        at: f for at, found in left.items() for f in found if f.code == "duplicate" and "why" not in f.facts
    }
    for run in _runs(stack, again):
        if len(run) >= _REPEATED:
            theirs = [again[at] for at in run]
            facts = {"why": "rows", "other": theirs[0].facts["other"]}
            yield _one("duplicate", stack, theirs[0], run, **facts), theirs


def _one(code: str, stack: Stack, blamed: Fault, rows: Sequence[int], **facts: Any) -> Fault:
    numbers = [int(stack.frame.at[at, "row"]) for at in rows]
    told = {"count": len(rows), "rows": spans(numbers), "block": stack.spec.title, **facts}
    return Fault(code, Severity.ERROR, stack.spec.kind, blamed.at, blamed.field, told)


def _runs(stack: Stack, rows: Iterable[int]) -> Iterator[list[int]]:
    """Yield records that follow each other on one sheet."""
    ordered = sorted(rows)
    sheets = stack.frame["submission"]
    for _, run in groupby(enumerate(ordered), key=lambda item: (item[1] - item[0], sheets[item[1]])):
        yield [at for _, at in run]


def _lacks(fault: Fault) -> bool:
    return fault.code == "required"


def _lacking(stack: Stack, found: Sequence[Fault]) -> tuple[str, ...]:
    names = {f.field for f in found if _lacks(f)}
    return tuple(c.label for c in stack.spec.columns if c.field in names)[:_MOST_LABELS]


def _filled(stack: Stack, at: int) -> list[Column]:
    return [c for c in stack.spec.columns if not parsing.is_blank(stack.raw[c.field][at])]


def _first_filled(stack: Stack, at: int) -> str | None:
    return next((c.field for c in _filled(stack, at)), None)


def _is_hollow(stack: Stack, at: int, found: Sequence[Fault]) -> bool:
    """Tell whether hardly anything of what a record needs is filled in."""
    lacking = sum(map(_lacks, found))
    return lacking >= _LACKING and len(_filled(stack, at)) * 2 <= lacking


def _is_odd(stack: Stack, at: int, found: Sequence[Fault]) -> bool:
    """Tell whether a row is hollow, or nothing in its columns of figures, days and choices can be read."""
    if _is_hollow(stack, at, found):
        return True
    at_fault = {f.field for f in found if f.code in _UNREAD}
    asked = [c for c in _filled(stack, at) if c.kind not in _WORDS]
    return bool(asked) and all(c.field in at_fault for c in asked)


def _is_strange(stack: Stack, at: int) -> bool:
    """Tell whether a figure or a day stands where words belong."""
    return any(c.kind in _WORDS and not isinstance(stack.raw[c.field][at], str) for c in _filled(stack, at))


def _is_ours(stack: Stack, at: int, found: Sequence[Fault]) -> bool:
    """Tell whether a row is of this table though little of it is filled in: a company, a day that reads."""
    at_fault = {f.field for f in found}
    return any(
        is_company(stack.raw[c.field][at])
        if is_customer(c)
        else c.kind not in _WORDS and c.field not in at_fault
        for c in _filled(stack, at)
    )


def _displaced(stack: Stack, rows: Rows, case: Case) -> dict[int, list[Fault]]:
    """Return the rows in which values cannot be read because each is one that a column beside asks for.

    With each row come the faults that this explains.
    """
    fits = _neighbours(stack, case)
    sheets = stack.frame["submission"]
    unread = {
        at: [f for f in faults if f.code in _UNREAD and f.severity is not Severity.NOTICE]
        for at, faults in rows.items()
        if not _is_hollow(stack, at, faults)
    }
    certain: dict[int, set[str]] = {}
    for at, faults in unread.items():
        told = [fit for f in faults if (fit := fits(at, str(f.field)))]
        if len(told) >= 2 and len(told) * 4 >= len(faults) * 3 and told.count("words") * 2 <= len(told):
            certain.setdefault(int(sheets[at]), set()).update(str(f.field) for f in faults)
    found: dict[int, list[Fault]] = {}
    for at, faults in unread.items():
        fields = certain.get(int(sheets[at]), set())
        mine = [f for f in faults if f.field in fields]
        if not mine or not any(fits(at, str(f.field)) for f in mine):
            continue
        columns = case.origin(stack, at)[1].columns
        reach = [columns[name] for name in fields if name in columns]
        near = range(min(reach) - 1, max(reach) + 2)
        found[at] = [*mine, *(f for f in rows[at] if f not in mine and columns.get(str(f.field), 0) in near)]
    return found


def _neighbours(stack: Stack, case: Case) -> Callable[[int, str], str | None]:
    """Return what tells whether a cell's value is one that a column beside it asks for, and how surely."""

    @cache
    def reader_of(name: str) -> Reader:
        return reader(stack.spec.column(name), case.rulebook)

    @cache
    def fit(at: int, name: str) -> str | None:
        columns = case.origin(stack, at)[1].columns
        here = columns.get(name)
        if here is None:
            return None
        by_column = {column: field for field, column in columns.items()}
        value = stack.raw[name][at]
        found = [
            kind
            for step in _NEIGHBOURS
            if (other := by_column.get(here + step)) and (kind := _reads(reader_of(other), other, value))
        ]
        return "sure" if "sure" in found else next(iter(found), None)

    def _reads(read: Reader, name: str, value: Any) -> str | None:
        column = stack.spec.column(name)
        if column.kind in _WORDS:
            return "words" if isinstance(value, str) and not column.pattern else None
        if column.kind in FIGURES and isinstance(value, dt.date):
            return None
        near = dt.date(2000, 1, 1) if column.kind in DATED else None
        got = read(value, near, None)
        return "sure" if got.code is None and got.value is not None else None

    return fit
