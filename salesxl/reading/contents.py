"""What the cells of a column hold: dates, amounts, phones, companies, choices of a list.

Owns: how far cells look like what a field asks for. Refuses: headers, and judging single values.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence

from salesxl import tidy
from salesxl.columns import Column, Kind
from salesxl.model import CellValue, Tidied
from salesxl.reading.sheet import is_text

__all__ = [
    "FIGURES",
    "IN_DIGITS",
    "Choices",
    "fitting",
    "is_branch",
    "is_company",
    "is_customer",
    "is_running",
    "possible",
    "reachable",
    "share",
]

Choices = Mapping[str, Sequence[str]]
_COMPANY = re.compile(
    r"(?:公司|集团|厂|工厂|有限|商行|事务所|研究院|设计院|医院|学校|大学|学院|银行|酒店|中心|合作社|经营部|门店|\bltd\.?|\binc\.?|\bco\.)$",
    re.I,
)
_MOBILE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")
_BRANCH = re.compile(r"[\u4e00-\u9fffA-Z/、]{2,8}\s*[-—－–]\s*[\u4e00-\u9fffA-Z/、（）()]{2,12}")
_NUMBERED = re.compile(r"(?=.*\d)(?:[^\W\d_]{0,4}[-_#/ ]?)?[!-~]{2,}")  # KH-0001, 客户0012; no address
_NUMBER_OF_WHAT = re.compile("[客户客戶用单單合同]|customer|client|crm", re.I)
_HOWEVER = tidy.Manner(loose=True)
_BOXES = re.compile("[□☐☑■√✓✔●○☒]")
FIGURES = frozenset({Kind.AMOUNT, Kind.AMOUNT_WAN, Kind.NUMBER, Kind.WHOLE, Kind.PERCENT})
IN_DIGITS = FIGURES | {Kind.DATE, Kind.MOMENT, Kind.CONTACT, Kind.CODE}
"""Kinds of which hardly a value is without digits."""
_VAGUE_FIGURE = re.compile(
    r"^.{0,3}(?:[一二两三四五六七八九十百千万亿零几数]|若干|很多|不少|面议|待定|未定|待议).{0,4}$"
)


def possible(column: Column, value: CellValue) -> bool:
    """Tell whether a cell may stand under a header that surely names the column, be it filled in badly."""
    if column.pattern:
        return is_text(value) and _NUMBERED.fullmatch(value.strip()) is not None and not _is_number(value)
    if column.kind in FIGURES and _is_date(value) and not _is_number(value):
        return False
    if column.kind in IN_DIGITS:
        return not is_text(value) or any(ch.isdigit() for ch in value) or bool(_VAGUE_FIGURE.search(value))
    return is_text(value) and not (_is_date(value) or _is_number(value))


def fitting(column: Column, values: Sequence[CellValue], choices: Choices) -> float | None:
    """Return the share of values that read as what the column holds; None where that cannot be told."""
    if column.choices and column.kind in (Kind.CHOICE, Kind.INDUSTRY):
        options = list(choices.get(column.choices, ()))
        if options:
            read = tidy.industry if column.kind is Kind.INDUSTRY else _any_choice
            return share(values, lambda v: is_text(v) and read(v, options).code is None)
        if column.kind is Kind.INDUSTRY:
            return share(
                values, lambda v: is_text(v) and re.match(r"^\S{1,6}业(?:$|[-—－:：])", v) is not None
            )
        return 0.5 if all(is_text(v) and len(v) <= 8 for v in values) else 0.0
    fits: Callable[[CellValue], bool] | None = _FITS.get(column.kind)
    if column.pattern:
        pattern = re.compile(column.pattern)
        return share(values, lambda v: is_text(v) and pattern.match(v.strip()) is not None)
    if is_customer(column):
        return share(values, is_company)
    return share(values, fits) if fits else None


def _any_choice(value: CellValue, options: Sequence[str]) -> Tidied:
    """Read an option however it is written: 谈判中 tells what a column holds, if not what is chosen."""
    return tidy.choice(value, options, manner=_HOWEVER)


def is_customer(column: Column) -> bool:
    return column.field == "customer_name"


def is_running(column: Column, header: str, values: Sequence[CellValue]) -> bool:
    """Tell whether a column called just 编号 counts the rows from 1 on: then its numbers are nobody's own."""
    if not (column.pattern or column.field == "own_no") or _NUMBER_OF_WHAT.search(header):
        return False
    found = [str(v).strip().removesuffix(".0") for v in values if not tidy.is_blank(v)]
    return bool(found) and found == [str(n) for n in range(1, len(found) + 1)]


def is_company(value: CellValue) -> bool:
    """Tell whether a text ends as names of companies and other customers do."""
    return is_text(value) and _COMPANY.search(tidy.simplified(value.strip())) is not None


def is_branch(value: CellValue) -> bool:
    """Tell whether a text has two levels, as industries that no list holds are typed: 医疗卫生-民营医院."""
    return is_text(value) and _BRANCH.fullmatch(value.strip()) is not None


def share(values: Sequence[CellValue], fits: Callable[[CellValue], bool]) -> float:
    return sum(1 for value in values if fits(value)) / len(values)


def _is_date(value: CellValue) -> bool:
    if isinstance(value, dt.datetime | dt.date):
        return True
    return is_text(value) and tidy.moment(value, near=dt.date(2020, 1, 1)).code is None


def _is_number(value: CellValue) -> bool:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return True
    return is_text(value) and tidy.amount(value).code is None


def _is_contact(value: CellValue) -> bool:
    return isinstance(value, str | int | float) and tidy.contact(value).code is None


def reachable(value: CellValue) -> bool:
    """Tell a mobile phone or an e-mail address from a fax or another number."""
    text = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
    return "@" in text or _MOBILE.search(re.sub(r"[\s-]", "", text)) is not None


def _is_name(value: CellValue) -> bool:
    return is_text(value) and len(value) <= 20 and not any(ch.isdigit() for ch in value)


_FITS: Mapping[Kind, Callable[[CellValue], bool]] = {
    Kind.DATE: _is_date,
    Kind.MOMENT: _is_date,
    Kind.CONTACT: _is_contact,
    Kind.AMOUNT: _is_number,
    Kind.AMOUNT_WAN: _is_number,
    Kind.NUMBER: _is_number,
    Kind.WHOLE: _is_number,
    Kind.PERCENT: _is_number,
    Kind.NAME: _is_name,
    Kind.TEXT: lambda v: is_text(v) and not _is_date(v) and not _is_number(v),
    Kind.YES_NO: lambda v: tidy.yes_no(v).code is None,
    Kind.TICKED: lambda v: is_text(v) and _BOXES.search(v) is not None,
    Kind.CODE: lambda v: is_text(v) and any(ch.isdigit() for ch in v),
    Kind.ITEMS: is_text,
}
