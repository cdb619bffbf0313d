"""Whether a form still stands as it was drawn, so that it may be drawn again.

Owns a digest that a form carries among its properties: of everything else in it. Whatever program saves a
form changes that. Refuses: what was changed.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from salesxl.drawing.look import CREATED
from salesxl.errors import RefusedError
from salesxl.xlsx.package import Package
from salesxl.xlsx.properties import PART, read_properties, set_properties

__all__ = ["as_drawn", "sealed"]

DIGEST = "salesxl.digest"
_CORE = "docProps/core.xml"


def sealed(data: bytes) -> bytes:
    """Return a form that carries the digest of itself; the same form always gives the same bytes."""
    package = Package.open(data)
    set_properties(package, {DIGEST: _digest(package)})
    return package.to_bytes()


def as_drawn(path: Path) -> bool:
    """Say whether nobody has changed a form since it was drawn; of what cannot be read nobody knows.

    A form from before there was a digest says so by the moment of its last change, which no program that
    saves it leaves alone.
    """
    if not path.is_file():  # a pipe would never end
        return False
    try:
        package = Package.open(path)
        properties = read_properties(package)
        if "salesxl.form" not in properties:
            return False
        if DIGEST in properties:
            return properties[DIGEST] == _digest(package)
        stamp = f'<dcterms:modified xsi:type="dcterms:W3CDTF">{CREATED:%Y-%m-%dT%H:%M:%SZ}</'
        return stamp.encode() in package.read(_CORE)
    except (RefusedError, OSError, KeyError):
        return False


def _digest(package: Package) -> str:
    found = hashlib.sha256()
    for name in sorted(package.names()):
        if name != PART:
            found.update(name.encode() + b"\0" + hashlib.sha256(package.read(name)).digest())
    return found.hexdigest()
