"""How much a template may ask for: named bounds, each with an error that says which and how to mend it.

Jinja2's sandbox stops access to Python's insides but not ``'a' * 3000000000`` or endless loops; this does.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from salesxl.errors import TemplateFault

__all__ = ["Budget", "Limits"]


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one rendering; all can be raised by the caller."""

    seconds: float = 300.0
    """Time for the whole workbook."""
    loops: int = 20_000
    """Turns of all ``{% for %}`` loops and of ``range()`` within one text."""
    text: int = 32_767
    """Characters a text may grow to: what an Excel cell can hold."""
    digits: int = 400
    """Decimal digits of a whole number."""
    rows: int = 1_048_576
    """Rows of one sheet, at most what Excel has."""


@dataclass(slots=True)
class Budget:
    """What is left of the bounds while a workbook is rendered. The clock only stops; it never shows."""

    limits: Limits
    turns: int = 0
    _calls: int = 0
    _end: float = field(init=False)

    def __post_init__(self) -> None:
        self._end = time.monotonic() + self.limits.seconds

    def begin(self) -> None:
        """Start a text anew: loops are counted for each one."""
        self.turns = 0
        self._calls += 1
        if not self._calls % 256:
            self.check_time()

    def check_time(self) -> None:
        """Raise TemplateError when the time is up."""
        if time.monotonic() > self._end:
            raise TemplateFault("time_up", seconds=f"{self.limits.seconds:g}")

    def counted(self, items: Iterable[Any]) -> Iterator[Any]:
        """Go through the items of a loop, counting its turns."""
        for item in items:
            self.turns += 1
            if self.turns > self.limits.loops:
                raise TemplateFault("too_many_turns", most=self.limits.loops)
            if not self.turns % 1024:
                self.check_time()
            yield item

    def text(self, size: int) -> None:
        """Raise TemplateError for a text that has become too long."""
        if size > self.limits.text:
            raise TemplateFault("text_too_long", most=self.limits.text)

    def whole(self, bits: float) -> None:
        """Raise TemplateError for a whole number that has become too large."""
        if bits > self.limits.digits * 3.33:
            raise TemplateFault("number_too_long", most=self.limits.digits)
