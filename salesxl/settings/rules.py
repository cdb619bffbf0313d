"""检查规则: what a form must keep, one condition a row. docs/domain.md 3.10.

Owns which rows make one rule, which block it is about, and what its words may name. A condition that
cannot be read drops its whole rule: without it, the rule would ask for more than was meant. Refuses: judging
records.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from salesxl import parsing
from salesxl.columns import BlockSpec, Form, Shape
from salesxl.model import Clause
from salesxl.operands import called, named, operands
from salesxl.rulebook import FormRule, Option
from salesxl.settings.clauses import CUSTOMER, Scope, read_clause
from salesxl.settings.drafts import key_of
from salesxl.settings.fields import same
from salesxl.settings.formulas import Misread, near
from salesxl.settings.sheets import Entry, Sheet

__all__ = ["LABEL", "rules"]

Lists = Mapping[str, Sequence[Option]]

LABEL = re.compile(r"[【\[]([^】\]]+)[】\]]")
"""A label that stands in a text for its value."""
ITSELF, VALUE = "本项", "值"
"""Labels that stand in 提示语 for the label of the row's own field, and for what it is compared with."""


@dataclass(slots=True)
class _Draft:
    """The rows of one rule."""

    name: str
    form: Form | None
    when: list[Entry] = field(default_factory=list)
    must: list[Entry] = field(default_factory=list)
    broken: bool = False


def rules(
    sheet: Sheet, forms: Sequence[Form], lists: Lists, off: Collection[str] = ()
) -> tuple[FormRule, ...]:
    """Return the rules in the order in which they first stand on the sheet.

    Those about forms that are switched ``off``, by the keys of their titles, are passed over.
    """
    found = (_rule(sheet, draft, forms, lists) for draft in _drafts(sheet, forms, lists, off))
    return tuple(rule for rule in found if rule is not None)


def _drafts(sheet: Sheet, forms: Sequence[Form], lists: Lists, off: Collection[str]) -> list[_Draft]:
    parts = {o.value: str(o.kind) for o in lists["规则作用"]}
    drafts: dict[tuple[str, str], _Draft] = {}
    name, form = None, None
    for entry in sheet.entries:
        name = entry["rule"] or name
        if entry["form"] is not None:
            form = next((f for f in forms if same(entry["form"], (f.title, f.english, *f.aliases))), None)
            if form is None and key_of(entry["form"]) not in off:
                titles = tuple(f.title for f in forms)
                sheet.fault("unknown_reference", entry, "form", **near(entry["form"], titles), list=titles)
        elif form is None and not drafts:
            sheet.fault("required", entry, "form", why="rule_form")
        key = name or f"#{entry.row}", form.title if form else ""
        draft = drafts.setdefault(key, _Draft(name or "", form))
        if form is None or not entry.sound:
            draft.broken = True
            continue
        (draft.must if parts[entry["part"]] == "must" else draft.when).append(entry)
    return list(drafts.values())


def _rule(sheet: Sheet, draft: _Draft, forms: Sequence[Form], lists: Lists) -> FormRule | None:
    if draft.broken or draft.form is None:
        return None
    if not draft.must:
        sheet.fault("required", draft.when[0], "part", why="rule_empty", about=draft.name)
        return None
    block = _block(sheet, [*draft.when, *draft.must], draft.form)
    if block is None:
        return None
    scope = Scope(draft.form, block, forms, lists)
    when = [_clause(sheet, entry, scope) for entry in draft.when]
    must = [_clause(sheet, entry, scope) for entry in draft.must]
    if None in when or None in must:
        return None
    first = draft.must[0]
    said = {
        name: next((e[name] for e in (*draft.must, *draft.when) if e[name]), None)
        for name in ("severity", "message")
    }
    severities = {o.value: str(o.kind) for o in lists["级别"]}
    asked = []
    for entry, clause in zip(draft.must, must, strict=True):
        assert clause is not None
        severity = severities.get(entry["severity"] or said["severity"] or "", "warning")
        asked.append(replace(clause, severity=severity, message=entry["message"] or said["message"]))
    for entry in (*draft.when, *draft.must):
        _message(sheet, entry, scope)
    name = draft.name or str(first["field"])
    return FormRule(name, draft.form.name, block.kind, tuple(c for c in when if c), tuple(asked))


def _clause(sheet: Sheet, entry: Entry, scope: Scope) -> Clause | None:
    try:
        return read_clause(entry["field"], entry["test"], entry.typed.get("value"), scope)
    except Misread as wrong:
        sheet.fault(wrong.code, entry, wrong.field, **wrong.facts)
        return None


def _block(sheet: Sheet, entries: Sequence[Entry], form: Form) -> BlockSpec | None:
    """Return the block that a rule is about: the table that its fields are in, else their card."""
    tables = [b for b in form.blocks if b.shape is not Shape.CARD]
    cards = [b for b in form.blocks if b.shape is Shape.CARD]
    chosen: BlockSpec | None = None
    for entry in entries:
        label = _bare(entry["field"])
        if any(named(label, operands(form, card)) for card in cards if _own(card, label)):
            continue
        its = next((t for t in ([chosen] if chosen else tables) if t is not None and _own(t, label)), None)
        if its is not None:
            chosen = its
        elif chosen is not None and any(_own(t, label) for t in tables):
            sheet.fault("conflict", entry, "field", why="rule_blocks", other=chosen.title)
            return None
    if chosen is not None:
        return chosen
    main = [b for b in tables if any(c.field == "customer_name" for c in b.columns)] or tables
    named_in = [c for c in cards if all(_own(c, _bare(e["field"])) for e in entries)]
    return (named_in or main or cards)[0]


def _bare(label: str) -> str:
    """Return the label of the form's own field that a label begins with: 当前阶段·结局."""
    before, dot, _ = label.replace("・", "·").partition("·")
    return before if dot and parsing.normalise_label(before) != CUSTOMER else label


def _own(block: BlockSpec, label: str) -> bool:
    return any(
        same(label, [word for word in (called(block, c), c.shown, *c.aliases) if word]) for c in block.columns
    )


def _message(sheet: Sheet, entry: Entry, scope: Scope) -> None:
    """Say which labels in a message name nothing; they are said as they stand."""
    known = scope.known
    for label in LABEL.findall(entry["message"] or ""):
        if label not in (ITSELF, VALUE) and named(label, known) is None:
            names = tuple(dict.fromkeys(operand.column.label for operand in known.values()))
            sheet.warn(
                "unknown_reference", entry, "message", why="message_label", seen=label, **near(label, names)
            )
