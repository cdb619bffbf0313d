"""等级, 阶段, 选项, 列名对照, 节假日: the team's own words and bounds. docs/domain.md 3.1, 3.2, 5.

Owns the rules on these sheets: nothing twice, bounds that fall, aliases that mean one thing.
Refuses: grading a customer, reading a stage.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from salesxl import parsing
from salesxl.rulebook import Grade, Member, Option, Stage
from salesxl.schemas import FORMS
from salesxl.settings.sheets import Entry, Sheet, compact, facts_for, read_option

__all__ = ["aliases", "days", "grades", "members", "options", "stages"]

Lists = Mapping[str, Sequence[Option]]


def grades(sheet: Sheet, lists: Lists) -> tuple[Grade, ...]:
    """Return the grades, highest first; only the last may go without a bound, and bounds must fall."""
    units = {o.value: o.kind or o.value for o in lists["间隔单位"]}
    first: dict[str, int] = {}
    rows: list[tuple[Entry, Grade]] = []
    for entry in sheet.sound:
        key = parsing.choice_key(entry["grade"])
        if key in first:
            sheet.fault("duplicate", entry, "grade", why="settings", other=first[key])
            continue
        if (
            entry["every"] is not None
            and entry["unit"] is None
            and not parsing.is_blank(entry.typed.get("unit"))
        ):
            continue  # an unreadable unit is a finding already; 14 without it would be read as days
        grade = Grade(
            entry["grade"],
            entry["at_least"],
            bool(entry["strategic"]),
            bool(entry["clear_intent"]),
            entry["every"],
        )
        if entry["unit"]:
            grade = replace(grade, unit=units[entry["unit"]])
        first[key] = entry.row
        rows.append((entry, grade))
    _check_bounds(sheet, rows)
    return tuple(replace(grade, aliases=_own_aliases(sheet, entry, first)) for entry, grade in rows)


def _check_bounds(sheet: Sheet, rows: Sequence[tuple[Entry, Grade]]) -> None:
    above: Grade | None = None
    for number, (entry, grade) in enumerate(rows, start=1):
        bound = grade.at_least
        if bound is None:
            # Where the cell is not blank, it is a finding already.
            if number < len(rows) and parsing.is_blank(entry.typed.get("at_least")):
                sheet.fault("required", entry, "at_least", **facts_for(sheet.spec.column("at_least")))
            continue
        if above is not None and above.at_least is not None and bound >= above.at_least:
            sheet.fault("range", entry, "at_least", why="order", above=above.name, maximum=above.at_least)
        above = grade


def stages(sheet: Sheet, lists: Lists) -> tuple[Stage, ...]:
    """Return the stages in order; a word may name one stage only, be it as name or as alias."""
    kinds = {o.value: o.kind or o.value for o in lists["阶段类型"]}
    owners: dict[str, int] = {}
    rows: list[Entry] = []
    for entry in sheet.sound:
        key = parsing.choice_key(entry["stage"])
        if key in owners:
            sheet.fault("duplicate", entry, "stage", why="settings", other=owners[key])
            continue
        owners[key] = entry.row
        rows.append(entry)
    return tuple(
        Stage(
            entry["stage"],
            kinds[entry["kind"]],
            entry["probability"],
            _own_aliases(sheet, entry, owners),
        )
        for entry in rows
    )


def _own_aliases(
    sheet: Sheet, entry: Entry, owners: dict[str, int], name: str = "aliases"
) -> tuple[str, ...]:
    """Return a row's aliases without those that already mean another row; ``owners`` grows with them."""
    kept = []
    for alias in entry[name] or ():
        other = owners.setdefault(parsing.choice_key(alias), entry.row)
        if other == entry.row:
            kept.append(alias)
        else:
            sheet.fault("duplicate", entry, name, why="settings", value=alias, other=other)
    return tuple(kept)


def options(
    sheet: Sheet | None, presets: Lists, lists: Lists, own: Iterable[str] = ()
) -> dict[str, tuple[Option, ...]]:
    """Return the lists of choices; one that the sheet does not have stays as preset, and is reported.

    ``own`` are the lists that fields of the team's own ask for; any other that is no preset's is unknown. A
    list whose preset gives its options a meaning (open, won, lost …) asks for one of these meanings.
    """
    if sheet is None:
        return {name: tuple(preset) for name, preset in presets.items()}
    asked = {parsing.normalise_label(name) for name in own}
    theirs = dict.fromkeys(e["list"] for e in sheet.sound if parsing.normalise_label(e["list"]) in asked)
    presets = {**presets, **{name: () for name in theirs if name not in presets and name not in lists}}
    by_list: dict[str, list[Entry]] = {name: [] for name in presets}
    names = [Option(name) for name in presets]
    for entry in sheet.sound:
        read = read_option(entry["list"], names)
        if read.value is None:
            sheet.fault("unknown_reference", entry, "list", list=tuple(presets))
        else:
            by_list[read.value].append(entry)
    found = {name: _list(sheet, by_list[name], presets[name], lists["含义"]) for name in presets}
    for name in [name for name, taken in found.items() if not taken]:
        sheet.warn("required", None, "list", label=name)
        found[name] = tuple(presets[name])
    return found


def _list(
    sheet: Sheet, entries: Sequence[Entry], preset: Sequence[Option], meanings: Sequence[Option]
) -> tuple[Option, ...]:
    allowed = tuple(o for o in meanings if o.kind in {p.kind for p in preset if p.kind})
    owners: dict[str, int] = {}
    rows: list[tuple[Entry, str | None]] = []
    for entry in entries:
        key = parsing.choice_key(entry["value"])
        if key in owners:
            sheet.fault("duplicate", entry, "value", why="settings", other=owners[key])
            continue
        kind = next((o.kind for o in allowed if o.value == entry["kind"]), None)
        if allowed and kind is None:
            if not parsing.is_blank(entry.typed.get("kind")) and entry["kind"] is None:
                continue  # an unreadable meaning is a finding already
            code = "required" if entry["kind"] is None else "choice"
            sheet.fault(code, entry, "kind", options=tuple(o.value for o in allowed))
            continue
        owners[key] = entry.row
        rows.append((entry, kind))
    return tuple(Option(entry["value"], _own_aliases(sheet, entry, owners), kind) for entry, kind in rows)


def aliases(sheet: Sheet) -> dict[tuple[str, str], str]:
    """Return what the team's own headers mean: (form or "", header as compared) → standard label."""
    found: dict[tuple[str, str], str] = {}
    first: dict[tuple[str, str], int] = {}
    for entry in sheet.sound:
        form = next(
            (f for f in FORMS if entry["form"] and entry["form"] in {f.name, f.title, f.english, *f.aliases}),
            None,
        )
        if entry["form"] and form is None:
            sheet.fault("unknown_reference", entry, "form", list=tuple(f.title for f in FORMS))
            continue
        labels = {
            parsing.normalise_label(text): column.label
            for known in ([form] if form else FORMS)
            for block in known.blocks
            for column in block.columns
            for text in (column.label, column.english)
        }
        label = labels.get(parsing.normalise_label(entry["label"]))
        if label is None:
            sheet.fault(
                "unknown_reference", entry, "label", list=tuple(f.title for f in FORMS if form in {f, None})
            )
            continue
        key = form.name if form else "", parsing.normalise_label(entry["header"])
        if found.get(key, label) != label:
            sheet.fault("duplicate", entry, "header", why="settings", other=first[key])
            continue
        found[key] = label
        first.setdefault(key, entry.row)
    return found


def days(sheet: Sheet, lists: Lists) -> dict[dt.date, bool]:
    """Return the team's days off (False) and make-up workdays (True). docs/domain.md 3.5."""
    works = {o.value: o.kind == "work" for o in lists["节假日类型"]}
    found: dict[dt.date, bool] = {}
    first: dict[dt.date, int] = {}
    for entry in sheet.sound:
        if entry["day"] in found:
            sheet.fault("duplicate", entry, "day", why="settings", other=first[entry["day"]])
            continue
        first[entry["day"]] = entry.row
        found[entry["day"]] = works[entry["kind"]]
    return found


def members(sheet: Sheet) -> tuple[Member, ...]:
    """Return the roster; a second row of the same name is a finding and left out."""
    found: dict[str, Member] = {}
    first: dict[str, int] = {}
    for entry in sheet.sound:
        name = compact(entry["name"])
        if name in found:
            sheet.fault("duplicate", entry, "name", why="settings", other=first[name])
            continue
        first[name] = entry.row
        joined, left = entry["joined"], entry["left"]
        if joined and left and left < joined:
            sheet.fault(
                "date_order", entry, "left", other=joined, other_label=sheet.spec.column("joined").label
            )
            left = None
        found[name] = Member(
            entry["name"],
            entry["team"],
            entry["region"],
            entry["product_line"],
            entry["manager"],
            joined,
            left,
        )
    owners = {parsing.choice_key(member.name): first[name] for name, member in found.items()}
    for entry in sheet.sound:
        if first[name := compact(entry["name"])] == entry.row:
            found[name] = replace(
                found[name], former_names=_own_aliases(sheet, entry, owners, "former_names")
            )
    return tuple(found.values())
