"""The workbooks that come with the package: an example, and templates that a team may replace by its own."""

from __future__ import annotations

import datetime as dt
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from salesxl.errors import TemplateError, UsageError

__all__ = ["EXAMPLE_DAY", "copy_example", "shipped", "template"]

EXAMPLE_DAY = dt.date(2026, 11, 20)
"""The Friday on which the forms of the example were handed in."""


OTHERS = frozenset({"README.md", "dealer"})
"""What lies beside the example: a word about it, and the folder of another team, a car dealer's."""


def shipped(name: str, lang: str | None = None) -> bytes:
    """Return a template workbook by its file name; in the language if there is one, as 团队汇总.en.xlsx.

    Raises:
        TemplateError: there is none of that name.
    """
    home = _home("templates")
    for found in (home / f"{Path(name).stem}.{lang}.xlsx", home / name):
        if found.is_file():
            return found.read_bytes()
    raise TemplateError("no_template", name=name)


def template(name: str, own: Path, lang: str | None = None) -> bytes:
    """Return a team's own template where its folder has one that it has changed, else the shipped one."""
    if (own / name).is_file() and (content := (own / name).read_bytes()) != shipped(name):
        return content
    return shipped(name, lang)


def copy_example(folder: Path) -> None:
    """Copy the folder of the fictional team: its settings, and an inbox with a week's forms.

    Raises:
        UsageError: other settings are there: the folder is a real team's, or somebody has changed them.
    """
    items = [item for item in _home("examples").iterdir() if item.name not in OTHERS]
    for item in items:
        there = folder / item.name
        if item.is_file() and there.exists() and not _same(item, there):
            raise UsageError("demo_over", path=there)
    for item in items:
        _copy(item, folder / item.name)


def _same(item: Traversable, path: Path) -> bool:
    return path.is_file() and path.read_bytes() == item.read_bytes()


def _copy(source: Traversable, target: Path) -> None:
    if source.is_file():
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(source.read_bytes())
        return
    for item in source.iterdir():
        _copy(item, target / item.name)


def _home(name: str) -> Traversable:
    """Return a folder of the wheel, or of a source tree."""
    packed = resources.files("salesxl") / f"_{name}"
    return packed if packed.is_dir() else Path(__file__).resolve().parents[2] / name
