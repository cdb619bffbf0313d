"""The message to a rep: what is wrong, where, by when; what is in order again; what is still owed.

One message per rep, as Markdown (DingTalk, mail) and as plain text (WeChat), from two templates that the team
may replace by files of its own: ``message`` speaks of the workbooks that go back with marks, ``further`` of
all else. Owns what a template is given; the sentences are the templates'.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

from jinja2 import StrictUndefined, Template, TemplateSyntaxError
from jinja2 import TemplateError as JinjaError
from jinja2.sandbox import SandboxedEnvironment

from salesxl.annotate.listing import shown
from salesxl.annotate.marking import in_order
from salesxl.annotate.terms import Label, Tell
from salesxl.errors import TemplateError
from salesxl.model import Finding, Severity

__all__ = ["FORMS", "Further", "Returned", "message", "template_name"]

FORMS = ("md", "txt")
"""Markdown and plain text."""

_MARKDOWN = re.compile(r"([\\`*_\[\]<>#|~])")
_NUMBERED = re.compile(r"^(\d+)([.)])(?=\s)")


@dataclass(frozen=True, slots=True)
class Returned:
    """One file that goes back to a rep; ``marked`` unless a findings workbook goes beside it instead.

    ``read`` is False where the file gave no form.
    """

    name: str
    findings: Sequence[Finding]
    marked: bool = True
    read: bool = True


@dataclass(frozen=True, slots=True)
class Further:
    """What else a rep is told: files in order again, the report that is owed, numbers of customers.

    ``owed`` has ``start`` and ``end`` of the week, and ``handed_in``, the bounds of a report that came
    instead, or nothing; ``amiss`` says that it may be among the files that go back; ``numbers`` are
    (customer, number).
    """

    mended: tuple[str, ...] = ()
    owed: Mapping[str, Any] | None = None
    amiss: bool = False
    numbers: tuple[tuple[str, str], ...] = ()


def template_name(lang: str, form: str, part: str = "message") -> str:
    """Return the name of a message's template, in the package and in a team's folder alike."""
    return f"{part}.{lang}.{form}.j2"


def message(
    rep: str,
    files: Sequence[Returned],
    tell: Tell,
    *,
    further: Further | None = None,
    due: str | None = None,
    lang: str = "zh",
    form: str = "md",
    label: Label = lambda finding: finding.field or "",
    folder: Path | None = None,
) -> str:
    """Return the message to one rep ("" where nobody knows whose they are).

    A template of the same name in ``folder`` is used in place of the package's. Notices are left out: they
    ask for nothing. Raises TemplateError, with the line, for a template that cannot be read or rendered.
    """
    shown_files, more = [_file(each, tell, label) for each in files], further or Further()
    facts = {
        "rep": rep,
        "due": due,
        "files": shown_files,
        "errors": sum(int(str(each["errors"])) for each in shown_files),
        "warnings": sum(int(str(each["warnings"])) for each in shown_files),
        "unread": sum(not each.read for each in files),
        "mended": more.mended,
        "owed": more.owed,
        "amiss": bool(files and more.owed and more.amiss),
        "numbers": more.numbers,
    }
    parts = ["message"] if files else []
    parts += ["further"] if any((more.mended, more.owed, more.numbers)) else []
    return "\n".join(_rendered(template_name(lang, form, part), folder, facts) for part in parts)


def _rendered(name: str, folder: Path | None, facts: Mapping[str, Any]) -> str:
    source, origin = _source(name, folder)
    try:
        return _compiled(source).render(facts).strip() + "\n"
    except TemplateSyntaxError as error:
        raise TemplateError(
            "message_syntax", origin=origin, line=error.lineno, why=str(error.message).rstrip(".")
        ) from error
    except (JinjaError, TypeError, ZeroDivisionError) as error:
        raise TemplateError("message_fault", origin=origin, why=str(error).rstrip(".")) from error


@lru_cache(maxsize=8)
def _compiled(source: str) -> Template:
    """Compile a template's text; a team of hundreds asks for the same two again and again."""
    environment = SandboxedEnvironment(
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=False
    )
    environment.filters["md"] = as_markdown
    environment.filters["line"] = one_line
    return environment.from_string(source)


def as_markdown(text: object) -> str:
    """Return text in one line that Markdown shows as it stands."""
    escaped = _MARKDOWN.sub(r"\\\1", one_line(text))
    return _NUMBERED.sub(r"\1\\\2", escaped)


def one_line(text: object) -> str:
    """Return text without line breaks."""
    return " ".join(str(text).split())


def _source(name: str, folder: Path | None) -> tuple[str, str]:
    own = folder / name if folder is not None else None
    if own is not None and own.is_file():
        try:
            return own.read_text(encoding="utf-8-sig"), str(own)
        except UnicodeDecodeError as error:
            raise TemplateError("message_encoding", path=own) from error
    return resources.files("salesxl.messages").joinpath(name).read_text(encoding="utf-8"), name


def _file(returned: Returned, tell: Tell, label: Label) -> dict[str, object]:
    wanted = [f for f in in_order(returned.findings) if f.severity is not Severity.NOTICE]
    errors = sum(f.severity is Severity.ERROR for f in wanted)
    return {
        "name": returned.name,
        "marked": returned.marked,
        "read": returned.read,
        "errors": errors,
        "warnings": len(wanted) - errors,
        "items": [_item(finding, tell, label) for finding in wanted],
    }


def _item(finding: Finding, tell: Tell, label: Label) -> dict[str, str]:
    what, fix = tell(finding)
    return {
        "severity": finding.severity.value,
        "where": " ".join(part for part in (finding.place.sheet, finding.place.cell) if part),
        "sheet": finding.place.sheet or "",
        "cell": finding.place.cell or "",
        "field": label(finding),
        "value": shown(finding.value),
        "message": what,
        "fix": fix,
    }
