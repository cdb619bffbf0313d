"""The director's summary as a template workbook: drawn here once, then filled by ``salesxl rollup``.

Owns its sheets and which figure stands in which column, in the look of the teams' summary; 公司汇总.xlsx and
公司汇总.en.xlsx in templates/ are its output. Refuses: figures and sentences, which come with the data.
"""

from __future__ import annotations

from collections.abc import Sequence

from salesxl.messages import Words
from tools.summary_template import drawn
from tools.summary_template.charts import ChartData
from tools.summary_template.look import AMBER, LINE, RED, Cell, Look, Page
from tools.summary_template.overview import draw_cards, draw_head

__all__ = ["draw_rollup_template"]

COLUMNS, WIDTH = 12, 14.2
CARDS: Sequence[tuple[str, str, str]] = (
    ("attainment", "0.0%", "{{ cards.attainment.value }}"),
    ("week", "#,##0.0", "{{ cards.week.value }}"),
    ("pipeline", "#,##0.0", "{{ cards.pipeline.value }}"),
    ("forecast", "#,##0.0", "{{ cards.forecast.value }}"),
    ("missing", "#,##0", "{{ cards.missing.value }}"),
    ("claims", "#,##0", "{{ cards.claims.value }}"),
)
SHEET_OF = {
    "attainment": "targets", "week": "units", "pipeline": "flow", "forecast": "flow", "missing": "notices",
    "claims": "claims",
}  # fmt: skip
CHART_ROWS = 12
STATES = (("warning", "red"), ("behind", "amber"), ("on_track", "green"), ("good", "green"))


class _Page(Page):
    """A page of the company's summary."""

    WORDS, SHEETS = "rollup", "rollup_sheet"


class _Charts(ChartData):
    """The one chart, and the figures behind it."""

    TABLES = (
        ("chart__attainment", (
            ("attainment.team", "{{ row.unit }}", "text"), ("attainment.done", "{{ row.done }}", "wan"),
            ("attainment.aim", "{{ row.aim }}", "wan"),
        )),
    )  # fmt: skip


def draw_rollup_template(words: Words) -> bytes:
    """Draw the template of 公司汇总.xlsx in the language of ``words``; the same words give the same bytes."""

    def pages(look: Look) -> None:
        charts = _Charts(look, words)
        _overview(look, words)
        _units(look, words)
        _scopes(look, words)
        _targets(look, words, charts)
        _flow(look, words)
        _claims(look, words)
        _notices(look, words)
        charts.draw()

    return drawn("company_summary", pages)


def _overview(look: Look, words: Words) -> None:
    page = _Page(look, words, "overview", [WIDTH] * COLUMNS)
    draw_head(page)
    draw_cards(page, CARDS, SHEET_OF)
    page.gap(8)
    _asks(page)
    page.gap(6)
    first = page.row
    page.section("{{ worst_title }}")
    _team_rows(page, "worst")
    page.gap(6)
    page.only_if("worst", first, page.row - 1)
    first = page.row
    page.section(page.text("regions"))
    _scope_rows(page, "regions")
    page.gap(6)
    page.only_if("regions", first, page.row - 1)
    page.line("{{ trend }}", 32, font_size=10, left=5, left_color=AMBER)
    page.only_if("trend", page.row - 1, page.row - 1)
    page.line(page.text("links"), 22)
    page.sheet.activate()


def _asks(page: Page) -> None:
    """What to ask first, each leading to the team's own summary."""
    look, sheet = page.look, page.sheet
    page.section(page.text("rollup.ask.title"))
    row = page.row
    sheet.set_row(row, 24)
    number = look.made(font_size=12, bold=True, font_color=RED, align="center", bottom=1, bottom_color=LINE)
    text = look.made(font_size=11, bottom=1, bottom_color=LINE, shrink=True)
    sheet.write_string(row, 1, "{{ row.no }}", number)
    sheet.merge_range(row, 2, row, page.last - 1, "{{ row.text }}", text)
    label = "{{ '" + page.text("rollup.open") + "' if row.link else '' }}"
    page.lead(row, page.last, Cell("", label, "middle"), "{{ row.place }}", file="{{ row.link }}")
    page.named("eachopt_asks", row, row)
    page.row += 1
    page.line(page.text("rollup.ask.nothing"), 26, font_size=11)
    page.only_if("quiet", page.row - 1, page.row - 1)


def _said(page: Page, key: str) -> str:
    return page.text(f"rollup.units.{key}")


def _team_rows(page: Page, band: str) -> None:
    """Put the teams of the first page: twelve columns, of which the warnings take three."""
    cells = [
        Cell(_said(page, "unit"), "{{ row.unit }}", "text"),
        Cell(_said(page, "attainment"), "{{ row.attainment }}", "share"),
        Cell(_said(page, "completed"), "{{ row.completed | wan }}", "wan"),
        Cell(_said(page, "target"), "{{ row.target | wan }}", "wan"),
        Cell(_said(page, "pace"), "{{ row.pace }}", "share"),
        Cell(_said(page, "state"), "{{ row.state_name }}", "middle"),
        Cell(_said(page, "open_amount"), "{{ row.open_amount | wan }}", "wan"),
        Cell(_said(page, "open_change"), "{{ row.open_amount_change | wan }}", "wan_change"),
        Cell(_said(page, "forecast"), "{{ row.forecast | wan }}", "wan"),
        Cell(_said(page, "warnings"), "{{ row.warnings }}", "text"),
    ]
    row = page.spread(band, [(cell, 3 if cell is cells[-1] else 1) for cell in cells])
    page.lead(row, 1, cells[0], "{{ row.place }}", file="{{ row.link }}")
    _judge(page, row, share=2, pace=5, state=6)
    _fallen(page, row, 8)


def _scope_rows(page: Page, band: str) -> None:
    """Put the rows of regions or product lines."""
    cells = [
        Cell(page.text("rollup.scopes.name"), "{{ row.name }}", "text"),
        Cell(_said(page, "attainment"), "{{ row.attainment }}", "share"),
        Cell(_said(page, "completed"), "{{ row.completed | wan }}", "wan"),
        Cell(_said(page, "target"), "{{ row.target | wan }}", "wan"),
        Cell(_said(page, "pace"), "{{ row.pace }}", "share"),
        Cell(_said(page, "state"), "{{ row.state_name }}", "middle"),
        Cell(_said(page, "week"), "{{ row.week_completed | wan }}", "wan"),
        Cell(_said(page, "open_amount"), "{{ row.open_amount | wan }}", "wan"),
        Cell(_said(page, "forecast"), "{{ row.forecast | wan }}", "wan"),
        Cell(page.text("rollup.scopes.units"), "{{ row.units }}", "count"),
        Cell(_said(page, "reps"), "{{ row.reps }}", "count"),
        Cell(_said(page, "won"), "{{ row.won }}", "count"),
    ]
    row = page.table(band, cells, header=24)
    _judge(page, row, share=2, pace=5, state=6)


def _units(look: Look, words: Words) -> None:
    page = _Page(look, words, "units", (20, 8, 11, 12, 12, 10, 12, 11, 12, 10, 10, 10, 13, 12, 12, 34))
    page.title(page.text("rule"))
    page.section(page.text("title"))
    columns = (
        ("reps", "reps", "count"), ("attainment", "attainment", "share"),
        ("completed", "completed | wan", "wan"),
        ("target", "target | wan", "wan"), ("pace", "pace", "share"), ("state", "state_name", "middle"),
        ("attainment_change", "attainment_change", "points"), ("week", "week_completed | wan", "wan"),
        ("won", "won", "count"), ("won_change", "won_change", "change"), ("count", "open_count", "count"),
        ("open_amount", "open_amount | wan", "wan"),
        ("open_change", "open_amount_change | wan", "wan_change"),
        ("forecast", "forecast | wan", "wan"), ("warnings", "warnings", "text"),
    )  # fmt: skip
    no_total = {"attainment_change", "open_change", "won_change", "warnings"}
    cells = [Cell(page.text("unit"), "{{ row.unit }}", "text", page.text("rollup.total"))]
    for label, value, kind in columns:
        total = None if label in no_total else f"{{{{ all.{value} }}}}"
        cells.append(Cell(page.text(label), f"{{{{ row.{value} }}}}", kind, total))
    row = page.table("units", cells)
    page.lead(row, 1, cells[0], "{{ row.place }}", file="{{ row.link }}")
    for at in (row, row + 1):
        _judge(page, at, share=3, pace=6, state=7)
    for column in (8, 11, 14):
        _fallen(page, row, column)
    page.gap()
    page.section(page.text("longer"))
    spans = [("quarter", page.text("quarter")), ("year", page.text("year"))]
    cells = [Cell(page.text("unit"), "{{ row.unit }}", "text"), Cell("", "", "text")]
    for key, span in spans:
        for field, kind, shown in (
            ("completed", "wan", "completed | wan"), ("target", "wan", "target | wan"),
            ("attainment", "share", "attainment"),
        ):  # fmt: skip
            cells.append(Cell(page.text(f"span_{field}", span=span), f"{{{{ row.{key}.{shown} }}}}", kind))
    row = page.table("units", cells)
    page.widen(row, 1, cells[0])


def _scopes(look: Look, words: Words) -> None:
    page = _Page(look, words, "scopes", (20, 12, 13, 13, 12, 13, 13, 13, 13, 11, 11, 11))
    page.title(page.text("rule"))
    for band in ("regions", "product_lines"):
        first = page.row
        page.section(page.text(band))
        _scope_rows(page, band)
        page.gap()
        page.only_if(band, first, page.row - 1)


def _targets(look: Look, words: Words, charts: ChartData) -> None:
    page = _Page(look, words, "targets", (22, 16, 16, 16, 16, 16, 14))
    page.title()
    page.line(page.text("rule"), 32)
    page.section(page.text("title"))
    cells = [
        Cell(page.text("period"), "{{ row.name }}", "text"),
        Cell(page.text("issued"), "{{ row.issued | wan }}", "wan"),
        Cell(page.text("teams"), "{{ row.teams | wan }}", "wan"),
        Cell(page.text("gap"), "{{ row.gap | wan }}", "wan_change"),
        Cell(page.text("known"), "{{ row.known_text }}", "middle"),
        Cell(page.text("completed"), "{{ row.completed | wan }}", "wan"),
        Cell(page.text("attainment"), "{{ row.attainment }}", "share"),
    ]
    row = page.table("targets__rows", cells)
    _apart(page, row, 4)
    page.gap()
    page.space_for(charts.attainment(), 1, 860, CHART_ROWS)
    page.move_on(CHART_ROWS)
    first = page.row
    page.gap()
    page.section(page.text("by_team"))
    cells = [
        Cell(page.text("unit"), "{{ row.unit }}", "text"),
        Cell(page.text("issued"), "{{ row.issued | wan }}", "wan"),
        Cell(page.text("own"), "{{ row.own | wan }}", "wan"),
        Cell(page.text("gap"), "{{ row.gap | wan }}", "wan_change"),
    ]
    row = page.table("targets__issued", cells)
    _apart(page, row, 4)
    page.only_if("targets__issued", first, page.row - 1)


def _flow(look: Look, words: Words) -> None:
    page = _Page(look, words, "flow", (24, 16, 16, 16, 18, 18))
    page.title()
    page.line("{{ whose }}", 32)
    page.section(page.text("stages"))
    cells = [
        Cell(page.text("stage"), "{{ row.name }}", "text", page.text("rollup.total")),
        Cell(page.text("kind"), "{{ row.kind_name }}", "middle"),
        Cell(page.text("count"), "{{ row.count }}", "count", "{{ stages | sum('count') }}"),
        Cell(page.text("open_count"), "{{ row.open_count }}", "count", "{{ stages | sum('open_count') }}"),
        Cell(
            page.text("open_amount"),
            "{{ row.open_amount | wan }}",
            "wan",
            "{{ stages | sum('open_amount') | wan }}",
        ),
        Cell(
            page.text("weighted"), "{{ row.weighted | wan }}", "wan", "{{ stages | sum('weighted') | wan }}"
        ),
    ]
    row = page.table("stages", cells)
    page.bar(row, 3)
    page.gap()
    page.section(page.text("grades"))
    cells = [
        Cell(page.text("grade"), "{{ row.name }}", "text"),
        Cell(page.text("count"), "{{ row.count }}", "count"),
        Cell(page.text("share"), "{{ row.share }}", "share"),
    ]
    row = page.table("grades", cells)
    page.bar(row, 3, most=1)


def _claims(look: Look, words: Words) -> None:
    page = _Page(look, words, "claims", (7, 32, 18, 12, 28, 14, 10, 15, 14, 11))
    page.title()
    page.line(page.text("rule"), 32)
    page.section(page.text("title"))
    first = page.row
    cells = [
        Cell(page.text("no"), "{{ row.no }}", "middle"),
        Cell(page.text("customer"), "{{ row.customer_name }}", "text"),
        Cell(page.text("unit"), "{{ row.unit }}", "text"),
        Cell(page.text("rep"), "{{ row.rep }}", "middle"),
        Cell(page.text("number"), "{{ row.company_no }}", "text"),
        Cell(page.text("stage"), "{{ row.stage }}", "middle"),
        Cell(page.text("outcome"), "{{ row.outcome_name }}", "middle"),
        Cell(page.text("amount"), "{{ row.expected_amount }}", "amount"),
        Cell(page.text("last"), "{{ row.last_contact }}", "date"),
        Cell(page.text("counted"), "{{ row.counted_name }}", "middle"),
    ]
    row = page.table("claims__rows", cells)
    page.lead(row, 3, cells[2], "{{ row.place }}", file="{{ row.link }}")
    page.paint(row, 10, f'=$K{row + 1}="{page.text("yes")}"', "green")
    page.only_if("claims__rows", first, page.row - 1)
    page.line(page.text("none"))
    page.only_if("claims__none", page.row - 1, page.row - 1)
    page.line("{{ claims.more }}")
    page.only_if("claims__more", page.row - 1, page.row - 1)


def _notices(look: Look, words: Words) -> None:
    page = _Page(look, words, "notices", (20, 14, 70, 14, 14))
    page.title()
    page.section(page.text("missing"))
    first = page.row
    cells = [
        Cell(page.text("unit"), "{{ row.unit }}", "text"),
        Cell(page.text("delivery"), "{{ row.delivery }}", "middle"),
        Cell(page.text("why"), "{{ row.why }}", "wrap"),
        Cell(page.text("last"), "{{ row.last }}", "middle"),
        Cell(page.text("target"), "{{ row.target | wan }}", "wan"),
    ]
    page.table("missing", cells, wraps=True)
    page.only_if("missing", first, page.row - 1)
    page.line("{{ everybody }}")
    page.only_if("everybody", page.row - 1, page.row - 1)
    page.gap()
    page.section(page.text("notices"))
    first = page.row
    _lines(page, "notices")
    page.only_if("notices", first, page.row - 1)
    page.line(page.text("no_notices"))
    page.only_if("no_notices", page.row - 1, page.row - 1)
    page.gap()
    page.section(page.text("definitions"))
    _lines(page, "definitions")


def _lines(page: Page, band: str) -> None:
    """Put a list of lines: whose, and what is said, over the rest of the page."""
    first = page.row + 1
    cells = [
        Cell(page.text("unit" if band == "notices" else "item"), "{{ row.unit }}", "wrap"),
        Cell(page.text("text"), "{{ row.text }}", "wrap"),
        *(Cell("", "", "wrap") for _ in range(3)),
    ]
    page.table(band, cells, wraps=True)
    look = page.look
    page.sheet.merge_range(first - 1, 2, first - 1, page.last, cells[1].header, look.header("wrap"))
    for row in range(first, page.row):
        page.sheet.merge_range(row, 2, row, page.last, cells[1].value, look.body("wrap"))


def _judge(page: Page, row: int, *, share: int, pace: int, state: int) -> None:
    """Colour the state by its name, a pace that is behind, and put a bar behind the attainment."""
    for key, colour in STATES:
        name = page.words.name("attainment_state", key)
        page.paint(row, state, f'=${chr(65 + state)}{row + 1}="{name}"', colour)
    cell = f"${chr(65 + pace)}{row + 1}"
    page.paint(row, pace, f"=AND(ISNUMBER({cell}),{cell}<1)", "alert")
    page.bar(row, share, most=1)


def _fallen(page: Page, row: int, column: int) -> None:
    cell = f"${chr(65 + column)}{row + 1}"
    page.paint(row, column, f"=AND(ISNUMBER({cell}),{cell}<0)", "alert")


def _apart(page: Page, row: int, column: int) -> None:
    cell = f"${chr(65 + column)}{row + 1}"
    page.paint(row, column, f"=AND(ISNUMBER({cell}),{cell}<>0)", "alert")
