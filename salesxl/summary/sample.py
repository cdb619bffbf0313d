"""A small example of everything the summary is given, for whoever writes or checks a template.

Owns how the example is kept: ``sample.json`` holds the figures of the fictional team, each list cut to a few
items of which one at least has a value for every name. Refuses: making it (``tools.sample`` does).
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from importlib import resources
from typing import Any

__all__ = ["few", "sample", "to_json"]

MOST = 2
"""Items kept of a list beyond those that are needed to show every name."""


def sample() -> dict[str, Any]:
    """Return the example, with the same names and kinds of value as ``summarise`` gives."""
    text = resources.files("salesxl.summary").joinpath("sample.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text, object_hook=_dated)
    return found


def to_json(figures: Mapping[str, Any]) -> str:
    """Write figures as the text that ``sample`` reads; dates are marked as such."""
    return json.dumps(figures, ensure_ascii=False, indent=1, default=_date) + "\n"


def few(value: Any) -> Any:
    """Return figures with every list cut to its first items and those that first have a value for a name."""
    if isinstance(value, Mapping):
        return {key: few(inner) for key, inner in value.items()}
    if not isinstance(value, list):
        return value
    kept: list[Any] = []
    known: set[str] = set()
    for item in value:
        names = _filled(item)
        if len(kept) < MOST or not names <= known:
            kept.append(few(item))
            known |= names
    return kept


def _filled(value: Any, path: str = "") -> set[str]:
    """Return the paths that have a value."""
    if isinstance(value, Mapping):
        return {name for key, inner in value.items() for name in _filled(inner, f"{path}.{key}")}
    if isinstance(value, list):
        return {name for inner in value for name in _filled(inner, f"{path}[]")}
    return set() if value is None else {path}


def _date(value: Any) -> Any:
    if isinstance(value, dt.date):
        return {"date": value.isoformat()}
    return float(value)


def _dated(value: dict[str, Any]) -> Any:
    if value.keys() != {"date"}:
        return value
    text = value["date"]
    return dt.datetime.fromisoformat(text) if "T" in text else dt.date.fromisoformat(text)
