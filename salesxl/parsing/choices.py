"""What a person typed → one of a list: a choice, an industry.

Decides by equality after normalising, by the team's aliases, and by what may stand around an option without
changing it (``around``). Only in a loose list may an option stand in other words. Refuses: similarity, and
text that may deny or doubt the option it names.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from functools import lru_cache
from types import MappingProxyType

from salesxl.model import Tidied
from salesxl.parsing.affixes import STRICT, Manner, choice_key, peeled, turns
from salesxl.parsing.text import BLANK, Raw, clean, is_blank, name, plain, unreadable

__all__ = ["NO_ALIASES", "STRICT", "Manner", "choice", "choice_key", "industry"]

NO_ALIASES: Mapping[str, str] = MappingProxyType({})

_LONGEST = 80  # in a longer text an option is mentioned, not chosen
_NUMBERING = re.compile(
    r"^\s*(?:[①-⑳⓪❶-❿⑴-⒇⒈-⒛㈠-㈩Ⓐ-ⓩ]"
    r"|[(（【]?(?:\d{1,2}|[A-Za-zＡ-Ｚ]|[一二三四五六七八九十]{1,3})(?:[)）】]|[.．、:：)）](?!\d)))\s*"
)
_LIST = re.compile(r"[\s、,，;；/／|｜+＋和及与]+")
_SAME_TWICE = re.compile(r"[\s、,，;；/／|｜=>→-]+")
_DASH = re.compile(r"\s*(?:-+|>+|→)\s*")
_EXTRA_DASH = re.compile(r"\s*[-/、>:|\\→ ]+\s*")
_MIN_EVIDENCE = 2
_NEAR = 0.5  # so much of the letters of two words must agree for one to be named beside the other
_MOST_NEAR = 3
_TRADE = re.compile(r"(?:行业|产业|领域|业|类)$")  # 物流业, 教育行业: says what the column says


@lru_cache(maxsize=256)
def _index(options: tuple[str, ...], aliases: tuple[tuple[str, str], ...]) -> dict[str, str]:
    """Map the key of every option and alias to its option; an option wins over an alias of the same key."""
    by_key = {choice_key(option): option for option in options}
    index = dict(by_key)
    for alias, option in aliases:
        target = by_key.get(choice_key(option))
        if target is not None and (key := choice_key(alias)):
            index.setdefault(key, target)
    index.pop("", None)
    return index


def choice(
    raw: Raw, options: Sequence[str], aliases: Mapping[str, str] = NO_ALIASES, manner: Manner = STRICT
) -> Tidied:
    """Read one of the options, as the team spells it.

    Equal after normalising (numbering such as ``1.`` or ``①`` aside), an alias, or — this is reported by
    ``changed`` — with nothing around it that changes what it says. A part of an option's word is no option,
    and an option within other words neither, unless the ``manner`` of the list is loose. Code ``choice``,
    with ``why`` one of unknown, part, several, negated, the ``options`` in question and the ``nearest``
    (docs/domain.md 5.3).
    """
    options = tuple(options)
    index = _index(options, tuple(aliases.items()) if aliases else ())
    if is_blank(raw):  # unless a team lists 无 as an option
        own = index.get(choice_key(raw)) if isinstance(raw, str) else None
        return Tidied(own) if own is not None else BLANK
    if isinstance(raw, bool):
        return unreadable("choice", "unknown", options=options)
    typed = plain(raw)
    doubtful = "?" in typed or "？" in typed
    key = choice_key(typed)
    if key in index:
        return _asked(index[key], manner) if doubtful else Tidied(index[key])
    numbering = _NUMBERING.match(typed)
    bare = choice_key(typed[numbering.end() :]) if numbering else key
    if bare in index and not (numbering and choice_key(numbering[0]) in index):
        return _asked(index[bare], manner) if doubtful else Tidied(index[bare])
    if not key or len(key) > _LONGEST:
        return unreadable("choice", "unknown", options=options)
    if (left := peeled(typed, index, manner)) is not None:
        return _asked(left, manner) if doubtful else Tidied(left, changed=True)
    if (same := _said_twice(typed, index, manner)) is not None:
        return same
    return _loosely(typed, bare, index, options) if manner.loose else _refused(bare, index, options)


def _asked(option: str, manner: Manner) -> Tidied:
    """Read an option with a question mark: one that ends something is not taken for done (成交？)."""
    if manner.loose or option in manner.steps:
        return Tidied(option, changed=True)
    return unreadable("choice", "doubted", options=(option,), nearest=(option,))


def _said_twice(typed: str, index: Mapping[str, str], manner: Manner) -> Tidied | None:
    """Read options side by side: one said in two ways (成交/已成交), or several."""
    parts = [part for part in _SAME_TWICE.split(typed) if choice_key(part)]
    if len(parts) < 2:
        return None
    named = [index.get(choice_key(part)) or peeled(part, index, manner) for part in parts]
    found = tuple(dict.fromkeys(option for option in named if option is not None))
    if None in named or not found:
        return None
    if len(found) == 1:
        return Tidied(found[0], changed=True)
    return unreadable("choice", "several", options=found)


def _refused(key: str, index: Mapping[str, str], options: tuple[str, ...]) -> Tidied:
    """Say why a text is no option: what stands in it, or what it is a part of, is only named."""
    spans = _inside(key, index)
    found = tuple(dict.fromkeys(index[key[start:end]] for start, end in spans))
    if len(found) > 1:
        return unreadable("choice", "several", options=found)
    if found:
        why = "negated" if turns(_outside(key, spans)) else "part"
        return unreadable("choice", why, options=found, nearest=found)
    wider = [known for known in index if key in known] if len(key) >= _MIN_EVIDENCE else []
    around = tuple(dict.fromkeys(index[known] for known in wider))
    if len(around) > 1:
        return unreadable("choice", "several", options=around)
    if around:
        why = "negated" if all(turns(known.replace(key, " ", 1)) for known in wider) else "part"
        return unreadable("choice", why, options=around, nearest=around)
    return _unknown(key, index, options)


def _unknown(key: str, index: Mapping[str, str], options: tuple[str, ...]) -> Tidied:
    """Refuse a text that holds no option, with those whose words are most like it."""
    likeness: dict[str, float] = {}
    for known, option in index.items():
        share = SequenceMatcher(None, known, key, autojunk=False).ratio()
        likeness[option] = max(likeness.get(option, 0.0), share)
    near = sorted(
        (o for o in likeness if likeness[o] >= _NEAR), key=lambda o: (-likeness[o], options.index(o))
    )
    more = {"nearest": tuple(near[:_MOST_NEAR])} if near else {}
    return unreadable("choice", "unknown", options=options, **more)


def _loosely(typed: str, key: str, index: Mapping[str, str], options: tuple[str, ...]) -> Tidied:
    """Read the one option that stands among other words, or of whose own words the text is a part."""
    read = _by_evidence(key, index, options)
    parts = [part for part in map(choice_key, _LIST.split(typed)) if part]
    if read.value is None or len(parts) < 2:
        return read
    # 电话、微信 names one option in full and another in part.
    named = (Tidied(index[part]) if part in index else _by_evidence(part, index, options) for part in parts)
    several = tuple(dict.fromkeys([read.value, *(each.value for each in named if each.value is not None)]))
    return read if len(several) == 1 else unreadable("choice", "several", options=several)


def _by_evidence(key: str, index: Mapping[str, str], options: tuple[str, ...]) -> Tidied:
    if len(key) < _MIN_EVIDENCE:
        return unreadable("choice", "unknown", options=options)
    spans = _inside(key, index)
    if spans:
        found = tuple(dict.fromkeys(index[key[start:end]] for start, end in spans))
        if len(found) > 1 or turns(_outside(key, spans)):
            return _refused(key, index, options)
        return Tidied(found[0], changed=True)
    # 开始 is a part of 未开始 and its opposite.
    wider = [k for k in map(choice_key, options) if key in k and not turns(k.replace(key, " ", 1))]
    if len(wider) == 1:
        return Tidied(index[wider[0]], changed=True)
    return _refused(key, index, options)


def _inside(key: str, index: Mapping[str, str]) -> list[tuple[int, int]]:
    """Return where options stand in the text; one that lies inside a longer one does not count."""
    spans = [
        (start, start + len(known))
        for known in index
        if len(known) >= _MIN_EVIDENCE
        for start in range(len(key) - len(known) + 1)
        if key.startswith(known, start)
    ]
    return [
        (start, end)
        for start, end in spans
        if not any(s <= start and end <= e and (s, e) != (start, end) for s, e in spans)
    ]


def _outside(key: str, spans: Sequence[tuple[int, int]]) -> str:
    return "".join(
        " " if any(start <= at < end for start, end in spans) else sign for at, sign in enumerate(key)
    )


def industry(raw: Raw, options: Sequence[str], aliases: Mapping[str, str] = NO_ALIASES) -> Tidied:
    """Read 大类 or 大类-细分, dashes normalised (docs/domain.md 2.1).

    A 大类 counts as listed where one of its 细分 is; a 细分 alone is completed where only one 大类 has it,
    and reported by ``changed``; so is a word that only adds what the column says (教育行业). An alias is
    its option. Off the list the value is the normalised text *and* the code is ``choice``: the caller
    decides what that weighs.
    """
    if is_blank(raw):
        return BLANK
    heads, exact, tails = _industries(tuple(options))
    typed = name(raw).value
    dashed = _DASH.sub("-", clean(typed)).strip("-")
    key = choice_key(dashed)
    if (found := exact.get(key) or heads.get(key)) is not None:
        return Tidied(found)
    parted = _EXTRA_DASH.sub("-", dashed).strip("-")
    bare = choice_key(_NUMBERING.sub("", dashed))
    if (found := exact.get(bare) or heads.get(bare)) is not None:
        return Tidied(found)
    named = _index(tuple(options), tuple(aliases.items())) if aliases else exact
    if (found := named.get(key) or named.get(bare)) is not None:
        return Tidied(found)
    if len(whole := tails.get(key, ())) == 1:
        return Tidied(whole[0], changed=True)
    short = _TRADE.sub("", bare)
    if len(short) >= _MIN_EVIDENCE and short != bare:
        for word in (short, f"{short}业"):
            if (found := named.get(word) or heads.get(word)) is not None:
                return Tidied(found, changed=True)
        if len(tails.get(short, ())) == 1:
            return Tidied(tails[short][0], changed=True)
    if (found := heads.get(f"{bare}业")) is not None:
        return Tidied(found, changed=True)
    around = (
        {option for known, option in named.items() if short in known} if len(short) >= _MIN_EVIDENCE else ()
    )
    if len(around) == 1:
        return Tidied(next(iter(around)), changed=True)
    text = parted if choice_key(parted.partition("-")[0]) in heads else dashed
    return Tidied(text or None, code="choice", facts={"why": "unknown", "options": tuple(whole)})


@lru_cache(maxsize=64)
def _industries(
    options: tuple[str, ...],
) -> tuple[dict[str, str], dict[str, str], dict[str, tuple[str, ...]]]:
    heads: dict[str, str] = {}
    tails: dict[str, tuple[str, ...]] = {}
    for option in options:
        head, _, tail = option.partition("-")
        heads.setdefault(choice_key(head), head.strip())
        if tail:
            tails[choice_key(tail)] = (*tails.get(choice_key(tail), ()), option)
    return heads, {choice_key(option): option for option in options}, tails
