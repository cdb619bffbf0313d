"""What a long run is given from the command line: workers, and a line that says how far it is.

Owns the options for both, the line, and how often the cyclic collector looks. The line is drawn on a
terminal only, and only once a run has lasted a moment. Refuses: what is done.
"""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import click

from salesxl.cli.console import INTERRUPTED, Count, Option
from salesxl.errors import UsageError

if TYPE_CHECKING:
    from click._termui_impl import ProgressBar

    from salesxl.messages import Words
    from salesxl.workers import Crew, Hands

__all__ = ["INTERRUPTED", "Help", "Line", "crew_of", "long_run", "progress_line", "running_options"]

_MOMENT = 0.7
"""Seconds a run lasts before it is worth a line."""
_PATIENCE = (100_000, 50, 1_000_000)
"""New objects at which the collector looks through the young, and how seldom it looks through older ones."""
Command: TypeAlias = Callable[..., Any]


def running_options(command: Command) -> Command:
    """Give a command --jobs, --executor and --quiet."""
    for option in (
        click.option("-q", "--quiet", is_flag=True, cls=Option),
        click.option("--executor", metavar="address", cls=Option),
        click.option("--jobs", type=Count(), metavar="number", cls=Option),
    ):
        command = option(command)
    return command


@dataclass(frozen=True, slots=True)
class Help:
    """What a long run is given: who reads files, who else does its own work, whom it tells how far it is."""

    crew: Crew
    hands: Hands
    progress: Callable[[str, int, int], None]


@contextmanager
def long_run(
    words: Words, jobs: int | None = None, executor: str | None = None, *, quiet: bool = False
) -> Iterator[Help]:
    """Yield the help for a run, as the options asked for it.

    Raises:
        UsageError: the executor's address is none, or nobody answers there.
    """
    from salesxl.workers import Hands

    with (
        _patient_collector(),
        crew_of(jobs, executor) as crew,
        progress_line(words, quiet=quiet) as progress,
    ):
        yield Help(crew, Hands(jobs), progress)


@contextmanager
def _patient_collector() -> Iterator[None]:
    """Let the cyclic collector look less often.

    A run makes millions of objects that live to its end. Set as it is, the collector walks through them time
    and again and finds nothing, which took a third of a run of 500 reps (docs/performance.md).
    """
    before = gc.get_threshold()
    gc.set_threshold(*_PATIENCE)
    try:
        yield
    finally:
        gc.set_threshold(*before)


@contextmanager
def crew_of(jobs: int | None, executor: str | None) -> Iterator[Crew]:
    """Yield who reads: processes of this machine, or the workers of a cluster.

    Raises:
        UsageError: the address is none, or nobody answers there.
    """
    if executor is None:
        from salesxl.workers import Local

        yield Local(jobs)
        return
    from salesxl.intake.cache import reader_version
    from salesxl.workers.cluster import SCHEME, cluster

    if not executor.startswith(SCHEME):
        raise UsageError("executor", given=executor, scheme=SCHEME)
    with cluster(executor, reader_version) as workers:
        yield workers


@contextmanager
def progress_line(words: Words, *, quiet: bool) -> Iterator[Callable[[str, int, int], None]]:
    """Yield what is to be told of progress: a line on the terminal, or nothing where nobody sees it."""
    if quiet or not sys.stderr.isatty():
        yield lambda _step, _done, _total: None
        return
    shown = Line(words)
    try:
        yield shown
    finally:
        shown.stop()


class Line:
    """One line on the terminal: the step, how much of it is done, how fast, and what time it still takes."""

    def __init__(self, words: Words) -> None:
        self.words = words
        self.began = time.monotonic()
        self.step = ""
        self.bar: ProgressBar[int] | None = None

    def __call__(self, step: str, done: int, total: int) -> None:
        """Say how far a step is."""
        if time.monotonic() - self.began < _MOMENT:
            return
        if self.bar is None or step != self.step:
            self.stop()
            label = self.words.text(f"cli.step.{step}")
            self.step, self.bar = (
                step,
                click.progressbar(
                    length=total, label=label, show_pos=True, item_show_func=self._rate, file=sys.stderr
                ),
            )
            self.bar.render_progress()
        self.bar.update(done - self.bar.pos)

    def _rate(self, _item: int | None) -> str | None:
        took = self.bar.time_per_iteration if self.bar else 0
        return f"{1 / took:.1f}/s" if took else None

    def stop(self) -> None:
        """Take the line away."""
        if self.bar is not None:
            self.bar.render_finish()
            click.echo("\x1b[A\x1b[2K", err=True, nl=False)
