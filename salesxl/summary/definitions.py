"""What every figure of the summary means and where it is from, with the team's own thresholds put in.

Owns the facts of the definitions; their sentences are words (``text.definition``). Refuses: figures.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from salesxl.messages import Words, show
from salesxl.rulebook import Grade, Rulebook
from salesxl.summary.figures.plain import percent

__all__ = ["HEIGHTS", "WIDTHS", "bound", "cadence", "definitions", "facts_of", "with_lines"]


def definitions(rulebook: Rulebook, words: Words, calendar: str) -> list[dict[str, str]]:
    """Return a row a figure: name, text, source, in the order of the words.

    ``calendar`` is the sentence on where working days are from.
    """
    facts = facts_of(rulebook, words) | {"source": calendar}
    return [
        {
            "name": name,
            "text": words.text(f"definition.{key}", **facts),
            "source": words.text(f"definition_source.{key}"),
        }
        for key, name in words.names("definition").items()
        if key != "quota" or rulebook.parameters.quota_applies
    ]


def cadence(grade: Grade, words: Words) -> str:
    """Return how often customers of a grade are to be called; blank where the grade has no cadence."""
    if grade.every is None:
        return ""
    return words.text("summary.every", every=grade.every, unit=words.name("unit", grade.unit))


def facts_of(rulebook: Rulebook, words: Words) -> dict[str, Any]:
    """Return what sentences may say of the team's rules: every parameter by its name and more."""
    parameters = rulebook.parameters
    join = words.text("definition_part.join")
    paced = [f"{g.name} {cadence(g, words)}" for g in rulebook.grades if g.every is not None]
    chances = [
        words.text("definition_part.probability", stage=s.name, probability=percent(float(s.probability)))
        for s in rulebook.stages
        if s.kind == "open" and s.probability is not None
    ]
    return {
        **asdict(parameters),
        "warning": percent(float(parameters.attainment_warning)),
        "quota": words.text("definition_part.quota") if parameters.quota_applies else "",
        "probabilities": join.join(chances),
        "basis": words.text(f"definition_part.{parameters.grade_basis}"),
        "unclear": words.text("definition_part.unclear", grade=parameters.unclear_need_grade)
        if parameters.unclear_need_grade in {g.name for g in rulebook.grades}
        else "",
        "bounds": join.join(bound(g, words) for g in rulebook.grades),
        "cadence": join.join(paced),
        "reorder_percent": percent(float(parameters.reorder_times)),
        "same_likeness": percent(float(parameters.same_problem_likeness)),
        "near_share": percent(float(parameters.near_name_likeness)),
        "top_grade": rulebook.grades[0].name if rulebook.grades else "",
        "stuck": percent(float(parameters.stuck_percentile)),
        "absent_share": percent(float(parameters.whole_archive_share)),
        "quota_reserve": parameters.quota_reserve_per_month * parameters.quota_reserve_months,
    }


def bound(grade: Grade, words: Words) -> str:
    """Return what it takes to be of a grade."""
    if grade.at_least is None:
        return words.text("definition_part.rest", grade=grade.name)
    key = "strategic" if grade.strategic else "intent" if grade.clear_intent else "bound"
    return words.text(f"definition_part.{key}", grade=grade.name, at_least=show(grade.at_least))


WIDTHS: Mapping[str, Mapping[str, int]] = {
    "problems": {"source_file": 26, "source_sheet": 16, "field": 15, "value": 18, "message": 40, "fix": 40},
    "conflicts": {
        "source_file": 33, "source_sheet": 12, "field": 24, "value": 18, "message": 44, "fix": 44,
    },
    "briefing": {"customer_name": 24, "text": 44, "more": 40, "state_name": 24},
    "phone": {"text": 46},
    "support": {"support": 79, "reps_text": 25, "problems_text": 40},
    "shared": {"problem": 35, "reps_text": 37, "others": 44, "measures": 52},
    "definitions": {"name": 20, "text": 96, "source": 42},
}  # fmt: skip
"""Width of each wrapped column in characters, by page and field."""

HEIGHTS: Mapping[str, int] = {"one": 1, "two": 2, "three": 3, "many": 6}
"""The template's rows by how many lines they hold."""

MARGIN = 3
"""Characters lost to the indent and to words that do not break where the line ends."""


def with_lines(page: str | Mapping[str, int], rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the rows, each with ``one``, ``two``, ``three`` and ``many``, of which one is true.

    ``page`` is a sheet of the team's summary, or the widths of another page's columns by field.
    """
    widths = WIDTHS[page] if isinstance(page, str) else page
    return [{**row, **_flags(widths, row)} for row in rows]


def _flags(widths: Mapping[str, int], row: Mapping[str, Any]) -> dict[str, bool]:
    lines = max(
        -(-_width(str(row[field])) // (width - MARGIN)) if row.get(field) else 1
        for field, width in widths.items()
    )
    fits = next((name for name, most in HEIGHTS.items() if lines <= most), "many")
    return {name: name == fits for name in HEIGHTS}


def _width(text: str) -> int:
    """Return a text's width in characters: Chinese and full-width ones take two."""
    return sum(map(_WIDTH_OF.__getitem__, text))


class _Widths(dict[str, int]):
    """The characters met so far, each with its width."""

    def __missing__(self, character: str) -> int:
        self[character] = 2 if unicodedata.east_asian_width(character) in "WFA" else 1
        return self[character]


_WIDTH_OF = _Widths()
