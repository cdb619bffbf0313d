"""``salesxl undo``: what was published last is taken back, or brought back.

Owns what is said of it. Refuses: doing it; that is ``workspace.versions``.
"""

from __future__ import annotations

from pathlib import Path

import click

from salesxl.cli.console import Command
from salesxl.cli.options import TEAM, argument, lang_option, words_of

__all__ = ["undo"]


@click.command(cls=Command)
@argument("folder", type=TEAM, metavar="folder", default=".")
@lang_option
def undo(folder: Path, lang: str) -> None:
    """Undo what was published last; once more brings it back."""
    from salesxl.workspace import versions
    from salesxl.workspace.folder import TeamFolder

    words = words_of(lang)
    home = TeamFolder(folder, words)
    home.rules()
    done = versions.undo(home)
    click.echo(words.text("cli.forward" if done.forward else "cli.undone", names=done.weeks))
    if done.away:
        click.echo(words.text("cli.away", names=done.away))
    if done.lacking:
        click.echo(words.text("cli.lacking", names=done.lacking))
