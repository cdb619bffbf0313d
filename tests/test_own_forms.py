"""表单: a team says what its own forms have and ask for; reading, checks and blank forms follow."""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from openpyxl import Workbook

from salesxl import consolidate, drawing, schemas, settings, summary
from salesxl.columns import Need
from salesxl.intake.cache import taught
from salesxl.intake.headers import headers_of
from salesxl.needs import needs_of
from salesxl.rulebook import FieldRule, Member, Rulebook

from .sheets import RULES, WORDS, archive, check, spots, weekly

OMITTED, OPTIONAL, REQUIRED = (FieldRule(need) for need in ("omitted", "optional", "required"))
NO_REF = "unknown_reference"
HEAD = ("表单", "区块", "形式", "项目", "显示为", "类型", "取值", "单位", "必填", "条件", "用途")
HEAD += ("最小", "最大", "格式", "出错时", "说明", "示例", "也叫")


def ruled(**fields: FieldRule) -> Rulebook:
    """Return the rules of a team whose forms differ: ``customer__industry=OMITTED``."""
    return replace(RULES, fields={tuple(name.split("__")): rule for name, rule in fields.items()})


def loaded(tmp_path: Path, *rows: dict[str, str], rules: Rulebook = RULES):
    """Return rules and findings of a settings workbook with those rows on 表单, from row 4 on."""
    sheet_rows = openpyxl.load_workbook(io.BytesIO(drawing.settings_workbook(rules)))
    sheet = sheet_rows["表单"]
    assert tuple(cell.value.rstrip(" *") for cell in sheet[3]) == HEAD
    for name in ("表单", "表单清单", "检查规则"):
        for line in sheet_rows[name].iter_rows(min_row=4):
            for cell in line:
                cell.value = None
    for number, row in enumerate(rows, start=4):
        for label, value in row.items():
            sheet.cell(number, HEAD.index(label) + 1, value)
    path = tmp_path / "团队设置.xlsx"
    sheet_rows.save(path)
    return settings.load(path)


def without(tmp_path: Path, *gone: str, name: str = "a.xlsx", rows=({},)) -> Path:
    """Return an archive without some columns."""
    path = archive(tmp_path / name, rows)
    book = openpyxl.load_workbook(path)
    sheet = book.active
    for at in range(sheet.max_column, 0, -1):
        if sheet.cell(3, at).value in gone:
            sheet.delete_cols(at)
    book.save(path)
    return path


def test_what_the_sheet_says_is_read_and_written_back(tmp_path):
    rules, remarks = loaded(
        tmp_path,
        {"表单": "客户档案", "项目": "所属行业", "必填": "不用"},
        {"项目": "首次接触时间", "必填": "选填", "显示为": "初访日", "也叫": "第一次上门、开户日"},
        {"表单": "周报", "区块": "下周计划", "项目": "计划完成时间", "必填": "否"},
        {"表单": "销售过程记录", "项目": "审核人日期", "必填": "是", "说明": "经理签字的日期。"},
    )
    assert remarks == []
    assert rules.fields == {
        ("customer", "industry"): OMITTED,
        ("customer", "first_contact"): FieldRule("optional", "初访日", None, ("第一次上门", "开户日")),
        ("next_week", "due"): OPTIONAL,
        ("record", "reviewed_on"): FieldRule("required", help="经理签字的日期。"),
    }
    assert headers_of(rules)["customer_archive", "初访日"] == "首次接触时间"
    path = tmp_path / "again.xlsx"
    path.write_bytes(drawing.settings_workbook(rules))
    assert settings.load(path)[0].fields == rules.fields


@pytest.mark.parametrize(
    ("row", "code", "cell", "facts"),
    [
        ({"表单": "客户挡案", "项目": "客户来源"}, "unknown_reference", "A4", {"near": "客户档案"}),
        ({"表单": "客户档案", "项目": "客户来员"}, "unknown_reference", "D4", {"near": "客户来源"}),
        ({"表单": "客户档案", "项目": "车型"}, "unknown_reference", "D4", {"why": "no_field"}),
        (
            {"表单": "销售周报", "区块": "下周", "项目": "计划事项"},
            "unknown_reference",
            "B4",
            {"near": "下周计划"},
        ),
        ({"项目": "客户来源"}, "required", "A4", {}),
        ({"表单": "销售周报", "项目": "客户名称"}, "required", "B4", {"why": "which_block"}),
        ({"表单": "客户档案", "项目": "客户来源", "必填": "随便"}, "choice", "I4", {"why": "unknown"}),
        ({"表单": "客户档案", "项目": "客户名称", "必填": "不用"}, "choice", "I4", {"why": "fixed"}),
        ({"表单": "销售周报", "项目": "周期开始", "必填": "选填"}, "choice", "I4", {"why": "fixed"}),
        ({"表单": "客户交接清单", "项目": "接收人", "必填": "不用"}, "choice", "I4", {"why": "fixed"}),
        ({"表单": "客户档案", "项目": "客户编号", "必填": "必填"}, "choice", "I4", {"why": "computed"}),
        (
            {"表单": "客户档案", "项目": "客户来源", "类型": "文字"},
            "choice",
            "F4",
            {"why": "kind_fixed"},
        ),
        (
            {"表单": "客户档案", "项目": "客户来源", "条件": "x"},
            "format",
            "J4",
            {"why": "condition_read"},
        ),
    ],
)
def test_a_fault_of_the_sheet_is_a_finding_at_its_cell(tmp_path, row, code, cell, facts):
    rules, remarks = loaded(tmp_path, row)
    assert [(f.code, f.place.sheet, f.place.cell) for f in remarks] == [(code, "表单", cell)]
    assert facts.items() <= remarks[0].facts.items()
    assert WORDS.message(remarks[0])
    assert WORDS.fix(remarks[0])
    assert all(rule.need is None for rule in rules.fields.values()) or "条件" in row


def test_a_field_twice_is_a_duplicate_and_stage_and_status_may_not_both_go(tmp_path):
    twice = {"表单": "客户档案", "项目": "客户来源", "必填": "选填"}
    _, remarks = loaded(tmp_path, twice, {**twice, "必填": "不用"})
    assert [(f.code, f.place.cell) for f in remarks] == [("duplicate", "D5")]
    rules, remarks = loaded(
        tmp_path,
        {"表单": "客户档案", "项目": "成交阶段", "必填": "不用"},
        {"项目": "跟进状态", "必填": "选填"},
    )
    assert [(f.code, f.place.cell, f.facts["why"]) for f in remarks] == [("choice", "I5", "both_gone")]
    assert rules.fields["customer", "stage"] == OMITTED
    assert rules.fields["customer", "status"].need is None


def test_every_field_can_be_named_on_the_sheet_by_its_form_and_block(tmp_path):
    rows, expected = [], set()
    for form in schemas.FORMS:
        for spec in form.blocks:
            for column in spec.columns:
                rows.append(
                    {"表单": form.title, "区块": spec.title, "项目": settings.field_name(spec, column)}
                )
                expected.add((spec.kind, column.field))
    rules, remarks = loaded(tmp_path, *rows)
    assert remarks == []
    assert rules.fields.keys() == expected


@pytest.mark.parametrize("rule", [OMITTED, OPTIONAL])
def test_a_column_that_is_not_used_or_optional_may_be_missing_and_its_cells_blank(tmp_path, rule):
    gone = ("所属行业", "需求描述", "首次接触时间", "预计成交金额", "员工人数", "年营收(万元)")
    names = ("industry", "need", "first_contact", "expected_amount", "employees", "annual_revenue_wan")
    rules = ruled(**{f"customer__{name}": rule for name in names})
    checked = check(without(tmp_path, *gone), rules=rules)
    assert spots(checked) == set()
    assert checked.frames["customer"]["accepted"].tolist() == [True]
    blank = archive(tmp_path / "b.xlsx", [dict.fromkeys(names)])
    assert spots(check(blank, rules=rules)) == set()
    assert len(spots(check(without(tmp_path, *gone, name="c.xlsx")), "missing_column")) == 1


def test_a_form_is_recognised_by_what_the_team_asks_for(tmp_path):
    path = tmp_path / "a.xlsx"
    book = Workbook()
    for row in (
        ["客户名称", "客户来源", "联系方式", "成交阶段"],
        ["杭州远望贸易有限公司", "转介绍", "13911112222", "方案呈现"],
    ):
        book.active.append(row)
    book.save(path)
    assert {f.code for f in check(path).findings if f.severity == "warning"} == {"unrecognised"}
    asked = {"customer_name", "source", "contact", "stage"}
    gone = [c.field for c in schemas.block_spec("customer").columns if c.field not in asked and not c.fixed]
    checked = check(path, rules=ruled(**{f"customer__{name}": OMITTED for name in gone}))
    assert [s.form for s in checked.submissions] == ["customer_archive"]
    assert checked.frames["customer"]["accepted"].tolist() == [True]


def test_what_is_filled_in_all_the_same_is_read_and_checked(tmp_path):
    checked = check(archive(tmp_path / "a.xlsx", [{"source": "托梦"}]), rules=ruled(customer__source=OMITTED))
    assert spots(checked, "choice") == {("D4", "choice")}
    checked = check(archive(tmp_path / "b.xlsx", [{}]), rules=ruled(customer__source=OMITTED))
    assert checked.frames["customer"]["source"].tolist() == ["展会"]


def test_an_optional_field_may_be_required(tmp_path):
    rules = ruled(customer__contact_title=REQUIRED)
    checked = check(archive(tmp_path / "a.xlsx", [{"contact_title": None}]), rules=rules)
    assert spots(checked) == {("H4", "required")}
    gone = without(tmp_path, "联系人职务", name="b.xlsx")
    assert spots(check(gone, rules=rules), "missing_column") == {("A3", "missing_column")}


@pytest.mark.parametrize(
    ("rules", "asked"),
    [
        ({}, "either"),
        ({"customer__employees": OMITTED}, "either"),
        ({"customer__employees": OPTIONAL}, "optional"),
        ({"customer__employees": REQUIRED}, "optional"),
    ],
)
def test_of_two_columns_the_other_one_is_asked_for_only_where_the_first_is_gone(rules, asked):
    spec = needs_of(ruled(**rules).fields).spec(schemas.block_spec("customer"))
    assert spec.column("annual_revenue_wan").need == Need(asked)


def test_conditional_columns_that_a_team_does_without_are_asked_of_nobody(tmp_path):
    won = {"status": "成交", "stage": "成交签约", "expected_close": None}
    rules = ruled(**{f"customer__{n}": OMITTED for n in ("contract_no", "contract_amount", "contract_end")})
    assert "required" in {code for _, code in spots(check(archive(tmp_path / "a.xlsx", [won])))}
    assert spots(check(archive(tmp_path / "a.xlsx", [won]), rules=rules)) == set()


@pytest.mark.parametrize(
    ("gone", "kept", "rows"),
    [
        (
            "status",
            "stage",
            [("需求确认", "潜在"), ("成交签约", "成交"), ("售后维护", "成交"), ("线索终止", "流失")],
        ),
        ("stage", "status", [("意向", None), ("成交", "成交签约"), ("流失", "线索终止"), ("潜在", None)]),
    ],
)
def test_status_and_stage_are_worked_out_from_one_another(tmp_path, gone, kept, rows):
    label = schemas.block_spec("customer").column(gone).label
    given = [
        {"customer_name": f"第{n}机械有限公司", "contact": f"1380013800{n}", "customer_no": None, kept: value}
        for n, (value, _) in enumerate(rows)
    ]
    path = without(tmp_path, label, "预计成交日期", rows=given)
    names = ("expected_close", "contract_no", "contract_amount", "contract_end", "loss_reason")
    checked = check(
        path, rules=ruled(**{f"customer__{gone}": OMITTED, **{f"customer__{n}": OPTIONAL for n in names}})
    )
    assert spots(checked) == set()
    found = checked.frames["customer"][gone].astype(object).where(lambda s: s.notna(), None)
    assert found.tolist() == [meant for _, meant in rows]


def test_where_the_standard_holds_nothing_is_worked_out(tmp_path):
    checked = check(archive(tmp_path / "a.xlsx", [{"status": None}]))
    assert spots(checked) == {("L4", "required")}
    assert checked.frames["customer"]["status"].isna().all()


@pytest.mark.parametrize("kept", ["stage", "status"])
def test_a_week_of_forms_with_nothing_but_what_no_team_can_do_without_is_analysed(tmp_path, kept):
    fields = {
        (spec.kind, column.field): OMITTED
        for form in schemas.FORMS
        for spec in form.blocks
        for column in spec.columns
        if not column.fixed and (spec.kind, column.field) != ("customer", kept)
    }
    members = (Member("张三", "一组"), Member("李四", "一组"))
    rules = replace(RULES, fields=fields, members=members, has_roster=True)
    assert drawing.blank_form("customer_archive", rules)
    label = schemas.block_spec("customer").column(kept).label
    states = {"stage": ("需求确认", "成交签约", "线索终止"), "status": ("意向", "成交", "流失")}[kept]
    firms = [[f"第{n}机械有限公司", state] for n, state in enumerate(states)]
    monday, sunday = dt.date(2026, 11, 16), dt.date(2026, 11, 22)
    sheets = {
        "张三.xlsx": [["客户档案"], ["客户名称", label], *firms],
        "李四-周报.xlsx": [["销售周报"], ["周期开始", monday], ["周期结束", sunday]],
        "张三-记录.xlsx": [
            ["销售过程标准记录表"],
            ["客户名称", "第0机械有限公司", "联系人", "王总"],
            ["沟通记录"],
            ["沟通时间", "沟通内容"],
            [dt.datetime(2026, 11, 17, 10), "介绍方案，客户要求缩短交期到8天"],
        ],
    }
    for name, rows in sheets.items():
        made = Workbook()
        for row in rows:
            made.active.append(row)
        made.save(tmp_path / name)
    checked = check(*(tmp_path / name for name in sheets), rules=rules)
    assert not [f for f in checked.findings if f.severity == "error"]
    team = consolidate.consolidate(checked, rules)
    customers = team.tables["customer"]
    assert len(customers) == 3
    assert customers["customer_no"].str.match(r"CRM202611\d{3}$").all()
    assert customers["customer_no"].is_unique
    assert len(team.tables["communication"]) == len(team.tables["weekly_report"]) == 1
    figures = summary.summarise(team, rules, WORDS)
    assert figures["detail"]["rows"]


def test_new_customers_are_not_held_against_an_archive_without_the_first_contact(tmp_path):
    paths = [without(tmp_path, "首次接触时间"), weekly(tmp_path / "w.xlsx", new_customers=1, follow_ups=0)]
    rules = ruled(customer__first_contact=OMITTED)
    assert spots(check(*paths, rules=rules), "mismatch") == set()


def test_what_the_sheet_says_of_reading_is_part_of_the_caches_key():
    plain = taught({}, {}, needs_of({}))
    assert plain == taught({}, {})
    assert plain != taught({}, {}, needs_of(ruled(customer__source=OMITTED).fields))
    shown = ruled(customer__source=FieldRule(shown="渠道名"))
    assert headers_of(shown) != headers_of(RULES)


@pytest.mark.parametrize("name", drawing.form_names())
def test_a_blank_form_has_what_the_team_uses_under_its_own_words_and_is_read_back(tmp_path, name):
    form = schemas.form(name)
    fields = {}
    for spec in form.blocks:
        for at, column in enumerate(spec.columns):
            if not column.fixed and column.field not in ("stage", "status") and at % 3 == 2:
                fields[spec.kind, column.field] = OMITTED
    some = next((s.kind, c.field) for s in form.blocks for c in s.columns if c.fixed)
    fields[some] = FieldRule(shown="自家叫法", help="照营业执照。")
    rules = replace(RULES, fields=fields)
    path = tmp_path / f"{form.title}.xlsx"
    path.write_bytes(drawing.blank_form(name, rules))
    sheet = openpyxl.load_workbook(path).active
    texts = {str(cell.value).rstrip(" *") for row in sheet.iter_rows() for cell in row if cell.value}
    labels = [(s.kind, c.field, c.label) for s in form.blocks for c in s.drawn if not c.follows]
    for kind, field, label in labels:
        others = [1 for k, f, other in labels if other == label and (k, f) not in fields]
        if fields.get((kind, field)) == OMITTED and not others:
            assert label not in texts
        elif (kind, field) not in fields:
            assert label in texts
    assert "自家叫法" in texts
    assert "照营业执照。" in {v.prompt for v in sheet.data_validations.dataValidation}
    checked = check(path, rules=rules)
    assert [s.form for s in checked.submissions] == [name]
    codes = {f.code for f in checked.findings}
    assert codes.isdisjoint({"missing_column", "column_guessed", "template_outdated"})


def test_a_blank_form_without_a_word_of_the_team_is_the_standard_one():
    assert drawing.blank_form("weekly_report", replace(RULES, fields={})) == drawing.blank_form(
        "weekly_report", RULES
    )
