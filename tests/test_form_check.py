"""salesxl form check: every fault of the definitions at its cell, and what is defined."""

from __future__ import annotations

from click.testing import CliRunner

from salesxl import drawing
from salesxl.cli import main

from .definitions import TEST_DRIVE, loaded


def check(tmp_path, *forms, lang="zh"):
    """Run the command on a settings workbook with those rows; return exit code and output."""
    path = tmp_path / "团队设置.xlsx"
    path.write_bytes(drawing.settings_workbook(loaded(forms)[0]))
    done = CliRunner().invoke(main, ["form", "check", str(path), "--lang", lang])
    return done.exit_code, done.output


def test_a_whole_definition_is_told_as_defined(tmp_path):
    code, said = check(tmp_path, *TEST_DRIVE)
    assert (code, said.splitlines()) == (
        0,
        ["“试乘试驾”：8 个项目，其中 6 个必填。", "共 0 处要改，0 条检查规则有效。"],
    )


def test_a_fault_is_told_at_its_cell_and_the_command_fails(tmp_path):
    code, said = check(tmp_path, *TEST_DRIVE, {"项目": "电话", "类型": "电话号"})
    assert code == 1
    assert "团队设置.xlsx › 表单!F12" in said.splitlines()[0]


def test_the_command_speaks_english(tmp_path):
    code, said = check(
        tmp_path, {"表单": "客户档案", "项目": "车型", "类型": "选项", "取值": "甲、乙"}, lang="en"
    )
    assert (code, said.splitlines()) == (0, ["“客户档案” has besides: 车型.", "0 faults, 0 rules in force."])
