"""What is said of a name that the data does not have: where it would hold, or which known one is meant.

Owns the search for what an author may have meant. Refuses: evaluating.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any

from salesxl.errors import TemplateFaultError
from salesxl.template.sandbox import UnknownNameError
from salesxl.template.syntax import near

__all__ = ["band_of", "item_name", "lists_of", "unknown_list", "unknown_name"]

_DEEPEST = 4
_OFFERED = 3


def item_name(expression: str) -> str:
    """Return what the items of a list are called: the list's own name without its last s."""
    name = expression.rpartition(".")[2]
    return name[:-1] if name.endswith("s") and len(name) > 1 else "row"


def band_of(path: str) -> str:
    """Return the defined name that repeats rows for a list."""
    return f"each_{path.replace('.', '__')}"


def lists_of(
    data: Mapping[str, Any], before: str = "", depth: int = 0
) -> Iterator[tuple[str, Sequence[Any]]]:
    """Return every list of the data by its path, those inside other lists left out."""
    for key, value in data.items():
        if not isinstance(key, str) or not key.isidentifier():
            continue
        path = f"{before}{key}"
        if isinstance(value, Sequence) and not isinstance(value, (str, bytes)):
            yield path, value
        elif isinstance(value, Mapping) and depth < _DEEPEST:
            yield from lists_of(value, f"{path}.", depth + 1)


def unknown_name(error: UnknownNameError, scope: Mapping[str, Any], text: str) -> TemplateFaultError:
    """Return the fault of a name that is not known where it stands."""
    name, owner = error.name, error.owner
    if isinstance(owner, Sequence) and name.lstrip("-").isdigit():
        return TemplateFaultError("no_item", number=int(name) + 1, length=len(owner))
    if isinstance(owner, (list, tuple)):
        return TemplateFaultError("of_list", name=name)
    if owner is None:
        if name in ("row", "loop"):
            return TemplateFaultError("row_outside", name=name)
        if paths := _lists_with_items(name, scope, text):
            return TemplateFaultError(
                "item_outside", name=name, lists=tuple(paths), bands=tuple(band_of(path) for path in paths)
            )
    known = near(name, _names_of(scope if owner is None else owner))
    return TemplateFaultError(f"unknown_name{'_near' if known else ''}", name=name, near=tuple(known))


def _lists_with_items(name: str, scope: Mapping[str, Any], text: str) -> list[str]:
    """Return the lists whose items are called so, those first that have what the text asks of them."""
    asked = set(re.findall(rf"\b{re.escape(name)}\.(\w+)", text))
    found = [(path, items) for path, items in lists_of(scope) if item_name(path) == name]
    having = [path for path, items in found if items and asked <= set(_names_of(items[0]))]
    return (having or [path for path, _ in found])[:_OFFERED]


def unknown_list(expression: str, scope: Mapping[str, Any]) -> TemplateFaultError | None:
    """Return the fault of a band whose list is not known, with the bands that may be meant; else None."""
    by_name = {path.replace(".", "_"): path for path, _ in lists_of(scope)}
    known = near(expression.replace(".", "_"), by_name)
    bands = tuple(band_of(by_name[name]) for name in known)
    return TemplateFaultError("unknown_list", name=expression, near=bands) if bands else None


def _names_of(owner: Any) -> list[str]:
    if isinstance(owner, Mapping):
        return [key for key in owner if isinstance(key, str) and not key.startswith("\0")]
    if is_dataclass(owner):
        return [field.name for field in fields(owner) if not field.name.startswith("_")]
    return [name for name in dir(owner) if not name.startswith("_")]
