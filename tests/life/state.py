"""What the team knows, as plain dicts, and the rules by which files change it; one rule a function.

Each rule names the heading under which the design of the team's memory has it. Identity is told by the
hidden ``cid`` of a row; where the product has to find out, the rule holds the signs it needs against it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.life.model import FileRows, Settings, friday, kind_of

WHOLE = 0.5
"""An archive with this share of a rep's customers is a whole one."""
UNVERIFIED_AFTER = 4
"""So many whole archives in a row that lack a customer take it out of the pipeline."""


@dataclass
class Claim:
    """A customer in one rep's hands, as his last accepted row had it."""

    cid: int
    rep: str
    row: dict[str, Any]
    since: int
    filled_on: dt.date
    round: int = 1
    wins: int = 0
    lacking: int = 0
    listed: bool = True
    givers: set[str] = field(default_factory=set)
    former: list[str] = field(default_factory=list)

    @property
    def kind(self) -> str:
        return kind_of(self.row["stage"])


@dataclass
class Team:
    """The state that goes from week to week."""

    claims: dict[tuple[str, int], Claim] = field(default_factory=dict)
    talks: dict[tuple[str, int, dt.datetime, str], str] = field(default_factory=dict)
    plans: dict[tuple[int, str, dt.datetime], dict[str, Any]] = field(default_factory=dict)
    reports: dict[tuple[str, dt.date], dict[str, Any]] = field(default_factory=dict)
    given: dict[tuple[str, int], str] = field(default_factory=dict)
    members: dict[str, tuple[str, dt.date | None, dt.date | None]] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)
    archived: dict[str, list[tuple[dt.date, dt.datetime]]] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)
    void: set[int] = field(default_factory=set)
    corrected: set[tuple[int, str, str | None]] = field(default_factory=set)


def by_age(files: Iterable[FileRows], week: int) -> list[FileRows]:
    """Which is newer: within a week the later stamp, then the name; a stamp after the run is not believed."""
    run = dt.datetime.combine(friday(week), dt.time(23, 59))
    return sorted(files, key=lambda f: (f.stamp if f.stamp <= run else dt.datetime.min, f.name))


def stale(team: Team, file: FileRows) -> bool:
    """Which is newer: an older stamp loses to what an earlier week brought, if 填表日期 says the same."""
    filled = file.head["filled_on"]
    return any(filled < day and file.stamp < stamp for day, stamp in team.archived.get(file.rep, ()))


def same_settings(team: Team, settings: Settings) -> dict[str, str]:
    """Settings change: values are read through today's aliases. Who leaves the list has left."""
    for name, group, joined, left in settings.members:
        team.members[name] = (group, joined, left)
    return {said: stage for stage, words in settings.aliases.items() for said in words}


def correct(team: Team, settings: Settings) -> list[int]:
    """更正: read before every fold; 作废 takes a customer out for good, 归属 says whose he is now."""
    moved: list[int] = []
    for row in settings.corrections:
        if (row.cid, row.what, row.value) in team.corrected:
            continue
        team.corrected.add((row.cid, row.what, row.value))
        owners = [rep for rep, cid in team.claims if cid == row.cid]
        if row.what == "作废":
            team.void.add(row.cid)
            for rep in owners:
                del team.claims[rep, row.cid]
        else:
            moved += [
                cid
                for rep in owners
                if rep != row.value
                for cid in given(team, rep, str(row.value), [row.cid])
            ]
    return moved


def hand_over(team: Team, file: FileRows, week: int) -> list[int]:
    """Who is who, Handed over: with all three signatures the carried rows stand under the receiver."""
    row = file.rows[0]
    days = [row[f"{who}_signed_on"] for who in ("from", "to", "manager") if row[f"{who}_signature"]]
    if len(days) < 3 or None in days:
        return []
    return given(team, row["from_rep"], row["to_rep"], [one["cid"] for one in row["customers"]])


def given(team: Team, giver: str, to: str, cids: Iterable[int]) -> list[int]:
    """Who is who, Handed over: what the giver lists from now on is passed over; return who changed hands."""
    moved = []
    for cid in cids:
        team.given[giver, cid] = to
        team.given.pop((to, cid), None)
        claim = team.claims.pop((giver, cid), None)
        if claim is None:
            continue
        moved.append(cid)
        if (to, cid) in team.claims:  # the receiver claimed it himself: the conflict has ended
            team.claims[to, cid].givers |= {giver}
        else:
            claim.rep, claim.listed, claim.lacking = to, False, 0
            claim.givers.add(giver)
            team.claims[to, cid] = claim
        for plan in team.plans.values():
            if plan["cid"] == cid and plan["rep"] == giver:
                plan["rep"] = to
    return moved


def take_archives(
    team: Team, rep: str, files: Sequence[FileRows], week: int, words: Mapping[str, str]
) -> None:
    """Take a rep's archives of one week: newer rows hold, held-back ones leave the last accepted."""
    files = [file for file in files if not stale(team, file)]
    rows: dict[int, tuple[Mapping[str, Any], FileRows]] = {}
    for file in files:
        known = (
            row for row in file.rows if (rep, row["cid"]) not in team.given and row["cid"] not in team.void
        )
        rows.update({row["cid"]: (row, file) for row in known})
    mine = {cid for (owner, cid), claim in team.claims.items() if owner == rep and claim.listed}
    whole = is_whole(files, mine, set(rows))
    for row, file in rows.values():
        if row["fault"] is None:
            take_row(team, rep, {**row, "stage": words.get(row["stage"], row["stage"])}, file, week, whole)
    if whole:
        for cid in sorted(mine - set(rows)):
            lacks(team.claims[rep, cid])
    team.archived.setdefault(rep, []).extend((file.head["filled_on"], file.stamp) for file in files)


def passed_over(team: Team, rep: str, cid: int) -> bool:
    """Who is who: rows of a customer that he gave away, or that was voided, say nothing any more."""
    return (rep, cid) in team.given or cid in team.void


def replaced(team: Team, files: Sequence[FileRows]) -> set[str]:
    """Which is newer: the names of a rep's archives of one week of which nothing counts any more."""
    current = [file for file in files if not stale(team, file)]
    held = [{row["cid"] for row in file.rows} for file in current]
    lost = {file.name for n, file in enumerate(current) if any(held[n] <= later for later in held[n + 1 :])}
    return lost | {file.name for file in files if file not in current and file.rows}


def is_whole(files: Sequence[FileRows], mine: set[int], listed: set[int]) -> bool:
    """What absence means: whole is what says 全部, or not 部分 and holds half of the customers he has listed.

    What was handed to him and stands on no list of his yet can neither be lacked nor make others absent.
    """
    said = {file.head["scope"] for file in files}
    if not files or "部分" in said:
        return False
    return "全部" in said or len(mine & listed) >= WHOLE * len(mine)


def take_row(team: Team, rep: str, row: dict[str, Any], file: FileRows, week: int, whole: bool) -> None:
    """Tables and keys, 客户档案: the newer row holds; a blank clears but 编号 and 最近跟进时间."""
    claim = team.claims.get((rep, row["cid"]))
    if claim is None:
        claim = Claim(
            row["cid"], rep, row, week, file.head["filled_on"], wins=int(kind_of(row["stage"]) == "won")
        )
        team.claims[rep, row["cid"]] = claim
        return
    before = claim.row
    if row["customer_name"] != before["customer_name"]:
        assert is_rename(before, row, whole), "the story must rename with signs only"
        claim.former.append(before["customer_name"])
    begins_again(claim, row)
    for name in ("customer_no", "last_contact"):
        if row[name] is None:
            row[name] = before[name]
    claim.row, claim.lacking, claim.listed, claim.filled_on = row, 0, True, file.head["filled_on"]


def is_rename(before: Mapping[str, Any], row: Mapping[str, Any], whole: bool) -> bool:
    """Who is who, Customer: telephone and contact or first contact agree, the old name is gone."""
    again = row["contact_name"] == before["contact_name"] or row["first_contact"] == before["first_contact"]
    return whole and row["contact"] == before["contact"] and again


def begins_again(claim: Claim, row: Mapping[str, Any]) -> None:
    """Who is who, Again: from won or lost back to an open stage begins a new round; earlier wins stay."""
    kind = kind_of(row["stage"])
    if kind == "open" and claim.kind != "open":
        claim.round += 1
    if kind == "won" and claim.kind != "won":
        claim.wins += 1


def lacks(claim: Claim) -> None:
    """What absence means: a receiver must have listed it once."""
    if claim.listed:
        claim.lacking += 1


def end_conflicts(team: Team) -> None:
    """Two claims: a conflict ends when a whole archive of one claimant lacks it; a lost claim is none."""
    alive = [claim for claim in team.claims.values() if claim.kind != "lost"]
    standing = {claim.cid for claim in alive if not claim.lacking}
    for claim in alive:
        if claim.lacking and claim.cid in standing:
            del team.claims[claim.rep, claim.cid]


def take_sheet(team: Team, rep: str, sheet: Mapping[str, Any]) -> None:
    """Tables and keys, 跟进记录 and 行动计划: a form that repeats one talk is a new edition, else joined."""
    cid = sheet["cid"]
    team.names[cid] = sheet["customer_name"]
    times = [talk["contact_time"] for talk in sheet["talks"]]
    new = {(rep, cid, talk["contact_time"], talk["method"]): talk["summary"] for talk in sheet["talks"]}
    if set(new) & set(team.talks):
        for key in [k for k in team.talks if k[:2] == (rep, cid) and min(times) <= k[2] <= max(times)]:
            if key not in new:
                del team.talks[key]
    team.talks.update(new)
    for action in sheet["actions"]:
        key = (cid, action["action"], action["due"])
        old = team.plans.get(key, {"progress": None, "closed": False})
        progress = action["progress"] or old["progress"]  # a blank one never beats a filled one
        team.plans[key] = {"cid": cid, "rep": rep, "progress": progress, "closed": old["closed"]}


def close_plans(team: Team) -> None:
    """Tables and keys, 行动计划: plans of lost customers close."""
    lost = {key for key, claim in team.claims.items() if claim.kind == "lost"}
    for plan in team.plans.values():
        if (plan["rep"], plan["cid"]) in lost:
            plan["closed"] = True


def counting(team: Team) -> dict[int, Claim]:
    """Who is who, Two claims: won before open before lost, else the larger amount; a tie: the earlier."""
    rank = {"won": 0, "open": 1, "lost": 2}
    best: dict[int, Claim] = {}
    for key in sorted(team.claims):
        claim = team.claims[key]
        order = (rank[claim.kind], -claim.row["expected_amount"], claim.since, claim.row["first_contact"])
        other = best.get(claim.cid)
        if other is None or order < (
            rank[other.kind], -other.row["expected_amount"], other.since, other.row["first_contact"],
        ):  # fmt: skip
            best[claim.cid] = claim
    return best
