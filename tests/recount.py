"""The manager's figures counted again in plain Python, from the cells of the team's book.

Shares no code with the analysis: no frames, no import of it, of grades or of targets. The team's policy comes
as data (``Rulebook``), the definitions are those of docs/domain.md 3.
"""

from __future__ import annotations

import calendar
import datetime as dt
import io
import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import chinese_calendar
from python_calamine import CalamineWorkbook

from salesxl.rulebook import Rulebook

Row = dict[str, Any]
Grid = list[list[Any]]


def grids(workbook: bytes | Path) -> dict[str, Grid]:
    """Return every sheet's cells from A1 on; blank is None."""
    source = workbook.read_bytes() if isinstance(workbook, Path) else workbook
    opened = CalamineWorkbook.from_filelike(io.BytesIO(source))
    return {
        name: [
            [None if cell == "" else cell for cell in row]
            for row in opened.get_sheet_by_name(name).to_python(skip_empty_area=False)
        ]
        for name in opened.sheet_names
    }


def records(grid: Grid) -> list[Row]:
    """Return the rows of a sheet of the team's book by their labels."""
    header, *body = grid
    return [dict(zip(header, row, strict=False)) for row in body if any(cell is not None for cell in row)]


def day(value: Any) -> dt.date | None:
    """Return a cell's day."""
    return value.date() if isinstance(value, dt.datetime) else value


def fen(values: Iterable[Any]) -> float | None:
    """Add amounts up in whole fen; None where none is known."""
    known = [round(Decimal(str(value)) * 100) for value in values if value is not None]
    return sum(known) / 100 if known else None


def cents(value: float | Decimal) -> float:
    """Round half up to the fen."""
    return float(Decimal(str(value)).quantize(Decimal("0.01"), ROUND_HALF_UP))


def share(part: float | None, whole: float | None) -> float | None:
    """Divide; None where something is not known, or by nothing."""
    return None if part is None or not whole else part / whole


def months_later(start: dt.date, months: int) -> dt.date:
    """Return the same day months later, or the last of a shorter month."""
    year, month = divmod(start.month - 1 + months, 12)
    last = calendar.monthrange(start.year + year, month + 1)[1]
    return dt.date(start.year + year, month + 1, min(start.day, last))


LEGAL = r"(股份有限公司|有限责任公司|集团有限公司|有限公司|股份公司|集团|股份|公司)"


def plain_name(name: str | None) -> str:
    """Return a customer's name without blanks, brackets and the endings of its legal form."""
    bare = re.sub(r"[\s()（）\[\]【】]", "", name or "")
    while re.search(LEGAL + "$", bare):
        bare = re.sub(LEGAL + "$", "", bare)
    return bare.casefold()


class Recount:
    """One week of one team."""

    def __init__(self, book: Path, rules: Rulebook, as_of: dt.date, monday: dt.date) -> None:
        self.rules, self.as_of, self.monday = rules, as_of, monday
        tables = {name: records(grid) for name, grid in grids(book).items()}
        self.customers, self.reports = tables["客户档案"], tables["周报"]
        self.actions, self.talks = tables["行动计划"], tables["跟进记录"]
        self.findings, self.forms = tables["数据问题"], tables["提交情况"]
        self.current = [form for form in self.forms if form["状态"] != "已被替代"]
        self.stage = {stage.name: stage for stage in rules.stages}
        self.path = [stage.name for stage in rules.stages if stage.kind in ("open", "won", "after")]
        month = (monday + dt.timedelta(days=3)).replace(day=1)
        self.month = month
        days = [month + dt.timedelta(days=n) for n in range(calendar.monthrange(month.year, month.month)[1])]
        worked = [d for d in days if rules.days.get(d, chinese_calendar.is_workday(d))]
        self.workdays = len(worked)
        self.elapsed = sum(d <= as_of for d in worked)
        mondays = [monday - dt.timedelta(days=7 * n) for n in range(5)]
        due = {m for m in mondays if (m + dt.timedelta(days=3)).replace(day=1) == month}
        self.weeks_missing = sorted(due - {day(row["周期开始"]) for row in self.reports if row["销售代表"]})

    # ---- people

    def reps(self) -> list[str]:
        """Return the reps of the roster and whoever else handed something in."""
        tables = (self.customers, self.reports, self.actions, self.talks, self.findings, self.forms)
        named = {row["销售代表"] for table in tables for row in table if row["销售代表"]}
        own = [member.name for member in self.rules.members]
        return own + sorted(named - set(own))

    def of(self, field: str, name: str) -> list[str]:
        """Return the reps whose team or region is ``name``."""
        return [m.name for m in self.rules.members if getattr(m, field) == name]

    # ---- customers

    def outcome(self, customer: Row) -> str | None:
        """Return what became of a customer."""
        kinds = {o.value: o.kind for o in self.rules.choices["跟进状态"]}
        status = kinds.get(customer["跟进状态"])
        stage = self.stage[customer["成交阶段"]].kind if customer["成交阶段"] in self.stage else None
        if status == "lost" or stage == "off":
            return "lost"
        if status == "won" or stage in ("won", "after"):
            return "won"
        return "open" if status or stage else None

    def chosen(self, **wanted: Any) -> list[Row]:
        """Return the customers with these cells; ``outcome`` is worked out.

        Of several claims the one that totals count, unless ``every`` of them is asked for.
        """
        outcome, every = wanted.pop("outcome", None), wanted.pop("every", False)
        return [
            c
            for c in self.customers
            if (every or c["计入合计"] != "否")
            and all(c[label] == value for label, value in wanted.items())
            and (outcome is None or self.outcome(c) == outcome)
        ]

    def weighted(self, customers: Sequence[Row]) -> float | None:
        """Return Σ expected amount of the open customers × chance of their stage, rounded stage by stage."""
        parts = []
        for stage in self.rules.stages:
            here = [c for c in customers if c["成交阶段"] == stage.name and self.outcome(c) == "open"]
            amount = fen(c["预计成交金额"] for c in here)
            if stage.kind == "open" and amount is not None:
                parts.append(cents(Decimal(str(amount)) * stage.probability))
        return fen(parts)

    def win_rate(self, customers: Sequence[Row]) -> float | None:
        """Return won ÷ decided."""
        ends = Counter(self.outcome(c) for c in customers)
        return share(ends["won"], ends["won"] + ends["lost"])

    def reached(self) -> list[int]:
        """Return how many customers have come to each stage of the path or beyond."""
        at = [self.path.index(c["成交阶段"]) for c in self.chosen() if c["成交阶段"] in self.path]
        return [sum(one >= n for one in at) for n in range(len(self.path))]

    def grade(self, customer: Row) -> str | None:
        """Return the grade by the yearly purchase; a bound belongs to the higher grade."""
        amount = customer["年采购额"]
        if amount is None:
            return None
        for grade in self.rules.grades:
            if grade.at_least is None or amount >= grade.at_least:
                return grade.name
        return None

    # ---- results

    def month_reports(self, rep: str) -> list[Row]:
        """Return a rep's reports of the weeks whose Thursday is in the month, up to this week."""
        return self._reports(rep, lambda thursday: thursday.replace(day=1) == self.month)

    def _reports(self, rep: str, within: Callable[[dt.date], bool]) -> list[Row]:
        found = []
        for row in self.reports:
            start = day(row["周期开始"])
            if row["销售代表"] == rep and start <= self.monday and within(start + dt.timedelta(days=3)):
                found.append(row)
        return sorted(found, key=lambda row: day(row["周期开始"]))

    def done(self, rep: str, label: str = "本周完成业绩") -> float | None:
        """Return what a rep has reported for the month; None where a report leaves it out."""
        values = [row[label] for row in self.month_reports(rep)]
        return None if None in values else fen(values)

    def this_week(self, rep: str, label: str) -> float | None:
        """Return what stands on this week's report."""
        found = [
            row[label]
            for row in self.reports
            if row["销售代表"] == rep and day(row["周期开始"]) == self.monday
        ]
        return found[-1] if found else None

    def target_set(self, scope: str, name: str | None, period: str) -> float | None:
        """Return a target as the settings have it."""
        for t in self.rules.targets:
            if (t.year, t.period, t.scope, t.name, t.measure) == (
                self.month.year,
                period,
                scope,
                name,
                "signed",
            ):
                return float(t.amount)
        return None

    def target(self, rep: str) -> float | None:
        """Return a rep's target of the month: settings, else what the last report says."""
        own = self.target_set("rep", rep, str(self.month.month))
        if own is not None:
            return own
        said = [row["本月目标"] for row in self.month_reports(rep)]
        return said[-1] if said else None

    def group_target(self, scope: str, name: str | None, reps: Sequence[str]) -> float | None:
        """Return a group's own target, else the sum of its members', if everybody with a result has one."""
        own = self.target_set(scope, name, str(self.month.month))
        if own is not None:
            return own
        with_result = [r for r in reps if self.done(r) is not None]
        if any(self.target(r) is None for r in with_result):
            return None
        return fen(self.target(r) for r in reps)

    def judged(self, completed: float | None, target: float | None) -> Row:
        """Return attainment, what the pace asks for, pace, gap, and the judgement."""
        attainment = share(completed, target)
        elapsed = self.elapsed / self.workdays
        early = self.workdays > self.elapsed < self.rules.parameters.judged_from_workday
        pace = None if attainment is None or self.weeks_missing or early else attainment / elapsed
        warning = float(self.rules.parameters.attainment_warning)
        if self.weeks_missing and completed is not None:
            state = "资料不全"
        elif attainment is None or self.weeks_missing:
            state = "无法判断"
        elif early:
            state = "暂不判断"
        elif attainment < warning:
            state = "预警" if pace < 1 or self.elapsed == self.workdays else "进度正常"
        else:
            state = "进度落后" if attainment < 1 and pace < 1 else "达标在望"
        return {
            "本月累计": completed,
            "本月目标": target,
            "达成率": attainment,
            "按进度应完成": None if target is None or self.weeks_missing else cents(target * elapsed),
            "进度比": pace,
            "还差": None if None in (target, completed) or self.weeks_missing else cents(target - completed),
            "判断": state,
        }

    def average_deal(self, reps: Sequence[str]) -> float | None:
        """Return signed ÷ deals over the month's reports that count their deals."""
        counted = [r for rep in reps for r in self.month_reports(rep) if r["签单数"] is not None]
        deals = sum(r["签单数"] for r in counted)
        return (
            cents(Decimal(str(fen(r["本周完成业绩"] for r in counted))) / Decimal(str(deals)))
            if deals
            else None
        )

    def claimed(self, rep: str) -> Row:
        """Return what a rep claims for the week beside the contracts of the archive signed in it."""
        mine = [c for c in self.customers if c["销售代表"] == rep]
        week = [self.monday + dt.timedelta(days=n) for n in range(7)]
        signed = {
            (plain_name(c["客户名称"]), day(c["签约日期"]), c["合同金额"])
            for c in mine
            if day(c["签约日期"]) in week
        }
        said = self.this_week(rep, "本周完成业绩")
        told = [f for f in self.found("mismatch") if f["字段"] in ("本周完成业绩", "签单数")]
        known = any(c["签约日期"] for c in mine) or rep in {f["销售代表"] for f in told}
        total = (fen(amount for _, _, amount in signed) or 0) if known else None
        return {"周报业绩": said, "合同金额": total, "相差": fen([said, -total]) if known else None}

    # ---- deadlines

    def pressing(self, customer: Row) -> tuple[Any, ...]:
        """Return what decides who is called first: grade, stage, amount."""
        grades = [g.name for g in self.rules.grades]
        opens = [s.name for s in self.rules.stages if s.kind == "open"]
        others = [s.name for s in self.rules.stages if s.kind != "open"]
        stages = [*reversed(opens), *others]
        grade, stage, amount = customer["客户等级"], customer["成交阶段"], customer["预计成交金额"]
        return (
            grades.index(grade) if grade in grades else len(grades),
            stages.index(stage) if stage in stages else len(stages),
            -amount if amount is not None else 0.5,
        )

    def renewals(self) -> dict[tuple[str, str], int]:
        """Return the days left by customer and rep, of contracts that end soon or have ended."""
        found, months = {}, self.rules.parameters.renewal_months
        for c in self.customers:
            end = day(c["合同到期日"])
            if end is not None and self.outcome(c) != "lost" and months_later(end, -months) <= self.as_of:
                found[c["客户名称"], c["销售代表"]] = (end - self.as_of).days
        return found

    def due(self, customer: Row) -> dt.date | None:
        """Return the day of the next follow-up by the grade's cadence."""
        last = day(customer["最近跟进时间"] or customer["首次接触时间"])
        grade = next((g for g in self.rules.grades if g.name == customer["客户等级"]), None)
        if last is None or grade is None or grade.every is None:
            return None
        if grade.unit == "day":
            return last + dt.timedelta(days=grade.every)
        return months_later(last, grade.every * {"month": 1, "quarter": 3}[grade.unit])

    def overdue(self, rep: str | None = None) -> dict[tuple[str, str], int]:
        """Return days late by customer and rep; lost customers are left in peace."""
        found = {}
        for c in self.customers:
            due = None if self.outcome(c) == "lost" else self.due(c)
            if due is not None and due < self.as_of and rep in (None, c["销售代表"]):
                found[c["客户名称"], c["销售代表"]] = (self.as_of - due).days
        return found

    def late_actions(self, rep: str | None = None) -> list[Row]:
        """Return actions whose day is past and that have not ended."""
        ended = {o.value for o in self.rules.choices["完成情况"] if o.kind in ("done", "cancelled")}
        return [
            a
            for a in self.actions
            if a["计划完成时间"] is not None
            and day(a["计划完成时间"]) < self.as_of
            and a["完成情况"] not in ended
            and rep in (None, a["销售代表"])
        ]

    def workdays_after(self, start: dt.date, number: int) -> dt.date:
        """Return the day so many working days later."""
        while number:
            start += dt.timedelta(days=1)
            number -= self.rules.days.get(start, chinese_calendar.is_workday(start))
        return start

    # ---- the way back from the target

    def needed(self, conversions: Sequence[float | None]) -> list[int | None]:
        """Return how many customers must reach each stage to close the gap of the month."""
        names = self.reps()
        completed = fen(self.done(r) for r in names)
        target = self.group_target("all", None, names)
        signed = [c["合同金额"] for c in self.chosen(outcome="won") if c["合同金额"] is not None]
        found: list[int | None] = [None] * len(self.path)
        if completed is None or target is None or completed >= target or not signed or self.weeks_missing:
            return found
        count: float | None = (target - completed) / cents(fen(signed) / len(signed))
        won = next(at for at, name in enumerate(self.path) if self.stage[name].kind == "won")
        for at in range(won, -1, -1):
            if at < won:
                count = count / conversions[at] if count is not None and conversions[at] else None
            found[at] = None if count is None else math.ceil(round(count, 9))
        return found

    # ---- forms and findings

    def by_rep(self, label: str, rep: str | None) -> list[Any]:
        """Return a column of the current forms of a rep."""
        return [form[label] for form in self.current if form["销售代表"] == rep and form[label] is not None]

    def found(self, *codes: str) -> list[Row]:
        """Return the findings of these codes."""
        return [f for f in self.findings if f["代码"] in codes]

    def claims(self) -> dict[str, set[str]]:
        """Return who claims a customer, of those that several do."""
        by_key: dict[str, set[str]] = defaultdict(set)
        for c in self.customers:
            by_key[plain_name(c["客户名称"])].add(c["销售代表"])
        for f in self.found("conflict"):
            by_key[plain_name(f["填写内容"])].add(f["销售代表"])
        return {key: reps for key, reps in by_key.items() if len(reps) > 1}


class Page:
    """A sheet of the summary, taken apart by its titles."""

    def __init__(self, grid: Grid) -> None:
        self.grid = [row + [None] * 20 for row in grid]

    def top(self, title: str) -> int | None:
        """Return the row of a section's title, counted from 0; None where the section has fallen away."""
        return next(
            (at for at, row in enumerate(self.grid) if isinstance(row[1], str) and row[1].startswith(title)),
            None,
        )

    def table(self, title: str) -> list[Row]:
        """Return the table under a title by its headers, down to the first row without a first cell.

        A header without a row of its own (a section that says 无) gives no rows.
        """
        at = self.top(title)
        if at is None:
            return []
        header = self.grid[at + 1] if at + 1 < len(self.grid) else []
        if sum(cell is not None for cell in header) < 2:
            return []
        found = []
        for row in self.grid[at + 2 :]:
            first = next((cell for cell, label in zip(row, header, strict=True) if label is not None), None)
            if first is None or sum(cell is not None for cell in row) < 2:
                break
            found.append({str(k): v for k, v in zip(header, row, strict=True) if k is not None})
        return found
