"""Whose a row or a form is where no word says so: names on the roster, and the title above a table."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from salesxl import settings
from salesxl.intake import Batch
from salesxl.intake.batch import known_lists
from salesxl.model import CellValue, Checked, Finding, Workbook
from salesxl.recognition import read_workbook
from salesxl.rulebook import Member, Rulebook
from salesxl.validate import check
from tests.test_reading import CUSTOMER, Canvas

AS_OF = dt.date(2026, 11, 20)
NOBODY_KNOWN = settings.default_rulebook()
TEAM = replace(
    NOBODY_KNOWN,
    has_roster=True,
    members=tuple(Member(name) for name in ("张伟", "李娜", "赵敏", "陈静")),
)
REPS = ("张伟", "李娜", "张伟")


def read(canvas: Canvas, rules: Rulebook = TEAM, file: str = "a.xlsx") -> Checked:
    forms, said = read_workbook(Workbook(file, (canvas.grid(),)), rules.aliases, known_lists(rules))
    return check(Batch({file: Path(file)}, tuple(forms), tuple(said)), rules, AS_OF)


def customers(
    *head: CellValue, title: str | None = None, sheet: str = "客户档案", **columns: Sequence[CellValue]
) -> Canvas:
    canvas = Canvas(sheet)
    if title:
        canvas.put(1, 1, title)
    if head:
        canvas.put(2, 1, *head)
    rows: list[dict[str, CellValue]] = []
    for at, name in enumerate(("甲", "乙", "丙")):
        own = {header: values[at] for header, values in columns.items()}
        row = {k: v for k, v in CUSTOMER.items() if k != "客户编号"}
        rows.append({**row, "客户名称": f"{name}机械有限公司", "联系方式": f"1380013800{at}", **own})
    header = list(rows[0])
    return canvas.table(4, 1, header, *(list(row.values()) for row in rows))


def reps(checked: Checked) -> list[str | None]:
    return [None if pd.isna(rep) else str(rep) for rep in checked.frames["customer"]["rep"]]


def told(checked: Checked, code: str) -> list[Finding]:
    return [f for f in checked.findings if f.code == code and f.field == "rep"]


def column(canvas: Canvas, header: str) -> str:
    (place,) = [at for at, value in enumerate(canvas.grid().rows[3]) if value == header]
    return f"{chr(ord('A') + place)}4"


@pytest.mark.parametrize("header", ["跟踪人", "登记人", "维护人", "经办人", "所属业务", "跟办", "谁"])
def test_a_column_of_names_on_the_roster_is_the_reps_whatever_its_header(header: str) -> None:
    canvas = customers(**{header: REPS})
    found = read(canvas)
    assert reps(found) == list(REPS)
    (said,) = told(found, "column_guessed")
    assert (said.place.cell, said.value) == (column(canvas, header), header)


@pytest.mark.parametrize("header", ["审批人", "销售总监", "协办人", "陪访人", "原负责人", "客户签收人"])
def test_who_checks_or_helps_is_no_rep_though_on_the_roster(header: str) -> None:
    found = read(customers(**{header: REPS}))
    assert reps(found) == [None] * 3
    assert [f.facts["why"] for f in told(found, "required")] == ["nobody"]


@pytest.mark.parametrize("header", ["经办人", "制表人", "审批人", "登记人"])
def test_another_column_of_reps_by_name_leaves_a_known_one_alone(header: str) -> None:
    found = read(customers(业务员=REPS, **{header: ("陈静",) * 3}))
    assert reps(found) == list(REPS)
    assert told(found, "column_guessed") == []


@pytest.mark.parametrize("header", ["制表人", "登记人", "填表人"])
def test_who_wrote_it_down_gives_way_to_another_column_of_reps(header: str) -> None:
    assert reps(read(customers(跟办=REPS, **{header: ("陈静",) * 3}))) == list(REPS)
    assert reps(read(customers(header, "陈静", 跟办=REPS))) == list(REPS)


def test_two_columns_of_reps_are_named_where_nobody_is() -> None:
    found = read(customers(跟办=REPS, 服务人=("陈静",) * 3))
    assert reps(found) == [None] * 3
    (said,) = told(found, "required")
    assert (said.facts["why"], said.facts["headers"]) == ("nobody", ["跟办", "服务人"])


@pytest.mark.parametrize("header", ["登记人", "经办人"])
def test_a_column_of_people_is_named_where_no_roster_tells(header: str) -> None:
    found = read(customers(**{header: REPS}, 安装人员=("", "王工", "")), NOBODY_KNOWN)
    assert header in told(found, "required")[0].facts["headers"]


def test_a_column_of_which_half_is_on_the_roster_is_only_named() -> None:
    found = read(customers(跟办=("张伟", "李四", "李娜")))
    assert [f.facts["headers"] for f in told(found, "required")] == [["跟办"]]


@pytest.mark.parametrize("header", ["负责人", "经办人"])
def test_who_is_in_charge_is_ours_where_all_are_on_the_roster(header: str) -> None:
    canvas = customers(**{header: ("张伟", "李娜", "赵敏"), "联系人姓名": ("",) * 3})
    assert reps(read(canvas)) == ["张伟", "李娜", "赵敏"]


def test_a_cards_only_name_on_the_roster_is_the_reps_and_said() -> None:
    card = {"周期开始": "2026-11-16", "周期结束": "2026-11-22", "本周新增客户数": 0, "有效跟进次数": 5}
    card |= {"预计成交金额": 0, "本周完成业绩": 0}
    canvas = Canvas("周报").put(1, 1, "销售周报").put(2, 1, "跟办", "张伟").put(3, 1, "审批人", "李娜")
    for row, (label, value) in enumerate(card.items(), 4):
        canvas.put(row, 1, label, value)
    found = read(canvas)
    assert found.frames["weekly_report"]["rep"].tolist() == ["张伟"]
    assert [f.place.cell for f in told(found, "column_guessed")] == ["A2"]


SIGNED = ("制表人", "张伟", "审批人", "陈静", "日期", dt.datetime(2026, 11, 20))
UNSIGNED = ("制表人", None, "部门经理", None, "总经理", None, "日期", None)


@pytest.mark.parametrize("gap", [1, 2])
@pytest.mark.parametrize("line", [SIGNED, UNSIGNED])
def test_a_line_to_sign_laid_as_pairs_below_a_table_is_no_record(
    gap: int, line: tuple[CellValue, ...]
) -> None:
    found = read(customers("销售代表", "张伟").put(7 + gap, 1, *line))
    assert len(found.frames["customer"]) == 3
    assert [f for f in found.findings if f.code != "missing_report"] == []


def test_lines_to_sign_below_each_other_and_below_a_long_table_are_no_records() -> None:
    canvas = customers("销售代表", "张伟")
    row = dict(zip(canvas.grid().rows[3], canvas.grid().rows[4], strict=False))
    for at in range(30):
        canvas.put(
            8 + at, 1, *{**row, "客户名称": f"第{at}机械有限公司", "联系方式": f"139001390{at:02}"}.values()
        )
    canvas.put(38, 1, *SIGNED)
    canvas.put(39, 1, "复核人", "陈静").put(40, 1, "审批人", "赵敏")
    found = read(canvas)
    assert len(found.frames["customer"]) == 33
    assert [f for f in found.findings if f.code != "missing_report"] == []


@pytest.mark.parametrize(
    ("title", "sheet", "file", "why", "cell"),
    [
        ("李娜客户档案", "客户档案", "a.xlsx", "title", "A1"),
        (None, "李娜客户", "a.xlsx", "sheet", None),
        (None, "客户档案", "客户_李娜.xlsx", "file", None),
    ],
)
def test_a_form_whose_title_sheet_or_file_names_one_rep_is_theirs_and_said(
    title: str | None, sheet: str, file: str, why: str, cell: str | None
) -> None:
    found = read(customers(title=title, sheet=sheet), file=file)
    assert reps(found) == ["李娜"] * 3
    (said,) = told(found, "column_guessed")
    assert (said.facts["why"], said.facts["who"], said.place.cell) == (why, "李娜", cell)


@pytest.mark.parametrize("title", ["李娜、张伟客户档案", "李小娜客户档案", "客户档案"])
def test_a_title_that_names_two_or_nobody_of_the_roster_names_no_rep(title: str) -> None:
    found = read(customers(title=title))
    assert reps(found) == [None] * 3
    assert [f.facts["why"] for f in told(found, "required")] == ["nobody"]


def test_a_card_or_a_column_comes_before_the_title() -> None:
    found = read(customers("销售代表", "张伟", title="李娜客户档案"))
    assert (reps(found), told(found, "column_guessed")) == (["张伟"] * 3, [])
    found = read(customers(title="李娜客户档案", 业务员=REPS))
    assert (reps(found), told(found, "column_guessed")) == (list(REPS), [])
    found = read(customers(title="李娜客户档案", 业务员=("张伟", None, "张伟")))
    assert (reps(found), len(told(found, "column_guessed"))) == (["张伟", "李娜", "张伟"], 1)
