"""References in formulas: found, left alone, shifted, written back."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesxl.model import Area
from salesxl.xlsx.refs import (
    Ref,
    area_text,
    cells_text,
    parse,
    quote_sheet,
    read_area,
    read_areas,
    rewrite,
    shift,
    split_cell,
)


def refs(formula: str) -> list[str]:
    return [str(piece) for piece in parse(formula) if isinstance(piece, Ref)]


@pytest.mark.parametrize(
    ("formula", "found"),
    [
        ("SUM(A1:B2)+C3", ["A1:B2", "C3"]),
        ("$A$1*B$2/$C3", ["$A$1", "B$2", "$C3"]),
        ("SUM(C5:C5)", ["C5:C5"]),
        ("客户档案!A1+'张 三'!B2:C9", ["客户档案!A1", "'张 三'!B2:C9"]),
        ("SUM(A:C)+SUM($3:4)", ["A:C", "$3:4"]),
        ("'It''s'!A1", ["'It''s'!A1"]),
        ('"A1"&A2&"say ""B3"""', ["A2"]),
        ("LOG10(A1)+ATAN2(B1,C1)", ["A1", "B1", "C1"]),
        ("Q1_total+TAX2024!A1", ["'TAX2024'!A1"]),
        ("[1]Sheet1!A1+'[book.xlsx]S'!B2", []),
        ("SUM(Jan:Mar!A1,'一 月:三月'!B2:B3)", ["Jan:Mar!A1", "'一 月:三月'!B2:B3"]),
        ("Sales[amount]+Sales[[#This Row],[A1]]+A1", ["A1"]),
        ("A1:INDEX(B:B,3)", ["A1", "B:B"]),
        ("XFE1+A1048577+XFD1048576", ["XFD1048576"]),
        ("1E5+2.5+A1%", ["A1"]),
        ("B10:A1", ["A1:B10"]),
        ("Sheet1!#REF!+A1", ["A1"]),
        ("IF(A1>0,TRUE,_xlfn.XLOOKUP(A1,B:B,C:C))", ["A1", "A1", "B:B", "C:C"]),
        ("A1.B2+A1_x+my.A1", []),
    ],
)
def test_references_are_found_and_other_words_left_alone(formula: str, found: list[str]) -> None:
    assert refs(formula) == found


@pytest.mark.parametrize(
    "formula",
    [
        'SUM(A1:B2)*$C$3&"x"',
        "IFERROR(VLOOKUP($A5,'客户 档案'!$A:$F,3,FALSE),\"\")",
        'SUMPRODUCT((A2:A9="甲")*(B2:B9))',
        "Sales[[#Totals],[a'[b]]]+1",
        "{1,2;3,4}",
    ],
)
def test_pieces_joined_give_the_formula(formula: str) -> None:
    assert "".join(map(str, parse(formula))) == formula


@pytest.mark.parametrize(
    ("formula", "rows", "columns", "expected"),
    [
        ("A1+$A1+A$1+$A$1", 2, 1, "B3+$A3+B$1+$A$1"),
        ("SUM(A1:B$2)", 1, 0, "SUM(A2:B$2)"),
        ("A1", -1, 0, "#REF!"),
        ("A1", 0, -1, "#REF!"),
        ("XFD1", 0, 1, "#REF!"),
        ("SUM(3:4)+SUM(A:B)", 1, 1, "SUM(4:5)+SUM(B:C)"),
        ('表!A1&"A1"', 1, 0, '表!A2&"A1"'),
        ("SUM(A:A)", 1, 1, "SUM(B:B)"),
        ("SUM(A:A)", 9, 0, "SUM(A:A)"),
        ("SUM($A:A)", 0, 2, "SUM($A:C)"),
        ("SUM(1:1)", 1, 1, "SUM(2:2)"),
        ("SUM(1:1)", 0, 9, "SUM(1:1)"),
        ("SUM(XFD:XFD)", 0, 1, "SUM(#REF!)"),
        ("SUM(1048576:1048576)", 1, 0, "SUM(#REF!)"),
        ("A1048576", 1, 0, "#REF!"),
        ("A1048575", 1, 0, "A1048576"),
        ("XFC1", 0, 1, "XFD1"),
        ("SUM(A1:A$5)", 1048576, 0, "SUM(#REF!)"),
        ("SUM(A1:$C$9)", 0, -1, "SUM(#REF!)"),
        ("SUM(A1:B$2)", 2, 1, "SUM(B3:C$2)"),
        ("[1]S!A1+'[book.xlsx]S'!B2+A1", 1, 1, "[1]S!A1+'[book.xlsx]S'!B2+B2"),
        ("'A1 表'!A1", 2, 1, "'A1 表'!B3"),
        ("LOG10(A1)", 2, 1, "LOG10(B3)"),
        ("表!$A$1+x_A1", 2, 1, "表!$A$1+x_A1"),
        ("A1048576A+XFE1", 2, 1, "A1048576A+XFE1"),
    ],
)
def test_a_copied_formula_shifts_its_relative_references(
    formula: str, rows: int, columns: int, expected: str
) -> None:
    assert shift(formula, rows, columns) == expected


@pytest.mark.parametrize(
    ("name", "quoted"),
    [
        ("周报", "周报"),
        ("Sheet1", "Sheet1"),
        ("AB12", "'AB12'"),
        ("R1C1", "'R1C1'"),
        ("2024", "'2024'"),
        ("a b", "'a b'"),
        ("it's", "'it''s'"),
        ("TRUE", "'TRUE'"),
        ("一-二", "'一-二'"),
    ],
)
def test_sheet_names_are_quoted_as_excel_does(name: str, quoted: str) -> None:
    assert quote_sheet(name) == quoted


@pytest.mark.parametrize(
    ("text", "area"),
    [
        ("B2:C9", Area(2, 2, 9, 3)),
        ("C9:B2", Area(2, 2, 9, 3)),
        ("B9:C2", Area(2, 2, 9, 3)),
        ("$B$2:c9", Area(2, 2, 9, 3)),
        (" D4 ", Area(4, 4, 4, 4)),
        ("2:9", Area(2, 1, 9, 16_384)),
        ("$9:2", Area(2, 1, 9, 16_384)),
        ("B:C", Area(1, 2, 1_048_576, 3)),
        ("C:$B", Area(1, 2, 1_048_576, 3)),
        ("XFD1048576", Area(1_048_576, 16_384, 1_048_576, 16_384)),
    ],
)
def test_an_area_is_read_whatever_corner_stands_first(text: str, area: Area) -> None:
    assert read_area(text) == area


@pytest.mark.parametrize(
    "text",
    [
        *("", ":", "A", "7", "$", "A0", "0:3", "A1:", ":A1", "A1:B", "A1:2", "A:2", "XFE1", "A1048577"),
        *("A1:XFE9", "1:1048577", "A:XFE", "$$3:4", "A1B", "A1:B2:C3", "客户!A1", "ABCD1", "A 1"),
    ],
)
def test_what_is_no_area_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError, match="no range"):
        read_area(text)


@pytest.mark.parametrize(
    ("area", "text", "cells"),
    [
        (Area(5, 2, 5, 2), "B5", "B5"),
        (Area(2, 2, 9, 3), "B2:C9", "B2:C9"),
        (Area(1, 1, 1_048_576, 3), "A:C", "A1:C1048576"),
        (Area(2, 1, 3, 16_384), "2:3", "A2:XFD3"),
    ],
)
def test_an_area_is_written_as_a_reference_or_by_its_corner_cells(area: Area, text: str, cells: str) -> None:
    assert (area_text(area), cells_text(area)) == (text, cells)
    assert read_area(text) == read_area(cells) == area


def test_areas_are_read_together() -> None:
    assert read_areas("A1 C3:D4") == [Area(1, 1, 1, 1), Area(3, 3, 4, 4)]


def test_a_cell_is_read_to_the_last_of_the_sheet_and_no_further() -> None:
    assert split_cell("$AB$12") == (12, 28)
    assert split_cell("xfd1048576") == (1_048_576, 16_384)
    for text in ("12", "A", "A0", "XFE1", "A1048577", "A1\n", "A$$1", "A1:B2", ""):
        with pytest.raises(ValueError, match="no cell"):
            split_cell(text)


@pytest.mark.parametrize("twist", ["'", "'a", "'a'''a''", "[", "[a", "['", "[[a", "[[a]", '"', "a.", "A1:"])
def test_a_twisted_formula_takes_time_by_its_length(twist: str) -> None:
    started = time.process_time()
    for formula in (twist * 10_000, "[" + twist * 10_000, twist * 10_000 + "'"):
        assert len("".join(map(str, parse(formula)))) >= len(formula)
    assert time.process_time() - started < 2


@given(st.text(max_size=60))
def test_any_text_survives_being_parsed(text: str) -> None:
    untouched = rewrite(text, str)
    assert rewrite(untouched, str) == untouched
    if not any(isinstance(piece, Ref) for piece in parse(text)):
        assert untouched == text
