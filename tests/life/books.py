"""Writes the files of a week as workbooks: the shipped blank forms, filled in.

Knows the places of the blank forms by their labels only, so that a column more on a form does no harm.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import warnings
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from tests.life.model import FileRows, Settings

TEMPLATES = Path(__file__).parents[2] / "templates"
FORMS = {"archive": "客户档案", "record": "销售过程记录", "report": "销售周报", "handover": "客户交接清单"}
SCOPE = "填报范围"
ARCHIVE = {
    "customer_no": "客户编号", "customer_name": "客户名称", "industry": "所属行业", "source": "客户来源",
    "employees": "员工人数", "contact_name": "联系人姓名", "contact": "联系方式", "need": "需求描述",
    "first_contact": "首次接触时间", "status": "跟进状态", "stage": "成交阶段",
    "expected_amount": "预计成交金额", "expected_close": "预计成交日期", "annual_purchase": "年采购额",
    "last_contact": "最近跟进时间", "contract_no": "合同编号", "contract_amount": "合同金额",
    "signed_on": "签约日期", "contract_end": "合同到期日", "loss_reason": "流失原因", "notes": "备注",
}  # fmt: skip
RECORD = {
    "customer_name": "客户名称", "customer_no": "客户编号", "contact_name": "联系人(角色)",
    "industry": "所属行业", "first_contact": "首次接触时间", "source": "来源渠道", "end_reason": "终止原因",
}  # fmt: skip
TALK = {"contact_time": "沟通时间", "method": "沟通方式", "summary": "沟通内容摘要", "entered_at": "录入时间"}
ACTION = {"action": "行动具体内容", "owner": "负责人", "due": "计划完成时间", "progress": "完成情况"}
REPORT = {
    "week_start": "周期开始", "week_end": "周期结束", "new_customers": "本周新增客户数",
    "follow_ups": "有效跟进次数", "expected_amount": "预计成交金额", "completed_amount": "本周完成业绩",
    "collected_amount": "本周回款", "deals": "签单数",
}  # fmt: skip
KEY = {
    "customer_name": "客户名称", "stage": "当前阶段", "progress": "本周进展", "next_step": "下一步",
    "expected_close": "预计成交日期", "amount": "金额",
}  # fmt: skip
NEXT = {"plan": "计划事项", "customer_name": "客户名称", "due": "计划完成时间"}
HANDOVER = {"from_rep": "移交人", "to_rep": "接收人", "date": "交接日期", "reason": "交接原因"}
SIGNATURES = {"from": "移交人签字", "to": "接收人签字", "manager": "销售经理签字"}
GIVEN = {
    "customer_name": "客户名称", "contact_name": "联系人姓名", "contact": "联系方式", "status": "跟进状态",
    "stage": "成交阶段",
}  # fmt: skip
CONTACT = {
    "customer_name": "客户名称", "contact_time": "沟通时间", "method": "沟通方式", "summary": "沟通内容摘要",
}  # fmt: skip
OPPORTUNITY = {
    "customer_name": "客户名称", "opportunity": "机会名称", "stage": "当前阶段",
    "expected_amount": "预计成交金额", "expected_close": "预计成交日期", "next_action": "下一步行动",
}  # fmt: skip
MENU = (("星期一", "红烧肉"), ("星期二", "番茄炒蛋"), ("星期三", "鱼香肉丝"))
CORRECTION = "更正"
CORRECTED = (
    ("客户或编号", "客户名称或编号", "客户", "客户名称"), ("更正", "做法", "类型", "操作"),
    ("值", "改为", "新值"), ("理由", "原因"), ("日期", "生效日期"),
)  # fmt: skip
"""What a correction says, under whichever of these headers the sheet has."""
STAGES = ("线索培育", "需求确认", "方案呈现", "谈判推进", "成交签约", "售后维护", "线索终止")


def write(folder: Path, files: Sequence[FileRows]) -> None:
    """Write an inbox."""
    folder.mkdir(parents=True, exist_ok=True)
    for file in files:
        (folder / file.name).write_bytes(workbook(file))


def workbook(file: FileRows) -> bytes:
    """Return a file as an .xlsx, with its stamp."""
    if file.form == "wrong":
        book = Workbook()
        for row in ((file.head["title"],), *MENU):
            book.active.append(row)
        return _saved(book, file.stamp)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl names what it drops of the blank form
        book = load_workbook(io.BytesIO(_blank(file.form)))
    sheet = book.worksheets[0]
    _FILLED[file.form](book, sheet, file)
    return _saved(book, file.stamp)


@cache
def _blank(form: str) -> bytes:
    return (TEMPLATES / f"{FORMS[form]}.xlsx").read_bytes()


def settings(path: Path, told: Settings) -> None:
    """Write the members, targets and stage aliases of a week into a team's settings, and keep the rest."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book = load_workbook(path)
    _rows(book["成员"], [list(who) for who in told.members], ("姓名", "团队", "入职日期", "离职日期"))
    targets = [
        [year, f"{month}月", "销售代表", rep, "签约额", amount]
        for rep, amount in told.targets.items()
        for year, month in ((2026, 10), (2026, 11), (2026, 12), (2027, 1))
    ]
    _rows(book["目标"], targets, ("年度", "期间", "对象类型", "对象", "指标", "目标值"))
    stages = book["阶段"]
    at = _columns(stages, 3)
    for row in range(4, stages.max_row + 1):
        cell = stages.cell(row, at["别名"])
        for word in told.aliases.get(stages.cell(row, at["阶段"]).value, ()):
            if word not in str(cell.value or "").split("、"):
                cell.value = f"{cell.value}、{word}" if cell.value else word
    corrections(book, told)
    book.save(path)


def corrections(book: Workbook, told: Settings) -> None:
    """Write the rows of 更正, where the settings have such a sheet."""
    if CORRECTION not in book.sheetnames:
        return
    sheet = book[CORRECTION]
    header = next(r for r in range(1, 9) if len(_columns(sheet, r)) >= len(CORRECTED))
    at = _columns(sheet, header)
    for number, row in enumerate(told.corrections, header + 1):
        values = (row.name, row.what, row.value, row.reason, row.day)
        for words, value in zip(CORRECTED, values, strict=True):
            sheet.cell(number, next(at[word] for word in words if word in at)).value = value


def has_corrections(path: Path) -> bool:
    """Tell whether a team's settings have a sheet for corrections."""
    with zipfile.ZipFile(path) as package:
        return f'name="{CORRECTION}"' in package.read("xl/workbook.xml").decode()


def _rows(sheet: Worksheet, rows: Sequence[Sequence[Any]], labels: Sequence[str]) -> None:
    at = _columns(sheet, 3)
    for number, row in enumerate(rows, 4):
        for label, value in zip(labels, row, strict=True):
            sheet.cell(number, at[label]).value = value


# ---- finding places on a blank form


def _label(value: Any) -> str:
    return re.sub(r"\s*\*$", "", value) if isinstance(value, str) else ""


def _columns(sheet: Worksheet, row: int) -> dict[str, int]:
    return {_label(cell.value): cell.column for cell in sheet[row] if _label(cell.value)}


def _cells(sheet: Worksheet) -> Iterator[Any]:
    return (cell for row in sheet.iter_rows(max_row=60) for cell in row if isinstance(cell.value, str))


def _header(sheet: Worksheet, *labels: str) -> int:
    """Return the row that holds all these labels."""
    for row in range(1, 60):
        if set(labels) <= set(_columns(sheet, row)):
            return row
    raise LookupError(labels)


def _beside(sheet: Worksheet, label: str, value: Any) -> None:
    """Write a value beside the first cell with a label."""
    for cell in _cells(sheet):
        if _label(cell.value) == label:
            sheet.cell(cell.row, cell.column + 1).value = value
            return
    raise LookupError(label)


def _table(
    sheet: Worksheet, words: Mapping[str, str], rows: Sequence[Mapping[str, Any]], *, keep: int
) -> None:
    """Fill a table in the place of its example row; at most ``keep`` rows have room there."""
    labels = list(words.values())
    header = _header(sheet, *labels)
    at = _columns(sheet, header)
    for column in range(1, sheet.max_column + 1):
        cell = sheet.cell(header + 1, column)
        if type(cell).__name__ != "MergedCell":
            cell.value = None
    assert len(rows) <= keep, f"{len(rows)} rows under {labels[0]}"
    for number, row in enumerate(rows, header + 1):
        for name, label in words.items():
            sheet.cell(number, at[label]).value = row[name]


# ---- the forms


def _archive(book: Workbook, sheet: Worksheet, file: FileRows) -> None:
    _beside(sheet, "销售代表", file.rep)
    _beside(sheet, "所属团队", file.head["team"])
    _beside(sheet, "填表日期", file.head["filled_on"])
    if file.head["scope"]:
        try:
            _beside(sheet, SCOPE, file.head["scope"])
        except LookupError:  # a blank form from before there was such a cell
            sheet["G3"], sheet["H3"] = SCOPE, file.head["scope"]
    _table(sheet, ARCHIVE, file.rows, keep=200)


def _record(book: Workbook, sheet: Worksheet, file: FileRows) -> None:
    sheets = [sheet, *(book.copy_worksheet(sheet) for _ in file.rows[1:])]
    for number, (one, row) in enumerate(zip(sheets, file.rows, strict=True), 1):
        one.title = f"{number} {row['customer_name'][:8]}"
        for name, label in RECORD.items():
            _beside(one, label, row[name])
        _beside(one, "销售代表", file.rep)
        _beside(one, "当前销售阶段", " ".join(("☑" if s == row["stage"] else "□") + s for s in STAGES))
        _table(one, TALK, row["talks"], keep=10)
        _table(one, ACTION, row["actions"], keep=6)


def _report(book: Workbook, sheet: Worksheet, file: FileRows) -> None:
    row = file.rows[0]
    _beside(sheet, "销售代表", file.rep)
    _beside(sheet, "所属团队", file.head["team"])
    for name, label in REPORT.items():
        _beside(sheet, label, row[name])
    _table(sheet, KEY, row["key_customers"], keep=9)
    _table(sheet, NEXT, row["next_week"], keep=7)
    header = _header(sheet, "存在问题", "解决措施")
    for label in ("存在问题", "解决措施"):
        sheet.cell(header + 1, _columns(sheet, header)[label]).value = None


def _handover(book: Workbook, sheet: Worksheet, file: FileRows) -> None:
    row = file.rows[0]
    for name, label in HANDOVER.items():
        _beside(sheet, label, row[name])
    for who, label in SIGNATURES.items():
        _beside(sheet, label, row[f"{who}_signature"])
        place = next(cell for cell in _cells(sheet) if _label(cell.value) == label)
        sheet.cell(place.row, place.column + 3).value = row[f"{who}_signed_on"]
    numbers = _header(sheet, *GIVEN.values())
    sheet.cell(numbers + 1, 1).value = None
    _table(sheet, GIVEN, row["customers"], keep=10)
    _table(sheet, CONTACT, row["contacts"], keep=9)
    _table(sheet, OPPORTUNITY, row["opportunities"], keep=8)


_FILLED = {"archive": _archive, "record": _record, "report": _report, "handover": _handover}


def _saved(book: Workbook, stamp: dt.datetime) -> bytes:
    """Save a workbook with this stamp as its last change; openpyxl would write the clock's."""
    stream = io.BytesIO()
    book.save(stream)
    out = io.BytesIO()
    with (
        zipfile.ZipFile(stream) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as new,
    ):
        for name in old.namelist():
            data = old.read(name)
            if name == "docProps/core.xml":
                told = rf"\g<1>{stamp:%Y-%m-%dT%H:%M:%SZ}\g<2>".encode()
                for mark in (b"created", b"modified"):
                    data = re.sub(rb"(<dcterms:%s[^>]*>)[^<]*(<)" % mark, told, data)
            new.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()
