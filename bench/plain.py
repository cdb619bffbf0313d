"""What a good engineer writes in an afternoon: read with pandas and openpyxl, stack, write with openpyxl.

    python -m bench.plain FOLDER OUT [pandera]

It knows the standard headers only, checks nothing (or, with ``pandera``, each file against a schema), marks
nothing and sums nothing up: the yardstick for what the whole Friday job may cost.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

HEADERS = {
    "客户档案": ("客户名称", "所属行业"),
    "跟进记录": ("沟通时间", "沟通方式"),
    "行动计划": ("行动具体内容", "负责人"),
    "重点客户进展": ("客户名称", "当前阶段"),
    "问题与措施": ("存在问题", "解决措施"),
    "下周计划": ("计划事项", "计划完成时间"),
    "交接明细": ("客户编号", "客户名称"),
}
"""Sheets of the result, and two headers by which their tables are found."""

NUMBERS = ("预计成交金额", "年采购额", "员工人数", "金额")
DATES = ("首次接触时间", "预计成交日期", "最近跟进时间", "沟通时间", "计划完成时间")


def main(folder: Path, out: Path, *, check: bool) -> None:
    """Read, stack and write."""
    stacked: dict[str, list[pd.DataFrame]] = {name: [] for name in HEADERS}
    for path in sorted(folder.glob("*.xlsx")):
        for name, table in tables(path):
            stacked[name].append(validated(table) if check else table)
    with pd.ExcelWriter(out, engine="openpyxl") as writer:
        for name, parts in stacked.items():
            if parts:
                pd.concat(parts, ignore_index=True).to_excel(writer, sheet_name=name, index=False)


def tables(path: Path) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield every table of a workbook's first sheet: from a header row to the next row with one cell only."""
    cells = pd.read_excel(path, header=None, engine="openpyxl")
    rows = cells.to_numpy(dtype=object)
    handover = path.stem.endswith("交接清单")
    known = [name for name in HEADERS if (name == "交接明细") == handover]
    at = 0
    while at < len(rows):
        texts = [str(v) for v in rows[at] if pd.notna(v)]
        found = next((n for n in known if set(HEADERS[n]) <= set(texts) and len(texts) > 1), None)
        if found is None or any("：" in t for t in texts):
            at += 1
            continue
        end = at + 1
        while end < len(rows) and pd.notna(rows[end]).sum() > 1:
            end += 1
        table = pd.DataFrame(rows[at + 1 : end, : len(texts)], columns=texts)
        yield found, table.assign(来源文件=path.name, 来源行=range(at + 2, end + 1))
        at = end


def validated(table: pd.DataFrame) -> pd.DataFrame:
    """Hold a table against a schema: numbers are numbers and dates are dates."""
    import pandera.pandas as pa

    columns: dict[str, Any] = {}
    for name in table.columns:
        if name in NUMBERS:
            columns[name] = pa.Column(float, pa.Check.ge(0), nullable=True, coerce=True)
        elif name in DATES:
            columns[name] = pa.Column("datetime64[ns]", nullable=True, coerce=True)
        else:
            columns[name] = pa.Column(object, nullable=True)
    try:
        pa.DataFrameSchema(columns).validate(table, lazy=True)
    except pa.errors.SchemaErrors as errors:
        faulty = set(errors.failure_cases["index"].dropna())
        return table[~table.index.isin(faulty)]
    return table


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    main(Path(sys.argv[1]), Path(sys.argv[2]), check="pandera" in sys.argv[3:])
