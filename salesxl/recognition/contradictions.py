"""What a header does not mean though its words seem to: 上年销售额 is ours, 现用品牌 what the customer uses.

Owns: holding headers against ``contradictions.toml``. Refuses: what a header does mean (``meaning``).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import lru_cache
from importlib import resources
from typing import Any

from salesxl.recognition.parts import letters_of

__all__ = ["is_of_another", "never_means"]


@lru_cache(maxsize=1)
def _known() -> Mapping[str, Any]:
    text = resources.files("salesxl.recognition").joinpath("contradictions.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@lru_cache(maxsize=8192)
def never_means(kind: str, name: str, header: str) -> bool:
    """Tell whether a header speaks of another party, another time or something else than a field does."""
    return _says(_known().get(name, "") + _known().get(kind, {}).get(name, ""), header)


def is_of_another(name: str, before: str) -> bool:
    """Tell whether a field is not the customer's with us, by the one before it: 现物业公司."""
    beside = _known()["beside"]
    return name in beside["fields"].split() and _says(beside["header"], before)


def _says(patterns: str, header: str) -> bool:
    return any(re.search(pattern, letters_of(header)) for pattern in patterns.split())
