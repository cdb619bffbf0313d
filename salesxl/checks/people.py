"""Rules on reps: who is on the roster, and whose a form is. docs/domain.md 4.2.

Owns the likeness of two persons' names. Refuses: whose a customer is; that is ``customers``.
"""

from __future__ import annotations

from collections.abc import Iterator

from rapidfuzz.distance import OSA

from salesxl.checks.case import Case, Fault, error, positions, warning
from salesxl.checks.whose import named_by, spelled
from salesxl.model import Severity
from salesxl.recognition import EXTRA
from salesxl.recognition.reps import ROSTER, may_name_reps
from salesxl.rulebook import Rulebook
from salesxl.rules.people import roster

__all__ = ["held", "near_member", "nobody", "other_file", "unknown_rep"]

REPS = (
    ("archive_head", "rep"),
    ("log_head", "rep"),
    ("record", "rep"),
    ("weekly_report", "rep"),
    ("handover", "from_rep"),
    ("handover", "to_rep"),
)
SURE = 3
"""Names of so many characters are near with any one of them wrong; shorter ones must begin alike."""


def near_member(name: str, rulebook: Rulebook) -> str | None:
    """Return the one member whose name is a slip away: a character wrong, too many, missing or moved."""
    near = [
        one
        for one in sorted(roster(rulebook))
        if OSA.distance(one, name) == 1 and (one[:1] == name[:1] or min(len(one), len(name)) >= SURE)
    ]
    return near[0] if len(near) == 1 else None


def unknown_rep(case: Case) -> Iterator[Fault]:
    """Report a rep who is not on the roster; without a roster nothing is said.

    Nothing of his counts (``held``): a misspelt name is no new person. Who gives customers away may have left
    the roster already; the state knows him.
    """
    if not case.rulebook.has_roster:
        return
    known = roster(case.rulebook)
    for kind, name in REPS:
        stack = case.stacks[kind]
        values = stack.frame[name]
        for at in positions(values.notna() & ~values.isin(known)):
            left = name == "from_rep" and values[at] in _in_state(case)
            tell = warning if left else error
            yield tell("unknown_reference", stack, at, name, **_facts(case, values[at]))
    for kind in case.rulebook.forms.by_row:
        stack = case.stacks[kind]
        rows = stack.frame[["submission", "rep"]].dropna()
        for at in rows[~rows["rep"].isin(known)].drop_duplicates().index.tolist():
            yield error("unknown_reference", stack, at, "rep", **_facts(case, rows.at[at, "rep"]))


def _facts(case: Case, name: str) -> dict[str, str]:
    near = near_member(name, case.rulebook)
    return {"why": "roster", "near": near} if near else {"why": "roster"}


def _in_state(case: Case) -> frozenset[str]:
    book = case.past.get("customer")
    return frozenset() if book is None else frozenset(book["rep"].dropna())


def held(case: Case) -> Iterator[Fault]:
    """Yield an error for each record of a rep who is off the roster; it is said once a form."""
    if not case.rulebook.has_roster:
        return
    known = roster(case.rulebook)
    for kind, stack in case.stacks.items():
        if stack.frame.empty:
            continue
        here = known | _in_state(case) if kind.startswith("handover") else known
        reps = case.rep_of(stack)
        for at in positions(reps.notna() & ~reps.isin(list(here))):
            yield Fault("unknown_reference", Severity.ERROR, kind, at, None)


def other_file(case: Case) -> Iterator[Fault]:
    """Warn of a form whose rep is on the roster, in a file whose name bears another one of it."""
    if not case.rulebook.has_roster:
        return
    known = roster(case.rulebook)
    bare = spelled(known, case.rulebook)
    for kind, name in REPS[:4]:
        stack = case.stacks[kind]
        for at in positions(stack.frame[name].isin(known)):
            submission, _, _ = case.origin(stack, at)
            owners = named_by(submission.file, bare)
            if len(owners) == 1 and stack.frame.at[at, name] not in owners:
                yield warning("mismatch", stack, at, name, why="file_rep", owner=next(iter(owners)))


def nobody(case: Case) -> Iterator[Fault]:
    """Report rows that no card, no file name and no cell gives to a rep: nobody would hear of them.

    Where the column of reps stands, at each row; else once a form, at its first row, with the columns that
    may be theirs.
    """
    choices = {ROSTER: [m.name for m in case.rulebook.members]}
    for kind in case.rulebook.forms.by_row:
        stack = case.stacks[kind]
        lost = case.rep_of(stack).isna() & case.inside(stack)
        for at in positions(lost & stack.present["rep"] & ~stack.flagged["rep"]):
            yield error("required", stack, at, "rep")
        whole = stack.frame.loc[lost & ~stack.present["rep"], "submission"].drop_duplicates()
        for at in whole.index.tolist():
            block = case.submissions[int(whole[at])].block(kind)
            typed = block.values.items() if block else ()
            columns = {name.removeprefix(EXTRA): values for name, values in typed if name.startswith(EXTRA)}
            headers = may_name_reps(columns, choices)
            yield warning("required", stack, at, "rep", why="nobody", headers=headers)
