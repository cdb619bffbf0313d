"""What earlier weeks' books tell this one."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from salesxl import friday, settings
from salesxl.errors import SettingsError
from salesxl.files.packaged import shipped
from salesxl.model import Team
from salesxl.rules.identity import customer_keys
from salesxl.tables import TABLES
from salesxl.workspace import book
from salesxl.workspace import history as past
from tests import teams
from tests.sheets import WORDS

RULES = settings.default_rulebook()
TEMPLATE = shipped("团队台账.xlsx")


@pytest.fixture(scope="module")
def tiny() -> bytes:
    """Return a template of one cell."""
    made, buffer = openpyxl.Workbook(), io.BytesIO()
    made.active["A1"] = "{{ title }}"
    made.save(buffer)
    return buffer.getvalue()


def put(home: Path, number: int, customers: dict[str, str | None], done: float = 100) -> Path:
    """Write a week's book: customers with their numbers, and one report of 张三."""
    monday = dt.date.fromisocalendar(2026, number, 1)
    tables = {n: book.frame("", [], book.columns(n, WORDS), WORDS) for n in TABLES}
    blank = tables["customer"].reindex(range(len(customers)))
    tables["customer"] = blank.assign(
        customer_name=pd.array(list(customers), dtype="string"),
        customer_no=pd.array(list(customers.values()), dtype="string"),
    )
    report = tables["weekly_report"].reindex(range(1))
    start = pd.array([pd.Timestamp(monday)], dtype="datetime64[us]")
    tables["weekly_report"] = report.assign(rep="张三", week_start=start, completed_amount=done).astype(
        tables["weekly_report"].dtypes
    )
    folder = home / f"2026-W{number:02d}"
    folder.mkdir()
    week = (monday, monday + dt.timedelta(6))
    path = folder / "团队台账.xlsx"
    book.write_book(Team(tables, week[0], week), TEMPLATE, path, WORDS)
    _as_of_an_earlier_version(path)
    return folder


def _as_of_an_earlier_version(path: Path) -> None:
    """Take out of a book what only books with a state have."""
    opened = openpyxl.load_workbook(path)
    del opened.custom_doc_props["salesxl.state"]
    for sheet in ("变更记录", "编号登记", "成交记录"):
        del opened[sheet]
    opened.save(path)


@pytest.fixture(scope="module")
def weeks(tmp_path_factory) -> list[Path]:
    home = tmp_path_factory.mktemp("weeks")
    first = put(home, 45, {"甲乙机械有限公司": "CRM202610001", "丙": "CRM202610002"}, 100)
    second = put(home, 46, {"甲乙机械 有限公司": "CRM202611009", "丁": "CRM202611001", "戊": None}, 200)
    empty = home / "2026-W44"
    empty.mkdir()
    return [empty, first, second]


def test_a_number_once_given_stands(weeks):
    names = ["甲乙机械有限公司", "丙", "丁", "戊"]
    state = past.history(weeks, WORDS, RULES).latest
    customers = state.tables["customer"].set_index(customer_keys(state.tables["customer"]["customer_name"]))
    numbers = [customers.loc[key, "customer_no"] for key in customer_keys(pd.Series(names, dtype="string"))]
    assert numbers[:3] == ["CRM202610001", "CRM202610002", "CRM202611001"]
    assert pd.isna(numbers[3])


def test_reports_of_all_weeks_are_known_once_each(weeks):
    reports = past.history([*weeks, weeks[-1]], WORDS, RULES).latest.tables["weekly_report"]
    assert reports["completed_amount"].tolist() == [100, 200]
    assert reports["week_start"].tolist() == [pd.Timestamp(2026, 11, 2), pd.Timestamp(2026, 11, 9)]


def test_the_last_book_is_the_team_as_it_was(weeks):
    last = past.history(weeks, WORDS, RULES).latest
    assert last is not None
    assert last.week == (dt.date(2026, 11, 9), dt.date(2026, 11, 15))


def test_what_became_of_a_form_of_an_old_book_stays_as_it_was_counted():
    old = teams.team(submission=[teams.submission(read=7, accepted=5, returned=2)])
    taken = past._taken_over(None, old, RULES).tables["submission"]
    assert taken[["read", "accepted", "returned"]].values.tolist() == [[7, 5, 2]]
    assert taken.dtypes.astype(str).to_dict() == old.tables["submission"].dtypes.astype(str).to_dict()
    assert taken["taken"].tolist() == [pd.Timestamp(old.week[0])]


def test_a_team_without_a_past_has_none(weeks):
    assert past.history(weeks[:1], WORDS, RULES).latest is None
    history = past.history([], WORDS, RULES)
    assert (dict(history.numbers), dict(history.tables)) == ({}, {})


def test_a_spoiled_book_of_an_earlier_week_stops_the_run_and_is_named(tmp_path):
    (tmp_path / "2026-W45").mkdir()
    (tmp_path / "2026-W45" / "团队台账.xlsx").write_bytes(b"x")
    with pytest.raises(SettingsError, match="2026-W45"):
        past.history([tmp_path / "2026-W45"], WORDS, RULES)


@pytest.mark.slow
def test_a_summary_of_a_book_in_its_weeks_folder_is_seen_with_the_weeks_before(tmp_path, tiny):
    put(tmp_path, 45, {"丙": "CRM202610002"}, 100)
    here = put(tmp_path, 46, {"丙": "CRM202610002"}, 200) / "团队台账.xlsx"
    moved = tmp_path / "别处" / here.name
    moved.parent.mkdir()
    moved.write_bytes(here.read_bytes())
    found = [
        friday.build_summary(tiny, data, tmp_path / "out.xlsx", settings.default_rulebook(), WORDS)
        for data in (here, moved)
    ]
    known = [[day.isocalendar().week for day in f["attainment"]["weeks"][0]["known"]] for f in found]
    assert known == [[45, 46], [46]]
    assert [f["attainment"]["progress"][0]["quarter"]["completed"] for f in found] == [300, 200]
