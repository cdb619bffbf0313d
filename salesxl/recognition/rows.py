"""What a row below a header is: a record, or blank, a total, a note, an example, the header once more.

Owns: the evidence for each. Refuses: reading the values.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from salesxl.columns import Column, Kind
from salesxl.model import CellValue
from salesxl.parsing import is_blank, normalise_label, simplified
from salesxl.recognition.evidence import IN_DIGITS, is_customer, is_day, possible
from salesxl.recognition.labels import ends_with_colon
from salesxl.recognition.names import is_company
from salesxl.recognition.sheet import is_text

__all__ = [
    "is_afterword",
    "is_example",
    "is_filler",
    "is_note",
    "is_plain",
    "is_total",
    "is_typed_over",
    "left_of_example",
    "says_page",
]

Cells = Sequence[tuple[int, CellValue]]

_TOTAL = re.compile(
    r"(?:本页|本表|本周|本月|本年|全年|年度|季度|月度|全部|客户|金额|数量|人数|总)?(?:合计|总计|小计|共计|累计|汇总|总和|总数|总额)"
    r"(?:金额|数量|人数|户数|行|家|户|数)*(?:[(:].*)?|(?:grand|sub)?total|sum|(?:合计|总计|小计|共计|共).{0,12}[家条个户人元]"
    r"|总?平均.{0,8}|[人户单]均.{0,4}|均[值价]|最[大小高低](?:值|额)?|average|avg|mean|(?:承前|承上|过次|转下)页"
)
_TOTAL_OF = re.compile(
    r"\S.{0,15}(?:\s(?:汇总|计数|平均值|最大值|最小值|(?:sub)?total|average|count)|\s?(?:小计|合计|总计))",
    re.I,
)
_LONGEST_TOTAL = 24
_TOTAL_SIGN = re.compile("[计总汇均最页計總匯彙頁]")
_PAGE = re.compile(
    r"[(（]?(?:第?\d+页[,，/]?|共\d+页[,，/]?|page\d+(?:(?:of|/)\d+)?|续上?表|接上[表页]|接下页|转下页)+[)）]?",
    re.I,
)
_GOES_ON = re.compile(r"[(（【\[]续[表页]?[一二三四五六七八九十\d]*[)）】\]]$")
_NOTE = re.compile(
    r"^[\s(（【\[*＊※★#]*(?:填[表写报]?(?:说明|须知|要求|提示|注意)|说明|备注|附注|注意?(?:事项)?|提示|温馨提示|注[:：\d]"
    r"|要求|须知|提醒|声明|附[:：]|ps|note|notes|remark|remarks)[\s)）】\]]*[:：\d一]|^[\s]*[注附※★＊*#][:：、\s]?\S",
    re.IGNORECASE,
)
_NOTE_ALONE = re.compile(
    r"[(（【\[*＊※]*(?:填[表写报]?(?:说明|须知|要求|提示)|说明|备注|附注|注意?(?:事项)?|提示)[)）】\]]*"
)
_NUMBERED = re.compile(r"^\s*[(（]?(?:\d{1,2}|[一二三四五六七八九十])[.、)）．](?!\d)")
_EXAMPLE = re.compile(
    r"^[\s(（【\[<《]*(?:填写|填表)?(?:示例|样例|范例|举例|例[:：)）\]】]|例$|如[:：]|example|sample|e\.?g\.)",
    re.I,
)
_EXAMPLE_OF = re.compile(
    r"^[\s(（【\[<《]*(?:填写|填表)?(?:示例|样例|范例|举例|例|example|sample|e\.?g\.?)\s*[:：)）】\]》>]",
    re.I,
)
_EXAMPLE_ALONE = re.compile(
    r"[\s(（【\[<《]*(?:填写|填表)?(?:示例|样例|范例|举例|例|example|sample)\d?[\s)）】\]》>:：]*", re.I
)
_SIGN_HERE = re.compile(r"签字|签名|签章|盖章|审批|审核|制表|复核|批准|填表人|填报人|主管|经理")
_SIGNED = re.compile(rf"\s*(?:.{{0,6}}(?:{_SIGN_HERE.pattern}).{{0,4}}|.{{0,4}}(?:日期|时间|年月日))\s*[:：]")
_SENTENCE = re.compile("[。；;！!]")
_LONG = 30
_LABELLED = re.compile(r"[^\d\s][:：]|[:：]\s*$")
_FREE = frozenset({Kind.TEXT})
_BY_ITSELF = frozenset({Kind.TEXT, Kind.CONTACT, Kind.CODE, Kind.ITEMS, Kind.NAME})
_WIDE = 6  # in a table with so many fields a record has more than a few cells filled
_LONG_EXAMPLE = 6  # letters; a shorter one may be true


def is_total(cells: Cells, formulas: Mapping[int, str]) -> bool:
    """Tell whether a row sums up: 合计 or the like among its first texts, numbers and formulas beside it."""
    first = next((place for place, (_, value) in enumerate(cells[:3]) if _says_total(value)), None)
    if first is None:  # Excel's own: 展会 汇总 over figures, and over nothing else
        first = next((place for place, (_, value) in enumerate(cells[:3]) if _says_total_of(value)), None)
        if first is None or not all(
            c in formulas or isinstance(v, int | float) for c, v in [*cells[:first], *cells[first + 1 :]]
        ):
            return False
        return len(cells) > 1
    for column, value in [*cells[:first], *cells[first + 1 :]]:
        if column in formulas or not is_text(value) or is_blank(value):
            continue
        if not (_number_like(value) or _says_total(value)):
            return False
    return True


def is_plain(cells: Cells) -> bool:
    """Tell quickly that a row of several cells can be neither a total nor a line to sign."""
    head = cells[0][1]
    if isinstance(head, str) and (head[-1] in ":：_＿ " or "__" in head):
        return False
    if isinstance(head, str) and len(head) <= _LONGEST_ROLE and _ROLE.fullmatch(head.strip()):
        return False
    for _, value in cells[:3]:  # noqa: SIM110 -- asked of every row: a generator would double its cost
        if isinstance(value, str) and _may_total(value):
            return False
    return True


def _may_total(value: str) -> bool:
    if len(value) > _LONGEST_TOTAL:
        return False
    return value[-1:].isalpha() if value.isascii() else _TOTAL_SIGN.search(value) is not None


def _says_total(value: CellValue) -> bool:
    if not isinstance(value, str) or not _may_total(value):
        return False
    return _TOTAL.fullmatch(normalise_label(value).strip("-=()")) is not None


def _says_total_of(value: CellValue) -> bool:
    return (
        isinstance(value, str)
        and _may_total(value)
        and _TOTAL_OF.fullmatch(simplified(value.strip())) is not None
    )


def _number_like(value: str) -> bool:
    return sum(ch.isdigit() for ch in value) * 2 >= len(value.strip()) or value.strip()[:1] == "共"


def says_page(value: CellValue) -> bool:
    """Tell whether a text is about printed pages: 第2页 共3页, 续表, or a title that ends with （续）."""
    if not is_text(value) or len(value) > _LONG:
        return False
    text = "".join(simplified(value).split())
    return _PAGE.fullmatch(text) is not None or _GOES_ON.search(text) is not None


def is_note(
    cells: Cells, columns: Mapping[int, Column | None], width: int, *, after_gap: bool, spans: int
) -> bool:
    """Tell whether a row is a remark below the table and not a record with few cells filled.

    ``columns`` are the table's columns (None where the field is unknown), ``width`` their number,
    ``spans`` how many columns the first cell is merged over.
    """
    if not cells:
        return False
    column, value = cells[0]
    if not is_text(value):
        return False
    few = len(cells) <= 2
    if few and all(says_page(v) for _, v in cells):
        return True
    if few and _NOTE.match(simplified(value)):
        return True
    if len(cells) == 2 and after_gap and _NOTE_ALONE.fullmatch(simplified(value).strip()):
        return True
    if all(is_text(v) and (ends_with_colon(v) or _blank_line(v)) for _, v in cells):
        return True
    if len(cells) > 1 and all(is_text(v) and _SIGNED.match(simplified(v)) for _, v in cells):
        return True
    asks = ends_with_colon(value) and (few or _SIGN_HERE.search(simplified(value)))
    if asks or _is_signed_off(cells):
        return True
    if len(cells) > 1:
        return False
    spec = columns.get(column)
    if spans >= 3 and spans * 2 >= width and not (spec and spec.kind in _FREE):
        return True
    free = spec is not None and spec.kind in _FREE
    long = len(value) > _LONG or _SENTENCE.search(value) is not None or _NUMBERED.match(value) is not None
    if spec is None:
        return long or after_gap or column not in columns
    if spec.kind in IN_DIGITS and any(ch.isdigit() for ch in value) and len(value) <= _LONG:
        return False
    return (long or _LABELLED.search(value) is not None) and (not free or after_gap)


_ROLE = re.compile(
    r"(?:制[表单]|填[表报写]|编[制写]|[报上]报|审[批核阅定]|复[核审]|批准|核[准对]|签[发批]|经[办手])(?P<who>人员?|员|者)?(?:签[字名章])?"
    r"|(?:部门|销售|业务|区域|大区)?(?:总?经理|主管|总监|负责人)(?:签[字名章])?|(?:分管|主管)?领导(?:签[字名章])?"
)
_ITS_DAY = re.compile(r"(?:制表|填表|审批|审核|批准|签[字名]|上报)?(?:日期|时间)")
_LONGEST_NAME, _LONGEST_ROLE = 6, 8


def _is_signed_off(cells: Cells) -> bool:
    """Tell whether a row names who made and checked the table, in pairs: 制表人, 张三, 审批人, 李四, 日期."""
    labels = people = 0
    beside = certain = False
    for _, value in cells:
        text = simplified(value).strip().rstrip(":：") if is_text(value) else ""
        role = _ROLE.fullmatch(text)
        if role or (people and _ITS_DAY.fullmatch(text)):
            labels, people, beside = labels + 1, people + (role is not None), True
            certain = certain or (role is not None and role["who"] is not None)
        elif beside and (
            is_day(value) or (text and len(text) <= _LONGEST_NAME and not any(map(str.isdigit, text)))
        ):
            beside = False
        else:
            return False
    return people > 0 and (labels > 1 or certain)


def _blank_line(value: str) -> bool:
    return is_blank(value) or "__" in value or "＿＿" in value


def is_filler(cells: Cells, columns: Mapping[int, Column | None], formulas: Mapping[int, str]) -> bool:
    """Tell whether nobody typed anything in a row: only formulas, running numbers, or marks for empty."""
    typed = [(c, v) for c, v in cells if c not in formulas and not is_blank(v, free_text=True)]
    if not typed:
        return True
    return all(columns.get(c) is None and not is_text(v) for c, v in typed) or (
        len(typed) == 1 and columns.get(typed[0][0]) is None and str(typed[0][1]).strip().isdigit()
    )


def is_afterword(cells: Cells, fields: Mapping[int, Column]) -> bool:
    """Tell whether few cells below a wide table's total or note are no record: none of them tells of one.

    Such are the meanings of codes and other small tables that nobody knows.
    """
    if len(fields) < _WIDE:
        return False
    found = [(spec, value) for column, value in cells if (spec := fields.get(column)) is not None]
    return not any(
        is_company(value) if is_customer(spec) else spec.kind in IN_DIGITS and possible(spec, value)
        for spec, value in found
    )


def is_typed_over(cells: Cells, columns: Mapping[int, Column | None]) -> bool:
    """Tell whether a rep typed over the example of the toolkit's own form, and left 示例 in its first cell.

    That row is a record: its mark is reported as what it is, an odd value, and the record is not lost. The
    own form's example has a name that says 示例; on other forms the mark alone decides.
    """
    if not is_text(cells[0][1]) or _EXAMPLE_ALONE.fullmatch(str(cells[0][1])) is None:
        return False
    named = [v for c, v in cells[1:] if (spec := columns.get(c)) and _EXAMPLE.match(str(spec.example))]
    return bool(named) and not any(is_text(v) and _EXAMPLE.match(simplified(v)) for v in named)


def is_example(cells: Cells, columns: Mapping[int, Column | None]) -> bool:
    """Tell whether a row is the form's example: marked so, or filled as the schema's example is."""
    for place, (column, value) in enumerate(cells):
        if not is_text(value) or _EXAMPLE.match(simplified(value)) is None:
            continue
        spec = columns.get(column)
        if (
            spec is None
            or spec.kind not in _FREE
            or (
                place == 0
                and (_EXAMPLE_OF.match(simplified(value)) or _EXAMPLE_ALONE.fullmatch(simplified(value)))
            )
        ):
            return True
    known = [(spec, v) for c, v in cells if (spec := columns.get(c)) is not None and spec.example]
    other = 0
    for spec, value in known:
        other += _plain(value) != _plain_text(spec.example)
        if other * 10 > len(known) * 3:
            return False
    return len(known) - other >= 3


def left_of_example(cells: Cells, columns: Mapping[int, Column | None]) -> list[int]:
    """Return the columns in which a record still says what the example does, and says by itself.

    A number, a day or a choice may be the same by chance; a need, a name or a telephone hardly.
    """
    found = []
    for column, value in cells:
        spec = columns.get(column)
        own = spec is not None and spec.example and spec.kind in _BY_ITSELF and not spec.choices
        if (
            own
            and spec is not None
            and len(spec.example) >= _LONG_EXAMPLE
            and _plain(value) == _plain_text(spec.example)
        ):
            found.append(column)
    return found


def _plain(value: CellValue) -> str:
    if isinstance(value, dt.datetime):
        return value.strftime("%Y-%m-%d" if value.time() == dt.time() else "%Y-%m-%d %H:%M")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return _plain_text(str(value))


@lru_cache(maxsize=1024)
def _plain_text(text: str) -> str:
    return " ".join(text.replace(",", "").split())
