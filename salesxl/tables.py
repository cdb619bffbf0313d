"""The team's tables: one pandera model each, made of the blocks whose rows it holds and of what is added.

Owns which columns a table has, how they are typed, and their order in 团队台账.xlsx. Refuses: filling them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

import pandas as pd

from salesxl import schemas
from salesxl.catalogue import Forms
from salesxl.columns import (
    BlockModel,
    Column,
    Date,
    Kind,
    Number,
    Text,
    Whole,
    YesNo,
    column,
    columns_of,
    table,
)
from salesxl.messages import LOCALES, Words, load
from salesxl.model import OwnColumn, TableName

if TYPE_CHECKING:
    import pandera.pandas as pa

__all__ = [
    "BEFORE",
    "INTERNAL",
    "TABLES",
    "book_words",
    "conformed",
    "model",
    "own_columns",
    "retyped",
    "widened",
    "with_own",
]

NONE: Mapping[TableName, Sequence[OwnColumn]] = {}
INTERNAL = ("submission", "row", "accepted", "superseded", "codes")
"""What a row carries beside its fields from checking to consolidation (``Checked``); no table keeps it."""


def added(kind: Kind = Kind.NAME, width: int = 12, codes: str | None = None) -> Any:
    """Declare a column that no form asks for; its label stands among the messages."""
    return column("", "", kind, width=width, codes=codes)


class Owner(BlockModel):
    """Whose the row is: the customer's owner, where there is one."""

    rep: Text = added()
    team: Text = added()


class OfCustomer(BlockModel):
    """Which customer the record of the row is about."""

    customer_name: Text = added(width=30)


class OfWeek(BlockModel):
    """The Monday of the week that the row's report is about."""

    week_start: Date = added(Kind.DATE)


class OfHandover(BlockModel):
    """What the row hands over (a kind of block), between whom, and on which day."""

    item: Text = added(codes="item")
    from_rep: Text = added()
    to_rep: Text = added()
    date: Date = added(Kind.DATE)


class Graded(BlockModel):
    """Why the customer has its grade, in words: those of the book."""

    grade_basis: Text = added()


class Moved(BlockModel):
    """Who wrote the row, where a signed handover gave its customer to another rep."""

    original_rep: Text = added()


class MonthToDate(BlockModel):
    """What the rep has signed and collected in the month so far, in 元."""

    month_completed: Number = added(Kind.AMOUNT)
    month_collected: Number = added(Kind.AMOUNT)


class Effective(BlockModel):
    """Whether all three have signed."""

    effective: YesNo = added(Kind.YES_NO)


class Source(BlockModel):
    """Where a finding or a form stands."""

    source_file: Text = added(width=28)
    source_sheet: Text = added()
    source_row: Whole = added(Kind.WHOLE)


class Flags(BlockModel):
    """The codes of the errors on a row that was merged all the same, and what stood in unknown columns."""

    flags: Text = added(codes="title")
    others: Text = added(width=24)


class Kept(BlockModel):
    """The Monday of the week in which the row's content first came in, and why the row stands.

    Blank where it was handed in this week; else ``carried``, ``held`` (a newer row is held back),
    ``missing`` (a whole archive lacks it), ``unverified`` (several do).
    """

    last_week: Date = added(Kind.DATE)
    carried: Text = added(codes="carried")


class Standing(BlockModel):
    """What the team's state knows of a claim: its round, whether its amount counts, former names.

    Also since when, and in how many whole archives, it has been missing, and what the rules would grade it
    between two quarters.
    """

    round: Whole = added(Kind.WHOLE)
    counted: YesNo = added(Kind.YES_NO)
    former_names: Text = added(width=20)
    absent_since: Date = added(Kind.DATE)
    absences: Whole = added(Kind.WHOLE)
    suggested_grade: Text = added()
    suggested_why: Text = added(width=24)


class Change(BlockModel):
    """A value that stands no longer, by what, and why (``cause``)."""

    week_start: Date = added(Kind.DATE)
    cause: Text = added(codes="cause")
    table: Text = added(codes="sheet")
    customer_no: Text = added(width=18)
    customer_name: Text = added(width=30)
    rep: Text = added()
    field: Text = added(codes="column")
    old: Text = added(width=24)
    new: Text = added(width=24)
    about: Text = added(width=18)


class Numbered(BlockModel):
    """A customer number that was ever given, to whom, and in which week."""

    customer_no: Text = added(width=18)
    customer_name: Text = added(width=30)
    rep: Text = added()
    week_start: Date = added(Kind.DATE)


class Deal(BlockModel):
    """A customer won, once per round."""

    customer_no: Text = added(width=18)
    customer_name: Text = added(width=30)
    rep: Text = added()
    round: Whole = added(Kind.WHOLE)
    week_start: Date = added(Kind.DATE)
    amount: Number = added(Kind.AMOUNT)
    contract_no: Text = added(width=16)
    signed_on: Date = added(Kind.DATE)
    contract_end: Date = added(Kind.DATE)


class Finding(BlockModel):
    """What was found, in codes; message and fix in the words of the book.

    ``field`` is a field of the form, or a header where the form has no such field.
    """

    severity: Text = added(codes="severity")
    code: Text = added()
    rep: Text = added()
    form: Text = added(codes="form")
    cell: Text = added()
    field: Text = added(codes="field")
    value: Text = added(width=20)
    message: Text = added(width=44)
    fix: Text = added(width=44)


class Submission(BlockModel):
    """What became of a form: its rows, the amounts on those held back, and in which week its file was taken.

    ``rules`` tells the settings and the program under which it was read.
    """

    form: Text = added(codes="form")
    status: Text = added(codes="status")
    read: Whole = added(Kind.WHOLE)
    accepted: Whole = added(Kind.WHOLE)
    returned: Whole = added(Kind.WHOLE)
    example: Whole = added(Kind.WHOLE)  # type: ignore[assignment]  # pandera has a method of that name
    blank: Whole = added(Kind.WHOLE)
    total: Whole = added(Kind.WHOLE)
    errors: Whole = added(Kind.WHOLE)
    warnings: Whole = added(Kind.WHOLE)
    held_amount: Number = added(Kind.AMOUNT)
    held_completed: Number = added(Kind.AMOUNT)
    week_start: Date = added(Kind.DATE)
    week_end: Date = added(Kind.DATE)
    taken: Date = added(Kind.DATE)
    digest: Text = added(width=20)
    stamp: Text = added(width=20)
    rules: Text = added(width=20)


class HeldBack(BlockModel):
    """A customer's row or a report that is held back, in which week, and what it would add to the sums."""

    form: Text = added(codes="form")
    customer_no: Text = added(width=18)
    customer_name: Text = added(width=30)
    week_start: Date = added(Kind.DATE)
    held_amount: Number = added(Kind.AMOUNT)
    held_completed: Number = added(Kind.AMOUNT)
    taken: Date = added(Kind.DATE)


class Closed(BlockModel):
    """Why a plan is over though nobody said so: its customer was ``lost``."""

    closed: Text = added(codes="closed")


ROWS = (Flags, Source, Kept)
TABLES: Mapping[TableName, tuple[type[BlockModel], ...]] = {
    "customer": (Owner, schemas.Customer, Graded, Moved, Standing, *ROWS),
    "communication": (Owner, OfCustomer, schemas.Communication, Moved, *ROWS),
    "action": (Owner, OfCustomer, schemas.Action, Closed, Moved, *ROWS),
    "record": (Owner, schemas.Record, Moved, *ROWS),
    "weekly_report": (Owner, schemas.WeeklyReport, MonthToDate, *ROWS),
    "key_customer": (Owner, OfWeek, schemas.KeyCustomer, *ROWS),
    "issue": (Owner, OfWeek, schemas.Issue, *ROWS),
    "next_week": (Owner, OfWeek, schemas.NextWeek, *ROWS),
    "handover": (Owner, schemas.Handover, Effective, *ROWS),
    "handover_item": (
        *(Owner, OfHandover, schemas.HandoverCustomer, schemas.HandoverContact, schemas.HandoverOpportunity),
        *ROWS,
    ),
    "finding": (Finding, Source),
    "submission": (Owner, Submission, Source),
    "change": (Change, Source),
    "number": (Numbered,),
    "deal": (Deal,),
    "held": (Owner, HeldBack, Source),
}
"""Of what each table is made, in the order of the book's sheets; a name's first column counts."""


@cache
def model(name: TableName) -> pa.DataFrameSchema:
    """Return a table's model: its columns in order, any of them blank, and no others."""
    return table(*TABLES[name])


@cache
def book_words() -> Words:
    """Return the words of the team's tables and book: the same, whatever language a run speaks."""
    return load(LOCALES[0], schemas.label_of)


HOMES: Mapping[str, TableName] = {
    "archive_head": "customer",
    "customer": "customer",
    "record": "record",
    "communication": "communication",
    "log_head": "communication",
    "visit": "communication",
    "action": "action",
    "weekly_report": "weekly_report",
    "key_customer": "key_customer",
    "issue": "issue",
    "next_week": "next_week",
    "handover": "handover",
    "handover_customer": "handover_item",
    "handover_contact": "handover_item",
    "handover_opportunity": "handover_item",
}
"""The table in which what stands in a block of ours ends."""
BEFORE = "flags"
"""Fields of a team's own stand behind ours, before this column."""


@lru_cache(maxsize=8)
def own_columns(forms: Forms) -> Mapping[TableName, tuple[OwnColumn, ...]]:
    """Return by table the columns of the fields that a team has added to our forms."""
    found: dict[TableName, dict[str, OwnColumn]] = {}
    for spec in forms.blocks:
        table_ = HOMES.get(spec.kind)
        for column_ in spec.columns if table_ else ():
            if column_.origin is not None and table_ is not None:
                columns = found.setdefault(table_, {})
                taken = {label for _, label, _ in columns.values()} | _labels(table_)
                label = column_.label if column_.label not in taken else f"{spec.title}·{column_.label}"
                columns.setdefault(column_.field, (column_.field, label, column_.kind.value))
    return {name: tuple(columns.values()) for name, columns in found.items()}


@cache
def _labels(name: TableName) -> frozenset[str]:
    words = book_words()
    return frozenset(c.label or words.name("column", c.field) for c in columns_of(model(name)))


def with_own(columns: Sequence[Column], own: Sequence[OwnColumn]) -> tuple[Column, ...]:
    """Return a table's columns with those of a team's own fields."""
    place = next((at for at, c in enumerate(columns) if c.field == BEFORE), len(columns))
    added = tuple(Column(field, label, label, Kind(kind)) for field, label, kind in own)
    return (*columns[:place], *added, *columns[place:])


def widened(
    tables: Mapping[TableName, pd.DataFrame], own: Mapping[TableName, Sequence[OwnColumn]]
) -> dict[TableName, pd.DataFrame]:
    """Return the tables with the columns of a team's own fields, blank where they were not there yet.

    A column that holds values of another kind than the field has by now is read as text where that is text,
    else begun anew.
    """
    after = dict(tables)
    for name, columns in own.items():
        frame = after[name]
        dtypes = {field: Kind(kind).dtype for field, _, kind in columns}
        after[name] = frame.assign(**{field: retyped(frame, field, dtype) for field, dtype in dtypes.items()})
    return after


def retyped(frame: pd.DataFrame, name: str, dtype: str) -> pd.Series:
    """Return a column in a dtype: anything is text, a count a number; else blank where it was another."""
    had = str(frame[name].dtype).lower() if name in frame else None
    if had is not None and (
        had == dtype.lower() or dtype == "string" or (had, dtype) == ("int64", "Float64")
    ):
        return frame[name].astype(dtype)
    return pd.Series([None] * len(frame), index=frame.index, dtype=object).astype(dtype)


def conformed(
    tables: Mapping[TableName, pd.DataFrame], own: Mapping[TableName, Sequence[OwnColumn]] = NONE
) -> dict[TableName, pd.DataFrame]:
    """Return the tables without what is internal, each held against its model: its columns and their types.

    ``own`` are the columns of a team's own fields.

    Raises:
        SchemaErrors: a column is missing, unknown or of another type; nothing that a rep hands in does that.
    """
    kept: dict[TableName, pd.DataFrame] = {}
    for name in TABLES:
        columns = with_own(columns_of(model(name)), own.get(name, ()))
        dtypes = {column.field: column.kind.dtype for column in columns}
        frame = tables[name].drop(columns=[c for c in INTERNAL if c not in dtypes], errors="ignore")
        if name in own:
            frame = frame[[*(c for c in dtypes if c in frame), *(c for c in frame if c not in dtypes)]]
        if frame.dtypes.astype(str).to_dict() != dtypes:  # pandera takes long for many columns, and says why
            added = [field for field, _, _ in own.get(name, ())]
            model(name).validate(frame.drop(columns=added, errors="ignore").head(0), lazy=True)
        kept[name] = frame
    return kept
