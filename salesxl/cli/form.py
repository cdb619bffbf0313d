"""``salesxl form``: a team's own forms, as its settings define them. Words in, one library call, words out.

Refuses: deciding anything.
"""

from __future__ import annotations

from pathlib import Path

import click

from salesxl.cli.console import Command, Commands
from salesxl.cli.options import (
    ANY,
    FILE,
    argument,
    lang_option,
    rules_of,
    settings_of,
    settings_option,
    words_of,
)

__all__ = ["form"]

SHEETS = ("form", "form_list", "rule", "option")
"""The sheets of the settings workbook on which own forms stand."""


@click.group(cls=Commands, name="form")
@lang_option
def form(lang: str) -> None:  # the group speaks it
    """Work on a team's own forms."""


@form.command(cls=Command)
@argument("name", metavar="name")
@argument("workbook", type=FILE, metavar="workbook", required=False)
@settings_option
@lang_option
def new(name: str, workbook: Path | None, settings: Path | None, lang: str) -> None:
    """Begin the definition of a form, from a workbook if there is one, in a copy of the settings."""
    from salesxl.workspace import new_form

    words = words_of(lang)
    given = settings_of(settings, lang, [workbook] if workbook else [Path()])
    found, ours = new_form.begin(name, workbook, rules_of(given, lang))
    home = given.parent if given else Path()
    target = home / words.text("file.new_form", name=name)
    new_form.write(found.rows, given, target)
    if ours is not None:
        click.echo(words.text("cli.form_is_ours", form=ours.title, number=len(found.rows)))
    unsure = sum(bool(row.unsure) for row in found.rows)
    click.echo(words.text("cli.form_proposed", number=len(found.rows), unsure=unsure))
    click.echo(words.text("cli.made", path=target))
    click.echo(words.text("cli.after_form_new", path=target))


@form.command(cls=Command)
@argument("path", type=ANY, metavar="path", default=".")
@lang_option
@click.pass_context
def check(ctx: click.Context, path: Path, lang: str) -> None:
    """Name every fault of the definitions at its cell, and what is defined. Exit code 1 for errors."""
    from salesxl import settings
    from salesxl.model import Severity
    from salesxl.workspace.folder import TeamFolder

    words = words_of(lang)
    rulebook, remarks = TeamFolder(path, words).rules() if path.is_dir() else settings.load(path)
    told = [found for found in remarks if found.block in SHEETS]
    for found in told:
        click.echo(words.remark(found))
    for own in rulebook.forms.own:
        fields = [column for block in own.blocks for column in block.columns]
        asked = sum(column.required for column in fields)
        click.echo(words.text("cli.form_defined", form=own.title, fields=len(fields), asked=asked))
    added = [
        (standard.title, column.label)
        for standard in rulebook.forms.items
        if standard.origin is None
        for block in standard.blocks
        for column in block.columns
        if column.origin
    ]
    for title in dict.fromkeys(title for title, _ in added):
        labels = tuple(label for of, label in added if of == title)
        click.echo(words.text("cli.fields_added", form=title, labels=labels))
    click.echo(words.text("cli.form_checked", faults=len(told), rules=len(rulebook.rules)))
    ctx.exit(1 if any(found.severity is Severity.ERROR for found in told) else 0)
