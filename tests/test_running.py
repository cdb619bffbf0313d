"""Long runs: progress on a terminal alone, and Ctrl-C leaves nothing half done."""

from __future__ import annotations

import hashlib
import io
import itertools
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from salesxl import friday, settings
from salesxl.cli import main
from salesxl.cli import progress as running
from salesxl.workers import Local
from salesxl.workspace import folder as team_folder
from tests.sheets import AS_OF, WORDS, archive, weekly

DRIVER = """
import signal, sys, time
from pathlib import Path
from salesxl import friday, cli
from salesxl.xlsx.read import grid
from salesxl.workers import Local

marker, phase = Path(sys.argv[1]), sys.argv[2]
if sys.argv[3] != "1":
    Local.pays = lambda *_: True

def slow(real, name):
    def call(*given, **named):
        if phase == name:
            marker.touch()
            time.sleep(60)
        return real(*given, **named)
    return call

grid.read_inspected = slow(grid.read_inspected, "read") if phase == "read" else grid.read_inspected
friday.archive.keep_records = slow(friday.archive.keep_records, "keep")
friday.returns.write = slow(friday.returns.write, "return")
friday.render_file = slow(friday.render_file, "write")
sys.argv = ["salesxl", *sys.argv[4:]]
signal.signal(signal.SIGINT, signal.default_int_handler)  # shells let what runs behind ignore it
cli.main()
"""


def hashes(root: Path) -> dict[str, str]:
    return {
        path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def team(tmp_path_factory) -> Path:
    """A team whose week has been run once, and into whose inbox more has come since."""
    root = tmp_path_factory.mktemp("interrupted") / "队"
    folder = team_folder.TeamFolder(root, WORDS)
    team_folder.lay_out(folder, settings.default_rulebook())
    archive(folder.inbox / "甲.xlsx", [{}, {"contact": None, "customer_name": "丙", "customer_no": None}])
    friday.run(folder, friday.Week(AS_OF.fromisocalendar(2026, 47, 1), AS_OF))
    weekly(folder.inbox / "乙.xlsx")
    return root


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="Ctrl-C to another process is a matter of the system")
@pytest.mark.parametrize(("phase", "jobs"), [("read", "2"), ("keep", "1"), ("write", "2")])
def test_ctrl_c_in_the_middle_leaves_the_old_week_and_nothing_half_done(team, tmp_path, phase, jobs):
    week = team / "2026-W47"
    before = hashes(week)
    assert len(before) >= 4
    temporary, marker = tmp_path / "temporary", tmp_path / "marker"
    temporary.mkdir()
    command = [sys.executable, "-c", DRIVER, str(marker), phase, jobs]
    command += ["friday", str(team), "--week", "2026-W47", "--as-of", "2026-11-20", "--jobs", jobs]
    environment = {**os.environ, "TMPDIR": str(temporary)}
    kept = team / ".salesxl" / "received.jsonl"
    kept.unlink(missing_ok=True)
    run = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
        start_new_session=True,
    )
    until = time.monotonic() + 60
    while not marker.exists() and run.poll() is None and time.monotonic() < until:
        time.sleep(0.02)
    assert marker.exists(), run.communicate()
    os.killpg(run.pid, signal.SIGINT)  # as a terminal does: to the workers too
    said, complained = run.communicate(timeout=30)
    assert run.returncode == running.INTERRUPTED
    assert (said, complained) == ("", WORDS.text("cli.interrupted") + "\n")
    assert hashes(week) == before
    assert not [p for p in team.rglob("*") if p.name.startswith((".building-", ".replaced-"))]
    assert list(temporary.iterdir()) == []
    with pytest.raises(ProcessLookupError):
        os.killpg(run.pid, 0)


def drawn(monkeypatch, *, terminal: bool, quiet: bool = False, moment: float = 0.0) -> str:
    """Return what is drawn while two of three files are read, and then all."""
    screen = io.StringIO()
    monkeypatch.setattr(screen, "isatty", lambda: terminal)
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setattr(running, "_MOMENT", moment)
    seconds = itertools.count(1)  # time passes from one look at the clock to the next
    monkeypatch.setattr(time, "time", lambda: float(next(seconds)))
    with running.progress_line(WORDS, quiet=quiet) as progress:
        for done in range(4):
            progress("read", done, 3)
        progress("write", 0, 1)
    return screen.getvalue()


def test_a_terminal_shows_the_step_what_is_done_the_rate_and_the_time_left(monkeypatch):
    shown = drawn(monkeypatch, terminal=True)
    assert WORDS.text("cli.step.read") in shown
    assert WORDS.text("cli.step.write") in shown
    assert "2/3" in shown
    assert "/s" in shown
    assert "0:00:0" in shown
    assert shown.endswith("\x1b[2K")  # the line is gone when all is done


def test_nothing_is_drawn_where_nobody_looks_or_quiet_is_asked_for(monkeypatch):
    assert drawn(monkeypatch, terminal=False) == ""
    assert drawn(monkeypatch, terminal=True, quiet=True) == ""
    assert drawn(monkeypatch, terminal=True, moment=60.0) == ""  # too short a run to be worth a line


@pytest.mark.parametrize("jobs", [1, 2])
def test_the_command_says_the_same_whatever_the_number_of_processes(team, jobs, monkeypatch):
    monkeypatch.setattr(Local, "pays", lambda self, *_: self.jobs > 1)
    words = ["validate", str(team / "收件箱"), "--as-of", "2026-11-20", "--format", "json"]
    plain = CliRunner().invoke(main, words)
    other = CliRunner().invoke(main, [*words, "--jobs", str(jobs)])
    assert (other.exit_code, other.stdout) == (plain.exit_code, plain.stdout)
    errors = [f for f in json.loads(other.stdout)["findings"] if f["severity"] == "error"]
    assert [(f["file"], f["cell"], f["code"]) for f in errors] == [("甲.xlsx", "I5", "required")]
