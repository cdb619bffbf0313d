"""Rows of a week that were held back, as their reps typed them.

Owns putting a row together again from what was read of it and what was found. Refuses: where it goes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from salesxl.model import Checked, Finding, Severity
from salesxl.rulebook import Rulebook
from salesxl.rules.identity import customer_keys

__all__ = ["Held", "held_rows"]

MARKED = {Severity.ERROR, Severity.WARNING}


@dataclass(frozen=True, slots=True)
class Held:
    """A customer's row that was held back: its number and compared name, its cells by field, what was found.

    A field whose column stood on the form and was blank is None.
    """

    number: str | None
    key: str | None
    values: Mapping[str, Any]
    findings: tuple[Finding, ...]


def held_rows(checked: Checked, rulebook: Rulebook) -> dict[str, list[Held]]:
    """Return by rep the customers' rows that do not count, since something on them must be mended."""
    frame = checked.frames["customer"]
    if rulebook.parameters.faulty_rows == "merge":
        return {}
    back = frame[~frame["accepted"].astype(bool) & ~frame["superseded"].astype(bool) & frame["rep"].notna()]
    if back.empty:
        return {}
    found: dict[tuple[str, str | None, int | None], list[Finding]] = {}
    for finding in checked.findings:
        if finding.block == "customer" and finding.severity in MARKED:
            found.setdefault((finding.place.file, finding.place.sheet, finding.row), []).append(finding)
    held: dict[str, list[Held]] = {}
    keys = customer_keys(back["customer_name"]).astype(object)
    keys = keys.where(keys.notna(), None)
    plain = back.astype(object).where(back.notna(), None)
    for key, row in zip(keys.tolist(), plain.to_dict("records"), strict=True):
        form = checked.submissions[row["submission"]]
        block = form.block("customer")
        said = found.get((form.file, form.sheet, row["row"]), [])
        typed = {f.field: f.value for f in reversed(said) if f.field and f.value is not None}
        here = block.columns if block else ()
        values = {name: typed.get(name) if row[name] is None else row[name] for name in here if name in row}
        held.setdefault(row["rep"], []).append(Held(row.get("customer_no"), key, values, tuple(said)))
    return held
