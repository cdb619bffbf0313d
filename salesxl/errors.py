"""Exceptions for bad set-up. Owns nothing else: bad data is a Finding, a bug is a traceback.

Every message says what is wrong, where, and how to mend it; the command line prints it in one line
and exits with 2.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["DestinationBusy", "Refused", "SalesxlError", "SettingsError", "TemplateError", "UsageError"]


class SalesxlError(Exception):
    """Something in the set-up stops the run; the text tells the way out."""


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

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(f"{code}: {facts}")
        self.code = code
        self.facts: Mapping[str, Any] = facts
