"""What a column asks for in a cell: dropdown, allowed values, input message, example.

Owns turning a schema's column into Excel's data validation, and the hidden sheet of choices behind it.
Refuses: stopping anybody (every check only warns, so that a paste still works), the layout.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from salesxl import parsing
from salesxl.columns import FIGURES, Column, Kind
from salesxl.drawing.look import text
from salesxl.rulebook import Rulebook

__all__ = ["Choices", "boxes", "example_value", "label", "validation", "write"]

UNBOUNDED = 1e15
"""So far a number may go of which no bound is told."""
TITLE_LIMIT, MESSAGE_LIMIT = 32, 255
"""Characters that Excel allows in an input message; a longer one makes it call the file damaged."""
OLDEST = dt.date(1900, 1, 1)
"""The first day Excel knows; as a birthday it means that nobody knows it. docs/domain.md 2.1."""
FIRST_DAY = dt.date(1900, 3, 1)
"""Before it Excel's calendar counts a 29 February 1900 that never was."""


class Choices:
    """The hidden sheet with one list per column and a defined name each.

    A list typed into the validation itself may not exceed 255 characters, beyond that Excel calls the file
    damaged. The sheet's headers are not labels of any form, so the sheet is never taken for one.
    """

    def __init__(self, workbook: Workbook, rulebook: Rulebook) -> None:
        self._workbook = workbook
        self._rulebook = rulebook
        self._names: dict[str, str] = {}
        self._lists: list[tuple[str, Sequence[str]]] = []

    def source(self, name: str, values: Sequence[str] | None = None) -> str | None:
        """Return the formula a dropdown takes its values from; None where the list is empty."""
        if name not in self._names:
            words = [o.value for o in self._rulebook.choices.get(name, ())] if values is None else values
            if not words:
                return None
            self._names[name] = text()["form"]["name_prefix"] + re.sub(r"\W", "_", name)
            self._lists.append((name, words))
        return f"={self._names[name]}"

    def write(self) -> None:
        """Write the sheet, last of the workbook and hidden."""
        if not self._lists:
            return
        words = text()["form"]
        sheet = self._workbook.add_worksheet(words["choices_sheet"])
        for column, (name, values) in enumerate(self._lists):
            sheet.write_string(0, column, words["choices_header"] + name)
            sheet.write_column(1, column, values)
            letters = _letters(column)
            area = f"${letters}$2:${letters}${len(values) + 1}"
            self._workbook.define_name(self._names[name], f"='{words['choices_sheet']}'!{area}")
        sheet.hide()


def label(column: Column) -> str:
    """Return a column's label with the mark of a required one."""
    name = column.shown or column.label
    if column.unit and column.unit not in name:
        name += f"({column.unit})"
    return name + (text()["form"]["required_mark"] if column.required else "")


def validation(column: Column, choices: Choices, rulebook: Rulebook) -> dict[str, Any]:
    """Return a column's data validation: what to choose or type, help as input message, warnings only."""
    words = text()["warning"]
    rule: dict[str, Any] = {
        "validate": "any",
        "input_title": (column.shown or column.label)[:TITLE_LIMIT],
        "input_message": column.help[:MESSAGE_LIMIT],
        "error_type": "warning",
        "error_title": words["title"],
    }
    source = _source(column, choices, rulebook)
    if source is not None:
        rule |= {"validate": "list", "source": source, "error_message": words["choice"]}
    elif column.kind in {Kind.DATE, Kind.MOMENT}:
        name = ("past_" if column.past_only else "") + column.kind.value
        rule |= {"validate": "date", "error_message": words[name.removesuffix("_date")]}
        latest = "=NOW()" if column.kind is Kind.MOMENT else "=TODAY()"
        if column.past_only:
            rule |= {"criteria": "between", "minimum": OLDEST, "maximum": latest}
        else:
            rule |= {"criteria": ">=", "value": OLDEST}
    elif column.kind is Kind.PERCENT:
        rule |= {"validate": "decimal", "criteria": "between", "minimum": 0, "maximum": 1}
        rule["error_message"] = words["percent"]
    elif column.kind in FIGURES and column.origin:
        exact = "integer" if column.kind is Kind.WHOLE else "decimal"
        rule |= {"validate": exact, "error_message": words[column.kind.value], **_bounds(column)}
    elif column.kind is Kind.WHOLE:
        rule |= {"validate": "integer", "criteria": ">=", "value": int(column.floor or 0)}
        rule["error_message"] = words["whole"]
    elif column.kind in {Kind.AMOUNT, Kind.AMOUNT_WAN, Kind.NUMBER}:
        rule |= {"validate": "decimal", "criteria": ">=", "value": column.floor or 0}
        rule["error_message"] = words[column.kind.value]
    if column.message and rule["validate"] != "any":
        rule["error_message"] = column.message[:MESSAGE_LIMIT]
    return rule


def _bounds(column: Column) -> dict[str, Any]:
    """Return what Excel asks of a number of a team's own field, as far as the bounds are fixed."""
    told = (
        (">", column.above),
        (">=", column.minimum),
        ("<", column.below),
        ("<=", column.maximum),
    )
    fixed = {sign: bound for sign, bound in told if isinstance(bound, (int, float))}
    if {">=", "<="} <= fixed.keys():
        return {"criteria": "between", "minimum": fixed[">="], "maximum": fixed["<="]}
    for sign, bound in fixed.items():
        return {"criteria": sign, "value": bound}
    return {"criteria": "between", "minimum": -UNBOUNDED, "maximum": UNBOUNDED}


def _source(column: Column, choices: Choices, rulebook: Rulebook) -> str | None:
    if column.kind is Kind.YES_NO:
        return choices.source("是否")
    if column.kind is Kind.TICKED and column.choices:
        options = [o.value for o in rulebook.choices.get(column.choices, ())]
        return choices.source(f"{column.label}_勾选", [boxes(options, ticked=option) for option in options])
    return choices.source(column.choices) if column.choices else None


def boxes(options: Sequence[str], *, ticked: str | None = None) -> str:
    """Return the options as one line of boxes, at most one of them ticked."""
    words = text()["form"]
    return " ".join((words["ticked_box"] if o == ticked else words["box"]) + o for o in options)


def example_value(column: Column) -> Any:
    """Return a column's example as the value its cell would hold."""
    read = {
        Kind.AMOUNT: parsing.amount,
        Kind.AMOUNT_WAN: parsing.number,
        Kind.NUMBER: parsing.number,
        Kind.WHOLE: parsing.whole,
        Kind.PERCENT: parsing.percent,
        Kind.DATE: parsing.date,
        Kind.MOMENT: parsing.moment,
    }.get(column.kind)
    if read is None or not column.example:
        return column.example or None
    return read(column.example).value


def write(sheet: Worksheet, row: int, column: int, value: Any, look: Any) -> None:
    """Write a value as what it is; text is never taken for a formula, number or link."""
    if value is None:
        sheet.write_blank(row, column, None, look)
    elif isinstance(value, bool):
        sheet.write_boolean(row, column, value, look)
    elif isinstance(value, (int, float, Decimal)):
        sheet.write_number(row, column, float(value), look)
    elif isinstance(value, dt.date) and _day(value) >= FIRST_DAY:
        sheet.write_datetime(row, column, value, look)
    else:
        sheet.write_string(row, column, str(value), look)


def _day(value: dt.date) -> dt.date:
    return value.date() if isinstance(value, dt.datetime) else value


def _letters(column: int) -> str:
    from salesxl.model import column_letters

    return column_letters(column + 1)
