"""The types that every room shares: frozen dataclasses, no behaviour beyond their own fields.

Rows and columns: an address in text is A1 style; as numbers both are counted from 1, as Excel shows them.
Refuses: file formats, rules, words.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from dataclasses import field as default
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "Area",
    "Block",
    "CellValue",
    "Checked",
    "Clause",
    "Finding",
    "Grid",
    "HandedOut",
    "History",
    "Lookup",
    "OwnColumn",
    "OwnTable",
    "PastName",
    "Place",
    "Severity",
    "Submission",
    "TableName",
    "Team",
    "Tidied",
    "Workbook",
    "cell_name",
    "column_letters",
    "column_number",
]

CellValue: TypeAlias = str | int | float | bool | dt.datetime | dt.date | dt.time | dt.timedelta | None
"""What a cell holds once read. Blank is None."""


class Severity(StrEnum):
    """How much a finding weighs: an error keeps its row out, a warning does not, a notice only informs."""

    ERROR = "error"
    WARNING = "warning"
    NOTICE = "notice"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a finding points: a file, and where known its sheet and cell (``E7``)."""

    file: str
    sheet: str | None = None
    cell: str | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault or remark. ``code`` is stable; prose is made from it and ``facts`` by words.

    ``field`` is the schema's field name, ``block`` the schema's block kind, ``row`` the Excel row where the
    finding belongs to one; ``value`` is what stands in the cell, as typed.
    """

    code: str
    severity: Severity
    place: Place
    field: str | None = None
    value: CellValue = None
    facts: Mapping[str, Any] = default(default_factory=dict)
    block: str | None = None
    row: int | None = None


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle of cells, bounds included, counted from 1."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True, slots=True)
class Grid:
    """One sheet as typed cells at their true addresses: ``rows[0][0]`` is A1, and rows may be ragged.

    ``errors`` holds cells with an error value (``#N/A``), ``uncalculated`` those with a formula that no
    program has calculated yet, ``formulas`` the text of formulas where it is known; keys are (row, column).
    ``remarks`` are notes and input prompts with the cells on which they hang, ``margins`` the texts of page
    headers and footers (of .xlsx).
    """

    sheet: str
    rows: Sequence[Sequence[CellValue]]
    merged: tuple[Area, ...] = ()
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    visible: bool = True
    errors: Mapping[tuple[int, int], str] = default(default_factory=dict)
    uncalculated: frozenset[tuple[int, int]] = frozenset()
    formulas: Mapping[tuple[int, int], str] = default(default_factory=dict)
    remarks: tuple[tuple[Area, str], ...] = ()
    margins: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Workbook:
    """A file as read: its grids in sheet order and its document properties.

    These are the custom ones (``salesxl.form`` …), and ``modified``: when the file says it was last saved.
    ``lost`` are sheets that it lists and does not hold, by name with the reason.
    """

    file: str
    grids: tuple[Grid, ...]
    properties: Mapping[str, str] = default(default_factory=dict)
    kind: str = "xlsx"
    lost: Mapping[str, str] = default(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Tidied:
    """What one typed value was read as.

    ``value`` is the typed value, None when blank or unreadable. ``code`` is None when all is well, else a
    finding code (``type``, ``format``, ``choice``, ``range`` …) with ``facts`` for its message; the cell then
    stays as typed. ``changed`` says that something was inferred (a year, a dropped word), to be reported.
    """

    value: Any = None
    code: str | None = None
    facts: Mapping[str, Any] = default(default_factory=dict)
    changed: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """A recognised card or table.

    ``values`` holds raw cell values by field, in the order of ``rows``, which are Excel rows (a card is one
    row, numbered by its first). Both are plain, so that a block is read without pandas and travels between
    processes cheaply. ``columns`` maps a table's fields to column numbers; ``cells`` maps a card's fields to
    the (row, column) of their value. ``extra`` are a table's unknown columns: header text by column number.
    ``headers`` are the headers or labels as typed, by field: their unit may matter (万元). ``moved`` are the
    columns of single cells that stand elsewhere than their field does, by field and row. ``noted`` are the
    fields whose header had its unit added from a note for many. ``handed`` are the rows that we filled in
    ourselves, each with the fields that were changed since: the others say nothing. ``was`` tells, by row and
    field, what tells such a row again and was changed (``handed.digest``).
    """

    kind: str
    rows: tuple[int, ...]
    values: Mapping[str, Sequence[CellValue]]
    columns: Mapping[str, int] = default(default_factory=dict)
    cells: Mapping[str, tuple[int, int]] = default(default_factory=dict)
    header_row: int | None = None
    last_header_row: int | None = None
    extra: Mapping[int, str] = default(default_factory=dict)
    skipped: Mapping[str, int] = default(default_factory=dict)
    headers: Mapping[str, str] = default(default_factory=dict)
    moved: Mapping[str, Mapping[int, int]] = default(default_factory=dict)
    noted: tuple[str, ...] = ()
    handed: Mapping[int, tuple[str, ...]] = default(default_factory=dict)
    was: Mapping[int, Mapping[str, str]] = default(default_factory=dict)

    @property
    def frame(self) -> pd.DataFrame:
        """The values as a frame, index = Excel row, for looking at; ``frames`` has many blocks."""
        import pandas as pd  # not above: whoever only reads, a worker above all, starts without it

        return pd.DataFrame(dict(self.values), index=pd.Index(self.rows, dtype="int64"), dtype=object)

    def place(self, name: str, row: int) -> tuple[int, int] | None:
        """Return (row, column) of a field's cell, or None where the field is not on the sheet."""
        if name in self.cells:
            return self.cells[name]
        if name in self.columns:
            return row, self.moved.get(name, {}).get(row, self.columns[name])
        return None

    def stands(self, name: str, row: int) -> bool:
        """Say whether a field of a row stands as we handed it out."""
        return row in self.handed and name not in self.handed[row]


@dataclass(frozen=True, slots=True)
class HandedOut:
    """What a pre-filled workbook was made from: the Monday of the book, and the customers on it."""

    week: str
    numbers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Submission:
    """One recognised form on one sheet: who handed in what, for which period, as blocks of raw values.

    ``modified`` is when its workbook was last saved, as the workbook itself has it (UTC, sorts as text);
    ``marked`` says that it is a returned copy, with the toolkit's marks on it, and ``original`` of which
    file (a digest, as ``digest`` is of its own). ``title`` is what stands alone above the form: its cell, and
    the text. ``handed`` says of a workbook that we had filled in what it was made from.
    """

    file: str
    sheet: str
    form: str
    blocks: tuple[Block, ...]
    rep: str | None = None
    period: tuple[dt.date, dt.date] | None = None
    findings: tuple[Finding, ...] = ()
    errors: Mapping[tuple[int, int], str] = default(default_factory=dict)
    uncalculated: frozenset[tuple[int, int]] = frozenset()
    modified: str | None = None
    marked: bool = False
    original: str | None = None
    digest: str | None = None
    title: tuple[str, str] | None = None
    handed: HandedOut | None = None

    def block(self, kind: str) -> Block | None:
        """Return the block of that kind, or None."""
        return next((b for b in self.blocks if b.kind == kind), None)

    def outline(self) -> Submission:
        """Return the form without the values: what stands where on the sheet."""
        return replace(self, blocks=tuple(replace(block, values={}) for block in self.blocks))


def column_letters(number: int) -> str:
    """Return a column's letters: 1 → A, 27 → AA."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def cell_name(row: int, column: int) -> str:
    """Return a cell's address: (7, 5) → E7."""
    return f"{column_letters(column)}{row}"


def column_number(letters: str) -> int:
    """Return a column's number: A → 1, AA → 27."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


@dataclass(frozen=True, slots=True)
class Checked:
    """A batch of files after reading and checking.

    ``submissions`` are outlines: what was in their cells is in ``frames``. These hold, by block kind, every
    record read: typed fields, ``submission`` (position in ``submissions``), ``row`` (Excel row), ``rep``,
    ``accepted`` (no error on it), ``superseded``, ``codes`` (its error codes, joined) and ``others`` (what
    stood in columns that no schema knows). ``as_of`` is the day of the check, ``week`` Monday and Sunday of
    the week under report.
    """

    files: tuple[str, ...]
    submissions: tuple[Submission, ...]
    reps: tuple[str | None, ...]
    frames: Mapping[str, pd.DataFrame]
    findings: tuple[Finding, ...]
    as_of: dt.date
    week: tuple[dt.date, dt.date]
    digests: Mapping[str, str] = default(default_factory=dict)

    def outline(self) -> Checked:
        """Return the batch with what became of each record, without the fields; the rest takes no room."""
        kept = ["submission", "row", "rep", "superseded", "accepted"]
        return replace(self, frames={kind: frame[kept].copy() for kind, frame in self.frames.items()})


OwnColumn: TypeAlias = tuple[str, str, str]
"""A column of a table that a team has added: field, label, kind."""
TableName: TypeAlias = Literal[
    "customer", "communication", "action", "record", "weekly_report", "key_customer",
    "issue", "next_week", "handover", "handover_item", "finding", "submission", "change", "number", "deal",
    "held",
]  # fmt: skip
"""A table of the team; what stands in it is declared in ``tables``."""
PastName: TypeAlias = TableName | Literal["moves"] | str
"""A table of the state as checks see it; ``moves`` are what signed handovers gave to whom."""
Term: TypeAlias = tuple[str, str, str | None, str | None]
"""A word of a team's settings: its list, the word, its kind, and the probability of a stage."""


@dataclass(frozen=True, slots=True)
class Closed:
    """Rows of a table that no later week changes, under a label of their own: read only if asked.

    ``kept`` is what an earlier book has of them; rows that are closed for the first time have none.
    """

    label: str
    count: int
    rows: Callable[[], Any]
    kept: Any = None

    @classmethod
    def of(cls, label: str, rows: Any) -> Closed:
        """Close rows."""
        return cls(label, len(rows), lambda: rows)


@dataclass(frozen=True, slots=True)
class OwnTable:
    """A table of a team's own form: the name of its sheet, its columns and its rows."""

    sheet: str
    columns: tuple[OwnColumn, ...]
    rows: pd.DataFrame


@dataclass(frozen=True, slots=True)
class Team:
    """The team's tables by name, with provenance: ``rep``, ``source_file``, ``source_sheet``, ``source_row``.

    They are the team's state: all that is known by the end of the week, whoever handed it in when.
    ``dated`` are the reps whose archives have 签约日期, without a contract that is held back.
    ``version`` is that of a book whose tables are a state; None where they are one week's rows.
    ``terms`` are the words that the settings of its week gave a meaning.
    ``own`` are by table the columns of the team's own fields, ``further`` by kind of block the tables of its
    own forms.
    ``findings`` are those in the rows of ``finding``, where they are at hand: a book read again has none.
    ``closed`` are rows that ``tables`` lack since no later week changes them and no figure needs them.
    """

    tables: Mapping[TableName, pd.DataFrame]
    as_of: dt.date
    week: tuple[dt.date, dt.date]
    dated: frozenset[str] = frozenset()
    findings: tuple[Finding, ...] = ()
    version: str | None = None
    terms: tuple[Term, ...] = ()
    closed: Mapping[TableName, Sequence[Closed]] = default(default_factory=dict)
    own: Mapping[TableName, tuple[OwnColumn, ...]] = default(default_factory=dict)
    further: Mapping[str, OwnTable] = default(default_factory=dict)


@dataclass(frozen=True, slots=True)
class History:
    """What earlier weeks tell this one. ``latest`` is the team as the book before has it; None without one.

    ``numbers`` are customer numbers by compared name, beside those of ``register``: all that any book ever
    gave (customer_no, customer_name); ``later`` are those that stand in books of later weeks only. ``tables``
    are for checking: ``customer`` of the book before with its ``week_start``, ``moves``, what signed
    handovers gave to whom (key, from_rep, to_rep, day), ``weekly_report`` and ``submission``, all reports and
    files ever taken; the rows of a team's own forms by kind of block.
    """

    numbers: Mapping[str, str] = default(default_factory=dict)
    tables: Mapping[PastName, pd.DataFrame] = default(default_factory=dict)
    latest: Team | None = None
    register: pd.DataFrame | None = None
    later: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Lookup:
    """Where a rule looks for a record of the same customer, and in which time.

    ``kinds`` are the blocks whose rows are asked. ``period`` is any, week, month, quarter, same, before or
    range; a range goes from one expression to another.
    """

    name: str
    kinds: tuple[str, ...]
    period: str = "any"
    first: str = ""
    last: str = ""


@dataclass(frozen=True, slots=True)
class Clause:
    """One condition on a record of a form: a field, how it is compared, and with what.

    ``kind`` is the block the field stands in: the record's own, a card above it, or ``customer`` with
    ``of_customer`` for the archive's row of its customer; ``outcome`` asks what the stage in it means. It is
    compared with ``texts`` (yes and no are texts too), the value of an ``expression``, or records found by a
    ``lookup``. ``label`` is the field as the settings name it.
    """

    label: str
    kind: str
    field: str
    test: str
    texts: tuple[str, ...] = ()
    expression: str = ""
    lookup: Lookup | None = None
    of_customer: bool = False
    outcome: bool = False
    severity: str = "warning"
    message: str | None = None
