"""A desk without a browser: the fictional team's folder, its pages as a client sees them, who works."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from flask.testing import FlaskClient

from salesxl import friday
from salesxl.cli.progress import long_run
from salesxl.desk import work
from salesxl.desk.app import Desk, made
from salesxl.desk.guard import Gate
from salesxl.desk.hand import Hand, Job
from salesxl.desk.work import Asked, Outcome
from salesxl.errors import SalesxlError
from salesxl.files import packaged
from salesxl.workspace.folder import TeamFolder

DAY = packaged.EXAMPLE_DAY
WEEK = friday.Week(dt.date(2026, 11, 16), DAY)
PORT = 8123
HELPED = partial(long_run, jobs=1, quiet=True)
OWN = {"Origin": f"http://127.0.0.1:{PORT}"}


def team(home: Path, *, files: int | None = None, lang: str = "zh") -> TeamFolder:
    """Make the fictional team's folder; ``files`` is how many of its forms lie in the inbox."""
    packaged.copy_example(home)
    folder = work.team(home, lang)
    lying = sorted(path for path in folder.inbox.rglob("*") if path.is_file())
    for path in lying[files:] if files is not None else ():
        path.unlink()
    return folder


class Here(Hand):
    """Does what is asked in this process, before it answers."""

    def _begin(self, asked: Asked) -> Job:
        self._number += 1
        job = Job(self._number, asked)
        folder = work.team(self.root, self.lang)
        told: dict[str, object] = {}
        try:
            told["outcome"] = work.do(folder, asked, self.helped, lambda *_: None)
        except SalesxlError as stopped:
            told |= {"code": stopped.code, "said": folder.words.error(stopped)}
        self._job = Job(job.number, asked, ended=job.began, **told)  # type: ignore[arg-type]
        self._ended[asked.kind] = self._job
        return self._job


@dataclass(slots=True)
class Sat:
    """A desk with a client that sits at it."""

    folder: TeamFolder
    hand: Hand
    client: FlaskClient
    gate: Gate
    opened: list[Path] = field(default_factory=list)
    stopped: list[bool] = field(default_factory=list)

    def get(self, path: str = "") -> str:
        """Return a page; fails unless it is there."""
        answer = self.client.get(f"/{self.gate.token}/{path}")
        assert answer.status_code == 200, (path, answer.status_code, answer.text)
        return answer.text

    def post(self, path: str, data: object = None) -> int:
        """Send a form from a page of the desk; return the status."""
        return self.client.post(f"/{self.gate.token}/{path}", data=data, headers=OWN).status_code


def sit(folder: TeamFolder, hand: Hand | None = None, today: dt.date = DAY) -> Sat:
    """Sit down at a team's desk."""
    gate = Gate(port=PORT)
    hand = hand or Here(folder.root, folder.words.lang, HELPED)
    opened: list[Path] = []
    stopped: list[bool] = []
    desk = Desk(folder, hand, gate, lambda: today, opened.append, lambda: stopped.append(True))
    client = made(desk).test_client()
    client.open = partial(client.open, base_url=f"http://127.0.0.1:{PORT}")  # type: ignore[method-assign]
    return Sat(folder, hand, client, gate, opened, stopped)


def looked(hand: Hand) -> Outcome | None:
    """Return what the last look told."""
    job = hand.last("look")
    return job.outcome if job else None
