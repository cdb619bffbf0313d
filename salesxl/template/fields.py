"""Every name a template may use, told from an example of the data and from a template that uses them.

Owns how names are spelt: ``attainment.reps[].rep`` is what each item of the list ``attainment.reps`` has,
``stages.counts['线索']`` one of a set whose names come from the team's own data. Refuses: computing figures.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from salesxl.template.bands import Band
from salesxl.template.filters import as_text
from salesxl.template.plan import around, full_plan
from salesxl.template.survey import BOOK, Found, Survey
from salesxl.template.unknown import item_name
from salesxl.xlsx.package import Package

__all__ = ["Field", "fields", "shortened"]

_FIXED = re.compile(r"[a-z][a-z0-9_]*\Z")
_PATH = re.compile(r"\{\{-?\s*([^\W\d]\w*(?:\.[^\W\d]\w*)*)\s*(?:\[|\||-?\}\})")
_LONGEST = 60


@dataclass(frozen=True, slots=True)
class Field:
    """One name: what kind of value stands there, an example, and what the shipped template calls it.

    ``kind`` is one of ``text whole number date yes_no list unknown``. A list has no example but the name of
    the band that repeats for it (``each_attainment__reps``) and what its items are called (``rep``).
    """

    name: str
    kind: str
    example: Any = None
    band: str | None = None
    item: str | None = None
    shown: str | None = None


def fields(data: Mapping[str, Any], template: Path | bytes | None = None) -> list[Field]:
    """Return every name in the data, in its order; ``template`` tells under which heading each is shown."""
    headings = {} if template is None else _headings(Package.open(template))
    found: dict[str, Field] = {}
    shown = {name: value for name, value in data.items() if not name.startswith("\0")}
    for field in _walk(shown, "", headings):
        known = found.get(field.name)
        if known is None or (known.example is None and known.kind == "unknown"):
            found[field.name] = field
    return list(found.values())


def _walk(value: Any, path: str, headings: Mapping[str, str]) -> Iterator[Field]:
    if isinstance(value, Mapping):
        inside = "[]" in path and not path.endswith("[]")
        numbers = bool(value) and all(type(inner) is int for inner in value.values())
        if (inside and numbers) or not all(_FIXED.match(str(key)) for key in value):
            # the keys are the team's own words: one stands for all
            key = next(iter(value))
            yield from _walk(value[key], f"{path}[{key!r}]", {f"{path}[{key!r}]": headings.get(path, "")})
            return
        for key, inner in value.items():
            yield from _walk(inner, f"{path}.{key}" if path else key, headings)
    elif isinstance(value, Sequence) and not isinstance(value, (str, bytes)):
        plain = path.replace("[]", "")
        inner_of = path.rpartition("[].")
        owner = item_name(inner_of[0]) + "." if inner_of[0] else ""
        band = f"each_{(owner + inner_of[2]).replace('.', '__')}"
        yield Field(path, "list", None, band, item_name(plain), headings.get(path) or None)
        for item in value:
            yield from _walk(item, f"{path}[]", headings)
    else:
        yield Field(path, _kind(value), value, shown=headings.get(path) or None)


def _kind(value: Any) -> str:
    kinds: Iterable[tuple[Any, str]] = (
        (bool, "yes_no"), (int, "whole"), ((float, Decimal), "number"), (dt.date, "date"), (str, "text"),
    )  # fmt: skip
    return next((name for kind, name in kinds if isinstance(value, kind)), "unknown")


def _headings(package: Package) -> dict[str, str]:
    """Return where a template shows each name: sheet and heading of its column, or the sheet alone."""
    plan, survey = full_plan(package), Survey(package)
    texts = {name: survey.cells(part) for name, part in survey.sheets}
    known: dict[str, str] = {}
    for found in survey.texts():
        path = _PATH.search(found.text)
        if path is None or found.sheet == BOOK or found.row is None or found.column is None:
            continue
        bands = [band for band in around(plan[found.sheet], found) if band.repeats]
        name = _full(path[1], bands)
        held = [one for band in plan[found.sheet].rows for one in band.sides or (band,)]
        rows = [band.first for band in bands if band in held]
        heading = _above(texts[found.sheet], min(rows, default=0), found)
        if name not in known and (heading or not bands):
            known[name] = f"{found.sheet} · {heading}" if heading else found.sheet
    return known


def _full(path: str, bands: list[Band]) -> str:
    """Return a path from the data down: ``rep.name`` in ``each_reps`` is ``reps[].name``."""
    first, dot, rest = path.partition(".")
    for at in range(len(bands) - 1, -1, -1):
        if first in (bands[at].variable, "row"):
            return f"{_full(bands[at].expression, bands[:at])}[]{dot}{rest}"
    return path


def _above(texts: Mapping[tuple[int, int], str], first: int, found: Found) -> str:
    """Return the heading right above a band's first row in the same column."""
    text = texts.get((first - 1, found.column or 0), "") if first else ""
    return "" if "{" in text else " ".join(text.split())


def shortened(value: Any) -> str:
    """Return an example as one short line."""
    text = " ".join(as_text(round(value, 4) if isinstance(value, float) else value).split())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
