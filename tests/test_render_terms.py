"""A column of a band is looked up at once only where that is what each of its cells would say."""

from __future__ import annotations

import pytest

from salesxl.template.terms import Field

ITEMS = [{"name": "甲", "amount": 1}, {"name": None, "amount": 2}]


def column(items: list[object], around: dict[str, object] | None = None) -> list[object] | None:
    field = Field("row", "name", lambda scope: scope["row"]["name"], frozenset((str, type(None))))
    return field.column(items, {**(around or {}), "row": items[0]}, around or {})


def test_a_column_is_the_field_of_every_item():
    assert column(ITEMS) == ["甲", None]


@pytest.mark.parametrize("odd", [{}, {"name": 3}, {"name": ["甲"]}, None])
def test_an_item_without_a_plain_value_sends_the_column_the_long_way(odd):
    assert column([ITEMS[0], odd]) is None


def test_a_field_of_something_around_the_band_is_no_column():
    assert (
        Field("team", "name", str, frozenset((str,))).column(ITEMS, {"team": {}, "row": ITEMS[0]}, {}) is None
    )
    assert column(ITEMS, {"row": ITEMS[0]}) is None, "the item around the band may be the band's first one"
