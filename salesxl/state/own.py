"""The rows of a team's own forms, carried from week to week: the newest of a key, or a rep's latest form.

Owns what tells such a row. Refuses: what is asked of it.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from salesxl.catalogue import Forms
from salesxl.columns import BlockSpec, Column, Form, Kind, Shape
from salesxl.model import Checked, History, OwnColumn, OwnTable, TableName
from salesxl.parsing.frames import look_up
from salesxl.rules.identity import SEPARATOR, customer_keys
from salesxl.state.fold import blank
from salesxl.state.incoming import Incoming
from salesxl.state.overlay import overlaid
from salesxl.tables import TABLES, book_words, retyped, widened

__all__ = ["own_tables", "with_head", "with_own_columns"]

LATEST = "latest"
"""``Form.keep`` of a form whose rows the next one of the same rep replaces."""
BORNE: tuple[OwnColumn, ...] = (("rep", "销售代表", "name"), ("team", "所属团队", "name"))
"""Columns before a form's own: whose the row is."""
NUMBER: OwnColumn = ("customer_no", "客户编号", "name")
"""The column behind a form's own where its rows name a customer."""
FROM: tuple[OwnColumn, ...] = (
    ("flags", "", "text"),
    ("others", "", "text"),
    ("source_file", "", "name"),
    ("source_sheet", "", "name"),
    ("source_row", "", "whole"),
    ("last_week", "", "date"),
    ("carried", "", "name"),
)
"""Columns behind a form's own, called as in every table."""


def above(form: Form, spec: BlockSpec) -> tuple[Column, ...]:
    """Return the fields of a form's cards that have a use for the rows of a table."""
    cards = [b for b in form.blocks if b.shape is Shape.CARD] if spec.shape is Shape.TABLE else []
    own = {column.field for column in spec.columns}
    used = [c for card in cards for c in card.columns if c.roles and "rep" not in c.roles]
    return tuple(c for c in used if c.field not in own)


def with_card(
    rows: pd.DataFrame, form: Form, spec: BlockSpec, frames: Mapping[str, pd.DataFrame]
) -> pd.DataFrame:
    """Return the rows of a table with what the cards above it say."""
    found = {}
    for card in (b for b in form.blocks if b.shape is Shape.CARD and b is not spec):
        told = frames[card.kind].drop_duplicates("submission").set_index("submission")
        for column in above(form, spec):
            if column in card.columns:
                found[column.field] = look_up(rows["submission"], told[column.field])
    return rows.assign(**found) if found else rows


def columns_of_sheet(form: Form, spec: BlockSpec, labels: Mapping[str, str]) -> tuple[OwnColumn, ...]:
    """Return the columns of a block's sheet in the team's book; ``labels`` are those of every table."""
    own = [c for c in (*above(form, spec), *spec.columns) if "rep" not in c.roles]
    told = [(c.field, c.label, c.kind.value) for c in own]
    if naming(form, spec) is not None and NUMBER[1] not in {label for _, label, _ in told}:
        told.append(NUMBER)
    every = [*BORNE, *told, *((name, labels[name], kind) for name, _, kind in FROM)]
    return tuple({label: (name, label, kind) for name, label, kind in reversed(every)}.values())[::-1]


def naming(form: Form, spec: BlockSpec) -> Column | None:
    """Return the field that names the customer of a block's rows: the one of that use, else any such."""
    every = (*above(form, spec), *spec.columns)
    named = [c for c in every if "customer" in c.roles] + [c for c in every if c.reference == "customer"]
    return named[0] if named else None


def following(
    rows: pd.DataFrame, column: Column | None, customers: pd.DataFrame, before: pd.DataFrame
) -> pd.DataFrame:
    """Return rows under the number and the present name of their customer, as ``customers`` have them.

    A row whose rep had the customer in ``before`` and has handed it over goes to the one who has it now. A
    name that two customers bear, and one that is no reference to the archive, stays as it is.
    """
    if column is None or rows.empty:
        return rows
    every = customers.dropna(subset=["customer_no"])
    former = every.assign(customer_name=every["former_names"].str.split(SEPARATOR)).explode("customer_name")
    known: dict[str, str] = {}
    for frame in (former, every):
        keyed = frame.assign(key=customer_keys(frame["customer_name"])).dropna(subset=["key"])
        once = keyed.drop_duplicates(["key", "customer_no"]).drop_duplicates("key", keep=False)
        known |= dict(zip(once["key"].tolist(), once["customer_no"].tolist(), strict=True))
    present = dict(zip(every["customer_no"].tolist(), every["customer_name"].tolist(), strict=True))
    now, then = (
        frame.dropna(subset=["customer_no", "rep"]).groupby("customer_no")["rep"].agg(set).to_dict()
        for frame in (customers, before)
    )
    found: list[tuple[object, object, object]] = []
    named = zip(
        rows[column.field].tolist(),
        customer_keys(rows[column.field]).tolist(),
        rows["customer_no"].tolist() if "customer_no" in rows else [None] * len(rows),
        rows["rep"].tolist(),
        strict=True,
    )
    for typed, key, borne, rep in named:
        asked = (
            borne,
            None if pd.isna(typed) else str(typed).upper(),
            None if pd.isna(key) else known.get(key),
        )
        number = next((one for one in asked if not pd.isna(one) and one in present), borne)
        owners = now.get(number, set()) if not pd.isna(number) else set()
        left = not pd.isna(rep) and len(owners) == 1 and rep not in owners and rep in then.get(number, ())
        name = present.get(number, typed) if column.reference == "customer" and not pd.isna(number) else typed
        found.append((number, name, next(iter(owners)) if left else rep))
    numbers, names, reps = (
        pd.Series(pd.array([None if pd.isna(v) else v for v in part], dtype="string"), index=rows.index)
        for part in zip(*found, strict=True)
    )
    return rows.assign(**{"customer_no": numbers, column.field: names, "rep": reps})


def carried_on(
    form: Form,
    spec: BlockSpec,
    before: pd.DataFrame | None,
    rows: pd.DataFrame,
    columns: Sequence[OwnColumn],
    come: Incoming,
) -> OwnTable:
    """Return a block's table after a week: older rows with the newer ones laid over them.

    Where only the latest form of a rep counts, his older rows go.
    """
    dtypes = {name: Kind(kind).dtype for name, _, kind in columns}
    old = _typed(pd.DataFrame() if before is None else before, dtypes)
    new = _typed(rows.reset_index(drop=True), dtypes, kept=("submission",))
    age = come.ages(new["submission"])
    if form.keep == LATEST and len(new):
        newest = pd.Series(age).groupby(new["rep"].fillna("").to_numpy()).transform("max").to_numpy()
        latest = age == newest
        new, age = new[latest].reset_index(drop=True), age[latest]
        old = old[~old["rep"].isin(new["rep"].dropna())].reset_index(drop=True)
    weeks = come.week.reindex(new["submission"]).reset_index(drop=True)

    def applies(name: str) -> np.ndarray:
        told: np.ndarray = new[name].notna().to_numpy(dtype=bool)
        both: np.ndarray = told | come.applies(spec.kind, name, new["submission"])
        return both

    after = overlaid(old, _keys(old, spec), new, _keys(new, spec), age, weeks, applies)
    return OwnTable(str(spec.sheet), tuple(columns), after[list(dtypes)])


def _typed(frame: pd.DataFrame, dtypes: Mapping[str, str], kept: Sequence[str] = ()) -> pd.DataFrame:
    found = {name: retyped(frame, name, dtype) for name, dtype in dtypes.items()}
    return pd.DataFrame({**found, **{name: frame[name] for name in kept}}, index=frame.index)


def _keys(rows: pd.DataFrame, spec: BlockSpec) -> list[Hashable]:
    """Return what tells each row: its key fields and whose it is; without a key all that it says, counted.

    A number tells a row whoever hands it in: an order that changes hands is no second one.
    """
    keys = [column for column in spec.columns if "key" in column.roles]
    parts = []
    for column in (c for c in keys or spec.columns if "rep" not in c.roles):
        values = rows[column.field]
        parts.append(customer_keys(values) if column.reference == "customer" else values)
    if any("rep" in c.roles for c in keys) or not any(c.kind is Kind.CODE for c in keys):
        parts.append(rows["rep"])
    told = [part.astype(object).where(part.notna(), None).tolist() for part in parts]
    seen: dict[tuple[object, ...], int] = {}
    found: list[Hashable] = []
    for one in zip(*told, strict=True):
        number = 0
        if not keys:
            number = seen[one] = seen.get(one, 0) + 1
        found.append((*one, number))
    return found


def own_tables(
    rows: Mapping[str, pd.DataFrame],
    checked: Checked,
    past: History,
    come: Incoming,
    forms: Forms,
    customers: pd.DataFrame,
) -> dict[str, OwnTable]:
    """Return the tables of the team's own forms; ``rows`` are those accepted, by kind of block.

    They follow their customers as ``customers`` are after the week. Those of forms that are off by now stay
    as they are.
    """
    found = dict(past.latest.further) if past.latest else {}
    earlier = past.latest.tables["customer"] if past.latest else customers.iloc[:0]
    labels = book_words().names("column")
    for form in forms.own:
        for spec in form.blocks:
            who = naming(form, spec)
            here = with_card(rows[spec.kind], form, spec, checked.frames)
            before = found[spec.kind].rows if spec.kind in found else None
            if who is not None and before is not None and who.field in before:
                before = following(before, who, customers, earlier)
            here = following(here, who, customers, earlier)
            columns = columns_of_sheet(form, spec, labels)
            found[spec.kind] = carried_on(form, spec, before, here, columns, come)
    return found


def with_own_columns(
    past: History, own: Mapping[TableName, Sequence[OwnColumn]]
) -> tuple[History, Mapping[TableName, pd.DataFrame]]:
    """Return what is known and its tables, with the columns of the team's own fields as they are today."""
    known = past.latest.tables if past.latest else {}
    raw = widened({**{name: blank(name) for name in TABLES}, **known}, own)
    return (replace(past, latest=replace(past.latest, tables=raw)) if past.latest else past), raw


def with_head(rows: pd.DataFrame, heads: pd.DataFrame, spec: BlockSpec) -> pd.DataFrame:
    """Return the rows of a table with what a team's own fields on the card above it say."""
    told = heads.set_index("submission")
    added = {c.field: look_up(rows["submission"], told[c.field]) for c in spec.columns if c.origin}
    return rows.assign(**added) if added else rows
