"""docs/domain.md 2.4, 4: owners after handovers, near names, shared telephones, stages since last week."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from salesxl.checks.case import Case
from salesxl.checks.customers import conflict, duplicate, handed_over, near_name
from salesxl.checks.figures import jump
from salesxl.checks.listed import passed_over
from salesxl.model import Block, Severity, Submission
from salesxl.parsing.frames import Stack
from salesxl.rules import ownership
from salesxl.rules.identity import customer_keys, near_pairs
from salesxl.schemas import block_spec
from tests.teams import FRIDAY, MONDAY, rules

WEEK = (MONDAY, MONDAY + dt.timedelta(days=6))
LAST_WEEK = pd.Timestamp(MONDAY) - pd.Timedelta(days=7)


def moves(*rows):
    """Return moves from (customer, giver, receiver, day)."""
    frame = pd.DataFrame(rows, columns=["name", "from_rep", "to_rep", "day"])
    frame["key"] = customer_keys(frame["name"].astype("string"))
    frame["day"] = pd.to_datetime(frame["day"]).astype("datetime64[us]")
    return frame[ownership.MOVES]


def case(rows, *, handed=None, past=None, **parameters):
    """Return the archives of a week: rows of (rep, customer fields), each rep's in a file of its own."""
    reps = sorted({rep for rep, _ in rows})
    number = {rep: at for at, rep in enumerate(reps)}
    spec = block_spec("customer")
    raw = pd.DataFrame(
        [{c.field: fields.get(c.field) for c in spec.columns} for _, fields in rows], dtype=object
    )
    raw = raw.astype(object).where(raw.notna(), None)
    typed = {c.field: pd.Series(pd.array(raw[c.field].tolist(), dtype=c.kind.dtype)) for c in spec.columns}
    home = {"submission": [number[rep] for rep, _ in rows], "row": list(range(4, 4 + len(rows)))}
    frame = pd.DataFrame({**typed, **home})
    here = pd.DataFrame(True, index=frame.index, columns=raw.columns)
    stack = Stack(spec, frame, raw, here, ~here, ())
    block = Block("customer", (), {}, columns={c.field: n for n, c in enumerate(spec.columns, 1)})
    forms = [Submission(f"{rep}.xlsx", "客户档案", "customer_archive", (block,), rep=rep) for rep in reps]
    rulebook = rules(**parameters)
    found = moves() if handed is None else handed
    return Case({"customer": stack}, forms, reps, rulebook, FRIDAY, WEEK, frozenset(), found, past or {})


def at(faults):
    return [(f.at, f.code, f.facts.get("why")) for f in faults]


# ---- whose a customer is


def owner(rep, *given):
    found = ownership.owners(
        pd.Series(["大华机械"], dtype="string"), pd.Series([rep], dtype="string"), moves(*given)
    )
    return found["owner"].tolist()


def test_a_customer_goes_along_a_chain_of_handovers_and_back_again():
    chain = ("大华机械", "甲", "乙", "2026-11-02"), ("大华机械", "乙", "丙", "2026-11-09")
    assert owner("甲", *chain) == ["丙"]
    assert owner("乙", *chain) == ["丙"]
    assert owner("丙", *chain) == []
    assert owner("丁", *chain) == []
    back = ("大华机械", "乙", "甲", "2026-11-09")
    assert owner("甲", chain[0], back) == []
    assert owner("乙", chain[0], back) == ["甲"]


def heads(**changes):
    day = pd.Timestamp("2026-11-18")
    row = {
        "submission": 0, "from_rep": "甲", "to_rep": "乙", "date": day, "reason": "离职",
        "from_signature": "甲", "from_signed_on": day, "to_signature": "乙", "to_signed_on": day,
        "manager_signature": "赵六", "manager_signed_on": pd.Timestamp("2026-11-19"),
    }  # fmt: skip
    frame = pd.DataFrame([{**row, **changes}])
    return frame.astype({n: "datetime64[us]" for n in frame if n == "date" or n.endswith("_on")})


LISTED = pd.DataFrame({"submission": [0, 0], "customer_name": pd.array(["大华机械", None], dtype="string")})


def test_a_signed_list_takes_effect_on_its_last_day():
    (found,) = ownership.signed(heads(), LISTED, ["submission"]).to_dict("records")
    assert (found["key"], found["from_rep"], found["to_rep"]) == ("大华机械", "甲", "乙")
    assert found["day"] == pd.Timestamp("2026-11-19")
    later = ownership.signed(heads(date=pd.Timestamp("2026-12-01")), LISTED, ["submission"])
    assert later["day"].tolist() == [pd.Timestamp("2026-12-01")]


@pytest.mark.parametrize(
    "lacking",
    ["from_signature", "to_signature", "manager_signature", "from_signed_on", "manager_signed_on", "date"],
)
def test_a_list_without_a_signature_or_its_date_moves_nothing(lacking):
    assert ownership.signed(heads(**{lacking: None}), LISTED, ["submission"]).empty


def test_a_list_from_a_rep_to_himself_moves_nothing():
    assert ownership.signed(heads(to_rep="甲"), LISTED, ["submission"]).empty


@pytest.mark.parametrize(("until", "moved"), [("2026-11-18", 0), ("2026-11-19", 1), ("2026-11-20", 1)])
def test_a_handover_holds_from_its_day_on(until, moved):
    now = ownership.signed(heads(), LISTED, ["submission"])
    assert len(ownership.moved({}, now, pd.Timestamp(until))) == moved


def test_earlier_books_and_the_lists_of_the_week_are_brought_together_once_each():
    before = moves(("大华机械", "甲", "乙", "2026-11-02"), ("小华机械", "甲", "乙", "2026-11-02"))
    now = moves(("大华机械", "甲", "乙", "2026-11-02"))
    assert len(ownership.moved({"moves": before}, now, pd.Timestamp("2026-11-22"))) == 2


GIVEN = [("甲", {"customer_name": "大华机械"})]
BOTH = [*GIVEN, ("乙", {"customer_name": "大华机械有限公司"})]


@pytest.mark.parametrize(("day", "found"), [("2026-11-15", [0]), ("2026-11-16", []), ("2026-11-19", [])])
def test_who_still_lists_a_customer_handed_over_in_an_earlier_week_is_told(day, found):
    faults = list(handed_over(case(GIVEN, handed=moves(("大华机械", "甲", "乙", day)))))
    assert [f.at for f in faults] == found
    assert {f.severity for f in faults} <= {Severity.NOTICE}


@pytest.mark.parametrize("day", ["2026-11-02", "2026-11-19"])
def test_the_new_owners_row_counts_and_the_former_ones_does_not(day):
    given = case(BOTH, handed=moves(("大华机械", "甲", "乙", day)))
    (fault,) = duplicate(given)
    assert (fault.code, fault.severity, fault.facts["to"]) == ("handed_over", Severity.NOTICE, "乙")
    assert passed_over(given) == {fault.at}
    assert given.reps[int(given.stacks["customer"].frame.at[fault.at, "submission"])] == "甲"
    assert at(conflict(given)) == []
    assert at(handed_over(given)) == []


def test_without_a_handover_two_reps_claim_one_customer():
    assert at(conflict(case(BOTH))) == [(0, "conflict", None), (1, "conflict", None)]
    assert at(duplicate(case(BOTH))) == []


# ---- one telephone


def phones(*contacts, name="{}号机械"):
    return case(
        [(rep, {"customer_name": name.format(n), "contact": c}) for n, (rep, c) in enumerate(contacts)]
    )


def test_one_telephone_under_two_names_of_two_reps_is_a_conflict():
    found = list(conflict(phones(("甲", "13800000001"), ("乙", "13800000002、13800000001"), ("乙", None))))
    assert at(found) == [(0, "conflict", "phone"), (1, "conflict", "phone")]
    assert (found[0].facts["reps"], found[0].facts["others"]) == (("乙", "甲"), ("1号机械",))


def test_one_telephone_of_one_rep_is_none():
    assert at(conflict(phones(("甲", "13800000001"), ("甲", "13800000001")))) == []


def test_the_same_name_with_the_same_telephone_is_told_once():
    rows = phones(("甲", "13800000001"), ("乙", "13800000001"), name="大华机械")
    assert at(conflict(rows)) == [(0, "conflict", None), (1, "conflict", None)]


# ---- numbers


def test_a_number_that_is_none_is_not_told_as_used_twice():
    def numbered(number):
        rows = [("甲", {"customer_name": n, "customer_no": number}) for n in ("大华", "小华")]
        return at(duplicate(case(rows)))

    assert numbered("2024001") == []
    assert numbered("CRM202405001") == [(1, "duplicate", "number")]


# ---- near names


def pairs(*names, least=0.9):
    return [(a, b) for a, b, _ in near_pairs(pd.Series(names, dtype="string"), least)]


@pytest.mark.parametrize(
    ("one", "other", "near"),
    [
        ("大华机械制造", "大华机械造", True),  # 10 of 11 characters
        ("大华机械", "大华械", False),  # 6 of 7
        ("青石湾大华精密机械制造", "青石湾大花精密机械制造", True),  # 20 of 22
        ("大华精密机械制造厂房", "大花精密机械制造厂房", True),  # 18 of 20: exactly
        ("大华精密机械制造厂", "大花精密机械制造厂", False),  # 16 of 18
        ("大华机械", "大华机械", False),  # one and the same
    ],
)
def test_names_are_near_from_nine_tenths_on(one, other, near):
    assert bool(pairs(one, other)) is near


def test_the_bound_is_the_teams_setting():
    assert pairs("大华机械", "大华械", least=0.857)
    assert not pairs("大华机械", "大华械", least=0.858)


def test_a_slip_at_the_beginning_and_one_at_the_end_are_found_among_many():
    crowd = [f"{a}{b}{c}机械制造厂" for a in "甲乙丙丁" for b in "子丑寅卯" for c in "东南西北"]
    assert ("大华精密机械制造厂", "新大华精密机械制造厂") in pairs(
        *crowd, "新大华精密机械制造厂", "大华精密机械制造厂"
    )
    assert ("大华精密机械制造", "大华精密机械制造甲") in pairs(
        *crowd, "大华精密机械制造", "大华精密机械制造甲"
    )


def test_near_pairs_do_not_depend_on_the_order_of_names():
    names = [f"第{n}号大华精密机械制造" for n in range(40)]
    assert pairs(*names) == pairs(*reversed(names))
    assert pairs(*names)


@pytest.mark.parametrize("names", [[], ["大华机械"]])
def test_without_two_names_none_are_near(names):
    assert pairs(*names) == []


def test_a_near_name_is_a_notice_at_the_later_row():
    rows = [("甲", {"customer_name": "大华机械制造有限公司"}), ("乙", {"customer_name": "大华机械造"})]
    (fault,) = near_name(case(rows))
    assert (fault.at, fault.severity, fault.facts["other_name"]) == (
        1,
        Severity.NOTICE,
        "大华机械制造有限公司",
    )


# ---- stages


def since(before, now, *, week=LAST_WEEK, then="甲", stages="process"):
    row = {"rep": then, "customer_name": "大华机械", "stage": before, "week_start": week}
    past = {"customer": pd.DataFrame([row])}
    one = case([("甲", {"customer_name": "大华机械", "stage": now})], past=past, stages=stages)
    return [(f.facts["why"], f.facts.get("left_out")) for f in jump(one)]


@pytest.mark.parametrize(
    ("before", "now", "told"),
    [
        ("需求确认", "需求确认", []),
        ("需求确认", "方案呈现", []),
        ("需求确认", "谈判推进", [("skipped", ("方案呈现",))]),
        ("线索培育", "成交签约", [("skipped", ("需求确认", "方案呈现", "谈判推进"))]),
        ("需求确认", "线索培育", [("back", None)]),
        ("售后维护", "需求确认", [("back", None)]),
        ("需求确认", "线索终止", []),
        ("线索终止", "谈判推进", []),
        (None, "谈判推进", []),
    ],
)
def test_a_stage_that_went_back_or_was_skipped_is_told(before, now, told):
    assert since(before, now) == told


@pytest.mark.parametrize(
    ("preset", "before", "now", "told"),
    [
        ("crm", "线索", "方案制定", [("skipped", ("需求分析",))]),
        ("crm", "商务谈判", "成交", []),
        ("toolbox", "需求确认", "商务谈判", [("skipped", ("方案提供",))]),
        ("toolbox", "合同签订", "商务谈判", [("back", None)]),
    ],
)
def test_the_path_is_the_teams_own(preset, before, now, told):
    assert since(before, now, stages=preset) == told


def test_over_two_weeks_only_the_way_back_is_told():
    week = LAST_WEEK - pd.Timedelta(days=7)
    assert since("需求确认", "谈判推进", week=week) == []
    assert since("谈判推进", "需求确认", week=week) == [("back", None)]


def test_a_customer_of_another_rep_before_is_the_same_customer():
    assert since("谈判推进", "需求确认", then="乙") == [("back", None)]


def test_without_earlier_books_nothing_is_told():
    assert list(jump(case([("甲", {"customer_name": "大华机械", "stage": "谈判推进"})]))) == []
