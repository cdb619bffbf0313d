"""What commands are given: the options that several of them take, and what becomes of them.

Owns these options, reading the clock where no day is given, and finding words, rules and figures by them.
Imports of the rooms stand inside, so that ``--help`` is instant. Refuses: doing anything.
"""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from salesxl.cli.console import Argument, Choice, Day, Option, Route, WrongUsageError, lang_of
from salesxl.messages import LOCALES
from salesxl.windows import reachable

if TYPE_CHECKING:
    from salesxl.errors import UsageError
    from salesxl.friday import Week
    from salesxl.messages import Words
    from salesxl.rulebook import Rulebook
    from salesxl.workspace.folder import TeamFolder

__all__ = [
    "ANY",
    "DAY",
    "FILE",
    "FOLDER",
    "TEAM",
    "agreed",
    "argument",
    "as_of_option",
    "data_option",
    "day_of",
    "example_of",
    "existing",
    "format_option",
    "inboxes",
    "lang_option",
    "named",
    "option",
    "rows_option",
    "rules_of",
    "settings_of",
    "settings_option",
    "week_asked",
    "week_of_run",
    "words_of",
]


class _TeamRoute(Route):
    """A team's folder; where a file in it is given instead, its name is told."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        try:
            return reachable(super().convert(value, param, ctx))
        except WrongUsageError as wrong:
            from salesxl.workspace.folder import quoted, team_above

            home = team_above(Path(wrong.facts["value"]), words_of(lang_of(ctx)))
            if home is None:
                raise
            raise WrongUsageError("file_in_team", ctx, **wrong.facts, team=quoted(home)) from wrong


FOLDER, FILE, ANY, TEAM = Route("folder"), Route("file"), Route("path"), _TeamRoute("folder")
DAY = Day()

option = partial(click.option, cls=Option)
argument = partial(click.argument, cls=Argument)

settings_option = option("--settings", type=FILE, metavar="file")
as_of_option = option("--as-of", type=DAY, metavar="day")
lang_option = option(
    "--lang", type=Choice(LOCALES), callback=lambda ctx, _param, value: value or lang_of(ctx)
)
format_option = option("--format", "form", type=Choice(["text", "json"]), default="text", show_default=True)
rows_option = option("--rows", is_flag=True)
data_option = option("--data", type=FILE, metavar="file")


def words_of(lang: str) -> Words:
    from salesxl import messages
    from salesxl.cli import report

    return messages.load(lang, report.label_of)


def inboxes(paths: Sequence[Path], lang: str) -> list[Path]:
    """Return the paths with the inbox of a team in place of the team's folder, which is said."""
    from salesxl.workspace.folder import inbox_of

    words = words_of(lang)
    taken = [inbox_of(path, words) for path in paths]
    for path, inbox in zip(paths, taken, strict=True):
        if inbox != path:
            click.echo(words.text("cli.inbox_meant", path=path, inbox=inbox), err=True)
    return taken


def settings_of(given: Path | None, lang: str, near: Sequence[Path]) -> Path | None:
    """Return the settings workbook given, else that of the team in whose folder all files ``near`` lie."""
    from salesxl.workspace.folder import settings_near

    if given is not None:
        return given
    words = words_of(lang)
    found = settings_near(near, words)
    if found is not None:
        click.echo(words.text("cli.settings_used", path=found), err=True)
    return found


def rules_of(path: Path | None, lang: str) -> Rulebook:
    """Return the rules of a settings workbook and say what is wrong in it; without one the presets."""
    from salesxl import settings

    if path is None:
        return settings.default_rulebook()
    words = words_of(lang)
    rulebook, remarks = settings.load(path)
    for remark in remarks:
        click.echo(words.remark(remark), err=True)
    return rulebook


def example_of(data: Path | None, settings: Path | None, lang: str) -> dict[str, Any]:
    """Return what a template is tried with: a team's own figures, or those of the fictional team."""
    from salesxl import letters, summary
    from salesxl.workspace import book

    if data is None:
        return letters.sample_data(summary.sample())
    if data.suffix.lower() == ".json":
        return letters.from_json(existing(data))
    team = book.read_book(existing(data), words_of(lang))
    rules = rules_of(settings_of(settings, lang, [data]), lang)
    return letters.template_data(summary.summarise(team, rules, words_of(lang)), letters.tables_of(team))


def day_of(as_of: dt.date | None) -> dt.date:
    """Return the day of the check; the only place where the clock is read."""
    return as_of or dt.date.today()


def week_asked(week: str | None, as_of: dt.date | None) -> Week:
    from salesxl.friday import week_asked as asked

    return asked(week, as_of, day_of(None))


def week_of_run(home: TeamFolder, week: str | None, as_of: dt.date | None) -> Week:
    """Return the week asked for; on a Monday without one, last week is proposed if it was never made.

    Raises:
        UsageError: it is such a Monday, and nobody can be asked.
    """
    from salesxl.errors import UsageError
    from salesxl.friday import last_week_due

    asked = week_asked(week, as_of)
    last = last_week_due(home, asked) if week is None else None
    if last is None:
        return asked
    if not sys.stdin.isatty():
        raise UsageError("which_week", name=last.name, now=asked.name)
    wanted = click.confirm(home.words.text("cli.last_week", name=last.name), default=True, err=True)
    return last if wanted else asked


def agreed(words: Words, *, redo: bool) -> Callable[[UsageError], None]:
    """Return who agrees to what is done on purpose only: ``--redo``, else whoever sits at the terminal."""

    def ask(doubt: UsageError) -> None:
        if redo:
            return
        if not sys.stdin.isatty():
            raise doubt
        if not click.confirm(words.text("cli.go_on", said=words.error(doubt)), err=True):
            raise doubt

    return ask


def existing(path: Path) -> Path:
    from salesxl.errors import UsageError

    if not path.is_file():
        raise UsageError("not_found", path=path)
    return path


@contextmanager
def named(path: Path) -> Iterator[Path]:
    """Yield a workbook that is there; what makes it unreadable is said with its name."""
    from salesxl.errors import RefusedError, UsageError

    existing(path)
    try:
        yield path
    except RefusedError as refused:
        raise UsageError("file_unreadable", path=path, why=refused) from refused
