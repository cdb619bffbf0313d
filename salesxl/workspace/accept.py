"""What was guessed or left open in the inbox → the team's settings workbook, in place. docs/howto.md.

Owns which headers and values may be written there: nothing that contradicts what stands there, nothing twice.
Every part of the workbook but the sheet that grows keeps its bytes. Refuses: guessing (``recognition``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from salesxl import parsing, schemas, settings
from salesxl.columns import BlockSpec
from salesxl.errors import SettingsError, UsageError
from salesxl.files import publish
from salesxl.intake import Batch
from salesxl.messages import Words
from salesxl.model import Workbook
from salesxl.parsing.columns import OWN_SHEETS
from salesxl.rulebook import Option, Rulebook
from salesxl.settings.sheets import Entry, Sheet, find_sheet
from salesxl.xlsx.edit import Book, stretch_table, tables
from salesxl.xlsx.read import grid

__all__ = ["Accepted", "Guess", "accept", "guesses", "only"]

JOINER = "、"
"""What stands between two aliases in a cell."""


@dataclass(frozen=True, slots=True)
class Guess:
    """A header that was understood by evidence: on which form, as which label, in how many files."""

    form: str
    header: str
    label: str
    files: int


@dataclass(frozen=True, slots=True)
class Accepted:
    """What was written: headers, and (list, typed, option)."""

    headers: tuple[Guess, ...] = ()
    choices: tuple[tuple[str, str, str], ...] = ()


def guesses(batch: Batch, rulebook: Rulebook) -> tuple[list[Guess], list[Guess]]:
    """Return a batch's guessed headers of which the settings say nothing, and those guessed in two ways."""
    seen: dict[tuple[str, str], dict[str, tuple[str, set[str]]]] = {}
    for submission in batch.submissions:
        for found in submission.findings:
            header = str(found.value or "").strip()
            if found.code != "column_guessed" or not parsing.normalise_label(header):
                continue
            key = submission.form, parsing.normalise_label(header)
            if key in rulebook.aliases or ("", key[1]) in rulebook.aliases:
                continue
            _, files = seen.setdefault(key, {}).setdefault(str(found.facts["label"]), (header, set()))
            files.add(submission.file)
    sure: list[Guess] = []
    torn: list[Guess] = []
    for (form, _), labels in sorted(seen.items()):
        made = [Guess(form, header, label, len(files)) for label, (header, files) in sorted(labels.items())]
        (sure if len(made) == 1 else torn).extend(made)
    return sure, torn


def only(found: Sequence[Guess], labels: Sequence[str]) -> list[Guess]:
    """Return the guesses that were read as one of the labels; all where none is named.

    Raises:
        UsageError: no form has a field of that label.
    """
    known = {parsing.normalise_label(c.label) for f in schemas.FORMS for b in f.blocks for c in b.columns}
    wanted = {parsing.normalise_label(label): label for label in labels}
    for key, label in wanted.items():
        if key not in known:
            raise UsageError("accept_no_label", name=label)
    return [guess for guess in found if not wanted or parsing.normalise_label(guess.label) in wanted]


def accept(
    path: Path,
    headers: Sequence[Guess],
    choices: Iterable[tuple[str, str, str]],
    words: Words,
    *,
    dry_run: bool = False,
) -> Accepted:
    """Write headers into 列名对照 and words into the lists of a settings workbook.

    ``choices`` are (list or field, as typed, option). What stands there already is not written again; with
    ``dry_run`` nothing is written.

    Raises:
        SettingsError: the workbook holds errors, or lacks the sheet that is to be written to.
        UsageError: there is no such list or option, or the word means another one.
        DestinationBusyError: someone has the workbook open.
    """
    workbook = grid.read(path, file=path.name)
    rulebook, remarks = settings.from_workbook(workbook)
    settings.refuse_faulty(remarks, words)
    asked = dict.fromkeys(_settled(choice, rulebook) for choice in choices)
    told = [settled for settled in asked if settled is not None]
    if not headers and not told:
        return Accepted()
    book = Book.open(path.read_bytes())
    if headers:
        _add_headers(book, _sheet(workbook, "alias"), headers)
    for name, typed, option in told:
        _add_alias(book, workbook, name, typed, option)
    if dry_run:
        return Accepted(tuple(headers), tuple(told))
    with publish.new_file(path) as draft:
        draft.write_bytes(book.to_bytes())
        _, wrong = settings.from_workbook(grid.read(draft, file=path.name))
        settings.refuse_faulty(wrong, words)
    return Accepted(tuple(headers), tuple(told))


def _settled(choice: tuple[str, str, str], rulebook: Rulebook) -> tuple[str, str, str] | None:
    """Return what is to be written for a word, by the list's name; None where it stands there already."""
    asked, typed, option = choice
    name = _list_of(asked, rulebook)
    known = _known(rulebook.choices[name])
    meant = known.get(parsing.choice_key(option))
    if meant is None:
        options = tuple(o.value for o in rulebook.choices[name])
        raise UsageError("accept_no_option", list=name, name=option, options=options)
    key = parsing.choice_key(typed)
    if not key or parsing.items(typed).value != (typed.strip(),):  # 别名 is split at such signs
        raise UsageError("accept_no_word", name=typed)
    if key in known and known[key] != meant:
        raise UsageError("accept_other_option", list=name, name=typed, option=known[key])
    return None if key in known else (name, typed.strip(), meant)


def _known(options: Sequence[Option]) -> Mapping[str, str]:
    return {parsing.choice_key(word): o.value for o in options for word in (*o.aliases, o.value)}


def _list_of(asked: str, rulebook: Rulebook) -> str:
    """Return the list of that name, or the one behind the field of that label."""
    own = [*settings.editable_lists(), *sorted(OWN_SHEETS)]
    fields = {
        parsing.normalise_label(column.label): column.choices
        for form in schemas.FORMS
        for spec in form.blocks
        for column in spec.columns
        if column.choices
    }
    name = asked.strip() if asked.strip() in own else fields.get(parsing.normalise_label(asked))
    if name is None or name not in rulebook.choices:
        raise UsageError("accept_no_list", name=asked, names=tuple(own))
    return name


def _sheet(workbook: Workbook, kind: str) -> Sheet:
    spec: BlockSpec = schemas.block_spec(kind)
    sheet = find_sheet(workbook, spec, settings.internal_options())
    if sheet is None or sheet.header_row is None:
        raise SettingsError("accept_no_sheet", file=workbook.file, sheet=spec.sheet)
    return sheet


def _add_headers(book: Book, sheet: Sheet, headers: Sequence[Guess]) -> None:
    """Write headers below the last row that is filled in; an Excel table grows where it ends before them."""
    assert sheet.header_row is not None
    titles = {form.name: form.title for form in schemas.FORMS}
    row = max((entry.row for entry in sheet.entries), default=sheet.header_row)
    for guess in headers:
        row += 1
        told = {"header": guess.header, "label": guess.label, "form": titles[guess.form]}
        for field, column in sheet.columns.items():
            if field in told:
                book.sheet(sheet.name).set_value(row, column, told[field])
    for table in tables(book, sheet.name):
        if table.area.top <= sheet.header_row <= table.area.bottom < row:
            stretch_table(book, table, row)


def _add_alias(book: Book, workbook: Workbook, name: str, typed: str, option: str) -> None:
    """Add a word to the aliases of an option, where its list stands."""
    kind = {"阶段": "stage", "等级": "grade"}.get(name, "option")
    sheet = _sheet(workbook, kind)
    entry = next((e for e in sheet.sound if _is(e, kind, name, option)), None)
    if entry is None or "aliases" not in sheet.columns:
        facts = {"file": workbook.file, "sheet": sheet.name, "list": name, "option": option}
        raise SettingsError("accept_no_row", **facts)
    column, cells = sheet.columns["aliases"], book.sheet(sheet.name)
    before = book.text(sheet.name, entry.row, column)
    written = cells.cell(entry.row, column)
    formula = written is not None and written.find("{*}f") is not None
    if formula or (before is None and not cells.blank(entry.row, column)):
        raise SettingsError("accept_no_text", file=workbook.file, sheet=sheet.name, row=entry.row)
    cells.set_value(entry.row, column, JOINER.join(part for part in (before, typed) if part))


def _is(entry: Entry, kind: str, name: str, option: str) -> bool:
    if kind != "option":
        return parsing.choice_key(entry[kind]) == parsing.choice_key(option)
    same_list = parsing.choice_key(entry["list"]) == parsing.choice_key(name)
    return same_list and parsing.choice_key(entry["value"]) == parsing.choice_key(option)
