"""The company's roll-up: three small teams, their figures counted by other code, and what may be amiss."""

from __future__ import annotations

import datetime as dt
import json
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from click.testing import CliRunner
from openpyxl import load_workbook

import salesxl
from salesxl import drawing, messages, rollup
from salesxl.cli import main
from salesxl.errors import UsageError
from salesxl.files.packaged import shipped
from salesxl.render import lint
from salesxl.rollup import ledger, sources
from salesxl.rollup.context import WIDTHS
from salesxl.rollup.team_week import TeamWeek
from salesxl.rollup.terms import terms
from salesxl.rulebook import Grade, Member, Rulebook, Stage
from salesxl.schemas import label_of
from salesxl.workers import Hands
from salesxl.workspace import book, book_tables, runs
from salesxl.workspace.folder import TeamFolder
from salesxl.workspace.week import Week
from tests import teams

EN = messages.load("en", label_of)
WEEK, BEFORE = "2026-W47", "2026-W46"
EAST, SOUTH, NORTH = "华东销售部", "华南销售部", "华北销售部"
MONTH = ("2026-11-02", "2026-11-09", "2026-11-16")


def made(
    root: Path, name: str, rules: Rulebook, *, week: str = WEEK, own: str | None = None, **tables: Any
) -> Path:
    """Write a team's folder with the book of a week; ``own`` is the week that the book says it is of."""
    home = root / name
    (home / week).mkdir(parents=True, exist_ok=True)
    (home / "团队设置.xlsx").write_bytes(drawing.settings_workbook(rules))
    number = int((own or week)[-2:])
    monday = dt.date.fromisocalendar(2026, number, 1)
    team = teams.team(monday=monday, as_of=monday + dt.timedelta(4), **tables)
    book.write_book(team, shipped("团队台账.xlsx"), home / week / "团队台账.xlsx", teams.WORDS)
    return home


def reports(rep: str, *amounts: float) -> list[dict[str, Any]]:
    """Return a rep's reports of the month, the last of them this week's."""
    return [
        teams.report(
            rep, amount, week_start=monday, week_end=None, month_completed=sum(amounts[: at + 1]), deals=1
        )
        for at, (monday, amount) in enumerate(zip(MONTH, amounts, strict=True))
    ]


def sheets_of(path: Any) -> Any:
    """Return a workbook as openpyxl reads it, which knows no sparklines and says so."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return load_workbook(path)


def rows_of(path: Path, sheet: str) -> list[dict[str, Any]]:
    """Return a sheet of a workbook as rows by header."""
    header, *rows = sheets_of(path)[sheet].iter_rows(values_only=True)
    return [dict(zip(header, row, strict=True)) for row in rows]


EAST_RULES = teams.rules(
    members=[
        Member("甲", "一组", "华东", "软件"),
        Member("乙", "一组", "华东", "硬件"),
    ],
    targets=[teams.target(600_000, name="甲"), teams.target(400_000, name="乙")],
)
SOUTH_RULES = teams.rules(
    stages="toolbox",
    members=[Member("甲", "二组", "华南", "软件")],
    targets=[teams.target(800_000, name="甲")],
)
NORTH_RULES = teams.rules(
    members=[Member("丙", "三组", "华东", "软件")], targets=[teams.target(500_000, name="丙")]
)
EAST_CUSTOMERS = [
    teams.customer("云帆科技有限公司", customer_no="CRM202601001", expected_amount=300_000.0),
    teams.customer(
        "长风物流有限公司", customer_no="CRM202601002", stage="谈判推进", expected_amount=123_456.78, rep="乙"
    ),
    teams.customer("海润食品有限公司", customer_no="CRM202601003", stage="成交签约", status="成交", rep="乙"),
    teams.customer("明德器械有限公司", customer_no="CRM202601004", stage="线索终止", status="流失"),
]  # fmt: skip
SOUTH_CUSTOMERS = [
    teams.customer(
        "云帆科技有限公司", customer_no="CRM202601001", stage="方案提供", expected_amount=200_000.0
    ),
    teams.customer(
        "海润食品有限公司", customer_no="CRM202601009", stage="需求确认", expected_amount=50_000.0
    ),
    teams.customer(
        "明德器械有限公司", customer_no="CRM202601004", stage="商务谈判", expected_amount=70_000.0
    ),
]
NORTH_CUSTOMERS = [teams.customer("博远电气有限公司", rep="丙", stage="方案呈现", expected_amount=90_000.0)]


def lay_out(root: Path) -> list[Path]:
    """Write the three teams."""
    return [
        made(
            root, EAST, EAST_RULES, customer=EAST_CUSTOMERS,
            weekly_report=[*reports("甲", 100_000, 0, 50_000), *reports("乙", 200_000, 80_000, 20_000)],
            submission=[teams.submission("甲", "weekly_report"), teams.submission("乙", "weekly_report")],
        ),
        made(
            root, SOUTH, SOUTH_RULES, customer=SOUTH_CUSTOMERS,
            weekly_report=reports("甲", 60_000, 40_000, 0),
            submission=[teams.submission("甲", "weekly_report")],
        ),
        made(
            root, NORTH, NORTH_RULES, customer=NORTH_CUSTOMERS,
            weekly_report=reports("丙", 300_000, 0, 99_999.99),
            submission=[teams.submission("丙", "weekly_report")],
        ),
    ]  # fmt: skip


def run(root: Path, *given: Path, words: Any = teams.WORDS, hands: Hands | None = None) -> rollup.RolledUp:
    week = Week(dt.date(2026, 11, 16), dt.date(2026, 11, 20))
    return rollup.run(root / "公司", given or [root], week, words, hands)


@pytest.fixture(scope="module")
def three(tmp_path_factory) -> Path:
    root = tmp_path_factory.mktemp("teams")
    lay_out(root)
    return root


@pytest.fixture(scope="module")
def found(three) -> rollup.RolledUp:
    return run(three)


def of(rows: Sequence[Mapping[str, Any]], **what: Any) -> Mapping[str, Any]:
    """Return the one row that is so."""
    (row,) = [row for row in rows if all(row[name] == value for name, value in what.items())]
    return row


def test_the_whole_is_what_the_teams_have_signed_against_their_targets(found):
    whole = found.figures["all"]
    assert whole["completed"] == 150_000 + 300_000 + 100_000 + 399_999.99
    assert whole["week_completed"] == 50_000 + 20_000 + 99_999.99
    assert (whole["target"], whole["source"]) == (2_300_000, "teams")
    assert whole["attainment"] == pytest.approx(949_999.99 / 2_300_000)
    # 15 of November's 21 working days are over by the 20th
    assert whole["pace"] == pytest.approx(949_999.99 / (2_300_000 * 15 / 21))
    assert whole["state"] == "warning"


def test_a_team_has_the_figures_of_its_own_summary(found):
    east = of(found.figures["units"], unit=EAST)
    assert (east["completed"], east["target"], east["attainment"]) == (450_000, 1_000_000, 0.45)
    assert (east["open_count"], east["won"], east["lost"], east["customers"]) == (2, 1, 1, 4)
    assert east["open_amount"] == 423_456.78
    chance = {stage.name: stage.probability for stage in EAST_RULES.stages}
    expected = Decimal("300000") * chance["需求确认"] + Decimal("123456.78") * chance["谈判推进"]
    assert east["forecast"] == pytest.approx(float(expected), abs=0.01)


def test_teams_stand_with_the_furthest_behind_first(found):
    assert [row["unit"] for row in found.figures["units"]] == [SOUTH, EAST, NORTH]


def test_regions_and_product_lines_take_reps_of_all_teams(found):
    east, south = found.figures["regions"]
    assert (east["name"], east["units"], east["reps"], east["completed"]) == ("华东", 2, 3, 849_999.99)
    assert (east["target"], south["completed"], south["target"]) == (1_500_000, 100_000, 800_000)
    soft = of(found.figures["product_lines"], name="软件")
    assert (soft["completed"], soft["target"]) == (
        150_000 + 100_000 + 399_999.99,
        600_000 + 800_000 + 500_000,
    )
    assert of(found.figures["product_lines"], name="硬件")["completed"] == 300_000


def test_a_customer_of_two_teams_is_told_and_counts_once(found):
    claims = found.figures["claims"]["rows"]
    names = [(r["no"], r["customer_name"], r["unit"], r["counted"]) for r in claims]
    assert names == [
        (1, "云帆科技有限公司", EAST, True),  # the larger of two open claims
        (1, "云帆科技有限公司", SOUTH, False),
        (2, "海润食品有限公司", EAST, True),  # won before open
        (2, "海润食品有限公司", SOUTH, False),
    ]
    twice, whole = found.figures["twice"], found.figures["all"]
    assert (twice["customers"], twice["count"], twice["amount"]) == (2, 2, 250_000)
    assert whole["open_amount"] == pytest.approx(423_456.78 + 320_000 + 90_000 - 250_000)
    assert whole["open_count"] == 2 + 3 + 1 - 2


def test_a_customer_that_one_team_has_lost_is_not_claimed_twice(found):
    assert "明德器械有限公司" not in {row["customer_name"] for row in found.figures["claims"]["rows"]}


def test_stages_of_another_list_are_brought_together_by_alias_and_kind(found):
    stages = {row["stage"]: row for row in found.figures["stages"]}
    assert list(stages) == [stage.name for stage in EAST_RULES.stages]  # two of three teams have these
    assert stages["方案呈现"]["open_amount"] == 200_000 + 90_000  # 方案提供 and 方案呈现
    assert stages["谈判推进"]["count"] == 2  # 商务谈判 and 谈判推进
    assert sum(row["count"] for row in stages.values()) == 8
    assert found.figures["notices"] == []


def test_numbers_of_two_teams_never_collide_in_the_book(found):
    rows = rows_of(found.book, "客户")
    numbers = [row["公司编号"] for row in rows if row["公司编号"]]
    assert len(rows) == 8
    assert len(set(numbers)) == len(numbers)
    assert f"{EAST}/CRM202601001" in numbers
    assert f"{SOUTH}/CRM202601001" in numbers
    own = of(rows, 公司编号=f"{SOUTH}/CRM202601001")
    assert (own["成交阶段"], own["公司阶段"], own["客户结局"]) == ("方案提供", "方案呈现", "在谈")


def test_the_book_has_no_telephones_and_no_contacts(found):
    for sheet in sheets_of(found.book):
        headers = {cell.value for cell in sheet[1]}
        assert not headers & {"联系方式", "联系人姓名"}, sheet.title


def test_a_team_leads_to_its_own_summary(three, tmp_path):
    home = made(tmp_path, EAST, EAST_RULES, customer=EAST_CUSTOMERS)
    (home / WEEK / "团队汇总.xlsx").write_bytes(b"its own")
    outcome = run(tmp_path)
    cells = [
        cell for row in sheets_of(outcome.summary)["各团队"].iter_rows() for cell in row if cell.hyperlink
    ]
    (led,) = [unquote(cell.hyperlink.target) for cell in cells if cell.value == EAST]
    assert led == f"../../{EAST}/{WEEK}/团队汇总.xlsx"
    assert of(outcome.figures["units"], unit=EAST)["place"] == "'总览'!A1"


def test_no_teams_folder_is_written_to(three, found):
    assert sorted(p.name for p in (three / EAST).rglob("*") if p.is_file()) == [
        "团队台账.xlsx",
        "团队设置.xlsx",
    ]
    names = sorted(p.name for p in found.folder.iterdir())
    assert names == ["公司台账.xlsx", "公司汇总.xlsx", "公司简报.txt"]


def test_the_note_begins_with_the_headline(found):
    lines = found.note.read_text(encoding="utf-8").splitlines()
    assert lines[0] == "公司汇总 · 2026年第47周"
    assert lines[1] == found.figures["headline"]


def test_workers_change_nothing(three, found):
    def cells(path: Path) -> Any:
        return {s.title: [*s.iter_rows(values_only=True)] for s in sheets_of(path)}

    before = cells(found.summary), cells(found.book)
    again = run(three, hands=Hands(2))
    assert (cells(again.summary), cells(again.book)) == before


def test_english_is_spoken_when_asked_for(three, tmp_path):
    week = Week(dt.date(2026, 11, 16), dt.date(2026, 11, 20))
    outcome = rollup.run(tmp_path / "公司", [three / EAST, three / NORTH], week, EN)
    assert outcome.figures["headline"].startswith("Month at 56.7% of target")
    assert sheets_of(outcome.summary).sheetnames[:2] == ["Overview", "Teams"]
    assert "客户" in sheets_of(outcome.book).sheetnames  # the book is the same in every language


def test_the_shipped_templates_have_nothing_amiss(found):
    for lang in messages.LOCALES:
        told = lint(shipped("公司汇总.xlsx", lang), found.figures, words=teams.WORDS)
        assert [(p.sheet, p.cell, p.code) for p in told] == []


def test_columns_that_wrap_are_as_wide_as_the_heights_suppose():
    for lang, name in (("zh", "未交与提示"), ("en", "Missing and notices")):
        sheet = sheets_of(BytesIO(shipped("公司汇总.xlsx", lang)))[name]
        wide = {n: int(d.width) for d in sheet.column_dimensions.values() for n in range(d.min, d.max + 1)}
        told = {"unit": wide[2], "why": wide[4], "text": sum(wide[n] for n in range(3, 7))}
        assert told == dict(WIDTHS)


# ---- what may be amiss with a team


def test_teams_that_have_not_delivered_cost_a_line_each_and_not_the_others(tmp_path):
    lay_out(tmp_path)
    late = made(tmp_path, "西南销售部", NORTH_RULES, week=BEFORE)
    wrong = made(tmp_path, "西北销售部", NORTH_RULES, own=BEFORE)
    spoiled = made(tmp_path, "中南销售部", NORTH_RULES)
    (spoiled / WEEK / "团队台账.xlsx").write_bytes(b"PK\x03\x04garbage")
    gone = tmp_path / "没有的部"
    outcome = run(tmp_path, tmp_path, gone)
    failed = {row["unit"]: (row["failed"], row["last"]) for row in outcome.figures["missing"]}
    assert failed == {
        late.name: ("absent", BEFORE),
        wrong.name: ("other_week", None),
        spoiled.name: ("unreadable", None),
        gone.name: ("no_folder", None),
    }
    assert outcome.delivered == (EAST, NORTH, SOUTH)
    assert outcome.figures["all"]["completed"] == 949_999.99
    delivery = {row["团队"]: row["交付"] for row in rows_of(outcome.book, "团队")}
    assert (delivery[EAST], delivery[late.name], delivery[spoiled.name]) == ("已交", "未交", "无法读取")
    month = outcome.figures["targets"]["rows"][0]
    assert (month["teams"], month["known"], month["units"]) == (2_300_000 + 3 * 500_000, 6, 7)


def test_a_locked_book_costs_a_line(tmp_path, monkeypatch):
    lay_out(tmp_path)
    read = Path.read_bytes

    def locked(path: Path) -> bytes:
        if path.parent.parent.name == SOUTH and path.name == "团队台账.xlsx":
            raise PermissionError(13, "locked")
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", locked)
    outcome = run(tmp_path)
    assert [(row["unit"], row["failed"]) for row in outcome.figures["missing"]] == [(SOUTH, "unreadable")]


def test_a_book_of_an_earlier_version_reads_and_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(book, "STATE", "salesxl.none")  # books had no state once
    made(
        tmp_path, EAST, EAST_RULES, customer=EAST_CUSTOMERS, weekly_report=reports("甲", 1_000, 2_000, 3_000)
    )
    monkeypatch.undo()
    outcome = run(tmp_path)
    east = of(outcome.figures["units"], unit=EAST)
    assert (east["open_amount"], east["customers"]) == (423_456.78, 4)
    assert [row["text"] for row in outcome.figures["notices"]] == [
        teams.WORDS.text("rollup.notice.stateless")
    ]


def test_a_book_written_as_state_with_its_hidden_sheet_reads_too(tmp_path):
    home = made(tmp_path, NORTH, NORTH_RULES, customer=NORTH_CUSTOMERS)
    path = home / WEEK / "团队台账.xlsx"
    assert book_tables.read_tables(path)["customer"]["customer_name"].tolist() == ["博远电气有限公司"]
    assert run(tmp_path).figures["all"]["open_amount"] == 90_000


def test_stages_and_grades_that_fit_nowhere_stand_apart_and_are_told(tmp_path):
    made(tmp_path, EAST, EAST_RULES, customer=EAST_CUSTOMERS)
    made(tmp_path, NORTH, NORTH_RULES, customer=NORTH_CUSTOMERS)
    odd = replace(
        SOUTH_RULES,
        stages=(
            Stage("打样", "open", Decimal("0.5")),
            Stage("到账", "won", Decimal(1)),
            Stage("弃单", "off", Decimal(0)),
        ),
        grades=(Grade("钻石", Decimal(500_000)), Grade("其余", Decimal(0))),
    )  # fmt: skip
    rows = [
        teams.customer("赤水酿造有限公司", stage="打样", grade="钻石", expected_amount=40_000.0),
        teams.customer("天山乳业有限公司", stage="到账", status="成交", grade=None),
    ]
    made(tmp_path, SOUTH, odd, customer=rows)
    figures = run(tmp_path).figures
    apart = of(figures["stages"], stage=None)
    assert (apart["kind"], apart["count"], apart["open_amount"], apart["weighted"]) == (
        "open",
        1,
        40_000,
        20_000,
    )
    assert of(figures["stages"], stage="成交签约")["count"] == 2  # 到账 is the one that is won
    told = [row["text"] for row in figures["notices"] if row["unit"] == SOUTH]
    assert any("「打样」" in text for text in told)
    assert any("「钻石」" in text for text in told)
    assert not any("「到账」" in text for text in told)


def test_a_week_is_judged_by_the_settings_and_the_book_that_were_kept_with_it(tmp_path):
    home = made(tmp_path, NORTH, NORTH_RULES, customer=NORTH_CUSTOMERS, weekly_report=reports("丙", 1, 2, 3))
    folder, path = TeamFolder(home, teams.WORDS), home / WEEK / "团队台账.xlsx"
    run_of_week = runs.Run(WEEK, "2026-11-20", book=runs.digest(path))
    runs.keep(run_of_week, runs.home(folder, WEEK), folder, home / "团队设置.xlsx", path)
    later = replace(NORTH_RULES, targets=(teams.target(900_000, name="丙"),))
    (home / "团队设置.xlsx").write_bytes(drawing.settings_workbook(later))
    changed = load_workbook(path)
    (cell,) = [c for c in changed["客户档案"][2] if c.value == 90_000]
    cell.value = 9_000_000
    changed.save(path)
    figures = run(tmp_path).figures
    assert (figures["all"]["target"], figures["all"]["open_amount"]) == (500_000, 90_000)
    assert [row["text"] for row in figures["notices"]] == [teams.WORDS.text("rollup.notice.edited", count=1)]


def test_two_teams_of_one_name_are_told_apart(tmp_path):
    made(tmp_path / "甲省", "销售部", EAST_RULES)
    made(tmp_path / "乙省", "销售部", NORTH_RULES)
    outcome = run(tmp_path, tmp_path / "甲省", tmp_path / "乙省")
    assert outcome.delivered == ("甲省/销售部", "乙省/销售部")


def test_the_company_has_targets_of_its_own(tmp_path):
    lay_out(tmp_path)
    own = teams.rules(
        targets=[
            teams.target(3_000_000, scope="all", name=None),
            teams.target(1_200_000, scope="team", name=EAST),
            teams.target(2_000_000, scope="region", name="华东"),
        ]
    )
    (tmp_path / "公司").mkdir()
    (tmp_path / "公司" / "公司设置.xlsx").write_bytes(drawing.settings_workbook(own))
    figures = run(tmp_path).figures
    assert (figures["all"]["target"], figures["all"]["source"]) == (3_000_000, "company")
    month = figures["targets"]["rows"][0]
    assert (month["issued"], month["teams"], month["gap"]) == (3_000_000, 2_300_000, 700_000)
    assert of(figures["regions"], name="华东")["target"] == 2_000_000
    assert of(figures["units"], unit=EAST)["target"] == 1_000_000  # its Friday stays its own
    assert figures["targets"]["issued"] == [
        {"unit": EAST, "issued": 1_200_000, "own": 1_000_000, "gap": 200_000}
    ]
    # the company's own parts do not add up, and the team's target is another one
    assert {row["unit"] for row in figures["notices"]} == {"公司", EAST}


def test_the_roll_up_before_gives_the_change(tmp_path):
    lay_out(tmp_path)
    monday = dt.date(2026, 11, 9)
    for name, rules, amount in ((EAST, EAST_RULES, 500_000.0), (SOUTH, SOUTH_RULES, 100_000.0)):
        made(
            tmp_path, name, rules, week=BEFORE, customer=[teams.customer(expected_amount=amount)],
            weekly_report=[teams.report("甲", 20_000.0, week_start="2026-11-09")],
        )  # fmt: skip
    week = Week(monday, monday + dt.timedelta(4))
    rollup.run(tmp_path / "公司", [tmp_path / EAST, tmp_path / SOUTH], week, teams.WORDS)
    figures = run(tmp_path).figures
    east = of(figures["units"], unit=EAST)
    assert (east["open_amount_before"], east["open_amount_change"]) == (500_000, -76_543.22)
    assert (east["completed_change"], east["won_change"]) == (430_000, 1)
    assert of(figures["units"], unit=NORTH)["open_amount_change"] is None
    assert (figures["last"], figures["compared"]["teams"]) == (BEFORE, 2)
    assert figures["compared"]["open_amount_change"] == pytest.approx(423_456.78 + 320_000 - 600_000)
    assert [row["unit"] for row in run(tmp_path, tmp_path / EAST).figures["notices"]] == [SOUTH]


def test_a_roll_up_before_that_cannot_be_read_is_told(tmp_path):
    lay_out(tmp_path)
    spoiled = tmp_path / "公司" / BEFORE / "公司台账.xlsx"
    spoiled.parent.mkdir(parents=True)
    spoiled.write_bytes(b"garbage")
    figures = run(tmp_path).figures
    assert figures["last"] is None
    assert [row["unit"] for row in figures["notices"]] == ["公司"]


def test_more_customers_than_a_sheet_holds_go_on_in_another(three, tmp_path):
    every = sources.sources(tmp_path / "公司", [three], teams.WORDS)
    task = TeamWeek(every, WEEK, tmp_path, teams.WORDS)
    told = {source.name: json.loads(task(at)) for at, source in enumerate(every)}
    known = terms(told, EAST_RULES, own=False)
    spools = {source.name: tmp_path / f"{at}.pickle" for at, source in enumerate(every)}
    blank: dict[str, list[Any]] = {name: [] for name in ledger.SHEETS}
    counts = {name: facts["rows"] for name, facts in told.items()}
    day = (dt.date(2026, 11, 16), dt.date(2026, 11, 20))
    out, template = tmp_path / "b.xlsx", shipped("公司台账.xlsx")
    sheets = ledger.write(out, template, blank, spools, counts, known, day, teams.WORDS, sheet_rows=3)
    assert [sheets[name] for name in ("客户", "客户(2)", "客户(3)")] == [3, 3, 2]
    names = [row["客户名称"] for name in ("客户", "客户(2)", "客户(3)") for row in rows_of(out, name)]
    every_name = [r["customer_name"] for r in (*EAST_CUSTOMERS, *NORTH_CUSTOMERS, *SOUTH_CUSTOMERS)]
    assert names == every_name


# ---- how it is called


def test_the_command_tells_what_is_missing(three, tmp_path):
    words = [
        "rollup",
        str(tmp_path / "公司"),
        str(three / EAST),
        str(tmp_path / "没有"),
        "--as-of",
        "2026-11-20",
    ]
    told = CliRunner().invoke(main, words)
    assert told.exit_code == 0, told.output
    assert "1 / 2 个团队已汇总" in told.output
    assert "没有计入：没有" in told.output
    figures = json.loads(CliRunner().invoke(main, [*words, "--format", "json"]).stdout)
    assert figures["all"]["completed"] == 450_000


def test_teams_inside_the_companys_folder_need_no_naming(tmp_path):
    made(tmp_path / "公司", EAST, EAST_RULES)
    outcome = salesxl.rollup(tmp_path / "公司", week="47", as_of="2026-11-20")
    assert outcome.delivered == (EAST,)


@pytest.mark.parametrize(("company", "given", "code"), [
    (EAST, [SOUTH], "rollup_in_team"),
    (f"{EAST}/公司", [SOUTH], "rollup_in_team"),
    ("公司", ["空的"], "rollup_no_team"),
    ("公司", [], "rollup_no_team"),
])  # fmt: skip
def test_folders_that_do_not_fit_are_refused(three, company, given, code):
    (three / "空的").mkdir(exist_ok=True)
    with pytest.raises(UsageError) as stopped:
        sources.sources(three / company if given else three / "空的", [three / g for g in given], teams.WORDS)
    assert stopped.value.code == code
