"""Own fields on our forms, and forms of a team's own, from their definition to what comes out."""

from __future__ import annotations

import datetime as dt
import io
import pickle
from dataclasses import replace

import pytest
from openpyxl import load_workbook

from salesxl import drawing, settings, tables
from salesxl.catalogue import BUILT_IN, Forms, forms_of
from salesxl.columns import Column, Kind, Need
from salesxl.consolidate import consolidate
from salesxl.files.packaged import shipped
from salesxl.intake import receive
from salesxl.letters import tables_of, template_data
from salesxl.messages import load
from salesxl.model import History
from salesxl.schemas import FORMS, label_of
from salesxl.state.own import following
from salesxl.validate import check
from salesxl.workspace import book
from salesxl.workspace.history import history_of
from tests.definitions import TEST_DRIVE, loaded

FIELDS = (
    {"表单": "客户档案", "项目": "意向车型", "类型": "选项", "取值": "轿车、SUV、MPV"},
    {"项目": "预算", "类型": "金额", "最小": ">0"},
    {"项目": "试驾次数", "类型": "整数", "最小": "0", "最大": "20"},
)
AS_OF = dt.date(2026, 11, 20)
OURS = {
    "客户名称": "北京示例科技有限公司",
    "所属行业": "制造业-新能源汽车",
    "客户来源": "展会",
    "员工人数": 120,
    "联系人姓名": "王总",
    "联系方式": "13800138000",
    "需求描述": "采购40台办公电脑，12月底前交付",
    "首次接触时间": dt.date(2026, 11, 2),
    "跟进状态": "意向",
    "成交阶段": "需求确认",
    "预计成交金额": 200000,
    "预计成交日期": dt.date(2026, 12, 20),
}
ROW = {**OURS, "意向车型": "SUV", "预算": "20万", "试驾次数": 2}
WRONG = {**OURS, "客户名称": "上海样本贸易有限公司", "意向车型": "SUV", "预算": 0, "试驾次数": 21}
DRIVE = {
    "客户名称": "北京示例科技有限公司",
    "试驾日期": dt.date(2026, 11, 17),
    "试驾里程": "12公里",
    "身份证号": "11010519491231002X",
    "手机号码": "13800138000",
    "感受": "满意",
}


@pytest.fixture(scope="module")
def rules():
    found, remarks = loaded((*FIELDS, *TEST_DRIVE))
    assert remarks == []
    return found


def filled(rules, form, head, rows):
    """Return the blank form filled in: its card, and rows below the example."""
    workbook = load_workbook(io.BytesIO(drawing.blank_form(form, rules)))
    sheet = workbook.active
    at = {}
    for line in sheet.iter_rows(max_row=8):
        for cell in line:
            if isinstance(cell.value, str):
                at.setdefault(cell.value.rstrip(" *").split("(")[0], cell)
    for label, value in head.items():
        sheet.cell(at[label].row, at[label].column + 1).value = value
    top = at["客户名称"].row
    for number, row in enumerate(rows, top + 2):
        for label, value in row.items():
            assert at[label].row == top
            sheet.cell(number, at[label].column).value = value
    saved = io.BytesIO()
    workbook.save(saved)
    return saved.getvalue()


@pytest.fixture(scope="module")
def checked(rules, tmp_path_factory):
    home = tmp_path_factory.mktemp("inbox")
    archive = filled(rules, "customer_archive", {"销售代表": "刘勇"}, [ROW, WRONG])
    (home / "刘勇_客户档案.xlsx").write_bytes(archive)
    short = {**DRIVE, "试驾里程": 3.2, "试驾日期": dt.date(2026, 11, 18)}
    head = {"销售代表": "刘勇", "填表日期": dt.date(2026, 11, 19)}
    (home / "刘勇_试乘试驾.xlsx").write_bytes(filled(rules, "试乘试驾", head, [DRIVE, short]))
    return check(receive([home], rules), rules, AS_OF)


def found(checked, form):
    """Return the errors of a form's own fields, as code, field and what was typed."""
    return {
        (f.code, f.field, f.value)
        for f in checked.findings
        if form in f.place.file and f.severity.value == "error" and not str(f.field).isascii()
    }


def test_own_fields_are_read_by_their_kinds_and_checked_by_their_bounds(checked):
    assert found(checked, "客户档案") == {("range", "预算", 0), ("range", "试驾次数", 21)}
    rows = checked.frames["customer"]
    assert rows["预算"].tolist() == [200000.0, 0.0]
    assert rows["accepted"].tolist() == [True, False]
    assert rows["意向车型"].tolist() == ["SUV", "SUV"]


def test_a_form_of_ones_own_is_recognised_and_its_faults_stand_at_their_cells(checked):
    assert [s.form for s in checked.submissions] == ["customer_archive", "试乘试驾"]
    assert found(checked, "试乘试驾") == {("range", "试驾里程", 3.2)}
    (said,) = [f for f in checked.findings if f.field == "试驾里程"]
    assert said.place.cell == "C9"
    assert load("zh", label_of).label(said) == "试驾里程"
    rows = checked.frames["own/试乘试驾/试驾"]
    assert rows["accepted"].tolist() == [True, False]
    assert rows["试驾里程"].tolist() == [12.0, 3.2]
    assert rows["rep"].tolist() == ["刘勇", "刘勇"]


def test_own_fields_have_columns_of_the_book_behind_ours_and_come_back_from_it(checked, rules, tmp_path):
    team = consolidate(checked, rules, History())
    out, words = tmp_path / "团队台账.xlsx", load("zh", label_of)
    book.write_book(team, shipped("团队台账.xlsx"), out, words)
    header = [cell.value for cell in load_workbook(out)["客户档案"][1]]
    at = header.index("意向车型")
    assert header[at : at + 3] == ["意向车型", "预算", "试驾次数"]
    assert header.index("备注") < at < header.index("其他列")
    again = book.read_book(out, words)
    assert again.own == team.own
    assert again.tables["customer"]["预算"].tolist() == [200000.0]
    assert again.tables["customer"]["试驾次数"].tolist() == [2]
    (table,) = load_workbook(out)["客户档案"].tables.values()
    assert [column.name for column in table.tableColumns] == header


def test_own_fields_are_carried_from_week_to_week_and_a_new_one_begins_blank(checked, rules):
    first = consolidate(checked, rules, History())
    more, _ = loaded((*FIELDS, {"项目": "到店人数", "类型": "整数"}))
    later = replace(
        checked, submissions=(), reps=(), frames={k: f.iloc[:0] for k, f in checked.frames.items()}
    )
    rows = consolidate(
        later, replace(rules, forms=more.forms), History(latest=first, register=first.tables["number"])
    )
    assert rows.tables["customer"]["预算"].tolist() == [200000.0]
    assert rows.tables["customer"]["到店人数"].isna().all()


def test_a_field_that_has_become_text_keeps_what_stood_there():
    frame = consolidate_free()
    text = tables.widened({"customer": frame}, {"customer": (("预算", "预算", "text"),)})["customer"]
    assert text["预算"].tolist() == ["5.0"]
    date = tables.widened({"customer": frame}, {"customer": (("预算", "预算", "date"),)})["customer"]
    assert date["预算"].isna().all()


def consolidate_free():
    import pandas as pd

    return pd.DataFrame({"预算": pd.array([5.0], dtype="Float64")})


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_forms_without_own_fields_are_those_of_everybody(form):
    assert forms_of(FORMS) is BUILT_IN
    assert pickle.loads(pickle.dumps(BUILT_IN)) is BUILT_IN
    assert BUILT_IN.form(form.name) is form
    assert all(BUILT_IN.by_title[word] for word in (form.title, form.english, *form.aliases))


def test_forms_from_another_process_are_the_same_and_bounds_leave_the_reading_warm(rules):
    copy = pickle.loads(pickle.dumps(rules.forms))
    assert copy == rules.forms
    assert pickle.loads(pickle.dumps(rules.forms)) is copy
    spec = rules.forms.block("customer")

    def changed(**more):
        columns = tuple(replace(c, **more) if c.field == "预算" else c for c in spec.columns)
        blocks = (rules.forms.items[0].blocks[0], replace(spec, columns=columns))
        return Forms((replace(rules.forms.items[0], blocks=blocks), *rules.forms.items[1:]))

    assert changed(above=5.0).reading_digest == rules.forms.reading_digest
    assert changed(above=5.0).digest != rules.forms.digest
    assert changed(aliases=("购车预算",)).reading_digest != rules.forms.reading_digest


def test_a_schema_asks_what_the_columns_ask():
    own = Column("里程", "里程", "里程", Kind.NUMBER, Need.REQUIRED, above=5.0, maximum=900, origin="试驾")
    spec = replace(BUILT_IN.block("customer"), columns=(*BUILT_IN.block("customer").columns, own))
    column = spec.schema.columns["里程"]
    assert not column.nullable
    assert [check.name for check in column.checks] == ["less_than_or_equal_to", "greater_than"]
    for block in BUILT_IN.blocks:
        assert {n: c.nullable for n, c in block.schema.columns.items()} == {
            c.field: not c.required for c in block.columns
        }


def test_rows_of_an_own_form_have_a_sheet_with_their_source_and_come_back(checked, rules, tmp_path):
    team = consolidate(checked, rules, History())
    out, words = tmp_path / "团队台账.xlsx", load("zh", label_of)
    book.write_book(team, shipped("团队台账.xlsx"), out, words)
    sheet = load_workbook(out)["试乘试驾·试驾"]
    header, row = ([cell.value for cell in line] for line in sheet.iter_rows(max_row=2))
    told = dict(zip(header, row, strict=True))
    assert header[:4] == ["销售代表", "所属团队", "填表日期", "客户名称"]
    assert told["试驾里程"] == 12
    assert told["填表日期"] == dt.datetime(2026, 11, 19)
    assert (told["来源文件"], told["来源行"]) == ("刘勇_试乘试驾.xlsx", 8)
    assert sheet.max_row == 2
    assert [c.name for t in sheet.tables.values() for c in t.tableColumns] == header
    again = book.read_book(out, words).further["own/试乘试驾/试驾"]
    assert again.columns == team.further["own/试乘试驾/试驾"].columns
    assert again.rows["试驾里程"].tolist() == [12.0]


def week_after(checked, rules, rows, keep="accumulate"):
    """Return the test drives of a team after a week with these rows, laid over those of the week before."""
    forms = tuple(replace(f, keep=keep) if f.origin else f for f in rules.forms.items)
    rules = replace(rules, forms=forms_of(forms))
    first = consolidate(checked, rules, History())
    kind = "own/试乘试驾/试驾"
    newer = checked.frames[kind].iloc[:1].assign(**rows)
    frames = {k: f.iloc[:0] for k, f in checked.frames.items()} | {kind: newer}
    later = replace(checked, frames=frames, week=(dt.date(2026, 11, 23), dt.date(2026, 11, 29)))
    before = History(latest=first, register=first.tables["number"])
    return consolidate(later, rules, before).further[kind].rows


def test_a_customer_of_an_own_form_who_is_in_no_archive_is_a_warning_at_its_cell(rules, tmp_path):
    (tmp_path / "刘勇_客户档案.xlsx").write_bytes(
        filled(rules, "customer_archive", {"销售代表": "刘勇"}, [ROW])
    )
    head = {"销售代表": "刘勇", "填表日期": dt.date(2026, 11, 19)}
    drives = [DRIVE, {**DRIVE, "客户名称": "天津无名商贸有限公司"}]
    (tmp_path / "刘勇_试乘试驾.xlsx").write_bytes(filled(rules, "试乘试驾", head, drives))
    said = check(receive([tmp_path], rules), rules, AS_OF).findings
    unknown = [(f.place.cell, f.value, f.severity.value) for f in said if f.code == "unknown_reference"]
    assert unknown == [("A9", "天津无名商贸有限公司", "warning")]


def test_own_tables_have_names_in_templates_and_are_known_to_the_checks_of_next_week(checked, rules):
    team = consolidate(checked, rules, History())
    named = tables_of(team)
    assert named["试乘试驾"]["试驾里程"].tolist() == [12.0]
    assert named["试乘试驾__试驾"] is named["试乘试驾"]
    assert history_of(team, rules).tables["own/试乘试驾/试驾"]["试驾里程"].tolist() == [12.0]
    data = template_data({}, named)
    assert [row["试驾里程"] for row in data["试乘试驾"]] == [12.0]
    assert [row["意向车型"] for row in data["customer"]] == ["SUV"]


def test_a_newer_row_of_a_key_replaces_the_older_one_and_others_stay(checked, rules):
    same = week_after(checked, rules, {"试驾里程": 30.0})
    assert same["试驾里程"].tolist() == [30.0]
    assert same["carried"].isna().all()
    other = week_after(checked, rules, {"客户名称": "上海样本贸易有限公司", "试驾里程": 30.0})
    assert other["试驾里程"].tolist() == [12.0, 30.0]
    assert other["carried"].tolist()[0] == "carried"


def test_of_a_form_of_which_the_latest_holds_older_rows_of_the_rep_go(checked, rules):
    other = week_after(checked, rules, {"客户名称": "上海样本贸易有限公司", "试驾里程": 30.0}, "latest")
    assert other["试驾里程"].tolist() == [30.0]


def test_a_required_own_field_leaves_last_months_form_known_and_is_said_to_be_missing(tmp_path):
    names = ("意向车型", "购车用途", "现有车辆", "付款方式", "试驾人")
    rows = [{"项目": name, "类型": "文字", "必填": "必填"} for name in names]
    rules, _ = loaded(({"表单": "客户档案", **rows[0]}, *rows[1:]))
    blank, _ = loaded()
    (tmp_path / "刘勇.xlsx").write_bytes(filled(blank, "customer_archive", {"销售代表": "刘勇"}, [OURS]))
    checked = check(receive([tmp_path], rules), rules, AS_OF)
    assert [s.form for s in checked.submissions] == ["customer_archive"]
    assert {f.facts["label"] for f in checked.findings if f.code == "missing_column"} >= {"意向车型"}


def test_a_list_of_customers_may_ask_for_an_own_field(rules):
    fields = {field.name: field.type for field in settings.view_fields(rules.choices, rules.forms)}
    assert (fields["意向车型"], fields["预算"]) == ("choice", "number")
    assert "预算" not in {field.name for field in settings.view_fields(rules.choices)}


def test_rows_of_own_forms_follow_their_customer_by_number_name_and_rep(rules):
    import pandas as pd

    def table(*rows):
        names = ("customer_no", "customer_name", "former_names", "rep")
        return pd.DataFrame(dict(zip(names, zip(*rows, strict=True), strict=True)), dtype="string")

    before = table(("CRM202610001", "老名字公司", None, "刘勇"), ("CRM202610002", "并入公司", None, "刘勇"))
    after = table(("CRM202610001", "新名字公司", "老名字公司、并入公司", "王芳"))
    rows = pd.DataFrame(
        {
            "rep": ["刘勇", "陈晨", "刘勇", "刘勇", "刘勇"],
            "customer_no": ["CRM202610001", None, "CRM202610002", None, None],
            "客户名称": ["老名字公司", "新名字公司", "并入公司", "CRM202610001", "没有这家公司"],
        },
        dtype="string",
    )
    column = rules.forms.block("own/试乘试驾/试驾").column("客户名称")
    found = following(rows, column, after, before)
    assert found["rep"].tolist() == ["王芳", "陈晨", "王芳", "王芳", "刘勇"]
    assert found["customer_no"].tolist()[:4] == ["CRM202610001"] * 4
    assert found["客户名称"].tolist() == ["新名字公司"] * 4 + ["没有这家公司"]
    weak = following(rows, replace(column, reference=None), after, before)
    assert weak["客户名称"].tolist() == rows["客户名称"].tolist()
    assert weak["customer_no"].tolist()[:4] == ["CRM202610001"] * 4
