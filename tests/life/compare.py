"""Holds a team's book and the figures of ``friday --format json`` against the truth; differences in words.

Reads the book with openpyxl, by the names of sheets and columns in ``NAMES``; a sheet or column that the book
does not have (yet) is one difference, not many.
"""

from __future__ import annotations

import datetime as dt
import warnings
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from openpyxl import load_workbook

from tests.life.model import Known, Truth, friday, monday

Rows = list[dict[str, Any]]
DONE = ("已完成", "已取消")
CLOSED = ("关闭", "关闭原因", "状态")
"""Columns of 行动计划 in which a plan may say that it was closed with its customer."""
WAITING = "待交接"
STATUS = {
    "taken": ("已接收",), "partly": ("部分退回",), "returned": ("退回",), "unread": ("未识别", "无法读取"),
    "superseded": ("已被替代",),
}  # fmt: skip


class Difference(NamedTuple):
    """What is wrong: where it shows, and the words for it."""

    where: str
    text: str

    def __str__(self) -> str:
        return f"{self.where}: {self.text}"


class Book:
    """The sheets of a team's book as rows by header."""

    def __init__(self) -> None:
        self.sheets: dict[str, Rows] = {}

    @classmethod
    def read(cls, path: Path) -> Book:
        """Return the book of a file."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = load_workbook(path, read_only=True, data_only=True)
        self = cls()
        for sheet in book.worksheets:
            head, *rows = list(sheet.iter_rows(values_only=True)) or [()]
            self.sheets[sheet.title] = [
                dict(zip(head, row, strict=False)) for row in rows if any(v is not None for v in row)
            ]
        book.close()
        return self

    def rows(self, sheet: str) -> Rows:
        """Return a sheet's rows, those of its further sheets (跟进记录(2)) included."""
        return [
            row
            for title, rows in self.sheets.items()
            if title == sheet or title.startswith(f"{sheet}(")
            for row in rows
        ]


def differences(truth: Truth, book: Book, figures: Mapping[str, Any] | None) -> list[Difference]:
    """Return all differences of a week; without ``figures`` those of the book alone."""
    return [
        *customers(truth, book),
        *talks(truth, book),
        *plans(truth, book),
        *reports(truth, book),
        *submissions(truth, book),
        *changes(truth, book),
        *(sums(truth, figures) if figures else ()),
    ]


def customers(truth: Truth, book: Book) -> Iterator[Difference]:
    """Compare 客户档案: who, whose, stage, status, amount, round, wins, last contact; nobody else."""
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for row in book.rows("客户档案"):
        key = (row["客户名称"], row["销售代表"])
        if key in rows:
            yield Difference("客户档案", f"{key} stands twice")
        rows[key] = row
    by_name: dict[str, list[str]] = {}
    for name, rep in rows:
        by_name.setdefault(name, []).append(rep)
    wanted = set()
    for one in truth.known:
        key = next((k for k in _keys(one) if k in rows), None)
        if key is None:
            others = by_name.get(one.name, [])
            old = [name for name in one.former if name in by_name]
            where = f"under {others}" if others else f"as {old}" if old else "nowhere"
            yield Difference("客户档案 · missing", f"{one.name} of {one.owner} stands {where}")
            wanted |= {(one.name, rep) for rep in others} | {(n, one.owner) for n in old}
            continue
        wanted.add(key)
        yield from _customer(one, rows[key])
    for key in sorted(set(rows) - wanted, key=str):
        yield Difference("客户档案 · too many", f"{key[0]} of {key[1]}")


def _keys(one: Known) -> tuple[tuple[str, str], ...]:
    return ((one.name, one.owner), *(((one.name, WAITING),) if one.waiting else ()))


def _customer(one: Known, row: Mapping[str, Any]) -> Iterator[Difference]:
    wanted: dict[str, Any] = {"成交阶段": one.stage, "跟进状态": one.status, "轮次": one.round}
    wanted["计入合计"] = "是" if one.counts else "否"
    if one.counts:
        wanted["预计成交金额"] = one.amount
    if one.last_contact:
        wanted["最近跟进时间"] = one.last_contact
    if (row.get("缺席次数") or 0) != one.lacking:
        yield Difference(
            "客户档案 · 缺席次数", f"{one.name} of {one.owner}: {row.get('缺席次数')}, not {one.lacking}"
        )
    for label, value in wanted.items():
        if label not in row:
            if label != "轮次" or value > 1:
                yield Difference(f"客户档案 · {label}", "there is no such column")
            continue
        have = row[label]
        have = have.date() if isinstance(have, dt.datetime) else have
        if have != value and not (label == "轮次" and have is None and value == 1):
            yield Difference(f"客户档案 · {label}", f"{one.name} of {one.owner}: {have}, not {value}")


def talks(truth: Truth, book: Book) -> Iterator[Difference]:
    """Compare how many talks there are with each customer, under his name now or an earlier one."""
    have = Counter(row["客户名称"] for row in book.rows("跟进记录"))
    wanted = Counter(truth.talks)
    former = {old: one.name for one in truth.known for old in one.former}
    for old, name in former.items():
        have[name] += have.pop(old, 0)
    for name in sorted(wanted | have):
        if wanted[name] != have[name]:
            yield Difference("跟进记录", f"{name}: {have[name]} talks, not {wanted[name]}")


def plans(truth: Truth, book: Book) -> Iterator[Difference]:
    """Compare the open plans: customer, text, due, whose."""
    have = {
        (row["客户名称"], row["行动具体内容"], row["计划完成时间"]): row["销售代表"]
        for row in book.rows("行动计划")
        if row["完成情况"] not in DONE and not any(row.get(label) for label in CLOSED)
    }
    now = {one.cid: one for one in truth.known if one.counts}
    wanted = {}
    for plan in truth.plans:
        names = [plan.name, *(now[plan.cid].former if plan.cid in now else ())]
        key = next((k for k in ((n, plan.action, plan.due) for n in names) if k in have), None)
        wanted[key or (plan.name, plan.action, plan.due)] = plan.rep
    for key in sorted(set(wanted) - set(have), key=str):
        yield Difference("行动计划 · missing", f"{key[0]}: {key[1]}, due {key[2]:%m-%d}")
    for key in sorted(set(have) - set(wanted), key=str):
        yield Difference("行动计划 · too many", f"{key[0]}: {key[1]}, due {key[2]:%m-%d}")
    for key in sorted(set(have) & set(wanted), key=str):
        if have[key] != wanted[key]:
            yield Difference("行动计划 · whose", f"{key[0]}: {key[1]}: {have[key]}, not {wanted[key]}")


def reports(truth: Truth, book: Book) -> Iterator[Difference]:
    """Compare 周报, every week of every rep ever taken."""
    have: dict[tuple[str, dt.date], Any] = {}
    for row in book.rows("周报"):
        key = (row["销售代表"], row["周期开始"].date())
        if key in have:
            yield Difference("周报", f"{key[0]} {key[1]} stands twice")
        have[key] = row["本周完成业绩"]
    wanted = {(rep, monday(number)): amount for (rep, number), amount in truth.reports.items()}
    for key in sorted(set(wanted) | set(have)):
        if wanted.get(key) != have.get(key):
            yield Difference("周报", f"{key[0]} {key[1]}: {have.get(key)}, not {wanted.get(key)}")


def submissions(truth: Truth, book: Book) -> Iterator[Difference]:
    """Compare 提交情况 for the files that came for the first time."""
    said: dict[str, set[str]] = {}
    for row in book.rows("提交情况"):
        said.setdefault(str(row["来源文件"]).rsplit("/", 1)[-1], set()).add(row["状态"])
    for file, outcome in truth.outcomes.items():
        if outcome == "passed over":
            continue
        have = said.get(file, set())
        right = bool(have & set(STATUS[outcome])) and not (outcome == "taken" and have - {"已接收"})
        if not right:
            yield Difference(f"提交情况 · {outcome}", f"{file}: {'、'.join(sorted(have)) or 'not there'}")


def changes(truth: Truth, book: Book) -> Iterator[Difference]:
    """See that 变更记录 names every customer that moved; how it says so is for other tests."""
    if "变更记录" not in book.sheets:
        if truth.moves:
            yield Difference("变更记录", "there is no such sheet")
        return
    named = {str(value) for row in book.rows("变更记录") for value in row.values() if value}
    for move in truth.moves:
        if move.name not in named:
            yield Difference("变更记录", f"{move.kind} of {move.name} ({move.rep}) is not told")


def sums(truth: Truth, figures: Mapping[str, Any]) -> Iterator[Difference]:
    """Compare the figures of the summary: pipeline, month, quarter, year, who is missing, plans overdue."""
    yield from _unequal("在谈合计", figures["stages"]["open_amount"], truth.open_total)
    open_now = {row["rep"]: row["open_amount"] for row in figures["stages"]["reps"]}
    waiting = {one.owner for one in truth.known if one.waiting}  # theirs may stand under 待交接
    for rep, amount in truth.pipeline.items():
        if rep in waiting:
            continue
        yield from _unequal(f"在谈 {rep}", open_now.get(rep), amount)
    attainment = figures["attainment"]
    yield from _unequal("本月累计", attainment["all"]["completed"], truth.won_total[0])
    month = {row["rep"]: row["completed"] for row in attainment["reps"]}
    longer = {(row["scope"], row["name"]): row for row in attainment["progress"]}
    whole = next((row for row in attainment["progress"] if row["scope"] == "all"), None)
    for at, name in enumerate(("quarter", "year"), 1):
        if whole:
            yield from _unequal(f"{name} 全队", (whole[name] or {}).get("completed"), truth.won_total[at])
    for row in attainment["reps"]:
        if row["rep"] in truth.targets:
            yield from _unequal(f"本月目标 {row['rep']}", row["target"], truth.targets[row["rep"]])
    for rep, won in truth.won.items():
        yield from _unequal(f"本月累计 {rep}", month.get(rep), won[0])
        for at, name in enumerate(("quarter", "year"), 1):
            if (row := longer.get(("rep", rep))) is not None:
                yield from _unequal(f"{name} {rep}", (row[name] or {}).get("completed"), won[at])
    late = sorted(figures["reports"]["missing"])
    if late != sorted(truth.missing):
        yield Difference("周报未交", f"{late}, not {sorted(truth.missing)}")
    overdue = len([plan for plan in truth.plans if plan.overdue])
    yield from _unequal("逾期行动", len(figures["follow_up"]["actions"]), overdue)


def _unequal(where: str, have: float | None, wanted: float) -> Iterator[Difference]:
    if round(have or 0) != wanted:
        yield Difference(where.split(" ", maxsplit=1)[0], f"{where}: {have or 0:,.0f}, not {wanted:,}")


class Numbers:
    """Customer numbers over the weeks: never moved, never given to two."""

    def __init__(self) -> None:
        self.of: dict[int, str] = {}
        self.whose: dict[str, int] = {}

    def differences(self, truth: Truth, book: Book) -> Iterator[Difference]:
        """Return what is wrong with the numbers of a week's book."""
        rows = {(row["客户名称"], row["销售代表"]): row.get("客户编号") for row in book.rows("客户档案")}
        for one in truth.known:
            number = next((rows[key] for key in _keys(one) if key in rows), None)
            if number is None:
                continue
            if (old := self.of.setdefault(one.cid, number)) != number:
                yield Difference("客户编号", f"{one.name} was {old}, is {number} ({friday(truth.week)})")
            if self.whose.setdefault(number, one.cid) != one.cid:
                yield Difference("客户编号", f"{number} is given twice, now to {one.name}")
            self.of[one.cid] = number
