"""Where a workbook may be written that a command or a function was told to make.

Owns that no result takes the place of what is read or of a team's settings. Refuses: writing it.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from salesxl.errors import UsageError
from salesxl.files import publish
from salesxl.messages import Words
from salesxl.workspace.folder import settings_near

__all__ = ["SUFFIXES", "check_output", "not_over"]

SUFFIXES = (".xlsx", ".xlsm", ".xltx", ".xltm")


def check_output(target: Path, read: Iterable[Path | None], words: Words) -> None:
    """Refuse a place where no workbook can go: by its name, or because something that is read lies there.

    Raises:
        UsageError: its name is no workbook's, or the file there is read or is a team's settings.
    """
    if target.suffix.lower() not in SUFFIXES:
        raise UsageError("no_workbook_name", path=target, suffixes=SUFFIXES)
    not_over(target, read, words)


def not_over(target: Path, read: Iterable[Path | None], words: Words) -> None:
    """Refuse to write over what is read or a team's settings, by whatever name, link or spelling it is given.

    Raises:
        UsageError: the target is one of them.
    """
    known = [path for path in (*read, settings_near([target], words)) if path is not None]
    if publish.same_file([target], known) is not None:
        raise UsageError("over", path=target)
