"""The blank forms, one layout each. docs/domain.md 2.1–2.4.

Owns where each block's cells stand on its sheet and how many rows are prepared. Refuses: labels, help,
choices (schemas and settings) and the drawing itself (``page``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from salesxl import settings
from salesxl.catalogue import BUILT_IN, Forms
from salesxl.columns import BlockSpec, Form, Shape
from salesxl.drawing import defined
from salesxl.drawing.fields import Choices, label
from salesxl.drawing.look import Look, open_workbook, print_setup, text
from salesxl.drawing.own import own_form
from salesxl.drawing.page import Canvas, Slot
from salesxl.rulebook import Rulebook

__all__ = ["blank_form", "draw", "form_names", "widths_of"]

CUSTOMER_ROWS = 200
MORE_CUSTOMERS = 30
"""Rows for new customers below those that are handed out."""
TWO_LINES, THREE_LINES = 34, 50
"""Heights of rows to fill in, in points."""
LEFT, RIGHT, WHOLE = ((0, 0), (1, 2)), ((3, 3), (4, 5)), ((0, 0), (1, 5))
"""Where label and value of a card stand: two fields per line, or one over the whole width."""
PAGES_WIDE = 3
"""So many columns on one page's width could not be read; the first two repeat on every page."""


def form_names(forms: Forms = BUILT_IN) -> tuple[str, ...]:
    """Return the names of the forms that can be drawn."""
    return tuple(item.name for item in forms.items if item.blank)


def blank_form(name: str, rulebook: Rulebook | None = None) -> bytes:
    """Return the blank form of that name with the team's choices in its dropdowns.

    The same rules give the same bytes. KeyError if there is no such form.
    """
    rules = settings.default_rulebook() if rulebook is None else rulebook
    chosen = own_form(rules.forms.form(name), rules)
    workbook, buffer = open_workbook(chosen.name, chosen.title)
    look, choices = Look(workbook), Choices(workbook, rules)
    sheet = workbook.add_worksheet(chosen.title)
    canvas = Canvas(sheet, look, choices, rules, widths_of(chosen))
    draw(canvas, chosen)
    choices.write()
    workbook.close()
    return buffer.getvalue()


def draw(canvas: Canvas, chosen: Form) -> None:
    """Draw a form: ours as each is laid out, a team's own as its definition goes."""
    DRAW.get(chosen.name, defined.draw)(canvas, chosen)


def widths_of(chosen: Form) -> list[float]:
    """Return the widths of a form's columns; fields of a team's own stand right of ours in a table."""
    if chosen.origin is not None:
        return defined.widths(chosen)
    ours = WIDTHS[chosen.name]
    if ours is None:
        return [c.width for c in chosen.block("customer").drawn]
    more = [[c for c in b.drawn if c.origin] for b in chosen.blocks if b.shape is Shape.TABLE]
    room = max(more, key=len, default=[])
    return [*ours, *(float(max(c.width, 2 * len(label(c)) + 4)) for c in room)]


def _head(canvas: Canvas, chosen: Form) -> None:
    canvas.across(chosen.title, canvas.look.title(), 36)
    canvas.across(_instruction(canvas, chosen), canvas.look.instruction(), 24)


def _instruction(canvas: Canvas, chosen: Form, more: str = "") -> str:
    """Return the line under the title: what to fill in, or of a form that is filled in what to change."""
    return chosen.instruction + more if canvas.given is None else str(text()["form"]["handed_note"])


def _finish(canvas: Canvas, chosen: Form) -> None:
    """Set a form of cards and short tables up for one upright page."""
    print_setup(canvas.sheet, chosen.title, landscape=False)
    canvas.sheet.print_area(0, 0, canvas.row - 1, canvas.width - 1)


Place = tuple[tuple[int, int], tuple[int, int]]
"""The columns of a label and of its value, bounds included."""


def _slots(block: BlockSpec, places: Mapping[str, tuple[int, int]]) -> list[Slot]:
    """Return the places of a table's columns; what the team does not use leaves its room to the others."""
    there = {column.field: column for column in block.columns}
    own = [column for column in block.drawn if column.origin]
    room = max(last for _, last in places.values()) + 1
    places = {**places, **{c.field: (room + at, room + at) for at, c in enumerate(own)}}
    slots: list[Slot] = []
    for name, (_, last) in places.items():
        if name in there:
            slots.append(Slot(there[name], slots[-1].last + 1 if slots else 0, last))
    end = max(last for _, last in places.values())
    return [*slots[:-1], Slot(slots[-1].column, slots[-1].first, end)] if slots else []


def _each(kind: str) -> dict[str, tuple[int, int]]:
    """Return the places of a table whose every column is one of the sheet's."""
    return {column.field: (at, at) for at, column in enumerate(BUILT_IN.block(kind).drawn)}


def _own(block: BlockSpec) -> Iterable[str]:
    """Return the fields that a team has added to a card."""
    return [column.field for column in block.drawn if column.origin]


def _lines(block: BlockSpec, *lines: Sequence[tuple[str, Place]]) -> list[list[Slot]]:
    """Return the lines of a card; what the team does not use is left out, and a line of nothing too."""
    there = {column.field: column for column in block.columns}
    drawn = [
        [Slot(there[name], *value, label) for name, (label, value) in line if name in there] for line in lines
    ]
    return [line for line in drawn if line]


def _beside(block: BlockSpec, names: Iterable[str]) -> list[list[Slot]]:
    """Return a card of two fields per line, without those the team does not use; a last one alone is wide."""
    there = {column.field for column in block.columns}
    kept = [name for name in names if name in there]
    pairs = [kept[at : at + 2] for at in range(0, len(kept), 2)]
    return _lines(
        block, *([*zip(pair, (LEFT, RIGHT) if len(pair) > 1 else (WHOLE,), strict=True)] for pair in pairs)
    )


def _customer_archive(canvas: Canvas, chosen: Form) -> None:
    head, customer = chosen.block("archive_head"), chosen.block("customer")
    canvas.across(chosen.title, canvas.look.title(), 36, merged=False)
    line_two = _instruction(canvas, chosen, text()["form"]["legend"])
    canvas.across(line_two, canvas.look.note(), 24, merged=False)
    line = [
        (name, ((2 * at, 2 * at), (2 * at + 1, 2 * at + 1)))
        for at, name in enumerate(c.field for c in head.columns)
    ]
    canvas.card(_lines(head, line), kind=head.kind)
    canvas.gap()
    slots = [Slot(column, at, at) for at, column in enumerate(customer.drawn)]
    rows = (
        CUSTOMER_ROWS if canvas.given is None else len(canvas.given.get(customer.kind, ())) + MORE_CUSTOMERS
    )
    top = canvas.table(slots, rows, name="customers", height=TWO_LINES, header=34, kind=customer.kind)
    canvas.sheet.freeze_panes(top + 1, 2)
    canvas.sheet.repeat_rows(top)
    canvas.sheet.repeat_columns(0, 1)
    canvas.sheet.print_across()
    print_setup(canvas.sheet, chosen.title, landscape=True, gridlines=True, pages_wide=PAGES_WIDE)


def _process_record(canvas: Canvas, chosen: Form) -> None:
    record, talks, actions = (chosen.block(kind) for kind in ("record", "communication", "action"))
    _head(canvas, chosen)
    canvas.across(record.title, canvas.look.band(), 24)
    basics = ("customer_name", "customer_no", "contact_name", "industry", "first_contact", "source", "rep")
    canvas.card(
        [*_beside(record, (*basics, "end_reason", *_own(record))), *_lines(record, [("stage", WHOLE)])],
        {"stage": 34},
        record.kind,
    )
    _table(canvas, talks, _each("communication"), 8, THREE_LINES)
    _table(canvas, actions, {"action": (0, 2), "owner": (3, 3), "due": (4, 4), "progress": (5, 5)}, 5)
    lines = [
        *_lines(record, [("notes", WHOLE)]),
        *_beside(record, ("rep_signature", "rep_signed_on")),
        *_lines(record, [("review", WHOLE)]),
        *_beside(record, ("reviewer", "reviewed_on")),
    ]
    if lines:
        canvas.gap()
        canvas.across(lines[0][0].column.section or "", canvas.look.band(), 24)
        canvas.card(lines, {"notes": 34, "review": 34}, record.kind)
    _finish(canvas, chosen)


def _table(
    canvas: Canvas,
    block: BlockSpec,
    places: Mapping[str, tuple[int, int]],
    rows: int,
    height: int = TWO_LINES,
) -> None:
    """Draw a table below its title; nothing where the team uses none of its columns."""
    if slots := _slots(block, places):
        canvas.gap()
        canvas.across(block.title, canvas.look.band(), 24)
        canvas.table(slots, rows, height=height, kind=block.kind)


def _weekly_report(canvas: Canvas, chosen: Form) -> None:
    report = chosen.block("weekly_report")
    _head(canvas, chosen)
    canvas.across(report.title, canvas.look.band(), 24)
    canvas.card(_beside(report, [column.field for column in report.columns]), kind=report.kind)
    _table(canvas, chosen.block("key_customer"), _each("key_customer"), 8)
    _table(canvas, chosen.block("issue"), {"problem": (0, 1), "measure": (2, 3), "support": (4, 5)}, 4)
    _table(canvas, chosen.block("next_week"), {"plan": (0, 2), "customer_name": (3, 3), "due": (4, 5)}, 6)
    _finish(canvas, chosen)


def _handover_list(canvas: Canvas, chosen: Form) -> None:
    handover = chosen.block("handover")
    left, right = ((0, 0), (1, 1)), ((2, 2), (3, 6))
    _head(canvas, chosen)
    canvas.across(handover.title, canvas.look.band(), 24)
    canvas.card(
        _lines(
            handover,
            [("from_rep", left), ("to_rep", right)],
            [("date", left), ("reason", right)],
            *([(name, left)] for name in _own(handover)),
        )
    )
    _table(canvas, chosen.block("handover_customer"), _each("handover_customer"), 8)
    contacts = {"customer_name": (0, 1), "contact_time": (2, 2), "method": (3, 3), "summary": (4, 6)}
    _table(canvas, chosen.block("handover_contact"), contacts, 8)
    _table(
        canvas,
        chosen.block("handover_opportunity"),
        {
            "customer_name": (0, 1),
            "opportunity": (2, 2),
            "stage": (3, 3),
            "expected_amount": (4, 4),
            "expected_close": (5, 5),
            "next_action": (6, 6),
        },
        6,
    )
    signed = [[(f"{who}_signature", left), (f"{who}_signed_on", right)] for who in ("from", "to", "manager")]
    lines = _lines(handover, *signed)
    if lines:
        canvas.gap()
        canvas.across(lines[0][0].column.section or "", canvas.look.band(), 24)
        canvas.card(lines)
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
