"""Files that lie, break off, or are not what they say: made here, read by test_intake.

``python tests/hostile.py FOLDER`` writes them out, for a look with other programs.
"""

from __future__ import annotations

import io
import random
import struct
import sys
import zipfile
import zlib
from pathlib import Path

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
ONE_CELL = '<row r="1"><c r="A1"><v>1</v></c></row>'
TYPES = (
    f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/>'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/xl/workbook.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>'
)
STYLES = (
    f'<styleSheet xmlns="{MAIN}"><cellXfs count="4"><xf numFmtId="0"/><xf numFmtId="14"/>'
    '<xf numFmtId="22"/><xf numFmtId="21"/></cellXfs></styleSheet>'
)


def relations(*leads: tuple[str, str, str]) -> str:
    """Return a relations part of (id, kind, target)."""
    lines = "".join(f'<Relationship Id="{i}" Type="{RELATIONS}/{k}" Target="{t}"/>' for i, k, t in leads)
    return f'<Relationships xmlns="{PACKAGE}/relationships">{lines}</Relationships>'


def parts(
    data: str = ONE_CELL, *, before: str = "", after: str = "", strings: str | None = None
) -> dict[str, bytes]:
    """Return the parts of a small .xlsx: ``data`` stands in sheetData, ``before`` and ``after`` around it."""
    sheet = f'<worksheet xmlns="{MAIN}">{before}<sheetData>{data}</sheetData>{after}</worksheet>'
    found = {
        "[Content_Types].xml": TYPES,
        "_rels/.rels": relations(("rId1", "officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><sheets>'
        '<sheet name="表" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": relations(
            ("rId1", "worksheet", "worksheets/sheet1.xml"),
            ("rId2", "styles", "styles.xml"),
            ("rId3", "sharedStrings", "sharedStrings.xml"),
        ),
        "xl/styles.xml": STYLES,
        "xl/worksheets/sheet1.xml": sheet,
    }
    if strings is not None:
        found["xl/sharedStrings.xml"] = strings
    return {name: text.encode() for name, text in found.items()}


def packed(found: dict[str, bytes], *more: tuple[str, bytes], how: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Zip parts; ``more`` are entries whose names may repeat."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", how) as archive:
        for name, data in [*found.items(), *more]:
            info = zipfile.ZipInfo(name)
            info.compress_type = how
            if name in archive.namelist():
                archive.NameToInfo.pop(name)  # no warning about the double that is wanted here
            archive.writestr(info, data)
    return target.getvalue()


def book(data: str = ONE_CELL, **around: str) -> bytes:
    """Return a small .xlsx."""
    return packed(parts(data, **around))


def without(name: str) -> bytes:
    """Return a small .xlsx that lacks a part."""
    found = parts()
    del found[name]
    return packed(found)


def changed(name: str, old: bytes, new: bytes) -> bytes:
    """Return a small .xlsx with a part's bytes replaced."""
    found = parts()
    assert old in found[name]
    return packed({**found, name: found[name].replace(old, new)})


def xls(names: tuple[str, ...], stream: bytes = b"") -> bytes:
    """Return a compound file with streams of these names, the first of which holds ``stream``."""
    body = stream.ljust(4096, b"\0")
    sectors = -(-len(body) // 512)
    body = body.ljust(sectors * 512, b"\0")
    fat = [0xFFFFFFFD, 0xFFFFFFFE, *range(3, sectors + 2), 0xFFFFFFFE]
    fat += [0xFFFFFFFF] * (128 - len(fat))
    head = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        + bytes(16)
        + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6)
        + bytes(6)
    )
    head += struct.pack("<IIIIIIIIII", 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0, 0)
    head += struct.pack("<I", 0xFFFFFFFF) * 108

    def entry(name: str, kind: int, start: int, size: int) -> bytes:
        text = name.encode("utf-16-le")
        line = text.ljust(64, b"\0") + struct.pack("<HBB", len(text) + 2, kind, 1)
        return line + struct.pack("<III", *[0xFFFFFFFF] * 3) + bytes(36) + struct.pack("<III", start, size, 0)

    listed = entry("Root Entry", 5, 0xFFFFFFFE, 0)
    for number, name in enumerate(names[:3]):
        listed += entry(name, 2, 2, len(body)) if number == 0 else entry(name, 2, 0xFFFFFFFE, 0)
    return head + struct.pack("<128I", *fat) + listed.ljust(512, b"\0") + body


def record(kind: int, body: bytes = b"") -> bytes:
    """Return one record of an .xls stream."""
    return struct.pack("<HH", kind, len(body)) + body


def ods(table: str) -> bytes:
    """Return a small .ods with the rows of one table."""
    kinds = ("office", "table", "text")
    spaces = " ".join(f'xmlns:{k}="urn:oasis:names:tc:opendocument:xmlns:{k}:1.0"' for k in kinds)
    content = (
        f"<office:document-content {spaces}><office:body><office:spreadsheet>"
        f'<table:table table:name="表">{table}'
        "</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    kind = b"application/vnd.oasis.opendocument.spreadsheet"
    return packed({"mimetype": kind, "content.xml": content.encode(), "META-INF/manifest.xml": b"<m/>"})


ODS_CELL = (
    '<table:table-cell {}office:value-type="float" office:value="1"><text:p>1</text:p></table:table-cell>'
)
FAR_CELL = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
DOCTYPE = b'<!DOCTYPE a [<!ENTITY x "xxxxxxxxxx"><!ENTITY y "&x;&x;&x;&x;">]>'


def _lying_size() -> bytes:
    """An entry of a megabyte whose directory says ten bytes."""
    data = bytearray(packed({**parts(), "xl/theme.xml": b" " * 1_000_000}))
    for signature, at in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        place = -1
        while (place := data.find(signature, place + 1)) >= 0:
            if struct.unpack_from("<I", data, place + at)[0] == 1_000_000:
                struct.pack_into("<I", data, place + at, 10)
    return bytes(data)


def _strings(head: str, items: str = "<si><t>甲</t></si>") -> bytes:
    return book(
        '<row r="1"><c r="A1" t="s"><v>0</v></c></row>', strings=f'<sst xmlns="{MAIN}" {head}>{items}</sst>'
    )


def _flipped(data: bytes, seed: int) -> bytes:
    source = random.Random(seed)
    spoiled = bytearray(data)
    for _ in range(8):
        spoiled[source.randrange(len(spoiled))] ^= 1 << source.randrange(8)
    return bytes(spoiled)


def files() -> dict[str, tuple[bytes, str | None]]:
    """Return file name → (bytes, the reason it must be refused with; '' = it is read; None = either)."""
    plain = book()
    bof = record(0x0809, struct.pack("<HHHHII", 0x0600, 5, 0, 0, 0, 0))
    found: dict[str, tuple[bytes, str | None]] = {
        # counts and addresses that lie
        "dimension-too-small.xlsx": (book(before='<dimension ref="A1"/>'), ""),
        "dimension-huge.xlsx": (book(before='<dimension ref="A1:XFD1048576"/>'), ""),
        "far-cell.xlsx": (book(ONE_CELL + FAR_CELL), "area_too_large"),
        "far-cell-single-quotes.xlsx": (book(ONE_CELL + FAR_CELL.replace('"', "'")), "area_too_large"),
        "far-cell-in-first-row.xlsx": (
            book('<row r="1"><c r="XFD1048576"><v>1</v></c></row>' + ONE_CELL),
            None,
        ),
        "far-cell-prefixed.xlsx": (
            book(ONE_CELL + '<x:row xmlns:x="u"><x:c r="XFD1048576"><x:v>1</x:v></x:c></x:row>'),
            "area_too_large",
        ),
        "far-cell-second-sheetdata.xlsx": (
            book(after='<x:sheetData xmlns:x="u"><x:c r="XFD1048576"><x:v>1</x:v></x:c></x:sheetData>'),
            "area_too_large",
        ),
        "far-blank-cell.xlsx": (book(ONE_CELL + '<row r="1048576"><c r="XFD1048576" s="1"/></row>'), ""),
        "far-empty-text.xlsx": (
            book(ONE_CELL + '<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t></t></is></c></row>'),
            "area_too_large",
        ),
        "far-error.xlsx": (
            book(ONE_CELL + '<row r="1048576"><c r="XFD1048576" t="e"><v>#N/A</v></c></row>'),
            "area_too_large",
        ),
        "row-4294967295.xlsx": (book('<row r="4294967295"><c><v>1</v></c></row>'), "damaged"),
        "row-20-digits.xlsx": (book('<row r="99999999999999999999"><c><v>1</v></c></row>'), "damaged"),
        "row-zero.xlsx": (book('<row r="0"><c r="A0"><v>1</v></c></row>'), "damaged"),
        "column-seven-letters.xlsx": (book('<row r="1"><c r="XFDAAAA1"><v>1</v></c></row>'), "damaged"),
        "address-not-one.xlsx": (book('<row r="1"><c r="$A$1"><v>1</v></c></row>'), "damaged"),
        "address-empty.xlsx": (book('<row r="1"><c r=""><v>1</v></c></row>'), None),
        "strings-claim-4294967295.xlsx": (_strings('count="1" uniqueCount="4294967295"'), ""),
        "strings-claim-20-digits.xlsx": (_strings('uniqueCount="18446744073709551615"'), ""),
        "strings-claim-negative.xlsx": (_strings('uniqueCount="-1"'), ""),
        "strings-claim-prefixed.xlsx": (
            book(
                '<row r="1"><c r="A1" t="s"><v>0</v></c></row>',
                strings='<x:sst xmlns:x="u" uniqueCount="4294967295"><x:si><x:t>甲</x:t></x:si></x:sst>',
            ),
            None,
        ),
        "strings-index-out-of-range.xlsx": (_strings("", ""), "damaged"),
        "strings-missing.xlsx": (book('<row r="1"><c r="A1" t="s"><v>0</v></c></row>'), "damaged"),
        "merges-claim-4294967295.xlsx": (book(after='<mergeCells count="4294967295"/>'), ""),
        "merge-not-an-area.xlsx": (
            book(after='<mergeCells><mergeCell ref="A1:B2:C3"/></mergeCells>'),
            "",
        ),
        "merge-whole-sheet.xlsx": (
            book(after='<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'),
            "",
        ),
        "shared-formula-whole-sheet.xlsx": (
            book('<row r="1"><c r="A1"><f t="shared" si="0" ref="A1:XFD1048576">B1</f><v>1</v></c></row>'),
            "",
        ),
        "columns-hidden-to-4294967295.xlsx": (
            book(before='<cols><col min="2" max="4294967295" hidden="1"/></cols>'),
            "",
        ),
        "number-1e400.xlsx": (book('<row r="1"><c r="A1"><v>1e400</v></c></row>'), ""),
        "date-beyond-calendar.xlsx": (book('<row r="1"><c r="A1" s="1"><v>1e15</v></c></row>'), ""),
        # archives that lie
        "bomb.xlsx": (packed({**parts(), "xl/theme.xml": b" " * 3_000_000}), "inflates_too_much"),
        "bomb-in-sheet.xlsx": (book(ONE_CELL + " " * 3_000_000), "inflates_too_much"),
        "bomb-in-picture-size.xlsx": (
            packed({**parts(), "xl/media/a.png": b" " * 3_000_000}),
            "inflates_too_much",
        ),
        "bomb-with-lying-size.xlsx": (_lying_size(), None),
        "too-many-parts.xlsx": (
            packed({**parts(), **{f"xl/a{n}.xml": b"" for n in range(300)}}),
            "too_many_parts",
        ),
        "duplicate-part.xlsx": (packed(parts(), ("xl/workbook.xml", b"<workbook/>")), "duplicate_part"),
        "duplicate-part-other-case.xlsx": (packed(parts(), ("XL/Workbook.xml", b"<w/>")), "duplicate_part"),
        "escaping-part.xlsx": (packed(parts(), ("../../evil.xml", b"<a/>")), "escaping_part"),
        "escaping-part-backslash.xlsx": (packed(parts(), ("xl\\..\\..\\evil.xml", b"<a/>")), "escaping_part"),
        "escaping-part-absolute.xlsx": (packed(parts(), ("/etc/evil.xml", b"<a/>")), "escaping_part"),
        "escaping-part-drive.xlsx": (packed(parts(), ("C:/evil.xml", b"<a/>")), "escaping_part"),
        "doctype.xlsx": (changed("xl/workbook.xml", b"<workbook", DOCTYPE + b"<workbook"), "dtd"),
        "doctype-in-sheet.xlsx": (
            changed("xl/worksheets/sheet1.xml", b"<worksheet", DOCTYPE + b"<worksheet"),
            "dtd",
        ),
        "doctype-in-utf-16.xlsx": (
            packed({**parts(), "xl/styles.xml": ("\ufeff" + DOCTYPE.decode() + STYLES).encode("utf-16-le")}),
            "dtd",
        ),
        "encoding-unknown.xlsx": (
            packed({**parts(), "xl/styles.xml": b'<?xml version="1.0" encoding="martian"?><styleSheet/>'}),
            "damaged",
        ),
        # parts that are missing or broken
        "no-sheet-part.xlsx": (without("xl/worksheets/sheet1.xml"), "damaged"),
        "no-workbook-part.xlsx": (without("xl/workbook.xml"), "damaged"),
        "no-workbook-relations.xlsx": (without("xl/_rels/workbook.xml.rels"), "damaged"),
        "no-package-relations.xlsx": (without("_rels/.rels"), ""),
        "no-content-types.xlsx": (without("[Content_Types].xml"), ""),
        "no-styles.xlsx": (without("xl/styles.xml"), ""),
        "no-sheets.xlsx": (
            changed("xl/workbook.xml", b'<sheet name="\xe8\xa1\xa8" sheetId="1" r:id="rId1"/>', b""),
            "no_sheets",
        ),
        "sheet-ends-early.xlsx": (
            changed("xl/worksheets/sheet1.xml", b"</sheetData></worksheet>", b""),
            "damaged",
        ),
        "sheet-tags-crossed.xlsx": (book('<row r="1"><c r="A1"><v>1</v></row></c>'), None),
        "sheet-garbage.xlsx": (book("<c <row> <<"), "damaged"),
        "sheet-empty-part.xlsx": (packed({**parts(), "xl/worksheets/sheet1.xml": b""}), "damaged"),
        "workbook-garbage.xlsx": (packed({**parts(), "xl/workbook.xml": b"\x00\x01<<<"}), "damaged"),
        "styles-garbage.xlsx": (packed({**parts(), "xl/styles.xml": b"<styleSheet><cellXfs"}), None),
        "properties-garbage.xlsx": (packed({**parts(), "docProps/custom.xml": b"<P><a"}), "damaged"),
        "two-sheets-one-name.xlsx": (
            changed(
                "xl/workbook.xml",
                b"</sheets>",
                '<sheet name="表" sheetId="2" r:id="rId1"/></sheets>'.encode(),
            ),
            "damaged",
        ),
        "chart-sheet-only.xlsx": (
            packed(
                {**parts(), "xl/_rels/workbook.xml.rels": relations(("rId1", "chartsheet", "c.xml")).encode()}
            ),
            "no_sheets",
        ),
        # not what the name says
        "empty.xlsx": (b"", "empty"),
        "zeros.xlsx": (bytes(5000), "empty"),
        "archive-without-entries.xlsx": (packed({}), "foreign"),
        "document.xlsx": (
            packed(
                {
                    "[Content_Types].xml": TYPES.replace(
                        "spreadsheetml.sheet", "wordprocessingml.document"
                    ).encode()
                }
            ),
            "foreign",
        ),
        "text-document.ods": (packed({"mimetype": b"application/vnd.oasis.opendocument.text"}), "foreign"),
        "some-archive.xlsx": (packed({"a.txt": b"hello"}), "foreign"),
        "printed.xlsx": (b"%PDF-1.7\n1 0 obj", "foreign"),
        "photo.xls": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "foreign"),
        "prose.xlsx": ("您好 附件请查收".encode(), "foreign"),
        "web-page-without-table.xls": (b"<html><body>404</body></html>", "html"),
        "web-page-deep.xls": (b"<table>" + b"<div>" * 5000 + b"</table>", None),
        "web-page-span.xls": (b'<table><tr><td colspan="99999999" rowspan="9999">a</td></tr></table>', None),
        "sealed.xlsx": (b"\x62\x14\x23\x65\x00\x00E-SafeNet\x00LOCK" + bytes(range(200)), "encrypted"),
        "renamed-xlsx.xls": (plain, ""),
        "renamed-xlsx.csv": (plain, ""),
        "renamed-xlsx.et": (plain, ""),
        # compound files
        "encrypted.xlsx": (xls(("EncryptedPackage", "EncryptionInfo")), "encrypted"),
        "document.xls": (xls(("WordDocument",)), "foreign"),
        "compound-without-streams.xls": (xls(()), "foreign"),
        "compound-header-only.xls": (xls(())[:520], "truncated"),
        "compound-chain-in-circles.xls": (
            xls(("Workbook",)).replace(struct.pack("<I", 5), struct.pack("<I", 3)),
            None,
        ),
        "workbook-of-zeros.xls": (xls(("Workbook",)), None),
        "workbook-encrypted.xls": (
            xls(("Workbook",), bof + record(0x2F, bytes(6)) + record(0x0A)),
            "encrypted",
        ),
        "workbook-strings-claim.xls": (
            xls(("Workbook",), bof + record(0xFC, struct.pack("<II", 1, 0xFFFFFFFF)) + record(0x0A)),
            "damaged",
        ),
        "workbook-sheet-nowhere.xls": (
            xls(
                ("Workbook",),
                bof + record(0x85, struct.pack("<IBBBB", 0x7FFFFFFF, 0, 0, 1, 0) + b"S") + record(0x0A),
            ),
            "truncated",
        ),
        # open documents
        "far-rows.ods": (
            ods(
                '<table:table-row table:number-rows-repeated="1048576">'
                + ODS_CELL.format("") * 12
                + "</table:table-row>"
            ),
            "area_too_large",
        ),
        "far-columns.ods": (
            ods(
                '<table:table-row table:number-rows-repeated="900">'
                + ODS_CELL.format('table:number-columns-repeated="16384" ')
                + "</table:table-row>"
            ),
            "area_too_large",
        ),
        "repeat-not-a-number.ods": (
            ods('<table:table-row table:number-rows-repeated="-5"></table:table-row>'),
            "damaged",
        ),
        "content-garbage.ods": (
            packed({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b"<a"}),
            "damaged",
        ),
        "content-missing.ods": (
            packed({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet"}),
            "damaged",
        ),
        # binary workbook
        "binary-garbage.xlsb": (
            packed(
                {
                    "[Content_Types].xml": b"application/vnd.ms-excel.sheet.binary.macroEnabled.main",
                    "xl/workbook.bin": b"\xff" * 40,
                }
            ),
            "damaged",
        ),
        # text
        "unclosed-quote.csv": ('客户,备注\n甲,"不关\n乙,好\n'.encode(), ""),
        "one-huge-cell.csv": (b"a," + b"x" * 300_000 + b"\n", None),
        "wide-row.csv": (b"," * 30_000 + b"\n" * 500, "area_too_large"),
    }
    for share in (3, 10, 25, 50, 75, 90, 97, 99):
        found[f"truncated-{share:02}.xlsx"] = (
            plain[: len(plain) * share // 100],
            "truncated" if share > 3 else None,
        )
    for seed in range(12):
        found[f"flipped-{seed:02}.xlsx"] = (_flipped(plain, seed), None)
        found[f"random-{seed:02}.xlsx"] = (random.Random(seed).randbytes(2000), "foreign")
        found[f"random-after-signature-{seed:02}.xlsx"] = (
            b"PK\x03\x04" + random.Random(seed).randbytes(900),
            None,
        )
        found[f"random-compound-{seed:02}.xls"] = (xls(())[:80] + random.Random(seed).randbytes(2000), None)
        stored = packed(parts(), how=zipfile.ZIP_STORED)
        found[f"flipped-stored-{seed:02}.xlsx"] = (_flipped(stored, seed + 100), None)
    return found


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for name, (data, _) in files().items():
        (folder / name).write_bytes(data)
    print(f"{len(files())} files, crc {zlib.crc32(b''.join(data for data, _ in files().values())):08x}")
