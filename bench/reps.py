"""Inboxes of any size for the timings: four forms a rep and 276 rows, typed as reps type them.

One cell in fifty is dirty: most of those are only spelt in another way, one in ten cannot be read. The same
number of reps gives the same bytes. Owns the data of the bench. Refuses: the demo's set pieces.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import random
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

import xlsxwriter

from salesxl import drawing, schemas, settings
from salesxl.columns import Kind
from salesxl.model import CellValue, column_letters
from salesxl.rulebook import Member, Rulebook, Target
from tools.demo.typed import entry
from tools.demo.words import words

__all__ = ["AS_OF", "ROWS", "WEEK", "fill", "rules"]

WEEK = dt.date(2026, 11, 16)
AS_OF = dt.date(2026, 11, 20)
CUSTOMERS, TALKS, PLANS, KEYS, ISSUES, NEXT, HANDED, OPEN = 180, 60, 10, 6, 4, 4, 6, 6
ROWS = CUSTOMERS + TALKS + PLANS + KEYS + ISSUES + NEXT + HANDED + OPEN
"""Rows of tables a rep hands in."""

_DIRTY, _FAULTY = 0.02, 0.1
_TEAM = 25
_OPEN = "handover_opportunity"
_SIGNS = (
    "华瑞鼎盛恒远嘉通博信宏达永兴泰和金源腾飞海润光耀启明安邦国泰天成万里长风东方建业富民利群佳美德顺吉祥中正合众联创新科智能精工"
    "锐捷云帆星辰宇航雅致康健益友同济仁爱卓越凌志峰岭松柏梅兰竹菊春夏秋冬江河湖洋沙石林木森禾田苗谷米麦豆花果青蓝紫红黄白玄朱"
)
_BAD: Mapping[Kind, str] = {
    Kind.AMOUNT: "面议",
    Kind.WHOLE: "几十",
    Kind.DATE: "下周",
    Kind.CHOICE: "其它情况",
}
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_EPOCH = dt.datetime(1899, 12, 30)
_CUSTOMER = (
    *("customer_no", "customer_name", "industry", "source", "employees", "contact_name", "contact"),
    *("need", "first_contact", "status", "stage", "expected_amount", "expected_close", "annual_purchase"),
    *("strategic", "last_contact", "competitor", "notes"),
)


def rules(reps: int) -> Rulebook:
    """Return the default rules with a roster of that many reps and their targets of the month."""
    people = [_name(n) for n in range(reps)]
    members = tuple(Member(p, _team(n), None, None, None, None) for n, p in enumerate(people))
    month = str(WEEK.month)
    targets = tuple(Target(WEEK.year, month, "rep", p, "signed", Decimal(300_000)) for p in people)
    return replace(settings.default_rulebook(), members=members, targets=targets, has_roster=True)


def fill(folder: Path, reps: int) -> None:
    """Lay out a team's folder: its settings, and an inbox with four workbooks a rep."""
    rulebook = rules(reps)
    names = words()["files"]
    inbox = folder / names["inbox"]
    inbox.mkdir(parents=True)
    (folder / names["settings"]).write_bytes(drawing.settings_workbook(rulebook))
    for number in range(reps):
        rep = _Rep(number, rulebook)
        for form, sheet in rep.sheets():
            (inbox / f"{rep.name}_{form}.xlsx").write_bytes(_workbook(form, sheet))


def _name(number: int) -> str:
    people = words()["people"]
    surnames, given = people["surnames"], people["reps"]
    name = surnames[number % len(surnames)] + given[number // len(surnames) % len(given)]
    lap = number // (len(surnames) * len(given))
    return name + ("" if not lap else "甲乙丙丁戊己庚辛壬癸"[(lap - 1) % 10] * (1 + (lap - 1) // 10))


def _team(number: int) -> str:
    return f"销售{number // _TEAM + 1}部"


@dataclass(slots=True)
class _Sheet:
    """Cells of a sheet, row by row from row 1."""

    rows: list[list[CellValue]] = field(default_factory=list)

    def title(self, text: str) -> None:
        self.rows.append([text])

    def pairs(self, block: str, values: Mapping[str, CellValue]) -> None:
        """Write a card, two labels per row."""
        spec, line = schemas.block_spec(block), list[CellValue]()
        for name, value in values.items():
            line += [spec.column(name).label, value]
            if len(line) == 4:
                self.rows.append(line)
                line = []
        self.rows.append(line)

    def table(self, block: str, fields: Sequence[str], records: Sequence[Sequence[CellValue]]) -> None:
        spec = schemas.block_spec(block)
        self.rows.append([spec.column(name).label for name in fields])
        self.rows += [list(record) for record in records]


class _Rep:
    """One rep's forms of the week."""

    def __init__(self, number: int, rulebook: Rulebook) -> None:
        self.number, self.rulebook = number, rulebook
        self.rng = random.Random(f"bench/{number}")
        self.name, self.team = _name(number), _team(number)
        self.clients = [self._client(n) for n in range(CUSTOMERS)]

    def sheets(self) -> Iterator[tuple[str, _Sheet]]:
        """Yield the form's title and its sheet, four forms."""
        for form, fill_in in (
            ("customer_archive", self._archive),
            ("process_record", self._record),
            ("weekly_report", self._week),
            ("handover_list", self._handover),
        ):
            title = next(f.title for f in schemas.FORMS if f.name == form)
            sheet = _Sheet()
            sheet.title(title)
            fill_in(sheet)
            yield title, sheet

    def _typed(self, block: str, fields: Sequence[str], record: Mapping[str, Any]) -> list[CellValue]:
        """Type a record; one cell in fifty is dirty, and one of ten of those is nothing that can be read."""
        spec = schemas.block_spec(block)
        cells: list[CellValue] = []
        for name in fields:
            column, value = spec.column(name), record.get(name)
            point = self.rng.random()
            if point < _DIRTY * _FAULTY and column.kind in _BAD:
                cells.append(_BAD[column.kind])
            else:
                cells.append(entry(self.rng, column, value, AS_OF, 1.0 if point < _DIRTY else 0.0).typed)
        return cells

    def _pick(self, items: Sequence[Any]) -> Any:
        return items[int(self.rng.random() * len(items))]

    def _day(self, low: int, high: int) -> dt.date:
        return AS_OF + dt.timedelta(days=low + int(self.rng.random() * (high - low)))

    def _evening(self, low: int, high: int) -> dt.datetime:
        return dt.datetime.combine(self._day(low, high), dt.time(18))

    def _choice(self, name: str) -> str:
        return str(self._pick(self.rulebook.choices[name]).value)

    def _client(self, number: int) -> dict[str, Any]:
        said, people, rng = words()["said"], words()["people"], self.rng
        companies, trade = words()["companies"], self._pick(words()["trade"])
        serial = self.number * CUSTOMERS + number
        first = self._day(-400, -40)
        stage = self._pick([s for s in self.rulebook.stages if s.kind == "open"])
        place, ending = self._pick(companies["places"]), self._pick(companies["endings"])
        name = place + _code(serial) + trade["word"] + ending
        return {
            "customer_no": f"CRM{first:%Y%m}{serial:06}",
            "customer_name": name,
            "industry": trade["industry"],
            "source": self._choice("客户来源"),
            "employees": int(20 + rng.random() * 1800),
            "contact_name": self._pick(people["surnames"]) + self._pick(people["contacts"]),
            "contact": f"1{3 + serial % 6}{serial:09}",
            "need": self._pick(said["needs"]).format(n=3 + int(rng.random() * 90)),
            "first_contact": first,
            "status": next(o.value for o in self.rulebook.choices["跟进状态"] if o.kind == "keen"),
            "stage": stage.name,
            "expected_amount": int(20 + rng.random() * 480) * 1000,
            "expected_close": self._day(10, 120),
            "annual_purchase": int(rng.random() * 90) * 10_000,
            "strategic": rng.random() < 0.1,
            "last_contact": self._day(-30, 0),
            "competitor": self._pick([None, *said["competitors"]]),
            "notes": self._pick([None, None, *said["notes"]]),
        }

    def _archive(self, sheet: _Sheet) -> None:
        sheet.pairs("archive_head", {"rep": self.name, "team": self.team, "filled_on": AS_OF})
        rows = [self._typed("customer", _CUSTOMER, c) for c in self.clients]
        sheet.table("customer", _CUSTOMER, rows)

    def _record(self, sheet: _Sheet) -> None:
        said, client = words()["said"], self.clients[0]
        card = {
            k: client[k] for k in ("customer_name", "contact_name", "industry", "first_contact", "source")
        }
        sheet.pairs("record", {**card, "rep": self.name, "stage": self._ticked(client["stage"])})
        talks, plans = [], []
        methods = self.rulebook.choices["沟通方式"]
        for n in range(TALKS):
            met = dt.datetime.combine(AS_OF, dt.time(9 + n % 9, 15)) - dt.timedelta(days=n // 3)
            talk = {"contact_time": met, "method": methods[n % len(methods)].value}
            talk["summary"] = self._pick(said["summaries"]).format(n=n + 2)
            talk["entered_at"] = met + dt.timedelta(hours=2)
            talks.append(talk)
        for n in range(PLANS):
            action = self._pick(said["actions"]).format(n=n + 2)
            plans.append({"action": action, "owner": self.name, "due": self._evening(3, 30)})
        for block, records in (("communication", talks), ("action", plans)):
            fields = tuple(records[0])
            sheet.title(schemas.block_spec(block).title)
            sheet.table(block, fields, [self._typed(block, fields, r) for r in records])

    def _ticked(self, stage: str) -> str:
        return " ".join(("☑" if s.name == stage else "□") + s.name for s in self.rulebook.stages)

    def _week(self, sheet: _Sheet) -> None:
        said, clients = words()["said"], self.clients
        sheet.pairs(
            "weekly_report",
            {"rep": self.name, "team": self.team, "week_start": WEEK, "week_end": WEEK + dt.timedelta(days=6)}
            | {"new_customers": 0, "follow_ups": sum(n // 3 < 5 for n in range(TALKS))}
            | {"expected_amount": sum(c["expected_amount"] for c in clients[:KEYS])}
            | {"completed_amount": 60_000, "month_target": 300_000},
        )
        keys = [
            {
                "customer_name": c["customer_name"],
                "stage": c["stage"],
                "progress": self._pick(said["summaries"]).format(n=4),
                "next_step": self._pick(said["actions"]).format(n=3),
                "amount": c["expected_amount"],
            }
            for c in clients[:KEYS]
        ]
        issue = {"problem": "客户对交货周期有顾虑，希望缩短到三周", "measure": "请生产排期后给出书面承诺"}
        plan = {"plan": "拜访重点客户并确认技术参数", "due": self._evening(3, 9)}
        for block, records in (
            ("key_customer", keys),
            ("issue", [issue] * ISSUES),
            ("next_week", [plan] * NEXT),
        ):
            fields = [c.field for c in schemas.block_spec(block).columns if c.field in records[0]]
            sheet.title(schemas.block_spec(block).title)
            sheet.table(block, fields, [self._typed(block, fields, r) for r in records])

    def _handover(self, sheet: _Sheet) -> None:
        block, other = "handover_customer", _name(self.number ^ 1)
        card = {"from_rep": self.name, "to_rep": other, "date": AS_OF}
        sheet.pairs("handover", card | {"reason": self._choice("交接原因")})
        fields = ("customer_no", "customer_name", "contact_name", "contact", "status", "stage")
        sheet.title(schemas.block_spec(block).title)
        given = self.clients[-HANDED:]
        sheet.table(block, fields, [self._typed(block, fields, c) for c in given])
        sheet.title(schemas.block_spec(_OPEN).title)
        open_ones = [c | {"opportunity": c["need"], "next_action": "约客户当面介绍新的负责人"} for c in given]
        fields = tuple(c.field for c in schemas.block_spec(_OPEN).columns if c.field in open_ones[0])
        sheet.table(_OPEN, fields, [self._typed(_OPEN, fields, c) for c in open_ones])
        for who, name in (("from", self.name), ("to", other), ("manager", words()["people"]["managers"][0])):
            sheet.pairs("handover", {f"{who}_signature": name, f"{who}_signed_on": AS_OF})


def _code(serial: int) -> str:
    """Return a number as four characters that a company may be called, other numbers' being unlike them."""
    code = hashlib.sha256(str(serial).encode()).digest()
    return "".join(_SIGNS[byte % len(_SIGNS)] for byte in code[:4])


def _workbook(name: str, sheet: _Sheet) -> bytes:
    """Return a workbook of one sheet as Excel packs it: shared strings, dates as numbers with a format.

    Written as text, since drawing thousands of workbooks cell by cell would take longer than the bench.
    """
    strings: dict[str, int] = {}
    lines = []
    for row, cells in enumerate(sheet.rows, 1):
        typed = (
            _cell(f"{column_letters(n)}{row}", v, strings) for n, v in enumerate(cells, 1) if v is not None
        )
        lines.append(f'<row r="{row}">{"".join(typed)}</row>')
    shared = "".join(f'<si><t xml:space="preserve">{escape(text)}</t></si>' for text in strings)
    parts = {
        **_frame(),
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELS}"><sheets>'
        f'<sheet name="{name}" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{_MAIN}"><sheetData>{"".join(lines)}</sheetData>'
        "</worksheet>",
        "xl/sharedStrings.xml": f'<sst xmlns="{_MAIN}" uniqueCount="{len(strings)}">{shared}</sst>',
    }
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package:
        for part, text in parts.items():
            package.writestr(zipfile.ZipInfo(part), _HEAD + text, zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def _cell(at: str, value: CellValue, strings: dict[str, int]) -> str:
    if isinstance(value, str):
        return f'<c r="{at}" t="s" s="1"><v>{strings.setdefault(value, len(strings))}</v></c>'
    if isinstance(value, dt.datetime):
        return f'<c r="{at}" s="3"><v>{(value - _EPOCH) / dt.timedelta(days=1):.6f}</v></c>'
    if isinstance(value, dt.date):
        return f'<c r="{at}" s="2"><v>{(value - _EPOCH.date()).days}</v></c>'
    return f'<c r="{at}" s="1"><v>{value}</v></c>'


@cache
def _frame() -> Mapping[str, str]:
    """Return what all the workbooks have in common, as XlsxWriter writes it: types, relations, formats."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for column, look in enumerate(("@", "yyyy-mm-dd", "yyyy-mm-dd hh:mm")):
            sheet.write(0, column, "x", book.add_format({"border": 1, "num_format": look}))
    with zipfile.ZipFile(stream) as package:
        names = ("[Content_Types].xml", "_rels/.rels", "xl/_rels/workbook.xml.rels", "xl/styles.xml")
        names += ("xl/theme/theme1.xml", "docProps/app.xml", "docProps/core.xml")
        return {name: package.read(name).decode().removeprefix(_HEAD) for name in names}
