"""Template workbooks: what is designed in Excel is what managers get.

``render`` fills a template with figures, and ``render_file`` into a file; ``lint`` says what in it cannot be
filled, ``fields`` what it may name. Owns nothing but these names; the engine is in ``template``.
docs/templates.md is the guide.
"""

from salesxl.template.engine import render, render_file
from salesxl.template.fields import Field, fields, shortened
from salesxl.template.lint import REMARKS, Problem, lint, names
from salesxl.template.sandbox import Limits

__all__ = [
    "REMARKS",
    "Field",
    "Limits",
    "Problem",
    "fields",
    "lint",
    "names",
    "render",
    "render_file",
    "shortened",
]
