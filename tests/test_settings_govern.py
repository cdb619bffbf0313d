"""团队设置.xlsx governs: a line, stage or grade changed there changes forms, findings and summary."""

from __future__ import annotations

import datetime as dt
import warnings
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from salesxl import friday, settings
from salesxl.rulebook import Member
from salesxl.workspace import folder as team_folder
from tests.recount import Page, grids
from tests.sheets import AS_OF, WORDS, archive, weekly
from tools.book_template import blank_book
from tools.summary_template import draw_summary_template

pytestmark = pytest.mark.slow  # a team's whole week for each set of rules
STAGE_CELL = "M6"
"""Where the stage of the third customer stands."""

WEEK = friday.Week(dt.date(2026, 11, 16), AS_OF)


def change(path: Path, sheet: str, name: str, column: int, value: Any) -> None:
    """Change one cell of the settings workbook as a manager would: in the row of a name."""
    book = openpyxl.load_workbook(path)
    (row,) = [r for r in book[sheet].iter_rows() if r[0].value == name]
    row[column].value = value
    book.save(path)


def run(
    root: Path, *changes: tuple[str, str, int, Any]
) -> tuple[dict[str, Page], set[tuple[str, str | None]], str]:
    """Lay a team out, change its settings, and run its week; return pages, findings, a form's choices."""
    folder = team_folder.TeamFolder(root, WORDS)
    team_folder.lay_out(folder, settings.default_rulebook(), [Member("刘勇", "一组")])
    for one in changes:
        change(folder.settings, *one)
    team_folder.lay_out(folder, settings.default_rulebook())  # the forms follow the settings
    (folder.reports / WORDS.text("file.summary")).write_bytes(draw_summary_template(WORDS))
    (folder.reports / WORDS.text("file.book")).write_bytes(blank_book(WORDS))
    customers = [
        {"customer_no": None, "stage": "谈判推进", "annual_purchase": 60000, "expected_amount": 100000.0},
        {
            "customer_no": None, "customer_name": "丙丁贸易有限公司", "stage": "需求确认",
            "annual_purchase": 700000, "expected_amount": 200000.0, "last_contact": dt.date(2026, 11, 10),
        },
        {"customer_no": None, "customer_name": "戊己物流有限公司", "stage": "线索培育"},
    ]  # fmt: skip
    archive(folder.inbox / "a.xlsx", customers, rep="刘勇")
    weekly(folder.inbox / "b.xlsx", rep="刘勇", completed_amount=40000, month_target=100000)
    for day in (2, 9):  # a month of which a week is missing is not judged
        week = {"week_start": dt.date(2026, 11, day), "week_end": dt.date(2026, 11, day + 6)}
        weekly(folder.inbox / f"{day}.xlsx", rep="刘勇", completed_amount=0, month_target=100000, **week)
    outcome = friday.run(folder, WEEK)
    form = openpyxl.load_workbook(folder.templates / f"{WORDS.name('form', 'customer_archive')}.xlsx")
    choices = " ".join(
        str(cell.value)
        for sheet in form
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    )
    pages = {name: Page(grid) for name, grid in grids(outcome.summary).items()}
    return pages, {(f.code, f.place.cell) for f in outcome.checked.findings}, choices


@pytest.fixture(scope="module", autouse=True)
def quiet():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    """Run with the settings as shipped."""
    return run(tmp_path_factory.mktemp("plain") / "队")


@pytest.fixture(scope="module")
def changed(tmp_path_factory):
    """Run with a lower warning line, stages and grades of other names, chances and bounds."""
    return run(
        tmp_path_factory.mktemp("changed") / "队",
        ("参数", "业绩预警线", 1, 0.3),
        ("阶段", "谈判推进", 2, 0.5),
        ("阶段", "线索培育", 0, "线索孵化"),
        ("阶段", "线索孵化", 3, None),
        ("等级", "VIP", 0, "钻石"),
        ("等级", "钻石", 4, 30),
        ("等级", "A", 1, 50000),
    )


def test_the_forms_offer_the_teams_own_stages(plain, changed):
    assert "线索孵化" not in plain[2]
    assert "线索孵化" in changed[2]


def test_a_stage_that_is_no_more_is_a_finding(plain, changed):
    assert STAGE_CELL not in {cell for _, cell in plain[1]}
    assert STAGE_CELL in {cell for _, cell in changed[1]}
    assert len(plain[0]["明细"].table("计入的客户")) == len(changed[0]["明细"].table("计入的客户")) + 1


def test_grades_and_their_cadence_are_the_teams(plain, changed):
    pages = plain[0], changed[0]
    grades = [set(p["客户分级"].table("按等级")[0]) & {"VIP", "钻石", "A"} for p in pages]
    assert grades == [{"VIP", "A"}, {"钻石", "A"}]
    of = [{r["客户"]: r["等级"] for r in p["明细"].table("计入的客户")} for p in pages]
    assert "B" in of[0].values()
    assert "A" in of[1].values()
    late = [{r["客户"] for r in p["跟进预警"].table("一、")} for p in pages]
    assert "丙丁贸易有限公司" in late[0]  # ten days after the last call, every seven
    assert "丙丁贸易有限公司" not in late[1]


def test_the_warning_line_and_the_chances_are_the_teams(plain, changed):
    shown = [p["业绩达成"].table("按销售代表")[0] for p in (plain[0], changed[0])]
    assert [row["达成率"] for row in shown] == [0.4, 0.4]
    assert [row["判断"] for row in shown] == ["预警", "进度落后"]
    stages = [
        {r["阶段"]: r["加权预测"] for r in p["阶段漏斗"].table("各阶段客户与金额")}
        for p in (plain[0], changed[0])
    ]
    assert (stages[0]["谈判推进"], stages[1]["谈判推进"]) == (70_000.0, 50_000.0)
