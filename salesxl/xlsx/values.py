"""One value → the text of one cell in a sheet's XML.

Owns how Excel stores text, numbers, dates and yes/no. Text always goes out as text: whatever it begins with,
it never becomes a formula. Refuses: styles and addresses; those are the caller's.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable, Collection, Sequence
from decimal import Decimal
from functools import partial
from typing import Any

from lxml import etree

from salesxl.model import CellValue

__all__ = [
    "LONGEST_TEXT",
    "cell_tail",
    "cell_tails",
    "escape",
    "serial",
    "set_content",
    "stored_text",
    "string_text",
    "unescape",
    "whole",
]

LONGEST_TEXT = 32_767
"""UTF-16 units a cell can hold; Excel calls a file with a longer text damaged."""

_SURELY_FITS = LONGEST_TEXT // 2
_ORDINAL_1899_12_30 = 693_594
_FIRST_OF_MARCH_1900 = 61  # serials below it are one too high: Excel counts 29 February 1900
_BEHIND_1904 = 1462  # days that the calendar of old Macs is behind
_UNSAFE = "\x00-\x08\x0b-\x1f\ufffe\uffff\ud800-\udfff"
_CODED = re.compile("_x([0-9A-Fa-f]{4})_")
_TO_CODE = re.compile(f"[{_UNSAFE}]|_(?=x[0-9A-Fa-f]{{4}}_)")
_SPECIAL = re.compile(f"[&<>{_UNSAFE}]|_(?=x[0-9A-Fa-f]{{4}}_)")
_NAMED = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_SURROGATE = re.compile("[\ud800-\udfff]")
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"


def escape(text: str) -> str:
    """Return text as XML content; characters XML forbids become ``_xHHHH_``, as Excel writes them.

    A text that itself reads like such a code (``_x0041_``) gets its first underscore coded, so that it comes
    back as typed. Of line ends, a CR is coded too: XML would make it one with the LF.
    """
    return _SPECIAL.sub(_code, text) if _SPECIAL.search(text) else text


def stored_text(text: str) -> str:
    """Return text as an element of a cell or a note holds it: cut to size, coded as ``escape`` does it.

    For whoever writes the XML itself; ``&`` and ``<`` stay.
    """
    text = _cut(text)
    return _TO_CODE.sub(_code, text) if _TO_CODE.search(text) else text


def _code(found: re.Match[str]) -> str:
    return _NAMED.get(found[0]) or f"_x{ord(found[0]):04X}_"


def _cut(text: str) -> str:
    """Return text that is not longer than a cell can hold, with an ellipsis where it was cut."""
    if len(text) <= _SURELY_FITS:
        return text
    units = text.encode("utf-16-le", "surrogatepass")
    if len(units) <= 2 * LONGEST_TEXT:
        return text
    kept = units[: 2 * (LONGEST_TEXT - 1)].decode("utf-16-le", "surrogatepass")
    halved = kept[-1] != text[len(kept) - 1]  # the cut went through a character of two units
    return f"{kept[:-1] if halved else kept}…"


def unescape(text: str) -> str:
    """Return the text that ``_xHHHH_`` codes stand for; two halves of one character become it."""
    if "_x" not in text:
        return text
    text = _CODED.sub(lambda found: chr(int(found[1], 16)), text)
    if _SURROGATE.search(text):
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
    return text


def serial(value: dt.date | dt.datetime | dt.time | dt.timedelta, *, date1904: bool = False) -> float | None:
    """Return a date or time as Excel's day number, to the millisecond; whole days are whole numbers.

    None stands for a day before Excel's calendar, which begins on 1 January 1900, or with ``date1904`` (in
    workbooks begun on old Macs) on 1 January 1904.
    """
    if isinstance(value, dt.timedelta):
        return _whole(value / dt.timedelta(days=1))
    if isinstance(value, dt.time):
        return _whole(_fraction(value))
    days = value.toordinal() - _ORDINAL_1899_12_30
    days -= _BEHIND_1904 if date1904 else days < _FIRST_OF_MARCH_1900
    if days < (0 if date1904 else 1):
        return None
    return _whole(days + _fraction(value.time())) if isinstance(value, dt.datetime) else days


def _whole(days: float) -> float:
    return int(days) if days == int(days) else days


def _fraction(value: dt.time) -> float:
    seconds = value.hour * 3600 + value.minute * 60 + value.second + round(value.microsecond, -3) / 1_000_000
    return seconds / 86_400


def cell_tail(value: Any, *, date1904: bool = False) -> str:
    """Return what follows ``<c r="B2" s="5"`` for a value, closing tag included; empty for a blank.

    Blank are None, NaN, NaT and NA. Decimals are written digit by digit, never through a float. A text that
    is too long for a cell is cut, with an ellipsis at the end. A date that Excel's calendar does not have is
    written as text, year first.
    """
    writer = _WRITERS.get(type(value))
    if writer is not None and not (date1904 and writer in (_date, _moment)):
        return writer(value)
    return _other(value, date1904)


def cell_tails(
    values: Sequence[Any], *, before: str = "", blank: str = "", date1904: bool = False
) -> list[str]:
    """Return ``cell_tail`` of each value of a column behind ``before``, and ``blank`` for each blank.

    What a column says again and again is written once.
    """
    kinds = set(map(type, values)) - {type(None)}
    if not kinds:
        return [blank] * len(values)
    if len(kinds) > 1 or Decimal in kinds:  # equal ones may differ: 1 and True, 1.0 and 1.00
        tails = (cell_tail(value, date1904=date1904) for value in values)
        return [before + tail if tail else blank for tail in tails]
    distinct = set(values)
    distinct -= {None, ""}
    if kinds == {str} and _plain(distinct):
        known = {text: f'{before} t="inlineStr"><is><t>{text}</t></is></c>' for text in distinct}
    else:
        write = partial(cell_tail, date1904=True) if date1904 else _WRITERS.get(kinds.pop(), cell_tail)
        known = {v: before + tail if (tail := write(v)) else blank for v in distinct}
    known |= {None: blank, "": blank}
    return list(map(known.__getitem__, values))


def _plain(texts: Collection[str]) -> bool:
    """Tell whether texts are cell content as they stand: nothing to escape, no outer space, not too long."""
    return (
        _SPECIAL.search("".join(texts)) is None
        and all(map(str.__eq__, map(str.strip, texts), texts))
        and max(map(len, texts), default=0) <= _SURELY_FITS
    )


def _text(value: str) -> str:
    if not value:
        return ""
    if len(value) > _SURELY_FITS:
        value = _cut(value)
    if _SPECIAL.search(value):
        value = _SPECIAL.sub(_code, value)
    if value[0].isspace() or value[-1].isspace():
        return f' t="inlineStr"><is><t xml:space="preserve">{value}</t></is></c>'
    return f' t="inlineStr"><is><t>{value}</t></is></c>'


def _int(value: int) -> str:
    return f"><v>{value}</v></c>"


def _float(value: float) -> str:
    if not math.isfinite(value):
        return ""
    return f"><v>{int(value) if value.is_integer() and abs(value) < 1e15 else value!r}</v></c>"


def _bool(value: bool) -> str:
    return f' t="b"><v>{int(value)}</v></c>'


def _decimal(value: Decimal) -> str:
    return f"><v>{value:f}</v></c>" if value.is_finite() else ""


def _date(value: dt.date) -> str:
    number = value.toordinal() - _ORDINAL_1899_12_30
    if number >= _FIRST_OF_MARCH_1900:
        return f"><v>{number}</v></c>"
    return _moment(value)


def _moment(value: dt.date | dt.time | dt.timedelta, *, date1904: bool = False) -> str:
    days = serial(value, date1904=date1904)
    return _text(_written(value)) if days is None else f"><v>{days}</v></c>"


def _written(value: dt.date | dt.time | dt.timedelta) -> str:
    return value.isoformat(" ") if isinstance(value, dt.datetime) else str(value)


def _blank(_: object) -> str:
    return ""


_WRITERS: dict[type, Callable[[Any], str]] = {
    str: _text,
    int: _int,
    float: _float,
    bool: _bool,
    Decimal: _decimal,
    dt.date: _date,
    dt.datetime: _moment,
    dt.time: _moment,
    dt.timedelta: _moment,
    type(None): _blank,
}


def _other(value: Any, date1904: bool) -> str:
    """Write subclasses and look-alikes: pandas and numpy scalars, enumerations, dates counted from 1904."""
    if hasattr(value, "item") and not isinstance(value, (str, dt.date)):  # numpy scalars
        return cell_tail(value.item(), date1904=date1904)
    if _missing(value):
        return ""
    if date1904 and isinstance(value, dt.date):
        return _moment(value, date1904=True)
    writer = next((w for kind, w in _WRITERS.items() if isinstance(value, kind)), None)
    if writer is _date and isinstance(value, dt.datetime):
        writer = _moment
    if writer is _int:
        value = int(value)
    return writer(value) if writer is not None else _text(str(value))


def _missing(value: Any) -> bool:
    try:
        return bool(value != value)  # noqa: PLR0124 - NaN and NaT differ from themselves
    except TypeError:  # pandas.NA has no truth
        return True


def string_text(item: etree._Element) -> str:
    """Return the text of a shared or an inline string, without its phonetic hints."""
    texts = (n for n in item.iter("{*}t") if etree.QName(n.getparent()).localname != "rPh")
    return unescape("".join(node.text or "" for node in texts))


def set_content(cell: etree._Element, value: CellValue | Decimal, *, date1904: bool = False) -> None:
    """Replace a cell's content by a value, keeping its address and style.

    A date that Excel's calendar does not have is written as text, year first.
    """
    for child in [*cell]:
        cell.remove(child)
    for name in ("t", "cm", "vm"):
        cell.attrib.pop(name, "")
    if value is None or value == "":
        return
    space = etree.QName(cell).namespace
    if isinstance(value, (dt.date, dt.time, dt.timedelta)):
        days = serial(value, date1904=date1904)
        value = _written(value) if days is None else days
    if isinstance(value, str):
        cell.set("t", "inlineStr")
        node = etree.SubElement(etree.SubElement(cell, f"{{{space}}}is"), f"{{{space}}}t")
        node.text = stored_text(value)
        if node.text != node.text.strip() or "\n" in node.text:
            node.set(_SPACE, "preserve")
        return
    if isinstance(value, bool):
        cell.set("t", "b")
        written = str(int(value))
    else:
        written = str(value) if isinstance(value, Decimal) else repr(value)
    etree.SubElement(cell, f"{{{space}}}v").text = written


def whole(text: str | None, default: int = 0) -> int:
    """Return an attribute as the number it should be; what is none counts as not stated."""
    return int(text) if text and text.isascii() and text.strip().isdigit() else default
