"""The manager's summary as a template workbook: drawn here once, then filled by ``render`` every week.

Owns its sheets, charts and formats; 团队汇总.xlsx and 团队汇总.en.xlsx in templates/ are its output, and a
team may restyle its own copy in Excel. Refuses: figures, which ``summary`` computes, and every sentence,
which is words.
"""

from __future__ import annotations

import io
from collections.abc import Callable

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from salesxl import __version__
from salesxl.messages import Words
from tools.summary_template.attainment import draw_attainment
from tools.summary_template.calls import draw_follow_up, draw_named
from tools.summary_template.cases import draw_cases
from tools.summary_template.charts import ChartData
from tools.summary_template.details import draw_detail, draw_talk
from tools.summary_template.lists import draw_conflicts, draw_definitions, draw_problems, draw_reports
from tools.summary_template.look import CREATED, FONT, Look
from tools.summary_template.meeting import draw_activity, draw_briefing, draw_closing, draw_trend
from tools.summary_template.orders import draw_orders
from tools.summary_template.overview import draw_overview
from tools.summary_template.pages import draw_forecast, draw_funnel, draw_grades, draw_losses
from tools.summary_template.phone import draw_phone
from tools.summary_template.weekly import draw_changes, draw_weeks

__all__ = ["draw_print_template", "draw_summary_template", "drawn"]


class PaperSheet(Worksheet):  # type: ignore[misc]  # the library has no types
    """A sheet for paper, on which what would lead somewhere is text alone."""

    def write_url(
        self,
        row: int,
        col: int,
        url: str,  # noqa: ARG002 -- the signature of what it takes the place of
        cell_format: Format | None = None,
        string: str | None = None,
        tip: str | None = None,  # noqa: ARG002
    ) -> int:
        """Write the text of a link and not its address."""
        return int(self.write_string(row, col, string or "", cell_format))

    def set_h_pagebreaks(self, breaks: list[int]) -> None:
        """Let the reps follow each other on a page, rather than begin one each."""


def draw_summary_template(words: Words) -> bytes:
    """Draw the template of 团队汇总.xlsx in the language of ``words``.

    The same words give the same bytes.
    """

    def pages(look: Look) -> None:
        charts = ChartData(look, words)
        draw_overview(look, words, charts)
        draw_phone(look, words)
        draw_briefing(look, words)
        draw_changes(look, words, charts)
        draw_attainment(look, words)
        draw_closing(look, words)
        draw_weeks(look, words)
        draw_activity(look, words)
        draw_trend(look, words)
        draw_orders(look, words)
        draw_cases(look, words)
        draw_funnel(look, words, charts)
        draw_forecast(look, words)
        draw_grades(look, words, charts)
        draw_follow_up(look, words)
        draw_named(look, words)
        draw_losses(look, words, charts)
        draw_conflicts(look, words)
        draw_reports(look, words)
        draw_problems(look, words)
        draw_talk(look, words)
        draw_detail(look, words)
        draw_definitions(look, words)
        charts.draw()

    return drawn("summary", pages)


def draw_print_template(words: Words) -> bytes:
    """Draw the template of 团队汇总-打印.xlsx: the pages of the summary that a meeting has on paper.

    The same words give the same bytes.
    """

    def pages(look: Look) -> None:
        charts = ChartData(look, words)
        draw_overview(look, words, charts)
        draw_briefing(look, words)
        draw_attainment(look, words)
        draw_closing(look, words)
        draw_phone(look, words)
        charts.draw()

    return drawn("summary_print", pages, PaperSheet)


def drawn(form: str, pages: Callable[[Look], None], sheets: type[Worksheet] = Worksheet) -> bytes:
    """Return a template workbook whose pages are drawn, marked as what it is."""
    buffer = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "default_format_properties": {"font_name": FONT, "font_size": 10},
    }
    workbook = xlsxwriter.Workbook(buffer, options)
    workbook.set_properties({"title": "{{ title }}", "author": "salesxl", "created": CREATED})
    workbook.set_custom_property("salesxl.form", form)
    workbook.set_custom_property("salesxl.version", __version__)
    pages(Look(workbook, sheets))
    workbook.close()
    return buffer.getvalue()
