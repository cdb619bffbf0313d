"""Which of several forms is newer, as their workbooks say. docs/domain.md 4.2.

Owns the order within a week, which stamps are not believed, and which archives are older than an earlier
week's. Refuses: what a newer form does to an older.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from salesxl.files.naming import natural
from salesxl.model import Submission

__all__ = ["AHEAD", "BACK", "Ages", "ages_of", "outdated", "stamps_by_digest"]

AHEAD, BACK = "ahead", "back"
"""Why a stamp is not believed: it lies after the run, or before the file that its own was made from."""


@dataclass(frozen=True, slots=True)
class Ages:
    """How old each form is: what ranks it, the oldest least, and whose stamp is not believed and why."""

    rank: Sequence[tuple[str, bool, object, int]]
    doubted: Mapping[int, str]


def stamps_by_digest(files: pd.DataFrame | None) -> dict[str, str]:
    """Return the stamps of the files that earlier weeks took, by their digests."""
    if files is None:
        return {}
    told = files[["digest", "stamp"]].dropna()
    return dict(zip(told["digest"].astype(str), told["stamp"].astype(str), strict=True))


def ages_of(
    forms: Sequence[Submission],
    whose: Sequence[str | None],
    last_day: dt.date,
    stamps: Mapping[str, str] | None = None,
) -> Ages:
    """Rank forms by what the workbooks say of their last change, since a mended file may bear any name.

    Then a copy that was returned with marks comes after one that never was; then names count in natural order
    (周报.xlsx < 周报(2).xlsx). A file without a stamp, or whose stamp is not believed, keeps its place right
    behind its rep's file before it by name. Not believed is one earlier than that of the file it was made
    from (``stamps`` are those of earlier weeks, by digest), and one after ``last_day`` beside one that is
    not: where all are, the day of the run is long past.
    """
    known = dict(stamps or {}) | {one.digest: one.modified for one in forms if one.digest and one.modified}
    groups: dict[tuple[str, str | None], list[int]] = {}
    for number, one in enumerate(forms):
        groups.setdefault((one.form, whose[number]), []).append(number)
    found = [""] * len(forms)
    doubted: dict[int, str] = {}
    for numbers in groups.values():
        told = {number: forms[number].modified or "" for number in numbers}
        late = {n for n, stamp in told.items() if stamp[:10] > last_day.isoformat()}
        for number in numbers:
            made_from = known.get(forms[number].original or "", "")
            if number in late and any(told[other] and other not in late for other in numbers):
                doubted[number] = AHEAD
            elif told[number] and told[number] < made_from:
                doubted[number] = BACK
        last = ""
        for number in sorted(numbers, key=lambda n: (natural(forms[n].file), n)):
            stamp = "" if number in doubted else told[number]
            found[number] = stamp or last
            last = max(last, stamp)
    rank = [(found[n], one.marked, natural(one.file), n) for n, one in enumerate(forms)]
    return Ages(rank, doubted)


def outdated(
    forms: Sequence[Submission],
    whose: Sequence[str | None],
    heads: pd.DataFrame,
    files: pd.DataFrame | None,
) -> dict[int, str]:
    """Return the archives that are older than one that an earlier week took of the rep, with that one's name.

    Older only where two signs agree: the stamp and 填表日期 (``heads``: submission, filled_on); ``files`` are
    those of earlier weeks. What we had filled in ourselves is never old: on it only what was changed counts.
    """
    if files is None or files.empty:
        return {}
    took = files[files["status"].isin(["accepted", "partly"]) & (files["form"] == "customer_archive")]
    took = took.dropna(subset=["rep", "week_end", "stamp"])
    before: dict[str, list[tuple[pd.Timestamp, str, str, str]]] = {}
    columns = (took[name].tolist() for name in ("rep", "week_end", "stamp", "digest", "source_file"))
    for rep, day, stamp, digest, name in zip(*columns, strict=True):
        before.setdefault(rep, []).append((day, stamp, str(digest), name))
    found: dict[int, str] = {}
    told = heads[["submission", "filled_on"]].dropna()
    for number, day in told.itertuples(index=False, name=None):
        form = forms[number]
        if form.handed or not form.modified:
            continue
        newer = [
            (other, name)
            for other, stamp, digest, name in before.get(whose[number] or "", ())
            if day < other and form.modified < stamp and form.digest != digest
        ]
        if newer:
            found[int(number)] = max(newer)[1]
    return found
