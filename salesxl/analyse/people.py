"""Who is spoken of: the roster for the week, then whoever else handed something in.

Owns the order of reps and teams in every table. Refuses: what they did.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from salesxl import tidy
from salesxl.model import Rulebook, Team

__all__ = ["Person", "people", "teams_of"]


@dataclass(frozen=True, slots=True)
class Person:
    """A rep; ``name`` as the tables have it, ``on_roster`` False for a name that the settings lack.

    ``region`` and ``product_line`` are known of members alone.
    """

    name: str
    team: str | None
    on_roster: bool
    region: str | None = None
    product_line: str | None = None


def people(team: Team, rulebook: Rulebook) -> tuple[Person, ...]:
    """Return all reps: members on the team in the week in roster order, then others by name.

    Without a roster everybody who handed something in, by name.
    """
    start, end = team.week
    found: dict[str, Person] = {}
    left: set[str] = set()
    for member in rulebook.members:
        name = str(tidy.name(member.name).value)
        if (member.joined is None or member.joined <= end) and (member.left is None or member.left >= start):
            place = (member.region, member.product_line)
            found.setdefault(name, Person(name, member.team, rulebook.has_roster, *place))
        else:
            left.add(name)
    known = {str(tidy.name(m.name).value): m for m in rulebook.members}
    said = _teams_said(team)
    named = [f["rep"].dropna().unique() for f in team.tables.values() if "rep" in f]
    others = {str(rep) for reps in named for rep in reps}
    for name in sorted(others - set(found)):
        gone = known.get(name)
        own, place = (gone.team, (gone.region, gone.product_line)) if gone else (None, (None, None))
        found[name] = Person(name, own or said.get(name), name in left, *place)
    return tuple(found.values())


def teams_of(persons: tuple[Person, ...], scope: str = "team") -> tuple[str, ...]:
    """Return the teams (or regions, product lines) in the order in which their members stand."""
    return tuple(dict.fromkeys(name for p in persons if (name := getattr(p, scope))))


def _teams_said(team: Team) -> Mapping[str, str]:
    """Return the team that stands on each rep's own forms, for reps that no roster knows."""
    said = team.tables["submission"][["rep", "team"]].dropna().drop_duplicates("rep")
    return {str(rep): str(name) for rep, name in zip(said["rep"], said["team"], strict=True)}
