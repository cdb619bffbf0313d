"""Hand the rep's own workbook back, marked, with nothing else changed; and take the marks off again."""

from salesxl.annotate.marking import AnnotateResult, annotate, findings_workbook, in_order
from salesxl.annotate.messages import Further, Returned, message
from salesxl.annotate.strip import is_marked, strip
from salesxl.annotate.terms import Label, MarkWords, TableArea, Tell

__all__ = [
    "AnnotateResult",
    "Further",
    "Label",
    "MarkWords",
    "Returned",
    "TableArea",
    "Tell",
    "annotate",
    "findings_workbook",
    "in_order",
    "is_marked",
    "message",
    "strip",
]
