"""Error values that the reader does not know, and pictures that stand in cells.

Owns handing the reader no error value but those it knows: it gives a workbook up for a single other one
(``#GETTING_DATA``, ``#SPILL!`` and whatever comes next). What really stood there was noted before. And
telling that a cell shows a picture: WPS keeps it as a formula, Excel as an error with a rich value. Refuses:
the cells.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from salesxl.model import column_number
from salesxl.xlsx.read.package import Parts
from salesxl.xlsx.read.sheet import Key, SheetScan

__all__ = ["PICTURE", "in_pictures", "known_errors", "picture_cells"]

PICTURE = "=DISPIMG()"
"""What stands in the place of a picture that has no formula."""

_KNOWN = frozenset({b"", b"#DIV/0!", b"#N/A", b"#NAME?", b"#NULL!", b"#NUM!", b"#REF!", b"#VALUE!"})
_ERROR = re.compile(
    rb"""(<(?:\w+:)?c\b[^>]*\st\s*=\s*["']e["'][^>]*>"""
    rb"(?:\s*<(?:\w+:)?f\b(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>))?\s*<(?:\w+:)?v\b[^>]*>)([^<]*)(?=<)"
)
_RICH = re.compile(rb'<c r="([A-Z]+)(\d+)"(?=[^>]*\st="e")[^>]*\svm="\d+"')
_PICTURE_FORMULA = re.compile(r"(?:_xlfn\.|_xlws\.)*(?:DISPIMG|IMAGE)\(", re.IGNORECASE)


def known_errors(xml: bytes, scan: SheetScan) -> bytes:
    """Return a sheet's XML in which every error value is one that the reader knows."""
    if all(text.encode() in _KNOWN for text in scan.errors.values()):
        return xml
    return _ERROR.sub(lambda found: found[1] + (found[2] if found[2] in _KNOWN else b"#N/A"), xml)


def in_pictures(package: Parts) -> bool:
    """Tell whether a workbook of Excel holds pictures in cells."""
    return any(
        b"Image" in content
        for name, content in package.parts.items()
        if name.lower().endswith("rdrichvaluestructure.xml")
    )


def picture_cells(scan: SheetScan, xml: bytes, *, rich: bool) -> Mapping[Key, str]:
    """Return the cells that show a picture; ``rich`` says that some errors of the sheet may stand for one."""
    found = {
        key: f"={text}" for key, text in scan.formulas.items() if _PICTURE_FORMULA.match(text.lstrip("=+ "))
    }
    if rich and scan.errors:
        rich_ones = ((int(row), column_number(letters.decode())) for letters, row in _RICH.findall(xml))
        found |= dict.fromkeys(rich_ones, PICTURE)
    return found
