"""Forms as other companies word them: what reading takes for which field, over tests/data/header_sets.tsv.

``python -m tests.header_sets [SETS.tsv]`` prints every header that is not taken rightly, and the sums.
"""

from __future__ import annotations

import csv
import datetime as dt
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from salesxl import schemas, settings
from salesxl.columns import Shape
from salesxl.model import CellValue, Finding, Grid, Submission, Workbook
from salesxl.recognition import read_workbook

FILE = Path(__file__).parent / "data" / "header_sets.tsv"
RULES = settings.default_rulebook()
CHOICES = {
    **{name: tuple(o.value for o in options) for name, options in RULES.choices.items()},
    "阶段": tuple(stage.name for stage in RULES.stages),
    "等级": tuple(grade.name for grade in RULES.grades),
}
ROWS = 4
OTHER = "-"
"""The field of a column that is none of ours; behind it may stand the kind of what is filled in: -amount."""
HEADING = "#"
"""The field of a line that is no header but the heading above those that follow."""
FOREIGN_BLOCK = "other"
"""The block of a table that the form does not know."""
DAY = dt.datetime(2026, 11, 18)
TITLES = {
    "customer_archive": "客户档案表",
    "process_record": "销售过程记录表",
    "weekly_report": "销售周报",
    "handover_list": "客户交接清单",
}
FOREIGN_TITLES = {
    "customer_archive": "2026年11月登记台账",
    "process_record": "重点项目一户一表",
    "weekly_report": "11月第3周小结",
    "handover_list": "工作交接",
}
PERSONS = ("王海涛", "李静", "赵主管", "陈晓明")
NAMES = ("青石湾机械有限公司", "云雀谷教育科技集团", "月台镇食品厂", "白帆港仓储物流有限公司")
TEXTS = (
    "介绍新方案，客户要求缩短交期，约定下周演示",
    "核对报价明细，等待对方采购部门确认",
    "现场勘察后补充两项技术要求",
    "对方提出分期付款，需内部评审后答复",
)
BY_KIND: Mapping[str, Sequence[CellValue]] = {
    "text": TEXTS,
    "name": PERSONS,
    "code": ("CRM202610001", "CRM202610002", "CRM202609017", "CRM202608003"),
    "items": ("汽车制造、设备采购", "复购客户", "重点、教育", "物流"),
    "amount": (280000, "12万", 56000, 1500000),
    "amount_wan": (5000, 1200, 860, 23000),
    "number": (3, 5, 8, 13),
    "whole": (120, 36, 800, 15),
    "date": (DAY, "2026.10.12", "2026年9月3日", "2026-11-02"),
    "moment": (DAY.replace(hour=10), "2026-11-17 14:30", "2026.11.16 9:00", "11月13日 16:00"),
    "contact": ("13800138000", "139 1234 5678", "010-62345678", "lijing@example.com"),
    "yes_no": ("是", "否", "否", "是"),
    "industry": ("制造业-机械设备", "教育", "食品", "物流"),
    "ticked": ("□线索培育 ☑需求确认 □方案呈现 □谈判推进 □成交签约 □售后维护",),
    "percent": ("20%", 0.5, "80%", 1),
}
BY_FIELD: Mapping[str, Sequence[CellValue]] = {
    "customer_name": NAMES,
    "contact_title": ("采购总监", "总经理", "主任", "设备科长"),
    "opportunity": ("办公设备采购", "仓储系统二期", "生产线改造", "培训服务"),
    "team": ("华东一组",),
}
OTHERS: Sequence[CellValue] = ("苏州工业园区88号", "12楼", "见附件", "甲级")


@dataclass(frozen=True)
class Told:
    """What became of one header: right, wrong, suggested, silent; for columns of no field: right or wrong."""

    form: str
    name: str
    field: str
    header: str
    outcome: str
    taken: str = ""


@dataclass(frozen=True)
class Part:
    """Headers of one block that stand together, as (field, header), under a heading."""

    block: str
    heading: str | None
    cells: list[tuple[str, str]]


def sets(path: Path = FILE) -> dict[tuple[str, str], list[Part]]:
    """Return the parts by form and set; a card may stand in several, as it does above and below tables."""
    found: dict[tuple[str, str], list[Part]] = {}
    with path.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t"):
            block, _, name = row["field"].partition(".")
            parts = found.setdefault((row["form"], row["set"]), [])
            if name == HEADING:
                parts.append(Part(block, row["header"], []))
                continue
            if not parts or parts[-1].block != block:
                parts.append(Part(block, None, []))
            parts[-1].cells.append((name, row["header"]))
    return found


def value(block: str, name: str, place: int) -> CellValue:
    """Return what a person might fill in."""
    if name.startswith(OTHER):
        pool = BY_KIND[name[1:]] if name[1:] else OTHERS
        return pool[place % len(pool)]
    column = schemas.block_spec(block).column(name)
    if name in BY_FIELD:
        pool = BY_FIELD[name]
    elif column.kind == "choice":
        pool = CHOICES[str(column.choices)]
    else:
        pool = BY_KIND[column.kind]
    return pool[place % len(pool)]


def draw(form: str, parts: Sequence[Part], *, titled: bool) -> Grid:
    """Draw a filled form: title, cards two labels per row, tables each under a heading."""
    rows: list[list[CellValue]] = [[(TITLES if titled else FOREIGN_TITLES)[form]], []]
    if form == "customer_archive" and all(part.block != "archive_head" for part in parts):
        rows.append(["销售代表", "王小明", None, "填表日期", DAY])
    for part in parts:
        block, cells = part.block, part.cells
        spec = None if block == FOREIGN_BLOCK else schemas.block_spec(block)
        if spec is not None and spec.shape is Shape.CARD:
            if part.heading:
                rows += [[], [part.heading]]
            pairs = [[text, value(block, name, 0)] for name, text in cells]
            rows += [
                [cell for pair in pairs[at : at + 2] for cell in (*pair, None)][:-1]
                for at in range(0, len(pairs), 2)
            ]
            continue
        rows.append([])
        if part.heading is not None:
            rows.append([part.heading])
        elif spec is not None and form != "customer_archive":
            rows.append([spec.title if titled else "明细"])
        rows.append([text for _, text in cells])
        rows += [[value(block, name, place) for name, _ in cells] for place in range(ROWS)]
    return Grid("Sheet1", rows)


def judge(path: Path = FILE) -> Iterator[Told]:
    """Yield what becomes of each header when its set is filled in and read."""
    for place, ((form, name), parts) in enumerate(sets(path).items()):
        drawn = draw(form, parts, titled=place % 2 == 0)
        submissions, findings = read_workbook(Workbook("a.xlsx", (drawn,)), {}, CHOICES)
        if all(submission.form != form for submission in submissions):
            yield Told(form, name, "form", form, "missed", ", ".join(s.form for s in submissions))
        taken = _taken(submissions)
        hints = _hints(submissions, findings)
        for part in parts:
            for field, header in part.cells:
                have = taken.get((part.block, " ".join(header.split())), [])
                twins = {f for p in parts if p.block == part.block for f, text in p.cells if text == header}
                own = [f for f in have if f == field or f not in twins]
                if part.block == FOREIGN_BLOCK:
                    own = [f for (_, text), fields in taken.items() for f in fields if text == header.strip()]
                yield _told(form, name, part.block, field, header, own, hints)


def _told(
    form: str,
    name: str,
    block: str,
    field: str,
    header: str,
    have: Sequence[str],
    hints: set[tuple[str, str]],
) -> Told:
    if have:
        outcome = "right" if field in have else "wrong"
    elif field.startswith(OTHER):
        outcome = "right"
    else:
        suggested = (schemas.block_spec(block).column(field).label, header) in hints
        outcome = "suggested" if suggested else "silent"
    return Told(form, name, f"{block}.{field}", header, outcome, ", ".join(have))


def _taken(submissions: Sequence[Submission]) -> dict[tuple[str, str], list[str]]:
    """Return the fields by block and header; 日期 may stand beside each signature."""
    taken: dict[tuple[str, str], list[str]] = defaultdict(list)
    for block in (block for submission in submissions for block in submission.blocks):
        for field, header in block.headers.items():
            taken[block.kind, " ".join(header.split())].append(field)
    return taken


def _hints(submissions: Sequence[Submission], findings: Sequence[Finding]) -> set[tuple[str, str]]:
    """Return (label, header) of what the person is told may be meant."""
    hints: set[tuple[str, str]] = set()
    for finding in [*findings, *(f for s in submissions for f in s.findings)]:
        guess = finding.facts.get("guess") or ()
        if finding.code == "missing_column":
            hints |= {(label, header) for label in finding.facts["labels"] for header in guess}
        elif finding.code == "unrecognised":
            hints |= {(label, header) for header, label in dict(guess).items()}
    return hints


def strays(path: Path = FILE) -> Iterator[tuple[str, str, str, tuple[int, ...]]]:
    """Yield (form, set, block, rows) where signatures or headings were taken for records."""
    for place, ((form, name), parts) in enumerate(sets(path).items()):
        drawn = draw(form, parts, titled=place % 2 == 0)
        heads = {tuple(text for _, text in part.cells): part.block for part in parts}
        records: dict[str, set[int]] = defaultdict(set)
        for number, cells in enumerate(drawn.rows, 1):
            if (block := heads.get(tuple(cells))) is not None:  # type: ignore[arg-type]
                records[block].update(range(number + 1, number + 1 + ROWS))
        submissions, _ = read_workbook(Workbook("a.xlsx", (drawn,)), {}, CHOICES)
        for read in (block for submission in submissions for block in submission.blocks if not block.cells):
            if rows := tuple(row for row in read.rows if row not in records[read.kind]):
                yield form, name, read.kind, rows


def sums(told: Sequence[Told]) -> dict[str, Counter[str]]:
    """Return the outcomes by form."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for item in told:
        found[item.form][item.outcome] += 1
    return dict(found)


if __name__ == "__main__":
    results = list(judge(Path(sys.argv[1]) if len(sys.argv) > 1 else FILE))
    for item in results:
        if item.outcome != "right":
            print(item.outcome, item.form, item.name, item.field, item.header, item.taken, sep="\t")
    for form, counts in sums(results).items():
        print(form, dict(counts))
    print(dict(Counter(item.outcome for item in results)))
    print(*strays(Path(sys.argv[1]) if len(sys.argv) > 1 else FILE), sep="\n")
