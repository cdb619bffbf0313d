"""What a template says of a band beside its rows: which items, in what order, and what stands without any.

``sort_reps`` belongs to the band ``each_reps``, ``sort_reps.2`` to ``each_reps.2``. What such a name
means is a text (``="amount desc"``), a number, or one cell that holds either; ``empty_reps`` may be rows.
Refuses: what the texts mean (that is ``picking``), and names that belong to no band.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from salesxl.errors import TemplateFaultError
from salesxl.template.bands import Band
from salesxl.template.survey import Survey
from salesxl.template.terms import defined_names
from salesxl.xlsx.package import Package
from salesxl.xlsx.refs import Ref, parse

__all__ = ["GROUP", "Option", "option_names", "with_options"]

GROUP = "group"
"""What each item of a band that groups its list is called."""
_KINDS = {
    "filter": "filter", "sort": "sort", "group": "group", "first": "first", "others": "others",
    "empty": "empty", "筛选": "filter", "排序": "sort", "分组": "group", "前几": "first", "其余": "others",
    "空时": "empty",
}  # fmt: skip
_NAME = re.compile(rf"({'|'.join(_KINDS)})_(.+)\Z", re.IGNORECASE)
_TEXT = re.compile(r'\s*"(?:[^"]|"")*"(?:\s*&\s*"(?:[^"]|"")*")*\s*\Z')
_PIECE = re.compile(r'"((?:[^"]|"")*)"')
_NUMBER = re.compile(r"\s*\d+\s*\Z")


@dataclass(frozen=True, slots=True)
class Option:
    """One such name: its kind, whose it is, and what it says; ``rows`` are those that stand without items."""

    name: str
    kind: str
    of: str
    text: str = ""
    rows: Ref | None = None
    fault: TemplateFaultError | None = None

    def belongs_to(self, band: Band) -> bool:
        """Tell whether it speaks of a band: what follows the first word is the same in both names."""
        return self.of == band.name.partition("_")[2].casefold()


def option_names(package: Package) -> list[Option]:
    """Return every name that may say something of a band, in the order of the workbook."""
    found: list[Option] = []
    survey: Survey | None = None
    for name, target, confined in defined_names(package):
        if (named := _NAME.match(name)) is None:
            continue
        option = Option(name, _KINDS[named[1].lower()], named[2].casefold())
        if _TEXT.match(target):
            text = "".join(_PIECE.findall(target)).replace('""', '"')
            found.append(replace(option, text=text))
        elif _NUMBER.match(target):
            found.append(replace(option, text=target.strip()))
        else:
            survey = survey or Survey(package)
            found.append(_of_cells(option, target, confined, survey))
    return found


def _of_cells(option: Option, target: str, confined: str | None, survey: Survey) -> Option:
    refs = [piece for piece in parse(target) if not isinstance(piece, str)]
    parts = {name.casefold(): part for name, part in survey.sheets}
    if len(refs) == 1 and (part := parts.get((refs[0].sheet or confined or "").casefold())):
        ref = replace(refs[0], sheet=refs[0].sheet or confined)
        if not ref.ranged and ref.top and ref.left:
            return replace(option, text=survey.cells(part).get((ref.top, ref.left), "").strip())
        if ref.top and option.kind == "empty":
            return replace(option, rows=ref)
    return replace(
        option, fault=TemplateFaultError("option_target", name=option.name, target=target).at("", option.name)
    )


def with_options(bands: Sequence[Band], options: Iterable[Option]) -> tuple[list[Band], set[str]]:
    """Return the bands with what the options say of them, and the names of the options that were meant.

    Raises TemplateFaultError for one that points to what cannot be read.
    """
    used: set[str] = set()
    made = []
    for band in bands:
        for option in (option for option in options if option.belongs_to(band)):
            if not band.repeats:
                continue
            used.add(option.name)
            if option.fault is not None:
                raise option.fault
            if option.rows is None:
                band = replace(band, picks=replace(band.picks, **{option.kind: option.text}))  # noqa: PLW2901
        made.append(replace(band, variable=GROUP) if band.picks.group else band)
    return made, used
