"""What was guessed, or is unknown, is settled once: written into the settings workbook in place."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner

from salesxl import cli, drawing, settings
from salesxl.rulebook import Member

from .sheets import RULES, archive

GUESSED = {"首次接触时间": "初次走访日", "客户名称": "往来单位全名"}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    rules = replace(RULES, members=(Member("张三", "一组"),), has_roster=True)
    (tmp_path / "团队设置.xlsx").write_bytes(drawing.settings_workbook(rules))
    (tmp_path / "收件箱").mkdir()
    for number, name in enumerate(("甲", "乙")):
        names = f"{name}丙丁机械有限公司", f"{name}庚辛贸易有限公司"
        rows = [
            {"customer_name": firm, "contact": f"13{at}0013800{number}", "status": "有戏"}
            for at, firm in enumerate(names, 8)
        ]
        path = archive(tmp_path / "收件箱" / f"{name}.xlsx", rows)
        book = openpyxl.load_workbook(path)
        for cell in book.active[3]:
            cell.value = GUESSED.get(cell.value, cell.value)
        book.save(path)
    return tmp_path


def run(home: Path, *more: str):
    return CliRunner().invoke(cli.main, ["accept", str(home), "-q", *more])


def rules(home: Path):
    return settings.load(home / "团队设置.xlsx")


def parts(home: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(home / "团队设置.xlsx") as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_guessed_headers_are_written_for_their_form_and_nothing_else_changes(home):
    before = parts(home)
    assert run(home).exit_code == 0
    read, remarks = rules(home)
    assert remarks == []
    assert read.aliases == {("customer_archive", new): label for label, new in GUESSED.items()}
    after = parts(home)
    assert before.keys() == after.keys()
    assert sum(before[name] != after[name] for name in before) == 1


def test_accepting_twice_writes_once(home):
    run(home)
    once = (home / "团队设置.xlsx").read_bytes()
    again = run(home)
    assert again.exit_code == 0
    assert (home / "团队设置.xlsx").read_bytes() == once


def test_only_the_label_that_is_named_is_accepted(home):
    assert run(home, "--label", "客户名称").exit_code == 0
    assert rules(home)[0].aliases == {("customer_archive", "往来单位全名"): "客户名称"}
    assert run(home, "--label", "天气").exit_code == 2


def test_a_preview_writes_nothing(home):
    before = (home / "团队设置.xlsx").read_bytes()
    assert "往来单位全名" in run(home, "--dry-run").output
    assert (home / "团队设置.xlsx").read_bytes() == before


@pytest.mark.parametrize(
    ("name", "told", "known"),
    [
        ("跟进状态", "有戏=意向", ("跟进状态", "意向", "有戏")),
        ("跟进状态", "有戏＝意向客户", ("跟进状态", "意向", "有戏")),
        ("成交阶段", "等通知=谈判", ("阶段", "谈判推进", "等通知")),
        ("阶段", "等通知=谈判推进", ("阶段", "谈判推进", "等通知")),
        ("客户等级", "钻石=VIP", ("等级", "VIP", "钻石")),
        ("客户来源", "地铁广告=其他", ("客户来源", "其他", "地铁广告")),
    ],
)
def test_an_unknown_word_is_settled_for_all_files_on_its_lists_own_sheet(home, name, told, known):
    assert run(home, "--choice", name, told).exit_code == 0
    listed, value, alias = known
    read, remarks = rules(home)
    assert remarks == []
    assert alias in next(o.aliases for o in read.choices[listed] if o.value == value)
    assert read.aliases == {}
    once = (home / "团队设置.xlsx").read_bytes()
    assert run(home, "--choice", name, told).exit_code == 0
    assert (home / "团队设置.xlsx").read_bytes() == once


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("跟进状态", "丢单=意向"),  # an alias of another option
        ("跟进状态", "成交=意向"),  # another option
        ("跟进状态", "有戏=也许"),
        ("跟进状态", "有戏"),
        ("跟进状态", "有戏、没戏=意向"),  # would be two aliases
        ("天气", "晴=好"),
    ],
)
def test_what_contradicts_the_settings_or_makes_no_sense_is_refused(home, name, told):
    before = (home / "团队设置.xlsx").read_bytes()
    assert run(home, "--choice", name, told).exit_code == 2
    assert (home / "团队设置.xlsx").read_bytes() == before


def test_an_open_workbook_is_left_alone(home):
    before = (home / "团队设置.xlsx").read_bytes()
    (home / "~$团队设置.xlsx").write_bytes(b"x")
    assert run(home).exit_code == 2
    assert (home / "团队设置.xlsx").read_bytes() == before


def test_faulty_settings_are_mended_first(home):
    path = home / "团队设置.xlsx"
    book = openpyxl.load_workbook(path)
    book["列名对照"]["A4"], book["列名对照"]["B4"] = "甲", "天气"
    book.save(path)
    before = path.read_bytes()
    got = run(home)
    assert got.exit_code == 2
    assert "列名对照!B4" in got.output
    assert path.read_bytes() == before


def test_a_header_below_the_excel_table_makes_the_table_grow(home):
    path = home / "团队设置.xlsx"
    book = openpyxl.load_workbook(path)
    sheet = book["列名对照"]
    table = next(iter(sheet.tables.values()))
    table.ref = table.autoFilter.ref = "A3:C4"
    book.save(path)
    assert run(home).exit_code == 0
    assert next(iter(openpyxl.load_workbook(path)["列名对照"].tables.values())).ref == "A3:C5"
