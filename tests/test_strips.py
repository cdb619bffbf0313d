"""The map of an axis, against bands expanded row by row."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from salesxl.template.bands import Band, CrossingError, UngrowableError, nest
from salesxl.template.strips import Strip

ROWS = 9


def enter(scope: Mapping[str, Any], band: Band, item: Any, index: int, count: int) -> Mapping[str, Any]:
    return {**scope, band.name: index}


@st.composite
def strips(draw: st.DrawFn) -> Strip:
    """Up to four bands over nine rows, each with up to three items depending on the copies around."""
    bands = []
    for number in range(draw(st.integers(0, 4))):
        first = draw(st.integers(1, ROWS))
        last = draw(st.integers(first, min(ROWS, first + 4)))
        repeats, optional = draw(st.booleans()), draw(st.booleans())
        bands.append(Band(f"b{number}", f"list{number}", first, last, "row" if repeats else None, optional))
    counts = draw(st.lists(st.integers(0, 3), min_size=8, max_size=8))

    def items_of(band: Band, scope: Mapping[str, Any]) -> range:
        count = counts[(int(band.name[1:]) + sum(scope.values())) % 8]
        return range(count if band.repeats else min(count, 1))

    try:
        strip = Strip(nest(bands), 1000, items_of, enter)
    except CrossingError:
        assume(False)
        raise
    strip.lay_out({})
    return strip


@given(strips())
def test_output_rows_follow_one_another_without_gaps(strip: Strip) -> None:
    news = [stop.new for stop in strip.walk(range(1, ROWS + 1), {})]
    assert news == list(range(1, len(news) + 1))


@given(strips(), st.integers(1, ROWS), st.integers(0, ROWS))
def test_all_places_of_a_range_are_those_of_its_rows(strip: Strip, first: int, size: int) -> None:
    last = min(first + size, ROWS)
    expected = [stop.new for stop in strip.walk(range(first, last + 1), {})]
    runs = strip.runs(first, last)
    assert sorted(row for low, high in runs for row in range(low, high + 1)) == sorted(expected)
    assert all(one[1] + 1 < other[0] for one, other in pairwise(runs))


@given(strips())
def test_a_row_seen_from_its_own_copy_is_that_copy(strip: Strip) -> None:
    for stop in strip.walk(range(1, ROWS + 1), {}):
        assert strip.resolve(stop.row, stop.row, stop.path, ranged=False) == (stop.new, stop.new)


@given(strips(), st.integers(1, ROWS), st.integers(0, ROWS))
def test_a_range_from_outside_either_grows_to_one_or_is_refused(strip: Strip, first: int, size: int) -> None:
    last = min(first + size, ROWS)
    runs = strip.runs(first, last)
    try:
        found = strip.resolve(first, last)
    except UngrowableError as error:
        band = error.band
    else:
        assert found == ((runs[0][0], runs[-1][1]) if runs else None)
        return
    assert band.first < first <= band.last or band.first <= last < band.last


@given(strips(), st.integers(1, ROWS), st.integers(0, 3))
def test_things_over_rows_stand_once_a_copy(strip: Strip, first: int, size: int) -> None:
    last = min(first + size, ROWS)
    try:
        places = [(low, high) for low, high, _ in strip.instances(first, last)]
    except UngrowableError:
        return
    covered = [row for low, high in places for row in range(low, high + 1)]
    assert covered == sorted(set(covered))
    inside = {stop.new for stop in strip.walk(range(first, last + 1), {})}
    assert set(covered) >= inside
