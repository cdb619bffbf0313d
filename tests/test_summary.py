"""The manager's summary: context, template, and its figures recounted without the code behind them."""

from __future__ import annotations

import ast
import datetime as dt
import io
import json
import re
import tomllib
import warnings
import zipfile
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from salesxl import settings
from salesxl.consolidate import consolidate
from salesxl.messages import load
from salesxl.render import render
from salesxl.rulebook import Grade, Member
from salesxl.summary import definitions, summarise, today
from salesxl.summary.figures.follow_up import LISTS
from salesxl.validate import validate
from salesxl.workspace import book
from salesxl.xlsx.package import Package
from salesxl.xlsx.properties import read_properties
from tests.teams import FRIDAY, WORDS, customer, report, rules, submission, target, team, with_past
from tools.book_template import blank_book
from tools.summary_template import draw_summary_template

ROOT = Path(__file__).parent.parent
EMPTY = ("", None)


@pytest.fixture(scope="module")
def template() -> bytes:
    return draw_summary_template(WORDS)


def sheets(workbook: bytes) -> dict[str, list[list[object]]]:
    """Return every sheet's cells, from column A and row 1."""
    opened = CalamineWorkbook.from_filelike(io.BytesIO(workbook))
    return {
        name: opened.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in opened.sheet_names
    }


def table(rows: list[list[object]], first: str, number: int = 1) -> list[dict[str, object]]:
    """Return the number-th table that begins with a header, down to its total or the first blank cell."""
    tops = [at for at, row in enumerate(rows) if len(row) > 1 and row[1] == first]
    header = rows[tops[number - 1]]
    found = []
    for row in rows[tops[number - 1] + 1 :]:
        if row[1] in EMPTY:
            break
        found.append(
            {str(label): value for label, value in zip(header, row, strict=False) if label not in EMPTY}
        )
        if row[1] == "合计":
            break
    return found


def unanchored(archive: zipfile.ZipFile) -> set[str]:
    """Return the charts that stood in rows which fell away: no sheet shows them any more."""
    found = set()
    for name in archive.namelist():
        if not re.fullmatch(r"xl/drawings/drawing\d+\.xml", name):
            continue
        shown = archive.read(name).decode()
        rels = archive.read(name.replace("drawings/", "drawings/_rels/") + ".rels").decode()
        for rid, target_part in re.findall(r'Id="(\w+)"[^>]*Target="\.\./(charts/\w+\.xml)"', rels):
            if f'r:id="{rid}"' not in shown:
                found.add(f"xl/{target_part}")
    return found


def busy_team(reps: int):
    names = [f"代表{n:02d}" for n in range(reps)]
    customers, reports, submissions = [], [], []
    for n, rep in enumerate(names):
        for k, stage in enumerate(("线索培育", "需求确认", "谈判推进", "成交签约", "线索终止")):
            won, lost = stage == "成交签约", stage == "线索终止"
            customers.append(
                customer(
                    f"第{n}号{k}机械有限公司", rep=rep, stage=stage, grade=("VIP", "A", "B", "C", None)[k],
                    status="成交" if won else "流失" if lost else "意向",
                    loss_reason="价格过高" if lost else None,
                    contract_amount=200_000.0 if won else None, contract_end="2026-12-01" if won else None,
                    last_contact=(FRIDAY - dt.timedelta(days=20 * k)).isoformat(),
                    expected_close="2026-11-01", birthday="1980-11-22",
                )
            )  # fmt: skip
        if n % 2 == 0:
            reports.append(report(rep, 10_000.0 * (n + 1), collected_amount=5_000.0))
        submissions.append(submission(rep, returned=1, accepted=4, held_amount=1_000.0, errors=1))
        state = "accepted" if n % 2 == 0 else "missing"
        submissions.append(submission(rep, "weekly_report", status=state, week_start="2026-11-16"))
    if reps > 1:
        customers += [customer("撞单科技有限公司", rep=names[0]), customer("撞单科技有限公司", rep=names[1])]
    rulebook = rules(
        members=[Member(rep, f"第{n % 3}组") for n, rep in enumerate(names)],
        targets=[target(100_000, name=rep) for rep in names],
    )
    for day in ("2026-11-02", "2026-11-09"):  # a month of which a week is missing is not judged
        reports += [report(rep, 0.0, week_start=day) for rep in names[::2]]
    return team(customer=customers, weekly_report=reports, submission=submissions), rulebook


# ---- the template


@pytest.mark.parametrize("reps", [0, 1, 8, 60])
def test_every_size_of_team_renders_without_expressions_formulas_or_broken_references(template, reps):
    the_team, rulebook = busy_team(reps) if reps else (team(), rules())
    made = render(template, summarise(the_team, rulebook, WORDS))
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        left_out = unanchored(archive)
        for name in archive.namelist():
            if name.endswith(".xml") and name not in left_out:
                text = archive.read(name).decode()
                assert "{{" not in text, name
                assert "#REF!" not in text, name
                if name.startswith("xl/worksheets/sheet"):
                    assert not re.search(r"<f[ >]", text.split("</sheetData>")[0]), name
    found = sheets(made)
    pages = {f"代表{n:02d}" for n in range(reps)}
    most = rulebook.parameters.rep_pages
    every = [name for key, name in WORDS.names("summary_sheet").items() if key not in ("orders", "cases")]
    assert [name for name in found if name not in pages] == every
    assert len(pages & set(found)) == min(reps, most)
    assert len(table(found["业绩达成"], "销售代表")) == (reps + 1 if reps else 0)


def test_charts_grow_with_their_tables(template):
    the_team, rulebook = busy_team(8)
    made = render(template, summarise(the_team, rulebook, WORDS))
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        charts = [archive.read(n).decode() for n in archive.namelist() if n.startswith("xl/charts/chart")]
    ranges = {r for chart in charts for r in re.findall(r"<c:f>([^<]+)</c:f>", chart)}
    assert "'图表数据'!$B$5:$B$12" in {r.replace("图表数据!", "'图表数据'!") for r in ranges}
    assert all(re.search(r"\$\d+:\$\w+\$\d+$", r) for r in ranges)


def test_the_workbook_says_what_it_is(template):
    found = read_properties(Package.open(template))
    assert found["salesxl.form"] == "summary"
    assert found["salesxl.version"]


def test_a4_landscape_fitted_to_the_width_with_repeated_titles(template):
    opened = openpyxl_of(template)
    for sheet in opened.worksheets:
        upright = "portrait" if sheet.title == "手机页" else "landscape"
        assert (sheet.page_setup.orientation, str(sheet.page_setup.paperSize)) == (upright, "9"), sheet.title
        assert sheet.page_setup.fitToWidth in (1, None), sheet.title
        if sheet.title == "各周业绩":  # as wide as the year is long: the reps stand on each of its pages
            assert (sheet.page_setup.scale, sheet.print_title_cols) == (70, "$A:$B")
        else:
            assert sheet.sheet_properties.pageSetUpPr.fitToPage, sheet.title
        assert sheet.oddFooter.right.text, sheet.title
        if sheet.title not in ("总览", "手机页", "{{ talk.sheet }}"):  # one page each
            wanted = "$5:$5" if sheet.title == "明细" else "$1:$2"
            assert sheet.print_title_rows == wanted, sheet.title


def test_columns_of_long_texts_are_as_wide_as_the_heights_suppose(template):
    opened = openpyxl_of(template)
    for page, fields in definitions.WIDTHS.items():
        sheet = opened[WORDS.name("summary_sheet", HOMES.get(page, page))]
        cells = {cell.value: cell for row in sheet.iter_rows() for cell in row if cell.value}
        for field, width in fields.items():
            cell = next(cell for text, cell in cells.items() if f"{{{{ row.{field} }}}}" in str(text))
            across = next((m.max_col for m in sheet.merged_cells.ranges if cell.coordinate in m), cell.column)
            columns = sheet.column_dimensions.values()
            held = sum(
                d.width for at in range(cell.column, across + 1) for d in columns if d.min <= at <= d.max
            )
            assert held >= width, (page, field)


HOMES = {"support": "briefing", "shared": "briefing"}
"""The sheets of lists that have widths of their own."""


def openpyxl_of(workbook: bytes):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return openpyxl.load_workbook(io.BytesIO(workbook))


# ---- no word or threshold in code


def test_what_people_read_stands_in_words_and_not_in_code():
    # a font, and names of lists in the settings
    allowed = {"微软雅黑", "沟通方式", "完成情况", "流失原因", "客户来源", "行业", "考核指标", "指标"}
    found = set()
    for folder in ("salesxl/summary", "salesxl/summary/figures", "tools/summary_template"):
        for path in (ROOT / folder).glob("*.py"):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            docs = {
                node.body[0].value
                for node in ast.walk(tree)
                if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)) and ast.get_docstring(node)
            }
            docs |= {node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)}
            for node in ast.walk(tree):
                value = node.value if isinstance(node, ast.Constant) and node not in docs else None
                if isinstance(value, str) and re.search(r"[一-鿿]", value) and value not in allowed:
                    found.add((path.name, value))
    assert found == set()


def leaves(node, path=()):
    for key, value in node.items():
        if isinstance(value, dict):
            yield from leaves(value, (*path, key))
        else:
            yield (*path, key), sorted(set(re.findall(r"\{(\w+)[:}]", value)))


@pytest.mark.parametrize("part", ["summary", "sales"])
def test_the_english_words_of_the_summary_say_the_same_with_the_same_facts(part):
    home = ROOT / "salesxl" / "messages"
    chinese, english = (
        dict(leaves(tomllib.loads((home / f"{part}.{lang}.toml").read_text(encoding="utf-8"))))
        for lang in ("zh", "en")
    )
    assert english == chinese


def test_the_summary_says_from_which_weeks_its_figures_stand():
    before = [report("甲", 5.0, week_start="2026-11-02", week_end="2026-11-08")]
    one = with_past(
        team(weekly_report=[report(completed=10.0)]), (dt.date(2026, 11, 2), {"weekly_report": before})
    )
    context = summarise(one, rules(), WORDS)
    month, quarter, _ = context["attainment"]["weeks"]
    assert month["known"] == [dt.date(2026, 11, 2), dt.date(2026, 11, 16)]
    assert month["missing"] == [dt.date(2026, 11, 9)]
    assert len(quarter["missing"]) == 6
    for text in ("第45周、第47周", "缺 第46周"):
        assert text in context["attainment"]["weeks_line"]


@pytest.mark.parametrize(("year", "alarm"), [(2026, False), (2199, True)])
def test_a_year_whose_holidays_nobody_knows_is_said_aloud(year, alarm):
    monday = dt.date(year, 11, 18) - dt.timedelta(days=dt.date(year, 11, 18).weekday())
    said = summarise(team(as_of=monday, monday=monday), rules(), WORDS)["attainment"]["workdays"]
    assert bool(said["alarm"]) == alarm
    own = summarise(team(as_of=monday, monday=monday), rules(days={monday: False}), WORDS)
    assert own["attainment"]["workdays"]["alarm"] == ""


@pytest.mark.parametrize(("cases", "own"), [(29, False), (30, True), (31, True)])
def test_the_summary_says_whose_win_chances_it_goes_by(cases, own):
    was = [customer(f"客户{n}", stage="需求确认") for n in range(cases)]
    now = [{**c, "stage": "成交签约", "status": "成交"} for c in was]
    one = with_past(team(customer=now), (dt.date(2026, 11, 9), {"customer": was}))
    found = summarise(one, rules(), WORDS)["stages"]
    assert ("需求确认" in found["chance_line"]) == own
    assert found["stages"][1]["chance_name"] == (f"本队 {cases} 例" if own else "阶段表")


def test_quotas_are_shown_and_defined_only_where_they_apply(template):
    for applies in (False, True):
        context = summarise(team(weekly_report=[report(completed=1.0)]), rules(quota_applies=applies), WORDS)
        assert bool(context["attainment"]["quotas"]) == applies
        names = [d["name"] for d in context["definitions"]]
        assert ("月度定额" in names) == applies
        page = sheets(render(template, context))["业绩达成"]
        assert any("月度定额" in str(cell) and "后劲" in str(cell) for row in page for cell in row) == applies


def test_the_summary_in_english_has_no_chinese_but_the_teams_own_words():
    words = load("en", lambda block, field: None)
    the_team, rulebook = busy_team(3)
    made = sheets(render(draw_summary_template(words), summarise(the_team, rulebook, words)))
    assert next(iter(made)) == "Overview"
    own = re.compile(r"代表\d+|第\d+号\d机械有限公司|撞单科技有限公司|退回|归档|团队设置|节假日|" + "|".join(
        s.name for s in rulebook.stages))  # fmt: skip
    shown = [own.sub("", str(cell)) for row in made["Overview"] for cell in row]
    assert not [cell for cell in shown if re.search(r"[一-鿿]", cell)]


def test_a_book_made_in_chinese_gives_the_same_figures_in_english():
    the_team, rulebook = busy_team(4)
    english = summarise(the_team, rulebook, load("en", lambda block, field: None))
    chinese = summarise(the_team, rulebook, WORDS)
    for key in ("missing", "expected", "handed_in", "all"):
        assert english["reports"][key] == chinese["reports"][key]
    assert {k: c["value"] for k, c in english["cards"].items()} == {
        k: c["value"] for k, c in chinese["cards"].items()
    }


# ---- the context


def test_the_context_is_plain_and_without_nan():
    the_team, rulebook = busy_team(3)
    text = json.dumps(summarise(the_team, rulebook, WORDS), default=dt.date.isoformat, allow_nan=False)
    assert json.loads(text)["week"]["label"] == "2026-W47"


def test_the_same_team_gives_the_same_context():
    the_team, rulebook = busy_team(3)
    assert summarise(the_team, rulebook, WORDS) == summarise(the_team, rulebook, WORDS)


def test_nothing_handed_in_is_said_and_nothing_is_zero():
    context = summarise(team(), rules(members=[Member("甲")]), WORDS)
    assert context["headline"] == WORDS.text("summary.headline.nothing")
    assert (context["quiet"], context["today"]) == (True, [])
    assert context["cards"]["attainment"]["value"] is None
    assert context["cards"]["forecast"]["value"] is None


def test_the_headline_says_who_is_behind_what_leaks_and_whom_to_call():
    the_team, rulebook = busy_team(4)
    headline = summarise(the_team, rulebook, WORDS)["headline"]
    assert "代表00、代表02" in headline  # both under the line
    assert "代表01、代表03未交周报" in headline
    assert "方案呈现→谈判推进" not in headline  # every customer past the first goes that way
    assert re.search(r"\d+ 家客户逾期未跟进，先联系", headline)


def test_five_things_take_turns_among_the_kinds():
    the_team, rulebook = busy_team(8)
    found = [item["kind"] for item in summarise(the_team, rulebook, WORDS)["today"]]
    assert found == ["attainment", "overdue", "conflict", "held", "missing"]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_list_with_a_place_among_the_things_of_today_has_its_sentence(monkeypatch, lang):
    monkeypatch.setattr(today, "THINGS", 100)
    won = {"stage": "成交签约", "status": "成交", "signed_on": "2026-11-02"}
    customers = [
        customer("寿", grade="VIP", birthday="1980-11-23", contact_name="王总"),
        customer("续", contract_end="2026-12-05"),
        customer("期", contract_end="2026-11-01"),
        customer("成", **won, last_contact="2026-11-01"),
        customer("迟", grade="A", expected_close="2026-10-01", last_contact="2026-01-01"),
        customer("缺", carried="missing", absences=3, absent_since="2026-11-02"),
        customer("等", rep="乙"),
    ]
    plan = {"rep": "甲", "customer_name": "迟", "action": "寄样", "due": "2026-11-01"}
    record = {"rep": "甲", "customer_name": "成", "stage": "成交签约", "rep_signed_on": "2026-11-01"}
    one = team(customer=customers, action=[plan], record=[record], submission=[submission()])
    items = summarise(one, rules(members=[Member("甲")]), load(lang, lambda block, field: None))["today"]
    kinds = {each.today[0] for each in LISTS if each.today is not None}
    assert {item["kind"] for item in items} == kinds - {"stuck"} | {"expired", "vanished"}


def test_no_two_lists_have_one_place():
    assert len(today._KINDS) == 6 + sum(one.today is not None for one in LISTS)
    calls = [one.call for one in LISTS if one.call is not None]
    assert len(calls) == len(set(calls))


def test_of_few_kinds_the_next_of_each_follows():
    rows = [customer(f"客户{n}", grade="A", last_contact="2026-06-01") for n in range(9)]
    found = summarise(team(customer=rows, submission=[submission()]), rules(), WORDS)["today"]
    assert [item["no"] for item in found] == [1, 2, 3, 4, 5]
    assert [item["kind"] for item in found] == ["overdue", "first", "overdue", "first", "overdue"]


def test_rows_held_back_stand_on_the_first_page_with_rep_and_amount(template):
    rows = [
        submission("甲", accepted=3, returned=2, held_amount=1_500_000.0),
        submission("乙", "weekly_report", accepted=4, returned=1, held_completed=20_000.0),
    ]
    made = render(template, summarise(team(submission=rows), rules(), WORDS))
    text = " ".join(str(cell) for row in sheets(made)["总览"] for cell in row)
    assert "共 3 行，已知预计金额 150 万元、已知业绩 2 万元。其中乙 1 行、甲 2 行" in text


def test_rows_of_nobody_are_counted_under_a_name():
    context = summarise(team(customer=[customer(rep=None), customer()]), rules(), WORDS)
    assert [(r["rep"], r["total"]) for r in context["grades"]["reps"]] == [("甲", 1), ("（未注明）", 1)]


def test_a_changed_threshold_grade_or_stage_changes_the_summary_and_no_code():
    one = team(
        customer=[customer(grade="金", last_contact="2026-11-10")], weekly_report=[report(completed=50.0)]
    )
    plain = rules(targets=[target(100)], attainment_warning=Decimal("0.4"))
    mine = type(plain)(
        **{
            **{name: getattr(plain, name) for name in plain.__slots__},
            "grades": (Grade("金", every=9), Grade("银")),
        }
    )
    context = summarise(one, mine, WORDS)
    assert context["attainment"]["reps"][0]["below"] is False
    assert [g["grade"] for g in context["grades"]["grades"]] == ["金", "银"]
    assert [r["days"] for r in context["follow_up"]["overdue"]] == [1]
    assert "金 每9天" in str(context["definitions"])
    crm = summarise(team(customer=[customer(stage="商务谈判")]), rules(stages="crm"), WORDS)
    assert crm["stages"]["names"] == ["线索", "需求分析", "方案制定", "商务谈判", "成交", "失败"]


def test_the_week_before_gives_a_line_that_compares():
    now = team(customer=[customer(last_contact="2026-06-01")])
    before = team(customer=[customer()], as_of=dt.date(2026, 10, 10), monday=dt.date(2026, 10, 5))
    context = summarise(now, rules(), WORDS, before)
    assert [(r["key"], r["before"], r["now"]) for r in context["trend"]["rows"]] == [
        ("overdue", 0, 1),
        ("open_amount", 10.0, 10.0),
        ("forecast", 2.5, 2.5),
        ("won", 0, 0),
    ]
    assert summarise(now, rules(), WORDS)["trend"] is None


# ---- the figures again, in plain Python from the cells of the team's book


@pytest.fixture(scope="module")
def example(tmp_path_factory, template):
    """Run the example week and return (cells of the team's book, cells of the summary, rules, day)."""
    rulebook, _ = settings.load(ROOT / "examples" / "团队设置.xlsx")
    checked = validate([ROOT / "examples" / "收件箱"], rulebook, FRIDAY)
    the_team = consolidate(checked, rulebook)
    out = tmp_path_factory.mktemp("book") / "book.xlsx"
    book.write_book(the_team, blank_book(WORDS), out, WORDS)
    made = render(template, summarise(the_team, rulebook, WORDS))
    return sheets(out.read_bytes()), sheets(made), rulebook


def records(rows):
    header, *body = rows
    return [dict(zip(header, row, strict=False)) for row in body if any(v not in EMPTY for v in row)]


def fen(values):
    known = [round(Decimal(str(v)) * 100) for v in values if v not in EMPTY]
    return sum(known) / 100 if known else ""


def counting(ledger):
    """Return the customers of a book that totals count: of several claims one."""
    return [row for row in records(ledger["客户档案"]) if row["计入合计"] != "否"]


def test_stages_and_forecast_equal_a_plain_recount(example):
    ledger, summary, rulebook = example
    customers = counting(ledger)
    assert len(customers) > 20
    expected = {}
    for stage in rulebook.stages:
        mine = [c for c in customers if c["成交阶段"] == stage.name]
        live = [c for c in mine if c["跟进状态"] in ("潜在", "意向") and stage.kind == "open"]
        amount = fen(c["预计成交金额"] for c in live)
        weighted = ""
        if amount != "" and stage.kind == "open":
            exact = Decimal(str(amount)) * stage.probability
            weighted = float(exact.quantize(Decimal("0.01"), ROUND_HALF_UP))
        expected[stage.name] = (len(mine), fen(c["预计成交金额"] for c in mine), amount, weighted)
    shown = table(summary["阶段漏斗"], "阶段", 2)
    assert {
        r["阶段"]: (r["客户数"], r["预计金额"], r["其中在谈"], r["加权预测"]) for r in shown[:-1]
    } == expected
    assert shown[-1]["客户数"] == len(customers)
    assert shown[-1]["加权预测"] == fen(w for *_, w in expected.values())


def test_conversion_equals_a_plain_recount(example):
    ledger, summary, rulebook = example
    path = [s.name for s in rulebook.stages if s.kind != "off"]
    at = [path.index(c["成交阶段"]) for c in counting(ledger) if c["成交阶段"] in path]
    reached = [sum(1 for a in at if a >= n) for n in range(len(path))]
    shown = {r["阶段"]: r for r in table(summary["阶段漏斗"], "阶段")[: len(path)]}
    for n, name in enumerate(path):
        assert shown[name]["走到此阶段"] == reached[n]
        share = reached[n + 1] / reached[n] if n + 1 < len(path) and reached[n] else ""
        assert shown[name]["走到下一步"] == pytest.approx(share) if share != "" else True


def test_grades_by_rep_equal_a_plain_recount(example):
    ledger, summary, rulebook = example
    customers = counting(ledger)
    for row in table(summary["客户分级"], "销售代表"):
        mine = [c for c in customers if row["销售代表"] in (c["销售代表"], "合计")]
        for grade in rulebook.grades:
            assert row[grade.name] == sum(c["客户等级"] == grade.name for c in mine), row["销售代表"]
        assert row["合计"] == len(mine)


def test_attainment_equals_a_plain_recount(example):
    ledger, summary, rulebook = example
    targets = {
        t.name: float(t.amount)
        for t in rulebook.targets
        if (t.year, t.period, t.scope, t.measure) == (2026, "11", "rep", "signed")
    }
    weeks = sorted(records(ledger["周报"]), key=lambda r: str(r["周期开始"]))
    reports = {r["销售代表"]: r for r in weeks if "2026-11-02" <= str(r["周期开始"])[:10] <= "2026-11-16"}
    of_week = {r["销售代表"]: r["本周完成业绩"] for r in weeks if str(r["周期开始"])[:10] == "2026-11-16"}
    assert reports
    shown = table(summary["业绩达成"], "销售代表")
    for row in shown[:-1]:
        mine = reports.get(row["销售代表"], {})
        done = mine.get("本月累计完成", "")
        aim = targets.get(row["销售代表"], mine.get("本月目标", ""))
        assert (row["本月累计"], row["本月目标"]) == (done, aim)
        assert row["本周完成"] == of_week.get(row["销售代表"], "")
        assert row["达成率"] == (pytest.approx(done / aim) if done not in EMPTY and aim not in EMPTY else "")
        assert (row["判断"] == "预警") == (
            done not in EMPTY and aim not in EMPTY and done / aim < 0.6 and done / (aim * 15 / 21) < 1
        )
    assert shown[-1]["本月累计"] == fen(r["本月累计完成"] for r in reports.values())


def test_overdue_follow_ups_equal_a_plain_recount(example):
    ledger, summary, _ = example
    cadence = {"VIP": 7, "A": 14}
    expected = {}
    for c in records(ledger["客户档案"]):
        if c["跟进状态"] == "流失" or c["成交阶段"] == "线索终止" or c["客户等级"] not in cadence:
            continue
        last = c["最近跟进时间"] if c["最近跟进时间"] not in EMPTY else c["首次接触时间"]
        last = last.date() if isinstance(last, dt.datetime) else last
        days = (FRIDAY - last).days - cadence[c["客户等级"]]
        if days > 0:
            expected[c["客户名称"], c["销售代表"]] = days
    assert expected
    top = next(at for at, row in enumerate(summary["跟进预警"]) if str(row[1]).startswith("一、"))
    shown = {}
    for row in summary["跟进预警"][top + 2 :]:
        if row[1] in EMPTY:
            break
        shown[row[2], row[3]] = (row[4], row[9])
    assert {who: days for who, (grade, days) in shown.items() if grade in cadence} == expected


def test_rows_held_back_and_problems_equal_a_plain_recount(example):
    ledger, summary, _ = example
    forms = [r for r in records(ledger["提交情况"]) if r["状态"] != "已被替代"]
    shown = table(summary["提交情况"], "销售代表")
    for label, source in (("读入行", "读入行数"), ("计入行", "接收行数"), ("退回行", "退回行数")):
        assert shown[-1][label] == sum(r[source] for r in forms if r[source] not in EMPTY)
    assert shown[-1]["读入行"] == shown[-1]["计入行"] + shown[-1]["退回行"]
    assert shown[-1]["退回金额"] == fen(r["退回金额"] for r in forms)
    found = records(ledger["数据问题"])
    for label, severity in (("错误", "错误"), ("警告", "警告")):
        assert shown[-1][label] == sum(f["严重程度"] == severity for f in found)
    listed = table(summary["数据问题"], "程度", 2)
    assert len(listed) == sum(f["严重程度"] in ("错误", "警告") for f in found)
