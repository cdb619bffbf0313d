"""The presets: data files of grades, stages, quotas, choices and parameters. docs/domain.md 3.

Owns their format and what they become in a Rulebook. Refuses: any grade, stage, choice or figure of its own.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any, TypeAlias

from salesxl.errors import SettingsError
from salesxl.rulebook import Condition, Grade, Kpi, Option, Parameters, Rulebook, Stage, View
from salesxl.settings import views
from salesxl.settings.shipped import option, shipped_lists, shipped_rows

__all__ = [
    "ParameterSpec",
    "ParameterValue",
    "ParameterWord",
    "default_rulebook",
    "editable_lists",
    "internal_options",
    "parameter_specs",
    "preset_names",
    "with_derived",
]

ParameterValue: TypeAlias = bool | int | str | Decimal | dt.date | tuple[str, ...]

GRADES_LIST, STAGES_LIST = "等级", "阶段"
"""The names under which columns ask for the team's grades and stages as choices."""


@dataclass(frozen=True, slots=True)
class ParameterWord:
    """One word that a parameter of type choice may take, and the value it stands for."""

    word: str
    value: str | int
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ParameterSpec:
    """A parameter: ``key`` in Parameters, ``name`` in the workbook, how it is read, its default.

    ``type`` is percent, number, amount (元), whole, yes_no, items, choice, text or date.
    """

    key: str
    name: str
    type: str
    value: ParameterValue
    note: str
    words: tuple[ParameterWord, ...] = ()
    minimum: Decimal | None = None
    maximum: Decimal | None = None


def default_rulebook(grades: str = "crm", stages: str = "process", quota: str | None = None) -> Rulebook:
    """Return the rules of the presets, without a roster (docs/domain.md 3.1–3.5).

    ``quota`` names a preset of monthly quotas (five-step); without one its figures are there but do not
    apply. The stages and grades are also lists of choices, as columns ask for them by name.

    Raises:
        SettingsError: there is no preset of that name.
    """
    chosen = _preset("grades", grades)
    specs = {spec.key: spec for spec in parameter_specs()}
    parameters: dict[str, Any] = {key: spec.value for key, spec in specs.items()}
    for preset in (chosen, _preset("quotas", quota) if quota else {}):
        for key, raw in preset.get("parameters", {}).items():
            parameters[key] = _parameter_value(specs[key].type, raw)
    rulebook = with_derived(
        Rulebook(
            grades=tuple(_grade(row) for row in chosen["grade"]),
            stages=tuple(_stage(row) for row in _preset("stages", stages)["stage"]),
            choices={**editable_lists(), **shipped_lists(), **internal_options()},
            parameters=Parameters(**parameters),
            kpis=tuple(_kpi(row) for row in _toml("kpis.toml")["kpi"]),
            typed=_offered(),
        )
    )
    return replace(rulebook, views=tuple(_view(row, rulebook.choices) for row in _toml("views.toml")["view"]))


def preset_names() -> Mapping[str, tuple[str, ...]]:
    """Return the presets' names by what they preset: grades, stages, quotas."""
    return {kind: _names(kind) for kind in ("grades", "stages", "quotas")}


@cache
def parameter_specs() -> tuple[ParameterSpec, ...]:
    """Return every parameter in the order in which 团队设置.xlsx shows them."""
    return tuple(
        ParameterSpec(
            row["key"],
            row["name"],
            row["type"],
            _parameter_value(row["type"], row["value"]),
            row["note"],
            tuple(
                ParameterWord(w["word"], w["value"], tuple(w.get("aliases", ())))
                for w in row.get("words", ())
            ),
            Decimal(row["minimum"]) if "minimum" in row else None,
            Decimal(row["maximum"]) if "maximum" in row else None,
        )
        for row in _toml("parameters.toml")["parameter"]
    )


def editable_lists() -> dict[str, tuple[Option, ...]]:
    """Return the preset's lists of choices that a team may edit, in their order."""
    return {name: options for name, internal, options in _lists() if not internal}


def internal_options() -> dict[str, tuple[Option, ...]]:
    """Return the lists that the settings workbook itself uses; ``Option.kind`` is the toolkit's word."""
    return {name: options for name, internal, options in _lists() if internal}


def with_derived(rulebook: Rulebook) -> Rulebook:
    """Return the rulebook with stages and grades among its lists, and with which of the lists are loose."""
    choices = dict(rulebook.choices)
    choices[STAGES_LIST] = tuple(Option(s.name, s.aliases, s.kind) for s in rulebook.stages)
    choices[GRADES_LIST] = tuple(Option(g.name, g.aliases) for g in rulebook.grades)
    return replace(rulebook, choices=choices, loose=_loose())


def _offered() -> dict[str, tuple[Mapping[str, Any], ...]]:
    """Return the rows of the forms that come with the package, all of them switched off."""
    off = next(o.value for o in internal_options()["是否"] if o.kind == "no")
    rows = shipped_rows()
    return {**rows, "form_list": tuple({**row, "enabled": off} for row in rows["form_list"])}


def _folder() -> Traversable:
    return resources.files("salesxl").joinpath("presets")


@cache
def _names(kind: str) -> tuple[str, ...]:
    files = (item.name for item in _folder().joinpath(kind).iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in files if name.endswith(".toml")))


def _preset(kind: str, name: str) -> Mapping[str, Any]:
    if name not in _names(kind):
        raise SettingsError("no_preset", name=name, names=_names(kind))
    return _toml(f"{kind}/{name}.toml")


@cache
def _toml(path: str) -> Mapping[str, Any]:
    return tomllib.loads(_folder().joinpath(path).read_text(encoding="utf-8"))


def _grade(row: Mapping[str, Any]) -> Grade:
    bound = row.get("at_least")
    return Grade(
        row["name"],
        None if bound is None else Decimal(bound),
        strategic=row.get("strategic", False),
        clear_intent=row.get("clear_intent", False),
        every=row.get("every"),
        unit=row["unit"],
        aliases=tuple(row.get("aliases", ())),
    )


def _kpi(row: Mapping[str, Any]) -> Kpi:
    weight, zero, full = (Decimal(row[name]) for name in ("weight", "zero", "full"))
    return Kpi(row["measure"], row["period"], weight, zero, full)


def _view(row: Mapping[str, Any], lists: Mapping[str, tuple[Option, ...]]) -> View:
    """Return a named list as a team's sheet would give it: fields and comparisons by their names."""
    known = {f.label: f for f in views.fields(lists)}
    tests = {o.value: str(o.kind) for o in lists["比较"]}
    conditions = []
    for label, word, value in row["conditions"]:
        read = views.read_condition(known[label], tests[word], value, lists)
        conditions.append(Condition(known[label].name, tests[word], read.value))
    return View(row["name"], tuple(conditions))


def _stage(row: Mapping[str, Any]) -> Stage:
    return Stage(row["name"], row["kind"], Decimal(row["probability"]), tuple(row.get("aliases", ())))


@cache
def _lists() -> tuple[tuple[str, bool, tuple[Option, ...]], ...]:
    return tuple(
        (item["name"], item.get("internal", False), tuple(option(row) for row in item["options"]))
        for item in _toml("choices.toml")["list"]
    )


@cache
def _loose() -> frozenset[str]:
    return frozenset(item["name"] for item in _toml("choices.toml")["list"] if item.get("loose"))


def _parameter_value(kind: str, raw: Any) -> ParameterValue:
    """Return a preset file's value as the Rulebook holds it: money and shares Decimal, lists tuples."""
    if kind in {"percent", "number", "amount"}:
        return Decimal(raw)
    if kind == "items":
        return tuple(raw)
    value: ParameterValue = raw
    return value
