"""Shares of amounts: divided in whole fen, and never shown across a line that was not reached."""

from __future__ import annotations

import pytest

from salesxl.rules.money import settled_share, share
from salesxl.summary.figures.plain import percent, wan


@pytest.mark.parametrize(
    ("part", "whole"), [(60_000, 100_000), (180_000.06, 300_000.10), (0.03, 0.05), (69_283.26, 115_472.10)]
)
def test_60_per_cent_exactly_is_the_number_0_6(part, whole):
    assert share(part, whole) == 0.6
    assert share(round(part - 0.01, 2), whole) < 0.6 < share(round(part + 0.01, 2), whole)


def test_a_share_of_the_days_that_are_over_is_divided_once():
    assert share(33_333.33, 100_000, 7, 21) == 33_333.33 * 21 / 700_000
    assert share(70_000, 210_000, 7, 21) == 1
    assert share(70_000, 210_000, 0, 21) is None


@pytest.mark.parametrize("unknown", [(None, 1), (1, None), (1, 0)])
def test_what_is_not_known_has_no_share(unknown):
    assert share(*unknown) is None


@pytest.mark.parametrize(
    ("exact", "shown"),
    [
        (0.5994, 0.5994),
        (0.5995, 0.599),
        (0.5996, 0.599),
        (0.59999999, 0.599),
        (0.6, 0.6),
        (0.6004, 0.6004),
        (0.9994, 0.9994),
        (0.9996, 0.999),
        (1.0, 1.0),
        (1.0004, 1.0004),
        (None, None),
    ],
)
def test_no_rounding_carries_a_share_over_a_line(exact, shown):
    assert settled_share(exact, 0.6, 1) == shown


@pytest.mark.parametrize(
    ("exact", "shown"),
    [
        (0.0, "0%"), (0.0001, "0.1%"), (0.0005, "0.1%"), (0.5, "50%"), (0.9994, "99.9%"), (0.9996, "99.9%"),
        (1.0, "100%"), (1.0004, "100%"), (1.0005, "100.1%"), (None, ""),
    ],
)  # fmt: skip
def test_only_all_is_100_per_cent_and_only_nothing_0(exact, shown):
    assert percent(exact) == shown


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        (0, "0"),
        (0.01, "0.000001"),
        (40, "0.004"),
        (499.99, "0.049999"),
        (500, "0.1"),
        (123_456, "12.3"),
        (None, ""),
    ],
)
def test_only_nothing_is_0_in_units_of_10_000(amount, shown):
    assert wan(amount) == shown
