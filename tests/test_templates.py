"""What the repository holds of its own output is in step with the code that makes it (make templates)."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from tools import draw, reference, sample

ROOT = Path(__file__).parent.parent


def parts(workbook: bytes) -> dict[str, bytes]:
    """Return a workbook's parts: how they are packed may differ between machines."""
    with zipfile.ZipFile(io.BytesIO(workbook)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture(scope="module")
def drawn() -> dict[str, bytes]:
    return draw.templates()


def test_every_committed_template_is_drawn_by_the_code(drawn):
    assert sorted(p.name for p in (ROOT / "templates").glob("*.xlsx")) == sorted(drawn)
    changed = [n for n, data in drawn.items() if parts(data) != parts((ROOT / "templates" / n).read_bytes())]
    assert changed == []


def test_drawing_twice_gives_the_same_bytes(drawn):
    assert draw.templates() == drawn


def test_the_reference_pages_are_in_step():
    for name, text in reference.pages().items():
        assert (ROOT / "docs" / "reference" / name).read_text(encoding="utf-8") == text, name


@pytest.mark.slow
def test_the_example_that_templates_are_tried_with_is_in_step():
    assert (ROOT / "salesxl" / "summary" / "sample.json").read_text(encoding="utf-8") == sample.text()


def test_every_command_and_code_has_its_place_in_the_reference():
    pages = reference.pages()
    for name in ("init", "friday", "demo", "validate", "consolidate", "render", "template", "lint", "fields"):
        assert f"## {name}" in pages["commands.md"]
