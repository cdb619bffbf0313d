"""Tables as other companies have them: reps by row, own numbers, flat logs, hidden copies."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from salesxl import settings, validate
from salesxl.consolidate import consolidate
from salesxl.intake import Batch
from salesxl.model import CellValue, Checked, Grid, Severity, Workbook
from salesxl.parsing import contact
from salesxl.recognition import read_workbook
from salesxl.recognition.own_fields import is_own_number
from salesxl.validate import check
from salesxl.workspace.batch_report import owner
from salesxl.workspace.returns import to_return
from tests import layouts
from tests.test_reading import CUSTOMER, Canvas

CASES = Path(__file__).parent / "data" / "cases" / "forms"
RULES = settings.default_rulebook()
AS_OF = dt.date(2026, 11, 20)


def case(name: str) -> Checked:
    (path,) = CASES.glob(f"{name}*")
    return validate.validate([path], RULES, AS_OF)


def sheets(*canvases: Canvas, file: str = "a.xlsx") -> Checked:
    forms, said = read_workbook(Workbook(file, tuple(c.grid() for c in canvases)))
    return check(Batch({file: Path(file)}, tuple(forms), tuple(said)), RULES, AS_OF)


def told(checked: Checked, least: Severity = Severity.WARNING) -> list[tuple[str, str | None]]:
    heavy = {Severity.ERROR, Severity.WARNING} if least is Severity.WARNING else set(Severity)
    return [(f.code, f.place.cell) for f in checked.findings if f.severity in heavy]


def book(checked: Checked, table: str = "customer") -> list[dict[str, object]]:
    rows: list[dict[str, object]] = consolidate(checked, RULES).tables[table].to_dict("records")
    return rows


def customers(*rows: dict[str, CellValue], head: str | None = "王小明") -> Canvas:
    canvas = Canvas("客户档案")
    if head:
        canvas.put(1, 1, "销售代表", head)
    header = list(dict.fromkeys(name for row in rows for name in row))
    return canvas.table(3, 1, header, *([row.get(name) for name in header] for row in rows))


def customer(name: str, **more: CellValue) -> dict[str, CellValue]:
    row = {k: v for k, v in CUSTOMER.items() if k != "客户编号"}
    return {**row, "客户名称": name, **more}


def test_a_column_of_reps_gives_each_row_its_rep() -> None:
    found = case("r1")
    assert told(found) == []
    assert [row["rep"] for row in book(found)] == ["张三", "李四", "张三", "李四"]


@pytest.mark.parametrize(
    "header", ["负责人", "归属人", "业务员", "所属销售", "客户经理", "跟单业务", "销售负责人"]
)
def test_a_column_of_reps_is_told_by_many_words_and_beats_the_card(header: str) -> None:
    found = sheets(
        customers(
            customer("甲机械有限公司", **{header: "李四"}), customer("乙机械有限公司", **{header: "赵六"})
        )
    )
    assert [row["rep"] for row in book(found)] == ["李四", "赵六"]


def test_a_blank_cell_among_reps_is_the_cards_rep_and_without_one_an_error_on_its_row() -> None:
    rows = customer("甲机械有限公司", 业务员="李四"), customer("乙机械有限公司", 业务员=None)
    assert [row["rep"] for row in book(sheets(customers(*rows)))] == ["李四", "王小明"]
    alone = sheets(customers(*rows, head=None))
    assert [code for code, _ in told(alone)] == ["required"]
    assert [row["rep"] for row in book(alone)] == ["李四"]


def test_a_form_that_names_nobody_is_one_finding_and_the_files_name_may_name_them() -> None:
    canvas = customers(customer("甲机械有限公司"), customer("乙机械有限公司"), head=None)
    (finding,) = [f for f in sheets(canvas).findings if f.severity is not Severity.NOTICE]
    assert (finding.code, finding.field, finding.facts["why"], finding.place.cell) == (
        "required",
        "rep",
        "nobody",
        "A3",
    )


def test_a_fault_goes_to_the_rep_of_its_row() -> None:
    rows = (
        customer("甲机械有限公司", 业务员="李四", 联系方式="13900139000"),
        customer("乙机械有限公司", 业务员="赵六", 预计成交金额="很多"),
    )
    found = sheets(customers(*rows, head=None))
    assert found.reps == ("李四、赵六",)
    assert list(to_return(found)) == ["赵六"]
    (finding,) = [f for f in found.findings if f.severity is Severity.ERROR]
    assert owner(found.outline())(finding) == "赵六"


def test_two_rows_of_one_customer_are_duplicates_for_one_rep_and_a_conflict_for_two() -> None:
    same = sheets(customers(customer("甲机械有限公司", 业务员="李四"), customer("甲机械公司", 业务员="李四")))
    assert [code for code, _ in told(same)] == ["duplicate"]
    two = sheets(customers(customer("甲机械有限公司", 业务员="李四"), customer("甲机械公司", 业务员="赵六")))
    assert [code for code, _ in told(two)] == ["conflict", "conflict"]


def test_who_is_in_charge_at_the_customer_is_no_rep_where_nobody_else_is_the_contact() -> None:
    rows = [
        {("负责人" if k == "联系人姓名" else k): v for k, v in customer(name, 联系人姓名=who).items()}
        for name, who in (
            ("甲机械有限公司", "胡厂长"),
            ("乙机械有限公司", "楼总"),
            ("丙机械有限公司", "徐老板"),
        )
    ]
    found = book(sheets(customers(*rows)))
    assert [(row["rep"], row["contact_name"]) for row in found] == [
        ("王小明", "胡厂长"),
        ("王小明", "楼总"),
        ("王小明", "徐老板"),
    ]


def test_a_mobile_phone_comes_first_and_the_other_number_is_kept() -> None:
    found = book(case("m1"))
    contacts = [row["contact"] for row in found]
    assert contacts == ["13800001234", "0571-88886666", "13800001235、0571-88887777"]
    assert "0571-88887777" in str(found[2]["others"])


def test_a_second_number_that_cannot_be_used_is_a_warning_at_its_cell_and_costs_no_row() -> None:
    rows = customer("甲机械有限公司", 联系方式=None, 手机="13800138000", 座机="0512-123")
    rows.pop("联系方式")
    found = sheets(
        customers(
            rows, {**rows, "客户名称": "乙机械有限公司", "手机": "13800138001", "座机": "0512-66668888"}
        )
    )
    (said,) = [f for f in found.findings if f.code == "format"]
    column = chr(ord("A") + list(rows).index("座机"))
    assert (said.severity, said.place.cell, said.value) == (Severity.WARNING, f"{column}4", "0512-123")
    assert [row["contact"] for row in book(found)] == ["13800138000", "13800138001、0512-66668888"]


@pytest.mark.parametrize("name", ["w1", "w4", "w6"])
def test_what_is_named_or_numbered_of_something_else_stays_an_extra_column(name: str) -> None:
    found = case(name)
    assert told(found) == []
    header = {"w1": "商机名称", "w4": "商机编号", "w6": "客户类型"}[name]
    assert all(header in str(row["others"]) for row in book(found))


@pytest.mark.parametrize(
    "header", ["项目名称", "产品名称", "项目编号", "订单编号", "产品类型", "渠道类型", "合同名称"]
)
def test_other_names_numbers_and_kinds_are_no_guesses(header: str) -> None:
    rows = [
        customer(f"{n}机械有限公司", **{header: v}) for n, v in (("甲", "A12"), ("乙", "B7"), ("丙", "C-03"))
    ]
    found = sheets(customers(*rows))
    assert told(found) == []
    assert all(f"{header}: " in str(row["others"]) for row in book(found))


def test_this_visit_is_the_last_contact_and_not_the_one_before_it() -> None:
    found = book(case("w7"))
    assert [row["last_contact"] for row in found] == [dt.datetime(2026, 11, 18)] * 2


def test_a_companys_own_numbers_stand_beside_ours() -> None:
    found = case("k1")
    assert told(found) == []
    rows = [(row["own_no"], row["customer_no"]) for row in book(found)]
    assert rows == [("KH0001", "CRM202609001"), ("10023", "CRM202609002"), ("A-7", "CRM202609003")]


@pytest.mark.parametrize("number", ["KH0001", "C-2024-15", 10023, 10023.0, "客户0012", "0001", "CM0012"])
def test_a_number_of_another_shape_is_a_companys_own(number: CellValue) -> None:
    assert is_own_number(number)


@pytest.mark.parametrize(
    "number", ["CRM20240", "CRM202405001", "CM202405001", "CMR202405001", "待定", "-", None]
)
def test_a_slip_in_our_number_is_no_number_of_their_own(number: CellValue) -> None:
    assert not is_own_number(number)


def test_a_mistyped_number_of_ours_is_still_an_error() -> None:
    found = sheets(customers(customer("甲机械有限公司", 客户编号="CRM20240")))
    assert [code for code, _ in told(found)] == ["format"]


def test_one_own_number_for_two_customers_of_a_rep_is_a_warning_at_the_later() -> None:
    rows = [customer(f"{n}精密机械有限公司", 客户编号="KH001") for n in ("甲东", "乙西")]
    found = sheets(customers(*rows))
    assert [(f.code, f.severity, f.facts.get("why")) for f in found.findings] == [
        ("duplicate", Severity.WARNING, "number")
    ]


def test_a_handover_list_takes_a_companys_own_number() -> None:
    canvas = (
        Canvas("交接").put(1, 1, "客户交接清单").put(2, 1, "移交人", "王小明").put(2, 4, "接收人", "李四")
    )
    canvas.put(3, 1, "交接日期", "2026-11-19").put(3, 4, "交接原因", "离职").put(5, 1, "客户档案")
    canvas.table(6, 1, ["客户编号", "客户名称"], ["KH0001", "苏州恒达机械有限公司"])
    found = sheets(canvas)
    assert [f for f in found.findings if f.field == "customer_no"] == []
    assert found.frames["handover_customer"]["own_no"].tolist() == ["KH0001"]


def test_a_flat_table_of_visits_is_read_as_talks() -> None:
    found = case("f1")
    assert [form.form for form in found.submissions] == ["contact_log"]
    assert told(found) == []
    rows = book(found, "communication")
    assert [(r["rep"], r["customer_name"], r["method"]) for r in rows] == [
        ("张三", "杭州云栖试验仪器有限公司", "上门拜访"),
        ("张三", "宁波海曙包装材料有限公司", "电话拜访"),
    ]
    assert "11月27日前提交报价" in str(rows[0]["others"])


LOG: list[list[CellValue]] = [
    ["业务员", "客户名称", "跟进时间", "跟进方式", "跟进内容", "下一步计划", "下次跟进时间"],
    [
        "李四",
        "甲机械有限公司",
        "2026-11-16 10:00",
        "微信",
        "发送报价单并确认收到",
        "电话回访报价意见",
        "2026-11-18",
    ],
    [
        "赵六",
        "乙机械有限公司",
        "2026-11-17 10:00",
        "上门拜访",
        "现场查看产线并记录尺寸",
        "提交改造方案",
        "2026-11-25",
    ],
    [
        "李四",
        "甲机械有限公司",
        "2026-11-18 10:00",
        "微信",
        "客户要求再降两个点",
        "申请特价后回复",
        "2026-11-24",
    ],
]


def test_the_next_step_of_the_last_talk_is_a_plan_and_earlier_ones_stay_beside_their_talks() -> None:
    found = sheets(Canvas("跟进记录").table(1, 1, *LOG))
    plans = book(found, "action")
    assert [(p["rep"], p["customer_name"], p["action"], p["owner"]) for p in plans] == [
        ("赵六", "乙机械有限公司", "提交改造方案", "赵六"),
        ("李四", "甲机械有限公司", "申请特价后回复", "李四"),
    ]
    talks = book(found, "communication")
    assert "电话回访报价意见" in str(talks[0]["others"])
    assert len(talks) == 3


def test_what_a_log_lacks_or_has_wrong_is_said_at_its_cells() -> None:
    rows = [list(row) for row in LOG]
    rows[1][3], rows[2][2], rows[3][4] = "飞鸽", "2027-11-17", None
    found = sheets(Canvas("跟进记录").table(1, 1, *rows))
    assert [(f.code, f.place.cell) for f in found.findings if f.severity is Severity.ERROR] == [
        ("choice", "D2"),
        ("future_date", "C3"),
        ("required", "E4"),
    ]


def test_talks_of_a_log_count_in_the_weekly_report() -> None:
    report = Canvas("周报").put(1, 1, "销售周报").put(2, 1, "销售代表", "李四")
    figures = {"周期开始": "2026-11-16", "周期结束": "2026-11-22", "本周新增客户数": 0, "有效跟进次数": 5}
    figures |= {"预计成交金额": 0, "本周完成业绩": 0}
    for place, (label, value) in enumerate(figures.items()):
        report.put(3 + place, 1, label, value)
    found = sheets(Canvas("跟进记录").table(1, 1, *LOG), report)
    (finding,) = [f for f in found.findings if f.code == "mismatch"]
    assert (finding.field, finding.facts["expected"]) == ("follow_ups", 2)


def test_a_visible_sheet_counts_and_a_hidden_copy_is_passed_over_with_a_notice() -> None:
    found = case("h1")
    assert [(f.code, f.severity, f.place.sheet) for f in found.findings] == [
        ("superseded", Severity.NOTICE, "上周")
    ]
    assert book(found)[0]["expected_amount"] == 100000


def test_a_hidden_sheet_of_other_customers_is_read() -> None:
    hidden = customers(customer("丙机械有限公司"))
    forms, _ = read_workbook(
        Workbook("a.xlsx", (customers(customer("甲机械有限公司")).grid(), _hidden(hidden, "旧")))
    )
    assert len(forms) == 2


def _hidden(canvas: Canvas, name: str) -> Grid:
    return replace(canvas.grid(), sheet=name, visible=False)


def test_a_customer_merged_over_three_contacts_is_one_customer() -> None:
    found = case("g1")
    assert told(found) == []
    rows = book(found)
    assert len(rows) == 3
    assert (rows[0]["contact_name"], rows[0]["contact"]) == (
        "甲一;副手甲;副手乙",
        "13800001000、13900000001、13900000002",
    )


def test_ticked_boxes_in_a_table_are_read_as_on_a_card() -> None:
    found = case("s5")
    assert told(found) == []
    assert [row["stage"] for row in book(found)] == ["需求确认", "需求确认"]


def test_an_account_beside_a_phone_is_left_out_with_a_notice() -> None:
    found = case("p1")
    assert told(found) == []
    assert [(f.code, f.facts["after"]) for f in found.findings] == [("format", "13800001234")]


@pytest.mark.parametrize(
    "typed", ["13800001234 微信:abc_123", "微信：abc_123、13800001234", "13800001234/QQ88120001"]
)
def test_accounts_stand_on_either_side(typed: str) -> None:
    assert (contact(typed).value, contact(typed).changed) == ("13800001234", True)


def test_an_account_alone_is_no_way_to_call() -> None:
    assert contact("微信:abc_123").code == "format"


def test_the_weekly_report_of_another_trade_is_one_line() -> None:
    found = case("b1")
    assert found.submissions == ()
    assert [f.code for f in found.findings] == ["unrecognised"]


def test_a_web_archive_is_named_as_one() -> None:
    (finding,) = case("v3").findings
    assert (finding.code, finding.facts["why"]) == ("unreadable", "web_archive")


def test_own_fields_of_a_card_are_kept() -> None:
    canvas = customers(customer("甲机械有限公司")).put(1, 4, "信用额度：", "5万")
    assert "信用额度: 5万" in str(book(sheets(canvas))[0]["others"])


@pytest.mark.slow
def test_layouts_of_other_companies_are_told_and_no_row_loses_its_rep() -> None:
    results = [t for path in layouts.FILES for t in layouts.judge(path)]
    assert [t for t in results if t.outcome in ("lost", "lost_rep")] == []
    ours = [t for t in results if not t.field.startswith("-")]
    assert sum(t.outcome == "right" for t in ours) / len(ours) >= 0.99
    assert [t.header for t in results if t.outcome == "wrong"] == []


@pytest.mark.parametrize("path", layouts.LATER, ids=lambda path: path.stem)
def test_layouts_in_other_words_are_told_and_nothing_is_mistaken(path: Path) -> None:
    results = list(layouts.judge(path))
    assert [t for t in results if t.outcome in ("wrong", "lost", "lost_rep")] == []
    ours = [t for t in results if not t.field.startswith("-")]
    assert sum(t.outcome == "right" for t in ours) / len(ours) >= 0.96


def read_fields(*columns: tuple[str, Sequence[CellValue]]) -> tuple[str, dict[str, str]]:
    rows = zip(*(values for _, values in columns), strict=True)
    canvas = Canvas("表").table(2, 1, [header for header, _ in columns], *rows)
    form, *_ = read_workbook(Workbook("a.xlsx", (canvas.grid(),)), {}, layouts.CHOICES)[0]
    return form.form, {h: name for name, h in form.blocks[-1].headers.items()}


DAYS = [dt.datetime(2026, 11, day) for day in (16, 17, 18)]
TALKS = (
    ("走访日期", DAYS),
    ("走访方式", ["上门拜访", "电话拜访", "上门拜访"]),
    ("走访内容", ["谈陈列", "谈补货", "谈活动"]),
)


@pytest.mark.parametrize(
    ("header", "names"),
    [
        ("母婴店", ["爱婴坊", "小骑士", "宝宝乐"]),
        ("合作园校", ["启秀小学", "东洲幼儿园", "外国语学校"]),
        ("去了哪里", ["东郊机械厂", "城南化工厂", "西山医院"]),
    ],
)
def test_a_log_is_told_by_time_method_and_text_where_customers_stand_in_no_known_word(
    header: str, names: list[CellValue]
) -> None:
    form, fields = read_fields((header, names), *TALKS)
    assert (form, fields[header]) == ("contact_log", "customer_name")


def test_a_table_of_talks_without_any_customer_is_no_log() -> None:
    found, _ = read_workbook(
        Workbook(
            "a.xlsx",
            (
                Canvas("表")
                .table(2, 1, [h for h, _ in TALKS], *zip(*(v for _, v in TALKS), strict=True))
                .grid(),
            ),
        )
    )
    assert [form.form for form in found] == []


ARCHIVE: tuple[tuple[str, Sequence[CellValue]], ...] = (
    ("客户名称", ["东郊机械厂", "城南化工厂", "西山医院"]),
    ("业务员", ["张三", "张三", "李四"]),
    ("客户状态", ["意向", "潜在", "意向"]),
    ("客户需求", ["泵", "阀", "管"]),
    ("首次接触时间", DAYS),
    ("客户来源", ["展会", "转介绍", "电话营销"]),
    ("成交阶段", ["需求确认", "谈判推进", "方案呈现"]),
    ("所属行业", ["化工", "食品", "医疗"]),
)


@pytest.mark.parametrize(
    ("header", "phone", "field"),
    [
        ("材料员", "材料员电话", "contact_name"),
        ("技术厂长", "厂长手机号码", "contact_name"),
        ("区域主管", "主管电话", None),
    ],
)
def test_people_under_a_title_are_the_contacts_unless_it_is_one_of_ours(
    header: str, phone: str, field: str | None
) -> None:
    people: list[CellValue] = ["沈卫", "闵师傅", "王璐"]
    phones: list[CellValue] = ["13800138001", "13800138002", "13800138003"]
    _, fields = read_fields(*ARCHIVE, (header, people), (phone, phones))
    assert fields.get(header) == field


@pytest.mark.parametrize(
    ("header", "values", "field"),
    [
        ("年试剂采购预算（元）", [300000, 1200000, 450000], "annual_purchase"),
        ("年服务费报价（元）", [300000, 1200000, 450000], None),
        ("学生人数", [1800, 3200, 2400], None),
        ("需求及风格", ["大堂翻新", "隔断", "展厅"], None),
        ("决策流程及关键人", ["总工提，院长批", "招标", "室主任定"], "decision_chain"),
        ("目前合作机构", ["甲检测公司", "乙检测公司", "丙检测公司"], "competitor"),
        ("租约总额（元）", [216000, 98000, 36000], "contract_amount"),
    ],
)
def test_a_word_that_nobody_knows_beside_known_ones(
    header: str, values: list[CellValue], field: str | None
) -> None:
    _, fields = read_fields(*ARCHIVE, (header, values))
    assert fields.get(header) == field


def test_customers_that_stand_on_a_hidden_copy_alone_are_named() -> None:
    shown = customers(*[customer(f"第{n}机械有限公司", 联系方式=f"1380013800{n}") for n in range(4)])
    more = [*range(2, 4), 7]
    hidden = customers(*[customer(f"第{n}机械有限公司", 联系方式=f"1380013800{n}") for n in more])
    book = Workbook("a.xlsx", (shown.grid(), _hidden(hidden, "上周")))
    forms, said = read_workbook(book)
    assert len(forms) == 1
    (found,) = [f for f in said if f.code == "superseded"]
    assert (found.severity, found.facts["number"], found.facts["names"]) == (Severity.WARNING, 1, ["第7机械"])


def test_the_rep_is_never_the_customers_contact_where_another_column_is() -> None:
    row = {("甲方联系人" if k == "联系人姓名" else k): v for k, v in customer("甲机械有限公司").items()}
    other = {("甲方联系人" if k == "联系人姓名" else k): v for k, v in customer("乙机械有限公司").items()}
    rows = (
        {**row, "报备人": "张伟", "甲方联系人": "沈厂长"},
        {**other, "报备人": "赵六", "甲方联系人": "郑经理"},
    )
    found = sheets(customers(*rows, head=None))
    frame = found.frames["customer"]
    assert frame["rep"].tolist() == ["张伟", "赵六"]
    assert frame["contact_name"].tolist() == ["沈厂长", "郑经理"]


def test_no_column_is_guessed_to_be_the_reps_where_the_card_names_one() -> None:
    rows = [
        {**customer(f"{n}机械有限公司"), "售后负责人": who} for n, who in (("甲", "段师傅"), ("乙", "段师傅"))
    ]
    found = sheets(customers(*rows, head="张伟"))
    assert set(found.frames["customer"]["rep"]) == {"张伟"}


@pytest.mark.parametrize("label", ["公司", "行业", "编号"])
def test_a_card_of_pairs_right_below_the_title_is_no_header_though_a_table_knows_one_of_its_words(
    label,
) -> None:
    canvas = Canvas("客户档案").put(1, 1, "客户档案")
    canvas.put(2, 1, "销售代表", "张伟", "填表日期", dt.datetime(2026, 11, 20), label, "明远")
    row = customer("甲机械有限公司")
    found = sheets(canvas.table(4, 1, list(row), list(row.values())))
    frame = found.frames["customer"]
    assert frame["rep"].tolist() == ["张伟"]
    assert f"{label}: 明远" in frame["others"].tolist()[0]


def test_own_fields_of_a_card_of_pairs_are_kept() -> None:
    canvas = Canvas("客户档案")
    canvas.put(1, 1, "销售代表", "张伟", "填表日期", dt.datetime(2026, 11, 20), "统计月份", "2026-11")
    row = customer("甲机械有限公司")
    found = sheets(canvas.table(3, 1, list(row), list(row.values())))
    assert "统计月份: 2026-11" in found.frames["customer"]["others"].tolist()[0]


@pytest.mark.parametrize("label", ["定金", "订金(元)", "押金", "首付款", "补贴金额"])
def test_what_is_paid_ahead_is_no_expected_amount(label: str) -> None:
    row = {("预计合作规模" if k == "预计成交金额" else k): v for k, v in customer("甲机械有限公司").items()}
    found = sheets(customers({**row, label: 1001}))
    assert [f.field for f in found.findings if f.code == "column_guessed" and f.value == label] == []
    assert f"{label}: 1001" in found.frames["customer"]["others"].tolist()[0]


@pytest.mark.parametrize(
    ("lacks", "header", "values"),
    [
        ("年营收(万元)", "上年销售额", (320, 150, 98)),
        ("年营收(万元)", "我司上年销售额", (320, 150, 98)),
        ("年营收(万元)", "本年累计销售额", (320, 150, 98)),
        (None, "现用品牌", ("西门子", "发那科", "三菱")),
        (None, "主营品牌", ("西门子", "发那科", "三菱")),
        (None, "现物业合同到期时间", ("2027-06-30", "2027-08-31", "2026-12-31")),
        (None, "质保到期日", ("2027-06-30", "2027-08-31", "2026-12-31")),
        (None, "营业执照到期日", ("2027-06-30", "2027-08-31", "2026-12-31")),
        ("联系人姓名", "法定代表人", ("钱总", "孙总", "李总")),
        ("需求描述", "包装要求", ("木箱防潮包装", "托盘缠膜两层", "纸箱加护角")),
    ],
)
def test_what_is_of_another_party_or_time_is_kept_and_no_guess(
    lacks: str | None, header: str, values: tuple[CellValue, ...]
) -> None:
    rows = [
        {k: v for k, v in customer(f"{n}机械有限公司", **{header: v}).items() if k != lacks}
        for n, v in zip("甲乙丙", values, strict=True)
    ]
    found = sheets(customers(*rows))
    assert [f.field for f in found.findings if f.code == "column_guessed"] == []
    assert [f"{header}: {v}" in str(o) for v, o in zip(values, others(found, "customer"), strict=True)] == [
        True
    ] * 3


@pytest.mark.parametrize("header", ["现物业公司", "现有供应商", "目前合作单位"])
def test_a_contracts_end_beside_whom_the_customer_has_now_is_theirs(header: str) -> None:
    row = customer("甲机械有限公司", **{header: "绿城物业", "合同到期时间": dt.datetime(2027, 6, 30)})
    found = sheets(customers(row, {**row, "客户名称": "乙机械有限公司", "联系方式": "13800138009"}))
    assert found.frames["customer"]["contract_end"].isna().all()
    assert all("合同到期时间: 2027-06-30" in str(text) for text in others(found, "customer"))


@pytest.mark.parametrize("header", ["结束时间", "拜访结束时间", "离开时间"])
def test_when_a_visit_ended_is_no_plan(header: str) -> None:
    heads = ["拜访日期", "客户名称", "拜访方式", "拜访内容", header]
    row = [dt.datetime(2026, 11, 17), "甲机械有限公司", "上门拜访", "介绍了新设备的性能并确认预算", "11:30"]
    found = sheets(Canvas("拜访记录").put(1, 1, "销售代表", "王小明").table(3, 1, heads, row))
    assert told(found) == []
    assert [f"{header}: 11:30" in str(text) for text in others(found, "visit")] == [True]


def others(checked: Checked, kind: str) -> list[str]:
    return [str(text) for text in checked.frames[kind]["others"]]
