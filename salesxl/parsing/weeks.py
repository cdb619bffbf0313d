"""What a person typed → the days of one week: 第47周, 2026年第47周(11.16~11.22), W47, 11月第3周, 11.16-22.

A week of the year is numbered as in ISO 8601; a week of a month is that of the month's so many-th Thursday
(docs/domain.md 2.3). Days that are written down beside a number must be of that week. Refuses: clocks, 本周.
"""

from __future__ import annotations

import datetime as dt
import re

from salesxl.model import Tidied
from salesxl.parsing.dates import date
from salesxl.parsing.days import to_arabic
from salesxl.parsing.numerals import UnreadableError, numeral
from salesxl.parsing.text import Raw, clean, simplified, unreadable

__all__ = ["week"]

Days = tuple[dt.date, dt.date]

_FIGURE = r"(?:\d{1,2}|[一二三四五六七八九十]{1,3})"
_YEAR = r"(?:(?P<year>\d{4}|\d{2}(?=年)) *[年\-/.]? *)?"
_OF_YEAR = re.compile(
    rf"{_YEAR}(?:度 *)?(?:第 *(?P<n>{_FIGURE}) *(?:周|星期|个?礼拜)"
    r"|(?:week|wk|cw|kw|w) *[#.]? *(?P<w>\d{1,2})(?!\d)"
    rf"|(?P<b>\d{{1,2}}) *周)"
)
_OF_MONTH = re.compile(
    rf"{_YEAR}(?P<month>{_FIGURE}) *月(?:份)? *(?:的)? *(?:第 *)?"
    r"(?P<n>[1-6一二三四五六]) *(?:个)?(?:周|星期|礼拜)"
)
_MOST_IN_A_MONTH = 6  # a lone 3 may be of a month or a year
_NUMBER = re.compile(r"\d{1,2}")
_DATE = (
    r"(?:(?P<y{0}>\d{{4}}|\d{{2}}(?=年)) *[-/.年] *)?"
    r"(?:(?P<m{0}>\d{{1,2}}) *[-/.月] *)?(?P<d{0}>\d{{1,2}}) *[日号]?"
)
_COMPACT = re.compile(r"(?<!\d)((?:19|20)\d{2})(\d{2})(\d{2})(?!\d)")
_WEEKDAY = re.compile(r"\(? *(?:周|星期|礼拜)[一二三四五六日天] *\)?")
_DASH = r" *(?:~|至|到|-{1,2}) *"
_INTERVAL = re.compile(_DATE.format(1) + _DASH + _DATE.format(2))
_SPACED = re.compile(_DATE.format(1) + r" *(?:~|至|到|--| - ) *" + _DATE.format(2))
_RELATIVE = re.compile("[本上下这]个?(?:周|星期|礼拜)")
_BARE = re.compile(r"[\s()\[\]【】:,、周报工作销售本自从期间为是年度的]*")


def week(raw: Raw, *, near: dt.date | None = None) -> Tidied:
    """Read the first and last day of a week or period; ``value`` is the pair.

    ``near`` gives the year where none was typed: the one that puts the week closest to it. What was told by a
    number is ``changed``. Code ``type``, with ``why`` no_such_week, no_such_day, no_year, two_weeks or
    not_a_date.
    """
    if isinstance(raw, bool) or not isinstance(raw, str | int | float):
        return unreadable("type", "not_a_date")
    text = _COMPACT.sub(r"\1-\2-\3", simplified(clean(str(raw).removesuffix(".0"))).casefold())
    try:
        return _read(text, near)
    except UnreadableError as unread:
        return unreadable("type", unread.why)


def _read(text: str, near: dt.date | None) -> Tidied:
    numbered, left = _numbered(text, near)
    stated, left = _stated(left, near or (numbered[0] if numbered else None), year=_year_in(text))
    if _BARE.fullmatch(left) is None:
        raise UnreadableError("not_a_date")
    if numbered and stated:
        if min(numbered[1], stated[1]) < max(numbered[0], stated[0]):
            raise UnreadableError("two_weeks")
        return Tidied(stated, changed=True)
    if found := stated or numbered:
        return Tidied(found, changed=numbered is not None)
    if _RELATIVE.search(text):
        raise UnreadableError("relative")
    raise UnreadableError("not_a_date")


def _year_in(text: str) -> int | None:
    found = re.search(r"(?<!\d)(20\d{2})(?!\d)", text)
    return int(found[1]) if found else None


def _numbered(text: str, near: dt.date | None) -> tuple[Days | None, str]:
    """Return the week that a number names, and the text without it."""
    if _NUMBER.fullmatch(text) and int(text) > _MOST_IN_A_MONTH:
        return _of_year(None, int(text), near), ""
    if found := _OF_MONTH.search(text):
        month, number = _count(found["month"]), _count(found["n"])
        days = _of_month(_full_year(found["year"]), month, number, near)
    elif found := _OF_YEAR.search(text):
        days = _of_year(_full_year(found["year"]), _count(found["n"] or found["w"] or found["b"]), near)
    else:
        return None, text
    return days, text[: found.start()] + " " + text[found.end() :]


def _count(figure: str) -> int:
    return int(figure) if figure.isdigit() else int(numeral(figure))


def _full_year(figures: str | None) -> int | None:
    return None if figures is None else int(figures) + (2000 if len(figures) == 2 else 0)


def _around(year: int | None, near: dt.date | None) -> list[int]:
    if year is None and near is None:
        raise UnreadableError("no_year")
    return [year] if year is not None else [near.year + step for step in (-1, 0, 1)] if near else []


def _of_year(year: int | None, number: int, near: dt.date | None) -> Days:
    found = []
    for each in _around(year, near):
        try:
            found.append(dt.date.fromisocalendar(each, number, 1))
        except ValueError:
            continue
    return _closest(found, near)


def _of_month(year: int | None, month: int, number: int, near: dt.date | None) -> Days:
    if not 1 <= month <= 12:
        raise UnreadableError("no_such_week")
    found = []
    for each in _around(year, near):
        first = dt.date(each, month, 1)
        thursday = first + dt.timedelta(days=(3 - first.weekday()) % 7 + 7 * (number - 1))
        if thursday.month == month:
            found.append(thursday - dt.timedelta(days=3))
    return _closest(found, near)


def _closest(mondays: list[dt.date], near: dt.date | None) -> Days:
    if not mondays:
        raise UnreadableError("no_such_week")
    monday = min(mondays, key=lambda day: abs(day - near)) if near else mondays[0]
    return monday, monday + dt.timedelta(days=6)


def _stated(text: str, near: dt.date | None, *, year: int | None) -> tuple[Days | None, str]:
    """Return the days that stand in a text, and what is left of it."""
    plain = to_arabic(_WEEKDAY.sub(" ", text))
    found = _SPACED.search(plain) or _INTERVAL.search(plain)
    if found is None:
        return None, text
    first = _day(found["y1"] or (str(year) if year else None), found["m1"], found["d1"], near)
    month = found["m2"] or str(first.month)
    if found["m2"] is None and int(found["d2"]) < first.day:  # 11月30日-6日
        month = str(first.month % 12 + 1)
    last = _day(found["y2"], month, found["d2"], first)
    if found["y2"] is None and last < first:  # 12.28-1.3
        last = last.replace(year=first.year + 1)
    return (first, last), plain[: found.start()] + " " + plain[found.end() :]


def _day(year: str | None, month: str | None, day: str, near: dt.date | None) -> dt.date:
    if month is None:
        raise UnreadableError("not_a_date")
    if year is None:
        got = date(f"{month}月{day}日", near=near)
    else:
        got = date(f"{_full_year(year)}-{int(month):02}-{int(day):02}")
    if got.code is not None or got.value is None:
        raise UnreadableError(str(got.facts.get("why", "not_a_date")))
    found: dt.date = got.value
    return found
