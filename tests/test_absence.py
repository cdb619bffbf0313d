"""What absence from a newer archive means. docs/domain.md 4.2."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tests.fridays import Fridays
from tests.sheets import WORDS, archive, record, weekly

NAMES = ("甲一机械有限公司", "乙二电气有限公司", "丙三物流有限公司", "丁四食品有限公司")


Writer = Callable[[Path], Path]


def listed(*names: str, rep: str = "张三", scope: str | None = None, **faults: Any) -> Writer:
    """Return what writes an archive of customers; ``faults`` by name are fields changed on that row."""
    told = {"scope": scope} if scope else {}

    def write(path: Path) -> Path:
        rows = [
            {
                "customer_name": name, "customer_no": None, "expected_amount": 100_000,
                "contact": f"1380013800{NAMES.index(name)}", "contact_name": f"联系人{NAMES.index(name)}",
                **faults.get(name, {}),
            }
            for name in names
        ]  # fmt: skip
        friday = dt.date.fromisocalendar(2026, int(path.stem.split("_")[0]), 5)
        return archive(path, rows, rep=rep, filled_on=friday, **told)

    return write


@pytest.fixture
def team(tmp_path: Path) -> Fridays:
    """Return a team whose rep has listed four customers in week 44."""
    fridays = Fridays(tmp_path)
    fridays.run(44, listed(*NAMES))
    return fridays


def stands(team: Fridays, name: str) -> tuple[str | None, int, pd.Timestamp | None]:
    row = team.customer(name)
    return row["carried"], row["absences"], row["absent_since"]


def asked(team: Fridays) -> list[tuple[str, str]]:
    assert team.team is not None
    return [(str(f.value), f.facts["rep"]) for f in team.team.findings if f.code == "vanished"]


W45 = pd.Timestamp(2026, 11, 2)


def test_without_an_archive_nothing_changes(team):
    team.run(45)
    assert {stands(team, name) for name in NAMES} == {("carried", 0, None)}


def test_a_customer_that_a_whole_archive_lacks_is_missing_and_asked_for(team):
    team.run(45, listed(*NAMES[:3]))
    assert stands(team, NAMES[3]) == ("missing", 1, W45)
    assert asked(team) == [(NAMES[3], "张三")]
    assert team.figures()["stages"]["open_amount"] == 400_000
    team.run(46)
    assert stands(team, NAMES[3]) == ("missing", 1, W45)
    assert asked(team) == []


@pytest.mark.parametrize(
    ("names", "scope", "missing"),
    [
        (NAMES[:2], None, 2),  # half of them: whole
        (NAMES[:1], None, 0),  # less than half
        (NAMES[:1], "全部", 3),
        (NAMES[:3], "部分", 0),
        (NAMES[:3], "只报变化", 0),
    ],
)
def test_whole_is_what_says_so_or_holds_half_of_the_customers(team, names, scope, missing):
    team.run(45, listed(*names, scope=scope))
    carried = team.team.tables["customer"]["carried"].fillna("").tolist()
    assert carried.count("missing") == missing


def test_the_archives_of_a_week_are_taken_together(team):
    team.run(45, listed(NAMES[0]), listed(NAMES[1]))
    assert [stands(team, name)[0] for name in NAMES] == [None, None, "missing", "missing"]
    team.run(46, listed(*NAMES, scope="全部"))
    team.run(47, listed(NAMES[0], scope="部分"), listed(NAMES[1], scope="全部"))
    assert [stands(team, name)[0] for name in NAMES] == [None, None, "carried", "carried"]


def test_a_row_held_back_is_not_absent_and_its_last_accepted_one_counts(team):
    team.run(45, listed(*NAMES, **{NAMES[3]: {"expected_amount": "很多"}}))
    assert stands(team, NAMES[3]) == ("held", 0, None)
    assert team.customer(NAMES[3])["expected_amount"] == 100_000
    team.run(46)
    assert stands(team, NAMES[3])[0] == "held"
    team.run(47, listed(*NAMES))
    assert stands(team, NAMES[3])[0] is None


def test_a_row_held_back_that_names_nobody_may_be_anybody(team):
    blank = {NAMES[2]: {"customer_name": None}}
    team.run(45, listed(*NAMES[:3], **blank))
    assert [stands(team, name)[0] for name in NAMES[2:]] == ["carried", "carried"]


def test_nobody_is_absent_while_a_file_could_not_be_read(team):
    team.run(45, listed(*NAMES[:3]), lambda path: path.write_bytes(b"PK\x03\x04"))
    assert stands(team, NAMES[3]) == ("carried", 0, None)


def test_after_four_whole_archives_a_customer_is_unverified_until_listed_again(team):
    for week in range(45, 48):
        team.run(week, listed(*NAMES[:3]))
    assert stands(team, NAMES[3]) == ("missing", 3, W45)
    assert team.figures()["stages"]["open_amount"] == 400_000
    team.run(48, listed(*NAMES[:3]))
    assert stands(team, NAMES[3]) == ("unverified", 4, W45)
    team.run(49)
    assert stands(team, NAMES[3]) == ("unverified", 4, W45)
    team.run(50, listed(*NAMES))
    assert stands(team, NAMES[3]) == (None, 0, None)
    told = team.team.tables["change"]
    told = told[(told["field"] == "carried") & (told["customer_name"] == NAMES[3])]
    assert told[["cause", "old", "new"]].fillna("").to_numpy().tolist() == [
        ["absence", "", "缺席"],
        ["absence", "缺席", "待核实"],
        ["newer", "待核实", ""],
    ]


def test_another_rep_s_archive_makes_nobody_absent(team):
    team.run(45, listed(NAMES[0], rep="李四", scope="全部"))
    rows = team.team.tables["customer"]
    assert set(rows["carried"][rows["rep"] == "张三"]) == {"carried"}


def claims_on(team: Fridays, name: str) -> list[tuple[str, str | None, bool]]:
    assert team.team is not None
    rows = team.team.tables["customer"]
    rows = rows[(rows["customer_name"] == name).fillna(False)]
    return [(r.rep, None if pd.isna(r.carried) else r.carried, bool(r.counted)) for r in rows.itertuples()]


def test_a_claim_that_a_whole_archive_lacks_is_given_up_and_nobody_is_asked(team):
    more = {NAMES[3]: {"expected_amount": 900_000}}
    team.run(45, listed(NAMES[3], rep="李四", **more))
    assert claims_on(team, NAMES[3]) == [("张三", "carried", False), ("李四", None, True)]
    team.run(46, listed(*NAMES[:3]))
    assert claims_on(team, NAMES[3]) == [("李四", "carried", True)]
    assert asked(team) == []
    told = team.team.tables["change"]
    told = told[(told["cause"] == "given_up") & (told["rep"] == "张三")].set_index("field")["old"]
    assert told["expected_amount"] == "100000"
    assert told["contact"] == "13800138003"


def test_a_lost_claim_ends_no_absence_and_is_not_given_up(team):
    lost = {NAMES[3]: {"status": "流失", "stage": "线索终止", "loss_reason": "价格过高"}}
    team.run(45, listed(NAMES[3], rep="李四", **lost))
    team.run(46, listed(*NAMES[:3]))
    assert claims_on(team, NAMES[3]) == [("张三", "missing", True), ("李四", "carried", False)]
    assert asked(team) == [(NAMES[3], "张三")]


def test_where_all_claimants_lack_a_customer_all_claims_stay(team):
    team.run(45, listed(*NAMES[2:], rep="李四"))
    team.run(46, listed(*NAMES[:3]), listed(NAMES[2], rep="李四"))
    assert claims_on(team, NAMES[3]) == [("张三", "missing", True), ("李四", "missing", False)]
    team.run(47, listed(*NAMES[2:], rep="李四"))
    assert claims_on(team, NAMES[3]) == [("李四", None, True)]


def test_unverified_customers_are_in_no_sum_and_make_no_task(team):
    past = {NAMES[3]: {"expected_close": dt.datetime(2026, 11, 10)}}
    team.run(45, listed(*NAMES, **past))
    for week in range(46, 49):
        team.run(week, listed(*NAMES[:3]))
    figures = team.figures()
    assert [r["customer_name"] for r in figures["follow_up"]["closes"]] == [NAMES[3]]
    assert [(r["customer_name"], r["expected_amount"]) for r in figures["follow_up"]["vanished"]] == [
        (NAMES[3], 100_000)
    ]
    assert "vanished" in [item["kind"] for item in figures["today"]]
    team.run(49, listed(*NAMES[:3]))
    figures = team.figures()
    assert figures["stages"]["open_amount"] == 300_000
    assert figures["follow_up"]["closes"] == figures["follow_up"]["vanished"] == []
    unverified = figures["follow_up"]["unverified"]
    assert [(r["rep"], r["expected_amount"], r["since"]) for r in unverified] == [
        ("张三", 100_000, dt.date(2026, 11, 9))
    ]
    assert sum(row["open_amount"] for row in figures["stages"]["reps"]) == 300_000
    team.run(50, listed(*NAMES))
    assert team.figures()["stages"]["open_amount"] == 400_000


def test_for_two_weeks_only_the_rep_is_asked_of_who_is_missing(team):
    early = []
    for week in (45, 46, 47):
        team.run(week, listed(*NAMES[:3]))
        early.append(team.figures()["follow_up"]["vanished"][0]["early"])
    assert early == [True, True, False]  # since Monday, 2 November: 4, 11 and 18 days


def held(team: Fridays) -> tuple[int, float | None, int]:
    told = team.figures()["held"]
    return told["rows"], told["amount"], told["before"]


def test_what_is_held_back_is_the_difference_until_a_newer_row_comes(team):
    wrong = {"expected_amount": 180_000, "contact": "没有"}
    team.run(45, listed(*NAMES, **{NAMES[3]: wrong}))
    assert held(team) == (1, 80_000, 0)
    assert team.figures()["stages"]["open_amount"] == 400_000
    team.run(46)  # an emptied inbox closes nothing
    assert held(team) == (1, 80_000, 1)
    figures = team.figures()
    assert figures["reports"]["all"]["held_amount"] == 80_000
    assert WORDS.text("summary.held.before", rows=1) in figures["held"]["line"]
    team.run(47, listed(NAMES[3], scope="部分", **{NAMES[3]: {"expected_amount": 180_000}}))
    assert held(team) == (0, None, 0)
    assert team.figures()["stages"]["open_amount"] == 480_000


def test_of_a_customer_that_is_not_known_the_whole_amount_is_held_back(tmp_path):
    team = Fridays(tmp_path)
    team.run(44, listed(*NAMES[:3], **{NAMES[2]: {"contact": "没有"}}))
    assert held(team) == (1, 100_000, 0)
    team.run(45, listed(NAMES[0], scope="部分"))
    assert held(team) == (1, 100_000, 1)
    team.run(46, listed(*NAMES[:2]))  # whole: what it lacks is no point any more
    assert held(team) == (0, None, 0)


def test_a_report_held_back_stays_open_until_one_of_its_week_comes(tmp_path):
    def report(week: int, **wrong: Any) -> Writer:
        monday = dt.datetime.fromisocalendar(2026, week, 1)
        told = {"week_start": monday, "week_end": monday + dt.timedelta(6), "completed_amount": 50_000}
        return lambda path: weekly(path, **{**told, **wrong})

    team = Fridays(tmp_path)
    team.run(44, report(44, follow_ups="不少"))
    assert team.figures()["held"]["completed"] == 50_000
    team.run(45, report(45))
    assert team.figures()["held"] | {"line": ""} | {"unread": ""} == {
        "rows": 1, "before": 1, "amount": None, "completed": 50_000, "line": "", "unread": "",
    }  # fmt: skip
    team.run(46, report(44))
    assert team.figures()["held"]["rows"] == 0


def test_plans_of_lost_customers_close_for_good(team):
    due = [{"due": dt.datetime(2026, 11, 2, 18)}]
    team.run(45, listed(*NAMES), lambda path: record(path, [], due, customer_name=NAMES[3]))
    assert len(team.figures()["follow_up"]["actions"]) == 1
    lost = {"status": "流失", "loss_reason": "价格过高"}
    team.run(46, listed(*NAMES, **{NAMES[3]: lost}))
    assert team.figures()["follow_up"]["actions"] == []
    assert team.team.tables["action"]["closed"].tolist() == ["lost"]
    team.run(47, listed(*NAMES))
    assert team.figures()["follow_up"]["actions"] == []
