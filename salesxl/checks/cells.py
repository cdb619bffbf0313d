"""Rules on what stands in one cell, beyond its type. docs/domain.md 4: vague text; and the pandera models."""

from __future__ import annotations

from collections.abc import Iterator

import pandera.errors

from salesxl.checks.case import Case, Fault, error, positions, warning
from salesxl.columns import Kind
from salesxl.grading import concrete
from salesxl.stack import Stack

__all__ = ["structure", "vague"]

_CODES = {"not_nullable": "required", "greater_than_or_equal_to": "range", "str_matches": "format"}


def structure(stack: Stack) -> Iterator[Fault]:
    """Check presence, bounds and patterns of one stack in one pandera call.

    A cell that could not be read has its finding already and gets no second one; a required cell whose
    column is not on the sheet makes its row faulty without a finding of its own (``missing_column`` said it).
    """
    if stack.frame.empty:
        return
    try:
        stack.spec.model.to_schema().validate(stack.frame, lazy=True)
    except pandera.errors.SchemaErrors as failed:
        cases = failed.failure_cases
        unexpected = cases.loc[~cases["check"].map(_name).isin(_CODES), "check"]
        if not unexpected.empty:
            raise AssertionError(f"{stack.spec.kind}: {sorted(set(unexpected))}") from failed
        for name, check, at in zip(cases["column"], cases["check"], cases["index"], strict=True):
            if stack.flagged.at[at, name] or not stack.present.at[at, name]:
                continue
            column = stack.spec.column(name)
            facts: dict[str, object] = {"minimum": column.minimum}
            if column.kind is Kind.TICKED and _name(check) == "not_nullable" and stack.raw.at[at, name]:
                facts["why"] = "no_tick"
            yield error(_CODES[_name(check)], stack, int(at), name, **facts)


def vague(case: Case) -> Iterator[Fault]:
    """Warn of a need, summary or action that says nothing."""
    for stack, column in case.columns(Kind.TEXT):
        if not column.concrete:
            continue
        values = stack.frame[column.field]
        said = {text: concrete(text, case.rulebook) for text in values.dropna().unique()}
        for at in positions(values.notna() & ~values.map(said).fillna(True).astype(bool)):
            yield warning("vague", stack, at, column.field)


def _name(check: object) -> str:
    return str(check).split("(", 1)[0]
