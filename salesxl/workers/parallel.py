"""Our own work, spread over processes of this machine: whoever does it, it gets done.

Owns giving pieces of the job away. They are trusted, unlike files that came in: no bounds hold for them, and
what does not come back is done here instead. So the result never depends on who did the work, and an error
is raised here, as if it had been done here. Only what is ``held`` came in and has bounds, and is lost if it
breaks them. Refuses: what the pieces are.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from salesxl.workers.pool import FORKS, Bounds, Local, Lost, Outcomes, Task

__all__ = ["Hands"]

_DONE = b"+"
"""What an outcome begins with, so that one without it tells of an error."""


class Hands:
    """Up to ``jobs`` processes of this machine (default: one per core); with one, everything is done here."""

    def __init__(self, jobs: int | None = None) -> None:
        self._local = Local(jobs, Bounds.none())

    @property
    def inherit(self) -> bool:
        """True where others begin with all that this process holds: then a task need not be picklable."""
        return FORKS and self._local.jobs > 1

    def spread(self, task: Task, items: Sequence[Any], size: int) -> Generator[tuple[int, bytes], None, None]:
        """Do the task to every item; yield (place of the item, outcome) as they are done.

        ``size`` is the bytes of workbooks behind the items: little is done faster here.
        """
        if not self._local.pays(len(items), size):
            yield from ((at, task(item)) for at, item in enumerate(items))
            return
        for at, outcome in self._local.run(_Tried(task), items):
            yield at, _or_here(outcome, task, items[at])

    def held(self, task: Task, items: Sequence[Any]) -> Outcomes:
        """Do the task to every item in processes with bounds; what breaks them is ``Lost``.

        For what came in and may cost more than it should. An error in the task is an outcome of no bytes.
        """
        yield from (
            (at, outcome if isinstance(outcome, Lost) else outcome[len(_DONE) :])
            for at, outcome in Local(self._local.jobs, Bounds()).run(_Tried(task), items)
        )

    @contextmanager
    def begun(
        self, task: Task, items: Sequence[Any], size: int
    ) -> Generator[Iterator[tuple[int, bytes]], None, None]:
        """Begin a task for every item elsewhere, and yield the outcomes, as ``spread`` does, for later.

        This process goes on meanwhile; what does not pay is done by it when it asks.
        """
        if self._local.pays(len(items) + 1, size):
            with self._local.begun(_Tried(task), items) as told:
                yield ((at, _or_here(outcome, task, items[at])) for at, outcome in told)
        else:
            yield ((at, task(item)) for at, item in enumerate(items))

    @contextmanager
    def aside(self, task: Task, item: Any, size: int) -> Generator[Callable[[], bytes], None, None]:
        """Begin a single task elsewhere, and yield what waits for its outcome."""
        with self.begun(task, [item], size) as told:
            yield lambda: next(told)[1]


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
