"""Which form stands on a sheet: by the labels, headers and titles found there, never by a name.

Owns: the score of each form and when it is enough. Refuses: values.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from salesxl.catalogue import Forms
from salesxl.columns import BlockSpec, Form, Kind, Shape
from salesxl.needs import AS_SHIPPED, Needs
from salesxl.parsing import normalise_label
from salesxl.recognition import weights
from salesxl.recognition.customers import CUSTOMER, name_customers
from salesxl.recognition.evidence import FIGURES
from salesxl.recognition.headers import Bands, Header, find_headers
from salesxl.recognition.labels import Title, Token
from salesxl.recognition.reach import required_fields, within_reach
from salesxl.recognition.records import main_table, may_stand_alone, stands_alone
from salesxl.recognition.sheet import Sheet
from salesxl.recognition.vocabulary import COMPOSED, Vocabulary

__all__ = [
    "HEADS",
    "Candidate",
    "gives_way",
    "is_by_cards",
    "is_whole",
    "joined",
    "recognise",
    "rivals_of",
]

HEADS = frozenset({"archive_head", "log_head"})
"""Cards that only head a table: a sheet without them is still the form."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A form as far as it stands on a sheet; ``loose`` are the labels outside its tables' headers.

    ``singles`` are the labels of its table's fields where that lies on the sheet as a card.
    """

    form: Form
    headers: tuple[Header, ...]
    loose: tuple[Token, ...]
    score: float
    share: float
    titled: bool
    enough: bool
    missing: tuple[str, ...]
    singles: tuple[Token, ...] = ()

    def nearly(self, *, beside: bool) -> bool:
        """Tell whether the sheet looks as if the form had been meant; ``beside`` a form more is asked.

        Labels of a card stand on any sheet about a customer: without the title it takes more than half.
        """
        if is_by_cards(self.form) and not self.titled:
            return self.share > weights.NEARLY_BY_CARDS
        if beside:
            return self.share >= (weights.NEARLY if self.titled else weights.NEARLY_BESIDE)
        return self.share >= weights.NEARLY or self.titled


@lru_cache(maxsize=256)
def _worth(spec: BlockSpec) -> Mapping[str, float]:
    """Return what each field of a block adds to a score; words that stand anywhere add nothing."""
    return {
        c.field: 0.0 if c.follows else weights.REQUIRED_FIELD if spec.tells(c) else weights.FIELD
        for c in spec.columns
    }


@lru_cache(maxsize=8)
def _by_cards(forms: Forms) -> Sequence[Form]:
    """Return the forms in the order in which they are looked for: those told by their cards first."""
    return sorted(forms.items, key=lambda form: main_table(form) is not None)


def is_whole(candidate: Candidate) -> bool:
    """Tell whether a form is recognised and none of its tables is missing."""
    kinds = {header.spec.kind for header in candidate.headers}
    if candidate.singles and (main := main_table(candidate.form)):
        kinds.add(main.kind)
    tables = (b for b in candidate.form.blocks if b.shape is Shape.TABLE)
    return candidate.enough and all(spec.kind in kinds for spec in tables)


def joined(candidate: Candidate, more: Candidate) -> Candidate:
    """Return a form with the tables that it lacks, as another look at the sheet found them."""
    kinds = {header.spec.kind for header in candidate.headers}
    if candidate.singles and (main := main_table(candidate.form)):
        kinds.add(main.kind)
    rows = {row for h in candidate.headers for row in range(h.top, h.bottom + 1)}
    new = [
        h for h in more.headers if h.spec.kind not in kinds and rows.isdisjoint(range(h.top, h.bottom + 1))
    ]
    if not new:
        return candidate
    headers = tuple(sorted((*candidate.headers, *new), key=lambda h: (h.top, h.left)))
    return replace(candidate, headers=headers, loose=_card_tokens(candidate.form, headers, candidate.loose))


def _card_tokens(form: Form, headers: Sequence[Header], tokens: Sequence[Token]) -> tuple[Token, ...]:
    """Return the labels that may be a card's: known to one of the form's cards, and in no table's header."""
    covered = {
        (row, column)
        for header in headers
        for row in range(header.top, header.bottom + 1)
        for column in range(header.left, header.right + 1)
    }
    found = [t for t in tokens if form.name in t.senses.cards and (t.row, t.column) not in covered]
    return _without_answers(form, found)


def _without_answers(form: Form, tokens: Sequence[Token]) -> tuple[Token, ...]:
    """Leave out words that answer the label beside or above them: 所属团队, 销售部门.

    So does text such as ``客户：希望分期`` where the field it seems to name has its own label further up.
    """
    meant = [t.senses.cards[form.name] for t in tokens]
    beside: dict[tuple[int, int], frozenset[tuple[str, str]]] = {}
    first: dict[tuple[str, str], int] = {}
    for token, fields in zip(tokens, meant, strict=True):
        if token.inline is None:
            beside[token.row, token.area.right + 1] = fields
            beside.setdefault((token.area.bottom + 1, token.column), fields)
        for name in fields:
            first.setdefault(name, token.row)
    kept = []
    for token, fields in zip(tokens, meant, strict=True):
        label = beside.get((token.row, token.column))
        if label is None:
            kept.append(token)
        elif token.inline is None:
            if label != fields or len(fields) != 1:
                kept.append(token)
        elif not all(first[name] < token.row for name in fields):
            kept.append(token)
    return tuple(kept)


def recognise(
    sheet: Sheet,
    tokens: Sequence[Token],
    titles: Sequence[Title],
    vocabulary: Vocabulary,
    hint: str | None,
    taught: frozenset[str],
    needs: Needs = AS_SHIPPED,
) -> list[Candidate]:
    """Return the forms that may stand on a sheet, the likeliest first.

    ``hint`` is the form's name as a document property tells it; it decides between equals only. ``taught``
    are the normalised headers that a team has defined itself, ``needs`` what its forms ask for.
    """
    alone = {row for row in {t.row for t in titles} if _alone(sheet, row, titles)}
    found: list[Candidate] = []
    bands = Bands(sheet, vocabulary)
    labels = {(t.row, t.column) for t in tokens if t.inline is None}
    of_tables: dict[str, list[Token]] = defaultdict(list)
    of_cards: dict[str, list[Token]] = defaultdict(list)
    for token in tokens:
        for name in token.senses.tables:
            of_tables[name].append(token)
        for name in token.senses.cards:
            of_cards[name].append(token)
    for form in _by_cards(vocabulary.forms):
        if not within_reach(form, of_tables, of_cards, titles, needs, taught=bool(taught)):
            continue
        may_be = of_cards[form.name]
        headers = tuple(find_headers(bands, form, of_tables[form.name], may_be, titles, labels))
        cards = _standing(sheet, _card_tokens(form, headers, may_be), headers, titles)
        heads = [t for t in titles if t.row in alone]
        candidate = _weigh(sheet, form, headers, cards, (), heads, taught, needs)
        main = main_table(form)
        labels_alone = may_stand_alone(main, of_tables[form.name], headers) if main and not form.key else ()
        if main and labels_alone:
            best = max((c.score for c in found if c.enough), default=0.0)
            others = tuple(h for h in headers if h.spec is not main)
            cards = _standing(sheet, _card_tokens(form, others, may_be), others, titles)
            single = _weigh(sheet, form, others, cards, labels_alone, heads, taught, needs)
            if single.score > best and stands_alone(sheet, main, labels_alone, headers):
                candidate = single
        if candidate.score > 0:
            found.append(candidate)
    order = {form.name: place for place, form in enumerate(vocabulary.forms.items)}
    logs = [c for c in found if c.enough and c.form.key]
    rest = [c for c in found if c.enough and not c.form.key]
    return sorted(
        found,
        key=lambda c: (
            not c.enough,
            any(gives_way(c, other) for other in rest)
            if c.form.key
            else any(_outdone(c, log) if not is_by_cards(c.form) else not gives_way(log, c) for log in logs),
            -c.score - (weights.HINT if c.form.name == hint else 0),
            order[c.form.name],
        ),
    )


def rivals_of(best: Candidate, others: Sequence[Candidate]) -> list[Candidate]:
    """Return the other forms that may stand beside the likeliest one.

    A log of contacts is none where the form has a table of contacts itself.
    """
    fields = {c.field for spec in best.form.blocks if spec.shape is Shape.TABLE for c in spec.columns}
    return [
        other for other in others if other.form is best.form or not fields.intersection(other.form.key[1:])
    ]


def gives_way(log: Candidate, other: Candidate) -> bool:
    """Tell whether a log of contacts gives way to another form that stands on the sheet as well.

    It does to one that is told by its cards, but not to one whose own contacts name no customer where the
    log's do, nor to one of which far less is there than of the log.
    """
    if not is_by_cards(other.form):
        return False
    tables = [{c.field for c in spec.columns} for spec in other.form.blocks if spec.shape is Shape.TABLE]
    key = log.form.key
    named = any(fields.issuperset(key) for fields in tables)
    whose = any(CUSTOMER in header.fields for header in log.headers)
    if whose and not named and any(fields.intersection(key[1:]) for fields in tables):
        return False
    return log.share < weights.CLEARLY or other.share >= weights.CLEARLY or other.score >= log.score


def _outdone(archive: Candidate, log: Candidate) -> bool:
    """Tell whether a table is rather a log: hardly less of it is known, and far more of what is asked."""
    nearer = log.share >= archive.share + weights.MORE_OF_A_LOG
    return nearer and archive.score < weights.FAR_BETTER * log.score


def is_by_cards(form: Form) -> bool:
    """Tell whether a form is told by a card of its own, and not by its one table."""
    return main_table(form) is None


def _alone(sheet: Sheet, row: int, titles: Sequence[Title]) -> bool:
    columns = {t.column for t in titles if t.row == row}
    others = [v for c, v in sheet.cells(row) if c not in columns]
    return not others or (len(others) <= 1 and min(columns) == 1)


def _standing(
    sheet: Sheet, tokens: tuple[Token, ...], headers: Sequence[Header], titles: Sequence[Title]
) -> tuple[Token, ...]:
    """Leave out labels side by side that head several rows: those belong to a table, not to a card."""
    at = {(t.row, t.column) for t in tokens}
    other = {row for h in headers for row in range(h.top, h.bottom + 1)} | {t.row for t in titles}
    ends = {(t.row, t.area.right + 1) for t in tokens}
    kept = []
    full: dict[int, bool] = {}  # rows with more than one cell filled
    for token in tokens:
        beside = (token.row, token.area.right + 1)
        if token.inline is None and (beside in at or (token.row, token.column) in ends):
            rows = (token.area.bottom + 1, token.area.bottom + 2)
            for row in rows:
                if row not in full:
                    full[row] = len(sheet.cells(row, most=2)) > 1
            labels = [(row, token.column) in at or row in other for row in rows]
            if all(full[row] for row in rows) and not any(labels):
                continue
        kept.append(token)
    return tuple(kept)


def _is_long_list(main: BlockSpec | None, headers: Sequence[Header]) -> bool:
    """Tell whether a table holds so much of a form that it is one, though it lacks most of what is asked.

    Customers are named in it, and how they stand: a list of contracts is no archive.
    """
    if main is None:
        return False
    standing = {c.field for c in main.columns if c.kind is Kind.CHOICE} | {
        "need",
        "first_contact",
        "last_contact",
    }
    return any(
        h.spec is main
        and len(h.fields) >= weights.LONG_LIST
        and "customer_name" in h.fields
        and len(standing.intersection(h.fields)) > 1
        for h in headers
    )


def _says_figures(spec: BlockSpec, tokens: Sequence[Token], headers: Sequence[Header]) -> bool:
    """Tell whether a card that asks for figures says one, or its tables name customers.

    Otherwise it is the weekly report of another trade. Of words that no schema knows two are needed: 已完成
    may be how a task stands.
    """
    figures = {c.field for c in spec.columns if c.required and c.kind in FIGURES}
    told = [s for t in tokens for s in t.fields(spec.kind) if s.field in figures]
    sure = any(s.rank < COMPOSED for s in told) or len({s.field for s in told}) > 1
    return not figures or sure or any("customer_name" in h.fields for h in headers)


def _keyed(sheet: Sheet, form: Form, found: Mapping[str, set[str]], headers: Sequence[Header]) -> bool:
    """Tell whether the fields stand without which a table is not this form's.

    Whose customers a row is of need not be said in a known word where all else that is asked stands.
    """
    main = main_table(form)
    if main is None or found[main.kind].issuperset(form.key):
        return True
    asked = {c.field for c in main.columns if main.tells(c)} - {CUSTOMER}
    return (
        CUSTOMER in form.key
        and found[main.kind] >= asked
        and any(name_customers(sheet, header) for header in headers if header.spec is main)
    )


def _weigh(
    sheet: Sheet,
    form: Form,
    headers: tuple[Header, ...],
    tokens: tuple[Token, ...],
    singles: tuple[Token, ...],
    titles: Sequence[Title],
    taught: frozenset[str],
    needs: Needs,
) -> Candidate:
    found: dict[str, set[str]] = {b.kind: set() for b in form.blocks}
    for header in headers:
        found[header.spec.kind].update(header.fields)
    for token in tokens:
        for block, name in token.senses.cards[form.name]:
            found[block].add(name)
    main = main_table(form)
    if singles and main:
        found[main.kind].update(s.field for t in singles for s in t.fields(main.kind))
    score = 0.0
    asked = met = 0
    missing: list[str] = []
    anchored = True
    for spec in form.blocks:
        here = found[spec.kind]
        worth = _worth(spec)
        score += sum(worth[name] for name in here)
        ours = needs.spec(spec)
        if ours.optional or spec.kind in HEADS:
            continue
        groups = [g for g in required_fields(ours) if len(g) > 1 or ours.tells(ours.column(g[0]))]
        asked += len(groups)
        for group in groups:
            if here.intersection(group):
                met += 1
            else:
                missing.extend(spec.column(name).label for name in group)
        if spec.shape is Shape.CARD and (
            len(here) < min(2, len(spec.columns)) or not _says_figures(needs.spec(spec), tokens, headers)
        ):
            anchored = False
    if not any(spec.shape is Shape.CARD and spec.kind not in HEADS for spec in form.blocks):
        anchored = bool(singles) or any(h.spec in form.blocks for h in headers)
    by_table = form.origin is not None and bool(headers)  # the card of a team's own form may be but a name
    anchored = (anchored or by_table) and _keyed(sheet, form, found, headers)
    own = [t for t in titles if (form.name, None) in t.names]
    blocks = {b for t in titles if t.exact for name, b in t.names if name == form.name and b}
    title = weights.TITLE if any(t.exact for t in own) else weights.TITLE_INSIDE if own else 0.0
    score += title + weights.HEADING * len(blocks)
    share = met / asked if asked else 0.0
    enough = share >= weights.ENOUGH or (bool(own) and share >= weights.ENOUGH_WITH_TITLE)
    enough = enough or (not form.key and _is_long_list(main, headers))
    if taught and not enough and share >= weights.ENOUGH_TAUGHT:
        words = {w for h in headers for c in h.cells for w in c.words} | {t.text for t in tokens}
        enough = not taught.isdisjoint(map(normalise_label, words))
    named = met + sum(len(f) for f in found.values()) > 0
    return Candidate(
        form,
        headers,
        tokens,
        score if named else (weights.TITLE_ALONE if own else 0.0),
        share,
        bool(own),
        enough and anchored,
        tuple(dict.fromkeys(missing)),
        singles,
    )
