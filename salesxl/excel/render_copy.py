"""Copies of parts: a chart that stands in every copy of a band, a sheet that repeats with all it shows.

Owns which related parts are copied with a part and which are shared. Refuses: changing what they hold.
"""

from __future__ import annotations

import posixpath
import re

from lxml import etree

from salesxl.excel.package import Package

__all__ = ["copy_part"]

_SHARED = (
    "image",
    "hyperlink",
    "pivotTable",
    "slicer",
    "printerSettings",
    "externalLink",
    "package",
    "media",
)
_NUMBER = re.compile(r"\d*(\.[^./]+)\Z")


def copy_part(package: Package, part: str) -> str:
    """Copy a part under a new name, with its related parts; pictures are shared. Return the new name."""
    pattern = _NUMBER.sub(r"{}\1", part)
    new = package.free_name(pattern)
    content_type = package.content_type(part)
    package.write(new, package.read(part))
    if content_type is not None:
        package.set_content_type(new, content_type)
    if package.rels(part):
        folder, name = posixpath.split(part)
        rels = etree.fromstring(package.read(f"{folder}/_rels/{name}.rels"))
        targets = package.rels(part)
        for node in rels:
            relation = targets[node.get("Id", "")]
            if relation.external:
                continue
            target = relation.target
            if relation.kind not in _SHARED and target in package:
                target = copy_part(package, target)
            node.set("Target", "/" + target)
        folder, name = posixpath.split(new)
        package.write(
            f"{folder}/_rels/{name}.rels",
            etree.tostring(rels, encoding="UTF-8", xml_declaration=True, standalone=True),
        )
    return new
