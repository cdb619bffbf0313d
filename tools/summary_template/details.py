"""明细 and the page of one rep: what the figures of the other sheets lead to.

Owns which fact stands where on them. Refuses: figures.
"""

from __future__ import annotations

from collections.abc import Sequence

from salesxl.messages import Words
from tools.summary_template.charts import pipeline
from tools.summary_template.look import BAND, INK, LINE, LINK, Cell, Look, Page

__all__ = ["FIRST_DETAIL", "draw_detail", "draw_talk", "to_detail"]

FIRST_DETAIL = 6
"""Row of 明细 in which its first customer stands."""

COLUMNS = (
    ("rep", "rep", "middle"), ("customer", "customer_name", "text"), ("customer_no", "customer_no", "middle"),
    ("grade", "grade", "middle"), ("status", "status", "middle"), ("stage", "stage", "middle"),
    ("source", "source", "middle"), ("amount", "expected_amount", "amount"),
    ("close", "expected_close", "date"), ("first", "first_contact", "date"), ("last", "last_contact", "date"),
    ("late", "late", "count"), ("next", "next_action", "text"), ("next_due", "next_due", "date"),
    ("contact", "contact_name", "text"), ("phone", "contact", "text"), ("file", "source_file", "text"),
    ("row", "source_row", "count"), ("counts", "counts_name", "middle"),
)  # fmt: skip
WIDTHS = (9, 30, 15, 7, 8, 10, 10, 13, 12, 12, 12, 9, 28, 12, 15, 16, 24, 7, 9)


def to_detail(words: Words, span: str) -> str:
    """Return an expression for the place of some rows of 明细; blank where ``span`` is."""
    sheet = words.name("summary_sheet", "detail")
    first, last = (f"{{{{ {span}[{end}] + {FIRST_DETAIL - 1} }}}}" for end in (0, 1))
    letter = chr(65 + len(COLUMNS))
    return f"{{% if {span} %}}'{sheet}'!B{first}:{letter}{last}{{% endif %}}"


def draw_detail(look: Look, words: Words) -> None:
    """明细: a row per customer, to be filtered; the rows of a rep, and of a rep's stage, stand together."""
    page = Page(look, words, "detail", WIDTHS)
    page.title(page.text("note"))
    page.section("{{ detail.title }}")
    header = page.row
    row = page.table(
        "detail__rows",
        [Cell(page.text(label), f"{{{{ row.{field} }}}}", kind) for label, field, kind in COLUMNS],
        header=24,
    )
    assert row + 1 == FIRST_DETAIL  # links from other sheets count on it
    page.bar(row, 12, "#F0B4B4")
    page.sheet.autofilter(header, 1, row, page.last)
    page.sheet.freeze_panes(header + 1, 3)
    page.sheet.repeat_rows(header)


FIGURES = (
    ("attainment", "attainment", "share", "<"), ("pace", "pace", "share", "<"),
    ("week_completed", "week_completed", "amount", "<"), ("completed", "completed", "amount", "<"),
    ("target", "target", "amount", ""), ("weighted", "weighted", "amount", "<"),
    ("open_amount", "open_amount", "amount", "<"), ("overdue", "overdue", "mean", ">"),
    ("late_actions", "actions", "mean", ">"), ("returned", "returned", "mean", ">"),
    ("completeness", "completeness", "share", "<"),
)  # fmt: skip
"""Label, figure, kind, and on which side of the average the rep stands worse."""

CALLS = (
    ("customer", "customer_name", "text", 3), ("grade", "grade", "middle", 1),
    ("stage", "stage", "middle", 1), ("amount", "expected_amount", "amount", 1),
    ("last", "last", "date", 1), ("why", "why", "text", 3), ("contact", "contact_name", "text", 1),
    ("phone", "contact", "text", 1),
)  # fmt: skip
ACTIONS = (
    ("customer", "customer_name", "text", 3), ("action", "action", "text", 5), ("due", "due", "date", 1),
    ("days", "days", "count", 1), ("progress", "progress", "middle", 2),
)  # fmt: skip
PROBLEMS = (
    ("severity", "severity", "middle", 1), ("title", "title", "text", 1), ("file", "source_file", "text", 3),
    ("cell", "cell", "middle", 1), ("value", "value", "text", 2), ("message", "message", "text", 4),
)  # fmt: skip
BRIEFING = (
    ("summary.briefing.kind", "kind_name", "middle", 1),
    ("summary.briefing.customer", "customer_name", "text", 2),
    ("summary.briefing.text", "text", "text", 4), ("summary.briefing.more", "more", "text", 3),
    ("summary.briefing.state", "state_name", "text", 2),
)  # fmt: skip
LISTS: Sequence[tuple[str, Sequence[tuple[str, str, str, int]]]] = (
    ("briefing", BRIEFING), ("calls", CALLS), ("actions", ACTIONS), ("problems", PROBLEMS),
)  # fmt: skip
NAMED = {"briefing": 1, "calls": 0, "actions": 0}
"""Lists that name customers, and in which of their columns."""
BESIDE = 7
"""Column at which the chart stands beside the pipeline."""

CHART = 152
"""Its height in pixels: the header, three stages and the gap below them."""

NOTES = 3
"""Lines left for notes by hand."""


def draw_talk(look: Look, words: Words) -> None:
    """Draw the page of one rep, for a talk with paper in hand; the sheet repeats for each of them."""
    page = Page(look, words, "talk", [15.5] * 12, "{{ talk.sheet }}")
    _head(page)
    _compared(page)
    _pipeline(page)
    for key, columns in LISTS:
        page.section(f"{{{{ talk.titles.{key} }}}}")
        first = page.row
        cells = [
            (Cell(page.text(label), f"{{{{ row.{field} }}}}", kind), wide)
            for label, field, kind, wide in columns
        ]
        row = page.spread(f"talk__{key}", cells)
        if key in NAMED:
            at = NAMED[key]
            page.lead(row, at + 1, cells[at][0], to_detail(words, "row.span"))
        if key == "problems":
            page.lead(row, 6, cells[3][0], "{{ row.place }}", file="{{ row.link }}")
        page.only_if(f"talk__{key}", first, page.row - 1)
        page.line(page.text(f"no_{key}"))
        page.only_if(f"talk__no_{key}", page.row - 1, page.row - 1)
        page.gap(6)
    page.section(page.text("note"))
    for _ in range(NOTES):
        page.sheet.set_row(page.row, 22)
        for column in range(1, page.last + 1):
            page.sheet.write_blank(page.row, column, None, look.made(bottom=1, bottom_color=LINE))
        page.row += 1
    page.sheet.print_area(0, 0, page.row - 1, page.last)
    page.sheet.fit_to_pages(1, 1)
    look.workbook.define_name("each_talks_sheet", f"='{page.name}'!$A$1")


def _head(page: Page) -> None:
    look, sheet = page.look, page.sheet
    bar = look.made(font_size=18, bold=True, font_color="#FFFFFF", bg_color=INK, indent=1)
    link = look.made(font_color=LINK, underline=1, align="right", indent=1)
    sheet.set_row(0, 34)
    for column in range(1, page.last + 1):
        sheet.write_blank(0, column, None, bar)
    sheet.write_string(0, 1, "{{ talk.rep }}", bar)
    sheet.set_row(1, 20)
    small = look.made(font_size=9, font_color="#6B7686", indent=1)
    sheet.write_string(1, 1, "{{ subtitle }}", small)
    for column, key, text in (
        (page.last - 3, None, "detail"), (page.last - 1, "attainment", "attainment_back"),
        (page.last, "overview", "summary.follow_up.back"),
    ):  # fmt: skip
        if key is None:
            sheet.write_url(
                1, column, f"internal:{to_detail(page.words, 'talk.span')}", link, page.text(text)
            )
        else:
            home = page.words.name("summary_sheet", key)
            sheet.write_url(1, column, f"internal:'{home}'!A1", link, page.text(text))
    sheet.freeze_panes(2, 0)
    page.row = 2
    say = {"font_size": 12, "bold": True, "font_color": INK, "bg_color": BAND, "left": 5, "left_color": INK}
    page.line("{{ talk.headline }}", 38, **say)
    page.gap(6)


def _compared(page: Page) -> None:
    """The rep's figures above the team's; a figure that is worse than the team's is red."""
    page.section(page.text("figures"))
    header = [Cell(page.text("who"), "", "text")]
    page.header([*header, *(Cell(page.text(label), "", kind) for label, _, kind, _ in FIGURES)], 24)
    for key, label, look in (("own", "mine", {"bold": True}), ("average", "average", {})):
        page.sheet.set_row(page.row, 23)
        page.sheet.write_string(page.row, 1, page.text(label), page.look.body("text", **look))
        for column, (_, field, kind, worse) in enumerate(FIGURES, 2):
            shown = "count" if kind == "mean" and key == "own" else kind
            value = f"{{{{ talk.{key}.{field} }}}}"
            page.sheet.write_string(page.row, column, value, page.look.body(shown, **look))
            if key == "own" and worse:
                mine, theirs = (f"{chr(65 + column)}{page.row + at}" for at in (1, 2))
                page.paint(
                    page.row,
                    column,
                    f"=AND(ISNUMBER({mine}),ISNUMBER({theirs}),{mine}{worse}{theirs})",
                    "alert",
                )
        page.row += 1
    page.gap(6)


def _pipeline(page: Page) -> None:
    page.section(page.text("pipeline"))
    chart = pipeline(page.look, page.text("chart"), page.name, page.row + 2)
    cells = [
        (Cell(page.text("stage"), "{{ row.stage }}", "text"), 2),
        (Cell(page.text("count"), "{{ row.count }}", "count"), 2),
        (Cell(page.text("stage_amount"), "{{ row.open_amount }}", "amount"), 2),
    ]
    top = page.row
    row = page.spread("talk__stages", cells)
    page.bar(row, 3)
    page.gap(30)
    # a chart keeps its size while the list grows: it has room beside the shortest of paths
    chart.set_size({"width": 685, "height": CHART})
    page.sheet.insert_chart(top, BESIDE, chart, {"x_offset": 6, "y_offset": 2, "object_position": 2})
