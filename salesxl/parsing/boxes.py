"""Ticked boxes in one cell → the ticked options: ``□线索培育 ☑需求确认 □方案呈现`` (docs/domain.md 2.2).

Owns the signs people tick with and on which side of the word they put them. Refuses: saying that a tick is
missing, which is for the caller to judge.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from salesxl.model import Tidied
from salesxl.parsing.choices import NO_ALIASES, STRICT, Manner, choice, choice_key
from salesxl.parsing.text import BLANK, Raw, clean, is_blank, plain, unreadable

__all__ = ["has_boxes", "one_ticked", "ticked", "yes_no"]

# þ and ý, ¨ are Wingdings' boxes as plain letters; the private-use signs are the same as symbols.
FILLED = "☑◎☒■√✓✔●◉▣◼★✅▪⬛◆🗹🗷⊠🗸◾❎þý\uf0fe\uf0fd\uf052\uf0fc"
EMPTY = "□〇囗☐○◯◻▢⬜◇☆▫◽❏❑❒¨×✗✘\uf0a8\uf06f\uf0a3"
_OPEN, _CLOSE = r"[\[(（【［〔]", r"[\])）】］〕]"
_INNER = r"[xX×vV*√✓✔☑■●✗✘]"
_ON = rf"{_OPEN}\s*{_INNER}\s*{_CLOSE}|[{FILLED}]\ufe0f?"
_OFF = rf"{_OPEN}\s*{_CLOSE}|[{EMPTY}]\ufe0f?"
_SIGN = re.compile(rf"(?P<on>{_ON})|(?P<off>{_OFF})")
# Wingdings 2 stores an empty box as £ and a ticked one as R: letters are signs only where £ shows that font.
_SIGN_WINGDINGS_2 = re.compile(rf"(?P<on>{_ON}|(?<![A-Za-z])[RS](?![A-Za-z]))|(?P<off>{_OFF}|£)")
_INSTRUCTION = re.compile(
    r"[(（\[【]?\s*请?在?(?:相应|对应|所选|前面|选项|方框|框|□|☐|的)*[内中里前后]?(?:打|画|划)[“\"'‘]?[√✓✔☑][”\"'’]?"
    r"(?:选择|确认)?\s*[)）\]】]?[:：]?"
)
_BETWEEN = re.compile(r"[\s、,，;；/／|｜。.]+")
_REMARK = re.compile(r"[(（\[【:：_]")
_EDGE = " \t\r\n\u3000\u00a0、,，;；/／|｜。."


class _Sign(NamedTuple):
    """A box or tick in the cell's text; ``torn`` where it touches the words on both of its sides."""

    start: int
    end: int
    filled: bool
    torn: bool = False


def has_boxes(raw: Raw) -> bool:
    """Tell whether a cell of a table offers its options as boxes, as a card does."""
    return isinstance(raw, str) and _SIGN.search(raw) is not None


def ticked(
    raw: Raw, options: Sequence[str], aliases: Mapping[str, str] = NO_ALIASES, manner: Manner = STRICT
) -> Tidied:
    """Read which options are ticked, as a tuple in the order typed; boxes without a tick give ``()``.

    The first sign of the cell decides whether signs stand before or after their words. Options filled in as
    plain words count as ticked. Code ``choice`` where a ticked word is no option (``why`` and ``word``).
    """
    if isinstance(raw, tuple):
        return (
            Tidied(raw)
            if set(raw) <= set(options)
            else unreadable("choice", "unknown", options=tuple(options))
        )
    if is_blank(raw):
        return BLANK
    typed = plain(raw)
    if any(verb in typed for verb in "打画划"):
        typed = _INSTRUCTION.sub(" ", typed)
    for option in options:
        typed = typed.replace(f"口{option}", f"□{option}")  # the character for mouth drawn as a box
    signs = _signs(typed)
    if not signs:
        return _filled_in(raw, typed, options, aliases, manner)
    found: dict[str, None] = {}
    changed = False
    after = _signs_follow(typed, signs)
    for found_word in _ticked_words(typed, signs, after=after):
        if found_word is None:
            return unreadable("choice", "ambiguous", options=tuple(options))
        word, strayed = found_word
        read = _option(word, options, aliases, manner, -1 if after != strayed else 0)
        if read.value is None:  # a tick without a word, or with one that is no option
            facts = {"why": "unknown", "options": tuple(options), **read.facts, "word": word}
            return Tidied(code="choice", facts=facts)
        found[read.value] = None
        changed |= read.changed or strayed
    return Tidied(tuple(found), changed=changed)


def one_ticked(
    raw: Raw, options: Sequence[str], aliases: Mapping[str, str] = NO_ALIASES, manner: Manner = STRICT
) -> Tidied:
    """Read the one ticked option; none is blank, more than one is code ``choice`` with ``ticked``."""
    read = ticked(raw, options, aliases, manner)
    if read.code is not None or read.value is None:
        return read
    if len(read.value) > 1:
        return unreadable("choice", "several", ticked=read.value, options=read.value)
    return Tidied(read.value[0], changed=read.changed) if read.value else BLANK


def _signs(typed: str) -> list[_Sign]:
    """Return every sign; one typed right behind or before an empty box fills that box."""
    signs: list[_Sign] = []
    for found in (_SIGN_WINGDINGS_2 if "£" in typed else _SIGN).finditer(typed):
        filled = found["on"] is not None
        if signs and filled != signs[-1].filled and signs[-1].end == found.start():
            start = signs[-1].start
            # 需求确认√□方案呈现: the tick touches a word and the next word's box.
            torn = not filled and start > 0 and typed[start - 1] not in _EDGE
            signs[-1] = _Sign(start, found.end(), filled=True, torn=torn)
        else:
            signs.append(_Sign(found.start(), found.end(), filled=filled))
    return signs


def _signs_follow(typed: str, signs: Sequence[_Sign]) -> bool:
    """Tell whether signs stand after their words: something but a label is in front of the first one.

    With words at both ends one option lost its box; then that side counts which the first sign touches.
    """
    start, end = signs[0].start, signs[0].end
    leading, trailing = typed[:start].strip(_EDGE), typed[signs[-1].end :].strip(_EDGE)
    if not leading or leading.endswith((":", "：")):
        return False
    if not trailing:
        return True
    return not (typed[start - 1] in _EDGE and typed[end : end + 1].strip(_EDGE))


def _ticked_words(typed: str, signs: Sequence[_Sign], *, after: bool) -> Iterator[tuple[str, bool] | None]:
    """Yield the word of every tick and whether it stands on the other side of it; None where either could be.

    A tick added to a printed row of boxes may stand behind its word: □线索培育 □需求确认√ □方案呈现.
    """
    starts, ends = [sign.start for sign in signs], [sign.end for sign in signs]
    texts = [typed[start:end] for start, end in zip([0, *ends], [*starts, None], strict=True)]
    # For every sign: the text where its word may have strayed to, and the one where it should stand.
    around = list(pairwise(texts))
    if after:
        around = [(strayed, own) for own, strayed in around]
    stray = [_touches(strayed, ahead=after) and not _touches(own, ahead=not after) for strayed, own in around]
    for at, sign in enumerate(signs):
        if not sign.filled:
            continue
        strayed, own = (text.strip(_EDGE) for text in around[at])
        alone = stray[at] and not any(stray[1:at] + stray[at + 1 :])
        if sign.torn:
            yield None
        elif own and not (alone and strayed and at):
            yield own, False
        elif strayed and (_touches(around[at][0], ahead=after) or at in (0, len(signs) - 1)):
            yield strayed, True
        else:
            yield None if strayed else ("", False)


def _touches(text: str, *, ahead: bool) -> bool:
    """Tell whether a word touches the sign; ``ahead`` is a text behind the sign, read from its start."""
    return bool(text) and (text[0] if ahead else text[-1]) not in _EDGE


def _option(
    word: str, options: Sequence[str], aliases: Mapping[str, str], manner: Manner, nearest: int
) -> Tidied:
    """Return the option a ticked word names; options that lost their box may stand on its far side."""
    words = [part for part in _BETWEEN.split(word) if part]
    known = {choice_key(option) for option in options}
    if len(words) > 1 and all(choice_key(part) in known for part in words):
        return Tidied(choice(words[nearest], options, aliases, manner).value, changed=True)
    named, *remark = _REMARK.split(word, maxsplit=1)
    if remark and choice_key(named) in known:  # ☑其他（老客户介绍）
        return Tidied(choice(named, options, aliases, manner).value, changed=bool(choice_key(remark[0])))
    return choice(word, options, aliases, manner)


def _filled_in(
    raw: Raw, typed: str, options: Sequence[str], aliases: Mapping[str, str], manner: Manner
) -> Tidied:
    whole = choice(raw, options, aliases, manner)
    if whole.value is not None:
        return Tidied((whole.value,), changed=whole.changed)
    words = [word for word in _BETWEEN.split(typed) if word]
    reads = [choice(word, options, aliases, manner) for word in words]
    if len(words) > 1 and all(read.value is not None for read in reads):
        return Tidied(
            tuple(dict.fromkeys(read.value for read in reads)), changed=any(r.changed for r in reads)
        )
    return whole


# 无 alone is not among them: in a cell that asks for yes or no it is a blank (text.BLANK_WORDS).
_YES = "是 是的 对 对的 有 √ ✓ ✔ ☑ ✅ 🗹 y yes t true 1 v"
_NO = "否 不是 不 错 没有 × ✗ ✘ ✕ ✖ ❌ ❎ ╳ n no f false 0 x"
_ANSWERS = dict.fromkeys(_YES.split(), True) | dict.fromkeys(_NO.split(), False)
_PAIRS = (("是", "否"), ("有", "无"), ("对", "错"))
_AROUND = " .。,，!！()（）'[]【】\ufe0f"


def yes_no(raw: Raw) -> Tidied:
    """Read 是 or 否 in the ways people write them: √, Y, 1, TRUE, 不是 … (docs/domain.md 5).

    A pair of boxes (☑是 □否) is read by its tick, and is blank without one. Code ``choice`` for all else.
    """
    if isinstance(raw, bool):
        return Tidied(raw)
    if is_blank(raw):
        return BLANK
    typed = plain(raw)
    known = _ANSWERS.get(typed.strip().casefold())
    if known is None:
        known = _ANSWERS.get(clean(typed).casefold().strip(_AROUND))
    if known is not None:
        return Tidied(known)
    for pair in _PAIRS:
        if all(word in typed for word in pair):
            read = one_ticked(typed, pair)
            return Tidied(read.value == pair[0]) if read.value else read
    return unreadable("choice", "unknown", options=_PAIRS[0])
