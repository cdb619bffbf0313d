"""Rows of a week that were held back, as their reps typed them.

Owns putting a row together again from what was read of it and what was found. Refuses: where it goes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from salesxl.model import Checked, Finding, Severity
from salesxl.parsing.frames import look_up
from salesxl.rulebook import Rulebook
from salesxl.rules.identity import customer_keys

__all__ = ["Held", "held_rows"]

MARKED = {Severity.ERROR, Severity.WARNING}


KINDS = ("customer", "record", "communication", "action")
OF_A_RECORD = frozenset({"communication", "action"})


@dataclass(frozen=True, slots=True)
class Held:
    """A row that was held back: its kind of block, its customer's number and compared name, its cells.

    ``findings`` say why. A field that stands on the form and was blank is None.
    """

    kind: str
    number: str | None
    key: str | None
    values: Mapping[str, Any]
    findings: tuple[Finding, ...]


def held_rows(checked: Checked, rulebook: Rulebook) -> dict[str, list[Held]]:
    """Return by rep the rows of archives and records that do not count until something on them is mended."""
    if rulebook.parameters.faulty_rows == "merge":
        return {}
    found: dict[tuple[str | None, str, str | None, int | None], list[Finding]] = {}
    for finding in checked.findings:
        if finding.block in KINDS and finding.severity in MARKED:
            where = finding.block, finding.place.file, finding.place.sheet, finding.row
            found.setdefault(where, []).append(finding)
    held: dict[str, list[Held]] = {}
    names = checked.frames["record"].set_index("submission")["customer_name"]
    for kind in KINDS:
        frame = checked.frames[kind]
        out = ~frame["accepted"].astype(bool) & ~frame["superseded"].astype(bool) & frame["rep"].notna()
        back = frame[out]
        named = look_up(back["submission"], names) if kind in OF_A_RECORD else back["customer_name"]
        for key, row in zip(_plain(customer_keys(named)), _rows(back), strict=True):
            form = checked.submissions[row["submission"]]
            block = form.block(kind)
            said = found.get((kind, form.file, form.sheet, row["row"]), [])
            typed = {f.field: f.value for f in reversed(said) if f.field and f.value is not None}
            here = (*block.columns, *block.cells) if block else ()
            values = {n: typed.get(n) if row[n] is None else row[n] for n in here if n in row}
            held.setdefault(row["rep"], []).append(
                Held(kind, row.get("customer_no"), key, values, tuple(said))
            )
    return held


def _rows(frame: pd.DataFrame) -> Iterator[dict[str, Any]]:
    columns = [_plain(frame[name]) for name in frame.columns]
    for told in zip(*columns, strict=True):
        yield dict(zip(frame.columns, told, strict=True))


def _plain(column: pd.Series) -> list[Any]:
    """Return a column's values, None for what is missing."""
    values: list[Any] = column.astype(object).where(column.notna(), None).tolist()
    return values
