"""A zip of forms, as whoever collected them packed it: its members, opened under guard.

Owns the bounds of such a zip, the names in it (UTF-8, or GBK from a Chinese Windows), and what of it is not
opened. Refuses: what a member is; that is intake's. Nothing is written by the names that stand in a zip.
"""

from __future__ import annotations

import stat
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from salesxl.errors import RefusedError
from salesxl.files.naming import readable
from salesxl.xlsx.archive import directory, entry_of, inflate
from salesxl.xlsx.limits import Limits, broken, unreadable, unsafe
from salesxl.xlsx.read.inspect import free, passed_over

__all__ = ["LIMITS", "PACKED", "Bundle"]

_MIB = 1024 * 1024
LIMITS = Limits(max_file_bytes=256 * _MIB, max_parts=2_000, max_inflated_bytes=512 * _MIB, max_ratio=300)
"""A team's week fits ten times over; ``max_parts`` counts the files in the zip."""
PACKED: frozenset[str] = frozenset(
    *[(".zip", ".rar", ".7z", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".zst", ".cab", ".iso", ".arj", ".lzh")]
)
"""Endings of archives; the first is opened, the others are to be unpacked by whoever sent them."""
_WORKBOOKS = frozenset({"[content_types].xml", "mimetype"})
"""Members that only a workbook, or another document that is a zip itself, has."""


class Bundle:
    """The members of a zip: ``names`` in its order, and ``read(name)``.

    ``sealed`` are members that are not opened, with the reason. Lock and hidden files are left out.

    Raises:
        RefusedError: ``unreadable`` (truncated, damaged, encrypted) or ``unsafe`` (too_large, too_many_parts,
            escaping_part): nothing of the zip is taken.
    """

    def __init__(self, data: bytes, limits: Limits = LIMITS) -> None:
        self._data, self._limits = data, limits
        self._left = limits.max_inflated_bytes
        self._infos: dict[str, zipfile.ZipInfo] = {}
        self.sealed: dict[str, RefusedError] = {}
        if len(data) > limits.max_file_bytes:
            raise broken("too_large", limits, "max_file_bytes", found=len(data))
        infos = directory(data, limits)
        if min((info.header_offset for info in infos), default=0) > 0:
            raise unreadable("truncated")  # the end is gone, and that of a workbook inside was taken for it
        self.workbook = any(info.filename.lower() in _WORKBOOKS for info in infos)
        for info in infos:
            name = _name(info)
            if not name or any(passed_over(Path(part)) for part in PurePosixPath(name).parts):
                continue
            name = free(self._infos, name)
            self._infos[name] = info
            if info.flag_bits & 0x1:
                self.sealed[name] = unreadable("encrypted")
            elif info.create_system == 3 and stat.S_ISLNK(info.external_attr >> 16):
                self.sealed[name] = unreadable("link")
        if self.sealed and all(name in self.sealed for name in self._infos):
            raise next(iter(self.sealed.values()))

    @property
    def names(self) -> Iterator[str]:
        """The members that may be opened."""
        return (name for name in self._infos if name not in self.sealed)

    def read(self, name: str) -> bytes:
        """Return a member; all that are read have the room of ``max_inflated_bytes`` together.

        Raises:
            RefusedError: ``unreadable`` (truncated, damaged) or ``unsafe`` (inflates_too_much).
        """
        data = inflate(entry_of(self._data, self._infos[name], name), self._limits, self._left)
        self._left -= len(data)
        return data


def _name(info: zipfile.ZipInfo) -> str:
    """Return a member's name as people read it.

    Raises:
        RefusedError: ``unsafe``, for a name that leads out of the zip.
    """
    raw = info.orig_filename
    if not info.flag_bits & 0x800:  # stored as bytes of some code page, which zipfile took for IBM's
        raw = raw.encode("cp437", "replace").decode("utf-8", "surrogateescape")
    name = readable(raw).replace("\\", "/")
    if name.startswith("/") or ".." in name.split("/") or name[1:2] == ":" or "\0" in name:
        raise unsafe("escaping_part", part=name)
    return PurePosixPath(name).as_posix()
