"""A car dealer's team, made up: settings with its own forms and rules, and a week of them with faults.

Owns who works there and what stands in the forms. Refuses: the definitions; they come with the package.
"""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import xlsxwriter

from salesxl import drawing, settings
from salesxl.rulebook import Condition, Member, Rulebook, View

__all__ = ["DAY", "make", "rulebook"]

DAY = dt.date(2026, 11, 20)
"""The Friday on which the forms are handed in."""
MEMBERS = tuple(
    Member(name, "展厅一组" if name != "何川" else "展厅二组", manager="唐经理")
    for name in ("陈晓", "郭敏", "何川")
)
VIEW = View("成交未交车", (Condition("outcome", "is", ("won",)), Condition("交车时间", "blank")))
WON, LOST, OPEN = "成交签约", "线索终止", "方案呈现"
STATUS = {WON: "成交", LOST: "流失", OPEN: "意向"}
VISITORS = ("客户姓名", "性别", "手机", "来源", "预计购车日期", "区域")
DRIVES = ("客户名称", "试驾日期", "试驾里程", "身份证号", "驾驶证号", "手机")
SOLD = ("省份", "城市", "地址", "底盘号", "销售日期", "交车时间", "录入时间", "发票抬头")
CUSTOMERS = (
    *("客户名称", "客户来源", "联系方式", "需求描述", "首次接触时间", "跟进状态", "成交阶段"),
    *("预计成交金额", "预计成交日期", "合同编号", "合同金额", "合同到期日", "流失原因", *SOLD),
)
Forms = Mapping[str, Sequence[Sequence[Any]]]


def day(number: int, hour: int = 0, minute: int = 0) -> dt.datetime:
    """Return a moment of November 2026."""
    return dt.datetime(2026, 11, number, hour, minute)


def customer(
    name: str, phone: str, need: str, stage: str, amount: int, *sold: Any, loss: str | None = None
) -> list[Any]:
    """Return a row of the archive; a sold car's has its delivery behind."""
    close = dt.datetime(2026, 12, 20) if stage == OPEN else None
    contract = ("XS-" + phone[-4:], amount, dt.datetime(2027, 11, 15)) if stage == WON else (None,) * 3
    first = [name, "线上推广", phone, need, day(3), STATUS[stage], stage, amount, close, *contract, loss]
    return [*first, *sold, *[None] * (len(SOLD) - len(sold))]


CHEN: Forms = {
    "展厅客流": [
        ("周先生", "男", "13900000001", "线上推广", day(28), "西湖区"),
        ("刘女士", "女", "1390000002", "转介绍", day(22), "滨江区"),  # ten digits; buys within a week
        ("孙先生", "男", "13900000003", "展会", day(10), "余杭区"),  # before the visit
    ],
    "试乘试驾": [
        ("陈立群", day(17), 8, "11010519491231002X", "110105194912310", "13900000001"),
        ("吴桂芳", day(18), "3.2 公里", "11010519491231002X", "330106198803", "13900000004"),
        ("马文涛", day(18), 12, "110105194912310021", "330106199002", "13900000005"),  # a slip in the number
    ],
    "客户档案": [
        customer("陈立群", "13900000001", "家用SUV，预算18万，12月底前提车", OPEN, 180000),
        customer(  # sold, not yet handed over; her only test drive is sent back
            *("吴桂芳", "13900000004", "代步轿车一台，预算12万，要求分期", WON, 126000),
            *("浙江省", "杭州市", "西湖区文三路1号", "LVSHFFAC0AF123456", day(16), None),
            *(None, "吴桂芳"),
        ),
        customer(  # no address, another name on the invoice, entered two days later
            *("马文涛", "13900000005", "七座MPV一台，预算25万，周末提车", WON, 258000),
            *("浙江省", "杭州市", None, "LSGPC52U6AF102554", day(16), day(17, 10)),
            *(day(19, 18), "杭州文涛贸易有限公司"),
        ),
        customer("钱小燕", "13900000006", "两厢小车，预算8万，给女儿上班用", LOST, 80000),  # no reason
    ],
}
GUO: Forms = {
    "展厅客流": [("丁女士", "女", "13900000011", "转介绍", day(25), "萧山区")],  # drives on the same day
    "试乘试驾": [
        ("丁女士", day(19), 9, "11010519491231002X", "330109198501", "13900000011"),
        ("罗志强", day(19), None, "11010519491231002X", "330109", "13900000012"),
    ],
    "客户档案": [
        customer("丁女士", "13900000011", "新能源轿车，预算20万，要求送充电桩", OPEN, 200000),
        customer("罗志强", "13900000012", "皮卡一台，跑工地用，预算15万", OPEN, 150000),
        customer(  # sold without a test drive, with a car that another customer has
            *("冯建国", "13900000013", "商务MPV一台，预算28万，公司用车", WON, 280000),
            *("浙江省", "杭州市", "萧山区市心路2号", "LSGPC52U6AF102554", day(18), day(19, 16)),
            *(day(19, 18), "冯建国"),
        ),
    ],
}
REPS: Mapping[str, Forms] = {"陈晓": CHEN, "郭敏": GUO}
HEADS = {"展厅客流": VISITORS, "试乘试驾": DRIVES, "客户档案": CUSTOMERS}
CARDS = {
    "展厅客流": ("到店日期", day(18)),
    "试乘试驾": ("填表日期", day(20)),
    "客户档案": ("填表日期", day(20)),
}


def rulebook() -> Rulebook:
    """Return the dealer's rules: the forms of its trade are on, those for any team are offered."""
    rules = settings.default_rulebook()
    pack = settings.shipped_rows("dealer")
    on = tuple({**row, "enabled": "是"} for row in pack["form_list"])
    typed = {
        name: (*(on if name == "form_list" else rows), *rules.typed[name]) for name, rows in pack.items()
    }
    rules = replace(rules, members=MEMBERS, has_roster=True, typed=typed)
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "团队设置.xlsx"
        path.write_bytes(drawing.settings_workbook(rules))
        read, faults = settings.load(path)
    assert not faults, faults
    return replace(read, views=(*rules.views, VIEW))


def make(folder: Path) -> None:
    """Write the dealer's folder: settings and an inbox. The same bytes every time."""
    inbox = folder / "收件箱"
    inbox.mkdir(parents=True, exist_ok=True)
    (folder / "团队设置.xlsx").write_bytes(drawing.settings_workbook(rulebook()))
    for name in ("展厅客流", "试乘试驾", "客户档案"):
        _write(inbox / f"{name}_陈晓.xlsx", "陈晓", {name: CHEN[name]}, report=name == "客户档案")
    _write(inbox / "郭敏 第47周.xlsx", "郭敏", GUO, report=True)


def _write(path: Path, rep: str, forms: Forms, *, report: bool) -> None:
    with xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd"}) as book:
        book.set_properties({"created": dt.datetime(2026, 11, 20, 9)})
        bold = book.add_format({"bold": True, "bg_color": "#DDEBF7", "border": 1})
        title = book.add_format({"bold": True, "font_size": 14})
        moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        for name, rows in forms.items():
            sheet = book.add_worksheet(name)
            sheet.set_column(0, len(HEADS[name]), 16)
            sheet.write(0, 0, name, title)
            sheet.write_row(1, 0, ("销售代表", rep, *CARDS[name]))
            sheet.write_row(3, 0, HEADS[name], bold)
            for number, row in enumerate(rows, 4):
                for at, value in enumerate(row):
                    timed = isinstance(value, dt.datetime) and value.hour
                    sheet.write(number, at, value, *([moment] if timed else []))
        if report:
            _report(book, rep, title)


def _report(book: Any, rep: str, title: Any) -> None:
    sheet = book.add_worksheet("周报")
    sheet.set_column(0, 3, 18)
    sheet.write(0, 0, "销售周报", title)
    won = sum(row[7] for row in REPS[rep]["客户档案"] if row[6] == WON)
    pairs = (
        *(("销售代表", rep), ("周期开始", day(16)), ("周期结束", day(22)), ("本周新增客户数", 0)),
        *(("有效跟进次数", 0), ("预计成交金额", 380000), ("本周完成业绩", won)),
    )
    for number, pair in enumerate(pairs, 1):
        sheet.write_row(number, 0, pair)
