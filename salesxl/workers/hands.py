"""Our own work, spread over processes of this machine: whoever does it, it gets done.

Owns giving pieces of the job away. They are trusted, unlike files that came in: no bounds hold for them, and
what does not come back is done here instead. So the result never depends on who did the work, and an error
is raised here, as if it had been done here. Refuses: what the pieces are.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

from salesxl.workers.bounds import Bounds
from salesxl.workers.local import Local
from salesxl.workers.lost import Lost, Task

__all__ = ["Hands"]

_DONE = b"+"
"""What an outcome begins with, so that one without it tells of an error."""


class Hands:
    """Up to ``jobs`` processes of this machine (default: one a core); with one, everything is done here."""

    def __init__(self, jobs: int | None = None) -> None:
        self._local = Local(jobs, Bounds.none())

    def spread(self, task: Task, items: Sequence[Any], size: int) -> Generator[tuple[int, bytes], None, None]:
        """Do the task to every item; yield (place of the item, outcome) as they are done.

        ``size`` is the bytes of workbooks behind the items: little is done faster here.
        """
        if not self._local.pays(len(items), size):
            yield from ((at, task(item)) for at, item in enumerate(items))
            return
        for at, outcome in self._local.run(_Tried(task), items):
            yield at, _or_here(outcome, task, items[at])

    @contextmanager
    def aside(self, task: Task, item: Any, size: int) -> Generator[Callable[[], bytes], None, None]:
        """Begin a task elsewhere, and yield what waits for its outcome; what does not pay is done by that."""
        with ExitStack() as stack:
            if self._local.pays(2, size):
                told = stack.enter_context(self._local.begun(_Tried(task), [item]))
                yield lambda: _or_here(next(told)[1], task, item)
            else:
                yield lambda: task(item)


@dataclass(frozen=True, slots=True)
class _Tried:
    """A task of which an error is no outcome: it will be raised where the task is done again."""

    task: Task

    def __call__(self, item: Any) -> bytes:
        try:
            return _DONE + self.task(item)
        except Exception:  # noqa: BLE001  whatever it was, the caller meets it himself
            return b""


def _or_here(outcome: bytes | Lost, task: Task, item: Any) -> bytes:
    if isinstance(outcome, Lost) or not outcome:
        return task(item)
    return outcome[len(_DONE) :]
