"""Check digits and wildcards: the numbers that carry one, and patterns anybody can read."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesxl import codes

TODAY = dt.date(2026, 11, 20)
ID, USCC, VIN = "11010519491231002X", "91350100M000100Y43", "LSVAG2180E2100000"


def checked(kind: str, text: str) -> str | None:
    """Return why a number is none, None where it is one."""
    found = codes.slip(kind, text, TODAY)
    return found.why if found else None


def completed(kind: str, text: str, at: int, signs: str) -> str:
    """Return a number with the one check digit that makes it right."""
    right = [f"{text[:at]}{sign}{text[at + 1 :]}" for sign in signs]
    return next(one for one in right if checked(kind, one) is None)


@pytest.mark.parametrize(
    ("kind", "text", "why"),
    [
        ("id_card", ID, None),
        ("id_card", " １１０１０５ 19491231 002x", None),
        ("id_card", "110105194912310021", "check"),
        ("id_card", "110105491231002", "short_id"),
        ("id_card", "1101051949123100", "length"),
        ("id_card", "11010519491231O02X", "signs"),
        ("id_card", "99010519491231002X", "province"),
        ("id_card", "11010519490229002X", "birth"),
        ("id_card", "11010520261121002X", "birth"),
        ("uscc", USCC, None),
        ("uscc", USCC.lower(), None),
        ("uscc", USCC[:-1] + "4", "check"),
        ("uscc", USCC[:-1], "length"),
        ("uscc", "91350100I000100Y43", "signs"),
        ("vin", "1M8GDM9AXKP042788", None),
        ("vin", "1M8GDM9A1KP042788", "check"),
        ("vin", "1M8GDM9AXKP04278", "length"),
        ("vin", "1M8GDM9AXKPO42788", "signs"),
        ("mobile", "13800138000", None),
        ("mobile", "021-55556666", "not_one"),
        ("email", "a@b.cn", None),
        ("email", "13800138000", "not_one"),
    ],
)
def test_a_number_is_held_against_its_standard(kind, text, why):
    assert checked(kind, text) == why


def test_a_birth_today_is_one_and_tomorrow_is_none():
    for day, why in (("20261120", {None, "check"}), ("20261121", {"birth"})):
        assert checked("id_card", f"110105{day}0021") in why


def test_a_vehicle_from_elsewhere_need_not_carry_a_check_digit():
    found = codes.slip("vin", "WVWZZZ1JZXW000001", TODAY)
    assert found
    assert found.weak
    assert not codes.slip("vin", "LVWZZZ1JZXW000001", TODAY).weak


births = st.dates(dt.date(1900, 1, 1), TODAY)
uscc_bodies = st.text(codes.USCC_SIGNS, min_size=17, max_size=17)
vin_bodies = st.text("".join(codes.VIN_SIGNS), min_size=17, max_size=17).map(lambda text: "L" + text[1:])


@given(births, st.integers(0, 999), st.integers(0, 17), st.integers(1, 9))
def test_any_slip_of_one_digit_is_caught_in_an_id_card(born, order, at, by):
    number = completed("id_card", f"310115{born:%Y%m%d}{order:03}0", 17, "0123456789X")
    if number[at] != "X":
        slipped = f"{number[:at]}{(int(number[at]) + by) % 10}{number[at + 1 :]}"
        assert checked("id_card", slipped)


@given(uscc_bodies, st.integers(0, 17), st.integers(1, 30))
def test_any_slip_of_one_sign_is_caught_in_a_credit_code(body, at, by):
    number = completed("uscc", body + "0", 17, codes.USCC_SIGNS)
    moved = (codes.USCC_SIGNS.index(number[at]) + by) % 31
    assert checked("uscc", f"{number[:at]}{codes.USCC_SIGNS[moved]}{number[at + 1 :]}") == "check"


@given(vin_bodies, st.integers(1, 16), st.integers(1, 9))
def test_any_slip_of_one_digit_is_caught_in_a_vin(body, at, by):
    number = completed("vin", body, 8, "0123456789X")
    if number[at].isdigit():
        slipped = f"{number[:at]}{(int(number[at]) + by) % 10}{number[at + 1 :]}"
        assert checked("vin", slipped) == "check"


@pytest.mark.parametrize(
    ("pattern", "fits", "not_these"),
    [
        ("「沪」@·#####", ("沪A·12345", "沪a·12345"), ("沪A·1234", "京A·12345", "沪A·123456")),
        ("HT-####-*", ("HT-2026-", "ht-2026-A.9"), ("HT-26-1", "XHT-2026-1")),
        ("##？", ("12甲", "120"), ("12", "1234")),
        ("「#」#", ("#1",), ("11",)),
        ("a.b", ("A.B",), ("axb",)),
    ],
)
def test_a_wildcard_holds_for_the_whole_value(pattern, fits, not_these):
    known = re.compile(codes.wildcard(pattern))
    assert all(known.fullmatch(codes.evened(text)) for text in fits)
    assert not any(known.fullmatch(codes.evened(text)) for text in not_these)


@pytest.mark.parametrize(
    ("pattern", "why", "at"), [("*a*b*", "runs", 5), ("「沪", "open", 1), (" ", "blank", 1)]
)
def test_a_wildcard_that_is_none_says_where(pattern, why, at):
    with pytest.raises(codes.WildcardError) as failed:
        codes.wildcard(pattern)
    assert (failed.value.why, failed.value.at) == (why, at)


@given(st.text("aZ09#@?*.+()[]{}^$|\\-·沪", min_size=1, max_size=12))
def test_any_text_in_quotes_stands_for_itself(text):
    assert re.fullmatch(codes.wildcard(f"「{text}」"), codes.evened(text))
