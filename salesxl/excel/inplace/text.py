"""Turn Python values into a cell's XML and back. Owns escaping and serial dates; knows no styles.

Text always goes out as inline text, so that the table of shared strings stays as it was, and never as a
formula, whatever it begins with.
"""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal

from lxml import etree

from salesxl.excel.names import parse_xml
from salesxl.model import Area, CellValue, cell_name, column_number

__all__ = [
    "MAX_TEXT",
    "cell_name",
    "clean",
    "parse_area",
    "serial",
    "set_content",
    "shared_strings",
    "split_ref",
    "unescape",
    "whole",
    "write_area",
]

MAX_TEXT = 32767
"""Characters a cell can hold; Excel repairs a file that has more."""

_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_WHOLE = re.compile(r"\$?([A-Za-z]{1,3}):\$?([A-Za-z]{1,3})$|\$?([0-9]{1,7}):\$?([0-9]{1,7})$")
LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
_REF = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]+)$")
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_DAY = dt.timedelta(days=1)


def clean(text: str) -> str:
    """Return text as a cell can hold it: no control characters, escapes escaped, cut to size."""
    if text.isprintable() and "_x" not in text:
        return text[:MAX_TEXT]
    text = _ILLEGAL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return _ESCAPED.sub(lambda m: "_x005F" + m[0], text)[:MAX_TEXT]


def unescape(text: str) -> str:
    """Return a cell's text with the format's escapes (``_x000D_``) resolved."""
    return _ESCAPED.sub(lambda m: chr(int(m[1], 16)), text)


def shared_strings(data: bytes) -> list[str]:
    """Return the texts of a workbook's table of shared strings, without their phonetic hints."""
    return [unescape(_plain_text(item)) for item in parse_xml(data)]


def _plain_text(item: etree._Element) -> str:
    texts = (n for n in item.iter("{*}t") if etree.QName(n.getparent()).localname != "rPh")
    return "".join(node.text or "" for node in texts)


def serial(value: dt.date | dt.datetime | dt.time | dt.timedelta, *, date1904: bool = False) -> float | int:
    """Return a date or time as Excel counts it, in days; whole days as whole numbers."""
    if isinstance(value, dt.timedelta):
        days = value / _DAY
    elif isinstance(value, dt.time):
        days = dt.timedelta(hours=value.hour, minutes=value.minute, seconds=value.second) / _DAY
    else:
        moment = value if isinstance(value, dt.datetime) else dt.datetime(value.year, value.month, value.day)
        days = (
            moment.replace(tzinfo=None)
            - dt.datetime(1904 if date1904 else 1899, 1 if date1904 else 12, 1 if date1904 else 30)
        ) / _DAY
        # Excel believes that 1900 was a leap year: its days before March 1900 are one lower
        days -= not date1904 and days < 61
    return int(days) if days == int(days) else days


def set_content(cell: etree._Element, value: CellValue | Decimal, *, date1904: bool = False) -> None:
    """Replace a cell's content by a value, keeping its address and style."""
    for child in [*cell]:
        cell.remove(child)
    for name in ("t", "cm", "vm"):
        cell.attrib.pop(name, "")
    if value is None or value == "":
        return
    space = etree.QName(cell).namespace
    if isinstance(value, str):
        cell.set("t", "inlineStr")
        node = etree.SubElement(etree.SubElement(cell, f"{{{space}}}is"), f"{{{space}}}t")
        node.text = clean(value)
        if node.text != node.text.strip() or "\n" in node.text:
            node.set(_SPACE, "preserve")
        return
    if isinstance(value, bool):
        cell.set("t", "b")
        written = str(int(value))
    elif isinstance(value, (dt.date, dt.time, dt.timedelta)):
        written = repr(serial(value, date1904=date1904))
    else:
        written = str(value) if isinstance(value, Decimal) else repr(value)
    etree.SubElement(cell, f"{{{space}}}v").text = written


def split_ref(ref: str) -> tuple[int, int]:
    """Return (row, column) of an address such as ``E7`` or ``$E$7``. Raises ValueError for anything else."""
    match = _REF.match(ref)
    if match is None:
        raise ValueError(f"{ref!r} is not the address of a cell")
    column = 0
    for letter in match[1].upper():
        column = column * 26 + ord(letter) - 64
    return int(match[2]), column


def parse_area(ref: str) -> Area:
    """Return the area of a reference such as ``A2:R14``, ``B3``, ``A:R`` or ``3:7``.

    Raises ValueError for anything else.
    """
    found = _WHOLE.match(ref)
    if found is not None and found[1]:
        left, right = sorted(column_number(each) for each in found.group(1, 2))
        return Area(1, left, LAST_ROW, right)
    if found is not None:
        top, bottom = sorted(int(each) for each in found.group(3, 4))
        return Area(top, 1, bottom, LAST_COLUMN)
    first, _, last = ref.partition(":")
    top, left = split_ref(first)
    bottom, right = split_ref(last or first)
    return Area(top, left, bottom, right)


def whole(text: str | None, default: int = 0) -> int:
    """Return an attribute as the number it should be; what is none counts as not stated."""
    return int(text) if text and text.isascii() and text.strip().isdigit() else default


def write_area(area: Area) -> str:
    """Return an area as a reference: ``A2:R14``, ``B3`` for a single cell."""
    first = cell_name(area.top, area.left)
    last = cell_name(area.bottom, area.right)
    return first if first == last else f"{first}:{last}"
