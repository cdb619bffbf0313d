"""No policy in code: stages, grades, choices and thresholds live in presets, where a team can edit them."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import Any

from salesxl.rulebook import Parameters

ROOT = Path(__file__).parent.parent / "salesxl"
PRESETS = ROOT / "presets"

WORDS_ELSEWHERE = {
    "schemas.py": "labels of the forms",
    "parsing/affixes.py": "two spellings of one word, for every list",
    "settings/guessed.py": "kinds of fields, as they are called on 表单",
    "settings/proposed.py": "kinds of fields, as they are called on 表单",
    "parsing/contacts.py": "what stands before an e-mail address",
}
"""Rooms that hold a word of a list as something else than a choice, each with its reason."""

JUDGES = (
    *("summary/", "rules/", "checks/", "settings/", "validate.py", "consolidate.py"),
    *(
        "checks/supersede.py",
        "workspace/batch_report.py",
        "workspace/returns.py",
        "workspace/archive.py",
        "friday.py",
        "workspace/history.py",
        "cli/report.py",
    ),
)
"""Rooms that apply rules; elsewhere a number is a width, a weight of evidence or a bound against attacks."""

FACTS = {
    3: "months of a quarter, days from Monday to Thursday",
    4: "years of a leap, digits kept of a likeness",
    6: "days from Monday to Sunday, digits kept of a share",
    7: "days of a week",
    8: "entries kept, neighbours compared",
    9: "digits kept of a division",
    12: "months of a year",
    100: "fen of a yuan, per cent, years of a leap",
    400: "years of a leap",
    10_000: "yuan of a 万元",
}
"""Numbers of the calendar and of units, which no team can edit."""


@cache
def constants() -> tuple[tuple[str, int, Any, bool], ...]:
    """Return (file, line, value, named) of every constant that is no docstring.

    ``named`` is true of a number under a name in capitals at the top of its module, or in its index.
    """
    found = []
    for path in sorted(ROOT.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        prose = {id(n.value) for n in ast.walk(tree) if isinstance(n, ast.Expr)}
        named = {id(n) for top in tree.body if is_named(top) for n in ast.walk(top)}
        name = path.relative_to(ROOT).as_posix()
        found += [
            (name, node.lineno, node.value, id(node) in named)
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and id(node) not in prose
        ]
    return tuple(found)


def is_named(node: ast.stmt) -> bool:
    """Say whether a statement gives a value to a name in capitals."""
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    names = [n.id for t in targets if t is not None for n in ast.walk(t) if isinstance(n, ast.Name)]
    return isinstance(node, (ast.Assign, ast.AnnAssign)) and bool(names) and all(n.isupper() for n in names)


def presets() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every preset of a policy by its file; a form that comes with the package is none."""
    for path in sorted(set(PRESETS.rglob("*.toml")) - set(PRESETS.glob("forms/*"))):
        yield path.relative_to(PRESETS).as_posix(), tomllib.loads(path.read_text(encoding="utf-8"))


def policy_words() -> set[str]:
    """Return the names of stages, grades and choices of all presets, and their aliases.

    Words in small Latin letters are left out: done is a choice's alias and a name in any program.
    """
    found: set[str] = set()
    for _, preset in presets():
        for stage in preset.get("stage", []):
            found |= {stage["name"], *stage.get("aliases", ())}
        found |= {grade["name"] for grade in preset.get("grade", [])}
        for choices in preset.get("list", []):
            if not choices.get("internal"):
                for option in choices["options"]:
                    told = {"value": option} if isinstance(option, str) else option
                    found |= {told["value"], *told.get("aliases", ())}
    # a single letter is a grade and a column alike
    return {word for word in found if len(word) > 1 and not re.fullmatch(r"[a-z]+", word)}


def thresholds() -> dict[str, float]:
    """Return the numbers that presets give, by what they are for."""
    found: dict[str, float] = {}
    for file, preset in presets():
        for grade in preset.get("grade", []):
            for key in ("at_least", "every"):
                if grade.get(key) is not None:
                    found[f"{file} {grade['name']} {key}"] = float(grade[key])
        for stage in preset.get("stage", []):
            if stage.get("probability") is not None:
                found[f"{file} {stage['name']}"] = float(stage["probability"])
        for parameter in preset.get("parameter", []):
            if parameter["type"] in ("percent", "amount", "number", "whole"):
                found[parameter["key"]] = float(parameter["value"])
        for key, value in preset.get("parameters", {}).items():
            if re.fullmatch(r"-?[\d.]+", str(value)):
                found[f"{file} {key}"] = float(value)
    return found


def test_no_stage_grade_or_choice_stands_in_code():
    words = policy_words()
    assert {"线索培育", "VIP", "展会", "价格过高", "电话拜访"} <= words
    found = [
        (file, line, value)
        for file, line, value, _ in constants()
        if isinstance(value, str) and value in words and not file.startswith(tuple(WORDS_ELSEWHERE))
    ]
    assert found == []


def test_no_threshold_stands_in_the_rooms_that_apply_rules():
    wanted = set(thresholds().values()) - {0.0, 1.0, 2.0}
    assert {0.6, 0.45, 5.0, 14.0, 24.0, 500_000.0, 600_000.0} <= wanted
    found = [
        (file, line, value)
        for file, line, value, named in constants()
        if isinstance(value, (int, float))
        and not isinstance(value, bool)
        and float(value) in wanted
        and not named
        and value not in FACTS
        and file.startswith(JUDGES)
    ]
    assert [f for f in found if f[2] != 0.5] == []  # half of a unit is how rounding half up is written


def test_a_number_under_a_name_is_how_something_is_shown_or_read_and_no_rule():
    """Whoever adds one says here what it is; a rule of a team belongs in presets."""
    found = {
        file
        for file, _, value, named in constants()
        if named and isinstance(value, (int, float)) and not isinstance(value, bool) and value not in (0, 1)
        if file.startswith(JUDGES)
    }
    assert found <= set(NAMED), found - set(NAMED)


NAMED = {
    "settings/fields.py": "how like a word must be to be offered instead",
    "settings/formulas.py": "how like a word must be to be offered instead",
    "settings/forms.py": "characters that Excel lets a sheet's name have",
    "settings/own.py": "words offered in one message",
    "settings/proposed.py": "how a workbook is looked at to propose a definition",
    "settings/guessed.py": "which share of the cells tells a kind; the day from which Excel counts",
    "settings/kpis.py": "per cent",
    "summary/figures/calendar.py": "the calendar",
    "summary/figures/orders.py": "the calendar",
    "summary/orders.py": "rows of a printed list",
    "summary/period.py": "rows of a printed list",
    "checks/defined.py": "words shown in one message",
    "settings/bounds.py": "words offered in one message",
    "summary/definitions.py": "widths and lines of wrapped cells",
    "summary/overview.py": "names in one line",
    "summary/figures/attainment.py": "the calendar",
    "summary/figures/plain.py": "digits of an amount",
    "summary/figures/findings.py": "links that Excel opens",
    "summary/briefing.py": "points and rows of a printed page",
    "summary/figures/activity.py": "weeks whose mean is shown, as its header says",
    "summary/figures/briefing.py": "characters from which a text is a saying",
    "summary/figures/trend.py": "the calendar",
    "summary/sample.py": "items of an example",
    "summary/figures/stage_time.py": "the calendar",
    "summary/context.py": "bars in a chart",
    "summary/reps.py": "rows of one printed page",
    "summary/figures/follow_up.py": "places of lists in an order",
    "summary/today.py": "things and names in one list",
    "rules/money.py": "whole fen, and how many of them a sum may hold",
    "settings/unknown.py": "from which likeness on a name is offered",
    "rules/workdays.py": "Saturday",
    "checks/gather.py": "how rows that are no records are told",
    "checks/customers.py": "names in one message",
    "checks/people.py": "characters of a name from which on one may be wrong",
    "summary/changes.py": "names in one line",
    "summary/details.py": "rows of one page",
    "checks/dates.py": "how far off a slip of the pen puts a date",
    "checks/weeks.py": "the calendar",
    "rules/identity.py": "neighbours compared",
    "friday.py": "how long a summary may be rendered",
    "cli/report.py": "cells named in one message",
    "workspace/returns.py": "characters of a file's name",
    "settings/lists.py": "the calendar",
    "settings/sheets.py": "rows looked at for a header",
    "settings/target_sums.py": "the calendar",
    "rules/periods.py": "the calendar",
}


def test_a_parameter_is_never_given_a_value_of_its_own_in_code():
    """``parameters.get(key, 60)`` would be a second home for a threshold."""
    keys = set(thresholds())
    found = []
    for path in sorted(ROOT.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr == "get"
            ):
                first = node.args[0] if node.args else None
                if isinstance(first, ast.Constant) and first.value in keys and len(node.args) > 1:
                    found.append((path.name, node.lineno))
    assert found == []


def test_every_parameter_is_asked_for_somewhere():
    """A threshold that nothing reads promises what the toolkit does not do."""
    asked = {
        node.attr
        for path in ROOT.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute)
    }
    assert {f.name for f in fields(Parameters)} - asked == set()
