"""What a rep hands in on a Friday: his lists, records and report as files of rows, with the week's oddities.

Owns names, stamps and what is left out or wrong on a form. Refuses: workbooks (``books``).
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from tests.life import people
from tests.life.model import LOST, Customer, FileRows, friday, kind_of, monday
from tests.life.story import Life

STRANGER = "何建军"
SHOWN = 6
"""As many of the latest talks a record that goes on shows of a customer."""


class Forms:
    """Makes the files of each week of a life; remembers what of the talks was handed in."""

    def __init__(self, life: Life) -> None:
        self.life = life
        self.told: dict[str, set[tuple[int, dt.datetime]]] = defaultdict(set)
        self.planned: dict[str, set[tuple[Any, ...]]] = defaultdict(set)
        self.recent: dict[str, dict[int, int]] = defaultdict(dict)
        self.archives: dict[str, FileRows] = {}
        self.reports: dict[tuple[str, int], FileRows] = {}

    def of_week(self, week: int) -> tuple[FileRows, ...]:
        """Return what is handed in, in the order of names."""
        files = [file for rep in self.life.plan.active(week) for file in self._of_rep(week, rep)]
        if week == self.life.plan.wrong:
            head = {"title": f"食堂菜单 {monday(week).month}月{monday(week).day}日"}
            files.append(FileRows(f"食堂菜单_{tag(week)}.xlsx", "wrong", "", _stamp(week, 9), week, head, ()))
            files.append(self._stranger(week))
        return tuple(sorted(files, key=lambda file: file.name))

    def undone(self, week: int, files: tuple[FileRows, ...]) -> tuple[FileRows, ...]:
        """Return the files of a first run that is taken back: one archive was a wrong one."""
        if week != self.life.plan.undo:
            return ()
        wrong = next((f for f in files if f.form == "archive" and f.week == week and not f.fault), None)
        if wrong is None:
            return ()
        rows = tuple({**row, "expected_amount": 9_990_000} for row in wrong.rows[: len(wrong.rows) * 2 // 3])
        name = wrong.name.replace(".xlsx", "_错.xlsx")
        return (*(f for f in files if f is not wrong), replace(wrong, name=name, rows=rows))

    def _stranger(self, week: int) -> FileRows:
        """Return the archive of someone who is not on the roster."""
        rows = tuple(self._row(STRANGER, one) for one in self.life.strangers())
        head = {"team": people.TEAMS[0], "filled_on": friday(week), "scope": None}
        name = f"{STRANGER}_客户档案_{tag(week)}.xlsx"
        return FileRows(name, "archive", STRANGER, _stamp(week, 2), week, head, rows, fault="rep")

    def _of_rep(self, week: int, rep: str) -> Iterator[FileRows]:
        orders: dict[str, Any] = dict(self.life.orders[week, rep])
        yield from self._handovers(week, rep)
        if "miss" in orders:
            self.reports[rep, week] = self._report(week, rep, week)  # filled in, and handed in late or never
            return
        made = [*self._archive(week, rep, orders), *self._record(week, rep), self._report(week, rep, week)]
        self.reports[rep, week] = made[-1]
        if "late" in orders:
            late = self.reports[rep, orders["late"]]
            name = f"{rep}_周报_{tag(orders['late'])}.xlsx"
            made.append(replace(late, name=name, week=week, stamp=_stamp(week, 1)))
        if "corrected" in orders:
            made.append(self._corrected(week, rep, orders["corrected"]))
        yield from (self._handed(rep, file, orders) for file in made)

    def _handed(self, rep: str, file: FileRows, orders: Mapping[str, Any]) -> FileRows:
        """Return a file with the week's false stamp or misspelt name, if it has one."""
        if "stamp" in orders:
            return replace(file, stamp=orders["stamp"])
        if "misspelt" in orders and file.form in ("archive", "report"):
            wrong = people.MISSPELT[rep]
            return replace(file, rep=wrong, name=file.name.replace(rep, wrong), fault="rep", by=rep)
        return file

    # ---- archives

    def _archive(self, week: int, rep: str, orders: Mapping[str, Any]) -> Iterator[FileRows]:
        life = self.life
        listed = [one for cid, one in sorted(life.lists[rep].items()) if cid not in life.hidden[rep]]
        scope = "全部" if rep in life.plan.numbered else None
        if "partial_said" in orders or "partial_small" in orders:
            listed = listed[:: 3 if len(listed) > 5 else 4]
            scope = "部分" if "partial_said" in orders else None
        rows = [self._row(rep, one) for one in [*listed, *life.ghosts[week, rep]]]
        for row in rows:
            if row["cid"] == orders.get("faulty"):
                row.update(fault="type", expected_amount="待定")
        head = {"team": _team(life, rep), "filled_on": friday(week), "scope": scope}
        name = f"{rep}_客户档案_{tag(week)}.xlsx"
        file = FileRows(name, "archive", rep, _stamp(week, 2), week, head, tuple(rows))
        if "stale" in orders and rep in self.archives:
            yield self._backup(week, rep)
            return  # it was the wrong file; this week's archive is not handed in
        if "twice" in orders and rows:
            early = ({**rows[0], "expected_amount": rows[0]["expected_amount"] + 500_000}, *rows[1:])
            name = name.replace(".xlsx", "(2).xlsx")  # the later name, the earlier stamp
            yield replace(file, name=name, stamp=_stamp(week, 0), rows=early)
        self.archives[rep] = file
        yield file

    def _backup(self, week: int, rep: str) -> FileRows:
        """Return an old state of the archive that was handed in last, never handed in before."""
        old, back = self.archives[rep], dt.timedelta(weeks=20)
        rows = tuple({**row, "expected_amount": row["expected_amount"] + 500_000} for row in old.rows)
        head = {**old.head, "filled_on": old.head["filled_on"] - back}
        name = f"{rep}_客户档案_备份.xlsx"
        return replace(old, name=name, week=week, stamp=old.stamp - back, head=head, rows=rows)

    def _row(self, rep: str, one: Customer) -> dict[str, Any]:
        row = one.row()
        row["stage"] = self._stage(rep, one)
        return {**row, "fault": None}

    def _stage(self, rep: str, one: Customer) -> str:
        """Return the stage in the rep's own words, where the settings know them by now."""
        said = self.life.says.get(rep)
        return said if said and one.stage == "谈判推进" else one.stage

    # ---- records

    def _record(self, week: int, rep: str) -> Iterator[FileRows]:
        """Return one workbook with a sheet for each customer of whom there is something to tell."""
        life, sheets = self.life, []
        for cid, one in sorted(life.lists[rep].items()):
            if cid in life.hidden[rep]:
                continue
            talks = sorted((t for t in life.talks[rep] if t.cid == cid), key=lambda t: t.contact_time)
            plans = [p for p in life.plans[rep] if p.cid == cid]
            fresh = [t for t in talks if (cid, t.contact_time) not in self.told[rep]]
            moved = [p for p in plans if (cid, p.action, p.due, p.progress) not in self.planned[rep]]
            if fresh or moved:
                self.recent[rep][cid] = week
            if rep in life.plan.running:
                if self.recent[rep].get(cid, -9) < week - 2:
                    continue
                fresh, moved = talks[-SHOWN:], plans[-5:]
            elif not (fresh or moved):
                continue
            self.told[rep] |= {(cid, t.contact_time) for t in fresh}
            self.planned[rep] |= {(cid, p.action, p.due, p.progress) for p in moved}
            sheets.append(self._sheet(rep, one, fresh, moved))
        if sheets:
            name = f"{rep}_过程记录_{tag(week)}.xlsx"
            yield FileRows(name, "record", rep, _stamp(week, 3), week, {}, tuple(sheets))

    def _sheet(self, rep: str, one: Customer, talks: Any, plans: Any) -> dict[str, Any]:
        shown = {
            name: getattr(one, name)
            for name in (
                "cid",
                "customer_name",
                "customer_no",
                "contact_name",
                "industry",
                "first_contact",
                "source",
            )
        }
        return {
            **shown,
            "stage": one.stage,
            "end_reason": one.loss_reason if one.stage == LOST else None,
            "talks": tuple(
                {
                    "contact_time": t.contact_time, "method": t.method, "summary": t.summary,
                    "entered_at": t.contact_time + dt.timedelta(hours=3),
                }
                for t in talks
            ),
            "actions": tuple(
                {"action": p.action, "owner": rep, "due": p.due, "progress": p.progress} for p in plans
            ),
        }  # fmt: skip

    # ---- reports

    def _report(self, week: int, rep: str, of: int) -> FileRows:
        life = self.life
        figures = life.figures[rep, of]
        open_ones = [
            one
            for cid, one in sorted(life.lists[rep].items())
            if kind_of(one.stage) == "open" and cid not in life.hidden[rep] and cid not in life.locked
        ]
        row = {
            "week_start": monday(of),
            "week_end": monday(of) + dt.timedelta(days=6),
            "new_customers": figures["new_customers"],
            "follow_ups": figures["follow_ups"],
            "expected_amount": sum(one.expected_amount for one in open_ones),
            "completed_amount": figures["completed_amount"],
            "collected_amount": figures["completed_amount"] * 4 // 5,
            "deals": figures["deals"],
            "key_customers": tuple(
                {
                    "customer_name": one.customer_name, "amount": one.expected_amount,
                    "stage": self._stage(rep, one),
                    "progress": "完成样机测试，客户提出两处修改", "next_step": "周三提交修订报价单并电话确认",
                    "expected_close": one.expected_close,
                }
                for one in open_ones[:2]
            ),
            "next_week": tuple(
                {
                    "plan": "上门确认付款条款和交期", "customer_name": one.customer_name,
                    "due": dt.datetime.combine(monday(of + 1), dt.time(18)) + dt.timedelta(days=2),
                }
                for one in open_ones[2:4]
            ),
        }  # fmt: skip
        head = {"team": _team(life, rep)}
        return FileRows(f"{rep}_周报_{tag(of)}.xlsx", "report", rep, _stamp(week, 4), week, head, (row,))

    def _corrected(self, week: int, rep: str, of: int) -> FileRows:
        """Return last week's report with another figure: a contract was forgotten."""
        old = self.reports[rep, of]
        row = dict(old.rows[0])
        row["completed_amount"] += 80_000
        row["deals"] += 1
        name = f"{rep}_周报_{tag(of)}_更正.xlsx"
        self.reports[rep, of] = file = replace(old, name=name, week=week, stamp=_stamp(week, 1), rows=(row,))
        return file

    # ---- handovers

    def _handovers(self, week: int, rep: str) -> Iterator[FileRows]:
        number = 0
        for kind, facts in self.life.orders[week, rep]:
            if kind in ("signed", "unsigned"):
                number += 1
                yield self._handover(week, rep, kind == "signed", facts, number)

    def _handover(self, week: int, rep: str, signed: bool, facts: Any, number: int) -> FileRows:
        to, cids, why, dated = facts
        day, sign = monday(dated) + dt.timedelta(days=2), monday(week) + dt.timedelta(days=2)
        ones = [self.life.lists[rep][cid] for cid in cids]
        last = {talk.cid: talk for talk in self.life.talks[rep] if talk.cid in cids}
        row = {
            "from_rep": rep, "to_rep": to, "date": day, "reason": why,
            "from_signature": rep, "from_signed_on": sign, "to_signature": to, "to_signed_on": sign,
            "manager_signature": "何正平" if signed else None,
            "manager_signed_on": sign + dt.timedelta(days=1) if signed else None,
            "customers": tuple(
                {
                    "cid": one.cid, "customer_name": one.customer_name, "contact_name": one.contact_name,
                    "contact": one.contact, "status": one.status, "stage": one.stage,
                }
                for one in ones
            ),
            "contacts": tuple(
                {
                    "customer_name": one.customer_name, "contact_time": last[one.cid].contact_time,
                    "method": last[one.cid].method, "summary": last[one.cid].summary,
                }
                for one in ones
                if one.cid in last
            ),
            "opportunities": tuple(
                {
                    "customer_name": one.customer_name, "opportunity": f"{one.customer_name[:4]}本年度采购",
                    "stage": one.stage, "expected_amount": one.expected_amount,
                    "expected_close": one.expected_close, "next_action": "提交修订报价单并电话确认收到",
                }
                for one in ones
                if kind_of(one.stage) == "open"
            ),
        }  # fmt: skip
        name = f"{rep}_交接清单_{to}_{tag(week)}_{number}.xlsx"
        return FileRows(name, "handover", rep, _stamp(week, 5), week, {}, (row,))


def tag(week: int) -> str:
    """Return a week as file names say it."""
    year, number, _ = monday(week).isocalendar()
    return f"{year}W{number:02d}"


def _stamp(week: int, hour: int) -> dt.datetime:
    """Return when a program last saved a file, in UTC: the morning of the Friday."""
    return dt.datetime.combine(friday(week), dt.time(1 + hour // 2, 30 * (hour % 2)))


def _team(life: Life, rep: str) -> str:
    return people.TEAMS[life.plan.reps.index(rep) % 2]
