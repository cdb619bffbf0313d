"""What else happens in a life of a team: files as rows, folded in memory week by week. docs/domain.md 4.2."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd
import pytest

from salesxl.summary import summarise
from tests.folded import Folded
from tests.life import FileRows, Week
from tests.life.model import Settings, friday, monday
from tests.teams import WORDS

REPS = ("张三", "李四")
NAMES = ("甲一机械有限公司", "乙二电气有限公司", "丙三物流有限公司", "丁四食品有限公司")


def row(name: str, **more: Any) -> dict[str, Any]:
    """Return a customer's row; who he is follows from his name."""
    at = NAMES.index(name) if name in NAMES else 9
    plain = {
        "customer_no": None, "customer_name": name, "industry": "制造业-机械设备", "source": "展会",
        "employees": 100, "contact_name": f"王{at}", "contact": f"1390000000{at}",
        "need": "计划更换12套包装线的控制柜", "first_contact": dt.date(2026, 9, 1 + at), "status": "意向",
        "stage": "需求确认", "expected_amount": 100_000, "expected_close": dt.date(2027, 3, 1),
        "contract_no": None, "contract_amount": None, "signed_on": None, "contract_end": None,
        "last_contact": None, "loss_reason": None, "notes": None,
    }  # fmt: skip
    return {**plain, **more}


class Life(Folded):
    """A team of two that hands in archives, records and reports."""

    def __init__(self) -> None:
        super().__init__()
        members = tuple((rep, "一组", None, None) for rep in REPS)
        self.told = Settings(members, dict.fromkeys(REPS, 600_000), {})

    def run(self, number: int, *files: FileRows) -> None:
        self.take(Week(number, files, self.told, None, ()))  # type: ignore[arg-type]

    def rows(self, name: str) -> list[tuple[str, str | None, int]]:
        """Return of a customer's rows the rep, why it is carried, and the amount."""
        assert self.team is not None
        table = self.team.tables["customer"]
        mine = table[(table["customer_name"] == name).fillna(False)]
        return [
            (r.rep, None if pd.isna(r.carried) else r.carried, int(r.expected_amount))
            for r in mine.itertuples()
        ]

    def number(self, name: str) -> str:
        assert self.team is not None
        table = self.team.tables["customer"]
        (found,) = set(table["customer_no"][(table["customer_name"] == name).fillna(False)])
        return str(found)

    def codes(self) -> list[str]:
        assert self.team is not None
        return [f.code for f in self.team.findings]


def archive(week: int, *rows: dict[str, Any], rep: str = "张三", **more: Any) -> FileRows:
    """Return an archive of a week; ``more`` may be name, scope, filled_on, stamp."""
    head = {"team": "一组", "filled_on": more.get("filled_on", friday(week)), "scope": more.get("scope")}
    stamp = more.get("stamp", dt.datetime.combine(friday(week), dt.time(2)))
    return FileRows(more.get("name", f"{rep}_档案_{week}.xlsx"), "archive", rep, stamp, week, head, rows)


def record(week: int, customer: str, *times: dt.datetime, rep: str = "张三", **more: Any) -> FileRows:
    """Return a record of talks at these times."""
    talks = tuple(
        {"contact_time": at, "method": "微信", "summary": f"核对报价清单，第{at.day}日客户要求分期付款",
         "entered_at": at + dt.timedelta(hours=2)}
        for at in times
    )  # fmt: skip
    card = {
        "customer_name": customer, "customer_no": None, "contact_name": "王0", "industry": "制造业-机械设备",
        "first_contact": dt.date(2026, 9, 1), "source": "展会", "stage": "需求确认", "end_reason": None,
        "talks": talks, "actions": (),
    }  # fmt: skip
    stamp = dt.datetime.combine(friday(week), dt.time(3))
    return FileRows(more.get("name", f"{rep}_记录_{week}.xlsx"), "record", rep, stamp, week, {}, ({**card},))


def report(week: int, completed: int, rep: str = "张三", of: int | None = None, **more: Any) -> FileRows:
    """Return a report of a week, by default of that in which it comes in."""
    start = monday(week if of is None else of)
    figures = {
        "week_start": start, "week_end": start + dt.timedelta(days=6), "new_customers": 0, "follow_ups": 0,
        "expected_amount": 100_000, "completed_amount": completed, "collected_amount": 0, "deals": 0,
        "key_customers": (), "next_week": (),
    }  # fmt: skip
    stamp = dt.datetime.combine(friday(week), dt.time(4))
    name = more.get("name", f"{rep}_周报_{week}_{start}.xlsx")
    return FileRows(name, "report", rep, stamp, week, {"team": "一组"}, (figures,))


@pytest.fixture
def life() -> Life:
    """Return a team of whom one has listed four customers."""
    life = Life()
    life.run(0, archive(0, *map(row, NAMES)))
    return life


# ---- which is newer


def test_a_backup_that_is_older_by_date_and_stamp_says_nothing_of_known_customers(life):
    life.run(1, archive(1, row(NAMES[0], expected_amount=200_000), *map(row, NAMES[1:])))
    old = {"filled_on": friday(0), "stamp": dt.datetime.combine(friday(0), dt.time(1))}
    later = row("戊五化工有限公司", contact="13700000000")
    life.run(2, archive(2, row(NAMES[0], expected_amount=1), later, scope="全部", name="备份.xlsx", **old))
    assert life.rows(NAMES[0]) == [("张三", "carried", 200_000)]
    assert life.rows(NAMES[3]) == [("张三", "carried", 100_000)]
    assert life.rows("戊五化工有限公司") == [("张三", None, 100_000)]
    (found,) = [f for f in life.team.findings if f.facts.get("why") == "outdated"]
    assert (found.place.file, found.facts["count"]) == ("备份.xlsx", 1)


@pytest.mark.parametrize(
    "one", [{"filled_on": friday(0)}, {"stamp": dt.datetime.combine(friday(0), dt.time(1))}]
)
def test_one_sign_alone_makes_no_archive_old(life, one):
    life.run(1, archive(1, row(NAMES[0], expected_amount=200_000), *map(row, NAMES[1:])))
    life.run(2, archive(2, row(NAMES[0], expected_amount=300_000), *map(row, NAMES[1:]), **one))
    assert life.rows(NAMES[0]) == [("张三", None, 300_000)]


# ---- who is who

RENAMED = row(
    "新名机械有限公司", contact="13900000000", contact_name="王0", first_contact=dt.date(2026, 9, 1)
)


def test_another_company_under_a_former_name_is_another_customer_while_the_first_is_listed(life):
    number = life.number(NAMES[0])
    life.run(1, archive(1, RENAMED, *map(row, NAMES[1:])))
    assert life.number("新名机械有限公司") == number
    other = row(NAMES[0], contact="13611111111", contact_name="别人", first_contact=dt.date(2026, 10, 20))
    life.run(2, archive(2, other, RENAMED, *map(row, NAMES[1:])))
    assert life.rows(NAMES[0]) == [("张三", None, 100_000)]
    assert life.number(NAMES[0]) != number
    assert life.number("新名机械有限公司") == number


def test_a_former_name_alone_is_still_the_customer(life):
    life.run(1, archive(1, RENAMED, *map(row, NAMES[1:])))
    life.run(2, archive(2, row(NAMES[0], expected_amount=300_000), *map(row, NAMES[1:])))
    assert len(life.team.tables["customer"]) == 4
    assert life.rows(NAMES[0]) == [("张三", None, 300_000)]


def test_two_reps_who_swap_customers_without_a_list_have_them_and_nobody_is_asked(life):
    life.run(
        1, archive(1, row("戊五化工有限公司", contact="13700000000"), row("己六家具有限公司"), rep="李四")
    )
    theirs = row("戊五化工有限公司", contact="13700000000")
    mine = archive(2, theirs, *map(row, NAMES[1:]))
    life.run(2, mine, archive(2, row(NAMES[0]), row("己六家具有限公司"), rep="李四"))
    assert life.rows(NAMES[0]) == [("李四", None, 100_000)]
    assert life.rows("戊五化工有限公司") == [("张三", None, 100_000)]
    assert "vanished" not in life.codes()


# ---- files


def test_files_of_two_weeks_in_one_inbox_count_each_to_its_own(life):
    first = archive(1, row(NAMES[0], expected_amount=1), *map(row, NAMES[1:]))
    life.run(
        2,
        first,
        archive(2, row(NAMES[0], expected_amount=2), *map(row, NAMES[1:])),
        report(1, 10),
        report(2, 20),
    )
    assert life.rows(NAMES[0]) == [("张三", None, 2)]
    reports = life.team.tables["weekly_report"]
    assert reports["completed_amount"].tolist() == [10, 20]


def test_a_late_report_of_an_old_week_counts_to_its_own_month(life):
    life.run(1, report(1, 10))
    life.run(3, report(3, 30), report(3, 5, of=2))
    reports = life.team.tables["weekly_report"].set_index("week_start").sort_index()
    assert reports["month_completed"].tolist() == [10, 15, 30]


def test_the_same_bytes_under_another_name_are_nothing_new(life):
    life.run(1, archive(0, *map(row, NAMES), name="又一份.xlsx"))
    assert life.rows(NAMES[0]) == [("张三", "carried", 100_000)]
    assert "又一份.xlsx" not in set(life.team.tables["submission"]["source_file"].dropna())


def test_a_workbook_split_in_two_makes_nobody_absent(life):
    parts = archive(1, *map(row, NAMES[:2]), name="a.xlsx", scope="全部")
    life.run(1, parts, archive(1, *map(row, NAMES[2:]), name="b.xlsx", scope="全部"))
    assert [life.rows(name)[0][1] for name in NAMES] == [None] * 4


def test_who_is_back_after_a_loss_has_a_new_round_and_his_number(life):
    number = life.number(NAMES[0])
    lost = {"stage": "线索终止", "status": "流失", "loss_reason": "价格过高"}
    life.run(1, archive(1, row(NAMES[0], **lost), *map(row, NAMES[1:])))
    life.run(2, archive(2, *map(row, NAMES[1:])))
    life.run(3, archive(3, *map(row, NAMES)))
    assert life.number(NAMES[0]) == number
    customers = life.team.tables["customer"].set_index("customer_name")
    assert customers["round"][NAMES[0]] == 2


# ---- weeks that went wrong before there was a memory


def test_who_was_visited_three_times_last_week_is_not_overdue_in_an_emptied_inbox(life):
    vip = row(NAMES[0], annual_purchase=900_000)
    times = [dt.datetime(2026, 10, day, 9) for day in (21, 22, 23)]
    life.run(1, archive(1, vip, *map(row, NAMES[1:])), record(1, NAMES[0], *times), report(1, 0))
    life.run(2, report(2, 0))
    customers = life.team.tables["customer"].set_index("customer_name")
    assert customers["last_contact"][NAMES[0]] == pd.Timestamp(2026, 10, 23)
    assert len(life.team.tables["communication"]) == 3
    told = summarise(life.team, life.rules, WORDS, life.before)["follow_up"]["overdue"]
    assert NAMES[0] not in {one["customer_name"] for one in told}


def test_a_file_that_comes_back_mended_moves_no_number(life):
    numbers = [life.number(name) for name in NAMES]
    bad = row(
        "戊五化工有限公司", contact="13700000000", expected_amount="待定", first_contact=dt.date(2026, 8, 1)
    )
    life.run(1, archive(1, *map(row, NAMES), bad))
    assert life.rows("戊五化工有限公司") == []
    mended = {**bad, "expected_amount": 80_000}
    life.run(2, archive(2, mended, *map(row, reversed(NAMES))))
    assert [life.number(name) for name in NAMES] == numbers
    assert life.rows("戊五化工有限公司") == [("张三", None, 80_000)]
    assert life.number("戊五化工有限公司") not in numbers


def test_the_talks_of_a_renamed_customer_are_no_changes(life):
    life.run(1, archive(1, *map(row, NAMES)), record(1, NAMES[0], dt.datetime(2026, 10, 20, 9)))
    life.run(2, archive(2, RENAMED, *map(row, NAMES[1:])))
    told = life.team.tables["change"]
    told = told[(told["week_start"] == pd.Timestamp(monday(2))).fillna(False)]
    told = told[["table", "cause", "field", "old", "new"]].fillna("").to_numpy().tolist()
    assert [one for one in told if one[0] == "communication"] == []
    assert ["customer", "rename", "customer_name", NAMES[0], "新名机械有限公司"] in told
    assert life.team.tables["communication"]["customer_name"].tolist() == ["新名机械有限公司"]
