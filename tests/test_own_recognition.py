"""Recognition of a team's own forms among many: what they cost, and which of them stands on a sheet."""

from __future__ import annotations

import pytest

from salesxl.model import Grid, Workbook
from salesxl.recognition import read_workbook, scoring
from salesxl.rulebook import Rulebook
from tests.definitions import loaded

LABELS = {
    "试乘试驾": ("客户名称", "试驾日期", "试驾里程", "驾驶证号"),
    "售后回访": ("客户名称", "回访日期", "满意度", "处理结果"),
    "展厅客流": ("客户名称", "到店日期", "来访人数", "意向车型"),
}


def rows_of(forms):
    """Return rows on 表单 for tables of required texts."""
    return [
        {"表单": form if at == 0 else None, "项目": label, "类型": "文字", "必填": "是"}
        for form, labels in forms.items()
        for at, label in enumerate(labels)
    ]


@pytest.fixture(scope="module")
def rules() -> Rulebook:
    found, remarks = loaded(rows_of(LABELS))
    assert remarks == []
    return found


def read(rules, *rows):
    """Return the forms and findings of a workbook with those rows on its sheet."""
    book = Workbook("a.xlsx", (Grid("Sheet1", tuple(map(tuple, rows))),))
    return read_workbook(book, forms=rules.forms)


def test_headers_are_looked_for_only_of_forms_that_the_words_can_still_make(rules, monkeypatch):
    looked = []
    find = scoring.find_headers

    def counted(bands, form, *rest):
        looked.append(form.name)
        return find(bands, form, *rest)

    monkeypatch.setattr(scoring, "find_headers", counted)
    found, _ = read(rules, LABELS["售后回访"], ("北京示例科技有限公司", "2026-11-17", "5", "已解决"))
    assert [form.form for form in found] == ["售后回访"]
    assert "售后回访" in looked
    assert not {"试乘试驾", "展厅客流"} & set(looked)


@pytest.mark.parametrize("form", LABELS)
def test_each_of_several_own_forms_is_told_by_its_labels(rules, form):
    found, said = read(rules, LABELS[form], ("北京示例科技有限公司", "2026-11-17", "5", "甲"))
    assert [f.form for f in found] == [form]
    assert said == []


def test_a_title_alone_keeps_an_own_form_in_reach(rules):
    _, said = read(rules, ("试乘试驾",), ("试驾里程", "车"), ("5", "甲"))
    assert [(f.code, f.facts["nearest"], f.facts["missing"]) for f in said] == [
        ("unrecognised", "试乘试驾", ["客户名称", "试驾日期", "驾驶证号"])
    ]


def test_a_sheet_with_few_labels_of_an_own_form_is_not_guessed_at(rules):
    _, said = read(rules, ("客户名称", "回访日期", "车牌", "车架"), ("甲公司", "2026-11-17", "5", "甲"))
    assert all(f.facts.get("nearest") != "展厅客流" for f in said)


def test_several_own_forms_stand_on_one_sheet(rules):
    one = ("试乘试驾",), LABELS["试乘试驾"], ("甲公司", "2026-11-17", "8", "123")
    two = ("售后回访",), LABELS["售后回访"], ("乙公司", "2026-11-18", "5", "好")
    found, _ = read(rules, *one, (), *two)
    assert [f.form for f in found] == ["试乘试驾", "售后回访"]
    assert [f.blocks[0].rows for f in found] == [(3,), (7,)]
