"""The definitions that come with the package: forms, rules and lists as rows of the settings workbook.

Owns the files in ``presets/forms``, and that a team which switches such a form on has its rows although its
own workbook lacks them. Refuses: what a row means; that is ``forms`` and ``rules``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

from salesxl.model import Grid, Workbook
from salesxl.rulebook import Option
from salesxl.schemas import block_spec
from salesxl.settings.drafts import key_of
from salesxl.settings.sheets import Sheet, find_sheet

__all__ = ["ROWS", "Shipped", "added", "option", "shipped_forms", "shipped_lists", "shipped_rows"]

Rows = tuple[Mapping[str, Any], ...]

ROWS = ("form", "form_list", "rule")
"""The sheets that a definition stands on, by block: 表单, 表单清单, 检查规则."""


@dataclass(frozen=True, slots=True)
class Shipped:
    """A definition: rows by sheet and field as they would be typed there, and the lists that it asks for.

    ``pack`` names the trade that it is for; None where any team may use it.
    """

    title: str
    pack: str | None
    rows: Mapping[str, Rows]
    lists: Mapping[str, tuple[Option, ...]] = field(default_factory=dict)


@cache
def shipped_forms() -> tuple[Shipped, ...]:
    """Return the definitions in the order in which they are offered: those of no trade first."""
    folder = resources.files("salesxl").joinpath("presets", "forms")
    texts = [item.read_text(encoding="utf-8") for item in folder.iterdir() if item.name.endswith(".toml")]
    return tuple(map(_read, sorted(map(tomllib.loads, texts), key=lambda file: file["place"])))


def shipped_lists() -> dict[str, tuple[Option, ...]]:
    """Return the lists of choices that the definitions ask for beside those of the four forms."""
    return {name: options for one in shipped_forms() for name, options in one.lists.items()}


def shipped_rows(pack: str | None = None) -> dict[str, Rows]:
    """Return the rows of a pack's definitions by sheet; without a pack those for any team.

    >>> [row["form"] for row in shipped_rows()["form_list"]][:2]
    ['销售机会立项表', '销售订单']
    """
    chosen = [one for one in shipped_forms() if one.pack == pack]
    return {name: tuple(row for one in chosen for row in one.rows[name]) for name in ROWS}


def added(sheets: Mapping[str, Sheet], internal: Mapping[str, Collection[Option]]) -> dict[str, Sheet]:
    """Return the sheets with the rows of each definition that is switched on and of which 表单 has none.

    Its rules come along; a rule that stands on 检查规则 under the form's name keeps them all away, since the
    team has then made them its own.
    """
    found = dict(sheets)
    listed = sheets["form_list"].sound if "form_list" in sheets else ()
    asked = {key_of(entry["form"]) for entry in listed if entry["enabled"] is not False}
    there = {name: set(_named(sheets.get(name))) for name in ("form", "rule")}
    for one in shipped_forms():
        key = key_of(one.title)
        if key not in asked or key in there["form"]:
            continue
        for name in ("form", "rule"):
            if key not in there[name] and one.rows[name]:
                found[name] = _with_rows(found.get(name), name, one.rows[name], internal)
    return found


def option(row: str | Mapping[str, Any]) -> Option:
    """Return a choice as a preset file has it: a text, or a table of value, aliases and kind."""
    if isinstance(row, str):
        return Option(row)
    return Option(row["value"], tuple(row.get("aliases", ())), row.get("kind"))


def _named(sheet: Sheet | None) -> Iterator[str]:
    return (key_of(entry["form"]) for entry in (sheet.entries if sheet else ()) if entry["form"])


def _with_rows(sheet: Sheet | None, kind: str, rows: Iterable[Mapping[str, Any]], internal: Any) -> Sheet:
    """Return a sheet with rows below its own; they are read as if they stood there."""
    spec = block_spec(kind)
    names = [column.field for column in spec.columns]
    table = [tuple(c.label for c in spec.columns), *(tuple(row.get(n) for n in names) for row in rows)]
    read = find_sheet(Workbook("", (Grid(spec.sheet or "", table),)), spec, internal)
    assert read is not None
    if sheet is None or sheet.header_row is None:
        return read
    sheet.entries += read.entries
    return sheet


def _read(file: Mapping[str, Any]) -> Shipped:
    title = file["form"]
    rows = {name: tuple(file.get(key, ())) for name, key in (("form", "rows"), ("rule", "rules"))}
    rows = {name: ({"form": title, **got[0]}, *got[1:]) if got else () for name, got in rows.items()}
    rows["form_list"] = ({"form": title, **file["list"]},) if "list" in file else ()
    lists = {name: tuple(map(option, options)) for name, options in file.get("lists", {}).items()}
    return Shipped(title, file.get("pack"), rows, lists)
