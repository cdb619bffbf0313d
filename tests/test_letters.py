"""One workbook for each rep, team, customer or item of a list; tables and Chinese names; pictures by name."""

from __future__ import annotations

import datetime as dt
import io
import json
import re
import struct
import zipfile
import zlib
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
import xlsxwriter
from click.testing import CliRunner

from salesxl import messages
from salesxl.cli import main, report
from salesxl.errors import TemplateError, UsageError
from salesxl.files.naming import distinct, safe
from salesxl.letters import first_letter, from_json, letters, sample_data, template_data, write_each
from salesxl.render import PICTURES, Pictures, lint, render
from salesxl.summary import sample
from tests.test_render import drawn, of_cells, rendered, values

WORDS = messages.load("zh", report.label_of)
FIGURES: dict[str, Any] = {
    "attainment": {"reps": [{"rep": "甲", "team": "一组", "target": 100.0}]},
    "title": "周",
}
TABLES = {
    "customer": pd.DataFrame(
        {
            "rep": ["甲", "乙", "甲"], "team": ["一组", "二组", "一组"], "customer_no": ["C1", "C2", "C3"],
            "customer_name": ["子公司", "丑公司", "寅公司"], "expected_amount": [5.0, None, 7.0],
            "last_contact": pd.to_datetime(["2026-11-01", None, "2026-11-03"]),
        }
    ),
    "action": pd.DataFrame({"customer_no": ["C1", "C1", "C3"], "rep": ["甲"] * 3, "what": ["a", "b", "c"]}),
    "own_survey": pd.DataFrame({"满意度": [9, 8]}),
}  # fmt: skip


def data() -> dict[str, Any]:
    return template_data(FIGURES, TABLES)


# ---- tables and names


@pytest.mark.parametrize(
    ("name", "cell", "expected"),
    [
        ("each_customer", "{{ row.customer_name }}", ["子公司", "丑公司", "寅公司"]),
        ("each_book__customer", "{{ row.expected_amount }}", [5, None, 7]),
        ("每个_客户档案", "{{ 行.客户名称 }}", ["子公司", "丑公司", "寅公司"]),
        ("每个_台账__客户档案", "{{ 行.预计金额 | wan }}", [0.0005, None, 0.0007]),
        ("每个_own_survey", "{{ 行.满意度 }}", [9, 8]),
        ("每个_业绩__各人", "{{ 行.目标 }}", [100]),
        ("each_attainment__reps", "{{ rep.销售代表 }}{{ 循环.序号 }}", ["甲1"]),
    ],
)
def test_every_table_is_a_name_and_so_are_chinese_labels(name: str, cell: str, expected: list[Any]) -> None:
    sheet = rendered(drawn(of_cells({"A1": cell}), **{name: "表!$1:$1"}), data())["表"]
    assert [row[0] for row in values(sheet.parent)][: len(expected)] == expected


def test_days_are_days_and_what_the_data_call_so_goes_first() -> None:
    cells = {
        "A1": "{{ customer[0].last_contact }}",
        "A2": "{{ 标题 }}",
        "A3": "{{ 客户档案 | sum('预计金额') }}",
    }
    sheet = rendered(drawn(of_cells(cells)), {**data(), "标题": "自己的"})["表"]
    assert [sheet[f"A{n}"].value for n in (1, 2, 3)] == [dt.datetime(2026, 11, 1), "自己的", 12]


def test_a_list_by_either_name_is_the_same_list_on_another_sheet() -> None:
    def draw(book: openpyxl.Workbook) -> None:
        of_cells({"A1": "{{ row.customer_name }}", "B1": "{{ row.expected_amount }}"})(book)
        other = book.create_sheet("另")
        other["A1"], other["B1"] = "{{ 行.客户名称 }}", "=表!B1"

    book = rendered(drawn(draw, each_customer="表!$1:$1", 每个_客户档案="另!$1:$1"), data())
    assert [book["另"][f"B{n}"].value for n in (1, 2, 3)] == ["=表!B1", "=表!B2", "=表!B3"]


def test_lint_tries_tables_and_chinese_names_without_a_book() -> None:
    cells = {
        "A1": "{{ 行.客户名称 }}",
        "B1": "{{ 行.预计金额 * 2 }}",
        "C1": "{{ 行.客户明称 }}",
        "A2": "{{ 业务员.目标 }}",
    }
    template = drawn(of_cells(cells), 每个_客户档案="表!$1:$1")
    found = lint(template, first_letter("业务员", sample_data(sample())))
    assert [(p.cell, p.code) for p in found] == [("C1", "unknown_name")]


# ---- a workbook each


def test_every_rep_gets_the_own_rows_and_figures() -> None:
    found = letters("rep", data(), TABLES)
    assert [(one.label, one.data["rep"]["target"]) for one in found] == [("甲", 100.0), ("乙", None)]
    assert [len(one.data["customer"]) for one in found] == [2, 1]
    assert [len(one.data["own_survey"]) for one in found] == [2, 2]
    assert found[0].data["rep"] is found[0].data["each"] is found[0].data["row"]


def test_teams_customers_and_lists_of_the_data_are_asked_for_by_name() -> None:
    assert [one.label for one in letters("团队", data(), TABLES)] == ["一组", "二组"]
    customers = letters("customer", data(), TABLES)
    assert [(one.label, len(one.data["book"]["action"])) for one in customers] == [
        ("子公司", 2), ("丑公司", 0), ("寅公司", 1),
    ]  # fmt: skip
    plain = {"shops": [{"no": 1, "名称": "东店"}, {"no": 2, "名称": "西店"}]}
    for asked in ("shops", "shop"):
        assert [one.label for one in letters(asked, plain, None)] == ["东店", "西店"]
    with pytest.raises(UsageError) as wrong:
        letters("xx", plain, None)
    assert wrong.value.facts["known"] == ("shops",)


TEMPLATE = drawn(of_cells({"A1": "{{ 100 / shop.no }}", "B1": "{{ shop.name }}"}))


def shops(*named: Any, **more: Any) -> dict[str, Any]:
    return {"shops": [{"name": name, "no": 1, **more} for name in named]}


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["甲", "甲", "甲"], ["函_甲.xlsx", "函_甲 (2).xlsx", "函_甲 (3).xlsx"]),
        (["a/b:c", "A_B_C"], ["函_A_B_C (2).xlsx", "函_a_b_c.xlsx"]),
        (["\u202e乙\u200f\n", "乙\ufeff"], ["函_乙 (2).xlsx", "函_乙.xlsx"]),
        (["..\\..\\x. "], ["函_.._.._x.xlsx"]),
    ],
)
def test_names_are_safe_and_never_the_same(tmp_path: Path, names: list[str], expected: list[str]) -> None:
    write_each(TEMPLATE, letters("shops", shops(*names), None), tmp_path / "出", "函", WORDS)
    assert sorted(path.name for path in (tmp_path / "出").iterdir()) == sorted(expected)


def test_long_names_are_cut_to_what_a_disk_takes_and_stay_apart(tmp_path: Path) -> None:
    several = letters("shops", shops("店" * 300, "店" * 301, "店" * 300), None)
    made = write_each(TEMPLATE, several, tmp_path, "函", WORDS).made
    assert len({path.name for path in made}) == 3
    assert all(path.is_file() and len(path.name.encode()) <= 255 for path in made)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("con", "_con"),
        ("COM1.txt", "_COM1.txt"),
        ("", "_"),
        ("...", "_"),
        ("???", "_"),
        ("é", "é"),
        ("a  b", "a b"),
    ],
)
def test_no_name_is_a_device_or_nothing(text: str, expected: str) -> None:
    assert safe(text) == expected


def test_names_that_look_alike_are_told_apart() -> None:
    taken: set[str] = set()
    assert [distinct(name, taken) for name in ("Ａ.xlsx", "a.xlsx", "A (2).xlsx")] == [
        "Ａ.xlsx", "a (2).xlsx", "A (2) (2).xlsx",
    ]  # fmt: skip


def test_a_mistake_in_one_is_told_by_its_item_and_stops_no_other(tmp_path: Path) -> None:
    found = {"shops": [{"name": "东", "no": 1}, {"name": "西", "no": 0}, {"name": "南", "no": 4}]}
    done = write_each(TEMPLATE, letters("shops", found, None), tmp_path / "出", "函", WORDS)
    assert [path.name for path in done.made] == ["函_东.xlsx", "函_南.xlsx"]
    assert sorted(path.name for path in (tmp_path / "出").iterdir()) == ["函_东.xlsx", "函_南.xlsx"]
    assert [item for item, _ in done.failed] == ["西"]
    assert "A1" in str(done.failed[0][1])
    with pytest.raises(TemplateError):
        write_each(TEMPLATE, letters("shops", shops("东", no=0), None), tmp_path / "无", "函", WORDS)
    assert not (tmp_path / "无").exists() or not list((tmp_path / "无").iterdir())


def test_no_workbook_takes_the_place_of_one_that_is_read(tmp_path: Path) -> None:
    source = tmp_path / "函_东.xlsx"
    source.write_bytes(TEMPLATE)
    with pytest.raises(UsageError):
        write_each(TEMPLATE, letters("shops", shops("东"), None), tmp_path, "函", WORDS, read=[source])
    assert source.read_bytes() == TEMPLATE


def test_the_command_writes_a_folder_and_says_what_was_wrong(tmp_path: Path) -> None:
    (tmp_path / "函.xlsx").write_bytes(TEMPLATE)
    found = {"day": "2026-11-20", "shops": [{"name": "东", "no": 1}, {"name": "西", "no": 0}]}
    (tmp_path / "数.json").write_text(json.dumps(found), encoding="utf-8")
    assert from_json(tmp_path / "数.json")["day"] == dt.date(2026, 11, 20)
    given = ["render", str(tmp_path / "函.xlsx"), "--data", str(tmp_path / "数.json"), "--each", "shop"]
    told = CliRunner().invoke(
        main,
        [
            *given,
            "-o",
            str(tmp_path / "出"),
            "--name",
            "{{ day | date('m月d日') }}{{ shop.name }}",
            "--lang",
            "zh",
        ],
    )
    assert told.exit_code == 1
    assert "西" in told.output
    assert [path.name for path in (tmp_path / "出").iterdir()] == ["11月20日东.xlsx"]
    assert CliRunner().invoke(main, ["lint", *given[1:2], *given[2:]]).exit_code == 0
    one = CliRunner().invoke(main, [*given[:2], "--data", given[3], "-o", str(tmp_path / "一.xlsx")])
    assert one.exit_code == 2  # shop is known in a workbook each only


# ---- pictures


def png(width: int, height: int, level: int) -> bytes:
    def chunk(kind: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress(b"".join(b"\0" + bytes([level]) * width for _ in range(height)))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def with_picture() -> bytes:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer)
    sheet = book.add_worksheet("表")
    sheet.write("A1", "{{ rep.name }}")
    picture = {"image_data": io.BytesIO(png(40, 40, 9)), "description": "图片: {{ rep.name }}"}
    sheet.insert_image("B1", "x.png", picture)
    book.define_name("each_reps", "=表!$1:$6")
    book.close()
    return buffer.getvalue()


def shown(made: bytes) -> list[bytes]:
    """Return the pictures of a workbook's drawing, in order."""
    with zipfile.ZipFile(io.BytesIO(made)) as packed:
        rels = packed.read("xl/drawings/_rels/drawing1.xml.rels").decode()
        targets = {
            found[1]: found[2]
            for node in re.findall(r"<Relationship [^>]*>", rels)
            if (found := re.search(r'Id="(\w+)".*Target="\.\./([^"]+)"', node))
        }
        drawing = packed.read("xl/drawings/drawing1.xml").decode()
        return [packed.read(f"xl/{targets[rid]}") for rid in re.findall(r'r:embed="(\w+)"', drawing)]


def test_pictures_come_from_the_folder_by_name_and_fit_their_box(tmp_path: Path) -> None:
    (tmp_path / "甲.PNG").write_bytes(png(40, 40, 100))
    (tmp_path / "乙.png").write_bytes(png(80, 40, 200))
    (tmp_path / "丙.png").write_text("no picture")
    pictures = Pictures(tmp_path)
    reps = [{"name": name} for name in ("甲", "乙", "甲", "丙", "../甲", "丁")]
    assert lint(with_picture(), {"reps": reps}) == []
    made = render(with_picture(), {"reps": reps, PICTURES: pictures})
    assert shown(made) == [
        png(40, 40, 100), png(80, 40, 200), png(40, 40, 100), png(40, 40, 9), png(40, 40, 9), png(40, 40, 9),
    ]  # fmt: skip
    assert list(pictures.missing) == ["丙", "../甲", "丁"]
    drawing = zipfile.ZipFile(io.BytesIO(made)).read("xl/drawings/drawing1.xml").decode()
    assert drawing.count("srcRect") == drawing.count('srcRect t="-50000" b="-50000"') == 1
    assert 'descr="乙"' in drawing
