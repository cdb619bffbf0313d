"""Every figure of the rendered summary against a plain recount, cell by cell; no section goes uncounted."""

from __future__ import annotations

import ast
import datetime as dt
import math
import shutil
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from salesxl import friday, schemas, settings
from salesxl.columns import Need
from salesxl.rulebook import Rulebook
from salesxl.template.plan import band_names
from salesxl.workspace import folder as team_folder
from salesxl.xlsx.package import Package
from tests import recount
from tests.recount import Page, Recount, Row, day, fen, share
from tests.sheets import WORDS
from tools.book_template import blank_book
from tools.summary_template import draw_summary_template

ROOT = Path(__file__).parent.parent
MONDAY, FRIDAY = dt.date(2026, 11, 16), dt.date(2026, 11, 20)
TOTAL = "合计"

EXCEPTIONS = {
    "follow_up.vanished": "what several weeks make; tests/test_absence.py counts them",
    "follow_up.unverified": "what several weeks make; tests/test_absence.py counts them",
    "follow_up.waiting": "nobody of either example has left; tests/test_leavers.py counts them",
    "grades.suggestions": "between two quarters' ends; tests/test_regrades.py counts them",
    "definitions": "sentences; tests/test_summary.py holds them against the settings",
    "today": "sentences made of rows that are counted in their own lists",
    **{
        f"orders.{name}": "orders, which neither example has; tests/test_orders.py counts them"
        for name in ("periods", "groups", "months", "late", "due", "buying", "collected.reps")
    },
    **{
        f"cases.{name}": "forms that neither example has; tests/test_cases.py counts them"
        for name in ("waiting", "opportunities", "satisfaction", "pledges")
    },
    "group.rows": "the rows of a group of these",
    "named.views": "lists the team defines itself; neither example has one",
    "view.rows": "the rows of such a list",
    "closing.product_lines": "neither example has product lines; tests/test_meeting_pages.py has",
    "briefing.support": "what was written, word for word; tests/test_meeting_pages.py",
    "briefing.first_support": "the first of these",
    "phone.today": "the tasks of the first page",
    "phone.support": "the requests of the first page",
    "briefing.shared": "what was written, word for word; tests/test_meeting_pages.py",
    "briefing.reps": "what was written, word for word; tests/test_meeting_pages.py",
    "rep.rows": "the lines of a rep in these",
    "talk.briefing": "the first of these",
    "attainment.product_lines": "neither example has product lines",
    "attainment.adjustments": "neither example adjusts a target; tests/test_settings.py does",
    "attainment.quotas": "neither example takes quotas; tests/test_analyse_attainment.py does",
    "follow_up.potential": "needs the rule for vague text, which is tidying, not counting",
    "follow_up.needs": "needs the rule for vague text, which is tidying, not counting",
    "last_today": "needs a week before; tests/test_weekly_pages.py has one",
    "changes.rows": "needs a week before; tests/test_weekly_changes.py adds the bars up",
    "changes.lists": "needs a week before; tests/test_weekly_changes.py has one",
    "list.rows": "the rows of such a list",
    "chart.bridge": "needs a week before; tests/test_weekly_pages.py has one",
    "weeks.reps": "sums over weeks; tests/test_weekly_pages.py adds them up",
    "weeks.weeks": "the columns of these",
    "grades.changes": "needs a week before; tests/test_analyse_customers.py has one",
    "conflicts.moved": "no handover of the examples has taken effect",
}
"""Sections of the template that are not counted again here, each with its reason."""

COVERED: dict[str, str] = {}
"""Sections by the test that counts them."""


def covers(*sections: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Say which sections a test counts again."""

    def told(test: Callable[..., None]) -> Callable[..., None]:
        COVERED.update(dict.fromkeys(sections, test.__name__))
        return test

    return told


@dataclass(frozen=True)
class Week:
    """A run: the rendered pages, the recount, and the figures for ``--format json``."""

    pages: Mapping[str, Page]
    count: Recount
    rules: Rulebook
    figures: Mapping[str, Any]


@pytest.fixture(scope="module", params=["examples", "week"])
def week(request, tmp_path_factory) -> Week:
    """Run the Friday job on a copy of a whole inbox, with the template as drawn now."""
    folder = team_folder.TeamFolder(tmp_path_factory.mktemp("team") / "队", WORDS)
    members = []
    if request.param == "examples":
        inbox = ROOT / "examples" / "收件箱"
        folder.root.mkdir(parents=True)
        shutil.copy(ROOT / "examples" / "团队设置.xlsx", folder.settings)
    else:
        inbox = ROOT / "tests" / "data" / "week" / "inbox"
        members = team_folder.read_members(inbox.parent / "roster.tsv")
    team_folder.lay_out(folder, settings.default_rulebook(), members)
    shutil.copytree(inbox, folder.inbox, dirs_exist_ok=True)
    (folder.reports / WORDS.text("file.summary")).write_bytes(draw_summary_template(WORDS))
    (folder.reports / WORDS.text("file.book")).write_bytes(blank_book(WORDS))
    outcome = friday.run(folder, friday.Week(MONDAY, FRIDAY))
    rules, _ = settings.load(folder.settings)
    pages = {name: Page(grid) for name, grid in recount.grids(outcome.summary).items()}
    return Week(pages, Recount(outcome.book, rules, FRIDAY, MONDAY), rules, outcome.figures)


def agree(shown: Row, wanted: Row, who: object) -> None:
    """Hold cells against what they should be: numbers but for the last bits, days as days."""
    for label, value in wanted.items():
        cell = shown[label]
        if isinstance(value, (int, float)) and cell is not None:
            assert cell == pytest.approx(value, rel=1e-9, abs=1e-9), (who, label)
        elif isinstance(value, dt.date):
            assert day(cell) == day(value), (who, label)
        else:
            assert cell == value, (who, label)


def keyed(rows: list[Row], label: str) -> dict[Any, Row]:
    """Return rows by a cell; no two may have the same."""
    found = {row[label]: row for row in rows}
    assert len(found) == len(rows)
    return found


# ---- nothing is left out


def test_the_recount_shares_no_code_with_what_it_counts_again():
    for file in ("recount.py", "test_recomputed.py"):
        tree = ast.parse((Path(__file__).parent / file).read_text(encoding="utf-8"))
        modules = {n.module or "" for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
        modules |= {a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
        for refused in (
            "salesxl.summary",
            "salesxl.rules.grading",
            "salesxl.rules.periods",
            "salesxl.rules.money",
            "pandas",
        ):
            assert not [m for m in modules if (m + ".").startswith(refused + ".")], file


def test_every_section_of_the_template_is_counted_again_or_says_why_not():
    names = band_names(Package.open(draw_summary_template(WORDS)))
    bands = {
        name.partition("_")[2].split(".")[0].replace("__", ".") for name, _, _ in names if name[0] == "e"
    }
    bands = {band.removesuffix("_sheet") for band in bands}
    assert bands - set(COVERED) - set(EXCEPTIONS) == set()
    assert set(EXCEPTIONS) - bands == set(), "an exception for a section that is no more"
    assert set(EXCEPTIONS) & set(COVERED) == set()


# ---- 业绩达成


@covers("attainment.reps", "attainment.teams", "attainment.regions", "chart.attainment")
def test_attainment_and_pace_by_working_days(week):
    page, count = week.pages["业绩达成"], week.count
    names = [r for r in count.reps() if r != "（未注明）"]
    shown = keyed(page.table("按销售代表"), "销售代表")
    assert set(shown) - {TOTAL} == set(names)
    for rep in names:
        wanted = count.judged(count.done(rep), count.target(rep))
        wanted |= {label: count.this_week(rep, source) for label, source in WEEKLY.items()}
        agree(shown[rep], wanted, rep)
    agree(shown[TOTAL], whole(count, names, "all", None), TOTAL)
    for title, scope, label in (("按区域", "region", "区域"), ("按团队", "team", "团队")):
        groups = list(dict.fromkeys(getattr(m, scope) for m in week.rules.members if getattr(m, scope)))
        rows = keyed(page.table(title), label)
        assert set(rows) - {TOTAL} == set(groups)
        for group in groups:
            mine = count.of(scope, group)
            agree(rows[group], {"人数": len(mine), **whole(count, mine, scope, group)}, group)
    chart = keyed(week.pages["图表数据"].table("业绩达成"), "销售代表")
    known = [r for r in names if count.done(r) is not None or count.target(r) is not None]
    assert set(chart) == set(known)
    for rep in known:
        done, aim = (None if v is None else v / 10_000 for v in (count.done(rep), count.target(rep)))
        agree(chart[rep], {"本月完成": done, "本月目标": aim}, rep)


WEEKLY = {"本周完成": "本周完成业绩", "本周回款": "本周回款"}


def whole(count: Recount, reps: list[str], scope: str, name: str | None) -> Row:
    """Return the row of several reps together."""
    sums = {label: fen(count.this_week(r, source) for r in reps) for label, source in WEEKLY.items()}
    return sums | count.judged(fen(count.done(r) for r in reps), count.group_target(scope, name, reps))


@covers("attainment.progress")
def test_quarter_and_year_to_date(week):
    page, count = week.pages["业绩达成"], week.count
    rows = page.table("季度与年度累计")
    scopes = {
        "全队": ("all", None),
        "区域": ("region", "region"),
        "团队": ("team", "team"),
        "销售代表": ("rep", None),
    }
    for row in rows:
        scope, field = scopes[row["范围"]]
        name = None if scope == "all" else row["名称"]
        reps = count.of(field, name) if field else [name] if name else count.reps()
        for period, done, aim, rate in (
            (f"Q{(count.month.month + 2) // 3}", "本季累计", "本季目标", "本季达成"),
            ("year", "本年累计", "全年目标", "全年达成"),
        ):
            values = [fen(r["本周完成业绩"] for r in reports_in(count, rep, period)) for rep in reps]
            target = count.target_set(scope, name, period)
            agree(row, {done: fen(values)}, (row["名称"], period))
            if target is not None:
                agree(row, {aim: target, rate: share(fen(values), target)}, (row["名称"], period))


def reports_in(count: Recount, rep: str, period: str) -> list[Row]:
    def within(thursday: dt.date) -> bool:
        same_quarter = (thursday.month + 2) // 3 == (count.month.month + 2) // 3
        return thursday.year == count.month.year and (period == "year" or same_quarter)

    return count._reports(rep, within)


@covers("attainment.measures")
def test_collections_deals_and_new_customers(week):
    page, count = week.pages["业绩达成"], week.count
    shown = keyed(page.table("回款、单数、新增客户"), "销售代表")
    labels = {"本月回款": "本周回款", "单数": "签单数", "新增客户": "本周新增客户数"}
    reps = [r for r in count.reps() if r in shown]
    assert reps
    for rep in reps:
        wanted = {label: count.done(rep, source) for label, source in labels.items()}
        wanted["平均单额"] = count.average_deal([rep])
        agree(shown[rep], wanted, rep)
    sums = {label: fen(count.done(r, source) for r in reps) for label, source in labels.items()}
    agree(shown[TOTAL], sums | {"平均单额": count.average_deal(reps)}, TOTAL)


# ---- 阶段漏斗、预测


@covers("stages.path", "chart.funnel")
def test_the_funnel_its_ideal_and_the_way_back_from_the_target(week):
    count = week.count
    reached = count.reached()
    steps = [share(after, here) for here, after in zip(reached, [*reached[1:], None], strict=True)]
    shown = keyed(week.pages["阶段漏斗"].table("转化"), "阶段")
    assert list(shown) == count.path
    chances = [float(count.stage[name].probability) for name in count.path]
    kinds = [count.stage[name].kind for name in count.path]
    pairs = zip(kinds[:-1], chances[:-1], chances[1:], strict=True)
    ideal = [*(here / after if kind == "open" else None for kind, here, after in pairs), None]
    there = float(reached[0])
    needed = count.needed(steps)
    for at, name in enumerate(count.path):
        wanted = {
            "走到此阶段": reached[at],
            "占全部": share(reached[at], reached[0]),
            "走到下一步": steps[at],
            "理想转化": ideal[at],
            "补足目标需要": needed[at],
        }
        if kinds[at] in ("open", "won"):
            wanted["理想应到"] = math.floor(there + 0.5)
        if ideal[at] is not None:
            there *= ideal[at]
            if steps[at] is not None:
                wanted["与理想相差"] = round(steps[at] - ideal[at], 6)
        agree(shown[name], wanted, name)
    agree_chart(
        week, "漏斗", "阶段", {name: {"走到此阶段": n} for name, n in zip(count.path, reached, strict=True)}
    )


def agree_chart(week: Week, title: str, label: str, wanted: Mapping[str, Row]) -> None:
    """Hold the figures behind a chart against a recount; they come in the same order."""
    chart = keyed(week.pages["图表数据"].table(title), label)
    assert set(chart) == set(wanted)
    for name, row in wanted.items():
        agree(chart[name], row, name)


@covers("stages.stages")
def test_customers_amounts_and_forecast_by_stage(week):
    count = week.count
    shown = keyed(week.pages["阶段漏斗"].table("各阶段客户与金额"), "阶段")
    assert list(shown) == [*(s.name for s in week.rules.stages), TOTAL]
    stuck = Counter(row["阶段"] for row in week.pages["跟进预警"].table("九、"))
    for stage in week.rules.stages:
        here = count.chosen(成交阶段=stage.name)
        live = [c for c in here if count.outcome(c) == "open"]
        wanted = {
            "客户数": len(here),
            "预计金额": fen(c["预计成交金额"] for c in here),
            "其中在谈": fen(c["预计成交金额"] for c in live),
            "赢单概率": float(stage.probability),
        }
        if stage.kind == "open":
            judged = shown[stage.name]["停滞线(天)"] is not None  # too few stays, and nobody is called stuck
            wanted |= {"加权预测": count.weighted(here), "停滞(家)": stuck[stage.name] if judged else None}
        agree(shown[stage.name], wanted, stage.name)
    wanted = {
        "客户数": len(count.chosen()),
        "预计金额": fen(c["预计成交金额"] for c in count.chosen()),
        "其中在谈": fen(c["预计成交金额"] for c in count.chosen(outcome="open")),
        "加权预测": count.weighted(count.chosen()),
    }
    agree(shown[TOTAL], wanted, TOTAL)


@covers("stages.reps", "stages.team_groups", "stages.industry_groups", "stages.source_groups", "stages.names")
def test_pipeline_and_forecast_by_rep_team_industry_and_source(week):
    page, count = week.pages["预测"], week.count
    teams = {m.name: m.team for m in week.rules.members}
    split: tuple[tuple[str, str, Callable[[Row], Any]], ...] = (
        ("按销售代表", "销售代表", lambda c: c["销售代表"]),
        ("按团队", "团队", lambda c: teams.get(c["销售代表"])),
        ("按行业", "行业", lambda c: (c["所属行业"] or "（未填）").split("-")[0]),
        ("按客户来源", "客户来源", lambda c: c["客户来源"] or "（未填）"),
    )
    for title, label, key in split:
        shown = keyed(page.table(title), label)
        found = {key(c) for c in count.chosen()} - {None}
        assert found <= set(shown), title
        for name, row in shown.items():
            mine = [c for c in count.chosen() if name == TOTAL or key(c) == name]
            wanted: Row = {s.name: sum(c["成交阶段"] == s.name for c in mine) for s in week.rules.stages}
            wanted |= {
                "客户合计": len(mine),
                "在谈金额": fen(c["预计成交金额"] for c in mine if count.outcome(c) == "open"),
                "加权预测": count.weighted(mine),
                "赢单率": count.win_rate(mine),
            }
            agree(row, wanted, (title, name))


# ---- 客户分级


@covers("grades.grades", "grades.reps", "grades.overrides", "chart.grades")
def test_grades_are_those_of_the_rule_and_add_up(week):
    page, count = week.pages["客户分级"], week.count
    for c in count.customers:
        if not c["等级调整理由"]:
            assert c["客户等级"] == count.grade(c), c["客户名称"]
    names = [g.name for g in week.rules.grades]
    top = keyed(page.table("按等级"), "等级")
    graded = sum(c["客户等级"] is not None for c in count.chosen())
    late = dict.fromkeys(names, 0)
    grade_of = {(c["客户名称"], c["销售代表"]): c["客户等级"] for c in count.customers}
    for who in count.overdue():
        late[grade_of[who]] += 1
    for name in names:
        mine = count.chosen(客户等级=name)
        assert top["客户数"][name] == len(mine)
        assert top["占已分级"][name] == pytest.approx(share(len(mine), graded))
        assert top["年采购额（元）"][name] == fen(c["年采购额"] for c in mine)
        assert top["预计成交金额（元）"][name] == fen(c["预计成交金额"] for c in mine)
        assert top["逾期未跟进"][name] == late[name]
    for rep, row in keyed(page.table("按销售代表"), "销售代表").items():
        mine = [c for c in count.chosen() if rep in (TOTAL, c["销售代表"])]
        wanted = {name: sum(c["客户等级"] == name for c in mine) for name in names}
        agree(row, wanted | {"无等级": sum(c["客户等级"] is None for c in mine), "合计": len(mine)}, rep)
    assert len(page.table("人工调整")) == sum(
        bool(c["等级调整理由"]) and c["客户等级"] != count.grade(c) for c in count.customers
    )
    agree_chart(week, "客户等级", "等级", {n: {"客户数": len(count.chosen(客户等级=n))} for n in names})


# ---- 跟进预警


@covers("follow_up.overdue")
def test_follow_ups_overdue_by_grade(week):
    count = week.count
    shown = {(r["客户"], r["销售代表"]): r for r in week.pages["跟进预警"].table("一、")}
    wanted = count.overdue()
    assert {who: row["逾期天数"] for who, row in shown.items()} == wanted
    of = {(c["客户名称"], c["销售代表"]): c for c in count.customers}
    for who, row in shown.items():
        c = of[who]
        last = c["最近跟进时间"] or c["首次接触时间"]
        cells = {
            "等级": c["客户等级"],
            "阶段": c["成交阶段"],
            "预计金额": c["预计成交金额"],
            "联系方式": c["联系方式"],
        }
        agree(row, cells | {"最近联系": day(last), "应跟进日": count.due(c)}, who)
    order = [(*count.pressing(of[who]), -wanted[who]) for who in shown]
    assert order == sorted(order)


@covers("follow_up.closes", "follow_up.renewals", "follow_up.first", "follow_up.birthdays")
def test_other_customers_to_call(week):
    page, count, parameters = week.pages["跟进预警"], week.count, week.rules.parameters
    first = dt.timedelta(days=parameters.first_follow_up_days)
    top, unknown = week.rules.grades[0].name, parameters.unknown_birthday
    lists: dict[str, dict[tuple[str, str], int]] = {
        "二、": {},
        "三、": count.renewals(),
        "五、": {},
        "十、": {},
    }
    for c in count.customers:
        who, outcome = (c["客户名称"], c["销售代表"]), count.outcome(c)
        close, met = (day(c[label]) for label in ("预计成交日期", "首次接触时间"))
        last, born = day(c["最近跟进时间"]), day(c["生日"])
        if outcome == "open" and close and close < FRIDAY:
            lists["二、"][who] = (FRIDAY - close).days
        if outcome == "open" and met and (last is None or last <= met) and met + first < FRIDAY:
            lists["五、"][who] = (FRIDAY - met - first).days
        if outcome != "lost" and c["客户等级"] == top and born and born != unknown:
            days = (dt.date(FRIDAY.year, born.month, min(born.day, 28)) - FRIDAY).days
            if 0 <= days <= parameters.birthday_days:
                lists["十、"][who] = days
    for title, wanted in lists.items():
        rows = page.table(title)
        found = {(r["客户"], r["销售代表"]): r.get("逾期天数", r.get("还有天数")) for r in rows}
        assert found == wanted, title


@covers("follow_up.actions")
def test_actions_overdue(week):
    rows = week.pages["跟进预警"].table("四、")
    shown = Counter((r["销售代表"], r["客户"], r["行动"], day(r["计划完成"]), r["逾期天数"]) for r in rows)
    wanted = Counter(
        (
            a["销售代表"],
            a["客户名称"],
            a["行动具体内容"],
            day(a["计划完成时间"]),
            (FRIDAY - day(a["计划完成时间"])).days,
        )
        for a in week.count.late_actions()
    )
    assert shown == wanted


@covers("follow_up.after_sales", "follow_up.reviews", "follow_up.ungraded", "follow_up.stuck")
def test_signed_customers_and_those_without_a_grade(week):
    page, count, parameters = week.pages["跟进预警"], week.count, week.rules.parameters
    without = {(c["客户名称"], c["销售代表"]) for c in count.customers if c["客户等级"] is None}
    assert {(r["客户"], r["销售代表"]) for r in page.table("十二、")} == without
    days = dt.timedelta(days=parameters.after_sales_days)
    silent = set()
    for c in count.chosen(outcome="won", every=True):
        signed, last = day(c["签约日期"]), day(c["最近跟进时间"])
        if signed and signed + days < FRIDAY and (last is None or last <= signed):
            silent.add((c["客户名称"], c["销售代表"]))
    assert {(r["客户"], r["销售代表"]) for r in page.table("六、")} == silent
    for row in page.table("九、"):  # the bound is a quantile of stays, which a single week cannot count again
        (c,) = count.chosen(客户名称=row["客户"], 销售代表=row["销售代表"], every=True)
        assert count.outcome(c) == "open"
        assert row["停留天数"] == (FRIDAY - day(c["首次接触时间"])).days
    late = [r for r in page.table("七、") if r["应完成日"] is not None] if page.table("七、") else []
    assert all(day(r["应完成日"]) < FRIDAY for r in late)


# ---- 流失与来源


@covers("losses.sources", "losses.industries", "losses.reasons", "chart.sources", "chart.reasons")
def test_losses_and_sources(week):
    page, count = week.pages["流失与来源"], week.count
    for title, label, key in (
        ("客户来源", "来源", lambda c: c["客户来源"] or "（未填）"),
        ("行业", "行业", lambda c: (c["所属行业"] or "（未填）").split("-")[0]),
    ):
        shown = keyed(page.table(title), label)
        assert set(shown) - {TOTAL} == {key(c) for c in count.chosen()}
        for name, row in shown.items():
            mine = [c for c in count.chosen() if name == TOTAL or key(c) == name]
            ends = Counter(count.outcome(c) for c in mine)
            wanted = {"客户数": len(mine), "在谈": ends["open"], "成交": ends["won"], "流失": ends["lost"]}
            wanted |= {
                "赢单率": count.win_rate(mine),
                "预计金额": fen(c["预计成交金额"] for c in mine),
                "合同金额": fen(c["合同金额"] for c in mine if count.outcome(c) == "won"),
            }
            agree(row, wanted, (title, name))
            if label == "来源" and name != TOTAL:
                chart = keyed(week.pages["图表数据"].table("各来源"), "来源")
                agree(chart[name], {k: wanted[k] for k in ("成交", "在谈", "流失")}, name)
    lost = count.chosen(outcome="lost")
    shown = keyed(page.table("流失原因"), "原因")
    assert set(shown) - {TOTAL} == {c["流失原因"] or "（未填）" for c in lost}
    for reason, row in shown.items():
        mine = [c for c in lost if reason in (TOTAL, c["流失原因"] or "（未填）")]
        agree(row, {"客户数": len(mine), "流失金额": fen(c["预计成交金额"] for c in mine)}, reason)
        if reason != TOTAL:
            agree(row, {"占流失": len(mine) / len(lost)}, reason)
            chart = keyed(week.pages["图表数据"].table("流失原因"), "原因")
            agree(chart[reason], {"客户数": len(mine)}, reason)


# ---- 撞单与核对、提交情况、数据问题


@covers(
    *(f"conflicts.{name}" for name in ("claims", "duplicates", "handovers", "jumps", "mismatches", "near")),
    *("conflicts.phones", "conflicts.still_listed", "conflicts.unknown"),
)
def test_conflicts_and_contradictions(week):
    page, count = week.pages["撞单与核对"], week.count
    claimed: dict[str, set[str]] = {}
    for row in page.table("撞单："):
        claimed.setdefault(recount.plain_name(row["客户"]), set()).add(row["销售代表"])
    assert claimed == count.claims()
    listed = Counter()
    for title in CONTRADICTIONS:
        for row in page.table(title):
            if "单元格" in row:
                listed[row["来源文件"], row["单元格"], row["说明"]] += 1
    codes = (
        "mismatch",
        "duplicate",
        "unknown_reference",
        "near_name",
        "same_phone",
        "stage_jump",
        "still_listed",
    )
    told = count.found(*codes) + [f for f in count.found("incomplete") if f["表单"] == "客户交接清单"]
    wanted = Counter((f["来源文件"], f"{f['来源工作表']}!{f['单元格']}", f["说明"]) for f in told)
    assert wanted - listed == Counter(), "a contradiction that the sheet does not show"
    assert {place[0] for place in listed} <= {f["来源文件"] for f in count.findings}


@covers("conflicts.contracts")
def test_what_is_claimed_for_the_week_beside_the_contracts_signed_in_it(week):
    count = week.count
    rows = keyed(week.pages["撞单与核对"].table("本周业绩与签约合同"), "销售代表")
    reported = {r["销售代表"] for r in count.reports if day(r["周期开始"]) == MONDAY and r["销售代表"]}
    assert set(rows) == reported != set()
    for rep, row in rows.items():
        agree(row, count.claimed(rep), rep)


CONTRADICTIONS = (
    *("同一联系方式", "前后不一致", "阶段退回", "已移交而", "重复登记", "名称相近", "查无此项", "未生效"),
)


@covers("reports.reps", "reports.unread")
def test_submissions_and_what_is_held_back(week):
    page, count = week.pages["提交情况"], week.count
    shown = keyed(page.table("按销售代表"), "销售代表")
    labels = {
        "读入行": "读入行数", "计入行": "接收行数", "退回行": "退回行数", "错误": "错误数", "警告": "警告数",
    }  # fmt: skip
    amounts = {"退回金额": "退回金额", "退回业绩": "退回业绩"}
    asked = {c.field: c for c in schemas.block_spec("customer").drawn}
    for rep, row in shown.items():
        key = None if rep == "（未注明）" else rep
        forms = count.current if rep == TOTAL else [f for f in count.current if f["销售代表"] == key]
        wanted: Row = {a: sum(f[b] for f in forms if f[b] is not None) for a, b in labels.items()}
        wanted |= {a: fen(f[b] for f in forms) for a, b in amounts.items()}
        agree(row, wanted, rep)
        assert row["读入行"] == row["计入行"] + row["退回行"]
        if rep != TOTAL:
            mine = [c for c in count.customers if c["销售代表"] == key]
            kinds = Counter(f["表单"] for f in forms if f["状态"] != "未交周报")
            cells = {"客户档案": kinds["客户档案"], "过程记录": kinds["销售过程记录"]}
            agree(row, cells | {"档案完整度": completeness(mine, count, asked)}, rep)
    unread = {f["来源文件"] for f in count.current if f["状态"] in ("无法读取", "未识别")}
    assert {row["文件"] for row in page.table("没有读入")} == unread


def completeness(customers: list[Row], count: Recount, asked: Mapping[str, Any]) -> float | None:
    """Return filled ÷ asked cells of the archive; of the optional ones, two belong to a case only."""
    when = {Need.WHEN_OPEN: "open", Need.WHEN_WON: "won", Need.WHEN_LOST: "lost"}
    cells = filled = 0
    for c in customers:
        either = [c[x.label] is not None for x in asked.values() if x.need is Need.EITHER]
        cells, filled = cells + 1, filled + any(either)
        for x in asked.values():
            need = Need.WHEN_WON if x.label == "签约日期" else x.need
            if need in (Need.COMPUTED, Need.EITHER) or x.label == "等级调整理由":
                continue
            if need in when and when[need] != count.outcome(c):
                continue
            cells, filled = cells + 1, filled + (c[x.label] is not None)
    return share(filled, cells)


@covers("problems.codes", "problems.reps", "problems.rows")
def test_data_problems_by_kind_by_rep_and_one_by_one(week):
    page, count = week.pages["数据问题"], week.count
    kinds = Counter((f["严重程度"], f["问题"]) for f in count.findings)
    shown: Counter[tuple[str, str]] = Counter()
    for row in page.table("按类型"):
        shown[row["程度"], row["问题"]] += int(row["处"])
    assert shown == kinds
    for row in page.table("按销售代表"):
        mine = [f for f in count.findings if f["销售代表"] == row["销售代表"]]
        agree(
            row, {s: sum(f["严重程度"] == s for f in mine) for s in ("错误", "警告", "提示")}, row["销售代表"]
        )
    labels = ("程度", "问题", "销售代表", "文件", "工作表", "单元格", "字段", "填写内容", "说明", "处理办法")
    source = (
        *("严重程度", "问题", "销售代表", "来源文件", "来源工作表", "单元格", "字段", "填写内容"),
        *("说明", "处理办法"),
    )
    listed = Counter(tuple(row[label] for label in labels) for row in page.table("逐项清单"))
    wanted = Counter(
        tuple(f[label] for label in source) for f in count.findings if f["严重程度"] in ("错误", "警告")
    )
    assert listed == wanted


# ---- 个人页、明细


@covers("talks", "talk.stages", "talk.calls", "talk.actions", "talk.problems")
def test_the_page_of_each_rep(week):
    count = week.count
    reps = [r for r in count.reps() if r != "（未注明）"]
    own = {rep: figures(count, rep) for rep in reps}
    known = {
        label: [row[label] for row in own.values() if row[label] is not None]
        for label in own[reps[0]]
        if label not in ("达成率", "进度比")
    }
    average = {label: sum(values) / len(values) if values else None for label, values in known.items()}
    everybody = whole(count, reps, "all", None)
    average |= {label: everybody[label] for label in ("达成率", "进度比")}
    for rep in reps:
        page = week.pages[rep]
        (header,) = [row for row in page.grid if row[2] == "达成率"]
        mine, team = (next(r for r in page.grid if r[1] == who) for who in ("本人", "全队平均"))
        cells = dict(zip(header, mine, strict=True))
        agree(cells, own[rep], rep)
        for label, value in average.items():
            cell = dict(zip(header, team, strict=True))[label]
            assert cell == (None if value is None else pytest.approx(value, abs=0.0051)), (rep, label)
        stages = keyed(page.table("商机分布"), "阶段")
        for stage in week.rules.stages:
            if stage.kind == "open":
                here = count.chosen(成交阶段=stage.name, 销售代表=rep)
                live = fen(c["预计成交金额"] for c in here if count.outcome(c) == "open")
                agree(stages[stage.name], {"客户数": len(here), "在谈金额": live}, (rep, stage.name))
        calls = [row["客户"] for row in page.table("要联系的客户")]
        assert len(calls) == len(set(calls))
        late = count.overdue(rep)
        assert set(calls) >= {name for name, _ in late} or len(calls) == 10
        assert set(calls) <= {c["客户名称"] for c in count.chosen(销售代表=rep, every=True)}
        assert len(page.table("逾期未完成")) == min(5, len(count.late_actions(rep)))
        problems = [f for f in count.findings if f["销售代表"] == rep and f["严重程度"] != "提示"]
        assert len(page.table("要改的数据")) == min(6, len(problems))


def figures(count: Recount, rep: str) -> Row:
    """Return the figures on top of a rep's page."""
    mine = [c for c in count.customers if c["销售代表"] == rep]
    asked = {c.field: c for c in schemas.block_spec("customer").drawn}
    judged = count.judged(count.done(rep), count.target(rep))
    return {
        **{label: judged[label] for label in ("达成率", "进度比", "本月累计", "本月目标")},
        "本周完成": count.this_week(rep, "本周完成业绩"),
        "加权预测": count.weighted(count.chosen(销售代表=rep)),
        "在谈金额": fen(c["预计成交金额"] for c in count.chosen(销售代表=rep, outcome="open")),
        "逾期未跟进": len(count.overdue(rep)),
        "逾期行动": len(count.late_actions(rep)),
        "退回行": sum(f["退回行数"] or 0 for f in count.current if f["销售代表"] == rep),
        "档案完整度": completeness(mine, count, asked),
    }


@covers("detail.rows")
def test_the_rows_behind_the_figures_are_the_customers_of_the_book(week):
    count = week.count
    labels = {
        "销售代表": "销售代表", "客户": "客户名称", "客户编号": "客户编号", "等级": "客户等级",
        "状态": "跟进状态", "阶段": "成交阶段", "来源": "客户来源", "预计金额": "预计成交金额",
        "联系方式": "联系方式", "来源文件": "来源文件", "行": "来源行",
    }  # fmt: skip
    days = {"预计成交日": "预计成交日期", "首次接触": "首次接触时间", "最近联系": "最近跟进时间"}
    late = count.overdue()
    ended = {o.value for o in week.rules.choices["完成情况"] if o.kind in ("done", "cancelled")}
    rows = week.pages["明细"].table("计入的客户")
    shown = {(r["来源文件"], r["行"], r["客户"]): r for r in rows}
    assert len(shown) == len(rows) == len(count.customers)
    for c in count.customers:
        row = shown[c["来源文件"], c["来源行"], c["客户名称"]]
        wanted = {label: c[source] for label, source in labels.items()}
        wanted |= {label: day(c[source]) for label, source in days.items()}
        wanted["逾期天数"] = late.get((c["客户名称"], c["销售代表"]))
        plans = [
            (day(a["计划完成时间"]) or dt.date.max, a["行动具体内容"])
            for a in count.actions
            if a["销售代表"] == c["销售代表"]
            and recount.plain_name(a["客户名称"]) == recount.plain_name(c["客户名称"])
            and a["完成情况"] not in ended
            and a["行动具体内容"]
        ]
        agree(row, wanted, c["客户名称"])
        assert (row["下一步行动"] is None) == (not plans), c["客户名称"]
        if plans:
            first = min(due for due, _ in plans)
            assert row["下一步行动"] in {text for due, text in plans if due == first}


# ---- 总览


def test_the_six_figures_of_the_first_page_and_of_json(week):
    grid, count = week.pages["总览"].grid, week.count
    reps = [r for r in count.reps() if r != "（未注明）"]
    everybody = whole(count, reps, "all", None)
    weekly = fen(count.this_week(r, "本周完成业绩") for r in reps)
    forecast = count.weighted(count.chosen())
    missing = {f["销售代表"] for f in count.current if f["状态"] == "未交周报"}
    wanted = {
        "attainment": ("本月达成率", everybody["达成率"]),
        "week": ("本周完成（万元）", None if weekly is None else weekly / 10_000),
        "forecast": ("加权预测（万元）", None if forecast is None else forecast / 10_000),
        "overdue": ("逾期未跟进（家）", len(count.overdue())),
        "missing": ("周报未交（人）", len(missing)),
        "held": ("退回未计入（行）", sum(f["退回行数"] or 0 for f in count.current)),
    }
    (top,) = [at for at, row in enumerate(grid) if row[1] == "本月达成率"]
    for key, (name, value) in wanted.items():
        column = grid[top].index(name)
        agree({name: grid[top + 1][column]}, {name: value}, "总览")
        agree({name: week.figures["cards"][key]["value"]}, {name: value}, "json")


# ---- 按月预测, 跟进活动, 走势


def closes_in(count: Recount, customer: Row) -> str:
    """Return the header of the month in which an open customer is expected to sign."""
    close = day(customer["预计成交日期"])
    if close is None:
        return "没有日期"
    if close < count.as_of:
        return "日期已过"
    ahead = (close.year - count.month.year) * 12 + close.month - count.month.month
    number = (count.month.month + max(ahead, 0) - 1) % 12 + 1
    names = (f"本月（{number}月）", f"下月（{number}月）", f"再下月（{number}月）")
    return names[max(ahead, 0)] if ahead < 3 else "更晚"


@covers("closing.months", "closing.reps", "closing.teams")
def test_what_closes_when_against_what_is_left(week):
    page, count = week.pages["按月预测"], week.count
    opens = count.chosen(outcome="open")
    months = keyed(page.table("按预计成交的月份"), "预计成交")
    assert months[TOTAL]["在谈客户"] == len(opens)
    gap = keyed(week.pages["业绩达成"].table("按销售代表"), "销售代表")[TOTAL]["还差"]
    for name, row in months.items():
        mine = [c for c in opens if name in (closes_in(count, c), TOTAL)]
        amount = fen(c["预计成交金额"] for c in mine)
        wanted = {"在谈客户": len(mine), "在谈金额": amount, "加权预测": count.weighted(mine)}
        if name.startswith("本月"):
            wanted |= {"还差": gap, "覆盖倍数": share(amount or 0, gap)}
        if name != TOTAL:
            agree(row, wanted, name)
    agree(months[TOTAL], {"在谈金额": fen(c["预计成交金额"] for c in opens)}, TOTAL)
    groups = {
        "按销售代表": ("销售代表", lambda name: {name}),
        "按团队": ("团队", lambda n: set(count.of("team", n))),
    }
    for title, (label, members) in groups.items():
        shown = keyed(page.table(title), label)
        for name, row in shown.items():
            mine = [c for c in opens if name == TOTAL or c["销售代表"] in members(name)]
            if name == TOTAL and title == "按团队":
                continue  # the total is the whole team's, in a team or not
            wanted = {"在谈客户": len(mine)} | {
                bucket: fen(c["预计成交金额"] for c in mine if closes_in(count, c) == bucket)
                for bucket in months
                if bucket != TOTAL
            }
            agree(row, wanted, (title, name))


@covers("activity.reps", "activity.weeks", "activity.methods")
def test_contacts_by_rep_way_and_week(week):
    page, count = week.pages["跟进活动"], week.count
    talks = Counter()
    for talk in count.talks:
        when = day(talk["沟通时间"])
        if when is not None and when <= count.as_of:
            who = talk["原销售代表"] or talk["销售代表"]
            talks[who, talk["沟通方式"], when - dt.timedelta(days=when.weekday())] += 1
    reps = keyed(page.table("本周：按销售代表"), "销售代表")
    ways = {way for _, way, _ in talks}
    for rep, row in reps.items():
        mine = Counter()
        for (who, way, monday), number in talks.items():
            if monday == count.monday and rep in (who, TOTAL):
                mine[way] += number
        agree(row, {way or "（未填）": mine[way] for way in ways} | {"本周合计": sum(mine.values())}, rep)
    for row in page.table("各周"):
        number = int(row["周"].removesuffix("周"))
        wanted = sum(n for (_, _, monday), n in talks.items() if monday.isocalendar().week == number)
        assert row["合计"] == wanted, row["周"]


@covers("trend_page.weeks")
def test_the_last_weeks_side_by_side(week):
    count, page = week.count, week.pages["走势"]
    header, *rows = page.grid[page.top("各周数字") + 1 :]
    weeks = [row for row in rows if str(row[1]).endswith("周")]  # of some nothing but the number is known
    shown = keyed([dict(zip(header, row, strict=True)) for row in weeks], "周")
    newest = f"{count.monday.isocalendar().week}周"
    opens = fen(c["预计成交金额"] for c in count.chosen(outcome="open"))
    wanted = {"在谈金额（万元）": None if opens is None else opens / 10_000}
    whole_team = keyed(week.pages["业绩达成"].table("按销售代表"), "销售代表")[TOTAL]
    wanted |= {"月达成率": whole_team["达成率"], "月累计（元）": whole_team["本月累计"]}
    agree(shown[newest], wanted, newest)
    for name, row in shown.items():
        monday = next(
            m
            for n in range(53)
            if f"{(m := count.monday - dt.timedelta(7 * n)).isocalendar().week}周" == name
        )
        signed = fen(r["本周完成业绩"] for r in count.reports if day(r["周期开始"]) == monday)
        agree(row, {"当周签约（万元）": None if signed is None else signed / 10_000}, name)
        first = [day(c["首次接触时间"]) for c in count.chosen()]
        new = sum(d is not None and monday <= d <= min(monday + dt.timedelta(6), count.as_of) for d in first)
        assert (row["新增客户"] or 0) == new, name
