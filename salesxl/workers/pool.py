"""Workers on this machine: processes of our own, each held to bounds, each replaced when it dies.

Owns starting, feeding, watching and ending them. Not ``ProcessPoolExecutor``: when one of its processes dies,
all that was in their hands is lost and nobody knows by whose fault, and it has no clock for a single item.
One thread does it all, so that a process is never forked while another thread holds a lock.
"""

from __future__ import annotations

import faulthandler
import gc
import multiprocessing
import os
import signal
import sys
import time
import traceback
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from math import ceil, inf, isfinite
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any, Protocol, TypeAlias

__all__ = ["Bounds", "Crew", "Local", "Lost", "Outcomes", "Task", "cores", "hold"]

FORKS = sys.platform == "linux"
"""Forked, a worker has every import already; macOS forbids forking a process that has used its frameworks."""
_PAYS = 60_000 if FORKS else 3_000_000
"""Bytes of workbooks a worker at which its start (10 ms forked, the imports anew else) is earned back."""
_AHEAD = 2
"""Items in a worker's hands, so that it need not wait for the next one."""
_GRACE = 1.0


def cores() -> int:
    """Return how many processor cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@dataclass(slots=True)
class _Worker:
    """A process and what is in its hands, the first of it being done."""

    process: multiprocessing.process.BaseProcess
    line: Connection
    hands: deque[int] = field(default_factory=deque)
    until: float = 0.0


class Local:
    """Up to ``jobs`` processes on this machine, started for a run and ended with it."""

    remote = False

    def __init__(self, jobs: int | None = None, bounds: Bounds | None = None) -> None:
        self.jobs = cores() if jobs is None else max(1, jobs)
        self.bounds = bounds or Bounds()

    def pays(self, items: int, size: int) -> bool:
        """Tell whether at least two workers would earn back their start."""
        return min(self.jobs, items, size // _PAYS) > 1

    def run(self, task: Task, items: Sequence[Any]) -> Outcomes:
        """Do the task to every item; yield (place of the item, outcome) as they are done.

        Raises:
            RuntimeError: the task has a bug; the text is its traceback in the worker.
        """
        with self.begun(task, items) as outcomes:
            yield from outcomes

    @contextmanager
    def begun(self, task: Task, items: Sequence[Any]) -> Iterator[Outcomes]:
        """Start on the items at once; yield their outcomes, as ``run`` does, to be asked for when wanted."""
        run = _Run(task, items, min(self.jobs, len(items)), self.bounds)
        gc.freeze()  # a collector that walks through what was forked would copy every page of it
        try:
            run.feed()
            yield run.outcomes()
        finally:
            run.end()
            gc.unfreeze()


class _Run:
    """One run: what is still to do, and the workers that do it."""

    def __init__(self, task: Task, items: Sequence[Any], most: int, bounds: Bounds) -> None:
        self.task, self.items, self.most, self.bounds = task, items, most, bounds
        self.waiting = deque(range(len(items)))
        self.workers: list[_Worker] = []
        self.context: Any = multiprocessing.get_context("fork" if FORKS else "spawn")

    def outcomes(self) -> Outcomes:
        while self.waiting or self.workers:
            self.feed()
            if not self.workers:
                return
            left = min(w.until for w in self.workers) - time.monotonic()
            ready = set(wait([w.line for w in self.workers], max(0.0, left) if isfinite(left) else None))
            for worker in list(self.workers):
                if worker.line in ready:
                    yield self._heard(worker)
                elif time.monotonic() >= worker.until:
                    yield self._gone(
                        worker, Lost("too_slow", {"limit_value": int(self.bounds.wall_seconds or 0)})
                    )

    def feed(self) -> None:
        """Give everyone something to do; the idle go, so that none stays behind at the end."""
        while self.waiting and len(self.workers) < self.most:
            worker = self._start()
            self.workers.append(worker)
            self._give(worker)
        for worker in list(self.workers):
            while self.waiting and len(worker.hands) < _AHEAD:
                self._give(worker)
            if not worker.hands:
                self._dismiss(worker)

    def _give(self, worker: _Worker) -> None:
        at = self.waiting.popleft()
        if not worker.hands:
            worker.until = self._end()
        worker.hands.append(at)
        with suppress(OSError):  # it has just died: that is heard on its line
            worker.line.send(self.items[at])

    def _end(self) -> float:
        """Return when an item that begins now has had its time."""
        return time.monotonic() + (inf if self.bounds.wall_seconds is None else self.bounds.wall_seconds)

    def _start(self) -> _Worker:
        ours, theirs = self.context.Pipe()
        lines = [w.line for w in self.workers] + [ours] if FORKS else []
        process = self.context.Process(
            target=_serve, args=(theirs, lines, self.task, self.bounds), daemon=True, name="salesxl"
        )
        with _uninterrupted():
            process.start()
        theirs.close()
        return _Worker(process, ours)

    def _heard(self, worker: _Worker) -> tuple[int, bytes | Lost]:
        try:
            outcome = worker.line.recv()
        except (EOFError, OSError):
            worker.process.join(_GRACE)
            return self._gone(worker, self._cause(worker.process.exitcode))
        if isinstance(outcome, Lost):
            return self._gone(worker, outcome)
        if isinstance(outcome, str):
            raise RuntimeError(f"in a worker:\n{outcome}")
        at = worker.hands.popleft()
        worker.until = self._end()
        return at, bytes(outcome)

    def _gone(self, worker: _Worker, lost: Lost) -> tuple[int, Lost]:
        """Take leave of a worker; what it had not begun goes back to the head of the queue."""
        worker.process.kill()
        at, *unbegun = worker.hands
        self.waiting.extendleft(reversed(unbegun))
        self._dismiss(worker)
        return at, lost

    def _cause(self, code: int | None) -> Lost:
        if code is not None and code == -getattr(signal, "SIGXCPU", 0):
            return Lost("too_slow", {"limit_value": self.bounds.work_seconds})
        if code == -9:  # not by us: the system itself ran out of memory
            return _hungry(self.bounds)
        return Lost("crashed")

    def _dismiss(self, worker: _Worker) -> None:
        self.workers.remove(worker)
        worker.line.close()
        worker.process.join(_GRACE)
        if worker.process.exitcode is None:
            worker.process.kill()
            worker.process.join()
        worker.process.close()

    def end(self) -> None:
        """Stop whoever still works."""
        for worker in self.workers:
            worker.process.kill()
        for worker in list(self.workers):
            self._dismiss(worker)


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Keep Ctrl-C waiting while a process is started: a worker must never know of it."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _serve(line: Connection, others: Sequence[Connection], task: Task, bounds: Bounds) -> None:
    """Be a worker: do the task to what comes down the line until nobody is at its other end."""
    for other in others:  # else this process would keep the lines of the others open
        other.close()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to all; the parent ends the workers
    _hush()
    while True:
        try:
            item = line.recv()
        except (EOFError, OSError):
            return
        hold(bounds)
        outcome: bytes | Lost | str
        try:
            outcome = task(item)
        except MemoryError:
            outcome = _hungry(bounds)
        except Exception:  # noqa: BLE001  a bug: the parent raises it with this traceback
            outcome = traceback.format_exc()
        try:
            line.send(outcome)
        except OSError:
            return


def _hungry(bounds: Bounds) -> Lost:
    return Lost("too_much_memory", {"limit_value": bounds.memory_bytes})


def _hush() -> None:
    """Let nothing of a dying worker into the terminal: a reader that aborts says so on the way out."""
    faulthandler.disable()
    if FORKS:
        silent = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silent, 2)
        os.close(silent)


Task: TypeAlias = Callable[[Any], bytes]
"""What is done to one item. Both may be sent to another process, so they are plain and picklable."""


@dataclass(frozen=True, slots=True)
class Lost:
    """An item whose worker did not live to tell: ``crashed``, ``too_slow`` or ``too_much_memory``.

    ``facts`` are the bound that was broken, for the message.
    """

    reason: str
    facts: dict[str, Any] = field(default_factory=dict)


Outcomes: TypeAlias = Generator[tuple[int, bytes | Lost], None, None]
"""(Place of the item, what came of it), as they are done. To be closed by whoever stops listening."""


class Crew(Protocol):
    """Workers, wherever they are."""

    remote: bool
    """Whether they see another disk than this process, so that items must carry what is in their files."""

    def pays(self, items: int, size: int) -> bool:
        """Tell whether so many items, of so many bytes together, are better done by the crew than here."""
        ...

    def run(self, task: Task, items: Sequence[Any]) -> Outcomes:
        """Do the task to every item; yield (place of the item, outcome) as they are done.

        An exception in the task is a bug and is raised here.
        """
        ...


resource: Any
try:
    import resource
except ImportError:  # Windows
    resource = None


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
