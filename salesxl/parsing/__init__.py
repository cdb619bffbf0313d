"""What a person typed → a date, an amount, a contact, a choice, yes or no, ticked boxes.

Pure functions on one cell value. None guesses silently: what cannot be read stays as typed and carries a
finding code, what was inferred is marked ``changed``. Tidying a tidied value changes nothing.
Refuses judging: whether a value is allowed, plausible or missing is decided elsewhere.
"""

from __future__ import annotations

from salesxl.parsing.affixes import STRICT, Manner
from salesxl.parsing.amounts import amount, number, number_of, percent, whole
from salesxl.parsing.boxes import has_boxes, one_ticked, ticked, yes_no
from salesxl.parsing.choices import choice, choice_key, industry
from salesxl.parsing.contacts import contact
from salesxl.parsing.dates import date, moment
from salesxl.parsing.labels import normalise_label
from salesxl.parsing.text import (
    BLANK,
    Raw,
    code_text,
    customer_key,
    full_key,
    is_blank,
    is_picture,
    items,
    name,
    simplified,
    text,
    traditional_of,
)
from salesxl.parsing.unit_notes import is_unit_cue, unit_note, unit_parts, units_seen
from salesxl.parsing.units import SCALES, MoneyUnit, Unit, count_places, foreign, money_unit, names_unit
from salesxl.parsing.weeks import week

__all__ = [
    "BLANK",
    "SCALES",
    "STRICT",
    "Manner",
    "MoneyUnit",
    "Raw",
    "Unit",
    "amount",
    "choice",
    "choice_key",
    "code_text",
    "contact",
    "count_places",
    "customer_key",
    "date",
    "foreign",
    "full_key",
    "has_boxes",
    "industry",
    "is_blank",
    "is_picture",
    "is_unit_cue",
    "items",
    "moment",
    "money_unit",
    "name",
    "names_unit",
    "normalise_label",
    "number",
    "number_of",
    "one_ticked",
    "percent",
    "simplified",
    "text",
    "ticked",
    "traditional_of",
    "unit_note",
    "unit_parts",
    "units_seen",
    "week",
    "whole",
    "yes_no",
]
