"""Frames → plain values for templates and JSON, and the two ways a figure is put into a sentence.

Owns blank as None, days without a time as dates, and the one rounding: half up, as a spreadsheet shows it.
Refuses: meaning.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import numpy as np
import pandas as pd

from salesxl.money import addable, fen, yuan

__all__ = ["counts", "percent", "plain", "rows", "sums", "true", "wan"]


def rows(frame: pd.DataFrame, columns: Iterable[str]) -> list[dict[str, Any]]:
    """Return a frame as a list of records with plain values; a column it does not have is blank."""
    names = list(columns)
    lists = [_values(frame[n]) if n in frame else [None] * len(frame) for n in names]
    return [dict(zip(names, values, strict=True)) for values in zip(*lists, strict=True)]


def _values(column: pd.Series) -> list[Any]:
    """Return a column as ``plain`` would, a column at a time: lists run to tens of thousands of rows."""
    values: list[Any]
    if pd.api.types.is_datetime64_any_dtype(column):
        moments = column.to_numpy("datetime64[us]")
        days = moments.astype("datetime64[D]")
        once: dict[Any, Any] = {}  # a long list has the same few days, each of them one object
        values = [once.setdefault(day, day) for day in days.tolist()]  # NaT becomes None
        timed = np.flatnonzero((days != moments) & ~np.isnat(moments))
        for at, moment in zip(timed.tolist(), moments[timed].tolist(), strict=True):
            values[at] = moment
        return values
    if not pd.api.types.is_extension_array_dtype(column.dtype):
        return [plain(v) for v in column.tolist()]
    values = column.to_numpy(object, na_value=None).tolist()
    return values


def plain(value: Any) -> Any:
    """Return one value as plain Python: missing is None, midnight is a date."""
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    if isinstance(value, float) and value != value:  # noqa: PLR0124 - not a number
        return None
    if isinstance(value, pd.Timestamp):
        value = value.to_pydatetime()
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date()
    if isinstance(value, Decimal):
        return float(value)
    return value.item() if hasattr(value, "item") else value


def true(mask: pd.Series) -> pd.Series:
    """Return a mask in which missing counts as no."""
    return mask.fillna(False).astype(bool)


def counts(frame: pd.DataFrame, *keys: str) -> dict[Any, int]:
    """Return how many rows there are by key, or by tuple of keys; rows without a key are left out."""
    return {key: int(n) for key, n in frame.groupby(list(keys) if len(keys) > 1 else keys[0]).size().items()}


def sums(frame: pd.DataFrame, amount: str, *keys: str) -> dict[Any, float]:
    """Return Σ amount in 元 by key, or by tuple of keys; a key without a known amount is left out."""
    known = frame[frame[amount].notna()]
    whole = pd.Series(addable(fen(known[amount])), index=known.index)
    by = [known[key] for key in keys] if len(keys) > 1 else known[keys[0]]
    return {key: yuan(n) for key, n in whole.groupby(by).sum().items()}


def percent(share: float | None) -> str:
    """Write a share as per cent with one decimal as the pages show it, half up; blank for None.

    Only what is all of it is 100 %, and only what is nothing 0 %.
    """
    if share is None:
        return ""
    exact = Decimal(repr(share))
    shown = _half_up(exact * 100, 1)
    if exact < 1 <= shown / 100:
        shown = Decimal("99.9")
    elif exact > 0 == shown:
        shown = Decimal("0.1")
    return f"{shown}".removesuffix(".0") + "%"


def wan(amount: float | None, digits: int = 1) -> str:
    """Write 元 in units of 10,000 with thousands separated, half up; blank for None.

    An amount too small for that is written to the fen: only nothing is 0.
    """
    if amount is None:
        return ""
    exact = Decimal(repr(float(amount))) / 10_000
    shown = _half_up(exact, digits)
    text = f"{shown if shown or not exact else _half_up(exact, _FEN):,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


_FEN = 6
"""Digits of a unit of 10,000 元 down to the fen."""


def _half_up(number: Decimal, digits: int) -> Decimal:
    return number.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
