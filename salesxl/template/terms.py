"""What the writers of a template's parts agree on: expressions, shared strings, who watches which cells.

Owns these few types and how an expression is recognised in a text. Refuses: evaluating it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from operator import itemgetter
from typing import Any, Protocol

from lxml import etree

from salesxl.errors import Label
from salesxl.template.bands import Scope
from salesxl.template.spelling import AS_IS, Spelling
from salesxl.xlsx.package import Package
from salesxl.xlsx.packed import Packed
from salesxl.xlsx.values import string_text, unescape

__all__ = [
    "FORMULA",
    "ONE",
    "Compile",
    "Evaluate",
    "Field",
    "Shared",
    "Tracked",
    "Untracked",
    "attributes",
    "cell_text",
    "constant",
    "defined_names",
    "fill_paragraphs",
    "fill_runs",
    "fragment",
    "is_balanced",
    "is_template",
    "number_of",
    "place_of",
    "replace_rows",
    "shared_texts",
    "take_rows",
    "uses_1904",
]

# ruff: noqa: ARG002 - who watches nothing still takes what it is told


Evaluate = Callable[[Mapping[str, Any]], Any]
"""An expression or a text with expressions, ready: variables → value."""


@dataclass(frozen=True, slots=True)
class Field:
    """A text that is one field of one variable, as large bands have it: whole columns can be looked up."""

    owner: str
    name: str
    evaluate: Evaluate
    kinds: frozenset[type]
    spelling: Spelling = AS_IS

    def __call__(self, scope: Mapping[str, Any]) -> Any:
        return self.evaluate(scope)

    def column(self, items: Sequence[Any], scope: Scope, around: Scope) -> list[Any] | None:
        """Return the field of each of a band's items; None where they have to be evaluated one by one.

        ``scope`` are the variables of the first item's copy, ``around`` those around the band: the owner must
        be the item.
        """
        owner = self.spelling.of(scope, self.owner)
        if scope.get(owner) is not items[0] or around.get(owner) is items[0]:
            return None
        try:
            values = list(map(itemgetter(self.spelling.of(items[0], self.name)), items))
        except (KeyError, TypeError):
            return None
        return values if self.kinds.issuperset(map(type, values)) else None


class Compile(Protocol):
    """How a text becomes something that can be evaluated."""

    def __call__(
        self, text: str, sheet: str, cell: Label, *, finish: Callable[[str], str] | None = None
    ) -> Evaluate:
        """Compile a text of a cell; ``finish`` is applied to what each expression in it gives."""


def is_template(text: str | None) -> bool:
    """Tell whether a text holds an expression."""
    return text is not None and ("{{" in text or "{%" in text)


def place_of(link: etree._Element) -> str | None:
    """Return a link's place in a workbook as it was typed.

    LibreOffice writes a dot between sheet and cell while it has a workbook open, and on saving takes the last
    dot for that one, even within an expression: ``{{ row.place }}`` comes back as ``'{{ row'!place }}``.
    """
    text = link.get("location")
    if text is None or not is_template(text) or not text.startswith("'"):
        return text
    before, mark, after = text[1:].rpartition("'!")
    if not mark or before.count("{{") == before.count("}}"):
        return text
    parts = _EXPRESSION.split(f"{before}.{after}")
    for at in range(len(parts) - 1, -1, -2):  # what stands between expressions
        if "." in parts[at]:
            parts[at] = "!".join(parts[at].rsplit(".", 1))
            break
    return "".join(parts)


_EXPRESSION = re.compile(r"(\{\{.*?\}\}|\{%.*?%\})")


class Tracked(Protocol):
    """Who wants to know the values of some cells (charts do)."""

    def wants(self, row: int, column: int) -> bool:
        """Tell whether a template cell is wanted."""

    def note(self, row: int, column: int, value: Any) -> None:
        """Take the value of an output cell."""


class Untracked:
    """Nobody wants any value."""

    def wants(self, row: int, column: int) -> bool:
        return False

    def note(self, row: int, column: int, value: Any) -> None:
        """Never called."""


@dataclass(frozen=True, slots=True)
class Shared:
    """The workbook's shared strings: plain texts, and the elements themselves for their formats."""

    texts: Sequence[str]
    items: Sequence[etree._Element]

    @classmethod
    def of(cls, package: Package) -> Shared:
        """Return those of a workbook, which may have none."""
        parts = package.related(package.main(), "sharedStrings")
        if not parts or parts[0] not in package:
            return cls([], [])
        ns = package.namespaces
        items = list(package.xml(parts[0]).iterchildren(ns.tag("si")))
        return cls([string_text(item) for item in items], items)


FORMULA = object()
"""Stands for the value of a cell that only a spreadsheet program can calculate."""

ONE = re.compile(r"\s*\{\{(?:(?!\{\{|\}\}).)*\}\}\s*\Z", re.DOTALL)
_OPENED, _CLOSED = re.compile(r"\{%-?\s*(?:if|for)\b"), re.compile(r"\{%-?\s*end(?:if|for)\b")


def is_balanced(text: str) -> bool:
    """Tell whether every expression that begins in a text ends in it."""
    if text.count("{{") != text.count("}}") or text.count("{%") != text.count("%}"):
        return False
    return "{%" not in text or len(_OPENED.findall(text)) == len(_CLOSED.findall(text)) > 0


MARK = "\ue000rows\ue000"
_DECLARED = re.compile(rb'\sxmlns(?::([^=\s]+))?="([^"]*)"')


def fragment(element: etree._Element) -> bytes:
    """Return an element as XML to be placed where it stands now: without what the root declares already.

    lxml repeats every namespace on a part that is serialised alone, which would double the size of rows.
    """
    known = {((p or "").encode(), uri.encode()) for p, uri in element.getroottree().getroot().nsmap.items()}
    text = etree.tostring(element, encoding="UTF-8", with_tail=False)
    end = text.index(b">")

    def kept(found: re.Match[bytes]) -> bytes:
        return b"" if (found[1] or b"", found[2]) in known else found[0]

    return _DECLARED.sub(kept, text[:end]) + text[end:]


def take_rows(package: Package, part: str) -> tuple[bytes, bytes]:
    """Take the rows out of a sheet, its tree as changed; return the XML before and after where they stood.

    The part is blank until it is written again.
    """
    data = package.xml(part).find(package.namespaces.tag("sheetData"))
    assert data is not None  # callers looked for it
    for row in list(data):
        data.remove(row)
    data.text = MARK
    package.touch(part)
    before, after = package.read(part).split(MARK.encode())
    package.write(part, b"")  # the tree of a sheet that repeats hundreds of times is much to keep
    return before, after


def replace_rows(package: Package, part: str, rows: Iterable[bytes | Packed], level: int) -> None:
    """Write a sheet with its tree as changed and these rows in place of those it has."""
    before, after = take_rows(package, part)
    package.write(part, chain((before,), rows, (after,)), level)


def shared_texts(package: Package) -> list[str]:
    """Return the workbook's shared strings as plain text, in order."""
    parts = package.related(package.main(), "sharedStrings")
    if not parts or parts[0] not in package:
        return []
    ns = package.namespaces
    return [string_text(item) for item in package.xml(parts[0]).iterchildren(ns.tag("si"))]


def cell_text(cell: etree._Element, texts: Sequence[str], ns: str) -> str:
    """Return what a cell shows as text: shared, inline, or the stored value as it stands."""
    if cell.get("t") == "inlineStr":
        inline = cell.find(f"{{{ns}}}is")
        return "" if inline is None else string_text(inline)
    value = cell.findtext(f"{{{ns}}}v") or ""
    return texts[int(value)] if cell.get("t") == "s" and value.isdigit() else unescape(value)


def uses_1904(package: Package) -> bool:
    """Tell whether the workbook counts its days from 1904, as those begun on old Macs do."""
    node = package.xml(package.main()).find(package.namespaces.tag("workbookPr"))
    return node is not None and node.get("date1904") in ("1", "true")


def defined_names(package: Package) -> list[tuple[str, str, str | None]]:
    """Return name, what it refers to, and the sheet it is confined to, of every defined name, in order."""
    ns = package.namespaces
    sheets = [name for name, _ in package.sheets()]
    found = []
    for node in package.xml(package.main()).iterfind(f"{ns.tag('definedNames')}/{ns.tag('definedName')}"):
        local = node.get("localSheetId")
        confined = sheets[int(local)] if local and int(local) < len(sheets) else None
        found.append((node.get("name", ""), node.text or "", confined))
    return found


def fill_paragraphs(
    root: etree._Element, scope: Mapping[str, Any], compile_text: Compile, sheet: str, where: Label
) -> bool:
    """Evaluate the expressions in DrawingML paragraphs below an element; tell whether there were any."""
    changed = False
    for paragraph in root.iter("{*}p"):
        texts = [
            node for run in paragraph.iterchildren("{*}r", "{*}fld") for node in run.iterchildren("{*}t")
        ]
        changed |= fill_runs(texts, scope, compile_text, sheet, where)
    return changed


def fill_runs(
    texts: Sequence[etree._Element], scope: Mapping[str, Any], compile_text: Compile, sheet: str, where: Label
) -> bool:
    """Evaluate the expressions in the runs of one text; tell whether there were any."""
    whole = "".join(node.text or "" for node in texts)
    if not is_template(whole):
        return False
    if not all(is_balanced(node.text or "") for node in texts):
        texts[0].text = whole
        for node in texts[1:]:
            node.text = ""
    for node in texts:
        if is_template(node.text):
            # a second, empty expression makes it mixed text: here there are no numbers
            node.text = str(compile_text(f"{node.text}{{{{''}}}}", sheet, where)(scope))
    return True


def attributes(node: etree._Element) -> dict[str, str]:
    """Return a node's own attributes; those of extensions (row spacing hints) may be left out."""
    return {str(k): str(v) for k, v in node.attrib.items() if not str(k).startswith("{")}


def number_of(text: str | None, kind: str | None) -> Any:
    if not text:
        return None
    if kind in (None, "n"):
        return float(text)
    return text == "1" if kind == "b" else text


def constant(value: Any) -> Evaluate:
    """Return what always gives the same."""
    return lambda _: value
