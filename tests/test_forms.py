"""Blank forms and the settings workbook: they read back, carry the team's choices, look as meant."""

from __future__ import annotations

import datetime as dt
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from salesxl import __version__, drawing, recognition, settings
from salesxl.columns import Kind, Need
from salesxl.drawing.fields import boxes, example_value
from salesxl.model import Block, column_letters
from salesxl.rulebook import Adjustment, Grade, Member, Option, Rulebook, Stage, Target
from salesxl.schemas import block_spec, form
from salesxl.settings.presets import with_derived
from salesxl.xlsx.read import grid

TEMPLATES = Path(__file__).parent.parent / "templates"
NAMES = drawing.form_names()
TITLES = {name: form(name).title for name in NAMES}


@cache
def content(name: str) -> bytes:
    return drawing.settings_workbook() if name == "settings" else drawing.blank_form(name)


@cache
def opened(data: bytes) -> Workbook:
    return openpyxl.load_workbook(BytesIO(data))


def first(name: str) -> Worksheet:
    return opened(content(name)).worksheets[0]


def reloaded(rulebook: Rulebook, folder: Path) -> tuple[Rulebook, list[Any]]:
    path = folder / "团队设置.xlsx"
    path.write_bytes(drawing.settings_workbook(rulebook))
    return settings.load(path)


# The settings workbook reads back.


@pytest.mark.parametrize(
    ("grades", "stages"), [("crm", "process"), ("toolbox", "toolbox"), ("volume", "crm")]
)
def test_the_settings_workbook_of_a_preset_reads_back_as_that_preset(
    grades: str, stages: str, tmp_path: Path
) -> None:
    rulebook = settings.default_rulebook(grades, stages, "five-step")
    assert reloaded(rulebook, tmp_path) == (rulebook, [])


def test_a_whole_rulebook_reads_back(tmp_path: Path) -> None:
    default = settings.default_rulebook()
    rulebook = with_derived(
        Rulebook(
            grades=(Grade("金", Decimal("123456.5"), True, True, 3, "month"), Grade("银")),
            stages=(
                Stage("洽谈", "open", Decimal("0.33"), ("谈",)),
                Stage("签约", "won"),
                Stage("黄了", "off", Decimal(0)),
            ),
            choices={**default.choices, "客户来源": (Option("=1+1"), Option("+86 热线", ("热线",)))},
            parameters=replace(
                default.parameters,
                faulty_rows="merge",
                report_due=1,
                vague_phrases=("无", "@所有人"),
                high_potential_grade="金",
            ),
            members=(
                Member("张一", "一组", "华东", "设备", "孙经理", dt.date(2024, 2, 29), None),
                Member("李二", "一组", left=dt.date(2026, 6, 30)),
            ),
            targets=(
                Target(2026, "year", "all", None, "signed", Decimal(1000)),
                Target(2026, "Q4", "team", "一组", "collected", Decimal("0.01")),
                Target(
                    2026,
                    "12",
                    "rep",
                    "李二",
                    "deals",
                    Decimal(3),
                    Decimal(4),
                    (Adjustment(Decimal(3), "客户推迟", "例会纪要", "李经理", "王总监"),),
                ),
            ),
            aliases={("", "简称"): "客户名称", ("weekly_report", "进度"): "本周进展"},
            days={dt.date(2027, 1, 1): False, dt.date(2027, 1, 3): True},
            has_roster=True,
        )
    )
    assert reloaded(rulebook, tmp_path) == (rulebook, [])


def test_every_sheet_of_the_settings_is_an_excel_table_with_a_frozen_header() -> None:
    book = opened(content("settings"))
    assert book.sheetnames[:1] == ["说明"]
    for name in ("成员", "目标", "目标调整", "等级", "阶段", "选项", "列名对照", "参数", "节假日"):
        sheet = book[name]
        (table,) = sheet.tables.values()
        top = int(table.ref.split(":")[0].lstrip("A"))
        assert sheet.freeze_panes == f"B{top + 1}", name
        assert sheet.print_title_rows == f"${top}:${top}", name


def test_a_name_that_is_there_twice_and_a_missing_one_are_tinted_in_the_roster() -> None:
    sheet = opened(content("settings"))["成员"]
    rules = {
        (str(area.sqref), r.type)
        for area, found in sheet.conditional_formatting._cf_rules.items()
        for r in found
    }
    assert {("A4:A63", "duplicateValues"), ("A4:A63", "expression")} <= rules


def test_the_roster_and_the_targets_start_empty() -> None:
    book = opened(content("settings"))
    for name in ("成员", "目标", "目标调整", "列名对照", "节假日"):
        assert all(
            cell is None for row in book[name].iter_rows(min_row=4, values_only=True) for cell in row
        ), name


# The blank forms read back.


@pytest.mark.parametrize("name", NAMES)
def test_a_blank_form_is_recognised_and_holds_no_record(name: str, tmp_path: Path) -> None:
    path = tmp_path / f"{TITLES[name]}.xlsx"
    path.write_bytes(content(name))
    submissions, findings = recognition.read_workbook(grid.read(path, file=path.name), {})
    assert [s.form for s in submissions] == [name]
    assert findings == []
    (submission,) = submissions
    assert submission.findings == ()
    blocks = {spec.kind: spec for spec in form(name).blocks}
    assert [block.kind for block in submission.blocks] == list(blocks)
    for block in submission.blocks:
        if block.columns:
            assert len(block.frame) == 0, block.kind
            assert set(block.columns) == {c.field for c in blocks[block.kind].drawn}, block.kind
        else:
            assert set(block.cells) == {c.field for c in blocks[block.kind].drawn}, block.kind


@pytest.mark.parametrize("name", NAMES)
def test_a_form_recognised_without_its_properties_is_the_same(name: str, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(content(name))
    bare = replace(grid.read(path, file="a.xlsx"), properties={})
    assert [s.form for s in recognition.read_workbook(bare, {})[0]] == [name]


@pytest.mark.parametrize("name", [*NAMES, "settings"])
def test_a_workbook_says_which_form_and_version_it_is(name: str) -> None:
    properties = {p.name: p.value for p in opened(content(name)).custom_doc_props.props}
    assert properties == {"salesxl.form": name, "salesxl.version": __version__}


def filled(block: Block, sheet: Worksheet) -> dict[str, Any]:
    """Type something like every column's example into a card, or into the first free row of a table."""
    typed: dict[str, Any] = {}
    for name in (*block.columns, *block.cells):
        column = block_spec(block.kind).column(name)
        value = example_value(column) or "随便填的"
        # a row that says the same as the example is taken for it
        if isinstance(value, dt.date):
            value += dt.timedelta(days=1)
        elif column.kind in {Kind.TEXT, Kind.NAME, Kind.AMOUNT, Kind.WHOLE}:
            value = f"新{value}" if isinstance(value, str) else value + 1
        if column.kind is Kind.TICKED:
            value = boxes([s.name for s in settings.default_rulebook().stages], ticked=str(value))
        row, at = block.cells.get(name) or (block.header_row + 2, block.columns[name])
        sheet.cell(row, at).value = typed[name] = float(value) if isinstance(value, Decimal) else value
    return typed


@pytest.mark.parametrize("name", NAMES)
def test_what_is_typed_into_a_blank_form_is_read_from_it(name: str, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(content(name))
    (blank,), _ = recognition.read_workbook(grid.read(path, file="a.xlsx"), {})
    book = openpyxl.load_workbook(path)
    typed = {block.kind: filled(block, book.worksheets[0]) for block in blank.blocks}
    book.save(path)
    (submission,), findings = recognition.read_workbook(grid.read(path, file="a.xlsx"), {})
    assert findings == []
    for block in submission.blocks:
        (found,) = block.frame.to_dict("records")
        record = {k: v for k, v in found.items() if v is not None or k in typed[block.kind]}
        expected = {
            k: dt.datetime(*v.timetuple()[:5]) if isinstance(v, dt.date) else v
            for k, v in typed[block.kind].items()
        }
        assert record == expected, block.kind


# What stands on them.


def cells_by_text(sheet: Worksheet) -> Mapping[str, Any]:
    return {cell.value: cell for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)}


@pytest.mark.parametrize("name", NAMES)
def test_every_label_is_there_and_required_ones_are_marked(name: str) -> None:
    texts = cells_by_text(first(name))
    for block in form(name).blocks:
        for column in block.drawn:
            marked = f"{column.label} *"
            assert (marked if column.need is Need.REQUIRED else column.label) in texts, column.label


@pytest.mark.parametrize("name", NAMES)
def test_every_table_has_an_example_row_in_grey_italics(name: str) -> None:
    examples = [
        c for c in cells_by_text(first(name)).values() if c.value.startswith("示例") and c.column == 1
    ]
    tables = [b for b in form(name).blocks if b.shape.value == "table"]
    assert 0 < len(examples) <= len(tables)
    assert all(cell.font.italic and cell.font.color.rgb == "FF808A96" for cell in examples)


def test_the_customer_form_has_two_hundred_rows_a_filter_and_a_frozen_header() -> None:
    sheet = first("customer_archive")
    (table,) = sheet.tables.values()
    last = column_letters(len(form("customer_archive").block("customer").drawn))
    assert table.ref == f"A5:{last}206"
    assert table.autoFilter is not None
    assert sheet.freeze_panes == "C6"


def test_stages_are_boxes_in_one_cell_with_a_dropdown_that_ticks_one() -> None:
    book = opened(content("process_record"))
    stages = [s.name for s in settings.default_rulebook().stages]
    boxes = " ".join(f"□{stage}" for stage in stages)
    assert boxes in cells_by_text(book.worksheets[0])
    hidden = book["选项列表"]
    ticked = next(c for c in hidden.iter_cols(values_only=True) if "勾选" in str(c[0]))
    assert [value for value in ticked[1:] if value] == [boxes.replace(f"□{s}", f"☑{s}") for s in stages]


def test_a_team_s_own_stages_and_choices_reach_boxes_and_dropdowns() -> None:
    default = settings.default_rulebook()
    choices = {**default.choices, "沟通方式": (Option("鸽子"),)}
    rulebook = with_derived(
        replace(default, stages=(Stage("甲", "open"), Stage("乙", "won")), choices=choices)
    )
    book = opened(drawing.blank_form("process_record", rulebook))
    assert "□甲 □乙" in cells_by_text(book.worksheets[0])
    assert "鸽子" in cells_by_text(book["选项列表"])
    assert "电话拜访" not in cells_by_text(book["选项列表"])


@pytest.mark.parametrize("name", [*NAMES, "settings"])
def test_dropdowns_take_their_values_from_the_hidden_sheet(name: str) -> None:
    book = opened(content(name))
    assert book["选项列表"].sheet_state == "hidden"
    lists = 0
    for sheet in book.worksheets:
        for rule in sheet.data_validations.dataValidation:
            assert rule.errorStyle == "warning"
            assert len(rule.prompt or "") <= 255
            assert len(rule.promptTitle or "") <= 32
            if rule.type == "list" and not rule.formula1.startswith('"'):
                lists += 1
                sheet_name, area = next(iter(book.defined_names[rule.formula1.lstrip("=")].destinations))
                assert all(row[0].value for row in book[sheet_name][area])
            elif rule.type == "list":
                assert len(rule.formula1) <= 255
    assert lists >= 1


def test_every_field_of_a_form_explains_itself_when_its_cell_is_chosen() -> None:
    prompts = {
        rule.promptTitle: rule.prompt for rule in first("customer_archive").data_validations.dataValidation
    }
    for block in form("customer_archive").blocks:
        for column in block.drawn:
            assert prompts[column.label] == column.help


@pytest.mark.parametrize("name", [*NAMES, "settings"])
def test_sheets_print_on_a4_fitted_to_the_width_with_page_numbers(name: str) -> None:
    for sheet in opened(content(name)).worksheets:
        if sheet.sheet_state == "visible":
            assert sheet.page_setup.paperSize == 9, sheet.title
            assert sheet.sheet_properties.pageSetUpPr.fitToPage, sheet.title
            assert sheet.page_setup.fitToHeight == 0, sheet.title
            assert "&P" in sheet.oddFooter.center.text, sheet.title


def test_what_is_missing_in_a_started_row_is_tinted_and_an_empty_row_is_not() -> None:
    sheet = first("customer_archive")
    rules = {
        str(area.sqref): rule.formula[0]
        for area, found in sheet.conditional_formatting._cf_rules.items()
        for rule in found
    }
    columns = form("customer_archive").block("customer").drawn
    at = {c.field: column_letters(n) for n, c in enumerate(columns, start=1)}
    started = f"COUNTA($A7:${column_letters(len(columns))}7)>0"

    def rule(field: str) -> str:
        return rules[f"{at[field]}7:{at[field]}206"]

    def blank(field: str) -> str:
        return f"LEN(TRIM(${at[field]}7))=0"

    assert rule("customer_name") == f"AND({started},{blank('customer_name')})"
    assert rule("employees") == f"AND({started},{blank('employees')},{blank('annual_revenue_wan')})"
    assert f'${at["status"]}7="潜在",${at["status"]}7="意向"' in rule("expected_close")
    assert f'${at["status"]}7="成交"' in rule("contract_no")


# Files.


@pytest.mark.parametrize("name", [*NAMES, "settings"])
def test_building_twice_gives_the_same_bytes(name: str) -> None:
    again = drawing.settings_workbook() if name == "settings" else drawing.blank_form(name)
    assert again == content(name)


def dump(data: bytes) -> dict[str, Any]:
    book = opened(data)
    found: dict[str, Any] = {name: str(d.attr_text) for name, d in book.defined_names.items()}
    for sheet in book.worksheets:
        found[f"{sheet.title}|merged"] = sorted(map(str, sheet.merged_cells.ranges))
        found[f"{sheet.title}|rules"] = [
            (str(r.sqref), r.type, r.formula1, r.prompt) for r in sheet.data_validations.dataValidation
        ]
        found[f"{sheet.title}|tables"] = {t.name: t.ref for t in sheet.tables.values()}
        for row in sheet.iter_rows():
            for cell in row:
                if cell.has_style or cell.value is not None:
                    found[f"{sheet.title}!{cell.coordinate}"] = (
                        cell.value,
                        cell.number_format,
                        cell.fill.fgColor.rgb,
                    )
    return found


@pytest.mark.parametrize("name", [*NAMES, "settings"])
def test_the_committed_templates_are_in_step(name: str) -> None:
    committed = (TEMPLATES / f"{TITLES.get(name, '团队设置')}.xlsx").read_bytes()
    assert dump(committed) == dump(content(name))


@pytest.mark.office
@pytest.mark.skipif(shutil.which("soffice") is None, reason="needs LibreOffice")
def test_a_card_form_prints_on_one_page_with_nothing_cut(tmp_path: Path) -> None:
    source = tmp_path / "form.xlsx"
    source.write_bytes(content("handover_list"))
    profile = f"-env:UserInstallation=file://{tmp_path / 'profile'}"
    command = [
        "soffice",
        profile,
        "--headless",
        "--convert-to",
        "pdf",
        "--outdir",
        str(tmp_path),
        str(source),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    text = subprocess.run(
        ["pdftotext", "-layout", str(tmp_path / "form.pdf"), "-"], check=True, capture_output=True, text=True
    ).stdout
    assert text.count("\f") == 1
    assert "###" not in text
    assert "销售经理签字" in text
