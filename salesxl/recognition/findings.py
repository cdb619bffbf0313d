"""What is said about columns and sheets: missing, guessed, not recognised.

Owns: the findings of this room. Refuses: findings on values.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet

from salesxl.columns import BlockSpec, Need
from salesxl.model import Block, CellValue, Finding, Place, Severity, Tidied, cell_name
from salesxl.recognition.labels import Token
from salesxl.recognition.names import is_company
from salesxl.recognition.reach import required_fields
from salesxl.recognition.scoring import HEADS, Candidate
from salesxl.recognition.sheet import Sheet, is_text
from salesxl.recognition.tables import Table
from salesxl.recognition.units import contradicted

__all__ = [
    "example_left",
    "first_cell",
    "guessed",
    "hidden_rows",
    "missing_block",
    "missing_columns",
    "missing_labels",
    "other_sheet",
    "spans",
    "two_units",
    "unread",
    "unread_rows",
    "unrecognised",
    "unusable",
]

_MOST_SPANS = 8


def _place(file: str, sheet: Sheet, at: tuple[int, int]) -> Place:
    return Place(file, sheet.grid.sheet, cell_name(*at))


def first_cell(sheet: Sheet) -> tuple[int, int]:
    """Return the first filled cell of a sheet, A1 if there is none."""
    for row in range(1, sheet.height + 1):
        for column, _ in sheet.cells(row):
            return row, column
    return 1, 1


def missing_columns(
    file: str,
    sheet: Sheet,
    spec: BlockSpec,
    at: tuple[int, int],
    present: Mapping[str, object],
    suggested: Mapping[str, Sequence[str]],
) -> list[Finding]:
    """Return one error for each column a table must have and has not, with the headers it may be.

    Of columns that stand for each other (员工人数, 年营收) one is enough.
    """
    found = []
    for group in required_fields(spec):
        if not any(name in present for name in group):
            labels = [spec.column(name).label for name in group]
            guess = dict.fromkeys(header for name in group for header in suggested.get(name, ()))
            found.append(_missing(file, sheet, spec, at, group[0], labels, guess, at[0]))
    return found


def missing_labels(
    file: str,
    sheet: Sheet,
    spec: BlockSpec,
    present: Mapping[str, object],
    suggested: Mapping[str, Sequence[str]],
) -> list[Finding]:
    """Return one error for each label a card must have and has not; a mere head may lack any."""
    if spec.kind in HEADS:
        return []
    at = first_cell(sheet)
    return [
        _missing(file, sheet, spec, at, c.field, [c.label], suggested.get(c.field, ()))
        for c in spec.columns
        if c.need is Need.REQUIRED and c.field not in present
    ]


def missing_block(file: str, sheet: Sheet, spec: BlockSpec) -> Finding:
    """Return the error for a table that a form must have and has not."""
    return _missing(file, sheet, spec, first_cell(sheet), None, [spec.title], ())


def _missing(
    file: str,
    sheet: Sheet,
    spec: BlockSpec,
    at: tuple[int, int],
    name: str | None,
    labels: Sequence[str],
    guess: Iterable[str],
    row: int | None = None,
) -> Finding:
    facts = {"label": " / ".join(labels), "labels": labels, "guess": list(guess), "block": spec.title}
    place = _place(file, sheet, at)
    return Finding("missing_column", Severity.ERROR, place, name, None, facts, spec.kind, row)


def guessed(
    file: str, sheet: Sheet, spec: BlockSpec, name: str, at: tuple[int, int], header: CellValue, why: str
) -> Finding:
    """Return the notice that a header was understood by evidence."""
    facts = {"label": spec.column(name).label, "header": header, "why": why}
    place = _place(file, sheet, at)
    return Finding("column_guessed", Severity.NOTICE, place, name, header, facts, spec.kind, at[0])


def two_units(file: str, sheet: Sheet, spec: BlockSpec, block: Block) -> list[Finding]:
    """Return a warning for each amount of which its header says another unit than a note for all of them."""
    found = []
    for name, (own, noted) in contradicted(sheet, spec, block).items():
        at = block.cells.get(name) or (block.header_row or 1, block.columns[name])
        facts = {
            "label": spec.column(name).label,
            "kind": spec.column(name).kind.value,
            "why": "two_units",
            "seen": own,
            "other": noted,
        }
        place = _place(file, sheet, at)
        found.append(
            Finding("type", Severity.WARNING, place, name, block.headers[name], facts, spec.kind, at[0])
        )
    return found


def hidden_rows(file: str, sheet: Sheet, spec: BlockSpec, left: int, rows: Sequence[int]) -> Finding:
    """Return the notice that records were read which nobody sees, hidden by hand or by a filter."""
    facts = {"count": len(rows), "rows": spans(rows), "block": spec.title}
    return Finding(
        "hidden", Severity.NOTICE, _place(file, sheet, (rows[0], left)), None, None, facts, spec.kind
    )


def unread(file: str, sheet: Sheet, rows: Sequence[int]) -> Finding:
    """Return the notice that rows of a list on a form's sheet belong to none of its tables."""
    facts = {"count": len(rows), "rows": spans(rows)}
    at = rows[0], sheet.cells(rows[0], most=1)[0][0]
    return Finding("unread", Severity.NOTICE, _place(file, sheet, at), None, None, facts)


def spans(rows: Sequence[int]) -> str:
    """Return rows as a person lists them: 4–9, 12."""
    spans: list[list[int]] = []
    for row in rows:
        if spans and spans[-1][1] == row - 1:
            spans[-1][1] = row
        else:
            spans.append([row, row])
    told = [str(a) if a == b else f"{a}–{b}" for a, b in spans[:_MOST_SPANS]]
    return ", ".join(told) + (" …" if len(spans) > _MOST_SPANS else "")


def example_left(
    file: str, sheet: Sheet, spec: BlockSpec, name: str, at: tuple[int, int], value: CellValue
) -> Finding:
    """Return the warning that a record still holds what the form's example says."""
    facts = {"label": spec.column(name).label}
    return Finding("example", Severity.WARNING, _place(file, sheet, at), name, value, facts, spec.kind, at[0])


def unusable(
    file: str,
    sheet: Sheet,
    spec: BlockSpec,
    name: str,
    at: tuple[int, int],
    value: CellValue,
    read: Tidied,
) -> Finding:
    """Return the warning that a further cell of a field cannot be used; another one of the row can."""
    column = spec.column(name)
    facts = {"kind": column.kind.value, "help": column.help, **read.facts}
    place = _place(file, sheet, at)
    return Finding(str(read.code), Severity.WARNING, place, name, value, facts, spec.kind, at[0])


def unrecognised(
    file: str,
    sheet: str,
    nearest: Candidate | None,
    guess: Mapping[str, str],
    *,
    severity: Severity = Severity.WARNING,
    cell: str | None = None,
) -> Finding:
    """Return what is said of a sheet that is no form: what it is nearest to, and what is missing for it."""
    facts: dict[str, object] = {}
    if nearest is not None:
        facts = {"nearest": nearest.form.title, "missing": list(nearest.missing), "guess": dict(guess)}
    return Finding("unrecognised", severity, Place(file, sheet, cell), None, None, facts)


def other_sheet(file: str, sheet: str, *, customers: bool) -> Finding:
    """Return what is said of a sheet beside a form that is like none: a warning where it names customers."""
    if customers:
        return Finding("unrecognised", Severity.WARNING, Place(file, sheet), facts={"why": "customers"})
    return Finding("unread", Severity.NOTICE, Place(file, sheet), facts={"why": "sheet"})


_WIDE, _LONG = 3, 2  # so many cells side by side and such rows below each other make a list
_COLONS = (":", "：")


def unread_rows(
    sheet: Sheet, tables: Sequence[Table], labels: Iterable[Token], used: AbstractSet[int]
) -> list[int]:
    """Return the rows of lists below a form's beginning that no table of it reached.

    ``labels`` are those of its cards, ``used`` further rows that are accounted for. A list is at least two
    rows of three cells each, with a figure, a day or a company among them.
    """
    mine = {t.row for t in labels} | used
    tops = [*(t.header.top for t in tables), *mine]
    if not tops:
        return []
    covered = {row for t in tables for row in range(t.header.top, t.end + 1)} | mine
    found: list[int] = []
    block: list[int] = []
    for row in range(min(tops), sheet.height + 2):
        wide = row not in covered and len(sheet.cells(row, most=_WIDE)) == _WIDE
        if wide:
            block.append(row)
        elif block:
            if len(block) >= _LONG and any(_is_data(sheet.cells(r)) for r in block):
                found += [r for r in block if _is_data(sheet.cells(r))]
            block = []
    return found


def _is_data(cells: Sequence[tuple[int, CellValue]]) -> bool:
    told = [value for _, value in cells if not (is_text(value) and any(c in value for c in _COLONS))]
    return len(told) >= _WIDE and any(
        not is_text(value) or is_company(value) or any(ch.isdigit() for ch in value) for value in told
    )
