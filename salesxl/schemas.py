"""The forms: one pandera model a block, and how the blocks sit on a sheet.

Owns every label, English label, alias, help text, example, kind and requirement (docs/domain.md 2.1–2.4) and
the sheets of 团队设置.xlsx. Blank forms, recognition, tidying, checks, the team book's columns and the field
reference all come from here. Refuses: thresholds, stages and choices, which a team edits in its settings.
"""

from __future__ import annotations

from salesxl.columns import (
    BlockModel,
    BlockSpec,
    Column,
    Date,
    Form,
    Kind,
    Need,
    Number,
    Shape,
    Text,
    Whole,
    YesNo,
    block,
    column,
)

__all__ = ["FORMS", "SETTINGS", "block_spec", "form"]

REQUIRED, OPTIONAL, COMPUTED, EITHER = Need.REQUIRED, Need.OPTIONAL, Need.COMPUTED, Need.EITHER

CUSTOMER_NAME = "公司名称 单位名称 企业名称 客户全称 公司全称 企业全称 单位全称 客户公司 客户单位 客户名 客户 公司 单位 企业 customer company"
STAGE = "当前阶段 当前销售阶段 销售阶段 阶段 商机阶段 项目阶段 跟进阶段 所处阶段 成交进度 stage"
AMOUNT = "预计金额 预估金额 预计成交额 预估成交金额 预计签约金额 预计合同金额 商机金额 意向金额 金额 预计成交金额元"
CLOSE = (
    "预计成交时间 预计签单日期 预计签单时间 预计签约日期 预计签约时间 预计成单日期 预计成单时间 预计结单日期 预计成交日 "
    "计划成交日期 预期成交日期 closedate"
)
CONTACT = "联系电话 电话 手机 手机号 手机号码 电话号码 联系手机 移动电话 电话邮箱 联系方式电话 电话/邮箱 phone tel mobile contactinfo"
REP = "业务员 销售 销售员 销售人员 业务代表 销售顾问 客户经理 姓名 填报人 填表人 汇报人 负责销售 salesperson salesrep rep"
TEAM = "团队 部门 所属部门 小组 销售团队 所在团队 销售部门 组别 所属小组 team department"
METHOD = "方式 跟进方式 联系途径 沟通形式 拜访方式 跟进形式 沟通渠道 接触方式 method"
WHEN = "跟进时间 联系时间 拜访时间 沟通日期 跟进日期 联系日期 拜访日期 时间 日期时间 contacttime"
SUMMARY = "沟通内容 内容摘要 沟通摘要 跟进内容 沟通记录 跟进记录 拜访内容 沟通情况 跟进情况 内容 摘要 summary"
SOURCE = "来源 来源渠道 获客渠道 获客来源 线索来源 客户渠道 渠道 渠道来源 了解渠道 信息来源 客户信息来源 leadsource source"
INDUSTRY = "行业 客户行业 行业分类 行业类别 行业类型 所在行业 所属行业分类 industry"
CUSTOMER_NO = "客户编码 客户ID 客户号 客户代码 客户序号 CRM编号 客户编号CRM 编号 customerno customerid"
CONTACT_NAME = (
    "联系人 主要联系人 联系人名称 客户联系人 对接人 对接联系人 关键联系人 负责联系人 contactperson contact"
)
FIRST_CONTACT = (
    "首次接触 首次接触日期 首次联系时间 首次联系日期 首次联系 初次接触时间 初次接触日期 初次联系时间 首次拜访时间 首次拜访日期 "
    "首次沟通时间 建档日期 接触时间 第一次接触时间 firstcontact"
)
NO_PATTERN = r"CRM\d{6}\d{3,}$"


class ArchiveHead(BlockModel):
    """The card above the customer table. docs/domain.md 2.1."""

    rep: Text = column("销售代表", "Sales rep", Kind.NAME, REQUIRED, aliases=REP, example="王小明", help="填写人的姓名，与花名册一致。")
    team: Text = column("所属团队", "Team", Kind.NAME, aliases=TEAM, example="华东一组", help="所在的销售团队。")
    filled_on: Date = column(
        "填表日期", "Date", Kind.DATE, aliases="填报日期 填写日期 制表日期 日期 更新日期", example="2026-11-20", help="填写这份表的日期。",
    )


class Customer(BlockModel):
    """One customer a row. docs/domain.md 2.1."""

    customer_no: Text = column(
        "客户编号", "Customer no.", Kind.CODE, COMPUTED, aliases=CUSTOMER_NO, pattern=NO_PATTERN, width=18,
        help="CRM + 年月 + 至少三位流水号。新客户可留空，由系统编号；已有编号不得更改。", example="CRM202405001",
    )
    customer_name: Text = column(
        "客户名称", "Customer name", Kind.NAME, REQUIRED, aliases=CUSTOMER_NAME + " 名称", width=30, help="营业执照上的全称。",
        example="示例智造科技有限公司",
    )
    industry: Text = column(
        "所属行业", "Industry", Kind.INDUSTRY, REQUIRED, aliases=INDUSTRY, choices="行业", width=20, help="大类，或 大类-细分。",
        example="制造业-新能源汽车",
    )
    source: Text = column(
        "客户来源", "Source", Kind.CHOICE, REQUIRED, aliases=SOURCE, choices="客户来源", help="从下拉列表中选一项。", example="展会",
    )
    employees: Whole = column(
        "员工人数", "Employees", Kind.WHOLE, EITHER, minimum=0, width=11,
        aliases="人数 公司人数 企业人数 员工数 员工数量 员工规模 人员规模 企业规模 公司规模 规模 员工总数 总人数 职工人数 headcount",
        help="整数。员工人数与年营收至少填一项。", example="320",
    )
    annual_revenue_wan: Number = column(
        "年营收(万元)", "Annual revenue (10k yuan)", Kind.AMOUNT_WAN, EITHER, minimum=0,
        aliases="年营收 年营业额 营业额 年收入 营收 营业收入 年营业收入 年销售额 营收规模 revenue",
        help="以万元为单位。员工人数与年营收至少填一项。", example="5000",
    )
    contact_name: Text = column(
        "联系人姓名", "Contact name", Kind.NAME, REQUIRED, aliases=CONTACT_NAME, width=20,
        help="可注明角色，多人用；隔开，如 决策人:王总；执行人:赵主管。", example="决策人:王总",
    )
    contact_title: Text = column(
        "联系人职务", "Contact title", Kind.NAME, aliases="职务 职位 岗位 联系人职位 联系人岗位 职称 头衔 position jobtitle title",
        help="联系人的职务。", example="采购总监",
    )
    contact: Text = column(
        "联系方式", "Phone or e-mail", Kind.CONTACT, REQUIRED, aliases=CONTACT + " 联系人电话 联系人手机 邮箱 email", width=18,
        help="手机、座机（带区号）或电子邮箱。", example="13800138000",
    )
    need: Text = column(
        "需求描述", "Need", Kind.TEXT, REQUIRED, concrete=True, width=36,
        aliases="客户需求 需求 需求内容 需求说明 主要需求 核心需求 采购需求 需求概述 具体需求 需求情况 客户需求描述 需求详情 需求简述 need requirement",
        help="写清要什么、多少、何时，不写“跟进客户”之类的套话。", example="需要采购40台办公电脑，12月底前交付",
    )
    first_contact: Date = column(
        "首次接触时间", "First contact", Kind.DATE, REQUIRED, aliases=FIRST_CONTACT, past_only=True, help="第一次接触的日期，不晚于今天。",
        example="2026-10-12",
    )
    status: Text = column(
        "跟进状态", "Status", Kind.CHOICE, REQUIRED, choices="跟进状态", width=11,
        aliases="客户状态 状态 当前状态 目前状态 跟进情况 客户跟进状态 意向状态 status", help="从下拉列表中选一项。", example="意向",
    )
    stage: Text = column(
        "成交阶段", "Stage", Kind.CHOICE, REQUIRED, aliases=STAGE, choices="阶段", help="从下拉列表中选一项。", example="需求确认",
    )
    expected_amount: Number = column(
        "预计成交金额", "Expected amount", Kind.AMOUNT, REQUIRED, minimum=0, aliases=AMOUNT, width=16, help="单位：元。", example="280000",
    )
    expected_close: Date = column(
        "预计成交日期", "Expected close", Kind.DATE, Need.WHEN_OPEN, aliases=CLOSE, help="未成交、未流失的客户必填，不早于首次接触时间。",
        example="2027-01-20",
    )
    annual_purchase: Number = column(
        "年采购额", "Annual purchase", Kind.AMOUNT, minimum=0,
        aliases="年度采购额 年采购金额 年度采购金额 年采购量 近一年采购额 年交易额 年度采购 采购额 annualpurchase",
        help="最近12个月，单位：元。客户等级由此得出。", example="120000",
    )
    strategic: YesNo = column(
        "战略客户", "Strategic", Kind.YES_NO, aliases="是否战略客户 是否战略 战略 是否为战略客户 重点客户 strategic", width=11,
        help="是 或 否。", example="否",
    )
    grade: Text = column(
        "客户等级", "Grade", Kind.CHOICE, COMPUTED, choices="等级", width=11, aliases="等级 客户级别 级别 客户分级 分级 grade level",
        help="由系统计算，可留空。", example="",
    )
    tags: Text = column(
        "客户标签", "Tags", Kind.ITEMS, aliases="标签 客户标记 标记 tags", width=24, help="多个标签用、隔开。",
        example="汽车制造、设备采购、复购客户",
    )
    last_contact: Date = column(
        "最近跟进时间", "Last contact", Kind.DATE, past_only=True,
        aliases="最近跟进 最近跟进日期 最后跟进时间 最后跟进日期 最近联系时间 最近联系日期 上次跟进时间 最新跟进时间 lastcontact",
        help="最近一次联系的日期，不晚于今天。", example="2026-11-18",
    )
    competitor: Text = column(
        "竞争对手", "Competitor", Kind.TEXT, aliases="竞品 竞争对手情况 主要竞争对手 竞争情况 competitor", width=18,
        help="正在争取该客户的同行。",
    )
    decision_chain: Text = column(
        "决策链", "Decision chain", Kind.TEXT, aliases="决策流程 决策人 决策链条 decisionchain", width=18, help="谁提出、谁评估、谁拍板。",
    )
    history: Text = column(
        "历史合作", "History", Kind.TEXT, aliases="合作历史 历史合作情况 合作情况 过往合作 history", width=18, help="以往合作的情况。",
    )
    contract_no: Text = column(
        "合同编号", "Contract no.", Kind.CODE, Need.WHEN_WON, aliases="合同号 合同编码 contractno", width=16, help="成交后必填。",
    )
    contract_amount: Number = column(
        "合同金额", "Contract amount", Kind.AMOUNT, Need.WHEN_WON, minimum=0, aliases="合同额 签约金额 成交金额 contractamount",
        help="成交后必填，单位：元。",
    )
    contract_end: Date = column(
        "合同到期日", "Contract end", Kind.DATE, Need.WHEN_WON,
        aliases="合同到期日期 合同到期时间 合同截止日期 到期日 合同有效期至 contractend", help="成交后必填。",
    )
    loss_reason: Text = column(
        "流失原因", "Loss reason", Kind.CHOICE, Need.WHEN_LOST, choices="流失原因",
        aliases="流失理由 丢单原因 失单原因 失败原因 lossreason", help="流失后必填，从下拉列表中选一项。",
    )
    birthday: Date = column(
        "生日", "Birthday", Kind.DATE, aliases="联系人生日 出生日期 客户生日 birthday", help="联系人的生日，不知道可留空。",
    )
    notes: Text = column(
        "备注", "Notes", Kind.TEXT, aliases="备注说明 说明 其他说明 附注 其他 notes remark", width=24, help="其他需要说明的。",
    )


class Record(BlockModel):
    """The cards of a process record: basics on top, review below. docs/domain.md 2.2."""

    customer_name: Text = column(
        "客户名称", "Customer name", Kind.NAME, REQUIRED, aliases=CUSTOMER_NAME, section="客户基础信息",
        help="营业执照上的全称，与客户档案一致。", example="示例智造科技有限公司", width=30,
    )
    customer_no: Text = column(
        "客户编号", "Customer no.", Kind.CODE, COMPUTED, aliases=CUSTOMER_NO, pattern=NO_PATTERN, section="客户基础信息",
        help="可留空，由系统从客户档案带出。", example="CRM202405001", width=18,
    )
    contact_name: Text = column(
        "联系人(角色)", "Contact (role)", Kind.NAME, REQUIRED, aliases=CONTACT_NAME + " 联系人姓名 联系人及角色 联系人角色",
        section="客户基础信息", help="如 王总(决策人)。", example="王总(决策人)",
    )
    industry: Text = column(
        "所属行业", "Industry", Kind.INDUSTRY, REQUIRED, aliases=INDUSTRY, choices="行业", section="客户基础信息",
        help="大类，或 大类-细分。", example="制造业-新能源汽车",
    )
    first_contact: Date = column(
        "首次接触时间", "First contact", Kind.DATE, REQUIRED, aliases=FIRST_CONTACT, past_only=True, section="客户基础信息",
        help="第一次接触的日期，不晚于今天。", example="2026-10-12",
    )
    source: Text = column(
        "来源渠道", "Source", Kind.CHOICE, REQUIRED, aliases=SOURCE + " 客户来源", choices="客户来源", section="客户基础信息",
        help="从下拉列表中选一项。", example="展会",
    )
    rep: Text = column(
        "销售代表", "Sales rep", Kind.NAME, REQUIRED, aliases=REP, section="客户基础信息", help="与花名册一致。", example="王小明",
    )
    stage: Text = column(
        "当前销售阶段", "Current stage", Kind.TICKED, REQUIRED, aliases=STAGE + " 成交阶段", choices="阶段", section="客户基础信息",
        help="只勾选一项：把 □ 改为 ☑。", example="需求确认", width=60,
    )
    end_reason: Text = column(
        "终止原因", "Reason for ending", Kind.TEXT, Need.WHEN_OFF, section="客户基础信息",
        aliases="线索终止原因 终止说明 终止理由 关闭原因", help="阶段为线索终止时必填。",
    )
    notes: Text = column("备注", "Notes", Kind.TEXT, aliases="备注说明 其他说明", section="备注与审核", help="其他需要说明的。", width=30)
    rep_signature: Text = column(
        "销售人员签字", "Signed by rep", Kind.NAME, section="备注与审核",
        aliases="销售签字 销售代表签字 业务员签字 销售人员签名 销售代表签名", help="销售人员的姓名。",
    )
    rep_signed_on: Date = column(
        "日期", "Signed on", Kind.DATE, follows="rep_signature", aliases="签字日期 签名日期 签字时间", section="备注与审核",
        help="签字的日期。",
    )
    review: Text = column(
        "销售经理审核意见", "Manager's opinion", Kind.TEXT, section="备注与审核",
        aliases="审核意见 经理审核意见 经理意见 销售经理意见 主管意见 审批意见", help="由销售经理填写。",
    )
    reviewer: Text = column(
        "审核人", "Reviewer", Kind.NAME, section="备注与审核", aliases="审核人签字 审批人 审核经理 经理签字", help="由销售经理填写。",
    )
    reviewed_on: Date = column(
        "日期", "Reviewed on", Kind.DATE, follows="reviewer", aliases="审核日期 审批日期 审核时间", section="备注与审核",
        help="审核的日期。",
    )


class Communication(BlockModel):
    """One contact with the customer a row. docs/domain.md 2.2."""

    contact_time: Date = column(
        "沟通时间", "Time", Kind.MOMENT, REQUIRED, aliases=WHEN, past_only=True, help="到分钟，如 2026-11-18 14:30。",
        example="2026-11-18 14:30", width=18,
    )
    method: Text = column(
        "沟通方式", "Method", Kind.CHOICE, REQUIRED, aliases=METHOD, choices="沟通方式", help="从下拉列表中选一项。", example="电话拜访",
    )
    summary: Text = column(
        "沟通内容摘要", "Summary", Kind.TEXT, REQUIRED, aliases=SUMMARY, concrete=True, width=40, help="谈了什么、客户怎么说、约定了什么。",
        example="介绍仓储方案，客户要求把交期缩短到8天，约定下周三现场演示",
    )
    need_points: Text = column(
        "客户需求关键点", "Key needs", Kind.TEXT, aliases="需求关键点 客户需求 需求要点 关键需求 客户需求点", width=26,
        help="客户最在意的几点。",
    )
    pain_points: Text = column(
        "客户痛点分析", "Pain points", Kind.TEXT, aliases="痛点分析 客户痛点 痛点", width=22, help="客户眼下的难处。",
    )
    entered_at: Date = column(
        "录入时间", "Entered at", Kind.MOMENT, aliases="登记时间 录入日期 填写时间 记录时间 录入系统时间", width=18,
        help="沟通后24小时内录入。", example="2026-11-18 18:00",
    )


class Action(BlockModel):
    """One planned action a row. docs/domain.md 2.2."""

    action: Text = column(
        "行动具体内容", "Action", Kind.TEXT, REQUIRED, concrete=True, width=40,
        aliases="行动内容 具体行动 行动计划 下一步行动 下一步计划 计划内容 具体内容 行动项 行动事项 待办事项 action",
        help="写清做什么，如 发送产品参数表至客户邮箱。", example="发送产品参数表至客户邮箱并电话确认收到",
    )
    owner: Text = column(
        "负责人", "Owner", Kind.NAME, REQUIRED, aliases="责任人 执行人 跟进人 负责人姓名 owner", help="负责完成的人。", example="王小明",
    )
    due: Date = column(
        "计划完成时间", "Due", Kind.MOMENT, REQUIRED, width=18,
        aliases="计划完成日期 完成时间 完成日期 截止时间 截止日期 完成时限 计划时间 预计完成时间 预计完成日期 要求完成时间 due deadline",
        help="日期，需要时加上几点。", example="2026-11-27 18:00",
    )
    progress: Text = column(
        "完成情况", "Progress", Kind.CHOICE, choices="完成情况", aliases="完成状态 进展 进度 状态 执行情况 progress",
        help="从下拉列表中选一项。", example="未开始",
    )


class WeeklyReport(BlockModel):
    """The card of a weekly report. docs/domain.md 2.3."""

    rep: Text = column("销售代表", "Sales rep", Kind.NAME, REQUIRED, aliases=REP, help="与花名册一致。", example="王小明")
    team: Text = column("所属团队", "Team", Kind.NAME, aliases=TEAM, help="所在的销售团队。", example="华东一组")
    week_start: Date = column(
        "周期开始", "Week start", Kind.DATE, REQUIRED,
        aliases="开始日期 周开始 周开始日期 起始日期 开始时间 本周开始 周期起 周期开始日期 weekstart", help="星期一。",
        example="2026-11-16",
    )
    week_end: Date = column(
        "周期结束", "Week end", Kind.DATE, REQUIRED,
        aliases="结束日期 周结束 周结束日期 截止日期 结束时间 本周结束 周期止 周期结束日期 weekend", help="星期日。", example="2026-11-22",
    )
    new_customers: Whole = column(
        "本周新增客户数", "New customers", Kind.WHOLE, REQUIRED, minimum=0, help="本周首次接触的客户数。", example="3",
        aliases="新增客户数 新增客户 本周新增客户 新客户数 新增客户数量 本周新客户 本周新增 newcustomers",
    )
    follow_ups: Whole = column(
        "有效跟进次数", "Follow-ups", Kind.WHOLE, REQUIRED, minimum=0, help="本周有沟通记录的次数。", example="12",
        aliases="跟进次数 本周跟进次数 有效跟进 有效跟进数 本周有效跟进次数 客户跟进次数 拜访次数 followups",
    )
    expected_amount: Number = column(
        "预计成交金额", "Expected amount", Kind.AMOUNT, REQUIRED, minimum=0, aliases=AMOUNT + " 本周预计成交金额", help="单位：元。",
        example="350000",
    )
    completed_amount: Number = column(
        "本周完成业绩", "Completed (signed)", Kind.AMOUNT, REQUIRED, minimum=0, help="本周签约额，单位：元。", example="120000",
        aliases="完成业绩 本周业绩 本周签约额 本周签约 本周完成 完成金额 本周成交金额 本周完成额 业绩 签约额 completed",
    )
    collected_amount: Number = column(
        "本周回款", "Collected", Kind.AMOUNT, minimum=0, aliases="回款 本周回款额 回款金额 本周回款金额 到账金额 collected",
        help="本周到账，单位：元。", example="80000",
    )
    deals: Whole = column(
        "签单数", "Deals", Kind.WHOLE, minimum=0, aliases="本周签单数 签单数量 成交单数 签约单数 成单数 本周成单 deals",
        help="本周签约的单数。", example="1",
    )
    month_target: Number = column(
        "本月目标", "Month's target", Kind.AMOUNT, minimum=0,
        aliases="月目标 月度目标 本月业绩目标 当月目标 月销售目标 本月任务 monthtarget", help="单位：元，与团队设置一致。",
        example="600000",
    )


class KeyCustomer(BlockModel):
    """Progress at a key customer. docs/domain.md 2.3."""

    customer_name: Text = column(
        "客户名称", "Customer name", Kind.NAME, REQUIRED, aliases=CUSTOMER_NAME, width=30, help="与客户档案一致。",
        example="示例智造科技有限公司",
    )
    stage: Text = column(
        "当前阶段", "Stage", Kind.CHOICE, REQUIRED, aliases=STAGE + " 成交阶段", choices="阶段", help="从下拉列表中选一项。",
        example="需求确认",
    )
    progress: Text = column(
        "本周进展", "Progress", Kind.TEXT, REQUIRED, aliases="进展 进展情况 本周进展情况 本周情况 跟进进展 工作进展 progress",
        concrete=True, width=40, help="本周发生了什么。", example="完成现场演示，客户提出3项修改意见",
    )
    next_step: Text = column(
        "下一步", "Next step", Kind.TEXT, REQUIRED, aliases="下一步计划 下一步行动 下步计划 后续计划 下一步工作 nextstep", concrete=True,
        width=32, help="准备做什么。", example="提交第二版报价单并电话确认",
    )
    expected_close: Date = column("预计成交日期", "Expected close", Kind.DATE, aliases=CLOSE, help="日期。", example="2027-01-20")
    amount: Number = column("金额", "Amount", Kind.AMOUNT, minimum=0, aliases=AMOUNT + " 预计成交金额", help="单位：元。", example="280000")


class Issue(BlockModel):
    """A problem and what is done about it. docs/domain.md 2.3."""

    problem: Text = column(
        "存在问题", "Problem", Kind.TEXT, REQUIRED, aliases="问题 问题描述 主要问题 遇到的问题 困难 problem", width=40, help="遇到的问题。",
        example="竞品降价两成抢单",
    )
    measure: Text = column(
        "解决措施", "Measure", Kind.TEXT, REQUIRED, aliases="措施 解决方案 应对措施 解决办法 改进措施 measure", width=40,
        help="打算怎么办。", example="改报三年期总成本，突出质保",
    )
    support: Text = column(
        "需要支持", "Support needed", Kind.TEXT, aliases="所需支持 需要的支持 需支持事项 需要协助 支持 support", width=28,
        help="希望公司提供的支持。",
    )


class NextWeek(BlockModel):
    """A plan for the coming week. docs/domain.md 2.3."""

    plan: Text = column(
        "计划事项", "Plan", Kind.TEXT, REQUIRED, aliases="计划 工作计划 计划内容 下周计划 事项 下周工作计划 工作内容 plan", width=40,
        help="下周要做的事。", example="拜访采购总监并确认付款条款",
    )
    customer_name: Text = column(
        "客户名称", "Customer name", Kind.NAME, aliases=CUSTOMER_NAME + " 涉及客户 相关客户", width=30, help="相关的客户。",
    )
    due: Date = column(
        "计划完成时间", "Due", Kind.MOMENT, REQUIRED, aliases="完成时间 计划完成日期 完成日期 计划时间 截止时间 截止日期 预计完成时间 due",
        width=18, help="日期，需要时加上几点。", example="2026-11-26 18:00",
    )


class Handover(BlockModel):
    """The cards of a handover: who, when, why, and the signatures. docs/domain.md 2.4."""

    from_rep: Text = column(
        "移交人", "From", Kind.NAME, REQUIRED, aliases="交出人 移交方 交接人 原负责人 移交人姓名 fromrep", section="交接信息",
        help="交出客户的人。",
    )
    to_rep: Text = column(
        "接收人", "To", Kind.NAME, REQUIRED, aliases="接手人 接收方 承接人 新负责人 接收人姓名 torep", section="交接信息",
        help="接手客户的人。",
    )
    date: Date = column(
        "交接日期", "Date", Kind.DATE, REQUIRED, aliases="移交日期 交接时间 移交时间", section="交接信息", help="交接的日期。",
    )
    reason: Text = column(
        "交接原因", "Reason", Kind.CHOICE, REQUIRED, aliases="移交原因 原因 交接事由 移交事由", choices="交接原因", section="交接信息",
        help="从下拉列表中选一项。",
    )
    from_signature: Text = column(
        "移交人签字", "Signed by giver", Kind.NAME, aliases="移交人签名 移交人签章 移交方签字", section="签字确认", help="移交人签名。",
    )
    from_signed_on: Date = column(
        "日期", "Date", Kind.DATE, follows="from_signature", aliases="签字日期", section="签字确认", help="签字的日期。",
    )
    to_signature: Text = column(
        "接收人签字", "Signed by receiver", Kind.NAME, aliases="接收人签名 接收人签章 接收方签字", section="签字确认", help="接收人签名。",
    )
    to_signed_on: Date = column(
        "日期", "Date", Kind.DATE, follows="to_signature", aliases="签字日期", section="签字确认", help="签字的日期。",
    )
    manager_signature: Text = column(
        "销售经理签字", "Signed by manager", Kind.NAME, aliases="经理签字 经理签名 主管签字 销售经理签名 审批人签字", section="签字确认",
        help="销售经理签名。",
    )
    manager_signed_on: Date = column(
        "日期", "Date", Kind.DATE, follows="manager_signature", aliases="签字日期", section="签字确认", help="签字的日期。",
    )


class HandoverCustomer(BlockModel):
    """A customer that changes hands. docs/domain.md 2.4."""

    customer_no: Text = column(
        "客户编号", "Customer no.", Kind.CODE, REQUIRED, aliases=CUSTOMER_NO, pattern=NO_PATTERN, width=18, help="与客户档案一致。",
        example="CRM202405001",
    )
    customer_name: Text = column(
        "客户名称", "Customer name", Kind.NAME, REQUIRED, aliases=CUSTOMER_NAME, width=30, help="与客户档案一致。",
        example="示例智造科技有限公司",
    )
    contact_name: Text = column("联系人姓名", "Contact name", Kind.NAME, aliases=CONTACT_NAME, width=18, help="客户的联系人。", example="决策人:王总")
    contact: Text = column("联系方式", "Phone or e-mail", Kind.CONTACT, aliases=CONTACT, width=18, help="手机、座机或电子邮箱。", example="13800138000")
    grade: Text = column("客户等级", "Grade", Kind.CHOICE, choices="等级", aliases="等级 客户级别 级别", width=11, help="可留空。")
    status: Text = column(
        "跟进状态", "Status", Kind.CHOICE, choices="跟进状态", aliases="客户状态 状态 当前状态", width=11, help="从下拉列表中选一项。",
        example="意向",
    )
    stage: Text = column("成交阶段", "Stage", Kind.CHOICE, choices="阶段", aliases=STAGE, help="从下拉列表中选一项。", example="需求确认")


class HandoverContact(BlockModel):
    """A past contact with a handed-over customer. docs/domain.md 2.4."""

    customer_name: Text = column(
        "客户名称", "Customer name", Kind.NAME, REQUIRED, aliases=CUSTOMER_NAME, width=30, help="与客户档案一致。",
        example="示例智造科技有限公司",
    )
    contact_time: Date = column("沟通时间", "Time", Kind.MOMENT, REQUIRED, aliases=WHEN, past_only=True, width=18, help="到分钟。", example="2026-11-18 14:30")
    method: Text = column("沟通方式", "Method", Kind.CHOICE, aliases=METHOD, choices="沟通方式", help="从下拉列表中选一项。", example="电话拜访")
    summary: Text = column("沟通内容摘要", "Summary", Kind.TEXT, aliases=SUMMARY, width=40, help="谈了什么。", example="介绍仓储方案，约定下周三现场演示")


class HandoverOpportunity(BlockModel):
    """An open opportunity of a handed-over customer. docs/domain.md 2.4."""

    customer_name: Text = column(
        "客户名称", "Customer name", Kind.NAME, REQUIRED, aliases=CUSTOMER_NAME, width=30, help="与客户档案一致。",
        example="示例智造科技有限公司",
    )
    opportunity: Text = column(
        "机会名称", "Opportunity", Kind.NAME, aliases="商机名称 项目名称 销售机会 机会", width=24, help="项目的名称。", example="2026年度办公设备采购",
    )
    stage: Text = column(
        "当前阶段", "Stage", Kind.CHOICE, REQUIRED, aliases=STAGE + " 成交阶段", choices="阶段", help="从下拉列表中选一项。",
        example="需求确认",
    )
    expected_amount: Number = column(
        "预计成交金额", "Expected amount", Kind.AMOUNT, REQUIRED, minimum=0, aliases=AMOUNT, width=16, help="单位：元。", example="280000",
    )
    expected_close: Date = column("预计成交日期", "Expected close", Kind.DATE, REQUIRED, aliases=CLOSE, help="日期。", example="2027-01-20")
    next_action: Text = column(
        "下一步行动", "Next action", Kind.TEXT, REQUIRED, aliases="下一步 下一步计划 后续行动 下步行动 后续计划", concrete=True, width=32,
        help="接手后先做什么。", example="提交第二版报价单并电话确认",
    )


FORMS: tuple[Form, ...] = (
    Form(
        "customer_archive",
        "客户档案",
        "Customer archive",
        aliases=("客户档案表", "客户信息表", "客户资料表"),
        instruction="一行一个客户。带 * 的列必填；“员工人数”与“年营收”至少填一项。灰色示例行不会被汇总，可直接删除。每周五前交给团队助理。",
        blocks=(
            block("archive_head", Shape.CARD, "填表信息", "Head", ArchiveHead),
            block(
                "customer",
                Shape.TABLE,
                "客户档案",
                "Customers",
                Customer,
                sheet="客户档案",
                aliases=("客户信息", "客户资料"),
            ),
        ),
    ),
    Form(
        "process_record",
        "销售过程记录",
        "Sales process record",
        aliases=("销售过程标准记录表", "销售过程记录表", "客户跟进记录表"),
        instruction="一个客户一张表（可复制本工作表）。带 * 的必填；当前销售阶段只勾选一项；沟通后24小时内录入。",
        blocks=(
            block("record", Shape.CARD, "客户基础信息", "Basics and review", Record, sheet="过程记录"),
            block(
                "communication",
                Shape.TABLE,
                "沟通记录",
                "Communications",
                Communication,
                sheet="跟进记录",
                aliases=("跟进记录", "拜访记录"),
            ),
            block(
                "action",
                Shape.TABLE,
                "下一步行动计划",
                "Next actions",
                Action,
                sheet="行动计划",
                aliases=("行动计划", "下一步计划"),
            ),
        ),
    ),
    Form(
        "weekly_report",
        "销售周报",
        "Weekly report",
        aliases=("周报", "销售工作周报", "工作周报"),
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
                aliases=("重点客户进展", "重点客户"),
            ),
            block(
                "issue",
                Shape.TABLE,
                "问题与措施",
                "Problems and measures",
                Issue,
                sheet="问题与措施",
                optional=True,
                aliases=("问题及措施", "问题和措施"),
            ),
            block(
                "next_week",
                Shape.TABLE,
                "下周计划",
                "Next week",
                NextWeek,
                sheet="下周计划",
                optional=True,
                aliases=("下周工作计划",),
            ),
        ),
    ),
    Form(
        "handover_list",
        "客户交接清单",
        "Customer handover list",
        aliases=("客户交接表", "客户移交清单", "交接清单"),
        instruction="移交的客户、跟进记录和未完成机会都要列全。三方签字并注明日期后才生效。",
        blocks=(
            block("handover", Shape.CARD, "交接信息", "Handover", Handover, sheet="交接清单"),
            block(
                "handover_customer",
                Shape.TABLE,
                "客户档案",
                "Customers",
                HandoverCustomer,
                sheet="交接明细",
                aliases=("客户清单", "移交客户"),
            ),
            block(
                "handover_contact",
                Shape.TABLE,
                "跟进记录",
                "Contacts",
                HandoverContact,
                sheet="交接明细",
                optional=True,
                aliases=("沟通记录",),
            ),
            block(
                "handover_opportunity",
                Shape.TABLE,
                "未完成机会",
                "Open opportunities",
                HandoverOpportunity,
                sheet="交接明细",
                optional=True,
                aliases=("未完成商机", "在谈机会"),
            ),
        ),
    ),
)


class Member(BlockModel):
    """团队设置 · 成员: who reports, and where. docs/domain.md 3.3."""

    name: Text = column(
        "姓名", "Name", Kind.NAME, REQUIRED, aliases="成员 员工姓名 销售代表", help="与表单上的销售代表一致，不能重复。", example="王小明",
    )
    team: Text = column("团队", "Team", Kind.NAME, aliases="所属团队 部门 小组", help="所在团队，业绩按团队汇总。", example="华东一组")
    region: Text = column("区域", "Region", Kind.NAME, aliases="大区 地区", help="可留空。")
    product_line: Text = column("产品线", "Product line", Kind.NAME, help="可留空。")
    manager: Text = column("上级", "Manager", Kind.NAME, aliases="直属上级 主管", help="可留空。")
    joined: Date = column("入职日期", "Joined", Kind.DATE, help="此前的周不要求交周报，可留空。")
    left: Date = column("离职日期", "Left", Kind.DATE, help="此后的周不要求交周报，可留空。")


class Target(BlockModel):
    """团队设置 · 目标: one target a row. docs/domain.md 3.3."""

    year: Whole = column("年度", "Year", Kind.WHOLE, REQUIRED, aliases="年 年份", minimum=2000, help="如 2026。", example="2026")
    period: Text = column(
        "期间", "Period", Kind.CHOICE, REQUIRED, choices="期间", help="全年、一至四季度（Q1–Q4）或月份（1月–12月）。", example="11月",
    )
    scope: Text = column(
        "对象类型", "Scope", Kind.CHOICE, REQUIRED, choices="对象类型", help="团队合计、团队、区域、产品线 或 销售代表。",
        example="销售代表",
    )
    name: Text = column("对象", "Name", Kind.NAME, help="团队名或姓名；对象类型为团队合计时留空。", example="王小明")
    measure: Text = column(
        "指标", "Measure", Kind.CHOICE, REQUIRED, choices="指标", help="签约额、回款、单数、新增客户。", example="签约额",
    )
    amount: Number = column(
        "目标值", "Target", Kind.AMOUNT, REQUIRED, aliases="目标 目标金额", minimum=0, help="金额单位为元。", example="600000",
    )


class Adjustment(BlockModel):
    """团队设置 · 目标调整: a target changed on the way; both values are kept. docs/domain.md 3.3."""

    year: Whole = column("年度", "Year", Kind.WHOLE, REQUIRED, minimum=2000, help="如 2026。")
    period: Text = column("期间", "Period", Kind.CHOICE, REQUIRED, choices="期间", help="与目标表一致。")
    scope: Text = column("对象类型", "Scope", Kind.CHOICE, REQUIRED, choices="对象类型", help="与目标表一致。")
    name: Text = column("对象", "Name", Kind.NAME, help="与目标表一致。")
    measure: Text = column("指标", "Measure", Kind.CHOICE, REQUIRED, choices="指标", help="与目标表一致。")
    amount: Number = column("新目标值", "New target", Kind.AMOUNT, REQUIRED, minimum=0, help="调整后的目标值。")
    reason: Text = column("调整原因", "Reason", Kind.TEXT, REQUIRED, help="为什么调整。", width=30)
    basis: Text = column("依据", "Basis", Kind.TEXT, help="会议纪要、邮件等。", width=24)
    reviewer: Text = column("审核人", "Reviewer", Kind.NAME, help="谁审核。")
    approver: Text = column("批准人", "Approver", Kind.NAME, help="谁批准。")


class GradeRule(BlockModel):
    """团队设置 · 等级: highest grade first; a bound belongs to the higher grade. docs/domain.md 3.1."""

    grade: Text = column("等级", "Grade", Kind.NAME, REQUIRED, help="从高到低排列。", example="A")
    at_least: Number = column(
        "下限", "At least", Kind.NUMBER, help="等于下限归本级；最低一级留空。依据见参数“等级依据”。", example="100000",
    )
    strategic: YesNo = column("战略客户直接入级", "Strategic enters", Kind.YES_NO, help="是：战略客户不论金额归入本级。", width=18)
    clear_intent: YesNo = column(
        "须意向明确", "Clear intent asked", Kind.YES_NO, help="是：跟进状态为意向或成交，且需求具体，才归本级。", width=14,
    )
    every: Whole = column("跟进间隔", "Follow up every", Kind.WHOLE, minimum=1, help="数字，单位见右。", example="14")
    unit: Text = column("间隔单位", "Unit", Kind.CHOICE, choices="间隔单位", help="天、月、季度。", example="天")


class StageRule(BlockModel):
    """团队设置 · 阶段: the path in order, then what lies off it. docs/domain.md 3.2."""

    stage: Text = column("阶段", "Stage", Kind.NAME, REQUIRED, help="按先后顺序排列，不能重复。", example="需求确认")
    kind: Text = column("类型", "Kind", Kind.CHOICE, REQUIRED, choices="阶段类型", help="进行中、成交、售后 或 终止。", example="进行中")
    probability: Number = column("赢单概率", "Win probability", Kind.PERCENT, minimum=0, help="0%–100%，用于预测。", example="25%")
    aliases: Text = column("别名", "Aliases", Kind.ITEMS, help="表单上可能出现的其他叫法，用、隔开。", width=40)


class OptionRow(BlockModel):
    """团队设置 · 选项: the lists behind the dropdowns. docs/domain.md 2."""

    list: Text = column("列表", "List", Kind.NAME, REQUIRED, help="列表的名称，不要改。", example="客户来源")
    value: Text = column("选项", "Option", Kind.NAME, REQUIRED, help="下拉列表中的一项。", example="展会", width=24)
    kind: Text = column(
        "含义", "Meaning", Kind.CHOICE, choices="含义", help="跟进状态填：进行中、意向明确、成交、流失；完成情况填：进行中、完成、取消；其他列表留空。",
    )
    aliases: Text = column("别名", "Aliases", Kind.ITEMS, help="其他叫法，用、隔开。", width=40)


class AliasRow(BlockModel):
    """团队设置 · 列名对照: what the team's own headers mean. docs/domain.md 5."""

    header: Text = column("表单上的列名", "Header on the form", Kind.NAME, REQUIRED, help="表单里实际写的列名。", width=24)
    label: Text = column("对应的标准列名", "Standard label", Kind.NAME, REQUIRED, help="如 客户名称。", width=24)
    form: Text = column("表单", "Form", Kind.NAME, help="如 客户档案；留空表示所有表单。", width=18)


class Parameter(BlockModel):
    """团队设置 · 参数: thresholds and deadlines. docs/domain.md 3."""

    name: Text = column("参数", "Parameter", Kind.NAME, REQUIRED, help="不要改。", width=28)
    value: Text = column("值", "Value", Kind.TEXT, REQUIRED, help="改这里。", width=36)
    note: Text = column("说明", "Note", Kind.TEXT, help="这个参数管什么。", width=60)


class Holiday(BlockModel):
    """团队设置 · 节假日: days off and make-up workdays. docs/domain.md 3.5."""

    day: Date = column("日期", "Date", Kind.DATE, REQUIRED, help="如 2026-10-01。")
    kind: Text = column("类型", "Kind", Kind.CHOICE, REQUIRED, choices="节假日类型", help="休息 或 上班。")
    note: Text = column("说明", "Note", Kind.TEXT, help="如 国庆节。", width=24)


SETTINGS: tuple[BlockSpec, ...] = (
    block("member", Shape.TABLE, "成员", "Members", Member, sheet="成员"),
    block("target", Shape.TABLE, "目标", "Targets", Target, sheet="目标"),
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
    block("parameter", Shape.TABLE, "参数", "Parameters", Parameter, sheet="参数"),
    block("holiday", Shape.TABLE, "节假日", "Holidays", Holiday, sheet="节假日", optional=True),
)
"""The sheets of 团队设置.xlsx, each one table; the rules on them are docs/domain.md 3."""


def form(name: str) -> Form:
    """Return the form of that name; KeyError if there is none."""
    for item in FORMS:
        if item.name == name:
            return item
    raise KeyError(name)


def block_spec(kind: str) -> BlockSpec:
    """Return the spec of a block, of a form or of the settings workbook; KeyError if there is none."""
    for item in (*(b for f in FORMS for b in f.blocks), *SETTINGS):
        if item.kind == kind:
            return item
    raise KeyError(kind)


def book_columns(kinds: tuple[str, ...]) -> tuple[Column, ...]:
    """Return the columns of a team-book sheet that takes those blocks: each label once, in order."""
    seen: dict[str, Column] = {}
    for kind in kinds:
        for item in block_spec(kind).columns:
            seen.setdefault(item.field, item)
    return tuple(seen.values())
