"""Whether a file that someone handed in is safe and readable, and what it really is.

Owns the first look: content instead of extension, sizes, encryption, archives that lie; and which files of a
folder are looked at at all. Refuses: cell values, which are grid's. Every refusal is an ``errors.Refused`` with
a ``reason`` (see ``REASONS``) and, where a limit was broken, the limit's name and value.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from salesxl.excel.grid_limits import Limits, unreadable, unsafe
from salesxl.excel.grid_zip import Package, open_package

__all__ = ["REASONS", "Intake", "Limits", "candidates", "inspect", "load", "passed_over"]

REASONS = {
    "unreadable": (
        *("empty", "truncated", "damaged", "encrypted", "foreign", "not_a_regular_file", "missing"),
        *("no_permission", "no_sheets"),
    ),
    "unsafe": (
        *("too_large", "too_many_parts", "inflates_too_much", "duplicate_part", "escaping_part", "dtd"),
        *("area_too_large", "too_many_cells", "too_many_sheets"),
    ),
}
"""Every reason that a refusal may give, by finding code."""

SUFFIXES = frozenset(
    {".xlsx", ".xlsm", ".xltx", ".xltm", ".xlsb", ".xls", ".et", ".ett", ".xlt", ".ods", ".csv", ".tsv"}
)
"""File name endings, in lower case, that are looked into."""

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MAIN_PARTS = (
    (b"spreadsheetml.sheet.main+xml", "xlsx"),
    (b"spreadsheetml.template.main+xml", "xlsx"),
    (b"ms-excel.sheet.macroenabled.main+xml", "xlsm"),
    (b"ms-excel.template.macroenabled.main+xml", "xlsm"),
    (b"ms-excel.addin.macroenabled.main+xml", "xlsm"),
    (b"ms-excel.sheet.binary.macroenabled.main", "xlsb"),
)
_FOREIGN_PARTS = (
    (b"wordprocessingml", "docx"),
    (b"presentationml", "pptx"),
    (b"ms-word", "docx"),
    (b"ms-powerpoint", "pptx"),
)


@dataclass(frozen=True, slots=True)
class Intake:
    """What a file really is: ``kind`` is xlsx, xlsm, xlsb, xls, ods or csv, whatever its extension says."""

    kind: str
    size: int
    extension: str
    data: bytes = field(repr=False, default=b"")
    package: Package | None = field(repr=False, default=None)


def passed_over(path: Path) -> bool:
    """Tell whether a file is nobody's submission: a lock file of Excel or WPS, a hidden or a system file."""
    name = path.name
    return name.startswith(("~$", ".~", ".")) or name.lower() in {"thumbs.db", "desktop.ini", "__macosx"}


def candidates(where: Path | Iterable[Path]) -> tuple[list[tuple[str, Path]], list[tuple[str, Path]]]:
    """List the files to be read, and those that are no workbooks, each as (path relative to the folder, path).

    Sub-folders are included, links that lead out of the folder and all linked folders are not; both lists are
    sorted by relative path, so that the file system's order never shows. A file given by itself is named by its
    file name, and is a candidate whatever it is called.
    """
    read: dict[str, Path] = {}
    other: dict[str, Path] = {}
    for given in [where] if isinstance(where, Path) else list(where):
        if not given.is_dir() or given.suffix.lower() in SUFFIXES:
            read[_free(read, given.name)] = given
            continue
        root = given.resolve()
        for folder, folders, names in os.walk(given, followlinks=False):
            folders[:] = sorted(name for name in folders if not passed_over(Path(name)))
            at = Path(folder)
            as_files = [name for name in folders if Path(name).suffix.lower() in SUFFIXES]
            for path in (at / name for name in sorted([*names, *as_files])):
                if passed_over(path) or not path.resolve().is_relative_to(root):
                    continue
                relative = path.relative_to(given).as_posix()
                chosen = read if path.suffix.lower() in SUFFIXES else other
                chosen[_free(chosen, relative)] = path
    return sorted(read.items()), sorted(other.items())


def _free(taken: dict[str, Path], name: str) -> str:
    """Return the name, numbered where two given folders hold a file of one relative path."""
    number, free = 2, name
    while free in taken:
        free, number = f"{name} ({number})", number + 1
    return free


def inspect(path: Path, *, limits: Limits = Limits()) -> Intake:
    """Tell what a file is, or refuse it.

    Raises:
        Refused: ``unreadable`` or ``unsafe`` with one of ``REASONS``.
    """
    return load(path, limits)


def load(path: Path, limits: Limits) -> Intake:
    """Read a file's bytes, decide what they are, and open its archive if it is one.

    Raises:
        Refused: as ``inspect``.
    """
    data = _bytes(path, limits)
    extension = path.suffix.lower()
    if data.startswith(b"PK\x03\x04"):
        package = open_package(data, limits)
        return Intake(_packed_kind(package), len(data), extension, data, package)
    if data.startswith(_OLE):
        return Intake("xls", len(data), extension, data)
    raise unreadable("foreign", kind=foreign_kind(data), extension=extension)


def _bytes(path: Path, limits: Limits) -> bytes:
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise unreadable("not_a_regular_file")
        if status.st_size > limits.max_file_bytes:
            raise unsafe(
                "too_large", limit="max_file_bytes", value=limits.max_file_bytes, found=status.st_size
            )
        with path.open("rb") as file:
            data = file.read(limits.max_file_bytes + 1)
    except FileNotFoundError as error:
        raise unreadable("missing") from error
    except PermissionError as error:
        raise unreadable("no_permission") from error
    except OSError as error:
        raise unreadable("damaged", detail=str(error.strerror)) from error
    if len(data) > limits.max_file_bytes:
        raise unsafe("too_large", limit="max_file_bytes", value=limits.max_file_bytes, found=len(data))
    if not data:
        raise unreadable("empty")
    return data


def _packed_kind(package: Package) -> str:
    """Tell what a sound archive is by the type of its main part."""
    mime = package.find("mimetype") or b""
    if mime.startswith(b"application/vnd.oasis.opendocument."):
        if mime.startswith(b"application/vnd.oasis.opendocument.spreadsheet") and package.find("content.xml"):
            return "ods"
        raise unreadable("foreign", kind="odf")
    types = (package.find("[Content_Types].xml") or b"").lower()
    for words, kind in (*_MAIN_PARTS, *_FOREIGN_PARTS):
        if words in types:
            if kind in {"docx", "pptx"}:
                raise unreadable("foreign", kind=kind)
            return kind
    if package.find("xl/workbook.xml"):
        return "xlsx"
    if package.find("xl/workbook.bin"):
        return "xlsb"
    raise unreadable("foreign", kind="zip")


def foreign_kind(data: bytes) -> str:
    """Name what a file that is no workbook seems to be; ``unknown`` where nothing is known."""
    signatures = (
        (b"%PDF", "pdf"),
        (b"\x89PNG", "image"),
        (b"\xff\xd8\xff", "image"),
        (b"GIF8", "image"),
        (b"BM", "image"),
        (b"Rar!", "rar"),
        (b"7z\xbc\xaf", "7z"),
        (b"\x1f\x8b", "gzip"),
        (b"MZ", "program"),
        (b"{\\rtf", "rtf"),
    )
    return next((kind for signature, kind in signatures if data.startswith(signature)), "unknown")
