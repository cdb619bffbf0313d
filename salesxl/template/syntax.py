"""What is wrong with a text that does not parse, said by what people do wrong, never in Jinja2's words.

Owns the order in which causes are looked for: the commonest first. Refuses: expressions that parse.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from types import MappingProxyType

from salesxl.errors import TemplateFaultError

__all__ = ["BRACES", "near", "syntax_fault"]

_WIDE = MappingProxyType(
    dict(
        zip(
            "｛｝（）［］，。：｜＝＋－＊／％＜＞！“”‘’、；　【】",
            "{}()[],.:|=+-*/%<>!\"\"'',; []",
            strict=True,
        )
    )
)
"""Full-width signs that a Chinese input method types, and what is meant."""
BRACES = re.compile(r"[{｛][ 　]*[{｛%％]|[}｝%％][ 　]*[}｝]")
_INSIDE = re.compile(r"\{[{%](.*?)(?:[}%]\}|\Z)", re.DOTALL)
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
_FILTER = re.compile(r"No filter named '([^']*)'")
_TEST = re.compile(r"No test named '([^']*)'")
_TAG = re.compile(r"\{%[-+]?\s*(\w+)")
_ELSE_IF = re.compile(r"\{%[-+]?\s*else\s*if\b")
_KNOWN_TAGS = frozenset(("if", "elif", "else", "endif", "for", "endfor"))
_LONGEST = 30


def near(name: str, known: Iterable[str]) -> list[str]:
    """Return up to three names that look like one that is not known; letters' case does not count."""
    by_fold: dict[str, str] = {}
    for other in sorted(known):
        by_fold.setdefault(other.casefold(), other)
    return [by_fold[found] for found in get_close_matches(name.casefold(), by_fold, n=3, cutoff=0.5)]


def syntax_fault(text: str, error: Exception, filters: Mapping[str, object]) -> TemplateFaultError:
    """Return the fault of a text that Jinja2 could not read."""
    said = str(error)
    inside = " ".join(_INSIDE.findall(text))
    wide = dict.fromkeys(sign for sign in _QUOTED.sub("", inside) if sign in _WIDE)
    if wide:
        return TemplateFaultError(
            "wide_signs", wide=" ".join(wide), plain=" ".join(_WIDE[sign] for sign in wide)
        )
    if unknown := _FILTER.search(said):
        offered = (name for name in filters if not name.startswith("_"))
        return _unknown("filter", unknown[1], near(unknown[1], offered))
    if unknown := _TEST.search(said):
        return TemplateFaultError("unknown_test", name=unknown[1])
    if _ELSE_IF.search(text):
        return TemplateFaultError("else_if")
    for tag in _TAG.findall(text):
        if tag not in _KNOWN_TAGS:
            return TemplateFaultError("statement", what=tag)
    return _unclosed(text, inside) or TemplateFaultError("syntax", near=inside.strip()[:_LONGEST])


def _unclosed(text: str, inside: str) -> TemplateFaultError | None:
    for begin, end in (("{{", "}}"), ("{%", "%}")):
        if text.count(begin) > text.count(end):
            return TemplateFaultError("unclosed", begin=begin, end=end)
    tags = _TAG.findall(text)
    for tag in ("if", "for"):
        if tags.count(tag) != tags.count(f"end{tag}"):
            return TemplateFaultError("unended", tag=tag)
    plain = _QUOTED.sub("", inside)
    for begin, end in ("()", "[]"):
        if plain.count(begin) != plain.count(end):
            return TemplateFaultError("bracket", begin=begin, end=end)
    if plain.count('"') % 2 or plain.count("'") % 2:
        return TemplateFaultError("quote")
    return None if inside.strip() else TemplateFaultError("empty")


def _unknown(what: str, name: str, known: list[str]) -> TemplateFaultError:
    return TemplateFaultError(f"unknown_{what}{'_near' if known else ''}", name=name, near=tuple(known))
