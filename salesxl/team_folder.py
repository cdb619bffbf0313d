"""A team's folder: where things are in it, and laying out a new one. docs/design.md, A team's folder.

Owns the names of its files and folders and of a week (2026-W47). Refuses: what is in the files.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from salesxl import forms, publish, schemas, settings, tidy
from salesxl.errors import Refused, SettingsError, UsageError
from salesxl.excel import grid
from salesxl.model import Finding, Member, Rulebook
from salesxl.shipped import shipped
from salesxl.words import Words

__all__ = ["TeamFolder", "changed_forms", "lay_out", "read_members", "week_bounds", "week_name"]

WEEK = re.compile(r"^(\d{4})-?W(\d{1,2})$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class TeamFolder:
    """The places in a team's folder, by the words of its language."""

    root: Path
    words: Words

    def _at(self, name: str) -> Path:
        return self.root / self.words.text(f"file.{name}")

    @property
    def settings(self) -> Path:
        """The settings workbook."""
        return self._at("settings")

    @property
    def inbox(self) -> Path:
        """Where this week's files are put."""
        return self._at("inbox")

    @property
    def templates(self) -> Path:
        """Blank forms to hand out."""
        return self._at("templates")

    @property
    def reports(self) -> Path:
        """The team's own templates of its book and summary."""
        return self.templates / self.words.text("file.reports")

    @property
    def archive(self) -> Path:
        """Originals as they came."""
        return self._at("archive")

    @property
    def kept(self) -> Path:
        """What makes the next run faster; it may be deleted at any time."""
        return self.root / ".salesxl"

    def week(self, name: str) -> Path:
        """Return what a Friday run makes for a week."""
        return self.root / name

    def earlier_weeks(self, name: str) -> list[Path]:
        """Return the folders of the weeks before one, oldest first."""
        found = [p for p in self.root.iterdir() if p.is_dir() and WEEK.match(p.name) and p.name < name]
        return sorted(found, key=lambda p: p.name)

    def rules(self) -> tuple[Rulebook, list[Finding]]:
        """Return the team's rules and what is wrong with its settings workbook.

        Raises:
            SettingsError: there is no settings workbook, or it leaves no rule to go by.
        """
        if not self.settings.is_file():
            name = self.settings.name
            raise SettingsError(f"{self.root} 里没有 {name}。请先运行：salesxl init {self.root}")
        return settings.load(self.settings)


def week_name(day: dt.date) -> str:
    """Return the ISO week that holds a day, as 2026-W47."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}"


def week_bounds(name: str) -> tuple[dt.date, dt.date]:
    """Return Monday and Sunday of a week given as 2026-W47.

    Raises:
        UsageError: there is no such week.
    """
    found = WEEK.match(name.strip())
    if found:
        try:
            monday = dt.date.fromisocalendar(int(found[1]), int(found[2]), 1)
        except ValueError:
            found = None
        else:
            return monday, monday + dt.timedelta(days=6)
    raise UsageError(f"“{name}” 不是周次。请写成 2026-W47 的样子。")


def read_members(path: Path) -> list[Member]:
    """Read a roster: a table with 姓名 and, if known, 团队, in any workbook or text table.

    Raises:
        UsageError: the file has no column of names, or cannot be read.
    """
    try:
        rows = grid.read(path, file=path.name).grids[0].rows
    except (Refused, OSError) as failed:
        raise UsageError(f"{path} 无法读取。请用 .xlsx、.csv 或 .tsv，第一行写 姓名 和 团队。") from failed
    if not rows:
        raise UsageError(f"{path} 是空的。请在第一行写 姓名 和 团队。")
    spec = schemas.block_spec("member")
    known = {tidy.normalise_label(word): c.field for c in spec.columns for word in (c.label, *c.aliases)}
    found = {known.get(tidy.normalise_label(str(v))): at for at, v in enumerate(rows[0]) if v is not None}
    if "name" not in found:
        raise UsageError(f"{path} 的第一行没有「姓名」。请在第一行写 姓名 和 团队。")
    people = []
    for row in rows[1:]:
        told = {f: tidy.name(row[at]).value for f, at in found.items() if f and at < len(row)}
        if told.get("name"):
            people.append(Member(str(told["name"]), told.get("team"), told.get("region")))
    return people


def changed_forms(folder: TeamFolder) -> list[Path]:
    """Return the blank forms that are no longer as they were drawn: the team's own now, to be left alone."""
    found = (_form(folder, name) for name in forms.form_names())
    return [path for path in found if path.exists() and not forms.as_drawn(path)]


def _form(folder: TeamFolder, name: str) -> Path:
    return folder.templates / f"{folder.words.name('form', name)}.xlsx"


def lay_out(folder: TeamFolder, rulebook: Rulebook, members: Sequence[Member] = ()) -> list[Path]:
    """Lay out a team's folder: settings, blank forms, inbox, report templates. Returns what was made.

    An existing settings workbook is kept, since it is the team's; blank forms are drawn anew from it, but for
    those that the team has changed (``changed_forms``).

    Raises:
        SettingsError: the existing settings workbook leaves no rule to go by.
    """
    made: list[Path] = []
    if folder.settings.is_file():
        rules, _ = settings.load(folder.settings)
    else:
        rules = replace(rulebook, members=tuple(members), has_roster=True)
        made.append(folder.settings)
        with publish.new_file(folder.settings) as draft:
            draft.write_bytes(forms.settings_workbook(rules))
    folder.inbox.mkdir(parents=True, exist_ok=True)
    made.append(folder.inbox)
    changed = changed_forms(folder)
    for name in forms.form_names():
        path = _form(folder, name)
        if path not in changed:
            with publish.new_file(path) as draft:
                draft.write_bytes(forms.sealed(forms.blank_form(name, rules)))
            made.append(path)
    for key in ("book", "summary"):
        path = folder.reports / folder.words.text(f"file.{key}")
        if not path.exists():
            with publish.new_file(path) as draft:
                draft.write_bytes(shipped(path.name))
            made.append(path)
    return made
