"""salesxl form new: rows of a definition from a workbook that a team uses already."""

from __future__ import annotations

import datetime as dt

import openpyxl
import pytest
from click.testing import CliRunner
from openpyxl.comments import Comment
from openpyxl.worksheet.datavalidation import DataValidation

from salesxl import drawing, settings
from salesxl.cli import main
from salesxl.schemas import block_spec
from salesxl.workspace import new_form

DAY = dt.datetime(2026, 11, 2)
RULES = settings.default_rulebook()


def saved(tmp_path, *rows, name="试驾.xlsx", change=None):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    if change:
        change(book.active)
    book.save(tmp_path / name)
    return tmp_path / name


def said(found, *names):
    return [tuple(row.said.get(name) for name in names) for row in found.rows]


TABLE = (
    ("试驾登记表",),
    ("销售代表", "陈晓", "填表日期", DAY),
    ("客户姓名", "试驾日期", "里程(公里)*", "身份证号", "满意度", "费用(元)", "到场", "合计"),
    *(
        (f"客户{n}", DAY + dt.timedelta(days=n), 6.5 + n, "11010519491231002X", "好", 30, "√", None)
        for n in range(6)
    ),
)


def test_a_table_under_a_card_becomes_two_blocks_with_kinds_units_and_needs(tmp_path):
    found, ours = new_form.begin("试驾记录", saved(tmp_path, *TABLE), RULES)
    assert ours is None
    assert found.title == "试驾登记表"
    assert said(found, "form", "block", "shape", "label", "kind", "unit") == [
        ("试驾记录", "填表信息", "卡片", "销售代表", "成员", None),
        (None, None, None, "填表日期", "日期", None),
        (None, "试驾记录", "表格", "客户姓名", "客户", None),
        (None, None, None, "试驾日期", "日期", None),
        (None, None, None, "里程", "数字", "公里"),
        (None, None, None, "身份证号", "身份证", None),
        (None, None, None, "满意度", "文字", None),
        (None, None, None, "费用", "金额", "元"),
        (None, None, None, "到场", "是否", None),
        (None, None, None, "合计", "文字", None),
    ]
    by = {row.said["label"]: row for row in found.rows}
    assert by["里程"].said["need"] == "必填"
    assert "need" not in by["里程"].unsure
    assert (by["费用"].said["need"], "need" in by["费用"].unsure) == ("必填", True)
    assert "need" not in by["合计"].said
    assert (by["客户姓名"].said["role"], "role" in by["客户姓名"].unsure) == ("键", True)
    assert by["客户姓名"].said["sample"] != "客户0"


def test_what_validation_allows_tells_the_kind_choices_and_bounds(tmp_path):
    def change(sheet):
        sheet["K11"], sheet["K12"], sheet["K13"] = "轿车", "SUV", "MPV"
        for ref, rule in {
            "A2:A20": DataValidation(type="list", formula1='"好,一般,差"'),
            "B2:B20": DataValidation(type="list", formula1="$K$11:$K$13"),
            "C2:C20": DataValidation(type="whole", operator="between", formula1="1", formula2="5"),
            "D2:D20": DataValidation(type="decimal", operator="greaterThan", formula1="5"),
            "E2:E20": DataValidation(type="date", operator="lessThanOrEqual", formula1="TODAY()"),
            "F2:F20": DataValidation(type="custom", formula1="LEN(F2)>3"),
        }.items():
            sheet.add_data_validation(rule)
            rule.add(ref)

    path = saved(tmp_path, ("评价", "车型", "得分", "里程", "日子", "编码"), change=change)
    found, _ = new_form.begin("评价表", path, RULES)
    assert said(found, "label", "kind", "choices", "minimum", "maximum")[:5] == [
        ("评价", "选项", "好、一般、差", None, None),
        ("车型", "选项", "轿车、SUV、MPV", None, None),
        ("得分", "整数", None, "1", "5"),
        ("里程", "数字", None, ">5", None),
        ("日子", "日期", None, None, "今天"),
    ]
    assert found.rows[5].note == "原表的自定义校验没有带过来"


def test_a_header_of_two_rows_is_told_above_and_below(tmp_path):
    def change(sheet):
        for ref in ("A2:A3", "B2:C2", "D2:E2"):
            sheet.merge_cells(ref)

    path = saved(
        tmp_path,
        ("进店统计表",),
        ("门店", "上午", None, "下午", None),
        (None, "人数", "成交", "人数", "成交"),
        ("一店", 3, 1, 5, 2),
        change=change,
    )
    found, _ = new_form.begin("进店统计", path, RULES)
    assert [row.said["label"] for row in found.rows] == [
        "门店",
        "上午·人数",
        "上午·成交",
        "下午·人数",
        "下午·成交",
    ]
    assert {row.said["kind"] for row in found.rows[1:]} == {"整数"}


def test_a_card_alone_and_a_need_told_in_a_note(tmp_path):
    def change(sheet):
        sheet["A3"].comment = Comment("必填：与合同一致", "x")

    path = saved(
        tmp_path,
        ("立项审批表",),
        ("项目名称", None, "申请人", None),
        ("合同号*", None, "申请日期", None),
        ("预算(万元)", None, None, None),
        change=change,
    )
    found, _ = new_form.begin("立项审批", path, RULES)
    assert said(found, "shape", "label", "kind", "unit", "need") == [
        ("卡片", "项目名称", "文字", None, None),
        (None, "申请人", "文字", None, None),
        (None, "合同号", "文字", None, "必填"),
        (None, "申请日期", "文字", None, None),
        (None, "预算", "金额", "万元", None),
    ]


def test_formulas_over_one_row_are_worked_out_and_few_texts_in_many_rows_are_choices(tmp_path):
    rows = [("单号", "数量", "单价", "总价", "等次")]
    rows += [(f"D{n:03}", n, 2.5, f"=B{n + 1}*C{n + 1}", "甲乙"[n % 2]) for n in range(1, 25)]
    found, _ = new_form.begin("出库单", saved(tmp_path, *rows), RULES)
    assert said(found, "label", "kind", "choices")[3:] == [
        ("总价", "计算", "【数量】×【单价】"),
        ("等次", "选项", "乙、甲"),
    ]


def test_of_one_of_our_own_forms_only_the_further_columns_are_proposed(tmp_path):
    path = tmp_path / "档案.xlsx"
    path.write_bytes(drawing.blank_form("customer_archive"))
    book = openpyxl.load_workbook(path)
    sheet = book.active
    head = next(row for row in sheet.iter_rows() if row[1].value and "客户名称" in str(row[1].value))
    sheet.cell(head[0].row, sheet.max_column + 1).value = "意向车型"
    book.save(path)
    found, ours = new_form.begin("客户表", path, RULES)
    assert ours is not None
    assert ours.title == "客户档案"
    assert said(found, "form", "label") == [("客户档案", "意向车型")]


def test_the_command_writes_a_copy_beside_the_settings_whose_rows_have_no_fault(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    own = tmp_path / "团队设置.xlsx"
    own.write_bytes(drawing.settings_workbook())
    before = own.read_bytes()
    path = saved(tmp_path, *TABLE)
    done = CliRunner().invoke(main, ["form", "new", "试驾记录", str(path), "--settings", str(own)])
    assert done.exit_code == 0, done.output
    assert own.read_bytes() == before
    copy = tmp_path / "团队设置 · 试驾记录.xlsx"
    rules, faults = settings.load(copy)
    assert faults == []
    assert [form.title for form in rules.forms.own] == ["试驾记录"]
    sheet = openpyxl.load_workbook(copy)["表单"]
    at = {cell.value.rstrip(" *"): cell.column for cell in sheet[3] if cell.value}
    row = next(r for r in range(4, sheet.max_row) if sheet.cell(r, at["项目"]).value == "费用")
    assert sheet.cell(row, at["必填"]).fill.fgColor.rgb == "FFFFF2CC"
    assert sheet.cell(row, at["类型"]).fill.fgColor.rgb != "FFFFF2CC"
    again = CliRunner().invoke(main, ["form", "new", "试驾记录", "--settings", str(copy)])
    assert again.exit_code != 0
    assert "已经有" in again.output


def test_without_a_workbook_a_definition_begins_with_who_whose_and_when(tmp_path):
    found, _ = new_form.begin("门店走访", None, RULES)
    assert said(found, "form", "label")[0] == ("门店走访", "销售代表")
    rules, faults = settings.load(new_form.write(found.rows, None, tmp_path / "团队设置.xlsx"))
    assert faults == []
    assert {c.field for b in rules.forms.own[0].blocks for c in b.columns} == {"销售代表", "客户名称", "日期"}


def test_a_workbook_without_a_form_is_refused(tmp_path):
    path = saved(tmp_path, ("随便写的一句话",), (None, 3))
    done = CliRunner().invoke(main, ["form", "new", "走访", str(path)])
    assert done.exit_code != 0
    assert "没有找到表单" in done.output


@pytest.mark.parametrize("kind", ["form"])
def test_what_is_proposed_stands_on_the_sheet(kind):
    known = {column.field for column in block_spec(kind).columns}
    assert {name for row in new_form.START.rows for name in row.said} <= known
