"""Forms on grids: which form it is, where its values stand, what is passed over and what is said."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import pytest

from salesxl.drawing import blank_form
from salesxl.model import Area, Block, CellValue, Finding, Grid, Severity, Submission, Workbook
from salesxl.parsing import normalise_label
from salesxl.recognition import EXTRA, read_workbook
from salesxl.recognition.vocabulary import vocabulary_of
from salesxl.schemas import FORMS, SETTINGS, form
from salesxl.xlsx.read import grid as excel_grid

DAY = dt.datetime(2026, 11, 20)


class Canvas:
    """A sheet to draw on: cells by (row, column), merged areas, formulas."""

    def __init__(self, name: str = "Sheet1") -> None:
        self.name = name
        self.cells: dict[tuple[int, int], CellValue] = {}
        self.merged: list[Area] = []
        self.formulas: dict[tuple[int, int], str] = {}
        self.more: dict[str, object] = {}

    def put(self, row: int, column: int, *values: CellValue) -> Canvas:
        for place, value in enumerate(values):
            if value is not None:
                self.cells[row, column + place] = value
        return self

    def table(self, row: int, column: int, header: Sequence[str], *records: Sequence[CellValue]) -> Canvas:
        self.put(row, column, *header)
        for place, record in enumerate(records, 1):
            self.put(row + place, column, *record)
        return self

    def merge(self, top: int, left: int, bottom: int, right: int) -> Canvas:
        self.merged.append(Area(top, left, bottom, right))
        return self

    def moved(self, down: int, right: int) -> Canvas:
        other = Canvas(self.name)
        other.cells = {(r + down, c + right): v for (r, c), v in self.cells.items()}
        other.merged = [
            Area(a.top + down, a.left + right, a.bottom + down, a.right + right) for a in self.merged
        ]
        other.formulas = {(r + down, c + right): v for (r, c), v in self.formulas.items()}
        return other

    def grid(self) -> Grid:
        height = max((r for r, _ in self.cells), default=0)
        rows: list[list[CellValue]] = []
        for row in range(1, height + 1):
            width = max((c for r, c in self.cells if r == row), default=0)
            rows.append([self.cells.get((row, c)) for c in range(1, width + 1)])
        return Grid(self.name, rows, tuple(self.merged), formulas=self.formulas, **self.more)  # type: ignore[arg-type]


def read(*sheets: Canvas | Grid, **more: object) -> tuple[list[Submission], list[Finding]]:
    grids = tuple(s.grid() if isinstance(s, Canvas) else s for s in sheets)
    return read_workbook(Workbook("a.xlsx", grids), **more)  # type: ignore[arg-type]


def only(*sheets: Canvas, **more: object) -> Submission:
    submissions, findings = read(*sheets, **more)
    assert len(submissions) == 1, findings
    return submissions[0]


def block(submission: Submission, kind: str) -> Block:
    found = submission.block(kind)
    assert found is not None
    return found


def rows_of(found: Block) -> list[int]:
    return [int(row) for row in found.frame.index]


def codes(findings: Iterable[Finding]) -> list[tuple[str, str | None, str | None]]:
    return [(f.code, f.place.cell, f.field) for f in findings]


CUSTOMER: Mapping[str, CellValue] = {
    "客户编号": "CRM202611001",
    "客户名称": "苏州恒达机械有限公司",
    "所属行业": "制造业-机械设备",
    "客户来源": "展会",
    "员工人数": 120,
    "联系人姓名": "王强",
    "联系人职务": "采购总监",
    "联系方式": "13800138000",
    "需求描述": "需要采购40台办公电脑，12月底前交付",
    "首次接触时间": dt.datetime(2026, 10, 12),
    "跟进状态": "意向",
    "成交阶段": "需求确认",
    "预计成交金额": 280000,
    "预计成交日期": "2027.1.20",
    "年采购额": "12万",
    "战略客户": "否",
    "备注": "老客户介绍",
}
HEADER = list(CUSTOMER)


def customers(count: int = 3) -> list[list[CellValue]]:
    cities = ["苏州", "上海", "佛山", "武汉", "宁波", "成都", "南京", "深圳", "温州", "无锡"]
    people = ["王强", "李娜", "张伟", "刘洋", "陈静", "杨勇", "赵磊", "黄敏", "周杰", "吴刚"]
    found = []
    for number in range(count):
        record = {
            **CUSTOMER,
            "客户编号": f"CRM2026110{number + 10}",
            "客户名称": f"{cities[number % 10]}恒达{number}机械有限公司",
            "联系人姓名": people[number % 10],
            "联系方式": f"1380013{8000 + number}",
        }
        found.append(list(record.values()))
    return found


def archive() -> Canvas:
    canvas = Canvas().put(1, 1, "客户档案表").put(2, 1, "销售代表", "王小明", None, "所属团队", "华东一组")
    return canvas.table(4, 1, HEADER, *customers())


def record_sheet(name: str = "记录1") -> Canvas:
    canvas = Canvas(name).put(1, 1, "销售过程标准记录表").merge(1, 1, 1, 8)
    canvas.put(2, 1, "客户基础信息").merge(2, 1, 2, 8)
    canvas.put(3, 1, "客户名称:", "苏州恒达机械有限公司").put(3, 5, "联系人(角色):", "王强(决策人)")
    canvas.put(4, 1, "所属行业:", "制造业-机械设备").put(4, 5, "首次接触时间:", DAY)
    canvas.put(5, 1, "来源渠道:", "展会").put(5, 5, "销售代表:", "王小明")
    canvas.put(6, 1, "当前销售阶段:", "□线索培育 ☑需求确认 □方案呈现").merge(6, 2, 6, 8)
    canvas.put(7, 1, "沟通记录")
    canvas.table(
        8,
        1,
        ["沟通时间", "沟通方式", "沟通内容摘要", "客户需求关键点", "录入时间"],
        [DAY, "电话拜访", "介绍方案，客户要求缩短交期", None, DAY],
        ["2026-11-21 9:00", "微信", "发送报价单", "交期", None],
    )
    canvas.put(12, 1, "下一步行动计划")
    canvas.table(
        13, 1, ["行动具体内容", "负责人", "计划完成时间", "完成情况"], ["发送产品参数表", "王小明", DAY, None]
    )
    canvas.put(16, 1, "备注", "客户要求保密")
    canvas.put(17, 1, "销售人员签字:", "王小明", "日期:", DAY)
    return canvas.put(
        18, 1, "销售经理审核意见:", "同意", "审核人:", "孙经理", "日期:", dt.datetime(2026, 11, 22)
    )


def weekly_sheet() -> Canvas:
    canvas = Canvas("周报").put(1, 1, "销售周报")
    canvas.put(2, 1, "销售代表", "王小明", None, "所属团队", "华东一组")
    canvas.put(3, 1, "周期开始", DAY, None, "周期结束", DAY)
    canvas.put(4, 1, "本周新增客户数", 3, None, "有效跟进次数", 12)
    canvas.put(5, 1, "预计成交金额", "38万", None, "本周完成业绩", 120000)
    canvas.put(7, 1, "本周重点客户进展")
    canvas.table(
        8,
        1,
        ["客户名称", "当前阶段", "本周进展", "下一步", "预计成交日期", "金额"],
        ["苏州恒达机械有限公司", "需求确认", "完成演示", "提交报价", DAY, 280000],
    )
    canvas.put(11, 1, "问题与措施")
    canvas.table(12, 1, ["存在问题", "解决措施", "需要支持"], ["竞品降价", "改报三年总成本", None])
    canvas.put(15, 1, "下周计划")
    return canvas.table(
        16, 1, ["计划事项", "客户名称", "计划完成时间"], ["拜访采购总监", "苏州恒达机械有限公司", DAY]
    )


def handover_sheet() -> Canvas:
    canvas = Canvas("交接").put(1, 1, "客户交接清单").merge(1, 1, 1, 7)
    canvas.put(2, 1, "移交人", "刘勇", None, "接收人", "张萍").put(
        3, 1, "交接日期", DAY, None, "交接原因", "岗位调动"
    )
    canvas.put(5, 1, "客户档案")
    canvas.table(
        6,
        1,
        ["客户编号", "客户名称", "联系人姓名", "联系方式", "客户等级", "跟进状态", "成交阶段"],
        ["CRM202611001", "苏州恒达机械有限公司", "王强", "13800138000", "A", "意向", "需求确认"],
    )
    canvas.put(8, 1, "跟进记录")
    canvas.table(
        9,
        1,
        ["客户名称", "沟通时间", "沟通方式", "沟通内容摘要"],
        ["苏州恒达机械有限公司", DAY, "电话拜访", "确认付款方式"],
    )
    canvas.put(12, 1, "未完成机会")
    canvas.table(
        13,
        1,
        ["客户名称", "机会名称", "当前阶段", "预计成交金额", "预计成交日期", "下一步行动"],
        ["苏州恒达机械有限公司", "采购项目", "需求确认", 784000, DAY, "寄送样品"],
    )
    canvas.put(16, 1, "移交人签字", "刘勇", "接收人签字", "张萍", "销售经理签字")
    return canvas.put(17, 1, "日期", DAY, "日期", dt.datetime(2026, 11, 21), "日期")


# --- which form it is --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("canvas", "name", "rep"),
    [
        (archive(), "customer_archive", "王小明"),
        (record_sheet(), "process_record", "王小明"),
        (weekly_sheet(), "weekly_report", "王小明"),
        (handover_sheet(), "handover_list", "刘勇"),
    ],
)
def test_each_form_is_told_by_what_stands_on_it(canvas: Canvas, name: str, rep: str) -> None:
    canvas.name = "Sheet1"
    found = only(canvas)
    assert (found.form, found.rep, found.period) == (name, rep, None)
    assert found.findings == ()
    assert {b.kind for b in found.blocks} == {b.kind for b in form(name).blocks}


@pytest.mark.parametrize("canvas", [archive(), record_sheet(), weekly_sheet(), handover_sheet()])
@pytest.mark.parametrize(("down", "right"), [(1, 0), (0, 1), (5, 3)])
def test_a_form_moved_on_its_sheet_reads_the_same_at_the_moved_cells(
    canvas: Canvas, down: int, right: int
) -> None:
    here, there = only(canvas), only(canvas.moved(down, right))
    assert [b.kind for b in here.blocks] == [b.kind for b in there.blocks]
    for one, other in zip(here.blocks, there.blocks, strict=True):
        assert {f: (r + down, c + right) for f, (r, c) in one.cells.items()} == dict(other.cells)
        assert {f: c + right for f, c in one.columns.items()} == dict(other.columns)
        assert [r + down for r in one.frame.index] == list(other.frame.index)
        assert one.frame.astype(str).to_numpy().tolist() == other.frame.astype(str).to_numpy().tolist()


def test_sheets_of_several_forms_in_one_workbook_are_all_read() -> None:
    submissions, findings = read(archive(), record_sheet("甲"), record_sheet("乙"), weekly_sheet())
    assert [s.form for s in submissions] == [
        "customer_archive",
        "process_record",
        "process_record",
        "weekly_report",
    ]
    assert findings == []


def test_a_sheet_that_is_nothing_is_unrecognised_once_in_a_workbook_without_forms() -> None:
    menu = Canvas("Sheet").put(1, 1, "食堂菜单").put(2, 1, "周一", "红烧肉")
    submissions, findings = read(menu)
    assert submissions == []
    assert [(f.code, f.severity, f.place.sheet, f.place.cell) for f in findings] == [
        ("unrecognised", Severity.WARNING, "Sheet", None)
    ]


def test_help_sheets_hidden_lists_and_empty_sheets_beside_a_form_pass_in_silence() -> None:
    lists = Canvas("选项").put(1, 1, "客户来源", "跟进状态", "成交阶段").put(2, 1, "展会", "意向", "需求确认")
    lists.more["visible"] = False
    helps = (
        Canvas("填写说明").put(1, 1, "填写说明").put(2, 1, "1. 带*的列必填。").put(3, 1, "2. 每周五前交。")
    )
    submissions, findings = read(helps, archive(), lists, Canvas("空表"))
    assert [s.sheet for s in submissions] == ["Sheet1"]
    assert findings == []


def test_a_sheet_that_explains_the_fields_is_no_form() -> None:
    for name in ("process_record", "weekly_report", "handover_list"):
        spec = form(name).blocks[0]
        canvas = (
            Canvas("填写说明").put(1, 1, f"{form(name).title}填写说明").put(2, 1, "字段", "说明", "是否必填")
        )
        for row, column in enumerate(spec.columns, 3):
            canvas.put(row, 1, column.label, column.help, "是" if column.required else "否")
        submissions, findings = read(canvas, archive())
        assert [s.form for s in submissions] == ["customer_archive"]
        assert findings == []


def test_of_a_workbook_without_forms_empty_sheets_are_not_reported() -> None:
    menu = Canvas("Sheet1").put(1, 1, "食堂菜单")
    _, findings = read(Canvas("Sheet2"), menu, Canvas("Sheet3"))
    assert [f.place.sheet for f in findings] == ["Sheet1"]
    _, findings = read(Canvas("Sheet1"), Canvas("Sheet2"))
    assert [f.place.sheet for f in findings] == ["Sheet1"]


@pytest.mark.parametrize(
    ("headers", "rows", "said"),
    [
        (
            ["客户名称", "金额", "备注"],
            [["苏州恒达机械有限公司", 300, None], ["恒达", "2万", None]],
            "warning",
        ),
        (["客户", "回款日期", "备注"], [["恒达", "2026-11-18", None], ["金鼎", "11月19日", None]], "warning"),
        (["公司", "到账", "经手"], [["苏州恒达机械有限公司", 12000.5, "张伟"]] * 2, "warning"),
        (["序号", "客户名称", "手机"], [[1, "恒达机械有限公司", 13800138000], [2, "金鼎", None]], "notice"),
        (
            ["费用项目", "发生日期", "报销金额"],
            [["高铁票", "2026-11-18", 553], ["招待", "11月19日", 880]],
            "notice",
        ),
        (
            ["会议时间", "主持人", "决议事项"],
            [["2026-11-18", "李静", "下周拜访"], [None, "李静", "催款"]],
            "notice",
        ),
        (["联系", "电话"], [["李静", "13800138000"]], None),
    ],
)
def test_a_sheet_beside_a_form_that_is_like_none_is_named(
    headers: list[str], rows: list[list[CellValue]], said: str | None
) -> None:
    submissions, findings = read(archive(), Canvas("其他").table(1, 1, headers, *rows))
    assert len(submissions) == 1
    code = {"warning": "unrecognised", "notice": "unread"}
    expected = [(code[said], said, "其他")] if said else []
    assert [(f.code, f.severity.value, f.place.sheet) for f in findings] == expected


def test_a_hidden_sheet_and_help_beside_a_form_are_named_only_for_customers() -> None:
    rows = ["公司", "到账", "经手"], ["苏州恒达机械有限公司", 12000.5, "张伟"], ["金鼎有限公司", 300, "张伟"]
    hidden, helps = Canvas("到账").table(1, 1, *rows), Canvas("说明").put(1, 1, "到账说明").table(2, 1, *rows)
    hidden.more["visible"] = False
    _, findings = read(archive(), hidden, helps)
    assert [(f.code, f.severity, f.place.sheet) for f in findings] == [
        ("unread", Severity.NOTICE, "到账"),
        ("unread", Severity.NOTICE, "说明"),
    ]


def test_a_card_of_a_customer_beside_a_form_that_is_like_none_is_a_warning() -> None:
    own = Canvas("到账").put(1, 1, "客户名称", "苏州恒达机械有限公司").put(2, 1, "到账", 300)
    own.put(3, 1, "经手", "张伟", "说法", "已开票")
    _, findings = read(archive(), own)
    assert [(f.code, f.severity.value, f.facts["why"]) for f in findings] == [
        ("unrecognised", "warning", "customers")
    ]


@pytest.mark.parametrize("name", [f.name for f in FORMS if f.blank])
def test_a_blank_form_is_recognised_and_holds_no_record(name: str, tmp_path: Path) -> None:
    path = tmp_path / "blank.xlsx"
    path.write_bytes(blank_form(name))
    submissions, findings = read_workbook(excel_grid.read(path, file=path.name))
    assert findings == []
    assert [(s.form, s.rep, s.findings) for s in submissions] == [(name, None, ())]
    for found in submissions[0].blocks:
        assert found.cells or found.frame.empty, found.kind


def test_a_few_labels_that_stand_on_any_sheet_about_a_customer_are_like_no_form() -> None:
    labels = ("客户名称", "联系人", "所属行业", "来源渠道")
    for known, near in ((3, None), (4, None)):
        canvas = Canvas()
        for row, label in enumerate(labels[:known], 1):
            canvas.put(row, 1, label, "苏州恒达机械有限公司" if row == 1 else "展会")
        submissions, findings = read(canvas)
        assert submissions == []
        assert [(f.code, f.facts.get("nearest")) for f in findings] == [("unrecognised", near)]


def test_a_sheet_that_is_nearly_a_form_says_what_is_missing_and_what_was_meant() -> None:
    canvas = Canvas().table(
        1,
        1,
        ["客户名称", "联系人", "电话", "意向产品", "需求方向概况"],
        ["苏州恒达机械有限公司", "王强", "13800138000", "电脑", "需要采购40台办公电脑"],
        ["上海恒达机械有限公司", "李娜", "13800138001", "电脑", "需要采购30台办公电脑"],
    )
    submissions, findings = read(canvas)
    assert submissions == []
    assert [f.code for f in findings] == ["unrecognised"]
    facts = findings[0].facts
    assert facts["nearest"] == "客户档案"
    assert "跟进状态" in facts["missing"]
    assert "客户名称" not in facts["missing"]
    assert facts["guess"]["需求方向概况"] == "需求描述"


def test_a_list_of_something_else_is_no_customer_archive() -> None:
    order = Canvas().table(
        1,
        1,
        ["订单编号", "客户名称", "产品型号", "数量", "单价", "金额", "下单日期", "备注"],
        ["DD001", "苏州恒达机械有限公司", "X1", 3, 100, 300, DAY, None],
    )
    people = Canvas().table(1, 1, ["姓名", "部门", "职务", "电话"], ["王强", "销售部", "经理", "13800138000"])
    assert read(order)[0] == []
    assert read(people)[0] == []


def test_the_list_of_findings_and_its_column_on_a_returned_copy_are_passed_over() -> None:
    marks = Canvas("需要修改").put(1, 1, "salesxl:marks:1").put(2, 1, "工作表", "单元格", "问题")
    canvas = archive().put(4, 18, "错误说明").put(5, 18, "联系方式不是电话").put(9, 18, "x")
    found = only(canvas, marks)
    assert rows_of(block(found, "customer")) == [5, 6, 7]
    assert block(found, "customer").extra == {}


# --- tables ----------------------------------------------------------------------------------------


def test_columns_in_any_order_under_other_names_are_found_at_their_place() -> None:
    names = {
        "客户名称": "公司名称*",
        "联系方式": "联系\n电话",
        "首次接触时间": "首次接触日期（如 2024-03-15）",
        "预计成交金额": "预计金额（元）",
        "需求描述": "客 户 需 求",
        "成交阶段": "Stage",
    }
    order = HEADER[::-1]
    canvas = Canvas().table(
        3, 2, [names.get(h, h) for h in order], *[list(reversed(record)) for record in customers()]
    )
    found = block(only(canvas), "customer")
    labels = {c.field: c.label for c in form("customer_archive").block("customer").columns}
    assert {labels[f]: c for f, c in found.columns.items()} == {h: 2 + i for i, h in enumerate(order)}
    assert found.frame["customer_name"].tolist() == [r[1] for r in customers()]
    assert found.headers["expected_amount"] == "预计金额（元）"


def test_an_unknown_column_is_kept_under_its_header() -> None:
    header = [*HEADER[:5], "微信号", *HEADER[5:]]
    records = [[*r[:5], f"wx{i}", *r[5:]] for i, r in enumerate(customers())]
    found = block(only(Canvas().table(1, 1, header, *records)), "customer")
    assert found.extra == {6: "微信号"}
    assert found.frame[EXTRA + "微信号"].tolist() == ["wx0", "wx1", "wx2"]


def test_text_beside_a_table_without_a_header_is_not_lost() -> None:
    found = block(only(archive().put(6, 19, "电话已停机")), "customer")
    assert found.extra == {19: ""}
    assert found.frame.loc[6, EXTRA + "S"] == "电话已停机"


def test_a_team_alias_teaches_a_header_for_one_form_or_for_all() -> None:
    header = ["甲方" if h == "客户名称" else h for h in HEADER]
    canvas = Canvas().table(1, 1, header, *customers())
    for where in ("", "customer_archive", "客户档案"):
        found = only(canvas, aliases={(where, "甲方"): "客户名称"})
        assert found.findings == ()
        assert block(found, "customer").columns["customer_name"] == 2


def test_a_home_made_form_becomes_readable_by_team_aliases_alone() -> None:
    header = [
        "名称",
        "对接",
        "座机",
        "想要什么",
        "行当",
        "从哪来",
        "第一次见",
        "怎么样了",
        "走到哪步",
        "能签多少",
        "员工人数",
    ]
    labels = ["客户名称", "联系人姓名", "联系方式", "需求描述", "所属行业", "客户来源"]
    labels += ["首次接触时间", "跟进状态", "成交阶段", "预计成交金额"]
    record = [
        "苏州恒达机械有限公司",
        "王强",
        "13800138000",
        "需要40台电脑",
        "制造业",
        "展会",
        DAY,
        "意向",
        "需求确认",
        1,
        2,
    ]
    canvas = Canvas().table(1, 1, header, record)
    found = only(canvas, aliases={("", h): label for h, label in zip(header, labels, strict=False)})
    assert found.form == "customer_archive"
    assert found.findings == ()
    assert block(found, "customer").frame["contact_name"].tolist() == ["王强"]


def test_two_header_rows_with_a_merged_group_read_as_one() -> None:
    plain = [h for h in HEADER if not h.startswith("联系")]
    canvas = Canvas().put(1, 1, "客户档案表").merge(1, 1, 1, 14)
    for place, header in enumerate(plain, 1):
        canvas.put(3, place, header).merge(3, place, 4, place)
    start = len(plain) + 1
    canvas.put(3, start, "联系人").merge(3, start, 3, start + 2).put(4, start, "姓名", "职务", "电话")
    for row, record in enumerate(customers(), 5):
        values = dict(zip(HEADER, record, strict=True))
        canvas.put(row, 1, *[values[h] for h in plain])
        canvas.put(row, start, values["联系人姓名"], values["联系人职务"], values["联系方式"])
    found = only(canvas)
    table = block(found, "customer")
    assert found.findings == ()
    assert [table.columns[f] for f in ("contact_name", "contact_title", "contact")] == [
        start,
        start + 1,
        start + 2,
    ]
    assert (table.header_row, table.last_header_row, rows_of(table)) == (3, 4, [5, 6, 7])


def test_two_header_rows_without_merges_read_as_one() -> None:
    plain = [h for h in HEADER if not h.startswith("联系")]
    canvas = Canvas().put(1, 1, *plain, "联系人").put(2, len(plain) + 1, "姓名", "职务", "手机")
    values = [dict(zip(HEADER, r, strict=True)) for r in customers()]
    for row, record in enumerate(values, 3):
        canvas.put(
            row,
            1,
            *[record[h] for h in plain],
            record["联系人姓名"],
            record["联系人职务"],
            record["联系方式"],
        )
    table = block(only(canvas), "customer")
    assert rows_of(table) == [3, 4, 5]
    assert table.frame["contact"].tolist() == [v["联系方式"] for v in values]
    assert table.frame["contact_name"].tolist() == [v["联系人姓名"] for v in values]


def test_the_first_record_is_not_taken_for_a_second_header_row() -> None:
    canvas = Canvas().table(1, 1, HEADER, [None] * 8 + ["备注"], *customers(1))
    assert rows_of(block(only(canvas), "customer")) == [2, 3]


@pytest.mark.parametrize("own", [True, False])
def test_the_example_row_of_the_own_form_typed_over_is_a_record_though_its_mark_was_left(own: bool) -> None:
    columns = form("customer_archive").block("customer").columns
    header = [c.label + " *" * (c.required and own) for c in columns]
    typed = {**{c.field: None for c in columns}, "customer_no": "示例"}
    kept = {c.field: c.example or None for c in columns} | {"customer_no": "示例"}
    told = {
        c.field: v for c in columns if (v := CUSTOMER.get(c.label)) is not None and c.field != "customer_no"
    }
    canvas = Canvas().table(1, 1, header, list(kept.values()), list((typed | told).values()))
    table = block(only(canvas), "customer")
    assert rows_of(table) == ([3] if own else [])
    assert dict(table.skipped)["example"] == (1 if own else 2)


def blank_record(name: str) -> Canvas:
    canvas = Canvas(name)
    for row, text in enumerate(
        ("客户名称", "联系人(角色)", "所属行业", "首次接触时间", "来源渠道", "销售代表"), 1
    ):
        canvas.put(row, 1, text)
    return canvas.put(7, 1, "当前销售阶段", "□线索培育 □需求确认 □方案呈现")


def test_a_copy_of_a_form_left_blank_is_no_submission_unless_it_is_alone() -> None:
    filled = blank_record("一").put(1, 2, "A公司")
    ticked = blank_record("二").put(7, 2, "□线索培育 ☑需求确认 □方案呈现")
    found, _ = read(filled, ticked, blank_record("三"))
    assert [s.sheet for s in found] == ["一", "二"]
    assert only(blank_record("三")).sheet == "三"


def test_blank_rows_totals_notes_and_examples_are_passed_over_and_counted() -> None:
    example = [
        c.example or None for c in form("customer_archive").block("customer").columns if c.label in HEADER
    ]
    records = customers(4)
    canvas = Canvas().table(1, 1, HEADER, example, records[0], records[1])
    canvas.put(6, 1, *records[2]).put(9, 1, *records[3])
    canvas.put(11, 1, "合  计").put(11, 13, 1120000)
    canvas.put(13, 1, "说明：金额单位为元，日期格式为年-月-日。")
    canvas.put(14, 1, "1、每周五前交给团队助理。")
    table = block(only(canvas), "customer")
    assert rows_of(table) == [3, 4, 6, 9]
    assert dict(table.skipped) == {"example": 1, "blank": 3, "total": 1, "note": 2}


@pytest.mark.parametrize(
    "cells",
    [
        {1: "合计", 13: 1000},
        {2: "合计：", 13: 1000},
        {1: "总计(元)", 13: "1,000"},
        {1: "小 计"},
        {1: "共计", 2: "3家", 13: "1000元"},
        {1: "本页合计", 13: 99},
        {1: "Total", 13: 99},
        {1: 4, 2: "合计", 13: 99},
        {1: "合计：3家"},
    ],
)
def test_rows_that_sum_up_are_no_records(cells: Mapping[int, CellValue]) -> None:
    canvas = Canvas().table(1, 1, HEADER, *customers(2))
    for column, value in cells.items():
        canvas.put(4, column, value)
    table = block(only(canvas), "customer")
    assert rows_of(table) == [2, 3]
    assert dict(table.skipped) == {"total": 1}


@pytest.mark.parametrize(
    "text",
    [
        "备注：以上客户均已核实",
        "注：1. 带*必填",
        "说明:金额单位为元,日期格式为年-月-日。",
        "填表说明：每行一个客户",
        "※ 红色为重点客户",
        "*号为必填项，请勿删除列",
        "（以上数据截止2026年11月20日，由各销售代表填报，团队助理汇总后交销售经理审核存档）",
        "制表人：",
        "部门经理签字：________",
        "温馨提示：请于每周五17:00前提交",
        "Note: amounts in yuan",
    ],
)
@pytest.mark.parametrize("gap", [0, 2])
def test_notes_below_the_records_are_no_records(text: str, gap: int) -> None:
    canvas = Canvas().table(1, 1, HEADER, *customers(2)).put(4 + gap, 1, text)
    table = block(only(canvas), "customer")
    assert rows_of(table) == [2, 3]
    assert dict(table.skipped) == {"note": 1}


@pytest.mark.parametrize(
    ("column", "value"),
    [
        (2, "苏州恒达机械有限公司"),
        (2, "华为"),
        (1, "CRM202611001"),
        (6, "王强"),
        (10, DAY),
        (13, 280000),
        (8, "13800138000"),
    ],
)
def test_a_row_with_one_cell_filled_is_a_record(column: int, value: CellValue) -> None:
    canvas = Canvas().table(1, 1, HEADER, *customers(2)).put(4, column, value)
    assert rows_of(block(only(canvas), "customer")) == [2, 3, 4]


def test_running_numbers_formulas_and_preset_choices_alone_make_no_record() -> None:
    header = ["序号", *HEADER]
    canvas = Canvas().table(1, 1, header, *[[i, *r] for i, r in enumerate(customers(2), 1)])
    for row in range(4, 9):
        canvas.put(row, 1, row - 1)
    canvas.put(9, 17, "否").put(10, 17, "否").put(11, 17, "否")
    canvas.put(12, 14, 0)
    canvas.formulas[12, 14] = "=SUM(N2:N3)"
    assert rows_of(block(only(canvas), "customer")) == [2, 3]


def test_a_header_pasted_again_in_the_middle_is_skipped() -> None:
    first, second, third = customers(3)
    canvas = Canvas().table(1, 1, HEADER, first, second, HEADER, third)
    table = block(only(canvas), "customer")
    assert rows_of(table) == [2, 3, 5]
    assert dict(table.skipped) == {"header": 1}


def test_a_value_merged_over_several_records_counts_for_each() -> None:
    canvas = Canvas().table(1, 1, HEADER, *customers(3))
    for row in (3, 4):
        del canvas.cells[row, 3]
    canvas.merge(2, 3, 4, 3)
    table = block(only(canvas), "customer")
    assert table.frame["industry"].tolist() == ["制造业-机械设备"] * 3


def test_a_header_merged_over_two_columns_takes_the_value_from_either() -> None:
    header = [*HEADER[:2], None, *HEADER[2:]]
    records = [[*r[:2], None, *r[2:]] for r in customers(3)]
    records[1][1], records[1][2] = None, "上海的公司"
    canvas = Canvas().table(1, 1, header, *records).merge(1, 2, 1, 3)  # type: ignore[arg-type]
    table = block(only(canvas), "customer")
    assert table.columns["customer_name"] == 2
    assert table.frame["customer_name"].tolist()[1] == "上海的公司"
    assert table.extra == {}


def test_tables_side_by_side_with_and_without_a_gap_are_two_tables() -> None:
    for gap in (0, 1):
        canvas = weekly_sheet()
        for row in range(15, 18):
            for column in range(1, 4):
                value = canvas.cells.pop((row, column), None)
                canvas.put(row - 4, column + 3 + gap, value)
        found = only(canvas)
        issue, plan = block(found, "issue"), block(found, "next_week")
        assert (rows_of(issue), rows_of(plan)) == ([13], [13])
        assert plan.columns == {"plan": 4 + gap, "customer_name": 5 + gap, "due": 6 + gap}
        assert issue.columns == {"problem": 1, "measure": 2, "support": 3}
        assert (issue.extra, plan.extra) == ({}, {})


def test_hidden_rows_are_read_like_any_other() -> None:
    canvas = archive()
    canvas.more["hidden_rows"] = frozenset({6})
    assert rows_of(block(only(canvas), "customer")) == [5, 6, 7]


def test_bilingual_headers_are_known_by_either_language() -> None:
    spec = form("customer_archive").block("customer")
    header = [f"{c.label}*\n{c.english}" for c in spec.columns]
    found = only(Canvas().table(1, 1, header, [c.example or "x" for c in spec.columns]))
    assert set(block(found, "customer").columns) == {c.field for c in spec.columns}


def test_two_columns_of_one_meaning_leave_the_second_as_an_extra() -> None:
    canvas = Canvas().table(1, 1, [*HEADER, "邮箱"], *[[*r, "a@b.cn"] for r in customers(2)])
    table = block(only(canvas), "customer")
    assert table.columns["contact"] == 8
    assert table.extra == {18: "邮箱"}


# --- columns that no alias names ----------------------------------------------


def test_a_header_that_the_cells_explain_is_taken_and_reported() -> None:
    header = ["甲方" if h == "客户名称" else h for h in HEADER]
    found = only(Canvas().table(2, 1, header, *customers(4)))
    assert block(found, "customer").columns["customer_name"] == 2
    assert codes(found.findings) == [("column_guessed", "B2", "customer_name")]
    assert found.findings[0].severity is Severity.NOTICE
    assert found.findings[0].value == "甲方"
    assert found.findings[0].facts["label"] == "客户名称"


def test_a_missing_column_is_one_error_at_the_header_with_a_suggestion() -> None:
    header = ["拟购物品" if h == "需求描述" else h for h in HEADER]
    canvas = Canvas().table(2, 3, header, *customers(3))
    found = only(canvas)
    assert codes(found.findings) == [("missing_column", "C2", "need")]
    assert found.findings[0].severity is Severity.ERROR
    assert found.findings[0].facts["label"] == "需求描述"
    assert block(found, "customer").extra == {11: "拟购物品"}


def test_of_staff_and_revenue_one_column_is_enough() -> None:
    header = [h for h in HEADER if h != "员工人数"]
    records = [[v for h, v in zip(HEADER, r, strict=True) if h != "员工人数"] for r in customers(2)]
    found = only(Canvas().table(1, 1, header, *records))
    assert codes(found.findings) == [("missing_column", "A1", "employees")]
    with_revenue = only(Canvas().table(1, 1, [*header, "年营业额（万元）"], *[[*r, 500] for r in records]))
    assert with_revenue.findings == ()


def test_columns_that_fit_equally_well_are_not_guessed() -> None:
    swapped = {"首次接触时间": "日期甲", "预计成交日期": "日期乙"}
    found = only(Canvas().table(1, 1, [swapped.get(h, h) for h in HEADER], *customers(3)))
    assert codes(found.findings) == [("missing_column", "A1", "first_contact")]


# --- cards ------------------------------------------------------------------------------------------


def test_a_card_reads_values_beside_labels_over_merged_cells() -> None:
    card = block(only(record_sheet().merge(3, 2, 3, 4)), "record")
    assert card.cells["customer_name"] == (3, 2)
    assert card.cells["stage"] == (6, 2)
    assert card.frame["contact_name"].tolist() == ["王强(决策人)"]
    assert list(card.frame.index) == [3]


def test_labels_that_stand_twice_belong_to_what_they_follow() -> None:
    card = block(only(record_sheet()), "record")
    assert card.cells["rep_signed_on"] == (17, 4)
    assert card.cells["reviewed_on"] == (18, 6)
    signed = block(only(handover_sheet()), "handover")
    assert signed.cells["from_signed_on"] == (17, 2)
    assert signed.cells["to_signed_on"] == (17, 4)
    assert signed.cells["manager_signed_on"] == (17, 6)
    assert signed.frame["manager_signed_on"].tolist() == [None]


def test_dates_beside_each_signature_in_its_row_are_told_apart() -> None:
    canvas = handover_sheet()
    for column in range(1, 7):
        canvas.cells.pop((16, column), None)
        canvas.cells.pop((17, column), None)
    for row, who in enumerate(["移交人签字", "接收人签字", "销售经理签字"], 20):
        canvas.put(row, 1, who, "某人", None, "日期：", dt.datetime(2026, 11, row))
    card = block(only(canvas), "handover")
    names = ("from_signed_on", "to_signed_on", "manager_signed_on")
    assert [card.cells[n] for n in names] == [(20, 5), (21, 5), (22, 5)]


def test_a_label_without_a_value_points_at_the_cell_where_it_should_stand() -> None:
    canvas = record_sheet().merge(3, 2, 3, 4)
    del canvas.cells[3, 2]
    del canvas.cells[4, 6]
    card = block(only(canvas), "record")
    assert card.cells["customer_name"] == (3, 2)
    assert card.cells["first_contact"] == (4, 6)
    assert card.frame[["customer_name", "first_contact"]].iloc[0].tolist() == [None, None]


def test_a_label_in_a_merged_area_has_its_value_after_the_area() -> None:
    canvas = Canvas().put(1, 1, "销售周报").put(2, 1, "销售代表").merge(2, 1, 2, 2).put(2, 3, "王小明")
    canvas.put(3, 1, "周期开始").merge(3, 1, 3, 2).put(3, 3, DAY).put(4, 1, "周期结束").merge(4, 1, 4, 2)
    canvas.put(5, 1, "本周新增客户数").merge(5, 1, 5, 2).put(5, 3, 3).put(6, 1, "有效跟进次数").put(6, 3, 12)
    card = block(only(canvas), "weekly_report")
    assert card.cells["rep"] == (2, 3)
    assert card.cells["week_end"] == (4, 3)
    assert card.frame["rep"].tolist() == ["王小明"]


def test_values_after_a_colon_in_the_label_s_own_cell_are_read_there() -> None:
    canvas = archive().put(
        2, 1, "销售代表：王小明", None, None, "所属团队:华东一组", None, "填表日期 ：2026-11-20"
    )
    del canvas.cells[2, 2]
    card = block(only(canvas), "archive_head")
    assert card.cells == {"rep": (2, 1), "team": (2, 4), "filled_on": (2, 6)}
    assert card.frame.iloc[0].tolist() == ["王小明", "华东一组", "2026-11-20", None]


def test_several_labels_in_one_cell_are_told_apart() -> None:
    canvas = archive()
    for column in (1, 2, 4, 5):
        canvas.cells.pop((2, column), None)
    canvas.put(2, 1, "销售代表：王 明    所属团队：华东一组   填表日期：2026-11-20 14:30")
    card = block(only(canvas), "archive_head")
    assert card.frame.iloc[0].tolist() == ["王 明", "华东一组", "2026-11-20 14:30", None]
    assert set(card.cells.values()) == {(2, 1)}


@pytest.mark.parametrize("blank", ["移交人：______", "移交人：", "移交人 ： ＿＿＿", "移交人"])
def test_lines_to_fill_in_are_blank(blank: str) -> None:
    canvas = handover_sheet().put(2, 1, blank)
    del canvas.cells[2, 2]
    card = block(only(canvas), "handover")
    assert card.frame["from_rep"].tolist() == [None]
    assert card.cells["from_rep"] == ((2, 1) if "_" in blank or "＿" in blank else (2, 2))
    assert card.frame["to_rep"].tolist() == ["张萍"]


def test_a_value_further_right_than_the_next_label_is_not_taken() -> None:
    canvas = weekly_sheet()
    del canvas.cells[4, 2]
    card = block(only(canvas), "weekly_report")
    assert card.frame["new_customers"].tolist() == [None]
    assert card.frame["follow_ups"].tolist() == [12]


def test_an_unknown_label_is_not_taken_for_the_value_of_the_blank_label_before_it() -> None:
    canvas = record_sheet()
    del canvas.cells[4, 2]
    canvas.put(4, 5, "客户地址:", "苏州市工业园区").put(19, 1, "首次接触时间:", DAY)
    card = block(only(canvas), "record")
    assert card.frame["industry"].tolist() == [None]


@pytest.mark.parametrize(
    ("typed", "start", "end"),
    [
        ("2026-11-16 至 2026-11-22", "2026-11-16", "2026-11-22"),
        ("2026-11-16-2026-11-22", "2026-11-16", "2026-11-22"),
        ("2026.11.16—2026.11.22", "2026.11.16", "2026.11.22"),
        ("11/16-11/22", "11/16", "11/22"),
        ("2026年11月16日~11月22日", "2026年11月16日", "11月22日"),
    ],
)
def test_a_period_under_one_label_is_divided(typed: str, start: str, end: str) -> None:
    canvas = weekly_sheet().put(3, 1, "周期", typed)
    del canvas.cells[3, 4], canvas.cells[3, 5]
    found = only(canvas)
    card = block(found, "weekly_report")
    assert found.findings == ()
    assert card.frame[["week_start", "week_end"]].iloc[0].tolist() == [start, end]
    assert card.cells["week_start"] == card.cells["week_end"] == (3, 2)


def test_a_period_over_several_cells_is_read_on_both_sides_of_the_dash() -> None:
    last = dt.datetime(2026, 11, 26)
    canvas = weekly_sheet().put(3, 1, "报告周期：", DAY, "至", last)
    del canvas.cells[3, 5]
    card = block(only(canvas), "weekly_report")
    assert (card.cells["week_start"], card.cells["week_end"]) == ((3, 2), (3, 4))
    assert card.frame[["week_start", "week_end"]].iloc[0].tolist() == [DAY, last]


def test_a_card_with_labels_above_values_is_read_downwards() -> None:
    canvas = Canvas().put(1, 1, "销售周报")
    canvas.put(
        2,
        1,
        "销售代表",
        "所属团队",
        "周期开始",
        "周期结束",
        "本周新增客户数",
        "有效跟进次数",
        "预计成交金额",
        "本周完成业绩",
    )
    canvas.put(3, 1, "王小明", "华东一组", DAY, DAY, 3, None, "38万", 120000)
    canvas.put(5, 1, "下周计划").table(
        6, 1, ["计划事项", "客户名称", "计划完成时间"], ["拜访", "苏州恒达", DAY]
    )
    found = only(canvas)
    card = block(found, "weekly_report")
    assert found.findings == ()
    assert card.cells["rep"] == (3, 1)
    assert card.cells["follow_ups"] == (3, 6)
    assert card.frame["follow_ups"].tolist() == [None]
    assert card.frame["completed_amount"].tolist() == [120000]
    assert rows_of(block(found, "next_week")) == [7]


def test_a_lone_label_with_a_text_box_below_it_is_read_downwards() -> None:
    canvas = record_sheet()
    del canvas.cells[16, 1], canvas.cells[16, 2]
    canvas.put(20, 1, "备注").merge(20, 1, 20, 8).put(21, 1, "客户要求保密，付款分三期").merge(21, 1, 23, 8)
    card = block(only(canvas), "record")
    assert card.cells["notes"] == (21, 1)
    assert card.frame["notes"].tolist() == ["客户要求保密，付款分三期"]


def test_ticked_boxes_over_several_cells_are_read_as_one_text() -> None:
    canvas = record_sheet()
    canvas.merged = [a for a in canvas.merged if a.top != 6]
    canvas.put(6, 2, "□线索培育", "☑需求确认", "□方案呈现")
    card = block(only(canvas), "record")
    assert card.cells["stage"] == (6, 2)
    assert card.frame["stage"].tolist() == ["□线索培育 ☑需求确认 □方案呈现"]


def test_a_card_below_the_table_is_not_read_as_records() -> None:
    found = only(record_sheet())
    assert rows_of(block(found, "action")) == [14]
    assert block(found, "record").frame["notes"].tolist() == ["客户要求保密"]


def test_a_head_below_the_table_names_the_rep_too() -> None:
    canvas = (
        Canvas().table(1, 1, HEADER, *customers(2)).put(5, 1, "填表人：王小明", None, "填表日期：2026-11-20")
    )
    found = only(canvas)
    assert found.rep == "王小明"
    assert rows_of(block(found, "customer")) == [2, 3]


def test_a_required_label_that_is_not_on_the_card_is_one_error_for_the_sheet() -> None:
    canvas = weekly_sheet().moved(2, 1)
    del canvas.cells[7, 5], canvas.cells[7, 6]
    found = only(canvas)
    assert codes(found.findings) == [("missing_column", "B3", "completed_amount")]


def test_an_archive_without_a_head_is_no_fault() -> None:
    found = only(Canvas().table(1, 1, HEADER, *customers(2)))
    assert (found.rep, found.findings) == (None, ())


def test_a_record_without_its_table_of_actions_says_so_once() -> None:
    canvas = record_sheet()
    for row in (12, 13, 14):
        for column in range(1, 5):
            canvas.cells.pop((row, column), None)
    found = only(canvas)
    assert [(f.code, f.block) for f in found.findings] == [("missing_column", "action")]


# --- several forms on one sheet ------------------------------------------------


def test_copies_of_a_record_below_each_other_are_read_one_by_one() -> None:
    canvas = record_sheet()
    for (row, column), value in record_sheet().cells.items():
        canvas.put(row + 20, column, "上海第二公司" if (row, column) == (3, 2) else value)
    submissions, findings = read(canvas)
    assert findings == []
    assert [block(s, "record").frame["customer_name"].iloc[0] for s in submissions] == [
        "苏州恒达机械有限公司",
        "上海第二公司",
    ]
    assert [rows_of(block(s, "communication")) for s in submissions] == [[9, 10], [29, 30]]


def test_archives_of_two_reps_below_each_other_keep_their_reps() -> None:
    canvas = archive().put(10, 1, "销售代表", "李四").table(11, 1, HEADER, *customers(2))
    submissions, _ = read(canvas)
    assert [s.rep for s in submissions] == ["王小明", "李四"]
    assert [rows_of(block(s, "customer")) for s in submissions] == [[5, 6, 7], [12, 13]]


def test_a_second_table_of_one_kind_with_other_columns_is_not_lost() -> None:
    canvas = archive().table(10, 1, HEADER[::-1], *[r[::-1] for r in customers(2)])
    submissions, _ = read(canvas)
    assert [rows_of(block(s, "customer")) for s in submissions] == [[5, 6, 7], [11, 12]]
    assert {s.rep for s in submissions} == {"王小明"}


def test_another_form_below_is_read_as_another_submission() -> None:
    canvas = weekly_sheet().put(20, 1, "客户档案表").table(21, 1, HEADER, *customers(2))
    submissions, findings = read(canvas)
    assert [s.form for s in submissions] == ["weekly_report", "customer_archive"]
    assert rows_of(block(submissions[0], "next_week")) == [17]
    assert rows_of(block(submissions[1], "customer")) == [22, 23]
    assert findings == []


def test_two_forms_in_turns_on_one_sheet_are_all_read() -> None:
    canvas = weekly_sheet().put(20, 1, "客户档案表").table(21, 1, HEADER, *customers(2))
    for (row, column), value in weekly_sheet().cells.items():
        canvas.cells[row + 30, column] = value
    canvas.put(50, 1, "客户档案表").table(51, 1, HEADER, *customers(3))
    submissions, findings = read(canvas)
    archives = [s for s in submissions if s.form == "customer_archive"]
    assert [s.form for s in submissions].count("weekly_report") == 2
    assert sorted(rows_of(block(s, "customer")) for s in archives) == [[22, 23], [52, 53, 54]]
    assert findings == []


# --- odd grids ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "grid",
    [
        Grid("a", []),
        Grid("a", [[]]),
        Grid("a", [[None]]),
        Grid("a", [["客户名称"]]),
        Grid("a", [[], [None, None], ["", " "]]),
        Grid("a", [[1, 2.5, DAY, True, dt.time(3), dt.timedelta(1), dt.date(2026, 1, 1)]] * 3),
        Grid("a", [["客户名称", "联系人", 2026, DAY, None, True]] * 4),
        Grid("a", [["客户名称"] * 30] * 30),
        Grid("a", [["客户档案"]], (Area(1, 1, 1048576, 16384),)),
        Grid("a", [["客户名称", "行业"], ["x"]], (Area(1, 1, 2, 2), Area(1, 1, 1, 5), Area(9, 9, 20, 20))),
        Grid("a", [["：", ":", "::", "销售代表：", "销售代表::", "*", "（", "1、", "\n"]]),
        Grid("a", [["销售代表：" * 60], ["x" * 40000], ["客户名称：" + "王" * 30000]]),
        Grid(
            "a",
            [["移交人"], ["移交人"], ["移交人"]],
            errors={(5, 5): "#N/A"},
            uncalculated=frozenset({(7, 7)}),
        ),
    ],
)
def test_odd_grids_are_read_without_a_crash(grid: Grid) -> None:
    submissions, findings = read(grid)
    assert submissions == []
    assert len(findings) <= 1


def test_error_cells_and_formulas_without_a_result_are_handed_on_for_cells_of_blocks() -> None:
    canvas = archive()
    canvas.more["errors"] = {(5, 13): "#REF!", (30, 30): "#N/A"}
    canvas.more["uncalculated"] = frozenset({(6, 13), (2, 2), (40, 1)})
    found = only(canvas)
    assert found.errors == {(5, 13): "#REF!"}
    assert found.uncalculated == {(6, 13), (2, 2)}


# --- the words ----------------------------------------------------------------------------------


@pytest.mark.parametrize("dress", ["{}", " {}：", "{}（必填）", "1、{}*", "{}/备注", "{} Remark", "{}(万元)"])
def test_no_known_word_is_ruled_out_by_its_last_letter(dress: str) -> None:
    words = vocabulary_of({("", "我方编号"): "客户编号"})
    labels = [w for f in FORMS for b in f.blocks for c in b.columns for w in (c.label, c.english, *c.aliases)]
    titles = [title for f in FORMS for title in (f.title, f.english, *f.aliases)]
    for word in [*labels, *titles, "客戶編號", "我方编号"]:
        for text in (dress.format(word), dress.format(word.upper())):
            assert words.may_know(text), text


def test_a_customer_number_is_ruled_out_by_its_last_letter() -> None:
    assert not vocabulary_of({}).may_know("CRM202605001")


def test_no_word_names_two_fields_of_one_block() -> None:
    for spec in [*(b for f in FORMS for b in f.blocks), *SETTINGS]:
        seen: dict[str, str] = {}
        for column in spec.columns:
            if column.follows is not None:
                continue
            for word in (column.label, column.english, *column.aliases):
                key = normalise_label(word)
                assert seen.setdefault(key, column.field) == column.field, (spec.kind, word)


def test_every_label_english_label_and_alias_names_its_field() -> None:
    vocabulary = vocabulary_of({})
    for spec in (b for f in FORMS for b in f.blocks):
        for column in spec.columns:
            for word in (column.label, column.english, *column.aliases):
                assert column.field in {s.field for s in vocabulary.senses_in(word, spec.kind)}, (
                    spec.kind,
                    word,
                )
