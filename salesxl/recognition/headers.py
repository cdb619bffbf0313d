"""Finding header rows: runs of labels side by side that name the columns of one table.

Owns: which table a header row heads, tables beside each other. Refuses: records.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from salesxl.columns import BlockSpec, Form, Shape
from salesxl.model import CellValue
from salesxl.recognition import weights
from salesxl.recognition.ends import heading_above
from salesxl.recognition.header_cells import LONGEST_HEADER, HeaderCell, Run, header_cells, runs, spans_down
from salesxl.recognition.labels import Title, Token
from salesxl.recognition.meaning import gainsaid, guarded
from salesxl.recognition.sheet import Sheet
from salesxl.recognition.vocabulary import Vocabulary

__all__ = ["Bands", "Header", "find_headers"]

_LONGEST_UNSURE = 6  # where only two columns are known, longer texts between them may be values
_TALLEST = 3  # a header cell is merged over at most so many further rows
_TITLE_ABOVE = 3  # a block's title stands at most so many rows above its header
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


class Bands:
    """What may head a table on a sheet, whatever the form: cells and runs of one row or of two.

    Each band is looked at once for all forms.
    """

    def __init__(self, sheet: Sheet, vocabulary: Vocabulary) -> None:
        self.sheet, self.vocabulary = sheet, vocabulary
        self._found: dict[tuple[int, int], tuple[list[HeaderCell], list[Run]]] = {}

    def at(self, top: int, bottom: int) -> tuple[list[HeaderCell], list[Run]]:
        """Return the header cells of a band and their runs."""
        found = self._found.get((top, bottom))
        if found is None:
            cells = header_cells(self.sheet, top, bottom, self.vocabulary)
            found = cells, [Run.of(run, self.vocabulary) for run in runs(cells, self.sheet)]
            self._found[top, bottom] = found
        return found


@dataclass(frozen=True, slots=True)
class _Search:
    """A sheet searched for the tables of one form.

    ``above`` are the blocks whose title stands shortly above a row, ``cards`` the columns of a row's cells
    that may be labels of a card, ``labels`` all cells that are labels of anything.
    """

    bands: Bands
    specs: Sequence[BlockSpec]
    above: Mapping[int, set[str]]
    cards: Mapping[int, Sequence[int]]
    labels: AbstractSet[tuple[int, int]]

    def band(self, top: int, bottom: int) -> list[Header]:
        """Return the headers in a band of one or two rows."""
        cells, runs_ = self.bands.at(top, bottom)
        found = [header for run in runs_ for header in self._split(run, top, bottom)]
        return self._join(found, cells) if found else []

    def _split(self, run: Run, top: int, bottom: int) -> list[Header]:
        """Return a run's headers: one, or two that touch each other when together they name clearly more."""
        size = len(run.cells)
        whole = self._best(run, 0, size, top, bottom)
        if len(self.specs) < 2 or not _SHORTEST_SPLIT <= size <= _LONGEST_SPLIT:
            return [whole.header] if whole else []
        known = len({claim.place for s in self.specs for claim in run.claims.get(s.kind, ())})
        if whole and known < len(whole.header.fields) + 2:
            return [whole.header]
        weight, choice = (whole.weight + weights.HEADER_WHOLE, [whole.header]) if whole else (0.0, [])
        for cut in range(2, size - 1):
            left = self._best(run, 0, cut, top, bottom)
            right = self._best(run, cut, size, top, bottom) if left else None
            if left and right and left.weight + right.weight > weight:
                weight, choice = left.weight + right.weight, [left.header, right.header]
        return choice

    def _best(self, run: Run, start: int, end: int, top: int, bottom: int) -> _Found | None:
        """Return the table that a part of a run heads, if any."""
        best: _Found | None = None
        if end - start < 2:
            return None
        for spec in self.specs:
            titled = spec.kind in self.above.get(top, ())
            fewest = 1 if titled else 2
            if len(run.claims.get(spec.kind, ())) < fewest:
                continue
            fields = run.match(spec.kind, start, end)
            if len(fields) < fewest or self._gainsaid(spec, top):
                continue
            required = len(_required(spec).intersection(fields))
            several = titled and len(fields) > 1
            if not (
                required or several or (len(fields) >= weights.MANY_COLUMNS and len(fields) * 2 > end - start)
            ):
                continue
            places = sorted(fields.values())
            apart = not any(b - a == 1 for a, b in pairwise(places))
            own = [at - start for at in places]
            if titled and apart and self._is_pairs(run.cells[start:end], own, top):
                continue
            if not titled:
                if apart and self._is_card_row(run.cells[start:end], own, top, bottom):
                    continue
                if len(fields) * 3 < end - start and len(fields) < 4:
                    continue
            labels = run.labels.get(spec.kind, ())
            labelled = sum((at, name) in labels for name, at in fields.items())
            weight = len(fields) + weights.HEADER_REQUIRED * required + weights.HEADER_LABEL * labelled
            weight += weights.HEADER_TITLE if titled else 0
            if best is None or weight > best.weight:
                named = {name: at - start for name, at in fields.items()}
                best = _Found(weight, Header(spec, top, bottom, tuple(run.cells[start:end]), named))
        return best

    def _gainsaid(self, spec: BlockSpec, top: int) -> bool:
        """Tell whether the heading above a row says that it heads no such table."""
        sheet = self.bands.sheet
        row = heading_above(sheet, top, 1, sheet.width) if guarded(spec.kind) else None
        return row is not None and gainsaid(spec.kind, str(sheet.cells(row, most=1)[0][1]))

    def _is_card_row(self, cells: Sequence[HeaderCell], places: Sequence[int], top: int, bottom: int) -> bool:
        """Tell whether labels that nowhere touch are a card's: values between them, or labels below them."""
        if len(places) > 1 and all(at % 2 for at in places):
            return False  # on a card labels come first, then values
        cards = self.cards.get(top, ())
        if len(places) < 2 or 2 * sum(cells[at].left in cards for at in places) >= len(places):
            return True
        near = [any((row, cells[at].left) in self.labels for row in (top - 1, bottom + 1)) for at in places]
        if 2 * sum(near) >= len(places) or (len(places) == 2 and any(near)):
            return True
        between = [c for place, c in enumerate(cells) if place not in places]
        longest = LONGEST_HEADER if len(places) > 2 else _LONGEST_UNSURE
        return any(len(c.text) > longest or any(ch.isdigit() for ch in c.text) for c in between)

    def _is_pairs(self, cells: Sequence[HeaderCell], places: Sequence[int], top: int) -> bool:
        """Tell whether a row right below a title is a card's: labels in turn with values, several known."""
        cards = self.cards.get(top, ())
        known = [place for place, cell in enumerate(cells) if cell.left in cards]
        return len(known) > 1 and all(place % 2 == 0 for place in (*known, *places))

    def _join(self, found: Sequence[Header], cells: Sequence[HeaderCell]) -> list[Header]:
        """Join headers of one block torn apart by a blank cell, and take in lone cells beside them."""
        joined: list[Header] = []
        for header in found:
            last = joined[-1] if joined else None
            if last and last.spec is header.spec and not set(last.fields) & set(header.fields):
                joined[-1] = self._over(last, (*last.cells, *header.cells))
            else:
                joined.append(header)
        bounds = [0, *(h.right for h in joined[:-1])], [*(h.left for h in joined[1:]), None]
        return [
            self._widen(header, cells, before, after)
            for header, before, after in zip(joined, *bounds, strict=False)
        ]

    def _widen(self, header: Header, cells: Sequence[HeaderCell], before: int, after: int | None) -> Header:
        """Take in cells one blank column away that name further fields of the same block."""
        own = header
        if len(cells) == len(own.cells):
            return own
        for cell in [*cells, *reversed(cells)]:
            on_right = 0 < cell.left - own.right <= 2 and (after is None or cell.right < after)
            on_left = 0 < own.left - cell.right <= 2 and before < cell.left
            if on_right or on_left:
                wider = self._over(own, (*own.cells, cell) if on_right else (cell, *own.cells))
                if len(wider.fields) > len(own.fields):
                    own = wider
        return own

    def _over(self, header: Header, cells: tuple[HeaderCell, ...]) -> Header:
        """Return a header over other cells."""
        fields = Run.of(cells, self.bands.vocabulary).match(header.spec.kind, 0, len(cells))
        return replace(header, cells=cells, fields=fields)


@lru_cache(maxsize=256)
def _required(spec: BlockSpec) -> frozenset[str]:
    return frozenset(column.field for column in spec.columns if spec.tells(column))


def find_headers(
    bands: Bands,
    form: Form,
    tokens: Sequence[Token],
    cards: Sequence[Token],
    titles: Sequence[Title],
    labels: AbstractSet[tuple[int, int]],
) -> list[Header]:
    """Return the headers of a form's tables, from top to bottom and left to right.

    A run of neighbouring header cells is a table's header when at least two of them name fields of one
    block (one, below the block's title) and it does not read label, value, label, value as a card does.
    ``tokens`` are those that name a column of the form, ``cards`` those that name a field of its cards,
    ``labels`` the cells of all that stand alone, whatever they name.
    """
    sheet = bands.sheet
    specs = [b for b in form.blocks if b.shape is Shape.TABLE]
    rows: dict[int, set[tuple[str, str]]] = defaultdict(set)
    for token in tokens:
        if token.inline is None:
            fields = token.senses.tables[form.name]
            for row in range(token.row, min(token.area.bottom, token.row + _TALLEST) + 1):
                rows[row] |= fields
    kinds = {b.kind for b in specs}
    named = {kind: {t.row for t in titles if (form.name, kind) in t.names} for kind in sorted(kinds)}
    above = _titles_above(form, kinds, titles)
    search = _Search(bands, specs, above, _first_labels(form, cards), labels)
    found: list[Header] = []
    alike: dict[tuple[CellValue, ...], list[Header]] = {}
    in_vain: set[tuple[object, ...] | None] = set()
    done = 0
    for row in sorted(rows):
        if row <= done or (row not in above and _most(rows[row]) < 2):
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
            _use_up(above, best, named)
    return found


def _use_up(
    above: Mapping[int, set[str]], headers: Sequence[Header], titles: Mapping[str, AbstractSet[int]]
) -> None:
    """Take a title back from the rows below the header that it heads: those are records."""
    for header in headers:
        kind = header.spec.kind
        for row in range(header.bottom + 1, header.bottom + 1 + _TITLE_ABOVE):
            if titles[kind].isdisjoint(range(header.bottom + 1, row)):
                above.get(row, set()).discard(kind)


def _most(fields: AbstractSet[tuple[str, str]]) -> int:
    """Return how many of the fields are of one block."""
    return max(Counter(kind for kind, _ in fields).values()) if len(fields) > 1 else len(fields)


def _around(search: _Search, row: int, more: bool, free: bool) -> tuple[object, ...]:
    """Return all that decides whether a header begins in a row: the same around another row, the same end."""
    rows = search.bands.sheet.rows
    near = range(max(row - 2, 0), min(row + 2, len(rows)))
    return (
        row == 1,
        more,
        free,
        *(tuple(rows[at]) for at in near),
        *(frozenset(search.above.get(at, ())) for at in (row - 1, row, row + 1)),
        *(tuple(search.cards.get(row, ())),),
    )


def _moved(header: Header, row: int) -> Header:
    """Return a header as it stands once more further down."""
    cells = tuple(HeaderCell(c.left, c.right, c.text, c.words, row) for c in header.cells)
    return Header(header.spec, row, row, cells, header.fields)


def _one_row_or_two(search: _Search, row: int, more: bool, above: int | None) -> list[Header]:
    """Return the headers that begin in a row: as two rows if together they name more than either alone.

    The row ``above`` may hold groups that are no labels themselves: 联系人信息 over 姓名.
    """
    sheet = search.bands.sheet
    one = search.band(row, row)
    spanning = spans_down(sheet, row)
    if above and one and all(header.cells[0].row == row for header in one):
        grouped = search.band(above, row)
        if _worth(grouped) > _worth(one):
            return grouped
    if row >= sheet.height or not (more or spanning):
        return one
    two, lower = search.band(row, row + 1), search.band(row + 1, row + 1)
    if _named(two) > _named(one) and _named(two) > _named(lower):
        return two
    if _named(lower) > _named(one) > 0 and {h.spec.kind for h in one} == {h.spec.kind for h in lower}:
        return two if _named(two) == _named(lower) else []  # groups that happen to be labels as well
    return two if two and _named(two) == _named(one) and spanning else one


def _named(headers: Sequence[Header]) -> int:
    return sum(len(h.fields) for h in headers)


def _worth(headers: Sequence[Header]) -> float:
    """Return how much headers name: of as many fields rather those without which there is no record."""
    required = sum(len(_required(h.spec).intersection(h.fields)) for h in headers)
    return _named(headers) + weights.HEADER_REQUIRED * required


def _first_labels(form: Form, tokens: Sequence[Token]) -> Mapping[int, Sequence[int]]:
    """Return where a card's label may stand, columns by row: words that name a field for the first time."""
    seen: set[tuple[str, str]] = set()
    found: dict[int, list[int]] = {}
    for token in tokens:
        fields = token.senses.cards[form.name]
        if not fields <= seen:
            found.setdefault(token.row, []).append(token.column)
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
