"""The world: each rep's customers, talks and plans as he knows them, and what happens to them in any week.

Owns ordinary weeks. Refuses: what each seed has once (``story``), files, and what the team makes of them.
"""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter, defaultdict
from collections.abc import Callable
from typing import Any

from tests.life import people, schedule
from tests.life.model import (
    AFTER,
    LOST,
    PATH,
    WON,
    Correction,
    Customer,
    Event,
    Plan,
    Settings,
    Talk,
    friday,
    kind_of,
    monday,
)


class World:
    """The reps of a seed and all that they know."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(f"life {seed}")
        self.names = people.Names(self.rng)
        self.plan = schedule.drawn(self.rng)
        self.events: list[Event] = []
        self.lists: dict[str, dict[int, Customer]] = {rep: {} for rep in self.plan.reps}
        self.hidden: dict[str, set[int]] = defaultdict(set)
        self.talks: dict[str, list[Talk]] = defaultdict(list)
        self.plans: dict[str, list[Plan]] = defaultdict(list)
        self.figures: dict[tuple[str, int], Counter[str]] = defaultdict(Counter)
        self.orders: dict[tuple[int, str], list[tuple[str, Any]]] = defaultdict(list)
        self.todo: dict[int, list[Callable[[int], None]]] = defaultdict(list)
        self.locked: set[int] = set()
        self.watched: dict[str, int] = {}  # rep whose archive lacks someone, and until when
        self.aliases: dict[str, tuple[str, ...]] = {}
        self.says: dict[str, str] = {}  # rep who writes the team's own word for 谈判推进
        self.corrections: list[Correction] = []
        self.ghosts: dict[tuple[int, str], list[Customer]] = defaultdict(list)  # given away, still listed
        self.last_cid = 0
        for rep in self.plan.active(0):
            for _ in range(self.rng.randint(8, 13)):
                self._known_before(rep)

    def settings(self, week: int) -> Settings:
        """Return the settings of a week: who is a member, the targets, the stage aliases."""
        members = tuple(
            (
                rep,
                people.TEAMS[n % 2],
                monday(self.plan.joins[rep]) if rep in self.plan.joins else None,
                monday(self.plan.leaves[rep]) + dt.timedelta(days=4)
                if self.plan.leaves.get(rep, 99) <= week
                else None,
            )
            for n, rep in enumerate(self.plan.reps)
            if self.plan.joins.get(rep, 0) <= week
        )
        who, since = self.plan.target
        targets = {rep: 800_000 if rep == who and week >= since else 600_000 for rep, *_ in members}
        return Settings(members, targets, dict(self.aliases), tuple(self.corrections))

    def _note(
        self, week: int, kind: str, rep: str | None = None, cid: int | None = None, note: str = ""
    ) -> None:
        self.events.append(Event(week, kind, rep, cid, note))

    # ---- ordinary weeks

    def _known_before(self, rep: str) -> None:
        stage = self.rng.choices([*PATH, WON, AFTER, LOST], [3, 4, 3, 2, 1, 1, 1])[0]
        day = monday(0) - dt.timedelta(days=self.rng.randint(20, 200))
        one = self._customer(rep, day, stage)
        if kind_of(stage) == "won":
            self._sign(one, monday(0) - dt.timedelta(days=self.rng.randint(8, 19)))
        if stage == LOST:
            one.status, one.loss_reason = "流失", self.rng.choice(people.REASONS)
        self.lists[rep][one.cid] = one

    def _customer(self, rep: str, day: dt.date, stage: str) -> Customer:
        self.last_cid += 1
        name, industry = self.names.company()
        number = f"KH-{self.last_cid:04d}" if rep in self.plan.numbered else None
        return Customer(
            self.last_cid, name, industry, self.rng.choice(people.SOURCES), self.rng.randint(20, 900),
            self.names.person(), self.names.telephone(), self._said(people.NEEDS), day,
            "潜在" if stage == PATH[0] else "意向", stage, self.rng.randint(3, 90) * 10_000,
            monday(0) + dt.timedelta(days=self.rng.randint(110, 260)), number,
            self.rng.choice([None, 8_000, 60_000, 240_000, 700_000]),
        )  # fmt: skip

    def strangers(self) -> list[Customer]:
        """Return some customers of another team, whose file came here by mistake."""
        day = monday(0) - dt.timedelta(days=30)
        return [self._customer("", day, PATH[1]) for _ in range(3)]

    def _said(self, texts: tuple[str, ...]) -> str:
        return self.rng.choice(texts).format(n=self.rng.randint(2, 60))

    def _free(self, rep: str, *kinds: str) -> list[Customer]:
        return [
            one
            for cid, one in sorted(self.lists[rep].items())
            if cid not in self.locked and kind_of(one.stage) in kinds
        ]

    def _pick(self, rep: str, *kinds: str) -> Customer | None:
        free = self._free(rep, *kinds)
        return self.rng.choice(free) if free else None

    def _correct(self, week: int, one: Customer, what: str, value: str | None, reason: str) -> None:
        """Let the manager write a row of 更正."""
        row = Correction(one.cid, one.customer_name, what, value, reason, friday(week))
        self.corrections.append(row)
        self._note(week, what, value, one.cid, one.customer_name)

    def _ordinary(self, week: int, rep: str) -> None:
        """A rep's week: someone new, talks, a stage or an amount that moves, plans made and done."""
        rng = self.rng
        if rep == self.plan.handing and week == self.plan.leaves[rep]:
            return  # what he hands over stands as it was last told
        if rng.random() < 0.5:
            self._found(week, rep)
        for _ in range(rng.randint(1, 3)):
            if one := self._pick(rep, "open", "won"):
                self._talk(week, rep, one)
        for share, act in (
            (0.6, self._on), (0.15, self._back), (0.3, self._amount), (0.2, self._slip),
            (0.15, self._lose), (0.3, self._to_after), (0.6, self._plan_made), (0.6, self._plan_done),
        ):  # fmt: skip
            if rng.random() < share:
                act(week, rep)
        if self.watched.get(rep, -1) >= week and (one := self._pick(rep, "open", "won", "lost")):
            # so that there is a new archive each week, also of those who send changed files only
            one.notes = f"{monday(week).month}月{monday(week).day}日已核对"

    def _found(self, week: int, rep: str) -> Customer:
        one = self._customer(rep, monday(week) + dt.timedelta(days=self.rng.randint(0, 3)), PATH[0])
        self.lists[rep][one.cid] = one
        self.figures[rep, week]["new_customers"] += 1
        self._note(week, "found", rep, one.cid, one.customer_name)
        return one

    def _talk(self, week: int, rep: str, one: Customer) -> Talk:
        taken = {talk.contact_time for talk in self.talks[rep]}
        day = self.rng.randint(max(0, (one.first_contact - monday(week)).days), 3)
        when = dt.datetime.combine(monday(week) + dt.timedelta(days=day), dt.time(9))
        while when in taken:
            when += dt.timedelta(minutes=35)
        talk = Talk(one.cid, when, self.rng.choice(people.METHODS), self._said(people.SUMMARIES))
        self.talks[rep].append(talk)
        self.figures[rep, week]["follow_ups"] += 1
        if self.plan.reps.index(rep) % 2:  # every other rep types 最近跟进时间
            one.last_contact = max(when.date(), one.last_contact or when.date())
        self._note(week, "talk", rep, one.cid)
        return talk

    def _on(self, week: int, rep: str) -> None:
        if not (one := self._pick(rep, "open")):
            return
        at = PATH.index(one.stage)
        if at + 1 < len(PATH):
            one.stage, one.status = PATH[at + 1], "意向"
            self._note(week, "moved on", rep, one.cid, one.stage)
            return
        one.stage = WON
        self._sign(one, monday(week) + dt.timedelta(days=self.rng.randint(0, 3)))
        self.figures[rep, week] += Counter(completed_amount=one.contract_amount or 0, deals=1)
        self._note(week, "won", rep, one.cid, str(one.contract_amount))

    def _sign(self, one: Customer, day: dt.date) -> None:
        one.status, one.contract_no, one.contract_amount = (
            "成交",
            self.names.contract_no(day),
            one.expected_amount,
        )
        one.signed_on, one.contract_end = day, day + dt.timedelta(days=364)

    def _back(self, week: int, rep: str) -> None:
        one = self._pick(rep, "open")
        if one and one.stage in PATH[2:]:
            one.stage = PATH[PATH.index(one.stage) - 1]
            self._note(week, "moved back", rep, one.cid, one.stage)

    def _amount(self, week: int, rep: str) -> None:
        if one := self._pick(rep, "open"):
            one.expected_amount = max(
                10_000, one.expected_amount + self.rng.choice([-7, -3, -1, 2, 5, 9]) * 10_000
            )
            self._note(week, "amount", rep, one.cid, str(one.expected_amount))

    def _slip(self, week: int, rep: str) -> None:
        if one := self._pick(rep, "open"):
            one.expected_close += dt.timedelta(days=self.rng.choice([14, 30, 45]))
            self._note(week, "slipped", rep, one.cid)

    def _lose(self, week: int, rep: str) -> None:
        if one := self._pick(rep, "open"):
            self._lost(week, rep, one)

    def _lost(self, week: int, rep: str, one: Customer) -> None:
        one.stage, one.status, one.loss_reason = LOST, "流失", self.rng.choice(people.REASONS)
        self._note(week, "lost", rep, one.cid)

    def _to_after(self, week: int, rep: str) -> None:
        one = self._pick(rep, "won")
        if one and one.stage == WON and one.signed_on and one.signed_on < monday(week):
            one.stage = AFTER
            self._note(week, "after sale", rep, one.cid)

    def _plan_made(self, week: int, rep: str) -> None:
        """At most one open plan a customer, each due after the one before."""
        if not (one := self._pick(rep, "open")):
            return
        before = [plan for plans in self.plans.values() for plan in plans if plan.cid == one.cid]
        if any(plan.progress in ("未开始", "进行中") for plan in before):
            return
        due = dt.datetime.combine(monday(week + self.rng.randint(1, 2)), dt.time(18))
        due += dt.timedelta(days=self.rng.randint(1, 3))
        due = max([due, *(plan.due + dt.timedelta(days=7) for plan in before)])
        self.plans[rep].append(Plan(one.cid, self._said(people.ACTIONS), due))
        self._note(week, "plan made", rep, one.cid)

    def _plan_done(self, week: int, rep: str) -> None:
        still = [
            p for p in self.plans[rep] if p.progress in ("未开始", "进行中") and p.cid in self.lists[rep]
        ]
        if still := [p for p in still if p.cid not in self.locked]:
            plan = self.rng.choice(still)
            plan.progress = self.rng.choice(["已完成", "已完成", "进行中", "已取消"])
            self._note(week, "plan " + plan.progress, rep, plan.cid)
