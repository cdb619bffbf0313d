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

from salesxl import publish
from salesxl.model import Team
from salesxl.team_folder import TeamFolder

__all__ = ["keep_originals", "keep_records", "record_name"]

FORBIDDEN = re.compile(r'[\\/:*?"<>|\x00-\x1f]+')
"""Characters that Windows does not take in a file name."""


def keep_originals(files: Mapping[str, Path], folder: TeamFolder, week: str) -> dict[str, Path]:
    """Copy the originals as they came; another content under the same name is kept beside the first.

    Returns where each of them lies now.
    """
    home = folder.archive / week / folder.words.text("file.originals")
    kept: dict[str, Path] = {}
    for name, path in files.items():
        target, number = home / name, 1
        while target.exists() and not filecmp.cmp(path, target, shallow=False):
            number += 1
            target = (home / name).with_stem(f"{PurePosixPath(name).stem}({number})")
        if path.is_file() and not target.exists():
            _copy(path, target)
        kept[name] = target
    return kept


def keep_records(team: Team, files: Mapping[str, Path], folder: TeamFolder) -> None:
    """Copy the workbook of each accepted process record as 客户名称_首次接触日期. docs/domain.md 2.2.

    A workbook with several records is kept under the name of each.
    """
    home = folder.archive / folder.words.text("file.records")
    records = team.tables["record"]
    for name, day, file in zip(
        records["customer_name"], records["first_contact"], records["source_file"], strict=True
    ):
        if pd.isna(name) or pd.isna(day) or file not in files:
            continue
        source = files[file]
        target = home / f"{record_name(name, day)}{source.suffix.lower()}"
        if not target.exists() or not filecmp.cmp(source, target, shallow=False):
            _copy(source, target)


def record_name(customer: str, day: pd.Timestamp) -> str:
    """Return the name a record is archived under: ABC公司_20240315."""
    return f"{FORBIDDEN.sub('_', customer).strip(' .')}_{day:%Y%m%d}"


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with publish.new_file(target) as draft:
        shutil.copyfile(source, draft)
