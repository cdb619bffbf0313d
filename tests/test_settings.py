"""团队设置: rules read from a workbook's grids, and every mistake found at its cell. docs/domain.md 3."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from salesxl import settings
from salesxl.errors import SettingsError
from salesxl.model import Finding, Grid, Severity, Workbook
from salesxl.rulebook import Member, Rulebook, Target

HEADS: dict[str, list[str]] = {
    "成员": ["姓名", "团队", "区域", "产品线", "上级", "入职日期", "离职日期"],
    "目标": ["年度", "期间", "对象类型", "对象", "指标", "目标值"],
    "目标调整": [
        "年度",
        "期间",
        "对象类型",
        "对象",
        "指标",
        "新目标值",
        "调整原因",
        "依据",
        "审核人",
        "批准人",
    ],
    "等级": ["等级", "下限", "战略客户直接入级", "须意向明确", "跟进间隔", "间隔单位"],
    "阶段": ["阶段", "类型", "赢单概率", "别名"],
    "选项": ["列表", "选项", "含义", "别名"],
    "列名对照": ["表单上的列名", "对应的标准列名", "表单"],
    "参数": ["参数", "值", "说明"],
    "考核指标": ("指标", "期间", "权重", "零分线", "满分线"),
    "节假日": ["日期", "类型", "说明"],
}
DEFAULTS: dict[str, list[list[Any]]] = {
    "等级": [["A", 1000, None, None, 7, "天"], ["B", None, None, None, 1, "月"]],
    "阶段": [["洽谈", "进行中", 0.5, None], ["签约", "成交", 1, "成交"]],
}
TEAM = [["张一", "一组"], ["李二", "一组"], ["王三", "二组"]]


def grid(name: str, rows: Sequence[Sequence[Any]], **more: Any) -> Grid:
    return Grid(name, [[None], HEADS[name], *(list(row) for row in rows)], **more)


def read(**sheets: Sequence[Sequence[Any]]) -> tuple[Rulebook, list[Finding]]:
    """Read sheets whose header is in row 2, so that the first row given is row 3."""
    rows = {**DEFAULTS, **sheets}
    every = [grid(name, rows.get(name, ())) for name in HEADS if name != "选项" or "选项" in sheets]
    if "选项" not in sheets:
        meanings = {o.kind: o.value for o in settings.internal_options()["含义"]}
        options = [
            [name, o.value, meanings.get(o.kind), None]
            for name, preset in settings.editable_lists().items()
            for o in preset
        ]
        every.append(grid("选项", options))
    return settings.from_workbook(Workbook("团队设置.xlsx", tuple(every)))


def found(**sheets: Sequence[Sequence[Any]]) -> list[tuple[str, str, str | None]]:
    return [(f.code, f.place.sheet or "", f.place.cell) for f in read(**sheets)[1]]


def test_a_sound_workbook_has_no_findings() -> None:
    assert found(成员=TEAM) == []


def test_members_come_with_team_dates_and_manager() -> None:
    row = [" 张一 ", "一组", "华东", "设备", "孙经理", dt.datetime(2025, 3, 1), "2026年6月30日"]
    rulebook, findings = read(成员=[row])
    joined, left = dt.date(2025, 3, 1), dt.date(2026, 6, 30)
    assert rulebook.members == (Member("张一", "一组", "华东", "设备", "孙经理", joined, left),)
    assert (rulebook.has_roster, findings) == (True, [])


def test_without_members_there_is_no_roster() -> None:
    assert read()[0].has_roster is False


def test_a_name_that_is_there_twice_counts_once_and_is_a_duplicate() -> None:
    rulebook, findings = read(成员=[["张一", "一组"], ["张 一", "二组"]])
    assert [m.team for m in rulebook.members] == ["一组"]
    assert [(f.code, f.place.cell, f.value) for f in findings] == [("duplicate", "A4", "张 一")]


def test_a_row_without_a_name_is_required_and_left_out() -> None:
    rulebook, findings = read(成员=[[None, "一组"], ["李二", "一组"]])
    assert [m.name for m in rulebook.members] == ["李二"]
    assert [(f.code, f.place.cell) for f in findings] == [("required", "A3")]


def test_an_unreadable_date_is_a_type_and_the_member_stays() -> None:
    rulebook, findings = read(成员=[["张一", None, None, None, None, "去年"]])
    assert rulebook.members == (Member("张一"),)
    assert [(f.code, f.place.cell) for f in findings] == [("type", "F3")]


def test_leaving_before_joining_is_an_order_of_dates() -> None:
    assert found(成员=[["张一", None, None, None, None, "2026-02-01", "2026-01-01"]]) == [
        ("date_order", "成员", "G3")
    ]


@pytest.mark.parametrize(
    ("period", "word"),
    [
        ("全年", "year"),
        ("一季度", "Q1"),
        ("Q4", "Q4"),
        ("第三季度", "Q3"),
        ("11月", "11"),
        ("1", "1"),
        (2, "2"),
        ("十二月", "12"),
    ],
)
def test_periods_are_read_in_the_words_people_use(period: Any, word: str) -> None:
    rulebook, findings = read(成员=TEAM, 目标=[[2026, period, "销售代表", "张一", "签约额", 60]])
    assert rulebook.targets == (Target(2026, word, "rep", "张一", "signed", Decimal(60)),)
    assert findings == []


@pytest.mark.parametrize("period", ["13月", "五季度", "上半年", "0"])
def test_a_period_that_is_none_is_a_choice(period: str) -> None:
    assert found(成员=TEAM, 目标=[[2026, period, "销售代表", "张一", "签约额", 60]]) == [
        ("choice", "目标", "B3")
    ]
    _, (told,) = read(成员=TEAM, 目标=[[2026, period, "销售代表", "张一", "签约额", 60]])
    assert len(told.facts["options"]) == 17  # the year, four quarters, twelve months


def test_amounts_may_be_written_as_60万() -> None:
    targets = read(成员=TEAM, 目标=[[2026, "11月", "销售代表", "张一", "回款", "60万"]])[0].targets
    assert [(t.measure, t.amount) for t in targets] == [("collected", Decimal(600_000))]


def test_a_target_for_a_stranger_is_an_unknown_reference_and_left_out() -> None:
    rows = [[2026, "11月", "销售代表", "赵六", "签约额", 60], [2026, "11月", "团队", "三组", "签约额", 60]]
    rulebook, findings = read(成员=TEAM, 目标=rows)
    assert rulebook.targets == ()
    assert [(f.code, f.place.cell) for f in findings] == [
        ("unknown_reference", "D3"),
        ("unknown_reference", "D4"),
    ]


def test_a_target_of_one_person_needs_a_name_and_the_whole_needs_none() -> None:
    rows = [[2026, "11月", "销售代表", None, "签约额", 60], [2026, "11月", "团队合计", "随便", "签约额", 60]]
    rulebook, findings = read(成员=TEAM, 目标=rows)
    assert [(t.scope, t.name) for t in rulebook.targets] == [("all", None)]
    assert [(f.code, f.place.cell) for f in findings] == [("required", "D3")]


def test_the_same_target_twice_is_a_duplicate_and_the_first_holds() -> None:
    rows = [[2026, "11月", "销售代表", "张一", "签约额", amount] for amount in (60, 70)]
    rulebook, findings = read(成员=TEAM, 目标=rows)
    assert [t.amount for t in rulebook.targets] == [60]
    assert [(f.code, f.place.cell) for f in findings] == [("duplicate", "D4")]


def months(amounts: Sequence[int], *, year: int | None = None, quarter: int | None = None) -> list[list[Any]]:
    rows: list[list[Any]] = []
    if year is not None:
        rows.append([2026, "全年", "销售代表", "张一", "签约额", year])
    if quarter is not None:
        rows.append([2026, "一季度", "销售代表", "张一", "签约额", quarter])
    rows += [[2026, f"{m}月", "销售代表", "张一", "签约额", a] for m, a in enumerate(amounts, start=1)]
    return rows


@pytest.mark.parametrize(
    ("rows", "cells"),
    [
        (months([10, 20, 30], quarter=60), []),
        (months([10, 20, 30], quarter=61), ["F3"]),
        (months([10, 20, 30], quarter=59), ["F3"]),
        (months([10, 20], quarter=60), []),
        (months([10, 20], quarter=30), []),
        (months([10, 20], quarter=29), ["F3"]),
        (months([10] * 12, year=120), []),
        (months([10] * 12, year=119), ["F3"]),
        (months([10] * 12, year=120, quarter=31), ["F4"]),
    ],
)
def test_months_must_add_up_to_quarter_and_year(rows: list[list[Any]], cells: list[str]) -> None:
    assert found(成员=TEAM, 目标=rows) == [("mismatch", "目标", cell) for cell in cells]


def test_quarters_must_add_up_to_the_year() -> None:
    rows = [[2026, q, "团队合计", None, "回款", 25] for q in ("Q1", "Q2", "Q3", "Q4")]
    assert found(目标=[[2026, "全年", "团队合计", None, "回款", 100], *rows]) == []
    assert found(目标=[[2026, "全年", "团队合计", None, "回款", 101], *rows]) == [("mismatch", "目标", "F3")]


@pytest.mark.parametrize(("team", "cells"), [(99, ["F3"]), (100, []), (101, ["F3"])])
def test_reps_must_add_up_to_their_team(team: int, cells: list[str]) -> None:
    rows = [
        [2026, "11月", "团队", "一组", "签约额", team],
        [2026, "11月", "销售代表", "张一", "签约额", 40],
        [2026, "11月", "销售代表", "李二", "签约额", 60],
        [2026, "11月", "销售代表", "王三", "签约额", 500],
        [2026, "11月", "销售代表", "张一", "回款", 7],
    ]
    assert found(成员=TEAM, 目标=rows) == [("mismatch", "目标", cell) for cell in cells]


@pytest.mark.parametrize(("scope", "names"), [("团队", ["一组", "二组"]), ("销售代表", ["张一", "王三"])])
def test_teams_or_else_reps_must_add_up_to_the_whole(scope: str, names: list[str]) -> None:
    parts = [[2026, "11月", scope, name, "签约额", 50] for name in names]
    for whole, cells in ((100, []), (101, ["F3"])):
        rows = [[2026, "11月", "团队合计", None, "签约额", whole], *parts]
        assert found(成员=TEAM, 目标=rows) == [("mismatch", "目标", cell) for cell in cells]


def test_parts_that_do_not_add_up_are_a_warning_with_both_figures() -> None:
    finding = read(成员=TEAM, 目标=months([10, 20, 30], quarter=61))[1][0]
    assert (finding.severity, finding.value) == (Severity.WARNING, 61)
    assert (finding.facts["value"], finding.facts["expected"], finding.facts["whole"]) == (60, 61, "一季度")


AGREED = ["11月例会纪要", "李经理", "王总监"]


def test_an_adjustment_replaces_the_amount_and_keeps_the_original_and_who_agreed() -> None:
    change = [2026, "11月", "销售代表", "张一", "签约额"]
    rulebook, findings = read(
        成员=TEAM,
        目标=[[*change, 60]],
        目标调整=[[*change, 50, "客户推迟", *AGREED], [*change, 45, "再推迟", *AGREED]],
    )
    assert [(t.amount, t.original) for t in rulebook.targets] == [(45, 60)]
    assert [(a.amount, a.reason, a.approver) for a in rulebook.targets[0].adjustments] == [
        (50, "客户推迟", "王总监"),
        (45, "再推迟", "王总监"),
    ]
    assert findings == []


def test_an_adjustment_of_no_target_is_an_unknown_reference() -> None:
    row = [2026, "12月", "销售代表", "张一", "签约额", 50, "客户推迟", *AGREED]
    assert found(成员=TEAM, 目标调整=[row]) == [("unknown_reference", "目标调整", "D3")]


def test_an_adjustment_without_a_reason_does_not_count() -> None:
    change = [2026, "11月", "销售代表", "张一", "签约额"]
    rulebook, findings = read(成员=TEAM, 目标=[[*change, 60]], 目标调整=[[*change, 50, None, *AGREED]])
    assert [t.amount for t in rulebook.targets] == [60]
    assert [(f.code, f.place.cell) for f in findings] == [("required", "G3")]


@pytest.mark.parametrize("blank", [0, 1, 2])
def test_an_adjustment_counts_once_basis_reviewer_and_approver_stand_there(blank: int) -> None:
    change = [2026, "11月", "销售代表", "张一", "签约额"]
    agreed: list[str | None] = [*AGREED]
    agreed[blank] = None
    rulebook, findings = read(成员=TEAM, 目标=[[*change, 60]], 目标调整=[[*change, 50, "客户推迟", *agreed]])
    assert [(t.amount, t.original, t.adjustments) for t in rulebook.targets] == [(60, None, ())]
    assert [(f.code, f.severity, f.place.cell) for f in findings] == [
        ("incomplete", Severity.WARNING, f"{'HIJ'[blank]}3")
    ]


@pytest.mark.parametrize(
    ("also", "cells"), [([], ["F3"]), ([["一季度", 55]], []), ([["一季度", 56]], ["F4"])]
)
def test_adjusted_parts_must_still_add_up_and_the_last_change_is_to_blame(
    also: list[list[Any]], cells: list[str]
) -> None:
    changes = [
        [2026, period, "销售代表", "张一", "签约额", amount, "客户推迟", *AGREED]
        for period, amount in [["1月", 5], *also]
    ]
    assert found(成员=TEAM, 目标=months([10, 20, 30], quarter=60), 目标调整=changes) == [
        ("mismatch", "目标调整", cell) for cell in cells
    ]


def test_a_mismatch_that_stood_before_is_not_blamed_on_the_adjustment() -> None:
    change = [2026, "1月", "销售代表", "张一", "签约额", 5, "客户推迟", *AGREED]
    assert found(成员=TEAM, 目标=months([10, 20, 30], quarter=61), 目标调整=[change]) == [
        ("mismatch", "目标", "F3")
    ]


PLACED = [
    ["张一", "一组", "华东", "软件"],
    ["李二", "一组", "华东", "硬件"],
    ["王三", "二组", "华北", "软件"],
]


@pytest.mark.parametrize(("whole", "cells"), [(99, ["F3"]), (100, []), (101, ["F3"])])
@pytest.mark.parametrize(
    ("scope", "name", "parts"),
    [
        ("区域", "华东", [("团队", "一组", 100), ("团队", "二组", 7)]),
        ("区域", "华东", [("销售代表", "张一", 30), ("销售代表", "李二", 70), ("销售代表", "王三", 9)]),
        ("产品线", "软件", [("销售代表", "张一", 30), ("销售代表", "王三", 70), ("销售代表", "李二", 9)]),
        ("团队合计", None, [("区域", "华东", 60), ("区域", "华北", 40)]),
        ("团队合计", None, [("产品线", "软件", 60), ("产品线", "硬件", 40)]),
    ],
)
def test_regions_and_product_lines_add_up_too(
    scope: str, name: str | None, parts: list[tuple[str, str, int]], whole: int, cells: list[str]
) -> None:
    rows = [[2026, "Q4", scope, name, "签约额", whole]]
    rows += [[2026, "Q4", kind, who, "签约额", amount] for kind, who, amount in parts]
    assert found(成员=PLACED, 目标=rows) == [("mismatch", "目标", cell) for cell in cells]


@pytest.mark.parametrize(("part", "cells"), [(99, []), (100, []), (101, ["F3"])])
def test_product_lines_of_which_some_have_no_target_must_just_not_exceed_the_whole(
    part: int, cells: list[str]
) -> None:
    rows = [
        [2026, "11月", "团队合计", None, "签约额", 100],
        [2026, "11月", "产品线", "软件", "签约额", part],
    ]
    assert found(成员=PLACED, 目标=rows) == [("mismatch", "目标", cell) for cell in cells]


@pytest.mark.parametrize(("measure", "codes"), [("单数", ["type"]), ("新增客户", ["type"]), ("签约额", [])])
def test_what_is_counted_is_asked_for_in_whole_numbers(measure: str, codes: list[str]) -> None:
    rulebook, findings = read(成员=TEAM, 目标=[[2026, "11月", "销售代表", "张一", measure, 4.5]])
    assert [f.code for f in findings] == codes
    assert len(rulebook.targets) == 1 - len(codes)


@pytest.mark.parametrize(
    ("bounds", "expected"),
    [
        ([100, 50, None], []),
        ([100, 50, 0], []),
        ([100, 100, None], [("range", "等级", "B4")]),
        ([100, 101, None], [("range", "等级", "B4")]),
        ([100, None, None], [("required", "等级", "B4")]),
        ([100, "很高", None], [("type", "等级", "B4")]),
    ],
)
def test_bounds_of_grades_must_fall(bounds: list[Any], expected: list[tuple[str, str, str]]) -> None:
    rows = [[name, bound, None, None, 7, "天"] for name, bound in zip("ABC", bounds, strict=True)]
    assert found(等级=rows) == expected


def test_grades_carry_their_rules() -> None:
    rulebook, _ = read(等级=[["金", "50万", "是", None, 2, "季度"], ["银", None, None, "√", None, None]])
    gold, silver = rulebook.grades
    assert (gold.at_least, gold.strategic, gold.every, gold.unit) == (500_000, True, 2, "quarter")
    assert (silver.at_least, silver.clear_intent, silver.every) == (None, True, None)


def test_a_grade_twice_is_a_duplicate_and_an_unknown_unit_a_choice() -> None:
    rows = [["A", 9, None, None, 1, "天"], ["a", 8, None, None, 1, "天"], ["B", None, None, None, 1, "周"]]
    assert found(等级=rows) == [("duplicate", "等级", "A4"), ("choice", "等级", "F5")]


def test_stages_keep_their_order_kind_probability_and_aliases() -> None:
    rows = [["接触", "进行中", "20%", "线索、初谈"], ["签约", "成交", 1, None], ["丢单", "终止", 0, "失败"]]
    stages = read(阶段=rows)[0].stages
    assert [(s.name, s.kind, s.probability, s.aliases) for s in stages] == [
        ("接触", "open", Decimal("0.2"), ("线索", "初谈")),
        ("签约", "won", Decimal(1), ()),
        ("丢单", "off", Decimal(0), ("失败",)),
    ]


def test_stages_and_grades_are_lists_of_choices_too() -> None:
    choices = read()[0].choices
    assert [o.value for o in choices["阶段"]] == ["洽谈", "签约"]
    assert [o.value for o in choices["等级"]] == ["A", "B"]


@pytest.mark.parametrize(
    ("typed", "codes"),
    [(0, []), (1, []), ("100%", []), ("101%", ["range"]), (-0.01, ["range"]), ("高", ["type"])],
)
def test_a_probability_lies_between_0_and_100_percent(typed: Any, codes: list[str]) -> None:
    rows = [["洽谈", "进行中", typed, None], ["签约", "成交", 1, None]]
    assert found(阶段=rows) == [(code, "阶段", "C3") for code in codes]


def test_a_stage_twice_or_an_alias_that_means_two_stages_is_a_duplicate() -> None:
    rows = [
        ["洽谈", "进行中", None, "谈判"],
        ["签约", "成交", None, "谈判、洽谈、成交"],
        ["洽谈", "进行中", None, None],
    ]
    rulebook, findings = read(阶段=rows)
    assert [(f.code, f.place.cell) for f in findings] == [
        ("duplicate", "D4"),
        ("duplicate", "D4"),
        ("duplicate", "A5"),
    ]
    assert [s.aliases for s in rulebook.stages] == [("谈判",), ("成交",)]


def test_options_replace_a_list_and_a_list_left_out_stays_as_preset() -> None:
    rulebook, findings = read(
        选项=[["客户来源", "展厅", None, "门店、来访"], ["客户来源", "其他", None, None]]
    )
    assert [(o.value, o.aliases) for o in rulebook.choices["客户来源"]] == [
        ("展厅", ("门店", "来访")),
        ("其他", ()),
    ]
    assert rulebook.choices["沟通方式"] == settings.editable_lists()["沟通方式"]
    assert {f.facts["label"] for f in findings} == set(settings.editable_lists()) - {"客户来源"}


def test_an_unknown_list_is_an_unknown_reference() -> None:
    rows = [["天气", "晴", None, None]]
    assert ("unknown_reference", "选项", "A3") in found(选项=rows)


@pytest.mark.parametrize(
    ("meaning", "code"),
    [("进行中", None), ("流失", None), (None, "required"), ("完成", "choice"), ("很好", "choice")],
)
def test_a_status_needs_a_meaning_of_its_list(meaning: str | None, code: str | None) -> None:
    findings = read(选项=[["跟进状态", "观望", meaning, None]])[1]
    at_row = [(f.code, f.place.cell) for f in findings if f.row]
    assert at_row == ([(code, "C3")] if code else [])


def test_an_alias_of_a_header_is_kept_as_headers_are_compared() -> None:
    rows = [["客户简称 *", "客户名称", "客户档案"], ["谁填的", "销售代表", None]]
    rulebook, findings = read(列名对照=rows)
    assert rulebook.aliases == {("customer_archive", "客户简称"): "客户名称", ("", "谁填的"): "销售代表"}
    assert findings == []


@pytest.mark.parametrize(
    ("row", "cell"),
    [
        (["简称", "没有这一列", None], "B3"),
        (["简称", "沟通时间", "客户档案"], "B3"),
        (["简称", "客户名称", "没有这张表"], "C3"),
    ],
)
def test_an_alias_for_an_unknown_label_or_form_is_an_unknown_reference(row: list[Any], cell: str) -> None:
    assert found(列名对照=[row]) == [("unknown_reference", "列名对照", cell)]


def test_a_header_with_two_meanings_is_a_duplicate() -> None:
    assert found(列名对照=[["简称", "客户名称", None], ["简称", "备注", None]]) == [
        ("duplicate", "列名对照", "A4")
    ]


def test_parameters_are_typed_and_missing_ones_stay_as_preset() -> None:
    rows = [
        ["业绩预警线", "55%"],
        ["录入时限（小时）", 48],
        ["有错误的行", "带标记并入"],
        ["周报截止", "周四"],
        ["空话短语", "无、随便，看看"],
        ["采用月度定额", "是"],
    ]
    parameters = read(参数=rows)[0].parameters
    assert parameters.attainment_warning == Decimal("0.55")
    assert (parameters.entry_hours, parameters.faulty_rows, parameters.report_due) == (
        48,
        "merge",
        4,
    )
    assert parameters.vague_phrases == ("无", "随便", "看看")
    assert parameters.quota_applies is True
    assert parameters.after_sales_days == 3


@pytest.mark.parametrize(
    ("row", "code", "cell"),
    [
        (["没有的参数", 1], "unknown_reference", "A3"),
        (["录入时限(小时)", "一天"], "type", "B3"),
        (["录入时限(小时)", 0], "range", "B3"),
        (["录入时限(小时)", None], "required", "B3"),
        (["有错误的行", "扔掉"], "choice", "B3"),
        (["停滞分位", "120%"], "range", "B3"),
        (["高潜客户等级", "钻石"], "unknown_reference", "B3"),
    ],
)
def test_a_faulty_parameter_is_found_and_the_preset_holds(row: list[Any], code: str, cell: str) -> None:
    rulebook, findings = read(参数=[row])
    assert [(f.code, f.place.cell) for f in findings] == [(code, cell)]
    if row[0] != "高潜客户等级":
        assert rulebook.parameters == settings.default_rulebook().parameters


def test_a_parameter_twice_is_a_duplicate() -> None:
    assert found(参数=[["最短字数", 5], ["最短字数", 6]]) == [("duplicate", "参数", "A4")]


@pytest.mark.parametrize(("potential", "codes"), [("29%", ["mismatch"]), ("30%", []), ("31%", ["mismatch"])])
def test_weights_of_the_score_add_up_where_grades_are_scores(potential: str, codes: list[str]) -> None:
    weights = [["得分权重：采购额", "50%"], ["得分权重：频次", "20%"], ["得分权重：潜力", potential]]
    assert found(参数=[["等级依据", "得分"], *weights]) == [(code, "参数", "B4") for code in codes]
    assert found(参数=[["等级依据", "年采购额"], *weights]) == []


def test_holidays_and_make_up_days_are_read() -> None:
    rows = [["2026-10-01", "休息"], [dt.datetime(2026, 10, 10), "调休上班"], ["2026-10-01", "上班"]]
    rulebook, findings = read(节假日=rows)
    assert rulebook.days == {dt.date(2026, 10, 1): False, dt.date(2026, 10, 10): True}
    assert [(f.code, f.place.cell) for f in findings] == [("duplicate", "A5")]


def test_moved_rows_and_columns_are_found_by_their_labels() -> None:
    rows = [
        [],
        [None, "花名册"],
        [None, None, "Team", "员工姓名*", "备忘"],
        [],
        [None, None, "一组", "张一", "新人"],
    ]
    sheets = [grid(name, DEFAULTS.get(name, ())) for name in ("等级", "阶段")]
    rulebook, _ = settings.from_workbook(Workbook("团队设置.xlsx", (Grid(" 成员 ", rows), *sheets)))
    assert rulebook.members == (Member("张一", "一组"),)


def test_a_missing_required_column_is_found_on_its_sheet() -> None:
    sheets = [grid(name, DEFAULTS[name]) for name in ("等级", "阶段")]
    members = Grid("成员", [["团队", "区域"], ["一组", "华东"]])
    rulebook, findings = settings.from_workbook(Workbook("团队设置.xlsx", (members, *sheets)))
    assert rulebook.members == ()
    assert ("missing_column", "成员", "name") in [(f.code, f.place.sheet, f.field) for f in findings]


def test_missing_sheets_are_reported_and_optional_ones_are_not() -> None:
    sheets = tuple(grid(name, DEFAULTS[name]) for name in ("等级", "阶段"))
    findings = settings.from_workbook(Workbook("团队设置.xlsx", sheets))[1]
    assert [(f.code, f.place.sheet) for f in findings] == [
        ("missing_column", "成员"),
        ("missing_column", "目标"),
        ("missing_column", "选项"),
        ("missing_column", "参数"),
    ]


def test_error_cells_and_formulas_never_calculated_are_said_to_be_so() -> None:
    stages = grid(
        "阶段", [["洽谈", "进行中", None, None], ["签约", "成交", None, None]], errors={(3, 3): "#N/A"}
    )
    grades = grid("等级", DEFAULTS["等级"], uncalculated=frozenset({(4, 2)}))
    findings = settings.from_workbook(Workbook("团队设置.xlsx", (grades, stages)))[1]
    assert [(f.code, f.place.cell) for f in findings if f.place.cell] == [
        ("uncalculated", "B4"),
        ("formula", "C3"),
    ]


def test_findings_come_in_the_order_of_sheets_rows_and_columns() -> None:
    findings = found(
        成员=[["张一", None, None, None, None, "x", "y"], [None, "一组"]],
        阶段=[["洽谈", "进行中", "250%", None], ["签约", "随意", 1, None]],
    )
    assert findings == [
        ("type", "成员", "F3"),
        ("type", "成员", "G3"),
        ("required", "成员", "A4"),
        ("range", "阶段", "C3"),
        ("choice", "阶段", "B4"),
    ]


@pytest.mark.parametrize("empty", ["等级", "阶段"])
def test_no_grades_or_no_stages_leave_no_rule_to_go_by(empty: str) -> None:
    with pytest.raises(SettingsError, match=empty):
        read(**{empty: []})


def test_a_missing_file_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="settings_missing"):
        settings.load(tmp_path / "团队设置.xlsx")


def test_an_unreadable_file_says_how_to_mend_it(tmp_path: Path) -> None:
    path = tmp_path / "团队设置.xlsx"
    path.write_bytes(b"PK\x03\x04 no workbook")
    with pytest.raises(SettingsError, match=r"settings_unreadable.*truncated"):
        settings.load(path)


@pytest.mark.slow
@given(data=st.data())
@hypothesis_settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_stands_in_the_cells_is_a_finding_or_a_rule_and_never_a_crash(data: st.DataObject) -> None:
    anything = st.one_of(
        st.none(),
        st.sampled_from(
            ["-", "", "张一", "全年", "进行中", "成交", "=1+1", "1e400", "９９％", "2026-02-30", "、、", "是"]
        ),
        st.text(max_size=6),
        st.integers(-5, 3_000_000),
        st.floats(allow_nan=False, allow_infinity=False),
        st.booleans(),
        st.datetimes(dt.datetime(1950, 1, 1), dt.datetime(2100, 1, 1)),
        st.times(),
    )
    sheets = {
        name: data.draw(st.lists(st.lists(anything, max_size=8), max_size=4), label=name) for name in HEADS
    }
    sheets = {name: [*DEFAULTS.get(name, []), *more] for name, more in sheets.items()}
    rulebook, findings = read(**sheets)
    assert all(f.place.cell or f.code in {"required", "missing_column"} for f in findings)
    assert [s.name for s in rulebook.stages][:2] == ["洽谈", "签约"]
    bounds = [g.at_least for g in rulebook.grades if g.at_least is not None]
    if not any(f.code == "range" and f.facts.get("why") == "order" for f in findings):
        assert bounds == sorted(set(bounds), reverse=True)


def yearly(scope: str, name: str | None, amount: int, period: str = "全年") -> list[Any]:
    return [2026, period, scope, name, "签约额", amount]


def monthly(scope: str, name: str | None, amount: int) -> list[list[Any]]:
    return [yearly(scope, name, amount, f"{m}月") for m in range(1, 13)]


@pytest.mark.parametrize(("year", "gap"), [(239, 1), (240, None), (241, 1)])
def test_a_teams_year_is_held_against_the_months_of_its_reps(year: int, gap: int | None) -> None:
    rows = [yearly("团队", "一组", year), *monthly("销售代表", "张一", 10), *monthly("销售代表", "李二", 10)]
    findings = read(成员=TEAM, 目标=rows)[1]
    assert [(f.code, f.place.cell, f.facts["difference"]) for f in findings] == [
        ("mismatch", "F3", gap) for _ in range(gap is not None)
    ]


@pytest.mark.parametrize(("year", "cells"), [(119, ["F14"]), (120, []), (121, ["F14"])])
def test_the_months_of_a_whole_are_held_against_the_years_of_its_parts(year: int, cells: list[str]) -> None:
    rows = [*monthly("团队合计", None, 10), yearly("团队", "一组", year - 20), yearly("团队", "二组", 20)]
    assert found(成员=TEAM, 目标=rows) == [("mismatch", "目标", cell) for cell in cells]


@pytest.mark.parametrize(("december", "cells"), [(9, ["F3"]), (10, []), (11, ["F3"])])
def test_a_year_is_held_against_quarters_and_the_months_of_the_other_quarters(
    december: int, cells: list[str]
) -> None:
    who = ("销售代表", "张一")
    rows = [yearly(*who, 120), *(yearly(*who, 30, q) for q in ("Q1", "Q2", "Q3"))]
    rows += [yearly(*who, 10, "10月"), yearly(*who, 10, "11月"), yearly(*who, december, "12月")]
    assert found(成员=TEAM, 目标=rows) == [("mismatch", "目标", cell) for cell in cells]


def test_one_wrong_month_is_told_once_and_not_again_of_the_year() -> None:
    rows = [*monthly("团队", "一组", 20), *monthly("销售代表", "张一", 10), *monthly("销售代表", "李二", 10)]
    rows[4][5] = 21  # the team's May
    assert found(成员=TEAM, 目标=rows) == [("mismatch", "目标", "F7")]


def test_a_wrong_whole_is_told_once_though_months_and_people_both_differ_from_it() -> None:
    rows = [yearly("团队", "一组", 239), *monthly("团队", "一组", 20)]
    rows += [*monthly("销售代表", "张一", 10), *monthly("销售代表", "李二", 10)]
    assert found(成员=TEAM, 目标=rows) == [("mismatch", "目标", "F3")]


def test_a_rep_whose_month_is_not_set_but_whose_year_is_is_not_taken_for_nothing() -> None:
    rows = [yearly("团队", "一组", 20, "11月"), yearly("销售代表", "张一", 10, "11月")]
    assert found(成员=TEAM, 目标=[*rows, yearly("销售代表", "李二", 120)]) == []
    assert found(成员=TEAM, 目标=rows) == [("mismatch", "目标", "F3")]
