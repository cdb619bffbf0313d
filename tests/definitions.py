"""Settings with rows on 表单, 表单清单 and 检查规则, made in memory from those of the presets."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from salesxl import drawing, settings
from salesxl.model import Finding, Workbook
from salesxl.rulebook import Rulebook
from salesxl.xlsx.read import grid

HEADS = {
    "表单": (
        *("表单", "区块", "形式", "项目", "显示为", "类型", "取值", "单位", "必填", "条件", "用途"),
        *("最小", "最大", "格式", "出错时", "说明", "示例", "也叫"),
    ),
    "表单清单": ("表单", "启用", "保存", "每次", "台账工作表", "别名", "填表说明"),
    "检查规则": ("规则", "表单", "作用", "项目", "比较", "值", "级别", "提示语"),
}
TEST_DRIVE = (
    {
        "表单": "试乘试驾",
        "形式": "卡片",
        "区块": "填表信息",
        "项目": "销售代表",
        "类型": "成员",
        "必填": "是",
    },
    {"项目": "填表日期", "类型": "日期", "最大": "今天"},
    {"区块": "试驾", "形式": "表格", "项目": "客户名称", "类型": "客户", "必填": "是", "用途": "键"},
    {"项目": "试驾日期", "类型": "日期", "必填": "是", "用途": "键", "最大": "今天"},
    {
        **{"项目": "试驾里程", "类型": "数字", "单位": "公里", "必填": "是", "最小": ">5"},
        **{"出错时": "每次试驾应大于 5 公里", "示例": "8"},
    },
    {"项目": "身份证号", "类型": "身份证", "必填": "是"},
    {"项目": "手机号码", "类型": "手机", "必填": "是"},
    {"项目": "感受", "类型": "选项", "取值": "满意、一般、不满意"},
)
"""A form of a dealer's, as its rows stand on 表单."""


@cache
def _presets() -> Workbook:
    with tempfile.TemporaryDirectory() as home:
        path = Path(home) / "团队设置.xlsx"
        path.write_bytes(drawing.settings_workbook())
        return grid.read(path, file=path.name)


def loaded(
    forms: Sequence[Mapping[str, Any]] = (),
    listed: Sequence[Mapping[str, Any]] = (),
    rules: Sequence[Mapping[str, Any]] = (),
    options: Sequence[tuple[str, str]] = (),
) -> tuple[Rulebook, list[Finding]]:
    """Return rules and findings of settings with those rows; the first row of a sheet is its fourth."""
    own = dict(zip(HEADS, (forms, listed, rules), strict=True))
    grids = []
    for sheet in _presets().grids:
        rows = list(sheet.rows)
        if sheet.sheet in own:
            head = HEADS[sheet.sheet]
            rows = [*rows[:2], head, *(tuple(row.get(name) for name in head) for row in own[sheet.sheet])]
        elif sheet.sheet == "选项":
            while rows and not any(rows[-1]):
                rows.pop()
            rows += options
        grids.append(replace(sheet, rows=rows))
    return settings.from_workbook(replace(_presets(), grids=tuple(grids)))


def faults(found: Sequence[Finding]) -> list[tuple[str, str | None, str | None]]:
    """Return code, cell and reason of each finding."""
    return [(f.code, f.place.cell, f.facts.get("why")) for f in found]
