"""docs/domain.md 3.6: named lists of customers, from the sheet 客户名单 to the customers that meet them."""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import replace
from decimal import Decimal

import openpyxl
import pytest

from salesxl import drawing, settings
from salesxl.rulebook import Condition, View
from salesxl.summary import sections
from salesxl.summary.figures.alerts import met_by, views
from salesxl.summary.figures.customers import standing
from tests.teams import FRIDAY, WORDS, customer, rules, team, with_past

TODAY = FRIDAY


def on(offset: int) -> str:
    return (TODAY + dt.timedelta(days=offset)).isoformat()


def meets(field, test, value, **fields):
    """Say whether one customer meets a condition."""
    one = standing(team(customer=[customer(**fields)]), rules())
    return bool(met_by(one, Condition(field, test, value), TODAY).iloc[0])


@pytest.mark.parametrize(
    ("test", "amounts"),
    [
        ("is", [False, True, False]),
        ("is_not", [True, False, True]),
        ("more", [False, False, True]),
        ("at_least", [False, True, True]),
        ("less", [True, False, False]),
        ("at_most", [True, True, False]),
    ],
)
def test_figures_are_compared_just_below_at_and_above(test, amounts):
    found = [
        meets("expected_amount", test, Decimal(200_000), expected_amount=a)
        for a in (199_999.99, 200_000.0, 200_000.01)
    ]
    assert found == amounts


@pytest.mark.parametrize(
    ("test", "value", "days", "met"),
    [
        ("last_days", 7, [-8, -7, 0, 1], [False, True, True, False]),
        ("next_days", 7, [-1, 0, 7, 8], [False, True, True, False]),
        ("days_ago", 7, [-8, -7, -6], [True, True, False]),
        ("more", dt.date(2026, 11, 20), [-1, 0, 1], [False, False, True]),
        ("at_least", dt.date(2026, 11, 20), [-1, 0, 1], [False, True, True]),
        ("less", dt.date(2026, 11, 20), [-1, 0, 1], [True, False, False]),
        ("at_most", dt.date(2026, 11, 20), [-1, 0, 1], [True, True, False]),
        ("is", dt.date(2026, 11, 20), [-1, 0, 1], [False, True, False]),
    ],
)
def test_days_are_compared_with_a_date_or_with_today(test, value, days, met):
    assert [meets("expected_close", test, value, expected_close=on(n)) for n in days] == met


@pytest.mark.parametrize(
    ("field", "test", "value", "fields", "met"),
    [
        ("grade", "is", ("A", "B"), {"grade": "B"}, True),
        ("grade", "is", ("A", "B"), {"grade": "C"}, False),
        ("grade", "is_not", ("A", "B"), {"grade": "C"}, True),
        ("grade", "is_not", ("A",), {"grade": None}, True),
        ("industry", "is", ("制造业",), {"industry": "制造业-机械设备"}, True),
        ("industry", "is", ("机械设备",), {"industry": "制造业-机械设备"}, False),
        ("industry", "contains", ("机械",), {"industry": "制造业-机械设备"}, True),
        ("tags", "is", ("复购",), {"tags": "汽车、复购"}, True),
        ("tags", "is", ("复购",), {"tags": "汽车、复购客户"}, False),
        ("tags", "contains", ("复购",), {"tags": "汽车、复购客户"}, True),
        ("tags", "lacks", ("复购",), {"tags": "汽车、复购客户"}, False),
        ("tags", "lacks", ("复购",), {"tags": None}, True),
        ("competitor", "contains", ("abc",), {"competitor": "ABC 公司"}, True),
        ("competitor", "blank", None, {"competitor": None}, True),
        ("competitor", "filled", None, {"competitor": None}, False),
        ("strategic", "is", True, {"strategic": True}, True),
        ("strategic", "is", True, {"strategic": None}, False),
        ("strategic", "is", False, {"strategic": None}, True),
        ("strategic", "is_not", True, {"strategic": None}, True),
        ("expected_amount", "less", Decimal(5), {"expected_amount": None}, False),
        ("expected_close", "at_most", dt.date(2027, 1, 1), {"expected_close": None}, False),
        ("rep", "is", ("甲",), {}, True),
        ("outcome", "is", ("open",), {}, True),
        ("outcome", "is", ("open",), {"status": "流失"}, False),
        ("need_concrete", "is", True, {"need": "跟进客户"}, False),
        ("silent_days", "at_least", Decimal(14), {"last_contact": on(-14)}, True),
        ("silent_days", "at_least", Decimal(14), {"last_contact": on(-13)}, False),
        ("overdue_days", "more", Decimal(0), {"grade": "A", "last_contact": on(-15)}, True),
        ("overdue_days", "more", Decimal(0), {"grade": "A", "last_contact": on(-14)}, False),
        ("overdue_days", "blank", None, {"grade": None}, True),
    ],
)
def test_a_condition_holds_for_what_it_says(field, test, value, fields, met):
    assert meets(field, test, value, **fields) is met


def test_follow_ups_and_days_in_stage_can_be_asked_for():
    talks = [{"rep": "甲", "customer_name": "客户", "contact_time": "2026-11-10 10:00"}] * 6
    now = team(customer=[customer()], communication=talks)
    before = dt.date(2026, 11, 2), {"customer": [customer()]}
    one = standing(with_past(now, before), rules())
    assert one["follow_ups"].tolist() == [6]
    assert met_by(one, Condition("stage_days", "at_least", Decimal(18)), TODAY).tolist() == [True]
    assert met_by(one, Condition("stage_days", "at_least", Decimal(19)), TODAY).tolist() == [False]


def test_all_conditions_of_a_list_hold_and_the_largest_stands_first():
    rows = [
        customer("小", expected_amount=1.0),
        customer("大", expected_amount=9.0),
        customer("别人的", expected_amount=99.0, rep="乙"),
        customer("流失", status="流失"),
    ]
    mine = View("甲的在谈", (Condition("rep", "is", ("甲",)), Condition("outcome", "is", ("open",))))
    (found,) = views(team(customer=rows), replace(rules(), views=(mine,)))
    assert (found["name"], [r["customer_name"] for r in found["rows"]]) == ("甲的在谈", ["大", "小"])


def test_the_page_says_the_conditions_in_the_words_of_the_settings():
    section = sections.views_section(team(customer=[customer()]), rules(), WORDS)
    first = section["views"][0]
    assert first["conditions"] == "客户结局 是 在谈；预计成交金额 不小于 200,000；未联系天数 不小于 14"
    assert (first["none"], section["none"]) == (True, False)
    assert sections.views_section(team(), replace(rules(), views=()), WORDS) == {"views": [], "none": True}


# ---- the sheet


def loaded(tmp_path, *rows):
    """Return the lists of a settings workbook with these rows on its sheet, and where its findings are."""
    book = openpyxl.load_workbook(io.BytesIO(drawing.settings_workbook(replace(rules(), views=()))))
    sheet = book["客户名单"]
    top = next(cell.row for cell in sheet["A"] if str(cell.value).startswith("名单 "))
    for number, row in enumerate(rows, top + 1):
        for column, value in enumerate(row, 1):
            sheet.cell(number, column, value)
    path = tmp_path / "团队设置.xlsx"
    book.save(path)
    rulebook, findings = settings.load(path)
    book.close()
    spots = {(f.place.cell[0], int(f.place.cell[1:]) - top, f.code) for f in findings if f.place.cell}
    return rulebook.views, spots


def test_the_presets_lists_are_read_again_as_they_were_written(tmp_path):
    path = tmp_path / "团队设置.xlsx"
    path.write_bytes(drawing.settings_workbook())
    rulebook, findings = settings.load(path)
    assert findings == []
    assert rulebook.views == settings.default_rulebook().views
    assert len(rulebook.views) >= 3


def test_rows_of_one_name_are_one_list(tmp_path):
    found, spots = loaded(
        tmp_path,
        ("我的名单", "行业", "包含", "机械"),
        ("别的", "等级", "等于", "a、B"),
        ("我的名单", "预计金额", "不少于", "50万"),
        ("我的名单", "签约日期", "早于", "2026-12-01"),
        ("我的名单", "备注", "为空", None),
    )
    assert spots == set()
    assert found == (
        View(
            "我的名单",
            (
                Condition("industry", "contains", ("机械",)),
                Condition("expected_amount", "at_least", Decimal(500_000)),
                Condition("signed_on", "less", dt.date(2026, 12, 1)),
                Condition("notes", "blank"),
            ),
        ),
        View("别的", (Condition("grade", "is", ("A", "B")),)),
    )


@pytest.mark.parametrize(
    ("row", "spot"),
    [
        (("名单", "客户星座", "是", "白羊"), ("B", 1, "unknown_reference")),
        (("名单", "预计成交金额", "包含", "5"), ("C", 1, "choice")),
        (("名单", "客户名称", "大于", "5"), ("C", 1, "choice")),
        (("名单", "客户名称", "像", "5"), ("C", 1, "choice")),
        (("名单", "预计成交金额", "大于", "很多"), ("D", 1, "type")),
        (("名单", "预计成交日期", "大于", "下周"), ("D", 1, "type")),
        (("名单", "预计成交日期", "未来几天内", "-1"), ("D", 1, "range")),
        (("名单", "战略客户", "是", "也许"), ("D", 1, "choice")),
        (("名单", "客户等级", "是", "A、钻石"), ("D", 1, "choice")),
        (("名单", "客户结局", "是", "在逃"), ("D", 1, "choice")),
        (("名单", "成交阶段", "是", "第八阶段"), ("D", 1, "choice")),
        (("名单", "预计成交金额", "大于", None), ("D", 1, "required")),
        (("名单", None, "大于", "5"), ("B", 1, "required")),
        ((None, "预计成交金额", "大于", "5"), ("A", 1, "required")),
    ],
)
def test_a_faulty_condition_is_told_at_its_cell_and_its_list_left_out(tmp_path, row, spot):
    found, spots = loaded(tmp_path, row, ("名单", "战略客户", "是", "是"), ("好的", "战略客户", "是", "是"))
    assert spots == {spot}
    names = [view.name for view in found]
    assert names == (["名单", "好的"] if row[0] is None else ["好的"])


def test_every_field_on_offer_can_be_asked_for_with_every_comparison_that_suits_it():
    from salesxl.settings.views import TESTS, fields

    rulebook = rules()
    texts = dict.fromkeys(("text", "items", "choice"), ("A",))
    values = {**texts, "number": Decimal(1), "date": dt.date(2026, 1, 1), "yes_no": True}
    one = standing(team(customer=[customer()]), rulebook)
    for field in fields(rulebook.choices):
        for test in TESTS[field.type]:
            value = 3 if test.endswith("days") or test == "days_ago" else values[field.type]
            condition = Condition(field.name, test, None if test in ("blank", "filled") else value)
            assert met_by(one, condition, TODAY).dtype == bool, (field.name, test)
            assert settings.typed_condition(condition, rulebook.choices)[0] == field.label
