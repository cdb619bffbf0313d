"""When what happens: every seed has each special case once, on a rep and in weeks of its own.

A special holds its rep for ``span`` weeks, none of them the week that everybody skips, so that cases do not
blur each other; what finds no room in a seed is left out of that seed.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.life.model import WEEKS
from tests.life.people import REPS

SPECIALS: tuple[tuple[str, int, int], ...] = (
    ("withdrawn", 4, 2), ("drop_long", 6, 1), ("drop_back", 4, 2), ("handover", 4, 2), ("claim_drop", 3, 1),
    ("claim_lost", 3, 1), ("claim_handover", 4, 1), ("miss", 2, 1), ("miss_late", 2, 1),
    ("partial_said", 2, 1), ("partial_small", 2, 1), ("misspelt", 2, 1), ("faulty_old", 2, 1),
    ("faulty_new", 2, 0), ("stamp_future", 2, 1), ("stamp_past", 1, 1), ("corrected", 2, 0), ("twice", 1, 1),
    ("stale", 1, 3), ("again", 1, 1), ("again_lost", 1, 1), ("rename", 1, 1), ("rename", 1, 1),
    ("shared", 1, 1), ("shared_apart", 1, 1), ("near", 1, 1), ("void", 3, 1),
    ("alias", 1, 4),
)  # fmt: skip
"""Kind, weeks that it takes, first week in which it may begin."""


@dataclass
class Schedule:
    """The reps of a seed and what befalls them: ``starts`` by week."""

    reps: tuple[str, ...]
    skipped: int
    joins: dict[str, int]
    leaves: dict[str, int]
    handing: str
    running: frozenset[str]
    numbered: frozenset[str]
    undo: int
    wrong: int
    target: tuple[str, int]
    starts: dict[int, list[tuple[str, str]]] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)

    def active(self, week: int) -> list[str]:
        """Return who reports in a week; a leaver does in his last one."""
        return [
            rep
            for rep in self.reps
            if self.joins.get(rep, 0) <= week <= self.leaves.get(rep, WEEKS) and week != self.skipped
        ]


def drawn(rng: random.Random) -> Schedule:
    """Draw the schedule of a seed."""
    reps = REPS[: rng.randint(6, 8)]
    skipped = rng.randint(5, 9)
    handing, silent = rng.sample(reps[:-1], 2)
    leaves = {handing: _beside(rng, 7, 9, skipped), silent: _beside(rng, 9, 11, skipped)}
    staying = [rep for rep in reps if rep not in leaves]
    schedule = Schedule(
        reps,
        skipped,
        {reps[-1]: 2},
        leaves,
        handing,
        frozenset(rng.sample(staying, len(staying) // 2)),
        frozenset(rng.sample(reps, 2)),
        undo=_beside(rng, 3, 11, skipped),
        wrong=_beside(rng, 1, 12, skipped),
        target=(rng.choice(staying), _beside(rng, 4, 8, skipped)),
    )
    taken = {(rep, week) for rep, last in leaves.items() for week in range(last - 1, WEEKS)}
    taken |= {(reps[-1], week) for week in range(4)}
    taken |= {(rep, skipped) for rep in reps}
    for kind, span, first in SPECIALS:
        able = schedule.running if kind == "withdrawn" else reps
        _place(schedule, rng, taken, kind, span, first, sorted(able, key=reps.index))
    return schedule


def _beside(rng: random.Random, first: int, last: int, skipped: int) -> int:
    return rng.choice([week for week in range(first, last + 1) if week not in (skipped, skipped - 1)])


def _place(
    schedule: Schedule,
    rng: random.Random,
    taken: set[tuple[str, int]],
    kind: str,
    span: int,
    first: int,
    able: Sequence[str],
) -> None:
    """Give a special a rep and weeks that are free, or note that there are none."""
    free = [
        (rep, week)
        for rep in able
        for week in range(first, WEEKS - span + 1)
        if not taken & {(rep, week + n) for n in range(span)}
    ]
    if not free:
        schedule.left_out.append(kind)
        return
    rep, week = rng.choice(free)
    taken |= {(rep, week + n) for n in range(span)}
    schedule.starts.setdefault(week, []).append((kind, rep))
