"""Headers that ask for the same in several words: 预计招标/签约日期.

Owns: what the parts of such a header are in full. Refuses: what they mean.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

__all__ = ["spread"]

_BEGINS = re.compile("预计|预估|预期|估计|计划|拟|首次|初次|第一次|最近|最后|上次|下次|本周|本月|上年|年度")
_CHINESE = re.compile("[\u4e00-\u9fff]")


def spread(parts: Sequence[str]) -> list[str]:
    """Return a header's parts, each with what the first begins with: 预计招标/签约日期 is 预计签约日期."""
    begins = _BEGINS.match(parts[0].strip())
    if begins is None:
        return list(parts)
    words = [part.strip() for part in parts[1:]]
    return [parts[0], *(begins[0] + w if _CHINESE.match(w) and not _BEGINS.match(w) else w for w in words)]
