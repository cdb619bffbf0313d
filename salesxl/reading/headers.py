"""Finding header rows: runs of labels side by side that name the columns of one table.

Owns: header bands of one or two rows, merged headers, tables beside each other. Refuses: records.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice, pairwise
from typing import NamedTuple

from salesxl.columns import BlockSpec, Form, Shape
from salesxl.model import CellValue
from salesxl.reading.labels import Title, Token
from salesxl.reading.sheet import Sheet, is_text
from salesxl.reading.vocabulary import Vocabulary

__all__ = ["Header", "HeaderCell", "find_headers", "match"]

_LONGEST_HEADER = 60
_LONGEST_UNSURE = 6  # where only two columns are known, longer texts between them may be values
_GROUP_END = re.compile(r"(?:基本)?(?:信息|资料|情况|详情|相关)$")
_TALLEST = 3  # a header cell is merged over at most so many further rows
_TITLE_ABOVE = 3  # a block's title stands at most so many rows above its header


@dataclass(frozen=True, slots=True)
class HeaderCell:
    """One column's header, over one or several columns; ``words`` are its texts, the most telling first."""

    left: int
    right: int
    text: str
    words: tuple[str, ...]
    row: int = 0


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


def match(spec: BlockSpec, cells: Sequence[HeaderCell], vocabulary: Vocabulary) -> dict[str, int]:
    """Return which cell names which field of a block: each field once, the surest word first."""
    claims: list[tuple[int, int, int, str]] = []
    for place, cell in enumerate(cells):
        for depth, word in enumerate(cell.words):
            for sense in vocabulary.senses_in(word, spec.kind):
                claims.append((depth, sense.rank, place, sense.field))
            if claims and claims[-1][2] == place:
                break
    fields: dict[str, int] = {}
    taken: set[int] = set()
    for _, _, place, name in sorted(claims, key=lambda c: (c[1], c[0], c[2])):
        if name not in fields and place not in taken:
            fields[name] = place
            taken.add(place)
    return fields


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
    for token in tokens:
        fields = {(s.block, s.field) for s in token.senses if s.block in kinds}
        if token.inline is None and fields:
            for row in range(token.row, min(token.area.bottom, token.row + _TALLEST) + 1):
                rows[row] |= fields
    above = _titles_above(form, titles)
    cards = _first_labels(form, tokens)
    labels = {(t.row, t.column) for t in tokens if t.inline is None}
    found: list[Header] = []
    done: set[int] = set()
    for row in sorted(rows):
        most = max(Counter(kind for kind, _ in rows[row]).values())
        if row in done or (most < 2 and row not in above):
            continue
        best = _best_band(sheet, specs, row, rows, vocabulary, above, cards, labels)
        if best:
            found.extend(best)
            done.update(range(row, max(h.bottom for h in best) + 1))
    return found


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


def _titles_above(form: Form, titles: Sequence[Title]) -> dict[int, set[str]]:
    above: dict[int, set[str]] = defaultdict(set)
    for title in titles:
        for name, block in title.names:
            if name == form.name and block is not None and title.exact:
                for row in range(title.row + 1, title.row + 1 + _TITLE_ABOVE):
                    above[row].add(block)
    return above


def _best_band(
    sheet: Sheet,
    specs: Sequence[BlockSpec],
    row: int,
    rows: Mapping[int, object],
    vocabulary: Vocabulary,
    above: Mapping[int, set[str]],
    cards: set[tuple[int, int]],
    labels: set[tuple[int, int]],
) -> list[Header]:
    """Return the headers that begin in a row: as one row or, if that names more columns, as two."""
    titled = above.get(row, set())
    one = _in_band(sheet, specs, row, row, vocabulary, titled, cards, labels)
    if row < sheet.height and (row + 1 in rows or _spans_down(sheet, row)):
        two = _in_band(sheet, specs, row, row + 1, vocabulary, titled, cards, labels)
        if _named(two) > _named(one) or (two and _named(two) == _named(one) and _spans_down(sheet, row)):
            return two
    return one


def _named(headers: Sequence[Header]) -> int:
    return sum(len(h.fields) for h in headers)


def _spans_down(sheet: Sheet, row: int) -> bool:
    """Tell whether a cell of the row is merged with the one below it, and is no taller than two rows."""
    return sheet.merged and any(
        (area := sheet.area(row, column)).top == row and area.bottom == row + 1
        for column in range(1, sheet.width + 1)
    )


def _in_band(
    sheet: Sheet,
    specs: Sequence[BlockSpec],
    top: int,
    bottom: int,
    vocabulary: Vocabulary,
    titled: set[str],
    cards: set[tuple[int, int]],
    labels: set[tuple[int, int]],
) -> list[Header]:
    cells = _header_cells(sheet, top, bottom)
    if bottom > top and len(list(islice(sheet.cells(top), 2))) < 2:
        return []
    if bottom > top and not _plausible_lower_row(sheet, top, bottom, vocabulary):
        return []
    found: list[Header] = []
    for run in _runs(cells):
        found.extend(_split(specs, run, top, bottom, vocabulary, titled, cards, labels))
    return _join(found, cells, vocabulary)


def _plausible_lower_row(sheet: Sheet, top: int, bottom: int, vocabulary: Vocabulary) -> bool:
    """Tell whether the second row holds headers, not the first record: short texts, some of them known."""
    known = texts = 0
    for column, value in sheet.cells(bottom):
        if sheet.area(bottom, column).top < bottom:
            continue
        if not is_text(value) or len(value) > _LONGEST_HEADER:
            return False
        texts += 1
        group = sheet.value(*_group(sheet, top, column))
        known += vocabulary.word(value) is not None or (
            is_text(group) and any(vocabulary.word(word) for word in _under(str(group), value))
        )
    return texts == 0 or known * 2 >= texts


def _group(sheet: Sheet, row: int, column: int) -> tuple[int, int]:
    """Return the cell of the upper header row that stands over a column."""
    area = sheet.area(row, column)
    if area.left < column or sheet.value(row, column) is not None:
        return area.top, area.left
    while column > 1 and sheet.value(row, column) is None and sheet.value(row + 1, column) is not None:
        column -= 1
    return sheet.anchor(row, column)


def _header_cells(sheet: Sheet, top: int, bottom: int) -> list[HeaderCell]:
    """Return the header cells of a band, each with the texts it may be known by."""
    cells: list[HeaderCell] = []
    column = 1
    while column <= sheet.width:
        area = sheet.area(bottom, column)
        right = max(area.right, column) if area.left == column else column
        lower = sheet.shown(bottom, column) if area.top >= top else None
        words: list[str] = []
        if bottom > top:
            at = _group(sheet, top, column)
            upper = sheet.value(*at)
            if lower is None or area.top < bottom:
                words = [str(upper)] if is_text(upper) and at[1] == column else []
                if is_text(upper) and at[1] == column:
                    right = max(right, sheet.area(*at).right)
            elif is_text(lower):
                words = [*_under(str(upper), lower), lower] if is_text(upper) else [lower]
        elif lower is not None and area.left == column:
            words = [str(lower)] if _like_header(lower) else []
        if words:
            text = f"{upper} {lower}" if len(words) > 1 else words[0]
            cells.append(HeaderCell(column, right, " ".join(text.split()), tuple(words), area.top))
        column = right + 1
    return cells


def _under(group: str, lower: str) -> list[str]:
    """Return what a header below a group may be called in full: 联系人信息 over 姓名 is 联系人姓名."""
    bare = _GROUP_END.sub("", group.strip())
    return list(dict.fromkeys([group + lower, bare + lower] if bare else [group + lower]))


def _like_header(value: CellValue) -> bool:
    return not isinstance(value, bool) and len(str(value)) <= _LONGEST_HEADER


def _runs(cells: Sequence[HeaderCell]) -> list[list[HeaderCell]]:
    runs: list[list[HeaderCell]] = []
    for cell in cells:
        if runs and runs[-1][-1].right + 1 == cell.left:
            runs[-1].append(cell)
        else:
            runs.append([cell])
    return runs


def _split(
    specs: Sequence[BlockSpec],
    run: list[HeaderCell],
    top: int,
    bottom: int,
    vocabulary: Vocabulary,
    titled: set[str],
    cards: set[tuple[int, int]],
    labels: set[tuple[int, int]],
) -> list[Header]:
    """Return a run's headers: one, or two that touch each other when together they name clearly more."""

    def best(cells: list[HeaderCell]) -> _Found | None:
        return _best_block(specs, cells, top, bottom, vocabulary, titled, cards, labels)

    whole = best(run)
    if len(specs) < 2 or len(run) < 4:
        return [whole.header] if whole else []
    known = sum(any(vocabulary.senses_in(w, s.kind) for s in specs for w in c.words) for c in run)
    if whole and known < len(whole.header.fields) + 2:
        return [whole.header]
    weight, choice = (whole.weight + 1.5 if whole else 0.0), [whole.header] if whole else []
    for cut in range(2, len(run) - 1):
        left, right = best(run[:cut]), best(run[cut:])
        if left and right and left.weight + right.weight > weight:
            weight, choice = left.weight + right.weight, [left.header, right.header]
    return choice


def _best_block(
    specs: Sequence[BlockSpec],
    cells: list[HeaderCell],
    top: int,
    bottom: int,
    vocabulary: Vocabulary,
    titled: set[str],
    cards: set[tuple[int, int]],
    labels: set[tuple[int, int]],
) -> _Found | None:
    best: _Found | None = None
    for spec in specs:
        fields = match(spec, cells, vocabulary)
        if len(fields) < (1 if spec.kind in titled else 2) or len(cells) < 2:
            continue
        places = sorted(fields.values())
        apart = not any(b - a == 1 for a, b in pairwise(places))
        if apart and spec.kind not in titled and _is_card_row(cells, places, top, bottom, cards, labels):
            continue
        if len(fields) * 3 < len(cells) and spec.kind not in titled and len(fields) < 4:
            continue
        required = sum(1 for c in spec.columns if c.required and c.field in fields)
        if not required:
            continue
        labelled = sum(1 for name, at in fields.items() if _is_label(spec, name, cells[at], vocabulary))
        weight = len(fields) + 0.5 * required + 0.1 * labelled + (1.5 if spec.kind in titled else 0)
        if best is None or weight > best.weight:
            best = _Found(weight, Header(spec, top, bottom, tuple(cells), fields))
    return best


def _is_label(spec: BlockSpec, name: str, cell: HeaderCell, vocabulary: Vocabulary) -> bool:
    return any(
        s.rank == 0 and s.field == name for w in cell.words for s in vocabulary.senses_in(w, spec.kind)
    )


def _is_card_row(
    cells: Sequence[HeaderCell],
    places: Sequence[int],
    top: int,
    bottom: int,
    cards: set[tuple[int, int]],
    labels: set[tuple[int, int]],
) -> bool:
    """Tell whether labels that nowhere touch are a card's: values between them, or labels below them too."""
    if len(places) < 2 or any((top, cells[at].left) in cards for at in places):
        return True
    if any((row, cells[at].left) in labels for at in places for row in (top - 1, bottom + 1)):
        return True
    between = [c for place, c in enumerate(cells) if place not in places]
    longest = _LONGEST_HEADER if len(places) > 2 else _LONGEST_UNSURE
    return any(len(c.text) > longest or any(ch.isdigit() for ch in c.text) for c in between)


def _join(found: Sequence[Header], cells: Sequence[HeaderCell], vocabulary: Vocabulary) -> list[Header]:
    """Join headers of one block torn apart by a blank cell, and take in lone cells beside them."""
    joined: list[Header] = []
    for header in found:
        last = joined[-1] if joined else None
        if last and last.spec is header.spec and not set(last.fields) & set(header.fields):
            together = (*last.cells, *header.cells)
            joined[-1] = replace(last, cells=together, fields=match(last.spec, together, vocabulary))
        else:
            joined.append(header)
    result: list[Header] = []
    for place, header in enumerate(joined):
        limit = joined[place + 1].left if place + 1 < len(joined) else None
        before = joined[place - 1].right if place else 0
        result.append(_widen(header, cells, before, limit, vocabulary))
    return result


def _widen(
    header: Header, cells: Sequence[HeaderCell], before: int, limit: int | None, vocabulary: Vocabulary
) -> Header:
    """Take in cells one blank column away that name further fields of the same block."""
    own = list(header.cells)
    for cell in cells:
        if (
            cell.left > own[-1].right
            and (limit is None or cell.right < limit)
            and cell.left - own[-1].right <= 2
        ):
            wider = [*own, cell]
            if len(match(header.spec, wider, vocabulary)) > len(match(header.spec, own, vocabulary)):
                own = wider
    for cell in reversed(cells):
        if before < cell.right < own[0].left and own[0].left - cell.right <= 2:
            wider = [cell, *own]
            if len(match(header.spec, wider, vocabulary)) > len(match(header.spec, own, vocabulary)):
                own = wider
    if len(own) == len(header.cells):
        return header
    return replace(header, cells=tuple(own), fields=match(header.spec, own, vocabulary))
