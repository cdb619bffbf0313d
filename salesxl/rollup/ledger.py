"""The company's book 公司台账.xlsx: teams, reps, customers, claims and how words were brought together.

Owns which column stands on which sheet, streaming the customers of all teams in bounded memory, and
reading the teams of an earlier book again. It has no telephone and no contact: those are the teams'.
Refuses: figures.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from functools import partial
from itertools import accumulate
from pathlib import Path
from typing import Any, TypeAlias

import pandas as pd

from salesxl.columns import Column, Kind
from salesxl.errors import SalesxlError
from salesxl.messages import Words
from salesxl.rollup.terms import Terms
from salesxl.tables import book_words
from salesxl.template import stream
from salesxl.template.sheets import repeat_sheet
from salesxl.template.wording import told
from salesxl.workspace import book_cells
from salesxl.workspace.book_read import WEEK, OwnBook
from salesxl.xlsx.package import Package
from salesxl.xlsx.properties import set_properties
from salesxl.xlsx.refs import LAST_ROW

__all__ = ["SHEETS", "columns", "read_teams", "write"]

Told: TypeAlias = Mapping[str, Any]
Rows: TypeAlias = Sequence[Told]

COMPANY, VERSION = "salesxl.company", "1"
"""The property that says that a book is a company's, and in which form."""

_NAME, _CODE, _AMOUNT, _WHOLE = Kind.NAME, Kind.CODE, Kind.AMOUNT, Kind.WHOLE
_FLOW: tuple[tuple[str, Kind], ...] = (
    ("open_count", _WHOLE), ("open_amount", _AMOUNT), ("forecast", _AMOUNT), ("won", _WHOLE),
    ("lost", _WHOLE),
)  # fmt: skip
SHEETS: Mapping[str, tuple[tuple[str, Kind], ...]] = {
    "unit": (
        ("unit", _NAME), ("delivery", _NAME), ("as_of", Kind.DATE), ("reps", _WHOLE), ("completed", _AMOUNT),
        ("target", _AMOUNT), ("attainment", Kind.PERCENT), ("pace", Kind.PERCENT), ("state", _NAME),
        ("week_completed", _AMOUNT), ("collected", _AMOUNT), ("deals", _WHOLE), *_FLOW, ("customers", _WHOLE),
        ("warned", _WHOLE), ("overdue", _WHOLE), ("unreported", _WHOLE), ("held", _WHOLE),
        ("held_amount", _AMOUNT), ("why", Kind.TEXT),
    ),
    "rep": (
        ("unit", _NAME), ("rep", _NAME), ("team", _NAME), ("region", _NAME), ("product_line", _NAME),
        ("completed", _AMOUNT), ("target", _AMOUNT), ("state", _NAME), ("week_completed", _AMOUNT),
        ("collected", _AMOUNT), ("deals", _WHOLE), *_FLOW,
    ),
    "client": (
        ("unit", _NAME), ("company_no", _CODE), ("customer_no", _CODE), ("customer_name", _NAME),
        ("rep", _NAME), ("team", _NAME), ("region", _NAME), ("product_line", _NAME), ("industry", _NAME),
        ("source", _NAME), ("outcome", _NAME), ("company_stage", _NAME), ("stage", _NAME),
        ("company_grade", _NAME), ("grade", _NAME), ("expected_amount", _AMOUNT), ("weighted", _AMOUNT),
        ("expected_close", Kind.DATE), ("first_contact", Kind.DATE), ("last_contact", Kind.DATE),
        ("contract_no", _CODE), ("contract_amount", _AMOUNT), ("signed_on", Kind.DATE),
        ("loss_reason", _NAME), ("counts", Kind.YES_NO), ("source_file", Kind.TEXT),
        ("source_sheet", Kind.TEXT), ("source_row", _WHOLE),
    ),
    "claim": (
        ("no", _WHOLE), ("customer_name", _NAME), ("unit", _NAME), ("company_no", _CODE), ("rep", _NAME),
        ("stage", _NAME), ("outcome", _NAME), ("expected_amount", _AMOUNT), ("weighted", _AMOUNT),
        ("last_contact", Kind.DATE), ("counted", Kind.YES_NO), ("source_file", Kind.TEXT),
    ),
    "term": (
        ("list", _NAME), ("unit", _NAME), ("own", _NAME), ("kind", _NAME), ("company", _NAME),
        ("count", _WHOLE),
    ),
    "notice": (("unit", _NAME), ("text", Kind.TEXT)),
}  # fmt: skip
"""The sheets of the book, each with its columns."""

_CODES = {
    "state": "attainment_state", "delivery": "delivery", "outcome": "outcome", "list": "term_list",
    "kind": "stage_kind",
}  # fmt: skip
_WIDTHS = {"customer_name": 30, "text": 90, "why": 50, "source_file": 28, "unit": 18, "company_no": 28}


def columns(table: str) -> tuple[Column, ...]:
    """Return the columns of a sheet with their labels, the same in every language."""
    words = book_words()
    return tuple(
        Column(
            field,
            words.name("company_column", field),
            "",
            kind,
            codes=_CODES.get(field),
            width=_WIDTHS.get(field, 13),
        )
        for field, kind in SHEETS[table]
    )


def write(
    out: Path,
    template: bytes,
    rows: Mapping[str, Rows],
    spools: Mapping[str, Path],
    counts: Mapping[str, int],
    known: Terms,
    day: tuple[dt.date, dt.date],
    words: Words,
    sheet_rows: int = LAST_ROW - 1,
) -> dict[str, int]:
    """Write the book and return the rows of each sheet.

    ``rows`` are those of every sheet but the customers'; these come from ``spools``, by team, of which no
    more than one is held at a time (``counts`` says how many rows each has). ``day`` is Monday and the day of
    the roll-up. More customers than ``sheet_rows`` go on in further sheets.

    Raises:
        TemplateError: the template lacks a sheet or a column of the book.
    """
    said = book_words()
    with told(words):
        package = Package.open(template)
        dated = {WEEK: day[0].isoformat(), "salesxl.as_of": day[1].isoformat()}
        set_properties(package, {COMPANY: VERSION, **dated})
        filled: dict[str, stream.Table] = {}
        clients = _Clients(spools, counts, known)
        for table in SHEETS:
            name, shown = said.name("company_sheet", table), columns(table)
            labels = [column.label for column in shown]
            if table != "client":
                frame = _frame(rows[table], shown)
                cells = partial(book_cells.values, frame, shown, said)
                filled[name] = stream.Table(labels, len(frame), cells)
                continue
            parts = range(0, max(clients.count, 1), sheet_rows)
            names = [name, *(f"{name}({number})" for number in range(2, len(parts) + 1))]
            if name not in dict(package.sheets()):
                raise stream.no_sheet(name, dict(package.sheets()))
            repeat_sheet(package, name, names[1:])
            for sheet, first in zip(names, parts, strict=True):
                number = min(sheet_rows, clients.count - first)
                filled[sheet] = stream.Table(labels, number, partial(clients.values, first))
        return stream.fill_tables(package.to_bytes(), filled, out)


def _frame(rows: Rows, shown: tuple[Column, ...]) -> pd.DataFrame:
    """Return rows as typed columns."""
    found = {}
    for column in shown:
        values = [row.get(column.field) for row in rows]
        if column.kind is Kind.DATE:
            found[column.field] = pd.Series(pd.to_datetime(pd.Series(values, dtype=object))).astype(
                "datetime64[us]"
            )
        else:
            found[column.field] = pd.Series(pd.array(values, dtype=column.kind.dtype))
    return pd.DataFrame(found)


class _Clients:
    """The customers of all teams one after the other; one team's are held while its rows are asked for."""

    def __init__(self, spools: Mapping[str, Path], counts: Mapping[str, int], known: Terms) -> None:
        self._spools, self._known = spools, known
        self._units = [unit for unit in spools if counts[unit]]
        self._ends = list(accumulate(counts[unit] for unit in self._units))
        self._counts = counts
        self._held: tuple[str, pd.DataFrame] = "", pd.DataFrame()
        self._shown, self._words = columns("client"), book_words()
        self.count = self._ends[-1] if self._ends else 0

    def values(self, start: int, first: int, stop: int) -> list[list[Any]]:
        """Return the cells of some rows as a list a column; they are counted from ``start``."""
        first, stop = first + start, stop + start
        told: list[list[Any]] = [[] for _ in self._shown]
        for unit, end in zip(self._units, self._ends, strict=True):
            begin = end - self._counts[unit]
            if begin < stop and first < end:
                some = slice(max(first, begin) - begin, min(stop, end) - begin)
                cells = book_cells.values(self._of(unit), self._shown, self._words, some.start, some.stop)
                for column, more in zip(told, cells, strict=True):
                    column.extend(more)
        return told

    def _of(self, unit: str) -> pd.DataFrame:
        if self._held[0] != unit:
            own = pd.read_pickle(self._spools[unit])
            stages, grades = self._known.stage_of[unit], self._known.grade_of[unit]
            found = own.assign(
                unit=unit,
                company_no=unit + "/" + own["customer_no"],
                company_stage=own["stage"].map(stages).astype("string"),
                company_grade=own["grade"].map(grades).astype("string"),
            )
            self._held = unit, found
        return self._held[1]


def read_teams(path: Path, words: Words) -> dict[str, dict[str, Any]]:
    """Return the teams of a company's book by name, as its sheet has them; blank is None.

    Raises:
        SalesxlError: it is no company's book, or cannot be read.
    """
    said = book_words()
    name = said.name("company_sheet", "unit")
    with book_cells.opened(path, words) as found:
        if COMPANY not in found.properties or name not in found.sheets:
            raise SalesxlError("no_company_book", path=path)
        frame = _teams(found, name, path, said)
    plain = frame.astype(object).where(frame.notna(), None).to_dict("records")
    return {str(row["unit"]): row for row in plain if row["unit"] is not None}


def _teams(found: OwnBook, name: str, path: Path, words: Words) -> pd.DataFrame:
    rows = [row for batch in found.batches(name) for row in batch]
    return book_cells.frame(f"{path} › {name}", rows, columns("unit"), words)
