"""Lists that come once: kept so that they can be counted first and gone through again, in bounded memory.

Owns nothing but the order of the items. A short list stays in memory; the rest of a long one waits in a
temporary file that vanishes with the object.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Iterator
from itertools import islice
from tempfile import SpooledTemporaryFile
from typing import Any

__all__ = ["Spool", "keep"]

CHUNK = 512
MEMORY = 1 << 24


class Spool:
    """The items of an iterator, counted, in order, as often as wanted."""

    def __init__(self, first: list[Any], rest: Iterator[Any]) -> None:
        self._file = SpooledTemporaryFile(max_size=MEMORY)  # noqa: SIM115 - close() ends it
        self._offsets: list[int] = []
        self._count = 0
        self._cached: tuple[int, list[Any]] = (-1, [])
        chunk = first
        while chunk:
            self._offsets.append(self._file.tell())
            pickle.dump(chunk, self._file, protocol=5)
            self._count += len(chunk)
            chunk = list(islice(rest, CHUNK))

    def close(self) -> None:
        """Let the temporary file go."""
        self._file.close()

    def __len__(self) -> int:
        return self._count

    def _chunk(self, number: int) -> list[Any]:
        if self._cached[0] != number:
            self._file.seek(self._offsets[number])
            self._cached = number, pickle.load(self._file)
        return self._cached[1]

    def __iter__(self) -> Iterator[Any]:
        for number in range(len(self._offsets)):
            yield from self._chunk(number)

    def __getitem__(self, index: int, /) -> Any:
        if not 0 <= index < self._count:
            raise IndexError(index)
        return self._chunk(index // CHUNK)[index % CHUNK]


def keep(values: Iterable[Any]) -> Any:
    """Return values that can be counted and repeated: the same list, or what an iterator gives.

    Items that cannot be written to a file (they hold open files, functions …) all stay in memory.
    """
    if not isinstance(values, Iterator):
        return values
    first = list(islice(values, CHUNK))
    if len(first) < CHUNK:
        return first
    try:
        pickle.dumps(first[0])
    except (pickle.PicklingError, TypeError, AttributeError):
        return [*first, *values]
    return Spool(first, values)
