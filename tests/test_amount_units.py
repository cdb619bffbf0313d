"""A unit or currency anywhere near an amount: header, label, row, note, column, sheet name."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl.comments import Comment
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from salesxl import parsing
from tests.cases import ARCHIVE, REPORT, Edit, accepted, case, changed, errors, values


@pytest.mark.parametrize(
    ("name", "field", "expected"),
    [
        ("u1_wan_with_qualifier", "expected_amount", [125000, 135000, 145000]),
        ("u2_unit_on_second_line", "expected_amount", [125000, 135000, 145000]),
        ("F3_header_unit_0", "annual_purchase", [600000]),
        ("F3_header_unit_2", "annual_purchase", [600000]),
    ],
)
def test_a_unit_with_qualifiers_or_on_a_second_line_scales_the_column(
    name: str, field: str, expected: list[float]
) -> None:
    checked = case(name)
    assert values(checked, field) == expected
    assert not errors(checked)


def test_a_foreign_currency_in_the_header_is_one_error_there_and_no_amount() -> None:
    checked = case("u3_usd_header")
    assert errors(checked) == {("K3", "type", "header_currency")}
    assert values(checked, "expected_amount") == [None] * 3
    assert accepted(checked) == [False] * 3


def test_a_card_whose_labels_say_万元_is_read_in_it() -> None:
    checked = case("u8_weekly_card_wan")
    assert values(checked, "completed_amount", "weekly_report") == [120000]
    assert values(checked, "month_target", "weekly_report") == [400000]


@pytest.mark.parametrize(
    ("header", "unit"),
    [
        ("预计成交金额(含税,万元)", "万元"),
        ("预计成交金额 万", "万元"),
        ("预计成交金额/万", "万元"),
        ("预计成交金额_万元", "万元"),
        ("预计成交金额（人民币：万元）", "万元"),
        ("预计成交金额（以万元计）", "万元"),
        ("金额(按万元填写)", "万元"),
        ("金额（w）", "万元"),
        ("Amount (10k CNY)", "万元"),
        ("金额(×10000)", "万元"),
        ("金额（元，不是万元）", "元"),
        ("预算RMB'000", "千元"),
        ("金额 K", "千元"),
        ("金额(K元)", "千元"),
        ("金额(kRMB)", "千元"),
        ("Amount (RMB mn)", "百万元"),
        ("金额（百万）", "百万元"),
        ("年营收（亿元）", "亿元"),
        ("预计成交金額（萬元）", "万元"),
        ("年采购额（万元/年）", "万元"),
        ("金额(RMB)", "元"),
        ("金额（RMB 10,000）", "万元"),
        ("金额（人民币，非美元）", "元"),
        ("金额（元/吨）", "元"),
    ],
)
def test_a_unit_is_understood_wherever_it_stands_in_a_header(header: str, unit: str) -> None:
    said = parsing.money_unit(header)
    assert said is not None
    assert said.unit == unit


@pytest.mark.parametrize(
    "header",
    [
        "预计成交金额（10万元以上须审批）",
        "预计成交金额（如12万元）",
        "预计成交金额（百万元以上报批）",
        "万科项目预计金额",
        "单元金额",
        "千万级项目金额",
        "K歌项目金额",
        "Amount w/ tax",
        "金额(C=A*B)",
        "金额(单位:台)",
        "预计成交金额（含税）",
        "预计成交金额（A）",
        "预计成交金额（CRM）",
        "预计成交金额（千万级）",
        "预计成交金额（预估）",
        "金额（不要填万元）",
    ],
)
def test_figures_and_names_in_a_header_are_no_unit(header: str) -> None:
    assert parsing.money_unit(header) is None


@pytest.mark.parametrize(
    ("header", "why"),
    [
        ("金额US$", "currency"),
        ("金额(万美元)", "currency"),
        ("金额（€）", "currency"),
        ("金额(JPY)", "currency"),
        ("金额（港币）", "currency"),
        ("金额(K$)", "currency"),
        ("金额（外币）", "currency"),
        ("金额(₿)", "currency"),
        ("金额（元/万元）", "ambiguous"),
        ("金额(单位：两)", "unit"),
        ("金额(XX币)", "unit"),
        ("金额（角）", "unit"),
        ("金额（万欧）", "unit"),
        ("金额（镑）", "unit"),
        ("金额（吨）", "unit"),
        ("金额（万台，含税）", "unit"),
        ("金额（Th）", "unit"),
        ("金额（PLN）", "unit"),
        ("金额（非人民币）", "currency"),
    ],
)
def test_what_is_no_unit_of_the_yuan_is_told_and_not_passed_over(
    header: str, why: str, tmp_path: Path
) -> None:
    said = parsing.money_unit(header)
    assert said is not None
    assert said.why == why
    checked = changed(ARCHIVE, tmp_path, cells={"K3": header.replace("金额", "预计成交金额", 1)})
    assert errors(checked) == {("K3", "type", f"header_{why}")}
    assert accepted(checked) == [False] * 3


@pytest.mark.parametrize(
    ("address", "note", "times"),
    [
        ("A2", "单位：万元", 10_000),
        ("O2", "（万元）", 10_000),
        ("C1", "金额单位:万元", 10_000),
        ("A2", "2026年客户档案（万元）", 10_000),
        ("A2", "所有金额以千元填列", 1_000),
        ("A2", "Unit: 10k RMB", 10_000),
        ("A7", "单位：万元", 10_000),
        ("A8", "注：以上金额均以万元为单位", 10_000),
        ("A2", "币种：人民币", 1),
        ("A2", "填报单位：万元科技有限公司", 1),
        ("A2", "单位：苏州恒达机械有限公司", 1),
        ("A8", "2.金额一律填万元，保留一位小数", 10_000),
        ("A8", "填表说明：1.每周五上交；2.金额填万元", 10_000),
        ("A2", "注：金额以“万元”为单位", 10_000),
        ("A2", "金额均为万", 10_000),
        ("A2", "金额（万元）", 10_000),
        ("A2", "单位：人、万元", 10_000),
        ("A2", "Unit: RMB 10,000", 10_000),
        ("A2", "金额：万元；日期：年-月-日", 10_000),
        ("A2", "所有金额必须以千元填报", 1_000),
        ("A2", "请注意：不要以万元为单位填写金额", 1),
        ("A8", "说明：金额请填元，不要填万元", 1),
        ("A8", "金额单位为元，而非万元", 1),
        ("A2", "出口客户另附美元报价单", 1),
        ("A8", "备注：客户要求美元结算的另行说明", 1),
        ("A8", "注：金额在50万元以上的项目须附审批单", 1),
        ("A2", "合同金额：元", 1),
        ("A2", "单位：万达商管", 1),
        ("A2", "价格均为含税价", 1),
    ],
)
def test_a_note_above_or_below_gives_the_unit_of_all_amounts(
    address: str, note: str, times: int, tmp_path: Path
) -> None:
    checked = changed(ARCHIVE, tmp_path, cells={address: note, "M4": 6, "M5": 6, "M6": 6})
    assert values(checked, "expected_amount") == [12.5 * times, 13.5 * times, 14.5 * times]
    assert values(checked, "annual_purchase") == [6 * times] * 3


@pytest.mark.parametrize(
    ("address", "note"),
    [
        ("A2", "币种：美元"),
        ("A8", "以上金额币种为美元"),
        ("K2", "USD"),
        ("A2", "本表金额为美元"),
        ("A8", "以上报价均为美元价"),
        ("A8", "价格均为USD FOB价"),
    ],
)
def test_a_foreign_currency_in_a_note_is_one_error_that_names_its_amounts(
    address: str, note: str, tmp_path: Path
) -> None:
    checked = changed(ARCHIVE, tmp_path, cells={address: note, "M4": 6})
    assert errors(checked) == {("K3", "type", "header_currency")}
    (found,) = [f for f in checked.findings if f.code == "type"]
    assert found.facts["label"] == "预计成交金额 / 年采购额"
    assert values(checked, "annual_purchase") == [None] * 3
    assert accepted(checked) == [False] * 3


def test_headers_that_each_say_a_foreign_currency_are_an_error_each(tmp_path: Path) -> None:
    own = {"K3": "预计成交金额（USD）", "M3": "年采购额（USD）", "M4": 6}
    checked = changed(ARCHIVE, tmp_path, cells=own)
    assert errors(checked) == {("K3", "type", "header_currency"), ("M3", "type", "header_currency")}


def test_a_foreign_currency_over_a_card_is_one_error_too(tmp_path: Path) -> None:
    checked = changed(REPORT, tmp_path, cells={"D2": "币种：美元"})
    assert [why for _, _, why in errors(checked)] == ["header_currency"]


@pytest.mark.parametrize("row", [1, 2, 8])
@pytest.mark.parametrize(
    ("label", "said", "expected"),
    [
        ("金额单位", "万元", 125_000),
        ("单位：", "万元", 125_000),
        ("计量单位", "（千元）", 12_500),
        ("币种：", "人民币", 12.5),
        ("币种", "USD", None),
        ("币种：", "欧元", None),
        ("币别", "美元", None),
        ("Currency:", "HKD", None),
    ],
)
def test_a_unit_in_the_cell_beside_its_label_holds_for_all_amounts(
    label: str, said: str, expected: float | None, row: int, tmp_path: Path
) -> None:
    checked = changed(ARCHIVE, tmp_path, cells={f"E{row}": label, f"F{row}": said})
    assert values(checked, "expected_amount")[0] == expected
    assert accepted(checked) == [expected is not None] * 3


@pytest.mark.parametrize(
    "cells",
    [
        {"A2": "币种", "B2": "人民币", "C2": "单位", "D2": "万元"},
        {"A2": "单位：万元", "O2": "币种：人民币"},
        {"A2": "单位：万元", "A8": "币种：人民币"},
        {"A2": "币种：人民币", "A8": "注：金额以万元为单位"},
        {"A2": "金额（单位：万元人民币）"},
    ],
)
def test_a_note_that_says_only_人民币_leaves_the_scale_to_another(
    cells: dict[str, str], tmp_path: Path
) -> None:
    checked = changed(ARCHIVE, tmp_path, cells=cells)
    assert values(checked, "expected_amount") == [125_000, 135_000, 145_000]
    assert not errors(checked)


def test_a_note_nobody_understands_is_an_error_of_the_amounts(tmp_path: Path) -> None:
    checked = changed(ARCHIVE, tmp_path, cells={"A2": "金额一律填万欧"})
    assert errors(checked) == {("K3", "type", "header_unit")}


@pytest.mark.parametrize(
    ("note", "expected"),
    [
        ("单位：预计金额 万元，年采购额 元", (125_000, 6)),
        ("单位：预计成交金额（万元）、年采购额（元）", (125_000, 6)),
        ("预计成交金额单位：元；年采购额单位：万元", (12.5, 60_000)),
        ("注：预计成交金额以万元计，年采购额以千元计", (125_000, 6000)),
        ("金额单位：万元（年采购额为元）", (125_000, 6)),
        ("单位：万元，其中预计成交金额为元", (12.5, 60_000)),
        ("除预计成交金额以元计外，其余以万元计", (12.5, 60_000)),
        ("预计金额 万元，年采购额 元", (125_000, 6)),
        ("万元（预计金额）、元（年采购额）", (125_000, 6)),
        ("填表说明：1.预计成交金额填万元；2.年采购额填元", (125_000, 6)),
        ("单位：预计金额、年采购额 万元，回款额 元", (125_000, 60_000)),
        ("年采购额以万元计", (12.5, 60_000)),
        ("单位：预计金额 万元，年采购额 美元", (125_000, None)),
        ("单位：预计金额 万元，毛利 元", (125_000, None)),  # nobody can tell what the other one is
        ("单位：万元（年采购额除外）", (125_000, None)),
        ("单位（预计成交金额：万元；年采购额：元）", (125_000, 6)),
        ("预计成交金额-万元，年采购额-元", (125_000, 6)),
        ("年采购额（元）预计成交金额（万元）", (125_000, 6)),
        ("除年采购额外，单位为万元", (125_000, None)),
        ("预计成交金额万元年采购额元", (125_000, 6)),
        ("单位：预计成交金额万元年采购额千元", (125_000, 6000)),
        ("单位：万元/元（预计成交金额/年采购额）", (None, None)),
        ("预计成交金额→万元；年采购额→元", (None, None)),
        ("前者万元，后者元", (None, None)),
        ("预计成交金额超过50万元须总监审批", (12.5, 6)),
        ("预计成交金额千万不要漏填", (12.5, 6)),
        ("单位：甲 万元，乙 元", (None, None)),  # nor which amounts are meant
    ],
)
@pytest.mark.parametrize("at", ["A2", "A8"])
def test_a_note_that_names_amounts_gives_each_its_own_unit(
    note: str, expected: tuple[float | None, float | None], at: str, tmp_path: Path
) -> None:
    checked = changed(ARCHIVE, tmp_path, cells={at: note, "M4": 6, "M5": 6, "M6": 6})
    assert (values(checked, "expected_amount")[0], values(checked, "annual_purchase")[0]) == expected
    unread = [cell for cell, value in zip(("K3", "M3"), expected, strict=True) if value is None]
    # what the cell with the note itself is taken for is no question of units
    assert {cell for cell, *_ in errors(checked)} - {at} == set(unread[:1])


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (("单位：", "预计成交金额 万元", "年采购额 元"), (125_000, 6)),
        (("金额单位", "预计成交金额：万元", "年采购额：元"), (125_000, 6)),
        (("预计成交金额：万元", "年采购额：元"), (125_000, 6)),
    ],
)
@pytest.mark.parametrize("row", [2, 8])
def test_a_note_may_stand_in_several_cells(
    cells: tuple[str, ...], expected: tuple[float, float], row: int, tmp_path: Path
) -> None:
    said = {f"{column}{row}": text for column, text in zip("ABC", cells, strict=False)}
    checked = changed(ARCHIVE, tmp_path, cells={**said, "M4": 6, "M5": 6, "M6": 6})
    assert (values(checked, "expected_amount")[0], values(checked, "annual_purchase")[0]) == expected


def test_a_note_that_names_figures_of_a_card_gives_each_its_own_unit(tmp_path: Path) -> None:
    checked = changed(REPORT, tmp_path, cells={"D2": "单位：业绩 万元，本月目标 元", "A13": "以上金额：千元"})
    assert values(checked, "completed_amount", "weekly_report") == [120_000]
    assert values(checked, "month_target", "weekly_report") == [40]


def test_a_unit_over_a_group_of_columns_holds_for_each_amount_below(tmp_path: Path) -> None:
    def grouped(sheet: Worksheet) -> None:
        sheet["A2"], sheet["F2"], sheet["K2"] = "客户信息", "联系人", "商机（万元）"
        for area in ("A2:E2", "F2:J2", "K2:L2"):
            sheet.merge_cells(area)

    def alone(sheet: Worksheet) -> None:
        sheet["K2"] = "金额（万元）"
        sheet.merge_cells("K2:L2")

    for edit in (grouped, alone):
        checked = changed(ARCHIVE, tmp_path, edit, cells={"M4": 6, "M5": 6, "M6": 6})
        assert values(checked, "expected_amount") == [125_000, 135_000, 145_000]
        assert values(checked, "annual_purchase") == [6] * 3  # beside the group


@pytest.mark.parametrize(
    ("header", "typed", "expected"),
    [
        ("员工人数（千人）", 3, 3000),
        ("员工人数（千人）", 1.5, 1500),
        ("员工人数（千人）", "3千", 3000),
        ("员工人数（万）", "2", 20_000),
        ("员工人数（人）", 3, 3),
    ],
)
def test_counts_are_scaled_by_their_header_too(
    header: str, typed: object, expected: int, tmp_path: Path
) -> None:
    checked = changed(ARCHIVE, tmp_path, cells={"D3": header, "D4": typed})
    assert values(checked, "employees")[0] == expected


@pytest.mark.parametrize(
    ("header", "note", "expected"),
    [
        ("预计成交金额（元）", "单位：万元", 12.5),  # the nearer word holds
        ("预计成交金额（万元）", "单位：元", 125_000),
        ("预计成交金额（RMB）", "单位：万元", 125_000),  # a currency alone gives no scale
        ("预计成交金额（万元）", "币种：USD", None),  # and a scale no currency
    ],
)
def test_of_two_units_the_nearer_holds(
    header: str, note: str, expected: float | None, tmp_path: Path
) -> None:
    checked = changed(ARCHIVE, tmp_path, cells={"K3": header, "A2": note})
    assert values(checked, "expected_amount")[0] == expected


@pytest.mark.parametrize(
    ("header", "note", "said"),
    [
        ("预计成交金额（元）", "金额单位：万元", [("K3", "元", "万元")]),
        ("预计成交金额（万元）", "金额单位：元", []),  # an exception that says it is one
        ("预计成交金额（万元）", "金额单位：万元", []),
        ("预计成交金额", "金额单位：万元", []),
    ],
)
def test_a_note_with_a_larger_unit_than_the_header_is_a_warning_that_names_both(
    header: str, note: str, said: list[tuple[str, str, str]], tmp_path: Path
) -> None:
    checked = changed(ARCHIVE, tmp_path, cells={"K3": header, "A2": note, "M4": 6, "M5": 6, "M6": 6})
    found = [f for f in checked.findings if f.facts.get("why") == "two_units"]
    assert [(f.place.cell, f.facts["seen"], f.facts["other"]) for f in found] == said
    assert all(f.severity == "warning" for f in found)
    assert accepted(checked) == [True] * 3


def test_a_card_says_so_too(tmp_path: Path) -> None:
    checked = changed(REPORT, tmp_path, cells={"A8": "本周完成业绩（元）", "D2": "单位：万元"})
    found = [f.place.cell for f in checked.findings if f.facts.get("why") == "two_units"]
    assert found == ["B8"]
    assert values(checked, "completed_amount", "weekly_report") == [12]


def test_a_row_of_units_a_column_of_units_and_the_sheet_s_name_are_read(tmp_path: Path) -> None:
    def row(sheet: Worksheet) -> None:
        sheet.insert_rows(4)
        sheet["K4"], sheet["M4"] = "万元", "元"

    def name(sheet: Worksheet) -> None:
        sheet.title = "客户档案(万元)"

    assert values(changed(ARCHIVE, tmp_path, row), "expected_amount")[0] == 125_000
    assert values(changed(ARCHIVE, tmp_path, name), "expected_amount")[0] == 125_000
    column = {"P3": "金额单位", "P4": "万元", "P5": "元", "P6": "K"}
    assert values(changed(ARCHIVE, tmp_path, cells=column), "expected_amount") == [125_000, 13.5, 14_500]


def test_a_column_of_currencies_holds_for_the_amounts_of_its_row(tmp_path: Path) -> None:
    checked = changed(ARCHIVE, tmp_path, cells={"P3": "币种", "P4": "USD", "P5": "人民币"})
    assert values(checked, "expected_amount") == [None, 13.5, 14.5]
    assert errors(checked) == {("K4", "type", "currency"), ("M4", "type", "currency")}


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"A8": "本周完成业绩\n单位：万元"}, (120_000, 40)),
        ({"A8": "本周完成业绩：（万元）"}, (120_000, 40)),
        ({"A8": "本周完成业绩（K元）"}, (12_000, 40)),
        ({"C8": "万元"}, (120_000, 40)),
        ({"D2": "单位：万元"}, (120_000, 400_000)),
        ({"A13": "以上金额单位：万元"}, (120_000, 400_000)),
        ({"D1": "单位", "E1": "万元"}, (120_000, 400_000)),
        ({"A40": "注：金额以万元为单位"}, (120_000, 400_000)),
        ({"A40": "以美元报价"}, (12, 40)),
        ({"A1": "销售周报（单位：万元）"}, (120_000, 400_000)),
        ({"A11": "本月目标（单位：万元）"}, (12, 400_000)),
        ({"A8": "本周完成业绩（USD）"}, (None, 40)),
        ({"C8": "USD"}, (None, 40)),
    ],
)
def test_units_of_a_card_stand_in_labels_beside_values_and_in_notes(
    cells: dict[str, str], expected: tuple[float | None, float], tmp_path: Path
) -> None:
    checked = changed(REPORT, tmp_path, cells=cells)
    found = [values(checked, name, "weekly_report")[0] for name in ("completed_amount", "month_target")]
    assert tuple(found) == expected
    assert accepted(checked, "weekly_report") == [expected[0] is not None]


def note(address: str, text: str) -> Edit:
    """Return the edit that hangs a note on a cell."""

    def edit(sheet: Worksheet) -> None:
        sheet[address].comment = Comment(text, "李静")

    return edit


def prompt(cells: str, text: str) -> Edit:
    """Return the edit that shows a prompt where an amount is typed."""

    def edit(sheet: Worksheet) -> None:
        rule = DataValidation(type="decimal", showInputMessage=True, prompt=text, promptTitle="提示")
        rule.add(cells)
        sheet.add_data_validation(rule)

    return edit


def page(text: str) -> Edit:
    """Return the edit that prints a text at the foot of each page."""

    def edit(sheet: Worksheet) -> None:
        sheet.oddFooter.right.text = text

    return edit


@pytest.mark.parametrize(
    ("edit", "expected", "at_fault"),
    [
        (note("K3", "李静:\n单位：万元"), [125_000, 135_000, 145_000], set()),
        (note("K3", "请填万元"), [125_000, 135_000, 145_000], set()),
        (note("K3", "单位：元"), [12.5, 13.5, 14.5], set()),
        (note("K3", "10万元以上须审批"), [12.5, 13.5, 14.5], set()),
        (note("K3", "按美元填写"), [None] * 3, {"K3"}),
        (note("K3", "元/万元均可"), [None] * 3, {"K3"}),
        (note("K5", "单位万元"), [12.5, 135_000, 14.5], set()),
        (note("K5", "USD"), [12.5, None, 14.5], {"K5"}),
        (note("B5", "美元客户"), [12.5, 13.5, 14.5], set()),  # no amount
        (note("K5", "客户预算约50万元"), [12.5, 13.5, 14.5], set()),
        (prompt("K4:K200", "请输入金额（万元）"), [125_000, 135_000, 145_000], set()),
        (prompt("K4:K200", "以美元计"), [None] * 3, {"K3"}),
        (prompt("K6", "单位：千元"), [12.5, 13.5, 14_500], set()),
        (prompt("K4:K200", "单位：元。"), [12.5, 13.5, 14.5], set()),
        (page("单位：万元"), [125_000, 135_000, 145_000], set()),
        (page("第 &P 页 共 &N 页"), [12.5, 13.5, 14.5], set()),
        (page("币种：美元"), [None] * 3, {"K3"}),
    ],
)
def test_a_unit_in_a_note_a_prompt_or_a_page_s_margin_counts(
    edit: Edit, expected: list[float | None], at_fault: set[str], tmp_path: Path
) -> None:
    checked = changed(ARCHIVE, tmp_path, edit)
    assert values(checked, "expected_amount") == expected
    assert {cell for cell, *_ in errors(checked)} == at_fault


def test_a_note_on_a_card_s_figure_counts_and_the_header_goes_before_a_note(tmp_path: Path) -> None:
    checked = changed(REPORT, tmp_path, note("B8", "万元"), note("A11", "单位：千元"))
    assert values(checked, "completed_amount", "weekly_report") == [120_000]
    assert values(checked, "month_target", "weekly_report") == [40_000]
    own = {"K3": "预计成交金额（元）"}
    checked = changed(ARCHIVE, tmp_path, note("K3", "单位：万元"), cells=own)
    assert values(checked, "expected_amount") == [12.5, 13.5, 14.5]


def test_the_prompts_of_our_own_forms_give_way_to_a_note(tmp_path: Path) -> None:
    checked = changed(ARCHIVE, tmp_path, prompt("K4:K200", "单位：元。"), cells={"A2": "单位：万元"})
    assert values(checked, "expected_amount") == [125_000, 135_000, 145_000]
