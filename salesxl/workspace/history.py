"""What earlier weeks tell this one: the book of the week before is the team's state.

Owns reading it, and taking over books of versions that carried no state. Nothing later than the week under
report is looked at, but for the numbers that any book ever gave.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from salesxl.errors import SettingsError
from salesxl.messages import Words
from salesxl.model import History, PastName, TableName, Team
from salesxl.rulebook import Rulebook
from salesxl.rules.people import with_present_names
from salesxl.state.changes import changes
from salesxl.state.claims import counted
from salesxl.state.fold import blank, deals, fold, moves_of
from salesxl.state.incoming import Incoming
from salesxl.state.numbers import registered
from salesxl.tables import TABLES
from salesxl.workspace.book import VERSION, read_open

__all__ = ["history", "history_of", "state_of"]


PLACE = ["source_file", "source_sheet"]


def history(
    weeks: Sequence[Path],
    words: Words,
    rulebook: Rulebook,
    registers: Sequence[pd.DataFrame] = (),
    later: frozenset[str] = frozenset(),
) -> History:
    """Return what the book of the last of these weeks' folders says, the oldest given first.

    Books of a version without a state are taken over, all of them, once: a number once given stands, and of
    two reports of a rep for one week the later book's counts. ``registers`` are those of other versions and
    of later weeks: their numbers are given to nobody else; ``later`` are numbers of later weeks alone.

    Raises:
        SettingsError: an earlier week's book cannot be read.
    """
    name = words.text("file.book")
    books = [week / name for week in weeks if (week / name).is_file()]
    latest = state_of(books, words, rulebook)
    given = [latest.tables["number"] if latest else blank("number"), *registers]
    every = pd.concat([frame for frame in given if len(frame)] or given[:1], ignore_index=True)
    every = every.drop_duplicates("customer_no", ignore_index=True)
    if latest is None:
        return History(register=every, later=later)
    later -= frozenset(latest.tables["number"]["customer_no"].dropna())
    return replace(history_of(latest, rulebook), register=every, later=later)


def history_of(latest: Team, rulebook: Rulebook) -> History:
    """Return what a state tells the week after it; checks see reps under their present names."""
    told = with_present_names(latest.tables, rulebook)
    tables: dict[PastName, pd.DataFrame] = dict(told.items())
    tables |= {kind: table.rows for kind, table in latest.further.items()}
    tables |= {
        "customer": told["customer"].assign(week_start=pd.Timestamp(latest.week[0])),
        "moves": moves_of(told, pd.Timestamp(latest.week[1]), latest.as_of, rulebook),
    }
    return History(tables=tables, latest=latest, register=latest.tables["number"])


def state_of(books: Sequence[Path], words: Words, rulebook: Rulebook) -> Team | None:
    """Return the state that the last book holds; of old books the one that they add up to."""
    old: list[Team] = []
    state: Team | None = None
    for path in reversed(books):
        team = _read(path, words)
        if team.version:
            state = team
            break
        old.append(team)
    for team in reversed(old):
        state = _taken_over(state, team, rulebook)
    return state


def _read(path: Path, words: Words) -> Team:
    """Read a book; one that cannot be told why leads to the week to make again."""
    try:
        team = read_open(path, words)
    except SettingsError as failed:
        raise SettingsError("book_spoiled", path=path, name=path.parent.name, why=failed) from failed
    if (team.version or "").isdecimal() and int(team.version or 0) > int(VERSION):
        raise SettingsError("book_ahead", path=path, name=path.parent.name)
    return team


def _taken_over(before: Team | None, team: Team, rulebook: Rulebook) -> Team:
    """Return the state after a book without one: its rows are what came in, and nobody is absent."""
    monday, sunday = (pd.Timestamp(day) for day in team.week)
    tables = {name: blank(name) for name in TABLES} | dict(before.tables if before else {})
    rows = {name: _as_handed_in(team, name) for name in TABLES}
    heads = rows["handover"].drop_duplicates(PLACE).set_index(PLACE)
    items = rows["handover_item"]
    if len(items):
        places = pd.MultiIndex.from_frame(items[PLACE])
        rows["handover_item"] = items.assign(
            date=items["date"].fillna(pd.Series(heads["date"].reindex(places).array, index=items.index))
        )
    one = pd.Series(pd.array([monday], dtype="datetime64[us]"))
    come = Incoming(np.zeros(1, dtype="int64"), one, {})
    folded = fold(tables, rows, rows["customer"].iloc[:0], come, (monday, sunday), team.as_of, rulebook)
    after: dict[TableName, pd.DataFrame] = dict(folded.tables)
    after["customer"] = after["customer"].assign(counted=counted(after["customer"], rulebook))
    after["number"] = registered(tables["number"], after["customer"], monday)
    after["deal"] = deals(tables["deal"], after["customer"], monday, rulebook)
    if before is not None:
        told = changes(tables, after, folded.who, monday, folded.causes)
        after["change"] = pd.concat([tables["change"], told], ignore_index=True)
    files = team.tables["submission"].assign(taken=monday)
    after["submission"] = pd.concat([tables["submission"], files], ignore_index=True)
    after["finding"] = team.tables["finding"]
    return replace(team, tables=after)


def _as_handed_in(team: Team, name: TableName) -> pd.DataFrame:
    rows = team.tables[name]
    if "source_row" in rows:
        rows = rows.assign(row=rows["source_row"])
    codes = pd.array([""] * len(rows), dtype="string")
    return rows.assign(submission=0, codes=codes, accepted=True, superseded=False)
