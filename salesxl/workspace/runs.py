"""What is kept of each run beside its originals: settings, day, week, and what was said of which file.

From them a week is made again (docs/domain.md 4.2). Owns the names in 归档/W/运行 and their notation.
Refuses: the originals themselves; those are ``archive``'s.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from salesxl.intake import Batch
from salesxl.intake.codec import Received, dumps, loads
from salesxl.model import Finding, Team
from salesxl.workspace.folder import TeamFolder

__all__ = ["Run", "digest", "home", "keep", "kept", "numbers_of", "told_beside"]

NUMBER = ("customer_no", "customer_name", "rep", "week_start")


@dataclass(frozen=True, slots=True)
class Run:
    """A run as it is kept.

    ``files`` are by name where they lie below 原件, ``digests`` by name. ``passed`` are files that earlier
    weeks had taken, by name and digest; ``beside`` what was said of files that could not be kept, by name
    (``intake.codec``), ``refused`` those of them that are workbooks. ``numbers`` are rows of
    the register that this run's book has and the one before has not; ``book`` is the digest of the book as
    it was published.
    """

    week: str
    as_of: str
    files: Mapping[str, str] = field(default_factory=dict)
    digests: Mapping[str, str] = field(default_factory=dict)
    passed: Mapping[str, str] = field(default_factory=dict)
    beside: Mapping[str, str] = field(default_factory=dict)
    refused: Sequence[str] = ()
    numbers: Sequence[Sequence[str | None]] = ()
    book: str = ""

    @property
    def day(self) -> dt.date:
        """The day on which the week was judged."""
        return dt.date.fromisoformat(self.as_of)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What was said of files that could not be kept."""
        return tuple(f for name, told in self.beside.items() for f in loads(told.encode(), name).findings)

    def register(self) -> pd.DataFrame:
        """Return the numbers that this run gave, as 编号登记 has them."""
        rows = pd.DataFrame([list(row) for row in self.numbers], columns=list(NUMBER), dtype="string")
        return rows.assign(week_start=pd.to_datetime(rows["week_start"]).astype("datetime64[us]"))


def home(folder: TeamFolder, week: str) -> Path:
    """Return where a week's run is kept."""
    return folder.archive / week / folder.words.text("file.run")


def kept(place: Path, folder: TeamFolder) -> Run | None:
    """Return the run that is kept at a place; None without one, or where it is no longer legible."""
    try:
        return Run(**json.loads((place / folder.words.text("file.run_facts")).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def keep(run: Run, place: Path, folder: TeamFolder, settings: Path, book: Path) -> None:
    """Keep a run with its settings workbook and its book, as published."""
    place.mkdir(parents=True)
    shutil.copyfile(settings, place / folder.settings.name)
    shutil.copyfile(book, place / book.name)
    told = json.dumps(asdict(run), ensure_ascii=False, indent=1)
    (place / folder.words.text("file.run_facts")).write_text(told, encoding="utf-8")


def told_beside(batch: Batch) -> dict[str, str]:
    """Return what was said of files of which there is no copy, by name."""
    found: dict[str, list[Finding]] = {}
    for one in batch.findings:
        if one.place.file not in batch.copies:
            found.setdefault(one.place.file, []).append(one)
    return {name: dumps(Received((), tuple(those))).decode() for name, those in found.items()}


def numbers_of(team: Team, before: Team | None) -> list[list[Any]]:
    """Return the rows of the register that the book before has not."""
    rows = team.tables["number"]
    if before is not None:
        rows = rows[~rows["customer_no"].isin(before.tables["number"]["customer_no"])]
    told = rows[list(NUMBER)].assign(week_start=rows["week_start"].dt.strftime("%Y-%m-%d"))
    found: list[list[Any]] = told.astype(object).where(told.notna(), None).to_numpy().tolist()
    return found


def digest(path: Path) -> str:
    """Return the digest of a file; blank without one."""
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
