"""What in a template looks like an expression and stays as it is, dead links, and what stands beside lists.

Owns the places where nothing is filled in, and the spellings that are almost an expression. Refuses: faults
of what is filled in.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from jinja2.exceptions import TemplateError as JinjaError
from lxml import etree

from salesxl.errors import Label, Phrase, TemplateFaultError, phrase
from salesxl.template.bands import Band
from salesxl.template.expressions import Engine
from salesxl.template.survey import BOOK, Found, Survey
from salesxl.template.syntax import near
from salesxl.template.terms import is_template
from salesxl.xlsx.refs import Ref, parse

__all__ = ["Unfilled", "beside_bands", "dead_links", "unfilled"]

_BRACED = re.compile(r"(?:\{\{|[{｛][ 　]*[{｛])\s*([^{}｛｝]*?)\s*[}｝][ 　]*[}｝]")
_ALMOST = re.compile(r"\$?\{\s*([^\W\d][\w.]*)\s*\}|<<\s*([^\W\d][\w.]*)\s*>>|\[\[\s*([^\W\d][\w.]*)\s*\]\]")
_QUOTED = re.compile(r'"((?:[^"]|"")*)"')
_LITERAL = re.compile(r'"(?:[^"]|"")*"')
_UNREAD = re.compile(rf"{_QUOTED.pattern}|'(?:[^']|'')*'!")
_OPENED = ("{{", "{%", "｛｛", "｛%")
_ELSEWHERE = ("vmlDrawing", "ctrlProp", "threadedComment", "diagramData", "pivotTable", "slicer")
_LONGEST = 40


@dataclass(frozen=True, slots=True)
class Unfilled:
    """A text that stays as it is: the code it is told under, and the fault."""

    code: str
    fault: TemplateFaultError


def unfilled(survey: Survey, engine: Engine, names: Collection[str]) -> Iterator[Unfilled]:
    """Return every text that was probably meant to be filled in and is not."""
    for found in survey.every():
        yield from _spelt(found, engine, names)
    for found in survey.formulas():
        place = "formula" if found.shown else "name" if found.sheet == BOOK else ""
        quoted = _QUOTED.findall(found.text)
        for text in (*quoted, _UNREAD.sub("", found.text)) if place else ():
            yield from _in_place(found.sheet, found.where, text, place)
    for name, part in survey.sheets:
        yield from _rules(name, survey.package.xml(part))
        for kind in _ELSEWHERE:
            for other in survey.package.related(part, kind):
                if other in survey.package:
                    place = "thread" if kind == "threadedComment" else "control"
                    yield from _in_part(name, survey.package.read(other), place)


def _spelt(found: Found, engine: Engine, names: Collection[str]) -> Iterator[Unfilled]:
    """Look for braces that are none of an expression's, in a text that is filled in."""
    pieces = [found.text]
    if is_template(found.text):
        try:
            pieces = engine.leftovers(found.text)
        except JinjaError:  # what does not parse is told as such
            return
    for text in pieces:
        shown, braced = text.strip()[:_LONGEST], _BRACED.search(text)
        if braced is not None:
            yield _said("unfilled", "unfilled_text", found.sheet, found.where, shown, braced[1])
        elif is_template(found.text):
            yield _said("unfilled", "leftover", found.sheet, found.where, shown, "")
        elif (almost := _ALMOST.search(text)) is not None:
            name = next(filter(None, almost.groups()), "")
            if name.partition(".")[0] in names:
                yield _said("lookalike", "lookalike", found.sheet, found.where, shown, name)


def _said(code: str, key: str, sheet: str, where: Label, text: str, name: str) -> Unfilled:
    return Unfilled(code, TemplateFaultError(key, text=text, name=name).at(sheet, where))


def _in_place(sheet: str, where: Label, text: str, place: str) -> Iterator[Unfilled]:
    if any(opened in text for opened in _OPENED):
        facts = {"text": text.strip()[:_LONGEST], "place": phrase(f"place.{place}")}
        yield Unfilled("unfilled", TemplateFaultError("unfilled", **facts).at(sheet, where))


def _rules(sheet: str, root: etree._Element) -> Iterator[Unfilled]:
    """Look through the formulas of a sheet's rules, where expressions are filled in within quotes only."""
    for holder in root.iter("{*}dataValidation", "{*}conditionalFormatting"):
        place = "validation" if etree.QName(holder).localname == "dataValidation" else "format"
        ranges = (holder.get("sqref") or holder.findtext("{*}sqref") or "").split()
        texts = [_LITERAL.sub("", str(node.text)) for node in holder.iter("*") if node.text]
        for text in dict.fromkeys(texts):
            yield from _in_place(sheet, ranges[0] if ranges else phrase(f"place.{place}"), text, place)


def _in_part(sheet: str, data: bytes, place: str) -> Iterator[Unfilled]:
    text = re.sub(r"<[^>]*>", "", data.decode("utf-8", "replace"))
    for opened in _OPENED:
        if (at := text.find(opened)) >= 0:
            yield from _in_place(sheet, phrase(f"place.{place}"), text[at : at + _LONGEST], place)
            return


def dead_links(
    survey: Survey, values: Callable[[Found], Iterator[str]], sheets: Collection[str], own: Collection[str]
) -> Iterator[TemplateFaultError]:
    """Return every link, and every HYPERLINK formula, that leads to a sheet which will not be there.

    Of places that come from the data only those on sheets of a fixed name (``own``) count: the data may be an
    extract, in which not everybody has a sheet.
    """
    known = {name.casefold() for name in sheets}
    named = {_name(found.where) for found in survey.formulas() if found.sheet == BOOK}
    for found in survey.every():
        if found.link and found.text:
            for value in values(found):
                missing = _missing(value, known)
                if missing is not None and value not in named and (missing in found.text or missing in own):
                    yield _dead(found, missing, sheets)
                    break
    for found in survey.formulas():
        if "HYPERLINK(" in found.text.upper():
            for quoted in _QUOTED.findall(found.text):
                missing = _missing(quoted[1:], known) if quoted.startswith("#") else None
                if missing is not None:
                    yield _dead(found, missing, sheets)


def _name(where: Label) -> str:
    return str(dict(where.facts).get("text", "")) if isinstance(where, Phrase) else where


def _missing(place: str, known: Collection[str]) -> str | None:
    """Return the sheet that a place names and that is not there; None where nothing is amiss."""
    pieces = parse(place.strip())
    if len(pieces) != 1 or not isinstance(pieces[0], Ref) or pieces[0].sheet is None:
        return None  # a name, or a place put together from pieces
    return None if pieces[0].sheet.casefold() in known else pieces[0].sheet


def _dead(found: Found, to: str, sheets: Collection[str]) -> TemplateFaultError:
    likely = near(to, sheets) or [name for name in sheets if to in name or name in to]
    hint = phrase("dead_link_near", names=tuple(likely)) if likely else ""
    return TemplateFaultError("dead_link", to=to, near=hint).at(found.sheet, found.where)


def beside_bands(survey: Survey, rows: Mapping[str, Sequence[Band]]) -> Iterator[TemplateFaultError]:
    """Return what is typed beside a list that is confined to some columns, and so repeats with every item."""
    for found in survey.every():
        if found.row is None or found.column is None or not found.text.strip():
            continue
        if isinstance(found.where, Phrase) or is_template(found.text):
            continue
        for band in rows[found.sheet]:
            sides = band.sides or (band,)
            if not all(side.columns and side.repeats for side in sides):
                continue
            apart = not any(_within(side.columns, found.column) for side in sides)
            if apart and band.first <= found.row <= band.last:
                yield TemplateFaultError("beside_band", cell=found.where, name=band.name).at(
                    found.sheet, found.where
                )


def _within(columns: tuple[int, int] | None, column: int) -> bool:
    return columns is not None and columns[0] <= column <= columns[1]
