"""What a result of reading depends on besides the file: this code, the reader beneath it, the team's words.

Owns the digest under which results are kept and compared. Refuses: keeping them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import metadata
from pathlib import Path

from salesxl.needs import AS_SHIPPED, Needs

__all__ = ["reader_version", "taught"]

_HOME = Path(__file__).parents[1]
_ROOMS = (
    "columns.py",
    "excel",
    "frames.py",
    "model.py",
    "needs.py",
    "reading",
    "receive",
    "schemas.py",
    "tidy",
    "words",
)
"""The code that a result may depend on; what is more than needed costs a cold run after an update."""
_READERS = ("python-calamine", "pandas")


@cache
def reader_version() -> str:
    """Return a digest of the code that reads, so that a change of a single letter of it counts."""
    digest = hashlib.sha256()
    for room in _ROOMS:
        path = _HOME / room
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.suffix in {".py", ".toml", ".tsv"}:
                digest.update(file.relative_to(_HOME).as_posix().encode() + b"\0" + file.read_bytes())
    for package in _READERS:
        digest.update(metadata.version(package).encode())
    return digest.hexdigest()


def taught(
    aliases: Mapping[tuple[str, str], str], choices: Mapping[str, Sequence[str]], needs: Needs = AS_SHIPPED
) -> str:
    """Return a digest of what a team's settings teach the reader: headers, lists, what its forms ask for."""
    told = [sorted([*key, label] for key, label in aliases.items()), sorted(choices.items()), needs.told]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()
