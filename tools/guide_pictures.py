"""The workbooks that the guide to templates shows, and their pictures (LibreOffice, poppler).

    python -m tools.guide_pictures

Not part of make templates: pictures depend on the fonts of the machine.
"""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

import xlsxwriter

from salesxl import summary
from salesxl.render import render

IMAGES = Path(__file__).resolve().parent.parent / "docs" / "images"
NAMES = {"each_attainment__reps": "=汇总!$4:$4", "if_quiet": "=汇总!$8:$8"}
CROP = ("-x", "40", "-y", "50", "-W", "800", "-H", "425")
BLUE, PALE = "#1F4E79", "#DDEBF7"


def template() -> bytes:
    """Draw the guide's summary as its reader would: a title, one row for all reps, a total, a chart."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        sheet = book.add_worksheet("汇总")
        title = book.add_format({"bold": True, "font_size": 16, "font_color": BLUE})
        head = book.add_format({"bold": True, "font_color": "white", "bg_color": BLUE, "align": "center"})
        text = book.add_format({"bottom": 4})
        money = book.add_format({"bottom": 4, "num_format": "#,##0"})
        share = book.add_format({"bottom": 4, "num_format": "0%"})
        total = book.add_format({"bold": True, "bg_color": PALE, "num_format": "#,##0"})
        total_share = book.add_format({"bold": True, "bg_color": PALE, "num_format": "0%"})
        sheet.hide_gridlines(2)
        sheet.set_paper(9)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.print_row_col_headers()
        sheet.set_column("A:A", 16)
        sheet.set_column("B:D", 20)
        sheet.set_column("E:E", 18)
        sheet.set_row(0, 28)
        sheet.write("A1", "{{ title }}", title)
        sheet.write("A2", "截至 {{ as_of | date('m月d日') }}，共 {{ attainment.reps | length }} 人，单位：元")
        sheet.write_row("A3", ["销售代表", "本月目标", "本月累计", "达成率", "判断"], head)
        sheet.write("A4", "{{ rep.rep }}", text)
        sheet.write("B4", "{{ rep.target }}", money)
        sheet.write("C4", "{{ rep.completed }}", money)
        sheet.write("D4", "{{ rep.attainment }}", share)
        sheet.write("E4", "{{ rep.state_name }}", text)
        sheet.write("A5", "合计", total)
        sheet.write_formula("B5", "=SUM(B4:B4)", total)
        sheet.write_formula("C5", "=SUM(C4:C4)", total)
        sheet.write_formula("D5", '=IF(B5=0,"",C5/B5)', total_share)
        sheet.write("E5", "", total)
        sheet.write("A8", "本周没有要办的事。")
        alert = book.add_format({"bg_color": "#FFC7CE"})
        sheet.conditional_format(
            "E4:E4", {"type": "cell", "criteria": "==", "value": '"预警"', "format": alert}
        )
        chart = book.add_chart({"type": "column"})
        for column in "BC":
            chart.add_series(
                {
                    "name": f"=汇总!${column}$3",
                    "categories": "=汇总!$A$4:$A$4",
                    "values": f"=汇总!${column}$4:${column}$4",
                }
            )
        chart.set_title({"name": "目标与完成"})
        chart.set_size({"width": 640, "height": 220})
        sheet.insert_chart("A10", chart)
        for name, target in NAMES.items():
            book.define_name(name, target)
    return stream.getvalue()


REPS = [
    {"rep": rep, "team": team, "target": target, "completed": completed}
    for rep, team, target, completed in (
        ("许雨水", "华东组", 430_000, 251_000), ("林立秋", "华东组", 380_000, 402_000),
        ("夏霜降", "华南组", 430_000, 118_000), ("周秋分", "华南组", 360_000, 305_000),
        ("丁春分", "华北组", 300_000, 96_000), ("陆小寒", "西南组", 280_000, 90_000),
    )
]  # fmt: skip
GROUPED = {
    "each_reps": "=分组!$4:$6", "each_group__reps": "=分组!$5:$5", "group_reps": '="team"',
    "sort_reps": """="completed 降序, group.reps | sum('completed') 降序\"""", "first_reps": "=2",
    "others_reps": '="其他各组"',
}  # fmt: skip
BESIDE = {
    "each_reps": "=并排!$A$4:$C$4",
    "filter_reps": '="completed < target * floor"',
    "sort_reps": '="completed"',
    "empty_reps": '="没有人预警"',
    "each_reps.2": "=并排!$E$4:$F$4",
    "sort_reps.2": '="completed 降序"',
    "first_reps.2": "=3",
    "others_reps.2": "=\"rep = '其他', completed\"",
}


def groups() -> bytes:
    """Draw a list in groups with subtotals, the first two and the others."""
    lines = {
        4: ("{{ group.name }}（{{ group.count }} 人）", "", ""),
        5: ("{{ rep.rep }}", "{{ rep.target }}", "{{ rep.completed }}"),
        6: ("小计", "=SUBTOTAL(9,B5:B5)", "=SUBTOTAL(9,C5:C5)"),
        7: ("合计", "=SUBTOTAL(9,B4:B6)", "=SUBTOTAL(9,C4:C6)"),
    }
    return _page("分组", "各组业绩", {"A": ("销售代表", "目标", "完成")}, lines, GROUPED)


def beside() -> bytes:
    """Draw two lists of the same reps side by side: those behind, and the best with the others as one."""
    lines = {
        4: (
            "{{ rep.rep }}",
            "{{ rep.target }}",
            "{{ rep.completed }}",
            "",
            "{{ rep.rep }}",
            "{{ rep.completed }}",
        ),
        5: ("合计", "=SUM(B4:B4)", "=SUM(C4:C4)", "", "合计", "=SUM(F4:F4)"),
    }
    heads = {"A": ("预警的人", "目标", "完成"), "E": ("前三名", "完成")}
    return _page("并排", "预警与前三名（标准 {{ floor | percent }}）", heads, lines, BESIDE)


def _page(
    name: str,
    title: str,
    heads: Mapping[str, tuple[str, ...]],
    lines: Mapping[int, tuple[str, ...]],
    names: dict[str, str],
) -> bytes:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        sheet = book.add_worksheet(name)
        head = book.add_format({"bold": True, "font_color": "white", "bg_color": BLUE})
        total = book.add_format({"bold": True, "bg_color": PALE, "num_format": "#,##0"})
        money = book.add_format({"bottom": 4, "num_format": "#,##0"})
        sheet.hide_gridlines(2)
        sheet.set_paper(9)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.print_row_col_headers()
        sheet.set_column("A:F", 13)
        sheet.set_row(0, 28)
        sheet.write("A1", title, book.add_format({"bold": True, "font_size": 16, "font_color": BLUE}))
        for column, labels in heads.items():
            sheet.write_row(f"{column}3", labels, head)
        for row, cells in lines.items():
            plain = cells[0].startswith("{{ rep")
            for at, cell in enumerate(cells):
                if cell or len(cells) < 4:  # what parts two lists stays white
                    sheet.write(row - 1, at, cell, money if plain else total)
        for called, target in names.items():
            book.define_name(called, target)
    return stream.getvalue()


def picture(workbook: bytes, name: str) -> None:
    """Save the first page of a workbook as a picture, without the white around it."""
    with tempfile.TemporaryDirectory() as home:
        source = Path(home, "page.xlsx")
        source.write_bytes(workbook)
        office = ["soffice", "--headless", f"-env:UserInstallation=file://{home}/profile"]
        draw = ["pdftoppm", "-png", "-r", "90", "-l", "1", *CROP, f"{home}/page.pdf", f"{home}/page"]
        for command in ([*office, "--convert-to", "pdf", "--outdir", home, str(source)], draw):
            subprocess.run(command, check=True, capture_output=True)
        page = next(Path(home).glob("page*.png"))
        shutil.copy(page, IMAGES / name)


def main() -> None:
    """Write the workbooks beside each other, or draw the pictures."""
    source = template()
    done = render(source, summary.sample())
    if len(sys.argv) > 1:
        Path(sys.argv[1], "团队汇总.xlsx").write_bytes(source)
        return
    picture(source, "templates-template.png")
    picture(done, "templates-result.png")
    data = {"reps": REPS, "floor": 0.6}
    for name, source in (("groups", groups()), ("beside", beside())):
        picture(source, f"templates-{name}-template.png")
        picture(render(source, data), f"templates-{name}.png")


if __name__ == "__main__":
    main()
