"""The roll-up of a company: generated teams' books brought together, counted again by other code.

    python -m bench.rollup [TEAMS [REPS [CUSTOMERS]]]

Every rep has three reports of the month and so many customers (177 unless told, as ``bench.reps`` has them);
one customer in a hundred is claimed by another team too. The teams take turns with two lists of stages. Owns
the sizes and what is true of them. Refuses: how a book is made from forms.
"""

from __future__ import annotations

import datetime as dt
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from salesxl import drawing, rollup, settings
from salesxl.columns import columns_of
from salesxl.files.packaged import shipped
from salesxl.messages import load
from salesxl.model import TableName, Team
from salesxl.rulebook import Member, Target
from salesxl.schemas import label_of
from salesxl.tables import TABLES, model
from salesxl.workers import Hands
from salesxl.workspace import book
from salesxl.workspace.week import Week

WORDS = load("zh", label_of)
MONDAY, FRIDAY, WEEK = dt.date(2026, 11, 16), dt.date(2026, 11, 20), "2026-W47"
WEEKS = ("2026-11-02", "2026-11-09", "2026-11-16")
REGIONS, LINES, PRESETS = (
    ("华东", "华南", "华北", "西南", "西北"),
    ("软件", "硬件", "服务"),
    ("process", "toolbox"),
)
STATUS = {"open": "意向", "won": "成交", "after": "成交", "off": "流失"}
SHARED = 100
"""One customer in so many bears a name that the next team has too."""


@dataclass(slots=True)
class Truth:
    """What must come out, added up while the teams are made: whole yuan."""

    completed: int = 0
    target: int = 0
    open_amount: int = 0
    weighted: Decimal = Decimal(0)
    by_region: dict[str, int] = field(default_factory=dict)
    claims: dict[str, list[tuple[int, bool, int, Decimal]]] = field(default_factory=dict)


def frame(table: TableName, given: dict[str, Any], count: int) -> pd.DataFrame:
    """Return a table with some columns given and all others blank."""
    made = {}
    for shown in columns_of(model(table)):
        values = given.get(shown.field, [None] * count)
        dtype = shown.kind.dtype
        made[shown.field] = (
            pd.Series(np.array(values, dtype="datetime64[us]"))
            if dtype.startswith("datetime")
            else pd.Series(pd.array(values, dtype=dtype))
        )
    return pd.DataFrame(made)


def team(at: int, reps: int, each: int, truth: Truth) -> tuple[Team, Any]:
    """Return a team's week and its rules, and add what is true of it."""
    dice = np.random.default_rng(at)
    rules = settings.default_rulebook(stages=PRESETS[at % 2])
    names = [f"代表{at:03}{n:02}" for n in range(reps)]
    region = REGIONS[at % len(REGIONS)]
    members = tuple(Member(n, f"{k % 3 + 1}组", region, LINES[k % 3]) for k, n in enumerate(names))
    aims = [int(a) * 1000 for a in dice.integers(300, 900, reps)]
    targets = tuple(
        Target(2026, "11", "rep", n, "signed", Decimal(a)) for n, a in zip(names, aims, strict=True)
    )
    rules = replace(rules, members=members, targets=targets, has_roster=True)
    done = dice.integers(0, 350, (reps, len(WEEKS))) * 1000
    truth.completed += int(done.sum())
    truth.target += sum(aims)
    truth.by_region[region] = truth.by_region.get(region, 0) + int(done.sum())
    reports = {
        "rep": [n for n in names for _ in WEEKS],
        "week_start": [w for _ in names for w in WEEKS],
        "week_end": [np.datetime64(w) + 6 for _ in names for w in WEEKS],
        "completed_amount": [float(v) for row in done for v in row],
        "collected_amount": [float(v) / 2 for row in done for v in row],
        "month_completed": [float(v) for row in done.cumsum(axis=1) for v in row],
        "deals": [int(v > 0) for row in done for v in row],
    }
    count = reps * each
    tables = {name: frame(name, {}, 0) for name in TABLES}
    tables["weekly_report"] = frame("weekly_report", reports, reps * len(WEEKS))
    tables["customer"] = frame("customer", dict(customers(at, names, count, dice, rules, truth)), count)
    sent = {"rep": names, "form": ["weekly_report"] * reps, "status": ["accepted"] * reps, "read": [1] * reps}
    sent |= {"accepted": [1] * reps, "returned": [0] * reps, "errors": [0] * reps, "warnings": [0] * reps}
    tables["submission"] = frame("submission", {**sent, "source_file": [f"{n}.xlsx" for n in names]}, reps)
    return Team(tables, FRIDAY, (MONDAY, MONDAY + dt.timedelta(6))), rules


def customers(
    at: int, names: list[str], count: int, dice: np.random.Generator, rules: Any, truth: Truth
) -> Iterator[tuple[str, list[Any]]]:
    """Yield the columns of a team's customers."""
    stages = [rules.stages[n] for n in dice.integers(0, len(rules.stages), count)]
    amounts = [int(v) * 1000 for v in dice.integers(1, 500, count)]
    shared = [n % SHARED == 0 for n in range(count)]
    # the first half of the shared ones are also the team's before, the other half the team's after
    called = [f"客户{at:03}{n:06}贸易有限公司" for n in range(count)]
    for k, n in enumerate(range(0, count, SHARED)):
        called[n] = f"共有{(at + k % 2):03}号第{k // 2}科技有限公司"
    for n, stage in enumerate(stages):
        if stage.kind == "open":
            worth = Decimal(amounts[n]) * stage.probability
            truth.open_amount += amounts[n]
            truth.weighted += worth
        else:
            worth = Decimal(0)
        if shared[n] and stage.kind != "off":
            row = (at, stage.kind == "open", amounts[n], worth)
            truth.claims.setdefault(called[n], []).append(row)
    day = np.datetime64("2026-10-01")
    yield "rep", [names[n * len(names) // count] for n in range(count)]
    yield "customer_no", [f"CRM202601{n:05}" for n in range(count)]
    yield "customer_name", called
    yield "stage", [stage.name for stage in stages]
    yield "status", [STATUS[stage.kind] for stage in stages]
    yield "grade", [("VIP", "A", "B", "C")[n] for n in dice.integers(0, 4, count)]
    yield "expected_amount", [float(v) for v in amounts]
    yield "first_contact", [day - int(n) for n in dice.integers(0, 90, count)]
    yield "last_contact", [day + int(n) for n in dice.integers(0, 50, count)]
    yield "expected_close", [day + 60 + int(n) for n in dice.integers(0, 90, count)]
    for name, word in (("industry", "制造业"), ("source", "展会"), ("need", "需要40台办公电脑，下月交付")):
        yield name, [word] * count
    yield "contact", [f"138{at:03}{n:05}" for n in range(count)]
    yield "contact_name", [f"联系人{n}" for n in range(count)]
    yield "counted", [True] * count
    yield "source_file", ["客户档案.xlsx"] * count
    yield "source_sheet", ["客户档案"] * count
    yield "source_row", list(range(4, count + 4))


def written(root: Path, teams: int, reps: int, each: int) -> Truth:
    """Write the folders of the teams, with the books of a week and settings."""
    truth = Truth()
    template = shipped(WORDS.text("file.book"))
    for at in range(teams):
        made, rules = team(at, reps, each, truth)
        home = root / f"{REGIONS[at % len(REGIONS)]}{at + 1:03}部"
        (home / WEEK).mkdir(parents=True)
        (home / WORDS.text("file.settings")).write_bytes(drawing.settings_workbook(rules))
        book.write_book(made, template, home / WEEK / WORDS.text("file.book"), WORDS)
    return truth


def differs(made: rollup.RolledUp, truth: Truth) -> list[str]:
    """Return what the roll-up says otherwise than the generated figures."""
    whole, regions = made.figures["all"], made.figures["regions"]
    double, weighted, claimed = 0, Decimal(0), 0
    for rows in truth.claims.values():
        if len({at for at, *_ in rows}) < 2:
            continue
        claimed += 1
        rows.sort(key=lambda row: (row[1], -row[2]))  # won before open, then the larger
        double += sum(amount for _, opened, amount, _ in rows[1:] if opened)
        weighted += sum((worth for _, opened, _, worth in rows[1:] if opened), Decimal(0))
    told = {
        "completed": (whole["completed"], truth.completed),
        "target": (whole["target"], truth.target),
        "open_amount": (whole["open_amount"], truth.open_amount - double),
        "forecast": (whole["forecast"], float(truth.weighted - weighted)),
        "claims": (made.figures["twice"]["customers"], claimed),
        **{r["name"]: (r["completed"], truth.by_region[r["name"]]) for r in regions},
    }
    apart = {name: pair for name, pair in told.items() if abs(pair[0] - pair[1]) > 0.01}
    return [f"{name}: {one} is not {other}" for name, (one, other) in apart.items()]


def peak(who: int) -> int:
    """Return the most memory of this process, or of the largest of those it had, in MB."""
    return resource.getrusage(who).ru_maxrss // 1024


def main(teams: int = 100, reps: int = 50, each: int = 177, keep: str = "") -> None:
    """Print time and memory of a roll-up, and what differs from the generated figures."""
    with tempfile.TemporaryDirectory() as home:
        root = Path(keep or home)
        began = time.perf_counter()
        truth = written(root / "团队", teams, reps, each)
        print(
            f"{teams} teams × {reps} reps × {each} customers written in {time.perf_counter() - began:.0f} s"
        )
        before = peak(resource.RUSAGE_SELF)
        began, cpu = time.perf_counter(), _cpu()
        made = rollup.run(root / "公司", [root / "团队"], Week(MONDAY, FRIDAY), WORDS, Hands())
        took, used = time.perf_counter() - began, _cpu() - cpu
        own, others = peak(resource.RUSAGE_SELF), peak(resource.RUSAGE_CHILDREN)
        size = sum(p.stat().st_size for p in made.folder.iterdir()) / 2**20
        print(f"rolled up in {took:.0f} s ({used:.0f} s of processors)")
        print(f"most memory: {own} MB here ({before} before), {others} MB in the largest worker")
        print(f"results: {size:.1f} MB; {made.figures['headline']}")
        print("\n".join(differs(made, truth)) or "counted again: the same")


def _cpu() -> float:
    return sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:4]), *sys.argv[4:5])
