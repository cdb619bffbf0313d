"""The team's book: what is written is what is read again, and any program can open it."""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from openpyxl import load_workbook

from salesxl.consolidate import consolidate
from salesxl.errors import SettingsError
from salesxl.files.packaged import shipped
from salesxl.messages import Words, load
from salesxl.model import Severity, Team
from salesxl.schemas import FORMS, label_of, labels_of
from salesxl.summary import summarise
from salesxl.tables import TABLES
from salesxl.workspace import book
from tests import teams
from tests.sheets import AS_OF, RULES, WEEK, WORDS, week
from tools.book_template import blank_book

TEMPLATE = shipped("团队台账.xlsx")
FORMULAS = ("=1+2", "+86 138", "-12%", "@甲", '=HYPERLINK("http://x","y")', "\t=1", "'=1")
TEXTS = (
    *FORMULAS,
    " 前后空格 ",
    "第一行\n第二行",
    "<&>\"'",
    "1e5",
    "2026-11-20",
    "是",
    "😀",
    "_x0041_",
    "\x0b竖",
)


@pytest.fixture(scope="module")
def team() -> Team:
    return consolidate(week(), RULES)


@pytest.fixture(scope="module")
def written(team, tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("book") / "团队台账.xlsx"
    book.write_book(team, TEMPLATE, path, WORDS)
    return path


@pytest.fixture(scope="module")
def opened(written):
    return load_workbook(written)


def with_customers(**columns) -> Team:
    """Return a team with nothing but customers, one row per value."""
    tables = {name: empty(name) for name in TABLES}
    length = len(next(iter(columns.values())))
    blank = empty("customer").reindex(range(length))
    tables["customer"] = blank.assign(**{k: pd.array(v, dtype=blank[k].dtype) for k, v in columns.items()})
    return Team(tables, AS_OF, WEEK)


def empty(name: str) -> pd.DataFrame:
    return book.frame("", [], book.columns(name, WORDS), WORDS)


def through(team: Team, path: Path) -> Team:
    book.write_book(team, TEMPLATE, path, WORDS)
    return book.read_book(path, WORDS)


def test_the_committed_template_is_what_the_schemas_draw():
    drawn, kept = (load_workbook(io.BytesIO(data)) for data in (blank_book(WORDS), TEMPLATE))
    assert drawn.sheetnames == kept.sheetnames
    for name in drawn.sheetnames:
        labels = [[cell.value for cell in sheet[1]] for sheet in (drawn[name], kept[name])]
        assert labels[0] == labels[1], name


def test_what_is_written_is_read_again(team, written):
    back = book.read_book(written, WORDS)
    assert (back.as_of, back.week) == (team.as_of, team.week)
    for name in TABLES:
        for column in book.columns(name, WORDS):
            if column.field in team.tables[name]:
                told, read = team.tables[name][column.field], back.tables[name][column.field]
                assert read.dtype == told.dtype, (name, column.field)
                pd.testing.assert_series_equal(read, told.reset_index(drop=True), check_names=False)


@pytest.mark.parametrize("table", TABLES)
def test_no_label_stands_on_a_sheet_twice(table):
    labels = [c.label for c in book.columns(table, WORDS)]
    assert len(labels) == len(set(labels))


WITHOUT_ROWS = ("finding", "submission", "change", "number", "deal", "held")
"""Tables whose rows are not those of a form."""


@pytest.mark.parametrize("table", [name for name in TABLES if name not in WITHOUT_ROWS])
def test_every_data_sheet_says_where_its_rows_come_from(table):
    labels = {c.label for c in book.columns(table, WORDS)}
    assert {"来源文件", "来源工作表", "来源行", "销售代表", "带标记", "其他列"} <= labels


def test_every_sheet_is_a_real_table_with_filter_and_frozen_header(opened, team):
    assert opened.sheetnames == [WORDS.name("sheet", name) for name in TABLES]
    for name, sheet in zip(TABLES, opened.worksheets, strict=True):
        (table,) = sheet.tables.values()
        rows = max(len(team.tables[name]), 1)
        assert table.ref == f"A1:{sheet.cell(rows + 1, len(book.columns(name, WORDS))).coordinate}"
        assert table.autoFilter.ref == table.ref
        assert sheet.freeze_panes == "C2"
        assert sheet.print_title_rows == "$1:$1"


def test_cells_are_typed(opened):
    sheet = opened["客户档案"]
    row = dict(zip([c.value for c in sheet[1]], sheet[2], strict=True))
    assert isinstance(row["首次接触时间"].value, dt.datetime)
    assert row["首次接触时间"].number_format == "yyyy-mm-dd"
    assert isinstance(row["预计成交金额"].value, (int, float))
    assert row["预计成交金额"].number_format == "#,##0.00"
    assert isinstance(row["联系方式"].value, str)
    assert isinstance(row["来源行"].value, int)


def test_text_stays_text_whatever_it_begins_with(tmp_path):
    team = with_customers(customer_name=[f"{n}" for n in range(len(TEXTS))], need=list(TEXTS))
    back = through(team, tmp_path / "b.xlsx")
    assert back.tables["customer"]["need"].tolist() == list(TEXTS)
    sheet = load_workbook(tmp_path / "b.xlsx")["客户档案"]
    at = [c.value for c in sheet[1]].index("需求描述") + 1
    assert {sheet.cell(row, at).data_type for row in range(2, len(TEXTS) + 2)} == {"s"}


def test_numbers_dates_and_blanks_come_back_to_the_digit(tmp_path):
    names = ["a", "b", "c", "d"]
    amounts = [0.1, 1234567890123.45, -0.01, None]
    days = [dt.datetime(1900, 3, 1), dt.datetime(2026, 11, 20), dt.datetime(2099, 12, 31), None]
    team = with_customers(
        customer_name=names, expected_amount=amounts, first_contact=days, strategic=[True, False, None, None]
    )
    back = through(team, tmp_path / "b.xlsx").tables["customer"]
    pd.testing.assert_frame_equal(back, team.tables["customer"], check_like=True)


def test_a_moment_keeps_its_minute(tmp_path):
    times = [dt.datetime(2026, 11, 17, hour, minute) for hour in (0, 9, 23) for minute in (0, 1, 29, 59)]
    blank = empty("communication").reindex(range(len(times)))
    team = with_customers(customer_name=["a"])
    talks = blank.assign(contact_time=pd.array(times, dtype="datetime64[us]"), method="x")
    back = through(Team({**team.tables, "communication": talks}, AS_OF, WEEK), tmp_path / "b.xlsx")
    assert back.tables["communication"]["contact_time"].dt.round("s").tolist() == times


def test_written_twice_it_is_the_same_to_the_byte(team, written, tmp_path):
    book.write_book(team, TEMPLATE, tmp_path / "again.xlsx", WORDS)
    assert (tmp_path / "again.xlsx").read_bytes() == written.read_bytes()


def test_a_book_with_a_column_moved_and_one_taken_out_is_still_read(team, written, tmp_path):
    opened = load_workbook(written)
    sheet = opened["客户档案"]
    header = [c.value for c in sheet[1]]
    sheet.delete_cols(header.index("备注") + 1)
    opened.save(tmp_path / "b.xlsx")
    back = book.read_book(tmp_path / "b.xlsx", WORDS).tables["customer"]
    assert back["source_row"].tolist() == team.tables["customer"]["source_row"].tolist()
    assert back["notes"].isna().all()


def no_book(tmp_path: Path) -> None:
    (tmp_path / "b.xlsx").write_text("x")


def no_sheet(tmp_path: Path) -> None:
    opened = load_workbook(tmp_path / "b.xlsx")
    del opened["周报"]
    opened.save(tmp_path / "b.xlsx")


def no_date(tmp_path: Path) -> None:
    opened = load_workbook(tmp_path / "b.xlsx")
    for name in list(opened.custom_doc_props.names):
        del opened.custom_doc_props[name]
    opened.save(tmp_path / "b.xlsx")


def text_for_an_amount(tmp_path: Path) -> None:
    opened = load_workbook(tmp_path / "b.xlsx")
    sheet = opened["客户档案"]
    sheet.cell(2, [c.value for c in sheet[1]].index("预计成交金额") + 1, "面议")
    opened.save(tmp_path / "b.xlsx")


def text_for_a_date(tmp_path: Path) -> None:
    opened = load_workbook(tmp_path / "b.xlsx")
    sheet = opened["客户档案"]
    sheet.cell(2, [c.value for c in sheet[1]].index("首次接触时间") + 1, "下周")
    opened.save(tmp_path / "b.xlsx")


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (no_book, "book_unreadable"),
        (no_sheet, "周报"),
        (no_date, "book_no_week"),
        (text_for_an_amount, "预计成交金额.*数字"),
        (text_for_a_date, "首次接触时间.*日期"),
    ],
)
def test_what_is_no_book_is_refused_with_the_way_out(tmp_path, spoil, said):
    book.write_book(with_customers(customer_name=["a"]), TEMPLATE, tmp_path / "b.xlsx", WORDS)
    spoil(tmp_path)
    with pytest.raises(SettingsError, match=said):
        book.read_book(tmp_path / "b.xlsx", WORDS)


@pytest.mark.parametrize("table", TABLES)
def test_every_column_has_a_name(table):
    for words in (WORDS, load("en", lambda block, field: None)):
        assert all(column.label not in ("", column.field) for column in book.columns(table, words))


def test_a_table_longer_than_a_sheet_goes_on_in_further_sheets_and_is_read_again_whole(tmp_path, monkeypatch):
    monkeypatch.setattr(book, "SHEET_ROWS", 3)
    names = [f"客户{n}" for n in range(7)]
    path = tmp_path / "团队台账.xlsx"
    sheets = book.write_book(with_customers(customer_name=names), TEMPLATE, path, WORDS)
    assert [(name, rows) for name, rows in sheets.items() if rows] == [
        ("客户档案", 3),
        ("客户档案(2)", 3),
        ("客户档案(3)", 1),
    ]
    opened = load_workbook(path)
    assert opened.sheetnames[-2:] == ["客户档案(2)", "客户档案(3)"]
    tables = [table for sheet in opened for table in sheet.tables.values()]
    assert len({t.displayName for t in tables}) == len({t.id for t in tables}) == len(tables)
    assert opened["客户档案(3)"].tables.items()[0][1].startswith("A1:")
    assert book.read_book(path, WORDS).tables["customer"]["customer_name"].tolist() == names


def test_a_table_that_just_fits_a_sheet_has_one(tmp_path, monkeypatch):
    monkeypatch.setattr(book, "SHEET_ROWS", 3)
    path = tmp_path / "团队台账.xlsx"
    sheets = book.write_book(with_customers(customer_name=["甲", "乙", "丙"]), TEMPLATE, path, WORDS)
    assert sheets["客户档案"] == 3
    assert "客户档案(2)" not in sheets


ENGLISH = load("en", label_of)


def with_findings(*rows: dict[str, object]) -> Team:
    return teams.team(finding=rows, submission=[teams.submission(None, None, status="unrecognised")])


def written_cells(team: Team, path: Path, words: Words) -> dict[str, list[tuple[object, ...]]]:
    book.write_book(team, TEMPLATE, path, words)
    return {sheet.title: list(sheet.values) for sheet in load_workbook(path)}


def test_tables_hold_codes_alone(team):
    findings, forms = team.tables["finding"], team.tables["submission"]
    assert set(findings["severity"]) == set(Severity)
    assert set(findings["form"].dropna()) | set(forms["form"].dropna()) <= {form.name for form in FORMS}
    assert set(forms["status"]) <= set(WORDS.names("status"))
    of_form = findings.dropna(subset=["form", "field"])
    for form, field in zip(of_form["form"], of_form["field"], strict=True):
        assert field in labels_of(form) or field not in labels_of(form).values(), (form, field)


def test_the_book_is_one_for_all_languages(team, tmp_path):
    chinese, english = (written_cells(team, tmp_path / "b.xlsx", words) for words in (WORDS, ENGLISH))
    assert chinese == english
    header, first = chinese["数据问题"][:2]
    row = dict(zip(header, first, strict=True))
    code, severity = row["代码"], team.tables["finding"]["severity"][0]
    assert (row["问题"], row["严重程度"]) == (WORDS.title(str(code)), WORDS.severity(Severity(severity)))


@pytest.mark.parametrize("words", [WORDS, ENGLISH])
def test_a_book_that_was_written_in_either_language_reads_as_the_same_codes(
    team, tmp_path, monkeypatch, words
):
    flags = pd.array(["type required"] * len(team.tables["customer"]), dtype="string")
    customers = team.tables["customer"].assign(flags=flags)
    whole = replace(team, tables={**team.tables, "customer": customers})
    monkeypatch.setattr(book, "book_words", lambda: words)  # as earlier versions had it
    cells = written_cells(whole, tmp_path / "b.xlsx", words)
    labels = [words.name("severity", "warning"), words.title("type")]
    assert labels[0] in {row[0] for row in cells["数据问题"]}
    assert any(f"{labels[1]}、" in str(value) for row in cells["客户档案"] for value in row)
    back = book.read_book(tmp_path / "b.xlsx", words).tables
    for name in ("finding", "submission", "handover_item", "customer"):
        for column in ("severity", "code", "form", "field", "status", "item", "flags"):
            if column in back[name]:
                told = whole.tables[name][column].reset_index(drop=True)
                pd.testing.assert_series_equal(back[name][column], told, check_names=False)


def test_what_is_no_word_for_a_code_stays_as_it_is(tmp_path):
    row = {"severity": "很急", "code": "gone", "form": "别的表", "field": "一栏", "message": "m"}
    back = through(with_findings(row), tmp_path / "b.xlsx").tables["finding"]
    assert back.loc[0, list(row)].to_dict() == row
    team = with_customers(status=["退回", "accepted"], flags=["请看 一下", "类型不符、别的"])
    back = through(team, tmp_path / "b.xlsx").tables["customer"]
    assert back["status"].tolist() == ["退回", "accepted"]
    assert back["flags"].tolist() == ["请看 一下", "类型不符、别的"]


@pytest.mark.parametrize(
    ("form", "field", "label", "back"),
    [
        ("customer_archive", "expected_amount", "预计成交金额", "expected_amount"),
        ("process_record", "rep_signed_on", "日期", "日期"),  # two dates of the record are called so
        ("customer_archive", "移交人日期", "移交人日期", "移交人日期"),
        (None, "expected_amount", "expected_amount", "expected_amount"),
    ],
)
def test_a_field_has_its_label_in_the_book(tmp_path, form, field, label, back):
    team = with_findings({"severity": "error", "code": "type", "form": form, "field": field})
    cells = written_cells(team, tmp_path / "b.xlsx", ENGLISH)["数据问题"]
    assert dict(zip(*cells[:2], strict=True))["字段"] == label
    assert book.read_book(tmp_path / "b.xlsx", WORDS).tables["finding"].at[0, "field"] == back


def test_what_a_finding_says_is_said_in_the_language_asked_for(team, tmp_path):
    rows = summarise(team, RULES, ENGLISH)["problems"]["rows"]
    errors = [f for f in team.findings if f.severity is Severity.ERROR]
    assert [r["message"] for r in rows[: len(errors)]] == [ENGLISH.message(f) for f in errors]
    assert {r["severity"] for r in rows} == {"error", "warning"}
    again = summarise(through(team, tmp_path / "b.xlsx"), RULES, ENGLISH)["problems"]["rows"]
    assert [r["message"] for r in again[: len(errors)]] == [WORDS.message(f) for f in errors]
    asked = ("severity", "code", "title", "form", "field")
    assert [[r[n] for n in asked] for r in again] == [[r[n] for n in asked] for r in rows]


def test_findings_that_a_program_has_left_out_cost_the_others_nothing_but_the_language(team):
    fewer = replace(team, tables={**team.tables, "finding": team.tables["finding"].iloc[1:]})
    rows = summarise(fewer, RULES, ENGLISH)["problems"]["rows"]
    assert {r["message"] for r in rows} <= {WORDS.message(f) for f in team.findings}
