"""The life itself: what happens to a team week by week, with the special cases that each seed has once.

Owns these cases and the orders for the forms of a week (what is left out, misspelt, stamped falsely).
Refuses: ordinary weeks (``world``), files, and what the team makes of them.
"""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Iterable
from typing import Any

from tests.life.model import PATH, Customer, Talk, monday
from tests.life.world import World

ALIAS = "商务拉锯"
"""A team's own word for a stage, known from the week in which the settings name it."""


class Life(World):
    """A team's life from a seed; ``play`` goes on one week."""

    def play(self, week: int) -> None:
        """Let a week happen."""
        for act in self.todo.pop(week, []):
            act(week)
        for kind, rep in self.plan.starts.get(week, []):
            getattr(self, f"_{kind}")(week, rep)
        for rep in self.plan.active(week):
            self._ordinary(week, rep)
        for rep, last in self.plan.leaves.items():
            if week == last:
                self._leave(week, rep)

    # ---- what each seed has once; the forms read the orders

    def _order(self, week: int, rep: str, kind: str, facts: Any = None) -> None:
        self.orders[week, rep].append((kind, facts))
        self._note(week, kind, rep)

    def _miss(self, week: int, rep: str) -> None:
        self._order(week, rep, "miss")

    def _miss_late(self, week: int, rep: str) -> None:
        self._order(week, rep, "miss")
        self._order(week + 1, rep, "late", week)

    def _partial_said(self, week: int, rep: str) -> None:
        self._order(week, rep, "partial_said")

    def _partial_small(self, week: int, rep: str) -> None:
        self._order(week, rep, "partial_small")

    def _misspelt(self, week: int, rep: str) -> None:
        self._order(week, rep, "misspelt")
        self._order(week + 1, rep, "late", week)

    def _stamp_future(self, week: int, rep: str) -> None:
        self._order(week, rep, "stamp", dt.datetime(2031, 5, 1, 8, 0))

    def _stamp_past(self, week: int, rep: str) -> None:
        self._order(week, rep, "stamp", dt.datetime(2019, 3, 4, 8, 0))

    def _twice(self, week: int, rep: str) -> None:
        self._order(week, rep, "twice")

    def _stale(self, week: int, rep: str) -> None:
        self._order(week, rep, "stale")

    def _corrected(self, week: int, rep: str) -> None:
        self._order(week + 1, rep, "corrected", week)

    def _faulty_old(self, week: int, rep: str) -> None:
        """A known customer's new amount cannot be read; it is mended the week after."""
        if one := self._pick(rep, "open"):
            one.expected_amount += 110_000
            self._hold(week, rep, one)

    def _faulty_new(self, week: int, rep: str) -> None:
        self._hold(week, rep, self._found(week, rep))

    def _hold(self, week: int, rep: str, one: Customer) -> None:
        self._order(week, rep, "faulty", one.cid)
        self._lock(week + 1, one.cid)

    def _lock(self, until: int, cid: int) -> None:
        self.locked.add(cid)
        self.todo[until].append(lambda _: self.locked.discard(cid))

    def _alias(self, week: int, rep: str) -> None:
        self.aliases = {PATH[3]: (ALIAS,)}
        self.says[rep] = ALIAS
        self._note(week, "alias", rep, note=ALIAS)

    def _rename(self, week: int, rep: str) -> None:
        if one := self._pick(rep, "open"):
            old, one.customer_name = one.customer_name, self.names.renamed(one.customer_name)
            self._lock(week + 1, one.cid)
            self._note(week, "renamed", rep, one.cid, f"{old} → {one.customer_name}")

    def _shared(self, week: int, rep: str) -> None:
        """One person's telephone with two companies: they stay two."""
        if one := self._pick(rep, "open"):
            other = self._found(week, rep)
            self._reached_at(other, one)
            self._lock(99, one.cid)
            self._lock(99, other.cid)
            self._note(week, "telephone shared", rep, other.cid)

    def _shared_apart(self, week: int, rep: str) -> None:
        """One telephone with customers of two reps: a sign that they are one, but only one sign."""
        if found := self._others(week, rep):
            other = self._found(week, rep)
            self._reached_at(other, found[1])
            self._lock(99, found[1].cid)
            self._lock(99, other.cid)
            self._note(week, "telephone shared", rep, other.cid, found[0])

    def _reached_at(self, other: Customer, one: Customer) -> None:
        """Give a customer another one's telephone, with a person of its own: one sign, no more."""
        other.contact = one.contact
        while other.contact_name == one.contact_name:
            other.contact_name = self.names.person()

    def _near(self, week: int, rep: str) -> None:
        """Two companies whose names differ by 股份 only; no telephone, no contact agrees: two customers."""
        if found := self._others(week, rep):
            other = self._found(week, rep)
            other.customer_name = found[1].customer_name.replace("有限公司", "股份有限公司")
            while other.contact_name == found[1].contact_name:
                other.contact_name = self.names.person()
            self._lock(99, found[1].cid)
            self._lock(99, other.cid)
            self._note(week, "nearly one name", rep, other.cid, found[1].customer_name)

    def _void(self, week: int, rep: str) -> None:
        """Someone was put down by mistake; the manager voids him, the rep lists him a week longer."""
        one = self._found(week, rep)
        self._lock(99, one.cid)
        self.todo[week + 1].append(lambda w: self._correct(w, one, "作废", None, "录错，不是客户"))
        self.todo[week + 2].append(lambda _: self.lists[rep].pop(one.cid, None))

    def _drop_back(self, week: int, rep: str) -> None:
        self._drop(week, rep, 3)

    def _drop_long(self, week: int, rep: str) -> None:
        self._drop(week, rep, 5)

    def _drop(self, week: int, rep: str, weeks: int) -> None:
        """The archive lacks a customer for some weeks; someone new with his telephone stands in his place."""
        if one := self._pick(rep, "open"):
            self.hidden[rep].add(one.cid)
            self.watched[rep] = week + weeks
            self._lock(week + weeks, one.cid)
            self.todo[week + weeks].append(lambda _: self.hidden[rep].discard(one.cid))
            self._reached_at(self._found(week, rep), one)
            self._note(week, "dropped", rep, one.cid, one.customer_name)

    def _again(self, week: int, rep: str) -> None:
        self._anew(week, rep, self._pick(rep, "won"))

    def _again_lost(self, week: int, rep: str) -> None:
        self._anew(week, rep, self._pick(rep, "lost"))

    def _anew(self, week: int, rep: str, one: Customer | None) -> None:
        if one is None or (one.signed_on and one.signed_on >= monday(week)):
            return
        one.stage, one.status, one.expected_amount = PATH[1], "意向", self.rng.randint(5, 60) * 10_000
        for plan in self.plans[rep]:  # a loss has closed them; nobody goes on with them
            if plan.cid == one.cid and plan.progress in ("未开始", "进行中"):
                plan.progress = "已取消"
        one.contract_no = one.contract_amount = one.signed_on = one.contract_end = one.loss_reason = None
        one.expected_close = monday(week) + dt.timedelta(days=90)
        self._lock(week + 1, one.cid)
        self._note(week, "bought again", rep, one.cid)

    def _withdrawn(self, week: int, rep: str) -> None:
        """A record that goes on has three talks; two weeks later the middle one is taken out."""
        if not (one := self._pick(rep, "open")):
            return
        self._lock(week + 3, one.cid)
        pair = [self._talk(week, rep, one), self._talk(week, rep, one)]
        middle = max(pair, key=lambda talk: talk.contact_time)
        self.todo[week + 1].append(lambda w: self._talk_quietly(w, rep, one))
        self.todo[week + 2].append(lambda w: self._take_out(w, rep, one, middle))

    def _talk_quietly(self, week: int, rep: str, one: Customer) -> None:
        self._talk(week, rep, one)

    def _take_out(self, week: int, rep: str, one: Customer, middle: Talk) -> None:
        self.talks[rep].remove(middle)
        self._talk(week, rep, one)
        self._note(week, "talk withdrawn", rep, one.cid)

    # ---- two reps

    def _others(self, week: int, rep: str) -> tuple[str, Customer] | None:
        """Return an open customer of someone else who stays."""
        others = [
            (other, one)
            for other in self.plan.active(week)
            if other != rep and other not in self.plan.leaves
            for one in self._free(other, "open")
            if one.first_contact < monday(week) and one.cid not in self.hidden[other]
        ]
        return self.rng.choice(others) if others else None

    def _claimed(self, week: int, rep: str) -> tuple[str, Customer] | None:
        """Let a rep list another one's customer, with his own amount."""
        if not (found := self._others(week, rep)):
            return None
        other, one = found
        mine = copy.copy(one)
        mine.customer_no = None
        mine.contact, mine.contact_name = self.names.telephone(), self.names.person()
        mine.first_contact = monday(week) + dt.timedelta(days=1)
        mine.last_contact, mine.notes = None, None
        mine.expected_amount = max(10_000, one.expected_amount + self.rng.choice([-20_000, 0, 60_000]))
        self.lists[rep][one.cid] = mine
        self.figures[rep, week]["new_customers"] += 1
        self.locked.add(one.cid)
        self._note(week, "two claims", rep, one.cid, f"{other} {one.customer_name}")
        return found

    def _claim_drop(self, week: int, rep: str) -> None:
        if found := self._claimed(week, rep):
            self.todo[week + 2].append(lambda w: self._give_up(w, rep, found[1].cid))

    def _give_up(self, week: int, rep: str, cid: int) -> None:
        del self.lists[rep][cid]
        self.locked.discard(cid)
        self._note(week, "claim given up", rep, cid)

    def _claim_lost(self, week: int, rep: str) -> None:
        if found := self._claimed(week, rep):
            self.todo[week + 2].append(lambda w: self._lost(w, rep, self.lists[rep][found[1].cid]))

    def _claim_handover(self, week: int, rep: str) -> None:
        if found := self._claimed(week, rep):
            other, one = found
            self.todo[week + 2].append(lambda w: self._hand(w, rep, other, [one.cid], "客户归属变更"))

    def _handover(self, week: int, rep: str) -> None:
        """A list that lacks the manager's signature, and a week later the signed one."""
        one = self._pick(rep, "open")
        others = [r for r in self.plan.active(week) if r != rep and r not in self.plan.leaves]
        if one is None:
            return
        to = self.rng.choice(others)
        self.locked.add(one.cid)
        self._order(week, rep, "unsigned", (to, [one.cid], "客户归属变更", week))
        self.todo[week + 1].append(lambda w: self._hand(w, rep, to, [one.cid], "客户归属变更", week))
        self.ghosts[week + 2, rep] = [copy.copy(one)]  # he forgets to take it off his list

    def _leave(self, week: int, rep: str) -> None:
        self._note(week, "left", rep, note="" if rep == self.plan.handing else "without handover")
        if rep != self.plan.handing:
            self.locked |= set(self.lists[rep])
            self.todo[week + 1].append(lambda w: self._assign(w, rep))
        if rep == self.plan.handing:
            others = [r for r in self.plan.active(week) if r not in self.plan.leaves]
            to = self.rng.choice(others)
            # who is on two lists is the other claimant's already, or already on his way
            mine = [cid for cid in sorted(self.lists[rep]) if cid not in self.lists[to]]
            for at in range(0, len(mine), 8):
                self._hand(week, rep, to, mine[at : at + 8], "离职")

    def _assign(self, week: int, rep: str) -> None:
        """A week after he left, the manager gives half of who waits to somebody, without a list."""
        others = [
            r for r in self.plan.reps if r not in self.plan.leaves and self.plan.joins.get(r, 0) <= week
        ]
        to = self.rng.choice(others)
        ones = [cid for cid, one in sorted(self.lists[rep].items()) if cid not in self.lists[to]]
        for cid in ones[::2]:
            self._correct(week, self.lists[rep][cid], "归属", to, "原代表离职")
        self.todo[week + 1].append(lambda _: self._given(rep, to, ones[::2]))

    def _hand(
        self, week: int, rep: str, to: str, cids: list[int], why: str, dated: int | None = None
    ) -> None:
        """All three sign; the giver lists them once more, the receiver from the week after."""
        self.locked |= set(cids)
        self._order(week, rep, "signed", (to, cids, why, week if dated is None else dated))
        for cid in cids:
            self._note(week, "handed over", rep, cid, to)
        self.todo[week + 1].append(lambda _: self._given(rep, to, cids))

    def _given(self, rep: str, to: str, cids: Iterable[int]) -> None:
        for cid in cids:
            one = self.lists[rep].pop(cid)
            if cid not in self.lists[to]:
                one.customer_no = one.customer_no if to in self.plan.numbered else None
                self.lists[to][cid] = one
            plans = [plan for plan in self.plans[rep] if plan.cid == cid]
            self.plans[to] += plans
            self.plans[rep] = [plan for plan in self.plans[rep] if plan.cid != cid]
            self.locked.discard(cid)
