"""What a team's own fields and rules ask of its forms: each fault at its cell, one cause once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

from salesxl import validate
from salesxl.intake import receive
from salesxl.rulebook import Rulebook

from .definitions import TEST_DRIVE, loaded
from .sheets import AS_OF, CUSTOMER, WEEK, WORDS, archive

DAY = dt.datetime(2026, 11, 19)
HEAD = {"销售代表": "张三", "填表日期": DAY}
DRIVE = {
    **{"客户名称": "甲乙丙机械有限公司", "试驾日期": DAY, "试驾里程": 8, "身份证号": "11010519491231002X"},
    **{"手机号码": "13800138000", "感受": "满意"},
}


def rules_of(*forms: Mapping[str, Any], rules: Sequence[Mapping[str, Any]] = ()) -> Rulebook:
    """Return rules with those rows on 表单 and 检查规则, which are without fault."""
    found, remarks = loaded(forms, rules=rules)
    assert [WORDS.remark(f) for f in remarks] == []
    return found


def sheet(path: Path, title: str, card: Mapping[str, Any], *rows: Mapping[str, Any]) -> Path:
    """Write a form: its title, a card in one row, and a table; return the path."""
    book = openpyxl.Workbook()
    page = book.active
    page.title = title
    page.append([title])
    page.append([part for pair in card.items() for part in pair])
    if rows:
        page.append(list(rows[0]))
        for row in rows:
            page.append(list(row.values()))
    book.save(path)
    return path


def found(rules: Rulebook, *paths: Path, past: Any = None) -> list[tuple[str | None, str, str | None]]:
    """Return cell, code and reason of what a check of files finds at cells."""
    checked = validate.validate(paths, rules, AS_OF)
    for finding in checked.findings:
        assert WORDS.message(finding)
        assert WORDS.fix(finding)
    return [(f.place.cell, f.code, f.facts.get("why")) for f in checked.findings if f.place.cell]


def drives(tmp_path: Path, *rows: Mapping[str, Any], rules: Rulebook | None = None):
    path = sheet(tmp_path / "a.xlsx", "试乘试驾", HEAD, *rows)
    return found(rules or rules_of(*TEST_DRIVE), path)


def test_a_sound_form_of_the_team_s_own_has_no_finding(tmp_path):
    assert drives(tmp_path, DRIVE) == []


def test_a_further_column_of_an_own_form_costs_neither_its_file_nor_its_rows(tmp_path):
    rules = rules_of(*TEST_DRIVE, {"项目": "里程单", "类型": "编号"})
    path = sheet(tmp_path / "a.xlsx", "试乘试驾", HEAD, {"序号": 1, "陪驾人": "李四", **DRIVE})
    checked = validate.validate([path], rules, AS_OF)
    assert [f.code for f in checked.findings if f.severity.value == "error"] == []
    assert checked.frames["own/试乘试驾/试驾"]["试驾里程"].tolist() == [8]


def test_an_own_form_whose_required_column_is_called_otherwise_says_which_is_missing(tmp_path):
    row = {("公里" if name == "试驾里程" else name): value for name, value in DRIVE.items()}
    path = sheet(tmp_path / "a.xlsx", "试乘试驾", HEAD, row)
    checked = validate.validate([path], rules_of(*TEST_DRIVE), AS_OF)
    assert [(f.code, f.place.cell) for f in checked.findings] == [("missing_column", "A3")]


def test_of_two_records_with_one_key_in_one_form_the_first_stays_and_the_other_is_told(tmp_path):
    again = {**DRIVE, "客户名称": "甲乙丙机械有限公司 ", "试驾里程": 18}
    other_day = {**DRIVE, "试驾日期": DAY - dt.timedelta(days=1)}
    path = sheet(tmp_path / "a.xlsx", "试乘试驾", HEAD, DRIVE, other_day, again)
    assert found(rules_of(*TEST_DRIVE), path) == [("A6", "duplicate", "key")]
    checked = validate.validate([path], rules_of(*TEST_DRIVE), AS_OF)
    rows = checked.frames["own/试乘试驾/试驾"]
    assert rows.loc[rows["accepted"], "试驾里程"].tolist() == [8, 8]


def test_one_key_in_two_files_is_a_later_edition_and_no_fault(tmp_path):
    paths = [sheet(tmp_path / name, "试乘试驾", HEAD, DRIVE) for name in ("a.xlsx", "b.xlsx")]
    assert found(rules_of(*TEST_DRIVE), *paths) == []


def test_3_2_km_is_told_in_the_team_s_words_at_its_cell(tmp_path):
    path = sheet(tmp_path / "a.xlsx", "试乘试驾", HEAD, {**DRIVE, "试驾里程": "3.2 公里"})
    checked = validate.validate([path], rules_of(*TEST_DRIVE), AS_OF)
    assert [(f.place.cell, f.code, f.value) for f in checked.findings] == [("C4", "range", "3.2 公里")]
    assert WORDS.message(checked.findings[0]) == "每次试驾应大于 5 公里"


@pytest.mark.parametrize(
    ("field", "value", "code", "why"),
    [
        ("试驾里程", 5, "range", "said"),
        ("试驾里程", "8 km", "type", "not_a_number"),
        ("身份证号", "110105194912310021", "format", "id_card_check"),
        ("身份证号", "110105491231002", "format", "id_card_short_id"),
        ("身份证号", 110105194912310021, "format", "lost_digits"),
        ("手机号码", "021-55556666", "format", "mobile_not_one"),
        ("感受", "很好", "choice", "unknown"),
        ("试驾日期", dt.datetime(2026, 12, 3), "future_date", None),
        ("客户名称", None, "required", None),
    ],
)
def test_a_cell_that_does_not_keep_to_its_kind_is_told(tmp_path, field, value, code, why):
    told = drives(tmp_path, {**DRIVE, field: value})
    at = f"{'ABCDEF'[list(DRIVE).index(field)]}4"
    assert [(cell, found_code) for cell, found_code, _ in told] == [(at, code)]
    assert why in (None, told[0][2])


ORDER = (
    {"表单": "订单登记", "项目": "订单名称", "类型": "姓名", "必填": "是"},
    {"项目": "数量", "类型": "整数", "必填": "是", "最小": "1"},
    {"项目": "单价", "类型": "金额", "必填": "是"},
    {"项目": "总价", "类型": "计算", "取值": "【数量】×【单价】"},
    {"项目": "下单日期", "类型": "日期", "必填": "是"},
    {"项目": "交货日期", "类型": "日期", "最小": "【下单日期】", "最大": "【下单日期】+10天"},
    {"项目": "已退货", "类型": "是否"},
    {"项目": "退货原因", "类型": "文字", "最小": "4", "必填": "条件必填", "条件": "已退货 是 是"},
    {"项目": "退货数量", "类型": "整数", "条件": "已退货 是 是"},
)
ORDERED = {"订单名称": "甲", "数量": 3, "单价": 20.5, "总价": None, "下单日期": DAY, "交货日期": DAY}
ORDERED |= {"已退货": "否", "退货原因": None, "退货数量": None}


@pytest.mark.parametrize(
    ("changed", "cell", "code", "why"),
    [
        ({"总价": 61.51}, None, None, None),
        ({"总价": 61.52}, "D4", "mismatch", None),
        ({"交货日期": dt.datetime(2026, 11, 18)}, "F4", "range", "early"),
        ({"交货日期": dt.datetime(2026, 11, 29)}, None, None, None),
        ({"交货日期": dt.datetime(2026, 11, 30)}, "F4", "range", "late"),
        ({"已退货": "是"}, "H4", "required", "condition"),
        ({"已退货": "是", "退货原因": "坏"}, "H4", "range", "short"),
        ({"退货数量": 2}, "I4", "mismatch", "unasked"),
        ({"数量": 0}, "B4", "range", None),
        ({"数量": 0, "总价": 50}, "B4", "range", None),
        ({"数量": "三百左右", "总价": 50}, "B4", "type", "approximate"),
    ],
)
def test_bounds_formulas_and_conditions_are_held_against_the_record(tmp_path, changed, cell, code, why):
    path = sheet(tmp_path / "a.xlsx", "订单登记", {}, {**ORDERED, **changed})
    told = found(rules_of(*ORDER), path)
    assert [(at, what) for at, what, _ in told] == ([(cell, code)] if cell else [])
    assert why in (None, *(reason for *_, reason in told))


def test_the_value_of_a_formula_goes_before_what_was_filled_in(tmp_path):
    path = sheet(tmp_path / "a.xlsx", "订单登记", {}, {**ORDERED, "总价": 99}, ORDERED)
    checked = validate.validate([path], rules_of(*ORDER), AS_OF)
    assert checked.frames["own/订单登记/订单登记"]["总价"].tolist() == [61.5, 61.5]


LOST = {"规则": "战败要写原因", "表单": "客户档案"}
LOSS = (
    {**LOST, "作用": "当", "项目": "客户结局", "比较": "是", "值": "流失"},
    {
        **{"作用": "必须", "项目": "备注", "比较": "不为空", "级别": "错误"},
        "提示语": "【客户名称】战败，请在【本项】写明经过",
    },
)


def of_rules(tmp_path: Path, rules: Sequence[Mapping[str, Any]], *customers: Mapping[str, Any], forms=()):
    path = archive(tmp_path / "a.xlsx", customers)
    checked = validate.validate([path], rules_of(*forms, rules=rules), AS_OF)
    own = [f for f in checked.findings if f.facts.get("why") == "rule"]
    return [(f.field, f.row, f.severity.value, WORDS.message(f)) for f in own]


def test_a_rule_of_one_row_is_told_at_its_field_with_the_values_it_names(tmp_path):
    lost = {"status": "流失", "stage": "终止", "loss_reason": "价格"}
    told = of_rules(
        tmp_path, LOSS, lost, {"customer_name": "乙"}, {**lost, "customer_name": "丙", "notes": "见信"}
    )
    assert told == [("notes", 4, "error", "甲乙丙机械有限公司战败，请在备注写明经过")]


def test_a_rule_does_not_speak_where_another_fault_does(tmp_path):
    rows = ({**LOSS[0]}, {**LOST, "作用": "必须", "项目": "流失原因", "比较": "不为空"})
    assert of_rules(tmp_path, rows, {"status": "流失", "stage": "终止", "loss_reason": None}) == []


@pytest.mark.parametrize(
    ("test", "value", "told"),
    [
        ("不大于", "【首次接触时间】+2工作日", ["最近跟进时间应不大于“2026-10-14”"]),
        ("不大于", "【首次接触时间】+2天", ["最近跟进时间应不大于“2026-10-14”"]),
        ("不小于", "【首次接触时间】", []),
        ("大于", "今天-100天", []),
        ("过去几天内", "3", ["最近跟进时间应过去几天内“3”"]),
    ],
)
def test_days_are_compared_with_days_worked_out(tmp_path, test, value, told):
    rule = {**LOST, "作用": "必须", "项目": "最近跟进时间", "比较": test, "值": value}
    days = {"first_contact": dt.datetime(2026, 10, 12), "last_contact": dt.datetime(2026, 10, 20)}
    assert [words for *_, words in of_rules(tmp_path, [rule], days)] == told


def test_names_are_compared_as_customers_are(tmp_path):
    rule = {**LOST, "作用": "必须", "项目": "联系人姓名", "比较": "名称同", "值": "【客户名称】"}
    same = {"customer_name": "甲 乙（集团）有限公司", "contact_name": "甲乙(集团)有限公司"}
    told = of_rules(tmp_path, [rule], same, {"customer_name": "丁戊公司", "contact_name": "王总"})
    assert [row for _, row, *_ in told] == [5]


RECORDED = (
    {
        "规则": "成交须有试驾",
        "表单": "客户档案",
        "作用": "当",
        "项目": "客户结局",
        "比较": "是",
        "值": "在谈",
    },
    {
        "作用": "必须",
        "项目": "客户名称",
        "比较": "有记录于",
        "值": "试乘试驾",
        "提示语": "【客户名称】没有试驾",
    },
)


def across(tmp_path: Path, rules: Sequence[Mapping[str, Any]], *rows: Mapping[str, Any]):
    one = archive(tmp_path / "a.xlsx", [{}, {"customer_name": "丁戊机械有限公司", "customer_no": None}])
    two = sheet(tmp_path / "b.xlsx", "试乘试驾", HEAD, *rows)
    checked = validate.validate([one, two], rules_of(*TEST_DRIVE, rules=rules), AS_OF)
    return [(f.place.file, f.place.cell) for f in checked.findings if f.facts.get("why") == "rule"]


def test_a_customer_without_a_record_on_another_form_is_told(tmp_path):
    assert [cell for _, cell in across(tmp_path, RECORDED, DRIVE)] == ["B5"]


def test_a_record_that_is_held_back_is_not_held_against_anybody(tmp_path):
    assert across(tmp_path, RECORDED, DRIVE, {**DRIVE, "客户名称": "丁戊机械有限公司", "试驾里程": 2}) == []


@pytest.mark.parametrize(
    ("period", "told"),
    [("本周", []), ("本月", []), ("【首次接触时间】 至 【首次接触时间】+5天", ["B4"]), ("以前", [])],
)
def test_a_record_counts_in_its_time_alone(tmp_path, period, told):
    rules = (RECORDED[0], {**RECORDED[1], "值": f"试乘试驾 {period}"})
    other = {**DRIVE, "客户名称": "丁戊机械有限公司"}
    cells = [cell for _, cell in across(tmp_path, rules, DRIVE, other)]
    assert cells[:1] == told


def test_没有记录于_is_broken_by_a_sound_record_alone(tmp_path):
    rules = ({**RECORDED[1], "规则": "乙", "表单": "客户档案", "比较": "没有记录于"},)
    assert [cell for _, cell in across(tmp_path, rules, DRIVE)] == ["B4"]
    assert across(tmp_path, rules, {**DRIVE, "试驾里程": 2}) == []


def test_a_rule_of_an_own_form_sees_the_archive_of_its_customer(tmp_path):
    rule = {
        "规则": "丙",
        "表单": "试乘试驾",
        "作用": "必须",
        "项目": "客户·跟进状态",
        "比较": "是",
        "值": "成交",
    }
    told = across(tmp_path, [rule], DRIVE, {**DRIVE, "客户名称": "没有这家"})
    assert [cell for _, cell in told] == ["A4"]


def test_the_week_of_the_check_is_the_one_of_the_sample():
    assert WEEK[0] <= DAY.date() <= WEEK[1]
    assert CUSTOMER["customer_name"] == DRIVE["客户名称"]


def test_a_record_that_the_state_holds_counts_under_the_customer_s_number(tmp_path):
    rules = rules_of(rules=({**RECORDED[1], "规则": "丁", "表单": "客户档案", "值": "跟进记录"},))
    talks = {"customer_name": ["老名字公司"], "customer_no": ["CRM202610001"], "contact_time": [DAY]}
    path = archive(tmp_path / "a.xlsx", [{}, {"customer_name": "丁戊机械有限公司", "customer_no": None}])
    batch = receive([path], rules)
    for past, told in ((None, ["B4", "B5"]), ({"communication": pd.DataFrame(talks)}, ["B5"])):
        checked = validate.check(batch, rules, AS_OF, past=past)
        assert [f.place.cell for f in checked.findings if f.facts.get("why") == "rule"] == told


def test_a_customer_in_no_archive_is_told_at_an_own_field_with_the_name_that_is_near(tmp_path):
    one = archive(tmp_path / "a.xlsx", [{"customer_no": "CRM202610001"}])
    rows = [
        {**DRIVE, "客户名称": name}
        for name in ("甲乙丙机械有限公司", "CRM202610001", "甲乙两机械有限公司", "全然无关食品厂")
    ]
    two = sheet(tmp_path / "b.xlsx", "试乘试驾", HEAD, *rows)
    checked = validate.validate([one, two], rules_of(*TEST_DRIVE), AS_OF)
    told = [f for f in checked.findings if f.code == "unknown_reference"]
    assert [(f.place.cell, f.severity.value, f.facts.get("near")) for f in told] == [
        ("A6", "warning", "甲乙丙机械有限公司"),
        ("A7", "warning", None),
    ]
    assert WORDS.fix(told[0]).startswith("是不是 甲乙丙机械有限公司？")


def test_rows_of_an_own_form_that_the_state_holds_count_as_records(tmp_path):
    kind = "own/试乘试驾/试驾"
    rules = rules_of(*TEST_DRIVE, rules=RECORDED)
    held = pd.DataFrame({"rep": ["张三"], "客户名称": ["丁戊机械有限公司"], "试驾日期": [DAY]})
    path = archive(tmp_path / "a.xlsx", [{}, {"customer_name": "丁戊机械有限公司", "customer_no": None}])
    batch = receive([path], rules)
    for past, told in ((None, ["B4", "B5"]), ({kind: held}, ["B4"])):
        checked = validate.check(batch, rules, AS_OF, past=past)
        assert [f.place.cell for f in checked.findings if f.facts.get("why") == "rule"] == told


def test_a_key_that_stands_twice_on_a_form_is_told_at_the_later_row(tmp_path):
    rows = (DRIVE, {**DRIVE, "试驾日期": dt.datetime(2026, 11, 18)}, {**DRIVE, "试驾里程": 9})
    assert drives(tmp_path, *rows) == [("A6", "duplicate", "key")]
