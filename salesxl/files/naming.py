"""Names of files: the order in which people sort them, and how they are told and kept."""

from __future__ import annotations

import hashlib
import os
import re
import unicodedata

__all__ = ["distinct", "fitting", "natural", "readable", "safe"]

_LONGEST = 240
"""Bytes of a name: file systems take 255, and a name gets something in front while it is being written."""

_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]')
_UNSEEN = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\.|\Z)", re.IGNORECASE)


def natural(name: str) -> tuple[tuple[tuple[int, int, str], ...], str]:
    """Return a key that sorts file names as people do: 周报.xlsx, 周报(2).xlsx, 周报(10).xlsx.

    The ending is looked at last, so that a copy comes after what it was copied from.
    """
    stem = name.rsplit(".", 1)[0]
    parts = re.findall(r"\d+|\D+", stem)
    return tuple((1, int(p), "") if p.isdecimal() else (0, 0, p) for p in parts), name


def fitting(name: str) -> str:
    """Return a relative path whose parts are short enough for a file system; a part that was cut says so.

    What was cut off stands in a few digits, so that two long names stay two.
    """
    return "/".join(_fitting(part) for part in name.split("/"))


def _fitting(name: str) -> str:
    if len(name.encode("utf-8", "surrogateescape")) <= _LONGEST:
        return name
    stem, dot, suffix = name.rpartition(".")
    if not stem or len(suffix) > 10:
        stem, dot, suffix = name, "", ""
    raw = name.encode("utf-8", "surrogateescape")
    tail = f"~{hashlib.sha256(raw).hexdigest()[:6]}{dot}{suffix}"
    room = _LONGEST - len(tail.encode("utf-8", "surrogateescape"))
    return stem.encode("utf-8", "surrogateescape")[:room].decode("utf-8", "ignore") + tail


def safe(name: str) -> str:
    """Return a name for a file that every system takes and shows as it is: no signs, marks or devices.

    What a path or Windows forbids becomes an underscore; what cannot be seen, and what turns the direction of
    writing, is left out. A name that would be too long is cut (see ``fitting``).
    """
    seen = (sign for sign in unicodedata.normalize("NFC", name) if unicodedata.category(sign) not in _UNSEEN)
    plain = " ".join(_FORBIDDEN.sub("_", "".join(seen)).split()).strip(" .")
    if not plain.strip("_"):
        plain = "_"
    return f"_{plain}" if _DEVICE.match(plain) else plain


def distinct(name: str, taken: set[str]) -> str:
    """Return a name, cut to what fits, that none of those taken looks like, and take it: 周报 (2).xlsx."""
    stem, dot, suffix = name.rpartition(".")
    number, found = 1, fitting(name)
    while (known := unicodedata.normalize("NFKC", found).casefold()) in taken:
        number += 1
        found = fitting(f"{stem} ({number}){dot}{suffix}")
    taken.add(known)
    return found


def readable(name: str) -> str:
    """Return a file's name as it can be shown, stored and printed.

    A name whose bytes are no UTF-8, as an archive from a Chinese Windows leaves behind, is read as GBK;
    what is neither stands as the numbers of its bytes.
    """
    raw = os.fsencode(name)
    for codec in ("utf-8", "gb18030"):
        try:
            return raw.decode(codec)
        except UnicodeDecodeError:
            continue
    return raw.decode("utf-8", "backslashreplace")
