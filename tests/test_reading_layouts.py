"""Any record, written in any layout people use, reads back as the same record at the same address."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from salesxl.columns import BlockSpec, Column, Kind, Need, Shape
from salesxl.model import Area, Block, CellValue, Grid, Workbook
from salesxl.recognition import read_workbook
from salesxl.schemas import form

CITIES = ["苏州", "上海", "佛山", "武汉", "宁波", "成都", "南京", "深圳", "温州", "无锡", "长沙", "合肥"]
WORDS = ["恒达", "信诚", "云帆", "德润", "启明", "金石", "万家", "博雅", "鼎盛", "远航"]
SORTS = [
    "机械有限公司",
    "科技股份有限公司",
    "商贸集团",
    "汽车部件厂",
    "管理咨询有限公司",
    "中心医院",
    "第一中学",
]
PEOPLE = ["王强", "李娜", "张伟", "刘洋", "陈静", "欧阳修", "杨勇", "赵磊"]
TEXTS = [
    "需要采购40台办公电脑，12月底前交付",
    "介绍方案，客户要求把交期缩短到8天",
    "预算31万以内,要求3年质保",
    "提交第2版报价单并电话确认收到",
    "客户：希望分5期付款；我方同意",
    "跟进客户",
    "完成现场演示，客户提出3项修改意见。约定下周三回复。",
]
CHOICES = {
    "行业": ["制造业-机械设备", "IT服务", "零售业-快消品", "服务业-咨询"],
    "客户来源": ["展会", "转介绍", "线上推广", "其他", "电话营销"],
    "跟进状态": ["潜在", "意向", "成交", "流失"],
    "阶段": ["线索培育", "需求确认", "方案呈现", "谈判推进"],
    "等级": ["VIP", "A", "B", "C"],
    "沟通方式": ["电话拜访", "微信", "邮件", "上门拜访", "电话"],
    "完成情况": ["未开始", "进行中", "已完成"],
    "填报范围": ["全部", "部分"],
    "交接原因": ["岗位调动", "离职", "其他"],
    "流失原因": ["价格过高", "无响应", "其他"],
}
EXTRAS = ["序号", "微信号", "公司地址", "传真", "区域", "QQ", "邮编", "更新人"]
GROUPED = {
    "contact_name": ["姓名"],
    "contact_title": ["职务", "职位"],
    "contact": ["电话", "手机", "联系电话"],
}


def value_for(column: Column, rng: Random) -> CellValue:
    """Return a value as somebody would type it."""
    day = dt.datetime(2026, rng.randint(1, 12), rng.randint(1, 28))
    match column.kind:
        case Kind.DATE:
            return rng.choice([day, f"{day:%Y.%m.%d}", f"{day.year}年{day.month}月{day.day}日"])
        case Kind.MOMENT:
            return rng.choice(
                [day + dt.timedelta(hours=9), f"{day:%Y-%m-%d} 14:30", f"{day:%Y-%m-%d}14:30前"]
            )
        case Kind.AMOUNT | Kind.AMOUNT_WAN | Kind.NUMBER:
            return rng.choice([rng.randint(1, 99) * 1000, "12万", "¥3,500", 0, "３５００元", 1234.5])
        case Kind.WHOLE:
            return rng.choice([rng.randint(0, 900), "320", "约300人"])
        case Kind.CONTACT:
            return rng.choice(
                ["13800138000", 13900139000, "0512-66668888", "a.b@c.cn", "138 0013 8000", 13800138000.0]
            )
        case Kind.YES_NO:
            return rng.choice(["是", "否", "√", "Y", 0])
        case Kind.TICKED:
            return rng.choice(["□线索培育 ☑需求确认 □方案呈现", "需求确认", "√线索培育□需求确认"])
        case Kind.CODE:
            return f"CRM2026{rng.randint(10, 12)}{rng.randint(100, 999)}"
        case Kind.TEXT:
            return rng.choice(TEXTS)
        case Kind.ITEMS:
            return rng.choice(["汽车制造、复购客户", "设备采购"])
    if column.choices:
        return rng.choice(CHOICES[column.choices])
    if column.field == "customer_name":
        return rng.choice(CITIES) + rng.choice(WORDS) + rng.choice(WORDS) + rng.choice(SORTS)
    if column.field == "team":
        return rng.choice(["华东一组", "华南组", "销售部门"])
    return rng.choice(PEOPLE)


@dataclass
class Drawing:
    """A sheet under construction and what must be read from it."""

    rng: Random
    cells: dict[tuple[int, int], CellValue] = field(default_factory=dict)
    merged: list[Area] = field(default_factory=list)
    cards: dict[str, dict[str, tuple[tuple[int, int], CellValue]]] = field(default_factory=dict)
    tables: dict[str, dict[int, dict[str, tuple[int, CellValue]]]] = field(default_factory=dict)
    extras: dict[str, dict[int, str]] = field(default_factory=dict)

    def put(self, row: int, column: int, value: CellValue) -> None:
        if value is not None:
            self.cells[row, column] = value

    def grid(self, down: int, right: int) -> Grid:
        height = max((r for r, _ in self.cells), default=0)
        rows: list[list[CellValue]] = [[] for _ in range(down)]
        for row in range(1, height + 1):
            width = max((c for r, c in self.cells if r == row), default=0)
            rows.append([None] * right + [self.cells.get((row, c)) for c in range(1, width + 1)])
        merged = [Area(a.top + down, a.left + right, a.bottom + down, a.right + right) for a in self.merged]
        return Grid("Sheet1", rows, tuple(merged))


def decorated(word: str, rng: Random, required: bool) -> str:
    if word.isascii():
        return rng.choice([word, word.title()])
    if rng.random() < 0.15:
        word = " ".join(word) if len(word) < 6 else word[:2] + "\n" + word[2:]
    if required and rng.random() < 0.4:
        word = rng.choice([word + "*", "*" + word, word + "（必填）", word + " *"])
    elif rng.random() < 0.1:
        word += rng.choice([" ", "：", "（选填）", "\n(如有)" if False else ""])
    return word


def word_for(column: Column, rng: Random, plain: float = 0.4) -> str:
    words = [column.label] if rng.random() < plain or not column.aliases else [*column.aliases]
    return decorated(rng.choice(words), rng, column.required)


def draw_card(d: Drawing, spec: BlockSpec, columns: list[Column], top: int, style: str | None = None) -> int:
    """Draw a card from a row on; return the next free row."""
    rng = d.rng
    style = style or rng.choice(["beside", "beside", "merged", "colon", "inline", "line", "column", "above"])
    found: dict[str, tuple[tuple[int, int], CellValue]] = {}
    values = {c.field: (value_for(c, rng) if rng.random() < 0.85 else None) for c in columns}
    if style == "line":
        texts = [f"{word_for(c, rng)}：{values[c.field] or '____'}" for c in columns]
        if any(isinstance(v, dt.datetime) for v in values.values()) or len(texts) > 5:
            style = "beside"
        else:
            d.put(top, 1, "    ".join(texts))
            for c in columns:
                value = values[c.field]
                found[c.field] = ((top, 1), None if value is None else str(value))
            d.cards[spec.kind] = found
            return top + 1
    if style == "above":
        for place, c in enumerate(columns, 1):
            d.put(top, place, word_for(c, rng))
            d.put(top + 1, place, values[c.field])
            found[c.field] = ((top + 1, place), values[c.field])
        if all(v is None for v in values.values()):
            d.put(top + 1, 1, "王强")
            found[columns[0].field] = ((top + 1, 1), "王强")
        d.cards[spec.kind] = found
        return top + 2
    pairs = 1 if style == "column" else rng.choice([1, 2, 2, 3])
    step = {"merged": 5, "inline": 2}.get(style, rng.choice([2, 3]))
    row, slot = top, 0
    for c in columns:
        left = 1 + slot * step
        word = word_for(c, rng)
        value = values[c.field]
        if style == "inline":
            d.put(row, left, f"{word}{rng.choice([':', '：', ' ： '])}{'' if value is None else value}")
            if value is None:
                d.cells[row, left] = f"{word}：______"
            found[c.field] = ((row, left), None if value is None else str(value))
        elif style == "merged":
            d.put(row, left, word)
            d.merged.append(Area(row, left, row, left + 1))
            d.put(row, left + 2, value)
            d.merged.append(Area(row, left + 2, row, left + 4))
            found[c.field] = ((row, left + 2), value)
        else:
            d.put(row, left, word + (rng.choice([":", "："]) if style == "colon" else ""))
            d.put(row, left + 1, value)
            found[c.field] = ((row, left + 1), value)
        slot += 1
        if slot == pairs:
            row, slot = row + 1, 0
    d.cards[spec.kind] = found
    return row + (1 if slot else 0)


def draw_table(d: Drawing, spec: BlockSpec, top: int, left: int, *, grouping: bool, notes: bool) -> int:
    """Draw a table with its header at a row; return the next free row."""
    rng = d.rng
    columns = [c for c in spec.drawn if c.required or c.need is Need.EITHER or rng.random() < 0.5]
    if rng.random() < 0.6:
        rng.shuffle(columns)
    slots: list[Column | str] = list(columns)
    for name in rng.sample(EXTRAS, rng.choice([0, 0, 1, 2])):
        slots.insert(rng.randint(0, len(slots)), name)
    fields = {c.field for c in columns}
    group = [f for f in GROUPED if f in fields]
    two_rows = grouping and len(group) >= 2 and rng.random() < 0.4
    if two_rows:
        block = [s for s in slots if isinstance(s, Column) and s.field in group]
        rest = [s for s in slots if s not in block]
        at = rng.randint(0, len(rest))
        slots = [*rest[:at], *block, *rest[at:]]
    merges = rng.random() < 0.7
    places: dict[str, int] = {}
    extras: dict[int, str] = {}
    column = left
    first_in_group = True
    for slot in slots:
        if isinstance(slot, str):
            d.put(top, column, slot)
            extras[column] = slot
            if two_rows and merges:
                d.merged.append(Area(top, column, top + 1, column))
        elif two_rows and slot.field in group:
            if first_in_group:
                d.put(top, column, rng.choice(["联系人", "联系人信息"]) if merges else "联系人")
                if merges:
                    d.merged.append(Area(top, column, top, column + len(group) - 1))
                first_in_group = False
            d.put(top + 1, column, rng.choice(GROUPED[slot.field]))
            places[slot.field] = column
        else:
            d.put(top, column, word_for(slot, rng))
            places[slot.field] = column
            if two_rows and merges:
                d.merged.append(Area(top, column, top + 1, column))
        column += 1
    row = top + (2 if two_rows else 1)
    wanted: dict[int, dict[str, tuple[int, CellValue]]] = {}
    if rng.random() < 0.2:
        first = min(places.values())
        for c in columns:
            d.put(row, places[c.field], c.example or None)
        d.put(row, first, "示例" if rng.random() < 0.5 else "（示例）")
        row += 1
    for number in range(rng.choice([1, 1, 2, 3, 5])):
        while number and rng.random() < 0.15:
            row += 1
        record = {c.field: (value_for(c, rng) if rng.random() < 0.9 else None) for c in columns}
        if rng.random() < 0.1:
            keep = "customer_name" if "customer_name" in record else columns[0].field
            record = {f: (v if f == keep else None) for f, v in record.items()}
        if sum(v is not None for v in record.values()) < 2 and "customer_name" not in record:
            record = {c.field: value_for(c, rng) for c in columns}
        elif "customer_name" in record and all(v is None for v in record.values()):
            record["customer_name"] = "苏州恒达机械有限公司"
        for name, value in record.items():
            d.put(row, places[name], value)
        for at, text in extras.items():
            d.put(row, at, number + 1 if text == "序号" else rng.choice([None, "abc", "无"]))
        wanted[row] = {name: (places[name], value) for name, value in record.items()}
        row += 1
    money = [c.field for c in columns if c.kind is Kind.AMOUNT]
    if rng.random() < 0.25:
        row += rng.choice([0, 1])
        d.put(row, left, rng.choice(["合计", "总计：", "合 计"]))
        if money and places[money[0]] != left:
            d.put(row, places[money[0]], 123000)
        row += 1
    if notes and rng.random() < 0.4:
        row += rng.choice([0, 1, 3])
        d.put(
            row,
            left,
            rng.choice(["说明:金额单位为元。", "备注：以上属实", "注：1.带*必填", "填表说明：每行一个"]),
        )
        row += 1
    d.tables[spec.kind] = wanted
    d.extras[spec.kind] = extras
    return row


def draw_heading(d: Drawing, titles: list[str], top: int) -> int:
    rng = d.rng
    row = top
    if rng.random() < 0.7:
        text = rng.choice(titles)
        d.put(row, 1, rng.choice([text, f"华东区{text}", f"{text}（2026年11月）", " ".join(text)]))
        if rng.random() < 0.6:
            d.merged.append(Area(row, 1, row, 8))
        row += 1
    if rng.random() < 0.3:
        d.put(row, 1, "带 * 的列必填，每周五前交给团队助理。")
        row += 1
    return row + rng.choice([0, 0, 1])


def draw_form(name: str, rng: Random) -> Drawing:
    """Draw a form with its blocks one below the other (two tables side by side now and then)."""
    d = Drawing(rng)
    spec = form(name)
    row = draw_heading(d, [spec.title, *spec.aliases], 1)
    waiting: tuple[BlockSpec, int] | None = None
    for place, block in enumerate(spec.blocks):
        if block.shape is Shape.CARD:
            columns = [c for c in block.drawn if c.section in (None, block.drawn[0].section)]
            columns = [c for c in columns if c.required or rng.random() < 0.7]
            if block.kind == "archive_head" and rng.random() < 0.2:
                continue
            if rng.random() < 0.5 and block.title and name != "customer_archive":
                d.put(row, 1, columns[0].section or block.title)
                row += 1
            styles = (
                None
                if block.kind in ("archive_head", "weekly_report")
                else rng.choice(["beside", "merged", "colon", "inline", "column"])
            )
            row = draw_card(d, block, columns, row, styles) + rng.choice([0, 1])
            continue
        titled = name != "customer_archive"
        if titled and rng.random() < 0.85:
            d.put(row, 1, rng.choice([block.title, *block.aliases, f"{'一二三四'[place]}、{block.title}"]))
            row += 1
        row = draw_table(
            d, block, row, 1, grouping=name == "customer_archive", notes=name == "customer_archive"
        )
        row += rng.choice([1, 1, 2]) if titled else 0
    _ = waiting
    return d


def blocks_of(d: Drawing, name: str, down: int, right: int) -> tuple[str, dict[str, Block], list[object]]:
    submissions, findings = read_workbook(Workbook("a.xlsx", (d.grid(down, right),)))
    if len(submissions) != 1:
        return f"{len(submissions)} submissions, {findings}", {}, []
    found = submissions[0]
    if found.form != name:
        return f"read as {found.form}", {}, []
    return "", {b.kind: b for b in found.blocks}, list(found.findings)


def check(name: str, seed: int) -> str:
    """Return what is wrong with reading a drawing, or nothing."""
    rng = Random(seed)
    d = draw_form(name, rng)
    down, right = rng.choice([0, 0, 1, 4]), rng.choice([0, 0, 1, 3])
    wrong, blocks, findings = blocks_of(d, name, down, right)
    if wrong:
        return wrong
    if findings:
        return f"findings {findings}"
    for kind, wanted in d.cards.items():
        card = blocks.get(kind)
        if card is None:
            return f"card {kind} is missing"
        for field_name, ((row, column), value) in wanted.items():
            at = card.cells.get(field_name)
            if at != (row + down, column + right):
                return f"{kind}.{field_name} at {at}, not {(row + down, column + right)}"
            got = card.frame[field_name].iloc[0]
            if got != (value.strip() if isinstance(value, str) else value):
                return f"{kind}.{field_name} is {got!r}, not {value!r}"
    for kind, records in d.tables.items():
        table = blocks.get(kind)
        if table is None:
            return f"table {kind} is missing"
        rows = [row + down for row in records]
        if list(table.frame.index) != rows:
            return f"{kind} rows {list(table.frame.index)}, not {rows}"
        for row, record in records.items():
            for field_name, (column, value) in record.items():
                if table.columns.get(field_name) != column + right:
                    return f"{kind}.{field_name} in {table.columns.get(field_name)}, not {column + right}"
                got = table.frame.at[row + down, field_name]
                if got != value:
                    return f"{kind}.{field_name} row {row} is {got!r}, not {value!r}"
        wanted_extra = {c + right: text for c, text in d.extras[kind].items()}
        if dict(table.extra) != wanted_extra:
            return f"{kind} extra {table.extra}, not {wanted_extra}"
    return ""


@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(
    st.sampled_from(["customer_archive", "process_record", "weekly_report", "handover_list"]),
    st.integers(0, 10**6),
)
def test_any_record_in_any_layout_reads_back_at_its_address(name: str, seed: int) -> None:
    assert check(name, seed) == ""
