"""The grammar of formulas, bounds and values: read, typed, and worked out on columns."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal, DivisionByZero, InvalidOperation, localcontext

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesxl import expressions
from salesxl.expressions import ExpressionError, Type, evaluate, parse, type_of
from salesxl.rules.workdays import workdays_after

NUMBER, DATE, MOMENT = Type("number"), Type("date"), Type("moment")
YUAN, WAN = Type("number", "元"), Type("number", "万元")
KNOWN = {"数量": NUMBER, "单价": YUAN, "成本": YUAN, "年营收": WAN, "下单日期": DATE, "交货日期": DATE}
KNOWN |= {"交车时间": MOMENT, "备注": Type("text")}
FEBRUARY, MORNING, DAY = dt.date(2026, 2, 27), dt.datetime(2026, 11, 20, 9, 30), dt.timedelta(1)
TODAY = np.datetime64("2026-11-20", "us")


def off(day: dt.date, number: int) -> dt.date:
    """Count working days with one day off of the team's own."""
    return workdays_after(day, number, {dt.date(2026, 11, 23): False})


def worked(text: str, **fields: object) -> object:
    """Return what a formula gives for one record; None where it gives nothing."""
    columns = {}
    for name, value in fields.items():
        blank = value is None
        if isinstance(value, dt.date):
            values = np.array([np.datetime64(value)], dtype="datetime64[us]")
        else:
            values = np.array([None if blank else Decimal(str(value))], dtype=object)
        columns[name] = values, np.array([not blank])
    values, there = evaluate(parse(text), columns, 1, TODAY, off)
    return values.tolist()[0] if there[0] else None


@pytest.mark.parametrize(
    ("text", "fields", "value"),
    [
        ("【数量】×【单价】", {"数量": 3, "单价": "19.9"}, Decimal("59.7")),
        ("[数量]*【单价】－1", {"数量": 3, "单价": 2}, Decimal(5)),
        ("（【数量】＋１）÷4", {"数量": 1}, Decimal("0.5")),
        ("-【数量】+-2", {"数量": 1}, Decimal(-3)),
        ("【数量】×110%", {"数量": 50}, Decimal("55.0")),
        ("1.2万-【数量】", {"数量": 1}, Decimal("11999.0")),
        ("1,200×2", {}, Decimal(2400)),
        ("【单价】÷【数量】", {"数量": 0, "单价": 2}, None),
        ("【单价】×【数量】", {"数量": None, "单价": 2}, None),
        ("0.1+0.2", {}, Decimal("0.3")),
        ("【交货日期】-【下单日期】", {"下单日期": FEBRUARY, "交货日期": dt.date(2026, 3, 1)}, Decimal(2)),
        ("今天+5天", {}, dt.datetime(2026, 11, 25)),
        ("今天+1工作日", {}, dt.datetime(2026, 11, 24)),
        ("今天-1工作日", {}, dt.datetime(2026, 11, 19)),
        ("1个月+【下单日期】", {"下单日期": dt.date(2026, 1, 31)}, dt.datetime(2026, 2, 28)),
        ("【下单日期】-1月", {"下单日期": dt.date(2026, 3, 31)}, dt.datetime(2026, 2, 28)),
        ("【交车时间】+24小时", {"交车时间": MORNING}, MORNING + DAY),
        ("【交车时间】+1工作日", {"交车时间": MORNING - DAY}, MORNING),
        ("2026年11月20日+【数量】", {"数量": 2}, dt.datetime(2026, 11, 22)),
        ("2026-11-20", {}, dt.datetime(2026, 11, 20)),
    ],
)  # fmt: skip
def test_a_formula_gives_its_value(text, fields, value):
    assert worked(text, **fields) == value


@pytest.mark.parametrize(
    ("text", "at", "seen"),
    [
        ("【数量】＊＊【单价】", 6, "＊"),
        ("【数量】【单价】", 5, "【单价】"),
        ("【数量】×", 5, "×"),
        ("(1+2", 4, "2"),
        ("1+2)", 4, ")"),
        ("一百以上", 1, "一百以上"),
        ("数量×2", 1, "数量×2"),
        ("2026-02-30", 1, "2026-02-30"),
        ("1.5天", 1, "1.5天"),
    ],
)
def test_a_text_that_is_no_formula_says_where(text, at, seen):
    with pytest.raises(ExpressionError) as failed:
        parse(text)
    assert (failed.value.why, failed.value.at, failed.value.seen) == ("syntax", at, seen)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("【数量】×【单价】", YUAN),
        ("【单价】-【成本】", YUAN),
        ("【单价】÷【成本】", NUMBER),
        ("【年营收】×10000+【单价】", YUAN),
        ("【单价】÷1万+【年营收】", WAN),
        ("【交货日期】-【下单日期】", NUMBER),
        ("【下单日期】+5天", DATE),
        ("【下单日期】+【数量】", DATE),
        ("【下单日期】+24小时", MOMENT),
        ("【备注】", Type("text")),
    ],
)
def test_a_formula_has_a_type(text, kind):
    assert type_of(parse(text), KNOWN) == kind


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("【数量】×【单介】", "label"),
        ("【数量】+【备注】", "text"),
        ("【单价】+【年营收】", "units"),
        ("【单价】×【成本】", "units"),
        ("【下单日期】+【交货日期】", "dates"),
        ("【下单日期】×2", "product"),
        ("【下单日期】+【单价】", "days"),
        ("【数量】+5天", "days"),
        ("5天-【下单日期】", "days"),
    ],
)
def test_what_cannot_be_joined_is_said(text, why):
    with pytest.raises(ExpressionError) as failed:
        type_of(parse(text), KNOWN)
    assert failed.value.why == why


def test_the_fields_of_a_formula_are_named_from_left_to_right():
    found = list(expressions.refs(parse("合计【明细·金额】-【定金】×个数【明细】")))
    assert [ref.key for ref in found] == ["合计【明细·金额】", "定金", "个数【明细】"]


numbers = st.decimals(-(10**6), 10**6, places=2)
leaves = st.one_of(numbers.map(lambda n: f"({n:f})"), st.sampled_from(("【甲】", "【乙】")))
formulas = st.recursive(
    leaves, lambda inner: st.tuples(inner, st.sampled_from("+-×÷"), inner).map(lambda t: f"({''.join(t)})")
)


@given(formulas, numbers, numbers)
def test_any_formula_equals_decimal_arithmetic(formula, one, other):
    python = formula.translate(str.maketrans({"×": "*", "÷": "/"}))
    python = (
        expressions.re.sub(r"(\d+\.\d+)", r"D('\1')", python).replace("【甲】", "a").replace("【乙】", "b")
    )
    with localcontext() as context:
        context.prec = expressions.EXACT
        try:
            expected = eval(python, {"D": Decimal, "a": one, "b": other})
        except (DivisionByZero, InvalidOperation):
            expected = None
    assert worked(formula, 甲=one, 乙=other) == expected
