"""表单 and 表单清单: a team's own forms and fields, from rows to specs. docs/domain.md 3.8.

Owns what makes a form of rows, and that a fault of its structure puts a form out of use, any other its field.
Refuses: to which form a row belongs (``drafts``), what one row makes of a field (``own``, ``bounds``,
``fields``).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from salesxl import parsing
from salesxl.columns import BlockSpec, Column, Form, Kind, Need, Shape
from salesxl.parsing.text import plain
from salesxl.rulebook import Option
from salesxl.schemas import FORMS
from salesxl.settings.bounds import bounded, computed, conditioned, example_checked
from salesxl.settings.clauses import Scope
from salesxl.settings.drafts import Draft, DraftBlock, Draftsman, key_of
from salesxl.settings.fields import Rules, meant, one_left, rule_of
from salesxl.settings.own import ONCE, ORIGIN, Choices, field_of, own_column
from salesxl.settings.sheets import Entry, Sheet

__all__ = ["Defined", "defined"]

Lists = Mapping[str, Sequence[Option]]

SHEET_LIMIT = 31
"""Characters that Excel allows in the name of a sheet."""


@dataclass(frozen=True, slots=True)
class Defined:
    """What the sheets say: all forms that are in use, rules on fields of the standard ones, lists in rows.

    ``off`` are the forms that are switched off, by the keys of their titles.
    """

    forms: tuple[Form, ...] = FORMS
    fields: Rules = field(default_factory=dict)
    choices: Mapping[str, tuple[Option, ...]] = field(default_factory=dict)
    off: frozenset[str] = frozenset()


def defined(sheet: Sheet | None, listed: Sheet | None, lists: Lists, words: Lists) -> Defined:
    """Return what the two sheets define. ``lists`` are the team's choices, ``words`` the internal lists."""
    if sheet is None:
        return Defined()
    reader = _Reader(sheet, listed, Choices(lists), words)
    return reader.read()


class _Reader:
    """The sheets being read: what is known of all forms, and of each row which field it made."""

    def __init__(self, sheet: Sheet, listed: Sheet | None, choices: Choices, words: Lists) -> None:
        self.sheet, self.choices, self.words = sheet, choices, words
        self.listed = {key_of(e["form"]): e for e in listed.sound} if listed else {}
        self.list_sheet = listed
        self.needs = {o.value: str(o.kind) for o in words["是否必填"]}
        self.fields: Rules = {}
        self.first: dict[tuple[str, str], Entry] = {}
        self.entry_of: dict[tuple[str, str], Entry] = {}
        self.unsound: set[str] = set()
        self.off = frozenset(key for key, e in self.listed.items() if e["enabled"] is False)
        self.draftsman = Draftsman(sheet, self.listed, self.off)

    def read(self) -> Defined:
        drafts = self.draftsman.drafts()
        forms = [self._extended(d) if d.standard else self._own(d) for d in drafts.values()]
        by_name = {form.name: form for form in forms if form is not None}
        every = [by_name.pop(form.name, form) for form in FORMS] + list(by_name.values())
        lists = {**self.words, **self.choices.lists, **self.choices.inline}
        every = [self._finished(form, every, lists) for form in every]
        one_left(self.sheet, self.fields, self.first)
        broken = {draft.title for draft in drafts.values() if draft.broken} | self.unsound
        kept = tuple(form for form in every if form.origin is None or self._in_use(form, broken))
        self._said_of_forms(
            {key_of(form.title) for form in every} | {key_of(title) for title in broken} | self.off
        )
        self._alike(kept, drafts)
        return Defined(kept, self.fields, dict(self.choices.inline), self.off)

    # -- the fields of one form

    def _extended(self, draft: Draft) -> Form:
        """Return a standard form with what its rows say and add."""
        form = draft.standard
        assert form is not None
        after: dict[str, str | None] = {}
        for entry, block in draft.rows:
            found = meant(self.sheet, entry, form, block) if entry.sound else None
            if found is None:
                continue
            spec, column = form.block(found[0].kind), found[1]
            if column is None:
                made = self._made(form.title, spec, entry)
                if made is None:
                    continue
                if made.roles:
                    self.sheet.fault("choice", entry, "role", why="kind_fixed", about=form.title)
                made, at = replace(made, roles=()), after.get(spec.kind)
                columns = list(spec.columns)
                place = next((n for n, c in enumerate(columns, 1) if c.field == at), len(columns))
                columns.insert(place, made)
                self.entry_of[spec.kind, made.field] = entry
                after[spec.kind] = made.field
            else:
                columns = [
                    self._overridden(spec, c, entry) if c.field == column.field else c for c in spec.columns
                ]
                after[spec.kind] = column.field
            changed = replace(spec, columns=tuple(columns))
            form = replace(form, blocks=tuple(changed if b.kind == spec.kind else b for b in form.blocks))
        return form

    def _overridden(self, spec: BlockSpec, column: Column, entry: Entry) -> Column:
        at = spec.kind, column.field
        if at in self.first:
            self.sheet.fault("duplicate", entry, "label", why="settings", other=self.first[at].row)
            return column
        self.fields[at] = rule_of(self.sheet, entry, column, self.needs)
        self.first[at] = self.entry_of[at] = entry
        example = plain(entry.typed.get("sample")) or column.example
        return replace(column, message=entry["message"] or column.message, example=example)

    def _own(self, draft: Draft) -> Form | None:
        """Return a team's own form, as far as its rows make one."""
        shapes = {str(o.value): str(o.kind) for o in self.words["形式"]}
        name = _name(draft.title)
        self._named(draft)
        repeated = [b for b in draft.blocks.values() if shapes.get(b.shape or "") == Shape.CARDS]
        if repeated and len(draft.blocks) > 1:
            self.draftsman.broken(draft, "mismatch", repeated[0].entries[0], "shape", why="repeat_not_alone")
        blocks = []
        for block in draft.blocks.values():
            kind = f"own/{name}/{_name(block.title)}"
            shape = Shape(shapes.get(block.shape or "", Shape.TABLE.value))
            spec = _spec(kind, shape, block.title, self._sheet_name(draft, block))
            for entry in (e for e in block.entries if e.sound):
                made = self._made(draft.title, spec, entry)
                if made is not None:
                    self.entry_of[kind, made.field] = entry
                    spec = replace(spec, columns=(*spec.columns, made))
            if spec.columns:
                blocks.append(spec)
        if not blocks:
            draft.broken = True
            return None
        said = self.listed.get(key_of(draft.title))
        form = Form(draft.title, draft.title, draft.title, tuple(blocks), origin=ORIGIN)
        if said is not None:
            keep = {o.value: str(o.kind) for o in self.words["保存方式"]}
            every = {o.value: str(o.kind) for o in self.words["填报频率"]}
            form = replace(
                form,
                aliases=tuple(said["aliases"] or ()),
                instruction=said["instruction"] or "",
                keep=keep.get(said["keep"], form.keep),
                every=every.get(said["every"], form.every),
            )
        return self._with_roles(form)

    def _made(self, title: str, spec: BlockSpec, entry: Entry) -> Column | None:
        """Return the column of a row that adds a field; None, with a finding, where it cannot stand there."""
        made = own_column(self.sheet, entry, title, self.choices, self.words)
        if made is None:
            return None
        taken: dict[str, int | None] = {}
        for column in spec.columns:
            other = self.entry_of.get((spec.kind, column.field))
            for word in (column.label, column.shown, *column.aliases):
                if word and not column.follows:
                    taken.setdefault(parsing.normalise_label(word), other.row if other else None)
        fields = {column.field for column in spec.columns}
        if made.field in fields or parsing.normalise_label(made.label) in taken:
            other_row = taken.get(parsing.normalise_label(made.label))
            self.sheet.fault("duplicate", entry, "label", why="label_twice", other=other_row)
            return None
        kept = []
        for word in made.aliases:
            if parsing.normalise_label(word) in taken:
                other_row = taken[parsing.normalise_label(word)]
                self.sheet.fault("duplicate", entry, "aliases", why="alias_taken", seen=word, other=other_row)
            else:
                kept.append(word)
        return replace(made, aliases=tuple(kept))

    def _with_roles(self, form: Form) -> Form:
        """Return a form with each role on one field: as said, else on the first that suits it."""
        given: dict[str, str] = {}
        blocks = []
        for spec in form.blocks:
            columns = []
            for column in spec.columns:
                roles = []
                for role in column.roles:
                    if role in ONCE and role in given:
                        entry = self.entry_of[spec.kind, column.field]
                        word = next(o.value for o in self.words["项目用途"] if o.kind == role)
                        self.sheet.fault(
                            "duplicate", entry, "role", why="role_twice", seen=word, other=given[role]
                        )
                    else:
                        roles.append(role)
                        given.setdefault(role, column.label)
                columns.append(replace(column, roles=tuple(roles)))
            blocks.append(replace(spec, columns=tuple(columns)))
        self._whole_period(form, given)
        return replace(form, blocks=tuple(blocks))

    def _whole_period(self, form: Form, given: Mapping[str, str]) -> None:
        halves = {"period_start", "period_end"} & given.keys()
        if len(halves) == 1:
            role = halves.pop()
            for spec in form.blocks:
                for column in (c for c in spec.columns if role in c.roles):
                    entry = self.entry_of[spec.kind, column.field]
                    self.sheet.fault("required", entry, "role", why="period_half")
                    return

    # -- what needs all fields

    def _finished(self, form: Form, every: Sequence[Form], lists: Lists) -> Form:
        """Return a form with formulas, bounds and conditions read over all its fields."""
        for kind in [b.kind for b in form.blocks]:
            rows = {name: entry for (of, name), entry in self.entry_of.items() if of == kind}
            if not rows:
                continue
            block, sound = computed(self.sheet, rows, form, form.block(kind))
            if not sound and form.origin:
                self.unsound.add(form.title)
            form = _with(form, block)
            columns = []
            for column in block.columns:
                entry = rows.get(column.field)
                columns.append(
                    column if entry is None else self._last(entry, column, form, block, every, lists)
                )
            form = _with(form, replace(block, columns=tuple(columns)))
        return _with_defaults(form) if form.origin else form

    def _last(
        self, entry: Entry, column: Column, form: Form, block: BlockSpec, every: Sequence[Form], lists: Lists
    ) -> Column:
        column = bounded(self.sheet, entry, column, form, block)
        at = block.kind, column.field
        rule = self.fields.get(at)
        asked = replace(column, need=Need(rule.need)) if rule and rule.need else column
        found = conditioned(self.sheet, entry, asked, Scope(form, block, every, lists))
        if rule is not None:
            need = None if found.need is column.need else found.need.value
            self.fields[at] = replace(rule, need=need)
            found = replace(found, need=column.need)
        options = lists.get(found.choices or "", ())
        return example_checked(self.sheet, entry, found, options) if column.example else found

    # -- what is said of forms as a whole

    def _named(self, draft: Draft) -> None:
        said = self.listed.get(key_of(draft.title))
        if (said is None or said["sheet"] is None) and key_of(draft.title) in _OUR_SHEETS:
            self.draftsman.broken(
                draft, "duplicate", draft.first, "form", why="form_name_taken", seen=draft.title
            )

    def _sheet_name(self, draft: Draft, block: DraftBlock) -> str:
        said = self.listed.get(key_of(draft.title))
        base = str(said["sheet"]) if said and said["sheet"] else draft.title
        name = base if len(draft.blocks) == 1 else f"{base}·{block.title}"
        if len(name) > SHEET_LIMIT or (said and said["sheet"] and key_of(base) in _OUR_SHEETS):
            sheet, entry, at = self.sheet, draft.first, "form"
            if said is not None and self.list_sheet is not None:
                sheet, entry, at = self.list_sheet, said, "sheet"
            sheet.fault("format", entry, at, why="sheet_name", seen=name)
        return re.sub(r"[\[\]:*?/\\]", "_", name)[:SHEET_LIMIT]

    def _in_use(self, form: Form, broken: set[str]) -> bool:
        if form.title in broken:
            return False
        return any(column.required for block in form.blocks for column in block.columns)

    def _said_of_forms(self, known: Collection[str]) -> None:
        for key, entry in self.listed.items():
            if key not in known and self.list_sheet is not None:
                self.list_sheet.fault("unknown_reference", entry, "form", why="form_undefined")

    def _alike(self, forms: Sequence[Form], drafts: Mapping[str, Draft]) -> None:
        """Warn of a form that asks for just what another one asks for: only its title tells it."""
        asked: dict[frozenset[str], str] = {}
        for form in forms:
            labels = frozenset(
                parsing.normalise_label(c.label) for b in form.blocks for c in b.columns if c.required
            )
            other = asked.setdefault(labels, form.title)
            if other != form.title and form.origin and key_of(form.title) in drafts:
                first = drafts[key_of(form.title)].first
                self.sheet.warn("duplicate", first, "form", why="too_alike", about=other)


_OUR_SHEETS = frozenset(
    unicodedata.normalize("NFKC", b.sheet).casefold() for form in FORMS for b in form.blocks if b.sheet
)


def _name(title: str) -> str:
    return field_of(title)


def _spec(kind: str, shape: Shape, title: str, sheet: str) -> BlockSpec:
    return BlockSpec(kind, shape, title, title, sheet=sheet)


def _with(form: Form, block: BlockSpec) -> Form:
    return replace(form, blocks=tuple(block if b.kind == block.kind else b for b in form.blocks))


def _with_defaults(form: Form) -> Form:
    """Return a form in which who, whose customer and when are known where a field tells it by its kind.

    The first that suits stands in a card, for all tables; without one in each table for itself.
    """
    suits: Mapping[str, Callable[[Column], bool]] = {
        "rep": lambda c: c.reference == "member",
        "customer": lambda c: c.reference == "customer",
        "date": lambda c: c.kind in {Kind.DATE, Kind.MOMENT} and c.past_only,
    }
    given = {role for block in form.blocks for column in block.columns for role in column.roles}
    for role, fits in suits.items():
        if role in given:
            continue
        cards = [b for b in form.blocks if b.shape is not Shape.TABLE and any(fits(c) for c in b.columns)]
        for block in cards[:1] or [b for b in form.blocks if b.shape is Shape.TABLE]:
            first = next((c.field for c in block.columns if fits(c)), None)
            columns = tuple(
                replace(c, roles=(*c.roles, role)) if c.field == first else c for c in block.columns
            )
            form = _with(form, replace(block, columns=columns))
    return form
