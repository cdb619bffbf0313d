"""本周变化 and 各周业绩: what moved since last week, and the reports that every sum is made of.

Owns which figure stands in which column. Refuses: figures.
"""

from __future__ import annotations

from salesxl.messages import Words
from tools.summary_template.charts import ChartData
from tools.summary_template.details import to_detail
from tools.summary_template.look import BAND, INK, Cell, Look, Page

__all__ = ["draw_changes", "draw_weeks"]

CHART_ROWS = 11


def draw_changes(look: Look, words: Words, charts: ChartData) -> None:
    """本周变化: one sentence, the bridge as a table and a chart, then list by list who moved."""
    page = Page(look, words, "changes", (6, 32, 11, 22, 22, 16, 17, 18, 12))
    page.title()
    page.line("{{ changes.line }}", 30, font_size=13, bold=True, font_color=INK, bg_color=BAND)
    first = page.row
    page.line("{{ changes.compared }}", 20, font_size=10)
    _bridge(page, charts)
    page.only_if("changes__known", first, page.row - 1)
    first = page.row
    page.section("{{ list.title }}")
    _list(page)
    page.gap(8)
    page.named("eachopt_changes__lists", first, page.row - 1)
    page.line(page.text("no_lists"))
    page.only_if("changes__no_lists", page.row - 1, page.row - 1)


def _bridge(page: Page, charts: ChartData) -> None:
    page.section(page.text("bridge"))
    page.space_for(charts.bridge(), 1, 1110, CHART_ROWS)
    page.move_on(CHART_ROWS)
    cells = (
        (Cell(page.text("item"), "{{ row.name }}", "text"), 2),
        (Cell(page.text("count"), "{{ row.count }}", "count"), 1),
        (Cell(page.text("amount_change"), "{{ row.amount }}", "change"), 1),
        (Cell(page.text("after"), "{{ row.after }}", "amount"), 1),
        (Cell(page.text("meant"), "{{ row.meant }}", "text"), 4),
    )
    row = page.spread("changes__rows", cells)
    flag = page.last + 2
    page.sheet.write_string(row, flag, "{{ row.whole }}", page.look.made(font_color="#FFFFFF"))
    page.sheet.set_column(flag, flag, 3, None, {"hidden": True})
    page.paint(row, 1, f"=${chr(65 + flag)}{row + 1}", "whole", to=page.last)
    page.paint(row, 4, f"=AND(ISNUMBER($E{row + 1}),$E{row + 1}<0)", "alert")
    page.line(page.text("rule"), 24)


def _list(page: Page) -> None:
    cells = [
        Cell(page.text("no"), "{{ row.no }}", "middle"),
        Cell(page.text("customer"), "{{ row.customer_name }}", "text"),
        Cell(page.text("rep"), "{{ row.rep }}", "middle"),
        Cell(page.text("was"), "{{ row.was }}", "text"),
        Cell(page.text("now"), "{{ row.now }}", "text"),
        Cell(page.text("expected"), "{{ row.amount }}", "amount"),
        Cell(page.text("change"), "{{ row.change }}", "change"),
        Cell(page.text("number"), "{{ row.customer_no }}", "middle"),
        Cell(page.text("lead"), "{% if row.span %}" + page.text("summary.open") + "{% endif %}", "middle"),
    ]
    row = page.table("list__rows", cells, header=24)
    page.lead(row, 3, cells[2], "{{ row.page }}")
    page.lead(row, 9, cells[8], to_detail(page.words, "row.span"))
    page.paint(row, 7, f"=AND(ISNUMBER($H{row + 1}),$H{row + 1}<0)", "alert")


def draw_weeks(look: Look, words: Words) -> None:
    """各周业绩: a row per rep, a column per week; the sums that other sheets show stand left of the weeks."""
    page = Page(look, words, "weeks", (14, 13, 14, 14, 14, 13, 9))
    page.title()
    small = look.made(font_size=9, font_color="#6B7686", indent=1)
    page.sheet.write_string(page.row, 1, page.text("rule"), small)
    page.row += 1
    for measure, kind in (("signed", "amount"), ("collected", "amount"), ("talks", "count")):
        page.section(page.text(measure if kind == "amount" else "summary.activity.talks"))
        cells = [
            Cell(page.text("rep"), "{{ rep.rep }}", "text", page.text("total")),
            Cell(page.text("team"), "{{ rep.team }}", "middle"),
            *(
                Cell(
                    f"{{{{ weeks.names.{span} }}}}",
                    f"{{{{ rep.{measure}.{span} }}}}",
                    kind,
                    f"{{{{ weeks.all.{measure}.{span} }}}}",
                )
                for span in ("year", "quarter", "month")
            ),
            Cell(
                "{{ week.label }}",
                f"{{{{ rep.{measure}[week.key] }}}}",
                kind,
                f"{{{{ weeks.all.{measure}[week.key] }}}}",
            ),
            Cell(page.text("reports"), "{{ rep.reports }}", "count", "{{ weeks.all.reports }}"),
        ]
        row = page.table("weeks__reps", cells, header=34)
        page.lead(row, 1, cells[0], "{{ rep.page }}")
        page.gap()
    look.workbook.define_name(f"each_weeks__weeks.{page.key}", f"='{page.name}'!$G:$G")
    page.sheet.freeze_panes(2, 2)
    page.sheet.set_print_scale(70)  # many weeks go on over several pages, with the reps on each
    page.sheet.repeat_columns(0, 1)
