"""Checked submissions → the team's tables, every row with its source.

Owns customer numbers, what is derived across forms (last contact, grade, month to date),
and the account of what was handed in. Refuses: Excel, and merging customers that only look alike.
"""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from salesxl import schemas
from salesxl.model import Checked, Finding, History, Place, Severity, TableName, Team
from salesxl.needs import asked_of
from salesxl.rulebook import Rulebook
from salesxl.rules.grading import reasons, recent_contacts, settled, stage_kinds, status_kinds
from salesxl.rules.identity import customer_keys, full_keys
from salesxl.rules.money import total
from salesxl.rules.people import gone, with_present_names
from salesxl.state.absence import asked
from salesxl.state.accepted import accepted_rows, own_rows
from salesxl.state.changes import changes
from salesxl.state.claims import counted
from salesxl.state.closing import closing, reopened
from salesxl.state.corrections import righted
from salesxl.state.erased import unquoted
from salesxl.state.files import with_earlier
from salesxl.state.fold import Folded, blank, deals, fold
from salesxl.state.grades import held, regrades
from salesxl.state.held import by_form, points, still_open
from salesxl.state.identity import known_by
from salesxl.state.incoming import Incoming, incoming
from salesxl.state.numbers import given, registered
from salesxl.state.own import own_tables, with_own_columns
from salesxl.state.terms import read_today, terms_of
from salesxl.tables import book_words, conformed, own_columns
from salesxl.workspace import batch_report

__all__ = ["consolidate", "numbers_told"]

LISTED_TOO = ("handover_customer", "record")
"""Blocks that name customers with their numbers, beside the archives."""


def consolidate(checked: Checked, rulebook: Rulebook, history: History | None = None) -> Team:
    """Build the team's tables: those of the book before, with what was accepted laid over them.

    Rows with an error stay out, unless the team takes them in with a mark (settings: 有错误的行); superseded
    rows always do. Nothing depends on the order of the files but the order of rows, which is theirs.
    """
    own = own_columns(rulebook.forms)
    come = _come(checked, history or History(), rulebook)
    past, raw = with_own_columns(_opened(history or History(), checked, come, rulebook), own)
    policy, named = rulebook, with_present_names(raw, rulebook)
    today = read_today(replace(past.latest, tables=named), policy) if past.latest else None
    before, rulebook = (today.team.tables, today.rulebook) if today else (named, policy)
    monday, sunday = (pd.Timestamp(day) for day in checked.week)
    rows = accepted_rows(checked, rulebook)
    every = checked.frames["customer"]
    every = every[~every["superseded"].astype(bool)].reset_index(drop=True)
    register = past.register if past.register is not None else before["number"]
    right = righted(before, rows, every, register, monday, rulebook)
    told = [_by_settings({**named, "customer": raw["customer"]}, before, monday), right.told]
    before, rows = right.before, right.rows
    folded = fold(before, rows, right.listed, come, (monday, sunday), checked.as_of, rulebook)
    tables: dict[TableName, pd.DataFrame] = dict(folded.tables)
    met = _met(tables["communication"])
    keys = customer_keys(tables["customer"]["customer_name"])
    asked_for = asked_of(rulebook, "customer")
    undated = None if asked_for.column("first_contact").required else checked.as_of
    numbered = _numbered_customers(tables["customer"], folded.who, rows, register, past, checked, undated)
    customers = numbered.assign(last_contact=_last_contact(numbered, keys, met))
    ruled, why = _graded(customers, keys, met, checked.as_of, rulebook)
    anew = regrades(past.latest.week[1] if past.latest else None, checked.week[1])
    old, names = before["customer"], [grade.name for grade in rulebook.grades]
    customers = held(customers, folded.who, old, known_by(old), ruled, why, names, anew=anew)
    tables["customer"] = customers.assign(counted=counted(customers, rulebook))
    tables["weekly_report"] = _month_to_date(tables["weekly_report"])
    for name in ("record", "handover_item"):
        tables[name] = _numbered(tables[name], keys, tables["customer"])
    tables["number"] = registered(register, tables["customer"], monday, past.later)
    tables["deal"] = deals(before["deal"], tables["customer"], monday, rulebook)
    if past.latest is not None:
        causes = {**folded.causes, **(_regraded(folded.who, ruled) if anew else {})}
        told.append(changes(before, tables, folded.who, monday, causes))
    parts = [frame for frame in (before["change"], *told) if len(frame)]
    tables["change"] = pd.concat(parts, ignore_index=True) if parts else before["change"]
    vanished = asked(tables["customer"], folded.lacked, checked)
    lacking = today.findings(book_words().text("file.settings")) if today else []
    left = _left_unsaid(before, checked, rulebook)
    said = unquoted(checked, right.erased)
    checked = replace(checked, findings=(*right.findings, *lacking, *said, *left, *vanished))
    tables["finding"] = batch_report.findings(checked)
    now = batch_report.submissions(checked, policy)
    if rulebook.parameters.faulty_rows != "merge":
        tables["held"], now = _held_back(before["held"], tables, folded, now, checked)
    tables["submission"] = with_earlier(before["submission"], now, monday)
    dated, terms = _dated(checked, rulebook), terms_of(rulebook)
    further = own_tables(own_rows(checked, policy), checked, past, come, policy.forms, tables["customer"])
    what = (conformed(tables, own), checked.as_of, checked.week, dated, checked.findings)
    return closing(Team(*what, terms=terms, own=own, further=further), past.latest, policy)


def _come(checked: Checked, past: History, rulebook: Rulebook) -> Incoming:
    """Return the forms of the batch, ranked, those of earlier weeks behind the others."""
    files = past.latest.tables["submission"] if past.latest else blank("submission")
    return incoming(checked, files, rulebook)


def _opened(past: History, checked: Checked, come: Incoming, rulebook: Rulebook) -> History:
    """Return what is known, with the closed rows that this week may touch."""
    return replace(past, latest=past.latest and reopened(past.latest, checked, come, rulebook))


def _held_back(
    before: pd.DataFrame,
    tables: Mapping[TableName, pd.DataFrame],
    folded: Folded,
    now: pd.DataFrame,
    checked: Checked,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return what is held back, of earlier weeks too, and the account of the forms with its amounts."""
    left_open = still_open(before, folded.listed, folded.whole, checked)
    found = points(folded.listed, tables["customer"], folded.who, tables["weekly_report"], checked)
    held_back = pd.concat([left_open, found.drop(columns="submission")], ignore_index=True)
    return held_back, now.assign(**_by_form(found, now))


def _by_settings(
    raw: Mapping[TableName, pd.DataFrame], before: Mapping[TableName, pd.DataFrame], monday: pd.Timestamp
) -> pd.DataFrame:
    """Return what of the state before reads otherwise under today's settings, but for how reps talked."""
    if all(before[name] is raw[name] for name in before):
        return blank("change")
    same = {**before, "communication": raw["communication"]}
    found = changes(raw, same, known_by(before["customer"]), monday, {})
    return found.assign(cause=pd.array(["settings"] * len(found), dtype="string"))


def _by_form(found: pd.DataFrame, files: pd.DataFrame) -> dict[str, pd.Series]:
    """Return the amounts held back of each form; the forms stand first among the files, in their order."""
    return {
        name: pd.Series(pd.array([amounts.get(at) for at in range(len(files))], dtype="Float64"))
        for name, amounts in by_form(found).items()
    }


def _left_unsaid(
    before: Mapping[TableName, pd.DataFrame], checked: Checked, rulebook: Rulebook
) -> Iterator[Finding]:
    """Warn of reps of the state whom the roster does not name any more; they count as having left."""
    if not rulebook.has_roster:
        return
    known = {rep for name in ("customer", "weekly_report") for rep in before[name]["rep"].dropna()}
    for rep in gone(known - {rep for rep in checked.reps if rep}, rulebook):
        yield Finding("left_unsaid", Severity.WARNING, Place(book_words().text("file.settings")), value=rep)


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


def _numbered_customers(
    customers: pd.DataFrame,
    who: pd.Series,
    rows: Mapping[TableName, pd.DataFrame],
    register: pd.DataFrame,
    past: History,
    checked: Checked,
    undated: dt.date | None,
) -> pd.DataFrame:
    """Number the customers; one that stands on a handover list or a record bears the number there."""
    known = pd.DataFrame({"customer_name": list(past.numbers), "customer_no": list(past.numbers.values())})
    every = pd.concat([register, known.astype("string")], ignore_index=True)
    listed = rows["handover_item"][(rows["handover_item"]["item"] == "handover_customer").fillna(False)]
    elsewhere = [(full_keys(t["customer_name"]), t["customer_no"]) for t in (listed, rows["record"])]
    typed = (checked.frames[kind]["customer_no"].dropna().tolist() for kind in ("customer", *LISTED_TOO))
    numbers = given(customers, who, every, elsewhere, itertools.chain.from_iterable(typed), undated)
    return customers.assign(customer_no=numbers)


def _last_contact(customers: pd.DataFrame, keys: pd.Series, met: pd.DataFrame) -> np.ndarray:
    """Return the last contact: as filled in, or the last talk of the owner where that is later."""
    latest = met.dropna().groupby(["rep", "key"])["contact_time"].max()
    place = {pair: at for at, pair in enumerate(latest.index.tolist())}
    pairs = zip(customers["rep"].tolist(), keys.tolist(), strict=True)
    days = np.append(latest.to_numpy().astype("datetime64[D]"), np.datetime64("NaT"))
    seen = days[[place.get(pair, -1) for pair in pairs]].astype("datetime64[us]")
    found: np.ndarray = np.fmax(customers["last_contact"].to_numpy(), seen)
    return found


def _graded(
    customers: pd.DataFrame,
    keys: pd.Series,
    met: pd.DataFrame,
    as_of: dt.date,
    rulebook: Rulebook,
) -> tuple[pd.DataFrame, pd.Series]:
    """Return the grades by the rules (``settled``) and why. docs/domain.md 3.1."""
    owned = pd.DataFrame({"rep": customers["rep"], "key": keys})
    months = rulebook.parameters.high_potential_months
    found = settled(customers, rulebook, recent_contacts(owned, met, as_of, months))
    return found, reasons(found, customers["grade_reason"], rulebook, book_words())


def _regraded(who: pd.Series, ruled: pd.DataFrame) -> dict[tuple[str, str, str], str]:
    """Return the cause of grades that are given anew by the rules."""
    by_rule = who[(ruled["why"] != "override").fillna(True).astype(bool)].dropna()
    return {("customer", str(one), "grade"): "regrade" for one in by_rule.tolist()}


def _met(contacts: pd.DataFrame) -> pd.DataFrame:
    """Return who met which customer when: rep, key, contact_time."""
    keys = customer_keys(contacts["customer_name"])
    return pd.DataFrame({"rep": contacts["rep"], "key": keys, "contact_time": contacts["contact_time"]})


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
    if history.latest is not None:
        known |= _borne(history.latest.tables["customer"])
    found: dict[str, dict[str, str]] = {}
    for rows, named in zip(forms, keys, strict=True):
        asked = rows["customer_no"].isna() & named.notna() & rows["rep"].notna()
        lines = zip(rows.loc[asked, "rep"], rows.loc[asked, "customer_name"], named[asked], strict=True)
        for rep, name, key in lines:
            if key in known:
                found.setdefault(rep, {}).setdefault(name, known[key])
    return {rep: tuple(told.items()) for rep, told in found.items()}


def _borne(customers: pd.DataFrame) -> dict[str, str]:
    """Return numbers by compared name, of names that one customer alone bears."""
    both = customers.assign(key=customer_keys(customers["customer_name"])).dropna(
        subset=["key", "customer_no"]
    )
    once = both.drop_duplicates(["key", "customer_no"]).drop_duplicates("key", keep=False)
    return dict(zip(once["key"].tolist(), once["customer_no"].tolist(), strict=True))


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


def _month_to_date(reports: pd.DataFrame) -> pd.DataFrame:
    """Add what each rep completed and collected in the month so far. docs/domain.md 3.3.

    This report is included; a week counts to the month of its Thursday. Amounts in 元; blank if unknown.
    """
    added = reports.copy()
    known = reports.dropna(subset=["rep", "week_start"])
    known = known.drop_duplicates(["rep", "week_start"], keep="last")
    months = known["week_start"] + pd.Timedelta(days=3)
    order = known["week_start"].argsort(kind="stable")
    for source, name in (("completed_amount", "month_completed"), ("collected_amount", "month_collected")):
        sums: dict[tuple[str, pd.Timestamp], float | None] = {}
        so_far: dict[tuple[str, int, int], list[float | None]] = {}
        figures = known[source].to_numpy(dtype="float64", na_value=np.nan)
        for at in order.tolist():
            rep, start, month = known["rep"].iloc[at], known["week_start"].iloc[at], months.iloc[at]
            mine = so_far.setdefault((rep, month.year, month.month), [])
            mine.append(figures[at])
            sums[rep, start] = total(mine)
        pairs = zip(reports["rep"].tolist(), reports["week_start"].tolist(), strict=True)
        added[name] = pd.array([sums.get(pair) for pair in pairs], dtype="Float64")
    return added
