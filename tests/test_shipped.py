"""The forms that come with the package: switched on, drawn, filled in with dirt, and what comes of it."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from salesxl import consolidate, drawing, settings, validate
from salesxl.model import Finding
from salesxl.rulebook import Member, Rulebook
from salesxl.schemas import block_spec
from salesxl.settings.shipped import ROWS, shipped_forms

from .definitions import loaded
from .sheets import AS_OF, WORDS, archive

DAY = dt.datetime(2026, 11, 18)
LATER = dt.datetime(2026, 12, 18)
FIRM = "甲乙丙机械有限公司"
NAMES = [one.title for one in shipped_forms() if one.rows["form_list"]]
REP = {"销售代表": "张三"}
WEEK = {"周期开始": dt.datetime(2026, 11, 1), "周期结束": dt.datetime(2026, 11, 30)}
CARDS: dict[str, dict[str, Any]] = {
    "销售机会立项表": {
        **{"机会名称": "甲乙丙2026年度采购", "客户名称": FIRM, "销售代表": "张三", "立项日期": DAY},
        **{"预估金额": 350000, "预计成交日期": LATER, "当前阶段": "需求确认"},
        "核心需求": "采购80台办公电脑，12月底前到货",
    },
    "销售订单": REP,
    "业绩责任书": {**REP, **WEEK, "销售代表签字": "张三", "经理签字": "孙经理"},
    "改进计划": {**REP, **WEEK, "原因": "客户流失、资源不足", "分析": "本月完成目标的52%，两个大客户推迟"},
    "展厅客流": {**REP, "到店日期": DAY},
    "试乘试驾": REP,
}
TABLES: dict[str, dict[str, Any]] = {
    "销售订单": {
        **{"订单编号": "DD-01", "客户名称": FIRM, "产品型号": "HC-300", "产品类别": "设备", "数量": 2},
        **{"单价": 45000, "金额": None, "成本": 66000, "利润": None, "下单日期": DAY, "交货日期": LATER},
        **{"实际交货日期": None, "付款方式": "月结", "销售区域": "华东", "订单状态": "执行中"},
    },
    "合同": {
        **{"合同编号": "HT-1", "客户名称": FIRM, "销售代表": "张三", "金额": "35万", "签约日期": DAY},
        **{"到期日": dt.datetime(2027, 11, 17), "付款周期": "月结30天", "法务审核日期": DAY},
        **{"财务审核日期": DAY, "盖章件归档": "√"},
    },
    "售后回访": {
        **{"客户名称": FIRM, "回访时间": dt.datetime(2026, 11, 18, 10, 30), "销售代表": "张三"},
        **{"方式": "电话", "内容": "设备运行两周正常，要求补一份操作手册", "满意度": 4},
        **{"问题": None, "处理结果": None},
    },
    "考核数据": {"被考核人": "张三", "期间": "2026Q4", "指标": "费用", "数值": 8200, "来源": "报销单"},
    "业绩责任书": {"指标": "签单数", "目标值": 12},
    "改进计划": {
        **{"措施": "走访6家老客户，报配件价", "计划完成日期": LATER, "负责人": "张三"},
        **{"完成情况": "未开始", "跟进结果": None},
    },
    "展厅客流": {
        **{"客户姓名": "陈先生", "性别": "男", "手机": "139 1111 2222", "来源": "展会"},
        **{"预计购车日期": LATER, "区域": "西湖区"},
    },
    "试乘试驾": {
        **{"客户名称": FIRM, "试驾日期": DAY, "试驾里程": "8公里", "身份证号": "11010519491231002X"},
        **{"驾驶证号": "110105194912310", "手机": "13911112222"},
    },
}
"""What each form holds when it is filled in well."""
Case = tuple[str, dict[str, Any], set[tuple[str, str, str]]]
DIRT: list[Case] = [
    ("销售机会立项表", {"立项日期": LATER}, {("立项日期", "future_date", "error")}),
    ("销售机会立项表", {"核心需求": "同上"}, {("核心需求", "vague", "warning")}),
    (
        "销售机会立项表",
        {"当前阶段": "成交签约"},
        {(name, "required", "error") for name in ("合同编号", "合同金额", "付款周期")},
    ),
    ("销售机会立项表", {"当前阶段": "线索终止"}, {("失败原因", "required", "error")}),
    ("销售机会立项表", {"经理审核": "退回"}, {("审核意见", "own", "warning")}),
    ("销售订单", {"数量": 0}, {("数量", "range", "error")}),
    ("销售订单", {"金额": 89000}, {("金额", "mismatch", "warning")}),
    ("销售订单", {"交货日期": dt.datetime(2026, 11, 1)}, {("交货日期", "range", "error")}),
    ("销售订单", {"订单状态": "已交付"}, {("实际交货日期", "own", "warning")}),
    ("销售订单", {"产品型号": None}, {("产品型号", "required", "error")}),
    ("合同", {"金额": 0}, {("金额", "range", "error")}),
    (
        "合同",
        {"签约日期": dt.datetime(2026, 11, 2)},
        {("法务审核日期", "own", "warning"), ("财务审核日期", "own", "warning")},
    ),
    ("售后回访", {"满意度": 6}, {("满意度", "range", "error")}),
    ("售后回访", {"满意度": 2}, {("处理结果", "own", "error")}),
    ("售后回访", {"方式": "托梦"}, {("方式", "choice", "error")}),
    ("考核数据", {"期间": "上个月"}, {("期间", "format", "error")}),
    ("考核数据", {"来源": None}, {("来源", "required", "error")}),
    ("业绩责任书", {"周期结束": dt.datetime(2026, 11, 1)}, {("周期结束", "range", "error")}),
    ("业绩责任书", {"目标值": 0}, {("目标值", "range", "error")}),
    ("业绩责任书", {"经理签字": None}, {("经理签字", "own", "warning")}),
    ("改进计划", {"原因": "客户流失、天气"}, {("原因", "choice", "error")}),
    ("改进计划", {"完成情况": "已完成"}, {("跟进结果", "own", "warning")}),
    ("展厅客流", {"预计购车日期": dt.datetime(2026, 11, 1)}, {("预计购车日期", "range", "error")}),
    ("展厅客流", {"预计购车日期": dt.datetime(2026, 11, 22)}, {("客户姓名", "own", "notice")}),
    ("展厅客流", {"手机": "1391111222"}, {("手机", "format", "error")}),
    ("试乘试驾", {"试驾里程": "3.2 公里"}, {("试驾里程", "range", "error")}),
    ("试乘试驾", {"身份证号": "110105194912310021"}, {("身份证号", "format", "error")}),
    ("试乘试驾", {"驾驶证号": "1101"}, {("驾驶证号", "range", "error")}),
]
"""What is put in instead, and which findings come of it: label, code, severity."""


def rows_of(sheet: str) -> list[dict[str, Any]]:
    """Return the rows of every definition that comes with the package, by the labels of the sheet."""
    columns = {c.field: c.label for c in block_spec(sheet).columns}
    return [{columns[k]: v for k, v in row.items()} for one in shipped_forms() for row in one.rows[sheet]]


@pytest.fixture(scope="module")
def rules() -> Rulebook:
    found, remarks = loaded(*map(rows_of, ROWS))
    assert [WORDS.remark(f) for f in remarks] == []
    return replace(found, members=(Member("张三", "一组"),), has_roster=True)


def filled(rules: Rulebook, path: Path, title: str, changed: dict[str, Any]) -> dict[str, str]:
    """Fill in the blank form; return the address of each field's cell by label."""
    form = next(f for f in rules.forms.own if f.title == title)
    path.write_bytes(drawing.blank_form(form.name, rules))
    book = openpyxl.load_workbook(path)
    sheet, at = book.active, {}
    for block in form.blocks:
        values = {**(TABLES if block.shape == "table" else CARDS)[title]}
        values |= {k: v for k, v in changed.items() if k in {c.label for c in block.columns}}
        spots = {}
        for line in sheet.iter_rows():
            for cell in line:
                if isinstance(cell.value, str):
                    spots.setdefault(cell.value.rstrip(" *").split("(")[0], cell)
        down, right = (2, 0) if block.shape == "table" else (0, 1)
        for column in block.columns:
            cell = sheet.cell(spots[column.label].row + down, spots[column.label].column + right)
            at[column.label] = cell.coordinate
            if column.label in values:
                cell.value = values[column.label]
    book.save(path)
    return at


def judged(rules: Rulebook, tmp_path: Path, title: str, changed: dict[str, Any]):
    path = tmp_path / f"{title}.xlsx"
    at = filled(rules, path, title, changed)
    customers = archive(tmp_path / "档案.xlsx", [{"customer_name": FIRM}])
    return validate.validate([path, customers], rules, AS_OF), path, at


def mine(findings: tuple[Finding, ...], path: Path) -> list[Finding]:
    return [f for f in findings if f.place.file == path.name]


def test_all_of_them_come_switched_off_and_stand_on_the_sheets_of_the_settings(tmp_path):
    rules = settings.default_rulebook()
    assert rules.forms.own == ()
    path = tmp_path / "团队设置.xlsx"
    path.write_bytes(drawing.settings_workbook(rules))
    book = openpyxl.load_workbook(path)
    listed = [(row[0], row[1]) for row in book["表单清单"].iter_rows(min_row=4, values_only=True) if row[0]]
    offered = ["销售机会立项表", "销售订单", "合同", "售后回访", "考核数据", "业绩责任书", "改进计划"]
    assert listed == [(title, "否") for title in offered]
    named = [row[0] for row in book["表单"].iter_rows(min_row=4, values_only=True) if row[0]]
    assert named == offered


def test_one_word_on_the_list_of_forms_switches_one_on_with_its_rules(tmp_path):
    path = tmp_path / "团队设置.xlsx"
    path.write_bytes(drawing.settings_workbook())
    book = openpyxl.load_workbook(path)
    book["表单清单"]["B6"] = "是"
    book.save(path)
    rules, remarks = settings.load(path)
    assert remarks == []
    assert [form.title for form in rules.forms.own] == ["合同"]
    assert [rule.name for rule in rules.rules] == ["法务审核期限", "财务审核期限"]
    assert drawing.form_names(rules.forms)[-1] == "合同"


def test_settings_that_lack_the_rows_of_a_form_have_them_once_it_is_switched_on():
    rules, remarks = loaded((), [{"表单": "售后回访", "启用": "是"}, {"表单": "合同", "启用": "否"}])
    assert remarks == []
    assert [form.title for form in rules.forms.own] == ["售后回访"]
    assert [rule.name for rule in rules.rules] == ["不满意要处理"]


def test_the_rows_that_a_team_has_changed_are_the_ones_that_count():
    rows = [
        {"表单": "合同", "项目": "合同编号", "类型": "编号", "必填": "是"},
        {"项目": "金额", "类型": "金额"},
    ]
    rules, remarks = loaded(rows, [{"表单": "合同", "启用": "是"}], [])
    assert remarks == []
    assert [c.label for c in rules.forms.own[0].blocks[0].columns] == ["合同编号", "金额"]


def test_a_list_of_choices_is_the_team_s_as_soon_as_it_stands_on_the_sheet():
    listed = [{"表单": "销售订单", "启用": "是"}]
    rules, remarks = loaded((), listed, (), [("付款方式", "现金"), ("付款方式", "转账")])
    assert remarks == []
    assert [o.value for o in rules.choices["付款方式"] if o.value in ("现金", "转账")] == ["现金", "转账"]
    assert "设备" in {o.value for o in rules.choices["产品类别"]}


@pytest.mark.parametrize("title", NAMES)
def test_a_blank_form_of_each_is_recognised_and_holds_no_record(rules, tmp_path, title):
    form = next(f for f in rules.forms.own if f.title == title)
    path = tmp_path / "表.xlsx"
    path.write_bytes(drawing.blank_form(form.name, rules))
    checked = validate.validate([path], rules, AS_OF)
    assert [s.form for s in checked.submissions] == [form.name]
    assert [f.code for f in checked.findings if f.place.cell and f.code != "required"] == []
    assert sum(len(checked.frames.get(b.kind, ())) for b in form.blocks if b.shape == "table") == 0


@pytest.mark.parametrize("title", NAMES)
def test_each_filled_in_well_has_no_finding_and_goes_in(rules, tmp_path, title):
    checked, path, _ = judged(rules, tmp_path, title, {})
    assert [(f.place.cell, f.code, WORDS.message(f)) for f in mine(checked.findings, path)] == []
    form = next(f for f in rules.forms.own if f.title == title)
    for block in form.blocks:
        assert checked.frames[block.kind]["accepted"].tolist() == [True]


@pytest.mark.parametrize(("title", "changed", "expected"), DIRT)
def test_dirt_is_found_at_its_cell(rules, tmp_path, title, changed, expected):
    checked, path, at = judged(rules, tmp_path, title, changed)
    found = {(f.place.cell, f.code, str(f.severity)) for f in mine(checked.findings, path)}
    assert found == {(at[label], code, severity) for label, code, severity in expected}


def test_what_is_worked_out_stands_in_the_book(rules, tmp_path):
    checked, _, _ = judged(rules, tmp_path, "销售订单", {})
    team = consolidate.consolidate(checked, rules)
    (kind,) = (b.kind for f in rules.forms.own for b in f.blocks if b.title == "订单明细")
    row = team.further[kind].rows.iloc[0]
    assert (float(row["金额"]), float(row["利润"]), row["产品型号"]) == (90000, 24000, "HC-300")
