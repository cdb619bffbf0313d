"""One rendering from end to end: lay every sheet out, write its rows, let all other parts follow.

Owns the order of the steps. Refuses: how any one part is written.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from lxml import etree

from salesxl.errors import phrase
from salesxl.messages import Words
from salesxl.model import Area
from salesxl.template.bands import SIDES, Band
from salesxl.template.book import close_book
from salesxl.template.cells import Rows
from salesxl.template.charts import Watched, Watcher, chart_areas, charts_of
from salesxl.template.drawings import follow_drawings
from salesxl.template.edits import follow_pivots, follow_tables
from salesxl.template.expressions import Engine, Loop
from salesxl.template.named import single_names
from salesxl.template.notes import follow_notes
from salesxl.template.owned import owned_by
from salesxl.template.parallel import Spool, Unwritten, Writer, keep, unpacked
from salesxl.template.picking import Picking
from salesxl.template.plan import band_names, changing, full_plan, options_used, spelt
from salesxl.template.references import Moves, Sheet, too_long
from salesxl.template.sandbox import Budget, Limits
from salesxl.template.sheet import follow_sheet
from salesxl.template.sheets import copy_sheet, tab_name
from salesxl.template.spelling import NAMES
from salesxl.template.strips import Strip
from salesxl.template.terms import Shared, is_template, take_rows, uses_1904
from salesxl.template.wording import told
from salesxl.workers import Hands
from salesxl.xlsx.content_types import be_kind
from salesxl.xlsx.package import Package
from salesxl.xlsx.refs import LAST_COLUMN
from salesxl.xlsx.styles import RenderStyles

__all__ = ["dry_run", "enter", "filled_text", "render", "render_file"]

_Finished = TypeVar("_Finished")

LEVEL = 3
LONG, ROW = 2_000, 200
"""Rows from which a sheet may be written by another process, and the bytes that one is counted as."""


def render(
    template: Path | bytes,
    data: Mapping[str, Any],
    *,
    limits: Limits | None = None,
    hands: Hands | None = None,
    words: Words | None = None,
) -> bytes:
    """Fill a template workbook with data and return the finished workbook.

    Expressions ``{{ … }}`` become values, bands given by defined names repeat (see ``plan``), and every
    reference follows. Parts that nothing touches stay byte for byte; formulas lose their stored values and
    are calculated when the workbook is opened. The same template and data give the same bytes.

    Lists may be iterators; each is gone through once and kept in bounded memory. ``hands`` share the writing
    of long sheets, and never change a byte. ``words`` are those that faults are told in.

    Raises:
        TemplateError: an unknown name, a band that cannot grow, a bound of ``limits`` passed; the text names
            sheet, cell and remedy.
    """
    with told(words):
        return _rendered(template, data, limits, hands, Package.to_bytes)


def render_file(
    template: Path | bytes,
    data: Mapping[str, Any],
    target: Path,
    *,
    limits: Limits | None = None,
    hands: Hands | None = None,
    words: Words | None = None,
) -> None:
    """Fill a template workbook as ``render`` does, and write it to a file without holding the whole of it."""
    with told(words):
        _rendered(template, data, limits, hands, partial(_saved, target=target))


def filled_text(text: str, data: Mapping[str, Any], words: Words | None = None) -> str:
    """Fill the expressions of one text, such as a workbook's name. Raises TemplateError."""
    with told(words):
        engine = Engine(Budget(Limits()), data.get(NAMES))
        return str(engine(text + "{{''}}", "", text)(data))


def dry_run(template: Package, data: Mapping[str, Any]) -> Package:
    """Fill a copy of a template and return it; the template stays as it is. Raises TemplateFaultError."""
    return _Rendering(template.copy(), data, Limits(), Hands(1)).run()


def _saved(package: Package, target: Path) -> None:
    be_kind(package, target.suffix)
    package.save(target)


def _rendered(
    template: Path | bytes,
    data: Mapping[str, Any],
    limits: Limits | None,
    hands: Hands | None,
    finish: Callable[[Package], _Finished],
) -> _Finished:
    kept = {name: keep(value) if isinstance(value, Iterator) else value for name, value in data.items()}
    try:
        package, limits = Package.open(template), limits or Limits()
        if hands:
            with suppress(_FormatsAddedError):
                return finish(_Rendering(package.copy(), kept, limits, hands).run())
        return finish(_Rendering(package, kept, limits, Hands(1)).run())
    finally:
        for value in kept.values():
            if isinstance(value, Spool):
                value.close()


class _FormatsAddedError(Exception):
    """A sheet that was written elsewhere needs formats this workbook lacks: no error, it is begun anew."""


class _Rendering:
    def __init__(self, package: Package, data: Mapping[str, Any], limits: Limits, hands: Hands) -> None:
        self.package, self.limits, self.hands = package, limits, hands
        self.budget = Budget(limits)
        self.engine = Engine(self.budget, data.get(NAMES))
        self.picking = Picking(self.engine)
        self.scope = data
        self.plan = spelt(full_plan(package), data)
        self.names = {name for name, _, _ in band_names(package)} | options_used(package, self.plan)
        self.singles = single_names(package, self.plan)
        self.taken: dict[str, Rows] = {}  # by the sheet of the template, for further sheets made of it

    def run(self) -> Package:
        """Go through all steps; return the finished workbook."""
        taken: set[str] = {name for name, _ in self.package.sheets() if not is_template(name)}
        made = [(name, self._sheets(name, part, taken)) for name, part in self.package.sheets()]
        sheets = [sheet for _, several in made for sheet in several]
        moves = Moves(dict(made), owned_by(self.package, changing(self.plan), self.singles))
        drawn = chart_areas(self.package, [c for s in sheets for c in charts_of(self.package, s.part)])
        styles, shared = RenderStyles(self.package), Shared.of(self.package)
        watched: dict[Sheet, Watcher | None] = {}
        unwritten: dict[Sheet, Unwritten] = {}
        for sheet in sheets:
            watcher = Watcher(drawn.get(sheet.name.casefold(), ()))
            left = self._taken_apart(sheet, moves, styles, shared, watcher)
            if left is not None:
                watched[sheet], unwritten[sheet] = watcher, left
        self._write(unwritten, styles, drawn)
        for sheet in sheets:
            self._follow(sheet, moves, watched)
        follow_pivots(self.package, moves)
        close_book(
            self.package,
            moves,
            made,
            bands=self.names,
            singles=self.singles,
            scope=self.scope,
            compile_text=self.engine,
        )
        self._forget_expressions(shared)
        return self.package

    def _sheets(self, name: str, part: str, taken: set[str]) -> list[Sheet]:
        """Return what becomes of a sheet: one, one per item where it repeats, or none."""
        scopes: list[tuple[Mapping[str, Any], dict[str, int]]] = [(self.scope, {})]
        items_of = self._items_of(name)
        for band in sorted(self.plan[name].whole, key=lambda band: band.repeats):
            inner = []
            for scope, peers in scopes:
                items = items_of(band, scope)
                for index, item in enumerate(items):
                    own = {**peers, band.key: index} if band.repeats else peers
                    inner.append((enter(scope, band, item, index, len(items)), own))
            scopes = inner
        sheets: list[Sheet] = []
        # copies are made of the sheet as the template has it, so all of them before any is written
        parts = [(part, {}) if not index else copy_sheet(self.package, part) for index in range(len(scopes))]
        for (scope, peers), (own_part, tables) in zip(scopes, parts, strict=True):
            new_name = name
            if is_template(name) or len(scopes) > 1:
                text = (
                    str(self.engine(name + "{{''}}", name, phrase("place.tab"))(scope))
                    if is_template(name)
                    else name
                )
                new_name = tab_name(text, taken if is_template(name) or sheets else taken - {name})
            taken.add(new_name)
            rows, columns = self.plan[name].nested(name)
            down = self._strip(name, rows, self.limits.rows, scope)
            across = self._strip(name, columns, LAST_COLUMN, scope)
            sheets.append(Sheet(name, new_name, own_part, down, across, scope, tables, peers))
        return sheets

    def _strip(self, sheet: str, bands: tuple[Band, ...], limit: int, scope: Mapping[str, Any]) -> Strip:
        strip = Strip(bands, limit, self._items_of(sheet), self._enter)
        try:
            strip.lay_out(scope)
        except OverflowError as error:
            raise too_long(sheet, str(error), limit) from None
        return strip

    def _enter(
        self, scope: Mapping[str, Any], band: Band, item: Any, index: int, count: int
    ) -> Mapping[str, Any]:
        if not index % 256:
            self.budget.check_time()
        return enter(scope, band, item, index, count)

    def _items_of(self, sheet: str) -> Any:
        return partial(self.picking.items, sheet)

    def _follow(self, sheet: Sheet, moves: Moves, watched: Watched) -> None:
        """Let the parts around a sheet follow once all cells are written."""
        follow_tables(self.package, sheet, moves, sheet.scope, self.engine)
        follow_notes(self.package, sheet, sheet.scope, self.engine)
        follow_drawings(
            self.package, sheet, moves, watched=watched, scope=sheet.scope, compile_text=self.engine
        )

    def _forget_expressions(self, shared: Shared) -> None:
        """Empty the shared strings that held expressions: no cell points to them any more."""
        used = [item for item, text in zip(shared.items, shared.texts, strict=True) if is_template(text)]
        for item in used:
            for node in list(item):
                item.remove(node)
            etree.SubElement(item, self.package.namespaces.tag("t"))
        if used:
            self.package.touch(self.package.related(self.package.main(), "sharedStrings")[0])

    def _taken_apart(
        self, sheet: Sheet, moves: Moves, styles: RenderStyles, shared: Shared, watcher: Watcher
    ) -> Unwritten | None:
        """Let all around a sheet's rows follow; return what is still to write, if anything."""
        root, ns = self.package.xml(sheet.part), self.package.namespaces
        data = root.find(ns.tag("sheetData"))
        if data is None:  # a chart sheet
            return None
        rows = Rows(
            sheet,
            data,
            sheet.scope,
            ns=ns.main,
            shared=shared,
            styles=styles,
            moves=moves,
            compile_text=self.engine,
            tracked=watcher,
            date1904=uses_1904(self.package),
            like=self.taken.get(sheet.name),
        )
        self.taken.setdefault(sheet.name, rows)
        if follow_sheet(self.package, sheet, moves, sheet.scope, self.engine):
            self.package.touch(sheet.part)
        return Unwritten(sheet.part, *take_rows(self.package, sheet.part), rows) if rows.changed else None

    def _write(
        self,
        unwritten: Mapping[Sheet, Unwritten],
        styles: RenderStyles,
        drawn: Mapping[str, Collection[Area]],
    ) -> None:
        """Write the rows of these sheets; long ones at which no chart looks may be written elsewhere."""
        apart: list[Sheet] = []
        if self.hands.inherit and not any(isinstance(value, Spool) for value in self.scope.values()):
            apart = [s for s in unwritten if s.length > LONG and s.name.casefold() not in drawn]
        size = sum(sheet.length for sheet in apart) * ROW
        writer = Writer([unwritten[sheet] for sheet in apart], styles, LEVEL)
        with self.hands.begun(writer, range(len(apart)), size) as written:
            for sheet, left in unwritten.items():
                if sheet not in apart:
                    self.package.write(left.part, left.content(), LEVEL)
            for number, outcome in written:
                entry = unpacked(apart[number].part, outcome)
                if entry is None:
                    raise _FormatsAddedError
                self.package.write_packed(entry.name, entry)


def enter(scope: Mapping[str, Any], band: Band, item: Any, index: int, count: int) -> Mapping[str, Any]:
    """Return the variables of one copy of a band: those around it, the item, and ``loop``."""
    if band.sides:
        inner = [
            None if one is None else enter(scope, side, one[0], index, one[1])
            for side, one in zip(band.sides, item, strict=True)
        ]
        return {**scope, SIDES: [(side.columns, own) for side, own in zip(band.sides, inner, strict=True)]}
    if band.variable is None:
        return scope
    return {**scope, band.variable: item, "row": item, "loop": Loop(index, count, scope.get("loop"), item)}
