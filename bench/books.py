"""Writing the team's book beside XlsxWriter and openpyxl in the modes in which they keep few rows in memory.

    python -m bench.books 50

All three write the same sheets, labels and values. Only the first also fills a template: styles of a sample
row, Excel tables, filters. Each runs in a process of its own, in turns; the least of several runs.
"""

from __future__ import annotations

import datetime as dt
import pickle
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import xlsxwriter

from bench import reps
from salesxl import messages, validate
from salesxl.cli import report
from salesxl.consolidate import consolidate
from salesxl.files.packaged import shipped
from salesxl.intake import receive
from salesxl.messages import Words
from salesxl.model import Team
from salesxl.tables import TABLES
from salesxl.workspace import book
from salesxl.workspace.book_cells import columns, values
from salesxl.workspace.folder import TeamFolder

RUNS = 5
DAY = "yyyy-mm-dd"


def ours(team: Team, out: Path, said: Words) -> None:
    """Fill the shipped template."""
    book.write_book(team, shipped(said.text("file.book")), out, said)


def by_xlsxwriter(team: Team, out: Path, said: Words) -> None:
    """Write with XlsxWriter, which keeps one row in memory."""
    with xlsxwriter.Workbook(out, {"constant_memory": True}) as workbook:
        day = workbook.add_format({"num_format": DAY})
        for name, labels, rows in tables(team, said):
            sheet = workbook.add_worksheet(name)
            sheet.write_row(0, 0, labels)
            for at, row in enumerate(rows, 1):
                for column, value in enumerate(row):
                    if isinstance(value, dt.date):
                        sheet.write_datetime(at, column, value, day)
                    elif isinstance(value, str):
                        sheet.write_string(at, column, value)
                    elif value is not None:
                        sheet.write(at, column, value)


def by_openpyxl(team: Team, out: Path, said: Words) -> None:
    """Write with openpyxl's write-only workbook."""
    workbook = openpyxl.Workbook(write_only=True)
    for name, labels, rows in tables(team, said):
        sheet = workbook.create_sheet(name)
        sheet.append(labels)
        for row in rows:
            sheet.append(row)
    workbook.save(out)


def tables(team: Team, said: Words) -> Iterator[tuple[str, Sequence[str], Iterator[Sequence[Any]]]]:
    """Yield each sheet's name, its labels, and its rows, blank as None."""
    for table in TABLES:
        held, shown = team.tables[table], columns(table, said)
        labels = [c.label for c in shown]
        yield said.name("sheet", table), labels, zip(*values(held, shown, said, 0, len(held)), strict=True)


JOBS: dict[str, tuple[str, Callable[[Team, Path, Words], None]]] = {
    "ours": ("salesxl, into the template", ours),
    "xlsxwriter": ("XlsxWriter, constant memory", by_xlsxwriter),
    "openpyxl": ("openpyxl, write-only", by_openpyxl),
}


def main(size: int = 50) -> None:
    """Print time and memory of each."""
    with tempfile.TemporaryDirectory() as place:
        home = Path(place)
        kept = home / "team.pickle"
        team = made(home, size)
        kept.write_bytes(pickle.dumps(team))
        cells = sum(int(team.tables[t].notna().sum().sum()) for t in TABLES)
        found: dict[str, list[tuple[float, float, float]]] = {name: [] for name in JOBS}
        for _ in range(RUNS):
            for name, runs in found.items():
                command = [sys.executable, "-m", "bench.books", name, str(kept), str(home / f"{name}.xlsx")]
                told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
                runs.append(tuple(map(float, told.split())))
        sizes = {name: (home / f"{name}.xlsx").stat().st_size / 1e6 for name in JOBS}
    least = {name: [min(figures) for figures in zip(*runs, strict=True)] for name, runs in found.items()}
    print(f"| the book of {size} reps, {cells:,} cells | CPU s | × ours | wall s | peak MB | file, MB |")
    print("| --- | --- | --- | --- | --- | --- |")
    for name, (wall, cpu, peak) in least.items():
        times = cpu / least["ours"][1]
        print(f"| {JOBS[name][0]} | {cpu:.2f} | {times:.1f} | {wall:.2f} | {peak:.0f} | {sizes[name]:.2f} |")


def made(home: Path, size: int) -> Team:
    """Return the tables of a team of that size."""
    said = messages.load("zh", report.label_of)
    reps.fill(home, size)
    folder = TeamFolder(home, said)
    rules, _ = folder.rules()
    checked = validate.check(receive([folder.inbox], rules), rules, reps.AS_OF)
    return consolidate(checked, rules)


def alone(name: str, kept: Path, out: Path) -> None:
    """Do one job and print wall and processor seconds, and the most memory, the team's tables in it."""
    import resource  # not on Windows, where only the tables above are printed

    said = messages.load("zh", report.label_of)
    team = pickle.loads(kept.read_bytes())
    wall, cpu = time.perf_counter(), time.process_time()
    JOBS[name][1](team, out, said)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    print(wall, cpu, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


if __name__ == "__main__":
    if len(sys.argv) > 2:
        alone(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 50)
