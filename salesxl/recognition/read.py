"""A workbook's grids → submissions: the forms on its sheets, each as blocks of raw values.

Owns: going through sheets, copies of a form on one sheet, and what is said of sheets that are no form.
Refuses: file formats, tidying, judging values.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from salesxl.catalogue import BUILT_IN, Forms
from salesxl.columns import Kind
from salesxl.model import CellValue, Finding, Grid, Severity, Submission, Workbook, cell_name
from salesxl.needs import AS_SHIPPED, Needs
from salesxl.parsing import is_blank, normalise_label, one_ticked
from salesxl.recognition import weights
from salesxl.recognition.assemble import assemble
from salesxl.recognition.findings import other_sheet, unread, unread_rows, unrecognised
from salesxl.recognition.guesses import table_guess
from salesxl.recognition.hidden import without_hidden_copies
from salesxl.recognition.labels import Title, scan
from salesxl.recognition.layout import barriers, copies, headings, lay_out, misplaced, own_part
from salesxl.recognition.other_sheets import holds_much, is_help, names_customers
from salesxl.recognition.records import holds_records, main_table
from salesxl.recognition.scoring import Candidate, gives_way, is_whole, joined, recognise, rivals_of
from salesxl.recognition.sheet import Sheet
from salesxl.recognition.vocabulary import Vocabulary, vocabulary_of, wide_vocabulary_of
from salesxl.xlsx.marks import is_choices_sheet, is_handed_sheet, is_mark_sheet

__all__ = ["read_workbook"]

_FORM_PROPERTY = "salesxl.form"
_MOST_PARTS = 60  # so many forms are looked for on one sheet
_ANOTHER = 6  # one of another kind counts as so many: each means going through the whole sheet again
NO_ALIASES: Mapping[tuple[str, str], str] = {}
NO_CHOICES: Mapping[str, Sequence[str]] = {}


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known before a sheet is looked at."""

    file: str
    vocabulary: Vocabulary
    wide: Vocabulary
    taught: frozenset[str]
    hint: str | None
    choices: Mapping[str, Sequence[str]]
    needs: Needs


@dataclass(frozen=True, slots=True)
class _Unknown:
    """A sheet, or what is left of it, that is no form: what it may have been meant to be."""

    grid: Grid
    nearest: Candidate | None
    guess: Mapping[str, str]
    at: tuple[int, int] | None = None


def read_workbook(
    workbook: Workbook,
    aliases: Mapping[tuple[str, str], str] = NO_ALIASES,
    choices: Mapping[str, Sequence[str]] = NO_CHOICES,
    needs: Needs = AS_SHIPPED,
    forms: Forms = BUILT_IN,
) -> tuple[list[Submission], list[Finding]]:
    """Read every form that stands in a workbook, and say which sheets are none.

    ``aliases`` are a team's own headers as in ``Rulebook.aliases``; ``choices`` the options by list name
    (``阶段`` and ``等级`` too), which help to tell a column that no alias names; ``forms`` are those that
    the team has, ``needs`` what they ask for. Beside a form, a sheet that holds nothing to hand in (hidden,
    help, a few words) is passed over in silence; any other is named (docs/domain.md 2 and 5).
    """
    taught = frozenset(normalise_label(header) for _, header in aliases)
    hint = workbook.properties.get(_FORM_PROPERTY)
    words = vocabulary_of(aliases, forms), wide_vocabulary_of(aliases, forms)
    known = _Known(workbook.file, *words, taught, hint, choices, needs)
    submissions: list[Submission] = []
    unknown: list[_Unknown] = []
    for grid in workbook.grids:
        if not (is_mark_sheet(grid) or is_choices_sheet(grid) or is_handed_sheet(grid)):
            found, left = _read_grid(known, grid, 0)
            submissions.extend(found)
            unknown.extend(left)
    empty = [_is_empty(item.grid) for item in unknown]
    if not all(empty):
        unknown = [item for item, nothing in zip(unknown, empty, strict=True) if not nothing]
    else:
        unknown = unknown[:1]
    said = (_say(known, item, alone=not submissions) for item in unknown)
    shown = {grid.sheet for grid in workbook.grids if grid.visible}
    kept, passed = without_hidden_copies(_without_spares(submissions, forms), shown)
    return kept, [*(finding for finding in said if finding is not None), *passed]


def _read_grid(known: _Known, grid: Grid, depth: int) -> tuple[list[Submission], list[_Unknown]]:
    """Read the forms on one sheet: one as a rule; copies of it, or another form, below."""
    sheet = Sheet(grid)
    tokens, titles, marks = scan(sheet, known.vocabulary)
    if marks:
        return _read_grid(known, _without(grid, marks), depth)
    candidates: Sequence[Candidate] = recognise(
        sheet, tokens, titles, known.vocabulary, known.hint, known.taught, known.needs
    )
    if (
        candidates
        and candidates[0].enough
        and misplaced(sheet, candidates[0].form.name, candidates[0].headers)
    ):
        titles += headings(sheet, {t.row for t in titles})
        candidates = recognise(sheet, tokens, titles, known.vocabulary, known.hint, known.taught, known.needs)
    if (
        not candidates
        or not is_whole(candidates[0])
        or candidates[0].share < weights.CLEARLY
        or candidates[0].form.key
    ):
        candidates = _widened(known, sheet, candidates)
    if not candidates:
        return [], [_Unknown(grid, None, {})]
    if not candidates[0].enough:
        return [], [_unknown(known, sheet, candidates)]
    if is_help(sheet) and not _holds_any(sheet, candidates[0], titles):
        return [], [_Unknown(grid, None, {})]
    rivals = rivals_of(candidates[0], candidates[1:])
    best = own_part(candidates[0], rivals)
    cuts = copies(sheet, best, titles) if depth < _MOST_PARTS else []
    if 0 < len(cuts) < _MOST_PARTS:
        upper, lower = _part(grid, 1, cuts[0] - 1), _part(grid, cuts[0], sheet.height)
        first, left = _read_grid(known, upper, depth + 1)
        rest, more = _read_grid(known, lower, depth + 1)
        return [*first, *rest], [*left, *(u for u in more if u.nearest)]
    foreign = barriers(best, rivals)
    tables = lay_out(sheet, best, titles, [h.top for h in foreign])
    submissions = assemble(known.file, sheet, best, tables, known.vocabulary, known.choices, known.needs)
    used = {row for t in tables for row in range(t.header.top, (t.rows or [t.header.bottom])[-1] + 1)}
    used |= {t.row for t in (*best.loose, *best.singles)}
    foreign = [h for h in foreign if h.top not in used]
    if not foreign:
        answered = {row for form in submissions for row in _rows(form)}
        if rows := unread_rows(sheet, tables, (*best.loose, *best.singles), answered):
            said = unread(known.file, sheet, rows)
            submissions[0] = replace(submissions[0], findings=(*submissions[0].findings, said))
        return submissions, []
    at = foreign[0].top, foreign[0].left
    if depth >= _MOST_PARTS:  # too many to look for, which is said: nothing is passed over in silence
        return submissions, [replace(_unknown(known, sheet, candidates[1:]), at=at)]
    rest, more = _read_grid(known, _blanked(grid, used), depth + _ANOTHER)
    left = [replace(u, at=at) for u in more if u.nearest]
    return [*submissions, *rest], left


def _holds_any(sheet: Sheet, candidate: Candidate, titles: Sequence[Title]) -> bool:
    """Tell whether a form has any record, in its tables or as a card."""
    main = main_table(candidate.form)
    if main and candidate.singles and holds_records(sheet, main, candidate.singles):
        return True
    return any(t.rows for t in lay_out(sheet, candidate, titles, ()))


def _rows(form: Submission) -> set[int]:
    """Return the rows in which values of a form's cards stand."""
    return {row for block in form.blocks for row, _ in block.cells.values()}


def _widened(known: _Known, sheet: Sheet, strict: Sequence[Candidate]) -> Sequence[Candidate]:
    """Return the forms that may stand on a sheet by words that are in no schema as well.

    Where the schemas' own words make a form, it stays that form and only tables that it lacks are added;
    unless those words were few, and nearly all of another form stands there: a handover list in other
    words still has the headers of a customer archive.
    """
    tokens, titles, _ = scan(sheet, known.wide)
    titles += headings(sheet, {t.row for t in titles})
    found = recognise(sheet, tokens, titles, known.wide, known.hint, known.taught, known.needs)
    if not strict or not strict[0].enough:
        return found
    if strict[0].form.key and found[0].enough and gives_way(strict[0], found[0]):
        return found
    more = next((c for c in found if c.form is strict[0].form), None)
    if more is None:
        return strict
    if (
        found[0].enough
        and found[0].share >= weights.CLEARLY
        and found[0].score >= weights.FAR_BETTER * more.score
    ):
        return found
    return [joined(strict[0], more), *strict[1:]]


def _part(grid: Grid, top: int, bottom: int) -> Grid:
    """Return the grid with nothing but some of its rows, at their true addresses."""
    rows: list[Sequence[CellValue]] = [() for _ in range(top - 1)]
    merged = tuple(a for a in grid.merged if top <= a.top and a.bottom <= bottom)
    return replace(grid, rows=[*rows, *grid.rows[top - 1 : bottom]], merged=merged)


def _blanked(grid: Grid, used: set[int]) -> Grid:
    rows = [() if number in used else cells for number, cells in enumerate(grid.rows, 1)]
    merged = tuple(a for a in grid.merged if a.top not in used)
    return replace(grid, rows=rows, merged=merged)


def _without(grid: Grid, columns: set[int]) -> Grid:
    """Return the grid without the toolkit's own column of explanations, on a copy handed in again."""
    rows = [[None if c in columns else v for c, v in enumerate(cells, 1)] for cells in grid.rows]
    return replace(grid, rows=rows)


def _unknown(known: _Known, sheet: Sheet, candidates: Sequence[Candidate]) -> _Unknown:
    nearest = next((c for c in candidates if c.share and c.nearly(beside=False)), None)
    guess: dict[str, str] = {}
    if nearest is not None:
        for table in lay_out(sheet, nearest, (), ()):
            _, taken, suggested = table_guess(sheet, table, known.vocabulary, known.choices, known.needs)
            spec, cells = table.header.spec, table.header.cells
            for name, (at, _) in taken.items():
                guess.setdefault(cells[at].text, spec.column(name).label)
            for name, headers in suggested.items():
                if headers:
                    guess.setdefault(headers[0], spec.column(name).label)
    return _Unknown(sheet.grid, nearest, guess)


def _without_spares(submissions: Sequence[Submission], forms: Forms) -> list[Submission]:
    """Return the forms without copies that nobody filled in, where the workbook holds another of its kind.

    People copy a sheet for each customer and leave the last one blank. A blank form alone stays: it was
    handed in, and is said to be blank.
    """
    spare = [_is_spare(form, forms) for form in submissions]
    used = {form.form for form, left in zip(submissions, spare, strict=True) if not left}
    return [form for form, left in zip(submissions, spare, strict=True) if not left or form.form not in used]


def _is_spare(form: Submission, forms: Forms) -> bool:
    """Tell whether nobody typed anything into a form: no record, no value, no tick."""
    if form.errors or form.uncalculated:
        return False
    for block in form.blocks:
        if not block.cells:
            if block.rows:
                return False
            continue
        spec = forms.block(block.kind)
        for name in block.cells:
            value = block.values[name][0]
            unticked = spec.column(name).kind is Kind.TICKED and one_ticked(value, ()).code is None
            if not unticked and not is_blank(value):
                return False
    return True


def _is_empty(grid: Grid) -> bool:
    return not any(value is not None and value != "" for cells in grid.rows for value in cells)


def _say(known: _Known, item: _Unknown, *, alone: bool) -> Finding | None:
    """Return what is to be said of a sheet that is no form, if anything."""
    file, grid = known.file, item.grid
    if item.at is not None:
        cell = cell_name(*item.at)
        return unrecognised(file, grid.sheet, item.nearest, item.guess, severity=Severity.NOTICE, cell=cell)
    near = item.nearest is not None and item.nearest.nearly(beside=True)
    if not alone and (not grid.visible or not near):
        customers, aside = names_customers(grid, known.wide), not grid.visible or is_help(Sheet(grid))
        if not customers and (aside or not holds_much(grid)):
            return None
        return other_sheet(file, grid.sheet, customers=customers and not aside)
    if not grid.visible:
        return None
    return unrecognised(file, grid.sheet, item.nearest, item.guess)
