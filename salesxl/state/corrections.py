"""更正: what the settings put right about customers, before every fold. docs/domain.md 4.2.

Owns which rows a line is about and what becomes of them, in the state and in what comes in. Refuses: judging
a line by itself (``settings``); who owns a customer by a line is read with the handovers (``moves``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from salesxl.model import Finding, Place, Severity, TableName
from salesxl.parsing import customer_key
from salesxl.rulebook import Correction, Rulebook
from salesxl.rules.identity import SEPARATOR, customer_keys
from salesxl.rules.ownership import MOVES
from salesxl.state import renaming
from salesxl.state.changes import changes
from salesxl.state.identity import known_by
from salesxl.state.meant import Meant, Unclear, customer_meant, registered_keys

__all__ = ["PERSONAL", "Righted", "causes", "moves", "righted"]

PERSONAL = ("contact_name", "contact_title", "contact", "birthday", "others")
"""Nobody knows what stands in a rep's own columns (``others``)."""
OF_CUSTOMERS: tuple[TableName, ...] = ("customer", "communication", "action", "record", "deal")
NAMED: tuple[TableName, ...] = (*OF_CUSTOMERS, "handover_item")
WAS = "was"
"""Who a row of the state was before anything was put right."""
Tables = dict[TableName, pd.DataFrame]


@dataclass(slots=True)
class Righted:
    """The state before and what comes in, both put right; ``told`` are rows of 变更记录.

    ``listed`` are all customers listed, those held back too, ``erased`` those whose personal data go.
    """

    before: Tables
    rows: Tables
    listed: pd.DataFrame
    told: pd.DataFrame
    findings: list[Finding] = field(default_factory=list)
    erased: Sequence[Meant] = ()


def righted(
    before: Mapping[TableName, pd.DataFrame],
    rows: Mapping[TableName, pd.DataFrame],
    listed: pd.DataFrame,
    register: pd.DataFrame,
    monday: pd.Timestamp,
    rulebook: Rulebook,
) -> Righted:
    """Follow the team's corrections, line by line, in the state before and in the rows that come in.

    A line whose customer nobody knows is a finding at its cell. The result does not depend on how often a
    line was followed before.
    """
    none = before["change"].iloc[:0]
    if not rulebook.corrections:
        return Righted(dict(before), dict(rows), listed, none)
    desk = _Desk(before, rows, listed, register, monday, rulebook)
    for line in rulebook.corrections:
        desk.follow(line)
    return desk.done()


def moves(tables: Mapping[TableName, pd.DataFrame], rulebook: Rulebook) -> pd.DataFrame:
    """Return what 归属 gives to whom, from its day on, as handovers have it (key, from_rep, to_rep, day).

    Of several customers of one name a line with a number leaves those be whose rows bear another.
    """
    customers = tables["customer"]
    keys = customer_keys(customers["customer_name"])
    names = dict(registered_keys(tables["number"]))
    names |= dict(zip(customers["customer_no"].tolist(), keys.tolist(), strict=True))
    people = {m.name for m in rulebook.members} | {*customers["rep"].dropna().tolist()}
    found: list[tuple[str, str, str, pd.Timestamp]] = []
    for line in rulebook.corrections:
        if line.action != "owner" or line.day is None or line.value is None:
            continue
        number = line.customer.upper()
        key = names.get(number, customer_key(line.customer))
        theirs = (keys == key) & (customers["customer_no"] != number) if number in names else keys.isna()
        givers = people - {line.value, *customers["rep"][theirs.fillna(False).astype(bool)].tolist()}
        found += [(key, giver, line.value, pd.Timestamp(line.day)) for giver in sorted(givers)]
    told = pd.DataFrame(found, columns=MOVES)
    return told.astype({**dict.fromkeys(MOVES[:3], "string"), "day": "datetime64[us]"})


def causes(
    before: pd.DataFrame,
    moved: pd.DataFrame,
    told: Mapping[tuple[str, str, str], str],
    given: pd.DataFrame,
) -> Mapping[tuple[str, str, str], str]:
    """Return why rows are as they are: who owns a customer by 归属 was given it by a correction.

    ``moved`` are all moves in force, ``given`` those of corrections; the last one of a customer holds.
    """
    if given.empty:
        return told
    last = moved.drop_duplicates("key", keep="last")
    ours = set(
        last.merge(given.drop_duplicates(["key", "to_rep", "day"]), on=["key", "to_rep", "day"])["key"]
    )
    mine = customer_keys(before["customer_name"]).isin(list(ours)).to_numpy(dtype=bool)
    names = set(known_by(before)[mine].tolist())
    return {
        at: "correction" if cause == "handover" and at[1] in names else cause for at, cause in told.items()
    }


class _Desk:
    """The tables while lines are followed."""

    def __init__(
        self,
        before: Mapping[TableName, pd.DataFrame],
        rows: Mapping[TableName, pd.DataFrame],
        listed: pd.DataFrame,
        register: pd.DataFrame,
        monday: pd.Timestamp,
        rulebook: Rulebook,
    ) -> None:
        self.before: Tables = dict(before)
        self.before["customer"] = before["customer"].assign(**{WAS: known_by(before["customer"])})
        self.called: Tables = dict(before)
        self.rows: Tables = dict(rows)
        self.listed = listed
        self.register, self.monday, self.rulebook = register, monday, rulebook
        self.findings: list[Finding] = []
        self.first: list[str] = []
        self.gone: list[Meant] = []

    def follow(self, line: Correction) -> None:
        """Follow a line, or say why not."""
        told = self.meant(line, line.customer, by_rep=line.action == "part")
        if told is None:
            return
        if line.action == "void":
            self.void(told)
        elif line.action == "merge":
            self.merge(told, line)
        elif line.action == "part":
            self.part(told, line)
        elif line.action == "erase":
            self.erase(told, line)

    # who is meant

    def meant(self, line: Correction, said: str, *, by_rep: bool = False) -> Meant | None:
        """Return the customer that a text means; one that nobody knows, or several, is a finding."""
        told = customer_meant(
            said, self.before["customer"], self.register, self.names(), self.typed(), several=by_rep
        )
        if isinstance(told, Unclear):
            self.fault(line, said, told.why, **told.facts)
            return None
        return told

    def names(self) -> set[str]:
        """Return every name that stands anywhere, as compared."""
        frames = (self.before["customer"], self.before["change"], self.rows["customer"], self.listed)
        told = {key for f in frames for key in customer_keys(f["customer_name"]).dropna().tolist()}
        for former in self.before["customer"]["former_names"].dropna().tolist():
            told |= {customer_key(name) for name in former.split(SEPARATOR)}
        return told

    def typed(self) -> set[str]:
        """Return every number that stands with a row that comes in, or was ever given."""
        frames = (self.register, self.before["customer"], self.rows["customer"], self.listed)
        return {one for f in frames for one in f["customer_no"].dropna().tolist()}

    def fault(self, line: Correction, said: str, why: str, **facts: object) -> None:
        """Warn at the cell of a line that it was not followed."""
        file, sheet, row, cell, value_cell = line.source
        at_value = said == line.value and said != line.customer
        name, spot = ("value", value_cell) if at_value else ("customer", cell)
        place = Place(file, sheet, spot)
        facts = {"why": why, **facts}
        self.findings.append(
            Finding("unknown_reference", Severity.WARNING, place, name, said, facts, "correction", row)
        )

    # what becomes of the customer

    def void(self, meant: Meant) -> None:
        """Take a customer out of the state and of what comes in; its number stays with nobody."""
        for name in OF_CUSTOMERS:
            self.before[name] = self.before[name][~meant.kept(self.before[name])].reset_index(drop=True)
            if name in self.rows and name != "deal":
                out = meant.come(self.rows[name])
                if name == "customer" and out.any():
                    self.first.append(str(self.rows[name]["customer_name"][out].iloc[0]))
                self.rows[name] = self.rows[name][~out].reset_index(drop=True)
        self.listed = self.listed[~meant.come(self.listed)].reset_index(drop=True)
        self.retire(meant.numbers)

    def retire(self, numbers: frozenset[str], keys: frozenset[str] = frozenset()) -> None:
        """Take numbers off rows that come in under other names: they are nobody else's."""

        def without(table: pd.DataFrame) -> pd.DataFrame:
            named = customer_keys(table["customer_name"]).isin(list(keys)) if keys else True
            return table.assign(
                customer_no=table["customer_no"].mask(table["customer_no"].isin(list(numbers)) & named)
            )

        self.rows["customer"], self.listed = without(self.rows["customer"]), without(self.listed)

    def merge(self, meant: Meant, line: Correction) -> None:
        """Give a customer's rows, talks and plans to another one; a rep's own row of that one stands."""
        said, seen = line.value or "", {customer_key(line.customer)}
        onward = {customer_key(c.customer): c.value or "" for c in self.lines("merge")}
        while (key := customer_key(said)) in onward and key not in seen:
            seen.add(key)
            said = onward[key]
        to = self.meant(line, said)
        if to is None:
            return
        target = self.target(to, said)
        own = {name: to.kept(self.before[name]) for name in NAMED}
        mine = {name: meant.kept(self.before[name]) & ~own[name] for name in NAMED}
        state = self.before["customer"]
        former = state["customer_name"][mine["customer"]].dropna().tolist()
        former += [p for f in state["former_names"][mine["customer"]].dropna() for p in f.split(SEPARATOR)]
        former += [n for one, n in self.names_given() if one in meant.numbers]
        reps = set(state["rep"][own["customer"]].dropna().tolist())
        twice = mine["customer"] & state["rep"].isin(list(reps)).to_numpy(dtype=bool)
        for name in NAMED:
            self.before[name] = renaming.named(self.before[name], mine[name], *target)
            if name not in ("customer", "deal"):
                there = meant.kept(self.called[name]) & ~to.kept(self.called[name])
                self.called[name] = renaming.named(self.called[name], there, *target)
        ours = mine["customer"] | own["customer"]
        self.before["customer"] = renaming.with_former(self.before["customer"], ours, former)[
            ~twice
        ].reset_index(drop=True)
        if own["record"].any():
            self.before["record"] = self.before["record"][~mine["record"]].reset_index(drop=True)
        here = self.rows["customer"]
        listed = set(here["rep"][to.come(here)].dropna().tolist())
        out = meant.come(here) & here["rep"].isin(list(listed)).to_numpy(dtype=bool)
        self.rows["customer"] = here[~out].reset_index(drop=True)
        for name in (n for n in NAMED if n in self.rows and n != "deal"):
            table = self.rows[name]
            self.rows[name] = renaming.named(table, meant.come(table), *target)
        self.listed = renaming.named(self.listed, meant.come(self.listed), *target)
        self.retire(meant.numbers - to.numbers)

    def names_given(self) -> Iterable[tuple[str, str]]:
        """Yield the numbers ever given with the names to which they were given, as written."""
        told = self.register[["customer_no", "customer_name"]].dropna()
        return zip(told["customer_no"].tolist(), told["customer_name"].tolist(), strict=True)

    def lines(self, action: str) -> list[Correction]:
        return [c for c in self.rulebook.corrections if c.action == action]

    def target(self, to: Meant, said: str) -> tuple[str, str | None]:
        """Return the name and the number of the customer that takes another's rows."""
        for table in (self.before["customer"], self.register, self.rows["customer"], self.listed):
            is_meant = to.kept(table) if "rep" in table else to.come(table)
            both = table[is_meant].dropna(subset=["customer_name"])
            if len(both):
                number = both["customer_no"].dropna()
                return str(both["customer_name"].iloc[0]), str(number.iloc[0]) if len(number) else None
        return said, min(to.numbers, default=None)

    def part(self, meant: Meant, line: Correction) -> None:
        """Give what one rep calls by a customer's name a number of its own, or free a former name."""
        who = line.value or ""
        frames = (self.before["customer"], self.rows["customer"])
        people = {m.name for m in self.rulebook.members}.union(*(f["rep"].dropna().tolist() for f in frames))
        if who not in people:
            if customer_key(who) not in self.names() | {key for _, key in registered_keys(self.register)}:
                self.fault(line, who, "correction")
                return
            self.retire(meant.numbers, frozenset({customer_key(who)}))
            self.before["customer"] = renaming.without_former(self.before["customer"], meant, who)
            return
        keys = list(meant.keys | {key for _, key in meant.pairs})
        state, come = frames
        named = customer_keys(state["customer_name"]).isin(keys).to_numpy(dtype=bool)
        theirs = (state["rep"] == who).fillna(False).to_numpy(dtype=bool)
        others = set(state["customer_no"][named & ~theirs].dropna().tolist())
        own = set(state["customer_no"][named & theirs].dropna().tolist()) - others
        rest = min(others, default=None) or self.next_number(come, keys)
        number = min(own, default=None) or self.next_number(come, keys, rest)
        for name in ("customer", "record", "deal"):
            self.before[name] = renaming.numbered(self.before[name], keys, who, number, None)
        self.rows["customer"] = renaming.numbered(come, keys, who, number, rest)
        self.rows["record"] = renaming.numbered(self.rows["record"], keys, who, number, None)
        self.listed = renaming.numbered(self.listed, keys, who, number, rest)

    def next_number(self, come: pd.DataFrame, keys: list[str], but: str = "") -> str:
        """Return a number that was never given, of the month of the first contact that is known."""
        rows = pd.concat(
            [
                f[customer_keys(f["customer_name"]).isin(keys)]["first_contact"]
                for f in (self.before["customer"], come)
            ]
        ).dropna()
        day = rows.min() if len(rows) else self.monday
        month = f"CRM{day:%Y%m}"
        taken = [int(n[9:]) for n in {*self.typed(), but} if n[:9] == month and n[9:].isdecimal()]
        return f"{month}{max(taken, default=0) + 1:03d}"

    def erase(self, meant: Meant, line: Correction) -> None:
        """Blank what tells of a person, in all that is kept; say which earlier files still have it."""
        self.gone.append(meant)
        files: set[str] = set()
        until = self.monday - pd.Timedelta(days=7)
        for tables in (self.before, self.rows):
            for name in ("customer", "record", "handover_item"):
                table = tables[name]
                mine = meant.kept(table) if tables is self.before else meant.come(table)
                there = [n for n in PERSONAL if n in table and table[n][mine].notna().any()]
                if there:
                    files |= set(table["source_file"][mine].dropna().tolist())
                    until = self.monday if tables is self.rows else until
                    tables[name] = table.assign(**{n: table[n].mask(mine) for n in there})
        change = self.before["change"]
        mine = meant.kept(change) & change["field"].isin(list(PERSONAL)).fillna(False).to_numpy(dtype=bool)
        self.before["change"] = change.assign(**{n: change[n].mask(mine) for n in ("old", "new")})
        if not files:
            return
        files |= set(change["source_file"][meant.kept(change)].dropna().tolist())
        past = self.before["submission"]
        since = past["taken"][past["source_file"].isin(list(files))].min()
        weeks = pd.date_range(until if pd.isna(since) else since, until, freq="7D")
        facts = {
            "files": "、".join(sorted(files)),
            "weeks": "、".join("{}-W{:02d}".format(*day.isocalendar()[:2]) for day in weeks),
        }
        file, sheet, row, cell, _ = line.source
        place = Place(file, sheet, cell)
        self.findings.append(
            Finding("erased", Severity.WARNING, place, "customer", line.customer, facts, "correction", row)
        )

    def done(self) -> Righted:
        """Return the tables, and what the corrections have changed in the state, as 变更记录 has it."""
        customers = self.before["customer"]
        who = customers[WAS]
        self.before["customer"] = customers.drop(columns=WAS)
        told = changes(self.called, self.before, who, self.monday, {})
        personal = told["field"].isin(list(PERSONAL)) & self.erased(told)
        told = told.assign(
            cause=pd.array(["correction"] * len(told), dtype="string"),
            **{n: told[n].mask(personal) for n in ("old", "new")},
        )
        change = self.before["change"]
        seen = set(customer_keys(change["customer_name"][change["cause"] == "correction"]).tolist())
        new = [n for n in dict.fromkeys(self.first) if customer_key(n) not in seen]
        new = [n for n in new if customer_key(n) not in set(customer_keys(told["customer_name"]).tolist())]
        kept = (
            change.iloc[:0]
            .reindex(range(len(new)))
            .assign(
                customer_name=pd.array(new, dtype="string"),
                cause="correction",
                table="customer",
                week_start=self.monday,
            )
        )
        parts = [frame for frame in (told, kept.astype(change.dtypes.to_dict())) if len(frame)]
        every = pd.concat(parts, ignore_index=True) if parts else told
        return Righted(self.before, self.rows, self.listed, every, self.findings, self.gone)

    def erased(self, told: pd.DataFrame) -> np.ndarray:
        """Say which changes are of customers whose personal data are erased."""
        found = np.zeros(len(told), dtype=bool)
        for meant in self.gone:
            found = found | meant.kept(told)
        return found
