"""The desk's pages: who may ask, what is handed in, what they show, and that a button is a command."""

from __future__ import annotations

import datetime as dt
import io
import re
import shutil
import sys
import zipfile
from html import unescape
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner

from salesxl import friday, settings
from salesxl.cli import main
from salesxl.desk import inbox, shown, weeks, work
from salesxl.desk.hand import Hand
from salesxl.desk.work import Asked
from salesxl.workspace.folder import TeamFolder
from tests import hostile
from tests.desks import DAY, HELPED, PORT, WEEK, Sat, looked, sit, team


@pytest.fixture(scope="module")
def week(tmp_path_factory: pytest.TempPathFactory) -> TeamFolder:
    """The fictional team's week, made by the command's own call."""
    folder = team(tmp_path_factory.mktemp("desk") / "华东销售部")
    friday.run(folder, WEEK)
    return folder


@pytest.fixture(scope="module")
def desk(week: TeamFolder) -> Sat:
    return sit(week)


@pytest.fixture
def new(tmp_path: Path) -> Sat:
    """A desk at which nothing was handed in yet."""
    return sit(team(tmp_path / "华东 销售部", files=0))


# ---- who may ask


@pytest.mark.parametrize("path", ["/", "/wrong/", "/wrong/week/2026-W47", "/wrong/progress"])
def test_without_the_token_there_is_nothing(desk: Sat, path: str) -> None:
    answer = desk.client.get(path)
    assert answer.status_code in (403, 404)
    assert "华东销售部" not in answer.text


@pytest.mark.parametrize("host", ["evil.example", f"evil.example:{PORT}", "127.0.0.1:1", "127.0.0.1"])
def test_under_another_name_the_desk_does_not_answer(desk: Sat, host: str) -> None:
    assert desk.client.get(f"/{desk.gate.token}/", headers={"Host": host}).status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": f"http://localhost:{PORT}"},
        {"Origin": f"http://127.0.0.1:{PORT + 1}"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
@pytest.mark.parametrize(
    "deed", ["upload", "run", "look", "accept", "settle", "undo", "open/settings", "quit"]
)
def test_what_changes_something_is_done_for_a_page_of_the_desk_alone(
    desk: Sat, deed: str, headers: dict[str, str]
) -> None:
    before = desk.hand.job
    assert desk.client.post(f"/{desk.gate.token}/{deed}", headers=headers).status_code == 403
    assert (desk.hand.job, desk.opened, desk.stopped) == (before, [], [])


def test_no_deed_is_done_by_opening_an_address(desk: Sat) -> None:
    for deed in ("upload", "run", "look", "accept", "settle", "open/settings", "quit"):
        assert desk.client.get(f"/{desk.gate.token}/{deed}").status_code in (404, 405)


def test_pages_let_nobody_frame_or_feed_them(desk: Sat) -> None:
    headers = desk.client.get(f"/{desk.gate.token}/").headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"


def test_a_token_is_long_and_new_each_time(week: TeamFolder) -> None:
    tokens = {sit(week).gate.token for _ in range(3)}
    assert len(tokens) == 3
    assert all(len(token) >= 32 for token in tokens)


# ---- names


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        ("张三_周报.xlsx", "张三_周报.xlsx"),
        ("一组/张三.xlsx", "一组/张三.xlsx"),
        ("../../etc/passwd.xlsx", "etc/passwd.xlsx"),
        ("..\\..\\团队设置.xlsx", "团队设置.xlsx"),
        ("/etc/passwd.xlsx", "etc/passwd.xlsx"),
        ("C:\\Users\\张三\\表.xlsx", "C_/Users/张三/表.xlsx"),
        ("<script>alert(1)</script>.xlsx", "_script_alert(1)_/script_.xlsx"),
        ("\u202excslx.表", "_xcslx.表"),
        ("con.xlsx", "_con.xlsx"),
        ("表.xlsx. ", "表.xlsx"),
        ("a\x00b.xlsx", "a_b.xlsx"),
        ("a/b/c/d/e/f/g/h.xlsx", "a/b/c/d/e/f/h.xlsx"),
        ("...", "_"),
        ("", "_"),
    ],
)
def test_a_name_from_a_browser_stays_in_the_inbox(given: str, stored: str) -> None:
    assert inbox.stored_name(given) == stored


def test_a_name_of_300_characters_is_cut_and_keeps_its_ending() -> None:
    name = inbox.stored_name("表" * 300 + ".xlsx")
    assert len(name.encode()) <= 240
    assert name.endswith(".xlsx")


def test_signs_that_turn_or_hide_a_name_are_shown_as_numbers() -> None:
    assert shown.visible("a\u202eb\u200b\x07") == "a⟨U+202E⟩b⟨U+200B⟩⟨U+0007⟩"
    assert shown.visible("甲\n乙\u3000丙") == "甲\n乙\u3000丙"


# ---- what is handed in


def put(desk: Sat, name: str, data: bytes) -> str:
    """Hand in a file; return what became of it."""
    return inbox.put(desk.folder, name, io.BytesIO(data)).state


def lying(desk: Sat) -> list[str]:
    found = (p for p in desk.folder.inbox.rglob("*") if p.is_file())
    return sorted(p.relative_to(desk.folder.inbox).as_posix() for p in found)


def test_a_file_of_the_same_name_is_numbered_and_one_of_the_same_content_is_there_already(new: Sat) -> None:
    assert [put(new, "周报.xlsx", b"1"), put(new, "周报.XLSX", b"2"), put(new, "其他.xlsx", b"1")] == [
        "taken",
        "taken",
        "same",
    ]
    assert lying(new) == ["周报(2).XLSX", "周报.xlsx"]


@pytest.mark.parametrize(
    ("name", "data", "state"),
    [
        ("说明.docx", b"1", "foreign"),
        ("程序.exe", b"1", "foreign"),
        ("包.rar", b"1", "packed"),
        ("~$周报.xlsx", b"1", "hidden"),
        (".隐藏/周报.xlsx", b"1", "hidden"),
        ("空.xlsx", b"", "empty"),
    ],
)
def test_what_is_no_form_is_not_taken(new: Sat, name: str, data: bytes, state: str) -> None:
    assert put(new, name, data) == state
    assert lying(new) == []
    assert not list(new.folder.kept.glob("upload*"))


def test_a_file_larger_than_the_guard_lets_in_is_not_taken(new: Sat, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox, "LIMITS", type(inbox.LIMITS)(max_file_bytes=10))
    assert [put(new, "大.xlsx", b"x" * 11), put(new, "小.xlsx", b"x" * 10)] == ["too_large", "taken"]


def test_an_inbox_is_full_at_its_bound(new: Sat, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox, "MOST_FILES", 1)
    assert [put(new, "1.xlsx", b"1"), put(new, "2.xlsx", b"2")] == ["taken", "too_many"]


def test_a_request_larger_than_a_file_may_be_is_refused(new: Sat) -> None:
    new.client.application.config["MAX_CONTENT_LENGTH"] = 100
    data = {"file": (io.BytesIO(b"x" * 1000), "大.xlsx")}
    assert new.post("upload", data) == 413
    assert lying(new) == []


def test_a_bomb_costs_one_line_and_the_others_are_read(new: Sat) -> None:
    bomb = hostile.book("<row><c><v>1</v></c></row>" + " " * 100_000_000)
    forms = team(new.folder.root.parent / "beside").inbox
    files = [
        (io.BytesIO(bomb), "炸弹.xlsx"),
        (io.BytesIO((forms / "周报-范小满-W47.xlsx").read_bytes()), "周报.xlsx"),
    ]
    assert new.post("upload", {"file": files}) == 303
    seen = looked(new.hand)
    assert seen is not None
    assert seen.looked is not None
    by_name = {file.name: file for file in seen.looked.files}
    assert by_name["周报.xlsx"].reps == ("范小满",)
    assert not by_name["炸弹.xlsx"].forms
    assert by_name["炸弹.xlsx"].said


def test_hostile_names_are_text_on_the_page(new: Sat) -> None:
    put(new, '"><img src=x onerror=alert(1)>.xlsx', b"no workbook")
    put(new, "a\u202eb.csv", "姓名,电话\n<script>alert(1)</script>,1".encode())
    new.post("look")
    page = new.get()
    assert "<img" not in page
    assert "<script>alert" not in page
    assert "\u202e" not in page
    assert "onerror=alert(1)" not in re.sub(r"<bdi>.*?</bdi>", "", page)


# ---- what pages show


def test_the_home_page_counts_as_the_command_does(desk: Sat) -> None:
    page = desk.get()
    assert re.findall(r"<b>(\d+)</b><span>", page) == ["29", "435", "27", "1"]
    assert "陆小寒" in page


def test_files_of_earlier_weeks_that_the_book_keeps_are_not_counted(desk: Sat, tmp_path: Path) -> None:
    path = desk.folder.root / "2026-W47" / "团队台账.xlsx"
    book = openpyxl.load_workbook(path)
    sheet = book["提交情况"]
    at = [cell.value for cell in sheet[1]].index("收到周")
    row = [cell.value for cell in sheet[2]]
    sheet.append([*row[:at], row[at] - dt.timedelta(days=7), *row[at + 1 :]])
    more = tmp_path / "团队台账.xlsx"
    book.save(more)
    counts = [weeks._book(p, 0, 0, desk.folder).counts for p in (path, more)]
    assert counts[0] == counts[1]
    assert counts[0]["accepted"] > 0


def test_a_rep_has_the_message_of_the_folder_and_each_fault_at_its_cell(desk: Sat) -> None:
    page = weeks.week_page(desk.folder, "2026-W47")
    assert page is not None
    for person in page.people:
        text = desk.get(f"week/2026-W47/rep/{person.key}")
        message = desk.folder.week("2026-W47") / "退回" / person.name / "消息.txt"
        assert re.search(r"<textarea[^>]*>\n?(.*?)</textarea>", text, re.DOTALL)[1] in (  # type: ignore[index]
            _escaped(message.read_text(encoding="utf-8")),
        )
        marked = re.findall(r'<td class="[^"]* at"', text)
        assert len(marked) == sum(bool(f.cell) for f in person.faults)


def _escaped(text: str) -> str:
    from markupsafe import escape

    return str(escape(text))


def test_the_cell_that_is_wrong_is_shown_with_what_stands_in_it(desk: Sat) -> None:
    page = weeks.week_page(desk.folder, "2026-W47")
    assert page is not None
    person = next(p for p in page.people if p.name == "方谷雨")
    seen = {
        (one.fault.sheet, one.fault.cell): one
        for group in shown.faults(desk.folder, page, person).values()
        for one in group
    }
    view = seen["客户档案", "F4"].view
    assert view is not None
    cells = {cell.name: cell.text for row in view.rows for cell in row.cells}
    assert cells["F4"] == "朋友圈"
    assert cells["F2"].startswith("信息来源")


def test_the_whole_sheet_shows_all_of_its_faults(desk: Sat) -> None:
    page = weeks.week_page(desk.folder, "2026-W47")
    assert page is not None
    person = next(p for p in page.people if p.name == "方谷雨")
    text = desk.get(f"week/2026-W47/rep/{person.key}/sheet/0")
    assert len(re.findall(r'<td[^>]*class="[^"]*told', text)) == sum(
        f.sheet == person.faults[0].sheet and f.file == person.faults[0].file for f in person.faults
    )


def test_the_first_page_of_the_summary_shows_its_figures_and_charts(desk: Sat) -> None:
    text = desk.get("week/2026-W47/preview")
    assert "团队汇总 · 2026年第47周" in text
    assert len(re.findall("<svg", text)) == 3
    assert "63.0%" in text


@pytest.mark.parametrize(
    "path",
    [
        *("week/2026-W46", "week/..", "week/归档", "week/2026-W47/rep/0", "week/2026-W47/file/0"),
        *("week/2026-W47/zip/all", "week/2026-W47/rep/0/sheet/0"),
    ],
)
def test_what_is_not_there_is_said(desk: Sat, path: str) -> None:
    assert desk.client.get(f"/{desk.gate.token}/{path}").status_code == 404


@pytest.mark.parametrize(
    "way", ["..%2f..%2f团队设置.xlsx", "%2e%2e/团队设置.xlsx", "团队汇总.xlsx", "退回%2f方谷雨%2f消息.txt"]
)
def test_no_path_in_an_address_leads_to_a_file(desk: Sat, way: str) -> None:
    assert desk.client.get(f"/{desk.gate.token}/week/2026-W47/file/{way}").status_code == 404


def test_downloads_are_the_files_of_the_folder(desk: Sat) -> None:
    page = weeks.week_page(desk.folder, "2026-W47")
    assert page is not None
    assert page.summary is not None
    answer = desk.client.get(f"/{desk.gate.token}/week/2026-W47/file/{page.summary.key}", buffered=True)
    assert answer.data == page.summary.path.read_bytes()
    assert answer.headers["Content-Disposition"].startswith("attachment")
    packed = desk.client.get(f"/{desk.gate.token}/week/2026-W47/zip/returns", buffered=True).data
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        home = desk.folder.week("2026-W47") / "退回"
        assert {n: archive.read(n) for n in archive.namelist()} == {
            p.relative_to(home).as_posix(): p.read_bytes() for p in home.rglob("*") if p.is_file()
        }


@pytest.mark.skipif(sys.platform == "win32", reason="links need a right of their own there")
def test_a_link_in_a_week_leads_nowhere(week: TeamFolder, tmp_path: Path) -> None:
    shutil.copytree(week.root, tmp_path / "team")
    other = work.team(tmp_path / "team", "zh")
    (other.week("2026-W47") / "退回" / "密.xlsx").symlink_to(other.settings)
    page = weeks.week_page(other, "2026-W47")
    assert page is not None
    assert "密.xlsx" not in {lying.name for lying in page.files.values()}


def test_the_desk_speaks_english(week: TeamFolder) -> None:
    page = sit(work.team(week.root, "en")).get()
    assert "Make this week" in page
    assert '<html lang="en">' in page


# ---- buttons are commands


@pytest.fixture
def few(tmp_path: Path) -> Sat:
    return sit(team(tmp_path / "team", files=6))


def test_the_button_makes_the_week_and_undo_takes_it_back(few: Sat) -> None:
    assert few.post("run", {"week": "2026-W47"}) == 303
    assert few.hand.job is not None
    assert (few.hand.job.code, weeks.week_names(few.folder)) == (None, ["2026-W47"])
    assert few.post("undo") == 303
    assert weeks.week_names(few.folder) == []
    assert few.post("undo") == 303
    assert weeks.week_names(few.folder) == ["2026-W47"]


def test_an_empty_inbox_is_said_on_the_page(new: Sat) -> None:
    new.post("run", {"week": "2026-W47"})
    assert new.hand.job is not None
    assert new.hand.job.code == "empty_inbox"
    assert new.folder.words.text("desk.stopped.run") in new.get()


def test_a_guessed_header_is_accepted_into_the_settings(desk: Sat, tmp_path: Path) -> None:
    at = sit(team(tmp_path / "team"))
    at.post("look")
    told = at.hand.last("look")
    assert told is not None
    assert told.outcome is not None
    assert told.outcome.looked is not None
    (guess, *_) = told.outcome.looked.guesses
    key = re.search(r'name="guess" value="(\w+)"', at.get())
    assert key is not None
    assert at.post("accept", {"guess": key[1]}) == 303
    rules, _ = settings.load(at.folder.settings)
    assert any(
        guess.header.strip() == header or guess.label == label for (_, header), label in rules.aliases.items()
    )
    assert at.post("accept", {"guess": key[1]}) == 404  # nothing is open any more


def test_an_unknown_word_is_settled_into_the_settings(tmp_path: Path) -> None:
    at = sit(team(tmp_path / "team"))
    at.post("look")
    page = unescape(at.get())
    word = re.search(r"里没有“有戏”.*?name=\"word\" value=\"(\w+)\"", page, re.DOTALL)
    assert word is not None
    assert at.post("settle", {"word": word[1], "option": "无此项"}) == 404
    assert at.post("settle", {"word": word[1], "option": "意向"}) == 303
    rules, _ = settings.load(at.folder.settings)
    assert "有戏" in next(o for o in rules.choices["跟进状态"] if o.value == "意向").aliases
    assert "里没有“有戏”" not in unescape(at.get())


def test_on_a_monday_last_week_is_proposed_until_it_is_made(tmp_path: Path) -> None:
    at = sit(team(tmp_path / "team", files=6), today=dt.date(2026, 11, 23))
    page = at.get()
    assert '<option value="2026-W47" selected>' in page
    at.post("run", {"week": "2026-W47"})
    assert '<option value="2026-W48" selected>' in at.get()


def test_files_are_opened_by_what_they_are_called_and_by_nothing_else(desk: Sat) -> None:
    assert desk.post("open/settings") == 303
    assert desk.post("open/summary:2026-W47") == 303
    assert desk.post("open/week:..") == 404
    assert desk.post("open/../../etc") == 404
    assert desk.opened == [desk.folder.settings, desk.folder.week("2026-W47") / "团队汇总.xlsx"]


# ---- who works


@pytest.fixture
def hand(tmp_path: Path):
    made = Hand(team(tmp_path / "team", files=3).root, "zh", HELPED)
    yield made
    made.close()


@pytest.mark.slow
def test_one_thing_is_done_at_a_time_in_a_process_of_its_own(hand: Hand) -> None:
    assert hand.ask(Asked("run", DAY, (WEEK.monday, DAY))) is not None
    assert hand.ask(Asked("run", DAY, (WEEK.monday, DAY))) is None
    assert hand.ask(Asked("look", DAY)) is None  # taken when the run is over
    assert hand.wait(60)
    while hand.last("look") is None:
        assert hand.wait(60)
    told = hand.last("run")
    assert told is not None
    assert told.outcome is not None
    assert told.outcome.weeks == ("2026-W47",)
    assert (hand.root / "2026-W47" / "团队汇总.xlsx").is_file()


@pytest.mark.slow
def test_what_is_done_on_purpose_only_is_asked_first(hand: Hand) -> None:
    for day in (DAY, DAY + dt.timedelta(days=7)):
        hand.ask(Asked("run", DAY, (day - dt.timedelta(days=4), day), frozenset({"nothing_new"})))
        assert hand.wait(60)
    hand.ask(Asked("run", DAY, (WEEK.monday, DAY)))
    assert hand.wait(60)
    assert hand.job is not None
    assert hand.job.question == "redo_asked"
    assert "--redo" not in hand.job.said
    hand.ask(Asked("run", DAY, (WEEK.monday, DAY), frozenset({"redo_asked"})))
    assert hand.wait(60)
    assert hand.job.outcome is not None
    assert hand.job.outcome.weeks == ("2026-W47", "2026-W48")


@pytest.mark.slow
def test_a_run_that_is_killed_costs_itself_alone(hand: Hand) -> None:
    hand.ask(Asked("run", DAY, (WEEK.monday, DAY)))
    while hand._process is None or hand._process.pid is None:
        pass
    hand._process.kill()
    assert hand.wait(60)
    assert hand.job is not None
    assert hand.job.code == "crashed"
    hand.ask(Asked("run", DAY, (WEEK.monday, DAY)))
    assert hand.wait(60)
    assert hand.job.outcome is not None


def test_without_the_extra_the_command_says_what_to_install(
    week: TeamFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in sys.modules if name.startswith("salesxl.desk.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "flask", None)
    said = CliRunner().invoke(main, ["desk", str(week.root), "--no-open"])
    assert said.exit_code == 2
    assert 'pip install "salesxl[desk]"' in said.output


def test_a_folder_that_is_no_team_is_refused_by_the_command(tmp_path: Path) -> None:
    said = CliRunner().invoke(main, ["desk", str(tmp_path), "--no-open"])
    assert said.exit_code == 2
    assert "salesxl init" in said.output
