"""A life in which rows are closed after two weeks: what is opened again counts, no figure misses the rest."""

from __future__ import annotations

from collections import Counter
from importlib import import_module
from typing import Any

import pandas as pd
import pytest

from salesxl.state import closing
from tests import life
from tests.folded import played

consolidate = import_module("salesxl.consolidate")
DAYS = 14


@pytest.mark.slow
def test_a_life_whose_rows_are_closed_after_two_weeks_folds_to_its_truth(monkeypatch):
    opened: Counter[str] = Counter()

    def watched(team: Any, *given: Any) -> Any:
        after = closing.reopened(team, *given)
        opened.update({name: len(team.closed[name]) - len(after.closed[name]) for name in team.closed})
        return after

    early = lambda team, rulebook: pd.Timestamp(team.week[0]) - pd.Timedelta(days=DAYS)  # noqa: E731
    monkeypatch.setattr(closing, "_cut", early)
    monkeypatch.setattr(closing, "LAST", 1)
    monkeypatch.setattr(consolidate, "reopened", watched)
    differs = [(week.number, str(one)) for week, found in played(life.weeks(0, "keep"), 7) for one in found]
    assert differs == []
    assert {"action", "change", "communication", "key_customer", "next_week"} <= set(+opened)
