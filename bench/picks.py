"""What filtering, sorting and grouping a band costs, beside XlsxWriter writing as many cells.

    python -m bench.picks

Each figure is of one run in a process of its own: processor seconds, and the peak of memory.
"""

from __future__ import annotations

import io
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import xlsxwriter

from salesxl.render import render_file

COLUMNS, LARGE, SIZES = 18, 100_000, (25_000, 50_000, 100_000, 200_000)
KINDS: dict[str, dict[str, str]] = {
    "plain": {"each_deals": "=S!$1:$1"},
    "filter": {"each_deals": "=S!$1:$1", "filter_deals": '="c1 > 5000"'},
    "sort": {"each_deals": "=S!$1:$1", "sort_deals": '="-c1, c0"'},
    "group": {
        "each_deals": "=S!$1:$3",
        "each_group__deals": "=S!$2:$2",
        "group_deals": '="c2 % 50"',
    },
}


def deals(count: int) -> list[dict[str, Any]]:
    """Return generated rows: a text in every third column, whole numbers in the others."""
    return [
        {f"c{k}": n * 7 % 9973 + k if k % 3 else f"客户{n}-{k}" for k in range(COLUMNS)} for n in range(count)
    ]


def template(kind: str) -> bytes:
    """Draw the template of a kind."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        sheet = book.add_worksheet("S")
        if kind == "group":
            sheet.write("A1", "{{ group.name }}")
            sheet.write_formula("B3", "=SUM(B2:B2)")
        for column in range(COLUMNS):
            sheet.write(int(kind == "group"), column, f"{{{{ deal.c{column} }}}}")
        for name, target in KINDS[kind].items():
            book.define_name(name, target)
    return buffer.getvalue()


def written(path: Path, rows: list[dict[str, Any]]) -> None:
    """Write the rows as XlsxWriter does in constant memory."""
    with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        for at, row in enumerate(rows):
            for column, value in enumerate(row.values()):
                sheet.write(at, column, value)


def one(kind: str, count: int) -> str:
    """Run one kind and return its line."""
    rows = deals(count)
    source = template(kind) if kind in KINDS else b""
    with tempfile.TemporaryDirectory() as folder:
        target, start = Path(folder, "out.xlsx"), time.process_time()
        if source:
            render_file(source, {"deals": rows}, target)
        else:
            written(target, rows)
        spent = time.process_time() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return f"| {kind} | {count:,} | {spent:.2f} | {peak} |"


def main() -> None:
    """Print the table."""
    print("| kind | rows | CPU s | peak MB |\n| --- | --- | --- | --- |")
    asked = [("XlsxWriter", LARGE), ("plain", LARGE)]
    asked += [(kind, size) for kind in KINDS if kind != "plain" for size in SIZES]
    for kind, size in asked:
        command = [sys.executable, "-m", "bench.picks", kind, str(size)]
        print(subprocess.run(command, check=True, capture_output=True, text=True).stdout, end="", flush=True)


if __name__ == "__main__":
    if len(sys.argv) > 2:
        print(one(sys.argv[1], int(sys.argv[2])))
    else:
        main()
