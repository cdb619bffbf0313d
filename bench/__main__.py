"""All timings and comparisons, printed and added to docs/performance.md: ``make bench``.

    python -m bench [REPS …]

The numbers of reps (5 and 50 unless told) are for the whole job beside a plain script and beside the limit.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from contextlib import redirect_stdout
from pathlib import Path

import salesxl
from bench import books, engines, features_kept, marking, steps, weeks, whole

REPORT = Path(__file__).parents[1] / "docs" / "performance.md"


def main(sizes: tuple[int, ...]) -> None:
    """Run everything, one after the other, and add what came out to the report."""
    told = [f"\n## A run of `make bench`, salesxl {salesxl.__version__}"]
    parts: dict[str, Callable[[], object]] = {
        "The whole job": lambda: print(whole.main(sizes)),
        "With past weeks": lambda: print(weeks.main(weeks.SIZES)),
        "Its steps": lambda: print(steps.main()),
        "The team's book": books.main,
        "Marking": marking.main,
        "What marking keeps": features_kept.main,
        "Templates": engines.main,
    }
    for title, part in parts.items():
        said = io.StringIO()
        with redirect_stdout(said):
            part()
        told.append(f"### {title}\n\n{said.getvalue().strip()}")
        print(told[-1], end="\n\n", flush=True)
    with REPORT.open("a", encoding="utf-8", newline="\n") as report:
        report.write("\n\n".join(told) + "\n")


if __name__ == "__main__":
    main(tuple(int(n) for n in sys.argv[1:]) or (5, 50))
