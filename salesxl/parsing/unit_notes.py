"""The unit that a note gives for all amounts of a form: 单位：万元, 以上金额以万元计, 2.金额一律填万元.

Takes the text of one cell, clause by clause. Refuses: which amounts it holds for; what a unit is, which is
``units``.
"""

from __future__ import annotations

import re

from salesxl.parsing.units import FOREIGN, foreign, is_coined, money_unit, names_unit, one_width, undenied

__all__ = ["is_unit_cue", "unit_note", "unit_parts", "units_seen"]

_CUE = (
    r"(?:金额|货币|计价|计量|数据|数值|数字|报表|款项|业绩|以上|以下|表中|表内|本表)?(?:金额)?"
    r"(?:单位|币种|币别|货币)(?:及币种)?(?:均|都|全部|统一|一律)?(?:为|是|[:=])?\s*"
)
_NOTE = re.compile(
    rf"(?:(?<![一-鿿])|(?<=[注的均额表中内])){_CUE}[\[(【]*\s*(?P<unit>[^\s,;，；。()\[\]【】]{{1,16}})"
    rf"|(?:以|按|用|均为|都是|皆为|统一为|一律为|全部为)\s*(?P<used>(?:人民币|rmb|cny)?[^\s,;，；、。以按用均为()]{{1,6}}?)\s*(?:计价?|为(?:计量|计价)?单位|单位|填[写报列]?|列[示报]|表示|统计|计算|结算|报价|为准)"
    r"|(?:(?:amounts?|figures|values|numbers|prices|quotes|quotations|all)\s+(?:are\s+)?(?:quoted\s+)?in|currency\s*(?:is|[:=])|units?\s*(?:is|[:=]))\s*(?P<english>(?:[^.;,)]|,(?=\d{3})){1,30})"
)
_IN_BRACKETS = re.compile(r"[(\[【]\s*(?P<unit>[^()\[\]【】]{1,16})\s*[)\]】]")
_SAID = re.compile(r"^(?:金额|货币)?单位\s*[:为]?\s*")
_LABEL_END = re.compile(r"[额入价金润本款绩标]\s*$")
_AMOUNTS = (
    r"(?:以上|以下|上述|下列|本表|全表|表中|表内|表格|所有|全部|各项?|其中|涉及|凡|所列|的|中|内|里|及)*"
    r"(?:金额|报价|价格|款项|款额|数额)(?:数据|数值|数字|栏|列|项|部分|类)?(?:的)?(?:(?:计价|货币)?单位)?"
)
_OF_ALL = re.compile(_AMOUNTS)
_CLAUSE = re.compile(
    rf"(?P<what>{_AMOUNTS}|[一-鿿]{{0,8}}?(?:金额|报价|价格|收入|业绩|销售额|合同额|采购额|单位|币种|币别|货币))"
    r"(?P<how>(?:一律|统一|全部|全|均|都|皆|请|应|须|需|必须|务必|按照?|以|用|为|是|使用|采用|填写|填列|填报|填|写|录入|统计|单位|[:=\s])+)"
    r"(?P<unit>[^:=]{1,12}?)"
    r"(?:价格?|计价?|计算|结算|计量|为(?:计量|计价)?单位|单位|为准|填写?|填报|填列|表示|列示|统计|报价|录入|即可|\s|!)*"
)
_HEAD = re.compile(r"^[\s(\[【*※★#]*(?:[^\W\d]{0,4}(?:说明|须知|要求|提示|注意|注意事项|备注|注|note))\s*:")
_NUMBERED = re.compile(r"^[\s(*※★·•-]*(?:\d{1,2}|[一二三四五六七八九十])?[.、)]?\s*")
_CLAUSES = re.compile(r"[;,，；。!\n]|\s(?=\d{1,2}[.、)])|(?<=[^\d])(?=\d{1,2}[.、)](?!\d))|(?<=[元币])、")
_QUOTES = re.compile("[\"'“”‘’「」『』《》<>]")
_AMONG = re.compile(r"[、/和及与,，]")
_FREIGHT = re.compile(r"[a-z\s/]{0,8}")
_ONLY_CUE = re.compile(
    r"[(\[【*]*(?:(?:金额|货币|计价|计量|数据|数值)?单位|(?:结算|报价|计价)?(?:币种|币别|货币)|currency|units?)"
    r"[)\]】]*\s*[:=]?"
)
_LISTED = re.compile(r"[、/和及与]")
_SCALED = (
    r"(?:人民币|rmb|cny|¥)?(?:(?:十|百|千)?[万亿]元?|[百千]元?|[元圆]|10k|[kwm]|mn|bn)(?:人民币|rmb|cny)?"
)
_ONE_UNIT = rf"(?:{_SCALED}|(?:[十百千]?[万亿]|[百千k])?(?:{FOREIGN.pattern}|[欧镑])|人民币|rmb|cny)"
_STATES = (
    r"(?:一律|统一|全部|全|均|都|皆|请|应|须|需|必须|务必|按照?|以|用|为|是|使用|采用|填写|填列|填报|填|写|录入|统计"
    r"|in|is|are|[:=(\[\s])*"
)
_ENDS = (
    r"(?:价格?|计价?|计算|结算|计量|为(?:计量|计价)?单位|单位|为准|填写?|填报|填列"
    r"|表示|列示|统计|报价|录入|即可|外|[)\]!])*"
)
_PART = re.compile(
    r"\s*(?P<name>(?:[^\W\d_](?: (?=[a-z]))?){0,30}?)"
    rf"(?:的?单位)?{_STATES}(?P<unit>{_ONE_UNIT}){_ENDS}(?=\s|$)"
)
_UNIT_FIRST = re.compile(rf"(?P<unit>{_ONE_UNIT})\s*(?:[(\[:]|为)\s*(?P<name>[^\W\d_]{{2,30}})[)\]]?")
_NAME = re.compile(r"[^\W\d_]{2,30}")
_DASH = re.compile(rf"(?<=[一-鿿])\s*[-–—]+\s*(?={_ONE_UNIT})")
_GLUED = re.compile(rf"[(\[]{_ONE_UNIT}[)\]](?=[一-鿿])")
_RUN_ON = re.compile(rf"(?<=元)(?=[一-鿿]{{1,12}}[额款价入标绩润]\s*{_ONE_UNIT}(?:$|[^\w]|[一-鿿]))")
_ASIDE = re.compile(r"[(\[]([^()\[\]]+)[)\]]")
_LEADS = re.compile(rf"^(?:{_CUE})?\s*(?:其中|但|除|对于?|凡)*")
_REST = re.compile(
    r"(?:其余|其他|其它|余下|剩余)(?:各?项|金额|的|栏|列)*|(?:金额|货币|计价|计量)?单位|币种|币别|货币|units?|currency"
)
_SEEN = re.compile(
    r"(?<![\d.,几数上近单公百千十万亿第美欧日港澳加新韩])(?:(?:十|百|千)?[万亿]元|[十百]?[万亿]|[百千]?元)"
    r"(?=$|[^\w]|[计填列报而但]|为[单准计]|为主|单位|除外|[一-鿿]{0,6}(?:单位|计价))"
)
_LONGEST_NOTE = 2000
_LONGEST_CUE = 12


def is_unit_cue(text: str) -> bool:
    """Tell whether a cell says that its neighbour is a unit or a currency: 金额单位, 币种：."""
    return len(text) <= _LONGEST_CUE and _ONLY_CUE.fullmatch(one_width(text).strip()) is not None


def unit_note(text: str, *, alone: bool = False) -> str | None:
    """Return the words with which a note gives a unit for all amounts of a form, or None.

    ``单位：万元``, ``以上金额以万元计``; where it stands ``alone`` in its row, also ``（万元）``,
    ``金额（万元）`` and a title that ends so. The words are such that ``money_unit`` understands them as well
    as can be.
    """
    if len(text) > _LONGEST_NOTE:
        return None
    bare = undenied(one_width(_QUOTES.sub("", text)))
    said = [*_named(bare), *_stated(bare)]
    if not said and alone:
        within = _IN_BRACKETS.search(bare)
        before = bare[: within.start()] if within else ""
        own = within and (not _LABEL_END.search(before) or _OF_ALL.fullmatch(before.strip()))
        words = _SAID.sub("", within["unit"]) if within and own else bare
        if names_unit(words) or is_coined(words):
            said.append(words)
    if not said:
        return None
    found = [money_unit(f"({words})") for words in said]
    scaled = [unit for unit in found if unit is not None and (unit.scaled or unit.why)]
    told = (unit.unit if unit.scaled and unit.unit else unit.seen for unit in scaled or found if unit)
    return "/".join(dict.fromkeys(told)) or None


def unit_parts(text: str) -> list[tuple[tuple[str, ...], str]]:
    """Return the units that a note gives to some of the amounts, each with the names of these as written.

    ``单位：预计金额 万元，合同额 元``, ``单位：万元（合同金额为元）``, ``除回款以元计外，其余以万元计``;
    a unit for all, or for the rest, has no name. Clauses on anything else are passed over.
    """
    if len(text) > _LONGEST_NOTE:
        return []
    found: list[tuple[tuple[str, ...], str]] = []
    bare = _RUN_ON.sub(" ", _DASH.sub(" ", undenied(one_width(_QUOTES.sub("", text)))))
    bare = _ASIDE.sub(_apart, _GLUED.sub(r"\g<0> ", bare))
    for clause in _CLAUSES.split(bare):
        names: list[str] = []
        rest = _LEADS.sub("", _NUMBERED.sub("", _HEAD.sub("", _NUMBERED.sub("", clause)))).strip()
        for piece in _LISTED.split(rest):
            words = piece.strip()
            said = _paired(words)
            if not said and _NAME.fullmatch(words):
                names.append(words)
                continue
            found += [((*names, name) if name else (), unit) for name, unit in said]
            names = []
    return found


def units_seen(text: str) -> list[str]:
    """Return each unit word of a note once, understood or not; figures (10万元) and 单元 are none."""
    bare = _RUN_ON.sub(" ", undenied(one_width(_QUOTES.sub("", text))))
    return list(dict.fromkeys(_SEEN.findall(bare))) if len(text) <= _LONGEST_NOTE else []


def _apart(within: re.Match[str]) -> str:
    """Return a bracket that names an amount with its unit as a clause of its own: 万元（合同金额为元）."""
    parts = [_PART.fullmatch(clause.strip()) for clause in _CLAUSES.split(within[1])]
    named = all(part and part["name"] for part in parts) and not names_unit(within[1])
    return f",{within[1]}," if named else within[0]


def _paired(piece: str) -> list[tuple[str, str]]:
    """Return names with their units where a text holds nothing else: 预计金额 万元 合同额 元."""
    if turned := _UNIT_FIRST.fullmatch(piece):
        return [(_general(turned["name"]), turned["unit"])]
    found: list[tuple[str, str]] = []
    at = 0
    while at < len(piece):
        part = _PART.match(piece, at)
        if part is None:
            return []
        found.append((_general(part["name"]), part["unit"]))
        at = part.end()
    return found


def _general(name: str) -> str:
    """Return the name of an amount, nothing where all of them or the rest are meant."""
    name = name.strip()
    return "" if _REST.fullmatch(name) or _OF_ALL.fullmatch(name) else name


def _named(bare: str) -> list[str]:
    """Return the units that stand after 单位, 币种 and the like, or between 以 and 计."""
    said: list[str] = []
    for match in _NOTE.finditer(bare):
        if match["unit"] and _LABEL_END.search(bare[: match.start()].rstrip("( ")):
            continue  # 本月目标（单位：万元） speaks of itself
        if words := match["unit"]:
            whole = [words] if names_unit(words) else _AMONG.split(words)
            said += [part for part in whole if names_unit(part) or is_coined(part)]
        elif ((words := match["used"]) and names_unit(words)) or (
            (words := match["english"]) and money_unit(f"({words})")
        ):
            said.append(words)
    return said


def _stated(bare: str) -> list[str]:
    """Return the units that clauses on the amounts state: 金额一律填万元, 以上报价均为美元价.

    A colon alone states it of amounts in general: 合同金额：元 is a label.
    """
    said: list[str] = []
    for clause in _CLAUSES.split(bare):
        rest = _NUMBERED.sub("", _HEAD.sub("", _NUMBERED.sub("", clause))).strip()
        found = _CLAUSE.fullmatch(rest.rstrip(")]】"))
        if found is None or (not found["how"].strip(": =") and not _OF_ALL.fullmatch(found["what"])):
            continue
        words = found["unit"]
        if names_unit(words) or is_coined(words) or _is_priced(words):
            said.append(words)
    return said


def _is_priced(words: str) -> bool:
    """Tell whether words are a currency with terms of delivery: USD FOB."""
    other = foreign(words)
    return other is not None and _FREIGHT.fullmatch(words.replace(other, "", 1)) is not None
