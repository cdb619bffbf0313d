"""本周汇报, 按月预测, 跟进活动 and 走势: what a weekly meeting goes through.

Owns which fact stands in which column. Refuses: figures and sentences, which come with the data.
"""

from __future__ import annotations

from xlsxwriter.chart import Chart

from salesxl.messages import Words
from tools.summary_template.charts import axis, plot
from tools.summary_template.details import to_detail
from tools.summary_template.look import BAND, GREEN, INK, SOFT, Cell, Look, Page

__all__ = ["draw_activity", "draw_briefing", "draw_closing", "draw_trend"]

SAY = {"font_size": 12, "bold": True, "font_color": INK, "bg_color": BAND, "left": 5, "left_color": INK}
BRIEFING = (
    ("kind", "kind_name", "middle"), ("customer", "customer_name", "wrap"), ("text", "text", "wrap"),
    ("more", "more", "wrap"), ("when", "when", "date"), ("amount", "amount", "amount"),
    ("state", "state_name", "wrap"),
)  # fmt: skip
BRIEFING_WIDTHS = (11, 24, 44, 40, 12, 13, 24)


def draw_briefing(look: Look, words: Words) -> None:
    """本周汇报: support asked for, problems that several name, then rep by rep what was written."""
    page = Page(look, words, "briefing", BRIEFING_WIDTHS)
    page.title()
    page.line("{{ briefing.line }} {{ briefing.plans_line }}", 34, **SAY)
    page.line(page.text("rule"))
    page.section("{{ briefing.support_title }}")
    cells = (
        (Cell(page.text("what"), "{{ row.support }}", "wrap"), 3),
        (Cell(page.text("problem"), "{{ row.problems_text }}", "wrap"), 1),
        (Cell(page.text("who"), "{{ row.reps_text }}", "wrap"), 2),
        (Cell(page.text("since"), "{{ row.since_name }}", "middle"), 1),
    )
    _optional(page, "briefing__support", "briefing__no_support", cells, page.text("no_support"))
    page.section(page.text("shared"))
    cells = (
        (Cell(page.text("problem"), "{{ row.problem }}", "wrap"), 2),
        (Cell(page.text("others"), "{{ row.others }}", "wrap"), 1),
        (Cell(page.text("measures"), "{{ row.measures }}", "wrap"), 2),
        (Cell(page.text("who"), "{{ row.reps_text }}", "wrap"), 2),
    )
    _optional(page, "briefing__shared", "briefing__no_shared", cells, page.text("no_shared"))
    first = page.row
    page.gap(2)
    page.sheet.set_h_pagebreaks([page.row])
    page.only_if("rep__breaks", page.row - 1, page.row - 1)
    page.section("{{ rep.title }}")
    columns = [Cell(page.text(label), f"{{{{ row.{field} }}}}", kind) for label, field, kind in BRIEFING]
    page.lead(page.row - 1, 1, Cell("", "{{ rep.title }}", "section"), "{{ rep.page }}")
    row = page.table("rep__rows", columns, wraps=True, header=22)
    for at in range(row, page.row):
        page.lead(at, 2, columns[1], to_detail(words, "row.span"))
    silent = "|".join(page.words.name("plan_state", key) for key in ("silent", "unknown"))
    for state in silent.split("|"):
        page.paint(row, 7, f'=$H{row + 1}="{state}"', "amber", rows=page.row - row)
    page.gap(6)
    page.named("eachopt_briefing__reps", first, page.row - 1)
    page.line(page.text("none"))
    page.only_if("briefing__none", page.row - 1, page.row - 1)


def _optional(page: Page, band: str, none: str, cells: tuple[tuple[Cell, int], ...], said: str) -> None:
    """Put a table that stands only while its list has rows, else one line."""
    first = page.row
    page.spread_wrapped(band, cells)
    page.only_if(band, first, page.row - 1)
    page.line(said)
    page.only_if(none, page.row - 1, page.row - 1)


BUCKETS = ("this", "next", "after", "later", "overdue", "undated")
GROUPS = (("reps", "rep", "rep", "by_rep"), ("teams", "team", "name", "by_team"),
          ("product_lines", "line", "name", "by_line"))  # fmt: skip


def draw_closing(look: Look, words: Words) -> None:
    """按月预测: month by month against the gap, then who has what for which month."""
    page = Page(look, words, "closing", (17, 11, 14, 14, 14, 14, 14, 14, 13, 13, 13, 13))
    page.title()
    page.line("{{ closing.line }}", 46, **SAY)
    page.line(page.text("rule"), 24)
    page.section(page.text("title"))
    cells = [
        Cell(page.text("bucket"), "{{ row.name }}", "text", page.text("total")),
        Cell(page.text("count"), "{{ row.count }}", "count", "{{ closing.all.count }}"),
        Cell(page.text("amount"), "{{ row.amount }}", "amount", "{{ closing.all.amount }}"),
        Cell(page.text("weighted"), "{{ row.weighted }}", "amount", "{{ closing.all.weighted }}"),
        Cell(page.text("target"), "{{ row.target }}", "amount"),
        Cell(page.text("completed"), "{{ row.completed }}", "amount"),
        Cell(page.text("gap"), "{{ row.gap }}", "amount"),
        Cell(page.text("coverage"), "{{ row.coverage }}", "times"),
        Cell(page.text("weighted_coverage"), "{{ row.weighted_coverage }}", "times"),
        Cell(page.text("short"), "{{ row.short }}", "amount"),
        *(Cell("", "", "text") for _ in range(2)),
    ]
    row = page.table("closing__months", cells)
    page.bar(row, 3)
    for column in (8, 9):
        letter = chr(65 + column)
        page.paint(row, column, f"=AND(ISNUMBER(${letter}{row + 1}),${letter}{row + 1}<1)", "alert")
    page.paint(row, 10, f"=AND(ISNUMBER($K{row + 1}),$K{row + 1}>0)", "alert")
    for name in ("overdue", "undated"):
        label = page.text(name)
        page.paint(row, 1, f'=AND($B{row + 1}="{label}",$C{row + 1}>0)', "amber")
    for key, label, field, title in GROUPS:
        first = page.row
        page.gap()
        page.section(page.text(title))
        cells = [
            Cell(page.text(label), f"{{{{ row.{field} }}}}", "text", page.text("total")),
            Cell(page.text("count"), "{{ row.count }}", "count", "{{ closing.all.count }}"),
            *(
                Cell(f"{{{{ closing.names.{b} }}}}", f"{{{{ row.amounts.{b} }}}}", "amount",
                     f"{{{{ closing.all.amounts.{b} }}}}")
                for b in BUCKETS
            ),
            Cell(page.text("weighted"), "{{ row.weighted }}", "amount", "{{ closing.all.this_weighted }}"),
            Cell(page.text("gap_now"), "{{ row.gap }}", "amount", "{{ closing.all.this_gap }}"),
            Cell(page.text("coverage_now"), "{{ row.coverage }}", "times", "{{ closing.all.this_coverage }}"),
            Cell(page.text("short_now"), "{{ row.short }}", "amount", "{{ closing.all.this_short }}"),
        ]  # fmt: skip
        row = page.table(f"closing__{key}", cells)
        if key == "reps":
            page.lead(row, 1, Cell("", "{{ row.rep }}", "text"), "{{ row.page }}")
        page.shade(row, 3)
        page.paint(row, 7, f"=AND(ISNUMBER($H{row + 1}),$H{row + 1}>0)", "amber")
        page.paint(row, 12, f"=AND(ISNUMBER($M{row + 1}),$M{row + 1}>0)", "alert")
        page.paint(row, 11, f"=AND(ISNUMBER($L{row + 1}),$L{row + 1}<1)", "alert")
        page.only_if(f"closing__{key}", first, page.row - 1)


def draw_activity(look: Look, words: Words) -> None:
    """跟进活动: a column per way of contact, a row per rep; below, a row per week."""
    page = Page(look, words, "activity", (15, 14, 12, 12, 12, 13))
    page.title()
    small = look.made(font_size=9, font_color="#6B7686", indent=1)
    said = look.made(font_size=12, bold=True, font_color=INK, indent=1)
    for text, form in (("{{ activity.line }}", said), (page.text("rule"), small)):
        page.sheet.write_string(page.row, 1, text, form)
        page.row += 1
    page.section(page.text("by_rep"))
    cells = [
        Cell(page.text("rep"), "{{ rep.rep }}", "text", page.text("total")),
        Cell(page.text("team"), "{{ rep.team }}", "middle"),
        Cell("{{ method.name }}", "{{ rep.by[method.key] }}", "count", "{{ activity.all.by[method.key] }}"),
        Cell(page.text("count"), "{{ rep.count }}", "count", "{{ activity.all.count }}"),
        Cell(page.text("before"), "{{ rep.before }}", "count", "{{ activity.all.before }}"),
        Cell(page.text("mean"), "{{ rep.mean }}", "mean", "{{ activity.all.mean }}"),
    ]
    row = page.table("activity__reps", cells)
    page.lead(row, 1, cells[0], "{{ rep.page }}")
    page.shade(row, 3)
    page.paint(row, 4, f"=$E{row + 1}=0", "alert")
    page.gap()
    page.section(page.text("by_week"))
    cells = [
        Cell(page.text("week"), "{{ week.label }}", "text"),
        Cell("", "", "text"),
        Cell("{{ method.name }}", "{{ week.by[method.key] }}", "count"),
        Cell(page.text("week_count"), "{{ week.count }}", "count"),
        Cell("", "", "text"),
        Cell("", "", "text"),
    ]
    row = page.table("activity__weeks", cells)
    page.bar(row, 4)
    look.workbook.define_name("each_activity__methods.activity", f"='{page.name}'!$D:$D")
    page.sheet.fit_to_pages(1, 0)


TREND = (
    ("column_week", "label", "middle"), ("signed", "signed_wan", "wan"), ("completed", "completed", "amount"),
    ("target", "target", "amount"), ("attainment", "attainment", "share"),
    ("pipeline", "pipeline_wan", "wan"), ("new", "new", "count"), ("won", "won", "count"),
    ("won_amount", "won_amount", "amount"), ("contacts", "contacts", "count"),
)  # fmt: skip
CHART_ROWS = 12


def draw_trend(look: Look, words: Words) -> None:
    """走势: the last weeks in four charts, and the figures below."""
    page = Page(look, words, "trend", (11, 14, 15, 15, 12, 15, 12, 12, 15, 12))

    def text(key: str) -> str:
        return page.text(f"summary.trend_page.{key}")

    page.title()
    page.line("{{ trend_page.line }}", 34, **SAY)
    data = page.row + 2 * CHART_ROWS + 3  # rows of charts, the section, the header; counted from 1
    for at, chart in enumerate(_trend_charts(look, page.name, data, text)):
        page.space_for(chart, 1 + 5 * (at % 2), 484, CHART_ROWS)
        if at % 2:
            page.move_on(CHART_ROWS)
    page.section(text("table"))
    cells = [Cell(text(label), f"{{{{ row.{field} }}}}", kind) for label, field, kind in TREND]
    row = page.table("trend_page__weeks", cells)
    assert row + 1 == data  # the charts count on it
    page.line(text("rule"), 34)
    page.sheet.fit_to_pages(1, 1)


def _trend_charts(look: Look, sheet: str, row: int, text: object) -> tuple[Chart, ...]:
    """Return the four charts over the table whose rows begin at ``row``."""
    assert callable(text)

    def series(letter: str, key: str, **more: object) -> dict[str, object]:
        names, values = (f"='{sheet}'!${at}${row}:${at}${row}" for at in ("B", letter))
        return {"name": text(key), "categories": names, "values": values, **more}

    signed = plot(look, text("chart_signed"), "column", legend=True)
    signed.add_series(series("C", "signed", gap=60, fill={"color": SOFT}))
    line = look.workbook.add_chart({"type": "line"})
    line.add_series(
        series("F", "attainment", y2_axis=True, line={"color": INK, "width": 2.25}, marker={"type": "circle"})
    )
    line.set_y2_axis(axis("0%"))
    signed.combine(line)
    pipeline = plot(look, text("chart_pipeline"), "line")
    pipeline.add_series(
        series("G", "pipeline", line={"color": INK, "width": 2.25}, marker={"type": "circle"})
    )
    moved = plot(look, text("chart_new"), "column", legend=True)
    for letter, key, colour in (("H", "new", SOFT), ("I", "won", GREEN)):
        moved.add_series(series(letter, key, gap=60, overlap=0, fill={"color": colour}))
    talks = plot(look, text("chart_contacts"), "column")
    talks.add_series(series("K", "contacts", gap=60, fill={"color": "#2F75B5"}))
    return signed, pipeline, moved, talks
