"""What the README tells people to type works as written, in order, in an empty folder."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from salesxl.cli import main

ROOT = Path(__file__).parent.parent
COMMAND = re.compile(r"`(salesxl [^`]*)`")


def commands(page: str) -> list[str]:
    """Return the commands a page shows in line, in order, without those that only name a placeholder."""
    return [c for c in COMMAND.findall((ROOT / page).read_text(encoding="utf-8")) if "TEMPLATE" not in c]


@pytest.mark.slow
@pytest.mark.parametrize("page", ["README.md", "README.zh-CN.md"])
def test_the_commands_of_the_readme_run_as_written(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    shutil.copytree(ROOT / "examples" / "收件箱", tmp_path / "收件箱")
    shutil.copy(ROOT / "templates" / "团队汇总.xlsx", tmp_path)
    shown = commands(page)
    assert len(shown) >= 6
    for command in shown:
        extra: list[str] = []
        if command.startswith("salesxl friday"):
            shutil.copytree(tmp_path / "收件箱", tmp_path / "华东销售部" / "收件箱", dirs_exist_ok=True)
            extra = ["--as-of", "2026-11-20"]
        if command.startswith("salesxl desk"):  # it would serve until it is ended
            extra = ["--help"]
        result = CliRunner().invoke(main, [*shlex.split(command)[1:], *extra], catch_exceptions=False)
        assert result.exit_code in ((0, 1) if " validate" in command else (0,)), (command, result.output)
    assert (tmp_path / "华东销售部" / "2026-W47" / "团队汇总.xlsx").is_file()
    assert (tmp_path / "团队台账.xlsx").is_file()


def test_the_picture_of_the_readme_is_there():
    for page in ("README.md", "README.zh-CN.md"):
        for path in re.findall(r"!\[[^]]*\]\(([^)]+)\)", (ROOT / page).read_text(encoding="utf-8")):
            assert (ROOT / path).is_file(), path


def test_every_link_of_the_pages_leads_somewhere():
    for page in [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]:
        for path in re.findall(r"\]\((?!http)([^)#]+)", page.read_text(encoding="utf-8")):
            assert (page.parent / path).exists(), (page.name, path)
