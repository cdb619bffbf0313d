"""No command writes over what it reads, and no form that a team has changed is drawn again."""

from __future__ import annotations

import os
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner

import salesxl
from salesxl.cli import main
from salesxl.errors import UsageError
from tests.sheets import archive


def run(*words: object) -> tuple[int, str]:
    done = CliRunner().invoke(main, [str(word) for word in words])
    return done.exit_code, done.output


@pytest.fixture(scope="module")
def team(tmp_path_factory) -> Path:
    home = tmp_path_factory.mktemp("team") / "队"
    assert run("init", home)[0] == 0
    archive(home / "收件箱" / "张三_客户档案.xlsx", [{}])
    assert run("friday", home, "--as-of", "2026-11-20", "-q")[0] == 0
    return home


def spellings(path: Path, tmp_path: Path) -> list[Path]:
    """Return other names of one file."""
    soft, hard = tmp_path / "soft.xlsx", tmp_path / "hard.xlsx"
    for link in (soft, hard):
        link.unlink(missing_ok=True)
    soft.symlink_to(path)
    os.link(path, hard)
    return [path, soft, hard, path.parent / ".." / path.parent.name / path.name, Path(os.path.relpath(path))]


@pytest.mark.parametrize("which", ["template", "data", "settings"])
def test_render_never_overwrites_what_it_reads(which, team, tmp_path):
    template = team / "模板" / "报表" / "团队汇总.xlsx"
    given = {
        "template": template if template.exists() else next((team / "模板").rglob("团队汇总.xlsx")),
        "data": team / "2026-W47" / "团队台账.xlsx",
        "settings": team / "团队设置.xlsx",
    }
    before = given[which].read_bytes()
    for out in spellings(given[which], tmp_path):
        code, said = run(
            *("render", given["template"], "--data", given["data"], "--settings", given["settings"]),
            *("-o", out),
        )
        assert (code, "不能覆盖" in said) == (2, True)
        assert given[which].read_bytes() == before


def test_consolidate_never_overwrites_a_file_handed_in_or_the_settings(team, tmp_path):
    form, rules = team / "收件箱" / "张三_客户档案.xlsx", team / "团队设置.xlsx"
    for taken in (form, rules):
        before = taken.read_bytes()
        for out in spellings(taken, tmp_path):
            code, said = run("consolidate", team / "收件箱", "--settings", rules, "-o", out, "-q")
            assert (code, "不能覆盖" in said) == (2, True)
            assert taken.read_bytes() == before


@pytest.mark.parametrize("how", ["inbox", "file", "outside", "two teams"])
def test_the_settings_of_the_team_are_never_overwritten_though_nobody_named_them(team, tmp_path, how):
    rules = team / "团队设置.xlsx"
    other = tmp_path / "别队"
    (other / "收件箱").mkdir(parents=True)
    (other / "团队设置.xlsx").write_bytes(rules.read_bytes())
    loose = archive(tmp_path / "外.xlsx", [{}])
    given = {
        "inbox": [team / "收件箱"],
        "file": [team / "收件箱" / "张三_客户档案.xlsx"],
        "outside": [loose],
        "two teams": [team / "收件箱", other / "收件箱"],
    }[how]
    before = rules.read_bytes()
    code, said = run("consolidate", *given, "-o", rules, "-q")
    assert (code, "不能覆盖" in said) == (2, True)
    assert rules.read_bytes() == before


def test_render_leaves_the_settings_it_found_alone(team, tmp_path):
    rules, book = team / "团队设置.xlsx", team / "2026-W47" / "团队台账.xlsx"
    template = next((team / "模板").rglob("团队汇总.xlsx"))
    before = rules.read_bytes()
    for out in spellings(rules, tmp_path):
        code, said = run("render", template, "--data", book, "-o", out)
        assert (code, "不能覆盖" in said) == (2, True)
        assert rules.read_bytes() == before


def test_the_python_verbs_leave_the_settings_alone(team):
    rules, book = team / "团队设置.xlsx", team / "2026-W47" / "团队台账.xlsx"
    before = rules.read_bytes()
    found = salesxl.validate(team / "收件箱", as_of="2026-11-20")
    for write in (
        lambda: found.consolidate().to_excel(rules),
        lambda: salesxl.render(next((team / "模板").rglob("团队汇总.xlsx")), book, rules),
    ):
        with pytest.raises(UsageError, match="over"):
            write()
    assert rules.read_bytes() == before


@pytest.mark.parametrize("name", ["台账.csv", "台账.txt", "台账", "台账.xls", ".xlsx"])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_workbook_is_never_given_the_name_of_something_else(team, tmp_path, name, lang):
    code, said = run("consolidate", team / "收件箱", "-o", tmp_path / name, "--lang", lang, "-q")
    assert (code, ".xltm" in said) == (2, True)
    assert not (tmp_path / name).exists()
    template = next((team / "模板").rglob("团队汇总.xlsx"))
    book = team / "2026-W47" / "团队台账.xlsx"
    assert run("render", template, "--data", book, "-o", tmp_path / name)[0] == 2
    assert not (tmp_path / name).exists()


@pytest.mark.parametrize("name", ["台账.XLSX", "台账.xltx"])
def test_every_name_of_a_workbook_may_be_given(team, tmp_path, name):
    assert run("consolidate", team / "收件箱", "-o", tmp_path / name, "-q")[0] == 0
    assert openpyxl.load_workbook(tmp_path / name).sheetnames


def test_validate_never_marks_over_an_original(team, tmp_path):
    bad = (
        archive(tmp_path / "in" / "a.xlsx", [{"stage": "瞎写"}])
        if (tmp_path / "in").mkdir() is None
        else None
    )
    before = bad.read_bytes()
    (tmp_path / "linked").symlink_to(tmp_path / "in")
    (tmp_path / "hard").mkdir()
    os.link(bad, tmp_path / "hard" / "a.xlsx")
    for folder in ("in", "linked", "hard"):
        code, said = run("validate", tmp_path / "in", "--annotate", tmp_path / folder, "-q")
        assert (code, "原件" in said) == (2, True)
        assert bad.read_bytes() == before


def test_init_draws_forms_again_but_never_one_that_the_team_has_changed(tmp_path):
    home = tmp_path / "队"
    assert run("init", home)[0] == 0
    mine, ours = home / "模板" / "客户档案.xlsx", home / "模板" / "销售周报.xlsx"
    book = openpyxl.load_workbook(mine)
    book.active["A1"] = "我们的客户档案"
    book.save(mine)
    changed, drawn = mine.read_bytes(), ours.read_bytes()
    code, said = run("init", home)
    assert code == 0
    assert "客户档案.xlsx 被改过" in said
    assert "销售周报.xlsx 被改过" not in said
    assert mine.read_bytes() == changed
    assert ours.read_bytes() == drawn
    code, said = run("template", "客户档案", "-o", home / "模板")
    assert "被改过" in said
    assert mine.read_bytes() == changed


def test_a_form_changed_inside_the_archive_alone_is_known_as_changed(tmp_path):
    from salesxl import drawing
    from salesxl.xlsx.package import Package

    path = tmp_path / "a.xlsx"
    path.write_bytes(drawing.blank_form("weekly_report"))
    assert drawing.as_drawn(path)  # from before there was a digest
    path.write_bytes(drawing.sealed(path.read_bytes()))
    assert drawing.as_drawn(path)
    package = Package.open(path)
    package.write("xl/worksheets/sheet1.xml", package.read("xl/worksheets/sheet1.xml") + b"\n")
    package.save(path)
    assert not drawing.as_drawn(path)
    path.write_bytes(b"no workbook")
    assert not drawing.as_drawn(path)


@pytest.mark.skipif(os.name != "posix", reason="makes a pipe")
def test_a_pipe_that_bears_a_forms_name_is_left_alone(tmp_path):
    os.mkfifo(tmp_path / "客户档案.xlsx")
    code, said = run("template", "客户档案", "-o", tmp_path)
    assert (code, "没有重画" in said) == (0, True)
    assert (tmp_path / "客户档案.xlsx").is_fifo()


@pytest.mark.parametrize("inside", [False, True])
def test_the_demo_never_overwrites_a_team(tmp_path, inside):
    home = tmp_path / "队"
    assert run("init", home)[0] == 0
    before = {path: path.read_bytes() for path in home.rglob("*") if path.is_file()}
    code, said = run("demo", home / "收件箱" if inside else home)
    assert (code, ("团队文件夹" if inside else "不会覆盖") in said) == (2, True)
    assert {path: path.read_bytes() for path in home.rglob("*") if path.is_file()} == before
