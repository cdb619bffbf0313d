"""The fictional team's settings and its folder: roster, and targets that add up (docs/domain.md 3.3).

Owns the roster and the targets. Refuses: any other rule, which stay those of the presets.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from salesxl import drawing, settings
from salesxl.rulebook import Member, Rulebook, Target
from tools.demo.entry import DemoTruth
from tools.demo.people import names, target_of_month
from tools.demo.week import fill_inbox
from tools.demo.words import words

__all__ = ["make", "with_team"]

WEEK_START = dt.date(2026, 11, 16)
_YEARS_ON = 2


def with_team(rulebook: Rulebook, *, reps: int = 9, seed: int = 2026, year: int = 2026) -> Rulebook:
    """Return the rules with the demo's members and the year's signed targets.

    Months add up to quarters and the year, reps to their team, teams to their region and to the whole.
    """
    people = names(seed, reps)
    members = tuple(
        Member(name, team, region, None, manager, dt.date(year - _YEARS_ON - n % 3, 1 + n % 12, 8))
        for n, (name, team, region, manager) in enumerate(people)
    )
    months = [{m: target_of_month(n, m) for m in range(1, 13)} for n in range(len(people))]
    targets: list[Target] = _targets(year, "all", None, months)
    for at, scope in ((2, "region"), (1, "team"), (0, "rep")):
        for name in dict.fromkeys(person[at] for person in people):
            own = [months[n] for n, person in enumerate(people) if person[at] == name]
            targets += _targets(year, scope, name, own)
    return replace(rulebook, members=members, targets=tuple(targets), has_roster=True)


def _targets(year: int, scope: str, name: str | None, months: Iterable[dict[int, int]]) -> list[Target]:
    rows = list(months)
    by_month = {m: sum(row[m] for row in rows) for m in range(1, 13)}
    quarters = {f"Q{q}": sum(by_month[m] for m in range(3 * q - 2, 3 * q + 1)) for q in range(1, 5)}
    periods = {"year": sum(by_month.values()), **quarters, **{str(m): v for m, v in by_month.items()}}
    return [
        Target(year, period, scope, name, "signed", Decimal(amount)) for period, amount in periods.items()
    ]


def make(
    folder: Path,
    *,
    week_start: dt.date = WEEK_START,
    reps: int = 9,
    seed: int = 2026,
    rulebook: Rulebook | None = None,
) -> DemoTruth:
    """Lay out a team's folder: 团队设置.xlsx, and 收件箱/ with a week's forms."""
    files = words()["files"]
    rules = with_team(rulebook or settings.default_rulebook(), reps=reps, seed=seed, year=week_start.year)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / files["settings"]).write_bytes(drawing.settings_workbook(rules))
    return fill_inbox(folder / files["inbox"], rules, week_start=week_start, reps=reps, seed=seed)
