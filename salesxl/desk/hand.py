"""Who does what the desk asks: one process of its own, one thing at a time, whoever looks on.

The pages stay quick while it works, a closed browser stops nothing, and what kills it costs one run.
Owns the process, the queue of one, and how far it is. Refuses: what is done; that is ``work``.
"""

from __future__ import annotations

import multiprocessing
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from salesxl.desk import work
from salesxl.desk.work import Asked, Helped, Outcome
from salesxl.errors import SalesxlError

__all__ = ["Hand", "Job"]

QUESTIONS = frozenset({"redo_asked", "nothing_new"})
"""Codes of what is done only on purpose: they are asked, with a button to agree."""


@dataclass(frozen=True, slots=True)
class Job:
    """Something asked for, and how far it is: step, how much of it is done, of how much.

    ``code`` and ``said`` tell what stopped it; ``outcome`` what came of it. Times are in seconds.
    """

    number: int
    asked: Asked
    step: str = ""
    done: int = 0
    total: int = 0
    began: float = field(default_factory=time.monotonic)
    ended: float | None = None
    code: str | None = None
    said: str = ""
    outcome: Outcome | None = None

    @property
    def running(self) -> bool:
        """Whether it is still being done."""
        return self.ended is None

    @property
    def seconds(self) -> float:
        """How long it took, or takes by now."""
        return (self.ended or time.monotonic()) - self.began

    @property
    def question(self) -> str | None:
        """The code of what is to be agreed to before it is done."""
        return self.code if self.code in QUESTIONS else None


class Hand:
    """One process that does what is asked.

    ``helped`` is what the command line gives to long runs; it crosses to the process, so it is a function of
    a module with its options (``functools.partial``). ``changed`` is called when a job has ended.
    """

    def __init__(self, root: Path, lang: str, helped: Helped) -> None:
        self.root, self.lang, self.helped = root, lang, helped
        self._lock = threading.Lock()
        self._changed = threading.Condition(self._lock)
        self._job: Job | None = None
        self._waiting: list[Asked] = []
        self._ended: dict[str, Job] = {}
        self._number = 0
        self._line: Connection | None = None
        self._process: BaseProcess | None = None

    @property
    def job(self) -> Job | None:
        """What is being done, or was done last."""
        return self._job

    def last(self, kind: str) -> Job | None:
        """Return the last job of a kind that has ended."""
        return self._ended.get(kind)

    def ask(self, asked: Asked) -> Job | None:
        """Begin something; None while something else is being done.

        A look makes nobody wait: what is asked for meanwhile is taken up after it, and so is a look that is
        asked for while something else is done. Two runs never wait for each other: the second is dropped.
        """
        with self._lock:
            if self._job and self._job.running:
                kinds = {self._job.asked.kind, *(one.kind for one in self._waiting)}
                if asked.kind == "look" or kinds == {"look"}:
                    self._waiting = [*(one for one in self._waiting if one.kind != asked.kind), asked]
                return None
            return self._begin(asked)

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until nothing is being done; tell whether that came about."""
        with self._changed:
            return self._changed.wait_for(lambda: not (self._job and self._job.running), seconds)

    def close(self) -> None:
        """Let the process end when it has done what it is at."""
        self.wait()
        if self._line:
            self._line.close()
        if self._process:
            self._process.join(5)
            if self._process.is_alive():
                self._process.kill()
        self._line = self._process = None

    def _begin(self, asked: Asked) -> Job:
        self._number += 1
        self._job = Job(self._number, asked)
        threading.Thread(target=self._follow, args=(asked,), daemon=True).start()
        return self._job

    def _follow(self, asked: Asked) -> None:
        """Hand it over, and take down what the process tells until it is done."""
        try:
            self._start().send(asked)
            while True:
                assert self._line is not None
                what, *told = self._line.recv()
                if what == "step":
                    self._note(step=told[0], done=told[1], total=told[2])
                elif what == "done":
                    return self._end(outcome=told[0])
                else:
                    return self._end(code=told[0], said=told[1])
        except (EOFError, OSError):
            self._line = self._process = None
            words = work.team(self.root, self.lang).words
            return self._end(code="crashed", said=words.text("desk.crashed"))

    def _note(self, **told: Any) -> None:
        with self._lock:
            assert self._job is not None
            self._job = replace(self._job, **told)

    def _end(self, **told: Any) -> None:
        with self._changed:
            assert self._job is not None
            self._job = replace(self._job, ended=time.monotonic(), **told)
            self._ended[self._job.asked.kind] = self._job
            if self._waiting:
                self._begin(self._waiting.pop(0))
            self._changed.notify_all()

    def _start(self) -> Connection:
        """Return the line to the process, which is started if there is none."""
        if self._line is None or self._process is None or not self._process.is_alive():
            context = multiprocessing.get_context("spawn")  # threads serve pages: a fork could hang
            self._line, theirs = context.Pipe()
            given = (theirs, self.root, self.lang, self.helped)
            self._process = context.Process(target=_serve, args=given, name="salesxl-desk-hand")
            self._process.start()
            theirs.close()
        return self._line


def _serve(line: Connection, root: Path, lang: str, helped: Helped) -> None:
    """Do one thing after the other until nobody asks any more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the desk, which lets a run come to its end
    folder = work.team(root, lang)
    while True:
        try:
            asked = line.recv()
        except (EOFError, OSError):
            return
        answer = _answer(folder, asked, helped, _Teller(line))
        with suppress(OSError):  # the desk was closed meanwhile; the run has come to its end
            line.send(answer)


class _Teller:
    """Tells how far a run is, not more often than anybody looks."""

    def __init__(self, line: Connection) -> None:
        self._line, self._told, self._step = line, 0.0, ""

    def __call__(self, step: str, done: int, total: int) -> None:
        now = time.monotonic()
        if step == self._step and done < total and now - self._told < 0.1:
            return
        self._step, self._told = step, now
        with suppress(OSError):
            self._line.send(("step", step, done, total))


def _answer(folder: Any, asked: Asked, helped: Helped, tell: Callable[..., None]) -> tuple[Any, ...]:
    try:
        return "done", work.do(folder, asked, helped, tell)
    except SalesxlError as stopped:
        words = folder.words
        if stopped.code in QUESTIONS:
            return "stopped", stopped.code, words.text(f"desk.ask.{stopped.code}", **stopped.facts)
        return "stopped", stopped.code, words.error(stopped)
    except OSError as failed:
        return "stopped", "os", folder.words.system(failed)
    except Exception:  # noqa: BLE001  a bug costs this run, and is told where the desk was started
        traceback.print_exc(file=sys.stderr)
        return "stopped", "crashed", folder.words.text("desk.crashed")
