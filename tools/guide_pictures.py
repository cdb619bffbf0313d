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


if __name__ == "__main__":
    main()
