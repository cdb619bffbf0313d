"""The blank form of a team's own definition: its cards and tables one below the other.

Owns where the blocks of such a form stand and how wide its columns are. Refuses: which fields there are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from salesxl.columns import BlockSpec, Column, Form, Shape
from salesxl.drawing.fields import label
from salesxl.drawing.look import print_setup
from salesxl.drawing.page import Canvas, Slot

__all__ = ["draw", "widths"]

COLUMNS = 6
"""A sheet has at least so many columns: two fields of a card beside each other, each value over two."""
LABELS = (0, 3)
"""The columns in which a card's labels stand."""
ROWS, FEWER = 40, 10
"""Rows to fill in: of a form's only table, and of one among several."""
COPIES = 5
"""How often a card that comes again is drawn."""
LONG = 40
"""A field this wide has a line of a card for itself."""
LEAST, TWO_LINES = 14.0, 34


def widths(form: Form) -> list[float]:
    """Return the widths of the sheet's columns: its widest table's, with room for the labels of cards."""
    tables = [block.drawn for block in form.blocks if block.shape is Shape.TABLE]
    widest: Sequence[Column] = max(tables, key=len, default=())
    found = [LEAST] * max(COLUMNS, len(widest))
    for table in tables:
        for at, column in enumerate(table):
            found[at] = max(found[at], float(column.width), _length(label(column)))
    for block in form.blocks:
        if block.shape is not Shape.TABLE:
            longest = max((_length(label(column)) for column in block.drawn), default=0.0)
            for at in LABELS:
                found[at] = max(found[at], longest)
    return found


def _length(text: str) -> float:
    """Return how wide a text is, in the widths of columns."""
    return 2.0 * len(text) - sum(map(str.isascii, text)) + 3


def draw(canvas: Canvas, form: Form) -> None:
    """Draw a form of a team's own."""
    look = canvas.look
    canvas.across(form.title, look.title(), 36)
    if form.instruction:
        canvas.across(form.instruction, look.instruction(), 24)
    tables = [block for block in form.blocks if block.shape is Shape.TABLE]
    alone = len(tables) == 1
    for block in form.blocks:
        if not block.drawn:
            continue
        if block.shape is Shape.TABLE:
            _table(canvas, block, ROWS if alone else FEWER, form, alone=alone and block is form.blocks[-1])
            continue
        for copy in range(COPIES if block.shape is Shape.CARDS else 1):
            if copy:
                canvas.gap(14)
            _band(canvas, block, form)
            canvas.card([*_lines(block)], kind=block.kind)
    wide = len(canvas_widths := widths(form)) > COLUMNS or sum(canvas_widths) > 120
    print_setup(canvas.sheet, form.title, landscape=wide)
    canvas.sheet.print_area(0, 0, canvas.row - 1, canvas.width - 1)


def _band(canvas: Canvas, block: BlockSpec, form: Form) -> None:
    if block.title != form.title:
        canvas.across(block.title, canvas.look.band(), 24)


def _table(canvas: Canvas, block: BlockSpec, rows: int, form: Form, *, alone: bool) -> None:
    canvas.gap()
    _band(canvas, block, form)
    columns = block.drawn
    slots = [Slot(column, at, at) for at, column in enumerate(columns)]
    if len(columns) < canvas.width:
        slots[-1] = Slot(columns[-1], len(columns) - 1, canvas.width - 1)
    top = canvas.table(slots, rows, height=TWO_LINES, kind=block.kind)
    if alone:
        canvas.sheet.freeze_panes(top + 1, 0)
        canvas.sheet.repeat_rows(top)


def _lines(block: BlockSpec) -> Iterator[list[Slot]]:
    """Yield the lines of a card: two fields each, a long text alone."""
    waiting: Column | None = None
    for column in block.drawn:
        if column.concrete or column.width >= LONG:
            if waiting is not None:
                yield [_whole(waiting)]
                waiting = None
            yield [_whole(column)]
        elif waiting is None:
            waiting = column
        else:
            yield [Slot(waiting, 1, 2, (0, 0)), Slot(column, 4, 5, (3, 3))]
            waiting = None
    if waiting is not None:
        yield [_whole(waiting)]


def _whole(column: Column) -> Slot:
    return Slot(column, 1, 5, (0, 0))
