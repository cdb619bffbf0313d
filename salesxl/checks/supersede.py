"""Which submission a later one replaces. docs/domain.md 1: files are handed in again once mended.

Owns when one form stands for another of the same rep, and of archives that only overlap, which row does.
Refuses: a customer listed twice in one file; that is a ``duplicate`` of ``checks``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from salesxl import parsing
from salesxl.model import Finding, Place, Severity, Submission
from salesxl.parsing.frames import Stack
from salesxl.parsing.text import customer_key
from salesxl.rules.age import AHEAD, Ages
from salesxl.rules.identity import SEPARATOR, customer_keys

__all__ = ["older_rows", "remark", "remarks_on_rows", "remarks_on_stamps", "superseded"]


def superseded(
    submissions: Sequence[Submission],
    reps: Sequence[str | None],
    by_rows: Mapping[int, set[str]],
    stacks: Mapping[str, Stack],
    ages: Ages,
) -> dict[int, int]:
    """Return which submission (by number) is replaced by which; ``by_rows`` are the reps that rows name.

    Two forms of one rep in different files speak of the same thing when they cover the same: a weekly report
    the same week, a process record the same customer and a talk they share, an archive or a handover list the
    same customers. The later one stands (``rules.age``). An archive also replaces an earlier one whose
    customers it all holds; of one that only overlaps, single rows (``older_rows``). A copy that was returned
    with marks on it replaces the very file that they were made for, whatever the mended one speaks of. An
    archive or a record that we had filled in replaces but its own earlier edition.
    """
    replaced = _originals(submissions)
    groups: dict[tuple[str, str], list[int]] = {}
    for number, submission in enumerate(submissions):
        named = by_rows.get(number, set())
        rep = reps[number] or (next(iter(named)) if len(named) == 1 else "" if named else None)
        if rep is not None and number not in replaced:
            groups.setdefault((submission.form, rep), []).append(number)
    several = [numbers for numbers in groups.values() if len(numbers) > 1]
    concerned = {number for numbers in several for number in numbers}
    covers, talks = _covers(submissions, reps, stacks, concerned), _talks(stacks["communication"], concerned)
    for numbers in several:
        ordered = sorted((number for number in numbers if covers[number]), key=ages.rank.__getitem__)
        for place, early in enumerate(ordered):
            for late in reversed(ordered[place + 1 :]):
                apart = submissions[early].file != submissions[late].file
                if (
                    apart
                    and covers[early] <= covers[late]
                    and _go_on(talks.get(early), talks.get(late))
                    and _says_all_of(submissions[late], submissions[early])
                ):
                    replaced[early] = late
                    break
    return replaced


def _says_all_of(late: Submission, early: Submission) -> bool:
    """Say whether a form speaks for itself, or is the later edition of one that was handed out alike."""
    if late.handed is None or late.form == "weekly_report":
        return True
    return early.handed == late.handed and _changed(early) <= _changed(late)


def _changed(form: Submission) -> set[tuple[str, int, str]]:
    """Return where something stands that was not handed out; of an added row its place."""
    return {
        (block.kind, row, name)
        for block in form.blocks
        for row in block.rows
        for name in block.handed.get(row, ("",))
    }


def _originals(submissions: Sequence[Submission]) -> dict[int, int]:
    """Return the forms of files of which a marked copy was handed in, each with the same form in the copy."""
    copies: dict[tuple[str, str, str], int] = {}
    for number, copy in enumerate(submissions):
        if copy.original:
            copies[copy.original, copy.sheet, copy.form] = number
    found: dict[int, int] = {}
    for number, form in enumerate(submissions):
        late = copies.get((form.digest or "", form.sheet, form.form))
        if late is not None and submissions[late].file != form.file:
            found[number] = late
    return found


def older_rows(
    submissions: Sequence[Submission],
    customers: pd.DataFrame,
    keys: pd.Series,
    reps: pd.Series,
    replaced: Collection[int],
    ages: Ages,
) -> dict[int, int]:
    """Return the customers (by position) that a newer archive of their rep has too, with the row that stands.

    ``keys`` and ``reps`` tell the rows of ``customers``; ``replaced`` are forms that another one replaces.
    What the archives of a rep hold together is his archive. Rows that we had filled in replace none and are
    replaced by none: on them only what was changed counts.
    """
    apart = [number for number, form in enumerate(submissions) if form.handed]
    rows = pd.DataFrame({"key": keys, "rep": reps, "number": customers["submission"]}).dropna()
    rows = rows[~rows["number"].isin([*replaced, *apart])]
    rows = rows[rows.duplicated(["key", "rep"], keep=False)]
    numbers = sorted(rows["number"].unique().tolist(), key=ages.rank.__getitem__)
    rank = {submissions[number].file: at for at, number in enumerate(numbers)}
    newest: dict[tuple[str, str], tuple[int, int]] = {}
    age_of = [rank[submissions[number].file] for number in rows["number"].tolist()]
    told = list(zip(rows.index.tolist(), rows["key"].tolist(), rows["rep"].tolist(), age_of, strict=True))
    for at, key, rep, age in told:
        if (key, rep) not in newest or age > newest[key, rep][0]:
            newest[key, rep] = age, at
    return {at: newest[key, rep][1] for at, key, rep, age in told if age < newest[key, rep][0]}


def _go_on(early: frozenset[Any] | None, late: frozenset[Any] | None) -> bool:
    """Say whether a form's talks go on in another one: records of two weeks share none, and both count."""
    return not early or not late or not early.isdisjoint(late)


def _talks(contacts: Stack, concerned: set[int]) -> dict[int, frozenset[Any]]:
    """Return by what the talks of these submissions are known again: their time or their words."""
    found: dict[int, set[Any]] = {}
    for name in ("contact_time", "summary"):
        for number, mark in _known(contacts, name, concerned):
            found.setdefault(number, set()).add(mark)
    return {number: frozenset(marks) for number, marks in found.items()}


def remark(early: Submission, late: Submission) -> Finding:
    """Return the notice that one submission was replaced by another."""
    return Finding(
        "superseded",
        Severity.NOTICE,
        Place(early.file, early.sheet),
        facts={"other": f"{late.file} › {late.sheet}"},
    )


def remarks_on_stamps(submissions: Sequence[Submission], ages: Ages) -> Iterator[Finding]:
    """Yield a notice at each file whose stamp is not believed."""
    told: set[str] = set()
    for number, why in sorted(ages.doubted.items()):
        one = submissions[number]
        if one.file not in told:
            told.add(one.file)
            code = "future_date" if why == AHEAD else "date_order"
            place = Place(one.file, one.sheet)
            yield Finding(code, Severity.NOTICE, place, value=one.modified, facts={"why": "stamp"})


def remarks_on_rows(
    submissions: Sequence[Submission], customers: pd.DataFrame, older: Mapping[int, int]
) -> Iterator[Finding]:
    """Yield a notice for each two archives of which the later one has rows of the earlier."""
    number = customers["submission"].tolist()
    pairs = Counter((number[at], number[other]) for at, other in older.items())
    for (early, late), count in sorted(pairs.items()):
        one, other = submissions[early], submissions[late]
        facts = {"why": "rows", "count": count, "other": f"{other.file} › {other.sheet}"}
        yield Finding("superseded", Severity.NOTICE, Place(one.file, one.sheet), facts=facts)


def rows_of_before(
    customers: pd.DataFrame,
    reps: pd.Series,
    old: Collection[int],
    known: pd.DataFrame | None,
) -> frozenset[int]:
    """Return the customers (by position) on ``old`` archives whom the state has of the same rep.

    ``known`` are the customers of the state; they are told by number or by a name that they have or had.
    """
    if not old or known is None:
        return frozenset()
    there: set[tuple[object, object]] = set()
    columns = (known[name].tolist() for name in ("rep", "customer_no", "customer_name", "former_names"))
    for rep, number, name, former in zip(*columns, strict=True):
        names = [name, *([] if pd.isna(former) else str(former).split(SEPARATOR))]
        there |= {(rep, one) for one in (number, *map(customer_key, names)) if not pd.isna(one)}
    keys, numbers = customer_keys(customers["customer_name"]), customers["customer_no"]
    told = zip(customers["submission"].tolist(), reps.tolist(), numbers.tolist(), keys.tolist(), strict=True)
    return frozenset(
        at
        for at, (number, rep, own, key) in enumerate(told)
        if number in old and ((rep, key) in there or (rep, own) in there)
    )


def remarks_on_old(
    submissions: Sequence[Submission], customers: pd.DataFrame, old: Mapping[int, str], rows: Collection[int]
) -> Iterator[Finding]:
    """Yield a notice for each archive of which rows count no more, since an earlier week has newer ones."""
    for number, count in sorted(Counter(customers["submission"].iloc[sorted(rows)].tolist()).items()):
        one, facts = submissions[number], {"why": "outdated", "count": count, "other": old[number]}
        yield Finding("superseded", Severity.NOTICE, Place(one.file, one.sheet), facts=facts)


SPEAKS_OF = {
    "customer_archive": ("customer", "customer_name"),
    "process_record": ("record", "customer_name"),
    "handover_list": ("handover_customer", "customer_name"),
    "weekly_report": ("weekly_report", "week_start"),
    "contact_log": ("visit", "customer_name"),
}
"""By form: the block and the field that tell what a submission is about."""
BESIDE = {"contact_log": "contact_time"}
"""By form: a second field that tells it; talks with one customer are told apart by their time."""


def _covers(
    submissions: Sequence[Submission],
    reps: Sequence[str | None],
    stacks: Mapping[str, Stack],
    concerned: set[int],
) -> dict[int, frozenset[Any]]:
    """Return what these submissions speak of, and whose it is; empty where that cannot be told."""
    told: dict[tuple[str, int], set[Any]] = {}
    for form, (kind, name) in SPEAKS_OF.items():
        frame = stacks[kind].frame
        beside = sorted(({"rep", BESIDE.get(form, name)} & set(frame.columns)) - {name})
        rows = frame.loc[frame["submission"].isin(concerned), ["submission", name, *beside]]
        rows = rows.dropna(subset=[name])
        for number, value, *more in rows.astype(object).itertuples(index=False, name=None):
            key = parsing.customer_key(value) if isinstance(value, str) else value
            own = (reps[number] if pd.isna(v) else v for v in more)
            told.setdefault((form, number), set()).add((key, *own))
    return {number: frozenset(told.get((submissions[number].form, number), ())) for number in concerned}


def _known(stack: Stack, name: str, concerned: set[int]) -> Iterator[tuple[int, Any]]:
    """Yield the submission and the value of each of their rows in which a field is filled in."""
    rows = stack.frame.loc[stack.frame["submission"].isin(concerned), ["submission", name]].dropna()
    return zip(rows["submission"].tolist(), rows[name].tolist(), strict=True)
