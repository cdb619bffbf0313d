"""Sheets that repeat: the names and tables of each copy, and what formulas elsewhere mean by them."""

from __future__ import annotations

import io

import openpyxl
import pytest
import xlsxwriter
from openpyxl.workbook.defined_name import DefinedName

from salesxl.errors import TemplateError
from salesxl.render import lint, render
from salesxl.xlsx.package import Package
from tests.test_render import drawn, of_cells, rendered
from tests.test_template_cases import cells, of

# ruff: noqa: E501 - a template reads better on a line

OWN_NAMES = {
    "合计": "'{{ rep.name }}'!$B$3",
    "金额": "'{{ rep.name }}'!$B$2:$B$2",
    "单据": "deals[额]",
    "同单据": "单据",
    "个数": "ROWS('{{ rep.name }}'!$B$2:$B$2)",
    "倍数": "合计*2",
    "税率": "参数!$A$1",
}
DEALS = {
    "reps": [{"name": n, "deals": [{"amount": a} for a in more]} for n, more in (("甲", [1, 2]), ("乙", [5]))]
}


def of_names(inside: dict[str, str], outside: dict[str, str], **more: str) -> bytes:
    """Return a sheet for each rep, with a table, names of the whole workbook and one of its own."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    sheet, total, settings = (book.add_worksheet(name) for name in ("{{ rep.name }}", "总", "参数"))
    settings.write("A1", 0.13)
    sheet.add_table("A1:B2", {"name": "deals", "columns": [{"header": "单"}, {"header": "额"}]})
    sheet.write("B2", "{{ deal.amount }}")
    sheet.write("B3", "=SUM(B2:B2)")
    for where, formulas in ((sheet, inside), (total, outside)):
        for cell, formula in formulas.items():
            where.write_formula(cell, formula)
    bands = {"each_reps_sheet": "'{{ rep.name }}'!$A$1", "each_rep__deals": "'{{ rep.name }}'!$2:$2", **more}
    for name, target in {**bands, **OWN_NAMES}.items():
        book.define_name(name, f"={target}")
    book.define_name("'{{ rep.name }}'!本页", "='{{ rep.name }}'!$B$3")
    book.close()
    return buffer.getvalue()


def test_each_copy_of_a_sheet_has_names_and_a_table_of_its_own() -> None:
    inside = {
        "D1": "=合计*税率",
        "E1": "=SUM(金额)",
        "F1": "=倍数+个数",
        "G1": "=SUM(单据)+ROWS(deals)",
        "H1": '="deals"',
    }
    template = of_names(inside, {})
    assert of(template, DEALS) == []
    book = openpyxl.load_workbook(io.BytesIO(render(template, DEALS)))
    told_apart = [
        {name: one.attr_text for name, one in book[tab].defined_names.items()} for tab in ("甲", "乙")
    ]
    assert told_apart[0] == {"本页": "甲!$B$4"}
    assert told_apart[1] == {
        "本页": "乙!$B$3", "合计": "乙!$B$3", "金额": "乙!$B$2:$B$2", "单据": "deals_2[额]", "同单据": "单据",
        "个数": "ROWS(乙!$B$2:$B$2)", "倍数": "合计*2",
    }  # fmt: skip
    free = {name: one.attr_text for name, one in book.defined_names.items()}
    assert free == {
        "合计": "甲!$B$4", "金额": "甲!$B$2:$B$3", "单据": "deals[额]", "同单据": "单据",
        "个数": "ROWS(甲!$B$2:$B$3)", "倍数": "合计*2", "税率": "参数!$A$1",
    }  # fmt: skip
    assert cells(book["甲"], *inside) == list(inside.values())
    assert cells(book["乙"], *inside) == [
        "=合计*税率", "=SUM(金额)", "=倍数+个数", "=SUM(单据)+ROWS(deals_2)", '="deals"',
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("=SUM(合计)", "=SUM(甲!$B$4,乙!$B$3)"),
        ("=SUM('{{ rep.name }}'!本页)", "=SUM(甲!$B$4,乙!$B$3)"),
        ("=AVERAGE(金额)", "=AVERAGE(甲!$B$2:$B$3,乙!$B$2:$B$2)"),
        (
            "=SUM(A9,deals[额])/COUNT(deals[额])",
            "=SUM(A9,deals[额],deals_2[额])/COUNT(deals[额],deals_2[额])",
        ),
        ("=MAX(单据)-MIN(同单据)", "=MAX(deals[额],deals_2[额])-MIN(deals[额],deals_2[额])"),
        ("=合计*税率", "=甲!$B$4*税率"),
    ],
)
def test_a_name_or_table_of_a_repeated_sheet_means_all_copies_elsewhere(formula: str, expected: str) -> None:
    template = of_names({}, {"A1": formula})
    assert of(template, DEALS) == []
    assert rendered(template, DEALS)["总"]["A1"].value == expected


@pytest.mark.parametrize(
    "formula",
    [
        "=INDEX(金额,1)",
        "=SUMIF(金额,1)",
        "=个数*1",
        "=倍数",
        "=SUM(deals[额]*2)",
        "=ROWS(deals)",
        "=VLOOKUP(1,deals[],2,0)",
    ],
)
def test_a_name_or_table_that_no_one_reference_says_is_refused(formula: str) -> None:
    template = of_names({}, {"A1": formula})
    for data in (DEALS, {}):
        assert ("A1", "uneven_reference") in [(p.cell, p.code) for p in lint(template, data or None)]
    with pytest.raises(TemplateError, match=r"总!A1.*会重复的工作表"):
        render(template, DEALS)
    assert rendered(template, {"reps": DEALS["reps"][1:]})["总"]["A1"].value == formula


def test_a_name_or_table_means_the_same_items_sheet_in_its_row() -> None:
    outside = {
        "A1": "=合计",
        "B1": "=SUM(deals[额])",
        "C1": "=ROWS(deals[#All])",
        "D1": "='{{ rep.name }}'!本页",
    }
    template = of_names({}, outside, each_reps="总!$1:$1")
    assert of(template, DEALS) == []
    sheet = rendered(template, DEALS)["总"]
    assert cells(sheet, "A1", "B1", "C1", "D1") == [
        "=甲!$B$4",
        "=SUM(deals[额])",
        "=ROWS(deals[#All])",
        "=甲!$B$4",
    ]
    assert cells(sheet, "A2", "B2", "C2", "D2") == [
        "=乙!$B$3",
        "=SUM(deals_2[额])",
        "=ROWS(deals_2[#All])",
        "=乙!$B$3",
    ]


def test_the_name_of_one_sheet_follows_its_tab() -> None:
    def draw(book: openpyxl.Workbook) -> None:
        book.active.title = "{{ week }}"
        book.active.defined_names["合计"] = DefinedName("合计", attr_text="'{{ week }}'!$A$1")
        book.create_sheet("总")["A1"] = "='{{ week }}'!合计*2"

    assert rendered(drawn(draw), {"week": "第47周"})["总"]["A1"].value == "=第47周!合计*2"


def of_pivot(home: int, **source: str) -> bytes:
    """Return a template whose first sheet repeats, with a pivot table on one of its sheets."""
    package = Package.open(of_names({}, {"A1": "=1"}))
    main, kind = package.main(), "application/vnd.openxmlformats-officedocument.spreadsheetml."
    space = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    given = " ".join(f'{name}="{value}"' for name, value in source.items())
    cache = f'<pivotCacheDefinition {space}><cacheSource type="worksheet"><worksheetSource {given}/></cacheSource></pivotCacheDefinition>'
    package.write("xl/pivotCache/pivotCacheDefinition1.xml", cache.encode())
    package.set_content_type("xl/pivotCache/pivotCacheDefinition1.xml", f"{kind}pivotCacheDefinition+xml")
    package.add_rel(main, "pivotCacheDefinition", "xl/pivotCache/pivotCacheDefinition1.xml")
    table = f'<pivotTableDefinition {space} name="p" cacheId="1" dataCaption="x"><location ref="F5:G8"/></pivotTableDefinition>'
    package.write("xl/pivotTables/pivotTable1.xml", table.encode())
    package.set_content_type("xl/pivotTables/pivotTable1.xml", f"{kind}pivotTable+xml")
    package.add_rel(package.sheets()[home][1], "pivotTable", "xl/pivotTables/pivotTable1.xml")
    return package.to_bytes()


@pytest.mark.parametrize(
    ("home", "source", "sound"),
    [
        (1, {"sheet": "参数", "ref": "A1:A2"}, True),
        (0, {"sheet": "参数", "ref": "A1:A2"}, False),
        (1, {"sheet": "{{ rep.name }}", "ref": "A1:B2"}, False),
        (1, {"name": "deals"}, False),
        (1, {"name": "金额"}, False),
    ],
)
def test_a_pivot_table_is_of_one_sheet_only(home: int, source: dict[str, str], *, sound: bool) -> None:
    template = of_pivot(home, **source)
    assert [code for _, code in of(template, DEALS)] == ([] if sound else ["render"])
    if not sound:
        with pytest.raises(TemplateError, match="数据透视表"):
            render(template, DEALS)


def test_the_source_of_a_pivot_table_follows_its_sheets_tab() -> None:
    made = render(of_pivot(1, sheet="{{ rep.name }}", ref="A1:B2"), {"reps": DEALS["reps"][:1]})
    source = next(
        Package.open(made).xml("xl/pivotCache/pivotCacheDefinition1.xml").iter("{*}worksheetSource")
    )
    assert dict(source.attrib) == {"sheet": "甲", "ref": "A1:B3"}
    unmoved = render(of_pivot(1, sheet="{{ rep.name }}", ref="D1:E1"), {"reps": DEALS["reps"][:1]})
    source = next(
        Package.open(unmoved).xml("xl/pivotCache/pivotCacheDefinition1.xml").iter("{*}worksheetSource")
    )
    assert dict(source.attrib) == {"sheet": "甲", "ref": "D1:E1"}


@pytest.mark.parametrize(
    ("formula", "expected"),
    [("=B2/小计", ["=B2/表!$B$3", "=B4/表!$B$5"]), ("=小计*2", ["=表!$B$3*2", "=表!$B$5*2"])],
)
def test_the_name_of_a_cell_is_each_items_own_within_its_rows(formula: str, expected: list[str]) -> None:
    block = {"B2": "{{ rep.name }}", "C2": formula, "B3": "=LEN(B2)", "E9": "=小计"}
    template = drawn(of_cells(block), each_reps="表!$2:$3", 小计="表!$B$3")
    assert of(template, DEALS) == []
    sheet = rendered(template, DEALS)["表"]
    assert cells(sheet, "C2", "C4", "E11") == [*expected, "=小计"]


def test_the_name_of_a_cell_in_rows_of_a_repeated_sheet_is_the_items_own() -> None:
    template = of_names({"C2": "=单额*2"}, {}, 单额="'{{ rep.name }}'!$B$2")
    book = rendered(template, DEALS)
    assert cells(book["甲"], "C2", "C3") == ["=甲!$B$2*2", "=甲!$B$3*2"]
    assert cells(book["乙"], "C2") == ["=乙!$B$2*2"]
