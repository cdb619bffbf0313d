"""What is let in, what is refused and why, and which files of a folder are looked at."""

from __future__ import annotations

import os
import pickle
import time
from pathlib import Path

import pytest

from salesxl.errors import RefusedError
from salesxl.xlsx.read import grid
from salesxl.xlsx.read.inspect import REASONS, Limits, candidates, inspect, passed_over
from tests import hostile

HOSTILE = hostile.files()
SMALL = Limits(max_inflated_bytes=1_000_000, max_parts=100)


def refusal(path: Path, limits: Limits = SMALL) -> RefusedError:
    with pytest.raises(RefusedError) as caught:
        inspect(path, limits=limits)
    return caught.value


def put(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def test_the_hostile_set_is_large():
    assert len(HOSTILE) >= 60


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_read_or_refused_with_a_reason_and_nothing_else(name, tmp_path):
    data, wanted = HOSTILE[name]
    path = put(tmp_path, name, data)
    began = time.monotonic()
    code, reason = "", ""
    try:
        grid.read(path, file=name, limits=SMALL)
    except RefusedError as refused:
        code, reason = refused.code, refused.facts["reason"]
    assert time.monotonic() - began < 5
    assert not code or reason in REASONS[code]
    if wanted is not None:
        assert reason == wanted


@pytest.mark.parametrize("share", range(2, 100, 7))
def test_a_workbook_cut_off_anywhere_is_called_truncated(share, tmp_path):
    data = hostile.book()
    refused = refusal(put(tmp_path, "a.xlsx", data[: len(data) * share // 100]))
    assert (refused.code, refused.facts["reason"]) == ("unreadable", "truncated")


@pytest.mark.parametrize(
    ("limits", "reason", "limit"),
    [
        (Limits(max_file_bytes=100), "too_large", "max_file_bytes"),
        (Limits(max_parts=3), "too_many_parts", "max_parts"),
        (Limits(max_inflated_bytes=500), "inflates_too_much", "max_inflated_bytes"),
        (Limits(max_ratio=1, ratio_from_bytes=10), "inflates_too_much", "max_ratio"),
        (Limits(max_cells=1), "too_many_cells", "max_cells"),
        (Limits(max_area=3), "area_too_large", "max_area"),
        (Limits(max_sheets=0), "too_many_sheets", "max_sheets"),
    ],
)
def test_a_broken_limit_is_named_with_its_value(limits, reason, limit, tmp_path):
    path = put(tmp_path, "a.xlsx", hostile.book(hostile.ONE_CELL + '<row r="2"><c r="B2"><v>2</v></c></row>'))
    with pytest.raises(RefusedError) as caught:
        grid.read(path, file="a.xlsx", limits=limits)
    facts = caught.value.facts
    assert caught.value.code == "unsafe"
    assert (facts["reason"], facts["limit"], facts["limit_value"]) == (reason, limit, getattr(limits, limit))


def test_limits_that_are_just_kept_let_the_file_in(tmp_path):
    path = put(tmp_path, "a.xlsx", hostile.book(hostile.ONE_CELL + '<row r="2"><c r="B2"><v>2</v></c></row>'))
    limits = Limits(max_cells=2, max_area=4, max_sheets=1, max_parts=6, max_file_bytes=path.stat().st_size)
    assert grid.read(path, file="a.xlsx", limits=limits).grids[0].rows == [[1, None], [None, 2]]


def test_two_thousand_pictures_are_no_reason_to_refuse(tmp_path):
    pictures = {f"xl/media/image{number}.png": b"\x89PNG" + bytes(60) for number in range(2000)}
    path = put(tmp_path, "a.xlsx", hostile.packed({**hostile.parts(), **pictures}))
    assert inspect(path).kind == "xlsx"


def test_the_far_cell_is_named(tmp_path):
    path = put(tmp_path, "a.xlsx", hostile.book(hostile.ONE_CELL + hostile.FAR_CELL))
    with pytest.raises(RefusedError) as caught:
        grid.read(path, file="a.xlsx")
    assert (caught.value.facts["sheet"], caught.value.facts["cell"]) == ("表", "XFD1048576")


def test_the_reader_is_never_called_for_a_far_cell(tmp_path, monkeypatch):
    called = []
    monkeypatch.setattr(grid, "_sheets", lambda *args: called.append(args))
    for name in ("far-cell.xlsx", "far-rows.ods", "far-cell-prefixed.xlsx"):
        with pytest.raises(RefusedError):
            grid.read(put(tmp_path, name, HOSTILE[name][0]), file=name)
    assert not called


@pytest.mark.parametrize(
    ("types", "kind"),
    [
        ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml", "xlsx"),
        ("application/vnd.openxmlformats-officedocument.spreadsheetml.template.main+xml", "xlsx"),
        ("application/vnd.ms-excel.sheet.macroEnabled.main+xml", "xlsm"),
        ("application/vnd.ms-excel.template.macroEnabled.main+xml", "xlsm"),
        ("application/vnd.ms-excel.sheet.binary.macroEnabled.main", "xlsb"),
    ],
)
def test_the_kind_comes_from_the_content_not_from_the_extension(types, kind, tmp_path):
    parts = {**hostile.parts(), "[Content_Types].xml": f'<Types a="{types}"/>'.encode()}
    for name in ("a.xlsx", "a.xls", "a.et", "a.csv", "a"):
        assert inspect(put(tmp_path, name, hostile.packed(parts))).kind == kind


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("a.csv", "客户,金额\n甲,1\n".encode(), "csv"),
        ("a.xls", "客户\t金额\n甲\t1\n".encode("gb18030"), "csv"),
        ("a.xlsx", "\ufeff客户,金额\n甲,1\n".encode(), "csv"),
        ("a.xls", b"<html><table><tr><td>1</td></tr></table></html>", "html"),
        ("a.xls", b"\r\n <table border=1><tr><td>1</td></tr></table>", "html"),
        (
            "a.xls",
            b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>',
            "xml",
        ),
    ],
)
def test_text_is_known_by_what_it_says(name, data, kind, tmp_path):
    assert inspect(put(tmp_path, name, data)).kind == kind


def test_a_password_protected_workbook_is_called_encrypted(tmp_path):
    refused = refusal(put(tmp_path, "a.xlsx", HOSTILE["encrypted.xlsx"][0]))
    assert (refused.code, refused.facts["reason"]) == ("unreadable", "encrypted")


def test_an_old_xls_with_a_password_is_called_encrypted(tmp_path):
    refused = refusal(put(tmp_path, "a.xls", HOSTILE["workbook-encrypted.xls"][0]))
    assert (refused.code, refused.facts["reason"]) == ("unreadable", "encrypted")


@pytest.mark.parametrize("data", [b"", b"\xef\xbb\xbf", b"\xff\xfe", b" \r\n\t\r\n", b"\0" * 100])
def test_a_file_with_nothing_in_it_is_called_empty(data, tmp_path):
    assert refusal(put(tmp_path, "a.csv", data)).facts["reason"] == "empty"


def test_what_is_no_file_is_refused(tmp_path):
    folder = tmp_path / "客户.xlsx"
    folder.mkdir()
    assert refusal(folder).facts["reason"] == "not_a_regular_file"
    pipe = tmp_path / "pipe.xlsx"
    os.mkfifo(pipe)
    assert refusal(pipe).facts["reason"] == "not_a_regular_file"
    assert refusal(tmp_path / "none.xlsx").facts["reason"] == "missing"
    loop = tmp_path / "loop.xlsx"
    loop.symlink_to(loop)
    assert refusal(loop).code == "unreadable"


def test_a_refusal_survives_the_way_between_processes(tmp_path):
    refused = refusal(put(tmp_path, "a.xlsx", b""))
    back = pickle.loads(pickle.dumps(refused))
    assert (back.code, back.facts) == (refused.code, refused.facts) == ("unreadable", {"reason": "empty"})
    workbook = grid.read(put(tmp_path, "b.xlsx", hostile.book()), file="b.xlsx")
    assert pickle.loads(pickle.dumps(workbook)) == workbook
    assert pickle.loads(pickle.dumps(grid.read)) is grid.read


@pytest.mark.parametrize(
    "name", ["~$张三_客户档案.xlsx", ".~张三.xlsx", ".hidden.xlsx", "Thumbs.db", ".DS_Store", "desktop.ini"]
)
def test_lock_and_hidden_and_system_files_are_passed_over(name):
    assert passed_over(Path("收件箱", name))


def test_a_submission_in_a_hidden_folder_given_by_name_is_not_passed_over():
    assert not passed_over(Path(".salesxl/收件箱/张三.xlsx"))


def test_candidates_are_sorted_by_path_and_other_files_listed_apart(tmp_path):
    for name in (
        "b.xlsx",
        "a.XLSX",
        "张三/周报.et",
        "张三/说明.docx",
        "~$b.xlsx",
        ".git/x.xlsx",
        "c.pdf",
        "d.csv",
    ):
        put(tmp_path, name, b"x")
    found = candidates(tmp_path)
    read, other = found.read, found.other
    assert [name for name, _ in read] == ["a.XLSX", "b.xlsx", "d.csv", "张三/周报.et"]
    assert [name for name, _ in other] == ["c.pdf", "张三/说明.docx"]
    assert all((tmp_path / name) == path for name, path in read + other)


def test_links_out_of_the_folder_and_loops_are_not_followed(tmp_path):
    outside = put(tmp_path, "外/秘密.xlsx", b"x")
    inbox = tmp_path / "收件箱"
    put(inbox, "a.xlsx", b"x")
    (inbox / "link.xlsx").symlink_to(outside)
    (inbox / "folder").symlink_to(outside.parent)
    (inbox / "again").symlink_to(inbox)
    (inbox / "self.xlsx").symlink_to(inbox / "self.xlsx")
    found = candidates(inbox)
    assert [name for name, _ in found.read] == ["a.xlsx"]
    away = [("folder", "link"), ("link.xlsx", "link")]
    assert [each for each in found.shut if each[0] != "self.xlsx"] == away


def test_a_folder_with_a_workbooks_name_is_a_candidate_so_that_it_is_reported(tmp_path):
    put(tmp_path, "x.xlsx/in.xlsx", b"x")
    assert [name for name, _ in candidates(tmp_path).read] == ["x.xlsx", "x.xlsx/in.xlsx"]


def test_files_given_by_name_are_candidates_and_keep_apart_where_their_names_meet(tmp_path):
    first, second = put(tmp_path, "1/周报.xlsx", b"x"), put(tmp_path, "2/周报.xlsx", b"x")
    note = put(tmp_path, "说明.docx", b"x")
    found = candidates([first, second, note])
    read, other = found.read, found.other
    assert dict(read) == {"周报.xlsx": first, "周报(2).xlsx": second, "说明.docx": note}
    assert other == []
