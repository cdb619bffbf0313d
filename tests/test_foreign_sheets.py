"""Sheets that are no form of ours, though they speak of customers and amounts: none is taken for one."""

from __future__ import annotations

import datetime as dt

import pytest

from salesxl.model import CellValue, Grid, Workbook
from salesxl.recognition import read_workbook
from tests.header_sets import CHOICES

DAY = dt.datetime(2026, 11, 18)
FOREIGN = {
    "费用报销": "报销日期 报销人 部门 费用类别 事由 金额 客户名称 出差地点 附件张数 审批人 备注",
    "员工花名册": "工号 姓名 性别 部门 岗位 联系电话 身份证号 入职日期 合同到期日 紧急联系人 备注",
    "供应商名录": "供应商编号 供应商名称 主营产品 联系人 联系电话 地址 合作状态 付款方式 年采购额 备注",
    "库存表": "物料编码 物料名称 规格型号 单位 库存数量 单价 金额 仓库 最近入库日期 备注",
    "合同台账": "合同编号 客户名称 合同名称 签订日期 合同金额 合同到期日 已回款 未回款 负责人 状态 备注",
    "考勤表": "姓名 部门 日期 上班时间 下班时间 迟到 请假类型 备注",
    "会议纪要": "会议时间 会议地点 主持人 参会人员 会议内容 决议事项 责任人 完成时间",
    "通讯录": "单位名称 姓名 职务 电话 邮箱 地址",
    "发货清单": "发货日期 客户名称 收货人 联系电话 收货地址 产品型号 数量 物流单号 签收状态",
    "报价单": "序号 产品名称 型号 数量 单价 金额 交货期 备注",
    "应收账款": "客户名称 开票日期 发票金额 已收金额 未收金额 账期 到期日 责任人 备注",
    "投诉记录": "投诉日期 客户名称 联系人 联系电话 投诉内容 原因分析 处理措施 责任部门 处理结果",
    "培训计划": "培训主题 培训对象 培训时间 讲师 培训方式 培训内容 负责部门 备注",
    "招聘进度": "岗位 需求人数 招聘渠道 候选人姓名 联系方式 面试时间 当前阶段 负责人 备注",
    "项目进度": "项目名称 项目经理 开始日期 结束日期 当前进度 存在问题 解决措施 下一步计划 备注",
    "活动签到": "序号 公司名称 姓名 职务 手机号 签到时间",
}


@pytest.mark.parametrize("title", FOREIGN)
def test_another_list_of_the_office_is_no_form(title: str) -> None:
    headers = FOREIGN[title].split()
    values: list[CellValue] = [_value(header) for header in headers]
    rows = [[title], [], headers, *[list(values) for _ in range(5)]]
    submissions, findings = read_workbook(Workbook("a.xlsx", (Grid(title, rows),)), {}, CHOICES)
    assert submissions == []
    assert [f.code for f in findings] == ["unrecognised"]


def _value(header: str) -> CellValue:
    if header.endswith(("日期", "时间", "日")):
        return DAY
    if header.endswith(("金额", "单价", "数量", "人数", "采购额")):
        return 1200
    if header.endswith(("名称", "单位")):
        return "青石湾机械有限公司"
    if header.endswith(("电话", "手机号", "联系方式")):
        return "13800138000"
    return "李静" if header.endswith(("人", "姓名")) else "正常"
