"""What was read of a file ↔ JSON bytes: between processes, over a cluster, and in the cache.

Owns the notation, exact to the type of every cell. JSON, since these bytes also lie in a folder that others
may write to, and reading them back must not be able to do anything but build these values (docs/design.md,
Workers). Refuses: deciding what is kept.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal, TypeAlias

from salesxl.model import Block, Finding, HandedOut, Place, Severity, Submission

__all__ = ["Received", "Seen", "dumps", "loads"]

_PLAIN = frozenset({str, int, float, bool, type(None)})
_HALVES: Literal["surrogatepass"] = "surrogatepass"
"""Half a character, as some programs leave at the end of a text that they cut, is kept as it is."""
Seen: TypeAlias = dict[Any, Any]


@dataclass(frozen=True, slots=True)
class Received:
    """What a file gave: its forms, or why there are none. Everything in it bears the file's name."""

    submissions: tuple[Submission, ...]
    findings: tuple[Finding, ...]


def dumps(received: Received) -> bytes:
    """Return it as JSON; the file's name is left out, since the reader of the bytes knows it.

    Raises:
        TypeError: a value is of a type that no cell and no fact has.
    """
    told = [[_submission(s) for s in received.submissions], [_finding(f) for f in received.findings]]
    return json.dumps(told, separators=(",", ":"), ensure_ascii=False).encode("utf-8", _HALVES)


def loads(data: bytes, name: str, seen: Seen | None = None) -> Received:
    """Return what ``dumps`` was given, for a file of that name.

    ``seen`` holds what earlier files of a batch had: equal texts and days are one object, so that a thousand
    files with the same few choices cost the memory of one.

    Raises:
        ValueError, TypeError, LookupError, RecursionError, OverflowError: these bytes are not by ``dumps``.
    """
    submissions, findings = json.loads(data.decode("utf-8", _HALVES))
    seen = {} if seen is None else seen
    return Received(
        tuple(_as_submission(s, name, seen) for s in submissions),
        tuple(_as_finding(f, name) for f in findings),
    )


def _tagged(value: Any) -> Any:
    """Return a value as JSON has it; what JSON does not have becomes a list that begins with a letter."""
    if value.__class__ in _PLAIN:
        return value
    if isinstance(value, dict | Mapping):
        return ["m", *([_tagged(k), _tagged(v)] for k, v in value.items())]
    if isinstance(value, tuple):
        return ["t", *map(_tagged, value)]
    if isinstance(value, list):
        return ["l", *map(_tagged, value)]
    if isinstance(value, dt.datetime):
        return ["T", value.isoformat()]
    if isinstance(value, dt.date):
        return ["D", value.isoformat()]
    if isinstance(value, dt.time):
        return ["H", value.isoformat()]
    if isinstance(value, dt.timedelta):
        return ["S", value.days, value.seconds, value.microseconds]
    if isinstance(value, Decimal):
        return ["N", str(value)]
    raise TypeError(f"no notation for {type(value)}")


def _untagged(value: Any) -> Any:
    if value.__class__ is not list:
        return value
    tag, *rest = value
    return _BACK[tag](rest)


_BACK: Mapping[str, Callable[[list[Any]], Any]] = {
    "m": lambda rest: {_untagged(k): _untagged(v) for k, v in rest},
    "t": lambda rest: tuple(map(_untagged, rest)),
    "l": lambda rest: list(map(_untagged, rest)),
    "T": lambda rest: dt.datetime.fromisoformat(*rest),
    "D": lambda rest: dt.date.fromisoformat(*rest),
    "H": lambda rest: dt.time.fromisoformat(*rest),
    "S": lambda rest: dt.timedelta(*rest),
    "N": lambda rest: Decimal(*rest),
}
_ONE_TEXT = frozenset("TDHN")
"""The tags of what is told by one text."""


def _finding(found: Finding) -> list[Any]:
    place = found.place
    return [
        *(found.code, found.severity.value, place.sheet, place.cell, found.field, _tagged(found.value)),
        *(_tagged(found.facts), found.block, found.row),
    ]


def _as_finding(told: list[Any], name: str) -> Finding:
    code, severity, sheet, cell, field, value, facts, block, row = told
    place = Place(name, sheet, cell)
    return Finding(code, Severity(severity), place, field, _untagged(value), _untagged(facts), block, row)


def _submission(form: Submission) -> list[Any]:
    return [
        *(form.sheet, form.form, [_block(b) for b in form.blocks], form.rep, _tagged(form.period)),
        *([_finding(f) for f in form.findings], [[*at, text] for at, text in form.errors.items()]),
        *(sorted(form.uncalculated), form.modified, form.marked, form.original, _tagged(form.title)),
        [form.handed.week, *form.handed.numbers] if form.handed else None,
    ]


def _as_submission(told: list[Any], name: str, seen: Seen) -> Submission:
    sheet, form, blocks, rep, period, findings, errors, uncalculated, *more = told
    modified, marked, original, title, handed = more
    return Submission(
        *(name, sheet, form, tuple(_as_block(b, seen) for b in blocks), rep, _untagged(period)),
        findings=tuple(_as_finding(f, name) for f in findings),
        errors={(row, column): text for row, column, text in errors},
        uncalculated=frozenset((row, column) for row, column in uncalculated),
        modified=modified,
        marked=marked,
        original=original,
        title=_untagged(title),
        handed=HandedOut(handed[0], tuple(handed[1:])) if handed else None,
    )


def _block(block: Block) -> list[Any]:
    values = [[name, *_cells(column)] for name, column in block.values.items()]
    return [
        *(block.kind, block.rows, values, dict(block.columns), dict(block.cells), block.header_row),
        *(block.last_header_row, list(block.extra.items()), dict(block.skipped), dict(block.headers)),
        [[name, list(rows.items())] for name, rows in block.moved.items()],
        block.noted,
        list(block.handed.items()),
        [[row, dict(told)] for row, told in block.was.items()],
    ]


def _cells(column: Sequence[Any]) -> list[Any]:
    return [v if v.__class__ in _PLAIN else _tagged(v) for v in column]


def _as_block(told: list[Any], seen: Seen) -> Block:
    kind, rows, values, columns, cells, header_row, last, extra, skipped, headers, moved, *more = told
    noted, handed, was = more
    once = seen.setdefault
    return Block(
        kind,
        tuple(rows),
        {once(name, name): _as_cells(column, seen) for name, *column in values},
        columns={once(field, field): column for field, column in columns.items()},
        cells={once(field, field): (row, column) for field, (row, column) in cells.items()},
        header_row=header_row,
        last_header_row=last,
        extra=dict(extra),
        skipped=skipped,
        headers={once(field, field): once(text, text) for field, text in headers.items()},
        moved={once(field, field): dict(rows) for field, rows in moved},
        noted=tuple(noted),
        handed={row: tuple(changed) for row, changed in handed},
        was=dict(was),
    )


def _as_cells(column: list[Any], seen: Seen) -> list[Any]:
    once = seen.setdefault
    return [
        once(v, v) if v.__class__ is str else v if v.__class__ is not list else _day(v, seen) for v in column
    ]


def _day(told: list[Any], seen: Seen) -> Any:
    """Return a value that JSON does not have; of equal ones, as days are, always the same object."""
    if len(told) != 2 or told[0] not in _ONE_TEXT:
        return _untagged(told)
    key = tuple(told)
    if key not in seen:
        seen[key] = _untagged(told)
    return seen[key]
