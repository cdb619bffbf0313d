"""A real browser at a real desk: Debian's chromium, driven by Selenium, and the command itself."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import resources
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

ROOT = Path(__file__).parent.parent
CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
needs_browser = pytest.mark.skipif(
    not (CHROMIUM and DRIVER),
    reason="needs chromium and chromedriver (apt-get install chromium chromium-driver)",
)
FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars"),
    *(
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--window-size=1280,900",
    ),
)
LONG = 60
"""Seconds that a week may take on a busy machine."""


@contextmanager
def browser(home: Path) -> Iterator[webdriver.Chrome]:
    """Yield a browser with a profile of its own in a folder."""
    options = webdriver.ChromeOptions()
    options.binary_location = str(CHROMIUM)
    for flag in (*FLAGS, f"--user-data-dir={home}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(str(DRIVER)))
    try:
        yield driver
    finally:
        driver.quit()


@contextmanager
def desk(team: Path, *more: str, day: str = "2026-11-20") -> Iterator[str]:
    """Yield the address of a team's desk, started as a command."""
    words = [
        sys.executable,
        "-m",
        "salesxl",
        "desk",
        str(team),
        "--as-of",
        day,
        "--no-open",
        "--jobs",
        "1",
        *more,
    ]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        words, stdout=subprocess.PIPE, env=environment, text=True, encoding="utf-8"
    ) as process:
        assert process.stdout is not None
        found = re.search(r"http://\S+", process.stdout.readline())
        assert found is not None
        try:
            yield found[0]
        finally:
            process.terminate()


class Page:
    """What somebody does at a page."""

    def __init__(self, driver: webdriver.Chrome, address: str) -> None:
        self.driver, self.address = driver, address

    def open(self, path: str = "") -> None:
        """Open a page of the desk."""
        self.driver.get(self.address + path)

    def find(self, css: str) -> WebElement:
        """Return an element when it is there."""
        return WebDriverWait(self.driver, LONG).until(lambda d: d.find_element(By.CSS_SELECTOR, css))

    def all(self, css: str) -> list[str]:
        """Return the texts of all elements."""
        return [element.text for element in self.driver.find_elements(By.CSS_SELECTOR, css)]

    def until(self, css: str, text: str) -> str:
        """Wait until an element says something; return all it says."""

        def said(driver: webdriver.Chrome) -> str | None:
            found = driver.execute_script(
                "return [...document.querySelectorAll(arguments[0])].map(e => e.innerText)", css
            )
            return next((one for one in found if text in one), None)

        return str(WebDriverWait(self.driver, LONG).until(said))

    def hand_in(self, *paths: Path) -> None:
        """Choose files for the inbox, and wait until they were looked at."""
        self.find("#upload input[name=file]").send_keys("\n".join(map(str, paths)))
        for path in paths:
            self.until("#inbox .files", path.name)

    def make(self) -> None:
        """Press the button, and wait for the week's page."""
        WebDriverWait(self.driver, LONG).until(lambda _: self.find("form.go button.main").is_enabled())
        self.find("form.go button.main").click()
        WebDriverWait(self.driver, LONG).until(lambda d: "/week/" in d.current_url)

    def size(self, width: int, height: int = 900) -> None:
        """Give the window another width."""
        told = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", told)

    def violations(self) -> list[str]:
        """Return what axe finds against the page, with where."""
        found = list(resources.files("axe_selenium_python").rglob("axe.min.js"))  # type: ignore[attr-defined]
        self.driver.execute_script(found[0].read_text(encoding="utf-8"))
        told = self.driver.execute_async_script("axe.run().then(arguments[arguments.length - 1])")
        return [f"{v['id']}: {[n['target'] for n in v['nodes']][:3]} {v['help']}" for v in told["violations"]]
