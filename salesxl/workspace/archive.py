"""Keeping what came in: the week's originals, and accepted process records by customer.

Owns the names in 归档/. Copies are only ever added or, for a record, brought up to date; nothing is moved
out of the inbox.
"""

from __future__ import annotations

import filecmp
import re
import shutil
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

import pandas as pd

from salesxl.files import publish
from salesxl.files.naming import fitting
from salesxl.model import Team
from salesxl.workspace.folder import TeamFolder

__all__ = ["keep_originals", "keep_records", "kept_originals", "originals", "record_name"]

FORBIDDEN = re.compile(r'[\\/:*?"<>|\x00-\x1f]+')
"""Characters that Windows does not take in a file name."""


def keep_originals(files: Mapping[str, Path], folder: TeamFolder, week: str, draft: Path) -> dict[str, Path]:
    """Copy new originals to a draft as they came; another content under one name is kept beside the first.

    Returns where each of them lies once the draft is in its place.
    """
    home = originals(folder, week)
    kept: dict[str, Path] = {}
    new: dict[Path, Path] = {}
    for given, path in files.items():
        name = fitting(given)
        if any((home / part).is_file() for part in PurePosixPath(name).parents):
            name = name.replace("/", "_")  # what is a folder now was a file that day
        target, number = home / name, 1
        while (there := _there(target, new)) and not filecmp.cmp(path, there, shallow=False):
            number += 1
            target = (home / name).with_stem(f"{PurePosixPath(name).stem}({number})")
        if there is None:
            new[target] = path
        kept[given] = target
    for target, source in new.items():
        copy = draft / target.relative_to(home)
        copy.parent.mkdir(parents=True, exist_ok=True)
        with publish.named(target):
            shutil.copyfile(source, copy)
    return kept


def originals(folder: TeamFolder, week: str) -> Path:
    """Return where a week's originals lie."""
    return folder.archive / week / folder.words.text("file.originals")


def kept_originals(folder: TeamFolder, week: str) -> dict[str, Path]:
    """Return a week's originals by name; of several under one name nobody knows which was read: none."""
    home = originals(folder, week)
    found = {path.relative_to(home).as_posix(): path for path in sorted(home.rglob("*")) if path.is_file()}
    return {name: path for name, path in found.items() if not path.with_stem(f"{path.stem}(2)").exists()}


def _there(target: Path, new: Mapping[Path, Path]) -> Path | None:
    """Return the file that lies at a place, or is going to; None if the place is free."""
    return new.get(target) or (target if target.exists() else None)


def keep_records(team: Team, files: Mapping[str, Path], folder: TeamFolder) -> None:
    """Copy the workbook of each accepted process record as 客户名称_首次接触日期. docs/domain.md 2.2.

    A workbook with several records is kept under the name of each.
    """
    home = folder.archive / folder.words.text("file.records")
    records = team.tables["record"]
    new: dict[Path, Path] = {}
    for name, day, file in zip(
        records["customer_name"], records["first_contact"], records["source_file"], strict=True
    ):
        if pd.isna(name) or pd.isna(day) or file not in files:
            continue
        source = files[file]
        target = home / fitting(f"{record_name(name, day)}{source.suffix.lower()}")
        there = _there(target, new)
        if there is None or not filecmp.cmp(source, there, shallow=False):
            new[target] = source
    _copy(new, home)


def record_name(customer: str, day: pd.Timestamp) -> str:
    """Return the name a record is archived under: ABC公司_20240315."""
    return f"{FORBIDDEN.sub('_', customer).strip(' .')}_{day:%Y%m%d}"


def _copy(sources: Mapping[Path, Path], home: Path) -> None:
    """Copy each source to its target below ``home``."""
    if not sources:
        return
    with publish.new_files(home) as draft:
        for target, source in sources.items():
            copy = draft / target.relative_to(home)
            copy.parent.mkdir(parents=True, exist_ok=True)
            try:
                shutil.copyfile(source, copy)
            except OSError as failed:  # both paths are ours alone; people know the one where it was to lie
                raise OSError(failed.errno, failed.strerror, str(target)) from failed
