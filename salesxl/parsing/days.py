"""The days that a text can begin with: 2024-3-15, 24.3.15, 3月15日, 15 March 2024, 20240315 …

Takes text that is cleaned already (one width, lower case, Arabic figures). Yields every reading that names a
day, so that the caller sees where there is more than one. Refuses: times, and anything around a date.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import NamedTuple

from salesxl.parsing.numerals import UnreadableError, numeral

__all__ = ["FIRST_YEAR", "LAST_YEAR", "PERIODS", "Clock", "Day", "days", "read_clock", "to_arabic"]

FIRST_YEAR, LAST_YEAR = 1900, 2199

_SEP = r"(?:年|月| ?[-/.,、\\] ?| )"
_FULL = re.compile(rf"(?P<y>\d{{4}}){_SEP}(?P<m>\d{{1,2}}){_SEP}(?P<d>\d{{1,2}})(?:日|号)?(?P<rest>.*)")
_SHORT = re.compile(
    r"(?P<y>\d{2})(?P<s>年|[-/.])(?P<m>\d{1,2})[月\-/.](?P<d>\d{1,2})(?:日|号)?(?P<rest>(?!\d).*)"
)
_YEAR_LAST = re.compile(r"(?P<a>\d{1,2})(?P<s>[-/.])(?P<b>\d{1,2})(?P=s)(?P<y>\d{4}|\d{2})(?P<rest>(?!\d).*)")
_MONTH_DAY = re.compile(r"(?P<m>\d{1,2})(?:月|[-/.])(?P<d>\d{1,2})(?:日|号)?(?P<rest>(?!\d).*)")
_DAY_STUCK = re.compile(r"(?P<m>\d{1,2})月(?P<d>\d{1,2})(?:日|号)(?P<rest>.*)")
_DIGITS = re.compile(r"(?P<y>(?:19|20|21)\d{2})(?P<m>\d{2})(?P<d>\d{2})(?P<rest>(?:\d{4}|\d{6})|(?!\d).*)")
_SIX = re.compile(r"(?P<y>\d{2})(?P<m>\d{2})(?P<d>\d{2})")
_MONTH_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTHS = {m: n for n, m in enumerate(_MONTH_NAMES, start=1)}
_MONTH = "(?P<m>" + "|".join(_MONTHS) + r")(?:[a-z]{1,6})?\.?"
_ENGLISH = (
    re.compile(rf"{_MONTH}[ -]?(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?:[ ,-]+(?P<y>\d{{4}}))?(?P<rest>(?!\d).*)"),
    re.compile(
        rf"(?P<d>\d{{1,2}})(?:st|nd|rd|th)?[ -]?(?:of )?{_MONTH}"
        rf"(?:[ ,-]*(?P<y>\d{{4}}|\d{{2}}(?!:|\d)))?(?P<rest>(?!\d).*)"
    ),
    re.compile(rf"(?P<y>\d{{4}})[ ,-]*{_MONTH}[ -]?(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?P<rest>(?!\d).*)"),
)


class Day(NamedTuple):
    """A date that was read, what was inferred, and the text left for the time."""

    day: dt.date
    rest: str
    inferred: bool = False


def days(text: str, near: dt.date | None, why: list[str]) -> Iterator[Day]:
    """Yield every date that the text can begin with; ``why`` collects reasons against the others."""
    if found := _FULL.fullmatch(text):
        yield from _stuck(found, why)
        return
    if found := _DIGITS.fullmatch(text):
        yield from _made(int(found["y"]), int(found["m"]), int(found["d"]), found["rest"], why)
        return
    if found := _SIX.fullmatch(text):
        yield from _six(found, why)
        return
    if found := _SHORT.fullmatch(text):
        yield from _short(found, why)
        return
    if found := _YEAR_LAST.fullmatch(text):
        yield from _year_last(found, why)
        return
    for pattern in _ENGLISH:
        if found := pattern.fullmatch(text):
            month, day = _MONTHS[found["m"]], int(found["d"])
            if found["y"]:
                yield from _made(_century(found["y"]), month, day, found["rest"], why)
            else:
                yield from _nearest(month, day, found["rest"], near, why)
            return
    if found := _DAY_STUCK.fullmatch(text) or _MONTH_DAY.fullmatch(text):
        yield from _nearest(int(found["m"]), int(found["d"]), found["rest"], near, why)


def _made(
    year: int, month: int, day: int, rest: str, why: list[str], inferred: bool = False
) -> Iterator[Day]:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        why.append("year")
        return
    try:
        yield Day(dt.date(year, month, day), rest, inferred)
    except ValueError:
        why.append("no_such_day")


def _stuck(found: re.Match[str], why: list[str]) -> Iterator[Day]:
    """Yield the readings of year, month, day where a time may be stuck to the day: 2024-03-2518:00."""
    year, month, rest = int(found["y"]), int(found["m"]), found["rest"]
    yield from _made(year, month, int(found["d"]), rest, why)
    stuck = found.end("d") == found.start("rest") and (rest[:1].isdigit() or rest.startswith(":"))
    if stuck and len(found["d"]) == 2 and found["d"][0] != "0":
        yield from _made(year, month, int(found["d"][0]), found["d"][1] + rest, why)


def _century(figures: str) -> int:
    year = int(figures)
    return year if len(figures) == 4 else year + (2000 if year < 70 else 1900)


def _short(found: re.Match[str], why: list[str]) -> Iterator[Day]:
    """Yield 24-3-15; with slashes also the American 3/15/24; what can be either is ambiguous."""
    yield from _made(_century(found["y"]), int(found["m"]), int(found["d"]), found["rest"], why)
    if found["s"] == "/" and len(found["d"]) == 2:
        yield from _made(_century(found["d"]), int(found["y"]), int(found["m"]), found["rest"], [])


def _year_last(found: re.Match[str], why: list[str]) -> Iterator[Day]:
    year, a, b = _century(found["y"]), int(found["a"]), int(found["b"])
    yield from _made(year, a, b, found["rest"], why)
    yield from _made(year, b, a, found["rest"], why)


def _six(found: re.Match[str], why: list[str]) -> Iterator[Day]:
    """Yield 240315 as a date; 202403 is a month, and what can be either is ambiguous."""
    if found["y"] in {"19", "20", "21"}:
        if 1 <= int(found["m"]) <= 12 and 1 <= int(found["d"]) <= 12:
            why.append("ambiguous")
        elif 1 <= int(found["d"]) <= 12:
            why.append("no_day")
            return
    if "ambiguous" not in why:
        yield from _made(_century(found["y"]), int(found["m"]), int(found["d"]), "", why, inferred=True)


def _nearest(month: int, day: int, rest: str, near: dt.date | None, why: list[str]) -> Iterator[Day]:
    """Yield month and day in the year that brings them closest to ``near``; of two, the earlier."""
    try:
        dt.date(2000, month, day)
    except ValueError:
        why.append("no_such_day")
        return
    if near is None:
        why.append("no_year")
        return
    candidates: list[dt.date] = []
    for year in (near.year - 1, near.year, near.year + 1):
        try:
            candidates.append(dt.date(year, month, day))
        except ValueError:  # 29 February
            continue
    if not candidates:
        why.append("no_such_day")
        return
    known = dt.date(near.year, near.month, near.day)
    yield Day(min(candidates, key=lambda candidate: (abs(candidate - known), candidate)), rest, inferred=True)


class Clock(NamedTuple):
    """A time of day; 24:00 is the midnight at the day's end."""

    hour: int
    minute: int


_MORNING = {"凌晨", "早上", "早晨", "清晨", "早", "上午", "午前", "am", "a.m."}
_NOON = {"中午", "正午"}
_AFTERNOON = {"下午", "午后", "傍晚", "pm", "p.m."}
_NIGHT = {"晚上", "晚间", "晚", "夜里", "夜间"}
PERIODS = frozenset(_MORNING | _NOON | _AFTERNOON | _NIGHT)
_PERIOD = "|".join(sorted((re.escape(word) for word in PERIODS), key=lambda word: (-len(word), word)))
_CLOCK = re.compile(
    rf"(?P<before>{_PERIOD})?[ :]?(?P<h>\d{{1,2}})"
    r"(?: ?[:;.] ?(?P<m>\d{2})(?:[:.] ?\d{2}(?:\.\d+)?)?"
    r"|(?:点钟?|时|點)(?:(?P<half>半)|(?P<quarter>[1-3])刻|整|(?P<m2>\d{1,2})分?(?:\d{1,2}秒)?)?)?"
    rf" ?(?P<after>{_PERIOD})?(?:\+08:?00)?"
)
_BARE = re.compile(r"(?P<h>[01]\d|2[0-4])(?P<m>[0-5]\d)(?:[0-5]\d)?")
_FIGURES = "零〇○一二三四五六七八九十两廿卅元"
_YEAR = re.compile(rf"[{_FIGURES}]{{4}}(?=年)|(?<!\d)[{_FIGURES}]{{2}}(?=年)")
_COUNT = re.compile(rf"[{_FIGURES}]+(?=月|日|号|點|点|时|分|刻)|(?<=月)[{_FIGURES}]+")
_YEAR_FIGURES = str.maketrans("零〇○一二三四五六七八九", "000123456789")


def to_arabic(text: str) -> str:
    """Return text with Chinese figures of years, months, days, hours and minutes as Arabic ones."""
    if text.isascii():
        return text
    text = _YEAR.sub(lambda found: found[0].translate(_YEAR_FIGURES), text)
    return _COUNT.sub(_arabic, text)


def _arabic(found: re.Match[str]) -> str:
    written = found[0]
    if written == "元":
        return "1"
    try:
        return str(int(numeral(written)))
    except UnreadableError:
        return written


def read_clock(text: str) -> Clock | None:
    """Return the time in text, None where there is none. Raises ``UnreadableError``.

    An hour without a period of the day counts as on a 24-hour clock; 晚上1点 belongs to the next day by
    custom but not for certain, and stays as typed.
    """
    text = text.strip(" ,t")
    if not text:
        return None
    if found := _BARE.fullmatch(text):
        return _valid(int(found["h"]), int(found["m"]))
    found = _CLOCK.fullmatch(text)
    if found is None or (found["before"] and found["after"]):
        raise UnreadableError("not_a_date")
    period = found["before"] or found["after"] or ""
    hour = int(found["h"])
    bare = text == found["h"]
    if bare:
        raise UnreadableError("not_a_date")
    minute = 30 if found["half"] else 15 * int(found["quarter"] or 0) or int(found["m"] or found["m2"] or 0)
    if period:
        hour = _on_24_hours(hour, period)
    return _valid(hour, minute)


def _on_24_hours(hour: int, period: str) -> int:
    if hour > 12:
        if period in _MORNING:
            raise UnreadableError("no_such_time")
        return hour
    if period in _MORNING:
        if hour < 12:
            return hour
        if period in {"am", "a.m.", "凌晨"}:
            return 0
        raise UnreadableError("ambiguous")
    if period in _NOON:
        return hour if hour >= 10 else hour + 12
    if period in _NIGHT:
        if hour < 5:
            raise UnreadableError("ambiguous")
        return hour + 12
    return hour if hour == 12 else hour + 12


def _valid(hour: int, minute: int) -> Clock:
    if minute > 59 or hour > 24 or (hour == 24 and minute):
        raise UnreadableError("no_such_time")
    return Clock(hour, minute)
