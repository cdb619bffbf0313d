"""What is otherwise on Windows: long paths, hidden folders, the console's code page, files that are in use.

Owns all of it, so that nothing else asks for the system; on others each says that all is as usual. Refuses:
what the paths and files are.
"""

from __future__ import annotations

import ctypes
import errno
import ntpath
import os
import stat
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any, TextIO

__all__ = ["error_name", "hide", "long_path", "piped_encoding", "plain", "reachable"]

EXTENDED, SHARE = "\\\\?\\", "\\\\?\\UNC\\"
"""What a path begins with for which Windows knows no bound; that of a shared folder."""
SHORT = 80
"""Up to this length of a team's folder, all that is made in it stays within the 260 of Windows."""
_HIDDEN = 0x2
_IN_USE = {32: "EBUSY", 33: "EBUSY", 206: "ENAMETOOLONG"}
"""Errors of Windows that Python takes for want of a right, or for a file that is not there."""


def long_path(text: str) -> str:
    """Return an absolute path of Windows as one that may be of any length."""
    if text.startswith(EXTENDED):
        return text
    whole = ntpath.normpath(text)  # in this form nothing is made of dots and slashes any more
    return SHARE + whole[2:] if whole.startswith("\\\\") else EXTENDED + whole


def plain(text: str) -> str:
    """Return a path as people know it."""
    return "\\\\" + text[len(SHARE) :] if text.startswith(SHARE) else text.removeprefix(EXTENDED)


def reachable(path: Path) -> Path:
    """Return a folder's path by which all in it is reached, however long its name is."""
    if sys.platform == "win32":
        whole = os.path.abspath(path)  # noqa: PTH100  links stay as they are written
        return path if len(whole) <= SHORT else Path(long_path(whole))
    return path


def hide(path: Path) -> None:
    """Hide a folder of ours: a dot before its name hides it everywhere else."""
    if sys.platform == "win32":
        with suppress(OSError, AttributeError):
            known = os.stat(path).st_file_attributes  # noqa: PTH116
            ctypes.windll.kernel32.SetFileAttributesW(str(path), known | _HIDDEN)


def piped_encoding(stream: TextIO, platform: str = sys.platform, page: int | None = None) -> str:
    """Return how text is written that does not go to a console: UTF-8, everywhere.

    But for Windows, where ``more`` and ``findstr`` read a pipe in the code page of the console (936 on a
    Chinese one). ``page`` is that code page.
    """
    if platform != "win32" or os.environ.get("PYTHONUTF8") == "1" or os.environ.get("PYTHONIOENCODING"):
        return "utf-8"
    if not stat.S_ISFIFO(os.fstat(stream.fileno()).st_mode):
        return "utf-8"
    page = _code_page() if page is None else page
    return f"cp{page}" if page and page != 65001 else "utf-8"


def _code_page() -> int:
    found: Any = getattr(ctypes, "windll", None)
    return int(found.kernel32.GetConsoleOutputCP()) if found else 0


def error_name(failed: OSError) -> str:
    """Return what the system refused, by the name of its error: EBUSY, ENOSPC …; blank where it has none."""
    known = _IN_USE.get(getattr(failed, "winerror", None) or 0)
    return known or errno.errorcode.get(failed.errno or 0, "")
