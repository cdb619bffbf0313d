"""Where the teams of a company are: their folders, a week's book and settings in each, and its summary.

Owns which folders are teams, what they are called, and why a team's week cannot be had. Refuses: what is in a
book; no team's folder is ever written to.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from salesxl.errors import UsageError
from salesxl.files import links
from salesxl.files.naming import natural
from salesxl.messages import Words
from salesxl.rulebook import Rulebook
from salesxl.settings import default_rulebook, load
from salesxl.workspace import runs
from salesxl.workspace.folder import WEEK, TeamFolder, quoted, team_above

__all__ = ["CompanyFolder", "TeamSource", "links_of", "rules_of", "sources"]


@dataclass(frozen=True, slots=True)
class CompanyFolder:
    """The places in a company's folder, by the words of its language."""

    root: Path
    words: Words

    def _at(self, name: str) -> Path:
        return self.root / self.words.text(f"file.{name}")

    @property
    def settings(self) -> Path:
        """The company's own settings workbook, which it may have: targets of the whole, lists, thresholds."""
        return self._at("company_settings")

    @property
    def kept(self) -> Path:
        """What keeps two runs apart; it may be deleted at any time."""
        return self.root / ".salesxl"

    def book(self, name: str) -> Path:
        """Return the company's book of a week."""
        return self.root / name / self.words.text("file.company_book")

    def summary(self, name: str) -> Path:
        """Return the company's summary of a week."""
        return self.root / name / self.words.text("file.company_summary")

    def note(self, name: str) -> Path:
        """Return the short text of a week, to be sent as a message."""
        return self.root / name / self.words.text("file.company_note")

    def earlier_books(self, name: str) -> list[Path]:
        """Return the company's books of the weeks before one, oldest first."""
        book = self.words.text("file.company_book")
        found = (p for p in self.root.glob(f"*/{book}") if WEEK.match(p.parent.name) and p.parent.name < name)
        return sorted(found, key=lambda path: path.parent.name)


@dataclass(frozen=True, slots=True)
class TeamSource:
    """A team by its folder; ``name`` is the folder's, with what stands above where several have one name."""

    name: str
    folder: TeamFolder

    def last_week(self, name: str) -> str | None:
        """Return the last week before one of which the team has a book."""
        if not self.folder.root.is_dir():
            return None
        book = self.folder.words.text("file.book")
        return max((p.name for p in self.folder.earlier_weeks(name) if (p / book).is_file()), default=None)


def sources(company: Path, given: Sequence[Path], words: Words) -> list[TeamSource]:
    """Return the teams in the order in which they are given; of a folder that holds teams, all of them.

    Without any, the teams inside the company's folder. A folder that is not there stands for a team that has
    not delivered.

    Raises:
        UsageError: there are none, a folder neither is a team's nor holds one, or the company's is a team's.
    """
    settings = words.text("file.settings")
    if (company / settings).is_file() or team_above(company, words) is not None:
        raise UsageError("rollup_in_team", folder=company)
    found: dict[Path, Path] = {}
    for path in given or [company]:
        inside = _inside(path, settings)
        if path.is_dir() and not inside:
            raise UsageError("rollup_no_team", folder=path, name=settings, quoted=quoted(company))
        for root in inside or [path]:
            found.setdefault(root.resolve(), root)
    roots = list(found.values())
    if not given and not company.is_dir():
        raise UsageError("rollup_no_team", folder=company, name=settings, quoted=quoted(company))
    return [
        TeamSource(name, TeamFolder(root, words)) for name, root in zip(_names(roots), roots, strict=True)
    ]


def _inside(path: Path, settings: str) -> list[Path]:
    """Return the folder if it is a team's, else the teams right inside it, in natural order."""
    if (path / settings).is_file():
        return [path]
    homes = (p.parent for p in path.glob(f"*/{settings}") if p.is_file())
    return sorted(homes, key=lambda home: natural(home.name))


def _names(roots: Sequence[Path]) -> list[str]:
    """Return what each team is called: no two alike."""
    whole = [root.resolve() for root in roots]
    names = [root.name for root in whole]
    for depth in range(2, max((len(root.parts) for root in whole), default=0) + 1):
        often = Counter(names)
        if max(often.values(), default=0) < 2:
            break
        names = ["/".join(r.parts[-depth:]) if often[n] > 1 else n for r, n in zip(whole, names, strict=True)]
    return names


def rules_of(source: TeamSource, week: str) -> tuple[Rulebook, str]:
    """Return the rules by which a team's week was judged, and where they are from.

    ``archived`` with the week, else ``now`` (the team's settings of today), else ``preset``.

    Raises:
        SettingsError: the settings workbook cannot be read, or leaves no rule to go by.
    """
    kept = runs.home(source.folder, week) / source.folder.settings.name
    for path, told in ((kept, "archived"), (source.folder.settings, "now")):
        if path.is_file():
            return load(path)[0], told
    return default_rulebook(), "preset"


def links_of(home: Path, found: Iterable[TeamSource], week: str) -> dict[str, tuple[str, str]]:
    """Return the addresses of each team's summary and book, as seen from a folder; blank without one."""
    told: dict[str, tuple[str, str]] = {}
    for source in found:
        folder = source.folder
        names = (folder.words.text("file.summary"), folder.words.text("file.book"))
        paths = [(folder.week(week) / name).absolute() for name in names]
        there = {n: p for n, p in zip(names, paths, strict=True) if p.is_file() and p.anchor == home.anchor}
        places = links.places(home, {}, there)
        told[source.name] = (places.get(("", names[0]), ""), places.get(("", names[1]), ""))
    return told
