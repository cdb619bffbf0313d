"""Which form and block each row of 表单 belongs to: 表单, 区块 and 形式 stand for the rows below.

Owns the faults of this order: a block whose rows are apart, one of two shapes, a form that nobody knows.
Refuses: what a row makes of a field.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from salesxl import parsing
from salesxl.columns import BlockSpec, Form
from salesxl.schemas import FORMS
from salesxl.settings.fields import same
from salesxl.settings.formulas import near
from salesxl.settings.sheets import Entry, Sheet

__all__ = ["Draft", "DraftBlock", "Draftsman", "key_of"]


@dataclass(slots=True)
class DraftBlock:
    """A block as its rows say: title, shape, and the rows of its fields."""

    title: str
    shape: str | None = None
    entries: list[Entry] = field(default_factory=list)


@dataclass(slots=True)
class Draft:
    """A form as its rows say. ``standard`` is the one of ours that it extends."""

    title: str
    first: Entry
    standard: Form | None
    blocks: dict[str, DraftBlock] = field(default_factory=dict)
    at: str | None = None
    rows: list[tuple[Entry, BlockSpec | None]] = field(default_factory=list)
    broken: bool = False


class Draftsman:
    """Reads a sheet's rows into drafts; ``listed`` are the forms of 表单清单, by their keys.

    Rows of forms that are switched ``off`` make none. ``offered`` are the labels of those that come with the
    package: a row below one that has none of them was probably meant for a form of its own.
    """

    def __init__(
        self,
        sheet: Sheet,
        listed: Collection[str],
        off: Collection[str] = (),
        offered: Mapping[str, Collection[str]] | None = None,
    ) -> None:
        self.sheet, self.listed, self.off, self.offered = sheet, listed, off, offered or {}

    def drafts(self) -> dict[str, Draft]:
        """Return the forms in the order in which they first stand there, by key."""
        drafts: dict[str, Draft] = {}
        above: Draft | None = None
        named = False
        offered: Collection[str] | None = None
        for entry in self.sheet.entries:
            if entry["form"] is not None:
                off = key_of(entry["form"]) in self.off
                named, above = True, None if off else self._draft(drafts, entry, above)
                offered = self.offered.get(key_of(entry["form"])) if off else None
            elif not named:
                self.sheet.fault("required", entry, "form", why="form_missing")
            elif offered is not None and entry["label"] and key_of(entry["label"]) not in offered:
                self.sheet.warn("required", entry, "form", why="form_missing")
            if above is not None:
                self._place(above, entry)
        return drafts

    def _draft(self, drafts: dict[str, Draft], entry: Entry, above: Draft | None) -> Draft | None:
        said = entry["form"]
        standard = next((f for f in FORMS if same(said, (f.title, f.english, *f.aliases))), None)
        key = key_of(standard.title if standard else said)
        if key not in drafts:
            if standard is None and not self._defines(entry):
                titles = tuple(form.title for form in FORMS)
                self.sheet.fault("unknown_reference", entry, "form", **near(said, titles), list=titles)
                return None
            drafts[key] = Draft(standard.title if standard else said, entry, standard)
        draft = drafts[key]
        if draft is not above or draft.standard is not None or not _goes_on(draft, entry):
            draft.at = None
        return draft

    def _defines(self, first: Entry) -> bool:
        """Say whether any row under a new name has a kind, as the fields of own forms do."""
        rows = self.sheet.entries
        for entry in rows[rows.index(first) :]:
            if entry["form"] is not None and key_of(entry["form"]) != key_of(first["form"]):
                break
            if entry["kind"] is not None:
                return True
        return key_of(first["form"]) in self.listed

    def _place(self, draft: Draft, entry: Entry) -> None:
        if draft.standard is not None:
            self._place_standard(draft, draft.standard, entry)
            return
        title = entry["block"] or draft.at or draft.title
        if title not in draft.blocks:
            draft.blocks[title] = DraftBlock(title)
        elif draft.at != title:
            rows = (
                (draft.blocks[title].entries[-1].row, entry.row)
                if draft.blocks[title].entries
                else (entry.row,)
            )
            self.broken(draft, "mismatch", entry, "block", why="block_split", rows=rows)
        draft.at = title
        block = draft.blocks[title]
        if entry["shape"] is not None:
            if block.shape not in (None, entry["shape"]):
                self.broken(draft, "mismatch", entry, "shape", why="shape_conflict", other=block.shape)
            block.shape = block.shape or entry["shape"]
        block.entries.append(entry)

    def _place_standard(self, draft: Draft, form: Form, entry: Entry) -> None:
        said = entry["block"]
        if said is not None:
            draft.at = next((b.kind for b in form.blocks if same(said, (b.title, b.english, *b.aliases))), "")
            if not draft.at:
                titles = tuple(b.title for b in form.blocks)
                self.sheet.fault("unknown_reference", entry, "block", **near(said, titles), list=titles)
        if draft.at != "":
            draft.rows.append((entry, form.block(draft.at) if draft.at else None))

    def broken(self, draft: Draft, code: str, entry: Entry, at: str, **facts: Any) -> None:
        """Note a fault of structure: the form is out of use."""
        self.sheet.fault(code, entry, at, **facts)
        draft.broken = True


def _goes_on(draft: Draft, entry: Entry) -> bool:
    """Say whether a row that repeats its form's name is still in the block above: its shape is no other."""
    return draft.at is not None and entry["shape"] in (None, draft.blocks[draft.at].shape)


def key_of(title: str) -> str:
    """Return a form's title as it is compared."""
    return parsing.normalise_label(title)
