"""What a schema is made of: columns, blocks (cards and tables) and forms.

Owns the vocabulary in which ``schemas`` declares the forms. Refuses: the forms themselves, a team's policy.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache, lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Any, TypeAlias

import pandas as pd

from salesxl.model import Clause
from salesxl.only_pandas import only_pandas

__all__ = [
    "FIGURES",
    "BlockModel",
    "BlockSpec",
    "Bound",
    "Column",
    "Date",
    "Form",
    "Kind",
    "Need",
    "Number",
    "Shape",
    "Text",
    "Whole",
    "YesNo",
    "aliases_of",
    "block",
    "column",
    "columns_of",
    "table",
]

with only_pandas():
    import pandera.pandas as pa
    from pandera.typing import Series


Text = Series[pd.StringDtype]
Number = Series[pd.Float64Dtype]
Whole = Series[pd.Int64Dtype]
YesNo = Series[pd.BooleanDtype]
if TYPE_CHECKING:
    Date = Series[pd.Timestamp]
else:
    Date = Series["datetime64[us]"]


class Kind(StrEnum):
    """How a cell is read, written and formatted."""

    TEXT = "text"  # free text, kept as typed
    NAME = "name"  # a short name: spaces and widths evened out
    CODE = "code"  # a number that is a name: 客户编号, 合同编号
    CHOICE = "choice"  # one of a list
    TICKED = "ticked"  # one of a list, as ticked boxes in one cell
    INDUSTRY = "industry"  # 大类 or 大类-细分
    ITEMS = "items"  # several, split by 、
    AMOUNT = "amount"  # 元
    AMOUNT_WAN = "amount_wan"  # 万元
    NUMBER = "number"
    WHOLE = "whole"
    PERCENT = "percent"
    DATE = "date"
    MOMENT = "moment"  # date and time, to the minute
    CONTACT = "contact"  # phone or e-mail
    YES_NO = "yes_no"
    PICTURE = "picture"  # whether one lies in the cell

    @property
    def dtype(self) -> str:
        """The dtype of a column of such cells."""
        return _DTYPES.get(self, "string")

    @property
    def typed(self) -> bool:
        """Whether an empty mark (``-``, 无, N/A) in such a cell means blank."""
        return self is not Kind.TEXT


_DTYPES = {
    **dict.fromkeys((Kind.AMOUNT, Kind.AMOUNT_WAN, Kind.NUMBER, Kind.PERCENT), "Float64"),
    **dict.fromkeys((Kind.DATE, Kind.MOMENT), "datetime64[us]"),
    Kind.WHOLE: "Int64",
    Kind.YES_NO: "boolean",
    Kind.PICTURE: "boolean",
}


FIGURES = frozenset({Kind.AMOUNT, Kind.AMOUNT_WAN, Kind.NUMBER, Kind.WHOLE, Kind.PERCENT})
"""Kinds that are numbers."""


class Need(StrEnum):
    """When a cell must be filled in. docs/domain.md 2: R, O, C, and the conditions."""

    REQUIRED = "required"
    OPTIONAL = "optional"
    COMPUTED = "computed"  # the toolkit fills it; what a rep filled in is held against it
    EITHER = "either"  # one of the block's EITHER columns
    WHEN_OPEN = "when_open"  # while the customer is open
    WHEN_WON = "when_won"
    WHEN_LOST = "when_lost"
    WHEN_OFF = "when_off"  # once the stage is off the path
    CONDITIONAL = "conditional"  # while the column's own conditions hold
    OMITTED = "omitted"  # not on the team's form; where it stands on a sheet all the same it is read


class Shape(StrEnum):
    """How a block lies on a sheet: label beside value, once or again and again, or a header over records."""

    CARD = "card"
    TABLE = "table"
    CARDS = "cards"


Bound: TypeAlias = float | str
"""A number, or an expression that is worked out for each record: 今天, 【首次接触时间】+5天."""


@dataclass(frozen=True, slots=True)
class Column:
    """One field of a block: its words, how it is read, and what is asked of it.

    ``choices`` names a list of the team's settings. ``follows`` is for labels that stand on a card more than
    once (日期): the field after which this one comes. ``section`` is the card's heading it stands under.
    ``on_form`` is False for what the blank form does not ask for, but other companies' forms have. ``codes``
    says which group of words the codes in a table's column belong to; the team's book has the words.

    What a team's own fields have besides: ``reference`` says that a name is a ``customer``'s or a
    ``member``'s; ``format`` is id_card, uscc, vin, mobile, email or a pattern by wildcard; ``formula`` is
    what the value is worked out from; ``minimum`` and ``maximum`` are allowed themselves, ``above`` and
    ``below`` are not, and of texts they bound the length. ``roles`` are what the field is to its
    block: key, rep, customer, date, period_start, period_end, team. ``conditions`` say when a CONDITIONAL
    field is asked for, and when alone an optional one is expected to be filled in; ``message`` is said
    instead of ours, ``personal`` values are masked. ``origin`` is the form whose definition has the field,
    None where we have it, and ``cell`` where in the settings that stands.
    """

    field: str
    label: str
    english: str
    kind: Kind
    need: Need = Need.OPTIONAL
    aliases: tuple[str, ...] = ()
    choices: str | None = None
    help: str = ""
    example: str = ""
    minimum: Bound | None = None
    pattern: str | None = None
    past_only: bool = False
    concrete: bool = False
    follows: str | None = None
    section: str | None = None
    width: int = 14
    fixed: bool = False
    shown: str | None = None
    on_form: bool = True
    codes: str | None = None
    reference: str | None = None
    format: str | None = None
    formula: str | None = None
    unit: str | None = None
    maximum: Bound | None = None
    above: Bound | None = None
    below: Bound | None = None
    roles: tuple[str, ...] = ()
    conditions: tuple[Clause, ...] = ()
    message: str | None = None
    personal: bool = False
    origin: str | None = None
    cell: str | None = None

    @property
    def floor(self) -> float | None:
        """The least value; None where it is worked out for each record."""
        return None if isinstance(self.minimum, str) else self.minimum

    @property
    def required(self) -> bool:
        """Whether every record must fill it in."""
        return self.need is Need.REQUIRED


def column(
    label: str,
    english: str,
    kind: Kind,
    need: Need = Need.OPTIONAL,
    *,
    minimum: float | None = None,
    pattern: str | None = None,
    **more: Any,
) -> Any:
    """Declare a column: a pandera field that carries the column's words.

    Its help, example and aliases stand in ``fields.toml``. ``minimum`` and ``pattern`` become pandera checks;
    ``past_only`` (dates not in the future), ``concrete`` (text that must not be vague) and the conditions of
    ``need`` are checked by ``checks``.
    """
    spec = Column("", label, english, kind, need, minimum=minimum, pattern=pattern, **more)
    return pa.Field(
        nullable=need is not Need.REQUIRED,
        ge=minimum,
        str_matches=pattern,
        metadata={"column": spec},
    )


class BlockModel(pa.DataFrameModel):
    """Base of every block's model: index = Excel row, one typed column per field."""

    class Config:
        strict = False
        ordered = False


def table(*parts: type[BlockModel]) -> pa.DataFrameSchema:
    """Return the schema of a table with several models' columns in order, each once; all may be blank."""
    columns: dict[str, pa.Column] = {}
    for part in parts:
        for name, own in part.to_schema().columns.items():
            columns.setdefault(name, pa.Column(own.dtype, nullable=True, metadata=own.metadata))
    return pa.DataFrameSchema(columns, strict=True)


def columns_of(schema: pa.DataFrameSchema, block: str | None = None) -> tuple[Column, ...]:
    """Return the columns of a model's schema or of a table's in the order of their declaration.

    Those of a block come with their words there: help, example and aliases.
    """
    return tuple(
        replace(
            spec.metadata["column"],
            field=str(name),
            **(_words(block, str(name)) if block is not None else {}),
        )
        for name, spec in schema.columns.items()
        if spec.metadata and "column" in spec.metadata
    )


def aliases_of(block: str, name: str) -> tuple[str, ...]:
    """Return what else a field is called according to ``fields.toml``, the surer words first."""
    found: list[str] = []
    for word in _fields().get(block, {}).get(name, {}).get("aliases", "").split():
        if word.startswith("@"):
            found += aliases_of(*word[1:].split("."))
        elif word.startswith("-"):
            found.remove(word[1:])
        else:
            found.append(word)
    return tuple(found)


def _words(block: str, name: str) -> dict[str, Any]:
    return {**_fields().get(block, {}).get(name, {}), "aliases": aliases_of(block, name)}


@cache
def _fields() -> dict[str, dict[str, dict[str, str]]]:
    return tomllib.loads(resources.files("salesxl").joinpath("fields.toml").read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True, eq=False)
class BlockSpec:
    """A block of a form: its columns, how it lies, its heading, and the team-book sheet its rows go to.

    ``kind`` is the key used everywhere; two specs are equal only if they are one. ``optional`` blocks may be
    missing from a sheet without a finding. ``model`` is what declares the columns of a block of ours.
    """

    kind: str
    shape: Shape
    title: str
    english: str
    columns: tuple[Column, ...] = ()
    sheet: str | None = None
    aliases: tuple[str, ...] = ()
    optional: bool = False
    model: type[BlockModel] | None = None

    @property
    def schema(self) -> pa.DataFrameSchema:
        """The block's schema: a typed column per field, with its bounds; nullable unless it is required."""
        return _schema(self)

    def column(self, name: str) -> Column:
        """Return the column of that field name; KeyError if there is none."""
        for item in self.columns:
            if item.field == name:
                return item
        raise KeyError(name)

    def tells(self, column: Column) -> bool:
        """Say whether a form is told by a column: it is required, and not the team's own on a form of ours.

        A blank form of last month lacks what a team has added since, and is that form all the same.
        """
        return column.required and (column.origin is None or self.model is None)

    @property
    def drawn(self) -> tuple[Column, ...]:
        """The columns that stand on the blank form."""
        return tuple(item for item in self.columns if item.on_form)


@dataclass(frozen=True, slots=True, eq=False)
class Form:
    """A form: what stands on one sheet, in the order in which its blank template shows it.

    ``since`` is the version of the package in which its columns last changed. ``blank`` is False for a form
    that is read where a company has it, and of which no blank one is drawn. ``key`` are the fields without
    which a table is not this form's: such a form gives way to one that is told by its cards.
    """

    name: str
    title: str
    english: str
    blocks: tuple[BlockSpec, ...]
    aliases: tuple[str, ...] = ()
    instruction: str = ""
    since: str = "0.1.0"
    blank: bool = True
    key: tuple[str, ...] = ()
    keep: str = "accumulate"
    every: str | None = None
    origin: str | None = None

    def block(self, kind: str) -> BlockSpec:
        """Return the block of that kind; KeyError if there is none."""
        for item in self.blocks:
            if item.kind == kind:
                return item
        raise KeyError(kind)


def block(
    kind: str,
    shape: Shape,
    title: str,
    english: str,
    model: type[BlockModel],
    *,
    sheet: str | None = None,
    optional: bool = False,
    words: str = "",
) -> BlockSpec:
    """Build a block's spec from its model; ``words`` is the block of ``fields.toml`` if it is another one."""
    columns = columns_of(model.to_schema(), words or kind)
    return BlockSpec(
        kind, shape, title, english, columns, sheet, aliases_of("blocks", kind), optional, model=model
    )


@lru_cache(maxsize=256)
def _schema(spec: BlockSpec) -> pa.DataFrameSchema:
    """Return a block's schema; what must be filled in is the columns' word, not the model's."""
    declared = spec.model.to_schema().columns if spec.model else {}
    columns = {c.field: _declared(declared.get(c.field), c) or _typed(c) for c in spec.columns}
    schema = pa.DataFrameSchema(columns)
    asked = {c.field: c.required for c in spec.columns}
    changed = {n: {"nullable": not asked[n]} for n, c in columns.items() if c.nullable is asked[n]}
    return schema.update_columns(changed) if changed else schema


def _declared(found: pa.Column | None, column: Column) -> pa.Column | None:
    """Return what a model declares, unless a team has bounded the field otherwise."""
    if found is None or _bounds(found.metadata["column"]) != _bounds(column):
        return None
    return found


def _bounds(column: Column) -> tuple[Bound | None, ...]:
    return column.minimum, column.maximum, column.above, column.below


def _typed(column: Column) -> pa.Column:
    """Return the column of a schema that no model declares."""
    bounds = {"ge": column.minimum, "le": column.maximum, "gt": column.above, "lt": column.below}
    fixed = {name: bound for name, bound in bounds.items() if isinstance(bound, (int, float))}
    checks = [getattr(pa.Check, name)(bound) for name, bound in fixed.items() if column.kind in FIGURES]
    checks += [pa.Check.str_matches(column.pattern)] if column.pattern else []
    return pa.Column(
        column.kind.dtype,
        checks,
        nullable=not column.required,
        title=column.label,
        description=column.help,
        metadata={"column": column},
    )
