"""What is double-clicked in a team's folder: starters that find the program and open the desk.

Owns their text, and the note in a user's own profile of where the program is: it is a machine's affair, and
a shared folder never says what is run. Refuses: what is run.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from importlib import resources
from pathlib import Path

import click

from salesxl.files import publish
from salesxl.messages import LOCALES, Words

__all__ = ["STARTERS", "note_program", "starter", "write_starters"]

STARTERS = {"bat": "windows.bat", "command": "unix.command"}
"""The starters by their ending, with the file of the package that each is made from."""
MARK = "salesxl starter"
"""Stands in every starter of ours; a team that takes the line out keeps its own."""


def starter(ending: str, words: Words) -> bytes:
    """Return a starter's bytes, as its system wants them: UTF-8 without a mark, its line ends."""
    source = resources.files("salesxl.workspace") / "starter" / STARTERS[ending]
    text = source.read_text(encoding="utf-8")
    options = "" if words.lang == LOCALES[0] else f"--lang {words.lang}"
    for name in ("failed", "missing", "no_folder"):
        text = text.replace(f"{{{name}}}", words.text(f"starter.{name}"))
    lines = [line.rstrip() for line in text.replace("{options}", options).splitlines()]
    return (("\r\n" if ending == "bat" else "\n").join([*lines, ""])).encode()


def write_starters(root: Path, words: Words) -> list[Path]:
    """Write the starters into a team's folder, but for those that a team has made its own; return them."""
    made = []
    for ending in STARTERS:
        path = root / f"{words.text('file.starter')}.{ending}"
        if path.exists() and MARK.encode() not in path.read_bytes():
            continue
        with publish.new_file(path) as draft:
            draft.write_bytes(starter(ending, words))
            draft.chmod(0o755)
        made.append(path)
    return made


def note_program() -> None:
    """Note in the user's profile by which Python the program runs; silent where that fails."""
    home = Path(click.get_app_dir("salesxl"))
    with suppress(OSError, UnicodeError):
        told = f"{os.path.abspath(sys.executable)}\n".encode()  # noqa: PTH100  links stay: a venv's Python is one
        note = home / "program.txt"
        if not note.is_file() or note.read_bytes() != told:
            home.mkdir(parents=True, exist_ok=True)
            note.write_bytes(told)
