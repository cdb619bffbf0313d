"""Numbers in Arabic and Chinese figures, mixed as people mix them: 3万5千, 一百二十万零五百, 叁仟伍佰.

Takes text that is cleaned already (one width, lower case) and holds the number alone, without sign or unit.
Refuses: approximations, and spellings that could be read in two ways.
"""

from __future__ import annotations

import re
from decimal import Decimal

__all__ = ["DIGITS", "FIGURES", "UnreadableError", "numeral"]

DIGITS = {sign: value for value, sign in enumerate("零一二三四五六七八九")}
FIGURES = "零〇○一二三四五六七八九两十百千万亿壹贰貳叁參肆伍陆陸柒捌玖拾佰仟萬億廿卅"
_PLAIN_SIGNS = str.maketrans(
    "〇○壹贰貳叁參肆伍陆陸柒捌玖拾佰仟萬億两弌", "零零一二二三三四五六六七八九十百千万亿二一"
)
_UNITS = {"十": 10, "百": 100, "千": 1000}
_ARABIC = re.compile(r"\d{1,24}(?:\.\d{1,12})?|\.\d{1,12}")
_GROUPED = re.compile(r"\d{1,3}([,'])\d{3}(?:\1\d{3})*(?:\.\d{1,12})?")
_GROUPED_WRONGLY = re.compile(r"[\d,'.]*\d[\d,'.]*")
_POINT = re.compile(r"([零一二三四五六七八九十百千]+)点([零一二三四五六七八九]+)")
_LETTER_UNIT = re.compile(r"(?<=\d)([wk])(?![a-z])")
_TOKEN = re.compile(r"(零*)([\d.,']+|[一二三四五六七八九])?([千百十])?")
_POSITIONAL = re.compile(r"[一二三四五六七八九](?=.*零)[零一二三四五六七八九]+")
_PAIR = re.compile(r"[一二三四五六七八九]{2}")


class UnreadableError(Exception):
    """Raised inside the room for text that is not one exact number; ``why`` is a stable word."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def numeral(written: str) -> Decimal:
    """Return the number that is written, e.g. ``3万5`` → 35000.

    A single figure after a unit counts in tenths of that unit, as it is spoken; several figures only where
    they fill all its places (3万5000, not 3万500). Raises ``UnreadableError``.
    """
    if _ARABIC.fullmatch(written):
        return Decimal(written)
    if _GROUPED.fullmatch(written):
        return Decimal(written.replace(",", "").replace("'", ""))
    if _GROUPED_WRONGLY.fullmatch(written):
        raise UnreadableError("grouping")
    written = written.translate(_PLAIN_SIGNS).replace("廿", "二十").replace("卅", "三十")
    written = written.replace("个亿", "亿")
    if written in _UNITS and written != "十":  # 百 alone counts nothing, in 百万 it does
        raise UnreadableError("not_a_number")
    written = _LETTER_UNIT.sub(lambda found: "万" if found[1] == "w" else "千", written)
    if not written.isascii():
        written = _POINT.sub(_with_point, written)
    return _read(written)


def _with_point(found: re.Match[str]) -> str:
    return f"{_read(found[1])}.{''.join(str(DIGITS[sign]) for sign in found[2])}"


def _read(written: str) -> Decimal:
    for sign, unit in (("亿", 10**8), ("万", 10**4)):
        head, found, tail = written.rpartition(sign)
        if not found:
            continue
        if not head or sign in head:
            raise UnreadableError("not_a_number")
        high = _read(head)
        if tail and high != int(high):
            raise UnreadableError("not_a_number")
        if len(tail) == 1 and head[-1] in "百千":  # 一百万五: 5,000 or 500,000
            raise UnreadableError("ambiguous")
        return high * unit + (_tail(tail, unit) if tail else 0)
    return _below_wan(written)


def _tail(tail: str, unit: int) -> Decimal:
    """Return what follows 万 or 亿."""
    figures = tail.lstrip("零")
    if not figures or "." in figures:
        raise UnreadableError("not_a_number")
    if figures == tail and len(tail) == 1 and (tail in DIGITS or tail.isdigit()):
        return Decimal(DIGITS.get(tail) or int(tail)) * unit / 10
    if figures == tail and tail.isdigit() and len(tail) != len(str(unit)) - 1:
        raise UnreadableError("ambiguous")
    value = _read(figures)
    if value >= unit:
        raise UnreadableError("not_a_number")
    return value


def _below_wan(written: str) -> Decimal:
    if _ARABIC.fullmatch(written) or _GROUPED.fullmatch(written):
        return Decimal(written.replace(",", "").replace("'", ""))
    if written in DIGITS:
        return Decimal(DIGITS[written])
    if _POSITIONAL.fullmatch(written):
        return Decimal("".join(str(DIGITS[sign]) for sign in written))
    if _PAIR.search(written):
        raise UnreadableError("interval")  # 三五万, 十二三万
    total, last, at = Decimal(0), 0, 0
    while at < len(written):
        found = _TOKEN.match(written, at)
        if found is None or found.end() == at:
            raise UnreadableError("not_a_number")
        zeros, figure, sign = found.groups()
        first = at == 0
        at = found.end()
        if sign is None:
            total += _ones(figure, zeros, last, at == len(written))
            continue
        unit = _UNITS[sign]
        if (last and unit >= last) or (figure is None and not first and unit != 10):
            raise UnreadableError("not_a_number")
        count = _figure(figure or "一")
        if (count != int(count) and (not first or at < len(written))) or (not first and count > 9):
            raise UnreadableError("not_a_number")
        total += count * unit
        last = unit
    return total


def _ones(figure: str | None, zeros: str, last: int, at_end: bool) -> Decimal:
    """Return the figures after the last of 十百千; after a bare unit they count in its tenths."""
    if figure is None or not at_end or not last:
        raise UnreadableError("not_a_number")
    value = _figure(figure)
    if value != int(value) or value >= last:
        raise UnreadableError("not_a_number")
    if zeros:
        return value
    if value < 10 and len(figure) == 1:
        return value * last / 10
    if len(figure) != len(str(last)) - 1:
        raise UnreadableError("ambiguous")
    return value


def _figure(figure: str) -> Decimal:
    if figure in DIGITS:
        return Decimal(DIGITS[figure])
    if _ARABIC.fullmatch(figure) or _GROUPED.fullmatch(figure):
        return Decimal(figure.replace(",", "").replace("'", ""))
    raise UnreadableError("grouping" if _GROUPED_WRONGLY.fullmatch(figure) else "not_a_number")
