"""Hands: our own work is done whoever does it, and an error is raised here."""

from __future__ import annotations

import os
import pickle
import time
from contextlib import closing
from pathlib import Path

import pytest

from salesxl import messages
from salesxl.cli import report
from salesxl.friday import _Ledger
from salesxl.intake import PLAIN
from salesxl.workers import Hands
from salesxl.workspace import marked_copies
from salesxl.workspace.folder import TeamFolder
from tests.teams import team

WORDS = messages.load("zh", report.label_of)

MUCH = 100 * 1024**2
"""Bytes at which a second process pays everywhere."""


def work(item: str) -> bytes:
    """Do what the item says; what begins with "elsewhere" goes wrong in every process but the first."""
    order, _, parent = item.partition(" ")
    if order == "pid":
        return str(os.getpid()).encode()
    if order == "die" and os.getpid() != int(parent):
        os._exit(3)
    if order == "fail":
        raise OSError("no room on the disk")
    if order == "wait":
        time.sleep(60)
    return f"did {order}".encode()


def spread(hands: Hands, items: list[str], size: int = MUCH) -> list[bytes]:
    outcomes = dict(hands.spread(work, items, size))
    return [outcomes[at] for at in range(len(items))]


@pytest.mark.parametrize("jobs", [1, 2, 3])
def test_every_piece_is_done_once_whatever_the_number_of_hands(jobs):
    assert spread(Hands(jobs), ["a", "b", "c", "d", "e"]) == [f"did {x}".encode() for x in "abcde"]


def test_much_work_goes_to_other_processes_and_little_stays_here():
    here = str(os.getpid()).encode()
    assert here not in spread(Hands(2), ["pid"] * 4)
    assert spread(Hands(2), ["pid"] * 4, size=100) == [here] * 4
    assert spread(Hands(1), ["pid"] * 4) == [here] * 4


def test_a_piece_whose_process_dies_is_done_here():
    die = f"die {os.getpid()}"
    assert spread(Hands(2), ["a", die, "b", die]) == [b"did a", b"did die", b"did b", b"did die"]


@pytest.mark.parametrize("jobs", [1, 2])
def test_an_error_of_a_piece_is_raised_as_it_is(jobs):
    with (
        pytest.raises(OSError, match="no room"),
        closing(Hands(jobs).spread(work, ["a", "fail"], MUCH)) as told,
    ):
        list(told)


def test_a_task_aside_runs_while_this_process_goes_on():
    with Hands(2).aside(work, "pid", MUCH) as told:
        assert told() != str(os.getpid()).encode()


@pytest.mark.parametrize(("jobs", "size"), [(1, MUCH), (2, 100)])
def test_a_task_aside_that_does_not_pay_is_done_here(jobs, size):
    with Hands(jobs).aside(work, "pid", size) as told:
        assert told() == str(os.getpid()).encode()


def test_a_task_aside_that_dies_is_done_here():
    with Hands(2).aside(work, f"die {os.getpid()}", MUCH) as told:
        assert told() == b"did die"


def test_an_error_aside_is_raised_when_asked_for():
    with Hands(2).aside(work, "fail", MUCH) as told, pytest.raises(OSError, match="no room"):
        told()


def test_a_run_that_fails_does_not_wait_for_what_goes_on_aside():
    began = time.monotonic()
    with pytest.raises(KeyError), Hands(2).aside(work, "wait", MUCH):
        raise KeyError
    assert time.monotonic() - began < 30


def test_what_the_job_gives_away_can_be_sent_to_a_process_that_is_not_forked(tmp_path: Path):
    marker = marked_copies.Marker(WORDS, PLAIN)
    assert pickle.loads(pickle.dumps(marker)).words.text("file.book") == WORDS.text("file.book")
    ledger = _Ledger(team(), tmp_path / WORDS.text("file.book"), TeamFolder(tmp_path, WORDS))
    again = pickle.loads(pickle.dumps(ledger))
    assert again(None) == ledger(None)
