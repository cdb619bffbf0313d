"""客户档案 as rows of 表单: the same values, and the same findings at the same cells, as its model."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from functools import cache

import pytest

from salesxl.columns import BlockSpec, Column, Kind, Need
from salesxl.intake import receive
from salesxl.model import Block, Checked, Submission
from salesxl.rulebook import Rulebook
from salesxl.schemas import block_spec
from salesxl.settings.own import field_of
from salesxl.validate import check

from .definitions import loaded
from .sheets import AS_OF, RULES, archive

TITLE = "客户总表"
KIND_OF = {
    **{Kind.TEXT: "文字", Kind.NAME: "姓名", Kind.CODE: "编号", Kind.CHOICE: "选项", Kind.INDUSTRY: "选项"},
    **{
        Kind.ITEMS: "多选",
        Kind.AMOUNT: "金额",
        Kind.AMOUNT_WAN: "金额",
        Kind.WHOLE: "整数",
        Kind.DATE: "日期",
    },
    **{Kind.YES_NO: "是否", Kind.CONTACT: "电话或邮箱"},
}
CODE = frozenset({"customer_no", "own_no", "rep", "grade"})
"""Fields of the archive that stay code: numbers and grades are given by the toolkit."""
STATES = {Need.WHEN_OPEN: ("open", "keen"), Need.WHEN_WON: ("won",), Need.WHEN_LOST: ("lost",)}
EITHER = (
    {"规则": "至少一项", "表单": TITLE, "作用": "当", "项目": "员工人数", "比较": "为空"},
    {"作用": "必须", "项目": "年营收(万元)", "比较": "不为空", "级别": "错误"},
)


def as_row(column: Column) -> dict[str, object]:
    """Return the row of 表单 that says what a column of the model does; number and grade stay code."""
    kind = "文字" if column.kind is Kind.ITEMS else KIND_OF[column.kind]
    row: dict[str, object] = {"项目": column.label, "类型": "详述" if column.concrete else kind}
    row |= {"取值": column.choices} if column.choices else {}
    row |= {"单位": "万元"} if column.kind is Kind.AMOUNT_WAN else {}
    row |= {"最小": str(column.minimum)} if column.minimum is not None else {}
    row |= {"最大": "今天"} if column.past_only else {}
    if column.need in STATES:
        words = [o.value for o in RULES.choices["跟进状态"] if o.kind in STATES[column.need]]
        row |= {"必填": "条件必填", "条件": f"跟进状态 是 {'、'.join(words)}"}
    return row | ({"必填": "必填"} if column.required else {})


@cache
def defined() -> Rulebook:
    """Return rules in which the archive stands as rows."""
    cards = [
        {"区块": "填表信息", "形式": "卡片", **as_row(c)} for c in block_spec("archive_head").columns[:3]
    ]
    cards[0] = {**cards[0], "表单": TITLE, "用途": "填报人"}
    columns = [c for c in block_spec("customer").columns if c.field not in CODE]
    rows = [{"区块": TITLE, "形式": "表格", **as_row(c)} for c in columns]
    rules, remarks = loaded([*cards, *rows], rules=EITHER)
    assert [f.facts["why"] for f in remarks] == ["too_alike"]
    return rules


def as_own(form: Submission) -> Submission:
    """Return a form that was read as an archive as if it had been read as the own one."""
    kinds = {"archive_head": f"own/{TITLE}/填表信息", "customer": f"own/{TITLE}/{TITLE}"}
    return replace(
        form, form=TITLE, blocks=tuple(renamed(b, block_spec(b.kind), kinds[b.kind]) for b in form.blocks)
    )


def renamed(block: Block, spec: BlockSpec, kind: str) -> Block:
    names = {
        c.field: field_of(c.label) for c in spec.columns if c.field not in CODE or spec.kind != "customer"
    }

    def turned(values: Mapping[str, object]) -> dict[str, object]:
        return {names[name]: value for name, value in values.items() if name in names}

    told = {part: turned(getattr(block, part)) for part in ("values", "columns", "cells", "headers", "moved")}
    return replace(block, kind=kind, **told)


WON, LOST = {"status": "成交", "stage": "签约"}, {"status": "流失", "stage": "终止"}
DIRT = [
    {},
    {"expected_amount": "约三百万左右"},
    {"expected_amount": -5},
    {"annual_purchase": "abc"},
    {"first_contact": dt.datetime(2027, 1, 5)},
    {"first_contact": "待定"},
    {"source": "天上"},
    {"status": None},
    {"contact_name": None},
    {"contact": "1380013800"},
    {"need": "有需求"},
    {"expected_close": None},
    {**WON, "contract_no": None, "contract_amount": 5, "contract_end": dt.datetime(2027, 5, 1)},
    {**WON, "contract_no": "HT-1", "contract_amount": None, "contract_end": dt.datetime(2027, 5, 1)},
    {**LOST, "loss_reason": None},
    {"employees": None, "annual_revenue_wan": None},
    {"strategic": "也许"},
    {"employees": "很多"},
]
GENERIC = frozenset({"required", "type", "choice", "range", "format", "future_date", "vague"})
"""Codes of what is said of a cell by its kind, need, bounds and conditions; all others are rules of ours."""


@pytest.fixture(scope="module")
def both(tmp_path_factory) -> tuple[Checked, Checked]:
    """Return the check of one file by the model, and by the rows."""
    names = [
        {"customer_name": f"{'甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未'[n]}字贸易行", "customer_no": None}
        for n in range(len(DIRT))
    ]
    rows = [{**name, "grade": None, **dirt} for name, dirt in zip(names, DIRT, strict=True)]
    path = archive(tmp_path_factory.mktemp("rows") / "张三_客户档案.xlsx", rows)
    batch = receive([path], RULES)
    own = replace(batch, submissions=tuple(map(as_own, batch.submissions)))
    return check(batch, RULES, AS_OF), check(own, defined(), AS_OF)


def said(checked: Checked) -> set[tuple[str | None, str]]:
    either = [f for f in checked.findings if f.facts.get("why") in {"either", "rule"}]
    assert [f.row for f in either] == [4 + DIRT.index({"employees": None, "annual_revenue_wan": None})]
    return {(f.place.cell, f.code) for f in checked.findings if f.code in GENERIC and f not in either}


def test_rows_find_what_the_model_finds_at_the_same_cells(both):
    model, rows = both
    assert said(rows) == said(model)
    assert len(said(model)) >= len(DIRT) - 2


def test_rows_read_the_values_that_the_model_reads(both):
    model, rows = (checked.frames for checked in both)
    frame = rows[f"own/{TITLE}/{TITLE}"]
    for column in block_spec("customer").columns:
        if field_of(column.label) in frame and column.kind is not Kind.INDUSTRY:
            ours, theirs = model["customer"][column.field], frame[field_of(column.label)]
            assert theirs.dtype == ours.dtype, column.label
            assert theirs.astype(object).where(theirs.notna(), None).tolist() == (
                ours.astype(object).where(ours.notna(), None).tolist()
            ), column.label


def test_rows_hold_back_what_the_model_holds_back(both):
    model, rows = (checked.frames for checked in both)
    assert rows[f"own/{TITLE}/{TITLE}"]["accepted"].tolist() == model["customer"]["accepted"].tolist()
