"""What a person typed → one of a list: a choice, an industry, yes or no.

Decides by equality after normalising, by the team's aliases, and by one option standing in the text (or the
text in one option). Refuses: similarity, and text that may deny or doubt the option it names.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType

from salesxl.model import Tidied
from salesxl.tidy.text import BLANK, Raw, clean, is_blank, name, plain, unreadable

__all__ = ["NO_ALIASES", "choice", "choice_key", "industry", "yes_no"]

NO_ALIASES: Mapping[str, str] = MappingProxyType({})

_YES = "是 是的 对 对的 有 √ ✓ ✔ ☑ ✅ ✔️ 🗹 y yes t true 1 v"
_NO = "否 不是 不 错 没有 × ✗ ✘ ✕ ✖ ❌ ❎ ╳ n no f false 0 x"
_YES_NO = dict.fromkeys(_YES.split(), True) | dict.fromkeys(_NO.split(), False)

_NOT_WORD = re.compile(r"[\W_]+")
_NUMBERING = re.compile(
    r"^\s*(?:[①-⑳⓪❶-❿⑴-⒇⒈-⒛㈠-㈩Ⓐ-ⓩ]"
    r"|[(（【]?(?:\d{1,2}|[A-Za-zＡ-Ｚ]|[一二三四五六七八九十]{1,3})(?:[)）】]|[.．、:：)）](?!\d)))\s*"
)
# What turns an option into its opposite, or says that it is not there yet or no longer is.
_TURNING = re.compile(
    r"[未无無非不没沒别勿否莫待拟将准快曾缺]|预计|可能|或许|也许|疑似|差点|几乎|部分|失败|取消|终止|暂停|作废|放弃|并非|尚|暂缓"
)
_DASH = re.compile(r"\s*(?:-+|>+|→)\s*")
_EXTRA_DASH = re.compile(r"\s*[-/、>:|\\→ ]+\s*")
_MIN_EVIDENCE = 2


def choice_key(text: str) -> str:
    """Return the form in which options are compared: one width and case, no spaces, no punctuation."""
    return _NOT_WORD.sub("", clean(text).casefold())


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


def choice(raw: Raw, options: Sequence[str], aliases: Mapping[str, str] = NO_ALIASES) -> Tidied:
    """Read one of the options, as the team spells it.

    Equal after normalising (numbering such as ``1.`` or ``①`` aside), an alias, or — reported by ``changed`` —
    the only option that stands in the text or that the text is a part of. Code ``choice``, with ``why`` one
    of unknown, several, negated and the ``options`` in question (docs/domain.md 5).
    """
    if is_blank(raw):
        return BLANK
    options = tuple(options)
    index = _index(options, tuple(aliases.items()) if aliases else ())
    if isinstance(raw, bool):
        return unreadable("choice", "unknown", options=options)
    typed = plain(raw)
    key = choice_key(typed)
    if key in index:
        return Tidied(index[key])
    bare = choice_key(_NUMBERING.sub("", typed))
    if bare in index:
        return Tidied(index[bare])
    return _by_evidence(bare or key, index, options)


def _by_evidence(key: str, index: Mapping[str, str], options: tuple[str, ...]) -> Tidied:
    if len(key) < _MIN_EVIDENCE:
        return unreadable("choice", "unknown", options=options)
    spans = _inside(key, index)
    if spans:
        found = tuple(dict.fromkeys(index[key[start:end]] for start, end in spans))
        if len(found) > 1:
            return unreadable("choice", "several", options=found)
        if _TURNING.search(_outside(key, spans)):
            return unreadable("choice", "negated", options=found)
        return Tidied(found[0], changed=True)
    wider = [known for known in index if key in known]
    found = tuple(dict.fromkeys(index[known] for known in wider))
    if len(found) > 1:
        return unreadable("choice", "several", options=found)
    if not found:
        return unreadable("choice", "unknown", options=options)
    # 开始 is a part of 未开始 and its opposite.
    if all(_TURNING.search(known.replace(key, " ", 1)) for known in wider):
        return unreadable("choice", "negated", options=found)
    return Tidied(found[0], changed=True)


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


def yes_no(raw: Raw) -> Tidied:
    """Read 是 or 否 in the ways people write them: √, Y, 1, TRUE, 不是 … (docs/domain.md 5).

    A pair of boxes (☑是 □否) is read by its tick. Code ``choice`` for anything else.
    """
    if isinstance(raw, bool):
        return Tidied(raw)
    if is_blank(raw):
        return BLANK
    typed = plain(raw)
    known = _YES_NO.get(typed.strip().casefold())
    if known is None:
        known = _YES_NO.get(clean(typed).casefold().strip(" .。,，!！()（）'"))
    if known is None:
        return unreadable("choice", "unknown", options=("是", "否"))
    return Tidied(known)


def industry(raw: Raw, options: Sequence[str]) -> Tidied:
    """Read 大类 or 大类-细分, dashes normalised (docs/domain.md 2.1).

    A 大类 counts as listed where one of its 细分 is; a 细分 alone is completed where only one 大类 has it, and
    reported by ``changed``. Off the list the value is the normalised text *and* the code is ``choice``: the
    caller decides what that weighs.
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
    if len(whole := tails.get(key, ())) == 1:
        return Tidied(whole[0], changed=True)
    text = parted if choice_key(parted.partition("-")[0]) in heads else dashed
    return Tidied(text, code="choice", facts={"why": "unknown", "options": tuple(whole)})


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
