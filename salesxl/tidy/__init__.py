"""What a person typed → a date, an amount, a contact, a choice, yes or no, ticked boxes.

Pure functions on one cell value. None guesses silently: what cannot be read stays as typed and carries a
finding code, what was inferred is marked ``changed``. Tidying a tidied value changes nothing.
Refuses judging: whether a value is allowed, plausible or missing is decided elsewhere.
"""

from __future__ import annotations

from salesxl.tidy.amounts import amount, number, number_of, percent, whole
from salesxl.tidy.answers import yes_no
from salesxl.tidy.around import STRICT, Manner
from salesxl.tidy.boxes import has_boxes, one_ticked, ticked
from salesxl.tidy.choices import choice, choice_key, industry
from salesxl.tidy.contacts import contact
from salesxl.tidy.dates import date, moment
from salesxl.tidy.labels import normalise_label
from salesxl.tidy.scripts import simplified, traditional_of
from salesxl.tidy.text import BLANK, Raw, code_text, customer_key, is_blank, is_picture, items, name, text
from salesxl.tidy.units import SCALES, MoneyUnit, Unit, foreign, money_unit, names_unit, unit_note
from salesxl.tidy.weeks import week

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
    "customer_key",
    "date",
    "foreign",
    "has_boxes",
    "industry",
    "is_blank",
    "is_picture",
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
    "week",
    "whole",
    "yes_no",
]
