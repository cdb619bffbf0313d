"""What is said when a template cannot be rendered: every sentence names the place and the remedy.

Owns these sentences for the parts that know a file format. Refuses: deciding what is a fault.
"""

from __future__ import annotations

from salesxl.errors import TemplateError
from salesxl.excel.bands import Band

__all__ = ["partial_text", "too_long", "ungrowable"]


def partial_text(band: Band, what: str) -> str:
    """Say that something takes in only a part of a band's rows, so that it cannot grow."""
    return (
        f"{what} 只覆盖了 {band.name}（第 {band.first}–{band.last} 行或列）的一部分，"
        "重复后无法用一个区域表示。"
        f"请引用整个 {band.first}–{band.last}，或改用 SUMIF 之类按条件汇总的函数。"
    )


def ungrowable(sheet: str, cell: str, band: Band, what: str) -> TemplateError:
    """Return the error for a reference, merge or picture that takes in a part of a band."""
    return TemplateError(f"模板 {sheet}!{cell}：{partial_text(band, what)}")


def too_long(sheet: str, name: str, limit: int) -> TemplateError:
    """Return the error for a band that runs past the end of the sheet."""
    return TemplateError(
        f"工作表“{sheet}”放不下：{name} 展开后超过 {limit} 行或列。请减少内容或分到几张工作表。"
    )
