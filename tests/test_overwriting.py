"""No command writes over what it reads, and no form that a team has changed is drawn again."""

from __future__ import annotations

import os
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner

from salesxl.cli import main
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
