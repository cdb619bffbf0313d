"""Whose each form is: as its card says, its title, another sheet, the name of its file or of its sheet.

Owns: in which order they are believed, and saying so where none of them is a card. Refuses: rows that name
their own rep (``Case.rep_of``).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import PurePosixPath

from salesxl.catalogue import Forms
from salesxl.columns import Shape
from salesxl.model import Finding, Place, Severity, Submission
from salesxl.parsing.frames import Stack
from salesxl.rulebook import Rulebook
from salesxl.rules.people import former_names, roster

__all__ = ["in_rows", "known", "named_by", "reps_of", "spelled"]


def reps_of(
    submissions: Sequence[Submission], stacks: Mapping[str, Stack], rulebook: Rulebook
) -> tuple[list[str | None], dict[int, Finding]]:
    """Return who handed in each form, and what is said of those that no card names, by their number.

    Of title and sheet only names on the roster count, and only where there is one.
    """
    reps: list[str | None] = [None] * len(submissions)
    for kind, name in rulebook.forms.having("rep", Shape.CARD):
        told = stacks[kind].frame[["submission", name]].dropna()
        for number, rep in told.itertuples(index=False, name=None):
            reps[int(number)] = str(rep)
    rows = in_rows(stacks, rulebook.forms)
    names = known([*reps, *(rep for named in rows.values() for rep in named)], rulebook)
    everyone, members = spelled(names, rulebook), spelled(roster(rulebook), rulebook)
    alone = {number: {rep} for number, rep in enumerate(reps) if rep}
    by_file: dict[str, list[tuple[int, set[str]]]] = {}
    for number, submission in enumerate(submissions):
        by_file.setdefault(submission.file, []).append((number, alone.get(number) or rows.get(number, set())))
    frames = (stacks[kind].frame for kind in rulebook.forms.by_row)
    asked = {number for f in frames for number in f.loc[f["rep"].isna(), "submission"].tolist()}
    said: dict[int, Finding] = {}
    for number, form in enumerate(submissions):
        if reps[number] is not None:
            continue
        beside = {rep for other, named in by_file[form.file] if other != number for rep in named}
        by_name = named_by(form.file, everyone)
        cell, title = form.title or (None, "")
        titled = set() if by_name else _in_text(title, members)
        ways = (
            ("title", title, cell, titled if len(titled) == 1 else set()),
            ("beside", "", None, beside),
            ("file", form.file, None, by_name),
            ("sheet", form.sheet, None, {form.sheet} & names or _in_text(form.sheet, members)),
        )
        why, text, at, told_by = next((way for way in ways if way[3]), ways[0])
        if len(told_by) == 1:
            reps[number] = next(iter(told_by))
            if number in asked and why != "beside":
                said[number] = _guessed(form, why, text, at, str(reps[number]), rulebook.forms)
    return reps, said


def _guessed(form: Submission, why: str, text: str, cell: str | None, rep: str, forms: Forms) -> Finding:
    kind = next((block.kind for block in form.blocks if block.kind in forms.by_row), None)
    facts = {"label": forms.block(str(kind)).column("rep").label, "why": why, "who": rep}
    place = Place(form.file, form.sheet, cell)
    return Finding("column_guessed", Severity.NOTICE, place, "rep", text, facts, kind)


def in_rows(stacks: Mapping[str, Stack], forms: Forms) -> dict[int, set[str]]:
    """Return the reps that the rows of each form name, by its number."""
    found: dict[int, set[str]] = {}
    for kind in forms.by_row:
        for number, rep in (
            stacks[kind].frame[["submission", "rep"]].dropna().itertuples(index=False, name=None)
        ):
            found.setdefault(int(number), set()).add(str(rep))
    return found


def known(reps: Sequence[str | None], rulebook: Rulebook) -> frozenset[str]:
    """Return every name that a rep goes by: on the roster as it is read, and on the forms."""
    return roster(rulebook) | {r for r in reps if r}


def spelled(known: Collection[str], rulebook: Rulebook) -> dict[str, str]:
    """Return names by their spelling without spaces, former ones too, the longest first."""
    every = former_names(rulebook) | {name: name for name in sorted(known)}
    bare = {"".join(name.split()): meant for name, meant in every.items()}
    return {name: bare[name] for name in sorted(bare, key=lambda n: (-len(n), n))}


def named_by(file: str, bare: Mapping[str, str]) -> set[str]:
    """Return the reps named by a file's name or its folders; of 张勇 and 张勇萍 the one that is meant.

    ``bare`` is what ``spelled`` returns.
    """
    *folders, stem = ("".join(part.split()) for part in PurePosixPath(file).with_suffix("").parts)
    return {bare[folder] for folder in folders if folder in bare} | _in_text(stem, bare)


def _in_text(text: str, bare: Mapping[str, str]) -> set[str]:
    """Return the reps that a title or a sheet's name names."""
    found = set()
    text = "".join(text.split())
    for name in bare:
        if name in text:
            found.add(bare[name])
            text = text.replace(name, "/")
    return found
