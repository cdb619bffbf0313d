"""Every sentence a person reads: there in every language, with every fact it speaks of."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from itertools import chain
from pathlib import Path
from string import Formatter

import pytest

from salesxl import messages, parsing
from salesxl.cli import report
from salesxl.errors import RefusedError
from salesxl.model import Finding, Place, Severity
from salesxl.rulebook import Member
from salesxl.xlsx.limits import REASONS
from tests import sheets
from tests.sheets import archive, check, handover, record, weekly

HERE = Path(__file__).parent
SOURCES = sorted((HERE.parent / "salesxl").rglob("*.py"))
LANGS = {lang: messages.load(lang, report.label_of) for lang in messages.LOCALES}
UNREADABLE = ("date", "moment", "amount", "amount_wan", "whole", "number", "percent")
GAPS = re.compile(r"“”|「」|（）|\(\)|[{}]|None|。。|\.\.|[：:] ?[。.]|，。|、。|^\s*$|、、|  ")


def say(code: str, value: object = "约12万", **facts: object) -> dict[str, tuple[str, str]]:
    """Return message and fix of a finding by language."""
    facts = {"label": "预计成交金额", **facts}
    found = Finding(code, Severity.ERROR, Place("a.xlsx", "客户档案", "N4"), "x", value, facts)
    return {lang: (known.message(found), known.fix(found)) for lang, known in LANGS.items()}


def gaps(said: dict[str, tuple[str, str]]) -> list[str]:
    """Return the sentences with a hole in them."""
    return [text for pair in said.values() for text in pair if GAPS.search(text)]


@pytest.mark.parametrize("code", messages.CODES)
def test_every_code_has_title_message_and_fix_in_every_language(code):
    for lang in messages.LOCALES:
        known = LANGS[lang]
        assert known.title(code)
        assert known.raw_code(code, "message")
        assert known.raw_code(code, "fix")


def test_every_variant_stands_in_every_language():
    zh, en = (LANGS[lang]._table["code"] for lang in ("zh", "en"))
    for code in messages.CODES:
        kinds = set(zh[code]) | set(en[code])
        assert {k: set(zh[code].get(k, ())) for k in kinds if "_" in k} == {
            k: set(en[code].get(k, ())) for k in kinds if "_" in k
        }, code


def test_what_a_language_has_no_word_for_is_said_in_the_forms_own_language():
    assert LANGS["en"].name("sheet", "customer") == "客户档案"
    assert LANGS["en"].name("severity", "error") == "error"
    assert LANGS["en"].name("sheet", "no_such_sheet") == "no_such_sheet"


def test_an_unknown_language_is_refused():
    with pytest.raises(KeyError):
        messages.load("fr", report.label_of)


@pytest.mark.parametrize(("code", "reason"), [(c, r) for c, rs in REASONS.items() for r in rs])
def test_every_reason_to_refuse_a_file_has_a_sentence_of_its_own(code, reason):
    limits = {"limit": "max_cells", "limit_value": 4_000_000, "part": "xl/workbook.xml"}
    said = say(code, None, why=reason, reason=reason, **limits)
    assert not gaps(said)
    for lang, (message, _) in said.items():
        assert message != say(code, None)[lang][0]
        assert reason not in message or "_" not in reason


def test_a_sheet_that_reaches_too_far_is_named_with_its_cell():
    message, fix = say("unsafe", None, why="area_too_large", sheet="客户档案", cell="XFD1048576")["zh"]
    assert "客户档案" in message
    assert "XFD1048576" in message
    assert "XFD1048576" in fix
    assert "删" in fix


def test_a_size_limit_is_said_in_megabytes():
    assert "256 MB" in say("unsafe", None, why="too_large", limit_value=268_435_456)["zh"][0]


def reasons() -> set[str]:
    """Return every reason that the rooms' sources give for a cell they cannot read."""
    found: set[str] = set()
    for path in SOURCES:
        if path.parent.name in ("parsing", "settings"):
            text = path.read_text(encoding="utf-8")
            found |= set(re.findall(r'(?:UnreadableError\(|unreadable\("type", ?)"(\w+)"', text))
    return found


GENERAL = {"not_a_number", "not_a_date"}
"""Reasons that say no more than the column's kind does."""


@pytest.mark.parametrize("reason", sorted(reasons() - GENERAL))
def test_every_reason_why_a_cell_cannot_be_read_has_its_sentence(reason):
    for kind in UNREADABLE:
        said = say("type", why=reason, kind=kind, help="说明。")
        assert not gaps(said)
        if (reason, kind) != ("not_whole", "whole"):
            assert said["zh"][0] != say("type", kind=kind)["zh"][0]


@pytest.mark.parametrize("kind", UNREADABLE)
@pytest.mark.parametrize("reason", sorted(reasons() - {"currency"}))
def test_how_to_mend_a_cell_goes_by_what_its_column_asks_for(kind, reason):
    fix = say("type", why=reason, kind=kind)["zh"][1]
    dated = "2026-" in fix
    assert dated == (kind in ("date", "moment") or reason == "lunar")


def test_a_date_where_an_amount_belongs_is_called_one():
    assert "是日期" in say("type", why="date", kind="amount")["zh"][0]
    assert "是百分比" in say("type", why="percent", kind="amount")["zh"][0]
    assert "不是百分比" in say("type", why="not_a_number", kind="percent")["zh"][0]


CONTACTS = ("1380013800O", "138****8000", "1380013", "10800138000", "王总#qq.com", "a@b", "面谈")


@pytest.mark.parametrize("typed", [*CONTACTS, "已停用13800138000", 13800138000.5, "13800138000000000000"])
def test_every_contact_that_is_none_has_a_sentence(typed):
    got = parsing.contact(typed)
    assert got.code == "format"
    assert not gaps(say("format", typed, kind="contact", help="说明。", **got.facts))


@pytest.mark.parametrize(
    "reason", ["unknown", "part", "doubted", "several", "negated", "ambiguous", "several_ticks"]
)
@pytest.mark.parametrize("kind", ["choice", "ticked", "yes_no", "industry"])
def test_every_choice_that_is_none_has_a_sentence(reason, kind):
    facts = {"among": ("潜在", "意向"), "ticked": ("潜在", "意向"), "options": ("潜在", "意向", "成交")}
    assert not gaps(say("choice", "潜在/意向", why=reason, kind=kind, **facts))


def test_a_column_that_may_be_another_is_said_so():
    message, fix = say("missing_column", None, label="客户名称", guess=["往来单位"])["zh"]
    assert "往来单位" in message
    assert "往来单位" in fix
    assert "往来单位" not in say("missing_column", None, label="客户名称", guess=[])["zh"][0]


def test_a_sheet_that_is_nearly_a_form_is_said_to_be_near_it():
    said = say("unrecognised", None, nearest="客户档案", missing=["客户名称", "联系方式"])["zh"]
    assert "客户名称、联系方式" in said[0]
    assert not gaps(say("unrecognised", None, nearest="客户档案", missing=[]))


@pytest.mark.parametrize(
    ("value", "kind", "shown"),
    [
        (13800138000, "contact", "13800138000"),
        (20261340, "date", "20261340"),
        (-28000, "amount", "-28,000"),
        (0.125, "amount", "0.125"),
        (1e22, "amount", "10,000,000,000,000,000,000,000"),
        (12.5, "whole", "12.5"),
        ("１２万", "amount", "１２万"),
        (dt.datetime(2026, 11, 20), "date", "2026-11-20"),
        (dt.datetime(2026, 11, 20, 9, 5), "moment", "2026-11-20 09:05"),
        (None, "amount", ""),
    ],
)
def test_a_value_is_quoted_as_it_stands_in_the_cell(value, kind, shown):
    found = Finding("type", Severity.ERROR, Place("a"), value=value, facts={"kind": kind})
    assert LANGS["zh"].value(found) == shown


@pytest.fixture(scope="module")
def said(tmp_path_factory) -> list[Finding]:
    """Return what the rules say of a week in which everything is wrong."""
    home = tmp_path_factory.mktemp("wrong")
    customers = [
        {},
        {"customer_name": None},
        {"customer_name": "甲乙丙机械公司", "customer_no": "CRM202610001"},
        {"customer_name": "一", "customer_no": "CRM202610001", "employees": None, "industry": "养蜂业"},
        {"customer_name": "二", "customer_no": "客户1", "source": "电话、展会", "contact": "1380013800O"},
        {"customer_name": "三", "need": "无", "expected_amount": "约12万", "annual_purchase": -1},
        {
            "customer_name": "四",
            "first_contact": dt.datetime(2027, 1, 1),
            "status": "OK",
            "strategic": "也许",
        },
        {"customer_name": "五", "status": "成交", "grade": "C", "employees": 12.5},
        {"customer_name": "六", "status": "流失", "expected_close": None, "last_contact": "下周三"},
        {"customer_name": "七", "expected_close": dt.datetime(2026, 10, 1), "first_contact": "10月"},
        {"customer_name": "八", "expected_close": dt.datetime(2026, 11, 1), "contact": 1.38e10},
        {"customer_name": "九", "expected_close": dt.datetime(2026, 10, 1), "first_contact": "10月12日"},
    ]
    archive(home / "a.xlsx", customers)
    archive(home / "b.xlsx", [{}], rep="李四")
    weekly(home / "w.xlsx", week_start=dt.datetime(2026, 11, 15), new_customers=7, rep="王五")
    weekly(home / "w2.xlsx", week_start=dt.datetime(2026, 11, 30), follow_ups=9)
    met = dt.datetime(2026, 11, 17, 10)
    talks = [{"entered_at": met + dt.timedelta(hours=hours)} for hours in (-1, 30)]
    talks.append({"contact_time": dt.datetime(2026, 9, 1, 9), "entered_at": None, "summary": "同上"})
    actions = [{"due": dt.datetime(2026, 8, 1), "action": "跟进客户"}]
    record(home / "r.xlsx", talks, actions, stage="☑线索培育 ☑需求确认")
    record(home / "r2.xlsx", stage="□线索培育 □需求确认", customer_name="无名氏贸易有限公司")
    record(home / "r3.xlsx", stage="线索终止", customer_name="丁")
    handover(home / "h.xlsx", opportunities=[], to_rep="张三", to_signature=None, manager_signed_on=None)
    (home / "空.xlsx").write_bytes(b"")
    (home / "说明.txt").write_text("x", encoding="utf-8")
    (home / "又一份.xlsx").write_bytes((home / "a.xlsx").read_bytes())
    members = (Member("张三"), Member("李四"), Member("赵六"))
    rules = replace(sheets.RULES, members=members, has_roster=True)
    return [*check(home, rules=rules).findings, *check(HERE / "data" / "week" / "inbox").findings]


def test_every_code_that_the_rules_use_is_known(said):
    used = set(chain.from_iterable(re.findall(r'"(\w+)"', line) for line in codes_in_sources()))
    assert {f.code for f in said} <= set(messages.CODES)
    assert used
    assert used <= set(messages.CODES)


def codes_in_sources() -> list[str]:
    """Return where the checks and readers name a code: first word of a finding, a fault, an error."""
    pattern = re.compile(r'(?:\berror|\bwarning|\bFault|Finding|RefusedError|[.]fault|[.]warn)\(\s*("\w+")')
    return [m for path in SOURCES for m in pattern.findall(path.read_text(encoding="utf-8"))]


def test_every_fault_of_a_template_has_a_sentence_of_the_same_facts_in_every_language():
    zh, en = (dict(leaves(LANGS[lang]._table["text"]["template"])) for lang in ("zh", "en"))
    assert zh.keys() == en.keys()
    for key, sentence in zh.items():
        facts = [{name for _, name, _, _ in Formatter().parse(text) if name} for text in (sentence, en[key])]
        assert facts[0] == facts[1], key
    spoken = re.compile(r"(?:TemplateFaultError|\bphrase)\(\s*\"([\w.]+)\"")
    used = {key for path in SOURCES for key in spoken.findall(path.read_text(encoding="utf-8"))}
    assert used <= zh.keys()
    assert {key for key in used if "." not in key} >= {"zero", "same_rows", "uneven", "partial"}


def leaves(table, before=""):
    for key, value in table.items():
        if isinstance(value, dict):
            yield from leaves(value, f"{before}{key}.")
        else:
            yield f"{before}{key}", value


@pytest.mark.parametrize("lang", messages.LOCALES)
def test_no_sentence_about_a_wrong_week_has_a_hole(said, lang):
    known = LANGS[lang]
    holes = [
        (f.code, dict(f.facts), text)
        for f in said
        for text in (known.message(f), known.fix(f), known.title(f.code))
        if GAPS.search(text)
    ]
    assert holes == []


def test_the_wrong_week_is_wrong_in_every_way(said):
    codes = {f.code for f in said}
    elsewhere = {"missing_column", "column_guessed", "stage_jump", "formula", "uncalculated"}
    elsewhere |= {"template_outdated", "unsafe", "example", "handed_over", "near_name", "unread"}
    elsewhere |= {"fragment", "displaced", "own", "erased", "no_longer", "vanished", "left_unsaid"}
    elsewhere |= {"known_files", "still_open", "of_a_later_week", "book_edited"}
    assert set(messages.CODES) - codes <= elsewhere


def test_the_reason_of_a_refusal_is_never_shown_as_a_code_word():
    refused = RefusedError("unsafe", reason="area_too_large", limit="max_area", limit_value=4_000_000)
    for message, fix in say("unsafe", None, why=refused.facts["reason"], **refused.facts).values():
        assert "_" not in message + fix


def test_english_puts_one_and_several_after_their_number():
    text = LANGS["en"].text
    assert text("cli.annotated", number=1, folder="a") == "Marked 1 file in a"
    assert text("cli.annotated", number=2, folder="a") == "Marked 2 files in a"
    assert text("cli.returned", number=1, folder="a").startswith("1 file goes back;")
    facts = dict.fromkeys(("files", "sheets", "records", "accepted", "returned", "errors", "warnings"), 1)
    assert text("totals", **facts) == "1 file, 1 form, 1 row: 1 accepted, 1 returned; 1 error, 1 warning."
    assert "2,000 rows" in text("totals", **{**facts, "records": 2000})


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("unrecognised", "foreign"), ("unreadable", "foreign")),
        (("unrecognised", "packed"), ("unrecognised", "nested")),
        (("unreadable", "html"), ("unreadable", "web_archive")),
    ],
)
def test_one_cause_has_one_way_out_whatever_finds_it(lang, one, other):
    told = [
        LANGS[lang].fix(Finding(code, Severity.ERROR, Place("a.xlsx"), facts={"why": why}))
        for code, why in (one, other)
    ]
    assert told[0] == told[1]
