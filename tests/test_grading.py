"""docs/domain.md 3.1: which grade a customer has, by each preset at its bounds, and why."""

from __future__ import annotations

import pandas as pd
import pytest

from salesxl.rules.grading import grades, reasons, settled
from tests.teams import WORDS, customer, rules, team

KEEN = {"status": "意向", "need": "需要采购40台办公电脑"}
VAGUE = {"status": "意向", "need": "跟进客户"}
COLD = {"status": "潜在", "need": "需要采购40台办公电脑"}


def graded(preset, contacts=None, **fields):
    frame = team(customer=[customer(grade=None, **fields)]).tables["customer"]
    counts = None if contacts is None else pd.Series([contacts], dtype="Int64")
    found = grades(frame, rules(grades=preset, **SCORES.get(preset, {})), counts)
    grade = found["grade"][0]
    return (None if pd.isna(grade) else grade), found["why"][0]


@pytest.mark.parametrize(
    ("amount", "fields", "expected"),
    [
        (100_000, VAGUE, ("C", "need")),
        (9_000_000, {**VAGUE, "status": "成交"}, ("C", "need")),
        (49_999, VAGUE, ("C", "rest")),
        (None, VAGUE, ("C", "need")),
        (None, {**VAGUE, "need": None}, ("C", "need")),
        (None, KEEN, (None, None)),
        (20_000, {**VAGUE, "strategic": True}, ("A", "strategic")),
        (200_000, {**VAGUE, "strategic": True}, ("A", "bound")),
    ],
)
def test_in_the_toolbox_a_need_that_is_not_clear_is_c_whatever_the_amount(amount, fields, expected):
    grade, why = graded("toolbox", annual_purchase=None if amount is None else float(amount), **fields)
    assert (grade, None if pd.isna(why) else why) == expected


def test_other_presets_do_not_look_at_the_need():
    assert graded("crm", annual_purchase=600_000.0, **VAGUE) == ("VIP", "bound")


@pytest.mark.parametrize(
    ("amount", "grade"), [(499_999.994, "A"), (499_999.996, "VIP"), (500_000.004, "VIP")]
)
def test_a_bound_is_compared_in_whole_fen_as_it_is_shown(amount, grade):
    assert graded("crm", annual_purchase=amount)[0] == grade


SCORES = {"volume": {"grade_basis": "score"}}


@pytest.mark.parametrize(
    ("amount", "grade", "why"),
    [
        (500_000.01, "VIP", "bound"),
        (500_000, "VIP", "bound"),
        (499_999.99, "A", "bound"),
        (100_000, "A", "bound"),
        (99_999.99, "B", "bound"),
        (10_000, "B", "bound"),
        (9_999.99, "C", "rest"),
        (0, "C", "rest"),
    ],
)
def test_a_bound_belongs_to_the_higher_grade(amount, grade, why):
    assert graded("crm", annual_purchase=float(amount)) == (grade, why)


@pytest.mark.parametrize(
    ("amount", "fields", "expected"),
    [
        (100_000, COLD, ("A", "bound")),
        (99_999.99, KEEN, ("B", "bound")),
        (50_000, KEEN, ("B", "bound")),
        (50_000, {**KEEN, "status": "成交"}, ("B", "bound")),
        (50_000, VAGUE, ("C", "intent")),
        (50_000, COLD, ("C", "intent")),
        (49_999.99, KEEN, ("C", "rest")),
        (1, {**COLD, "strategic": True}, ("A", "strategic")),
        (None, {**COLD, "strategic": True}, ("A", "strategic")),
        (200_000, {**COLD, "strategic": True}, ("A", "bound")),
    ],
)
def test_the_toolbox_asks_for_intent_and_lets_strategic_customers_in(amount, fields, expected):
    purchase = None if amount is None else float(amount)
    assert graded("toolbox", annual_purchase=purchase, **fields) == expected


@pytest.mark.parametrize(
    ("amount", "contacts", "potential", "grade"),
    [
        (200_000, 6, 1_000_000, "A"),  # 20 + 20 + 30 points: exactly 70
        (199_999, 6, 1_000_000, "B"),
        (200_000, 5, 1_000_000, "B"),
        (400_000, 0, 0, "B"),  # exactly 40
        (399_990, 0, 0, "C"),
        (9_000_000, 99, 9_000_000, "A"),
    ],
)
def test_the_score_weighs_amount_frequency_and_potential(amount, contacts, potential, grade):
    fields = {"annual_purchase": float(amount), "expected_amount": float(potential)}
    assert graded("volume", contacts, **fields)[0] == grade


@pytest.mark.parametrize(
    ("amount", "contacts", "potential", "grade"),
    [
        (None, 0, 300_000.0, None),  # between 9 and 59 points: B or C
        (None, 5, 1_000_000.0, None),  # 46 to 96
        (None, 6, 100_000.0, None),  # 23 to 73
        (None, 0, None, None),
        (500_000.0, 6, None, "A"),  # 70 at least
        (399_000.0, 0, None, None),  # 39.9 to 69.9
        (400_000.0, 0, None, None),  # 40 to 70, where A begins
        (90_000.0, 0, None, "C"),  # 39 at most
    ],
)
def test_a_score_of_which_a_part_is_not_known_is_a_grade_only_where_it_can_make_no_other(
    amount, contacts, potential, grade
):
    assert graded("volume", contacts, annual_purchase=amount, expected_amount=potential)[0] == grade


@pytest.mark.parametrize("preset", ["crm", "toolbox"])
def test_without_the_figure_there_is_no_grade(preset):
    assert graded(preset, annual_purchase=None)[0] is None


def settle(**fields):
    frame = team(customer=[customer(**fields)]).tables["customer"]
    found = settled(frame, rules())
    line = reasons(found, frame["grade_reason"], rules(), WORDS)[0]
    return found["grade"][0], found["by_rule"][0], found["why"][0], line


def test_another_grade_with_a_reason_is_kept_and_the_reason_is_shown():
    grade, by_rule, why, line = settle(grade="A", annual_purchase=20_000.0, grade_reason="集团战略合作在谈")
    assert (grade, by_rule, why) == ("A", "B", "override")
    assert "集团战略合作在谈" in line
    assert "B" in line


def test_another_grade_without_a_reason_gives_way_to_the_rules():
    grade, by_rule, why, line = settle(grade="A", annual_purchase=20_000.0)
    assert (grade, by_rule, why) == ("B", "B", "bound")
    assert "20,000" in line
    assert "10,000" in line


def test_a_reason_beside_the_same_grade_overrides_nothing():
    assert settle(grade="B", annual_purchase=20_000.0, grade_reason="按规则")[2] == "bound"


@pytest.mark.parametrize(("reason", "why"), [(None, "hand"), ("老客户", "override")])
def test_where_the_rules_cannot_tell_the_grade_filled_in_stands(reason, why):
    grade, by_rule, found, _ = settle(grade="A", annual_purchase=None, grade_reason=reason)
    assert (grade, pd.isna(by_rule), found) == ("A", True, why)


def test_who_has_no_grade_has_no_reason():
    frame = team(customer=[customer(grade=None)]).tables["customer"]
    found = settled(frame, rules())
    assert found["why"].isna().all()
    assert reasons(found, frame["grade_reason"], rules(), WORDS).isna().all()
