"""Small filled-in forms for tests: workbooks with the schemas' labels, written with openpyxl."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from salesxl import messages, schemas, settings, validate
from salesxl.cli import report
from salesxl.model import Checked, Finding
from salesxl.rulebook import Member, Rulebook

WEEK_FOLDER = Path(__file__).parent / "data" / "week"
AS_OF = dt.date(2026, 11, 20)
WEEK = (dt.date(2026, 11, 16), dt.date(2026, 11, 22))
WORDS = messages.load("zh", report.label_of)
RULES = settings.default_rulebook()

CUSTOMER: dict[str, Any] = {
    "customer_no": "CRM202610001",
    "customer_name": "甲乙丙机械有限公司",
    "industry": "制造业-机械设备",
    "source": "展会",
    "employees": 120,
    "annual_revenue_wan": None,
    "contact_name": "王总",
    "contact_title": "总经理",
    "contact": "13800138000",
    "need": "需要采购40台办公电脑，下月交付",
    "first_contact": dt.datetime(2026, 10, 12),
    "status": "意向",
    "stage": "需求确认",
    "expected_amount": 280000,
    "expected_close": dt.datetime(2027, 1, 20),
    "annual_purchase": 120000,
    "strategic": "否",
    "grade": None,
    "last_contact": None,
    "contract_no": None,
    "contract_amount": None,
    "contract_end": None,
    "loss_reason": None,
}
REPORT: dict[str, Any] = {
    "rep": "张三",
    "team": "一组",
    "week_start": dt.datetime(2026, 11, 16),
    "week_end": dt.datetime(2026, 11, 22),
    "new_customers": 0,
    "follow_ups": 1,
    "expected_amount": 300000,
    "completed_amount": 100000,
    "month_target": 600000,
}
RECORD: dict[str, Any] = {
    "customer_name": CUSTOMER["customer_name"],
    "contact_name": "王总(决策人)",
    "industry": "制造业-机械设备",
    "first_contact": dt.datetime(2026, 10, 12),
    "source": "展会",
    "rep": "张三",
    "stage": "□线索培育 ☑需求确认 □方案呈现 □谈判推进 □成交签约 □售后维护",
}
TALK: dict[str, Any] = {
    "contact_time": dt.datetime(2026, 11, 17, 10, 0),
    "method": "电话拜访",
    "summary": "介绍仓储方案，客户要求把交期缩短到8天",
    "entered_at": dt.datetime(2026, 11, 17, 18, 0),
}
ACTION: dict[str, Any] = {
    "action": "发送产品参数表至客户邮箱",
    "owner": "张三",
    "due": dt.datetime(2026, 11, 27, 18, 0),
    "progress": "未开始",
}


def label(block: str, field: str) -> str:
    """Return a field's label."""
    return schemas.block_spec(block).column(field).label


def archive(
    path: Path, customers: Sequence[Mapping[str, Any]], rep: str | None = "张三", **head: Any
) -> Path:
    """Write a customer archive: card in row 1, header in row 3, customers from row 4.

    Every customer is ``CUSTOMER`` with the given fields changed; further fields stand in further columns.
    """
    further = {field: None for row in customers for field in row if field not in CUSTOMER}
    book = Workbook()
    sheet = book.active
    sheet.title = "客户档案"
    if rep is not None:
        sheet.append(
            [
                "销售代表",
                rep,
                None,
                "所属团队",
                head.get("team", "一组"),
                None,
                "填表日期",
                head.get("filled_on", AS_OF),
                *(("填报范围", head["scope"]) if "scope" in head else ()),
            ]
        )
    else:
        sheet.append(["客户档案表"])
    sheet.append([])
    put_table(sheet, "customer", {**CUSTOMER, **further}, customers)
    book.save(path)
    return path


def weekly(path: Path, **changes: Any) -> Path:
    """Write a weekly report: one label and value per row, without its tables."""
    book = Workbook()
    sheet = book.active
    sheet.title = "周报"
    sheet.append(["销售周报"])
    for field, value in {**REPORT, **changes}.items():
        sheet.append([label("weekly_report", field), value])
    book.save(path)
    return path


def record(
    path: Path,
    talks: Sequence[Mapping[str, Any]] = ({},),
    actions: Sequence[Mapping[str, Any]] = ({},),
    **changes: Any,
) -> Path:
    """Write a process record: cards as label and value a row, then the two tables."""
    book = Workbook()
    sheet = book.active
    sheet.title = "记录"
    sheet.append(["销售过程标准记录表"])
    for field, value in {**RECORD, **changes}.items():
        sheet.append([label("record", field), value])
    sheet.append(["沟通记录"])
    put_table(sheet, "communication", TALK, talks)
    sheet.append([])
    sheet.append(["下一步行动计划"])
    put_table(sheet, "action", ACTION, actions)
    book.save(path)
    return path


HANDOVER: dict[str, Any] = {
    "from_rep": "张三",
    "to_rep": "李四",
    "date": dt.datetime(2026, 11, 18),
    "reason": "岗位调动",
}
SIGNED: dict[str, Any] = {
    "from_signature": "张三",
    "from_signed_on": dt.datetime(2026, 11, 18),
    "to_signature": "李四",
    "to_signed_on": dt.datetime(2026, 11, 18),
    "manager_signature": "赵六",
    "manager_signed_on": dt.datetime(2026, 11, 19),
}
GIVEN: dict[str, Any] = {f: CUSTOMER[f] for f in ("customer_no", "customer_name", "status", "stage")}
OPEN: dict[str, Any] = {
    "customer_name": CUSTOMER["customer_name"],
    "stage": "需求确认",
    "expected_amount": 280000,
    "expected_close": dt.datetime(2027, 1, 20),
    "next_action": "约王总看样机，确认参数",
}


def handover(
    path: Path,
    customers: Sequence[Mapping[str, Any]] = ({},),
    opportunities: Sequence[Mapping[str, Any]] = ({},),
    **changes: Any,
) -> Path:
    """Write a handover list: card, the tables of customers and opportunities, signatures."""
    book = Workbook()
    sheet = book.active
    sheet.title = "交接"
    sheet.append(["客户交接清单"])
    for field, value in HANDOVER.items():
        sheet.append([label("handover", field), changes.get(field, value)])
    sheet.append(["客户档案"])
    put_table(sheet, "handover_customer", GIVEN, customers)
    sheet.append([])
    sheet.append(["未完成机会"])
    put_table(sheet, "handover_opportunity", OPEN, opportunities)
    sheet.append([])
    for name in ("from", "to", "manager"):
        cells = f"{name}_signature", f"{name}_signed_on"
        values = [changes.get(cell, SIGNED[cell]) for cell in cells]
        sheet.append([label("handover", cells[0]), values[0], label("handover", cells[1]), values[1]])
    book.save(path)
    return path


def put_table(sheet: Any, block: str, base: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> None:
    """Append a header row and records to a sheet."""
    sheet.append([label(block, field) for field in base])
    for row in rows:
        full = {**base, **row}
        sheet.append([full[field] for field in base])


def check(*paths: Path, rules: Rulebook = RULES, as_of: dt.date = AS_OF) -> Checked:
    """Read and check files."""
    return validate.validate(list(paths), rules, as_of)


@cache
def week() -> Checked:
    """Return the sample week of tests/data, checked against its roster; made once, not to be changed."""
    with (WEEK_FOLDER / "roster.tsv").open(encoding="utf-8") as lines:
        members = tuple(Member(row["姓名"], row["团队"]) for row in csv.DictReader(lines, delimiter="\t"))
    return check(WEEK_FOLDER / "inbox", rules=replace(RULES, members=members, has_roster=True))


def spots(checked: Checked, *codes: str) -> set[tuple[str | None, str]]:
    """Return (cell, code) of the findings with those codes; of all but notices without any."""
    chosen = [f for f in checked.findings if (f.code in codes if codes else f.severity != "notice")]
    return {(f.place.cell, f.code) for f in chosen}


def only(checked: Checked, code: str) -> Finding:
    """Return the one finding of a code."""
    found = [f for f in checked.findings if f.code == code]
    assert len(found) == 1, found
    return found[0]
