"""What earlier weeks tell this one: customer numbers, reports of the month, the week before.

Owns reading earlier weeks' books. Nothing later than the week under report is looked at.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from salesxl.messages import Words
from salesxl.model import History, Team
from salesxl.rules import ownership
from salesxl.rules.identity import customer_keys
from salesxl.workspace.book import read_book

__all__ = ["history"]

KEPT = {
    "customer": ["rep", "customer_no", "customer_name", "stage", "status", "grade", "expected_amount"],
    "weekly_report": [
        *("rep", "week_start", "completed_amount", "collected_amount", "deals", "new_customers"),
        "month_target",
    ],
}
"""What of an earlier week is asked for: columns by table, see ``Team.past``."""


def history(weeks: list[Path], words: Words) -> History:
    """Return what the books in earlier weeks' folders say, the oldest first.

    A number once given stands: of two weeks that disagree, the earlier one counts. Of two reports of a rep
    for one week the later book's counts.

    Raises:
        SettingsError: an earlier week's book cannot be read.
    """
    numbers: dict[str, str] = {}
    reports: list[pd.DataFrame] = []
    seen: list[pd.DataFrame] = []
    moves: list[pd.DataFrame] = []
    team: Team | None = None
    for team in _books(weeks, words):
        customers = team.tables["customer"]
        keys = customer_keys(customers["customer_name"])
        for key, number in zip(keys, customers["customer_no"], strict=True):
            if pd.notna(key) and pd.notna(number):
                numbers.setdefault(str(key), str(number))
        reports.append(team.tables["weekly_report"][KEPT["weekly_report"]])
        seen.append(customers[KEPT["customer"]].assign(week_start=pd.Timestamp(team.week[0])))
        items = team.tables["handover_item"]
        listed = items[(items["item"] == "handover_customer").fillna(False).astype(bool)]
        given = ownership.signed(team.tables["handover"], listed, ["source_file", "source_sheet"])
        moves.append(given.assign(week_start=pd.Timestamp(team.week[0])))
    if team is None:
        return History()
    every = pd.concat(reports, ignore_index=True)
    every = every.drop_duplicates(["rep", "week_start"], keep="last", ignore_index=True)
    customers, given = (pd.concat(frames, ignore_index=True) for frames in (seen, moves))
    return History(numbers, {"customer": customers, "weekly_report": every, "moves": given}, team)


def _books(weeks: list[Path], words: Words) -> Iterator[Team]:
    """Yield the books of those weeks; each is read only when it is asked for."""
    name = words.text("file.book")
    return (read_book(week / name, words) for week in weeks if (week / name).is_file())
