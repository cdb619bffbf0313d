"""Text as typed → names, codes, lists, free text; and what counts as an empty cell.

Owns the normal forms that every other part of the room starts from. Refuses: numbers, dates, choices.
"""

from __future__ import annotations

import datetime as dt
import math
import re
import unicodedata
from collections.abc import Sequence
from decimal import Decimal
from functools import cache, lru_cache
from importlib import resources
from typing import TypeAlias

from salesxl.model import CellValue, Tidied

__all__ = [
    "BLANK",
    "Raw",
    "clean",
    "code_text",
    "customer_key",
    "full_key",
    "is_blank",
    "is_nat",
    "is_picture",
    "items",
    "name",
    "plain",
    "simplified",
    "text",
    "traditional_of",
    "unreadable",
]

Raw: TypeAlias = CellValue | Decimal | tuple[str, ...]
"""What a tidier takes: a cell as read, or a value that was tidied before."""

BLANK = Tidied()
"""A blank cell, tidied."""

# What people leave in a cell to say "nothing here". The signs mean that everywhere; the words only where a
# date, an amount, a choice … is asked for: in free text 无 is an answer, to be judged elsewhere. A lone " is
# not among them: it says "as above".
BLANK_SIGNS = "-‐‑‒–—―−－_＿/／\\＼.．。…·*＊,，、;；~～'｜|"
BLANK_WORDS = frozenset(
    {"无", "空", "暂无", "未填", "n/a", "na", "n.a", "nil", "none", "null", "没填", "空白"}
)
LONGEST_BLANK = max(map(len, BLANK_WORDS))

# Stripped from the end of a company's name, longest first, as often as one is found (docs/domain.md 4).
COMPANY_SUFFIXES = ("有限责任公司", "股份有限公司", "集团有限公司", "有限公司", "股份", "集团", "公司")
LEGAL_FORMS = ("有限责任公司", "有限公司")

_INVISIBLE = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\u00ad]")
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−﹣─━ｰ", "-") | {"〜": "~", "∼": "~"})
_WIDTH = str.maketrans({code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20})
_SIGNS_ONLY = re.compile(f"[{re.escape(BLANK_SIGNS)}\\s]+")
_AROUND_WORD = "()（）[]【】<>《》.。,，!！*- \t\r\n\u3000\u00a0"
_SPACES = re.compile(r"\s+")
_SPLIT = re.compile(r"[、,，;；/／|｜\r\n\t]+")
_BRACKETS = re.compile(r"[()\[\]{}<>《》〈〉【】〔〕「」『』“”\"'‘’]")
_ALREADY = re.compile(r"[!-~\u4e00-\u9fff]+")  # one width, no space
_HAN = re.compile(r"[\u4e00-\u9fff]+")  # one width, one case, no sign
_CODE = re.compile(r"[0-9A-Z-]+")
_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?[eE]\+\d{1,3}|\d\.\d+[eE]\d{1,3}", re.ASCII)
_EXACT = 1e15  # Excel keeps 15 digits: what lies behind them is lost


def clean(typed: str) -> str:
    """Return text with one width, one kind of dash, nothing invisible, and no space at its ends."""
    if typed.isascii():
        return typed.strip()
    return unicodedata.normalize("NFKC", _INVISIBLE.sub("", typed)).translate(_DASHES).strip()


def unreadable(code: str, why: str, **facts: object) -> Tidied:
    """Return the outcome for a cell that stays as typed: a finding code and the reason as a stable word."""
    return Tidied(code=code, facts={"why": why, **facts})


def is_blank(raw: Raw, *, free_text: bool = False) -> bool:
    """Tell whether a cell says nothing: empty, white space, or one of the marks people leave instead.

    With ``free_text`` only marks made of punctuation count; 无 and N/A are then kept as typed. ``"0"`` is
    never blank, nor is 待定, which is an answer nobody can read (docs/domain.md 5).
    """
    if raw is None:
        return True
    if not isinstance(raw, str):
        return False
    if free_text and raw[:1].isalnum():
        return False
    # Most cells are plain words or digits: decide those without touching a regular expression.
    if raw.isalnum():
        return not free_text and len(raw) <= LONGEST_BLANK and _spelt(raw) in BLANK_WORDS
    bare = raw.strip()
    if not bare:
        return True
    if len(bare) > 24:
        bare = _INVISIBLE.sub("", bare)
        return not bare or _SIGNS_ONLY.fullmatch(bare) is not None
    bare = _INVISIBLE.sub("", bare).strip()
    if not bare or _SIGNS_ONLY.fullmatch(bare):
        return True
    return not free_text and _spelt(bare.strip(_AROUND_WORD)) in BLANK_WORDS


def _spelt(word: str) -> str:
    return word.translate(_WIDTH).casefold()


def is_picture(raw: Raw) -> bool:
    """Tell whether a cell shows a picture, which WPS keeps as a formula: ``=DISPIMG("ID_A",1)``."""
    return isinstance(raw, str) and raw[:1] == "=" and _PICTURE.match(raw) is not None


_PICTURE = re.compile(r"=\s*(?:_xlfn\.|_xlws\.)*(?:DISPIMG|IMAGE)\(", re.IGNORECASE)


def is_nat(raw: dt.date) -> bool:
    """Tell whether a date is pandas' NaT, which is a datetime without a year."""
    return math.isnan(raw.year)


def plain(raw: Raw) -> str:
    """Return any cell as plain text: ``12.0`` → ``12``, dates and times in ISO form, text untouched."""
    if isinstance(raw, str):
        return raw
    if raw is None:
        return ""
    if isinstance(raw, bool | int):
        return str(raw).upper()
    if isinstance(raw, dt.date | dt.time | dt.timedelta):
        return _plain_time(raw)
    if isinstance(raw, float):
        if abs(raw) < 1e15 and raw.is_integer():
            return str(int(raw))
        return format(raw, ".15g")
    if isinstance(raw, Decimal):
        return format(raw, "f")
    return "、".join(raw)


def _plain_time(raw: dt.date | dt.time | dt.timedelta) -> str:
    if isinstance(raw, dt.datetime):
        if is_nat(raw):
            return ""
        if (raw.hour, raw.minute, raw.second) == (0, 0, 0):
            return raw.date().isoformat()
        return raw.replace(tzinfo=None).isoformat(" ", "seconds" if raw.second else "minutes")
    if isinstance(raw, dt.date):
        return raw.isoformat()
    if isinstance(raw, dt.time):
        return raw.isoformat("seconds" if raw.second else "minutes")
    minutes, seconds = divmod(int(raw.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}" + (f":{seconds:02}" if seconds else "")


def text(raw: Raw) -> Tidied:
    """Read free text: what was typed, without the white space around it; numbers and dates as plain text."""
    if is_blank(raw, free_text=True):
        return BLANK
    return Tidied(_INVISIBLE_ENDS.sub("", plain(raw)).strip() or None)


_INVISIBLE_ENDS = re.compile(r"^[\s\u200b-\u200f\u2060\ufeff]+|[\s\u200b-\u200f\u2060\ufeff]+$")


def name(raw: Raw) -> Tidied:
    """Read a name: one width for letters, digits and brackets, single spaces, none at the ends."""
    if is_blank(raw):
        return BLANK
    typed = plain(raw)
    if not _ALREADY.fullmatch(typed):
        typed = _SPACES.sub(" ", _INVISIBLE.sub("", typed).translate(_WIDTH)).strip()
    return Tidied(typed or None)


def code_text(raw: Raw) -> Tidied:
    """Read a customer or contract number: one width, capitals, no spaces (docs/domain.md 2.1)."""
    if is_blank(raw):
        return BLANK
    if isinstance(raw, int | float) and not isinstance(raw, bool) and abs(raw) >= _EXACT:
        return unreadable("format", "lost_digits")
    if isinstance(raw, str) and _CODE.fullmatch(raw):
        return Tidied(raw)
    if isinstance(raw, str) and _SCIENTIFIC.fullmatch(raw.strip()):
        return unreadable("format", "lost_digits")
    # Width alone, not NFKC: once the spaces are gone that would join what they kept apart.
    typed = _INVISIBLE.sub("", plain(raw)).translate(_WIDTH).translate(_DASHES)
    typed = _SPACES.sub("", typed).lstrip("'").upper()
    return Tidied(typed or None)


def items(raw: Raw) -> Tidied:
    """Read a list such as 汽车制造、设备采购 into a tuple of names, each once, in the order typed."""
    if is_blank(raw):
        return BLANK
    parts = raw if isinstance(raw, tuple) else _SPLIT.split(plain(raw))
    found = dict.fromkeys(
        tidied.value.strip() for part in parts if (tidied := name(part)).value and tidied.value.strip()
    )
    return Tidied(tuple(found) or None)


@lru_cache(maxsize=1 << 18)
def customer_key(customer: str) -> str:
    """Return the form in which two spellings of one customer are equal (docs/domain.md 4).

    Compared without spaces, width, case and brackets (what they enclose stays) and without the legal form
    at the end; a name made of nothing else keeps it, so the key is empty only for an empty name. Kept for the
    names seen before, since every rule across forms asks again.
    """
    key = _bare(customer)
    while (shorter := _without_suffix(key)) and shorter != key:
        key = shorter
    return key


@lru_cache(maxsize=1 << 18)
def full_key(customer: str) -> str:
    """Return the form in which two spellings are one customer beyond doubt (docs/domain.md 4.2).

    As ``customer_key``, but 集团, 股份 and 公司 stay: a group and its daughter may be two customers.
    """
    key = _bare(customer)
    return _without_suffix(key, LEGAL_FORMS) or key


def _bare(customer: str) -> str:
    if _HAN.fullmatch(customer):
        return customer
    return _BRACKETS.sub("", _SPACES.sub("", clean(customer))).casefold()


def _without_suffix(company: str, suffixes: Sequence[str] = COMPANY_SUFFIXES) -> str:
    for suffix in suffixes:
        if company.endswith(suffix):
            return company[: -len(suffix)]
    return company


def simplified(text: str) -> str:
    """Return text with each traditional character as the simplified one."""
    # Most texts have none; a search tells so in a tenth of the time that translating takes.
    return text if text.isascii() or _any_pair().search(text) is None else text.translate(_pairs())


def traditional_of(character: str) -> str:
    """Return the traditional characters that a simplified one stands for: 发 → 發髮."""
    return _unfolded().get(character, "")


@cache
def _pairs() -> dict[int, str]:
    """Return the simplified character of each traditional one, by its number."""
    table = resources.files("salesxl.parsing").joinpath("traditional.tsv").read_text(encoding="utf-8")
    return {ord(line[0]): line[2] for line in table.splitlines()[1:]}


@cache
def _any_pair() -> re.Pattern[str]:
    return re.compile(f"[{''.join(map(chr, _pairs()))}]")


@cache
def _unfolded() -> dict[str, str]:
    found: dict[str, str] = {}
    for old, new in _pairs().items():
        found[new] = found.get(new, "") + chr(old)
    return found
