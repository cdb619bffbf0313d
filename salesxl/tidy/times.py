"""The time of day behind a date: 18:00, 上午9点, 下午3点半, 3:30 PM.

Refuses: times that could be in the morning or at night.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from salesxl.tidy.numerals import Unreadable, numeral

__all__ = ["PERIODS", "Clock", "read_clock", "to_arabic"]


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
    except Unreadable:
        return written


def read_clock(text: str) -> Clock | None:
    """Return the time in text, None where there is none. Raises ``Unreadable``.

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
        raise Unreadable("not_a_date")
    period = found["before"] or found["after"] or ""
    hour = int(found["h"])
    bare = text == found["h"]
    if bare:
        raise Unreadable("not_a_date")
    minute = 30 if found["half"] else 15 * int(found["quarter"] or 0) or int(found["m"] or found["m2"] or 0)
    if period:
        hour = _on_24_hours(hour, period)
    return _valid(hour, minute)


def _on_24_hours(hour: int, period: str) -> int:
    if hour > 12:
        if period in _MORNING:
            raise Unreadable("no_such_time")
        return hour
    if period in _MORNING:
        if hour < 12:
            return hour
        if period in {"am", "a.m.", "凌晨"}:
            return 0
        raise Unreadable("ambiguous")
    if period in _NOON:
        return hour if hour >= 10 else hour + 12
    if period in _NIGHT:
        if hour < 5:
            raise Unreadable("ambiguous")
        return hour + 12
    return hour if hour == 12 else hour + 12


def _valid(hour: int, minute: int) -> Clock:
    if minute > 59 or hour > 24 or (hour == 24 and minute):
        raise Unreadable("no_such_time")
    return Clock(hour, minute)
