"""The command that opens the desk: words in, one library call, words out.

Imports of the rooms stand inside, so that ``--help`` is instant. Refuses: pages; those are ``desk``'s.
"""

from __future__ import annotations

import datetime as dt
from functools import partial
from pathlib import Path

import click

from salesxl.cli.console import Command, Count
from salesxl.cli.options import TEAM, argument, as_of_option, day_of, lang_option, option, words_of
from salesxl.cli.progress import long_run

__all__ = ["desk"]


@click.command(cls=Command)
@argument("folder", type=TEAM, metavar="folder", default=".")
@as_of_option
@option("--port", type=Count(), metavar="number")
@option("--no-open", is_flag=True)
@option("--jobs", type=Count(), metavar="number")
@lang_option
def desk(
    folder: Path, as_of: dt.date | None, port: int | None, no_open: bool, jobs: int | None, lang: str
) -> None:
    """Open a team's page in the browser (default: this folder)."""
    from salesxl.errors import UsageError

    try:
        from salesxl.desk.serve import begun
    except ModuleNotFoundError as missing:
        raise UsageError("desk_missing", name=missing.name) from missing
    from salesxl.workspace.starters import note_program

    words = words_of(lang)
    helped = partial(long_run, jobs=jobs, quiet=True)
    serving = begun(folder.absolute(), lang, helped, partial(day_of, as_of), click.launch, port or 0)
    note_program()
    click.echo(words.text("desk.address", address=serving.address))
    click.echo(words.text("desk.stop_how"))
    serving.run(browser=not no_open)
