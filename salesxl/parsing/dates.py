"""What a person typed → a date, or a moment to the minute.

Reads a date only where one reading is possible; a year that is left out is the one nearest to a date that the
caller knows, and reported. Refuses: clocks, relative words (明天, 下周), the order of dates.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from decimal import Decimal

from salesxl.model import Tidied
from salesxl.parsing.days import FIRST_YEAR, LAST_YEAR, PERIODS, Clock, days, read_clock, to_arabic
from salesxl.parsing.numerals import UnreadableError
from salesxl.parsing.text import BLANK, Raw, clean, is_blank, is_nat, unreadable

__all__ = ["date", "moment"]

SERIALS = (20000, 80000)  # 1954 to 2119: an Excel serial outside is more likely a plain number
_EPOCH = dt.date(1899, 12, 30)  # serial 0 of the 1900 system, for every serial after its false 1900-02-29
_MINUTE = dt.timedelta(minutes=1)

_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?", re.ASCII)
_DAY_NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WEEKDAY = re.compile(r"[(\[【<]? ?(?:星期|周|礼拜)([一二三四五六日天1-7])(?!年|月|前|后|内) ?[)\]】>]?,?")
_ENGLISH_DAY = re.compile(r"\(?\b(mon|tue|wed|thu|fri|sat|sun)(?:[a-z]{3,6}|s|rs|r)?\b\.?\)?,?")
_NOTE = re.compile(r"\([^()\d]*\)$")
_REVOKED = re.compile(r"\([^()]*(?:延|取消|未|待|改|推迟|作废|错|不)[^()]*\)$")
_LEAD = re.compile(r"^(?:预计|计划|拟|截至|截止到?|截|于|在|自|从|时间|日期)[:]? *")
_DROPPED = re.compile(r"[ ,]*(?:之前|以前|前|之后|以后|后|起|开始|止|为止|截止)[。.!]?$")
_APPROXIMATE = re.compile(r"^(?:约|大约|大概|估计|可能)|(?:左右|前后|上下|附近|[?]|初|中旬|上旬|下旬|底|末)$")
_NO_DAY = re.compile(
    r"(?:\d{2}年|\d{4}[-/.年])\d{1,2}月?(?:份|初|中旬?|上旬|下旬|底|末)?"
    r"|(?:1[3-9]|[2-9]\d)[-/.](?:0?[1-9]|1[0-2])"
    r"|(?:19|20|21)\d{2}年?|\d{1,2}月(?:份|初|中旬?|上旬|下旬|底|末)?"
    r"|(?:\d{2}|\d{4})年?(?:q[1-4]|[上下]半年|第?[1-4一二三四]季度|年?[初中底末])"
)
_RELATIVE = re.compile(
    r"今年|明年|去年|后年|今天|今日|明天|明日|昨天|昨日|前天|后天|下周|本周|上周|这周|下月|下个月|本月|上月"
    r"|月底|月初|年底|年内|年前|年后|节前|节后|尽快|近期|(?:周|星期|礼拜)[一二三四五六日天]|周内|today|tomorrow|yesterday"
)
_LUNAR = re.compile(r"农历|阴历|正月|腊月|初[一二三四五六七八九十]")
_INTERVAL = re.compile(
    r"\d *[日号]? *(?:~|至|到|--) *\d|[日号] *- *\d|:\d{2} *- *\d{1,2}[:点时]"
    r"|[点时] *(?:-|~|至|到) *\d|[./]\d{1,2} *- *\d|\d{8}-\d"
)
_ONE_DAY = r"(?<!\d)(?:\d{4} *[-/.年] *)?\d{1,2} *[-/.月] *\d{1,2}[日号]?(?!\d)"
_LISTED = re.compile(rf"{_ONE_DAY} *(?:[、,;&]|和|及|与|或) *{_ONE_DAY}")
_SEVERAL = re.compile(rf"{_ONE_DAY} *[ /] *{_ONE_DAY}")
_AROUND = re.compile(r" ?([年月]) ?| (?=[日号](?!期|码))")
_MARKED = re.compile(r"[ ,;。.!]+$")
_LONGEST = 80  # a longer text is a sentence, not a date
_DOTS = str.maketrans("。・·\\", "...-")


def date(raw: Raw, *, near: dt.date | None = None) -> Tidied:
    """Read a date.

    ``near`` gives the year where none was typed (3月15日): the one that puts the date closest to it, reported
    by ``changed``; so is a time of day that is left out. Code ``type``, with ``why`` one of no_year, no_day,
    no_such_day, no_such_time, ambiguous, approximate, interval, relative, lunar, year, several_days, boolean,
    not_a_date
    (docs/domain.md 5).
    """
    if isinstance(raw, str) and (found := _ISO.fullmatch(raw)):
        return _checked(found, clock=False)
    if isinstance(raw, dt.date):
        if is_nat(raw):
            return unreadable("type", "not_a_date")
        if not isinstance(raw, dt.datetime):
            return _in_range(raw, raw)
        return _in_range(raw.date(), raw.date(), changed=(raw.hour, raw.minute) != (0, 0))
    try:
        read = _read(raw, near)
    except UnreadableError as unread:
        return unreadable("type", unread.why)
    if isinstance(read, Tidied):
        return read
    day, clock, inferred = read
    return _in_range(day, day, changed=inferred or clock not in (None, Clock(0, 0)))


def moment(raw: Raw, *, near: dt.date | None = None) -> Tidied:
    """Read a date with its time, to the minute; a date alone is its midnight.

    ``near``, ``changed`` and the codes are those of ``date``; 24:00 is the next day's midnight.
    """
    if isinstance(raw, str) and (found := _ISO.fullmatch(raw)):
        return _checked(found, clock=True)
    if isinstance(raw, dt.date):
        if is_nat(raw):
            return unreadable("type", "not_a_date")
        if not isinstance(raw, dt.datetime):
            return _in_range(raw, dt.datetime(raw.year, raw.month, raw.day))
        return _in_range(raw, _to_minute(raw))
    try:
        read = _read(raw, near)
    except UnreadableError as unread:
        return unreadable("type", unread.why)
    if isinstance(read, Tidied):
        return read
    day, clock, inferred = read
    if (refused := _in_range(day, day)).code:
        return refused
    start = dt.datetime(day.year, day.month, day.day)
    if clock is not None:
        start += dt.timedelta(hours=clock.hour, minutes=clock.minute)
    return Tidied(start, changed=inferred)


def _to_minute(typed: dt.datetime) -> dt.datetime:
    """Return the minute; a serial's 59.9997 s is a full minute that binary fractions missed."""
    start = dt.datetime(typed.year, typed.month, typed.day, typed.hour, typed.minute)
    return start + _MINUTE if typed.second == 59 and typed.microsecond >= 500_000 else start


def _in_range(day: dt.date, value: dt.date, *, changed: bool = False) -> Tidied:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        return unreadable("type", "year")
    return Tidied(value, changed=changed)


def _checked(found: re.Match[str], *, clock: bool) -> Tidied:
    year, month, day = int(found[1]), int(found[2]), int(found[3])
    try:
        value = dt.datetime(year, month, day)
    except ValueError:
        return unreadable("type", "no_such_day" if year else "year")
    return _in_range(value, value if clock else value.date())


def _read(raw: Raw, near: dt.date | None) -> Tidied | tuple[dt.date, Clock | None, bool]:
    """Return day, time and whether anything was inferred, or the outcome for what is no date at all."""
    if isinstance(raw, str):
        if is_blank(raw):
            return BLANK
        return _read_text(raw, near)
    if raw is None:
        return BLANK
    if isinstance(raw, bool):
        return unreadable("type", "boolean")
    if isinstance(raw, dt.time | dt.timedelta):
        return unreadable("type", "no_date")
    if isinstance(raw, int | float | Decimal):
        return _read_number(raw, near)
    return unreadable("type", "not_a_date")


def _read_number(raw: float | Decimal, near: dt.date | None) -> tuple[dt.date, Clock | None, bool]:
    if SERIALS[0] <= raw <= SERIALS[1]:
        minutes = round(Decimal(str(raw)) * 86400) // 60
        clock = Clock(*divmod(minutes % 1440, 60))
        return _EPOCH + dt.timedelta(days=minutes // 1440), clock if clock != (0, 0) else None, False
    if math.isfinite(raw) and raw == int(raw):
        return _read_text(str(int(raw)), near)
    figures = format(raw, ".15g")
    whole, _, fraction = figures.partition(".")
    if len(whole) > 2 or not 1 <= len(fraction) <= 2:
        raise UnreadableError("not_a_date")
    # 3.15 typed into a cell is stored as a number; 3.1 may have been the 10th.
    if fraction in {"1", "2", "3"}:
        raise UnreadableError("ambiguous")
    return _read_text(figures, near)


def _read_text(typed: str, near: dt.date | None) -> tuple[dt.date, Clock | None, bool]:
    if len(typed) > _LONGEST:
        raise UnreadableError("not_a_date")
    text = re.sub(r"\s+", " ", clean(typed).casefold().translate(_DOTS)).strip(" '")
    if _SERIAL.fullmatch(text) and SERIALS[0] <= float(text) <= SERIALS[1]:
        return _read_number(Decimal(text), near)
    if _LUNAR.search(text):
        raise UnreadableError("lunar")
    dated, weekday = _without_weekday(text)
    if _NO_DAY.fullmatch(dated):
        raise UnreadableError("no_day")
    if _LISTED.search(dated):
        raise UnreadableError("several_days")
    if re.search(r"\d", dated) and _APPROXIMATE.search(dated):
        raise UnreadableError("approximate")
    readings: dict[tuple[dt.date, Clock | None], bool] = {}
    why: list[str] = []
    if _REVOKED.search(dated):  # 2024-03-15（已延期）
        raise UnreadableError("ambiguous")
    dated, dropped = _trimmed(dated)
    for found in days(dated, near, why):
        rest, also_dropped = _trimmed(found.rest)
        if rest in PERIODS:  # 2024-03-15上午: the day is certain, the hour is not said
            rest, also_dropped = "", True
        try:
            clock = read_clock(rest)
        except UnreadableError as unread:
            why.append(unread.why)
            continue
        readings[found.day, clock] = found.inferred or dropped or also_dropped
    if len(readings) > 1:
        raise UnreadableError("ambiguous")
    if not readings:
        raise UnreadableError(_why_not(dated, text, why))
    ((day, clock), inferred), *_ = readings.items()
    return day, clock, inferred or bool(weekday and not _agrees(weekday, day))


def _without_weekday(text: str) -> tuple[str, str]:
    """Return the text with Arabic figures and without a weekday, and the weekday."""
    found = _WEEKDAY.search(text) or _ENGLISH_DAY.search(text)
    if found:
        dated = to_arabic(f"{text[: found.start()]} {text[found.end() :]}")
        if re.search(r"\d", dated):
            return _AROUND.sub(r"\1", re.sub(r" +", " ", dated)).strip(), found[1]
    return _AROUND.sub(r"\1", to_arabic(text)).strip(), ""


def _trimmed(text: str) -> tuple[str, bool]:
    """Return text without what says nothing about the date itself: 截至, 前, a note in brackets."""
    whole = _MARKED.sub("", text).strip()
    bare = _DROPPED.sub("", _MARKED.sub("", _NOTE.sub("", _LEAD.sub("", whole)))).strip()
    return bare, len(whole) != len(bare)


def _why_not(dated: str, text: str, why: list[str]) -> str:
    """Return the most telling reason why no date could be read."""
    if _INTERVAL.search(dated):
        return "interval"
    if _SEVERAL.search(dated):
        return "several_days"
    if why:
        for telling in ("ambiguous", "no_such_day", "no_year", "no_such_time"):
            if telling in why:
                return telling
        return why[0]
    if _RELATIVE.search(text):
        return "relative"
    try:
        return "no_date" if read_clock(dated) else "not_a_date"
    except UnreadableError:
        return "not_a_date"


def _agrees(weekday: str, day: dt.date) -> bool:
    names = "一二三四五六日" if weekday in "一二三四五六日" else "1234567"
    if weekday == "天":
        return day.weekday() == 6
    if weekday.isascii() and weekday.isalpha():
        return _DAY_NAMES[day.weekday()] == weekday
    return names.index(weekday) == day.weekday()
