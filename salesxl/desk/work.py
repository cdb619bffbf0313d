"""What the desk asks for, each the library call of a command: look, run, accept, settle, undo.

Owns what is asked and what is told back, in words and plain values, since both cross from one process to
another. Refuses: deciding anything; pages.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from salesxl.errors import UsageError
from salesxl.messages import Words
from salesxl.workers import Crew, Hands
from salesxl.workspace.accept import Guess
from salesxl.workspace.folder import TeamFolder

__all__ = ["Asked", "Helped", "Looked", "Outcome", "SeenFile", "Unsettled", "do", "team"]

Tell = Callable[[str, int, int], object]


class Help(Protocol):
    """Who reads files, and who else does the work of a run."""

    @property
    def crew(self) -> Crew: ...

    @property
    def hands(self) -> Hands: ...


Helped = Callable[[Words], AbstractContextManager[Help]]
"""Yields the help for a long run, as the command line gives it."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be done: ``kind`` is look, run, accept, settle or undo.

    ``week`` is Monday and day of the week to run, ``agreed`` the codes of what was agreed to. ``choice`` is
    (list, word, option); ``guesses`` are headers to accept.
    """

    kind: str
    day: dt.date
    week: tuple[dt.date, dt.date] | None = None
    agreed: frozenset[str] = frozenset()
    guesses: tuple[Guess, ...] = ()
    choice: tuple[str, str, str] | None = None


@dataclass(frozen=True, slots=True)
class SeenFile:
    """What was seen of a file in the inbox: whose it is, which forms, and what keeps it from being read."""

    name: str
    reps: tuple[str, ...] = ()
    forms: tuple[str, ...] = ()
    errors: int = 0
    warnings: int = 0
    said: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unsettled:
    """A word that is no option of its list, in how many cells, and what it may mean."""

    list: str
    value: str
    cells: int
    files: int
    options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Looked:
    """What a look at the inbox told: its files, and what can be settled once for all of them."""

    files: tuple[SeenFile, ...] = ()
    guesses: tuple[Guess, ...] = ()
    torn: tuple[Guess, ...] = ()
    words: tuple[Unsettled, ...] = ()
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of what was asked: sentences, the weeks that it is about, and what was seen if it looked."""

    lines: tuple[str, ...] = ()
    weeks: tuple[str, ...] = ()
    looked: Looked | None = None


def team(root: Path, lang: str) -> TeamFolder:
    """Return a team's folder in a language."""
    from salesxl import messages, schemas

    return TeamFolder(root, messages.load(lang, schemas.label_of))


def do(folder: TeamFolder, asked: Asked, helped: Helped, tell: Tell) -> Outcome:
    """Do what was asked; ``tell`` is told each step, and how much of it is done.

    Raises:
        SalesxlError: what stops the command of the same name stops this too.
    """
    return _WAYS[asked.kind](folder, asked, helped, tell)


def _look(folder: TeamFolder, asked: Asked, helped: Helped, tell: Tell) -> Outcome:
    from salesxl.intake import Cache, receive
    from salesxl.validate import check
    from salesxl.workspace import accept, unsettled

    rulebook, remarks = folder.rules()
    if not folder.inbox.is_dir():
        raise UsageError("no_inbox", path=folder.inbox)
    with helped(folder.words) as given:
        cache = Cache(folder.kept / "received.jsonl")
        batch = receive([folder.inbox], rulebook, given.crew, cache=cache, tick=partial(tell, "read"))
        tell("check", 0, 1)
        checked = check(batch, rulebook, asked.day)
    sure, torn = accept.guesses(batch, rulebook)
    words = tuple(
        Unsettled(w.list, w.value, w.cells, w.files, tuple(o.value for o in rulebook.choices[w.list]))
        for w in unsettled.unsettled(checked.findings)
        if w.list in rulebook.choices
    )
    files = tuple(_seen(batch.files, checked, folder.words))
    said = tuple(map(folder.words.remark, remarks))
    return Outcome(looked=Looked(files, tuple(sure), tuple(torn), words, said))


UNREAD = ("unreadable", "unsafe", "unrecognised")


def _seen(files: Any, checked: Any, words: Words) -> Iterator[SeenFile]:
    from salesxl.model import Severity

    told = dict.fromkeys([*files, *(f.place.file for f in checked.findings if f.place.file)])
    for name in told:
        mine = [(s, rep) for s, rep in zip(checked.submissions, checked.reps, strict=True) if s.file == name]
        found = [f for f in checked.findings if f.place.file == name]
        whole = [f for f in found if f.code in UNREAD or (f.code == "superseded" and not f.place.sheet)]
        yield SeenFile(
            name,
            tuple(dict.fromkeys(rep for _, rep in mine if rep)),
            tuple(dict.fromkeys(words.name("form", s.form) for s, _ in mine)),
            sum(f.severity is Severity.ERROR for f in found),
            sum(f.severity is Severity.WARNING for f in found),
            tuple(f"{words.message(f)}{words.gap}{words.fix(f)}" for f in whole),
        )


def _run(folder: TeamFolder, asked: Asked, helped: Helped, tell: Tell) -> Outcome:
    from salesxl.friday import Week, run

    def agree(doubt: UsageError) -> None:
        if doubt.code not in asked.agreed:
            raise doubt

    assert asked.week is not None
    week = Week(*asked.week)
    with helped(folder.words) as given:
        done = run(folder, week, given.crew, given.hands, tell, agree=agree)
    words = folder.words
    lines = [*map(words.remark, done.settings)]
    if done.set_aside:
        lines.append(words.text("cli.set_aside", why=done.set_aside))
    if done.again:
        lines.append(words.text("cli.made_again", names=done.again))
    return Outcome(tuple(lines), (done.folder.name, *done.again))


def _accept(folder: TeamFolder, asked: Asked, helped: Helped, tell: Tell) -> Outcome:
    from salesxl.workspace import accept

    words = folder.words
    choices = [asked.choice] if asked.choice else []
    done = accept.accept(folder.settings, asked.guesses, choices, words)
    lines = [
        words.text(
            "desk.accepted_header",
            header=guess.header,
            label=guess.label,
            form=words.name("form", guess.form),
            files=guess.files,
        )
        for guess in done.headers
    ]
    lines += [words.text("desk.accepted_choice", list=n, name=w, option=o) for n, w, o in done.choices]
    looked = _look(folder, asked, helped, tell).looked
    return Outcome(tuple(lines) or (words.text("desk.nothing_to_accept"),), looked=looked)


def _undo(folder: TeamFolder, asked: Asked, helped: Helped, tell: Tell) -> Outcome:  # noqa: ARG001
    from salesxl.workspace import versions

    folder.rules()
    done, words = versions.undo(folder), folder.words
    lines = [words.text("desk.forward" if done.forward else "desk.undone", names=done.weeks)]
    if done.away:
        lines.append(words.text("desk.away", names=done.away))
    if done.lacking:
        lines.append(words.text("cli.lacking", names=done.lacking))
    return Outcome(tuple(lines), tuple(week for week in done.weeks if week not in done.away))


_WAYS = {"look": _look, "run": _run, "accept": _accept, "settle": _accept, "undo": _undo}
