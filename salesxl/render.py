"""Template workbooks: what is designed in Excel is what managers get.

``render`` fills a template with figures, and ``render_file`` into a file; ``lint`` says what in it cannot be
filled, ``fields`` what it may name. Data may bring further names of what they have (``NAMES``) and a folder's
pictures (``PICTURES``). Owns nothing but these names; the engine is in ``template``.
docs/templates.md is the guide.
"""

from salesxl.template.engine import filled_text, render, render_file
from salesxl.template.fields import Field, fields, shortened
from salesxl.template.lint import REMARKS, Problem, lint, names
from salesxl.template.pictures import PICTURES, Pictures
from salesxl.template.sandbox import Limits
from salesxl.template.spelling import NAMES
from salesxl.template.unknown import item_name, lists_of

__all__ = [
    "NAMES",
    "PICTURES",
    "REMARKS",
    "Field",
    "Limits",
    "Pictures",
    "Problem",
    "fields",
    "filled_text",
    "item_name",
    "lint",
    "lists_of",
    "names",
    "render",
    "render_file",
    "shortened",
]
