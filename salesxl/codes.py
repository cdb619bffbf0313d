"""Numbers that carry a check digit, and patterns with wildcards, held against what stands in a cell.

Owns the rules of 身份证 (GB 11643), 统一社会信用代码 (GB 32100), 车架号 (GB 16735) and 手机, and how
a wildcard becomes a regular expression that cannot hang. Refuses: mending a number, and knowing whether it
was given to anybody.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

__all__ = ["FORMATS", "Slip", "WildcardError", "evened", "slip", "wildcard"]


@dataclass(frozen=True, slots=True)
class Slip:
    """What is wrong with a number: ``why`` is length, short_id, signs, province, birth, check or not_one.

    ``part`` is what of it is wrong, where one part is. A ``weak`` one may be right all the same.
    """

    why: str
    part: str = ""
    weak: bool = False


class WildcardError(ValueError):
    """A pattern that is none: ``at`` counts its signs from 1."""

    def __init__(self, why: str, at: int) -> None:
        super().__init__(why)
        self.why, self.at = why, at


def evened(text: str) -> str:
    """Return a number as it is compared: one width, capitals, no blanks.

    >>> evened("11010519491231002ｘ ")
    '11010519491231002X'
    """
    return "".join(unicodedata.normalize("NFKC", text).split()).upper()


def slip(kind: str, text: str, today: dt.date) -> Slip | None:
    """Return what is wrong with a number of that kind (``FORMATS``), None where nothing is.

    >>> slip("id_card", "11010519491231002X", dt.date(2026, 11, 20)) is None
    True
    >>> slip("vin", "LSVAG2180E2100001", dt.date(2026, 11, 20)).why
    'check'
    """
    return FORMATS[kind](evened(text), today)


ID_PLACES, OLD_ID_PLACES, USCC_PLACES, VIN_PLACES = 18, 15, 18, 17
ID_WEIGHTS = tuple(2**power % 11 for power in range(17, 0, -1))
PROVINCES = frozenset(
    map(str, (*range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47), *range(50, 55)))
) | frozenset(map(str, (*range(61, 66), 71, 81, 82, 83)))
USCC_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
USCC_WEIGHTS = tuple(3**place % 31 for place in range(17))
VIN_SIGNS: Mapping[str, int] = {
    **{digit: int(digit) for digit in "0123456789"},
    **dict(zip("ABCDEFGH", range(1, 9), strict=True)),
    **dict(zip("JKLMN", range(1, 6), strict=True)),
    **{"P": 7, "R": 9},
    **dict(zip("STUVWXYZ", range(2, 10), strict=True)),
}
VIN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
VIN_CHECK_AT = 8
CHECKED_VINS = tuple("L12345")
"""First signs of the countries whose vehicles must carry a check digit: China and North America."""

_ID = re.compile(r"\d{17}[\dX]", re.ASCII)
_MOBILE = re.compile(r"1[3-9]\d{9}", re.ASCII)


def _id_card(text: str, today: dt.date) -> Slip | None:
    if len(text) == OLD_ID_PLACES and text.isdigit():
        return Slip("short_id")
    if len(text) != ID_PLACES:
        return Slip("length")
    if not _ID.fullmatch(text):
        return Slip("signs", next((sign for sign in text if not sign.isdecimal()), "X"))
    if text[:2] not in PROVINCES:
        return Slip("province", text[:2])
    if not _is_birth(text[6:14], today):
        return Slip("birth", text[6:14])
    total = sum(int(digit) * weight for digit, weight in zip(text, ID_WEIGHTS, strict=False))
    return None if text[-1] == "10X98765432"[total % 11] else Slip("check")


def _is_birth(digits: str, today: dt.date) -> bool:
    try:
        born = dt.date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return False
    return dt.date(1900, 1, 1) <= born <= today


def _uscc(text: str, _today: dt.date) -> Slip | None:
    if len(text) != USCC_PLACES:
        return Slip("length")
    if odd := [sign for sign in text if sign not in USCC_SIGNS]:
        return Slip("signs", odd[0])
    total = sum(USCC_SIGNS.index(sign) * weight for sign, weight in zip(text, USCC_WEIGHTS, strict=False))
    return None if USCC_SIGNS.index(text[-1]) == -total % 31 else Slip("check")


def _vin(text: str, _today: dt.date) -> Slip | None:
    if len(text) != VIN_PLACES:
        return Slip("length")
    if odd := [sign for sign in text if sign not in VIN_SIGNS]:
        return Slip("signs", odd[0])
    total = sum(VIN_SIGNS[sign] * weight for sign, weight in zip(text, VIN_WEIGHTS, strict=True))
    if text[VIN_CHECK_AT] == "0123456789X"[total % 11]:
        return None
    return Slip("check", weak=not text.startswith(CHECKED_VINS))


def _mobile(text: str, _today: dt.date) -> Slip | None:
    return None if all(_MOBILE.fullmatch(one) for one in text.split("、")) else Slip("not_one")


def _email(text: str, _today: dt.date) -> Slip | None:
    return None if all("@" in one for one in text.split("、")) else Slip("not_one")


FORMATS: Mapping[str, Callable[[str, dt.date], Slip | None]] = {
    "id_card": _id_card,
    "uscc": _uscc,
    "vin": _vin,
    "mobile": _mobile,
    "email": _email,
}
"""The named formats of a column; any other ``Column.format`` is a wildcard."""

MOST_RUNS = 2
_CLASSES = {"#": "[0-9]", "@": "[A-Za-z]", "?": "."}


@lru_cache(maxsize=256)
def wildcard(pattern: str) -> str:
    """Return the regular expression of a wildcard, for a whole value, case set aside.

    ``#`` is a digit, ``@`` a letter, ``?`` any sign, ``*`` any run of signs; what stands in 「」 stands for
    itself, as all other signs do. Both pattern and value are to be ``evened``.

    Raises:
        WildcardError: it is blank, has more than two ``*``, or a 「 without its 」.

    >>> bool(re.fullmatch(wildcard("「沪」@·#####"), "沪A·12345"))
    True
    """
    if not pattern.strip():
        raise WildcardError("blank", 1)
    found: list[str] = []
    runs = 0
    quoted = 0
    for at, sign in enumerate(evened(pattern), start=1):
        if quoted and sign == "」":
            quoted = 0
        elif quoted:
            found.append(re.escape(sign))
        elif sign == "「":
            quoted = at
        elif sign == "*":
            runs += 1
            if runs > MOST_RUNS:
                raise WildcardError("runs", at)
            found.append(".*")
        else:
            found.append(_CLASSES.get(sign) or re.escape(sign))
    if quoted:
        raise WildcardError("open", quoted)
    return f"(?is)^{''.join(found)}$"
