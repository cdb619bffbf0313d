"""How the blocks of a form lie on a sheet: where each table may reach, and what stands between them.

Owns: the bounds of tables, repeated headers, copies of one form below each other. Refuses: reading values.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace

from salesxl.columns import Form, Shape
from salesxl.recognition.ends import heading_above, texts_only
from salesxl.recognition.headers import Header
from salesxl.recognition.labels import Title, Token
from salesxl.recognition.meaning import heads, titled
from salesxl.recognition.records import first_labels, main_table
from salesxl.recognition.rows import says_page
from salesxl.recognition.scoring import HEADS, Candidate
from salesxl.recognition.sheet import Sheet, is_text
from salesxl.recognition.tables import PAGE_TITLE, Reach, Table, read_table
from salesxl.schemas import FORMS

__all__ = ["barriers", "copies", "headings", "lay_out", "misplaced", "own_part"]

_FOREIGN = 4  # so many columns make another form's header a barrier
_PAGE_CELLS = 3  # so many texts beside each other may be a title and its page
_HEADED = 8  # what heads the first page stands in so many rows above its header
_CARD_AGAIN = 3  # so many labels must come again before a card counts as a copy


def lay_out(sheet: Sheet, candidate: Candidate, titles: Sequence[Title], walls: Iterable[int]) -> list[Table]:
    """Read the records of each header, each bounded by the headers, titles and labels around it.

    ``walls`` are rows that belong to another form.
    """
    headers, loose = candidate.headers, candidate.loose
    tables: list[Table] = []
    repeated: set[int] = set()
    for place, header in enumerate(headers):
        if place in repeated:
            continue
        reach, again = _reach(sheet, headers, place, loose)
        stops = _stops(sheet, candidate.form, header, reach, loose, titles)
        pages = _page_titles(sheet, header, again, stops)
        stops -= pages
        stops.update(row for row in walls if row > header.bottom)
        again = {row for row in again if row < min(stops, default=row + 1)}
        repeated |= {i for i, h in enumerate(headers) if h.top in again and h.spec is header.spec}
        tables.append(read_table(sheet, header, reach, stops, again | pages))
    return tables


def _reach(
    sheet: Sheet, headers: Sequence[Header], place: int, loose: Sequence[Token]
) -> tuple[Reach, set[int]]:
    """Return how far a table may reach, and the rows on the way that only repeat its header."""
    header = headers[place]
    left, right, bottom = 1, sheet.width, sheet.height
    again: set[int] = set()
    for other in headers:
        if other is header:
            continue
        if other.left > header.right:
            right = min(right, other.left - 1)
        elif other.right < header.left:
            left = max(left, other.right + 1)
        elif other.top > header.bottom:
            if other.spec is header.spec and _same(header, other):
                again.update(range(other.top, other.bottom + 1))
            else:
                bottom = min(bottom, _last_above(sheet, header, other))
    leftmost: dict[int, int] = {}
    for token in loose:
        leftmost[token.row] = min(token.column, leftmost.get(token.row, token.column))
    for token in loose:
        if token.row < header.top or leftmost[token.row] <= header.right:
            continue
        if any(sheet.value(token.row, c) is not None for c in range(header.left, header.right + 1)):
            right = min(right, token.column - 1)
    return Reach(left, max(right, header.right), bottom), again


def _last_above(sheet: Sheet, header: Header, other: Header) -> int:
    """Return the last row that a table may reach above another's header: not the heading of that one."""
    row = heading_above(sheet, other.top, other.left, other.right)
    if row is None or row <= header.bottom:
        return other.top - 1
    apart = not sheet.cells(row - 1, header.left, header.right, most=1)
    return row - 1 if apart or heading_above(sheet, header.top, header.left, header.right) else other.top - 1


def _page_titles(sheet: Sheet, header: Header, again: set[int], stops: set[int]) -> set[int]:
    """Return the rows above a header that comes again on a further page which only title that page.

    They hold a title, or nothing but what stands above the first header as well.
    """
    if not again:
        return set()
    near = {row for top in again for row in range(top - PAGE_TITLE, top) if row > header.bottom} - again
    first = range(max(header.top - _HEADED, 1), header.top)
    said = {value for row in first for _, value in sheet.cells(row)}
    found = {row for row in near & stops if len(sheet.cells(row, most=2)) == 1}
    for row in near - found:
        values = [value for _, value in sheet.cells(row)]
        paged = len(values) <= _PAGE_CELLS and all(map(is_text, values)) and any(map(says_page, values))
        if values and (paged or said.issuperset(values)):
            found.add(row)
    return found


def _same(one: Header, other: Header) -> bool:
    return {f: one.cells[i].left for f, i in one.fields.items()} == {
        f: other.cells[i].left for f, i in other.fields.items()
    }


def _stops(
    sheet: Sheet, form: Form, header: Header, reach: Reach, loose: Sequence[Token], titles: Sequence[Title]
) -> set[int]:
    """Return the rows at which a table ends: a title alone in its row, or a card's labels with values."""
    stops: set[int] = set()
    rows: dict[int, list[Token]] = defaultdict(list)
    known = {f for t in loose if t.row < header.top for f in _card_fields(form, t)}
    for token in loose:
        within = header.bottom < token.row <= reach.bottom and reach.left <= token.column <= reach.right
        if within and not known.issuperset(_card_fields(form, token)):
            rows[token.row].append(token)
    for row, found in rows.items():
        cells = sheet.cells(row, reach.left, reach.right)
        own = {t.column for t in found}
        open_labels = len({t.column for t in found if t.inline is None})
        values = len(cells) - len(own)
        if cells and cells[0][0] == min(own) and values <= open_labels + (open_labels > 0):
            stops.add(row)
    for title in titles:
        if not (header.bottom < title.row <= reach.bottom and reach.left <= title.column <= reach.right):
            continue
        alone = len(sheet.cells(title.row, reach.left, reach.right, most=2)) == 1
        if alone and any(name == form.name or block is None for name, block in title.names):
            stops.add(title.row)
    return stops


def _card_fields(form: Form, token: Token) -> set[tuple[str, str]]:
    """Return the fields a label may name on the form's cards; a label that follows others is always new."""
    fields = set()
    for block, name in token.senses.cards.get(form.name, ()):
        follows = form.block(block).column(name).follows
        fields.add((block, f"{name}:{token.row}" if follows else name))
    return fields


def own_part(best: Candidate, others: Iterable[Candidate]) -> Candidate:
    """Return the recognised form without headers that another form explains far better."""
    kept = []
    lost: set[int] = set()
    told: dict[int, int] = {}  # how many fields another form's header names in a row
    for rival in (h for other in others if other.enough for h in other.headers):
        for row in range(rival.top, rival.bottom + 1):
            told[row] = max(told.get(row, 0), len(rival.fields))
    for header in best.headers:
        far_more = max(2 * len(header.fields), len(header.fields) + _FOREIGN)
        if any(told.get(row, 0) >= far_more for row in range(header.top, header.bottom + 1)):
            lost.update(range(header.top, header.bottom + 1))
        else:
            kept.append(header)
    if not lost:
        return best
    return replace(best, headers=tuple(kept), loose=tuple(t for t in best.loose if t.row not in lost))


def barriers(best: Candidate, others: Iterable[Candidate]) -> list[Header]:
    """Return the headers on a sheet that belong to another form than the one that was recognised."""
    own = {row for h in best.headers for row in range(h.top, h.bottom + 1)}
    own |= {t.row for t in (*best.loose, *best.singles)}
    found: dict[int, Header] = {}
    for other in others:
        for header in other.headers:
            rows = set(range(header.top, header.bottom + 1))
            if len(header.fields) >= _FOREIGN and not rows & own:
                known = found.get(header.top)
                if known is None or len(header.fields) > len(known.fields):
                    found[header.top] = header
    return [found[top] for top in sorted(found)]


def copies(sheet: Sheet, candidate: Candidate, titles: Sequence[Title]) -> list[int]:
    """Return the rows at which a further copy of the form begins, for forms stacked on one sheet.

    A copy begins where the card's first label comes again, with other labels of the card (for a card that
    only heads a table: with the table) both before and after it.
    """
    form = candidate.form
    if candidate.singles and (main := main_table(form)):
        return [_with_title(sheet, row, titles) for row in first_labels(candidate.singles, main)[1:]]
    card = next((b for b in form.blocks if b.shape is Shape.CARD), None)
    if card is None:
        return []
    rows: dict[str, list[int]] = defaultdict(list)
    for token in candidate.loose:
        for sense in token.fields(card.kind):
            if card.column(sense.field).follows is None:
                rows[sense.field].append(token.row)
                break
    required = {c.field for c in card.columns if c.required}
    repeated = [f for f, found in rows.items() if len(set(found)) > 1 and f in required]
    if not repeated:
        return []
    first = min(repeated, key=lambda f: (rows[f][0], f))
    starts = sorted(set(rows[first]))
    cuts: list[int] = []
    for start, end in zip(starts, [*starts[1:], sheet.height + 1], strict=True):
        fields = {f for f, found in rows.items() if any(start <= r < end for r in found)}
        headed = any(start <= h.top < end for h in candidate.headers)
        whole = headed if card.kind in HEADS else len(fields & required) >= _CARD_AGAIN
        if whole:
            cuts.append(start)
    return [_with_title(sheet, cut, titles) for cut in cuts[1:]]


def _with_title(sheet: Sheet, cut: int, titles: Sequence[Title]) -> int:
    """Return the row in which a copy begins whose first label stands in a row: that of its title."""
    marks = {t.row for t in titles}
    top = cut
    for row in range(cut - 1, max(cut - 4, 0), -1):
        if row in marks:
            top = row
        elif sheet.cells(row, most=1):
            break
    return top


_TITLE_ROWS = 3  # within so many rows the first line is the title of the sheet
_ROWS = 400  # so far down a sheet headings are looked for


def misplaced(sheet: Sheet, form: str, headers: Sequence[Header]) -> bool:
    """Tell whether a heading above one of a form's headers speaks of another of its tables, not found yet."""
    kinds = {header.spec.kind for header in headers}
    for header in headers:
        row = heading_above(sheet, header.top, header.left, header.right)
        if row is not None:
            meant = heads(form, str(sheet.cells(row, header.left, header.right, most=1)[0][1]))
            if meant is not None and meant not in kinds:
                return True
    return False


def headings(sheet: Sheet, known: AbstractSet[int]) -> Iterator[Title]:
    """Yield the texts that stand alone above a row of short texts and say which block of a form it heads.

    ``known`` are the rows of titles that are found already.
    """
    first = next((row for row in range(1, _TITLE_ROWS + 1) if sheet.cells(row, most=1)), 0)
    alone = sheet.cells(first, most=2)
    if first not in known and len(alone) == 1 and isinstance(alone[0][1], str):
        meant = titled(alone[0][1])
        if meant:
            yield Title(first, alone[0][0], tuple((form, None) for form in meant), exact=False)
    for top in range(2, min(sheet.height, _ROWS) + 1):
        if not texts_only(sheet.cells(top)):
            continue
        row = heading_above(sheet, top, 1, sheet.width)
        if row is None or row in known:
            continue
        column, text = sheet.cells(row, most=1)[0]
        names = tuple((form.name, kind) for form in FORMS if (kind := heads(form.name, str(text))))
        if names:
            yield Title(row, column, names, exact=True)
