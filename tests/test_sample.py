"""A whole week as it came in, held against its answer key: every defect, nothing else, every value."""

from __future__ import annotations

import csv
import datetime as dt
import json
from typing import Any

import pytest
from openpyxl import load_workbook

from salesxl.cli import report
from salesxl.consolidate import consolidate
from salesxl.files.packaged import shipped
from salesxl.workspace import book
from tests.sheets import RULES, WEEK_FOLDER, WORDS, week

ACROSS = {"unknown_reference", "mismatch", "duplicate", "conflict", "missing_report"}
"""Codes about several forms together; the answer key, made form by form, does not hold them."""

COLUMNS = {
    "customer_no": "客户编号", "customer_name": "客户名称", "industry": "所属行业", "source": "客户来源",
    "employees": "员工人数", "contact_name": "联系人姓名", "contact_title": "联系人职务",
    "contact": "联系方式", "first_contact": "首次接触时间", "status": "跟进状态", "stage": "成交阶段",
    "expected_amount": "预计成交金额", "expected_close": "预计成交日期", "annual_purchase": "年采购额",
    "strategic": "战略客户", "tags": "客户标签", "rep": "销售代表", "team": "所属团队",
    "week_start": "周期开始", "week_end": "周期结束", "new_customers": "本周新增客户数",
    "follow_ups": "有效跟进次数", "completed_amount": "本周完成业绩", "month_target": "本月目标",
}  # fmt: skip
SHEETS = {"customer_archive": "客户档案", "weekly_report": "周报"}


@pytest.fixture(scope="module")
def findings() -> list[dict[str, Any]]:
    told = json.loads(json.dumps(report.as_json(week(), WORDS), ensure_ascii=False))
    return list(told["findings"])


@pytest.fixture(scope="module")
def answers() -> list[dict[str, str]]:
    with (WEEK_FOLDER / "answers.tsv").open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines, delimiter="\t"))


@pytest.fixture(scope="module")
def rows(tmp_path_factory) -> dict[tuple[str, str, int | None], dict[str, Any]]:
    """Return the rows of the team's book by sheet, source file and source row."""
    path = tmp_path_factory.mktemp("book") / "团队台账.xlsx"
    book.write_book(consolidate(week(), RULES), shipped("团队台账.xlsx"), path, WORDS)
    opened = load_workbook(path, data_only=True)
    found = {}
    for name in SHEETS.values():
        header, *body = opened[name].iter_rows(values_only=True)
        for cells in body:
            row = dict(zip(header, cells, strict=True))
            found[name, row["来源文件"], row["来源行"] if name == "客户档案" else None] = row
    return found


def test_every_defect_of_the_key_is_found_at_its_cell_with_its_code(findings, answers):
    told = {(f["file"], f["sheet"] or "", f["cell"] or "", f["code"]) for f in findings}
    by_file = {(f["file"], f["code"]) for f in findings}
    missed = [
        a
        for a in answers
        if (a["file"], a["sheet"], a["cell"], a["code"]) not in told
        and (a["cell"] or (a["file"], a["code"]) not in by_file)
    ]
    assert len(answers) > 30
    assert missed == []


def test_no_error_is_reported_where_the_key_has_none(findings, answers):
    cells = {(a["file"], a["sheet"], a["cell"]) for a in answers}
    files = {a["file"] for a in answers if not a["cell"]}
    false = [
        f
        for f in findings
        if f["severity"] == "error"
        and f["code"] not in ACROSS
        and (f["file"], f["sheet"] or "", f["cell"] or "") not in cells
        and f["file"] not in files
    ]
    assert false == []


def test_a_defect_is_as_severe_as_the_key_says(findings, answers):
    told = {(f["file"], f["cell"], f["code"]): f["severity"] for f in findings}
    wrong = [a for a in answers if a["cell"] and told[a["file"], a["cell"], a["code"]] != a["severity"]]
    assert wrong == []


def test_every_value_of_the_accepted_rows_stands_in_the_book(rows):
    truth = json.loads((WEEK_FOLDER / "truth.json").read_text(encoding="utf-8"))
    wrong, compared = [], 0
    for record in truth:
        name = SHEETS.get(record["form"])
        if name is None:
            continue
        row = rows.get((name, record["file"], record.get("row") if name == "客户档案" else None), {})
        for field, wanted in record["values"].items():
            compared += 1
            if not same(wanted, row.get(COLUMNS.get(field, field))):
                wrong.append((record["file"], record.get("row"), field, wanted))
    assert compared > 500
    assert wrong == []


def same(wanted: Any, got: Any) -> bool:
    """Say whether a cell of the book holds what the key says; None is left open there."""
    if wanted is None or wanted == "":
        return True
    if isinstance(wanted, bool):
        return bool(got == ("是" if wanted else "否"))
    if isinstance(wanted, (int, float)):
        return isinstance(got, (int, float)) and abs(got - wanted) < 1e-6
    if isinstance(got, dt.datetime):
        return got.date().isoformat() == str(wanted)[:10]
    return str(got) == str(wanted)
