"""Lives of a team with known truth, folded week after week: 0 differences, whatever became of the inbox.

docs/domain.md 4.2, docs/proofs.md. ``python -m tests.life.run`` plays the same lives through the command.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

import pandas as pd
import pytest

from salesxl import schemas
from salesxl.model import Team
from salesxl.rules.identity import SEPARATOR
from salesxl.state.changes import COMPARED, NOT_TOLD, written
from tests import life
from tests.folded import Folded
from tests.life import FileRows, Week

LIVES = ((0, "keep"), (1, "changed"))


class Friday(NamedTuple):
    """A week of a life that was made: what differs from the truth, and the states before and after it."""

    week: Week
    differs: tuple[str, ...]
    before: Team | None
    team: Team


@cache
def lived(seed: int, habit: str) -> tuple[Friday, ...]:
    """Return the weeks of a life that were made; the summary's figures are compared in every seventh."""
    team, found = Folded(), []
    for week in life.weeks(seed, habit):
        differs = team.week(week, figures=week.number % 7 == 6)
        if week.made:
            assert team.team is not None
            found.append(Friday(week, tuple(map(str, differs)), team.before, team.team))
    return tuple(found)


@pytest.mark.parametrize(("seed", "habit"), LIVES)
def test_a_life_folds_to_its_truth(seed, habit):
    assert [(friday.week.number, one) for friday in lived(seed, habit) for one in friday.differs] == []


def _values(table: pd.DataFrame, fields: list[str]) -> Counter[tuple[str, str]]:
    """Return how often each value stands in each field."""
    return Counter(
        (field, str(written(value)))
        for field in fields
        if field in table
        for value in table[field].tolist()
        if not pd.isna(value)
    )


def _fields(name: str) -> list[str]:
    if name == "handover_item":
        blocks = ["handover_customer", "handover_contact", "handover_opportunity"]
    else:
        blocks = [name]
    fields = [column.field for block in blocks for column in schemas.block_spec(block).columns]
    return [field for field in dict.fromkeys([*fields, "rep"]) if field not in NOT_TOLD]


@pytest.mark.parametrize(("seed", "habit"), LIVES)
def test_every_value_that_stands_no_more_has_its_row_in_the_changes_with_a_cause(seed, habit):
    gone_at_all = 0
    for friday in lived(seed, habit):
        if friday.before is None:
            continue
        told = friday.team.tables["change"]
        told = told[(told["week_start"] == pd.Timestamp(friday.week.monday)).fillna(False)]
        assert told["cause"].notna().all()
        for name in ("customer", *COMPARED):
            before, after = friday.before.tables[name], friday.team.tables[name]
            gone = _values(before, _fields(name)) - _values(after, _fields(name))
            mine = told[(told["table"] == name).fillna(False) & told["old"].notna()]
            said = Counter(zip(mine["field"].tolist(), mine["old"].tolist(), strict=True))
            assert not gone - said, (friday.week.number, name, gone - said)
            gone_at_all += gone.total()
    assert gone_at_all > 100


def _unaccounted(friday: Friday, taken: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the rows of new archives that neither stand in the state nor are spoken of."""
    customers = friday.team.tables["customer"]
    amounts: dict[str, set[int]] = {}
    columns = (customers["customer_name"], customers["former_names"], customers["expected_amount"])
    for name, former, amount in zip(*(c.tolist() for c in columns), strict=True):
        for one in [name, *([] if pd.isna(former) else former.split(SEPARATOR))]:
            amounts.setdefault(one, set()).add(int(amount))
    void = {line.name for line in friday.week.settings.corrections if line.what == "作废"}
    spoken = {finding.place.file for finding in friday.team.findings}
    given = {(file.rep, row["customer_name"]) for file in taken.values() if file.form == "handover"
             for row in file.rows[0]["customers"]}  # fmt: skip
    for file in friday.week.files:
        if file.digest in taken or file.form != "archive":
            continue
        for row in file.rows:
            stands = row["expected_amount"] in amounts.get(row["customer_name"], ())
            told = file.name in spoken or row["customer_name"] in void
            if not stands and not told and (file.rep, row["customer_name"]) not in given:
                yield file.name, row["customer_name"]


@pytest.mark.parametrize(("seed", "habit"), LIVES)
def test_every_row_handed_in_is_accepted_or_held_or_told(seed, habit):
    taken: dict[str, FileRows] = {}
    for friday in lived(seed, habit):
        assert list(_unaccounted(friday, taken)) == [], friday.week.number
        files = friday.team.tables["submission"].dropna(subset=["read"])
        held = (files["read"] - files["accepted"] - files["returned"]).fillna(0)
        replaced = files["status"].isin(["superseded", "accepted", "partly"])
        assert ((held == 0) | replaced).all()
        taken |= {file.digest: file for file in friday.week.files}
