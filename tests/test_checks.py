"""The rules of docs/domain.md 4, each just below, at and above its bound."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest

from salesxl.model import Severity
from salesxl.rulebook import Member, Target
from tests import sheets
from tests.sheets import AS_OF, archive, check, only, record, spots, weekly

DAY = dt.timedelta(days=1)
TODAY = dt.datetime.combine(AS_OF, dt.time())


def test_a_sound_week_has_no_finding(tmp_path):
    paths = archive(tmp_path / "a.xlsx", [{}]), weekly(tmp_path / "b.xlsx"), record(tmp_path / "c.xlsx")
    assert spots(check(*paths)) == set()


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"customer_name": None}, {("B4", "required")}),
        ({"industry": "-"}, {("C4", "required")}),
        ({"source": "托梦"}, {("D4", "choice")}),
        ({"industry": "养蜂业"}, {("C4", "choice")}),
        ({"employees": None}, {("E4", "required")}),
        ({"employees": None, "annual_revenue_wan": 500}, set()),
        ({"employees": -1}, {("E4", "range")}),
        ({"employees": 0}, set()),
        ({"contact": "1380013800O"}, {("I4", "format")}),
        ({"customer_no": "CRM20241"}, {("A4", "format")}),
        ({"need": "跟进客户"}, {("J4", "vague")}),
        ({"need": "无"}, {("J4", "vague")}),
        ({"expected_amount": "面议"}, {("N4", "type")}),
        ({"expected_amount": -0.01}, {("N4", "range")}),
        ({"expected_amount": 0}, set()),
        ({"first_contact": "2026年2月30日"}, {("K4", "type")}),
    ],
)
def test_a_customer_row_is_faulted_at_its_cell(tmp_path, change, expected):
    assert spots(check(archive(tmp_path / "a.xlsx", [change]))) == expected


def test_an_industry_off_the_list_is_a_warning_and_the_row_goes_in(tmp_path):
    checked = check(archive(tmp_path / "a.xlsx", [{"industry": "养蜂业"}]))
    assert only(checked, "choice").severity is Severity.WARNING
    assert checked.frames["customer"]["accepted"].tolist() == [True]
    assert checked.frames["customer"]["industry"].tolist() == ["养蜂业"]


@pytest.mark.parametrize(("days", "codes"), [(-1, set()), (0, set()), (1, {"future_date"})])
def test_a_first_contact_may_be_today_but_not_tomorrow(tmp_path, days, codes):
    checked = check(archive(tmp_path / "a.xlsx", [{"first_contact": TODAY + days * DAY}]))
    assert {code for _, code in spots(checked)} == codes


@pytest.mark.parametrize(("days", "codes"), [(-1, {"stale"}), (0, set()), (1, set())])
def test_an_expected_close_is_stale_the_day_after(tmp_path, days, codes):
    checked = check(archive(tmp_path / "a.xlsx", [{"expected_close": TODAY + days * DAY}]))
    assert {code for _, code in spots(checked)} == codes


@pytest.mark.parametrize(("days", "codes"), [(-1, {"date_order"}), (0, {"stale"})])
def test_an_expected_close_before_the_first_contact_is_one_error_and_not_stale_too(tmp_path, days, codes):
    first = dt.datetime(2026, 10, 12)
    checked = check(archive(tmp_path / "a.xlsx", [{"expected_close": first + days * DAY}]))
    assert {code for _, code in spots(checked)} == codes


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"status": "意向", "expected_close": None}, {("O4", "required")}),
        ({"status": "流失", "expected_close": None, "loss_reason": "价格过高"}, set()),
        ({"status": "流失", "expected_close": None}, {("W4", "required")}),
        ({"status": "成交"}, {("T4", "required"), ("U4", "required"), ("V4", "required")}),
        ({"status": "OK", "expected_close": None}, {("L4", "choice")}),
    ],
)
def test_what_a_status_asks_for_is_required_only_then(tmp_path, change, expected):
    assert spots(check(archive(tmp_path / "a.xlsx", [change]))) == expected


def test_a_won_customer_on_a_form_without_contract_columns_is_only_warned_of(tmp_path, monkeypatch):
    short = {k: v for k, v in sheets.CUSTOMER.items() if not k.startswith("contract")}
    monkeypatch.setattr(sheets, "CUSTOMER", short)
    checked = check(archive(tmp_path / "a.xlsx", [{"status": "成交"}]))
    assert spots(checked) == {("L4", "incomplete")}
    assert checked.frames["customer"]["accepted"].all()


def test_a_required_column_that_is_missing_is_said_once_and_holds_its_rows_back(tmp_path, monkeypatch):
    short = {k: v for k, v in sheets.CUSTOMER.items() if k != "source"}
    monkeypatch.setattr(sheets, "CUSTOMER", short)
    checked = check(
        archive(tmp_path / "a.xlsx", [{}, {"customer_name": "丙丁贸易有限公司", "customer_no": None}])
    )
    assert [code for _, code in spots(checked)] == ["missing_column"]
    assert checked.frames["customer"]["codes"].tolist() == ["missing_column"] * 2


def test_a_cell_that_cannot_be_read_gets_no_second_finding(tmp_path):
    checked = check(archive(tmp_path / "a.xlsx", [{"first_contact": "待定"}]))
    assert spots(checked) == {("K4", "type")}


@pytest.mark.parametrize(("hours", "codes"), [(23.9, set()), (24, set()), (24.1, {"late_entry"})])
def test_a_contact_may_be_entered_24_hours_later(tmp_path, hours, codes):
    met = dt.datetime(2026, 11, 17, 10, 0)
    talk = {"contact_time": met, "entered_at": met + dt.timedelta(hours=hours)}
    assert {code for _, code in spots(check(record(tmp_path / "c.xlsx", [talk])))} == codes


@pytest.mark.parametrize(
    ("waited", "text"),
    [
        ({"hours": 24, "minutes": 1}, "24小时01分"),
        ({"hours": 25, "minutes": 30}, "25小时30分"),
        ({"hours": 74, "minutes": 3}, "74小时03分"),
    ],
)
def test_how_late_an_entry_is_is_told_to_the_minute(tmp_path, waited, text):
    met = dt.datetime(2026, 11, 16, 10, 0)
    talk = {"contact_time": met, "entered_at": met + dt.timedelta(**waited)}
    found = only(check(record(tmp_path / "c.xlsx", [talk])), "late_entry")
    assert found.facts["waited"] == dt.timedelta(**waited).total_seconds()
    assert text in sheets.WORDS.message(found)


@pytest.mark.parametrize(("hours", "codes"), [(40, set()), (48, set()), (48.1, {"late_entry"})])
def test_a_contact_of_which_only_the_day_is_known_may_have_been_at_its_end(tmp_path, hours, codes):
    met = dt.datetime(2026, 11, 17)
    talk = {"contact_time": met, "entered_at": met + dt.timedelta(hours=hours)}
    assert {code for _, code in spots(check(record(tmp_path / "c.xlsx", [talk])))} == codes


@pytest.mark.parametrize(("after", "codes"), [(0, set()), (1, {"future_date"})])
@pytest.mark.parametrize("field", ["rep_signed_on", "reviewed_on"])
def test_nobody_has_signed_after_the_day_of_the_run(tmp_path, field, after, codes):
    signature = {"rep_signed_on": "rep_signature", "reviewed_on": "reviewer"}[field]
    path = record(tmp_path / "c.xlsx", **{signature: "张三", field: TODAY + after * DAY})
    assert {f.code for f in check(path).findings if f.field == field} == codes


@pytest.mark.parametrize(("after", "codes"), [(0, set()), (1, {"future_date"})])
@pytest.mark.parametrize("field", ["from_signed_on", "to_signed_on", "manager_signed_on"])
def test_a_handover_signed_after_the_day_of_the_run_is_a_finding(tmp_path, field, after, codes):
    path = sheets.handover(tmp_path / "h.xlsx", **{field: TODAY + after * DAY})
    found = [f for f in check(path).findings if f.field == field]
    assert {f.code for f in found} == codes
    assert all("签字日期" in sheets.WORDS.message(f) for f in found)


def test_an_entry_after_the_day_of_the_run_is_a_finding(tmp_path):
    talk = {"contact_time": TODAY, "entered_at": TODAY + DAY + dt.timedelta(hours=9)}
    assert "future_date" in {f.code for f in check(record(tmp_path / "c.xlsx", [talk])).findings}


SIGNED_ON = {
    "status": "成交", "stage": "成交签约", "expected_close": None, "contract_no": "HT-1",
    "contract_amount": 50_000, "contract_end": dt.datetime(2027, 11, 1),
    "signed_on": dt.datetime(2026, 11, 18),
}  # fmt: skip


def contracts(*changes):
    """Return customers who have signed, one for each change."""
    return [
        {
            **SIGNED_ON,
            "customer_no": None,
            "customer_name": f"第{n}贸易有限公司",
            "contact": f"1380000000{n}",
            **c,
        }
        for n, c in enumerate(changes)
    ]


@pytest.mark.parametrize(
    ("customers", "figures", "expected"),
    [
        # the fen below, at and above what was signed in the week
        ([{}, {"contract_amount": 0.1}], {"completed_amount": 50_000.09}, [("signed_amount", 0.01)]),
        ([{}, {"contract_amount": 0.1}], {"completed_amount": 50_000.1}, []),
        ([{}, {"contract_amount": 0.1}], {"completed_amount": 50_000.11}, [("claimed_amount", 0.01)]),
        # the week's first and last day belong to it, those beside do not
        ([{"signed_on": dt.datetime(2026, 11, 16)}], {"completed_amount": 50_000}, []),
        (
            [{"signed_on": dt.datetime(2026, 11, 15)}],
            {"completed_amount": 50_000},
            [("claimed_amount", 50_000)],
        ),
        # what has no date may belong to the week, up to its amount
        ([{}, {"signed_on": None}], {"completed_amount": 100_000}, []),
        ([{}, {"signed_on": None}], {"completed_amount": 100_000.01}, [("claimed_amount", 50_000.01)]),
        ([{}, {"signed_on": None}], {"completed_amount": 49_999}, [("signed_amount", 1)]),
        # amounts agree, deals do not
        ([{}], {"completed_amount": 50_000, "deals": 1}, []),
        ([{}], {"completed_amount": 50_000, "deals": 2}, [("claimed_rows", 1)]),
        ([{}, {}], {"completed_amount": 100_000, "deals": 1}, [("signed_rows", 1)]),
        # one cause, one point
        ([{}], {"completed_amount": 90_000, "deals": 2}, [("claimed_amount", 40_000)]),
        ([], {"completed_amount": 90_000}, []),
    ],
)
def test_claims_are_held_against_the_contracts_signed_in_the_week(
    tmp_path, monkeypatch, customers, figures, expected
):
    monkeypatch.setattr(sheets, "CUSTOMER", {**sheets.CUSTOMER, "signed_on": None})
    paths = [weekly(tmp_path / "w.xlsx", **figures)]
    if customers:
        paths.append(archive(tmp_path / "a.xlsx", contracts(*customers)))
    found = [
        f for f in check(*paths).findings if f.code == "mismatch" and f.field in ("completed_amount", "deals")
    ]
    assert [(f.facts["why"], f.facts["difference"]) for f in found] == expected
    assert {f.severity for f in found} <= {Severity.WARNING}


OPEN = {"status": "意向", "stage": "需求确认", "signed_on": None, "contract_amount": None,
        "contract_no": None, "contract_end": None}  # fmt: skip
SHARED = {**OPEN, "customer_name": "共享贸易有限公司"}


@pytest.mark.parametrize(
    ("customers", "beside", "expected"),
    [
        # a warning or an error on a customer that is not won: the claim is said all the same
        ([OPEN, SHARED], "conflict", ["claimed_amount"]),
        ([OPEN, {**OPEN, "industry": "养蜂业"}], "choice", ["claimed_amount"]),
        ([OPEN, {**OPEN, "customer_name": None}], "required", ["claimed_amount"]),
        ([OPEN, {**OPEN, "contact": "13x"}], "format", ["claimed_amount"]),
        ([SHARED, {"contract_amount": 1000}], "conflict", ["claimed_amount"]),
        # a warning on a contract, too; and an error on one that is of another week for sure
        ([OPEN, {"customer_name": "共享贸易有限公司", "signed_on": None}], "conflict", ["claimed_amount"]),
        ([OPEN, {"signed_on": dt.datetime(2026, 10, 19), "contact": "13x"}], "format", ["claimed_amount"]),
        # an error on a contract that may be the one
        ([OPEN, {"signed_on": dt.datetime(2062, 11, 18)}], "future_date", []),
        ([OPEN, {"signed_on": "上周四"}], "type", []),
        ([OPEN, {**OPEN, "contract_amount": "十来万"}], "type", []),
        ([OPEN, {"signed_on": None, "contact": "13x"}], "format", []),
    ],
)
def test_only_a_contract_that_is_held_back_explains_a_claim(
    tmp_path, monkeypatch, customers, beside, expected
):
    monkeypatch.setattr(sheets, "CUSTOMER", {**sheets.CUSTOMER, "signed_on": None})
    theirs = {**OPEN, "customer_no": None, "customer_name": "共享贸易有限公司", "contact": "13900000009"}
    checked = check(
        weekly(tmp_path / "w.xlsx", completed_amount=100_000),
        archive(tmp_path / "a.xlsx", contracts(*customers)),
        archive(tmp_path / "b.xlsx", [theirs], rep="李四"),
    )
    assert beside in {f.code for f in checked.findings}
    told = [f for f in checked.findings if f.field == "completed_amount"]
    assert [f.facts["why"] for f in told] == expected


def test_a_warning_on_a_contract_does_not_explain_a_claim_that_is_too_low(tmp_path, monkeypatch):
    monkeypatch.setattr(sheets, "CUSTOMER", {**sheets.CUSTOMER, "signed_on": None})
    mine = contracts({"customer_name": "共享贸易有限公司"})
    theirs = {**OPEN, "customer_no": None, "customer_name": "共享贸易有限公司", "contact": "13900000009"}
    checked = check(
        weekly(tmp_path / "w.xlsx", completed_amount=10_000),
        archive(tmp_path / "a.xlsx", mine),
        archive(tmp_path / "b.xlsx", [theirs], rep="李四"),
    )
    assert "conflict" in {f.code for f in checked.findings}
    assert [f.facts["why"] for f in checked.findings if f.field == "completed_amount"] == ["signed_amount"]


@pytest.mark.parametrize(
    ("typed", "since", "meant"),
    [
        (dt.datetime(2025, 5, 1), dt.datetime(2025, 6, 1), dt.date(2026, 5, 1)),
        (dt.datetime(2025, 5, 31), dt.datetime(2025, 6, 1), dt.date(2026, 5, 31)),
        (dt.datetime(2015, 7, 1), dt.datetime(2025, 6, 1), dt.date(2025, 7, 1)),
        (dt.datetime(2062, 1, 1), dt.datetime(2026, 6, 1), None),
    ],
)
def test_of_several_years_that_may_be_meant_the_nearest_after_the_earlier_date_is_named(
    tmp_path, typed, since, meant
):
    row = {**SIGNED_ON, "contract_end": typed, "first_contact": since}
    del row["signed_on"]
    checked = check(archive(tmp_path / "a.xlsx", [row]))
    assert next((f.facts["meant"] for f in checked.findings if f.code == "date_order"), None) == meant


def test_an_archive_without_signing_dates_says_nothing_of_what_was_claimed(tmp_path):
    (row,) = contracts({})
    del row["signed_on"]
    paths = archive(tmp_path / "a.xlsx", [row]), weekly(tmp_path / "w.xlsx", completed_amount=9e6)
    assert "mismatch" not in {f.code for f in check(*paths).findings if f.field == "completed_amount"}


def test_an_entry_before_the_contact_is_out_of_order(tmp_path):
    met = dt.datetime(2026, 11, 17, 10, 0)
    talk = {"contact_time": met, "entered_at": met - dt.timedelta(minutes=1)}
    assert {code for _, code in spots(check(record(tmp_path / "c.xlsx", [talk])))} == {"date_order"}


def test_a_contact_before_the_first_contact_is_out_of_order(tmp_path):
    talk = {"contact_time": dt.datetime(2026, 10, 11, 9), "entered_at": dt.datetime(2026, 10, 11, 12)}
    assert {code for _, code in spots(check(record(tmp_path / "c.xlsx", [talk])))} == {"date_order"}


@pytest.mark.parametrize(
    ("stage", "codes"),
    [
        ("□线索培育 □需求确认", {"required"}),
        ("☑线索培育 ☑需求确认", {"choice"}),
        ("需求确认", set()),
        ("□线索培育 √需求确认", set()),
        ("线索终止", {"incomplete"}),
    ],
)
def test_exactly_one_stage_is_ticked(tmp_path, stage, codes):
    assert {code for _, code in spots(check(record(tmp_path / "c.xlsx", stage=stage)))} == codes


def test_an_ended_lead_needs_a_reason(tmp_path):
    checked = check(record(tmp_path / "c.xlsx", stage="线索终止", end_reason=None))
    assert {code for _, code in spots(checked)} == {"required"}


@pytest.mark.parametrize(
    ("days", "progress", "codes"),
    [
        (0, "未开始", set()),
        (-1, "未开始", {"overdue"}),
        (-1, None, {"overdue"}),
        (-1, "已完成", set()),
        (-1, "已取消", set()),
    ],
)
def test_an_action_is_overdue_the_day_after_unless_it_ended(tmp_path, days, progress, codes):
    action = {"due": TODAY + days * DAY, "progress": progress}
    talk = {"contact_time": dt.datetime(2026, 11, 16, 9), "entered_at": dt.datetime(2026, 11, 16, 12)}
    assert {code for _, code in spots(check(record(tmp_path / "c.xlsx", [talk], [action])))} == codes


def test_the_same_customer_twice_is_an_error_at_the_second(tmp_path):
    twin = {"customer_name": "（甲乙丙）机械 股份有限公司", "customer_no": "CRM202610002"}
    checked = check(archive(tmp_path / "a.xlsx", [{}, twin]))
    assert spots(checked) == {("B5", "duplicate")}
    assert checked.frames["customer"]["accepted"].tolist() == [True, False]


def test_a_customer_claimed_by_two_reps_is_a_conflict_at_both(tmp_path):
    one = archive(tmp_path / "a.xlsx", [{}], rep="张三")
    two = archive(tmp_path / "b.xlsx", [{}], rep="李四")
    checked = check(one, two)
    assert [(f.place.file, f.place.cell) for f in checked.findings if f.code == "conflict"] == [
        ("a.xlsx", "B4"),
        ("b.xlsx", "B4"),
    ]
    assert checked.frames["customer"]["accepted"].all()


def test_a_customer_in_no_archive_is_unknown_only_where_the_archive_is_at_hand(tmp_path):
    stranger = record(tmp_path / "c.xlsx", customer_name="无名氏贸易有限公司")
    assert spots(check(stranger)) == set()
    checked = check(archive(tmp_path / "a.xlsx", [{}]), stranger)
    assert only(checked, "unknown_reference").place.file == "c.xlsx"


def test_weekly_figures_are_held_against_the_week(tmp_path):
    own = archive(tmp_path / "a.xlsx", [{"first_contact": dt.datetime(2026, 11, 16)}])
    report = weekly(tmp_path / "b.xlsx", new_customers=0, follow_ups=2)
    talks = record(tmp_path / "c.xlsx", first_contact=dt.datetime(2026, 11, 16))
    found = {f.field: f.facts["expected"] for f in check(own, report, talks).findings if f.code == "mismatch"}
    assert found == {"new_customers": 1, "follow_ups": 1}


@pytest.mark.parametrize(
    ("own", "others", "said", "found"),
    [
        ([{}], [{}], 0, True),  # also claimed by somebody else, which does not change how many there are
        ([{}, {}], [], 1, False),  # twice on the list
        ([{}, {}], [], 0, True),
        ([{}, {"customer_name": None}], [], 1, False),
    ],
)
def test_only_what_changes_the_count_explains_a_difference(tmp_path, own, others, said, found):
    this_week = {"first_contact": dt.datetime(2026, 11, 16)}
    paths = [archive(tmp_path / "a.xlsx", [this_week | row for row in own])]
    if others:
        paths.append(archive(tmp_path / "d.xlsx", [this_week | row for row in others], rep="李四"))
    checked = check(*paths, weekly(tmp_path / "b.xlsx", new_customers=said))
    assert any(f.code == "mismatch" and f.field == "new_customers" for f in checked.findings) is found


@pytest.mark.parametrize(("said", "found"), [(1, False), (2, False), (0, True), (3, True)])
def test_a_date_that_could_not_be_read_may_belong_to_the_week(tmp_path, said, found):
    days = (dt.datetime(2026, 11, 16), "上个月底")
    customers = [
        {"customer_name": f"{at}号机械有限公司", "first_contact": day} for at, day in enumerate(days)
    ]
    own, report = archive(tmp_path / "a.xlsx", customers), weekly(tmp_path / "b.xlsx", new_customers=said)
    assert (
        "mismatch" in {f.code for f in check(own, report).findings if f.field == "new_customers"}
    ) is found


@pytest.mark.parametrize(("target", "codes"), [(600000, set()), (500000, {"mismatch"})])
def test_the_months_target_is_held_against_the_settings(tmp_path, target, codes):
    goal = Target(2026, "11", "rep", "张三", "signed", Decimal(target))
    rules = replace(sheets.RULES, members=(Member("张三"),), targets=(goal,), has_roster=True)
    assert {code for _, code in spots(check(weekly(tmp_path / "b.xlsx"), rules=rules))} == codes


def test_who_is_on_the_roster_and_has_not_reported_is_missing(tmp_path):
    members = (Member("张三"), Member("李四"), Member("王五", left=dt.date(2026, 11, 15)))
    rules = replace(sheets.RULES, members=members, has_roster=True)
    path = weekly(tmp_path / "b.xlsx")
    assert only(check(tmp_path, rules=rules), "missing_report").value == "李四"
    assert not spots(check(path, rules=rules))  # of one file nobody can say what the others did


def test_a_rep_off_the_roster_is_reported(tmp_path):
    rules = replace(sheets.RULES, members=(Member("李四"),), has_roster=True)
    checked = check(weekly(tmp_path / "b.xlsx"), rules=rules)
    assert only(checked, "unknown_reference").field == "rep"


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (16, 22, set()),
        (16, 20, {("B5", "range")}),
        (16, 21, {("B5", "range")}),
        (17, 22, {("B4", "range")}),
        (15, 21, {("B4", "range")}),
        (22, 16, {("B5", "date_order")}),
    ],
)
def test_a_reports_week_is_monday_to_sunday(tmp_path, start, end, expected):
    checked = check(
        weekly(
            tmp_path / "b.xlsx", week_start=dt.datetime(2026, 11, start), week_end=dt.datetime(2026, 11, end)
        )
    )
    assert spots(checked) == expected


@pytest.mark.parametrize(
    ("stage", "status", "contradict"),
    [
        ("成交签约", "意向", True),
        ("售后维护", "潜在", True),
        ("线索终止", "意向", True),
        ("线索终止", "成交", True),
        ("需求确认", "成交", False),  # a further deal
        ("成交签约", "成交", False),
        ("售后维护", "成交", False),
        ("线索终止", "流失", False),
        ("需求确认", "流失", False),  # lost in that stage
        ("售后维护", "流失", False),  # lost after a deal
        ("谈判推进", "潜在", False),
        (None, "成交", False),
    ],
)
def test_a_stage_and_a_status_that_contradict_each_other_are_a_finding(tmp_path, stage, status, contradict):
    checked = check(archive(tmp_path / "a.xlsx", [{"stage": stage, "status": status}]))
    found = [f for f in checked.findings if f.facts.get("why") == "states"]
    assert [(f.place.cell, f.code, f.severity) for f in found] == (
        [("L4", "mismatch", Severity.WARNING)] if contradict else []
    )


@pytest.mark.parametrize(("grade", "codes"), [("A", set()), ("B", {"mismatch"}), (None, set())])
def test_a_hand_filled_grade_is_held_against_the_computed_one(tmp_path, grade, codes):
    checked = check(archive(tmp_path / "a.xlsx", [{"grade": grade}]))
    assert {code for _, code in spots(checked)} == codes
