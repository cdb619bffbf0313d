"""Every word that may name a field, a block or a form, looked up by its normalised text.

Owns: labels, English labels, aliases of the schemas and of a team, titles. Refuses: where they stand.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import NamedTuple, TypeAlias

from salesxl.catalogue import BUILT_IN, Forms
from salesxl.columns import BlockSpec, Column, Shape
from salesxl.parsing import normalise_label, traditional_of
from salesxl.recognition.meaning import is_subject, may_mean, meaning_of
from salesxl.recognition.parts import spread
from salesxl.xlsx.marks import MARK_COLUMNS

__all__ = [
    "COMPOSED",
    "NOTHING",
    "Claims",
    "Sense",
    "Senses",
    "Vocabulary",
    "vocabulary_of",
    "wide_vocabulary_of",
]

# 移交人（签字）is not 移交人: what asks for a signature is no remark.
_BRACKETS = re.compile(r"[(（\[【<《](?![签簽盖蓋][字名章认認][)）\]】])[^)）\]】>》]*[)）\]】>》]")
# 客户名称 Customer is one label in two languages; 客户CRM号 and 客户UID are one phrase.
_BETWEEN_SCRIPTS = re.compile(
    r"(?<=[\u4e00-\u9fff)）*＊])\s*[/|]\s*(?=[A-Za-z])"
    r"|(?:(?<=[\u4e00-\u9fff)）*＊])\s+|(?<=[\u4e00-\u9fff]{3}))(?=[A-Za-z]{3}(?!\w*[\u4e00-\u9fff]))"
)
_FOREIGN_FIRST = re.compile(r"[A-Za-z][A-Za-z .]*\s(?=[\u4e00-\u9fff]+$)")  # of Notes 沟通内容 the latter
_WRAPPED = re.compile(r"(?<=[\u4e00-\u9fff])\s*[\r\n]+\s*(?=[\u4e00-\u9fff])")
_PARTS = re.compile(r"[\r\n]+|\s*[/／|｜]\s*")
# What none of the above finds anything without.
_OF_PARTS = re.compile(
    r"[(（\[【<《/／|｜\r\n]|(?<=[\u4e00-\u9fff)）*＊])\s*[A-Za-z]|[A-Za-z.]\s+[\u4e00-\u9fff]"
)
_LASTING = re.compile(r"[0-9A-Za-z\u4e00-\u9fff]")  # normalising takes none of these from a text's end
_LONGEST = 60
_LONGEST_COMPOSED = 24
_SHORTEST_BURIED = 2
_MOST_REMEMBERED = 20_000
_PART = 1000
COMPOSED = 1_000_000
"""The rank from which on a word is none of the schemas' but means the same by what it is made of."""


@dataclass(frozen=True)
class Vocabulary:
    """Words → senses, titles → (form, block or None), the two letters any word can begin with, the last one.

    ``forms`` are those whose words it has. A ``wide`` one also knows words that are in no schema and mean a
    field by what they are made of.
    """

    senses: Mapping[str, Senses]
    titles: Mapping[str, tuple[tuple[str, str | None], ...]]
    beginnings: frozenset[str]
    long_titles: tuple[str, ...]
    wide: bool = False
    endings: frozenset[str] = frozenset()
    forms: Forms = BUILT_IN
    _known: dict[str, Mapping[str, tuple[Sense, ...]]] = field(
        default_factory=dict, compare=False, repr=False
    )
    _both: dict[str, Senses] = field(default_factory=dict, compare=False, repr=False)
    _claimed: dict[tuple[str, ...], Mapping[str, Claims]] = field(
        default_factory=dict, compare=False, repr=False
    )

    def may_know(self, text: str) -> bool:
        """Tell quickly whether a text may be known: its last letter must end a word of the schemas."""
        last = text[-1:]
        return (
            self.wide
            or last in self.endings
            or _LASTING.fullmatch(last) is None
            or _OF_PARTS.search(text) is not None
        )

    def keys(self, text: str) -> tuple[str, ...]:
        """Return the normal forms under which a text may be known, the whole text first."""
        return _keys(text) if len(text) <= _LONGEST else ()

    def word(self, text: str) -> str | None:
        """Return the key under which a text names a field, or None."""
        if self.wide and len(text) <= _LONGEST_COMPOSED:
            return next((key for key in self.keys(text) if self.named(key)), None)
        return next((key for key in self.keys(text) if key in self.senses), None)

    def named(self, key: str) -> Senses:
        """Return what a word names, by its key; by its parts in blocks whose schemas do not know it."""
        found = self.senses.get(key, NOTHING)
        if not self.wide or len(key) > _LONGEST_COMPOSED:
            return found
        both = self._both.get(key)
        if both is None:
            if len(self._both) > _MOST_REMEMBERED:
                self._both.clear()
            more = [sense for sense in _composed(key) if sense.block not in found.by_block]
            both = self._both[key] = Senses((*found, *more)) if more else found
        return both

    def title(self, text: str) -> str | None:
        """Return the key under which a text is a title, or None."""
        return next((key for key in self.keys(text) if key in self.titles), None)

    def senses_in(self, text: str, block: str) -> tuple[Sense, ...]:
        """Return what a text may name in a block; the whole text counts before its parts."""
        return self._senses_of(text).get(block, ())

    def claims(self, words: tuple[str, ...]) -> Mapping[str, Claims]:
        """Return what a cell that bears these words, the most telling first, claims in each kind of block."""
        claimed = self._claimed.get(words)
        if claimed is None:
            if len(self._claimed) > _MOST_REMEMBERED:
                self._claimed.clear()
            claimed = self._claimed[words] = self._claims(words)
        return claimed

    def _claims(self, words: tuple[str, ...]) -> Mapping[str, Claims]:
        fields: dict[str, tuple[tuple[int, int, str], ...]] = {}
        labels: dict[str, set[str]] = {}
        for depth, word in enumerate(words):
            for block, senses in self._senses_of(word).items():
                if block not in fields:
                    fields[block] = tuple((sense.rank, depth, sense.field) for sense in senses)
                labels.setdefault(block, set()).update(s.field for s in senses if s.rank == 0)
        return {block: Claims(found, frozenset(labels[block])) for block, found in fields.items()}

    def _senses_of(self, text: str) -> Mapping[str, tuple[Sense, ...]]:
        """Return what a text may name, by kind of block."""
        known = self._known.get(text)
        if known is None:
            if len(self._known) > _MOST_REMEMBERED:
                self._known.clear()
            known = self._known[text] = self._look_up(text)
        return known

    def _look_up(self, text: str) -> Mapping[str, tuple[Sense, ...]]:
        found: dict[str, tuple[Sense, ...]] = {}
        for depth, key in enumerate(self.keys(text)):
            for block, senses in self.named(key).by_block.items():
                # 联系人 beats 联系人（备用）: the less of the text was needed, the less sure the word.
                if block not in found:
                    found[block] = (
                        tuple(replace(s, rank=s.rank + _PART * depth) for s in senses) if depth else senses
                    )
        return found


@lru_cache(maxsize=16384)
def _keys(text: str) -> tuple[str, ...]:
    if _OF_PARTS.search(text) is None:
        key = normalise_label(text)
        return (key,) if key else ()
    bare = _BRACKETS.sub("", text)
    found = [text, bare]
    for split in (_PARTS, _BETWEEN_SCRIPTS):
        parts = split.split(text)
        if len(parts) > 1:
            parts = spread(_without_subject(text, parts))
            found += [form for part in parts for form in (part, _BRACKETS.sub("", part))]
    if _FOREIGN_FIRST.match(bare):
        found.append(_FOREIGN_FIRST.sub("", bare))
    return tuple(dict.fromkeys(key for form in found if (key := normalise_label(form))))


def _without_subject(text: str, parts: list[str]) -> list[str]:
    """Return the parts of a header without 客户 where that is only wrapped: 客户, and below it 渠道来源."""
    if len(parts) == 2 and _WRAPPED.search(text) and is_subject(parts[0]) and not is_subject(parts[1]):
        return parts[1:]
    return parts


def vocabulary_of(aliases: Mapping[tuple[str, str], str], forms: Forms = BUILT_IN) -> Vocabulary:
    """Return the vocabulary of the forms and a team's own headers; built once for the same of both."""
    return _build(frozenset(aliases.items()), forms)


def wide_vocabulary_of(aliases: Mapping[tuple[str, str], str], forms: Forms = BUILT_IN) -> Vocabulary:
    """Return the vocabulary that also takes words apart, for sheets where the forms' own find no form."""
    return _widened(frozenset(aliases.items()), forms)


@lru_cache(maxsize=8)
def _widened(aliases: frozenset[tuple[tuple[str, str], str]], forms: Forms) -> Vocabulary:
    return replace(_build(aliases, forms), wide=True, _known={}, _both={}, _claimed={})


@lru_cache(maxsize=16384)
def _composed(key: str) -> Senses:
    """Return what a word means by its parts, or by its end: at most one field per block."""
    kinds = may_mean(key)
    if not kinds:
        return NOTHING
    return Senses(
        Sense(form.name, spec.kind, name, spec.shape is Shape.CARD, COMPOSED)
        for form in BUILT_IN.items
        for spec in form.blocks
        if spec.kind in kinds and (name := meaning_of(spec.kind, key).likely)
    )


@lru_cache(maxsize=8)
def _build(aliases: frozenset[tuple[tuple[str, str], str]], forms: Forms) -> Vocabulary:
    senses: dict[str, dict[tuple[str, str], Sense]] = {}
    titles: dict[str, list[tuple[str, str | None]]] = {}
    for form in forms.items:
        for title in (form.title, form.english, *form.aliases):
            titles.setdefault(normalise_label(title), []).append((form.name, None))
        for spec in form.blocks:
            for title in (spec.title, spec.english, *spec.aliases, *_sections(spec)):
                titles.setdefault(normalise_label(title), []).append((form.name, spec.kind))
            for column in spec.columns:
                for rank, word in _words(column):
                    sense = Sense(form.name, spec.kind, column.field, spec.shape is Shape.CARD, rank)
                    senses.setdefault(normalise_label(word), {}).setdefault((spec.kind, column.field), sense)
    for (where, header), label in sorted(aliases):
        _teach(senses, forms, where, normalise_label(header), normalise_label(label))
    words = [*senses, *titles, *MARK_COLUMNS]
    return Vocabulary(
        {word: Senses(found.values()) for word, found in senses.items()},
        {word: tuple(found) for word, found in titles.items()},
        frozenset(_beginnings(words)),
        tuple(t for t, found in titles.items() if len(t) >= _SHORTEST_BURIED and _names_form(found)),
        endings=frozenset(_endings([*senses, *titles])),
        forms=forms,
    )


def _names_form(found: Iterable[tuple[str, str | None]]) -> bool:
    return any(block is None for _, block in found)


def _sections(spec: BlockSpec) -> Iterable[str]:
    return dict.fromkeys(column.section for column in spec.columns if column.section)


def _words(column: Column) -> Iterator[tuple[int, str]]:
    yield 0, column.label
    yield 1, column.english
    for place, alias in enumerate(column.aliases):
        yield 2 + place, alias


def _teach(
    senses: dict[str, dict[tuple[str, str], Sense]], forms: Forms, where: str, header: str, label: str
) -> None:
    """Add a team's header; within the blocks it speaks of, it replaces what the schemas say of that word."""
    taught = [
        Sense(s.form, s.block, s.field, s.card, 0)
        for s in senses.get(label, {}).values()
        if s.rank == 0 and where in ("", s.form, forms.form(s.form).title)
    ]
    if not taught:
        taught = [
            s for s in senses.get(label, {}).values() if where in ("", s.form, forms.form(s.form).title)
        ]
    known = senses.setdefault(header, {})
    blocks = {s.block for s in taught}
    for key in [k for k in known if k[0] in blocks]:
        del known[key]
    for sense in taught:
        known[sense.block, sense.field] = sense


def _beginnings(words: Iterable[str]) -> Iterator[str]:
    for word in words:
        first, second = word[:1], word[1:2]
        for one in first + traditional_of(first):
            for other in second + traditional_of(second) if second else ("",):
                start = one + other
                yield from (start, start.upper(), start.title())


def _endings(words: Iterable[str]) -> Iterator[str]:
    for word in words:
        for last in word[-1:] + traditional_of(word[-1:]):
            yield from (last, last.upper())


@dataclass(frozen=True, slots=True)
class Sense:
    """One meaning of a word: a field of a block of a form. The lower the rank, the surer the word."""

    form: str
    block: str
    field: str
    card: bool
    rank: int


Named: TypeAlias = frozenset[tuple[str, str]]
"""Fields that a word names, as (block, field)."""


class Senses(tuple[Sense, ...]):
    """What a word may mean, also by block, and as the fields it names on a form's cards and in its tables.

    The same word stands on hundreds of sheets, so all of this is made once for a word.
    """

    @cached_property
    def by_block(self) -> Mapping[str, tuple[Sense, ...]]:
        """The senses by kind of block, in their order."""
        found: dict[str, list[Sense]] = {}
        for sense in self:
            found.setdefault(sense.block, []).append(sense)
        return {block: tuple(senses) for block, senses in found.items()}

    @cached_property
    def cards(self) -> Mapping[str, Named]:
        """The fields of cards by form."""
        return self._fields(card=True)

    @cached_property
    def tables(self) -> Mapping[str, Named]:
        """The fields of tables by form."""
        return self._fields(card=False)

    def _fields(self, *, card: bool) -> Mapping[str, Named]:
        found: dict[str, set[tuple[str, str]]] = {}
        for sense in self:
            if sense.card is card:
                found.setdefault(sense.form, set()).add((sense.block, sense.field))
        return {form: frozenset(fields) for form, fields in found.items()}


NOTHING = Senses()


class Claims(NamedTuple):
    """What a header cell claims in a block: (rank, depth, field) by the first of its words that names any.

    ``labels`` are the fields of which one of its words is the very label.
    """

    fields: tuple[tuple[int, int, str], ...]
    labels: frozenset[str]
