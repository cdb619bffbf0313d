"""docs/design.md draws the floors that the import contract holds, and has a row for every room."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "design.md").read_text(encoding="utf-8")
CONTRACT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]


def rooms() -> set[str]:
    """Return the package's modules and folders at the first level."""
    found = (ROOT / "salesxl").iterdir()
    return {p.stem for p in found if p.suffix == ".py" or (p / "__init__.py").exists()} - {"__init__"}


def test_the_floors_are_drawn_as_the_contract_has_them():
    drawn = PAGE.split("```")[1].strip().splitlines()
    floors = [set(re.split(" +│ +| │ ", re.split(" {2,}", line)[0])) for line in drawn]
    layers = CONTRACT["contracts"][0]["layers"]
    assert floors == [{room.removeprefix("salesxl.") for room in layer.split(" | ")} for layer in layers]


def test_the_contract_has_every_room():
    layers = CONTRACT["contracts"][0]["layers"]
    assert {room.removeprefix("salesxl.") for layer in layers for room in layer.split(" | ")} == rooms()


def test_every_room_has_its_row_and_no_other():
    table = PAGE.split("| room |")[1].split("\n\n")[0]
    named = re.findall(
        r"`([a-z_]+)(?:/|\.py)`", "\n".join(row.split("|")[1] for row in table.splitlines()[2:])
    )
    assert set(named) == rooms()


def test_every_module_that_the_page_names_is_there():
    for path in re.findall(r"`([a-z_/]+(?:/|\.py))`", PAGE):
        assert (ROOT / "salesxl" / path).exists(), path


def test_every_file_that_the_recipes_name_is_there():
    recipes = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    for path in re.findall(r"`((?:salesxl|tests|docs)/[a-zA-Z_/]+(?:/|\.\w+))`", recipes):
        assert (ROOT / path).exists(), path
