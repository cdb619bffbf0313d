"""A template's rows compiled into writers: each output row is put together from pieces of text.

Owns the cells' XML: what stays as it stands, formulas that follow, expressions that become values. A row of a
band is taken apart once and written as often as the list is long. Refuses: what an expression means, and
where rows go.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice, repeat
from typing import Any, TypeAlias

from lxml import etree

from salesxl.model import cell_name, column_letters
from salesxl.template.bands import (
    LOOP_OF_ROWS,
    SIDES,
    Items,
    Path,
    Stop,
    UnfollowableError,
    at_column,
)
from salesxl.template.instead import told_instead
from salesxl.template.references import Moves, Sheet, Spot, unfollowable
from salesxl.template.terms import (
    FORMULA,
    ONE,
    Compile,
    Evaluate,
    Field,
    Shared,
    Tracked,
    Untracked,
    attributes,
    constant,
    fragment,
    is_balanced,
    is_template,
    number_of,
)
from salesxl.xlsx.refs import LAST_ROW, area_text, read_area, shift, split_cell
from salesxl.xlsx.styles import RenderStyles
from salesxl.xlsx.values import cell_tail, cell_tails, escape, unescape

__all__ = ["Rows"]
# ruff: noqa: ARG001, ARG005 - rows are written in one go, for speed; all writers take the same five things, whether they need them or not


CHUNK = 4096
TOGETHER = 512
"""Copies of a row that are written at once."""

_DATES = frozenset((dt.date, dt.datetime))

Emit: TypeAlias = "Callable[[Rows, str, Stop, Mapping[str, Any], Path], str]"
"""Writes a cell of a sheet from its row number as text, its stop, its variables and its columns' copies."""


@dataclass(frozen=True, slots=True)
class _Cell:
    """A template cell, ready to be written. ``emit`` is None where nothing but style is left."""

    row: int
    column: int
    style: str
    emit: Emit | _Direct | None


@dataclass(frozen=True, slots=True)
class _Direct:
    """The frequent case, kept apart for speed: a value that needs nothing but the variables."""

    evaluate: Evaluate
    write: Callable[[Any], str]


class Rows:
    """The rows of one sheet of the output, produced as they are asked for.

    ``like`` are those of another sheet made of the same one, whose charts look at the same cells: what it was
    taken apart into serves again.
    """

    def __init__(
        self,
        sheet: Sheet,
        data: etree._Element,
        scope: Mapping[str, Any],
        *,
        ns: str,
        shared: Shared,
        styles: RenderStyles,
        moves: Moves,
        compile_text: Compile,
        tracked: Tracked | None = None,
        date1904: bool = False,
        like: Rows | None = None,
    ) -> None:
        self._sheet, self._scope, self._ns, self._shared, self._styles = sheet, scope, ns, shared, styles
        self._moves, self._compile, self._date1904 = moves, compile_text, date1904
        self._tracked = tracked or Untracked()
        self._masters: dict[str, tuple[str, int, int]] = {}
        self._alters = False
        self._rows: dict[int, tuple[str, list[_Cell]]] = {}
        self._plans: dict[int, list[_Planned]] = {}
        if like is not None:
            self._rows, self._alters = like._rows, like._alters
            if not sheet.columns.bands:
                self._plans = like._plans
        else:
            last = 0
            for row in data:
                last = int(row.get("r") or last + 1)
                self._rows[last] = self._row(row, last)
        self.changed = sheet.moved or self._alters

    # ---- taking the template apart

    def _row(self, row: etree._Element, number: int) -> tuple[str, list[_Cell]]:
        kept = {k: v for k, v in attributes(row).items() if k not in ("r", "spans")}
        cells: list[_Cell] = []
        for cell in row:
            after = cells[-1].column + 1 if cells else 1
            at = split_cell(cell.get("r", ""))[1] if cell.get("r") else after
            cells.append(self._cell(cell, number, at))
        return "".join(f' {k}="{escape(v)}"' for k, v in kept.items()), cells

    def _cell(self, cell: etree._Element, row: int, column: int) -> _Cell:
        style = f' s="{cell.get("s")}"' if cell.get("s") else ""
        formula = cell.find(f"{{{self._ns}}}f")
        if formula is not None:
            self._alters = True  # its stored value goes
            return _Cell(row, column, style, self._formula(cell, formula, row, column))
        kind = cell.get("t")
        value = cell.findtext(f"{{{self._ns}}}v")
        index = int(value) if kind == "s" and value else None
        source = self._shared.items[index] if index is not None else cell.find(f"{{{self._ns}}}is")
        if source is not None:
            text = "".join(t.text or "" for t in source.iter(f"{{{self._ns}}}t"))
            if is_template(text):
                self._alters = True
                return _Cell(row, column, style, self._expression(source, row, column, cell.get("s")))
        if not len(cell):
            return _Cell(row, column, style, None)
        return _Cell(row, column, style, self._static(cell, row, column, source))

    def _static(self, cell: etree._Element, row: int, column: int, source: etree._Element | None) -> Emit:
        kept = {k: v for k, v in attributes(cell).items() if k not in ("r", "s")}
        rest = "".join(f' {k}="{escape(v)}"' for k, v in kept.items())
        tail = f"{rest}>{''.join(fragment(child).decode() for child in cell)}</c>"
        if not self._tracked.wants(row, column):
            return lambda rows, line, stop, scope, path: tail
        value: Any = number_of(cell.findtext(f"{{{self._ns}}}v"), cell.get("t"))
        if source is not None:
            value = "".join(t.text or "" for t in source.iter(f"{{{self._ns}}}t"))
        return self._noted(column, constant(value), lambda value: tail)

    def _noted(self, column: int, evaluate: Evaluate, write: Callable[[Any], str]) -> Emit:
        def emit(rows: Rows, line: str, stop: Stop, scope: Mapping[str, Any], path: Path) -> str:
            value = evaluate(scope)
            found = rows._sheet.columns.resolve(column, column, path)
            if found is not None:
                rows._tracked.note(stop.new, found[0], value)
            return write(value)

        return emit

    def _expression(self, source: etree._Element, row: int, column: int, style: str | None) -> Emit | _Direct:
        where = cell_name(row, column)
        runs = source.findall(f"{{{self._ns}}}r")
        texts = [run.findtext(f"{{{self._ns}}}t") or "" for run in runs]
        whole = unescape("".join(texts) if runs else source.findtext(f"{{{self._ns}}}t") or "")
        if len(runs) > 1 and not ONE.match(whole) and all(is_balanced(text) for text in texts):
            return self._rich(runs, texts, where)
        evaluate = self._compile(whole, self._sheet.name, where)
        date1904, index, styles = self._date1904, int(style or 0), self._styles
        plain = styles.is_plain(index)

        def write(value: Any) -> str:
            tail = cell_tail(value, date1904=date1904)
            if plain and isinstance(value, (dt.date, dt.time)) and tail.startswith(">"):
                return f'\0{styles.dated(index, value)}"{tail}'
            return tail

        if self._tracked.wants(row, column):
            return self._noted(column, evaluate, write)
        return _Direct(evaluate, write if plain or date1904 else cell_tail)

    def _rich(self, runs: Sequence[etree._Element], texts: Sequence[str], where: str) -> Emit:
        """Keep each run's own format where every expression stands within one run."""
        pieces: list[tuple[str, Evaluate]] = []
        for run, text in zip(runs, texts, strict=True):
            properties = run.find(f"{{{self._ns}}}rPr")
            head = "" if properties is None else fragment(properties).decode()
            if is_template(text):
                # a second, empty expression makes it mixed text: within a run there are no numbers
                pieces.append((head, self._compile(text + "{{''}}", self._sheet.name, where)))
            else:
                pieces.append((head, constant(text)))

        def emit(rows: Rows, line: str, stop: Stop, scope: Mapping[str, Any], path: Path) -> str:
            written = "".join(
                f'<r>{head}<t xml:space="preserve">{escape(str(evaluate(scope)))}</t></r>'
                for head, evaluate in pieces
            )
            return f' t="inlineStr"><is>{written}</is></c>'

        return emit

    def _formula(self, cell: etree._Element, node: etree._Element, row: int, column: int) -> Emit:
        kept = {k: v for k, v in attributes(node).items() if k not in ("t", "si", "ref", "ca")}
        kind, text = node.get("t", "normal"), node.text or ""
        if kind == "shared":
            text = self._shared_formula(node, row, column)
            kept = {}
        area = node.get("ref") if kind in ("array", "dataTable") else None
        extra = f' cm="{cell.get("cm")}"' if cell.get("cm") else ""
        if node.get("ca"):
            kept["ca"] = "1"
        opening = f"{extra}><f" + (f' t="{kind}"' if area else "")
        tracked, where = self._tracked.wants(row, column), cell_name(row, column)

        def emit(rows: Rows, line: str, stop: Stop, scope: Mapping[str, Any], path: Path) -> str:
            sheet, moves = rows._sheet, rows._moves
            spot = Spot(sheet, (stop.path, path), column, row)
            attributes = dict(kept)
            try:
                if area:
                    spread = sheet.span(read_area(area), spot)
                    attributes["ref"] = area_text(spread) if spread else f"{column_letters(column)}{line}"
                for name in ("r1", "r2"):
                    if name in attributes:
                        attributes[name] = moves.formula(attributes[name], spot)
                moved = moves.formula(text, spot, whole=kind == "array")
            except UnfollowableError as error:
                raise unfollowable(sheet.name, where, error, "formula", text=text) from None
            if tracked:
                found = sheet.columns.resolve(column, column, path)
                if found is not None:
                    rows._tracked.note(stop.new, found[0], FORMULA)
            written = "".join(f' {key}="{escape(value)}"' for key, value in attributes.items())
            return f"{opening}{written}>{escape(moved)}</f></c>"

        return emit

    def _shared_formula(self, node: etree._Element, row: int, column: int) -> str:
        """Return what a cell of a shared formula would hold had it been typed."""
        index = node.get("si", "")
        if node.text:
            self._masters[index] = node.text, row, column
        master = self._masters.get(index)
        if master is None:
            return ""
        text, top, left = master
        return shift(text, row - top, column - left)

    # ---- writing

    def __iter__(self) -> Iterator[bytes]:
        """Write all rows, some hundreds at a time."""
        yield from self.lines(1, LAST_ROW)

    def lines(self, first: int, last: int) -> Iterator[bytes]:
        """Write what these rows of the template have become."""
        chunk: list[str] = []
        if not self._plans:
            self._plans.update((number, self._plan(cells)) for number, (_, cells) in self._rows.items())
        plans = self._plans
        numbers = sorted(number for number in self._rows if first <= number <= last)
        together = {number for number in numbers if all(map(_looked_up, plans[number]))}
        for stop in self._sheet.rows.walk(numbers, self._scope, together):
            if stop.many is not None:
                for written in self._many(stop, stop.many.items, plans[stop.row]):
                    chunk.append(written)
                    yield "".join(chunk).encode()
                    chunk.clear()
                continue
            self._one(stop, plans[stop.row], chunk)
            if len(chunk) > CHUNK:
                yield "".join(chunk).encode()
                chunk.clear()
        yield "".join(chunk).encode()

    def _one(self, stop: Stop, plan: Sequence[_Planned], chunk: list[str]) -> None:
        """Write one row, cell by cell."""
        add = chunk.append
        line, around = str(stop.new), stop.scope
        beside, scope = SIDES in around, around
        said: Mapping[int, str] = {}
        if stop.blank or beside:
            said = told_instead(
                stop, [c[5].row for c in plan if c[2] or c[4]], self._sheet.name, self._compile
            )
        add(f'<row r="{line}"{self._rows[stop.row][0]}>')
        for start, style, evaluate, write, emit, column in plan:
            ended = False
            if beside:
                own = at_column(around, column.row)
                ended, scope = own is None, own or {}
            if stop.blank or ended:
                tail = said.get(column.row, "")
            elif evaluate is not None and write is not None:
                tail = write(evaluate(scope))
            elif emit is not None:
                mixed = scope
                if column.scope:
                    mixed = {**scope, **column.scope, LOOP_OF_ROWS: scope.get("loop")}
                tail = emit(self, line, stop, mixed, column.path)
            else:
                tail = ""
            if not tail:
                if style:
                    add(f'{start}{line}"{style}/>')
            elif tail[0] == "\0":  # the style comes with the value
                add(f'{start}{line}" s="{tail[1:]}')
            else:
                add(f'{start}{line}"{style}{tail}')
        add("</row>")

    def _instead(self, stop: Stop, plan: Sequence[_Planned]) -> Mapping[int, str]:
        return told_instead(stop, [c[5].row for c in plan if c[2] or c[4]], self._sheet.name, self._compile)

    def _many(self, stop: Stop, items: Items, plan: Sequence[_Planned]) -> Iterator[str]:
        """Write all copies of a row, some hundreds at a time: column by column where that gives the same."""
        strip, rest, first = self._sheet.rows, iter(items), 0
        while some := list(islice(rest, TOGETHER)):
            written = self._columns(stop, first, some, plan)
            if written is None:
                rows: list[str] = []
                for one in strip.copies(stop, first, some):
                    self._one(one, plan, rows)
                written = "".join(rows)
            yield written
            first += len(some)

    def _columns(self, stop: Stop, first: int, items: Sequence[Any], plan: Sequence[_Planned]) -> str | None:
        """Write copies of a row column by column; None where their cells ask for more than a look-up."""
        if set(map(type, items)) != {dict}:
            return None
        begin = next(self._sheet.rows.copies(stop, first, items[:1]))
        lines = list(map(str, range(begin.new, begin.new + len(items))))
        pieces: list[Iterable[str]] = [repeat('<row r="'), lines]  # one after the other they make a row
        since = f'"{self._rows[stop.row][0]}>'  # what stands after the last of them
        for start, style, evaluate, write, _, _ in plan:
            if not isinstance(evaluate, Field):
                if style:
                    pieces += (repeat(since + start), lines)
                    since = f'"{style}/>'
                continue
            values = evaluate.column(items, begin.scope, stop.scope)
            if values is None or (write is not cell_tail and not _DATES.isdisjoint(map(type, values))):
                return None
            if style:
                tails = cell_tails(values, before=f'"{style}', blank=f'"{style}/>')
                pieces += (repeat(since + start), lines, tails)
            else:
                cells = zip(lines, cell_tails(values), strict=True)
                pieces += (repeat(since), [f'{start}{line}"{tail}' if tail else "" for line, tail in cells])
            since = ""
        pieces.append(repeat(since + "</row>"))
        return "".join(chain.from_iterable(zip(*pieces, strict=False)))  # as many as there are lines

    def _plan(self, cells: Sequence[_Cell]) -> list[_Planned]:
        """Return how a row's cells are written, from left to right, each as often as its column stands."""
        by_column = {cell.column: cell for cell in cells}
        planned: list[_Planned] = []
        for stop in self._sheet.columns.walk(sorted(by_column), self._scope):
            cell = by_column[stop.row]
            emit = None if stop.blank else cell.emit
            own = {}
            if stop.scope is not self._scope:
                own = {k: v for k, v in stop.scope.items() if self._scope.get(k) is not v}
            column = Stop(stop.row, stop.new, own, stop.path, stop.blank)
            start = f'<c r="{column_letters(stop.new)}'
            if isinstance(emit, _Direct) and not own:
                planned.append((start, cell.style, emit.evaluate, emit.write, None, column))
            else:
                long = _mixed(emit) if isinstance(emit, _Direct) else emit
                planned.append((start, cell.style, None, None, long, column))
        return planned


_Planned: TypeAlias = "tuple[str, str, Evaluate | None, Callable[[Any], str] | None, Emit | None, Stop]"
"""One output cell: text up to the row number, style, the short way (two halves) or the long one, column."""


def _looked_up(planned: _Planned) -> bool:
    """Tell whether a cell is a look-up in its row's item, or nothing but style."""
    _, _, evaluate, _, emit, _ = planned
    return isinstance(evaluate, Field) if evaluate is not None else emit is None


def _mixed(direct: _Direct) -> Emit:
    """Return the long way of a cell that needs its column's variables too."""
    return lambda rows, line, stop, scope, path: direct.write(direct.evaluate(scope))
