"""Which features of a workbook survive: ours (mark, then as returned) beside openpyxl (load, save).

    python -m bench.features_kept

Every feature is built into a small workbook of its own; a feature is kept when each of its traces
in the package is still there. Prints a Markdown table.
"""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections.abc import Callable

import openpyxl

from salesxl.annotate import annotate
from tests.test_annotate import FINDINGS, TABLE, WORDS, tell
from tests.workbooks import workbook

TRACES: dict[str, tuple[str, ...]] = {
    "sparklines": ("x14:sparklineGroup ", "x14:sparkline>"),
    "data_bars": ("x14:dataBar", "x14:id"),
    "x14_dropdown": ("x14:dataValidation ",),
    "dropdown": ("<dataValidation ",),
    "text_box": ("填表须知",),
    "form_controls": ('ObjectType="Button"', "featurePropertyBag"),
    "slicer": ("slicerCacheDefinition", "x14:slicer "),
    "pivot": ("pivotTableDefinition", "pivotCacheDefinition"),
    "chart": ("c:chartSpace|<chartSpace",),
    "image": ("PNG",),
    "notes": ("老客户，先别催", "口头报价"),
    "threaded": ("ThreadedComments", "personList"),
    "macros": ("vbaProject.bin",),
    "table": ("tableColumns",),
    "filter": ("<autoFilter ", "_FilterDatabase"),
    "protected": ("sheetProtection ",),
    "merged": ('mergeCell ref="A15:C16"',),
    "hidden_rows": ('hidden="1"',),
    "cell_images": ("cellImages", "DISPIMG"),
    "conditional": ("cfRule",),
    "signature": ("_xmlsignatures/origin.sigs",),
    "defined_names": ("行业", "Print_Area"),
    "custom_xml": ("urn:a-team",),
    "fills": ("FFE2EFDA", "darkHorizontal"),
    "plain": ("<v>5500</v>",),
    "strict": ("purl.oclc.org/ooxml/spreadsheetml/main",),
}
NAMES = {
    "sparklines": "sparklines",
    "data_bars": "data bars of Excel 2010",
    "x14_dropdown": "dropdowns with choices on another sheet (x14)",
    "dropdown": "dropdowns",
    "text_box": "text boxes",
    "form_controls": "form controls",
    "slicer": "slicers",
    "pivot": "pivot tables",
    "chart": "charts, unchanged",
    "image": "pictures, unchanged (openpyxl: without Pillow)",
    "notes": "notes, unchanged",
    "threaded": "threaded comments",
    "macros": "macros",
    "table": "Excel tables",
    "filter": "filters",
    "protected": "protection",
    "merged": "merged cells",
    "hidden_rows": "hidden rows and columns",
    "cell_images": "WPS pictures in cells",
    "conditional": "conditional formats",
    "signature": "signature parts",
    "defined_names": "defined names, print areas",
    "custom_xml": "custom XML",
    "fills": "fills and patterns",
    "plain": "results of formulas",
    "strict": "Strict OOXML",
}
EXACT = {"chart": r"xl/charts/chart1\.xml", "image": r"xl/media/.*", "notes": r"xl/drawings/vmlDrawing1\.vml"}
"""Features of which a part must keep its bytes (notes: begin with them)."""


def with_openpyxl(data: bytes) -> bytes:
    """Load and save a workbook with openpyxl as tools usually do."""
    stream = io.BytesIO()
    openpyxl.load_workbook(io.BytesIO(data)).save(stream)
    return stream.getvalue()


def with_ours(data: bytes) -> bytes:
    """Mark a workbook as it is returned to a rep."""
    return annotate(data, FINDINGS, tell, WORDS, tables=TABLE).data


def kept(feature: str, change: Callable[[bytes], bytes]) -> bool:
    """Say whether a feature is in a workbook after it was changed."""
    source = workbook(feature)
    try:
        after = contents(change(source))
    except Exception:  # noqa: BLE001  a tool that fails keeps nothing
        return False
    before, text = contents(source), as_text(after)
    if not all(re.search(trace, as_text(before)) for trace in TRACES[feature]):
        raise LookupError(f"{feature}: the workbook that should have it has not")
    exact = [name for name in before if re.fullmatch(EXACT.get(feature, "$"), name)]
    same = all(after.get(name, b"").startswith(before[name].removesuffix(b"</xml>")) for name in exact)
    return same and all(re.search(trace, text) for trace in TRACES[feature])


def as_text(parts: dict[str, bytes]) -> str:
    """Return a package as one text, parts' names included."""
    return "\n".join(f"{name}\n{data.decode(errors='replace')}" for name, data in parts.items())


def contents(data: bytes) -> dict[str, bytes]:
    """Return the parts of a workbook."""
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def main() -> list[tuple[str, bool, bool]]:
    """Print the table and return its rows."""
    warnings.simplefilter("ignore")
    rows = [(NAMES[f], kept(f, with_ours), kept(f, with_openpyxl)) for f in TRACES]
    print("| feature | salesxl, marked | openpyxl, load → save |\n| --- | --- | --- |")
    for name, ours, theirs in rows:
        print(f"| {name} | {'kept' if ours else 'LOST'} | {'kept' if theirs else 'lost'} |")
    print(f"| **of {len(rows)}** | **{sum(r[1] for r in rows)}** | **{sum(r[2] for r in rows)}** |")
    return rows


if __name__ == "__main__":
    main()
