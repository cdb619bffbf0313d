"""The forms: one pandera model per block, and how the blocks sit on a sheet.

Owns every label, English label, alias, help text, example, kind and requirement (docs/domain.md 2.1–2.4) and
the sheets of 团队设置.xlsx. Blank forms, recognition, tidying, checks, the team book's columns and the field
reference all come from here. Refuses: thresholds, stages and choices, which a team edits in its settings.
"""

from __future__ import annotations

from functools import cache

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

CUSTOMER_NAME = "公司名称 单位名称 企业名称 客户全称 公司全称 企业全称 单位全称 客户公司 客户单位 客户名 客户 公司 单位 企业 customer company 公司全名 客户全名 单位全名 客户公司名称 客户单位名称 客户企业名称 公司名 企业名 单位名"
STAGE = "当前阶段 当前销售阶段 销售阶段 阶段 商机阶段 项目阶段 跟进阶段 所处阶段 成交进度 stage 成单阶段 销售进度 目前阶段 现阶段 当前成交阶段 成交进展 漏斗阶段 销售漏斗阶段 推进阶段 机会阶段 商机进展 目前所处阶段"
AMOUNT = "预计金额 预估金额 预计成交额 预估成交金额 预计签约金额 预计合同金额 商机金额 意向金额 金额 预计成交金额元 预期金额 预期成交金额 预计签单金额 预估签约金额 预计订单金额 预计成单金额 预计销售额 预估成交额 预期成交额 拟成交金额 预计签约额 预计合同额 预估合同金额 预计采购金额 预计采购额 预计收入 预估收入 预计营收 待签金额 商机规模 项目规模"
CLOSE = (
    "预计成交时间 预计签单日期 预计签单时间 预计签约日期 预计签约时间 预计成单日期 预计成单时间 预计结单日期 预计成交日  预计成交月份 预计签约月份 预计合作时间 预计合作日期 预期日期 预估日期 预估时间"
    "计划成交日期 预期成交日期 closedate 预估成交日期 预估成交时间 预期成交时间 拟成交日期 计划成交时间 计划签约日期 计划签单日期 预计落单时间 预计落单日期 预计下单日期 预计下单时间 目标成交日期 预计成交期 expectedclosedate 预计采购时间 预计采购日期"
)
CONTACT = "联系电话 电话 手机 手机号 手机号码 电话号码 联系手机 移动电话 电话邮箱 联系方式电话 电话/邮箱 phone tel mobile contactinfo 联系号码 联系人联系方式 客户电话 客户联系方式 联络方式 联络电话 固定电话 座机 座机号码 办公电话 公司电话 手机电话 手机/电话 联系人手机号 联系人电话号码"
REP = "业务员 销售 销售员 销售人员 业务代表 销售顾问 客户经理 姓名 填报人 填表人 汇报人 负责销售 salesperson salesrep rep 填写人 报告人 提交人 员工姓名 业务人员 所属销售 责任销售 销售姓名 销售负责人 客户负责人 销售代表姓名 归属销售 业务员名称 销售经理姓名"
TEAM = "团队 部门 所属部门 小组 销售团队 所在团队 销售部门 组别 所属小组 team department 业务组 业务部门 销售小组 销售组 所属组 所属销售团队 所属销售部 团队名称 部门名称 填报部门"
METHOD = "方式 跟进方式 联系途径 沟通形式 拜访方式 跟进形式 沟通渠道 接触方式 method 沟通途径 跟进途径 联系方式方法 联系形式 拜访形式 交流方式 接洽方式 沟通手段 沟通类型 跟进类型"
WHEN = "跟进时间 联系时间 拜访时间 沟通日期 跟进日期 联系日期 拜访日期 时间 日期时间 contacttime 日期 洽谈时间 洽谈日期 交流时间 跟进日 沟通日期时间 沟通时间点"
SUMMARY = "沟通内容 内容摘要 沟通摘要 跟进内容 沟通记录 跟进记录 拜访内容 沟通情况 跟进情况 内容 摘要 summary 沟通要点 交流内容 洽谈内容 会谈内容 跟进摘要 跟进详情 沟通详情 沟通纪要 拜访纪要 拜访情况 沟通概要 会谈纪要 联系内容 主要内容 沟通主要内容 拜访摘要 洽谈摘要"
SOURCE = "来源 来源渠道 获客渠道 获客来源 线索来源 客户渠道 渠道 渠道来源 了解渠道 信息来源 客户信息来源 leadsource source 客户来源渠道 商机来源 来源方式 获取渠道 获取方式 客户获取渠道 客户获取方式 来源类型 客户来源方式"
INDUSTRY = "行业 客户行业 行业分类 行业类别 行业类型 所在行业 所属行业分类 industry 客户所属行业 行业领域 所属领域 行业归属 行业属性 从事行业 行业名称 行业/领域"
CUSTOMER_NO = "客户编码 客户ID 客户号 客户代码 客户序号 CRM编号 客户编号CRM 编号 customerno customerid 档案编号 客户档案编号 客户档案号 客户编号ID 客户识别号"
CONTACT_NAME = (
    "联系人 主要联系人 联系人名称 客户联系人 对接人 对接联系人 关键联系人 负责联系人 contactperson contact 联系人员 客户对接人 主要对接人 接洽人 客户方联系人 主联系人 首要联系人 第一联系人 联络人 联系人(姓名)"
)
FIRST_CONTACT = (
    "首次接触 首次接触日期 首次联系时间 首次联系日期 首次联系 初次接触时间 初次接触日期 初次联系时间 首次拜访时间 首次拜访日期 "
    "首次沟通时间 建档日期 接触时间 第一次接触时间 firstcontact 首次接触日 首触时间 首触日期 首次拜访 首次洽谈时间 首次洽谈日期 首次沟通日期 首联日期 首联时间 第一次联系时间 第一次联系日期 第一次拜访时间 第一次接触日期 初次接触 初次联系 接触日期 初次沟通时间 初次拜访时间 初次拜访日期 首次跟进时间 首次跟进日期 初识时间 建档时间"
)
ROW_REP = "归属人 客户归属人 负责业务员 负责销售员 责任业务员 所属业务员 跟进业务员 跟单业务员 跟单人 跟单员 跟单业务 跟进销售 跟进人 跟进人员 责任人 报备人 区域经理 课程顾问 对接销售 对接顾问"
"""What heads the column of reps in a table, beside the words of ``REP``."""
OWN_NO = "自有客户编号 内部编号 内部客户编号 ERP编号 ERP编码 金蝶编码 用友编码 公司客户编号 原客户编号 旧客户编号 老系统编号"
NO_PATTERN = r"CRM\d{6}\d{3,}$"


class ArchiveHead(BlockModel):
    """The card above the customer table. docs/domain.md 2.1."""

    rep: Text = column(
        "销售代表", "Sales rep", Kind.NAME, REQUIRED, aliases=REP + " 负责人 登记人 登记人员 记录人 经手人 拜访人 拜访人员 走访人 回访人 " + ROW_REP, example="王小明",
        help="填写人的姓名，与花名册一致。",
    )
    team: Text = column("所属团队", "Team", Kind.NAME, aliases=TEAM, example="华东一组", help="所在的销售团队。")
    filled_on: Date = column(
        "填表日期", "Date", Kind.DATE, aliases="填报日期 填写日期 制表日期 日期 更新日期 填写时间 填表时间 制表时间 填报时间 登记日期 上报日期 提交日期 登记时间 提交时间 汇报日期", example="2026-11-20", help="填写这份表的日期。",
    )


class Customer(BlockModel):
    """One customer per row. docs/domain.md 2.1."""

    customer_no: Text = column(
        "客户编号", "Customer no.", Kind.CODE, COMPUTED, aliases=CUSTOMER_NO, pattern=NO_PATTERN, width=18,
        help="CRM + 年月 + 至少三位流水号。新客户可留空，由系统编号；已有编号不得更改。", example="CRM202405001",
    )
    own_no: Text = column(
        "自有编号", "Own number", Kind.CODE, aliases=OWN_NO, width=16, on_form=False,
        help="公司自己的客户编号，如 KH0001。写在“客户编号”一列也可以。",
    )
    rep: Text = column(
        "销售代表", "Sales rep", Kind.NAME, aliases=REP.replace(" 姓名 ", " ") + " 负责人 " + ROW_REP, on_form=False,
        help="这一行客户归谁；留空时归表头上的销售代表。",
    )
    customer_name: Text = column(
        "客户名称", "Customer name", Kind.NAME, REQUIRED, fixed=True, aliases=CUSTOMER_NAME + " 名称", width=30, help="营业执照上的全称。",
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
        aliases="人数 公司人数 企业人数 员工数 员工数量 员工规模 人员规模 企业规模 公司规模 规模 员工总数 总人数 职工人数 headcount 在职人数 雇员人数 人员数量 人员数 员工数目 职员人数",
        help="整数。员工人数与年营收至少填一项。", example="320",
    )
    annual_revenue_wan: Number = column(
        "年营收(万元)", "Annual revenue (10k yuan)", Kind.AMOUNT_WAN, EITHER, minimum=0,
        aliases="年营收 年营业额 营业额 年收入 营收 营业收入 年营业收入 年销售额 营收规模 revenue 营收额 年度营收 年营收额 上年营收 年销售收入 年度营业额 年度营业收入 上年营业额 年营业规模 年收入额",
        help="以万元为单位。员工人数与年营收至少填一项。", example="5000",
    )
    contact_name: Text = column(
        "联系人姓名", "Contact name", Kind.NAME, REQUIRED, aliases=CONTACT_NAME, width=20,
        help="可注明角色，多人用；隔开，如 决策人:王总；执行人:赵主管。", example="决策人:王总",
    )
    contact_title: Text = column(
        "联系人职务", "Contact title", Kind.NAME, aliases="职务 职位 岗位 联系人职位 联系人岗位 职称 头衔 position jobtitle title 联系人职称 联系人头衔 担任职务 职级 职务名称 联系人职级",
        help="联系人的职务。", example="采购总监",
    )
    contact: Text = column(
        "联系方式", "Phone or e-mail", Kind.CONTACT, REQUIRED, aliases=CONTACT + " 联系人电话 联系人手机 邮箱 email 电子邮箱 电子邮件 mail 电邮", width=18,
        help="手机、座机（带区号）或电子邮箱。", example="13800138000",
    )
    need: Text = column(
        "需求描述", "Need", Kind.TEXT, REQUIRED, concrete=True, width=36,
        aliases="客户需求 需求 需求内容 需求说明 主要需求 核心需求 采购需求 需求概述 具体需求 需求情况 客户需求描述 需求详情 需求简述 need requirement 需求点 需求要点 意向需求 采购意向 需求摘要 项目需求 产品需求 业务需求 采购内容 客户需求说明 客户需求内容 客户诉求 需求信息",
        help="写清要什么、多少、何时，不写“跟进客户”之类的套话。", example="需要采购40台办公电脑，12月底前交付",
    )
    first_contact: Date = column(
        "首次接触时间", "First contact", Kind.DATE, REQUIRED, aliases=FIRST_CONTACT, past_only=True, help="第一次接触的日期，不晚于今天。",
        example="2026-10-12",
    )
    status: Text = column(
        "跟进状态", "Status", Kind.CHOICE, REQUIRED, choices="跟进状态", width=11,
        aliases="客户状态 状态 当前状态 目前状态 跟进情况 客户跟进状态 意向状态 status 当前跟进状态 合作状态 客户现状 跟进状况 跟踪状态 客户当前状态 意向情况 意向程度 客户意向 合作意愿", help="从下拉列表中选一项。", example="意向",
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
        aliases="年度采购额 年采购金额 年度采购金额 年采购量 近一年采购额 年交易额 年度采购 采购额 annualpurchase 年度采购总额 年采购总额 近12个月采购额 过去一年采购额 年度交易额 全年采购额 采购金额 上年采购额 年采购 年采购规模 年金额 年度金额",
        help="最近12个月，单位：元。客户等级由此得出。", example="120000",
    )
    strategic: YesNo = column(
        "战略客户", "Strategic", Kind.YES_NO, aliases="是否战略客户 是否战略 战略 是否为战略客户 重点客户 strategic 是否为战略 是否属于战略客户 战略客户标识 战略级客户 是否重点客户 是否战略级", width=11,
        help="是 或 否。", example="否",
    )
    grade: Text = column(
        "客户等级", "Grade", Kind.CHOICE, COMPUTED, choices="等级", width=11, aliases="等级 客户级别 级别 客户分级 分级 grade level 客户评级 评级 等级评定 客户等级评定 客户分级等级",
        help="由系统计算，可留空。", example="",
    )
    grade_reason: Text = column(
        "等级调整理由", "Reason for another grade", Kind.TEXT, width=24,
        aliases="评级说明 等级说明 评级理由 定级理由 等级理由 调级理由 调整理由 等级调整原因 等级调整说明 调级原因 调级说明 人工调级理由 等级变更理由 等级变更原因 评级依据 定级说明 gradereason",
        help="等级与规则不同时写明理由，手填的等级即保留。",
    )
    tags: Text = column(
        "客户标签", "Tags", Kind.ITEMS, aliases="标签 客户标记 标记 tags 客户画像标签 特征标签 客户特征 标签分类 客户标签分类", width=24, help="多个标签用、隔开。",
        example="汽车制造、设备采购、复购客户",
    )
    last_contact: Date = column(
        "最近跟进时间", "Last contact", Kind.DATE, past_only=True,
        aliases="最近跟进 最近跟进日期 最后跟进时间 最后跟进日期 最近联系时间 最近联系日期 上次跟进时间 最新跟进时间 lastcontact 最近一次跟进 最近一次跟进时间 最近一次联系时间 最后一次跟进时间 最后联系时间 最后联系日期 最近拜访时间 最近拜访日期 最近沟通时间 最近沟通日期 最新跟进日期 上次联系时间 上次跟进日期 上次联系日期 末次跟进时间 最近联系 最后跟进",
        help="最近一次联系的日期，不晚于今天。", example="2026-11-18",
    )
    competitor: Text = column(
        "竞争对手", "Competitor", Kind.TEXT, aliases="竞品 竞争对手情况 主要竞争对手 竞争情况 competitor 竞争者 竞争品牌 竞争厂商 对手 竞品情况 竞品信息 竞争对手信息", width=18,
        help="正在争取该客户的同行。",
    )
    decision_chain: Text = column(
        "决策链", "Decision chain", Kind.TEXT, aliases="决策流程 决策人 决策链条 decisionchain 决策层 决策关系 决策链情况 关键决策人 决策者 决策路径", width=18, help="谁提出、谁评估、谁拍板。",
    )
    history: Text = column(
        "历史合作", "History", Kind.TEXT, aliases="合作历史 历史合作情况 合作情况 过往合作 history 合作史 历史合作记录 以往合作 既往合作 合作记录 过往合作情况", width=18, help="以往合作的情况。",
    )
    contract_no: Text = column(
        "合同编号", "Contract no.", Kind.CODE, Need.WHEN_WON, aliases="合同号 签约合同编号 合同编码 contractno 协议编号 合同序号", width=16, help="成交后必填。",
    )
    contract_amount: Number = column(
        "合同金额", "Contract amount", Kind.AMOUNT, Need.WHEN_WON, minimum=0, aliases="合同额 签约金额 成交金额 contractamount 合同总额 合同总金额 签约额 合同价款 实际成交金额",
        help="成交后必填，单位：元。",
    )
    signed_on: Date = column(
        "签约日期", "Contract signed on", Kind.DATE, past_only=True,
        aliases="签约时间 签约日 合同签订日期 合同签订时间 合同签订日 合同签约日期 签订日期 签订时间 合同签署日期 签单日期 签单时间 实际成交日期 实际签约日期 实际成交时间 合同日期 signedon contractdate",
        help="成交后填，售后首访和合同评审的期限由此算起。",
    )
    contract_end: Date = column(
        "合同到期日", "Contract end", Kind.DATE, Need.WHEN_WON,
        aliases="合同到期日期 合同到期时间 合同截止日期 到期日 合同有效期至 contractend 合同结束日期 合同终止日期 合同有效期 合同期满日 合同到期 合同截止日 合同结束时间", help="成交后必填。",
    )
    loss_reason: Text = column(
        "流失原因", "Loss reason", Kind.CHOICE, Need.WHEN_LOST, choices="流失原因",
        aliases="流失理由 丢单原因 失单原因 失败原因 lossreason 丢失原因 未成交原因 战败原因 输单原因 流失原因分析 流失说明", help="流失后必填，从下拉列表中选一项。",
    )
    birthday: Date = column(
        "生日", "Birthday", Kind.DATE, aliases="联系人生日 出生日期 客户生日 birthday 出生年月 联系人生辰", help="联系人的生日，不知道可留空。",
    )
    notes: Text = column(
        "备注", "Notes", Kind.TEXT, aliases="备注说明 说明 其他说明 附注 其他 notes remark 备注信息 备注事项 补充说明 其它 说明备注 特别说明 其它说明", width=24, help="其他需要说明的。",
    )


class Record(BlockModel):
    """The cards of a process record: basics on top, review below. docs/domain.md 2.2."""

    customer_name: Text = column(
        "客户名称", "Customer name", Kind.NAME, REQUIRED, fixed=True, aliases=CUSTOMER_NAME, section="客户基础信息",
        help="营业执照上的全称，与客户档案一致。", example="示例智造科技有限公司", width=30,
    )
    customer_no: Text = column(
        "客户编号", "Customer no.", Kind.CODE, COMPUTED, aliases=CUSTOMER_NO, pattern=NO_PATTERN, section="客户基础信息",
        help="可留空，由系统从客户档案带出。", example="CRM202405001", width=18,
    )
    own_no: Text = column(
        "自有编号", "Own number", Kind.CODE, aliases=OWN_NO, width=16, on_form=False, section="客户基础信息",
        help="公司自己的客户编号，如 KH0001。",
    )
    contact_name: Text = column(
        "联系人(角色)", "Contact (role)", Kind.NAME, REQUIRED, aliases=CONTACT_NAME + " 联系人姓名 联系人及角色 联系人角色 联系人/角色 联系人与角色",
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
        aliases="线索终止原因 终止说明 终止理由 关闭原因 线索终止说明 终止线索原因 关闭理由 线索关闭原因 终结原因", help="阶段为线索终止时必填。",
    )
    notes: Text = column("备注", "Notes", Kind.TEXT, aliases="备注说明 其他说明 备注信息 备注事项 补充说明 附注", section="备注与审核", help="其他需要说明的。", width=30)
    rep_signature: Text = column(
        "销售人员签字", "Signed by rep", Kind.NAME, section="备注与审核",
        aliases="销售签字 销售代表签字 业务员签字 销售人员签名 销售代表签名 销售人员(签字) 销售代表(签字) 销售(签字) 业务员签名 销售签名 填表人签字 销售人员签章", help="销售人员的姓名。",
    )
    rep_signed_on: Date = column(
        "日期", "Signed on", Kind.DATE, past_only=True, follows="rep_signature", aliases="签字日期 签名日期 签字时间", section="备注与审核",
        help="签字的日期。",
    )
    review: Text = column(
        "销售经理审核意见", "Manager's opinion", Kind.TEXT, section="备注与审核",
        aliases="审核意见 经理审核意见 经理意见 销售经理意见 主管意见 审批意见 销售经理审批意见 经理审批意见 经理批示 审批批示 主管审核意见 审阅意见", help="由销售经理填写。",
    )
    reviewer: Text = column(
        "审核人", "Reviewer", Kind.NAME, section="备注与审核", aliases="审核人签字 审批人 审核经理 经理签字 审核人(签字) 审批人签字 审核人签名 销售经理签字 经理签名 审核经理签字", help="由销售经理填写。",
    )
    reviewed_on: Date = column(
        "日期", "Reviewed on", Kind.DATE, past_only=True, follows="reviewer", aliases="审核日期 审批日期 审核时间", section="备注与审核",
        help="审核的日期。",
    )


class Communication(BlockModel):
    """One contact with the customer a row. docs/domain.md 2.2."""

    contact_time: Date = column(
        "沟通时间", "Time", Kind.MOMENT, REQUIRED, fixed=True, aliases=WHEN, past_only=True, help="到分钟，如 2026-11-18 14:30。",
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
        "客户需求关键点", "Key needs", Kind.TEXT, aliases="需求关键点 客户需求 需求要点 关键需求 客户需求点 客户关注点 需求重点 关键需求点 客户需求要点 客户关键需求 客户诉求 需求点 需求关键", width=26,
        help="客户最在意的几点。",
    )
    pain_points: Text = column(
        "客户痛点分析", "Pain points", Kind.TEXT, aliases="痛点分析 客户痛点 痛点 痛点问题 客户痛点问题 痛点难点 客户难点 痛点描述 客户痛点描述", width=22, help="客户眼下的难处。",
    )
    entered_at: Date = column(
        "录入时间", "Entered at", Kind.MOMENT, past_only=True, aliases="登记时间 录入日期 填写时间 记录时间 录入系统时间 系统录入时间 登记日期 填写日期 记录日期 提交时间 录入系统日期 录入日", width=18,
        help="沟通后24小时内录入。", example="2026-11-18 18:00",
    )


class Action(BlockModel):
    """One planned action per row. docs/domain.md 2.2."""

    action: Text = column(
        "行动具体内容", "Action", Kind.TEXT, REQUIRED, concrete=True, width=40,
        aliases="行动内容 具体行动 行动计划 下一步行动 下一步计划 计划内容 具体内容 行动项 行动事项 待办事项 action 下一步具体行动 下步计划 下步行动 行动措施 计划行动 后续行动 任务内容 任务 事项 待办 下一步工作 跟进计划 计划事项 行动描述 工作内容 具体行动内容 nextstep nextaction",
        help="写清做什么，如 发送产品参数表至客户邮箱。", example="发送产品参数表至客户邮箱并电话确认收到",
    )
    owner: Text = column(
        "负责人", "Owner", Kind.NAME, REQUIRED, aliases="责任人 执行人 跟进人 负责人姓名 owner 负责人员 责任者 执行者 承办人 经办人 行动负责人 执行负责人", help="负责完成的人。", example="王小明",
    )
    due: Date = column(
        "计划完成时间", "Due", Kind.MOMENT, REQUIRED, width=18,
        aliases="计划完成日期 完成时间 完成日期 截止时间 截止日期 完成时限 计划时间 预计完成时间 预计完成日期 要求完成时间 due deadline 要求完成日期 计划完成期限 完成期限 期限 截至时间 截至日期 预定完成时间 计划完成 计划日期 时间节点",
        help="日期，需要时加上几点。", example="2026-11-27 18:00",
    )
    progress: Text = column(
        "完成情况", "Progress", Kind.CHOICE, choices="完成情况", aliases="完成状态 进展 进度 状态 执行情况 progress 完成进度 执行状态 落实情况 进展情况 任务状态 是否完成",
        help="从下拉列表中选一项。", example="未开始",
    )


class Visit(BlockModel):
    """One contact per row, with whose it is and with which customer: a log. docs/domain.md 2.5."""

    contact_time: Date = column(
        "沟通时间", "Time", Kind.MOMENT, REQUIRED, past_only=True, help="到分钟，如 2026-11-18 14:30。", width=18,
        aliases=WHEN + " 走访时间 走访日期 回访时间 回访日期 本次拜访时间 本次拜访日期 本次跟进时间 本次跟进日期",
    )
    customer_name: Text = column(
        "客户名称", "Customer name", Kind.NAME, REQUIRED, help="与客户档案一致。", width=30,
        aliases=CUSTOMER_NAME + " 拜访客户 被访单位 走访单位 拜访单位 走访客户 回访客户 跟进客户 被访客户 受访单位 客户单位名称",
    )
    own_no: Text = column("自有编号", "Own number", Kind.CODE, aliases=OWN_NO + " 客户编号 " + CUSTOMER_NO.replace(" 编号", ""), on_form=False, help="公司自己的客户编号，如 KH0001。")
    rep: Text = column(
        "销售代表", "Sales rep", Kind.NAME, help="谁联系的；留空时是表头上的销售代表。",
        aliases=REP.replace(" 姓名 ", " ") + " 负责人 拜访人 拜访人员 走访人 走访人员 回访人 回访人员 沟通人 外勤人员 坐席 坐席姓名 客服 记录人 " + ROW_REP,
    )
    method: Text = column("沟通方式", "Method", Kind.CHOICE, REQUIRED, aliases=METHOD + " 联系方式 走访形式 走访方式 回访方式", choices="沟通方式", help="从下拉列表中选一项。")
    summary: Text = column(
        "沟通内容摘要", "Summary", Kind.TEXT, REQUIRED, concrete=True, width=40, help="谈了什么、客户怎么说、约定了什么。",
        aliases=SUMMARY + " 走访内容 走访情况 回访内容 回访情况 拜访记录 本次跟进内容 本次拜访内容",
    )
    need_points: Text = column(
        "客户需求关键点", "Key needs", Kind.TEXT, width=26, help="客户最在意的几点。",
        aliases="需求关键点 客户需求 需求要点 关键需求 客户需求点 客户关注点 需求重点 关键需求点 客户需求要点 客户关键需求 客户诉求 需求点 需求关键",
    )
    pain_points: Text = column(
        "客户痛点分析", "Pain points", Kind.TEXT, width=22, help="客户眼下的难处。", aliases="痛点分析 客户痛点 痛点 痛点问题 客户痛点问题 痛点难点 客户难点 痛点描述 客户痛点描述 客户反映问题",
    )
    entered_at: Date = column(
        "录入时间", "Entered at", Kind.MOMENT, aliases="登记时间 录入日期 填写时间 记录时间 录入系统时间 系统录入时间 登记日期 填写日期 记录日期 提交时间 录入系统日期 录入日", width=18,
        help="沟通后24小时内录入。",
    )
    action: Text = column(
        "下一步行动", "Next action", Kind.TEXT, width=40, help="下一步做什么；与计划完成时间都填了，才列入行动计划。",
        aliases="下一步 下一步计划 下步计划 下步行动 后续行动 后续动作 后续计划 下一步工作 跟进计划 下一步跟进计划 下次跟进计划 下次沟通计划 下次拜访计划 后续跟进措施 后续跟进计划 下一步安排 下步安排 后续安排 行动计划 待办事项 下一步措施 处理措施 nextstep nextaction",
    )
    due: Date = column(
        "计划完成时间", "Due", Kind.MOMENT, width=18, help="下一步什么时候做。",
        aliases="计划完成日期 完成时间 完成日期 截止时间 截止日期 完成时限 计划时间 预计完成时间 预计完成日期 预计时间 完成期限 跟进时限 期限 计划日期 下次跟进时间 下次跟进日期 下次拜访时间 下次拜访日期 下次联系时间 下次联系日期 下次沟通时间 下次沟通日期 下次回访时间 下次回访日期 due",
    )
    progress: Text = column("完成情况", "Progress", Kind.CHOICE, choices="完成情况", aliases="完成状态 执行情况 执行状态 落实情况", help="下一步做得怎样。")


class WeeklyReport(BlockModel):
    """The card of a weekly report. docs/domain.md 2.3."""

    rep: Text = column("销售代表", "Sales rep", Kind.NAME, REQUIRED, aliases=REP, help="与花名册一致。", example="王小明")
    team: Text = column("所属团队", "Team", Kind.NAME, aliases=TEAM, help="所在的销售团队。", example="华东一组")
    week_start: Date = column(
        "周期开始", "Week start", Kind.DATE, REQUIRED, fixed=True,
        aliases="开始日期 周开始 周开始日期 起始日期 开始时间 本周开始 周期起 周期开始日期 weekstart 本周开始日期 起始时间 周期起始 周期起始日 周期起始日期 统计开始日期 周期开始时间 起始日 开始日 周期 报告周期 统计周期 本周周期 日期范围 时间范围 起止日期 起止时间 汇报周期 周报周期 报告期间 填报周期 本周日期 周期起止 起始 开始 周次 周别 报告周 统计周 汇报周 所属周 周报时间 周报日期 本周时间", help="星期一。",
        example="2026-11-16",
    )
    week_end: Date = column(
        "周期结束", "Week end", Kind.DATE, REQUIRED, fixed=True,
        aliases="结束日期 周结束 周结束日期 截止日期 结束时间 本周结束 周期止 周期结束日期 weekend 本周结束日期 终止日期 周期截止 周期截止日 周期截止日期 周期终止 统计结束日期 周期结束时间 截至日期 结束日 截止 结束", help="星期日。", example="2026-11-22",
    )
    new_customers: Whole = column(
        "本周新增客户数", "New customers", Kind.WHOLE, REQUIRED, minimum=0, help="本周首次接触的客户数。", example="3",
        aliases="新增客户数 新增客户 本周新增客户 新客户数 新增客户数量 本周新客户 本周新增 newcustomers 新开发客户数 新拓客户数 本周新开发客户 本周新开发客户数 新增客户个数 新客数 本周新增客户数量 新增客户家数 本周新增客户个数 新客户数量",
    )
    follow_ups: Whole = column(
        "有效跟进次数", "Follow-ups", Kind.WHOLE, REQUIRED, minimum=0, help="本周有沟通记录的次数。", example="12",
        aliases="跟进次数 本周跟进次数 有效跟进 有效跟进数 本周有效跟进次数 客户跟进次数 拜访次数 followups 跟进客户次数 有效拜访次数 本周有效跟进 本周跟进 客户拜访次数 有效沟通次数 本周跟进数 跟进数 本周拜访次数 有效跟进量",
    )
    expected_amount: Number = column(
        "预计成交金额", "Expected amount", Kind.AMOUNT, REQUIRED, minimum=0, aliases=AMOUNT + " 本周预计成交金额 本周预计成交额 本周预计成交 本周预计金额", help="单位：元。",
        example="350000",
    )
    completed_amount: Number = column(
        "本周完成业绩", "Completed (signed)", Kind.AMOUNT, REQUIRED, minimum=0, help="本周签约额，单位：元。", example="120000",
        aliases="完成业绩 本周业绩 本周签约额 本周签约 本周完成 完成金额 本周成交金额 本周完成额 业绩 签约额 completed 本周完成销售额 本周销售额 本周销售业绩 本周成交额 本周实际业绩 本周签单额 本周签单金额 本周签约金额 完成销售额 实际完成业绩 本周业绩完成 本周完成业绩额 本周实际完成业绩 实际业绩 新签额 新签合同额",
    )
    collected_amount: Number = column(
        "本周回款", "Collected", Kind.AMOUNT, minimum=0, aliases="回款 本周回款额 回款金额 本周回款金额 到账金额 collected 本周实际回款 本周到账 本周收款 收款金额 本周回款总额 回款额 本周到账金额 本周收定金",
        help="本周到账，单位：元。", example="80000",
    )
    deals: Whole = column(
        "签单数", "Deals", Kind.WHOLE, minimum=0, aliases="本周签单数 签单数量 成交单数 签约单数 成单数 本周成单 deals 本周签单 签约数 成交数 成交数量 本周成交单数 签单笔数 成交笔数 本周签约数 签约数量 单数 本周签单数量 签单个数 签约合同数 合同数 签订合同数 成交单量 成交客户数 签约客户数 新签合同数 中标数",
        help="本周签约的单数。", example="1",
    )
    month_target: Number = column(
        "本月目标", "Month's target", Kind.AMOUNT, minimum=0,
        aliases="月目标 月度目标 本月业绩目标 当月目标 月销售目标 本月任务 monthtarget 本月销售目标 月度销售目标 当月业绩目标 月目标额 月任务 本月指标 月度任务 当月任务 月度业绩目标 本月任务额 当月销售目标 月度签约目标 本月签约目标 月度签约任务", help="单位：元，与团队设置一致。",
        example="600000",
    )


class KeyCustomer(BlockModel):
    """Progress at a key customer. docs/domain.md 2.3."""

    customer_name: Text = column(
        "客户名称", "Customer name", Kind.NAME, REQUIRED, fixed=True, aliases=CUSTOMER_NAME, width=30, help="与客户档案一致。",
        example="示例智造科技有限公司",
    )
    stage: Text = column(
        "当前阶段", "Stage", Kind.CHOICE, REQUIRED, aliases=STAGE + " 成交阶段", choices="阶段", help="从下拉列表中选一项。",
        example="需求确认",
    )
    progress: Text = column(
        "本周进展", "Progress", Kind.TEXT, REQUIRED, aliases="进展 本周工作 本周工作内容 进展情况 本周进展情况 本周情况 跟进进展 工作进展 progress 本周跟进情况 本周跟进进展 本周工作进展 进展说明 进展描述 跟进情况 本周动态 项目进展 最新进展 本周推进情况 本周更新 本周跟进",
        concrete=True, width=40, help="本周发生了什么。", example="完成现场演示，客户提出3项修改意见",
    )
    next_step: Text = column(
        "下一步", "Next step", Kind.TEXT, REQUIRED, aliases="下一步计划 下一步行动 下步计划 后续计划 下一步工作 nextstep 下周计划 下周行动 下一步安排 下步工作 下一步措施 后续行动 下步行动 下一步动作 后续安排 下一步行动计划 下步跟进 跟进动作 跟进计划 跟进安排 下周推进要点 下周跟进", concrete=True,
        width=32, help="准备做什么。", example="提交第二版报价单并电话确认",
    )
    expected_close: Date = column("预计成交日期", "Expected close", Kind.DATE, aliases=CLOSE, help="日期。", example="2027-01-20")
    amount: Number = column("金额", "Amount", Kind.AMOUNT, minimum=0, aliases=AMOUNT + " 预计成交金额", help="单位：元。", example="280000")


class Issue(BlockModel):
    """A problem and what is done about it. docs/domain.md 2.3."""

    problem: Text = column(
        "存在问题", "Problem", Kind.TEXT, REQUIRED, aliases="问题 问题描述 主要问题 遇到的问题 困难 problem 问题点 存在的问题 主要存在问题 问题及困难 遇到问题 存在困难 困难与问题 遇到的困难 问题说明 当前问题 问题事项", width=40, help="遇到的问题。",
        example="竞品降价两成抢单",
    )
    measure: Text = column(
        "解决措施", "Measure", Kind.TEXT, REQUIRED, aliases="措施 解决方案 应对措施 解决办法 改进措施 measure 对策 改善措施 应对方案 解决对策 处理措施 解决方法 拟采取措施 整改措施 解决建议 改进方案 措施对策", width=40,
        help="打算怎么办。", example="改报三年期总成本，突出质保",
    )
    support: Text = column(
        "需要支持", "Support needed", Kind.TEXT, aliases="所需支持 需要的支持 需支持事项 需要协助 支持 support 需要公司支持 需支持 需协调事项 支持需求 所需资源 资源支持 需要的资源 需要帮助 协助事项 需要领导支持 公司支持 需协助事项 需要支持事项", width=28,
        help="希望公司提供的支持。",
    )


class NextWeek(BlockModel):
    """A plan for the coming week. docs/domain.md 2.3."""

    plan: Text = column(
        "计划事项", "Plan", Kind.TEXT, REQUIRED, aliases="计划 下周工作 工作计划 计划内容 下周计划 事项 下周工作计划 工作内容 plan 下周工作内容 下周工作安排 工作安排 工作事项 计划工作 计划工作内容 下周事项 下周重点工作 重点工作 任务 主要工作 任务内容 计划任务 拜访计划 拜访安排 拜访目的 跟进事项 拜访要点 拜访内容 走访计划", width=40,
        help="下周要做的事。", example="拜访采购总监并确认付款条款",
    )
    customer_name: Text = column(
        "客户名称", "Customer name", Kind.NAME, aliases=CUSTOMER_NAME + " 涉及客户 相关客户 对应客户 拟拜访客户 关联客户 客户对象", width=30, help="相关的客户。",
    )
    due: Date = column(
        "计划完成时间", "Due", Kind.MOMENT, REQUIRED, aliases="完成时间 计划完成 计划完成日期 完成日期 计划时间 截止时间 截止日期 预计完成时间 due 计划日期 完成期限 预计完成日期 截至时间 截至日期 要求完成时间 时间 日期 期限 时间节点 计划完成期限 完成时限 拜访日期 拜访时间 计划拜访时间 跟进日期 跟进时间",
        width=18, help="日期，需要时加上几点。", example="2026-11-26 18:00",
    )


class Handover(BlockModel):
    """The cards of a handover: who, when, why, and the signatures. docs/domain.md 2.4."""

    from_rep: Text = column(
        "移交人", "From", Kind.NAME, REQUIRED, fixed=True, aliases="交出人 移交方 交接人 原负责人 移交人姓名 fromrep 转出人 移出人 原销售 原销售代表 移交销售 移交者 交付人 原跟进人 交接方 移交销售代表 移交业务员 移交顾问 移交负责人", section="交接信息",
        help="交出客户的人。",
    )
    to_rep: Text = column(
        "接收人", "To", Kind.NAME, REQUIRED, fixed=True, aliases="接手人 接收方 承接人 新负责人 接收人姓名 torep 承接方 转入人 接替人 新销售 新销售代表 接收销售 接收者 接管人 新跟进人 接收销售代表 接收业务员 接收顾问 接收负责人", section="交接信息",
        help="接手客户的人。",
    )
    date: Date = column(
        "交接日期", "Date", Kind.DATE, REQUIRED, fixed=True, aliases="移交日期 交接时间 移交时间 交接日 移交日 办理日期 交接办理日期 变更日期 交接变更日期 生效日期", section="交接信息", help="交接的日期。",
    )
    reason: Text = column(
        "交接原因", "Reason", Kind.CHOICE, REQUIRED, aliases="移交原因 原因 交接事由 移交事由 交接缘由 移交缘由 交接理由 移交理由 变更原因 交接类型 移交类型 移交类别", choices="交接原因", section="交接信息",
        help="从下拉列表中选一项。",
    )
    from_signature: Text = column(
        "移交人签字", "Signed by giver", Kind.NAME, aliases="移交人签名 移交人签章 移交方签字 移交人(签字) 移交方签名 移交方(签字) 移交人(签名) 移交人(签章) 移交人确认 移交销售签字 移交业务员签字 原负责人签字 转出签字", section="签字确认", help="移交人签名。",
    )
    from_signed_on: Date = column(
        "日期", "Date", Kind.DATE, past_only=True, follows="from_signature", aliases="签字日期 签名日期 签署日期 签字时间", section="签字确认", help="签字的日期。",
    )
    to_signature: Text = column(
        "接收人签字", "Signed by receiver", Kind.NAME, aliases="接收人签名 接收人签章 接收方签字 接收人(签字) 接收方签名 接收方(签字) 接收人(签名) 接收人(签章) 接收人确认 接收销售签字 接收业务员签字 新负责人签字 转入签字", section="签字确认", help="接收人签名。",
    )
    to_signed_on: Date = column(
        "日期", "Date", Kind.DATE, past_only=True, follows="to_signature", aliases="签字日期 签名日期 签署日期 签字时间", section="签字确认", help="签字的日期。",
    )
    manager_signature: Text = column(
        "销售经理签字", "Signed by manager", Kind.NAME, aliases="经理签字 经理签名 主管签字 销售经理签名 审批人签字 销售经理(签字) 经理(签字) 销售经理签章 部门经理签字 经理签章 销售总监签字 上级签字 主管签名 部门主管签字 审批签字 监交人签字 监交人 销售经理(签名) 销售经理确认 部门经理(签字) 主管(签字) 领导签字 部门负责人签字", section="签字确认",
        help="销售经理签名。",
    )
    manager_signed_on: Date = column(
        "日期", "Date", Kind.DATE, past_only=True, follows="manager_signature", aliases="签字日期 签名日期 签署日期 签字时间", section="签字确认", help="签字的日期。",
    )


class HandoverCustomer(BlockModel):
    """A customer that changes hands. docs/domain.md 2.4."""

    customer_no: Text = column(
        "客户编号", "Customer no.", Kind.CODE, COMPUTED, aliases=CUSTOMER_NO, pattern=NO_PATTERN, width=18,
        help="可留空；填写时与客户档案一致。",
        example="CRM202405001",
    )
    own_no: Text = column(
        "自有编号", "Own number", Kind.CODE, aliases=OWN_NO, width=16, on_form=False, help="公司自己的客户编号，如 KH0001。",
    )
    customer_name: Text = column(
        "客户名称", "Customer name", Kind.NAME, REQUIRED, fixed=True, aliases=CUSTOMER_NAME, width=30, help="与客户档案一致。",
        example="示例智造科技有限公司",
    )
    contact_name: Text = column("联系人姓名", "Contact name", Kind.NAME, aliases=CONTACT_NAME, width=18, help="客户的联系人。", example="决策人:王总")
    contact: Text = column("联系方式", "Phone or e-mail", Kind.CONTACT, aliases=CONTACT, width=18, help="手机、座机或电子邮箱。", example="13800138000")
    grade: Text = column("客户等级", "Grade", Kind.CHOICE, choices="等级", aliases="等级 客户级别 级别 客户评级 评级 客户分级", width=11, help="可留空。")
    status: Text = column(
        "跟进状态", "Status", Kind.CHOICE, choices="跟进状态", aliases="客户状态 状态 当前状态 客户跟进状态 目前状态 跟进情况 合作状态 合作情况 意向分类 意向等级 意向程度 客户意向", width=11, help="从下拉列表中选一项。",
        example="意向",
    )
    stage: Text = column("成交阶段", "Stage", Kind.CHOICE, choices="阶段", aliases=STAGE, help="从下拉列表中选一项。", example="需求确认")


class HandoverContact(BlockModel):
    """A past contact with a handed-over customer. docs/domain.md 2.4."""

    customer_name: Text = column(
        "客户名称", "Customer name", Kind.NAME, REQUIRED, fixed=True, aliases=CUSTOMER_NAME, width=30, help="与客户档案一致。",
        example="示例智造科技有限公司",
    )
    contact_time: Date = column("沟通时间", "Time", Kind.MOMENT, REQUIRED, fixed=True, aliases=WHEN, past_only=True, width=18, help="到分钟。", example="2026-11-18 14:30")
    method: Text = column("沟通方式", "Method", Kind.CHOICE, aliases=METHOD, choices="沟通方式", help="从下拉列表中选一项。", example="电话拜访")
    summary: Text = column("沟通内容摘要", "Summary", Kind.TEXT, aliases=SUMMARY + " 沟通事项 往来事项 往来内容 往来情况 沟通结果", width=40, help="谈了什么。", example="介绍仓储方案，约定下周三现场演示")


class HandoverOpportunity(BlockModel):
    """An open opportunity of a handed-over customer. docs/domain.md 2.4."""

    customer_name: Text = column(
        "客户名称", "Customer name", Kind.NAME, REQUIRED, fixed=True, aliases=CUSTOMER_NAME, width=30, help="与客户档案一致。",
        example="示例智造科技有限公司",
    )
    opportunity: Text = column(
        "机会名称", "Opportunity", Kind.NAME, aliases="商机名称 项目名称 销售机会 机会 商机 项目 销售机会名称 销售项目 商机项目 机会项目 名称 方案名称 活动名称 品名 产品名称", width=24, help="项目的名称。", example="2026年度办公设备采购",
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
        "下一步行动", "Next action", Kind.TEXT, REQUIRED, aliases="下一步 下一步计划 后续行动 下步行动 后续计划 后续跟进计划 下一步跟进 后续跟进 跟进建议 下一步措施 下一步工作 待办事项 下步计划 下一步跟进计划 下一步行动计划 下步跟进 跟进动作 跟进事项 跟进计划 接手后动作 建议下一步", concrete=True, width=32,
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
        "contact_log",
        "客户跟进表",
        "Contact log",
        aliases=("拜访记录表", "拜访记录", "客户拜访记录", "客户拜访记录表", "跟进记录表", "跟进记录", "沟通记录表", "沟通记录", "客户跟进记录", "客户沟通记录", "拜访日报", "走访记录", "客户走访记录", "销售日志", "客户跟进日志", "电话沟通记录"),
        instruction="一行一次跟进：谁、哪个客户、何时、怎样、谈了什么。",
        blank=False,
        key=("customer_name", "summary"),
        blocks=(
            block("log_head", Shape.CARD, "填表信息", "Head", ArchiveHead),
            block("visit", Shape.TABLE, "跟进明细", "Contacts", Visit, sheet="跟进记录"),
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
    """团队设置 · 目标: one target per row. docs/domain.md 3.3."""

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
    aliases: Text = column("别名", "Aliases", Kind.ITEMS, help="表单上可能出现的其他叫法，用、隔开。", width=24)


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


class FormRow(BlockModel):
    """团队设置 · 表单: what the team's own forms have, one field per row. docs/domain.md 3.8."""

    form: Text = column("表单", "Form", Kind.NAME, help="如 客户档案；下面几行相同的可以留空。", example="客户档案", width=18)
    block: Text = column("区块", "Block", Kind.NAME, help="表单的哪一部分，如 本周重点客户进展；留空表示按项目去找。", width=20)
    shape: Text = column("形式", "Shape", Kind.NAME, help="暂不支持，请留空。", width=10)
    label: Text = column("项目", "Field", Kind.NAME, REQUIRED, help="标准的列名，如 首次接触时间。", example="首次接触时间", width=20)
    shown: Text = column("显示为", "Shown as", Kind.NAME, help="空白表单上的叫法；两种叫法都认得。", width=18)
    kind: Text = column("类型", "Kind", Kind.NAME, help="暂不支持，请留空。", width=10)
    choices: Text = column("取值", "Values", Kind.TEXT, help="暂不支持，请留空；选项请改在工作表“选项”。", width=12)
    unit: Text = column("单位", "Unit", Kind.NAME, help="暂不支持，请留空。", width=10)
    need: Text = column(
        "必填", "Required", Kind.CHOICE, choices="是否必填", help="必填、选填 或 不用；留空表示按标准。不用：空白表单上没有这一项，有人填了仍会读入。", example="选填", width=11,
    )
    condition: Text = column("条件", "Condition", Kind.TEXT, help="暂不支持，请留空。", width=12)
    role: Text = column("用途", "Role", Kind.NAME, help="暂不支持，请留空。", width=10)
    minimum: Text = column("最小", "Minimum", Kind.TEXT, help="暂不支持，请留空。", width=10)
    maximum: Text = column("最大", "Maximum", Kind.TEXT, help="暂不支持，请留空。", width=10)
    format: Text = column("格式", "Format", Kind.TEXT, help="暂不支持，请留空。", width=10)
    message: Text = column("出错时", "Message", Kind.TEXT, help="暂不支持，请留空。", width=12)
    help: Text = column("说明", "Help", Kind.TEXT, help="空白表单上的填写提示；留空表示按标准。", width=30)
    sample: Text = column("示例", "Example", Kind.TEXT, help="暂不支持，请留空。", width=12)
    aliases: Text = column("也叫", "Also called", Kind.ITEMS, help="表单上可能出现的其他列名，用、隔开。", width=30)


class Parameter(BlockModel):
    """团队设置 · 参数: thresholds and deadlines. docs/domain.md 3."""

    name: Text = column("参数", "Parameter", Kind.NAME, REQUIRED, help="不要改。", width=28)
    value: Text = column("值", "Value", Kind.TEXT, REQUIRED, help="改这里。", width=36)
    note: Text = column("说明", "Note", Kind.TEXT, help="这个参数管什么。", width=60)


class ViewRow(BlockModel):
    """团队设置 · 客户名单: one condition of a named list per row; those of one list all hold. docs/domain.md 3.6."""

    view: Text = column("名单", "List", Kind.NAME, REQUIRED, help="名单的名称；同一名单的几行条件要同时满足。", example="大额在谈", width=26)
    field: Text = column("字段", "Field", Kind.NAME, REQUIRED, help="客户档案的栏目，或销售代表、客户结局、未联系天数等。", example="预计成交金额", width=18)
    test: Text = column(
        "比较", "Comparison", Kind.CHOICE, REQUIRED, choices="比较", help="文字用 是、不是、包含、不含；数字和日期用 大于、不小于、小于、不大于；日期还可用几天内。", example="不小于",
    )
    value: Text = column("值", "Value", Kind.TEXT, help="要比的值；几个值都可以时用、隔开；比较为空、不为空时不填。", example="200000", width=30)


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
    block("form", Shape.TABLE, "表单", "Forms", FormRow, sheet="表单", optional=True),
    block("parameter", Shape.TABLE, "参数", "Parameters", Parameter, sheet="参数"),
    block("view", Shape.TABLE, "客户名单", "Customer lists", ViewRow, sheet="客户名单", optional=True),
    block("holiday", Shape.TABLE, "节假日", "Holidays", Holiday, sheet="节假日", optional=True),
)
"""The sheets of 团队设置.xlsx, each one table; the rules on them are docs/domain.md 3."""


BY_ROW = tuple(
    item.kind for chosen in FORMS for item in chosen.blocks if item.shape is Shape.TABLE and "rep" in {c.field for c in item.columns}
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


def book_columns(kinds: tuple[str, ...]) -> tuple[Column, ...]:
    """Return the columns of a team-book sheet that takes those blocks: each label once, in order."""
    seen: dict[str, Column] = {}
    for kind in kinds:
        for item in block_spec(kind).columns:
            seen.setdefault(item.field, item)
    return tuple(seen.values())
