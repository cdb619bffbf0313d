"""Records of a table laid out as cards: a sheet per customer, or the fields down and a customer per column.

Owns: telling that a sheet holds a table's fields as labels, and which cells are whose. Refuses: headers side
by side over records, which are a table; what values mean.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise

from salesxl.columns import BlockSpec, Form, Kind, Shape
from salesxl.model import CellValue
from salesxl.parsing import is_blank
from salesxl.recognition import weights
from salesxl.recognition.cards import Answer, read_card
from salesxl.recognition.evidence import IN_DIGITS, fitting, is_customer
from salesxl.recognition.headers import Header
from salesxl.recognition.labels import Token
from salesxl.recognition.names import is_company
from salesxl.recognition.sheet import Sheet

__all__ = ["first_labels", "holds_records", "main_table", "may_stand_alone", "single_records", "stands_alone"]

_TURNS = 2  # rows from one row of labels to the next where a row of values stands between
_FARTHEST = 60  # columns in which further records are looked for
_DIGITS_HERE = IN_DIGITS - {Kind.CODE}  # other texts hold digits as well


@lru_cache(maxsize=256)
def main_table(form: Form) -> BlockSpec | None:
    """Return the table that a form is about, where the form has no card that says as much."""
    tables = [b for b in form.blocks if b.shape is Shape.TABLE]
    cards = [c for b in form.blocks if b.shape is Shape.CARD for c in b.columns]
    return tables[0] if len(tables) == 1 and len(cards) < weights.CARD_FIELDS else None


def may_stand_alone(spec: BlockSpec, tokens: Sequence[Token], headers: Sequence[Header]) -> tuple[Token, ...]:
    """Return the labels of a table's fields that may stand as on a card; none if they are too few.

    One of them names the customer. A header with as many fields is a table's.
    """
    if any(h.spec is spec and len(h.fields) >= weights.CARD_FIELDS for h in headers):
        return ()
    own = _of_one_column(spec, [t for t in tokens if t.fields(spec.kind)])
    names = {s.field for t in own for s in t.fields(spec.kind) if spec.column(s.field).on_form}
    if len(names) < weights.CARD_FIELDS or not any(is_customer(spec.column(name)) for name in names):
        return ()
    return tuple(own)


def stands_alone(sheet: Sheet, spec: BlockSpec, own: Sequence[Token], headers: Sequence[Header]) -> bool:
    """Tell whether such labels stand each before its value, and what is filled in looks as it should.

    A sheet that explains the fields is no card.
    """
    at = {(t.row, t.column) for t in own if t.inline is None}
    before = [t for t in own if t.inline is not None or _has_room(sheet, t, at)]
    if len(before) < weights.CARD_ROOM * len(own) and not _in_turns(sheet, spec, headers, at):
        return False
    answers = read_card(sheet, spec, own, own, lambda _row, _column: False)
    return len(answers) >= weights.CARD_FIELDS and (
        _looks_filled(spec, answers) or bool(_columns(sheet, spec, answers))
    )


def holds_records(sheet: Sheet, spec: BlockSpec, own: Sequence[Token]) -> bool:
    """Tell whether such a card is filled in with what its fields ask for, whatever the sheet explains."""
    answers = read_card(sheet, spec, own, own, lambda _row, _column: False)
    found = {name: a.value for name, a in answers.items() if a.value is not None}
    return _fits(spec, found) > weights.CARD_FITS or bool(_columns(sheet, spec, answers))


def _of_one_column(spec: BlockSpec, tokens: Sequence[Token]) -> list[Token]:
    """Return labels without those beside a column of labels that name the same: 客户A above its values."""
    columns: dict[int, set[str]] = defaultdict(set)
    for token in tokens:
        columns[token.column].update(s.field for s in token.fields(spec.kind))
    most = max(columns, key=lambda c: (len(columns[c]), -c), default=0)
    if len(columns.get(most, ())) < weights.CARD_FIELDS or any(
        not names <= columns[most] for names in columns.values()
    ):
        return list(tokens)
    return [t for t in tokens if t.column == most]


def _has_room(sheet: Sheet, token: Token, labels: set[tuple[int, int]]) -> bool:
    """Tell whether a label has a cell for its value beside it, blank or filled, and no label there.

    Where that is blank and a value stands below, the label heads a column.
    """
    area = token.area
    if sheet.anchor(token.row, area.right + 1) in labels:
        return False
    if sheet.filled(*sheet.anchor(token.row, area.right + 1)):
        return True
    below = sheet.anchor(area.bottom + 1, area.left)
    return below in labels or not sheet.filled(*below)


def _in_turns(sheet: Sheet, spec: BlockSpec, headers: Sequence[Header], labels: set[tuple[int, int]]) -> bool:
    """Tell whether rows of labels and of values take turns: headers over one record, each of new fields."""
    own = [h for h in headers if h.spec is spec]
    fields = [name for h in own for name in h.fields]
    if len(own) < _TURNS or len(fields) < weights.CARD_FIELDS or len(set(fields)) < len(fields):
        return False
    last = own[-1]
    after = {(last.bottom + _TURNS, c) for c, _ in sheet.cells(last.bottom + _TURNS, last.left, last.right)}
    return all(b.top - a.bottom == _TURNS for a, b in pairwise(own)) and after <= labels


def _looks_filled(spec: BlockSpec, answers: Mapping[str, Answer]) -> bool:
    """Tell whether what is filled in may be so: figures and days where they belong, no sentences."""
    found = {name: a.value for name, a in answers.items() if a.value is not None}
    return not found or _fits(spec, found) >= weights.CARD_FITS


def _fits(spec: BlockSpec, values: Mapping[str, CellValue]) -> float:
    """Return the share of values that look as their fields ask for, among those that show it."""
    judged = []
    for name, value in values.items():
        column = spec.column(name)
        if column.kind in _DIGITS_HERE:
            judged.append((fitting(column, [value], {}) or 0.0) >= weights.CARD_FITS)
        elif is_customer(column) and is_company(value):
            judged.append(True)
    return sum(judged) / len(judged) if judged else 0.0


def single_records(sheet: Sheet, spec: BlockSpec, answers: Mapping[str, Answer]) -> list[dict[str, Answer]]:
    """Return the records on a sheet with a card of these answers: the card itself, or one per column.

    Columns count where all labels stand in one, and where what is in them looks like the fields: units and
    remarks beside the values do not. A card that nobody filled in is no record.
    """
    columns = _columns(sheet, spec, answers)
    nearest = min(a.cell[1] for a in answers.values())
    records = [dict(answers)]
    if len(columns) > 1 or (columns and columns[0] > nearest):
        # a value that is not filled in is not the next customer's
        records = [{n: _in_column(sheet, a, column) for n, a in answers.items()} for column in columns]
    return [record for record in records if not all(is_blank(a.value) for a in record.values())]


def _in_column(sheet: Sheet, answer: Answer, column: int) -> Answer:
    row = answer.token.row
    return replace(answer, cell=(row, column), value=sheet.value(row, column))


def _columns(sheet: Sheet, spec: BlockSpec, answers: Mapping[str, Answer]) -> list[int]:
    """Return the columns right of labels that all stand in one column in which records seem to stand."""
    labels = {a.token.area.right for a in answers.values() if a.token.inline is None}
    if (
        len(labels) != 1
        or len(answers) < weights.CARD_FIELDS
        or any(a.token.inline for a in answers.values())
    ):
        return []
    first = labels.pop() + 1
    rows = {n: a.token.row for n, a in answers.items()}
    found = []
    for column in range(first, min(sheet.width, first + _FARTHEST) + 1):
        values = {n: value for n, row in rows.items() if (value := sheet.value(row, column)) is not None}
        if len(values) > 1 and _fits(spec, values) > weights.CARD_FITS:
            found.append(column)
    return found


def first_labels(tokens: Sequence[Token], spec: BlockSpec) -> list[int]:
    """Return the rows in which cards begin that stand below each other: with the customer's name again."""
    rows: dict[str, list[int]] = defaultdict(list)
    for token in tokens:
        for sense in token.fields(spec.kind):
            rows[sense.field].append(token.row)
    names = [name for name in rows if is_customer(spec.column(name))]
    starts = sorted({row for name in names for row in rows[name]})
    found = []
    for start, end in zip(starts, [*starts[1:], 1 << 30], strict=True):
        inside = {name for name, at in rows.items() if any(start <= row < end for row in at)}
        if len(inside) >= weights.CARD_FIELDS:
            found.append(start)
    return found
