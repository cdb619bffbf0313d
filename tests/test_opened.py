"""Workbooks that Excel encrypted under its own password are read and marked; all others stay shut."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest

from salesxl.errors import RefusedError
from salesxl.xlsx.package import Package
from salesxl.xlsx.read import grid
from salesxl.xlsx.read.encryption import decrypt
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


def test_a_workbook_under_another_password_is_one_finding(tmp_path):
    path = tmp_path / "secret.xlsx"
    path.write_bytes((HOME / path.name).read_bytes())
    _, checked, _ = handed_in(path, tmp_path / "out")
    assert [(f.code, f.facts["why"]) for f in checked.findings] == [("unreadable", "encrypted")]


@pytest.mark.parametrize("name", ["agile", "standard"])
@pytest.mark.parametrize("at", range(600, 13_500, 1_500))
def test_an_encrypted_workbook_with_a_lie_in_it_is_read_or_refused(name, at, tmp_path):
    path = tmp_path / "a.xlsx"
    raw = (HOME / f"{name}.xlsx").read_bytes()
    path.write_bytes(raw[:at] + bytes([raw[at] ^ 0x55]) * 3 + raw[at + 3 :])
    with suppress(RefusedError):
        assert grid.read(path, file="x").grids
