"""docs/domain.md 2.4, 3.1, 3.5, 4: from forms to the team's book and on into the next week."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest
from openpyxl import load_workbook

from salesxl import drawing
from salesxl.consolidate import consolidate
from salesxl.files.packaged import shipped
from salesxl.intake import receive
from salesxl.rulebook import Member
from salesxl.validate import check
from salesxl.workspace import book
from salesxl.workspace import history as past
from salesxl.workspace.batch_report import counts
from tests.sheets import CUSTOMER, RULES, WORDS, archive, handover, record, weekly

MEMBERS = (Member("张三", "一组"), Member("李四", "二组"))
TEAM = replace(RULES, members=MEMBERS, has_roster=True)
NAME = CUSTOMER["customer_name"]
FRIDAY = dt.date(2026, 11, 20)
WEEK = dt.timedelta(days=7)


def run(home: Path, as_of=FRIDAY, weeks=(), rules=TEAM):
    """Check a week's files and build its tables, with the books of the weeks before."""
    history = past.history(list(weeks), WORDS, rules)
    checked = check(receive([home], rules), rules, as_of, past=history.tables)
    return checked, consolidate(checked, rules, history)


def told(checked, *codes):
    found = [(f.place.file, f.code, f.facts.get("why")) for f in checked.findings if f.code in codes]
    return sorted(found, key=str)


def claims(team, *fields):
    """Return these fields of each row of the customer that was handed over."""
    table = team.tables["customer"]
    return table.loc[table["customer_name"] == NAME, list(fields)].to_numpy().tolist()


@pytest.fixture(scope="module")
def first_week(tmp_path_factory):
    """Run the week of the handover, and keep its book in a folder of weeks."""
    home = tmp_path_factory.mktemp("weeks")
    inbox = home / "inbox"
    inbox.mkdir()
    archive(
        inbox / "张三.xlsx",
        [{}, {"customer_name": "留下的公司", "customer_no": None, "contact": "13800138009"}],
    )
    record(inbox / "张三_记录.xlsx")
    handover(inbox / "交接.xlsx")
    checked, team = run(inbox)
    folder = home / "2026-W47"
    folder.mkdir()
    book.write_book(team, shipped("团队台账.xlsx"), folder / "团队台账.xlsx", WORDS)
    return checked, team, folder


def test_a_signed_handover_changes_the_owner_in_its_own_week_and_says_nothing(first_week):
    checked, team, _ = first_week
    table = team.tables["customer"].set_index("customer_name")
    assert table.loc[NAME, ["rep", "original_rep", "team", "source_file"]].tolist() == [
        "李四", "张三", "二组", "张三.xlsx",
    ]  # fmt: skip
    assert table.loc["留下的公司", "rep"] == "张三"
    assert table["original_rep"].isna().tolist() == [False, True]
    assert told(checked, "conflict", "handed_over", "duplicate") == []


def test_records_and_plans_go_along_and_the_last_contact_is_still_known(first_week):
    _, team, _ = first_week
    for name in ("record", "communication", "action"):
        assert team.tables[name][["rep", "original_rep"]].to_numpy().tolist() == [["李四", "张三"]], name
    kept = team.tables["customer"].set_index("customer_name").loc[NAME, "last_contact"]
    assert kept.date() == dt.date(2026, 11, 17)


def test_the_book_keeps_the_new_owner_and_why_a_grade_was_given(first_week):
    _, _, folder = first_week
    table = book.read_book(folder / "团队台账.xlsx", WORDS).tables["customer"].set_index("customer_name")
    assert table.loc[NAME, ["rep", "original_rep"]].tolist() == ["李四", "张三"]
    assert "120,000" in table.loc[NAME, "grade_basis"]


def test_in_later_weeks_the_former_rep_is_told_and_the_row_counts_for_the_new_one(first_week, tmp_path):
    archive(tmp_path / "张三.xlsx", [{}])
    checked, team = run(tmp_path, FRIDAY + WEEK, [first_week[2]])
    assert told(checked, "handed_over", "conflict") == [("张三.xlsx", "handed_over", None)]
    assert claims(team, "rep", "original_rep") == [["李四", "张三"]]


def test_the_week_after_that_nothing_is_said_and_nothing_counts_for_the_former_rep(first_week, tmp_path):
    for at in (1, 2):
        inbox = tmp_path / f"inbox{at}"
        inbox.mkdir()
        archive(inbox / "张三.xlsx", [{"expected_amount": 1000 * at}])
        folder = tmp_path / f"2026-W{47 + at}"
        folder.mkdir()
        checked, team = run(inbox, FRIDAY + at * WEEK, [first_week[2], *sorted(tmp_path.glob("2026-W*"))])
        book.write_book(team, shipped("团队台账.xlsx"), folder / "团队台账.xlsx", WORDS)
        assert told(checked, "handed_over") == ([("张三.xlsx", "handed_over", None)] if at == 1 else [])
        assert claims(team, "rep", "expected_amount") == [["李四", 280000.0]]
        assert counts(checked).returned == 0


def test_where_both_list_it_the_new_owners_row_counts_alone(first_week, tmp_path):
    archive(tmp_path / "张三.xlsx", [{}])
    archive(tmp_path / "李四.xlsx", [{"contact_title": "厂长"}], rep="李四")
    checked, team = run(tmp_path, FRIDAY + WEEK, [first_week[2]])
    assert told(checked, "handed_over", "conflict") == [("张三.xlsx", "handed_over", "listed_by_both")]
    assert claims(team, "rep", "source_file") == [["李四", "李四.xlsx"]]


def test_an_unsigned_list_changes_no_owner(tmp_path):
    archive(tmp_path / "张三.xlsx", [{}])
    handover(tmp_path / "交接.xlsx", manager_signature=None, manager_signed_on=None)
    _, team = run(tmp_path)
    assert team.tables["customer"]["rep"].tolist() == ["张三"]


def test_a_stage_that_went_back_since_the_book_of_last_week_is_told_at_its_cell(first_week, tmp_path):
    archive(
        tmp_path / "张三.xlsx", [{"customer_name": "留下的公司", "customer_no": None, "stage": "线索培育"}]
    )
    checked, _ = run(tmp_path, FRIDAY + WEEK, [first_week[2]])
    (found,) = [f for f in checked.findings if f.code == "stage_jump"]
    assert (found.field, found.facts["why"], found.facts["before"]) == ("stage", "back", "需求确认")
    assert "2026-11-16" in WORDS.message(found)


# ---- a grade set by hand


@pytest.mark.parametrize(
    ("fields", "grade", "codes"),
    [
        ({"grade": "VIP"}, "A", [("a.xlsx", "mismatch", "grade")]),
        ({"grade": "VIP", "grade_reason": "集团总部客户"}, "VIP", []),
        ({"grade": "A"}, "A", []),
    ],
)
def test_another_grade_is_a_mismatch_unless_a_reason_is_given(tmp_path, fields, grade, codes):
    archive(tmp_path / "a.xlsx", [{"grade": fields["grade"]}])
    add_column(tmp_path / "a.xlsx", "评级说明", fields.get("grade_reason"))
    checked, team = run(tmp_path)
    assert told(checked, "mismatch") == codes
    assert team.tables["customer"]["grade"].tolist() == [grade]


def add_column(path: Path, header: str, value: object) -> None:
    """Add a column to an archive that ``sheets.archive`` wrote."""
    opened = load_workbook(path)
    sheet = opened.active
    at = sheet.max_column + 1
    sheet.cell(3, at, header)
    sheet.cell(4, at, value)
    opened.save(path)


# ---- figures of the week


@pytest.mark.parametrize(
    ("done", "codes"), [(49_999.99, ["signed_amount"]), (50_000, []), (50_000.01, ["claimed_amount"])]
)
def test_a_report_may_claim_neither_less_nor_more_than_the_contracts_signed_in_its_week(
    tmp_path, done, codes
):
    won = {"status": "成交", "stage": "成交签约", "expected_close": None, "contract_no": "HT-1",
           "contract_amount": 50_000, "contract_end": dt.datetime(2027, 11, 1)}  # fmt: skip
    archive(tmp_path / "a.xlsx", [won])
    add_column(tmp_path / "a.xlsx", "合同签订日期", dt.datetime(2026, 11, 18))
    weekly(tmp_path / "w.xlsx", completed_amount=done)
    checked, _ = run(tmp_path)
    assert [
        f.facts["why"] for f in checked.findings if f.code == "mismatch" and f.field != "follow_ups"
    ] == codes


@pytest.mark.parametrize(("day", "missing"), [(19, 0), (20, 2), (21, 2)])
def test_a_report_is_missing_from_the_day_on_which_it_is_due(tmp_path, day, missing):
    archive(tmp_path / "a.xlsx", [{}])
    checked, _ = run(tmp_path, dt.date(2026, 11, day))
    assert len(told(checked, "missing_report")) == missing


# ---- blank forms of old


def filled(path: Path, *, version: str | None = None, without: str | None = None) -> None:
    """Fill in the blank archive, as of a version or without one of its columns."""
    path.write_bytes(drawing.blank_form("customer_archive"))
    opened = load_workbook(path)
    sheet = next(s for s in opened.worksheets if s.sheet_state == "visible")
    labels = {str(c.value).removesuffix(" *"): c for row in sheet.iter_rows() for c in row if c.value}
    top = labels["客户名称"].row
    for field, value in CUSTOMER.items():
        label = next(c.label for c in forms_columns() if c.field == field)
        sheet.cell(top + 2, labels[label].column, value)
    if without:
        sheet.delete_cols(labels[without].column)
    if version:
        next(p for p in opened.custom_doc_props.props if p.name == "salesxl.version").value = version
    opened.save(path)


def forms_columns():
    from salesxl.schemas import block_spec

    return block_spec("customer").columns


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({}, []),
        ({"version": "0.0.9"}, [None]),
        ({"version": "0.1.0"}, []),
        ({"version": "9.0"}, []),
        ({"without": "等级调整理由"}, ["lacking"]),
    ],
)
def test_a_blank_form_of_old_gets_one_notice(tmp_path, changes, found):
    filled(tmp_path / "a.xlsx", **changes)
    batch = receive([tmp_path], TEAM)
    assert len(batch.submissions) == 1
    notices = [f for f in batch.findings if f.code == "template_outdated"]
    assert [(f.severity, f.facts.get("why")) for f in notices] == [("notice", why) for why in found]
    assert all("{" not in WORDS.message(f) for f in notices)
