"""What a person typed → a date, an amount, a contact, a choice, yes or no, ticked boxes.

Pure functions on one cell value. None guesses silently: what cannot be read stays as typed and carries a
finding code, what was inferred is marked ``changed``. Tidying a tidied value changes nothing.
Refuses judging: whether a value is allowed, plausible or missing is decided elsewhere.
"""

from __future__ import annotations

from salesxl.tidy.amounts import Unit, amount, number, percent, whole
from salesxl.tidy.answers import yes_no
from salesxl.tidy.boxes import has_boxes, one_ticked, ticked
from salesxl.tidy.choices import choice, choice_key, industry
from salesxl.tidy.contacts import contact
from salesxl.tidy.dates import date, moment
from salesxl.tidy.labels import label_unit, normalise_label
from salesxl.tidy.scripts import simplified, traditional_of
from salesxl.tidy.text import BLANK, Raw, code_text, customer_key, is_blank, items, name, text

__all__ = [
    "BLANK",
    "Raw",
    "Unit",
    "amount",
    "choice",
    "choice_key",
    "code_text",
    "contact",
    "customer_key",
    "date",
    "has_boxes",
    "industry",
    "is_blank",
    "items",
    "label_unit",
    "moment",
    "name",
    "normalise_label",
    "number",
    "one_ticked",
    "percent",
    "simplified",
    "text",
    "ticked",
    "traditional_of",
    "whole",
    "yes_no",
]
