"""A workbook that a team uses already → rows of 表单, to be corrected in Excel.

Owns where the blocks of a form stand on a sheet, its labels, units and needs. Refuses: of which kind a field
is; that is ``guessed``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from salesxl import parsing
from salesxl.model import CellValue, Grid, Workbook
from salesxl.settings.guessed import Guess, guess
from salesxl.xlsx.read.validations import Validation

__all__ = ["Proposal", "Proposed", "propose"]

Rules = Mapping[str, Sequence[Validation]]

SHORT = 20
"""A label has at most so many characters."""
LEAST = 3
"""A header has at least so many labels."""
WHOLE = 5
"""A column that is filled in on so many rows, all there are, is asked for."""
KEY = 2
"""A key has at most so many fields."""
_UNIT = re.compile(r"[(（\[【]([^()（）\[\]【】]{1,6})[)）\]】]\s*$")
_STAR = re.compile(r"[*＊※]|[(（]?必填[)）]?")


@dataclass(slots=True)
class Proposed:
    """A row of 表单: what is said by field of its sheet, and which of it is a guess (``unsure``)."""

    said: dict[str, Any]
    unsure: set[str] = field(default_factory=set)
    note: str = ""


@dataclass(frozen=True, slots=True)
class Proposal:
    """The rows of a form, and the title that its workbook has."""

    title: str | None
    rows: tuple[Proposed, ...]


@dataclass(slots=True)
class _Field:
    label: str
    samples: list[CellValue]
    blanks: int
    where: tuple[Grid, int, int]
    formula: str | None = None


def propose(workbook: Workbook, rules: Rules, title: str, known: Mapping[str, str]) -> Proposal:
    """Return rows for the first sheet that holds a form, with the rows of all sheets of the same labels.

    ``known`` are lists of choices by the label of a standard field. Nothing is found: no row.
    """
    found: list[tuple[str | None, list[_Field], list[_Field]]] = []
    for grid in workbook.grids:
        card, table = _blocks(grid)
        if card or len(table) >= LEAST:
            found.append((_title(grid), card, table))
    if not found:
        return Proposal(None, ())
    heading, card, table = found[0]
    for _, others, further in found[1:]:
        if [f.label for f in further] == [f.label for f in table] and table:
            for mine, theirs in zip(table, further, strict=True):
                mine.samples += theirs.samples
                mine.blanks += theirs.blanks
        del others
    rows: list[Proposed] = []
    for block, shape, fields in (("填表信息", "卡片", card), (title, "表格", table)):
        made = [_row(one, workbook.grids, rules, known, asked=shape == "表格") for one in fields]
        if not made:
            continue
        made[0].said |= {"block": block, "shape": shape} if card and table else {"shape": shape}
        if shape == "表格":
            _with_key(made, fields)
        rows += made
    if rows:
        rows[0].said = {"form": title, **rows[0].said}
    return Proposal(heading, tuple(rows))


# -- where things stand


def _blocks(grid: Grid) -> tuple[list[_Field], list[_Field]]:
    top = _header(grid)
    end = len(grid.rows) if top is None else top
    if top is not None and [*_labels(grid, top).values()] != [t for c in grid.rows[top] if (t := _text(c))]:
        end -= 1  # the header has two rows
    card = list(_card(grid, end))
    return card, _table(grid, top) if top is not None else []


def _text(cell: CellValue) -> str | None:
    """Return what may be a label: a short text without figures in it."""
    if not isinstance(cell, str):
        return None
    text = " ".join(cell.split())
    return text if text and len(text) <= SHORT and not text[0].isdigit() else None


def _header(grid: Grid) -> int | None:
    """Return the place of the row with most labels side by side, the first of equals."""
    best, most = None, LEAST - 1
    for number, row in enumerate(grid.rows):
        there = [at for at, cell in enumerate(row) if not parsing.is_blank(cell)]
        if not there or any(_text(row[at]) is None for at in there):
            continue
        labels = _labels(grid, number)
        if len(labels) <= most or len(set(map(parsing.normalise_label, labels.values()))) < len(labels):
            continue
        beside = max(labels) - min(labels) + 1 <= len(labels) + _merged_over(grid, number + 1)
        if beside and not _pairs(grid, number, there):
            best, most = number, len(labels)
    return best


def _labels(grid: Grid, top: int) -> dict[int, str]:
    """Return the labels of a header by column; one of two rows, the upper merged, is told 上·下."""
    labels = {at: text for at, cell in enumerate(grid.rows[top]) if (text := _text(cell)) is not None}
    above = grid.rows[top - 1] if top else ()
    over = [a for a in grid.merged if a.top == a.bottom == top and a.left < a.right]
    if not over or len([c for c in above if not parsing.is_blank(c)]) < 2:
        return labels
    for area in over:
        upper = _text(above[area.left - 1]) if area.left <= len(above) else None
        for at in range(area.left - 1, area.right):
            if upper and at in labels:
                labels[at] = f"{upper}·{labels[at]}"
    for area in (a for a in grid.merged if a.top == top and a.bottom == top + 1 and a.left <= len(above)):
        if text := _text(above[area.left - 1]):
            labels.setdefault(area.left - 1, text)
    return labels


def _merged_over(grid: Grid, row: int) -> int:
    return sum(a.right - a.left for a in grid.merged if a.top <= row <= a.bottom)


def _pairs(grid: Grid, number: int, there: Sequence[int]) -> bool:
    """Say whether a row is one of a card: label and value in turn, like the row above or below."""
    if len(there) > 2 * LEAST or len(there) % 2:
        return False
    below = grid.rows[number + 1] if number + 1 < len(grid.rows) else ()
    odd = [at for at in there[::2] if at < len(below) and _text(below[at]) is not None]
    even = [below[at] for at in there[1::2] if at < len(below)]
    values = [cell for cell in even if not isinstance(cell, str) and not parsing.is_blank(cell)]
    return len(odd) == len(there) // 2 and bool(values)


def _card(grid: Grid, end: int) -> Iterator[_Field]:
    for number, row in enumerate(grid.rows[:end]):
        there = [at for at, cell in enumerate(row) if not parsing.is_blank(cell)]
        if len(there) == 1 and _alone(grid, number + 1, there[0] + 1):
            continue  # a title or a heading
        at = 0
        while at < len(row):
            label = _text(row[at])
            if label is None:
                at += 1
                continue
            right = next((a.right for a in grid.merged if a.top == number + 1 and a.left == at + 1), at + 1)
            value = row[right] if right < len(row) else None
            yield _Field(
                label.rstrip(":： "), [value] if value is not None else [], 0, (grid, number + 1, right + 1)
            )
            at = right + 1


def _alone(grid: Grid, row: int, column: int) -> bool:
    """Say whether a cell is a heading: merged over others, or with nothing to fill in beside it."""
    merged = any(a.top == row and a.left == column and a.right - a.left >= LEAST - 1 for a in grid.merged)
    return merged or (row == 1 and column == 1)


def _title(grid: Grid) -> str | None:
    for row in grid.rows[:3]:
        there = [cell for cell in row if not parsing.is_blank(cell)]
        if len(there) == 1 and _text(there[0]) is not None:
            return str(there[0]).strip()
    return None


def _table(grid: Grid, top: int) -> list[_Field]:
    """Return the columns under a header with what is filled in below."""
    labels, first = _labels(grid, top), top + 1
    fields = [_Field(label, [], 0, (grid, first + 1, at + 1)) for at, label in sorted(labels.items())]
    for number, row in enumerate(grid.rows[first:], first + 1):
        if all(parsing.is_blank(row[f.where[2] - 1]) if f.where[2] <= len(row) else True for f in fields):
            continue
        for one in fields:
            column = one.where[2]
            value = row[column - 1] if column <= len(row) else None
            one.formula = one.formula or _formula(grid, number, column, labels)
            if parsing.is_blank(value):
                one.blanks += 1
            else:
                one.samples.append(value)
    return fields


_OPERATORS = {"+": "+", "-": "-", "*": "×", "/": "÷"}
_TOKEN = re.compile(r"\$?([A-Z]{1,3})\$?(\d+)|(\d+(?:\.\d+)?%?)|([-+*/()])|(\s+)")


def _formula(grid: Grid, row: int, column: int, labels: Mapping[int, str]) -> str | None:
    """Return a formula over cells of its own row in our words; blank text where it is another one."""
    text = grid.formulas.get((row, column))
    if not text:
        return None
    rest, told = text.removeprefix("="), ""
    while rest:
        found = _TOKEN.match(rest)
        if found is None:
            return ""
        rest = rest[found.end() :]
        letters, number, figure, sign, _ = found.groups()
        if letters:
            at = sum((ord(c) - 64) * 26**n for n, c in enumerate(reversed(letters))) - 1
            if int(number) != row or at not in labels:
                return ""
            told += f"【{_bare(labels[at])[0]}】"
        else:
            told += figure or _OPERATORS.get(sign or "", sign or "")
    return told


# -- what a row says


def _bare(label: str) -> tuple[str, str | None, bool]:
    """Return a label without its unit and its mark of need, the unit, and whether it is marked."""
    bare = _STAR.sub("", label).strip(" :：")
    unit = _UNIT.search(bare)
    return (
        (bare[: unit.start()].strip() or bare, unit[1], bare != label)
        if unit
        else (bare, None, bare != label)
    )


def _row(
    one: _Field, grids: Sequence[Grid], rules: Rules, known: Mapping[str, str], *, asked: bool
) -> Proposed:
    label, unit, marked = _bare(one.label)
    marked = marked and bool(_STAR.search(one.label))
    grid, row, column = one.where
    rule = next((r for r in rules.get(grid.sheet, ()) if r.covers(row, column)), None)
    told: Guess = guess(label, unit, one.samples, rule, grid.sheet, grids, known)
    made = Proposed({"label": label, **told.said}, set(told.unsure), told.note)
    if one.formula:
        made.said |= {"kind": "计算", "choices": one.formula}
        made.said.pop("sample", None)
    elif one.formula == "":
        made.note, made.unsure = "原表这里是公式", made.unsure | {"kind"}
    noted = any(
        a.top <= row <= a.bottom and a.left <= column <= a.right and "必填" in t for a, t in grid.remarks
    )
    if marked or noted:
        made.said["need"] = "必填"
    elif asked and not one.formula and not one.blanks and len(one.samples) >= WHOLE:
        made.said["need"] = "必填"
        made.unsure.add("need")
    if one.label != label and unit and "unit" not in made.said:
        made.said["aliases"] = one.label.strip("*＊ ")
    return made


def _with_key(made: Sequence[Proposed], fields: Sequence[_Field]) -> None:
    """Propose the smallest set of fields that no two rows share, those of the surest kinds first."""
    rows = max((len(f.samples) + f.blanks for f in fields), default=0)
    order = {"编号": 0, "流水号": 0, "车架号": 0, "客户": 1, "日期": 2, "时刻": 2, "姓名": 3, "手机": 3}
    fit = [
        (order[m.said["kind"]], at)
        for at, m in enumerate(made)
        if m.said.get("kind") in order and not fields[at].blanks
    ]
    chosen: list[int] = []
    for _, at in sorted(fit):
        if len(chosen) < KEY and len(fields[at].samples) == rows:
            chosen.append(at)
            if rows and len(set(zip(*(map(str, fields[n].samples) for n in chosen), strict=True))) == rows:
                break
    for at in chosen:
        made[at].said["role"] = "键"
        made[at].unsure.add("role")
