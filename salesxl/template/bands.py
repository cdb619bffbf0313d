"""Bands: rows (or columns) of a sheet that repeat or fall away, and the copies that come of them.

Owns the tree of bands and of their copies; the same code serves rows and columns. Bands that stand side by
side in the same rows, each in columns of its own, are the ``sides`` of one band that is as long as the
longest. Refuses: XML, expressions, cells, and references (those are ``strips``).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence, Sized
from dataclasses import dataclass, field, replace
from typing import Any, Protocol, TypeAlias

__all__ = [
    "LOOP_OF_ROWS",
    "SIDES",
    "Abreast",
    "Band",
    "Copies",
    "CrossingError",
    "Items",
    "OrderError",
    "Part",
    "Path",
    "Picks",
    "Scope",
    "Stop",
    "UnfollowableError",
    "UngrowableError",
    "at_column",
    "nest",
]

Scope: TypeAlias = Mapping[str, Any]


class Items(Sized, Protocol):
    """What a band repeats for: its length is known, and it can be gone through more than once."""

    def __getitem__(self, index: int, /) -> Any:
        """Return one item, counted from 0."""

    def __iter__(self) -> Iterator[Any]:
        """Go through the items from the first."""


class CrossingError(Exception):
    """Two bands overlap without one holding the other."""

    def __init__(self, first: Band, second: Band) -> None:
        super().__init__(f"{first.name} × {second.name}")
        self.first, self.second = first, second


class UnfollowableError(Exception):
    """What a reference means after rendering cannot be said with one reference."""


class UngrowableError(UnfollowableError):
    """A reference covers a part of a band from outside, so no one range says what it means."""

    def __init__(self, band: Band) -> None:
        super().__init__(band.name)
        self.band = band


class OrderError(UnfollowableError):
    """A cell of one item is meant from a band that has the same list in another order."""


@dataclass(frozen=True, slots=True)
class Picks:
    """Which items of a list a band repeats for, and in what order, in the words of the template.

    ``empty`` is what stands there when nothing is left; it never changes which items those are.
    """

    filter: str = ""
    sort: str = ""
    group: str = ""
    first: str = ""
    others: str = ""
    empty: str = ""

    def __bool__(self) -> bool:
        return any((self.filter, self.sort, self.group, self.first, self.others))


@dataclass(frozen=True, slots=True)
class Band:
    """Rows ``first``–``last`` that repeat for each item of a list, or stay only if a value is true.

    ``optional`` marks a band of which an empty list leaves nothing, not even one blank line. ``columns`` are
    those it is confined to; ``sides`` the bands that stand side by side in it. ``picks`` choose among the
    items; ``instead`` marks rows that stay only while none is left.
    """

    name: str
    expression: str
    first: int
    last: int
    variable: str | None = None
    optional: bool = False
    children: tuple[Band, ...] = ()
    columns: tuple[int, int] | None = None
    sides: tuple[Band, ...] = ()
    picks: Picks = Picks()
    instead: bool = False

    @property
    def key(self) -> str:
        """Tell whether another band has the same items in the same order: the list and what is picked."""
        if not self.picks:
            return self.expression
        return f"{self.expression}\0{replace(self.picks, empty='')}"

    @property
    def repeats(self) -> bool:
        """True for ``each_…``, false for ``if_…``."""
        return self.variable is not None or bool(self.sides)

    @property
    def rows(self) -> str:
        """The rows it takes in the template, as people write them."""
        return str(self.first) if self.first == self.last else f"{self.first}–{self.last}"

    def side(self, first: int, last: int) -> Band | None:
        """Return the one of its sides that these columns lie in."""
        return next(
            (s for s in self.sides if s.columns and s.columns[0] <= first <= last <= s.columns[1]), None
        )

    @property
    def size(self) -> int:
        """Rows it takes in the template."""
        return self.last - self.first + 1


SIDES = "\0sides"
"""The name under which a copy of bands side by side keeps the variables of each; no expression can say it."""


LOOP_OF_ROWS = "\0rows"
"""The name under which a cell keeps its rows' ``loop`` where its columns repeat too."""


@dataclass(frozen=True, slots=True)
class Abreast:
    """The items of bands side by side: one copy holds an item of each list, as far as it reaches."""

    lists: tuple[Items, ...]

    def __len__(self) -> int:
        return max(map(len, self.lists))

    def __getitem__(self, index: int, /) -> tuple[tuple[Any, int] | None, ...]:
        """Return, for each list, its item and its length; None where it has ended."""
        return tuple((items[index], len(items)) if index < len(items) else None for items in self.lists)

    def __iter__(self) -> Iterator[Any]:
        return map(self.__getitem__, range(len(self)))


def at_column(scope: Scope, column: int) -> Scope | None:
    """Return the variables that hold in a column; None where the list that stands there has ended."""
    sides: Sequence[tuple[tuple[int, int], Scope | None]] = scope.get(SIDES, ())
    for (first, last), own in sides:
        if first <= column <= last:
            return own
    return scope


def nest(bands: Sequence[Band]) -> tuple[Band, ...]:
    """Return the bands as a tree, outer ones first.

    Of two bands over the same rows the inner one is that whose list belongs to the other's variable.
    Raises CrossingError for bands that overlap in part.
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
                raise CrossingError(holder[0], band)
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

    def reach(self, columns: tuple[int, int] | None) -> tuple[str, int]:
        """Return the list that these columns speak of, and how many copies it takes."""
        side = self.band.side(*columns) if columns else None
        if side is None or not isinstance(self.items, Abreast):
            return self.band.key, self.count
        reached = max(1, len(self.items.lists[self.band.sides.index(side)]))
        return side.key, min(reached, self.count)

    def ended(self, column: int | None, index: int) -> bool:
        """Tell whether the list that stands in a column has ended before this copy, beside a longer one."""
        side = self.band.side(column, column) if column is not None else None
        if side is None or not isinstance(self.items, Abreast):
            return False
        return index >= len(self.items.lists[self.band.sides.index(side)])

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
