"""Values as the text of cells: a column at once gives what its values give one by one."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from salesxl.xlsx.values import cell_tail, cell_tails

COLUMNS: dict[str, list[Any]] = {
    "whole": [1, 2, None],
    "fractions": [1.5, float("nan"), None, 2.0, -0.0, float("inf")],
    "yes and no": [True, False, None],
    "days": [dt.date(2020, 1, 1), None, dt.date(1800, 1, 1)],
    "moments": [dt.datetime(2020, 1, 1, 3), dt.datetime(2020, 1, 1)],
    "texts": ["a&b", " b", "", None, "甲"],
    "alike": [1, True, 1.0, Decimal("1.00")],
}


@pytest.mark.parametrize("date1904", [False, True])
@pytest.mark.parametrize("column", COLUMNS.values(), ids=COLUMNS)
def test_a_column_is_written_as_its_values_are(column: list[Any], date1904: bool) -> None:
    assert cell_tails(column, date1904=date1904) == [cell_tail(v, date1904=date1904) for v in column]


def test_days_count_from_1904_where_the_workbook_does() -> None:
    assert cell_tail(dt.date(2020, 1, 1)) == "><v>43831</v></c>"
    assert cell_tail(dt.date(2020, 1, 1), date1904=True) == "><v>42369</v></c>"
    assert cell_tail(dt.datetime(2020, 1, 1, 12), date1904=True) == "><v>42369.5</v></c>"
