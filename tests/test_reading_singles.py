"""Customers laid out as cards: a sheet each, below each other, or a column each."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from salesxl.model import CellValue, Submission
from salesxl.schemas import form
from tests import sheets
from tests.test_reading import CUSTOMER, Canvas, archive, block, codes, customers, only, read, record_sheet

FIELDS = [(label, value) for label, value in CUSTOMER.items() if label != "客户编号"]


def card(name: str = "客户1", company: str = "苏州恒达机械有限公司", top: int = 1, pairs: int = 2) -> Canvas:
    canvas = Canvas(name).put(top, 1, "客户资料卡").put(top + 1, 1, "销售代表", "王小明")
    return fill(canvas, company, top + 2, pairs)


def fill(canvas: Canvas, company: str | None, top: int, pairs: int = 2) -> Canvas:
    for place, (label, value) in enumerate(FIELDS):
        typed: CellValue = company if label == "客户名称" else value if company else None
        canvas.put(top + place // pairs, 1 + 2 * (place % pairs), label, typed)
    return canvas


def values(submission: Submission) -> dict[str, CellValue]:
    found = block(submission, "customer")
    assert len(found.rows) == 1
    told = {name: column[0] for name, column in found.values.items() if column[0] is not None}
    assert told.pop("rep", found) in (found, submission.rep)  # it stands on the head as well
    return told


@pytest.mark.parametrize("pairs", [1, 2, 3])
def test_a_customer_on_a_card_is_a_record_of_the_archive(pairs: int) -> None:
    found = only(card(pairs=pairs))
    assert (found.form, found.rep, found.findings) == ("customer_archive", "王小明", ())
    typed = values(found)
    assert typed["customer_name"] == "苏州恒达机械有限公司"
    assert typed["annual_purchase"] == "12万"
    assert typed["notes"] == "老客户介绍"
    assert len(typed) == len(FIELDS)
    assert block(found, "customer").place("customer_name", 3) == (3, 2)


def test_a_sheet_a_customer_is_a_form_each() -> None:
    submissions, findings = read(card("甲", "甲乙机械有限公司"), card("丙", "丙丁机械有限公司"))
    assert findings == []
    assert [values(s)["customer_name"] for s in submissions] == ["甲乙机械有限公司", "丙丁机械有限公司"]


def test_cards_below_each_other_are_read_one_by_one() -> None:
    canvas = card()
    canvas.cells.update(card(company="上海信诚机械有限公司", top=15).cells)
    submissions, _ = read(canvas)
    names = [values(s)["customer_name"] for s in submissions]
    assert names == ["苏州恒达机械有限公司", "上海信诚机械有限公司"]


def test_a_blank_card_beside_filled_ones_is_a_spare_copy_and_alone_it_holds_no_record() -> None:
    blank = fill(Canvas("空").put(1, 1, "客户资料卡"), None, 3)
    assert [s.sheet for s in read(card(), blank)[0]] == ["客户1"]
    alone = only(blank)
    assert alone.form == "customer_archive"
    assert block(alone, "customer").rows == ()


def test_what_stands_beside_a_label_nobody_knows_is_kept() -> None:
    found = only(card().put(11, 1, "开票抬头：", "恒达机械开票专用"))
    assert values(found)["其他列:开票抬头"] == "恒达机械开票专用"


def test_a_label_missing_from_a_card_is_one_error() -> None:
    canvas = card()
    at = next(at for at, value in canvas.cells.items() if value == "需求描述")
    del canvas.cells[at], canvas.cells[at[0], at[1] + 1]
    assert codes(only(canvas).findings) == [("missing_column", "A1", "need")]


def across(*companies: str) -> Canvas:
    canvas = Canvas("对比").put(1, 1, "客户信息表").put(2, 1, "销售代表", "王小明")
    for row, (label, value) in enumerate(FIELDS, 4):
        canvas.put(row, 1, label)
        for place, company in enumerate(companies, 2):
            canvas.put(row, place, company if label == "客户名称" else value)
    return canvas


def test_a_customer_a_column_is_a_record_each_at_its_cells() -> None:
    canvas = across("甲乙机械有限公司", "丙丁商贸有限公司", "戊己科技有限公司")
    del canvas.cells[9, 2]  # the first customer's 联系方式: not the next one's
    submissions, findings = read(canvas)
    assert findings == []
    assert [values(s)["customer_name"] for s in submissions] == [
        "甲乙机械有限公司",
        "丙丁商贸有限公司",
        "戊己科技有限公司",
    ]
    assert {s.rep for s in submissions} == {"王小明"}
    assert [block(s, "customer").place("stage", 4) for s in submissions] == [(14, 2), (14, 3), (14, 4)]
    label = next(label for label, _ in FIELDS[5:6])
    name = next(c.field for c in form("customer_archive").block("customer").columns if c.label == label)
    assert name not in values(submissions[0])
    assert name in values(submissions[1])


def test_units_before_the_values_and_names_above_them_are_no_customer() -> None:
    canvas = across("甲乙机械有限公司", "丙丁商贸有限公司").put(3, 1, "项目", "客户A", "客户B")
    canvas.cells = {(r, c + (c > 1 and r > 2)): v for (r, c), v in canvas.cells.items()}
    canvas.put(3, 2, "单位").put(7, 2, "人").put(15, 2, "元").put(12, 2, "年-月-日")
    submissions, findings = read(canvas)
    assert findings == []
    assert [values(s)["customer_name"] for s in submissions] == ["甲乙机械有限公司", "丙丁商贸有限公司"]
    assert [block(s, "customer").place("stage", 4) for s in submissions] == [(14, 3), (14, 4)]


def test_a_column_of_instructions_beside_customers_makes_no_help_sheet() -> None:
    canvas = across("甲乙机械有限公司", "丙丁商贸有限公司").put(3, 1, "项目", 1, 2, "填写说明")
    for row in range(4, 4 + len(FIELDS)):
        canvas.put(row, 4, "见制度第3条")
    assert [values(s)["customer_name"] for s in read(canvas)[0]] == ["甲乙机械有限公司", "丙丁商贸有限公司"]


def test_a_card_with_rows_of_labels_over_rows_of_values_is_one_record() -> None:
    canvas = Canvas("卡").put(1, 1, "客户信息卡").put(2, 1, "销售代表：王小明")
    for place, (label, value) in enumerate(FIELDS):
        row, column = 4 + 2 * (place // 5), 1 + place % 5
        canvas.put(row, column, label).put(row + 1, column, value)
    found = only(canvas)
    assert found.findings == ()
    assert len(values(found)) == len(FIELDS)
    assert block(found, "customer").place("industry", 4) == (5, 2)


def test_headers_of_two_tables_below_each_other_are_no_card() -> None:
    labels = [label for label, _ in FIELDS]
    people = customers(4)
    canvas = Canvas().table(1, 1, labels[:8], *(row[1:9] for row in people))
    canvas.table(7, 1, labels[8:], *(row[9:] for row in people))
    kinds = [(s.form, len(block(s, "customer").rows)) for s in read(canvas)[0]]
    assert ("customer_archive", 4) in kinds


def test_remarks_beside_the_values_of_a_card_are_no_further_customer() -> None:
    canvas = card(pairs=1)
    for row, (label, _) in enumerate(FIELDS, 3):
        canvas.put(row, 3, f"请核对{label}")
    assert len(read(canvas)[0]) == 1


def test_a_sheet_that_explains_the_fields_of_the_archive_is_no_card() -> None:
    columns = form("customer_archive").block("customer").drawn
    for heads in (("字段", "说明", "是否必填"), ("栏目", "怎么填")):
        canvas = Canvas("怎样填").put(1, 1, *heads)
        for row, column in enumerate(columns, 2):
            canvas.put(row, 1, column.label, column.help, "是" if column.required else "否")
        submissions, findings = read(canvas, archive())
        assert [s.sheet for s in submissions] == ["Sheet1"]
        assert findings == []


def test_a_process_record_stays_one_though_its_card_names_the_customer() -> None:
    assert only(record_sheet()).form == "process_record"


def test_faults_of_a_card_are_found_at_its_cells_and_sound_ones_go_in(tmp_path: Path) -> None:
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.active)
    for place, canvas in enumerate((card("甲", "甲乙机械有限公司"), card("丙", "丙丁机械有限公司"))):
        sheet = book.create_sheet(canvas.name)
        for (row, column), value in canvas.cells.items():
            typed = "明年再说" if place and isinstance(value, dt.datetime) else value
            sheet.cell(row, column, typed)
    book.save(tmp_path / "王小明.xlsx")
    checked = sheets.check(tmp_path / "王小明.xlsx")
    found = [(f.place.sheet, f.place.cell, f.code) for f in checked.findings if f.severity == "error"]
    assert found == [("丙", "B7", "type")]
    assert checked.frames["customer"]["accepted"].tolist() == [True, False]
