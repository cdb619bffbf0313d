"""What is said of the teams and was not brought together in silence.

Owns which oddity gives which line. Refuses: who has not delivered, which has a table of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from salesxl.messages import Words
from salesxl.rollup.company import Company
from salesxl.summary.figures.plain import wan

__all__ = ["matched", "notices"]

Told: TypeAlias = Mapping[str, Any]


def notices(made: Company, found: Told, words: Words) -> list[dict[str, Any]]:
    """Return a line for each thing to be known of a team: ``unit``, ``text``."""
    by_unit = {row["unit"]: row for row in found["units"]}
    told = []
    for unit, facts in made.found.items():
        lines = [
            *_words_of(unit, facts, made, words),
            *_book_of(facts, made, words),
            *_targets_of(by_unit[unit], facts, words),
            *_places_of(facts, found, words),
        ]
        told += [{"unit": unit, "text": line} for line in lines]
    gone = [unit for unit in made.before if unit not in made.found and unit not in made.lacking]
    line = words.text("rollup.notice.gone", week=made.last)
    return [*told, *({"unit": unit, "text": line} for unit in gone)]


def matched(made: Company) -> list[dict[str, Any]]:
    """Return how each team's stages and grades were brought together: rows of the book's 词语对照."""
    rows = []
    for unit, facts in made.found.items():
        for row in facts["stages"]:
            company = made.known.stage_of[unit][row["stage"]]
            own = {"unit": unit, "own": row["stage"], "kind": row["kind"], "count": row["count"]}
            rows.append({"list": "stage", **own, "company": company})
        for row in facts["grades"]:
            if row["grade"] is not None:
                company = made.known.grade_of[unit][row["grade"]]
                own = {"unit": unit, "own": row["grade"], "count": row["count"]}
                rows.append({"list": "grade", **own, "company": company})
    return rows


def _words_of(unit: str, facts: Told, made: Company, words: Words) -> Iterator[str]:
    for row in facts["stages"]:
        if row["count"] and made.known.stage_of[unit][row["stage"]] is None:
            kind = words.name("stage_kind", row["kind"])
            yield words.text("rollup.notice.stage", name=row["stage"], kind=kind, count=row["count"])
    for row in facts["grades"]:
        if row["count"] and row["grade"] is not None and made.known.grade_of[unit][row["grade"]] is None:
            yield words.text("rollup.notice.grade", name=row["grade"], count=row["count"])


def _book_of(facts: Told, made: Company, words: Words) -> Iterator[str]:
    if facts["as_of"] != made.week.as_of.isoformat():
        yield words.text("rollup.notice.as_of", as_of=facts["as_of"], whole=made.week.as_of)
    if facts["edited"]:
        yield words.text("rollup.notice.edited", count=facts["edited"])
    if facts["stateless"]:
        yield words.text("rollup.notice.stateless")
    if facts["settings"] == "preset":
        yield words.text("rollup.notice.preset")
    if facts["missing_weeks"]:
        yield words.text("rollup.notice.weeks", weeks=facts["missing_weeks"])


def _targets_of(row: Told, facts: Told, words: Words) -> Iterator[str]:
    own = facts["month"]["target"]
    if row["target"] is None:
        yield words.text("rollup.notice.no_target")
    elif None not in (row["issued"], own) and row["issued"] != own:
        yield words.text("rollup.notice.issued", issued=wan(row["issued"]), own=wan(own))


def _places_of(facts: Told, found: Told, words: Words) -> Iterator[str]:
    """Say how many reps have no region or product line, where others have one."""
    for scope, key in (("region", "regions"), ("product_line", "product_lines")):
        blank = sum(rep[scope] is None and not rep["left"] for rep in facts["reps"])
        if found[key] and blank:
            yield words.text("rollup.notice.unplaced", count=blank, scope=words.name("scope", scope))
