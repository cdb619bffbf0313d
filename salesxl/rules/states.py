"""A customer's status from its stage, and the other way round, on forms with but one. docs/domain.md 3.8.

Owns what the one says of the other. Refuses: guessing an open customer's stage, and forms that a team has
not said to be without.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from salesxl.parsing.columns import options_of
from salesxl.parsing.frames import Stack
from salesxl.rulebook import Option, Rulebook
from salesxl.rules.grading import stage_kinds, status_kinds

__all__ = ["with_states"]

STATUS_OF = {"open": "open", "won": "won", "after": "won", "off": "lost"}
STAGE_OF = {"won": "won", "lost": "off"}
"""What a kind of stage says of the status, and one of status of the stage; an open one may be in any."""


def with_states(stack: Stack, rulebook: Rulebook) -> Stack:
    """Return a stack with blank statuses and stages that a team does without filled in from the other."""
    names = {column.field: column for column in stack.spec.columns}
    if stack.frame.empty or not {"status", "stage"} <= names.keys():
        return stack
    frame = stack.frame
    for field, kinds in (
        ("status", stage_kinds(frame["stage"], rulebook).map(STATUS_OF)),
        ("stage", status_kinds(frame["status"], rulebook).map(STAGE_OF)),
    ):
        rule = rulebook.fields.get((stack.spec.kind, field))
        if rule is None or rule.need is None or names[field].required:
            continue
        words = _first(options_of(names[field], rulebook))
        blank = frame[field].isna() & ~stack.flagged[field]
        told = pd.Series(pd.array(kinds.map(words).tolist(), dtype="string"), index=frame.index)
        frame = frame.assign(**{field: frame[field].mask(blank, told)})
    return replace(stack, frame=frame)


def _first(options: Sequence[Option]) -> dict[str | None, str]:
    """Return the first option of each kind."""
    found: dict[str | None, str] = {}
    for option in options:
        found.setdefault(option.kind, option.value)
    return found
