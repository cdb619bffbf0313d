"""What one item may cost a worker, and holding it to that where the system can.

Owns the figures, and setting them in a worker before each item. Linux holds a process to memory and to
seconds of work; macOS to seconds of work alone; Windows to neither, so there the parent's clock must do.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import Any

resource: Any
try:
    import resource
except ImportError:  # Windows
    resource = None

__all__ = ["Bounds", "hold"]

_STATM = Path("/proc/self/statm")


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one item may cost before its worker is stopped; these protect the machine, no business rule.

    ``None`` is no bound.
    """

    memory_bytes: int | None = 1024**3
    """Beyond what the worker takes up before the item."""
    work_seconds: int | None = 20
    """Of processor time. A form takes a hundredth of a second; the largest sheet that intake lets in, ten."""
    wall_seconds: float | None = 60.0
    """By the clock, for what waits for ever without working. Generous, since other programs slow a worker."""

    @classmethod
    def none(cls) -> Bounds:
        """Return no bounds at all, for work that is our own."""
        return cls(None, None, None)


def hold(bounds: Bounds) -> None:
    """Hold this process to the bounds from now on: its next item starts with nothing on its account."""
    if resource is None:
        return
    if bounds.work_seconds is not None:
        spent = resource.getrusage(resource.RUSAGE_SELF)
        _soft(resource.RLIMIT_CPU, ceil(spent.ru_utime + spent.ru_stime) + bounds.work_seconds)
    if bounds.memory_bytes is not None and sys.platform == "linux":
        pages = int(_STATM.read_bytes().split(maxsplit=1)[0])
        _soft(resource.RLIMIT_AS, pages * resource.getpagesize() + bounds.memory_bytes)


def _soft(kind: int, value: int) -> None:
    _, most = resource.getrlimit(kind)
    unlimited = most == resource.RLIM_INFINITY
    resource.setrlimit(kind, (value if unlimited else min(value, most), most))
