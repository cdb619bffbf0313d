"""Fictional names, companies and words, drawn without repetition from a seed."""

from __future__ import annotations

import datetime as dt
import random

REPS = ("林知远", "赵雅琴", "周文博", "吴思敏", "郑国栋", "孙丽华", "钱永康", "冯晓岚")
MISSPELT = {
    "林知远": "林志远", "赵雅琴": "赵雅芹", "周文博": "周文勃", "吴思敏": "吴思明", "郑国栋": "郑国东",
    "孙丽华": "孙莉华", "钱永康": "钱永慷", "冯晓岚": "冯小岚",
}  # fmt: skip
TEAMS = ("一组", "二组")
CITIES = ("苏州", "无锡", "常州", "南通", "扬州", "镇江", "嘉兴", "绍兴", "宁波", "湖州", "合肥", "芜湖")
BRANDS = (
    "恒瑞", "云帆", "长风", "博远", "海润", "明德", "天逸", "宏图", "金桥", "华诚",
    "启明", "盛源", "嘉禾", "瑞丰", "德邦", "中原", "鼎新", "同辉", "百川", "安泰",
)  # fmt: skip
FIELDS = {
    "精密机械": "制造业-机械设备", "汽车部件": "制造业-汽车零部件", "电子": "制造业-电子电器",
    "食品": "制造业-食品饮料", "软件": "IT服务-软件开发", "物流": "交通运输业-物流仓储",
    "贸易": "批发业-贸易", "建材": "制造业-家具建材", "包装": "制造业-包装印刷", "检测": "服务业-检测认证",
}  # fmt: skip
SOURCES = ("展会", "转介绍", "线上推广", "主动拜访", "电话营销", "市场线索")
FAMILY = "王李张刘陈杨黄徐马朱胡郭何高罗"
GIVEN = ("建国", "海燕", "志强", "秀英", "立新", "晓东", "玉兰", "永刚", "文静", "德明", "春梅", "少华")
NEEDS = (
    "需要采购{n}台办公电脑，两个月内交付",
    "仓库要上{n}套条码设备，替换旧系统",
    "车间改造，要{n}台检测仪并含培训",
    "计划更换{n}套包装线的控制柜",
)
SUMMARIES = (
    "介绍仓储方案，客户要求把交期缩短到{n}天",
    "现场看了{n}条产线，客户提出接口要求",
    "核对报价清单，客户要求分{n}期付款",
    "与采购确认样机测试结果，第{n}轮通过",
)
ACTIONS = (
    "发送第{n}版产品参数表至客户邮箱",
    "寄送{n}台样机到客户现场并安装",
    "提交第{n}版报价单并电话确认收到",
    "带工程师到客户车间测量{n}处尺寸",
)
METHODS = ("电话拜访", "线下会议", "线上视频会议", "上门拜访", "微信")
REASONS = ("价格过高", "选择竞品", "需求取消", "预算不足")


class Names:
    """Hands out what must not repeat: company names, telephones, contract numbers."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        pool = [(city, brand) for brand in BRANDS for city in CITIES]
        rng.shuffle(pool)
        self.companies, self.phone, self.contract = pool, 100, 0

    def company(self) -> tuple[str, str]:
        """Return a full name and its industry; no two share city and brand."""
        city, brand = self.companies.pop()
        trade = self.rng.choice(list(FIELDS))
        return f"{city}{brand}{trade}有限公司", FIELDS[trade]

    def renamed(self, name: str) -> str:
        """Return a new name that shares nothing with the old one but its trade."""
        city, brand = self.companies.pop()
        return f"{city}{brand}{name[4:-4]}有限公司"

    def person(self) -> str:
        return self.rng.choice(FAMILY) + self.rng.choice(GIVEN)

    def telephone(self) -> str:
        self.phone += 7
        return f"139{self.phone:08d}"

    def contract_no(self, day: dt.date) -> str:
        self.contract += 1
        return f"HT{day:%Y%m}-{self.contract:03d}"
