"""Which columns of a table are which fields: those that words name, and those guessed by words and cells.

Owns: when a guess is none: who is in charge (负责人), this visit and the one before. Refuses: weighing the
evidence, which is ``evidence``; what is said of a guess, which is ``findings``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from salesxl.columns import BlockSpec, Column, Kind, Need
from salesxl.needs import AS_SHIPPED, Needs
from salesxl.parsing import is_blank
from salesxl.recognition import weights
from salesxl.recognition.blocks import column_values
from salesxl.recognition.contradictions import is_of_another
from salesxl.recognition.evidence import Clue, fitting, guess_columns, is_running
from salesxl.recognition.header_cells import HeaderCell
from salesxl.recognition.meaning import says, speaks_of
from salesxl.recognition.persons import is_phone_of, the_contact
from salesxl.recognition.reps import ON_ROSTER, REP, are_reps, only_wrote, the_rep
from salesxl.recognition.sheet import Sheet
from salesxl.recognition.tables import Table
from salesxl.recognition.vocabulary import Vocabulary

__all__ = ["MOST_UNKNOWN", "table_guess"]

MOST_UNKNOWN = 200
"""So many columns that no word names are looked at."""
Choices: TypeAlias = Mapping[str, Sequence[str]]
"""The words of each list of choices."""
Guess: TypeAlias = tuple[dict[str, int], Mapping[str, tuple[int, str]], dict[str, list[str]]]
"""Fields by column, the guesses among them with their reason, and suggestions by field."""
_CONTACT, _PHONE, _LAST = "contact_name", "contact", "last_contact"
_EITHER = re.compile("负责人")
"""Who is in charge, with us or at the customer's; other words for a rep are clear."""
_BEFORE = re.compile("上一?[次回]|前[次一]")
_NOW = re.compile("本[次周期月]|这[次回周]|此次|当次|最[近新后]")


def _counts_rows(sheet: Sheet, table: Table, column: Column, cell: HeaderCell) -> bool:
    """Tell whether a column of numbers only counts the records: 编号 1, 2, 3."""
    return column.kind is Kind.CODE and is_running(column, cell.text, column_values(sheet, table, cell.left))


def _of_another(table: Table, name: str, at: int) -> bool:
    """Tell whether a column is of whom the customer has now, who is named before it."""
    return at > 0 and is_of_another(name, table.header.cells[at - 1].text)


def table_guess(
    sheet: Sheet,
    table: Table,
    vocabulary: Vocabulary,
    choices: Choices,
    needs: Needs = AS_SHIPPED,
    *,
    named: bool = False,
) -> Guess:
    """Return a table's fields with those guessed, the guesses with their reason, and mere suggestions.

    ``named`` says that a card names the rep: then no column is guessed to.
    """
    header = table.header
    spec = needs.spec(header.spec)
    known = {
        name: at
        for name, at in header.fields.items()
        if any(s.field == name for w in header.cells[at].words for s in vocabulary.senses_in(w, spec.kind))
        and not _counts_rows(sheet, table, spec.column(name), header.cells[at])
        and not _of_another(table, name, at)
    }
    _this_time(table, known)
    fields, taken, suggested = _guessed(sheet, table, spec, known, choices, named=named)
    if _CONTACT not in fields:
        moved, told = _whose(sheet, table, spec, known, {})
        if moved != known:
            fields, taken, suggested = _guessed(sheet, table, spec, moved, choices, named=named)
            fields, taken = _on_roster(sheet, table, spec, fields, {**taken, **told}, choices, named=named)
            return fields, taken, suggested
    fields, taken = _whose(sheet, table, spec, fields, taken)
    fields, taken = _on_roster(sheet, table, spec, fields, taken, choices, named=named)
    if named or REP in fields:
        _titled(sheet, table, spec, fields, taken)
    return fields, taken, suggested


def _titled(
    sheet: Sheet, table: Table, spec: BlockSpec, fields: dict[str, int], taken: dict[str, tuple[int, str]]
) -> None:
    """Take people under a title, 材料员, for the contacts where no other column is, and 材料员电话 with them.

    Only where the rep is known: titles are ours as well.
    """
    cells = table.header.cells
    asked = {c.field for c in spec.columns}
    free = [place for place in range(len(cells)) if place not in fields.values()][:MOST_UNKNOWN]
    if _CONTACT not in fields and _CONTACT in asked:
        clues = ((p, cells[p].text, column_values(sheet, table, cells[p].left)) for p in free)
        place = the_contact(clues, [cell.text for cell in cells])
        if place is not None:
            fields[_CONTACT] = place
            taken[_CONTACT] = place, "name_and_content"
    if _PHONE not in fields and _PHONE in asked and _CONTACT in fields:
        whose = cells[fields[_CONTACT]].text
        reached = [
            p
            for p in free
            if is_phone_of(cells[p].text, whose)
            and (filled := [v for v in column_values(sheet, table, cells[p].left) if not is_blank(v)])
            and (fitting(spec.column(_PHONE), filled, {}) or 0.0) >= weights.CLEAR_CONTENT
        ]
        if reached:
            fields[_PHONE] = reached[0]
            taken[_PHONE] = reached[0], "name_and_content"


def _on_roster(
    sheet: Sheet,
    table: Table,
    spec: BlockSpec,
    fields: dict[str, int],
    taken: dict[str, tuple[int, str]],
    choices: Choices,
    *,
    named: bool,
) -> tuple[dict[str, int], dict[str, tuple[int, str]]]:
    """Take the one column of names on the roster for the rep's where words tell none, or only a guess does.

    So does 经办人 that was guessed to be the customer's. Returns fields and guesses.
    """
    cells = table.header.cells
    wrote = REP in fields and only_wrote(cells[fields[REP]].text)
    open_ones = {_CONTACT: _CONTACT in taken, REP: wrote or REP in taken}
    known = {place for name, place in fields.items() if not open_ones.get(name)}
    if named or not any(c.field == REP for c in spec.columns) or fields.get(REP) in known:
        return fields, taken
    places = [place for place in range(len(cells)) if place not in known][:MOST_UNKNOWN]
    values = {place: column_values(sheet, table, cells[place].left) for place in places}
    if REP in fields and are_reps(values.get(fields[REP], ()), choices) and not wrote:
        return fields, taken
    place = the_rep(((p, cells[p].text, column) for p, column in values.items()), choices)
    if place is None or place == fields.get(REP):
        return fields, taken
    left = {name: at for name, at in fields.items() if at != place}
    rest = {name: told for name, told in taken.items() if told[0] != place}
    return {**left, REP: place}, {**rest, REP: (place, ON_ROSTER)}


def _guessed(
    sheet: Sheet, table: Table, spec: BlockSpec, known: Mapping[str, int], choices: Choices, *, named: bool
) -> Guess:
    header = table.header
    fields = dict(known)
    missing = [c.field for c in spec.columns if c.field not in fields and not (named and c.field == REP)]
    taken_from = {at for name, at in header.fields.items() if _of_another(table, name, at)}
    unknown = [p for p in range(len(header.cells)) if p not in fields.values() and p not in taken_from]
    unknown = unknown[:MOST_UNKNOWN]
    if REP in missing:  # 项目负责人 over our own people is no contact
        columns = {p: column_values(sheet, table, header.cells[p].left) for p in unknown}
        ours = the_rep(((p, header.cells[p].text, values) for p, values in columns.items()), choices)
        unknown = [p for p in unknown if p != ours]
    if not missing or not unknown:
        return fields, {}, {}
    by_place = {place: name for name, place in fields.items()}
    clues = [
        Clue(
            header.cells[place].text,
            tuple(column_values(sheet, table, header.cells[place].left)),
            by_place.get(place - 1),
            by_place.get(place + 1),
            header.cells[place].words,
        )
        for place in unknown
    ]
    guess = guess_columns(spec, missing, clues, choices)
    taken = {name: (unknown[at], why) for name, (at, why) in guess.taken.items()}
    fields.update({name: place for name, (place, _) in taken.items()})
    if _this_time(table, fields) and _LAST in taken:
        taken[_LAST] = fields[_LAST], taken[_LAST][1]
    suggested = {name: [clues[at].header for at in places] for name, places in guess.suggested.items()}
    return fields, taken, suggested


def _whose(
    sheet: Sheet, table: Table, spec: BlockSpec, fields: dict[str, int], taken: Mapping[str, tuple[int, str]]
) -> tuple[dict[str, int], dict[str, tuple[int, str]]]:
    """Take 负责人 for the customer's own, and say so, where no other column is the contact's name.

    A column of reps says so (业务员), or names come twice in it. Returns fields and guesses, with this one.
    """
    header = table.header
    asks = any(c.field == _CONTACT and c.need is not Need.OMITTED for c in spec.columns)
    guessed = REP in taken
    same = fields, dict(taken)
    if REP not in fields or _CONTACT in fields or not (asks or guessed):
        return same
    cell = header.cells[fields[REP]]
    if not guessed and not _EITHER.search(cell.text):
        return same
    if any(speaks_of(word, "rep", "reporter", "follow") for word in cell.words):
        return same
    names = [v for v in column_values(sheet, table, cell.left) if v is not None]
    if len(set(names)) < len(names):
        return same
    left = {name: at for name, at in fields.items() if name != REP}
    rest = {name: told for name, told in taken.items() if name != REP}
    if not asks:
        return left, rest
    place = fields[REP]
    return {**left, _CONTACT: place}, {**rest, _CONTACT: (place, "name_and_content")}


def _this_time(table: Table, fields: dict[str, int]) -> bool:
    """Take the column of this visit, 本次拜访时间, for the last contact, not that of the one before."""
    header = table.header
    if _LAST not in fields or _BEFORE.match(header.cells[fields[_LAST]].text.strip()) is None:
        return False
    for place, cell in enumerate(header.cells):
        if place in fields.values() or _NOW.match(cell.text.strip()) is None:
            continue
        if says(cell.text, "date") is not None and speaks_of(cell.text, "follow", "touch"):
            fields[_LAST] = place
            return True
    return False
