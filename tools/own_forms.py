"""The guide to own forms, followed step by step: what it has its reader type, typed; and its pictures.

    python -m tools.own_forms

Not part of make templates: pictures depend on the fonts of the machine.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import shutil
import subprocess
import tempfile
import warnings
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties

__all__ = ["fill", "pages", "tables", "type_in"]

DOCS = Path(__file__).resolve().parent.parent / "docs"
GUIDE = DOCS / "own-forms.md"
HEADER = 3
"""The row of the settings' sheets in which their header stands."""
WHITE, MARGIN = 250, 8
Table = list[dict[str, str]]


def tables() -> list[Table]:
    """Return the tables of the guide in order, each row by its header; cells without what is blank."""
    found: list[Table] = []
    head: list[str] | None = None
    for line in GUIDE.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")] if "|" in line else None
        if cells is None:
            head = None
        elif head is None:
            head = cells
            found.append([])
        elif not set(line) <= set(" |-"):
            found[-1].append({name: cell for name, cell in zip(head, cells, strict=True) if cell})
    return found


def type_in(path: Path, sheet: str, rows: Table) -> None:
    """Type rows into a sheet of the settings, below the last row that is filled in."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book = openpyxl.load_workbook(path)
        page = book[sheet]
        at = {str(cell.value).rstrip(" *"): cell.column for cell in page[HEADER] if cell.value}
        last = max(row for row in range(1, page.max_row + 1) if any(c.value is not None for c in page[row]))
        for number, row in enumerate(rows, last + 1):
            for label, value in row.items():
                page.cell(number, at[label]).value = value
        book.save(path)


def fill(blank: Path, filled: Path, rep: str, rows: Table) -> None:
    """Fill in the blank form as a rep would: the name in the card, rows below the example."""
    book = openpyxl.load_workbook(blank)
    page = book.active
    assert page is not None
    spots = {
        str(cell.value).rstrip(" *").split("(")[0]: cell
        for line in page.iter_rows(max_row=10)
        for cell in line
        if isinstance(cell.value, str)
    }
    page.cell(spots["销售代表"].row, spots["销售代表"].column + 1).value = rep
    for number, row in enumerate(rows, spots["客户名称"].row + 2):
        for label, text in row.items():
            dated = re.fullmatch(r"\d{4}-\d\d-\d\d", text)
            page.cell(number, spots[label].column).value = dt.datetime.fromisoformat(text) if dated else text
    book.save(filled)


def pages(run: Callable[..., Any], home: Path) -> Iterator[tuple[str, Path, str, Sequence[int]]]:
    """Follow the guide in a folder up to the returned form; yield what its pictures show.

    ``run`` takes a command's words. Each picture is told by its name, a workbook, a sheet, and the rows that
    are shown of it (first and last).
    """
    _, fields, drives, *_ = tables()
    team = home / "展厅"
    settings = team / "团队设置.xlsx"
    run("init", str(team))
    type_in(settings, "成员", tables()[0])
    type_in(settings, "表单", fields)
    last = max(n for n, row in enumerate(openpyxl.load_workbook(settings)["表单"].values, 1) if any(row))
    yield "forms-rows.png", settings, "表单", (last - len(fields) + 1, last)
    run("template", "试乘试驾", "-o", str(team / "模板"), "--settings", str(settings))
    blank = team / "模板" / "试乘试驾.xlsx"
    yield "forms-blank.png", blank, "试乘试驾", (1, 16)
    fill(blank, team / "收件箱" / "试乘试驾_张三.xlsx", "张三", drives)
    run("friday", str(team), "--as-of", "2026-11-20")
    yield (
        "forms-returned.png",
        team / "2026-W47" / "退回" / "张三" / "试乘试驾_张三.xlsx",
        "试乘试驾",
        (1, 12),
    )


def picture(path: Path, sheet: str, rows: Sequence[int], name: str) -> None:
    """Save some rows of a sheet as a picture, with row and column headers and without the white around."""
    with warnings.catch_warnings(), tempfile.TemporaryDirectory() as home:
        warnings.simplefilter("ignore")
        book = openpyxl.load_workbook(io.BytesIO(path.read_bytes()))
        for other in book.sheetnames:
            if other != sheet:
                book[other].sheet_state = "hidden"
        book.active = book.sheetnames.index(sheet)
        page: Any = book[sheet]
        first, last = rows
        for number in range(1, page.max_row + 1):
            page.row_dimensions[number].hidden = number not in range(first, last + 1) and number != HEADER
        for column in range(1, page.max_column + 1):
            letter = get_column_letter(column)
            empty = all(page.cell(number, column).value is None for number in range(first, last + 1))
            page.column_dimensions[letter].hidden = empty and sheet == "表单"
        width = max(cell.column for row in page.iter_rows(max_row=last) for cell in row if cell.value)
        page.print_area = f"A1:{get_column_letter(width)}{last}"
        page.print_title_rows = None
        page.page_setup.orientation = "landscape"
        page.page_setup.fitToHeight, page.page_setup.fitToWidth = 1, 1
        page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
        page.oddHeader.center.text = page.oddFooter.center.text = ""
        page.oddFooter.left.text = page.oddFooter.right.text = ""
        source = Path(home, "page.xlsx")
        book.save(source)
        office = ["soffice", "--headless", f"-env:UserInstallation=file://{home}/profile"]
        subprocess.run(
            [*office, "--convert-to", "pdf", "--outdir", home, str(source)], check=True, capture_output=True
        )
        draw = ["pdftoppm", "-r", "110", "-l", "1"]
        pdf, page_file = f"{home}/page.pdf", f"{home}/page"
        subprocess.run([*draw, "-gray", pdf, page_file], check=True, capture_output=True)
        crop = _used(next(Path(home).glob("page*.pgm")).read_bytes())
        subprocess.run([*draw, "-png", *crop, pdf, page_file], check=True, capture_output=True)
        shutil.copy(next(Path(home).glob("page*.png")), DOCS / "images" / name)


def _used(image: bytes) -> list[str]:
    """Return how to cut a grey picture (PGM) to what is on it, as pdftoppm takes it."""
    head = re.match(rb"P5\s+(\d+)\s+(\d+)\s+\d+\s", image)
    assert head is not None
    width, height = int(head[1]), int(head[2])
    dots = image[head.end() :]
    lines = [n for n in range(height) if min(dots[n * width : (n + 1) * width]) < WHITE]
    across = [n for n in range(width) if min(dots[n::width]) < WHITE]
    left, top = across[0] - MARGIN, lines[0] - MARGIN
    size = across[-1] + MARGIN - left, lines[-1] + MARGIN - top
    return ["-x", str(left), "-y", str(top), "-W", str(size[0]), "-H", str(size[1])]


def main() -> None:
    """Draw the guide's pictures."""
    from click.testing import CliRunner

    from salesxl.cli import main as salesxl

    def run(*words: str) -> None:
        done = CliRunner().invoke(salesxl, list(words))
        assert done.exit_code == 0, done.output

    with tempfile.TemporaryDirectory() as home:
        for name, path, sheet, rows in pages(run, Path(home)):
            picture(path, sheet, rows, name)


if __name__ == "__main__":
    main()
