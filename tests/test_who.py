"""docs/domain.md 4.2: who is who, over two weeks."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from openpyxl import load_workbook

from salesxl import friday
from salesxl.consolidate import consolidate
from salesxl.intake import receive
from salesxl.model import Checked, Team
from salesxl.rulebook import Member, Rulebook
from salesxl.rules.identity import signs_of
from salesxl.validate import check
from salesxl.workspace.book import read_book
from salesxl.workspace.folder import TeamFolder, lay_out
from salesxl.workspace.history import history_of
from tests.sheets import AS_OF, RULES, WORDS, archive, record, weekly

TEAM: Rulebook = replace(RULES, members=(Member("张三", "一组"), Member("李四", "二组")), has_roster=True)
WEEK = dt.timedelta(days=7)
NEXT = AS_OF + WEEK
Row = dict[str, Any]


def company(name: str, number: int = 0, **more: Any) -> Row:
    """Return a customer; what tells it beside its name follows its number."""
    signs: Row = {
        "contact": f"1380013{number:04d}",
        "contact_name": f"联系人{'甲乙丙丁戊己庚辛'[number]}",
        "first_contact": dt.datetime(2026, 10, 1 + number),
    }
    return {"customer_name": name, "customer_no": None, **signs, **more}


def run(
    home: Path, before: Team | None = None, as_of: dt.date = AS_OF, rules: Rulebook = TEAM
) -> tuple[Checked, Team]:
    """Check a week's files and lay them over the state before."""
    past = history_of(before, rules) if before else None
    checked = check(receive([home], rules), rules, as_of, past=past.tables if past else None)
    return checked, consolidate(checked, rules, past)


class Life:
    """The weeks of a team, an inbox each."""

    def __init__(self, home: Path, rules: Rulebook = TEAM) -> None:
        self.home, self.rules = home, rules
        self.team: Team | None = None
        self.as_of = AS_OF - WEEK

    def week(self, *archives: tuple[str, list[Row]]) -> Checked:
        """Run a week in which these reps hand in these customers."""
        self.as_of += WEEK
        inbox = self.home / f"{self.as_of:%m%d}"
        inbox.mkdir()
        for at, (rep, rows) in enumerate(archives):
            archive(inbox / f"{at}_{rep}.xlsx", rows, rep=rep)
        checked, self.team = run(inbox, self.team, self.as_of, self.rules)
        return checked

    def customers(self, *fields: str) -> list[list[Any]]:
        """Return these fields of the customers, by name and rep."""
        assert self.team is not None
        table = self.team.tables["customer"].sort_values(["customer_name", "rep"])
        return table[list(fields)].astype(object).where(table[list(fields)].notna(), None).to_numpy().tolist()


@pytest.fixture
def life(tmp_path: Path) -> Life:
    return Life(tmp_path)


def told(checked: Checked, *codes: str) -> list[tuple[str | None, str, str, str | None]]:
    """Return (cell, severity, code, why) of the findings with these codes."""
    found = [f for f in checked.findings if f.code in codes]
    for one in found:
        assert "{" not in WORDS.message(one) + WORDS.fix(one)
    return [(f.place.cell, f.severity.value, f.code, f.facts.get("why")) for f in found]


# ---- names that are equal without 集团, 股份, 公司


@pytest.mark.parametrize(
    ("later", "number", "one"),
    [
        ("大华机械集团有限公司", 1, False),
        ("大华机械集团有限公司", 0, True),  # the telephone agrees
        ("大华机械股份有限公司", 1, False),
        ("大华机械有限责任公司", 1, True),  # the same but for the legal form
        ("大华机械", 1, True),
    ],
)
def test_a_name_equal_only_without_its_group_needs_a_sign(life, later, number, one):
    life.week(("张三", [company("大华机械有限公司")]))
    life.week(("张三", [company(later, number)]))
    numbers = {no for (no,) in life.customers("customer_no")}
    assert len(numbers) == (1 if one else 2)
    assert None not in numbers


def test_a_group_and_its_daughter_in_one_week_are_two_customers_and_asked_about(life):
    checked = life.week(("张三", [company("大华机械集团"), company("大华机械有限公司", 1)]))
    assert told(checked, "near_name", "duplicate") == [("B5", "notice", "near_name", "suffix")]
    assert life.customers("customer_no") == [["CRM202610002"], ["CRM202610001"]]
    again = life.week(("张三", [company("大华机械集团"), company("大华机械有限公司", 1)]))
    assert told(again, "near_name") == []


def test_a_name_equal_but_for_its_group_is_asked_about_when_it_comes_in(life):
    life.week(("张三", [company("大华机械有限公司")]))
    checked = life.week(("张三", [company("大华机械有限公司"), company("大华机械集团", 1)]))
    (found,) = [f for f in checked.findings if f.code == "near_name"]
    assert (found.facts["other_name"], found.facts["other"]) == ("大华机械有限公司", "CRM202610001")


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("王总", "决策人:王总 / 执行人:赵主管", True),
        ("王总(总经理)", "李娜、王总", True),
        ("王总", "王", False),
        (None, None, False),
    ],
)
def test_contacts_are_compared_person_by_person(one, other, alike):
    rows = pd.DataFrame({"contact": None, "contact_name": [one, other], "first_contact": None})
    first, second = signs_of(rows)
    assert first.alike(second) is alike


# ---- number and name


def numbered(life, *names: str) -> list[str]:
    life.week(("张三", [company(name, at) for at, name in enumerate(names)]))
    return [no for (no,) in life.customers("customer_no")]


def test_a_column_of_numbers_that_was_sorted_alone_is_an_error_at_each_number(life):
    one, two = numbered(life, "大华机械", "小华电气")
    checked = life.week(
        ("张三", [company("大华机械", customer_no=two), company("小华电气", 1, customer_no=one)])
    )
    assert told(checked, "mismatch") == [
        ("A4", "error", "mismatch", "two_customers"),
        ("A5", "error", "mismatch", "two_customers"),
    ]
    assert life.customers("customer_name", "customer_no", "carried") == [
        ["大华机械", one, "held"],
        ["小华电气", two, "held"],
    ]


@pytest.mark.parametrize(
    ("sign", "found"),
    [
        ({}, [("A4", "error", "mismatch", "other_name")]),
        ({"contact": company("", 0)["contact"]}, []),
        ({"contact_name": company("", 0)["contact_name"]}, []),
        ({"first_contact": company("", 0)["first_contact"]}, []),
    ],
)
def test_a_known_number_with_an_unknown_name_is_a_rename_only_with_a_sign(life, sign, found):
    (number,) = numbered(life, "大华机械")
    checked = life.week(("张三", [company("青石电气", 5, customer_no=number, **sign)]))
    assert told(checked, "mismatch") == found
    name = "大华机械" if found else "青石电气"
    assert life.customers("customer_name", "customer_no") == [[name, number]]


def test_a_rename_to_a_name_that_exists_is_an_error_that_offers_to_merge(life):
    one, two = numbered(life, "大华机械", "小华电气")
    checked = life.week(("张三", [company("小华电气", 0, customer_no=one)]))
    (found,) = [f for f in checked.findings if f.code == "mismatch"]
    assert (found.place.cell, found.severity, found.facts["why"]) == ("A4", "error", "rename_taken")
    assert f"合并到 {two}" in WORDS.fix(found)
    assert [no for (no,) in life.customers("customer_no")] == [one, two]


def test_two_names_with_one_number_are_two_customers_and_the_first_has_it(life):
    typed = "CRM202610009"
    checked = life.week(
        ("张三", [company("大华机械", customer_no=typed), company("青石电气", 1, customer_no=typed)])
    )
    assert told(checked, "duplicate") == [("A5", "warning", "duplicate", "number")]
    rows = dict(life.customers("customer_name", "customer_no"))
    assert rows["大华机械"] == typed
    assert rows["青石电气"] not in (typed, None)


def test_a_number_with_its_former_name_is_no_fault(life):
    (number,) = numbered(life, "大华机械")
    life.week(("张三", [company("青石电气", customer_no=number)]))
    checked = life.week(("张三", [company("大华机械", 5, customer_no=number)]))
    assert told(checked, "mismatch") == []


# ---- what the state has


def test_a_carried_claim_of_another_rep_is_a_conflict_until_it_is_lost(life):
    life.week(("张三", [company("大华机械")]))
    checked = life.week(("李四", [company("大华机械有限公司")]))
    (found,) = [f for f in checked.findings if f.code == "conflict"]
    assert found.facts["reps"] == ("张三", "李四")
    lost = {"status": "流失", "stage": "线索终止", "loss_reason": "价格过高"}
    life.week(("张三", [company("大华机械", **lost)]))
    assert told(life.week(("李四", [company("大华机械有限公司")])), "conflict") == []


def test_a_carried_customer_with_the_same_telephone_is_a_conflict(life):
    life.week(("张三", [company("大华机械")]))
    checked = life.week(("李四", [company("青石电气", 0, contact_name="别人")]))
    assert told(checked, "conflict") == [("B4", "warning", "conflict", "phone")]


def test_a_talk_with_a_carried_customer_is_no_unknown_one(life):
    life.week(("张三", [company("大华机械")]))
    inbox = life.home / "talks"
    inbox.mkdir()
    record(inbox / "记录.xlsx", customer_name="大华机械")
    record(inbox / "另一份.xlsx", customer_name="青石电气")
    checked, _ = run(inbox, life.team, NEXT)
    assert [f.place.file for f in checked.findings if f.code == "unknown_reference"] == ["另一份.xlsx"]


def test_a_report_that_an_earlier_week_took_in_is_not_missing(life):
    inbox = life.home / "early"
    inbox.mkdir()
    weekly(inbox / "w.xlsx")
    _, life.team = run(inbox)
    checked = life.week(("张三", [company("大华机械")]))
    assert [f.value for f in checked.findings if f.code == "missing_report"] == ["李四"]


# ---- several archives of one rep in a week


def test_of_two_archives_that_overlap_the_newer_row_stands_and_both_are_the_reps_archive(life):
    older = [company("大华机械", expected_amount=1000), company("小华电气", 1)]
    newer = [company("大华机械", expected_amount=2000), company("青石食品", 2)]
    checked = life.week(("张三", older), ("张三", newer))
    assert told(checked, "duplicate", "superseded") == [(None, "notice", "superseded", "rows")]
    assert life.customers("customer_name", "expected_amount", "source_file") == [
        ["大华机械", 2000.0, "1_张三.xlsx"],
        ["小华电气", 280000.0, "0_张三.xlsx"],
        ["青石食品", 280000.0, "1_张三.xlsx"],
    ]
    assert life.team is not None
    files = life.team.tables["submission"]
    rows = files[files["form"] == "customer_archive"][["status", "read", "accepted", "returned"]]
    assert rows.to_numpy().tolist() == [["accepted", 2, 1, 0], ["accepted", 2, 2, 0]]


def test_a_customer_twice_in_one_file_stays_a_duplicate(life):
    checked = life.week(("张三", [company("大华机械"), company("大华机械有限公司")]))
    assert told(checked, "duplicate") == [("B5", "error", "duplicate", None)]


# ---- reps


@pytest.mark.parametrize(
    ("name", "near"),
    [("张叁", "张三"), ("王五", None), ("李四四", "李四"), ("张四", "张三"), ("张 三", "")],
)
def test_a_rep_off_the_roster_is_an_error_and_no_new_person(life, name, near):
    checked = life.week((name, [company("大华机械")]))
    found = [f for f in checked.findings if f.code == "unknown_reference"]
    if near == "":
        assert (found, life.customers("rep")) == ([], [["张三"]])
        return
    assert [(f.severity, f.facts.get("near")) for f in found] == [("error", near)]
    assert (f"是不是 {near}？" in WORDS.fix(found[0])) is bool(near)
    assert life.customers("rep") == []


def test_a_misspelt_rep_makes_no_conflict_with_himself(life):
    life.week(("张三", [company("大华机械")]))
    checked = life.week(("张叁", [company("大华机械", expected_amount=1)]))
    assert told(checked, "conflict") == []
    assert life.customers("rep", "expected_amount", "carried") == [["张三", 280000.0, "carried"]]


def test_a_form_in_a_file_of_another_member_is_a_warning(life):
    inbox = life.home / "files"
    inbox.mkdir()
    archive(inbox / "李四_客户档案.xlsx", [company("大华机械")], rep="张三")
    checked, team = run(inbox)
    assert told(checked, "mismatch") == [("B1", "warning", "mismatch", "file_rep")]
    assert team.tables["customer"]["rep"].tolist() == ["张三"]


# ---- two customers of the state that turn out to be one


def test_two_customers_of_one_name_are_kept_and_asked_about(life):
    one, two = numbered(life, "大华机械", "小华电气")
    assert life.team is not None
    table = life.team.tables["customer"]
    same = table.assign(customer_name="大华机械")
    life.team = replace(life.team, tables={**life.team.tables, "customer": same})
    checked = life.week(("张三", [company("大华机械")]))
    (found,) = [f for f in checked.findings if f.code == "near_name"]
    assert (found.facts["why"], found.facts["numbers"]) == ("both_known", (one, two))
    assert [no for (no,) in life.customers("customer_no")] == [one, two]


# ---- reps who changed their names, or left


def test_a_former_name_maps_forms_and_earlier_rows_to_the_present_one(life):
    life.week(("张三", [company("大华机械"), company("小华电气", 1)]))
    married = Member("张三丰", "一组", former_names=("张三",))
    life.rules = replace(TEAM, members=(married, TEAM.members[1]))
    checked = life.week(("张三", [company("大华机械")]))
    assert told(checked, "unknown_reference", "conflict") == []
    assert life.customers("customer_name", "rep") == [["大华机械", "张三丰"], ["小华电气", "张三丰"]]
    assert life.team is not None
    change = life.team.tables["change"]
    rows = change[change["field"] == "rep"][["customer_name", "old", "new", "cause"]].to_numpy().tolist()
    assert sorted(rows) == [[name, "张三", "张三丰", "settings"] for name in ("大华机械", "小华电气")]


def test_who_has_customers_and_is_on_the_roster_no_longer_is_asked_about(tmp_path):
    team = TeamFolder(tmp_path / "队", WORDS)
    lay_out(team, RULES, TEAM.members)
    archive(team.inbox / "张三.xlsx", [company("大华机械")])
    friday.run(team, friday.week_asked(None, AS_OF, AS_OF))
    book = load_workbook(team.settings)
    sheet = book["成员"]
    (row,) = [cell.row for cell in sheet["A"] if cell.value == "张三"]
    sheet.delete_rows(row)
    book.save(team.settings)
    (team.inbox / "张三.xlsx").unlink()
    archive(team.inbox / "李四.xlsx", [company("小华电气", 1)], rep="李四")
    done = friday.run(team, friday.week_asked(None, NEXT, NEXT))
    found = [f for f in done.settings if f.code == "left_unsaid"]
    assert [(f.value, f.severity) for f in found] == [("张三", "warning")]
    kept = read_book(done.book, WORDS).tables["customer"]
    assert kept["rep"].tolist() == ["张三", "李四"]
