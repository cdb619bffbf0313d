"""Where the summary leads: to the cells of findings, to the pages of reps, to the rows behind a figure."""

from __future__ import annotations

import datetime as dt
import re
import shutil
import warnings
import zipfile
from pathlib import Path
from urllib.parse import unquote

import openpyxl
import pytest

from salesxl import friday, settings
from salesxl.render import render
from salesxl.rulebook import Member
from salesxl.summary import summarise
from salesxl.workspace import folder as team_folder
from tests import office
from tests.sheets import AS_OF, WORDS, archive
from tests.teams import customer, report, rules, submission, target, team
from tools.book_template import blank_book
from tools.summary_template import draw_summary_template

MONDAY = dt.date(2026, 11, 16)
BAD = {"expected_amount": "面议"}


def opened(path: Path):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return openpyxl.load_workbook(path)


def renamed(path: Path, sheet: str) -> Path:
    """Give the one sheet of a workbook another name."""
    book = openpyxl.load_workbook(path)
    book.active.title = sheet
    book.save(path)
    return path


@pytest.fixture(scope="module")
def week(tmp_path_factory) -> Path:
    """Run a week of faulty files with every kind of name, and return the team's folder."""
    root = tmp_path_factory.mktemp("team") / "华东 销售部"
    folder = team_folder.TeamFolder(root, WORDS)
    members = [Member(name, "一组") for name in ("刘勇", "History", "O'Neil", "欧阳 [华东]/一部")]
    team_folder.lay_out(folder, settings.default_rulebook(), members)
    (folder.reports / WORDS.text("file.summary")).write_bytes(draw_summary_template(WORDS))
    (folder.reports / WORDS.text("file.book")).write_bytes(blank_book(WORDS))
    (folder.inbox / "子文件夹").mkdir(exist_ok=True)
    archive(folder.inbox / "刘勇_客户档案.xlsx", [BAD], rep="刘勇")
    renamed(
        archive(folder.inbox / "第 47 周 100%.xlsx", [BAD, {"contact": "12"}], rep="O'Neil"), "Lee's 客户 (2)"
    )
    archive(folder.inbox / "只有警告.xlsx", [{"industry": "外星产业"}], rep="History")
    archive(
        folder.inbox / "子文件夹" / "刘勇_客户档案.xlsx",
        [{**BAD, "customer_name": "丙丁贸易有限公司"}],
        rep="刘勇",
    )
    (folder.inbox / "截断.xlsx").write_bytes(b"PK\x03\x04nothing")
    friday.run(folder, friday.Week(MONDAY, AS_OF))
    return root


def external(root: Path) -> list[tuple[str, str]]:
    """Return address and place of every link of the summary that leaves it."""
    book = opened(root / "2026-W47" / "团队汇总.xlsx")
    return [(link.target, link.location) for sheet in book for link in links_of(sheet) if link.target]


def links_of(sheet) -> list:
    """Return the links of a sheet."""
    return [cell.hyperlink for row in sheet.iter_rows() for cell in row if cell.hyperlink is not None]


def leads_to_a_cell(root: Path, address: str, place: str | None) -> bool:
    """Follow a link as a spreadsheet program does: from the folder of the summary."""
    file = root / "2026-W47" / unquote(address)
    if not file.is_file():
        return False
    if place is None:
        return True
    sheet, cell = re.fullmatch(r"'(.+)'!([A-Z]+\d+)", place).groups()
    return sheet.replace("''", "'") in opened(file).sheetnames and bool(cell)


def test_every_finding_leads_to_its_cell_in_the_marked_copy_or_the_original(week):
    links = external(week)
    assert {unquote(address).split("/")[0] for address, _ in links} == {"退回", ".."}
    wrong = [link for link in set(links) if not leads_to_a_cell(week, *link)]
    assert wrong == []
    book = opened(week / "2026-W47" / "团队汇总.xlsx")
    (row,) = [r for r in book["数据问题"].iter_rows() if r[8].value == "面议" and "47" in str(r[4].value)]
    cell = row[6].hyperlink
    assert unquote(cell.target) == "退回/O'Neil/第 47 周 100%.xlsx"
    assert cell.location == f"'Lee''s 客户 (2)'!{row[6].value}"
    marked = opened(week / "2026-W47" / unquote(cell.target))
    assert marked["Lee's 客户 (2)"][row[6].value].value == "面议"


def test_a_mere_warning_leads_to_the_marked_copy_too(week):
    book = opened(week / "2026-W47" / "团队汇总.xlsx")
    (row,) = [r for r in book["数据问题"].iter_rows() if r[8].value == "外星产业"]
    assert unquote(row[6].hyperlink.target) == "退回/History/只有警告.xlsx"


def test_the_links_hold_after_the_whole_folder_has_moved(week, tmp_path):
    moved = tmp_path / "另一处" / "team"
    shutil.copytree(week, moved)
    links = set(external(moved))
    assert len(links) > 3
    assert all(leads_to_a_cell(moved, *link) for link in links)


def test_each_rep_has_a_sheet_of_a_name_that_excel_takes_and_a_way_to_it_and_back(week):
    book = opened(week / "2026-W47" / "团队汇总.xlsx")
    pages = {s["B1"].value: s.title for s in book if s.title not in WORDS.names("summary_sheet").values()}
    assert pages == {
        "刘勇": "刘勇", "History": "History_", "O'Neil": "O'Neil", "欧阳 [华东]/一部": "欧阳  华东  一部",
    }  # fmt: skip
    table = {
        c.value: c.hyperlink.location
        for (c,) in book["业绩达成"].iter_rows(min_col=2, max_col=2)
        if c.hyperlink
    }
    assert {rep: place for rep, place in table.items() if rep in pages} == {
        rep: "'{}'!A1".format(title.replace("'", "''")) for rep, title in pages.items()
    }
    back = {link.location for link in links_of(book["History_"])}
    assert {"总览!A1", "业绩达成!A1"} <= {place.replace("'", "") for place in back}


def test_figures_of_a_rep_lead_to_the_rows_behind_them(week):
    book = opened(week / "2026-W47" / "团队汇总.xlsx")
    checked = 0
    for (cell,) in book["预测"].iter_rows(min_col=2, max_col=2):
        if cell.hyperlink is None or cell.row < 4:
            continue
        for other in book["预测"][cell.row][2:]:
            if other.hyperlink is None:
                continue
            first, last = map(int, re.findall(r"!B(\d+):\w+?(\d+)$", other.hyperlink.location)[0])
            rows = list(book["明细"].iter_rows(min_row=first, max_row=last, values_only=True))
            assert {r[1] for r in rows} == {cell.value}
            assert len(rows) == other.value
            checked += 1
    assert checked >= 2


@pytest.mark.office
@pytest.mark.skipif(not office.available(), reason="needs LibreOffice")
def test_libreoffice_follows_the_links_to_the_same_cells(week, tmp_path):
    text = office.convert(week / "2026-W47" / "团队汇总.xlsx", "fods", tmp_path).read_text(encoding="utf-8")
    found = [unquote(a) for a in re.findall(r'xlink:href="([^"]+)"', text)]
    led = {a.replace("&apos;", "'") for a in found if "退回/" in a or "归档/" in a}
    assert any(a.endswith("退回/O'Neil/第 47 周 100%.xlsx#'Lee''s 客户 (2)'!N4") for a in led), led


# ---- many reps


def many(reps: int):
    names = [f"代表{n:03d}" for n in range(reps)]
    rulebook = rules(
        members=[Member(n) for n in names], targets=[target(100, name=n) for n in names], rep_pages=3
    )
    the_team = team(
        customer=[customer(f"客户{n}", rep=n) for n in names],
        weekly_report=[report(n, float(at)) for at, n in enumerate(names)],
        submission=[submission(n) for n in names],
    )
    return summarise(the_team, rulebook, WORDS)


def test_only_so_many_reps_have_a_page_as_the_settings_say_and_the_sheet_says_so(tmp_path):
    context = many(5)
    assert [t["rep"] for t in context["talks"]] == ["代表000", "代表001", "代表002"]
    assert "最需要面谈的 3 名" in context["attainment"]["pages_line"]
    path = tmp_path / "s.xlsx"
    path.write_bytes(render(draw_summary_template(WORDS), context))
    book = opened(path)
    assert "代表002" in book.sheetnames
    assert "代表003" not in book.sheetnames
    led = {c.value for (c,) in book["业绩达成"].iter_rows(min_col=2, max_col=2) if c.hyperlink is not None}
    assert led - {WORDS.text("summary.attainment.to_weeks")} == {"代表000", "代表001", "代表002"}
    with zipfile.ZipFile(path) as archived:
        assert all(b'location=""' not in archived.read(n) for n in archived.namelist() if "sheets/sheet" in n)


def test_a_page_holds_what_is_the_reps_own_beside_the_team(tmp_path):
    context = many(3)
    page = context["talks"][2]
    assert (page["own"]["completed"], page["average"]["completed"]) == (2.0, 1.0)
    assert page["own"]["attainment"] == 0.02
    assert page["average"]["attainment"] == context["attainment"]["all"]["attainment"]
    assert [c["customer_name"] for c in page["calls"]] == ["客户代表002"]
    assert [s["count"] for s in page["stages"]] == [0, 1, 0, 0]


def looks_like_a_link(path: Path) -> bool:
    """Tell whether the flag that underlines the files on 数据问题 is set in any row."""
    sheet = opened(path)["数据问题"]
    return any(sheet.cell(row, 13).value is True for row in range(1, sheet.max_row + 1))


def rendered_again(week: Path, data: Path, home: Path) -> Path:
    source, out = draw_summary_template(WORDS), home / "again.xlsx"
    friday.build_summary(source, data, out, settings.default_rulebook(), WORDS)
    return out


def test_a_summary_rendered_beside_its_week_leads_to_the_files_there(week, tmp_path) -> None:
    out = rendered_again(week, week / "2026-W47" / WORDS.text("file.book"), tmp_path)
    sheet = opened(out)["数据问题"]
    targets = {
        c.hyperlink.target for row in sheet.iter_rows() for c in row if c.hyperlink and c.hyperlink.target
    }
    assert targets
    for led in targets:
        assert (tmp_path / unquote(led.split("#")[0])).resolve().is_file()
    assert looks_like_a_link(out)


def test_a_summary_of_a_book_alone_has_nothing_that_looks_like_a_link_to_a_file(week, tmp_path) -> None:
    alone = shutil.copy(week / "2026-W47" / WORDS.text("file.book"), tmp_path)
    out = rendered_again(week, Path(alone), tmp_path)
    sheet = opened(out)["数据问题"]
    assert not any(c.hyperlink and c.hyperlink.target for row in sheet.iter_rows() for c in row)
    assert not looks_like_a_link(out)
    assert sheet.max_row > 10
