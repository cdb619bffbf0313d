"""What was accepted in a week, as the tables of the team's book have it, every row with its source.

Owns which rows go in, and what flat logs and cards say of them. Refuses: the state before.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from salesxl import schemas
from salesxl.model import Checked, TableName
from salesxl.parsing.frames import look_up
from salesxl.rulebook import Rulebook
from salesxl.rules.identity import customer_keys
from salesxl.rules.people import team_of
from salesxl.state.own import with_head
from salesxl.tables import own_columns, widened

__all__ = ["accepted_rows", "own_rows"]

OF_A_RECORD: tuple[TableName, ...] = ("communication", "action")
STEP = ("action", "due", "progress")
"""Fields of a flat log that plan the next step."""
OF_A_WEEK: tuple[TableName, ...] = ("key_customer", "issue", "next_week")
HEADED = {"customer": "archive_head", "visit": "log_head"}
"""Tables with a card above them that has no sheet of its own."""
HANDOVER_ITEMS = ("handover_customer", "handover_contact", "handover_opportunity")


def accepted_rows(checked: Checked, rulebook: Rulebook) -> dict[TableName, pd.DataFrame]:
    """Return what was accepted, as the tables of the book have it."""
    rows = {kind: _source(frame, checked, rulebook) for kind, frame in checked.frames.items()}
    for kind, head in HEADED.items():
        rows[kind] = with_head(rows[kind], checked.frames[head], rulebook.forms.block(head))
    tables: dict[TableName, pd.DataFrame] = {name: rows[name] for name in (*OF_A_RECORD, *OF_A_WEEK)}
    own = own_columns(rulebook.forms)
    tables |= widened(tables, {name: own[name] for name in OF_A_RECORD if name in own})
    # cards as read, held back or not: a fault on the card does not make its sound rows nobody's
    record = checked.frames["record"].set_index("submission")
    flat = _of_a_log(rows["visit"])
    for name in OF_A_RECORD:
        named = look_up(tables[name]["submission"], record["customer_name"])
        tables[name] = _joined(tables[name].assign(customer_name=named), flat[name])
    report = checked.frames["weekly_report"].set_index("submission")
    for name in OF_A_WEEK:
        starts = look_up(tables[name]["submission"], report["week_start"])
        tables[name] = tables[name].assign(week_start=starts)
    heads = checked.frames["archive_head"].set_index("submission")["team"]
    listed = rows["customer"]
    tables["customer"] = listed.assign(team=listed["team"].fillna(look_up(listed["submission"], heads)))
    tables["record"] = rows["record"]
    tables["weekly_report"] = rows["weekly_report"]
    tables["handover"] = _handovers(rows["handover"])
    # a list with a signature of tomorrow moves nothing yet
    tables["handover_item"] = _items(rows, checked.frames["handover"])
    return tables


def own_rows(checked: Checked, rulebook: Rulebook) -> dict[str, pd.DataFrame]:
    """Return what was accepted of the team's own forms, by kind of block."""
    kinds = [spec.kind for form in rulebook.forms.own for spec in form.blocks]
    return {kind: _source(checked.frames[kind], checked, rulebook) for kind in kinds}


def _of_a_log(visits: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return the talks of flat logs, and their next steps as plans. docs/domain.md 2.5.

    A step is planned where it and its day are filled in and no later talk with that customer follows in the
    logs; any other is kept beside its talk.
    """
    keys = customer_keys(visits["customer_name"])
    groups = [visits["rep"].fillna(""), keys.fillna("")]
    last = visits["contact_time"] == visits.groupby(groups)["contact_time"].transform("max")
    planned = (visits["action"].notna() & visits["due"].notna() & last).astype(bool)
    plans = visits[planned]
    return {
        "communication": visits.assign(others=_beside(visits, ~planned)),
        "action": plans.assign(owner=plans["rep"], others=None),
    }


def _beside(visits: pd.DataFrame, apart: pd.Series) -> pd.Series:
    """Return what else stands on the rows: also the own number, and the next step where it is no plan."""
    spec = schemas.block_spec("visit")
    others = visits["others"].tolist()
    for name in ("own_no", *STEP):
        label = spec.column(name).label
        values = visits[name].where(apart) if name in STEP else visits[name]
        for at, value in enumerate(values.astype(object).tolist()):
            if not pd.isna(value):
                shown = value.strftime("%Y-%m-%d") if isinstance(value, pd.Timestamp) else value
                before = others[at]
                others[at] = f"{label}: {shown}" if pd.isna(before) else f"{before}；{label}: {shown}"
    return pd.Series(pd.array(others, dtype="string"), index=visits.index)


def _joined(table: pd.DataFrame, more: pd.DataFrame) -> pd.DataFrame:
    """Return a table with further rows, in the order of submissions and rows."""
    if more.empty:
        return table
    both = pd.concat([table, more.reindex(columns=table.columns)], ignore_index=True)
    both = both.astype(table.dtypes.to_dict())
    return both.sort_values(["submission", "row"], kind="stable", ignore_index=True)


def _source(frame: pd.DataFrame, checked: Checked, rulebook: Rulebook) -> pd.DataFrame:
    """Return the rows that go in, with where they come from."""
    merge = rulebook.parameters.faulty_rows == "merge"
    goes_in = ~frame["superseded"] if merge else frame["accepted"]
    kept = frame[goes_in.astype(bool)].reset_index(drop=True)
    numbers = kept["submission"].tolist()
    files = [checked.submissions[number].file for number in numbers]
    sheets = [checked.submissions[number].sheet for number in numbers]
    teams = team_of(rulebook)
    kept["source_file"] = pd.array(files, dtype="string")
    kept["source_sheet"] = pd.array(sheets, dtype="string")
    kept["source_row"] = kept["row"].astype("Int64")
    on_roster = kept["rep"].map(teams).astype("string")
    kept["team"] = on_roster if "team" not in kept else on_roster.fillna(kept["team"])
    kept["flags"] = kept["codes"].replace("", pd.NA)
    return kept


def _handovers(handovers: pd.DataFrame) -> pd.DataFrame:
    """Say which lists have taken effect: all three signatures, each with a date. docs/domain.md 2.4."""
    signed = [c.field for c in schemas.block_spec("handover").columns if c.section == "签字确认"]
    return handovers.assign(effective=handovers[signed].notna().all(axis=1).astype("boolean"))


def _items(rows: Mapping[str, pd.DataFrame], handovers: pd.DataFrame) -> pd.DataFrame:
    """Put the three tables of the handover lists one under the other."""
    heads = handovers.set_index("submission")
    parts: list[pd.DataFrame] = []
    for kind in HANDOVER_ITEMS:
        part = rows[kind]
        people = {n: look_up(part["submission"], heads[n]) for n in ("from_rep", "to_rep", "date")}
        parts.append(part.assign(item=pd.array([kind] * len(part), dtype="string"), **people))
    joined: pd.DataFrame = pd.concat(parts, ignore_index=True)
    return joined.sort_values(["submission", "source_row"], kind="stable", ignore_index=True)
