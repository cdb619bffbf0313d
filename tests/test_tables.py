"""The team's tables: their models, and that consolidation keeps to them."""

from __future__ import annotations

import pandas as pd
import pytest
from pandera.engines.pandas_engine import Engine
from pandera.errors import SchemaErrors

from salesxl.columns import columns_of
from salesxl.schemas import FORMS, SETTINGS
from salesxl.tables import INTERNAL, TABLES, conformed, model
from salesxl.workspace import book_cells
from tests.teams import WORDS, team

BLOCKS = [block.schema for form in FORMS for block in form.blocks]
MODELS = [*BLOCKS, *(spec.schema for spec in SETTINGS), *(model(name) for name in TABLES)]


@pytest.mark.parametrize("schema", MODELS, ids=lambda schema: schema.name)
def test_a_column_is_typed_as_cells_of_its_kind_are(schema):
    for column in columns_of(schema):
        told = schema.columns[column.field].dtype
        assert told.check(Engine.dtype(column.kind.dtype)), column.field


@pytest.mark.parametrize("table", TABLES)
def test_the_sheets_of_the_book_show_the_columns_of_the_models_in_their_order(table):
    shown = [column.field for column in book_cells.columns(table, WORDS)]
    assert [field for field in shown if field != book_cells.TITLE.field] == list(model(table).columns)


def test_what_is_internal_is_left_out_and_all_else_stays():
    tables = team().tables
    inside = {name: frame.assign(**dict.fromkeys(INTERNAL, 1)) for name, frame in tables.items()}
    inside["submission"] = tables["submission"]
    for name, frame in conformed(inside).items():
        pd.testing.assert_frame_equal(frame, tables[name])


@pytest.mark.parametrize(
    "spoil",
    [
        lambda frame: frame.assign(likes="tea"),
        lambda frame: frame.drop(columns="customer_name"),
        lambda frame: frame.assign(birthday="1990-01-01"),
        lambda frame: frame.assign(employees=frame["employees"].astype(object)),
    ],
    ids=["a column too many", "one too few", "a date as text", "numbers as objects"],
)
def test_a_table_unlike_its_model_is_a_fault_of_the_toolkit(spoil):
    tables = team().tables
    with pytest.raises(SchemaErrors):
        conformed({**tables, "customer": spoil(tables["customer"])})
