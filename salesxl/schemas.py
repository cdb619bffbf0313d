"""The forms: one pandera model a block, and how the blocks sit on a sheet.

Owns every label, English label, kind and requirement (docs/domain.md 2.1–2.4) and the sheets of
团队设置.xlsx; help texts, examples and aliases stand in ``fields.toml``. Blank forms, recognition, tidying,
checks, the team book's columns and the field reference all come from here. Refuses: thresholds, stages and
choices, which a team edits in its settings.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from salesxl.columns import (
    BlockModel,
    BlockSpec,
    Date,
    Form,
    Kind,
    Need,
    Number,
    Shape,
    Text,
    Whole,
    YesNo,
    aliases_of,
    block,
    column,
)

__all__ = ["FORMS", "SETTINGS", "block_spec", "form", "label_of", "labels_of"]

REQUIRED, OPTIONAL, COMPUTED, EITHER = Need.REQUIRED, Need.OPTIONAL, Need.COMPUTED, Need.EITHER

NO_PATTERN = r"CRM\d{6}\d{3,}$"


class ArchiveHead(BlockModel):
    """The card above the customer table. docs/domain.md 2.1."""

    rep: Text = column("销售代表", "Sales rep", Kind.NAME, REQUIRED, roles=("rep",))
    team: Text = column("所属团队", "Team", Kind.NAME, roles=("team",))
    filled_on: Date = column("填表日期", "Date", Kind.DATE, roles=("date",))
    scope: Text = column("填报范围", "Coverage", Kind.CHOICE, choices="填报范围")


class Customer(BlockModel):
    """One customer a row. docs/domain.md 2.1."""

    customer_no: Text = column("客户编号", "Customer no.", Kind.CODE, COMPUTED, pattern=NO_PATTERN, width=18)
    own_no: Text = column("自有编号", "Own number", Kind.CODE, width=16, on_form=False)
    rep: Text = column("销售代表", "Sales rep", Kind.NAME, on_form=False)
    customer_name: Text = column("客户名称", "Customer name", Kind.NAME, REQUIRED, fixed=True, width=30)
    industry: Text = column("所属行业", "Industry", Kind.INDUSTRY, REQUIRED, choices="行业", width=20)
    source: Text = column("客户来源", "Source", Kind.CHOICE, REQUIRED, choices="客户来源")
    employees: Whole = column("员工人数", "Employees", Kind.WHOLE, EITHER, minimum=0, width=11)
    annual_revenue_wan: Number = column(
        "年营收(万元)", "Annual revenue (10k yuan)", Kind.AMOUNT_WAN, EITHER, minimum=0
    )
    contact_name: Text = column("联系人姓名", "Contact name", Kind.NAME, REQUIRED, width=20)
    contact_title: Text = column("联系人职务", "Contact title", Kind.NAME)
    contact: Text = column("联系方式", "Phone or e-mail", Kind.CONTACT, REQUIRED, width=18)
    need: Text = column("需求描述", "Need", Kind.TEXT, REQUIRED, concrete=True, width=36)
    first_contact: Date = column("首次接触时间", "First contact", Kind.DATE, REQUIRED, past_only=True)
    status: Text = column("跟进状态", "Status", Kind.CHOICE, REQUIRED, choices="跟进状态", width=11)
    stage: Text = column("成交阶段", "Stage", Kind.CHOICE, REQUIRED, choices="阶段")
    expected_amount: Number = column(
        "预计成交金额", "Expected amount", Kind.AMOUNT, REQUIRED, minimum=0, width=16
    )
    expected_close: Date = column("预计成交日期", "Expected close", Kind.DATE, Need.WHEN_OPEN)
    annual_purchase: Number = column("年采购额", "Annual purchase", Kind.AMOUNT, minimum=0)
    strategic: YesNo = column("战略客户", "Strategic", Kind.YES_NO, width=11)
    grade: Text = column("客户等级", "Grade", Kind.CHOICE, COMPUTED, choices="等级", width=11)
    grade_reason: Text = column("等级调整理由", "Reason for another grade", Kind.TEXT, width=24)
    tags: Text = column("客户标签", "Tags", Kind.ITEMS, width=24)
    last_contact: Date = column("最近跟进时间", "Last contact", Kind.DATE, past_only=True)
    competitor: Text = column("竞争对手", "Competitor", Kind.TEXT, width=18)
    decision_chain: Text = column("决策链", "Decision chain", Kind.TEXT, width=18)
    history: Text = column("历史合作", "History", Kind.TEXT, width=18)
    contract_no: Text = column("合同编号", "Contract no.", Kind.CODE, Need.WHEN_WON, width=16)
    contract_amount: Number = column("合同金额", "Contract amount", Kind.AMOUNT, Need.WHEN_WON, minimum=0)
    signed_on: Date = column("签约日期", "Contract signed on", Kind.DATE, past_only=True)
    contract_end: Date = column("合同到期日", "Contract end", Kind.DATE, Need.WHEN_WON)
    loss_reason: Text = column("流失原因", "Loss reason", Kind.CHOICE, Need.WHEN_LOST, choices="流失原因")
    birthday: Date = column("生日", "Birthday", Kind.DATE)
    notes: Text = column("备注", "Notes", Kind.TEXT, width=24)


class Record(BlockModel):
    """The cards of a process record: basics on top, review below. docs/domain.md 2.2."""

    customer_name: Text = column(
        "客户名称", "Customer name", Kind.NAME, REQUIRED, fixed=True, section="客户基础信息", width=30
    )
    customer_no: Text = column(
        "客户编号", "Customer no.", Kind.CODE, COMPUTED, pattern=NO_PATTERN, section="客户基础信息", width=18
    )
    own_no: Text = column(
        "自有编号", "Own number", Kind.CODE, width=16, on_form=False, section="客户基础信息"
    )
    contact_name: Text = column("联系人(角色)", "Contact (role)", Kind.NAME, REQUIRED, section="客户基础信息")
    industry: Text = column(
        "所属行业", "Industry", Kind.INDUSTRY, REQUIRED, choices="行业", section="客户基础信息"
    )
    first_contact: Date = column(
        "首次接触时间", "First contact", Kind.DATE, REQUIRED, past_only=True, section="客户基础信息"
    )
    source: Text = column(
        "来源渠道", "Source", Kind.CHOICE, REQUIRED, choices="客户来源", section="客户基础信息"
    )
    rep: Text = column("销售代表", "Sales rep", Kind.NAME, REQUIRED, section="客户基础信息", roles=("rep",))
    stage: Text = column(
        "当前销售阶段",
        "Current stage",
        Kind.TICKED,
        REQUIRED,
        choices="阶段",
        section="客户基础信息",
        width=60,
    )
    end_reason: Text = column(
        "终止原因", "Reason for ending", Kind.TEXT, Need.WHEN_OFF, section="客户基础信息"
    )
    notes: Text = column("备注", "Notes", Kind.TEXT, section="备注与审核", width=30)
    rep_signature: Text = column("销售人员签字", "Signed by rep", Kind.NAME, section="备注与审核")
    rep_signed_on: Date = column(
        "日期", "Signed on", Kind.DATE, past_only=True, follows="rep_signature", section="备注与审核"
    )
    review: Text = column("销售经理审核意见", "Manager's opinion", Kind.TEXT, section="备注与审核")
    reviewer: Text = column("审核人", "Reviewer", Kind.NAME, section="备注与审核")
    reviewed_on: Date = column(
        "日期", "Reviewed on", Kind.DATE, past_only=True, follows="reviewer", section="备注与审核"
    )


class Communication(BlockModel):
    """One contact with the customer a row. docs/domain.md 2.2."""

    contact_time: Date = column(
        "沟通时间", "Time", Kind.MOMENT, REQUIRED, fixed=True, past_only=True, width=18
    )
    method: Text = column("沟通方式", "Method", Kind.CHOICE, REQUIRED, choices="沟通方式")
    summary: Text = column("沟通内容摘要", "Summary", Kind.TEXT, REQUIRED, concrete=True, width=40)
    need_points: Text = column("客户需求关键点", "Key needs", Kind.TEXT, width=26)
    pain_points: Text = column("客户痛点分析", "Pain points", Kind.TEXT, width=22)
    entered_at: Date = column("录入时间", "Entered at", Kind.MOMENT, past_only=True, width=18)


class Action(BlockModel):
    """One planned action a row. docs/domain.md 2.2."""

    action: Text = column("行动具体内容", "Action", Kind.TEXT, REQUIRED, concrete=True, width=40)
    owner: Text = column("负责人", "Owner", Kind.NAME, REQUIRED)
    due: Date = column("计划完成时间", "Due", Kind.MOMENT, REQUIRED, width=18)
    progress: Text = column("完成情况", "Progress", Kind.CHOICE, choices="完成情况")


class Visit(BlockModel):
    """One contact a row, with whose it is and with which customer: a log. docs/domain.md 2.5."""

    contact_time: Date = column("沟通时间", "Time", Kind.MOMENT, REQUIRED, past_only=True, width=18)
    customer_name: Text = column("客户名称", "Customer name", Kind.NAME, REQUIRED, width=30)
    own_no: Text = column("自有编号", "Own number", Kind.CODE, on_form=False)
    rep: Text = column("销售代表", "Sales rep", Kind.NAME)
    method: Text = column("沟通方式", "Method", Kind.CHOICE, REQUIRED, choices="沟通方式")
    summary: Text = column("沟通内容摘要", "Summary", Kind.TEXT, REQUIRED, concrete=True, width=40)
    need_points: Text = column("客户需求关键点", "Key needs", Kind.TEXT, width=26)
    pain_points: Text = column("客户痛点分析", "Pain points", Kind.TEXT, width=22)
    entered_at: Date = column("录入时间", "Entered at", Kind.MOMENT, width=18)
    action: Text = column("下一步行动", "Next action", Kind.TEXT, width=40)
    due: Date = column("计划完成时间", "Due", Kind.MOMENT, width=18)
    progress: Text = column("完成情况", "Progress", Kind.CHOICE, choices="完成情况")


class WeeklyReport(BlockModel):
    """The card of a weekly report. docs/domain.md 2.3."""

    rep: Text = column("销售代表", "Sales rep", Kind.NAME, REQUIRED, roles=("rep",))
    team: Text = column("所属团队", "Team", Kind.NAME, roles=("team",))
    week_start: Date = column(
        "周期开始", "Week start", Kind.DATE, REQUIRED, fixed=True, roles=("period_start",)
    )
    week_end: Date = column(
        "周期结束", "Week end", Kind.DATE, REQUIRED, fixed=True, roles=("period_end", "date")
    )
    new_customers: Whole = column("本周新增客户数", "New customers", Kind.WHOLE, REQUIRED, minimum=0)
    follow_ups: Whole = column("有效跟进次数", "Follow-ups", Kind.WHOLE, REQUIRED, minimum=0)
    expected_amount: Number = column("预计成交金额", "Expected amount", Kind.AMOUNT, REQUIRED, minimum=0)
    completed_amount: Number = column("本周完成业绩", "Completed (signed)", Kind.AMOUNT, REQUIRED, minimum=0)
    collected_amount: Number = column("本周回款", "Collected", Kind.AMOUNT, minimum=0)
    deals: Whole = column("签单数", "Deals", Kind.WHOLE, minimum=0)
    month_target: Number = column("本月目标", "Month's target", Kind.AMOUNT, minimum=0)


class KeyCustomer(BlockModel):
    """Progress at a key customer. docs/domain.md 2.3."""

    customer_name: Text = column("客户名称", "Customer name", Kind.NAME, REQUIRED, fixed=True, width=30)
    stage: Text = column("当前阶段", "Stage", Kind.CHOICE, REQUIRED, choices="阶段")
    progress: Text = column("本周进展", "Progress", Kind.TEXT, REQUIRED, concrete=True, width=40)
    next_step: Text = column("下一步", "Next step", Kind.TEXT, REQUIRED, concrete=True, width=32)
    expected_close: Date = column("预计成交日期", "Expected close", Kind.DATE)
    amount: Number = column("金额", "Amount", Kind.AMOUNT, minimum=0)


class Issue(BlockModel):
    """A problem and what is done about it. docs/domain.md 2.3."""

    problem: Text = column("存在问题", "Problem", Kind.TEXT, REQUIRED, width=40)
    measure: Text = column("解决措施", "Measure", Kind.TEXT, REQUIRED, width=40)
    support: Text = column("需要支持", "Support needed", Kind.TEXT, width=28)


class NextWeek(BlockModel):
    """A plan for the coming week. docs/domain.md 2.3."""

    plan: Text = column("计划事项", "Plan", Kind.TEXT, REQUIRED, width=40)
    customer_name: Text = column("客户名称", "Customer name", Kind.NAME, width=30)
    due: Date = column("计划完成时间", "Due", Kind.MOMENT, REQUIRED, width=18)


class Handover(BlockModel):
    """The cards of a handover: who, when, why, and the signatures. docs/domain.md 2.4."""

    from_rep: Text = column(
        "移交人", "From", Kind.NAME, REQUIRED, fixed=True, section="交接信息", roles=("rep",)
    )
    to_rep: Text = column("接收人", "To", Kind.NAME, REQUIRED, fixed=True, section="交接信息")
    date: Date = column(
        "交接日期", "Date", Kind.DATE, REQUIRED, fixed=True, section="交接信息", roles=("date",)
    )
    reason: Text = column("交接原因", "Reason", Kind.CHOICE, REQUIRED, choices="交接原因", section="交接信息")
    from_signature: Text = column("移交人签字", "Signed by giver", Kind.NAME, section="签字确认")
    from_signed_on: Date = column(
        "日期", "Date", Kind.DATE, past_only=True, follows="from_signature", section="签字确认"
    )
    to_signature: Text = column("接收人签字", "Signed by receiver", Kind.NAME, section="签字确认")
    to_signed_on: Date = column(
        "日期", "Date", Kind.DATE, past_only=True, follows="to_signature", section="签字确认"
    )
    manager_signature: Text = column("销售经理签字", "Signed by manager", Kind.NAME, section="签字确认")
    manager_signed_on: Date = column(
        "日期", "Date", Kind.DATE, past_only=True, follows="manager_signature", section="签字确认"
    )


class HandoverCustomer(BlockModel):
    """A customer that changes hands. docs/domain.md 2.4."""

    customer_no: Text = column("客户编号", "Customer no.", Kind.CODE, COMPUTED, pattern=NO_PATTERN, width=18)
    own_no: Text = column("自有编号", "Own number", Kind.CODE, width=16, on_form=False)
    customer_name: Text = column("客户名称", "Customer name", Kind.NAME, REQUIRED, fixed=True, width=30)
    contact_name: Text = column("联系人姓名", "Contact name", Kind.NAME, width=18)
    contact: Text = column("联系方式", "Phone or e-mail", Kind.CONTACT, width=18)
    grade: Text = column("客户等级", "Grade", Kind.CHOICE, choices="等级", width=11)
    status: Text = column("跟进状态", "Status", Kind.CHOICE, choices="跟进状态", width=11)
    stage: Text = column("成交阶段", "Stage", Kind.CHOICE, choices="阶段")


class HandoverContact(BlockModel):
    """A past contact with a handed-over customer. docs/domain.md 2.4."""

    customer_name: Text = column("客户名称", "Customer name", Kind.NAME, REQUIRED, fixed=True, width=30)
    contact_time: Date = column(
        "沟通时间", "Time", Kind.MOMENT, REQUIRED, fixed=True, past_only=True, width=18
    )
    method: Text = column("沟通方式", "Method", Kind.CHOICE, choices="沟通方式")
    summary: Text = column("沟通内容摘要", "Summary", Kind.TEXT, width=40)


class HandoverOpportunity(BlockModel):
    """An open opportunity of a handed-over customer. docs/domain.md 2.4."""

    customer_name: Text = column("客户名称", "Customer name", Kind.NAME, REQUIRED, fixed=True, width=30)
    opportunity: Text = column("机会名称", "Opportunity", Kind.NAME, width=24)
    stage: Text = column("当前阶段", "Stage", Kind.CHOICE, REQUIRED, choices="阶段")
    expected_amount: Number = column(
        "预计成交金额", "Expected amount", Kind.AMOUNT, REQUIRED, minimum=0, width=16
    )
    expected_close: Date = column("预计成交日期", "Expected close", Kind.DATE, REQUIRED)
    next_action: Text = column("下一步行动", "Next action", Kind.TEXT, REQUIRED, concrete=True, width=32)


FORMS: tuple[Form, ...] = (
    Form(
        "customer_archive",
        "客户档案",
        "Customer archive",
        aliases=aliases_of("forms", "customer_archive"),
        instruction="一行一个客户。带 * 的列必填；“员工人数”与“年营收”至少填一项。"
        "灰色示例行不会被汇总，可直接删除。每周五前交给团队助理。",
        blocks=(
            block("archive_head", Shape.CARD, "填表信息", "Head", ArchiveHead),
            block("customer", Shape.TABLE, "客户档案", "Customers", Customer, sheet="客户档案"),
        ),
    ),
    Form(
        "process_record",
        "销售过程记录",
        "Sales process record",
        aliases=aliases_of("forms", "process_record"),
        instruction="一个客户一张表（可复制本工作表）。带 * 的必填；"
        "当前销售阶段只勾选一项；沟通后24小时内录入。",
        blocks=(
            block("record", Shape.CARD, "客户基础信息", "Basics and review", Record, sheet="过程记录"),
            block(
                "communication", Shape.TABLE, "沟通记录", "Communications", Communication, sheet="跟进记录"
            ),
            block("action", Shape.TABLE, "下一步行动计划", "Next actions", Action, sheet="行动计划"),
        ),
    ),
    Form(
        "contact_log",
        "客户跟进表",
        "Contact log",
        aliases=aliases_of("forms", "contact_log"),
        instruction="一行一次跟进：谁、哪个客户、何时、怎样、谈了什么。",
        blank=False,
        key=("customer_name", "summary"),
        blocks=(
            block("log_head", Shape.CARD, "填表信息", "Head", ArchiveHead, words="archive_head"),
            block("visit", Shape.TABLE, "跟进明细", "Contacts", Visit, sheet="跟进记录"),
        ),
    ),
    Form(
        "weekly_report",
        "销售周报",
        "Weekly report",
        aliases=aliases_of("forms", "weekly_report"),
        instruction="周期为星期一至星期日。带 * 的必填；金额单位为元。每周五前交给团队助理。",
        blocks=(
            block("weekly_report", Shape.CARD, "本周数据", "Figures", WeeklyReport, sheet="周报"),
            block(
                "key_customer",
                Shape.TABLE,
                "本周重点客户进展",
                "Key customers",
                KeyCustomer,
                sheet="重点客户进展",
                optional=True,
            ),
            block(
                "issue",
                Shape.TABLE,
                "问题与措施",
                "Problems and measures",
                Issue,
                sheet="问题与措施",
                optional=True,
            ),
            block(
                "next_week", Shape.TABLE, "下周计划", "Next week", NextWeek, sheet="下周计划", optional=True
            ),
        ),
    ),
    Form(
        "handover_list",
        "客户交接清单",
        "Customer handover list",
        aliases=aliases_of("forms", "handover_list"),
        instruction="移交的客户、跟进记录和未完成机会都要列全。三方签字并注明日期后才生效。",
        blocks=(
            block("handover", Shape.CARD, "交接信息", "Handover", Handover, sheet="交接清单"),
            block(
                "handover_customer", Shape.TABLE, "客户档案", "Customers", HandoverCustomer, sheet="交接明细"
            ),
            block(
                "handover_contact",
                Shape.TABLE,
                "跟进记录",
                "Contacts",
                HandoverContact,
                sheet="交接明细",
                optional=True,
            ),
            block(
                "handover_opportunity",
                Shape.TABLE,
                "未完成机会",
                "Open opportunities",
                HandoverOpportunity,
                sheet="交接明细",
                optional=True,
            ),
        ),
    ),
)


class Member(BlockModel):
    """团队设置 · 成员: who reports, and where. docs/domain.md 3.3."""

    name: Text = column("姓名", "Name", Kind.NAME, REQUIRED)
    team: Text = column("团队", "Team", Kind.NAME)
    region: Text = column("区域", "Region", Kind.NAME)
    product_line: Text = column("产品线", "Product line", Kind.NAME)
    manager: Text = column("上级", "Manager", Kind.NAME)
    joined: Date = column("入职日期", "Joined", Kind.DATE)
    left: Date = column("离职日期", "Left", Kind.DATE)
    former_names: Text = column("曾用名", "Former names", Kind.ITEMS)


class Target(BlockModel):
    """团队设置 · 目标: one target a row. docs/domain.md 3.3."""

    year: Whole = column("年度", "Year", Kind.WHOLE, REQUIRED, minimum=2000)
    period: Text = column("期间", "Period", Kind.CHOICE, REQUIRED, choices="期间")
    scope: Text = column("对象类型", "Scope", Kind.CHOICE, REQUIRED, choices="对象类型")
    name: Text = column("对象", "Name", Kind.NAME)
    measure: Text = column("指标", "Measure", Kind.CHOICE, REQUIRED, choices="指标")
    amount: Number = column("目标值", "Target", Kind.AMOUNT, REQUIRED, minimum=0)


class TargetTable(BlockModel):
    """团队设置 · 目标表: a year's targets of one rep, team or all in a row. docs/domain.md 3.3."""

    year: Whole = column("年度", "Year", Kind.WHOLE, REQUIRED, minimum=2000)
    scope: Text = column("对象类型", "Scope", Kind.CHOICE, REQUIRED, choices="对象类型")
    name: Text = column("对象", "Name", Kind.NAME)
    measure: Text = column("指标", "Measure", Kind.CHOICE, REQUIRED, choices="指标")
    m1: Number = column("1月", "January", Kind.AMOUNT, minimum=0)
    m2: Number = column("2月", "February", Kind.AMOUNT, minimum=0)
    m3: Number = column("3月", "March", Kind.AMOUNT, minimum=0)
    m4: Number = column("4月", "April", Kind.AMOUNT, minimum=0)
    m5: Number = column("5月", "May", Kind.AMOUNT, minimum=0)
    m6: Number = column("6月", "June", Kind.AMOUNT, minimum=0)
    m7: Number = column("7月", "July", Kind.AMOUNT, minimum=0)
    m8: Number = column("8月", "August", Kind.AMOUNT, minimum=0)
    m9: Number = column("9月", "September", Kind.AMOUNT, minimum=0)
    m10: Number = column("10月", "October", Kind.AMOUNT, minimum=0)
    m11: Number = column("11月", "November", Kind.AMOUNT, minimum=0)
    m12: Number = column("12月", "December", Kind.AMOUNT, minimum=0)
    q1: Number = column("一季度", "Q1", Kind.AMOUNT, minimum=0)
    q2: Number = column("二季度", "Q2", Kind.AMOUNT, minimum=0)
    q3: Number = column("三季度", "Q3", Kind.AMOUNT, minimum=0)
    q4: Number = column("四季度", "Q4", Kind.AMOUNT, minimum=0)
    whole: Number = column("全年", "Whole year", Kind.AMOUNT, minimum=0)


class Adjustment(BlockModel):
    """团队设置 · 目标调整: a target changed on the way; both values are kept. docs/domain.md 3.3."""

    year: Whole = column("年度", "Year", Kind.WHOLE, REQUIRED, minimum=2000)
    period: Text = column("期间", "Period", Kind.CHOICE, REQUIRED, choices="期间")
    scope: Text = column("对象类型", "Scope", Kind.CHOICE, REQUIRED, choices="对象类型")
    name: Text = column("对象", "Name", Kind.NAME)
    measure: Text = column("指标", "Measure", Kind.CHOICE, REQUIRED, choices="指标")
    amount: Number = column("新目标值", "New target", Kind.AMOUNT, REQUIRED, minimum=0)
    reason: Text = column("调整原因", "Reason", Kind.TEXT, REQUIRED, width=30)
    basis: Text = column("依据", "Basis", Kind.TEXT, width=24)
    reviewer: Text = column("审核人", "Reviewer", Kind.NAME)
    approver: Text = column("批准人", "Approver", Kind.NAME)


class GradeRule(BlockModel):
    """团队设置 · 等级: highest grade first; a bound belongs to the higher grade. docs/domain.md 3.1."""

    grade: Text = column("等级", "Grade", Kind.NAME, REQUIRED)
    at_least: Number = column("下限", "At least", Kind.NUMBER)
    strategic: YesNo = column("战略客户直接入级", "Strategic enters", Kind.YES_NO, width=18)
    clear_intent: YesNo = column("须意向明确", "Clear intent asked", Kind.YES_NO, width=14)
    every: Whole = column("跟进间隔", "Follow up every", Kind.WHOLE, minimum=1)
    unit: Text = column("间隔单位", "Unit", Kind.CHOICE, choices="间隔单位")
    aliases: Text = column("别名", "Aliases", Kind.ITEMS, width=24)


class StageRule(BlockModel):
    """团队设置 · 阶段: the path in order, then what lies off it. docs/domain.md 3.2."""

    stage: Text = column("阶段", "Stage", Kind.NAME, REQUIRED)
    kind: Text = column("类型", "Kind", Kind.CHOICE, REQUIRED, choices="阶段类型")
    probability: Number = column("赢单概率", "Win probability", Kind.PERCENT, minimum=0)
    aliases: Text = column("别名", "Aliases", Kind.ITEMS, width=40)


class OptionRow(BlockModel):
    """团队设置 · 选项: the lists behind the dropdowns. docs/domain.md 2."""

    list: Text = column("列表", "List", Kind.NAME, REQUIRED)
    value: Text = column("选项", "Option", Kind.NAME, REQUIRED, width=24)
    kind: Text = column("含义", "Meaning", Kind.CHOICE, choices="含义")
    aliases: Text = column("别名", "Aliases", Kind.ITEMS, width=40)


class AliasRow(BlockModel):
    """团队设置 · 列名对照: what the team's own headers mean. docs/domain.md 5."""

    header: Text = column("表单上的列名", "Header on the form", Kind.NAME, REQUIRED, width=24)
    label: Text = column("对应的标准列名", "Standard label", Kind.NAME, REQUIRED, width=24)
    form: Text = column("表单", "Form", Kind.NAME, width=18)


class FormRow(BlockModel):
    """团队设置 · 表单: what the team's own forms have, one field a row. docs/domain.md 3.8."""

    form: Text = column("表单", "Form", Kind.NAME, width=18)
    block: Text = column("区块", "Block", Kind.NAME, width=20)
    shape: Text = column("形式", "Shape", Kind.CHOICE, choices="形式", width=10)
    label: Text = column("项目", "Field", Kind.NAME, REQUIRED, width=20)
    shown: Text = column("显示为", "Shown as", Kind.NAME, width=18)
    kind: Text = column("类型", "Kind", Kind.NAME, width=12)
    choices: Text = column("取值", "Values", Kind.TEXT, width=20)
    unit: Text = column("单位", "Unit", Kind.NAME, width=10)
    need: Text = column("必填", "Required", Kind.CHOICE, choices="是否必填", width=11)
    condition: Text = column("条件", "Condition", Kind.TEXT, width=20)
    role: Text = column("用途", "Role", Kind.ITEMS, width=10)
    minimum: Text = column("最小", "Minimum", Kind.TEXT, width=12)
    maximum: Text = column("最大", "Maximum", Kind.TEXT, width=12)
    format: Text = column("格式", "Format", Kind.TEXT, width=10)
    message: Text = column("出错时", "Message", Kind.TEXT, width=24)
    help: Text = column("说明", "Help", Kind.TEXT, width=30)
    sample: Text = column("示例", "Example", Kind.TEXT, width=12)
    aliases: Text = column("也叫", "Also called", Kind.ITEMS, width=30)


class FormListRow(BlockModel):
    """团队设置 · 表单清单: what is said of an own form as a whole, one form a row. docs/domain.md 3.8."""

    form: Text = column("表单", "Form", Kind.NAME, REQUIRED, width=20)
    enabled: YesNo = column("启用", "In use", Kind.YES_NO, width=8)
    keep: Text = column("保存", "Kept", Kind.CHOICE, choices="保存方式", width=10)
    every: Text = column("每次", "Due every", Kind.CHOICE, choices="填报频率", width=10)
    sheet: Text = column("台账工作表", "Book sheet", Kind.NAME, width=20)
    aliases: Text = column("别名", "Aliases", Kind.ITEMS, width=24)
    instruction: Text = column("填表说明", "Instruction", Kind.TEXT, width=60)


class RuleRow(BlockModel):
    """团队设置 · 检查规则: one condition a row, of what a form must keep. docs/domain.md 3.16."""

    rule: Text = column("规则", "Rule", Kind.NAME, width=22)
    form: Text = column("表单", "Form", Kind.NAME, width=18)
    part: Text = column("作用", "Part", Kind.CHOICE, REQUIRED, choices="规则作用", width=8)
    field: Text = column("项目", "Field", Kind.NAME, REQUIRED, width=20)
    test: Text = column("比较", "Comparison", Kind.CHOICE, REQUIRED, choices="比较", width=12)
    value: Text = column("值", "Value", Kind.TEXT, width=36)
    severity: Text = column("级别", "Severity", Kind.CHOICE, choices="级别", width=8)
    message: Text = column("提示语", "Message", Kind.TEXT, width=50)


class Parameter(BlockModel):
    """团队设置 · 参数: thresholds and deadlines. docs/domain.md 3."""

    name: Text = column("参数", "Parameter", Kind.NAME, REQUIRED, width=28)
    value: Text = column("值", "Value", Kind.TEXT, REQUIRED, width=36)
    note: Text = column("说明", "Note", Kind.TEXT, width=60)


class ViewRow(BlockModel):
    """团队设置 · 客户名单: one condition per row; those of one list all hold. docs/domain.md 3.6."""

    view: Text = column("名单", "List", Kind.NAME, REQUIRED, width=26)
    field: Text = column("字段", "Field", Kind.NAME, REQUIRED, width=18)
    test: Text = column("比较", "Comparison", Kind.CHOICE, REQUIRED, choices="比较")
    value: Text = column("值", "Value", Kind.TEXT, width=30)


class KpiRow(BlockModel):
    """团队设置 · 考核指标: a measure, how much it weighs, and where its score begins and is full. 8."""

    measure: Text = column("指标", "Measure", Kind.CHOICE, REQUIRED, choices="考核指标", width=18)
    period: Text = column("期间", "Period", Kind.CHOICE, REQUIRED, choices="考核期间")
    weight: Number = column("权重", "Weight", Kind.NUMBER, REQUIRED, minimum=0)
    zero: Number = column("零分线", "Zero line", Kind.NUMBER, REQUIRED)
    full: Number = column("满分线", "Full line", Kind.NUMBER, REQUIRED)


class Holiday(BlockModel):
    """团队设置 · 节假日: days off and make-up workdays. docs/domain.md 3.5."""

    day: Date = column("日期", "Date", Kind.DATE, REQUIRED)
    kind: Text = column("类型", "Kind", Kind.CHOICE, REQUIRED, choices="节假日类型")
    note: Text = column("说明", "Note", Kind.TEXT, width=24)


class CorrectionRow(BlockModel):
    """团队设置 · 更正: what is put right in the team's state, one line a customer. docs/domain.md 4.2."""

    customer: Text = column("客户或编号", "Customer or number", Kind.NAME, REQUIRED, width=30)
    action: Text = column("更正", "Correction", Kind.CHOICE, REQUIRED, choices="更正方式", width=14)
    value: Text = column("值", "Value", Kind.NAME, width=30)
    reason: Text = column("原因", "Reason", Kind.TEXT, width=30)
    day: Date = column("日期", "Date", Kind.DATE)


SETTINGS: tuple[BlockSpec, ...] = (
    block("member", Shape.TABLE, "成员", "Members", Member, sheet="成员"),
    block("target", Shape.TABLE, "目标", "Targets", Target, sheet="目标"),
    block(
        "target_table",
        Shape.TABLE,
        "目标表",
        "Target table",
        TargetTable,
        sheet="目标表",
        optional=True,
    ),
    block(
        "adjustment",
        Shape.TABLE,
        "目标调整",
        "Target adjustments",
        Adjustment,
        sheet="目标调整",
        optional=True,
    ),
    block("grade", Shape.TABLE, "等级", "Grades", GradeRule, sheet="等级"),
    block("stage", Shape.TABLE, "阶段", "Stages", StageRule, sheet="阶段"),
    block("option", Shape.TABLE, "选项", "Options", OptionRow, sheet="选项"),
    block("alias", Shape.TABLE, "列名对照", "Header aliases", AliasRow, sheet="列名对照", optional=True),
    block("form", Shape.TABLE, "表单", "Forms", FormRow, sheet="表单", optional=True),
    block(
        "form_list", Shape.TABLE, "表单清单", "List of forms", FormListRow, sheet="表单清单", optional=True
    ),
    block("rule", Shape.TABLE, "检查规则", "Rules", RuleRow, sheet="检查规则", optional=True),
    block("parameter", Shape.TABLE, "参数", "Parameters", Parameter, sheet="参数"),
    block("view", Shape.TABLE, "客户名单", "Customer lists", ViewRow, sheet="客户名单", optional=True),
    block("kpi", Shape.TABLE, "考核指标", "Measures", KpiRow, sheet="考核指标", optional=True),
    block("holiday", Shape.TABLE, "节假日", "Holidays", Holiday, sheet="节假日", optional=True),
    block("correction", Shape.TABLE, "更正", "Corrections", CorrectionRow, sheet="更正", optional=True),
)
"""The sheets of 团队设置.xlsx, each one table; the rules on them are docs/domain.md 3."""


BY_ROW = tuple(
    item.kind
    for chosen in FORMS
    for item in chosen.blocks
    if item.shape is Shape.TABLE and "rep" in {c.field for c in item.columns}
)
"""Kinds of table in which a row may name its own rep."""


def form(name: str) -> Form:
    """Return the form of that name; KeyError if there is none."""
    for item in FORMS:
        if item.name == name:
            return item
    raise KeyError(name)


@cache
def block_spec(kind: str) -> BlockSpec:
    """Return the spec of a block, of a form or of the settings workbook; KeyError if there is none."""
    for item in (*(b for f in FORMS for b in f.blocks), *SETTINGS):
        if item.kind == kind:
            return item
    raise KeyError(kind)


def label_of(block: str | None, field: str | None) -> str | None:
    """Return a field's label; None where there is no such field."""
    if block is None or field is None:
        return None
    try:
        return block_spec(block).column(field).label
    except KeyError:
        return None


@cache
def labels_of(name: str | None) -> Mapping[str, str]:
    """Return the labels of a form by field, its first block's where blocks differ; none for no form."""
    blocks = next((f.blocks for f in FORMS if f.name == name), ())
    return {c.field: c.label for block in reversed(blocks) for c in block.columns}
