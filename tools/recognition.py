"""How much of other companies' forms recognition understands: one table over the sets of tests/data.

``python -m tools.recognition`` counts, for each form of the header sets and for the layouts, the fields that
are found, the headers that are taken for another field, and the sheets whose form is recognised. With
``--set NAME=VALUE`` a weight of ``salesxl/recognition/weights.py`` is tried: the table then shows before →
after, and below it stands each header that fares otherwise. ``--header-sets`` and ``--layouts`` take other
files, best ones that nobody has tuned for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

import click

from salesxl.recognition import weights
from tests import header_sets, layouts

NAMES = tuple(name for name in vars(weights) if name.isupper())
HEAD = ("", "fields", "found", "missed", "wrong", "recall", "precision", "forms", "recognised")


class Judged(NamedTuple):
    """What became of one header of one sheet."""

    group: str
    sheet: str
    field: str
    header: str
    outcome: str
    taken: str


def judge(tried: Mapping[str, float], sets: Path, sheets: Path) -> list[Judged]:
    """Return what becomes of each header with some weights changed; for a process of its own."""
    for name, value in tried.items():
        setattr(weights, name, value)
    worded = (Judged(t.form, t.name, t.field, t.header, t.outcome, t.taken) for t in header_sets.judge(sets))
    laid_out = (
        Judged("layouts", t.layout, t.field, t.header, t.outcome, t.taken) for t in layouts.judge(sheets)
    )
    return [*worded, *laid_out]


def counts(judged: Iterable[Judged]) -> dict[str, Counter[str]]:
    """Return the counts by group, and of all."""
    found: dict[str, Counter[str]] = {}
    seen: set[tuple[str, str]] = set()
    for item in judged:
        for group in (item.group, "all"):
            count = found.setdefault(group, Counter())
            count["forms"] += (item.group, item.sheet) not in seen
            count["unrecognised"] += item.field == "form"
            count["wrong"] += item.outcome in ("wrong", "lost_rep")
            if _is_field(item.field):
                count["fields"] += 1
                count["found"] += item.outcome == "right"
                count["missed"] += item.outcome not in ("right", "wrong")
        seen.add((item.group, item.sheet))
    return {group: found[group] for group in sorted(found, key=lambda g: (g == "all", g))}


def _is_field(name: str) -> bool:
    return (
        name != "form" and " row " not in name and not name.rpartition(".")[2].startswith(header_sets.OTHER)
    )


def row(count: Counter[str]) -> list[str]:
    """Return what the table says of one group."""
    taken = count["found"] + count["wrong"]
    return [
        *(str(count[name]) for name in ("fields", "found", "missed", "wrong")),
        f"{count['found'] / count['fields']:.1%}" if count["fields"] else "-",
        f"{count['found'] / taken:.1%}" if taken else "-",
        str(count["forms"]),
        str(count["forms"] - count["unrecognised"]),
    ]


def table(before: Sequence[Judged], after: Sequence[Judged]) -> str:
    """Return the counts as text; where a change makes a difference, before → after."""
    new = counts(after)
    lines: list[tuple[str, ...]] = [HEAD]
    for group, count in counts(before).items():
        pairs = zip(row(count), row(new[group]), strict=True)
        lines.append((group, *(a if a == b else f"{a} → {b}" for a, b in pairs)))
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join(
            [cells[0].ljust(widths[0]), *(c.rjust(w) for c, w in zip(cells[1:], widths[1:], strict=True))]
        )
        for cells in lines
    )


def changed(before: Sequence[Judged], after: Sequence[Judged]) -> list[str]:
    """Return a line for each header, row or form that fares otherwise."""
    old, new = ({item[:4]: item[4:] for item in judged} for judged in (before, after))
    none = ("right", "")
    keys = dict.fromkeys([*old, *new])
    pairs = ((key, old.get(key, none), new.get(key, none)) for key in keys)
    return ["\t".join([*key, f"{' '.join(a)} → {' '.join(b)}"]) for key, a, b in pairs if a != b]


def _value(pair: str) -> tuple[str, float]:
    name, equals, value = pair.partition("=")
    if not equals or name not in NAMES:
        raise click.BadParameter(f"{pair}: NAME=VALUE, the names are {', '.join(NAMES)}")
    try:
        return name, type(getattr(weights, name))(value)
    except ValueError:
        raise click.BadParameter(f"{pair}: {value} is no number") from None


@click.command(help=__doc__)
@click.option(
    "--set", "pairs", multiple=True, metavar="NAME=VALUE", help="Try another weight; may be repeated."
)
@click.option("--header-sets", "sets", type=click.Path(path_type=Path, exists=True), default=header_sets.FILE)
@click.option("--layouts", "sheets", type=click.Path(path_type=Path, exists=True), default=layouts.FILES[0])
def main(pairs: Sequence[str], sets: Path, sheets: Path) -> None:
    tried = dict(map(_value, pairs))
    runs: list[dict[str, float]] = [{}, tried] if tried else [{}]
    with ProcessPoolExecutor(len(runs), mp_context=get_context("spawn")) as pool:
        results = list(pool.map(judge, runs, [sets] * len(runs), [sheets] * len(runs)))
    for name, value in tried.items():
        click.echo(f"{name} {getattr(weights, name)} → {value}")
    click.echo(table(results[0], results[-1]))
    for line in changed(results[0], results[-1]):
        click.echo(line)


if __name__ == "__main__":
    main()
