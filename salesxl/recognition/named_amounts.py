"""A note that gives some of a form's amounts another unit than the others: 单位：预计金额 万元，合同额 元.

Owns: which amount a note's words name, and what a note says of each. Refuses: which notes hold for a block,
which is ``units``; what stands in a note, which is ``parsing``.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from salesxl.columns import BlockSpec, Kind
from salesxl.parsing import money_unit, normalise_label, unit_note, unit_parts, units_seen

__all__ = ["AMOUNTS", "Amounts", "Said", "names_amount", "says_units", "telling"]

AMOUNTS = frozenset({Kind.AMOUNT, Kind.AMOUNT_WAN})
"""The kinds of columns that hold money."""
_OTHER = ""
"""In place of a field: an amount that a note names and the forms do not know."""
_CUE = "单位"
_EXCEPTED = re.compile(
    r"[(（,，;；]\s*(?P<name>[^\W\d_]{2,20}?)(?:除外|例外|不在此列)"
    r"|(?:除了?|不含|不包括)(?P<less>[^\W\d_]{2,20}?)(?:以?外)?(?=[)）,，;；]|$)"
)
_EITHER = re.compile(r"单位\s*[:：]?\s*(?:万元\s*[/或]\s*元|元\s*[/或]\s*万元)")
_UNSAID = "元/"
"""What stands before a note's unit for an amount that the note excepts without giving it another."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a note says: a unit for ``overall`` all amounts, and others for those that it names, by field."""

    overall: str | None = None
    named: Mapping[str, str] = field(default_factory=dict)

    def of(self, name: str) -> str | None:
        """Return the unit of an amount, None where the note does not speak of it."""
        return self.named.get(name, self.overall)

    def __bool__(self) -> bool:
        """Tell whether it says anything."""
        return self.overall is not None or bool(self.named)


def telling(notes: Iterable[Said], name: str) -> str | None:
    """Return what the first note gives an amount: a scale or another currency, else one that says 人民币."""
    first = None
    for note in notes:
        said = note.of(name)
        unit = money_unit(f"({said})") if said else None
        if unit is not None and (unit.scaled or unit.why):
            return said
        first = first or said
    return first


class Amounts:
    """The amounts of a block, by the names under which a note may speak of them."""

    def __init__(self, spec: BlockSpec, headers: Mapping[str, str], others: Collection[str] = ()) -> None:
        self._spec, self._headers, self._others = spec, headers, others

    def said(self, text: str, *, alone: bool) -> Said:
        """Return what a note says of these amounts; ``alone`` in its row it may say it more shortly.

        A note whose unit words were not all understood says too many units for every amount.
        """
        if _EITHER.search(text):
            return Said("元/万元")
        said = self._understood(text, alone=alone)
        told = "/".join(filter(None, (said.overall, *said.named.values())))
        known = {unit.rstrip("元") for unit in told.split("/")} if told else set[str]()
        unread = [unit for unit in units_seen(text) if unit.rstrip("元") not in known]
        if (
            not unread
            or not (said or (alone and (len(unread) > 1 or self._speaks_of(text))))
            or (not told and unread == ["元"])
        ):
            return said
        return Said("/".join(dict.fromkeys(["元", *told.split("/"), *unread])).replace("//", "/"))

    def _speaks_of(self, text: str) -> bool:
        """Tell whether a text names one of these amounts as its header or label does."""
        columns = [c for c in self._spec.columns if c.field in self._headers and c.kind in AMOUNTS]
        words = {word for c in columns for word in (self._headers[c.field], c.label)}
        return any(normalise_label(word) in normalise_label(text) for word in words)

    def _understood(self, text: str, *, alone: bool) -> Said:
        """Return what the grammar of notes makes of a text.

        Units that differ and an amount that nobody can tell are too many units for all that are not named.
        """
        overall = unit_note(text, alone=alone)
        if overall and (but := _EXCEPTED.search(text)) and (but["name"] or self._named(but["less"])):
            name = self._named(but["name"] or but["less"])
            unsaid = f"{_UNSAID}{overall}"
            return Said(overall, {name: unsaid}) if name else Said(overall if name == _OTHER else unsaid)
        parts = unit_parts(text)
        if not any(names for names, _ in parts):
            return Said(overall)
        named: dict[str, str] = {}
        rest = [unit for names, unit in parts if not names]
        doubtful = False
        for names, unit in parts:
            for found in map(self._named, names):
                doubtful |= found is None
                if found and named.setdefault(found, unit) != unit:
                    named[found] = f"{named[found]}/{unit}"
        asked = overall is not None or _CUE in text
        if not named and not (doubtful and asked and len({unit for _, unit in parts}) > 1):
            return Said(overall)
        if not asked and not alone and len(parts) == 1:
            return Said()
        every = [unit for _, unit in parts] if doubtful else rest
        return Said("/".join(dict.fromkeys(every)) or None, named)

    def _named(self, name: str) -> str | None:
        """Return the field that a name means, None where it may mean none or several."""
        bare = normalise_label(name)
        columns = [c for c in self._spec.columns if c.field in self._headers and c.kind in AMOUNTS]
        known = {c.field: set(map(normalise_label, (self._headers[c.field], c.label))) for c in columns}
        wide = {c.field: {normalise_label(alias) for alias in c.aliases} for c in columns}
        for words in (known, wide):
            if exact := [at for at, those in words.items() if bare in those]:
                return exact[0] if len(exact) == 1 else None
        if any(bare == normalise_label(other) for other in self._others):
            return _OTHER
        short = [at for at, those in known.items() if any(_shortens(bare, whole) for whole in those)]
        return short[0] if len(short) == 1 else None


def _shortens(name: str, whole: str) -> bool:
    """Tell whether a name is another one with words left out: 合同额 of 合同金额."""
    left = iter(whole)
    return all(sign in left for sign in name)


def says_units(text: str) -> bool:
    """Tell whether a text gives units to several amounts that it names."""
    parts = unit_parts(text)
    return len(parts) > 1 and all(names for names, _ in parts)


def names_amount(text: str) -> bool:
    """Tell whether a text is an amount's name with its unit and nothing else: 年采购额 元."""
    parts = unit_parts(text)
    return bool(parts) and all(names for names, _ in parts)
