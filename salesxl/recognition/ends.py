"""Where a table ends though none of our words says so: at the next heading, or at the lines to sign.

Owns: headings of sections, lines to sign, the header of a table that nobody knows. Refuses: records.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from salesxl.columns import Column, Kind
from salesxl.model import CellValue
from salesxl.recognition.evidence import IN_DIGITS, possible
from salesxl.recognition.meaning import heads, says
from salesxl.recognition.sheet import Sheet, is_text
from salesxl.schemas import FORMS

__all__ = ["SIGNED", "Ends", "asks_day", "heading_above", "signing_rows", "signs", "texts_only", "width"]

Cells = Sequence[tuple[int, CellValue]]

SIGNED = "签字"
"""What a label below a heading of signatures means besides what it says."""

_LONGEST_HEADING = 24
_LONGEST_LABEL = 18
_HEADING_ABOVE = 2  # a heading stands at most so many rows above its table's header
_NUMERALS = "一二三四五六七八九十"
_NUMBERED = re.compile(rf"\s*([(（]?)(\d{{1,2}}|[{_NUMERALS}]{{1,2}})([.、)）．])(?!\d)")
_LAST_OF_SIGNING = frozenset("签簽字名章认認署核栏欄处處区區人)）eEdDyYfF:：_ ")
_WHO = frozenset({"from", "to", "manager", "rep", "owner", "reporter", "person", "review", "team"})
_HANDING = frozenset({"from", "to", "handover", "manager", "review"})  # who signs a form, and no customer
_BESIDE_DAY = frozenset({*_WHO, "sign", "handover", "customer"})
_TOLD = IN_DIGITS - {Kind.CONTACT, Kind.CODE}
_DIGIT = re.compile(r"\d")
_SENTENCE = re.compile("[。；;，,！!]")


def signing_rows(sheet: Sheet, rows: Iterable[int]) -> set[int]:
    """Return which of the rows stand below a heading that asks for signatures: there 移交人 signs."""
    found: set[int] = set()
    signing = False
    for row in rows:
        cells = sheet.cells(row, most=2)
        if len(cells) == 1 and is_text(cells[0][1]):
            signing = signs(cells[0][1])
        elif signing and cells:
            found.add(row)
    return found


def width(text: str) -> int:
    """Return how long a text looks: two letters of the alphabet are as wide as one Chinese character."""
    return len(text) - sum(map(str.isascii, text)) // 2


def signs(text: str) -> bool:
    """Tell whether a text asks for a signature: 移交人签字, 接手方（签章）."""
    if text[-1] not in _LAST_OF_SIGNING or width(text) > _LONGEST_LABEL:
        return False
    who = says(text, "sign")
    return who is not None and (not who or not _WHO.isdisjoint(who))


def asks_day(text: str) -> bool:
    """Tell whether a text asks for the day of a signature: 日期, 接手人签字日期."""
    return len(text) <= _LONGEST_LABEL and says(text, "date", _BESIDE_DAY) is not None


def heading_above(sheet: Sheet, top: int, left: int, right: int) -> int | None:
    """Return the row of the heading above a header: a short text alone, with nothing but blanks between."""
    for row in range(top - 1, max(top - 1 - _HEADING_ABOVE, 0), -1):
        cells = sheet.cells(row, left, right, most=2)
        if cells:
            return row if len(cells) == 1 and _may_head(cells[0][1]) else None
    return None


def texts_only(cells: Cells) -> bool:
    """Tell whether cells are all short texts without digits, no two alike, as headers are."""
    texts = [v for _, v in cells if is_text(v) and len(v) <= _LONGEST_LABEL and not _DIGIT.search(v)]
    return 1 < len(cells) == len(set(texts)) and not any(_SENTENCE.search(text) for text in texts)


def _may_head(value: CellValue) -> bool:
    return is_text(value) and len(value) <= _LONGEST_HEADING and _SENTENCE.search(value) is None


def _number(text: str) -> tuple[str, int] | None:
    """Return the style and the number of a numbered heading."""
    found = _NUMBERED.match(text)
    if found is None:
        return None
    opening, digits, closing = found.groups()
    if digits.isdigit():
        return f"{opening}1{closing}", int(digits)
    tens, _, ones = digits.rpartition("十")
    count = (10 * (_NUMERALS.index(tens) + 1 if tens else 1) if "十" in digits else 0) + (
        _NUMERALS.index(ones) + 1 if ones else 0
    )
    return f"{opening}一{closing}", count


class Ends:
    """Tells of the rows below a header whether the table has ended there.

    ``columns`` are the table's columns by number, None where nobody knows the field.
    """

    def __init__(
        self,
        sheet: Sheet,
        kind: str,
        top: int,
        left: int,
        right: int,
        columns: Mapping[int, Column | None],
    ) -> None:
        self.sheet, self.kind, self.left, self.right, self.columns = sheet, kind, left, right, columns
        row = heading_above(sheet, top, left, right)
        self.heading = sheet.cells(row, left, right, most=1)[0] if row is not None else None
        self.number = _number(str(self.heading[1])) if self.heading else None

    def at(self, row: int, cells: Cells, *, gap: bool) -> bool:
        """Tell whether a row is no part of the table, nor is what stands below it; ``gap``: after a blank."""
        head = cells[0][1]
        if not is_text(head):
            return False
        if len(cells) == 1 and self._is_heading(row, cells[0], gap=gap):
            return True
        if signs(head) and self._is_signature(row, gap=gap):
            return True
        return gap and len(cells) > 1 and self._is_header(row)

    def _is_heading(self, row: int, cell: tuple[int, CellValue], *, gap: bool) -> bool:
        column, text = cell
        if not _may_head(text):
            return False
        if self.number is not None and self.heading is not None and column == self.heading[0]:
            found = _number(str(text))
            if found is not None and found[0] == self.number[0] and found[1] == self.number[1] + 1:
                return True
        below = self.sheet.cells(row + 1, self.left, self.right)
        if len(below) < 2:
            return False
        if signs(str(text)):
            return True
        if not gap:
            return False
        alike = self.heading is not None and column == self.heading[0] and self._heads_another(str(text))
        return texts_only(below) if alike else self._is_header(row + 1)

    def _heads_another(self, text: str) -> bool:
        """Tell whether a text is the heading of another table of the form, and no short record."""
        forms = [form for form in FORMS if any(block.kind == self.kind for block in form.blocks)]
        return any(heads(form.name, text) not in (None, self.kind) for form in forms)

    def _is_signature(self, row: int, *, gap: bool) -> bool:
        """Tell whether a line is signed: a record may begin with 客户签字 too, where that is a plan."""
        cells = self.sheet.cells(row, self.left, self.right)
        who = says(str(cells[0][1]), "sign") or frozenset()
        if not _WHO & who:
            return False
        if who & _HANDING and "customer" not in who:
            return True
        for _, value in cells[1:]:
            if is_text(value) and len(value) <= _LONGEST_LABEL and (asks_day(value) or signs(value)):
                return True
        return gap or self._gainsaid(cells)

    def _is_header(self, row: int) -> bool:
        """Tell whether a row heads a table that nobody knows: short texts that the columns cannot hold."""
        cells = self.sheet.cells(row, self.left, self.right)
        if not texts_only(cells) or not self._gainsaid(cells):
            return False
        below = self.sheet.cells(row + 1, self.left, self.right)
        return 2 * len(below) >= len(cells) and {c for c, _ in below} <= {c for c, _ in cells}

    def _gainsaid(self, cells: Cells) -> bool:
        """Tell whether a column cannot hold what stands in it, and hardly as a note such as 待定."""
        found = [(self.columns.get(column), value) for column, value in cells]
        known = [(spec, value) for spec, value in found if spec is not None and spec.kind in _TOLD]
        return bool(known) and not any(possible(spec, value) for spec, value in known)
