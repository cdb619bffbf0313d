"""The demo's words, from ``words.toml``: names, phrases, titles, and the headers reps use.

Owns loading and drawing from them. Refuses: any word of its own.
"""

from __future__ import annotations

import random
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any, TypeAlias, TypeVar

__all__ = ["Headers", "Rng", "chance", "headers", "pick", "words"]

Rng: TypeAlias = random.Random
Headers: TypeAlias = Mapping[str, Mapping[str, Sequence[str]]]
"""Header texts by block kind and field."""

T = TypeVar("T")


@cache
def words() -> Mapping[str, Any]:
    """Return the demo's words."""
    text = resources.files("tools.demo").joinpath("words.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def headers() -> Headers:
    """Return the headers that the demo's reps use, by block and field, the standard label first."""
    found: Headers = words()["headers"]
    return found


def pick(rng: Rng, items: Sequence[T]) -> T:
    """Return one of the items."""
    return items[int(rng.random() * len(items))]


def chance(rng: Rng, share: float) -> bool:
    """Say yes in that share of cases."""
    return rng.random() < share


def weighted(rng: Rng, items: Sequence[T], weights: Sequence[float]) -> T:
    """Return one of the items, by weight."""
    point = rng.random() * sum(weights)
    for item, weight in zip(items, weights, strict=True):
        point -= weight
        if point < 0:
            return item
    return items[-1]


def shuffled(rng: Rng, items: Sequence[T]) -> list[T]:
    """Return the items in another order."""
    return [item for _, item in sorted(((rng.random(), n), item) for n, item in enumerate(items))]
