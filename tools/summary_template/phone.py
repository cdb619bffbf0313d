"""手机页: the first page once more, so narrow that its picture is read on a phone, and upright on paper.

Owns this page's layout: 390 pixels wide, A4 upright, black on white. Refuses: figures and sentences.
"""

from __future__ import annotations

from salesxl.messages import Words
from tools.summary_template.look import HEIGHTS, INK, LINE, Look, Page
from tools.summary_template.overview import CARDS

__all__ = ["draw_phone"]

COLUMNS, WIDTH = 4, 12.0
"""With the margin some 390 pixels."""


def draw_phone(look: Look, words: Words) -> None:
    """Draw the page."""
    page = Page(look, words, "phone", [WIDTH] * COLUMNS)
    sheet = page.sheet
    strong = {"font_color": "#000000", "bold": True}
    page.line("{{ title }}", 30, font_size=14, bottom=2, bottom_color=INK, indent=0, **strong)
    page.line("{{ subtitle }}", 32, font_color="#000000", indent=0)
    page.line("{{ headline }}", 118, font_size=11, indent=0, valign="top", **strong)
    name = look.made(font_size=9, font_color="#000000", top=1, top_color=LINE)
    note = look.made(font_size=9, font_color="#000000", text_wrap=True, valign="top")
    for at, (key, number, value) in enumerate(CARDS):
        left, top = 1 + 2 * (at % 2), page.row + 3 * (at // 2)
        figure = look.made(font_size=18, bold=True, num_format=number, align="left", font_color="#000000")
        for row, text, form, height in (
            (top, page.text(f"summary.card.{key}"), name, 18),
            (top + 1, value, figure, 28),
            (top + 2, f"{{{{ cards.{key}.note }}}}", note, 30),
        ):
            sheet.set_row(row, height)
            sheet.merge_range(row, left, row, left + 1, text, form)
    page.row += 3 * (len(CARDS) // 2)
    page.section(page.text("summary.today.title"))
    _list(page, "phone__today", "{{ row.no }}. {{ row.text }}")
    page.line(page.text("summary.today.nothing"), 26, font_color="#000000", indent=0)
    page.only_if("quiet", page.row - 1, page.row - 1)
    first = page.row
    page.section("{{ briefing.support_title }}")
    _list(page, "phone__support", "{{ row.text }}")
    page.only_if("briefing__first_support", first, page.row - 1)
    page.line("{{ held.line }}", 48, font_color="#000000", indent=0)
    page.only_if("held__rows", page.row - 1, page.row - 1)
    page.line(page.text("nothing_else"), 20, indent=0)
    sheet.set_portrait()
    sheet.print_black_and_white()
    sheet.print_area(0, 0, page.row - 1, COLUMNS)
    sheet.fit_to_pages(1, 1)


def _list(page: Page, band: str, text: str) -> None:
    """Put a list whose texts wrap, a line under each."""
    form = page.look.made(text_wrap=True, bottom=1, bottom_color=LINE, font_color="#000000")
    first = page.row
    for flag, height in HEIGHTS.items():
        page.sheet.set_row(page.row, height)
        page.sheet.merge_range(page.row, 1, page.row, COLUMNS, text, form)
        page.only_if(f"row__{flag}", page.row, page.row)
        page.row += 1
    page.each(band, first, page.row - 1)
