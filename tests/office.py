"""LibreOffice as a second opinion: convert, look at pages, calculate formulas anew.

Each run has a profile of its own, so tests neither wait for each other nor depend on a user's settings.
Use the marker ``office`` on tests that call this.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import openpyxl

__all__ = ["available", "convert", "convert_all", "edit", "load", "mismatches", "pages", "recalculated"]

_ALWAYS_CALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item></oor:items>"""
_MODULE = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE script:module PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "module.dtd">
<script:module xmlns:script="http://openoffice.org/2000/script" script:name="Module1"
 script:language="StarBasic">
{}</script:module>"""
_AROUND = """Function Setting(key, content)
  Dim made As New com.sun.star.beans.PropertyValue
  made.Name = key
  made.Value = content
  Setting = made
End Function
Sub Main
  book = StarDesktop.loadComponentFromURL("{source}", "_blank", 0, Array(Setting("Hidden", True)))
  On Error Goto Failed
{body}
  book.storeToURL("{target}", Array(Setting("FilterName", "Calc MS Excel 2007 XML")))
  book.close(True)
  Exit Sub
Failed:
  file = FreeFile
  Open "{target}.txt" For Output As #file
  Print #file, Error$ & " in line " & Erl
  Close #file
  StarDesktop.terminate()
End Sub
"""
_FONTS = Path(__file__).with_name("fonts.conf")
_XLSX = "xlsx:Calc MS Excel 2007 XML"


def available() -> bool:
    """Tell whether LibreOffice and poppler are installed."""
    return shutil.which("soffice") is not None and shutil.which("pdftoppm") is not None


def convert(path: Path, fmt: str, outdir: Path, *, timeout: float = 120) -> Path:
    """Convert a workbook with every formula calculated anew; ``fmt`` is pdf, xlsx, ods, csv …"""
    return convert_all([path], fmt, outdir, timeout=timeout)[0]


def convert_all(paths: Sequence[Path], fmt: str, outdir: Path, *, timeout: float = 120) -> list[Path]:
    """Convert several workbooks in one run, which saves the program's start for all but the first."""
    with tempfile.TemporaryDirectory() as profile:
        user = Path(profile, "user")
        user.mkdir()
        (user / "registrymodifications.xcu").write_text(_ALWAYS_CALCULATE)
        command = ["soffice", "--headless", "--norestore", f"-env:UserInstallation=file://{profile}"]
        command += ["--convert-to", _XLSX if fmt == "xlsx" else fmt, "--outdir", str(outdir)]
        environment = {**os.environ, **({"FONTCONFIG_FILE": str(_FONTS)} if _FONTS.exists() else {})}
        run = subprocess.run(
            [*command, *map(str, paths)],
            capture_output=True,
            text=True,
            timeout=timeout,
            env=environment,
            check=False,
        )
    made = [Path(outdir, f"{Path(path).stem}.{fmt.partition(':')[0]}") for path in paths]
    for path, result in zip(paths, made, strict=True):
        said = f"{run.stdout[-300:]}{run.stderr[-300:]}"
        assert result.exists(), f"LibreOffice could not read {Path(path).name}: {said}"
    return made


def edit(path: Path, target: Path, body: str, *, timeout: float = 120) -> Path:
    """Change a workbook as somebody at LibreOffice would, and save it; ``body`` is Basic on ``book``."""
    macro = _AROUND.format(source=path.as_uri(), target=target.as_uri(), body=body)
    with tempfile.TemporaryDirectory() as profile:
        command = ["soffice", "--headless", "--norestore", f"-env:UserInstallation=file://{profile}"]

        def run(what: str) -> str:
            # a fault in the macro's own text opens a dialogue nobody can answer: end all that was started
            pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
            with subprocess.Popen([*command, what], start_new_session=True, **pipes) as started:
                try:
                    return started.communicate(timeout=timeout)[0]
                except subprocess.TimeoutExpired:
                    os.killpg(started.pid, signal.SIGKILL)
                    raise

        run("--terminate_after_init")  # a new profile gets an empty module first, over whatever lies there
        module = Path(profile, "user", "basic", "Standard", "Module1.xba")
        module.write_text(_MODULE.format(escape(macro)), encoding="utf-8")
        said = run("macro:///Standard.Module1.Main")
    wrong = Path(f"{target}.txt")
    assert target.exists(), wrong.read_text() if wrong.exists() else f"LibreOffice saved nothing: {said}"
    return target


def pages(path: Path, outdir: Path, *, dpi: int = 70) -> list[Path]:
    """Return pictures of a workbook's printed pages."""
    pdf = convert(path, "pdf", outdir)
    subprocess.run(
        ["pdftoppm", "-png", "-r", str(dpi), str(pdf), str(Path(outdir, pdf.stem))], check=True, timeout=60
    )
    return sorted(Path(outdir).glob(f"{pdf.stem}-*.png"))


def recalculated(path: Path, outdir: Path | None = None) -> list[str]:
    """Return what does not agree with LibreOffice's calculation: error values, and stored values that differ.

    A formula without a stored value is only asked not to be an error. The calculated workbook is kept in
    ``outdir``/recalculated where that is given.
    """
    with tempfile.TemporaryDirectory() as folder:
        again = convert(path, "xlsx", Path(folder) if outdir is None else _fresh(outdir))
        return mismatches(path, again)


def mismatches(path: Path, again: Path) -> list[str]:
    """Return where a workbook and its recalculated twin disagree."""
    stored, new = load(path, data_only=True), load(again, data_only=True)
    faults = []
    for sheet, cell, formula in _formulas(load(path)):
        before, after = stored[sheet][cell].value, new[sheet][cell].value
        if isinstance(after, str) and after.startswith("#"):
            faults.append(f"{sheet}!{cell} ={formula} is {after}")
        elif before is not None and not _same(before, after):
            faults.append(f"{sheet}!{cell} ={formula} stored {before!r}, calculated {after!r}")
    return faults


def load(path: Path, *, data_only: bool = False) -> openpyxl.Workbook:
    """Open a workbook without being told what openpyxl does not know."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        return openpyxl.load_workbook(path, data_only=data_only)


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
