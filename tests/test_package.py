"""The package of parts: what nobody touched is copied as it stands."""

from __future__ import annotations

import io
import struct
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from salesxl.errors import RefusedError
from salesxl.xlsx import archive
from salesxl.xlsx.limits import Limits
from salesxl.xlsx.package import STRICT, TRANSITIONAL, Package
from salesxl.xlsx.read.package import open_package
from tests.workbooks import FEATURES, everything, workbook


@pytest.fixture(scope="module")
def source() -> bytes:
    return everything()


def parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        assert opened.testzip() is None
        return {info.filename: opened.read(info) for info in opened.infolist()}


def test_an_untouched_package_is_saved_with_the_same_bytes(source):
    assert Package.open(source).to_bytes() == source


@pytest.mark.parametrize("feature", FEATURES)
def test_every_feature_survives_opening_and_saving(feature):
    data = workbook(feature)
    assert Package.open(data).to_bytes() == data


def test_touching_one_part_leaves_the_compressed_bytes_of_all_others(source):
    package = Package.open(source)
    package.xml("xl/workbook.xml").set("probe", "1")
    package.touch("xl/workbook.xml")
    before = {e.name: (bytes(e.data), e.date, e.time) for e in archive.read_entries(source)}
    after = {e.name: (bytes(e.data), e.date, e.time) for e in archive.read_entries(package.to_bytes())}
    assert list(before) == list(after)
    assert [name for name in before if before[name] != after[name]] == ["xl/workbook.xml"]


def test_saving_twice_gives_the_same_bytes_whatever_the_clock_says(source):
    def made() -> bytes:
        package = Package.open(source)
        package.write("xl/new.xml", b"<x/>")
        return package.to_bytes()

    assert made() == made()


def test_changes_made_without_touch_are_not_saved(source):
    package = Package.open(source)
    package.xml("xl/workbook.xml").set("probe", "1")
    assert package.to_bytes() == source


def test_a_touched_part_keeps_its_declaration_root_tag_and_trailing_bytes():
    head = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n'
    root = b'<worksheet xmlns="u:m" xmlns:r="u:r" mc:Ignorable="x14ac" xmlns:mc="u:mc" xmlns:x14ac="u:a"\n>'
    package = Package.open(workbook())
    package.write("xl/a.xml", head + root + b"<a/></worksheet>\n")
    package = Package.open(package.to_bytes())
    package.xml("xl/a.xml")[0].set("b", "1")
    package.touch("xl/a.xml")
    assert package.read("xl/a.xml") == head + root + b'<a b="1"/></worksheet>\n'


def test_names_match_in_any_case_and_with_a_leading_slash():
    package = Package.open(workbook())
    assert package.read("/XL/Workbook.xml") == package.read("xl/workbook.xml")


def test_a_part_that_is_not_there_is_a_key_error():
    with pytest.raises(KeyError, match=r"xl/none\.xml"):
        Package.open(workbook()).read("xl/none.xml")


def test_a_stream_of_chunks_becomes_a_part():
    package = Package.open(workbook())
    package.write("xl/big.xml", (b"chunk %d;" % n for n in range(1000)))
    assert parts(package.to_bytes())["xl/big.xml"].endswith(b"chunk 999;")
    assert package.read("xl/big.xml").startswith(b"chunk 0;")


def test_removing_a_part_takes_its_relationships_and_content_type_with_it(source):
    package = Package.open(source)
    sheet = package.sheets()[0][1]
    package.remove(sheet)
    saved = parts(package.to_bytes())
    assert sheet not in saved
    assert "xl/worksheets/_rels/sheet1.xml.rels" not in saved
    assert b"/xl/worksheets/sheet1.xml" not in saved["[Content_Types].xml"]


def test_relationships_are_added_resolved_and_removed():
    package = Package.open(workbook())
    sheet = package.sheets()[0][1]
    package.write("xl/comments9.xml", b"<x/>")
    rid = package.add_rel(sheet, "comments", "xl/comments9.xml")
    link = package.add_rel(sheet, "hyperlink", "https://example.com/a?b=1&c=2", external=True)
    package = Package.open(package.to_bytes())
    assert package.resolve(sheet, rid) == "xl/comments9.xml"
    assert package.related(sheet, "comments") == ["xl/comments9.xml"]
    assert package.rels(sheet)[link].external
    package.remove_rel(sheet, rid)
    package.remove_rel(sheet, link)
    assert "xl/worksheets/_rels/sheet1.xml.rels" not in package


def test_relationships_that_were_read_follow_every_change_of_their_part():
    package = Package.open(workbook())
    sheet, rels = package.sheets()[0][1], "xl/worksheets/_rels/sheet1.xml.rels"
    assert package.rels(sheet) == {}
    rid = package.add_rel(sheet, "comments", "xl/comments9.xml")
    assert package.resolve(sheet, rid) == "xl/comments9.xml"
    package.write(rels, package.read(rels).replace(b"comments9", b"comments8"))
    assert package.resolve(sheet, rid) == "xl/comments8.xml"
    package.xml(rels)[0].set("Target", "../comments7.xml")
    package.touch(rels)
    assert package.resolve(sheet, rid) == "xl/comments7.xml"
    package.remove(rels)
    assert package.rels(sheet) == {}


def test_a_part_that_was_parsed_and_then_written_anew_as_a_stream_is_read_anew():
    package = Package.open(workbook())
    part = package.sheets()[0][1]
    package.xml(part)
    package.write(part, iter([b"<worksheet", b"/>"]))
    assert package.read(part) == b"<worksheet/>"
    assert len(package.xml(part)) == 0


def test_a_copy_is_changed_apart():
    package = Package.open(workbook())
    copy = package.copy()
    part = copy.sheets()[0][1]
    before = package.read(part)
    copy.write(part, b"<worksheet/>")
    assert package.read(part) == before
    assert copy.differs(part, package)


def test_absolute_targets_as_some_programs_write_them_are_resolved():
    package = Package.open(workbook())
    name = "xl/_rels/workbook.xml.rels"
    text = package.read(name).replace(b'Target="worksheets/', b'Target="/xl/worksheets/')
    package.write(name, text)
    assert package.sheets()[0][1] == "xl/worksheets/sheet1.xml"


def test_content_types_are_read_by_extension_and_by_name():
    package = Package.open(workbook("image"))
    assert package.content_type("xl/media/image1.png") == "image/png"
    assert str(package.content_type(package.main())).endswith("sheet.main+xml")
    package.set_default_type("vml", "a/b")
    package.set_content_type("xl/x.vml", "a/b")
    assert b"x.vml" not in package.read("[Content_Types].xml")


def test_strict_and_transitional_workbooks_name_their_sheets():
    for feature, names in (("plain", TRANSITIONAL), ("strict", STRICT)):
        package = Package.open(workbook(feature))
        assert package.namespaces is names
        assert [name for name, _ in package.sheets()] == ["客户档案", "说明"]


def test_a_document_type_is_refused_as_unsafe():
    package = Package.open(workbook())
    package.write("xl/bomb.xml", b'<!DOCTYPE x [<!ENTITY a "aa">]><x>&a;</x>')
    with pytest.raises(RefusedError) as caught:
        package.xml("xl/bomb.xml")
    assert caught.value.code == "unsafe"


@pytest.mark.parametrize("cut", [0, 10, 1000, -30])
def test_what_is_no_whole_archive_is_refused_as_unreadable(source, cut):
    with pytest.raises(RefusedError) as caught:
        Package.open(source[:cut])
    assert caught.value.code == "unreadable"


def test_an_entry_whose_header_lies_about_its_size_is_refused(source):
    entries = list(archive.read_entries(source))
    small = archive.Entry(entries[0].name, entries[0].data, entries[0].crc, 10)
    with pytest.raises(RefusedError, match="damaged"):
        archive.inflate(small)


def test_an_encrypted_entry_is_refused(source):
    at = source.find(b"PK\x01\x02")
    flagged = source[: at + 8] + struct.pack("<H", 1) + source[at + 10 :]
    with pytest.raises(RefusedError, match="encrypted"):
        Package.open(flagged)


def test_entries_with_descriptors_prefix_and_odd_names_are_copied(tmp_path: Path):
    stream = io.BytesIO()

    class Unseekable(io.RawIOBase):
        def writable(self) -> bool:
            return True

        def write(self, data) -> int:
            return stream.write(data)

    with zipfile.ZipFile(Unseekable(), "w", zipfile.ZIP_DEFLATED) as opened:  # writes data descriptors
        opened.writestr("xl/表.xml", "<x/>" * 100)
        opened.writestr("stored.bin", b"123", compress_type=zipfile.ZIP_STORED)
    package = Package.open(b"#!prefix" + stream.getvalue())
    package.save(tmp_path / "out.xlsx")
    assert parts((tmp_path / "out.xlsx").read_bytes()) == {"xl/表.xml": b"<x/>" * 100, "stored.bin": b"123"}


def test_sizes_beyond_the_classic_limits_go_into_zip64_records(monkeypatch):
    monkeypatch.setattr(archive, "LIMIT32", 200)
    monkeypatch.setattr(archive, "LIMIT16", 3)
    data = archive.write_entries(archive.deflate(f"{n}.txt", bytes(range(256)) * 4) for n in range(4))
    assert b"PK\x06\x06" in data
    assert parts(data) == {f"{n}.txt": bytes(range(256)) * 4 for n in range(4)}
    again = archive.write_entries(archive.read_entries(data))
    assert again == data


def packed(*parts: tuple[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in parts:
            made.writestr(name, data)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("parts", "code", "reason"),
    [
        ([("a.xml", b"<a/>"), ("A.XML", b"<a/>")], "unsafe", "duplicate_part"),
        ([("../a.xml", b"<a/>")], "unsafe", "escaping_part"),
        ([("/a.xml", b"<a/>")], "unsafe", "escaping_part"),
        ([("c:/a.xml", b"<a/>")], "unsafe", "escaping_part"),
        ([(f"{n}.xml", b"<a/>") for n in range(6)], "unsafe", "too_many_parts"),
        ([("a.xml", b" " * 3000)], "unsafe", "inflates_too_much"),
        ([("a.xml", b" " * 900), ("b.xml", b" " * 900)], "unsafe", "inflates_too_much"),
        ([("xl/media/a.png", b" " * 3000)], "unsafe", "inflates_too_much"),
    ],
)
def test_reading_and_editing_refuse_an_archive_for_the_same_reason(parts, code, reason):
    limits = Limits(max_parts=5, max_inflated_bytes=1500)
    for opened in (Package.open, open_package):
        with pytest.raises(RefusedError) as caught:
            opened(packed(*parts), limits)
        assert (caught.value.code, caught.value.facts["reason"]) == (code, reason)


@pytest.mark.parametrize("parts", [[("a\\b.xml", b"<a/>")], [("xl/media/a.bmp", b" " * 50_000)]])
def test_reading_and_editing_let_the_same_archives_in(parts):
    limits = Limits(max_ratio=3, ratio_from_bytes=1000)
    data = packed(*parts)
    assert Package.open(data, limits).to_bytes() == data
    assert open_package(data, limits).names == (parts[0][0].replace("\\", "/"),)


def test_an_entry_is_inflated_no_further_than_is_allowed():
    entry = archive.deflate("a.xml", b"x" * 5000)
    assert archive.inflate(entry) == archive.inflate(entry, left=5000) == b"x" * 5000
    lying = replace(entry, size=10)
    assert archive.inflate(lying, left=5000) == b"x" * 5000
    with pytest.raises(RefusedError, match="inflates_too_much"):
        archive.inflate(lying, left=4999)
    with pytest.raises(RefusedError, match="max_ratio"):
        archive.inflate(lying, Limits(max_ratio=2, ratio_from_bytes=1000), left=5000)
