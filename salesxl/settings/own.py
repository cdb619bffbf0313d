"""A row of 表单 that adds a field: its kind, choices, unit, need, role and format → a column.

Owns what each word of 类型 makes of a column, and what may be said of which kind. Refuses: what depends on
the other fields of the block (formulas, bounds, conditions); that is ``bounds``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from typing import Any

from salesxl import codes, parsing
from salesxl.columns import Column, Kind, Need
from salesxl.model import cell_name
from salesxl.parsing.text import plain
from salesxl.rulebook import Option
from salesxl.settings.formulas import NEAR, near
from salesxl.settings.sheets import Entry, Sheet, read_option

__all__ = ["ORIGIN", "Choices", "field_of", "own_column"]

Lists = Mapping[str, Sequence[Option]]

ORIGIN = "settings"
"""``Form.origin`` of a form that a team has defined itself."""
PERSONAL = frozenset({"mobile", "email", "contact", "id_card"})
LISTED = frozenset({"choice", "ticked", "items"})
UNITS = frozenset({Kind.NUMBER, Kind.WHOLE, Kind.AMOUNT})
FORMATTED = frozenset({Kind.TEXT, Kind.NAME, Kind.CODE})
MONEY = {"": Kind.AMOUNT, "元": Kind.AMOUNT, "万": Kind.AMOUNT_WAN, "万元": Kind.AMOUNT_WAN}
KINDS: Mapping[str, Mapping[str, Any]] = {
    **{kind.value: {"kind": kind} for kind in Kind},
    "concrete": {"kind": Kind.TEXT, "concrete": True, "width": 30},
    "customer": {"kind": Kind.NAME, "reference": "customer", "width": 24},
    "member": {"kind": Kind.NAME, "reference": "member"},
    "mobile": {"kind": Kind.CONTACT, "format": "mobile"},
    "email": {"kind": Kind.CONTACT, "format": "email", "width": 20},
    "id_card": {"kind": Kind.CODE, "format": "id_card", "width": 20},
    "uscc": {"kind": Kind.CODE, "format": "uscc", "width": 20},
    "vin": {"kind": Kind.CODE, "format": "vin", "width": 20},
    "serial": {"kind": Kind.CODE, "need": Need.COMPUTED, "width": 16},
    "computed": {"kind": Kind.NUMBER, "need": Need.COMPUTED},
}
"""What a word of 项目类型 makes of a column."""
ONCE = ("rep", "customer", "date", "period_start", "period_end", "team")
"""Roles of which a form has one field each."""
SUITS: Mapping[str, frozenset[Kind]] = {
    "rep": frozenset({Kind.NAME}),
    "customer": frozenset({Kind.NAME}),
    "team": frozenset({Kind.NAME, Kind.CHOICE, Kind.TEXT}),
    **dict.fromkeys(("date", "period_start", "period_end"), frozenset({Kind.DATE, Kind.MOMENT})),
}
_CHINESE = re.compile("[\u3400-\u9fff]")


class Choices:
    """The lists that a field may choose from, and those that are written into its row."""

    def __init__(self, lists: Lists) -> None:
        self.lists = lists
        self.inline: dict[str, tuple[Option, ...]] = {}
        self._names = {parsing.normalise_label(name): name for name in lists}

    def read(self, sheet: Sheet, entry: Entry, home: str, *, kind: str) -> str | None:
        """Return the name of a row's list; None, with a finding, where it names none."""
        said = tuple(parsing.items(entry["choices"]).value or ())
        if not said:
            sheet.fault("required", entry, "choices", why="choices_missing")
            return None
        name = self._names.get(parsing.normalise_label(said[0])) if len(said) == 1 else None
        if name is not None:
            if not self.lists[name]:
                sheet.fault("required", entry, "choices", why="list_empty", about=name)
            return name if self.lists[name] else None
        if len(said) == 1 and kind != "ticked":
            facts = near(said[0], tuple(self.lists))
            sheet.fault("unknown_reference", entry, "choices", why="list_unknown", **facts)
            return None
        self.inline[home] = tuple(Option(value) for value in said)
        return home


def field_of(label: str) -> str:
    """Return the name of an own field, for templates and formulas: its label with _ for what is no letter.

    >>> field_of("试驾里程(公里)")
    '试驾里程_公里'
    """
    plain = re.sub(r"\W+", "_", unicodedata.normalize("NFKC", label)).strip("_")
    return f"_{plain}" if plain[:1].isdigit() else plain


def own_column(sheet: Sheet, entry: Entry, form: str, choices: Choices, words: Lists) -> Column | None:
    """Return the column that a row adds, None with a finding where it is none.

    ``form`` is the title of its form, which its own list of choices is called by; ``words`` are the internal
    lists.
    """
    label = str(entry["label"])
    if not _CHINESE.search(label):
        sheet.fault("format", entry, "label", why="name_ascii")
        return None
    kind = _kind(sheet, entry, words["项目类型"])
    if kind is None:
        return None
    made: dict[str, Any] = {"width": max(12, 2 * len(label) + 4), **KINDS[kind]}
    if kind in LISTED:
        name = choices.read(sheet, entry, f"{form}·{label}", kind=kind)
        if name is None:
            return None
        made["choices"] = name
    elif kind == "computed" and not parsing.is_blank(entry["choices"]):
        made["formula"] = str(entry["choices"]).strip()
    elif kind == "computed":
        sheet.fault("required", entry, "choices", why="values_missing")
        return None
    elif kind != "serial" and not parsing.is_blank(entry["choices"]):
        sheet.warn("choice", entry, "choices", why="values_unused")
    if kind == "serial":
        made["format"] = str(entry["choices"] or "").strip() or None
    column = Column(
        field_of(label),
        label,
        label,
        made.pop("kind"),
        made.pop("need", Need.OPTIONAL),
        aliases=tuple(entry["aliases"] or ()),
        help=entry["help"] or "",
        example=plain(entry.typed.get("sample")) or "",
        shown=entry["shown"],
        message=entry["message"],
        personal=kind in PERSONAL,
        origin=form,
        cell=cell_name(entry.row, sheet.columns["label"]),
        **made,
    )
    return _asked(sheet, entry, _formatted(sheet, entry, _in_unit(sheet, entry, column)), words)


def _kind(sheet: Sheet, entry: Entry, options: Sequence[Option]) -> str | None:
    said = entry["kind"]
    if said is None:
        sheet.fault("required", entry, "kind", why="kind_missing")
        return None
    read = read_option(said, options)
    if read.value is not None:
        return next(str(o.kind) for o in options if o.value == read.value)
    words = {word: o.value for o in options for word in (o.value, *o.aliases)}
    found = get_close_matches(said, list(words), n=1, cutoff=NEAR)
    facts: dict[str, Any] = {"near": words[found[0]]} if found else {}
    sheet.fault("choice", entry, "kind", why="kind_unknown", options=tuple(o.value for o in options), **facts)
    return None


def _in_unit(sheet: Sheet, entry: Entry, column: Column) -> Column:
    unit = plain(entry.typed.get("unit")).strip()
    if not unit:
        return column
    if column.kind is Kind.AMOUNT and unit in MONEY:
        return replace(column, kind=MONEY[unit])
    if column.formula is not None and unit in MONEY:
        return replace(column, kind=MONEY[unit])
    if column.kind is Kind.AMOUNT:
        sheet.fault("choice", entry, "unit", why="unit_money")
    elif column.kind not in UNITS:
        sheet.warn("choice", entry, "unit", why="unit_unused")
    else:
        return replace(column, unit=unit)
    return column


def _formatted(sheet: Sheet, entry: Entry, column: Column) -> Column:
    pattern = plain(entry.typed.get("format")).strip()
    if not pattern:
        return column
    if column.kind not in FORMATTED or column.format is not None or column.reference is not None:
        sheet.fault("format", entry, "format", why="format_kind")
        return column
    try:
        codes.wildcard(pattern)
    except codes.WildcardError as wrong:
        sheet.fault("format", entry, "format", why=f"wildcard_{wrong.why}", at=wrong.at)
        return column
    return replace(column, format=pattern)


def _asked(sheet: Sheet, entry: Entry, column: Column, words: Lists) -> Column:
    """Return a column with its need and its roles; a key must be filled in."""
    needs = {o.value: Need(str(o.kind)) for o in words["是否必填"]}
    need = needs.get(entry["need"], column.need)
    if column.need is Need.COMPUTED:
        if need in (Need.REQUIRED, Need.CONDITIONAL):
            sheet.fault("choice", entry, "need", why="computed", about=column.label)
        need = Need.COMPUTED
    roles = _roles(sheet, entry, column, words["项目用途"])
    if "key" in roles and need is not Need.COMPUTED:
        need = Need.REQUIRED
    return replace(column, need=need, roles=roles)


def _roles(sheet: Sheet, entry: Entry, column: Column, options: Sequence[Option]) -> tuple[str, ...]:
    found: list[str] = []
    for said in entry["role"] or ():
        read = read_option(said, options)
        role = next((str(o.kind) for o in options if o.value == read.value), None)
        if role is None:
            names = tuple(o.value for o in options)
            sheet.fault(
                "choice", entry, "role", why="role_unknown", seen=said, options=names, **near(said, names)
            )
        elif role == "key" and (column.kind is Kind.PICTURE or column.formula is not None):
            sheet.fault("type", entry, "role", why="key_kind")
        elif role in SUITS and (column.kind not in SUITS[role] or column.formula is not None):
            sheet.fault("type", entry, "role", why="role_kind", seen=said)
        else:
            found.append(role)
    return tuple(dict.fromkeys(found))
