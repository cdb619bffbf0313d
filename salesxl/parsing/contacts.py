"""What a person typed → telephone numbers and e-mail addresses, by their form alone.

Refuses: asking whether a number is in use, and mending one that lost or gained a digit.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from decimal import Decimal

from salesxl.model import Tidied
from salesxl.parsing.text import BLANK, Raw, clean, is_blank, plain, unreadable

__all__ = ["contact"]

_MOBILE = re.compile(r"1[3-9]\d{9}", re.ASCII)
_COUNTRY = re.compile(r"(?:\+?(?:00)?86)(?=0?\d{10,11}(?:\D|$))")
_HOTLINE = re.compile(r"([48]00)(\d{3})(\d{4})")
_AREA = r"0(?:10|2\d|[3-9]\d{2})"
_LANDLINE = re.compile(rf"({_AREA})(\d{{7,8}})")
_LOCAL = re.compile(r"[2-9]\d{6,7}")
_ABROAD = re.compile(r"(?:\+|00)(?!86)([1-9]\d{6,14})")
_EXTENSION = re.compile(r"[ ,-]*(?:转|分机|ext\.?|x|#)[: ]*(\d{1,6})$|(?<=\d{7})-(\d{1,5})$")
_EMAIL = re.compile(
    r"(?P<user>[a-z0-9!#$%&'*+=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+=?^_`{|}~-]+)*)"
    r"@(?P<domain>(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,24})",
    re.IGNORECASE | re.ASCII,
)
_CJK = r"\u4e00-\u9fff"
_FLOAT = re.compile(r"^(\d{7,})\.0+$")  # a number cell that went through a text file
_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?e\+?\d+", re.IGNORECASE)
_SPLIT = re.compile(r"[、,;/|\r\n\t]+|或者?")
# A label or name begins the next number: 手机:138… 座机:021-…
_NEXT = re.compile(rf"(?<=[\da-zA-Z)])\s+(?=[(\[]?(?!转|分机)[{_CJK}]{{1,8}}[)\]]?[:. ]*[\d+(])")
_AREA_SLASH = re.compile(rf"(?<!\d)({_AREA})/(?=\d{{7,8}}(?!\d))")
_PUNCTUATION = re.compile(r"[ .()\[\]\-·]+")
_LABEL_EN = re.compile(
    r"^(?:tel|phone|mobile|mob|cell|e-?mail|mail(?:to)?|telephone|wechat)[.:]* *", re.IGNORECASE
)
# A name or a kind of number beside it: 手机:…, 王总 …, …(微信同号). 转 begins an extension.
_WORDS_BEFORE = re.compile(rf"^[(\[<]?((?:(?!转|分机)[{_CJK}]{{1,8}}[)\]>:. ]*){{1,3}})(?=[\d+(a-zA-Z])")
_WORDS_AFTER = re.compile(
    rf"(?<=[\da-zA-Z])[ ,]*[(\[<]?((?!转|分机)[{_CJK}]{{1,8}}|wechat)[)\]>]?[.!]?$", re.IGNORECASE
)
# An account beside a number, under which nobody is called: 微信:abc_123.
_ACCOUNT = re.compile(
    r"(?:微信号?|企业微信|企微|wechat|wx|vx|v信|qq号?)\s*[:：]?\s*(?!1[3-9]\d{9}(?!\d))[a-z0-9_\-]{4,24}|微信同号|同微信",
    re.IGNORECASE | re.ASCII,
)
_BEFORE_ACCOUNT = re.compile(r"(?<=\d)\s+(?=(?:微信|企微|wechat|wx|vx|qq)号?\s*[:：])", re.IGNORECASE)
# Words beside a number which say that it is not to be used.
_DISCLAIMED = re.compile(r"错|空号|停机|停用|作废|旧号|原号|无效|有误|已换|非本人|不[是对通]|打不|离职")
_MAX_GROUPS = 5
_LONGEST = 300  # a longer text is a note, not a list of numbers


class _UnusableError(Exception):
    def __init__(self, why: str, part: str) -> None:
        super().__init__(why)
        self.why, self.part = why, part


def contact(raw: Raw) -> Tidied:
    """Read telephone numbers and e-mail addresses; several are joined by 、 (docs/domain.md 2.1).

    A mobile number comes out as 11 digits, a land line as ``021-12345678`` or ``021-12345678转123``, a number
    abroad with its ``+``. ``changed`` where a name or label beside it was dropped. Code ``format``, with the
    ``part`` that cannot be used and ``why``: lost_digits, letters, masked, length, prefix, email, not_in_use
    or not_a_contact.
    """
    if isinstance(raw, str):
        if _MOBILE.fullmatch(raw):
            return Tidied(raw)
        if is_blank(raw):
            return BLANK
        typed = _FLOAT.sub(r"\1", clean(raw).lstrip("'"))
    elif raw is None:
        return BLANK
    elif isinstance(raw, bool | dt.date | dt.time | dt.timedelta | tuple):
        return unreadable("format", "not_a_contact", part=plain(raw))
    elif math.isfinite(raw) and raw == int(raw):
        typed = str(int(raw))
    else:
        return unreadable("format", "not_a_contact", part=plain(raw))
    if len(typed) > _LONGEST:
        return unreadable("format", "not_a_contact", part=typed[:_LONGEST])
    found: dict[str, None] = {}
    try:
        typed = _BEFORE_ACCOUNT.sub("、", typed)
        parts = _SPLIT.split(_NEXT.sub("、", _AREA_SLASH.sub(r"\1-", typed.replace("。", "."))))
        called = [part for part in parts if not _ACCOUNT.fullmatch(part.strip(" .()"))]
        dropped = len(called) < len(parts)
        for part in called:
            if part.strip(" .()"):
                bare, words = _without_words(part.strip())
                dropped |= words
                found |= dict.fromkeys(_several(bare))
    except _UnusableError as unusable:
        return unreadable("format", unusable.why, part=unusable.part)
    if not found:
        return unreadable("format", "not_a_contact", part=typed)
    return Tidied("、".join(found), changed=dropped)


def _without_words(part: str) -> tuple[str, bool]:
    """Return a part without the words beside the number, and whether there were any."""
    bare = _LABEL_EN.sub("", part)
    for pattern in (_WORDS_BEFORE, _WORDS_AFTER):
        while word := pattern.search(bare):
            if _DISCLAIMED.search(word[1]):
                raise _UnusableError("not_in_use", part)
            bare = pattern.sub("", bare, count=1)
        bare = _LABEL_EN.sub("", bare)
    return bare.strip(), bare != part


def _several(text: str) -> list[str]:
    """Return the contacts in text: one written with spaces, or several with spaces between."""
    groups = text.split()
    if "@" in text and (parts := _grouped(groups)):
        return parts
    try:
        return [_one(text)]
    except _UnusableError as unusable:
        if len(groups) > 1 and (parts := _grouped(groups)):
            return parts
        raise unusable from None


def _grouped(groups: list[str]) -> list[str]:
    """Return contacts made of neighbouring groups of signs, every group used, or nothing."""
    for size in range(1, min(_MAX_GROUPS, len(groups)) + 1):
        try:
            first = _one(" ".join(groups[:size]))
        except _UnusableError:
            continue
        if size == len(groups):
            return [first]
        if rest := _grouped(groups[size:]):
            return [first, *rest]
    return []


def _one(text: str) -> str:
    if "@" in text:
        found = _EMAIL.fullmatch(text.replace(" ", ""))
        if found is None:
            raise _UnusableError("email", text)
        return f"{found['user']}@{found['domain'].lower()}"
    if _SCIENTIFIC.fullmatch(text):
        whole = Decimal(text)
        if whole != whole.to_integral_value() or len(whole.as_tuple().digits) <= whole.adjusted():
            raise _UnusableError("lost_digits", text)
        text = str(int(whole))  # 1.3912345678E10 shows every digit
    found = _EXTENSION.search(text.casefold())
    if found and (fixed := _landline(text[: found.start()])):
        return f"{fixed}转{found[1] or found[2]}"
    digits = _PUNCTUATION.sub("", text)
    if found := _ABROAD.fullmatch(digits):
        return f"+{found[1]}"
    national = _COUNTRY.sub("", digits, count=1)
    if _MOBILE.fullmatch(national.removeprefix("0") if len(national) == 12 else national):
        return national[-11:]
    fixed = _landline(text)
    if fixed is None:
        raise _UnusableError(_why_not(national, text), text)
    return fixed


def _landline(text: str) -> str | None:
    """Return a land line or hot line with its dashes, or None; +86 21 stands for 021."""
    digits = _PUNCTUATION.sub("", text)
    national = _COUNTRY.sub("", digits, count=1)
    if found := _HOTLINE.fullmatch(national):
        return "-".join(found.groups())
    found = _LANDLINE.fullmatch(national)
    if found is None and national != digits:
        found = _LANDLINE.fullmatch(f"0{national}")
    if found:
        return f"{found[1]}-{found[2]}"
    return national if _LOCAL.fullmatch(national) else None


def _why_not(digits: str, text: str) -> str:
    if not re.search(r"\d", text):
        return "not_a_contact"
    if "*" in digits or re.search(r"\d[xX]{3,}", digits):
        return "masked"
    if re.fullmatch(r"\+?\d+", digits):
        return "prefix" if len(digits) == 11 else "length"
    return (
        "letters"
        if re.fullmatch(r"[\da-zA-Z+]{7,15}", digits) and len(re.findall(r"\d", digits)) >= 7
        else "not_a_contact"
    )
