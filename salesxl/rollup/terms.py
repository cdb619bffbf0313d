"""What the teams' stages and grades are in the company's words.

By name and alias, either side's; a stage that neither knows, by its kind where the company has one stage of
that kind. Owns what cannot be matched, which is said. Refuses: judging; what a stage means its team has said.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from salesxl.parsing import choice_key
from salesxl.rulebook import Rulebook, Stage

__all__ = ["Terms", "terms"]

Told: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Terms:
    """The company's stages and grades, and by team what its own are of them; None where nothing fits.

    ``source`` says whose they are: ``settings`` of the company, else those that most ``teams`` have.
    """

    stages: tuple[Stage, ...]
    grades: tuple[str, ...]
    source: str
    stage_of: Mapping[str, Mapping[str, str | None]]
    grade_of: Mapping[str, Mapping[str, str | None]]


def terms(found: Mapping[str, Told], rulebook: Rulebook, *, own: bool) -> Terms:
    """Bring together what the teams have told, by name; ``own`` says that the rules are a company's."""
    stages = rulebook.stages if own or not found else _most_used(found)
    names = {g.name: g.aliases for g in rulebook.grades} if own or not found else _most_graded(found)
    known = _index({stage.name: stage.aliases for stage in stages})
    kinds = {stage.name: stage.kind for stage in stages}
    grades = _index(names)
    return Terms(
        stages,
        tuple(names),
        "settings" if own else "teams",
        {
            team: {row["stage"]: _stage(row, told, known, kinds) for row in told["stages"]}
            for team, told in found.items()
        },
        {
            team: {
                row["grade"]: _named(row["grade"], row["aliases"], grades)
                for row in told["grades"]
                if row["grade"] is not None
            }
            for team, told in found.items()
        },
    )


def _stage(row: Told, told: Told, known: Mapping[str, str], kinds: Mapping[str, str]) -> str | None:
    """Return the company's stage for a team's: one of its kind, by name or alias, else the only one of it."""
    aliases = told["aliases"].get(row["stage"], ())
    named = [known[key] for key in map(choice_key, (row["stage"], *aliases)) if key in known]
    alike = next((name for name in named if kinds[name] == row["kind"]), None)
    if alike is not None:
        return alike
    only = [name for name, kind in kinds.items() if kind == row["kind"]]
    if len(only) == 1 and row["kind"] != "open":
        return only[0]
    ended = [name for name, kind in kinds.items() if kind == "won"]  # who is looked after has been won
    return ended[0] if row["kind"] == "after" and len(ended) == 1 and not only else None


def _named(name: str, aliases: Sequence[str], known: Mapping[str, str]) -> str | None:
    return next((known[key] for key in map(choice_key, (name, *aliases)) if key in known), None)


def _index(names: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Return names by how they and their aliases are compared; a name's own word goes first."""
    found = {choice_key(alias): name for name in reversed(list(names)) for alias in names[name]}
    return found | {choice_key(name): name for name in names}


def _most_used(found: Mapping[str, Told]) -> tuple[Stage, ...]:
    """Return the stages of most teams; of lists that as many have, that of the team given first."""
    lists = {team: tuple((r["stage"], r["kind"]) for r in told["stages"]) for team, told in found.items()}
    often = Counter(lists.values())
    first = max(found, key=lambda team: often[lists[team]])
    aliases = found[first]["aliases"]
    return tuple(Stage(name, kind, None, tuple(aliases.get(name, ()))) for name, kind in lists[first])


def _most_graded(found: Mapping[str, Told]) -> dict[str, Sequence[str]]:
    lists = {
        team: tuple((r["grade"], tuple(r["aliases"])) for r in told["grades"] if r["grade"] is not None)
        for team, told in found.items()
    }
    often = Counter(lists.values())
    return dict(lists[max(found, key=lambda team: often[lists[team]])])
