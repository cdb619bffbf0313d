"""A hidden sheet beside a visible one: last week's, or the copy somebody worked on.

Owns: telling that a hidden sheet speaks of what a visible one does. Refuses: hidden sheets of their own.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from salesxl import parsing
from salesxl.model import Finding, Place, Severity, Submission
from salesxl.recognition import weights

__all__ = ["without_hidden_copies"]

_KEYS = (
    ("customer", ("customer_name",)),
    ("record", ("customer_name",)),
    ("visit", ("customer_name", "contact_time")),
    ("weekly_report", ("week_start",)),
    ("handover_customer", ("customer_name",)),
)
"""What tells a form again, by its kinds of block."""
_NAMED = 8  # records of a hidden sheet that are named, where they stand on no other


def without_hidden_copies(
    forms: Sequence[Submission], visible: Collection[str]
) -> tuple[list[Submission], list[Finding]]:
    """Return the forms without those on hidden sheets whose like is shown, and a notice of each.

    What is shown is what was handed in.
    """
    shown = [form for form in forms if form.sheet in visible]
    if not shown or len(shown) == len(forms):
        return list(forms), []
    speaks = [(form, _keys(form)) for form in shown]
    kept: list[Submission] = []
    said: list[Finding] = []
    for form in forms:
        mine = _keys(form)
        alike = [f for f, keys in speaks if f.form == form.form and _overlap(mine, keys)]
        if form.sheet in visible or not alike:
            kept.append(form)
            continue
        facts: dict[str, object] = {"why": "hidden", "other": f"{alike[0].file} › {alike[0].sheet}"}
        severity = Severity.NOTICE
        alone = sorted(mine.difference(*(keys for f, keys in speaks if f.form == form.form)))
        if alone:
            facts |= {"why": "hidden_more", "number": len(alone), "names": [key[0] for key in alone[:_NAMED]]}
            severity = Severity.WARNING
        said.append(Finding("superseded", severity, Place(form.file, form.sheet), facts=facts))
    return kept, said


def _overlap(mine: frozenset[tuple[str, ...]], theirs: frozenset[tuple[str, ...]]) -> bool:
    return bool(mine) and len(mine & theirs) >= weights.HIDDEN_COPY * len(mine)


def _keys(form: Submission) -> frozenset[tuple[str, ...]]:
    found: set[tuple[str, ...]] = set()
    for block in form.blocks:
        for kind, names in _KEYS:
            if block.kind == kind:
                columns = (block.values[name] for name in names)
                rows = (
                    tuple("" if v is None else str(v).strip() for v in row)
                    for row in zip(*columns, strict=True)
                )
                found.update((parsing.customer_key(row[0]) or row[0], *row[1:]) for row in rows if row[0])
    return frozenset(found)
