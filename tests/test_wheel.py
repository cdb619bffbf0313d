"""The wheel holds the product: it runs from an empty folder, without anything of the repository beside it."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SHIPPED = {"templates": "_templates", "examples": "_examples"}


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(home)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = home.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(home / "packages")
    return home / "packages"


def below(folder: Path) -> dict[Path, bytes]:
    return {p.relative_to(folder): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


@pytest.mark.parametrize("folder", SHIPPED)
def test_templates_and_example_are_in_the_wheel(unpacked: Path, folder: str) -> None:
    assert below(unpacked / "salesxl" / SHIPPED[folder]) == below(ROOT / folder)


def test_nothing_else_is_in_the_wheel(unpacked: Path) -> None:
    (package, about) = sorted(unpacked.iterdir())
    assert package.name == "salesxl"
    assert about.suffix == ".dist-info"


def test_the_wheel_alone_lays_out_a_folder_and_runs_a_friday(unpacked: Path, tmp_path: Path) -> None:
    environment = os.environ | {"PYTHONPATH": str(unpacked)}
    for command, folder in (("init", "team"), ("demo", "example")):
        words = [sys.executable, "-m", "salesxl", command, folder, "--lang", "en"]
        subprocess.run(words, cwd=tmp_path, env=environment, check=True, capture_output=True)
    with zipfile.ZipFile(tmp_path / "example" / "2026-W47" / "团队汇总.xlsx") as summary:
        assert 'name="Overview"' in summary.read("xl/workbook.xml").decode()
