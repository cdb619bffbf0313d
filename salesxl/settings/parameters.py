"""参数: thresholds and deadlines by their names. docs/domain.md 3.5 and 4.

Owns reading a value by its parameter's type and the few rules between parameters. Refuses: applying them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from salesxl import parsing
from salesxl.model import CellValue, Tidied
from salesxl.rulebook import Grade, Option, Parameters
from salesxl.settings.presets import ParameterSpec
from salesxl.settings.sheets import Entry, Sheet, read_option
from salesxl.settings.unknown import nearest

__all__ = ["parameters"]


def parameters(sheet: Sheet | None, specs: Sequence[ParameterSpec], grades: Sequence[Grade]) -> Parameters:
    """Return the parameters: each as the sheet says, else as preset.

    A name nobody knows is a warning, a value that cannot be read an error; the preset then holds.
    """
    values: dict[str, Any] = {spec.key: spec.value for spec in specs}
    if sheet is None:
        return Parameters(**values)
    by_name = {parsing.choice_key(word): spec for spec in specs for word in (spec.name, spec.key)}
    rows: dict[str, Entry] = {}
    for entry in sheet.entries:
        if entry["name"] is None:
            continue
        spec = by_name.get(parsing.choice_key(entry["name"]))
        if spec is None:
            meant = nearest(entry["name"], [spec.name for spec in specs])
            sheet.warn("unknown_reference", entry, "name", why="parameter", nearest=meant)
        elif spec.key in rows:
            sheet.fault("duplicate", entry, "name", why="settings", other=rows[spec.key].row)
        else:
            rows[spec.key] = entry
            read = _read(entry.typed.get("value"), spec) if entry["value"] is not None else Tidied()
            if read.code:
                sheet.fault(read.code, entry, "value", label=spec.name, kind=spec.type, **read.facts)
            elif read.value is not None:
                values[spec.key] = read.value
    _check_score(sheet, values, rows)
    _check_grade(sheet, values, rows, grades, specs)
    return Parameters(**values)


def _read(raw: CellValue, spec: ParameterSpec) -> Tidied:
    if spec.type == "choice":
        words = [Option(w.word, w.aliases) for w in spec.words]
        read = read_option(raw, words)
        if read.code or read.value is None:
            return read
        return Tidied(next(w.value for w in spec.words if w.word == read.value))
    read = _READERS[spec.type](raw)
    if read.code or read.value is None:
        return read
    if spec.minimum is not None and read.value < spec.minimum:
        return Tidied(code="range", facts={"minimum": spec.minimum})
    if spec.maximum is not None and read.value > spec.maximum:
        return Tidied(code="range", facts={"why": "maximum", "maximum": spec.maximum})
    return read


def _phrases(raw: CellValue) -> Tidied:
    """Read a list of phrases; unlike ``tidy.items`` it keeps 无, which is a stock phrase and not a blank."""
    read = parsing.text(raw)
    parts = (part.strip() for part in _SPLIT.split(str(read.value or "")))
    return Tidied(tuple(dict.fromkeys(part for part in parts if part)) or None)


_SPLIT = re.compile(r"[、，,;；\n]")

_READERS: Mapping[str, Callable[[CellValue], Tidied]] = {
    "percent": parsing.percent,
    "number": parsing.number,
    "amount": parsing.amount,
    "whole": parsing.whole,
    "yes_no": parsing.yes_no,
    "items": _phrases,
    "text": parsing.name,
    "date": parsing.date,
}


def _check_score(sheet: Sheet, values: Mapping[str, Any], rows: Mapping[str, Entry]) -> None:
    """Ask the score's weights to add up to the whole, where grades are made of scores. docs/domain.md 3.1."""
    if values["grade_basis"] != "score":
        return
    weights = [key for key in values if key.startswith("score_") and key.endswith("_weight")]
    total = sum(values[key] for key in weights)
    entry = next((rows[key] for key in weights if key in rows), None)
    if total != 1 and entry is not None:
        sheet.fault("mismatch", entry, "value", why="parts", value=f"{total:.0%}", expected="100%")


def _check_grade(
    sheet: Sheet,
    values: Mapping[str, Any],
    rows: Mapping[str, Entry],
    grades: Sequence[Grade],
    specs: Sequence[ParameterSpec],
) -> None:
    names = tuple(grade.name for grade in grades)
    without = {spec.value for spec in specs if spec.key == "unclear_need_grade"}
    for key, others in (("high_potential_grade", set()), ("unclear_need_grade", without)):
        entry = rows.get(key)
        if entry is not None and values[key] not in others.union(names):
            sheet.warn("unknown_reference", entry, "value", label=entry["name"], list=names)
