"""客户档案 of the state: each rep's claim on a customer, the newest of what forms say. docs/domain.md 4.2.

Owns joining a week's rows to the state's: who they are, whose, and what they clear. Refuses: numbers, grades.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from salesxl import schemas
from salesxl.rulebook import Rulebook
from salesxl.rules import ownership
from salesxl.rules.identity import SEPARATOR, customer_keys
from salesxl.rules.people import team_of
from salesxl.state import absence, claims
from salesxl.state.changes import GONE
from salesxl.state.identity import believed_numbers, known, known_by, recognised
from salesxl.state.incoming import Incoming
from salesxl.state.overlay import known_already, overlaid

__all__ = ["Joined", "joined"]

NEVER_BLANK = frozenset(
    {c.field for c in schemas.block_spec("customer").columns if c.required}
    | {"customer_no", "grade", "last_contact", "team", "rep"}
)
"""Fields of a customer that a blank on a newer form does not clear."""


@dataclass(frozen=True, slots=True)
class Joined:
    """The customers of a state, by whom they were known before, and what was seen on the way.

    ``who`` tells each row's customer for this week: its number before, else its compared name. ``renamed``
    are the present names by former compared name, ``causes`` why rows are as they are (``changes``).
    ``lacked`` says whom a whole archive of the week lacks, ``whole`` are the reps of such archives.
    ``listed`` are the rows on archives that count, with ``who`` and whether each is ``held`` back.
    """

    customers: pd.DataFrame
    who: pd.Series
    renamed: Mapping[str, str]
    causes: Mapping[tuple[str, str, str], str]
    lacked: pd.Series
    whole: frozenset[str]
    listed: pd.DataFrame


def joined(
    before: pd.DataFrame,
    rows: pd.DataFrame,
    listed: pd.DataFrame,
    come: Incoming,
    moves: pd.DataFrame,
    week: tuple[pd.Timestamp, pd.Timestamp],
    rulebook: Rulebook,
) -> Joined:
    """Return the customers after a week.

    ``rows`` are those accepted, as their reps wrote them; ``listed`` all that stand on archives that count,
    held back ones too. ``moves`` are the handovers in force by the end of the ``week``.
    """
    monday, _ = week
    causes: dict[tuple[str, str, str], str] = {}
    state = _handed_over(before, moves, causes)
    index = known(state)
    here = listed.assign(who=recognised(listed, index, ()))
    whole = absence.whole_archives(state, here, come, monday, rulebook)
    rows = rows.assign(who=recognised(rows, index, whole))
    rows = rows.assign(customer_no=believed_numbers(rows, index))
    rows = _to_receivers(rows, state, moves, come, rulebook)
    who = known_by(state)
    keys = list(zip(who.tolist(), state["rep"].tolist(), strict=True))
    rows = rows[~_stale(rows, keys, state, come)].reset_index(drop=True)
    row_keys = _row_keys(rows)
    numbers, ages = rows["submission"], _ages(rows, come)
    after = overlaid(
        state,
        keys,
        rows.drop(columns="who"),
        row_keys,
        ages,
        come.week.reindex(numbers).reset_index(drop=True),
        partial(_applies, rows=rows, come=come, fresh=~known_already(row_keys, keys)),
        NEVER_BLANK,
    )
    known_now = pd.concat([who, _first_of(rows["who"], row_keys, keys)], ignore_index=True)
    renamed = _renamed(state, after, known_now, causes)
    teams = team_of(rulebook)
    borne = state["customer_no"].reindex(after.index)  # a number once given stands
    after = after.assign(
        customer_no=borne.fillna(after["customer_no"]),
        team=after["rep"].map(teams).astype("string").fillna(after["team"]),
        former_names=_former(state, after),
        round=claims.rounds(state, after, rulebook),
    )
    back = here.merge(rows[["submission", "row"]], on=["submission", "row"], how="left", indicator=True)
    given = ownership.owners(customer_keys(here["customer_name"]), here["rep"], moves)["owner"]
    told = here.assign(held=~here["accepted"].astype(bool) & given.reindex(here.index).isna())
    fresh = ~_stale(here, keys, state, come)
    out = here[(back["_merge"] == "left_only").to_numpy() & fresh][["who", "rep"]].dropna()
    held = set(zip(out["who"].tolist(), out["rep"].tolist(), strict=True))
    made_from = absence.listed_from(here, come)
    absent = absence.after_absence(after, known_now, set(row_keys), held, whole, monday, rulebook, made_from)
    lacked = (absent["absences"] > after["absences"].fillna(0)).astype(bool)
    over = claims.over(absent, known_now, rulebook)
    causes |= {("customer", one, GONE): "given_up" for one in known_now[over].tolist()}
    causes |= {("customer", one, "carried"): "absence" for one in known_now[lacked & ~over].dropna().tolist()}
    absent, known_now, lacked = (part[~over].reset_index(drop=True) for part in (absent, known_now, lacked))
    return Joined(absent, known_now, renamed, causes, lacked, whole, told[fresh])


def _handed_over(
    before: pd.DataFrame, moves: pd.DataFrame, causes: dict[tuple[str, str, str], str]
) -> pd.DataFrame:
    """Return the customers of before with those that changed hands under their receivers.

    Where the receiver has a row of his own, that one stands and the giver's goes.
    """
    found = ownership.owners(customer_keys(before["customer_name"]), before["rep"], moves)["owner"]
    owner = found.reindex(before.index)
    given = owner.notna()
    if not given.any():
        return before
    who = known_by(before)
    for one in who[given.astype(bool)].tolist():
        causes["customer", one, ""] = "handover"
        causes["customer", one, "rep"] = "handover"
    after = before.assign(
        original_rep=before["original_rep"].mask(given & before["original_rep"].isna(), before["rep"]),
        rep=owner.fillna(before["rep"]),
    )
    own = set(zip(who[~given], before["rep"][~given], strict=True))
    has = [pair in own for pair in zip(who, after["rep"], strict=True)]
    twice = given & pd.Series(np.array(has, dtype=bool), index=before.index)
    again = given & after.assign(who=who).duplicated(["who", "rep"]) & who.notna()
    return after[~(twice | again).astype(bool)].reset_index(drop=True)


def _to_receivers(
    rows: pd.DataFrame,
    state: pd.DataFrame,
    moves: pd.DataFrame,
    come: Incoming,
    rulebook: Rulebook,
) -> pd.DataFrame:
    """Give the rows of handed-over customers to their receivers, or pass over them.

    From the week after the handover on, what the giver still lists says nothing where the state has the
    customer. In its own week the archives were filled in side by side: the giver's row goes under the
    receiver's own.
    """
    found = ownership.owners(customer_keys(rows["customer_name"]), rows["rep"], moves)
    owner, day = (found[name].reindex(rows.index) for name in ("owner", "day"))
    given = owner.notna()
    teams = team_of(rulebook)
    after = rows.assign(
        original_rep=rows["rep"].where(given),
        rep=owner.fillna(rows["rep"]),
        team=rows["team"].where(~given, owner.map(teams).astype("string")),
    )
    if not given.any():
        return after
    known_pairs = set(zip(known_by(state).tolist(), state["rep"].tolist(), strict=True))
    has = [pair in known_pairs for pair in zip(after["who"], after["rep"], strict=True)]
    there = pd.Series(np.array(has, dtype=bool), index=rows.index)
    weeks = come.week.reindex(rows["submission"]).to_numpy()
    late = given & (day < pd.Series(weeks, index=rows.index)).fillna(False)
    return after[~(late & there).astype(bool)]


def _stale(
    rows: pd.DataFrame, keys: Collection[tuple[str, str]], state: pd.DataFrame, come: Incoming
) -> np.ndarray:
    """Say which rows are of files that came in before what the state has of them."""
    since = dict(zip(keys, state["last_week"].to_numpy(dtype="datetime64[us]"), strict=True))
    weeks = come.week.reindex(rows["submission"]).to_numpy(dtype="datetime64[us]")
    pairs = zip(rows["who"].tolist(), rows["rep"].tolist(), strict=True)
    never = np.datetime64("NaT")
    return np.array(
        [bool(since.get(pair, never) > week) for pair, week in zip(pairs, weeks, strict=True)], dtype=bool
    )


def _row_keys(rows: pd.DataFrame) -> list[tuple[object, ...]]:
    """Return what tells each row; one without a name, or taken in although it stands twice, stands alone."""
    twice = rows["codes"].fillna("").str.contains("duplicate").tolist()
    pairs = zip(rows["who"].tolist(), rows["rep"].tolist(), twice, strict=True)
    return [
        ("", at, "") if who is pd.NA or double else (who, rep) for at, (who, rep, double) in enumerate(pairs)
    ]


def _ages(rows: pd.DataFrame, come: Incoming) -> np.ndarray:
    """Rank the rows: by their forms' age, but what comes by handover goes below."""
    ages = come.ages(rows["submission"])
    return ages - np.where(rows["original_rep"].notna(), len(come.age), 0)


def _applies(name: str, rows: pd.DataFrame, come: Incoming, fresh: np.ndarray) -> np.ndarray:
    """Say on which rows a field counts: where it stands on the form, or is known without it.

    What stands as it was handed out says nothing, but of a customer that the state does not know.
    """
    says: np.ndarray = fresh | come.says("customer", name, rows)
    if name not in _OF_FORM:
        return says
    known: np.ndarray = rows[name].notna().to_numpy(dtype=bool)
    both: np.ndarray = says & (known | come.applies("customer", name, rows["submission"]))
    return both


_OF_FORM = frozenset(c.field for c in schemas.block_spec("customer").columns)


def _first_of(
    who: pd.Series, row_keys: Collection[tuple[object, ...]], keys: Collection[object]
) -> pd.Series:
    """Return who the rows behind those of the state are about."""
    seen, found = set(keys), []
    for one, key in zip(who.tolist(), row_keys, strict=True):
        if key not in seen:
            seen.add(key)
            found.append(None if one is pd.NA else one)
    return pd.Series(pd.array(found, dtype="string"))


def _renamed(
    state: pd.DataFrame, after: pd.DataFrame, who: pd.Series, causes: dict[tuple[str, str, str], str]
) -> dict[str, str]:
    """Return present names by the compared names they had."""
    old, new = state["customer_name"], after["customer_name"].iloc[: len(state)]
    differs = (customer_keys(old) != customer_keys(new)).fillna(False).astype(bool)
    for one in who.iloc[: len(state)][differs.to_numpy()].tolist():
        causes["customer", one, "customer_name"] = "rename"
    return dict(zip(customer_keys(old[differs]).tolist(), new[differs].tolist(), strict=True))


def _former(state: pd.DataFrame, after: pd.DataFrame) -> pd.Series:
    """Return the former names of each customer, the last of them added."""
    former = after["former_names"].astype(object).where(after["former_names"].notna(), None).tolist()
    names = zip(state["customer_name"].tolist(), after["customer_name"].tolist()[: len(state)], strict=True)
    for at, (old, new) in enumerate(names):
        if old is not pd.NA and new is not pd.NA and old != new:
            told = former[at].split(SEPARATOR) if former[at] else []
            former[at] = SEPARATOR.join(dict.fromkeys([*told, old]))
    return pd.Series(pd.array(former, dtype="string"), index=after.index)
