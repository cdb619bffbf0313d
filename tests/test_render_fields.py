"""Every name a template may use, with its kind, an example, and how a list is asked for."""

from __future__ import annotations

import datetime as dt
import io
import re
from pathlib import Path

import openpyxl
import pytest
from openpyxl.workbook.defined_name import DefinedName

from salesxl import summary
from salesxl.files import packaged
from salesxl.letters import sample_data
from salesxl.render import fields, lint, render, shortened
from salesxl.summary.sample import few, to_json

ROOT = Path(__file__).parents[1]
DATA = {
    "title": "周报",
    "day": dt.date(2026, 11, 20),
    "reps": [
        {"name": "甲", "amount": None, "late": True, "counts": {"VIP": 1, "A": 0}, "deals": []},
        {"name": "乙", "amount": 1.5, "late": False, "counts": {"VIP": 0, "A": 2}, "deals": [{"no": 7}]},
    ],
    "by_stage": {"线索": 3, "成交": 1},
    "totals": {"rows": 2},
    "tags": ["a"],
}


def test_names_have_kind_example_and_band() -> None:
    assert [(f.name, f.kind, f.example, f.band, f.item) for f in fields(DATA)] == [
        ("title", "text", "周报", None, None),
        ("day", "date", dt.date(2026, 11, 20), None, None),
        ("reps", "list", None, "each_reps", "rep"),
        ("reps[].name", "text", "甲", None, None),
        ("reps[].amount", "number", 1.5, None, None),
        ("reps[].late", "yes_no", True, None, None),
        ("reps[].counts['VIP']", "whole", 1, None, None),
        ("reps[].deals", "list", None, "each_rep__deals", "deal"),
        ("reps[].deals[].no", "whole", 7, None, None),
        ("by_stage['线索']", "whole", 3, None, None),
        ("totals.rows", "whole", 2, None, None),
        ("tags", "list", None, "each_tags", "tag"),
        ("tags[]", "text", "a", None, None),
    ]


def template(**cells: str) -> bytes:
    book = openpyxl.Workbook()
    book.active.title = "表"
    for cell, text in cells.items():
        book.active[cell] = text
    book.defined_names["each_reps"] = DefinedName("each_reps", attr_text="表!$3:$4")
    book.defined_names["each_rep__deals"] = DefinedName("each_rep__deals", attr_text="表!$4:$4")
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def test_a_template_tells_under_which_heading_a_name_is_shown() -> None:
    source = template(A1="{{ title }}", A2="姓名", B2="编号", A3="{{ rep.name }} 君", B4="{{ deal.no }}")
    shown = {field.name: field.shown for field in fields(DATA, source) if field.shown}
    assert shown == {"title": "表", "reps[].name": "表 · 姓名", "reps[].deals[].no": "表 · 编号"}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (0.17499999, "0.175"),
        (63000.0, "63000"),
        ("a\nb", "a b"),
        (dt.date(2026, 1, 2), "2026-01-02"),
    ],
)
def test_an_example_is_one_short_line(value, text) -> None:
    assert shortened(value) == text
    assert len(shortened("长" * 500)) == 60


def test_the_example_has_an_item_in_every_list_and_gives_itself_back() -> None:
    sample = summary.sample()
    assert to_json(few(sample)) == to_json(sample)
    names = {field.name for field in fields(sample)}
    empty = [
        f.name
        for f in fields(sample)
        if f.kind == "list" and not any(n.startswith(f"{f.name}[]") for n in names)
    ]
    assert empty == []


def test_the_shipped_summary_uses_only_names_of_the_example() -> None:
    source = packaged.shipped("团队汇总.xlsx")
    assert lint(source, summary.sample()) == []
    assert render(source, summary.sample())


def test_every_band_that_is_told_can_be_used_as_told() -> None:
    sample = summary.sample()
    told = [field for field in fields(sample) if field.band and field.name.count("[]") == 0]
    book = openpyxl.Workbook()
    book.active.title = "表"
    for row, field in enumerate(told, 1):
        book.active.cell(row, 1, f"{{{{ {field.item} is defined }}}}")
        book.defined_names[f"{field.band}.{row}"] = DefinedName(
            f"{field.band}.{row}", attr_text=f"表!${row}:${row}"
        )
    buffer = io.BytesIO()
    book.save(buffer)
    done = openpyxl.load_workbook(io.BytesIO(render(buffer.getvalue(), sample))).active
    assert len(told) > 20
    assert {row[0].value for row in done.iter_rows()} == {True}


def test_the_page_of_names_links_to_the_guide() -> None:
    page = ROOT.joinpath("docs", "reference", "template-names.md").read_text("utf-8")
    data = sample_data(summary.sample())
    del data["book"]  # its tables stand by themselves
    assert "](../templates.md)" in page
    assert len(re.findall(r"^\| `", page, re.MULTILINE)) == len(fields(data))
