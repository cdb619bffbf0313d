"""What may stand around an option in a cell: numbering, shares, brackets, words that change nothing.

Owns peeling them off, step by step, until a whole option is left. The words are in ``affixes.toml``. Refuses:
similarity, and taking a part of an option's word for the option.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import NamedTuple

from salesxl.parsing.text import clean, simplified

__all__ = ["STRICT", "Manner", "choice_key", "peeled", "turns"]


class Manner(NamedTuple):
    """How the options of a list may be written.

    ``loose``: an option counts that stands in other words (广州展会), where no opposite is to be feared.
    ``steps`` are the options that end nothing: only they take 中 and a share (谈判中, 谈判推进 70%); 签约中
    is not signed, and 已完成 50% is not done.
    """

    loose: bool = False
    steps: frozenset[str] = frozenset()


STRICT = Manner()
_NOT_WORD = re.compile(r"[\W_]+")
_DEGREE = re.compile(r"(?<=[a-z0-9])[+-]+$")
_MOST_TRIED = 200
_NUMBER = r"(?:0?[1-9]|[1-4]\d|[一二三四五六七八九十]{1,3})"
_NUMBERED = (
    re.compile(
        rf"(?:第\s*{_NUMBER}\s*(?:步骤|阶段|步|级|项|类)|(?:阶段|步骤|step|stage|phase|no\.?|[a-z])\s*{_NUMBER})"
        r"(?!\d)\s*[-:.、)\]>·]*\s*",
        re.IGNORECASE,
    ),
    re.compile(
        rf"[(\[【]?(?:{_NUMBER}|[a-z]|i{{2,3}}|iv|vi{{1,3}}|ix)(?:[)\]】]+\s*[-:.、]?|\s*[-:.、>·]+(?!\d)|\s+(?=\D))\s*",
        re.IGNORECASE,
    ),
    re.compile(r"[①-⑳⓪❶-❿⑴-⒇⒈-⒛㈠-㈩Ⓐ-ⓩ]\s*"),
)
_GLUED = re.compile(r"(?:0?[1-9]|1\d)(?=[\u4e00-\u9fff])")
_SHARE = r"\d{1,3}(?:\.\d+)?\s*%?(?:\s*[-~至]\s*\d{1,3}(?:\.\d+)?)?\s*%"
_SHARE_FIRST = re.compile(rf"({_SHARE})\s*[-:/]?\s*")
_SHARE_LAST = re.compile(rf"\s*[-:/]?\s*({_SHARE})")
_BRACKETED = re.compile(r"\s*[(\[【<〈《「{]([^()\[\]【】<>〈〉《》「」{}]*)[)\]】>〉》」}]\s*")
_REMARK = re.compile(r"\s*[:,;。!]\s*")
_PLAIN_REMARK = re.compile(r"[\d\s.%/\-~:年月日]*")


@dataclass(frozen=True, slots=True)
class _State:
    """What is left of a text, and what its peel asks of the option: that it ends nothing, or is so named."""

    text: str
    step: bool = False
    named: bool = False
    numbered: bool = False


def choice_key(text: str) -> str:
    """Return the form in which options are compared: one width, script, case; no spaces, no punctuation."""
    text = simplified(clean(text)).casefold()
    degree = _DEGREE.search(text)  # A+ and A- are not A
    return _NOT_WORD.sub("", text).replace("其它", "其他") + (degree[0] if degree else "")


def peeled(typed: str, index: Mapping[str, str], manner: Manner) -> str | None:
    """Return the option that is left once all that changes nothing is peeled off; None where none is.

    ``index`` maps the keys of options and aliases to options.
    """
    first = _State(simplified(clean(typed)))
    seen, waiting = {first}, [first]
    known = {**_core(index), **index}
    while waiting and len(seen) < _MOST_TRIED:
        state = waiting.pop(0)
        key = choice_key(state.text)
        if (option := known.get(key)) and _holds(state, option, key, manner):
            return option
        for less in _less(state, index, manner):
            if less.text and less not in seen:
                seen.add(less)
                waiting.append(less)
    return None


def turns(text: str, *, remark: bool = False) -> bool:
    """Tell whether words beside an option may deny or doubt it; of a ``remark`` less is borne."""
    return _turning(remark).search(text) is not None


def _holds(state: _State, option: str, key: str, manner: Manner) -> bool:
    if option in manner.steps:
        return True
    return not state.step and (not state.named or key == choice_key(option))


def _core(index: Mapping[str, str]) -> dict[str, str]:
    """Return options by their own words without 已 and the like: 完成 is 已完成."""
    lead = [choice_key(word) for word in _words()["before"]["any"]]
    bare: dict[str, set[str]] = {}
    for option in set(index.values()):
        key = choice_key(option)
        for word in lead:
            if key.startswith(word) and len(key) > len(word) + 1:
                bare.setdefault(key.removeprefix(word), set()).add(option)
    return {key: options.pop() for key, options in bare.items() if len(options) == 1 and key not in index}


def _less(state: _State, index: Mapping[str, str], manner: Manner) -> Iterator[_State]:
    """Yield what is left of a text once one thing is peeled off."""
    yield from _without_number(state, index)
    yield from _without_share(state)
    yield from _without_brackets(state, index, manner)
    yield from _without_remark(state, index)
    yield from _without_words(state)


def _without_number(state: _State, index: Mapping[str, str]) -> Iterator[_State]:
    if state.numbered:
        return
    for pattern in _NUMBERED:
        if (found := pattern.match(state.text)) and _NOT_WORD.sub("", found[0]).casefold() not in index:
            yield _State(state.text[found.end() :], state.step, state.named, numbered=True)
    if found := _GLUED.match(state.text):  # 3方案呈现; 2成交 may be two deals
        yield _State(state.text[found.end() :], step=True, named=state.named, numbered=True)


def _without_share(state: _State) -> Iterator[_State]:
    if found := _SHARE_FIRST.match(state.text):
        yield _State(state.text[found.end() :], state.step or not _whole(found[1]), state.named)
    for found in _SHARE_LAST.finditer(state.text):
        if found.end() == len(state.text):
            yield _State(state.text[: found.start()], state.step or not _whole(found[1]), state.named)


def _whole(share: str) -> bool:
    return share.replace(" ", "").removesuffix("%") in ("100", "100.0", "100.00")


def _without_brackets(state: _State, index: Mapping[str, str], manner: Manner) -> Iterator[_State]:
    for found in _BRACKETED.finditer(state.text):
        if found.start() == 0 or found.end() == len(state.text):
            left = state.text[: found.start()] + state.text[found.end() :]
            yield from _remarked(state, left, found[1], index, manner)


def _without_remark(state: _State, index: Mapping[str, str]) -> Iterator[_State]:
    if found := _REMARK.search(state.text):
        yield from _remarked(state, state.text[: found.start()], state.text[found.end() :], index, STRICT)


def _remarked(
    state: _State, left: str, remark: str, index: Mapping[str, str], manner: Manner
) -> Iterator[_State]:
    """Yield a text without a remark: one that says the same, or nothing that could turn the option."""
    key, own = choice_key(remark), choice_key(left)
    if not key or own in {choice_key(word) for word in _words()["remark"]["open"]}:
        yield _State(left, state.step, state.named, state.numbered)
        return
    same = peeled(remark, index, manner) if len(remark) < len(state.text) else None
    if same is not None:
        if same == peeled(left, index, manner):
            yield _State(left, state.step, state.named, state.numbered)
        return
    if _PLAIN_REMARK.fullmatch(remark):
        whole = "%" not in remark and not re.search(r"[\-/~:年月日.]", remark)
        yield _State(left, state.step or not (whole or _whole(remark)), state.named, state.numbered)
    elif not turns(remark, remark=True) and not any(len(k) > 1 and k in key for k in index):
        yield _State(left, step=True, named=state.named, numbered=state.numbered)


def _without_words(state: _State) -> Iterator[_State]:
    text = state.text.strip(" \t\r\n\u3000-_.。·")
    for group, step in (("any", False), ("underway", True)):
        for word in _words()["before"][group]:
            if text.startswith(word):
                yield _State(text.removeprefix(word), state.step or step, state.named, state.numbered)
        for word in _words()["after"][group]:
            if text.endswith(word):
                yield _State(text.removesuffix(word), state.step or step, state.named, state.numbered)
    for word in _words()["after"]["named"]:
        if text.endswith(word):
            yield _State(text.removesuffix(word), state.step, named=True, numbered=state.numbered)


@cache
def _words() -> Mapping[str, Mapping[str, list[str]]]:
    text = resources.files("salesxl.parsing").joinpath("affixes.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@cache
def _turning(remark: bool) -> re.Pattern[str]:
    words = _words()["turning"]
    every = [*words["words"], *(words["doubting"] if remark else ())]
    return re.compile("|".join(map(re.escape, sorted(every, key=lambda word: (-len(word), word)))))
