"""How the command line speaks: help, wrong usage and what stopped a command, in the language asked for.

Owns the kinds of commands, options and values that click is given; the sentences are in words
(``cli.*.toml``), which alone are loaded for ``--help``. Refuses: what the commands do.
"""

from __future__ import annotations

import datetime as dt
import inspect
import io
import json
import re
import sys
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import click
from click.exceptions import Exit

from salesxl.errors import SalesxlError
from salesxl.messages import LOCALES, Words

__all__ = [
    "INTERRUPTED",
    "Argument",
    "Choice",
    "Command",
    "Commands",
    "Count",
    "Day",
    "Option",
    "Route",
    "WrongUsageError",
    "echo_json",
    "lang_of",
    "speak",
]

INTERRUPTED = 130
"""The exit code of a run that was stopped by Ctrl-C, as shells have it."""
LIKE = 0.7
"""From this likeness on an option is offered for one that does not exist."""
_LANG = "salesxl.lang"
_QUOTES = ('""', "''", "“”", "‘’", "「」")


class WrongUsageError(click.UsageError):
    """A word on the command line that does not fit: a code of ``[text.wrong]`` and facts."""

    def __init__(self, code: str, ctx: click.Context | None = None, **facts: Any) -> None:
        super().__init__(code, ctx)
        self.code = code
        self.facts = facts


def lang_of(ctx: click.Context | None) -> str:
    """Return the language that was asked for."""
    return str(ctx.meta.get(_LANG, LOCALES[0])) if ctx else LOCALES[0]


def speak(ctx: click.Context, lang: str) -> None:
    """Let a context, and those below it, speak a language."""
    ctx.meta[_LANG] = lang


def _words(ctx: click.Context | None) -> Words:
    from salesxl.messages import console

    return console(lang_of(ctx))


def _asked(args: Sequence[str]) -> str | None:
    """Return the language that the words of a command line ask for, wherever they stand."""
    found = None
    for at, word in enumerate(args):
        if word == "--":
            break
        after = args[at + 1] if word == "--lang" and at + 1 < len(args) else None
        value = word.removeprefix("--lang=") if word.startswith("--lang=") else after
        found = value if value in LOCALES else found
    return found


def _help(ctx: click.Context, command: click.Command, name: str) -> str:
    """Return the help on a command (``about``) or on one of its options."""
    words = _words(ctx)
    home = f"help.{command.name}" if ctx.parent or command.name != "main" else "help"
    for key in (f"{home}.{name}", f"help.any.{name}", f"help.{name}"):
        try:
            return words.raw(key)
        except KeyError:
            continue
    return ""


def _metavar(ctx: click.Context, name: str | None) -> str | None:
    return _words(ctx).text(f"metavar.{name}") if name else None


def _write_rows(formatter: click.HelpFormatter, rows: Sequence[tuple[str, str]]) -> None:
    """Write names and what is said of them in two columns; click takes a Chinese character for one wide."""
    first = max(_width(name) for name, _ in rows) + 2
    room = max(formatter.width - formatter.current_indent - first, 20)
    indent = " " * formatter.current_indent
    for name, said in rows:
        lead = name + " " * (first - _width(name))
        for line in _wrapped(said, room):
            formatter.write(f"{indent}{lead}{line}\n")
            lead = " " * first


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def _wrapped(text: str, room: int) -> Iterator[str]:
    """Yield the lines of a text: words stay whole, Chinese breaks anywhere but before its punctuation."""
    line = ""
    for piece in re.findall(r"[!-~]+[、，。：；）」]*|\s+|[^!-~\s][、，。：；）」]*", text):
        if line and _width(line + piece.rstrip()) > room:
            yield line.rstrip()
            line = ""
        line += piece if line else piece.lstrip()
    yield line.rstrip()


class Option(click.Option):
    """An option whose help is found in words by its name; ``metavar`` is a word of ``[text.metavar]``."""

    def make_metavar(self, ctx: click.Context) -> str:
        return _metavar(ctx, self.metavar) or super().make_metavar(ctx)

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        record = super().get_help_record(ctx)
        if record is None:
            return None
        said = _help(ctx, ctx.command, self.name or "")
        shown = self.show_default is True and self.default is not None
        more = f"  [{_words(ctx).text('help.default', value=self.default)}]" if shown else ""
        return record[0], f"{said}{more}"


class Argument(click.Argument):
    """An argument that is called by a word of ``[text.metavar]``."""

    def make_metavar(self, ctx: click.Context) -> str:
        name = _metavar(ctx, self.metavar) or super().make_metavar(ctx)
        shown = name if self.required else f"[{name}]"
        return shown if self.nargs == 1 else f"{shown}..."


class Command(click.Command):
    """A command that speaks the chosen language."""

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.context_settings.setdefault(
            "allow_extra_args", True
        )  # named by us, since click says it in English

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        try:
            rest = super().parse_args(ctx, args)
        except click.UsageError as wrong:
            wrong.ctx = wrong.ctx or ctx
            raise
        if ctx.args and not isinstance(self, click.Group):
            raise WrongUsageError("extra", ctx, names=tuple(ctx.args))
        return rest

    def about(self, ctx: click.Context) -> str:
        """Return what the command does, in the chosen language."""
        return _help(ctx, self, "about")

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        words = _words(ctx)
        pieces = [piece for p in self.get_params(ctx) for piece in p.get_usage_pieces(ctx)]
        last = [words.raw("help.command_metavar")] if isinstance(self, click.Group) else []
        return [words.raw("help.options_metavar"), *pieces, *last]

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        pieces = self.collect_usage_pieces(ctx)
        formatter.write_usage(ctx.command_path, " ".join(pieces), prefix=_words(ctx).raw("help.usage"))

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text(inspect.cleandoc(self.about(ctx)))

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        words = _words(ctx)
        records = []
        for param in self.get_params(ctx):
            record = param.get_help_record(ctx)
            if record is not None and not isinstance(param, click.Argument):
                own = isinstance(param, Option)
                kind = "version" if "--version" in param.opts else "help"
                records.append(record if own else (record[0], words.raw(f"help.{kind}")))
        with formatter.section(words.raw("help.options").rstrip()):
            _write_rows(formatter, records)


class Commands(Command, click.Group):
    """The commands in the order of a team's life, not of the alphabet; what stops one is said in one line."""

    command_class = Command

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(self.commands)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        super().format_options(ctx, formatter)
        told = [(name, _help(ctx, command, "about")) for name, command in self.commands.items()]
        with formatter.section(_words(ctx).raw("help.commands")):
            _write_rows(formatter, told)

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        lang = _asked(args) or LOCALES[0]
        with _said(lang, info_name or ""):
            return super().make_context(info_name, args, parent, obj=None, **extra)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        speak(ctx, _asked(args) or LOCALES[0])
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        with _said(lang_of(ctx), ctx.command_path):
            return super().invoke(ctx)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if self.get_command(ctx, name) is None and not name.startswith("-"):
            near = get_close_matches(name, self.commands, 1)
            code = "no_command_near" if near else "no_command"
            raise WrongUsageError(code, ctx, name=name, near=near, names=tuple(self.commands))
        return super().resolve_command(ctx, args)


@contextmanager
def _said(lang: str, path: str) -> Iterator[None]:
    """Say in one line what stops a command, and end with 2."""
    from salesxl import messages

    try:
        yield
    except click.UsageError as wrong:
        spoken = messages.console(lang)
        command = wrong.ctx.command_path if wrong.ctx else path
        said = spoken.text(f"wrong.{_code(wrong)}", **_facts(wrong))
        click.echo(spoken.text("wrong.line", said=said, command=command), err=True)
        raise Exit(2) from wrong
    except SalesxlError as stopped:
        from salesxl.cli import report

        click.echo(messages.load(lang, report.label_of).error(stopped), err=True)
        raise Exit(2) from stopped
    except KeyboardInterrupt as asked:
        click.echo(messages.console(lang).text("cli.interrupted"), err=True)
        raise Exit(INTERRUPTED) from asked
    except BrokenPipeError:  # the reader of our output went away; click knows what to do
        raise
    except OSError as failed:
        click.echo(messages.console(lang).system(failed), err=True)
        raise Exit(2) from failed


def _code(wrong: click.UsageError) -> str:
    """Return the code of ``[text.wrong]`` for what click found."""
    if isinstance(wrong, WrongUsageError):
        return wrong.code
    if isinstance(wrong, click.NoSuchOption):
        return "no_option_near" if _near(wrong) else "no_option"
    if isinstance(wrong, click.MissingParameter):
        return "missing"
    if isinstance(wrong, click.BadOptionUsage):
        return "takes_no_value" if _is_flag(wrong) else "needs_value"
    return "bad_value" if isinstance(wrong, click.BadParameter) else "other"


def _near(wrong: click.NoSuchOption) -> list[str]:
    return get_close_matches(wrong.option_name, wrong.possibilities or (), 1, LIKE)


def _is_flag(wrong: click.BadOptionUsage) -> bool:
    params = wrong.ctx.command.get_params(wrong.ctx) if wrong.ctx else []
    return any(wrong.option_name in p.opts and getattr(p, "is_flag", False) for p in params)


def _facts(wrong: click.UsageError) -> dict[str, Any]:
    if isinstance(wrong, WrongUsageError):
        return wrong.facts
    if isinstance(wrong, click.NoSuchOption):
        return {"name": wrong.option_name, "near": _near(wrong)}
    if isinstance(wrong, click.BadOptionUsage):
        return {"name": wrong.option_name}
    if isinstance(wrong, click.BadParameter):
        return {"name": _called(wrong.param, wrong.ctx), "why": wrong.message}
    return {"why": wrong.format_message()}


def _called(param: click.Parameter | None, ctx: click.Context | None) -> str:
    """Return how people call a parameter: its longest option, or the word of an argument."""
    if param is None:
        return ""
    if isinstance(param, click.Option):
        return max(param.opts, key=len)
    return str(_metavar(ctx, param.metavar) if ctx else param.name)


# ---- values


class Choice(click.Choice):  # type: ignore[type-arg]
    """One of some words."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if value in self.choices:
            return value
        raise WrongUsageError(
            "choice", ctx, name=_called(param, ctx), value=value, options=tuple(self.choices)
        )


class Count(click.ParamType):  # type: ignore[type-arg]
    """A whole number from 1 on."""

    name = "number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        if str(value).strip().isdecimal() and int(value) >= 1:
            return int(value)
        raise WrongUsageError("number", ctx, name=_called(param, ctx), value=value, minimum=1)


class Day(click.ParamType):  # type: ignore[type-arg]
    """A day in any notation that a cell may have; without a year, the one nearest to today."""

    name = "day"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> dt.date:
        from salesxl import parsing

        if isinstance(value, dt.date):
            return value
        read = parsing.date(str(value).strip(), near=dt.date.today())
        if read.code or read.value is None:
            raise WrongUsageError("day", ctx, name=_called(param, ctx), value=value)
        return dt.date.fromisoformat(str(read.value)[:10])


class Route(click.ParamType):  # type: ignore[type-arg]
    """A path as people give it: with ~, with a slash behind, in quotes that were pasted along.

    ``kind`` is ``file``, ``folder`` or ``path`` (either).
    """

    def __init__(self, kind: str) -> None:
        self.name = kind

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        path = _straight(value if isinstance(value, Path) else _path(str(value)))
        facts = {"name": _called(param, ctx), "value": str(path), "parent": str(path.absolute().parent)}
        if self.name == "folder" and path.is_file():
            raise WrongUsageError("file_given", ctx, **facts)
        if self.name == "file" and path.is_dir():
            raise WrongUsageError("folder_given", ctx, **facts)
        return path


def _path(text: str) -> Path:
    """Return the path that a text means; what exists as it stands is that."""
    if Path(text).exists():
        return Path(text)
    bare = text.strip()
    for pair in _QUOTES:
        if len(bare) > 1 and bare[0] == pair[0] and bare[-1] == pair[1]:
            bare = bare[1:-1].strip()
    try:
        return Path(bare).expanduser()
    except RuntimeError:  # no home of that name
        return Path(bare)


def _straight(path: Path) -> Path:
    """Return a path in which no .. follows a name: a/../b leads to b, whether there is an a or not."""
    start = next((n for n, part in enumerate(path.parts) if part != ".."), 0)
    if ".." not in path.parts[start:]:
        return path
    whole, here = path.resolve() if path.name == ".." else path.parent.resolve() / path.name, Path.cwd()
    return whole.relative_to(here) if whole.is_relative_to(here) else whole


def echo_json(told: object) -> None:
    """Say something as JSON, in UTF-8 on Windows too: programs read it."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")
    click.echo(json.dumps(told, ensure_ascii=False, indent=1, default=_plain))


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, (dt.date, dt.time)) else float(value)
