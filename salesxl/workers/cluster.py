"""Workers of a Dask cluster that stands already: ``dask://host:port``. Needs the extra ``salesxl[dask]``.

Owns reaching the scheduler and what a dead worker is called there. The workers see no disk of ours: they get
what is in a file, and give back what was read of it as JSON, never a pickle of our making. A worker that dies
is tried again by the scheduler as often as its ``distributed.scheduler.allowed-failures`` says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future, as_completed
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from salesxl.errors import UsageError
from salesxl.workers.pool import Lost, Outcomes, Task

__all__ = ["SCHEME", "Executors", "cluster"]

SCHEME = "dask://"
_ANSWER = 15
"""Seconds in which a scheduler must answer."""
_FIRST_WORKER = 30
"""Seconds in which a first worker must be there: one that starts imports much before it says so."""


@contextmanager
def cluster(address: str, version: Callable[[], str]) -> Iterator[Executors]:
    """Yield the workers of the cluster at ``dask://host:port``.

    ``version`` tells which code runs; every worker must tell the same as this process, or one file could be
    read in two ways.

    Raises:
        UsageError: the extra is not installed, nobody answers, or a worker runs another version.
    """
    try:
        distributed: Any = import_module("distributed")  # untyped, and no part of a plain installation
    except ImportError as missing:
        raise UsageError("no_dask") from missing
    where = address.removeprefix(SCHEME)
    try:
        client = distributed.Client(where, timeout=_ANSWER, set_as_default=False)
    except (OSError, ValueError) as failed:
        raise UsageError("cluster_silent", address=address) from failed
    with client:
        _refuse_others(_workers_asked(client, version, address), address, version())
        yield Executors(client.get_executor(pure=False), remote=True, deaths=(distributed.KilledWorker,))


def _workers_asked(client: Any, version: Callable[[], str], address: str) -> Mapping[str, object]:
    """Return what each worker tells of its version, or how it failed; one just starting is waited for."""
    try:
        client.wait_for_workers(1, timeout=_FIRST_WORKER)
    except TimeoutError as nobody:
        raise UsageError("cluster_idle", address=address) from nobody
    told: Mapping[str, object] = client.run(version, on_error="return")
    return told


def _refuse_others(theirs: Mapping[str, object], address: str, ours: str) -> None:
    """Refuse a cluster whose workers run other code or cannot run ours; one that left is no matter."""
    for worker, told in sorted(theirs.items()):
        if told != ours and not isinstance(told, OSError):
            raise UsageError("cluster_version", address=address, worker=worker)


class Executors:
    """A crew made of an executor; ``deaths`` are the exceptions by which it says that a worker died.

    A worker that dies may have had other items in its hands. So every item it took along gets a second try,
    alone, and only what kills a worker by itself is lost.
    """

    def __init__(
        self,
        executor: Executor,
        *,
        remote: bool = False,
        deaths: tuple[type[BaseException], ...] = (),
    ) -> None:
        self.executor, self.remote, self.deaths = executor, remote, deaths

    def pays(self, items: int, size: int) -> bool:  # noqa: ARG002  who gives an executor wants it used
        """Tell whether there is anything to do at all."""
        return items > 0

    def run(self, task: Task, items: Sequence[Any]) -> Outcomes:
        """Do the task to every item; yield (place of the item, outcome) as they are done."""
        places: dict[Future[bytes], int] = {}
        try:
            for at, item in enumerate(items):
                places[self.executor.submit(task, item)] = at
            again: list[int] = []
            for future in as_completed(places):
                at = places[future]
                try:
                    yield at, future.result()
                except self.deaths:
                    again.append(at)
            for at in sorted(again):
                yield at, self._alone(task, items[at])
        finally:
            for future in places:
                future.cancel()

    def _alone(self, task: Task, item: Any) -> bytes | Lost:
        try:
            return self.executor.submit(task, item).result()
        except self.deaths:
            return Lost("crashed")
