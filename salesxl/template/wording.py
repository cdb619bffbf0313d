"""Faults of templates put into words.

Owns how a fault's place, items and reason become one sentence. Refuses: the sentences, which are in words.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from salesxl import messages as every
from salesxl.errors import Label, Phrase, TemplateError, TemplateFaultError
from salesxl.messages import Words

__all__ = ["in_words", "reason_of", "sentence", "told"]


@contextmanager
def told(words: Words | None) -> Iterator[None]:
    """Let faults leave as sentences; without ``words``, in those of the first language."""
    try:
        yield
    except TemplateFaultError as fault:
        raise TemplateError(sentence(fault, words or default_words())) from fault


@cache
def default_words() -> Words:
    """Return the words of the first language."""
    return every.load(every.LOCALES[0], lambda _block, _field: None)


def in_words(said: Label, words: Words) -> str:
    """Return what a label or a phrase says."""
    if isinstance(said, str):
        return said
    return words.text(f"template.{said.key}", **{name: _fact(value, words) for name, value in said.facts})


def _fact(value: Any, words: Words) -> Any:
    return in_words(value, words) if isinstance(value, Phrase) else value


def reason_of(fault: TemplateFaultError, words: Words) -> str:
    """Return what is wrong, with the item it is wrong for, without the place."""
    reason = in_words(fault.reason, words)
    items = tuple(
        words.text("template.item" if called else "template.item_plain", number=number, called=called)
        for number, called in fault.items
    )
    if items and fault.shown:
        return words.text("template.about_item", shown=fault.shown, items=items, reason=reason)
    return words.text("template.about", shown=fault.shown, reason=reason) if fault.shown else reason


def sentence(fault: TemplateFaultError, words: Words) -> str:
    """Return the whole sentence: place, item and reason."""
    reason = reason_of(fault, words)
    if fault.sheet is None:
        return reason
    where = "!".join(part for part in (fault.sheet, in_words(fault.cell or "", words)) if part)
    return words.text("template.at" if fault.shown else "template.at_place", where=where, reason=reason)
