"""The desk in a real browser: the first Friday, a file that comes back mended, a bomb, a message, undo."""

from __future__ import annotations

import hashlib
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from selenium import webdriver
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

from salesxl import friday
from salesxl.desk import work
from salesxl.files import packaged
from tests import hostile
from tests.browser import LONG, Page, browser, desk, needs_browser
from tests.desks import WEEK, team

pytestmark = [needs_browser, pytest.mark.slow]

FORMS = (
    "夏霜降_销售周报_第47周.xlsx",
    "周报-范小满-W47.xlsx",
    "方谷雨客户档案11月.xlsx",
    "客户档案-苏芒种.csv",
)

MANY = (*FORMS, "客户资料（周秋分）.xlsx", "周报-杜白露-W47.xlsx", "方谷雨跟进记录.xlsx", "食堂菜单.xlsx")


@pytest.fixture(scope="module")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    with browser(tmp_path_factory.mktemp("profile")) as opened:
        yield opened


@pytest.fixture(scope="module")
def forms(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The fictional team's forms, as somebody has them on a disk."""
    home = tmp_path_factory.mktemp("received")
    packaged.copy_example(home)
    return {path.name: path for path in (home / "收件箱").rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def first(
    driver: webdriver.Chrome, forms: dict[str, Path], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Page, Path]]:
    """The first Friday: a new team, some forms handed in, the week made."""
    home = tmp_path_factory.mktemp("first") / "华东 销售部"
    team(home, files=0)
    with desk(home) as address:
        page = Page(driver, address)
        page.open()
        page.hand_in(*(forms[name] for name in FORMS))
        page.make()
        yield page, home


def test_the_first_friday_leads_to_the_week_and_its_faults(first: tuple[Page, Path]) -> None:
    page, home = first
    assert page.all("h1") == ["2026-W47"]
    assert page.all(".tiles b")[0] == "4"
    page.open("week/2026-W47")
    page.driver.find_element(By.LINK_TEXT, "夏霜降").click()
    assert page.find("td.at").text == "很多"
    assert "本周新增客户数" in page.find(".faults .said").text
    assert (home / "2026-W47" / "退回" / "夏霜降").is_dir()


def test_the_message_is_copied_with_one_click(first: tuple[Page, Path]) -> None:
    page, home = first
    rights = {
        "permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"],
        "origin": page.address.rsplit("/", 2)[0],
    }
    page.driver.execute_cdp_cmd("Browser.grantPermissions", rights)
    page.open("week/2026-W47")
    page.driver.find_element(By.LINK_TEXT, "夏霜降").click()
    page.find("button.main.copy").click()
    page.until("#said", "已复制")
    read = "navigator.clipboard.readText().then(arguments[0])"
    copied = page.driver.execute_async_script(read)
    assert copied == (home / "2026-W47" / "退回" / "夏霜降" / "消息.txt").read_text(encoding="utf-8")


def test_a_reminder_is_copied_for_whoever_has_not_reported(first: tuple[Page, Path]) -> None:
    page, _ = first
    page.open("week/2026-W47")
    assert "陆小寒" in " ".join(page.all(".owing li"))
    page.find(".owing .copy").click()
    page.until("#said", "已复制")


@pytest.mark.parametrize("width", [390, 1280, 1920])
def test_no_page_has_anything_against_screen_readers_or_runs_out_of_the_window(
    first: tuple[Page, Path], width: int
) -> None:
    page, _ = first
    page.size(width)
    page.open("week/2026-W47")
    rep = page.driver.find_element(By.LINK_TEXT, "方谷雨").get_attribute("href") or ""
    rep = rep.removeprefix(page.address)
    try:
        for path in (
            "",
            "week/2026-W47",
            rep,
            f"{rep}/sheet/0",
            "week/2026-W47/preview",
            "undo",
            "week/none",
        ):
            page.open(path)
            assert page.violations() == [], (path, width)
            assert page.driver.execute_script("return document.documentElement.scrollWidth") <= width, path
    finally:
        page.size(1280)


def test_no_page_has_anything_to_complain_of(first: tuple[Page, Path]) -> None:
    page, _ = first
    page.driver.get_log("browser")
    for path in ("", "week/2026-W47", "week/2026-W47/preview"):
        page.open(path)
    assert [line for line in page.driver.get_log("browser") if line["level"] == "SEVERE"] == []


def test_a_file_that_comes_back_mended_is_taken_and_the_week_made_anew(
    driver: webdriver.Chrome, forms: dict[str, Path], tmp_path: Path
) -> None:
    home = tmp_path / "team"
    team(home, files=0)
    for name in FORMS[:2]:
        shutil.copy(forms[name], home / "收件箱")
    friday.run(work.team(home, "zh"), WEEK)
    mended = tmp_path / FORMS[0]
    shutil.copy(home / "2026-W47" / "退回" / "夏霜降" / FORMS[0], mended)
    book = openpyxl.load_workbook(mended)
    book["W47"]["D4"] = 3
    book.save(mended)
    with desk(home) as address:
        page = Page(driver, address)
        page.open()
        page.find("#upload input[name=file]").send_keys(str(mended))
        page.until("#inbox .files", f"{mended.stem}(2).xlsx")
        page.make()
        page.driver.find_element(By.LINK_TEXT, "夏霜降").click()
        assert page.all(".chip.bad") == []
        assert "改好" in page.find("h1").text


def test_a_bomb_costs_its_own_line(driver: webdriver.Chrome, forms: dict[str, Path], tmp_path: Path) -> None:
    home = tmp_path / "team"
    team(home, files=0)
    bomb = tmp_path / "炸弹.xlsx"
    bomb.write_bytes(hostile.book("<row><c><v>1</v></c></row>" + " " * 300_000_000))
    with desk(home) as address:
        page = Page(driver, address)
        page.open()
        page.hand_in(bomb, forms[FORMS[1]])
        assert page.until("#inbox li", "炸弹.xlsx").count("读不了") == 1
        page.make()
        assert "炸弹.xlsx" in page.find("[aria-labelledby=nobody]").text
        assert "范小满" in " ".join(page.all(".people th"))


def test_undo_asks_first_and_takes_the_week_back(
    driver: webdriver.Chrome, forms: dict[str, Path], tmp_path: Path
) -> None:
    home = tmp_path / "team"
    team(home, files=0)
    shutil.copy(forms[FORMS[1]], home / "收件箱")
    friday.run(work.team(home, "zh"), WEEK)
    with desk(home) as address:
        page = Page(driver, address)
        page.open()
        page.driver.find_element(By.LINK_TEXT, "撤销上一次").click()
        page.find("main form button.main").click()
        page.until("#job", "已撤销：2026-W47")
        assert not (home / "2026-W47").exists()


def test_it_works_by_keyboard_alone(driver: webdriver.Chrome, forms: dict[str, Path], tmp_path: Path) -> None:
    home = tmp_path / "team"
    team(home, files=0)
    shutil.copy(forms[FORMS[1]], home / "收件箱")
    with desk(home) as address:
        page = Page(driver, address)
        page.open()
        page.until("#inbox .files", FORMS[1])
        for _ in range(40):
            ActionChains(driver).send_keys(Keys.TAB).perform()
            if "main" in (driver.switch_to.active_element.get_attribute("class") or ""):
                break
        ActionChains(driver).send_keys(Keys.ENTER).perform()
        page.until("h1", "2026-W47")
        page.until(".tiles", "个文件")
        assert (home / "2026-W47" / "团队汇总.xlsx").is_file()


def test_a_browser_that_goes_away_stops_nothing_and_two_windows_see_one_run(
    driver: webdriver.Chrome, forms: dict[str, Path], tmp_path: Path
) -> None:
    home = tmp_path / "team"
    team(home, files=0)
    for name in FORMS:
        shutil.copy(forms[name], home / "收件箱")
    with desk(home) as address:
        page = Page(driver, address)
        page.open()
        page.until("#inbox .files", FORMS[0])
        page.find("form.go button.main").click()
        page.until("#job", "正在汇总")
        driver.get("about:blank")
        driver.switch_to.new_window("tab")
        page.open()
        WebDriverWait(driver, LONG).until(lambda _: (home / "2026-W47" / "团队汇总.xlsx").is_file())
        page.open()
        page.find("#step3")
        driver.close()
        driver.switch_to.window(driver.window_handles[0])


def test_a_folder_is_handed_in_with_its_folders(
    driver: webdriver.Chrome, forms: dict[str, Path], tmp_path: Path
) -> None:
    home, given = tmp_path / "team", tmp_path / "收到" / "一组"
    team(home, files=0)
    given.mkdir(parents=True)
    shutil.copy(forms[FORMS[1]], given)
    (given / "照片.jpg").write_bytes(b"\xff\xd8\xff")
    with desk(home) as address:
        page = Page(driver, address)
        page.open()
        page.find("input[data-folder]").send_keys(str(given.parent))
        page.until("#inbox .files", FORMS[1])
        assert (home / "收件箱" / "收到" / "一组" / FORMS[1]).is_file()
        assert "照片.jpg" in page.find("#uploads").text
        assert not list((home / "收件箱").rglob("*.jpg"))


def test_without_scripts_the_forms_do_the_same(
    driver: webdriver.Chrome, forms: dict[str, Path], tmp_path: Path
) -> None:
    home = tmp_path / "team"
    team(home, files=0)
    driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        with desk(home) as address:
            page = Page(driver, address)
            page.open()
            page.find("#upload input[name=file]").send_keys(str(forms[FORMS[1]]))
            page.find("#upload button.nojs").click()
            WebDriverWait(driver, LONG).until(lambda _: (home / "收件箱" / FORMS[1]).is_file())
    finally:
        driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


def parts(home: Path) -> dict[str, str]:
    """Return the digest of every part of every file of a team, but for what may be deleted at any time."""
    found: dict[str, str] = {}
    for path in sorted(p for p in home.rglob("*") if p.is_file() and ".salesxl" not in p.parts):
        name = path.relative_to(home).as_posix()
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                for part in archive.namelist():
                    found[f"{name}!{part}"] = hashlib.sha256(archive.read(part)).hexdigest()
        else:
            found[name] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


def test_a_week_by_desk_is_the_week_by_command(
    driver: webdriver.Chrome, forms: dict[str, Path], tmp_path: Path
) -> None:
    by_command, by_desk = tmp_path / "command" / "团队", tmp_path / "desk" / "团队"
    seen: dict[bytes, str] = {path.read_bytes(): name for name, path in sorted(forms.items()) if name in MANY}
    names = sorted(seen.values())
    for home in (by_command, by_desk):
        team(home, files=0)
    for name in names:
        shutil.copy(forms[name], by_command / "收件箱")
    friday.run(work.team(by_command, "zh"), WEEK)
    with desk(by_desk) as address:
        page = Page(driver, address)
        page.open()
        page.hand_in(*(forms[name] for name in names))
        page.make()
    assert parts(by_desk) == parts(by_command)
