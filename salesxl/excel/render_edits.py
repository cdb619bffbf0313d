"""Changes to an element tree that remember whether they changed anything.

A part whose tree stays as it was is not written anew, so every setter compares first. Refuses: meaning.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import deepcopy

from lxml import etree

__all__ = ["Edits", "take"]


def take(node: etree._Element, index: int, *, name: str, values: Sequence[str]) -> None:
    """Give a copy its own value of an attribute."""
    node.set(name, values[index])


class Edits:
    """Setters on a tree; ``changed`` tells whether any of them had to do something."""

    def __init__(self) -> None:
        self.changed = False

    def set(self, node: etree._Element, name: str, value: str) -> None:
        """Set an attribute."""
        if node.get(name) != value:
            node.set(name, value)
            self.changed = True

    def text(self, node: etree._Element, value: str) -> None:
        """Set an element's text."""
        if node.text != value:
            node.text = value
            self.changed = True

    def drop(self, node: etree._Element) -> None:
        """Take an element out, and those around it that would be left empty."""
        parent = node.getparent()
        if parent is not None:
            parent.remove(node)
            self.changed = True
            self.count(parent)

    def count(self, parent: etree._Element) -> None:
        """Write how many children a list has now, or drop an empty one."""
        if not len(parent) and etree.QName(parent).localname in (
            "mergeCells",
            "hyperlinks",
            "dataValidations",
            "conditionalFormatting",
            "conditionalFormattings",
            "sparklines",
            "sparklineGroup",
            "sparklineGroups",
            "ignoredErrors",
            "protectedRanges",
            "rowBreaks",
            "colBreaks",
            "ext",
        ):
            self.drop(parent)
        elif parent.get("count") is not None:
            self.set(parent, "count", str(len(parent)))

    def multiply(self, old: etree._Element, count: int, fill: Callable[[etree._Element, int], None]) -> None:
        """Put so many copies in an element's place and fill each in."""
        before = etree.tostring(old, with_tail=False)
        parent = old.getparent()
        assert parent is not None  # callers walk children
        if not count:
            self.drop(old)
            return
        copies = [old, *(deepcopy(old) for _ in range(count - 1))]
        for index, new in enumerate(copies):
            fill(new, index)
        after = parent.index(old) + 1
        parent[after:after] = copies[1:]  # at once: one by one, each would be counted to its place
        if count > 1 or etree.tostring(old, with_tail=False) != before:
            self.changed = True
