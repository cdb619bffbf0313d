"""What the choices of carried rows mean under today's settings. docs/domain.md 4.2.

Owns reading them through today's aliases, and what stays of a stage, a status or another choice that the
settings have no more: its last kind and probability. Refuses: what reps hand in now; ``checks`` judges that.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache

from salesxl.columns import Kind, columns_of
from salesxl.model import Finding, Place, Severity, TableName, Team, Term
from salesxl.parsing import choice_key
from salesxl.rulebook import Option, Rulebook, Stage
from salesxl.tables import book_words, model

__all__ = ["Today", "read_today", "terms_of"]

CARRIED: tuple[TableName, ...] = ("customer", "communication", "action", "record")
STAGES, GRADES = "阶段", "等级"
Seen = Counter[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Today:
    """A team's tables in today's words, the rules with what is left of yesterday's, and how often it stands.

    ``gone`` counts rows by list and by the word as it was typed.
    """

    team: Team
    rulebook: Rulebook
    gone: Mapping[tuple[str, str], int]

    def findings(self, settings: str) -> list[Finding]:
        """Return a warning for each word that rows still use and the settings (a file) lack."""
        found = []
        for (name, value), count in sorted(self.gone.items()):
            sheet = STAGES if name == STAGES else "选项"
            facts = {"label": name, "list": sheet, "count": count, "shown": value + _gone()}
            place = Place(settings, sheet)
            found.append(Finding("no_longer", Severity.WARNING, place, value=value, facts=facts))
        return found


def terms_of(rulebook: Rulebook) -> tuple[Term, ...]:
    """Return every word that a carried row may hold, with its meaning, as a book keeps them."""
    told: list[Term] = []
    for stage in rulebook.stages:
        odds = None if stage.probability is None else str(stage.probability)
        told.append((STAGES, stage.name, stage.kind, odds))
    for name in sorted(_lists() - {STAGES}):
        told += [(name, option.value, option.kind, None) for option in rulebook.choices.get(name, ())]
    return tuple(told)


def read_today(team: Team, rulebook: Rulebook) -> Today:
    """Return a team whose choices stand in today's words.

    A word that is an alias today becomes what it is an alias of. One that the settings of the team's week had
    (``Team.terms``) and today's have not is marked, and the rulebook returned knows it under that mark.
    """
    known = {(name, value.removesuffix(_gone())): (kind, odds) for name, value, kind, odds in team.terms}
    indices = {name: _index(rulebook, name) for name in _lists()}
    seen: Seen = Counter()
    tables = dict(team.tables)
    for table in CARRIED:
        for field, name in _choices(table).items():
            column = tables[table][field]
            words = {v: _word(v, name, indices[name], known) for v in column.dropna().unique().tolist()}
            for value, count in column.value_counts().items():
                if words[value].endswith(_gone()):
                    seen[name, words[value].removesuffix(_gone())] += int(count)
            if any(one != other for one, other in words.items()):
                tables[table] = tables[table].assign(**{field: column.map(words).astype("string")})
    return Today(replace(team, tables=tables), _with_gone(rulebook, seen, known), seen)


def _word(
    value: str,
    name: str,
    index: Mapping[str, str],
    known: Mapping[tuple[str, str], tuple[str | None, str | None]],
) -> str:
    bare = value.removesuffix(_gone())
    today = index.get(choice_key(bare))
    keeps = name != GRADES and (name, bare) in known  # grades are worked out anew
    return today or (bare + _gone() if keeps else value)


def _index(rulebook: Rulebook, name: str) -> dict[str, str]:
    """Return a list's options by how they and their aliases are compared; an option's own word goes first."""
    options = rulebook.choices.get(name, ())
    found = {choice_key(alias): o.value for o in reversed(options) for alias in o.aliases}
    return found | {choice_key(o.value): o.value for o in options}


def _with_gone(
    rulebook: Rulebook, seen: Seen, known: Mapping[tuple[str, str], tuple[str | None, str | None]]
) -> Rulebook:
    choices, stages = dict(rulebook.choices), list(rulebook.stages)
    for name, bare in sorted(seen):
        kind, odds = known[name, bare]
        choices[name] = (*choices.get(name, ()), Option(bare + _gone(), (), kind))
        if name == STAGES and kind is not None:
            chance = None if odds is None else Decimal(odds)
            stages.insert(_place(stages, kind, chance), Stage(bare + _gone(), kind, chance))
    return replace(rulebook, choices=choices, stages=tuple(stages)) if seen else rulebook


def _place(stages: Sequence[Stage], kind: str, chance: Decimal | None) -> int:
    """Return where on the path a stage belongs: before the first of its kind that is likelier to be won."""
    alike = [at for at, stage in enumerate(stages) if stage.kind == kind]
    more = [at for at in alike if chance is not None and (stages[at].probability or 0) > chance]
    return more[0] if more else alike[-1] + 1 if alike else len(stages)


@cache
def _choices(table: TableName) -> Mapping[str, str]:
    """Return the lists of a table's columns by field."""
    kinds = (Kind.CHOICE, Kind.TICKED)
    return {c.field: c.choices for c in columns_of(model(table)) if c.choices and c.kind in kinds}


@cache
def _lists() -> frozenset[str]:
    return frozenset(name for table in CARRIED for name in _choices(table).values())


@cache
def _gone() -> str:
    return book_words().text("state.gone")
