"""What marking costs beside unzipping and zipping the same workbook: 100 marks, 1,000 rows, 20 columns."""

from __future__ import annotations

import io
import time
import zipfile
from collections.abc import Callable

import xlsxwriter

from salesxl.annotate import TableArea, annotate, strip
from salesxl.model import Finding, Place, Severity
from tests.test_annotate import WORDS, tell

SHEET = "客户档案"
RUNS = 7


def main() -> None:
    """Print a table: processor seconds, the least of several runs, and the ratio to unzip and zip."""
    source = archive_of_1000()
    table = [TableArea(SHEET, 1, 1, 20, 2, 1001)]
    places = [f"{chr(65 + n % 20)}{2 + n * 10}" for n in range(100)]
    findings = [Finding("range", Severity.ERROR, Place("x.xlsx", SHEET, cell), value=-1) for cell in places]
    marked = annotate(source, findings, tell, WORDS, tables=table).data
    base = cost(lambda: rezip(source))
    print("| 1,000 × 20 cells | CPU s | × unzip and zip |\n| --- | --- | --- |")
    print(f"| unzip and zip | {base:.4f} | 1.0 |")
    for name, job in (
        ("mark 100 cells", lambda: annotate(source, findings, tell, WORDS, tables=table)),
        ("take the marks off", lambda: strip(marked)),
    ):
        took = cost(job)
        print(f"| {name} | {took:.4f} | {took / base:.1f} |")


def cost(job: Callable[[], object]) -> float:
    """Return the least processor time of several runs."""
    times = []
    for _ in range(RUNS):
        start = time.process_time()
        job()
        times.append(time.process_time() - start)
    return min(times)


def rezip(source: bytes) -> None:
    """Unzip a workbook and zip it again."""
    with (
        zipfile.ZipFile(io.BytesIO(source)) as old,
        zipfile.ZipFile(io.BytesIO(), "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for info in old.infolist():
            new.writestr(info, old.read(info))


def archive_of_1000() -> bytes:
    """Return a customer archive of 1,000 rows and 20 columns, most of them texts."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        sheet, look = book.add_worksheet(SHEET), book.add_format({"border": 1})
        for row in range(1001):
            for column in range(20):
                value = row * column if column % 3 == 0 and row else f"苏州第{row}-{column}精密机械有限公司"
                sheet.write(row, column, value, look)
    return stream.getvalue()
