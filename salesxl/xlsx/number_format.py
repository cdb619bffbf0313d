"""What a cell's number format adds to its number: a unit, a currency, percent, leading zeros, a prefix.

Owns reading a format code and telling what a number shows under it, digits in full: 12 under ``0"万"`` is the
text ``12万``, 12345 under ``00000000`` is ``00012345``. Formats that only place commas and decimals add
nothing, nor does the yuan's sign. Refuses: dates, which the reader knows; what the text means.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import TypeAlias

__all__ = ["BUILT_IN", "Shown", "is_dated", "shown_as", "shown_by"]

Shown: TypeAlias = Callable[[float], str | int | float]
"""Returns what a number shows; the number itself where its format adds nothing, or hides it."""

BUILT_IN: Mapping[int, str] = {9: "0%", 10: "0.00%"}
"""Codes of the formats known by number alone that add something; the currency ones are the system's own."""

_LONGEST = 255
_EXACT = 1e15  # Excel keeps 15 digits: a longer number has lost some, and no format brings them back
_TOKEN = re.compile(
    r'"([^"]*)"'  # 1 literal
    r"|[\\!](.)"  # 2 literal sign
    r"|[_*](.)"  # 3 room for a sign, a sign that fills
    r"|\[([^\]]*)\]"  # 4 colour, condition, currency, elapsed time
    r"|(General|G/通用格式)"  # 5
    r"|([0#?]+)"  # 6 digits
    r"|([.,%@])"  # 7
    r"|(E[+-])"  # 8
    r"|([^;])",  # 9 any other sign shows itself
    re.DOTALL | re.IGNORECASE,
)
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)\s*(-?\d+(?:\.\d+)?)")
_CURRENCY = re.compile(r"\$([^-]*)(?:-(.*))?", re.DOTALL)  # a sign, then a locale by number or by name
_DATED = re.compile(r"[ymdhseb年月日时分秒]|上午", re.IGNORECASE)
_OWN = re.compile(r"[\s()+\-¥￥:]|RMB|CNY|人民币", re.IGNORECASE)
_YEN = re.compile(r"(?:[0-9a-f]*0)?411|ja(?:-.*)?", re.IGNORECASE)
_SCALE_WORDS: Mapping[str, int] = {
    **{
        "k": 3,
        "千": 3,
        "仟": 3,
        "w": 4,
        "万": 4,
        "萬": 4,
        "m": 6,
        "百万": 6,
        "mn": 6,
        "千万": 7,
        "亿": 8,
        "億": 8,
        "bn": 9,
    }
}
_SCALES: Mapping[int, str] = {2: "百", 3: "千", 4: "万", 5: "十万", 6: "百万", 7: "千万", 8: "亿", 9: "十亿"}


@dataclass(slots=True)
class _Section:
    """One section of a format: what stands before and after the digits, and how these are made."""

    before: str = ""
    after: str = ""
    whole: str = ""  # placeholders before the decimal point, with the literals between them as \0-marked text
    zeros: int = 0
    thousands: int = 0  # commas at the end: each divides by 1000
    moved: int = 0  # placeholders behind a literal point: each divides by 10
    percent: bool = False
    digits: bool = False
    scientific: bool = False
    fraction: bool = False
    text: bool = False
    inner: bool = False  # literals stand between the digits
    condition: tuple[str, float] | None = None


@lru_cache(maxsize=4096)
def shown_by(code: str) -> Shown | None:
    """Return what numbers show under a format code; None where it adds nothing, or is a date's."""
    if len(code) > _LONGEST or not code or code.lower() == "general":
        return None
    sections = [_section(part) for part in _split(code)[:4]]
    if any(section is None for section in sections):
        return None
    known = [section for section in sections if section is not None]
    if not any(_adds(section) for section in known[:3]):
        return None
    return lambda number: _show(known, number, code)


def is_dated(code: str) -> bool:
    """Tell whether a format shows a day or an hour, in any of its sections."""
    return any(_is_date(part) for part in _split(code)[:4])


def shown_as(text: str, number: float, *, percent: bool = False) -> str | None:
    """Return what a number shows, digits in full, given its displayed text; None where that adds nothing."""
    found = _DISPLAYED.fullmatch(text.strip())
    if found is None or abs(number) >= _EXACT:
        return None if found is None and not any(sign.isdigit() for sign in text) else text.strip()
    before, digits, after = found[1], found[2].replace(",", ""), found[3]
    whole = digits.partition(".")[0]
    shift = _shift(abs(number), float(digits), len(digits) - len(whole) - 1 if "." in digits else 0)
    zeros = len(whole) if whole.startswith("0") and len(whole) > 1 else 0
    section = _Section(before, after.replace("%", "") if percent else after, zeros=zeros, percent=percent)
    if shift is None or not (shift or zeros or percent or _OWN.sub("", before + after)):
        return None
    section.moved, section.digits = (0 if percent else shift), True
    section.after = section.after + "%" if percent else section.after
    value = Decimal(format(number, ".15g"))
    return ("-" if value < 0 else "") + _written(section, abs(value), text, below=value < 0)


_DISPLAYED = re.compile(r"([^\d]*?)(\d[\d,]*(?:\.\d+)?)(\D*)", re.ASCII | re.DOTALL)


def _shift(number: float, shown: float, decimals: int) -> int | None:
    """Return by which power of ten a number is shown smaller than it is; None where it is none."""
    for shift in (0, *_SCALES):
        if abs(number / 10**shift - shown) <= 0.5000001 * 10**-decimals and (shown or not shift):
            return shift
    return 0 if abs(number * 100 - shown) <= 0.5000001 * 10**-decimals else None


def _split(code: str) -> list[str]:
    """Return the sections of a code; a semicolon in a literal divides nothing."""
    parts, start, quoted, at = [], 0, False, 0
    while at < len(code):
        sign = code[at]
        if sign == '"':
            quoted = not quoted
        elif sign in "\\!_*" and not quoted:
            at += 1
        elif sign == ";" and not quoted:
            parts.append(code[start:at])
            start = at + 1
        at += 1
    return [*parts, code[start:]]


def _section(part: str) -> _Section | None:
    """Return a section taken apart, or None for a date's or a time's."""
    found = _Section()
    if _is_date(part):
        return None
    decimals = False
    pending: list[str] = []  # literals since the last placeholder
    for match in _TOKEN.finditer(part):
        literal = match[1] if match[1] is not None else match[2] or match[9]
        if match[5] or match[6]:
            _digits(found, match[6] or "", pending, decimals=decimals)
            pending = []
        elif match[7] == ".":
            decimals = True
        elif match[7] == ",":
            found.thousands += found.digits
        elif match[4] is not None:
            pending.append(_bracketed(match[4], found))
        elif match[7] or match[8] or (match[9] == "/" and found.digits):
            _sign(found, match[7] or match[8] or "/", pending)
        elif literal:
            pending.append(literal)
    if found.digits:
        found.after = "".join(pending)
    else:
        found.before = "".join(pending)
    return found


def _digits(found: _Section, placeholders: str, pending: list[str], *, decimals: bool) -> None:
    """Take placeholders in; what stood between them and earlier ones is shown in the midst of the digits."""
    literal = "".join(pending)
    if not found.digits:
        found.before = literal
    elif literal == "." and not decimals:
        found.moved = len(placeholders)
    elif literal and not decimals:
        found.inner = True
        found.whole += f"\0{literal}\0"
    found.digits = True
    found.thousands = 0
    if not decimals:
        found.whole += placeholders
        found.zeros += placeholders.count("0")


def _sign(found: _Section, sign: str, pending: list[str]) -> None:
    if sign == "%":
        found.percent = True
        pending.append(sign)
    elif sign == "@":
        found.text = True
    elif sign == "/":
        found.fraction = True
    else:
        found.scientific = True


def _is_date(part: str) -> bool:
    """Tell whether signs of days and hours stand outside of literals."""
    for match in _TOKEN.finditer(part):
        if match[5] or match[8]:
            continue
        if match[9] and match[9].isascii() and _DATED.search(match[9]):
            return True
        if match[4] and match[4].lower().strip("hms") == "":
            return True
    return False


def _bracketed(inside: str, found: _Section) -> str:
    """Return what a bracket shows: a currency; a condition is kept, a colour shows nothing."""
    if match := _CONDITION.fullmatch(inside.strip()):
        found.condition = match[1], float(match[2])
    elif match := _CURRENCY.fullmatch(inside):
        sign = match[1]
        return "JPY" if sign in {"¥", "￥"} and _YEN.fullmatch(match[2] or "") else sign
    return ""


def _adds(section: _Section) -> bool:
    if section.text or section.scientific or section.fraction:
        return False
    if not section.digits:
        return True  # shows no number at all
    return bool(
        section.percent
        or section.thousands
        or section.moved
        or section.inner
        or section.zeros > 1
        or _OWN.sub("", section.before + section.after)
    )


def _show(sections: list[_Section], number: float, code: str) -> str | int | float:
    at = _which(sections, number)
    section = sections[at]
    if section.text or section.scientific or section.fraction or abs(number) >= _EXACT:
        return number
    if not section.digits:
        return section.before.strip() if _OWN.sub("", section.before) else number  # - for 0, or hidden
    if not _adds(section):
        return number
    # a section of its own for what is below zero shows no minus but what it brings itself
    signed = at == 0 or section.condition is not None
    value = Decimal(format(number, ".15g"))
    minus = value < 0 and (signed or re.search(r"[-(]", section.before))
    return ("-" if minus else "") + _written(section, abs(value), code, below=value < 0)


def _which(sections: list[_Section], number: float) -> int:
    if any(section.condition for section in sections):
        for at, section in enumerate(sections[:3]):
            if section.condition is None or _holds(section.condition, number):
                return at
        return 0
    if number < 0 and len(sections) > 1:
        return 1
    return 2 if number == 0 and len(sections) > 2 else 0


def _holds(condition: tuple[str, float], number: float) -> bool:
    sign, bound = condition
    return {
        "<": number < bound,
        "<=": number <= bound,
        ">": number > bound,
        ">=": number >= bound,
        "=": number == bound,
        "<>": number != bound,
    }[sign]


def _written(section: _Section, value: Decimal, code: str, *, below: bool) -> str:
    before, after = section.before.strip(), section.after.strip()
    if below:  # brackets or a minus of the format's own
        before, after = before.replace("(", "").replace("-", ""), after.replace(")", "").rstrip("-")
    if section.percent:
        return f"{before}{_plain(value.scaleb(2))}{after}"
    shift = 3 * section.thousands + section.moved
    if shift:
        bare = re.sub(r"元|圆|RMB|CNY|人民币|¥|￥|\s", "", after, flags=re.IGNORECASE).casefold()
        word = _SCALES.get(shift, "")
        if (bare and _SCALE_WORDS.get(bare) != shift) or not word or (not bare and "元" in after):
            return f"{_plain(value)} ({code})"  # it shows another figure than it holds
        return f"{before}{_plain(value.scaleb(-shift))}{word}{'元' if '元' in after else ''}"
    if section.inner and value == value.to_integral_value():
        return before + _between(section.whole, str(int(value))) + after
    digits = _plain(value)
    if section.zeros > 1:
        whole, point, rest = digits.partition(".")
        digits = whole.zfill(section.zeros) + point + rest
    return f"{before}{digits}{after}"


def _between(pattern: str, digits: str) -> str:
    """Return digits filled into placeholders from the right, with the literals between them."""
    parts = re.split(r"\0([^\0]*)\0", pattern)
    shown: list[str] = []
    for at in range(len(parts) - 1, -1, -1):
        if at % 2:
            shown.append(parts[at])
            continue
        size = len(parts[at])
        taken, digits = (digits, "") if at == 0 else (digits[-size:], digits[:-size])
        shown.append(taken.rjust(size, "0") if "0" in parts[at] else taken)
    return "".join(reversed(shown))


def _plain(value: Decimal) -> str:
    text = format(value.normalize(), "f")
    return "0" if text == "-0" else text
