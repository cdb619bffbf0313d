"""What is to be said when a template cannot be rendered, for the parts that know a file format.

Owns which fault each of them is. Refuses: deciding what is a fault; the sentences are in words.
"""

from __future__ import annotations

from salesxl.errors import Label, Phrase, TemplateFault, phrase
from salesxl.excel.bands import Band, Unfollowable, Ungrowable

__all__ = ["cannot_follow", "too_long", "unfollowable"]


def cannot_follow(error: Unfollowable, what: Phrase) -> TemplateFault:
    """Return the fault of something that takes in a part of a band, or cells that no longer lie alike."""
    if isinstance(error, Ungrowable):
        band: Band = error.band
        return TemplateFault("partial", what=what, name=band.name, first=band.first, last=band.last)
    return TemplateFault("uneven", what=what, ref=str(error))


def unfollowable(sheet: str, cell: Label, error: Unfollowable, what: str, **facts: str) -> TemplateFault:
    """Return the fault of a formula, a merge or the like; ``what`` is the key of what it is called."""
    return cannot_follow(error, phrase(f"what.{what}", **facts)).at(sheet, cell)


def too_long(sheet: str, name: str, limit: int) -> TemplateFault:
    """Return the fault of a band that runs past the end of the sheet."""
    return TemplateFault("too_long", sheet=sheet, name=name, limit=limit)
