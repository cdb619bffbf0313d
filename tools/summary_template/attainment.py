"""业绩达成: the month by rep and by group, quarter and year to date, the other measures, the quota behind.

Owns which figure stands in which column. Refuses: figures.
"""

from __future__ import annotations

from typing import Any

from salesxl.messages import Words
from tools.summary_template.look import AMBER, LINK, Cell, Look, Page

__all__ = ["draw_attainment"]

WIDTHS = (11, 12, 13, 13, 13, 13, 12, 14, 13, 13, 11, 11)

FIGURES = (
    *(("week_completed", "amount"), ("week_collected", "amount"), ("completed", "amount")),
    *(("target", "amount"), ("attainment", "share"), ("expected", "amount"), ("pace", "share")),
    ("gap", "amount"),
)
GROUPS = (
    ("by_region", "regions", "region"),
    ("by_line", "product_lines", "line"),
    ("by_team", "teams", "team"),
)
"""Section, list and first column of each group of reps."""

SHARE, PACE, STATE = 7, 9, 11
"""Columns of the month's tables that are judged."""


def draw_attainment(look: Look, words: Words) -> None:
    """Draw the page: by rep, the furthest behind on top; what a team does not use is left out."""
    page = Page(look, words, "attainment", WIDTHS)
    page.title()
    page.line("{{ attainment.rule }} {{ attainment.workdays.line }} " + page.text("unit"))
    said: tuple[tuple[str, dict[str, Any]], ...] = (
        ("unjudged_line", {"font_color": "#7F6000", "bold": True}),
        ("unknown", {"font_color": "#7F6000", "bold": True}),
        ("workdays.alarm", {"font_color": "#7F6000", "bold": True, "bg_color": "#FFF4D6"}),
        ("pages_line", {}),
    )
    for value, colours in said:
        page.line(f"{{{{ attainment.{value} }}}}", **colours)
        page.only_if(f"attainment__{value.replace('.', '__')}", page.row - 1, page.row - 1)
    page.line("{{ attainment.weeks_line }}", 30, left=5, left_color=AMBER)
    _to_weeks(page)
    _warning_cell(page)
    page.section(page.text("by_rep"))
    second = Cell(page.text("team"), "{{ row.team }}", "middle")
    row = _month(page, "attainment__reps", Cell(page.text("rep"), "{{ row.rep }}", "text"), second)
    page.lead(row, 1, Cell("", "{{ row.rep }}", "text"), "{{ row.page }}")
    for section, band, label in GROUPS:
        first = page.row
        page.gap()
        page.section(page.text(section))
        field = "product_line" if band == "product_lines" else label
        members = Cell(page.text("members"), "{{ row.reps }}", "middle", "{{ attainment.all.reps }}")
        _month(page, f"attainment__{band}", Cell(page.text(label), f"{{{{ row.{field} }}}}", "text"), members)
        page.only_if(f"attainment__{band}", first, page.row - 1)
    _quotas(page)
    _progress(page)
    _measures(page)
    _adjustments(page)
    page.line("{{ attainment.workdays.source_line }}")


def _to_weeks(page: Page) -> None:
    """Lead to the reports that the sums are made of."""
    link = page.look.made(font_color=LINK, underline=1, indent=1)
    home = page.words.name("summary_sheet", "weeks")
    page.sheet.set_row(page.row, 20)
    page.sheet.write_url(page.row, 1, f"internal:'{home}'!A1", link, page.text("to_weeks"))
    page.row += 1


def _month(page: Page, band: str, first: Cell, second: Cell) -> int:
    """Put a table of the month, its first two columns given; return the row that repeats."""
    state = "{{ attainment.all.state_name }}"
    cells = [
        Cell(first.header, first.value, first.kind, page.text("summary.funnel.total")),
        second,
        *(
            Cell(page.text(k), f"{{{{ row.{k} }}}}", kind, f"{{{{ attainment.all.{k} }}}}")
            for k, kind in FIGURES
        ),
        Cell(page.text("state"), "{{ row.state_name }}", "middle", state),
        Cell(page.text("source"), "{{ row.source_name }}", "middle", "{{ attainment.all.source_name }}"),
    ]
    row = page.table(band, cells)
    for at in (row, row + 1):
        _judge(page, at, SHARE, PACE, STATE)
        page.bar(at, SHARE, most=1)
    return row


def _progress(page: Page) -> None:
    """Quarter and year beside each other, from the whole down to the reps; on a page of their own."""
    page.gap()
    page.sheet.set_h_pagebreaks([page.row])
    page.section(page.text("progress"))
    cells = [
        Cell(page.text("scope"), "{{ row.scope_name }}", "text"),
        Cell(page.text("name"), "{{ row.name }}", "middle"),
    ]
    for span in ("quarter", "year"):
        for field, kind in (
            ("completed", "amount"), ("target", "amount"), ("attainment", "share"), ("pace", "share"),
            ("state", "middle"),
        ):  # fmt: skip
            value = "state_name" if field == "state" else field
            cells.append(Cell(page.text(f"{span}_{field}"), f"{{{{ row.{span}.{value} }}}}", kind))
    row = page.table("attainment__progress", cells)
    for left in (3, 8):
        _judge(page, row, left + 2, left + 3, left + 4, by_state=True)


def _measures(page: Page) -> None:
    page.gap()
    page.section(page.text("measures"))
    total = "{{ attainment.measures_all."
    cells = [
        Cell(page.text("rep"), "{{ row.rep }}", "text", page.text("summary.funnel.total")),
        Cell(page.text("team"), "{{ row.team }}", "middle"),
    ]
    for measure, short, kind in (
        ("collected", "collected", "amount"), ("deals", "deals", "count"), ("new_customers", "new", "count"),
    ):  # fmt: skip
        for field, label, look in (
            ("done", measure, kind),
            ("target", f"{short}_target", kind),
            ("attainment", f"{short}_share", "share"),
        ):
            value = f"{measure}.{field} }}}}"
            cells.append(Cell(page.text(label), f"{{{{ row.{value}", look, total + value))
    average = total + "average_deal }}"
    cells.append(Cell(page.text("average_deal"), "{{ row.average_deal }}", "amount", average))
    row = page.table("attainment__measures", cells)
    for at in (row, row + 1):
        for column in (5, 8, 11):
            _below(page, at, column)


def _quotas(page: Page) -> None:
    """What the quota asks for besides the signed amount; only where quotas apply."""
    first = page.row
    page.gap()
    page.section(page.text("quotas"))
    page.line("{{ attainment.quota_line }}", 32)
    cells = [
        Cell(page.text("rep"), "{{ row.rep }}", "text"),
        Cell(page.text("signed_share"), "{{ row.signed }}", "share"),
        Cell(page.text("collected_share"), "{{ row.collected }}", "share"),
        Cell(page.text("deals_done"), "{{ row.deals_done }}", "count"),
        Cell(page.text("deals_share"), "{{ row.deals }}", "share"),
        Cell(page.text("average_deal"), "{{ row.average_deal }}", "amount"),
        Cell(page.text("reserve"), "{{ row.reserve }}", "count"),
        Cell(page.text("lost_rate"), "{{ row.lost_rate }}", "share"),
        Cell(page.text("forecast"), "{{ row.forecast }}", "amount"),
        Cell(page.text("forecast_share"), "{{ row.forecast_share }}", "share"),
        Cell(page.text("short"), "{{ row.short_names }}", "wrap"),
        Cell("", "", "text"),
    ]
    row = page.table("attainment__quotas", cells)
    page.sheet.set_row(row, 44)
    page.widen(row, 11, cells[10])
    for column, key in ((2, "signed"), (3, "collected"), (4, "deals"), (5, "deals"), (6, "average_deal"),
                        (7, "reserve"), (9, "forecast"), (10, "forecast")):  # fmt: skip
        name = page.words.name("quota", key)
        page.paint(row, column, f'=ISNUMBER(SEARCH("{name}",$L{row + 1}))', "alert")
    page.only_if("attainment__quotas", first, page.row - 1)


def _adjustments(page: Page) -> None:
    first = page.row
    page.gap()
    page.section(page.text("adjustments"))
    cells = [
        Cell(page.text("adjusted"), "{{ row.name }}", "text"),
        Cell(page.text("scope"), "{{ row.scope_name }}", "middle"),
        Cell(page.text("period"), "{{ row.period_name }}", "middle"),
        Cell(page.text("measure"), "{{ row.measure_name }}", "middle"),
        Cell(page.text("before"), "{{ row.before }}", "amount"),
        Cell(page.text("after"), "{{ row.amount }}", "amount"),
        Cell(page.text("reason"), "{{ row.reason }}", "text"),
        Cell("", "", "text"),
        Cell(page.text("basis"), "{{ row.basis }}", "text"),
        Cell("", "", "text"),
        Cell(page.text("reviewer"), "{{ row.reviewer }}", "middle"),
        Cell(page.text("approver"), "{{ row.approver }}", "middle"),
    ]
    row = page.table("attainment__adjustments", cells)
    page.widen(row, 7, cells[6])
    page.widen(row, 9, cells[8])
    page.only_if("attainment__adjustments", first, page.row - 1)


def _warning_cell(page: Page) -> None:
    """Keep the warning line beside the page, for the conditional formats; blank while nobody is judged."""
    hidden = page.look.made(font_color="#FFFFFF")
    page.sheet.write_string(0, page.last + 2, "{{ attainment.marked_below }}", hidden)
    page.sheet.set_column(page.last + 2, page.last + 2, 3, None, {"hidden": True})


def _judge(page: Page, row: int, share: int, pace: int, state: int, *, by_state: bool = False) -> None:
    """Colour the state by its name, and shares and paces that are below their line.

    A share of a longer period is below it for most of its time: ``by_state`` it is marked in a warning only.
    """
    for key, colour in (("warning", "red"), ("behind", "amber"), ("on_track", "green"), ("good", "green")):
        name = page.words.name("attainment_state", key)
        page.paint(row, state, f'=${chr(65 + state)}{row + 1}="{name}"', colour)
    if by_state:
        name = page.words.name("attainment_state", "warning")
        page.paint(row, share, f'=${chr(65 + state)}{row + 1}="{name}"', "alert")
    else:
        _below(page, row, share)
    cell = f"${chr(65 + pace)}{row + 1}"
    page.paint(row, pace, f"=AND(ISNUMBER({cell}),{cell}<1)", "alert")


def _below(page: Page, row: int, column: int) -> None:
    """Mark a share below the warning line, in a month that is judged."""
    cell, warning = f"${chr(65 + column)}{row + 1}", f"${chr(65 + page.last + 2)}$1"
    page.paint(row, column, f"=AND(ISNUMBER({cell}),ISNUMBER({warning}),{cell}<{warning})", "alert")
