"""What a formula uses each of its references for: as one value, or as a range.

A single cell that is used as one value (``=B5*2``) means one cell; as an argument that takes ranges
(``=SUM(B5)``) it means all that cell stands for, and so it grows with it. Owns which arguments of which
functions take ranges. Refuses: where references go.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from salesxl.xlsx.refs import Ref, parse

__all__ = ["Role", "grows_as_name", "roles"]

_EVERY = """SUM SUMSQ AVERAGE AVERAGEA AVEDEV COUNT COUNTA COUNTBLANK MAX MAXA MIN MINA MEDIAN MODE MODE.SNGL
MODE.MULT PRODUCT STDEV STDEV.S STDEV.P STDEVA STDEVP STDEVPA VAR VAR.S VAR.P VARA VARP VARPA GEOMEAN HARMEAN
DEVSQ SKEW KURT AND OR XOR CONCAT ROWS COLUMNS TRANSPOSE MMULT MDETERM MINVERSE FREQUENCY GCD LCM CORREL COVAR
COVARIANCE.P COVARIANCE.S SLOPE INTERCEPT RSQ PEARSON STEYX LINEST LOGEST TREND GROWTH
SUMX2MY2 SUMX2PY2 SUMXMY2 TTEST T.TEST FTEST F.TEST CHITEST CHISQ.TEST XIRR
MULTINOMIAL AREAS UNIQUE VSTACK HSTACK TOCOL TOROW SUMPRODUCT"""
_SOME = {
    "SUBTOTAL": "2-", "AGGREGATE": "3-", "SUMIF": "1 3", "AVERAGEIF": "1 3", "COUNTIF": "1",
    "SUMIFS": "1 even", "AVERAGEIFS": "1 even", "MAXIFS": "1 even", "MINIFS": "1 even", "COUNTIFS": "odd",
    "VLOOKUP": "2", "HLOOKUP": "2", "LOOKUP": "2 3", "XLOOKUP": "2 3", "MATCH": "2", "XMATCH": "2",
    "INDEX": "1", "RANK": "2", "RANK.EQ": "2", "RANK.AVG": "2", "LARGE": "1", "SMALL": "1", "NPV": "2-",
    "IRR": "1", "MIRR": "1", "XNPV": "2-", "PERCENTILE": "1", "PERCENTILE.INC": "1", "PERCENTILE.EXC": "1",
    "QUARTILE": "1", "QUARTILE.INC": "1", "QUARTILE.EXC": "1", "PERCENTRANK": "1", "PERCENTRANK.INC": "1",
    "PERCENTRANK.EXC": "1", "TRIMMEAN": "1", "ZTEST": "1", "Z.TEST": "1", "PROB": "1 2", "FORECAST": "2 3",
    "FORECAST.LINEAR": "2 3", "TEXTJOIN": "3-", "NETWORKDAYS": "3", "WORKDAY": "3", "NETWORKDAYS.INTL": "4",
    "WORKDAY.INTL": "4", "SORT": "1", "SORTBY": "1-", "FILTER": "1 2", "TAKE": "1", "DROP": "1",
    "DSUM": "1 3", "DCOUNT": "1 3", "DCOUNTA": "1 3", "DAVERAGE": "1 3", "DMAX": "1 3", "DMIN": "1 3",
    "DGET": "1 3",
}  # fmt: skip
"""Which arguments are ranges: numbers, ``2-`` for the second and all after it, ``even`` or ``odd`` ones."""
_WHOLLY = frozenset(("SUMPRODUCT", "MMULT", "FREQUENCY", "FILTER", "SORTBY"))
"""Functions that calculate with whole ranges, so that ``(B5>0)*C5`` within them grows as well."""
_THROUGH = frozenset(
    """SUM AVERAGE AVERAGEA COUNT COUNTA MAX MAXA MIN MINA PRODUCT STDEV STDEVA STDEVP STDEVPA STDEV.S STDEV.P
    VAR VARA VARP VARPA VAR.S VAR.P""".split()  # noqa: SIM905 - a list of names reads better so
)
"""Functions that take any number of ranges, and one through several sheets (``SUM(Jan:Mar!B9)``)."""
_RANGES = {**dict.fromkeys(_EVERY.split(), "1-"), **_SOME}

_LEXED = re.compile(
    r"""(?P<string>"(?:[^"]|"")*")|(?P<call>[\w.]+)\s*\(|(?P<open>[({])|(?P<close>[)}])|(?P<comma>[,;])
    |(?P<struct>\[[^\]]*\])|(?P<space>\s+)|(?P<rest>.)""",
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Role:
    """What one reference is used for: does it grow, and does it end a range (``INDEX(…):B5``)?

    ``sheets`` tells whether it may run through several sheets there, or be a list of references.
    """

    grows: bool
    ends: bool = False
    sheets: bool = False


@dataclass(slots=True)
class _Call:
    """One pair of brackets around a place of a formula; ``name`` is blank where they only group."""

    name: str
    argument: int = 1


@lru_cache(maxsize=4096)
def roles(formula: str, *, whole: bool = False) -> tuple[Role | None, ...]:
    """Return the role of each piece that ``refs.parse`` takes a formula into, None for what is no reference.

    ``whole`` marks a formula that calculates with whole ranges: an array formula, a list of choices.
    """
    pieces = parse(formula)
    found: list[Role | None] = []
    calls: list[_Call] = []
    last = ""
    for index, piece in enumerate(pieces):
        if isinstance(piece, str):
            found.append(None)
            last = _walk(piece, calls) or last
            continue
        after = _first(pieces[index + 1]) if index + 1 < len(pieces) else ""
        alone = last in "(,;" and after in ",;)"
        sheets = alone and bool(calls) and calls[-1].name in _THROUGH
        grows = _grows(calls, alone=alone, whole=whole)
        found.append(Role(grows, ends=last == ":", sheets=sheets))
        last = "x"
    return tuple(found)


def grows_as_name(formula: str, name: str, *, whole: bool = False) -> bool | None:
    """Tell whether a formula uses a defined name as a range; None where it does not use it at all."""
    at = re.compile(rf"(?<![\w.\[\\]){re.escape(name)}(?![\w.(\\])", re.IGNORECASE)
    pieces = [p if isinstance(p, Ref) else at.sub("$A$1", p) for p in _outside_strings(formula)]
    if not any(isinstance(p, str) and at.search(p) for p in _outside_strings(formula)):
        return None
    marked = "".join(map(str, pieces))
    told = zip(parse(marked), roles(marked, whole=whole), strict=True)
    return any(role.grows for piece, role in told if role is not None and str(piece) == "$A$1")


def _outside_strings(formula: str) -> Iterator[str | Ref]:
    for piece in parse(formula):
        if isinstance(piece, Ref):
            yield piece
        else:
            yield re.sub(r'"(?:[^"]|"")*"', '""', piece)


def _walk(text: str, calls: list[_Call]) -> str:
    """Follow the brackets of a text; return its last sign that is no space."""
    last = ""
    for found in _LEXED.finditer(text):
        kind = found.lastgroup
        if kind == "space":
            continue
        last = found[0].strip()[-1:]
        if kind == "call":
            name = found["call"].upper().removeprefix("_XLFN.").removeprefix("_XLWS.")
            calls.append(_Call(name))
        elif kind == "open":
            calls.append(_Call(""))
        elif kind == "close":
            if calls:
                calls.pop()
        elif kind == "comma" and calls:
            calls[-1].argument += 1
    return last


def _first(piece: str | Ref) -> str:
    return piece.strip()[:1] if isinstance(piece, str) else "x"


def _grows(calls: list[_Call], *, alone: bool, whole: bool) -> bool:
    """Tell whether a reference is a range there: by the innermost function, brackets passed over."""
    for call in reversed(calls):
        if call.name:
            if not _takes(call):
                return whole and call.name not in _RANGES
            return alone or whole or call.name in _WHOLLY
    return whole


def _takes(call: _Call) -> bool:
    at = call.argument
    for asked in _RANGES.get(call.name, "").split():
        if asked in {"even", "odd"}:
            if at % 2 == (asked == "odd"):
                return True
        elif asked.endswith("-"):
            if at >= int(asked[:-1]):
                return True
        elif at == int(asked):
            return True
    return False
