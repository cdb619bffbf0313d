"""How cells of a workbook look in a page: styles as CSS, numbers as their format shows them.

Owns both. Only colours, weights, sizes, sides and lines are taken over, each checked, so that nothing a
workbook says becomes anything else in a page. Refuses: which cells are shown.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence

from lxml import etree

from salesxl.xlsx.number_format import is_dated
from salesxl.xlsx.styles import Styles
from salesxl.xlsx.values import whole

__all__ = ["color_of", "css_of", "number_text", "theme_colors"]

BUILT_IN: Mapping[int, str] = {
    **{1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 37: "#,##0", 38: "#,##0"},
    **{39: "#,##0.00", 40: "#,##0.00", 14: "yyyy-mm-dd", 15: "yyyy-mm-dd", 16: "mm-dd", 17: "yyyy-mm"},
    **{18: "hh:mm", 19: "hh:mm:ss", 20: "hh:mm", 21: "hh:mm:ss", 22: "yyyy-mm-dd hh:mm", 31: "yyyy-mm-dd"},
    **{57: "yyyy-mm", 58: "mm-dd"},
}
_PALETTE = "000000 FFFFFF FF0000 00FF00 0000FF FFFF00 FF00FF 00FFFF".split()  # noqa: SIM905
_RGB = re.compile(r"(?:[0-9A-Fa-f]{2})?([0-9A-Fa-f]{6})")
_LITERAL = re.compile(r'"([^"]*)"|\\(.)|\[[^\]]*\]|_.|\*.')
_DIGITS = re.compile(r"[#0?][#0?,]*(?:\.[#0?]+)?")
_SIDES = {"left", "center", "right", "justify"}
_HEIGHTS = {"top": "top", "center": "middle", "bottom": "bottom"}
_WEIGHTS = {"thin": "1px solid", "hair": "1px dotted", "dotted": "1px dotted", "dashed": "1px dashed"}
_THICK = {"medium": "2px solid", "thick": "3px solid", "double": "3px double"}


def theme_colors(theme: bytes | None) -> tuple[str, ...]:
    """Return a theme's colours in the order in which cells number them; none where there is no theme."""
    if theme is None:
        return ()
    scheme = etree.fromstring(theme).find(".//{*}clrScheme")
    named = {}
    for node in scheme if scheme is not None else ():
        value = node[0].get("lastClr") or node[0].get("val") or "" if len(node) else ""
        named[etree.QName(node).localname] = value if _RGB.fullmatch(value) else "000000"
    order = "lt1 dk1 lt2 dk2 accent1 accent2 accent3 accent4 accent5 accent6 hlink folHlink".split()  # noqa: SIM905
    return tuple(named.get(name, "000000") for name in order)


def color_of(node: etree._Element | None, theme: Sequence[str]) -> str | None:
    """Return a colour as ``#1F3864``; None for none, or one that is no colour."""
    if node is None:
        return None
    said = _RGB.fullmatch(node.get("rgb", ""))
    rgb = said[1] if said else None
    at = whole(node.get("theme"), -1)
    if rgb is None and 0 <= at < len(theme):
        rgb = theme[at][-6:]
    number = whole(node.get("indexed"), -1)
    if rgb is None and 0 <= number < 16:
        rgb = _PALETTE[number % 8]
    if rgb is None:
        return None
    return f"#{_tinted(rgb, _float(node.get('tint')))}"


def _tinted(rgb: str, tint: float) -> str:
    parts = [int(rgb[at : at + 2], 16) for at in (0, 2, 4)]
    target = 255 if tint > 0 else 0
    return "".join(f"{round(part + (target - part) * min(abs(tint), 1)):02X}" for part in parts)


def _float(text: str | None) -> float:
    try:
        return float(text or 0)
    except ValueError:
        return 0.0


def css_of(styles: Styles, index: int, theme: Sequence[str]) -> str:
    """Return the declarations of a cell format."""
    xf = styles.xf(index)
    return ";".join(
        [*_fill(styles, index, theme), *_font(styles, xf, theme), *_sides(xf), *_lines(styles, xf, theme)]
    )


def _fill(styles: Styles, index: int, theme: Sequence[str]) -> list[str]:
    fill = styles.fill_of(index)
    pattern = fill.find("{*}patternFill") if fill is not None else None
    if pattern is None or pattern.get("patternType", "none") in ("none", "gray125"):
        return []
    color = color_of(pattern.find("{*}fgColor"), theme)
    return [f"background-color:{color}"] if color else []


def _font(styles: Styles, xf: etree._Element, theme: Sequence[str]) -> list[str]:
    fonts, at = styles.items("fonts"), whole(xf.get("fontId"))
    return font_css(fonts[at], theme) if at < len(fonts) else []


def font_css(font: etree._Element, theme: Sequence[str]) -> list[str]:
    """Return the declarations of a font."""
    found = []
    for name, said in (
        ("b", "font-weight:bold"),
        ("i", "font-style:italic"),
        ("u", "text-decoration:underline"),
    ):
        node = font.find(f"{{*}}{name}")
        if node is not None and node.get("val", "1") not in ("0", "false", "none"):
            found.append(said)
    size = font.find("{*}sz")
    points = _float(size.get("val")) if size is not None else 0
    if 4 <= points <= 72:
        found.append(f"font-size:{points:g}pt")
    color = color_of(font.find("{*}color"), theme)
    return [*found, f"color:{color}"] if color else found


def _sides(xf: etree._Element) -> list[str]:
    node = xf.find("{*}alignment")
    if node is None:
        return []
    found = []
    if node.get("horizontal") in _SIDES:
        found.append(f"text-align:{node.get('horizontal')}")
    if node.get("vertical") in _HEIGHTS:
        found.append(f"vertical-align:{_HEIGHTS[node.get('vertical', '')]}")
    indent = whole(node.get("indent"))
    if 0 < indent < 20:
        found.append(f"padding-left:{indent * 9 + 3}px")
    return [*found, "white-space:pre-wrap"] if node.get("wrapText") in ("1", "true") else found


def _lines(styles: Styles, xf: etree._Element, theme: Sequence[str]) -> list[str]:
    borders, at = styles.items("borders"), whole(xf.get("borderId"))
    if at >= len(borders):
        return []
    found = []
    for side in ("left", "right", "top", "bottom"):
        node = borders[at].find(f"{{*}}{side}")
        weight = ({**_WEIGHTS, **_THICK}).get(node.get("style", "")) if node is not None else None
        if weight and node is not None:
            found.append(f"border-{side}:{weight} {color_of(node.find('{*}color'), theme) or '#808080'}")
    return found


# ---- numbers


def number_text(number: float, code: str, *, date1904: bool = False) -> str:
    """Return a number as a format code shows it; what the code has beyond digits and days is left out."""
    sections = code.split(";")
    if is_dated(code):
        return _dated(number, code, date1904=date1904)
    code = sections[1] if number < 0 and len(sections) > 1 else sections[0]
    if number == 0 and len(sections) > 2:
        code = sections[2]
    literals: list[str] = []

    def kept(found: re.Match[str]) -> str:
        literals.append(found[1] or found[2] or "")
        return chr(0xE000 + len(literals) - 1)

    plain = _LITERAL.sub(kept, code)
    digits = _DIGITS.search(plain)
    if digits is None:
        shown = _general(abs(number) if len(sections) > 1 else number) if _is_general(plain) else ""
        text = plain if shown == "" else shown
    else:
        places = len(digits[0].partition(".")[2])
        value = number * 100 if "%" in plain else number
        value = abs(value) if len(sections) > 1 and number < 0 else value
        text = plain[: digits.start()] + _rounded(value, digits[0], places) + plain[digits.end() :]
    return "".join(
        literals[ord(c) - 0xE000] if 0xE000 <= ord(c) < 0xE000 + len(literals) else c for c in text
    ).strip()


def _is_general(code: str) -> bool:
    return code.strip().lower() in ("", "general", "g/通用格式", "@")


def _general(number: float) -> str:
    return f"{number:.10g}" if abs(number) < 1e11 else f"{number:.0f}"


def _rounded(value: float, digits: str, places: int) -> str:
    text = f"{value:,.{places}f}" if "," in digits else f"{value:.{places}f}"
    if digits.endswith("#") and "." in text:
        text = text.rstrip("0").rstrip(".")
    zeros = digits.partition(".")[0].replace(",", "").count("0")
    return text.zfill(zeros) if "," not in digits and zeros > 1 else text


def _dated(number: float, code: str, *, date1904: bool) -> str:
    first = dt.datetime(1904, 1, 1) if date1904 else dt.datetime(1899, 12, 30)
    try:
        moment = first + dt.timedelta(days=number)
    except OverflowError:
        return _general(number)
    moment = (moment + dt.timedelta(milliseconds=500)).replace(microsecond=0)
    lower = _LITERAL.sub("", code).lower()
    hours = "h" in lower
    if hours and not any(sign in lower for sign in "yd"):
        return moment.strftime("%H:%M")
    shown = "%Y-%m-%d" if "d" in lower else "%Y-%m" if "y" in lower else "%m"
    if "y" not in lower and "d" in lower:
        shown = "%m-%d"
    return moment.strftime(f"{shown} %H:%M" if hours else shown)
