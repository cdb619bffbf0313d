"""One odd workbook costs its marks at most: read, marked or listed, well-formed, and nothing of it lost."""

from __future__ import annotations

import datetime as dt
import io
import shutil
import zipfile
from pathlib import Path

import pytest
from lxml import etree

from salesxl import annotate, messages, settings, validate
from salesxl.cli import report
from salesxl.intake import PLAIN, Batch, receive, room
from salesxl.model import Finding, Place, Severity
from salesxl.workspace import marked_copies, returns
from salesxl.xlsx.read import grid
from salesxl.xlsx.read.inspect import Limits
from tests.mutants import BASE, MUTANTS, mutant
from tests.workbooks import workbook

WORDS = messages.load("zh", report.label_of)
RULES = settings.default_rulebook()
AS_OF = dt.date(2026, 11, 20)
CASES = Path(__file__).parent / "data" / "cases" / "robust"
LISTED = frozenset({
    *("table_ref_junk", "table_without_columns", "table_broken"),
    *("comment_ref_junk", "comments_broken", "formats_none", "styles_empty", "styles_broken"),
    *("row_twice", "row_twice_with_other_cells", "cell_twice", "cell_in_another_row", "sheet_data_twice"),
    *("row_number_zero", "string_index_far", "type_unknown"),
})  # fmt: skip
"""Bent in a way in which no cell can be changed for sure, or nothing be read: these come back as a list."""
REFUSED = frozenset({"styles_broken", "row_number_zero", "string_index_far", "type_unknown"})


def handed_in(path: Path, out: Path) -> tuple[Batch, validate.Checked, list[Path]]:
    """Read, check and mark one file as a Friday does."""
    with room() as home:
        batch = receive([path], RULES, home=home)
        checked = validate.check(batch, RULES, AS_OF)
        return batch, checked, returns.mark(out, checked, batch.files, WORDS, copies=batch.copies)


def cells(path: Path) -> dict[tuple[str, int, int], object]:
    return {
        (sheet.sheet, row, column): value
        for sheet in grid.read(path, file="x").grids
        for row, values in enumerate(sheet.rows, 1)
        for column, value in enumerate(values, 1)
        if value is not None
    }


def assert_sound(marked: Path, original: Path) -> None:
    """Assert that a marked copy is well-formed where its original was, and holds all that stood in it."""
    with zipfile.ZipFile(marked) as now, zipfile.ZipFile(original) as before:
        was = set(before.namelist())
        for name in now.namelist():
            if name.lower().endswith((".xml", ".rels")) and (
                name not in was or now.read(name) != before.read(name)
            ):
                etree.fromstring(now.read(name))
    held, there = cells(original), cells(marked)
    assert {at: there.get(at) for at in held} == held


def test_the_form_that_is_bent_is_marked_itself(tmp_path):
    path = tmp_path / "good.xlsx"
    path.write_bytes(workbook(*BASE))
    _, checked, made = handed_in(path, tmp_path / "out")
    assert [each.name for each in made] == ["good.xlsx"]
    assert {f.code for f in checked.findings} == {"missing_column"}
    assert_sound(made[0], path)


@pytest.fixture(scope="module")
def bent(tmp_path_factory) -> tuple[Path, Batch]:
    """Read all bent forms in one go, each as it comes."""
    inbox = tmp_path_factory.mktemp("bent")
    for name in MUTANTS:
        (inbox / f"{name}.xlsx").write_bytes(mutant(name))
    return inbox, receive([inbox], RULES)


def marked(path: Path, out: Path) -> tuple[bytes, Path]:
    """Mark a bent form at three cells, one of them with a note of the rep's, and right of its table."""
    said = [
        Finding(code, severity, Place(path.name, "客户档案", cell), block="customer", row=row)
        for code, severity, cell, row in (
            ("required", Severity.ERROR, "D7", 7),
            ("stale", Severity.WARNING, "B5", 5),
            ("vague", Severity.WARNING, "F13", 13),
        )
    ]
    area = annotate.TableArea("客户档案", 3, 1, 6, 4, 13)
    piece = marked_copies.Piece("", path.name, path, out / path.name, tuple(said), (area,))
    return marked_copies.Marker(WORDS, PLAIN)(piece), marked_copies.listing(piece.target, WORDS, errors=1)


@pytest.mark.parametrize("name", MUTANTS)
def test_a_bent_form_is_read_and_marked_or_listed_and_loses_nothing(name, bent, tmp_path):
    inbox, batch = bent
    path = inbox / f"{name}.xlsx"
    told = [f for f in batch.findings if f.place.file == path.name]
    refused = [f for f in told if f.code in ("unreadable", "unsafe") and f.place.sheet is None]
    assert len(refused) == (name in REFUSED)
    read = sum(len(b.rows) for s in batch.submissions if s.file == path.name for b in s.blocks)
    assert (read >= 10) == (name not in REFUSED)
    outcome, listing = marked(path, tmp_path)
    if name in REFUSED:
        return  # never marked
    assert outcome == (b"listed" if name in LISTED else b"marked")
    if outcome == b"listed":
        grid.read(listing, file="x")
    else:
        assert_sound(tmp_path / path.name, path)


@pytest.mark.parametrize("path", sorted(CASES.glob("*.xlsx")), ids=lambda path: path.stem)
def test_a_good_form_with_one_odd_part_is_marked(path, tmp_path):
    _, checked, made = handed_in(path, tmp_path / "out")
    assert sum(map(len, checked.frames.values())) > 0
    assert [each.name for each in made] == [path.name]
    assert_sound(made[0], path)


@pytest.mark.parametrize(
    ("name", "why"),
    [("other_sheet_missing", "sheet_missing"), ("entry_without_id", "sheet_missing"),
     ("sheet_of_unknown_kind", "sheet_kind")],
)  # fmt: skip
def test_a_sheet_that_is_not_there_is_said_and_costs_no_other(name, why, tmp_path):
    path = tmp_path / "a.xlsx"
    path.write_bytes(mutant(name))
    _, checked, _ = handed_in(path, tmp_path / "out")
    told = [f for f in checked.findings if f.code == "unreadable"]
    assert [(f.severity, f.facts["why"]) for f in told] == [(Severity.WARNING, why)]
    assert told[0].place.sheet in {"说明", "ghost", "odd"}


def test_any_error_in_marking_becomes_a_list_of_findings(tmp_path, monkeypatch):
    path = tmp_path / "a.xlsx"
    path.write_bytes(workbook(*BASE))
    monkeypatch.setattr(annotate, "annotate", lambda *_, **__: 1 / 0)
    _, checked, made = handed_in(path, tmp_path / "out")
    assert [each.name for each in made] == ["a.xlsx.需要修改.xlsx"]
    assert {f.place.sheet for f in checked.findings} <= set(cells(made[0]).values())


def test_a_record_of_marks_that_is_a_bomb_is_not_unpacked(tmp_path):
    import base64
    import zlib

    from salesxl.annotate.record import Unpacker
    from salesxl.errors import RefusedError

    bomb = base64.b64encode(zlib.compress(bytes(50_000_000))).decode()
    with pytest.raises(RefusedError) as refused:
        Unpacker(Limits(max_inflated_bytes=1_000_000))(bomb)
    assert refused.value.facts["reason"] == "inflates_too_much"


def test_what_was_refused_is_never_opened_by_the_marking(tmp_path, monkeypatch):
    path = tmp_path / "bomb.xlsx"
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", bytes(64 * 1024 * 1024))
    path.write_bytes(stream.getvalue())
    monkeypatch.setattr(annotate, "annotate", None)  # would raise, and be swallowed
    opened: list[object] = []
    monkeypatch.setattr(marked_copies.Marker, "_made", lambda self, piece: opened.append(piece))
    _, checked, made = handed_in(path, tmp_path / "out")
    assert [(f.code, f.facts["why"]) for f in checked.findings] == [("unsafe", "inflates_too_much")]
    assert [each.name for each in made] == ["bomb.xlsx.需要修改.xlsx"]
    assert opened == []


def test_a_large_workbook_is_marked_in_a_process_with_bounds(tmp_path, monkeypatch):
    path = tmp_path / "large.xlsx"
    path.write_bytes(workbook(*BASE))
    monkeypatch.setattr(marked_copies, "PLAIN", Limits(max_file_bytes=1_000))
    _, _, made = handed_in(path, tmp_path / "out")
    assert [each.name for each in made] == ["large.xlsx"]
    assert_sound(made[0], path)


@pytest.mark.office
def test_bent_forms_that_were_marked_open_in_libreoffice(tmp_path):
    import subprocess

    soffice = shutil.which("soffice")
    if soffice is None:
        pytest.skip("no LibreOffice")
    wanted, originals = {}, {}
    for name in sorted(MUTANTS.keys() - REFUSED):
        path = originals[name] = tmp_path / f"{name}.xlsx"
        path.write_bytes(mutant(name))
        outcome, listing = marked(path, tmp_path / "out")
        wanted[name] = tmp_path / "out" / path.name if outcome == b"marked" else listing
    opened = {}
    for kind, paths in (("before", originals), ("after", wanted)):
        command = [soffice, f"-env:UserInstallation=file://{tmp_path}/profile", "--headless"]
        command += ["--convert-to", "csv", "--outdir", str(tmp_path / kind)]
        subprocess.run([*command, *map(str, paths.values())], check=True, capture_output=True, timeout=600)
        stems = {path.stem for path in (tmp_path / kind).iterdir()}
        opened[kind] = {name for name, path in paths.items() if path.stem in stems}
    assert opened["after"] >= opened["before"]
    assert len(opened["after"]) > len(wanted) - 5
