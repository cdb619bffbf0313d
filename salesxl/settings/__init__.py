"""A team's policy: 团队设置.xlsx or the presets → Rulebook. docs/domain.md 3.

Owns the presets (data files in ``salesxl/presets``) and the reading and checking of the settings workbook.
Refuses: computing with the rules, drawing the workbook (``drawing`` does).
"""

from __future__ import annotations

from salesxl.operands import called as field_name
from salesxl.settings.load import from_workbook, load, refuse_faulty
from salesxl.settings.presets import (
    ParameterSpec,
    ParameterWord,
    default_rulebook,
    editable_lists,
    internal_options,
    parameter_specs,
    preset_names,
)
from salesxl.settings.shipped import shipped_lists, shipped_rows
from salesxl.settings.views import VIEW_TESTS
from salesxl.settings.views import fields as view_fields
from salesxl.settings.views import typed as typed_condition

__all__ = [
    "VIEW_TESTS",
    "ParameterSpec",
    "ParameterWord",
    "default_rulebook",
    "editable_lists",
    "field_name",
    "from_workbook",
    "internal_options",
    "load",
    "parameter_specs",
    "preset_names",
    "refuse_faulty",
    "shipped_lists",
    "shipped_rows",
    "typed_condition",
    "view_fields",
]
