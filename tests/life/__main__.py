"""``python -m tests.life --seed 3 --habit empty --out DIR`` writes a life.

roster.tsv and a folder a week: 收件箱 with its files (先前 with those of a run that is taken back),
settings.json and truth.json. The same seed gives the same bytes.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tests.life import HABITS, Week, books, weeks
from tests.life.forms import tag
from tests.life.model import WEEKS

PLAIN = ("pipeline", "won", "bridge", "talks", "targets", "outcomes", "missing")
"""What of a truth stands in JSON as it is."""


def write(out: Path, life: list[Week]) -> None:
    """Write a life's weeks."""
    out.mkdir(parents=True, exist_ok=True)
    (out / "roster.tsv").write_text(roster(life[0]), encoding="utf-8")
    for week in life:
        folder = out / tag(week.number)
        books.write(folder / "收件箱", week.files)
        if week.undone:
            books.write(folder / "先前", week.undone)
        _json(folder / "settings.json", asdict(week.settings))
        _json(folder / "truth.json", told(week))


def roster(week: Week) -> str:
    """Return the members as a table for ``salesxl init --members``."""
    rows = [("姓名", "团队"), *((name, group) for name, group, *_ in week.settings.members)]
    return "".join("\t".join(row) + "\n" for row in rows)


def told(week: Week) -> dict[str, Any]:
    """Return a week's truth and events as JSON has them."""
    truth = week.truth
    return {
        "week": tag(week.number),
        "friday": week.friday.isoformat(),
        "made": week.made,
        "open_total": truth.open_total,
        "won_total": truth.won_total,
        **{name: getattr(truth, name) for name in PLAIN},
        "reports": [[rep, number, amount] for (rep, number), amount in sorted(truth.reports.items())],
        "known": [asdict(one) for one in truth.known],
        "moves": [asdict(move) for move in truth.moves],
        "plans": [asdict(plan) for plan in truth.plans],
        "events": [asdict(event) for event in week.events],
    }


def _json(path: Path, value: Any) -> None:
    text = json.dumps(value, ensure_ascii=False, indent=1, default=str, sort_keys=True)
    path.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.life", description=__doc__)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--habit", choices=HABITS, default="empty")
    parser.add_argument("--weeks", type=int, default=WEEKS)
    parser.add_argument("--out", type=Path, required=True)
    chosen = parser.parse_args()
    write(chosen.out, weeks(chosen.seed, chosen.habit, chosen.weeks))
