"""``salesxl report``: a month's, quarter's or year's report from a team's book.

Owns what is said of it. Refuses: making it (``periodic``).
"""

from __future__ import annotations

from pathlib import Path

import click

from salesxl.cli.console import Command, echo_json
from salesxl.cli.options import TEAM, argument, format_option, lang_option, option, words_of

__all__ = ["report"]


@click.command(cls=Command)
@argument("folder", type=TEAM, metavar="folder", default=".")
@option("--month", metavar="month")
@option("--quarter", metavar="quarter")
@option("--year", metavar="year")
@format_option
@lang_option
def report(
    folder: Path, month: str | None, quarter: str | None, year: str | None, form: str, lang: str
) -> None:
    """Make a month's, quarter's or year's report from the team's book."""
    from salesxl.errors import UsageError
    from salesxl.periodic import report as made_of
    from salesxl.periodic import span_asked
    from salesxl.workspace.folder import TeamFolder

    asked = {"month": month, "quarter": quarter, "year": year}
    given = [(key, said) for key, said in asked.items() if said is not None]
    if len(given) != 1:
        raise UsageError("which_period")
    words = words_of(lang)
    made = made_of(TeamFolder(folder, words), span_asked(*given[0]))
    if form == "json":
        echo_json(made.figures)
        return
    click.echo(made.figures["headline"])
    click.echo(words.text("cli.report_from", week=made.week))
    click.echo(words.text("cli.open", path=made.path))
