"""Data validation in .xlsx: which cells take which values, as the workbook's author has set it.

Owns finding the rules, and the values of a range that they name. Refuses: what a rule means for a form.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from salesxl.errors import RefusedError
from salesxl.model import Area, CellValue, Grid
from salesxl.xlsx.namespaces import parse_xml
from salesxl.xlsx.read import parts
from salesxl.xlsx.read.inspect import inspect
from salesxl.xlsx.refs import read_area

__all__ = ["Validation", "named_values", "validations"]


@dataclass(frozen=True, slots=True)
class Validation:
    """A rule on areas of a sheet: ``kind`` and ``test`` as in OOXML, its one or two formulas as written.

    ``names`` are the workbook's defined names, which a list may be called by.
    """

    areas: tuple[Area, ...]
    kind: str
    test: str
    first: str
    second: str
    names: Mapping[str, str]

    def covers(self, row: int, column: int) -> bool:
        """Say whether the rule is about a cell."""
        return any(a.top <= row <= a.bottom and a.left <= column <= a.right for a in self.areas)


def validations(path: Path) -> dict[str, tuple[Validation, ...]]:
    """Return the rules of each sheet by its name; none of a file that is no .xlsx.

    Raises:
        RefusedError: the file is unreadable or unsafe.
    """
    package = inspect(path).package
    if package is None:
        return {}
    try:
        layout = parts.layout(package)
    except RefusedError:  # .xlsb and .ods have none that could be read here
        return {}
    defined = parse_xml(layout.workbook).iter("{*}definedName")
    names = {str(n.get("name", "")).casefold(): str(n.text or "") for n in defined}
    return {s.name: _rules(s.part, names) for s in layout.sheets if b"ataValidation" in s.part}


def _rules(part: bytes, names: Mapping[str, str]) -> tuple[Validation, ...]:
    found = []
    for rule in parse_xml(part).iter("{*}dataValidation"):
        refs = rule.get("sqref") or "".join(str(t.text or "") for t in rule.iter("{*}sqref"))
        areas = tuple(area for ref in refs.split() if (area := _area(ref)) is not None)
        if areas and rule.get("type"):
            told = (_formula(rule, number) for number in (1, 2))
            test = rule.get("operator", "between")
            found.append(Validation(areas, rule.get("type", ""), test, next(told), next(told), names))
    return tuple(found)


def _formula(rule: Any, number: int) -> str:
    """Return a rule's formula; in newer rules it stands in an element of its own."""
    found = rule.iter(f"{{*}}formula{number}")
    return "".join("".join(map(str, element.itertext())) for element in found).strip()


def named_values(rule: Validation, sheet: str, grids: Sequence[Grid]) -> tuple[str, ...]:
    """Return the items that a rule of kind list allows; nothing where they cannot be told."""
    text = rule.first.removeprefix("=")
    if text.startswith('"'):
        return tuple(item.strip() for item in text.strip('"').split(",") if item.strip())
    text = rule.names.get(text.casefold(), text)
    home, _, ref = text.rpartition("!")
    name = home.strip("'").replace("''", "'") or sheet
    area, grid = _area(ref.replace("$", "")), next((g for g in grids if g.sheet == name), None)
    if area is None or grid is None:
        return ()
    cells = [
        row[at]
        for row in grid.rows[area.top - 1 : area.bottom]
        for at in range(area.left - 1, min(area.right, len(row)))
    ]
    return tuple(dict.fromkeys(_text(cell) for cell in cells if cell not in (None, "")))


def _text(value: CellValue) -> str:
    return str(value).strip()


def _area(ref: str) -> Area | None:
    try:
        return read_area(ref)
    except ValueError:
        return None
