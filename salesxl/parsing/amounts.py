"""What a person typed → an amount of money, a number, a count, a share.

Reads exact figures only: approximations, intervals, other currencies and percentages stay as typed. Whether a
number may be negative or how large it may be is judged elsewhere.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from decimal import Decimal
from typing import NamedTuple

from salesxl.model import Tidied
from salesxl.parsing.numerals import FIGURES, UnreadableError, numeral
from salesxl.parsing.text import BLANK, Raw, clean, is_blank, unreadable
from salesxl.parsing.units import FOREIGN, SCALES, Unit

__all__ = ["Unit", "amount", "number", "number_of", "percent", "whole"]

_N = rf"\d{FIGURES}"  # every sign that a number may be made of
_FAST = re.compile(r"-?\d{1,15}(?:\.\d{1,10})?", re.ASCII)
_COUNTED = re.compile(r"(?:人次|人|名|家|个|次|单|台|套|件|位|户|笔|员工)$")
_PERCENT = re.compile(r"[%‰]|百分之|千分之|个点$")
_DATE = re.compile(r"\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}|\d{1,2}月\d{1,2}[日号]|\d{4}年|\d{1,2}:\d{2}")
_APPROXIMATE = re.compile(
    rf"^(?:大?约|大概|大致|将?近|接近|差不多|超过?|不到|不足|不超过?|不低于|不少于|至少|最多|最少|上|估计|可能|[~≈>≥<≤])"
    rf"|(?:左右|上下|以上|以下|以内|之内|起|不等|\+|多|余|出头|\?|几|许)(?:元|万|万元|人|家|个)?$"
    rf"|几|数[十百千万亿]|[{_N}][多余来][十百千万亿元人个家名]"
)
_BETWEEN = re.compile(
    rf"^[^{_N}]*[{_N}.,']+[万千百亿wk元块%]*(?:-|~|至|到|或者?|/)[^{_N}]{{0,3}}[{_N}.,']+[^{_N}]*$"
)
_HAS_NUMBER = re.compile(rf"[{_N}]")
_SPACE_IN_NUMBER = re.compile(r"(?<=\d)[ \u00a0\u2009\u202f]+(?=\d)")
_SPACES = re.compile(r"\s+")
_ACCOUNTING = re.compile(r"((?:人民币|rmb|cny|cn¥|¥)?)\(([^()]*\d[^()]*)\)(.*)")
_NOTE = re.compile(rf"^\([^(){_N}]*\)|\([^(){_N}]*\)$")
_WORDS = re.compile(
    r"^(?:不?含税价?|未税|税[前后]|共计?|合计|总计|总价|总额|金额|价格|预[计估]|人均)[:]?|(?:不?含税|未税)$"
)
_MONEY = re.compile(
    r"(?P<sign>[-+负]?)(?P<mark>(?:人民币|rmb|cny|cn¥|¥)*:?)(?P<inner>[-+负]?)(?P<body>.+?)"
    r"(?:(?P<yuan>元|圆|块钱?)(?P<fractions>(?:[\d零一二三四五六七八九壹贰叁肆伍陆柒捌玖](?:角|毛|分|$))*)整?正?"
    r"|(?P<whole>[整正]))?(?P<after>-?)(?:人民币|rmb|cny|cn¥|¥)?"
)
_SIGNED = re.compile(r"(?P<sign>[-+负]?)(?P<body>.+?)(?P<after>-?)")
_PARTS = re.compile(r"(百分之|千分之)(.+)|(.+?)(%|‰|个百分点)")
_TENTHS = re.compile(r"([\d一二两三四五六七八九十](?:\.\d)?)成([半\d一二三四五六七八九])?")
_UNIT_IN_BRACKETS = re.compile(r"\((元|万元?|亿元?)\)$")
_TWICE = re.compile(rf"([^()]*[{_N}][^()]*)\((?:人民币)?(?:大写|小写)?:?([^()]*[{_N}][^()]*)\)")
_LONGEST = 60  # a longer text is a sentence, not a number
_SCIENTIFIC = re.compile(r"\d(?:\.\d{1,15})?e\+?\d{1,2}")
_OWN_SCALE = re.compile(r"[万亿萬億w]")
_SCALE_WORD = re.compile(r"[十百千万亿拾佰仟萬億kw]")
_HALF_SCALE = re.compile(r"[百佰千仟k]$")
_HALF: dict[str, Unit] = {"百": "百元", "佰": "百元", "千": "千元", "仟": "千元", "k": "千元"}


class _Read(NamedTuple):
    """A number as written: in yuan when ``yuan``, else in the unit of its column.

    ``dropped`` says that words were left out, ``vague`` that the unit shows only in a column in yuan.
    """

    value: Decimal
    yuan: bool = False
    dropped: bool = False
    vague: bool = False


def amount(raw: Raw, *, unit: Unit = "元", allow_negative: bool = True) -> Tidied:
    """Read an amount of money as a ``Decimal`` in the column's unit.

    A bare number counts in ``unit``; one that says its own unit is converted, so in a column in 万元 both
    1200万 and 12000000元 are 1200. Code ``type``, with ``why`` one of approximate, interval, currency,
    percent, date, boolean, not_finite, grouping, ambiguous, not_a_number (docs/domain.md 5).
    """
    typed = _plain_number(raw)
    changed = False
    if isinstance(typed, Tidied):
        return typed
    if isinstance(typed, str):
        try:
            read = _money(typed, unit)
        except UnreadableError as unread:
            return unreadable("type", unread.why)
        places = SCALES[unit]
        typed = read.value.scaleb(-places) if read.yuan and places else read.value
        changed = read.dropped or (read.vague and bool(places))
    if typed < 0 and not allow_negative:
        return unreadable("range", "negative", minimum=0)
    return Tidied(_normal(typed), changed=changed)


def number_of(raw: Raw) -> str | None:
    """Tell what a number in the wrong column is: a telephone number (phone), an account or ID (account).

    Both are known by their digits alone; a round figure is an amount, and so is one with a unit or decimals.
    """
    if isinstance(raw, bool) or not isinstance(raw, str | int | float):
        return None
    if isinstance(raw, float):
        if not math.isfinite(raw) or not raw.is_integer() or abs(raw) > _ACCOUNT_AT_MOST:
            return None
        raw = int(raw)
    digits = _BETWEEN_DIGITS.sub("", clean(raw).lstrip("'")) if isinstance(raw, str) else str(raw)
    if digits.endswith(_ROUND):
        return None
    if _PHONE.fullmatch(digits):
        return "phone"
    return "account" if _ACCOUNT.fullmatch(digits) else None


_BETWEEN_DIGITS = re.compile(r"(?<=\d)[ -](?=\d)")
_PHONE = re.compile(r"(?:\+?86)?1[3-9]\d{9}|0(?:10|2\d|[3-9]\d{2})\d{7,8}", re.ASCII)
_ACCOUNT = re.compile(r"[1-9]\d{14,18}|\d{17}[Xx]", re.ASCII)
_ACCOUNT_AT_MOST = 1e19
_ROUND = "00000"


def number(raw: Raw) -> Tidied:
    """Read a plain number as a ``Decimal``, in Arabic or Chinese figures; a currency or unit is not one."""
    typed = _plain_number(raw)
    if isinstance(typed, str):
        try:
            typed = _signed(_squeezed(typed)).value
        except UnreadableError as unread:
            return unreadable("type", unread.why)
    return typed if isinstance(typed, Tidied) else Tidied(_normal(typed))


def whole(raw: Raw, *, places: int = 0) -> Tidied:
    """Read a count as an ``int``; 500人, 1,200 and 两百人 are counts, 约500人 and 12.5 are not.

    A bare number counts in units of ten to the power of ``places``: 12.5 in a column in 千人 is 12500.
    ``changed`` where words beside the number were left out; codes as those of ``amount``, and not_whole.
    """
    typed = _plain_number(raw)
    dropped = False
    if isinstance(typed, str):
        try:
            squeezed = _squeezed(typed)
            places = 0 if _SCALE_WORD.search(squeezed) else places
            bare = _WORDS.sub("", _NOTE.sub("", squeezed))
            dropped = bare != squeezed
            typed = _signed(_COUNTED.sub("", bare), as_typed=squeezed).value
        except UnreadableError as unread:
            return unreadable("type", unread.why)
    if isinstance(typed, Tidied):
        return typed
    typed = typed.scaleb(places)
    if typed != int(typed):
        return unreadable("type", "not_whole")
    return Tidied(int(typed), changed=dropped)


def percent(raw: Raw) -> Tidied:
    """Read a share as a ``Decimal`` where 1 is the whole: 60%, 百分之六十, 0.6.

    A bare number above 1.5 can only be meant in percent and is read so, with ``changed`` set. A ``Decimal``
    was read before and is passed.
    """
    if isinstance(raw, Decimal):
        return Tidied(_normal(raw))
    typed = _plain_number(raw)
    try:
        if isinstance(typed, str):
            squeezed = _squeezed(typed)
            if found := _TENTHS.fullmatch(squeezed):
                return Tidied(_normal((numeral(found[1]) + _tenth(found[2])).scaleb(-1)))
            if found := _PARTS.fullmatch(squeezed):
                share = _signed(found[2] or found[3], as_typed=squeezed, share=True).value
                return Tidied(_normal(share.scaleb(-3 if found[1] == "千分之" or found[4] == "‰" else -2)))
            typed = _signed(squeezed).value
    except UnreadableError as unread:
        return unreadable("type", unread.why)
    if isinstance(typed, Tidied):
        return typed
    if abs(typed) <= Decimal("1.5"):
        return Tidied(_normal(typed))
    return Tidied(_normal(typed.scaleb(-2)), changed=True)


def _tenth(figure: str | None) -> Decimal:
    if figure is None:
        return Decimal(0)
    return Decimal("0.5") if figure == "半" else numeral(figure).scaleb(-1)


def _plain_number(raw: Raw) -> Decimal | str | Tidied:
    """Return a number as ``Decimal``, text to be read, or the outcome for what can be neither."""
    if isinstance(raw, str):
        if _FAST.fullmatch(raw):
            return Decimal(raw)
        return BLANK if is_blank(raw) else raw
    if raw is None:
        return BLANK
    if isinstance(raw, bool):
        return unreadable("type", "boolean")
    if isinstance(raw, int):
        return Decimal(raw)
    if isinstance(raw, float):
        if not math.isfinite(raw):
            return unreadable("type", "not_finite")
        # Excel keeps 15 digits: what lies behind them is noise of binary fractions.
        return Decimal(format(raw, ".15g"))
    if isinstance(raw, Decimal):
        return raw if raw.is_finite() else unreadable("type", "not_finite")
    if isinstance(raw, dt.date | dt.time | dt.timedelta):
        return unreadable("type", "date")
    return unreadable("type", "not_a_number")


def _normal(value: Decimal) -> Decimal:
    """Return an equal value without exponent and trailing zeros, so that equal amounts also print equal."""
    if value == 0:
        return Decimal(0)
    if value == int(value):
        return Decimal(int(value))
    return value.normalize()


def _squeezed(typed: str) -> str:
    """Return the text cleaned, in lower case, without spaces; one inside a number groups its digits."""
    return _SPACES.sub("", _SPACE_IN_NUMBER.sub("'", clean(typed).casefold().lstrip("'")))


def _refuse_inexact(text: str, *, share: bool = False) -> None:
    """Raise for what is a number of another kind, or more than one."""
    if len(text) > _LONGEST or not _HAS_NUMBER.search(text):
        raise UnreadableError("not_a_number")
    if FOREIGN.search(text):
        raise UnreadableError("currency")
    if not share and _PERCENT.search(text):
        raise UnreadableError("percent")
    if _DATE.search(text):
        raise UnreadableError("date")
    if _APPROXIMATE.search(text):
        raise UnreadableError("approximate")
    if _BETWEEN.fullmatch(text):
        raise UnreadableError("interval")


def _signed(text: str, *, as_typed: str | None = None, share: bool = False) -> _Read:
    _refuse_inexact(as_typed or text, share=share)
    if found := _ACCOUNTING.fullmatch(text):
        if found[1] or found[3]:
            raise UnreadableError("not_a_number")
        return _Read(-numeral(found[2]))
    parts = _SIGNED.fullmatch(text)
    if parts is None or (parts["sign"] and parts["after"]):
        raise UnreadableError("not_a_number")
    value = numeral(parts["body"])
    return _Read(-value if (parts["sign"] or parts["after"] or "+") != "+" else value)


def _money(typed: str, unit: Unit) -> _Read:
    """Return the amount in text, with what had to be left out or supposed to read it."""
    text = _squeezed(typed).rstrip("。;、!")
    _refuse_inexact(text)
    text = _UNIT_IN_BRACKETS.sub(r"\1", text)
    if found := _TWICE.fullmatch(text):  # 120000元（大写：壹拾贰万元整）
        first, second = _money(found[1], unit), _money(found[2], unit)
        if first.value != second.value:
            raise UnreadableError("ambiguous")
        return first if first.yuan else second
    bare = _WORDS.sub("", _NOTE.sub("", text))
    dropped = bare != text
    negative = False
    if found := _ACCOUNTING.fullmatch(bare):
        bare, negative = found[1] + found[2] + found[3], True
    parts = _MONEY.fullmatch(bare)
    if parts is None:
        raise UnreadableError("not_a_number")
    signs = [sign for sign in (parts["sign"], parts["inner"], parts["after"]) if sign]
    if len(signs) + negative > 1:
        raise UnreadableError("not_a_number")
    body = parts["body"]
    scientific = _SCIENTIFIC.fullmatch(body) is not None
    value = Decimal(body) if scientific else numeral(body)
    half = _HALF_SCALE.search(body)
    if half and SCALES[unit] and not parts["yuan"] and _HALF[half[0]] != unit:
        raise UnreadableError("ambiguous")  # 5k in a column in 万元
    own_scale = _OWN_SCALE.search(body) is not None or (half is not None and SCALES[unit] > 0)
    yuan = bool(parts["yuan"]) or own_scale
    if parts["fractions"]:
        value += _fractions(parts["fractions"], parts["yuan"])
    # ¥1,200 in a column in 万元 says the currency, not whether 万 is meant.
    vague = not yuan and bool(parts["mark"] or parts["whole"])
    if negative or signs not in ([], ["+"]):
        value = -value
    return _Read(value, yuan, dropped or scientific, vague)


def _fractions(written: str, yuan: str) -> Decimal:
    """Return 角 and 分 after the yuan; a bare figure is spoken only after 块 (3块5)."""
    value = Decimal(0)
    for figure, sign in re.findall(r"(.)(角|毛|分|$)", written):
        if not sign and not yuan.startswith("块"):
            raise UnreadableError("not_a_number")
        value += numeral(figure).scaleb(-2 if sign == "分" else -1)
    return value
