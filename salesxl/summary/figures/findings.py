"""Who claims whose customer, and which figures contradict each other. docs/domain.md 4.

Owns bringing the claims on one customer together. Refuses: finding them; that is ``checks``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from salesxl.files.links import Places, cell_place
from salesxl.model import Severity
from salesxl.rules.identity import customer_keys
from salesxl.state.identity import known_by
from salesxl.summary.figures.plain import counts, rows, true

__all__ = ["by_code", "by_phone", "by_rep", "conflicts", "linked", "listed", "moved", "of_code"]

CLAIM = (
    "rep",
    "customer_name",
    "grade",
    "stage",
    "expected_amount",
    "last_contact",
    "source_file",
    "counted",
)
FINDING = (
    *("severity", "code", "rep", "form", "field", "value", "message", "fix"),
    *("source_file", "source_sheet", "cell"),
)


def conflicts(customers: pd.DataFrame, findings: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the customers that several reps claim (撞单), each with its claims, largest amount first.

    ``customers`` are the rows that went in; a claim on a row that is held back is known from its finding
    only, and has no more than rep, name and file. ``amount`` is the largest expected amount among the claims
    (元): the customer is there once.
    """
    told = _keyed(findings[true((findings["code"] == "conflict") & findings["rep"].notna())], "value")
    keys = customer_keys(customers["customer_name"])
    owners = customers["rep"]
    both = pd.concat([pd.DataFrame({"key": keys, "rep": owners}), told[["key", "rep"]]], ignore_index=True)
    reps = both[both["key"].duplicated(keep=False)].groupby("key")["rep"].nunique()
    several = set(reps.index[reps > 1])
    taken = customers.assign(key=keys, counted=customers["counted"].fillna(True))
    taken = taken[keys.isin(several) & owners.notna()]
    claimed = _by_key(taken.sort_values("rep", kind="stable"), CLAIM)
    said = _by_key(told[told["key"].isin(several)], ("rep", "value", "source_file"))
    found = []
    for key in sorted(several):
        claims = claimed.get(key, [])
        known = {c["rep"] for c in claims}
        for row in said.get(key, []):
            if row["rep"] not in known:
                held = {"rep": row["rep"], "customer_name": row["value"], "source_file": row["source_file"]}
                claims.append(dict.fromkeys(CLAIM) | held)
                known.add(row["rep"])
        amounts = [c["expected_amount"] for c in claims if c["expected_amount"] is not None]
        found.append(
            {
                "customer_name": claims[0]["customer_name"],
                "reps": sorted(known),
                "amount": max(amounts, default=None),
                "claims": claims,
            }
        )
    return sorted(found, key=lambda c: (-(c["amount"] or 0), c["customer_name"]))


def _keyed(frame: pd.DataFrame, column: str) -> pd.DataFrame:
    keyed = frame.assign(key=customer_keys(frame[column]))
    return keyed[keyed["key"].notna()]


def _by_key(keyed: pd.DataFrame, columns: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of each key, in their order."""
    found: dict[str, list[dict[str, Any]]] = {}
    for key, row in zip(keyed["key"].tolist(), rows(keyed, columns), strict=True):
        found.setdefault(key, []).append(row)
    return found


def of_code(findings: pd.DataFrame, *codes: str) -> list[dict[str, Any]]:
    """Return the findings of these codes, in sheet order."""
    return rows(findings[true(findings["code"].isin(codes))], FINDING)


def by_phone(findings: pd.DataFrame, claimed: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return findings of customers that share a telephone: conflicts that are not among ``claimed``."""
    named = set(customer_keys(pd.Series([c["customer_name"] for c in claimed], dtype="string")))
    told = _keyed(findings[true(findings["code"] == "conflict")], "value")
    return rows(told[~told["key"].isin(named)], FINDING)


def moved(customers: pd.DataFrame, told: pd.DataFrame, monday: pd.Timestamp) -> list[dict[str, Any]]:
    """Return the customers that a signed handover gave to a new owner this week, from ``original_rep``.

    ``told`` is 变更记录: a handover is told in its week only. A team's first week has no record of changes.
    """
    given = customers[customers["original_rep"].notna()]
    if len(told):
        owner = true(told["field"] == "rep") | told["field"].isna()
        now = told[owner & true(told["table"] == "customer") & true(told["week_start"] == monday)]
        given = given[known_by(given).isin(set(known_by(now).dropna()))]
    order = ["original_rep", "rep", "customer_name"]
    return rows(given.sort_values(order, kind="stable"), ("original_rep", *CLAIM))


LINKED = 10_000
"""Rows of one list that lead to their cell: Excel opens no sheet with more than 65,530 links."""


def by_code(findings: pd.DataFrame) -> list[dict[str, Any]]:
    """Return a row per kind of finding that occurs, the worst and most frequent first."""
    order = {severity.value: at for at, severity in enumerate(Severity)}
    found = []
    for (severity, code), mine in findings.groupby(["severity", "code"]):
        names = sorted({str(r) for r in mine["rep"].dropna()})
        found.append({"severity": str(severity), "code": str(code), "count": len(mine), "reps": names})
    return sorted(found, key=lambda r: (order.get(r["severity"], len(order)), -r["count"], r["code"]))


def by_rep(findings: pd.DataFrame, reps: tuple[str, ...]) -> list[dict[str, Any]]:
    """Return a row per rep with the number of findings by severity (error, warning, notice) and by code."""
    weights, codes = counts(findings, "rep", "severity"), counts(findings, "rep", "code")
    found: dict[str, dict[str, Any]] = {
        rep: {"rep": rep, **{s.value: weights.get((rep, s.value), 0) for s in Severity}, "codes": {}}
        for rep in reps
    }
    for (rep, code), number in codes.items():
        if rep in found:
            found[rep]["codes"][code] = number
    return list(found.values())


def listed(findings: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the findings that somebody has to mend: errors, then warnings, each in sheet order."""
    kept = [findings[true(findings["severity"] == key)] for key in (Severity.ERROR, Severity.WARNING)]
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
