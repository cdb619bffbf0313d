"""Telephones and e-mails that a team does not want to see outside its book. docs/domain.md 3.13.

Owns how they are shown. Refuses: addresses of files and places, without which no link leads anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

__all__ = ["masked"]

_MOBILE = re.compile(r"(?<![0-9A-Za-z])(1\d{2})[ -]?\d{4}[ -]?(\d{4})(?!\d)")
_LAND_LINE = re.compile(r"(?<![0-9A-Za-z])(0\d{2,3})[ -]?\d{3,4}(\d{4})(?!\d)")
_MAIL = re.compile(r"([0-9A-Za-z])[0-9A-Za-z._%+-]*(@[0-9A-Za-z-]+\.[0-9A-Za-z.-]+)")
LED_TO = frozenset({"link", "place", "page", "sheet", "source_file", "source_sheet", "customer_no"})
"""What leads to a file or a row, or names it."""


def masked(value: Any, key: str = "") -> Any:
    """Return figures in which 13800138000 is 138****8000, 021-58881234 021-****1234 and ann@b.cn a***@b.cn.

    Everything else is as it was, and so is what stands under the names in ``LED_TO``.
    """
    if isinstance(value, Mapping):
        return {name: masked(inner, str(name)) for name, inner in value.items()}
    if isinstance(value, list):
        return [masked(inner, key) for inner in value]
    if not isinstance(value, str) or key in LED_TO:
        return value
    found = _MAIL.sub(r"\1***\2", _MOBILE.sub(r"\1****\2", value))
    return _LAND_LINE.sub(r"\1-****\2", found)
