"""A definition begun from a workbook: rows proposed on 表单, in a copy of the team's settings.

Owns where the copy goes and that what is unsure is yellow there. Refuses: guessing (``settings.proposed``).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from salesxl import drawing, parsing, schemas, settings
from salesxl.columns import Form
from salesxl.errors import UsageError
from salesxl.files import publish
from salesxl.intake import Job, reader_of
from salesxl.rulebook import Rulebook
from salesxl.settings.proposed import Proposal, Proposed, propose
from salesxl.settings.sheets import find_sheet
from salesxl.xlsx.edit import Book, stretch_table, tables
from salesxl.xlsx.read import grid
from salesxl.xlsx.read.validations import validations

__all__ = ["begin", "write"]

YELLOW = '<patternFill patternType="solid"><fgColor rgb="FFFFF2CC"/><bgColor indexed="64"/></patternFill>'
START = Proposal(
    None,
    (
        Proposed({"block": "填表信息", "shape": "卡片", "label": "销售代表", "kind": "成员", "need": "必填"}),
        Proposed(
            {
                "block": "明细",
                "shape": "表格",
                "label": "客户名称",
                "kind": "客户",
                "need": "必填",
                "role": "键",
            },
            {"block"},
        ),
        Proposed(
            {"label": "日期", "kind": "日期", "need": "必填", "role": "键", "maximum": "今天"},
            {"label", "maximum"},
        ),
    ),
)
"""What a definition begins with where no workbook shows more."""


def begin(title: str, path: Path | None, rulebook: Rulebook) -> tuple[Proposal, Form | None]:
    """Return rows for a form of that title, and the form of ours that the workbook is as far as it goes.

    Of one of ours only the further columns are proposed, as own fields on it.

    Raises:
        RefusedError: the workbook cannot be read.
        UsageError: a form of that title is there already, or no form was found in the workbook.
    """
    if parsing.normalise_label(title) in map(parsing.normalise_label, rulebook.forms.by_title):
        raise UsageError("form_there", name=title)
    if path is None:
        rows = START.rows
        return Proposal(None, (Proposed({"form": title, **rows[0].said}), *rows[1:])), None
    workbook = grid.read(path, file=path.name)
    lists = {
        parsing.normalise_label(word): column.choices
        for form in schemas.FORMS
        for block in form.blocks
        for column in block.columns
        if column.choices in settings.editable_lists()
        for word in (column.label, *column.aliases)
    }
    found = propose(workbook, validations(path), title, {k: v for k, v in lists.items() if v})
    if not found.rows:
        raise UsageError("form_none", path=path)
    ours = _ours(path, rulebook)
    return (_further(found, ours), ours) if ours else (found, None)


def _ours(path: Path, rulebook: Rulebook) -> Form | None:
    """Return the standard form that a workbook is."""
    read = reader_of(rulebook).read(Job(path.name, path, path.read_bytes()))
    names = [submission.form for submission in read.submissions]
    return next((form for form in schemas.FORMS if form.name in names), None)


def _further(found: Proposal, form: Form) -> Proposal:
    """Return the rows of fields that a standard form does not have."""
    known = {
        parsing.normalise_label(word)
        for block in form.blocks
        for column in block.columns
        for word in (column.label, *column.aliases)
    }
    rows = [row for row in found.rows if parsing.normalise_label(row.said["label"]) not in known]
    for row in rows:
        for name in ("block", "shape", "form", "role"):
            row.said.pop(name, None)
        row.unsure.discard("role")
    if rows:
        rows[0].said = {"form": form.title, **rows[0].said}
    return Proposal(found.title, tuple(rows))


def write(rows: Sequence[Proposed], source: Path | None, target: Path) -> Path:
    """Write a copy of a settings workbook (that of the presets for None) with rows on 表单; return its path.

    Raises:
        UsageError: the workbook has no sheet 表单.
        DestinationBusyError: the copy is open in Excel.
    """
    data = drawing.settings_workbook() if source is None else source.read_bytes()
    book = Book.open(data)
    with publish.new_file(target) as draft:
        draft.write_bytes(data)
        spec = schemas.block_spec("form")
        sheet = find_sheet(grid.read(draft, file=target.name), spec, settings.internal_options())
        if sheet is None or sheet.header_row is None:
            raise UsageError("form_no_sheet", path=source)
        cells, styles = book.sheet(sheet.name), book.styles
        yellow = styles.add_fill(YELLOW)
        number = max((entry.row for entry in sheet.entries), default=sheet.header_row)
        for row in rows:
            number += 1
            told = {**row.said, "help": row.note} if row.note else row.said
            for name, value in told.items():
                if name in sheet.columns:
                    at = sheet.columns[name]
                    cells.set_value(number, at, value)
                    if name in row.unsure:
                        cells.set_style(number, at, styles.clone(cells.style(number, at), fillId=yellow))
        for table in tables(book, sheet.name):
            if table.area.top <= sheet.header_row <= table.area.bottom < number:
                stretch_table(book, table, number)
        draft.write_bytes(book.to_bytes())
    return target
