"""Names and tables of sheets that repeat, fall away or are renamed, and where formulas use them.

Each copy of such a sheet has a name and a table of its own, so a formula's words must be told apart from each
other. Owns that. Refuses: which copy a formula means (that is ``references``).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from salesxl.template.terms import defined_names
from salesxl.xlsx.package import Package
from salesxl.xlsx.refs import Ref, parse

__all__ = ["Owned", "Use", "owned_by"]

_WORD = re.compile(
    r"""(?P<string>"(?:[^"]|"")*+")
    |(?:(?P<sheet>'(?:[^']|'')++'|\[0\]|[\w.]+)!)?(?P<name>(?<![\w.$\\])[^\W\d][\w.\\]*+)
    (?P<rest>\s*\(|!|\[(?:'.|[^\[\]']|\[(?:'.|[^\[\]'])*+\])*+\])?""",
    re.VERBOSE | re.DOTALL,
)
_ANYWHERE = (None, "[0]")
"""What stands before a name of the whole workbook: nothing, or in a chart the workbook itself."""


@dataclass(frozen=True, slots=True)
class Use:
    """One word of a formula that is a name or a table (with ``rest``, its columns) of the sheet ``owner``.

    ``sheet`` is what stood before it; ``meaning`` the one range that the name is, if it is no more than that.
    ``cells`` are the places of a name of one cell that repeats.
    """

    owner: str
    name: str
    sheet: str | None = None
    rest: str = ""
    table: bool = False
    meaning: str | None = None
    confined: bool = False
    cells: Sequence[str] = ()

    def __str__(self) -> str:
        """Return it as the formula holds it."""
        return f"{self.sheet}!{self.name}" if self.sheet else self.name + self.rest


@dataclass(frozen=True, slots=True)
class Owned:
    """The names and tables of sheets that repeat, by their names in lower case.

    ``names`` are those of the whole workbook, ``confined`` those of one sheet, after the sheet's name.
    ``cells`` are names of one cell in rows or columns that repeat, on whatever sheet.
    """

    names: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    confined: Mapping[tuple[str, str], str] = field(default_factory=dict)
    tables: Mapping[str, str] = field(default_factory=dict)
    cells: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.names or self.confined or self.tables or self.cells)

    def owner(self, name: str) -> str:
        """Return the sheet that a name or table of the whole workbook belongs to; blank for any other."""
        key = name.casefold()
        return self.tables.get(key) or self.names.get(key, ("", ""))[0]

    def pieces(self, formula: str) -> Iterator[str | Use]:
        """Split a formula into text and uses, in order; joined again they give the formula."""
        at = 0
        for found in _WORD.finditer(formula):
            use = self._use(found["sheet"], found["name"], found["rest"] or "") if found["name"] else None
            if use is not None:
                yield formula[at : found.start()]
                yield use
                at = found.end()
        yield formula[at:]

    def _use(self, sheet: str | None, name: str, rest: str) -> Use | None:
        key = name.casefold()
        if sheet is None and key in self.tables and (not rest or rest[0] == "["):
            return Use(self.tables[key], name, rest=rest, table=True)
        if rest:
            return None
        home = None if sheet in _ANYWHERE else sheet.strip("'").replace("''", "'").casefold()
        if home is not None and (home, key) in self.confined:
            text = self.confined[home, key]
            found = self._meaning(text)
            return Use(home, name, sheet, meaning=found, confined=True, cells=self.cells.get(key, ()))
        owner, text = self.names.get(key, (None, ""))
        if owner is None and key in self.cells and home is None:
            return Use("", name, sheet, cells=self.cells[key])
        if owner is None or home not in (None, owner):
            return None
        return Use(owner, name, sheet, meaning=self._meaning(text), cells=self.cells.get(key, ()))

    def _meaning(self, text: str) -> str | None:
        """Return what a name is, if that is one place that does not hang on the cell which uses the name."""
        pieces = parse(text)
        if len(pieces) == 1 and isinstance(ref := pieces[0], Ref):
            rows = ref.top is None or (ref.fixed[1] and ref.fixed[3])
            columns = ref.left is None or (ref.fixed[0] and ref.fixed[2])
            return text if rows and columns and ref.sheet else None
        alone = [piece for piece in self.pieces(text) if piece]
        return text if len(alone) == 1 and isinstance(alone[0], Use) else None


def owned_by(
    package: Package, sheets: Collection[str], cells: Mapping[str, Sequence[str]] | None = None
) -> Owned:
    """Return the names and tables of these sheets of a template, and its names of one cell that repeats."""
    single = {name.casefold(): texts for name, texts in (cells or {}).items()}
    if not sheets:
        return Owned(cells=single)
    homes = {sheet.casefold() for sheet in sheets}
    order = [name.casefold() for name, _ in package.sheets()]
    tables = {
        package.xml(table).get("displayName", "").casefold(): name.casefold()
        for name, part in package.sheets()
        if name.casefold() in homes
        for table in package.related(part, "table")
    }
    names: dict[str, tuple[str, str]] = {}
    owned = Owned(names, {}, tables)
    confined: dict[tuple[str, str], str] = {}
    free: list[tuple[str, str]] = []
    for name, text, sheet in defined_names(package):
        if sheet is None:
            free.append((name.casefold(), text))
        elif sheet.casefold() in homes:
            confined[sheet.casefold(), name.casefold()] = text
    found = True
    while found:  # a name may be made of names
        found = False
        for key, text in free:
            owner = None if key in names else _owner(owned, text, homes, order)
            if owner is not None:
                names[key], found = (owner, text), True
    return Owned(names, confined, tables, single)


def _owner(owned: Owned, text: str, homes: Collection[str], order: Sequence[str]) -> str | None:
    """Return the first sheet among these that a name's text speaks of, itself or by names and tables."""
    spoken = {piece.sheet.casefold() for piece in parse(text) if isinstance(piece, Ref) and piece.sheet}
    spoken = (spoken & set(homes)) | {use.owner for use in owned.pieces(text) if isinstance(use, Use)}
    return min(spoken, key=order.index, default=None)
