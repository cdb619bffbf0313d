"""The unit and currency that words near an amount give: 预计成交金额（万元，不含税）, 单位：万元, RMB'000.

Takes a header, a label or a note. Refuses: the amount itself, and deciding which of several words is nearest.
What looks like a unit and is not understood is told, never left out.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Literal, NamedTuple, TypeAlias, cast

from salesxl.parsing.text import clean, simplified

__all__ = [
    "FOREIGN",
    "SCALES",
    "MoneyUnit",
    "Unit",
    "count_places",
    "foreign",
    "is_coined",
    "money_unit",
    "names_unit",
    "one_width",
    "undenied",
    "without_unit",
]

Unit: TypeAlias = Literal["元", "百元", "千元", "万元", "十万元", "百万元", "千万元", "亿元", "十亿元"]

SCALES: dict[str, int] = {
    **{
        "元": 0,
        "百元": 2,
        "千元": 3,
        "万元": 4,
        "十万元": 5,
        "百万元": 6,
        "千万元": 7,
        "亿元": 8,
        "十亿元": 9,
    }
}
"""Units of money, as powers of ten."""


class MoneyUnit(NamedTuple):
    """What words say of an amount: a ``unit``, or ``why`` none can be told: currency, ambiguous, unit.

    ``scaled`` is False where only the currency was said (RMB), so that a scale may stand elsewhere. ``seen``
    are the words.
    """

    unit: Unit | None
    why: str | None = None
    scaled: bool = True
    seen: str = ""


_CODES = (
    "usd|eur|gbp|hkd|jpy|twd|ntd|krw|sgd|aud|cad|chf|nzd|thb|vnd|inr|rub|myr|idr|php|mop|sek|nok|dkk|aed|sar|brl"
    "|mxn|zar|usdt|btc|euros?|dollars?|pounds?|sterling|rubles?|roubles?|rupees?|baht|ringgit"
)
_NAMES = (
    "美元|美金|美刀|美圆|[万千k]刀|欧元|英镑|港币|港元|港幣|港纸|港圆|日元|日币|日圆|円|韩元|韩币|韩圆|台币|台幣|新元|新币|坡币|坡元|叻币"
    "|澳元|澳币|加元|加币|纽元|纽币|瑞郎|法郎|卢布|泰铢|泰币|越南盾|印尼盾|越盾|卢比|林吉特|令吉|马币|比索|里拉|迪拉姆|里亚尔|雷亚尔|兰特"
    "|克朗|澳门元|澳门币|葡币|外币|外汇|泰达币|比特币|非人民币"
)
FOREIGN = re.compile(rf"[$€£₩₽฿₫₹₺₱₪₦₴₿₸₮]|(?<![a-z])(?:{_CODES})(?![a-z])|{_NAMES}")
"""Signs and words of other currencies than the yuan, in cleaned lower-case text."""

_CONVERTED = re.compile(r"(?:折合?|换算|兑换?)(?:成|为)?(?:人民币|rmb|cny|元)")
_DOMESTIC = r"人民币|renminbi|rmb|cny|cn¥|¥|yuan"
_NUMERAL = r"\d一二三四五六七八九两几数十百千零半"
_BEFORE = rf"(?<![{_NUMERAL}])(?<![{_NUMERAL}]\s)"
_LIMIT = r"(?!以上|以下|以内|及以上|起|级|户|店|至|~|-\d|左右)"
_END = rf"(?=$|[^\w']|人民币|rmb|cny|为|计|单位|含|不含|未含|未税|整|每|填){_LIMIT}"
_OPEN = r"(?<![a-z0-9一-鿿])"
_JOINED = rf"(?:{_OPEN}|(?<=人民币)|(?<=rmb)|(?<=cny)|(?<=yuan)|(?<=[额入价金润本款值绩标算计为以按位税]))"
_LATIN_END = r"(?=$|[^a-z0-9一-鿿/']|(?:元|人民币|rmb|cny|yuan|/年|/月))"
_WORDS: tuple[tuple[Unit, str], ...] = (
    ("十亿元", r"bn|billions?"),
    ("亿元", r"100\s?(?:m|million)"),
    ("百万元", r"m|mm|mn|mil|mln|mio|millions?|[x*×]?\s?1,?000,?000(?=$|[^\d,])"),
    ("万元", r"10\s?k|w|wan|ten[ -]thousands?|[x*×]\s?10,?000|10,?000(?=\s?(?:元|rmb|cny|yuan|¥|人民币))"),
    ("千元", r"k|'?000s?|000'|thousands?|[x*×]\s?1,?000|1,?000(?=\s?(?:元|rmb|cny|yuan|¥|人民币))"),
)
_LATIN = tuple((unit, re.compile(rf"{_JOINED}(?:{words}){_LATIN_END}")) for unit, words in _WORDS)
_AFTER_MARK = re.compile(r"(?:rmb|cny|yuan|¥|人民币)\s*('?000s?)(?!\d)")
_TIMES = re.compile(r"[(:]\s*(?:rmb|cny|yuan|¥|人民币)\s*(10?,?000)\s*\)")
_WITH_YUAN = re.compile(rf"{_BEFORE}(?:(十万|百万|千万|万|百|千|十亿|亿)\s?元){_LIMIT}")
_BARE = re.compile(rf"{_BEFORE}(十万|百万|千万|万|千|十亿|亿){_END}")
_YUAN = re.compile(
    rf"(?:(?<![\w])|(?<=[额入价金润本款值绩标算计为以按用位是币税年月]))(?:元|圆|块钱?)(?=$|[^\w]|人民币|为|计|单位|含|不含|整|每|填){_LIMIT}"
)
_MARK = re.compile(rf"(?<![a-z])(?:{_DOMESTIC}|本位币|本币)(?![a-z])")
_GLUED = re.compile(
    r"(?<![a-z])([kwm]|mn|10k)(rmb|cny|yuan)(?![a-z])|(?<![a-z])(rmb|cny)(10k|[kwm]|mn)(?![a-z0-9])"
)
_NOT = re.compile(
    r"(?:不是|不为|(?:而|并)?非(?!人民币)|请?勿|不要|不得|不用|不能|不可|禁止|(?<![币类级性区特分个])别|不(?=[以按填用写]|采用|使用))"
    rf"(?:填写?|写|采用|使用|用|以|按|录入)*\s*(?:十万|百万|千万|万|百|千|亿)?(?:元|{FOREIGN.pattern})?"
)
_EXAMPLE = re.compile(r"(?:例如?|比如|如|eg|e\.g\.?)[:：]?\s*[¥￥$]?\d[^()\[\]]*")
_AT_LEAST = re.compile(rf"[{_NUMERAL}]+\s?(?:万|亿|千|百)?元?(?:以上|以下|以内|及以上|起)")
_SAID = re.compile(
    r"(?:(?:金额|货币|计价)单位|单位|币种|币别|货币|currency|unit)\s*(?:为|是|[:=])\s*([^\s,;，；、。)\]】]{1,8})"
)
_OF_COUNT = re.compile(
    r"[个家台套件次人户吨条只箱份笔项批年月天日kgm%]+|公斤|千克|平米|平方米|小时|人次|见.*|同.*|左.*|右.*|[^\w]+"
)
_IN_BRACKETS = re.compile(r"[(\[【]([^()\[\]【】]{1,20})[)\]】]")
_PARTS = re.compile(r"[\s,;、]+")
_MANY = r"(?:[十百千]?[万亿]|千(?![万亿]))"
_SHORT = re.compile(rf"{_MANY}?(?:欧|镑|磅|刀|铢|卢)|{_MANY}[美英日韩港澳台加新泰法]")
_NAMED = "级科达象和能以起里博恒通店强全向代华方国左内一分"  # 万级, 万科, 千分: no unit of money
_SCALED = re.compile(rf"{_MANY}(?![{_NAMED}])[a-z一-鿿]{{1,2}}(?:/.+)?")
_OF_GOODS = re.compile(r"吨|公斤|千克|斤|kg|m[23]|平米|平方米?|立方米?|升|米|台套?|套|件|箱|只|条|辆|%")
_LONGEST_CODE = 3
_NO_UNIT = re.compile(
    "rmb|cny|mm|mn|mil|mln|mio|bn|wan|vat|tax|net|inc|exc|ex|est|acv|tcv|arr|mrr|gmv|ytd|mtd|qtd|po|so|bd|ka|hw"
    "|sw|oem|odm|fob|cif|ddp|exw|dap|min|max|avg|sum|all|kpi|crm|erp|it|hr|new|old|yoy|mom|act|bud|fc|le|fy|ii"
    "|iii|no|id|or|and|per|inv"
)
"""Short words in an amount's header that are no unit, or one that is known."""
_COUNT_SCALES = {"十": 1, "百": 2, "千": 3, "k": 3, "万": 4, "w": 4, "十万": 5, "百万": 6, "千万": 7, "亿": 8}
_COUNTS = re.compile(
    r"[(\[【](?:单位[:为]?\s*)?(十万|百万|千万|[十百千万亿kw])\s*[人名个家户次台套件单位条]?次?[)\]】]"
    r"|[/_-](十万|百万|千万|[千万])[人名]?$"
)
_COINED = re.compile(r"[(\[【]\s*(?:[a-z一-鿿]{1,4}(?<![单多公状])[元币]|[角分厘毛刀两])\s*[)\]】]")


def one_width(text: str) -> str:
    """Return a text as units are looked for in it: in one width, lower case, simplified."""
    return simplified(clean(text).casefold())


def foreign(text: str) -> str | None:
    """Return the other currency that words name, or None; 美元折人民币 names none."""
    return _foreign(one_width(text))


def _foreign(bare: str) -> str | None:
    if found := FOREIGN.search(bare):
        return None if _CONVERTED.search(bare) else found[0]
    return next((sign for sign in bare if sign != "¥" and unicodedata.category(sign) == "Sc"), None)


def undenied(text: str) -> str:
    """Return a text, in one width, without the units of which it says that they are not meant: 不要填万元."""
    return _NOT.sub(" ", text)


@lru_cache(maxsize=4096)
def money_unit(words: str) -> MoneyUnit | None:
    """Return what a header or label says of its amounts; None where it says nothing.

    One unit however often it is said; 元 and 万元 at once, or a unit that no list knows, is told as such.
    """
    if words.isascii() and words.isalpha() and len(words) > _LONGEST_WORD:
        return None
    text = undenied(one_width(words))
    if (other := _foreign(text)) is not None:
        return MoneyUnit(None, "currency", seen=other)
    text = _AT_LEAST.sub(" ", _EXAMPLE.sub(" ", text))
    found: dict[Unit, str] = {}
    text = _GLUED.sub(lambda m: f"{m[1] or m[4]} {m[2] or m[3]}", text)
    if mark := _AFTER_MARK.search(text):
        found["千元"] = mark[1]
    if mark := _TIMES.search(text):
        found["万元" if mark[1].startswith("10") else "千元"] = mark[1]
        text = text.replace(mark[1], " ")
    for pattern in (_WITH_YUAN, _BARE):
        for match in pattern.finditer(text):
            found.setdefault(_unit(match[1]), match[0])
    for unit, pattern in _LATIN:
        if latin := pattern.search(text):
            found.setdefault(unit, latin[0])
    if yuan := _YUAN.search(text):
        found.setdefault("元", yuan[0])
    if len(found) > 1:
        return MoneyUnit(None, "ambiguous", seen="/".join(found.values()))
    if found:
        [(unit, seen)] = found.items()
        return MoneyUnit(unit, seen=seen)
    return _unknown(text)


_LONGEST_WORD = 12


_ASIDE = re.compile(r"[(\[【<]([^()\[\]【】<>]{1,20})[)\]】>]")
_TRAILING = re.compile(
    r"(?<=[额入价金润本款值绩标])(?:[/_:,|-]|单位[:为]?)*(?:人民币|rmb|cny|¥)?"
    r"(?:(?:十|百|千)?[万亿]元?|[百千]?元|(?<=[¥yb币])|usd|[$€£])(?:人民币|rmb|cny)?$"
)
_BRACKETS_CLOSE = (")", "]", "】", ">")
_LAST = frozenset("元万亿¥yb币d$€£")  # with which a unit may end
_PREFIX = re.compile(r"^(?:(?:金额)?单位[:为]?|以|按)|(?:计价?|填写?|为单位)$")


def without_unit(label: str) -> str:
    """Return a label, in one width and without spaces, without the unit of money that it gives."""
    if any(sign in label for sign in _BRACKETS_CLOSE):
        label = _ASIDE.sub(_kept, label)
    return _TRAILING.sub("", label) if label[-1:] in _LAST else label


def _kept(found: re.Match[str]) -> str:
    return "" if names_unit(_PREFIX.sub("", found[1])) else found[0]


def _unit(scale: str) -> Unit:
    return cast("Unit", f"{scale}元")


def is_coined(words: str) -> bool:
    """Tell whether words are short for an amount of another currency: 万欧, 镑."""
    return _SHORT.fullmatch(one_width(words)) is not None


def _is_odd(part: str) -> bool:
    """Tell whether part of a bracket of an amount's header is a unit, though none of money that is known."""
    if part.isascii() and part.isalpha():
        return 2 <= len(part) <= _LONGEST_CODE and not _NO_UNIT.fullmatch(part)
    return any(pattern.fullmatch(part) for pattern in (_SHORT, _SCALED, _OF_GOODS))


def count_places(words: str) -> int:
    """Return by how many powers of ten a header scales its counts: 3 for 员工人数（千人）, else 0."""
    found = _COUNTS.search(one_width(words))
    return _COUNT_SCALES[found[1] or found[2]] if found else 0


def _unknown(text: str) -> MoneyUnit | None:
    """Return the currency alone, or a unit that was said and that nobody knows."""
    for within in _IN_BRACKETS.findall(text):
        for part in _PARTS.split(within):
            if _is_odd(part):
                return MoneyUnit(None, "unit", seen=part)
    if match := _MARK.search(text):
        return MoneyUnit("元", scaled=False, seen=match[0])
    if (said := _SAID.search(text)) and not _OF_COUNT.fullmatch(said[1]):
        return MoneyUnit(None, "unit", seen=said[1])
    if match := _COINED.search(text):
        return MoneyUnit(None, "unit", seen=match[0].strip("()[]【】 "))
    return None


_WHOLE_UNIT = re.compile(
    rf"(?:{_DOMESTIC}|[\s:(\[/]|(?:十|百|千)?[万亿]|[百千]|元|圆|整|10k|[kwm]|mn|'?000s?|thousands?|millions?|[)\]]|不?含税|未税|税前|税后|[,，、/或和])+"
)


def names_unit(words: str) -> bool:
    """Tell whether words are a unit of money, and not a firm or a thing that begins like one."""
    words = one_width(words)
    if _WHOLE_UNIT.fullmatch(words):
        return money_unit(f"({words})") is not None
    rest = FOREIGN.sub("", words, count=1)
    return rest != words and (not rest or _WHOLE_UNIT.fullmatch(rest) is not None)
