"""docs/domain.md 3.1, 3.2, 3.4, 4: grades, stages, losses, conflicts and what was handed in, counted."""

from __future__ import annotations

import pytest

from salesxl.rulebook import Member
from salesxl.rules.outcomes import outcomes
from salesxl.summary.figures import customers as grades
from salesxl.summary.figures import findings, losses, pipeline, reports
from salesxl.summary.figures.plain import people
from tests.teams import MONDAY, customer, rules, submission, team

PROCESS = ["线索培育", "需求确认", "方案呈现", "谈判推进", "成交签约", "售后维护", "线索终止"]
NO_FINDINGS = team().tables["finding"]


def customers(*rows):
    return team(customer=rows).tables["customer"]


def at(stage, number, **more):
    return [customer(f"{stage}{n}", stage=stage, **more) for n in range(number)]


# ---- what became of a customer


@pytest.mark.parametrize(
    ("status", "stage", "outcome"),
    [
        ("潜在", "需求确认", "open"),
        ("意向", "谈判推进", "open"),
        ("成交", "成交签约", "won"),
        ("成交", "谈判推进", "won"),
        ("意向", "成交签约", "won"),
        ("意向", "售后维护", "won"),
        ("流失", "谈判推进", "lost"),
        ("意向", "线索终止", "lost"),
        ("成交", "线索终止", "lost"),
        (None, "需求确认", "open"),
        ("潜在", None, "open"),
        (None, None, None),
    ],
)
def test_status_and_stage_together_say_what_became_of_a_customer(status, stage, outcome):
    found = outcomes(customers(customer(status=status, stage=stage)), rules())
    assert found.astype(object).where(found.notna(), None).tolist() == [outcome]


# ---- stages


def test_every_stage_stands_in_path_order_also_without_customers():
    found = pipeline.by_stage(customers(*at("谈判推进", 2)), rules())
    assert [s["stage"] for s in found] == PROCESS
    assert [s["count"] for s in found] == [0, 0, 0, 2, 0, 0, 0]
    assert [s["amount"] for s in found] == [None, None, None, 200_000, None, None, None]


def test_conversion_is_the_share_of_those_at_or_beyond_the_next_stage():
    rows = [
        *at("线索培育", 4),
        *at("需求确认", 2),
        *at("方案呈现", 1),
        *at("成交签约", 1),
        *at("线索终止", 3),
    ]
    found = pipeline.by_stage(customers(*rows), rules())
    assert [s["reached"] for s in found] == [8, 4, 2, 1, 1, 0, None]
    assert [s["conversion"] for s in found] == [0.5, 0.5, 0.5, 1.0, 0.0, None, None]
    assert [s["reached_share"] for s in found][:3] == [1.0, 0.5, 0.25]


def test_without_customers_conversion_is_blank():
    assert {s["conversion"] for s in pipeline.by_stage(customers(), rules())} == {None}
    assert pipeline.leak(pipeline.by_stage(customers(), rules())) is None


@pytest.mark.parametrize(
    ("preset", "stage", "weighted"),
    [
        ("process", "线索培育", 10_000.0),
        ("process", "谈判推进", 70_000.0),
        ("crm", "商务谈判", 70_000.0),
        ("toolbox", "方案提供", 40_000.0),
        ("process", "成交签约", None),
    ],
)
def test_the_forecast_is_amount_times_probability_of_open_stages(preset, stage, weighted):
    found = pipeline.by_stage(customers(*at(stage, 1)), rules(stages=preset))
    assert next(s["weighted"] for s in found if s["stage"] == stage) == weighted


def test_the_forecast_leaves_out_lost_and_won_customers_and_adds_in_fen():
    rows = [
        customer("甲", expected_amount=0.1),
        customer("乙", expected_amount=0.2),
        customer("丙", status="流失"),
        customer("丁", status="成交"),
    ]
    found = pipeline.by_stage(customers(*rows), rules())
    assert pipeline.forecast(found) == 0.08  # 0.30 × 25 % = 0.075, to whole fen
    assert pipeline.by_rep(customers(*rows), rules(), ("甲",))[0]["weighted"] == 0.08


def test_by_rep_adds_up_to_the_whole():
    rows = [*at("线索培育", 3), *at("谈判推进", 2, rep="乙", expected_amount=33.33)]
    found = pipeline.by_rep(customers(*rows), rules(), ("甲", "乙", "丙"))
    assert [(r["rep"], r["total"], r["open_amount"]) for r in found] == [
        ("甲", 3, 300_000.0),
        ("乙", 2, 66.66),
        ("丙", 0, None),
    ]
    assert found[0]["counts"] == {**dict.fromkeys(PROCESS, 0), "线索培育": 3}


def test_the_leak_is_the_step_before_signing_that_fewest_take():
    rows = [*at("线索培育", 1), *at("需求确认", 6), *at("方案呈现", 2), *at("成交签约", 1)]
    leak = pipeline.leak(pipeline.by_stage(customers(*rows), rules()))
    assert (leak["from"], leak["to"], leak["reached"], leak["stopped"]) == ("需求确认", "方案呈现", 9, 6)


def test_not_going_on_to_after_sales_is_no_leak():
    leak = pipeline.leak(pipeline.by_stage(customers(*at("成交签约", 5)), rules()))
    assert leak["from"] == "线索培育"


def test_the_way_back_from_the_target_rounds_up_at_every_step():
    rows = [*at("线索培育", 2), *at("需求确认", 2), *at("方案呈现", 2), *at("成交签约", 2)]
    path = pipeline.by_stage(customers(*rows), rules())[:6]  # conversions 3/4, 2/3, 1/2, 1
    assert pipeline.needed(path, 250_000, 100_000) == [10, 8, 5, 3, 3, None]
    assert pipeline.needed(path, 200_000, 100_000) == [8, 6, 4, 2, 2, None]


@pytest.mark.parametrize(("gap", "deal"), [(None, 100.0), (100.0, None), (100.0, 0.0)])
def test_the_way_back_is_blank_without_target_or_deals(gap, deal):
    path = pipeline.by_stage(customers(*at("成交签约", 1)), rules())
    assert set(pipeline.needed(path, gap, deal)) == {None}


# ---- grades


def test_grades_are_counted_by_rep_with_those_who_have_none():
    rows = [customer(grade="VIP"), customer(grade="C"), customer(grade=None), customer(grade="A", rep="乙")]
    found = grades.by_rep(customers(*rows), rules(), ("甲", "乙", "丙"))
    assert [(r["counts"], r["ungraded"], r["total"]) for r in found] == [
        ({"VIP": 1, "A": 0, "B": 0, "C": 1}, 1, 3),
        ({"VIP": 0, "A": 1, "B": 0, "C": 0}, 0, 1),
        ({"VIP": 0, "A": 0, "B": 0, "C": 0}, 0, 0),
    ]
    assert [(g["grade"], g["count"], g["share"]) for g in grades.by_grade(customers(*rows), rules())] == [
        ("VIP", 1, 1 / 3),
        ("A", 1, 1 / 3),
        ("B", 0, 0.0),
        ("C", 1, 1 / 3),
    ]


# ---- losses and sources


def test_win_rate_is_won_of_decided_and_blank_while_nothing_is():
    rows = [
        customer(source="展会", status="成交", contract_amount=500.0),
        *[customer(source="展会", status="流失", loss_reason="价格过高")] * 2,
        *[customer(source="展会")] * 3,
        customer(source="转介绍"),
        customer(source=None),
    ]
    found = {r["source"]: r for r in losses.sources(customers(*rows), rules())}
    assert list(found) == ["展会", "转介绍", None]
    assert found["展会"]["win_rate"] == 1 / 3
    assert (found["展会"]["open"], found["展会"]["signed"]) == (3, 500.0)
    assert found["转介绍"]["win_rate"] is None


def test_loss_reasons_have_counts_and_the_amount_that_went():
    rows = [
        customer(status="流失", loss_reason="无响应", expected_amount=7.0),
        *[customer(status="流失", loss_reason="价格过高", expected_amount=0.1)] * 3,
        customer(stage="线索终止", loss_reason=None, expected_amount=None),
        customer(loss_reason="价格过高"),
    ]
    found = losses.reasons(customers(*rows), rules())
    assert [(r["reason"], r["count"], r["amount"]) for r in found] == [
        ("价格过高", 3, 0.3),
        ("无响应", 1, 7.0),
        (None, 1, None),
    ]
    assert sum(r["share"] for r in found) == pytest.approx(1)


# ---- conflicts


def test_one_customer_of_two_reps_is_one_conflict_with_both_claims():
    rows = [
        customer("大华机械有限公司", expected_amount=100.0),
        customer("大华机械 有限公司", rep="乙", expected_amount=300.0),
        customer("大华机械有限公司", expected_amount=1.0),
        customer("小华机械有限公司"),
    ]
    (found,) = findings.conflicts(customers(*rows), NO_FINDINGS)
    assert (found["reps"], found["amount"], len(found["claims"])) == (["乙", "甲"], 300.0, 3)


def test_the_same_customer_twice_of_one_rep_is_no_conflict():
    assert not findings.conflicts(customers(customer("甲公司"), customer("甲公司")), NO_FINDINGS)


def test_a_claim_on_a_row_that_is_held_back_is_a_claim_all_the_same():
    told = [
        {"code": "conflict", "rep": rep, "value": "大华机械有限公司", "source_file": f"{rep}.xlsx"}
        for rep in ("甲", "乙")
    ]
    the_team = team(customer=[customer("大华机械有限公司")], finding=told)
    (found,) = findings.conflicts(the_team.tables["customer"], the_team.tables["finding"])
    assert (found["reps"], found["amount"]) == (["乙", "甲"], 100_000.0)
    assert [(c["rep"], c["source_file"]) for c in found["claims"]] == [("甲", None), ("乙", "乙.xlsx")]


# ---- submissions and findings


def by_rep(the_team, rulebook):
    table = the_team.tables["submission"]
    return reports.by_rep(table, people(the_team, rulebook), {}, (MONDAY, None), reports.before(the_team))


def test_rows_read_are_accepted_and_returned_and_what_is_held_has_its_amount():
    the_team = team(
        submission=[
            submission(read=5, accepted=3, returned=2, held_amount=0.1, errors=2),
            submission(
                form="weekly_report", read=4, accepted=3, returned=1, held_amount=0.2, held_completed=50.0
            ),
            submission("乙"),
            submission(status="superseded", read=9, returned=0, held_amount=None),
            submission(None, None, status="unreadable", read=None, accepted=None, errors=1),
        ]
    )
    second, first, nobody = by_rep(the_team, rules())
    assert (first["read"], first["accepted"], first["returned"]) == (9, 6, 3)
    assert (first["held_amount"], first["held_completed"], first["errors"]) == (0.3, 50.0, 2)
    assert (second["held_amount"], second["returned"]) == (None, 0)
    assert (nobody["rep"], nobody["errors"]) == (None, 1)
    held = reports.held(the_team)
    assert held == {"before": 0, "rows": 3, "amount": 0.3, "completed": 50.0}


@pytest.mark.parametrize(
    ("rows", "state"),
    [
        ([submission(form="weekly_report", week_start="2026-11-16")], "accepted"),
        ([submission(form="weekly_report", week_start="2026-11-16", returned=1)], "returned"),
        ([submission(form="weekly_report", week_start=None, returned=1)], "returned"),
        ([submission(form="weekly_report", status="missing", week_start="2026-11-16")], "missing"),
        ([submission(form="weekly_report", week_start="2026-11-09")], "none"),
        ([submission(form="customer_archive")], "none"),
    ],
)
def test_what_became_of_the_weeks_report(rows, state):
    found = by_rep(team(submission=rows), rules(members=[Member("甲")]))
    assert found[0]["report"] == state


def test_completeness_is_filled_of_asked_cells():
    rows = [customer(), customer("乙公司", rep="乙", employees=3, notes="备注")]
    found = reports.completeness(customers(*rows), rules())
    # one of the two sizes is asked; expected close is asked of open customers; grade is computed
    asked = 22
    assert found == {"甲": 7 / asked, "乙": 9 / asked}


def test_findings_are_counted_by_kind_and_rep_and_listed_without_notices():
    def finding(rep, severity, code):
        return {"rep": rep, "severity": severity, "code": code, "message": code}

    table = team(
        finding=[
            finding("甲", "warning", "vague"),
            finding("甲", "error", "required"),
            finding("乙", "error", "required"),
            finding(None, "error", "unreadable"),
            finding("甲", "notice", "format"),
        ]
    ).tables["finding"]
    assert [(c["code"], c["count"], c["reps"]) for c in findings.by_code(table)] == [
        ("required", 2, ["乙", "甲"]),
        ("unreadable", 1, []),
        ("vague", 1, ["甲"]),
        ("format", 1, ["甲"]),
    ]
    found = findings.by_rep(table, ("甲", "丙"))
    assert [(r["error"], r["warning"], r["notice"]) for r in found] == [(1, 1, 1), (0, 0, 0)]
    assert found[0]["codes"] == {"vague": 1, "required": 1, "format": 1}
    assert [r["code"] for r in findings.listed(table)] == [
        "required", "required", "unreadable", "vague",
    ]  # fmt: skip


# ---- people


def test_the_roster_of_the_week_stands_first_then_who_else_handed_in():
    members = [
        Member("新人", joined=MONDAY.replace(day=23)),
        Member("乙", "二组"),
        Member("甲", "一组"),
        Member("走了", left=MONDAY.replace(day=15)),
    ]
    the_team = team(customer=[customer(rep="丁")], submission=[submission("丙", team="三组")])
    found = people(the_team, rules(members=members))
    assert [(p.name, p.team, p.on_roster) for p in found] == [
        ("乙", "二组", True),
        ("甲", "一组", True),
        ("丁", None, False),
        ("丙", "三组", False),
    ]
