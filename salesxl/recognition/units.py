"""The unit of a form's amounts where it stands beside them: in a row of units, a cell, a column, a note.

Owns: which of several words holds for an amount. The nearest does: what the cell itself says, its own row's
column of currencies, its header, the row of units below that or the cell beside the value, a note above the
block, one below it, the sheet's name. Refuses: what the words mean, which is ``parsing``; reading values.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise, takewhile, zip_longest

from salesxl.columns import BlockSpec, Column, Kind
from salesxl.model import Area, Block, CellValue
from salesxl.parsing import (
    SCALES,
    count_places,
    foreign,
    is_unit_cue,
    money_unit,
    names_unit,
    simplified,
    unit_note,
)
from salesxl.recognition.named_amounts import AMOUNTS, Amounts, Said, names_amount, says_units, telling
from salesxl.recognition.remarks import unit_of_cells
from salesxl.recognition.sheet import Sheet, is_text

__all__ = [
    "contradicted",
    "is_unit",
    "says_unit",
    "tells_unit",
    "unit_under",
    "units_about",
    "with_row_units",
    "with_said",
    "with_unit",
    "with_units",
]

_COUNTED = re.compile(
    r"(?:单位[:：]?)?(?:人|个|家|户|次|单|台|套|件|吨|天|日|月|年|岁|%|小时|分钟|人次|家次|[笔份项])"
)
_LONGEST_UNIT = 12
_ROWS_ABOVE = 8  # a unit for all amounts stands at most so many rows above them
_TOP = 4  # or among the first rows of the sheet
_ROWS_BELOW = 5  # or in one of so many filled rows below them
_SPEAKS = re.compile(
    r"[元圆圓万萬千亿億币幣位$€£¥￥＄美欧歐镑鎊]"
    r"|(?<![a-z])(?:in|units?|currency|usd|eur|hkd|gbp|jpy|rmb|cny)(?![a-z])",
    re.I,
)
_CURRENCY_COLUMN = re.compile(
    r"(?:结算|报价|合同|金额|交易)?(?:币种|币别|货币|货币种类|currency|ccy)(?:单位)?", re.I
)
_UNIT_COLUMN = re.compile(r"(?:金额|货币|计价|计量)?单位|unit", re.I)
_REMARK = re.compile(
    r"[\s(（【\[*＊※★#]*(?:\d{1,2}[.、)）]\s*)?"
    r"(?:注|备注|附注|说明|填表|填报|提示|温馨|金额|报价|单位|币种|币别|货币|以上|上述|本表|表中|所有|全部)"
)
_GROUP = re.compile(r"([^()（）]+)[(（]([^()（）]{1,12})[)）]")
_FEW_CELLS = 4  # a row with more may be a table's header
_BARE_NUMBER = re.compile(r"\s*-?[\d,.]+\s*", re.ASCII)


def unit_under(value: CellValue) -> str | None:
    """Return the unit that a cell of a row of units gives, in words that ``money_unit`` understands."""
    if not is_text(value):
        return None
    bare = value.strip("()（）[]【】 ")
    return bare if money_unit(f"({bare})") else None


def is_unit(value: CellValue) -> bool:
    """Tell whether a cell holds a unit and nothing else: 元, （万元）, USD, 家."""
    if not is_text(value) or len(value) > _LONGEST_UNIT:
        return False
    bare = simplified(value).strip().strip("()（）")
    return _COUNTED.fullmatch(bare) is not None or names_unit(_UNIT_SAID.sub("", bare))


_UNIT_SAID = re.compile(r"^(?:金额|货币)?单位[:：]?\s*")


def units_about(sheet: Sheet, top: int, bottom: int, amounts: Amounts) -> tuple[dict[int, str], list[Said]]:
    """Return the units given above and below a table: by column, and what notes say, nearest first."""
    over = _units_over(sheet, top)
    return over, _notes_around(sheet, top - bool(over), bottom, amounts)


def _notes_around(sheet: Sheet, top: int, bottom: int, amounts: Amounts) -> list[Said]:
    """Return what notes say of the amounts between two rows: 单位：万元 beside the title.

    Nearest above, then nearest below, then at the end of the sheet, in the page's margins, in its name.
    """
    return [said for said in _seen_around(sheet, top, bottom, amounts) if said]


def _seen_around(sheet: Sheet, top: int, bottom: int, amounts: Amounts) -> Iterator[Said]:
    near = max(top - _ROWS_ABOVE, 1)
    for row in [*range(top - 1, near - 1, -1), *range(1, min(_TOP, near - 1) + 1)]:
        yield _note(sheet, row, amounts)
    seen = 0
    for row in range(bottom + 1, sheet.height + 1):
        cells = sheet.cells(row)
        if not cells:
            continue
        seen += 1
        if seen > _ROWS_BELOW or _heads_another(sheet, row + 1):
            break
        yield _note(sheet, row, amounts)
    yield from _closing(sheet, bottom, amounts)
    yield from (amounts.said(text, alone=True) for text in sheet.grid.margins)
    if _SPEAKS.search(sheet.grid.sheet):
        yield amounts.said(sheet.grid.sheet, alone=True)


def _closing(sheet: Sheet, bottom: int, amounts: Amounts) -> Iterator[Said]:
    """Yield the unit that a remark gives at the end of a sheet, below other tables: 注：金额以万元为单位."""
    seen = 0
    for row in range(sheet.height, bottom, -1):
        cells = sheet.cells(row, most=3)
        seen += bool(cells)
        if seen > _ROWS_BELOW:
            break
        remark = 0 < len(cells) < 3 and is_text(cells[0][1]) and _REMARK.match(cells[0][1])
        if remark:
            yield from _said_in(cells, amounts)


def _units_over(sheet: Sheet, top: int) -> dict[int, str]:
    """Return the units by column that group headings right above a header give: 商机（万元） over several.

    A heading that stands alone groups only what it is merged over, unless that begins at the very left.
    """
    cells = sheet.cells(top - 1) if top > 1 else ()
    found: dict[int, str] = {}
    for (column, value), after in zip_longest(cells, cells[1:]):
        group = _GROUP.fullmatch(value.strip()) if is_text(value) else None
        if group is None or is_unit_cue(group[1]) or not names_unit(simplified(group[2])):
            continue
        area = sheet.area(top - 1, column)
        if len(cells) == 1 and area.left in (area.right, 1):
            continue
        right = area.right if area.right > area.left or after is None else after[0] - 1
        found |= dict.fromkeys(range(column, right + 1), group[2].strip())
    return found


def _heads_another(sheet: Sheet, row: int) -> bool:
    """Tell whether a row right below a note is a table's header or record: the note speaks of that."""
    return len(sheet.cells(row, most=3)) >= 3


def _note(sheet: Sheet, row: int, amounts: Amounts) -> Said:
    values = sheet.rows[row - 1] if row <= sheet.height else ()
    found = [value for value in values if type(value) is str and _SPEAKS.search(value)]
    if not found:
        return Said()
    return next(iter(_said_in(sheet.cells(row), amounts)), Said())


def _said_in(cells: Sequence[tuple[int, CellValue]], amounts: Amounts) -> list[Said]:
    """Return what a row's cells say of the amounts, a mere 人民币 last; 单位 | 万元 says it in two."""
    said = [amounts.said(text, alone=len(cells) == 1) for _, text in _texts(cells)]
    return sorted(filter(None, said), key=lambda one: not one.named and _is_currency(one.overall))


def _is_currency(said: str | None) -> bool:
    unit = money_unit(f"({said})")
    return unit is None or not (unit.scaled or unit.why)


def tells_unit(cells: Sequence[tuple[int, CellValue]]) -> bool:
    """Tell whether a row holds nothing but a note on units, in one cell or more: 单位：万元, 币种 | USD."""
    if _names_amounts(cells):
        return True
    if len(cells) > 2 or (len(cells) == 2 and not is_unit_cue(str(cells[0][1]))):
        return False
    return any(unit_note(text, alone=len(cells) == 1) or says_units(text) for _, text in _texts(cells))


def says_unit(sheet: Sheet, row: int) -> bool:
    """Tell whether a row says a unit in two cells, 单位 | 万元, and little else: neither is a header."""
    cells = sheet.cells(row, most=_FEW_CELLS + 1)
    if len(cells) > _FEW_CELLS:
        return False
    if _names_amounts(cells):
        return True
    pairs = pairwise(value for _, value in cells)
    return any(is_text(asks) and is_unit_cue(asks) and is_unit(said) for asks, said in pairs)


def _names_amounts(cells: Sequence[tuple[int, CellValue]]) -> bool:
    """Tell whether each cell of a row but a cue names an amount with its unit: 预计金额：万元 | 年采购额：元.

    With the units in brackets it is a table's header.
    """
    texts = [value for _, value in cells if is_text(value)]
    named = texts[1:] if texts and is_unit_cue(texts[0]) else texts
    bare = len(named) < len(texts) or not any(_GROUP.fullmatch(text.strip()) for text in named)
    return len(texts) == len(cells) > 1 and bool(named) and bare and all(map(names_amount, named))


def _texts(cells: Sequence[tuple[int, CellValue]]) -> Iterator[tuple[int, str]]:
    """Yield a row's texts with their columns; one that only asks for a unit with what stands beside it.

    Several cells that each name an amount with its unit are one note: 单位： | 预计金额 万元 | 年采购额 元.
    """
    if _names_amounts(cells) and not is_unit_cue(str(cells[0][1])):
        yield cells[0][0], ",".join(str(value) for _, value in cells)
        return
    for at, (column, value) in enumerate(cells):
        if not is_text(value):
            continue
        behind = cells[at + 1 :]
        if behind and is_text(behind[0][1]) and is_unit_cue(value):
            more = takewhile(lambda cell: is_text(cell[1]) and names_amount(cell[1]), behind[1:])
            said = ",".join([behind[0][1], *(str(text) for _, text in more)])
            yield column, f"{value.rstrip(':： ')}:{said}"
        else:
            yield column, value


def _aside(
    sheet: Sheet, row: int, answers: set[tuple[int, int]], beside: bool, amounts: Amounts
) -> Iterator[Said]:
    """Yield what a note beside a card's own lines says of its amounts."""
    for column, value in _texts(sheet.cells(row)):
        if (row, column) in answers or not _SPEAKS.search(value):
            continue
        if not (beside and is_unit(value)) and (said := amounts.said(value, alone=False)):
            yield said


def with_unit(label: str, column: Column, unit: str | None) -> str:
    """Return an amount's label with the unit that stands elsewhere, where it has none of its own.

    A label that names only the currency (RMB) takes the scale from elsewhere; another currency there is
    never outdone by a mere scale (万元) of the label's own.
    """
    if unit is not None and column.kind is Kind.WHOLE and count_places(f"({unit})"):
        return label if count_places(label) else f"{label}({unit})"
    if unit is None or column.kind not in AMOUNTS:
        return label
    own = money_unit(label)
    if own is None or (own.unit and not own.scaled):
        return f"{label}({unit})"
    if own.unit and foreign(unit) and money_unit(f"{label}(万元)") == own:
        return f"{label}({unit})"
    return label


def _noted(sheet: Sheet, spec: BlockSpec, block: Block) -> list[Said]:
    """Return what notes say of the amounts of a block, nearest first."""
    amounts = Amounts(spec, block.headers, block.extra.values())
    if not block.cells:
        top = block.header_row or 1
        bottom = block.rows[-1] if block.rows else block.last_header_row or top
        return units_about(sheet, top, bottom, amounts)[1]
    rows = [row for row, _ in block.cells.values()]
    # rows in which a unit is that of the value beside it
    beside = {row for name, (row, _) in block.cells.items() if spec.column(name).kind in AMOUNTS}
    answers = set(block.cells.values())
    within = [
        said
        for row in range(min(rows), max(rows) + 1)
        for said in _aside(sheet, row, answers, row in beside, amounts)
    ]
    return [*within, *_notes_around(sheet, min(rows), max(rows), amounts)]


def contradicted(sheet: Sheet, spec: BlockSpec, block: Block) -> dict[str, tuple[str, str]]:
    """Return the amounts whose header says a smaller unit than the note for them: both, by field.

    A header in 万元 under a note in 元 is the exception to it that it says it is.
    """
    own = {
        name: said.unit
        for name, label in block.headers.items()
        if spec.column(name).kind in AMOUNTS and (said := money_unit(label)) and said.unit and said.scaled
    }
    found: dict[str, tuple[str, str]] = {}
    notes = _noted(sheet, spec, block) if own else []
    for name, unit in own.items():
        noted = telling(notes, name)
        said = money_unit(f"({noted})") if noted else None
        if noted and said and SCALES[unit] < (SCALES[said.unit] if said.unit else 0):
            found[name] = unit, noted
    return found


def with_units(sheet: Sheet, spec: BlockSpec, card: Block) -> Block:
    """Return a card whose amounts say their unit too where it stands beside the value, above or below."""
    amounts = [name for name in card.cells if spec.column(name).kind in AMOUNTS]
    if not amounts:
        return card
    notes = _noted(sheet, spec, card)
    headers, noted = dict(card.headers), list[str]()
    for name in amounts:
        row, column = card.cells[name]
        around = (sheet.value(row, sheet.area(row, column).right + 1), sheet.value(row, max(column - 1, 1)))
        unit = next((unit_under(value) for value in around if is_unit(value)), None)
        cells = Area(row, max(column - 1, 1), row, column)
        unit = unit or unit_of_cells(sheet, spec.column(name), cells)
        headers[name] = with_unit(headers[name], spec.column(name), unit or telling(notes, name))
        noted += [] if unit or headers[name] == card.headers[name] else [name]
    return replace(card, headers=headers, noted=tuple(noted))


def with_row_units(
    data: Mapping[str, list[CellValue]],
    columns: Mapping[str, int],
    spec: BlockSpec,
    others: Sequence[tuple[int, str, Sequence[CellValue]]],
) -> None:
    """Give each amount the currency or unit that a column of its own says for its row: 币种, 单位.

    ``others`` are the columns that hold no field: number, header and values. What is written into ``data``
    reads as if it had been typed into the amount's cell: 12.5 beside 万元 becomes 12.5万元.
    """
    for number, header, values in others:
        amounts = [name for name in columns if spec.column(name).kind in AMOUNTS]
        bare = "".join(header.split())
        if not _CURRENCY_COLUMN.fullmatch(bare):
            said = [value for value in values if value is not None]
            if not said or not all(is_text(v) and names_unit(simplified(v).strip()) for v in said):
                continue
            if bare and not _UNIT_COLUMN.fullmatch(bare):
                continue
            amounts = [name for name in amounts if bare or columns[name] == number - 1]
        for name in amounts:
            data[name][:] = [with_said(v, unit) for v, unit in zip(data[name], values, strict=True)]


def with_said(value: CellValue, unit: CellValue) -> CellValue:
    """Return an amount as if a unit had been typed into its cell, where it has none: 12.5 as 12.5万元."""
    if not is_text(unit) or value is None or isinstance(value, bool):
        return value
    said = money_unit(f"({unit})")
    if said is not None and said.unit and not said.scaled:
        return value  # the yuan
    if isinstance(value, str) and not _BARE_NUMBER.fullmatch(value):
        return value
    return f"{value}{unit.strip()}" if isinstance(value, str | int | float) else value
