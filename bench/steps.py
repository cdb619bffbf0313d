"""Where the time of a Friday goes: each step of the job, beside the bare reading of the same files.

python -m bench.steps 5 50
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import python_calamine

from bench import reps
from salesxl import messages, render, summary, validate
from salesxl.cli import report
from salesxl.consolidate import consolidate
from salesxl.files.packaged import shipped
from salesxl.intake import Cache, receive
from salesxl.workers import Local
from salesxl.workspace import archive, book, returns
from salesxl.workspace.folder import TeamFolder
from salesxl.xlsx.read import grid

RUNS = 3


def main(sizes: tuple[int, ...] = (5, 50)) -> str:
    """Return a table: seconds of each step by number of reps, medians of several runs, imports left out."""
    lines = ["| step | " + " | ".join(f"{n} reps, s" for n in sizes) + " |"]
    lines.append("| --- " * (len(sizes) + 1) + "|")
    columns = [steps(n) for n in sizes]
    lines += [f"| {name} | " + " | ".join(f"{c[name]:.2f}" for c in columns) + " |" for name in columns[0]]
    return "\n".join(lines)


def steps(size: int) -> dict[str, float]:
    """Time each step for a team of that size."""
    said = messages.load("zh", report.label_of)
    with tempfile.TemporaryDirectory() as place:
        home = Path(place)
        reps.fill(home, size)
        folder = TeamFolder(home, said)
        rules, _ = folder.rules()
        paths = sorted(folder.inbox.iterdir())
        found: dict[str, float] = {}

        def step(name: str, call: Callable[[], Any]) -> Any:
            times, result = [], None
            for _ in range(RUNS):
                start = time.perf_counter()
                result = call()
                times.append(time.perf_counter() - start)
            found[name] = statistics.median(times)
            return result

        step("bare read (python-calamine)", lambda: [bare(p) for p in paths])
        step("· our read, at true addresses with errors and formulas", lambda: [ours(p) for p in paths])
        step("· read and recognise, two processes", lambda: receive([folder.inbox], rules, Local(2)))
        batch = step("read and recognise", lambda: receive([folder.inbox], rules))
        cache = Cache(folder.kept / "received.jsonl")
        receive([folder.inbox], rules, cache=cache)
        step("· again, from the cache", lambda: receive([folder.inbox], rules, cache=Cache(cache.path)))
        checked = step("type and check", lambda: validate.check(batch, rules, reps.AS_OF))
        team = step("consolidate", lambda: consolidate(checked, rules))
        blank, source = shipped(said.text("file.book")), shipped(said.text("file.summary"))
        step("keep the originals", lambda: archive.keep_originals(batch.files, folder, "W"))
        step("team book", lambda: book.write_book(team, blank, home / "book.xlsx", said))
        figures = step("analyse", lambda: summary.summarise(team, rules, said))
        step("summary", lambda: render.render(source, figures))
        step("returns", lambda: returns.mark(home / "out", checked, batch.files, said))
    found["all steps"] = sum(v for k, v in found.items() if not k.startswith(("bare", "·")))
    return found


def bare(path: Path) -> int:
    """Read every cell of a workbook with nothing else done."""
    workbook = python_calamine.CalamineWorkbook.from_path(path)
    return sum(len(workbook.get_sheet_by_name(n).to_python()) for n in workbook.sheet_names)


def ours(path: Path) -> int:
    """Read a workbook as the Friday job does."""
    return len(grid.read(path, file=path.name).grids)


if __name__ == "__main__":
    print(main(tuple(int(n) for n in sys.argv[1:]) or (5, 50)))
