"""Finding header rows: runs of labels side by side that name the columns of one table.

Owns: which table a header row heads, tables beside each other. Refuses: records.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import NamedTuple

from salesxl.columns import BlockSpec, Form, Shape
from salesxl.model import CellValue
from salesxl.reading.header_cells import LONGEST_HEADER, HeaderCell, header_cells, match, runs, spans_down
from salesxl.reading.labels import Title, Token
from salesxl.reading.sheet import Sheet
from salesxl.reading.vocabulary import Vocabulary

__all__ = ["Header", "find_headers"]

_LONGEST_UNSURE = 6  # where only two columns are known, longer texts between them may be values
_MANY = 4  # so many of a table's columns tell it even if none of them is required
_TALLEST = 3  # a header cell is merged over at most so many further rows
_TITLE_ABOVE = 3  # a block's title stands at most so many rows above its header
_TITLE_WEIGHT = 1.5
_SHORTEST_SPLIT, _LONGEST_SPLIT = 4, 120  # so many cells side by side may be the headers of two tables
_MOST_TRIES = 1000  # so many different rows of labels may turn out to be no header
_MOST_HEADERS = 300  # on one sheet; beyond them it is no form but an attempt to keep us busy


@dataclass(frozen=True, slots=True)
class Header:
    """A table's header band, its cells, and which field each known cell (by its place in ``cells``) names."""

    spec: BlockSpec
    top: int
    bottom: int
    cells: tuple[HeaderCell, ...]
    fields: Mapping[str, int] = field(default_factory=dict)

    @property
    def left(self) -> int:
        """The first column."""
        return self.cells[0].left

    @property
    def right(self) -> int:
        """The last column."""
        return self.cells[-1].right


class _Found(NamedTuple):
    weight: float
    header: Header


@dataclass(frozen=True, slots=True)
class _Search:
    """A sheet searched for the tables of one form.

    ``above`` are the blocks whose title stands shortly above a row, ``cards`` the cells that may be labels of
    a card, ``labels`` all cells that are labels of anything.
    """

    sheet: Sheet
    specs: Sequence[BlockSpec]
    vocabulary: Vocabulary
    above: Mapping[int, set[str]]
    cards: set[tuple[int, int]]
    labels: set[tuple[int, int]]

    def band(self, top: int, bottom: int) -> list[Header]:
        """Return the headers in a band of one or two rows."""
        cells = header_cells(self.sheet, top, bottom, self.vocabulary)
        found = [header for run in runs(cells) for header in self._split(run, top, bottom)]
        return self._join(found, cells)

    def _split(self, run: list[HeaderCell], top: int, bottom: int) -> list[Header]:
        """Return a run's headers: one, or two that touch each other when together they name clearly more."""
        whole = self._best(run, top, bottom)
        if len(self.specs) < 2 or not _SHORTEST_SPLIT <= len(run) <= _LONGEST_SPLIT:
            return [whole.header] if whole else []
        known = sum(
            any(self.vocabulary.senses_in(w, s.kind) for s in self.specs for w in c.words) for c in run
        )
        if whole and known < len(whole.header.fields) + 2:
            return [whole.header]
        weight, choice = (whole.weight + 1.5, [whole.header]) if whole else (0.0, [])
        for cut in range(2, len(run) - 1):
            left, right = self._best(run[:cut], top, bottom), self._best(run[cut:], top, bottom)
            if left and right and left.weight + right.weight > weight:
                weight, choice = left.weight + right.weight, [left.header, right.header]
        return choice

    def _best(self, cells: list[HeaderCell], top: int, bottom: int) -> _Found | None:
        """Return the table that a run of cells heads, if any."""
        best: _Found | None = None
        for spec in self.specs:
            titled = spec.kind in self.above.get(top, ())
            fields = match(spec, cells, self.vocabulary)
            required = sum(1 for c in spec.columns if c.required and c.field in fields)
            told = required or (len(fields) >= _MANY and len(fields) * 2 > len(cells))
            if len(cells) < 2 or len(fields) < (1 if titled else 2) or not told:
                continue
            if not titled:
                places = sorted(fields.values())
                apart = not any(b - a == 1 for a, b in pairwise(places))
                if apart and self._is_card_row(cells, places, top, bottom):
                    continue
                if len(fields) * 3 < len(cells) and len(fields) < 4:
                    continue
            labelled = sum(1 for name, at in fields.items() if self._is_label(spec, name, cells[at]))
            weight = len(fields) + 0.5 * required + 0.1 * labelled + (_TITLE_WEIGHT if titled else 0)
            if best is None or weight > best.weight:
                best = _Found(weight, Header(spec, top, bottom, tuple(cells), fields))
        return best

    def _is_label(self, spec: BlockSpec, name: str, cell: HeaderCell) -> bool:
        senses = (s for w in cell.words for s in self.vocabulary.senses_in(w, spec.kind))
        return any(s.rank == 0 and s.field == name for s in senses)

    def _is_card_row(self, cells: Sequence[HeaderCell], places: Sequence[int], top: int, bottom: int) -> bool:
        """Tell whether labels that nowhere touch are a card's: values between them, or labels below them."""
        if len(places) > 1 and all(at % 2 for at in places):
            return False  # on a card labels come first, then values
        if len(places) < 2 or 2 * sum((top, cells[at].left) in self.cards for at in places) >= len(places):
            return True
        if any((row, cells[at].left) in self.labels for at in places for row in (top - 1, bottom + 1)):
            return True
        between = [c for place, c in enumerate(cells) if place not in places]
        longest = LONGEST_HEADER if len(places) > 2 else _LONGEST_UNSURE
        return any(len(c.text) > longest or any(ch.isdigit() for ch in c.text) for c in between)

    def _join(self, found: Sequence[Header], cells: Sequence[HeaderCell]) -> list[Header]:
        """Join headers of one block torn apart by a blank cell, and take in lone cells beside them."""
        joined: list[Header] = []
        for header in found:
            last = joined[-1] if joined else None
            if last and last.spec is header.spec and not set(last.fields) & set(header.fields):
                together = (*last.cells, *header.cells)
                fields = match(last.spec, together, self.vocabulary)
                joined[-1] = replace(last, cells=together, fields=fields)
            else:
                joined.append(header)
        bounds = [0, *(h.right for h in joined[:-1])], [*(h.left for h in joined[1:]), None]
        return [
            self._widen(header, cells, before, after)
            for header, before, after in zip(joined, *bounds, strict=False)
        ]

    def _widen(self, header: Header, cells: Sequence[HeaderCell], before: int, after: int | None) -> Header:
        """Take in cells one blank column away that name further fields of the same block."""
        own = list(header.cells)
        for cell in [*cells, *reversed(cells)]:
            on_right = 0 < cell.left - own[-1].right <= 2 and (after is None or cell.right < after)
            on_left = 0 < own[0].left - cell.right <= 2 and before < cell.left
            if on_right or on_left:
                wider = [*own, cell] if on_right else [cell, *own]
                if len(match(header.spec, wider, self.vocabulary)) > len(
                    match(header.spec, own, self.vocabulary)
                ):
                    own = wider
        if len(own) == len(header.cells):
            return header
        return replace(header, cells=tuple(own), fields=match(header.spec, own, self.vocabulary))


def find_headers(
    sheet: Sheet, form: Form, tokens: Sequence[Token], titles: Sequence[Title], vocabulary: Vocabulary
) -> list[Header]:
    """Return the headers of a form's tables, from top to bottom and left to right.

    A run of neighbouring header cells is a table's header when at least two of them name fields of one
    block (one, below the block's title) and it does not read label, value, label, value as a card does.
    """
    specs = [b for b in form.blocks if b.shape is Shape.TABLE]
    kinds = {b.kind for b in specs}
    rows: dict[int, set[tuple[str, str]]] = defaultdict(set)
    named: dict[str, set[tuple[str, str]]] = {}
    for token in tokens:
        fields = named.get(token.key)
        if fields is None:
            fields = named[token.key] = {(s.block, s.field) for s in token.senses if s.block in kinds}
        if token.inline is None and fields:
            for row in range(token.row, min(token.area.bottom, token.row + _TALLEST) + 1):
                rows[row] |= fields
    above = _titles_above(form, kinds, titles)
    labels = {(t.row, t.column) for t in tokens if t.inline is None}
    search = _Search(sheet, specs, vocabulary, above, _first_labels(form, tokens), labels)
    found: list[Header] = []
    alike: dict[tuple[CellValue, ...], list[Header]] = {}
    in_vain: set[tuple[object, ...] | None] = set()
    done = 0
    for row in sorted(rows):
        most = max(Counter(kind for kind, _ in rows[row]).values())
        if row <= done or (most < 2 and row not in above):
            continue
        same = None if sheet.merged or row in above else tuple(sheet.rows[row - 1])
        if same in alike:
            found.extend(_moved(header, row) for header in alike[same])
            done = row
            continue
        around = None if sheet.merged else _around(search, row, row + 1 in rows, row - 1 > done)
        if around in in_vain or len(in_vain) >= _MOST_TRIES:
            continue
        best = _one_row_or_two(search, row, row + 1 in rows, row - 1 if row - 1 > done else None)
        if not best:
            in_vain.add(around if around is not None else (row,))
        if same is not None and best and all(h.top == h.bottom == row for h in best):
            alike[same] = best
        if best:
            if len(found) > _MOST_HEADERS:
                break
            found.extend(best)
            done = max(h.bottom for h in best)
    return found


def _around(search: _Search, row: int, more: bool, free: bool) -> tuple[object, ...]:
    """Return all that decides whether a header begins in a row: the same around another row, the same end."""
    rows = search.sheet.rows
    near = range(max(row - 2, 0), min(row + 2, len(rows)))
    return (
        row == 1,
        more,
        free,
        *(tuple(rows[at]) for at in near),
        *(frozenset(search.above.get(at, ())) for at in (row - 1, row, row + 1)),
        *(tuple(c for c in range(1, len(rows[row - 1]) + 1) if (row, c) in search.cards),),
    )


def _moved(header: Header, row: int) -> Header:
    """Return a header as it stands once more further down."""
    cells = tuple(HeaderCell(c.left, c.right, c.text, c.words, row) for c in header.cells)
    return Header(header.spec, row, row, cells, header.fields)


def _one_row_or_two(search: _Search, row: int, more: bool, above: int | None) -> list[Header]:
    """Return the headers that begin in a row: as two rows if together they name more than either alone.

    The row ``above`` may hold groups that are no labels themselves: 联系人信息 over 姓名.
    """
    one = search.band(row, row)
    spanning = spans_down(search.sheet, row)
    if above and one and all(header.cells[0].row == row for header in one):
        grouped = search.band(above, row)
        if _named(grouped) > _named(one):
            return grouped
    if row >= search.sheet.height or not (more or spanning):
        return one
    two = search.band(row, row + 1)
    if _named(two) > _named(one) and _named(two) > _named(search.band(row + 1, row + 1)):
        return two
    return two if two and _named(two) == _named(one) and spanning else one


def _named(headers: Sequence[Header]) -> int:
    return sum(len(h.fields) for h in headers)


def _first_labels(form: Form, tokens: Sequence[Token]) -> set[tuple[int, int]]:
    """Return where a card's label may stand: words that name a card's field for the first time."""
    seen: set[tuple[str, str]] = set()
    found: set[tuple[int, int]] = set()
    for token in tokens:
        fields = {(s.block, s.field) for s in token.senses if s.card and s.form == form.name}
        if not fields <= seen:
            found.add((token.row, token.column))
            seen |= fields
    return found


def _titles_above(form: Form, kinds: set[str], titles: Sequence[Title]) -> dict[int, set[str]]:
    above: dict[int, set[str]] = defaultdict(set)
    for title in titles:
        for name, block in title.names:
            if name == form.name and block in kinds and title.exact:
                for row in range(title.row + 1, title.row + 1 + _TITLE_ABOVE):
                    above[row].add(str(block))
    return above
