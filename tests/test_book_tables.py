"""The state of the team in its book: every value comes back, and what is closed is taken as it stands."""

from __future__ import annotations

import datetime as dt
import random
import zipfile
import zlib
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from openpyxl import load_workbook

from salesxl.columns import columns_of
from salesxl.errors import SettingsError
from salesxl.schemas import form
from salesxl.tables import TABLES, model
from salesxl.workspace import book, book_read, book_tables
from salesxl.workspace.book_tables import Closed, read_state, read_tables, write_tables
from salesxl.xlsx.limits import Limits
from salesxl.xlsx.package import Package
from salesxl.xlsx.packed import joined_crc, pack, unpack
from tests import office
from tests.sheets import WORDS

META = {"week": "2026-W47", "register": "张三 <&> 😀\n" * 20_000}
TEXTS = ("张三", " 空格 ", "=1+2", "<&>\"'", "1e5", "2026-11-20", "😀", "_x0041_", "a\nb")
VALUES = {
    "string": TEXTS,
    "Float64": (0.1, -0.01, 1234567890123.45, 0.0, 280000.0),
    "Int64": (0, 7, -3, 123456789),
    "boolean": (True, False),
}


CODED = {
    "severity": ["error", "notice"],
    "form": ["weekly_report"],
    "status": ["partly"],
    "field": ["rep"],
    "column": ["rep"],
    "sheet": ["customer"],
    "cause": ["newer"],
    "carried": ["held"],
}


def filled(name, rows, seed=1):
    """Return a table with something of every kind in every column, and one cell in four blank."""
    dice = random.Random(f"{name}{seed}")
    made = {}
    for column in columns_of(model(name)):
        dtype = column.kind.dtype
        choices = VALUES.get(dtype)
        if column.field == "item":
            choices = [block.kind for block in form("handover_list").blocks]
        elif column.field == "flags":
            choices = ["required", "type range"]
        elif column.kind == "moment":
            choices = [dt.datetime(2026, 11, 17, h, m) for h in (0, 9, 23) for m in (0, 1, 59)]
        elif column.kind == "date":
            choices = [dt.datetime(1900, 3, 1), dt.datetime(2026, 11, 20), dt.datetime(2099, 12, 31)]
        elif column.codes in CODED:
            choices = CODED[column.codes]
        assert choices is not None
        values = [None if dice.random() < 0.25 else dice.choice(choices) for _ in range(rows)]
        made[column.field] = (
            pd.array(values, dtype=dtype) if dtype[0] != "d" else np.array(values, dtype=dtype)
        )
    first = next(c.field for c in columns_of(model(name)) if c.kind.dtype == "string" and not c.codes)
    made[first] = pd.array([f"甲{n}" for n in range(rows)], dtype="string")  # no row is blank
    return pd.DataFrame(made)


@pytest.fixture(scope="module")
def tables():
    return {name: filled(name, 12) for name in TABLES}


def same(read, told):
    assert list(read) == list(told)
    for name, frame in told.items():
        pd.testing.assert_frame_equal(read[name], frame.reset_index(drop=True), obj=name)


@pytest.fixture(scope="module")
def weeks():
    return {f"W{n}": filled("communication", 4 + n, seed=n) for n in range(5)}


@pytest.fixture
def closed(weeks):
    return {"communication": [Closed.of(label, rows) for label, rows in weeks.items()]}


def joined(weeks, tables):
    talks = pd.concat([*weeks.values(), tables["communication"]], ignore_index=True)
    return {**tables, "communication": talks}


def test_every_value_of_every_kind_comes_back(tables, tmp_path):
    write_tables(tmp_path / "b.xlsx", tables, META)
    same(read_tables(tmp_path / "b.xlsx"), tables)
    state = read_state(tmp_path / "b.xlsx")
    same(state.tables, tables)
    assert (state.meta, state.closed) == (META, {})


def test_empty_tables_come_back_typed(tmp_path):
    empty = {name: filled(name, 0) for name in TABLES}
    write_tables(tmp_path / "b.xlsx", empty, {})
    same(read_tables(tmp_path / "b.xlsx"), empty)


def test_closed_rows_come_back_and_are_read_only_if_asked_for(tables, weeks, closed, tmp_path):
    write_tables(tmp_path / "b.xlsx", tables, META, closed=closed)
    same(read_tables(tmp_path / "b.xlsx"), joined(weeks, tables))
    state = read_state(tmp_path / "b.xlsx")
    same(state.tables, tables)
    kept = state.closed["communication"]
    assert [(item.label, item.count) for item in kept] == [(k, len(v)) for k, v in weeks.items()]
    same({item.label: item.rows() for item in kept}, weeks)


def test_closed_rows_are_taken_over_byte_for_byte_without_being_read(tables, weeks, closed, tmp_path):
    write_tables(tmp_path / "1.xlsx", tables, META, closed=closed)
    state = read_state(tmp_path / "1.xlsx")

    def unread():
        raise AssertionError("read")

    kept = [replace(item, rows=unread) for item in state.closed["communication"]]
    write_tables(tmp_path / "2.xlsx", state.tables, META, closed={"communication": kept})
    assert (tmp_path / "2.xlsx").read_bytes() == (tmp_path / "1.xlsx").read_bytes()
    more = Closed.of("W5", tables["communication"])
    nothing = tables["communication"].iloc[:0]
    write_tables(
        tmp_path / "3.xlsx", {**tables, "communication": nothing}, {}, closed={"communication": [*kept, more]}
    )
    same(read_tables(tmp_path / "3.xlsx"), joined(weeks, tables))
    assert [item.label for item in read_state(tmp_path / "3.xlsx").closed["communication"]][-1] == "W5"


def test_closed_rows_that_move_or_look_otherwise_are_written_anew(tables, weeks, closed, tmp_path):
    write_tables(tmp_path / "1.xlsx", tables, {}, closed=closed)
    kept = read_state(tmp_path / "1.xlsx").closed["communication"]
    write_tables(tmp_path / "2.xlsx", tables, {}, closed={"communication": kept[2:]})
    rest = dict([*weeks.items()][2:])
    same(read_tables(tmp_path / "2.xlsx"), joined(rest, tables))
    styled = Package.open(book_tables.shipped("团队台账.xlsx"))
    part = styled.related(styled.main(), "styles")[0]
    styled.write(part, styled.read(part).replace(b"</styleSheet>", b"<!-- restyled --></styleSheet>"))
    write_tables(tmp_path / "3.xlsx", tables, {}, closed={"communication": kept}, template=styled.to_bytes())
    same(read_tables(tmp_path / "3.xlsx"), joined(weeks, tables))
    looks = {
        item.kept.look
        for path in ("1", "3")
        for item in read_state(tmp_path / f"{path}.xlsx").closed["communication"]
    }
    assert len(looks) == 2


@pytest.mark.parametrize("room", [8, 9, 15, 40])
def test_a_long_table_goes_on_in_further_sheets_with_its_closed_rows(tables, weeks, closed, tmp_path, room):
    told = joined(weeks, tables)
    for path in ("1.xlsx", "2.xlsx"):
        rows = write_tables(tmp_path / path, tables, META, closed=closed, sheet_rows=room)
        assert max(rows.values()) <= room
        assert sum(n for sheet, n in rows.items() if sheet.startswith("跟进记录")) == len(
            told["communication"]
        )
        same(read_tables(tmp_path / path), told)
        state = read_state(tmp_path / path)
        same(state.tables, tables)
        same({item.label: item.rows() for item in state.closed["communication"]}, weeks)
        closed = state.closed
    assert (tmp_path / "2.xlsx").read_bytes() == (tmp_path / "1.xlsx").read_bytes()


def test_more_closed_rows_of_one_label_than_a_sheet_holds_are_refused(tables, closed, tmp_path):
    with pytest.raises(ValueError, match="W1"):
        write_tables(tmp_path / "b.xlsx", tables, {}, closed=closed, sheet_rows=4)


def test_any_program_reads_the_book(tables, weeks, closed, tmp_path):
    write_tables(tmp_path / "b.xlsx", tables, META, closed=closed)
    assert zipfile.ZipFile(tmp_path / "b.xlsx").testzip() is None
    opened = load_workbook(tmp_path / "b.xlsx")
    assert opened["salesxl.state"].sheet_state == "veryHidden"
    assert [cell.value for cell in opened["跟进记录"]["A"]][1:] == joined(weeks, tables)["communication"][
        "rep"
    ].tolist()
    assert next(iter(opened["跟进记录"].tables.values())).ref.endswith(
        f"{1 + 12 + sum(map(len, weeks.values()))}"
    )


@pytest.mark.office
def test_what_libreoffice_saves_is_read_whole(tables, weeks, closed, tmp_path):
    write_tables(tmp_path / "b.xlsx", tables, META, closed=closed)
    saved = office.convert(tmp_path / "b.xlsx", office._XLSX, tmp_path / "out")
    state = read_state(saved)
    assert (state.meta, state.closed) == (META, {})
    same(state.tables, joined(weeks, tables))


def test_a_book_that_another_program_has_saved_is_read_whole(tables, weeks, closed, tmp_path):
    write_tables(tmp_path / "b.xlsx", tables, META, closed=closed)
    opened = load_workbook(tmp_path / "b.xlsx")
    opened["跟进记录"]["F3"] = "改过"
    opened.save(tmp_path / "c.xlsx")
    state = read_state(tmp_path / "c.xlsx")
    assert state.closed == {}
    assert state.meta == META
    assert len(state.tables["communication"]) == 12 + sum(map(len, weeks.values()))
    assert state.tables["communication"]["summary"][1] == "改过"


def test_the_limits_for_strangers_files_do_not_hold_for_our_own(tables, tmp_path, monkeypatch):
    write_tables(tmp_path / "b.xlsx", tables, META)
    tight = Limits(max_cells=3, max_area=3, max_parts=3, max_inflated_bytes=10, max_file_bytes=10)
    for name in ("salesxl.xlsx.archive", "salesxl.xlsx.read.grid", "salesxl.xlsx.read.inspect"):
        monkeypatch.setattr(f"{name}.DEFAULT", tight)
    same(read_tables(tmp_path / "b.xlsx"), tables)


def stranger(path):
    opened = load_workbook(path)
    del opened["salesxl.state"]
    opened.save(path)


def empty(path):
    path.write_bytes(b"")


def gone(path):
    path.unlink()


def no_workbook(path):
    path.write_text("x" * 5000)


def cut_off(path):
    path.write_bytes(path.read_bytes()[:-5000])


def flipped(path):
    """Change a byte in the middle of what the sheet of talks holds, packed."""
    with zipfile.ZipFile(path) as archive:
        main = Package.open(path)
        info = archive.getinfo(dict(main.sheets())["跟进记录"])
    data = bytearray(path.read_bytes())
    data[info.header_offset + 30 + len(info.filename) + info.compress_size // 2] ^= 0x55
    path.write_bytes(data)


def newer(path):
    opened = load_workbook(path)
    opened["salesxl.state"]["B1"] = '|"99"|'
    opened.save(path)


def no_sheet(path):
    opened = load_workbook(path)
    del opened["跟进记录"]
    opened.save(path)


def text_for_an_amount(path):
    opened = load_workbook(path)
    sheet = opened["客户档案"]
    sheet.cell(2, [c.value for c in sheet[1]].index("预计成交金额") + 1, "面议")
    opened.save(path)


def number_for_a_day(path):
    opened = load_workbook(path)
    sheet = opened["客户档案"]
    cell = sheet.cell(2, [c.value for c in sheet[1]].index("首次接触时间") + 1)
    cell.value, cell.number_format = 45000, "General"
    opened.save(path)


@pytest.mark.parametrize("read", [read_tables, read_state])
@pytest.mark.parametrize("spoil", [cut_off, empty, flipped, gone, no_workbook])
def test_a_damaged_book_is_told_with_its_name(tables, closed, tmp_path, spoil, read):
    write_tables(tmp_path / "b.xlsx", tables, META, closed=closed)
    spoil(tmp_path / "b.xlsx")
    with pytest.raises(SettingsError, match=r"b\.xlsx") as told:
        read(tmp_path / "b.xlsx")
    assert told.value.code == "book_unreadable"


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (stranger, "book_no_week"),
        (newer, "book_newer"),
        (no_sheet, "book_no_sheet"),
        (text_for_an_amount, "book_odd"),
        (number_for_a_day, "book_odd"),
    ],
)
def test_what_is_no_book_of_ours_is_refused(tables, tmp_path, spoil, code):
    write_tables(tmp_path / "b.xlsx", tables, META)
    spoil(tmp_path / "b.xlsx")
    with pytest.raises(SettingsError) as told:
        read_tables(tmp_path / "b.xlsx")
    assert told.value.code == code


def test_rows_are_typed_some_at_a_time_and_stay_one_table(tables, tmp_path, monkeypatch):
    monkeypatch.setattr(book_read, "BATCH", 5)
    write_tables(tmp_path / "b.xlsx", tables, {})
    same(read_tables(tmp_path / "b.xlsx"), tables)


def test_a_book_of_the_present_version_is_read(tables, tmp_path):
    from salesxl.model import Team

    team = Team(tables, dt.date(2026, 11, 20), (dt.date(2026, 11, 16), dt.date(2026, 11, 22)))
    book.write_book(team, book_tables.shipped("团队台账.xlsx"), tmp_path / "b.xlsx", WORDS)
    same(read_tables(tmp_path / "b.xlsx"), tables)


@pytest.mark.parametrize("sizes", [(0, 0), (0, 9), (9, 0), (1, 1), (70_000, 3), (3, 70_000), (1000, 999_999)])
def test_the_checksum_of_two_texts_is_made_from_theirs(sizes):
    dice = random.Random(7)
    one, other = (dice.randbytes(size) for size in sizes)
    assert joined_crc(zlib.crc32(one), zlib.crc32(other), len(other)) == zlib.crc32(one + other)


def test_a_piece_is_unpacked_alone():
    piece = pack([b"abc" * 1000, b"def"], 3)
    assert unpack(piece) == b"abc" * 1000 + b"def"
