"""What a header means by the words it is made of: 初次走访日 means what 首次拜访时间 means.

Owns: taking a header apart, and holding its concepts against those of the schemas' own words. The words
are in ``thesaurus.toml``; which concepts make a field follows from its label and aliases. Refuses: looking
at cells.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from itertools import combinations, islice, product
from typing import NamedTuple, TypeAlias

from salesxl.columns import Column, Shape
from salesxl.recognition import weights
from salesxl.recognition.contradictions import never_means
from salesxl.recognition.parts import all_parts, letters_of, spread
from salesxl.schemas import FORMS, block_spec

__all__ = [
    "Meaning",
    "gainsaid",
    "guarded",
    "heads",
    "is_subject",
    "joined",
    "may_mean",
    "meaning_of",
    "says",
    "speaks_of",
    "titled",
]

Concepts: TypeAlias = frozenset[str]

_MOST_READINGS = 24
_MOST_CONCEPTS = 6  # a text that says more than so much is no header
_SUBJECT, _CONTENT = "customer", "content"
_OF_A_CUSTOMER = frozenset({"customer", "coop", "keyaccount", "intent", "info", "new"})
_DEALT_WITH = frozenset({"deal", "buy", "contract", "follow", "coop", "keyaccount", "new", "intent"})
_WHICH = frozenset({"first", "next"})
_QUALIFIER, _FILLER = "~", "~filler"
_PARTS = re.compile(r"[/／|｜\r\n]")
_BILINGUAL = re.compile(r"[#A-Za-z][A-Za-z .'&-]*\s([\u4e00-\u9fff]+)")  # Est. Budget 预算


class _Reading(NamedTuple):
    """One way to understand a header: ``head`` are the concepts of its last telling word."""

    concepts: Concepts
    qualified: bool
    head: Concepts
    covered: float
    ends_known: bool
    ends_plain: bool = False  # its last word is a mere qualifier


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a header may mean in a block: scores by field, 0 to 1; ``understood``: no letter is left over."""

    scores: Mapping[str, float]
    understood: bool

    @property
    def sure(self) -> str | None:
        """The one field that the words name by themselves, if there is just one."""
        return self._one(weights.SURE)

    @property
    def either(self) -> frozenset[str]:
        """The fields that the words mean alike: 预计签约 asks for a day or for an amount."""
        return frozenset(name for name, score in self.scores.items() if score == weights.TIED)

    @property
    def likely(self) -> str | None:
        """The one field that the words name, or their telling end alone does: 运输需求."""
        return self._one(weights.BESIDE_UNKNOWN)

    def _one(self, least: float) -> str | None:
        best = [name for name, score in self.scores.items() if score >= least]
        return best[0] if len(best) == 1 else None


class _Lexicon(NamedTuple):
    words: Mapping[str, tuple[str, ...]]
    longest: int
    modifiers: Concepts
    generic: Concepts
    labels: Concepts
    final: Concepts
    whole: Mapping[str, tuple[Concepts, ...]]


@lru_cache(maxsize=1)
def _thesaurus() -> Mapping[str, Mapping[str, str]]:
    text = resources.files("salesxl.recognition").joinpath("thesaurus.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@lru_cache(maxsize=1)
def _lexicon() -> _Lexicon:
    data = _thesaurus()
    words: dict[str, list[str]] = {}
    qualifiers = {_QUALIFIER + kind: line for kind, line in data["qualifiers"].items()}
    for meant, line in {**data["concepts"], **data["compounds"], **qualifiers}.items():
        for word in line.split():
            words.setdefault(word, []).append(meant)
    kinds = data["kinds"]
    whole: dict[str, list[Concepts]] = {}
    for meant, line in data["whole"].items():
        for word in line.split():
            whole.setdefault(word, []).append(frozenset(meant.split()))
    return _Lexicon(
        {word: tuple(dict.fromkeys(found)) for word, found in words.items()},
        max(map(len, words)),
        frozenset(kinds["modifiers"].split()),
        frozenset(kinds["generic"].split()),
        frozenset(kinds["labels"].split()),
        frozenset(kinds["final"].split()),
        {word: tuple(found) for word, found in whole.items()},
    )


@lru_cache(maxsize=8192)
def _readings(letters: str) -> tuple[_Reading, ...]:
    """Return how a text may be read: its concepts, its mere qualifiers, and the share that is understood.

    Of all ways to cut it, the one that leaves least over and needs fewest words; of a word with several
    meanings each is tried.
    """
    words, longest, whole = (lexicon := _lexicon()).words, lexicon.longest, lexicon.whole
    if letters in whole:
        return tuple(_Reading(told, False, told, 1.0, True) for told in whole[letters])
    size = len(letters)
    best: list[tuple[int, int, int]] = [(0, 0, 0)]  # letters left over, words used, start of the last word
    for end in range(1, size + 1):
        left, used, _ = best[end - 1]
        choice = (left + 1, used + 1, end - 1)
        for start in range(max(0, end - longest), end):
            if letters[start:end] in words:
                over, count, _ = best[start]
                choice = min(choice, (over, count + 1, start))
        best.append(choice)
    pieces: list[tuple[str, ...]] = []
    end = size
    while end:
        start = best[end][2]
        pieces.append(words.get(letters[start:end], ()))
        end = start
    covered = 1 - best[size][0] / size if size else 0.0
    known = [piece for piece in reversed(pieces) if piece]
    ends_known = bool(pieces) and bool(pieces[0])
    found: dict[_Reading, None] = {}
    for choice_of in islice(product(*known), _MOST_READINGS):
        found.setdefault(_reading(choice_of, covered, ends_known=ends_known))
    return tuple(found)


def _reading(meanings: Sequence[str], covered: float, *, ends_known: bool) -> _Reading:
    told = [frozenset(m.split()) for m in meanings if not m.startswith(_QUALIFIER)]
    concepts = frozenset().union(*told)
    head = next((t for t in reversed(told) if t != {_CONTENT}), concepts)
    qualified = any(m.startswith(_QUALIFIER) and m != _FILLER for m in meanings)
    ends_plain = bool(meanings) and meanings[-1].startswith(_QUALIFIER)
    return _Reading(concepts, qualified, head, covered, ends_known, ends_plain)


class _Made(NamedTuple):
    """A block's fields by what their words are made of: (field, concepts) by concept, all of a field."""

    cores: Mapping[str, tuple[tuple[str, Concepts], ...]]
    allowed: Mapping[str, Concepts]


@lru_cache(maxsize=64)
def _made(kind: str) -> _Made:
    cores: dict[str, dict[tuple[str, Concepts], None]] = {}
    allowed: dict[str, Concepts] = {}
    for column in block_spec(kind).columns:
        own = frozenset() if column.follows or column.field == "own_no" else _cores(column)
        allowed[column.field] = frozenset().union(*own)
        for core in sorted(own, key=sorted):
            for concept in core:
                cores.setdefault(concept, {})[column.field, core] = None
    return _Made({concept: tuple(found) for concept, found in cores.items()}, allowed)


def _cores(column: Column) -> frozenset[Concepts]:
    """Return what each of a column's words is made of; one that only says 内容 tells nothing."""
    words: dict[str, set[Concepts]] = {}
    for word in (column.label, column.english, *column.aliases):
        readings = [r for r in _readings(letters_of(word)) if r.covered == 1 and r.concepts]
        most = max((len(r.concepts) for r in readings), default=0)
        words[word] = {r.concepts for r in readings if len(r.concepts) == most}
    # 任务 is a target or a thing to do: what the field's other words speak of tells which
    clear = frozenset().union(*(core for found in words.values() if len(found) == 1 for core in found))
    cores: set[Concepts] = set()
    labels = _lexicon().labels
    for word, found in words.items():
        fit = {core for core in found if core & clear}
        if word.isascii():  # title is a name too, but not of a column that speaks of positions
            fit |= {core for core in found if not core <= labels}
        cores |= fit or found
    return frozenset(cores - {frozenset({_CONTENT})})


def joined(header: str) -> list[str]:
    """Return the parts of 需求及痛点, where each is understood by itself: 涉及单位 has none."""
    parts = all_parts(header)
    whole = len(parts) > 1 and all(
        (found := _readings(letters_of(p))) and found[0].covered == 1 for p in parts
    )
    return parts if whole else []


def is_subject(text: str) -> bool:
    """Tell whether a text says no more than whom all is about: 客户."""
    return any(r.covered == 1 and r.concepts == {_SUBJECT} for r in _readings(letters_of(text)))


def may_mean(header: str) -> frozenset[str]:
    """Return the kinds of block of which a text may name a field, told quickly: most texts name none."""
    kinds: frozenset[str] = frozenset()
    readings = _readings(letters_of(header))
    if readings and readings[0].covered >= weights.WORTH_A_LOOK:
        by_core = _kinds_by_core()
        for concepts in {reading.concepts for reading in readings if len(reading.concepts) <= _MOST_CONCEPTS}:
            for size in range(1, len(concepts) + 1):
                for core in combinations(sorted(concepts), size):
                    kinds |= by_core.get(frozenset(core), frozenset())
    return kinds


@lru_cache(maxsize=8192)
def says(text: str, asked: str, beside: Concepts | None = None) -> Concepts | None:
    """Return what stands beside the concept that a text's last telling word asks for, None if it does not.

    ``beside`` are the only concepts that may stand before it; without them any may, known or not.
    """
    found = None
    for reading in _readings(letters_of(text)):
        if reading.ends_known and asked in reading.head:
            rest = reading.concepts - {asked}
            if beside is None or (reading.covered == 1 and rest <= beside):
                found = rest | (found or frozenset())
    return found


@lru_cache(maxsize=8192)
def speaks_of(text: str, *asked: str) -> bool:
    """Tell whether a text may speak of one of the concepts, whatever else it says."""
    return any(not reading.concepts.isdisjoint(asked) for reading in _readings(letters_of(text)))


@lru_cache(maxsize=8192)
def heads(form: str, text: str) -> str | None:
    """Return the kind of block that a heading speaks of in a form: 下周重点 of the plans for next week."""
    asked = _headings().get(form, ())
    for concepts in (
        reading.concepts
        for reading in _readings(letters_of(text))
        if reading.covered >= weights.HEADING_UNDERSTOOD
    ):
        for kind, needed in asked:
            if needed <= concepts:
                return kind
    return None


@lru_cache(maxsize=64)
def guarded(kind: str) -> tuple[str, ...]:
    """Return the words in a heading under which no such block stands."""
    return tuple(_thesaurus()["never_under"].get(kind, "").split())


@lru_cache(maxsize=1024)
def gainsaid(kind: str, heading: str) -> bool:
    """Tell whether a table cannot be a block, by its heading: 本周工作回顾 stands above no plans."""
    letters = letters_of(heading)
    if not any(word in letters for word in guarded(kind)):
        return False
    return not any(heads(form.name, heading) == kind for form in FORMS)


@lru_cache(maxsize=1024)
def titled(text: str) -> tuple[str, ...]:
    """Return the forms of which a text may be the title: 客户资源移交表 says what a handover list is."""
    concepts = [reading.concepts for reading in _readings(letters_of(text)) if reading.ends_known]
    asked = {form: frozenset(line.split()) for form, line in _thesaurus()["titles"].items()}
    return tuple(form for form, needed in asked.items() if any(needed <= found for found in concepts))


@lru_cache(maxsize=1)
def _headings() -> Mapping[str, Sequence[tuple[str, Concepts]]]:
    asked = {kind: frozenset(line.split()) for kind, line in _thesaurus()["headings"].items()}
    own = {form.name: {block.kind for block in form.blocks} for form in FORMS}
    return {form: [(k, c) for k, c in asked.items() if k in kinds] for form, kinds in own.items()}


@lru_cache(maxsize=1)
def _kinds_by_core() -> Mapping[Concepts, frozenset[str]]:
    found: dict[Concepts, set[str]] = {}
    for spec in (block for form in FORMS for block in form.blocks):
        for pairs in _made(spec.kind).cores.values():
            for _, core in pairs:
                found.setdefault(core, set()).add(spec.kind)
    return {core: frozenset(kinds) for core, kinds in found.items()}


@lru_cache(maxsize=8192)
def meaning_of(kind: str, header: str) -> Meaning:
    """Return what a header may mean among the fields of the block of that kind, by its words alone.

    Exactly the concepts of one of the field's words: nearly sure; with qualifiers or more of the field's own
    concepts beside: a little less; with letters that no word covers: not sure. Where two fields are meant
    equally neither is sure. Of 手机/微信 each part counts.
    """
    bilingual = _BILINGUAL.fullmatch(header.strip())
    texts = dict.fromkeys((header, *spread(_PARTS.split(header)), *((bilingual[1],) if bilingual else ())))
    readings = [found for text in texts if (letters := letters_of(text)) and (found := _readings(letters))]
    if not readings:
        return Meaning({}, False)
    table = block_spec(kind).shape is Shape.TABLE
    made = _made(kind)
    scores: dict[str, float] = {}
    for reading in dict.fromkeys(reading for found in readings for reading in found):
        meant_by = dict.fromkeys(pair for c in reading.concepts for pair in made.cores.get(c, ()))
        for name, core in meant_by:
            score = _fit(reading, core, made.allowed[name], table=table)
            if score > scores.get(name, 0.0):
                scores[name] = score
    top = max(scores.values(), default=0.0)
    meant = [name for name, score in scores.items() if score == top]
    if top >= weights.SURE and len(meant) == 1:
        scores = {
            name: score if name == meant[0] else min(score, weights.LIKE) for name, score in scores.items()
        }
    elif top >= weights.SURE:
        scores = {
            name: weights.TIED if score == top else min(score, weights.LIKE) for name, score in scores.items()
        }
    told = {name: score for name, score in scores.items() if not never_means(kind, name, header)}
    return Meaning(told, readings[0][0].covered == 1)


def _modified(reading: _Reading, core: Concepts, rest: Concepts, *, table: bool) -> bool:
    """Tell whether what stands before a header's last word leaves it the same thing.

    产品名称 names no customer, and the next visit is not the one that a row tells of.
    """
    lexicon = _lexicon()
    if len(core) == 1 and reading.head == core <= lexicon.final:
        return True
    if _SUBJECT in rest and not table:
        return False
    if reading.head <= lexicon.labels and core <= lexicon.labels | {_SUBJECT}:
        return rest <= _OF_A_CUSTOMER
    if "date" in reading.head and rest & _WHICH:
        return False
    return rest <= lexicon.modifiers


def _fit(reading: _Reading, core: Concepts, allowed: Concepts, *, table: bool) -> float:
    have = reading.concepts
    if not core <= have:
        return weights.LIKE * reading.covered * len(core & have) / len(core | have)
    lexicon = _lexicon()
    rest = have - core
    bare = core == {_SUBJECT}
    if bare and reading.ends_plain:
        return weights.LIKE * reading.covered  # what is asked of the customer is left unsaid: 客户级
    if not rest and reading.qualified and core <= lexicon.labels:
        return weights.GENERIC  # 报告编号 is a number, but of what?
    if not rest:
        score = weights.QUALIFIED if reading.qualified else weights.EXACT
    elif rest <= allowed or (table and not bare and rest == {_SUBJECT} and reading.head <= core):
        score = weights.WIDER
    elif reading.head <= core and (
        rest <= _DEALT_WITH if bare else _modified(reading, core, rest, table=table)
    ):
        score = weights.MODIFIED
    else:
        return weights.LIKE * reading.covered * len(core) / len(have)
    if reading.covered == 1:
        return score + weights.LARGER * len(core)
    telling = reading.ends_known and reading.head <= core and not core <= lexicon.generic
    if not reading.ends_known:
        return min(score * reading.covered, weights.GENERIC)
    return min(score, weights.BESIDE_UNKNOWN if telling else weights.GENERIC)
