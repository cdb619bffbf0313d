"""A workbook of several forms, handed out filled in. docs/domain.md 4.2.

Owns its sheets and the hidden record of what was filled in. Refuses: what is filled in.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as default
from typing import Any

from salesxl.catalogue import Forms
from salesxl.columns import Form
from salesxl.drawing.blank import draw, widths_of
from salesxl.drawing.fields import Choices
from salesxl.drawing.look import Look, open_workbook, text
from salesxl.drawing.own import own_form
from salesxl.drawing.page import Canvas
from salesxl.handed import Line, handed_lines
from salesxl.model import cell_name
from salesxl.rulebook import Rulebook

__all__ = ["Filled", "FilledSheet", "filled_workbook"]

Rows = Sequence[Mapping[str, Any]]
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\\x00-\x1f]|^'|'$")
_LONGEST = 31


@dataclass(frozen=True, slots=True)
class FilledSheet:
    """A form to be filled in: ``rows`` are the values by kind of block, plain Python values by field.

    ``known`` are those that count as handed out, likewise, where others are shown; a row without any was not
    handed out: all that stands there is the rep's own.
    """

    form: str
    name: str
    rows: Mapping[str, Rows]
    known: Mapping[str, Rows] = default(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Filled:
    """A workbook and where its values stand: (sheet, cell) by sheet as given, kind, number of row, field."""

    data: bytes
    places: Mapping[tuple[int, str, int, str], tuple[str, str]]


def filled_workbook(sheets: Sequence[FilledSheet], week: dt.date, rulebook: Rulebook) -> Filled:
    """Return a workbook of forms filled in, which knows what it was made from: the book of a week.

    The same values give the same bytes.
    """
    words = text()["form"]
    workbook, buffer = open_workbook("handed_out", words["handed_title"])
    look, choices = Look(workbook), Choices(workbook, rulebook)
    places: dict[tuple[int, str, int, str], tuple[str, str]] = {}
    lines: list[Line] = []
    names = _sheet_names(sheets, rulebook.forms, (words["choices_sheet"], words["handed_sheet"]))
    for number, (one, name) in enumerate(zip(sheets, names, strict=True)):
        chosen = own_form(rulebook.forms.form(one.form), rulebook)
        canvas = Canvas(workbook.add_worksheet(name), look, choices, rulebook, widths_of(chosen))
        canvas.given = one.rows
        draw(canvas, chosen)
        for (kind, at, field), (row, column) in canvas.places.items():
            places[number, kind, at, field] = name, cell_name(row + 1, column + 1)
        lines += _lines(canvas, chosen, one, name)
    choices.write()
    record = workbook.add_worksheet(words["handed_sheet"])
    for at, line in enumerate(handed_lines(week, lines)):
        for column, told in enumerate(line):
            record.write_string(at, column, told)
    record.very_hidden()
    workbook.close()
    return Filled(buffer.getvalue(), places)


def _lines(canvas: Canvas, chosen: Form, one: FilledSheet, name: str) -> Iterable[Line]:
    for kind, rows in {**one.rows, **one.known}.items():
        spec = chosen.block(kind)
        drawn = {column.field: column for column in spec.drawn}
        for row in rows:
            told = {f: canvas.shown(drawn[f], value) for f, value in row.items() if f in drawn}
            if told:
                yield Line(kind, name, told)


def _sheet_names(sheets: Sequence[FilledSheet], forms: Forms, taken: Iterable[str]) -> list[str]:
    """Return names that Excel takes, each once."""
    used = {name.lower() for name in taken}
    found = []
    for one in sheets:
        bare = _NOT_IN_NAMES.sub("_", one.name).strip()[:_LONGEST] or forms.form(one.form).title
        name, number = bare, 1
        while name.lower() in used:
            number += 1
            name = f"{bare[: _LONGEST - 5]}({number})"
        used.add(name.lower())
        found.append(name)
    return found
