"""What is wrong with the data: by rep, by kind, and cell by cell. docs/domain.md 4.

Owns counting findings. Refuses: making them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from salesxl.analyse.conflicts import FINDING
from salesxl.analyse.plain import counts, rows, true
from salesxl.links import Places, cell_place

__all__ = ["by_code", "by_rep", "linked", "listed"]

LINKED = 10_000
"""Rows of one list that lead to their cell: Excel opens no sheet with more than 65,530 links."""


def by_code(findings: pd.DataFrame, severities: dict[str, str]) -> list[dict[str, Any]]:
    """Return a row a kind of finding that occurs, the worst and most frequent first.

    ``severities`` are the severities' names in the table's language, worst first.
    """
    order = {name: at for at, name in enumerate(severities.values())}
    found = []
    for (severity, code, title), mine in findings.groupby(["severity", "code", "title"]):
        names = sorted({str(r) for r in mine["rep"].dropna()})
        found.append(
            {
                "severity": str(severity),
                "code": str(code),
                "title": str(title),
                "count": len(mine),
                "reps": names,
            }
        )
    return sorted(found, key=lambda r: (order.get(r["severity"], len(order)), -r["count"], r["code"]))


def by_rep(findings: pd.DataFrame, severities: dict[str, str], reps: tuple[str, ...]) -> list[dict[str, Any]]:
    """Return a row a rep with the number of findings by severity (error, warning, notice) and by code."""
    weights, codes = counts(findings, "rep", "severity"), counts(findings, "rep", "code")
    found: dict[str, dict[str, Any]] = {
        rep: {"rep": rep, **{key: weights.get((rep, n), 0) for key, n in severities.items()}, "codes": {}}
        for rep in reps
    }
    for (rep, code), number in codes.items():
        if rep in found:
            found[rep]["codes"][code] = number
    return list(found.values())


def listed(findings: pd.DataFrame, severities: dict[str, str]) -> list[dict[str, Any]]:
    """Return the findings that somebody has to mend: errors, then warnings, each in sheet order."""
    kept = []
    for key in ("error", "warning"):
        kept.append(findings[true(findings["severity"] == severities[key])])
    return rows(pd.concat(kept, ignore_index=True), FINDING)


def linked(found: Iterable[Mapping[str, Any]], places: Places) -> list[dict[str, Any]]:
    """Return rows with where they lead: ``link``, the address of the file, and ``place``, the cell in it.

    The copy that goes back to the row's rep comes first, since it is marked; else the original as archived.
    Both are blank where neither lies beside the summary.
    """
    led = []
    for number, row in enumerate(found):
        file = row["source_file"] if number < LINKED else None
        link = places.get((row["rep"] or "", file)) or places.get(("", file)) if file else None
        place = cell_place(link, row["source_sheet"], row.get("cell")) if link else ""
        led.append({**row, "link": link or "", "place": place})
    return led
