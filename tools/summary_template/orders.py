"""订单分析: what was ordered by period and group, what is late, who should order again, what was collected.

Owns which fact stands in which column. Refuses: figures and sentences, which come with the data.
"""

from __future__ import annotations

from xlsxwriter.chart import Chart

from salesxl.messages import Words
from tools.summary_template.charts import plot
from tools.summary_template.look import BAND, GREEN, INK, SOFT, Cell, Look, Page

__all__ = ["COMPARED", "MONTHS", "draw_orders", "month_chart", "put_groups", "put_table"]

Columns = tuple[tuple[str, str, str], ...]
COMPARED: Columns = (
    ("period", "name", "text"), ("amount", "amount", "amount"), ("before", "before", "amount"),
    ("growth", "growth", "points"), ("year_ago", "year_ago", "amount"), ("yearly", "yearly", "points"),
    ("volume", "volume", "count"), ("profit", "profit", "amount"), ("margin", "margin", "share"),
    ("on_time", "on_time", "share"), ("new", "new", "count"), ("churn", "churn", "share"),
)  # fmt: skip
GROUPED: Columns = (
    ("name", "name", "text"), ("amount", "amount", "amount"), ("before", "before", "amount"),
    ("growth", "growth", "points"), ("year_ago", "year_ago", "amount"), ("yearly", "yearly", "points"),
    ("volume", "volume", "count"), ("profit", "profit", "amount"), ("margin", "margin", "share"),
    ("share", "share", "share"), ("orders", "orders", "count"), ("profit_growth", "growths.profit", "points"),
)  # fmt: skip
MONTHS: Columns = (
    ("period", "label", "text"), ("amount_wan", "amount_wan", "wan"), ("profit_wan", "profit_wan", "wan"),
    ("volume", "volume", "count"), ("orders", "orders", "count"), ("margin", "margin", "share"),
)  # fmt: skip
LATE: Columns = (
    ("order_no", "order_no", "text"), ("customer", "customer_name", "text"), ("rep", "rep", "middle"),
    ("model", "model", "text"), ("volume", "volume", "count"), ("amount", "amount", "amount"),
    ("due_day", "due", "date"), ("days", "days", "count"),
)  # fmt: skip
BUYING: Columns = (
    ("customer", "customer_name", "text"), ("rep", "rep", "middle"), ("last", "last", "date"),
    ("since", "days", "count"), ("months", "months", "mean"), ("should", "due", "date"),
    ("overdue", "overdue", "count"), ("year_orders", "orders", "count"), ("average", "average", "amount"),
    ("year_amount", "amount", "amount"),
)  # fmt: skip
COLLECTED: Columns = (
    ("rep", "rep", "text"), ("ordered", "ordered", "amount"), ("signed", "signed", "amount"),
    ("collected", "collected", "amount"), ("rate", "rate", "share"), ("open", "open", "amount"),
)  # fmt: skip
SAY = {"font_size": 12, "bold": True, "font_color": INK, "bg_color": BAND, "left": 5, "left_color": INK}
CHART_ROWS = 12


def draw_orders(look: Look, words: Words) -> None:
    """订单分析; the sheet is there only where an order line is known."""
    page = Page(look, words, "orders", (30, 14, 14, 11, 14, 11, 11, 14, 10, 11, 10, 12))
    page.title()
    page.line("{{ orders.line }}", 34, **SAY)
    page.line(page.text("rule"))
    page.section(page.text("title"))
    put_table(page, "orders__periods", COMPARED)
    page.gap()
    page.section("{{ orders.late_title }}")
    _optional(page, "orders__late", LATE, "no_late", "orders__no_late")
    page.section("{{ orders.due_title }}")
    _optional(page, "orders__due", BUYING, "no_due", "orders__no_due")
    page.section(page.text("trend"))
    page.space_for(month_chart(look, page, page.row + CHART_ROWS + 2), 1, 1080, CHART_ROWS)
    page.move_on(CHART_ROWS)
    put_table(page, "orders__months", MONTHS)
    page.gap()
    put_groups(page)
    page.section(page.text("buying"))
    put_table(page, "orders__buying", BUYING)
    page.gap()
    page.section(page.text("collected_title"))
    put_table(page, "orders__collected__reps", COLLECTED, total="orders.collected.all")
    look.workbook.define_name("if_orders__any_sheet", f"='{page.name}'!$A$1")


def put_table(page: Page, band: str, columns: Columns, *, total: str | None = None) -> int:
    """Put a table of the orders' columns; growth below zero is red. Return its row."""
    cells: list[Cell] = []
    for label, field, kind in columns:
        last = None
        if total is not None:
            last = page.text("summary.orders.total") if not cells else f"{{{{ {total}.{field} }}}}"
        cells.append(Cell(page.text(f"summary.orders.{label}"), f"{{{{ row.{field} }}}}", kind, last))
    row = page.table(band, cells)
    for at, (label, _, kind) in enumerate(columns, 1):
        letter = chr(65 + at)
        if kind == "points":
            page.paint(row, at, f"=AND(ISNUMBER({letter}{row + 1}),{letter}{row + 1}<0)", "alert")
        if label in ("days", "overdue"):
            page.bar(row, at, "#F0B4B4")
        if label in ("amount", "amount_wan", "year_amount"):
            page.bar(row, at)
    return row


def put_groups(page: Page) -> None:
    """Draw a table per group of orders: by rep, region, product and the like."""
    first = page.row
    page.section("{{ group.title }}")
    put_table(page, "group__rows", GROUPED)
    page.gap(6)
    page.named("eachopt_orders__groups", first, page.row - 1)


def _optional(page: Page, band: str, columns: Columns, said: str, none: str) -> None:
    """Put a table that stands only while its list has rows, else one line."""
    first = page.row
    put_table(page, band, columns)
    page.only_if(band, first, page.row - 1)
    page.line(page.text(said))
    page.only_if(none, page.row - 1, page.row - 1)
    page.gap(6)


def month_chart(look: Look, page: Page, row: int) -> Chart:
    """Return amount and profit by month, from the table whose rows begin at ``row``, counted from 1."""
    chart = plot(look, page.text("summary.orders.chart"), "column", legend=True)
    for letter, key, colour in (("C", "amount_wan", SOFT), ("D", "profit_wan", GREEN)):
        names, values = (f"='{page.name}'!${at}${row}:${at}${row}" for at in ("B", letter))
        title = page.text(f"summary.orders.{key}")
        chart.add_series(
            {"name": title, "categories": names, "values": values, "gap": 60, "overlap": 0,
             "fill": {"color": colour}}
        )  # fmt: skip
    return chart
