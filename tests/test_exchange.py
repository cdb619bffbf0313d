"""salesxl.Form: made from rows, a pandera model or a Table Schema, and written to one; losses are listed."""

from __future__ import annotations

import doctest

import openpyxl
import pandera.pandas as pa
import pytest
from pandera.typing import Series

import salesxl
from salesxl.settings import shipped_rows
from salesxl.settings.shipped import shipped_forms

from .definitions import TEST_DRIVE
from .test_shipped import rows_of


class Visit(pa.DataFrameModel):
    km: Series[float] = pa.Field(gt=5, le=300, title="走访里程", description="来回都算。")
    day: Series[pa.DateTime] = pa.Field(title="走访日期")
    felt: Series[str] = pa.Field(isin=["满意", "一般"], nullable=True, title="感受")
    people: Series[int] = pa.Field(in_range={"min_value": 1, "max_value": 9}, title="人数")
    no: Series[str] = pa.Field(str_matches="^Z", title="单号")


def test_rows_make_a_form_that_checks_and_draws(tmp_path):
    form = salesxl.Form.from_rows(TEST_DRIVE)
    assert form.title == "试乘试驾"
    assert form.schema().columns["试驾里程"].checks[0].statistics == {"min_value": 5.0}
    path = tmp_path / "a.xlsx"
    path.write_bytes(form.blank())
    book = openpyxl.load_workbook(path)
    assert book.active["A1"].value == "试乘试驾"
    result = salesxl.validate(path, settings=form.rulebook, as_of="2026-11-20")
    assert not result.findings["code"].isin(["unrecognised"]).any()


def test_faulty_rows_are_named_with_their_cells():
    with pytest.raises(salesxl.SalesxlError) as stopped:
        salesxl.Form.from_rows([{"表单": "走访登记", "项目": "里程", "类型": "数学"}])
    assert "C2" in str(stopped.value) or "F2" in str(stopped.value)
    with pytest.raises(salesxl.SalesxlError):
        salesxl.Form.from_rows([])


def test_a_model_becomes_a_form_by_its_labels_and_says_what_is_lost():
    form = salesxl.Form.from_model(Visit, "走访登记")
    by = {column.label: column for column in form.definition.blocks[0].columns}
    assert [(label, c.kind.value, c.need.value) for label, c in by.items()] == [
        ("走访里程", "number", "required"),
        ("走访日期", "date", "required"),
        ("感受", "choice", "optional"),
        ("人数", "whole", "required"),
        ("单号", "text", "required"),
    ]
    assert (by["走访里程"].above, by["走访里程"].maximum, by["走访里程"].help) == (5, 300, "来回都算。")
    assert (by["人数"].minimum, by["人数"].maximum) == (1, 9)
    assert [o.value for o in form.rulebook.choices[by["感受"].choices]] == ["满意", "一般"]
    assert form.losses == ("单号: str_matches",)


def test_a_model_without_chinese_labels_is_refused():
    class Bare(pa.DataFrameModel):
        km: Series[float]

    with pytest.raises(salesxl.SalesxlError):
        salesxl.Form.from_model(Bare, "走访登记")


def test_a_table_schema_becomes_a_form():
    form = salesxl.Form.from_frictionless(
        {
            "title": "线索登记",
            "primaryKey": "phone",
            "fields": [
                {"name": "phone", "title": "手机", "type": "string", "constraints": {"required": True}},
                {
                    "name": "n",
                    "title": "人数",
                    "type": "integer",
                    "constraints": {"minimum": 1, "maximum": 9},
                },
                {"name": "to", "title": "去向", "constraints": {"enum": ["店", "家"], "pattern": "^.$"}},
            ],
        }
    )
    phone, number, way = form.definition.blocks[0].columns
    assert (form.title, phone.roles, phone.required) == ("线索登记", ("key",), True)
    assert (number.kind.value, number.minimum, number.maximum) == ("whole", 1, 9)
    assert (way.kind.value, way.help) == ("choice", "格式：^.$")
    assert form.losses == ("去向: pattern",)


@pytest.mark.parametrize("title", [one.title for one in shipped_forms() if one.rows["form_list"]])
def test_every_form_that_comes_with_the_package_goes_to_a_data_package_and_back(title):
    one = next(one for one in shipped_forms() if one.title == title)
    labels = {row["项目"]: row for row in rows_of("form")}
    assert labels
    rows = [
        {**row}
        for at, row in enumerate(rows_of("form"))
        if at in range(*_span([r.get("表单") for r in rows_of("form")], one.title))
    ]
    form = salesxl.Form.from_rows(rows)
    package, losses = form.to_frictionless()
    again = salesxl.Form.from_frictionless(package)
    assert [b.columns for b in again.definition.blocks] == [b.columns for b in form.definition.blocks]
    assert again.losses == ()
    assert any("所指的档案或成员" in loss for loss in losses)


def _span(names, title):
    start = names.index(title)
    return start, next((at for at in range(start + 1, len(names)) if names[at]), len(names))


def test_pandera_s_yaml_has_bounds_choices_and_needs_and_reads_back():
    form = salesxl.Form.from_rows(TEST_DRIVE)
    text, losses = form.to_pandera_yaml()
    back = pa.DataFrameSchema.from_yaml(text)
    assert [(c.name, c.statistics) for c in back.columns["试驾里程"].checks] == [
        ("greater_than", {"min_value": 5.0})
    ]
    assert back.columns["感受"].nullable
    assert back.columns["感受"].checks[0].statistics["allowed_values"] == ["满意", "一般", "不满意"]
    assert "身份证号: 校验码" in losses
    assert "试驾里程: 单位" in losses
    with pytest.raises(KeyError):
        form.to_pandera_yaml("没有这一块")


def test_the_docstring_s_example_runs_and_the_packs_differ():
    names = {"salesxl": salesxl}
    example = doctest.DocTestParser().get_doctest(str(salesxl.Form.__doc__), names, "Form", None, 0)
    assert doctest.DocTestRunner().run(example).failed == 0
    assert shipped_rows("dealer")["form_list"][0]["form"] == "展厅客流"
