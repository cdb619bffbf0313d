"""How alike a header and a field's words are: by what it means, and by shared characters.

Owns: the measure, worked out once for each header. Refuses: deciding.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from salesxl.parsing import normalise_label
from salesxl.recognition import weights
from salesxl.recognition.meaning import meaning_of
from salesxl.schemas import block_spec

__all__ = ["likenesses"]


class _Word(NamedTuple):
    field: str
    text: str
    weight: float


class _Words(NamedTuple):
    """A block's words; which of them hold a letter, and how often; what each letter weighs."""

    words: tuple[_Word, ...]
    holding: Mapping[str, tuple[tuple[int, int], ...]]
    rarity: Mapping[str, float]


@lru_cache(maxsize=64)
def _words(kind: str) -> _Words:
    pairs = [
        (column.field, word)
        for column in block_spec(kind).columns
        for word in dict.fromkeys(map(normalise_label, (column.label, column.english, *column.aliases)))
    ]
    letters: dict[str, set[str]] = defaultdict(set)
    for name, word in pairs:
        for letter in word:
            letters[letter].add(name)
    rarity = {letter: 1.0 / len(names) for letter, names in letters.items()}
    words = tuple(_Word(name, word, sum(rarity[x] for x in word)) for name, word in pairs)
    holding: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for place, word_ in enumerate(words):
        for letter, count in Counter(word_.text).items():
            holding[letter].append((place, count))
    return _Words(words, {letter: tuple(found) for letter, found in holding.items()}, rarity)


@lru_cache(maxsize=8192)
def likenesses(kind: str, header: str) -> Mapping[str, float]:
    """Return how alike a header is to each field of a block, 0 to 1, without fields it shares nothing with.

    Characters weigh by how few columns of the block use them: 客户 says little, 营收 much. Where the words
    are understood, shared characters that mean something else count little.
    """
    meaning = meaning_of(kind, header)
    found = dict(meaning.scores)
    text = normalise_label(header)
    if not text or meaning.sure:
        return found
    most = weights.OTHERWISE_MEANT if meaning.understood else 1.0
    for name, alike in _by_letters(kind, text).items():
        found[name] = max(found.get(name, 0.0), min(alike, most))
    return found


def _by_letters(kind: str, text: str) -> dict[str, float]:
    words, holding, rarity = _words(kind)
    if text.isascii():
        return {word.field: 1.0 for word in words if word.text == text}
    common: dict[int, float] = defaultdict(float)
    for letter, count in Counter(text).items():
        for place, times in holding.get(letter, ()):
            common[place] += rarity[letter] * min(count, times)
    own = sum(rarity.get(letter, weights.UNKNOWN_LETTER) for letter in text)
    found: dict[str, float] = {}
    for place, shared in common.items():
        word = words[place]
        if word.text.isascii():
            continue
        alike = max(2 * shared / (own + word.weight), weights.HELD if _holds(text, word.text) else 0.0)
        if alike > found.get(word.field, 0.0):
            found[word.field] = alike
    return found


def _holds(one: str, other: str) -> bool:
    """Tell whether a text holds the other's letters in their order, most of it being them."""
    short, long = (one, other) if len(one) < len(other) else (other, one)
    if len(short) < weights.SHORTEST_INSIDE or len(short) < weights.INSIDE * len(long):
        return False
    letters = iter(long)
    return all(letter in letters for letter in short)
