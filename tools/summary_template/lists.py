"""The sheets that are lists: conflicts, submissions, data problems, definitions.

Owns which fact stands in which column. Refuses: figures.
"""

from __future__ import annotations

from salesxl.messages import Words
from tools.summary_template.details import to_detail
from tools.summary_template.look import Cell, Look, Page

__all__ = ["draw_conflicts", "draw_definitions", "draw_problems", "draw_reports"]


def draw_conflicts(look: Look, words: Words) -> None:
    """撞单与核对: customers claimed twice, and figures that contradict each other."""
    page = Page(look, words, "conflicts", (5, 33, 11, 14, 24, 18, 44, 44))
    page.title()
    page.section(page.text("conflicts"))
    first = page.row
    customer = Cell(page.text("customer"), "{{ row.customer_name }}", "text")
    row = page.table(
        "conflicts__claims",
        [
            Cell(page.text("summary.follow_up.no"), "{{ row.no }}", "middle"),
            customer,
            Cell(page.text("rep"), "{{ row.rep }}", "middle"),
            Cell(page.text("stage"), "{{ row.stage }}", "middle"),
            Cell(page.text("amount"), "{{ row.expected_amount }}", "amount"),
            Cell(page.text("last"), "{{ row.last_contact }}", "date"),
            Cell(page.text("file"), "{{ row.source_file }}", "text"),
            Cell(page.text("counted"), "{{ row.counted_text }}", "text"),
        ],
    )
    page.lead(row, 2, customer, to_detail(words, "row.span"))
    page.only_if("conflicts__claims", first, page.row - 1)
    _none(page, "conflicts.no_claims")
    _contracts(page)
    for key in (
        "phones",
        "mismatches",
        "jumps",
        "still_listed",
        "duplicates",
        "near",
        "unknown",
        "handovers",
    ):
        page.gap(6)
        page.section(page.text(key))
        first = page.row
        page.table(
            f"conflicts__{key}",
            [
                Cell(page.text("summary.follow_up.no"), "{{ loop.index }}", "middle"),
                Cell(page.text("file"), "{{ row.source_file }}", "wrap"),
                Cell(page.text("rep"), "{{ row.rep }}", "middle"),
                Cell(page.text("summary.problems.cell"), "{{ row.source_sheet }}!{{ row.cell }}", "wrap"),
                Cell(page.text("item"), "{{ row.field }}", "wrap"),
                Cell(page.text("value"), "{{ row.value }}", "wrap"),
                Cell(page.text("message"), "{{ row.message }}", "wrap"),
                Cell(page.text("fix"), "{{ row.fix }}", "wrap"),
            ],
            wraps=True,
        )
        place = Cell("", "{{ row.source_sheet }}!{{ row.cell }}", "wrap")
        for row in range(first + 1, page.row):
            page.lead(
                row,
                4,
                place,
                "{{ row.place }}",
                file="{{ row.link }}",
                first=first + 1,
                rows=page.row - first - 1,
            )
        page.only_if(f"conflicts__{key}", first, page.row - 1)
        _none(page, f"conflicts.no_{key}")
    _moved(page)


def _contracts(page: Page) -> None:
    """Put what reps claim for the week beside the contracts of their archives; a gap is red."""
    page.gap(6)
    page.section(page.text("contracts"))
    first = page.row
    cells = [Cell(page.text("summary.follow_up.no"), "{{ loop.index }}", "middle")]
    for label, kind in (
        ("rep", "text"), ("team", "middle"), ("claimed", "amount"), ("signed", "amount"), ("gap", "amount"),
        ("deals_text", "text"), ("undated_text", "text"),
    ):  # fmt: skip
        cells.append(Cell(page.text(label), _row(label), kind))
    row = page.table("conflicts__contracts", cells)
    page.paint(row, 6, f"=AND(ISNUMBER($G{row + 1}),$G{row + 1}<>0)", "alert")
    page.only_if("conflicts__contracts", first, page.row - 1)
    _none(page, "conflicts.no_contracts")


def _moved(page: Page) -> None:
    """Name the customers that a handover in effect gave to a new owner."""
    page.gap(6)
    page.section(page.text("moved"))
    first = page.row
    page.table(
        "conflicts__moved",
        [
            Cell(page.text("summary.follow_up.no"), "{{ loop.index }}", "middle"),
            Cell(page.text("customer"), "{{ row.customer_name }}", "text"),
            Cell(page.text("to_rep"), "{{ row.rep }}", "middle"),
            Cell(page.text("from_rep"), "{{ row.original_rep }}", "middle"),
            Cell(page.text("stage"), "{{ row.stage }}", "text"),
            Cell(page.text("amount"), "{{ row.expected_amount }}", "amount"),
            Cell(page.text("file"), "{{ row.source_file }}", "text"),
            Cell("", "", "text"),
        ],
    )
    page.only_if("conflicts__moved", first, page.row - 1)
    _none(page, "conflicts.no_moved")


def _row(field: str) -> str:
    return f"{{{{ row.{field} }}}}"


def _none(page: Page, flag: str) -> None:
    """Say that a list is empty."""
    page.line(page.text("summary.none"))
    page.only_if(flag.replace(".", "__"), page.row - 1, page.row - 1)


def draw_reports(look: Look, words: Words) -> None:
    """提交情况: who has handed in what, and what is held back."""
    page = Page(look, words, "reports", (16, 14, 12, 11, 11, 10, 10, 10, 15, 15, 9, 9, 12))
    page.title("{{ held.line }}")
    page.line(page.text("rule"))
    page.section(page.text("title"))
    sums = (
        *((key, key, "count") for key in ("read", "accepted", "returned")),
        *(("amount", "held_amount", "amount"), ("completed", "held_completed", "amount")),
        *((key, key, "count") for key in ("errors", "warnings")),
    )
    cells = [
        Cell(page.text("rep"), "{{ row.rep }}", "text", page.text("total")),
        Cell(page.text("team"), "{{ row.team }}", "middle"),
        Cell(page.text("report"), "{{ row.report_name }}", "middle"),
        Cell(page.text("archives"), "{{ row.forms.customer_archive }}", "count"),
        Cell(page.text("records"), "{{ row.forms.process_record }}", "count"),
        *(Cell(page.text(k), _row(f), kind, f"{{{{ reports.all.{f} }}}}") for k, f, kind in sums),
        Cell(page.text("score"), "{{ row.completeness }}", "share"),
    ]
    row = page.table("reports__reps", cells)
    page.lead(row, 1, cells[0], "{{ row.page }}")
    for key, colour in (("missing", "red"), ("returned", "amber"), ("accepted", "green")):
        name = words.name("report_state", key)
        page.paint(row, 3, f'=$D{row + 1}="{name}"', colour)
    page.paint(row, 8, f"=AND(ISNUMBER($I{row + 1}),$I{row + 1}>0)", "alert")
    page.bar(row, 13, most=1)
    page.gap()
    first = page.row
    page.section(page.text("unread"))
    page.sheet.set_row(page.row, 24)
    spans = (
        *((1, 3, "file", "source_file"), (4, 5, "sheet", "source_sheet"), (6, 7, "status", "status")),
        *((8, 10, "message", "message"), (11, 13, "fix", "fix")),
    )
    for left, right, label, field in spans:
        page.sheet.merge_range(page.row, left, page.row, right, page.text(label), look.header("text"))
        page.sheet.merge_range(
            page.row + 1, left, page.row + 1, right, f"{{{{ row.{field} }}}}", look.body("wrap")
        )
    page.sheet.set_row(page.row + 1, 32)
    page.each("reports__unread", page.row + 1)
    page.row += 2
    page.only_if("reports__unread", first, page.row - 1)


def draw_problems(look: Look, words: Words) -> None:
    """数据问题: by kind, by rep, then cell by cell."""
    page = Page(look, words, "problems", (8, 14, 10, 26, 16, 9, 15, 18, 40, 40))
    page.title()
    page.section(page.text("by_code"))
    row = page.table(
        "problems__codes",
        [
            Cell(page.text("severity"), "{{ row.severity }}", "middle"),
            Cell(page.text("title"), "{{ row.title }}", "text"),
            Cell(page.text("count"), "{{ row.count }}", "count"),
            Cell(page.text("reps"), "{{ row.reps_text }}", "text"),
        ],
    )
    _severe(page, row)
    page.gap()
    page.section(page.text("by_rep"))
    rep = Cell(page.text("rep"), "{{ row.rep }}", "text")
    row = page.table(
        "problems__reps",
        [
            Cell("", "{{ loop.index }}", "middle"),
            rep,
            Cell(page.text("errors"), "{{ row.error }}", "count"),
            Cell(page.text("warnings"), "{{ row.warning }}", "count"),
            Cell(page.text("notices"), "{{ row.notice }}", "count"),
        ],
    )
    page.lead(row, 2, rep, "{{ row.page }}")
    page.bar(row, 3, "#F0B4B4")
    page.gap()
    page.section(page.text("list"))
    columns = (
        ("severity", "severity", "middle"), ("title", "title", "text"), ("rep", "rep", "middle"),
        ("file", "source_file", "wrap"), ("sheet", "source_sheet", "wrap"), ("cell", "cell", "middle"),
        ("field", "field", "wrap"), ("value", "value", "wrap"), ("message", "message", "wrap"),
        ("fix", "fix", "wrap"),
    )  # fmt: skip
    header = page.row
    cells = [Cell(page.text(label), _row(field), kind) for label, field, kind in columns]
    row = page.table("problems__rows", cells, wraps=True)
    for at in range(row, page.row):
        for column in (4, 6):
            led = cells[column - 1]
            page.lead(
                at, column, led, "{{ row.place }}", file="{{ row.link }}", first=row, rows=page.row - row
            )
    _severe(page, row, page.row - row)
    page.sheet.autofilter(header, 1, page.row - 1, page.last)


def _severe(page: Page, row: int, rows: int = 1) -> None:
    for key, colour in (("error", "red"), ("warning", "amber")):
        page.paint(row, 1, f'=$B{row + 1}="{page.words.name("severity", key)}"', colour, rows=rows)


def draw_definitions(look: Look, words: Words) -> None:
    """口径说明: what every figure means and where it is from."""
    page = Page(look, words, "definitions", (20, 96, 42))
    page.title(page.text("note"))
    page.section(page.text("title"))
    page.table(
        "definitions",
        [
            Cell(page.text("name"), "{{ row.name }}", "wrap"),
            Cell(page.text("text"), "{{ row.text }}", "wrap"),
            Cell(page.text("source"), "{{ row.source }}", "wrap"),
        ],
        wraps=True,
    )
    page.sheet.fit_to_pages(1, 1)
