"""Frames → plain values for templates and JSON, and the two ways a figure is put into a sentence.

Owns blank as None, days without a time as dates, and the one rounding: half up, as a spreadsheet shows it.
Refuses: meaning.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import numpy as np
import pandas as pd

from salesxl import parsing
from salesxl.model import TableName, Team
from salesxl.rulebook import Member, Rulebook
from salesxl.rules.money import addable, fen, yuan
from salesxl.rules.periods import month_of_week

__all__ = [
    "Person",
    "counts",
    "handed_in_now",
    "in_order",
    "most_pressing",
    "people",
    "percent",
    "plain",
    "rows",
    "stage_ranks",
    "sums",
    "teams_of",
    "true",
    "wan",
]


def rows(frame: pd.DataFrame, columns: Iterable[str]) -> list[dict[str, Any]]:
    """Return a frame as a list of records with plain values; a column it does not have is blank."""
    names = list(columns)
    lists = [_values(frame[n]) if n in frame else [None] * len(frame) for n in names]
    return [dict(zip(names, values, strict=True)) for values in zip(*lists, strict=True)]


def _values(column: pd.Series) -> list[Any]:
    """Return a column as ``plain`` would, a column at a time: lists run to tens of thousands of rows."""
    values: list[Any]
    if pd.api.types.is_datetime64_any_dtype(column):
        moments = column.to_numpy("datetime64[us]")
        days = moments.astype("datetime64[D]")
        once: dict[Any, Any] = {}  # a long list has the same few days, each of them one object
        values = [once.setdefault(day, day) for day in days.tolist()]  # NaT becomes None
        timed = np.flatnonzero((days != moments) & ~np.isnat(moments))
        for at, moment in zip(timed.tolist(), moments[timed].tolist(), strict=True):
            values[at] = moment
        return values
    if not pd.api.types.is_extension_array_dtype(column.dtype):
        return [plain(v) for v in column.tolist()]
    values = column.to_numpy(object, na_value=None).tolist()
    return values


def plain(value: Any) -> Any:
    """Return one value as plain Python: missing is None, midnight is a date."""
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    if isinstance(value, float) and value != value:  # noqa: PLR0124 - not a number
        return None
    if isinstance(value, pd.Timestamp):
        value = value.to_pydatetime()
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date()
    if isinstance(value, Decimal):
        return float(value)
    return value.item() if hasattr(value, "item") else value


def true(mask: pd.Series) -> pd.Series:
    """Return a mask in which missing counts as no."""
    return mask.fillna(False).astype(bool)


def counts(frame: pd.DataFrame, *keys: str) -> dict[Any, int]:
    """Return how many rows there are by key, or by tuple of keys; rows without a key are left out."""
    return {key: int(n) for key, n in frame.groupby(list(keys) if len(keys) > 1 else keys[0]).size().items()}


def sums(frame: pd.DataFrame, amount: str, *keys: str) -> dict[Any, float]:
    """Return Σ amount in 元 by key, or by tuple of keys; a key without a known amount is left out."""
    known = frame[frame[amount].notna()]
    whole = pd.Series(addable(fen(known[amount])), index=known.index)
    by = [known[key] for key in keys] if len(keys) > 1 else known[keys[0]]
    return {key: yuan(n) for key, n in whole.groupby(by).sum().items()}


def percent(share: float | None) -> str:
    """Write a share as per cent with one decimal as the pages show it, half up; blank for None.

    Only what is all of it is 100 %, and only what is nothing 0 %.
    """
    if share is None:
        return ""
    exact = Decimal(repr(share))
    shown = _half_up(exact * 100, 1)
    if exact < 1 <= shown / 100:
        shown = Decimal("99.9")
    elif exact > 0 == shown:
        shown = Decimal("0.1")
    return f"{shown}".removesuffix(".0") + "%"


def wan(amount: float | None, digits: int = 1) -> str:
    """Write 元 in units of 10,000 with thousands separated, half up; blank for None.

    An amount too small for that is written to the fen: only nothing is 0.
    """
    if amount is None:
        return ""
    exact = Decimal(repr(float(amount))) / 10_000
    shown = _half_up(exact, digits)
    text = f"{shown if shown or not exact else _half_up(exact, _FEN):,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


_FEN = 6
"""Digits of a unit of 10,000 元 down to the fen."""


def _half_up(number: Decimal, digits: int) -> Decimal:
    return number.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Person:
    """A rep; ``name`` as the tables have it, ``on_roster`` False for a name that the settings lack.

    ``region`` and ``product_line`` are known of members alone. ``gone`` says that the person has left: after
    the day ``left``, or is no longer on the roster; sums keep what was sold, and nothing more is asked.
    """

    name: str
    team: str | None
    on_roster: bool
    region: str | None = None
    product_line: str | None = None
    left: dt.date | None = None
    gone: bool = False

    @property
    def until(self) -> dt.date | None:
        """The last day on which anything was asked of the person; long ago where only its end is known."""
        return dt.date.min if self.gone and self.left is None else self.left


def people(team: Team, rulebook: Rulebook) -> tuple[Person, ...]:
    """Return all reps: members on the team in the week in roster order, then others by name.

    Others are those who have customers, handed something in this week, or reported a week of the year: who
    sold and left is in every sum. Without a roster everybody is another, by name.
    """
    start, end = team.week
    found: dict[str, Person] = {}
    known = {str(parsing.name(m.name).value): m for m in reversed(rulebook.members)}
    for name in dict.fromkeys(str(parsing.name(m.name).value) for m in rulebook.members):
        member = known[name]
        if (member.joined is None or member.joined <= end) and (member.left is None or member.left >= start):
            found[name] = _member(name, member, rulebook, team.as_of)
    said = _teams_said(team)
    handed_in = set(team.tables["submission"]["rep"].dropna())
    others = {str(rep) for table in team.tables for rep in _named_now(team, table)}
    for name in sorted(others - set(found)):
        gone = rulebook.has_roster and name not in handed_in
        found[name] = (
            _member(name, known[name], rulebook, team.as_of, said.get(name))
            if name in known
            else Person(name, said.get(name), on_roster=False, gone=gone)
        )
    return tuple(found.values())


def _member(name: str, member: Member, rulebook: Rulebook, as_of: dt.date, said: str | None = None) -> Person:
    gone = member.left is not None and member.left < as_of
    place = (member.region, member.product_line)
    return Person(name, member.team or said, rulebook.has_roster, *place, left=member.left, gone=gone)


def _named_now(team: Team, name: TableName) -> Iterable[str]:
    """Return the reps in a table's rows of this week, and in reports of the year so far.

    Who stands only in what earlier weeks tell (changes, numbers, deals, talks) is no rep of this one.
    """
    table = team.tables[name]
    if "rep" not in table or name in ("change", "number", "deal"):
        return ()
    if name == "submission":
        table = handed_in_now(team)
    elif name == "weekly_report":
        year = month_of_week(team.week[0])[0]
        weeks = [None if pd.isna(day) else month_of_week(day.date())[0] for day in table["week_start"]]
        table = table[np.array([week in (None, year) for week in weeks], dtype=bool)]
    elif name != "customer" and "carried" in table:
        table = table[table["carried"].isna()]
    found: Iterable[str] = table["rep"].dropna().unique()
    return found


def handed_in_now(team: Team) -> pd.DataFrame:
    """Return what became of the files of this week; the table has those of all weeks."""
    files = team.tables["submission"]
    return files[true(files["taken"].isna() | (files["taken"] == pd.Timestamp(team.week[0])))]


def teams_of(persons: tuple[Person, ...], scope: str = "team") -> tuple[str, ...]:
    """Return the teams (or regions, product lines) in the order in which their members stand."""
    return tuple(dict.fromkeys(name for p in persons if (name := getattr(p, scope))))


def _teams_said(team: Team) -> Mapping[str, str]:
    """Return the team that stands on each rep's own forms, for reps that no roster knows."""
    said = team.tables["submission"][["rep", "team"]].dropna().drop_duplicates("rep")
    return {str(rep): str(name) for rep, name in zip(said["rep"], said["team"], strict=True)}


def most_pressing(frame: pd.DataFrame, rulebook: Rulebook, days: str = "days") -> pd.DataFrame:
    """Return customers in the order in which a manager calls them. docs/domain.md 3.6.

    By grade, the highest first; then by stage, the nearest to signing first; by expected amount; and then by
    ``days``: a lead silent for 200 days does not hide a key customer that slipped by 14.
    """
    grades = {grade.name: at for at, grade in enumerate(rulebook.grades)}
    stages = stage_ranks(rulebook)
    ranks = {"rank_grade": _rank(frame["grade"], grades), "rank_stage": _rank(frame["stage"], stages)}
    columns = [*ranks, "expected_amount", days, "rep", "customer_name"]
    ordered = in_order(frame.assign(**ranks), columns, descending=("expected_amount", days))
    return ordered.drop(columns=list(ranks))


def stage_ranks(rulebook: Rulebook) -> Mapping[str, int]:
    """Return the rank of each stage: open ones from the last on backwards, then won ones, then the rest."""
    opens = [stage.name for stage in rulebook.stages if stage.kind == "open"]
    others = [stage.name for stage in rulebook.stages if stage.kind != "open"]
    return {name: at for at, name in enumerate([*reversed(opens), *others])}


def _rank(column: pd.Series, ranks: Mapping[str, int]) -> pd.Series:
    numbers = [ranks.get(name) if isinstance(name, str) else None for name in column.tolist()]
    return pd.Series(pd.array(numbers, dtype="Int64"), index=column.index)


def in_order(frame: pd.DataFrame, columns: Sequence[str], descending: Collection[str] = ()) -> pd.DataFrame:
    """Return a frame's rows by these columns, blanks last; rows that are alike in all keep their order.

    As ``sort_values`` would, but a column is looked at only where rows are still alike in those before it:
    names, the slowest to compare, decide last and so hardly ever.
    """
    place = np.zeros(len(frame), dtype="int64")  # where a row goes, or where those alike it begin
    for column in columns:
        alike = np.flatnonzero(np.bincount(place)[place] > 1) if len(frame) else place
        if not len(alike):
            break
        ranks = _ranks(frame[column].iloc[alike], falling=column in descending)
        order = np.lexsort((ranks, place[alike]))
        alike, ranks = alike[order], ranks[order]
        begin, number = place[alike], np.arange(len(alike))
        starts = np.append(True, begin[1:] != begin[:-1])
        differs = starts | np.append(True, ranks[1:] != ranks[:-1])
        before = np.maximum.accumulate(number * differs) - np.maximum.accumulate(number * starts)
        place[alike] = begin + before
    return frame.iloc[np.argsort(place, kind="stable")]


def _ranks(column: pd.Series, *, falling: bool) -> np.ndarray:
    """Return numbers in the order of a column's values, the highest for blanks."""
    if pd.api.types.is_datetime64_any_dtype(column):
        numbers = column.to_numpy("datetime64[us]").astype("int64").astype("float64")
        numbers[column.isna().to_numpy()] = np.nan
    elif pd.api.types.is_numeric_dtype(column):
        numbers = column.to_numpy("float64", na_value=np.nan)
    else:
        texts = column.to_numpy(object, na_value=None).tolist()
        known = {text: at for at, text in enumerate(sorted({*texts} - {None}, reverse=falling))}
        known[None] = len(known)
        return np.array([known[text] for text in texts], dtype="float64")
    ranks: np.ndarray = np.nan_to_num(-numbers if falling else numbers, nan=np.inf)
    return ranks
