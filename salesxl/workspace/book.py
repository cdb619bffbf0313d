"""The team's book 团队台账.xlsx: the team's tables as sheets, and back.

Owns which column stands on which sheet under which label, the blank book that is filled, and reading a book
again. Refuses: deciding what goes in.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from itertools import count, takewhile
from pathlib import Path
from typing import Any

import pandas as pd
import xlsxwriter

from salesxl import schemas
from salesxl.columns import Column, Kind
from salesxl.errors import Refused, SettingsError
from salesxl.messages import Words
from salesxl.model import Team
from salesxl.parsing import frames
from salesxl.template import stream
from salesxl.template.sheets import repeat_sheet
from salesxl.template.wording import told
from salesxl.workspace.batch_report import COUNTED, FINDING_COLUMNS, HELD, SUBMISSION_COLUMNS
from salesxl.xlsx.package import Package
from salesxl.xlsx.properties import set_properties
from salesxl.xlsx.read import grid
from salesxl.xlsx.refs import LAST_ROW

__all__ = ["BookColumn", "blank_book", "columns", "read_book", "sheets", "write_book"]

SHEET_ROWS = LAST_ROW - 1
"""Rows of a table that one sheet holds, below its header."""

BLOCKS: Mapping[str, tuple[str, ...]] = {
    "customer": ("customer",),
    "communication": ("communication",),
    "action": ("action",),
    "record": ("record",),
    "weekly_report": ("weekly_report",),
    "key_customer": ("key_customer",),
    "issue": ("issue",),
    "next_week": ("next_week",),
    "handover": ("handover",),
    "handover_item": ("handover_customer", "handover_contact", "handover_opportunity"),
}
"""Tables of the team by name, in the order of their sheets, and the blocks whose rows they hold."""

TABLES = (*BLOCKS, "finding", "submission")
"""All tables of the book, in the order of their sheets."""

BEFORE: Mapping[str, tuple[str, ...]] = {
    "communication": ("customer_name",),
    "action": ("customer_name",),
    "key_customer": ("week_start",),
    "issue": ("week_start",),
    "next_week": ("week_start",),
    "handover_item": ("item", "from_rep", "to_rep"),
}
AFTER: Mapping[str, tuple[str, ...]] = {
    "customer": ("grade_basis", "original_rep"),
    **dict.fromkeys(("communication", "action", "record"), ("original_rep",)),
    "weekly_report": ("month_completed", "month_collected"),
    "handover": ("effective",),
}
PROVENANCE = ("flags", "others", "source_file", "source_sheet", "source_row")
KINDS: Mapping[str, Kind] = {
    **dict.fromkeys((*COUNTED, "source_row"), Kind.WHOLE),
    **dict.fromkeys((*HELD, "month_completed", "month_collected"), Kind.AMOUNT),
    "week_start": Kind.DATE,
    "week_end": Kind.DATE,
    "effective": Kind.YES_NO,
}
WIDTHS: Mapping[str, int] = {
    "message": 44,
    "fix": 44,
    "source_file": 28,
    "customer_name": 30,
    "others": 24,
    "value": 20,
}
CREATED = dt.datetime(2026, 1, 1)
INK, BAND, LINE = "#1F3864", "#DCE6F1", "#BFBFBF"
FORMATS = {
    Kind.DATE: "yyyy-mm-dd",
    Kind.MOMENT: "yyyy-mm-dd hh:mm",
    Kind.AMOUNT: "#,##0.00",
    Kind.AMOUNT_WAN: "#,##0.00",
    Kind.NUMBER: "#,##0.00",
    Kind.WHOLE: "#,##0",
    Kind.PERCENT: "0.0%",
}


@dataclass(frozen=True, slots=True)
class BookColumn:
    """A column of the book: the frame's column, its label, how it is typed, its width in characters."""

    field: str
    label: str
    kind: Kind
    width: int


def columns(table: str, words: Words) -> tuple[BookColumn, ...]:
    """Return the columns of a table's sheet, in order."""
    if table == "finding":
        return tuple(_plain(name, words) for name in FINDING_COLUMNS)
    if table == "submission":
        return tuple(_plain(name, words) for name in SUBMISSION_COLUMNS)
    found: dict[str, BookColumn] = {}
    for name in ("rep", "team", *BEFORE.get(table, ())):
        found[name] = _plain(name, words)
    for spec in schemas.book_columns(BLOCKS[table]):
        found.setdefault(spec.field, BookColumn(spec.field, _label(spec, table), spec.kind, spec.width))
    for name in (*AFTER.get(table, ()), *PROVENANCE):
        found[name] = _plain(name, words)
    return tuple(found.values())


def _plain(name: str, words: Words) -> BookColumn:
    return BookColumn(name, words.name("column", name), KINDS.get(name, Kind.NAME), WIDTHS.get(name, 12))


def _label(spec: Column, table: str) -> str:
    """Return a column's label; one that a card has several times is told apart by what it follows."""
    if spec.follows is None:
        return spec.label
    return schemas.block_spec(BLOCKS[table][0]).column(spec.follows).label + spec.label


def blank_book(words: Words) -> bytes:
    """Draw the blank book: one sheet per table, header in row 1, a styled sample row, a real Excel table."""
    buffer = io.BytesIO()
    workbook = xlsxwriter.Workbook(buffer, {"in_memory": True})
    workbook.set_properties({"title": words.text("book.title"), "created": CREATED})
    workbook.set_custom_property("salesxl.form", "team_book")
    font = {"font_name": "微软雅黑", "font_size": 10, "valign": "vcenter"}
    header = workbook.add_format(
        {
            **font,
            "bold": True,
            "font_color": "#FFFFFF",
            "bg_color": INK,
            "text_wrap": True,
            "border": 1,
            "border_color": LINE,
        }
    )
    for number, table in enumerate(TABLES, 1):
        sheet = workbook.add_worksheet(words.name("sheet", table))
        shown = columns(table, words)
        for at, column in enumerate(shown):
            style = {
                **font,
                "num_format": FORMATS.get(column.kind, "@" if column.kind is Kind.CODE else "General"),
            }
            if column.kind in (Kind.CONTACT, Kind.CODE):
                style["num_format"] = "@"
            # the column too has the format, so that no blank cell has to be written for its sake
            look = workbook.add_format(style)
            sheet.set_column(at, at, max(column.width, 2 * len(column.label) + 4), look)
            sheet.write_blank(1, at, None, look)
        sheet.add_table(
            0, 0, 1, len(shown) - 1,
            {
                "name": f"t_{table}", "style": "Table Style Light 9",
                "columns": [{"header": c.label, "header_format": header} for c in shown],
            },
        )  # fmt: skip
        sheet.set_row(0, 24)
        sheet.freeze_panes(1, 2)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        sheet.set_footer("&L&A&R&P / &N")
        sheet.set_tab_color(INK if number <= len(BLOCKS) else "#C00000")
    workbook.close()
    return buffer.getvalue()


def write_book(team: Team, template: bytes, out: Path, words: Words) -> dict[str, int]:
    """Fill the team's book and return the rows of each sheet.

    The day and the week go into the book's properties, so that a summary can be made from the book alone. A
    table of more rows than a sheet holds goes on in further sheets behind all others: 客户档案(2).

    Raises:
        TemplateError: the template lacks a sheet or a column of the book.
    """
    with told(words):
        return _filled(team, template, out, words)


def _filled(team: Team, template: bytes, out: Path, words: Words) -> dict[str, int]:
    package = Package.open(template)
    dates = {"salesxl.as_of": team.as_of, "salesxl.week": team.week[0]}
    set_properties(package, {name: day.isoformat() for name, day in dates.items()})
    filled: dict[str, stream.Table] = {}
    for table in TABLES:
        parts = sheets(team, table, words)
        first, *further = parts
        if first not in dict(package.sheets()):
            raise stream.no_sheet(first, dict(package.sheets()))
        repeat_sheet(package, first, further)
        filled |= parts
    return stream.fill_tables(package.to_bytes(), filled, out)


def sheets(team: Team, table: str, words: Words) -> dict[str, stream.Table]:
    """Return what stands on the sheets of a table, by their names: one, and further ones where it is long."""
    frame, shown, name = team.tables[table], columns(table, words), words.name("sheet", table)
    labels = [c.label for c in shown]
    parts: dict[str, stream.Table] = {}
    for number, sheet in enumerate((name, *_further(name, len(frame) - 1))):
        rows = frame.iloc[number * SHEET_ROWS : (number + 1) * SHEET_ROWS]
        parts[sheet] = stream.Table(labels, len(rows), partial(_values, rows, shown, words))
    return parts


def _further(name: str, last: int) -> list[str]:
    """Return the names of the sheets that take what a first one cannot hold: 客户档案(2), …"""
    return [f"{name}({number})" for number in range(2, last // SHEET_ROWS + 2)]


def _values(
    frame: pd.DataFrame, shown: tuple[BookColumn, ...], words: Words, first: int, stop: int
) -> list[list[Any]]:
    """Return some rows of a table as a list of plain Python values a column, blank as None."""
    rows = frame.iloc[first:stop]
    return [_written(rows[c.field], c, words) if c.field in rows else [None] * len(rows) for c in shown]


def _written(column: pd.Series, shown: BookColumn, words: Words) -> list[Any]:
    if shown.kind in (Kind.DATE, Kind.MOMENT):
        moments: list[Any] = column.astype("datetime64[us]").to_numpy().tolist()
        return moments
    values: list[Any] = column.to_numpy(dtype=object, na_value=None).tolist()
    if shown.kind is Kind.YES_NO or shown.field in ("item", "flags"):
        known = {v: None if v is None else _said(v, shown, words) for v in set(values)}
        return list(map(known.__getitem__, values))
    return values


def _said(value: Any, shown: BookColumn, words: Words) -> str:
    """Return the words for what a frame holds as a code."""
    if shown.field == "item":
        return schemas.block_spec(value).title
    if shown.field == "flags":
        return "、".join(words.title(code) for code in value.split())
    return words.name("answer", "yes" if value else "no")


def read_book(path: Path, words: Words) -> Team:
    """Read a team's book again.

    Raises:
        SettingsError: the file is no team's book, or lacks a sheet.
    """
    try:
        workbook = grid.read(path, file=path.name, as_stored=True)  # a team may restyle it
    except Refused as failed:
        raise SettingsError("book_unreadable", path=path, why=failed) from failed
    grids = {g.sheet: g for g in workbook.grids}
    tables = {}
    for table in TABLES:
        name = words.name("sheet", table)
        if name not in grids:
            raise SettingsError("book_no_sheet", path=path, name=name)
        parts = [name, *takewhile(grids.__contains__, (f"{name}({n})" for n in count(2)))]
        shown = columns(table, words)
        frames = [_frame(f"{path} › {part}", grids[part].rows, shown, words) for part in parts]
        tables[table] = pd.concat(frames, ignore_index=True) if len(frames) > 1 else frames[0]
    try:
        as_of = dt.date.fromisoformat(workbook.properties["salesxl.as_of"])
        monday = dt.date.fromisoformat(workbook.properties["salesxl.week"])
    except (KeyError, ValueError) as missing:
        raise SettingsError("book_no_week", path=path) from missing
    return Team(tables, as_of, (monday, monday + dt.timedelta(days=6)))


_TYPED: Mapping[Kind, str] = {
    **dict.fromkeys((Kind.DATE, Kind.MOMENT), "date"),
    **dict.fromkeys((Kind.AMOUNT, Kind.AMOUNT_WAN, Kind.NUMBER, Kind.PERCENT), "number"),
    Kind.WHOLE: "whole",
}


def _frame(where: str, rows: Any, shown: tuple[BookColumn, ...], words: Words) -> pd.DataFrame:
    """Type a sheet's rows; columns that a team has taken out of its book are missing."""
    header = {str(v): at for at, v in enumerate(rows[0] if rows else ()) if v is not None}
    body = [row for row in rows[1:] if any(v is not None for v in row)]
    yes = words.name("answer", "yes")
    typed = {}
    for column in shown:
        at = header.get(column.label)
        values = [row[at] if at is not None and at < len(row) else None for row in body]
        if column.kind is Kind.YES_NO:
            values = [None if v is None else v == yes for v in values]
        dtype = frames.DTYPES.get(column.kind, frames.TEXT_DTYPE)
        if dtype == frames.TEXT_DTYPE:
            values = [None if v is None else str(v) for v in values]
        try:
            typed[column.field] = pd.Series(pd.array(values, dtype=dtype))
        except (TypeError, ValueError) as odd:
            wanted = words.name("value_kind", _TYPED[column.kind])
            raise SettingsError("book_odd", where=where, label=column.label, wanted=wanted) from odd
    return pd.DataFrame(typed)
