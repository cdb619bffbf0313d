"""Telling columns that no alias names: by shared characters, by what the cells hold, by their neighbours.

Owns: how strong the evidence is and when it is unique. Refuses: deciding without it; a weak match is only
suggested.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from salesxl import tidy
from salesxl.columns import BlockSpec, Column, Kind, Need
from salesxl.model import CellValue
from salesxl.reading.meaning import SURE, meaning_of
from salesxl.reading.sheet import is_text
from salesxl.schemas import block_spec
from salesxl.tidy import normalise_label

__all__ = ["Clue", "Guess", "guess_columns", "likeness"]

_SAMPLE = 40  # so many values of a column are looked at
_COMPANY = re.compile(
    r"(?:公司|集团|厂|工厂|有限|商行|事务所|研究院|设计院|医院|学校|大学|学院|银行|酒店|中心|合作社|经营部|门店|\bltd\.?|\binc\.?|\bco\.)$",
    re.I,
)
_MOBILE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")
_BOXES = re.compile("[□☐☑■√✓✔●○☒]")
_SURE_NAME = 0.6
_SURE_NAME_PLAIN = 0.75  # where many columns may hold such cells: dates, amounts, text
_SURE_CONTENT = 0.6
_NAME_HELPED = 0.3  # shared characters that suffice when the cells say clearly what they are
_CLEAR_CONTENT = 0.8
_NAME_ALONE = 0.8  # shared characters that suffice where the column is empty
_CONTENT_ALONE = 0.9
_SHORTEST_INSIDE = 3  # letters of a word that stands inside a header, as 联系时间 in 联系客户时间
_INSIDE = 0.6
_FEWEST_ALONE = 3  # values needed where the cells alone decide
_RIVAL = 0.75  # a rival with this share of the best score makes the evidence ambiguous
_OTHERWISE_MEANT = 0.5  # shared characters count so much at most where the words mean something else
_NEARER = 0.03  # of two headers that mean a field the one whose words are nearer by so much
_WORTH_SAYING = 0.25
_MOST_SUGGESTIONS = 3
_AS_NEAR = 0.6  # a header is suggested for the fields to which it is nearest by its words
_IN_DIGITS = frozenset(
    {
        *(Kind.DATE, Kind.MOMENT, Kind.AMOUNT, Kind.AMOUNT_WAN, Kind.NUMBER, Kind.WHOLE, Kind.PERCENT),
        *(Kind.CODE, Kind.CONTACT),
    }
)
_TELLING = frozenset({Kind.CONTACT, Kind.CHOICE, Kind.INDUSTRY, Kind.CODE, Kind.TICKED, Kind.YES_NO})


@dataclass(frozen=True, slots=True)
class Clue:
    """An unknown header and what stands under it; ``before`` and ``after`` are the fields beside it.

    ``words`` are what else the header may be called: the lower of two rows alone.
    """

    header: str
    values: tuple[CellValue, ...]
    before: str | None = None
    after: str | None = None
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Guess:
    """What unknown headers may mean: taken (field → place, reason), or only suggested (field → places)."""

    taken: Mapping[str, tuple[int, str]]
    suggested: Mapping[str, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class _Score:
    name: float
    content: float | None
    total: float
    filled: int
    alone: bool
    meant: bool = False  # the words mean the field by themselves, and the cells do not gainsay them


def guess_columns(
    spec: BlockSpec, missing: Iterable[str], clues: Sequence[Clue], choices: Mapping[str, Sequence[str]]
) -> Guess:
    """Return what unknown headers mean among the fields that are still missing.

    Strong and unique evidence is taken: the words are alike and the cells fit, or the cells say clearly what
    they are. Optional fields need the words; anything weaker is only suggested.
    """
    order = [c.field for c in spec.columns]
    columns = [spec.column(name) for name in missing]
    scores = {
        (column.field, place): _score(spec, column, clue, order, choices)
        for column in columns
        for place, clue in enumerate(clues)
    }
    taken: dict[str, tuple[int, str]] = {}
    ranked = sorted(scores.items(), key=lambda item: (-item[1].total, order.index(item[0][0]), item[0][1]))
    used: set[int] = set()
    for (name, place), score in ranked:
        if name in taken or place in used:
            continue
        why = _reason(spec.column(name), score)
        if why and not _rival(spec, scores, name, place, taken, used):
            taken[name] = (place, why)
            used.add(place)
    nearest: dict[int, float] = {}
    for (_, place), score in ranked:
        nearest[place] = max(nearest.get(place, 0.0), score.name)
    suggested = {
        column.field: tuple(
            place
            for (name, place), score in ranked
            if name == column.field
            and place not in used
            and score.total >= _WORTH_SAYING
            and score.name > 0
            and score.name >= _AS_NEAR * nearest[place]
        )[:_MOST_SUGGESTIONS]
        for column in columns
        if column.field not in taken
    }
    return Guess(taken, {name: places for name, places in suggested.items() if places})


def _rival(
    spec: BlockSpec,
    scores: Mapping[tuple[str, int], _Score],
    name: str,
    place: int,
    taken: Mapping[str, tuple[int, str]],
    used: set[int],
) -> bool:
    """Tell whether another field for the column, or column for the field, is strong and about as good."""
    score = scores[name, place]
    least = score.total * _RIVAL
    others = (
        other
        for (field, at), other in scores.items()
        if (field == name) != (at == place)
        and field not in taken
        and at not in used
        and _reason(spec.column(field), other) is not None
    )
    if score.meant:
        return any(other.meant and other.name > score.name - _NEARER for other in others)
    return any(other.total >= least for other in others)


def _reason(column: Column, score: _Score) -> str | None:
    """Return why a match is strong: ``name``, ``content``, ``name_and_content``, or None if it is weak."""
    if score.meant:
        return "name" if score.content is None else "name_and_content"
    asked = column.need in (Need.REQUIRED, Need.EITHER)
    fits = score.content is not None and score.content >= _SURE_CONTENT
    telling = column.kind in _TELLING or _is_customer(column)
    sure = _SURE_NAME if telling and asked else _SURE_NAME_PLAIN if asked else _NAME_ALONE
    if score.name >= sure and fits:
        return "name_and_content"
    if score.name >= _NAME_ALONE and score.content is None:
        return "name"
    if not asked or score.content is None:
        return None
    if telling and score.name >= _NAME_HELPED and score.content >= _CLEAR_CONTENT:
        return "name_and_content"
    alone = _is_customer(column) or column.kind in (Kind.CONTACT, Kind.INDUSTRY, Kind.CHOICE, Kind.CODE)
    if alone and score.content >= _CONTENT_ALONE and score.filled >= _FEWEST_ALONE and score.alone:
        return "content"
    return None


def _score(
    spec: BlockSpec, column: Column, clue: Clue, order: Sequence[str], choices: Mapping[str, Sequence[str]]
) -> _Score:
    words = tuple(dict.fromkeys((clue.header, *clue.words)))
    name = max(likeness(spec, column, word) for word in words)
    values = [v for v in clue.values[:_SAMPLE] if not tidy.is_blank(v)]
    content = _content(column, values, choices) if values else None
    place = order.index(column.field)
    beside = (clue.before is not None and order[place - 1 : place] == [clue.before]) + (
        clue.after is not None and order[place + 1 : place + 2] == [clue.after]
    )
    total = 0.55 * name + 0.4 * (0.3 if content is None else content) + 0.05 * beside
    alone = column.kind is not Kind.CONTACT or _share(values or [None], _is_mobile) >= 0.5
    meant = name >= SURE and any(meaning_of(spec.kind, word).sure == column.field for word in words)
    if meant and content is not None and content < _SURE_CONTENT:
        meant = _share(values, lambda v: _possible(column, v)) >= _SURE_CONTENT
    return _Score(name, content, total if name or content else 0.0, len(values), alone, meant)


def _possible(column: Column, value: CellValue) -> bool:
    """Tell whether a cell may stand under a header that surely names the column, be it filled in badly."""
    if column.pattern:
        return is_text(value) and not _is_number(value)
    if column.kind in _IN_DIGITS:
        return not is_text(value) or any(ch.isdigit() for ch in value)
    return is_text(value) and not (_is_date(value) or _is_number(value))


def likeness(spec: BlockSpec, column: Column, header: str) -> float:
    """Return how alike a header and a column's words are, 0 to 1.

    Characters weigh by how few columns of the block use them: 客户 says little, 营收 much.
    """
    text = normalise_label(header)
    if not text:
        return 0.0
    meaning = meaning_of(spec.kind, header)
    made = meaning.scores.get(column.field, 0.0)
    if meaning.sure == column.field:
        return made
    words, weights = _words(spec.kind)
    alike = max(_alike(text, word, weights) for word in words[column.field])
    if meaning.sure or meaning.understood:
        alike = min(alike, _OTHERWISE_MEANT)
    return max(made, alike)


@lru_cache(maxsize=64)
def _words(kind: str) -> tuple[Mapping[str, tuple[str, ...]], Mapping[str, float]]:
    """Return a block's words by field, and what each letter weighs."""
    words = {
        c.field: tuple(dict.fromkeys(normalise_label(w) for w in (c.label, c.english, *c.aliases)))
        for c in block_spec(kind).columns
    }
    uses: Counter[str] = Counter()
    for found in words.values():
        uses.update(set("".join(found)))
    return words, {letter: 1.0 / count for letter, count in uses.items()}


def _alike(one: str, other: str, weights: Mapping[str, float]) -> float:
    """Return the shared weight of two texts; more where one holds the other's letters in their order."""
    alike = _dice(one, other, weights)
    short, long = sorted((one, other), key=len)
    if len(short) >= _SHORTEST_INSIDE and len(short) >= _INSIDE * len(long) and not one.isascii():
        letters = iter(long)
        if all(letter in letters for letter in short):
            return max(alike, _NAME_ALONE)
    return alike


def _dice(one: str, other: str, weights: Mapping[str, float]) -> float:
    if one.isascii() or other.isascii():
        return 1.0 if one == other else 0.0
    shared = Counter(one) & Counter(other)
    common = sum(weights.get(letter, 0.7) * count for letter, count in shared.items())
    every = sum(weights.get(letter, 0.7) for letter in one + other)
    return 2 * common / every if every else 0.0


def _content(
    column: Column, values: Sequence[CellValue], choices: Mapping[str, Sequence[str]]
) -> float | None:
    """Return the share of values that read as what the column holds; None where that cannot be told."""
    if column.choices and column.kind in (Kind.CHOICE, Kind.INDUSTRY):
        options = list(choices.get(column.choices, ()))
        if options:
            read = tidy.industry if column.kind is Kind.INDUSTRY else tidy.choice
            return _share(values, lambda v: is_text(v) and read(v, options).code is None)
        if column.kind is Kind.INDUSTRY:
            return _share(
                values, lambda v: is_text(v) and re.match(r"^\S{1,6}业(?:$|[-—－:：])", v) is not None
            )
        return 0.5 if all(is_text(v) and len(v) <= 8 for v in values) else 0.0
    fits: Callable[[CellValue], bool] | None = _FITS.get(column.kind)
    if column.pattern:
        pattern = re.compile(column.pattern)
        return _share(values, lambda v: is_text(v) and pattern.match(v.strip()) is not None)
    if _is_customer(column):
        return _share(values, lambda v: is_text(v) and _COMPANY.search(v.strip()) is not None)
    return _share(values, fits) if fits else None


def _is_customer(column: Column) -> bool:
    return column.field == "customer_name"


def _share(values: Sequence[CellValue], fits: Callable[[CellValue], bool]) -> float:
    return sum(1 for value in values if fits(value)) / len(values)


def _is_date(value: CellValue) -> bool:
    if isinstance(value, dt.datetime | dt.date):
        return True
    return is_text(value) and tidy.moment(value, near=dt.date(2020, 1, 1)).code is None


def _is_number(value: CellValue) -> bool:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return True
    return is_text(value) and tidy.amount(value).code is None


def _is_contact(value: CellValue) -> bool:
    return isinstance(value, str | int | float) and tidy.contact(value).code is None


def _is_mobile(value: CellValue) -> bool:
    """Tell a mobile phone or an e-mail address from a fax or another number."""
    text = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
    return "@" in text or _MOBILE.search(re.sub(r"[\s-]", "", text)) is not None


def _is_name(value: CellValue) -> bool:
    return is_text(value) and len(value) <= 20 and not any(ch.isdigit() for ch in value)


_FITS: Mapping[Kind, Callable[[CellValue], bool]] = {
    Kind.DATE: _is_date,
    Kind.MOMENT: _is_date,
    Kind.CONTACT: _is_contact,
    Kind.AMOUNT: _is_number,
    Kind.AMOUNT_WAN: _is_number,
    Kind.NUMBER: _is_number,
    Kind.WHOLE: _is_number,
    Kind.PERCENT: _is_number,
    Kind.NAME: _is_name,
    Kind.TEXT: lambda v: is_text(v) and not _is_date(v) and not _is_number(v),
    Kind.YES_NO: lambda v: tidy.yes_no(v).code is None,
    Kind.TICKED: lambda v: is_text(v) and _BOXES.search(v) is not None,
    Kind.CODE: lambda v: is_text(v) and any(ch.isdigit() for ch in v),
    Kind.ITEMS: is_text,
}
