"""One axis of a sheet laid out: its bands expanded, and where every old row or column stands now.

Owns the one old → new map that everything on a sheet goes through. Refuses: XML, expressions, cells.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from salesxl.template.bands import Band, Copies, Items, OrderError, Part, Path, Scope, Stop, UngrowableError
from salesxl.template.roles import Role

__all__ = ["Strip"]


@dataclass(frozen=True, slots=True)
class _Step:
    """A reference on its way: the rows it covers, which items its cell belongs to, and how it is meant.

    ``single`` is one cell used as one value: the first item's, or the last one's where it ends a range.
    """

    span: tuple[int, int]
    peers: Mapping[str, int]
    columns: tuple[int, int] | None = None
    single: Role | None = None
    own: bool = False
    """Is the cell of the same item meant, so that another order of the list would give another's?"""


@dataclass(slots=True)
class Strip:
    """One axis of a sheet laid out: where each row of the template stands now.

    ``items_of`` gives a band's items in a scope (one item or none for ``if_…``), ``enter`` the scope of a
    copy. ``limit`` is the last row or column a sheet can have.
    """

    bands: tuple[Band, ...]
    limit: int
    items_of: Callable[[Band, Scope], Items]
    enter: Callable[[Scope, Band, Any, int, int], Scope]
    root: Part = field(init=False)

    def lay_out(self, scope: Scope) -> None:
        """Ask every band for its items and fix all places. Raises OverflowError past the sheet's end."""
        self.root = self._part(Part(1, self.limit, 1), self.bands, scope, blank=False)

    def _part(self, part: Part, bands: Sequence[Band], scope: Scope, *, blank: bool) -> Part:
        shift = 0
        for band in bands:
            copies = self._copies(band, part.start + band.first - part.first + shift, scope, blank=blank)
            part.children.append(copies)
            shift += copies.length - band.size
            if copies.start + copies.length - 1 > self.limit:
                raise OverflowError(band.name)
        part.close()
        return part

    def _copies(self, band: Band, start: int, scope: Scope, *, blank: bool) -> Copies:
        items: Items = () if blank else self.items_of(band, scope)
        count = len(items)
        empty = not count and (blank or (band.repeats and not band.optional))
        copies = Copies(band, items, start, 1 if empty else count, empty, scope)
        if not band.children:
            copies.length = copies.count * band.size
            return copies
        copies.parts = []
        for _, inner in self._scopes(copies):
            part = Part(band.first, band.last, start + copies.length)
            copies.parts.append(self._part(part, band.children, inner, blank=empty))
            copies.length += part.length
        return copies

    def _scopes(self, copies: Copies) -> Iterator[tuple[int, Scope]]:
        if copies.blank:
            yield 0, copies.scope
            return
        for index, item in enumerate(copies.items):
            yield index, self.enter(copies.scope, copies.band, item, index, copies.count)

    # ---- going through the output

    def walk(self, rows: Sequence[int], scope: Scope, together: Container[int] = ()) -> Iterator[Stop]:
        """Go through the output rows made of these template rows (ascending), from the top.

        A band that is one row of ``together`` and nothing else is one stop (see ``Stop.many``).
        """
        yield from self._walk(self.root, rows, scope, (), together, blank=False)

    def copies(self, stop: Stop, first: int, items: Items) -> Iterator[Stop]:
        """Go through some copies of a stop of many: those of ``items``, counted from ``first``."""
        assert stop.many is not None
        for index, item in enumerate(items, first):
            inner = self.enter(stop.scope, stop.many.band, item, index, stop.many.count)
            yield Stop(stop.row, stop.new + index, inner, (*stop.path, (stop.many, index)), blank=False)

    def _walk(
        self,
        part: Part,
        rows: Sequence[int],
        scope: Scope,
        path: Path,
        together: Container[int],
        *,
        blank: bool,
    ) -> Iterator[Stop]:
        at = 0
        while at < len(rows):
            row = rows[at]
            copies = part.child(row)
            if copies is None:
                yield Stop(row, part.place(row), scope, path, blank)
                at += 1
                continue
            end = bisect_right(rows, copies.band.last)
            inside = rows[at:end]
            alike = copies.parts is None and copies.band.size == 1 and not copies.band.sides
            if row in together and alike and not copies.blank:
                yield Stop(row, copies.start, scope, path, blank, copies)
                at = end
                continue
            for index, inner in self._scopes(copies):
                here = (*path, (copies, index))
                if copies.parts is None:
                    start = copies.start + index * copies.band.size - copies.band.first
                    for line in inside:
                        yield Stop(line, start + line, inner, here, copies.blank)
                else:
                    under = copies.parts[index]
                    yield from self._walk(under, inside, inner, here, together, blank=copies.blank)
            at = end

    # ---- where things go

    def resolve(
        self,
        first: int,
        last: int,
        path: Path = (),
        *,
        fixed: tuple[bool, bool] = (False, False),
        ranged: bool = True,
        peers: Mapping[str, int] | None = None,
        columns: tuple[int, int] | None = None,
        role: Role | None = None,
        follows: bool = False,
    ) -> tuple[int, int] | None:
        """Return the rows that a reference means from a cell in these copies; None when they are gone.

        A row of the cell's own copy stays in that copy; a range over a whole band from outside grows. From
        inside, a range with both rows fixed (``C$5:C$5``) means all copies, and one whose upper row is fixed
        (``C$5:C5``) runs from the first copy to this one, just as if the row had been copied down by hand.
        Another band over the same list (``peers``: list → index) is looked at in the same way: the copy of
        the same item, or all copies where the rows are fixed. A single cell (not ``ranged``) whose ``role``
        is one value means the first item's. ``columns`` tell which of several bands side by side is meant.
        A cell that ``follows`` its own (``=C1+B2`` in C2) and stands right before the band is, from the
        second copy on, the one right before that copy, just as if the rows had been copied down by hand; a
        range that follows (``B1:B2``, neither row fixed) begins as many rows further down as the copy stands.

        Raises UngrowableError where the reference takes in a part of a band's rows from outside.
        """
        if last >= self.limit:  # whole columns, and ranges kept open to the sheet's end
            if first == 1:
                return first, last
            fixed = (fixed[0], False)
        part, rest = self.root, path
        while rest:
            copies, index = rest[0]
            band = copies.band
            if not (band.first <= first and last <= band.last):
                break
            spreads = ranged and any(fixed) and (first, last) == (band.first, band.last)
            deeper = len(rest) > 1 and rest[1][0].band.first <= first and last <= rest[1][0].band.last
            if spreads and not deeper:
                break
            part, rest = copies.part(index), rest[1:]
        if follows and not ranged and (place := _before(part, first, rest)):
            return place, place
        single = role if role is not None and not ranged and not role.grows else None
        step = _Step((first, last), peers or {}, columns, single, own=not any(fixed))
        low = self._edge(part, first, rest, step, fixed=ranged and fixed[0], low=True)
        if follows and ranged and not any(fixed) and rest and part.child(first) is None:
            band = rest[0][0].band
            low += _further(part, rest) if first < band.first <= last <= band.last else 0
        if last >= self.limit:
            return low, last
        high = self._edge(part, last, rest, step, fixed=ranged and fixed[1], low=False)
        return (low, high) if low <= high else None

    def _edge(self, part: Part, row: int, path: Path, step: _Step, *, fixed: bool, low: bool) -> int:
        while True:
            child = part.child(row)
            if child is None:
                return part.place(row)
            band = child.band
            spreads = fixed and (band.size == 1 or step.span == (band.first, band.last))
            if path and path[0][0] is child and not spreads:
                part, path = child.part(path[0][1]), path[1:]
                continue
            expression, count = child.reach(step.columns)
            index = count if spreads else step.peers.get(expression, count)
            if not band.repeats:
                index = 0
            elif step.single is not None and index >= count:
                if step.own and any(_same_list(peer, expression) for peer in step.peers):
                    raise OrderError(band.name)
                index = max(count - 1, 0) if step.single.ends else 0
            if index < count:
                part, path = child.part(index), ()
                continue
            if band.repeats and row != (band.first if low else band.last):
                raise UngrowableError(band)
            length = count * band.size if band.sides else child.length
            return child.start if low else child.start + length - 1

    def runs(self, first: int, last: int) -> list[tuple[int, int]]:
        """Return all output rows made of these template rows, as few stretches as may be."""
        if last >= self.limit:
            if first == 1:
                return [(1, self.limit)]
            end = self.bands[-1].last if self.bands else 0
            tail = self.root.place(max(first, end + 1)), self.limit
            return _merged([*self._runs(self.root, first, end), tail])
        return _merged(self._runs(self.root, first, last))

    def _runs(self, part: Part, first: int, last: int) -> Iterator[tuple[int, int]]:
        cursor = first
        for child in part.children:
            band = child.band
            if band.last < first or band.first > last:
                continue
            if cursor < band.first:
                yield part.place(cursor), part.place(band.first - 1)
            if first <= band.first and band.last <= last:
                if child.length:
                    yield child.start, child.start + child.length - 1
            else:
                for index in range(child.count):
                    yield from self._runs(child.part(index), max(first, band.first), min(last, band.last))
            cursor = band.last + 1
        if cursor <= last:
            yield part.place(cursor), part.place(last)

    def instances(self, first: int, last: int) -> Iterator[tuple[int, int, Path]]:
        """Return every place where a thing over these rows stands, such as a merged cell or a picture.

        Inside a band it stands once a copy; where it covers a band it grows with it.
        Raises UngrowableError where it takes in a part of a band.
        """
        yield from self._instances(self.root, first, last, ())

    def _instances(self, part: Part, first: int, last: int, path: Path) -> Iterator[tuple[int, int, Path]]:
        child = part.child(first)
        if child is not None and last <= child.band.last:
            for index in range(child.count):
                yield from self._instances(child.part(index), first, last, (*path, (child, index)))
            return
        step = _Step((first, last), {})
        low = self._edge(part, first, (), step, fixed=False, low=True)
        high = self._edge(part, last, (), step, fixed=False, low=False)
        if low <= high:
            yield low, high, path

    def places(self, first: int, last: int) -> Iterator[tuple[int, int, Path]]:
        """Return every place of a thing that only lies over these rows, such as a picture; never raises.

        Inside a band it stands once a copy; otherwise it begins with the first copy of its first row and ends
        with the last copy of its last.
        """
        yield from self._places(self.root, first, last, ())

    def _places(self, part: Part, first: int, last: int, path: Path) -> Iterator[tuple[int, int, Path]]:
        child = part.child(first)
        if child is not None and last <= child.band.last:
            for index in range(child.count):
                yield from self._places(child.part(index), first, last, (*path, (child, index)))
            return
        runs = _merged(list(self._runs(part, first, last)))
        if runs:
            yield runs[0][0], runs[-1][1], path

    def first_path(self, row: int) -> Path:
        """Return the copies that the first appearance of a row stands in."""
        part, path = self.root, []
        while (child := part.child(row)) is not None and child.count:
            path.append((child, 0))
            part = child.part(0)
        return tuple(path)

    @property
    def moved(self) -> bool:
        """True if any row stands elsewhere than in the template, or there is more or less of it."""
        return any(child.length != child.band.size for child in self.root.children)


def _same_list(one: str, other: str) -> bool:
    """Tell whether two keys of bands stand for one list, whatever is picked of it."""
    return one.partition("\0")[0] == other.partition("\0")[0]


def _before(part: Part, row: int, path: Path) -> int:
    """Return what stands right before a copy that is not the first; 0 unless it is this row's band's."""
    above, place = part.child(row), 0
    if above is not None and above.band.repeats:
        return 0  # a row of another list, which the same item may have
    later = False
    for copies, index in path:
        if copies.band.first != row + 1:
            break
        later |= index > 0
        place = copies.part(index).start - 1
    return place if later else 0


def _further(part: Part, path: Path) -> int:
    """Return how many rows below the first copies these stand."""
    start, first = part.start, part.start
    above: Part | None = part
    for copies, index in path:
        start = copies.part(index).start
        found = above.child(copies.band.first) if above is not None else None
        above = found.part(0) if found is not None and found.count else None
        first = above.start if above is not None else copies.start
    return start - first


def _merged(runs: Iterator[tuple[int, int]] | Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for low, high in runs:
        if merged and merged[-1][1] + 1 == low:
            merged[-1] = merged[-1][0], high
        elif low <= high:
            merged.append((low, high))
    return merged
