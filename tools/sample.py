"""The example of all names a template may use, made from the fictional team (make templates)."""

from __future__ import annotations

import datetime as dt
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from salesxl import messages, settings, summary
from salesxl.cli import report
from salesxl.consolidate import consolidate
from salesxl.intake import receive
from salesxl.model import OwnTable, TableName, Team
from salesxl.rulebook import Adjustment, Rulebook
from salesxl.summary.sample import few, to_json
from salesxl.validate import check
from tools import demo

REPS = 12
"""So many that conflicts, mismatches, handovers and missing reports all occur."""

RARE_CODES = ("near_name", "stage_jump", "handed_over")
"""Findings that the fictional week has none of."""


def text() -> str:
    """Return what ``salesxl/summary/sample.json`` holds."""
    return to_json(few(figures()))


def figures() -> dict[str, Any]:
    """Return the figures of a team in which every list has an item."""
    said = messages.load(messages.LOCALES[0], report.label_of)
    rules = _with_all_targets(demo.settings(settings.default_rulebook(quota="five-step"), reps=REPS))
    with tempfile.TemporaryDirectory() as place:
        inbox = Path(place) / "inbox"
        demo.fill_inbox(inbox, rules, week_start=demo.WEEK_START, reps=REPS)
        batch = receive([inbox], rules)
        checked = check(batch, rules, demo.WEEK_START + dt.timedelta(days=4))
        team = consolidate(checked, rules)
    now = _with_what_is_rare(team, rules)
    return summary.summarise(now, rules, said, before=_the_week_before(now, rules))


def _the_week_before(team: Team, rules: Rulebook) -> Team:
    """Return the team a week earlier: one customer further back, one not there yet, one since vanished."""
    customers = team.tables["customer"].copy()
    opens = [stage.name for stage in rules.stages if stage.kind == "open"]
    later = customers.index[customers["stage"].isin(opens[1:]) & customers["expected_amount"].notna()]
    customers.loc[later[:1], "stage"] = opens[0]
    customers.loc[later[1:2], "expected_amount"] *= 2
    monday, sunday = (day - dt.timedelta(days=7) for day in team.week)
    tables = {**team.tables, "customer": customers.drop(index=later[2:3]).reset_index(drop=True)}
    return replace(team, tables=tables, as_of=team.as_of - dt.timedelta(days=7), week=(monday, sunday))


def _with_all_targets(rules: Rulebook) -> Rulebook:
    """Add what the fictional settings lack: a product line, and a target that was adjusted."""
    members = tuple(replace(member, product_line="软件") for member in rules.members)
    changed = Adjustment(rules.targets[0].amount, "大客户推迟", "例会纪要", "李经理", "王总监")
    first = replace(rules.targets[0], original=rules.targets[0].amount, adjustments=(changed,))
    return replace(rules, members=members, targets=(first, *rules.targets[1:]))


def _a_week_before(tables: dict[TableName, pd.DataFrame], team: Team) -> dict[TableName, pd.DataFrame]:
    """Return the tables with what a week before adds: reports, and numbers given then."""
    monday = pd.Timestamp(team.week[0]) - pd.Timedelta(days=7)
    reports = tables["weekly_report"]
    return {
        **tables,
        "number": tables["number"].assign(week_start=monday),
        "change": _changes(tables, team),
        "weekly_report": pd.concat([reports.assign(week_start=monday), reports], ignore_index=True),
    }


def _changes(tables: dict[TableName, pd.DataFrame], team: Team) -> pd.DataFrame:
    """Return what 变更记录 says of the week: another grade, and another owner."""
    told, customers = tables["change"], tables["customer"]
    graded = customers[customers["grade"].notna() & customers["customer_no"].notna()].iloc[-1]
    handed = customers[customers["original_rep"].notna()].iloc[0]
    former = next(name for name in customers["grade"].dropna() if name != graded["grade"])
    rows = [
        {**_who(graded), "field": "grade", "old": former, "new": graded["grade"], "cause": "regrade"},
        {**_who(handed), "field": "rep", "old": handed["original_rep"], "cause": "handover"},
    ]
    made = pd.DataFrame(rows).assign(week_start=pd.Timestamp(team.week[0]), table="customer")
    return made.reindex(columns=told.columns).astype(told.dtypes.to_dict())


def _who(customer: pd.Series) -> dict[str, Any]:
    return {name: customer[name] for name in ("customer_no", "customer_name", "rep")}


def _with_what_is_rare(team: Team, rules: Rulebook) -> Team:
    """Add what the fictional week lacks: a birthday, a customer often talked to, an unknown one."""
    customers, talks = team.tables["customer"].copy(), team.tables["communication"]
    soon = pd.Timestamp(team.as_of.replace(year=1980)) + pd.Timedelta(days=3)
    customers.loc[customers["grade"] == rules.grades[0].name, "birthday"] = soon
    chosen = customers["grade"] == rules.parameters.high_potential_grade
    wanted = customers[chosen]
    often = rules.parameters.high_potential_follow_ups + 1
    talked = pd.concat(
        talks.head(1).assign(customer_name=one["customer_name"], rep=one["rep"], contact_time=team.as_of)
        for one in wanted.to_dict("records")
        for _ in range(often)
    )
    talked["contact_time"] = pd.to_datetime(talked["contact_time"]).astype(talks["contact_time"].dtype)
    findings = team.tables["finding"]
    model = findings[findings["code"] == "mismatch"].head(1)
    rare = [model.assign(code=code) for code in ("unknown_reference", *RARE_CODES)]
    shared = model.assign(code="conflict", value="示例科技有限公司")
    tables = {
        **team.tables,
        "customer": _with_rare_customers(customers, talks, rules),
        "communication": pd.concat([talks, talked], ignore_index=True),
        "record": _with_an_unreviewed_contract(team, rules),
        "finding": pd.concat([findings, *rare, shared], ignore_index=True),
    }
    return replace(team, tables=_a_week_before(tables, team), further=_with_orders(team))


def _with_orders(team: Team) -> dict[str, OwnTable]:
    """Return order lines: of a customer who orders every month, one who has stopped, and one late line."""
    customers = team.tables["customer"].head(3).to_dict("records")
    ages = ((5, 36, 66, 370), (90, 100, 110), (200,))
    today = pd.Timestamp(team.as_of)
    lines = [
        {
            **{"rep": one["rep"], "客户名称": one["customer_name"], "订单编号": f"DD{at}-{age}"},
            **{"产品型号": "HC-200", "产品类别": "设备", "数量": 2, "单价": 45_000.0, "成本": 66_000.0},
            **{"下单日期": today - pd.Timedelta(days=age), "交货日期": today - pd.Timedelta(days=age - 20)},
            **{"实际交货日期": None if at else today - pd.Timedelta(days=age - 4), "销售区域": "华东"},
            "订单状态": "执行中",
        }
        for at, (one, days) in enumerate(zip(customers, ages, strict=True))
        for age in days
    ]
    first = {"rep": customers[0]["rep"], "客户名称": customers[0]["customer_name"]}
    start, end = today.replace(month=10, day=1), today.replace(month=12, day=31)
    forms = {
        "销售订单/订单明细": lines,
        "销售机会立项表/机会": [
            {
                **{**first, "立项日期": today - pd.Timedelta(days=9), "机会名称": "年度采购"},
                **{"预估金额": 350_000.0, "预计成交日期": end, "当前阶段": None, "谈判障碍": "交期"},
                **{"解决方案": "分两批交货", "竞争对手": "同行", "经理审核": None, "审核日期": None},
            }
        ],
        "售后回访/回访": [{**first, "回访时间": today - pd.Timedelta(days=2), "满意度": 2, "问题": "噪声大"}],
        "业绩责任书/责任目标": [
            {**first, "周期开始": start, "周期结束": end, "指标": "签约额", "目标值": 3e6},
        ],
    }
    return {f"own/{name}": OwnTable(name, (), pd.DataFrame(rows)) for name, rows in forms.items()}


def _with_rare_customers(customers: pd.DataFrame, talks: pd.DataFrame, rules: Rulebook) -> pd.DataFrame:
    """Let one customer have a grade set by hand, one a new owner, and one needs that are not on paper."""
    early = customers["stage"].isin([stage.name for stage in rules.stages if stage.kind == "open"])
    silent = customers[early & ~customers["customer_name"].isin(talks["customer_name"])]
    asked = silent["first_contact"].sort_values(kind="stable").index[:1]
    handed, graded = customers.index[:2]
    lower = next(g.name for g in rules.grades if g.name != customers.loc[graded, "grade"])
    customers.loc[graded, ["grade", "grade_reason"]] = [lower, "客户明年扩产"]
    other = customers.loc[customers["rep"] != customers.loc[handed, "rep"], "rep"].iloc[0]
    customers.loc[handed, "original_rep"] = other
    gone = customers.index[early & customers["expected_amount"].notna()][-1:]
    monday = pd.Timestamp(demo.WEEK_START)
    customers.loc[gone, ["carried", "absences", "absent_since"]] = ["missing", 1, monday]
    unsure, left = customers.index[early & ~customers.index.isin(gone)][-2:]
    customers.loc[unsure, ["carried", "absences", "absent_since"]] = ["unverified", 4, monday]
    customers.loc[left, "rep"] = "已离职者"
    customers.loc[graded, ["suggested_grade", "suggested_why"]] = [lower, "年采购额变了"]
    customers.loc[asked, "need"] = "客户有意向"
    return customers


def _with_an_unreviewed_contract(team: Team, rules: Rulebook) -> pd.DataFrame:
    """Let one record be of a contract that was signed long ago, and that nobody has reviewed."""
    records = team.tables["record"].copy()
    won = next(stage.name for stage in rules.stages if stage.kind == "won")
    at = records.index[0]
    records.loc[at, "stage"] = won
    records.loc[at, ["review", "reviewer", "reviewed_on"]] = None
    records.loc[at, "rep_signed_on"] = pd.Timestamp(team.as_of) - pd.Timedelta(days=20)
    return records
