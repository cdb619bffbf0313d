"""表单, 表单清单 and 检查规则: every fault of a definition stands at its cell and says how to mend it."""

from __future__ import annotations

import pytest

from .definitions import TEST_DRIVE, faults, loaded
from .sheets import WORDS

NAME = {"表单": "试驾", "项目": "车名", "类型": "文字", "必填": "是"}


def row(**fields: str) -> dict[str, str]:
    return fields


FAULTS = [
    ([row(项目="车名", 类型="文字")], "required", "A4", "form_missing"),
    ([{**NAME, "表单": "交接明细"}], "duplicate", "A4", "form_name_taken"),
    (
        [NAME, row(区块="乙", 项目="丙", 类型="文字"), row(区块="试驾", 项目="丁", 类型="文字")],
        "mismatch",
        "B6",
        "block_split",
    ),
    (
        [{**NAME, "形式": "卡片"}, row(形式="表格", 项目="丁", 类型="文字")],
        "mismatch",
        "C5",
        "shape_conflict",
    ),
    (
        [{**NAME, "形式": "重复卡片"}, row(区块="乙", 项目="丁", 类型="文字")],
        "mismatch",
        "C4",
        "repeat_not_alone",
    ),
    ([{**NAME, "表单": "长" * 32}], "format", "A4", "sheet_name"),
    ([NAME, row(项目="车名*", 类型="文字")], "duplicate", "D5", "label_twice"),
    ([NAME, row(项目="车型", 类型="文字", 也叫="车名、款式")], "duplicate", "R5", "alias_taken"),
    ([NAME, row(项目="电话", 类型="电话号")], "choice", "F5", "kind_unknown"),
    ([NAME, row(项目="电话")], "required", "F5", "kind_missing"),
    ([row(表单="客户档案", 项目="客户来源", 类型="文字")], "choice", "F4", "kind_fixed"),
    ([row(表单="客户档案", 项目="客户名称", 必填="不用")], "choice", "I4", "fixed"),
    ([NAME, row(项目="里程", 类型="数字", 最小=">5", 示例="3")], "format", "Q5", "example_invalid"),
    ([NAME, row(项目="里程", 类型="数字", 格式="##")], "format", "N5", "format_kind"),
    ([NAME, row(项目="编码", 类型="编号", 格式="*a*b*")], "format", "N5", "wildcard_runs"),
    ([NAME, row(项目="VIN", 类型="文字")], "format", "D5", "name_ascii"),
    ([NAME, row(项目="车型", 类型="选项", 取值="车型")], "unknown_reference", "G5", "list_unknown"),
    ([NAME, row(项目="车型", 类型="选项")], "required", "G5", "choices_missing"),
    ([NAME, row(项目="合计数", 类型="计算")], "required", "G5", "values_missing"),
    ([NAME, row(项目="合计数", 类型="计算", 取值="【数量】＊＊2")], "format", "G5", "formula_syntax"),
    ([NAME, row(项目="合计数", 类型="计算", 取值="【车明】×2")], "unknown_reference", "G5", "formula_label"),
    ([NAME, row(项目="合计数", 类型="计算", 取值="【车名】×2")], "type", "G5", "formula_text"),
    (
        [
            NAME,
            row(项目="价", 类型="金额"),
            row(项目="额", 类型="金额", 单位="万元"),
            row(项目="合计数", 类型="计算", 取值="【价】+【额】"),
        ],
        "type",
        "G7",
        "formula_units",
    ),
    (
        [
            NAME,
            row(项目="甲数", 类型="计算", 取值="【乙数】+1"),
            row(项目="乙数", 类型="计算", 取值="【甲数】+1"),
        ],
        "conflict",
        "G5",
        "formula_cycle",
    ),
    ([NAME, row(项目="里程", 类型="数字", 最小="9", 最大="5")], "range", "M5", "bounds_order"),
    ([NAME, row(项目="里程", 类型="数字", 最小="一百以上")], "type", "L5", "bound_type"),
    ([NAME, row(项目="里程", 类型="数字", 最小="今天")], "type", "L5", "bound_type"),
    ([NAME, row(项目="里程", 类型="数字", 最小="<5")], "type", "L5", "bound_type"),
    ([row(表单="客户档案", 项目="预计成交金额", 最小="-5")], "range", "L4", "bound_looser"),
    ([NAME, row(项目="里程", 类型="数字", 必填="条件必填")], "required", "J5", "condition_missing"),
    ([NAME, row(项目="里程", 类型="数字", 条件="车名 是 甲；成交")], "format", "J5", "condition_read"),
    ([NAME, row(项目="里程", 类型="数字", 条件="车名 大于 3")], "choice", "J5", "condition_test"),
    (
        [NAME, *(row(项目=name, 类型="成员", 用途="填报人") for name in ("甲员", "乙员"))],
        "duplicate",
        "K6",
        "role_twice",
    ),
    ([{**NAME, "用途": "日期"}], "type", "K4", "role_kind"),
    ([{**NAME, "用途": "主人"}], "choice", "K4", "role_unknown"),
    ([NAME, row(项目="起", 类型="日期", 用途="周期开始")], "required", "K5", "period_half"),
    ([NAME, row(项目="图", 类型="图片", 用途="键")], "type", "K5", "key_kind"),
    ([NAME, row(项目="价", 类型="金额", 单位="美元")], "choice", "H5", "unit_money"),
    ([NAME, row(项目="价", 类型="文字", 单位="个")], "choice", "H5", "unit_unused"),
    ([NAME, row(项目="图", 类型="图片", 最小="1")], "format", "L5", "bound_kind"),
]


@pytest.mark.parametrize(("rows", "code", "cell", "why"), FAULTS, ids=[f[3] for f in FAULTS])
def test_a_fault_of_a_definition_stands_at_its_cell(rows, code, cell, why):
    _, found = loaded(rows)
    assert faults(found) == [(code, cell, why)]
    assert WORDS.message(found[0])
    assert WORDS.fix(found[0])


RULE = {"规则": "甲", "表单": "客户档案", "作用": "必须", "项目": "流失原因", "比较": "不为空"}
NAMED = {**RULE, "项目": "客户名称"}
RULE_FAULTS = [
    ([{**RULE, "作用": "当"}], "required", "C4", "rule_empty"),
    ([{**NAMED, "比较": "有记录于", "值": "试驾"}], "unknown_reference", "F4", "rule_table"),
    ([{**RULE, "表单": "销售周报", "项目": "问题"}, {"作用": "必须", "项目": "计划事项", "比较": "不为空"}],
     "conflict", "D5", "rule_blocks"),
    ([{**RULE, "提示语": "【里程数】太少"}], "unknown_reference", "H4", "message_label"),
    ([{**RULE, "项目": "流失源因"}], "unknown_reference", "D4", "clause_field"),
    ([{**RULE, "比较": "大于", "值": "3"}], "choice", "E4", None),
    ([{**RULE, "比较": "是", "值": "天气"}], "choice", "F4", "clause_option"),
    ([{**RULE, "项目": "合同金额", "比较": "大于"}], "required", "F4", "clause_value"),
    ([{**RULE, "项目": "合同金额", "比较": "大于", "值": "今天"}], "type", "F4", "clause_type"),
    ([{**RULE, "项目": "合同金额", "比较": "大于", "值": "【年营收】"}], "type", "F4", "formula_units"),
    ([{**RULE, "项目": "签约日期", "比较": "几天以前", "值": "x"}], "type", "F4", "clause_days"),
    ([{**NAMED, "比较": "有记录于", "值": "跟进记录 去年"}], "choice", "F4", "rule_period"),
    ([{**RULE, "表单": None}], "required", "B4", "rule_form"),
    ([{**RULE, "表单": "客户挡案"}], "unknown_reference", "B4", None),
]  # fmt: skip


@pytest.mark.parametrize(("rows", "code", "cell", "why"), RULE_FAULTS, ids=[str(f[3]) for f in RULE_FAULTS])
def test_a_fault_of_a_rule_stands_at_its_cell(rows, code, cell, why):
    rules, found = loaded(rules=rows)
    assert faults(found) == [(code, cell, why)]
    assert WORDS.message(found[0])
    assert WORDS.fix(found[0])
    assert bool(rules.rules) is (why == "message_label")


def test_a_whole_definition_has_no_fault():
    assert loaded(TEST_DRIVE)[1] == []


def test_a_row_that_repeats_its_form_s_name_stays_in_the_block_above():
    every = [{**row, "表单": "试乘试驾"} for row in TEST_DRIVE]
    rules, remarks = loaded(every)
    assert faults(remarks) == []
    filled_down, _ = loaded(TEST_DRIVE)
    shapes = [
        [(b.title, b.shape, [c.label for c in b.columns]) for b in r.forms.own[0].blocks]
        for r in (rules, filled_down)
    ]
    assert shapes[0] == shapes[1]
    assert [len(columns) for _, _, columns in shapes[0]] == [2, 6]


def test_a_row_that_repeats_its_form_s_name_with_another_shape_is_of_a_block_without_a_title():
    card = {
        "表单": "试驾",
        "区块": "抬头",
        "形式": "卡片",
        "项目": "销售代表",
        "类型": "成员",
        "必填": "必填",
    }
    rules, remarks = loaded([card, {**NAME, "形式": "表格"}, {**NAME, "项目": "车价"}])
    assert faults(remarks) == []
    assert [(b.title, len(b.columns)) for b in rules.forms.own[0].blocks] == [("抬头", 1), ("试驾", 2)]


def test_a_list_of_the_team_s_own_is_let_in_where_a_field_asks_for_it():
    field = row(项目="车型", 类型="选项", 取值="车型")
    rules, found = loaded(
        [NAME, field], options=(("车型", "轿车", None, None), ("车型", "越野车", None, None))
    )
    assert found == []
    assert [o.value for o in rules.choices["车型"]] == ["轿车", "越野车"]
    _, found = loaded([NAME], options=(("车型", "轿车", None, None),))
    assert [(f.code, f.place.sheet) for f in found] == [("unknown_reference", "选项")]


def test_a_form_that_asks_for_what_another_one_asks_for_is_told_by_its_title_alone():
    _, found = loaded([NAME, {**NAME, "表单": "试坐"}])
    assert faults(found) == [("duplicate", "A5", "too_alike")]
    assert found[0].severity == "warning"


def test_what_is_said_of_a_form_that_nobody_defined_is_said():
    _, found = loaded([NAME], listed=[row(表单="试坐", 保存="最新")])
    assert [(f.place.sheet, *fault) for f, fault in zip(found, faults(found), strict=True)] == [
        ("表单清单", "unknown_reference", "A4", "form_undefined")
    ]
