"""A whole Friday with past weeks in the folder: what the team's memory costs, in processor time and memory.

    python -m bench.weeks [REPS:WEEKS …]

The inbox is that of ``bench.reps``. The book before holds, for each past week, what that inbox adds to a
book, set back by a week each, with texts of its own, and 40 changed values a rep; its
customers are those of the inbox, or as many as are asked for (``500:1:200000``).
Owns what a past week holds. Refuses: other programs.
"""

from __future__ import annotations

import datetime as dt
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import pandas as pd

from bench import reps
from salesxl.files.packaged import shipped
from salesxl.model import TableName, Team
from salesxl.settings import default_rulebook
from salesxl.state.closing import closing
from salesxl.tables import book_words
from salesxl.workspace.book import read_book, write_book

WEEKLY: tuple[TableName, ...] = (
    *("communication", "weekly_report", "key_customer", "issue", "next_week", "submission"),
)
"""Tables whose rows of the bench's week come again in each past week."""
DATED = ("contact_time", "recorded_at", "week_start", "week_end", "last_week", "taken", "due")
OWN_TEXTS = ("summary", "digest", "source_file", "progress", "problem", "plan", "notes")
CHANGES = 40
SIZES = ("50:1", "50:52", "500:1", "500:8", "500:1:200000")


def shifted(rows: pd.DataFrame, weeks: int) -> pd.DataFrame:
    """Return rows as an earlier week had them."""
    back = {n: rows[n] - pd.Timedelta(weeks=weeks) for n in DATED if n in rows}
    texts = {n: rows[n] + f"·{weeks}" for n in OWN_TEXTS if n in rows}
    return rows.assign(**back, **texts)


def changed(customers: pd.DataFrame, weeks: int) -> pd.DataFrame:
    """Return the changes of an earlier week: stages and amounts of some customers of each rep."""
    told = customers.groupby("rep").nth([(7 * weeks + n) % 180 for n in range(CHANGES)])
    stage = [at % 2 == 0 for at in range(len(told))]
    return pd.DataFrame(
        {
            "week_start": pd.Timestamp(reps.WEEK) - pd.Timedelta(weeks=weeks),
            "cause": "newer",
            "table": "customer",
            **{n: told[n] for n in ("customer_no", "customer_name", "rep")},
            "field": ["stage" if even else "expected_amount" for even in stage],
            "old": [("线索培育", "需求确认")[weeks % 2] if even else f"{weeks}0000" for even in stage],
            "new": [("需求确认", "线索培育")[weeks % 2] if even else f"{weeks + 1}0000" for even in stage],
            **{n: told[n] for n in ("source_file", "source_sheet", "source_row")},
        }
    )


def before(first: Team, weeks: int, customers: int = 0) -> Team:
    """Return the team after so many weeks, the last of them the one before that of the bench."""
    tables: dict[TableName, pd.DataFrame] = dict(first.tables)
    for name in WEEKLY:
        past = [shifted(first.tables[name], back) for back in range(weeks, 0, -1)]
        tables[name] = pd.concat(past, ignore_index=True)
    archive = tables["customer"]
    if customers > len(archive):
        archive = grown(archive, customers)
    tables["customer"] = shifted(archive, 1).assign(**{n: archive[n] for n in OWN_TEXTS if n in archive})
    told = [changed(tables["customer"], back) for back in range(weeks, 0, -1)]
    kinds = first.tables["change"].dtypes.to_dict()
    blank = first.tables["change"].iloc[:0]
    tables["change"] = pd.concat(told, ignore_index=True).reindex(columns=blank.columns).astype(kinds)
    tables["finding"] = first.tables["finding"].iloc[:0]
    monday = reps.WEEK - dt.timedelta(weeks=1)
    return replace(
        first,
        tables=tables,
        as_of=reps.AS_OF - dt.timedelta(weeks=1),
        week=(monday, monday + dt.timedelta(days=6)),
    )


def grown(archive: pd.DataFrame, count: int) -> pd.DataFrame:
    """Return an archive with further customers, which no form of the week lists."""
    more = archive.iloc[[at % len(archive) for at in range(count - len(archive))]].reset_index(drop=True)
    serial = more.index.astype(str)
    texts = {"customer_no": "KB" + serial.str.zfill(8), "customer_name": "旧客" + serial + "公司"}
    return pd.concat([archive, more.assign(**texts, contact=None)], ignore_index=True)


def prepare(home: Path, size: int) -> Path:
    """Lay out a team, run its first Friday, and put the results beside; return where the book of it is."""
    team = home / "team"
    reps.fill(team, size)
    friday(team)
    book = home / "first.xlsx"
    shutil.copyfile(next(team.glob(f"*/{book_words().text('file.book')}")), book)
    return book


def stand(home: Path, made: Path, weeks: int, customers: int = 0) -> Path:
    """Leave a folder with nothing but the inbox and a book of so many weeks."""
    for path in (home / "team").iterdir():
        if path.name not in {book_words().text(f"file.{n}") for n in ("inbox", "settings")}:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    team = before(read_book(made, book_words()), weeks, customers)
    year, number, _ = team.week[0].isocalendar()
    target = home / "team" / f"{year}-W{number:02}" / book_words().text("file.book")
    target.parent.mkdir()
    write_book(closing(team, None, default_rulebook()), shipped(target.name), target, book_words())
    return target


def friday(team: Path) -> tuple[float, float, float]:
    """Run the Friday; return processor seconds, wall seconds, and the MB of the largest process."""
    program = (sys.executable, "-m", "salesxl", "friday", str(team), "--as-of", reps.AS_OF.isoformat())
    start = time.perf_counter()
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(program, stdout=subprocess.DEVNULL, stderr=said)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        if process.returncode not in (0, 1):
            raise RuntimeError(said.read().decode(errors="replace"))
    return usage.ru_utime + usage.ru_stime, time.perf_counter() - start, usage.ru_maxrss / 1024


def main(sizes: tuple[str, ...]) -> str:
    """Return a table: a Friday of each size, one run each."""
    lines = ["| reps | past weeks | customers | book, MB | CPU s | wall s | peak MB |", "|" + " --- |" * 7]
    made: dict[int, Path] = {}
    with tempfile.TemporaryDirectory() as place:
        for each in sizes:
            size, weeks, *more = (int(n) for n in each.split(":"))
            home = Path(place, str(size))
            made[size] = made[size] if size in made else prepare(home, size)
            customers = more[0] if more else 0
            book = stand(home, made[size], weeks, customers)
            cpu, wall, peak = friday(home / "team")
            held = f"{size:,} | {weeks} | {customers or 180 * size:,} | {book.stat().st_size / 1e6:.1f}"
            lines.append(f"| {held} | {cpu:.1f} | {wall:.1f} | {peak:,.0f} |")
            print(lines[-1], file=sys.stderr, flush=True)
    return "\n".join(lines)


if __name__ == "__main__":
    print(main(tuple(sys.argv[1:]) or SIZES))
