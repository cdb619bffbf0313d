"""A sound week of one rep in three files, to put one fault in: an archive, a record and a weekly report.

All figures agree: two new customers, one contract signed, two talks in the week.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from openpyxl import Workbook, load_workbook

from salesxl import schemas
from salesxl.model import Checked
from salesxl.rulebook import Member, Rulebook
from salesxl.validate import validate
from tests import sheets, teams

ARCHIVE, RECORD, REPORT = "档案.xlsx", "记录.xlsx", "周报.xlsx"
RULES: Rulebook = replace(
    sheets.RULES,
    members=(Member("张三", "一组"),),
    targets=(teams.target(600000, name="张三"),),
    has_roster=True,
)
DAY = dt.datetime
FIELDS = (*sheets.CUSTOMER, "signed_on", "notes")
FIRST, LAST = 4, 9
"""Rows of the archive's customers; its header stands in row 3."""

CUSTOMERS: tuple[dict[str, Any], ...] = (
    {},
    {"customer_name": "苏州云帆科技有限公司", "contact": "13900139001", "contact_name": "李娜",
     "first_contact": DAY(2026, 11, 17), "customer_no": None, "stage": "线索培育", "status": "潜在"},
    {"customer_name": "无锡长风物流有限公司", "contact": "13900139002", "contact_name": "周强",
     "first_contact": DAY(2026, 11, 18), "customer_no": None, "expected_amount": 56000},
    {"customer_name": "常州博远电气有限公司", "contact": "13900139003", "contact_name": "吴敏",
     "customer_no": "CRM202609004", "first_contact": DAY(2026, 9, 4), "status": "成交", "stage": "成交签约",
     "expected_amount": 100000, "expected_close": DAY(2026, 11, 19), "contract_no": "HT2026-118",
     "contract_amount": 100000, "contract_end": DAY(2027, 11, 18), "signed_on": DAY(2026, 11, 19)},
    {"customer_name": "南通海润食品有限公司", "contact": "13900139004", "contact_name": "郑洁",
     "customer_no": "CRM202608005", "first_contact": DAY(2026, 8, 5), "status": "流失", "stage": "线索终止",
     "expected_amount": 42000, "expected_close": DAY(2026, 10, 30), "loss_reason": "价格过高"},
    {"customer_name": "扬州明德医疗器械有限公司", "contact": "13900139005", "contact_name": "孙亮",
     "customer_no": "CRM202607006", "first_contact": DAY(2026, 7, 6), "last_contact": DAY(2026, 11, 12)},
)  # fmt: skip
TALKS = ({}, {"contact_time": DAY(2026, 11, 18, 14, 30), "entered_at": DAY(2026, 11, 18, 19, 0)})
ACTIONS = ({}, {"action": "寄送两台样机到客户现场", "due": DAY(2026, 11, 26, 18, 0)})
HEAD: dict[str, Any] = {
    **sheets.REPORT, "new_customers": 2, "follow_ups": 2, "completed_amount": 100000,
    "collected_amount": 80000, "deals": 1,
}  # fmt: skip
KEY: dict[str, Any] = {
    "customer_name": sheets.CUSTOMER["customer_name"], "stage": "需求确认", "progress": "完成第二轮样机测试",
    "next_step": "周三提交修订报价单", "expected_close": DAY(2027, 1, 20), "amount": 280000,
}  # fmt: skip
ISSUE = {"problem": "交期比竞品长五天", "measure": "与工厂协调加班生产", "support": "请工厂优先排产"}
NEXT = {
    "plan": "拜访王总确认参数", "customer_name": sheets.CUSTOMER["customer_name"], "due": DAY(2026, 11, 25),
}  # fmt: skip


def sound(folder: Path) -> Path:
    """Write the three files of the week."""
    _archive(folder / ARCHIVE)
    sheets.record(folder / RECORD, TALKS, ACTIONS)
    _report(folder / REPORT)
    return folder


def _archive(path: Path) -> None:
    book = Workbook()
    sheet = book.active
    sheet.title = "客户档案"
    sheet.append(["销售代表", "张三", None, "所属团队", "一组", None, "填表日期", DAY(2026, 11, 20)])
    sheet.append([])
    base = {**dict.fromkeys(FIELDS), **sheets.CUSTOMER}
    sheets.put_table(sheet, "customer", base, CUSTOMERS)
    book.save(path)


def _report(path: Path) -> None:
    book = Workbook()
    sheet = book.active
    sheet.title = "周报"
    sheet.append(["销售周报"])
    for field, value in HEAD.items():
        sheet.append([sheets.label("weekly_report", field), value])
    for kind, rows in (("key_customer", [KEY, {}]), ("issue", [ISSUE]), ("next_week", [NEXT])):
        sheet.append([])
        sheet.append([schemas.block_spec(kind).title])
        base = rows[0]
        second = {"customer_name": CUSTOMERS[2]["customer_name"]} if kind == "key_customer" else None
        sheets.put_table(sheet, kind, base, [{}, *([second] if second else [])])
    book.save(path)


@contextmanager
def edit(folder: Path, file: str) -> Iterator[Any]:
    """Give the sheet of one of the files for a change, and save it."""
    book = load_workbook(folder / file)
    yield book.active
    book.save(folder / file)


def checked(folder: Path) -> Checked:
    """Check all files of the folder."""
    return validate([folder], RULES, sheets.AS_OF)
