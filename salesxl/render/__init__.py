"""Template workbooks: what is designed in Excel is what managers get.

Owns bands, expressions and the lint of templates. Refuses: business rules; what goes in was computed before.
"""

from salesxl.render.limits import Limits
from salesxl.render.lint import Problem, lint, names
from salesxl.render.workbook import render

__all__ = ["Limits", "Problem", "lint", "names", "render"]
