"""Figures that must agree with figures elsewhere. docs/domain.md 4, mismatch."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import replace

import pandas as pd

from salesxl.checks.case import Case, Cell, Fault, positions, warning
from salesxl.checks.weeks import BOUNDS, TYPED, meant
from salesxl.parsing.frames import Stack, look_up
from salesxl.rules.grading import recent_contacts, settled
from salesxl.rules.identity import customer_keys
from salesxl.rules.money import fen
from salesxl.rules.periods import month_of_week, target_of

__all__ = ["counts", "grade", "jump", "month_target", "own_rows", "period_of", "states"]

_CONTRADICT = frozenset(
    (stage, status)
    for stage, statuses in {
        "won": ("open", "keen"),
        "after": ("open", "keen"),
        "off": ("open", "keen", "won"),
    }.items()
    for status in statuses
)
"""Kinds of stage and status that cannot both be right.

Who is lost keeps the stage in which that was, and who has bought may be in any with the next deal.
"""


def grade(case: Case) -> Iterator[Fault]:
    """Warn where a hand-filled grade differs from the computed one, unless a reason for it is given."""
    stack = case.stacks["customer"]
    if stack.frame.empty:
        return
    found = settled(stack.frame, case.rulebook, _follow_ups(case, stack))
    filled = stack.frame["grade"]
    differs = filled.notna() & (filled != found["by_rule"]).fillna(False) & (found["why"] != "override")
    for at in positions(differs):
        yield warning("mismatch", stack, at, "grade", why="grade", expected=found.at[at, "by_rule"])


def _follow_ups(case: Case, stack: Stack) -> pd.Series:
    """Return each customer's follow-ups of the last months, as its rep's records have them."""
    record, contacts, visits = (case.stacks[kind] for kind in ("record", "communication", "visit"))
    names = record.frame.set_index("submission")["customer_name"]
    of_records = customer_keys(look_up(contacts.frame["submission"], names))
    parts = [
        pd.DataFrame({"rep": case.rep_of(talks), "key": keys, "contact_time": talks.frame["contact_time"]})[
            case.inside(talks)
        ]
        for talks, keys in ((contacts, of_records), (visits, case.keys(visits)))
    ]
    met = pd.concat([part for part in parts if not part.empty] or parts[:1], ignore_index=True)
    owned = pd.DataFrame({"rep": case.rep_of(stack), "key": case.keys(stack)})
    months = case.rulebook.parameters.high_potential_months
    return recent_contacts(owned, met, case.as_of, months)


def states(case: Case) -> Iterator[Fault]:
    """Warn where 跟进状态 and 成交阶段 of a record contradict each other: 意向 at 成交签约."""
    for stack in case.stacks.values():
        names = {column.field: column.label for column in stack.spec.columns}
        if stack.frame.empty or not {"status", "stage"} <= names.keys():
            continue
        pairs = zip(case.stage_kinds(stack).tolist(), case.status_kinds(stack).tolist(), strict=True)
        for at, pair in enumerate(pairs):
            if pair in _CONTRADICT:
                facts = {"why": "states", "whole": names["stage"], "expected": stack.frame.at[at, "stage"]}
                fault = warning("mismatch", stack, at, "status", **facts)
                yield replace(fault, against=((stack.spec.kind, at, "stage"),))


def month_target(case: Case) -> Iterator[Fault]:
    """Warn where a report's 本月目标 differs from the settings; without targets nothing is said."""
    stack = case.stacks["weekly_report"]
    reps = case.rep_of(stack)
    for at in positions(stack.frame["month_target"].notna() & stack.frame["week_start"].notna()):
        rep = reps[at]
        if pd.isna(rep):
            continue
        year, month = month_of_week(stack.frame.at[at, "week_start"].date())
        expected = target_of(case.rulebook, "rep", rep, dt.date(year, month, 1), "signed")
        if expected is not None and round(expected * 100) != int(
            fen([stack.frame.at[at, "month_target"]])[0]
        ):
            fault = warning("mismatch", stack, at, "month_target", why="month_target", expected=expected)
            yield replace(fault, rests_on=period_of(at))


def counts(case: Case) -> Iterator[Fault]:
    """Warn where a report's new customers or follow-ups differ from that week's archive and records.

    Only reps whose archive (for new customers) or records (for follow-ups) are at hand are held to it. A date
    there that is blank or could not be read may or may not belong to the week: as many more are not held
    against them.
    """
    stack = case.stacks["weekly_report"]
    sources = (
        ("new_customers", ("customer",), "first_contact"),
        ("follow_ups", ("communication", "visit"), "contact_time"),
    )
    for name, kinds, moment in sources:
        weeks = _added([_in_weeks(case, kind, moment) for kind in kinds])
        said = stack.frame[name]
        apart = (said < weeks["rows"]) | (said > weeks["rows"] + weeks["unread"])
        for at in positions(said.notna() & weeks["known"] & apart):
            expected, typed = int(weeks.at[at, "rows"]), int(said[at])
            slips = [slip for kind in kinds for slip in _slips(case, kind, moment, at)]
            if slips and len(slips) == typed - expected:
                yield from slips
                continue
            fault = warning("mismatch", stack, at, name, why=name, expected=expected)
            over = typed < expected
            pool = [
                (kind, r, moment) for kind in kinds for r in own_rows(case, at, kind, moment, counted=over)
            ]
            # a customer that stands there twice was counted once; no name makes a row of another week count
            twice = [(kind, r, "customer_name") for kind, r, _ in pool if over and kind == "customer"]
            fault = replace(fault, rests_on=period_of(at), pool=tuple(pool), held=tuple(twice))
            yield replace(fault, needs=abs(typed - expected))


def _added(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Return what several kinds of rows come to together; known where any of them is at hand."""
    whole = parts[0].copy()
    for part in parts[1:]:
        for name in ("rows", "unread"):
            whole[name] = whole[name] + part[name]
        whole["known"] |= part["known"]
    return whole


def period_of(at: int) -> tuple[Cell, ...]:
    return tuple(("weekly_report", at, name) for name in BOUNDS)


def own_rows(case: Case, report: int, kind: str, moment: str, *, counted: bool) -> list[int]:
    """Return the rows of a report's rep that its week counts, or else all the others."""
    reports, other = case.stacks["weekly_report"], case.stacks[kind]
    first, last = (reports.frame.at[report, name].normalize() for name in TYPED)
    rows = case.once(("rows by rep", kind), lambda: _by_rep(case, kind))
    mine = rows.get(case.rep_of(reports)[report], [])
    days = other.frame[moment].loc[mine].dt.normalize()
    return [
        at for at, inside in zip(mine, days.between(first, last).tolist(), strict=True) if inside == counted
    ]


def _by_rep(case: Case, kind: str) -> dict[str, list[int]]:
    """Return the records of each rep that count, by their positions."""
    reps = case.rep_of(case.stacks[kind])[case.inside(case.stacks[kind])].dropna()
    return {rep: places.tolist() for rep, places in reps.groupby(reps).groups.items()}


def _slips(case: Case, kind: str, moment: str, report: int) -> Iterator[Fault]:
    """Yield a warning at each date that would lie in a report's week but for a slip in its year."""
    other = case.stacks[kind]
    first, last = (case.stacks["weekly_report"].frame.at[report, name].date() for name in TYPED)
    for at in own_rows(case, report, kind, moment, counted=False):
        typed = other.frame.at[at, moment]
        if not pd.isna(typed) and typed < pd.Timestamp(first) and (near := meant(typed.date(), first, last)):
            facts = {"why": "year", "meant": near}
            fault = warning("mismatch", other, at, moment, **facts)
            yield replace(fault, rests_on=((kind, at, moment), *period_of(report)))


def _in_weeks(case: Case, kind: str, moment: str) -> pd.DataFrame:
    """Return, for each weekly report, the ``rows`` of its rep that fall into its week.

    ``unread`` are the rep's rows whose date is not known; ``known`` is false where the rep has no such
    rows at all.
    """
    reports, other = case.stacks["weekly_report"], case.stacks[kind]
    rows = pd.DataFrame({"rep": case.rep_of(other), "day": other.frame[moment].dt.normalize()})
    rows["unread"] = other.frame[moment].isna()
    rows = rows[case.inside(other)].dropna(subset=["rep"])
    unread = rows.groupby("rep")["unread"].sum()
    # a rep counts what happened on the days written down, be they a week or not
    typed = {b: reports.frame[t].dt.normalize() for b, t in zip(BOUNDS, TYPED, strict=True)}
    asked = pd.DataFrame({"rep": case.rep_of(reports), **typed})
    asked = asked.assign(at=asked.index)
    # most rows fall into nobody's week
    late = (rows["day"] >= asked["week_start"].min()) & (rows["day"] <= asked["week_end"].max())
    pairs = asked.merge(rows[late], on="rep")
    pairs = pairs[(pairs["day"] >= pairs["week_start"]) & (pairs["day"] <= pairs["week_end"])]
    sums = pairs.groupby("at").agg(rows=("day", "size")).reindex(asked.index)
    known = asked["rep"].isin(unread.index) & case.inside(reports)
    known &= reports.frame[list(BOUNDS)].notna().all(axis=1)
    return sums.fillna(0).assign(unread=asked["rep"].map(unread).fillna(0).astype(int), known=known)


def jump(case: Case) -> Iterator[Fault]:
    """Warn of a customer whose stage moved back since the last book, or skipped one since the week before.

    Only stages on the path count: who ends, or comes back after an end, jumps nowhere. Over more than a week
    a customer may well have been in the stages between, so skipping is told of two weeks in a row only.
    """
    seen = case.past.get("customer")
    if seen is None or seen.empty:
        return
    last = seen["week_start"].max()
    path = [s.name for s in case.rulebook.stages if s.kind != "off"]
    place = {name: at for at, name in enumerate(path)}
    stack = case.stacks["customer"]
    keys = case.keys(stack)
    now = stack.frame["stage"].map(place).astype("Int64")
    before = _before(seen[seen["week_start"] == last], keys, case.rep_of(stack))
    then = before.map(place).astype("Int64")
    back, skipped = now < then, now > then + 1
    if last + pd.Timedelta(days=7) != pd.Timestamp(case.week[0]):
        skipped &= False
    concerned = (back | skipped).fillna(False) & case.inside(stack)
    for at in positions(concerned):
        facts = {"before": before[at], "since": last.date()}
        if now[at] < then[at]:
            yield warning("stage_jump", stack, at, "stage", why="back", **facts)
        else:
            left_out = tuple(path[int(then[at]) + 1 : int(now[at])])
            yield warning("stage_jump", stack, at, "stage", why="skipped", left_out=left_out, **facts)


def _before(book: pd.DataFrame, keys: pd.Series, reps: pd.Series) -> pd.Series:
    """Return each customer's stage in an earlier book: the rep's own row, else the only row there is."""
    rows = pd.DataFrame(
        {"key": customer_keys(book["customer_name"]), "rep": book["rep"], "stage": book["stage"]}
    )
    rows = rows.dropna(subset=["key", "stage"])
    own = rows.dropna(subset=["rep"]).drop_duplicates(["rep", "key"]).set_index(["rep", "key"])["stage"]
    alone = rows[~rows.duplicated("key", keep=False)].set_index("key")["stage"]
    pairs = pd.MultiIndex.from_arrays([reps.to_numpy(dtype=object), keys.to_numpy(dtype=object)])
    mine = pd.Series(own.reindex(pairs).to_numpy(dtype=object), index=keys.index, dtype="string")
    return mine.fillna(keys.map(alone).astype("string"))
