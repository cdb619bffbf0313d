"""Figures that repeat with every item, and references that stay with one, where the other was likely meant.

Owns remarks about formulas and fixed figures in the rows of a list. Refuses: moving any of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from salesxl.errors import TemplateFaultError
from salesxl.template.bands import Band
from salesxl.template.roles import Role, roles
from salesxl.template.survey import Found, Survey
from salesxl.xlsx.refs import LAST_ROW, Ref, parse

__all__ = ["Repeats"]

_ADDS = re.compile(r"\b(?:SUM\w*|SUBTOTAL|AGGREGATE|AVERAGE\w*|COUNT)\(", re.IGNORECASE)
_NAMED = re.compile(r"[^\W\d]")


@dataclass(slots=True)
class Repeats:
    """The formulas of a template's cells, looked at with the bands of rows of each sheet."""

    survey: Survey
    bands: Mapping[str, Sequence[Band]]
    formulas: list[Found] = field(init=False)

    def __post_init__(self) -> None:
        self.formulas = [found for found in self.survey.formulas() if found.shown]

    def added(self) -> Iterator[TemplateFaultError]:
        """Return every fixed figure in a list's rows that a total outside adds up once for each item."""
        totals = [
            (found, ref)
            for found in self.formulas
            if _ADDS.search(found.text)
            for ref, role in _refs(found)
            if role.grows
        ]
        fixed = [found for found in self.formulas if totals and self._is_fixed(found)]
        for cell in (*self.survey.figures(), *fixed) if totals else ():
            band = self._band(cell)
            if band is None:
                continue
            for total, ref in totals:
                if _covers(ref, total, cell) and not _inside(total, cell.sheet, band):
                    facts = {"cell": cell.where, "name": band.name, "total": total.where}
                    yield TemplateFaultError("added_again", **facts).at(cell.sheet, cell.where)
                    break

    def unmoved(self) -> Iterator[TemplateFaultError]:
        """Return references that stay with one cell where they read like the item before, or the last one."""
        running = {
            (found.sheet, found.row, found.column)
            for found in self.formulas
            if any(ref.left == found.column for ref in self._before(found))
        }
        for found in self.formulas:
            own = {ref.left for ref, _ in _refs(found) if ref.top == found.row and _is_relative(ref)}
            for ref in self._before(found):
                if ref.left in own and ref.left != found.column:
                    yield _unmoved("same_for_all", found, ref)
            for ref, role in _refs(found):
                if self._slides(found, ref):
                    yield _unmoved("slides", found, ref)
                if self._is_own(found, ref):
                    yield _unmoved("own_only", found, ref)
                last = self._ends(found, ref) and (found.sheet, ref.top, ref.left) in running
                if last and not role.grows:
                    yield _unmoved("first_only", found, ref)

    def _band(self, found: Found) -> Band | None:
        """Return the list's rows that a cell stands in, and repeats with."""
        return next(
            (
                band
                for band in self.bands[found.sheet]
                if band.repeats
                and _inside(found, found.sheet, band)
                and any(_has(side, found.column or 0) for side in band.sides or (band,))
            ),
            None,
        )

    def _is_fixed(self, found: Found) -> bool:
        """Tell whether a formula gives every item the same, though nobody said with a ``$`` that it shall."""
        if any(isinstance(piece, str) and _NAMED.search(piece) for piece in parse(found.text)):
            return False
        return not any(
            ref.sheet is not None
            or not _is_relative(ref)
            or ref.left == found.column
            or any(band.first <= (ref.top or 0) <= band.last for band in self.bands[found.sheet])
            for ref, _ in _refs(found)
        )

    def _before(self, found: Found) -> Iterator[Ref]:
        """Return the cells right above its list's rows that a formula speaks of without a ``$``."""
        for band in self.bands[found.sheet]:
            if band.repeats and _inside(found, found.sheet, band):
                for ref, _ in _refs(found):
                    if ref.top == band.first - 1 and _is_relative(ref):
                        yield ref

    def _slides(self, found: Found, ref: Ref) -> bool:
        """Tell whether a range from above a list's rows goes down with each item: no ``$`` on its rows."""
        top, bottom = ref.top or LAST_ROW, ref.bottom or 0
        inside = (band for band in self.bands[found.sheet] if band.repeats)
        above = any(
            _inside(found, found.sheet, band) and top < band.first <= bottom <= band.last for band in inside
        )
        return above and _is_near(found, ref) and ref.ranged and not (ref.fixed[1] or ref.fixed[3])

    def _is_own(self, found: Found, ref: Ref) -> bool:
        """Tell whether a range of one cell, with a ``$``, is one row of the several that repeat around it."""
        return (
            _is_near(found, ref)
            and ref.ranged
            and (ref.top, ref.left) == (ref.bottom, ref.right)
            and (ref.fixed[1] or ref.fixed[3])
            and any(band.repeats and band.size > 1 for band in self._innermost(found, ref))
        )

    def _innermost(self, found: Found, ref: Ref) -> list[Band]:
        """Return the smallest of the lists that both a formula and what it speaks of stand in."""
        around = [
            band
            for band in self.bands[found.sheet]
            if _inside(found, found.sheet, band) and band.first <= (ref.top or 0) <= band.last
        ]
        return sorted(around, key=lambda band: band.size)[:1]

    def _ends(self, found: Found, ref: Ref) -> bool:
        """Tell whether a cell right below a list's rows speaks of the one right above it."""
        return (
            _is_relative(ref)
            and ref.left == found.column
            and any(found.row == band.last + 1 and ref.top == band.last for band in self.bands[found.sheet])
        )


def _refs(found: Found) -> Iterator[tuple[Ref, Role]]:
    for piece, role in zip(parse(found.text), roles(found.text, whole=found.whole), strict=True):
        if role is not None and not isinstance(piece, str):
            yield piece, role


def _has(band: Band, column: int) -> bool:
    return band.columns is None or band.columns[0] <= column <= band.columns[1]


def _is_near(found: Found, ref: Ref) -> bool:
    return (ref.sheet or found.sheet).casefold() == found.sheet.casefold()


def _is_relative(ref: Ref) -> bool:
    return ref.sheet is None and not ref.ranged and not ref.fixed[1]


def _inside(found: Found, sheet: str, band: Band) -> bool:
    return found.sheet == sheet and band.first <= (found.row or 0) <= band.last


def _covers(ref: Ref, total: Found, cell: Found) -> bool:
    area = ref.area
    return (
        (ref.sheet or total.sheet).casefold() == cell.sheet.casefold()
        and area.top <= (cell.row or 0) <= area.bottom
        and area.left <= (cell.column or 0) <= area.right
    )


def _unmoved(key: str, found: Found, ref: Ref) -> TemplateFaultError:
    own = Ref(None, found.row, ref.left, found.row, ref.left)
    facts = {"ref": str(ref), "text": found.text, "own": str(own)}
    bottom = ref.bottom if ref.ranged else ref.top
    fixed = (False, True, False, not ref.ranged)
    facts["fixed"] = str(Ref(None, ref.top, ref.left, bottom, ref.right, fixed, ref.ranged))
    return TemplateFaultError(key, **facts).at(found.sheet, found.where)
