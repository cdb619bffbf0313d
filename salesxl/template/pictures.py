"""Pictures by name: one whose alternative text says ``图片: {{ rep.name }}`` becomes that of the folder.

It keeps its place and its box; another shape of picture stands within the box as a whole. Owns the folder,
what of it may be taken, and the picture in the drawing. Refuses: names that lead out of the folder, kinds
that not every program shows, and large files.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from lxml import etree

from salesxl.xlsx.package import Package

__all__ = ["PICTURES", "Picture", "Pictures", "put_pictures"]

PICTURES = "\0pictures"
"""Where data keep their pictures; no expression can say it."""
_ASKED = re.compile(r"\s*(?:图片|照片|picture)\s*[:：]\s*(.*?)\s*\Z", re.IGNORECASE | re.DOTALL)
_TYPES = {"png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif"}
_LARGEST = 10_000_000
_WHOLE = 100_000
"""What a share of a box is counted in."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture's bytes, the ending of its kind, and its width and height in its own units."""

    data: bytes
    ending: str
    size: tuple[int, int]


@dataclass(slots=True)
class Pictures:
    """The pictures of a folder by name, with or without ending; ``missing`` are names it has none for."""

    folder: Path
    missing: dict[str, None] = field(default_factory=dict)
    _known: dict[str, Path] | None = None
    _read: dict[Path, Picture | None] = field(default_factory=dict)

    def find(self, name: str) -> Picture | None:
        """Return the picture of a name; the letters' case does not count."""
        if self._known is None:
            self._known = {}
            files = sorted(self.folder.iterdir()) if self.folder.is_dir() else []
            for path in files:
                if path.suffix[1:].lower() in _TYPES and path.is_file():
                    self._known[path.name.casefold()] = path
                    self._known.setdefault(path.stem.casefold(), path)
        known = self._known.get(name.casefold())
        if known is not None and known not in self._read:
            self._read[known] = _read(known)
        found = self._read.get(known) if known is not None else None
        if found is None:
            self.missing[name] = None
        return found


def put_pictures(package: Package, part: str, anchor: etree._Element, scope: Mapping[str, Any]) -> bool:
    """Put the pictures that an anchor asks for into it; tell whether there were any."""
    pictures: Pictures | None = scope.get(PICTURES)
    changed = False
    for node in anchor.iter("{*}pic") if pictures is not None else ():
        told = node.find(".//{*}cNvPr")
        asked = _ASKED.match(told.get("descr") or "") if told is not None else None
        blip = node.find(".//{*}blip")
        if told is None or asked is None or blip is None or pictures is None:
            continue
        told.set("descr", asked[1])
        changed = True
        found = pictures.find(asked[1]) if asked[1] else None
        if found is not None:
            target = _stored(package, found)
            embed = package.namespaces.rid().replace("}id", "}embed")
            blip.set(embed, package.add_rel(part, "image", target))
            _fit(node, anchor, found.size)
    return changed


def _stored(package: Package, picture: Picture) -> str:
    """Return the part that holds a picture; one that is there already serves again."""
    part = f"xl/media/picture_{sha256(picture.data).hexdigest()[:16]}.{picture.ending}"
    if part not in package:
        package.set_default_type(picture.ending, _TYPES[picture.ending])
        package.write(part, picture.data)
    return part


def _fit(node: etree._Element, anchor: etree._Element, size: tuple[int, int]) -> None:
    """Let the whole of a picture stand in its box: what its shape leaves free on two sides stays empty."""
    fill = node.find("{*}blipFill")
    extent = next((e for e in node.iterfind("{*}spPr/{*}xfrm/{*}ext") if e.get("cx")), None)
    extent = anchor.find("{*}ext") if extent is None else extent
    if fill is None:
        return
    for old in fill.findall("{*}srcRect"):
        fill.remove(old)
    box = (0, 0) if extent is None else (int(extent.get("cx", "0")), int(extent.get("cy", "0")))
    if not all(box) or not all(size):
        return
    wide, high = box[0] * size[1], box[1] * size[0]
    if abs(wide - high) * 100 <= max(wide, high):
        return
    sides = ("l", "r") if wide > high else ("t", "b")
    free = (max(wide, high) / min(wide, high) - 1) / 2
    blip = fill.find("{*}blip")
    assert blip is not None  # the picture stands in it
    rect = etree.Element(f"{{{etree.QName(blip).namespace}}}srcRect")
    for side in sides:
        rect.set(side, str(-round(free * _WHOLE)))
    blip.addnext(rect)


def _read(path: Path) -> Picture | None:
    if path.stat().st_size > _LARGEST:
        return None
    data = path.read_bytes()
    if data.startswith(b"\x89PNG\r\n\x1a\n") and len(data) > 24:
        return Picture(data, "png", struct.unpack(">II", data[16:24]))
    if data[:6] in (b"GIF87a", b"GIF89a") and len(data) > 10:
        return Picture(data, "gif", struct.unpack("<HH", data[6:10]))
    if data.startswith(b"\xff\xd8"):
        return Picture(data, "jpeg", _jpeg_size(data))
    return None


def _jpeg_size(data: bytes) -> tuple[int, int]:
    """Return width and height of a JPEG picture: they stand in the header of its frame."""
    at = 2
    while at + 9 < len(data) and data[at] == 0xFF:
        kind, length = data[at + 1], int.from_bytes(data[at + 2 : at + 4])
        if 0xC0 <= kind <= 0xCF and kind not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return width, height
        at += 2 + length
    return 0, 0
