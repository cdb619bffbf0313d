"""The order in which people sort names."""

from __future__ import annotations

import re

__all__ = ["natural"]


def natural(name: str) -> tuple[tuple[tuple[int, int, str], ...], str]:
    """Return a key that sorts file names as people do: 周报.xlsx, 周报(2).xlsx, 周报(10).xlsx.

    The ending is looked at last, so that a copy comes after what it was copied from.
    """
    stem = name.rsplit(".", 1)[0]
    parts = re.findall(r"\d+|\D+", stem)
    return tuple((1, int(p), "") if p.isdecimal() else (0, 0, p) for p in parts), name
