"""What came in is copied first: whatever lies in an inbox costs one finding, and a zip of forms is opened."""

from __future__ import annotations

import io
import os
import socket
import zipfile
from pathlib import Path

import pytest

from salesxl import friday, settings
from salesxl.intake import Batch, copies, receive, room
from salesxl.workspace import folder
from salesxl.workspace.folder import TeamFolder
from salesxl.xlsx.read import bundle
from salesxl.xlsx.read.inspect import Limits
from tests.sheets import AS_OF, WORDS, archive, weekly
from tests.workbooks import workbook

RULES = settings.default_rulebook()
FORM = workbook("plain")


def refused(batch: Batch) -> dict[str, tuple[str, str]]:
    """Return what was not read, by file."""
    return {
        f.place.file: (f.code, f.facts["why"])
        for f in batch.findings
        if f.code in ("unreadable", "unsafe", "unrecognised") and f.place.sheet is None
    }


def zipped(path: Path, members: dict[str, bytes], *, gbk: bool = False) -> Path:
    """Write a zip; ``gbk``: with the names that a Chinese Windows writes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            info = zipfile.ZipInfo(name)
            if gbk:
                info.filename = name.encode("gbk").decode("cp437")
            archive.writestr(info, data, zipfile.ZIP_DEFLATED)
    if gbk:  # zipfile marks what is not ASCII as UTF-8: take the mark and the spelling back
        raw = path.read_bytes()
        for name in members:
            spelled = name.encode("gbk").decode("cp437").encode()
            assert spelled in raw
        path.write_bytes(_gbk(members))
    return path


def _gbk(members: dict[str, bytes]) -> bytes:
    """Return a zip whose names are GBK bytes without the mark of UTF-8, put in place of others as long."""
    stream = io.BytesIO()
    places = {f"{number:0{len(name.encode('gbk'))}}": name for number, name in enumerate(members)}
    with zipfile.ZipFile(stream, "w") as archive:
        for place, name in places.items():
            archive.writestr(zipfile.ZipInfo(place), members[name])
    raw = stream.getvalue()
    for place, name in places.items():
        raw = raw.replace(place.encode(), name.encode("gbk"))
    return raw


def test_what_is_no_file_or_is_not_there_costs_one_finding(tmp_path):
    inbox = tmp_path / "收件箱"
    inbox.mkdir()
    (inbox / "好.xlsx").write_bytes(FORM)
    (inbox / "夹.xlsx").mkdir()
    os.mkfifo(inbox / "管.xlsx")
    os.mkfifo(inbox / "管.csv")
    (inbox / "断.xlsx").symlink_to(inbox / "没有.xlsx")
    (inbox / "外.xlsx").symlink_to("/dev/zero")
    (inbox / "圈.xlsx").symlink_to("圈.xlsx")
    (inbox / "远").symlink_to("/tmp")
    server = socket.socket(socket.AF_UNIX)
    here = Path.cwd()
    os.chdir(inbox)  # a socket's path is short
    try:
        server.bind("座.xlsx")
        batch = receive([inbox], RULES)
    finally:
        os.chdir(here)
        server.close()
    told = refused(batch)
    assert told.pop("圈.xlsx")[0] == "unreadable"
    assert told == {
        "夹.xlsx": ("unreadable", "not_a_regular_file"),
        "管.xlsx": ("unreadable", "not_a_regular_file"),
        "管.csv": ("unreadable", "not_a_regular_file"),
        "座.xlsx": ("unreadable", "not_a_regular_file"),
        "断.xlsx": ("unreadable", "missing"),
        "外.xlsx": ("unreadable", "link"),
        "远": ("unreadable", "link"),
    }
    assert {s.file for s in batch.submissions} == {"好.xlsx"}


def test_a_huge_file_is_refused_by_its_size_before_it_is_read(tmp_path, monkeypatch):
    huge = tmp_path / "大.xlsx"
    with huge.open("wb") as file:
        file.truncate(10 * 1024**3)
    monkeypatch.setattr(copies, "_chunks", None)
    assert refused(receive([tmp_path], RULES)) == {"大.xlsx": ("unsafe", "too_large")}


def test_a_file_that_vanishes_or_cannot_be_read_costs_one_finding(tmp_path, monkeypatch):
    for name in ("a.xlsx", "b.xlsx", "c.xlsx"):
        (tmp_path / name).write_bytes(workbook(rows=5 + ord(name[0]) % 3))
    real = os.open

    def moody(path, *more):
        if Path(path).name == "a.xlsx":
            raise PermissionError(13, "Permission denied", str(path))
        if Path(path).name == "b.xlsx":
            raise FileNotFoundError(2, "No such file", str(path))
        return real(path, *more)

    monkeypatch.setattr(os, "open", moody)
    batch = receive([tmp_path], RULES)
    assert refused(batch) == {"a.xlsx": ("unreadable", "no_permission"), "b.xlsx": ("unreadable", "missing")}
    assert {s.file for s in batch.submissions} == {"c.xlsx"}


def test_a_file_that_changes_while_it_is_copied_is_tried_again_and_then_said(tmp_path, monkeypatch):
    path = tmp_path / "a.xlsx"
    path.write_bytes(FORM)
    real, calls = copies._chunks, []

    def growing(file):
        yield from real(file)
        calls.append(1)
        if len(calls) < until:
            path.write_bytes(FORM + bytes(len(calls)))

    monkeypatch.setattr(copies, "_chunks", growing)
    until = 2
    assert refused(receive([tmp_path], RULES)) == {}
    calls.clear()
    until = 9
    assert refused(receive([tmp_path], RULES)) == {"a.xlsx": ("unreadable", "changing")}


def test_a_folder_that_cannot_be_entered_is_said(tmp_path, monkeypatch):
    shut = tmp_path / "张三"
    shut.mkdir()
    real = os.scandir

    def scandir(path):
        if not isinstance(path, int) and Path(path) == shut:
            raise PermissionError(13, "Permission denied", str(path))
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    (tmp_path / "a.xlsx").write_bytes(FORM)
    assert refused(receive([tmp_path], RULES)) == {"张三": ("unreadable", "no_entry")}


def test_a_name_that_is_no_utf8_is_read_as_gbk(tmp_path):
    for name in ("张三_客户档案.xlsx".encode("gbk"), b"\xff\xfe\x80.xlsx"):
        with open(os.path.join(os.fsencode(tmp_path), name), "wb") as file:  # noqa: PTH118, PTH123
            file.write(FORM)
    names = set(receive([tmp_path], RULES).files)
    assert "张三_客户档案.xlsx" in names
    assert all(name.encode() for name in names)
    assert len(names) == 2


def test_the_copies_are_read_and_stay_for_marking(tmp_path):
    path = tmp_path / "a.xlsx"
    path.write_bytes(FORM)
    with room() as home:
        batch = receive([tmp_path], RULES, home=home)
        path.write_bytes(b"other")
        assert batch.files == {"a.xlsx": path}
        assert batch.copies["a.xlsx"].read_bytes() == FORM
        assert batch.copies["a.xlsx"].parent == home
    assert not home.exists()


# ---- zips


@pytest.mark.parametrize("gbk", [False, True])
def test_a_zip_of_forms_is_opened_and_each_form_is_a_file(gbk, tmp_path):
    zipped(tmp_path / "包.zip", {"内/张三.xlsx": FORM, "誠.csv": b"a,b\n1,2\n", "~$x.xlsx": b"x"}, gbk=gbk)
    batch = receive([tmp_path], RULES)
    assert set(batch.files) == {"包.zip/内/张三.xlsx", "包.zip/誠.csv"}
    assert {s.file for s in batch.submissions} == {"包.zip/内/张三.xlsx"}


def test_what_in_a_zip_is_no_form_is_said(tmp_path):
    inner = zipped(tmp_path / "内.zip", {"a.xlsx": FORM}).read_bytes()
    (tmp_path / "内.zip").unlink()
    members = {"内.zip": inner, "说明.docx": b"x", "旧.rar": b"Rar!", ".DS_Store": b"x", "__MACOSX/._a": b"x"}
    zipped(tmp_path / "包.zip", {**members, "好.xlsx": FORM})
    (tmp_path / "外.7z").write_bytes(b"7z\xbc\xaf")
    (tmp_path / "文.pdf").write_bytes(b"%PDF")
    batch = receive([tmp_path], RULES)
    assert refused(batch) == {
        "包.zip/内.zip": ("unrecognised", "nested"),
        "包.zip/旧.rar": ("unrecognised", "nested"),
        "包.zip/说明.docx": ("unrecognised", "foreign"),
        "外.7z": ("unrecognised", "packed"),
        "文.pdf": ("unrecognised", "foreign"),
    }
    assert {s.file for s in batch.submissions} == {"包.zip/好.xlsx"}


@pytest.mark.parametrize("name", ["../a.xlsx", "/a.xlsx", "x/../../a.xlsx", "C:/a.xlsx", "..\\a.xlsx"])
def test_a_zip_that_leads_out_of_itself_is_refused(name, tmp_path):
    zipped(tmp_path / "包.zip", {name: FORM})
    assert refused(receive([tmp_path], RULES)) == {"包.zip": ("unsafe", "escaping_part")}


def test_links_in_a_zip_are_not_followed(tmp_path):
    path = zipped(tmp_path / "包.zip", {"好.xlsx": FORM})
    with zipfile.ZipFile(path, "a") as archive:
        link = zipfile.ZipInfo("链.xlsx")
        link.create_system, link.external_attr = 3, 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    batch = receive([tmp_path], RULES)
    assert refused(batch) == {"包.zip/链.xlsx": ("unreadable", "link")}
    assert {s.file for s in batch.submissions} == {"包.zip/好.xlsx"}


def test_a_zip_with_a_password_is_one_finding(tmp_path):
    path = zipped(tmp_path / "包.zip", {"a.xlsx": FORM, "b.xlsx": FORM})
    raw = path.read_bytes()
    for mark, at in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        found = -1
        while (found := raw.find(mark, found + 1)) >= 0:
            raw = raw[: found + at] + bytes([raw[found + at] | 1]) + raw[found + at + 1 :]
    path.write_bytes(raw)
    assert refused(receive([tmp_path], RULES)) == {"包.zip": ("unreadable", "encrypted")}


def test_a_zip_of_too_many_files_is_one_finding(tmp_path):
    zipped(tmp_path / "包.zip", {f"{number}.csv": b"a" for number in range(bundle.LIMITS.max_parts + 1)})
    assert refused(receive([tmp_path], RULES)) == {"包.zip": ("unsafe", "too_many_parts")}


def test_a_bomb_in_a_zip_costs_itself_only(tmp_path):
    zipped(tmp_path / "包.zip", {"弹.csv": bytes(64 * 1024**2), "好.xlsx": FORM})
    batch = receive([tmp_path], RULES)
    assert refused(batch) == {"包.zip/弹.csv": ("unsafe", "inflates_too_much")}
    assert {s.file for s in batch.submissions} == {"包.zip/好.xlsx"}


def test_all_that_a_zip_inflates_to_is_bounded():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("a.csv", "b.csv"):
            archive.writestr(name, bytes(700))
    opened = bundle.Bundle(stream.getvalue(), Limits(max_inflated_bytes=1000))
    assert len(opened.read("a.csv")) == 700
    with pytest.raises(Exception, match="inflates_too_much"):
        opened.read("b.csv")


def test_a_zip_that_is_none_or_cut_off_is_one_finding(tmp_path):
    (tmp_path / "空.zip").write_bytes(b"")
    (tmp_path / "假.zip").write_bytes(b"no zip at all")
    whole = zipped(tmp_path / "断.zip", {"a.xlsx": FORM}).read_bytes()
    (tmp_path / "断.zip").write_bytes(whole[:-30])
    told = refused(receive([tmp_path], RULES))
    assert {name: code for name, (code, _) in told.items()} == dict.fromkeys(
        ["空.zip", "假.zip", "断.zip"], "unreadable"
    )


def test_a_workbook_named_zip_is_read_as_the_workbook_it_is(tmp_path):
    (tmp_path / "张三.zip").write_bytes(FORM)
    assert {s.file for s in receive([tmp_path], RULES).submissions} == {"张三.zip"}


def test_two_members_of_one_name_are_both_read(tmp_path):
    path = tmp_path / "包.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.xlsx", FORM)
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("a.xlsx", workbook(rows=4))
    assert {s.file for s in receive([tmp_path], RULES).submissions} == {"包.zip/a.xlsx", "包.zip/a(2).xlsx"}


# ---- a whole Friday


@pytest.mark.slow
def test_a_friday_takes_a_zip_and_odd_files_and_archives_what_was_read(tmp_path):
    home = TeamFolder(tmp_path / "团队", WORDS)
    folder.lay_out(home, RULES)
    zipped(home.inbox / "包.zip", {"内/张三_客户档案.xlsx": archive(tmp_path / "f.xlsx", [{}]).read_bytes()})
    weekly(home.inbox / "李四_周报.xlsx", rep="李四")
    (home.inbox / "坏.xlsx").write_bytes(b"PK\x03\x04 cut off")
    (home.inbox / "夹.xlsx").mkdir()
    with (home.inbox / "大.xlsx").open("wb") as file:
        file.truncate(10 * 1024**3)
    long = "长" * 78 + ".xlsx"
    (home.inbox / long).write_bytes(b"PK\x03\x04 cut off too")
    done = friday.run(home, friday.Week(AS_OF.replace(day=16), AS_OF))
    kept = {p.relative_to(home.archive).as_posix() for p in home.archive.rglob("*") if p.is_file()}
    assert "2026-W47/原件/包.zip/内/张三_客户档案.xlsx" in kept
    assert not any("大.xlsx" in name for name in kept)
    assert {"坏.xlsx", "夹.xlsx", "大.xlsx", long} <= {f.place.file for f in done.checked.findings}
    assert any(s.file == "包.zip/内/张三_客户档案.xlsx" for s in done.checked.submissions)
    names = [p.name for p in done.returned]
    assert "大.xlsx.需要修改.xlsx" in names
    assert all(len(name.encode()) <= 255 for name in names)
