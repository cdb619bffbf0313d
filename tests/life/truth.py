"""The truth after each week: what the team knows, told as figures, moves and sums that add up."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from tests.life import state
from tests.life.model import (
    AFTER,
    PATH,
    FileRows,
    Known,
    Move,
    OpenPlan,
    Settings,
    Truth,
    friday,
    kind_of,
    monday,
)


class Memory:
    """Takes the inbox of each week and tells the truth; whatever it has taken once it passes over."""

    def __init__(self) -> None:
        self.team = state.Team()
        self.before: dict[int, Known] | None = None

    def take(self, week: int, inbox: Iterable[FileRows], settings: Settings) -> Truth:
        """Return the truth after a week's run of this inbox."""
        team = self.team
        words = state.same_settings(team, settings)
        outcomes, new = self._sorted_out(inbox)
        handed = set(state.correct(team, settings))
        for file in (f for f in state.by_age(new, week) if f.form == "handover"):
            handed.update(state.hand_over(team, file, week))
        archives = [f for f in state.by_age(new, week) if f.form == "archive"]
        for rep in sorted({file.rep for file in archives}):
            own = [f for f in archives if f.rep == rep]
            outcomes.update(dict.fromkeys(state.replaced(team, own), "superseded"))
            state.take_archives(team, rep, own, week, words)
        state.end_conflicts(team)
        for file in state.by_age(new, week):
            if file.form == "record":
                for sheet in file.rows:
                    state.take_sheet(team, file.rep, sheet)
            if file.form == "report":  # the newest holds, and counts to its own period, late or not
                team.reports[file.rep, file.rows[0]["week_start"]] = dict(file.rows[0])
        state.close_plans(team)
        return self._told(week, outcomes, handed, settings)

    def _sorted_out(self, inbox: Iterable[FileRows]) -> tuple[dict[str, str], list[FileRows]]:
        """Files: passed over is what was taken before, whatever it is called now."""
        outcomes, new = {}, []
        for file in inbox:
            known = file.digest in self.team.seen
            self.team.seen.add(file.digest)
            outcomes[file.name] = "passed over" if known else outcome_of(file)
            if not known and file.fault is None and file.form != "wrong":
                new.append(file)
        return outcomes, new

    def _told(self, week: int, outcomes: Mapping[str, str], handed: set[int], settings: Settings) -> Truth:
        best = state.counting(self.team)
        known = tuple(
            self._known(claim, best[claim.cid] is claim, week)
            for _, claim in sorted(self.team.claims.items())
        )
        now = {one.cid: one for one in known if one.counts}
        moves, bridge = compared(self.before, now, handed)
        self.before = now
        members = sorted(self.team.members)
        pipeline = {rep: sum(one.open for one in known if one.owner == rep) for rep in members}
        return Truth(
            week,
            known,
            pipeline,
            {rep: to_date(self.team.reports, rep, week) for rep in members},
            {
                (rep, _number(day)): row["completed_amount"]
                for (rep, day), row in sorted(self.team.reports.items())
            },
            moves,
            bridge,
            tuple(self._plans(week, now)),
            self._talks(now),
            {rep: amount for rep, amount in settings.targets.items() if not self._gone(rep, week)},
            dict(sorted(outcomes.items())),
            tuple(rep for rep in members if self._due(rep, week)),
        )

    def _known(self, claim: state.Claim, counts: bool, week: int) -> Known:
        row, whose = claim.row, {claim.rep, *claim.givers}
        times = [key[2].date() for key in self.team.talks if key[1] == claim.cid and key[0] in whose]
        typed = [row["last_contact"]] if row["last_contact"] else []
        return Known(
            claim.cid, row["customer_name"], claim.rep, row["stage"], row["status"], row["expected_amount"],
            row["expected_close"], claim.round, claim.wins, max([*times, *typed], default=None), len(times),
            counts, claim.lacking, claim.lacking >= state.UNVERIFIED_AFTER,
            self._left(claim.rep, friday(week)),
            tuple(claim.former),
        )  # fmt: skip

    def _left(self, rep: str, day: dt.date) -> bool:
        """Who is who, Rep: a leaver's customers without a handover wait from the day after his last."""
        left = self.team.members[rep][2] if rep in self.team.members else None
        return left is not None and left < day

    def _gone(self, rep: str, week: int) -> bool:
        """Who is who, Rep: who left has no target for a month that begins after his day."""
        left = self.team.members[rep][2] if rep in self.team.members else None
        return left is not None and left < _thursday(monday(week)).replace(day=1)

    def _due(self, rep: str, week: int) -> bool:
        """What absence means, no report: due is who was a member that Friday, and stays until it comes."""
        joined, left = self.team.members[rep][1:]
        here = (joined is None or joined <= friday(week)) and (left is None or left >= friday(week))
        return here and (rep, monday(week)) not in self.team.reports

    def _plans(self, week: int, now: Mapping[int, Known]) -> Iterable[OpenPlan]:
        for (cid, action, due), plan in sorted(self.team.plans.items()):
            if plan["closed"] or plan["progress"] in ("已完成", "已取消"):
                continue
            late = due.date() < friday(week)
            late &= not self._left(plan["rep"], friday(week))  # who left gets no tasks
            late &= cid not in now or not now[cid].unverified  # nor does anybody of who may be gone
            yield OpenPlan(cid, self._name(cid, now), plan["rep"], action, due, late)

    def _talks(self, now: Mapping[int, Known]) -> Mapping[str, int]:
        found = Counter(self._name(key[1], now) for key in self.team.talks)
        return dict(sorted(found.items()))

    def _name(self, cid: int, now: Mapping[int, Known]) -> str:
        return now[cid].name if cid in now else self.team.names[cid]


def outcome_of(file: FileRows) -> str:
    """Return what 提交情况 says of a file that comes for the first time."""
    if file.form == "wrong":
        return "unread"
    if file.fault is not None:
        return "returned"
    return "partly" if any(row.get("fault") for row in file.rows) else "taken"


def to_date(
    reports: Mapping[tuple[str, dt.date], Mapping[str, int]], rep: str, week: int
) -> tuple[int, int, int]:
    """Return month, quarter and year to date from all reports taken; a week counts as its Thursday."""
    today = _thursday(monday(week))
    sums = [0, 0, 0]
    for (who, day), row in reports.items():
        then = _thursday(day)
        if who != rep or then > today or then.year != today.year:
            continue
        sums[2] += row["completed_amount"]
        if (then.month - 1) // 3 == (today.month - 1) // 3:
            sums[1] += row["completed_amount"]
        if then.month == today.month:
            sums[0] += row["completed_amount"]
    return (sums[0], sums[1], sums[2])


def compared(
    before: Mapping[int, Known] | None, now: Mapping[int, Known], handed: set[int]
) -> tuple[tuple[Move, ...], Mapping[str, int]]:
    """Return what moved since the last made week, and the bridge from its pipeline to this one.

    In the first week everyone is seen for the first time: nothing moved. Leaving counts at last week's
    amount, arriving at this week's.
    """
    if before is None:
        return (), {}
    moves: list[Move] = []
    bars: Counter[str] = Counter()
    for cid, one in sorted(now.items()):
        old = before.get(cid)
        kinds = kinds_of(old, one, cid in handed)
        moves += [Move(kind, cid, one.name, one.owner, amount) for kind, amount in kinds]
        if change := one.open - (old.open if old else 0):
            bars[bar_of([kind for kind, _ in kinds])] += change
    for cid, old in sorted(before.items()):
        if cid not in now:
            moves.append(Move("voided", cid, old.name, old.owner, old.amount))
            bars["voided"] -= old.open
    return tuple(moves), {bar: amount for bar, amount in sorted(bars.items()) if amount}


def kinds_of(old: Known | None, one: Known, handed: bool) -> list[tuple[str, int]]:
    """Return the moves of a customer between two states, each with its amount."""
    if old is None:
        return [("new", one.amount)]
    found: list[tuple[str, int]] = []
    if one.owner != old.owner:
        found.append(("handed over" if handed else "claim", one.amount))
    if one.name != old.name:
        found.append(("renamed", one.amount))
    if old.lacking == 0 < one.lacking:
        found.append(("vanished", old.amount))
    if one.unverified > old.unverified:
        found.append(("unverified", old.amount))
    if one.lacking == 0 < old.lacking:
        found.append(("returned", one.amount))
    if one.owner != old.owner and not handed:
        return found  # another rep's claim counts now: what differs is his view, no move
    return found + _steps(old, one)


def _steps(old: Known, one: Known) -> list[tuple[str, int]]:
    was, now = kind_of(old.stage), kind_of(one.stage)
    if now == "open" and was != "open":
        return [("again", one.amount)]
    if now != was:
        return [(now, old.amount)]
    if now != "open":
        return [("after", one.amount)] if one.stage == AFTER != old.stage else []
    found = []
    if one.stage != old.stage:
        on = PATH.index(one.stage) > PATH.index(old.stage)
        found.append(("on" if on else "back", one.amount))
    if one.amount != old.amount:
        found.append(("up" if one.amount > old.amount else "cut", one.amount - old.amount))
    if one.close > old.close:
        found.append(("slipped", one.amount))
    return found


def bar_of(kinds: Sequence[str]) -> str:
    """Return the one bar of the bridge to which a change of a customer's open amount belongs."""
    order = ("new", "again", "won", "lost", "unverified", "returned", "claim", "up", "cut")
    return next(kind for kind in order if kind in kinds)


def _thursday(day: dt.date) -> dt.date:
    return day + dt.timedelta(days=3)


def _number(day: dt.date) -> int:
    return (day - monday(0)).days // 7
