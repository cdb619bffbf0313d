"""Inboxes by the seed, with their answer keys, and how a check is held to them.

``python tests/inboxes.py FIRST LAST [REPS] [wild]`` measures recognition over many seeds;
``python tests/inboxes.py write FOLDER SEED [REPS] [wild]`` writes one out, with answers.tsv and truth.json.
"""

from __future__ import annotations

import csv
import datetime as dt
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from salesxl import settings
from salesxl.model import Checked, Severity
from salesxl.rulebook import Rulebook
from salesxl.validate import validate
from tools import demo
from tools.demo.words import headers

MONDAY = dt.date(2026, 11, 16)
CARDS = {"archive_head", "record", "weekly_report", "handover"}
UNKNOWN: Mapping[str, Mapping[str, Sequence[str]]] = {
    "customer": {
        "customer_name": ["往来单位", "客户（甲方）名称", "合作方"],
        "industry": ["行业领域", "业务领域"],
        "source": ["客户由来", "从哪里来"],
        "employees": ["在职人员数", "公司多少人"],
        "contact_name": ["联络人", "对方联系人姓名"],
        "contact": ["联络电话", "对方电话", "联系人电话号码"],
        "need": ["客户诉求", "客户想要什么"],
        "first_contact": ["初识日期", "首次触达时间"],
        "status": ["跟进客户状态", "客户跟进程度"],
        "stage": ["推进到哪一步", "商机推进阶段"],
        "expected_amount": ["预计单额", "预计可成交金额（元）"],
        "expected_close": ["预计下单日期", "大概什么时候成交"],
        "annual_purchase": ["一年采购额", "客户年采购金额"],
    },
    "communication": {
        "contact_time": ["沟通日期时间", "哪天沟通的"],
        "method": ["联系方式", "用什么方式沟通"],
        "summary": ["沟通要点", "聊了什么"],
    },
    "action": {"action": ["后续动作", "下一步做什么"], "due": ["何时完成", "完成期限"]},
    "weekly_report": {
        "new_customers": ["新开发客户数", "本周开发新客户"],
        "follow_ups": ["拜访跟进次数", "跟进客户次数"],
        "completed_amount": ["本周签单额", "本周签约业绩"],
        "month_target": ["当月指标", "11月目标"],
    },
    "key_customer": {"progress": ["本周动态", "本周推进情况"], "next_step": ["接下来做什么", "后续动作"]},
}
"""Headers that no schema knows, as people make them up: to be told by evidence, or reported."""


def wild_pools(share: int = 4) -> demo.Setup:
    """Return a setup in which about one header in ``share`` is known to no schema."""
    pools: dict[str, dict[str, Sequence[str]]] = {}
    for block, fields in headers().items():
        pools[block] = {}
        for name, known in fields.items():
            strange = UNKNOWN.get(block, {}).get(name, ())
            pools[block][name] = [*(list(known) * (share * len(strange) // len(known) + 1)), *strange]
    return demo.Setup(pools=pools, messy=0.35)


@dataclass(frozen=True)
class Score:
    """How a check did against the key: what it missed, what it said falsely, which values it got wrong."""

    defects: int
    values: int
    missed: tuple[Any, ...]
    false: tuple[Any, ...]
    wrong: tuple[Any, ...]


def rules(reps: int, seed: int) -> Rulebook:
    """Return the presets with the demo's roster and targets."""
    return demo.settings(settings.default_rulebook(), reps=reps, seed=seed)


def make(folder: Path, seed: int, reps: int = 2, setup: demo.Setup | None = None) -> demo.DemoTruth:
    """Fill a folder with an inbox."""
    rulebook = rules(reps, seed)
    return demo.fill_inbox(folder, rulebook, week_start=MONDAY, reps=reps, seed=seed, setup=setup)


def check(folder: Path, truth: demo.DemoTruth, seed: int, reps: int = 2) -> Checked:
    """Check an inbox as the team would."""
    return validate([folder], rules(reps, seed), truth.as_of)


def score(truth: demo.DemoTruth, checked: Checked) -> Score:
    """Hold a check to the key: every error and warning at its cell, every value of every record."""

    def named(file: str) -> str:
        return truth.copies.get(file, file)

    wanted = Counter((d.file, d.sheet, d.cell, d.code, d.severity) for d in truth.defects)
    said = Counter(
        (named(f.place.file), f.place.sheet, f.place.cell, f.code, str(f.severity))
        for f in checked.findings
        if f.severity is not Severity.NOTICE
    )
    found = _records(checked, named)
    wrong: list[Any] = []
    values = 0
    for answer in truth.answers:
        row = None if answer.block in CARDS else answer.row
        record = found.get((answer.file, answer.sheet, answer.block, row))
        if record is None:
            wrong.append((answer.file, answer.sheet, answer.block, answer.row, "not read"))
            continue
        if bool(record["accepted"]) != answer.accepted:
            wrong.append((answer.file, answer.sheet, answer.block, answer.row, "accepted", record["codes"]))
        values += len(answer.values)
        wrong += [
            (answer.file, answer.sheet, answer.block, answer.row, name, value, record[name])
            for name, value in answer.values.items()
            if not same(value, record[name])
        ]
    missed = tuple(sorted((wanted - said).elements(), key=str))
    return Score(
        len(truth.defects), values, missed, tuple(sorted((said - wanted).elements(), key=str)), tuple(wrong)
    )


def _records(checked: Checked, named: Any) -> dict[tuple[Any, ...], Mapping[str, Any]]:
    found: dict[tuple[Any, ...], Mapping[str, Any]] = {}
    for kind, frame in checked.frames.items():
        for record in frame.to_dict("records"):
            home = checked.submissions[int(record["submission"])]
            row = None if kind in CARDS else int(record["row"])
            found[named(home.file), home.sheet, kind, row] = record
    return found


def same(wanted: Any, have: Any) -> bool:
    """Tell whether a value is the one of the key; missing equals missing only."""
    if wanted is None or pd.isna(have):
        return wanted is None and bool(pd.isna(have))
    if isinstance(wanted, dt.datetime):
        return bool(have == wanted)
    if isinstance(wanted, dt.date):
        return bool(have.date() == wanted)
    if isinstance(wanted, int | float):
        return abs(float(have) - float(wanted)) < 1e-6
    return str(have).strip() == str(wanted).strip()


def write_key(folder: Path, truth: demo.DemoTruth) -> None:
    """Write the key beside an inbox as tables that other tools read: answers.tsv and truth.json."""
    with (folder / "answers.tsv").open("w", encoding="utf-8", newline="") as stream:
        table = csv.writer(stream, delimiter="\t", lineterminator="\n")
        table.writerow(["file", "sheet", "cell", "field", "code", "severity"])
        for d in truth.defects:
            if d.file:
                name = d.file.rsplit("/", 1)[-1]
                table.writerow([name, d.sheet or "", d.cell or "", d.field or "", d.code, d.severity])
    forms = {"customer": "customer_archive", "weekly_report": "weekly_report"}
    records = [
        {
            "file": a.file.rsplit("/", 1)[-1],
            "sheet": a.sheet,
            "row": a.row,
            "form": forms[a.block],
            "rep": a.rep,
            "values": {n: v.isoformat() if isinstance(v, dt.date) else v for n, v in a.values.items()},
        }
        for a in truth.answers
        if a.accepted and a.block in forms
    ]
    (folder / "truth.json").write_text(json.dumps(records, ensure_ascii=False, indent=1), encoding="utf-8")


def measure(seeds: Iterable[int], reps: int, setup: demo.Setup | None) -> None:
    """Print what is missed, false or wrong over many seeds, and the sums."""
    sums: Counter[str] = Counter()
    for seed in seeds:
        with tempfile.TemporaryDirectory() as name:
            truth = make(Path(name), seed, reps, setup)
            found = score(truth, check(Path(name), truth, seed, reps))
        sums += Counter(seeds=1, defects=found.defects, values=found.values, missed=len(found.missed))
        sums += Counter(false=len(found.false), wrong=len(found.wrong))
        sums["clean seeds"] += not (found.missed or found.false or found.wrong)
        for what, items in (("MISSED", found.missed), ("FALSE", found.false), ("WRONG", found.wrong[:8])):
            for item in items:
                print(seed, what, *map(repr, item), flush=True)
    print(dict(sums))


if __name__ == "__main__":
    arguments = [a for a in sys.argv[1:] if a != "wild"]
    wild = wild_pools() if "wild" in sys.argv else None
    if arguments[0] == "write":
        target = Path(arguments[1])
        target.mkdir(parents=True, exist_ok=True)
        count = int(arguments[3]) if len(arguments) > 3 else 2
        write_key(target, make(target / "inbox", int(arguments[2]), count, wild))
    else:
        first, last, *more = map(int, arguments)
        measure(range(first, last), more[0] if more else 2, wild)
