"""The template workbooks that come with the package, and a team's own in their place."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from salesxl.errors import TemplateError

__all__ = ["shipped", "template"]


def shipped(name: str) -> bytes:
    """Return a template workbook by its file name: from the wheel, or from templates/ of a source tree.

    Raises:
        TemplateError: there is none of that name.
    """
    packed = resources.files("salesxl") / "_templates" / name
    if packed.is_file():
        return packed.read_bytes()
    source = Path(__file__).resolve().parents[2] / "templates" / name
    if source.is_file():
        return source.read_bytes()
    raise TemplateError("no_template", name=name)


def template(name: str, own: Path | None) -> bytes:
    """Return a team's own template where its folder has one, else the shipped one."""
    if own is not None and (own / name).is_file():
        return (own / name).read_bytes()
    return shipped(name)
