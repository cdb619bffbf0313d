"""What a crew of workers is asked, and what it says of an item that took its worker along.

Owns the two types that every kind of crew shares.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeAlias

__all__ = ["Crew", "Lost", "Outcomes", "Task"]

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
