"""The sheets behind 总览: funnel, forecast, grades, losses.

Owns which figure stands in which column. Refuses: figures.
"""

from __future__ import annotations

from salesxl.messages import Words
from tools.summary_template.charts import ChartData
from tools.summary_template.details import to_detail
from tools.summary_template.look import BAND, INK, Cell, Look, Page

__all__ = ["draw_forecast", "draw_funnel", "draw_grades", "draw_losses"]


def draw_funnel(look: Look, words: Words, charts: ChartData) -> None:
    """阶段漏斗: the path stage by stage, and where it leaks."""
    page = Page(look, words, "funnel", (14, 11, 11, 15, 15, 12, 13, 15, 13, 13, 13))
    page.title()
    page.line("{{ stages.leak_line }}", 28, font_size=12, bold=True, font_color=INK, bg_color=BAND)
    page.line(page.text("rule"))
    page.line("{{ stages.ideal_line }}")
    page.section(page.text("rates"))
    cells = [
        Cell(page.text("stage"), "{{ row.stage }}", "text"),
        Cell(page.text("reached"), "{{ row.reached }}", "count"),
        Cell(page.text("reached_share"), "{{ row.reached_share }}", "share"),
        Cell(page.text("conversion"), "{{ row.conversion }}", "share"),
        Cell(page.text("ideal"), "{{ row.ideal }}", "share"),
        Cell(page.text("short"), "{{ row.short }}", "points"),
        Cell(page.text("ideal_reached"), "{{ row.ideal_reached }}", "count"),
        Cell(page.text("lost"), "{{ row.lost }}", "count"),
        Cell(page.text("needed"), "{{ row.needed }}", "count"),
        Cell(page.text("needed_ideal"), "{{ row.needed_ideal }}", "count"),
        Cell(page.text("mark"), "{{ row.mark }}", "middle"),
    ]
    row = page.table("stages__path", cells)
    page.bar(row, 4, most=1)
    page.paint(row, 1, f'=$L{row + 1}<>""', "red", to=11)
    page.paint(row, 6, f"=AND(ISNUMBER($G{row + 1}),$G{row + 1}<0)", "alert")
    page.line("{{ stages.needed_line }}", 32)
    page.section(page.text("title"))
    cells = [
        Cell(page.text("stage"), "{{ row.stage }}", "text", page.text("total")),
        Cell(page.text("kind"), "{{ row.kind_name }}", "middle"),
        Cell(page.text("count"), "{{ row.count }}", "count", "{{ stages.count }}"),
        Cell(page.text("amount"), "{{ row.amount }}", "amount", "{{ stages.amount }}"),
        Cell(page.text("open_amount"), "{{ row.open_amount }}", "amount", "{{ stages.open_amount }}"),
        Cell(page.text("probability"), "{{ row.probability }}", "share"),
        Cell(page.text("chance"), "{{ row.chance_name }}", "middle"),
        Cell(page.text("weighted"), "{{ row.weighted }}", "amount", "{{ stages.forecast }}"),
        Cell(page.text("days_usual"), "{{ row.days_usual }}", "count"),
        Cell(page.text("days_long"), "{{ row.days_long }}", "count"),
        Cell(page.text("stuck"), "{{ row.stuck }}", "count"),
    ]
    row = page.table("stages__stages", cells)
    page.bar(row, 4)
    page.paint(row, 11, f"=AND(ISNUMBER($L{row + 1}),$L{row + 1}>0)", "alert")
    page.line("{{ stages.chance_line }} {{ stages.days_line }}", 32)
    page.gap()
    page.space_for(charts.funnel(), 1, 1060, 9)
    page.move_on(9)
    page.sheet.fit_to_pages(1, 1)


def draw_forecast(look: Look, words: Words) -> None:
    """预测: a column per stage, a row per rep."""
    page = Page(look, words, "forecast", (15, 12, 11, 16, 16, 11, 11))
    page.title()
    page.sheet.write_string(
        page.row, 1, page.text("rule"), look.made(font_size=9, font_color="#6B7686", indent=1)
    )
    page.row += 1
    page.section(page.text("title"))
    cells = [
        Cell(page.text("summary.attainment.rep"), "{{ row.rep }}", "text", page.text("summary.funnel.total")),
        Cell("{{ name }}", "{{ rep.counts[name] }}", "count", "{{ stages.counts[name] }}"),
        Cell(page.text("total"), "{{ rep.total }}", "count", "{{ stages.count }}"),
        Cell(page.text("open_amount"), "{{ rep.open_amount }}", "amount", "{{ stages.open_amount }}"),
        Cell(page.text("weighted"), "{{ rep.weighted }}", "amount", "{{ stages.forecast }}"),
        Cell(page.text("win_rate"), "{{ rep.win_rate }}", "share", "{{ stages.win_rate }}"),
        Cell(page.text("lost_rate"), "{{ rep.lost_rate }}", "share", "{{ stages.lost_rate }}"),
    ]
    row = page.table("stages__reps", cells)
    page.lead(row, 1, cells[0], "{{ row.page }}")
    for column, span in ((2, "rep.spans[name]"), (3, "rep.span")):
        page.lead(row, column, cells[column - 1], to_detail(words, span))
    page.bar(row, 5)
    page.shade(row, 2)
    for group in ("team", "industry", "source"):
        page.gap()
        if group == "industry":  # the break hangs on the gap: else it would repeat
            page.sheet.set_h_pagebreaks([page.row])
        page.section(page.text(f"by_{group}"))
        item = f"{group}_group"
        row = page.table(
            f"stages__{item}s",
            [
                Cell(page.text(group), f"{{{{ {item}.{group} }}}}", "text"),
                Cell("{{ name }}", f"{{{{ {item}.counts[name] }}}}", "count"),
                *(
                    Cell(page.text(field), f"{{{{ {item}.{field} }}}}", kind)
                    for field, kind in (
                        ("total", "count"),
                        ("open_amount", "amount"),
                        ("weighted", "amount"),
                        ("win_rate", "share"),
                    )
                ),
            ],
        )
        page.bar(row, 5)
        page.shade(row, 2)
    _columns(page, "stages__names", 2)


def draw_grades(look: Look, words: Words, charts: ChartData) -> None:
    """客户分级: a column per grade; the grades' own figures on top, then a row per rep."""
    page = Page(look, words, "grades", (22, 15, 11, 11, 2, 56))
    page.title()
    page.space_for(charts.grades(), 6, 390, 10)
    page.section(page.text("by_grade"))
    cells = [Cell(page.text("grade"), "", "text"), Cell("{{ grade.grade }}", "", "count")]
    page.header([*cells, Cell(page.text("ungraded"), "", "count"), Cell(page.text("total"), "", "count")])
    lines = (
        ("count", "count", "{{ grade.count }}", "{{ chart.ungraded }}", "{{ grades.total }}"),
        ("share", "share", "{{ grade.share }}", "", ""),
        ("annual_row", "amount", "{{ grade.annual_purchase }}", "", ""),
        ("expected_row", "amount", "{{ grade.expected_amount }}", "", ""),
        ("rule", "middle", "{{ grade.rule }}", "", ""),
        ("every", "middle", "{{ grade.cadence }}", "", ""),
        ("overdue", "count", "{{ grade.overdue }}", "", "{{ cards.overdue.value }}"),
    )
    for key, kind, *values in lines:
        page.sheet.set_row(page.row, 21)
        page.sheet.write_string(page.row, 1, page.text(key), look.body("text"))
        for column, value in enumerate(values, 2):
            page.sheet.write_string(page.row, column, value, look.body(kind))
        if key == "overdue":
            page.paint(page.row, 2, f"=B{page.row + 1}>0".replace("B", "C"), "alert")
        page.row += 1
    page.gap()
    page.section(page.text("by_rep"))
    cells = [
        Cell(page.text("summary.attainment.rep"), "{{ rep.rep }}", "text", page.text("total")),
        Cell("{{ grade.grade }}", "{{ rep.counts[grade.grade] }}", "count", "{{ grade.count }}"),
        Cell(page.text("ungraded"), "{{ rep.ungraded }}", "count", "{{ chart.ungraded }}"),
        Cell(page.text("total"), "{{ rep.total }}", "count", "{{ grades.total }}"),
    ]
    row = page.table("grades__reps", cells)
    page.lead(row, 1, cells[0], "{{ row.page }}")
    page.shade(row, 2)
    for key in ("suggestions", "changes", "overrides"):
        page.gap()
        page.section(page.text(key))
        page.line("{{ row.line }}", 21, font_size=10, font_color="#222B38")
        page.each(f"grades__{key}", page.row - 1)
        page.only_if(f"grades__{key}", page.row - 1, page.row - 1)
        page.line(page.text("summary.none"))
        page.only_if(f"grades__no_{key}", page.row - 1, page.row - 1)
    _columns(page, "grades__grades", 2)


def draw_losses(look: Look, words: Words, charts: ChartData) -> None:
    """流失与来源: why customers are lost, and which sources bring those that sign."""
    page = Page(look, words, "losses", (20, 11, 11, 17, 11, 12, 17, 17))
    page.title()
    page.section(page.text("sources"))
    figures = (
        ("count", "count"),
        ("open", "count"),
        ("won", "count"),
        ("lost", "count"),
        ("win_rate", "share"),
    )
    cells = [
        Cell(page.text("source"), "{{ row.source }}", "text", page.text("total")),
        *(Cell(page.text(k), _row(k), kind, f"{{{{ losses.all.{k} }}}}") for k, kind in figures),
        Cell(page.text("amount"), "{{ row.amount }}", "amount", "{{ losses.all.amount }}"),
        Cell(page.text("signed"), "{{ row.signed }}", "amount", "{{ losses.all.signed }}"),
    ]
    row = page.table("losses__sources", cells)
    page.bar(row, 6, "#A9CF93", most=1)
    page.gap()
    page.section(page.text("industries"))
    cells = [
        Cell(page.text("industry"), "{{ row.industry }}", "text", page.text("total")),
        *(Cell(page.text(k), _row(k), kind, f"{{{{ losses.all.{k} }}}}") for k, kind in figures),
        Cell(page.text("amount"), "{{ row.amount }}", "amount", "{{ losses.all.amount }}"),
        Cell(page.text("signed"), "{{ row.signed }}", "amount", "{{ losses.all.signed }}"),
    ]
    row = page.table("losses__industries", cells)
    page.bar(row, 6, "#A9CF93", most=1)
    page.gap()
    page.space_for(charts.sources(), 1, 845, 11)
    page.move_on(11)
    page.gap()
    page.section(page.text("reasons"))
    first = page.row
    cells = [
        Cell(page.text("reason"), "{{ row.reason }}", "text", page.text("total")),
        Cell(page.text("count"), "{{ row.count }}", "count", "{{ losses.all.lost }}"),
        Cell(page.text("share"), "{{ row.share }}", "share"),
        Cell(page.text("lost_amount"), "{{ row.amount }}", "amount", "{{ losses.all.lost_amount }}"),
    ]
    row = page.table("losses__reasons", cells)
    page.bar(row, 3, "#E6A5A5", most=1)
    page.gap()
    page.space_for(charts.reasons(), 1, 845, 8)
    page.move_on(8)
    page.only_if("losses__reasons", first, page.row - 1)
    page.line(page.text("summary.none"))
    page.only_if("losses__no_reasons", page.row - 1, page.row - 1)
    page.sheet.fit_to_pages(1, 1)


def _row(field: str) -> str:
    return f"{{{{ row.{field} }}}}"


def _columns(page: Page, band: str, column: int) -> None:
    """Let a column repeat for each item of a list."""
    letter = chr(65 + column)
    name = f"each_{band}.{page.key}"
    page.look.workbook.define_name(name, f"='{page.name}'!${letter}:${letter}")
