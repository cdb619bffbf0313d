"""A recognised form → a submission: its cards and tables as blocks, and what is to be said of its columns.

Owns: putting blocks, guesses and findings together. Refuses: deciding which form it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from salesxl.columns import BlockSpec, Form, Kind, Shape
from salesxl.model import Block, CellValue, Finding, Submission
from salesxl.needs import AS_SHIPPED, Needs
from salesxl.recognition.blocks import EXTRA, build_block, column_values
from salesxl.recognition.cards import (
    Answer,
    Reader,
    beside_signature,
    build_card,
    find_period,
    last_signature,
    read_card,
    read_followers,
    split_periods,
)
from salesxl.recognition.contacts import contact_places, with_contacts_joined, with_further_contacts
from salesxl.recognition.ends import SIGNED, signing_rows
from salesxl.recognition.evidence import Clue, guess_columns
from salesxl.recognition.findings import (
    example_left,
    guessed,
    hidden_rows,
    missing_block,
    missing_columns,
    missing_labels,
    two_units,
)
from salesxl.recognition.guesses import MOST_UNKNOWN, Choices, table_guess
from salesxl.recognition.hours import clock_columns
from salesxl.recognition.labels import Token, title_above
from salesxl.recognition.own_fields import own_fields, with_own_numbers
from salesxl.recognition.records import main_table, single_records
from salesxl.recognition.reps import ON_ROSTER, REP, only_wrote, the_rep
from salesxl.recognition.scoring import HEADS, Candidate
from salesxl.recognition.sheet import Sheet
from salesxl.recognition.tables import Table, drop_strange
from salesxl.recognition.units import with_units
from salesxl.recognition.vocabulary import COMPOSED, Vocabulary

__all__ = ["assemble"]

_MOST_FREE = 200  # rows between and below tables in which a card's labels are looked for
_REP_FIELDS = ("rep", "from_rep")


def assemble(
    file: str,
    sheet: Sheet,
    candidate: Candidate,
    tables: Sequence[Table],
    vocabulary: Vocabulary,
    choices: Choices,
    needs: Needs = AS_SHIPPED,
) -> list[Submission]:
    """Return the submission of a form: cards first filled where a label stands, tables with their records.

    A second table of one kind with other columns becomes a submission of its own, since a block has one
    set of columns.
    """
    form = candidate.form
    blocks: list[Block] = []
    further: list[Block] = []
    findings: list[Finding] = []
    above: list[Answer] = []

    def taken(row: int, column: int) -> bool:
        return any(table.covers(row, column) for table in tables)

    free = _free_rows(sheet, tables)
    below = signing_rows(sheet, free)
    labels = [t for t in candidate.loose if not taken(t.row, t.column)]
    labels = [_signed(t, vocabulary) if t.row in below else t for t in labels]
    for spec in form.blocks:
        if spec.shape is Shape.CARD:
            answers, said = _card(file, sheet, needs.spec(spec), labels, taken, free, choices)
            own = own_fields(sheet, labels, answers, taken, free)
            if spec.kind in HEADS:
                above = [a for a in own if a.token.row < min((t.header.top for t in tables), default=0)]
            blocks += [_built(sheet, spec, answers)] if answers else []
            findings += two_units(file, sheet, spec, blocks[-1]) if answers else []
            if answers and spec.kind not in HEADS:
                blocks[-1] = _beside(blocks[-1], own)
            findings += said
            continue
        if candidate.singles and spec is main_table(form):
            alone = needs.spec(spec)
            several, said = _singles(file, sheet, alone, candidate.singles, labels, taken, free, choices)
            blocks += several[:1]
            further += several[1:]
            findings += said
            continue
        mine = [t for t in tables if t.header.spec.kind == spec.kind]
        named = _rep(form, blocks) is not None and not any(only_wrote(b.headers.get(REP, "")) for b in blocks)
        for place, table in enumerate(mine):
            block, said = _table(file, sheet, table, vocabulary, choices, needs, named=named)
            block = _beside(block, above)
            (further if place else blocks).append(block)
            findings += said
        if not mine and not needs.spec(spec).optional:
            findings.append(missing_block(file, sheet, spec))
    rep = _rep(form, blocks)
    first = _submission(file, sheet, form, blocks, rep)
    return [
        replace(first, findings=tuple(findings)),
        *(_submission(file, sheet, form, [block], rep) for block in further),
    ]


def _singles(
    file: str,
    sheet: Sheet,
    spec: BlockSpec,
    tokens: Sequence[Token],
    labels: Sequence[Token],
    taken: Callable[[int, int], bool],
    free: Sequence[int],
    choices: Choices,
) -> tuple[list[Block], list[Finding]]:
    """Return the records of a table that stands as a card, each as a block of its own."""
    every = sorted({*tokens, *labels}, key=lambda t: (t.row, t.column, t.part))
    answers, said = _card(file, sheet, spec, every, taken, free, choices)
    records = single_records(sheet, spec, answers)
    if not records:
        blank = build_card(spec, answers)
        return [replace(blank, rows=(), cells={}, values={c.field: [] for c in spec.columns})], said
    reader = Reader.of(sheet, every, taken)
    used = {(a.token.row, a.token.column) for a in answers.values()} | {a.cell for a in answers.values()}
    others = [t for t in reader.unknown(every, free) if (t.row, t.column) not in used]
    cards = [_built(sheet, spec, record) for record in records]
    beside = [a for token in others if (a := reader.answer(token, Kind.TEXT)).cell not in used]
    return [_with_others(sheet, card, beside, first=not place) for place, card in enumerate(cards)], said


def _beside(block: Block, own: Sequence[Answer]) -> Block:
    """Return a block with a card's own fields in each of its rows, as a table's own columns are."""
    more = {EXTRA + answer.token.text.strip(): [answer.value] * len(block.rows) for answer in own}
    return replace(block, values={**more, **block.values}) if more and block.rows else block


def _built(sheet: Sheet, spec: BlockSpec, answers: Mapping[str, Answer]) -> Block:
    return with_own_numbers(with_units(sheet, spec, build_card(spec, answers)))


def _with_others(sheet: Sheet, card: Block, beside: Sequence[Answer], *, first: bool) -> Block:
    """Return a record that stands as a card with what was typed beside labels that nobody knows."""
    column = min(column for _, column in card.cells.values())
    more = {}
    for answer in beside:
        row, at = answer.cell
        value = answer.value if first else sheet.value(row, column)
        if value is not None and row == answer.token.row and (first or at >= column):
            more[EXTRA + answer.token.text.strip()] = [value]
    return replace(card, values={**card.values, **more})


def _signed(token: Token, vocabulary: Vocabulary) -> Token:
    """Return a label below a heading of signatures as what it means there."""
    key = vocabulary.word(token.text + SIGNED)
    return token if key is None else token._replace(key=key, senses=vocabulary.named(key))


def _free_rows(sheet: Sheet, tables: Sequence[Table]) -> list[int]:
    """Return the rows that no table reaches."""
    covered: set[int] = set()
    for table in tables:
        covered.update(range(table.header.top, (table.rows or [table.header.bottom])[-1] + 1))
    return [row for row in range(1, sheet.height + 1) if row not in covered][:_MOST_FREE]


def _table(
    file: str,
    sheet: Sheet,
    table: Table,
    vocabulary: Vocabulary,
    choices: Choices,
    needs: Needs,
    *,
    named: bool,
) -> tuple[Block, list[Finding]]:
    header = table.header
    spec = needs.spec(header.spec)
    fields, taken, suggested = table_guess(sheet, table, vocabulary, choices, needs, named=named)
    places = contact_places(sheet, table, fields, vocabulary)
    if places:
        if "contact" not in fields:
            taken = {**taken, "contact": (places[0], "name_and_content")}
        fields["contact"] = places[0]
    clocks = clock_columns(header, _values_of(sheet, table), vocabulary)
    fields |= {name: day for name, (day, _) in clocks.items()}
    drop_strange(sheet, table, fields)
    block = build_block(sheet, table, fields, {name: hour for name, (_, hour) in clocks.items()})
    block = with_contacts_joined(sheet, with_own_numbers(block))
    block, findings = with_further_contacts(file, sheet, table, block, places)
    findings += [
        guessed(
            file, sheet, spec, name, (header.cells[at].row, header.cells[at].left), header.cells[at].text, why
        )
        for name, (at, why) in sorted(taken.items(), key=lambda item: item[1][0])
    ]
    by_column = {column: name for name, column in block.columns.items()}
    findings += [
        example_left(file, sheet, spec, by_column[at[1]], at, sheet.value(*at))
        for at in table.examples
        if at[1] in by_column
    ]
    hidden = [row for row in table.rows if row in sheet.grid.hidden_rows]
    if hidden:
        findings.append(hidden_rows(file, sheet, spec, header.left, hidden))
    at = (header.top, header.left)
    findings += two_units(file, sheet, spec, block)
    return block, [*missing_columns(file, sheet, spec, at, fields, suggested), *findings]


def _values_of(sheet: Sheet, table: Table) -> dict[int, Sequence[CellValue]]:
    """Return what stands under the headers that may ask for a moment, by their places."""
    header = table.header
    if not any(header.spec.column(name).kind is Kind.MOMENT for name in header.fields):
        return {}
    places = range(min(len(header.cells), MOST_UNKNOWN))
    return {place: column_values(sheet, table, header.cells[place].left) for place in places}


def _card(
    file: str,
    sheet: Sheet,
    spec: BlockSpec,
    tokens: Sequence[Token],
    taken: Callable[[int, int], bool],
    free: Sequence[int],
    choices: Choices,
) -> tuple[dict[str, Answer], list[Finding]]:
    own = [t for t in tokens if t.fields(spec.kind)]
    sure = [t for t in own if any(s.rank < COMPOSED for s in t.fields(spec.kind))]
    answers = read_card(sheet, spec, sure, tokens, taken)
    missing = [c.field for c in spec.columns if c.field not in answers and c.follows is None]
    findings: list[Finding] = []
    suggested: dict[str, list[str]] = {}
    following = [c.field for c in spec.columns if c.field not in answers and c.follows is not None]
    if (missing or following) and (own or spec.kind in HEADS):
        reader = Reader.of(sheet, tokens, taken)
        unknown = [*(t for t in own if t not in sure), *reader.unknown(tokens, free)]
        kind = spec.column((missing or following)[0]).kind
        found = [
            reader.answer(token, kind) for token in unknown if not beside_signature(token, [*own, *unknown])
        ]
        below = signing_rows(sheet, free)
        clues = [
            Clue(
                a.token.text,
                () if a.value is None else (a.value,),
                words=(a.token.text + SIGNED,) if a.token.row in below else (),
            )
            for a in found
        ]
        guess = guess_columns(spec, missing, clues, choices)
        for name, (at, why) in guess.taken.items():
            token = found[at].token
            answers[name] = reader.answer(token, spec.column(name).kind)
            findings.append(guessed(file, sheet, spec, name, (token.row, token.column), token.text, why))
        signing = [t for t in (*own, *unknown) if t.inline or len(sheet.cells(t.row, most=2)) > 1]
        if (last := last_signature(spec, answers, signing)) is not None:
            name, token = last
            answers[name] = reader.answer(token, spec.column(name).kind)
            findings.append(guessed(file, sheet, spec, name, (token.row, token.column), token.text, "name"))
        for name, days in find_period(spec, answers, found).items():
            answers[name], token = days, days.token
            said = guessed(file, sheet, spec, name, (token.row, token.column), token.text, "content")
            findings.append(said)
        used = {a.cell for a in answers.values()}
        left = [a for a in found if a.cell not in used]
        who = the_rep(((at, a.token.text, (a.value,)) for at, a in enumerate(left)), choices)
        if who is not None and REP in missing and REP not in answers:
            answers[REP], token = left[who], left[who].token
            findings.append(guessed(file, sheet, spec, REP, (token.row, token.column), token.text, ON_ROSTER))
        split_periods(reader, spec, answers)
        read_followers(reader, spec, answers, [*sure, *unknown])
        suggested = {name: [clues[at].header for at in places] for name, places in guess.suggested.items()}
    return answers, [*missing_labels(file, sheet, spec, answers, suggested), *findings]


def _submission(file: str, sheet: Sheet, form: Form, blocks: Sequence[Block], rep: str | None) -> Submission:
    within = _within(blocks)
    grid = sheet.grid
    return Submission(
        file,
        grid.sheet,
        form.name,
        tuple(blocks),
        rep=rep,
        title=title_above(sheet, min((_top(b) for b in blocks), default=1)),
        errors={at: text for at, text in grid.errors.items() if within(at)},
        uncalculated=frozenset(at for at in grid.uncalculated if within(at)),
    )


def _top(block: Block) -> int:
    rows = (block.header_row, *(at[0] for at in block.cells.values()))
    return min((row for row in rows if row), default=1)


def _within(blocks: Sequence[Block]) -> Callable[[tuple[int, int]], bool]:
    single = {at for b in blocks for at in b.cells.values()}
    tables = [(set(b.rows), {*b.columns.values(), *b.extra}) for b in blocks if not b.cells]

    def within(at: tuple[int, int]) -> bool:
        return at in single or any(at[0] in rows and at[1] in columns for rows, columns in tables)

    return within


def _rep(form: Form, blocks: Sequence[Block]) -> str | None:
    """Return who handed the form in, as typed on one of its cards."""
    for block in blocks:
        for name in _REP_FIELDS:
            if name in block.cells and form.block(block.kind).shape is Shape.CARD:
                value: CellValue = block.values[name][0]
                return None if value is None else str(value).strip() or None
    return None
