"""提交情况 over the weeks: every file ever taken, by its digest. docs/domain.md 4.2.

Owns which files came in when, and which need not be read again. Refuses: reading them.
"""

from __future__ import annotations

import datetime as dt

import pandas as pd

__all__ = ["TAKEN", "known_files", "taken_before", "with_earlier"]

TAKEN = frozenset({"accepted", "superseded"})
"""What became of a form of which nothing is left to be read."""


def taken_before(files: pd.DataFrame) -> dict[str, dt.date]:
    """Return by digest the Monday of the week in which a file first came in."""
    told = files[["digest", "taken"]].dropna().sort_values("taken", kind="stable").drop_duplicates("digest")
    return {str(digest): week.date() for digest, week in told.itertuples(index=False, name=None)}


def known_files(files: pd.DataFrame, rules: str) -> tuple[frozenset[str], frozenset[str]]:
    """Return the digests of files that earlier weeks took whole, and of those with something still open.

    ``rules`` tells under what files are read now. One that is still open is known only if it was read under
    the same: other settings, or another version of the program, may take what was sent back.
    """
    told = files[["digest", "status", "rules"]].dropna(subset=["digest"])
    done = told["status"].isin(list(TAKEN)).groupby(told["digest"]).all()
    same = (told["rules"] == rules).fillna(False).astype(bool).groupby(told["digest"]).all()
    return frozenset(done.index[done]), frozenset(done.index[~done & same])


def with_earlier(before: pd.DataFrame, now: pd.DataFrame, monday: pd.Timestamp) -> pd.DataFrame:
    """Return what became of every file: those of this run behind those of earlier weeks that it did not read.

    A file that was taken before keeps its week.
    """
    since = taken_before(before)
    weeks = [pd.Timestamp(since.get(digest, monday)) for digest in now["digest"].tolist()]
    kept = before[before["source_file"].notna() & ~before["digest"].isin(now["digest"].dropna())]
    kept = kept[(kept["taken"] != monday).fillna(True).astype(bool)]
    return pd.concat(
        [kept, now.assign(taken=pd.array(weeks, dtype="datetime64[us]"))], ignore_index=True
    ).astype(now.dtypes.to_dict())
