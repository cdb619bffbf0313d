"""The commands: words in, one library call each, words out. Nothing is decided here.

Imports of the rooms stand inside the commands, so that ``--help`` is instant.
"""

from __future__ import annotations

import datetime as dt
import io
import sys
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from salesxl import __version__
from salesxl.cli.accept import accept
from salesxl.cli.console import Commands, echo_json
from salesxl.cli.desk import desk
from salesxl.cli.form import form as own_forms
from salesxl.cli.options import (
    ANY,
    FILE,
    FOLDER,
    TEAM,
    agreed,
    argument,
    as_of_option,
    day_of,
    format_option,
    inboxes,
    lang_option,
    option,
    rows_option,
    rules_of,
    settings_of,
    settings_option,
    week_asked,
    week_of_run,
    words_of,
)
from salesxl.cli.periodic import report as period_report
from salesxl.cli.progress import long_run, running_options
from salesxl.cli.rollup import rollup
from salesxl.cli.templates import echo_figures, fields, lint, render
from salesxl.cli.undo import undo
from salesxl.windows import piped_encoding

if TYPE_CHECKING:
    from salesxl.friday import Outcome
    from salesxl.messages import Words

__all__ = ["main"]


@click.group(
    cls=Commands,
    name="main",
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, prog_name="salesxl")
@lang_option
@click.pass_context
def main(ctx: click.Context, lang: str) -> None:  # noqa: ARG001
    """Run the command line; its help is in words."""
    for stream in (sys.stdout, sys.stderr):
        # what goes into a file is UTF-8 on every machine: a Chinese Windows would write GBK
        if isinstance(stream, io.TextIOWrapper) and not stream.isatty():
            encoding = piped_encoding(stream)
            stream.reconfigure(encoding=encoding, errors="strict" if encoding == "utf-8" else "replace")
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


@main.command()
@argument("folder", type=FOLDER, metavar="folder")
@option("--preset", default="crm", metavar="name", show_default=True)
@option("--stages", default="process", metavar="name", show_default=True)
@option("--quota", metavar="name")
@option("--members", type=FILE, metavar="file")
@lang_option
def init(folder: Path, preset: str, stages: str, quota: str | None, members: Path | None, lang: str) -> None:
    """Lay out a team's folder: settings workbook, blank forms, inbox."""
    from salesxl import settings
    from salesxl.workspace import folder as team_folder
    from salesxl.workspace.starters import note_program

    words = words_of(lang)
    rulebook = settings.default_rulebook(preset, stages, quota)
    people = team_folder.read_members(members) if members else []
    home = team_folder.TeamFolder(folder, words)
    kept = team_folder.changed_forms(home)
    made = team_folder.lay_out(home, rulebook, people, lambda found: _echo(map(words.remark, found)))
    note_program()
    for path in made:
        click.echo(words.text("cli.made", path=path))
    _echo(words.text("cli.kept_form", path=path) for path in kept)
    click.echo(words.text("cli.after_init", folder=team_folder.quoted(folder)))


@main.command()
@argument("folder", type=TEAM, metavar="folder", default=".")
@option("--week", metavar="week")
@as_of_option
@option("--redo", is_flag=True)
@option("--settings-now", is_flag=True)
@format_option
@rows_option
@running_options
@lang_option
def friday(
    folder: Path,
    week: str | None,
    as_of: dt.date | None,
    redo: bool,
    settings_now: bool,
    form: str,
    rows: bool,
    jobs: int | None,
    executor: str | None,
    quiet: bool,
    lang: str,
) -> None:
    """Run the whole Friday job for a team's folder (default: this folder)."""
    from salesxl.friday import run
    from salesxl.workspace.folder import TeamFolder

    words = words_of(lang)
    with long_run(words, jobs, executor, quiet=quiet) as given:
        home = TeamFolder(folder, words)
        asked = week_of_run(home, week, as_of)
        outcome = run(
            home,
            asked,
            given.crew,
            given.hands,
            given.progress,
            agree=agreed(words, redo=redo),
            settings_now=settings_now,
        )
    _tell(outcome, words, form, rows=rows)


main.add_command(desk)
main.add_command(undo)
main.add_command(rollup)
main.add_command(period_report)
main.add_command(accept)
main.add_command(own_forms)


@main.command()
@argument("folder", type=FOLDER, metavar="folder", default="demo")
@lang_option
def demo(folder: Path, lang: str) -> None:
    """Make a fictional team with realistic forms, and run its Friday job."""
    from salesxl.files import packaged
    from salesxl.friday import run
    from salesxl.workspace.folder import TeamFolder, refuse_inside

    words = words_of(lang)
    home = TeamFolder(folder, words)
    refuse_inside(home)
    packaged.copy_example(folder)
    week = week_asked(None, packaged.EXAMPLE_DAY)
    with long_run(words) as given:
        outcome = run(home, week, given.crew, given.hands, given.progress)
    _tell(outcome, words, "text")


@main.command()
@argument("paths", nargs=-1, required=True, type=ANY, metavar="path")
@settings_option
@as_of_option
@format_option
@option("--annotate", type=FOLDER, metavar="folder")
@option("--notices", is_flag=True)
@running_options
@lang_option
@click.pass_context
def validate(
    ctx: click.Context,
    paths: tuple[Path, ...],
    settings: Path | None,
    as_of: dt.date | None,
    form: str,
    annotate: Path | None,
    notices: bool,
    jobs: int | None,
    executor: str | None,
    quiet: bool,
    lang: str,
) -> None:
    """Check workbooks, and name every fault at its cell. Exit code 1 if there are errors."""
    from salesxl.cli import report
    from salesxl.intake import receive, room
    from salesxl.validate import check
    from salesxl.workspace.batch_report import counts

    words, taken = words_of(lang), inboxes(paths, lang)
    rulebook = rules_of(settings_of(settings, lang, taken), lang)
    home = ctx.with_resource(room())
    with long_run(words, jobs, executor, quiet=quiet) as given:
        batch = receive(taken, rulebook, given.crew, tick=partial(given.progress, "read"), home=home)
        checked = check(batch, rulebook, day_of(as_of))
    if form == "json":
        echo_json(report.as_json(checked, words))
    else:
        _echo(report.as_text(checked, words, notices=notices))
    if annotate is not None:
        from salesxl.workspace import returns

        with long_run(words, jobs, quiet=quiet) as given:
            made = returns.mark(annotate, checked, batch.files, words, given.hands, copies=batch.copies)
        click.echo(words.text("cli.annotated", number=len(made), folder=annotate), err=True)
    ctx.exit(1 if counts(checked).errors else 0)


@main.command()
@argument("paths", nargs=-1, required=True, type=ANY, metavar="path")
@option("-o", "--output", type=FILE, metavar="file", required=True)
@settings_option
@as_of_option
@running_options
@lang_option
def consolidate(
    paths: tuple[Path, ...],
    output: Path,
    settings: Path | None,
    as_of: dt.date | None,
    jobs: int | None,
    executor: str | None,
    quiet: bool,
    lang: str,
) -> None:
    """Merge what is sound into the team's book, every row with its source."""
    from salesxl.cli import report
    from salesxl.friday import build_book
    from salesxl.workspace.output import check_output

    words, taken = words_of(lang), inboxes(paths, lang)
    rules_in = settings_of(settings, lang, taken)
    check_output(output, [*taken, rules_in], words)
    rules = rules_of(rules_in, lang)
    with long_run(words, jobs, executor, quiet=quiet) as given:
        checked, _ = build_book(
            taken, output, rules, day_of(as_of), words, crew=given.crew, progress=given.progress
        )
    _echo(report.summary_lines(checked, words))
    click.echo(words.text("cli.made", path=output))


main.add_command(render)


@main.command()
@argument("names", nargs=-1, metavar="form")
@option("-o", "--output", type=FOLDER, metavar="folder", default="模板", show_default=True)
@settings_option
@lang_option
def template(names: tuple[str, ...], output: Path, settings: Path | None, lang: str) -> None:
    """Draw blank forms: 客户档案, 销售过程记录, 销售周报, 客户交接清单 (default: all)."""
    from salesxl import drawing
    from salesxl.errors import UsageError
    from salesxl.files import publish
    from salesxl.workspace.folder import form_title
    from salesxl.workspace.output import not_over

    words, rulebook = words_of(lang), rules_of(settings, lang)
    drawn = drawing.form_names(rulebook.forms)
    titles = {form_title(name, words): name for name in drawn}
    for name in [titles.get(name, name) for name in names] or drawn:
        if name not in drawn:
            raise UsageError("no_form", name=name, names=tuple(titles))
        path = output / f"{form_title(name, words)}.xlsx"
        not_over(path, [settings], words)
        if path.exists() and not drawing.as_drawn(path):
            click.echo(words.text("cli.kept_form", path=path), err=True)
            continue
        with publish.new_file(path) as draft:
            draft.write_bytes(drawing.sealed(drawing.blank_form(name, rulebook)))
        click.echo(words.text("cli.made", path=path))


main.add_command(lint)
main.add_command(fields)


def _echo(lines: Iterable[str], *, err: bool = False) -> None:
    for line in lines:
        click.echo(line, err=err)


def _tell(outcome: Outcome, words: Words, form: str, *, rows: bool = False) -> None:
    from salesxl.cli import report

    _echo(map(words.remark, outcome.settings), err=form == "json")
    if form == "json":
        echo_figures(outcome.figures, rows=rows)
        return
    _echo(report.summary_lines(outcome.checked, words))
    told = {"number": len(outcome.returned), "folder": outcome.returns, "to_check": outcome.to_check}
    if outcome.returned:
        click.echo(words.text("cli.returned_to_check" if outcome.to_check else "cli.returned", **told))
    if outcome.mended:
        click.echo(words.text("cli.mended", number=outcome.mended, folder=outcome.returns))
    if outcome.waiting:
        click.echo(words.text("cli.waiting", names=outcome.waiting, folder=outcome.returns))
    if outcome.handed_out:
        folder = outcome.handed_out[0].parent
        click.echo(words.text("cli.handed_out", number=len(outcome.handed_out), folder=folder))
    if outcome.set_aside:
        click.echo(words.text("cli.set_aside", why=outcome.set_aside))
    if outcome.again:
        click.echo(words.text("cli.made_again", names=outcome.again))
    if outcome.further_sheets:
        click.echo(words.text("cli.further_sheets", names=outcome.further_sheets))
    click.echo(words.text("cli.open", path=outcome.summary))
