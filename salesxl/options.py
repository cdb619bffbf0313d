"""What commands are given: the options that several of them take, and what becomes of them.

Owns the wording of these options, reading the clock where no day is given, and finding words, rules and
figures by them. Imports of the rooms stand inside, so that ``--help`` is instant. Refuses: doing anything.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from salesxl.model import Rulebook
    from salesxl.words import Words

__all__ = [
    "ANY",
    "DAY",
    "FILE",
    "FOLDER",
    "as_of_option",
    "data_option",
    "day_of",
    "example_of",
    "existing",
    "format_option",
    "lang_option",
    "not_over",
    "rows_option",
    "rules_of",
    "settings_option",
    "week_asked",
    "words_of",
]

FOLDER = click.Path(file_okay=False, path_type=Path)
FILE = click.Path(dir_okay=False, path_type=Path)
ANY = click.Path(path_type=Path)
DAY = click.DateTime(["%Y-%m-%d"])

settings_option = click.option(
    "--settings", type=FILE, help="The team's 团队设置.xlsx; without it the default presets hold."
)
as_of_option = click.option(
    "--as-of",
    type=DAY,
    metavar="DATE",
    help="The day on which dates are judged, as 2026-11-20. Default: today.",
)
lang_option = click.option(
    "--lang",
    type=click.Choice(["zh", "en"]),
    default="zh",
    show_default=True,
    help="Language of findings and messages.",
)
format_option = click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Output format.",
)
rows_option = click.option(
    "--rows", is_flag=True, help="With --format json: the rows of 明细 too, one a customer."
)
data_option = click.option(
    "--data", type=FILE, help="The team's book, 团队台账.xlsx; without it the names are those of an example."
)


def words_of(lang: str) -> Words:
    from salesxl import report, words

    return words.load(lang, report.label_of)


def rules_of(path: Path | None, lang: str) -> Rulebook:
    from salesxl import settings

    if path is None:
        return settings.default_rulebook()
    rulebook, remarks = settings.load(path)
    words = words_of(lang)
    for found in remarks:
        click.echo(
            f"{words.where(found.place)} {words.message(found)}{words.gap}{words.fix(found)}", err=True
        )
    return rulebook


def example_of(data: Path | None, settings: Path | None, lang: str) -> dict[str, Any]:
    """Return what a template is tried with: a team's own figures, or those of the fictional team."""
    from salesxl import analyse, book

    if data is None:
        return analyse.sample()
    return analyse.summarise(
        book.read_book(existing(data), words_of(lang)), rules_of(settings, lang), words_of(lang)
    )


def day_of(as_of: dt.datetime | None) -> dt.date:
    """Return the day of the check; the only place where the clock is read."""
    return as_of.date() if as_of else dt.date.today()


def week_asked(week: str | None, as_of: dt.datetime | None) -> Any:
    from salesxl.friday import Week
    from salesxl.team_folder import week_bounds
    from salesxl.validate import week_of

    if week is None:
        day = day_of(as_of)
        return Week(week_of(day)[0], day)
    monday, sunday = week_bounds(week)
    return Week(monday, as_of.date() if as_of else min(max(dt.date.today(), monday), sunday))


def not_over(outputs: Iterable[Path], inputs: Iterable[Path], words: Words) -> None:
    """Refuse to write over what is read, by whatever name, link or spelling it is given.

    Raises:
        UsageError: an output is an input.
    """
    from salesxl import publish
    from salesxl.errors import UsageError

    taken = publish.same_file(outputs, inputs)
    if taken is not None:
        raise UsageError(words.text("disk.over", path=taken))


def existing(path: Path) -> Path:
    from salesxl.errors import UsageError

    if not path.is_file():
        raise UsageError(f"找不到 {path}。请核对路径。")
    return path
