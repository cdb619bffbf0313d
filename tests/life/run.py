"""``python -m tests.life.run --seed 3 --habit empty`` plays a life through the command and says what differs.

Starts ``salesxl`` as a person does: init, settings, files into 收件箱, friday; undo where a run was wrong.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from tests.life import HABITS, FileRows, Week, books, weeks
from tests.life.__main__ import roster
from tests.life.compare import Book, Difference, Numbers, differences
from tests.life.model import WEEKS, Settings


class Played:
    """A team's folder in which a life is played."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "团队"
        self.inbox = self.folder / "收件箱"
        self.settings: Settings | None = None
        self.numbers = Numbers()
        self.written: dict[tuple[str, str], bytes] = {}

    def week(self, week: Week) -> list[Difference]:
        """Play one week; return what differs from the truth."""
        if self.settings is None:
            (self.folder.parent / "花名册.tsv").write_text(roster(week), encoding="utf-8")
            _salesxl("init", str(self.folder), "--members", str(self.folder.parent / "花名册.tsv"))
        if week.settings != self.settings:
            books.settings(self.folder / "团队设置.xlsx", week.settings)
            self.settings = week.settings
        if not week.made:
            return []
        found: list[Difference] = []
        if week.settings.corrections and not books.has_corrections(self.folder / "团队设置.xlsx"):
            found.append(Difference("更正", "the settings have no such sheet"))
        if week.undone:
            self._put(week.undone)
            _friday(self.folder, week)
            done = _salesxl("undo", str(self.folder), may_fail=True)
            if done.returncode:
                found.append(Difference("undo", done.stderr.strip().splitlines()[0]))
        self._put(week.files)
        ran = _friday(self.folder, week)
        if ran.returncode:
            return [*found, Difference("run", (ran.stderr or ran.stdout).strip()[-400:])]
        book = Book.read(self.folder / name_of(week) / "团队台账.xlsx")
        found += differences(week.truth, book, json.loads(ran.stdout))
        return [*found, *self.numbers.differences(week.truth, book)]

    def again(self, week: Week) -> list[Difference]:
        """Make a week again, and take that back; return the cells of any book that differ each time."""
        before, found = self._books(), []
        ran = _friday(self.folder, week, "--redo")
        if ran.returncode:
            return [Difference("redo", (ran.stderr or ran.stdout).strip()[-400:])]
        found += [Difference(f"redo {name_of(week)}", text) for text in unequal(before, self._books())]
        _salesxl("undo", str(self.folder))
        return found + [Difference(f"undo {name_of(week)}", text) for text in unequal(before, self._books())]

    def _books(self) -> dict[str, Book]:
        books = sorted(self.folder.glob("*-W*/团队台账.xlsx"))
        return {path.parent.name: Book.read(path) for path in books}

    def _put(self, files: tuple[FileRows, ...]) -> None:
        """Let exactly these files lie in the inbox."""
        wanted = {file.name for file in files}
        for old in self.inbox.iterdir():
            if old.name not in wanted:
                old.unlink()
        for file in files:
            key = (file.name, file.digest)
            if key not in self.written:
                self.written[key] = books.workbook(file)
            (self.inbox / file.name).write_bytes(self.written[key])


def name_of(week: Week) -> str:
    """Return the name of the week's folder."""
    year, number, _ = week.monday.isocalendar()
    return f"{year}-W{number:02d}"


def play(
    seed: int, habit: str, folder: Path, count: int = WEEKS, again: Collection[int] = ()
) -> Iterator[tuple[Week, list[Difference]]]:
    """Play a life; yield each week with what differs, at last those that are made ``again``."""
    team, life = Played(folder), weeks(seed, habit, count)
    for week in life:
        yield week, team.week(week)
    for week in life:
        if week.number in again and week.made:
            yield week, team.again(week)


def unequal(before: Mapping[str, Book], after: Mapping[str, Book]) -> Iterator[str]:
    """Yield the sheets of each week's book that are not the same, cell for cell."""
    for week in sorted({*before, *after}):
        one, other = (books.get(week) for books in (before, after))
        if one is None or other is None:
            yield f"{week} is {'new' if one is None else 'gone'}"
            continue
        yield from (f"{week} {name}" for name in one.sheets if one.sheets[name] != other.sheets.get(name))


def _friday(folder: Path, week: Week, *more: str) -> subprocess.CompletedProcess[str]:
    day = week.friday.isoformat()
    asked = ("--as-of", day, "--week", name_of(week), "--format", "json", "-q", *more)
    return _salesxl("friday", str(folder), *asked, may_fail=True)


def _salesxl(*arguments: str, may_fail: bool = False) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-m", "salesxl", *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        stdin=subprocess.DEVNULL,
        env={**os.environ, "PYTHONUTF8": "1"},
    )
    if done.returncode and not may_fail:
        raise RuntimeError(f"salesxl {' '.join(arguments)}: {done.stderr}")
    return done


def _told(
    seed: int, habit: str, folder: Path, count: int, shown: int, again: Collection[int]
) -> Counter[str]:
    sums: Counter[str] = Counter()
    for week, found in play(seed, habit, folder, count, again):
        print(f"{name_of(week)}  {len(week.files)} files  {len(found)} differences", flush=True)
        by_kind: dict[str, list[Any]] = {}
        for each in found:
            by_kind.setdefault(each.where, []).append(each.text)
        for where, texts in by_kind.items():
            print(f"   {where} ({len(texts)}): " + "; ".join(texts[:shown]), flush=True)
        sums.update(each.where for each in found)
    return sums


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.life.run", description=__doc__)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--habit", choices=HABITS, default="empty")
    parser.add_argument("--weeks", type=int, default=WEEKS)
    parser.add_argument("--shown", type=int, default=2, help="examples of each kind and week")
    parser.add_argument("--again", type=int, nargs="*", default=[], help="weeks to make again, and take back")
    parser.add_argument("--keep", type=Path, help="play here, and keep the folder")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        where = chosen.keep or Path(name)
        where.mkdir(parents=True, exist_ok=True)
        total = _told(chosen.seed, chosen.habit, where, chosen.weeks, chosen.shown, chosen.again)
    print(f"seed {chosen.seed}, {chosen.habit}: {sum(total.values())} differences", dict(total.most_common()))
    sys.exit(1 if total else 0)
