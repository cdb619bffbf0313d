"""Exceptions for bad set-up. Owns nothing else: bad data is a Finding, a bug is a traceback.

Each is a code and facts; what is wrong, where, and how to mend it is said by words (``[text.error]``) in the
reader's language. The command line prints it and exits with 2.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

__all__ = [
    "DestinationBusyError",
    "Label",
    "Phrase",
    "RefusedError",
    "SalesxlError",
    "SettingsError",
    "TemplateError",
    "TemplateFaultError",
    "UsageError",
    "phrase",
]


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


@dataclass(frozen=True, slots=True)
class Phrase:
    """Something to be said, by its key and its facts: in which language is not known yet."""

    key: str
    facts: tuple[tuple[str, Any], ...] = ()


Label: TypeAlias = str | Phrase
"""How a place is called: as it stands (a cell, a name), or in words."""


def phrase(key: str, /, **facts: Any) -> Phrase:
    """Return something to be said; facts may be phrases themselves."""
    return Phrase(key, tuple(facts.items()))


class TemplateFaultError(TemplateError):
    """A template's fault, by what is to be said of it and where, before a language is chosen.

    ``shown`` is the text that it is about, ``items`` are those of the bands it stands in: (number, what the
    item is called), outer ones first.
    """

    def __init__(self, key: str, /, **facts: Any) -> None:
        super().__init__(f"{key}: {facts}")
        self.reason = phrase(key, **facts)
        self.sheet: str | None = None
        self.cell: Label | None = None
        self.shown = ""
        self.items: tuple[tuple[int, str], ...] = ()

    def at(
        self, sheet: str, cell: Label, shown: str = "", items: tuple[tuple[int, str], ...] = ()
    ) -> TemplateFaultError:
        """Say where it is, unless that is known already."""
        if self.sheet is None:
            self.sheet, self.cell, self.shown, self.items = sheet, cell, shown, items
        return self


class DestinationBusyError(SalesxlError):
    """What is to be replaced is open in another program; nothing was changed."""


class RefusedError(SalesxlError):
    """A submitted file that cannot or must not be read. Becomes one finding on that file.

    ``code`` is a finding code (``unreadable`` or ``unsafe``); ``facts`` fill its message, and always hold
    ``reason``, a stable snake_case word such as ``encrypted``, ``truncated``, ``too_large``.
    """
