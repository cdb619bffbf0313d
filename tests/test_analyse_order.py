"""Long tables sorted: the same order as pandas' own, blanks last, ties as they stood."""

from __future__ import annotations

import datetime as dt
from itertools import product

import pandas as pd
import pytest

from salesxl.summary.figures.plain import in_order

COLUMNS = ("amount", "name", "day")


def every_combination() -> pd.DataFrame:
    """Return rows in which each value, and each blank, meets every other one, twice."""
    amounts, names = [3.5, None, -1.0, 12.0], ["乙", None, "甲", "Ab"]
    days = [dt.datetime(2026, 11, 20), None, dt.datetime(2024, 2, 29)]
    frame = pd.DataFrame([*product(amounts, names, days)] * 2, columns=list(COLUMNS))
    kinds = {"amount": "Float64", "name": "string", "day": "datetime64[us]"}
    return frame.astype(kinds).sample(frac=1, random_state=3)


@pytest.mark.parametrize("falling", [(), ("amount",), ("day", "name"), COLUMNS], ids=str)
@pytest.mark.parametrize("columns", [COLUMNS, COLUMNS[::-1], COLUMNS[1:]], ids=str)
def test_rows_stand_as_pandas_would_sort_them(columns: tuple[str, ...], falling: tuple[str, ...]) -> None:
    frame = every_combination()
    wanted = frame.sort_values(
        list(columns), ascending=[column not in falling for column in columns], kind="stable"
    )
    pd.testing.assert_frame_equal(in_order(frame, columns, falling), wanted)


def test_an_empty_table_stays_empty() -> None:
    frame = every_combination()[:0]
    assert in_order(frame, COLUMNS).empty
