"""Hand the rep's own workbook back, marked, with nothing else changed; and take the marks off again."""

from salesxl.annotate.marking import AnnotateResult, annotate, in_order
from salesxl.annotate.strip import is_marked, strip
from salesxl.annotate.words import Label, MarkWords, TableArea, Tell

__all__ = [
    "AnnotateResult",
    "Label",
    "MarkWords",
    "TableArea",
    "Tell",
    "annotate",
    "in_order",
    "is_marked",
    "strip",
]
