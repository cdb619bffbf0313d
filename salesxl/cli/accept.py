"""The command that writes to a team's settings workbook: words in, one library call, words out.

Imports of the rooms stand inside, so that ``--help`` is instant. Refuses: deciding anything.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

import click

from salesxl.cli.console import Command
from salesxl.cli.options import TEAM, argument, lang_option, option, words_of
from salesxl.cli.progress import long_run, running_options

__all__ = ["accept"]


@click.command(cls=Command)
@argument("folder", type=TEAM, metavar="folder", default=".")
@option("--label", "labels", multiple=True, metavar="label")
@option("--choice", "choices", nargs=2, multiple=True, metavar="choice")
@option("--all", "every", is_flag=True)
@option("--dry-run", is_flag=True)
@running_options
@lang_option
def accept(
    folder: Path,
    labels: tuple[str, ...],
    choices: tuple[tuple[str, str], ...],
    every: bool,
    dry_run: bool,
    jobs: int | None,
    executor: str | None,
    quiet: bool,
    lang: str,
) -> None:
    """Write the headers that were guessed in a team's inbox into its settings, or settle unknown words."""
    from salesxl.errors import UsageError
    from salesxl.intake import receive
    from salesxl.intake.cache import Cache
    from salesxl.workspace import accept as accepting
    from salesxl.workspace.folder import TeamFolder

    words = words_of(lang)
    home = TeamFolder(folder, words)
    rulebook, _ = home.rules()
    settled = []
    for name, told in choices:
        word, sign, meant = told.replace("＝", "=").rpartition("=")
        if not sign:
            raise UsageError("accept_choice_form", name=told)
        settled.append((name, word, meant))
    sure: list[accepting.Guess] = []
    torn: list[accepting.Guess] = []
    if (every or labels or not choices) and home.inbox.is_dir():
        with long_run(words, jobs, executor, quiet=quiet) as given:
            cache = Cache(home.kept / "received.jsonl")
            tick = partial(given.progress, "read")
            batch = receive([home.inbox], rulebook, given.crew, cache=cache, tick=tick)
        sure, torn = accepting.guesses(batch, rulebook)
        sure = accepting.only(sure, labels)
    for guess in torn:
        click.echo(
            words.text(
                "cli.guess_torn", header=guess.header, label=guess.label, form=words.name("form", guess.form)
            )
        )
    done = accepting.accept(home.settings, sure, settled, words, dry_run=dry_run)
    for guess in done.headers:
        facts = {"header": guess.header, "label": guess.label, "form": words.name("form", guess.form)}
        click.echo(words.text("cli.accepted_header", **facts, files=guess.files))
    for name, word, meant in done.choices:
        click.echo(words.text("cli.accepted_choice", list=name, name=word, option=meant))
    if not done.headers and not done.choices:
        click.echo(words.text("cli.nothing_to_accept"))
    elif dry_run:
        click.echo(words.text("cli.dry_run"))
    else:
        click.echo(words.text("cli.changed", path=home.settings))
