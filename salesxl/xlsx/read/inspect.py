"""Whether a file that someone handed in is safe and readable, and what it really is.

Owns the first look: content instead of extension, sizes, encryption, archives that lie; and which files of
a folder are looked at at all. Refuses: cell values, which are grid's. Every refusal is a ``RefusedError``
with a ``reason`` (all of them: ``REASONS``) and, where a limit was broken, the limit's name and value.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Container, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from salesxl.files.naming import natural, readable
from salesxl.xlsx.limits import DEFAULT, REASONS, Limits, broken, damaged, unreadable
from salesxl.xlsx.read.csv import decode
from salesxl.xlsx.read.encryption import opened
from salesxl.xlsx.read.encryption_xls import opened_xls
from salesxl.xlsx.read.html import is_html, is_xml_2003
from salesxl.xlsx.read.package import Parts, open_package
from salesxl.xlsx.read.xls import SIGNATURE, Compound

__all__ = [
    "REASONS",
    "SUFFIXES",
    "Found",
    "Intake",
    "Limits",
    "candidates",
    "contents",
    "free",
    "inspect",
    "passed_over",
]

SUFFIXES = frozenset(
    (".xlsx", ".xlsm", ".xltx", ".xltm", ".xlsb", ".xls", ".xlt", ".et", ".ett", ".ods", ".csv", ".tsv")
)
"""File name endings, in lower case, that are looked into."""

_MAIN_PARTS = (
    (b"spreadsheetml.sheet.main+xml", "xlsx"),
    (b"spreadsheetml.template.main+xml", "xlsx"),
    (b"ms-excel.sheet.macroenabled.main+xml", "xlsm"),
    (b"ms-excel.template.macroenabled.main+xml", "xlsm"),
    (b"ms-excel.addin.macroenabled.main+xml", "xlsm"),
    (b"ms-excel.sheet.binary.macroenabled.main", "xlsb"),
)
_FOREIGN_PARTS = (
    *((b"wordprocessingml", "docx"), (b"ms-word", "docx")),
    *((b"presentationml", "pptx"), (b"ms-powerpoint", "pptx")),
)
_FOREIGN_SIGNATURES = (
    *((b"%PDF", "pdf"), (b"\x89PNG", "image"), (b"\xff\xd8\xff", "image"), (b"GIF8", "image")),
    *((b"Rar!", "rar"), (b"7z\xbc\xaf", "7z"), (b"\x1f\x8b", "gzip"), (b"MZ", "program"), (b"{\\rtf", "rtf")),
)
_FOREIGN_STREAMS = {"worddocument": "doc", "powerpoint document": "ppt"}
_WEB_ARCHIVE = re.compile(r"(?:mime-version|content-type|from|subject|date)\s*:", re.IGNORECASE)
_SEALED = (
    b"E-SafeNet",
    b"%TSD-Header",
    b"<DRM",
)  # what company-wide encryption leaves outside of its network


@dataclass(frozen=True, slots=True)
class Intake:
    """What a file really is, whatever its extension says.

    ``kind`` is xlsx, xlsm, xlsb, xls, ods or csv, or html or xml for what business systems export as .xls.
    ``extension`` is the file name's, in lower case; the other fields are what the reader goes on with.
    """

    kind: str
    size: int
    extension: str
    data: bytes = field(repr=False, default=b"")
    package: Parts | None = field(repr=False, default=None)
    compound: Compound | None = field(repr=False, default=None)
    text: str = field(repr=False, default="")


def passed_over(path: Path) -> bool:
    """Tell whether a file is nobody's submission: a lock file of Excel or WPS, a hidden or a system file."""
    name = path.name
    return name.startswith(("~$", ".")) or name.lower() in {"thumbs.db", "desktop.ini", "__macosx"}


@dataclass(frozen=True, slots=True)
class Found:
    """What lies under some paths, each as (path in the folder, path), sorted as people sort names.

    ``read`` are the files to be read, ``other`` those that are no workbooks. ``shut`` are links that lead
    away and folders that cannot be entered, each with the reason for which it is not read.
    """

    read: list[tuple[str, Path]]
    other: list[tuple[str, Path]]
    shut: list[tuple[str, str]]


def candidates(where: Path | Iterable[Path]) -> Found:
    """List what lies under some paths.

    Sub-folders are included, links that lead out of the folder and all linked folders are not; everything is
    sorted by its path as people sort names, so that the file system's order never shows and a copy comes
    after what it was copied from. A file given by itself is named by its file name and is a candidate
    whatever its ending; a folder that bears a workbook's name is one too, so that it is refused instead of
    overlooked. Lock and hidden files are left out everywhere.
    """
    read: dict[str, Path] = {}
    other: dict[str, Path] = {}
    shut: dict[str, str] = {}
    for given in [where] if isinstance(where, Path) else list(where):
        if given.is_dir() and given.suffix.lower() not in SUFFIXES:
            for relative, path in _below(given, shut):
                chosen = read if path.suffix.lower() in SUFFIXES else other
                chosen[free(chosen, readable(relative))] = path
        elif not passed_over(given):
            read[free(read, readable(given.name))] = given
    ordered = sorted(shut.items(), key=lambda item: natural(item[0]))
    return Found(_in_order(read), _in_order(other), ordered)


def _in_order(files: dict[str, Path]) -> list[tuple[str, Path]]:
    return sorted(files.items(), key=lambda item: natural(item[0]))


def _below(root: Path, shut: dict[str, str]) -> list[tuple[str, Path]]:
    found = []
    home = root.resolve()

    def told(failed: OSError) -> None:
        shut[_told(Path(os.fsdecode(failed.filename or root)), root)] = "no_entry"

    for folder, folders, names in os.walk(root, onerror=told, followlinks=False):
        folders[:] = sorted(name for name in folders if not passed_over(Path(name)))
        shown = {name for name in folders if Path(name).suffix.lower() in SUFFIXES}
        linked = {name for name in folders if Path(folder, name).is_symlink()}
        for name in sorted({*names, *shown, *linked}):
            path = Path(folder, name)
            if passed_over(path):
                continue
            if not _stays_in(path, home):
                shut[_told(path, root)] = "link"
            elif name not in linked:
                found.append((path.relative_to(root).as_posix(), path))
    return found


def _told(path: Path, root: Path) -> str:
    """Return how a path below a folder is told; the folder itself by its own name."""
    relative = path.relative_to(root).as_posix() if path != root else root.name or str(root)
    return readable(relative)


def _stays_in(path: Path, home: Path) -> bool:
    try:
        return path.resolve().is_relative_to(home)
    except (OSError, RuntimeError):  # a link that leads to itself
        return False


def free(taken: Container[str], name: str) -> str:
    """Return the name, numbered where two given folders hold a file of one relative path."""
    stem, dot, suffix = name.rpartition(".")
    number, free = 2, name
    while free in taken:
        free, number = f"{stem or suffix}({number}){dot}{suffix if dot else ''}", number + 1
    return free


def inspect(path: Path, *, limits: Limits = DEFAULT, data: bytes | None = None) -> Intake:
    """Tell what a file is, with its archive opened and every readable part inflated once, or refuse it.

    What goes by sheets (extents, cells, broken parts) shows only in ``grid.read``, before the reader starts.
    ``data`` is what is in the file (``contents``), where its disk is out of reach. The dirt of real files
    that this answers to: docs/domain.md 5.

    Raises:
        RefusedError: ``unreadable`` or ``unsafe`` with one of ``REASONS``.
    """
    data = contents(path, limits) if data is None else data
    size, extension = len(data), path.suffix.lower()
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        package = open_package(data, limits)
        return Intake(_packed_kind(package), size, extension, package=package)
    if data.startswith(SIGNATURE):
        compound = Compound(data)
        if {"encryptedpackage", "encryptioninfo"} <= compound.names:
            package = open_package(opened(compound, limits), limits)
            return Intake(_packed_kind(package), size, extension, package=package)
        _workbook_streams(compound)
        data = opened_xls(data)
        return Intake("xls", size, extension, data=data, compound=Compound(data))
    foreign = next((kind for signature, kind in _FOREIGN_SIGNATURES if data.startswith(signature)), None)
    if any(mark in data[:512] for mark in _SEALED):
        raise unreadable("encrypted")
    text = None if foreign else decode(data)
    if text is None:
        raise unreadable("foreign", kind=foreign or "unknown", extension=extension)
    if not text.strip():
        raise unreadable("empty")
    return Intake(_text_kind(text, extension), size, extension, text=text)


def contents(path: Path, limits: Limits = DEFAULT) -> bytes:
    """Return what is in a file.

    Raises:
        RefusedError: it is no regular file, cannot be read, is empty or too large.
    """
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise unreadable("not_a_regular_file")
        if status.st_size > limits.max_file_bytes:
            raise broken("too_large", limits, "max_file_bytes", found=status.st_size)
        with path.open("rb") as file:
            data = file.read(limits.max_file_bytes + 1)
    except FileNotFoundError as error:
        raise unreadable("missing") from error
    except PermissionError as error:
        raise unreadable("no_permission") from error
    except OSError as error:
        raise damaged(error.strerror) from error
    if len(data) > limits.max_file_bytes:
        raise broken("too_large", limits, "max_file_bytes", found=len(data))
    if not data.strip(b"\0 \t\r\n"):
        raise unreadable("empty")
    return data


def _packed_kind(package: Parts) -> str:
    """Tell what a sound archive is by the type of its main part."""
    mime = package.find("mimetype") or b""
    if mime.startswith(b"application/vnd.oasis.opendocument."):
        if b"encryption-data" in (package.find("META-INF/manifest.xml") or b""):
            raise unreadable("encrypted")
        if mime.startswith(b"application/vnd.oasis.opendocument.spreadsheet"):
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


def _workbook_streams(compound: Compound) -> None:
    if {"encryptedpackage", "encryptioninfo"} & compound.names:
        raise unreadable("encrypted")
    if not {"workbook", "book"} & compound.names:
        kind = next((kind for name, kind in _FOREIGN_STREAMS.items() if name in compound.names), "ole")
        raise unreadable("foreign", kind=kind)


def _text_kind(text: str, extension: str) -> str:
    if is_xml_2003(text):
        return "xml"
    if is_html(text):
        return "html"
    start = text.lstrip("\ufeff \t\r\n")
    if _WEB_ARCHIVE.match(start[:4096]) and "content-type: multipart/related" in start[:4096].lower():
        raise unreadable("web_archive")
    if start.startswith(("<?xml", "<")) or (
        extension not in {".csv", ".tsv", ".txt"} and not _has_columns(start)
    ):
        raise unreadable("foreign", kind="text", extension=extension)
    return "csv"


def _has_columns(text: str) -> bool:
    return any(mark in text[:4096] for mark in "\t,;")
