"""Expressions in drawn text: chart titles, text boxes, notes.

Owns paragraphs made of runs, each with its own font. An expression that lies within one run keeps that font;
one that a program has split over several is gathered in the first of them. Refuses: cells.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lxml import etree

from salesxl.errors import Label
from salesxl.excel.render_terms import Compile, is_balanced, is_template

__all__ = ["fill_paragraphs", "fill_runs"]


def fill_paragraphs(
    root: etree._Element, scope: Mapping[str, Any], compile_text: Compile, sheet: str, where: Label
) -> bool:
    """Evaluate the expressions in DrawingML paragraphs below an element; tell whether there were any."""
    changed = False
    for paragraph in root.iter("{*}p"):
        texts = [
            node for run in paragraph.iterchildren("{*}r", "{*}fld") for node in run.iterchildren("{*}t")
        ]
        changed |= fill_runs(texts, scope, compile_text, sheet, where)
    return changed


def fill_runs(
    texts: Sequence[etree._Element], scope: Mapping[str, Any], compile_text: Compile, sheet: str, where: Label
) -> bool:
    """Evaluate the expressions in the runs of one text; tell whether there were any."""
    whole = "".join(node.text or "" for node in texts)
    if not is_template(whole):
        return False
    if not all(is_balanced(node.text or "") for node in texts):
        texts[0].text = whole
        for node in texts[1:]:
            node.text = ""
    for node in texts:
        if is_template(node.text):
            # a second, empty expression makes it mixed text: here there are no numbers
            node.text = str(compile_text(f"{node.text}{{{{''}}}}", sheet, where)(scope))
    return True
