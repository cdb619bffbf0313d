"""Long sheets are written by other processes: not a byte differs, and an error is the same."""

from __future__ import annotations

import datetime as dt
import io
import os
from collections.abc import Iterator
from typing import Any

import openpyxl
import pytest
from openpyxl.chart import BarChart, Reference
from openpyxl.workbook.defined_name import DefinedName

from salesxl.errors import TemplateError
from salesxl.render import render, render_file
from salesxl.template.cells import Rows
from salesxl.template.engine import LONG
from salesxl.workers import Hands

ROWS = [{"name": f"客户{n}", "amount": n * 100, "day": dt.date(2026, 1, 1)} for n in range(LONG + 500)]
OURS = os.getpid()

pytestmark = pytest.mark.skipif(not Hands(2).inherit, reason="processes here begin with nothing")


def template(cells: dict[str, str], *, chart: bool = False, dated: bool = True) -> bytes:
    """Return a workbook of three sheets, two of which repeat a row for each of ``rows``."""
    book = openpyxl.Workbook()
    first = book.active
    first.title = "总览"
    first["A1"] = "{{ rows|length }} 行"
    first["A2"] = "{{ today }}"
    for name in ("甲", "乙"):
        sheet = book.create_sheet(name)
        for cell, text in cells.items():
            sheet[cell] = text
        if dated:
            sheet["C1"].number_format = "yyyy-mm-dd"
        sheet["E1"] = "末尾"
        book.defined_names[f"each_rows.{name}"] = DefinedName(f"each_rows.{name}", attr_text=f"{name}!$1:$1")
        sheet["A2"] = "=SUM(B1:B1)"
        sheet["A3"].hyperlink = "https://example.com/{{ rows|length }}"
    if chart:
        drawing = BarChart()
        drawing.add_data(Reference(book["甲"], min_col=2, min_row=1))
        first.add_chart(drawing, "D2")
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


CELLS = {"A1": "{{ row.name }}", "B1": "{{ row.amount }}", "C1": "{{ row.day }}"}


def parts_written_here(
    source: bytes, hands: Hands | None, monkeypatch, **more: Any
) -> tuple[bytes, set[str]]:
    """Render; return the workbook, and the parts of which this process itself wrote the rows."""
    here: set[str] = set()
    real = Rows.__iter__

    def noting(rows: Rows) -> Iterator[bytes]:
        if os.getpid() == OURS:
            here.add(rows._sheet.new_name)
        return real(rows)

    with monkeypatch.context() as patch:
        patch.setattr(Rows, "__iter__", noting)
        return render(source, data(**more), hands=hands), here


def data(**more: Any) -> dict[str, Any]:
    return {"rows": ROWS, "today": dt.date(2026, 11, 20)} | more


@pytest.mark.parametrize(("chart", "here"), [(False, {"总览"}), (True, {"总览", "甲"})])
def test_the_bytes_are_those_of_one_process(chart, here, monkeypatch):
    source = template(CELLS, chart=chart)
    alone, all_here = parts_written_here(source, None, monkeypatch)
    together, some_here = parts_written_here(source, Hands(2), monkeypatch)
    assert together == alone
    assert all_here == {"总览", "甲", "乙"}
    assert some_here == here  # a chart keeps the values of what it draws, so its sheet stays


@pytest.mark.parametrize(("hands", "rows"), [(1, ROWS), (2, ROWS[:50])])
def test_what_is_short_or_has_nobody_else_to_write_it_is_written_here(hands, rows, monkeypatch):
    _, here = parts_written_here(template(CELLS), Hands(hands), monkeypatch, rows=rows)
    assert here == {"总览", "甲", "乙"}


@pytest.mark.parametrize("hands", [None, Hands(2)], ids=["alone", "together"])
def test_a_file_is_written_as_its_bytes_are(hands, tmp_path):
    source = template(CELLS, dated=False)
    render_file(source, data(), tmp_path / "a.xlsx", hands=hands)
    assert (tmp_path / "a.xlsx").read_bytes() == render(source, data())


def test_dates_that_bring_their_own_format_are_the_same(monkeypatch):
    source = template(CELLS, dated=False)  # column C has no format: a date shows as one nevertheless
    together, here = parts_written_here(source, Hands(2), monkeypatch)
    assert together == render(source, data())
    assert here == {"总览", "甲", "乙"}  # begun anew
    shown = openpyxl.load_workbook(io.BytesIO(together))
    assert shown["乙"]["C9"].value == dt.datetime(2026, 1, 1)
    assert shown["总览"]["A2"].value == dt.datetime(2026, 11, 20)


def test_an_error_in_a_long_sheet_names_its_cell():
    wrong = template({**CELLS, "D1": "{{ 100 / row.amount }}"})
    texts = set()
    for hands in (None, Hands(1), Hands(2)):
        with pytest.raises(TemplateError) as said:
            render(wrong, data(), hands=hands)
        texts.add(str(said.value))
    assert len(texts) == 1
    assert "甲" in texts.pop()


def test_a_list_that_comes_once_is_gone_through_by_one_process(monkeypatch):
    source = template(CELLS)
    once, here = parts_written_here(source, Hands(2), monkeypatch, rows=iter(ROWS))
    assert once == render(source, data())
    assert here == {"总览", "甲", "乙"}
