"""团队设置.xlsx, drawn from a Rulebook. docs/domain.md 3.

Owns how rules are written down so that ``settings.load`` reads the same rules back. Refuses: reading them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from xlsxwriter.utility import xl_range

from salesxl import settings
from salesxl.columns import BlockSpec, Column, Kind, Need
from salesxl.drawing.fields import Choices, label, validation, write
from salesxl.drawing.look import PALETTE, Look, open_workbook, print_setup, text
from salesxl.drawing.page import Canvas, Slot
from salesxl.rulebook import Condition, Rulebook
from salesxl.schemas import FORMS, SETTINGS

__all__ = ["settings_workbook"]

Row: TypeAlias = Mapping[str, Any]

SPARE_ROWS = {
    "member": 60,
    "target": 300,
    "target_table": 60,
    "adjustment": 30,
    "grade": 6,
    "stage": 8,
    "option": 60,
    "alias": 60,
    "form": 200,
    "form_list": 30,
    "rule": 100,
    "view": 60,
    "parameter": 0,
    "kpi": 20,
    "holiday": 60,
    "correction": 60,
}
"""Rows to fill in, drawn below those that hold something."""
UNIQUE = frozenset({"member", "grade", "stage", "parameter", "holiday"})
"""Sheets whose first column may name nothing twice."""


OFFERED = frozenset(
    {
        *(("form", name) for name in ("form", "block", "label", "role")),
        *(("rule", name) for name in ("form", "field")),
        ("option", "list"),
    }
)
"""Columns whose dropdown offers what is known, and that take any other word without asking."""


def settings_workbook(rulebook: Rulebook | None = None) -> bytes:
    """Return the settings workbook of these rules, those of the presets by default.

    Reading it gives the same rules back.
    """
    rules = settings.default_rulebook() if rulebook is None else rulebook
    words = text()["settings"]
    workbook, buffer = open_workbook("settings", words["title"])
    look, choices = Look(workbook), Choices(workbook, rules)
    _guide(Canvas(workbook.add_worksheet(words["guide_sheet"]), look, choices, rules, (4, 16, 30, 70)))
    rows = _rows(rules)
    for spec in SETTINGS:
        widths = [_width(column) for column in spec.columns]
        canvas = Canvas(workbook.add_worksheet(spec.sheet), look, choices, rules, widths)
        _sheet(canvas, spec, rows[spec.kind])
    choices.write()
    workbook.close()
    return buffer.getvalue()


def _guide(canvas: Canvas) -> None:
    words, look, sheet = text()["settings"], canvas.look, canvas.sheet
    canvas.across(words["title"], look.title(), 34)
    canvas.across(words["lead"], look.instruction(), 24)
    canvas.gap()
    for at, head in enumerate(words["sheets_head"], start=1):
        sheet.write_string(canvas.row, at, head, look.header(Need.REQUIRED.value))
    sheet.set_row(canvas.row, 24)
    link = look.made(
        font_color=PALETTE["band"], underline=1, bold=True, border=1, border_color=PALETTE["line"], indent=1
    )
    for number, spec in enumerate(SETTINGS, start=canvas.row + 1):
        sheet.write_url(number, 1, f"internal:'{spec.sheet}'!A1", link, spec.sheet)
        for at, line in enumerate(words["help"][spec.kind], start=2):
            sheet.write_string(number, at, line, look.value(Kind.TEXT))
        sheet.set_row(number, 24)
    canvas.row += len(SETTINGS) + 1
    canvas.gap()
    sheet.write_string(
        canvas.row, 1, words["steps_title"], look.made(bold=True, font_size=11, font_color=PALETTE["brand"])
    )
    sheet.set_row(canvas.row, 24)
    plain = look.made(text_wrap=True)
    for number, step in enumerate(words["steps"], start=1):
        sheet.merge_range(canvas.row + number, 1, canvas.row + number, 3, f"{number}. {step}", plain)
        sheet.set_row(canvas.row + number, 22)
    print_setup(sheet, words["title"], landscape=True)
    sheet.activate()


def _sheet(canvas: Canvas, spec: BlockSpec, rows: Sequence[Row]) -> None:
    """Draw one sheet: title, what it is for, and its rules as an Excel table."""
    words, sheet, look = text()["settings"], canvas.sheet, canvas.look
    what, how = words["help"][spec.kind]
    canvas.across(f"{spec.sheet} · {what}", look.title(), 30, merged=False)
    canvas.across(how, look.note(), 22, merged=False)
    top = canvas.row
    sheet.set_row(top, 26)
    for row in rows:
        canvas.row += 1
        for at, column in enumerate(spec.columns):
            kind = row["_kind"] if column.field == "value" and "_kind" in row else column.kind
            left = spec.kind in {"parameter", "view"}
            write(sheet, canvas.row, at, row.get(column.field), look.value(kind, left=left))
        sheet.set_row(canvas.row, _height(spec, row))
    for _ in range(SPARE_ROWS[spec.kind]):
        canvas.row += 1
        for at, column in enumerate(spec.columns):
            form = look.value(column.kind, boxed=False)
            parts = _parts(spec, column, canvas.row)
            if parts:
                sheet.write_formula(canvas.row, at, f'=IF(COUNT({parts})=0,"",SUM({parts}))', form, "")
            else:
                write(sheet, canvas.row, at, None, form)
    _validate(canvas, spec, top, rows)
    slots = [Slot(column, at, at) for at, column in enumerate(spec.columns)]
    canvas.highlight_table(slots, top + 1, canvas.row)
    if spec.kind in UNIQUE:
        canvas.highlight_twice(0, top + 1, canvas.row)
    canvas.excel_table(spec.columns, top, canvas.row, f"settings_{spec.kind}")
    sheet.freeze_panes(top + 1, 1)
    sheet.repeat_rows(top)
    print_setup(sheet, f"{words['title']} · {spec.sheet}", landscape=True, gridlines=True)


def _parts(spec: BlockSpec, column: Column, row: int) -> str:
    """Return the cells of 目标表 whose sum a quarter or the year is; blank for all other columns."""
    months = {"whole": (1, 12)} | {f"q{q}": (3 * q - 2, 3 * q) for q in range(1, 5)}
    if spec.kind != "target_table" or column.field not in months:
        return ""
    at = [c.field for c in spec.columns]
    first, last = (at.index(f"m{month}") for month in months[column.field])
    return str(xl_range(row, first, row, last))


def _validate(canvas: Canvas, spec: BlockSpec, top: int, rows: Sequence[Row]) -> None:
    for at, column in enumerate(spec.columns):
        if spec.kind == "parameter" and column.field == "value":
            for number, row in enumerate(rows, start=top + 1):
                canvas.sheet.data_validation(number, at, number, at, row["_rule"])
            continue
        rule = validation(column, canvas.choices, canvas.rulebook)
        names = _names(canvas, spec, column)
        if names:
            rule |= {
                "validate": "list",
                "source": canvas.choices.source(f"{spec.sheet}_{column.label}", names),
            }
            rule["error_message"] = text()["warning"]["choice"]
        if (spec.kind, column.field) in OFFERED:
            rule["show_error"] = False
        canvas.sheet.data_validation(top + 1, at, canvas.row, at, rule)


def _names(canvas: Canvas, spec: BlockSpec, column: Column) -> list[str]:
    """Return what a column may name that is no list of choices: the lists themselves, the forms."""
    if (spec.kind, column.field) == ("option", "list"):
        return [*settings.editable_lists(), *settings.shipped_lists()]
    if (spec.kind, column.field) in {("alias", "form"), ("form", "form"), ("rule", "form")}:
        return [form.title for form in FORMS]
    if (spec.kind, column.field) == ("form", "block"):
        return list(dict.fromkeys(block.title for form in FORMS for block in form.blocks))
    if (spec.kind, column.field) == ("form", "label"):
        every = (settings.field_name(b, c) for form in FORMS for b in form.blocks for c in b.columns)
        return list(dict.fromkeys(every))
    words = settings.internal_options()
    if (spec.kind, column.field) in INTERNAL:
        return [o.value for o in words[INTERNAL[spec.kind, column.field]]]
    if (spec.kind, column.field) == ("view", "test"):
        return [o.value for o in words["比较"] if o.kind in settings.VIEW_TESTS]
    if (spec.kind, column.field) == ("view", "field"):
        return [field.label for field in settings.view_fields(canvas.rulebook.choices, canvas.rulebook.forms)]
    return []


INTERNAL = {("form", "kind"): "项目类型", ("form", "role"): "项目用途"}
"""Columns that take words of a list, but are read by another room than the cells of choices."""


def _width(column: Column) -> float:
    return max(column.width, 2 * len(label(column)) + 4)


def _height(spec: BlockSpec, row: Row) -> float:
    """Return a height that shows a row's longest wrapped text: a CJK character is about two units wide.

    Excel fits rows without a height when it opens a file, LibreOffice does not.
    """
    wrapped = [column for column in spec.columns if column.kind in {Kind.TEXT, Kind.ITEMS}]
    lines = max((-(-2 * len(str(row.get(c.field) or "")) // int(_width(c) - 2)) for c in wrapped), default=1)
    return max(20.0, 15.0 * lines + 5)


def _rows(rules: Rulebook) -> dict[str, list[Row]]:
    """Return the rows of every sheet by block kind, in the words of the sheet."""
    words = {
        name: {o.kind: o.value for o in options} for name, options in settings.internal_options().items()
    }
    yes, no = words["是否"]["yes"], words["是否"]["no"]
    targets = [
        (t, words["期间"][t.period], words["对象类型"][t.scope], words["指标"][t.measure])
        for t in rules.targets
    ]
    return {
        "member": [
            {
                name: getattr(m, name)
                for name in ("name", "team", "region", "product_line", "manager", "joined", "left")
            }
            | {"former_names": _items(m.former_names)}
            for m in rules.members
        ],
        "target": [
            {
                "year": t.year,
                "period": period,
                "scope": scope,
                "name": t.name,
                "measure": measure,
                "amount": t.amount if t.original is None else t.original,
            }
            for t, period, scope, measure in targets
        ],
        "target_table": [],
        "adjustment": [
            {
                "year": t.year,
                "period": period,
                "scope": scope,
                "name": t.name,
                "measure": measure,
                **{f: getattr(a, f) for f in ("amount", "reason", "basis", "reviewer", "approver")},
            }
            for t, period, scope, measure in targets
            for a in t.adjustments
        ],
        "grade": [
            {
                "grade": g.name,
                "at_least": g.at_least,
                "strategic": yes if g.strategic else no,
                "clear_intent": yes if g.clear_intent else no,
                "every": g.every,
                "unit": words["间隔单位"][g.unit],
                "aliases": _items(g.aliases),
            }
            for g in rules.grades
        ],
        "stage": [
            {
                "stage": s.name,
                "kind": words["阶段类型"][s.kind],
                "probability": s.probability,
                "aliases": _items(s.aliases),
            }
            for s in rules.stages
        ],
        "option": [
            {"list": name, "value": o.value, "kind": words["含义"].get(o.kind), "aliases": _items(o.aliases)}
            for name in (*settings.editable_lists(), *settings.shipped_lists())
            for o in rules.choices.get(name, ())
        ],
        "alias": [
            {
                "header": header,
                "label": standard,
                "form": next((f.title for f in FORMS if f.name == form), None),
            }
            for (form, header), standard in rules.aliases.items()
        ],
        "form": [*_fields(rules, words["是否必填"]), *rules.typed.get("form", ())],
        "form_list": list(rules.typed.get("form_list", ())),
        "rule": list(rules.typed.get("rule", ())),
        "parameter": [
            _parameter(spec, getattr(rules.parameters, spec.key), (yes, no))
            for spec in settings.parameter_specs()
        ],
        "view": [
            {"view": view.name, **_condition(condition, rules)}
            for view in rules.views
            for condition in view.conditions
        ],
        "kpi": [
            {
                "measure": words["考核指标"][k.measure],
                "period": words["考核期间"][k.period],
                **{name: getattr(k, name) for name in ("weight", "zero", "full")},
            }
            for k in rules.kpis
        ],
        "holiday": [
            {"day": day, "kind": words["节假日类型"]["work" if works else "off"]}
            for day, works in rules.days.items()
        ],
        "correction": [
            {
                "action": words["更正方式"][c.action],
                **{name: getattr(c, name) for name in ("customer", "value", "reason", "day")},
            }
            for c in rules.corrections
        ],
    }


def _fields(rules: Rulebook, needs: Mapping[str | None, str]) -> Iterator[Row]:
    """Yield what the team says of its forms' fields, in the order in which they stand on the forms.

    Nothing where its rows are known as they were typed.
    """
    titles = {word for form in FORMS for word in (form.title, form.english, *form.aliases)}
    if any(row.get("form") in titles for row in rules.typed.get("form", ())):
        return
    for form in FORMS:
        for spec in form.blocks:
            for column in spec.columns:
                rule = rules.fields.get((spec.kind, column.field))
                if rule is not None:
                    yield {
                        "form": form.title,
                        "block": spec.title,
                        "label": settings.field_name(spec, column),
                        "shown": rule.shown,
                        "need": needs[rule.need] if rule.need else None,
                        "help": rule.help,
                        "aliases": _items(rule.aliases),
                    }


def _condition(condition: Condition, rules: Rulebook) -> Row:
    """Return a condition in the words of the sheet, and how the cell of its value looks."""
    field, test, value = settings.typed_condition(condition, rules.choices, rules.forms)
    kind = Kind.DATE if isinstance(value, dt.date) else Kind.TEXT if isinstance(value, str) else Kind.NUMBER
    return {"field": field, "test": test, "value": value, "_kind": kind}


def _items(values: Sequence[str]) -> str | None:
    return "、".join(values) or None


PARAMETER_KINDS = {
    "percent": Kind.PERCENT,
    "number": Kind.NUMBER,
    "amount": Kind.AMOUNT,
    "whole": Kind.WHOLE,
    "date": Kind.DATE,
}


def _parameter(spec: settings.ParameterSpec, value: Any, yes_no: tuple[str, str]) -> Row:
    """Return a parameter's row: its value in the sheet's words, how its cell looks and what it asks for."""
    warning = text()["warning"]
    rule: dict[str, Any] = {
        "validate": "any",
        "input_title": spec.name,
        "input_message": spec.note,
        "error_type": "warning",
        "error_title": warning["title"],
    }
    kind = PARAMETER_KINDS.get(spec.type, Kind.TEXT)
    if spec.type == "choice":
        value = next(w.word for w in spec.words if w.value == value)
        rule |= {
            "validate": "list",
            "source": [w.word for w in spec.words],
            "error_message": warning["choice"],
        }
    elif spec.type == "yes_no":
        value = yes_no[0] if value else yes_no[1]
        rule |= {"validate": "list", "source": list(yes_no), "error_message": warning["choice"]}
    elif spec.type == "items":
        value = _items(value)
    elif spec.type == "percent":
        rule |= {"validate": "decimal", "criteria": "between", "minimum": 0, "maximum": 1}
        rule["error_message"] = warning["percent"]
    elif kind in {Kind.NUMBER, Kind.AMOUNT, Kind.WHOLE}:
        exact = "integer" if kind is Kind.WHOLE else "decimal"
        rule |= {"validate": exact, "criteria": ">=", "value": float(spec.minimum or 0)}
        rule["error_message"] = warning[kind.value]
    return {"name": spec.name, "value": value, "note": spec.note, "_kind": kind, "_rule": rule}
