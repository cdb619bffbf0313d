"""What a check says to machines and to people."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from salesxl import messages
from salesxl.cli import report
from salesxl.model import Checked, Finding, Place, Severity
from salesxl.workspace import batch_report
from tests.sheets import AS_OF, WORDS, archive, check, week

KEYS = ["file", "sheet", "cell", "field", "label", "code", "severity", "value", "message", "fix"]
TOTALS = {"files", "sheets", "records", "accepted", "errors", "warnings", "findings"}


@pytest.fixture(scope="module")
def told():
    return json.loads(json.dumps(report.as_json(week(), WORDS), ensure_ascii=False, allow_nan=False))


def test_the_json_holds_what_the_contract_says(told):
    assert set(told) >= TOTALS
    assert all(isinstance(told[name], int) for name in TOTALS - {"findings"})
    assert told["records"] == told["accepted"] + told["returned"]
    assert all(list(f) == KEYS for f in told["findings"])
    assert {f["severity"] for f in told["findings"]} <= {"error", "warning", "notice"}
    assert {f["code"] for f in told["findings"]} <= set(messages.CODES)
    assert told["errors"] == sum(f["severity"] == "error" for f in told["findings"])
    assert told["warnings"] == sum(f["severity"] == "warning" for f in told["findings"])


def test_a_file_is_named_relative_to_the_given_folder(tmp_path):
    (tmp_path / "一组").mkdir()
    archive(tmp_path / "一组" / "a.xlsx", [{"contact": None}])
    found = report.as_json(check(tmp_path), WORDS)["findings"]
    assert [(f["file"], f["sheet"], f["cell"]) for f in found] == [("一组/a.xlsx", "客户档案", "I4")]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (12, 12),
        (12.5, 12.5),
        (True, True),
        (None, None),
        ("面议", "面议"),
        (dt.datetime(2026, 11, 20, 9, 5), "2026-11-20T09:05:00"),
        (dt.time(9, 5), "09:05:00"),
        (dt.timedelta(hours=25), "1 day, 1:00:00"),
    ],
)
def test_a_value_goes_out_as_json_knows_it(value, expected):
    found = Finding("type", Severity.ERROR, Place("a.xlsx", "表", "A1"), "need", value, block="customer")
    told = batch_report.finding_json(found, WORDS)
    assert told["value"] == expected
    assert json.loads(json.dumps(told))["value"] == expected
    assert told["label"] == "需求描述"


def made(*findings: Finding) -> Checked:
    return Checked(("a.xlsx", "b.xlsx"), (), (), {}, findings, AS_OF, (AS_OF, AS_OF))


def finding(file: str, rep: str | None, code: str = "required", severity: str = "error") -> Finding:
    facts = {"rep": rep} if rep else {}
    return Finding(code, Severity(severity), Place(file, "表", "A1"), facts=facts)


def test_the_text_goes_by_rep_and_file():
    checked = made(
        finding("b.xlsx", "张三"),
        finding("a.xlsx", "李四"),
        finding("a.xlsx", "张三"),
        finding("c.xlsx", None),
    )
    lines = [line for line in report.as_text(checked, WORDS) if not line.startswith("    ")]
    assert lines[:9] == ["张三", "  b.xlsx", "  a.xlsx", "", "李四", "  a.xlsx", "", "（未注明）", "  c.xlsx"]


def test_a_line_says_where_what_and_how_to_mend_it():
    lines = list(report.as_text(made(finding("a.xlsx", "张三")), WORDS))
    assert lines[2] == "    [错误] 表!A1 单元格未填。请填写单元格。"


def test_notices_are_told_only_when_asked_for():
    checked = made(finding("a.xlsx", "张三", "column_guessed", "notice"))
    assert "没有发现问题。" in list(report.as_text(checked, WORDS))
    assert any("提示" in line for line in report.as_text(checked, WORDS, notices=True))


def test_the_account_is_always_told(told):
    last = list(report.as_text(week(), WORDS))[-3:]
    assert f"{told['records']} 行：接收 {told['accepted']} 行，退回 {told['returned']} 行" in last[0]
    assert last[1].startswith("没有读入：截断.xlsx（文件不完整")
    assert "、食堂菜单.xlsx › Sheet（" in last[1]
    assert "不计入" in last[2]


def test_a_field_that_no_form_has_has_no_label():
    assert report.label_of("customer", "no_such_field") is None
    assert report.label_of("no_such_block", "need") is None
    assert report.label_of(None, "need") is None
