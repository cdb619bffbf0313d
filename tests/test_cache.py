"""What earlier runs read: the same cells whether it was kept or not, whatever happens to what was kept."""

from __future__ import annotations

import datetime as dt
import json
import os
import random
import shutil
import subprocess
import sys
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from salesxl.intake import Cache, receive
from salesxl.intake import cache as version
from salesxl.intake.cache import _sum
from salesxl.intake.codec import Received, dumps, loads
from salesxl.model import Block, Finding, Place, Severity, Submission
from salesxl.workers import Executors, Local
from salesxl.xlsx.read import grid
from tests import hostile
from tests.sheets import RULES, archive, record, weekly


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Path:
    home = tmp_path_factory.mktemp("cache")
    archive(
        home / "甲.xlsx", [{"contact": 13800138000.0, "need": "=1+1"}, {"first_contact": dt.date(2026, 1, 2)}]
    )
    record(home / "乙.xlsx")
    weekly(home / "丙.xlsx")
    (home / "丁.csv").write_text("客户名称,联系方式\n甲,1\n", encoding="utf-8")
    (home / "坏.xlsx").write_bytes(hostile.book()[:300])
    return home


@pytest.fixture(scope="module")
def cold(home):
    return receive([home], RULES)


@pytest.fixture
def cache(tmp_path, home):
    path = tmp_path / "k" / "received.jsonl"
    receive([home], RULES, cache=Cache(path))
    return path


def read_now(monkeypatch) -> list[str]:
    """Return the list in which the names of the files are noted that are read from now on."""
    read: list[str] = []
    real = grid.read_inspected

    def noting(found, *, file, **more):
        read.append(file)
        return real(found, file=file, **more)

    monkeypatch.setattr(grid, "read_inspected", noting)
    return read


def test_what_was_kept_is_what_was_read_cell_for_cell(home, cold, cache, monkeypatch):
    read = read_now(monkeypatch)
    assert receive([home], RULES, cache=Cache(cache)) == cold
    assert read == []


def test_only_the_file_that_changed_is_read_again(home, cache, tmp_path, monkeypatch):
    other = tmp_path / "in"
    other.mkdir()
    for path in home.iterdir():
        (other / path.name).write_bytes(path.read_bytes())
    weekly(other / "丙.xlsx", rep="新人")
    read = read_now(monkeypatch)
    warm = receive([other], RULES, cache=Cache(cache))
    assert read == ["丙.xlsx"]
    assert warm == receive([other], RULES)


def test_a_file_under_another_name_is_read_again(home, cache, tmp_path, monkeypatch):
    (tmp_path / "换名.xlsx").write_bytes((home / "甲.xlsx").read_bytes())
    read = read_now(monkeypatch)
    batch = receive([tmp_path / "换名.xlsx"], RULES, cache=Cache(cache))
    assert read == ["换名.xlsx"]
    assert {s.file for s in batch.submissions} == {"换名.xlsx"}


@pytest.mark.parametrize("change", ["aliases", "choices", "stages", "code"])
def test_other_settings_or_other_code_read_everything_again(home, cache, monkeypatch, change):
    rules = RULES
    if change == "aliases":
        rules = replace(RULES, aliases={("", "怎么找他"): "联系方式"})
    if change == "choices":
        rules = replace(RULES, choices={**RULES.choices, "客户来源": RULES.choices["客户来源"][1:]})
    if change == "stages":
        rules = replace(RULES, stages=RULES.stages[1:])
    if change == "code":
        monkeypatch.setattr("salesxl.intake.batch.reader_version", lambda: "another")
    read = read_now(monkeypatch)
    assert receive([home], rules, cache=Cache(cache)) == receive([home], rules)
    assert len(read) == 8  # each of the four readable files, twice


@pytest.mark.parametrize("file", ["fields.toml", "schemas.py", "recognition/thesaurus.toml", "needs.py"])
def test_a_letter_changed_in_what_the_reader_knows_is_another_reader(tmp_path, monkeypatch, file):
    home = tmp_path / "salesxl"
    shutil.copytree(version._HOME, home, ignore=shutil.ignore_patterns("__pycache__", "demo", "templates"))
    monkeypatch.setattr(version, "_HOME", home)
    before = version.reader_version.__wrapped__()
    (home / file).write_bytes((home / file).read_bytes() + b"#")
    assert version.reader_version.__wrapped__() != before


def test_what_is_no_longer_handed_in_is_no_longer_kept(home, cache):
    before = cache.read_bytes().count(b"\n")
    receive([home / "甲.xlsx"], RULES, cache=Cache(cache))
    assert (before, cache.read_bytes().count(b"\n")) == (4, 1)


def test_a_file_that_could_not_be_read_is_tried_again(home, cache):
    assert "坏" not in cache.read_text("utf-8")
    assert len(cache.read_bytes().splitlines()) == 4


def test_a_run_that_reads_nothing_new_does_not_write(home, cache):
    before = cache.stat().st_mtime_ns
    os.utime(cache, ns=(1, 1))
    receive([home], RULES, cache=Cache(cache))
    assert cache.stat().st_mtime_ns == 1 != before


def test_a_folder_that_cannot_be_written_to_changes_nothing(home, cold, tmp_path):
    (tmp_path / "file").write_text("here is no folder")
    assert receive([home], RULES, cache=Cache(tmp_path / "file" / "received.jsonl")) == cold


def damages(data: bytes) -> list[tuple[str, bytes]]:
    chance = random.Random(7)
    found = [("empty", b""), ("garbage", chance.randbytes(5000)), ("lines", b"\n" * 9 + b"a b\n a\n \xff\n")]
    found += [(f"cut {share}", data[: len(data) * share // 10]) for share in range(1, 10)]
    for number in range(20):
        at = chance.randrange(len(data))
        found.append((f"byte {number}", data[:at] + chance.randbytes(1) + data[at + 1 :]))
    lines = data.splitlines(keepends=True)
    swapped = [
        a.split(b" ", 1)[0] + b" " + b.split(b" ", 1)[1] for a, b in zip(lines, lines[::-1], strict=True)
    ]
    return [*found, ("swapped", b"".join(swapped)), ("doubled", data + data[: len(data) // 2])]


def test_whatever_happens_to_what_was_kept_the_result_is_the_same(home, cold, cache):
    whole = cache.read_bytes()
    for name, damaged in damages(whole):
        cache.write_bytes(damaged)
        assert receive([home], RULES, cache=Cache(cache)) == cold, name
        assert cache.read_bytes() == whole, name


FORGED = [
    *(b"[]", b"[[],[],[]]", b"[[1],[]]", b'[[["x"]],[]]', b'[[],[["a"]]]', b"{}", b"null", b"1e999"),
    b"[" * 100_000,
    b'[[],[["code","fatal",null,null,null,null,["m"],null,null]]]',
    b'[[],[["code","error",null,null,null,["q",1],["m"],null,null]]]',
    b'[[],[["code","error",null,null,null,["D","no"],["m"],null,null]]]',
]


@pytest.mark.parametrize("body", FORGED, ids=range(len(FORGED)))
def test_a_line_of_the_right_sum_that_holds_something_else_is_passed_over(home, cold, cache, body):
    keys = [line.split(b" ", 1)[0] for line in cache.read_bytes().splitlines()]
    cache.write_bytes(b"".join(key + b" " + _sum(key, body) + b" " + body + b"\n" for key in keys))
    assert receive([home], RULES, cache=Cache(cache)) == cold


def test_what_is_kept_is_plain_json(cache):
    for line in cache.read_bytes().splitlines():
        key, total, body = line.split(b" ", 2)
        assert len(json.loads(body)) == 2
        assert (len(key), len(total)) == (64, 32)


CELLS = [
    *(None, "", "甲\n乙", "\ud800", " ", 0, -1, 2**53 + 1, 10**30, 0.1, 1e300, -0.0, True, False),
    *(dt.datetime(2026, 11, 20, 8, 30, 1, 5), dt.date(2026, 1, 2), dt.time(8, 30), dt.timedelta(-1, 5, 7)),
    *(Decimal("1.10"), dt.datetime(2026, 1, 1, tzinfo=dt.UTC)),
]


def test_every_type_of_cell_comes_back_as_it_was():
    facts = {"a": ("x", 1), "b": ["x", ("y",)], "c": {"d": None, 1: 2}, "e": Decimal("0.10")}
    block = Block(
        *(
            "customer",
            tuple(range(3, 3 + len(CELLS))),
            {"name": CELLS, "其他列:备注": CELLS[::-1]},
            {"name": 2},
        ),
        *({"name": (3, 4)}, 2, 2, {7: "备注"}, {"blank": 1}, {"name": "客户 名称"}),
    )
    findings = tuple(
        Finding("c", severity, Place("f", "s", "A1"), "name", value, facts, "customer", 3)
        for severity, value in zip(list(Severity) * 9, CELLS, strict=False)
    )
    form = Submission(
        *(
            "f",
            "s",
            "customer_archive",
            (block,),
            "李四",
            (dt.date(2026, 1, 1), dt.date(2026, 1, 7)),
            findings,
        ),
        *({(3, 2): "#N/A"}, frozenset({(4, 2), (3, 1)}), "2026-11-20T08:30:00Z", True),
    )
    back = loads(dumps(Received((form,), findings)), "f")
    assert back == Received((form,), findings)
    assert [type(v) for v in back.submissions[0].blocks[0].values["name"]] == [type(v) for v in CELLS]
    assert [type(f.value) for f in back.findings] == [type(f.value) for f in findings]


def test_a_value_of_an_unknown_type_is_a_bug_and_not_lost():
    with pytest.raises(TypeError, match="object"):
        dumps(Received((), (Finding("c", Severity.ERROR, Place("f"), facts={"a": object()}),)))


def test_the_digest_covers_all_code_that_reading_runs():
    code = (
        "import sys, salesxl.intake.reader\n"
        "print(*sorted(m for m in sys.modules if m.startswith('salesxl.')))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    rooms = {name.split(".")[1] for name in run.stdout.split()}
    covered = {room.removesuffix(".py") for room in version._ROOMS}
    assert rooms - covered <= {"errors", "files", "only_pandas", "workers"}


@pytest.mark.parametrize("jobs", [1, 2, 5])
def test_whoever_reads_the_result_is_the_same(home, cold, jobs, monkeypatch, tmp_path):
    monkeypatch.setattr(Local, "pays", lambda *_: jobs > 1)
    kept = Cache(tmp_path / "received.jsonl")
    assert receive([home], RULES, Local(jobs), cache=kept) == cold
    assert receive([home], RULES, Local(jobs), cache=Cache(kept.path)) == cold


def test_progress_is_told_file_by_file(home):
    told: list[tuple[int, int]] = []
    receive([home], RULES, tick=lambda done, total: told.append((done, total)))
    assert told == [(n, 5) for n in range(1, 6)]


def test_workers_without_our_disk_get_what_is_in_the_files(home, cold):
    from concurrent.futures import ThreadPoolExecutor

    def elsewhere(task, job):
        assert job.data is not None
        return task(replace(job, path=Path("/nowhere") / job.path.name))

    class Elsewhere(ThreadPoolExecutor):
        def submit(self, task, job):
            return super().submit(elsewhere, task, job)

    with Elsewhere(2) as executor:
        assert receive([home], RULES, Executors(executor, remote=True)) == cold
