"""机会与合同: what is beyond its working days, open opportunities, satisfaction and pledges.

Owns which fact stands in which column. Refuses: figures and sentences, which come with the data.
"""

from __future__ import annotations

from salesxl.messages import Words
from tools.summary_template.look import BAND, INK, Cell, Look, Page

__all__ = ["draw_cases"]

TABLES = (
    ("waiting", (
        ("kind", "kind_name", "text"), ("name", "name", "text"), ("customer", "customer_name", "text"),
        ("rep", "rep", "middle"), ("amount", "amount", "amount"), ("due", "due", "date"),
        ("days", "days", "count"),
    )),
    ("opportunities", (
        ("opportunity", "name", "text"), ("obstacle", "obstacle", "text"),
        ("customer", "customer_name", "text"),
        ("rep", "rep", "middle"), ("amount", "amount", "amount"), ("close", "close", "date"),
        ("stage", "stage", "middle"), ("decided", "decision", "middle"),
        ("solution_text", "solution", "text"),
    )),
    ("satisfaction", (
        ("rep", "rep", "text"), ("calls", "calls", "count"), ("mean", "mean", "mean"),
        ("unhappy_calls", "unhappy", "count"),
    )),
    ("pledges", (
        ("rep", "rep", "text"), ("measure_name", "measure", "text"), ("promised", "promised", "amount"),
        ("target", "target", "amount"), ("apart", "apart", "change"), ("start", "start", "date"),
        ("end", "end", "date"),
    )),
)  # fmt: skip
SAY = {"font_size": 12, "bold": True, "font_color": INK, "bg_color": BAND, "left": 5, "left_color": INK}


def draw_cases(look: Look, words: Words) -> None:
    """机会与合同; the sheet is there only where such a form is handed in."""
    page = Page(look, words, "cases", (26, 28, 28, 12, 14, 13, 13, 12, 28))
    page.title()
    page.line("{{ cases.line }}", 28, **SAY)
    page.line("{{ cases.rule }}", 34)
    for key, columns in TABLES:
        first = page.row
        page.section("{{ cases.waiting_title }}" if key == "waiting" else page.text(f"{key}_title"))
        cells = [Cell(page.text(label), f"{{{{ row.{field} }}}}", kind) for label, field, kind in columns]
        row = page.table(f"cases__{key}", cells)
        if key == "waiting":
            page.bar(row, 7, "#F0B4B4")
        page.gap()
        page.only_if(f"cases__{key}", first, page.row - 1)
    page.line(page.text("none"))
    page.only_if("cases__none", page.row - 1, page.row - 1)
    look.workbook.define_name("if_cases__any_sheet", f"='{page.name}'!$A$1")
