"""目标表: a year's targets in a row, beside the list of 目标. docs/domain.md 3.3."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from salesxl import drawing, settings
from salesxl.model import Grid, Workbook
from salesxl.rules.periods import target_for, target_of
from salesxl.schemas import block_spec
from salesxl.settings import default_rulebook
from salesxl.settings.load import from_workbook
from salesxl.xlsx.read import grid

LABELS = {c.field: c.label for c in block_spec("target_table").columns}
LETTERS = {
    c.field: "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[at] for at, c in enumerate(block_spec("target_table").columns)
}
WHO = {"year": 2026, "scope": "销售代表", "name": "甲", "measure": "签约额"}
ALL_YEAR = {f"m{month}": 100.0 * month for month in range(1, 13)}
SUMS = {"q1": 600.0, "q2": 1500.0, "q3": 2400.0, "q4": 3300.0, "whole": 7800.0}


@pytest.fixture(scope="module")
def shipped(tmp_path_factory) -> Workbook:
    path = tmp_path_factory.mktemp("settings") / "团队设置.xlsx"
    path.write_bytes(drawing.settings_workbook())
    return grid.read(path, file=path.name)


def read(shipped: Workbook, *rows: Mapping[str, Any], listed: Sequence[Sequence[Any]] = ()):
    """Return the rules and findings of the shipped settings with these rows in 目标表, and in 目标."""
    table = [tuple(LABELS.values()), *(tuple(row.get(name) for name in LABELS) for row in rows)]
    head = tuple(c.label for c in block_spec("target").columns)
    own = {
        "目标表": table,
        "目标": [head, *map(tuple, listed)],
        "成员": [("姓名", "所属团队"), ("甲", "一组"), ("乙", "一组")],
    }
    sheets = [Grid(g.sheet, tuple(own.get(g.sheet, g.rows))) if g.sheet in own else g for g in shipped.grids]
    return from_workbook(Workbook(shipped.file, tuple(sheets)))


def told(findings, sheet: str = "目标表") -> list[tuple[str, str | None]]:
    return [(f.code, f.place.cell) for f in findings if f.place.sheet == sheet]


def test_the_shipped_table_is_blank_and_says_nothing(shipped):
    rulebook, findings = from_workbook(shipped)
    assert rulebook.targets == default_rulebook().targets
    assert told(findings) == []


def test_twelve_months_in_a_row_are_twelve_targets_and_their_sums_the_longer_ones(shipped):
    rulebook, findings = read(shipped, {**WHO, **ALL_YEAR, **SUMS})
    assert told(findings) == []
    assert len(rulebook.targets) == 12
    assert target_of(rulebook, "rep", "甲", dt.date(2026, 5, 1), "signed") == 500
    assert target_for(rulebook, "rep", "甲", 2026, "Q2", "signed") == 1500
    assert target_for(rulebook, "rep", "甲", 2026, "year", "signed") == 7800


@pytest.mark.parametrize(("field", "cell"), [("q2", "R2"), ("whole", "U2")])
def test_a_sum_that_differs_from_its_months_is_told_at_its_cell_and_the_months_count(shipped, field, cell):
    rulebook, findings = read(shipped, {**WHO, **ALL_YEAR, **SUMS, field: 9999.0})
    assert told(findings) == [("mismatch", cell)]
    assert target_for(rulebook, "rep", "甲", 2026, "year", "signed") == 7800


def test_a_quarter_or_year_alone_is_a_target_and_a_sum_of_some_months_is_none(shipped):
    rulebook, findings = read(
        shipped, {**WHO, "q4": 900.0, "whole": 900.0}, {**WHO, "name": "乙", "m12": 5.0, "q4": 5.0}
    )
    assert told(findings) == []
    assert {(t.name, t.period): t.amount for t in rulebook.targets} == {("甲", "Q4"): 900, ("乙", "12"): 5}


def test_reps_that_do_not_add_up_to_the_team_are_told_at_the_cell_of_the_team(shipped):
    team = {**WHO, "scope": "团队", "name": "一组", "m11": 50.0}
    _, findings = read(shipped, team, {**WHO, "m11": 20.0}, {**WHO, "name": "乙", "m11": 20.0})
    assert told(findings) == [("mismatch", f"{LETTERS['m11']}2")]


def test_the_list_counts_where_both_say_something_else_and_what_is_alike_is_fine(shipped):
    row = [2026, "11月", "销售代表", "甲", "签约额", 300.0]
    rulebook, findings = read(shipped, {**WHO, "m11": 400.0}, listed=[row])
    assert told(findings) == [("duplicate", f"{LETTERS['m11']}2")]
    assert [t.amount for t in rulebook.targets] == [300]
    assert told(read(shipped, {**WHO, "m11": 300.0}, listed=[row])[1]) == []


def test_faults_of_a_row_are_told_once_at_their_cells(shipped):
    stranger = {**WHO, "name": "丙", **ALL_YEAR}
    counted = {**WHO, "measure": "新增客户", "m1": 2.5, "m2": 3.0}
    rulebook, findings = read(
        shipped, stranger, counted, {**WHO, "name": None, **ALL_YEAR}, {**WHO, "m3": "很多"}
    )
    assert told(findings) == [
        ("unknown_reference", "C2"),
        ("type", f"{LETTERS['m1']}3"),
        ("required", "C4"),
        ("type", f"{LETTERS['m3']}5"),
    ]
    assert [(t.measure, t.period) for t in rulebook.targets] == [("new_customers", "2")]


def test_the_same_target_twice_in_the_table_is_told_at_the_second(shipped):
    _, findings = read(shipped, {**WHO, "m1": 1.0}, {**WHO, "m1": 1.0})
    assert [code for code, _ in told(findings)] == ["duplicate"]


def test_the_settings_drawn_anew_give_the_targets_of_the_table_back(shipped, tmp_path):
    rulebook, _ = read(shipped, {**WHO, **ALL_YEAR})
    (tmp_path / "again.xlsx").write_bytes(drawing.settings_workbook(rulebook))
    again, _ = settings.load(tmp_path / "again.xlsx")
    assert set(again.targets) == set(rulebook.targets)
