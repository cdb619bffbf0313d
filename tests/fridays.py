"""A team's Fridays one after the other, in this process: files in, the state of the week out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

from salesxl import intake, validate
from salesxl.consolidate import consolidate
from salesxl.model import History, Team
from salesxl.rulebook import Rulebook
from salesxl.summary import summarise
from salesxl.workspace.history import history_of
from tests.sheets import RULES, WORDS


class Fridays:
    """A team's folder of inboxes; ``team`` is its state after the last week run."""

    def __init__(self, home: Path, rules: Rulebook = RULES) -> None:
        self.home, self.rules = home, rules
        self.team: Team | None = None
        self.before: Team | None = None

    def run(self, week: int, *writers: Callable[[Path], Any], year: int = 2026) -> Team:
        """Write files (each writer is given a path of its own) and run the week; return the state."""
        monday = dt.date.fromisocalendar(year, week, 1)
        inbox = self.home / f"{year}-W{week:02d}"
        inbox.mkdir(parents=True)
        for number, write in enumerate(writers):
            write(inbox / f"{week}_{number}.xlsx")
        friday, bounds = monday + dt.timedelta(4), (monday, monday + dt.timedelta(6))
        with intake.room() as room:
            batch = intake.receive([inbox], self.rules, home=room)
            past = self._history()
            checked = validate.check(batch, self.rules, friday, week=bounds, past=past.tables)
        self.before, self.team = self.team, consolidate(checked, self.rules, past)
        return self.team

    def figures(self) -> dict[str, Any]:
        """Return the summary's figures of the last week."""
        assert self.team is not None
        return summarise(self.team, self.rules, WORDS, self.before)

    def customer(self, name: str) -> dict[str, Any]:
        """Return the one row of a customer in the state, blanks as None."""
        assert self.team is not None
        rows = self.team.tables["customer"]
        found = rows[(rows["customer_name"] == name).fillna(False)].to_dict("records")
        assert len(found) == 1, found
        return {key: None if pd.isna(value) else value for key, value in found[0].items()}

    def _history(self) -> History:
        last = self.team
        if last is None:
            return History()
        return history_of(last, self.rules)
