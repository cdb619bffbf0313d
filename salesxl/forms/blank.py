"""The blank forms, one layout each. docs/domain.md 2.1–2.4.

Owns where each block's cells stand on its sheet and how many rows are prepared. Refuses: labels, help,
choices (schemas and settings) and the drawing itself (canvas).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from salesxl import settings
from salesxl.columns import BlockSpec, Form
from salesxl.forms.canvas import Canvas, Slot
from salesxl.forms.fields import Choices
from salesxl.forms.look import Look, open_workbook, print_setup, text
from salesxl.forms.settings_book import settings_workbook
from salesxl.model import Rulebook
from salesxl.schemas import FORMS, form

__all__ = ["blank_form", "form_names", "write_templates"]

CUSTOMER_ROWS = 200
TWO_LINES, THREE_LINES = 34, 50
"""Heights of rows to fill in, in points."""
PAGES_WIDE = 3
"""So many columns on one page's width could not be read; the first two repeat on every page."""


def form_names() -> tuple[str, ...]:
    """Return the names of the forms that can be drawn."""
    return tuple(item.name for item in FORMS if item.blank)


def blank_form(name: str, rulebook: Rulebook | None = None) -> bytes:
    """Return the blank form of that name with the team's choices in its dropdowns.

    The same rules give the same bytes. KeyError if there is no such form.
    """
    rules = settings.default_rulebook() if rulebook is None else rulebook
    chosen = form(name)
    workbook, buffer = open_workbook(chosen.name, chosen.title)
    look, choices = Look(workbook), Choices(workbook, rules)
    sheet = workbook.add_worksheet(chosen.title)
    canvas = Canvas(
        sheet, look, choices, rules, WIDTHS[name] or [c.width for c in chosen.block("customer").drawn]
    )
    DRAW[name](canvas, chosen)
    choices.write()
    workbook.close()
    return buffer.getvalue()


def write_templates(folder: Path, rulebook: Rulebook | None = None) -> tuple[Path, ...]:
    """Write every blank form and the settings workbook into a folder; return the files."""
    folder.mkdir(parents=True, exist_ok=True)
    files = {form(name).title: blank_form(name, rulebook) for name in form_names()}
    files[text()["settings"]["file"]] = settings_workbook(rulebook)
    paths = []
    for title, content in files.items():
        path = folder / f"{title}.xlsx"
        path.write_bytes(content)
        paths.append(path)
    return tuple(paths)


def _head(canvas: Canvas, chosen: Form) -> None:
    canvas.across(chosen.title, canvas.look.title(), 36)
    canvas.across(chosen.instruction, canvas.look.instruction(), 24)


def _finish(canvas: Canvas, chosen: Form) -> None:
    """Set a form of cards and short tables up for one upright page."""
    print_setup(canvas.sheet, chosen.title, landscape=False)
    canvas.sheet.print_area(0, 0, canvas.row - 1, canvas.width - 1)


def _slots(block: BlockSpec, places: Mapping[str, tuple[int, int]]) -> list[Slot]:
    return [Slot(block.column(name), first, last) for name, (first, last) in places.items()]


def _pair(block: BlockSpec, name: str, label: tuple[int, int], value: tuple[int, int]) -> Slot:
    return Slot(block.column(name), *value, label)


def _customer_archive(canvas: Canvas, chosen: Form) -> None:
    head, customer = chosen.block("archive_head"), chosen.block("customer")
    canvas.across(chosen.title, canvas.look.title(), 36, merged=False)
    canvas.across(chosen.instruction + text()["form"]["legend"], canvas.look.note(), 24, merged=False)
    canvas.card(
        [
            [
                _pair(head, "rep", (0, 0), (1, 1)),
                _pair(head, "team", (2, 2), (3, 3)),
                _pair(head, "filled_on", (4, 4), (5, 5)),
            ]
        ]
    )
    canvas.gap()
    slots = [Slot(column, at, at) for at, column in enumerate(customer.drawn)]
    top = canvas.table(slots, CUSTOMER_ROWS, name="customers", height=TWO_LINES, header=34)
    canvas.sheet.freeze_panes(top + 1, 2)
    canvas.sheet.repeat_rows(top)
    canvas.sheet.repeat_columns(0, 1)
    canvas.sheet.print_across()
    print_setup(canvas.sheet, chosen.title, landscape=True, gridlines=True, pages_wide=PAGES_WIDE)


def _process_record(canvas: Canvas, chosen: Form) -> None:
    record, talks, actions = (chosen.block(kind) for kind in ("record", "communication", "action"))
    left, right = ((0, 0), (1, 2)), ((3, 3), (4, 5))
    _head(canvas, chosen)
    canvas.across(record.title, canvas.look.band(), 24)
    canvas.card(
        [
            [_pair(record, "customer_name", *left), _pair(record, "customer_no", *right)],
            [_pair(record, "contact_name", *left), _pair(record, "industry", *right)],
            [_pair(record, "first_contact", *left), _pair(record, "source", *right)],
            [_pair(record, "rep", *left), _pair(record, "end_reason", *right)],
            [_pair(record, "stage", (0, 0), (1, 5))],
        ],
        {"stage": 34},
    )
    canvas.gap()
    canvas.across(talks.title, canvas.look.band(), 24)
    canvas.table([Slot(column, at, at) for at, column in enumerate(talks.columns)], 8, height=THREE_LINES)
    canvas.gap()
    canvas.across(actions.title, canvas.look.band(), 24)
    canvas.table(
        _slots(actions, {"action": (0, 2), "owner": (3, 3), "due": (4, 4), "progress": (5, 5)}),
        5,
        height=TWO_LINES,
    )
    canvas.gap()
    canvas.across(record.column("notes").section or "", canvas.look.band(), 24)
    canvas.card(
        [
            [_pair(record, "notes", (0, 0), (1, 5))],
            [_pair(record, "rep_signature", *left), _pair(record, "rep_signed_on", *right)],
            [_pair(record, "review", (0, 0), (1, 5))],
            [_pair(record, "reviewer", *left), _pair(record, "reviewed_on", *right)],
        ],
        {"notes": 34, "review": 34},
    )
    _finish(canvas, chosen)


def _weekly_report(canvas: Canvas, chosen: Form) -> None:
    report = chosen.block("weekly_report")
    left, right = ((0, 0), (1, 2)), ((3, 3), (4, 5))
    _head(canvas, chosen)
    canvas.across(report.title, canvas.look.band(), 24)
    fields = [column.field for column in report.columns]
    lines = [
        [_pair(report, fields[at], *left), _pair(report, fields[at + 1], *right)]
        for at in range(0, len(fields) - 1, 2)
    ]
    if len(fields) % 2:
        lines.append([_pair(report, fields[-1], (0, 0), (1, 5))])
    canvas.card(lines)
    for kind, places, rows in (
        ("key_customer", {c.field: (n, n) for n, c in enumerate(chosen.block("key_customer").columns)}, 8),
        ("issue", {"problem": (0, 1), "measure": (2, 3), "support": (4, 5)}, 4),
        ("next_week", {"plan": (0, 2), "customer_name": (3, 3), "due": (4, 5)}, 6),
    ):
        canvas.gap()
        block = chosen.block(kind)
        canvas.across(block.title, canvas.look.band(), 24)
        canvas.table(_slots(block, places), rows, height=TWO_LINES)
    _finish(canvas, chosen)


def _handover_list(canvas: Canvas, chosen: Form) -> None:
    handover = chosen.block("handover")
    left, right = ((0, 0), (1, 1)), ((2, 2), (3, 6))
    _head(canvas, chosen)
    canvas.across(handover.title, canvas.look.band(), 24)
    canvas.card(
        [
            [_pair(handover, "from_rep", *left), _pair(handover, "to_rep", *right)],
            [_pair(handover, "date", *left), _pair(handover, "reason", *right)],
        ]
    )
    customers = chosen.block("handover_customer")
    for kind, places, rows in (
        ("handover_customer", {c.field: (n, n) for n, c in enumerate(customers.drawn)}, 8),
        (
            "handover_contact",
            {"customer_name": (0, 1), "contact_time": (2, 2), "method": (3, 3), "summary": (4, 6)},
            8,
        ),
        (
            "handover_opportunity",
            {
                "customer_name": (0, 1),
                "opportunity": (2, 2),
                "stage": (3, 3),
                "expected_amount": (4, 4),
                "expected_close": (5, 5),
                "next_action": (6, 6),
            },
            6,
        ),
    ):
        canvas.gap()
        block = chosen.block(kind)
        canvas.across(block.title, canvas.look.band(), 24)
        canvas.table(_slots(block, places), rows, height=TWO_LINES)
    canvas.gap()
    canvas.across(handover.column("from_signature").section or "", canvas.look.band(), 24)
    canvas.card(
        [
            [_pair(handover, f"{who}_signature", *left), _pair(handover, f"{who}_signed_on", *right)]
            for who in ("from", "to", "manager")
        ]
    )
    _finish(canvas, chosen)


DRAW: Mapping[str, Callable[[Canvas, Form], None]] = {
    "customer_archive": _customer_archive,
    "process_record": _process_record,
    "weekly_report": _weekly_report,
    "handover_list": _handover_list,
}

WIDTHS: Mapping[str, tuple[float, ...] | None] = {
    "customer_archive": None,  # each column's own
    "process_record": (19, 15, 42, 26, 24, 19),
    "weekly_report": (30, 15, 38, 30, 16, 16),
    "handover_list": (18, 32, 20, 20, 17, 15, 34),
}
