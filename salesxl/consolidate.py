"""Checked submissions → the team's tables, every row with its source.

Owns which rows go in, customer numbers, what is derived across forms (last contact, grade, month to date),
and the account of what was handed in. Refuses: Excel, and merging customers that only look alike.
"""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections.abc import Mapping

import numpy as np
import pandas as pd

from salesxl import schemas
from salesxl.model import Checked, History, TableName, Team
from salesxl.needs import needs_of
from salesxl.parsing.frames import look_up
from salesxl.rulebook import Rulebook
from salesxl.rules import ownership
from salesxl.rules.grading import reasons, recent_contacts, settled, stage_kinds, status_kinds
from salesxl.rules.identity import customer_keys
from salesxl.rules.money import total
from salesxl.rules.periods import month_of_week
from salesxl.tables import book_words, conformed
from salesxl.workspace import batch_report

__all__ = ["consolidate", "numbers_told"]

OF_A_RECORD: tuple[TableName, ...] = ("communication", "action")
STEP = ("action", "due", "progress")
"""Fields of a flat log that plan the next step."""
OF_A_WEEK: tuple[TableName, ...] = ("key_customer", "issue", "next_week")
LISTED_TOO = ("handover_customer", "record")
"""Blocks that name customers with their numbers, beside the archives."""
HANDOVER_ITEMS = ("handover_customer", "handover_contact", "handover_opportunity")


def consolidate(checked: Checked, rulebook: Rulebook, history: History | None = None) -> Team:
    """Build the team's tables.

    Rows with an error stay out, unless the team takes them in with a mark (settings: 有错误的行); superseded
    rows always do. Nothing depends on the order of the files but the order of rows, which is theirs.
    """
    before, needs = history or History(), needs_of(rulebook.fields)
    moves = _moves(checked, before)
    rows = {kind: _source(frame, checked, rulebook) for kind, frame in checked.frames.items()}
    tables: dict[TableName, pd.DataFrame] = {name: rows[name] for name in (*OF_A_RECORD, *OF_A_WEEK)}
    # cards as read, held back or not: a fault on the card does not make its sound rows nobody's
    record = checked.frames["record"].set_index("submission")
    flat = _of_a_log(rows["visit"])
    for name in OF_A_RECORD:
        named = look_up(tables[name]["submission"], record["customer_name"])
        both = _joined(tables[name].assign(customer_name=named), flat[name])
        tables[name] = _to_owners(both, moves, rulebook)
    tables["record"] = _to_owners(rows["record"], moves, rulebook)
    report = checked.frames["weekly_report"].set_index("submission")
    for name in OF_A_WEEK:
        starts = look_up(tables[name]["submission"], report["week_start"])
        tables[name] = tables[name].assign(week_start=starts)
    heads = checked.frames["archive_head"].set_index("submission")["team"]
    listed = rows["customer"]
    listed = listed.assign(team=listed["team"].fillna(look_up(listed["submission"], heads)))
    listed = _to_owners(listed, moves, rulebook)
    keys, met = customer_keys(listed["customer_name"]), _met(tables["communication"])
    customer = needs.spec(schemas.block_spec("customer"))
    undated = None if customer.column("first_contact").required else checked.as_of
    customers = _customers(listed, keys, rows, met, checked, before, undated)
    tables["customer"] = _graded(customers, keys, met, checked.as_of, rulebook)
    tables["weekly_report"] = _month_to_date(rows["weekly_report"], before)
    tables["handover"] = _handovers(rows["handover"])
    tables["handover_item"] = _items(rows, checked.frames["handover"])
    for name in ("record", "handover_item"):
        tables[name] = _numbered(tables[name], keys, tables["customer"])
    tables["finding"] = batch_report.findings(checked)
    tables["submission"] = batch_report.submissions(checked, rulebook)
    dated = _dated(checked, rulebook)
    return Team(conformed(tables), checked.as_of, checked.week, before.tables, dated, checked.findings)


def _dated(checked: Checked, rulebook: Rulebook) -> frozenset[str]:
    """Return the reps of whom ``Team.dated`` tells; a row that could not be read may be a contract."""
    blocks = enumerate(form.block("customer") for form in checked.submissions)
    here = [number for number, block in blocks if block is not None and "signed_on" in block.columns]
    rows = checked.frames["customer"]
    rows = rows[~rows["superseded"]].dropna(subset=["rep"])
    won = stage_kinds(rows["stage"], rulebook).isin(["won", "after"])
    won |= status_kinds(rows["status"], rulebook) == "won"
    won |= rows["signed_on"].notna() | rows["contract_amount"].notna()
    held = ~rows["accepted"] & (won.fillna(False) | rows["codes"].str.contains("type|displaced"))
    unsure = held | ~rows["submission"].isin(here)
    return frozenset(rows["rep"]) - frozenset(rows["rep"][unsure])


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


def _moves(checked: Checked, history: History) -> pd.DataFrame:
    """Return the signed handovers up to the week's end: those handed in now, and those of earlier books."""
    heads, listed = (checked.frames[kind] for kind in ("handover", "handover_customer"))
    now = ownership.signed(
        ownership.signed_by(heads[~heads["superseded"]], checked.as_of), listed, ["submission"]
    )
    return ownership.moved(history.tables, now, pd.Timestamp(checked.week[1]))


def _to_owners(table: pd.DataFrame, moves: pd.DataFrame, rulebook: Rulebook) -> pd.DataFrame:
    """Give the rows of handed-over customers to their new owner; who wrote them stands in ``original_rep``.

    docs/domain.md 2.4: customers, records and what is planned go along; the source stays as it is.
    """
    found = ownership.owners(customer_keys(table["customer_name"]), table["rep"], moves)["owner"]
    owner = found.reindex(table.index)
    given = owner.notna()
    teams = {m.name: m.team for m in rulebook.members}
    return table.assign(
        original_rep=table["rep"].where(given),
        rep=owner.fillna(table["rep"]),
        team=table["team"].where(~given, owner.map(teams).astype("string")),
    )


def _source(frame: pd.DataFrame, checked: Checked, rulebook: Rulebook) -> pd.DataFrame:
    """Return the rows that go in, with where they come from."""
    merge = rulebook.parameters.faulty_rows == "merge"
    goes_in = ~frame["superseded"] if merge else frame["accepted"]
    kept = frame[goes_in.astype(bool)].reset_index(drop=True)
    numbers = kept["submission"].tolist()
    files = [checked.submissions[number].file for number in numbers]
    sheets = [checked.submissions[number].sheet for number in numbers]
    teams = {m.name: m.team for m in rulebook.members}
    kept["source_file"] = pd.array(files, dtype="string")
    kept["source_sheet"] = pd.array(sheets, dtype="string")
    kept["source_row"] = kept["row"].astype("Int64")
    on_roster = kept["rep"].map(teams).astype("string")
    kept["team"] = on_roster if "team" not in kept else on_roster.fillna(kept["team"])
    kept["flags"] = kept["codes"].replace("", pd.NA)
    return kept


def _customers(
    customers: pd.DataFrame,
    keys: pd.Series,
    rows: Mapping[str, pd.DataFrame],
    met: pd.DataFrame,
    checked: Checked,
    history: History,
    undated: dt.date | None,
) -> pd.DataFrame:
    """Number and date the customers. docs/domain.md 2.1 (C)."""
    latest = met.dropna().groupby(["rep", "key"])["contact_time"].max()
    place = {pair: at for at, pair in enumerate(latest.index.tolist())}
    pairs = zip(customers["rep"].tolist(), keys.tolist(), strict=True)
    days = np.append(latest.to_numpy().astype("datetime64[D]"), np.datetime64("NaT"))
    seen = days[[place.get(pair, -1) for pair in pairs]].astype("datetime64[us]")
    return customers.assign(
        customer_no=_numbers(customers, keys, rows, checked, history, undated),
        last_contact=np.fmax(customers["last_contact"].to_numpy(), seen),
    )


def _graded(
    customers: pd.DataFrame,
    keys: pd.Series,
    met: pd.DataFrame,
    as_of: dt.date,
    rulebook: Rulebook,
) -> pd.DataFrame:
    """Grade the customers and say why. docs/domain.md 3.1."""
    owned = pd.DataFrame({"rep": customers["rep"], "key": keys})
    months = rulebook.parameters.high_potential_months
    found = settled(customers, rulebook, recent_contacts(owned, met, as_of, months))
    why = reasons(found, customers["grade_reason"], rulebook, book_words())
    return customers.assign(grade=found["grade"], grade_basis=why)


def _met(contacts: pd.DataFrame) -> pd.DataFrame:
    """Return who met which customer when: rep, key, contact_time."""
    keys = customer_keys(contacts["customer_name"])
    return pd.DataFrame({"rep": contacts["rep"], "key": keys, "contact_time": contacts["contact_time"]})


def _numbers(
    frame: pd.DataFrame,
    keys: pd.Series,
    rows: Mapping[str, pd.DataFrame],
    checked: Checked,
    history: History,
    undated: dt.date | None,
) -> pd.Series:
    """Give each customer without a number the one it has elsewhere, else the next of its month.

    docs/domain.md 2.1: CRM + yyyymm + a running number of at least three digits, unique, never changed. The
    month is that of the first contact, of ``undated`` where a team's form does not have it. Two reps who
    claim one customer get one number; a number that stands on a row held back is not given to anyone else.
    """
    known = dict(history.numbers)
    others = [(customer_keys(rows[k]["customer_name"]), rows[k]["customer_no"]) for k in LISTED_TOO]
    for those, numbers in [(keys, frame["customer_no"]), *others]:
        both = (those.notna() & numbers.notna()).to_numpy(dtype=bool)
        lowest: dict[str, str] = {}
        for key, number in zip(those[both].tolist(), numbers[both].tolist(), strict=True):
            lowest[key] = min(number, lowest.get(key, number))
        known = lowest | known
    typed = (checked.frames[k]["customer_no"].dropna().tolist() for k in ("customer", *LISTED_TOO))
    used: dict[str, int] = {}
    for number in {*known.values(), *itertools.chain.from_iterable(typed)}:
        month, running = number[:9], number[9:]
        if running.isdecimal():
            used[month] = max(used.get(month, 0), int(running))
    new = frame["customer_no"].isna()
    asked = pd.DataFrame({"day": frame["first_contact"][new], "key": keys[new]})
    order = asked.dropna(subset=["key"]).sort_values(["day", "key"], kind="stable")
    for day, key in order.itertuples(index=False, name=None):
        first = undated if pd.isna(day) else day
        if key not in known and first is not None:
            month = f"CRM{first:%Y%m}"
            used[month] = used.get(month, 0) + 1
            known[key] = f"{month}{used[month]:03d}"
    given = frame["customer_no"].copy()
    given[new] = pd.array([known.get(key) for key in keys[new].tolist()], dtype="string")
    return given


def numbers_told(checked: Checked, history: History) -> dict[str, tuple[tuple[str, str], ...]]:
    """Return by rep the customers whose number is known but blank on the rep's form: (name, number).

    Known is what earlier weeks' books say, and what others have typed. A number given in this run may still
    be another one tomorrow, when more forms are in.
    """
    sound = re.compile(schemas.block_spec("customer").column("customer_no").pattern or "")
    forms = [(rows := checked.frames[kind])[~rows["superseded"]] for kind in ("customer", *LISTED_TOO)]
    keys = [customer_keys(rows["customer_name"]) for rows in forms]
    known: dict[str, str] = {}
    for rows, named in zip(forms, keys, strict=True):
        both = rows["customer_no"].notna() & named.notna()
        for key, number in zip(named[both], rows.loc[both, "customer_no"], strict=True):
            if sound.match(number):
                known[key] = min(number, known.get(key, number))
    known |= history.numbers
    found: dict[str, dict[str, str]] = {}
    for rows, named in zip(forms, keys, strict=True):
        asked = rows["customer_no"].isna() & named.notna() & rows["rep"].notna()
        lines = zip(rows.loc[asked, "rep"], rows.loc[asked, "customer_name"], named[asked], strict=True)
        for rep, name, key in lines:
            if key in known:
                found.setdefault(rep, {}).setdefault(name, known[key])
    return {rep: tuple(told.items()) for rep, told in found.items()}


def _numbered(records: pd.DataFrame, keys: pd.Series, customers: pd.DataFrame) -> pd.DataFrame:
    """Carry customer numbers over to the records of the same customers; ``keys`` are the customers'.

    A customer is told by its name, else by its rep and the company's own number for it.
    """
    numbers = customers["customer_no"]
    both = (keys.notna() & numbers.notna()).to_numpy(dtype=bool)
    known = dict(zip(keys[both].tolist(), numbers[both].tolist(), strict=True))
    own: dict[tuple[str, str], set[str]] = {}
    rows = customers[["rep", "own_no", "customer_no"]].dropna()
    for rep, no, number in rows.itertuples(index=False, name=None):
        own.setdefault((rep, no), set()).add(number)
    alone = {pair: next(iter(found)) for pair, found in own.items() if len(found) == 1}
    named = zip(
        customer_keys(records["customer_name"]).tolist(),
        records["rep"].tolist(),
        (records["own_no"] if "own_no" in records else records["customer_no"].where(False)).tolist(),
        strict=True,
    )
    told = [known.get(key) or alone.get((rep, no)) for key, rep, no in named]
    carried = pd.Series(pd.array(told, dtype="string"), index=records.index)
    return records.assign(customer_no=records["customer_no"].fillna(carried))


def _month_to_date(reports: pd.DataFrame, history: History) -> pd.DataFrame:
    """Add what each rep completed and collected in the month so far. docs/domain.md 3.3.

    This report is included; a week counts to the month of its Thursday, and once, though its report may stand
    on two sheets of a file (the last holds). Amounts in 元; blank if unknown.
    """
    now = reports[["rep", "week_start", "completed_amount", "collected_amount"]]
    now = now.drop_duplicates(["rep", "week_start"], keep="last", ignore_index=True)
    past = history.tables.get("weekly_report")
    if past is not None:
        starts = set(zip(now["rep"], now["week_start"], strict=True))
        fresh = [pair not in starts for pair in zip(past["rep"], past["week_start"], strict=True)]
        past = past[fresh]
    every = now
    if past is not None and not past.empty:
        every = pd.concat([now, past[now.columns]], ignore_index=True)
    every = every.dropna(subset=["rep", "week_start"])
    added = reports.copy()
    for source, name in (("completed_amount", "month_completed"), ("collected_amount", "month_collected")):
        figures = every[source].to_numpy(dtype="float64", na_value=np.nan).tolist()
        of_month: dict[tuple[str, tuple[int, int]], list[tuple[pd.Timestamp, float]]] = {}
        for rep, start, figure in zip(every["rep"], every["week_start"], figures, strict=True):
            of_month.setdefault((rep, month_of_week(start.date())), []).append((start, figure))
        sums: list[float | None] = []
        for rep, start in zip(reports["rep"], reports["week_start"], strict=True):
            if pd.isna(start) or pd.isna(rep):
                sums.append(None)
                continue
            mine = of_month[rep, month_of_week(start.date())]
            sums.append(total([figure for week, figure in mine if week <= start]))
        added[name] = pd.array(sums, dtype="Float64")
    return added


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
        people = {n: look_up(part["submission"], heads[n]) for n in ("from_rep", "to_rep")}
        parts.append(part.assign(item=pd.array([kind] * len(part), dtype="string"), **people))
    joined: pd.DataFrame = pd.concat(parts, ignore_index=True)
    return joined.sort_values(["submission", "source_row"], kind="stable", ignore_index=True)
