"""Tables as other companies lay them out: what reading takes for which field, and whose each row is.

``python -m tests.layouts [FILE.tsv …]`` prints every header that is not taken rightly, every row that lost
its rep, and the sums. A line of a file is (layout, part, field, header, values joined by ``|``); the part is
``form`` (the form's name, the sheet's, its title), ``card`` or ``card:block`` (labels with one value),
``table`` or ``table:block``. The field ``-`` is none of ours, ``#`` a heading, ``contact+`` a further
column of what ``contact`` holds. The reps of a layout are on the roster.
"""

from __future__ import annotations

import csv
import datetime as dt
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from salesxl import settings, validate
from salesxl.intake import Batch
from salesxl.model import Block, CellValue, Grid, Submission, Workbook
from salesxl.recognition import EXTRA, read_workbook
from salesxl.recognition.reps import ROSTER
from tests.header_sets import CHOICES

FILES = tuple(Path(__file__).parent / "data" / name for name in ("layouts.tsv", "layouts_more.tsv"))
LATER = tuple(Path(__file__).parent / "data" / name for name in ("layouts_g.tsv", "layouts_h.tsv"))
"""Sets that were written before the rules which they led to, at first contact 88 % and 87 % found."""
AS_OF = dt.date(2026, 11, 20)
RULES = settings.default_rulebook()
OTHER, HEADING, REP, FURTHER = "-", "#", "rep", "+"
FORMS = {"visit": "contact_log", "card": "process_record"}
"""Words for forms in the files, where they are not the form's own."""
MAIN = {"contact_log": "visit", "customer_archive": "customer", "process_record": "record"}


@dataclass(slots=True)
class Part:
    """Cells that stand together: a card's labels, or a table's headers, under a heading."""

    kind: str
    heading: str | None = None
    cells: list[tuple[str, str, list[CellValue]]] = field(default_factory=list)


@dataclass(slots=True)
class Layout:
    """One sheet as a company has it."""

    name: str
    form: str
    sheet: str
    title: str
    parts: list[Part] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Told:
    """What became of a header: right, missed, wrong, or lost (none of ours, and its values nowhere)."""

    layout: str
    field: str
    header: str
    outcome: str
    taken: str = ""


def layouts(path: Path) -> list[Layout]:
    """Return the layouts of a file."""
    found: dict[str, Layout] = {}
    with path.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
            name, part, told, header, values = (
                row[k] or "" for k in ("layout", "part", "field", "header", "values")
            )
            if part == "form":
                found[name] = Layout(name, FORMS.get(told, told), header, values)
                continue
            parts = found[name].parts
            if not parts or parts[-1].kind != part or told == HEADING:
                parts.append(Part(part))
            if told == HEADING:
                parts[-1].heading = header
            else:
                parts[-1].cells.append((told, header, [_typed(v) for v in values.split("|")]))
    return list(found.values())


def _typed(text: str) -> CellValue:
    if not text:
        return None
    if re.fullmatch(r"\d{4}-\d\d-\d\d( \d\d:\d\d)?", text):
        return dt.datetime.fromisoformat(text)
    if re.fullmatch(r"\d{1,9}", text) and not (len(text) > 1 and text.startswith("0")):
        return int(text)
    return text


def draw(layout: Layout) -> tuple[Grid, dict[int, str]]:
    """Draw a layout; return it and whose each row of its table is, by Excel row."""
    rows: list[list[CellValue]] = [[layout.title]]
    whose: dict[int, str] = {}
    by_card = next((c[2][0] for p in layout.parts if "card" in p.kind for c in p.cells if c[0] == REP), None)
    for part in layout.parts:
        if part.heading:
            rows += [[], [part.heading]]
        if part.kind.startswith("card"):
            pairs = [[header, values[0]] for _, header, values in part.cells]
            rows += [
                [cell for pair in pairs[at : at + 2] for cell in (*pair, None)][:-1]
                for at in range(0, len(pairs), 2)
            ]
            continue
        rows.append([header for _, header, _ in part.cells])
        for place in range(max(len(values) for _, _, values in part.cells)):
            cells = [values[place] if place < len(values) else None for _, _, values in part.cells]
            rows.append(cells)
            own = next((v for (name, _, _), v in zip(part.cells, cells, strict=True) if name == REP), None)
            whose[len(rows)] = str(own or by_card or "")
    return Grid(layout.sheet, rows), whose


def judge(path: Path) -> Iterator[Told]:
    """Yield what becomes of each header of a file's layouts, and of each row's rep."""
    for layout in layouts(path):
        grid, whose = draw(layout)
        roster = sorted({rep for rep in whose.values() if rep})
        forms, _ = read_workbook(Workbook("a.xlsx", (grid,)), {}, {**CHOICES, ROSTER: roster})
        blocks = [block for form in forms for block in form.blocks]
        if not any(form.form == layout.form for form in forms):
            yield Told(layout.name, "form", layout.form, "missed", ", ".join(f.form for f in forms))
        for part in layout.parts:
            for name, header, values in part.cells:
                yield _told(layout, name, header, values, blocks)
        yield from _rows(layout, forms, whose)


def _told(
    layout: Layout, name: str, header: str, values: Sequence[CellValue], blocks: Sequence[Block]
) -> Told:
    bare = " ".join(header.rstrip(":：").split())
    taken = [
        f
        for b in blocks
        for f, text in b.headers.items()
        if text.rstrip(":：").split("(")[0] == bare.split("(")[0]
    ]
    kept = any(key.startswith(EXTRA) and bare in key for b in blocks for key in b.values)
    joined = _joined(values, blocks)
    if name == OTHER:
        outcome = "wrong" if taken else "right" if kept or joined or not any(values) else "lost"
    elif name.endswith(FURTHER):
        right = taken == [name[: -len(FURTHER)]] or joined
        outcome = "right" if right else "wrong" if taken else "missed"
    else:
        asked = {name, "own_no"} if name == "customer_no" else {name}
        outcome = (
            "right"
            if asked & set(taken) or (name == "contact" and joined)
            else "wrong"
            if taken
            else "missed"
        )
        if outcome == "missed" and not any(values):
            outcome = "right"
    return Told(layout.name, name, header, outcome, ", ".join(taken))


def _joined(values: Sequence[CellValue], blocks: Sequence[Block]) -> bool:
    """Tell whether what stands in a column went into the contacts."""
    contacts = " ".join(str(v) for b in blocks for v in b.values.get("contact", ()))
    return any(v is not None for v in values) and all(v is None or str(v) in contacts for v in values)


def _rows(layout: Layout, forms: Sequence[Submission], whose: dict[int, str]) -> Iterator[Told]:
    checked = validate.check(Batch({"a.xlsx": Path("a.xlsx")}, tuple(forms), ()), RULES, AS_OF)
    for kind, frame in checked.frames.items():
        if kind == "archive_head" or "rep" not in frame:
            continue
        for row, rep in zip(frame["row"].tolist(), frame["rep"].tolist(), strict=True):
            asked = whose.get(row)
            if asked and str(rep) != asked:
                yield Told(layout.name, f"{kind} row {row}", asked, "lost_rep", str(rep))


if __name__ == "__main__":
    results = [t for p in (sys.argv[1:] or (*FILES, *LATER)) for t in judge(Path(p))]
    for item in results:
        if item.outcome != "right":
            print(item.outcome, item.layout, item.field, item.header, item.taken, sep="\t")
    ours = [
        t for t in results if not t.field.startswith(OTHER) and " row " not in t.field and t.field != "form"
    ]
    found = sum(t.outcome == "right" for t in ours)
    print(dict(Counter(t.outcome for t in results)))
    print(f"fields found {found} of {len(ours)} ({found / len(ours):.1%})")
