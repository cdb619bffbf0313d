"""A header's letters, and what its parts are in full: 预计招标/签约日期.

Owns: what is left of a text to be understood. Refuses: what they mean.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from salesxl.parsing import normalise_label

__all__ = ["all_parts", "first_part", "letters_of", "spread"]

_NOT_LETTERS = re.compile(r"[^0-9a-z\u4e00-\u9fff]+")
_A_MONTH = re.compile(r"\d{1,2}月份?|[一二三四五六七八九十]{1,2}月份?")
_MONTH = "当月"
_LONGEST = 24

_BEGINS = re.compile("预计|预估|预期|估计|计划|拟|首次|初次|第一次|最近|最后|上次|下次|本周|本月|上年|年度")
_CHINESE = re.compile("[\u4e00-\u9fff]")


@lru_cache(maxsize=8192)
def letters_of(header: str) -> str:
    """Return what of a header can be understood: letters without marks, a month by its name as 当月."""
    bare = _A_MONTH.sub(_MONTH, normalise_label(header).casefold())
    return _NOT_LETTERS.sub("", bare)[:_LONGEST]


def spread(parts: Sequence[str]) -> list[str]:
    """Return a header's parts, each with what the first begins with: 预计招标/签约日期 is 预计签约日期."""
    begins = _BEGINS.match(parts[0].strip())
    if begins is None:
        return list(parts)
    words = [part.strip() for part in parts[1:]]
    return [parts[0], *(begins[0] + w if _CHINESE.match(w) and not _BEGINS.match(w) else w for w in words)]


_AND = re.compile("(?<=[\u4e00-\u9fff])(?:以及|及|与|和|、)(?=[\u4e00-\u9fff])")


def all_parts(header: str) -> list[str]:
    """Return the parts of 需求及痛点."""
    return _AND.split(header.strip())


def first_part(header: str) -> str | None:
    """Return the first of the parts of 需求及风格, None where there is just one."""
    parts = all_parts(header)
    return parts[0] if len(parts) > 1 else None
