"""What people type and what it is read as: a corpus of values written by hand, and properties."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salesxl import parsing
from salesxl.model import Tidied
from salesxl.parsing import Raw

CORPUS = Path(__file__).parent / "data" / "tidy_values.tsv"
NEAR = dt.date(2024, 3, 1)

OPTIONS: dict[str, tuple[str, ...]] = {
    "stages": ("线索培育", "需求确认", "方案呈现", "谈判推进", "成交签约", "售后维护", "线索终止"),
    "statuses": ("潜在", "意向", "成交", "流失"),
    "methods": ("电话拜访", "线下会议", "线上视频会议", "上门拜访", "邮件", "微信", "其他"),
    "sources": ("展会", "转介绍", "线上推广", "主动拜访", "电话营销", "市场线索", "其他"),
    "progress": ("未开始", "进行中", "已完成", "已取消"),
    "grades": ("VIP", "A", "B", "C"),
    "industries": ("制造业-新能源汽车", "制造业-机械设备", "零售业-快消品", "IT服务", "服务业-咨询"),
}
MANNERS = {
    "stages": parsing.Manner(steps=frozenset(OPTIONS["stages"]) - {"成交签约", "线索终止"}),
    "statuses": parsing.Manner(steps=frozenset({"潜在", "意向"})),
    "progress": parsing.Manner(steps=frozenset({"未开始", "进行中"})),
    "methods": parsing.Manner(loose=True, steps=frozenset(OPTIONS["methods"])),
    "sources": parsing.Manner(loose=True, steps=frozenset(OPTIONS["sources"])),
}
ALIASES = {
    "stages": {"成交": "成交签约", "合同签订": "成交签约"},
    "methods": {"WeChat": "微信"},
}

_CELLS: dict[str, Callable[[str], Raw]] = {
    "int": int,
    "float": float,
    "bool": lambda typed: typed == "TRUE",
    "date": dt.date.fromisoformat,
    "datetime": dt.datetime.fromisoformat,
    "time": dt.time.fromisoformat,
    "none": lambda typed: None,
}
_ESCAPES = {r"\n": "\n", r"\t": "\t", r"\\": "\\"}


def _cell(written: str) -> Raw:
    kind, mark, typed = written.removeprefix("=").partition(":")
    if written.startswith("=") and mark and kind in _CELLS:
        return _CELLS[kind](typed)
    return re.sub(
        r"\\(?:[nt\\]|u[0-9a-f]{4})",
        lambda found: _ESCAPES.get(found[0]) or chr(int(found[0][2:], 16)),
        written,
    )


def _read(kind: str, raw: Raw, hints: str) -> Tidied:
    given_as = dict(hint.split("=") for hint in hints.split()) if hints else {}
    if "of" in given_as:
        options = OPTIONS[given_as["of"]]
        if kind == "industry":
            return parsing.industry(raw, options)
        aliases, manner = ALIASES.get(given_as["of"], {}), MANNERS.get(given_as["of"], parsing.STRICT)
        return getattr(parsing, kind)(raw, options, aliases, manner)
    if "near" in given_as:
        return getattr(parsing, kind)(raw, near=dt.date.fromisoformat(given_as["near"]))
    return getattr(parsing, kind)(raw, **given_as)


def _written(tidied: Tidied) -> str:
    value = tidied.value
    if isinstance(value, bool):
        shown = str(value).lower()
    elif isinstance(value, tuple):
        shown = "|".join(value) or "()"
    elif isinstance(value, dt.datetime):
        shown = value.isoformat(" ", "minutes")
    elif value is None:
        shown = "" if tidied.code else "(blank)"
    else:
        shown = str(value).replace("\n", r"\n")
    if tidied.code:
        shown = f"{shown} !{tidied.code}:{tidied.facts['why']}".strip()
    return shown


def _corpus() -> dict[str, list[tuple[int, str, str, str, bool]]]:
    """Return the rows by kind: line number, what is typed, hints, what is expected, whether inferred."""
    rows: dict[str, list[tuple[int, str, str, str, bool]]] = {}
    for number, line in enumerate(CORPUS.read_text("utf-8").split("\n"), start=1):
        if line and not line.startswith("#"):
            kind, typed, hints, expected, changed = [*line.split("\t"), "", "", ""][:5]
            rows.setdefault(kind, []).append((number, typed, hints, expected, changed == "yes"))
    return rows


ROWS = _corpus()


@pytest.mark.parametrize("kind", ROWS)
def test_every_value_of_the_corpus_is_read_as_it_says_and_once_read_stays(kind: str) -> None:
    wrong = []
    for number, typed, hints, expected, changed in ROWS[kind]:
        read = _read(kind, _cell(typed), hints)
        if (_written(read), read.changed) != (expected, changed):
            wrong.append((number, typed, expected, changed, _written(read), read.changed))
        again = _read(kind, read.value, hints)
        if (again.value, type(again.value), again.changed) != (read.value, type(read.value), False):
            wrong.append((number, typed, "read again", again.value))
    assert wrong == []


def test_corpus_covers_every_kind_and_is_large() -> None:
    assert sum(map(len, ROWS.values())) >= 850
    assert set(ROWS) == {
        *("amount", "whole", "number", "percent", "date", "moment", "contact", "yes_no", "choice"),
        *("ticked", "one_ticked", "items", "industry", "name", "text", "code_text"),
    }


@pytest.mark.parametrize("mark", ["", " ", "\u3000", "\u200b\ufeff", "\xa0", "-", "—", "——", "……", "/", "\\"])
def test_sign_that_says_nothing_is_blank_even_in_free_text(mark: str) -> None:
    assert parsing.is_blank(mark)
    assert parsing.is_blank(mark, free_text=True)


@pytest.mark.parametrize("mark", ["无", "N/A", "n/a", "NA", "ＮＡ", "空", "暂无", "未填", "（无）", " 无 "])
def test_word_that_says_nothing_is_blank_only_outside_free_text(mark: str) -> None:
    assert parsing.is_blank(mark)
    assert not parsing.is_blank(mark, free_text=True)


@pytest.mark.parametrize("raw", ["0", 0, 0.0, False, "待定", "√", "×", "?", "0.0", "NAN公司", "无锡", "-5"])
def test_answer_is_never_blank(raw: Raw) -> None:
    assert not parsing.is_blank(raw)


@pytest.mark.parametrize(
    ("label", "bare", "unit"),
    [
        ("客户名称", "客户名称", None),
        ("客户名称*", "客户名称", None),
        ("＊客户名称＊", "客户名称", None),
        ("* 客户名称：", "客户名称", None),
        ("客户\n名称", "客户名称", None),
        ("客 户 名 称", "客户名称", None),
        ("客户名称（必填）", "客户名称", None),
        ("客户名称 (必填项)*", "客户名称", None),
        ("备注（选填）", "备注", None),
        ("1.客户名称", "客户名称", None),
        ("一、沟通记录", "沟通记录", None),
        ("年营收(万元)", "年营收", "万元"),
        ("年营收（单位：万元）", "年营收", "万元"),
        ("年营收(万)", "年营收", "万元"),
        ("年营收/万元", "年营收", "万元"),
        ("预计成交金额（元）*", "预计成交金额", "元"),
        ("员工人数(人)：", "员工人数", None),
        ("联系人(角色)", "联系人(角色)", None),
        ("首次接触时间（如 2024-03-15）", "首次接触时间", None),
        ("Customer Name", "customername", None),
        ("２４小时", "24小时", None),
        ("2024年目标", "2024年目标", None),
        ("", "", None),
    ],
)
def test_label_is_compared_without_marks_and_with_its_unit_apart(
    label: str, bare: str, unit: str | None
) -> None:
    said = parsing.money_unit(label)
    assert (parsing.normalise_label(label), said and said.unit) == (bare, unit)
    assert parsing.normalise_label(bare) == bare


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ABC（中国）有限公司", "abc(中国) 有限公司"),
        ("佛山信诚云帆商贸集团有限公司", "佛山信诚云帆商贸"),
        ("武汉德润信诚机械股份有限公司", "武汉德润信诚机械有限责任公司"),
        ("ＡＢＣ公司", "A B C"),
        ("上海远航集团股份有限公司", "上海远航"),
    ],
)
def test_spellings_of_one_customer_have_one_key(one: str, other: str) -> None:
    assert parsing.customer_key(one) == parsing.customer_key(other) != ""


@pytest.mark.parametrize(
    ("one", "other"),
    [("上海远航有限公司", "上海启航有限公司"), ("ABC（中国）公司", "ABC公司"), ("中正华创", "中正恒达")],
)
def test_different_customers_have_different_keys(one: str, other: str) -> None:
    assert parsing.customer_key(one) != parsing.customer_key(other)


@pytest.mark.parametrize("customer", ["公司", "集团", "有限公司", "股份有限公司"])
def test_customer_key_of_a_name_made_of_suffixes_is_not_empty(customer: str) -> None:
    assert parsing.customer_key(customer)


def test_missing_date_of_pandas_is_a_type_error_and_its_timestamp_becomes_a_plain_date() -> None:
    assert parsing.date(pd.NaT).code == parsing.moment(pd.NaT).code == "type"
    stamp = pd.Timestamp(2024, 3, 15, 10, 30)
    assert type(parsing.date(stamp).value) is dt.date
    assert type(parsing.moment(stamp).value) is dt.datetime


def test_negative_amount_is_out_of_range_only_where_the_caller_says_so() -> None:
    assert parsing.amount("-5").value == -5
    refused = parsing.amount("-5", allow_negative=False)
    assert (refused.code, refused.value) == ("range", None)
    assert parsing.amount("0", allow_negative=False).value == 0


def test_unreadable_contact_names_the_part_that_is_wrong() -> None:
    assert parsing.contact("13800138000、1390013900").facts["part"] == "1390013900"


def test_choice_of_several_names_those_that_fit() -> None:
    read = parsing.choice("拜访", OPTIONS["methods"], {}, MANNERS["methods"])
    assert read.facts["options"] == ("电话拜访", "上门拜访")


def test_option_that_a_team_lists_wins_over_the_blank_mark_of_the_same_word() -> None:
    assert parsing.choice("无", ("有", "无")).value == "无"


def test_two_ticks_where_one_is_asked_for_are_named() -> None:
    assert parsing.one_ticked("√线索培育 √需求确认", OPTIONS["stages"]).facts["ticked"] == (
        "线索培育",
        "需求确认",
    )


# Properties ------------------------------------------------------------------------------------------------

_AMOUNTS = st.decimals(Decimal("-99999999.99"), Decimal("99999999.99"), places=2)
_DAYS = st.dates(dt.date(1970, 1, 1), dt.date(2069, 12, 31))
_FULL_WIDTH = {ord(sign): ord(sign) + 0xFEE0 for sign in "0123456789,.-:/()"}
_SIGNS = (
    "0123456789０１万千百十元亿年月日号点时分.,-/()（）：:、"
    "□☑√[]x +*abcAPM@周前约半一二三〇 \n\u3000成交意向无未"
)
_TYPED = st.one_of(
    st.text(_SIGNS, max_size=14),
    st.text(max_size=8),
    st.none(),
    st.booleans(),
    st.integers(-(10**12), 10**12),
    st.floats(),
    st.datetimes(),
    st.dates(),
    st.times(),
    st.timedeltas(),
)
_QUICK = settings(max_examples=40, deadline=None)

_TIDIERS: dict[str, Callable[[Raw], Tidied]] = {
    "amount": parsing.amount,
    "amount in wan": lambda raw: parsing.amount(raw, unit="万元"),
    "number": parsing.number,
    "whole": parsing.whole,
    "percent": parsing.percent,
    "date": lambda raw: parsing.date(raw, near=NEAR),
    "moment": lambda raw: parsing.moment(raw, near=NEAR),
    "contact": parsing.contact,
    "yes_no": parsing.yes_no,
    "choice": lambda raw: parsing.choice(raw, OPTIONS["statuses"]),
    "industry": lambda raw: parsing.industry(raw, OPTIONS["industries"]),
    "items": parsing.items,
    "ticked": lambda raw: parsing.ticked(raw, OPTIONS["statuses"]),
    "one_ticked": lambda raw: parsing.one_ticked(raw, OPTIONS["statuses"]),
    "name": parsing.name,
    "text": parsing.text,
    "code_text": parsing.code_text,
}


@pytest.mark.parametrize("kind", _TIDIERS)
@_QUICK
@given(raw=_TYPED)
def test_anything_typed_is_read_or_refused_and_tidying_twice_changes_nothing(kind: str, raw: Raw) -> None:
    read = _TIDIERS[kind](raw)
    assert kind == "industry" or read.value is None or read.code is None
    if read.code:
        assert read.facts["why"]
        assert not read.changed
    if read.value is not None:
        again = _TIDIERS[kind](read.value)
        assert (again.value, again.changed) == (read.value, False)


@_QUICK
@given(
    label=st.text(_SIGNS + "单位必填*", max_size=14), customer=st.text(_SIGNS + "公司有限集团", max_size=10)
)
def test_labels_and_customer_keys_are_stable(label: str, customer: str) -> None:
    bare = parsing.normalise_label(label)
    assert not re.search(r"\s", bare)
    assert parsing.customer_key(parsing.customer_key(customer)) == parsing.customer_key(customer)


_MONEY_STYLES: tuple[Callable[[Decimal], str], ...] = (
    lambda a: f"{a}",
    lambda a: f"{a:,}",
    lambda a: f"{a:,}".translate(_FULL_WIDTH),
    lambda a: f"¥{a:,}",
    lambda a: f"RMB {a}",
    lambda a: f"{a:,}元",
    lambda a: f" {a} 元整 ",
    lambda a: f"{a:,}".replace(",", " "),
    lambda a: f"({-a:,})" if a < 0 else f"+{a:,}",
    lambda a: f"{-a}-" if a < 0 else f"{a}",
    lambda a: f"{a / 10000}万",
    lambda a: f"{a / 10000}w",
    lambda a: f"人民币{a}",
)


@_QUICK
@given(amount=_AMOUNTS, style=st.sampled_from(_MONEY_STYLES))
def test_amount_written_in_any_style_is_the_same_decimal(
    amount: Decimal, style: Callable[[Decimal], str]
) -> None:
    read = parsing.amount(style(amount))
    assert (read.code, read.value) == (None, amount)
    assert "E" not in str(read.value)


_FORMAL = dict(zip("零一二三四五六七八九十百千", "零壹贰叁肆伍陆柒捌玖拾佰仟", strict=True))


def _spoken(value: int) -> str:
    """Write a whole number in Chinese figures, by the book."""
    if value == 0:
        return "零"

    def four(part: int) -> str:
        written, pending = "", False
        for unit, sign in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
            figure = part // unit % 10
            if figure:
                written += ("零" if pending else "") + "零一二三四五六七八九"[figure] + sign
            pending = bool(written) and not figure
        return written

    written = ""
    for unit, sign in ((10**8, "亿"), (10**4, "万"), (1, "")):
        part = value // unit % 10**4
        if part:
            gap = written and part < 1000
            written += ("零" if gap else "") + four(part) + sign
    return written


@_QUICK
@given(value=st.integers(0, 10**12 - 1))
def test_whole_yuan_in_spoken_and_formal_figures_are_the_same_decimal(value: int) -> None:
    spoken = _spoken(value)
    formal = "".join(_FORMAL.get(sign, sign) for sign in spoken)
    assert parsing.amount(f"{spoken}元").value == value, spoken
    assert parsing.amount(f"人民币{formal}元整").value == value, formal
    assert parsing.whole(spoken).value == value


_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)


def _chinese(number: int) -> str:
    return _spoken(number).removeprefix("一") if 10 <= number < 20 else _spoken(number)


_DATE_STYLES: tuple[Callable[[dt.date], str], ...] = (
    lambda d: d.isoformat(),
    lambda d: f"{d.year}-{d.month}-{d.day}",
    lambda d: f"{d.year}/{d.month}/{d.day}",
    lambda d: f"{d.year}.{d.month}.{d.day}",
    lambda d: f"{d.year}年{d.month}月{d.day}日",
    lambda d: f"{d.year}年{d.month:02}月{d.day:02}号",
    lambda d: f"{d:%Y%m%d}",
    lambda d: f"{d:%Y/%m/%d}".translate(_FULL_WIDTH),
    lambda d: f"{d:%y}-{d.month}-{d.day}",
    lambda d: f"{d:%y}.{d.month}.{d.day}",
    lambda d: f"{_MONTHS[d.month - 1]} {d.day}, {d.year}",
    lambda d: f"{d.day}-{_MONTHS[d.month - 1][:3]}-{d.year}",
    lambda d: f"{d.isoformat()}（周{'一二三四五六日'[d.weekday()]}）",
    lambda d: (
        "".join("〇一二三四五六七八九"[int(f)] for f in str(d.year))
        + f"年{_chinese(d.month)}月{_chinese(d.day)}日"
    ),
    lambda d: str((d - dt.date(1899, 12, 30)).days),
)


@_QUICK
@given(day=_DAYS, style=st.sampled_from(_DATE_STYLES))
def test_date_written_in_any_style_is_the_same_day(day: dt.date, style: Callable[[dt.date], str]) -> None:
    read = parsing.date(style(day))
    assert (read.code, read.value, read.changed) == (None, day, False), style(day)
    start = dt.datetime(day.year, day.month, day.day)
    assert parsing.moment(style(day)).value == start


@_QUICK
@given(
    start=st.datetimes(dt.datetime(1970, 1, 1), dt.datetime(2069, 12, 31)).map(
        lambda m: m.replace(second=0, microsecond=0)
    ),
    style=st.sampled_from(
        (
            lambda m: f"{m:%Y-%m-%d %H:%M}",
            lambda m: f"{m:%Y-%m-%d%H:%M}",
            lambda m: f"{m:%Y-%m-%dT%H:%M:%S}",
            lambda m: f"{m.year}/{m.month}/{m.day} {m.hour}:{m:%M}",
            lambda m: f"{m.year}年{m.month}月{m.day}日{m.hour}时{m.minute}分",
            lambda m: f"{m.year}年{m.month}月{m.day}日 {m.hour}点{m:%M}",
            lambda m: f"{m:%Y-%m-%d %I:%M} " + ("PM" if m.hour >= 12 else "AM"),
            lambda m: f"{m:%Y-%m-%d %H:%M}".translate(_FULL_WIDTH),
        )
    ),
)
def test_moment_written_in_any_style_is_the_same_minute(
    start: dt.datetime, style: Callable[[dt.datetime], str]
) -> None:
    read = parsing.moment(style(start))
    assert (read.code, read.value, read.changed) == (None, start, False), style(start)


@_QUICK
@given(start=st.datetimes(dt.datetime(1970, 1, 1), dt.datetime(2069, 12, 31)))
def test_excel_serial_with_a_fraction_is_the_minute_it_stands_for(start: dt.datetime) -> None:
    minute = start.replace(second=0, microsecond=0)
    serial = (minute - dt.datetime(1899, 12, 30)) / dt.timedelta(days=1)
    assert parsing.moment(serial).value == minute


@_QUICK
@given(day=st.dates(dt.date(2001, 1, 1), dt.date(2089, 12, 31)), apart=st.integers(-180, 180))
def test_year_left_out_is_the_one_that_brings_the_date_closest(day: dt.date, apart: int) -> None:
    read = parsing.date(f"{day.month}月{day.day}日", near=day - dt.timedelta(days=apart))
    assert (read.value, read.changed) == (day, True)


@_QUICK
@given(
    chosen=st.sets(st.sampled_from(OPTIONS["stages"])),
    signs=st.sampled_from(
        [("☑", "□"), ("■", "□"), ("√", "□"), ("●", "○"), ("[x]", "[ ]"), ("（√）", "（）")]
    ),
    gap=st.sampled_from(["", " ", "  ", "\n", "/", "、"]),
    after=st.booleans(),
)
def test_ticks_of_any_style_come_back(
    chosen: set[str], signs: tuple[str, str], gap: str, after: bool
) -> None:
    words = OPTIONS["stages"]
    cell = gap.join(
        f"{word}{signs[word not in chosen]}" if after else f"{signs[word not in chosen]}{word}"
        for word in words
    )
    read = parsing.ticked(cell, words)
    assert (read.value, read.code) == (tuple(word for word in words if word in chosen), None)


@_QUICK
@given(value=st.floats(allow_nan=False, allow_infinity=False, min_value=-1e12, max_value=1e12))
def test_number_cell_is_its_fifteen_digits(value: float) -> None:
    read = parsing.amount(value)
    assert math.isclose(float(read.value), value, rel_tol=1e-14, abs_tol=1e-300)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("半导体", "制造业-半导体"),
        ("教育", "服务业-教育培训"),
        ("教育行业", "服务业-教育培训"),
        ("建筑", "建筑业"),
        ("医药", "制造业-医药器械"),
        ("电子", None),
    ],
)
def test_an_industry_is_known_by_its_aliases_and_by_what_only_one_option_says(typed, read):
    options = [
        "制造业-半导体",
        "制造业-电子电器",
        "制造业-医药器械",
        "服务业-教育培训",
        "零售业-电子商务",
        "建筑业-装修",
    ]
    got = parsing.industry(typed, options, {"教育": "服务业-教育培训", "半导体": "制造业-半导体"})
    assert (got.value, got.code) == ((read, None) if read else (typed, "choice"))


def test_the_table_of_traditional_characters_has_one_pair_per_line():
    table = Path(parsing.__file__).with_name("traditional.tsv").read_text(encoding="utf-8").splitlines()[1:]
    assert all(len(line) == 3 and line[1] == "\t" and line[2].encode("gb2312") for line in table)
    assert len({line[0] for line in table}) == len(table) > 2000
