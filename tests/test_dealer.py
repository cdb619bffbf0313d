"""The example of a car dealer: its own forms and rules, a week of them with faults, and what comes of it."""

from __future__ import annotations

import datetime as dt
import shutil
from typing import Any

import openpyxl
import pytest

from salesxl import friday, settings, validate
from salesxl.workspace.folder import TeamFolder
from salesxl.xlsx.read import grid
from tools import dealer

from .sheets import WORDS
from .test_demo import EXAMPLES, _content

HOME = EXAMPLES / "dealer"
EXPECTED = {
    ("客户档案_陈晓.xlsx", "P7", "own", "error"),  # no address of a sold car
    ("客户档案_陈晓.xlsx", "Q7", "own", "error"),  # the car is another customer's
    ("客户档案_陈晓.xlsx", "T7", "own", "warning"),  # entered after two days
    ("客户档案_陈晓.xlsx", "U7", "own", "error"),  # another name on the invoice
    ("客户档案_陈晓.xlsx", "M8", "required", "error"),  # lost without a reason
    ("展厅客流_陈晓.xlsx", "A6", "own", "notice"),  # buys within a week, no test drive
    ("展厅客流_陈晓.xlsx", "C6", "format", "error"),
    ("展厅客流_陈晓.xlsx", "E7", "range", "error"),
    ("试乘试驾_陈晓.xlsx", "C6", "range", "error"),  # 3.2 公里
    ("试乘试驾_陈晓.xlsx", "D7", "format", "error"),
    ("郭敏 第47周.xlsx", "C6", "required", "error"),
    ("郭敏 第47周.xlsx", "E6", "range", "error"),
    ("郭敏 第47周.xlsx", "A7", "own", "warning"),  # sold without a test drive
}


def told(sheet: Any, *labels: str) -> list[tuple[Any, ...]]:
    """Return what stands under some headers of a sheet of the book."""
    head, *rows = sheet.iter_rows(values_only=True)
    return [tuple(row[head.index(label)] for label in labels) for row in rows]


def test_the_committed_folder_is_what_the_tool_makes(tmp_path):
    dealer.make(tmp_path)
    made = {p.relative_to(tmp_path) for p in tmp_path.rglob("*") if p.is_file()}
    assert made == {p.relative_to(HOME) for p in HOME.rglob("*.xlsx")}
    for name in sorted(made):
        assert _content(HOME / name) == _content(tmp_path / name), f"{name}: run make templates"


def test_every_fault_of_the_week_is_found_at_its_cell_and_nothing_else():
    rules, faults = settings.load(HOME / "团队设置.xlsx")
    assert faults == []
    assert [form.title for form in rules.forms.own] == ["展厅客流", "试乘试驾"]
    checked = validate.validate([HOME / "收件箱"], rules, dealer.DAY)
    found = {(f.place.file, f.place.cell, f.code, str(f.severity)) for f in checked.findings if f.place.cell}
    assert found == EXPECTED
    said = {f.place.cell: WORDS.message(f) for f in checked.findings if f.place.file == "试乘试驾_陈晓.xlsx"}
    assert said["C6"] == "每次试驾应大于 5 公里"
    assert "110105194912310021" not in said["D7"]


@pytest.mark.slow
def test_the_week_makes_returns_the_book_and_a_list_in_the_summary(tmp_path):
    team = tmp_path / "team"
    shutil.copytree(HOME, team)
    outcome = friday.run(TeamFolder(team, WORDS), friday.Week(dt.date(2026, 11, 16), dealer.DAY))
    assert {path.name for path in outcome.returns.iterdir()} == {"陈晓", "郭敏", "何川"}
    book = openpyxl.load_workbook(team / "2026-W47" / "团队台账.xlsx", read_only=True)
    drives = told(book["试乘试驾·试驾"], "销售代表", "客户名称", "试驾里程")
    assert drives == [("陈晓", "陈立群", 8), ("郭敏", "丁女士", 9)]
    assert told(book["展厅客流·到店客户"], "客户姓名") == [("周先生",), ("丁女士",)]
    lists = next(g for g in grid.read(outcome.summary, file="").grids if g.sheet == "客户名单")
    texts = [str(cell) for row in lists.rows for cell in row if cell]
    assert any(text.startswith("成交未交车") and "1 家" in text for text in texts)
    assert "吴桂芳" in texts
