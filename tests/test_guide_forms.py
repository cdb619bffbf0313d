"""docs/own-forms.md, followed step by step as its reader would: nothing but what it says is typed."""

from __future__ import annotations

import re
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner

from salesxl.cli import main
from salesxl.xlsx.read import grid
from tools import own_forms

from .sheets import archive

pytestmark = pytest.mark.slow
PAGE = own_forms.GUIDE.read_text(encoding="utf-8")
MEMBERS, FIELDS, DRIVES, RULES, VIEWS, *_ = own_forms.tables()


def run(*words: str) -> str:
    done = CliRunner().invoke(main, list(words))
    assert done.exit_code == 0, done.output
    return done.output


@pytest.fixture(scope="module")
def team(tmp_path_factory):
    home = tmp_path_factory.mktemp("guide")
    for name, path, sheet, (first, last) in own_forms.pages(run, home):
        assert f"images/{name}" in PAGE
        assert openpyxl.load_workbook(path)[sheet].max_row >= last > first
    return home / "展厅"


def texts(path, sheet) -> list[str]:
    return [
        str(c) for g in grid.read(path, file="").grids if g.sheet == sheet for r in g.rows for c in r if c
    ]


def test_the_definition_is_without_fault(team):
    said = run("form", "check", str(team))
    assert "共 0 处要改" in said
    assert "试乘试驾" in said
    assert "意向车型" in said


def test_the_drive_of_3_2_km_comes_back_marked_at_its_cell_in_the_team_s_words(team):
    path = team / "2026-W47" / "退回" / "张三" / "试乘试驾_张三.xlsx"
    page = openpyxl.load_workbook(path)["试乘试驾"]
    (cell,) = (c for row in page.iter_rows() for c in row if c.value == "3.2 公里")
    assert cell.comment is not None
    assert "每次试驾应大于 5 公里" in cell.comment.text
    sound = next(c for row in page.iter_rows() for c in row if c.value == "8公里")
    assert sound.comment is None


def test_the_other_drive_stands_in_the_book_with_its_source(team):
    book = openpyxl.load_workbook(team / "2026-W47" / "团队台账.xlsx", read_only=True)
    head, *rows = book["试乘试驾·试驾"].iter_rows(values_only=True)
    told: list[dict[str, Any]] = [dict(zip(head, row, strict=True)) for row in rows]
    assert [(r["销售代表"], r["客户名称"], r["试驾里程"], r["手机"]) for r in told] == [
        ("张三", "周先生", 8, "13900000001")
    ]
    assert told[0]["来源文件"] == "试乘试驾_张三.xlsx"


def test_a_rule_and_a_list_of_customers_follow(team, tmp_path):
    own_forms.type_in(team / "团队设置.xlsx", "检查规则", RULES)
    own_forms.type_in(team / "团队设置.xlsx", "客户名单", VIEWS)
    path = archive(
        team / "收件箱" / "客户档案_张三.xlsx",
        [{"customer_name": "周先生"}, {"customer_name": "吴女士", "contact": "13900000002"}],
    )
    book = openpyxl.load_workbook(path)
    sheet = book.active
    head = next(row for row in sheet.iter_rows() if "客户名称" in [c.value for c in row])
    for number, value in enumerate(("意向车型", "轿车", "SUV")):
        sheet.cell(head[0].row + number, sheet.max_column + (number == 0)).value = value
    book.save(path)
    run("friday", str(team), "--as-of", "2026-11-20")
    lists = texts(team / "2026-W47" / "团队汇总.xlsx", "客户名单")
    assert any(re.match("想看SUV的客户.*1 家", text) for text in lists)
    assert "吴女士" in lists


def test_every_command_of_the_guide_is_one(team):
    for command in re.findall(r"`salesxl ([a-z ]+?)(?: [^a-z`][^`]*)?`", PAGE):
        assert CliRunner().invoke(main, [*command.split(), "-h"]).exit_code == 0, command


def test_all_its_pictures_are_there():
    for name in re.findall(r"\(images/([^)]+)\)", PAGE):
        assert (own_forms.DOCS / "images" / name).is_file()
