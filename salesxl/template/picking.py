"""Which items a band repeats for: those of its list, filtered, sorted, grouped, the first of them.

Owns the order in which that is done (filter, sort, group, first and the others) and how its texts are read.
A key that speaks of ``group`` is about the groups, any other about the items. Refuses: where a band stands.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, ItemsView, Iterator, KeysView, Mapping, Sequence, ValuesView
from dataclasses import dataclass, field, fields, is_dataclass
from decimal import Decimal
from typing import Any, TypeAlias

from salesxl.errors import TemplateFaultError
from salesxl.template.bands import Abreast, Band, Items, Scope
from salesxl.template.expressions import Engine
from salesxl.template.filters import as_text, kind_of
from salesxl.template.parallel import Spool
from salesxl.template.sandbox import UnknownNameError
from salesxl.template.unknown import item_name

__all__ = ["Picking"]

_Key: TypeAlias = Callable[[Any, Scope], Any]
_DOWN = re.compile(r"(.+?)\s+(?:desc|descending|降序|倒序|从大到小)\Z", re.IGNORECASE | re.DOTALL)
_UP = re.compile(r"(.+?)\s+(?:asc|ascending|升序|从小到大)\Z", re.IGNORECASE | re.DOTALL)
_MINUS = re.compile(r"-\s*([^\W\d][\w.]*)\Z")
_FIELD = re.compile(r"(?:([^\W\d]\w*)\.)?([^\W\d]\w*)\Z")
_GIVEN = re.compile(r"\s*([^\W\d]\w*)\s*=(?!=)\s*(.+)\Z", re.DOTALL)
_PAIRS = {"(": ")", "[": "]", "{": "}"}
_LIST_VIEWS = (Iterator, KeysView, ValuesView, ItemsView)


@dataclass(slots=True)
class Picking:
    """Asks bands for their items; what is compiled for one is kept for all its copies."""

    engine: Engine
    _ready: dict[tuple[str, str, str, str], _Key] = field(default_factory=dict)

    def items(self, sheet: str, band: Band, scope: Scope) -> Items:
        """Return what a band repeats for; for ``if_…`` one item or none. Raises TemplateFaultError."""
        if band.sides:
            return Abreast(tuple(self.items(sheet, side, scope) for side in band.sides))
        value = self.engine.value(band.expression, sheet, band.name)(scope)
        if not band.repeats and not band.instead:
            return (value,) if value else ()
        items = self._listed(sheet, band, value)
        if band.picks and len(items):
            items = _Picked(self, sheet, band, scope).of(items)
        if band.instead:
            return () if len(items) else (None,)
        return items

    @staticmethod
    def _listed(sheet: str, band: Band, value: Any) -> Items:
        if value is None:
            return ()
        if isinstance(value, _LIST_VIEWS):
            return list(value)
        if isinstance(value, (str, bytes)) or not isinstance(value, (Sequence, Spool)):
            asked = {"name": band.name, "expression": band.expression, "kind": kind_of(value)}
            raise TemplateFaultError("band_needs_list", **asked).at(sheet, "")
        return value

    def key(self, sheet: str, band: Band, text: str, variable: str) -> _Key:
        """Return how a text about an item is evaluated: its fields need no name before them."""
        known = sheet, band.name, text, variable
        if known not in self._ready:
            self._ready[known] = self._made(sheet, band, text, variable)
        return self._ready[known]

    def _made(self, sheet: str, band: Band, text: str, variable: str) -> _Key:
        try:
            used = self.engine.names(f"{{{{ {text} }}}}")
        except TemplateFaultError as fault:
            raise fault.at(sheet, band.name, text) from None
        evaluate = self.engine.value(text, sheet, band.name)
        own = {variable, "row"}
        plain = _FIELD.match(text)
        name = plain[2] if plain and plain[1] in (None, *own) and plain[2] not in own else None

        def asked(item: Any, scope: Scope) -> Any:
            if name is not None and type(item) is dict and name in item:
                return item[name]
            inner = {n: scope[n] for n in used if n in scope}
            for n in () if item is None else used - own:
                try:
                    inner[n] = self.engine.member(item, n)
                except UnknownNameError:
                    continue
            return evaluate({**inner, variable: item, "row": item})

        return asked

    def speaks(self, text: str, name: str) -> bool:
        """Tell whether an expression uses a name."""
        return bool(re.search(rf"(?<![\w.'\"]){name}\b", text))


@dataclass(slots=True)
class _Picked:
    """One band's list on its way."""

    picking: Picking
    sheet: str
    band: Band
    scope: Scope

    def of(self, items: Items) -> Items:
        picks, group = self.band.picks, self.band.variable or "row"
        rows: Sequence[Any] = list(items)
        owner = self.band.expression.rpartition(".")[2]
        grouped = bool(picks.group)
        item = item_name(owner) if grouped else group
        sorts = split(picks.sort)
        late = [text for text in sorts if grouped and self.picking.speaks(text, group)]
        filtered_late = grouped and self.picking.speaks(picks.filter, group)
        if picks.filter and not filtered_late:
            rows = self._filtered(rows, picks.filter, item)
        rows = self._sorted(rows, [text for text in sorts if text not in late], item)
        if grouped:
            keys = [self._key(text, item) for text in split(picks.group)]
            rows = self._groups(rows, keys, owner, None)
            if filtered_late:
                rows = self._filtered(rows, picks.filter, group)
            rows = self._sorted(rows, late, group)
        return self._first(rows, owner if grouped else "")

    def _key(self, text: str, variable: str) -> _Key:
        return self.picking.key(self.sheet, self.band, text, variable)

    def _filtered(self, rows: Sequence[Any], text: str, variable: str) -> list[Any]:
        key, scope = self._key(text, variable), self.scope
        return [row for row in rows if key(row, scope)]

    def _sorted(self, rows: Sequence[Any], texts: Sequence[str], variable: str) -> Sequence[Any]:
        """Sort by the last key first, since sorting keeps what is equal in order; blanks always last."""
        for text in reversed(texts):
            expression, down = _direction(text)
            key, scope = self._key(expression, variable), self.scope
            known: list[tuple[Any, Any]] = []
            blank: list[Any] = []
            for row in rows:
                value = _sortable(key(row, scope))
                if value is None:
                    blank.append(row)
                else:
                    known.append((value, row))
            try:
                known.sort(key=lambda pair: pair[0], reverse=down)
            except TypeError:
                kinds = list(dict.fromkeys(kind_of(key(row, scope)) for _, row in known))
                facts = {"left": kinds[0], "right": kinds[-1], "sign": "<"}
                fault = TemplateFaultError("not_comparable", **facts)
                raise fault.at(self.sheet, self.band.name, text) from None
            rows = [*(row for _, row in known), *blank]
        return rows

    def _groups(
        self, rows: Sequence[Any], keys: Sequence[_Key], owner: str, above: Mapping[str, Any] | None
    ) -> list[dict[str, Any]]:
        found: dict[Any, list[Any]] = {}
        names: dict[Any, Any] = {}
        for row in rows:
            value = keys[0](row, self.scope)
            value = None if value == "" else value
            told = as_text(value) if isinstance(value, (list, dict, set)) else value
            names.setdefault(told, value)
            found.setdefault(told, []).append(row)
        return [self._group(names[told], inner, keys, owner, above) for told, inner in found.items()]

    def _group(
        self, name: Any, rows: list[Any], keys: Sequence[_Key], owner: str, above: Mapping[str, Any] | None
    ) -> dict[str, Any]:
        told = {"name": name, "count": len(rows), "above": above}
        made = {**told, owner: rows, "rows": rows}
        if len(keys) > 1:
            made["groups"] = self._groups(rows, keys[1:], owner, told)
        return made

    def _first(self, rows: Sequence[Any], grouped: str) -> Sequence[Any]:
        picks = self.band.picks
        if not picks.first:
            return rows
        most = self._key(picks.first, "row")(None, self.scope)
        if isinstance(most, bool) or not isinstance(most, (int, float, Decimal)) or most < 0:
            raise TemplateFaultError("option_number", name=self.band.name, what=kind_of(most)).at(
                self.sheet, self.band.name, picks.first
            )
        kept, rest = rows[: int(most)], rows[int(most) :]
        if not picks.others or not rest:
            return kept
        return [*kept, self._rest(rest, grouped) if grouped else self._others(rows, rest)]

    def _rest(self, groups: Sequence[Mapping[str, Any]], owner: str) -> dict[str, Any]:
        """Return the groups beyond the first as one."""
        text = self.band.picks.others
        given = _GIVEN.match(text)
        name = self._key(given[2], "row")(None, self.scope) if given else text
        rows = [row for group in groups for row in group["rows"]]
        keys = [self._key(key, item_name(owner)) for key in split(self.band.picks.group)]
        return self._group(name, rows, keys, owner, None)

    def _others(self, rows: Sequence[Any], rest: Sequence[Any]) -> dict[str, Any]:
        """Return one item for those beyond the first: sums of what is named, and what is said outright."""
        made = dict.fromkeys(_fields(rows[0]))
        scope = {**self.scope, "others": rest}
        for text in split(self.band.picks.others):
            given = _GIVEN.match(text)
            if given:
                name = self.picking.engine.spelling.of(rows[0], given[1])
                made[name] = self.picking.key(self.sheet, self.band, given[2], "\0others")(None, scope)
                continue
            field_name = self.picking.engine.spelling.of(rows[0], text)
            if field_name not in made:
                raise TemplateFaultError("option_others", name=self.band.name, field=text).at(
                    self.sheet, self.band.name, self.band.picks.others
                )
            total = f"others | sum({field_name!r})"
            made[field_name] = self.picking.key(self.sheet, self.band, total, "\0others")(None, scope)
        return made


def split(text: str) -> list[str]:
    """Return the parts of a list with commas, of either width, outside brackets and quotes."""
    parts, depth, quote = [""], 0, ""
    for sign in text:
        if quote:
            quote = "" if sign == quote else quote
        elif sign in "'\"":
            quote = sign
        elif sign in _PAIRS:
            depth += 1
        elif sign in _PAIRS.values():
            depth -= 1
        elif sign in ",，;；" and not depth:
            parts.append("")
            continue
        parts[-1] += sign
    return [part.strip() for part in parts if part.strip()]


def _direction(text: str) -> tuple[str, bool]:
    """Return what is sorted by, and whether the largest comes first."""
    if found := _DOWN.match(text):
        return found[1], True
    if found := _UP.match(text):
        return found[1], False
    found = _MINUS.match(text)
    return (found[1], True) if found else (text, False)


def _sortable(value: Any) -> Any:
    """Return what a value is sorted by: days as moments, Chinese as in its national code (by sound)."""
    if value is None or value == "" or value != value:  # noqa: PLR0124 - not a number is blank
        return None
    if isinstance(value, str):
        return value.encode("gb18030", "surrogatepass") if value.isprintable() else value.encode()
    if isinstance(value, dt.datetime):
        return value.replace(tzinfo=None)
    if isinstance(value, dt.date):
        return dt.datetime(value.year, value.month, value.day)
    return value


def _fields(item: Any) -> list[str]:
    if isinstance(item, Mapping):
        return [key for key in item if isinstance(key, str)]
    return [one.name for one in fields(item)] if is_dataclass(item) else []
