"""A value → one of the ways in which a person types it (docs/domain.md 5), always with one reading only.

Owns the spellings. Refuses: faults, which are put in by ``dirt``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from salesxl.columns import Column, Kind
from salesxl.model import CellValue
from tools.demo.entry import Entry, blank
from tools.demo.words import Rng, chance, pick, words

__all__ = ["entry"]

_WIDE = str.maketrans("0123456789,.", "０１２３４５６７８９，．")
_FIGURES = "零一二三四五六七八九"
_EPOCH = dt.date(1899, 12, 30)
_NEAR = 120  # days within which a date without a year can only be of the nearest year


def entry(rng: Rng, column: Column, value: Any, near: dt.date, messy: float) -> Entry:
    """Return a cell that holds the value; ``messy`` is the share of cells not typed as asked for.

    ``near`` is the date by which a reader tells a year that was left out.
    """
    if value is None:
        return blank()
    typed = _plain(column, value)
    if chance(rng, messy):
        typed = _MAKERS.get(column.kind, _same)(rng, value, near)
    style = None
    if isinstance(typed, dt.datetime):
        style = "moment"
    elif isinstance(typed, dt.date):
        style = "date"
    elif column.kind in (Kind.AMOUNT, Kind.AMOUNT_WAN) and isinstance(typed, int | float):
        style = "amount"
    return Entry(typed, value, style=style, mended=value)


def _plain(column: Column, value: Any) -> CellValue:
    if column.kind is Kind.YES_NO:
        yes, no = (o["value"] for o in words()["yes_no"])
        text: str = yes if value else no
        return text
    found: CellValue = value
    return found


def _same(_rng: Rng, value: Any, _near: dt.date) -> CellValue:
    found: CellValue = value
    return found


def _amount(rng: Rng, value: Any, _near: dt.date) -> CellValue:
    number = int(value)
    ways = [
        f"{number:,}",
        f"¥{number:,}",
        f"{number:,}.00元",
        f"{number}元",
        f"{number:,}".translate(_WIDE),
        f"￥{number}",
        f" {number} ",
    ]
    if number and number % 1000 == 0:
        ways += [f"{number / 10000:g}万", f"{number / 10000:g}万元", f"{number / 10000:g} 万"]
    if number % 10000 == 0 and 10 <= number // 10000 <= 99:
        ways.append(f"{_chinese(number // 10000)}万")
    return pick(rng, ways)


def _chinese(number: int) -> str:
    tens, ones = divmod(number, 10)
    return ("" if tens == 1 else _FIGURES[tens]) + "十" + (_FIGURES[ones] if ones else "")


def _wan(rng: Rng, value: Any, _near: dt.date) -> CellValue:
    ways: list[CellValue] = [float(value), f"{value:g}万", f"{value:,g}", f"{value:g}万元"]
    return pick(rng, ways)


def _whole(rng: Rng, value: Any, _near: dt.date) -> CellValue:
    ways: list[CellValue] = [str(value), f"{value}".translate(_WIDE), f"{value} ", float(value), f"{value:,}"]
    return pick(rng, ways)


def _date(rng: Rng, value: dt.date, near: dt.date) -> CellValue:
    y, m, d = value.year, value.month, value.day
    ways: list[CellValue] = [
        value.isoformat(),
        f"{y}年{m}月{d}日",
        f"{y}.{m}.{d}",
        f"{y}/{m}/{d}",
        f"{y}{m:02}{d:02}",
        f"{y}-{m}-{d}",
        f"{y}年{m:02}月{d:02}号",
        f"{y}．{m}．{d}".translate(_WIDE),
        int(f"{y}{m:02}{d:02}"),
        (value - _EPOCH).days,
    ]
    if d > 12:
        ways.append(f"{y % 100}-{m}-{d}")
    if abs((value - near).days) <= _NEAR:
        ways += [f"{m}月{d}日", f"{m}月{d}号"]
    return pick(rng, ways)


def _moment(rng: Rng, value: dt.datetime, near: dt.date) -> CellValue:
    y, m, d, h, minute = value.year, value.month, value.day, value.hour, value.minute
    ways = [
        f"{y}-{m:02}-{d:02} {h:02}:{minute:02}",
        f"{y}/{m}/{d} {h}:{minute:02}",
        f"{y}年{m}月{d}日{h}:{minute:02}",
        f"{y}年{m}月{d}日 {h}点{minute:02}分",
        f"{y}.{m}.{d} {h:02}：{minute:02}",
        f"{y}-{m:02}-{d:02} {h:02}:{minute:02}:00",
    ]
    if d >= 10:
        ways.append(f"{y}-{m:02}-{d:02}{h:02}:{minute:02}")
    if abs((value.date() - near).days) <= _NEAR:
        ways.append(f"{m}月{d}日 {h}:{minute:02}")
    return pick(rng, ways)


def _contact(rng: Rng, value: str, _near: dt.date) -> CellValue:
    if "@" in value:
        return pick(rng, [f" {value}", value, value.replace("@", "＠")])
    if value.startswith("0"):
        area, number = value.split("-")
        return pick(rng, [value, f"{area} {number}", f"({area}){number}"])
    a, b, c = value[:3], value[3:7], value[7:]
    ways: list[CellValue] = [
        *(float(value), int(value), f"{a}-{b}-{c}", f"{a} {b} {c}", f"+86 {value}", f"{value} "),
        *(value.translate(_WIDE), f"86-{value}"),
    ]
    return pick(rng, ways)


def _yes_no(rng: Rng, value: bool, _near: dt.date) -> CellValue:
    wild = words()["yes_no"][0 if value else 1]["wild"]
    found: CellValue = pick(rng, wild)
    return found


def _choice(rng: Rng, value: str, _near: dt.date) -> CellValue:
    found: CellValue = pick(rng, [*words()["wild"].get(value, [value]), f" {value}"])
    return found


def _name(rng: Rng, value: str, _near: dt.date) -> CellValue:
    return pick(rng, [f"{value} ", f" {value}", f"\u3000{value}", value])


_MAKERS: dict[Kind, Callable[[Rng, Any, dt.date], CellValue]] = {
    Kind.AMOUNT: _amount,
    Kind.AMOUNT_WAN: _wan,
    Kind.WHOLE: _whole,
    Kind.DATE: _date,
    Kind.MOMENT: _moment,
    Kind.CONTACT: _contact,
    Kind.YES_NO: _yes_no,
    Kind.CHOICE: _choice,
    Kind.NAME: _name,
}
