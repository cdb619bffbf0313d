"""The weights of recognition: each is used and says what it does, and what a change does can be seen."""

from __future__ import annotations

import ast
import re
from itertools import pairwise
from pathlib import Path

import pytest
from click.testing import CliRunner

from salesxl.recognition import weights
from tests import header_sets, layouts
from tools import recognition

ROOM = Path(weights.__file__).parent
SOURCE = Path(weights.__file__).read_text("utf-8")


def test_every_weight_is_used_and_says_what_it_does():
    used = {
        name
        for path in ROOM.glob("*.py")
        for name in re.findall(r"\bweights\.([A-Z_]+)", path.read_text("utf-8"))
    }
    assert set(recognition.NAMES) == used
    body = ast.parse(SOURCE).body
    told = [after for item, after in pairwise(body) if isinstance(item, ast.AnnAssign)]
    assert len(told) == len(recognition.NAMES)
    assert all(isinstance(item, ast.Expr) for item in told)


def test_no_score_is_left_in_the_code_of_recognition():
    """0 and 1 are arithmetic."""
    found = [
        (path.name, node.lineno, node.value)
        for path in sorted(ROOM.glob("*.py"))
        if path.name != "weights.py"
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, float) and node.value not in (0.0, 1.0)
    ]
    assert found == []


@pytest.fixture(scope="module")
def few(tmp_path_factory) -> list[str]:
    """Return the options for a few sets and one layout."""
    home = tmp_path_factory.mktemp("sets")
    for path, most in ((header_sets.FILE, 30), (layouts.FILES[0], 17)):
        lines = path.read_text("utf-8").splitlines(keepends=True)
        (home / path.name).write_text("".join(lines[: most + 1]), "utf-8")
    return [
        "--header-sets", str(home / header_sets.FILE.name), "--layouts", str(home / layouts.FILES[0].name)
    ]  # fmt: skip


def test_the_table_shows_what_another_weight_does(few):
    tried = ("ENOUGH=2", "ENOUGH_WITH_TITLE=2", "LONG_LIST=99")
    told = CliRunner().invoke(recognition.main, [*few, *(part for pair in tried for part in ("--set", pair))])
    assert told.exit_code == 0, told.output
    lines = told.output.splitlines()
    assert lines[0] == "ENOUGH 0.45 → 2.0"
    assert [line.split()[0] for line in lines[4:7]] == ["customer_archive", "layouts", "all"]
    assert any("form\tcustomer_archive" in line and "→ missed" in line for line in lines[7:])
    assert weights.ENOUGH == 0.45


def test_an_unknown_weight_and_a_value_that_is_no_number_are_refused():
    for pair in ("NOTHING=1", "ENOUGH", "ENOUGH=much"):
        told = CliRunner().invoke(recognition.main, ["--set", pair])
        assert told.exit_code == 2, pair
