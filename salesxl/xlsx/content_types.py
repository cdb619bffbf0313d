"""What kind of workbook a package is: a workbook or a template, with macros or without.

Owns the content types that a file's name goes with; Excel refuses to open a file whose type is another's.
Refuses: what is in the macros.
"""

from __future__ import annotations

from salesxl.xlsx.package import Package

__all__ = ["be_kind"]

_OPEN = "application/vnd.openxmlformats-officedocument.spreadsheetml.{}.main+xml"
_MACROS = "application/vnd.ms-excel.{}.macroEnabled.main+xml"
_TYPES = {
    ".xlsx": _OPEN.format("sheet"),
    ".xltx": _OPEN.format("template"),
    ".xlsm": _MACROS.format("sheet"),
    ".xltm": _MACROS.format("template"),
}
_WITH_MACROS = (".xlsm", ".xltm")
_OF_MACROS = ("vbaProject", "vbaProjectSignature", "wordVbaData", "attachedToolbars")


def be_kind(package: Package, suffix: str) -> None:
    """Make a package what a file's ending says it is; without macros where the ending has none."""
    wanted = _TYPES.get(suffix.lower())
    main = package.main()
    if wanted is None or package.content_type(main) == wanted:
        return
    package.set_content_type(main, wanted)
    if suffix.lower() in _WITH_MACROS:
        return
    for rid, relation in list(package.rels(main).items()):
        if relation.kind in _OF_MACROS:
            package.remove_rel(main, rid)
            _remove(package, relation.target)


def _remove(package: Package, part: str) -> None:
    """Take a part out with all that only it leads to."""
    if part not in package:
        return
    inner = [relation.target for relation in package.rels(part).values() if not relation.external]
    package.remove(part)
    for target in inner:
        _remove(package, target)
