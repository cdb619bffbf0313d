"""团队设置.xlsx → Rulebook and findings. docs/domain.md 3.

Owns which sheet gives which part of the rules and what is too little to go by. Refuses: drawing the workbook.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeAlias

from salesxl.catalogue import BUILT_IN, forms_of
from salesxl.columns import BlockSpec
from salesxl.errors import RefusedError, SettingsError
from salesxl.messages import Words
from salesxl.model import Finding, Place, Severity, Workbook
from salesxl.rulebook import Option, Rulebook
from salesxl.schemas import SETTINGS
from salesxl.settings import lists
from salesxl.settings.corrections import corrections
from salesxl.settings.forms import defined
from salesxl.settings.kpis import kpis
from salesxl.settings.parameters import parameters
from salesxl.settings.presets import editable_lists, internal_options, parameter_specs, with_derived
from salesxl.settings.rules import rules
from salesxl.settings.sheets import Sheet, find_sheet
from salesxl.settings.shipped import ROWS, added, read_rows, shipped_lists
from salesxl.settings.targets import adjust, targets
from salesxl.settings.unknown import unknown_sheets
from salesxl.settings.views import views
from salesxl.xlsx.read import grid

__all__ = ["from_workbook", "load", "refuse_faulty", "with_definitions"]

Lists: TypeAlias = Mapping[str, Sequence[Option]]


def load(path: Path) -> tuple[Rulebook, list[Finding]]:
    """Read a team's settings; every mistake in them is a finding at its cell, in sheet order.

    What a faulty row would have said is left out, or stays as preset. ``has_roster`` is False where 成员 is
    empty: nobody could be unknown then.

    Raises:
        SettingsError: the file is missing or unreadable, or has no stages or no grades to go by.
    """
    if not path.exists():
        raise SettingsError("settings_missing", path=path)
    try:
        workbook = grid.read(path, file=path.name)
    except RefusedError as refused:
        raise SettingsError("settings_unreadable", name=path.name, why=refused) from refused
    return from_workbook(workbook)


def from_workbook(workbook: Workbook) -> tuple[Rulebook, list[Finding]]:
    """Return the rules of a settings workbook that has been read, and the findings on it.

    Raises:
        SettingsError: it has no stages or no grades to go by.
    """
    internal = internal_options()
    sheets: dict[str, Sheet] = {}
    missing: list[Finding] = []
    for spec in SETTINGS:
        sheet = find_sheet(workbook, spec, internal)
        if sheet is not None:
            sheets[spec.kind] = sheet
        elif not spec.optional:
            missing.append(_missing(workbook, spec))

    grades = lists.grades(sheets["grade"], internal) if "grade" in sheets else ()
    stages = lists.stages(sheets["stage"], internal) if "stage" in sheets else ()
    for kind, found in (("grade", grades), ("stage", stages)):
        if not found:
            raise _nothing(workbook, kind, sheets.get(kind))

    roster = lists.members(sheets["member"]) if "member" in sheets else ()
    placed = targets(sheets.get("target"), sheets.get("target_table"), roster, internal)
    aims = tuple(cell.target for cell in placed.values())
    if "adjustment" in sheets:
        aims = tuple(adjust(sheets["adjustment"], placed, roster, internal).values())
    rulebook = with_derived(
        Rulebook(
            grades=grades,
            stages=stages,
            choices={
                **shipped_lists(),
                **lists.options(sheets.get("option"), editable_lists(), internal, _asked(sheets)),
                **internal,
            },
            parameters=parameters(sheets.get("parameter"), parameter_specs(), grades),
            members=roster,
            targets=aims,
            aliases=lists.aliases(sheets["alias"]) if "alias" in sheets else {},
            kpis=kpis(sheets["kpi"], internal) if "kpi" in sheets else (),
            days=lists.days(sheets["holiday"], internal) if "holiday" in sheets else {},
            has_roster=bool(roster),
            corrections=corrections(sheets["correction"], roster, internal) if "correction" in sheets else (),
            typed={k: rows for k in ROWS if k in sheets and (rows := _typed(sheets[k]))},
        )
    )
    rulebook = _with_forms(rulebook, sheets, internal)
    if "view" in sheets:
        rulebook = replace(rulebook, views=views(sheets["view"], rulebook.choices, rulebook.forms))
    odd = unknown_sheets(workbook, SETTINGS, {sheet.name for sheet in sheets.values()})
    return rulebook, [*missing, *odd, *(f for s in sheets.values() for f in _in_order(s))]


def _asked(sheets: Mapping[str, Sheet]) -> list[str]:
    """Return the lists that fields of the team's own ask for."""
    rows = sheets["form"].entries if "form" in sheets else ()
    return [*shipped_lists(), *(str(row["choices"]) for row in rows if row["choices"])]


def _typed(sheet: Sheet) -> tuple[Mapping[str, Any], ...]:
    """Return the rows of a sheet as they stand there, without what is blank."""
    return tuple({n: v for n, v in entry.typed.items() if v is not None} for entry in sheet.entries)


def _with_forms(rulebook: Rulebook, sheets: Mapping[str, Sheet], internal: Lists) -> Rulebook:
    """Return rules with the team's own forms, fields and checks."""
    sheets = added(sheets, internal)
    theirs = {name: options for name, options in rulebook.choices.items() if name not in internal}
    found = defined(sheets.get("form"), sheets.get("form_list"), theirs, internal)
    choices = {**rulebook.choices, **found.choices}
    checks = rules(sheets["rule"], found.forms, choices, found.off) if "rule" in sheets else ()
    return replace(rulebook, forms=forms_of(found.forms), choices=choices, fields=found.fields, rules=checks)


def with_definitions(
    rulebook: Rulebook, rows: Mapping[str, Sequence[Mapping[str, Any]]]
) -> tuple[Rulebook, list[Finding]]:
    """Return rules with the forms, fields and checks of rows as typed, by sheet and field; and their faults.

    The sheets are form, form_list and rule. What the rules had of the kind is left out.
    """
    internal = internal_options()
    sheets = {kind: read_rows(kind, rows[kind], internal) for kind in ROWS if rows.get(kind)}
    made = _with_forms(replace(rulebook, forms=BUILT_IN, rules=()), sheets, internal)
    return made, [found for sheet in sheets.values() for found in _in_order(sheet)]


def _in_order(sheet: Sheet) -> list[Finding]:
    """Return a sheet's findings from top to bottom and left to right."""
    at = sheet.columns
    return sorted(sheet.findings, key=lambda f: (f.row or 0, at.get(f.field or "", 0)))


def _missing(workbook: Workbook, spec: BlockSpec) -> Finding:
    return Finding(
        "missing_column",
        Severity.WARNING,
        Place(workbook.file, spec.sheet),
        facts={"why": "sheet", "label": spec.sheet},
        block=spec.kind,
    )


def _nothing(workbook: Workbook, kind: str, sheet: Sheet | None) -> SettingsError:
    name = next(spec.sheet for spec in SETTINGS if spec.kind == kind)
    lacking = "sheet" if sheet is None else "header" if sheet.header_row is None else "rows"
    return SettingsError(f"settings_no_{lacking}", file=workbook.file, name=name)


def refuse_faulty(remarks: Iterable[Finding], words: Words) -> None:
    """Raise SettingsError where a settings workbook holds errors; each stands in a line of its own."""
    wrong = [f for f in remarks if f.severity is Severity.ERROR]
    if wrong:
        raise SettingsError("faulty_settings", lines="\n".join(f"  {words.remark(f)}" for f in wrong))
