"""Workbooks that Excel encrypted under its own password are read and marked; all others stay shut."""

from __future__ import annotations

import struct
from contextlib import suppress
from pathlib import Path

import pytest

from salesxl.errors import RefusedError
from salesxl.xlsx.package import Package
from salesxl.xlsx.read import grid
from salesxl.xlsx.read.encryption import decrypt
from salesxl.xlsx.read.encryption_xls import _key, rc4
from tests.test_robust import assert_sound, handed_in

HOME = Path(__file__).parent / "data" / "protected"


def test_the_cipher_undoes_what_the_standard_says():
    """FIPS 197, appendix C; SP 800-38A, F.2.1."""
    plain = bytes.fromhex("00112233445566778899aabbccddeeff")
    for size, packed in (
        (16, "69c4e0d86a7b0430d8cdb78070b4c55a"),
        (24, "dda97ca4864cdfe06eaf70a0ec0d7191"),
        (32, "8ea2b7ca516745bfeafc49904b496089"),
    ):
        assert decrypt(bytes.fromhex(packed), bytes(range(size))) == plain
    chained = bytes.fromhex("7649abac8119b246cee98e9b12e9197d5086cb9b507219ee95db113a917678b2")
    key = bytes.fromhex("2b7e151628aed2a6abf7158809cf4f3c")
    wanted = bytes.fromhex("6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51")
    assert decrypt(chained, key, [bytes(range(16))]) == wanted


@pytest.mark.parametrize("name", ["agile", "standard"])
def test_a_workbook_under_excels_own_password_is_read_and_marked(name, tmp_path):
    path = tmp_path / f"{name}.xlsx"
    path.write_bytes((HOME / path.name).read_bytes())
    book = grid.read(path, file="x")
    assert [sheet.sheet for sheet in book.grids] == ["客户档案", "说明"]
    assert book.grids[0].rows[4][1] == "苏州第1精密机械有限公司"
    _, checked, made = handed_in(path, tmp_path / "out")
    assert not [f for f in checked.findings if f.code in ("unreadable", "unsafe")]
    assert [each.name for each in made] == [path.name]
    plain = tmp_path / "plain.xlsx"
    Package.open(path).save(plain)
    assert_sound(made[0], plain)


def test_an_old_workbook_under_excels_own_password_is_read(tmp_path):
    path = tmp_path / "standard.xls"
    path.write_bytes((HOME / path.name).read_bytes())
    book = grid.read(path, file="x")
    assert [sheet.sheet for sheet in book.grids] == ["客户档案", "说明"]
    assert book.grids[0].rows[4][:4] == ["CRM202611001", "苏州第1精密机械有限公司", "制造业-机械设备", 200]
    _, checked, _ = handed_in(path, tmp_path / "out")
    assert not [f for f in checked.findings if f.code in ("unreadable", "unsafe")]


def test_the_stream_cipher_makes_what_its_vectors_say():
    """RFC 6229: keys of 40 and 128 bits, offset 0."""
    assert rc4(bytes(range(1, 6)), 16).hex() == "b2396305f03dc027ccc3524a0a1118a8"
    assert rc4(bytes(range(1, 17)), 16).hex() == "9ac7cc9a609d1ef7b2932899cde41b97"


@pytest.mark.parametrize(
    ("bits", "asked", "wanted"),
    [
        (128, "a024a295d910dcd16b2b69c9dfef1919", "74a70eb0e7278136e857318b9e9a13d19115d50b"),
        (40, "c872728f14b55d849b7dde3f7cfd96a7", "d5e6c96d597b070d79bf31b1599eddf2ece8d44b"),
    ],
)
def test_the_password_s_record_of_a_provider_is_held_against_excels_own(bits, asked, wanted):
    header = struct.pack("<8I", 4, 0, 0x6801, 0x8004, bits, 1, 0, 0) + "RC4\0".encode("utf-16-le")
    verifier = struct.pack("<I", 16) + bytes(range(16)) + bytes.fromhex(asked)
    told = struct.pack("<3H2I", 1, 2, 2, 4, len(header)) + header + verifier + struct.pack("<I", 20)
    key = _key(told + bytes.fromhex(wanted))
    assert len(key(0)) == 16
    with pytest.raises(RefusedError):
        _key(told + bytes.fromhex(wanted[2:] + "00"))


@pytest.mark.parametrize("name", ["secret.xlsx", "secret.xls"])
def test_a_workbook_under_another_password_is_one_finding(name, tmp_path):
    path = tmp_path / name
    path.write_bytes((HOME / path.name).read_bytes())
    _, checked, _ = handed_in(path, tmp_path / "out")
    assert [(f.code, f.facts["why"]) for f in checked.findings] == [("unreadable", "encrypted")]


@pytest.mark.parametrize("at", range(1_100, 9_000, 700))
def test_an_old_encrypted_workbook_with_a_lie_in_it_is_read_or_refused(at, tmp_path):
    path = tmp_path / "a.xls"
    raw = bytearray((HOME / "standard.xls").read_bytes())
    raw[at] ^= 0x5A
    path.write_bytes(raw)
    with suppress(RefusedError):
        grid.read(path, file="x")


@pytest.mark.parametrize("name", ["agile", "standard"])
@pytest.mark.parametrize("at", range(600, 13_500, 1_500))
def test_an_encrypted_workbook_with_a_lie_in_it_is_read_or_refused(name, at, tmp_path):
    path = tmp_path / "a.xlsx"
    raw = (HOME / f"{name}.xlsx").read_bytes()
    path.write_bytes(raw[:at] + bytes([raw[at] ^ 0x55]) * 3 + raw[at + 3 :])
    with suppress(RefusedError):
        assert grid.read(path, file="x").grids
