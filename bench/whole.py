"""The whole Friday job beside a plain script and beside the least that can be done, for teams of any size.

    python -m bench.whole 5 50 500

Each program runs in a process of its own, in turns; medians, with imports and the highest memory in use.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench import reps
from tools.demo.words import words

RUNS = 3
NAMES = {
    "friday": "salesxl friday",
    "again": "salesxl friday, again after one file changed",
    "plain": "pandas + openpyxl: read, stack, write",
    "pandera": "… with pandera on each file",
    "limit": "limit: calamine and streamed XML",
}


def main(sizes: tuple[int, ...]) -> str:
    """Return a table: seconds, memory and the ratios that count."""
    lines = ["| reps (files, rows) | program | s | × limit | peak MB |", "| --- | --- | --- | --- | --- |"]
    for size in sizes:
        found = measure(size)
        limit = found["limit"][0]
        for name, (seconds, memory) in found.items():
            head = f"{size} ({4 * size:,}, {reps.ROWS * size:,})" if name == "friday" else ""
            lines.append(f"| {head} | {NAMES[name]} | {seconds:.1f} | {seconds / limit:.1f} | {memory:.0f} |")
    return "\n".join(lines)


def measure(size: int) -> dict[str, tuple[float, float]]:
    """Return the median seconds and the peak memory (MB) of each program."""
    with tempfile.TemporaryDirectory() as place:
        home = Path(place)
        reps.fill(home / "team", size)
        inbox = home / "team" / words()["files"]["inbox"]
        week = ("--as-of", reps.AS_OF.isoformat())
        programs = {
            "friday": ("salesxl", "friday", str(home / "team"), *week),
            "again": ("salesxl", "friday", str(home / "team"), *week),
            "plain": ("bench.plain", str(inbox), str(home / "plain.xlsx")),
            "pandera": ("bench.plain", str(inbox), str(home / "pandera.xlsx"), "pandera"),
            "limit": ("bench.limit", str(inbox), str(home / "limit.xlsx")),
        }
        runs: dict[str, list[tuple[float, float]]] = {name: [] for name in programs}
        for _ in range(RUNS):
            shutil.rmtree(home / "team" / ".salesxl", ignore_errors=True)
            for name, program in programs.items():
                if name == "again":
                    touch(inbox)
                runs[name].append(run(program))
    return {
        name: (statistics.median(s for s, _ in results), max(m for _, m in results))
        for name, results in runs.items()
    }


def touch(inbox: Path) -> None:
    """Change one file's content, so that nothing remembered of it holds."""
    path = min(inbox.iterdir())
    path.write_bytes(path.read_bytes() + b"\0")


def run(program: tuple[str, ...]) -> tuple[float, float]:
    """Run a module; return wall seconds and peak memory in MB, worker processes included."""
    start = time.perf_counter()
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen([sys.executable, "-m", *program], stdout=subprocess.DEVNULL, stderr=said)
        _, status, usage = os.wait4(process.pid, 0)
        took = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        if process.returncode not in (0, 1) or b"Traceback" in (complaint := said.read()):
            raise RuntimeError(f"{' '.join(program)} failed: {complaint.decode(errors='replace')}")
    return took, usage.ru_maxrss / 1024


if __name__ == "__main__":
    print(main(tuple(int(n) for n in sys.argv[1:]) or (5, 50)))
