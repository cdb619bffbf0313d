"""Traditional characters as their simplified ones, so that 客戶名稱 is compared as 客户名称.

Owns: which characters are folded (those of Big5 that OpenCC writes as one character of GB 2312, and a few
variants). Refuses: words that the two scripts use differently (專案 for 项目), and changing anything that was
typed: only texts about to be compared are folded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

__all__ = ["simplified", "traditional_of"]

_VARIANTS = dict(zip("価値啓爲牀産綫衆裏説", "价值启为床产线众里说", strict=True))
"""Forms that are common in print though Big5 does not have them."""


def simplified(text: str) -> str:
    """Return text with each traditional character as the simplified one."""
    # Most texts have none; a search tells so in a tenth of the time that translating takes.
    return text if text.isascii() or _any_pair().search(text) is None else text.translate(_pairs())


def traditional_of(character: str) -> str:
    """Return the traditional characters that a simplified one stands for: 发 → 發髮."""
    return _unfolded().get(character, "")


@cache
def _pairs() -> dict[int, str]:
    """Return the simplified character of each traditional one, by its number."""
    from opencc import OpenCC  # loaded for the first text that is not plain ASCII

    characters = list(_big5())
    folded = OpenCC("t2s").convert("\n".join(characters)).split("\n")
    told = dict(zip(characters, folded, strict=True)) | _VARIANTS
    return {ord(old): new for old, new in told.items() if old != new and len(new) == 1 and _in_gb2312(new)}


@cache
def _any_pair() -> re.Pattern[str]:
    return re.compile(f"[{''.join(map(chr, _pairs()))}]")


@cache
def _unfolded() -> dict[str, str]:
    found: dict[str, str] = {}
    for old, new in _pairs().items():
        found[new] = found.get(new, "") + chr(old)
    return found


def _big5() -> Iterator[str]:
    for first in range(0xA4, 0xFA):
        for second in (*range(0x40, 0x7F), *range(0xA1, 0xFF)):
            try:
                yield bytes((first, second)).decode("big5")
            except UnicodeDecodeError:  # a place of the code that holds nothing
                continue


def _in_gb2312(character: str) -> bool:
    try:
        character.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True
