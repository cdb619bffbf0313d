"""The templates of the team's book and the company's: drawn here once, then filled every week.

Owns their formats; 团队台账.xlsx and 公司台账.xlsx in templates/ are its
output. Refuses: which columns there are.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Mapping

import xlsxwriter

from salesxl.columns import Column, Kind
from salesxl.messages import Words
from salesxl.rollup import ledger
from salesxl.tables import TABLES
from salesxl.workspace.book import columns

__all__ = ["blank_book", "blank_company_book"]

CREATED = dt.datetime(2026, 1, 1)
INK, LINE = "#1F3864", "#BFBFBF"
ACCOUNT = ("finding", "submission")
"""Tables of what was handed in; all others are of what it says."""
FORMATS = {
    Kind.DATE: "yyyy-mm-dd",
    Kind.MOMENT: "yyyy-mm-dd hh:mm",
    Kind.AMOUNT: "#,##0.00",
    Kind.AMOUNT_WAN: "#,##0.00",
    Kind.NUMBER: "#,##0.00",
    Kind.WHOLE: "#,##0",
    Kind.PERCENT: "0.0%",
}


def blank_book(words: Words) -> bytes:
    """Draw the blank book of a team."""
    tables = {str(table): (words.name("sheet", table), columns(table, words)) for table in TABLES}
    return _blank("team_book", words.text("book.title"), tables)


def blank_company_book(words: Words) -> bytes:
    """Draw the blank book of a company."""
    tables = {table: (words.name("company_sheet", table), ledger.columns(table)) for table in ledger.SHEETS}
    return _blank("company_book", words.text("rollup.book_title"), tables)


def _blank(form: str, title: str, tables: Mapping[str, tuple[str, tuple[Column, ...]]]) -> bytes:
    """Draw a blank book: one sheet per table, header in row 1, a styled sample row, a real Excel table."""
    buffer = io.BytesIO()
    workbook = xlsxwriter.Workbook(buffer, {"in_memory": True})
    workbook.set_properties({"title": title, "created": CREATED})
    workbook.set_custom_property("salesxl.form", form)
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
    for table, (name, shown) in tables.items():
        sheet = workbook.add_worksheet(name)
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
        sheet.set_tab_color(INK if table not in ACCOUNT else "#C00000")
    workbook.close()
    return buffer.getvalue()
