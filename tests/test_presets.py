"""The presets: what docs/domain.md 3 says, and that every word in them means one thing."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import MISSING, asdict, fields
from decimal import Decimal
from typing import Literal, get_args, get_origin, get_type_hints

import pytest

from salesxl import settings
from salesxl.errors import SettingsError
from salesxl.rulebook import Parameters
from salesxl.schemas import FORMS, SETTINGS

NAMES = settings.preset_names()
COMBINATIONS = [(g, s) for g in NAMES["grades"] for s in NAMES["stages"]]


def test_the_presets_of_the_domain_are_there() -> None:
    assert NAMES == {
        "grades": ("crm", "toolbox", "volume"),
        "stages": ("crm", "process", "toolbox"),
        "quotas": ("five-step",),
    }


def test_crm_grades_are_vip_a_b_c_with_their_bounds_and_cadence() -> None:
    grades = settings.default_rulebook().grades
    assert [(g.name, g.at_least, g.every, g.unit) for g in grades] == [
        ("VIP", Decimal(500_000), 7, "day"),
        ("A", Decimal(100_000), 14, "day"),
        ("B", Decimal(10_000), 1, "month"),
        ("C", None, 1, "quarter"),
    ]


def test_toolbox_lifts_strategic_customers_and_asks_for_clear_intent() -> None:
    grades = {g.name: g for g in settings.default_rulebook("toolbox").grades}
    assert (grades["A"].at_least, grades["A"].strategic) == (Decimal(100_000), True)
    assert (grades["B"].at_least, grades["B"].clear_intent) == (Decimal(50_000), True)


def test_only_volume_grades_by_score_and_its_weights_add_up() -> None:
    parameters = settings.default_rulebook("volume").parameters
    assert parameters.grade_basis == "score"
    assert sum(v for k, v in asdict(parameters).items() if re.fullmatch(r"score_\w+_weight", k)) == 1
    assert settings.default_rulebook("crm").parameters.grade_basis == "annual_purchase"


@pytest.mark.parametrize(
    ("preset", "path", "off"),
    [
        ("process", ["线索培育", "需求确认", "方案呈现", "谈判推进", "成交签约", "售后维护"], "线索终止"),
        ("crm", ["线索", "需求分析", "方案制定", "商务谈判", "成交"], "失败"),
        ("toolbox", ["需求确认", "方案提供", "商务谈判", "合同签订"], "流失"),
    ],
)
def test_stages_are_in_order_with_what_lies_off_the_path_last(preset: str, path: list[str], off: str) -> None:
    stages = settings.default_rulebook(stages=preset).stages
    assert [s.name for s in stages] == [*path, off]
    assert [s.kind for s in stages if s.kind == "off"] == [stages[-1].kind]
    assert sum(s.kind == "won" for s in stages) == 1


@pytest.mark.parametrize("preset", NAMES["stages"])
def test_win_probabilities_rise_to_one_and_are_nothing_off_the_path(preset: str) -> None:
    stages = settings.default_rulebook(stages=preset).stages
    rising = [s.probability for s in stages if s.kind in {"open", "won"}]
    assert rising == sorted(set(rising))
    assert rising[-1] == 1
    assert stages[-1].probability == 0


@pytest.mark.parametrize("preset", NAMES["stages"])
def test_every_preset_understands_the_stages_of_the_others(preset: str) -> None:
    stages = settings.default_rulebook(stages=preset).stages
    understood = {word for s in stages for word in (s.name, *s.aliases)}
    for other in NAMES["stages"]:
        assert {s.name for s in settings.default_rulebook(stages=other).stages} <= understood


def test_成交_and_合同签订_mean_成交签约() -> None:
    won = next(s for s in settings.default_rulebook().stages if s.kind == "won")
    assert won.name == "成交签约"
    assert {"成交", "合同签订"} <= set(won.aliases)


@pytest.mark.parametrize(("grades", "stages"), COMBINATIONS)
def test_no_word_of_a_list_means_two_options(grades: str, stages: str) -> None:
    for name, options in settings.default_rulebook(grades, stages).choices.items():
        words = [word.casefold() for o in options for word in (o.value, *o.aliases)]
        assert sorted(words) == sorted(set(words)), name


def test_every_list_that_a_column_asks_for_is_there() -> None:
    choices = settings.default_rulebook().choices
    blocks = [*(b for form in FORMS for b in form.blocks), *SETTINGS]
    asked = {c.choices for b in blocks for c in b.columns if c.choices}
    assert asked <= set(choices)


def test_industries_are_a_broad_list_of_大类_and_细分() -> None:
    industries = [o.value for o in settings.default_rulebook().choices["行业"]]
    assert len(industries) >= 40
    assert {"制造业-新能源汽车", "IT服务", "服务业-教育培训", "零售业-快消品"} <= set(industries)
    for value in industries:
        if "-" in value:
            assert value.split("-")[0] in industries


def test_internal_lists_carry_the_words_that_the_toolkit_uses() -> None:
    internal = settings.internal_options()
    assert [o.kind for o in internal["期间"]] == ["year", "Q1", "Q2", "Q3", "Q4", *map(str, range(1, 13))]
    assert [o.kind for o in internal["对象类型"]] == ["all", "team", "region", "product_line", "rep"]
    assert not set(internal) & set(settings.editable_lists())


def test_parameters_have_the_figures_of_the_domain_and_their_types() -> None:
    parameters = settings.default_rulebook().parameters
    expected = {
        "attainment_warning": Decimal("0.6"),
        "entry_hours": 24,
        "first_follow_up_days": 5,
        "needs_report_workdays": 3,
        "contract_review_workdays": 2,
        "after_sales_days": 3,
        "renewal_months": 1,
        "birthday_days": 7,
        "faulty_rows": "return",
        "report_due": 5,
        "unknown_birthday": dt.date(1900, 1, 1),
    }
    assert {key: getattr(parameters, key) for key in expected} == expected
    assert isinstance(parameters.attainment_warning, Decimal)


@pytest.mark.parametrize("phrase", ["跟进客户", "客户有意向", "继续沟通", "正常推进", "无", "同上"])
def test_stock_phrases_of_the_domain_are_vague(phrase: str) -> None:
    assert phrase in settings.default_rulebook().parameters.vague_phrases


@pytest.mark.parametrize("text", ["寄送样品2件并跟踪签收", "提交报价单", "签订合同"])
def test_short_but_concrete_text_is_long_enough(text: str) -> None:
    assert len(text) >= settings.default_rulebook().parameters.min_concrete_length


def test_the_five_step_quota_applies_only_where_it_is_asked_for() -> None:
    plain, quota = settings.default_rulebook(), settings.default_rulebook(quota="five-step")
    assert (plain.parameters.quota_applies, quota.parameters.quota_applies) == (False, True)
    figures = {k: v for k, v in asdict(quota.parameters).items() if k.startswith("quota_")}
    assert figures == {
        "quota_applies": True,
        "quota_collected": 600_000,
        "quota_signed": 1_000_000,
        "quota_deals": 4,
        "quota_average_deal": 250_000,
        "quota_reserve_per_month": 16,
        "quota_reserve_months": 3,
    }


def test_parameter_keys_and_names_are_unique() -> None:
    specs = settings.parameter_specs()
    assert len({s.key for s in specs}) == len({s.name for s in specs}) == len(specs)


def test_the_parameters_are_those_of_the_preset_file_in_its_order_and_have_no_values_of_their_own() -> None:
    declared = fields(Parameters)
    assert [f.name for f in declared] == [spec.key for spec in settings.parameter_specs()]
    assert all(f.default is f.default_factory is MISSING for f in declared)


@pytest.mark.parametrize("spec", settings.parameter_specs(), ids=lambda spec: spec.key)
def test_a_parameter_has_the_type_that_the_preset_file_says(spec: settings.ParameterSpec) -> None:
    kinds = {"percent": Decimal, "number": Decimal, "amount": Decimal, "whole": int, "yes_no": bool}
    kinds |= {"items": tuple[str, ...], "text": str, "date": dt.date}
    declared = get_type_hints(Parameters)[spec.key]
    values = [word.value for word in spec.words]
    if spec.type != "choice":
        assert declared == kinds[spec.type]
    elif get_origin(declared) is Literal:
        assert list(get_args(declared)) == values
    else:
        assert {type(value) for value in values} == {declared}
    for preset in settings.preset_names()["grades"]:
        value = getattr(settings.default_rulebook(preset, quota="five-step").parameters, spec.key)
        assert type(value) is (get_origin(declared) or declared) or value in get_args(declared)


def test_a_default_rulebook_has_no_roster() -> None:
    rulebook = settings.default_rulebook()
    assert (rulebook.has_roster, rulebook.members, rulebook.targets) == (False, (), ())


def test_an_unknown_preset_is_answered_with_the_known_ones() -> None:
    with pytest.raises(SettingsError, match=r"no_preset.*crm.*toolbox.*volume"):
        settings.default_rulebook("nope")
