"""Lists on a form's sheet that belong to none of its tables are named, and nothing else is."""

from __future__ import annotations

import pytest

from salesxl.model import Severity
from tests.test_reading import (
    HEADER,
    Canvas,
    archive,
    customers,
    handover_sheet,
    only,
    record_sheet,
    weekly_sheet,
)

EXPENSES = (["费用项目", "发生日期", "报销金额"], ["高铁票", "2026-11-18", 553], ["招待", "2026-11-19", 880])


def test_a_list_that_no_form_asks_for_is_said_to_be_unread_at_its_first_row() -> None:
    canvas = weekly_sheet().put(20, 1, "本周费用").table(21, 1, *EXPENSES)
    found = only(canvas)
    assert [(f.code, f.severity, f.place.cell) for f in found.findings] == [
        ("unread", Severity.NOTICE, "A22")
    ]
    assert found.findings[0].facts == {"count": 2, "rows": "22–23"}


@pytest.mark.parametrize("canvas", [archive(), record_sheet(), weekly_sheet(), handover_sheet()])
def test_forms_read_wholly_say_nothing(canvas: Canvas) -> None:
    assert only(canvas).findings == ()


def test_what_a_printed_form_says_of_itself_is_no_list() -> None:
    canvas = (
        Canvas().put(1, 1, "编号", "QR-SM-08", "版本", "A/0").put(2, 1, "地址：园区3号", "电话：0512-6288", 3)
    )
    canvas.table(4, 1, HEADER, *customers(2)).put(9, 1, "部门经理意见", "同意", "日期", "2026-11-20")
    assert only(canvas).findings == ()
