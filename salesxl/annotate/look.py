"""The colours of the marks, by which they are also recognised, and how a fill is put over a rep's own.

A solid fill shows its foreground colour only; its background colour is free to hold the colour that stood in
the cell before. So the rep's own fill stays in the file, right behind the mark, whichever program saves it.
"""

from __future__ import annotations

from collections.abc import Sequence

from lxml import etree

from salesxl.excel.inplace import Styles
from salesxl.excel.inplace.styles import inside
from salesxl.model import Severity

__all__ = [
    "COLUMN_HEAD",
    "COLUMN_TEXT",
    "FILLS",
    "MARK_COLORS",
    "TEXT_COLORS",
    "covered",
    "mark_color",
    "over",
]

FILLS = {Severity.ERROR: "FFFFC9CF", Severity.WARNING: "FFFFE8A3"}
"""Light red and light amber, a shade off Excel's own so that they are ours alone. Notices are not filled."""

COLUMN_HEAD = "FFC8443C"
"""The header of the column of explanations, under white letters."""

COLUMN_TEXT = {Severity.ERROR: "FFFFF2F1", Severity.WARNING: "FFFFF9E4"}
"""The explanations themselves, by the worst in the row."""

MARK_COLORS = frozenset(FILLS.values())
TEXT_COLORS = frozenset({COLUMN_HEAD, *COLUMN_TEXT.values()})
_NONE = {"indexed": "64"}
_KEPT_ASIDE = "00"


def over(styles: Styles, base: int, color: str, aside: list[str]) -> int:
    """Return a format like another, filled with a colour over its own fill.

    A fill that is more than one plain colour (a pattern, a gradient) is appended to ``aside`` as XML and the
    mark remembers its place there.
    """
    behind = _behind(styles.fill_of(base), aside)
    back = " ".join(f'{name}="{value}"' for name, value in behind.items())
    pattern = f'<patternFill patternType="solid"><fgColor rgb="{color}"/><bgColor {back}/></patternFill>'
    return styles.clone(base, fillId=styles.add_fill(pattern))


def _behind(fill: etree._Element | None, aside: list[str]) -> dict[str, str]:
    pattern = fill.find("{*}patternFill") if fill is not None else None
    kind = pattern.get("patternType", "none") if pattern is not None else None
    if fill is None or len(fill) == 0 or kind == "none":
        return _NONE
    front = pattern.find("{*}fgColor") if pattern is not None else None
    if kind == "solid" and front is not None and len(front.attrib):
        return {str(name): str(value) for name, value in front.items()}
    xml = inside(fill)
    if xml not in aside:
        aside.append(xml)
    return {"rgb": f"{_KEPT_ASIDE}{aside.index(xml):06X}"}


def mark_color(fill: etree._Element | None) -> str | None:
    """Return the colour of a plain fill as AARRGGBB, None for any other fill."""
    front = fill.find("{*}patternFill[@patternType='solid']/{*}fgColor") if fill is not None else None
    rgb = front.get("rgb") if front is not None else None
    return rgb.upper() if rgb else None


def covered(fill: etree._Element, aside: Sequence[str]) -> str:
    """Return the inside of the fill that stood under a mark."""
    back = fill.find("{*}patternFill/{*}bgColor")
    rgb = back.get("rgb", "") if back is not None else ""
    if rgb.startswith(_KEPT_ASIDE) and rgb and int(rgb[2:], 16) < len(aside):
        return aside[int(rgb[2:], 16)]
    if (
        back is None
        or back.get("indexed") in ("64", "65")
        or rgb.startswith(_KEPT_ASIDE)
        or rgb == mark_color(fill)
    ):
        return '<patternFill patternType="none"/>'
    front = " ".join(f'{name}="{value}"' for name, value in back.items())
    return f'<patternFill patternType="solid"><fgColor {front}/><bgColor indexed="64"/></patternFill>'
