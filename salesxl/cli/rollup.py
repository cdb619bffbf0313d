"""``salesxl rollup``: the weeks of many teams into one book and one summary.

Owns what is said of it. Refuses: bringing them together (``rollup``).
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from salesxl.cli.console import Command, Count, echo_json
from salesxl.cli.options import (
    FOLDER,
    argument,
    as_of_option,
    format_option,
    lang_option,
    option,
    week_asked,
    words_of,
)
from salesxl.cli.progress import long_run

__all__ = ["rollup"]


@click.command(cls=Command)
@argument("company", type=FOLDER, metavar="company")
@argument("teams", nargs=-1, type=FOLDER, metavar="team")
@option("--week", metavar="week")
@as_of_option
@format_option
@option("--jobs", type=Count(), metavar="number")
@option("-q", "--quiet", is_flag=True)
@lang_option
def rollup(
    company: Path,
    teams: tuple[Path, ...],
    week: str | None,
    as_of: dt.date | None,
    form: str,
    jobs: int | None,
    quiet: bool,
    lang: str,
) -> None:
    """Make one book and one summary from the books of many teams' weeks."""
    from salesxl.rollup import run

    words = words_of(lang)
    with long_run(words, jobs, quiet=quiet) as given:
        made = run(company, teams, week_asked(week, as_of), words, given.hands, given.progress)
    if form == "json":
        echo_json(made.figures)
        return
    units = len(made.delivered) + len(made.missing)
    click.echo(words.text("cli.rollup_done", delivered=len(made.delivered), units=units))
    for unit, why in made.missing.items():
        click.echo(words.text("cli.rollup_missing", unit=unit, why=why))
    click.echo(words.text("cli.open", path=made.summary))
