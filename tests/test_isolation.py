"""Files that crash, hang or devour memory while they are read: each costs one finding, never the run."""

from __future__ import annotations

import os
import re
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from salesxl.intake import receive
from salesxl.intake.reader import Job, Reader
from salesxl.model import Severity
from salesxl.workers import Bounds, Local, Lost
from salesxl.xlsx.read import grid, inspect
from tests import hostile
from tests.sheets import RULES, WORDS, archive, record, weekly

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="only forked workers have what is broken here"),
]
BOUNDS = Bounds(memory_bytes=400 * 1024**2, work_seconds=1, wall_seconds=60)
HOSTILE = hostile.files()
NOTHING = Reader({}, {})


class Always(Local):
    """Workers that read everything, however little it is."""

    def pays(self, items: int, size: int) -> bool:
        return True


@pytest.fixture
def home(tmp_path) -> Path:
    for name in ("甲", "丙"):
        archive(tmp_path / f"{name}_档案.xlsx", [{"customer_name": f"{name}公司"}])
    weekly(tmp_path / "丁_周报.xlsx")
    record(tmp_path / "戊_记录.xlsx")
    return tmp_path


def break_reader(monkeypatch, how: str) -> None:
    """Let the reader do that to every file whose name has 坏 in it."""
    real = grid.read_inspected

    def reader(found, *, file, **more):
        if "坏" in file:
            if how == "exits":
                os._exit(1)
            if how == "eats":
                return [bytes(10 * 1024**2) for _ in range(100)]
            while True:
                pass
        return real(found, file=file, **more)

    monkeypatch.setattr(grid, "read_inspected", reader)


WHY = {"exits": "crashed", "eats": "too_much_memory", "loops": "too_slow"}


@pytest.mark.parametrize("how", WHY)
@pytest.mark.parametrize("jobs", [1, 2])
def test_a_file_that_breaks_its_reader_costs_one_finding(home, monkeypatch, how, jobs):
    sound = receive([home], RULES)
    weekly(home / "坏.xlsx", rep="坏")
    break_reader(monkeypatch, how)
    batch = receive([home], RULES, Always(jobs, BOUNDS))
    assert batch.submissions == sound.submissions
    (found,) = batch.findings
    assert (found.place.file, found.code, found.severity) == ("坏.xlsx", "unsafe", Severity.ERROR)
    assert found.facts["why"] == WHY[how]
    said = WORDS.message(found) + WORDS.fix(found)
    assert "\n" not in said
    assert "请" in said


@pytest.mark.parametrize("name", ["坏.xls", "坏.ods"])
def test_a_file_of_an_odd_kind_goes_to_a_worker_even_where_all_else_is_read_here(home, monkeypatch, name):
    sound = receive([home], RULES)
    data = hostile.xls(("Workbook",)) if name.endswith("xls") else hostile.ods("")
    (home / name).write_bytes(data)
    monkeypatch.setattr(inspect, "opened_xls", lambda data: data)
    break_reader(monkeypatch, "exits")
    batch = receive([home], RULES, Local(1, BOUNDS))
    assert batch.submissions == sound.submissions
    assert [(f.place.file, f.facts["why"]) for f in batch.findings] == [(name, "crashed")]


def test_a_large_file_goes_to_a_worker_even_where_all_else_is_read_here(home, monkeypatch):
    rows = "".join(f'<row r="{n}"><c r="A{n}"><v>{n}</v></c></row>' for n in range(1, 60_000))
    (home / "坏.xlsx").write_bytes(hostile.book(rows))
    real = grid._sheets

    def reader(source, looked):
        if "表" in looked:
            os._exit(1)
        return real(source, looked)

    monkeypatch.setattr(grid, "_sheets", reader)
    batch = receive([home], RULES, Local(1, BOUNDS))
    assert [(f.place.file, f.facts["why"]) for f in batch.findings] == [("坏.xlsx", "crashed")]


def test_the_hostile_set_costs_findings_and_nothing_else(tmp_path):
    for name, (data, _) in HOSTILE.items():
        (tmp_path / name).write_bytes(data)
    began = time.monotonic()
    batch = receive([tmp_path], RULES, Always(2))
    assert time.monotonic() - began < 60  # all 162 together; in a quiet house it is two
    assert len(batch.files) == len(HOSTILE)
    refused = {f.place.file: f.facts["why"] for f in batch.findings if f.code in inspect.REASONS}
    assert len(refused) > 100
    assert not set(refused.values()) & set(WHY.values())
    assert receive([tmp_path], RULES, Local(1)) == batch


@dataclass(frozen=True)
class Plain:
    """Read a file as it would be read in the process of the run itself."""

    def __call__(self, job: Job) -> bytes:
        return b"odd" if NOTHING.read_plain(job) is None else b"plain"


SMALL = Bounds(memory_bytes=200 * 1024**2, work_seconds=5, wall_seconds=30)
"""What a file that is read in the process of the run may cost at the very most."""


def test_no_hostile_file_costs_much_where_everyday_files_are_read(tmp_path):
    jobs = [Job(name, tmp_path / name, data) for name, (data, _) in HOSTILE.items()]
    outcomes = dict(Local(2, SMALL).run(Plain(), jobs))
    assert {jobs[at].name: o for at, o in outcomes.items() if isinstance(o, Lost)} == {}
    assert set(outcomes.values()) == {b"plain", b"odd"}


NUMBER = re.compile(rb'"(\d{1,7})"')
LIES = (b'"4294967295"', b'"18446744073709551615"', b'"-1"', b'"999999999"')


def lies() -> list[tuple[str, bytes]]:
    """Return a form, each time with another of its numbers replaced by one that is out of all proportion."""
    parts = hostile.parts(
        '<row r="1" spans="1:2"><c r="A1" t="s" s="1"><v>0</v></c><c r="B1" t="n" s="2"><v>1</v></c></row>',
        before='<dimension ref="A1:B1"/><cols count="1"><col min="1" max="2" width="9"/></cols>',
        after='<mergeCells count="1"><mergeCell ref="A3:B3"/></mergeCells>',
        strings=f'<sst xmlns="{hostile.MAIN}" count="1" uniqueCount="1"><si><t>甲</t></si></sst>',
    )
    found = []
    for name, data in parts.items():
        for match in NUMBER.finditer(data):
            for lie in LIES:
                changed = data[: match.start()] + lie + data[match.end() :]
                title = f"{name}:{match.start()}:{lie.decode()}"
                found.append((title, hostile.packed({**parts, name: changed})))
    return found


def test_no_number_in_a_small_workbook_can_make_its_reader_ask_for_much(tmp_path):
    told = lies()
    jobs = [Job(name, tmp_path / "a.xlsx", data) for name, data in told]
    outcomes = dict(Local(2, SMALL).run(Plain(), jobs))
    assert len(told) > 60
    assert {told[at][0]: o for at, o in outcomes.items() if isinstance(o, Lost)} == {}
