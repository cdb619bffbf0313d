"""Words that are no option of their list, each told once for all the cells in which it stands.

Owns which findings are of one word, and the line that would settle it. Refuses: settling it (``accept``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from salesxl.messages import Words
from salesxl.model import Finding, Severity

__all__ = ["Word", "lines", "unsettled"]

REASONS = frozenset({"unknown", "part", "negated"})
MOST = 10
"""Words named on the console; the findings name them all."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word typed where a list's option belongs: in how many cells of how many files."""

    list: str
    value: str
    cells: int
    files: int


def unsettled(findings: Iterable[Finding]) -> list[Word]:
    """Return the words that are no option, the most frequent first."""
    seen: dict[tuple[str, str], list[str]] = {}
    for found in findings:
        name = found.facts.get("list") or found.facts.get("sheet")
        plain = found.code == "choice" and found.facts.get("kind") == "choice"
        if plain and found.severity is Severity.ERROR and found.facts.get("why") in REASONS and name:
            seen.setdefault((str(name), str(found.value).strip()), []).append(found.place.file)
    words = [Word(name, value, len(files), len(set(files))) for (name, value), files in seen.items()]
    return sorted(words, key=lambda word: (-word.cells, word.list, word.value))


def lines(findings: Iterable[Finding], words: Words) -> Iterator[str]:
    """Yield one line for each word that stands in several cells: where, and what settles it for all."""
    several = [word for word in unsettled(findings) if word.cells > 1]
    for word in several[:MOST]:
        told = f"{word.value}={words.text('unsettled_option')}"
        told = f'"{told}"' if len(told.split()) > 1 else told
        facts = {"list": word.list, "value": word.value, "cells": word.cells, "files": word.files}
        yield words.text("unsettled", **facts, told=told)
    if len(several) > MOST:
        yield words.text("unsettled_more", number=len(several) - MOST)
