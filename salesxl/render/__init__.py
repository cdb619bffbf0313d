"""Template workbooks: what is designed in Excel is what managers get.

Owns bands, expressions and the lint of templates. Refuses: business rules; what goes in was computed before.
"""

from salesxl.render.fields import Field, fields, shortened
from salesxl.render.limits import Limits
from salesxl.render.lint import REMARKS, Problem, lint, names
from salesxl.render.workbook import render

__all__ = ["REMARKS", "Field", "Limits", "Problem", "fields", "lint", "names", "render", "shortened"]
