"""Choices: whole words and the team's aliases; a part that may mean the opposite is an error."""

from __future__ import annotations

from pathlib import Path

import pytest

from salesxl import schemas, settings
from salesxl.cli import report
from salesxl.parsing import columns
from salesxl.rulebook import Rulebook
from salesxl.workspace import unsettled

from .sheets import RULES, WORDS, archive, check, only, spots

CASES = Path(__file__).parent / "data" / "cases" / "forms"


def read(block: str, field: str, typed: str, rules: Rulebook = RULES):
    return columns.reader(schemas.block_spec(block).column(field), rules)(typed, None, None)


@pytest.mark.parametrize(
    ("file", "cells", "nearest"),
    [
        ("s1_stage_sign_follow.xlsx", ("J4", "J5"), "成交签约"),
        ("s2_status_churn_alert.xlsx", ("I4",), "流失"),
        ("s2_status_churn_alert.xlsx", ("I5",), "成交"),
    ],
)
def test_a_part_of_an_options_word_is_no_option_and_the_nearest_is_named(file, cells, nearest):
    checked = check(CASES / file)
    found = {f.place.cell: f for f in checked.findings if f.code == "choice"}
    for cell in cells:
        assert found[cell].severity == "error"
        assert nearest in found[cell].facts["nearest"]
    assert {f.code for f in checked.findings if f.severity == "error"} == {"choice"}


@pytest.mark.parametrize("preset", ["process", "crm", "toolbox"])
@pytest.mark.parametrize(
    ("typed", "kind"),
    [
        *(
            ("赢单", "won"),
            ("已签约", "won"),
            ("成交客户", "won"),
            ("Closed Won", "won"),
            ("已成交了", "won"),
        ),
        *(("丢单", "off"), ("已流失", "off"), ("战败", "off"), ("Closed Lost", "off")),
        *(("洽谈", "open"), ("报价", "open"), ("谈判中", "open"), ("3-报价", "open"), ("线索", "open")),
        *(
            (word, None)
            for word in ("签约跟进", "签约中", "签约阶段", "解约", "未签约", "成交80%", "谈判中止")
        ),
        *((word, None) for word in ("成交无望", "口头成交", "预签约", "签约意向", "拒绝签约", "谈判破裂")),
    ],
)
def test_common_words_of_companies_are_known_under_every_preset_of_stages(preset, typed, kind):
    rules = settings.default_rulebook(stages=preset)
    kinds = {stage.name: stage.kind for stage in rules.stages}
    got = read("customer", "stage", typed, rules)
    assert (kinds.get(got.value), got.code) == (kind, None if kind else "choice")


@pytest.mark.parametrize(
    ("field", "typed", "value"),
    [
        ("status", "跟进中", "潜在"),
        ("status", "洽谈", "意向"),
        ("status", "意向客户", "意向"),
        ("status", "未成交", None),
        ("status", "not interested", None),
        ("loss_reason", "预算充足", None),
        ("loss_reason", "价格优惠", None),
        ("loss_reason", "预算不够", "预算不足"),
        ("loss_reason", "其他（客户倒闭）", "其他"),
        ("source", "展会(上海)", "展会"),
        ("source", "非展会", None),
    ],
)
def test_lists_with_opposites_are_strict_and_those_without_are_loose(field, typed, value):
    assert read("customer", field, typed).value == value


def test_an_unknown_value_names_the_line_that_would_settle_it(tmp_path):
    checked = check(archive(tmp_path / "a.xlsx", [{"status": "有戏", "stage": "等通知"}]))
    by_field = {f.field: f.facts for f in checked.findings if f.code == "choice"}
    assert by_field["status"]["list"] == "跟进状态"
    assert by_field["stage"]["sheet"] == "阶段"


def test_an_alias_of_the_team_settles_it(tmp_path):
    from dataclasses import replace

    from salesxl.rulebook import Option

    status = tuple(
        Option(o.value, (*o.aliases, "有戏"), o.kind) if o.kind == "keen" else o
        for o in RULES.choices["跟进状态"]
    )
    rules = replace(RULES, choices={**RULES.choices, "跟进状态": status})
    assert spots(check(archive(tmp_path / "a.xlsx", [{"status": "有戏"}]), rules=rules), "choice") == set()
    assert only(check(archive(tmp_path / "b.xlsx", [{"status": "有戏吗"}]), rules=rules), "choice")


def test_one_unknown_word_in_many_cells_is_told_once_with_the_command_that_settles_it(tmp_path):
    rows = [
        {"customer_name": f"第{n}机械有限公司", "contact": f"138001380{n:02}", "status": "有戏"}
        for n in range(12)
    ]
    checked = check(archive(tmp_path / "a.xlsx", rows), archive(tmp_path / "b.xlsx", rows[:3], rep="李四"))
    words = unsettled.unsettled(checked.findings)
    assert [(w.list, w.value, w.cells, w.files) for w in words] == [("跟进状态", "有戏", 15, 2)]
    text = "\n".join(report.as_text(checked, WORDS))
    assert text.count("--choice 跟进状态 有戏=") == 1
    assert text.count("[错误] 客户档案!L") == 2
