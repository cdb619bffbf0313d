"""Where every reference of a workbook points once its sheets have been laid out.

Owns the way from an old reference, seen from a cell in its copy, to the new text. Refuses: where rows go (the
matter of ``bands``) and in which parts references stand.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

from salesxl.errors import Label, Phrase, TemplateFaultError, phrase
from salesxl.model import Area
from salesxl.template.bands import Band, OrderError, Path, UnfollowableError, UngrowableError
from salesxl.template.owned import Owned, Use
from salesxl.template.roles import Role, roles
from salesxl.template.strips import Strip
from salesxl.xlsx.refs import Ref, parse, quote_sheet

__all__ = [
    "GONE",
    "CopiesError",
    "Moves",
    "Sheet",
    "Spot",
    "UnevenError",
    "cannot_follow",
    "too_long",
    "unfollowable",
]

GONE = "#REF!"
_MOST_COPIES = 100
"""Copies of a sheet that a function is given one by one: Excel takes 255 arguments and 8,192 characters."""
_MARK = "$A$1:$A$1"
"""What stands for a table where it is asked what a formula uses it for."""
_THROUGH = Role(grows=True)
"""What a 3-D reference is used for: only functions that take ranges know it."""


class UnevenError(UnfollowableError):
    """What a 3-D reference points to stands elsewhere on one of its sheets than on another."""

    def __init__(self, ref: Ref | Use) -> None:
        super().__init__(str(ref))
        self.ref = ref


class CopiesError(UnevenError):
    """What a reference points to stands on every copy of a sheet, and no one reference says all of them."""

    def __init__(self, ref: Ref | Use, made: Sequence[Sheet]) -> None:
        super().__init__(ref)
        self.made = made


@dataclass(slots=True, eq=False)
class Sheet:
    """One sheet of the output: what it is made of, what it is called, and where its rows and columns went.

    ``scope`` are its variables; ``peers`` tells which item of which list a repeated sheet was made for, and
    ``tables`` what its copies of the template's tables are called.
    """

    name: str
    new_name: str
    part: str
    rows: Strip
    columns: Strip
    scope: Mapping[str, Any] = field(default_factory=dict)
    tables: Mapping[str, str] = field(default_factory=dict)
    peers: Mapping[str, int] = field(default_factory=dict)

    @property
    def moved(self) -> bool:
        """True if any cell stands elsewhere than in the template."""
        return self.rows.moved or self.columns.moved

    @property
    def length(self) -> int:
        """How many rows its bands have become."""
        return sum(copies.length for copies in self.rows.root.children)

    def span(self, area: Area, spot: Spot | None = None) -> Area | None:
        """Return the one range that a range has become; None when nothing of it is left."""
        rows, columns = spot.paths if spot is not None else ((), ())
        down = self.rows.resolve(area.top, area.bottom, rows, columns=(area.left, area.right))
        across = self.columns.resolve(area.left, area.right, columns)
        if down is None or across is None:
            return None
        return Area(down[0], across[0], down[1], across[1])

    def areas(self, area: Area) -> list[Area]:
        """Return all cells made of an area's cells, as few ranges as may be."""
        columns = self.columns.runs(area.left, area.right)
        return [
            Area(top, left, bottom, right)
            for top, bottom in self.rows.runs(area.top, area.bottom)
            for left, right in columns
        ]

    def instances(self, area: Area) -> Iterator[tuple[Area, Spot]]:
        """Return every place where a thing over this area stands now, with the copies it stands in."""
        columns = list(self.columns.instances(area.left, area.right))
        for top, bottom, down in self.rows.instances(area.top, area.bottom):
            for left, right, across in columns:
                yield Area(top, left, bottom, right), Spot(self, (down, across), area.left, area.top)

    def first_spot(self, row: int, column: int) -> Spot:
        """Return the copies in which a cell's first appearance stands."""
        return Spot(self, (self.rows.first_path(row), self.columns.first_path(column)), column, row)


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a reference is looked at from: a sheet of the output and the copies (of rows, of columns).

    ``column`` and ``row`` are those of the template's cell: the column tells on which side it stands of bands
    side by side.
    """

    sheet: Sheet | None = None
    paths: tuple[Path, Path] = ((), ())
    column: int | None = None
    row: int | None = None

    @property
    def blank(self) -> bool:
        """True in the one blank copy that an empty list leaves, and beside a longer list."""
        return any(
            copies.blank or copies.ended(self.column, index) for path in self.paths for copies, index in path
        )

    def peers(self) -> dict[str, int]:
        """Return which item of which list this spot belongs to."""
        found = dict(self.sheet.peers) if self.sheet is not None else {}
        beside = None if self.column is None else (self.column, self.column)
        for path in self.paths:
            found.update((copies.reach(beside)[0], index) for copies, index in path)
        return found


@dataclass(slots=True)
class Moves:
    """All sheets of the output by the name they have in the template, several where a sheet repeats.

    ``owned`` are the names and tables of those that do.
    """

    sheets: dict[str, list[Sheet]]
    owned: Owned = field(default_factory=Owned)
    _still: bool = field(init=False)

    def __post_init__(self) -> None:
        self.sheets = {name.casefold(): list(made) for name, made in self.sheets.items()}
        self._still = all(
            len(made) == 1
            and not (made[0].rows.bands or made[0].columns.bands)
            and made[0].name == made[0].new_name
            for made in self.sheets.values()
        )

    def formula(self, text: str, spot: Spot, *, whole: bool = False) -> str:
        """Return a formula as it reads from a spot in the output. Raises UnfollowableError.

        ``whole`` marks one that calculates with whole ranges, as array formulas, charts and lists do.
        """
        if self._still:
            return text
        text = self.words(text, spot)
        return "".join(
            piece if isinstance(piece, str) else self.ref(piece, spot, role)
            for piece, role in zip(parse(text), roles(text, whole=whole), strict=True)
        )

    def words(self, text: str, spot: Spot) -> str:
        """Return a formula with the names and tables of sheets that repeat as a spot knows them.

        Elsewhere than on such a sheet, a name is the place it stands for: that of the same item, or of all.
        Raises CopiesError where none says that.
        """
        if not self.owned:
            return text
        pieces = list(self.owned.pieces(self._spelt(text, spot)))
        tables = [isinstance(piece, Use) and piece.table for piece in pieces]
        if not any(tables):
            return "".join(map(str, pieces))
        marked = (_MARK if table else str(p) for p, table in zip(pieces, tables, strict=True))
        used = iter([role for role in roles("".join(marked)) if role is not None])
        made = []
        for piece in pieces:
            if isinstance(piece, Use) and piece.table:
                made.append(self._table(piece, spot, next(used)))
                continue
            made.append(str(piece))
            for other in parse(str(piece)):
                if isinstance(other, Ref):
                    next(used)
        return "".join(made)

    def _spelt(self, text: str, spot: Spot) -> str:
        return "".join(
            self._name(piece, spot) if isinstance(piece, Use) and not piece.table else str(piece)
            for piece in self.owned.pieces(text)
        )

    def _name(self, use: Use, spot: Spot) -> str:
        own = next((text for text in use.cells if _repeats_with(text, spot)), None)
        if own or not use.owner:
            return own or str(use)
        made = self.sheets.get(use.owner, [])
        if not made:
            return GONE
        home = spot.sheet if spot.sheet in made else None
        if len(made) > 1 and spot.sheet is not None and (home is None or use.sheet):
            if use.meaning is not None:
                return self._spelt(use.meaning, spot)
            if home is None:
                raise CopiesError(use, made)
        home = home or made[0]
        if use.sheet and (use.confined or use.sheet != "[0]" or home is not made[0]):
            return f"{quote_sheet(home.new_name)}!{use.name}"
        return str(use)

    def _table(self, use: Use, spot: Spot, role: Role) -> str:
        made = self.sheets.get(use.owner, [])
        if not made:
            return GONE
        own = spot.sheet if spot.sheet in made else _same_item(made, spot)
        if own is None and spot.sheet is not None and len(made) > 1:
            if not role.sheets or len(made) > _MOST_COPIES:
                raise CopiesError(use, made)
            return ",".join(sheet.tables.get(use.name, use.name) + use.rest for sheet in made)
        return (own or made[0]).tables.get(use.name, use.name) + use.rest

    def ref(self, ref: Ref, spot: Spot, role: Role | None = None) -> str:
        """Return one reference as it reads now; ``#REF!`` when what it pointed to is gone."""
        try:
            moved = self.target(ref, spot, role)
        except CopiesError as error:
            if role is None or not role.sheets:
                raise
            return self._copies(ref, error.made)
        return GONE if moved is None else str(moved[1])

    def target(self, ref: Ref, spot: Spot, role: Role | None = None) -> tuple[Sheet | None, Ref] | None:
        """Return the sheet that a reference means now and the reference itself; None when it is gone.

        ``role`` tells what it is used for; without one, a single cell grows as a range does. A sheet this
        workbook does not have (in another file) is None and its reference unchanged.
        Raises UnfollowableError.
        """
        sheet = spot.sheet
        if ref.sheet is not None and ":" in ref.sheet:
            return self._through(ref)
        if ref.sheet is not None and (sheet is None or ref.sheet.casefold() != sheet.name.casefold()):
            made = self.sheets.get(ref.sheet.casefold())
            if made is None:
                return None, ref
            if not made:
                return None
            sheet = made[0] if len(made) == 1 else _same_item(made, spot)
            if sheet is None and spot.sheet and role and (ref.ranged or role.grows):
                raise CopiesError(ref, made)
            sheet = sheet or made[0]
        if sheet is None:
            return None, ref
        rows, columns = spot.paths if sheet is spot.sheet else ((), ())
        down = across = None
        peers = None
        if sheet.rows.bands or sheet.columns.bands:
            peers = spot.peers()
        if ref.top is not None and ref.bottom is not None:
            fixed = ref.fixed[1], ref.fixed[3]
            beside = (ref.left, ref.right) if ref.left is not None and ref.right is not None else None
            down = sheet.rows.resolve(
                ref.top, ref.bottom, rows,
                fixed=fixed, ranged=ref.ranged, peers=peers, columns=beside, role=role,
                follows=not ref.fixed[1] and (ref.ranged or ref.left == spot.column),
            )  # fmt: skip
            if down is None:
                return None
        if ref.left is not None and ref.right is not None:
            fixed = ref.fixed[0], ref.fixed[2]
            across = sheet.columns.resolve(
                ref.left, ref.right, columns, fixed=fixed, ranged=ref.ranged, peers=peers, role=role,
                follows=not ref.fixed[0] and (ref.ranged or ref.top == spot.row),
            )  # fmt: skip
            if across is None:
                return None
        top, bottom = down or (None, None)
        left, right = across or (None, None)
        new_name = None if ref.sheet is None else sheet.new_name
        grown = replace(ref, sheet=new_name, top=top, bottom=bottom, left=left, right=right)
        if not ref.ranged and (top != bottom or left != right):
            # one cell has become a range: both ends are as fixed as the one was
            grown = replace(grown, fixed=(*ref.fixed[:2], *ref.fixed[:2]), ranged=True)
        return sheet, grown

    def _through(self, ref: Ref) -> tuple[Sheet | None, Ref] | None:
        """Return a 3-D reference as it reads now: the cells must stand alike on all its sheets."""
        first, last = (ends.casefold() for ends in str(ref.sheet).split(":"))
        order = list(self.sheets)
        if first not in self.sheets or last not in self.sheets:
            return None, ref
        low, high = sorted((order.index(first), order.index(last)))
        made = [sheet for name in order[low : high + 1] for sheet in self.sheets[name]]
        return self._alike(ref, made) if made else None

    def _copies(self, ref: Ref, made: Sequence[Sheet]) -> str:
        """Return what stands on all copies of a sheet: as one reference, or one by one.

        One by one where it stands elsewhere on each, or where names in quotes keep LibreOffice from reading
        the one reference.
        """
        through = None
        with suppress(UnevenError):
            through = str(self._alike(ref, made)[1])
        if through and "'" not in through:
            return through
        if len(made) <= _MOST_COPIES:
            each = (self.target(replace(ref, sheet=sheet.name), Spot(sheet), _THROUGH) for sheet in made)
            return ",".join(str(found[1]) for found in each if found is not None) or GONE
        if through:
            return through
        raise CopiesError(ref, made)

    def _alike(self, ref: Ref, made: Sequence[Sheet]) -> tuple[Sheet | None, Ref]:
        places: list[Ref] = []
        for sheet in made:
            found = self.target(replace(ref, sheet=sheet.name), Spot(sheet), _THROUGH)
            if found is None:
                raise UnevenError(ref)
            places.append(replace(found[1], sheet=None))
        if any(place != places[0] for place in places):
            raise UnevenError(ref)
        ends = dict.fromkeys((made[0].new_name, made[-1].new_name))
        return None, replace(places[0], sheet=":".join(ends))

    def area(self, text: str, spot: Spot, role: Role | None = None) -> tuple[Sheet, Area] | None:
        """Return sheet and rectangle of a text that is one reference (``Sheet!$A$1:$B$2``), else None."""
        pieces = parse(text.strip())
        if len(pieces) != 1 or isinstance(pieces[0], str):
            return None
        found = self.target(pieces[0], spot, role)
        if found is None or found[0] is None:
            return None
        return found[0], found[1].area


def _repeats_with(text: str, spot: Spot) -> bool:
    """Tell whether the cell that a name stands for is in a band that a spot stands in too."""
    ref = parse(text)[0]
    if (
        isinstance(ref, str)
        or spot.sheet is None
        or (ref.sheet or "").casefold() != spot.sheet.name.casefold()
    ):
        return False
    return any(
        copies.band.repeats and copies.band.first <= (at or 0) <= copies.band.last
        for at, path in zip((ref.top, ref.left), spot.paths, strict=True)
        for copies, _ in path
    )


def _same_item(made: list[Sheet], spot: Spot) -> Sheet | None:
    """Choose among a repeated sheet's copies that of the item the spot belongs to."""
    peers = spot.peers()
    for sheet in made:
        if sheet.peers and all(peers.get(name) == index for name, index in sheet.peers.items()):
            return sheet
    return None


def cannot_follow(error: UnfollowableError, what: Phrase) -> TemplateFaultError:
    """Return the fault of something that takes in a part of a band, or cells that no longer lie alike."""
    if isinstance(error, UngrowableError):
        band: Band = error.band
        return TemplateFaultError("partial", what=what, name=band.name, first=band.first, last=band.last)
    if isinstance(error, OrderError):
        return TemplateFaultError("other_order", what=what, name=str(error))
    if isinstance(error, CopiesError):
        return TemplateFaultError("copies", what=what, ref=str(error))
    return TemplateFaultError("uneven", what=what, ref=str(error))


def unfollowable(
    sheet: str, cell: Label, error: UnfollowableError, what: str, **facts: str
) -> TemplateFaultError:
    """Return the fault of a formula, a merge or the like; ``what`` is the key of what it is called."""
    return cannot_follow(error, phrase(f"what.{what}", **facts)).at(sheet, cell)


def too_long(sheet: str, name: str, limit: int) -> TemplateFaultError:
    """Return the fault of a band that runs past the end of the sheet."""
    return TemplateFaultError("too_long", sheet=sheet, name=name, limit=limit)
