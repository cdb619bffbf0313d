"""Telling columns that no alias names: by the header's words, by what the cells hold, by their neighbours.

Owns: how strong the evidence is and when it is unique. Refuses: deciding without it; a weak match is only
suggested.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from salesxl import parsing
from salesxl.columns import FIGURES, BlockSpec, Column, Kind, Need
from salesxl.model import CellValue, Tidied
from salesxl.recognition import weights
from salesxl.recognition.contradictions import never_means
from salesxl.recognition.meaning import joined, meaning_of, says
from salesxl.recognition.names import is_branch, is_company, is_institution
from salesxl.recognition.parts import first_part, letters_of
from salesxl.recognition.sheet import is_text
from salesxl.recognition.similarity import likenesses
from salesxl.schemas import block_spec

__all__ = [
    "FIGURES",
    "IN_DIGITS",
    "Choices",
    "Clue",
    "Guess",
    "fitting",
    "guess_columns",
    "is_customer",
    "is_running",
    "possible",
    "reachable",
    "share",
]

_SAMPLE = 40  # so many values of a column are looked at
_MOST_SUGGESTIONS = 3
_CONTACT = "contact"
_CATEGORY, _CUSTOMER = "category", frozenset({"customer"})
_KINDS = ("category", "grade")
_FREE = frozenset({Kind.TEXT, Kind.NAME, Kind.ITEMS})
_LOOSE = frozenset({Kind.TEXT, Kind.ITEMS, Kind.NAME, Kind.WHOLE, Kind.NUMBER})  # 学生人数 counts no staff
_PLACED = frozenset({Kind.NAME, Kind.DATE, Kind.AMOUNT})
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
    listed: bool = False  # the field is one of a list
    beside: bool = False  # it stands where the schema has it: next to a field that is known
    free: bool = False  # the field holds any text
    labelled: bool = False  # the words end with the field's own label: 培训需求描述
    meant: bool = False  # the words mean the field by themselves, and the cells do not gainsay them
    likely: bool = (
        False  # they do but for a word that nobody knows, and all cells are such as the field holds
    )

    @property
    def told(self) -> bool:
        """Whether the cells alone say what they are."""
        return self.filled >= weights.FEWEST_ALONE and (self.content or 0.0) >= weights.CONTENT_ALONE


def guess_columns(
    spec: BlockSpec, missing: Iterable[str], clues: Sequence[Clue], choices: Mapping[str, Sequence[str]]
) -> Guess:
    """Return what unknown headers mean among the fields that are still missing.

    Strong and unique evidence is taken: the words are alike and the cells fit, or the cells say clearly what
    they are. Optional fields need the words; anything weaker is only suggested. Nothing is guessed of
    forms of a team's own, whose words nobody has explained.
    """
    if spec.model is None:
        return Guess({}, {})
    order = [c.field for c in spec.columns]
    columns = [spec.column(name) for name in missing]
    scores = {
        (column.field, place): evidence.score(column, order)
        for place, evidence in enumerate([_Evidence(spec.kind, clue, choices) for clue in clues])
        for column in columns
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
            and score.total >= weights.WORTH_SAYING
            and score.name > 0
            and score.name >= weights.AS_NEAR * nearest[place]
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
    if score.meant and is_customer(spec.column(name)):  # 医院名称 comes before 代理商名称
        return any(other.meant and field != name for (field, at), other in scores.items() if at == place)
    least = score.total * weights.RIVAL
    others = (
        other
        for (field, at), other in scores.items()
        if (field == name) != (at == place)
        and not (field == name == _CONTACT)  # several columns of contacts are joined
        and field not in taken
        and at not in used
        and _reason(spec.column(field), other) is not None
    )
    if score.meant:
        if score.listed and score.filled >= weights.FEWEST_ALONE and not score.content:
            here = (other for (field, at), other in scores.items() if at == place and field not in taken)
            if any(other.listed and (other.content or 0.0) >= weights.CONTENT_ALONE for other in here):
                return True  # the cells are of another list
        free = spec.column(name).kind in _FREE
        return any(
            (
                other.meant
                and other.name > score.name - weights.NEARER
                and (other.labelled or not score.labelled)
            )
            or (free and other.listed and (other.content or 0.0) >= weights.CONTENT_ALONE)
            for other in others
        )
    told = score.listed and score.told
    return any(other.total >= least for other in others if not (told and other.free))


def _reason(column: Column, score: _Score) -> str | None:
    """Return why a match is strong: ``name``, ``content``, ``name_and_content``, or None if it is weak."""
    if score.meant:
        return "name" if score.content is None else "name_and_content"
    asked = column.need in (Need.REQUIRED, Need.EITHER)
    fits = score.content is not None and score.content >= weights.SURE_CONTENT
    telling = column.kind in _TELLING or is_customer(column)
    plain = weights.SURE_NAME_PLAIN
    sure = weights.SURE_NAME if telling and asked else plain if asked else weights.NAME_ALONE
    if score.name >= sure and fits:
        return "name_and_content"
    if score.name >= weights.NAME_ALONE and score.content is None:
        return "name"
    if score.likely:
        return "name_and_content"
    placed = score.beside and column.kind in _PLACED and (score.content or 0.0) >= weights.CONTENT_ALONE
    if placed and score.name >= (weights.NAME_PLACED if column.kind is Kind.NAME else plain):
        return "name_and_content"
    if not (asked or column.pattern or (score.listed and score.told)) or score.content is None:
        return None
    if telling and score.name >= weights.NAME_HELPED and score.content >= weights.CLEAR_CONTENT:
        return "name_and_content"
    if not (asked or column.pattern):
        return None
    alone = is_customer(column) or column.kind in (Kind.CONTACT, Kind.INDUSTRY, Kind.CHOICE, Kind.CODE)
    if alone and score.told and score.alone:
        return "content"
    return None


def _parts(kind: str, header: str) -> list[str]:
    """Return the parts of 需求及痛点 that count: the first where it names a field alone: 决策流程及关键人."""
    first = first_part(header)
    return [first] if first and meaning_of(kind, first).likely else joined(header)


class _Evidence:
    """A clue looked at: its words and its filled cells, each kind of content judged once."""

    def __init__(self, kind: str, clue: Clue, choices: Choices) -> None:
        words = tuple(
            dict.fromkeys((clue.header, *clue.words, *_parts(kind, (clue.words or (clue.header,))[-1])))
        )
        self.kind, self.clue, self.choices = kind, clue, choices
        self.names = [likenesses(kind, word) for word in words]
        self.meant = {meaning_of(kind, word).sure for word in words}
        self.likely = {meaning_of(kind, word).likely for word in words}
        either = frozenset().union(*(meaning_of(kind, word).either for word in words))
        self.either = [block_spec(kind).column(name) for name in sorted(either)]
        kinds = (says(word, _CATEGORY, _CUSTOMER) for word in words)
        self.kind_of_customer = any(beside is not None for beside in kinds)  # 机构类别
        self.kind_of_something = any(says(word, kind) is not None for word in words for kind in _KINDS)
        self.institution = any(map(is_institution, words))
        self.values = [v for v in clue.values[:_SAMPLE] if not parsing.is_blank(v)]
        self.contents: dict[tuple[object, ...], float | None] = {}

    def score(self, column: Column, order: Sequence[str]) -> _Score:
        """Return how well the clue fits a column."""
        clue, values = self.clue, self.values
        name = max(found.get(column.field, 0.0) for found in self.names)
        if is_customer(column) and self.institution:
            name = max(name, weights.BESIDE_UNKNOWN)
        key = column.kind, column.choices, column.pattern, is_customer(column)
        if key not in self.contents:
            self.contents[key] = fitting(column, values, self.choices) if values else None
        content = self.contents[key]
        if content is not None and column.kind is Kind.INDUSTRY and self.kind_of_customer:
            content = max(content, share(values, is_branch))
        counts = column.kind is Kind.CODE and is_running(column, clue.header, clue.values)
        if counts or never_means(self.kind, column.field, clue.header):
            return _Score(0.0, None, 0.0, len(values), alone=False)
        place = order.index(column.field)
        beside = (clue.before is not None and order[place - 1 : place] == [clue.before]) + (
            clue.after is not None and order[place + 1 : place + 2] == [clue.after]
        )
        fits = weights.CONTENT_UNKNOWN if content is None else content
        total = weights.BY_NAME * name + weights.BY_CONTENT * fits + weights.BY_PLACE * beside
        alone = (
            column.kind is not Kind.CONTACT or share(values or [None], reachable) >= weights.MOSTLY_REACHABLE
        )
        meant = name >= weights.SURE and column.field in self.meant
        if meant and content is not None and content < weights.SURE_CONTENT:
            meant = share(values, lambda v: possible(column, v)) >= weights.SURE_CONTENT
        if meant and column.kind is Kind.CHOICE and self.kind_of_something and content is not None:
            meant = content >= weights.SURE_CONTENT  # 客户类型 and 产品等级 are of lists of their own
        if not meant and content is not None and content >= weights.SURE_CONTENT and column in self.either:
            rivals = [other for other in self.either if other is not column]
            meant = all((fitting(other, values, self.choices) or 0.0) < weights.GAINSAID for other in rivals)
        kindred = column.field in self.likely and column.kind not in _LOOSE and (content or 0.0)
        likely = kindred >= weights.CONTENT_ALONE or (
            is_customer(column) and self.institution and all(possible(column, v) for v in values)
        )
        listed, placed = column.kind is Kind.CHOICE, bool(beside)
        worth = total if name or content else 0.0
        own = letters_of(clue.header).endswith(letters_of(column.label))
        free = column.kind in _FREE
        return _Score(name, content, worth, len(values), alone, listed, placed, free, own, meant, likely)


Choices = Mapping[str, Sequence[str]]
_MOBILE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")
_NUMBERED = re.compile(r"(?=.*\d)(?:[^\W\d_]{0,4}[-_#/ ]?)?[!-~]{2,}")  # KH-0001, 客户0012; no address
_NUMBER_OF_WHAT = re.compile("[客户客戶用单單合同]|customer|client|crm", re.I)
_HOWEVER = parsing.Manner(loose=True)
_BOXES = re.compile("[□☐☑■√✓✔●○☒]")
IN_DIGITS = FIGURES | {Kind.DATE, Kind.MOMENT, Kind.CONTACT, Kind.CODE}
"""Kinds of which hardly a value is without digits."""
_VAGUE_FIGURE = re.compile(
    r"^.{0,3}(?:[一二两三四五六七八九十百千万亿零几数]|若干|很多|不少|面议|待定|未定|待议).{0,4}$"
)


def possible(column: Column, value: CellValue) -> bool:
    """Tell whether a cell may stand under a header that surely names the column, be it filled in badly."""
    if column.pattern:
        return is_text(value) and _NUMBERED.fullmatch(value.strip()) is not None and not is_figure(value)
    if column.kind in FIGURES and is_day(value) and not is_figure(value):
        return False
    if column.kind in IN_DIGITS:
        return not is_text(value) or any(ch.isdigit() for ch in value) or bool(_VAGUE_FIGURE.search(value))
    return is_text(value) and not (is_day(value) or is_figure(value))


def fitting(column: Column, values: Sequence[CellValue], choices: Choices) -> float | None:
    """Return the share of values that read as what the column holds; None where that cannot be told."""
    if column.choices and column.kind in (Kind.CHOICE, Kind.INDUSTRY):
        options = list(choices.get(column.choices, ()))
        if options:
            read = parsing.industry if column.kind is Kind.INDUSTRY else _any_choice
            return share(values, lambda v: is_text(v) and read(v, options).code is None)
        if column.kind is Kind.INDUSTRY:
            return share(
                values, lambda v: is_text(v) and re.match(r"^\S{1,6}业(?:$|[-—－:：])", v) is not None
            )
        return weights.CONTENT_SHORT if all(is_text(v) and len(v) <= 8 for v in values) else 0.0
    fits: Callable[[CellValue], bool] | None = _FITS.get(column.kind)
    if column.pattern:
        pattern = re.compile(column.pattern)
        return share(values, lambda v: is_text(v) and pattern.match(v.strip()) is not None)
    if is_customer(column):
        return share(values, is_company)
    return share(values, fits) if fits else None


def _any_choice(value: CellValue, options: Sequence[str]) -> Tidied:
    """Read an option however it is written: 谈判中 tells what a column holds, if not what is chosen."""
    return parsing.choice(value, options, manner=_HOWEVER)


def is_customer(column: Column) -> bool:
    return column.field == "customer_name"


def is_running(column: Column, header: str, values: Sequence[CellValue]) -> bool:
    """Tell whether a column called just 编号 counts the rows from 1 on: then its numbers are nobody's own."""
    if not (column.pattern or column.field == "own_no") or _NUMBER_OF_WHAT.search(header):
        return False
    found = [str(v).strip().removesuffix(".0") for v in values if not parsing.is_blank(v)]
    return bool(found) and found == [str(n) for n in range(1, len(found) + 1)]


def share(values: Sequence[CellValue], fits: Callable[[CellValue], bool]) -> float:
    return sum(1 for value in values if fits(value)) / len(values)


def is_day(value: CellValue) -> bool:
    """Tell whether a cell holds a day, be it in words."""
    if isinstance(value, dt.datetime | dt.date):
        return True
    return is_text(value) and parsing.moment(value, near=dt.date(2020, 1, 1)).code is None


def is_figure(value: CellValue) -> bool:
    """Tell whether a cell holds a number or an amount, be it in words."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return True
    return is_text(value) and parsing.amount(value).code is None


def _is_contact(value: CellValue) -> bool:
    return isinstance(value, str | int | float) and parsing.contact(value).code is None


def reachable(value: CellValue) -> bool:
    """Tell a mobile phone or an e-mail address from a fax or another number."""
    text = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
    return "@" in text or _MOBILE.search(re.sub(r"[\s-]", "", text)) is not None


def _is_name(value: CellValue) -> bool:
    return is_text(value) and len(value) <= 20 and not any(ch.isdigit() for ch in value)


_FITS: Mapping[Kind, Callable[[CellValue], bool]] = {
    Kind.DATE: is_day,
    Kind.MOMENT: is_day,
    Kind.CONTACT: _is_contact,
    Kind.AMOUNT: is_figure,
    Kind.AMOUNT_WAN: is_figure,
    Kind.NUMBER: is_figure,
    Kind.WHOLE: is_figure,
    Kind.PERCENT: is_figure,
    Kind.NAME: _is_name,
    Kind.TEXT: lambda v: is_text(v) and not is_day(v) and not is_figure(v),
    Kind.YES_NO: lambda v: parsing.yes_no(v).code is None,
    Kind.TICKED: lambda v: is_text(v) and _BOXES.search(v) is not None,
    Kind.CODE: lambda v: is_text(v) and any(ch.isdigit() for ch in v),
    Kind.ITEMS: is_text,
}
