"""Where a row of a table leads: to its rep's page, or to the rows behind it.

Owns the links within the workbook, as facts of the rows. Refuses: what stands where they lead.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from salesxl.analyse.details import spans
from salesxl.links import cell_place

__all__ = ["lead"]

BY_REP = ("attainment", "stages", "grades", "reports", "problems")
"""Sections that have a table with a row a rep (``reps``)."""


def lead(
    context: Mapping[str, Any],
    pages: Sequence[dict[str, Any]],
    rows: Sequence[Mapping[str, Any]],
    sheets: Mapping[str, str],
) -> None:
    """Tell the rows by rep and the things of today where they lead.

    ``page`` is the rep's own sheet, blank where the rep has none. In 预测 ``span`` are the first and last of
    the rep's ``rows``, counted from 1, and ``spans`` those by stage. ``place`` is where a thing of today is
    dealt with. ``sheets`` are the names of the summary's sheets.
    """
    own = {page["rep"]: page["page"] for page in pages}
    where = spans(rows)
    for section in BY_REP:
        for row in context[section]["reps"]:
            row["page"] = own.get(row["rep"], "")
    for row in context["stages"]["reps"]:
        row["span"] = where.get((row["rep"], None))
        row["spans"] = {name: where.get((row["rep"], name)) for name in context["stages"]["names"]}
    for page in pages:
        page["span"] = where.get((page["rep"], None))
    for item in context["today"]:
        item["sheet_name"] = sheets[item["sheet"]]
        item["place"] = own.get(item["rep"]) or cell_place("", item["sheet_name"], None)
