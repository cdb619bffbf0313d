"""LibreOffice as a second opinion: convert, look at pages, calculate formulas anew.

Each run has a profile of its own, so tests neither wait for each other nor depend on a user's settings.
Use the marker ``office`` on tests that call this.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl

__all__ = ["available", "convert", "pages", "recalculated"]

_ALWAYS_CALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item></oor:items>"""
_FONTS = Path(__file__).with_name("fonts.conf")
_XLSX = "xlsx:Calc MS Excel 2007 XML"


def available() -> bool:
    """Tell whether LibreOffice and poppler are installed."""
    return shutil.which("soffice") is not None and shutil.which("pdftoppm") is not None


def convert(path: Path, fmt: str, outdir: Path, *, timeout: float = 120) -> Path:
    """Convert a workbook with every formula calculated anew; ``fmt`` is pdf, xlsx, ods, csv …"""
    with tempfile.TemporaryDirectory() as profile:
        user = Path(profile, "user")
        user.mkdir()
        (user / "registrymodifications.xcu").write_text(_ALWAYS_CALCULATE)
        command = ["soffice", "--headless", "--norestore", f"-env:UserInstallation=file://{profile}"]
        command += ["--convert-to", _XLSX if fmt == "xlsx" else fmt, "--outdir", str(outdir), str(path)]
        environment = {**os.environ, **({"FONTCONFIG_FILE": str(_FONTS)} if _FONTS.exists() else {})}
        run = subprocess.run(
            command, capture_output=True, text=True, timeout=timeout, env=environment, check=False
        )
    made = Path(outdir, f"{Path(path).stem}.{fmt.partition(':')[0]}")
    assert made.exists(), f"LibreOffice could not read {path.name}: {run.stdout[-300:]}{run.stderr[-300:]}"
    return made


def pages(path: Path, outdir: Path, *, dpi: int = 70) -> list[Path]:
    """Return pictures of a workbook's printed pages."""
    pdf = convert(path, "pdf", outdir)
    subprocess.run(
        ["pdftoppm", "-png", "-r", str(dpi), str(pdf), str(Path(outdir, pdf.stem))], check=True, timeout=60
    )
    return sorted(Path(outdir).glob(f"{pdf.stem}-*.png"))


def recalculated(path: Path, outdir: Path | None = None) -> list[str]:
    """Return what does not agree with LibreOffice's calculation: error values, and stored values that differ.

    A formula without a stored value is only asked not to be an error.
    """
    with tempfile.TemporaryDirectory() as folder:
        again = convert(path, "xlsx", Path(folder) if outdir is None else _fresh(outdir))
        stored = openpyxl.load_workbook(path, data_only=True)
        written = openpyxl.load_workbook(path)
        new = openpyxl.load_workbook(again, data_only=True)
    faults = []
    for sheet, cell, formula in _formulas(written):
        before, after = stored[sheet][cell].value, new[sheet][cell].value
        if isinstance(after, str) and after.startswith("#"):
            faults.append(f"{sheet}!{cell} ={formula} is {after}")
        elif before is not None and not _same(before, after):
            faults.append(f"{sheet}!{cell} ={formula} stored {before!r}, calculated {after!r}")
    return faults


def _fresh(folder: Path) -> Path:
    # never onto the file itself, should both lie in one folder
    made = folder / "recalculated"
    made.mkdir(exist_ok=True)
    return made


def _formulas(book: openpyxl.Workbook) -> Iterator[tuple[str, str, Any]]:
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    yield sheet.title, cell.coordinate, cell.value


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, (int, float)) and isinstance(other, (int, float)):
        return abs(one - other) <= 1e-9 * max(1.0, abs(one))
    return bool(one == other) or (one in ("", None) and other in ("", None))
