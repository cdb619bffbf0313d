"""Workers: whatever an item does to the one who does it, it costs itself, and every other item is done."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from salesxl.workers import Bounds, Executors, Local, Lost, pool

pytestmark = pytest.mark.slow
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="only Linux holds a process to its memory")
QUICK = Bounds(memory_bytes=300 * 1024**2, work_seconds=1, wall_seconds=20)


def task(item: str) -> bytes:
    """Do what the item says."""
    if item == "exit":
        os._exit(3)
    if item == "abort":
        os.abort()
    if item == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    if item == "eat":
        bytearray(QUICK.memory_bytes * 2)
    if item == "loop":
        while True:
            pass
    if item == "sleep":
        time.sleep(60)
    if item == "bug":
        raise ValueError("a bug in the task")
    if item == "pid":
        return str(os.getpid()).encode()
    return f"did {item}".encode()


def done(items: list[str], jobs: int = 2, bounds: Bounds = QUICK) -> list[bytes | Lost]:
    outcomes = dict(Local(jobs, bounds).run(task, items))
    assert sorted(outcomes) == list(range(len(items)))
    return [outcomes[at] for at in range(len(items))]


@pytest.mark.parametrize("jobs", [1, 2, 3, 9])
def test_every_item_is_done_once_whatever_the_number_of_workers(jobs):
    items = [str(n) for n in range(7)]
    assert done(items, jobs) == [f"did {n}".encode() for n in range(7)]


def test_workers_are_other_processes_and_are_used_again():
    pids = set(done(["pid"] * 20, jobs=2))
    assert len(pids) <= 2
    assert str(os.getpid()).encode() not in pids


@pytest.mark.parametrize(
    ("item", "reason"),
    [
        ("exit", "crashed"),
        ("abort", "crashed"),
        ("killed", "too_much_memory"),
        pytest.param("eat", "too_much_memory", marks=LINUX),
        ("loop", "too_slow"),
    ],
)
@pytest.mark.parametrize("jobs", [1, 2])
def test_an_item_that_takes_its_worker_along_costs_itself_alone(item, reason, jobs):
    outcomes = done(["a", item, "b", "c", item, "d"], jobs)
    assert [o.reason for o in outcomes if isinstance(o, Lost)] == [reason, reason]
    assert [o for o in outcomes if not isinstance(o, Lost)] == [b"did a", b"did b", b"did c", b"did d"]


def test_who_waits_for_ever_without_working_is_stopped_by_the_clock():
    outcomes = done(["a", "sleep", "b"], 1, Bounds(wall_seconds=0.5))
    assert outcomes == [b"did a", Lost("too_slow", {"limit_value": 0}), b"did b"]


def test_a_bug_is_raised_here_with_the_traceback_of_there():
    with pytest.raises(RuntimeError, match=r"(?s)in task.*ValueError: a bug in the task"):
        done(["a", "bug"])
    assert not multiprocessing.active_children()


def test_who_stops_listening_leaves_no_process_behind():
    outcomes = Local(2).run(task, ["a", "b", "sleep", "sleep"])
    next(outcomes)
    assert multiprocessing.active_children()
    outcomes.close()
    assert not multiprocessing.active_children()


def test_workers_started_anew_instead_of_forked_do_the_same(monkeypatch):
    monkeypatch.setattr(pool, "FORKS", False)
    outcomes = done(["a", "exit", "b"], jobs=1, bounds=Bounds())
    assert outcomes == [b"did a", Lost("crashed"), b"did b"]


@LINUX
def test_workers_end_with_who_started_them_even_if_that_one_is_killed(tmp_path):
    code = (
        "import os, signal\nfrom salesxl.workers import Local\nfrom tests.test_workers import task\n"
        "for at, told in Local(2).run(task, ['pid', 'pid', 'sleep', 'sleep']):\n"
        "    print(told.decode(), flush=True)\n    if at == 1: os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout is not None
        pids = {int(run.stdout.readline()) for _ in range(2)}  # those who sleep keep the pipe open
        run.wait()
        run.stdout.close()
    assert pids
    until = time.monotonic() + 10
    while any(_works(pid) for pid in pids) and time.monotonic() < until:
        time.sleep(0.05)
        for pid in pids:
            # those who sleep do not listen; they are ended by hand, as the bounds would in a minute
            if _works(pid):
                os.kill(pid, signal.SIGTERM)
    assert not any(_works(pid) for pid in pids)


def _works(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def test_few_or_small_items_are_not_worth_a_second_process():
    crew = Local(8)
    assert not crew.pays(1, 10**9)
    assert not crew.pays(100, 10_000)
    assert crew.pays(100, 10**9)
    assert not Local(1).pays(100, 10**9)


class Dead(Exception):
    """A worker died, as an executor may say it."""


def test_of_an_executors_items_only_the_one_that_kills_alone_is_lost():
    tried: list[str] = []

    def fragile(item: str) -> bytes:
        tried.append(item)
        if item == "kills" or (item == "beside" and tried.count(item) == 1):
            raise Dead
        return item.encode()

    with ThreadPoolExecutor(2) as executor:
        crew = Executors(executor, deaths=(Dead,))
        outcomes = dict(crew.run(fragile, ["a", "beside", "kills", "b"]))
    assert outcomes == {0: b"a", 1: b"beside", 2: Lost("crashed"), 3: b"b"}
