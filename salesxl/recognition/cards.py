"""Reading cards: the value that belongs to a label, beside it, below it, or in its own cell.

Owns: which cell answers a label, labels that occur more than once. Refuses: what the value means.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from salesxl.columns import BlockSpec, Column, Kind
from salesxl.model import Block, CellValue
from salesxl.recognition.ends import asks_day, signs
from salesxl.recognition.labels import Token, ends_with_colon
from salesxl.recognition.meaning import says
from salesxl.recognition.periods import ends_of, is_week, period_of, tells_period, two_days
from salesxl.recognition.sheet import Sheet, is_text
from salesxl.recognition.units import is_unit
from salesxl.recognition.unmapped import strangers, unknown_labels

__all__ = [
    "Answer",
    "Reader",
    "beside_signature",
    "build_card",
    "find_period",
    "last_signature",
    "read_card",
    "read_followers",
    "split_periods",
]

_OTHER_FIGURE = re.compile("目标|计划|指标|任务|上周|上期|上月|去年|同期")
_OWN_FIGURE = re.compile("实际|完成|达成|本周|本期|当周")
_HIGHEST = 15  # the headings of a list of figures stand at most so many rows above one
_COUNTED = frozenset({Kind.AMOUNT, Kind.AMOUNT_WAN, Kind.NUMBER, Kind.WHOLE, Kind.PERCENT})
_ROUND_SUM = re.compile(r"[十百千]+[万亿]")
"""What may be a unit, or a sum in words: 十万."""
_FARTHEST = 8  # a value stands at most so many blank cells away from its label
_DASH = re.compile(r"至|到|[~～—–−-]+")
_FEW_SIGN = 2  # with no more signatures none is told by elimination
_MOST_TIMES = 20  # a label that stands more often is looked at no further
_BOXES = "□☐☑■√✓✔●○◯☒☓▢▣◻◼✗✘〇⊙◎"


@dataclass(frozen=True, slots=True)
class Answer:
    """What answers a label: the cell, and its value, None where it is not filled in."""

    token: Token
    cell: tuple[int, int]
    value: CellValue


@dataclass(slots=True)
class Reader:
    """Finds values on one sheet among the labels of one form."""

    sheet: Sheet
    labels: set[tuple[int, int]]
    taken: Callable[[int, int], bool]
    columns: Counter[int]
    strangers: set[tuple[int, int]] = field(default_factory=set)
    inline: frozenset[int] = frozenset()
    """Rows in which values stand in their labels' own cells: ``移交人签字：张三``."""

    @classmethod
    def of(cls, sheet: Sheet, labels: Iterable[Token], taken: Callable[[int, int], bool]) -> Reader:
        """Return the reader of a form's cards: none of the labels can be a value, nor can cells of tables."""
        found = list(labels)
        reader = cls(sheet, {(t.row, t.column) for t in found}, taken, Counter(t.column for t in found))
        reader.strangers = strangers(sheet, found, taken)
        reader.labels |= reader.strangers
        reader.inline = frozenset(t.row for t in found if t.inline)
        return reader

    def unknown(self, tokens: Sequence[Token], free: Iterable[int]) -> list[Token]:
        """Return the cells among a card's labels, or in ``free`` rows, that read like labels nobody knows."""
        return unknown_labels(self.sheet, tokens, self.labels, self.strangers, self.taken, free)

    def label_at(self, row: int, column: int) -> bool:
        """Tell whether a cell is, or reads like, a label."""
        if self.sheet.anchor(row, column) in self.labels:
            return True
        value = self.sheet.shown(row, column)
        return is_text(value) and len(value) <= 24 and (ends_with_colon(value) or signs(value))

    def answer(self, token: Token, kind: Kind) -> Answer:
        """Return what answers a label."""
        area = token.area
        here = (token.row, token.column)
        if token.inline:
            return Answer(token, here, token.inline)
        right = self._right(token, units=kind in _COUNTED)
        if right is not None and right[1] is not None:
            if kind is Kind.TICKED:
                return Answer(token, right[0], self._boxes(token, right[0][1]))
            return Answer(token, *right)
        if token.part and token.inline is not None:  # behind other labels of one cell, and left blank
            return Answer(token, here, None)
        if token.inline is not None and "_" in str(self.sheet.value(*here)).replace("＿", "_"):
            return Answer(token, here, None)
        below = self._below(token)
        if below is not None:
            return Answer(token, *below)
        within = token.row in self.inline and ends_with_colon(token.text)
        if right is not None and not within:
            return Answer(token, *right)
        if token.inline is not None or within:
            return Answer(token, here, None)
        return Answer(token, (token.row, area.right + 1), None)

    def _right(self, token: Token, *, units: bool) -> tuple[tuple[int, int], CellValue] | None:
        """Return the cell to the right of a label and its value; None where another label stands there.

        Where ``units`` is set a cell that holds a unit and nothing else is passed over.
        """
        sheet, row = self.sheet, token.row
        column = token.area.right + 1
        first: tuple[int, int] | None = None
        for _ in range(_FARTHEST):
            if column > max(sheet.width, token.area.right + 1):
                break
            at = sheet.anchor(row, column)
            if self.label_at(row, column) or self.taken(row, column):
                break
            value = sheet.value(*at)
            if units and first is None and is_unit(value):
                behind = self._behind_unit(row, sheet.area(*at).right + 1)
                if _ROUND_SUM.match(str(value).strip()) and (behind is None or behind[1] is None):
                    return at, value  # 十万 with no figure behind it is one
                return behind
            filled = value is not None or at in sheet.grid.errors or at in sheet.grid.uncalculated
            if filled and first is not None and self._label_column(row, at[1], value):
                break
            if filled and units and self._is_other_figure(token, at):
                column = sheet.area(*at).right + 1
                continue
            if filled:
                return at, value if value is not None else sheet.grid.errors.get(at)
            first = first or at
            column = sheet.area(*at).right + 1
        return (first, None) if first else None

    def _behind_unit(self, row: int, column: int) -> tuple[tuple[int, int], CellValue] | None:
        """Return the cell behind one with a unit, and its value; None where it is another label's."""
        if column > self.sheet.width or self.label_at(row, column) or self.taken(row, column):
            return None
        at = self.sheet.anchor(row, column)
        return at, self.sheet.value(*at)

    def _is_other_figure(self, token: Token, at: tuple[int, int]) -> bool:
        """Tell whether a figure stands under 目标 or 上周, and the one asked for in the cell beside it."""
        sheet, (row, column) = self.sheet, at
        beside = sheet.area(row, column).right + 1
        if is_text(sheet.value(row, beside)) or sheet.value(row, beside) is None:
            return False
        for above in range(row - 1, max(row - 1 - _HIGHEST, 0), -1):
            head, next_head = sheet.value(above, column), sheet.value(above, beside)
            if head is None:
                return False
            if is_text(head) and sheet.shown(above, token.column) != head:
                return bool(
                    _OTHER_FIGURE.search(head) and is_text(next_head) and _OWN_FIGURE.search(next_head)
                )
        return False

    def _label_column(self, row: int, column: int, value: CellValue) -> bool:
        """Tell whether a text further right is a label that nobody knows: others stand in its column."""
        if not is_text(value) or len(value) > 16:
            return False
        others = self.columns[column]
        after = self.sheet.area(row, column).right + 1
        return others > 0 or (self.sheet.value(row, after) is not None and not self.label_at(row, after))

    def _below(self, token: Token) -> tuple[tuple[int, int], CellValue] | None:
        """Return the cell below a label and its value, where nothing but labels is beside it."""
        sheet, area = self.sheet, token.area
        row, column = area.bottom + 1, area.left
        if row > sheet.height or self.label_at(row, column) or self.taken(row, column):
            return None
        beside = area.right + 1
        left = area.left - 1
        in_row = (self.label_at(token.row, beside) and beside <= sheet.width) or (
            left > 0 and self.label_at(token.row, left)
        )
        value = sheet.value(row, column)
        if in_row:
            return sheet.anchor(row, column), value
        if self._lone(token) and value is not None and sheet.anchor(row, column) == (row, column):
            return (row, column), value
        return None

    def after_dash(self, answer: Answer) -> Answer | None:
        """Return the cell behind one that only says 至: the end of a period over several cells."""
        sheet, (row, column) = self.sheet, answer.cell
        dash = sheet.area(row, column).right + 1
        value = sheet.value(row, dash)
        if not is_text(value) or not _DASH.fullmatch(value.strip()):
            return None
        at = row, sheet.area(row, dash).right + 1
        return Answer(answer.token, at, sheet.value(*at))

    def _lone(self, token: Token) -> bool:
        """Tell whether a label has its row to itself and does not stand in a column of labels."""
        if len(self.sheet.cells(token.row, most=2)) > 1:
            return False
        row, column = token.row, token.column
        return not any(
            (r, column) in self.labels for r in (row - 1, token.area.bottom + 1, token.area.bottom + 2)
        )

    def _boxes(self, token: Token, column: int) -> CellValue:
        """Return ticked boxes that were spread over several cells as one text."""
        sheet = self.sheet
        parts: list[str] = []
        for row in range(token.area.top, token.area.bottom + 1):
            at = column
            while at <= sheet.width and not self.label_at(row, at):
                value = sheet.value(row, at)
                if value is not None:
                    parts.append(str(value))
                at = sheet.area(row, at).right + 1
        first = sheet.value(token.row, column)
        if len(parts) < 2 or not any(mark in part for part in parts for mark in _BOXES):
            return first
        return " ".join(parts)


def read_card(
    sheet: Sheet,
    spec: BlockSpec,
    tokens: Sequence[Token],
    labels: Iterable[Token],
    taken: Callable[[int, int], bool],
) -> dict[str, Answer]:
    """Return what answers each field of a card whose label stands on the sheet.

    ``labels`` are all labels of the form's cards, none of which can be a value; ``taken`` tells which cells
    belong to tables. A label that stands twice counts where it is filled in first.
    """
    reader = Reader.of(sheet, labels, taken)
    answers: dict[str, Answer] = {}
    for column, found in _assign(spec, tokens).items():
        kind = spec.column(column).kind
        options = [reader.answer(token, kind) for token in found[:_MOST_TIMES]]
        answers[column] = next((a for a in options if a.value is not None), options[0])
    split_periods(reader, spec, answers)
    return answers


def find_period(spec: BlockSpec, answers: Mapping[str, Answer], found: Iterable[Answer]) -> dict[str, Answer]:
    """Return what tells the days from which to which a card is, where no label asks for them, by field.

    Under a word that asks for a day only, 日期, a period or a week stands.
    """
    days = period_of(spec)
    if days is None or any(day.field in answers for day in days):
        return {}
    told = [a for a in found if says(a.token.text, "date") is not None and tells_period(a.value)]
    return {days[0].field: told[0]} if len(told) == 1 else {}


def split_periods(reader: Reader, spec: BlockSpec, answers: dict[str, Answer]) -> None:
    """Divide a period under one label between the two dates that ask for it: ``周期：11月16日至11月22日``."""
    days = period_of(spec)
    if days is None or days[0].field not in answers or days[1].field in answers:
        return
    first, last = days[0].field, days[1].field
    answer = answers[first]
    parts = ends_of(answer.value)
    if is_week(answer.value, parts):
        answers[last] = answer
    elif two_days(parts):
        begin, end = parts
        answers[first], answers[last] = replace(answer, value=begin), replace(answer, value=end)
    elif (behind := reader.after_dash(answer)) is not None:
        answers[last] = behind


def _assign(spec: BlockSpec, tokens: Sequence[Token]) -> dict[str, list[Token]]:
    """Return each field's labels, the surest words first; labels that follow another go to the nearest."""
    plain = {c.field for c in spec.columns if c.follows is None}
    claims: dict[str, list[tuple[int, int, Token]]] = {}
    shared: list[tuple[Token, list[Column]]] = []
    for place, token in enumerate(tokens):
        senses = token.fields(spec.kind)
        own = [s for s in senses if s.field in plain]
        if own:
            best = min(own, key=lambda s: s.rank)
            claims.setdefault(best.field, []).append((min(best.rank, 2), place, token))
        elif senses:
            shared.append((token, [spec.column(s.field) for s in senses]))
    found = {name: [t for _, _, t in sorted(c, key=lambda x: x[:2])] for name, c in claims.items()}
    used: set[str] = set()
    for token, columns in shared:
        near = [
            (distance, column.field)
            for column in columns
            if column.field not in used
            for before in found.get(column.follows or "", ())[:_MOST_TIMES]
            if (distance := _distance(before, token)) is not None
        ]
        if near:
            name = min(near)[1]
        elif len(columns) == 1 and columns[0].field not in used:
            name = columns[0].field
        else:
            continue
        used.add(name)
        found[name] = [token]
    return found


def beside_signature(token: Token, labels: Sequence[Token]) -> bool:
    """Tell whether a label asks for the day of the signature that stands before it in its row."""
    return says(token.text, "date") is not None and any(
        t.row == token.row and t.column < token.column and signs(t.text) for t in labels
    )


def last_signature(
    spec: BlockSpec, answers: Mapping[str, Answer], labels: Sequence[Token]
) -> tuple[str, Token] | None:
    """Return the one signature that is still missing and the one label left that can ask for it.

    Who signs third bears many titles; the other two are told by what they do.
    """
    signed = {column.follows for column in spec.columns if column.follows}
    missing = [name for name in sorted(signed) if name not in answers]
    used = {(a.token.row, a.token.column) for a in answers.values()}
    left = [
        t
        for t in labels
        if (t.row, t.column) not in used and "customer" not in (says(t.text, "sign") or {"customer"})
    ]
    return (missing[0], left[0]) if len(missing) == len(left) == 1 and len(signed) > _FEW_SIGN else None


def read_followers(
    reader: Reader, spec: BlockSpec, answers: dict[str, Answer], tokens: Sequence[Token]
) -> None:
    """Read the labels that follow another, whatever it is called: the day beside each signature."""
    used = {(a.token.row, a.token.column, a.token.part) for a in answers.values()}
    days = [
        t
        for t in tokens
        if (t.row, t.column, t.part) not in used and (asks_day(t.text) or beside_signature(t, tokens))
    ]
    near = sorted(
        (distance, place, column.field)
        for column in spec.columns
        if column.follows in answers and column.field not in answers
        for place, token in enumerate(days)
        if (distance := _distance(answers[column.follows].token, token)) is not None
    )
    taken: set[int] = set()
    for _, place, name in near:
        if place not in taken and name not in answers:
            answers[name] = reader.answer(days[place], spec.column(name).kind)
            taken.add(place)


def _distance(before: Token, token: Token) -> tuple[int, int] | None:
    """Return how far a label lies after another: in its row, below it in its column, else not at all."""
    if before.row == token.row:
        if (before.column, before.part) > (token.column, token.part):
            return None
        return 0, (token.column - before.column) * 10 + token.part - before.part
    down = token.row - before.area.bottom
    if not 0 < down <= 3:
        return None
    if token.column == before.column:
        return 1, down
    return 2, down * 100 + abs(token.column - before.column)


def build_card(spec: BlockSpec, answers: Mapping[str, Answer]) -> Block:
    """Build the block of a card: one row, indexed by the first row its labels stand in."""
    first = min(answer.token.row for answer in answers.values())
    data: dict[str, list[CellValue]] = {
        c.field: [answers[c.field].value if c.field in answers else None] for c in spec.columns
    }
    return Block(
        spec.kind,
        (first,),
        data,
        cells={name: answer.cell for name, answer in answers.items()},
        headers={name: answer.token.text.strip() for name, answer in answers.items()},
    )
