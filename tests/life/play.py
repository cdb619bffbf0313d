"""The weeks of a life under a habit: which files lie in the inbox, and what is true afterwards."""

from __future__ import annotations

from collections.abc import Iterator

from tests.life.forms import Forms
from tests.life.model import HABITS, WEEKS, FileRows, Week
from tests.life.story import Life
from tests.life.truth import Memory

__all__ = ["weeks"]


def weeks(seed: int, habit: str, count: int = WEEKS) -> list[Week]:
    """Return the weeks of a seed under one of ``HABITS``."""
    if habit not in HABITS:
        raise ValueError(f"habit is one of {', '.join(HABITS)}")
    life = Life(seed)
    forms, memory, inbox = Forms(life), Memory(), Inbox(habit)
    found = []
    for number in range(count):
        told = len(life.events)
        life.play(number)
        files = forms.of_week(number)
        made, settings = number != life.plan.skipped, life.settings(number)
        lying = inbox.of(files)
        undone = forms.undone(number, lying)
        truth = memory.take(number, lying if made else (), settings)
        events = tuple(life.events[told:])
        found.append(Week(number, lying if made else (), settings, truth, events, made, undone))
    return found


class Inbox:
    """What lies in the inbox on a Friday."""

    def __init__(self, habit: str) -> None:
        self.habit = habit
        self.lying: list[FileRows] = []
        self.content: dict[tuple[str, str], str] = {}

    def of(self, files: tuple[FileRows, ...]) -> tuple[FileRows, ...]:
        """Return the files of this Friday, those of earlier ones under ``keep`` included."""
        if self.habit == "keep":
            self.lying = sorted([*self.lying, *files], key=lambda file: file.name)
            return tuple(self.lying)
        return tuple(self._changed(files)) if self.habit == "changed" else files

    def _changed(self, files: tuple[FileRows, ...]) -> Iterator[FileRows]:
        """Leave out an archive that says what the rep's last one said; its week's report comes always."""
        for file in files:
            key = (file.form, file.rep)
            if file.form == "archive" and self.content.get(key) == file.content:
                continue
            self.content[key] = file.content
            yield file
