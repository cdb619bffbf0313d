"""总览: the one sentence, six figures, three charts, five things to do today, and what is held back.

Owns this page's layout. Refuses: figures and sentences, which come with the data.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from salesxl.messages import Words
from tools.summary_template.charts import ChartData
from tools.summary_template.look import AMBER, BAND, INK, LINE, MUTED, RED, Look, Page

__all__ = ["draw_cards", "draw_head", "draw_overview"]

COLUMNS, WIDTH = 12, 14.2
CARDS: Sequence[tuple[str, str, str]] = (
    ("attainment", "0.0%", "{{ cards.attainment.value }}"),
    ("week", "#,##0.0", "{{ cards.week.value }}"),
    ("forecast", "#,##0.0", "{{ cards.forecast.value }}"),
    ("overdue", "#,##0", "{{ cards.overdue.value }}"),
    ("missing", "#,##0", "{{ cards.missing.value }}"),
    ("held", "#,##0", "{{ cards.held.value }}"),
)
SHEET_OF = {
    "attainment": "attainment", "week": "attainment", "forecast": "forecast", "overdue": "follow_up",
    "missing": "reports", "held": "reports",
}  # fmt: skip
CHART_ROWS = 13


def draw_overview(look: Look, words: Words, charts: ChartData) -> None:
    """Draw the first page."""
    page = Page(look, words, "overview", [WIDTH] * COLUMNS)
    draw_head(page)
    draw_cards(page, CARDS, SHEET_OF)
    page.gap(8)
    for at, chart in enumerate((charts.attainment(), charts.funnel(), charts.grades())):
        page.space_for(chart, 1 + 4 * at, 412, CHART_ROWS)
    page.move_on(CHART_ROWS)
    page.gap(4)
    _today(page)
    _last_week(page)
    _support(page)
    page.gap(6)
    _lines(page)
    page.sheet.print_area(0, 0, page.row - 1, COLUMNS)
    page.sheet.fit_to_pages(1, 1)
    page.sheet.activate()


def draw_head(page: Page) -> None:
    """Put title, subtitle and the one sentence on top."""
    look, sheet = page.look, page.sheet
    bar = look.made(font_size=20, bold=True, font_color="#FFFFFF", bg_color=INK, indent=1)
    small = look.made(font_size=10, font_color="#FFFFFF", bg_color=INK, indent=1, align="left", valign="top")
    for row, height, form in ((0, 36, bar), (1, 22, small)):
        sheet.set_row(row, height)
        for column in range(1, page.last + 1):
            sheet.write_blank(row, column, None, form)
    sheet.write_string(0, 1, "{{ title }}", bar)
    sheet.write_string(1, 1, "{{ subtitle }}", small)
    page.row = 2
    page.gap(6)
    say = {"font_size": 13, "bold": True, "font_color": INK, "bg_color": BAND, "left": 5, "left_color": INK}
    page.line("{{ headline }}", 54, **say)
    page.gap(8)


def draw_cards(page: Page, cards: Sequence[tuple[str, str, str]], sheet_of: Mapping[str, str]) -> None:
    """Six cards of two columns: name, figure, note; the name leads to the sheet behind the figure."""
    look, sheet, top = page.look, page.sheet, page.row
    for row, height in ((top, 22), (top + 1, 40), (top + 2, 32)):
        sheet.set_row(row, height)
    edge = {"left": 1, "right": 1, "left_color": LINE, "right_color": LINE}
    name = look.made(
        font_size=10, font_color=MUTED, top=5, top_color=INK, align="center", underline=1, **edge
    )
    note = look.made(
        font_size=9, font_color=MUTED, bottom=1, bottom_color=LINE, align="center", text_wrap=True,
        valign="top", **edge,
    )  # fmt: skip
    for at, (key, number, value) in enumerate(cards):
        left = 1 + 2 * at
        figure = look.made(font_size=24, bold=True, font_color=INK, num_format=number, align="center", **edge)
        home = page.sheet_name(sheet_of[key])
        sheet.merge_range(top, left, top, left + 1, "", name)
        sheet.write_url(top, left, f"internal:'{home}'!A1", name, page.text(f"{page.WORDS}.card.{key}"))
        sheet.merge_range(top + 1, left, top + 1, left + 1, value, figure)
        sheet.merge_range(top + 2, left, top + 2, left + 1, f"{{{{ cards.{key}.note }}}}", note)
        # whether the figure asks for something, beside the printed page
        flag = page.last + 2 + at
        sheet.write_string(top + 1, flag, f"{{{{ cards.{key}.alert }}}}", look.made(font_color="#FFFFFF"))
        letter = chr(65 + flag)
        rule = {"type": "formula", "criteria": f"=${letter}${top + 2}"}
        red = look.workbook.add_format({"font_color": RED})
        sheet.conditional_format(top + 1, left, top + 1, left + 1, {**rule, "format": red})
    sheet.set_column(page.last + 2, page.last + 1 + len(cards), 3, None, {"hidden": True})
    page.row = top + 3


def _today(page: Page) -> None:
    look, sheet = page.look, page.sheet
    page.section(page.text("summary.today.title"))
    row = page.row
    sheet.set_row(row, 30)
    number = look.made(font_size=12, bold=True, font_color=RED, align="center", bottom=1, bottom_color=LINE)
    text = look.made(font_size=11, text_wrap=True, bottom=1, bottom_color=LINE)
    link = look.made(font_color="#2F75B5", underline=1, align="center", bottom=1, bottom_color=LINE)
    sheet.write_string(row, 1, "{{ row.no }}", number)
    sheet.merge_range(row, 2, row, page.last - 1, "{{ row.text }}", text)
    sheet.write_url(row, page.last, "internal:{{ row.place }}", link, page.text("summary.open"))
    page.named("eachopt_today", row, row)
    page.row += 1
    page.line(page.text("summary.today.nothing"), 26, font_size=11)
    page.only_if("quiet", page.row - 1, page.row - 1)


def _last_week(page: Page) -> None:
    """What became of last week's five."""
    look, sheet, first = page.look, page.sheet, page.row
    page.section(page.text("summary.today.last"))
    row = page.row
    sheet.set_row(row, 21)
    state = look.made(font_size=10, align="center", bottom=1, bottom_color=LINE)
    text = look.made(font_size=10, bottom=1, bottom_color=LINE, shrink=True)
    sheet.write_string(row, 1, "{{ row.state_name }}", state)
    sheet.merge_range(row, 2, row, page.last, "{{ row.text }}", text)
    page.named("each_last_today", row, row)
    for key, colour in (("done", "green"), ("open", "amber")):
        page.paint(row, 1, f'=$B{row + 1}="{page.words.name("task_state", key)}"', colour)
    page.row += 1
    page.only_if("last_today", first, page.row - 1)


def _support(page: Page) -> None:
    """Support that reps ask for, while any does."""
    look, sheet, first = page.look, page.sheet, page.row
    page.section("{{ briefing.support_title }}")
    row = page.row
    sheet.set_row(row, 21)
    text = look.made(font_size=10, bottom=1, bottom_color=LINE, shrink=True, indent=1)
    link = look.made(font_color="#2F75B5", underline=1, align="center", bottom=1, bottom_color=LINE)
    sheet.merge_range(row, 1, row, page.last - 1, "{{ row.line }}", text)
    home = page.words.name("summary_sheet", "briefing")
    sheet.write_url(row, page.last, f"internal:'{home}'!A1", link, page.text("summary.open"))
    page.named("each_briefing__first_support", row, row)
    page.row += 1
    page.only_if("briefing__first_support", first, page.row - 1)


def _lines(page: Page) -> None:
    """What must not be overlooked: rows held back, files not read, the calendar, the week before."""
    held = {"font_size": 10, "font_color": "#222B38", "bg_color": "#FFF4D6", "left": 5, "left_color": AMBER}
    page.line("{{ held.line }} {{ held.unread }}", 36, **held)
    page.line("{{ trend.line }}", 22, font_size=10)
    page.only_if("trend", page.row - 1, page.row - 1)
    page.line("{{ attainment.workdays.line }} {{ attainment.workdays.source_line }}", 22)
    page.line(page.text("summary.links"), 34, font_size=9, font_color=MUTED)
