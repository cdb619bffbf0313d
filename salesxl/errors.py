"""Exceptions for bad set-up. Owns nothing else: bad data is a Finding, a bug is a traceback.

Each is a code and facts; what is wrong, where, and how to mend it is said by words (``[text.error]``) in the
reader's language. The command line prints it and exits with 2.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["DestinationBusy", "Refused", "SalesxlError", "SettingsError", "TemplateError", "UsageError"]


class SalesxlError(Exception):
    """Something in the set-up stops the run; ``code`` and ``facts`` are made into a sentence by words.

    A code that words do not know is shown as it stands.
    """

    def __init__(self, code: str, /, **facts: Any) -> None:
        shown = ", ".join(f"{name}={value}" for name, value in facts.items())
        super().__init__(f"{code}: {shown}" if facts else code)
        self.code = code
        self.facts: Mapping[str, Any] = facts


class UsageError(SalesxlError):
    """The command was called with words that do not fit together."""


class SettingsError(SalesxlError):
    """团队设置.xlsx is missing, unreadable, or holds faults that leave no rule to go by."""


class TemplateError(SalesxlError):
    """A template workbook names something unknown or is built in a way that cannot be rendered."""


class DestinationBusy(SalesxlError):
    """What is to be replaced is open in another program; nothing was changed."""


class Refused(SalesxlError):
    """A submitted file that cannot or must not be read. Becomes one finding on that file.

    ``code`` is a finding code (``unreadable`` or ``unsafe``); ``facts`` fill its message, and always hold
    ``reason``, a stable snake_case word such as ``encrypted``, ``truncated``, ``too_large``.
    """
