"""Blank forms and the settings workbook, drawn from the schemas and a team's rules. docs/domain.md 2.

Owns how these workbooks look; the committed files in ``templates/`` are its output. Refuses: labels, choices
and rules of its own, and what a form is filled in with.
"""

from __future__ import annotations

from salesxl.drawing.blank import blank_form, form_names
from salesxl.drawing.filled import Filled, FilledSheet, filled_workbook
from salesxl.drawing.seal import as_drawn, sealed
from salesxl.drawing.settings_book import settings_workbook

__all__ = [
    "Filled",
    "FilledSheet",
    "as_drawn",
    "blank_form",
    "filled_workbook",
    "form_names",
    "sealed",
    "settings_workbook",
]
