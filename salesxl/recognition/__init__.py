"""Finding cards and tables on grids by their labels, and reading them as blocks of raw values.

Owns: labels, header rows, where tables end, merged cells, notes and totals. Refuses: file formats, tidying
and judging values.
"""

from __future__ import annotations

from salesxl.recognition.blocks import EXTRA
from salesxl.recognition.read import read_workbook

__all__ = ["EXTRA", "read_workbook"]
