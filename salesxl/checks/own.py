"""Rules that a program brings along: functions from frames to findings by row, and pandera models.

Owns what they are shown, and that what they find stands at its cell. Nothing that is said here silences a
rule of ours, and a cell that could not be read gets no second finding. Refuses: any rule itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import pandas as pd
import pandera.errors

from salesxl.checks.case import Case, Fault
from salesxl.errors import UsageError
from salesxl.model import Severity, Submission

if TYPE_CHECKING:
    import pandera.pandas as pa

__all__ = ["Check", "RowFinding", "Schema", "of_function", "of_schema", "placed", "said_once"]


@dataclass(frozen=True, slots=True)
class RowFinding:
    """What a rule of your own finds in a row: ``kind`` of block, ``at`` the row's index label in its frame.

    ``field`` is the column to blame, None for the whole row; ``message`` and ``fix`` are said as they stand.
    ``severity`` is error (the row stays out), warning or notice.

    >>> RowFinding(kind="customer", at=3, field="contact", message="不是手机号。", severity="warning").at
    3
    """

    kind: str
    at: int
    field: str | None
    message: str
    fix: str = ""
    severity: str = "error"


Check: TypeAlias = Callable[[Mapping[str, pd.DataFrame]], "Iterable[RowFinding]"]
"""A rule: from the frames by kind of block to what is wrong, a finding a row."""
Schema: TypeAlias = "pa.DataFrameSchema | type[pa.DataFrameModel]"


def placed(frame: pd.DataFrame, submissions: Sequence[Submission]) -> pd.DataFrame:
    """Return records with the file and sheet they stand on in place of the number of their form."""
    forms = [submissions[number] for number in frame["submission"].tolist()]
    files, sheets = (pd.array([getattr(f, n) for f in forms], dtype="string") for n in ("file", "sheet"))
    return frame.drop(columns="submission").assign(file=files, sheet=sheets)


def of_function(check: Check) -> Callable[[Case], Iterator[Fault]]:
    """Return a function from frames to findings as a rule. Raises ValueError for a cell that is none."""

    def rule(case: Case) -> Iterator[Fault]:
        for found in check({kind: _shown(case, kind) for kind in case.stacks}) or ():
            yield from _fault(case, found.kind, found.at, found.field, found.message, found)

    return rule


def of_schema(kind: str, schema: Schema) -> Callable[[Case], Iterator[Fault]]:
    """Return a pandera schema of one kind of block as a rule.

    Raises UsageError for one that asks for a column or a dtype that the frame does not have.
    """

    def rule(case: Case) -> Iterator[Fault]:
        try:
            schema.validate(_shown(case, kind), lazy=True)
        except pandera.errors.SchemaErrors as failed:
            cases = failed.failure_cases
            shown = [cases[name].tolist() for name in ("schema_context", "column", "check", "index")]
            told = {
                (None if context == "DataFrameSchema" else str(column), str(check), at): None
                for context, column, check, at in zip(*shown, strict=True)
            }
            for column, check, at in told:
                if at is None or pd.isna(at):
                    why = f"{column}: {check}" if column else check
                    raise UsageError("own_schema", kind=kind, why=why) from failed
                yield from _fault(case, kind, int(at), column, check, None)

    return rule


def said_once(faults: Iterable[Fault], case: Case) -> tuple[list[Fault], list[Fault]]:
    """Return the faults to be said and those that are not: a column is missing once, be it on every row."""
    said: list[Fault] = []
    again: list[Fault] = []
    known: set[tuple[str | None, str | None, int]] = set()
    for fault in faults:
        if fault.code == "missing_column" and fault.kind is not None:
            key = fault.kind, fault.field, int(case.stacks[fault.kind].frame.at[fault.at, "submission"])
            if key in known:
                again.append(fault)
                continue
            known.add(key)
        said.append(fault)
    return said, again


def _shown(case: Case, kind: str) -> pd.DataFrame:
    stack = case.stacks[kind]
    fields = [column.field for column in stack.spec.columns]
    frame = stack.frame[[*fields, "submission", "row"]]
    return placed(frame.assign(rep=case.rep_of(stack), superseded=~case.inside(stack)), case.submissions)


def _fault(
    case: Case, kind: str, at: int, name: str | None, said: str, found: RowFinding | None
) -> Iterator[Fault]:
    stack = case.stacks.get(kind)
    names = {column.field for column in stack.spec.columns} if stack else set()
    if stack is None or at not in stack.frame.index or (name is not None and name not in names):
        raise ValueError(f"no cell: kind={kind!r}, at={at!r}, field={name!r}")
    if name is not None and stack.flagged.at[at, name]:
        return
    facts: dict[str, Any] = stack.facts(name) if name else {}
    code, severity = "own", Severity.ERROR
    if name is not None and not stack.present.at[at, name]:
        code = "missing_column"
        facts["label"] = stack.spec.column(name).label
    elif found is None and said == "not_nullable":
        code = "required"
    else:
        facts |= {"said": said} | ({"why": "schema"} if found is None else {"tip": found.fix})
        severity = Severity(found.severity) if found else severity
    yield Fault(code, severity, kind, int(at), name, facts, doubts=False)
