"""Bands: rows (or columns) of a sheet that repeat or fall away, and the copies that come of them.

Owns the tree of bands and of their copies; the same code serves rows and columns. Refuses: XML, expressions,
cells, and references (those are ``strips``).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence, Sized
from dataclasses import dataclass, field, replace
from typing import Any, Protocol, TypeAlias

__all__ = ["Band", "Copies", "Crossing", "Items", "Part", "Path", "Scope", "Stop", "Ungrowable", "nest"]

Scope: TypeAlias = Mapping[str, Any]


class Items(Sized, Protocol):
    """What a band repeats for: its length is known, and it can be gone through more than once."""

    def __getitem__(self, index: int, /) -> Any:
        """Return one item, counted from 0."""

    def __iter__(self) -> Iterator[Any]:
        """Go through the items from the first."""


class Crossing(Exception):
    """Two bands overlap without one holding the other."""

    def __init__(self, first: Band, second: Band) -> None:
        super().__init__(f"{first.name} × {second.name}")
        self.first, self.second = first, second


class Ungrowable(Exception):
    """A reference covers a part of a band from outside, so no one range says what it means."""

    def __init__(self, band: Band) -> None:
        super().__init__(band.name)
        self.band = band


@dataclass(frozen=True, slots=True)
class Band:
    """Rows ``first``–``last`` that repeat for each item of a list, or stay only if a value is true.

    ``optional`` marks a band of which an empty list leaves nothing, not even one blank line.
    """

    name: str
    expression: str
    first: int
    last: int
    variable: str | None = None
    optional: bool = False
    children: tuple[Band, ...] = ()

    @property
    def repeats(self) -> bool:
        """True for ``each_…``, false for ``if_…``."""
        return self.variable is not None

    @property
    def size(self) -> int:
        """Rows it takes in the template."""
        return self.last - self.first + 1


def nest(bands: Sequence[Band]) -> tuple[Band, ...]:
    """Return the bands as a tree, outer ones first.

    Of two bands over the same rows the inner one is that whose list belongs to the other's variable.
    Raises Crossing for bands that overlap in part.
    """
    roots: list[tuple[Band, list[Any]]] = []
    for band in sorted(bands, key=_outer_first):
        level = roots
        while True:
            holder = next((node for node in level if node[0].first <= band.first <= node[0].last), None)
            if holder is None:
                level.append((band, []))
                break
            if band.last > holder[0].last:
                raise Crossing(holder[0], band)
            level = holder[1]
    return _built(roots)


def _outer_first(band: Band) -> tuple[int, int, int, bool, str]:
    # a dotted list (rep.rows) belongs to a variable, so its band lies inside
    return band.first, -band.last, band.expression.count("."), band.repeats, band.name


def _built(nodes: Sequence[tuple[Band, list[Any]]]) -> tuple[Band, ...]:
    return tuple(replace(band, children=_built(inner)) for band, inner in nodes)


@dataclass(slots=True)
class Part:
    """Template rows ``first``–``last`` as they stand once in the output, from ``start`` on."""

    first: int
    last: int
    start: int
    children: list[Copies] = field(default_factory=list)
    length: int = 0
    _firsts: list[int] = field(default_factory=list)
    _shifts: list[int] = field(default_factory=list)

    def close(self) -> None:
        """Take stock once all children are in."""
        self._firsts = [child.band.first for child in self.children]
        shift = 0
        self._shifts = [0]
        for child in self.children:
            shift += child.length - child.band.size
            self._shifts.append(shift)
        self.length = self.last - self.first + 1 + shift

    def child(self, row: int) -> Copies | None:
        """Return the band's copies that hold a row, if it is no row of this part itself."""
        at = bisect_right(self._firsts, row)
        found = self.children[at - 1] if at else None
        return found if found is not None and row <= found.band.last else None

    def place(self, row: int) -> int:
        """Return where a row of this part itself stands."""
        return self.start + row - self.first + self._shifts[bisect_right(self._firsts, row)]


@dataclass(slots=True)
class Copies:
    """All copies of a band at one place in the output. ``blank`` is the one empty copy of an empty list."""

    band: Band
    items: Items
    start: int
    count: int
    blank: bool
    scope: Scope
    parts: list[Part] | None = None
    length: int = 0

    def part(self, index: int) -> Part:
        """Return one copy; those of a band without inner bands are made as asked for."""
        if self.parts is not None:
            return self.parts[index]
        band = self.band
        made = Part(band.first, band.last, self.start + index * band.size)
        made.close()
        return made


Path: TypeAlias = tuple[tuple[Copies, int], ...]
"""The copies a cell stands in, outermost first."""


@dataclass(frozen=True, slots=True)
class Stop:
    """One output row: which template row it is made of, with what variables, in which copies.

    ``many`` are all copies of a band of one row at once, if such are asked for: ``new`` is then where the
    first stands, ``scope`` and ``path`` are those around them.
    """

    row: int
    new: int
    scope: Scope
    path: Path
    blank: bool
    many: Copies | None = None
