"""A workbook's grids → submissions: the forms on its sheets, each as blocks of raw values.

Owns: putting the parts of this room together, and what is said of sheets that are no form. Refuses: file
formats, tidying, judging values.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from salesxl.columns import BlockSpec, Form, Need, Shape
from salesxl.model import Block, Finding, Grid, Place, Severity, Submission, Workbook, column_letters
from salesxl.reading.cards import Answer, build_card, read_card
from salesxl.reading.headers import Header
from salesxl.reading.labels import Title, Token, scan
from salesxl.reading.recognise import HEADS, Candidate, card_tokens, recognise, required_fields
from salesxl.reading.sheet import Sheet
from salesxl.reading.tables import Reach, Table, build_block, read_table
from salesxl.reading.vocabulary import Vocabulary, vocabulary_of
from salesxl.tidy import normalise_label

__all__ = ["read_sheet", "read_workbook"]

_FORM_PROPERTY = "salesxl.form"
_REP_FIELDS = ("rep", "from_rep")
_TITLE_ABOVE = 3


def read_workbook(
    workbook: Workbook,
    aliases: Mapping[tuple[str, str], str] | None = None,
    choices: Mapping[str, Sequence[str]] | None = None,
) -> tuple[list[Submission], list[Finding]]:
    """Read every form that stands in a workbook, and say which sheets are none.

    ``aliases`` are a team's own headers as in ``Rulebook.aliases``; ``choices`` the options by list name
    (``阶段`` and ``等级`` too), which help to tell a column that no alias names. Beside a form, a sheet that
    is clearly something else (hidden, empty, help) is passed over in silence (docs/domain.md 2 and 5).
    """
    vocabulary = vocabulary_of(aliases or {})
    taught = frozenset(normalise_label(header) for _, header in (aliases or {}))
    hint = workbook.properties.get(_FORM_PROPERTY)
    submissions: list[Submission] = []
    others: list[tuple[Grid, list[Candidate], int]] = []
    for grid in workbook.grids:
        found, candidates, filled = read_sheet(workbook.file, grid, vocabulary, hint, taught, choices or {})
        submissions.extend(found)
        if not found:
            others.append((grid, candidates, filled))
    findings = [
        finding
        for grid, candidates, filled in others
        if (finding := _unrecognised(workbook.file, grid, candidates, filled, alone=not submissions))
    ]
    return submissions, findings


def read_sheet(
    file: str,
    grid: Grid,
    vocabulary: Vocabulary,
    hint: str | None,
    taught: frozenset[str],
    choices: Mapping[str, Sequence[str]],
) -> tuple[list[Submission], list[Candidate], int]:
    """Read the form on one sheet; without one, return what it may have been and how many rows are filled."""
    sheet = Sheet(grid)
    filled = sum(1 for row in range(1, sheet.height + 1) if next(sheet.cells(row), None) is not None)
    tokens, titles = scan(sheet, vocabulary)
    if not tokens and not titles:
        return [], [], filled
    candidates = recognise(sheet, tokens, titles, vocabulary, hint, taught)
    if not candidates or not candidates[0].enough:
        return [], candidates, filled
    best = candidates[0]
    return [_read_form(file, sheet, best, tokens, titles, vocabulary, choices)], candidates, filled


def _read_form(
    file: str,
    sheet: Sheet,
    candidate: Candidate,
    tokens: Sequence[Token],
    titles: Sequence[Title],
    vocabulary: Vocabulary,
    choices: Mapping[str, Sequence[str]],
) -> Submission:
    form, headers = candidate.form, candidate.headers
    loose = card_tokens(form, headers, tokens)
    tables = _tables(sheet, form, headers, loose, tokens, titles)
    blocks: list[Block] = []
    findings: list[Finding] = []
    taken = _taken(tables)
    labels = [t for t in loose if not taken(t.row, t.column)]
    for spec in form.blocks:
        if spec.shape is Shape.CARD:
            answers = read_card(sheet, spec, [t for t in labels if t.fields(spec.kind)], labels, taken)
            if answers:
                blocks.append(build_card(spec, answers))
            findings += _missing_labels(file, sheet, spec, answers)
            continue
        mine = [t for t in tables if t.header.spec.kind == spec.kind]
        if mine:
            blocks.append(build_block(sheet, mine[0], mine[0].header.fields, frozenset()))
            findings += _missing_columns(file, sheet, mine[0])
        elif not spec.optional:
            findings.append(_missing(file, sheet, spec, None, _first_cell(sheet), spec.title, ()))
    return _submission(file, sheet, form, blocks, findings)


def _tables(
    sheet: Sheet,
    form: Form,
    headers: Sequence[Header],
    loose: Sequence[Token],
    tokens: Sequence[Token],
    titles: Sequence[Title],
) -> list[Table]:
    """Read the records of each header, each bounded by the headers, titles and labels around it."""
    tables: list[Table] = []
    repeated: set[int] = set()
    for place, header in enumerate(headers):
        if place in repeated:
            continue
        reach, again = _reach(sheet, headers, place, loose)
        repeated |= {i for i, h in enumerate(headers) if h.top in again and h.spec is header.spec}
        stops = _stops(sheet, form, header, reach, loose, titles)
        tables.append(read_table(sheet, header, reach, stops, again))
    _ = tokens
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
                again |= set(range(other.top, other.bottom + 1))
            else:
                bottom = min(bottom, other.top - 1)
    for token in loose:
        if header.top <= token.row and token.column > header.right:
            same_row = [t for t in loose if t.row == token.row and t.column <= header.right]
            if not same_row and sheet.value(token.row, header.left) is not None:
                right = min(right, token.column - 1)
    return Reach(left, max(right, header.right), bottom), again


def _same(one: Header, other: Header) -> bool:
    return {f: one.cells[i].left for f, i in one.fields.items()} == {
        f: other.cells[i].left for f, i in other.fields.items()
    }


def _stops(
    sheet: Sheet, form: Form, header: Header, reach: Reach, loose: Sequence[Token], titles: Sequence[Title]
) -> set[int]:
    """Return the rows at which a table ends: a title alone in its row, or a card's labels with values."""
    stops: set[int] = set()
    rows: dict[int, list[Token]] = {}
    for token in loose:
        if header.bottom < token.row <= reach.bottom and reach.left <= token.column <= reach.right:
            rows.setdefault(token.row, []).append(token)
    for row, found in rows.items():
        cells = list(sheet.cells(row, reach.left, reach.right))
        first = min(t.column for t in found)
        others = len(cells) - len({t.column for t in found})
        if cells and cells[0][0] == first and others <= len(found) + 1:
            stops.add(row)
    for title in titles:
        if not (header.bottom < title.row <= reach.bottom and reach.left <= title.column <= reach.right):
            continue
        cells = list(sheet.cells(title.row, reach.left, reach.right))
        if len(cells) == 1 and any(name == form.name for name, _ in title.names):
            stops.add(title.row)
    return stops


def _taken(tables: Sequence[Table]) -> Callable[[int, int], bool]:
    def taken(row: int, column: int) -> bool:
        return any(table.covers(row, column) for table in tables)

    return taken


def _missing_columns(file: str, sheet: Sheet, table: Table) -> list[Finding]:
    spec, header = table.header.spec, table.header
    at = (header.top, header.cells[0].left)
    found = []
    for group in required_fields(spec):
        if not any(name in header.fields for name in group):
            label = " / ".join(spec.column(name).label for name in group)
            found.append(_missing(file, sheet, spec, group[0], at, label, ()))
    return found


def _missing_labels(file: str, sheet: Sheet, spec: BlockSpec, answers: Mapping[str, Answer]) -> list[Finding]:
    if spec.kind in HEADS:
        return []
    at = _first_cell(sheet)
    return [
        _missing(file, sheet, spec, c.field, at, c.label, ())
        for c in spec.columns
        if c.need is Need.REQUIRED and c.field not in answers
    ]


def _missing(
    file: str,
    sheet: Sheet,
    spec: BlockSpec,
    name: str | None,
    at: tuple[int, int],
    label: str,
    guess: Sequence[str],
) -> Finding:
    place = Place(file, sheet.grid.sheet, f"{column_letters(at[1])}{at[0]}")
    facts = {"label": label, "guess": list(guess), "block": spec.title}
    return Finding("missing_column", Severity.ERROR, place, name, None, facts, spec.kind)


def _first_cell(sheet: Sheet) -> tuple[int, int]:
    for row in range(1, sheet.height + 1):
        for column, _ in sheet.cells(row):
            return row, column
    return 1, 1


def _submission(
    file: str, sheet: Sheet, form: Form, blocks: Sequence[Block], findings: Sequence[Finding]
) -> Submission:
    cells = _cells_of(blocks)
    grid = sheet.grid
    errors = {at: text for at, text in grid.errors.items() if cells(at)}
    uncalculated = frozenset(at for at in grid.uncalculated if cells(at))
    submission = Submission(
        file,
        grid.sheet,
        form.name,
        tuple(blocks),
        findings=tuple(findings),
        errors=errors,
        uncalculated=uncalculated,
    )
    return replace(submission, rep=_rep(form, blocks))


def _cells_of(blocks: Sequence[Block]) -> Callable[[tuple[int, int]], bool]:
    single = {at for b in blocks for at in b.cells.values()}
    tables = [(set(b.frame.index), {*b.columns.values(), *b.extra}) for b in blocks if not b.cells]

    def within(at: tuple[int, int]) -> bool:
        return at in single or any(at[0] in rows and at[1] in columns for rows, columns in tables)

    return within


def _rep(form: Form, blocks: Sequence[Block]) -> str | None:
    """Return who handed the form in, as typed on one of its cards."""
    cards = [b for b in form.blocks if b.shape is Shape.CARD]
    for spec in cards:
        for name in _REP_FIELDS:
            if name in {c.field for c in spec.columns}:
                for block in blocks:
                    if block.kind == spec.kind and name in block.cells:
                        value = block.frame[name].iloc[0]
                        return str(value).strip() or None if value is not None else None
    return None


def _unrecognised(
    file: str, grid: Grid, candidates: Sequence[Candidate], filled: int, *, alone: bool
) -> Finding | None:
    """Return what is to be said of a sheet that is no form, if anything."""
    nearest = candidates[0] if candidates and candidates[0].nearly else None
    if not grid.visible or (filled == 0 and not alone):
        return None
    if nearest is None and not alone:
        return None
    facts: dict[str, object] = {}
    if nearest is not None:
        facts = {"nearest": nearest.form.title, "missing": list(nearest.missing), "guess": {}}
    return Finding("unrecognised", Severity.WARNING, Place(file, grid.sheet), None, None, facts)
