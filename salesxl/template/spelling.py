"""Further names of what the data have: a template may call each thing by its Chinese name too.

Data bring them along under ``NAMES``: each with the names it may stand for. What the data themselves call so
always goes before. Refuses: which names those are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

__all__ = ["AS_IS", "NAMES", "OWN", "Spelling"]

NAMES = "\0names"
"""Where data keep the further names; no expression can say it."""


OWN: Mapping[str, tuple[str, ...]] = {
    "行": ("row",), "循环": ("loop",), "序号": ("index",), "首个": ("first",), "末个": ("last",),
    "组": ("group",), "各组": ("groups",), "上级": ("above",), "其余": ("others",), "个数": ("count",),
}  # fmt: skip
"""What templates themselves give to every band."""


@dataclass(frozen=True, slots=True)
class Spelling:
    """Further names, each with those it may stand for in the order in which they are tried."""

    others: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def of(self, owner: Any, name: Any) -> Any:
        """Return what an owner (or the variables) itself calls a thing; the name given where it has none."""
        others = self.others.get(name) if type(name) is str else None
        if not others or _has(owner, name):
            return name
        return next((other for other in others if _has(owner, other)), name)

    def path(self, data: Any, expression: str) -> str:
        """Return a band's list by the data's own names, as far as only one thing can be meant."""
        steps = []
        owner = data
        for name in expression.split("."):
            others = self.others.get(name, ())
            own = self.of(owner, name)
            if own == name and len(others) == 1 and not _has(owner, name):
                own = others[0]
            owner = owner.get(own) if isinstance(owner, Mapping) else None
            steps.append(own)
        return ".".join(steps)


AS_IS = Spelling()
"""Nothing has a further name."""


def _has(owner: Any, name: str) -> bool:
    if isinstance(owner, Mapping):
        return name in owner
    return owner is not None and not name.startswith("_") and not callable(getattr(owner, name, len))
