"""The sheets that say whom to call: 跟进预警, and the team's own 客户名单.

Owns which fact stands in which column. Refuses: figures.
"""

from __future__ import annotations

from collections.abc import Sequence

from salesxl.messages import Words
from tools.summary_template.details import to_detail
from tools.summary_template.look import Cell, Look, Page

__all__ = ["draw_follow_up", "draw_named"]

Columns = Sequence[tuple[str, str, str]]
"""Label, field and kind of each column."""

WHO: Columns = (("customer", "customer_name", "text"), ("rep", "rep", "middle"), ("grade", "grade", "middle"))
CALL: Columns = (("contact", "contact_name", "text"), ("phone", "contact", "text"))
FOLLOW_UP: Sequence[tuple[str, Columns]] = (
    ("overdue", (
        *WHO, ("stage", "stage", "middle"), ("amount", "expected_amount", "amount"),
        ("since", "since", "date"), ("due", "due", "date"), ("days", "days", "count"), *CALL,
    )),
    ("closes", (
        *WHO, ("stage", "stage", "middle"), ("amount", "expected_amount", "amount"),
        ("since", "last_contact", "date"), ("close", "expected_close", "date"),
        ("days", "days", "count"), *CALL,
    )),
    ("renewals", (
        *WHO, ("contract_no", "contract_no", "middle"), ("contract_amount", "contract_amount", "amount"),
        ("since", "last_contact", "date"), ("contract_end", "contract_end", "date"),
        ("days_left", "days", "count"), *CALL,
    )),
    ("actions", (
        ("customer", "customer_name", "text"), ("rep", "rep", "middle"), ("owner", "owner", "middle"),
        ("progress", "progress", "middle"), ("blank", "", "text"), ("blank", "", "text"),
        ("action_due", "due", "date"), ("days", "days", "count"), ("action", "action", "text"),
    )),
    ("first", (
        *WHO, ("stage", "stage", "middle"), ("amount", "expected_amount", "amount"),
        ("first_contact", "since", "date"), ("due", "due", "date"), ("days", "days", "count"), *CALL,
    )),
    ("after_sales", (
        *WHO, ("contract_no", "contract_no", "middle"), ("contract_amount", "contract_amount", "amount"),
        ("signed_on", "since", "date"), ("due", "due", "date"), ("days", "days", "count"), *CALL,
    )),
    ("reviews", (
        *WHO, ("stage", "stage", "middle"), ("contract_amount", "contract_amount", "amount"),
        ("submitted", "since", "date"), ("due", "due", "date"), ("days", "days", "count"), *CALL,
    )),
    ("needs", (
        *WHO, ("stage", "stage", "middle"), ("amount", "expected_amount", "amount"),
        ("first_contact", "since", "date"), ("due", "due", "date"), ("days", "days", "count"), *CALL,
    )),
    ("stuck", (
        *WHO, ("stage", "stage", "middle"), ("amount", "expected_amount", "amount"),
        ("in_stage_since", "since", "date"), ("in_stage_days", "days", "count"),
        ("beyond", "beyond", "count"), *CALL,
    )),
    ("birthdays", (
        *WHO, ("stage", "stage", "middle"), ("amount", "expected_amount", "amount"),
        ("birthday", "birthday", "date"), ("next", "next", "date"), ("days_left", "days", "count"), *CALL,
    )),
    ("potential", (
        *WHO, ("stage", "stage", "middle"), ("amount", "expected_amount", "amount"), ("blank", "", "text"),
        ("since", "last_contact", "date"), ("follow_ups", "follow_ups", "count"), *CALL,
    )),
    ("ungraded", (
        *WHO, ("stage", "stage", "middle"), ("amount", "expected_amount", "amount"), ("blank", "", "text"),
        ("since", "last_contact", "date"), ("blank", "", "text"), *CALL,
    )),
    ("vanished", (
        *WHO, ("stage", "stage", "middle"), ("amount", "expected_amount", "amount"),
        ("since", "last_contact", "date"), ("absent_since", "since", "date"), ("so_long", "days", "count"),
        *CALL,
    )),
    ("unverified", (
        *WHO, ("stage", "stage", "middle"), ("amount", "expected_amount", "amount"),
        ("since", "last_contact", "date"), ("absent_since", "since", "date"), ("so_long", "days", "count"),
        *CALL,
    )),
    ("waiting", (
        *WHO, ("stage", "stage", "middle"), ("amount", "expected_amount", "amount"),
        ("since", "last_contact", "date"), ("left_on", "since", "date"), ("so_long", "days", "count"), *CALL,
    )),
)  # fmt: skip
LATE = frozenset({"overdue", "closes", "actions", "first", "after_sales", "reviews", "needs", "stuck"})
"""Sections whose days are days too many."""


def draw_follow_up(look: Look, words: Words) -> None:
    """跟进预警: whom to call, section by section; an empty section is only its title."""
    page = Page(look, words, "follow_up", (5, 33, 10, 8, 12, 14, 12, 12, 10, 20, 24))
    page.title("{{ follow_up.note }}")
    for key, columns in FOLLOW_UP:
        page.section(f"{{{{ follow_up.titles.{key} }}}}")
        first = page.row
        cells = [Cell(page.text("no"), "{{ row.no }}", "middle")]
        for label, field, kind in columns:
            header = "" if label == "blank" else page.text(label)
            cells.append(Cell(header, _row(field) if field else "", kind))
        while len(cells) < page.last:
            cells.append(Cell("", "", "text"))
        row = page.table(f"follow_up__{key}", cells)
        page.lead(row, 2, cells[1], to_detail(words, "row.span"))
        if key == "actions":
            page.widen(row, page.last - 1, cells[page.last - 2])
        if key == "renewals":
            page.paint(row, 9, f"=AND(ISNUMBER($J{row + 1}),$J{row + 1}<0)", "alert")
        if key in LATE:
            page.bar(row, 9, "#F0B4B4")
        page.gap(8)
        page.only_if(f"follow_up__{key}", first, page.row - 1)


NAMED: Columns = (
    *WHO, ("status", "status", "middle"), ("stage", "stage", "middle"),
    ("amount", "expected_amount", "amount"), ("close", "expected_close", "date"),
    ("since", "last_contact", "date"), ("silent", "silent_days", "count"), *CALL,
)  # fmt: skip


def draw_named(look: Look, words: Words) -> None:
    """客户名单: the team's named lists, one section per list."""
    page = Page(look, words, "named", (5, 33, 10, 8, 10, 12, 14, 12, 12, 11, 20, 24))
    page.title(page.text("note"))
    page.line(page.text("none"))
    page.only_if("named__none", page.row - 1, page.row - 1)
    first = page.row
    page.section("{{ view.title }}")
    page.line("{{ view.conditions }}")
    table = page.row
    cells = [Cell(page.text("no"), "{{ row.no }}", "middle")]
    cells += [Cell(page.text(label), _row(field), kind) for label, field, kind in NAMED]
    row = page.table("view__rows", cells)
    page.lead(row, 2, cells[1], to_detail(words, "row.span"))
    page.bar(row, 10, "#F0B4B4")
    page.only_if("view__rows", table, page.row - 1)
    page.line(page.text("empty"))
    page.only_if("view__none", page.row - 1, page.row - 1)
    page.gap(8)
    page.named("eachopt_named__views", first, page.row - 1)


def _row(field: str) -> str:
    return f"{{{{ row.{field} }}}}"
