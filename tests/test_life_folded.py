"""Lives of a team with known truth, folded week after week: 0 differences, whatever became of the inbox.

docs/domain.md 4.2. ``python -m tests.life.run`` plays the same lives through the command.
"""

from __future__ import annotations

import pytest

from tests import life
from tests.folded import played


def differs(seed: int, habit: str) -> list[str]:
    return [f"{week.number} {each}" for week, found in played(life.weeks(seed, habit), 7) for each in found]


@pytest.mark.parametrize(("seed", "habit"), [(0, "keep"), (1, "empty")])
def test_a_life_folds_to_its_truth(seed, habit):
    assert differs(seed, habit) == []
