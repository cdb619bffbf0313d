"""Every sentence a person reads, by finding code and locale.

Owns the word lists (``zh.toml``, ``en.toml``, and beside them those of the summary) and how facts are put
into them. Refuses: logic of any rule.
"""

from __future__ import annotations

import datetime as dt
import math
import os
import tomllib
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import cache, lru_cache
from importlib import resources
from pathlib import PurePath
from string import Formatter
from typing import Any

from salesxl.errors import RefusedError, SalesxlError
from salesxl.model import Finding, Place, Severity
from salesxl.windows import error_name, plain

__all__ = ["CODES", "LOCALES", "Words", "console", "load"]

LOCALES = ("zh", "en")


def show(value: Any, joiner: str = "、") -> str:
    """Return a value as a reader wants to see it; None is blank."""
    if value is None:
        return ""
    if value.__class__ is str:
        return str(value)
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, dt.datetime):
        return (
            value.strftime("%Y-%m-%d %H:%M") if (value.hour or value.minute) else value.strftime("%Y-%m-%d")
        )
    if isinstance(value, (dt.date, dt.time)):
        return value.isoformat()
    if isinstance(value, (int, Decimal)):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:,.2f}".rstrip("0").rstrip(".")
    if isinstance(value, (list, tuple, set, frozenset)):
        return joiner.join(show(item, joiner) for item in value)
    return plain(str(value)) if isinstance(value, PurePath) else str(value)


@lru_cache
def _table(lang: str, parts: tuple[str, ...]) -> Mapping[str, Any]:
    home = resources.files("salesxl.messages")
    found: dict[str, Any] = {}
    # names of files, sheets and columns are the same in every locale: they stand in the first one only
    for locale in dict.fromkeys((LOCALES[0], lang)):
        for part in (home / name.format(locale) for name in parts):
            if part.is_file():
                _merge(found, tomllib.loads(part.read_text(encoding="utf-8")))
    return found


def _merge(into: dict[str, Any], more: Mapping[str, Any]) -> None:
    for key, value in more.items():
        if isinstance(value, dict) and isinstance(into.get(key), dict):
            _merge(into[key], value)
        else:
            into[key] = value


CONSOLE = ("cli.{}.toml",)
PARTS = (
    *("{}.toml", "summary.{}.toml", "sales.{}.toml", "pages.{}.toml", "templates.{}.toml"),
    *("definitions.{}.toml", "desk.{}.toml", "rollup.{}.toml", "orders.{}.toml"),
    *CONSOLE,
)
"""The files of a locale's words, put together; sales holds those of targets, funnel and forecast, pages those
of what a weekly meeting goes through, templates those of faults in templates, definitions those in a team's
own forms and rules, desk those of its pages, rollup those of a company's, orders those of orders and of a
month, quarter or year, cli those of help and of what stops a command."""

CODES: tuple[str, ...] = (
    "required", "type", "choice", "range", "format", "future_date", "date_order", "duplicate", "conflict",
    "handed_over", "near_name", "unknown_reference", "mismatch", "stale", "vague", "late_entry", "overdue",
    "missing_report", "missing_column", "column_guessed", "fragment", "displaced", "unread", "hidden",
    "example", "incomplete", "stage_jump", "formula", "uncalculated", "superseded",
    "unrecognised", "unreadable", "unsafe", "template_outdated", "own",
    "known_files", "still_open",
    "erased", "no_longer", "vanished", "left_unsaid",
    "of_a_later_week", "book_edited",
)  # fmt: skip
"""Every finding code, stable for whoever reads the JSON."""


class Words:
    """The words of one locale.

    A code has a title, a message and a fix. Message and fix may have variants: ``…_by`` the reason (``why``
    in the facts), ``…_of`` the column's kind, ``…_by`` a fact that is there; else the plain one holds. A
    variant that speaks of a fact the finding does not carry is passed over, as if it were not there.
    """

    def __init__(
        self, lang: str, label: Callable[[str | None, str | None], str | None], parts: tuple[str, ...] = PARTS
    ) -> None:
        if lang not in LOCALES:
            raise KeyError(lang)
        self.lang = lang
        self._label = label
        self._table = _table(lang, parts)
        self._joiner = "、" if lang == "zh" else ", "

    @property
    def gap(self) -> str:
        """What stands between two sentences."""
        return "" if self.lang == "zh" else " "

    def text(self, key: str, /, **facts: Any) -> str:
        """Return the sentence at a dotted key of ``[text]``, with facts put in."""
        return self._fill(self.raw(key), facts)

    def raw(self, key: str) -> str:
        """Return the sentence at a dotted key of ``[text]`` with its places for facts left open."""
        node: Any = self._table["text"]
        for part in key.split("."):
            node = node[part]
        return str(node)

    def name(self, group: str, key: str) -> str:
        """Return what a code word of a group (severity, form …) is called; else the word itself."""
        return str(self._table["name"].get(group, {}).get(key, key))

    def names(self, group: str) -> Mapping[str, str]:
        """Return all names of a group."""
        return dict(self._table["name"].get(group, {}))

    def label(self, finding: Finding) -> str | None:
        """Return the label of the field a finding is about."""
        given = finding.facts.get("label")
        return str(given) if given else self._label(finding.block, finding.field)

    def title(self, code: str) -> str:
        """Return a code's short name."""
        return str(self._table["code"][code]["title"])

    def codes(self) -> Mapping[str, str]:
        """Return the codes by their short names; no two have one name."""
        return {self.title(code): code for code in self._table["code"]}

    def raw_code(self, code: str, what: str) -> str:
        """Return a code's plain ``message`` or ``fix`` with its places for facts left open."""
        return str(self._table["code"][code][what])

    def message(self, finding: Finding) -> str:
        """Say what is wrong."""
        return self._say(finding, "message")

    def fix(self, finding: Finding) -> str:
        """Say how to mend it."""
        return self._say(finding, "fix")

    def where(self, place: Place) -> str:
        """Return a place as people read it: file › sheet!cell."""
        spot = place.sheet or ""
        if place.cell:
            spot = f"{spot}!{place.cell}"
        return " › ".join(part for part in (place.file, spot) if part)

    def remark(self, found: Finding) -> str:
        """Return a finding in one line: where, what, and how to mend it."""
        return f"{self.where(found.place)} {self.message(found)}{self.gap}{self.fix(found)}"

    def error(self, stopped: SalesxlError) -> str:
        """Say what stopped a command and the way out; a code that is none is shown as it stands."""
        if isinstance(stopped, RefusedError):
            return self.refusal(stopped, fix=True)
        facts = {name: self._cause(value) for name, value in stopped.facts.items()}
        known = self._table["text"]["error"].get(stopped.code)
        return str(stopped) if known is None else self._fill(str(known), facts)

    def _cause(self, value: Any) -> Any:
        if isinstance(value, RefusedError):
            return self.refusal(value, fix=False)
        if isinstance(value, OSError):
            return self.reason(value)
        if isinstance(value, PurePath):
            return plain(str(value))
        return str(value) if isinstance(value, int) else value

    def refusal(self, refused: RefusedError, *, fix: bool) -> str:
        """Say why a file cannot be read, and if asked, how to mend it."""
        facts = {"why": refused.facts.get("reason"), **refused.facts}
        found = Finding(refused.code, Severity.ERROR, Place(""), facts=facts)
        said = self.message(found)
        if fix:
            return f"{said}{self.gap}{self.fix(found)}"
        return said[:1].lower() + said[1:].rstrip("。.")

    def reason(self, failed: OSError) -> str:
        """Say why the system refused something."""
        code = error_name(failed)
        told = failed.strerror or str(failed)
        return str(self._table["text"]["os"]["why"].get(code, told))

    def system(self, failed: OSError) -> str:
        """Say what the system refused, at which file, and the way out."""
        way_out = self._table["text"]["os"]["fix"]
        code = error_name(failed)
        names = [_readable(name) for name in (failed.filename, failed.filename2) if name is not None]
        place = " → ".join(names)
        said = self.text("os.at", place=place, why=self.reason(failed)) if place else self.reason(failed)
        end = "。" if self.lang == "zh" else "."
        return f"{said}{end}{self.gap}{way_out.get(code, way_out['other'])}"

    def severity(self, severity: Severity) -> str:
        """Return the name of a severity."""
        return self.name("severity", severity.value)

    def value(self, finding: Finding) -> str:
        """Return what stands in the cell as typed; only amounts get their thousands set apart."""
        value = finding.value
        if isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value):
            exact = Decimal(repr(value))
            return f"{exact:,f}" if finding.facts.get("kind") in _AMOUNTS else f"{exact:f}"
        return show(value, self._joiner)

    def _say(self, finding: Finding, what: str) -> str:
        entry, facts = self._table["code"][finding.code], finding.facts
        by, of = entry.get(f"{what}_by", {}), entry.get(f"{what}_of", {})
        told = [by.get(facts.get("why")), of.get(facts.get("kind")), *(by[n] for n in by if facts.get(n))]
        values = {
            "label": self.label(finding) or self.text("cell"),
            "value": self.value(finding),
            **{k: v for k, v in facts.items() if k not in ("label", "kind")},
        }
        for variant in told:
            for sentence in [variant] if isinstance(variant, str) else variant or ():
                asked = {name for _, name, _ in _parts(sentence) if name} - _MAY_BE_BLANK
                if all(_filled(values, name) for name in asked):
                    return self._fill(sentence, _Blank(values))
        return self._fill(str(entry[what]), _Blank(values))

    def _fill(self, sentence: str, facts: Mapping[str, Any]) -> str:
        """Put facts in: dates as ISO, amounts with thousands, lists joined.

        ``:MB`` is for bytes, ``:span`` for seconds as hours and minutes, none of them rounded away;
        ``:row|rows`` puts the word after the number that goes with it.
        """
        joiner = self._joiner
        return "".join(
            words if name is None else words + self._formatted(facts[name], spec, joiner)
            for words, name, spec in _parts(sentence)
        )

    def _formatted(self, value: Any, spec: str, joiner: str) -> str:
        if spec == "span" and isinstance(value, int):
            minutes, seconds = divmod(value, 60)
            hours, minutes = divmod(minutes, 60)
            key = "seconds" if seconds else "minutes"
            return self.text(f"span.{key}", hours=hours, minutes=minutes, seconds=seconds)
        return _formatted(value, "" if spec == "span" else spec, joiner)


@cache
def _parts(sentence: str) -> tuple[tuple[str, str | None, str], ...]:
    """Take a sentence apart, once: the words before each fact, the fact's name and how it is written.

    ``string.Formatter`` fills in what it takes apart anew each time; a team's book asks for one sentence a
    hundred thousand times.
    """
    return tuple((words, name, spec or "") for words, name, spec, _ in Formatter().parse(sentence))


def _formatted(value: Any, spec: str, joiner: str) -> str:
    if spec == "MB" and isinstance(value, int):
        return f"{value / 2**20:,.0f} MB"
    if "|" in spec:
        one, many = spec.split("|")
        return f"{show(value, joiner)} {one if value == 1 else many}"
    return format(value, spec) if spec else show(value, joiner)


_AMOUNTS = {"amount", "amount_wan", "number"}
_MAY_BE_BLANK = {"label", "value", "help"}


def _filled(values: Mapping[str, Any], name: str) -> bool:
    return values.get(name) is not None and values[name] not in ("", (), [])


class _Blank(dict[str, Any]):
    """Facts that a finding does not carry are left blank rather than breaking the report."""

    def __missing__(self, key: str) -> str:
        return ""


def _readable(name: Any) -> str:
    """Return a file's name as text, whatever bytes it is made of."""
    text = os.fsdecode(name) if isinstance(name, (str, bytes, os.PathLike)) else str(name)
    return plain(text.encode("utf-8", "replace").decode())


def console(lang: str) -> Words:
    """Return the words of help and errors alone: they are there at once."""
    return Words(lang, lambda _block, _field: None, CONSOLE)


def load(lang: str, label: Callable[[str | None, str | None], str | None]) -> Words:
    """Return the words of a locale; KeyError if there is none of that name."""
    return Words(lang, label)
