"""What templates may call things beside their own names: the Chinese names of the summary's figures.

Owns reading them from ``names.toml``. Refuses: tables, which bring their labels along.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources

__all__ = ["names"]


@cache
def names() -> Mapping[str, tuple[str, ...]]:
    """Return each Chinese name with what it may stand for, in the order in which that is tried."""
    text = resources.files("salesxl.summary").joinpath("names.toml").read_text(encoding="utf-8")
    found: dict[str, list[str]] = {}
    for own, others in tomllib.loads(text)["called"].items():
        for other in others:
            found.setdefault(other, []).append(own)
    return {other: tuple(own) for other, own in found.items()}
