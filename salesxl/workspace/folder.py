"""A team's folder: where things are in it, and laying out a new one. docs/design.md, A team's folder.

Owns the names of its files and folders and of a week (2026-W47). Refuses: what is in the files.
"""

from __future__ import annotations

import datetime as dt
import os
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from salesxl import drawing, parsing, schemas, settings
from salesxl.catalogue import BUILT_IN, Forms
from salesxl.errors import RefusedError, SettingsError, UsageError
from salesxl.files import publish
from salesxl.files.packaged import shipped
from salesxl.messages import Words
from salesxl.model import Finding
from salesxl.rulebook import Member, Rulebook
from salesxl.xlsx.read import grid

__all__ = [
    "TeamFolder",
    "changed_forms",
    "inbox_of",
    "lay_out",
    "own_forms",
    "quoted",
    "read_members",
    "refuse_inside",
    "settings_near",
    "team_above",
    "week_bounds",
    "week_name",
]

WEEK = re.compile(r"^(\d{4})-?W(\d{1,2})$", re.IGNORECASE)
SAID_WEEK = re.compile(
    r"^(?:(\d{4})\s*(?:[-/]?\s*W\s*|年\s*第?\s*))?(?:W|第)?\s*(\d{1,2})\s*周?$", re.IGNORECASE
)
"""A week as people say it: 2026-W47, 2026W47, 2026年第47周, W47, 第47周, 47."""


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
        return [path for path in self._weeks() if path.name < name]

    def later_weeks(self, name: str) -> list[Path]:
        """Return the folders of the weeks after one, oldest first."""
        return [path for path in self._weeks() if path.name > name]

    def _weeks(self) -> list[Path]:
        found = (path for path in self.root.iterdir() if path.is_dir() and WEEK.match(path.name))
        return sorted(found, key=lambda path: path.name)

    def rules(self) -> tuple[Rulebook, list[Finding]]:
        """Return the team's rules and what is wrong with its settings workbook.

        Raises:
            SettingsError: there is no settings workbook, or it leaves no rule to go by.
        """
        if not self.settings.is_file():
            raise self._astray()
        return settings.load(self.settings)

    def _astray(self) -> SettingsError:
        """Return the error for a folder that is no team's, with the one that was probably meant."""
        facts = {"root": self.root, "name": self.settings.name, "quoted": quoted(self.root)}
        if not self.root.exists():
            return SettingsError("no_such_folder", **facts)
        home = team_above(self.root, self.words)
        if home:
            return SettingsError("inbox_given", **facts | {"quoted": quoted(home)})
        inside = sorted(p.parent for p in self.root.glob(f"*/{self.settings.name}") if p.is_file())
        if len(inside) == 1:
            home = inside[0]
            return SettingsError("team_inside", **facts | {"found": home.name, "quoted": quoted(home)})
        if inside:
            return SettingsError("teams_inside", **facts | {"found": tuple(map(quoted, inside))})
        return SettingsError("no_settings", **facts)


def week_name(day: dt.date) -> str:
    """Return the ISO week that holds a day, as 2026-W47."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}"


ABOVE = 2
"""How far up from files that are checked their team's settings are looked for, as from 收件箱/一组."""


def quoted(path: Path) -> str:
    """Return a path as it is typed."""
    return f'"{path}"' if " " in str(path) else str(path)


def _short(path: Path) -> Path:
    """Return a path as seen from here, where it is below; else as it is."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


def team_above(path: Path, words: Words) -> Path | None:
    """Return the team's folder in which a file or folder lies, however deep; None for a team's own."""
    whole = _whole(path)
    if _is_team(whole, words):
        return None
    found = next((home for home in whole.parents if _is_team(home, words)), None)
    return found and _short(found)


def inbox_of(path: Path, words: Words) -> Path:
    """Return the inbox of a team whose folder is given; any other path as it is."""
    inbox = TeamFolder(path, words).inbox
    return inbox if inbox.is_dir() and _is_team(_whole(path), words) else path


def _is_team(whole: Path, words: Words) -> bool:
    """Say whether a folder is a team's; an inbox is none, though a settings workbook was put into it."""
    above = TeamFolder(whole.parent, words)
    stray = above.settings.is_file() and whole == above.inbox
    return TeamFolder(whole, words).settings.is_file() and not stray


def _whole(path: Path) -> Path:
    """Return a path from the root on, as it is written: a/../b is b, and links stay."""
    return Path(os.path.abspath(path))  # noqa: PTH100  Path.absolute keeps the dots


def settings_near(paths: Sequence[Path], words: Words) -> Path | None:
    """Return the settings of the team in whose folder all these files lie.

    They are looked for at most two folders up, from what is in the team's archive however far.
    """
    name = words.text("file.settings")
    found: set[Path] = set()
    for path in paths:
        whole = _whole(path)
        homes = [whole, *whole.parents][: ABOVE + 1] if whole.is_dir() else [*whole.parents[: ABOVE + 1]]
        homes += [home for home in whole.parents if whole.is_relative_to(TeamFolder(home, words).archive)]
        near = next((home / name for home in homes if (home / name).is_file()), None)
        if near is None:
            return None
        found.add(near)
    return _short(found.pop()) if len(found) == 1 else None


def week_bounds(name: str, near: dt.date | None = None) -> tuple[dt.date, dt.date]:
    """Return Monday and Sunday of a week given as 2026-W47, or without its year: then the nearest to a day.

    Raises:
        UsageError: there is no such week.
    """
    found = SAID_WEEK.match(unicodedata.normalize("NFKC", name).strip())
    if found:
        own = near.isocalendar().year if near else None
        years = [int(found[1])] if found[1] else [own - 1, own, own + 1] if own else []
        mondays = [monday for year in years if (monday := _monday(year, int(found[2])))]
        if mondays:
            day = near or mondays[0]
            monday = min(mondays, key=lambda monday: abs(monday + dt.timedelta(days=3) - day))
            return monday, monday + dt.timedelta(days=6)
    raise UsageError("no_week", name=name)


def _monday(year: int, week: int) -> dt.date | None:
    try:
        return dt.date.fromisocalendar(year, week, 1)
    except ValueError:
        return None


def read_members(path: Path) -> list[Member]:
    """Read a roster: a table with 姓名 and, if known, 团队, in any workbook or text table.

    Raises:
        UsageError: the file has no column of names, or cannot be read.
    """
    if not path.exists():
        raise UsageError("not_found", path=path)
    try:
        rows = grid.read(path, file=path.name).grids[0].rows
    except (RefusedError, OSError) as failed:
        raise UsageError("roster_unreadable", path=path, why=failed) from failed
    if not rows:
        raise UsageError("roster_empty", path=path)
    spec = schemas.block_spec("member")
    known = {parsing.normalise_label(word): c.field for c in spec.columns for word in (c.label, *c.aliases)}
    found = {known.get(parsing.normalise_label(str(v))): at for at, v in enumerate(rows[0]) if v is not None}
    if "name" not in found:
        raise UsageError("roster_no_names", path=path)
    people = []
    for row in rows[1:]:
        told = {f: parsing.name(row[at]).value for f, at in found.items() if f and at < len(row)}
        if told.get("name"):
            people.append(Member(str(told["name"]), told.get("team"), told.get("region")))
    return people


def changed_forms(folder: TeamFolder, forms: Forms = BUILT_IN) -> list[Path]:
    """Return the blank forms that are no longer as they were drawn: the team's own now, to be left alone."""
    found = (_form(folder, name) for name in drawing.form_names(forms))
    return [path for path in found if path.exists() and not drawing.as_drawn(path)]


def own_forms(folder: TeamFolder) -> dict[str, bytes]:
    """Return the blank forms that the team has changed, by the form's name."""
    changed = set(changed_forms(folder))
    paths = {name: _form(folder, name) for name in drawing.form_names()}
    return {name: path.read_bytes() for name, path in paths.items() if path in changed and path.is_file()}


def _form(folder: TeamFolder, name: str) -> Path:
    return folder.templates / f"{form_title(name, folder.words)}.xlsx"


def form_title(name: str, words: Words) -> str:
    """Return what a form is called: ours in the language of the words, a team's own as it is."""
    return words.names("form").get(name, name)


def refuse_inside(folder: TeamFolder) -> None:
    """Refuse to make a team's folder inside another one.

    Raises:
        UsageError: the folder lies in a team's folder.
    """
    home = team_above(folder.root, folder.words)
    if home:
        raise UsageError("init_inside", root=folder.root, found=home, quoted=quoted(home))


def lay_out(
    folder: TeamFolder,
    rulebook: Rulebook,
    members: Sequence[Member] = (),
    tell: Callable[[list[Finding]], object] | None = None,
) -> list[Path]:
    """Lay out a team's folder: settings, blank forms, inbox, report templates. Returns what was made.

    ``tell`` is given what is wrong with settings that were there before.

    An existing settings workbook is kept, since it is the team's; blank forms are drawn anew from it, but for
    those that the team has changed (``changed_forms``).

    Raises:
        SettingsError: the existing settings workbook leaves no rule to go by.
        UsageError: the folder lies in a team's folder.
    """
    refuse_inside(folder)
    made: list[Path] = []
    if folder.settings.is_file():
        rules, remarks = settings.load(folder.settings)
        if tell:
            tell(remarks)
    else:
        rules = replace(rulebook, members=tuple(members), has_roster=True)
        made.append(folder.settings)
        with publish.new_file(folder.settings) as draft:
            draft.write_bytes(drawing.settings_workbook(rules))
    folder.inbox.mkdir(parents=True, exist_ok=True)
    made.append(folder.inbox)
    changed = changed_forms(folder, rules.forms)
    for name in drawing.form_names(rules.forms):
        path = _form(folder, name)
        if path not in changed:
            with publish.new_file(path) as draft:
                draft.write_bytes(drawing.sealed(drawing.blank_form(name, rules)))
            made.append(path)
    for key in ("book", "summary"):
        path = folder.reports / folder.words.text(f"file.{key}")
        if not path.exists():
            with publish.new_file(path) as draft:
                draft.write_bytes(shipped(path.name))
            made.append(path)
    return made
