"""订单分析 against invented order lines, counted again in plain Python. docs/domain.md 6."""

from __future__ import annotations

import datetime as dt
import itertools
import random
import statistics
from typing import Any

import pytest

from salesxl.messages import LOCALES, load
from salesxl.render import render
from salesxl.rulebook import Member
from salesxl.summary import summarise
from salesxl.summary.figures.calendar import span_of
from tests.ordered import with_rows
from tests.recount import grids
from tests.teams import FRIDAY, WORDS, customer, report, rules, submission, team
from tools.summary_template import draw_summary_template

ROSTER = (Member("甲", "一组", "华东"), Member("乙", "二组", "华南"))
CUSTOMERS = [
    customer(f"客户{n}有限公司", grade=("VIP", "A", "B")[n % 3], industry="制造业") for n in range(11)
]


def line(**more: Any) -> dict[str, Any]:
    plain = {
        **{"rep": "甲", "订单编号": "DD-1", "客户名称": "蓝湖公司", "产品型号": "HC-200", "数量": 2},
        **{"单价": 45_000.0, "下单日期": "2026-11-09", "交货日期": "2026-11-16", "订单状态": "执行中"},
    }
    return {**plain, **more}


def told(*lines: dict[str, Any], **parameters: Any) -> dict[str, Any]:
    given = team(
        customer=CUSTOMERS,
        weekly_report=[report(completed=80_000.0, month_collected=20_000.0)],
        submission=[submission()],
    )
    return summarise(with_rows(given, 销售订单=lines), rules(members=ROSTER, **parameters), WORDS)["orders"]


def invented(number: int = 600, seed: int = 7) -> list[dict[str, Any]]:
    chance, found = random.Random(seed), []
    for at in range(number):
        ordered = dt.date(2024, 9, 1) + dt.timedelta(days=chance.randrange(811))
        due = ordered + dt.timedelta(days=chance.randrange(5, 40))
        came = due + dt.timedelta(days=chance.choice([-3, -1, 0, 0, 2, 9]))
        volume, price = chance.randrange(1, 9), chance.choice([1200.55, 45_000.0, 800.0])
        found.append(
            line(
                rep=chance.choice("甲乙"),
                订单编号=f"DD{at // 2:03}",
                客户名称=f"客户{at // 2 % 11}有限公司",
                产品型号=chance.choice(["HC-100", "HC-200", "X9"]),
                产品类别=chance.choice(["设备", "配件", None]),
                数量=volume,
                单价=price,
                金额=chance.choice([None, round(volume * price, 2)]),
                成本=chance.choice([None, round(volume * price * 0.7, 2)]),
                下单日期=str(ordered),
                交货日期=str(due),
                实际交货日期=str(came) if came <= FRIDAY and chance.random() < 0.95 else None,
                订单状态=chance.choice(["执行中", "已交付", "已取消", "变更"]),
                销售区域=chance.choice([None, "华北"]),
            )
        )
    return found


@pytest.fixture(scope="module")
def lines() -> list[dict[str, Any]]:
    return invented()


@pytest.fixture(scope="module")
def found(lines: list[dict[str, Any]]) -> dict[str, Any]:
    return told(*lines)


# ---- the same counted again


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def counted(lines: list[dict[str, Any]], first: str, last: str) -> list[dict[str, Any]]:
    return [
        row
        for row in lines
        if row["订单状态"] != "已取消" and day(first) <= day(row["下单日期"]) <= day(last)
    ]


def fen(row: dict[str, Any]) -> int:
    return round(row["数量"] * row["单价"] * 100)


def profit(row: dict[str, Any]) -> int:
    return fen(row) - round(row["成本"] * 100)


SPANS = {
    "month": (("2026-11-01", "2026-11-20"), ("2026-10-01", "2026-10-20"), ("2025-11-01", "2025-11-20")),
    "quarter": (("2026-10-01", "2026-11-20"), ("2026-07-01", "2026-08-20"), ("2025-10-01", "2025-11-20")),
    "year": (("2026-01-01", "2026-11-20"), ("2025-01-01", "2025-11-20"), ("2025-01-01", "2025-11-20")),
}


@pytest.mark.parametrize("key", SPANS)
def test_amount_volume_profit_and_growth_of_each_period(lines, found, key):
    row = next(row for row in found["periods"] if row["period"] == key)
    now, before, ago = (counted(lines, *bounds) for bounds in SPANS[key])
    amount, then, year = (sum(map(fen, some)) / 100 for some in (now, before, ago))
    costed = [one for one in now if one["成本"] is not None]
    assert row["amount"] == amount
    assert row["before"] == then
    assert row["year_ago"] == year
    assert row["growth"] == pytest.approx((amount - then) / then)
    assert row["yearly"] == pytest.approx((amount - year) / year)
    assert row["volume"] == sum(one["数量"] for one in now)
    assert row["orders"] == len({one["订单编号"] for one in now})
    assert row["profit"] == sum(map(profit, costed)) / 100
    assert row["margin"] == pytest.approx(sum(map(profit, costed)) / sum(map(fen, costed)))


GRADES = {c["customer_name"]: c["grade"] for c in CUSTOMERS}
VALUE_OF = {
    "rep": lambda row: row["rep"],
    "team": lambda row: {"甲": "一组", "乙": "二组"}[row["rep"]],
    "region": lambda row: row["销售区域"] or {"甲": "华东", "乙": "华南"}[row["rep"]],
    "product": lambda row: row["产品类别"] or "（未填）",
    "model": lambda row: row["产品型号"],
    "grade": lambda row: GRADES[row["客户名称"]],
    "industry": lambda row: "制造业",
}


@pytest.mark.parametrize("key", VALUE_OF)
def test_sums_by_group_add_up_to_the_month(lines, found, key):
    group = next(group for group in found["groups"] if group["group"] == key)
    wanted: dict[str, int] = {}
    for row in counted(lines, *SPANS["month"][0]):
        wanted[VALUE_OF[key](row)] = wanted.get(VALUE_OF[key](row), 0) + fen(row)
    shown = {row["name"]: row["amount"] for row in group["rows"] if row["amount"] is not None}
    assert shown == {name: amount / 100 for name, amount in wanted.items()}
    assert sum(row["share"] or 0 for row in group["rows"]) == pytest.approx(1)


@pytest.mark.parametrize("key", SPANS)
def test_delivery_on_time_of_the_lines_due_in_the_period(lines, found, key):
    row = next(row for row in found["periods"] if row["period"] == key)
    span = span_of(key, FRIDAY)
    due = [
        one
        for one in lines
        if one["订单状态"] != "已取消"
        and day(one["下单日期"]) <= FRIDAY
        and span.first <= day(one["交货日期"]) <= span.last
    ]
    judged = [one for one in due if one["实际交货日期"] or day(one["交货日期"]) < FRIDAY]
    good = [one for one in judged if one["实际交货日期"] and one["实际交货日期"] <= one["交货日期"]]
    assert (row["due"], row["late"]) == (len(judged), len(judged) - len(good))
    assert row["on_time"] == pytest.approx(len(good) / len(judged))


def test_who_should_have_ordered_by_now_is_beyond_one_and_a_half_of_the_own_median(lines, found):
    wanted = {}
    for name in {row["客户名称"] for row in lines}:
        firsts: dict[str, dt.date] = {}
        for row in counted(lines, "2024-01-01", "2026-11-20"):
            if row["客户名称"] == name:
                on = day(row["下单日期"])
                firsts[row["订单编号"]] = min(on, firsts.get(row["订单编号"], on))
        days = sorted(set(firsts.values()))
        median = statistics.median((b - a).days for a, b in itertools.pairwise(days))
        since = (FRIDAY - days[-1]).days
        if since > -(-median * 1.5 // 1):
            wanted[name] = since
    assert {row["customer_name"]: row["days"] for row in found["due"]} == wanted


def test_months_add_up_to_what_was_ordered(lines, found):
    wanted = [sum(map(fen, counted(lines, f"2026-{m:02}-01", f"2026-{m:02}-28"))) for m in (2,)]
    shown = {row["label"]: row["amount"] for row in found["months"]}
    assert next(iter(shown)) == "2025-11"
    assert shown["2026-02"] == wanted[0] / 100


# ---- single rules


def test_cancelled_lines_count_nowhere_and_a_blank_amount_is_quantity_times_price():
    found = told(line(), line(订单编号="DD-2", 订单状态="已取消"), line(订单编号="DD-3", 金额=100.0))
    month = found["periods"][0]
    assert (month["amount"], month["orders"], month["profit"]) == (90_100.0, 2, None)


def test_unknown_profit_has_no_growth_and_nothing_ordered_is_all_lost():
    found = told(line(), line(订单编号="DD-0", 下单日期="2026-10-09", 成本=60_000.0))
    month = found["periods"][0]
    assert (month["growths"]["profit"], month["growth"]) == (None, 0.0)
    found = told(line(下单日期="2026-10-09"))
    assert found["periods"][0]["growth"] == -1.0


@pytest.mark.parametrize(
    ("due", "came", "counts"),
    [
        ("2026-11-19", None, (1, 1)),  # overdue since yesterday
        ("2026-11-20", None, (0, 0)),  # due today: not judged yet
        ("2026-11-10", "2026-11-10", (1, 0)),
        ("2026-11-10", "2026-11-11", (1, 1)),
        ("2026-11-30", "2026-11-12", (1, 0)),  # early
    ],
)
def test_a_line_is_on_time_on_its_day_and_late_once_the_day_is_over(due, came, counts):
    month = told(line(交货日期=due, 实际交货日期=came))["periods"][0]
    assert (month["due"], month["late"]) == counts


def test_churn_counts_who_ordered_in_the_year_before_and_not_in_the_last_six_months():
    found = told(
        line(客户名称="老客户", 下单日期="2026-03-01"),
        line(客户名称="新近客户", 订单编号="DD-2", 下单日期="2026-06-20"),
        line(客户名称="早已不来", 订单编号="DD-3", 下单日期="2025-10-31"),
        line(客户名称="头一回", 订单编号="DD-4"),
    )
    month = found["periods"][0]
    assert (month["base"], month["lost"], month["churn"], month["new"]) == (2, 1, 0.5, 1)
    assert [row["customer_name"] for row in found["lost"]] == ["老客户"]


def test_what_was_collected_is_held_against_what_was_signed():
    (first, *_) = told(line())["collected"]["reps"]
    assert {k: first[k] for k in ("rep", "ordered", "signed", "collected", "rate", "open")} == {
        **{"rep": "甲", "ordered": 90_000.0, "signed": 80_000.0, "collected": 20_000.0},
        **{"rate": 0.25, "open": 60_000.0},
    }


def test_values_beyond_the_first_fourteen_of_a_group_are_one_row():
    found = told(*(line(订单编号=f"D{n}", 产品型号=f"M{n:02}", 单价=float(n)) for n in range(1, 21)))
    models = next(group for group in found["groups"] if group["group"] == "model")["rows"]
    assert len(models) == 15
    assert (models[-1]["name"], models[-1]["amount"]) == ("其他 6 项", 2.0 * (1 + 2 + 3 + 4 + 5 + 6))


@pytest.mark.parametrize("lang", LOCALES)
def test_the_sheet_is_there_only_where_orders_are_known(lang):
    words = load(lang, lambda block, field: None)
    source = draw_summary_template(words)
    name = words.name("summary_sheet", "orders")
    given = team(weekly_report=[report(completed=1.0)], submission=[submission()])
    without = summarise(given, rules(members=ROSTER), words)
    assert name not in grids(render(source, without, words=words))
    some = summarise(with_rows(given, 销售订单=[line(成本=60_000.0)]), rules(members=ROSTER), words)
    page = grids(render(source, some, words=words))[name]
    assert [90_000, None, None, None, None, 2, 30_000] in [row[2:9] for row in page]
