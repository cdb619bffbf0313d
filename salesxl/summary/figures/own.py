"""The rows of a form that comes with the package, where a team has it: by the names that figures use.

Owns finding the form's table, and blank columns for what the team has taken off it (``own.toml``). Refuses:
meaning.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
import pandas as pd

from salesxl.model import Team

__all__ = ["ended", "own_rows", "word"]


def own_rows(team: Team, name: str) -> pd.DataFrame:
    """Return the rows of a form with ``rep`` and its fields; dates as such, numbers and amounts as floats."""
    told = _told()[name]
    labels: Mapping[str, tuple[str, str]] = told["fields"]
    asked = next(iter(labels.values()))[0]
    tables = (table.rows for kind, table in team.further.items() if kind.startswith(f"own/{told['form']}/"))
    none = pd.DataFrame({"rep": pd.Series(dtype="string")})
    source = next((rows for rows in tables if asked in rows), none)
    every = {field: _typed(source, label, kind) for field, (label, kind) in labels.items()}
    return pd.DataFrame({"rep": source["rep"].astype("string"), **every})


def ended(name: str) -> tuple[str, ...]:
    """Return the choices that say of a form's row that nothing more is to come of it."""
    return tuple(_told()[name].get("ended", ()))


def word(name: str, key: str) -> str:
    """Return a word of a form that figures ask for by name."""
    return str(_told()[name][key])


@cache
def _told() -> Mapping[str, Any]:
    text = resources.files("salesxl.summary").joinpath("figures", "own.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def _typed(source: pd.DataFrame, label: str, kind: str) -> pd.Series:
    given = source[label] if label in source else pd.Series([None] * len(source), index=source.index)
    if kind == "number":
        numbers = pd.to_numeric(given, errors="coerce").to_numpy(dtype="float64", na_value=np.nan)
        return pd.Series(numbers, index=source.index)
    if kind == "date":
        return pd.to_datetime(given, errors="coerce").astype("datetime64[us]")
    return given if kind == "yes" else given.astype("string")
