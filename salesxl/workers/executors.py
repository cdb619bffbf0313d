"""Any ``concurrent.futures.Executor`` as a crew: threads, processes, or a Dask cluster's.

Owns handing items over and what is said when a worker dies. Refuses: bounds; those are the executor's affair.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor, Future, as_completed
from typing import Any

from salesxl.workers.lost import Lost, Outcomes, Task

__all__ = ["Executors"]


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
