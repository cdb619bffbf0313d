"""The team's state alone: its book written, read whole, and carried into the next week, at three sizes.

    python -m bench.state [NAME …]

The tables are generated: second week and 53rd week of 50 reps at full activity (60 talks a rep and week,
docs/performance.md), a team of 200,000 customers, the 60th week of 500 reps. Each step runs in a process of
its own, once. Owns the sizes. Refuses: the rest of a Friday.
"""

from __future__ import annotations

import gc
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from salesxl.columns import Column, Kind, columns_of
from salesxl.model import TableName
from salesxl.tables import TABLES, model
from salesxl.workspace.book_tables import Closed, read_state, read_tables, write_tables

TEXTS = ("summary", "need", "need_points", "action", "progress", "next_step")
FEW = ("team", "method", "stage", "status", "grade", "source", "industry")
BLANK = ("flags", "others", "item")
FIRST = np.datetime64("2026-01-01T00:00", "us")
WEEKLY: dict[TableName, int] = {
    **{"communication": 60, "weekly_report": 1, "key_customer": 6, "issue": 4, "next_week": 4},
    "submission": 4,
}
"""Rows a rep adds each week."""

STANDING: dict[TableName, int] = {"customer": 180, "action": 10, "record": 6}
"""Rows a rep has at any time."""


@dataclass(frozen=True, slots=True)
class Size:
    """How many weeks of how many reps a book holds; all weeks but the last are closed."""

    reps: int
    weeks: int
    customers: int = 0


SIZES = {
    "50 reps, 2nd week": Size(50, 2),
    "50 reps, 53rd week": Size(50, 53),
    "200,000 customers, 2nd week": Size(500, 2, 200_000),
    "500 reps, 60th week": Size(500, 60),
}


def rows(table: TableName, count: int, seed: int, reps: int) -> pd.DataFrame:
    """Return generated rows: every column filled but those for marks."""
    dice = np.random.default_rng(seed)
    return pd.DataFrame({c.field: column(c, count, dice, reps) for c in columns_of(model(table))})


def column(shown: Column, count: int, dice: np.random.Generator, reps: int) -> object:
    """Return generated cells of a column."""
    name, dtype = shown.field, shown.kind.dtype
    if dtype == "Float64":
        return pd.array(np.round(dice.random(count) * 1e6, 2), dtype=dtype)
    if dtype == "Int64":
        return pd.array(dice.integers(1, 500, count), dtype=dtype)
    if dtype == "boolean":
        return pd.array(dice.random(count) < 0.5, dtype=dtype)
    if dtype != "string":
        moments = FIRST + dice.integers(0, 300 * 24 * 60, count) * np.timedelta64(1, "m")
        unit = "us" if shown.kind is Kind.MOMENT else "D"
        return moments.astype(f"datetime64[{unit}]").astype("datetime64[us]")
    if name in BLANK:
        return pd.array([None] * count, dtype="string")
    free = name in TEXTS
    most = 10**6 if free else reps if name in ("rep", "original_rep") else 5 if name in FEW else 20_000
    said = "与采购部讨论第{}号方案的交付周期与验收口径，对方希望下周给出报价" if free else name + "值{}"
    return pd.array([said.format(n) for n in dice.integers(0, most, count).tolist()], dtype="string")


def week(size: Size, number: int) -> dict[TableName, pd.DataFrame]:
    """Return what the reps add in a week."""
    added = enumerate(WEEKLY.items())
    return {table: rows(table, n * size.reps, 100 * number + at, size.reps) for at, (table, n) in added}


def standing(size: Size) -> dict[TableName, pd.DataFrame]:
    """Return what stands open, weekly tables blank."""
    counts = {t: n * size.reps for t, n in STANDING.items()}
    counts["customer"] = size.customers or counts["customer"]
    return {table: rows(table, counts.get(table, 0), at, size.reps) for at, table in enumerate(TABLES)}


def first(size: Size, path: Path) -> None:
    """Write the book of the week before the last, with nothing packed before."""
    closed: dict[TableName, list[Closed]] = {table: [] for table in WEEKLY}
    tables = standing(size)
    for number in range(size.weeks - 1):
        for table, frame in week(size, number).items():
            closed[table].append(Closed.of(f"W{number}", frame))
    timed("write, nothing packed", lambda: write_tables(path, tables, {}, closed=closed))


def whole(size: Size, path: Path) -> None:
    """Read all of a book."""
    timed("read whole", lambda: read_tables(path))


def again(size: Size, path: Path) -> None:
    """Read all of a book and write all of it: what a week costs without closed rows."""
    timed(
        "read whole, write whole", lambda: write_tables(path.with_name("again.xlsx"), read_tables(path), {})
    )


def carried(size: Size, path: Path) -> None:
    """Carry the state into the next week: the open rows read, the new ones closed, the rest as it stands."""
    new = week(size, size.weeks - 1)

    def job() -> None:
        state = read_state(path)
        label = f"W{size.weeks - 1}"
        closed = {t: [*state.closed.get(t, ()), Closed.of(label, new[t])] for t in WEEKLY}
        write_tables(path.with_name("next.xlsx"), state.tables, state.meta, closed=closed)

    timed("read open, write, closed as they stand", job)


STEPS = {"first": first, "whole": whole, "again": again, "carried": carried}


def timed(what: str, job: object) -> None:
    """Run a job and print a line of the table."""
    import resource  # not on Windows

    gc.disable()  # as the command does it while it works
    wall, cpu = time.perf_counter(), time.process_time()
    job()  # type: ignore[operator]
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{what} | {cpu:.1f} | {wall:.1f} | {peak:,.0f}", flush=True)


def main(names: list[str]) -> None:
    """Print time and memory of every step at every size."""
    print("| book | file, MB | step | CPU s | wall s | peak MB |\n| --- | --- | --- | --- | --- | --- |")
    for name in names or SIZES:
        with tempfile.TemporaryDirectory() as place:
            path = Path(place, "book.xlsx")
            for step in STEPS:
                command = [sys.executable, "-m", "bench.state", "--step", step, name, str(path)]
                run = subprocess.run(command, capture_output=True, text=True, check=True)
                print(f"| {name} | {path.stat().st_size / 1e6:.1f} | {run.stdout.strip()} |", flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--step"]:
        STEPS[sys.argv[2]](SIZES[sys.argv[3]], Path(sys.argv[4]))
    else:
        main(sys.argv[1:])
