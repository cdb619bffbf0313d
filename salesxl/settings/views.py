"""客户名单: named lists of customers, one condition per row. docs/domain.md 3.6.

Owns which fields a condition may name, which comparisons suit them, and reading the value by both. Refuses:
finding the customers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from salesxl import parsing
from salesxl.catalogue import BUILT_IN, Forms
from salesxl.columns import Kind
from salesxl.model import CellValue, Tidied
from salesxl.rulebook import Condition, Option, View
from salesxl.settings.sheets import Entry, Sheet, read_option

__all__ = ["VIEW_TESTS", "Field", "fields", "read_condition", "typed", "views"]

Lists = Mapping[str, Sequence[Option]]

TESTS: Mapping[str, tuple[str, ...]] = {
    "text": ("is", "is_not", "contains", "lacks", "blank", "filled"),
    "items": ("is", "is_not", "contains", "lacks", "blank", "filled"),
    "choice": ("is", "is_not", "blank", "filled"),
    "number": ("is", "is_not", "more", "at_least", "less", "at_most", "blank", "filled"),
    "date": (
        *("is", "more", "at_least", "less", "at_most", "last_days", "next_days", "days_ago"),
        *("blank", "filled"),
    ),
    "yes_no": ("is", "is_not", "blank", "filled"),
}
"""The comparisons that suit each type of field."""
VIEW_TESTS = frozenset(test for tests in TESTS.values() for test in tests)
"""All of them: those of 客户名单; rules have some more."""

TYPES: Mapping[Kind, str] = {
    **dict.fromkeys((Kind.AMOUNT, Kind.AMOUNT_WAN, Kind.NUMBER, Kind.WHOLE, Kind.PERCENT), "number"),
    **dict.fromkeys((Kind.TEXT, Kind.NAME, Kind.CODE, Kind.CONTACT, Kind.INDUSTRY), "text"),
    **dict.fromkeys((Kind.CHOICE, Kind.TICKED), "choice"),
    Kind.ITEMS: "items",
    **dict.fromkeys((Kind.DATE, Kind.MOMENT), "date"),
    **dict.fromkeys((Kind.YES_NO, Kind.PICTURE), "yes_no"),
}

DERIVED: Mapping[str, tuple[str, Kind]] = {
    **dict.fromkeys(("rep", "team", "original_rep"), ("text", Kind.NAME)),
    "outcome": ("choice", Kind.CHOICE),
    "need_concrete": ("yes_no", Kind.YES_NO),
    **dict.fromkeys(("follow_ups", "silent_days", "overdue_days", "stage_days"), ("number", Kind.WHOLE)),
}
"""Type and kind of the fields that no form has (their names are the list 名单字段)."""

DAYS = frozenset({"last_days", "next_days", "days_ago"})
BARE = frozenset({"blank", "filled"})
"""Comparisons with a number of days, and with nothing at all."""


@dataclass(frozen=True, slots=True)
class Field:
    """A field that a condition may name; ``choices`` is the list its values are on, where there is one."""

    name: str
    label: str
    type: str
    kind: Kind
    choices: str | None = None
    aliases: tuple[str, ...] = ()


def views(sheet: Sheet, lists: Lists, forms: Forms = BUILT_IN) -> tuple[View, ...]:
    """Return the named lists in the order in which they first stand on the sheet.

    Every condition that cannot be read is a finding at its cell, and its whole list is left out: without one
    of its conditions it would name other customers than it says.
    """
    found: dict[str, list[Condition]] = {}
    faulty: set[str] = set()
    for entry in sheet.entries:
        if entry["view"] is None:
            continue
        condition = _condition(sheet, entry, lists, forms) if entry.sound else None
        conditions = found.setdefault(entry["view"], [])
        if condition is None:
            faulty.add(entry["view"])
        else:
            conditions.append(condition)
    return tuple(View(name, tuple(rows)) for name, rows in found.items() if name not in faulty)


def _condition(sheet: Sheet, entry: Entry, lists: Lists, forms: Forms) -> Condition | None:
    every = fields(lists, forms)
    known = {parsing.normalise_label(word): f for f in every for word in (f.label, f.name, *f.aliases)}
    # the label itself goes before another field's alias
    known |= {parsing.normalise_label(f.label): f for f in every}
    field = known.get(parsing.normalise_label(entry["field"]))
    if field is None:
        sheet.fault("unknown_reference", entry, "field", list=tuple(f.label for f in every))
        return None
    words = {o.value: str(o.kind) for o in lists["比较"]}
    test = words[entry["test"]]
    if test not in TESTS[field.type]:
        fit = tuple(word for word, kind in words.items() if kind in TESTS[field.type])
        sheet.fault("choice", entry, "test", options=fit)
        return None
    raw = entry.typed.get("value")
    if test not in BARE and parsing.is_blank(raw):
        sheet.fault("required", entry, "value", help=sheet.spec.column("value").help)
        return None
    read = read_condition(field, test, raw, lists)
    if read.code:
        sheet.fault(read.code, entry, "value", label=field.label, kind=field.kind.value, **read.facts)
        return None
    return Condition(field.name, test, read.value)


def fields(lists: Lists, forms: Forms = BUILT_IN) -> tuple[Field, ...]:
    """Return the fields that conditions may name: those of the archive, then those that are worked out."""
    names = {str(o.kind) for o in lists["名单字段"]}
    archive = (
        Field(c.field, c.label, TYPES[c.kind], c.kind, c.choices, c.aliases)
        for c in forms.block("customer").columns
        if c.field not in names
    )
    worked_out = (
        Field(str(o.kind), o.value, *DERIVED[str(o.kind)], None, o.aliases) for o in lists["名单字段"]
    )
    return (*archive, *worked_out)


def read_condition(field: Field, test: str, raw: CellValue, lists: Lists) -> Tidied:
    """Read what a field is compared with: ``Condition.value``, or the code of what is wrong with it."""
    if test in BARE:
        return Tidied()
    if test in DAYS:
        return _at_least_zero(parsing.whole(raw))
    if field.type == "date":
        return parsing.date(raw)
    if field.type == "yes_no":
        return parsing.yes_no(raw)
    if field.kind is Kind.AMOUNT_WAN:
        return parsing.amount(raw, unit="万元")
    if field.type == "number":
        return parsing.amount(raw) if field.kind is Kind.AMOUNT else parsing.number(raw)
    texts = parsing.items(raw)
    if texts.code or texts.value is None or field.type != "choice":
        return texts
    options = lists["客户结局" if field.name == "outcome" else field.choices or ""]
    found = []
    for text in texts.value:
        read = read_option(text, options)
        if read.code or read.value is None:
            return Tidied(code="choice", facts={"options": tuple(o.value for o in options)})
        kinds = {o.value: o.kind for o in options}
        found.append(str(kinds[read.value]) if field.name == "outcome" else read.value)
    return Tidied(tuple(found))


def _at_least_zero(read: Tidied) -> Tidied:
    if read.code is None and read.value is not None and read.value < 0:
        return Tidied(code="range", facts={"minimum": 0})
    return read


def typed(condition: Condition, lists: Lists, forms: Forms = BUILT_IN) -> tuple[str, str, Any]:
    """Return a condition as it is typed: field, comparison and value in the words of the sheet."""
    field = next(f for f in fields(lists, forms) if f.name == condition.field)
    test = next(o.value for o in lists["比较"] if o.kind == condition.test)
    value = condition.value
    if isinstance(value, bool):
        value = next(o.value for o in lists["是否"] if o.kind == ("yes" if value else "no"))
    elif isinstance(value, tuple):
        said: dict[str, str] = (
            {str(o.kind): o.value for o in lists["客户结局"]} if field.name == "outcome" else {}
        )
        value = "、".join(said.get(str(text), str(text)) for text in value)
    return field.label, test, value
