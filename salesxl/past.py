"""What earlier weeks tell this one: customer numbers, reports of the month, the week before.

Owns reading earlier weeks' books. Nothing later than the week under report is looked at.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from salesxl.book import read_book
from salesxl.checks.customers import customer_keys
from salesxl.consolidate import History
from salesxl.model import Team
from salesxl.words import Words

__all__ = ["history", "latest"]

REPORT = ["rep", "week_start", "completed_amount", "collected_amount"]


def history(weeks: list[Path], words: Words) -> History:
    """Return customer numbers and weekly reports of earlier weeks' folders, the oldest first.

    A number once given stands: of two weeks that disagree, the earlier one counts.

    Raises:
        SettingsError: an earlier week's book cannot be read.
    """
    numbers: dict[str, str] = {}
    reports: list[pd.DataFrame] = []
    for team in _books(weeks, words):
        customers = team.tables["customer"]
        keys = customer_keys(customers["customer_name"])
        for key, number in zip(keys, customers["customer_no"], strict=True):
            if pd.notna(key) and pd.notna(number):
                numbers.setdefault(str(key), str(number))
        reports.append(team.tables["weekly_report"][REPORT])
    if not reports:
        return History(numbers)
    every = pd.concat(reports, ignore_index=True)
    return History(numbers, every.drop_duplicates(["rep", "week_start"], keep="last", ignore_index=True))


def latest(weeks: list[Path], words: Words) -> Team | None:
    """Return the team as it was in the last of those weeks; None if there is no book."""
    return next(_books(weeks[::-1], words), None)


def _books(weeks: list[Path], words: Words) -> Iterator[Team]:
    """Yield the books of those weeks; each is read only when it is asked for."""
    name = words.text("file.book")
    return (read_book(week / name, words) for week in weeks if (week / name).is_file())
