"""月报, 季报 and 年报 as a template workbook: drawn here once, then filled by ``salesxl report``.

Owns its sheets and which figure stands in which column, in the look of the team's summary; 经营报告.xlsx and
经营报告.en.xlsx in templates/ are its output. Refuses: figures and sentences, which come with the data.
"""

from __future__ import annotations

from salesxl.messages import Words
from tools.summary_template import drawn
from tools.summary_template.charts import axis, plot
from tools.summary_template.look import BAND, GREEN, INK, SOFT, Cell, Look, Page
from tools.summary_template.orders import COMPARED, put_groups, put_table

__all__ = ["draw_period_template"]

SAY = {"font_size": 12, "bold": True, "font_color": INK, "bg_color": BAND, "left": 5, "left_color": INK}
RESULTS = (
    ("completed", "completed", "amount"), ("target", "target", "amount"),
    ("attainment", "attainment", "share"),
    ("before", "before", "amount"), ("growth", "growth", "points"), ("year_ago", "year_ago", "amount"),
    ("yearly", "yearly", "points"), ("collected", "collected", "amount"), ("deals", "deals", "count"),
    ("new_customers", "new_customers", "count"),
)  # fmt: skip
CHART_ROWS = 10
NOTES = 4


class _Page(Page):
    """A page of the report."""

    WORDS, SHEETS = "report", "report_sheet"


def draw_period_template(words: Words) -> bytes:
    """Draw the template of 经营报告.xlsx in the language of ``words``; the same words give the same bytes."""

    def pages(look: Look) -> None:
        _results(look, words)
        _orders(look, words)
        _problems(look, words)
        _kpi(look, words)
        _review(look, words)
        _next(look, words)

    return drawn("period_report", pages)


def _results(look: Look, words: Words) -> None:
    page = _Page(look, words, "overview", (18, 14, 14, 10, 14, 11, 14, 11, 14, 9, 10))
    _head(page)
    page.line("{{ headline }}", 40, **SAY)
    page.line(page.text("report.rule"), 24)
    page.section(page.text("report.by_reps"))
    row = page.row + CHART_ROWS + 2
    chart = plot(look, page.text("report.chart"), "column", legend=True)
    for letter, key, colour in (("C", "completed", GREEN), ("D", "target", SOFT)):
        cells = (f"='{page.name}'!${at}${row}:${at}${row}" for at in ("B", letter))
        categories, values = cells
        chart.add_series(
            {"name": page.text(f"report.{key}"), "categories": categories, "values": values, "gap": 60,
             "overlap": 0, "fill": {"color": colour}}
        )  # fmt: skip
    chart.set_y_axis(axis("#,##0"))
    page.space_for(chart, 1, 1010, CHART_ROWS)
    page.move_on(CHART_ROWS)
    _figures(page, "results__reps", "results.all")
    first = page.row
    page.gap()
    page.section(page.text("report.by_groups"))
    _figures(page, "results__groups", None)
    page.only_if("results__groups", first, page.row - 1)
    page.sheet.activate()


def _figures(page: Page, band: str, total: str | None) -> None:
    whole = None if total is None else page.text("summary.orders.total")
    cells = [Cell(page.text("report.name"), "{{ row.name }}", "text", whole)]
    for label, field, kind in RESULTS:
        last = None if total is None else f"{{{{ {total}.{field} }}}}"
        cells.append(Cell(page.text(f"report.{label}"), f"{{{{ row.{field} }}}}", kind, last))
    row = page.table(band, cells)
    rows = (row,) if total is None else (row, row + 1)
    for column in (6, 8):
        letter = chr(65 + column)
        for at in rows:
            page.paint(at, column, f"=AND(ISNUMBER({letter}{at + 1}),{letter}{at + 1}<0)", "alert")
    page.paint(row, 4, f"=AND(ISNUMBER($E{row + 1}),$E{row + 1}>=1)", "green")
    page.bar(row, 2)


def _orders(look: Look, words: Words) -> None:
    page = _Page(look, words, "orders", (26, 14, 14, 11, 14, 11, 11, 14, 10, 11, 10, 12))
    _head(page)
    page.section(page.text("report.orders"))
    put_table(page, "orders__periods", COMPARED)
    page.gap()
    put_groups(page)
    look.workbook.define_name("if_orders__any_sheet", f"='{page.name}'!$A$1")


def _problems(look: Look, words: Words) -> None:
    """What reps named, and what is done about it: measures in reports, and improvement plans."""
    page = _Page(look, words, "problems", (52, 24, 10, 12, 12, 42))
    _head(page)
    page.section(page.text("report.problems"))
    _wrapped(page, "problems", "no_problems", (
        ("problem", "problem", "wrap"), ("reps", "reps_text", "wrap"), ("reports", "reports", "count"),
        ("since", "since", "date"), ("until", "until", "date"), ("measures", "measures_text", "wrap"),
    ))  # fmt: skip
    page.section(page.text("report.plans"))
    page.line("{{ owed_line }}", 26, font_size=11, bold=True, font_color="#C00000")
    page.only_if("owed_line", page.row - 1, page.row - 1)
    first = page.row
    cells = (
        (Cell(page.text("report.analysis"), "{{ row.analysis }}", "wrap"), 3),
        (Cell(page.text("report.rep"), "{{ row.rep }}", "middle"), 1),
        (Cell(page.text("report.reasons"), "{{ row.reasons }}", "wrap"), 2),
    )
    page.spread_wrapped("causes", cells)
    page.only_if("causes", first, page.row - 1)
    page.gap(6)
    _wrapped(page, "measures", "no_measures", (
        ("measure", "measure", "wrap"), ("rep", "rep", "middle"), ("owner", "owner", "middle"),
        ("due", "due", "date"), ("state", "state", "middle"), ("outcome", "outcome", "wrap"),
    ))  # fmt: skip


def _kpi(look: Look, words: Words) -> None:
    """A column per measure, a row per rep with the values and one with the scores below it."""
    page = _Page(look, words, "kpi", (16, 12, 17, 10, 9, 16, 16))
    _head(page)
    small = look.made(font_size=9, font_color="#6B7686", indent=1)
    page.sheet.write_string(page.row, 1, page.text("report.kpi_rule"), small)
    page.row += 1
    top = page.row
    page.section("{{ kpi.title }}")
    page.sheet.write_string(page.row, 1, "{{ kpi.blank }}", small)
    page.only_if("kpi__blank", page.row, page.row)
    page.row += 1
    page.header([
        Cell("", "", "text"), Cell("", "", "middle"), Cell("{{ column.line }}", "", "middle"),
        *(Cell("", "", "middle") for _ in range(4)),
    ], 44)  # fmt: skip
    head, value = page.row, page.row + 1
    cells = [
        (Cell(page.text("report.rep"), "{{ rep.rep }}", "text"), ""),
        (Cell("", page.text("report.value"), "middle"), page.text("report.points")),
        (Cell("{{ column.name }}", "{{ rep.measures[column.key].text }}", "middle"),
         "{{ rep.measures[column.key].score }}"),
        (Cell(page.text("report.score"), "", "mean"), "{{ rep.score }}"),
        (Cell(page.text("report.rank"), "", "count"), "{{ rep.rank }}"),
        (Cell(page.text("report.score_before"), "", "mean"), "{{ rep.before }}"),
        (Cell(page.text("report.rank_before"), "", "count"), "{{ rep.rank_before }}"),
    ]  # fmt: skip
    page.header([cell for cell, _ in cells], 24)
    for at, (cell, below) in enumerate(cells, 1):
        page.sheet.write_string(value, at, cell.value, look.body(cell.kind))
        page.sheet.write_string(value + 1, at, below, look.body("mean" if at == 3 else cell.kind, bold=True))
    page.row = value + 2
    assert head + 1 == value
    page.each("kpi__reps", value, value + 1)
    page.gap()
    page.only_if("kpi__reps", top, page.row - 1)
    look.workbook.define_name("each_kpi__columns.kpi", f"='{page.name}'!$D:$D")
    top = page.row
    page.section("{{ mean.title }}")
    means = [
        Cell(page.text("report.rep"), "{{ row.rep }}", "text"),
        Cell("", "{{ row.team }}", "middle"),
        Cell("", "", "text"),
        Cell(page.text("report.score"), "{{ row.score }}", "mean"),
        Cell(page.text("report.rank"), "{{ row.rank }}", "count"),
        Cell(page.text("report.parts"), "{{ row.parts_text }}", "text"),
        Cell("", "", "text"),
    ]
    page.widen(page.table("mean__rows", means), 6, means[5])
    page.gap()
    page.named("eachopt_kpi__means", top, page.row - 1)
    look.workbook.define_name("if_kpi__any_sheet", f"='{page.name}'!$A$1")


def _review(look: Look, words: Words) -> None:
    """Wins, losses and reasons, with room for what the meeting says."""
    page = _Page(look, words, "review", (34, 12, 16, 18, 14, 40))
    _head(page)
    page.line("{{ review.line }}", 30, **SAY)
    page.section("{{ review.won_title }}")
    _listed(page, "review__won", "review__no_won", "no_won", (
        ("customer", "customer_name", "text"), ("rep", "rep", "middle"), ("amount", "amount", "amount"),
        ("contract_no", "contract_no", "middle"), ("won_on", "won_on", "date"), ("notes", "", "text"),
    ))  # fmt: skip
    page.section("{{ review.lost_title }}")
    _listed(page, "review__lost", "review__no_lost", "no_lost", (
        ("customer", "customer_name", "text"), ("rep", "rep", "middle"),
        ("amount", "expected_amount", "amount"), ("reason", "loss_reason", "middle"),
        ("lost_on", "lost_on", "date"), ("competitor", "competitor", "text"),
    ))  # fmt: skip
    first = page.row
    page.section(page.text("report.reasons_of_losses"))
    row = page.table("review__reasons", [
        Cell(page.text("report.reason"), "{{ row.reason }}", "text"),
        Cell(page.text("report.count"), "{{ row.count }}", "count"),
        Cell(page.text("report.amount"), "{{ row.amount }}", "amount"),
    ])  # fmt: skip
    page.bar(row, 2)
    page.only_if("review__reasons", first, page.row - 1)
    page.gap(6)
    page.section(page.text("report.said"))
    for _ in range(NOTES):
        page.sheet.set_row(page.row, 24)
        for column in range(1, page.last + 1):
            page.sheet.write_blank(page.row, column, None, look.made(bottom=1, bottom_color="#D0D7E2"))
        page.row += 1


def _next(look: Look, words: Words) -> None:
    page = _Page(look, words, "next", (24, 18, 14, 18, 18, 14, 18))
    _head(page)
    page.section("{{ next.period }}")
    page.line(page.text("report.next_rule"), 24)
    columns = (
        ("target", "target", "amount"), ("open_count", "count", "count"), ("open_amount", "amount", "amount"),
        ("weighted", "weighted", "amount"), ("coverage", "coverage", "times"), ("short", "short", "amount"),
    )  # fmt: skip
    cells = [Cell(page.text("report.rep"), "{{ row.name }}", "text", "{{ next.all.name }}")]
    for label, field, kind in columns:
        total = f"{{{{ next.all.{field} }}}}"
        cells.append(Cell(page.text(f"report.{label}"), f"{{{{ row.{field} }}}}", kind, total))
    row = page.table("next__reps", cells)
    page.paint(row, 6, f"=AND(ISNUMBER($G{row + 1}),$G{row + 1}<1)", "alert")


def _head(page: Page) -> None:
    """Put the report's title, the page's name and the days on top."""
    bar = page.look.made(font_size=16, bold=True, font_color="#FFFFFF", bg_color=INK, indent=1)
    side = page.look.made(font_size=12, font_color="#FFFFFF", bg_color=INK, align="right", indent=1)
    small = page.look.made(font_size=9, font_color="#6B7686", indent=1)
    page.sheet.set_row(0, 34)
    for column in range(1, page.last + 1):
        page.sheet.write_blank(0, column, None, bar)
    page.sheet.write_string(0, 1, "{{ title }}", bar)
    page.sheet.write_string(0, page.last, page.name, side)
    page.sheet.set_row(1, 20)
    page.sheet.write_string(1, 1, "{{ subtitle }}", small)
    page.sheet.freeze_panes(2, 0)
    page.sheet.repeat_rows(0, 1)
    page.row = 2


def _cells(page: Page, columns: tuple[tuple[str, str, str], ...]) -> list[Cell]:
    return [
        Cell(page.text(f"report.{label}"), f"{{{{ row.{field} }}}}" if field else "", kind)
        for label, field, kind in columns
    ]


def _wrapped(page: Page, band: str, none: str, columns: tuple[tuple[str, str, str], ...]) -> None:
    first = page.row
    page.table(band, _cells(page, columns), wraps=True, header=24)
    page.only_if(band, first, page.row - 1)
    page.line(page.text(f"report.{none}"))
    page.only_if(none, page.row - 1, page.row - 1)
    page.gap(6)


def _listed(page: Page, band: str, none: str, said: str, columns: tuple[tuple[str, str, str], ...]) -> None:
    first = page.row
    row = page.table(band, _cells(page, columns), header=24)
    page.bar(row, 3)
    page.only_if(band, first, page.row - 1)
    page.line(page.text(f"report.{said}"))
    page.only_if(none, page.row - 1, page.row - 1)
    page.gap(6)
