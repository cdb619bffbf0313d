"""Where the time of a Friday goes: each step of the job, and the bare reading of the same files."""

from __future__ import annotations

import datetime as dt
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import python_calamine

from salesxl import analyse, book, demo, render, report, returns, settings, validate, words
from salesxl.consolidate import consolidate
from salesxl.receive import receive
from salesxl.shipped import shipped

RUNS = 3
AS_OF = dt.date(2026, 11, 20)


def main(reps: tuple[int, ...] = (5, 50)) -> None:
    """Print a table: seconds of each step by number of reps, medians of several runs."""
    print("| step | " + " | ".join(f"{n} reps, s" for n in reps) + " |")
    print("| --- " * (len(reps) + 1) + "|")
    columns = [steps(n) for n in reps]
    for name in columns[0]:
        print(f"| {name} | " + " | ".join(f"{column[name]:.2f}" for column in columns) + " |")


def steps(reps: int) -> dict[str, float]:
    """Time each step for a fictional team of that size."""
    said = words.load("zh", report.label_of)
    rules = demo.settings(settings.default_rulebook(), reps=reps)
    with tempfile.TemporaryDirectory() as place:
        home = Path(place)
        demo.fill_inbox(home / "in", rules, week_start=demo.WEEK_START, reps=reps)
        paths = sorted((home / "in").rglob("*.xlsx"))
        found: dict[str, float] = {}

        def step(name: str, call: Callable[[], object]) -> object:
            times, result = [], None
            for _ in range(RUNS):
                start = time.perf_counter()
                result = call()
                times.append(time.perf_counter() - start)
            found[name] = statistics.median(times)
            return result

        step("bare read (python-calamine)", lambda: [bare(p) for p in paths])
        batch = step("read and recognise", lambda: receive([home / "in"], rules))
        checked = step("type and check", lambda: validate.check(batch, rules, AS_OF))  # type: ignore[arg-type]
        team = step("consolidate", lambda: consolidate(checked, rules, said))  # type: ignore[arg-type]
        blank = shipped(said.text("file.book"))
        step("team book", lambda: book.write_book(team, blank, home / "book.xlsx", said))  # type: ignore[arg-type]
        figures = step("analyse", lambda: analyse.summarise(team, rules, said))  # type: ignore[arg-type]
        source = shipped(said.text("file.summary"))
        step("summary", lambda: render.render(source, figures))  # type: ignore[arg-type]
        step("returns", lambda: returns.mark(home / "out", checked, batch.files, said))  # type: ignore[attr-defined, arg-type]
    found["all steps"] = sum(v for k, v in found.items() if not k.startswith("bare"))
    return found


def bare(path: Path) -> int:
    """Read every cell of a workbook with nothing else done; files it cannot open count as nothing."""
    try:
        workbook = python_calamine.CalamineWorkbook.from_path(path)
        return sum(len(workbook.get_sheet_by_name(n).to_python()) for n in workbook.sheet_names)
    except python_calamine.CalamineError:
        return 0
