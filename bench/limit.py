"""The least that can be done: read every cell in two processes, and write the same cells as XML text.

    python -m bench.limit FOLDER OUT

Nothing is recognised, checked, marked or summed up. Cells go out as inline text and numbers, without styles.
"""

from __future__ import annotations

import datetime as dt
import sys
import zipfile
from concurrent.futures import ProcessPoolExecutor
from html import escape
from pathlib import Path
from typing import Any

import python_calamine

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/xl/workbook.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
    '<Override PartName="/xl/worksheets/sheet1.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r1" '
    f'Type="{RELS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r1" '
    f'Type="{RELS}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{RELS}"><sheets>'
    '<sheet name="all" sheetId="1" r:id="r1"/></sheets></workbook>',
}
EPOCH = dt.date(1899, 12, 30)


def main(folder: Path, out: Path) -> None:
    """Read all workbooks and write one sheet with all their rows."""
    paths = sorted(folder.glob("*.xlsx"))
    with (
        ProcessPoolExecutor(2) as pool,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as package,
    ):
        for name, text in PARTS.items():
            package.writestr(name, text)
        with package.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            sheet.write(f'<worksheet xmlns="{MAIN}"><sheetData>'.encode())
            for rows in pool.map(read, paths, chunksize=16):
                sheet.write("".join(rows).encode())
            sheet.write(b"</sheetData></worksheet>")


def read(path: Path) -> list[str]:
    """Return a workbook's rows as XML text."""
    workbook = python_calamine.CalamineWorkbook.from_path(path)
    return [
        f"<row>{''.join(map(cell, row))}</row>"
        for name in workbook.sheet_names
        for row in workbook.get_sheet_by_name(name).to_python()
    ]


def cell(value: Any) -> str:
    """Return the XML of one cell."""
    if value.__class__ is str:
        return f'<c t="inlineStr"><is><t>{escape(value)}</t></is></c>' if value else "<c/>"
    if isinstance(value, dt.date):
        return f"<c><v>{value.toordinal() - EPOCH.toordinal()}</v></c>"
    return f"<c><v>{value}</v></c>"


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
