"""Whose a row or a form is, told by the roster: names of reps under a header that no word knows.

Owns: when a column of names, or one beside a label, is the rep's. Refuses: words for reps (``vocabulary``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from salesxl.model import CellValue
from salesxl.parsing import is_blank
from salesxl.recognition import weights
from salesxl.recognition.evidence import share
from salesxl.recognition.meaning import speaks_of
from salesxl.recognition.sheet import is_text

__all__ = ["ON_ROSTER", "REP", "ROSTER", "are_reps", "may_name_reps", "only_wrote", "the_rep"]

REP = "rep"
ROSTER = "成员"
"""The name under which the lists of choices have who is on the roster."""
ON_ROSTER = "on_roster"
"""Why such a header was taken."""
_BESIDE = re.compile(
    "审|核|批|协[办助同作]|[陪同]行|陪[同访]|介绍|推荐|签收|[抄呈]送|总监|^[原前]|^上一?[任个]"
)
"""Somebody of ours, but not who sells: whoever checks, helps, comes along or has handed over."""
_WROTE = re.compile("制[表单]|录入|填[写表报]|登记")
"""Who wrote it down, which is the rep where no other column is."""
_SELLS = re.compile("(?:销售|业务|区域|片区|大区|商务|渠道|市场|城市)(?:经理|主管|主任|负责人)$")
"""Who leads others or sells: the rep where nobody else is, and all of them are on the roster."""
_PERSON = re.compile("[人员者]$")
_NAME = re.compile("[\u4e00-\u9fff·]{2,4}")


def are_reps(
    values: Iterable[CellValue], choices: Mapping[str, Sequence[str]], least: float = weights.ON_ROSTER
) -> bool:
    """Tell whether (nearly) all that is filled in are names on the roster."""
    roster = frozenset(map(_bare, choices.get(ROSTER, ())))
    filled = [v for v in values if not is_blank(v)] if roster else []
    return bool(filled) and share(filled, lambda v: is_text(v) and _bare(v) in roster) >= least


def only_wrote(header: str) -> bool:
    """Tell whether a word names who wrote something down, which need not be whose it is: 制表人, 登记人."""
    return _WROTE.search(header) is not None


def the_rep(
    clues: Iterable[tuple[int, str, Sequence[CellValue]]], choices: Mapping[str, Sequence[str]]
) -> int | None:
    """Return the place of the one header under which reps stand; None where there are several, or none.

    ``clues`` are places, headers and what stands there. Who checks or helps (审批人, 协办人) is no rep,
    and who wrote it down (制表人) only where nobody else is.
    """
    all_of_us = [(p, header) for p, header, values in clues if are_reps(values, choices)]
    found = {p: header for p, header in all_of_us if _may_be(header)}
    found = found or {p: header for p, header in all_of_us if _SELLS.search(header.strip())}
    if len(found) > 1:
        found = {place: header for place, header in found.items() if not only_wrote(header)}
    return next(iter(found)) if len(found) == 1 else None


def may_name_reps(
    columns: Mapping[str, Sequence[CellValue]], choices: Mapping[str, Sequence[str]]
) -> list[str]:
    """Return the headers under which reps may stand: names on the roster, or of people where it is empty."""
    anyone = not choices.get(ROSTER)
    return [
        header
        for header, values in columns.items()
        if _may_be(header)
        and (
            are_reps(values, choices, weights.PARTLY_ON_ROSTER)
            or (anyone and _people(header, [v for v in values if not is_blank(v)]))
        )
    ]


def _may_be(header: str) -> bool:
    beside = speaks_of(header, "manager", "review", "sign")
    return bool(header.strip()) and not (_BESIDE.search(header) or beside)


def _people(header: str, values: Sequence[CellValue]) -> bool:
    ours = speaks_of(header, "rep", "owner", "reporter")
    theirs = speaks_of(header, "customer", "contact", "decision", "handover", "from", "to")
    told = ours or (_PERSON.search(header.strip()) is not None and not theirs)
    return told and bool(values) and all(is_text(v) and _NAME.fullmatch(_bare(v)) for v in values)


def _bare(name: str) -> str:
    return "".join(name.split())
