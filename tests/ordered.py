"""Tables of the team's own forms built in code: orders and what else comes with the package."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

import pandas as pd

from salesxl.catalogue import Forms
from salesxl.columns import Kind, Shape
from salesxl.model import OwnTable, Team
from salesxl.schemas import block_spec
from salesxl.settings.shipped import ROWS, shipped_rows
from salesxl.state.own import columns_of_sheet
from salesxl.tables import book_words
from tests.definitions import loaded
from tests.teams import day


@cache
def forms() -> Forms:
    """Return the forms of a team that has switched on all that come with the package."""
    rows = shipped_rows()

    def said(sheet: str) -> list[dict[str, Any]]:
        columns = {c.field: c.label for c in block_spec(sheet).columns}
        return [{columns[k]: v for k, v in row.items()} for row in rows[sheet]]

    return loaded(*map(said, ROWS))[0].forms


def with_rows(team: Team, **given: Sequence[Mapping[str, Any]]) -> Team:
    """Give a team rows of its own forms, by the form's title; columns that are not given are blank.

    ``rep`` is whose the row is. A form's rows are those of its table, or of its card where it has none.
    """
    labels = book_words().names("column")
    found = dict(team.further)
    for title, rows in given.items():
        form = next(f for f in forms().own if f.title == title)
        spec = next((b for b in form.blocks if b.shape is Shape.TABLE), form.blocks[0])
        columns = columns_of_sheet(form, spec, labels)
        data = {}
        for name, _, kind in columns:
            dtype = Kind(kind).dtype
            values = [row.get(name) for row in rows]
            if dtype.startswith("datetime"):
                values = [day(v) if isinstance(v, str) else v for v in values]
            data[name] = pd.Series(pd.array(values, dtype=dtype))
        found[spec.kind] = OwnTable(str(spec.sheet), columns, pd.DataFrame(data))
    return replace(team, further=found)
