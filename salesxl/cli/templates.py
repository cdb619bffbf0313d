"""``salesxl render``, ``lint`` and ``fields``: what is done with template workbooks.

Owns what is said of them, as text and as JSON. Refuses: filling and judging (``render``, ``letters``).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from salesxl.cli.console import Command, echo_json
from salesxl.cli.options import (
    ANY,
    FILE,
    FOLDER,
    argument,
    data_option,
    example_of,
    existing,
    format_option,
    lang_option,
    named,
    option,
    rows_option,
    rules_of,
    settings_of,
    settings_option,
    words_of,
)

if TYPE_CHECKING:
    from salesxl.messages import Words
    from salesxl.render import Pictures

__all__ = ["echo_figures", "fields", "lint", "render"]

_JSON = ".json"


@click.command(cls=Command)
@argument("template", type=FILE, metavar="template")
@option("--data", type=FILE, metavar="file", required=True)
@option("-o", "--output", type=ANY, metavar="path", required=True)
@option("--each", metavar="item")
@option("--name", metavar="name")
@option("--pictures", type=FOLDER, metavar="folder")
@settings_option
@format_option
@rows_option
@lang_option
@click.pass_context
def render(
    ctx: click.Context,
    template: Path,
    data: Path,
    output: Path,
    each: str | None,
    name: str | None,
    pictures: Path | None,
    settings: Path | None,
    form: str,
    rows: bool,
    lang: str,
) -> None:
    """Render a template workbook from the team's book or a JSON file: one workbook, or one for each item."""
    from salesxl.render import Pictures

    folder = Pictures(pictures or template.parent / words_of(lang).text("file.pictures"))
    if each is not None:
        _each(ctx, template, data, output, each, name or "", folder, settings, form, lang)
        return
    figures = _one(template, data, output, folder, settings, lang)
    if form == "json":
        echo_figures(figures, rows=rows)
    else:
        click.echo(words_of(lang).text("cli.made", path=output))
    _missing(folder, words_of(lang))


def _one(
    template: Path, data: Path, output: Path, pictures: Pictures, settings: Path | None, lang: str
) -> Mapping[str, Any]:
    from salesxl.files import publish
    from salesxl.friday import build_summary
    from salesxl.letters import from_json
    from salesxl.render import NAMES, PICTURES, render_file
    from salesxl.workspace.output import check_output

    words = words_of(lang)
    rules_in = None if data.suffix.lower() == _JSON else settings_of(settings, lang, [data])
    check_output(output, [template, data, rules_in], words)
    with named(template):
        source = template.read_bytes()
        if data.suffix.lower() != _JSON:
            return build_summary(source, existing(data), output, rules_of(rules_in, lang), words, pictures)
        found = from_json(existing(data))
        with publish.new_file(output) as draft:
            render_file(source, {**found, PICTURES: pictures}, draft, words=words)
        return {key: value for key, value in found.items() if key != NAMES}


def _each(
    ctx: click.Context,
    template: Path,
    data: Path,
    folder: Path,
    each: str,
    name: str,
    pictures: Pictures,
    settings: Path | None,
    form: str,
    lang: str,
) -> None:
    from salesxl.letters import figures_of, from_json, letters, tables_of, template_data, write_each
    from salesxl.render import PICTURES
    from salesxl.workspace.folder import settings_near

    words = words_of(lang)
    with named(template):
        source = template.read_bytes()
        if existing(data).suffix.lower() == _JSON:
            read = [template, data]
            several = letters(each, {**from_json(data), PICTURES: pictures}, None)
        else:
            rules_in = settings_of(settings, lang, [data])
            team, figures = figures_of(data, folder / template.name, rules_of(rules_in, lang), words)
            tables = tables_of(team)
            several = letters(each, template_data(figures, tables, pictures), tables)
            near = settings_near([folder / template.name], words)
            read = [path for path in (template, data, rules_in, near) if path is not None]
        done = write_each(source, several, folder, template.stem, words, name=name, read=read)
    if form == "json":
        told = {
            "made": [str(path) for path in done.made],
            "failed": [{"item": item, "text": str(fault)} for item, fault in done.failed],
            "missing_pictures": list(pictures.missing),
        }
        echo_json(told)
    else:
        click.echo(words.text("cli.made_each", number=len(done.made), folder=folder))
    for item, fault in done.failed:
        click.echo(words.text("cli.not_made", item=item, why=str(fault)), err=True)
    _missing(pictures, words)
    ctx.exit(1 if done.failed else 0)


def _missing(pictures: Pictures, words: Words) -> None:
    if pictures.missing:
        names = tuple(pictures.missing)
        click.echo(words.text("cli.no_pictures", names=names, folder=pictures.folder), err=True)


@click.command(cls=Command)
@argument("template", type=FILE, metavar="template")
@data_option
@option("--each", metavar="item")
@settings_option
@format_option
@lang_option
@click.pass_context
def lint(
    ctx: click.Context,
    template: Path,
    data: Path | None,
    each: str | None,
    settings: Path | None,
    form: str,
    lang: str,
) -> None:
    """Say what in a template workbook cannot be rendered, with cell and remedy."""
    from salesxl.letters import first_letter
    from salesxl.render import REMARKS
    from salesxl.render import lint as problems_of

    words = words_of(lang)
    with named(template):
        example = example_of(data, settings, lang)
        example = example if each is None else dict(first_letter(each, example))
        problems = problems_of(template.read_bytes(), example, words=words)
    if form == "json":
        told = [{"sheet": p.sheet, "cell": p.cell, "code": p.code, "text": p.text} for p in problems]
        echo_json(told)
    else:
        for problem in problems:
            where = "!".join(part for part in (problem.sheet, problem.cell) if part)
            click.echo(f"{where} [{problem.code}] {problem.text}")
        if not problems:
            click.echo(words.text("cli.no_problem"))
    ctx.exit(1 if any(p.code not in REMARKS for p in problems) else 0)


@click.command(cls=Command)
@data_option
@settings_option
@format_option
@lang_option
def fields(data: Path | None, settings: Path | None, form: str, lang: str) -> None:
    """List every name a template may use, with its kind and an example value."""
    from salesxl.files.packaged import shipped
    from salesxl.render import fields as names_of
    from salesxl.render import shortened

    words = words_of(lang)
    example = example_of(data, settings, lang)
    again = example.pop("book", {})  # tables stand by themselves, but for those that a figure is called like
    hidden = {name: rows for name, rows in again.items() if example.get(name) is not rows}
    example |= {"book": hidden} if hidden else {}
    known = names_of(example, shipped(words.text("file.summary")))
    if form == "json":
        keys = ("name", "kind", "example", "band", "item", "shown")
        told = [{key: getattr(field, key) for key in keys} for field in known]
        echo_json(told)
        return
    for field in known:
        shown = f"  [{field.shown}]" if field.shown else ""
        if field.band:
            key = "cli.field_list" if field.item != "row" else "cli.field_list_row"
            click.echo(f"{field.name}  {words.text(key, band=field.band, item=field.item)}{shown}")
        else:
            kind = words.name("value_kind", field.kind)
            click.echo(f"{field.name}  {kind}  {shortened(field.example)}{shown}")


def echo_figures(figures: Mapping[str, Any], *, rows: bool) -> None:
    """Say the figures as JSON; the many rows of 明细 only when asked for, since the book has them."""
    if not rows:
        figures = {**figures, "detail": {k: v for k, v in figures["detail"].items() if k != "rows"}}
    echo_json(figures)
