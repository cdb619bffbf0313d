"""Day and hour of a moment in two columns: 日期 and 时间, each under a header that asks for the moment.

Owns: telling the column of days from that of hours, and putting the two together. Refuses: reading either.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence

from salesxl.columns import Kind
from salesxl.model import CellValue
from salesxl.parsing import is_blank
from salesxl.recognition import weights
from salesxl.recognition.evidence import share
from salesxl.recognition.headers import Header
from salesxl.recognition.sheet import is_text
from salesxl.recognition.vocabulary import Vocabulary

__all__ = ["Clocks", "clock_columns", "together"]

Clocks = Mapping[str, tuple[int, int]]
"""By field the places of its two headers: the day's and the hour's."""

_DAY_PART = "上午|下午|早上|早晨|中午|晚上|晚|傍晚|凌晨|am|pm"
_PAST_HOUR = r"[:：]\s*\d{1,2}(?:\s*[:：]\s*\d{1,2})?|[点时]\s*(?:\d{1,2}\s*分?|半|整)?"
_HOUR = re.compile(
    rf"\s*(?:{_DAY_PART})?\s*\d{{1,2}}\s*(?:{_PAST_HOUR})\s*(?:{_DAY_PART})?\s*", re.IGNORECASE
)


def clock_columns(
    header: Header, columns: Mapping[int, Sequence[CellValue]], vocabulary: Vocabulary
) -> dict[str, tuple[int, int]]:
    """Return the moments of which one header has the days and another the hours.

    ``columns`` are the values under the headers by their places. Both headers must name the same field, and
    one of them must hold hours and nothing else.
    """
    found: dict[str, tuple[int, int]] = {}
    for column in header.spec.columns:
        if column.kind is not Kind.MOMENT or column.field not in header.fields:
            continue
        named = [place for place in columns if _names(header, place, column.field, vocabulary)]
        if len(named) < 2:
            continue
        hours = [place for place in named if _holds_hours(columns[place])]
        days = [place for place in named if place not in hours and any(v is not None for v in columns[place])]
        if len(hours) == 1 and len(days) == 1:
            found[column.field] = days[0], hours[0]
    return found


def _names(header: Header, place: int, field: str, vocabulary: Vocabulary) -> bool:
    words, kind = header.cells[place].words, header.spec.kind
    return any(sense.field == field for word in words for sense in vocabulary.senses_in(word, kind))


def _holds_hours(values: Sequence[CellValue]) -> bool:
    filled = [value for value in values if not is_blank(value)]
    return bool(filled) and share(filled, _is_hour) >= weights.HOURS


def _is_hour(value: CellValue) -> bool:
    if isinstance(value, dt.time):
        return True
    if isinstance(value, dt.timedelta):
        return dt.timedelta() <= value < dt.timedelta(days=1)
    return is_text(value) and _HOUR.fullmatch(value) is not None


def together(day: CellValue, hour: CellValue) -> CellValue:
    """Return a moment from its two cells: as one where the day says no hour, else the day as it is."""
    if day is None or hour is None or not _is_hour(hour):
        return hour if day is None else day
    if isinstance(day, dt.datetime) and day.time() != dt.time():
        return day
    if isinstance(hour, dt.timedelta):
        hour = (dt.datetime.min + hour).time()
    if isinstance(day, dt.date) and isinstance(hour, dt.time):
        return dt.datetime.combine(day, hour)
    written = f"{day:%Y-%m-%d}" if isinstance(day, dt.date) else str(day)
    return f"{written} {hour:%H:%M}" if isinstance(hour, dt.time) else f"{written} {hour}"
